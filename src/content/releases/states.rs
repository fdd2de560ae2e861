//! How far a release has come, and what can be done with it there: one table for the rules, the API and the screens.

use ground::db::DbError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Release, ReleaseError};

/// How far a release has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseState {
    /// Items are put together.
    Open,
    /// It goes live at a time.
    Scheduled,
    /// Visitors see it.
    Live,
    /// Visitors see what they saw before it.
    RolledBack,
    /// Its time came and it could not go live; nothing was changed, and `problems` says why.
    Failed,
}

/// What can be done with a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseAction {
    /// Rename it, add and remove items.
    Change,
    /// Let it go live at a time, or at another one.
    Schedule,
    /// Take the time back.
    Unschedule,
    /// Let it go live now.
    GoLive,
    /// Show again what was shown before.
    RollBack,
    /// Forget it; what visitors see stays.
    Delete,
}

use ReleaseAction::{Change, Delete, GoLive, RollBack, Schedule, Unschedule};
use ReleaseState::{Failed, Live, Open, RolledBack, Scheduled};

/// What can be done where, and where it leads; a release that goes live at its time may end as `failed` instead.
const TRANSITIONS: &[(ReleaseAction, &[ReleaseState], Option<ReleaseState>)] = &[
    (Change, &[Open, Scheduled, Failed], None),
    (Schedule, &[Open, Scheduled, Failed], Some(Scheduled)),
    (Unschedule, &[Scheduled], Some(Open)),
    (GoLive, &[Open, Scheduled, Failed], Some(Live)),
    (RollBack, &[Live], Some(RolledBack)),
    (Delete, &[Open, Live, RolledBack, Failed], None),
];

impl ReleaseState {
    const ALL: [Self; 5] = [Open, Scheduled, Live, RolledBack, Failed];

    /// Its name in tables and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Open => "open",
            Scheduled => "scheduled",
            Live => "live",
            RolledBack => "rolled_back",
            Failed => "failed",
        }
    }

    /// The state of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    pub(super) fn from_stored(text: &str) -> Result<Self, DbError> {
        Self::from_name(text).ok_or_else(|| DbError::Decode(format!("`{text}` is no state of a release")))
    }

    /// What can be done here.
    pub fn actions(self) -> Vec<ReleaseAction> {
        TRANSITIONS.iter().filter(|(_, from, _)| from.contains(&self)).map(|(action, ..)| *action).collect()
    }
}

impl Release {
    /// Where the action leads; refused where it cannot be done.
    pub(super) fn after(&self, action: ReleaseAction) -> Result<ReleaseState, ReleaseError> {
        let line = TRANSITIONS.iter().find(|(known, from, _)| *known == action && from.contains(&self.state));
        let (_, _, to) = line.ok_or(ReleaseError::NotFromHere { action, state: self.state })?;
        Ok(to.unwrap_or(self.state))
    }

    /// Puts it into another state, with what can be done there.
    pub(super) fn stand(&mut self, state: ReleaseState) {
        self.state = state;
        self.actions = state.actions();
    }
}

impl ReleaseAction {
    /// Its name in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Change => "change",
            Schedule => "schedule",
            Unschedule => "unschedule",
            GoLive => "go_live",
            RollBack => "roll_back",
            Delete => "delete",
        }
    }
}
