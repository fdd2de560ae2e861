//! What every command stands on: the data directory, the database in it and the secret key; and the lock by which one
//! server keeps a second one out. Each failure is one line that names the path and the next step.

mod lock;

use std::{
    fs::File,
    io::ErrorKind,
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Result, anyhow, bail};
use ground::{
    clock::{Clock, Randomness},
    config::Config,
    crypto::SecretKey,
    db::{Db, DbError, Location, MigrateError},
};
use machinery::backup::{self, Replica, Standing, Supervisor};

pub use lock::running;

/// Where the database is copied to before an upgrade migrates it.
const SNAPSHOTS: &str = "backups/before-upgrade";
/// A directory of its owner: it holds keys and people's data.
const DIRECTORY_MODE: u32 = 0o700;

/// An opened installation.
pub struct Installation {
    /// The settings in force.
    pub config: Arc<Config>,
    /// The database, migrated.
    pub db: Db,
    /// The secret that keys are derived from.
    pub secret_key: SecretKey,
    /// Who copies the database, of a server with a replica.
    replication: Option<Supervisor>,
    /// Given up by the system when the process ends, however it ends.
    lock: Option<File>,
}

impl Installation {
    /// Opens it for a command beside a server that may be running.
    pub fn open(config: Config, clock: Clock) -> Result<Self> {
        let randomness = Randomness::system();
        prepare_directory(&config.data_dir)?;
        let db = open_database(&config, clock, &randomness)?;
        migrate(&db, &config)?;
        let secret_key = config.secret_key(&randomness)?;
        Ok(Self { config: Arc::new(config), db, secret_key, replication: None, lock: None })
    }

    /// Opens it for the one server: a second one is told whose it is.
    pub fn open_for_server(config: Config, clock: Clock) -> Result<Self> {
        prepare_directory(&config.data_dir)?;
        if config.requires_volume && !is_volume(&config.data_dir) {
            bail!(
                "the data directory {} is no volume of its own: what is written there is gone with the container. Mount \
                 one (docker run -v gammacms:{0}), or set GAMMACMS_REQUIRE_VOLUME=false to lose everything on purpose",
                config.data_dir.display()
            );
        }
        let lock = lock::take(&config)?;
        let Some(replica) = replica(&config) else {
            return Ok(Self { lock: Some(lock), ..Self::open(config, clock)? });
        };
        let beginning = backup::begin(&replica, &clock)?;
        let opened = Self::open(config, clock)?;
        backup::claim(&replica, &opened.db, beginning)?;
        let replication = Supervisor::start(replica, opened.db.clone())?;
        Ok(Self { lock: Some(lock), replication: Some(replication), ..opened })
    }

    /// How the copying of the database stands.
    pub fn replication(&self) -> Standing {
        self.replication.as_ref().map(|supervisor| supervisor.standing().clone()).unwrap_or_default()
    }

    /// Where people reach the dashboard: of the server that runs here, which may have been started with other flags, or
    /// as the settings say.
    pub fn frontend_url(&self) -> String {
        running(&self.config.data_dir)
            .map_or_else(|| self.config.frontend_url.to_string(), |server| server.frontend_url)
    }

    /// Closes the database, so that SQLite folds its log into the file or the replica gets the last of it, and gives up the lock.
    pub fn close(self) {
        self.db.close();
        if let Some(replication) = self.replication {
            replication.stop();
        }
        drop(self.lock);
    }
}

/// Where the settings want the database copied to.
pub fn replica(config: &Config) -> Option<Replica> {
    let (Some(url), Location::Sqlite(database)) = (&config.replica_url, &config.database) else { return None };
    // Litestream names what it copies by the whole path.
    let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    Some(Replica {
        url: url.to_string(),
        shown: config.shown("LITESTREAM_REPLICA_URL").unwrap_or_default().to_owned(),
        program: config.litestream.clone(),
        database: whole(database),
        data_dir: whole(&config.data_dir),
        endpoint: config.s3_endpoint.as_ref().map(|endpoint| endpoint.as_str().to_owned()),
        // At Amazon, Litestream finds the region by itself.
        region: config.s3_endpoint.as_ref().map(|_| config.s3_region.clone()),
        environment: config.environment.to_string(),
        may_begin_empty: config.may_begin_empty,
    })
}

/// The installation's database as it is: not migrated, and not made where there is none.
pub fn open_as_it_is(config: &Config, clock: Clock) -> Result<Db> {
    if let Location::Sqlite(path) = &config.database
        && !path.exists()
    {
        bail!("there is no database at {} yet: start `gammacms serve` or run `gammacms migrate`", path.display());
    }
    open_database(config, clock, &Randomness::system())
}

