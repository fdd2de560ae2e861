//! A start with a replica: whose it is, and where the database comes from when it is not there. A restored copy is checked
//! beside its place and put there in one step; nothing that fails leaves half of one.

use std::{
    fs::{self, File},
    io::ErrorKind,
    path::{Path, PathBuf},
    thread::sleep,
    time::{Duration, Instant},
};

use ground::{
    clock::{Clock, Randomness, Timestamp},
    db::{Db, Location, fresh_uuid},
};

use jiff::SignedDuration;

use super::{LitestreamError, Origin, Replica, litestream, origin, store, supervising::write_configuration};

/// Rests between two tries to reach the replica's storage: the first, and the longest.
const REST: Duration = Duration::from_secs(1);
const LONGEST_REST: Duration = Duration::from_secs(60);
/// A replica that nobody wrote to for that long may be the wrong one.
const OLD: SignedDuration = SignedDuration::from_hours(24);
/// Before the server begins Litestream, nobody asks it for numbers.
const NO_PORT: u16 = 0;

/// What was found in the replica before the database was opened.
#[derive(Debug)]
pub struct Beginning {
    found: Option<Origin>,
}

/// Looks at the replica, and brings the database from there where it is missing. Waits as long as the storage cannot be
/// reached: to begin empty would destroy what it holds.
pub fn begin(replica: &Replica, clock: &Clock) -> Result<Beginning, LitestreamError> {
    fs::create_dir_all(replica.folder())?;
    litestream::check_version(replica)?;
    write_configuration(replica, NO_PORT)?;
    let found = patiently(|| origin::in_replica(replica, clock))?;
    if replica.database.exists() {
        return Ok(Beginning { found });
    }
    match &found {
        Some(theirs) => {
            if theirs.environment != replica.environment {
                return Err(LitestreamError::Foreign {
                    replica: replica.shown.clone(),
                    theirs: theirs.to_string(),
                    ours: format!("a {} installation without a database", replica.environment),
                });
            }
            patiently(|| restore(replica, theirs, clock))?;
        }
        None if replica.may_begin_empty => {
            tracing::warn!(replica = replica.shown, "neither database nor replica is there: beginning empty, as asked");
        }
        None => {
            return Err(LitestreamError::NothingThere {
                database: replica.database.display().to_string(),
                replica: replica.shown.clone(),
            });
        }
    }
    Ok(Beginning { found })
}

/// Makes sure that the replica is this installation's, and marks it so. Called with the migrated database, before Litestream is begun.
pub fn claim(replica: &Replica, db: &Db, beginning: Beginning) -> Result<(), LitestreamError> {
    let id = fresh_uuid(db.clock().now(), db.randomness()).to_string();
    db.write_blocking(move |tx| store::insert(tx, &id))?;
    let (installation, created_at, _) = db.read_blocking(store::find)?;
    let ours = Origin { installation, environment: replica.environment.clone(), created_at };
    match beginning.found {
        // Opening the mark would make Litestream begin a new series of it at each start.
        Some(theirs) if ours == theirs && replica.origin_file().exists() => Ok(()),
        Some(theirs) => ours.expect(&theirs, replica).and_then(|()| origin::keep(replica, ours, db.clock())),
        None => origin::keep(replica, ours, db.clock()),
    }
}

/// Again and again while the storage cannot be reached; everything else is the caller's.
fn patiently<T>(mut work: impl FnMut() -> Result<T, LitestreamError>) -> Result<T, LitestreamError> {
    let mut rest = REST;
    loop {
        match work() {
            Err(LitestreamError::Unreachable { replica, said }) => {
                tracing::error!(
                    rest_s = rest.as_secs(),
                    "the replica {replica} cannot be read ({said}): not starting without it; trying again"
                );
            }
            other => return other,
        }
        sleep(rest);
        rest = (rest * 2).min(LONGEST_REST);
    }
}

fn restore(replica: &Replica, theirs: &Origin, clock: &Clock) -> Result<(), LitestreamError> {
    let begun = Instant::now();
    let side = beside(&replica.database);
    origin::remove(&side)?;
    tracing::info!(replica = replica.shown, "there is no database here: restoring it from the replica");
    if !litestream::restore(replica, &replica.database, &side)? {
        return Err(unusable(replica, "it has a mark of origin and no database"));
    }
    let checked = check(replica, &side, theirs, clock);
    if checked.is_err() {
        origin::remove(&side)?;
    }
    let heartbeat = checked?;
    let size = fs::metadata(&side)?.len();
    File::open(&side)?.sync_all()?;
    // What an earlier life of the database left behind would be read into this one, by SQLite and by Litestream.
    origin::remove(&replica.database)?;
    match fs::remove_dir_all(litestreams_folder(&replica.database)) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    fs::rename(&side, &replica.database)?;
    let folder = replica.database.parent().unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()?;
    tracing::info!(
        bytes = size,
        took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        last_heartbeat = %heartbeat,
        "restored the database from the replica"
    );
    let silence = clock.now().duration_since(heartbeat);
    if silence > OLD {
        tracing::warn!(
            hours = silence.as_hours(),
            "the replica's last heartbeat is old: see that this is the copy you mean"
        );
    }
    Ok(())
}

/// Whole, of a schema that this program knows, and of the installation that the mark names. Answers its last heartbeat.
fn check(replica: &Replica, side: &Path, theirs: &Origin, clock: &Clock) -> Result<Timestamp, LitestreamError> {
    let db = Db::open(&Location::Sqlite(side.to_owned()), clock.clone(), Randomness::system())
        .map_err(|error| unusable(replica, &error.to_string()))?;
    db.integrity_check().map_err(|error| unusable(replica, &error.to_string()))?;
    db.migration_status().map_err(|error| unusable(replica, &error.to_string()))?;
    let (id, _, heartbeat) = db.read_blocking(store::find).map_err(|error| unusable(replica, &error.to_string()))?;
    db.close();
    if id != theirs.installation {
        return Err(unusable(replica, &format!("its mark names {theirs}, its database {id}")));
    }
    Ok(heartbeat)
}

fn unusable(replica: &Replica, reason: &str) -> LitestreamError {
    LitestreamError::Unusable { replica: replica.shown.clone(), reason: reason.to_owned() }
}

fn beside(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".restoring");
    name.into()
}

/// Where Litestream 0.3 keeps what it is about to send.
fn litestreams_folder(database: &Path) -> PathBuf {
    let name = database.file_name().unwrap_or_default().to_string_lossy();
    database.with_file_name(format!(".{name}-litestream"))
}
