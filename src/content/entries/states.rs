//! Where an entry stands, and what can be done with it there: one table that the rules, the API and the documentation
//! read. What each language shows is told beside it (`published`): a language stands for itself as `live` or
//! `live_with_draft`.

use serde::{Deserialize, Serialize};
use tenants::permissions::{EditContent, Permission, PermissionName, PublishContent};
use utoipa::ToSchema;

use super::{Entry, EntryError, OpenReviewState};

/// Where an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = EntryState)]
pub enum State {
    /// Visitors see nothing of it.
    Draft,
    /// Somebody is asked to look at the newest revision.
    InReview,
    /// A revision goes live at a time.
    Scheduled,
    /// Visitors see the newest revision.
    Live,
    /// Visitors of some language see an older revision than the newest.
    LiveWithDraft,
    /// Put aside: neither visitors nor the usual lists have it.
    Archived,
    /// Deleted, and kept in the bin for thirty days.
    InBin,
}

/// What can be done with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = EntryAction)]
pub enum Action {
    /// Write a new revision; an open request for a review, or its approval, is withdrawn by it.
    Save,
    /// Ask somebody to look at the newest revision.
    RequestReview,
    /// Take the request back.
    WithdrawReview,
    /// Say that the revision may go live.
    Approve,
    /// Say that it may not, and why.
    SendBack,
    /// Let a revision go live, or end, at a time.
    Schedule,
    /// Let visitors see the newest revision.
    Publish,
    /// Let visitors see what they saw before the last publication.
    UndoPublish,
    /// Take it from the visitors.
    Unpublish,
    /// Take it from visitors and lists, and keep it.
    Archive,
    /// Take it out of the archive.
    BringBack,
    /// Put it into the bin.
    Delete,
    /// Take it out of the bin.
    Restore,
    /// Delete it for good.
    Purge,
}

/// A line of the table: from where, by what, to where.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Transition {
    /// What is done.
    pub action: Action,
    /// Where the entry must stand.
    pub from: &'static [State],
    /// Where it may stand afterwards.
    pub to: &'static [State],
    /// The permission that it takes.
    pub permission: PermissionName,
}

use State::{Archived, Draft, InBin, InReview, Live, LiveWithDraft, Scheduled};

const AT_WORK: &[State] = &[Draft, InReview, Scheduled, Live, LiveWithDraft];

/// Every state, in the order of the documentation.
pub const STATES: &[State] = &[Draft, InReview, Scheduled, Live, LiveWithDraft, Archived, InBin];

/// Everything that can be done.
pub const TRANSITIONS: &[Transition] = &[
    line(Action::Save, AT_WORK, &[Draft, Scheduled, LiveWithDraft], EditContent::NAME),
    line(Action::RequestReview, AT_WORK, &[InReview], EditContent::NAME),
    line(Action::WithdrawReview, AT_WORK, &[Draft, Scheduled, Live, LiveWithDraft], EditContent::NAME),
    line(Action::Approve, AT_WORK, &[Draft, Scheduled, Live, LiveWithDraft], PublishContent::NAME),
    line(Action::SendBack, AT_WORK, &[Draft, Scheduled, Live, LiveWithDraft], PublishContent::NAME),
    line(Action::Schedule, AT_WORK, &[Scheduled, InReview, Draft, Live, LiveWithDraft], PublishContent::NAME),
    line(Action::Publish, AT_WORK, &[Live, LiveWithDraft, Scheduled], PublishContent::NAME),
    line(Action::UndoPublish, AT_WORK, &[Draft, InReview, Scheduled, Live, LiveWithDraft], PublishContent::NAME),
    line(Action::Unpublish, AT_WORK, &[Draft, InReview, Scheduled, Live, LiveWithDraft], PublishContent::NAME),
    line(Action::Archive, AT_WORK, &[Archived], EditContent::NAME),
    line(Action::BringBack, &[Archived], &[Draft, Scheduled, Live, LiveWithDraft], EditContent::NAME),
    line(Action::Delete, &[Draft, InReview, Scheduled, Live, LiveWithDraft, Archived], &[InBin], EditContent::NAME),
    line(Action::Restore, &[InBin], &[Draft, Scheduled, Live, LiveWithDraft, Archived], EditContent::NAME),
    line(Action::Purge, &[InBin], &[], PublishContent::NAME),
];

const fn line(action: Action, from: &'static [State], to: &'static [State], permission: PermissionName) -> Transition {
    Transition { action, from, to, permission }
}

impl State {
    /// Where this entry stands. What is done to it is told first, then what is to happen, then what visitors see.
    pub fn of(entry: &Entry) -> Self {
        if entry.archived_at.is_some() {
            Archived
        } else if entry.review.is_some_and(|review| review.state == OpenReviewState::Requested) {
            InReview
        } else if entry.scheduled_at.is_some() {
            Scheduled
        } else if entry.published.is_empty() {
            Draft
        } else if entry.published.values().all(|shown| *shown == entry.revision) {
            Live
        } else {
            LiveWithDraft
        }
    }

    /// Its name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Draft => "draft",
            InReview => "in_review",
            Scheduled => "scheduled",
            Live => "live",
            LiveWithDraft => "live_with_draft",
            Archived => "archived",
            InBin => "in_bin",
        }
    }

    /// The state of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        STATES.iter().copied().find(|state| state.as_str() == name)
    }

    /// What can be done here.
    pub fn actions(self) -> Vec<Action> {
        TRANSITIONS.iter().filter(|line| line.from.contains(&self)).map(|line| line.action).collect()
    }
}

impl Entry {
    /// Where it stands.
    pub fn state(&self) -> State {
        State::of(self)
    }

    /// Refuses what cannot be done where the entry stands.
    pub fn check(&self, action: Action) -> Result<(), EntryError> {
        let state = self.state();
        let allows = TRANSITIONS.iter().any(|line| line.action == action && line.from.contains(&state));
        if allows { Ok(()) } else { Err(EntryError::NotFromHere { action, state }) }
    }
}

impl Action {
    /// Its name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Save => "save",
            Self::RequestReview => "request_review",
            Self::WithdrawReview => "withdraw_review",
            Self::Approve => "approve",
            Self::SendBack => "send_back",
            Self::Schedule => "schedule",
            Self::Publish => "publish",
            Self::UndoPublish => "undo_publish",
            Self::Unpublish => "unpublish",
            Self::Archive => "archive",
            Self::BringBack => "bring_back",
            Self::Delete => "delete",
            Self::Restore => "restore",
            Self::Purge => "purge",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_state_is_left_and_entered_by_something() {
        for state in STATES {
            assert!(TRANSITIONS.iter().any(|line| line.from.contains(state)), "nothing leads out of {state:?}");
            assert!(TRANSITIONS.iter().any(|line| line.to.contains(state)), "nothing leads to {state:?}");
            assert_eq!(State::from_name(state.as_str()), Some(*state));
            assert_eq!(serde_json::json!(state), state.as_str());
        }
        let actions: BTreeSet<_> = TRANSITIONS.iter().map(|line| line.action).collect();
        assert_eq!(actions.len(), TRANSITIONS.len(), "an action has one line");
        for line in TRANSITIONS {
            assert_eq!(serde_json::json!(line.action), line.action.as_str());
        }
    }
}
