//! Writing an archive, from one state of the database, entry by entry.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fs::File,
    io::{self, BufWriter, Read},
    path::Path,
};

use content::{
    brand, checks,
    entries::{
        carried::{self, Carried, CarriedState},
        reviews,
    },
    forms,
    media::carried::{self as media, CarriedMedia},
    releases::{self, carried::Planned},
    sites::{self, Site},
    types::{Declarations, Reference, TypeDeclaration, Validated},
};
use flate2::{Compression, write::GzEncoder};
use ground::{
    db::Conn,
    words::{EntryId, MediaId, SiteId},
};
use serde::Serialize;
use serde_json::Value;
use tar::{Builder, EntryType, Header};
use tenants::{organizations, scope::Scope};
use tokio::runtime::Runtime;

use super::{
    BundleReport, ENTRY_BYTES, Named, Place,
    format::{CarriedSite, FORMAT, Manifest, Name, OrganizationSettings, OwnDeclaration, VERSION},
    runtime,
};
use crate::transfer::TransferError;

/// Entries read at a time.
const ENTRIES_AT_ONCE: i64 = 50;
/// Submissions read at a time.
const SUBMISSIONS_AT_ONCE: i64 = 200;
/// What is in no archive, whoever asks.
const LEFT_BEHIND: &str = "People and secrets stay where they are: members, invitations, API keys, preview links and open reviews are not in the archive.";
/// Anybody may read what the archive unpacks to, whoever unpacks it may write.
const MODE: u32 = 0o644;

/// What is to be exported.
#[derive(Debug)]
pub struct BundleExport<'a> {
    /// Where the archive goes; what stands there is replaced at the end.
    pub file: &'a Path,
    /// One site only.
    pub site: Named<'a>,
    /// All kept states of entries, not only those that somebody sees.
    pub with_history: bool,
    /// What guests have sent, too: personal data.
    pub with_submissions: bool,
}

/// Writes an archive, from a plain thread. `goes_on` hears how many entries of how many are written, and can stop it.
pub fn export(
    place: &Place<'_>,
    wish: &BundleExport<'_>,
    goes_on: &mut dyn FnMut(u64, u64) -> Result<(), TransferError>,
) -> Result<BundleReport, TransferError> {
    let unwritable = |reason| TransferError::Unwritable { file: wish.file.to_owned(), reason };
    let folder = wish.file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let landing = tempfile::NamedTempFile::new_in(folder).map_err(unwritable)?;
    let runtime = runtime().map_err(unwritable)?;
    let report = place.db.read_blocking(|conn| {
        let packer = Packer::new(landing.as_file().try_clone().map_err(unwritable)?, wish.file);
        let reader = Reader::new(conn, place, wish, &runtime)?;
        reader.write(packer, goes_on)
    })?;
    landing.as_file().sync_all().map_err(unwritable)?;
    landing.persist(wish.file).map_err(|error| unwritable(error.error))?;
    Ok(report)
}

/// Members on their way into the file.
struct Packer<'a> {
    archive: Builder<GzEncoder<BufWriter<File>>>,
    file: &'a Path,
}

impl<'a> Packer<'a> {
    fn new(to: File, file: &'a Path) -> Self {
        Self { archive: Builder::new(GzEncoder::new(BufWriter::new(to), Compression::default())), file }
    }

    fn add(&mut self, name: &Name, size: u64, bytes: impl Read) -> Result<(), TransferError> {
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::Regular);
        header.set_mode(MODE);
        header.set_size(size);
        header.set_mtime(0);
        header.set_uid(0);
        header.set_gid(0);
        let added = self.archive.append_data(&mut header, name.to_string(), bytes);
        added.map_err(|reason| TransferError::Unwritable { file: self.file.to_owned(), reason })
    }

    /// Text that a person can read and a program can compare: a member's lines are those of its values.
    fn add_json(&mut self, name: &Name, value: &impl Serialize) -> Result<u64, TransferError> {
        let unwritable = |reason| TransferError::Unwritable { file: self.file.to_owned(), reason };
        let mut bytes = serde_json::to_vec_pretty(value).map_err(|error| unwritable(io::Error::other(error)))?;
        bytes.push(b'\n');
        let size = bytes.len() as u64;
        self.add(name, size, bytes.as_slice())?;
        Ok(size)
    }

    fn finish(self) -> Result<(), TransferError> {
        let unwritable = |reason| TransferError::Unwritable { file: self.file.to_owned(), reason };
        let written = self.archive.into_inner().and_then(GzEncoder::finish).map_err(unwritable)?;
        written.into_inner().map_err(|error| unwritable(error.into_error())).map(drop)
    }
}

