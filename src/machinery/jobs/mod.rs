//! Work to be done later: a durable queue and the schedules that feed it, in the same database as everything else.
//!
//! A job is enqueued inside the transaction that wants it, claimed under a lease that is renewed while it runs, and
//! finished under the same lease or not at all. It may run more than once (a machine can die between the work and the
//! note that it is done), so handlers are idempotent; it is never finished twice.
//!
//! The order of reading: [`Job`] is what a capability declares, [`enqueue`] asks for it, [`Registry`] says who does it,
//! [`Workers`] do it, [`schedule`] asks for it again and again.

mod backoff;
mod desk;
mod expression;
mod history;
mod job;
mod leases;
mod measures;
mod overview;
mod queue;
mod registry;
pub mod schedule;
mod slots;
mod stopping;
mod store;
mod upkeep;
mod worker;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub use backoff::Backoff;
pub use expression::{Expression, ExpressionError};
pub use history::{Failure, History, Reason};
pub use job::{Job, JobError, JobState, Lane, Options, Priority};
pub use overview::{LaneOverview, QueueNumbers, ScheduleOverview, overview};
pub use queue::{
    JobFilter, JobRecord, LaneNumbers, Numbers, enqueue, enqueue_at, is_open, list, numbers, retry, retry_dead, state,
};
pub use registry::{JobContext, Registry};
pub(crate) use stopping::stopped;
pub use upkeep::{PruneJobs, maintain};
pub use worker::Workers;
