//! What the queue does for itself: finished jobs do not stay forever.

use ground::{clock::Timestamp, db::Db};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{
    job::{Job, JobError, JobState, Lane, Options, Priority},
    registry::{JobContext, Registry},
    schedule::{CatchUp, Schedule},
    store,
};

/// Long enough to look up what happened last week.
const DONE_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Long enough for someone to notice, repair the cause and retry.
const DEAD_KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Rows deleted in one transaction: others wait for the writer meanwhile.
const BATCH: u32 = 500;

/// The job that deletes old jobs.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct PruneJobs {}

impl Job for PruneJobs {
    const KIND: &'static str = "prune_jobs";
    const LANE: Lane = Lane::Maintenance;

    fn options() -> Options {
        Options { priority: Priority::Low, ..Options::default() }
    }

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}

/// Registers the queue's own upkeep and answers when it is to run.
pub fn maintain(registry: &mut Registry) -> Schedule {
    registry.handle(|_: PruneJobs, context: JobContext| async move { prune(&context).await });
    Schedule::of("prune_jobs", "17 * * * *", CatchUp::Once, &PruneJobs {})
}

async fn prune(context: &JobContext) -> Result<(), JobError> {
    let now = context.clock().now();
    for (state, kept) in [(JobState::Done, DONE_KEPT), (JobState::Dead, DEAD_KEPT)] {
        while prune_batch(context.db(), state, now.checked_sub(kept).unwrap_or(Timestamp::MIN)).await?
            >= u64::from(BATCH)
        {
            if context.is_cancelled() {
                return Err(JobError::Interrupted);
            }
        }
    }
    Ok(())
}

async fn prune_batch(db: &Db, state: JobState, before: Timestamp) -> Result<u64, JobError> {
    db.write(move |tx| store::prune(tx, state, before, BATCH).map_err(JobError::from)).await
}
