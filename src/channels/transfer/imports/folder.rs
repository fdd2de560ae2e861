//! Where the files of imports lie: a folder for each, so that a list of files never names another's.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use ground::{clock::Randomness, words::ImportId};

use super::{Imports, Part};

/// What the source's own file is called: no file beside it can be called so.
const SOURCE: &str = ".source";
const ATTACHMENTS: &str = "attachments.zip";
/// Characters of a file's name.
const LONGEST_NAME: usize = 200;
/// Bytes of a name in a folder, as file systems allow.
const LONGEST_FILE_NAME: usize = 255;

/// Whether this can be a file's name in a folder.
pub(super) fn is_name(name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&name.chars().count())
        && name.len() <= LONGEST_FILE_NAME
        && !name.starts_with('.')
        && !name.chars().any(|letter| letter.is_control() || matches!(letter, '/' | '\\'))
}

impl Imports {
    /// The folder of an import. Only ids become paths.
    pub(super) fn folder_of(&self, id: ImportId) -> PathBuf {
        self.folder.join(id.to_string())
    }

    /// Where a file of an import lies. The name counts for sitemaps beside an index, and must be one ([`is_name`]).
    pub(super) fn place(&self, id: ImportId, part: Part, name: &str) -> PathBuf {
        let folder = self.folder_of(id);
        match part {
            // Beside the source stands only what was brought as such.
            Part::Source => folder.join("files").join(SOURCE),
            Part::Beside => folder.join("files").join(name),
            Part::Attachments => folder.join(ATTACHMENTS),
        }
    }

    /// A new place for a file that is on its way to one.
    pub(super) fn landing(&self, id: ImportId, randomness: &Randomness) -> io::Result<PathBuf> {
        fs::create_dir_all(self.folder_of(id).join("files"))?;
        Ok(self.folder_of(id).join(format!("arriving-{:016x}", u64::from_le_bytes(randomness.bytes()))))
    }

    /// Removes the files of an import. What cannot be removed now goes with the next sweep.
    pub(super) fn clear(&self, id: ImportId) {
        match fs::remove_dir_all(self.folder_of(id)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, import.id = %id, "files of an import could not be removed; the sweep tries again");
            }
            _ => {}
        }
    }
}

/// The imports that have a folder. Each has had a row before.
pub(super) fn folders(folder: &Path) -> io::Result<Vec<ImportId>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut ids = Vec::new();
    for entry in entries {
        // Anything else in there is somebody's own.
        ids.extend(entry?.file_name().to_str().and_then(|name| name.parse::<ImportId>().ok()));
    }
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_name_in_one_folder() {
        for name in ["sitemap.xml", "Überblick 2026.zip", "a..b", "خريطة.xml"] {
            assert!(is_name(name), "{name}");
        }
        let long = "a".repeat(201);
        let wide = "خ".repeat(150);
        for name in ["", ".", "..", ".source", "a/b", "a\\b", "a\0", "a\n", &long, &wide] {
            assert!(!is_name(name), "{name:?}");
        }
    }
}
