//! SQL of exports.

use std::collections::HashSet;

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Filter, Json, Row, Sql, Tenant, TenantSql, Tx},
    words::ExportId,
};

use super::{Export, ExportFormat, ExportState};

/// Exports that are listed.
const MOST_LISTED: u32 = 20;

const SELECT: &str =
    "select id, site_id, format, with_history, with_submissions, state, done, total, size, notes, problem,
        created_by, created_by_name, created_at, expires_at
     from exports";

const INSERT: TenantSql = TenantSql::new(
    "insert into exports (organization_id, id, site_id, format, with_history, with_submissions, state, done, total, notes, created_by,
        created_by_name, created_at)
     values (?1, ?2, ?3, ?4, ?5, ?6, 'waiting', 0, 0, '[]', ?7, ?8, ?9)
     on conflict do nothing",
);

/// Adds an export that waits; false where another one is on its way (`exports_organization_id_key`).
pub fn insert(tx: &Tx, tenant: &impl Tenant, export: &Export) -> Result<bool, DbError> {
    let row = (
        export.id,
        export.site_id,
        export.format.as_str(),
        export.history,
        export.submissions,
        export.created_by,
        &export.created_by_name,
        export.created_at,
    );
    tx.execute(INSERT.of(tenant, row)).map(|rows| rows == 1)
}

const NOTE_PROGRESS: TenantSql = TenantSql::new(
    "update exports set state = 'working', done = ?3, total = ?4
     where organization_id = ?1 and id = ?2 and state in ('waiting', 'working')",
);

/// Writes how far an export is.
pub fn note_progress(tx: &Tx, tenant: &impl Tenant, id: ExportId, done: u64, total: u64) -> Result<(), DbError> {
    let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    tx.execute(NOTE_PROGRESS.of(tenant, (id, number(done), number(total)))).map(drop)
}

const SETTLE: TenantSql = TenantSql::new(
    "update exports set state = ?3, size = ?4, notes = ?5, problem = ?6, expires_at = ?7
     where organization_id = ?1 and id = ?2",
);

/// Writes what came of an export.
pub fn settle(tx: &Tx, tenant: &impl Tenant, export: &Export) -> Result<(), DbError> {
    let size = export.size.map(|size| i64::try_from(size).unwrap_or(i64::MAX));
    let row = (export.id, export.state.as_str(), size, Json(&export.notes), &export.problem, export.expires_at);
    tx.execute(SETTLE.of(tenant, row)).map(drop)
}

const GIVE_UP: TenantSql = TenantSql::new(
    "update exports set state = 'failed', problem = 'The process that wrote it was lost. Ask for another one.'
     where organization_id = ?1 and state in ('waiting', 'working') and created_at < ?2",
);

/// Gives up what was begun before this time and never ended.
pub fn give_up(tx: &Tx, tenant: &impl Tenant, before: Timestamp) -> Result<(), DbError> {
    tx.execute(GIVE_UP.of(tenant, (before,))).map(drop)
}

const COUNT_READY: TenantSql =
    TenantSql::new("select count(*) from exports where organization_id = ?1 and state = 'ready'");

/// How many lie ready.
pub fn count_ready(conn: &Conn, tenant: &impl Tenant) -> Result<u64, DbError> {
    conn.one(COUNT_READY.of(tenant, ()), |row| row.get::<i64>(0)).map(i64::unsigned_abs)
}

const DELETE_OLDEST: TenantSql = TenantSql::new(
    "delete from exports where organization_id = ?1 and id = (
        select min(oldest.id) from exports as oldest where oldest.organization_id = ?1 and oldest.state = 'ready')",
);

/// Forgets the oldest that lies ready.
pub fn delete_oldest(tx: &Tx, tenant: &impl Tenant) -> Result<(), DbError> {
    tx.execute(DELETE_OLDEST.of(tenant, ())).map(drop)
}

const DELETE: TenantSql = TenantSql::new("delete from exports where organization_id = ?1 and id = ?2");

/// Forgets one.
pub fn delete(tx: &Tx, tenant: &impl Tenant, id: ExportId) -> Result<(), DbError> {
    tx.execute(DELETE.of(tenant, (id,))).map(drop)
}

/// One export of the organization.
pub fn by_id(conn: &Conn, tenant: &impl Tenant, id: ExportId) -> Result<Option<Export>, DbError> {
    conn.optional(Filter::of(tenant, "exports").and("id = ?", id).statement(SELECT, "", ()), export)
}

/// The organization's exports, the newest first (the primary key).
pub fn list(conn: &Conn, tenant: &impl Tenant) -> Result<Vec<Export>, DbError> {
    let newest = Filter::of(tenant, "exports").statement(SELECT, "order by id desc limit ?", (MOST_LISTED,));
    conn.list(newest, export)
}

const FORGET_EXPIRED: Sql = Sql::platform(
    "delete from exports where expires_at < ?1 or (state = 'failed' and created_at < ?2)",
    "each export says itself until when it is kept, whosever it is",
);

/// Forgets those whose time is over, and failed ones of the day before.
pub fn forget_expired(tx: &Tx, now: Timestamp) -> Result<u64, DbError> {
    tx.execute(FORGET_EXPIRED.with((now, now - super::KEPT)))
}

const ALL_IDS: Sql =
    Sql::platform("select id from exports", "the folder holds the archives of all organizations, and names no other");

/// The ids of all exports of the installation.
pub fn all_ids(conn: &Conn) -> Result<HashSet<ExportId>, DbError> {
    Ok(conn.list(ALL_IDS.with(()), |row| row.get(0))?.into_iter().collect())
}

fn export(row: &Row) -> Result<Export, DbError> {
    let state: String = row.get(5)?;
    let format: String = row.get(2)?;
    Ok(Export {
        id: row.get(0)?,
        site_id: row.get(1)?,
        format: ExportFormat::named(&format)
            .ok_or_else(|| DbError::Decode(format!("`{format}` is no format of an export")))?,
        history: row.get(3)?,
        submissions: row.get(4)?,
        state: ExportState::named(&state)
            .ok_or_else(|| DbError::Decode(format!("`{state}` is no state of an export")))?,
        done: row.get::<i64>(6)?.unsigned_abs(),
        total: row.get::<i64>(7)?.unsigned_abs(),
        size: row.get::<Option<i64>>(8)?.map(i64::unsigned_abs),
        notes: row.get::<Json<_>>(9)?.0,
        problem: row.get(10)?,
        created_by: row.get(11)?,
        created_by_name: row.get(12)?,
        created_at: row.get(13)?,
        expires_at: row.get(14)?,
    })
}
