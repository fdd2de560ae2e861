//! How far a follower is, and whether this process is the one that runs it.

use std::time::Duration;

use ground::{
    clock::Timestamp,
    db::{Backend, Db, DbError, Tx},
};
use tokio::time::Instant;

use super::store;

/// How long a process runs a follower without saying so again. Longer than the longest attempt and rest together.
const HELD: Duration = Duration::from_secs(90);
/// How often it says so while it is busy or idle.
const RENEWED: Duration = Duration::from_secs(15);
/// Who runs followers where one process is all there is: its successor takes over at once, without waiting.
const ONLY_PROCESS: &str = "only-process";

/// The position of one follower.
pub(super) enum Position {
    /// In memory: each process has its own.
    Own(i64),
    /// In the database: one process runs the follower.
    Shared(Shared),
}

pub(super) struct Shared {
    db: Db,
    name: &'static str,
    holder: String,
    /// When the hold was said, by the monotonic clock, before the database was asked; `None` while it is not ours.
    held_since: Option<Instant>,
    position: i64,
    noted: i64,
}

impl Position {
    pub(super) async fn shared(db: Db, name: &'static str) -> Result<Self, DbError> {
        db.write(move |tx| store::ensure_follower(tx, name)).await?;
        let holder = match db.backend() {
            Backend::Sqlite => ONLY_PROCESS.to_owned(),
            Backend::Postgres => format!("{:032x}", u128::from_le_bytes(db.randomness().bytes())),
        };
        Ok(Self::Shared(Shared { db, name, holder, held_since: None, position: 0, noted: 0 }))
    }

    /// The position to read from; `None` while another process runs the follower.
    pub(super) async fn current(&mut self) -> Result<Option<i64>, DbError> {
        match self {
            Self::Own(position) => Ok(Some(*position)),
            Self::Shared(shared) => {
                shared.keep().await?;
                Ok(shared.held_since.map(|_| shared.position))
            }
        }
    }

    /// An event was followed. What is in the database is behind by seconds at most.
    pub(super) fn passed(&mut self, event: i64) {
        match self {
            Self::Own(position) | Self::Shared(Shared { position, .. }) => *position = event,
        }
    }

    /// Notes the position in the database.
    pub(super) async fn note(&mut self) -> Result<(), DbError> {
        match self {
            Self::Own(_) => Ok(()),
            Self::Shared(shared) => shared.note().await,
        }
    }

    /// Notes the position and lets another process go on.
    pub(super) async fn let_go(mut self) -> Result<(), DbError> {
        self.note().await?;
        match self {
            Self::Own(_) => Ok(()),
            Self::Shared(Shared { db, name, holder, .. }) => db.write(move |tx| store::let_go(tx, name, &holder)).await,
        }
    }
}

impl Shared {
    /// Takes the hold where it is free, renews it where it is ours.
    async fn keep(&mut self) -> Result<(), DbError> {
        let Some(since) = self.held_since else { return self.take().await };
        let is_alone = self.db.backend() == Backend::Sqlite;
        if is_alone || since.elapsed() < RENEWED { Ok(()) } else { self.write_position().await }
    }

    async fn take(&mut self) -> Result<(), DbError> {
        let (name, holder, asked) = (self.name, self.holder.clone(), Instant::now());
        if let Some(position) = self.db.write(move |tx| store::hold(tx, name, &holder, until(tx))).await? {
            (self.position, self.noted, self.held_since) = (position, position, Some(asked));
        }
        Ok(())
    }

    async fn note(&mut self) -> Result<(), DbError> {
        if self.held_since.is_none() || self.noted == self.position {
            return Ok(());
        }
        self.write_position().await
    }

    async fn write_position(&mut self) -> Result<(), DbError> {
        let (name, holder, position, asked) = (self.name, self.holder.clone(), self.position, Instant::now());
        if self.db.write(move |tx| store::move_to(tx, name, &holder, position, until(tx))).await? {
            (self.noted, self.held_since) = (position, Some(asked));
        } else {
            self.held_since = None;
        }
        Ok(())
    }
}

fn until(tx: &Tx) -> Timestamp {
    tx.now().checked_add(HELD).unwrap_or(Timestamp::MAX)
}
