//! The public guard: a key in the header makes a visitor, counts the request and refuses it above the key's limits.

use ground::{db::DbError, words::OrganizationId};
use machinery::web::{Context, Explain, Problem, managed, refuse};
use rocket::{
    Request,
    request::{FromRequest, Outcome},
};

use super::{KEY_PREFIX, Keys, known::KnownKey};
use crate::{
    organizations::ORGANIZATION_HEADER,
    scope::Visitor,
    usage::{self, Refused},
};

/// The header that carries the key.
pub const KEY_HEADER: &str = "X-API-Key";
/// Length of a whole key: the prefix and 32 bytes in base64url.
const KEY_LENGTH: usize = KEY_PREFIX.len() + 43;

/// Why a visitor is not let in.
#[derive(Debug, thiserror::Error)]
pub enum KeyRefusal {
    /// No key in the header.
    #[error("no API key")]
    Missing,
    /// Not a key of ours, or one that was revoked.
    #[error("unknown API key")]
    Unknown,
    /// The key's time is over.
    #[error("expired API key")]
    Expired,
    /// The key or its organization is suspended.
    #[error("suspended API key")]
    Suspended,
    /// The organization in the header is not the key's.
    #[error("the API key belongs to another organization")]
    WrongOrganization,
    /// The key's limit is used up.
    #[error("the limit of the API key is used up")]
    Limited(Refused),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Explain for KeyRefusal {
    fn explain(&self) -> Problem {
        let (code, detail) = match self {
            Self::Missing => ("api_key_missing", format!("Send your API key in the header `{KEY_HEADER}`.")),
            Self::Unknown => (
                "api_key_invalid",
                "This API key is not known here, or was revoked. Copy the whole key, or make a new one.".to_owned(),
            ),
            Self::Expired => {
                ("api_key_expired", "This API key has expired. Give it another end, or make a new one.".to_owned())
            }
            Self::Suspended => (
                "api_key_suspended",
                "This API key or its organization is suspended. Ask whoever manages it to resume it.".to_owned(),
            ),
            Self::WrongOrganization => (
                "organization_mismatch",
                format!(
                    "The header `{ORGANIZATION_HEADER}` must be the id of the key's own organization. Correct it, or leave it out."
                ),
            ),
            Self::Limited(refused) => {
                return Problem::new(
                    429,
                    "rate_limited",
                    "The key's limit is used up",
                    format!(
                        "This API key may make {} requests in {}. Try again in {} seconds.",
                        refused.standing.limit, refused.window, refused.retry_after
                    ),
                )
                .with_retry_after(refused.retry_after);
            }
            Self::Db(error) => return error.explain(),
        };
        Problem::new(401, code, "A valid API key is needed", detail)
            .with_header("WWW-Authenticate", format!("ApiKey realm=\"public API\", header=\"{KEY_HEADER}\""))
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Visitor {
    type Error = Problem;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Problem> {
        let keys = match managed::<Keys>(request) {
            Ok(keys) => keys,
            Err(error) => return Outcome::Error(error),
        };
        match admit(request, keys).await {
            Ok(visitor) => Outcome::Success(visitor),
            Err(refusal) => refuse(request, refusal),
        }
    }
}

async fn admit(request: &Request<'_>, keys: &Keys) -> Result<Visitor, KeyRefusal> {
    let key = request.headers().get_one(KEY_HEADER).ok_or(KeyRefusal::Missing)?;
    if key.len() != KEY_LENGTH || !key.starts_with(KEY_PREFIX) {
        return Err(KeyRefusal::Unknown);
    }
    let known = keys.find(key).await?.ok_or(KeyRefusal::Unknown)?;
    let now = keys.db().clock().now();
    if known.record.is_suspended {
        return Err(KeyRefusal::Suspended);
    }
    if known.record.expires_at.is_some_and(|expires_at| expires_at <= now) {
        return Err(KeyRefusal::Expired);
    }
    check_organization(request, &known)?;
    Context::of(request).set_organization(known.record.organization);
    if !usage::is_admitted(request) {
        let decided = keys.limits().admit(&known.counter, known.quota, now).await;
        usage::keep(request, decided).map_err(KeyRefusal::Limited)?;
    }
    Ok(known.visitor)
}

fn check_organization(request: &Request<'_>, known: &KnownKey) -> Result<(), KeyRefusal> {
    match request.headers().get_one(ORGANIZATION_HEADER).map(str::parse::<OrganizationId>) {
        Some(Ok(named)) if named == known.record.organization => Ok(()),
        Some(Ok(_) | Err(_)) => Err(KeyRefusal::WrongOrganization),
        None => Ok(()),
    }
}
