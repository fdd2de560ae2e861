//! The database's second place: Litestream, begun by the server and watched by it, copies every change to a replica; a start
//! without a database restores it from there; and how far the copy is behind is measured by writing and waiting for it.
//!
//! The replica has two parts: `db`, and `origin`, a tiny database that says whose replica it is. Both are written and
//! read by Litestream alone, so that every kind of storage that it knows has the same guard.

mod configuration;
mod litestream;
mod measuring;
mod metrics;
mod origin;
mod restoring;
mod standing;
mod store;
mod supervising;

use std::path::PathBuf;

pub use configuration::{Format, configuration};
pub use litestream::{LitestreamError, become_litestream};
pub use origin::Origin;
pub use restoring::{Beginning, begin, claim};
pub use standing::{ReplicationReport, Standing, State};
pub use supervising::Supervisor;

/// The hidden command of this program under which Litestream is begun.
pub const COMMAND: &str = "replicate";
/// Folder of the data directory for Litestream's configuration and the mark of origin.
const FOLDER: &str = "replication";

/// Where the database is copied to, and by what.
#[derive(Clone)]
pub struct Replica {
    /// The URL as Litestream knows it. May hold a password.
    pub url: String,
    /// The same for people, without the password.
    pub shown: String,
    /// Litestream: a path, or a name on `PATH`.
    pub program: PathBuf,
    /// The SQLite file.
    pub database: PathBuf,
    /// The data directory.
    pub data_dir: PathBuf,
    /// The endpoint of an S3-compatible storage that is not AWS.
    pub endpoint: Option<String>,
    /// Its region.
    pub region: Option<String>,
    /// `dev`, `staging` or `production`.
    pub environment: String,
    /// Whether to begin empty where neither database nor replica is there.
    pub may_begin_empty: bool,
}

impl Replica {
    fn folder(&self) -> PathBuf {
        self.data_dir.join(FOLDER)
    }

    fn origin_file(&self) -> PathBuf {
        self.folder().join("origin.db")
    }

    fn configuration_file(&self) -> PathBuf {
        self.folder().join("litestream.yml")
    }
}
