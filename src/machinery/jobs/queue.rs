//! What others ask of the queue: put this in, show me, try that again.

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Topic, Tx},
    words::{JobId, OrganizationId},
};
use jiff::SignedDuration;
use metrics::counter;

use super::{
    history::History,
    job::{Job, JobState, Lane, Options, Priority},
    measures, store,
};

/// Dead jobs brought back by one call: what fits into one transaction without keeping other writers waiting.
const RETRIED_AT_ONCE: u32 = 500;

/// Enqueues a job in the caller's transaction, to run as soon as it is committed. `None` where an equal one (its
/// [`Job::unique_key`]) is waiting or running.
pub fn enqueue<J: Job>(tx: &Tx, organization: Option<OrganizationId>, job: &J) -> Result<Option<JobId>, DbError> {
    enqueue_at(tx, organization, job, tx.now())
}

/// As [`enqueue`], to run not before `run_at`.
pub fn enqueue_at<J: Job>(
    tx: &Tx,
    organization: Option<OrganizationId>,
    job: &J,
    run_at: Timestamp,
) -> Result<Option<JobId>, DbError> {
    let payload = payload(job)?;
    let unique_key = job.unique_key();
    let errand = Errand { kind: J::KIND, lane: J::LANE, options: J::options(), payload: &payload };
    insert(tx, &errand, organization, unique_key.as_deref(), run_at)
}

/// A job as it is kept.
pub(super) fn payload<J: Job>(job: &J) -> Result<String, DbError> {
    serde_json::to_string(job).map_err(|error| DbError::Decode(format!("a {} job as JSON: {error}", J::KIND)))
}

/// A job whose type is no longer known: what schedules hold.
pub(super) struct Errand<'j> {
    pub(super) kind: &'static str,
    pub(super) lane: Lane,
    pub(super) options: Options,
    pub(super) payload: &'j str,
}

pub(super) fn insert(
    tx: &Tx,
    errand: &Errand,
    organization: Option<OrganizationId>,
    unique_key: Option<&str>,
    run_at: Timestamp,
) -> Result<Option<JobId>, DbError> {
    let id: JobId = tx.new_id();
    let is_new = store::insert(
        tx,
        &store::NewJob {
            id,
            kind: errand.kind,
            lane: errand.lane,
            priority: errand.options.priority,
            organization,
            payload: errand.payload,
            unique_key,
            max_attempts: errand.options.max_attempts,
            run_at,
        },
    )?;
    if !is_new {
        return Ok(None);
    }
    tx.announce(Topic::Jobs);
    let kind = errand.kind;
    // Counted as the last step: a transaction that fails on the way has enqueued nothing.
    tx.before_commit(move |_| {
        counter!(measures::ENQUEUED, "kind" => kind).increment(1);
        Ok(())
    });
    Ok(Some(id))
}

/// Makes a dead job start over, or a waiting one run now. `false` where the job is running or done, where there is no
/// such job, or where an equal one is waiting already.
pub fn retry(tx: &Tx, job: JobId) -> Result<bool, DbError> {
    let is_retried = store::retry(tx, job)?;
    if is_retried {
        tx.announce(Topic::Jobs);
    }
    Ok(is_retried)
}

/// Makes the longest dead jobs start over, of one kind or of all, up to 500 at once. Answers how many.
pub fn retry_dead(tx: &Tx, kind: Option<&str>) -> Result<u32, DbError> {
    let mut retried = 0;
    for job in store::dead(tx, kind, RETRIED_AT_ONCE)? {
        retried += u32::from(store::retry(tx, job)?);
    }
    if retried > 0 {
        tx.announce(Topic::Jobs);
    }
    Ok(retried)
}

/// Which jobs to list; what is `None` does not matter.
#[derive(Clone, Debug, Default)]
pub struct JobFilter {
    /// In this state.
    pub state: Option<JobState>,
    /// Of this kind.
    pub kind: Option<String>,
    /// Of this lane.
    pub lane: Option<Lane>,
    /// Enqueued before this one: the last of the page before.
    pub before: Option<JobId>,
}

