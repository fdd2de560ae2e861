//! SQL of what is published of redirects.

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Filter, Row, Tenant, TenantSql, Tx},
    words::{EntryId, SiteId},
};

use super::{
    paths::{with_those_above, without_query},
    rules::Rule,
};

const PUT: TenantSql = TenantSql::new(
    "insert into redirects (organization_id, site_id, entry_id, from_path, is_prefix, to_path, target, status)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
     on conflict (organization_id, site_id, entry_id) do update
     set from_path = excluded.from_path, is_prefix = excluded.is_prefix, to_path = excluded.to_path,
        target = excluded.target, status = excluded.status",
);

/// Writes a published redirect.
pub fn put(
    tx: &Tx,
    tenant: &impl Tenant,
    site: SiteId,
    entry: EntryId,
    rule: &Rule,
    to_path: &str,
) -> Result<(), DbError> {
    let row = (site, entry, &rule.from, rule.is_prefix, to_path, &rule.target, u32::from(rule.status));
    tx.execute(PUT.of(tenant, row)).map(|_| ())
}

const DELETE: TenantSql =
    TenantSql::new("delete from redirects where organization_id = ?1 and site_id = ?2 and entry_id = ?3");

/// Removes it.
pub fn delete(tx: &Tx, tenant: &impl Tenant, site: SiteId, entry: EntryId) -> Result<(), DbError> {
    tx.execute(DELETE.of(tenant, (site, entry))).map(|_| ())
}

const SAME: TenantSql = TenantSql::new(
    "select from_path, target from redirects
     where organization_id = ?1 and site_id = ?2 and from_path = ?3 and is_prefix = ?4 and entry_id <> ?5",
);

/// Another redirect from the same address: its old and its new address.
pub fn same(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    entry: EntryId,
    rule: &Rule,
) -> Result<Option<(String, String)>, DbError> {
    conn.optional(SAME.of(tenant, (site, &rule.from, rule.is_prefix, entry)), pair)
}

const LEADING: TenantSql = TenantSql::new(
    "select from_path from redirects
     where organization_id = ?1 and site_id = ?2 and entry_id <> ?3 and (to_path = ?4 or to_path = ?5)
     order by from_path limit 1",
);
const LEADING_BELOW: TenantSql = TenantSql::new(
    "select from_path from redirects
     where organization_id = ?1 and site_id = ?2 and entry_id <> ?3
        and (to_path = ?4 or (to_path >= ?5 and to_path < ?6))
     order by from_path limit 1",
);

/// The old address of another redirect that leads to what this one covers (`redirects_to_path_index`).
pub fn leading_to(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    entry: EntryId,
    rule: &Rule,
) -> Result<Option<String>, DbError> {
    let from = |row: &Row| row.get::<String>(0);
    if !rule.is_prefix {
        return conn.optional(LEADING.of(tenant, (site, entry, &rule.from, &rule.from)), from);
    }
    let base = rule.from.trim_end_matches('/');
    // Everything that begins with `base/`: `0` is the sign behind `/`.
    let (first, end) = (format!("{base}/"), format!("{base}0"));
    conn.optional(LEADING_BELOW.of(tenant, (site, entry, &rule.from, first, end)), from)
}

const EXACT: TenantSql = TenantSql::new(
    "select entry_id from redirects
     where organization_id = ?1 and site_id = ?2 and from_path = ?3 and is_prefix = 0",
);

/// The redirect from exactly this path.
pub fn exact(conn: &Conn, tenant: &impl Tenant, site: SiteId, path: &str) -> Result<Option<EntryId>, DbError> {
    conn.optional(EXACT.of(tenant, (site, path)), |row| row.get(0))
}

const TO: TenantSql = TenantSql::new(
    "select entry_id from redirects where organization_id = ?1 and site_id = ?2 and to_path = ?3 order by entry_id",
);

/// The redirects that lead to this path (`redirects_to_path_index`).
pub fn to(conn: &Conn, tenant: &impl Tenant, site: SiteId, path: &str) -> Result<Vec<EntryId>, DbError> {
    conn.list(TO.of(tenant, (site, path)), |row| row.get(0))
}

/// Where another redirect leads from this path: as written, and its path on the site.
pub fn rule_for(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    entry: EntryId,
    path: &str,
) -> Result<Option<(String, String)>, DbError> {
    best(conn, Filter::of(tenant, "redirects").and("site_id = ?", site).and("entry_id <> ?", entry), path)
}

/// [`rule_for`] whatever redirect it is.
pub fn next(conn: &Conn, tenant: &impl Tenant, site: SiteId, path: &str) -> Result<Option<(String, String)>, DbError> {
    best(conn, Filter::of(tenant, "redirects").and("site_id = ?", site), path)
}

/// The exact one before the longest above it, as websites choose.
fn best(conn: &Conn, filter: Filter, path: &str) -> Result<Option<(String, String)>, DbError> {
    let plain = without_query(path);
    let mut paths: Vec<&str> = with_those_above(plain).collect();
    paths.push(path);
    let select = "select from_path, is_prefix, target, to_path from redirects";
    let found = conn.list(filter.and_in("from_path", &paths).statement(select, "", ()), |row| {
        Ok((row.get::<String>(0)?, row.get::<bool>(1)?, row.get::<String>(2)?, row.get::<String>(3)?))
    })?;
    let exact = found.iter().find(|(from, is_prefix, ..)| !is_prefix && (from == path || from == plain));
    let above = found.iter().filter(|(_, is_prefix, ..)| *is_prefix).max_by_key(|(from, ..)| from.len());
    Ok(exact.or(above).map(|(_, _, target, to_path)| (target.clone(), to_path.clone())))
}

/// Those of site ?2 that are shown at ?3.
macro_rules! shown {
    () => {
        " from redirects
     where organization_id = ?1 and site_id = ?2 and exists (
        select 1 from views
        where views.organization_id = ?1 and views.site_id = ?2 and views.entry_id = redirects.entry_id
            and (visible_from is null or visible_from <= ?3) and (visible_until is null or visible_until > ?3))"
    };
}

const SHOWN: TenantSql = TenantSql::new(concat!(
    "select from_path, is_prefix, target, status",
    shown!(),
    " order by from_path, is_prefix, entry_id limit ?4 offset ?5"
));
const COUNT: TenantSql = TenantSql::new(concat!("select count(*)", shown!()));

/// How many redirects of a site are shown at this instant.
pub fn count(conn: &Conn, tenant: &impl Tenant, site: SiteId, at: Timestamp) -> Result<u64, DbError> {
    conn.one(COUNT.of(tenant, (site, at)), |row| row.get::<i64>(0)).map(i64::unsigned_abs)
}

/// The redirects of a site that are shown at this instant, by their old address: so many, after leaving out others.
pub fn shown(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    at: Timestamp,
    (limit, offset): (i64, i64),
) -> Result<Vec<Rule>, DbError> {
    conn.list(SHOWN.of(tenant, (site, at, limit, offset)), |row| {
        Ok(Rule {
            from: row.get(0)?,
            is_prefix: row.get(1)?,
            target: row.get(2)?,
            status: u16::try_from(row.get::<u32>(3)?).unwrap_or(301),
            is_automatic: false,
        })
    })
}

fn pair(row: &Row) -> Result<(String, String), DbError> {
    Ok((row.get(0)?, row.get(1)?))
}
