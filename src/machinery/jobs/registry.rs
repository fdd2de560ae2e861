//! Who does which kind of job, and what a handler is told beside the job itself.

use std::{collections::BTreeMap, fmt, future::Future, pin::Pin, sync::Arc};

use ground::{
    clock::{Clock, Timestamp},
    db::Db,
    words::{JobId, OrganizationId},
};
use tokio::sync::watch;

use super::{
    job::{Job, JobError, Options},
    leases::Claimed,
};

type Attempt = Pin<Box<dyn Future<Output = Result<(), JobError>> + Send>>;
type Handler = Arc<dyn Fn(&str, JobContext) -> Attempt + Send + Sync>;

/// The handlers of this process, by kind.
#[derive(Default)]
pub struct Registry {
    kinds: BTreeMap<&'static str, Kind>,
}

/// A kind of job that can be done here.
#[derive(Clone)]
pub(super) struct Kind {
    pub(super) options: Options,
    pub(super) handler: Handler,
}

impl Registry {
    /// A registry without handlers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Declares who does jobs of kind `J`: an async function of the job and its context. What it needs beside the
    /// database (a mailer, an HTTP client) it brings along. It may be run again with the same job.
    ///
    /// Panics where the kind has a handler: that is a mistake in the program, and the start is the place to hear of it.
    pub fn handle<J, H, F>(&mut self, handler: H)
    where
        J: Job,
        H: Fn(J, JobContext) -> F + Send + Sync + 'static,
        F: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        let handler: Handler = Arc::new(move |payload, context| match serde_json::from_str(payload) {
            Ok(job) => Box::pin(handler(job, context)),
            Err(error) => {
                let refusal = JobError::permanent(format!("the payload is not one of {}: {error}", J::KIND));
                Box::pin(async move { Err(refusal) })
            }
        });
        let previous = self.kinds.insert(J::KIND, Kind { options: J::options(), handler });
        assert!(previous.is_none(), "the job kind {} has two handlers", J::KIND);
    }

    /// The kinds that can be done.
    pub fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.kinds.keys().copied()
    }

    pub(super) fn kind(&self, name: &str) -> Option<(&'static str, &Kind)> {
        self.kinds.get_key_value(name).map(|(name, kind)| (*name, kind))
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.kinds.keys()).finish()
    }
}

/// What a handler knows of the job it does. Only workers make one, from the job's row: that is what makes it proof of
/// the organization it names.
#[derive(Clone, Debug)]
pub struct JobContext {
    job: JobId,
    kind: String,
    organization: Option<OrganizationId>,
    attempt: u32,
    max_attempts: u32,
    enqueued_at: Timestamp,
    db: Db,
    cancellation: watch::Receiver<bool>,
}

impl JobContext {
    pub(super) fn new(job: &Claimed, db: &Db, cancellation: watch::Receiver<bool>) -> Self {
        Self {
            job: job.id,
            kind: job.kind.clone(),
            organization: job.organization,
            attempt: job.attempt,
            max_attempts: job.max_attempts,
            enqueued_at: job.created_at,
            db: db.clone(),
            cancellation,
        }
    }

    /// The job's id: the same in every attempt, so a good key for what must not happen twice.
    pub fn job_id(&self) -> JobId {
        self.job
    }

    /// The job's kind.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// For whom the job is; `None` for a job of the platform.
    pub fn organization(&self) -> Option<OrganizationId> {
        self.organization
    }

    /// Which attempt this is, from 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Whether a failure of this attempt is the end of the job.
    pub fn is_last_attempt(&self) -> bool {
        self.attempt >= self.max_attempts
    }

    /// When the job was enqueued.
    pub fn enqueued_at(&self) -> Timestamp {
        self.enqueued_at
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        self.db.clock()
    }

    /// Whether the process wants to stop and this handler is what it waits for. Long work asks between its steps and
    /// answers [`JobError::Interrupted`].
    pub fn is_cancelled(&self) -> bool {
        *self.cancellation.borrow()
    }

    /// Waits until the process wants this handler to stop.
    pub async fn cancelled(&self) {
        let mut cancellation = self.cancellation.clone();
        // The workers are gone: then nobody waits for this handler any more either.
        drop(cancellation.wait_for(|is_cancelled| *is_cancelled).await);
    }
}
