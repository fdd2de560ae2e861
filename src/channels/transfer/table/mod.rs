//! Entries of one type as a file, out and in: as a table for spreadsheets, or as JSON for programs. What is taken out and
//! brought back unchanged changes nothing.

mod cells;
mod columns;
mod csv;
mod json;
mod once;
mod reading;
mod routes;
mod writing;

pub use reading::{TableImport, TableReport, import};
pub use routes::{Document, routes};
pub use writing::export;

use ground::words::{EntryId, Slug};
use serde_json::{Map, Value};

/// The first columns of a table, and the first names of a record: what names an entry.
const ID: &str = "id";
const SLUG: &str = "slug";
/// What a cell says that empties its field. An empty cell leaves it as it is; a text that says this is written with an
/// apostrophe before it.
const CLEAR: &str = "(clear)";

/// How the file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A column for each field and language, a row for each entry (RFC 4180).
    Csv,
    /// A record for each entry, with its fields as they are.
    Json,
}

impl Format {
    /// The ending of a file's name.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    /// What a file is to whoever takes it.
    const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
        }
    }

    /// The format of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Csv, Self::Json].into_iter().find(|format| format.ending() == name)
    }
}

/// One entry as the file has it, before anything is looked up.
struct Record {
    /// Where it stands, for people.
    place: String,
    id: Option<EntryId>,
    slug: Option<Slug>,
    change: Change,
}

/// What the file says of an entry's fields; of the others it says nothing.
type Change = Box<dyn Fn(&mut Map<String, Value>) + Send>;
