//! Asking for a review, taking the request back, and the lists of what waits.

use ground::{
    db::{Conn, Tx},
    words::{EntryId, SiteId, UserId},
};
use serde::Deserialize;
use tenants::{
    organizations::members::{self, Member},
    permissions::{Permission, PublishContent},
    scope::Scope,
};
use utoipa::ToSchema;

use super::{
    super::{
        Action, EntryError, OpenReview, OpenReviewState, hold_revision, let_go, reading, saving, store as entries,
    },
    Review, ReviewState, checked_note, store, tell,
};
use crate::notices::{self, About, Audience};

/// Somebody is to look at a revision.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReviewRequest)]
pub struct Request {
    /// Number of the newest revision: what is looked at is what was seen.
    pub revision: u32,
    /// Who is asked: the id of a member's account; left out, everybody who may publish on the site.
    #[schema(value_type = Option<String>)]
    pub of: Option<UserId>,
    /// What is to be looked at.
    #[serde(default)]
    pub note: String,
}

/// Asks for a review of the newest revision. One that stands open is replaced.
pub fn ask(tx: &Tx, scope: &Scope, site: SiteId, id: EntryId, wish: &Request) -> Result<Review, EntryError> {
    let entry = reading::find(tx, scope, site, id)?;
    entry.check(Action::RequestReview)?;
    if entry.revision != wish.revision {
        return Err(saving::conflict(tx, scope, &entry)?);
    }
    let reviewer = wish.of.map(|user| reviewer(tx, scope, site, user)).transpose()?;
    if let Some(before) = store::open(tx, scope, id)? {
        end(tx, scope, before, ReviewState::Withdrawn, "review.withdrawn")?;
    }
    let review = Review {
        id: tx.new_id(),
        site_id: site,
        entry_id: id,
        content_type: entry.content_type,
        title: entry.title,
        revision: entry.revision,
        state: ReviewState::Requested,
        asked_by: scope.user(),
        asked_by_name: scope.actor().name().to_owned(),
        asked_of: wish.of,
        asked_of_name: reviewer.map(|member| member.user.name),
        note: checked_note("/note", &wish.note)?,
        answered_by_name: None,
        answer: None,
        created_at: tx.now(),
        answered_at: None,
    };
    store::insert(tx, scope, &review)?;
    hold_revision(tx, scope, &review.id.to_string(), id, review.revision)?;
    let open = OpenReview { revision: review.revision, state: OpenReviewState::Requested };
    entries::set_review(tx, scope, id, Some(open))?;
    tell(tx, scope, "review.requested", &review)?;
    let to = match review.asked_of {
        Some(user) => Audience::Member(user),
        None => Audience::Publishers { sites: vec![site], but: scope.user() },
    };
    notices::tell(tx, scope, &review.notice(About::ReviewRequested, to))?;
    Ok(review)
}

/// Takes an open request, or an approval, back.
pub fn withdraw(tx: &Tx, scope: &Scope, site: SiteId, id: EntryId) -> Result<Review, EntryError> {
    reading::find(tx, scope, site, id)?.check(Action::WithdrawReview)?;
    let review = store::open(tx, scope, id)?.ok_or(EntryError::ReviewMissing)?;
    entries::set_review(tx, scope, id, None)?;
    end(tx, scope, review, ReviewState::Withdrawn, "review.withdrawn")
}

/// Ends a review that stood open.
pub(super) fn end(
    tx: &Tx,
    scope: &Scope,
    mut review: Review,
    state: ReviewState,
    action: &'static str,
) -> Result<Review, EntryError> {
    review.state = state;
    review.answered_at = Some(tx.now());
    store::update(tx, scope, &review)?;
    let_go(tx, scope, &review.id.to_string(), None)?;
    tell(tx, scope, action, &review)?;
    Ok(review)
}

/// All reviews of an entry, the newest first.
pub fn of_entry(conn: &Conn, scope: &Scope, site: SiteId, id: EntryId) -> Result<Vec<Review>, EntryError> {
    reading::find(conn, scope, site, id)?;
    Ok(store::of_entry(conn, scope, id)?)
}

/// What waits on all sites: for whoever asks (`for_me`: they are asked, or everybody is and they may answer), or by them.
pub fn waiting(conn: &Conn, scope: &Scope, for_me: bool) -> Result<Vec<Review>, EntryError> {
    let mut reviews = store::requested(conn, scope)?;
    let user = scope.user();
    reviews.retain(|review| {
        let is_own = review.asked_by == user;
        let is_meant = match review.asked_of {
            Some(asked) => Some(asked) == user,
            None => !is_own && scope.may(PublishContent::NAME),
        };
        scope.may_act_on(review.site_id) && if for_me { is_meant } else { is_own }
    });
    Ok(reviews)
}

/// The member with this account, who must be allowed to publish on the site.
fn reviewer(conn: &Conn, scope: &Scope, site: SiteId, user: UserId) -> Result<Member, EntryError> {
    let publishers = members::who_may(conn, scope, PublishContent::NAME, &[site])?;
    publishers.into_iter().find(|member| member.user.id == user).ok_or(EntryError::ReviewerUnknown)
}
