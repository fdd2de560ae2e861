//! Copies: of an entry, of an entry with everything that belongs to it, of a whole site. References among what is copied lead to
//! the copies; files are shared; nothing of the original changes, and nothing is published but where a site's copy is asked to.

mod entries;
mod jobs;
mod rewriting;
mod routes;
mod sites;
mod store;

use ground::{
    clock::Timestamp,
    words::{EntryId, Locale, SiteId, Slug},
};
use machinery::jobs::Registry;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use entries::copy;
pub use jobs::CopySite;
pub use routes::{Document, routes};
pub use sites::{copy_of, copy_site};

use crate::{entries::Entry, types::Catalogue};

/// Entries of one copy with its content: a hotel has some dozens, and others wait for the writer meanwhile.
const MOST_ENTRIES: usize = 300;

/// How an entry is copied.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CopyWish {
    /// The copy's name in addresses; one that is free, made from the original's, where it is left out.
    #[schema(value_type = Option<String>)]
    pub slug: Option<Slug>,
    /// The site that it goes to; the original's where it is left out.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub site: Option<SiteId>,
    /// What goes along.
    pub with: With,
}

/// What goes along with a copy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CopyWith)]
pub enum With {
    /// Nothing.
    #[default]
    None,
    /// Every entry that belongs to it: names it in a reference of its own, or names one that does.
    Content,
}

/// What was made of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CopiedEntry {
    /// The original.
    #[schema(value_type = String, format = "uuid")]
    pub from: EntryId,
    /// Its copy.
    #[schema(value_type = String, format = "uuid")]
    pub to: EntryId,
}

/// Something that did not go along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeftOut {
    /// The original.
    #[schema(value_type = String, format = "uuid")]
    pub entry: EntryId,
    /// JSON Pointer (RFC 6901) to it in the original's document; empty for the entry as a whole.
    pub pointer: String,
    /// Stable code.
    pub code: String,
    /// Why.
    pub detail: String,
}

/// What was made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Copied {
    /// The copy of the entry that was asked for.
    pub entry: Entry,
    /// The site that it is on.
    #[schema(value_type = String, format = "uuid")]
    pub site: SiteId,
    /// Every entry that was copied, with its copy.
    pub copies: Vec<CopiedEntry>,
    /// What did not go along.
    pub left_out: Vec<LeftOut>,
    /// The languages that the other site is not offered in: texts in them did not go along.
    #[schema(value_type = Vec<String>)]
    pub locales_left_out: Vec<Locale>,
}

/// A site to be made from another.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteCopyWish {
    /// What people call it.
    pub name: String,
    /// Its name in addresses; made from the name where it is left out.
    #[schema(value_type = Option<String>)]
    pub slug: Option<Slug>,
    /// Whether what is published on the first is published on the copy too, language by language; drafts otherwise. The site
    /// itself is off line in both cases.
    #[serde(default)]
    pub published: bool,
}

/// How far the copy of a site is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SiteCopyState {
    /// Entries are on their way: the site cannot be published.
    Copying,
    /// All there.
    Done,
}

/// The copy of a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SiteCopy {
    /// The site that was made.
    #[schema(value_type = String, format = "uuid")]
    pub site: SiteId,
    /// The site that it was made from.
    #[schema(value_type = String, format = "uuid")]
    pub from: SiteId,
    /// How far it is.
    pub state: SiteCopyState,
    /// Whether it is published as the first one is.
    pub published: bool,
    /// How many entries there were when it began.
    pub total: u64,
    /// What each entry that is there has become.
    pub copies: Vec<CopiedEntry>,
    /// What did not go along.
    pub left_out: Vec<LeftOut>,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When something of it came last.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Whether every entry is there, and references are made to lead to the copies.
    #[serde(skip)]
    is_linking: bool,
    /// The last original that was dealt with.
    #[serde(skip)]
    after: Option<EntryId>,
}

/// Declares who does this capability's jobs.
pub fn handle_jobs(registry: &mut Registry, catalogue: &Catalogue) {
    jobs::handle(registry, catalogue);
}
