//! What one does in the library: bring files, look them up, say what they show, take them away.

use std::{
    io::{self, Read as _, Seek as _},
    sync::Arc,
};

use ground::{
    blobs::Blobs,
    clock::Timestamp,
    db::{Conn, Db, DbError, Tenant as _, Tx},
    words::{Locale, MediaId, MemberId, SiteId},
};
use machinery::{
    events::{self, NewEvent},
    jobs,
};
use serde_json::json;
use tenants::{
    audit::{self, Change},
    scope::Scope,
};
use tokio::{fs::File, sync::RwLock, task::spawn_blocking};

use super::{
    DOMAIN, LARGEST_FILE, LONGEST_NAME, LONGEST_TEXT, MediaChange, MediaError, MediaItem, MediaKind, MediaState,
    MediaUse,
    carried::CarriedMedia,
    darkroom::{self, Darkroom},
    jobs::{Pass, RefreshUses, RenderMedia},
    store,
};
use pictures::{Focal, HEAD, Recognized};

const SUBJECT: &str = "media";
const UNKNOWN_KIND: &str = "This kind of file is not taken. JPEG, PNG, WebP, GIF and PDF are.";

/// Where files go to and come from.
#[derive(Clone, Debug)]
pub struct Library {
    pub(super) db: Db,
    pub(super) blobs: Blobs,
    pub(super) darkroom: Darkroom,
    /// Held for reading from the arrival of bytes until a row names them; the sweep takes it for writing.
    pub(super) arriving: Arc<RwLock<()>>,
    pub(super) cache_control: String,
}

/// Which files a list is to have.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// Part of the name or of an alternative text.
    pub search: Option<String>,
    /// Of this kind.
    pub kind: Option<MediaKind>,
    /// For this site or for all.
    pub site: Option<SiteId>,
    /// Pictures of which nobody has said what they show.
    pub without_alt: bool,
    /// Used by nothing.
    pub unused: bool,
}

impl Wish {
    /// As `like` takes it, its own signs escaped.
    pub(super) fn pattern(&self) -> Option<String> {
        let search = self.search.as_deref().map(str::trim).filter(|search| !search.is_empty())?;
        let escaped = search.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        Some(format!("%{escaped}%"))
    }
}

/// What is known of a file before it is looked at.
struct Arrival {
    name: String,
    site: Option<SiteId>,
    /// Its id, when it was brought and its SHA-256, where another installation had it.
    from: Option<(MediaId, Timestamp, String)>,
}

/// A file that was looked at and is kept already.
struct Kept {
    kind: MediaKind,
    content_type: &'static str,
    extension: &'static str,
    size: u64,
    sha256: String,
    sides: Option<(u32, u32)>,
}

impl Library {
    /// The library over these stores.
    pub fn new(db: Db, blobs: Blobs, cache_control: String, domain: Option<String>) -> Self {
        if let Some(domain) = domain {
            // The settings are read once: a second library of this process has the same.
            DOMAIN.get_or_init(|| domain);
        }
        Self { db, blobs, darkroom: Darkroom::default(), arriving: Arc::default(), cache_control }
    }

    /// Whether files can be kept and found.
    pub async fn check(&self) -> io::Result<()> {
        self.blobs.check().await
    }

    /// A place on the disk for a file that is on its way: many at once do not fill a small machine's memory.
    pub async fn landing(&self) -> Result<File, MediaError> {
        Ok(File::from_std(self.blobs.landing().await?))
    }

    /// Brings a file that has landed. False beside it where the organization had it already.
    pub async fn add(
        &self,
        scope: Scope,
        name: String,
        site: Option<SiteId>,
        landed: File,
    ) -> Result<(MediaItem, bool), MediaError> {
        self.take(scope, Arrival { name, site, from: None }, landed).await
    }

    /// [`Library::add`] of a file that another installation had, under the id that it had there. Bytes that are not what
    /// they are said to be are refused.
    pub async fn add_carried(
        &self,
        scope: Scope,
        carried: &CarriedMedia,
        landed: File,
    ) -> Result<MediaItem, MediaError> {
        let arrival = Arrival {
            name: carried.name.clone(),
            site: carried.site,
            from: Some((carried.id, carried.created_at, carried.sha256.clone())),
        };
        Ok(self.take(scope, arrival, landed).await?.0)
    }

