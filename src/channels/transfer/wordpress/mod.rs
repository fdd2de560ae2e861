//! The import of a WordPress export (WXR 1.0, 1.1 and 1.2).
//!
//! The whole file is read, turned into documents and checked before the first write, so that a broken file changes nothing.
//! Every item of the file has one row in the report. An entry is found again by its source's key; what people have changed
//! stays until the file itself says something else.

mod appearing;
mod blocks;
mod cards;
mod documents;
mod embedding;
mod export;
mod joining;
mod languages;
mod media;
mod menus;
mod preparing;
mod reading;
mod redirecting;
mod report;
mod sections;
mod shortcodes;
mod surroundings;
mod uploads;
mod writing;

use std::{
    fmt::Display,
    path::{Path, PathBuf},
};

use content::{media::Library, sites, types::Catalogue};
use ground::{
    db::{Db, Rehearsal},
    words::Slug,
};
use tenants::scope::Scope;

use super::{TransferError, keys};
use media::{Files, Shelf};
use preparing::Sources;
use uploads::Uploads;

pub use report::{AddressRow, Outcome, Row, WordpressReport};

/// Bytes of an export: it is held in memory, with what it becomes.
const EXPORT_SIZE_LIMIT: u64 = 128 * 1024 * 1024;

/// Why an export cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct ExportError {
    /// Line of the file.
    pub line: usize,
    /// A whole sentence.
    pub reason: String,
}

impl ExportError {
    fn new(line: usize, reason: impl Into<String>) -> Self {
        Self { line, reason: reason.into() }
    }
}

/// What is to be imported, and where.
#[derive(Debug)]
pub struct WordpressImport<'a> {
    /// The export.
    pub file: &'a Path,
    /// The site that takes it.
    pub site: &'a Slug,
    /// A copy of `wp-content/uploads`, a folder or a ZIP file of it, with the library that takes its files.
    pub attachments: Option<(PathBuf, &'a Library)>,
    /// Change nothing.
    pub is_dry_run: bool,
}

/// The name by which something of a website's export is found again.
fn source_name(host: &str, what: impl Display) -> String {
    format!("wordpress {host} {what}")
}

/// Imports an export, from a plain thread.
pub fn import(
    db: &Db,
    catalogue: &Catalogue,
    scope: &Scope,
    wish: &WordpressImport<'_>,
) -> Result<WordpressReport, TransferError> {
    let declarations = db.read_blocking(|conn| catalogue.of(conn, scope))?;
    let site = db.read_blocking(|conn| sites::find_by_slug(conn, scope, wish.site))?;
    let bytes = super::read_limited(wish.file, EXPORT_SIZE_LIMIT)?;
    let export =
        reading::read(&bytes).map_err(|reason| TransferError::NotWordpress { file: wish.file.to_owned(), reason })?;
    drop(bytes);
    let mut files = Files::of(&export);
    db.read_blocking(|conn| files.recall(conn, scope, &site, &export))?;
    // Read through once without files, so that nothing is brought for what cannot be taken over.
    let sources = |files: &Files| {
        db.read_blocking(|conn| {
            preparing::prepare(&Sources {
                conn,
                scope,
                declarations: &declarations,
                site: &site,
                export: &export,
                files,
            })
        })
    };
    if let Some((uploads, library)) = &wish.attachments {
        let uploads = &mut Uploads::open(uploads)?;
        sources(&files)?;
        let shelf = Shelf { uploads, library, db, scope, site: &site };
        files.bring(&export, shelf, wish.is_dry_run)?;
    }
    let plan = sources(&files)?;
    if wish.is_dry_run
        && let Some(rehearsal) = Rehearsal::of(db)?
    {
        let report = writing::write(rehearsal.db(), &declarations, scope, plan, false)?;
        return Ok(WordpressReport { is_dry_run: true, ..report });
    }
    writing::write(db, &declarations, scope, plan, wish.is_dry_run)
}
