//! Schedules: one entry goes live, or ends, at a local time of its site. What goes live is exactly the revision that was
//! chosen, whatever was written since.

pub mod carried;
mod firing;
mod local_time;
mod planning;
mod routes;
mod store;

use ground::{
    clock::Timestamp,
    db::DbError,
    words::{EntryId, Locale, ScheduleId, SiteId, TimeZoneName},
};
use machinery::jobs::Registry;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::refusals::Refusal;
use crate::types::Catalogue;

pub use firing::FireSchedule;
pub use local_time::{Repeated, Resolved, resolve, standing};
pub use planning::{NewSchedule, Wanted, cancel, list, plan, planned, reschedule};
pub use routes::{Document, routes};

/// Waiting schedules of one entry: a year of a seasonal page has about a dozen.
pub const MOST_WAITING: u64 = 20;

/// Something that happens to an entry at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Schedule {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    pub id: ScheduleId,
    /// The entry's site.
    #[schema(value_type = String, format = "uuid")]
    pub site_id: SiteId,
    /// The entry.
    #[schema(value_type = String, format = "uuid")]
    pub entry_id: EntryId,
    /// The entry's type.
    #[serde(rename = "type")]
    pub content_type: String,
    /// What lists call the entry now.
    pub title: String,
    /// What happens.
    pub action: ScheduledAction,
    /// The revision that goes live.
    #[schema(required = true)]
    pub revision: Option<u32>,
    /// In which languages; `null` for every one that is complete then, or for all where it ends.
    #[schema(value_type = Option<Vec<String>>, required = true)]
    pub locales: Option<Vec<Locale>>,
    /// The time on the clocks of the hotel that the entry belongs to, else of the site, e.g. `2027-03-28T06:00:00`.
    pub local_time: String,
    /// Whose clocks those are.
    #[schema(value_type = String)]
    pub time_zone: TimeZoneName,
    /// How far they are from UTC then, e.g. `+02`.
    pub utc_offset: String,
    /// Whether the clocks show this time twice on that day; `fires_at` says which one is meant.
    pub is_repeated: bool,
    /// The instant that this is.
    #[schema(value_type = String, format = DateTime)]
    pub fires_at: Timestamp,
    /// How far it has come.
    pub state: ScheduleState,
    /// Why it failed.
    #[schema(required = true)]
    pub problem: Option<Refusal>,
    /// Who planned it.
    pub created_by_name: String,
    /// When it was planned.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it fired, failed or was cancelled.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub settled_at: Option<Timestamp>,
}

/// What happens at the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScheduledAction {
    /// The revision goes live.
    Publish,
    /// Visitors see the entry no longer.
    Unpublish,
}

/// How far a schedule has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleState {
    /// Its time has not come.
    Waiting,
    /// It happened.
    Done,
    /// It could not happen; `problem` says why.
    Failed,
    /// Somebody cancelled it.
    Cancelled,
}

impl ScheduledAction {
    /// Its name in tables and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Unpublish => "unpublish",
        }
    }

    /// The action of a stored name.
    pub fn from_stored(text: &str) -> Result<Self, DbError> {
        match text {
            "publish" => Ok(Self::Publish),
            "unpublish" => Ok(Self::Unpublish),
            other => Err(DbError::Decode(format!("`{other}` is nothing that is scheduled"))),
        }
    }
}

impl ScheduleState {
    const ALL: [Self; 4] = [Self::Waiting, Self::Done, Self::Failed, Self::Cancelled];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// Declares who does what falls due.
pub(super) fn handle_jobs(registry: &mut Registry, catalogue: &Catalogue) {
    firing::handle_jobs(registry, catalogue);
}
