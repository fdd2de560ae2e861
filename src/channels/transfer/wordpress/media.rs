//! The files of an export: their addresses, and the files themselves where a copy of `wp-content/uploads` is at hand.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Component, Path, PathBuf},
};

use content::{
    media::{self, Library, MediaChange, MediaError, MediaItem, Wish},
    redirects,
    rich_text::words_of_html,
    sites::Site,
};
use ground::{
    db::{Conn, Db, DbError},
    words::{Locale, MediaId},
};
use serde_json::{Value, json};
use tenants::scope::Scope;
use url::Url;

use super::{
    export::{Export, Item},
    keys,
    languages::in_words,
    source_name,
    surroundings::own_path,
    uploads::{CopyError, Uploads},
};
use crate::transfer::addresses::REDIRECT;

/// Where WordPress keeps its files.
const UPLOADS: &str = "/wp-content/uploads/";
/// Characters of a picture's description.
const ALT: usize = 500;
/// Files of the library of one name that are looked at.
const NAMESAKES: i64 = 50;

/// A file that is in the library.
#[derive(Clone, Debug)]
pub(super) struct Brought {
    pub id: MediaId,
    pub url: String,
    pub is_new: bool,
}

/// Where files come from and go to.
#[derive(Debug)]
pub(super) struct Shelf<'a> {
    pub uploads: &'a mut Uploads,
    pub library: &'a Library,
    pub db: &'a Db,
    pub scope: &'a Scope,
    pub site: &'a Site,
}

/// What is known of the export's files.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// The item of each address, without its scheme and host.
    by_path: BTreeMap<String, usize>,
    /// The same for texts that spell the address in another way.
    by_spelling: BTreeMap<String, usize>,
    pub brought: BTreeMap<usize, Brought>,
    by_url: BTreeMap<String, usize>,
    /// In a dry run: what the library would take.
    pub coming: BTreeSet<usize>,
    /// Why a file was not brought.
    pub refused: BTreeMap<usize, String>,
}

impl Files {
    /// The files that an export names.
    pub fn of(export: &Export) -> Self {
        let named = export.items.iter().enumerate().filter(|(_, item)| item.kind == "attachment");
        let by_path: BTreeMap<_, _> = named.map(|(place, item)| (path(&item.attachment_url), place)).collect();
        let spelt = by_path.iter().filter_map(|(path, place)| Some((redirects::normalized(path)?, *place)));
        Self { by_spelling: spelt.collect(), by_path, ..Self::default() }
    }

    /// The item that an address shows, also where it is one of the sizes that WordPress has made.
    pub fn item(&self, url: &str) -> Option<usize> {
        if let Some(place) = self.by_url.get(url) {
            return Some(*place);
        }
        let known = |path: &str| {
            let spelt = || self.by_spelling.get(&redirects::normalized(path)?);
            self.by_path.get(path).or_else(spelt).copied()
        };
        let path = path(url);
        known(&path).or_else(|| known(&full_size(&path)?))
    }

    /// The address of a file, the library's where it is there.
    pub fn address(&self, url: &str) -> Option<&str> {
        self.brought.get(&self.item(url)?).map(|brought| brought.url.as_str())
    }

    /// A picture's value for a document.
    pub fn picture(&self, export: &Export, url: &str, alt: &str) -> Value {
        let place = self.item(url);
        let own = place.and_then(|place| export.items[place].meta("_wp_attachment_image_alt")).unwrap_or_default();
        let alt = if alt.is_empty() { own } else { alt };
        let alt: String = alt.split_whitespace().collect::<Vec<_>>().join(" ");
        let alt: String = alt.chars().filter(|letter| !letter.is_control()).take(ALT).collect();
        let mut picture = match place.and_then(|place| self.brought.get(&place)) {
            Some(brought) => json!({"media": brought.id.to_string()}),
            None => json!({"url": url}),
        };
        if !alt.is_empty()
            && let Some(picture) = picture.as_object_mut()
        {
            picture.insert("alt".to_owned(), in_words(json!(alt)));
        }
        picture
    }

    /// Finds what an earlier run has brought: a redirect leads to it from its old address. So it stays where it is shown when
    /// the files are not at hand again.
    pub fn recall(&mut self, conn: &Conn, scope: &Scope, site: &Site, export: &Export) -> Result<(), DbError> {
        let Ok(base) = Url::parse(&export.base) else { return Ok(()) };
        let host = export.host();
        for place in self.by_path.values().copied().collect::<Vec<_>>() {
            let Some(from) = own_path(&base, &export.items[place].attachment_url) else { continue };
            let what = format!("redirect {from}");
            let (_, redirect) = keys::find(conn, scope, site.id, REDIRECT, source_name(&host, what))?;
            let Some(redirect) = redirect else { continue };
            let Some(to) = redirect.document.get("to").and_then(Value::as_str) else { continue };
            if let Some(known) = media::find_at(conn, scope, to)? {
                self.keep(place, &known, false);
            }
        }
        Ok(())
    }

