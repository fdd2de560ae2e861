//! SQL of API keys.

use ground::{
    clock::Timestamp,
    db::{Bound, Conn, DbError, Filter, Row, Sql, Tenant, TenantSql, Tx},
    words::{ApiKeyId, OrganizationId},
};

use super::ApiKey;

const INSERT: TenantSql = TenantSql::new(
    "insert into api_keys (organization_id, id, name, key_hash, hint, per_minute, per_day, expires_at, created_by, created_at)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
);

/// Adds a key; `made_by` is the user's id, or the name of whoever is none.
pub fn insert(tx: &Tx, tenant: &impl Tenant, api_key: &ApiKey, key_hash: &str, made_by: &str) -> Result<(), DbError> {
    tx.execute(INSERT.of(
        tenant,
        (
            api_key.id,
            &api_key.name,
            key_hash,
            &api_key.hint,
            api_key.per_minute,
            api_key.per_day,
            api_key.expires_at,
            made_by,
            api_key.created_at,
        ),
    ))
    .map(drop)
}

const SELECT: &str = "select api_keys.id, api_keys.name, api_keys.hint, api_keys.per_minute, api_keys.per_day,
        api_keys.expires_at, api_keys.suspended_at, api_keys.last_used_at,
        coalesce(users.name, api_keys.created_by), api_keys.created_at
     from api_keys left join users on users.id = api_keys.created_by";

fn live(tenant: &impl Tenant) -> Filter {
    Filter::of(tenant, "api_keys").and_that("api_keys.revoked_at is null")
}

fn newest_first(filter: Filter) -> Bound {
    filter.statement(SELECT, "order by api_keys.id desc", ())
}

/// Keys that were not revoked, the newest first.
pub fn list(conn: &Conn, tenant: &impl Tenant) -> Result<Vec<ApiKey>, DbError> {
    conn.list(newest_first(live(tenant)), api_key)
}

/// The key with this id, if it was not revoked.
pub fn by_id(conn: &Conn, tenant: &impl Tenant, id: ApiKeyId) -> Result<Option<ApiKey>, DbError> {
    conn.optional(newest_first(live(tenant).and("api_keys.id = ?", id)), api_key)
}

const COUNT: TenantSql =
    TenantSql::new("select count(*) from api_keys where organization_id = ?1 and revoked_at is null");

/// How many keys were not revoked.
pub fn count(conn: &Conn, tenant: &impl Tenant) -> Result<i64, DbError> {
    conn.one(COUNT.of(tenant, ()), |row| row.get(0))
}

const UPDATE: TenantSql = TenantSql::new(
    "update api_keys set name = ?3, per_minute = ?4, per_day = ?5, expires_at = ?6, suspended_at = ?7
     where organization_id = ?1 and id = ?2",
);

/// Writes name, limits, end and suspension.
pub fn update(tx: &Tx, tenant: &impl Tenant, api_key: &ApiKey) -> Result<(), DbError> {
    let ApiKey { id, name, per_minute, per_day, expires_at, suspended_at, .. } = api_key;
    tx.execute(UPDATE.of(tenant, (id, name, per_minute, per_day, expires_at, suspended_at))).map(drop)
}

const REVOKE: TenantSql =
    TenantSql::new("update api_keys set revoked_at = ?3 where organization_id = ?1 and id = ?2 and revoked_at is null");

/// Ends the key.
pub fn revoke(tx: &Tx, tenant: &impl Tenant, id: ApiKeyId) -> Result<(), DbError> {
    tx.execute(REVOKE.of(tenant, (id, tx.now()))).map(drop)
}

/// What the public guard must know of a key.
#[derive(Clone, Debug)]
pub struct KeyRecord {
    /// Whose key it is.
    pub organization: OrganizationId,
    /// Which one.
    pub id: ApiKeyId,
    /// Requests in any minute.
    pub per_minute: u32,
    /// Requests in any day.
    pub per_day: u32,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// Whether the key or its organization is suspended.
    pub is_suspended: bool,
}

const BY_HASH: Sql = Sql::platform(
    "select api_keys.organization_id, api_keys.id, api_keys.per_minute, api_keys.per_day, api_keys.expires_at,
            api_keys.suspended_at, organizations.suspended_at
     from api_keys join organizations on organizations.id = api_keys.organization_id
     where api_keys.key_hash = ?1 and api_keys.revoked_at is null",
    "the key names the organization; there is no other proof yet",
);

/// The key with this hash, if it was not revoked (`api_keys_key_hash_key`).
pub fn by_hash(conn: &Conn, key_hash: &str) -> Result<Option<KeyRecord>, DbError> {
    conn.optional(BY_HASH.with((key_hash,)), |row| {
        let key_suspended: Option<Timestamp> = row.get(5)?;
        let organization_suspended: Option<Timestamp> = row.get(6)?;
        Ok(KeyRecord {
            organization: row.get(0)?,
            id: row.get(1)?,
            per_minute: row.get(2)?,
            per_day: row.get(3)?,
            expires_at: row.get(4)?,
            is_suspended: key_suspended.is_some() || organization_suspended.is_some(),
        })
    })
}

fn api_key(row: &Row) -> Result<ApiKey, DbError> {
    Ok(ApiKey {
        id: row.get(0)?,
        name: row.get(1)?,
        hint: row.get(2)?,
        per_minute: row.get(3)?,
        per_day: row.get(4)?,
        expires_at: row.get(5)?,
        suspended_at: row.get(6)?,
        last_used_at: row.get(7)?,
        created_by: row.get(8)?,
        created_at: row.get(9)?,
    })
}
