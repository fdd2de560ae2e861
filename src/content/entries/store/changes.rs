//! The changes feed: what happened last to each view, in the order of commits.

use ground::{
    clock::Timestamp,
    db::{Bound, Conn, DbError, Row, Sql, Tenant, TenantSql, Tx},
    words::{EntryId, Locale, SiteId, Slug},
};
use machinery::events::COMMIT_ORDER;

use super::super::{
    changes::{Change, Op},
    publishing::Composed,
    validity::Window,
};

// What a view did before is nobody's any more: readers who saw it see the newer row, the others need it only.
const FORGET: TenantSql = TenantSql::new(
    "delete from view_changes where organization_id = ?1 and site_id = ?2 and entry_id = ?3 and locale = ?4",
);
const INSERT: TenantSql = TenantSql::new(
    "insert into view_changes (organization_id, site_id, entry_id, locale, type, slug, op, revision, changed_at)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
);

/// Notes that a view is there or another now.
pub fn note_upsert(tx: &Tx, tenant: &impl Tenant, view: &Composed<'_>) {
    let row = (view.site, view.entry, view.locale, view.content_type, view.slug, "upsert", view.revision, tx.now());
    note(tx, FORGET.of(tenant, (view.site, view.entry, view.locale)), INSERT.of(tenant, row));
}

/// Notes that a view is gone.
pub fn note_delete(
    tx: &Tx,
    tenant: &impl Tenant,
    view: (SiteId, EntryId, &Locale),
    content_type: &str,
    slug: &Slug,
    revision: u32,
) {
    let (site, entry, locale) = view;
    let row = (site, entry, locale, content_type, slug, "delete", revision, tx.now());
    note(tx, FORGET.of(tenant, view), INSERT.of(tenant, row));
}

/// As one of the last steps before the commit, so that positions are the order of commits (see `machinery::events`).
fn note(tx: &Tx, forget: Bound, insert: Bound) {
    tx.before_commit(move |tx| {
        tx.serialize(COMMIT_ORDER)?;
        tx.execute(forget)?;
        tx.execute(insert).map(drop)
    });
}

const AFTER: TenantSql = TenantSql::new(
    "select view_changes.position, view_changes.entry_id, view_changes.locale, view_changes.type, view_changes.slug,
        view_changes.op, view_changes.revision, view_changes.changed_at, views.visible_from, views.visible_until
     from view_changes
     left join views
       on views.organization_id = view_changes.organization_id and views.site_id = view_changes.site_id
         and views.entry_id = view_changes.entry_id and views.locale = view_changes.locale
     where view_changes.organization_id = ?1 and view_changes.site_id = ?2 and view_changes.position > ?3
     order by view_changes.position limit ?4",
);

/// What changed behind a position, in order (`view_changes_feed_index`), as it is seen at an instant.
pub fn changes_after(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    position: i64,
    at: Timestamp,
    limit: i64,
) -> Result<Vec<(i64, Change)>, DbError> {
    conn.list(AFTER.of(tenant, (site, position, limit)), |row| {
        let window = Window { from: row.get(8)?, until: row.get(9)? };
        let is_there = row.get::<String>(5)? == "upsert";
        let change = Change {
            op: if is_there && window.is_open(at) { Op::Upsert } else { Op::Delete },
            entry: row.get(1)?,
            locale: row.get(2)?,
            content_type: row.get(3)?,
            // What nobody has seen yet has no name yet.
            slug: if window.from.is_none_or(|from| from <= at) { Some(row.get(4)?) } else { None },
            version: row.get(6)?,
            at: row.get(7)?,
        };
        Ok((row.get(0)?, change))
    })
}

