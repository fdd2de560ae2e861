//! Whose replica it is: a mark beside the copy, read before anything is written there or taken from there.

use std::{fmt, fs, path::Path};

use ground::{
    clock::{Clock, Randomness, Timestamp},
    db::{Db, DbError, Location},
};

use super::{LitestreamError, Replica, litestream, store};

/// The mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The installation's id.
    pub installation: String,
    /// What it is for: staging must not follow production into its place.
    pub environment: String,
    /// When the installation began.
    pub created_at: Timestamp,
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the {} installation {}", self.environment, self.installation)
    }
}

impl Origin {
    /// Refuses another's.
    pub(super) fn expect(&self, theirs: &Self, replica: &Replica) -> Result<(), LitestreamError> {
        if self.installation == theirs.installation && self.environment == theirs.environment {
            return Ok(());
        }
        Err(LitestreamError::Foreign {
            replica: replica.shown.clone(),
            theirs: theirs.to_string(),
            ours: self.to_string(),
        })
    }
}

/// The mark in the replica; none where nothing was ever replicated there.
pub(super) fn in_replica(replica: &Replica, clock: &Clock) -> Result<Option<Origin>, LitestreamError> {
    let found = replica.folder().join("origin-found.db");
    remove(&found)?;
    if !litestream::restore(replica, &replica.origin_file(), &found)? {
        return Ok(None);
    }
    let read = small(&found, clock)?.read_blocking(store::mark);
    remove(&found)?;
    let mark = read?.ok_or_else(|| LitestreamError::Unusable {
        replica: replica.shown.clone(),
        reason: "its mark of origin is empty".to_owned(),
    })?;
    Ok(Some(mark))
}

/// Writes the mark where Litestream copies it from.
pub(super) fn keep(replica: &Replica, origin: Origin, clock: &Clock) -> Result<(), LitestreamError> {
    let db = small(&replica.origin_file(), clock)?;
    db.write_blocking(move |tx| store::keep_mark(tx, &origin))?;
    db.close();
    Ok(())
}

fn small(path: &Path, clock: &Clock) -> Result<Db, DbError> {
    Db::open(&Location::Sqlite(path.to_owned()), clock.clone(), Randomness::system())
}

/// Removes a database with everything that may stand beside it.
pub(super) fn remove(path: &Path) -> std::io::Result<()> {
    for ending in ["", "-wal", "-shm", "-journal", ".tmp", ".tmp-wal", ".tmp-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        match fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
