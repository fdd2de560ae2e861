//! What the team reads: entries as they are now, and what they were.

use ground::{
    db::{Conn, DbError},
    words::{EntryId, SiteId},
};
use tenants::scope::Scope;

use super::{Entry, EntryError, Revision, RevisionSummary, State, store};

/// The entry with this id in this site, if whoever asks may act on the site.
pub fn find(conn: &Conn, scope: &Scope, site: SiteId, id: EntryId) -> Result<Entry, EntryError> {
    let mut entry = stored(conn, scope, site, id)?;
    add_publications(conn, scope, std::slice::from_mut(&mut entry))?;
    Ok(entry)
}

/// One page of a site's entries in their order, of one type or of all, with how many there are.
pub fn list(
    conn: &Conn,
    scope: &Scope,
    site: SiteId,
    content_type: Option<&str>,
    limit: i64,
    offset: i64,
) -> Result<(u64, Vec<Entry>), EntryError> {
    list_in_state(conn, scope, site, (content_type, None), limit, offset)
}

/// As [`list`], of those that stand in this state; without one, of all that are in neither the archive nor the bin.
pub fn list_in_state(
    conn: &Conn,
    scope: &Scope,
    site: SiteId,
    wanted: (Option<&str>, Option<State>),
    limit: i64,
    offset: i64,
) -> Result<(u64, Vec<Entry>), EntryError> {
    // The site itself is looked for, so that an empty list is told from a site of others.
    crate::sites::languages(conn, scope, site)?;
    let (count, mut entries) = store::list(conn, scope, site, wanted, limit, offset)?;
    add_publications(conn, scope, &mut entries)?;
    Ok((count, entries))
}

/// The entry that an import has made from this source. One that was deleted since is found too, published nowhere;
/// [`put`](super::put) brings it back.
pub fn by_source(
    conn: &Conn,
    scope: &Scope,
    site: SiteId,
    content_type: &str,
    source_key: &str,
) -> Result<Option<Entry>, DbError> {
    if !scope.may_act_on(site) {
        return Ok(None);
    }
    let Some((mut entry, _)) = store::by_source(conn, scope, site, content_type, source_key)? else { return Ok(None) };
    add_publications(conn, scope, std::slice::from_mut(&mut entry))?;
    Ok(Some(entry))
}

/// One page of an entry's revisions, the newest first, with how many there are.
pub fn revisions(
    conn: &Conn,
    scope: &Scope,
    site: SiteId,
    id: EntryId,
    limit: i64,
    offset: i64,
) -> Result<(u64, Vec<RevisionSummary>), EntryError> {
    stored(conn, scope, site, id)?;
    Ok(store::revisions(conn, scope, id, limit, offset)?)
}

/// One revision of an entry.
pub fn revision(conn: &Conn, scope: &Scope, site: SiteId, id: EntryId, number: u32) -> Result<Revision, EntryError> {
    stored(conn, scope, site, id)?;
    store::revision(conn, scope, id, number)?.ok_or(EntryError::NotFound)
}

/// The entry without what is published of it.
pub(super) fn stored(conn: &Conn, scope: &Scope, site: SiteId, id: EntryId) -> Result<Entry, EntryError> {
    if !scope.may_act_on(site) {
        return Err(EntryError::NotFound);
    }
    store::by_id(conn, scope, site, id)?.ok_or(EntryError::NotFound)
}

pub(super) fn add_publications(conn: &Conn, scope: &Scope, entries: &mut [Entry]) -> Result<(), DbError> {
    let ids: Vec<EntryId> = entries.iter().map(|entry| entry.id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    for (id, locale, publication) in store::publications(conn, scope, &ids)? {
        if let Some(entry) = entries.iter_mut().find(|entry| entry.id == id) {
            entry.published.insert(locale, publication.revision);
        }
    }
    Ok(())
}