    async fn take(&self, scope: Scope, arrival: Arrival, landed: File) -> Result<(MediaItem, bool), MediaError> {
        let name = one_line(&arrival.name).ok_or(MediaError::TextInvalid("name"))?;
        let arrival = Arrival { name, ..arrival };
        let seat = self.darkroom.cleaning_seat().await?;
        let _arriving = self.arriving.read().await;
        let kept = keep(&self.blobs, landed.into_std().await).await?;
        drop(seat);
        if arrival.from.as_ref().is_some_and(|(_, _, sha256)| *sha256 != kept.sha256) {
            return Err(MediaError::KindRefused("The bytes are not those that the library had kept elsewhere."));
        }
        self.db.write(move |tx| added(tx, &scope, arrival, &kept)).await
    }
}

/// Looks at the bytes, takes away what they tell, and keeps the rest.
async fn keep(blobs: &Blobs, landed: std::fs::File) -> Result<Kept, MediaError> {
    let (landed, head, size) = spawn_blocking(move || begun(landed)).await.map_err(io::Error::other)??;
    // Whoever brings a file has cut it off behind the limit, or has not looked.
    if let Some(refusal) = refusal_of(&head, size) {
        return Err(refusal);
    }
    match pictures::recognize(&head) {
        Some(Recognized::Picture(_)) => {
            let (facts, clean) = darkroom::clean(landed).await?;
            // It may have grown: an archive of the group takes no larger file than the library.
            if clean.len() > LARGEST_FILE {
                return Err(MediaError::TooLarge);
            }
            Ok(Kept {
                kind: MediaKind::Image,
                content_type: facts.format.content_type(),
                extension: facts.format.extension(),
                size: clean.len() as u64,
                sha256: blobs.put(clean, facts.format.extension(), facts.format.content_type()).await?,
                sides: Some((facts.width, facts.height)),
            })
        }
        Some(Recognized::Pdf) => Ok(Kept {
            kind: MediaKind::Document,
            content_type: "application/pdf",
            extension: "pdf",
            size,
            sha256: {
                let bytes = spawn_blocking(move || whole(landed)).await.map_err(io::Error::other)??;
                blobs.put(bytes, "pdf", "application/pdf").await?
            },
            sides: None,
        }),
        _ => Err(MediaError::KindRefused(UNKNOWN_KIND)),
    }
}

/// The file at its start again, with its first bytes and its size.
fn begun(mut file: std::fs::File) -> io::Result<(std::fs::File, Vec<u8>, u64)> {
    let mut head = Vec::new();
    file.rewind()?;
    (&mut file).take(HEAD as u64).read_to_end(&mut head)?;
    file.rewind()?;
    let size = file.metadata()?.len();
    Ok((file, head, size))
}

fn whole(mut file: std::fs::File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn added(tx: &Tx, scope: &Scope, arrival: Arrival, kept: &Kept) -> Result<(MediaItem, bool), MediaError> {
    let Arrival { name, site, from } = arrival;
    check_site(tx, scope, site)?;
    let (id, created_at) = from.map_or_else(|| (tx.new_id(), tx.now()), |(id, created_at, _)| (id, created_at));
    let is_image = kept.kind == MediaKind::Image;
    let item = MediaItem {
        id,
        site,
        name,
        kind: kept.kind,
        content_type: kept.content_type.to_owned(),
        extension: kept.extension.to_owned(),
        size: kept.size,
        sha256: kept.sha256.clone(),
        width: kept.sides.map(|sides| sides.0),
        height: kept.sides.map(|sides| sides.1),
        alt: std::collections::BTreeMap::new(),
        decorative: false,
        caption: std::collections::BTreeMap::new(),
        credit: String::new(),
        focal: Focal::default(),
        state: if is_image { MediaState::Pending } else { MediaState::Ready },
        problem: None,
        renditions: Vec::new(),
        made: Vec::new(),
        url: String::new(),
        thumbnail_url: None,
        uses: 0,
        version: 1,
        created_by: scope.user(),
        created_at,
    }
    .addressed();
    if !store::insert(tx, scope, &item)? {
        let existing = store::by_sha256(tx, scope, &item.sha256)?.ok_or(MediaError::NotFound)?;
        return Ok((shared(tx, scope, existing, item.site)?, false));
    }
    if is_image {
        jobs::enqueue(tx, Some(scope.organization_id()), &RenderMedia { media: item.id, pass: Pass::Quick })?;
    }
    tell(tx, scope, "media.created", None, Some(&item))?;
    Ok((item, true))
}

/// A file that comes once more. Where it was one site's and comes for another, it is for all: both show it, and it is kept
/// once.
fn shared(tx: &Tx, scope: &Scope, before: MediaItem, site: Option<SiteId>) -> Result<MediaItem, MediaError> {
    if before.site.is_none() || before.site == site {
        return Ok(before);
    }
    let mut after = MediaItem { site: None, ..before.clone() };
    if !store::update(tx, scope, &after)? {
        return Err(MediaError::VersionConflict);
    }
    after.version += 1;
    tell(tx, scope, "media.updated", Some(&before), Some(&after))?;
    Ok(after)
}

/// Why the library would not take a file of this size that begins so; nothing where it would, as far as that shows.
pub fn refusal_of(head: &[u8], size: u64) -> Option<MediaError> {
    match size {
        0 => Some(MediaError::Empty),
        _ if size > LARGEST_FILE as u64 => Some(MediaError::TooLarge),
        _ => refused_kind(pictures::recognize(head)).map(MediaError::KindRefused),
    }
}

/// Why a kind of file is not taken.
fn refused_kind(kind: Option<Recognized>) -> Option<&'static str> {
    match kind {
        Some(Recognized::Picture(_) | Recognized::Pdf) => None,
        Some(Recognized::Heic) => {
            Some("HEIC is a telephone's own format, which browsers do not show. Send the photograph as JPEG.")
        }
        Some(Recognized::Svg) => Some("SVG may carry scripts. Save the drawing as PNG."),
        Some(Recognized::Avif) => Some("AVIF is made here from what you send. Send the picture as JPEG, PNG or WebP."),
        None => Some(UNKNOWN_KIND),
    }
}

