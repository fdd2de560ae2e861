//! Files by what is in them: a blob is named by the SHA-256 of its bytes, so that it never changes and is kept once.
//!
//! A blob is on the disk before a row names it. One that no row names is rubbish, and harmless.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use crate::{clock::Randomness, crypto::sha256_hex};

/// Characters of a blob's name: SHA-256 in hexadecimal digits.
pub const NAME_LENGTH: usize = 64;

/// The store of blobs: a folder of the data directory.
#[derive(Clone, Debug)]
pub struct Blobs {
    folder: PathBuf,
    randomness: Randomness,
}

impl Blobs {
    /// The store in this folder; made at the first blob.
    pub fn in_folder(folder: PathBuf, randomness: Randomness) -> Self {
        Self { folder, randomness }
    }

    /// Keeps bytes and answers their name. They are on the disk, and found under the name after a power cut, when this
    /// returns. Blocks: files are flushed.
    pub fn put(&self, bytes: &[u8]) -> io::Result<String> {
        let name = sha256_hex(bytes);
        let path = self.path(&name);
        if path.exists() {
            return Ok(name);
        }
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder)?;
        let unfinished = folder.join(format!("{name}.{:016x}", u64::from_le_bytes(self.randomness.bytes())));
        let written = write_whole(&unfinished, bytes).and_then(|()| fs::rename(&unfinished, &path));
        if let Err(error) = written {
            // It is rubbish whether or not it can be removed now.
            drop(fs::remove_file(&unfinished));
            return Err(error);
        }
        // The name itself must survive too.
        File::open(folder)?.sync_all()?;
        Ok(name)
    }

    /// A file without a name for bytes that are on their way in: gone with whoever holds it, also after a crash. Beside the
    /// blobs, since the machine's own folder for such files may be memory. Blocks shortly.
    pub fn landing(&self) -> io::Result<File> {
        fs::create_dir_all(&self.folder)?;
        tempfile::tempfile_in(&self.folder)
    }

    /// A blob's bytes; nothing where there is none of this name. Blocks.
    pub fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        present(fs::read(self.path(name)))
    }

    /// A blob as a file; nothing where there is none of this name. Blocks shortly.
    pub fn open(&self, name: &str) -> io::Result<Option<File>> {
        if is_name(name) { present(File::open(self.path(name))) } else { Ok(None) }
    }

    /// Two characters make 256 folders: none gets so large that listing it takes a while.
    fn path(&self, name: &str) -> PathBuf {
        let (start, rest) = name.split_at_checked(2).unwrap_or((name, ""));
        self.folder.join(start).join(rest)
    }
}

/// Whether a text can be a blob's name; anything else never reaches the disk.
pub fn is_name(text: &str) -> bool {
    text.len() == NAME_LENGTH && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'))
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn present<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_is_kept_once_under_what_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::in_folder(folder.path().join("media"), Randomness::system());
        let name = blobs.put(b"a heron").unwrap();
        assert_eq!(blobs.put(b"a heron").unwrap(), name);
        assert_ne!(blobs.put(b"two herons").unwrap(), name);
        assert!(is_name(&name));
        assert_eq!(blobs.read(&name).unwrap().unwrap(), b"a heron");
        assert!(blobs.read(&"0".repeat(NAME_LENGTH)).unwrap().is_none());
        let files = |folder: &Path| fs::read_dir(folder).unwrap().count();
        assert_eq!(files(&folder.path().join("media").join(&name[..2])), 1, "something unfinished was left");
    }

    #[test]
    fn nothing_outside_the_folder_has_a_name() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("secret"), "s").unwrap();
        let blobs = Blobs::in_folder(folder.path().join("media"), Randomness::system());
        for name in ["", "../secret", "..", "/etc/passwd", "ABCDEF", &"g".repeat(NAME_LENGTH)] {
            assert!(!is_name(name) && blobs.open(name).unwrap().is_none(), "{name}");
        }
    }
}
