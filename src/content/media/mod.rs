//! The media library of an organization: photographs and documents, what is said of them, the sizes that pages show, and
//! where they are used.
//!
//! A picture's value in a document names the library's item; publishing writes what pages need of it into the view.

pub mod carried;
mod darkroom;
mod errors;
mod jobs;
mod library;
mod routes;
mod serving;
mod showing;
mod store;
mod sweeping;
mod uses;

use std::{collections::BTreeMap, sync::OnceLock};

use ground::{
    clock::Timestamp,
    words::{EntryId, Locale, MediaId, SiteId, UserId},
};
use serde::{Deserialize, Serialize};

pub use darkroom::COMMAND as PICTURE_COMMAND;
pub use errors::MediaError;
pub use jobs::{RefreshUses, handle_jobs};
pub use library::{Library, Wish, change, delete, find, find_at, list, refusal_of};
pub use routes::{Document, routes};
pub use serving::routes as file_routes;
pub use showing::{named_in, shown, shown_text};
pub use sweeping::maintain;
pub use uses::{find_many, note_uses, places, unknown, users};

use pictures::{Focal, Format};

/// Largest file, in bytes: photographs of the largest cameras have 30 million; a brochure may have more.
pub const LARGEST_FILE: usize = 40 * 1024 * 1024;
/// Longest file name, credit, alternative text and caption, in characters.
const LONGEST_NAME: usize = 200;
const LONGEST_TEXT: usize = 500;
/// Where files are served, on every host.
const FILES: &str = "/media";

/// One file of the library.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct MediaItem {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    pub id: MediaId,
    /// The site that it is for; `null` for all of the organization.
    #[schema(value_type = Option<String>, format = "uuid", required = true)]
    pub site: Option<SiteId>,
    /// What people call it: at first the name of the file.
    pub name: String,
    /// Whether it can be shown in pages or is there to be downloaded.
    pub kind: MediaKind,
    /// Its media type, by what is in it.
    pub content_type: String,
    /// Bytes, without what was removed of it (place, camera, comments).
    pub size: u64,
    /// SHA-256 of the bytes that are served.
    pub sha256: String,
    /// Pixels from left to right, as people see it.
    #[schema(required = true)]
    pub width: Option<u32>,
    /// Pixels from top to bottom, as people see it.
    #[schema(required = true)]
    pub height: Option<u32>,
    /// What it shows, by language, for those who do not see it.
    #[schema(value_type = BTreeMap<String, String>)]
    pub alt: BTreeMap<Locale, String>,
    /// Whether it shows nothing that would have to be said.
    pub decorative: bool,
    /// What stands below it, by language.
    #[schema(value_type = BTreeMap<String, String>)]
    pub caption: BTreeMap<Locale, String>,
    /// Who made it.
    pub credit: String,
    /// The point that stays visible however it is cropped.
    pub focal: Focal,
    /// Whether its sizes are made.
    pub state: MediaState,
    /// Why they could not be made.
    #[schema(required = true)]
    pub problem: Option<String>,
    /// Its sizes.
    pub renditions: Vec<MediaRendition>,
    /// Its address.
    pub url: String,
    /// A small square of it; the whole picture until that is made, nothing for documents.
    #[schema(required = true)]
    pub thumbnail_url: Option<String>,
    /// How many entries use it.
    pub uses: u64,
    /// Counts its changes.
    pub version: u32,
    /// Who brought it.
    #[schema(value_type = Option<String>, format = "uuid", required = true)]
    pub created_by: Option<UserId>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[serde(skip)]
    extension: String,
    #[serde(skip)]
    made: Vec<Made>,
}

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum MediaKind {
    /// Shown in pages.
    Image,
    /// Downloaded.
    Document,
}

/// How far a picture is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum MediaState {
    /// Its sizes are being made; the whole picture is there.
    Pending,
    /// All there.
    Ready,
    /// Its sizes could not be made.
    Failed,
}

/// A size of a picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct MediaRendition {
    /// Its address.
    pub url: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// How it is written.
    pub format: Format,
    /// Bytes.
    pub size: u64,
}

/// A rendition as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
struct Made {
    name: String,
    sha256: String,
    width: u32,
    height: u32,
    format: Format,
    size: u64,
}

/// What is to be changed; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MediaChange {
    /// The version that the change was made on.
    pub version: u32,
    /// Another name.
    pub name: Option<String>,
    /// Other alternative texts, all of them.
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    pub alt: Option<BTreeMap<Locale, String>>,
    /// Whether it shows nothing that would have to be said.
    pub decorative: Option<bool>,
    /// Other captions, all of them.
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    pub caption: Option<BTreeMap<Locale, String>>,
    /// Somebody else made it.
    pub credit: Option<String>,
    /// Another point.
    pub focal: Option<Focal>,
    /// Another site; `null` for all.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub site: Option<Option<SiteId>>,
}

/// `null` is a wish too: it tells "for all" from "leave it".
fn present<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// An entry that uses a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct MediaUse {
    /// The entry.
    #[schema(value_type = String, format = "uuid")]
    pub entry: EntryId,
    /// Its site.
    #[schema(value_type = String, format = "uuid")]
    pub site: SiteId,
    /// Its type.
    #[serde(rename = "type")]
    pub content_type: String,
    /// What lists call it.
    pub title: String,
    /// Whether visitors see the entry.
    pub published: bool,
}

/// The host in front of the bucket, of a process whose settings name one. A setting like those of the log: all that is told of a
/// file has its address, and nothing of it differs between organizations.
static DOMAIN: OnceLock<String> = OnceLock::new();

/// The address of a blob.
fn address(sha256: &str, extension: &str) -> String {
    let origin = DOMAIN.get().map(|domain| format!("https://{domain}")).unwrap_or_default();
    format!("{origin}{FILES}/{sha256}.{extension}")
}

/// The host that files are served from, where it is not the page's own: composed views hold addresses.
pub fn domain() -> Option<&'static str> {
    DOMAIN.get().map(String::as_str)
}

impl MediaItem {
    /// Fills in what follows from what is stored.
    fn addressed(mut self) -> Self {
        self.url = address(&self.sha256, &self.extension);
        let one = |made: &Made| address(&made.sha256, made.format.extension());
        let tile = self.made.iter().find(|made| made.name == "square.webp").map(one);
        self.thumbnail_url = tile.or_else(|| (self.kind == MediaKind::Image).then(|| self.url.clone()));
        let sizes = self.made.iter().filter(|made| made.name.starts_with('w'));
        self.renditions = sizes
            .map(|made| MediaRendition {
                url: one(made),
                width: made.width,
                height: made.height,
                format: made.format,
                size: made.size,
            })
            .collect();
        self
    }

    /// The card that networks show for a link.
    fn social(&self) -> Option<String> {
        let card = self.made.iter().find(|made| made.name.starts_with("social."))?;
        Some(address(&card.sha256, card.format.extension()))
    }
}
