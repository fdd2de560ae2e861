//! The SQL of which installation this is: in the database itself, and in the mark beside its copy.

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Sql, Tx},
};

use super::Origin;

const WHY: &str = "the installation is no organization's";

const FIND: Sql = Sql::platform("select id, created_at, heartbeat_at from installation where singleton = 1", WHY);

/// Id and birth of the installation, and when it last wrote for its replica.
pub(super) fn find(conn: &Conn) -> Result<(String, Timestamp, Timestamp), DbError> {
    conn.one(FIND.with(()), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
}

const INSERT: Sql = Sql::platform(
    "insert into installation (singleton, id, created_at, heartbeat_at) values (1, ?1, ?2, ?2) on conflict do nothing",
    WHY,
);

/// Gives it an id, unless it has one.
pub(super) fn insert(tx: &Tx, id: &str) -> Result<(), DbError> {
    tx.execute(INSERT.with((id, tx.now()))).map(drop)
}

const BEAT: Sql = Sql::platform("update installation set heartbeat_at = ?1 where singleton = 1", WHY);

/// Writes that it is alive.
pub(super) fn beat(tx: &Tx) -> Result<(), DbError> {
    tx.execute(BEAT.with((tx.now(),))).map(drop)
}

const MAKE_MARK: Sql = Sql::platform(
    "create table if not exists origin (singleton integer not null primary key check (singleton = 1), installation_id text not null,
     environment text not null, created_at text not null) strict",
    WHY,
);
const KEEP_MARK: Sql = Sql::platform(
    "insert into origin (singleton, installation_id, environment, created_at) values (1, ?1, ?2, ?3)
     on conflict (singleton) do update set installation_id = ?1, environment = ?2, created_at = ?3
     where installation_id <> ?1 or environment <> ?2",
    WHY,
);

/// Writes the mark into its own small database.
pub(super) fn keep_mark(tx: &Tx, origin: &Origin) -> Result<(), DbError> {
    tx.execute(MAKE_MARK.with(()))?;
    tx.execute(KEEP_MARK.with((origin.installation.as_str(), origin.environment.as_str(), origin.created_at))).map(drop)
}

const MARK: Sql = Sql::platform("select installation_id, environment, created_at from origin where singleton = 1", WHY);

/// Reads it there.
pub(super) fn mark(conn: &Conn) -> Result<Option<Origin>, DbError> {
    conn.optional(MARK.with(()), |row| {
        Ok(Origin { installation: row.get(0)?, environment: row.get(1)?, created_at: row.get(2)? })
    })
}
