//! Which entries name which files.

use ground::{
    db::{Conn, DbError, Tx},
    words::{EntryId, MediaId, SiteId},
};
use tenants::scope::Scope;

use super::{MediaError, MediaItem, MediaUse, library, store};

/// The entries that use a file, for whoever may see it; those of other sites than theirs are left out.
pub fn places(conn: &Conn, scope: &Scope, id: MediaId) -> Result<Vec<MediaUse>, MediaError> {
    library::find(conn, scope, id)?;
    let mut uses = store::uses(conn, scope, id)?;
    uses.retain(|one| scope.may_act_on(one.site));
    Ok(uses)
}

/// The entries that use a file, with their sites: for those who compose views.
pub fn users(conn: &Conn, scope: &Scope, id: MediaId) -> Result<Vec<(SiteId, EntryId)>, DbError> {
    Ok(store::uses(conn, scope, id)?.into_iter().map(|one| (one.site, one.entry)).collect())
}

/// These files, as far as the library has them.
pub fn find_many(conn: &Conn, scope: &Scope, ids: &[MediaId]) -> Result<Vec<MediaItem>, DbError> {
    store::by_ids(conn, scope, ids)
}

/// Those of the ids that are no picture of the organization, or one for another site.
pub fn unknown(conn: &Conn, scope: &Scope, site: SiteId, ids: &[MediaId]) -> Result<Vec<MediaId>, DbError> {
    let known = store::by_ids(conn, scope, ids)?;
    let is_known = |id: &MediaId| known.iter().any(|item| item.id == *id && item.site.is_none_or(|own| own == site));
    Ok(ids.iter().filter(|id| !is_known(id)).copied().collect())
}

/// Notes which files an entry uses, from the documents that the team and visitors see.
pub fn note_uses<'d>(
    tx: &Tx,
    scope: &Scope,
    entry: EntryId,
    documents: impl IntoIterator<Item = &'d serde_json::Map<String, serde_json::Value>>,
) -> Result<(), DbError> {
    let mut ids: Vec<_> = documents.into_iter().flat_map(super::named_in).collect();
    ids.sort_unstable();
    ids.dedup();
    store::set_uses(tx, scope, entry, &ids)
}
