//! A copy of the database to try things on while a server works on the original: SQLite has one writer, and whoever holds
//! it for long keeps everybody else out.

use std::path::{Path, PathBuf};

use super::{Db, DbError, Engine, Location};

/// What stands in the name of a copy behind the original's.
const MARK: &str = ".rehearsal-";

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

    /// Removes copies that a crash has left; how many. For the start of a server, before any of its jobs makes one.
    pub fn remove_left(db: &Db) -> Result<u64, DbError> {
        let Engine::Sqlite(sqlite) = &db.engine else { return Ok(0) };
        let failed = |error: std::io::Error| DbError::Failed(format!("copies of rehearsals: {error}"));
        let beginning = beside(sqlite.path(), MARK);
        let Some((folder, beginning)) = beginning.parent().zip(beginning.file_name()) else { return Ok(0) };
        let mut removed = 0;
        for entry in std::fs::read_dir(folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if entry.file_name().as_encoded_bytes().starts_with(beginning.as_encoded_bytes()) {
                std::fs::remove_file(entry.path()).map_err(failed)?;
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
