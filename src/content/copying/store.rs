//! SQL of copies of sites.

use ground::{
    db::{Conn, DbError, Filter, Json, Tenant, TenantSql, Tx},
    words::{EntryId, SiteId},
};

use super::{CopiedEntry, SiteCopy, SiteCopyState};

const INSERT: TenantSql = TenantSql::new(
    "insert into site_copies (organization_id, site_id, from_site_id, state, is_published, is_linking, total, after_entry,
        left_out, created_at, updated_at)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
     on conflict (organization_id, site_id) do update
     set state = excluded.state, is_linking = excluded.is_linking, after_entry = excluded.after_entry,
         left_out = excluded.left_out, updated_at = excluded.updated_at",
);

/// Keeps how far a copy is.
pub fn put(tx: &Tx, tenant: &impl Tenant, copy: &SiteCopy) -> Result<(), DbError> {
    let state = match copy.state {
        SiteCopyState::Copying => "copying",
        SiteCopyState::Done => "done",
    };
    let row = (
        copy.site,
        copy.from,
        state,
        copy.published,
        copy.is_linking,
        i64::try_from(copy.total).unwrap_or(i64::MAX),
        copy.after,
        Json(&copy.left_out),
        copy.created_at,
        copy.updated_at,
    );
    tx.execute(INSERT.of(tenant, row)).map(drop)
}

const OF_SITE: TenantSql = TenantSql::new(
    "select site_id, from_site_id, state, is_published, is_linking, total, after_entry, left_out, created_at, updated_at
     from site_copies where organization_id = ?1 and site_id = ?2",
);

/// The copy that a site is, without its entries.
pub fn of_site(conn: &Conn, tenant: &impl Tenant, site: SiteId) -> Result<Option<SiteCopy>, DbError> {
    conn.optional(OF_SITE.of(tenant, (site,)), |row| {
        let is_done = row.get::<String>(2)? == "done";
        Ok(SiteCopy {
            site: row.get(0)?,
            from: row.get(1)?,
            state: if is_done { SiteCopyState::Done } else { SiteCopyState::Copying },
            published: row.get::<i64>(3)? != 0,
            is_linking: row.get::<i64>(4)? != 0,
            total: row.get::<i64>(5)?.unsigned_abs(),
            after: row.get(6)?,
            left_out: row.get::<Json<_>>(7)?.0,
            copies: Vec::new(),
            created_at: row.get(8)?,
            updated_at: row.get(9)?,
        })
    })
}

const NOTE: TenantSql = TenantSql::new(
    "insert into site_copy_entries (organization_id, site_id, from_entry_id, to_entry_id) values (?1, ?2, ?3, ?4)",
);

/// Notes what an entry has become.
pub fn note(tx: &Tx, tenant: &impl Tenant, site: SiteId, copied: &CopiedEntry) -> Result<(), DbError> {
    tx.execute(NOTE.of(tenant, (site, copied.from, copied.to))).map(drop)
}

const BEHIND: TenantSql = TenantSql::new(
    "select from_entry_id, to_entry_id from site_copy_entries
     where organization_id = ?1 and site_id = ?2 and (cast(?3 as text) is null or from_entry_id > ?3)
     order by from_entry_id limit ?4",
);

/// What the next entries have become (the primary key of `site_copy_entries`).
pub fn behind(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    after: Option<EntryId>,
    limit: i64,
) -> Result<Vec<CopiedEntry>, DbError> {
    conn.list(BEHIND.of(tenant, (site, after, limit)), |row| Ok(CopiedEntry { from: row.get(0)?, to: row.get(1)? }))
}

/// What these entries have become, as far as they are there.
pub fn of_entries(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    ids: &[EntryId],
) -> Result<Vec<(EntryId, EntryId)>, DbError> {
    let filter = Filter::of(tenant, "site_copy_entries").and("site_id = ?", site).and_in("from_entry_id", ids);
    let select = "select from_entry_id, to_entry_id from site_copy_entries";
    conn.list(filter.statement(select, "", ()), |row| Ok((row.get(0)?, row.get(1)?)))
}
