//! The first reading of an archive: everything in it is looked at before anything is written, and all that is wrong is
//! told at once.

use std::{
    collections::{HashMap, HashSet},
    fs::File,
    path::Path,
    sync::Arc,
};

use content::{
    brand, checks,
    custom_types::{self, Wish},
    entries::{
        carried::{self, Carried, CarriedItem},
        schedules::{MOST_WAITING, carried::CarriedSchedule},
    },
    forms::carried::CarriedSubmission,
    media::carried::{self as media, CarriedMedia},
    releases::carried::{CarriedRelease, MOST_ITEMS, MOST_RELEASES},
    sites,
    types::{Declarations, TypeDeclaration, Validated},
};
use ground::{
    clock::Timestamp,
    crypto::Sha256Sum,
    db::Conn,
    words::{EntryId, Locale, MediaId, ReleaseId, SiteId, SubmissionId},
};
use tenants::organizations;

use super::{
    MOST_PROBLEMS, Place,
    archive::{self, Bytes},
    broken,
    format::{CarriedSite, FIRST_VERSION, FORMAT, MEDIA_LIST, Manifest, Name, VERSION},
    naming::Names,
};
use crate::transfer::TransferError;

/// Bytes by which a kind of file is known.
const HEAD: usize = 4096;

/// An archive that was read and can be written.
pub(super) struct Plan {
    pub manifest: Manifest,
    /// The organization's declarations with the archive's.
    pub declarations: Arc<Declarations>,
    pub media: Vec<CarriedMedia>,
    pub releases: Vec<CarriedRelease>,
    /// Each entry's site and type, by their places in the manifest and in the declarations.
    pub entries: HashMap<EntryId, Kind>,
    /// What they are called.
    pub names: Names,
    /// What is to happen before is over.
    pub now: Timestamp,
    pub notes: Vec<String>,
}

/// An entry's site and type, by their places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Kind {
    pub site: usize,
    /// None where it is not declared, which is told.
    content_type: Option<usize>,
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
            Name::Release(id) => checker.release(id, bytes.json()?),
            Name::Entry { site, entry } => checker.entry(site, entry, bytes.json()?),
            Name::Submission { site, submission } => checker.submission(site, submission, &bytes.json()?),
        }
    })?;
    checker.ok_or_else(|| broken(path, "it is empty"))?.finished()
}

/// A reference whose entry has not come yet.
struct Pending {
    to: EntryId,
    kind: Kind,
    from: EntryId,
}

