//! Entries with their history, as they are carried from one installation to another.

use std::collections::BTreeMap;

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Json, Sql, Tenant, TenantSql, Tx},
    words::{EntryId, Locale, OrganizationId, SiteId, Slug},
};

use super::super::{
    carried::{CarriedPublication, CarriedState, OwnSince},
    translations::States,
};
use crate::types::Document;

const SOURCE: TenantSql =
    TenantSql::new("select source_key, deleted_at is not null from entries where organization_id = ?1 and id = ?2");

/// Where an import found an entry, and whether it lies in the bin.
pub fn source_of(conn: &Conn, tenant: &impl Tenant, entry: EntryId) -> Result<Option<(Option<String>, bool)>, DbError> {
    conn.optional(SOURCE.of(tenant, (entry,)), |row| Ok((row.get(0)?, row.get(1)?)))
}

const STATES: TenantSql = TenantSql::new(
    "select revisions.number, revisions.slug, revisions.document, revisions.author_name, revisions.created_at,
        revisions.translations
     from revisions
     where revisions.organization_id = ?1 and revisions.entry_id = ?2
         and (cast(?3 as integer) = 1
             or revisions.number = (select entries.revision from entries
                 where entries.organization_id = ?1 and entries.id = ?2)
             or exists (select 1 from publications where publications.organization_id = ?1
                 and publications.entry_id = ?2 and publications.revision = revisions.number))
     order by revisions.number",
);

/// The newest revision of an entry and those that visitors see, or all of them, by their numbers.
pub fn states(
    conn: &Conn,
    tenant: &impl Tenant,
    entry: EntryId,
    with_history: bool,
) -> Result<Vec<(u32, CarriedState)>, DbError> {
    conn.list(STATES.of(tenant, (entry, with_history)), |row| {
        let document: Document = row.get(2)?;
        let state = CarriedState {
            slug: row.get(1)?,
            document: document.into_fields(),
            author: row.get(3)?,
            saved_at: row.get(4)?,
            translations: row.get::<Option<Json<States>>>(5)?.map(|Json(states)| states).unwrap_or_default(),
        };
        Ok((row.get(0)?, state))
    })
}

const NAMES: TenantSql = TenantSql::new(
    "select id, type from entries where organization_id = ?1 and site_id = ?2 and deleted_at is null order by id",
);

/// Looks at each entry of a site and its type, in the order of the ids.
pub fn each_name(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    mut look: impl FnMut(EntryId, String),
) -> Result<(), DbError> {
    let seen = conn.list(NAMES.of(tenant, (site,)), |row| {
        look(row.get(0)?, row.get(1)?);
        Ok(())
    });
    seen.map(drop)
}

const OWNERS: Sql = Sql::platform(
    "select id, site_id, organization_id from entries",
    "an id from elsewhere is kept only where nobody on the whole installation has it",
);

