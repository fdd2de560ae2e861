//! The read model: one composed document per published entry and language.

use std::collections::BTreeSet;

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Filter, Json, Row, Tenant, TenantSql, ToValue, Tx, Value},
    words::{EntryId, Locale, SiteId, Slug},
};

use super::{
    super::{
        public::View,
        publishing::Composed,
        validity::{self, Window},
    },
    changes, values,
};
use crate::sites::MOST_FALLBACKS;

const PUT: TenantSql = TenantSql::new(
    "insert into views (organization_id, site_id, entry_id, locale, type, slug, sort_order, document, revision, published_at,
        visible_from, visible_until, fallback_fields)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
     on conflict (organization_id, site_id, entry_id, locale) do update
     set slug = excluded.slug, sort_order = excluded.sort_order, document = excluded.document,
        revision = excluded.revision, published_at = excluded.published_at, visible_from = excluded.visible_from,
        visible_until = excluded.visible_until, fallback_fields = excluded.fallback_fields
     where views.document <> excluded.document or views.slug <> excluded.slug or views.revision <> excluded.revision
        or views.sort_order <> excluded.sort_order or views.published_at <> excluded.published_at
        or views.fallback_fields <> excluded.fallback_fields
        or coalesce(views.visible_from, '') <> coalesce(excluded.visible_from, '')
        or coalesce(views.visible_until, '') <> coalesce(excluded.visible_until, '')",
);

/// Writes what visitors see of an entry in one language, what lists find it by, and that it has changed, if it has. Another
/// entry's view with the same address refuses it.
pub fn put_view(tx: &Tx, tenant: &impl Tenant, view: &Composed<'_>, window: Window) -> Result<(), DbError> {
    let row = (
        view.site,
        view.entry,
        view.locale,
        view.content_type,
        view.slug,
        view.order,
        &view.document,
        view.revision,
        view.published_at,
        window.from,
        window.until,
        Json(&view.stand_ins),
    );
    let is_changed = tx.execute(PUT.of(tenant, row))? > 0;
    values::put(tx, tenant, view)?;
    if is_changed {
        changes::note_upsert(tx, tenant, view);
    }
    Ok(())
}

// An id is nobody's address.
const CLEAR_ADDRESS: TenantSql = TenantSql::new(
    "update views set slug = entry_id where organization_id = ?1 and site_id = ?2 and entry_id = ?3 and locale = ?4",
);

/// Frees the address of a view that is written anew in the same transaction.
pub fn clear_address(
    tx: &Tx,
    tenant: &impl Tenant,
    site: SiteId,
    entry: EntryId,
    locale: &Locale,
) -> Result<(), DbError> {
    tx.execute(CLEAR_ADDRESS.of(tenant, (site, entry, locale))).map(drop)
}

const DELETE: TenantSql = TenantSql::new(
    "delete from views where organization_id = ?1 and site_id = ?2 and entry_id = ?3 and locale = ?4
     returning type, slug, revision",
);

/// Takes an entry from the visitors of one language.
pub fn delete_view(
    tx: &Tx,
    tenant: &impl Tenant,
    site: SiteId,
    entry: EntryId,
    locale: &Locale,
) -> Result<(), DbError> {
    tx.execute(DELETE_BOUNDARIES.of(tenant, (entry, locale)))?;
    let gone = tx.optional(DELETE.of(tenant, (site, entry, locale)), |row| {
        Ok((row.get::<String>(0)?, row.get::<Slug>(1)?, row.get::<u32>(2)?))
    })?;
    values::delete(tx, tenant, entry, locale)?;
    if let Some((content_type, slug, revision)) = gone {
        changes::note_delete(tx, tenant, (site, entry, locale), &content_type, &slug, revision);
    }
    Ok(())
}

const DELETE_BOUNDARIES: TenantSql =
    TenantSql::new("delete from view_boundaries where organization_id = ?1 and entry_id = ?2 and locale = ?3");
const PUT_BOUNDARY: TenantSql = TenantSql::new(
    "insert into view_boundaries (organization_id, entry_id, locale, at, site_id) values (?1, ?2, ?3, ?4, ?5)",
);

