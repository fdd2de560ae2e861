//! SQL of schedules.

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Filter, IntoValues, Json, Row, Tenant, TenantSql, Tx},
    words::{EntryId, ScheduleId, SiteId, TimeZoneName},
};

use super::{
    super::refusals::{Refusal, kept},
    Schedule, ScheduleState, ScheduledAction, standing,
};

const SELECT: &str = "select schedules.id, schedules.site_id, schedules.entry_id, entries.type, entries.title,
        schedules.action, schedules.revision, schedules.locales, schedules.local_time, schedules.time_zone,
        schedules.fires_at, schedules.state, schedules.problem, schedules.created_by_name, schedules.created_at,
        schedules.settled_at
     from schedules
     join entries on entries.organization_id = schedules.organization_id and entries.id = schedules.entry_id";

const INSERT: TenantSql = TenantSql::new(
    "insert into schedules (organization_id, id, site_id, entry_id, action, revision, locales, local_time, time_zone,
        fires_at, state, created_by_name, created_at)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'waiting', ?11, ?12)",
);

/// Adds a schedule that waits.
pub fn insert(tx: &Tx, tenant: &impl Tenant, schedule: &Schedule) -> Result<(), DbError> {
    tx.execute(INSERT.of(tenant, row(schedule))).map(|_| ())
}

fn row(schedule: &Schedule) -> impl IntoValues {
    (
        schedule.id,
        schedule.site_id,
        schedule.entry_id,
        schedule.action.as_str(),
        schedule.revision,
        schedule.locales.as_ref().map(Json),
        &schedule.local_time,
        &schedule.time_zone,
        schedule.fires_at,
        &schedule.created_by_name,
        schedule.created_at,
    )
}

const PUT: TenantSql = TenantSql::new(
    "insert into schedules (organization_id, id, site_id, entry_id, action, revision, locales, local_time, time_zone,
        fires_at, state, created_by_name, created_at)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'waiting', ?11, ?12)
     on conflict (organization_id, id) do update
     set action = excluded.action, revision = excluded.revision, locales = excluded.locales,
        local_time = excluded.local_time, time_zone = excluded.time_zone, fires_at = excluded.fires_at,
        state = excluded.state, problem = null, settled_at = null
     where schedules.entry_id = excluded.entry_id",
);

/// Adds a schedule that waits, or lets one that is there wait again; false where another entry has it.
pub fn put(tx: &Tx, tenant: &impl Tenant, schedule: &Schedule) -> Result<bool, DbError> {
    tx.execute(PUT.of(tenant, row(schedule))).map(|rows| rows == 1)
}

const RESCHEDULE: TenantSql = TenantSql::new(
    "update schedules set local_time = ?3, time_zone = ?4, fires_at = ?5
     where organization_id = ?1 and id = ?2 and state = 'waiting'",
);

/// Gives a waiting schedule another time; false where it does not wait any more.
pub fn reschedule(tx: &Tx, tenant: &impl Tenant, schedule: &Schedule) -> Result<bool, DbError> {
    let row = (schedule.id, &schedule.local_time, &schedule.time_zone, schedule.fires_at);
    tx.execute(RESCHEDULE.of(tenant, row)).map(|rows| rows == 1)
}

const SETTLE: TenantSql = TenantSql::new(
    "update schedules set state = ?3, settled_at = ?4
     where organization_id = ?1 and id = ?2 and state = 'waiting'",
);

/// Ends a waiting schedule; false where it does not wait any more.
pub fn settle(tx: &Tx, tenant: &impl Tenant, schedule: &Schedule) -> Result<bool, DbError> {
    let row = (schedule.id, schedule.state.as_str(), schedule.settled_at);
    tx.execute(SETTLE.of(tenant, row)).map(|rows| rows == 1)
}

const CLAIM: TenantSql = TenantSql::new(
    "update schedules set state = 'done', settled_at = ?3
     where organization_id = ?1 and id = ?2 and state = 'waiting' and fires_at <= ?3",
);

/// Takes a waiting schedule whose time has come: of several processes one gets it, once its transaction commits.
pub fn claim(tx: &Tx, tenant: &impl Tenant, id: ScheduleId) -> Result<Option<Schedule>, DbError> {
    if tx.execute(CLAIM.of(tenant, (id, tx.now())))? == 0 {
        return Ok(None);
    }
    let filter = Filter::of(tenant, "schedules").and("schedules.id = ?", id);
    tx.optional(filter.statement(SELECT, "", ()), schedule)
}

