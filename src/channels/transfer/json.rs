//! The import of records from a JSON file by a mapping: some records a transaction, so that a stop half-way loses
//! nothing that was reported, and a second run finds what is there and changes what differs.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    sync::Arc,
    time::Duration,
};

use content::{
    sites::{self, Site},
    types::{self, Catalogue, Declarations},
};
use ground::{
    db::{Backend, Db, DbError, Rehearsal, Tx},
    words::{SiteId, Slug},
};
use serde_json::Value;
use tenants::scope::Scope;

use super::{
    Mapping, TransferError,
    path::{Known, Record},
    records::{Place, Taking},
    report::{Report, Skipped},
};

/// Bytes of a source file: it is held in memory, at about four times its size.
const SOURCE_SIZE_LIMIT: u64 = 64 * 1024 * 1024;
/// Sites and entries looked at before a transaction ends, at the next record: about a tenth of a second in which other
/// writers wait, and few enough waits for the disk.
const BATCH_SIZE: usize = 200;
/// Between two transactions: a server beside this process tries each 5 ms to write, and would otherwise find the door shut
/// whenever it looks.
const PAUSE: Duration = Duration::from_millis(20);
/// What some programs write before UTF-8 text.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Imports the records of a JSON file, from a plain thread. Without [site] in the mapping the entries go into `site`. A
/// dry run is done on a copy of the database; where the database needs none, in one transaction that is taken back.
pub fn import(
    db: &Db,
    catalogue: &Catalogue,
    scope: &Scope,
    source: &Path,
    mapping: &Path,
    site: Option<&Slug>,
    is_dry_run: bool,
) -> Result<Report, TransferError> {
    let declarations = db.read_blocking(|conn| catalogue.of(conn, scope))?;
    let mapping = Mapping::read(mapping, &declarations)?;
    let site = given_site(db, scope, &mapping, site)?;
    let source = read_source(source)?;
    let Some(records) = mapping.records.list(&source).map(Vec::len) else {
        return Err(TransferError::NoRecords { place: mapping.records.spelling() });
    };
    let plan = Plan { declarations, scope: scope.clone(), mapping, site, source };
    let plan = Arc::new(plan);
    if is_dry_run && let Some(rehearsal) = Rehearsal::of(db)? {
        return Ok(Report { is_dry_run, ..run(rehearsal.db(), &plan, records, false)? });
    }
    run(db, &plan, records, is_dry_run)
}

fn given_site(db: &Db, scope: &Scope, mapping: &Mapping, site: Option<&Slug>) -> Result<Option<Site>, TransferError> {
    match (&mapping.site, site) {
        (Some(_), Some(_)) => Err(TransferError::SiteUnused),
        (None, None) => Err(TransferError::SiteNeeded),
        (Some(_), None) => Ok(None),
        (None, Some(slug)) => Ok(Some(db.read_blocking(|conn| sites::find_by_slug(conn, scope, slug))?)),
    }
}

fn read_source(file: &Path) -> Result<Value, TransferError> {
    let bytes = super::read_limited(file, SOURCE_SIZE_LIMIT)?;
    let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&bytes);
    serde_json::from_slice(text).map_err(|reason| TransferError::NotJson { file: file.to_owned(), reason })
}

/// Everything that an import reads and never changes.
pub(super) struct Plan {
    pub declarations: Arc<Declarations>,
    pub scope: Scope,
    pub mapping: Mapping,
    pub site: Option<Site>,
    source: Value,
}

impl Plan {
    fn records(&self) -> &[Value] {
        self.mapping.records.list(&self.source).map_or(&[], Vec::as_slice)
    }

    /// Where a record of the source's own list stands.
    pub fn place_of(&self, record: &Record<'_>) -> String {
        let (list, index) = (self.mapping.records.spelling(), record.number - 1);
        if list.is_empty() { index.to_string() } else { format!("{list}.{index}") }
    }
}

/// What was refused by the database's own rules, to be left out when its batch is done again.
pub(super) type Refusals = BTreeMap<Place, Vec<Skipped>>;

/// How far the import is: what later records may refer to or collide with.
#[derive(Clone, Default)]
pub(super) struct Progress {
    next: usize,
    /// The entries made, by type and key; of one record only where each makes a site.
    pub known: Known,
    /// The number of the record that made each site.
    pub sites: HashMap<SiteId, usize>,
}

/// Some records on their way into the database.
pub(super) struct Batch {
    pub progress: Progress,
    pub report: Report,
    /// The organization's sites.
    pub sites: Vec<Site>,
    /// Sites and entries looked at.
    pub size: usize,
}

/// Why a batch is taken back.
pub(super) enum Stop {
    /// Something was refused after the batch had begun to write: the batch is done again without it.
    Refused(Place, Vec<Skipped>),
    /// The dry run is over.
    DryRun(Box<Report>),
    /// The database.
    Db(DbError),
}

impl From<DbError> for Stop {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

fn run(db: &Db, plan: &Arc<Plan>, records: usize, is_dry_run: bool) -> Result<Report, TransferError> {
    let mut report = Report { is_dry_run, records, ..Report::default() };
    let mut progress = Progress::default();
    let mut refusals = Refusals::new();
    while progress.next < records {
        let (plan, from, refused) = (Arc::clone(plan), progress.clone(), refusals.clone());
        match db.write_blocking(move |tx| batch(tx, &plan, from, &refused, is_dry_run)) {
            Ok(done) => {
                if db.backend() == Backend::Sqlite {
                    std::thread::sleep(PAUSE);
                }
                report.absorb(done.report);
                progress = done.progress;
                refusals.clear();
            }
            Err(Stop::DryRun(found)) => {
                report.absorb(*found);
                break;
            }
            Err(Stop::Refused(place, reasons)) => {
                refusals.insert(place, reasons);
            }
            Err(Stop::Db(error)) => return Err(error.into()),
        }
    }
    Ok(report)
}

fn batch(tx: &Tx, plan: &Plan, progress: Progress, refusals: &Refusals, is_dry_run: bool) -> Result<Batch, Stop> {
    if types::version(tx, &plan.scope)? != plan.declarations.version() {
        let told = "the organization's types were changed during the import: run it again, it goes on where it stopped";
        return Err(DbError::Failed(told.to_owned()).into());
    }
    let sites = sites::list(tx, &plan.scope)?;
    let mut batch = Batch { progress, report: Report::default(), sites, size: 0 };
    let limit = if is_dry_run { usize::MAX } else { BATCH_SIZE };
    while let Some(value) = plan.records().get(batch.progress.next)
        && batch.size < limit
    {
        let record = Record::root(value, batch.progress.next + 1);
        Taking { tx, plan, refusals, batch: &mut batch }.record(&record)?;
        batch.progress.next += 1;
    }
    if is_dry_run { Err(Stop::DryRun(Box::new(batch.report))) } else { Ok(batch) }
}
