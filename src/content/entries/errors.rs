//! Why something about an entry is refused.

use ground::{
    db::DbError,
    words::{Locale, Slug},
};
use machinery::web::{Explain, FieldProblem, Problem};

use super::{Action, Revision, State};
use crate::{checks::Finding, sites::SiteError};

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
    /// Texts of a translation are not right. Pointers start at the request, which names texts by their paths.
    #[error("{}", described("the texts are not right", .0))]
    TextsInvalid(Vec<FieldProblem>),
    /// What is required for publishing is missing. Pointers start at the document.
    #[error("{}", described("the entry is not complete", .0))]
    Incomplete(Vec<FieldProblem>),
    /// A rule of the checks refuses it. Pointers start at the document.
    #[error("the checks refuse it: {}", .0.first().map(|one| one.detail.as_str()).unwrap_or_default())]
    ChecksFailed(Vec<Finding>),
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
    /// The entry stands where this cannot be done.
    #[error("{} cannot be done to what is {}", action.as_str(), state.as_str())]
    NotFromHere {
        /// What was wanted.
        action: Action,
        /// Where the entry stands.
        state: State,
    },
    /// The entry has no revision of this number any more.
    #[error("there is no revision {0}")]
    RevisionUnknown(u32),
    /// A language shows a newer revision already.
    #[error("{locale} shows revision {shown} already")]
    Superseded {
        /// The language.
        locale: Locale,
        /// What it shows.
        shown: u32,
    },
    /// The site wants an approval before anything goes live.
    #[error("the site wants an approval of this revision")]
    ReviewRequired,
    /// Nobody asked for a review of this revision, or it was answered.
    #[error("no review of this revision stands open")]
    ReviewMissing,
    /// People do not approve what they asked for.
    #[error("nobody approves their own request")]
    OwnRequest,
    /// Whoever is to look at it is no member who may publish there.
    #[error("the reviewer may not publish on this site")]
    ReviewerUnknown,
    /// There is no such schedule, or it has fired, failed or was cancelled.
    #[error("the schedule does not wait any more")]
    ScheduleSettled,
    /// The entry has as many waiting schedules as there may be.
    #[error("too many schedules wait")]
    TooManySchedules,
    /// Some of several things failed, and nothing was done. Pointers name them.
    #[error("{}", described("some of it cannot be done", .0))]
    NothingDone(Vec<FieldProblem>),
    /// Other entries name it.
    #[error("{count} entries name it")]
    InUse {
        /// How many.
        count: u64,
        /// What lists call some of them.
        titles: Vec<String>,
    },
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
    /// The type has changed since a revision was written that is to be shown, and these values of it have no place any more.
    #[error("the entry's type has changed since, and values of the revision have no place in it any more")]
    OfOlderType(Vec<String>),
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
            Self::TextsInvalid(problems) => Problem::invalid(problems.clone()),
            Self::Incomplete(problems) => {
                let detail = match problems.as_slice() {
                    [only] => only.detail.clone(),
                    _ => "Some fields must be filled in before this can be published; `errors` names each.".to_owned(),
                };
                let mut problem = Problem::new(422, "incomplete", "Not complete enough to be published", detail);
                problem.errors = in_body(problems);
                problem
            }
            Self::ChecksFailed(findings) => {
                let mut problem = Problem::new(
                    422,
                    "checks_failed",
                    "The checks refuse it",
                    "Something in it may not be published by the rules of the organization; `errors` names each place.",
                );
                problem.errors = findings.iter().map(in_place).collect();
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
            Self::OfOlderType(dropped) => Problem::conflict(format!(
                "The type of this entry has changed since this revision was written, and of what it says these values have no \
                 place any more: {}. Bring it back as a draft, look it over, and publish that.",
                dropped.join(", ")
            )),
            Self::MayNotPublish => Problem::forbidden(
                "Your role may write entries and may not publish them. Leave `publish` out, or ask an owner of the \
                 organization for the permission `content.publish`.",
            ),
            Self::Site(error) => error.explain(),
            Self::Db(error) => error.explain(),
            work => work.explain_work(),
        }
    }
}

impl EntryError {
    /// What reviews, schedules and bulk work refuse.
    fn explain_work(&self) -> Problem {
        match self {
            Self::NotFromHere { action, state } => Problem::new(
                409,
                "not_from_here",
                "Not from where it stands",
                format!(
                    "`{}` cannot be done while the entry is `{}`. `GET /api/v1/workflow/` says what can be done where.",
                    action.as_str(),
                    state.as_str()
                ),
            ),
            Self::RevisionUnknown(number) => {
                invalid("/revision", "revision_unknown", format!("There is no revision {number} of this entry."))
            }
            Self::Superseded { locale, shown } => Problem::new(
                409,
                "revision_superseded",
                "Something newer is live",
                format!(
                    "Visitors see revision {shown} in `{locale}` already, which is newer. Choose that one or a later one."
                ),
            ),
            Self::InUse { count, titles } => Problem::new(
                409,
                "entry_in_use",
                "Others name it",
                format!(
                    "{count} {} this one: {}{}. Take it out there first, or send `even_if_used=true`; they lose it then.",
                    if *count == 1 { "entry names" } else { "entries name" },
                    titles.join(", "),
                    if (titles.len() as u64) < *count { " and others" } else { "" },
                ),
            ),
            Self::ReviewRequired => Problem::new(
                409,
                "review_required",
                "Somebody else looks at it first",
                "On this site a revision goes live after somebody else has approved it. Ask for a review of the newest one.",
            ),
            Self::ReviewMissing => Problem::new(
                409,
                "review_missing",
                "No review stands open",
                "Nobody asks for a review of this revision: it was answered, withdrawn, or the entry was edited since. Load the entry.",
            ),
            Self::OwnRequest => Problem::new(
                403,
                "own_request",
                "Your own request",
                "Somebody else answers what you asked for. Withdraw the request, or wait for them.",
            ),
            Self::ReviewerUnknown => invalid(
                "/of",
                "reviewer_unknown",
                "Name a member who may publish on this site by the id of their account, or leave `of` out.".to_owned(),
            ),
            Self::ScheduleSettled => Problem::new(
                409,
                "schedule_settled",
                "It does not wait any more",
                "This schedule has fired, failed or was cancelled. Make a new one.",
            ),
            Self::TooManySchedules => Problem::new(
                409,
                "too_many_schedules",
                "Too many schedules",
                "This entry has as many waiting schedules as there may be. Cancel one first.",
            ),
            Self::NothingDone(problems) => {
                let mut problem = Problem::new(
                    409,
                    "nothing_done",
                    "Nothing was done",
                    "All or nothing was asked for, and some of it cannot be done; `errors` names each and why.",
                );
                problem.errors.clone_from(problems);
                problem
            }
            other => Problem::internal(other),
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

/// What a rule refuses, as a field that is wrong.
fn in_place(finding: &Finding) -> FieldProblem {
    let language = finding.locale.as_ref().map(|locale| format!(" ({locale})")).unwrap_or_default();
    FieldProblem {
        pointer: format!("/document{}", finding.pointer),
        code: finding.rule.clone().into(),
        detail: format!("{}{language}", finding.detail),
    }
}

fn described(what: &str, problems: &[FieldProblem]) -> String {
    match problems.first() {
        Some(first) => format!("{what}: {}: {}", first.pointer, first.detail),
        None => what.to_owned(),
    }
}
