//! Entries of one type as a table, out and in: a column for each field and language, a row for each entry. What is taken out
//! and brought back unchanged changes nothing.

mod cells;
mod columns;
mod reading;
mod writing;

pub use reading::{TableImport, TableReport, import};
pub use writing::export;

/// The first columns: what names an entry.
const ID: &str = "id";
const SLUG: &str = "slug";
/// What a cell says that empties its field. An empty cell leaves it as it is.
const CLEAR: &str = "(clear)";
