//! The read model: one composed document per published entry and language.

use ground::{
    db::{Conn, DbError, Filter, Json, Row, Tenant, TenantSql, ToValue, Tx, Value},
    words::{EntryId, Locale, SiteId, Slug},
};

use super::super::{public::View, publishing::Composed};
use crate::sites::MOST_FALLBACKS;

const PUT: TenantSql = TenantSql::new(
    "insert into views (organization_id, site_id, entry_id, locale, type, slug, sort_order, document, revision, published_at)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
     on conflict (organization_id, site_id, entry_id, locale) do update
     set slug = excluded.slug, sort_order = excluded.sort_order, document = excluded.document,
        revision = excluded.revision, published_at = excluded.published_at",
);

/// Writes what visitors see of an entry in one language. Another entry's view with the same address refuses it.
pub fn put_view(tx: &Tx, tenant: &impl Tenant, view: &Composed<'_>) -> Result<(), DbError> {
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
    );
    tx.execute(PUT.of(tenant, row)).map(|_| ())
}

const DELETE: TenantSql =
    TenantSql::new("delete from views where organization_id = ?1 and site_id = ?2 and entry_id = ?3 and locale = ?4");

/// Takes an entry from the visitors of one language.
pub fn delete_view(
    tx: &Tx,
    tenant: &impl Tenant,
    site: SiteId,
    entry: EntryId,
    locale: &Locale,
) -> Result<(), DbError> {
    tx.execute(DELETE.of(tenant, (site, entry, locale))).map(|_| ())
}

macro_rules! select {
    () => {
        "select entry_id, type, locale, slug, sort_order, document, revision, published_at from views"
    };
}

/// The best language of each entry: ?4, else ?5, else ?6. With fewer languages the last is given again.
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
                        and better.locale in (?4, ?5))))"
    };
}

/// [`best_of_chain`] for a longer chain: ?4 to ?11, best first. With fewer languages the last is given again.
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
                            when ?9 then 6 when ?10 then 7 else 8 end)"
    };
}

const LIST: TenantSql = TenantSql::new(concat!(
    select!(),
    " where organization_id = ?1 and site_id = ?2 and type = ?3 and locale = ?4
      order by sort_order, entry_id limit ?5 offset ?6"
));
const COUNT: TenantSql = TenantSql::new(
    "select count(*) from views where organization_id = ?1 and site_id = ?2 and type = ?3 and locale = ?4",
);
const LIST_CHAINED: TenantSql =
    TenantSql::new(concat!(select!(), best_of_chain!(), " order by sort_order, entry_id limit ?7 offset ?8"));
const COUNT_CHAINED: TenantSql = TenantSql::new(concat!("select count(*) from views", best_of_chain!()));

const LIST_LONG: TenantSql =
    TenantSql::new(concat!(select!(), best_of_long_chain!(), " order by sort_order, entry_id limit ?12 offset ?13"));
const COUNT_LONG: TenantSql = TenantSql::new(concat!("select count(*) from views", best_of_long_chain!()));

/// One page of a type's views in their order, each entry in the first language of the chain that it is published in,
/// with how many there are (`views_list_index`).
pub fn views(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    content_type: &str,
    chain: &[Locale],
    limit: i64,
    offset: i64,
) -> Result<(u64, Vec<View>), DbError> {
    let count = |row: &Row| row.get::<i64>(0).map(i64::unsigned_abs);
    match chain {
        [] => Ok((0, Vec::new())),
        [only] => {
            let number = conn.one(COUNT.of(tenant, (site, content_type, only)), count)?;
            Ok((number, conn.list(LIST.of(tenant, (site, content_type, only, limit, offset)), view)?))
        }
        [_, _, _, _, ..] => {
            let mut parameters = with_chain(vec![site.to_value(), content_type.to_value()], chain);
            let number = conn.one(COUNT_LONG.of(tenant, parameters.clone()), count)?;
            parameters.extend([limit.to_value(), offset.to_value()]);
            Ok((number, conn.list(LIST_LONG.of(tenant, parameters), view)?))
        }
        [first, second, rest @ ..] => {
            let third = rest.first().unwrap_or(second);
            let number = conn.one(COUNT_CHAINED.of(tenant, (site, content_type, first, second, third)), count)?;
            let bound = LIST_CHAINED.of(tenant, (site, content_type, first, second, third, limit, offset));
            Ok((number, conn.list(bound, view)?))
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
            and named.locale in (?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12))"
));

/// The views, in the chain's languages, of the entries that one of these languages knows by this slug
/// (`views_organization_id_site_id_type_locale_slug_key`).
pub fn views_by_slug(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    content_type: &str,
    slug: &Slug,
    chain: &[Locale],
) -> Result<Vec<View>, DbError> {
    if chain.is_empty() {
        return Ok(Vec::new());
    }
    let parameters = with_chain(vec![site.to_value(), content_type.to_value(), slug.to_value()], chain);
    conn.list(BY_SLUG.of(tenant, parameters), view)
}

/// The views of these entries in these languages.
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
    })
}
