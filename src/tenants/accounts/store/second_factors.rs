//! The second factor of users: the sealed secret, the step used last, the recovery codes.

use ground::{
    db::{Conn, DbError, Sql, Tx, fresh_uuid},
    words::UserId,
};

use super::WHY;

const PREPARE: Sql = Sql::platform(
    "update users set totp_secret = ?2, totp_last_step = null, updated_at = ?3 where id = ?1 and totp_confirmed_at is null",
    WHY,
);

/// Stores a secret that waits for its first code; false if a confirmed one is there.
pub fn prepare(tx: &Tx, user: UserId, sealed: Vec<u8>) -> Result<bool, DbError> {
    tx.execute(PREPARE.with((user, sealed, tx.now()))).map(|rows| rows == 1)
}

const CONFIRM: Sql = Sql::platform(
    "update users set totp_confirmed_at = ?3, totp_last_step = ?2, updated_at = ?3
     where id = ?1 and totp_secret is not null and totp_confirmed_at is null",
    WHY,
);

/// Turns the second factor on, its first code used; false if it was on or there is no secret.
pub fn confirm(tx: &Tx, user: UserId, step: i64) -> Result<bool, DbError> {
    tx.execute(CONFIRM.with((user, step, tx.now()))).map(|rows| rows == 1)
}

const USE_STEP: Sql = Sql::platform(
    "update users set totp_last_step = ?2 where id = ?1 and (totp_last_step is null or totp_last_step < ?2)",
    WHY,
);

/// Uses a step's code up; false if it, or a later one, was used.
pub fn use_step(tx: &Tx, user: UserId, step: i64) -> Result<bool, DbError> {
    tx.execute(USE_STEP.with((user, step))).map(|rows| rows == 1)
}

const CLEAR: Sql = Sql::platform(
    "update users set totp_secret = null, totp_confirmed_at = null, totp_last_step = null, updated_at = ?2
     where id = ?1 and totp_secret is not null",
    WHY,
);

/// Turns the second factor off; false if there was none.
pub fn clear(tx: &Tx, user: UserId) -> Result<bool, DbError> {
    tx.execute(CLEAR.with((user, tx.now()))).map(|rows| rows == 1)
}

const REMOVE_CODES: Sql = Sql::platform("delete from recovery_codes where user_id = ?1", WHY);

const ADD_CODE: Sql = Sql::platform("insert into recovery_codes (id, user_id, code_hash) values (?1, ?2, ?3)", WHY);

/// Replaces the user's recovery codes.
pub fn set_recovery_codes(tx: &Tx, user: UserId, hashes: &[String]) -> Result<(), DbError> {
    tx.execute(REMOVE_CODES.with((user,)))?;
    for hash in hashes {
        tx.execute(ADD_CODE.with((fresh_uuid(tx.now(), tx.randomness()).to_string(), user, hash)))?;
    }
    Ok(())
}

const HAS_CODE: Sql =
    Sql::platform("select id from recovery_codes where user_id = ?1 and code_hash = ?2 and used_at is null", WHY);

/// Whether this is one of the user's recovery codes and unused (`recovery_codes_user_id_index`).
pub fn has_recovery_code(conn: &Conn, user: UserId, hash: &str) -> Result<bool, DbError> {
    conn.optional(HAS_CODE.with((user, hash)), |row| row.get::<String>(0)).map(|found| found.is_some())
}

const USE_CODE: Sql = Sql::platform(
    "update recovery_codes set used_at = ?3 where user_id = ?1 and code_hash = ?2 and used_at is null",
    WHY,
);

/// Uses a recovery code up; false if it is unknown or was used (`recovery_codes_user_id_index`).
pub fn use_recovery_code(tx: &Tx, user: UserId, hash: &str) -> Result<bool, DbError> {
    tx.execute(USE_CODE.with((user, hash, tx.now()))).map(|rows| rows == 1)
}
