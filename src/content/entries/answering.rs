//! How an entry is answered: its fields, and where it stands.

use std::{borrow::Cow, collections::BTreeMap};

use ground::{
    clock::Timestamp,
    words::{EntryId, Locale, Slug},
};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use super::{
    Entry, OpenReview,
    states::{Action, State},
};
use crate::types;

/// A piece of content as the team works on it.
#[derive(Serialize, ToSchema)]
#[schema(as = Entry)]
struct Shown<'a> {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    id: EntryId,
    /// Its type, e.g. `room`.
    #[serde(rename = "type")]
    content_type: &'a str,
    /// Its name in addresses, within its site and type.
    #[schema(value_type = String)]
    slug: &'a Slug,
    /// What lists call it: its title field in the site's default language, or in the first that has one.
    title: &'a str,
    /// Its fields as the newest revision has them. A localized field is an object from language to value.
    #[schema(value_type = Object)]
    document: &'a types::Document,
    /// Number of the newest revision.
    revision: u32,
    /// Its place in lists: smaller ones first, then the older ones.
    sort_order: i64,
    /// The languages in which visitors see it, each with the revision that it shows.
    #[schema(value_type = BTreeMap<String, u32>)]
    published: &'a BTreeMap<Locale, u32>,
    /// Where it stands.
    state: State,
    /// What can be done with it there, by whoever has the permission; `GET /api/v1/workflow/` has the whole table.
    actions: Vec<Action>,
    /// The review that stands open: requested or approved, for exactly this revision.
    #[schema(required = true)]
    review: Option<OpenReview>,
    /// When a revision goes live next, if that is scheduled.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    scheduled_at: Option<Timestamp>,
    /// Since when it is in the archive.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    archived_at: Option<Timestamp>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it was changed last.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Taken apart by name, so that a new field cannot be forgotten here.
        let Self {
            id,
            site_id: _,
            content_type,
            slug,
            title,
            document,
            revision,
            order,
            published,
            review,
            scheduled_at,
            archived_at,
            created_at,
            updated_at,
        } = self;
        let state = self.state();
        Shown {
            id: *id,
            content_type,
            slug,
            title,
            document,
            revision: *revision,
            sort_order: *order,
            published,
            state,
            actions: state.actions(),
            review: *review,
            scheduled_at: *scheduled_at,
            archived_at: *archived_at,
            created_at: *created_at,
            updated_at: *updated_at,
        }
        .serialize(serializer)
    }
}

impl utoipa::PartialSchema for Entry {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        <Shown<'_> as utoipa::PartialSchema>::schema()
    }
}

impl ToSchema for Entry {
    fn name() -> Cow<'static, str> {
        Shown::name()
    }

    fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>) {
        Shown::schemas(schemas);
    }
}
