//! Blobs in a folder of the data directory.

use std::{
    fs::{self, File},
    io::{self, Seek as _, Write as _},
    path::{Path, PathBuf},
};

use crate::{clock::Randomness, crypto::sha256_hex};

/// The folder. Everything blocks: files are flushed.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    folder: PathBuf,
    randomness: Randomness,
}

impl Folder {
    /// In this folder; made at the first blob.
    pub(super) fn new(folder: PathBuf, randomness: Randomness) -> Self {
        Self { folder, randomness }
    }

    /// Keeps bytes and answers their name. They are on the disk, and found under the name after a power cut, when this
    /// returns.
    pub(super) fn put(&self, bytes: &[u8]) -> io::Result<String> {
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
    /// blobs, since the machine's own folder for such files may be memory.
    pub(super) fn landing(&self) -> io::Result<File> {
        fs::create_dir_all(&self.folder)?;
        tempfile::tempfile_in(&self.folder)
    }

    /// A blob as a file; nothing where there is none of this name.
    pub(super) fn open(&self, name: &str) -> io::Result<Option<File>> {
        if !super::is_name(name) {
            return Ok(None);
        }
        match File::open(self.path(name)) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// All that is there, with what a crash left behind half-written.
    pub(super) fn list(&self) -> io::Result<Vec<String>> {
        let mut all = Vec::new();
        for folder in entries(&self.folder)? {
            if !folder.file_type()?.is_dir() {
                continue;
            }
            let start = folder.file_name();
            for file in entries(&folder.path())? {
                let name = format!("{}{}", start.to_string_lossy(), file.file_name().to_string_lossy());
                // Anything else in there is somebody's own.
                if name.len() >= super::NAME_LENGTH && name.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'.')
                {
                    all.push(name);
                }
            }
        }
        Ok(all)
    }

    /// Removes one of them.
    pub(super) fn remove(&self, name: &str) -> io::Result<()> {
        match fs::remove_file(self.path(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Two characters make 256 folders: none gets so large that listing it takes a while.
    fn path(&self, name: &str) -> PathBuf {
        let (start, rest) = name.split_at_checked(2).unwrap_or((name, ""));
        self.folder.join(start).join(rest)
    }
}

/// What is in a folder; nothing where there is none.
fn entries(folder: &Path) -> io::Result<Vec<fs::DirEntry>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// The file from a place in it on.
pub(super) fn from(mut file: File, start: u64) -> io::Result<File> {
    file.seek(io::SeekFrom::Start(start))?;
    Ok(file)
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::{super::NAME_LENGTH, *};

    fn read(folder: &Folder, name: &str) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        folder.open(name).unwrap()?.read_to_end(&mut bytes).unwrap();
        Some(bytes)
    }

    #[test]
    fn a_blob_is_kept_once_under_what_is_in_it() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::new(place.path().join("media"), Randomness::system());
        let name = folder.put(b"a heron").unwrap();
        assert_eq!(folder.put(b"a heron").unwrap(), name);
        assert_ne!(folder.put(b"two herons").unwrap(), name);
        assert!(super::super::is_name(&name));
        assert_eq!(read(&folder, &name).unwrap(), b"a heron");
        assert!(read(&folder, &"0".repeat(NAME_LENGTH)).is_none());
        let files = |folder: &Path| fs::read_dir(folder).unwrap().count();
        assert_eq!(files(&place.path().join("media").join(&name[..2])), 1, "something unfinished was left");
    }

    #[test]
    fn nothing_outside_the_folder_has_a_name() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("secret"), "s").unwrap();
        let folder = Folder::new(place.path().join("media"), Randomness::system());
        for name in ["", "../secret", "..", "/etc/passwd", "ABCDEF", &"g".repeat(NAME_LENGTH)] {
            assert!(!super::super::is_name(name) && folder.open(name).unwrap().is_none(), "{name}");
        }
    }
}
