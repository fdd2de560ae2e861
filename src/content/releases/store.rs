//! SQL of releases.

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Filter, Json, Row, Tenant, TenantSql, Tx},
    words::{EntryId, ReleaseId, SiteId},
};

use super::{ItemProblem, Release, ReleaseItem, ReleaseState};
use crate::entries::{carried::PlannedItem, refusals::kept, schedules::ScheduledAction};

const SELECT: &str =
    "select id, name, note, state, local_time, time_zone, fires_at, problems, created_by_name, created_at,
        updated_at, went_live_at, went_live_by, rolled_back_at, rolled_back_by
     from releases";

const INSERT: TenantSql = TenantSql::new(
    "insert into releases (organization_id, id, name, note, state, created_by_name, created_at, updated_at)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
);

/// Adds an empty release.
pub fn insert(tx: &Tx, tenant: &impl Tenant, release: &Release) -> Result<(), DbError> {
    let row = (
        release.id,
        &release.name,
        &release.note,
        release.state.as_str(),
        &release.created_by_name,
        release.created_at,
        release.updated_at,
    );
    tx.execute(INSERT.of(tenant, row)).map(|_| ())
}

const UPDATE: TenantSql = TenantSql::new(
    "update releases
     set name = ?3, note = ?4, state = ?5, local_time = ?6, time_zone = ?7, fires_at = ?8, problems = ?9, updated_at = ?10,
        went_live_at = ?11, went_live_by = ?12, rolled_back_at = ?13, rolled_back_by = ?14
     where organization_id = ?1 and id = ?2",
);

/// Writes what may change of a release.
pub fn update(tx: &Tx, tenant: &impl Tenant, release: &Release) -> Result<(), DbError> {
    let row = (
        release.id,
        &release.name,
        &release.note,
        release.state.as_str(),
        &release.local_time,
        &release.time_zone,
        release.fires_at,
        Json(&release.problems),
        release.updated_at,
        release.went_live_at,
        &release.went_live_by,
        release.rolled_back_at,
        &release.rolled_back_by,
    );
    tx.execute(UPDATE.of(tenant, row)).map(|_| ())
}

const HOLD_DUE: TenantSql = TenantSql::new(
    "update releases set updated_at = ?3
     where organization_id = ?1 and id = ?2 and state = 'scheduled' and fires_at <= ?3",
);

/// Holds a scheduled release whose time has come until the commit; false where it is not due, or not any more.
pub fn hold_due(tx: &Tx, tenant: &impl Tenant, id: ReleaseId) -> Result<bool, DbError> {
    tx.execute(HOLD_DUE.of(tenant, (id, tx.now()))).map(|rows| rows == 1)
}

const DELETE: TenantSql = TenantSql::new("delete from releases where organization_id = ?1 and id = ?2");

/// Forgets a release with its items.
pub fn delete(tx: &Tx, tenant: &impl Tenant, id: ReleaseId) -> Result<(), DbError> {
    tx.execute(DELETE.of(tenant, (id,))).map(|_| ())
}

const COUNT: TenantSql = TenantSql::new("select count(*) from releases where organization_id = ?1");

/// How many there are.
pub fn count(conn: &Conn, tenant: &impl Tenant) -> Result<u64, DbError> {
    conn.one(COUNT.of(tenant, ()), |row| row.get::<i64>(0)).map(i64::unsigned_abs)
}

/// The release with this id, without its items.
pub fn by_id(conn: &Conn, tenant: &impl Tenant, id: ReleaseId) -> Result<Option<Release>, DbError> {
    conn.optional(Filter::of(tenant, "releases").and("id = ?", id).statement(SELECT, "", ()), release)
}

/// All releases without their items, the newest first (`releases_list_index`).
pub fn list(conn: &Conn, tenant: &impl Tenant, state: Option<ReleaseState>) -> Result<Vec<Release>, DbError> {
    let filter = Filter::of(tenant, "releases").and_some("state = ?", state.map(ReleaseState::as_str));
    conn.list(filter.statement(SELECT, "order by created_at desc, id desc", ()), release)
}

const PUT_ITEM: TenantSql = TenantSql::new(
    "insert into release_items (organization_id, release_id, entry_id, site_id, position, action, revision, locales)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
     on conflict (organization_id, release_id, entry_id) do update
     set action = excluded.action, revision = excluded.revision, locales = excluded.locales",
);

/// Adds an item at this place, or says otherwise what happens to one that is there.
pub fn put_item(
    tx: &Tx,
    tenant: &impl Tenant,
    release: ReleaseId,
    item: &ReleaseItem,
    position: i64,
) -> Result<(), DbError> {
    let row = (
        release,
        item.entry_id,
        item.site_id,
        position,
        item.action.as_str(),
        item.revision,
        item.locales.as_ref().map(Json),
    );
    tx.execute(PUT_ITEM.of(tenant, row)).map(|_| ())
}

const LAST_POSITION: TenantSql = TenantSql::new(
    "select coalesce(max(position), 0) from release_items where organization_id = ?1 and release_id = ?2",
);

/// The place of the last item.
pub fn last_position(conn: &Conn, tenant: &impl Tenant, release: ReleaseId) -> Result<i64, DbError> {
    conn.one(LAST_POSITION.of(tenant, (release,)), |row| row.get(0))
}

const DELETE_ITEM: TenantSql =
    TenantSql::new("delete from release_items where organization_id = ?1 and release_id = ?2 and entry_id = ?3");

/// Removes an item.
pub fn delete_item(tx: &Tx, tenant: &impl Tenant, release: ReleaseId, entry: EntryId) -> Result<bool, DbError> {
    tx.execute(DELETE_ITEM.of(tenant, (release, entry))).map(|rows| rows == 1)
}