/// A page of the library, the newest first, with how many there are.
pub fn list(
    conn: &Conn,
    scope: &Scope,
    wish: &Wish,
    limit: i64,
    offset: i64,
) -> Result<(u64, Vec<MediaItem>), DbError> {
    store::list(conn, scope, wish, limited(scope), limit, offset)
}

/// The file with this id, if whoever asks may see it.
pub fn find(conn: &Conn, scope: &Scope, id: MediaId) -> Result<MediaItem, MediaError> {
    store::by_id(conn, scope, id, limited(scope))?.ok_or(MediaError::NotFound)
}

/// The file that is served at this address, if whoever asks may see it.
pub fn find_at(conn: &Conn, scope: &Scope, address: &str) -> Result<Option<MediaItem>, DbError> {
    let name = address.rsplit('/').next().unwrap_or_default();
    let Some((sha256, _)) = name.split_once('.') else { return Ok(None) };
    let found = store::by_sha256(conn, scope, sha256)?;
    Ok(found.filter(|item| item.site.is_none_or(|site| scope.may_act_on(site))))
}

/// Changes what is said of a file. Pages that show it follow.
pub fn change(tx: &Tx, scope: &Scope, id: MediaId, change: MediaChange) -> Result<MediaItem, MediaError> {
    let before = find(tx, scope, id)?;
    if before.version != change.version {
        return Err(MediaError::VersionConflict);
    }
    let mut after = before.clone();
    if let Some(name) = change.name {
        after.name = one_line(&name).ok_or(MediaError::TextInvalid("name"))?;
    }
    if let Some(alt) = change.alt {
        after.alt = texts(alt).ok_or(MediaError::TextInvalid("alt"))?;
    }
    if let Some(caption) = change.caption {
        after.caption = texts(caption).ok_or(MediaError::TextInvalid("caption"))?;
    }
    if let Some(credit) = change.credit {
        after.credit = short(&credit).ok_or(MediaError::TextInvalid("credit"))?;
    }
    after.decorative = change.decorative.unwrap_or(after.decorative);
    if let Some(focal) = change.focal {
        let is_inside = |part: f64| (0.0..=1.0).contains(&part);
        if !is_inside(focal.x) || !is_inside(focal.y) {
            return Err(MediaError::FocalInvalid);
        }
        after.focal = focal;
    }
    if let Some(site) = change.site {
        check_site(tx, scope, site)?;
        after.site = site;
    }
    if after == before {
        return Ok(before);
    }
    if !store::update(tx, scope, &after)? {
        return Err(MediaError::VersionConflict);
    }
    after.version += 1;
    let organization = Some(scope.organization_id());
    if after.focal != before.focal && after.kind == MediaKind::Image {
        jobs::enqueue(tx, organization, &RenderMedia { media: id, pass: Pass::Crops })?;
    }
    if after.uses > 0 {
        jobs::enqueue(tx, organization, &RefreshUses::of(id))?;
    }
    tell(tx, scope, "media.updated", Some(&before), Some(&after))?;
    Ok(after)
}

