//! What the operator of the installation does with its work: jobs that failed, schedules that should run now.

mod routes;

use ground::{
    db::{DbError, Tx},
    words::JobId,
};
use machinery::{
    jobs::{
        self,
        schedule::{RunNow, Schedules},
    },
    web::{Explain, Problem},
};
use serde_json::json;

pub use routes::{Document, routes};

use crate::audit::{self, Audited, Change};

/// Why the operator's wish was refused.
#[derive(Debug, thiserror::Error)]
pub enum PlatformError {
    /// No such job or schedule.
    #[error("not found")]
    NotFound,
    /// The job runs, or is done.
    #[error("the job cannot be retried")]
    JobNotRetriable,
    /// The schedule's job waits or runs already.
    #[error("the schedule's job waits already")]
    ScheduleWaiting,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Explain for PlatformError {
    fn explain(&self) -> Problem {
        match self {
            Self::NotFound => Problem::not_found(),
            Self::JobNotRetriable => Problem::new(
                409,
                "job_not_retriable",
                "The job cannot be retried",
                "Only a job that waits or is dead can start over. Read it again to see where it stands.",
            ),
            Self::ScheduleWaiting => Problem::new(
                409,
                "schedule_waiting",
                "The schedule's job waits already",
                "Its job is in the queue and has not ended. Wait until it has, or retry it there.",
            ),
            Self::Db(error) => error.explain(),
        }
    }
}

/// Makes a job start over, by the operator's wish.
pub fn retry_job(tx: &Tx, by: &impl Audited, id: JobId) -> Result<(), PlatformError> {
    let before = jobs::state(tx, id)?.ok_or(PlatformError::NotFound)?;
    if !jobs::retry(tx, id)? {
        return Err(PlatformError::JobNotRetriable);
    }
    audit::record(
        tx,
        by,
        Change {
            action: "job.retried",
            subject_type: "job",
            subject_id: id.to_string(),
            before: Some(json!({ "state": before.name() })),
            after: Some(json!({ "state": "due" })),
        },
    )?;
    Ok(())
}

/// Puts a schedule's job into the queue now. Answers the job.
pub fn run_schedule(tx: &Tx, by: &impl Audited, schedules: &Schedules, name: &str) -> Result<JobId, PlatformError> {
    let job = match schedules.run_now(tx, name)? {
        RunNow::Enqueued(job) => job,
        RunNow::AlreadyWaiting => return Err(PlatformError::ScheduleWaiting),
        RunNow::Unknown => return Err(PlatformError::NotFound),
    };
    audit::record(
        tx,
        by,
        Change {
            action: "schedule.run",
            subject_type: "schedule",
            subject_id: name.to_owned(),
            before: None,
            after: Some(json!({ "job_id": job })),
        },
    )?;
    Ok(job)
}
