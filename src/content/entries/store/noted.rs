//! What is noted of entries beside their documents: which others they name, and where they differ from the brand.

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Tenant, TenantSql, Tx},
    words::{EntryId, SiteId},
};

use super::super::{Author, Entry, uses::Use};

/// What the newest revision names.
pub const DRAFT: &str = "draft";
/// What the revisions name that visitors see.
pub const PUBLISHED: &str = "published";

const REFERENCES: TenantSql = TenantSql::new(
    "select pointer, to_entry from entry_references
     where organization_id = ?1 and from_entry = ?2 and state = ?3 order by pointer",
);

/// Which entries an entry names, by where.
pub fn references(
    conn: &Conn,
    tenant: &impl Tenant,
    entry: EntryId,
    state: &'static str,
) -> Result<Vec<(String, EntryId)>, DbError> {
    conn.list(REFERENCES.of(tenant, (entry, state)), |row| Ok((row.get(0)?, row.get(1)?)))
}

const FORGET_REFERENCES: TenantSql =
    TenantSql::new("delete from entry_references where organization_id = ?1 and from_entry = ?2 and state = ?3");
const PUT_REFERENCE: TenantSql = TenantSql::new(
    "insert into entry_references (organization_id, from_entry, state, pointer, to_entry) values (?1, ?2, ?3, ?4, ?5)",
);

/// Notes which entries an entry names, instead of those noted before.
pub fn set_references(
    tx: &Tx,
    tenant: &impl Tenant,
    entry: EntryId,
    state: &'static str,
    named: &[(String, EntryId)],
) -> Result<(), DbError> {
    tx.execute(FORGET_REFERENCES.of(tenant, (entry, state)))?;
    for (pointer, to) in named {
        tx.execute(PUT_REFERENCE.of(tenant, (entry, state, pointer, *to)))?;
    }
    Ok(())
}

const SHOWN_USERS: TenantSql = TenantSql::new(
    "select distinct entries.site_id, entries.id
     from entry_references
     join entries
       on entries.organization_id = entry_references.organization_id and entries.id = entry_references.from_entry
     where entry_references.organization_id = ?1 and entry_references.to_entry = ?2
        and entry_references.from_entry <> ?2 and entry_references.state = 'published'
        and entries.deleted_at is null and entries.archived_at is null
     order by entries.id limit ?3",
);

/// The entries that visitors see and that name this one (`entry_references_to_index`).
pub fn shown_users(
    conn: &Conn,
    tenant: &impl Tenant,
    entry: EntryId,
    limit: usize,
) -> Result<Vec<(SiteId, EntryId)>, DbError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    conn.list(SHOWN_USERS.of(tenant, (entry, limit)), |row| Ok((row.get(0)?, row.get(1)?)))
}

macro_rules! users {
    () => {
        " from entry_references
         join entries
           on entries.organization_id = entry_references.organization_id and entries.id = entry_references.from_entry
         where entry_references.organization_id = ?1 and entry_references.to_entry = ?2
            and entry_references.from_entry <> ?2 and entries.deleted_at is null"
    };
}

const COUNT_USES: TenantSql = TenantSql::new(concat!("select count(distinct entries.id)", users!()));
const USES: TenantSql = TenantSql::new(concat!(
    "select entries.id, entries.type, entries.slug, entries.title,
        max(case when entry_references.state = 'draft' then 1 else 0 end),
        max(case when entry_references.state = 'published' then 1 else 0 end),
        min(entry_references.pointer)",
    users!(),
    " group by entries.id, entries.type, entries.slug, entries.title order by entries.title, entries.id
      limit ?3 offset ?4"
));

/// One page of the entries that name this one, with how many there are (`entry_references_to_index`).
pub fn uses(
    conn: &Conn,
    tenant: &impl Tenant,
    entry: EntryId,
    limit: i64,
    offset: i64,
) -> Result<(u64, Vec<Use>), DbError> {
    let count = conn.one(COUNT_USES.of(tenant, (entry,)), |row| row.get::<i64>(0))?;
    let uses = conn.list(USES.of(tenant, (entry, limit, offset)), |row| {
        Ok(Use {
            entry_id: row.get(0)?,
            content_type: row.get(1)?,
            slug: row.get(2)?,
            title: row.get(3)?,
            in_draft: row.get::<i64>(4)? == 1,
            in_published: row.get::<i64>(5)? == 1,
            pointer: row.get(6)?,
        })
    })?;
    Ok((count.unsigned_abs(), uses))
}

const OVERRIDES: TenantSql =
    TenantSql::new("select field from brand_overrides where organization_id = ?1 and entry_id = ?2 order by field");

/// The fields in which an entry has values of its own (`brand_overrides_entry_index`).
pub fn overrides(conn: &Conn, tenant: &impl Tenant, entry: EntryId) -> Result<Vec<String>, DbError> {
    conn.list(OVERRIDES.of(tenant, (entry,)), |row| row.get(0))
}

const PUT_OVERRIDE: TenantSql = TenantSql::new(
    "insert into brand_overrides (organization_id, type, field, entry_id, site_id, since, author_kind, author_id,
        author_name)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
     on conflict (organization_id, type, field, entry_id) do nothing",
);

/// Notes that an entry has a value of its own.
pub fn put_override(
    tx: &Tx,
    tenant: &impl Tenant,
    entry: &Entry,
    field: &str,
    since: Timestamp,
    author: &Author,
) -> Result<(), DbError> {
    let row =
        (&entry.content_type, field, entry.id, entry.site_id, since, author.kind, author.id.as_deref(), &author.name);
    tx.execute(PUT_OVERRIDE.of(tenant, row)).map(drop)
}

const DELETE_OVERRIDE: TenantSql = TenantSql::new(
    "delete from brand_overrides where organization_id = ?1 and type = ?2 and field = ?3 and entry_id = ?4",
);

/// Notes that an entry has none any more.
pub fn delete_override(tx: &Tx, tenant: &impl Tenant, entry: &Entry, field: &str) -> Result<(), DbError> {
    tx.execute(DELETE_OVERRIDE.of(tenant, (&entry.content_type, field, entry.id))).map(drop)
}