/// What is written, as it stands in the database.
struct Reader<'a, 'c> {
    conn: &'a Conn<'c>,
    scope: &'a Scope,
    place: &'a Place<'a>,
    declarations: std::sync::Arc<Declarations>,
    sites: Vec<Site>,
    /// The entries of each site, with the places of their types in `types`.
    names: HashMap<SiteId, HashMap<EntryId, usize>>,
    types: Vec<String>,
    planned: Planned,
    media: Vec<CarriedMedia>,
    /// Which files there are, and for which site.
    known_media: HashMap<MediaId, Option<SiteId>>,
    is_whole: bool,
    with_history: bool,
    with_submissions: bool,
    runtime: &'a Runtime,
    report: BundleReport,
}

impl<'a, 'c> Reader<'a, 'c> {
    fn new(
        conn: &'a Conn<'c>,
        place: &'a Place<'a>,
        wish: &BundleExport<'_>,
        runtime: &'a Runtime,
    ) -> Result<Self, TransferError> {
        let scope = place.scope;
        let mut sites = match wish.site {
            Some(slug) => vec![sites::find_by_slug(conn, scope, slug)?],
            None => sites::list(conn, scope)?,
        };
        sites.sort_by_key(|site| site.id);
        let (mut names, mut types) = (HashMap::new(), Vec::<String>::new());
        for site in &sites {
            let mut own = HashMap::new();
            carried::each_name(conn, scope, site.id, |entry, name| {
                let known = types.iter().position(|known| *known == name);
                let place = known.unwrap_or_else(|| {
                    types.push(name);
                    types.len() - 1
                });
                own.insert(entry, place);
            })?;
            names.insert(site.id, own);
        }
        let ids: Vec<SiteId> = sites.iter().map(|site| site.id).collect();
        let mut reader = Self {
            conn,
            scope,
            place,
            declarations: place.catalogue.of(conn, scope)?,
            sites,
            names,
            types,
            planned: releases::carried::planned(conn, scope, &ids)?,
            media: Vec::new(),
            known_media: HashMap::new(),
            is_whole: wish.site.is_none(),
            with_history: wish.with_history,
            with_submissions: wish.with_submissions,
            runtime,
            report: BundleReport::default(),
        };
        reader.find_media()?;
        Ok(reader)
    }

    /// The files that belong to what is written and are there: all of the organization, or those of one site.
    fn find_media(&mut self) -> Result<(), TransferError> {
        let mut all = media::carried(self.conn, self.scope)?;
        if let (false, Some(site)) = (self.is_whole, self.sites.first().cloned()) {
            let mut used = HashSet::new();
            self.each(&site, |_, entry| {
                used.extend(entry.states.iter().flat_map(|state| content::media::named_in(&state.document)));
                Ok(())
            })?;
            all.retain(|one| one.site == Some(site.id) || (one.site.is_none() && used.contains(&one.id)));
        }
        for one in all {
            if self.runtime.block_on(self.place.library.has(&one)).map_err(content::media::MediaError::from)? {
                self.known_media.insert(one.id, one.site);
                self.media.push(one);
            } else {
                self.report.notes.push(format!("The store has lost the file {:?}: it is left out.", one.name));
            }
        }
        Ok(())
    }

    /// Every entry of a site, in the order of the ids.
    fn each(
        &self,
        site: &Site,
        mut take: impl FnMut(&Site, Carried) -> Result<(), TransferError>,
    ) -> Result<(), TransferError> {
        let mut after = None;
        loop {
            let planned = |id: EntryId| self.planned.items.get(&id).cloned().unwrap_or_default();
            let (conn, scope, with_history) = (self.conn, self.scope, self.with_history);
            let declarations = &self.declarations;
            let some =
                carried::carried(conn, scope, declarations, site.id, after, ENTRIES_AT_ONCE, with_history, planned)?;
            let Some(last) = some.last().map(|entry| entry.id) else { return Ok(()) };
            for entry in some {
                take(site, entry)?;
            }
            after = Some(last);
        }
    }

