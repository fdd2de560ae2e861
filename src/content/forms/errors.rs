//! Why something about submissions is refused.

use ground::db::DbError;
use machinery::web::{Explain, FieldProblem, Problem};

/// Why something about a submission was refused.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    /// There is none with this id, or no such site, for whoever asks.
    #[error("there is no such submission")]
    NotFound,
    /// The note is longer than it may be.
    #[error("the note is too long")]
    NoteTooLong,
    /// Nobody of the organization has this id.
    #[error("there is no such member")]
    AssigneeUnknown,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Explain for FormError {
    fn explain(&self) -> Problem {
        match self {
            Self::NotFound => Problem::not_found(),
            Self::NoteTooLong => wrong("/note", "text_too_long", "At most 5000 characters fit here."),
            Self::AssigneeUnknown => wrong("/assignee", "member_unknown", "Nobody in the team has this id."),
            Self::Db(error) => error.explain(),
        }
    }
}

fn wrong(pointer: &str, code: &'static str, detail: &str) -> Problem {
    Problem::invalid(vec![FieldProblem { pointer: pointer.to_owned(), code: code.into(), detail: detail.to_owned() }])
}
