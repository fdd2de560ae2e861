//! The first reading of an archive: everything in it is looked at before anything is written, and all that is wrong is
//! told at once.

use std::{
    collections::{HashMap, HashSet},
    fs::File,
    path::Path,
    sync::Arc,
};

use content::{
    custom_types::{self, Wish},
    entries::carried::{self, Carried},
    media::carried::{self as media, CarriedMedia},
    types::{Declarations, TypeDeclaration},
};
use ground::{
    crypto::sha256_hex,
    words::{EntryId, MediaId, SiteId, Slug},
};

use super::{
    FILE_BYTES, MOST_PROBLEMS, Place,
    archive::{self, Bytes},
    broken,
    format::{CarriedSite, FORMAT, MEDIA_LIST, Manifest, Name, VERSION},
};
use crate::transfer::TransferError;

/// Bytes by which a kind of file is known.
const HEAD: usize = 4096;
/// Characters of a key: as imports of records take.
const KEY_LENGTH: usize = 200;

/// An archive that was read and can be written.
pub(super) struct Plan {
    pub manifest: Manifest,
    /// The organization's declarations with the archive's.
    pub declarations: Arc<Declarations>,
    pub media: Vec<CarriedMedia>,
    /// Each entry's site, by its place in the manifest.
    pub entries: HashMap<EntryId, usize>,
    pub notes: Vec<String>,
}

/// Reads all of an archive.
pub(super) fn check(place: &Place<'_>, path: &Path, file: &File) -> Result<Plan, TransferError> {
    let mut checker = None;
    archive::walk(path, file, |name, bytes| {
        if name == Name::Manifest {
            checker = Some(Checker::new(place, path, bytes.json()?)?);
            return Ok(());
        }
        // The walk begins with the manifest, or does not begin.
        let Some(checker) = checker.as_mut() else { return Ok(()) };
        match name {
            Name::Manifest => Ok(()),
            Name::MediaList => checker.media_list(bytes.json()?),
            Name::File { sha256, extension } => checker.file(&sha256, &extension, bytes),
            Name::Entry { site, entry } => checker.entry(site, entry, bytes.json()?),
        }
    })?;
    checker.ok_or_else(|| broken(path, "it is empty"))?.finished()
}

/// A reference whose entry has not come yet.
struct Pending {
    to: EntryId,
    content_type: String,
    site: usize,
    from: EntryId,
}

struct Checker<'a> {
    path: &'a Path,
    plan: Plan,
    types: HashMap<EntryId, String>,
    pending: Vec<Pending>,
    slugs: HashSet<(usize, String, Slug)>,
    keys: HashSet<(usize, String, String)>,
    counts: Vec<usize>,
    has_media_list: bool,
    files: HashMap<String, usize>,
    known_media: HashMap<MediaId, Option<SiteId>>,
    problems: Vec<String>,
}

impl<'a> Checker<'a> {
    fn new(place: &Place<'_>, path: &'a Path, manifest: Manifest) -> Result<Self, TransferError> {
        if manifest.format != FORMAT {
            return Err(broken(path, format!("its manifest is one of {:?}", manifest.format)));
        }
        if manifest.version != VERSION {
            let told = format!("its format has the version {}, and this program reads {VERSION}", manifest.version);
            return Err(broken(path, told));
        }
        if !manifest.sites.is_sorted_by(|one, other| one.id < other.id) {
            return Err(broken(path, "its manifest does not name each site once, in the order of their ids"));
        }
        let wishes: Vec<Wish> = wishes(&manifest);
        let declarations =
            place.db.read_blocking(|conn| custom_types::with(conn, place.scope, place.catalogue, &wishes))?;
        Ok(Self {
            path,
            counts: vec![0; manifest.sites.len()],
            plan: Plan {
                manifest,
                declarations: Arc::new(declarations),
                media: Vec::new(),
                entries: HashMap::new(),
                notes: Vec::new(),
            },
            types: HashMap::new(),
            pending: Vec::new(),
            slugs: HashSet::new(),
            keys: HashSet::new(),
            has_media_list: false,
            files: HashMap::new(),
            known_media: HashMap::new(),
            problems: Vec::new(),
        })
    }

