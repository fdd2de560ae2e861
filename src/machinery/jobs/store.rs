//! The SQL of the queue. Jobs of all organizations stand in one table, and one set of workers does them: each row names
//! its organization, and its handler gets its scope from there.

use std::sync::Arc;

use ground::{
    clock::Timestamp,
    db::{Backend, Bound, Conn, DbError, Json, Row, Sql, Tx},
    words::{JobId, OrganizationId},
};

use super::{
    history::History,
    job::{JobState, Lane, Priority},
    leases::{Claimed, Held, Settlement},
    queue::{JobFilter, JobRecord},
};

const WHY: &str = "one queue serves all organizations";

// ------------------------------------------------------------------ queue

/// What a new row holds.
pub(super) struct NewJob<'j> {
    pub(super) id: JobId,
    pub(super) kind: &'j str,
    pub(super) lane: Lane,
    pub(super) priority: Priority,
    pub(super) organization: Option<OrganizationId>,
    pub(super) payload: &'j str,
    pub(super) unique_key: Option<&'j str>,
    pub(super) max_attempts: u32,
    pub(super) run_at: Timestamp,
}

/// An equal job that waits or runs (index `jobs_kind_unique_key_key`) leaves this one out.
const INSERT: Sql = Sql::platform(
    "insert into jobs (id, kind, lane, priority, organization_id, payload, state, unique_key, attempt, max_attempts, crashes,
        run_at, errors, created_at)
     values (?1, ?2, ?3, ?4, ?5, ?6, 'due', ?7, 0, ?8, 0, ?9, '[]', ?10)
     on conflict do nothing",
    WHY,
);

/// Whether the row was inserted.
pub(super) fn insert(tx: &Tx, job: &NewJob) -> Result<bool, DbError> {
    let row = INSERT.with((
        job.id,
        job.kind,
        job.lane.name(),
        job.priority.number(),
        job.organization,
        job.payload,
        job.unique_key,
        job.max_attempts,
        job.run_at,
        tx.now(),
    ));
    Ok(tx.execute(row)? == 1)
}

/// One statement claims: index `jobs_claim_index`, one range of it (lane and priority are fixed).
const CLAIM_SQLITE: Sql = Sql::platform(
    "update jobs set state = 'running', attempt = attempt + 1, lease_token = ?1, lease_until = ?2, boot_id = ?3
     where id in (
        select id from jobs where state = 'due' and lane = ?4 and priority = ?5 and run_at <= ?6 order by run_at, id limit ?7)
     returning id, kind, organization_id, payload, attempt, max_attempts, crashes, errors, run_at, created_at",
    WHY,
);

/// The same with rows locked, and passed over where another process holds them. Materialized: `PostgreSQL` might run a
/// plain subselect more than once and claim more than the limit.
const CLAIM_POSTGRES: Sql = Sql::platform(
    "with claimable as materialized (
        select id from jobs where state = 'due' and lane = ?4 and priority = ?5 and run_at <= ?6 order by run_at, id limit ?7
        for update skip locked)
     update jobs set state = 'running', attempt = attempt + 1, lease_token = ?1, lease_until = ?2, boot_id = ?3
     from claimable where jobs.id = claimable.id
     returning jobs.id, kind, organization_id, payload, attempt, max_attempts, crashes, errors, run_at, created_at",
    WHY,
);

/// The lease that a claim takes.
pub(super) struct Lease<'l> {
    pub(super) token: &'l Arc<str>,
    pub(super) until: Timestamp,
    pub(super) boot: &'l str,
}

/// Takes up to `limit` due jobs of a lane and priority, the oldest first.
pub(super) fn claim(
    tx: &Tx,
    lease: &Lease,
    lane: Lane,
    priority: Priority,
    limit: usize,
) -> Result<Vec<Claimed>, DbError> {
    let statement = match tx.backend() {
        Backend::Sqlite => CLAIM_SQLITE,
        Backend::Postgres => CLAIM_POSTGRES,
    };
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let bound =
        statement.with((&**lease.token, lease.until, lease.boot, lane.name(), priority.number(), tx.now(), limit));
    let mut claimed = tx.list(bound, |row| {
        Ok(Claimed {
            id: row.get(0)?,
            kind: row.get(1)?,
            lane,
            organization: row.get(2)?,
            payload: row.get(3)?,
            attempt: row.get(4)?,
            max_attempts: row.get(5)?,
            crashes: row.get(6)?,
            history: history(row, 7)?,
            run_at: row.get(8)?,
            created_at: row.get(9)?,
            token: Arc::clone(lease.token),
            since: tx.now(),
        })
    })?;
    // `returning` promises no order.
    claimed.sort_by_key(|job| (job.run_at, job.id));
    Ok(claimed)
}

