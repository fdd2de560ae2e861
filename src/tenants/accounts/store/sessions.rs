//! Sessions: each request asks one row by an index, joined to its user.

use ground::{
    db::{Conn, DbError, Row, Sql, Tx},
    words::{SessionId, UserId},
};

use super::{WHY, users};
use crate::accounts::{
    sessions::{LiveSession, NewSession, Session, SessionKind},
    users::User,
};

const BY_SECRET: Sql = Sql::platform(
    "select sessions.id, sessions.kind, sessions.csrf_token, sessions.last_seen_at, sessions.expires_at,
            users.id, users.email, users.name, users.is_superuser, users.is_active, users.email_verified_at,
            users.totp_confirmed_at, users.created_at
     from sessions
     join users on users.id = sessions.user_id
     where sessions.secret_hash = ?1 and sessions.kind = ?2 and sessions.revoked_at is null and users.is_active = 1",
    WHY,
);

/// The session whose secret has this hash, with its user (`sessions_secret_hash_key`). The caller checks the times.
pub fn by_secret(conn: &Conn, secret_hash: &str, kind: SessionKind) -> Result<Option<(LiveSession, User)>, DbError> {
    conn.optional(BY_SECRET.with((secret_hash, kind)), live)
}

const BY_ID: Sql = Sql::platform(
    "select sessions.id, sessions.kind, sessions.csrf_token, sessions.last_seen_at, sessions.expires_at,
            users.id, users.email, users.name, users.is_superuser, users.is_active, users.email_verified_at,
            users.totp_confirmed_at, users.created_at
     from sessions
     join users on users.id = sessions.user_id
     where sessions.id = ?1 and sessions.kind = 'api' and sessions.revoked_at is null and users.is_active = 1",
    WHY,
);

/// The API session with this id, with its user (primary key). The caller checks the times.
pub fn by_id(conn: &Conn, id: SessionId) -> Result<Option<(LiveSession, User)>, DbError> {
    conn.optional(BY_ID.with((id,)), live)
}

const BY_PREVIOUS_SECRET: Sql =
    Sql::platform("select id, user_id from sessions where previous_secret_hash = ?1 and revoked_at is null", WHY);

/// The session that had this refresh token before (`sessions_previous_secret_hash_index`).
pub fn by_previous_secret(conn: &Conn, secret_hash: &str) -> Result<Option<(SessionId, UserId)>, DbError> {
    conn.optional(BY_PREVIOUS_SECRET.with((secret_hash,)), |row| Ok((row.get(0)?, row.get(1)?)))
}

const INSERT: Sql = Sql::platform(
    "insert into sessions (id, user_id, kind, secret_hash, csrf_token, ip_address, user_agent, created_at, last_seen_at, expires_at)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9)",
    WHY,
);

/// Adds a session.
pub fn insert(tx: &Tx, session: &NewSession) -> Result<(), DbError> {
    tx.execute(INSERT.with((
        session.id,
        session.user,
        session.kind,
        &session.secret_hash,
        &session.csrf_token,
        &session.ip_address,
        &session.user_agent,
        tx.now(),
        session.expires_at,
    )))
    .map(drop)
}

const ROTATE: Sql = Sql::platform(
    "update sessions set secret_hash = ?3, previous_secret_hash = ?2, last_seen_at = ?4
     where id = ?1 and secret_hash = ?2 and revoked_at is null",
    WHY,
);

/// Gives the session another secret; false if another request was first.
pub fn rotate(tx: &Tx, id: SessionId, old: &str, new: &str) -> Result<bool, DbError> {
    tx.execute(ROTATE.with((id, old, new, tx.now()))).map(|rows| rows == 1)
}

const TOUCH: Sql = Sql::platform("update sessions set last_seen_at = ?2 where id = ?1 and last_seen_at < ?2", WHY);

/// Notes that the session is in use.
pub fn touch(tx: &Tx, id: SessionId) -> Result<(), DbError> {
    tx.execute(TOUCH.with((id, tx.now()))).map(drop)
}

const END: Sql =
    Sql::platform("update sessions set revoked_at = ?3 where id = ?1 and user_id = ?2 and revoked_at is null", WHY);

/// Ends one session of the user; false if there is none such.
pub fn end(tx: &Tx, user: UserId, id: SessionId) -> Result<bool, DbError> {
    tx.execute(END.with((id, user, tx.now()))).map(|rows| rows > 0)
}

const END_ALL: Sql = Sql::platform(
    "update sessions set revoked_at = ?3
     where user_id = ?1 and revoked_at is null and (cast(?2 as text) is null or id <> ?2)",
    WHY,
);

/// Ends the user's sessions but one (`sessions_user_id_index`); answers how many.
pub fn end_all(tx: &Tx, user: UserId, except: Option<SessionId>) -> Result<u64, DbError> {
    tx.execute(END_ALL.with((user, except, tx.now())))
}

const LIST: Sql = Sql::platform(
    "select id, kind, ip_address, user_agent, created_at, last_seen_at, expires_at
     from sessions
     where user_id = ?1 and revoked_at is null and expires_at > ?2 and last_seen_at > ?3
     order by last_seen_at desc, id desc
     limit ?4",
    WHY,
);

/// The user's sessions that have not ended, those in use first (`sessions_user_id_index`).
pub fn list(
    conn: &Conn,
    user: UserId,
    seen_after: ground::clock::Timestamp,
    limit: i64,
) -> Result<Vec<Session>, DbError> {
    conn.list(LIST.with((user, conn.now(), seen_after, limit)), |row| {
        Ok(Session {
            id: row.get(0)?,
            kind: row.get(1)?,
            ip_address: row.get(2)?,
            user_agent: row.get(3)?,
            created_at: row.get(4)?,
            last_seen_at: row.get(5)?,
            expires_at: row.get(6)?,
        })
    })
}

const REMOVE_ENDED: Sql = Sql::platform(
    "delete from sessions
     where id in (select id from sessions where expires_at < ?1 or revoked_at < ?1 or last_seen_at < ?1 order by id limit ?2)",
    WHY,
);

/// Removes up to `limit` sessions that ended before `before`; answers how many went.
pub fn remove_ended(tx: &Tx, before: ground::clock::Timestamp, limit: i64) -> Result<u64, DbError> {
    tx.execute(REMOVE_ENDED.with((before, limit)))
}

fn live(row: &Row) -> Result<(LiveSession, User), DbError> {
    let session = LiveSession {
        id: row.get(0)?,
        kind: row.get(1)?,
        csrf_token: row.get(2)?,
        last_seen_at: row.get(3)?,
        expires_at: row.get(4)?,
    };
    Ok((session, users::user_from(row, 5)?))
}
