//! Who is signed in: proved by the browser's cookie (and, to change something, by the page it came from) or by an
//! access token; the session's row has the last word, on every request.

use std::ops::Deref;

use ground::{
    db::{Db, DbError},
    words::{OrganizationId, SessionId},
};
use machinery::web::{Context, Origin, Problem, csrf, managed, refuse};
use rocket::{
    Request,
    request::{FromRequest, Outcome},
};

use super::{
    AccountError,
    cookies::Sessions,
    sessions::{self, LiveSession, SessionKind},
    users::User,
};
use crate::{
    audit::Audited,
    scope::{Actor, ActorKind},
};

/// By which a browser's page asks for a cookie instead of tokens.
const SESSION_HEADER: &str = "X-Session";

/// Someone is signed in. As a route's argument it answers 401 to everyone else, and 403 to a page of a stranger.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The person.
    pub user: User,
    /// The session the request came by.
    pub session: SessionId,
    kind: SessionKind,
    csrf_token: String,
    origin: Origin,
}

impl SignedIn {
    /// What holds the session.
    pub fn kind(&self) -> SessionKind {
        self.kind
    }

    /// What the browser's pages send back; nothing for a program.
    pub fn csrf_token(&self) -> Option<&str> {
        match self.kind {
            SessionKind::Browser => Some(&self.csrf_token),
            SessionKind::Api => None,
        }
    }

    /// From where the request came.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    async fn of_request(request: &Request<'_>) -> Result<Self, Problem> {
        let sessions = managed::<Sessions>(request).map_err(|(_, problem)| problem)?;
        let db = managed::<Db>(request).map_err(|(_, problem)| problem)?;
        let (session, user) = match bearer(request) {
            Some(token) => by_access_token(db, sessions, token).await?,
            None => by_cookie(db, sessions, request).await?,
        };
        note_use(db, &session).await;
        Context::of(request).set_user(user.id);
        let origin = Origin::of(request);
        Ok(Self { user, session: session.id, kind: session.kind, csrf_token: session.csrf_token, origin })
    }
}

/// The token of the header `Authorization: Bearer` (RFC 6750 section 2.1).
fn bearer<'r>(request: &'r Request<'_>) -> Option<&'r str> {
    let (scheme, token) = request.headers().get_one("Authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

async fn by_access_token(db: &Db, sessions: &Sessions, token: &str) -> Result<(LiveSession, User), AccountError> {
    let id = sessions.tokens().read(token).ok_or(AccountError::NotSignedIn)?;
    let found = db.read(move |conn| sessions::by_id(conn, id)).await?;
    found.ok_or(AccountError::NotSignedIn)
}

async fn by_cookie(db: &Db, sessions: &Sessions, request: &Request<'_>) -> Result<(LiveSession, User), AccountError> {
    let secret = sessions.secret_of(request).ok_or(AccountError::NotSignedIn)?.to_owned();
    let found = db.read(move |conn| sessions::by_cookie(conn, &secret)).await?;
    let (session, user) = found.ok_or(AccountError::NotSignedIn)?;
    if csrf::needs_check(request.method()) {
        csrf::check(&csrf::Sender::of(request), sessions.trusted_origins(), &session.csrf_token)?;
    }
    Ok((session, user))
}

/// Writes the session's use down, once a minute. A database that cannot be written to must not stop those who read.
async fn note_use(db: &Db, session: &LiveSession) {
    if !session.is_seen_anew(db.clock().now()) {
        return;
    }
    let id = session.id;
    if let Err(error) = db.write(move |tx| sessions::touch(tx, id)).await as Result<(), DbError> {
        tracing::warn!(%error, "the use of a session was not noted; it may end as idle");
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for SignedIn {
    type Error = Problem;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Problem> {
        match Self::of_request(request).await {
            Ok(signed_in) => Outcome::Success(signed_in),
            Err(problem) => refuse(request, problem),
        }
    }
}

/// What is to hold a session that is about to be opened: the header `X-Session: cookie` asks for the browser's cookie.
/// A page of a stranger must not sign anyone in, so that such a request proves where it came from.
#[derive(Clone, Copy, Debug)]
pub struct WantedSession(SessionKind);

impl WantedSession {
    /// What is to hold it.
    pub fn kind(self) -> SessionKind {
        self.0
    }

    fn of_request(request: &Request<'_>) -> Result<Self, Problem> {
        match request.headers().get_one(SESSION_HEADER) {
            None => Ok(Self(SessionKind::Api)),
            Some("cookie") => {
                from_our_pages(request)?;
                Ok(Self(SessionKind::Browser))
            }
            Some(_) => {
                let detail = format!("The header {SESSION_HEADER} is `cookie`, or it is left out.");
                Err(Problem::new(400, "session_kind_unknown", "Unknown kind of session", detail))
            }
        }
    }
}

/// Refuses a request that a page of another origin sent. For requests that make a session; those that have one prove
/// more by [`SignedIn`].
pub fn from_our_pages(request: &Request<'_>) -> Result<(), Problem> {
    let sessions = managed::<Sessions>(request).map_err(|(_, problem)| problem)?;
    let checked = csrf::check_origin(&csrf::Sender::of(request), sessions.trusted_origins());
    checked.map_err(|refusal| AccountError::from(refusal).into())
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for WantedSession {
    type Error = Problem;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Problem> {
        match Self::of_request(request) {
            Ok(wanted) => Outcome::Success(wanted),
            Err(problem) => refuse(request, problem),
        }
    }
}

/// What a person changes about their own account stands in the platform's chain: it belongs to no organization.
impl Audited for SignedIn {
    fn chain(&self) -> Option<OrganizationId> {
        None
    }

    fn audited_actor(&self) -> Actor {
        Actor::new(ActorKind::User, Some(self.user.id.to_string()), &self.user.name)
    }

    fn audited_origin(&self) -> Option<Origin> {
        Some(self.origin.clone())
    }
}

/// An operator of the platform is signed in. To everyone else the route does not exist: 404.
#[derive(Clone, Debug)]
pub struct Superuser(SignedIn);

impl Superuser {
    /// The operator as anyone signed in.
    pub fn into_signed_in(self) -> SignedIn {
        self.0
    }
}

impl Deref for Superuser {
    type Target = SignedIn;

    fn deref(&self) -> &SignedIn {
        &self.0
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Superuser {
    type Error = Problem;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Problem> {
        match SignedIn::of_request(request).await {
            Ok(signed_in) if signed_in.user.is_superuser => Outcome::Success(Self(signed_in)),
            Ok(_) => refuse(request, Problem::not_found()),
            Err(problem) => refuse(request, problem),
        }
    }
}
