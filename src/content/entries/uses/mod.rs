//! Which entries name an entry, and what that means for deleting it: one that others need goes only where that is meant.

mod routes;

use ground::{
    db::{Conn, DbError},
    words::{EntryId, SiteId, Slug},
};
use serde::Serialize;
use tenants::scope::Scope;
use utoipa::ToSchema;

use super::{EntryError, reading, store};

pub use routes::{Document, routes};

/// Titles that a refusal names: enough to find the rest.
const TITLES: i64 = 20;

/// An entry that names another one.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = EntryUse)]
pub struct Use {
    /// The entry that names it.
    #[schema(value_type = String, format = "uuid")]
    pub entry_id: EntryId,
    /// Its type.
    #[serde(rename = "type")]
    pub content_type: String,
    /// Its name in addresses.
    #[schema(value_type = String)]
    pub slug: Slug,
    /// What lists call it.
    pub title: String,
    /// Whether its newest revision does.
    pub in_draft: bool,
    /// Whether what visitors see of it does.
    pub in_published: bool,
    /// JSON Pointer (RFC 6901) to the first place where it does.
    pub pointer: String,
}

/// One page of the entries that name an entry, by title, with how many there are.
pub fn uses(
    conn: &Conn,
    scope: &Scope,
    site: SiteId,
    id: EntryId,
    limit: i64,
    offset: i64,
) -> Result<(u64, Vec<Use>), EntryError> {
    reading::stored(conn, scope, site, id)?;
    Ok(store::uses(conn, scope, id, limit, offset)?)
}

/// Refuses to delete what others name.
pub fn check_unused(conn: &Conn, scope: &Scope, id: EntryId) -> Result<(), EntryError> {
    let (count, uses) = store::uses(conn, scope, id, TITLES, 0)?;
    let titles: Vec<_> = uses.into_iter().map(|one| one.title).collect();
    if count == 0 { Ok(()) } else { Err(EntryError::InUse { count, titles }) }
}

/// Whether visitors see anything that names this entry.
pub(super) fn is_shown_elsewhere(conn: &Conn, scope: &Scope, id: EntryId) -> Result<bool, DbError> {
    Ok(!store::shown_users(conn, scope, id, 1)?.is_empty())
}
