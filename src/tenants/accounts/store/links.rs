//! Links out of mails: only the hash of what was mailed is here.

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Sql, Tx, fresh_uuid},
    words::UserId,
};

use super::WHY;
use crate::accounts::links::Purpose;

const INSERT: Sql = Sql::platform(
    "insert into email_tokens (id, user_id, purpose, token_hash, created_at, expires_at) values (?1, ?2, ?3, ?4, ?5, ?6)",
    WHY,
);

/// Adds a link for the user.
pub fn insert(tx: &Tx, user: UserId, purpose: Purpose, token_hash: &str, expires_at: Timestamp) -> Result<(), DbError> {
    let id = fresh_uuid(tx.now(), tx.randomness()).to_string();
    tx.execute(INSERT.with((id, user, purpose, token_hash, tx.now(), expires_at))).map(drop)
}

const VOID: Sql =
    Sql::platform("update email_tokens set used_at = ?3 where user_id = ?1 and purpose = ?2 and used_at is null", WHY);

/// Voids what was mailed before (`email_tokens_user_id_index`).
pub fn void(tx: &Tx, user: UserId, purpose: Purpose) -> Result<(), DbError> {
    tx.execute(VOID.with((user, purpose, tx.now()))).map(drop)
}

const OWNER: Sql = Sql::platform(
    "select user_id from email_tokens where token_hash = ?1 and purpose = ?2 and used_at is null and expires_at > ?3",
    WHY,
);

/// Whose link this is, while it is good (`email_tokens_token_hash_key`).
pub fn owner(conn: &Conn, token_hash: &str, purpose: Purpose) -> Result<Option<UserId>, DbError> {
    conn.optional(OWNER.with((token_hash, purpose, conn.now())), |row| row.get(0))
}

const USE: Sql = Sql::platform(
    "update email_tokens set used_at = ?3
     where token_hash = ?1 and purpose = ?2 and used_at is null and expires_at > ?3
     returning user_id",
    WHY,
);

/// Uses the link up; `None` if it is unknown, expired or used.
pub fn use_up(tx: &Tx, token_hash: &str, purpose: Purpose) -> Result<Option<UserId>, DbError> {
    tx.optional(USE.with((token_hash, purpose, tx.now())), |row| row.get(0))
}

const REMOVE_EXPIRED: Sql = Sql::platform(
    "delete from email_tokens where id in (select id from email_tokens where expires_at < ?1 order by id limit ?2)",
    WHY,
);

/// Removes up to `limit` links that expired before `before`; answers how many went.
pub fn remove_expired(tx: &Tx, before: Timestamp, limit: i64) -> Result<u64, DbError> {
    tx.execute(REMOVE_EXPIRED.with((before, limit)))
}
