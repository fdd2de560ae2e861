//! Why something about a preview link is refused.

use ground::{crypto::CryptoError, db::DbError, words::Locale};
use machinery::web::{Explain, Problem};

use super::{MOST_HOURS, MOST_LINKS, PASSWORD_LENGTH};
use crate::{entries::EntryError, sites::SiteError};

/// Why something about a preview link was refused.
#[derive(Debug, thiserror::Error)]
pub enum PreviewLinkError {
    /// There is none with this id for whoever asks.
    #[error("there is no such preview link")]
    NotFound,
    /// The site is not offered in the language.
    #[error("the site is not offered in {0}")]
    LocaleUnknown(Locale),
    /// A revision is one of an entry.
    #[error("a revision is named and no entry")]
    RevisionWithoutEntry,
    /// It would end at once, or too late.
    #[error("the number of hours is out of range")]
    HoursInvalid,
    /// Neither an instant nor a local time.
    #[error("the time is not one")]
    InstantInvalid,
    /// Too short or too long.
    #[error("the password is too short or too long")]
    PasswordInvalid,
    /// The site has as many links as there may be.
    #[error("there are too many preview links")]
    TooMany,
    /// The site.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// The entry.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// The password cannot be hashed now.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Explain for PreviewLinkError {
    fn explain(&self) -> Problem {
        let field = |pointer: &str, code: &'static str, detail: String| {
            Problem::new(422, "invalid", "Some fields are not valid", detail.clone()).with_field(pointer, code, detail)
        };
        match self {
            Self::NotFound => Problem::not_found(),
            Self::LocaleUnknown(locale) => {
                field("/locale", "locale_unknown", format!("The site is not offered in `{locale}`."))
            }
            Self::RevisionWithoutEntry => {
                field("/entry", "entry_required", "A revision is one of an entry: name the entry too.".to_owned())
            }
            Self::HoursInvalid => {
                field("/hours", "hours_invalid", format!("A link is good for 1 to {MOST_HOURS} hours."))
            }
            Self::InstantInvalid => field(
                "/as_of",
                "date_time_invalid",
                "Write an instant like 2026-12-24T17:00:00Z, or the site's local time like 2026-12-24T18:00."
                    .to_owned(),
            ),
            Self::PasswordInvalid => field(
                "/password",
                "password_invalid",
                format!(
                    "A link's password has {} to {} characters, not counting blanks around it. Leave it out for a link without one.",
                    PASSWORD_LENGTH.start(),
                    PASSWORD_LENGTH.end()
                ),
            ),
            Self::TooMany => Problem::new(
                409,
                "too_many_preview_links",
                "Too many preview links",
                format!(
                    "A site has at most {MOST_LINKS} links that are good at once. Withdraw some that nobody needs."
                ),
            ),
            Self::Site(error) => error.explain(),
            Self::Entry(error) => error.explain(),
            Self::Crypto(CryptoError::Busy) => Problem::new(
                503,
                "busy",
                "The server is busy",
                "Many passwords are being checked at this moment. Try again in a second.",
            )
            .with_retry_after(1),
            Self::Crypto(error) => Problem::internal(error.to_string()),
            Self::Db(error) => error.explain(),
        }
    }
}
