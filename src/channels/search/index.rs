//! The index on the disk: a folder for each one that was built, and a file that names the one that answers.

use std::{
    fs,
    path::{Path, PathBuf},
};

use ground::{clock::Timestamp, db::Db};
use serde::{Deserialize, Serialize};
use tantivy::{IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, indexer::IndexWriterOptions};

use super::{
    SearchError, analysis,
    schema::{self, Fields},
};

/// Names the folder of the index that answers.
const CURRENT: &str = "current";
/// What the writer keeps in memory before it writes: the least that tantivy takes, since machines have 256 MB.
const WRITER_BYTES: usize = 15_000_000;
/// Files are written by one thread and merged by one: the machine has other things to do.
const THREADS: usize = 1;

/// An open index.
pub(super) struct Index {
    tantivy: tantivy::Index,
    pub reader: IndexReader,
    pub fields: Fields,
    pub folder: PathBuf,
}

/// What a commit says of itself.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(super) struct Commit {
    /// The last event that it holds.
    pub position: i64,
    /// When it was made.
    pub at: Timestamp,
}

impl Index {
    /// The index that answered last, with its last commit; nothing where there is none that this program can read.
    pub fn current(root: &Path) -> Option<(Self, Commit)> {
        let name = fs::read_to_string(root.join(CURRENT)).ok()?;
        let name = name.trim();
        let is_ours = name.starts_with(&format!("v{}-", schema::VERSION)) && !name.contains(['/', '\\', '.']);
        if !is_ours {
            return None;
        }
        let opened = Self::opened(root.join(name)).and_then(|index| {
            let commit = index.tantivy.load_metas()?.payload.and_then(|text| serde_json::from_str(&text).ok());
            Ok((index, commit))
        });
        match opened {
            Ok((index, commit)) => Some((index, commit?)),
            Err(error) => {
                tracing::warn!(%error, "the search index cannot be opened and is built anew");
                None
            }
        }
    }

    /// An empty index in a new folder.
    pub fn create(root: &Path, db: &Db) -> Result<Self, SearchError> {
        let name = format!("v{}-{:016x}", schema::VERSION, u64::from_le_bytes(db.randomness().bytes()));
        let folder = root.join(name);
        fs::create_dir_all(&folder)?;
        let (schema, _) = schema::schema();
        tantivy::Index::builder().schema(schema).tokenizers(analysis::analyzers()).create_in_dir(&folder)?;
        Self::opened(folder)
    }

    fn opened(folder: PathBuf) -> Result<Self, SearchError> {
        let mut tantivy = tantivy::Index::open_in_dir(&folder)?;
        // Analyzers are the program's, not the index's.
        tantivy.set_tokenizers(analysis::analyzers());
        let reader = tantivy.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let (_, fields) = schema::schema();
        Ok(Self { tantivy, reader, fields, folder })
    }

    /// The one that may write. It holds memory, so it lives no longer than there is work.
    pub fn writer(&self) -> Result<IndexWriter<TantivyDocument>, SearchError> {
        let options = IndexWriterOptions::builder()
            .num_worker_threads(THREADS)
            .num_merge_threads(THREADS)
            .memory_budget_per_thread(WRITER_BYTES)
            .build();
        Ok(self.tantivy.writer_with_options(options)?)
    }

    /// Lets this index answer from now on, also after the next start, and removes the others.
    pub fn become_current(&self, root: &Path) -> Result<(), SearchError> {
        let name = self.folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let new = root.join("current.new");
        fs::write(&new, &name)?;
        fs::File::open(&new)?.sync_all()?;
        fs::rename(&new, root.join(CURRENT))?;
        remove_others(root, &name);
        Ok(())
    }

    /// Removes an index that never answered.
    pub fn remove(self) {
        remove(&self.folder);
    }
}

/// Removes the folders of older indexes, and of those whose building was cut off.
pub(super) fn remove_others(root: &Path, kept: &str) {
    let Ok(found) = fs::read_dir(root) else { return };
    for folder in found.flatten().filter(|one| one.path().is_dir() && one.file_name() != kept) {
        remove(&folder.path());
    }
}

fn remove(folder: &Path) {
    if let Err(error) = fs::remove_dir_all(folder) {
        tracing::warn!(%error, folder = %folder.display(), "an old search index stays on the disk");
    }
}