/// The fence: a lease that is no longer the caller's changes nothing. A done job keeps no payload: mails hold links.
const SETTLE: Sql = Sql::platform(
    "update jobs set state = ?3, attempt = ?4, crashes = ?5, run_at = ?6, errors = ?7, finished_at = ?8,
        payload = case when ?3 = 'done' then '{}' else payload end, lease_token = null, lease_until = null, boot_id = null
     where id = ?1 and lease_token = ?2 and state = 'running'",
    WHY,
);

/// Ends a lease. `false` where it was another's by then.
pub(super) fn settle(tx: &Tx, settlement: &Settlement) -> Result<bool, DbError> {
    let row = SETTLE.with((
        settlement.id,
        &*settlement.token,
        settlement.state.name(),
        settlement.attempt,
        settlement.crashes,
        settlement.run_at,
        Json(&settlement.history),
        settlement.finished_at,
    ));
    Ok(tx.execute(row)? == 1)
}

const RENEW: Sql =
    Sql::platform("update jobs set lease_until = ?3 where id = ?1 and lease_token = ?2 and state = 'running'", WHY);

/// Prolongs a lease. `false` where it was another's by then.
pub(super) fn renew(tx: &Tx, job: JobId, token: &str, until: Timestamp) -> Result<bool, DbError> {
    Ok(tx.execute(RENEW.with((job, token, until)))? == 1)
}

/// Index `jobs_lease_index`.
const HELD_BY_OTHERS: Sql = Sql::platform(
    "select id, kind, lease_token, attempt, crashes, errors, run_at from jobs
     where state = 'running' and lease_until < ?1 and boot_id <> ?2 order by lease_until limit ?3",
    WHY,
);

/// Leases of other boots that end before `before`.
pub(super) fn held_by_others(tx: &Tx, before: Timestamp, boot: &str, limit: u32) -> Result<Vec<Held>, DbError> {
    tx.list(HELD_BY_OTHERS.with((before, boot, limit)), |row| {
        Ok(Held {
            id: row.get(0)?,
            kind: row.get(1)?,
            token: Arc::from(row.get::<String>(2)?),
            attempt: row.get(3)?,
            crashes: row.get(4)?,
            history: history(row, 5)?,
            run_at: row.get(6)?,
        })
    })
}

fn history(row: &Row, index: usize) -> Result<History, DbError> {
    row.get::<Json<History>>(index).map(|json| json.0)
}

// ------------------------------------------------------------------ for people

/// A dead job starts over; a due one does not wait any longer. An equal job that waits or runs keeps this one dead.
const RETRY: Sql = Sql::platform(
    "update jobs set
        attempt = case when state = 'dead' then 0 else attempt end,
        crashes = case when state = 'dead' then 0 else crashes end,
        state = 'due', run_at = ?2, finished_at = null
     where id = ?1 and state in ('dead', 'due') and not exists (
        select 1 from jobs other
        where other.kind = jobs.kind and other.unique_key = jobs.unique_key and other.state in ('due', 'running')
            and other.id <> jobs.id)",
    WHY,
);

/// Makes a dead or due job run now. `false` where it is neither, or an equal one is waiting.
pub(super) fn retry(tx: &Tx, job: JobId) -> Result<bool, DbError> {
    Ok(tx.execute(RETRY.with((job, tx.now())))? == 1)
}

const IS_OPEN: Sql =
    Sql::platform("select count(*) from jobs where kind = ?1 and unique_key = ?2 and state in ('due', 'running')", WHY);

/// Whether a job of this kind and key waits or runs (`jobs_kind_unique_key_key`).
pub(super) fn is_open(conn: &Conn, kind: &str, unique_key: &str) -> Result<bool, DbError> {
    conn.one(IS_OPEN.with((kind, unique_key)), |row| row.get::<i64>(0)).map(|count| count > 0)
}

const STATE: Sql = Sql::platform("select state from jobs where id = ?1", WHY);

/// Where a job stands; `None` where there is no such job.
pub(super) fn state(conn: &Conn, job: JobId) -> Result<Option<JobState>, DbError> {
    conn.optional(STATE.with((job,)), |row| read_state(row, 0))
}

/// Index `jobs_finished_index`.
const DEAD: Sql = Sql::platform(
    "select id from jobs where state = 'dead' and (cast(?1 as text) is null or kind = ?1) order by finished_at limit ?2",
    WHY,
);

/// The longest dead jobs, of one kind or of all.
pub(super) fn dead(conn: &Conn, kind: Option<&str>, limit: u32) -> Result<Vec<JobId>, DbError> {
    conn.list(DEAD.with((kind, limit)), |row| row.get(0))
}

