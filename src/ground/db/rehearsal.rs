//! A copy of the database to try things on while a server works on the original: SQLite has one writer, and whoever holds
//! it for long keeps everybody else out.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use super::{Db, DbError, Engine, Location};

/// What stands in the name of a copy behind the original's.
const MARK: &str = ".rehearsal-";
/// After this time without a write nobody works on a copy any more: no import takes half as long.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// The copy, in a file beside the original. It goes with this value.
#[derive(Debug)]
pub struct Rehearsal {
    db: Db,
    file: PathBuf,
}

impl Rehearsal {
    /// A copy of this database; `None` on PostgreSQL, where a long transaction keeps nobody out.
    pub fn of(db: &Db) -> Result<Option<Self>, DbError> {
        let Engine::Sqlite(sqlite) = &db.engine else { return Ok(None) };
        let name = format!("{MARK}{:016x}", u64::from_le_bytes(db.randomness().bytes()));
        let file = beside(sqlite.path(), &name);
        sqlite.snapshot_into(&file).inspect_err(|_| remove(&file))?;
        let location = Location::Sqlite(file.clone());
        let copy = Db::open(&location, db.clock().clone(), db.randomness().clone()).inspect_err(|_| remove(&file))?;
        Ok(Some(Self { db: copy, file }))
    }

    /// Removes copies that a crash has left, where nobody can be working on them any more; how many.
    pub fn remove_left(db: &Db) -> Result<u64, DbError> {
        let Engine::Sqlite(sqlite) = &db.engine else { return Ok(0) };
        let failed = |error: std::io::Error| DbError::Failed(format!("copies of rehearsals: {error}"));
        let beginning = beside(sqlite.path(), MARK);
        let Some((folder, beginning)) = beginning.parent().zip(beginning.file_name()) else { return Ok(0) };
        let mut removed = 0;
        for entry in std::fs::read_dir(folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let is_copy = entry.file_name().as_encoded_bytes().starts_with(beginning.as_encoded_bytes());
            let written = entry.metadata().and_then(|known| known.modified());
            // Gone meanwhile: whoever made it has ended.
            let is_old = written.is_ok_and(|written| written.elapsed().is_ok_and(|age| age > LONGEST));
            if is_copy && is_old && std::fs::remove_file(entry.path()).is_ok() {
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// The copy's database.
    pub fn db(&self) -> &Db {
        &self.db
    }
}

impl Drop for Rehearsal {
    fn drop(&mut self) {
        self.db.close();
        remove(&self.file);
    }
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.to_owned().into_os_string();
    name.push(ending);
    PathBuf::from(name)
}

/// With its log. What cannot be removed is told: it takes as much room as the database.
fn remove(file: &Path) {
    for file in [file.to_owned(), beside(file, "-wal"), beside(file, "-shm")] {
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(%error, file = %file.display(), "the copy of a rehearsal could not be removed");
            }
            _ => {}
        }
    }
}
