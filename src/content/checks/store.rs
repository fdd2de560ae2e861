//! SQL of the checks.

use ground::{
    db::{Conn, DbError, Filter, Json, Tenant, TenantSql, Tx},
    words::{EntryId, SiteId},
};
use serde_json::{Map, Value};

use super::{Checked, Ending, Finding, Level, Levels, Report, Subject};

const LEVELS: TenantSql = TenantSql::new("select rule, level from check_levels where organization_id = ?1");

/// What the organization says of rules.
pub fn levels(conn: &Conn, tenant: &impl Tenant) -> Result<Levels, DbError> {
    let rows = conn.list(LEVELS.of(tenant, ()), |row| {
        let level: String = row.get(1)?;
        let level = Level::named(&level).ok_or_else(|| DbError::Decode(format!("`{level}` is no level of a rule")))?;
        Ok((row.get(0)?, level))
    })?;
    Ok(Levels(rows.into_iter().collect()))
}

const FORGET_LEVELS: TenantSql = TenantSql::new("delete from check_levels where organization_id = ?1");
const PUT_LEVEL: TenantSql =
    TenantSql::new("insert into check_levels (organization_id, rule, level, updated_at) values (?1, ?2, ?3, ?4)");

/// Keeps what the organization says of rules, and nothing else.
pub fn put_levels(tx: &Tx, tenant: &impl Tenant, levels: &Levels) -> Result<(), DbError> {
    tx.execute(FORGET_LEVELS.of(tenant, ()))?;
    for (rule, level) in &levels.0 {
        tx.execute(PUT_LEVEL.of(tenant, (rule, level.as_str(), tx.now())))?;
    }
    Ok(())
}

const PUT: TenantSql = TenantSql::new(
    "insert into entry_checks (organization_id, entry_id, site_id, findings, endings, checked_at)
     values (?1, ?2, ?3, ?4, ?5, ?6)
     on conflict (organization_id, entry_id) do update
     set findings = excluded.findings, endings = excluded.endings, checked_at = excluded.checked_at",
);
const FORGET: TenantSql = TenantSql::new("delete from entry_checks where organization_id = ?1 and entry_id = ?2");

/// Keeps what the checks say of what is published of an entry. Of most they say nothing, and there is no row.
pub fn put(tx: &Tx, tenant: &impl Tenant, site: SiteId, entry: EntryId, report: &Report) -> Result<(), DbError> {
    let bound = if report.findings.is_empty() && report.endings.is_empty() {
        FORGET.of(tenant, (entry,))
    } else {
        PUT.of(tenant, (entry, site, Json(&report.findings), Json(&report.endings), tx.now()))
    };
    tx.execute(bound).map(drop)
}

const FINDINGS: TenantSql =
    TenantSql::new("select findings from entry_checks where organization_id = ?1 and entry_id = ?2");

/// What is wrong with what is published of an entry.
pub fn findings(conn: &Conn, tenant: &impl Tenant, entry: EntryId) -> Result<Vec<Finding>, DbError> {
    let found = conn.optional(FINDINGS.of(tenant, (entry,)), |row| row.get::<Json<Vec<Finding>>>(0))?;
    Ok(found.map(|Json(findings)| findings).unwrap_or_default())
}

const OF_SITE: TenantSql = TenantSql::new(
    "select entries.id, entries.type, entries.title, entry_checks.findings, entry_checks.endings, entry_checks.checked_at
     from entry_checks
     join entries
       on entries.organization_id = entry_checks.organization_id and entries.id = entry_checks.entry_id
     where entry_checks.organization_id = ?1 and entry_checks.site_id = ?2
         and exists (select 1 from publications where publications.organization_id = ?1
             and publications.entry_id = entry_checks.entry_id)
     order by entries.type, entries.sort_order, entries.id",
);