/// The installation's database, made where there is none, and not migrated.
pub fn open(config: &Config, clock: Clock) -> Result<Db> {
    prepare_directory(&config.data_dir)?;
    open_database(config, clock, &Randomness::system())
}

/// Bytes that are free for this user on the volume of a directory; none where they cannot be told.
pub fn free_space(directory: &Path) -> Option<u64> {
    let volume = rustix::fs::statvfs(directory).ok()?;
    volume.f_bavail.checked_mul(volume.f_frsize)
}

/// Brings the database to this version's schema; answers the migrations that were applied.
pub fn migrate(db: &Db, config: &Config) -> Result<Vec<String>> {
    db.migrate(&config.data_dir.join(SNAPSHOTS)).map_err(|error| match error {
        MigrateError::Db(error) => database_failure(config, &error),
        other => anyhow!("{}: {other}", database_name(config)),
    })
}

/// Whether something is mounted exactly here, or this is on another device than the root: a volume, a bind mount or a disk.
fn is_volume(directory: &Path) -> bool {
    let device = |path: &Path| std::fs::metadata(path).map(|metadata| metadata.dev()).ok();
    let real = directory.canonicalize().unwrap_or_else(|_| directory.to_owned());
    // A bind mount from the root's own disk has the root's device: only the list of mounts tells.
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let is_mounted = mounts.lines().filter_map(|line| line.split(' ').nth(4)).any(|at| real == Path::new(at));
    is_mounted || device(&real) != device(Path::new("/"))
}

fn prepare_directory(path: &Path) -> Result<()> {
    let made = std::fs::DirBuilder::new().recursive(true).mode(DIRECTORY_MODE).create(path);
    match made {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists || error.kind() == ErrorKind::NotADirectory => {
            bail!("the data directory {} is a file, not a directory: name another with --data-dir", path.display())
        }
        Err(error) => return Err(directory_failure(path, &error)),
    }
    // Written and removed, because permissions alone do not tell of read-only volumes and full disks.
    let probe = path.join(format!(".probe-{}", std::process::id()));
    std::fs::write(&probe, b"probe").map_err(|error| directory_failure(path, &error))?;
    std::fs::remove_file(&probe).map_err(|error| directory_failure(path, &error))
}

fn directory_failure(path: &Path, error: &std::io::Error) -> anyhow::Error {
    let shown = path.display();
    match error.kind() {
        ErrorKind::PermissionDenied => anyhow!(
            "the data directory {shown} cannot be written to by this user{}: give it to the user that runs gammacms \
             (chown -R USER {shown}), or name another with --data-dir",
            owner_of(path)
        ),
        ErrorKind::ReadOnlyFilesystem => anyhow!(
            "the data directory {shown} is on a volume that is mounted read-only: mount it writable, or name another with \
             --data-dir"
        ),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            anyhow!("the disk of the data directory {shown} is full: make room, or name another with --data-dir")
        }
        _ => anyhow!("the data directory {shown} cannot be used: {error}; name another with --data-dir"),
    }
}

fn owner_of(path: &Path) -> String {
    std::fs::metadata(path)
        .map_or_else(|_| String::new(), |metadata| format!(" (it belongs to user id {})", metadata.uid()))
}

fn open_database(config: &Config, clock: Clock, randomness: &Randomness) -> Result<Db> {
    Db::open(&config.database, clock, randomness.clone()).map_err(|error| database_failure(config, &error))
}

/// The database's name for people: a path, or that it is a server.
fn database_name(config: &Config) -> String {
    match &config.database {
        Location::Sqlite(path) => format!("the database {}", path.display()),
        Location::Postgres(_) => "the PostgreSQL database of DATABASE_URL".to_owned(),
    }
}

fn database_failure(config: &Config, error: &DbError) -> anyhow::Error {
    let name = database_name(config);
    let directory = PathBuf::from(&config.data_dir);
    let directory = directory.display();
    match error {
        DbError::Corrupt(detail) => anyhow!(
            "{name} is damaged ({detail}): restore a backup; copies from before upgrades are in {directory}/{SNAPSHOTS}"
        ),
        DbError::DiskFull => anyhow!("{name}: the disk is full; make room and start again. Nothing was lost"),
        DbError::ReadOnly => anyhow!("{name} cannot be written to: give the file to the user that runs gammacms"),
        DbError::Busy => anyhow!("{name} is held by another program: stop it and start again"),
        DbError::Unreachable(detail) => {
            anyhow!("{name} cannot be reached ({detail}): check that the server runs and that DATABASE_URL is right")
        }
        other => anyhow!("{name} cannot be opened: {other}"),
    }
}