/// Looks at the id of every entry of the installation, with its site and whose it is. Scans.
pub fn each_owner(conn: &Conn, mut look: impl FnMut(EntryId, SiteId, OrganizationId)) -> Result<(), DbError> {
    let seen = conn.list(OWNERS.with(()), |row| {
        look(row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(())
    });
    seen.map(drop)
}

const DATE_ENTRY: TenantSql =
    TenantSql::new("update entries set created_at = ?3, updated_at = ?4 where organization_id = ?1 and id = ?2");

/// Writes when an entry was made and changed last.
pub fn date_entry(
    tx: &Tx,
    tenant: &impl Tenant,
    entry: EntryId,
    created_at: Timestamp,
    updated_at: Timestamp,
) -> Result<(), DbError> {
    tx.execute(DATE_ENTRY.of(tenant, (entry, created_at, updated_at))).map(drop)
}

const DATE_REVISION: TenantSql = TenantSql::new(
    "update revisions set author_name = ?4, created_at = ?5
     where organization_id = ?1 and entry_id = ?2 and number = ?3",
);

/// Writes when a revision was saved, and by whom.
pub fn date_revision(
    tx: &Tx,
    tenant: &impl Tenant,
    entry: EntryId,
    number: u32,
    state: &CarriedState,
) -> Result<(), DbError> {
    tx.execute(DATE_REVISION.of(tenant, (entry, number, &state.author, state.saved_at))).map(drop)
}

const DATE_PUBLICATION: TenantSql = TenantSql::new(
    "update publications set published_at = ?4, first_published_at = ?5
     where organization_id = ?1 and entry_id = ?2 and locale = ?3",
);

/// Writes since when a language shows an entry.
pub fn date_publication(
    tx: &Tx,
    tenant: &impl Tenant,
    entry: EntryId,
    locale: &Locale,
    publication: &CarriedPublication,
) -> Result<(), DbError> {
    let row = (entry, locale, publication.published_at, publication.first_published_at);
    tx.execute(DATE_PUBLICATION.of(tenant, row)).map(drop)
}

const SLUG_OWNER: TenantSql = TenantSql::new(
    "select id from entries
     where organization_id = ?1 and site_id = ?2 and type = ?3 and slug = ?4 and deleted_at is null",
);

/// The entry that has this slug (`entries_organization_id_site_id_type_slug_key`).
pub fn slug_owner(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    content_type: &str,
    slug: &Slug,
) -> Result<Option<EntryId>, DbError> {
    conn.optional(SLUG_OWNER.of(tenant, (site, content_type, slug)), |row| row.get(0))
}

const ADDRESS_OWNER: TenantSql = TenantSql::new(
    "select entry_id from views
     where organization_id = ?1 and site_id = ?2 and type = ?3 and locale = ?4 and slug = ?5",
);

/// The entry that visitors see under this slug in this language (`views_organization_id_site_id_type_locale_slug_key`).
pub fn address_owner(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    content_type: &str,
    locale: &Locale,
    slug: &Slug,
) -> Result<Option<EntryId>, DbError> {
    conn.optional(ADDRESS_OWNER.of(tenant, (site, content_type, locale, slug)), |row| row.get(0))
}

const SLUGS: TenantSql = TenantSql::new(
    "select id, type, slug from entries where organization_id = ?1 and site_id = ?2 and deleted_at is null",
);

/// Looks at what each entry of a site is called, with its type. Scans.
pub fn each_slug(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    mut look: impl FnMut(EntryId, &str, &Slug),
) -> Result<(), DbError> {
    let seen = conn.list(SLUGS.of(tenant, (site,)), |row| {
        look(row.get(0)?, &row.get::<String>(1)?, &row.get::<Slug>(2)?);
        Ok(())
    });
    seen.map(drop)
}

const ADDRESSES: TenantSql =
    TenantSql::new("select entry_id, type, locale, slug from views where organization_id = ?1 and site_id = ?2");

/// Looks at the name under which visitors see each entry of a site in each language, with its type. Scans.
pub fn each_address(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    mut look: impl FnMut(EntryId, &str, &Locale, &Slug),
) -> Result<(), DbError> {
    let seen = conn.list(ADDRESSES.of(tenant, (site,)), |row| {
        look(row.get(0)?, &row.get::<String>(1)?, &row.get::<Locale>(2)?, &row.get::<Slug>(3)?);
        Ok(())
    });
    seen.map(drop)
}

// An id is nobody's name.
const CLEAR_SLUG: TenantSql =
    TenantSql::new("update entries set slug = id where organization_id = ?1 and id = ?2 and deleted_at is null");

/// Frees the slug of an entry that gets another one in the same transaction.
pub fn clear_slug(tx: &Tx, tenant: &impl Tenant, entry: EntryId) -> Result<(), DbError> {
    tx.execute(CLEAR_SLUG.of(tenant, (entry,))).map(drop)
}

const NAME_REVISION: TenantSql =
    TenantSql::new("update revisions set slug = ?4 where organization_id = ?1 and entry_id = ?2 and number = ?3");

/// Writes what an entry was called at a revision.
pub fn name_revision(tx: &Tx, tenant: &impl Tenant, entry: EntryId, number: u32, slug: &Slug) -> Result<(), DbError> {
    tx.execute(NAME_REVISION.of(tenant, (entry, number, slug))).map(drop)
}

const WITHDRAWN: TenantSql = TenantSql::new("select withdrawn from entries where organization_id = ?1 and id = ?2");

/// What visitors saw of an entry before it was put aside.
pub fn withdrawn(conn: &Conn, tenant: &impl Tenant, entry: EntryId) -> Result<BTreeMap<Locale, u32>, DbError> {
    let found = conn.optional(WITHDRAWN.of(tenant, (entry,)), |row| row.get::<Option<Json<_>>>(0))?;
    Ok(found.flatten().map(|Json(shown)| shown).unwrap_or_default())
}

const SET_WITHDRAWN: TenantSql = TenantSql::new(
    "update entries set withdrawn = ?3 where organization_id = ?1 and id = ?2 and archived_at is not null",
);

/// Writes what visitors saw of an entry that is put aside.
pub fn set_withdrawn(
    tx: &Tx,
    tenant: &impl Tenant,
    entry: EntryId,
    shown: &BTreeMap<Locale, u32>,
) -> Result<(), DbError> {
    tx.execute(SET_WITHDRAWN.of(tenant, (entry, Json(shown)))).map(drop)
}

const OWN_VALUES: TenantSql = TenantSql::new(
    "select field, since, author_name from brand_overrides where organization_id = ?1 and entry_id = ?2",
);

/// Since when an entry has had values of its own (`brand_overrides_entry_index`).
pub fn own_values(conn: &Conn, tenant: &impl Tenant, entry: EntryId) -> Result<BTreeMap<String, OwnSince>, DbError> {
    let found = conn.list(OWN_VALUES.of(tenant, (entry,)), |row| {
        Ok((row.get(0)?, OwnSince { since: row.get(1)?, author: row.get(2)? }))
    })?;
    Ok(found.into_iter().collect())
}

const DATE_OWN_VALUE: TenantSql = TenantSql::new(
    "update brand_overrides set since = ?4, author_name = ?5
     where organization_id = ?1 and entry_id = ?2 and field = ?3",
);

/// Writes since when an entry has had a value of its own.
pub fn date_own_value(
    tx: &Tx,
    tenant: &impl Tenant,
    entry: EntryId,
    field: &str,
    own: &OwnSince,
) -> Result<(), DbError> {
    tx.execute(DATE_OWN_VALUE.of(tenant, (entry, field, own.since, &own.author))).map(drop)
}
