//! Sessions: a browser's, held by a cookie, and an API client's, held by a refresh token. Only hashes of their secrets
//! are stored, and every request asks the session's row: what is ended is ended at once.

use std::time::Duration;

use ground::{
    clock::Timestamp,
    crypto,
    db::{Conn, DbError, FromValue, ToValue, Tx, Value},
    words::{SessionId, UserId},
};
use machinery::web::Origin;

use super::{store, users::User};

/// A session that nobody used for this long has ended.
pub const IDLE: Duration = Duration::from_secs(8 * 60 * 60);
/// Every session ends after this long, used or not.
pub const ABSOLUTE: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// How exactly the last use is known: one write a minute instead of one a request.
const SEEN_EVERY: Duration = Duration::from_secs(60);
/// Sessions shown to their owner at once.
const MOST_LISTED: i64 = 200;
/// How much of a client's own description is kept. Characters.
const USER_AGENT_LENGTH: usize = 255;

/// What holds the session's secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionKind {
    /// A browser, in a cookie.
    Browser,
    /// A program, as a refresh token.
    Api,
}

/// A session as its owner sees it.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// What holds it.
    pub kind: SessionKind,
    /// From where it was opened.
    pub ip_address: String,
    /// What the client said of itself when it was opened.
    pub user_agent: String,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it was used last, to the minute.
    pub last_seen_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

/// What a request needs to know of its session.
#[derive(Clone, Debug)]
pub struct LiveSession {
    /// Its id.
    pub id: SessionId,
    /// What holds it.
    pub kind: SessionKind,
    /// What the browser sends back as `X-CSRF-Token`.
    pub csrf_token: String,
    /// When it was used last, to the minute.
    pub last_seen_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

/// A session's row before it is stored.
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// What holds it.
    pub kind: SessionKind,
    /// SHA-256 of the secret.
    pub secret_hash: String,
    /// Random, for the browser's pages.
    pub csrf_token: String,
    /// From where it is opened.
    pub ip_address: String,
    /// What the client says of itself.
    pub user_agent: String,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

/// A session that was just opened: the only time its secret is known.
pub struct OpenedSession {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub user: User,
    /// What holds it.
    pub kind: SessionKind,
    /// The cookie's value or the refresh token.
    pub secret: String,
    /// What the browser sends back as `X-CSRF-Token`.
    pub csrf_token: String,
}

impl LiveSession {
    /// Whether the session may still be used: neither too old nor forgotten.
    pub fn is_alive(&self, now: Timestamp) -> bool {
        now < self.expires_at && now < self.last_seen_at + IDLE
    }

