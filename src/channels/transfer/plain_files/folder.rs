//! The folder that files go into. What stands there is compared and left where it is the same; what is new is laid beside
//! first and then put in its place, each file at once; what is no longer needed is removed; the manifest is written last. A
//! run that was stopped leaves every file whole, and the next one makes the rest good.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

use ground::{clock::Timestamp, crypto::sha256_hex};
use serde::{Deserialize, Serialize};

use super::{PlainFilesExport, refused, report::PlainFilesReport};
use crate::transfer::TransferError;

/// Says what an export has written.
const MANIFEST: &str = "gammacms-static.json";
/// Where new files wait for their place, with the plan.
const WAITING: &str = ".gammacms-static";
/// Every file that a run may have put into its place; more than the manifest has while one is on its way.
const PLAN: &str = "plan.json";
/// What the manifest says of itself.
const FORMAT: &str = "gammacms-static";
const VERSION: u32 = 1;
/// Files in the way that are named at most.
const MOST_NAMED: usize = 10;

/// What an export has written.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    format: String,
    version: u32,
    organization: String,
    site: Option<String>,
    /// When the files came to be as they are.
    made_at: Timestamp,
    /// When something of them is no longer true by itself.
    until: Option<Timestamp>,
    /// SHA-256 of the list of files: the same where all of them are the same.
    content: String,
    files: Vec<Written>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Written {
    path: String,
    sha256: String,
    size: u64,
}

impl Manifest {
    /// One without files.
    pub fn new(wish: &PlainFilesExport<'_>, made_at: Timestamp, until: Option<Timestamp>) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            organization: wish.organization.to_owned(),
            site: wish.site.map(ToString::to_string),
            made_at,
            until,
            content: String::new(),
            files: Vec::new(),
        }
    }

    fn holding(mut self, files: Vec<Written>) -> Self {
        let lines = files.iter().map(|file| format!("{} {}\n", file.sha256, file.path));
        self.content = sha256_hex(lines.collect::<String>().as_bytes());
        self.files = files;
        self
    }
}

/// A file that will stand there.
struct Planned {
    sha256: String,
    size: u64,
    from: From,
}

enum From {
    /// It is there already.
    There,
    /// It waits here; nowhere in a dry run.
    Waiting(Option<PathBuf>),
    /// In the library.
    Library { ending: String },
}

/// Takes files for a folder.
pub(super) struct Outlet<'a> {
    folder: &'a Path,
    is_dry_run: bool,
    before: Option<Manifest>,
    /// What may be replaced and removed: all else in the folder is somebody's.
    known: BTreeSet<String>,
    files: BTreeMap<String, Planned>,
    waiting: usize,
    /// Held until the last file stands.
    _lock: Option<fs::File>,
}

/// The folder, made where there is none, for this run alone: two at once would take away each other's files. The system
/// gives it free with the process.
fn locked(folder: &Path) -> Result<fs::File, TransferError> {
    let unwritable = |reason| TransferError::Unwritable { file: folder.to_owned(), reason };
    fs::create_dir_all(folder).map_err(unwritable)?;
    let lock = fs::File::open(folder).map_err(unwritable)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(fs::TryLockError::WouldBlock) => {
            Err(refused(format!("another export writes to {} now: wait until it has ended", folder.display())))
        }
        Err(fs::TryLockError::Error(reason)) => Err(unwritable(reason)),
    }
}