    fn write(
        mut self,
        mut packer: Packer<'_>,
        goes_on: &mut dyn FnMut(u64, u64) -> Result<(), TransferError>,
    ) -> Result<BundleReport, TransferError> {
        let (mut done, total) = (0, self.names.values().map(|names| names.len() as u64).sum());
        goes_on(done, total)?;
        packer.add_json(&Name::Manifest, &self.manifest()?)?;
        packer.add_json(&Name::MediaList, &self.media)?;
        for one in &self.media {
            let name = Name::File { sha256: one.sha256.clone(), extension: one.extension.clone() };
            let bytes = self.runtime.block_on(self.place.library.bytes_of(one)).transpose();
            let bytes = bytes.unwrap_or_else(|| Err(io::ErrorKind::NotFound.into()));
            packer.add(&name, one.size, bytes.map_err(content::media::MediaError::from)?.take(one.size))?;
            self.report.media.created += 1;
        }
        for release in &self.planned.releases {
            packer.add_json(&Name::Release(release.id), release)?;
            self.report.releases.created += 1;
        }
        let (mut counts, mut left_out) = (BTreeMap::<String, usize>::new(), 0);
        for site in &self.sites {
            self.report.sites.created += 1;
            self.each(site, |site, entry| {
                let (entry, absent) = self.without_absent(site, entry);
                left_out += absent;
                let id = entry.id;
                let size = packer.add_json(&Name::Entry { site: site.id, entry: id }, &entry)?;
                if size > ENTRY_BYTES {
                    let told = format!("the entry {id} with its history has {size} bytes, and at most {ENTRY_BYTES} are taken: export without the history");
                    return Err(TransferError::Refused(vec![told]));
                }
                *counts.entry(entry.content_type).or_default() += 1;
                done += 1;
                goes_on(done, total)?;
                Ok(())
            })?;
        }
        for (content_type, count) in counts {
            self.report.entries.entry(content_type).or_default().created = count;
        }
        if self.with_submissions {
            self.report.submissions.created = self.submissions(&mut packer)?;
        }
        self.note_left_out(left_out)?;
        packer.finish()?;
        Ok(self.report)
    }

    /// What guests have sent to each site.
    fn submissions(&self, packer: &mut Packer<'_>) -> Result<usize, TransferError> {
        let mut count = 0;
        for site in &self.sites {
            let mut after = None;
            loop {
                let some = forms::carried::carried(self.conn, self.scope, site.id, after, SUBMISSIONS_AT_ONCE)?;
                let Some(last) = some.last().map(|one| one.id) else { break };
                for one in some {
                    packer.add_json(&Name::Submission { site: site.id, submission: one.id }, &one)?;
                    count += 1;
                }
                after = Some(last);
            }
        }
        Ok(count)
    }

    /// Says what is not in the archive.
    fn note_left_out(&mut self, references: usize) -> Result<(), TransferError> {
        let mut notes = vec![LEFT_BEHIND.to_owned()];
        if !self.is_whole {
            notes.push(
                "The brand and what is said of rules belong to the whole organization: they are left out.".to_owned(),
            );
        }
        if references > 0 {
            notes.push(format!("{references} references to deleted entries or files are left out."));
        }
        if self.planned.left_behind > 0 {
            let count = self.planned.left_behind;
            notes.push(format!("{count} releases went live already, or belong to other sites too: they are left out."));
        }
        let is_gone = |entry: &&EntryId| !self.names.values().any(|names| names.contains_key(*entry));
        let gone = self.planned.items.keys().filter(is_gone).count();
        if gone > 0 {
            notes.push(format!("{gone} deleted entries belong to releases: they are left out of those."));
        }
        let mut submissions = 0;
        for site in self.sites.iter().filter(|_| !self.with_submissions) {
            submissions += forms::carried::count(self.conn, self.scope, site.id)?;
        }
        if submissions > 0 {
            notes.push(format!("{submissions} submissions of guests are left out: they are personal data."));
        }
        self.report.notes.extend(notes);
        Ok(())
    }

