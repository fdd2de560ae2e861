//! The database: SQLite by default, PostgreSQL where `DATABASE_URL` says so, behind the same two calls.
//!
//! `read` runs short indexed statements on read-only connections; `write` runs a closure in one transaction and answers
//! when it is on the disk. SQL is written once, in the common subset of both (docs/decisions/0002).

mod connection;
mod error;
mod migrate;
mod postgres;
mod rehearsal;
mod sqlite;
mod statement;
#[cfg(test)]
mod tests;
mod value;

use std::{
    any::Any,
    fmt,
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
};

use tokio::sync::watch;

pub use connection::{Conn, Row, Tx, fresh_uuid};
pub use error::{DbError, OnConflict};
pub use migrate::{MigrateError, MigrationStatus};
pub use rehearsal::Rehearsal;
pub use statement::{Bound, Filter, Sql, Tenant, TenantSql};
pub use value::{FromValue, IntoValues, Json, ToValue, Value, timestamp_text};

use crate::clock::{Clock, Randomness};

/// Version of the SQLite that is built in.
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}

/// Which database is behind a [`Db`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// The file in the data directory.
    Sqlite,
    /// A server of its own.
    Postgres,
}

/// Where the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// Path of the SQLite file.
    Sqlite(PathBuf),
    /// URL of the PostgreSQL database.
    Postgres(String),
}

/// What commits can announce to those who wait in the same process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Events were recorded.
    Events,
    /// Jobs became due.
    Jobs,
}

/// What a transaction says to those who hear its commit.
type Said = Box<dyn Any + Send>;
type Hearer = Box<dyn Fn(&dyn Any) + Send + Sync>;

/// Signals behind the topics: the value counts the announcing commits. And who hears what commits say.
struct Signals {
    events: watch::Sender<u64>,
    jobs: watch::Sender<u64>,
    hearers: RwLock<Vec<Hearer>>,
}

impl fmt::Debug for Signals {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Signals")
            .field("events", &self.events)
            .field("jobs", &self.jobs)
            .finish_non_exhaustive()
    }
}

impl Signals {
    fn new() -> Self {
        Self { events: watch::Sender::new(0), jobs: watch::Sender::new(0), hearers: RwLock::default() }
    }

    fn of(&self, topic: Topic) -> &watch::Sender<u64> {
        match topic {
            Topic::Events => &self.events,
            Topic::Jobs => &self.jobs,
        }
    }

    /// After the commit and before its write is answered.
    fn send(&self, announced: &Announced) {
        if !announced.said.is_empty() {
            let hearers = self.hearers.read().unwrap_or_else(PoisonError::into_inner);
            for said in &announced.said {
                hearers.iter().for_each(|hear| hear(&**said));
            }
        }
        if announced.topics.events {
            self.events.send_modify(|count| *count += 1);
        }
        if announced.topics.jobs {
            self.jobs.send_modify(|count| *count += 1);
        }
    }
}

/// What the commit of one transaction, or of a group of them, announces.
#[derive(Default)]
struct Announced {
    topics: Topics,
    said: Vec<Said>,
}

impl Announced {
    fn and(&mut self, other: Self) {
        self.topics.events |= other.topics.events;
        self.topics.jobs |= other.topics.jobs;
        self.said.extend(other.said);
    }
}

/// The topics that one transaction announces.
#[derive(Clone, Copy, Debug, Default)]
struct Topics {
    events: bool,
    jobs: bool,
}

/// What every transaction is given: the present, randomness.
#[derive(Clone, Debug)]
struct Surroundings {
    clock: Clock,
    randomness: Randomness,
}

/// The open database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    engine: Engine,
    signals: Arc<Signals>,
    surroundings: Surroundings,
}

#[derive(Clone, Debug)]
enum Engine {
    Sqlite(Arc<sqlite::Sqlite>),
    Postgres(Arc<postgres::Postgres>),
}

impl Db {
    /// Opens the database as it is, without migrating it. The SQLite file is made where there is none.
    pub fn open(location: &Location, clock: Clock, randomness: Randomness) -> Result<Self, DbError> {
        let surroundings = Surroundings { clock, randomness };
        let signals = Arc::new(Signals::new());
        let engine = match location {
            Location::Sqlite(path) => Engine::Sqlite(Arc::new(sqlite::Sqlite::open(path, &surroundings, &signals)?)),
            Location::Postgres(url) => Engine::Postgres(Arc::new(postgres::Postgres::connect(url)?)),
        };
        Ok(Self { engine, signals, surroundings })
    }

    /// Applies the migrations that are missing, each in one transaction; a SQLite file that holds data is copied to
    /// `snapshots` before. Refuses a database that a newer program has migrated.
    pub fn migrate(&self, snapshots: &std::path::Path) -> Result<Vec<String>, MigrateError> {
        let applied = migrate::migrate(self, snapshots)?;
        if let Engine::Sqlite(sqlite) = &self.engine {
            sqlite.learn_tenant_tables()?;
        }
        Ok(applied)
    }

    /// Which migrations are applied and which are missing.
    pub fn migration_status(&self) -> Result<MigrationStatus, MigrateError> {
        migrate::status(self)
    }

