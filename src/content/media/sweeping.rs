//! Files that nobody needs any more: what was taken out of the library, and sizes that others have replaced. Each night the folder is
//! walked; what no row names is noted, and goes when it is still not named a day later. Until then pages and caches that
//! were made before still find it.

use std::collections::HashSet;

use ground::{
    clock::Timestamp,
    db::{DbError, Tx},
};
use jiff::SignedDuration;
use machinery::jobs::{
    Job, JobContext, JobError, Lane, Options, Priority, Registry,
    schedule::{CatchUp, Schedule},
};
use serde::{Deserialize, Serialize};

use super::{Library, store};

/// How long a file stays that no row names: a page that was sent with its address may stand open for a day.
const GRACE: SignedDuration = SignedDuration::from_hours(24);
/// Rows written in one transaction: others wait for the writer meanwhile.
const ROWS_AT_ONCE: usize = 500;
/// Files removed while uploads wait.
const FILES_AT_ONCE: usize = 100;

/// The job that removes them.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct SweepMedia {}

impl Job for SweepMedia {
    const KIND: &'static str = "sweep_media";
    const LANE: Lane = Lane::Maintenance;

    fn options() -> Options {
        Options { priority: Priority::Low, ..Options::default() }
    }

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}

/// Registers the sweep and answers when it is to run.
pub fn maintain(registry: &mut Registry, library: &Library) -> Schedule {
    let library = library.clone();
    registry.handle(move |_: SweepMedia, context: JobContext| {
        let library = library.clone();
        async move { sweep(&context, &library).await }
    });
    Schedule::of("sweep_media", "41 3 * * *", CatchUp::Once, &SweepMedia {})
}

async fn sweep(context: &JobContext, library: &Library) -> Result<(), JobError> {
    note(context, library).await?;
    let mut removed = 0_usize;
    loop {
        if context.is_cancelled() {
            return Err(JobError::Interrupted);
        }
        let count = remove_some(context, library).await?;
        removed += count;
        if count < FILES_AT_ONCE {
            break;
        }
    }
    if removed > 0 {
        tracing::info!(removed, "removed files that nothing had named for a day");
    }
    Ok(())
}

/// Notes what no row names now, and forgets what one names again.
async fn note(context: &JobContext, library: &Library) -> Result<(), JobError> {
    // Before the rows are read: what comes meanwhile is in the rows and not in the list.
    let there = library.blobs.list().await.map_err(JobError::again)?;
    let named = context.db().scan(store::named_blobs).await.map_err(db_failed)?;
    let unnamed: HashSet<String> = there.into_iter().filter(|name| !named.contains(name)).collect();
    let known: HashSet<String> = context.db().scan(store::noted_blobs).await.map_err(db_failed)?.into_iter().collect();
    let again: Vec<String> = known.difference(&unnamed).cloned().collect();
    let fresh: Vec<String> = unnamed.difference(&known).cloned().collect();
    for some in again.chunks(ROWS_AT_ONCE) {
        forget(context, some.to_vec()).await?;
    }
    for some in fresh.chunks(ROWS_AT_ONCE) {
        let some = some.to_vec();
        let noted = context.db().write(move |tx| some.iter().try_for_each(|name| store::note_blob(tx, name)));
        noted.await.map_err(db_failed)?;
    }
    Ok(())
}

/// Removes some of what has had its time; answers how many were looked at.
async fn remove_some(context: &JobContext, library: &Library) -> Result<usize, JobError> {
    let ripe = context.db().write(|tx: &Tx| -> Result<_, DbError> {
        let before = tx.now().checked_sub(GRACE).unwrap_or(Timestamp::MIN);
        store::ripe_blobs(tx, before, FILES_AT_ONCE)
    });
    let ripe = ripe.await.map_err(db_failed)?;
    if ripe.is_empty() {
        return Ok(0);
    }
    // Somebody may bring the very bytes again that are about to go: from their arrival until a row names them, nothing is
    // removed. One process alone has the folder.
    let Ok(_quiet) = library.arriving.try_write() else {
        return Err(JobError::again("files are on their way; the rest is removed later"));
    };
    let named = context.db().scan(store::named_blobs).await.map_err(db_failed)?;
    for name in ripe.iter().filter(|name| !named.contains(*name)) {
        library.blobs.remove(name).await.map_err(JobError::again)?;
    }
    let count = ripe.len();
    forget(context, ripe).await?;
    Ok(count)
}

async fn forget(context: &JobContext, names: Vec<String>) -> Result<(), JobError> {
    let forgotten = context.db().write(move |tx| names.iter().try_for_each(|name| store::forget_blob(tx, name)));
    forgotten.await.map_err(db_failed)
}

fn db_failed(error: DbError) -> JobError {
    JobError::again(error)
}