/// By primary key, newest first: ids are in the order of enqueueing.
const LIST: Sql = Sql::platform(
    "select id, kind, lane, priority, organization_id, state, attempt, max_attempts, crashes, run_at, errors, created_at,
        finished_at from jobs
     where (cast(?1 as text) is null or state = ?1) and (cast(?2 as text) is null or kind = ?2)
        and (cast(?3 as text) is null or lane = ?3) and (cast(?4 as text) is null or id < ?4)
     order by id desc limit ?5",
    WHY,
);

/// Jobs, the newest first.
pub(super) fn list(conn: &Conn, filter: &JobFilter, limit: u32) -> Result<Vec<JobRecord>, DbError> {
    let bound = LIST.with((
        filter.state.map(JobState::name),
        filter.kind.as_deref(),
        filter.lane.map(Lane::name),
        filter.before,
        limit,
    ));
    conn.list(bound, |row| {
        Ok(JobRecord {
            id: row.get(0)?,
            kind: row.get(1)?,
            lane: read_lane(row, 2)?,
            priority: row.get(3)?,
            organization: row.get(4)?,
            state: read_state(row, 5)?,
            attempt: row.get(6)?,
            max_attempts: row.get(7)?,
            crashes: row.get(8)?,
            run_at: row.get(9)?,
            history: history(row, 10)?,
            created_at: row.get(11)?,
            finished_at: row.get(12)?,
        })
    })
}

/// Index `jobs_claim_index` holds all that is counted.
const COUNT_DUE: Sql = Sql::platform("select lane, count(*) from jobs where state = 'due' group by lane", WHY);
const COUNT_DUE_NOW: Sql =
    Sql::platform("select lane, count(*) from jobs where state = 'due' and run_at <= ?1 group by lane", WHY);
const COUNT_RUNNING: Sql = Sql::platform("select lane, count(*) from jobs where state = 'running' group by lane", WHY);
const COUNT_DEAD: Sql = Sql::platform("select lane, count(*) from jobs where state = 'dead' group by lane", WHY);

/// How many jobs of a state each lane has; finished ones are not counted, they only pass through.
pub(super) fn count(conn: &Conn, state: JobState) -> Result<Vec<(Lane, i64)>, DbError> {
    let statement = match state {
        JobState::Due => COUNT_DUE,
        JobState::Running => COUNT_RUNNING,
        JobState::Dead => COUNT_DEAD,
        JobState::Done => return Ok(Vec::new()),
    };
    conn.list(statement.with(()), |row| Ok((read_lane(row, 0)?, row.get(1)?)))
}

/// How many jobs of each lane wait for a worker.
pub(super) fn count_due_now(conn: &Conn) -> Result<Vec<(Lane, i64)>, DbError> {
    conn.list(COUNT_DUE_NOW.with((conn.now(),)), |row| Ok((read_lane(row, 0)?, row.get(1)?)))
}

/// Index `jobs_finished_index`.
const COUNT_DONE: Sql = Sql::platform("select count(*) from jobs where state = 'done'", WHY);

/// How many jobs were done and are kept.
pub(super) fn count_done(conn: &Conn) -> Result<i64, DbError> {
    conn.one(COUNT_DONE.with(()), |row| row.get(0))
}

/// Retries are left out: they rest on purpose. Index `jobs_claim_index`.
const OLDEST_DUE: Sql = Sql::platform(
    "select run_at from jobs where state = 'due' and lane = ?1 and priority = ?2 and attempt = 0 order by run_at, id limit 1",
    WHY,
);

/// Since when the oldest never tried job of a lane and priority is due, or will be.
pub(super) fn oldest_due(conn: &Conn, lane: Lane, priority: Priority) -> Result<Option<Timestamp>, DbError> {
    conn.optional(OLDEST_DUE.with((lane.name(), priority.number())), |row| row.get(0))
}

/// Index `jobs_finished_index`.
const PRUNE: Sql = Sql::platform(
    "delete from jobs where id in (select id from jobs where state = ?1 and finished_at < ?2 order by finished_at limit ?3)",
    WHY,
);

/// Deletes up to `limit` jobs of a state that were finished before `before`.
pub(super) fn prune(tx: &Tx, state: JobState, before: Timestamp, limit: u32) -> Result<u64, DbError> {
    let bound: Bound = PRUNE.with((state.name(), before, limit));
    tx.execute(bound)
}

fn read_lane(row: &Row, index: usize) -> Result<Lane, DbError> {
    let name: String = row.get(index)?;
    Lane::from_name(&name).ok_or_else(|| DbError::Decode(format!("`{name}` is no lane")))
}

fn read_state(row: &Row, index: usize) -> Result<JobState, DbError> {
    let name: String = row.get(index)?;
    JobState::from_name(&name).ok_or_else(|| DbError::Decode(format!("`{name}` is no state of a job")))
}
