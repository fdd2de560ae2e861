//! Refusals that are kept or answered one beside another: of a schedule, of one thing among many.

use ground::db::{FromValue, Json};
use machinery::web::{Explain, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::EntryError;

/// Why something was not done, in the words of the same refusal as an answer of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Refusal {
    /// Stable code.
    pub code: String,
    /// What happened and what to do next.
    pub detail: String,
    /// The fields that were wrong.
    pub errors: Vec<RefusedField>,
}

/// One field that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefusedField {
    /// JSON Pointer (RFC 6901) to the field.
    pub pointer: String,
    /// Stable code.
    pub code: String,
    /// A sentence with the next step.
    pub detail: String,
}

impl Refusal {
    /// The refusal that this error is.
    pub fn of(error: &EntryError) -> Self {
        match error {
            EntryError::NotFound => Self {
                code: "not_found".to_owned(),
                detail: "There is no such entry on this site, or it is in the bin.".to_owned(),
                errors: Vec::new(),
            },
            other => Self::from(other.explain()),
        }
    }

    /// All of it in sentences, for a mail.
    pub fn told(&self) -> String {
        let fields = self.errors.iter().map(|field| field.detail.as_str());
        [self.detail.as_str()].into_iter().chain(fields).collect::<Vec<_>>().join(" ")
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        let errors = problem.errors.into_iter().map(|field| RefusedField {
            pointer: field.pointer,
            code: field.code.into_owned(),
            detail: field.detail,
        });
        Self { code: problem.code.to_owned(), detail: problem.detail, errors: errors.collect() }
    }
}

/// A kept JSON value, if there is one.
pub fn kept<T>(stored: Option<Json<T>>) -> Option<T>
where
    Json<T>: FromValue,
{
    stored.map(|Json(value)| value)
}
