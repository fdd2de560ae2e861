//! SQL of reviews.

use ground::{
    db::{Conn, DbError, Row, Tenant, TenantSql, Tx},
    words::{EntryId, SiteId},
};

use super::{Review, ReviewState};

const INSERT: TenantSql = TenantSql::new(
    "insert into reviews (organization_id, id, site_id, entry_id, revision, state, asked_by, asked_by_name, asked_of,
        asked_of_name, note, created_at)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
);

/// Adds a request.
pub fn insert(tx: &Tx, tenant: &impl Tenant, review: &Review) -> Result<(), DbError> {
    let row = (
        review.id,
        review.site_id,
        review.entry_id,
        review.revision,
        review.state.as_str(),
        review.asked_by,
        &review.asked_by_name,
        review.asked_of,
        &review.asked_of_name,
        &review.note,
        review.created_at,
    );
    tx.execute(INSERT.of(tenant, row)).map(|_| ())
}

const UPDATE: TenantSql = TenantSql::new(
    "update reviews set state = ?3, answered_by_name = ?4, answer = ?5, answered_at = ?6
     where organization_id = ?1 and id = ?2",
);

/// Writes what came of a request.
pub fn update(tx: &Tx, tenant: &impl Tenant, review: &Review) -> Result<(), DbError> {
    let row = (review.id, review.state.as_str(), &review.answered_by_name, &review.answer, review.answered_at);
    tx.execute(UPDATE.of(tenant, row)).map(|_| ())
}

const OPEN: TenantSql = TenantSql::new(
    "select reviews.id, reviews.site_id, reviews.entry_id, entries.type, entries.title, reviews.revision, reviews.state,
        reviews.asked_by, reviews.asked_by_name, reviews.asked_of, reviews.asked_of_name, reviews.note,
        reviews.answered_by_name, reviews.answer, reviews.created_at, reviews.answered_at
     from reviews
     join entries on entries.organization_id = reviews.organization_id and entries.id = reviews.entry_id
     where reviews.organization_id = ?1 and reviews.entry_id = ?2 and reviews.state in ('requested', 'approved')",
);

/// The review of an entry that stands open (`reviews_organization_id_entry_id_key`).
pub fn open(conn: &Conn, tenant: &impl Tenant, entry: EntryId) -> Result<Option<Review>, DbError> {
    conn.optional(OPEN.of(tenant, (entry,)), review)
}

const OF_ENTRY: TenantSql = TenantSql::new(
    "select reviews.id, reviews.site_id, reviews.entry_id, entries.type, entries.title, reviews.revision, reviews.state,
        reviews.asked_by, reviews.asked_by_name, reviews.asked_of, reviews.asked_of_name, reviews.note,
        reviews.answered_by_name, reviews.answer, reviews.created_at, reviews.answered_at
     from reviews
     join entries on entries.organization_id = reviews.organization_id and entries.id = reviews.entry_id
     where reviews.organization_id = ?1 and reviews.entry_id = ?2
     order by reviews.created_at desc, reviews.id desc limit ?3",
);
/// Reviews of one entry that are listed: years of work on it.
const MOST_LISTED: u32 = 200;

/// The reviews of an entry, the newest first.
pub fn of_entry(conn: &Conn, tenant: &impl Tenant, entry: EntryId) -> Result<Vec<Review>, DbError> {
    conn.list(OF_ENTRY.of(tenant, (entry, MOST_LISTED)), review)
}

const REQUESTED: TenantSql = TenantSql::new(
    "select reviews.id, reviews.site_id, reviews.entry_id, entries.type, entries.title, reviews.revision, reviews.state,
        reviews.asked_by, reviews.asked_by_name, reviews.asked_of, reviews.asked_of_name, reviews.note,
        reviews.answered_by_name, reviews.answer, reviews.created_at, reviews.answered_at
     from reviews
     join entries on entries.organization_id = reviews.organization_id and entries.id = reviews.entry_id
     where reviews.organization_id = ?1 and reviews.state = 'requested'
     order by reviews.created_at, reviews.id",
);

/// Every request that waits for an answer, the oldest first (`reviews_requested_index`).
pub fn requested(conn: &Conn, tenant: &impl Tenant) -> Result<Vec<Review>, DbError> {
    conn.list(REQUESTED.of(tenant, ()), review)
}

const IS_REQUIRED: TenantSql =
    TenantSql::new("select is_required from review_rules where organization_id = ?1 and site_id = ?2");

/// Whether a site wants approvals.
pub fn is_required(conn: &Conn, tenant: &impl Tenant, site: SiteId) -> Result<bool, DbError> {
    conn.optional(IS_REQUIRED.of(tenant, (site,)), |row| row.get(0)).map(Option::unwrap_or_default)
}

const SET_REQUIRED: TenantSql = TenantSql::new(
    "insert into review_rules (organization_id, site_id, is_required, updated_at) values (?1, ?2, ?3, ?4)
     on conflict (organization_id, site_id) do update
     set is_required = excluded.is_required, updated_at = excluded.updated_at",
);

/// Writes whether a site wants approvals.
pub fn set_required(tx: &Tx, tenant: &impl Tenant, site: SiteId, is_wanted: bool) -> Result<(), DbError> {
    tx.execute(SET_REQUIRED.of(tenant, (site, is_wanted, tx.now()))).map(|_| ())
}

fn review(row: &Row) -> Result<Review, DbError> {
    Ok(Review {
        id: row.get(0)?,
        site_id: row.get(1)?,
        entry_id: row.get(2)?,
        content_type: row.get(3)?,
        title: row.get(4)?,
        revision: row.get(5)?,
        state: ReviewState::from_stored(&row.get::<String>(6)?)?,
        asked_by: row.get(7)?,
        asked_by_name: row.get(8)?,
        asked_of: row.get(9)?,
        asked_of_name: row.get(10)?,
        note: row.get(11)?,
        answered_by_name: row.get(12)?,
        answer: row.get(13)?,
        created_at: row.get(14)?,
        answered_at: row.get(15)?,
    })
}
