//! Writing an archive in the background, and throwing away what nobody can download any more.

use std::{collections::HashSet, fs, io, path::Path};

use content::sites;
use ground::{
    clock::Timestamp,
    db::{Db, Tx},
    words::{ExportId, Slug},
};
use jiff::SignedDuration;
use machinery::jobs::{
    Job, JobContext, JobError, Lane, Options, Priority, Registry,
    schedule::{CatchUp, Schedule},
};
use serde::{Deserialize, Serialize};
use tenants::{organizations, scope::Scope};

use super::{
    ENDING, Export, ExportError, ExportFormat, ExportState, Exports, KEPT, LONGEST, asking::tell, find, store,
};
use crate::transfer::{
    TransferError,
    bundle::{self, BundleExport, Place},
    plain_files::{self, PlainFilesExport},
};

/// Entries between two notes of how far it is: each is a write.
const NOTED_EVERY: u64 = 200;
/// How long a file stays that no row names: one that is being written has a name of its own.
const GRACE: SignedDuration = SignedDuration::from_hours(24);

/// Writes an archive.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct WriteExport {
    /// Which one.
    pub export: ExportId,
}

impl Job for WriteExport {
    const KIND: &'static str = "write_export";
    const LANE: Lane = Lane::Maintenance;

    fn options() -> Options {
        Options { priority: Priority::Low, time_limit: LONGEST.unsigned_abs(), ..Options::default() }
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.export.to_string())
    }
}

/// Removes archives whose time is over.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct SweepExports {}

impl Job for SweepExports {
    const KIND: &'static str = "sweep_exports";
    const LANE: Lane = Lane::Maintenance;

    fn options() -> Options {
        Options { priority: Priority::Low, ..Options::default() }
    }

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}

/// Declares who writes archives.
pub fn handle_jobs(registry: &mut Registry, exports: &Exports) {
    let exports = exports.clone();
    registry.handle(move |job: WriteExport, context: JobContext| {
        let exports = exports.clone();
        async move { write(exports, context, job.export).await }
    });
}

/// Registers the nightly sweep and answers when it is to run.
pub fn maintain(registry: &mut Registry, exports: &Exports) -> Schedule {
    let exports = exports.clone();
    registry.handle(move |_: SweepExports, context: JobContext| {
        let exports = exports.clone();
        async move { sweep(exports, context).await }
    });
    Schedule::of("sweep_exports", "51 3 * * *", CatchUp::Once, &SweepExports {})
}

async fn write(exports: Exports, context: JobContext, id: ExportId) -> Result<(), JobError> {
    let scope = Scope::for_job(&context).ok_or_else(|| JobError::permanent("this job belongs to an organization"))?;
    let is_last = context.is_last_attempt();
    let written = tokio::task::spawn_blocking(move || written(&exports, &context, &scope, id, is_last)).await;
    written.map_err(JobError::again)?
}

