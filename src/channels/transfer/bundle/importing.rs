//! The second reading of an archive: what was checked is written, some entries a transaction, or compared with what is
//! there where nothing is to be kept.

use std::{
    collections::{BTreeSet, HashMap},
    fs::File,
    path::Path,
    time::Duration,
};

use content::{
    entries::{
        EntryError, Outcome,
        carried::{self, Carried, Put},
    },
    forms::{self, carried::CarriedSubmission},
    media::{
        self, MediaError, MediaItem,
        carried::{self as files, CarriedMedia},
    },
    releases::{self, carried::CarriedRelease},
    sites,
    types::Declarations,
};
use ground::{
    db::{Backend, Conn, DbError, Tenant as _},
    words::{EntryId, ReleaseId, SiteId},
};
use tenants::scope::Scope;
use tokio::io::AsyncWriteExt as _;

use super::{
    BundleImport, BundleReport, Place,
    archive::{self, Bytes},
    broken,
    checking::{self, Plan},
    format::{FIRST_VERSION, Name},
    ids::Ids,
    naming, putting, runtime,
    settling::{settle, site_here},
};
use crate::transfer::TransferError;

/// Entries of one transaction: about a tenth of a second in which other writers wait.
const BATCH: usize = 25;
/// Bytes of the entries of one transaction: they are held in memory.
const BATCH_BYTES: u64 = 8 * 1024 * 1024;
/// Between two transactions: a server beside this process tries each 5 ms to write.
const PAUSE: Duration = Duration::from_millis(20);

/// Imports an archive, from a plain thread.
pub fn import(place: &Place<'_>, wish: &BundleImport<'_>) -> Result<BundleReport, TransferError> {
    let file = archive::open(wish.file)?;
    let plan = checking::check(place, wish.file, &file)?;
    let (ids, settled) = place.db.read_blocking(|conn| {
        let ids = ids_for(conn, place.scope, &plan)?;
        let taken = naming::taken_here(conn, place.scope, &plan, &ids)?;
        if !taken.is_empty() {
            return Err(TransferError::Refused(taken));
        }
        let here = releases::carried::settled(conn, place.scope)?;
        let settled = plan.releases.iter().map(|one| one.id).filter(|id| here.contains(&ids.release(*id)));
        let settled = settled.collect::<BTreeSet<_>>();
        Ok::<_, TransferError>((ids, settled))
    })?;
    let mut report = BundleReport {
        is_dry_run: wish.is_dry_run,
        has_new_ids: ids.made_for.is_some(),
        notes: plan.notes.clone(),
        ..BundleReport::default()
    };
    for release in plan.releases.iter().filter(|release| settled.contains(&release.id)) {
        report.notes.push(format!("The release {:?} went live here already: it stays as it is.", release.name));
    }
    let left: usize = plan.manifest.sites.iter().filter_map(|site| site.submissions).sum();
    if left > 0 && !wish.takes_submissions {
        report.notes.push(format!("{left} submissions of guests stay in the archive: nobody has asked for them."));
    }
    let takes_submissions = wish.takes_submissions;
    let mut importer =
        Importer { place, path: wish.file, file: &file, plan: &plan, ids, settled, takes_submissions, report };
    if wish.is_dry_run {
        importer.compare()?;
    } else {
        importer.write()?;
    }
    Ok(importer.report)
}

/// The ids that the content gets. New ones where another organization has any of the archive's, or where an earlier import
/// has made them.
fn ids_for(conn: &Conn, scope: &Scope, plan: &Plan) -> Result<Ids, TransferError> {
    let mine = scope.organization_id();
    let (own, made) = (Ids::own(), Ids::made(mine));
    let manifest = &plan.manifest;
    let mut needs_new = false;
    for site in &manifest.sites {
        needs_new |= site_here(conn, scope, made.site(site.id))?.is_some();
        let owners = sites::owners(conn, &site.id.to_string())?;
        needs_new |= owners.iter().any(|(organization, id)| *id == site.id && *organization != mine);
    }
    carried::each_owner(conn, |entry, site, organization| {
        if let Some(kind) = plan.entries.get(&entry) {
            let is_same = organization == mine && manifest.sites.get(kind.site).is_some_and(|own| own.id == site);
            needs_new |= !is_same;
        }
    })?;
    let known: HashMap<_, _> = plan.media.iter().map(|one| (one.id, one.sha256.as_str())).collect();
    files::each_owner(conn, |file, organization| needs_new |= known.contains_key(&file) && organization != mine)?;
    let mut ids = if needs_new { made } else { own };
    for one in &plan.media {
        if let Some(item) = files::with_bytes(conn, scope, &one.sha256)? {
            ids.media.insert(one.id, item.id);
        } else if media::find(conn, scope, ids.media(one.id)).is_ok() {
            // Other bytes have the id here.
            ids.media.insert(one.id, Ids::made(mine).media(one.id));
        }
    }
    Ok(ids)
}