    /// Whether its last use is long enough ago to be written down again.
    pub fn is_seen_anew(&self, now: Timestamp) -> bool {
        now >= self.last_seen_at + SEEN_EVERY
    }
}

/// Opens a session. Those that the change should end are ended by the caller: see [`end_all`].
pub fn open(tx: &Tx, user: User, kind: SessionKind, origin: &Origin) -> Result<OpenedSession, DbError> {
    let secret = crypto::token(tx.randomness());
    let session = NewSession {
        id: tx.new_id(),
        user: user.id,
        kind,
        secret_hash: secret_hash(&secret),
        csrf_token: crypto::token(tx.randomness()),
        ip_address: origin.ip.to_string(),
        user_agent: origin.user_agent.chars().filter(|letter| !letter.is_control()).take(USER_AGENT_LENGTH).collect(),
        expires_at: tx.now() + ABSOLUTE,
    };
    store::sessions::insert(tx, &session)?;
    Ok(OpenedSession { id: session.id, user, kind, secret, csrf_token: session.csrf_token })
}

/// The live browser session behind a cookie.
pub fn by_cookie(conn: &Conn, secret: &str) -> Result<Option<(LiveSession, User)>, DbError> {
    let found = store::sessions::by_secret(conn, &secret_hash(secret), SessionKind::Browser)?;
    Ok(found.filter(|(session, _)| session.is_alive(conn.now())))
}

/// The live API session that an access token names.
pub fn by_id(conn: &Conn, id: SessionId) -> Result<Option<(LiveSession, User)>, DbError> {
    let found = store::sessions::by_id(conn, id)?;
    Ok(found.filter(|(session, _)| session.is_alive(conn.now())))
}

/// What became of a refresh token.
pub enum Refreshed {
    /// It was good, and another one takes its place.
    Rotated(Box<OpenedSession>),
    /// It was used before: two hold it, one of them a thief, and the session is ended for both.
    Reused(SessionId, UserId),
    /// It is nobody's, or its session has ended.
    Unknown,
}

/// Exchanges a refresh token for the next one (RFC 9700 section 4.14.2). `Reused` must be committed, not rolled back.
pub fn refresh(tx: &Tx, token: &str) -> Result<Refreshed, DbError> {
    let old = secret_hash(token);
    if let Some((session, user)) = store::sessions::by_secret(tx, &old, SessionKind::Api)? {
        let secret = crypto::token(tx.randomness());
        if !session.is_alive(tx.now()) || !store::sessions::rotate(tx, session.id, &old, &secret_hash(&secret))? {
            return Ok(Refreshed::Unknown);
        }
        let opened =
            OpenedSession { id: session.id, user, kind: SessionKind::Api, secret, csrf_token: session.csrf_token };
        return Ok(Refreshed::Rotated(Box::new(opened)));
    }
    let Some((id, user)) = store::sessions::by_previous_secret(tx, &old)? else { return Ok(Refreshed::Unknown) };
    store::sessions::end(tx, user, id)?;
    Ok(Refreshed::Reused(id, user))
}

/// Ends one session of the user; false if the user has none such.
pub fn end(tx: &Tx, user: UserId, id: SessionId) -> Result<bool, DbError> {
    store::sessions::end(tx, user, id)
}

/// Ends the user's sessions but one, at once and everywhere: after a change of password, e-mail address, role, second
/// factor, or a suspension. Answers how many ended.
pub fn end_all(tx: &Tx, user: UserId, except: Option<SessionId>) -> Result<u64, DbError> {
    store::sessions::end_all(tx, user, except)
}

/// Notes that the session is in use.
pub fn touch(tx: &Tx, id: SessionId) -> Result<(), DbError> {
    store::sessions::touch(tx, id)
}

/// The user's live sessions, those in use first.
pub fn list(conn: &Conn, user: UserId) -> Result<Vec<Session>, DbError> {
    store::sessions::list(conn, user, conn.now() - IDLE, MOST_LISTED)
}

fn secret_hash(secret: &str) -> String {
    crypto::sha256_hex(secret.as_bytes())
}

impl SessionKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Api => "api",
        }
    }
}

impl ToValue for SessionKind {
    fn to_value(&self) -> Value {
        self.as_str().to_value()
    }
}

impl FromValue for SessionKind {
    fn from_value(value: Value) -> Result<Self, DbError> {
        match String::from_value(value)?.as_str() {
            "browser" => Ok(Self::Browser),
            "api" => Ok(Self::Api),
            other => Err(DbError::Decode(format!("`{other}` is no kind of session"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(last_seen: &str, expires: &str) -> LiveSession {
        LiveSession {
            id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
            kind: SessionKind::Browser,
            csrf_token: String::new(),
            last_seen_at: last_seen.parse().unwrap(),
            expires_at: expires.parse().unwrap(),
        }
    }

    #[test]
    fn a_session_ends_when_idle_or_old() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let session = session("2026-05-01T08:00:00Z", "2026-05-01T18:00:00Z");
        assert!(session.is_alive(at("2026-05-01T15:59:59Z")));
        assert!(!session.is_alive(at("2026-05-01T16:00:00Z")), "idle for eight hours");
        let used = LiveSession { last_seen_at: at("2026-05-01T17:59:00Z"), ..session };
        assert!(used.is_alive(at("2026-05-01T17:59:59Z")));
        assert!(!used.is_alive(at("2026-05-01T18:00:00Z")), "at its absolute end");
    }

    #[test]
    fn its_use_is_written_once_a_minute() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let session = session("2026-05-01T08:00:00Z", "2026-05-15T08:00:00Z");
        assert!(!session.is_seen_anew(at("2026-05-01T08:00:59.999Z")));
        assert!(session.is_seen_anew(at("2026-05-01T08:01:00Z")));
    }
}
