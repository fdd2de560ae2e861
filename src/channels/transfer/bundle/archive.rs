//! Reading an archive as it comes: one member after the other, each within its limit. Nothing of it is written anywhere.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek as _, SeekFrom},
    path::Path,
};

use flate2::read::GzDecoder;
use serde::de::DeserializeOwned;
use tar::EntryType;

use super::{
    ENTRY_BYTES, FILE_BYTES, MANIFEST_BYTES, MEDIA_LIST_BYTES, MOST_BYTES, MOST_MEMBERS, MOST_PADDING, SMALL_BYTES,
    broken,
    format::{MANIFEST, Name},
};
use crate::transfer::TransferError;

/// A member's bytes, to be read once.
pub(super) struct Bytes<'a> {
    file: &'a Path,
    name: &'a str,
    size: u64,
    reader: &'a mut dyn Read,
}

impl Bytes<'_> {
    /// How many there are.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// They, from a small member.
    pub fn json<T: DeserializeOwned>(self) -> Result<T, TransferError> {
        let mut bytes = Vec::new();
        self.reader.read_to_end(&mut bytes).map_err(|error| unpacked(self.file, &error))?;
        serde_json::from_slice(&bytes).map_err(|error| broken(self.file, format!("{}: {error}", self.name)))
    }

    /// They, piece by piece.
    pub fn pieces(self, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> Result<(), TransferError> {
        let mut piece = vec![0; 64 * 1024];
        loop {
            let read = self.reader.read(&mut piece).map_err(|error| unpacked(self.file, &error))?;
            if read == 0 {
                return Ok(());
            }
            take(&piece[..read]).map_err(|reason| TransferError::Unreadable { file: self.file.to_owned(), reason })?;
        }
    }
}

/// Opens the file for [`walk`].
pub(super) fn open(path: &Path) -> Result<File, TransferError> {
    File::open(path).map_err(|reason| TransferError::Unreadable { file: path.to_owned(), reason })
}

/// Hands over every member in its order, which is that of the names. The manifest is the first.
pub(super) fn walk(
    path: &Path,
    file: &File,
    mut visit: impl FnMut(Name, Bytes<'_>) -> Result<(), TransferError>,
) -> Result<(), TransferError> {
    let mut source = BufReader::new(file);
    source.seek(SeekFrom::Start(0)).map_err(|error| unpacked(path, &error))?;
    let mut archive = tar::Archive::new(GzDecoder::new(source).take(MOST_BYTES));
    let mut last = String::new();
    let mut members = 0_usize;
    // Raw: names of any length and other extensions are members of their own kind, and refused like every other.
    for member in archive.entries().map_err(|error| unpacked(path, &error))?.raw(true) {
        let mut member = member.map_err(|error| unpacked(path, &error))?;
        members += 1;
        if members > MOST_MEMBERS {
            return Err(broken(path, format!("it has more than {MOST_MEMBERS} members")));
        }
        let (text, size) = {
            let text = String::from_utf8_lossy(&member.path_bytes()).into_owned();
            (text, member.header().size().map_err(|error| unpacked(path, &error))?)
        };
        if member.header().entry_type() != EntryType::Regular {
            return Err(broken(path, format!("{text:?} is no plain file")));
        }
        let name = Name::read(&text)
            .ok_or_else(|| broken(path, format!("{text:?} is no name of a member of such an archive")))?;
        if members == 1 && name != Name::Manifest {
            return Err(broken(path, format!("it does not begin with {MANIFEST}")));
        }
        if text <= last {
            return Err(broken(
                path,
                format!("{text:?} stands behind {last:?}: members stand in the order of their names, each once"),
            ));
        }
        let limit = match name {
            Name::Manifest => MANIFEST_BYTES,
            Name::MediaList => MEDIA_LIST_BYTES,
            Name::File { .. } => FILE_BYTES,
            Name::Entry { .. } => ENTRY_BYTES,
            Name::Release(_) | Name::Submission { .. } => SMALL_BYTES,
        };
        if size > limit {
            return Err(broken(path, format!("{text} has {size} bytes, and at most {limit} are taken")));
        }
        visit(name, Bytes { file: path, name: &text, size, reader: &mut member })?;
        last = text;
    }
    if members == 0 {
        return Err(broken(path, "it is empty"));
    }
    // To the end of the stream, where gzip says what all of it adds up to.
    let mut rest = archive.into_inner();
    let padding = io::copy(&mut rest.by_ref().take(MOST_PADDING + 1), &mut io::sink());
    match padding.map_err(|error| unpacked(path, &error))? {
        0..=MOST_PADDING => Ok(()),
        _ => Err(broken(path, "something stands behind its last member")),
    }
}

fn unpacked(path: &Path, error: &io::Error) -> TransferError {
    broken(path, format!("it is damaged, cut off, or not made by `gammacms export bundle`: {error}"))
}
