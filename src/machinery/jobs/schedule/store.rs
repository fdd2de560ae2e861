//! The SQL of the schedules: the program's own, not any organization's.

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Row, Sql, Tx},
};
use jiff::SignedDuration;

use super::ScheduleRecord;

const WHY: &str = "schedules belong to the installation";
/// A schedule that nobody has fired for so long after its time is part of no running program.
const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(7 * 24);

const LIST: Sql = Sql::platform(
    "select name, job_kind, expression, time_zone, catch_up, last_fire_at, next_fire_at from cron_schedules order by name",
    WHY,
);
const FIND: Sql = Sql::platform(
    "select name, job_kind, expression, time_zone, catch_up, last_fire_at, next_fire_at from cron_schedules where name = ?1",
    WHY,
);

/// All schedules by name.
pub(super) fn list(conn: &Conn) -> Result<Vec<ScheduleRecord>, DbError> {
    conn.list(LIST.with(()), record)
}

/// The schedule of a name.
pub(super) fn find(conn: &Conn, name: &str) -> Result<Option<ScheduleRecord>, DbError> {
    conn.optional(FIND.with((name,)), record)
}

fn record(row: &Row) -> Result<ScheduleRecord, DbError> {
    Ok(ScheduleRecord {
        name: row.get(0)?,
        job_kind: row.get(1)?,
        expression: row.get(2)?,
        time_zone: row.get(3)?,
        catch_up: row.get(4)?,
        last_fire_at: row.get(5)?,
        next_fire_at: row.get(6)?,
    })
}

/// Another process may have been quicker.
const INSERT: Sql = Sql::platform(
    "insert into cron_schedules (name, job_kind, expression, time_zone, catch_up, next_fire_at, updated_at)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
     on conflict do nothing",
    WHY,
);
const UPDATE: Sql = Sql::platform(
    "update cron_schedules set job_kind = ?2, expression = ?3, time_zone = ?4, catch_up = ?5, next_fire_at = ?6, updated_at = ?7
     where name = ?1",
    WHY,
);

/// A schedule that is new.
pub(super) fn insert(tx: &Tx, schedule: &ScheduleRecord) -> Result<(), DbError> {
    write(tx, INSERT, schedule)
}

/// A schedule that was declared differently.
pub(super) fn update(tx: &Tx, schedule: &ScheduleRecord) -> Result<(), DbError> {
    write(tx, UPDATE, schedule)
}

fn write(tx: &Tx, statement: Sql, schedule: &ScheduleRecord) -> Result<(), DbError> {
    let row = statement.with((
        schedule.name.as_str(),
        schedule.job_kind.as_str(),
        schedule.expression.as_str(),
        schedule.time_zone.as_str(),
        schedule.catch_up.as_str(),
        schedule.next_fire_at,
        tx.now(),
    ));
    tx.execute(row).map(drop)
}

const OVERDUE: Sql = Sql::platform("select name from cron_schedules where next_fire_at < ?1", WHY);
const DELETE: Sql = Sql::platform("delete from cron_schedules where name = ?1", WHY);

/// Deletes the schedules that no program declares any more. Not at once: while versions change, another process may
/// still declare them.
pub(super) fn forget(tx: &Tx, is_undeclared: impl Fn(&str) -> bool) -> Result<(), DbError> {
    let before = tx.now().checked_sub(FORGOTTEN_AFTER).unwrap_or(Timestamp::MIN);
    let overdue: Vec<String> = tx.list(OVERDUE.with((before,)), |row| row.get(0))?;
    for name in overdue.iter().filter(|name| is_undeclared(name)) {
        tx.execute(DELETE.with((name.as_str(),)))?;
    }
    Ok(())
}

const DUE: Sql =
    Sql::platform("select name, next_fire_at from cron_schedules where next_fire_at <= ?1 order by next_fire_at", WHY);
const NEXT: Sql =
    Sql::platform("select next_fire_at from cron_schedules where next_fire_at > ?1 order by next_fire_at limit 1", WHY);

/// The schedules whose time has come.
pub(super) fn due(tx: &Tx) -> Result<Vec<(String, Timestamp)>, DbError> {
    tx.list(DUE.with((tx.now(),)), |row| Ok((row.get(0)?, row.get(1)?)))
}

/// The next time of any schedule.
pub(super) fn next(tx: &Tx) -> Result<Option<Timestamp>, DbError> {
    tx.optional(NEXT.with((tx.now(),)), |row| row.get(0))
}

const ADVANCE: Sql = Sql::platform(
    "update cron_schedules set last_fire_at = ?3, next_fire_at = ?4, updated_at = ?5 where name = ?1 and next_fire_at = ?2",
    WHY,
);

/// Moves a schedule on from the time that was read. `false` where another process has done so.
pub(super) fn advance(
    tx: &Tx,
    name: &str,
    from: Timestamp,
    fired: Timestamp,
    next: Timestamp,
) -> Result<bool, DbError> {
    Ok(tx.execute(ADVANCE.with((name, from, fired, next, tx.now())))? == 1)
}
