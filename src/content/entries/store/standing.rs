//! Where entries stand beside what is published: the archive, the copies of reviews and schedules, held revisions.

use std::collections::BTreeMap;

use ground::{
    clock::Timestamp,
    db::{DbError, Json, Tenant, TenantSql, Tx},
    words::{EntryId, Locale},
};

use super::super::{OpenReview, OpenReviewState};

const ARCHIVE: TenantSql = TenantSql::new(
    "update entries set archived_at = ?3, withdrawn = ?4, review_revision = null, review_state = null
     where organization_id = ?1 and id = ?2 and deleted_at is null and archived_at is null",
);

/// Puts an entry into the archive, with what visitors saw of it.
pub fn archive(
    tx: &Tx,
    tenant: &impl Tenant,
    id: EntryId,
    at: Timestamp,
    withdrawn: &BTreeMap<Locale, u32>,
) -> Result<bool, DbError> {
    tx.execute(ARCHIVE.of(tenant, (id, at, Json(withdrawn)))).map(|rows| rows == 1)
}

const WITHDRAWN: TenantSql = TenantSql::new("select withdrawn from entries where organization_id = ?1 and id = ?2");
const BRING_BACK: TenantSql = TenantSql::new(
    "update entries set archived_at = null, withdrawn = null
     where organization_id = ?1 and id = ?2 and deleted_at is null",
);

/// Takes an entry out of the archive; answers what visitors saw of it before.
pub fn bring_back(tx: &Tx, tenant: &impl Tenant, id: EntryId) -> Result<BTreeMap<Locale, u32>, DbError> {
    let withdrawn = tx.optional(WITHDRAWN.of(tenant, (id,)), |row| row.get::<Option<Json<_>>>(0))?;
    tx.execute(BRING_BACK.of(tenant, (id,)))?;
    Ok(withdrawn.flatten().map(|Json(withdrawn)| withdrawn).unwrap_or_default())
}

const SET_REVIEW: TenantSql =
    TenantSql::new("update entries set review_revision = ?3, review_state = ?4 where organization_id = ?1 and id = ?2");

/// Notes in the entry's row which review stands open.
pub fn set_review(tx: &Tx, tenant: &impl Tenant, id: EntryId, review: Option<OpenReview>) -> Result<(), DbError> {
    let state = review.map(|review| match review.state {
        OpenReviewState::Requested => "requested",
        OpenReviewState::Approved => "approved",
    });
    tx.execute(SET_REVIEW.of(tenant, (id, review.map(|review| review.revision), state))).map(|_| ())
}

const SET_SCHEDULED: TenantSql = TenantSql::new(
    "update entries
     set scheduled_at = (select min(fires_at) from schedules where schedules.organization_id = ?1
         and schedules.entry_id = ?2 and schedules.state = 'waiting' and schedules.action = 'publish')
     where organization_id = ?1 and id = ?2",
);

/// Notes in the entry's row when it goes live next (`schedules_entry_index`).
pub fn set_scheduled(tx: &Tx, tenant: &impl Tenant, id: EntryId) -> Result<(), DbError> {
    tx.execute(SET_SCHEDULED.of(tenant, (id,))).map(|_| ())
}

const PUT_PIN: TenantSql = TenantSql::new(
    "insert into revision_pins (organization_id, held_by, entry_id, revision) values (?1, ?2, ?3, ?4)
     on conflict (organization_id, held_by, entry_id) do update set revision = excluded.revision",
);

/// Holds a revision.
pub fn put_pin(tx: &Tx, tenant: &impl Tenant, held_by: &str, id: EntryId, revision: u32) -> Result<(), DbError> {
    tx.execute(PUT_PIN.of(tenant, (held_by, id, revision))).map(|_| ())
}

const DELETE_PINS: TenantSql = TenantSql::new(
    "delete from revision_pins
     where organization_id = ?1 and held_by = ?2 and (cast(?3 as text) is null or entry_id = ?3)",
);

/// Lets go what was held, of one entry or of all.
pub fn delete_pins(tx: &Tx, tenant: &impl Tenant, held_by: &str, id: Option<EntryId>) -> Result<(), DbError> {
    tx.execute(DELETE_PINS.of(tenant, (held_by, id))).map(|_| ())
}
