//! SQL of what organizations declare themselves.

use std::collections::BTreeMap;

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Json, Row, Tenant, TenantSql, Tx},
};
use serde_json::Value;

use super::{Brand, BrandFields, OwnKind};

const VERSION: TenantSql = TenantSql::new("select version from catalogues where organization_id = ?1");

/// Which state of its own declarations the organization is at; 0 where it has never had any. One look by the primary key.
pub fn version(conn: &Conn, tenant: &impl Tenant) -> Result<i64, DbError> {
    Ok(conn.optional(VERSION.of(tenant, ()), |row| row.get(0))?.unwrap_or_default())
}

const PUT_VERSION: TenantSql = TenantSql::new(
    "insert into catalogues (organization_id, version, updated_at) values (?1, ?2, ?3)
     on conflict (organization_id) do update set version = excluded.version, updated_at = excluded.updated_at",
);

/// Draws the number of a new state. Takes the organization's row: who changes declarations at the same moment waits.
pub fn renew_version(tx: &Tx, tenant: &impl Tenant) -> Result<i64, DbError> {
    let drawn = i64::from_le_bytes(tx.randomness().bytes()) & i64::MAX;
    let version = drawn.max(1);
    tx.execute(PUT_VERSION.of(tenant, (version, tx.now())))?;
    Ok(version)
}

/// An own declaration as it is stored.
#[derive(Clone, Debug)]
pub struct OwnRow {
    /// What it declares.
    pub kind: OwnKind,
    /// Its name.
    pub name: String,
    /// The declaration as it is written.
    pub declaration: Value,
    /// How often it was changed, from 1.
    pub version: i64,
    /// What whoever wrote it was called then.
    pub author: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

const OWN: TenantSql = TenantSql::new(
    "select kind, name, declaration, version, author_name, created_at, updated_at from custom_declarations
     where organization_id = ?1 order by kind, name",
);

/// What the organization declares, by kind and name.
pub fn own_rows(conn: &Conn, tenant: &impl Tenant) -> Result<Vec<OwnRow>, DbError> {
    conn.list(OWN.of(tenant, ()), |row| {
        let Json(declaration) = row.get(2)?;
        Ok(OwnRow {
            kind: kind_of(&row.get::<String>(0)?)?,
            name: row.get(1)?,
            declaration,
            version: row.get(3)?,
            author: row.get(4)?,
            created_at: row.get(5)?,
            updated_at: row.get(6)?,
        })
    })
}

const PUT: TenantSql = TenantSql::new(
    "insert into custom_declarations (organization_id, kind, name, declaration, version, author_kind, author_id,
        author_name, created_at, updated_at)
     values (?1, ?2, ?3, ?4, 1, ?5, ?6, ?7, ?8, ?8)
     on conflict (organization_id, kind, name) do update
     set declaration = excluded.declaration, version = custom_declarations.version + 1,
         author_kind = excluded.author_kind, author_id = excluded.author_id, author_name = excluded.author_name,
         updated_at = excluded.updated_at",
);

/// Writes a declaration. `author` is who: kind, id, name.
pub fn put_own(
    tx: &Tx,
    tenant: &impl Tenant,
    kind: OwnKind,
    name: &str,
    declaration: &Value,
    author: (&str, Option<&str>, &str),
) -> Result<(), DbError> {
    let (author_kind, author_id, author_name) = author;
    let row = (kind.as_str(), name, Json(declaration), author_kind, author_id, author_name, tx.now());
    tx.execute(PUT.of(tenant, row)).map(|_| ())
}

const DELETE: TenantSql =
    TenantSql::new("delete from custom_declarations where organization_id = ?1 and kind = ?2 and name = ?3");

/// Removes a declaration.
pub fn delete_own(tx: &Tx, tenant: &impl Tenant, kind: OwnKind, name: &str) -> Result<(), DbError> {
    tx.execute(DELETE.of(tenant, (kind.as_str(), name))).map(|_| ())
}

const PUT_PAST: TenantSql = TenantSql::new(
    "insert into past_declarations (organization_id, number, kind, name, declaration, replaced_at)
     values (?1, coalesce((select max(number) from past_declarations where organization_id = ?1), 0) + 1, ?2, ?3, ?4, ?5)",
);

/// Keeps how something was declared until this change; nothing where it was not.
pub fn put_past(
    tx: &Tx,
    tenant: &impl Tenant,
    kind: OwnKind,
    name: &str,
    declaration: Option<&Value>,
) -> Result<(), DbError> {
    tx.execute(PUT_PAST.of(tenant, (kind.as_str(), name, declaration.map(Json), tx.now()))).map(|_| ())
}

/// How something was declared until a change.
pub struct PastRow {
    pub(super) kind: OwnKind,
    pub(super) name: String,
    pub(super) declaration: Option<Value>,
}

const PAST: TenantSql = TenantSql::new(
    "select kind, name, declaration from past_declarations where organization_id = ?1 and number > ?2 order by number",
);

/// What was declared until each change after the one of this number, in their order (the primary key).
pub fn past_rows(conn: &Conn, tenant: &impl Tenant, number: u32) -> Result<Vec<PastRow>, DbError> {
    conn.list(PAST.of(tenant, (number,)), |row| {
        Ok(PastRow {
            kind: kind_of(&row.get::<String>(0)?)?,
            name: row.get(1)?,
            declaration: row.get::<Option<Json<_>>>(2)?.map(|Json(declaration)| declaration),
        })
    })
}

fn kind_of(name: &str) -> Result<OwnKind, DbError> {
    OwnKind::named(name).ok_or_else(|| DbError::Decode(format!("a declaration of the kind {name}")))
}

/// A type's brand as it is stored.
#[derive(Clone, Debug)]
pub struct BrandRow {
    /// The type.
    pub content_type: String,
    /// Its newest state.
    pub fields: BrandFields,
    /// That state's number.
    pub revision: u32,
    /// What visitors see.
    pub published: BrandFields,
    /// The number of the state that visitors see.
    pub published_revision: Option<u32>,
    /// Since when they see it.
    pub published_at: Option<Timestamp>,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

const BRANDS: TenantSql = TenantSql::new(
    "select type, fields, revision, published, published_revision, published_at, updated_at from brand_documents
     where organization_id = ?1 and (cast(?2 as text) is null or type = ?2) order by type",
);

fn brand_row(row: &Row) -> Result<BrandRow, DbError> {
    Ok(BrandRow {
        content_type: row.get(0)?,
        fields: row.get::<Json<_>>(1)?.0,
        revision: row.get(2)?,
        published: row.get::<Json<_>>(3)?.0,
        published_revision: row.get(4)?,
        published_at: row.get(5)?,
        updated_at: row.get(6)?,
    })
}

/// A type's brand, if it has one.
pub fn brand_of(conn: &Conn, tenant: &impl Tenant, content_type: &str) -> Result<Option<BrandRow>, DbError> {
    conn.optional(BRANDS.of(tenant, (content_type,)), brand_row)
}

/// Every brand of the organization, by type.
pub fn brands(conn: &Conn, tenant: &impl Tenant) -> Result<BTreeMap<String, Brand>, DbError> {
    let rows = conn.list(BRANDS.of(tenant, (None::<String>,)), brand_row)?;
    let brand = |row: BrandRow| (row.content_type, Brand { draft: row.fields, published: row.published });
    Ok(rows.into_iter().map(brand).collect())
}
