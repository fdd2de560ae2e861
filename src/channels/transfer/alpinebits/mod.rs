//! Hotel content as AlpineBits exchanges it: `OTA_HotelDescriptiveContentNotifRQ` (Inventory/Basic and Inventory/HotelInfo) and
//! the answer `OTA_HotelDescriptiveInfoRS`, of OpenTravel.
//!
//! A file is held against AlpineBits' rules whole before the first write. What the message says and no field of ours holds is
//! kept with the entry and leaves again with it (`keeping`).

mod codes;
mod exporting;
mod importing;
mod keeping;
mod merging;
mod reading;
mod report;
mod routes;
mod rules;
#[cfg(test)]
mod tests;
mod tree;
mod writing;

use std::{fmt, path::Path};

use ground::words::Slug;
use serde::Serialize;

pub use exporting::{Exported, export};
pub use importing::import;
pub use report::AlpinebitsReport;
pub use routes::{Document, routes};
pub use rules::Message;

/// The type of houses, rooms and policies.
const PROPERTY: &str = "property";
const ROOM: &str = "room";
const POLICY: &str = "policy";
const CANCELLATION: &str = "cancellation";

/// Something in a file that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Line of the file at which the element's start tag ends.
    pub line: usize,
    /// The element; empty where it is the file as a whole.
    pub element: String,
    /// The attribute, where it is one.
    pub attribute: String,
    /// A whole sentence.
    pub reason: String,
}

impl Fault {
    fn new(line: usize, element: &str, reason: impl Into<String>) -> Self {
        Self { line, element: element.to_owned(), attribute: String::new(), reason: reason.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, element, attribute, reason } = self;
        write!(formatter, "line {line}: ")?;
        match (element.is_empty(), attribute.is_empty()) {
            (true, _) => {}
            (false, true) => write!(formatter, "<{element}>: ")?,
            (false, false) => write!(formatter, "<{element}> {attribute}: ")?,
        }
        formatter.write_str(reason)
    }
}

/// What is to be imported, and where.
#[derive(Debug)]
pub struct AlpinebitsImport<'a> {
    /// The message.
    pub file: &'a Path,
    /// The site that takes it.
    pub site: &'a Slug,
    /// Only this hotel of the file.
    pub hotel_code: Option<&'a str>,
    /// The house that takes the facts, where it is there already and no import has made it.
    pub property: Option<&'a Slug>,
    /// Publish what is complete, in every language in which it is.
    pub publishes: bool,
    /// Change nothing.
    pub is_dry_run: bool,
}

/// What is to be written.
#[derive(Debug)]
pub struct AlpinebitsExport<'a> {
    /// The site.
    pub site: &'a Slug,
    /// Only this house.
    pub property: Option<&'a Slug>,
    /// Which message.
    pub message: Message,
    /// What the team works on instead of what is published.
    pub drafts: bool,
    /// Where pictures of the library are, for a site without a domain.
    pub base: &'a str,
}
