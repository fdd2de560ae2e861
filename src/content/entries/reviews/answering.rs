//! Answering a request: the revision may go live, or it goes back with a note.

use ground::{
    db::{DbError, Tx},
    words::{EntryId, Locale, SiteId},
};
use serde::Deserialize;
use tenants::scope::Scope;
use utoipa::ToSchema;

use super::{
    super::{Action, Entry, EntryError, OpenReview, OpenReviewState, Stage, let_go, pinned, reading, store as entries},
    Review, ReviewState, checked_note, store, tell,
};
use crate::{
    notices::{self, About, Audience},
    types::Declarations,
};

/// What whoever looked at a revision says.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReviewAnswer)]
pub struct Answering {
    /// The revision that was looked at.
    pub revision: u32,
    /// What to say with it.
    #[serde(default)]
    pub note: String,
    /// Whether the approved revision goes live at once.
    #[serde(default)]
    pub publish: bool,
    /// In which languages it goes live; left out, in every one in which nothing required is missing.
    #[schema(value_type = Option<Vec<String>>)]
    pub locales: Option<Vec<Locale>>,
}

/// Approves exactly the revision that was asked about, and publishes it if wanted.
pub fn approve(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    id: EntryId,
    wish: &Answering,
) -> Result<Entry, EntryError> {
    let review = answered(tx, scope, site, id, wish, Action::Approve)?;
    let review = Review { state: ReviewState::Approved, ..review };
    store::update(tx, scope, &review)?;
    let open = OpenReview { revision: review.revision, state: OpenReviewState::Approved };
    entries::set_review(tx, scope, id, Some(open))?;
    tell(tx, scope, "review.approved", &review)?;
    tell_asker(tx, scope, &review)?;
    if wish.publish {
        let stage = Stage::set(tx, scope, declarations, site)?;
        return pinned::publish_revision(tx, scope, &stage, id, wish.revision, wish.locales.as_deref());
    }
    reading::find(tx, scope, site, id)
}

/// Sends the revision back: it is a draft again, and the note says what is missing.
pub fn send_back(tx: &Tx, scope: &Scope, site: SiteId, id: EntryId, wish: &Answering) -> Result<Entry, EntryError> {
    let review = answered(tx, scope, site, id, wish, Action::SendBack)?;
    let review = Review { state: ReviewState::SentBack, ..review };
    store::update(tx, scope, &review)?;
    entries::set_review(tx, scope, id, None)?;
    let_go(tx, scope, &review.id.to_string(), None)?;
    tell(tx, scope, "review.sent_back", &review)?;
    tell_asker(tx, scope, &review)?;
    reading::find(tx, scope, site, id)
}

/// Mails the answer to whoever asked, if that was a person.
fn tell_asker(tx: &Tx, scope: &Scope, review: &Review) -> Result<(), DbError> {
    let Some(user) = review.asked_by else { return Ok(()) };
    notices::tell(tx, scope, &review.notice(About::ReviewAnswered, Audience::Member(user)))
}

/// The open request for this revision, with who answers it and what they say.
fn answered(
    tx: &Tx,
    scope: &Scope,
    site: SiteId,
    id: EntryId,
    wish: &Answering,
    action: Action,
) -> Result<Review, EntryError> {
    reading::find(tx, scope, site, id)?.check(action)?;
    let open = store::open(tx, scope, id)?;
    let asked = |review: &Review| review.revision == wish.revision && review.state == ReviewState::Requested;
    let review = open.filter(asked).ok_or(EntryError::ReviewMissing)?;
    if review.asked_by.is_some() && review.asked_by == scope.user() {
        return Err(EntryError::OwnRequest);
    }
    Ok(Review {
        answered_by_name: Some(scope.actor().name().to_owned()),
        answer: Some(checked_note("/note", &wish.note)?),
        answered_at: Some(tx.now()),
        ..review
    })
}
