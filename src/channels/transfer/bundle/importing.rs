//! The second reading of an archive: what was checked is written, some entries a transaction, or compared with what is
//! there where nothing is to be kept.

use std::{
    collections::{BTreeSet, HashMap},
    fs::File,
    path::Path,
    time::Duration,
};

use content::{
    custom_types,
    entries::{
        EntryError, Outcome,
        carried::{self, Carried, Put},
    },
    media::{
        self, MediaError, MediaItem,
        carried::{self as files, CarriedMedia},
    },
    sites::{self, SiteChange},
    types::Declarations,
};
use ground::{
    db::{Backend, Conn, Tenant as _},
    words::{EntryId, SiteId},
};
use machinery::web::Explain as _;
use tenants::{organizations, scope::Scope};
use tokio::io::AsyncWriteExt as _;

use super::{
    BundleImport, BundleReport, Place,
    archive::{self, Bytes},
    broken,
    checking::{self, Plan, is_history, wishes},
    format::Name,
    ids::Ids,
    runtime,
    settling::{
        declare, free_domain, free_languages, is_published, organization_change, put_site, site_change, site_here,
    },
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
    let ids = place.db.snapshot_blocking(|conn| ids_for(conn, place.scope, &plan))?;
    let report = BundleReport {
        is_dry_run: wish.is_dry_run,
        has_new_ids: ids.made_for.is_some(),
        notes: plan.notes.clone(),
        ..BundleReport::default()
    };
    let mut importer = Importer { place, path: wish.file, file: &file, plan: &plan, ids, report };
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
        if let Some(index) = plan.entries.get(&entry) {
            let is_same = organization == mine && manifest.sites.get(*index).is_some_and(|own| own.id == site);
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
    report: BundleReport,
}

impl Importer<'_> {
    fn count(&mut self, content_type: &str, outcome: Outcome) {
        self.report.entries.entry(content_type.to_owned()).or_default().add(outcome);
    }

    // -------------------------------------------------------------- dry run

    /// Looks what would become of everything.
    fn compare(&mut self) -> Result<(), TransferError> {
        let (place, plan) = (self.place, self.plan);
        place.db.snapshot_blocking(|conn| {
            let scope = place.scope;
            for wish in wishes(&plan.manifest) {
                let is_there = custom_types::find(conn, scope, wish.kind, &wish.name).is_ok();
                self.report.declarations.add(if is_there { Outcome::Unchanged } else { Outcome::Created });
            }
            for site in &plan.manifest.sites {
                let outcome = match site_here(conn, scope, self.ids.site(site.id))? {
                    Some(here) => {
                        let change = site_change(conn, site, &here, &mut self.report.notes)?;
                        let is_same = change == SiteChange::default() && is_published(&here) == site.is_published;
                        if is_same { Outcome::Unchanged } else { Outcome::Changed }
                    }
                    None => {
                        free_domain(conn, site, None, &mut self.report.notes)?;
                        free_languages(conn, site, None, &mut self.report.notes)?;
                        Outcome::Created
                    }
                };
                self.report.sites.add(outcome);
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
                let Name::Entry { site, .. } = name else { return Ok(()) };
                let entry = self.mapped(site, bytes.json()?)?;
                let there = match site_here(conn, scope, self.ids.site(site))? {
                    Some(site) => carried::carried_one(conn, scope, site.id, entry.id)?,
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
        // An entry may have had a slug that another one has now: those wait for the others.
        while !later.is_empty() {
            let waiting = std::mem::take(&mut later);
            archive::walk(self.path, self.file, |name, bytes| {
                let Name::Entry { site, entry } = name else { return Ok(()) };
                if waiting.contains(&self.ids.entry(entry)) {
                    batch.push((self.ids.site(site), self.mapped(site, bytes.json()?)?));
                    self.put(&mut batch, &mut later)?;
                }
                Ok(())
            })?;
            if later.len() == waiting.len() {
                let told = |id: &EntryId| format!("The entry {id} has a slug that another entry of its site has.");
                return Err(TransferError::Refused(later.iter().map(told).collect()));
            }
        }
        self.statuses()
    }

    /// What entries stand in: the organization's settings, declarations, sites; in one transaction.
    fn surroundings(&mut self) -> Result<(), TransferError> {
        let (manifest, ids) = (self.plan.manifest.clone(), self.ids.clone());
        let (scope, catalogue) = (self.place.scope.clone(), self.place.catalogue.clone());
        let made = self.place.db.write_blocking(move |tx| {
            let mut report = BundleReport::default();
            if let Some(settings) = &manifest.organization {
                organizations::update(tx, &scope, organization_change(settings))?;
            }
            declare(tx, &scope, &catalogue, &manifest, &mut report)?;
            for site in &manifest.sites {
                let outcome = put_site(tx, &scope, ids.site(site.id), site, &mut report.notes)?;
                report.sites.add(outcome);
            }
            Ok::<_, TransferError>(report)
        })?;
        self.report.sites = made.sites;
        self.report.declarations = made.declarations;
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

    /// The entry as it is to be here.
    fn mapped(&self, site: SiteId, entry: Carried) -> Result<Carried, TransferError> {
        let changed = || broken(self.path, "it has changed since it was checked");
        let plan = self.plan;
        let known = plan.manifest.sites.iter().find(|one| one.id == site).ok_or_else(changed)?;
        let declarations: &Declarations = &plan.declarations;
        let declared = declarations.content_type(&entry.content_type).ok_or_else(changed)?;
        let mut states = Vec::with_capacity(entry.states.len());
        for (index, state) in entry.states.iter().enumerate() {
            let number = index + 1;
            let found = match carried::check(declarations, declared, state, &known.locales) {
                Ok(found) => found,
                Err(_) if is_history(&entry, number) => continue,
                Err(problems) => return Err(EntryError::Invalid(problems).into()),
            };
            let mut state = state.clone();
            state.document = self.ids.applied(state.document, &found);
            let again = carried::check(declarations, declared, &state, &known.locales);
            state.document = again.map_err(EntryError::Invalid)?.document.into_fields();
            states.push((number, state));
        }
        let mut entry = Carried { id: self.ids.entry(entry.id), ..entry };
        entry.published.retain(|locale, shown| {
            let state = states.iter().find(|(number, _)| *number == shown.state);
            let document =
                state.and_then(|(_, state)| carried::check(declarations, declared, state, &known.locales).ok());
            document.is_some_and(|found| declarations.missing(declared, &found.document, locale).is_empty())
        });
        entry.keep(states);
        Ok(entry)
    }

    /// Writes some entries in one transaction.
    fn put(&mut self, batch: &mut Vec<(SiteId, Carried)>, later: &mut BTreeSet<EntryId>) -> Result<(), TransferError> {
        if batch.is_empty() {
            return Ok(());
        }
        let entries = std::mem::take(batch);
        let (scope, catalogue) = (self.place.scope.clone(), self.place.catalogue.clone());
        let done = self.place.db.write_blocking(move |tx| {
            let declarations = catalogue.of(tx, &scope)?;
            let put = |(site, entry): (SiteId, Carried)| {
                let done = carried::put(tx, &scope, &declarations, site, &entry).map_err(|error| match error {
                    EntryError::Db(error) => TransferError::Db(error),
                    refusal => {
                        TransferError::Refused(vec![format!("The entry {}: {}", entry.id, refusal.explain().detail)])
                    }
                })?;
                Ok((entry.id, entry.content_type, done))
            };
            entries.into_iter().map(put).collect::<Result<Vec<_>, TransferError>>()
        })?;
        for (id, content_type, done) in done {
            match done {
                Put::Done(outcome) => self.count(&content_type, outcome),
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
