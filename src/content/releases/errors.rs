//! Why something about a release is refused.

use ground::db::DbError;
use machinery::web::{Explain, FieldProblem, Problem};

use super::{ItemProblem, LONGEST_NAME, LONGEST_NOTE, MOST_ITEMS, ReleaseAction, ReleaseState};
use crate::{entries::EntryError, sites::SiteError};

/// Why something about a release was refused.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// There is none with this id for whoever asks.
    #[error("there is no such release")]
    NotFound,
    /// It stands where this cannot be done.
    #[error("{} cannot be done to a release that is {}", action.as_str(), state.as_str())]
    NotFromHere {
        /// What was wanted.
        action: ReleaseAction,
        /// How far it has come.
        state: ReleaseState,
    },
    /// The name is empty, too long or not one line, or the note too long.
    #[error("the name or the note is not one")]
    NameInvalid,
    /// Nothing belongs to it.
    #[error("the release is empty")]
    Empty,
    /// It has as many items as there may be, or the organization as many releases.
    #[error("there are too many")]
    TooMany,
    /// Some items stand in the way; nothing was changed.
    #[error("{} items stand in the way", .0.len())]
    Refused(Vec<ItemProblem>),
    /// Somebody has changed since what these items show; nothing was changed.
    #[error("{} items were changed since", .0.len())]
    ChangedSince(Vec<ItemProblem>),
    /// The entry.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<SiteError> for ReleaseError {
    fn from(error: SiteError) -> Self {
        Self::Entry(error.into())
    }
}

impl Explain for ReleaseError {
    fn explain(&self) -> Problem {
        match self {
            Self::NotFound => Problem::not_found(),
            Self::NotFromHere { action, state } => Problem::new(
                409,
                "release_not_from_here",
                "Not from where the release stands",
                format!(
                    "`{}` cannot be done while the release is `{}`; its `actions` say what can.",
                    action.as_str(),
                    state.as_str()
                ),
            ),
            Self::NameInvalid => Problem::invalid(vec![FieldProblem {
                pointer: "/name".to_owned(),
                code: "name_invalid".into(),
                detail: format!(
                    "A name has 1 to {LONGEST_NAME} characters on one line, a note {LONGEST_NOTE} at most."
                ),
            }]),
            Self::Empty => Problem::new(
                409,
                "release_empty",
                "Nothing belongs to it",
                "Add at least one entry to the release before it goes live.",
            ),
            Self::TooMany => Problem::new(
                409,
                "release_full",
                "Too many",
                format!("A release has at most {MOST_ITEMS} entries. Make a second one, or delete old releases."),
            ),
            Self::Refused(problems) => with_items(
                Problem::new(
                    409,
                    "release_refused",
                    "The release cannot go live",
                    "Nothing was changed. `errors` names each entry that stands in the way, and why.",
                ),
                problems,
            ),
            Self::ChangedSince(problems) => with_items(
                Problem::new(
                    409,
                    "release_changed_since",
                    "Changed since the release",
                    "Nothing was changed. `errors` names what shows something else than the release showed. Send `force` to \
                     overwrite that.",
                ),
                problems,
            ),
            Self::Entry(error) => error.explain(),
            Self::Db(error) => error.explain(),
        }
    }
}

fn with_items(mut problem: Problem, items: &[ItemProblem]) -> Problem {
    let told = items.iter().map(|item| FieldProblem {
        pointer: format!("/items/{}", item.entry_id),
        code: item.problem.code.clone().into(),
        detail: format!("{}: {}", item.title, item.problem.detail),
    });
    problem.errors = told.collect();
    problem
}
