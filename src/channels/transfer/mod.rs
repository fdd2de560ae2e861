//! Content in and out of the installation. In: records of any JSON file, by a mapping; exports of WordPress; lists of old
//! addresses. Both ways: a whole organization or site as one archive; hotel content of AlpineBits. Out: websites as plain files.

mod addresses;
pub mod alpinebits;
pub mod bundle;
mod entries;
pub mod exports;
mod expression;
pub mod imports;
pub mod json;
mod keys;
mod mapping;
mod path;
pub mod plain_files;
mod records;
mod report;
pub mod sitemap;
pub mod table;
mod telling;
#[cfg(test)]
mod tests;
mod text;
pub mod translations;
pub mod wordpress;

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use content::{entries::EntryError, media::MediaError, sites::SiteError};
use ground::db::DbError;
use machinery::web::{Explain, Problem};

use crate::sites::FrozenError;

pub use exports::Exports;
pub use imports::Imports;
pub use mapping::Mapping;
pub use report::{Counts, Report, Skipped};

/// Why an import did not happen, or stopped. What has been committed before stays, and a second run goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// A file cannot be read.
    #[error("cannot read {}: {reason}", .file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        reason: std::io::Error,
    },
    /// A file is larger than is taken.
    #[error("{} has more than {limit} bytes; split it and import the parts one after the other", .file.display())]
    TooLarge {
        /// The file.
        file: PathBuf,
        /// The limit, in bytes.
        limit: u64,
    },
    /// The source is not JSON.
    #[error("{} is not valid JSON: {reason}", .file.display())]
    NotJson {
        /// The file.
        file: PathBuf,
        /// Line, column and what is wrong there.
        reason: serde_json::Error,
    },
    /// The source is no export of WordPress.
    #[error("{} cannot be imported, and nothing was changed: {reason}", .file.display())]
    NotWordpress {
        /// The file.
        file: PathBuf,
        /// The line and what is wrong there.
        reason: wordpress::ExportError,
    },
    /// A file cannot be written.
    #[error("cannot write {}: {reason}", .file.display())]
    Unwritable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        reason: std::io::Error,
    },
    /// The file is no archive of ours, or a broken one.
    #[error("{} is no archive that can be imported, and nothing was changed: {reason}", .file.display())]
    NotBundle {
        /// The file.
        file: PathBuf,
        /// What is wrong there.
        reason: String,
    },
    /// What the file says cannot be so here.
    #[error("{}", .0.join("\n"))]
    Refused(Vec<String>),
    /// The source is no message of AlpineBits, or breaks its rules.
    #[error("{} cannot be imported, and nothing was changed:\n{}", .file.display(), lines(.faults))]
    NotAlpinebits {
        /// The file.
        file: PathBuf,
        /// What is wrong, and where.
        faults: Vec<alpinebits::Fault>,
    },
    /// What is here makes no message that keeps to AlpineBits' rules.
    #[error("the message would break the rules of AlpineBits:\n{}", lines(.faults))]
    NotExported {
        /// What is wrong.
        faults: Vec<alpinebits::Fault>,
    },
    /// It is not clear which hotel is meant.
    #[error("{0}")]
    HotelUnclear(String),
    /// The source is no list of addresses.
    #[error("{} cannot be read as a list of addresses: {reason}", .file.display())]
    NotAddresses {
        /// The file.
        file: PathBuf,
        /// What is wrong, and where.
        reason: String,
    },
    /// The mapping breaks its own rules or names what is not declared.
    #[error("the mapping is not valid:\n{}", .problems.join("\n"))]
    MappingInvalid {
        /// Everything that is wrong, a sentence each.
        problems: Vec<String>,
    },
    /// The source has no list where the mapping says.
    #[error("the source has no list at {place:?}, where the mapping says that the records are")]
    NoRecords {
        /// The mapping's `records`.
        place: String,
    },
    /// The mapping makes no sites and none was named.
    #[error("the mapping has no [site], so the entries need a site: name one with --site")]
    SiteNeeded,
    /// The mapping makes a site per record and one was named.
    #[error("the mapping makes a site of every record, so --site has no meaning: leave it out")]
    SiteUnused,
    /// The site that was named is not there.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// A website cannot be made.
    #[error("a website cannot be made: {0}")]
    Website(#[from] FrozenError),
    /// An entry.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// The library.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl TransferError {
    /// The same of a file of another name: the one by which whoever reads it knows it.
    fn about(mut self, name: &Path) -> Self {
        match &mut self {
            Self::Unreadable { file, .. }
            | Self::TooLarge { file, .. }
            | Self::NotJson { file, .. }
            | Self::NotWordpress { file, .. }
            | Self::Unwritable { file, .. }
            | Self::NotBundle { file, .. }
            | Self::NotAlpinebits { file, .. }
            | Self::NotAddresses { file, .. } => name.clone_into(file),
            _ => {}
        }
        self
    }
}

impl Explain for TransferError {
    fn explain(&self) -> Problem {
        let (code, title) = match self {
            Self::Site(error) => return error.explain(),
            Self::Entry(error) => return error.explain(),
            Self::Media(error) => return error.explain(),
            Self::Db(error) => return error.explain(),
            Self::Unreadable { .. } => ("import_unreadable", "A file cannot be read"),
            Self::TooLarge { .. } => ("import_too_large", "A file is too large"),
            Self::NotJson { .. } => ("import_not_json", "The source is not JSON"),
            Self::NotWordpress { .. } => ("import_not_wordpress", "The file is no export of WordPress"),
            Self::Unwritable { .. } => ("export_unwritable", "A file cannot be written"),
            Self::Website(_) => ("export_website_failed", "A website cannot be made"),
            Self::NotBundle { .. } => ("import_not_bundle", "The file is no archive of content"),
            Self::Refused(_) => ("import_refused", "The file does not fit here"),
            Self::NotAlpinebits { .. } => ("import_not_alpinebits", "The file breaks the rules of AlpineBits"),
            Self::NotExported { .. } => ("export_not_alpinebits", "The message would break the rules of AlpineBits"),
            Self::HotelUnclear(..) => ("import_hotel_unclear", "It is not clear which hotel is meant"),
            Self::NotAddresses { .. } => ("import_not_addresses", "The file is no list of addresses"),
            Self::MappingInvalid { .. } => ("import_mapping_invalid", "The mapping is not valid"),
            Self::NoRecords { .. } => ("import_no_records", "The source has no records"),
            Self::SiteNeeded => ("import_site_needed", "The import needs a site"),
            Self::SiteUnused => ("import_site_unused", "The import makes its own sites"),
        };
        Problem::new(422, code, title, self.to_string())
    }
}

fn lines(faults: &[alpinebits::Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// The whole file, unless it is larger than the limit.
fn read_limited(file: &Path, limit: u64) -> Result<Vec<u8>, TransferError> {
    let unreadable = |reason| TransferError::Unreadable { file: file.to_owned(), reason };
    let mut bytes = Vec::new();
    // Reading one byte beyond the limit tells a file that is exactly as large as allowed from one that grows meanwhile.
    File::open(file).map_err(unreadable)?.take(limit + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > limit {
        return Err(TransferError::TooLarge { file: file.to_owned(), limit });
    }
    Ok(bytes)
}
