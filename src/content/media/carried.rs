//! Files of the library as they are carried from one installation to another: what is said of them, and their bytes.

use std::{collections::BTreeMap, fs::File, io};

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Tx},
    words::{Locale, MediaId, OrganizationId, SiteId},
};
use serde::{Deserialize, Serialize};
use tenants::scope::Scope;

use super::{Library, MediaChange, MediaError, MediaItem, library, store};
use pictures::{Focal, Recognized};

/// A file of the library without its bytes.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CarriedMedia {
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// The ending of its name in addresses.
    pub extension: String,
    /// Its id.
    pub id: MediaId,
    /// The site that it is for; none for all of the organization.
    pub site: Option<SiteId>,
    /// What people call it.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// What it shows, by language.
    pub alt: BTreeMap<Locale, String>,
    /// Whether it shows nothing that would have to be said.
    pub decorative: bool,
    /// What stands below it, by language.
    pub caption: BTreeMap<Locale, String>,
    /// Who made it.
    pub credit: String,
    /// The point that stays visible however it is cropped.
    pub focal: Focal,
    /// When it was brought.
    pub created_at: Timestamp,
}

impl CarriedMedia {
    fn of(item: MediaItem) -> Self {
        let MediaItem { sha256, extension, id, site, name, size, .. } = item;
        let MediaItem { alt, decorative, caption, credit, focal, created_at, .. } = item;
        Self { sha256, extension, id, site, name, size, alt, decorative, caption, credit, focal, created_at }
    }

    /// What has to be changed so that the library says of its item what this says; nothing where it does already.
    fn change(&self, item: &MediaItem) -> Option<MediaChange> {
        if Self::of(item.clone()) == *self {
            return None;
        }
        Some(MediaChange {
            version: item.version,
            name: Some(self.name.clone()),
            alt: Some(self.alt.clone()),
            decorative: Some(self.decorative),
            caption: Some(self.caption.clone()),
            credit: Some(self.credit.clone()),
            focal: Some(self.focal),
            site: Some(self.site),
        })
    }

    /// Whether the library would have to be told anything of its item.
    pub fn differs_from(&self, item: &MediaItem) -> bool {
        Self { created_at: item.created_at, ..self.clone() }.change(item).is_some()
    }
}

/// What the library would refuse of a file by its first bytes and what is said of it; nothing where it takes it.
pub fn refusal(carried: &CarriedMedia, head: &[u8]) -> Option<&'static str> {
    let extension = match pictures::recognize(head) {
        Some(Recognized::Picture(format)) => format.extension(),
        Some(Recognized::Pdf) => "pdf",
        _ => return Some("The library takes no files of this kind."),
    };
    if extension != carried.extension {
        return Some("Its bytes are of another kind than its name says.");
    }
    if !library::are_words(carried) {
        return Some("Its name, its texts or its focal point are not within the limits.");
    }
    None
}

/// All files of the organization, by their bytes.
pub fn carried(conn: &Conn, scope: &Scope) -> Result<Vec<CarriedMedia>, DbError> {
    let mut all: Vec<_> = store::all(conn, scope)?.into_iter().map(CarriedMedia::of).collect();
    all.sort_by(|one, other| one.sha256.cmp(&other.sha256));
    Ok(all)
}

/// The item of the library with these bytes.
pub fn with_bytes(conn: &Conn, scope: &Scope, sha256: &str) -> Result<Option<MediaItem>, DbError> {
    store::by_sha256(conn, scope, sha256)
}

/// Looks at the id of every file of the installation, with whose it is.
pub fn each_owner(conn: &Conn, look: impl FnMut(MediaId, OrganizationId)) -> Result<(), DbError> {
    store::each_owner(conn, look)
}

/// Says of an item what is carried. Answers whether anything was said anew.
pub fn describe(tx: &Tx, scope: &Scope, carried: &CarriedMedia) -> Result<bool, MediaError> {
    let item = library::find(tx, scope, carried.id)?;
    let carried = CarriedMedia { created_at: item.created_at, ..carried.clone() };
    let Some(change) = carried.change(&item) else { return Ok(false) };
    library::change(tx, scope, carried.id, change).map(|_| true)
}

impl Library {
    /// The bytes of a file as it was brought; nothing where the store has lost them.
    pub async fn bytes_of(&self, carried: &CarriedMedia) -> io::Result<Option<File>> {
        self.blob(&carried.sha256, &carried.extension).await
    }

    /// Whether the store has the bytes of a file.
    pub async fn has(&self, carried: &CarriedMedia) -> io::Result<bool> {
        Ok(self.blobs.find(&carried.sha256, &carried.extension).await?.is_some())
    }

    /// The bytes of a file or of one of its sizes.
    pub async fn blob(&self, sha256: &str, extension: &str) -> io::Result<Option<File>> {
        match self.blobs.find(sha256, extension).await? {
            Some(found) => found.into_file(&self.blobs).await.map(Some),
            None => Ok(None),
        }
    }
}
