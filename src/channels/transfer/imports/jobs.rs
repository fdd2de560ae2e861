//! Looking at what was brought and taking it over, in the background; and throwing away what nobody asks for any more.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    time::Duration,
};

use content::sites;
use ground::{
    db::{Db, DbError, Tx},
    words::{ImportId, Slug},
};
use machinery::{
    jobs::{
        Job, JobContext, JobError, Lane, Options, Priority, Registry,
        schedule::{CatchUp, Schedule},
    },
    web::Explain as _,
};
use serde::{Deserialize, Serialize};
use tenants::scope::Scope;

use super::{
    Import, ImportError, ImportReport, ImportState, Imports, Part, Wish,
    asking::{find, tell},
    folder, store,
};
use crate::transfer::{
    TransferError,
    alpinebits::{self, AlpinebitsImport},
    bundle::{self, BundleImport, Place},
    sitemap::{self, SitemapImport},
    wordpress::{self, WordpressImport},
};

/// Addresses of a list that comes over HTTP: as many as one sitemap may have (sitemaps.org), each of which is a row of the
/// report. The command takes more.
const MOST_ADDRESSES: usize = 50_000;
/// The largest archive over a slow disk is done by then.
const LONGEST: Duration = Duration::from_secs(6 * 60 * 60);

/// Does the next step of an import.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct RunImport {
    /// Which one. Its state says what the step is.
    pub import: ImportId,
}

impl Job for RunImport {
    const KIND: &'static str = "run_import";
    const LANE: Lane = Lane::Media;

    fn options() -> Options {
        Options { max_attempts: 4, time_limit: LONGEST, ..Options::default() }
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.import.to_string())
    }
}

/// Removes imports whose time is over.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct SweepImports {}

impl Job for SweepImports {
    const KIND: &'static str = "sweep_imports";
    const LANE: Lane = Lane::Maintenance;

    fn options() -> Options {
        Options { priority: Priority::Low, ..Options::default() }
    }

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}

/// Declares who does the steps of imports.
pub fn handle_jobs(registry: &mut Registry, imports: &Imports) {
    let imports = imports.clone();
    registry.handle(move |job: RunImport, context: JobContext| {
        let imports = imports.clone();
        async move {
            let done = tokio::task::spawn_blocking(move || run(&imports, &context, job.import)).await;
            done.map_err(JobError::again)?
        }
    });
}

/// Registers the nightly sweep and answers when it is to run.
pub fn maintain(registry: &mut Registry, imports: &Imports) -> Schedule {
    let imports = imports.clone();
    registry.handle(move |_: SweepImports, context: JobContext| {
        let imports = imports.clone();
        async move { sweep(imports, context).await }
    });
    Schedule::of("sweep_imports", "56 3 * * *", CatchUp::Once, &SweepImports {})
}

/// Does a step from a plain thread. What the files are refused for is kept with the import; what may pass is tried again.
fn run(imports: &Imports, context: &JobContext, id: ImportId) -> Result<(), JobError> {
    let nowhere = || JobError::permanent("this job belongs to an organization");
    let scope = Scope::for_job(context).ok_or_else(nowhere)?;
    let db = context.db();
    let import = match db.read_blocking(|conn| find(conn, &scope, id)) {
        Ok(import) if import.state.is_busy() => import,
        // Given up meanwhile.
        Ok(_) | Err(ImportError::NotFound) => return Ok(()),
        Err(error) => return Err(JobError::again(error)),
    };
    let scope = Scope::for_job_of(context, &import.created_by_name).ok_or_else(nowhere)?;
    let failed = |problem: String| {
        let failed = Import { state: ImportState::Failed, problem: Some(problem), ..import.clone() };
        settle(db, &scope, failed, None, "import.failed").map_err(JobError::again)
    };
    if !imports.place(id, Part::Source, "").is_file() {
        // Several processes on machines of their own: the next attempt may be made by the one that took the file.
        if context.is_last_attempt() {
            failed("The file lies with another process. Bring it once more, or let the operator give all processes the same data directory.".to_owned())?;
        }
        return Err(JobError::again("the file of the import does not lie with this process"));
    }
    // A fault of ours must not leave the import at work for ever: nobody could begin another one.
    let done = catch_unwind(AssertUnwindSafe(|| step(imports, db, &scope, &import)));
    let done =
        done.unwrap_or_else(|_| Err(DbError::Failed("the import panicked; the log says where".to_owned()).into()));
    match done {
        Ok(report) => {
            let report = serde_json::to_string(&report).map_err(JobError::again)?;
            let is_done = import.state == ImportState::Importing;
            let (state, action) =
                if is_done { (ImportState::Done, "import.done") } else { (ImportState::Checked, "import.checked") };
            let settled = Import { state, ..import };
            settle(db, &scope, settled, Some(report), action).map_err(JobError::again)?;
            if is_done {
                imports.clear(id);
            }
            Ok(())
        }
        Err(_) if context.is_cancelled() => Err(JobError::Interrupted),
        Err(error) if error.explain().status < 500 && !matches!(error, TransferError::Unreadable { .. }) => {
            let name = import.files.iter().find(|file| file.part == Part::Source).map(|file| file.name.as_str());
            failed(error.about(Path::new(name.unwrap_or_default())).to_string())
        }
        Err(error) => {
            if context.is_last_attempt() {
                // What the system says is for the operator, who reads the log.
                failed("It could not be ended. The operator's log says why.".to_owned())?;
            }
            Err(JobError::again(error))
        }
    }
}

