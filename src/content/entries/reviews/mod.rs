//! Reviews: somebody is asked to look at exactly one revision, and approves it or sends it back. Any later edit ends what was
//! asked or approved. A site can want an approval before anything goes live.

mod answering;
mod asking;
mod routes;
mod rules;
mod store;

use ground::{
    clock::Timestamp,
    db::{DbError, Tx},
    words::{EntryId, ReviewId, SiteId, UserId},
};
use machinery::web::FieldProblem;
use serde::Serialize;
use tenants::{
    audit::{self, Change},
    scope::Scope,
};
use utoipa::ToSchema;

use super::EntryError;
use crate::notices::{About, Audience, Place, TellTeam};

pub use answering::{Answering, approve, send_back};
pub use asking::{Request, ask, of_entry, waiting, withdraw};
pub use routes::{Document, routes};
pub use rules::{check, is_required, set_required};
pub(super) use rules::{check_without, note_published, withdraw_by_edit};

/// Longest note in characters: a remark, not a document.
const LONGEST_NOTE: usize = 2_000;
const SUBJECT: &str = "review";

/// A request that somebody looks at a revision, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Review {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    pub id: ReviewId,
    /// The entry's site.
    #[schema(value_type = String, format = "uuid")]
    pub site_id: SiteId,
    /// The entry.
    #[schema(value_type = String, format = "uuid")]
    pub entry_id: EntryId,
    /// The entry's type.
    #[serde(rename = "type")]
    pub content_type: String,
    /// What lists call the entry now.
    pub title: String,
    /// The revision that it is about.
    pub revision: u32,
    /// How far it has come.
    pub state: ReviewState,
    /// Who asked: the id of the account, if it was a person.
    #[schema(value_type = Option<String>, required = true)]
    pub asked_by: Option<UserId>,
    /// What they are called.
    pub asked_by_name: String,
    /// Who is asked; `null` for everybody who may publish on the site.
    #[schema(value_type = Option<String>, required = true)]
    pub asked_of: Option<UserId>,
    /// What they are called.
    #[schema(required = true)]
    pub asked_of_name: Option<String>,
    /// What is to be looked at.
    pub note: String,
    /// Who answered.
    #[schema(required = true)]
    pub answered_by_name: Option<String>,
    /// What they said.
    #[schema(required = true)]
    pub answer: Option<String>,
    /// When it was asked.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was answered, or ended otherwise.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub answered_at: Option<Timestamp>,
}

/// How far a review has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewState {
    /// Somebody is asked.
    Requested,
    /// The revision may go live.
    Approved,
    /// It may not, and `answer` says why.
    SentBack,
    /// Taken back, or ended by an edit.
    Withdrawn,
    /// The revision went live.
    Published,
}

impl ReviewState {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Approved => "approved",
            Self::SentBack => "sent_back",
            Self::Withdrawn => "withdrawn",
            Self::Published => "published",
        }
    }

    fn from_stored(text: &str) -> Result<Self, DbError> {
        let all = [Self::Requested, Self::Approved, Self::SentBack, Self::Withdrawn, Self::Published];
        let found = all.into_iter().find(|state| state.as_str() == text);
        found.ok_or_else(|| DbError::Decode(format!("`{text}` is no state of a review")))
    }
}

fn checked_note(pointer: &str, note: &str) -> Result<String, EntryError> {
    let note = note.trim();
    if note.chars().count() <= LONGEST_NOTE {
        return Ok(note.to_owned());
    }
    Err(EntryError::Request(FieldProblem {
        pointer: pointer.to_owned(),
        code: "too_long".into(),
        detail: format!("A note has at most {LONGEST_NOTE} characters."),
    }))
}

/// Records what happened to a review. The entry's own line follows where the entry changed for visitors.
impl Review {
    /// What mails say of it.
    fn notice(&self, about: About, to: Audience) -> TellTeam {
        let place = Place::Entry { site: self.site_id, content_type: self.content_type.clone(), entry: self.entry_id };
        let values = serde_json::json!({
            "title": self.title,
            "revision": self.revision,
            "asked_by": self.asked_by_name,
            "answered_by": self.answered_by_name,
            "approved": self.state == ReviewState::Approved,
            "note": if about == About::ReviewRequested { Some(&self.note) } else { self.answer.as_ref() },
        });
        TellTeam { about, to, place, values }
    }
}

fn tell(tx: &Tx, scope: &Scope, action: &'static str, review: &Review) -> Result<(), DbError> {
    let after = serde_json::json!({
        "entry_id": review.entry_id,
        "revision": review.revision,
        "state": review.state,
        "asked_of": review.asked_of_name,
        "note": review.note,
        "answer": review.answer,
    });
    audit::record(
        tx,
        scope,
        Change { action, subject_type: SUBJECT, subject_id: review.id.to_string(), before: None, after: Some(after) },
    )?;
    super::telling::tell_review(tx, scope, action, review);
    Ok(())
}
