//! SQL of what organizations declare themselves.

use ground::db::{Conn, DbError, Tenant, TenantSql};

const VERSION: TenantSql = TenantSql::new("select version from catalogues where organization_id = ?1");

/// Which state of its own declarations the organization is at; 0 where it has never had any. One look by the primary key.
pub fn version(conn: &Conn, tenant: &impl Tenant) -> Result<i64, DbError> {
    Ok(conn.optional(VERSION.of(tenant, ()), |row| row.get(0))?.unwrap_or_default())
}

const OWN: TenantSql = TenantSql::new(
    "select kind, name, declaration from custom_declarations where organization_id = ?1 order by kind, name",
);

/// What the organization declares: kind, name and declaration of each.
pub(super) fn own(conn: &Conn, tenant: &impl Tenant) -> Result<Vec<(String, String, String)>, DbError> {
    conn.list(OWN.of(tenant, ()), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
}