    fn problem(&mut self, told: impl Into<String>) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(told.into());
        }
    }

    fn media_list(&mut self, list: Vec<CarriedMedia>) -> Result<(), TransferError> {
        if !list.is_sorted_by(|one, other| one.sha256 < other.sha256) {
            return Err(broken(
                self.path,
                format!("{MEDIA_LIST} does not name each file once, in the order of SHA-256"),
            ));
        }
        self.has_media_list = true;
        for (index, one) in list.iter().enumerate() {
            let is_unknown = one.site.is_some_and(|site| self.site(site).is_none());
            if is_unknown {
                self.problem(format!("The file {:?} is for a site that is not in the archive.", one.name));
            }
            if self.known_media.insert(one.id, one.site).is_some() {
                self.problem(format!("Two files have the id {}.", one.id));
            }
            self.files.insert(one.sha256.clone(), index);
        }
        self.plan.media = list;
        Ok(())
    }

    fn file(&mut self, sha256: &str, extension: &str, bytes: Bytes<'_>) -> Result<(), TransferError> {
        let listed = self.files.remove(sha256).and_then(|index| self.plan.media.get(index));
        let size = bytes.size();
        let Some(listed) = listed.filter(|one| one.extension == extension && one.size == size).cloned() else {
            return Err(broken(self.path, format!("{MEDIA_LIST} has no file {sha256}.{extension} of {size} bytes")));
        };
        let mut whole = Vec::with_capacity(usize::try_from(size.min(FILE_BYTES)).unwrap_or_default());
        bytes.pieces(|piece| {
            whole.extend_from_slice(piece);
            Ok(())
        })?;
        if sha256_hex(&whole) != sha256 {
            return Err(broken(self.path, format!("the bytes of {:?} are not what their name says", listed.name)));
        }
        if let Some(refusal) = media::refusal(&listed, whole.get(..HEAD).unwrap_or(&whole)) {
            self.problem(format!("The file {:?} is refused: {refusal}", listed.name));
        }
        Ok(())
    }

    fn site(&self, id: SiteId) -> Option<(usize, &CarriedSite)> {
        let sites = &self.plan.manifest.sites;
        let index = sites.binary_search_by_key(&id, |site| site.id).ok()?;
        Some((index, sites.get(index)?))
    }

    fn entry(&mut self, site: SiteId, id: EntryId, entry: Carried) -> Result<(), TransferError> {
        let Some((index, site)) = self.site(site).map(|(index, site)| (index, site.clone())) else {
            return Err(broken(self.path, format!("its manifest has no site {site}")));
        };
        if entry.id != id || self.plan.entries.insert(id, index).is_some() {
            return Err(broken(self.path, format!("the entry {id} stands twice, or under the name of another one")));
        }
        if let Some(count) = self.counts.get_mut(index) {
            *count += 1;
        }
        let declarations = Arc::clone(&self.plan.declarations);
        let Some(declared) = declarations.content_type(&entry.content_type) else {
            self.problem(format!("The entry {id} is of the type {:?}, which is not declared.", entry.content_type));
            return Ok(());
        };
        self.types.insert(id, entry.content_type.clone());
        self.publications(&site, &entry);
        self.names(index, &entry);
        for number in 1..=entry.states.len() {
            self.state(index, &site, declared, &entry, number);
        }
        Ok(())
    }

    fn publications(&mut self, site: &CarriedSite, entry: &Carried) {
        let id = entry.id;
        if entry.states.is_empty() {
            self.problem(format!("The entry {id} has no state."));
        }
        for (locale, publication) in &entry.published {
            if !(1..=entry.states.len()).contains(&publication.state) {
                self.problem(format!("The entry {id} shows in {locale} a state that it does not have."));
            }
            if !site.locales.contains(locale) {
                self.problem(format!("The entry {id} is published in {locale}, in which its site is not offered."));
            }
        }
    }

    fn names(&mut self, site: usize, entry: &Carried) {
        let (id, content_type) = (entry.id, entry.content_type.clone());
        if let Some(last) = entry.states.last()
            && !self.slugs.insert((site, content_type.clone(), last.slug.clone()))
        {
            self.problem(format!("Two entries of the type {content_type} have the slug {}.", last.slug));
        }
        if let Some(key) = &entry.source_key {
            if key.chars().count() > KEY_LENGTH {
                self.problem(format!("The entry {id} has a source key of more than {KEY_LENGTH} characters."));
            }
            if !self.keys.insert((site, content_type.clone(), key.clone())) {
                self.problem(format!("Two entries of the type {content_type} have the source key {key:?}."));
            }
        }
    }

    /// One state against its type. One of the history that no longer keeps to it is left out.
    fn state(&mut self, index: usize, site: &CarriedSite, declared: &TypeDeclaration, entry: &Carried, number: usize) {
        let Some(state) = entry.states.get(number - 1) else { return };
        let declarations = Arc::clone(&self.plan.declarations);
        let found = match carried::check(&declarations, declared, state, &site.locales) {
            Ok(found) => found,
            Err(_) if is_history(entry, number) => {
                let told =
                    format!("An old state of the entry {} does not keep to its type today: it is left out.", entry.id);
                return self.plan.notes.push(told);
            }
            Err(problems) => {
                for problem in problems {
                    let (id, pointer, detail) = (entry.id, problem.pointer, problem.detail);
                    self.problem(format!("The entry {id}, state {number}{pointer}: {detail}"));
                }
                return;
            }
        };
        for one in found.references {
            let pending = Pending { to: one.entry, content_type: one.to, site: index, from: entry.id };
            if !self.is_there(&pending) {
                self.pending.push(pending);
            }
        }
        for one in found.media {
            let is_there = self.known_media.get(&one.media).is_some_and(|own| own.is_none_or(|own| own == site.id));
            if !is_there {
                self.problem(format!(
                    "The entry {} names the file {}, which the archive does not have for its site.",
                    entry.id, one.media
                ));
            }
        }
        for (locale, _) in entry.published.iter().filter(|(_, shown)| shown.state == number) {
            if !declarations.missing(declared, &found.document, locale).is_empty() {
                let told =
                    format!("The entry {} lacks something required in {locale}: it is not published there.", entry.id);
                self.plan.notes.push(told);
            }
        }
    }

    fn is_there(&self, wanted: &Pending) -> bool {
        self.plan.entries.get(&wanted.to) == Some(&wanted.site)
            && self.types.get(&wanted.to) == Some(&wanted.content_type)
    }

    fn finished(mut self) -> Result<Plan, TransferError> {
        if !self.has_media_list {
            return Err(broken(self.path, format!("it has no {MEDIA_LIST}")));
        }
        if !self.files.is_empty() || self.plan.media.len() != self.plan.manifest.media {
            return Err(broken(self.path, "files of the library are missing in it"));
        }
        let named = self.plan.manifest.sites.iter().map(|site| site.entries);
        if !named.eq(self.counts.iter().copied()) {
            return Err(broken(self.path, "entries are missing in it"));
        }
        for wanted in std::mem::take(&mut self.pending) {
            if !self.is_there(&wanted) {
                let Pending { to, content_type, from, .. } = wanted;
                self.problem(format!(
                    "The entry {from} refers to {to}, and its site has no such {content_type} in the archive."
                ));
            }
        }
        if self.problems.is_empty() { Ok(self.plan) } else { Err(TransferError::Refused(self.problems)) }
    }
}

/// Whether a state is neither the newest nor shown to anybody.
pub(super) fn is_history(entry: &Carried, number: usize) -> bool {
    number < entry.states.len() && entry.published.values().all(|shown| shown.state != number)
}

/// The archive's own declarations.
pub(super) fn wishes(manifest: &Manifest) -> Vec<Wish> {
    let own = manifest.declarations.iter();
    own.map(|one| Wish { kind: one.kind, name: one.name.clone(), declaration: Some(one.declaration.clone()) }).collect()
}
