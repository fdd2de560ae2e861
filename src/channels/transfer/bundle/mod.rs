//! A whole organization, or one site of it, as one archive: gzip of a tar file (POSIX.1-1988 ustar) with its members in the
//! order of their names, at fixed times and without owners, so that the same content is the same bytes.
//!
//! ```text
//! manifest.json                 the format, settings, sites, own declarations, how many of everything
//! media.json                    what is said of each file of the library
//! media/SHA256.ENDING           its bytes
//! releases/RELEASE.json         a release that is still to come
//! sites/SITE/ENTRY.json         an entry with its states, and what is to happen to it
//! submissions/SITE/ID.json      what a guest has sent, where that is asked for
//! ```
//!
//! An import reads the archive twice: everything is checked before the first write, then some entries are written in each
//! transaction (docs/decisions/0024, 0030).

mod archive;
mod checking;
mod format;
mod ids;
mod importing;
mod naming;
mod putting;
mod report;
mod settling;
mod writing;

use std::path::Path;

use content::{
    brand::BrandError, checks::CheckError, custom_types::CustomTypeError, forms::FormError, media::Library,
    releases::ReleaseError, types::Catalogue,
};
use ground::{db::Db, words::Slug};
use machinery::web::Explain as _;
use tenants::{organizations::OrganizationError, scope::Scope};

use super::TransferError;

pub use importing::import;
pub use report::BundleReport;
pub use writing::{BundleExport, export};

/// Bytes of the manifest: 200 sites with 50 settings each stay far below.
const MANIFEST_BYTES: u64 = 8 * 1024 * 1024;
/// Bytes of what is said of the library: 50,000 files with texts in six languages.
const MEDIA_LIST_BYTES: u64 = 64 * 1024 * 1024;
/// Bytes of an entry with its states: 64 of the largest documents. It is held in memory, twice.
const ENTRY_BYTES: u64 = 32 * 1024 * 1024;
/// Bytes of a release, or of what a guest has sent: far above what their rules let in.
const SMALL_BYTES: u64 = 1024 * 1024;
/// Bytes of a file of the library: what the library itself takes.
const FILE_BYTES: u64 = content::media::LARGEST_FILE as u64;
/// Members of an archive: about the entries that one installation holds.
const MOST_MEMBERS: usize = 2_000_000;
/// Bytes of everything that an archive unpacks to. What claims to be larger is no archive of ours.
const MOST_BYTES: u64 = 256 * 1024 * 1024 * 1024;
/// Bytes behind the last member: tar fills up to a block of 10,240.
const MOST_PADDING: u64 = 64 * 1024;
/// Problems told at once.
const MOST_PROBLEMS: usize = 50;

/// What is to be imported, and how.
#[derive(Debug)]
pub struct BundleImport<'a> {
    /// The archive.
    pub file: &'a Path,
    /// Take what guests have sent, where the archive has it.
    pub takes_submissions: bool,
    /// Change nothing.
    pub is_dry_run: bool,
}

/// Where from and where to.
#[derive(Debug)]
pub struct Place<'a> {
    /// The database.
    pub db: &'a Db,
    /// The declarations of all organizations.
    pub catalogue: &'a Catalogue,
    /// Whose content.
    pub scope: &'a Scope,
    /// Its files.
    pub library: &'a Library,
}

/// A runtime for what the library does with files, from a plain thread.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, std::io::Error> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()
}

fn broken(file: &Path, reason: impl ToString) -> TransferError {
    TransferError::NotBundle { file: file.to_owned(), reason: reason.to_string() }
}

impl From<CustomTypeError> for TransferError {
    fn from(error: CustomTypeError) -> Self {
        match error {
            CustomTypeError::Db(error) => Self::Db(error),
            refusal => Self::Refused(vec![refusal.to_string()]),
        }
    }
}

impl From<BrandError> for TransferError {
    fn from(error: BrandError) -> Self {
        match error {
            BrandError::Db(error) => Self::Db(error),
            refusal => Self::Refused(vec![refusal.explain().detail]),
        }
    }
}

impl From<CheckError> for TransferError {
    fn from(error: CheckError) -> Self {
        match error {
            CheckError::Db(error) => Self::Db(error),
            refusal @ CheckError::RuleUnknown(_) => Self::Refused(vec![refusal.to_string()]),
        }
    }
}

impl From<FormError> for TransferError {
    fn from(error: FormError) -> Self {
        match error {
            FormError::Db(error) => Self::Db(error),
            refusal => Self::Refused(vec![refusal.explain().detail]),
        }
    }
}

impl From<ReleaseError> for TransferError {
    fn from(error: ReleaseError) -> Self {
        match error {
            ReleaseError::Db(error) => Self::Db(error),
            refusal => Self::Refused(vec![refusal.explain().detail]),
        }
    }
}

impl From<OrganizationError> for TransferError {
    fn from(error: OrganizationError) -> Self {
        match error {
            OrganizationError::Db(error) => Self::Db(error),
            refusal => Self::Refused(vec![refusal.explain().detail]),
        }
    }
}

/// Which site, where one is named.
type Named<'a> = Option<&'a Slug>;