/// Writes the archive of an export that waits, from a plain thread. What can never be written is kept as failed.
fn written(
    exports: &Exports,
    context: &JobContext,
    scope: &Scope,
    id: ExportId,
    is_last: bool,
) -> Result<(), JobError> {
    let db = context.db();
    let begun = db.read_blocking(|conn| {
        let export = match find(conn, scope, id) {
            Ok(export) if export.state.is_open() => export,
            // Given up meanwhile.
            Ok(_) | Err(ExportError::NotFound) => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut all = sites::list(conn, scope)?;
        all.retain(|site| export.site_id.is_none_or(|wanted| wanted == site.id));
        Ok(Some((export, all)))
    });
    let Some((export, all)) = begun.map_err(JobError::again)? else { return Ok(()) };
    let outcome = archive(exports, context, scope, &export, &all);
    match outcome {
        Ok((notes, size)) => {
            let ready = Export {
                state: ExportState::Ready,
                size: Some(size),
                notes,
                expires_at: Some(db.clock().now() + KEPT),
                ..export
            };
            settle(db, scope, ready, "export.ready").map_err(JobError::again)
        }
        Err(_) if context.is_cancelled() => Err(JobError::Interrupted),
        Err(error @ (TransferError::Refused(_) | TransferError::Site(_))) => {
            let failed = Export { state: ExportState::Failed, problem: Some(error.to_string()), ..export };
            settle(db, scope, failed, "export.failed").map_err(JobError::again)
        }
        Err(error) => {
            if is_last {
                // What the system says is for the operator, who reads the log.
                let problem = Some("The archive could not be written. The operator's log says why.".to_owned());
                let failed = Export { state: ExportState::Failed, problem, ..export };
                settle(db, scope, failed, "export.failed").map_err(JobError::again)?;
            }
            Err(JobError::again(error))
        }
    }
}

fn archive(
    exports: &Exports,
    context: &JobContext,
    scope: &Scope,
    export: &Export,
    all: &[sites::Site],
) -> Result<(Vec<String>, u64), TransferError> {
    let file = exports.file(export.id);
    let unwritable = |reason| TransferError::Unwritable { file: file.clone(), reason };
    fs::create_dir_all(&exports.folder).map_err(unwritable)?;
    let db = context.db();
    let site = export.site_id.and_then(|_| all.first()).map(|site| &site.slug);
    if export.site_id.is_some() && site.is_none() {
        return Err(TransferError::Refused(vec!["The site is not there any more.".to_owned()]));
    }
    let place = Place { db, catalogue: &exports.catalogue, scope, library: &exports.library };
    let note = |done: u64, total: u64| {
        let (scope, id) = (scope.clone(), export.id);
        db.write_blocking(move |tx| store::note_progress(tx, &scope, id, done, total))
    };
    note(0, 0)?;
    if export.format == ExportFormat::Static {
        let notes = websites(exports, &place, site, &file)?;
        return Ok((notes, fs::metadata(&file).map_err(unwritable)?.len()));
    }
    let wish = BundleExport { file: &file, site, with_history: export.history, with_submissions: export.submissions };
    let report = bundle::export(&place, &wish, &mut |done, total| {
        if context.is_cancelled() {
            return Err(unwritable(io::ErrorKind::Interrupted.into()));
        }
        if done % NOTED_EVERY == 0 { Ok(note(done, total)?) } else { Ok(()) }
    })?;
    let size = fs::metadata(&file).map_err(unwritable)?.len();
    let entries: usize = report.entries.values().map(|counts| counts.created).sum();
    note(entries as u64, entries as u64)?;
    Ok((report.notes, size))
}

/// Writes the websites into a folder that goes again, and packs it; what is to be known of them.
fn websites(
    exports: &Exports,
    place: &Place<'_>,
    site: Option<&Slug>,
    file: &Path,
) -> Result<Vec<String>, TransferError> {
    let unwritable = |reason| TransferError::Unwritable { file: file.to_owned(), reason };
    let organization = place.db.read_blocking(|conn| organizations::current(conn, place.scope))?;
    let folder = tempfile::tempdir_in(&exports.folder).map_err(unwritable)?;
    let report = plain_files::export(
        place,
        &PlainFilesExport {
            folder: folder.path(),
            organization: organization.slug.as_str(),
            site,
            base_url: None,
            environment: &exports.environment,
            is_dry_run: false,
        },
    )?;
    if report.hosts.is_empty() {
        let nothing = "No website is published, or none has a domain.".to_owned();
        return Err(TransferError::Refused(if report.left_out.is_empty() { vec![nothing] } else { report.left_out }));
    }
    plain_files::pack(folder.path(), file).map_err(unwritable)?;
    let of_hosts = report.hosts.iter().flat_map(|one| one.notes.iter().map(|note| format!("{}: {note}", one.host)));
    Ok(report.left_out.iter().chain(&report.notes).cloned().chain(of_hosts).collect())
}

fn settle(db: &Db, scope: &Scope, export: Export, action: &'static str) -> Result<(), ExportError> {
    let scope = scope.clone();
    db.write_blocking(move |tx| {
        store::settle(tx, &scope, &export)?;
        Ok(tell(tx, &scope, action, &export)?)
    })
}

async fn sweep(exports: Exports, context: JobContext) -> Result<(), JobError> {
    let gone = context.db().write(|tx: &Tx| store::forget_expired(tx, tx.now())).await.map_err(JobError::again)?;
    let kept = context.db().scan(store::all_ids).await.map_err(JobError::again)?;
    let now = context.clock().now();
    let removed = tokio::task::spawn_blocking(move || remove(&exports.folder, &kept, now)).await;
    let removed = removed.map_err(JobError::again)?.map_err(JobError::again)?;
    if gone > 0 || removed > 0 {
        tracing::info!(gone, removed, "removed archives that nobody can download any more");
    }
    Ok(())
}

/// Removes what no export names and nobody writes.
fn remove(folder: &Path, kept: &HashSet<ExportId>, now: Timestamp) -> io::Result<u64> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let mut removed = 0;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let id = name.to_str().and_then(|name| name.strip_suffix(ENDING)).and_then(|id| id.parse::<ExportId>().ok());
        let is_rubbish = match id {
            Some(id) => !kept.contains(&id),
            None => {
                let written = Timestamp::try_from(entry.metadata()?.modified()?).map_err(io::Error::other)?;
                now.duration_since(written) > GRACE
            }
        };
        if is_rubbish {
            // A folder is of websites whose process was lost while it wrote them.
            if entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())?;
            } else {
                fs::remove_file(entry.path())?;
            }
            removed += 1;
        }
    }
    Ok(removed)
}
