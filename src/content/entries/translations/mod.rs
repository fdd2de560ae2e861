//! Translations: which texts an entry has per language, which of them were made from a source that has changed since, how
//! far a site is in each language, and the work on one language beside another.

mod places;
mod routes;
mod states;
pub(super) mod store;
#[cfg(test)]
mod tests;
mod working;

use std::collections::BTreeMap;

use ground::words::{EntryId, Locale, Slug};
use rocket::Route;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

pub use working::{confirm, entries_of, find, list, put, refused, table};

pub use states::{Basis, States};

pub(super) use places::{Places, set_text, text_at};
pub(super) use routes::Document;
pub(super) use states::{Origin, Restored, noted, recount};
pub(super) use working::{note_deleted, recount_some};

use crate::{sites::Direction, types::Words};

/// The routes, relative to the admin API's base.
pub(super) fn routes() -> Vec<Route> {
    routes::routes()
}

/// An entry in one language beside another.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Translation {
    /// The entry.
    #[schema(value_type = String, format = "uuid")]
    pub entry: EntryId,
    /// Its type, e.g. `room`.
    #[serde(rename = "type")]
    pub content_type: String,
    /// Its name in addresses.
    #[schema(value_type = String)]
    pub slug: Slug,
    /// What lists call it.
    pub title: String,
    /// Number of the newest revision: what is saved names it.
    pub revision: u32,
    /// The language that is translated from.
    #[schema(value_type = String)]
    pub source: Locale,
    /// The language that is translated into.
    #[schema(value_type = String)]
    pub target: Locale,
    /// Which way the one is written.
    pub source_direction: Direction,
    /// Which way the other is written.
    pub target_direction: Direction,
    /// The revision that the target language shows to visitors; nothing where it shows none.
    #[schema(required = true)]
    pub published: Option<u32>,
    /// Every text, in the order of the form.
    pub texts: Vec<TranslatedText>,
}

/// One text in both languages.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TranslatedText {
    /// Where it is: names of fields, and ids of items and sections, never places in a list. It stays when they move.
    pub path: String,
    /// What people call it.
    pub label: Words,
    /// `text` or `rich_text`, or another kind that is kept per language.
    pub kind: String,
    /// Whether a language can only be published with it.
    pub is_required: bool,
    /// Whether line breaks may stand in it.
    pub is_multiline: bool,
    /// Characters at most.
    #[schema(required = true)]
    pub max_length: Option<usize>,
    /// In the language that is translated from.
    #[schema(value_type = Option<Value>, required = true)]
    pub source: Option<Value>,
    /// In the language that is translated into.
    #[schema(value_type = Option<Value>, required = true)]
    pub target: Option<Value>,
    /// What is to be done.
    pub state: TextState,
    /// The language that the translation was made from.
    #[schema(value_type = String)]
    pub made_from: Locale,
    /// Where it is stale: the text that it was made from, in the language `made_from`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    pub was: Option<Value>,
}

/// What is to be done with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TextState {
    /// Neither language has it.
    Empty,
    /// It is to be translated.
    Missing,
    /// It is made from what stands there now.
    Current,
    /// What it was made from has changed since.
    Stale,
}

/// What is to be written in one language; every other field stays as it is, whoever has changed it meanwhile.
#[derive(Clone, Debug, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TranslationChange {
    /// Number of the revision that the work began on.
    pub revision: u32,
    /// The language that was translated from.
    #[schema(value_type = String)]
    pub source: Locale,
    /// The language that was translated into.
    #[schema(value_type = String)]
    pub target: Locale,
    /// The texts by their path; `null` takes one away.
    #[schema(value_type = BTreeMap<String, Option<Value>>)]
    pub texts: BTreeMap<String, Option<Value>>,
    /// Whether a program saved while somebody was writing.
    #[serde(default)]
    pub autosave: bool,
}

/// Which translations are still right though their source has changed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirming {
    /// Number of the newest revision: what is confirmed is what was seen.
    pub revision: u32,
    /// The language.
    #[schema(value_type = String)]
    pub target: Locale,
    /// The paths of its texts.
    pub paths: Vec<String>,
}

/// How far a type is in a language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Completeness {
    /// The type, e.g. `room`.
    #[serde(rename = "type")]
    pub content_type: String,
    /// The language.
    #[schema(value_type = String)]
    pub locale: Locale,
    /// Entries of the type.
    pub entries: i64,
    /// Entries that visitors see in this very language.
    pub published: i64,
    /// Entries with a stale text.
    pub stale_entries: i64,
    /// The texts, counted.
    #[serde(flatten)]
    pub texts: Counts,
}

/// How many texts of a language are there, and how many are not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
// The API has other counts beside these.
#[schema(as = TextCounts)]
pub struct Counts {
    /// Texts that are there, stale ones too.
    pub filled: i64,
    /// Texts that are required and not there.
    pub missing: i64,
    /// Texts that are not required, and that another language has.
    pub empty: i64,
    /// Texts whose source has changed since.
    pub stale: i64,
}

/// How far one entry is in a language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TranslatedEntry {
    /// The entry.
    #[schema(value_type = String, format = "uuid")]
    pub id: EntryId,
    /// Its type.
    #[serde(rename = "type")]
    pub content_type: String,
    /// Its name in addresses.
    #[schema(value_type = String)]
    pub slug: Slug,
    /// What lists call it.
    pub title: String,
    /// Number of its newest revision.
    pub revision: u32,
    /// The language.
    #[schema(value_type = String)]
    pub locale: Locale,
    /// Its texts, counted.
    #[serde(flatten)]
    pub texts: Counts,
}

/// Which entries of a site, seen by their translation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// In this language; in all where it is left out.
    pub locale: Option<Locale>,
    /// Of this type.
    pub content_type: Option<String>,
    /// With a text of this state.
    pub state: Option<Lack>,
}

/// What an entry lacks in a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// A required text.
    Missing,
    /// A text that another language has.
    Empty,
    /// A source that stayed as it was.
    Stale,
    /// Any of them.
    Any,
}
