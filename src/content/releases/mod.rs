//! Releases: a named set of entries, on any sites of the organization, that go live together in one transaction, at a time or
//! by hand, and can be rolled back together.

pub mod carried;
mod composing;
mod errors;
mod firing;
mod going_live;
mod routes;
mod states;
mod store;

use std::collections::BTreeMap;

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Tenant, Tx},
    words::{EntryId, Locale, ReleaseId, SiteId, TimeZoneName},
};
use machinery::events::{self, NewEvent};
use serde::{Deserialize, Serialize};
use tenants::{
    audit::{self, Change},
    scope::Scope,
};
use utoipa::ToSchema;

use crate::entries::{Planned, refusals::Refusal, schedules::ScheduledAction};

pub use composing::{ItemWish, NewRelease, create, delete, put_item, remove_item, rename};
pub use errors::ReleaseError;
pub use firing::{FireRelease, handle_jobs};
pub use going_live::{RollingBack, Timing, go_live, roll_back, schedule, unschedule};
pub use routes::{Document, routes};
pub use states::{ReleaseAction, ReleaseState};

/// Items of one release: a group's sites at a change of season; one transaction in which others wait for a second at most.
pub const MOST_ITEMS: u64 = 300;
/// Releases that an organization keeps.
pub const MOST_RELEASES: u64 = 2_000;
/// Longest name in characters.
const LONGEST_NAME: usize = 120;
/// Longest note in characters.
const LONGEST_NOTE: usize = 2_000;
const SUBJECT: &str = "release";

/// A named set of entries that go live together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Release {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    pub id: ReleaseId,
    /// What people call it.
    pub name: String,
    /// What it is about.
    pub note: String,
    /// How far it has come.
    pub state: ReleaseState,
    /// What can be done with it there.
    pub actions: Vec<ReleaseAction>,
    /// The time on the clocks of `time_zone`, where it is scheduled.
    #[schema(required = true)]
    pub local_time: Option<String>,
    /// Whose clocks those are.
    #[schema(value_type = Option<String>, required = true)]
    pub time_zone: Option<TimeZoneName>,
    /// The instant that this is.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub fires_at: Option<Timestamp>,
    /// Why it could not go live at its time: each item that stood in the way.
    pub problems: Vec<ItemProblem>,
    /// Who made it.
    pub created_by_name: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was changed last.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// When it went live.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub went_live_at: Option<Timestamp>,
    /// Who let it go live.
    #[schema(required = true)]
    pub went_live_by: Option<String>,
    /// When it was rolled back.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub rolled_back_at: Option<Timestamp>,
    /// Who rolled it back.
    #[schema(required = true)]
    pub rolled_back_by: Option<String>,
    /// What belongs to it, in the order in which it was added.
    pub items: Vec<ReleaseItem>,
}

/// An entry of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReleaseItem {
    /// The entry.
    #[schema(value_type = String, format = "uuid")]
    pub entry_id: EntryId,
    /// Its site.
    #[schema(value_type = String, format = "uuid")]
    pub site_id: SiteId,
    /// Its type.
    #[serde(rename = "type")]
    pub content_type: String,
    /// What lists call it now.
    pub title: String,
    /// What happens to it.
    pub action: ScheduledAction,
    /// The revision that goes live: exactly this one.
    #[schema(required = true)]
    pub revision: Option<u32>,
    /// The entry's newest revision now.
    pub newest_revision: u32,
    /// In which languages; `null` for every one that is complete then, or for all where it ends.
    #[schema(value_type = Option<Vec<String>>, required = true)]
    pub locales: Option<Vec<Locale>>,
    #[serde(skip)]
    shown_before: Option<Shown>,
    #[serde(skip)]
    shown_after: Option<Shown>,
}

/// Which revision each language shows.
type Shown = BTreeMap<Locale, u32>;

/// An item that stands in the way, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReleaseProblem)]
pub struct ItemProblem {
    /// The entry.
    #[schema(value_type = String, format = "uuid")]
    pub entry_id: EntryId,
    /// Its site.
    #[schema(value_type = String, format = "uuid")]
    pub site_id: SiteId,
    /// What lists call it.
    pub title: String,
    /// Why.
    pub problem: Refusal,
}

/// The release with this id, if whoever asks may act on every site that it touches.
pub fn find(conn: &Conn, scope: &Scope, id: ReleaseId) -> Result<Release, ReleaseError> {
    let mut release = store::by_id(conn, scope, id)?.ok_or(ReleaseError::NotFound)?;
    release.items = store::items(conn, scope, id)?;
    if release.items.iter().all(|item| scope.may_act_on(item.site_id)) {
        Ok(release)
    } else {
        Err(ReleaseError::NotFound)
    }
}

/// All releases that whoever asks may act on, the newest first, with their items; in one state only, if one is given.
pub fn list(conn: &Conn, scope: &Scope, state: Option<ReleaseState>) -> Result<Vec<Release>, DbError> {
    let mut releases = store::list(conn, scope, state)?;
    for (release, item) in store::all_items(conn, scope)? {
        if let Some(release) = releases.iter_mut().find(|one| one.id == release) {
            release.items.push(item);
        }
    }
    releases.retain(|release| release.items.iter().all(|item| scope.may_act_on(item.site_id)));
    Ok(releases)
}

/// What goes live or ends on a site by releases whose time comes until an instant.
pub(crate) fn planned(conn: &Conn, scope: &Scope, site: SiteId, until: Timestamp) -> Result<Vec<Planned>, DbError> {
    let times: BTreeMap<ReleaseId, Timestamp> = store::list(conn, scope, Some(ReleaseState::Scheduled))?
        .into_iter()
        .filter_map(|release| Some((release.id, release.fires_at.filter(|at| *at <= until)?)))
        .collect();
    if times.is_empty() {
        return Ok(Vec::new());
    }
    let planned = store::all_items(conn, scope)?.into_iter().filter(|(_, item)| item.site_id == site);
    let planned = planned.filter_map(|(release, item)| {
        Some(Planned {
            at: *times.get(&release)?,
            entry: item.entry_id,
            revision: item.revision.filter(|_| item.action == ScheduledAction::Publish),
            locales: item.locales,
        })
    });
    Ok(planned.collect())
}

/// Records what happened to a release.
fn tell(tx: &Tx, scope: &Scope, action: &'static str, release: &Release) -> Result<(), DbError> {
    let items: Vec<_> = release
        .items
        .iter()
        .map(|item| {
            serde_json::json!({
                "entry_id": item.entry_id,
                "action": item.action,
                "revision": item.revision,
                "locales": item.locales,
            })
        })
        .collect();
    let after = serde_json::json!({
        "name": release.name,
        "state": release.state,
        "fires_at": release.fires_at,
        "problems": release.problems,
        "items": items,
    });
    audit::record(
        tx,
        scope,
        Change { action, subject_type: SUBJECT, subject_id: release.id.to_string(), before: None, after: Some(after) },
    )?;
    events::record(
        tx,
        NewEvent {
            kind: action,
            organization: Some(scope.organization_id()),
            site: None,
            subject_type: SUBJECT,
            subject_id: release.id.to_string(),
            payload: serde_json::json!({ "name": release.name, "state": release.state }),
        },
    );
    Ok(())
}
