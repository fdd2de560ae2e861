//! SQL of brands and of where entries differ from them.

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Filter, Json, Row, Tenant, TenantSql, ToValue, Tx, Value},
    words::{EntryId, SiteId, Slug},
};
use tenants::scope::Scope;

use super::{BrandRevision, carried::CarriedBrandState, wishes};
use crate::types::{BrandFields, Document};

const PUT: TenantSql = TenantSql::new(
    "insert into brand_documents (organization_id, type, fields, revision, published, created_at, updated_at)
     values (?1, ?2, ?3, ?4, '{}', ?5, ?5)
     on conflict (organization_id, type) do update
     set fields = excluded.fields, revision = excluded.revision, updated_at = excluded.updated_at",
);

/// Writes the newest state of a type's brand.
pub fn put(
    tx: &Tx,
    tenant: &impl Tenant,
    content_type: &str,
    fields: &BrandFields,
    revision: u32,
) -> Result<(), DbError> {
    tx.execute(PUT.of(tenant, (content_type, Json(fields), revision, tx.now()))).map(drop)
}

const PUBLISH: TenantSql = TenantSql::new(
    "update brand_documents set published = fields, published_revision = revision, published_at = ?3
     where organization_id = ?1 and type = ?2",
);

/// Lets visitors see the newest state.
pub fn publish(tx: &Tx, tenant: &impl Tenant, content_type: &str) -> Result<(), DbError> {
    tx.execute(PUBLISH.of(tenant, (content_type, tx.now()))).map(drop)
}

const INSERT_REVISION: TenantSql = TenantSql::new(
    "insert into brand_revisions (organization_id, type, number, fields, author_kind, author_id, author_name, created_at)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
);

/// Keeps a state.
pub fn insert_revision(
    tx: &Tx,
    scope: &Scope,
    content_type: &str,
    number: u32,
    fields: &BrandFields,
) -> Result<(), DbError> {
    let actor = scope.actor();
    let row = (content_type, number, Json(fields), actor.kind().as_str(), actor.id(), actor.name(), tx.now());
    tx.execute(INSERT_REVISION.of(scope, row)).map(drop)
}

const COUNT_REVISIONS: TenantSql =
    TenantSql::new("select count(*) from brand_revisions where organization_id = ?1 and type = ?2");
const REVISIONS: TenantSql = TenantSql::new(
    "select number, fields, author_name, created_at from brand_revisions
     where organization_id = ?1 and type = ?2 order by number desc limit ?3 offset ?4",
);

/// One page of a type's states, the newest first, with how many there are.
pub fn revisions(
    conn: &Conn,
    tenant: &impl Tenant,
    content_type: &str,
    limit: i64,
    offset: i64,
) -> Result<(u64, Vec<BrandRevision>), DbError> {
    let count = conn.one(COUNT_REVISIONS.of(tenant, (content_type,)), |row| row.get::<i64>(0))?;
    let revisions = conn.list(REVISIONS.of(tenant, (content_type, limit, offset)), |row| {
        Ok(BrandRevision {
            number: row.get(0)?,
            fields: wishes(row.get::<Json<BrandFields>>(1)?.0),
            author_name: row.get(2)?,
            created_at: row.get(3)?,
        })
    })?;
    Ok((count.unsigned_abs(), revisions))
}

/// An entry that has a value of its own.
pub struct OverrideRow {
    pub site: SiteId,
    pub entry: EntryId,
    pub content_type: String,
    pub slug: Slug,
    pub title: String,
    pub revision: u32,
    pub document: Document,
    pub field: String,
    pub since: Timestamp,
    pub author_name: String,
}

const SELECT: &str =
    "select brand_overrides.site_id, brand_overrides.entry_id, brand_overrides.type, entries.slug, entries.title,
        entries.revision, entries.document, brand_overrides.field, brand_overrides.since, brand_overrides.author_name";
const FROM: &str = " from brand_overrides
     join entries
       on entries.organization_id = brand_overrides.organization_id and entries.id = brand_overrides.entry_id";

/// Which overrides are asked for.
pub struct Wanted<'a> {
    /// Type and field: those that the brand has a value for.
    pub fields: &'a [(String, String)],
    /// Only of these sites.
    pub sites: Option<&'a [SiteId]>,
}

fn filter(tenant: &impl Tenant, wanted: &Wanted<'_>) -> Filter {
    let mut filter = Filter::of(tenant, "brand_overrides")
        .and_that("entries.deleted_at is null")
        .and_that("entries.archived_at is null");
    let pairs = vec!["(brand_overrides.type = ? and brand_overrides.field = ?)"; wanted.fields.len()].join(" or ");
    let values: Vec<Value> =
        wanted.fields.iter().flat_map(|(content_type, field)| [content_type.to_value(), field.to_value()]).collect();
    filter = filter.and_composed(&format!("({pairs})"), values);
    match wanted.sites {
        Some(sites) => filter.and_in("brand_overrides.site_id", sites),
        None => filter,
    }
}

