//! Why the sample group could not be loaded.

use content::{entries::EntryError, sites::SiteError};
use ground::{crypto::CryptoError, db::DbError, words::WordError};
use machinery::web::{Explain, Problem};
use tenants::{accounts::AccountError, api_keys::ApiKeyError, organizations::OrganizationError};

/// Why the sample group could not be loaded. Nothing of it is there then.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A file of the sample is not what it should be: a mistake in this program.
    #[error("the sample file {file} is not valid: {reason}")]
    FileInvalid {
        /// The file under `assets/demo`.
        file: String,
        /// What is wrong, and where.
        reason: String,
    },
    /// A sample entry names another that does not stand before it in its file.
    #[error("the sample entry {entry} names {name}, which does not stand before it")]
    EntryUnknown {
        /// The entry, as type/slug.
        entry: String,
        /// What it names.
        name: String,
    },
    /// One of the sample's own words is none.
    #[error(transparent)]
    Word(#[from] WordError),
    /// A site was refused.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// An entry was refused.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// The organization was refused.
    #[error(transparent)]
    Organization(#[from] OrganizationError),
    /// The owner's account was refused.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The key was refused.
    #[error(transparent)]
    ApiKey(#[from] ApiKeyError),
    /// The owner's password could not be hashed.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Explain for DemoError {
    fn explain(&self) -> Problem {
        match self {
            Self::Site(error) => error.explain(),
            Self::Entry(error) => error.explain(),
            Self::Organization(error) => error.explain(),
            Self::Account(error) => error.explain(),
            Self::ApiKey(error) => error.explain(),
            Self::Db(error) => error.explain(),
            Self::FileInvalid { .. } | Self::EntryUnknown { .. } | Self::Word(_) | Self::Crypto(_) => {
                Problem::new(500, "sample_not_loaded", "The sample could not be loaded", self.to_string())
            }
        }
    }
}
