//! Why something about an entry is refused.

use ground::{
    db::DbError,
    words::{Locale, Slug},
};
use machinery::web::{Explain, FieldProblem, Problem};

use super::Revision;
use crate::sites::SiteError;

/// Why something about an entry was refused.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// There is none with this id, or no such site, for whoever asks.
    #[error("there is no such entry")]
    NotFound,
    /// No type of this name is declared.
    #[error("there is no type {0}")]
    TypeUnknown(String),
    /// The document breaks its declaration, or refers to what is not there. Pointers start at the document.
    #[error("{}", described("the document is not valid", .0))]
    Invalid(Vec<FieldProblem>),
    /// What is required for publishing is missing. Pointers start at the document.
    #[error("{}", described("the entry is not complete", .0))]
    Incomplete(Vec<FieldProblem>),
    /// Somebody has saved a newer revision.
    #[error("the newest revision is {newest}")]
    RevisionConflict {
        /// Its number.
        newest: u32,
        /// The revision itself, for whoever wants to bring both together.
        standing: Option<Box<Revision>>,
    },
    /// Something else of the request. The pointer starts at the body.
    #[error("{}", .0.detail)]
    Request(FieldProblem),
    /// Nothing is published that could be taken back.
    #[error("there is no publication of this revision to take back")]
    NothingToUndo,
    /// Another entry of the type has the slug.
    #[error("the slug {0} is taken")]
    SlugTaken(Slug),
    /// Another entry of the type is still published under the slug.
    #[error("another entry is published under the slug {0}")]
    AddressTaken(Slug),
    /// The site is not offered in this language.
    #[error("the site is not offered in {0}")]
    LocaleUnknown(Locale),
    /// No language was named where some must be.
    #[error("no language was named")]
    LocalesEmpty,
    /// The site's languages changed between the check and the change.
    #[error("the site's languages were changed in the meantime")]
    LanguagesChanged,
    /// The organization's types changed between the check and the change.
    #[error("the organization's types were changed in the meantime")]
    DeclarationsChanged,
    /// The type has changed while the entry lay in the bin.
    #[error("the entry's type has changed since it was deleted")]
    OfOlderType,
    /// Whoever writes may not publish.
    #[error("the role may not publish")]
    MayNotPublish,
    /// The site.
    #[error(transparent)]
    Site(SiteError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<SiteError> for EntryError {
    fn from(error: SiteError) -> Self {
        match error {
            SiteError::NotFound => Self::NotFound,
            SiteError::Db(error) => Self::Db(error),
            other => Self::Site(other),
        }
    }
}

impl EntryError {
    /// The fields that are wrong, with pointers into the document.
    pub fn problems(&self) -> &[FieldProblem] {
        match self {
            Self::Invalid(problems) | Self::Incomplete(problems) => problems,
            _ => &[],
        }
    }
}

impl Explain for EntryError {
    fn explain(&self) -> Problem {
        match self {
            Self::NotFound => Problem::not_found(),
            Self::TypeUnknown(name) => invalid(
                "/type",
                "type_unknown",
                format!("There is no type `{name}`. `GET /api/v1/types/` lists those that there are."),
            ),
            Self::Invalid(problems) => Problem::invalid(in_body(problems)),
            Self::Incomplete(problems) => {
                let detail = match problems.as_slice() {
                    [only] => only.detail.clone(),
                    _ => "Some fields must be filled in before this can be published; `errors` names each.".to_owned(),
                };
                let mut problem = Problem::new(422, "incomplete", "Not complete enough to be published", detail);
                problem.errors = in_body(problems);
                problem
            }
            Self::RevisionConflict { newest, standing } => Problem::conflict(format!(
                "Somebody has saved revision {newest} in the meantime. Load it, bring your change into it, and save again."
            ))
            .with_field("/revision", "revision_conflict", format!("The newest revision is {newest}."))
            .with_standing(standing.as_deref()),
            Self::Request(problem) => Problem::invalid(vec![problem.clone()]),
            Self::NothingToUndo => Problem::new(
                409,
                "nothing_to_undo",
                "Nothing to undo",
                "No language shows this revision any more, or what it replaced is not known. Load the entry to see what is published.",
            ),
            Self::SlugTaken(slug) => taken(
                "slug_taken",
                "The slug is taken",
                format!("Another entry of this type has the slug `{slug}`. Choose another one, or leave it out to have one made."),
            ),
            Self::AddressTaken(slug) => taken(
                "address_taken",
                "The address is taken",
                format!("Visitors still find another entry of this type under `{slug}`. Publish or unpublish that one first."),
            ),
            Self::LocaleUnknown(locale) => {
                invalid("/locales", "locale_unknown", format!("The site is not offered in `{locale}`."))
            }
            Self::LocalesEmpty => {
                invalid("/locales", "locales_empty", "Name at least one language, or leave `locales` out.".to_owned())
            }
            Self::LanguagesChanged => {
                Problem::conflict("The site's languages were changed at the same moment. Send the request again.")
            }
            Self::DeclarationsChanged => {
                Problem::conflict("The organization's types were changed at the same moment. Send the request again.")
            }
            Self::OfOlderType => Problem::conflict(
                "The type of this entry has changed since it was deleted, so that what visitors saw cannot be shown again. Take \
                 it out of the bin as a draft, look it over, and publish it.",
            ),
            Self::MayNotPublish => Problem::forbidden(
                "Your role may write entries and may not publish them. Leave `publish` out, or ask an owner of the \
                 organization for the permission `content.publish`.",
            ),
            Self::Site(error) => error.explain(),
            Self::Db(error) => error.explain(),
        }
    }
}

fn invalid(pointer: &str, code: &'static str, detail: String) -> Problem {
    Problem::invalid(vec![FieldProblem { pointer: pointer.to_owned(), code: code.into(), detail }])
}

fn taken(code: &'static str, title: &'static str, detail: String) -> Problem {
    Problem::new(409, code, title, detail.clone()).with_field("/slug", code, detail)
}

/// In a request the document is one field of the body.
fn in_body(problems: &[FieldProblem]) -> Vec<FieldProblem> {
    let placed =
        |problem: &FieldProblem| FieldProblem { pointer: format!("/document{}", problem.pointer), ..problem.clone() };
    problems.iter().map(placed).collect()
}

fn described(what: &str, problems: &[FieldProblem]) -> String {
    match problems.first() {
        Some(first) => format!("{what}: {}: {}", first.pointer, first.detail),
        None => what.to_owned(),
    }
}