    /// Brings the files into the library. In a dry run only those are looked up that an earlier run has brought.
    pub fn bring(&mut self, export: &Export, shelf: Shelf<'_>, is_dry_run: bool) -> Result<(), MediaError> {
        let Shelf { uploads, library, db, scope, site } = shelf;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        for place in self.by_path.values().copied().collect::<Vec<_>>() {
            let item = &export.items[place];
            let Some(file) = file_of(item) else {
                self.miss(place, "The export does not say where its file lies.".to_owned());
                continue;
            };
            if !uploads.has(&file) {
                self.miss(place, format!("The file {} is not among the uploads.", file.display()));
                continue;
            }
            // Nothing is copied that its beginning or its size rules out.
            match uploads.beginning(&file).map(|(head, size)| media::refusal_of(&head, size)) {
                Ok(None) => {}
                Ok(Some(refusal)) => {
                    self.refuse(place, &refusal);
                    continue;
                }
                Err(reason) => {
                    self.miss(place, unreadable(&file, &reason));
                    continue;
                }
            }
            if is_dry_run {
                if !self.brought.contains_key(&place) {
                    match known(db, scope, &file)? {
                        Some(known) => self.keep(place, &known, false),
                        None => {
                            self.coming.insert(place);
                        }
                    }
                }
                continue;
            }
            let name = file_name(&file);
            let mut landing =
                runtime.block_on(async { Ok::<_, MediaError>(library.landing().await?.into_std().await) })?;
            let added = match uploads.copy(&file, &mut landing) {
                Ok(()) => runtime.block_on(library.add(scope.clone(), name, Some(site.id), landing.into())),
                Err(CopyError::Writing(reason)) => return Err(MediaError::Store(reason)),
                Err(CopyError::Reading(reason)) => {
                    self.miss(place, unreadable(&file, &reason));
                    continue;
                }
            };
            match added {
                Ok((known, is_new)) => {
                    let known = described(db, scope, site, item, known)?;
                    self.keep(place, &known, is_new);
                }
                Err(error @ (MediaError::Db(_) | MediaError::Store(_))) => return Err(error),
                // Another time it may be taken.
                Err(busy @ MediaError::TooMuch) => self.miss(place, not_taken(&busy)),
                Err(refusal) => self.refuse(place, &refusal),
            }
        }
        self.by_url = self.brought.iter().map(|(place, brought)| (brought.url.clone(), *place)).collect();
        Ok(())
    }

    /// A file that is not at hand: what an earlier run has brought of it stays.
    fn miss(&mut self, place: usize, reason: String) {
        if !self.brought.contains_key(&place) {
            self.refused.insert(place, reason);
        }
    }

    /// A file that the library does not take, whatever it has taken earlier.
    fn refuse(&mut self, place: usize, refusal: &MediaError) {
        self.refused.insert(place, not_taken(refusal));
        self.brought.remove(&place);
    }

    fn keep(&mut self, place: usize, known: &MediaItem, is_new: bool) {
        self.by_url.insert(known.url.clone(), place);
        self.brought.insert(place, Brought { id: known.id, url: known.url.clone(), is_new });
    }
}

fn not_taken(refusal: &MediaError) -> String {
    // Some refusals are whole sentences.
    let refusal = refusal.to_string();
    format!("The library does not take its file: {}.", refusal.trim_end_matches('.'))
}

fn unreadable(file: &Path, reason: &io::Error) -> String {
    format!("The file {} cannot be read: {reason}.", file.display())
}

/// Says of a file what WordPress says, where nobody has said anything else.
fn described(db: &Db, scope: &Scope, site: &Site, item: &Item, known: MediaItem) -> Result<MediaItem, MediaError> {
    let in_locale = |text: &str| -> BTreeMap<Locale, String> {
        let text: String = words_of_html(text).split_whitespace().collect::<Vec<_>>().join(" ");
        let text: String = text.chars().take(ALT).collect();
        if text.is_empty() { BTreeMap::new() } else { BTreeMap::from([(site.default_locale.clone(), text)]) }
    };
    let alt = in_locale(item.meta("_wp_attachment_image_alt").unwrap_or_default());
    let caption = in_locale(&item.excerpt);
    let change = MediaChange {
        version: known.version,
        alt: (known.alt.is_empty() && !alt.is_empty()).then_some(alt),
        caption: (known.caption.is_empty() && !caption.is_empty()).then_some(caption),
        ..MediaChange::default()
    };
    if change.alt.is_none() && change.caption.is_none() {
        return Ok(known);
    }
    let (scope, id) = (scope.clone(), known.id);
    db.write_blocking(move |tx| media::change(tx, &scope, id, change))
}

fn known(db: &Db, scope: &Scope, file: &Path) -> Result<Option<MediaItem>, MediaError> {
    let name = file_name(file);
    let wish = Wish { search: Some(name.clone()), ..Wish::default() };
    let (_, found) = db.read_blocking(|conn| media::list(conn, scope, &wish, NAMESAKES, 0))?;
    Ok(found.into_iter().find(|item| item.name == name))
}

fn file_name(file: &Path) -> String {
    file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Where a file lies among the uploads. Nothing leads out of them.
fn file_of(item: &Item) -> Option<PathBuf> {
    let noted = item.meta("_wp_attached_file").map(str::to_owned);
    let path = noted.or_else(|| item.attachment_url.split_once(UPLOADS).map(|(_, path)| path.to_owned()))?;
    let path = PathBuf::from(path);
    let is_inside = path.components().all(|part| matches!(part, Component::Normal(_)));
    (is_inside && path.file_name().is_some()).then_some(path)
}

/// The path of an address. Blanks and letters beyond ASCII are escaped: the export has them as the file is named, texts have
/// them either way.
fn path(url: &str) -> String {
    let rest = url.split_once("://").map(|(_, rest)| rest).or_else(|| url.strip_prefix("//")).unwrap_or(url);
    let path = rest.find('/').map_or("", |place| &rest[place..]);
    redirects::as_location(path.split(['?', '#']).next().unwrap_or_default())
}

/// `/a-300x200.jpg` is a size of `/a.jpg`.
fn full_size(path: &str) -> Option<String> {
    let (stem, ending) = path.rsplit_once('.')?;
    let (name, size) = stem.rsplit_once('-')?;
    let (width, height) = size.split_once('x')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (is_number(width) && is_number(height)).then(|| format!("{name}.{ending}"))
}
