//! The SQL of the outbox. Events of all organizations stand in one order, and followers hear of all of them: each row
//! names its organization.

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Json, Row, Sql, Tx},
};

use super::{Event, NewEvent};

const WHY: &str = "one outbox serves all organizations";

const INSERT: Sql = Sql::platform(
    "insert into events (organization_id, kind, subject_type, subject_id, site_id, payload, recorded_at)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    WHY,
);

/// Appends an event.
pub(super) fn insert(tx: &Tx, event: &NewEvent) -> Result<(), DbError> {
    let row = INSERT.with((
        event.organization,
        event.kind,
        event.subject_type,
        event.subject_id.as_str(),
        event.site,
        &event.payload,
        tx.now(),
    ));
    tx.execute(row).map(drop)
}

/// By primary key.
const AFTER: Sql = Sql::platform(
    "select position, organization_id, kind, subject_type, subject_id, site_id, payload, recorded_at from events
     where position > ?1 order by position limit ?2",
    WHY,
);

/// The events behind a position, in order.
pub(super) fn after(conn: &Conn, position: i64, limit: u32) -> Result<Vec<Event>, DbError> {
    conn.list(AFTER.with((position, limit)), event)
}

fn event(row: &Row) -> Result<Event, DbError> {
    Ok(Event {
        position: row.get(0)?,
        organization: row.get(1)?,
        kind: row.get(2)?,
        subject_type: row.get(3)?,
        subject_id: row.get(4)?,
        site: row.get(5)?,
        payload: row.get::<Json<serde_json::Value>>(6)?.0,
        recorded_at: row.get(7)?,
    })
}

const NEWEST: Sql = Sql::platform("select coalesce(max(position), 0) from events", WHY);

/// The newest position; 0 where there are no events.
pub(super) fn newest(conn: &Conn) -> Result<i64, DbError> {
    conn.one(NEWEST.with(()), |row| row.get(0))
}

// ------------------------------------------------------------------ followers

const INSERT_FOLLOWER: Sql =
    Sql::platform("insert into followers (name, position, updated_at) values (?1, 0, ?2) on conflict do nothing", WHY);

/// Makes the row of a follower that has none: it begins at the oldest event there is.
pub(super) fn ensure_follower(tx: &Tx, name: &str) -> Result<(), DbError> {
    tx.execute(INSERT_FOLLOWER.with((name, tx.now()))).map(drop)
}

const HOLD: Sql = Sql::platform(
    "update followers set held_by = ?2, held_until = ?3
     where name = ?1 and (held_by is null or held_by = ?2 or held_until < ?4)
     returning position",
    WHY,
);

/// Makes this process the one that runs a follower; `None` while another one is.
pub(super) fn hold(tx: &Tx, name: &str, holder: &str, until: Timestamp) -> Result<Option<i64>, DbError> {
    tx.optional(HOLD.with((name, holder, until, tx.now())), |row| row.get(0))
}

const MOVE: Sql = Sql::platform(
    "update followers set position = ?3, held_until = ?4, updated_at = ?5 where name = ?1 and held_by = ?2",
    WHY,
);

/// Notes how far a follower is. `false` where another process runs it by now.
pub(super) fn move_to(tx: &Tx, name: &str, holder: &str, position: i64, until: Timestamp) -> Result<bool, DbError> {
    Ok(tx.execute(MOVE.with((name, holder, position, until, tx.now())))? == 1)
}

const LET_GO: Sql =
    Sql::platform("update followers set held_by = null, held_until = null where name = ?1 and held_by = ?2", WHY);

/// Lets another process run the follower at once.
pub(super) fn let_go(tx: &Tx, name: &str, holder: &str) -> Result<(), DbError> {
    tx.execute(LET_GO.with((name, holder))).map(drop)
}

// ------------------------------------------------------------------ upkeep

/// Index `events_recorded_at_index`. A follower that has not moved since `?2` is no longer part of any program.
const PRUNE: Sql = Sql::platform(
    "delete from events where position in (
        select position from events where recorded_at < ?1
            and not exists (select 1 from followers where followers.position < events.position and followers.updated_at > ?2)
        order by recorded_at limit ?3)",
    WHY,
);

/// Deletes up to `limit` events that were recorded before `before` and that every living follower has seen.
pub(super) fn prune(tx: &Tx, before: Timestamp, living_since: Timestamp, limit: u32) -> Result<u64, DbError> {
    tx.execute(PRUNE.with((before, living_since, limit)))
}
