//! Each night what was deleted thirty days ago goes for good.

use jiff::SignedDuration;
use machinery::jobs::{
    Job, JobContext, JobError, Lane, Options, Priority, Registry,
    schedule::{CatchUp, Schedule},
};
use serde::{Deserialize, Serialize};

use super::store;

/// How long a deleted entry can be taken out of the bin: a month's holiday of whoever would miss it.
pub const KEPT_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Entries removed in one transaction: others wait for the writer meanwhile.
const ENTRIES_AT_ONCE: u32 = 200;

/// The job that removes them.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct PurgeBin {}

impl Job for PurgeBin {
    const KIND: &'static str = "purge_bin";
    const LANE: Lane = Lane::Maintenance;

    fn options() -> Options {
        Options { priority: Priority::Low, ..Options::default() }
    }

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}

/// Registers the purge and answers when it is to run.
pub fn maintain(registry: &mut Registry) -> Schedule {
    registry.handle(|_: PurgeBin, context: JobContext| async move { purge(&context).await });
    Schedule::of("purge_bin", "11 3 * * *", CatchUp::Once, &PurgeBin {})
}

async fn purge(context: &JobContext) -> Result<(), JobError> {
    let mut purged = 0;
    loop {
        if context.is_cancelled() {
            return Err(JobError::Interrupted);
        }
        let removes = |tx: &ground::db::Tx| store::purge_old(tx, tx.now() - KEPT_FOR, ENTRIES_AT_ONCE.into());
        let count = context.db().write(removes).await.map_err(JobError::again)?;
        purged += count;
        if count < u64::from(ENTRIES_AT_ONCE) {
            break;
        }
    }
    if purged > 0 {
        tracing::info!(purged, "removed entries that had been in the bin for thirty days");
    }
    Ok(())
}