/// Takes a file out of the library; one that is used only where that is meant.
pub fn delete(tx: &Tx, scope: &Scope, id: MediaId, even_if_used: bool) -> Result<Vec<MediaUse>, MediaError> {
    let item = find(tx, scope, id)?;
    let uses = store::uses(tx, scope, id)?;
    if !uses.is_empty() && !even_if_used {
        // A member of some sites learns that others use it, not what stands there.
        let seen = uses.iter().filter(|one| scope.may_act_on(one.site));
        return Err(MediaError::InUse { titles: seen.map(|one| one.title.clone()).collect(), uses: uses.len() });
    }
    store::delete(tx, scope, id)?;
    if !uses.is_empty() {
        let lost = uses.iter().map(|one| (one.site, one.entry)).collect();
        jobs::enqueue(tx, Some(scope.organization_id()), &RefreshUses { media: id, lost })?;
    }
    tell(tx, scope, "media.deleted", Some(&item), None)?;
    Ok(uses)
}

/// Whether what is said of a file elsewhere can be said of it here, word for word.
pub(super) fn are_words(carried: &CarriedMedia) -> bool {
    let are_same = |all: &std::collections::BTreeMap<Locale, String>| texts(all.clone()).as_ref() == Some(all);
    let is_inside = |part: f64| (0.0..=1.0).contains(&part);
    one_line(&carried.name).as_ref() == Some(&carried.name)
        && short(&carried.credit).as_ref() == Some(&carried.credit)
        && are_same(&carried.alt)
        && are_same(&carried.caption)
        && is_inside(carried.focal.x)
        && is_inside(carried.focal.y)
}

/// The member who may see a part only.
fn limited(scope: &Scope) -> Option<MemberId> {
    scope.sites().and_then(|_| scope.member())
}

/// A member who is limited to some sites brings files for these.
fn check_site(conn: &Conn, scope: &Scope, site: Option<SiteId>) -> Result<(), MediaError> {
    match site {
        None => Ok(()),
        Some(site) if scope.may_act_on(site) && store::site_exists(conn, scope, site)? => Ok(()),
        Some(_) => Err(MediaError::SiteUnknown),
    }
}

/// A file's name without the folders that some browsers send with it.
fn one_line(text: &str) -> Option<String> {
    let last = text.rsplit(['/', '\\']).next().unwrap_or(text);
    let name = last.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_name = !name.is_empty() && name.chars().count() <= LONGEST_NAME && !name.chars().any(char::is_control);
    is_name.then_some(name)
}

fn short(text: &str) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (text.chars().count() <= LONGEST_TEXT && !text.chars().any(char::is_control)).then_some(text)
}

/// Empty ones are not there.
fn texts(texts: std::collections::BTreeMap<Locale, String>) -> Option<std::collections::BTreeMap<Locale, String>> {
    let short = |(locale, text): (Locale, String)| short(&text).map(|text| (locale, text));
    let all = texts.into_iter().map(short).collect::<Option<std::collections::BTreeMap<_, _>>>()?;
    Some(all.into_iter().filter(|(_, text)| !text.is_empty()).collect())
}

fn tell(
    tx: &Tx,
    scope: &Scope,
    action: &'static str,
    before: Option<&MediaItem>,
    after: Option<&MediaItem>,
) -> Result<(), DbError> {
    let Some(item) = after.or(before) else { return Ok(()) };
    let described = |one: &MediaItem| {
        json!({
            "name": one.name, "site": one.site, "alt": one.alt, "decorative": one.decorative, "caption": one.caption,
            "credit": one.credit, "focal": one.focal, "sha256": one.sha256,
        })
    };
    audit::record(
        tx,
        scope,
        Change {
            action,
            subject_type: SUBJECT,
            subject_id: item.id.to_string(),
            before: before.map(described),
            after: after.map(described),
        },
    )?;
    events::record(
        tx,
        NewEvent {
            kind: action,
            organization: Some(scope.organization_id()),
            site: item.site,
            subject_type: SUBJECT,
            subject_id: item.id.to_string(),
            payload: json!({ "name": item.name, "sha256": item.sha256 }),
        },
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use ground::clock::Randomness;

    use super::*;

    #[test]
    fn no_file_that_is_too_large_is_kept_whoever_brings_it() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::new(folder.path().join("media"), None, Randomness::system()).unwrap();
        let brought = |size: usize| {
            let mut file = tempfile::tempfile().unwrap();
            io::Write::write_all(&mut file, b"%PDF-1.7\n").unwrap();
            file.set_len(size as u64).unwrap();
            file
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        for (size, is_taken) in [(LARGEST_FILE, true), (LARGEST_FILE + 1, false)] {
            match runtime.block_on(keep(&blobs, brought(size))) {
                Ok(kept) => assert_eq!((kept.size, is_taken), (size as u64, true)),
                Err(refusal) => assert!(matches!(refusal, MediaError::TooLarge) && !is_taken, "{size}: {refusal}"),
            }
        }
        assert_eq!(runtime.block_on(blobs.list()).unwrap().len(), 1);
    }
}