/// What the checks say of what is published on a site (`entry_checks_site_index`).
pub fn of_site(conn: &Conn, tenant: &impl Tenant, site: SiteId) -> Result<Vec<(Checked, Vec<Ending>)>, DbError> {
    conn.list(OF_SITE.of(tenant, (site,)), |row| {
        let checked = Checked {
            entry: row.get(0)?,
            content_type: row.get(1)?,
            title: row.get(2)?,
            findings: row.get::<Json<_>>(3)?.0,
            checked_at: row.get(5)?,
        };
        Ok((checked, row.get::<Json<_>>(4)?.0))
    })
}

const FACTS: TenantSql = TenantSql::new(
    "select coalesce((select revisions.document from publications
            join revisions
              on revisions.organization_id = publications.organization_id
                and revisions.entry_id = publications.entry_id and revisions.number = publications.revision
            where publications.organization_id = ?1 and publications.entry_id = entries.id
            order by publications.revision desc limit 1), entries.document)
     from entries
     where entries.organization_id = ?1 and entries.site_id = ?2 and entries.type = ?3
         and entries.deleted_at is null and entries.archived_at is null
         and (entries.id = ?4
             or cast(?4 as text) is null and (
                 exists (select 1 from views where views.organization_id = ?1 and views.site_id = ?2
                     and views.entry_id = entries.id)
                 or not exists (select 1 from views where views.organization_id = ?1 and views.site_id = ?2
                     and views.type = ?3)))
     order by entries.id limit ?5",
);

/// The facts that entries of a type have of their own: of the one that is named; where none is, of all that visitors see, or
/// of the drafts where they see none (`views_list_index`). Nothing where there are more than `most`.
pub fn facts(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    content_type: &str,
    entry: Option<EntryId>,
    most: usize,
) -> Result<Vec<Map<String, Value>>, DbError> {
    let limit = i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1);
    let found = conn.list(FACTS.of(tenant, (site, content_type, entry, limit)), |row| row.get::<Json<_>>(0))?;
    let documents: Vec<_> = found.into_iter().map(|Json(document)| document).collect();
    Ok(if documents.len() > most { Vec::new() } else { documents })
}

/// Those of the entries that visitors see.
pub fn seen(conn: &Conn, tenant: &impl Tenant, site: SiteId, ids: &[EntryId]) -> Result<Vec<EntryId>, DbError> {
    let filter = Filter::of(tenant, "views").and("site_id = ?", site).and_in("entry_id", ids);
    conn.list(filter.statement("select distinct entry_id from views", "", ()), |row| row.get(0))
}

const IS_UNPUBLISHED: TenantSql = TenantSql::new(
    "select 1 from entries
     where entries.organization_id = ?1 and entries.site_id = ?2 and entries.type = ?3 and entries.slug = ?4
         and entries.deleted_at is null
         and not exists (select 1 from views where views.organization_id = ?1 and views.site_id = ?2
             and views.type = ?3 and views.slug = ?4)",
);

/// Whether there is an entry of this address that visitors do not see (`entries_organization_id_site_id_type_slug_key`).
pub fn is_unpublished(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    content_type: &str,
    slug: &str,
) -> Result<bool, DbError> {
    conn.optional(IS_UNPUBLISHED.of(tenant, (site, content_type, slug)), |_| Ok(())).map(|found| found.is_some())
}

const OTHER_THAT_SAYS_YES: TenantSql = TenantSql::new(
    "select entries.title from views
     join view_values
       on view_values.organization_id = views.organization_id and view_values.entry_id = views.entry_id
         and view_values.locale = views.locale and view_values.field = ?4 and view_values.value = ?5
     join entries on entries.organization_id = views.organization_id and entries.id = views.entry_id
     where views.organization_id = ?1 and views.site_id = ?2 and views.type = ?3 and views.entry_id <> ?6
     order by entries.sort_order, entries.id limit 1",
);

/// Another entry of the type that says yes to a field in what visitors see (`view_values_entry_index`).
pub fn other_that_says_yes(
    conn: &Conn,
    tenant: &impl Tenant,
    subject: &Subject<'_>,
    field: &str,
) -> Result<Option<String>, DbError> {
    let yes = b"true".as_slice();
    let asked = (subject.site, subject.content_type, field, yes, subject.entry);
    conn.optional(OTHER_THAT_SAYS_YES.of(tenant, asked), |row| row.get(0))
}
