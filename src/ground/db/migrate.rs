//! Migrations: numbered files, forward only, each in one transaction, checked at start.

use std::{collections::BTreeMap, path::Path};

use rust_embed::RustEmbed;

use super::{Backend, Conn, Db, DbError, Engine, Sql};
use crate::crypto::sha256_hex;

#[derive(RustEmbed)]
#[folder = "../../migrations"]
#[include = "*.sql"]
struct Files;

const EXISTS_SQLITE: Sql = Sql::platform(
    "select count(*) from sqlite_master where type = 'table' and name = 'schema_migrations'",
    "reads the schema",
);
const EXISTS_POSTGRES: Sql = Sql::platform(
    "select count(*) from information_schema.tables where table_schema = current_schema() and table_name = 'schema_migrations'",
    "reads the schema",
);
const APPLIED: Sql = Sql::platform(
    "select version, name, checksum from schema_migrations order by version",
    "the schema is the platform's",
);
const INSERT: Sql = Sql::platform(
    "insert into schema_migrations (version, name, checksum, applied_at) values (?1, ?2, ?3, ?4)",
    "the schema is the platform's",
);
const TABLE: &str = "create table schema_migrations (
    version integer primary key not null,
    name text not null,
    checksum text not null,
    applied_at text not null
) strict;";

/// Why the schema is not as this program needs it.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// A newer program has been here.
    #[error(
        "the database was migrated by a newer version of GammaCMS (it has migration {found}, this program knows up to {known}): \
         start that version, or restore a backup made before the upgrade"
    )]
    Newer {
        /// Newest migration in the database.
        found: i64,
        /// Newest migration in this program.
        known: i64,
    },
    /// An applied migration is not the one in this program.
    #[error(
        "migration {name} was applied with other contents than this program carries: the program and the database do not belong together"
    )]
    Changed {
        /// File name of the migration.
        name: String,
    },
    /// A migration's file name has no number.
    #[error("the migration file {0} has no number in front")]
    Unnumbered(String),
    /// The copy before the upgrade could not be made.
    #[error("the copy of the database before the upgrade could not be written to {path}: {reason}")]
    Snapshot {
        /// Where it was to be written.
        path: String,
        /// The system's words.
        reason: String,
    },
    /// The database itself refused.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// What is applied and what is missing.
#[derive(Clone, Debug, Default)]
pub struct MigrationStatus {
    /// File names of the applied migrations.
    pub applied: Vec<String>,
    /// File names of the missing ones, in order.
    pub missing: Vec<String>,
}

struct Migration {
    name: String,
    text: String,
    checksum: String,
}

pub(super) fn status(db: &Db) -> Result<MigrationStatus, MigrateError> {
    let known = known()?;
    let applied = db.read_blocking(applied)?;
    if let (Some((&found, _)), Some((&last, _))) = (applied.last_key_value(), known.last_key_value())
        && found > last
    {
        return Err(MigrateError::Newer { found, known: last });
    }
    let mut status = MigrationStatus::default();
    for (version, migration) in known {
        match applied.get(&version) {
            None => status.missing.push(migration.name),
            Some((_, checksum)) if *checksum != migration.checksum => {
                return Err(MigrateError::Changed { name: migration.name });
            }
            Some(_) => status.applied.push(migration.name),
        }
    }
    Ok(status)
}

pub(super) fn migrate(db: &Db, snapshots: &Path) -> Result<Vec<String>, MigrateError> {
    let status = status(db)?;
    if status.missing.is_empty() {
        return Ok(Vec::new());
    }
    if !db.read_blocking(applied)?.is_empty() {
        snapshot(db, snapshots, &status.missing[0])?;
    }
    let is_postgres = db.backend() == Backend::Postgres;
    for (version, migration) in known()? {
        if !status.missing.contains(&migration.name) {
            continue;
        }
        db.write_blocking(move |tx| {
            tx.serialize("migrations")?;
            // Another process may have been first while this one waited for the lock.
            if applied(tx)?.contains_key(&version) {
                return Ok(());
            }
            if version == 1 {
                tx.run_script(&for_backend(TABLE, is_postgres))?;
            }
            tx.run_script(&for_backend(&migration.text, is_postgres))?;
            tx.execute(INSERT.with((version, migration.name, migration.checksum, tx.now())))?;
            Ok::<_, DbError>(())
        })?;
    }
    Ok(status.missing)
}

/// Copies the SQLite file before an upgrade touches it. PostgreSQL's operator has backups of his own.
fn snapshot(db: &Db, folder: &Path, before: &str) -> Result<(), MigrateError> {
    let Engine::Sqlite(sqlite) = &db.engine else { return Ok(()) };
    let stamp = db.clock().now().strftime("%Y%m%dT%H%M%SZ").to_string();
    let file = folder.join(format!("before-{}-{stamp}.db", before.trim_end_matches(".sql")));
    let failed = |reason: String| MigrateError::Snapshot { path: file.display().to_string(), reason };
    std::fs::create_dir_all(folder).map_err(|error| failed(error.to_string()))?;
    sqlite.snapshot_into(&file).map_err(|error| failed(error.to_string()))?;
    tracing::info!(file = %file.display(), "the database was copied before the upgrade");
    Ok(())
}

fn known() -> Result<BTreeMap<i64, Migration>, MigrateError> {
    let mut migrations = BTreeMap::new();
    for name in Files::iter() {
        let version = name.split('_').next().and_then(|digits| digits.parse().ok());
        let version = version.ok_or_else(|| MigrateError::Unnumbered(name.to_string()))?;
        let bytes = Files::get(&name).map(|file| file.data.into_owned()).unwrap_or_default();
        let checksum = sha256_hex(&bytes);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        migrations.insert(version, Migration { name: name.into_owned(), text, checksum });
    }
    Ok(migrations)
}

fn applied(conn: &Conn) -> Result<BTreeMap<i64, (String, String)>, DbError> {
    let exists = match conn.backend() {
        Backend::Sqlite => EXISTS_SQLITE,
        Backend::Postgres => EXISTS_POSTGRES,
    };
    if conn.one(exists.with(()), |row| row.get::<i64>(0))? == 0 {
        return Ok(BTreeMap::new());
    }
    let rows = conn.list(APPLIED.with(()), |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
    Ok(rows.into_iter().collect())
}

/// SQLite's four words in PostgreSQL's spelling. The migrations use no other words for types.
fn for_backend(text: &str, is_postgres: bool) -> String {
    if !is_postgres {
        return text.to_owned();
    }
    text.replace("integer primary key autoincrement", "bigint generated by default as identity primary key")
        .replace(" integer", " bigint")
        .replace(" real", " double precision")
        .replace(" blob", " bytea")
        .replace(") strict;", ");")
}