struct Importer<'a> {
    place: &'a Place<'a>,
    path: &'a Path,
    file: &'a File,
    plan: &'a Plan,
    ids: Ids,
    /// Releases of the archive that went live here already.
    settled: BTreeSet<ReleaseId>,
    takes_submissions: bool,
    report: BundleReport,
}

/// Why a transaction is taken back.
enum TakenBack {
    /// It was a dry run's; what it would have done.
    Tried(Box<BundleReport>),
    Refused(TransferError),
}

impl From<TransferError> for TakenBack {
    fn from(error: TransferError) -> Self {
        Self::Refused(error)
    }
}

impl From<DbError> for TakenBack {
    fn from(error: DbError) -> Self {
        Self::Refused(error.into())
    }
}

impl Importer<'_> {
    fn count(&mut self, content_type: &str, outcome: Outcome) {
        self.report.entries.entry(content_type.to_owned()).or_default().add(outcome);
    }

    // -------------------------------------------------------------- dry run

    /// Looks what would become of everything.
    fn compare(&mut self) -> Result<(), TransferError> {
        self.surroundings()?;
        let (place, plan) = (self.place, self.plan);
        place.db.read_blocking(|conn| {
            let scope = place.scope;
            for one in &plan.releases {
                let Some(release) = self.release_here(one) else { continue };
                self.report.releases.add(releases::carried::compared(conn, scope, &release)?);
            }
            for one in &plan.media {
                let outcome = match files::with_bytes(conn, scope, &one.sha256)? {
                    Some(item) if !self.is_own(one, Some(&item)) && self.here(one).differs_from(&item) => {
                        Outcome::Changed
                    }
                    Some(_) => Outcome::Unchanged,
                    None => Outcome::Created,
                };
                self.report.media.add(outcome);
            }
            archive::walk(self.path, self.file, |name, bytes| {
                let site = match name {
                    Name::Entry { site, .. } => site,
                    Name::Submission { site, .. } if self.takes_submissions => {
                        let one = self.submission_here(bytes.json()?);
                        let outcome = match site_here(conn, scope, self.ids.site(site))? {
                            Some(site) => forms::carried::compared(conn, scope, site.id, &one)?,
                            None => Outcome::Created,
                        };
                        self.report.submissions.add(outcome);
                        return Ok(());
                    }
                    _ => return Ok(()),
                };
                let entry = self.mapped(site, bytes.json()?)?;
                let there = match site_here(conn, scope, self.ids.site(site))? {
                    Some(site) => {
                        let planned = releases::carried::planned_for(conn, scope, entry.id)?;
                        carried::carried_one(conn, scope, &plan.declarations, site.id, entry.id, &planned)?
                    }
                    None => None,
                };
                let outcome = match there {
                    Some(there) if there.says_the_same_as(&entry) => Outcome::Unchanged,
                    Some(_) => Outcome::Changed,
                    None => Outcome::Created,
                };
                self.count(&entry.content_type, outcome);
                Ok(())
            })
        })
    }

    // -------------------------------------------------------------- writing

    fn write(&mut self) -> Result<(), TransferError> {
        self.surroundings()?;
        let runtime = runtime().map_err(MediaError::from)?;
        let (mut batch, mut held) = (Vec::new(), 0);
        let mut later = BTreeSet::new();
        archive::walk(self.path, self.file, |name, bytes| match name {
            Name::Manifest | Name::MediaList => Ok(()),
            Name::File { sha256, .. } => self.bring(&runtime, &sha256, bytes),
            Name::Release(_) => self.put_release(&bytes.json()?),
            Name::Submission { .. } if !self.takes_submissions => Ok(()),
            Name::Submission { site, .. } => {
                // Behind all entries, so that the last of those are there.
                self.put(&mut batch, &mut later)?;
                self.put_submission(self.ids.site(site), self.submission_here(bytes.json()?))
            }
            Name::Entry { site, .. } => {
                held += bytes.size();
                batch.push((self.ids.site(site), self.mapped(site, bytes.json()?)?));
                if batch.len() < BATCH && held < BATCH_BYTES {
                    return Ok(());
                }
                held = 0;
                self.put(&mut batch, &mut later)
            }
        })?;
        self.put(&mut batch, &mut later)?;
        // An entry may find its slug with one that gets another: it waits for that one.
        while !later.is_empty() {
            let waiting = std::mem::take(&mut later);
            self.each_of(&waiting, |importer, site, entry| {
                batch.push((site, entry));
                importer.put(&mut batch, &mut later)
            })?;
            if later.len() == waiting.len() {
                // They wait for each other.
                let mut together = Vec::new();
                self.each_of(&std::mem::take(&mut later), |_, site, entry| {
                    together.push((site, entry));
                    Ok(())
                })?;
                for (content_type, outcome) in putting::put_together(self.place, together)? {
                    self.count(&content_type, outcome);
                }
            }
        }
        self.times()?;
        self.statuses()
    }

    /// Reads these entries once more.
    fn each_of(
        &mut self,
        wanted: &BTreeSet<EntryId>,
        mut take: impl FnMut(&mut Self, SiteId, Carried) -> Result<(), TransferError>,
    ) -> Result<(), TransferError> {
        archive::walk(self.path, self.file, |name, bytes| match name {
            Name::Entry { site, entry } if wanted.contains(&self.ids.entry(entry)) => {
                let (here, entry) = (self.ids.site(site), self.mapped(site, bytes.json()?)?);
                take(self, here, entry)
            }
            _ => Ok(()),
        })
    }

    /// What entries stand in: the organization's settings, declarations, sites; in one transaction. A dry run does it as well and
    /// takes it back: whatever would be refused is refused there, too.
    fn surroundings(&mut self) -> Result<(), TransferError> {
        let (manifest, ids) = (self.plan.manifest.clone(), self.ids.clone());
        let (scope, catalogue) = (self.place.scope.clone(), self.place.catalogue.clone());
        let is_dry_run = self.report.is_dry_run;
        let made = self.place.db.write_blocking(move |tx| {
            let report = Box::new(settle(tx, &scope, &catalogue, &manifest, &ids)?);
            if is_dry_run { Err(TakenBack::Tried(report)) } else { Ok(report) }
        });
        let made = match made {
            Ok(report) | Err(TakenBack::Tried(report)) => report,
            Err(TakenBack::Refused(error)) => return Err(error),
        };
        self.report.sites = made.sites;
        self.report.declarations = made.declarations;
        self.report.brands = made.brands;
        self.report.notes.extend(made.notes);
        Ok(())
    }

    fn here(&self, one: &CarriedMedia) -> CarriedMedia {
        CarriedMedia { id: self.ids.media(one.id), site: one.site.map(|site| self.ids.site(site)), ..one.clone() }
    }

    fn bring(
        &mut self,
        runtime: &tokio::runtime::Runtime,
        sha256: &str,
        bytes: Bytes<'_>,
    ) -> Result<(), TransferError> {
        let listed = self.plan.media.binary_search_by(|one| one.sha256.as_str().cmp(sha256));
        let Some(carried) = listed.ok().and_then(|index| self.plan.media.get(index)) else {
            return Err(broken(self.path, "it has changed since it was checked"));
        };
        let (one, scope, db) = (self.here(carried), self.place.scope.clone(), self.place.db);
        let is_there = db.read_blocking(|conn| files::with_bytes(conn, &scope, sha256))?;
        if self.is_own(carried, is_there.as_ref()) {
            self.report.media.add(Outcome::Unchanged);
            return Ok(());
        }
        if is_there.is_none() {
            let library = self.place.library;
            let mut landed = runtime.block_on(library.landing())?;
            bytes.pieces(|piece| runtime.block_on(landed.write_all(piece)))?;
            runtime.block_on(async {
                landed.flush().await?;
                library.add_carried(scope.clone(), &one, landed).await
            })?;
        }
        let is_told = db.write_blocking(move |tx| files::describe(tx, &scope, &one))?;
        self.report.media.add(match (is_there, is_told) {
            (None, _) => Outcome::Created,
            (Some(_), true) => Outcome::Changed,
            (Some(_), false) => Outcome::Unchanged,
        });
        Ok(())
    }

    /// Whether the organization had these bytes by itself: what it says of them stays.
    fn is_own(&self, carried: &CarriedMedia, item: Option<&MediaItem>) -> bool {
        let made = Ids::made(self.place.scope.organization_id()).media(carried.id);
        item.is_some_and(|item| item.id != carried.id && item.id != made)
    }

    /// The release as it is to be here; none where it went live here already.
    fn release_here(&self, release: &CarriedRelease) -> Option<CarriedRelease> {
        let is_to_come = |time: &releases::carried::ReleaseTime| time.fires_at > self.plan.now;
        (!self.settled.contains(&release.id)).then(|| CarriedRelease {
            id: self.ids.release(release.id),
            time: release.time.clone().filter(is_to_come),
            ..release.clone()
        })
    }

    fn put_release(&mut self, release: &CarriedRelease) -> Result<(), TransferError> {
        let Some(release) = self.release_here(release) else { return Ok(()) };
        let scope = self.place.scope.clone();
        let outcome = self.place.db.write_blocking(move |tx| releases::carried::put(tx, &scope, &release))?;
        self.report.releases.add(outcome);
        Ok(())
    }

    fn submission_here(&self, one: CarriedSubmission) -> CarriedSubmission {
        CarriedSubmission { id: self.ids.submission(one.id), form: self.ids.entry(one.form), ..one }
    }

    fn put_submission(&mut self, site: SiteId, one: CarriedSubmission) -> Result<(), TransferError> {
        let scope = self.place.scope.clone();
        let outcome = self.place.db.write_blocking(move |tx| forms::carried::put(tx, &scope, site, &one))?;
        self.report.submissions.add(outcome);
        Ok(())
    }

    /// The entry as it is to be here.
    fn mapped(&self, site: SiteId, mut entry: Carried) -> Result<Carried, TransferError> {
        let changed = || broken(self.path, "it has changed since it was checked");
        let plan = self.plan;
        let known = plan.manifest.sites.iter().find(|one| one.id == site).ok_or_else(changed)?;
        let held = known.held_locales();
        let declarations: &Declarations = &plan.declarations;
        let declared = declarations.content_type(&entry.content_type).ok_or_else(changed)?;
        entry.is_of_first_version = plan.manifest.version == FIRST_VERSION;
        entry.schedules.retain(|one| one.fires_at > plan.now);
        entry.releases.retain(|one| !self.settled.contains(&one.release));
        entry.schedules.iter_mut().for_each(|one| one.id = self.ids.schedule(one.id));
        entry.releases.iter_mut().for_each(|one| one.release = self.ids.release(one.release));
        let is_entry = |id| plan.entries.contains_key(&id);
        let is_file = |id| plan.media.iter().any(|one| one.id == id);
        let mut states = Vec::with_capacity(entry.states.len());
        for (index, state) in entry.states.iter().enumerate() {
            let number = index + 1;
            let found = match carried::check(declarations, declared, state, &held) {
                Ok(found) => found,
                Err(_) if !entry.needs(number) => continue,
                Err(problems) => return Err(EntryError::Invalid(problems).into()),
            };
            let mut state = state.clone();
            state.translations = carried::rested(declarations, declared, &state, &found, &held).0;
            for basis in state.translations.values_mut().flat_map(|texts| texts.values_mut()) {
                basis.was.iter_mut().for_each(|was| self.ids.renamed(was, &is_entry, &is_file));
            }
            state.document = self.ids.applied(state.document, &found);
            let again = carried::check(declarations, declared, &state, &held);
            state.document = again.map_err(EntryError::Invalid)?.document.into_fields();
            states.push((number, state));
        }
        let mut entry = Carried { id: self.ids.entry(entry.id), ..entry };
        entry.keep(states);
        // What was kept for a time that is over is history.
        Ok(if plan.manifest.with_history { entry } else { entry.without_history() })
    }

    /// Writes some entries in one transaction.
    fn put(&mut self, batch: &mut Vec<(SiteId, Carried)>, later: &mut BTreeSet<EntryId>) -> Result<(), TransferError> {
        if batch.is_empty() {
            return Ok(());
        }
        for (id, content_type, put) in putting::put(self.place, std::mem::take(batch))? {
            match put {
                Put::Done(outcome, _) => self.count(&content_type, outcome),
                Put::SlugTaken(_) => {
                    later.insert(id);
                }
            }
        }
        if self.place.db.backend() == Backend::Sqlite {
            std::thread::sleep(PAUSE);
        }
        Ok(())
    }

    /// Releases get their times when everything that belongs to them is there.
    fn times(&self) -> Result<(), TransferError> {
        for release in self.plan.releases.iter().filter_map(|one| self.release_here(one)) {
            let scope = self.place.scope.clone();
            self.place.db.write_blocking(move |tx| releases::carried::set_time(tx, &scope, &release))?;
        }
        Ok(())
    }

    /// Sites go live when all of their content is there.
    fn statuses(&mut self) -> Result<(), TransferError> {
        let sites = self.plan.manifest.sites.iter().map(|site| (self.ids.site(site.id), site.is_published));
        let (sites, scope) = (sites.collect::<Vec<_>>(), self.place.scope.clone());
        self.place.db.write_blocking(move |tx| {
            for (id, is_published) in sites {
                if is_published {
                    sites::publish(tx, &scope, id)?
                } else {
                    sites::unpublish(tx, &scope, id)?
                };
            }
            Ok(())
        })
    }
}
