//! Each night what has been kept as long as its form says goes for good.

use machinery::jobs::{
    Job, JobContext, JobError, Lane, Options, Priority, Registry,
    schedule::{CatchUp, Schedule},
};
use serde::{Deserialize, Serialize};

use super::store;

/// Submissions removed in one transaction: others wait for the writer meanwhile.
const SUBMISSIONS_AT_ONCE: u32 = 500;

/// The job that removes them.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(super) struct PurgeSubmissions {}

impl Job for PurgeSubmissions {
    const KIND: &'static str = "purge_submissions";
    const LANE: Lane = Lane::Maintenance;

    fn options() -> Options {
        Options { priority: Priority::Low, ..Options::default() }
    }

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}

pub(super) fn maintain(registry: &mut Registry) -> Schedule {
    registry.handle(|_: PurgeSubmissions, context: JobContext| async move { purge(&context).await });
    Schedule::of("purge_submissions", "41 3 * * *", CatchUp::Once, &PurgeSubmissions {})
}

async fn purge(context: &JobContext) -> Result<(), JobError> {
    let mut purged = 0;
    loop {
        if context.is_cancelled() {
            return Err(JobError::Interrupted);
        }
        let removes = |tx: &ground::db::Tx| store::purge(tx, tx.now(), SUBMISSIONS_AT_ONCE.into());
        let count = context.db().write(removes).await.map_err(JobError::again)?;
        purged += count;
        if count < u64::from(SUBMISSIONS_AT_ONCE) {
            break;
        }
    }
    if purged > 0 {
        tracing::info!(purged, "removed submissions that were kept as long as their forms say");
    }
    Ok(())
}