const CROSSED: TenantSql = TenantSql::new(
    "select view_boundaries.at, views.entry_id, views.locale, views.type, views.slug, views.revision, views.visible_from,
        views.visible_until
     from view_boundaries
     join views
       on views.organization_id = view_boundaries.organization_id and views.site_id = view_boundaries.site_id
         and views.entry_id = view_boundaries.entry_id and views.locale = view_boundaries.locale
     where view_boundaries.organization_id = ?1 and view_boundaries.site_id = ?2 and view_boundaries.at > ?3
        and view_boundaries.at <= ?4
     order by view_boundaries.at, views.entry_id, views.locale",
);

/// What was shown, hidden or became another by itself since an instant, as it is at the second one
/// (`view_boundaries_site_index`).
pub fn changed_by_time(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    since: Timestamp,
    at: Timestamp,
) -> Result<Vec<Change>, DbError> {
    conn.list(CROSSED.of(tenant, (site, since, at)), |row| {
        let window = Window { from: row.get(6)?, until: row.get(7)? };
        Ok(Change {
            op: if window.is_open(at) { Op::Upsert } else { Op::Delete },
            at: row.get(0)?,
            entry: row.get(1)?,
            locale: row.get(2)?,
            content_type: row.get(3)?,
            slug: Some(row.get(4)?),
            version: row.get(5)?,
        })
    })
}

const SNAPSHOT: TenantSql = TenantSql::new(
    "select entry_id, locale, type, slug, revision, published_at from views
     where organization_id = ?1 and site_id = ?2 and (entry_id, locale) > (?3, ?4)
        and (visible_from is null or visible_from <= ?5) and (visible_until is null or visible_until > ?5)
     order by entry_id, locale limit ?6",
);

/// What is shown at an instant, behind an entry and language (the primary key of `views`).
pub fn views_behind(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    behind: (&str, &str),
    at: Timestamp,
    limit: i64,
) -> Result<Vec<Change>, DbError> {
    let (entry, locale) = behind;
    conn.list(SNAPSHOT.of(tenant, (site, entry, locale, at, limit)), |row| {
        Ok(Change {
            op: Op::Upsert,
            entry: row.get(0)?,
            locale: row.get(1)?,
            content_type: row.get(2)?,
            slug: Some(row.get(3)?),
            version: row.get(4)?,
            at: row.get(5)?,
        })
    })
}

const BOUNDS: TenantSql = TenantSql::new(
    "select sites.changes_pruned_to, coalesce((
        select max(view_changes.position) from view_changes
        where view_changes.organization_id = ?1 and view_changes.site_id = ?2), 0)
     from sites where sites.organization_id = ?1 and sites.id = ?2",
);

/// Up to which position changes of a site may be missing, and the newest.
pub fn change_bounds(conn: &Conn, tenant: &impl Tenant, site: SiteId) -> Result<Option<(i64, i64)>, DbError> {
    conn.optional(BOUNDS.of(tenant, (site,)), |row: &Row| Ok((row.get(0)?, row.get(1)?)))
}

const WHY: &str = "old changes of all organizations go in one job";
const NOTE_PRUNED: Sql = Sql::platform(
    "update sites set changes_pruned_to = (
        select max(view_changes.position) from view_changes
        where view_changes.organization_id = sites.organization_id and view_changes.site_id = sites.id
            and view_changes.op = 'delete' and view_changes.changed_at < ?1
            and view_changes.position > sites.changes_pruned_to)
     where exists (
        select 1 from view_changes
        where view_changes.organization_id = sites.organization_id and view_changes.site_id = sites.id
            and view_changes.op = 'delete' and view_changes.changed_at < ?1
            and view_changes.position > sites.changes_pruned_to)",
    WHY,
);
const PRUNE: Sql = Sql::platform("delete from view_changes where op = 'delete' and changed_at < ?1", WHY);

/// Forgets what was taken back before this time, and notes up to where (`view_changes_deleted_index`).
pub fn prune_changes(tx: &Tx, before: Timestamp) -> Result<u64, DbError> {
    tx.execute(NOTE_PRUNED.with((before,)))?;
    tx.execute(PRUNE.with((before,)))
}
