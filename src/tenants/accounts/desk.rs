//! What the rules of accounts work with, gathered from Rocket's state once per request.

use ground::{
    crypto::{PasswordHasher, Sealer},
    db::Db,
};
use machinery::web::{Origin, Problem, managed};
use rocket::{
    Request,
    http::Status,
    request::{FromRequest, Outcome},
};

use super::{cookies::Sessions, limits::AttemptLimiter};

/// The services behind sign-in and its siblings, and from where the request came.
pub struct Desk<'r> {
    /// The database.
    pub db: &'r Db,
    /// Hashes passwords, a few at a time.
    pub hasher: &'r PasswordHasher,
    /// Seals secrets at rest.
    pub sealer: &'r Sealer,
    /// Counts attempts.
    pub limiter: &'r AttemptLimiter,
    /// Hands sessions to clients.
    pub sessions: &'r Sessions,
    /// From where the request came.
    pub origin: Origin,
}

impl<'r> Desk<'r> {
    fn of(request: &'r Request<'_>) -> Result<Self, (Status, Problem)> {
        Ok(Self {
            db: managed(request)?,
            hasher: managed(request)?,
            sealer: managed(request)?,
            limiter: managed(request)?,
            sessions: managed(request)?,
            origin: Origin::of(request),
        })
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Desk<'r> {
    type Error = Problem;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Problem> {
        // `managed` has kept the problem for the catcher.
        Self::of(request).map_or_else(Outcome::Error, Outcome::Success)
    }
}
