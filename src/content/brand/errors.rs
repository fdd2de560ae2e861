//! Why something about the brand is refused.

use ground::db::DbError;
use machinery::web::{Explain, FieldProblem, Problem};

use crate::entries::EntryError;

/// Why something about the brand was refused.
#[derive(Debug, thiserror::Error)]
pub enum BrandError {
    /// There is no such type, or nothing of it can be the brand's.
    #[error("the type has no brand")]
    NotFound,
    /// Fields or values are wrong. Pointers start at the body.
    #[error("{}", .0.iter().map(|one| one.detail.as_str()).collect::<Vec<_>>().join("\n"))]
    Invalid(Vec<FieldProblem>),
    /// Somebody has saved a newer state.
    #[error("the newest state of the brand is {newest}")]
    Conflict {
        /// Its number.
        newest: u32,
    },
    /// The member may act on some sites only, and the brand is all sites'.
    #[error("the membership is restricted to some sites")]
    MembershipRestricted,
    /// An entry.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Explain for BrandError {
    fn explain(&self) -> Problem {
        match self {
            Self::NotFound => Problem::not_found(),
            Self::Invalid(problems) => Problem::invalid(problems.clone()),
            Self::Conflict { newest } => Problem::new(
                409,
                "version_conflict",
                "Somebody changed it meanwhile",
                format!("The newest state of the brand is {newest}. Load it, and make the change on that."),
            ),
            Self::MembershipRestricted => Problem::forbidden(
                "Your membership is restricted to some sites, and the brand belongs to all of them. Ask an owner of the organization.",
            ),
            Self::Entry(error) => error.explain(),
            Self::Db(error) => error.explain(),
        }
    }
}

/// One field of the body that is wrong.
pub(super) fn invalid(pointer: &str, code: &'static str, detail: impl Into<String>) -> BrandError {
    BrandError::Invalid(vec![problem(pointer, code, detail)])
}

pub(super) fn problem(pointer: &str, code: &'static str, detail: impl Into<String>) -> FieldProblem {
    FieldProblem { pointer: pointer.to_owned(), code: code.into(), detail: detail.into() }
}