/// A job as operators see it. The payload stays inside: it may hold what is sealed, or long.
#[derive(Clone, Debug)]
pub struct JobRecord {
    /// Its id.
    pub id: JobId,
    /// Its kind.
    pub kind: String,
    /// Its lane.
    pub lane: Lane,
    /// 0 goes first.
    pub priority: i64,
    /// For whom.
    pub organization: Option<OrganizationId>,
    /// Where it stands.
    pub state: JobState,
    /// Attempts so far, the running one included.
    pub attempt: u32,
    /// Attempts before it is given up.
    pub max_attempts: u32,
    /// Processes that ended while it ran.
    pub crashes: u32,
    /// Not before this.
    pub run_at: Timestamp,
    /// What went wrong.
    pub history: History,
    /// When it was enqueued.
    pub created_at: Timestamp,
    /// When it was done or given up.
    pub finished_at: Option<Timestamp>,
}

/// Jobs, the newest first. May scan: call it inside `db.scan`.
pub fn list(conn: &Conn, filter: &JobFilter, limit: u32) -> Result<Vec<JobRecord>, DbError> {
    store::list(conn, filter, limit)
}

/// Where a job stands; `None` where there is no such job.
pub fn state(conn: &Conn, job: JobId) -> Result<Option<JobState>, DbError> {
    store::state(conn, job)
}

/// Whether a job equal to this one (its [`Job::unique_key`]) waits or runs. What waits for the end of a job asks this: one
/// that was given up, because processes ended under it, told nobody.
pub fn is_open<J: Job>(conn: &Conn, job: &J) -> Result<bool, DbError> {
    match job.unique_key() {
        Some(key) => store::is_open(conn, J::KIND, &key),
        None => Ok(false),
    }
}

/// How the queue is doing.
#[derive(Clone, Debug)]
pub struct Numbers {
    /// Each lane, in the order of [`Lane::ALL`].
    pub lanes: Vec<LaneNumbers>,
}

/// How a lane is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaneNumbers {
    /// Which lane.
    pub lane: Lane,
    /// Jobs that wait for a worker.
    pub due_now: i64,
    /// Jobs that wait for their time: later ones, and those that rest after a failure.
    pub scheduled: i64,
    /// Jobs under a lease.
    pub running: i64,
    /// Jobs given up.
    pub dead: i64,
    /// How long the oldest never tried job is due; `None` where none is.
    pub oldest_due_age: Option<SignedDuration>,
}

/// How the queue is doing. Counts the rows: call it inside `db.scan`.
pub fn numbers(conn: &Conn) -> Result<Numbers, DbError> {
    let (due, due_now) = (store::count(conn, JobState::Due)?, store::count_due_now(conn)?);
    let (running, dead) = (store::count(conn, JobState::Running)?, store::count(conn, JobState::Dead)?);
    let of =
        |counts: &[(Lane, i64)], lane| counts.iter().find(|(found, _)| *found == lane).map_or(0, |(_, count)| *count);
    let lanes = Lane::ALL.into_iter().map(|lane| {
        Ok(LaneNumbers {
            lane,
            due_now: of(&due_now, lane),
            scheduled: of(&due, lane) - of(&due_now, lane),
            running: of(&running, lane),
            dead: of(&dead, lane),
            oldest_due_age: oldest_due_age(conn, lane)?,
        })
    });
    Ok(Numbers { lanes: lanes.collect::<Result<_, DbError>>()? })
}

fn oldest_due_age(conn: &Conn, lane: Lane) -> Result<Option<SignedDuration>, DbError> {
    let mut oldest = None;
    for priority in Priority::ALL {
        if let Some(run_at) = store::oldest_due(conn, lane, priority)?.filter(|run_at| *run_at <= conn.now()) {
            let age = conn.now().duration_since(run_at);
            oldest = oldest.max(Some(age));
        }
    }
    Ok(oldest)
}