    /// Runs short, indexed reads, which all see the same state of the database, whatever is committed meanwhile. On SQLite
    /// they run where they are called: a hand-over would cost more than the read.
    pub async fn read<T, E>(&self, reads: impl FnOnce(&Conn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.read(&self.surroundings, reads),
            Engine::Postgres(_) => self.scan(reads).await,
        }
    }

    /// Runs reads that may scan: they go to the blocking pool.
    pub async fn scan<T, E>(&self, reads: impl FnOnce(&Conn) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let db = self.clone();
        match tokio::task::spawn_blocking(move || db.read_blocking(reads)).await {
            Ok(result) => result,
            Err(failure) => resume(failure),
        }
    }

    /// Runs a closure in one transaction. `Err` rolls everything back; `Ok` is answered when it is on the disk.
    pub async fn write<T, E>(&self, writes: impl FnOnce(&Tx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.write(writes).await,
            Engine::Postgres(_) => {
                let db = self.clone();
                match tokio::task::spawn_blocking(move || db.write_blocking(writes)).await {
                    Ok(result) => result,
                    Err(failure) => resume(failure),
                }
            }
        }
    }

    /// [`Db::read`] from a plain thread.
    pub fn read_blocking<T, E: From<DbError>>(&self, reads: impl FnOnce(&Conn) -> Result<T, E>) -> Result<T, E> {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.read(&self.surroundings, reads),
            Engine::Postgres(postgres) => postgres.read(&self.surroundings, reads),
        }
    }

    /// [`Db::write`] from a plain thread, never from an async worker.
    pub fn write_blocking<T, E>(&self, writes: impl FnOnce(&Tx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.write_blocking(writes),
            Engine::Postgres(postgres) => postgres.write(&self.surroundings, &self.signals, writes),
        }
    }

    /// A receiver that changes after each commit that announced the topic in this process.
    pub fn listen(&self, topic: Topic) -> watch::Receiver<u64> {
        self.signals.of(topic).subscribe()
    }

    /// Has every value of this type that a transaction of this process [says](Tx::say) heard, once it is on the disk and
    /// before its write is answered: whoever was told that a write is done finds what was made from the old state stale.
    /// Runs where others wait, so it only notes.
    pub fn hear<T: 'static>(&self, hearer: impl Fn(&T) + Send + Sync + 'static) {
        let hear: Hearer = Box::new(move |said| {
            if let Some(said) = said.downcast_ref() {
                hearer(said);
            }
        });
        self.signals.hearers.write().unwrap_or_else(PoisonError::into_inner).push(hear);
    }

    /// The clock that transactions read.
    pub fn clock(&self) -> &Clock {
        &self.surroundings.clock
    }

    /// The randomness that transactions draw from.
    pub fn randomness(&self) -> &Randomness {
        &self.surroundings.randomness
    }

    /// Which database this is.
    pub fn backend(&self) -> Backend {
        match &self.engine {
            Engine::Sqlite(_) => Backend::Sqlite,
            Engine::Postgres(_) => Backend::Postgres,
        }
    }

    /// How many writes wait for the writer thread (SQLite) or hold a connection (PostgreSQL).
    pub fn waiting_writes(&self) -> usize {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.waiting_writes(),
            Engine::Postgres(postgres) => postgres.connections_in_use(),
        }
    }

    /// Bytes of the write-ahead log beside the SQLite file; 0 on PostgreSQL.
    pub fn wal_bytes(&self) -> u64 {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.wal_bytes(),
            Engine::Postgres(_) => 0,
        }
    }

    /// Whether the database answers at this moment.
    pub async fn check(&self) -> Result<(), DbError> {
        const ANYTHING: Sql = Sql::platform("select 1", "asks for nothing of anybody");
        self.scan(|conn| conn.one(ANYTHING.with(()), |row| row.get::<i64>(0)).map(drop)).await
    }

    /// `PRAGMA quick_check` on SQLite (0.1 s per 100 MB, measured); nothing on PostgreSQL, which checks its own pages.
    pub fn quick_check(&self) -> Result<(), DbError> {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.quick_check(),
            Engine::Postgres(_) => Ok(()),
        }
    }

    /// `PRAGMA integrity_check` on SQLite: indexes too (0.13 s per 100 MB, measured); nothing on PostgreSQL.
    pub fn integrity_check(&self) -> Result<(), DbError> {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.integrity_check(),
            Engine::Postgres(_) => Ok(()),
        }
    }

    /// Leaves folding SQLite's log into the file to the program that replicates it, or takes it back; from the next write on.
    pub fn leave_checkpoints(&self, to_another: bool) {
        if let Engine::Sqlite(sqlite) = &self.engine {
            sqlite.leave_checkpoints(to_another);
        }
    }

    /// Ends the writer thread after what it has taken on and closes the SQLite file. Calls after this answer
    /// [`DbError::Unreachable`].
    pub fn close(&self) {
        if let Engine::Sqlite(sqlite) = &self.engine {
            sqlite.close();
        }
    }
}

/// A panic inside a database closure goes on where the closure was given, so that the request's own net catches it.
fn resume<T>(failure: tokio::task::JoinError) -> T {
    match failure.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        // The runtime is going down: nobody waits for this answer any more.
        Err(_) => std::panic::resume_unwind(Box::new("the blocking pool was shut down")),
    }
}