    fn manifest(&self) -> Result<Manifest, TransferError> {
        let organization = organizations::current(self.conn, self.scope)?;
        let own = content::custom_types::list(self.conn, self.scope)?;
        let own =
            own.into_iter().map(|one| OwnDeclaration { kind: one.kind, name: one.name, declaration: one.declaration });
        let site = |site: &Site| {
            let entries = self.names.get(&site.id).map_or(0, HashMap::len);
            let requires_review = reviews::is_required(self.conn, self.scope, site.id)?;
            let submissions = if self.with_submissions {
                usize::try_from(forms::carried::count(self.conn, self.scope, site.id)?).ok()
            } else {
                None
            };
            Ok(CarriedSite::of(site, entries, requires_review, submissions))
        };
        let sites = self.sites.iter().map(site).collect::<Result<Vec<_>, TransferError>>()?;
        let (brands, checks) = if self.is_whole {
            let brands = brand::carried::carried(self.conn, self.scope, &self.declarations, self.with_history)?;
            (brands, checks::said_levels(self.conn, self.scope)?)
        } else {
            (Vec::new(), BTreeMap::new())
        };
        Ok(Manifest {
            format: FORMAT.to_owned(),
            version: VERSION,
            organization: self.is_whole.then(|| OrganizationSettings::of(&organization)),
            with_history: self.with_history,
            declarations: own.collect(),
            sites,
            media: self.media.len(),
            brands,
            checks,
            releases: self.planned.releases.len(),
        })
    }

    /// The entry without what it names and nobody has any more: entries in the bin, files that were taken away. Visitors do
    /// not see them either. Answers how many that were.
    fn without_absent(&self, site: &Site, mut entry: Carried) -> (Carried, usize) {
        let Some(declared) = self.declarations.content_type(&entry.content_type) else { return (entry, 0) };
        let mut count = 0;
        let states = std::mem::take(&mut entry.states).into_iter().enumerate().map(|(index, state)| {
            let (state, absent) = self.state_without_absent(site, declared, state);
            count += absent;
            (index + 1, state)
        });
        let states = states.collect();
        entry.keep(states);
        (entry, count)
    }

    fn state_without_absent(
        &self,
        site: &Site,
        declared: &TypeDeclaration,
        mut state: CarriedState,
    ) -> (CarriedState, usize) {
        let check = |state: &CarriedState| carried::check(&self.declarations, declared, state, &site.held_locales());
        // What an older program has written, and the present one does not read, goes as it is.
        let Ok(mut found) = check(&state) else { return (state, 0) };
        let mut absent = self.absent(site, &found);
        if !absent.is_empty() {
            let mut document = Value::Object(state.document.clone());
            for pointer in &absent {
                if let Some(place) = document.pointer_mut(pointer) {
                    *place = Value::Null;
                }
            }
            if let Value::Object(document) = document {
                let before = std::mem::replace(&mut state.document, document);
                match check(&state) {
                    Ok(left) => {
                        state.document.clone_from(left.document.fields());
                        found = left;
                    }
                    Err(_) => {
                        state.document = before;
                        absent.clear();
                    }
                }
            }
        }
        // What a translation rested on and the field would not take any more is nothing to compare with.
        state.translations = carried::rested(&self.declarations, declared, &state, &found, &site.held_locales()).0;
        (state, absent.len())
    }

    fn absent(&self, site: &Site, found: &Validated) -> Vec<String> {
        let names = self.names.get(&site.id);
        let is_there = |one: &Reference| {
            let place = names.and_then(|names| names.get(&one.entry));
            place.and_then(|place| self.types.get(*place)) == Some(&one.to)
        };
        let entries = found.references.iter().filter(|one| !is_there(one));
        let has_file = |id: &MediaId| self.known_media.get(id).is_some_and(|own| own.is_none_or(|own| own == site.id));
        let files = found.media.iter().filter(|one| !has_file(&one.media));
        entries.map(|one| one.pointer.clone()).chain(files.map(|one| picture_of(&one.pointer))).collect()
    }
}

/// The whole picture that names a file.
fn picture_of(pointer: &str) -> String {
    pointer.strip_suffix("/media").unwrap_or(pointer).to_owned()
}
