//! Which revision of an entry each language shows.

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Filter, Sql, Tenant, TenantSql, Tx},
    words::{EntryId, Locale, OrganizationId, SiteId},
};

use super::super::{Publication, publishing::Edition};

/// What is published of these entries: entry, language and revision.
pub fn publications(
    conn: &Conn,
    tenant: &impl Tenant,
    entries: &[EntryId],
) -> Result<Vec<(EntryId, Locale, Publication)>, DbError> {
    let select =
        "select entry_id, locale, revision, published_at, first_published_at, replaced_revision from publications";
    let bound = Filter::of(tenant, "publications").and_in("entry_id", entries).statement(select, "order by locale", ());
    conn.list(bound, |row| {
        let publication = Publication {
            revision: row.get(2)?,
            published_at: row.get(3)?,
            first_published_at: row.get(4)?,
            replaced: row.get(5)?,
        };
        Ok((row.get(0)?, row.get(1)?, publication))
    })
}

const EDITIONS: TenantSql = TenantSql::new(
    "select publications.locale, publications.revision, publications.published_at, publications.first_published_at,
        publications.replaced_revision, revisions.slug, revisions.document
     from publications
     join revisions
       on revisions.organization_id = publications.organization_id and revisions.entry_id = publications.entry_id
         and revisions.number = publications.revision
     where publications.organization_id = ?1 and publications.entry_id = ?2
     order by publications.locale",
);

/// What each language shows of an entry, with its document.
pub fn editions(conn: &Conn, tenant: &impl Tenant, entry: EntryId) -> Result<Vec<Edition>, DbError> {
    conn.list(EDITIONS.of(tenant, (entry,)), |row| {
        Ok(Edition {
            locale: row.get(0)?,
            publication: Publication {
                revision: row.get(1)?,
                published_at: row.get(2)?,
                first_published_at: row.get(3)?,
                replaced: row.get(4)?,
            },
            slug: row.get(5)?,
            document: row.get(6)?,
        })
    })
}

const PUT: TenantSql = TenantSql::new(
    "insert into publications (organization_id, entry_id, locale, revision, published_at, first_published_at)
     values (?1, ?2, ?3, ?4, ?5, ?5)
     on conflict (organization_id, entry_id, locale) do update
     set revision = excluded.revision, published_at = excluded.published_at,
         replaced_revision = publications.revision",
);

/// Lets a language show this revision from now on, and notes what it showed before.
pub fn put_publication(
    tx: &Tx,
    tenant: &impl Tenant,
    entry: EntryId,
    locale: &Locale,
    revision: u32,
    at: Timestamp,
) -> Result<(), DbError> {
    tx.execute(PUT.of(tenant, (entry, locale, revision, at)))?;
    keep_revision(tx, tenant, entry, revision)
}

const KEEP_REVISION: TenantSql = TenantSql::new(
    "update revisions set sitting_began_at = null
     where organization_id = ?1 and entry_id = ?2 and number = ?3 and sitting_began_at is not null",
);

/// Makes a revision one that stays: what somebody has shown to others is no automatic save that the next one takes the place
/// of.
pub fn keep_revision(tx: &Tx, tenant: &impl Tenant, entry: EntryId, number: u32) -> Result<(), DbError> {
    tx.execute(KEEP_REVISION.of(tenant, (entry, number))).map(|_| ())
}

const POINT: TenantSql = TenantSql::new(
    "update publications set revision = ?4, replaced_revision = null
     where organization_id = ?1 and entry_id = ?2 and locale = ?3",
);

/// Lets a language show this revision, which says the same in the form of newer declarations. What it showed before a
/// publication has the older form, and is no longer there to go back to.
pub fn point_publication(
    tx: &Tx,
    tenant: &impl Tenant,
    entry: EntryId,
    locale: &Locale,
    revision: u32,
) -> Result<(), DbError> {
    tx.execute(POINT.of(tenant, (entry, locale, revision))).map(|_| ())
}

const DELETE: TenantSql =
    TenantSql::new("delete from publications where organization_id = ?1 and entry_id = ?2 and locale = ?3");

/// Lets a language show nothing of the entry.
pub fn delete_publication(tx: &Tx, tenant: &impl Tenant, entry: EntryId, locale: &Locale) -> Result<(), DbError> {
    tx.execute(DELETE.of(tenant, (entry, locale))).map(|_| ())
}

const BEHIND: TenantSql = TenantSql::new(
    "select distinct entry_id from views
     where organization_id = ?1 and site_id = ?2 and (cast(?3 as text) is null or entry_id > ?3)
     order by entry_id limit ?4",
);

/// The next published entries of a site in the order of their ids (the primary key of `views`).
pub fn published_behind(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    after: Option<EntryId>,
    limit: i64,
) -> Result<Vec<EntryId>, DbError> {
    conn.list(BEHIND.of(tenant, (site, after, limit)), |row| row.get(0))
}

const SITES: Sql = Sql::platform(
    "select organization_id, id from sites",
    "a new program composes the views of all organizations anew, each in a job of its own",
);

/// All sites, with whose they are.
pub fn all_sites(conn: &Conn) -> Result<Vec<(OrganizationId, SiteId)>, DbError> {
    conn.list(SITES.with(()), |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Where the platform keeps which declarations composed the views.
const COMPOSED_BY_NAME: &str = "views_composed_by";
const COMPOSED_BY: Sql = Sql::platform(
    "select value from platform_state where name = ?1",
    "the declarations are the program's, for all organizations",
);
const REMEMBER_COMPOSED_BY: Sql = Sql::platform(
    "insert into platform_state (name, value, updated_at) values (?1, ?2, ?3)
     on conflict (name) do update set value = excluded.value, updated_at = excluded.updated_at",
    "the declarations are the program's, for all organizations",
);

/// The fingerprint of the declarations that the views were composed by.
pub fn composed_by(conn: &Conn) -> Result<Option<String>, DbError> {
    conn.optional(COMPOSED_BY.with((COMPOSED_BY_NAME,)), |row| row.get(0))
}

/// Notes by which declarations the views are composed from now on.
pub fn remember_composed_by(tx: &Tx, fingerprint: &str) -> Result<(), DbError> {
    tx.execute(REMEMBER_COMPOSED_BY.with((COMPOSED_BY_NAME, fingerprint, tx.now()))).map(|_| ())
}
