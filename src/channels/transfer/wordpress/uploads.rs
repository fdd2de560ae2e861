//! A copy of `wp-content/uploads`: a folder, or a ZIP file of it. Files are read from where they lie, each once.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufReader, Read, Write as _},
    path::{Component, Path, PathBuf},
};

use content::media::LARGEST_FILE;
use zip::ZipArchive;

use crate::transfer::TransferError;

/// Files of a ZIP file: each is some 200 bytes of memory. WordPress makes about eight of every picture.
const MOST_FILES: usize = 200_000;
/// Bytes by which a kind of file is known.
const HEAD: u64 = 4096;
/// Bytes that are copied at once.
const PIECE: usize = 64 * 1024;
/// The folder that WordPress keeps its files in.
const UPLOADS: &str = "uploads";

/// A copy of the files.
#[derive(Debug)]
pub(super) enum Uploads {
    /// As it lies on the server.
    Folder(PathBuf),
    /// Packed.
    Packed {
        /// The ZIP file.
        archive: Box<ZipArchive<BufReader<File>>>,
        /// The number of each file, by its path below the uploads.
        files: HashMap<PathBuf, usize>,
    },
}

impl Uploads {
    /// A copy in this place.
    pub fn open(place: &Path) -> Result<Self, TransferError> {
        let unreadable = |reason| TransferError::Unreadable { file: place.to_owned(), reason };
        let file = File::open(place).map_err(unreadable)?;
        if file.metadata().map_err(unreadable)?.is_dir() {
            return Ok(Self::Folder(place.to_owned()));
        }
        let refused =
            |reason: String| TransferError::Refused(vec![format!("The attachments cannot be read: {reason}")]);
        let archive = ZipArchive::new(BufReader::new(file)).map_err(|error| refused(format!("{error}.")))?;
        if archive.len() > MOST_FILES {
            return Err(refused(format!("they are more than {MOST_FILES} files.")));
        }
        let mut files = HashMap::new();
        for number in 0..archive.len() {
            // A name that cannot be read or leads out of the archive is nobody's file.
            let Some(Ok(name)) = archive.name_for_index(number) else { continue };
            if let Some(path) = below_uploads(Path::new(&*name)) {
                files.entry(path).or_insert(number);
            }
        }
        Ok(Self::Packed { archive: Box::new(archive), files })
    }

    /// Whether there is a file of this path.
    pub fn has(&self, path: &Path) -> bool {
        match self {
            Self::Folder(folder) => folder.join(path).is_file(),
            Self::Packed { files, .. } => files.contains_key(path),
        }
    }

    /// The first bytes of a file, by which its kind is known, and how many there are.
    pub fn beginning(&mut self, path: &Path) -> io::Result<(Vec<u8>, u64)> {
        let mut head = Vec::new();
        let size = match self {
            Self::Folder(folder) => {
                let file = File::open(folder.join(path))?;
                let size = file.metadata()?.len();
                file.take(HEAD).read_to_end(&mut head)?;
                size
            }
            Self::Packed { archive, files } => {
                let number = files.get(path).ok_or(io::ErrorKind::NotFound)?;
                let file = archive.by_index(*number).map_err(io::Error::other)?;
                let size = file.size();
                file.take(HEAD).read_to_end(&mut head)?;
                size
            }
        };
        Ok((head, size))
    }

    /// Copies a file, or as much of it as shows that the library does not take it.
    pub fn copy(&mut self, path: &Path, to: &mut File) -> Result<(), CopyError> {
        match self {
            Self::Folder(folder) => copied(File::open(folder.join(path)).map_err(CopyError::Reading)?, to),
            Self::Packed { archive, files } => {
                let number = files.get(path).ok_or_else(|| CopyError::Reading(io::ErrorKind::NotFound.into()))?;
                let file = archive.by_index(*number).map_err(|error| CopyError::Reading(io::Error::other(error)))?;
                copied(file, to)
            }
        }
    }
}

/// Why a file was not copied.
#[derive(Debug)]
pub(super) enum CopyError {
    /// It cannot be read: the others can.
    Reading(io::Error),
    /// The library's disk does not take it, nor the others.
    Writing(io::Error),
}

fn copied(from: impl Read, to: &mut File) -> Result<(), CopyError> {
    let mut from = from.take(LARGEST_FILE as u64 + 1);
    let mut piece = vec![0; PIECE];
    loop {
        match from.read(&mut piece).map_err(CopyError::Reading)? {
            0 => return Ok(()),
            read => to.write_all(&piece[..read]).map_err(CopyError::Writing)?,
        }
    }
}

/// Where a file of the ZIP file lies below the uploads: some pack the folder, some what is in it, some all of `wp-content`.
fn below_uploads(name: &Path) -> Option<PathBuf> {
    let parts: Option<Vec<_>> = name
        .components()
        .map(|part| match part {
            Component::Normal(part) => Some(part),
            _ => None,
        })
        .collect();
    let parts = parts?;
    let start = parts.iter().position(|part| *part == UPLOADS).map_or(0, |place| place + 1);
    let path: PathBuf = parts.get(start..)?.iter().collect();
    path.file_name().is_some().then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_found_however_the_folder_was_packed() {
        for name in ["2026/05/a.jpg", "uploads/2026/05/a.jpg", "site/wp-content/uploads/2026/05/a.jpg"] {
            assert_eq!(below_uploads(Path::new(name)), Some(PathBuf::from("2026/05/a.jpg")), "{name}");
        }
        for name in ["../a.jpg", "/etc/passwd", "uploads", "uploads/../../a"] {
            assert_eq!(below_uploads(Path::new(name)), None, "{name}");
        }
    }
}
