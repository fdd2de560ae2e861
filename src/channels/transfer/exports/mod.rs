//! An owner takes the content along: a job writes the archive of the organization, or of one site, or their websites as
//! plain files, into a private folder of the data directory, and for a day it can be downloaded. One at a time for each
//! organization.

mod asking;
mod errors;
mod jobs;
mod routes;
mod store;

use std::path::PathBuf;

use content::{media::Library, types::Catalogue};
use ground::{
    clock::Timestamp,
    words::{ExportId, SiteId, UserId},
};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use asking::{ask, delete, find, list};
pub use errors::ExportError;
pub use jobs::{handle_jobs, maintain};
pub use routes::{Document, routes};

/// How long an archive can be downloaded: a working day and the evening.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// After this time an export that works still is one whose process was lost: even the largest group is done by then.
const LONGEST: SignedDuration = SignedDuration::from_hours(12);
/// Archives of one organization that lie ready: each takes as much room as its library.
const MOST_KEPT: u64 = 3;
const SUBJECT: &str = "export";

/// Where archives lie until they are downloaded, and what writes them. Managed by Rocket; cheap to clone.
#[derive(Clone, Debug)]
pub struct Exports {
    folder: PathBuf,
    library: Library,
    catalogue: Catalogue,
    environment: String,
}

impl Exports {
    /// Archives in this folder. Pages of a rehearsal say what the installation's environment is.
    pub fn new(folder: PathBuf, library: Library, catalogue: Catalogue, environment: &str) -> Self {
        Self { folder, library, catalogue, environment: environment.to_owned() }
    }

    /// Where the archive of an export lies. Only ids become paths.
    fn file(&self, id: ExportId) -> PathBuf {
        self.folder.join(format!("{id}{ENDING}"))
    }
}

const ENDING: &str = ".tar.gz";

/// What is to be exported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = ExportWish)]
pub struct Wish {
    /// One site only; all of the organization where it is left out.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub site_id: Option<SiteId>,
    /// What it is for.
    pub format: ExportFormat,
    /// All kept revisions, not only what is published and the newest drafts. Of a bundle only.
    pub history: bool,
    /// Also what guests have sent with forms: personal data. Of a bundle only.
    pub submissions: bool,
}

/// What an export is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// All content, to come in elsewhere or to be kept.
    #[default]
    Bundle,
    /// The published websites as plain files that any web server serves.
    Static,
}

impl ExportFormat {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Bundle => "bundle",
            Self::Static => "static",
        }
    }

    fn named(text: &str) -> Option<Self> {
        [Self::Bundle, Self::Static].into_iter().find(|format| format.as_str() == text)
    }
}

/// An archive that somebody has asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Export {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    pub id: ExportId,
    /// The site; all of the organization where it is none.
    #[schema(value_type = Option<String>, format = "uuid", required = true)]
    pub site_id: Option<SiteId>,
    /// What it is for.
    pub format: ExportFormat,
    /// Whether all kept revisions are in it.
    pub history: bool,
    /// Whether it has what guests have sent.
    pub submissions: bool,
    /// How far it has come.
    pub state: ExportState,
    /// Entries that are written.
    pub done: u64,
    /// Entries that there were when it began.
    pub total: u64,
    /// Bytes of the archive, where it is ready.
    #[schema(required = true)]
    pub size: Option<u64>,
    /// What is not in it, a sentence each.
    pub notes: Vec<String>,
    /// Why there is none.
    #[schema(required = true)]
    pub problem: Option<String>,
    /// Who asked for it.
    #[serde(skip)]
    pub created_by: Option<UserId>,
    /// What they are called.
    pub created_by_name: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Until when it can be downloaded, where it is ready.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub expires_at: Option<Timestamp>,
}

/// How far an export has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportState {
    /// It has not begun.
    Waiting,
    /// It is being written.
    Working,
    /// It can be downloaded.
    Ready,
    /// It could not be written.
    Failed,
}

impl ExportState {
    const ALL: [Self; 4] = [Self::Waiting, Self::Working, Self::Ready, Self::Failed];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Working => "working",
            Self::Ready => "ready",
            Self::Failed => "failed",
        }
    }

    fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Working)
    }
}
