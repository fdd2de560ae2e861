//! What reviews mean for saving and publishing: an edit ends them, and a site can want one.

use ground::{
    db::{Conn, Tx},
    words::SiteId,
};
use tenants::{
    audit::{self, Change},
    permissions::{ManageSites, Permission},
    scope::Scope,
};

use super::{
    super::{Entry, EntryError, OpenReviewState, store as entries},
    ReviewState, asking, store,
};
use crate::sites;

/// Whether something goes live on the site only after somebody else has approved it.
pub fn is_required(conn: &Conn, scope: &Scope, site: SiteId) -> Result<bool, EntryError> {
    sites::languages(conn, scope, site)?;
    Ok(store::is_required(conn, scope, site)?)
}

/// Lets a site want approvals, or no longer.
pub fn set_required(tx: &Tx, scope: &Scope, site: SiteId, is_wanted: bool) -> Result<bool, EntryError> {
    let before = is_required(tx, scope, site)?;
    if before != is_wanted {
        store::set_required(tx, scope, site, is_wanted)?;
        let described = |is_required: bool| Some(serde_json::json!({ "review_required": is_required }));
        audit::record(
            tx,
            scope,
            Change {
                action: "site.review_rule_changed",
                subject_type: "site",
                subject_id: site.to_string(),
                before: described(before),
                after: described(is_wanted),
            },
        )?;
    }
    Ok(is_wanted)
}

/// Refuses to let a revision go live that needs an approval and has none. Whoever manages the site may do without; so may
/// what was planned before, since it was checked when it was planned.
pub fn check(conn: &Conn, scope: &Scope, entry: &Entry, revision: u32) -> Result<(), EntryError> {
    let is_approved =
        entry.review.is_some_and(|review| review.revision == revision && review.state == OpenReviewState::Approved);
    if is_approved { Ok(()) } else { check_without(conn, scope, entry.site_id) }
}

/// As [`check`], for what nobody can have approved: an entry that is made in this transaction.
pub(in super::super) fn check_without(conn: &Conn, scope: &Scope, site: SiteId) -> Result<(), EntryError> {
    if scope.may(ManageSites::NAME) || !store::is_required(conn, scope, site)? {
        return Ok(());
    }
    Err(EntryError::ReviewRequired)
}

/// Ends the open review of an entry that was edited, archived or deleted.
pub(in super::super) fn withdraw_by_edit(tx: &Tx, scope: &Scope, entry: &Entry) -> Result<(), EntryError> {
    if let Some(review) = store::open(tx, scope, entry.id)? {
        asking::end(tx, scope, review, ReviewState::Withdrawn, "review.withdrawn")?;
    }
    Ok(())
}

/// Ends the open review of a revision that goes live.
pub(in super::super) fn note_published(
    tx: &Tx,
    scope: &Scope,
    entry: &mut Entry,
    revision: u32,
) -> Result<(), EntryError> {
    if entry.review.is_none_or(|review| review.revision != revision) {
        return Ok(());
    }
    entry.review = None;
    entries::set_review(tx, scope, entry.id, None)?;
    if let Some(mut review) = store::open(tx, scope, entry.id)? {
        review.answered_by_name.get_or_insert_with(|| scope.actor().name().to_owned());
        asking::end(tx, scope, review, ReviewState::Published, "review.published")?;
    }
    Ok(())
}
