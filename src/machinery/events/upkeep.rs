//! What the outbox does for itself: events that everyone has seen do not stay forever.

use ground::{
    clock::Timestamp,
    db::{Db, DbError},
};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::store;
use crate::jobs::{
    Job, JobContext, JobError, Lane, Options, Priority, Registry,
    schedule::{CatchUp, Schedule},
};

/// Long enough to look up what led to a mistake that someone reports late.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// A follower that has not moved for so long belongs to a program that is no longer installed.
const LIVING: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Rows deleted in one transaction: others wait for the writer meanwhile.
const BATCH: u32 = 500;

/// The job that deletes old events.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct PruneEvents {}

impl Job for PruneEvents {
    const KIND: &'static str = "prune_events";
    const LANE: Lane = Lane::Maintenance;

    fn options() -> Options {
        Options { priority: Priority::Low, ..Options::default() }
    }

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}

/// Registers the outbox's own upkeep and answers when it is to run.
pub fn maintain(registry: &mut Registry) -> Schedule {
    registry.handle(|_: PruneEvents, context: JobContext| async move { prune(&context).await });
    Schedule::of("prune_events", "27 * * * *", CatchUp::Once, &PruneEvents {})
}

async fn prune(context: &JobContext) -> Result<(), JobError> {
    while prune_batch(context.db()).await? >= u64::from(BATCH) {
        if context.is_cancelled() {
            return Err(JobError::Interrupted);
        }
    }
    Ok(())
}

pub(super) async fn prune_batch(db: &Db) -> Result<u64, DbError> {
    db.write(|tx| {
        let ago = |kept| tx.now().checked_sub(kept).unwrap_or(Timestamp::MIN);
        store::prune(tx, ago(KEPT), ago(LIVING), BATCH)
    })
    .await
}
