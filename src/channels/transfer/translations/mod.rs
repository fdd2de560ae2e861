//! Translations out to translators' programs and back in: XLIFF 1.2 and 2.1, and CSV for tables. What comes in becomes drafts,
//! all of it or nothing; publishing stays with the team.

mod csv;
mod exporting;
mod fingerprint;
mod importing;
mod reading;
mod routes;
#[cfg(test)]
mod tests;
mod xliff;

use std::{fmt, str::FromStr};

use content::{
    entries::{EntryError, translations::Lack},
    rich_text::Token,
};
use ground::{
    db::DbError,
    words::{EntryId, Locale},
};
use machinery::web::{Explain, Problem};

pub use exporting::export;
pub use importing::{Import, ImportedUnit, Outcome, TranslationsReport, check, import};
pub use reading::read;
pub use routes::{Document, routes};

/// Largest file that is taken, in bytes: the texts of some thousand rooms.
pub const LARGEST_FILE: usize = 16 * 1024 * 1024;
/// Most texts of a file: one transaction writes what they change.
const MOST_UNITS: usize = 50_000;
/// Most entries of a file that is written: its texts stay below the limit for files that come back.
const MOST_ENTRIES: u32 = 5_000;

/// A file's format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// XLIFF 1.2 (OASIS 2008), which every translators' program reads.
    Xliff12,
    /// XLIFF 2.1 (ISO 21720).
    Xliff21,
    /// A table (RFC 4180).
    Csv,
}

impl Format {
    /// What stands behind the dot of a file's name.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Xliff12 | Self::Xliff21 => "xlf",
            Self::Csv => "csv",
        }
    }

    const fn media_type(self) -> &'static str {
        match self {
            Self::Xliff12 | Self::Xliff21 => "application/xliff+xml; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }
}

impl FromStr for Format {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "xliff-1.2" => Ok(Self::Xliff12),
            "xliff-2.1" => Ok(Self::Xliff21),
            "csv" => Ok(Self::Csv),
            _ => Err("xliff-1.2, xliff-2.1 or csv"),
        }
    }
}

/// What is to be written into a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The language to translate from; the site's default where it is left out.
    pub source: Option<Locale>,
    /// The language to translate into.
    pub target: Locale,
    /// Only entries of this type.
    pub content_type: Option<String>,
    /// Only this entry.
    pub entry: Option<EntryId>,
    /// Only texts that lack something.
    pub lack: Option<Lack>,
}

/// One text of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileUnit {
    /// The entry.
    pub entry: EntryId,
    /// Where the text is in it.
    pub path: String,
    /// The source as the file has it.
    pub source: Words,
    /// The translation, if there is one.
    pub target: Option<Words>,
    /// The fingerprint of the translation that stood there when the file was written, where the file says it.
    pub exported: Option<String>,
    /// Why it cannot be taken, whatever it says.
    pub fault: Option<String>,
}

/// The words of a text in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Words {
    /// With tags as elements.
    Tagged(Vec<Token>),
    /// With tags, if there are any, written between braces.
    Written(String),
}

/// What a file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TranslationFile {
    /// The language that was translated from.
    pub source: Locale,
    /// The language that was translated into.
    pub target: Locale,
    /// The texts.
    pub units: Vec<FileUnit>,
}

/// Why a file is not written or not taken.
#[derive(Debug, thiserror::Error)]
pub enum TranslationError {
    /// It has too many bytes.
    #[error("the file has more than {LARGEST_FILE} bytes")]
    TooLarge,
    /// It has too many texts.
    #[error("a file has at most {MOST_UNITS} texts of {MOST_ENTRIES} entries: take them type by type")]
    TooMany,
    /// It is no UTF-8 text: where, and what to do.
    #[error("{0}")]
    NoText(String),
    /// It is not what it should be.
    #[error("{place}: {reason}")]
    Invalid {
        /// Line, or the text that it is about.
        place: String,
        /// What is wrong there.
        reason: String,
    },
    /// An entry.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl TranslationError {
    fn invalid(place: impl fmt::Display, reason: impl fmt::Display) -> Self {
        Self::Invalid { place: place.to_string(), reason: reason.to_string() }
    }
}

impl Explain for TranslationError {
    fn explain(&self) -> Problem {
        match self {
            Self::TooLarge | Self::TooMany => {
                Problem::new(413, "body_too_large", "The body is too large", format!("{self}."))
            }
            Self::Invalid { .. } => {
                Problem::new(422, "translation_file_invalid", "The translators' file is not valid", format!("{self}."))
            }
            Self::NoText(told) => {
                Problem::new(422, "translation_file_invalid", "The translators' file is not valid", told.clone())
            }
            Self::Entry(error) => error.explain(),
            Self::Db(error) => error.explain(),
        }
    }
}
