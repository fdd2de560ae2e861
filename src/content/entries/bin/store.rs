//! SQL of the bin.

use std::collections::BTreeMap;

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Filter, Json, Row, Sql, Tenant, TenantSql, Tx},
    words::{EntryId, Locale, SiteId},
};

use super::{
    super::{Entry, store::entry},
    Deleted, WithPublications, purging,
};

const SELECT: &str = "select id, site_id, type, slug, title, deleted_at, deleted_by, withdrawn from entries";

/// One page of a site's deleted entries, the latest first, with how many there are.
pub fn list(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    limit: i64,
    offset: i64,
) -> Result<(u64, Vec<Deleted>), DbError> {
    let filter = Filter::of(tenant, "entries").and("site_id = ?", site).and_that("deleted_at is not null");
    let count = conn.one(filter.clone().statement("select count(*) from entries", "", ()), |row| row.get::<i64>(0))?;
    let found =
        conn.list(filter.statement(SELECT, "order by deleted_at desc, id limit ? offset ?", (limit, offset)), deleted)?;
    Ok((count.unsigned_abs(), found))
}

const FIND: TenantSql = TenantSql::new(
    "select id, site_id, type, slug, title, document, revision, sort_order, created_at, updated_at,
        review_revision, review_state, scheduled_at, archived_at, withdrawn
     from entries
     where organization_id = ?1 and site_id = ?2 and id = ?3 and deleted_at is not null",
);

/// A deleted entry with the revision that each language showed.
pub fn find(conn: &Conn, tenant: &impl Tenant, site: SiteId, id: EntryId) -> Result<Option<WithPublications>, DbError> {
    conn.optional(FIND.of(tenant, (site, id)), |row| Ok((entry(row)?, withdrawn(row, 14)?)))
}

const TAKE_OUT: TenantSql = TenantSql::new(
    "update entries set deleted_at = null, deleted_by = null, slug = ?3, revision = ?4, updated_at = ?5, title = ?6,
         sort_order = ?7, document = ?8, archived_at = ?9,
         withdrawn = case when cast(?9 as text) is null then null else withdrawn end
     where organization_id = ?1 and id = ?2 and deleted_at is not null",
);

/// Takes an entry out of the bin, with the slug, the document and the revision that it has now; into the archive, with what
/// visitors saw of it, where it says so.
pub fn take_out(tx: &Tx, tenant: &impl Tenant, entry: &Entry) -> Result<bool, DbError> {
    let (document, order, archived_at) = (entry.document.to_json(), entry.order, entry.archived_at);
    let row = (entry.id, &entry.slug, entry.revision, entry.updated_at, &entry.title, order, document, archived_at);
    tx.execute(TAKE_OUT.of(tenant, row)).map(|rows| rows == 1)
}

const PURGE: TenantSql =
    TenantSql::new("delete from entries where organization_id = ?1 and id = ?2 and deleted_at is not null");

/// Removes a deleted entry and its history.
pub fn purge(tx: &Tx, tenant: &impl Tenant, id: EntryId) -> Result<bool, DbError> {
    tx.execute(PURGE.of(tenant, (id,))).map(|rows| rows == 1)
}

const PURGE_OLD: Sql = Sql::platform(
    "delete from entries
     where (organization_id, id) in (select organization_id, id from entries where deleted_at < ?1 limit ?2)",
    "the nightly purge empties the bins of all organizations",
);

/// Removes what was deleted before `before`, `limit` at most. Answers how many.
pub fn purge_old(tx: &Tx, before: Timestamp, limit: i64) -> Result<u64, DbError> {
    tx.execute(PURGE_OLD.with((before, limit)))
}

fn deleted(row: &Row) -> Result<Deleted, DbError> {
    let deleted_at: Timestamp = row.get(5)?;
    Ok(Deleted {
        id: row.get(0)?,
        site_id: row.get(1)?,
        content_type: row.get(2)?,
        slug: row.get(3)?,
        title: row.get(4)?,
        deleted_at,
        deleted_by: row.get::<Option<String>>(6)?.unwrap_or_default(),
        was_published: !withdrawn(row, 7)?.is_empty(),
        purged_at: deleted_at + purging::KEPT_FOR,
    })
}

fn withdrawn(row: &Row, column: usize) -> Result<BTreeMap<Locale, u32>, DbError> {
    Ok(row.get::<Option<Json<_>>>(column)?.map(|Json(withdrawn)| withdrawn).unwrap_or_default())
}