const SETTLE_FAILED: TenantSql = TenantSql::new(
    "update schedules set state = 'failed', problem = ?3, settled_at = ?4 where organization_id = ?1 and id = ?2",
);

/// Keeps why a claimed schedule could not happen.
pub fn settle_failed(tx: &Tx, tenant: &impl Tenant, schedule: &Schedule) -> Result<(), DbError> {
    let row = (schedule.id, schedule.problem.as_ref().map(Json), schedule.settled_at);
    tx.execute(SETTLE_FAILED.of(tenant, row)).map(|_| ())
}

/// The schedule with this id on this site.
pub fn by_id(conn: &Conn, tenant: &impl Tenant, site: SiteId, id: ScheduleId) -> Result<Option<Schedule>, DbError> {
    let filter = Filter::of(tenant, "schedules").and("schedules.id = ?", id).and("schedules.site_id = ?", site);
    conn.optional(filter.statement(SELECT, "", ()), schedule)
}

const COUNT_WAITING: TenantSql =
    TenantSql::new("select count(*) from schedules where organization_id = ?1 and entry_id = ?2 and state = 'waiting'");

/// How many of an entry wait.
pub fn count_waiting(conn: &Conn, tenant: &impl Tenant, entry: EntryId) -> Result<u64, DbError> {
    conn.one(COUNT_WAITING.of(tenant, (entry,)), |row| row.get::<i64>(0)).map(i64::unsigned_abs)
}

/// Those of an entry that wait, by their time (`schedules_entry_index`).
pub fn waiting(conn: &Conn, tenant: &impl Tenant, entry: EntryId) -> Result<Vec<Schedule>, DbError> {
    let filter =
        Filter::of(tenant, "schedules").and("schedules.entry_id = ?", entry).and_that("schedules.state = 'waiting'");
    conn.list(filter.statement(SELECT, "order by schedules.fires_at, schedules.id", ()), schedule)
}

/// Those of a site that wait and whose time comes until an instant (`schedules_list_index`).
pub fn waiting_until(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    until: Timestamp,
) -> Result<Vec<Schedule>, DbError> {
    let filter = Filter::of(tenant, "schedules")
        .and("schedules.site_id = ?", site)
        .and_that("schedules.state = 'waiting'")
        .and("schedules.fires_at <= ?", until);
    conn.list(filter.statement(SELECT, "order by schedules.fires_at, schedules.id", ()), schedule)
}

/// One page of a site's schedules by their time (`schedules_list_index`), with how many there are.
pub fn list(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    (entry, state): (Option<EntryId>, Option<ScheduleState>),
    limit: i64,
    offset: i64,
) -> Result<(u64, Vec<Schedule>), DbError> {
    let filter = Filter::of(tenant, "schedules")
        .and("schedules.site_id = ?", site)
        .and_some("schedules.entry_id = ?", entry)
        .and_some("schedules.state = ?", state.map(ScheduleState::as_str));
    let count =
        conn.one(filter.clone().statement("select count(*) from schedules", "", ()), |row| row.get::<i64>(0))?;
    let order = "order by schedules.fires_at, schedules.id limit ? offset ?";
    Ok((count.unsigned_abs(), conn.list(filter.statement(SELECT, order, (limit, offset)), schedule)?))
}

fn schedule(row: &Row) -> Result<Schedule, DbError> {
    let (local_time, time_zone): (String, TimeZoneName) = (row.get(8)?, row.get(9)?);
    let fires_at = row.get(10)?;
    let (utc_offset, is_repeated) = standing(&local_time, &time_zone, fires_at);
    let state: String = row.get(11)?;
    Ok(Schedule {
        id: row.get(0)?,
        site_id: row.get(1)?,
        entry_id: row.get(2)?,
        content_type: row.get(3)?,
        title: row.get(4)?,
        action: ScheduledAction::from_stored(&row.get::<String>(5)?)?,
        revision: row.get(6)?,
        locales: kept(row.get(7)?),
        local_time,
        time_zone,
        utc_offset,
        is_repeated,
        fires_at,
        state: ScheduleState::from_name(&state)
            .ok_or_else(|| DbError::Decode(format!("`{state}` is no state of a schedule")))?,
        problem: kept::<Refusal>(row.get(12)?),
        created_by_name: row.get(13)?,
        created_at: row.get(14)?,
        settled_at: row.get(15)?,
    })
}
