//! Why something about an own declaration is refused.

use ground::db::DbError;
use machinery::web::{Explain, FieldProblem, Problem};

use super::Counts;
use crate::entries::EntryError;

/// Why something about an own declaration was refused.
#[derive(Debug, thiserror::Error)]
pub enum CustomTypeError {
    /// There is none of this kind and name for whoever asks.
    #[error("there is no such declaration")]
    NotFound,
    /// The declaration is wrong. Pointers start at the body.
    #[error("{}", described(.0))]
    Invalid(Vec<FieldProblem>),
    /// Other declarations rest on it.
    #[error("{}", .0.join("\n"))]
    InUse(Vec<String>),
    /// Entries would change, and nobody has seen how.
    #[error("{} of {} entries would not stay as they are: check first, and apply what was checked", .0.entries - .0.unchanged, .0.entries)]
    CheckNeeded(Counts),
    /// Something has changed since the check.
    #[error("something has changed since the check: check again")]
    CheckStale,
    /// An entry refuses its new form.
    #[error("the entry {title} ({id}): {error}")]
    Entry {
        /// What lists call it.
        title: String,
        /// Its id.
        id: String,
        /// Why.
        error: Box<EntryError>,
    },
    /// The member may act on some sites only, and declarations are all sites'.
    #[error("the membership is restricted to some sites")]
    MembershipRestricted,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Explain for CustomTypeError {
    fn explain(&self) -> Problem {
        match self {
            Self::NotFound => Problem::not_found(),
            Self::Invalid(problems) => Problem::invalid(problems.clone()),
            Self::InUse(problems) => {
                let mut problem = Problem::new(
                    409,
                    "declaration_in_use",
                    "Others rest on it",
                    "Other declarations name it; `errors` says which. Change those first.",
                );
                problem.errors = problems
                    .iter()
                    .map(|detail| FieldProblem {
                        pointer: String::new(),
                        code: "declaration_in_use".into(),
                        detail: detail.clone(),
                    })
                    .collect();
                problem
            }
            Self::CheckNeeded(counts) => Problem::new(
                409,
                "check_needed",
                "Entries would change",
                format!(
                    "{} of {} entries would not stay as they are. Ask `POST /api/v1/types/custom/check/` what becomes of them, \
                     and send its `fingerprint` along.",
                    counts.entries - counts.unchanged,
                    counts.entries
                ),
            ),
            Self::CheckStale => Problem::new(
                409,
                "check_stale",
                "Changed since the check",
                "Entries, languages or declarations have changed since you checked. Nothing was done: check again.",
            ),
            Self::Entry { title, id, error } => {
                let mut problem = error.explain();
                problem.detail = format!("The entry `{title}` ({id}) cannot take its new form: {}", problem.detail);
                problem
            }
            Self::MembershipRestricted => Problem::forbidden(
                "Your membership is restricted to some sites, and types belong to all of them. Ask an owner of the organization.",
            ),
            Self::Db(error) => error.explain(),
        }
    }
}

fn described(problems: &[FieldProblem]) -> String {
    problems.iter().map(|problem| problem.detail.as_str()).collect::<Vec<_>>().join("\n")
}
