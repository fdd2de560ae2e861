//! What a change of an entry leaves behind: its line in the audit log and its event, in the same transaction.

use std::collections::BTreeMap;

use ground::{
    db::{Conn, DbError, Tenant, Tx},
    words::{EntryId, Locale, Slug},
};
use machinery::events::{self, NewEvent};
use serde_json::{Value, json};
use tenants::{
    audit::{self, Change},
    scope::Scope,
};

use super::{Author, Entry, reviews::Review, schedules::Schedule};

const SUBJECT: &str = "entry";

/// What happened.
#[derive(Clone, Copy, Debug)]
pub(super) enum Told {
    Created,
    Saved,
    Published,
    Unpublished,
    Deleted,
    Restored,
    Purged,
    Archived,
    BroughtBack,
}

impl Told {
    const fn name(self) -> &'static str {
        match self {
            Self::Created => "entry.created",
            Self::Saved => "entry.saved",
            Self::Published => "entry.published",
            Self::Unpublished => "entry.unpublished",
            Self::Deleted => "entry.deleted",
            Self::Restored => "entry.restored",
            Self::Purged => "entry.purged",
            Self::Archived => "entry.archived",
            Self::BroughtBack => "entry.brought_back",
        }
    }
}

/// What visitors see and no longer see since a change: followers need both addresses of what moved.
#[derive(Clone, Debug, Default)]
pub(super) struct Addresses {
    pub(super) now: BTreeMap<Locale, Slug>,
    pub(super) before: BTreeMap<Locale, Slug>,
}

/// Whether somebody has taken the entry, or a language of it, from visitors at any time.
pub fn was_taken_back(conn: &Conn, scope: &Scope, id: EntryId) -> Result<bool, DbError> {
    let id = id.to_string();
    for taken in [Told::Unpublished, Told::Archived, Told::Deleted] {
        if audit::has_happened(conn, scope, (SUBJECT, &id), taken.name())? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Records a change. The audit log says which revision was and is; the revisions themselves say the rest.
pub(super) fn tell(
    tx: &Tx,
    scope: &Scope,
    what: Told,
    before: Option<&Entry>,
    after: Option<&Entry>,
    addresses: &Addresses,
) -> Result<(), DbError> {
    let Some(entry) = after.or(before) else { return Ok(()) };
    audit::record(
        tx,
        scope,
        Change {
            action: what.name(),
            subject_type: SUBJECT,
            subject_id: entry.id.to_string(),
            before: before.map(summary),
            after: after.map(summary),
        },
    )?;
    announce(tx, scope, what.name(), entry, addresses);
    Ok(())
}

/// Says that what visitors see of an entry was composed anew, though nobody changed the entry.
pub(super) fn tell_recomposed(tx: &Tx, scope: &Scope, entry: &Entry) {
    announce(tx, scope, "entry.recomposed", entry, &Addresses::default());
}

fn announce(tx: &Tx, scope: &Scope, kind: &'static str, entry: &Entry, addresses: &Addresses) {
    events::record(
        tx,
        NewEvent {
            kind,
            organization: Some(scope.organization_id()),
            site: Some(entry.site_id),
            subject_type: SUBJECT,
            subject_id: entry.id.to_string(),
            payload: json!({
                "type": entry.content_type,
                "slug": entry.slug,
                "revision": entry.revision,
                "published": entry.published,
                "slugs": addresses.now,
                "slugs_before": addresses.before,
            }),
        },
    );
}

/// Says what happened to a review of an entry.
pub(super) fn tell_review(tx: &Tx, scope: &Scope, kind: &'static str, review: &Review) {
    events::record(
        tx,
        NewEvent {
            kind,
            organization: Some(scope.organization_id()),
            site: Some(review.site_id),
            subject_type: SUBJECT,
            subject_id: review.entry_id.to_string(),
            payload: json!({ "review": review.id, "revision": review.revision, "state": review.state }),
        },
    );
}

/// Says that something planned for an entry was made, moved, cancelled, done or failed; with its line in the audit log.
pub(super) fn tell_schedule(tx: &Tx, scope: &Scope, kind: &'static str, schedule: &Schedule) -> Result<(), DbError> {
    let after = json!({
        "entry_id": schedule.entry_id,
        "action": schedule.action,
        "revision": schedule.revision,
        "locales": schedule.locales,
        "local_time": schedule.local_time,
        "time_zone": schedule.time_zone,
        "fires_at": schedule.fires_at,
        "state": schedule.state,
        "problem": schedule.problem,
    });
    audit::record(
        tx,
        scope,
        Change {
            action: kind,
            subject_type: "schedule",
            subject_id: schedule.id.to_string(),
            before: None,
            after: Some(after.clone()),
        },
    )?;
    events::record(
        tx,
        NewEvent {
            kind,
            organization: Some(scope.organization_id()),
            site: Some(schedule.site_id),
            subject_type: "schedule",
            subject_id: schedule.id.to_string(),
            payload: after,
        },
    );
    Ok(())
}

/// Who writes, as revisions keep it.
pub(super) fn author(scope: &Scope) -> Author {
    let actor = scope.actor();
    Author { kind: actor.kind().as_str(), id: actor.id().map(str::to_owned), name: actor.name().to_owned() }
}

fn summary(entry: &Entry) -> Value {
    json!({
        "type": entry.content_type,
        "slug": entry.slug,
        "title": entry.title,
        "revision": entry.revision,
        "published": entry.published,
    })
}
