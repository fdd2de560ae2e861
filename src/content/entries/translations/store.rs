//! SQL of translations: what revisions note, and the counts.

use ground::{
    db::{Conn, DbError, Filter, Json, Row, Tenant, TenantSql, Tx},
    words::{EntryId, Locale, SiteId},
};

use super::{super::Entry, Completeness, Counts, Lack, States, TranslatedEntry, Wish};

const STATES: TenantSql =
    TenantSql::new("select translations from revisions where organization_id = ?1 and entry_id = ?2 and number = ?3");

/// What a revision's translations rest on; nothing is noted where it is what stands beside them.
pub fn states(conn: &Conn, tenant: &impl Tenant, entry: EntryId, revision: u32) -> Result<States, DbError> {
    let found = conn.optional(STATES.of(tenant, (entry, revision)), |row| row.get::<Option<Json<States>>>(0))?;
    Ok(found.flatten().map(|json| json.0).unwrap_or_default())
}

const PUT_STATES: TenantSql = TenantSql::new(
    "update revisions set translations = ?4 where organization_id = ?1 and entry_id = ?2 and number = ?3",
);

/// Notes what a revision's translations rest on.
pub fn put_states(
    tx: &Tx,
    tenant: &impl Tenant,
    entry: EntryId,
    revision: u32,
    states: &States,
) -> Result<(), DbError> {
    let noted = (!states.is_empty()).then_some(Json(states));
    tx.execute(PUT_STATES.of(tenant, (entry, revision, noted))).map(|_| ())
}

const PUT_COUNTS: TenantSql = TenantSql::new(
    "insert into translations (organization_id, site_id, entry_id, locale, type, filled, missing, empty, stale, is_deleted)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0)
     on conflict (organization_id, entry_id, locale) do update
     set filled = excluded.filled, missing = excluded.missing, empty = excluded.empty, stale = excluded.stale,
        is_deleted = 0",
);

/// Writes how far an entry is in a language.
pub fn put_counts(
    tx: &Tx,
    tenant: &impl Tenant,
    entry: &Entry,
    locale: &Locale,
    counts: Counts,
) -> Result<(), DbError> {
    let Counts { filled, missing, empty, stale } = counts;
    let row = (entry.site_id, entry.id, locale, &entry.content_type, filled, missing, empty, stale);
    tx.execute(PUT_COUNTS.of(tenant, row)).map(|_| ())
}

const SET_DELETED: TenantSql =
    TenantSql::new("update translations set is_deleted = ?3 where organization_id = ?1 and entry_id = ?2");

/// Leaves an entry of the bin out of every count, or counts it again.
pub fn set_deleted(tx: &Tx, tenant: &impl Tenant, entry: EntryId, is_deleted: bool) -> Result<(), DbError> {
    tx.execute(SET_DELETED.of(tenant, (entry, i64::from(is_deleted)))).map(|_| ())
}

const FORGET: TenantSql = TenantSql::new("delete from translations where organization_id = ?1 and entry_id = ?2");

/// Forgets the counts of an entry: its site has other languages now.
pub fn forget_counts(tx: &Tx, tenant: &impl Tenant, entry: EntryId) -> Result<(), DbError> {
    tx.execute(FORGET.of(tenant, (entry,))).map(|_| ())
}

// PostgreSQL's sum of integers is a decimal.
const TABLE: TenantSql = TenantSql::new(
    "select type, locale, count(*), cast(sum(filled) as bigint), cast(sum(missing) as bigint), cast(sum(empty) as bigint),
        cast(sum(stale) as bigint), cast(sum(case when stale > 0 then 1 else 0 end) as bigint)
     from translations
     where organization_id = ?1 and site_id = ?2 and is_deleted = 0
     group by type, locale
     order by type, locale",
);
const PUBLISHED: TenantSql = TenantSql::new(
    "select type, locale, count(*) from views where organization_id = ?1 and site_id = ?2 group by type, locale",
);

/// How far each type of a site is in each language (`translations_table_index`, `views_list_index`).
pub fn table(conn: &Conn, tenant: &impl Tenant, site: SiteId) -> Result<Vec<Completeness>, DbError> {
    let mut rows = conn.list(TABLE.of(tenant, (site,)), |row| {
        Ok(Completeness {
            content_type: row.get(0)?,
            locale: row.get(1)?,
            entries: row.get(2)?,
            published: 0,
            stale_entries: row.get(7)?,
            texts: Counts { filled: row.get(3)?, missing: row.get(4)?, empty: row.get(5)?, stale: row.get(6)? },
        })
    })?;
    let published = conn.list(PUBLISHED.of(tenant, (site,)), |row| {
        Ok((row.get::<String>(0)?, row.get::<Locale>(1)?, row.get::<i64>(2)?))
    })?;
    for (content_type, locale, number) in published {
        let same = |row: &&mut Completeness| row.content_type == content_type && row.locale == locale;
        if let Some(row) = rows.iter_mut().find(same) {
            row.published = number;
        }
    }
    Ok(rows)
}

/// One page of a site's entries with how far they are, with how many there are.
pub fn list(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    wish: &Wish,
    limit: i64,
    offset: i64,
) -> Result<(u64, Vec<TranslatedEntry>), DbError> {
    let filter = Filter::of(tenant, "translations")
        .and("translations.site_id = ?", site)
        .and_that("translations.is_deleted = 0")
        .and_some("translations.locale = ?", wish.locale.as_ref())
        .and_some("translations.type = ?", wish.content_type.as_deref());
    let filter = match wish.state {
        None => filter,
        Some(Lack::Missing) => filter.and_that("translations.missing > 0"),
        Some(Lack::Empty) => filter.and_that("translations.empty > 0"),
        Some(Lack::Stale) => filter.and_that("translations.stale > 0"),
        Some(Lack::Any) => filter.and_that("translations.missing + translations.empty + translations.stale > 0"),
    };
    let count = filter.clone().statement("select count(*) from translations", "", ());
    let count = conn.one(count, |row| row.get::<i64>(0))?;
    let select = "select entries.id, entries.type, entries.slug, entries.title, entries.revision, translations.locale,
            translations.filled, translations.missing, translations.empty, translations.stale
         from translations
         join entries on entries.organization_id = translations.organization_id and entries.id = translations.entry_id";
    let order = "order by translations.type, translations.entry_id, translations.locale limit ? offset ?";
    let found = conn.list(filter.statement(select, order, (limit, offset)), translated)?;
    Ok((count.unsigned_abs(), found))
}

fn translated(row: &Row) -> Result<TranslatedEntry, DbError> {
    Ok(TranslatedEntry {
        id: row.get(0)?,
        content_type: row.get(1)?,
        slug: row.get(2)?,
        title: row.get(3)?,
        revision: row.get(4)?,
        locale: row.get(5)?,
        texts: Counts { filled: row.get(6)?, missing: row.get(7)?, empty: row.get(8)?, stale: row.get(9)? },
    })
}