/// One page of the overrides, the oldest first, with how many there are. Documents are read of the page alone.
pub fn overrides(
    conn: &Conn,
    tenant: &impl Tenant,
    wanted: &Wanted<'_>,
    limit: i64,
    offset: i64,
) -> Result<(u64, Vec<OverrideRow>), DbError> {
    if wanted.fields.is_empty() {
        return Ok((0, Vec::new()));
    }
    let count = filter(tenant, wanted).statement_composed(&format!("select count(*){FROM}"), "", ());
    let count = conn.one(count, |row| row.get::<i64>(0))?;
    let order = "order by brand_overrides.since, brand_overrides.entry_id, brand_overrides.field limit ? offset ?";
    let page = filter(tenant, wanted).statement_composed(&format!("{SELECT}{FROM}"), order, (limit, offset));
    Ok((count.unsigned_abs(), conn.list(page, override_row)?))
}

fn override_row(row: &Row) -> Result<OverrideRow, DbError> {
    Ok(OverrideRow {
        site: row.get(0)?,
        entry: row.get(1)?,
        content_type: row.get(2)?,
        slug: row.get(3)?,
        title: row.get(4)?,
        revision: row.get(5)?,
        document: row.get(6)?,
        field: row.get(7)?,
        since: row.get(8)?,
        author_name: row.get(9)?,
    })
}

const OF_ENTRY: TenantSql = TenantSql::new(
    "select field, since, author_name from brand_overrides where organization_id = ?1 and entry_id = ?2",
);

/// The fields in which an entry has values of its own: since when, by whom (`brand_overrides_entry_index`).
pub fn of_entry(
    conn: &Conn,
    tenant: &impl Tenant,
    entry: EntryId,
) -> Result<Vec<(String, Timestamp, String)>, DbError> {
    conn.list(OF_ENTRY.of(tenant, (entry,)), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
}

const COUNT_LISTED: TenantSql = TenantSql::new(
    "select count(*) from entries
     where organization_id = ?1 and type = ?2 and deleted_at is null and archived_at is null",
);

/// How many entries of a type there are in all sites, those in the archive aside.
pub fn count_listed(conn: &Conn, tenant: &impl Tenant, content_type: &str) -> Result<u64, DbError> {
    conn.one(COUNT_LISTED.of(tenant, (content_type,)), |row| row.get::<i64>(0)).map(i64::unsigned_abs)
}

const COUNT_OVERRIDES: TenantSql = TenantSql::new(
    "select brand_overrides.field, count(*) from brand_overrides
     join entries
       on entries.organization_id = brand_overrides.organization_id and entries.id = brand_overrides.entry_id
     where brand_overrides.organization_id = ?1 and brand_overrides.type = ?2
       and entries.deleted_at is null and entries.archived_at is null
     group by brand_overrides.field",
);

/// How many entries of a type have a value of their own, by field (the primary key of `brand_overrides`).
pub fn count_overrides(conn: &Conn, tenant: &impl Tenant, content_type: &str) -> Result<Vec<(String, u64)>, DbError> {
    conn.list(COUNT_OVERRIDES.of(tenant, (content_type,)), |row| Ok((row.get(0)?, row.get::<i64>(1)?.unsigned_abs())))
}

/// A kept state as it is stored.
pub struct KeptState {
    pub fields: BrandFields,
    pub author: String,
    pub saved_at: Timestamp,
}

const ALL_REVISIONS: TenantSql = TenantSql::new(
    "select number, fields, author_name, created_at from brand_revisions
     where organization_id = ?1 and type = ?2 order by number",
);

/// All states of a type's brand, the oldest first.
pub fn all_revisions(conn: &Conn, tenant: &impl Tenant, content_type: &str) -> Result<Vec<(u32, KeptState)>, DbError> {
    conn.list(ALL_REVISIONS.of(tenant, (content_type,)), |row| {
        let Json(fields) = row.get(1)?;
        Ok((row.get(0)?, KeptState { fields, author: row.get(2)?, saved_at: row.get(3)? }))
    })
}

const DATE_REVISION: TenantSql = TenantSql::new(
    "update brand_revisions set author_name = ?4, created_at = ?5
     where organization_id = ?1 and type = ?2 and number = ?3",
);

/// Writes when a state was saved, and by whom.
pub fn date_revision(
    tx: &Tx,
    tenant: &impl Tenant,
    content_type: &str,
    number: u32,
    state: &CarriedBrandState,
) -> Result<(), DbError> {
    tx.execute(DATE_REVISION.of(tenant, (content_type, number, &state.author, state.saved_at))).map(drop)
}

const DATE: TenantSql = TenantSql::new(
    "update brand_documents
     set updated_at = coalesce(cast(?3 as text), updated_at), published_at = coalesce(cast(?4 as text), published_at)
     where organization_id = ?1 and type = ?2",
);

/// Writes when a type's brand was saved last, and since when visitors see it.
pub fn date(
    tx: &Tx,
    tenant: &impl Tenant,
    content_type: &str,
    saved_at: Option<Timestamp>,
    published_at: Option<Timestamp>,
) -> Result<(), DbError> {
    tx.execute(DATE.of(tenant, (content_type, saved_at, published_at))).map(drop)
}
