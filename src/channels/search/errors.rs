//! Why nothing was found out.

use ground::db::DbError;
use machinery::web::{Explain, Problem};

/// Seconds after which an index that is being built may answer: fifty thousand entries take a few.
const BUILDING_RETRY_SECONDS: u64 = 5;

/// Why a search has no answer.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// There is no index yet.
    #[error("the search index is being built")]
    Building,
    /// The index cannot be written.
    #[error("the search index cannot be written; the log says why")]
    Failing,
    /// A query found the index damaged.
    #[error("the search index is damaged and is being built anew; the log says why")]
    Damaged,
    /// The words cannot be searched for.
    #[error("{0}")]
    Words(String),
    /// No such site for whoever asks.
    #[error("not found")]
    NotFound,
    /// The index.
    #[error("the search index: {0}")]
    Index(#[from] tantivy::TantivyError),
    /// Its folder.
    #[error("the folder of the search index: {0}")]
    Folder(#[from] std::io::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// What the database has of an entry.
    #[error(transparent)]
    Entry(#[from] content::entries::EntryError),
}

impl SearchError {
    /// What only a fault of the program brings about.
    pub(super) fn unexpected(error: impl std::fmt::Display) -> Self {
        Self::Index(tantivy::TantivyError::InternalError(error.to_string()))
    }
}

impl Explain for SearchError {
    fn explain(&self) -> Problem {
        match self {
            Self::Building => Problem::unavailable(
                "The search index is being built. Try again in a few seconds.",
                BUILDING_RETRY_SECONDS,
            ),
            Self::Words(detail) => Problem::parameter_invalid("q", detail.clone()),
            Self::NotFound => Problem::not_found(),
            Self::Index(_) | Self::Folder(_) | Self::Failing | Self::Damaged => Problem::internal(self),
            Self::Db(error) => error.explain(),
            Self::Entry(error) => error.explain(),
        }
    }
}