/// Notes at which instants what visitors see of a view changes by itself, instead of those noted before.
pub fn put_boundaries(
    tx: &Tx,
    tenant: &impl Tenant,
    view: &Composed<'_>,
    boundaries: &BTreeSet<Timestamp>,
) -> Result<(), DbError> {
    tx.execute(DELETE_BOUNDARIES.of(tenant, (view.entry, view.locale)))?;
    for at in boundaries {
        tx.execute(PUT_BOUNDARY.of(tenant, (view.entry, view.locale, *at, view.site)))?;
    }
    Ok(())
}

const NEXT_BOUNDARY: TenantSql =
    TenantSql::new("select min(at) from view_boundaries where organization_id = ?1 and site_id = ?2 and at > ?3");

/// When, after this instant, something of a site's views changes by itself (`view_boundaries_site_index`).
pub fn next_boundary(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    after: Timestamp,
) -> Result<Option<Timestamp>, DbError> {
    conn.one(NEXT_BOUNDARY.of(tenant, (site, after)), |row| row.get(0))
}

macro_rules! select {
    () => {
        "select entry_id, type, locale, slug, sort_order, document, revision, published_at, fallback_fields from views"
    };
}

/// The views of language ?4 that are shown at ?5. A window belongs to the entry: it is the same in all of its languages.
macro_rules! in_one {
    () => {
        " where organization_id = ?1 and site_id = ?2 and type = ?3 and locale = ?4
            and (visible_from is null or visible_from <= ?5) and (visible_until is null or visible_until > ?5)"
    };
}

/// The best language of each entry that is shown at ?7: ?4, else ?5, else ?6. With fewer languages the last is given again.
macro_rules! best_of_chain {
    () => {
        " where organization_id = ?1 and site_id = ?2 and type = ?3
            and (locale = ?4
                or (locale = ?5 and not exists (
                    select 1 from views as better
                    where better.organization_id = ?1 and better.site_id = ?2 and better.entry_id = views.entry_id
                        and better.locale = ?4))
                or (locale = ?6 and not exists (
                    select 1 from views as better
                    where better.organization_id = ?1 and better.site_id = ?2 and better.entry_id = views.entry_id
                        and better.locale in (?4, ?5))))
            and (visible_from is null or visible_from <= ?7) and (visible_until is null or visible_until > ?7)"
    };
}

