//! Forms on websites: what one asks, whether an answer to it is right, and what came in. What guests send is theirs: it is
//! kept as long as the form says, can be erased by their e-mail address, and is shown to those alone whose role includes
//! `submissions.view`.

pub mod carried;
mod errors;
mod export;
mod form;
mod receiving;
mod retention;
mod routes;
mod stamps;
mod store;
mod submissions;
#[cfg(test)]
mod tests;

use ground::{
    clock::Timestamp,
    words::{EntryId, Locale, MemberId, SiteId, SubmissionId},
};
use machinery::jobs::{Registry, schedule::Schedule};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use errors::FormError;
pub use form::{Consent, Form, Question, checked};
pub use receiving::{Received, Sent, receive};
pub use routes::{Document, routes};
pub use stamps::{StampProblem, Stamps};
pub use submissions::{SubmissionChange, change, delete, erase, find, list};

/// What a guest has sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Submission {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    pub id: SubmissionId,
    /// The site that it came from; the address says it already.
    #[serde(skip)]
    pub site_id: SiteId,
    /// The form.
    #[schema(value_type = String, format = "uuid")]
    pub form: EntryId,
    /// What the form was called then.
    pub form_name: String,
    /// The language in which it was filled in.
    #[schema(value_type = String)]
    pub locale: Locale,
    /// The page that it was filled in on.
    pub page: String,
    /// The answers, in the order of the questions.
    pub answers: Vec<Answered>,
    /// The consents as they were shown.
    pub consents: Vec<Consented>,
    /// What has become of it.
    pub status: Status,
    /// The member who takes care of it.
    #[schema(value_type = Option<String>, required = true)]
    pub assignee: Option<MemberId>,
    /// The team's note.
    pub note: String,
    /// When it came.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// From when on it is deleted.
    #[schema(value_type = String, format = DateTime)]
    pub deleted_after: Timestamp,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct Answered {
    /// The question's short name.
    pub key: String,
    /// The question as it was asked.
    pub label: String,
    /// The answer.
    pub value: String,
}

/// A consent as it was shown: what was agreed to can be proved later, whatever the form says by then.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct Consented {
    /// The words.
    pub text: String,
    /// Their version.
    pub version: String,
    /// Whether it was given.
    pub given: bool,
}

/// What has become of a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SubmissionStatus)]
pub enum Status {
    /// Nobody has looked at it.
    New,
    /// Somebody works on it.
    Open,
    /// The guest has booked.
    Won,
    /// The guest has not.
    Lost,
    /// It is no enquiry.
    Spam,
}

impl Status {
    const ALL: [Self; 5] = [Self::New, Self::Open, Self::Won, Self::Lost, Self::Spam];

    const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Open => "open",
            Self::Won => "won",
            Self::Lost => "lost",
            Self::Spam => "spam",
        }
    }

    fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

impl std::str::FromStr for Status {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::named(text).ok_or(())
    }
}

/// Registers the nightly deletion and answers when it is to run.
pub fn maintain(registry: &mut Registry) -> Schedule {
    retention::maintain(registry)
}
