//! The archive: what is over and worth keeping. An entry in it is neither shown nor listed nor edited, and comes back with
//! what visitors saw of it.

use ground::{
    db::Tx,
    words::{EntryId, SiteId},
};
use tenants::{
    permissions::{Permission, PublishContent},
    scope::Scope,
};

use super::{
    Entry, EntryError, publishing, reading, reviews,
    states::Action,
    store,
    telling::{Addresses, Told, tell},
};
use crate::{sites, types::Declarations};

/// Puts an entry aside. An open review of it is over; what is scheduled for it stays listed, and says why it failed when its
/// time comes.
pub fn archive(tx: &Tx, scope: &Scope, site: SiteId, id: EntryId) -> Result<Entry, EntryError> {
    let mut entry = reading::find(tx, scope, site, id)?;
    entry.check(Action::Archive)?;
    let before = entry.clone();
    let mut addresses = Addresses::default();
    if !entry.published.is_empty() {
        if !scope.may(PublishContent::NAME) {
            return Err(EntryError::MayNotPublish);
        }
        sites::touch(tx, scope, site)?;
        addresses.before = publishing::withdraw_all(tx, scope, &mut entry)?;
    }
    if entry.review.take().is_some() {
        reviews::withdraw_by_edit(tx, scope, &entry)?;
    }
    if !store::archive(tx, scope, id, tx.now(), &before.published)? {
        return Err(EntryError::NotFound);
    }
    entry.archived_at = Some(tx.now());
    tell(tx, scope, Told::Archived, Some(&before), Some(&entry), &addresses)?;
    Ok(entry)
}

/// Takes an entry out of the archive, as a draft or, with `publishes`, shown to visitors as before.
pub fn bring_back(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    id: EntryId,
    publishes: bool,
) -> Result<Entry, EntryError> {
    let mut entry = reading::find(tx, scope, site, id)?;
    entry.check(Action::BringBack)?;
    if publishes && !scope.may(PublishContent::NAME) {
        return Err(EntryError::MayNotPublish);
    }
    let before = entry.clone();
    let withdrawn = store::bring_back(tx, scope, id)?;
    entry.archived_at = None;
    let mut addresses = Addresses::default();
    if publishes && !withdrawn.is_empty() {
        addresses.now = publishing::show_again(tx, scope, declarations, &mut entry, &withdrawn)?;
    }
    tell(tx, scope, Told::BroughtBack, Some(&before), Some(&entry), &addresses)?;
    Ok(entry)
}