fn step(imports: &Imports, db: &Db, scope: &Scope, import: &Import) -> Result<ImportReport, TransferError> {
    let is_dry_run = import.state == ImportState::Checking;
    let file = &imports.place(import.id, Part::Source, "");
    let catalogue = &imports.catalogue;
    let site: Option<Slug> = match import.wish.site_id() {
        Some(id) => Some(db.read_blocking(|conn| sites::find(conn, scope, id))?.slug),
        None => None,
    };
    match (&import.wish, &site) {
        (Wish::Wordpress { .. }, Some(site)) => {
            let has_attachments = import.files.iter().any(|file| file.part == Part::Attachments);
            let attachments = imports.place(import.id, Part::Attachments, "");
            let attachments = has_attachments.then_some((attachments, &imports.library));
            let wish = WordpressImport { file, site, attachments, is_dry_run };
            wordpress::import(db, catalogue, scope, &wish).map(ImportReport::Wordpress)
        }
        (Wish::Alpinebits { hotel_code, property, publish, .. }, Some(site)) => {
            let (hotel_code, property, publishes) = (hotel_code.as_deref(), property.as_ref(), *publish);
            let wish = AlpinebitsImport { file, site, hotel_code, property, publishes, is_dry_run };
            alpinebits::import(db, catalogue, scope, &wish).map(ImportReport::Alpinebits)
        }
        (Wish::Sitemap { table, .. }, Some(site)) => {
            // A look says what is proposed; taking over makes it.
            let (is_csv, creates) = (*table, !is_dry_run);
            let most = MOST_ADDRESSES;
            let wish = SitemapImport { file, is_csv, site, creates, is_dry_run, most };
            sitemap::import(db, catalogue, scope, &wish).map(ImportReport::Sitemap)
        }
        (Wish::Bundle { submissions }, _) => {
            let place = Place { db, catalogue, scope, library: &imports.library };
            let wish = BundleImport { file, takes_submissions: *submissions, is_dry_run };
            bundle::import(&place, &wish).map(ImportReport::Bundle)
        }
        (_, None) => Err(TransferError::SiteNeeded),
    }
}

fn settle(
    db: &Db,
    scope: &Scope,
    import: Import,
    report: Option<String>,
    action: &'static str,
) -> Result<(), ImportError> {
    let scope = scope.clone();
    db.write_blocking(move |tx| {
        store::settle(tx, &scope, &import, report.as_deref())?;
        Ok(tell(tx, &scope, action, &import)?)
    })
}

async fn sweep(imports: Imports, context: JobContext) -> Result<(), JobError> {
    let gone = context.db().write(|tx: &Tx| store::forget_expired(tx, tx.now())).await.map_err(JobError::again)?;
    let db = context.db().clone();
    let removed = tokio::task::spawn_blocking(move || {
        // The folders first: whichever is there has a row, or has had one.
        let folders = folder::folders(&imports.folder).map_err(JobError::again)?;
        let kept = db.read_blocking(store::all_ids).map_err(JobError::again)?;
        let rubbish: Vec<_> = folders.into_iter().filter(|id| !kept.contains(id)).collect();
        for id in &rubbish {
            imports.clear(*id);
        }
        Ok::<_, JobError>(rubbish.len())
    });
    let removed = removed.await.map_err(JobError::again)??;
    if gone > 0 || removed > 0 {
        tracing::info!(gone, removed, "removed imports whose time is over");
    }
    Ok(())
}