/// [`best_of_chain`] for a longer chain: ?4 to ?11, best first, shown at ?12. With fewer languages the last is given again.
macro_rules! best_of_long_chain {
    () => {
        " where organization_id = ?1 and site_id = ?2 and type = ?3
            and locale in (?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            and not exists (
                select 1 from views as better
                where better.organization_id = ?1 and better.site_id = ?2 and better.entry_id = views.entry_id
                    and better.locale in (?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                    and case better.locale when ?4 then 1 when ?5 then 2 when ?6 then 3 when ?7 then 4 when ?8 then 5
                            when ?9 then 6 when ?10 then 7 else 8 end
                        < case views.locale when ?4 then 1 when ?5 then 2 when ?6 then 3 when ?7 then 4 when ?8 then 5
                            when ?9 then 6 when ?10 then 7 else 8 end)
            and (visible_from is null or visible_from <= ?12) and (visible_until is null or visible_until > ?12)"
    };
}

const LIST: TenantSql =
    TenantSql::new(concat!(select!(), in_one!(), " order by sort_order, entry_id limit ?6 offset ?7"));
const COUNT: TenantSql = TenantSql::new(concat!("select count(*) from views", in_one!()));
const LIST_CHAINED: TenantSql =
    TenantSql::new(concat!(select!(), best_of_chain!(), " order by sort_order, entry_id limit ?8 offset ?9"));
const COUNT_CHAINED: TenantSql = TenantSql::new(concat!("select count(*) from views", best_of_chain!()));

const LIST_LONG: TenantSql =
    TenantSql::new(concat!(select!(), best_of_long_chain!(), " order by sort_order, entry_id limit ?13 offset ?14"));
const COUNT_LONG: TenantSql = TenantSql::new(concat!("select count(*) from views", best_of_long_chain!()));

/// One page of a type's views that are shown at an instant, in their order, each entry in the first language of the chain
/// that it is published in, with how many there are (`views_shown_index`).
#[expect(clippy::too_many_arguments, reason = "a page of a list is named by that many things")]
pub fn views(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    content_type: &str,
    chain: &[Locale],
    at: Timestamp,
    limit: i64,
    offset: i64,
) -> Result<(u64, Vec<View>), DbError> {
    let count = |row: &Row| row.get::<i64>(0).map(i64::unsigned_abs);
    match chain {
        [] => Ok((0, Vec::new())),
        [only] => {
            let number = conn.one(COUNT.of(tenant, (site, content_type, only, at)), count)?;
            let bound = LIST.of(tenant, (site, content_type, only, at, limit, offset));
            Ok((number, conn.list(bound, |row| shown(row, at))?))
        }
        [_, _, _, _, ..] => {
            let mut parameters = with_chain(vec![site.to_value(), content_type.to_value()], chain);
            parameters.push(at.to_value());
            let number = conn.one(COUNT_LONG.of(tenant, parameters.clone()), count)?;
            parameters.extend([limit.to_value(), offset.to_value()]);
            Ok((number, conn.list(LIST_LONG.of(tenant, parameters), |row| shown(row, at))?))
        }
        [first, second, rest @ ..] => {
            let third = rest.first().unwrap_or(second);
            let number = conn.one(COUNT_CHAINED.of(tenant, (site, content_type, first, second, third, at)), count)?;
            let bound = LIST_CHAINED.of(tenant, (site, content_type, first, second, third, at, limit, offset));
            Ok((number, conn.list(bound, |row| shown(row, at))?))
        }
    }
}

/// Parameters, and behind them the chain's languages, the last of them again where there are fewer than eight.
fn with_chain(mut parameters: Vec<Value>, chain: &[Locale]) -> Vec<Value> {
    for place in 0..=MOST_FALLBACKS {
        parameters.extend(chain.get(place).or(chain.last()).map(ToValue::to_value));
    }
    parameters
}

const BY_SLUG: TenantSql = TenantSql::new(concat!(
    select!(),
    " where organization_id = ?1 and site_id = ?2 and locale in (?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) and entry_id in (
        select named.entry_id from views as named
        where named.organization_id = ?1 and named.site_id = ?2 and named.type = ?3 and named.slug = ?4
            and named.locale in (?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12))
         and (visible_from is null or visible_from <= ?13) and (visible_until is null or visible_until > ?13)"
));

/// The views that are shown at an instant, in the chain's languages, of the entries that one of these languages knows by this slug
/// (`views_organization_id_site_id_type_locale_slug_key`).
pub fn views_by_slug(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    content_type: &str,
    slug: &Slug,
    chain: &[Locale],
    at: Timestamp,
) -> Result<Vec<View>, DbError> {
    if chain.is_empty() {
        return Ok(Vec::new());
    }
    let mut parameters = with_chain(vec![site.to_value(), content_type.to_value(), slug.to_value()], chain);
    parameters.push(at.to_value());
    conn.list(BY_SLUG.of(tenant, parameters), |row| shown(row, at))
}

/// The views of these entries in these languages, whenever they are shown.
pub fn views_by_ids(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    ids: &[EntryId],
    locales: &[Locale],
) -> Result<Vec<View>, DbError> {
    let filter = Filter::of(tenant, "views").and("site_id = ?", site).and_in("entry_id", ids).and_in("locale", locales);
    conn.list(filter.statement(select!(), "", ()), view)
}

/// The views of these entries in these languages that are shown at an instant.
pub fn shown_by_ids(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    ids: &[EntryId],
    locales: &[Locale],
    at: Timestamp,
) -> Result<Vec<View>, DbError> {
    let filter = Filter::of(tenant, "views")
        .and("site_id = ?", site)
        .and_in("entry_id", ids)
        .and_in("locale", locales)
        .and("(visible_from is null or visible_from <= ?)", at)
        .and("(visible_until is null or visible_until > ?)", at);
    conn.list(filter.statement(select!(), "", ()), |row| shown(row, at))
}

/// A view without the sections that are not shown at this instant.
fn shown(row: &Row, at: Timestamp) -> Result<View, DbError> {
    let mut view = view(row)?;
    validity::keep_shown(&mut view.document, at);
    Ok(view)
}

fn view(row: &Row) -> Result<View, DbError> {
    Ok(View {
        entry_id: row.get(0)?,
        content_type: row.get(1)?,
        locale: row.get(2)?,
        slug: row.get(3)?,
        order: row.get(4)?,
        document: row.get::<Json<_>>(5)?.0,
        revision: row.get(6)?,
        published_at: row.get(7)?,
        fallback_fields: row.get::<Json<_>>(8)?.0,
    })
}
