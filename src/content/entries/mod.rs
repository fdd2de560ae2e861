//! Pieces of content: documents with their revisions, which language shows which of them, and the composed views that
//! visitors read.
//!
//! The team's side takes a `Scope`: [`create`], [`save`], [`publish`], [`unpublish`], [`delete`], [`put`] for imports. The
//! visitors' side takes a `Visitor` and knows views only: [`public`].

mod answering;
mod archiving;
pub mod bin;
pub mod bulk;
pub mod carried;
pub mod changes;
mod checking;
mod clocks;
mod composing;
mod embedding;
mod errors;
mod foreseeing;
pub mod history;
mod importing;
pub mod listing;
mod moving;
mod overriding;
mod pinned;
mod preparing;
mod previews;
pub mod public;
mod publishing;
mod reading;
mod recomposing;
pub mod refusals;
mod renewing;
pub mod retyping;
pub mod reviews;
mod roles;
mod routes;
mod saving;
pub mod schedules;
pub mod sifting;
mod speaking;
mod states;
mod store;
mod telling;
#[cfg(test)]
mod tests;
pub mod translations;
pub mod uses;
mod validity;
mod whole;

use std::collections::BTreeMap;

use ground::{
    clock::Timestamp,
    words::{EntryId, Locale, SiteId, Slug},
};
use machinery::jobs::Registry;
use rocket::Route;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::OpenApi;

pub use archiving::{archive, bring_back};
pub use checking::{CheckedDraft, check_draft, check_each_night, warnings};
pub use clocks::zone_of;
pub use errors::EntryError;
pub use foreseeing::{Planned, ended, foresee};
pub use importing::{Outcome, create_beside, create_copy, publish_noted, put};
pub use pinned::{
    Stage, clear_addresses, hold_revision, let_go, publish_revision, revision_to_show, show_exactly, take_back,
};
pub use preparing::{LONGEST_SOURCE_KEY, Prepared};
pub use previews::{Look, preview, previews};
pub use publishing::{check_locales, publish, unpublish};
pub use reading::{by_source, find, list, list_in_state, revision, revisions};
pub use recomposing::{recompose_type, recompose_when_declarations_changed};
pub use renewing::Returned;
pub use saving::{create, create_prepared, delete, gone, keep, save};
pub use speaking::in_languages;
pub use states::{Action, STATES, State, TRANSITIONS, Transition};
pub use telling::was_taken_back;
pub use whole::{Whole, all_sites, by_slug, find_many, ids_behind, ids_kept_behind, wholes};

use crate::types;

/// A piece of content as the team works on it; `answering` says how it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// The site that it belongs to.
    pub site_id: SiteId,
    /// Its type, e.g. `room`.
    pub content_type: String,
    /// Its name in addresses, within its site and type.
    pub slug: Slug,
    /// What lists call it: its title field in the site's default language, or in the first that has one.
    pub title: String,
    /// Its fields as the newest revision has them. A localized field is an object from language to value.
    pub document: types::Document,
    /// Number of the newest revision.
    pub revision: u32,
    /// Its place in lists: smaller ones first, then the older ones.
    pub order: i64,
    /// The languages in which visitors see it, each with the revision that it shows.
    pub published: BTreeMap<Locale, u32>,
    /// The review that stands open.
    pub review: Option<OpenReview>,
    /// When a revision goes live next, if that is scheduled.
    pub scheduled_at: Option<Timestamp>,
    /// Since when it is in the archive.
    pub archived_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// A review that stands open. Any later edit withdraws it: it is for exactly this revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct OpenReview {
    /// The revision that it is about.
    pub revision: u32,
    /// Whether it was answered.
    pub state: OpenReviewState,
}

/// How far an open review has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OpenReviewState {
    /// Somebody is asked.
    Requested,
    /// It may go live.
    Approved,
}

/// An entry to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// Its type, e.g. `room`.
    pub content_type: String,
    /// Its name in addresses; made from the document where it is left out.
    pub slug: Option<Slug>,
    /// Its fields.
    pub document: Value,
    /// Where an import found it: the same source never makes a second entry of the type in the site.
    pub source_key: Option<String>,
}

/// What is to be saved over an entry.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryChange {
    /// Number of the revision that the change was made on. If somebody has saved a newer one, nothing is changed.
    pub revision: u32,
    /// Another slug; what is left out stays.
    #[schema(value_type = Option<String>)]
    pub slug: Option<Slug>,
    /// All of its fields.
    #[schema(value_type = Object)]
    pub document: Value,
    /// Whether a program saved while somebody was writing. Such saves of one person in one sitting keep one revision.
    #[serde(default)]
    pub autosave: bool,
}

/// A kept state of an entry, without its document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RevisionSummary {
    /// Counts from 1 for each entry.
    pub number: u32,
    /// The entry's slug in this state.
    #[schema(value_type = String)]
    pub slug: Slug,
    /// Who wrote it: `user`, `job` or `operator`.
    pub author_kind: String,
    /// The user's id, if it was one.
    #[schema(required = true)]
    pub author_id: Option<String>,
    /// What they were called then; empty for what was written before names were kept.
    pub author_name: String,
    /// Whether it was saved while somebody was writing, and holds the newest state of that sitting.
    pub is_autosave: bool,
    /// When it was written.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// A kept state of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Revision {
    /// Which one, when, by whom.
    #[serde(flatten)]
    pub summary: RevisionSummary,
    /// All fields.
    #[schema(value_type = Object)]
    pub document: types::Document,
    /// How many changes the organization's declarations had seen when it was written.
    #[serde(skip)]
    pub declarations_number: u32,
}

/// What one language shows of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Publication {
    revision: u32,
    published_at: Timestamp,
    first_published_at: Timestamp,
    /// What the language showed before: an undo shows it again.
    replaced: Option<u32>,
}

/// Who writes a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Author {
    kind: &'static str,
    id: Option<String>,
    name: String,
}

/// Declares who does this capability's jobs.
pub fn handle_jobs(registry: &mut Registry, catalogue: &types::Catalogue) {
    recomposing::handle_jobs(registry, catalogue);
    schedules::handle_jobs(registry, catalogue);
    checking::handle_jobs(registry, catalogue);
}

/// All routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    [
        routes::routes(),
        history::routes(),
        bin::routes(),
        translations::routes(),
        reviews::routes(),
        schedules::routes(),
        bulk::routes(),
        uses::routes(),
    ]
    .concat()
}

/// The same routes for the OpenAPI document.
pub fn documents() -> Vec<utoipa::openapi::OpenApi> {
    vec![
        routes::Document::openapi(),
        history::Document::openapi(),
        bin::Document::openapi(),
        translations::Document::openapi(),
        reviews::Document::openapi(),
        schedules::Document::openapi(),
        bulk::Document::openapi(),
        uses::Document::openapi(),
    ]
}
