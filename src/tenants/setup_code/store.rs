//! SQL of the first-run code: its hash among the installation's own facts.

use ground::db::{Conn, DbError, Sql, Tx};

const WHY: &str = "the first-run code belongs to the installation";
const READ: Sql = Sql::platform("select value from platform_state where name = 'setup_code'", WHY);
const WRITE: Sql = Sql::platform(
    "insert into platform_state (name, value, updated_at) values ('setup_code', ?1, ?2)
     on conflict (name) do update set value = excluded.value, updated_at = excluded.updated_at",
    WHY,
);
const REMOVE: Sql = Sql::platform("delete from platform_state where name = 'setup_code'", WHY);

/// The hash of the code in force.
pub fn kept(conn: &Conn) -> Result<Option<String>, DbError> {
    conn.optional(READ.with(()), |row| row.get(0))
}

/// Puts this hash in the place of the one before.
pub fn keep(tx: &Tx, hash: &str) -> Result<(), DbError> {
    tx.execute(WRITE.with((hash, tx.now()))).map(drop)
}

/// No code opens anything from now on.
pub fn remove(tx: &Tx) -> Result<(), DbError> {
    tx.execute(REMOVE.with(())).map(drop)
}
