//! The bin: what was deleted stays here for thirty days, and comes back with what visitors saw of it.

mod purging;
mod restoring;
mod routes;
mod store;

use std::collections::BTreeMap;

use ground::{
    clock::Timestamp,
    words::{EntryId, Locale, SiteId, Slug},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::Entry;

pub use purging::{PurgeBin, maintain};
pub use restoring::{list, purge, restore};
pub use routes::{Document, routes};

/// An entry in the bin, with the revision that each language showed.
type WithPublications = (Entry, BTreeMap<Locale, u32>);

/// An entry in the bin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DeletedEntry)]
pub struct Deleted {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    pub id: EntryId,
    /// The site that it belongs to; the address says it already.
    #[serde(skip)]
    pub site_id: SiteId,
    /// Its type, e.g. `room`.
    #[serde(rename = "type")]
    pub content_type: String,
    /// Its name in addresses. Somebody else may have it since.
    #[schema(value_type = String)]
    pub slug: Slug,
    /// What lists called it.
    pub title: String,
    /// When it was deleted.
    #[schema(value_type = String, format = DateTime)]
    pub deleted_at: Timestamp,
    /// Who deleted it; empty for what was deleted before names were kept.
    pub deleted_by: String,
    /// Whether visitors saw it, so that it can be published again as it was.
    pub was_published: bool,
    /// From when on it is deleted for good.
    #[schema(value_type = String, format = DateTime)]
    pub purged_at: Timestamp,
}