const NOTE_SHOWN: TenantSql = TenantSql::new(
    "update release_items set shown_before = ?4, shown_after = ?5
     where organization_id = ?1 and release_id = ?2 and entry_id = ?3",
);

/// Keeps what an item showed before and after the release went live.
pub fn note_shown(tx: &Tx, tenant: &impl Tenant, release: ReleaseId, item: &ReleaseItem) -> Result<(), DbError> {
    let row = (release, item.entry_id, item.shown_before.as_ref().map(Json), item.shown_after.as_ref().map(Json));
    tx.execute(NOTE_SHOWN.of(tenant, row)).map(|_| ())
}

const ITEMS: &str = "select release_items.release_id, release_items.entry_id, release_items.site_id, entries.type, entries.title,
        release_items.action, release_items.revision, entries.revision, release_items.locales, release_items.shown_before,
        release_items.shown_after
     from release_items
     join entries on entries.organization_id = release_items.organization_id and entries.id = release_items.entry_id";

/// The items of a release in their order.
pub fn items(conn: &Conn, tenant: &impl Tenant, release: ReleaseId) -> Result<Vec<ReleaseItem>, DbError> {
    let filter = Filter::of(tenant, "release_items").and("release_items.release_id = ?", release);
    conn.list(filter.statement(ITEMS, "order by release_items.position", ()), |row| item(row).map(|(_, item)| item))
}

/// The items of all releases in their order.
pub fn all_items(conn: &Conn, tenant: &impl Tenant) -> Result<Vec<(ReleaseId, ReleaseItem)>, DbError> {
    conn.list(Filter::of(tenant, "release_items").statement(ITEMS, "order by release_items.position", ()), item)
}

const PLANNED_ITEMS: &str = "select release_items.site_id, release_items.entry_id, release_items.release_id, release_items.position,
        release_items.action, release_items.revision, release_items.locales
     from release_items
     join releases on releases.organization_id = release_items.organization_id and releases.id = release_items.release_id";

/// The items of releases that are still to come, of all entries or of one (`release_items_entry_index`): each with its site
/// and entry.
pub fn planned_items(
    conn: &Conn,
    tenant: &impl Tenant,
    entry: Option<EntryId>,
) -> Result<Vec<(SiteId, EntryId, PlannedItem)>, DbError> {
    let filter = Filter::of(tenant, "release_items")
        .and_some("release_items.entry_id = ?", entry)
        .and_that("releases.state in ('open', 'scheduled', 'failed')");
    let order = "order by release_items.release_id, release_items.position";
    conn.list(filter.statement(PLANNED_ITEMS, order, ()), |row| {
        let item = PlannedItem {
            release: row.get(2)?,
            position: row.get(3)?,
            action: ScheduledAction::from_stored(&row.get::<String>(4)?)?,
            revision: row.get(5)?,
            locales: kept(row.get(6)?),
        };
        Ok((row.get(0)?, row.get(1)?, item))
    })
}

const PUT_PLANNED: TenantSql = TenantSql::new(
    "insert into release_items (organization_id, release_id, entry_id, site_id, position, action, revision, locales)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
     on conflict (organization_id, release_id, entry_id) do update
     set position = excluded.position, action = excluded.action, revision = excluded.revision,
        locales = excluded.locales",
);

/// Adds an item at its own place, or says otherwise what happens to one that is there.
pub fn put_planned(
    tx: &Tx,
    tenant: &impl Tenant,
    site: SiteId,
    entry: EntryId,
    item: &PlannedItem,
) -> Result<(), DbError> {
    let locales = item.locales.as_ref().map(Json);
    let row = (item.release, entry, site, item.position, item.action.as_str(), item.revision, locales);
    tx.execute(PUT_PLANNED.of(tenant, row)).map(|_| ())
}

const DATE: TenantSql = TenantSql::new("update releases set updated_at = ?3 where organization_id = ?1 and id = ?2");

/// Writes when a release was changed last.
pub fn date(tx: &Tx, tenant: &impl Tenant, id: ReleaseId, updated_at: Timestamp) -> Result<(), DbError> {
    tx.execute(DATE.of(tenant, (id, updated_at))).map(|_| ())
}

fn release(row: &Row) -> Result<Release, DbError> {
    let state = ReleaseState::from_stored(&row.get::<String>(3)?)?;
    Ok(Release {
        id: row.get(0)?,
        name: row.get(1)?,
        note: row.get(2)?,
        state,
        actions: state.actions(),
        local_time: row.get(4)?,
        time_zone: row.get(5)?,
        fires_at: row.get(6)?,
        problems: kept::<Vec<ItemProblem>>(row.get(7)?).unwrap_or_default(),
        created_by_name: row.get(8)?,
        created_at: row.get(9)?,
        updated_at: row.get(10)?,
        went_live_at: row.get(11)?,
        went_live_by: row.get(12)?,
        rolled_back_at: row.get(13)?,
        rolled_back_by: row.get(14)?,
        items: Vec::new(),
    })
}

fn item(row: &Row) -> Result<(ReleaseId, ReleaseItem), DbError> {
    let item = ReleaseItem {
        entry_id: row.get(1)?,
        site_id: row.get(2)?,
        content_type: row.get(3)?,
        title: row.get(4)?,
        action: ScheduledAction::from_stored(&row.get::<String>(5)?)?,
        revision: row.get(6)?,
        newest_revision: row.get(7)?,
        locales: kept(row.get(8)?),
        shown_before: kept(row.get(9)?),
        shown_after: kept(row.get(10)?),
    };
    Ok((row.get(0)?, item))
}
