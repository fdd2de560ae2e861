//! SQL of imports.

use std::collections::HashSet;

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Filter, Json, OnConflict as _, Row, Sql, Tenant, TenantSql, Tx},
    words::ImportId,
};

use super::{FileBrought, Import, ImportError, ImportState};

const SELECT: &str =
    "select id, wish, state, files, report is not null, problem, created_by, created_by_name, created_at, expires_at
     from imports";

const INSERT: TenantSql = TenantSql::new(
    "insert into imports (organization_id, id, site_id, wish, state, files, created_by, created_by_name, created_at, expires_at)
     values (?1, ?2, ?3, ?4, 'open', '[]', ?5, ?6, ?7, ?8)",
);

/// Adds an import that has no files yet.
pub fn insert(tx: &Tx, tenant: &impl Tenant, import: &Import) -> Result<(), DbError> {
    let Import { id, wish, created_by, created_by_name, created_at, expires_at, .. } = import;
    let row = (*id, wish.site_id(), Json(wish), *created_by, created_by_name, *created_at, *expires_at);
    tx.execute(INSERT.of(tenant, row)).map(drop)
}

const SET_FILES: TenantSql = TenantSql::new(
    "update imports set files = ?3, state = 'open', report = null, problem = null
     where organization_id = ?1 and id = ?2 and state in ('open', 'checked', 'failed')",
);

/// Writes which files are there: what was said of others before is no longer true. False where a job is at work or done.
pub fn set_files(tx: &Tx, tenant: &impl Tenant, id: ImportId, files: &[FileBrought]) -> Result<bool, DbError> {
    tx.execute(SET_FILES.of(tenant, (id, Json(files)))).map(|rows| rows == 1)
}

const BEGIN: TenantSql = TenantSql::new(
    "update imports set state = ?3, problem = null where organization_id = ?1 and id = ?2 and state = ?4",
);

/// Lets a job begin; false where the import is not in the state that it was in.
pub fn begin(tx: &Tx, tenant: &impl Tenant, import: &Import, state: ImportState) -> Result<bool, ImportError> {
    let row = (import.id, state.as_str(), import.state.as_str());
    let begun = tx.execute(BEGIN.of(tenant, row)).on_conflict("imports_organization_id_key", ImportError::Busy);
    begun.map(|rows| rows == 1)
}

const SETTLE: TenantSql = TenantSql::new(
    "update imports set state = ?3, files = ?4, report = ?5, problem = ?6
     where organization_id = ?1 and id = ?2 and state in ('checking', 'importing')",
);

/// Writes what came of a step.
pub fn settle(tx: &Tx, tenant: &impl Tenant, import: &Import, report: Option<&str>) -> Result<(), DbError> {
    let row = (import.id, import.state.as_str(), Json(&import.files), report, &import.problem);
    tx.execute(SETTLE.of(tenant, row)).map(drop)
}

const DELETE: TenantSql = TenantSql::new("delete from imports where organization_id = ?1 and id = ?2");

/// Forgets one.
pub fn delete(tx: &Tx, tenant: &impl Tenant, id: ImportId) -> Result<(), DbError> {
    tx.execute(DELETE.of(tenant, (id,))).map(drop)
}

/// One import of the organization.
pub fn by_id(conn: &Conn, tenant: &impl Tenant, id: ImportId) -> Result<Option<Import>, DbError> {
    conn.optional(Filter::of(tenant, "imports").and("id = ?", id).statement(SELECT, "", ()), import)
}

const REPORT: TenantSql = TenantSql::new("select report from imports where organization_id = ?1 and id = ?2");

/// What was said of one.
pub fn report(conn: &Conn, tenant: &impl Tenant, id: ImportId) -> Result<Option<String>, DbError> {
    conn.optional(REPORT.of(tenant, (id,)), |row| row.get(0)).map(Option::flatten)
}

/// The organization's imports, the newest first (the primary key): at most [`super::MOST_KEPT`].
pub fn list(conn: &Conn, tenant: &impl Tenant) -> Result<Vec<Import>, DbError> {
    conn.list(Filter::of(tenant, "imports").statement(SELECT, "order by id desc", ()), import)
}

const FORGET_EXPIRED: Sql = Sql::platform(
    "delete from imports where expires_at < ?1",
    "each import says itself until when it is kept, whosever it is",
);

/// Forgets those whose time is over.
pub fn forget_expired(tx: &Tx, now: Timestamp) -> Result<u64, DbError> {
    tx.execute(FORGET_EXPIRED.with((now,)))
}

const ALL_IDS: Sql =
    Sql::platform("select id from imports", "the folder holds the files of all organizations, and names no other");

/// The ids of all imports of the installation.
pub fn all_ids(conn: &Conn) -> Result<HashSet<ImportId>, DbError> {
    Ok(conn.list(ALL_IDS.with(()), |row| row.get(0))?.into_iter().collect())
}

fn import(row: &Row) -> Result<Import, DbError> {
    let state: String = row.get(2)?;
    Ok(Import {
        id: row.get(0)?,
        wish: row.get::<Json<_>>(1)?.0,
        state: ImportState::named(&state)
            .ok_or_else(|| DbError::Decode(format!("`{state}` is no state of an import")))?,
        files: row.get::<Json<_>>(3)?.0,
        has_report: row.get(4)?,
        problem: row.get(5)?,
        created_by: row.get(6)?,
        created_by_name: row.get(7)?,
        created_at: row.get(8)?,
        expires_at: row.get(9)?,
    })
}
