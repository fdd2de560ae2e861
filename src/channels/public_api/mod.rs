//! The read-only content API of apps, kiosks and websites: the shapes that existing customers read, made of published
//! views alone. Answers are made once per state of their site and served from memory.

mod asking;
mod changes;
mod cursors;
mod described;
mod expanding;
mod fields;
mod previewing;
mod reading;
mod routes;
mod schema;
mod shaping;
mod site_routes;
mod website;

use std::sync::Arc;

use content::types::Catalogue;
use ground::db::{Db, DbError};
use machinery::web::{Explain, Problem};

pub use routes::{Document, routes};

use crate::kept::{Answers, Versions};

use expanding::MOST_EXPANDED;

/// What the routes work with. Managed by Rocket; cheap to clone.
#[derive(Clone)]
pub struct PublicApi {
    db: Db,
    catalogue: Catalogue,
    /// Addresses of pictures that stand on this installation begin with it.
    public_url: Arc<str>,
    answers: Answers,
}

impl PublicApi {
    /// Where this installation is reached, without a slash at the end.
    pub(crate) fn public_url(&self) -> &str {
        &self.public_url
    }

    /// Nothing answered yet.
    pub fn new(db: Db, catalogue: Catalogue, public_url: &str, versions: Versions) -> Self {
        let public_url = public_url.trim_end_matches('/').into();
        let answers = Answers::new(versions, db.clock().clone());
        Self { db, catalogue, public_url, answers }
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
enum ReadError {
    /// No such published site or entry for this visitor.
    #[error("not found")]
    NotFound,
    /// The query is not one for what it asks about.
    #[error("{}", .0.detail)]
    Refused(Problem),
    /// More references were to be expanded than one answer may hold.
    #[error("the expansion is too large")]
    ExpansionTooLarge,
    /// Changes behind the reader's token are no longer known.
    #[error("the token is too old")]
    TokenExpired,
    /// The answer cannot be written as JSON.
    #[error("an answer cannot be written: {0}")]
    Unwritable(#[from] serde_json::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Explain for ReadError {
    fn explain(&self) -> Problem {
        match self {
            Self::NotFound => Problem::not_found(),
            Self::Refused(problem) => problem.clone(),
            Self::ExpansionTooLarge => Problem::new(
                400,
                "expansion_too_large",
                "Too much is expanded",
                format!(
                    "More than {MOST_EXPANDED} entries would stand in this answer in the place of references: ask for smaller \
                     pages or expand less."
                ),
            ),
            Self::TokenExpired => Problem::new(
                410,
                "sync_token_expired",
                "The token is too old",
                "Changes behind this token are no longer known. Begin anew with `initial=true`.",
            ),
            Self::Unwritable(error) => {
                tracing::error!(%error, "a public answer could not be written");
                Problem::new(500, "internal", "Something went wrong", "The answer could not be written.")
            }
            Self::Db(error) => error.explain(),
        }
    }
}