struct Checker<'a> {
    path: &'a Path,
    plan: Plan,
    pending: Vec<Pending>,
    counts: Vec<usize>,
    submissions: Vec<usize>,
    items: HashMap<ReleaseId, usize>,
    overdue: usize,
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
        if !(FIRST_VERSION..=VERSION).contains(&manifest.version) {
            let told =
                format!("its format has the version {}, and this program reads up to {VERSION}", manifest.version);
            return Err(broken(path, told));
        }
        if !manifest.sites.is_sorted_by(|one, other| one.id < other.id) {
            return Err(broken(path, "its manifest does not name each site once, in the order of their ids"));
        }
        let wishes: Vec<Wish> = wishes(&manifest);
        let declarations = place.db.read_blocking(|conn| {
            let declarations = custom_types::carried::with(conn, place.scope, place.catalogue, &wishes)?;
            let locales = locales(conn, place, &manifest)?;
            let branded = brand::carried::with(conn, place.scope, declarations, &manifest.brands, &locales)?;
            branded.map_err(|problems| {
                let told = problems.into_iter().take(MOST_PROBLEMS);
                let told = told.map(|(name, one)| format!("The brand of {name}{}: {}", one.pointer, one.detail));
                TransferError::Refused(told.collect())
            })
        })?;
        let unknown = manifest.checks.keys().filter(|name| !checks::is_rule(name));
        let notes = unknown.map(|name| format!("This program has no rule {name:?}: nothing is said of it.")).collect();
        Ok(Self {
            path,
            counts: vec![0; manifest.sites.len()],
            submissions: vec![0; manifest.sites.len()],
            plan: Plan {
                manifest,
                declarations: Arc::new(declarations),
                media: Vec::new(),
                releases: Vec::new(),
                entries: HashMap::new(),
                names: Names::default(),
                now: place.db.clock().now(),
                notes,
            },
            pending: Vec::new(),
            items: HashMap::new(),
            overdue: 0,
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
        let (mut sum, mut head) = (Sha256Sum::default(), Vec::with_capacity(HEAD));
        bytes.pieces(|piece| {
            head.extend(piece.iter().take(HEAD - head.len()));
            sum.add(piece);
            Ok(())
        })?;
        if sum.hex() != sha256 {
            return Err(broken(self.path, format!("the bytes of {:?} are not what their name says", listed.name)));
        }
        if let Some(refusal) = media::refusal(&listed, &head) {
            self.problem(format!("The file {:?} is refused: {refusal}", listed.name));
        }
        Ok(())
    }

    fn site(&self, id: SiteId) -> Option<(usize, &CarriedSite)> {
        let sites = &self.plan.manifest.sites;
        let index = sites.binary_search_by_key(&id, |site| site.id).ok()?;
        Some((index, sites.get(index)?))
    }

    fn kind(&self, site: usize, content_type: &str) -> Kind {
        let types = self.plan.declarations.types();
        Kind { site, content_type: types.iter().position(|declared| declared.name == content_type) }
    }

    fn release(&mut self, id: ReleaseId, release: CarriedRelease) -> Result<(), TransferError> {
        if release.id != id {
            return Err(broken(self.path, format!("the release {id} stands under the name of another one")));
        }
        if !release.is_possible() {
            self.problem(format!("The release {id} has a name, a note or a time that cannot be."));
        }
        if release.time.as_ref().is_some_and(|time| time.fires_at <= self.plan.now) {
            self.plan.notes.push(format!("The time of the release {:?} is over: it has none here.", release.name));
        }
        if self.plan.releases.len() as u64 >= MOST_RELEASES {
            return Err(broken(self.path, format!("it has more than {MOST_RELEASES} releases")));
        }
        self.plan.releases.push(release);
        Ok(())
    }

    fn submission(
        &mut self,
        site: SiteId,
        id: SubmissionId,
        submission: &CarriedSubmission,
    ) -> Result<(), TransferError> {
        let Some((index, _)) = self.site(site) else {
            return Err(broken(self.path, format!("its manifest has no site {site}")));
        };
        if submission.id != id {
            return Err(broken(self.path, format!("the submission {id} stands under the name of another one")));
        }
        if let Some(count) = self.submissions.get_mut(index) {
            *count += 1;
        }
        Ok(())
    }

    fn entry(&mut self, site: SiteId, id: EntryId, mut entry: Carried) -> Result<(), TransferError> {
        let Some((index, site)) = self.site(site).map(|(index, site)| (index, site.clone())) else {
            return Err(broken(self.path, format!("its manifest has no site {site}")));
        };
        let kind = self.kind(index, &entry.content_type);
        if entry.id != id || self.plan.entries.insert(id, kind).is_some() {
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
        self.publications(&site, &mut entry);
        self.planned(&entry);
        for taken in self.plan.names.add(index, &entry) {
            self.problem(taken);
        }
        for number in 1..=entry.states.len() {
            self.state(index, &site, declared, &entry, number);
        }
        Ok(())
    }

    fn publications(&mut self, site: &CarriedSite, entry: &mut Carried) {
        let id = entry.id;
        if entry.states.is_empty() {
            self.problem(format!("The entry {id} has no state."));
        }
        if !entry.names_its_states() {
            self.problem(format!("The entry {id} shows or plans a state that it does not have."));
        }
        for locale in entry.published.keys().filter(|locale| !site.locales.contains(*locale)) {
            self.problem(format!("The entry {id} is published in {locale}, in which its site is not offered."));
        }
        if !entry.shown_before.is_empty() && !entry.is_archived {
            self.problem(format!("The entry {id} was shown before it was put aside, and is not put aside."));
        }
    }

    /// What is to happen to it: each thing once, and possible.
    fn planned(&mut self, entry: &Carried) {
        let id = entry.id;
        let is_right = entry.schedules.iter().all(CarriedSchedule::is_possible)
            && entry.schedules.len() as u64 <= MOST_WAITING
            && are_different(entry.schedules.iter().map(|one| one.id));
        if !is_right {
            self.problem(format!("The entry {id} has schedules that cannot be."));
        }
        self.overdue += entry.schedules.iter().filter(|one| one.fires_at <= self.plan.now).count();
        let is_right = entry.releases.iter().all(CarriedItem::is_possible)
            && are_different(entry.releases.iter().map(|one| one.release));
        if !is_right {
            self.problem(format!("The entry {id} has a part in a release that cannot be."));
        }
        for one in &entry.releases {
            if self.plan.releases.binary_search_by_key(&one.release, |release| release.id).is_err() {
                self.problem(format!("The entry {id} belongs to a release that is not in the archive."));
            }
            let count = self.items.entry(one.release).or_default();
            *count += 1;
            if *count as u64 == MOST_ITEMS + 1 {
                self.problem(format!("The release {} has more than {MOST_ITEMS} entries.", one.release));
            }
        }
    }

    /// One state against its type. One of the history that no longer keeps to it is left out.
    fn state(&mut self, index: usize, site: &CarriedSite, declared: &TypeDeclaration, entry: &Carried, number: usize) {
        let Some(state) = entry.states.get(number - 1) else { return };
        let declarations = Arc::clone(&self.plan.declarations);
        let found = match carried::check(&declarations, declared, state, &site.held_locales()) {
            Ok(found) => found,
            Err(_) if !entry.needs(number) => {
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
        if carried::rested(&declarations, declared, state, &found, &site.held_locales()).1 > 0 {
            let id = entry.id;
            self.problem(format!("The entry {id}, state {number}, says of its translations what cannot be."));
        }
        self.named(index, site, entry.id, &found);
        for (locale, _) in entry.published.iter().filter(|(_, shown)| shown.state == number) {
            if !declarations.missing(declared, &found.document, locale).is_empty() {
                let told = format!(
                    "The entry {} lacks something required in {locale}: it is shown there as it was.",
                    entry.id
                );
                self.plan.notes.push(told);
            }
        }
    }

    /// What a state names has to be there, or to come.
    fn named(&mut self, index: usize, site: &CarriedSite, from: EntryId, found: &Validated) {
        for one in &found.references {
            let pending = Pending { to: one.entry, kind: self.kind(index, &one.to), from };
            if !self.is_there(&pending) {
                self.pending.push(pending);
            }
        }
        for one in &found.media {
            let is_there = self.known_media.get(&one.media).is_some_and(|own| own.is_none_or(|own| own == site.id));
            if !is_there {
                self.problem(format!(
                    "The entry {from} names the file {}, which the archive does not have for its site.",
                    one.media
                ));
            }
        }
    }

    fn is_there(&self, wanted: &Pending) -> bool {
        self.plan.entries.get(&wanted.to) == Some(&wanted.kind)
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
        let named = self.plan.manifest.sites.iter().map(|site| site.submissions.unwrap_or_default());
        if !named.eq(self.submissions.iter().copied()) || self.plan.releases.len() != self.plan.manifest.releases {
            return Err(broken(self.path, "releases or submissions are missing in it"));
        }
        for wanted in std::mem::take(&mut self.pending) {
            if !self.is_there(&wanted) {
                let Pending { to, kind, from } = wanted;
                let types = self.plan.declarations.types();
                let name = kind.content_type.and_then(|place| types.get(place)).map_or("entry", |one| &one.name);
                let told = format!("The entry {from} refers to {to}, and its site has no such {name} in the archive.");
                self.problem(told);
            }
        }
        if self.overdue > 0 {
            let told = format!("The time of {} schedules is over: they are left out.", self.overdue);
            self.plan.notes.push(told);
        }
        if self.problems.is_empty() { Ok(self.plan) } else { Err(TransferError::Refused(self.problems)) }
    }
}

fn are_different<I: Ord>(ids: impl Iterator<Item = I>) -> bool {
    let mut ids: Vec<_> = ids.collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    ids.len() == count
}

/// Every language that the brand may speak: the archive's and those that are here.
fn locales(conn: &Conn, place: &Place<'_>, manifest: &Manifest) -> Result<Vec<Locale>, TransferError> {
    let mut locales = organizations::current(conn, place.scope)?.locales;
    locales.extend(sites::list(conn, place.scope)?.into_iter().flat_map(|site| site.locales));
    locales.extend(manifest.organization.iter().flat_map(|one| one.locales.clone()));
    locales.extend(manifest.sites.iter().flat_map(|site| site.locales.clone()));
    let mut seen = HashSet::new();
    locales.retain(|locale| seen.insert(locale.to_string()));
    Ok(locales)
}

/// The archive's own declarations.
pub(super) fn wishes(manifest: &Manifest) -> Vec<Wish> {
    let own = manifest.declarations.iter();
    own.map(|one| Wish { kind: one.kind, name: one.name.clone(), declaration: Some(one.declaration.clone()) }).collect()
}