impl<'a> Outlet<'a> {
    /// Looks whether the folder may be written to, and changes nothing of what it shows.
    pub fn open(wish: &PlainFilesExport<'a>, now: Timestamp) -> Result<Self, TransferError> {
        let folder = wish.folder;
        let named = folder.display();
        let unreadable = |reason| TransferError::Unreadable { file: folder.to_owned(), reason };
        let lock = if wish.is_dry_run { None } else { Some(locked(folder)?) };
        let is_empty = match fs::read_dir(folder) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => true,
            Err(reason) => return Err(unreadable(reason)),
        };
        let before: Option<Manifest> = match read(&folder.join(MANIFEST)).map_err(unreadable)? {
            Some(bytes) => {
                let broken = |_| refused(format!("{named}/{MANIFEST} is not readable: name another folder"));
                Some(serde_json::from_slice(&bytes).map_err(broken)?)
            }
            None => None,
        };
        if !is_empty && before.is_none() && !folder.join(WAITING).is_dir() {
            let reason =
                format!("{named} is not empty, and no export has made it: nothing was written. Name another folder");
            return Err(refused(reason));
        }
        let wanted = Manifest::new(wish, now, None);
        if let Some(before) = &before {
            if (&before.format, before.version) != (&wanted.format, wanted.version) {
                return Err(refused(format!("{named} was written by another version: name another folder")));
            }
            if (&before.organization, &before.site) != (&wanted.organization, &wanted.site) {
                let site =
                    before.site.as_deref().map_or_else(|| "all sites".to_owned(), |site| format!("the site {site}"));
                let whose = &before.organization;
                return Err(refused(format!("{named} holds {site} of {whose}: name another folder")));
            }
        }
        let mut known: BTreeSet<String> =
            before.iter().flat_map(|manifest| &manifest.files).map(|file| file.path.clone()).collect();
        if let Some(plan) = read(&folder.join(WAITING).join(PLAN)).map_err(unreadable)? {
            known.extend(serde_json::from_slice::<Vec<String>>(&plan).unwrap_or_default());
        }
        let (is_dry_run, files) = (wish.is_dry_run, BTreeMap::new());
        let outlet = Self { folder, is_dry_run, before, known, files, waiting: 0, _lock: lock };
        if !wish.is_dry_run {
            outlet.clear().map_err(|reason| outlet.unwritable(reason))?;
        }
        Ok(outlet)
    }

    /// Removes what waits since a run that was stopped; the plan stays until there is another.
    fn clear(&self) -> io::Result<()> {
        let waiting = self.folder.join(WAITING);
        fs::create_dir_all(&waiting)?;
        for entry in fs::read_dir(&waiting)? {
            let path = entry?.path();
            if path.file_name() != Some(PLAN.as_ref()) {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    /// Takes a file; of several at one path the first.
    pub fn take(&mut self, path: String, bytes: &[u8]) -> Result<(), TransferError> {
        if self.files.contains_key(&path) {
            return Ok(());
        }
        let size = bytes.len() as u64;
        let there = self.folder.join(&path);
        let is_there = size_of(&there) == Some(size) && fs::read(&there).is_ok_and(|known| known == bytes);
        let from = match (is_there, self.is_dry_run) {
            (true, _) => From::There,
            (false, true) => From::Waiting(None),
            (false, false) => {
                let waiting = self.next_waiting();
                fs::write(&waiting, bytes).map_err(|reason| self.unwritable(reason))?;
                From::Waiting(Some(waiting))
            }
        };
        self.files.insert(path, Planned { sha256: sha256_hex(bytes), size, from });
        Ok(())
    }

    /// Takes a file of the library, which is named by its bytes.
    pub fn take_blob(&mut self, path: String, sha256: String, ending: String) {
        self.files.entry(path).or_insert(Planned { sha256, size: 0, from: From::Library { ending } });
    }

    /// Whether a file can stand here beside those that were taken.
    pub fn is_free(&self, path: &str) -> bool {
        let is_above = path.match_indices('/').any(|(at, _)| self.files.contains_key(&path[..at]));
        let below = format!("{path}/");
        let is_below = self.files.range(below.clone()..).next().is_some_and(|(first, _)| first.starts_with(&below));
        !self.files.contains_key(path) && !is_above && !is_below
    }

    /// Puts all files into their places. `blob` opens a file of the library.
    pub fn finish(
        mut self,
        manifest: Manifest,
        report: &mut PlainFilesReport,
        blob: impl Fn(&str, &str) -> io::Result<Option<fs::File>>,
    ) -> Result<(), TransferError> {
        self.fetch(report, blob)?;
        let is_new = |planned: &Planned| matches!(planned.from, From::Waiting(_));
        let in_the_way = self.files.iter().filter(|(path, planned)| {
            is_new(planned) && !self.known.contains(*path) && self.folder.join(path).symlink_metadata().is_ok()
        });
        let in_the_way: Vec<_> = in_the_way.map(|(path, _)| path.as_str()).take(MOST_NAMED).collect();
        if !in_the_way.is_empty() {
            let named = self.folder.display();
            let reason =
                format!("{named} has files that no export has written: {}. Take them away", in_the_way.join(", "));
            return Err(refused(reason));
        }
        let gone: Vec<String> = self.known.iter().filter(|path| !self.files.contains_key(*path)).cloned().collect();
        report.written = self.files.values().filter(|planned| is_new(planned)).count();
        report.unchanged = self.files.len() - report.written;
        report.removed = gone.iter().filter(|path| self.folder.join(path).is_file()).count();
        report.bytes = self.files.values().map(|planned| planned.size).sum();
        if self.is_dry_run {
            return Ok(());
        }
        self.place(&gone).and_then(|()| self.sign(manifest)).map_err(|reason| self.unwritable(reason))
    }

    /// Lays the files of the library beside those that wait, one after the other.
    fn fetch(
        &mut self,
        report: &mut PlainFilesReport,
        blob: impl Fn(&str, &str) -> io::Result<Option<fs::File>>,
    ) -> Result<(), TransferError> {
        let wanted: Vec<(String, String, String)> = self
            .files
            .iter()
            .filter_map(|(path, planned)| match &planned.from {
                From::Library { ending } => Some((path.clone(), planned.sha256.clone(), ending.clone())),
                _ => None,
            })
            .collect();
        for (path, sha256, ending) in wanted {
            let failed =
                |reason| TransferError::Unreadable { file: PathBuf::from(format!("{sha256}.{ending}")), reason };
            let Some(mut bytes) = blob(&sha256, &ending).map_err(failed)? else {
                report.notes.push(format!("{path} is named by a page, and the library has lost it."));
                self.files.remove(&path);
                continue;
            };
            let size = bytes.metadata().map_err(failed)?.len();
            // Its name is its content: one of this length that we have written whole is the same.
            let from = if self.known.contains(&path) && size_of(&self.folder.join(&path)) == Some(size) {
                From::There
            } else if self.is_dry_run {
                From::Waiting(None)
            } else {
                let waiting = self.next_waiting();
                let copied = fs::File::create(&waiting).and_then(|mut file| {
                    io::copy(&mut bytes, &mut file)?;
                    file.sync_all()
                });
                copied.map_err(|reason| self.unwritable(reason))?;
                From::Waiting(Some(waiting))
            };
            self.files.insert(path, Planned { sha256, size, from });
        }
        Ok(())
    }

    fn place(&self, gone: &[String]) -> io::Result<()> {
        let plan: BTreeSet<&String> = self.known.iter().chain(self.files.keys()).collect();
        replace(&self.folder.join(WAITING).join(PLAN), &serde_json::to_vec(&plan)?)?;
        for (path, planned) in &self.files {
            if let From::Waiting(Some(waiting)) = &planned.from {
                let to = self.folder.join(path);
                if let Some(above) = to.parent() {
                    fs::create_dir_all(above)?;
                }
                fs::rename(waiting, to)?;
            }
        }
        for path in gone {
            match fs::remove_file(self.folder.join(path)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => self.remove_empty_above(path),
            }
        }
        Ok(())
    }

    /// Folders that held nothing else go with their last file; one that holds something stays, as the system sees to.
    fn remove_empty_above(&self, path: &str) {
        let mut above = Path::new(path).parent();
        while let Some(folder) = above.filter(|folder| !folder.as_os_str().is_empty()) {
            if fs::remove_dir(self.folder.join(folder)).is_err() {
                return;
            }
            above = folder.parent();
        }
    }

    fn sign(&self, manifest: Manifest) -> io::Result<()> {
        let files = self.files.iter().map(|(path, planned)| Written {
            path: path.clone(),
            sha256: planned.sha256.clone(),
            size: planned.size,
        });
        let mut manifest = manifest.holding(files.collect());
        if let Some(before) = self.before.as_ref().filter(|before| before.content == manifest.content) {
            manifest.made_at = before.made_at;
        }
        if self.before.as_ref() != Some(&manifest) {
            let mut text = serde_json::to_vec_pretty(&manifest)?;
            text.push(b'\n');
            replace(&self.folder.join(MANIFEST), &text)?;
        }
        fs::remove_dir_all(self.folder.join(WAITING))
    }

    fn next_waiting(&mut self) -> PathBuf {
        self.waiting += 1;
        self.folder.join(WAITING).join(self.waiting.to_string())
    }

    fn unwritable(&self, reason: io::Error) -> TransferError {
        TransferError::Unwritable { file: self.folder.to_owned(), reason }
    }
}

fn size_of(path: &Path) -> Option<u64> {
    fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file).map(|known| known.len())
}

fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes a file whole, or not at all.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("new");
    let mut file = fs::File::create(&beside)?;
    io::Write::write_all(&mut file, bytes)?;
    file.sync_all()?;
    fs::rename(beside, path)
}
