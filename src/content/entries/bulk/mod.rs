//! The same done to many entries in one transaction, with an answer for each. One that fails does not stop the others,
//! unless all or nothing is asked for.

mod applying;
mod routes;

use ground::words::EntryId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::refusals::Refusal;

pub use applying::apply;
pub use routes::{Document, routes};

/// Entries of one call: some pages of a list, and a transaction in which others wait for a fraction of a second.
pub const MOST_ENTRIES: usize = 200;

/// What is to be done to entries of a site.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Bulk {
    /// What is to be done.
    pub action: BulkAction,
    /// To which entries, at most 200, each once.
    pub entries: Vec<Chosen>,
    /// For `add_tags` and `remove_tags`: which.
    #[serde(default)]
    pub tags: Vec<String>,
    /// For `restore` and `bring_back`: whether visitors see again what they saw before.
    #[serde(default)]
    pub publish: bool,
    /// For `delete`: whether those go too that other entries name; they lose them.
    #[serde(default)]
    pub even_if_used: bool,
    /// Whether nothing is done where one of them fails.
    #[serde(default)]
    pub all_or_nothing: bool,
}

/// An entry of a bulk.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    pub id: EntryId,
    /// The revision that was seen: needed for `publish` (the newest) and `undo_publish` (the published one), checked for
    /// tags where it is given.
    pub revision: Option<u32>,
}

/// What can be done to many entries at once. `undo_publish` takes `publish` back, `restore` takes `delete` back,
/// `bring_back` takes `archive` back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BulkAction {
    /// Let visitors see the newest revision.
    Publish,
    /// Let visitors see what they saw before.
    UndoPublish,
    /// Take them from the visitors.
    Unpublish,
    /// Put them aside.
    Archive,
    /// Take them out of the archive.
    BringBack,
    /// Put them into the bin.
    Delete,
    /// Take them out of the bin.
    Restore,
    /// Add words to the field `tags`.
    AddTags,
    /// Remove words from it.
    RemoveTags,
}

/// What was done.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Done {
    /// What was to be done.
    pub action: BulkAction,
    /// With how many it worked.
    pub done: usize,
    /// With how many it did not.
    pub failed: usize,
    /// What came of each, in the order of the request.
    pub results: Vec<ItemResult>,
}

/// What came of one entry.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BulkResult)]
pub struct ItemResult {
    /// The entry.
    #[schema(value_type = String, format = "uuid")]
    pub id: EntryId,
    /// Whether it worked.
    pub ok: bool,
    /// The newest revision afterwards, where there is still one.
    #[schema(required = true)]
    pub revision: Option<u32>,
    /// Why it did not.
    #[schema(required = true)]
    pub problem: Option<Refusal>,
}
