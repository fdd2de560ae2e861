//! Content comes in over HTTP what the commands bring: an export of WordPress, a message of AlpineBits, a list of old
//! addresses, an archive of ours. Its files land in a folder of the data directory; a job looks at them and says what would
//! become of everything; on a second word a job takes them over. One at a time for each organization.

mod asking;
mod errors;
mod folder;
mod jobs;
mod routes;
mod store;

use std::path::PathBuf;

use content::{media::Library, types::Catalogue};
use ground::{
    clock::Timestamp,
    words::{ImportId, SiteId, Slug, UserId},
};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{alpinebits::AlpinebitsReport, bundle::BundleReport, sitemap::Coverage, wordpress::WordpressReport};

pub use asking::{ask, begin, delete, find, list};
pub use errors::ImportError;
pub use jobs::{handle_jobs, maintain};
pub use routes::{Document, routes};

/// How long an import with its files and its report is kept: a report is read with colleagues.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Imports of one organization: the oldest one makes room, its files may be large.
const MOST_KEPT: usize = 10;
const SUBJECT: &str = "import";

const MIB: u64 = 1024 * 1024;

/// Where files lie until they are taken over, and what takes them. Managed by Rocket; cheap to clone.
#[derive(Clone, Debug)]
pub struct Imports {
    folder: PathBuf,
    library: Library,
    catalogue: Catalogue,
}

impl Imports {
    /// Files below this folder.
    pub fn new(folder: PathBuf, library: Library, catalogue: Catalogue) -> Self {
        Self { folder, library, catalogue }
    }
}

/// What is to be brought, and where to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(tag = "source", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = ImportWish)]
pub enum Wish {
    /// An export of WordPress (WXR).
    Wordpress {
        /// The site that takes it.
        #[schema(value_type = String, format = "uuid")]
        site_id: SiteId,
    },
    /// Hotel content as AlpineBits exchanges it.
    Alpinebits {
        /// The site that takes it.
        #[schema(value_type = String, format = "uuid")]
        site_id: SiteId,
        /// Only this hotel of the file.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hotel_code: Option<String>,
        /// The slug of the house that takes the facts, where it is there already and no import has made it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>)]
        property: Option<Slug>,
        /// Publish what is complete, in every language in which it is.
        #[serde(default)]
        publish: bool,
    },
    /// Old addresses against the new website; the redirects that are proposed are made.
    Sitemap {
        /// The new website.
        #[schema(value_type = String, format = "uuid")]
        site_id: SiteId,
        /// The file is a table with the columns `old` and `new`, not a sitemap.
        #[serde(default)]
        table: bool,
    },
    /// An archive of a whole organization or site.
    Bundle {
        /// Also what guests have sent with forms, where the archive has it.
        #[serde(default)]
        submissions: bool,
    },
}

impl Wish {
    /// The site that takes it; none where an archive says it itself.
    const fn site_id(&self) -> Option<SiteId> {
        match self {
            Self::Wordpress { site_id } | Self::Alpinebits { site_id, .. } | Self::Sitemap { site_id, .. } => {
                Some(*site_id)
            }
            Self::Bundle { .. } => None,
        }
    }

    /// Bytes of a file of this part; `None` where the source has no such part. A sitemap, a message and an export are held
    /// in memory, which a machine of 256 MB must have; the commands take larger ones.
    const fn largest(&self, part: Part) -> Option<u64> {
        match (self, part) {
            (Self::Wordpress { .. }, Part::Source) => Some(32 * MIB),
            (Self::Alpinebits { .. } | Self::Sitemap { .. }, Part::Source) | (Self::Sitemap { .. }, Part::Beside) => {
                Some(16 * MIB)
            }
            // Both are read from the disk, piece by piece: some thousand pictures as cameras make them.
            (Self::Bundle { .. }, Part::Source) | (Self::Wordpress { .. }, Part::Attachments) => Some(8 * 1024 * MIB),
            _ => None,
        }
    }
}

/// What a file is to an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportPart)]
pub enum Part {
    /// The export, the message, the list or the archive itself.
    Source,
    /// A ZIP file of `wp-content/uploads`, whose files go into the media library.
    Attachments,
    /// A sitemap that the index names.
    Beside,
}

impl Part {
    fn named(text: &str) -> Option<Self> {
        match text {
            "source" => Some(Self::Source),
            "attachments" => Some(Self::Attachments),
            "beside" => Some(Self::Beside),
            _ => None,
        }
    }
}

/// A file that is there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[schema(as = ImportFile)]
pub struct FileBrought {
    /// What it is.
    pub part: Part,
    /// What it is called where it comes from.
    pub name: String,
    /// In bytes.
    pub size: u64,
}

/// Content that somebody brings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Import {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    pub id: ImportId,
    /// What is brought, and where to.
    pub wish: Wish,
    /// How far it is.
    pub state: ImportState,
    /// The files that are there.
    pub files: Vec<FileBrought>,
    /// Whether there is a report: of what would become of everything, or, when it is done, of what became of it.
    pub has_report: bool,
    /// Why the last step failed; a sentence for each thing that is wrong, in lines.
    #[schema(required = true)]
    pub problem: Option<String>,
    /// Who brings it.
    #[serde(skip)]
    pub created_by: Option<UserId>,
    /// What they are called.
    pub created_by_name: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Until when it is kept.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// Its files are awaited.
    Open,
    /// It is being looked at; nothing changes.
    Checking,
    /// The report says what would become of it.
    Checked,
    /// It is being taken over.
    Importing,
    /// It is taken over.
    Done,
    /// It was refused, or could not be ended.
    Failed,
}

impl ImportState {
    const ALL: [Self; 6] = [Self::Open, Self::Checking, Self::Checked, Self::Importing, Self::Done, Self::Failed];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Checking => "checking",
            Self::Checked => "checked",
            Self::Importing => "importing",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    const fn is_busy(self) -> bool {
        matches!(self, Self::Checking | Self::Importing)
    }
}

/// What is to be done with the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Look at them, and change nothing.
    Check,
    /// Take them over.
    Apply,
}

/// What became of everything, or would.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "source", rename_all = "snake_case")]
pub enum ImportReport {
    /// Of an export of WordPress.
    Wordpress(WordpressReport),
    /// Of a message of AlpineBits.
    Alpinebits(AlpinebitsReport),
    /// Of a list of old addresses.
    Sitemap(Coverage),
    /// Of an archive.
    Bundle(BundleReport),
}
