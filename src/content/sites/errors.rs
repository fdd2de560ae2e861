//! Why something about a site is refused.

use ground::{db::DbError, words::Locale};
use machinery::web::{Explain, Problem};

use super::{LONGEST_NAME, MOST_LOCALES, MOST_SITES};

/// Why something about a site was refused.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// There is none with this id for whoever asks.
    #[error("there is no such site")]
    NotFound,
    /// The name is empty, too long or not one line.
    #[error("the name is not one")]
    NameInvalid,
    /// Another site of the organization has the slug.
    #[error("the slug is taken")]
    SlugTaken,
    /// Another site of the platform has the domain.
    #[error("{pointer}: the domain {domain} is taken")]
    DomainTaken {
        /// Where in the site.
        pointer: String,
        /// The domain.
        domain: String,
    },
    /// No visitor can ask for a site by this name.
    #[error("`{domain}` leads nobody to a site. A domain has several parts, such as www.hotel-seeblick.ch.")]
    DomainInvalid {
        /// Where in the site.
        pointer: String,
        /// The name.
        domain: String,
    },
    /// No language, too many, or one twice.
    #[error("the languages are not a list of different ones")]
    LocalesInvalid,
    /// The default language is not among the languages.
    #[error("the default language is not among the languages")]
    DefaultLocaleMissing,
    /// Something is published in a language that is to go.
    #[error("something is published in {0}")]
    LocaleInUse(Locale),
    /// Something is published that rests on the default language.
    #[error("something is published that rests on the default language")]
    DefaultLocaleInUse,
    /// How a language is spoken breaks a rule.
    #[error("{pointer}: {detail}")]
    LanguageInvalid {
        /// Where in the site.
        pointer: String,
        /// What would be right.
        detail: String,
    },
    /// A setting breaks its limits.
    #[error("the setting {name} is not valid: {detail}")]
    SettingsInvalid {
        /// Which one; empty for the map as a whole.
        name: String,
        /// What would be right.
        detail: String,
    },
    /// The site must be taken off line first.
    #[error("the site is published")]
    StillPublished,
    /// Not all of it is there yet.
    #[error("the site is being copied")]
    StillCopied,
    /// The organization has as many sites as there may be.
    #[error("there are too many sites")]
    TooMany,
    /// The member may act on some sites only, and a new one is none of them.
    #[error("the membership is restricted to some sites")]
    MembershipRestricted,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Explain for SiteError {
    fn explain(&self) -> Problem {
        let field = |pointer: &str, code: &'static str, detail: String| {
            Problem::new(422, "invalid", "Some fields are not valid", detail.clone()).with_field(pointer, code, detail)
        };
        let taken = |pointer: &str, code: &'static str, title: &'static str, detail: String| {
            Problem::new(409, code, title, detail.clone()).with_field(pointer, code, detail)
        };
        match self {
            Self::NotFound => Problem::not_found(),
            Self::NameInvalid => {
                field("/name", "name_invalid", format!("A name has 1 to {LONGEST_NAME} characters on one line."))
            }
            Self::SlugTaken => taken(
                "/slug",
                "slug_taken",
                "The slug is taken",
                "Another site of the organization has this slug. Choose another one, or leave it out to have one made.".to_owned(),
            ),
            Self::DomainTaken { pointer, domain } => taken(
                pointer,
                "domain_taken",
                "The domain is taken",
                format!(
                    "Another site is already served under {domain}. A domain leads to one site: remove it there first, \
                     or ask the platform's operator if that site is not yours."
                ),
            ),
            Self::DomainInvalid { pointer, .. } => field(pointer, "domain_invalid", self.to_string()),
            Self::LocalesInvalid => {
                field("/locales", "locales_invalid", format!("Name 1 to {MOST_LOCALES} languages, each once."))
            }
            Self::DefaultLocaleMissing => field(
                "/default_locale",
                "default_locale_missing",
                "The default language must be one of `locales`.".to_owned(),
            ),
            Self::LocaleInUse(locale) => taken(
                "/locales",
                "locale_in_use",
                "The language is in use",
                format!("Something is published in `{locale}`. Unpublish it in this language first."),
            ),
            Self::DefaultLocaleInUse => taken(
                "/default_locale",
                "default_locale_in_use",
                "The default language is in use",
                "What is published takes missing texts from the default language. Unpublish the site's entries, change \
                 the language, then publish them again."
                    .to_owned(),
            ),
            Self::LanguageInvalid { pointer, detail } => field(pointer, "language_invalid", detail.clone()),
            Self::SettingsInvalid { name, detail } => {
                let pointer = if name.is_empty() { "/settings".to_owned() } else { format!("/settings/{name}") };
                field(&pointer.replace('~', "~0"), "setting_invalid", detail.clone())
            }
            Self::StillPublished => Problem::new(
                409,
                "site_published",
                "The site is published",
                "Unpublish the site before you delete it: its pages would vanish under the eyes of its visitors.",
            ),
            Self::StillCopied => Problem::new(
                409,
                "site_copying",
                "The site is being copied",
                "Not all of its entries are there yet. Wait until its copy is `done`, then publish it.",
            ),
            Self::TooMany => Problem::new(
                409,
                "too_many_sites",
                "Too many sites",
                format!("An organization has at most {MOST_SITES} sites. Delete one that is no longer needed."),
            ),
            Self::MembershipRestricted => Problem::forbidden(
                "Your membership is limited to some sites, so you cannot add one. Ask an owner of the organization.",
            ),
            Self::Db(error) => error.explain(),
        }
    }
}
