//! Keys of the public API: made, limited, suspended and revoked by the team, shown once and kept as a hash, and known to
//! the public guard without asking the database each time.

mod guard;
mod known;
mod routes;
mod store;

use ground::{
    clock::Timestamp,
    crypto,
    db::{Conn, DbError, Tenant, Tx},
    words::ApiKeyId,
};
use machinery::{
    events::{self, NewEvent},
    web::{Explain, Problem},
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;

pub use guard::{KEY_HEADER, KeyRefusal};
pub use known::{KeyChanges, Keys};
pub use routes::{DefaultQuota, Document, routes};

use crate::{
    audit::{self, Change},
    scope::Scope,
    usage::Quota,
};

/// What every key begins with: scanners for leaked secrets look for it.
pub const KEY_PREFIX: &str = "pk_";
/// Requests in any minute that a key has by default; settings and each key may say otherwise.
pub const DEFAULT_PER_MINUTE: u32 = 120;
/// Requests in any day that a key has by default.
pub const DEFAULT_PER_DAY: u32 = 10_000;
/// Highest limit of a minute: more is no limit on any machine that we know.
const HIGHEST_PER_MINUTE: u32 = 1_000_000;
/// Highest limit of a day.
const HIGHEST_PER_DAY: u32 = 1_000_000_000;
/// Longest name in characters: longer ones break every list.
const LONGEST_NAME: usize = 120;
/// Most live keys of an organization: each may be in the cache of known keys.
const MOST_KEYS: i64 = 200;
/// Characters of the key that lists show.
const HINT_LENGTH: usize = 4;
const SUBJECT: &str = "api_key";

/// A key as the team sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ApiKey {
    /// The key's id; not the key.
    #[schema(value_type = String, format = Uuid)]
    pub id: ApiKeyId,
    /// What it is for.
    pub name: String,
    /// Its last characters, to tell it from others.
    pub hint: String,
    /// Requests it may make in any minute.
    pub per_minute: u32,
    /// Requests it may make in any 24 hours.
    pub per_day: u32,
    /// When it ends by itself; `null` for never.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// Since when it is suspended; `null` while it is not.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub suspended_at: Option<Timestamp>,
    /// When it was used last, to the minute.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
    /// Who made it.
    pub created_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// A key to be made.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApiKey {
    /// What it is for.
    pub name: String,
    /// Requests it may make in any minute; the installation's default where it is left out.
    #[serde(default)]
    pub per_minute: Option<u32>,
    /// Requests it may make in any 24 hours; the installation's default where it is left out.
    #[serde(default)]
    pub per_day: Option<u32>,
    /// When it ends by itself; left out or `null` for never.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
}

/// What is to be changed; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ApiKeyChange {
    /// Another name.
    pub name: Option<String>,
    /// Another limit of a minute.
    pub per_minute: Option<u32>,
    /// Another limit of a day.
    pub per_day: Option<u32>,
    /// Another end, or `null` for none.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Option<Timestamp>>,
    /// Whether it is suspended.
    pub is_suspended: Option<bool>,
}

/// Tells `null` from a field that is left out.
#[expect(clippy::option_option, reason = "left out, null and a time are three different wishes")]
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Timestamp>>, D::Error> {
    Option::<Timestamp>::deserialize(deserializer).map(Some)
}

/// A fresh key, the only time the key itself is shown.
#[derive(Clone, Serialize, utoipa::ToSchema)]
pub struct CreatedApiKey {
    /// What the team sees from now on.
    #[serde(flatten)]
    pub api_key: ApiKey,
    /// The key: keep it now, it is stored nowhere.
    pub key: String,
}

/// Why something about a key was refused.
#[derive(Debug, thiserror::Error)]
pub enum ApiKeyError {
    /// No such key here, or it was revoked.
    #[error("there is no such key")]
    NotFound,
    /// The name is empty, too long or not one line.
    #[error("the name is not one")]
    NameInvalid,
    /// A limit of nothing, or beyond what is a limit.
    #[error("the limit {0} is out of range")]
    LimitOutOfRange(&'static str),
    /// The end lies in the past.
    #[error("the end lies in the past")]
    ExpiresInPast,
    /// The organization has too many keys.
    #[error("too many keys")]
    TooMany,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Explain for ApiKeyError {
    fn explain(&self) -> Problem {
        let field = |pointer: String, code: &'static str, detail: String| {
            Problem::new(422, "invalid", "Some fields are not valid", detail.clone()).with_field(pointer, code, detail)
        };
        match self {
            Self::NotFound => Problem::not_found(),
            Self::NameInvalid => field(
                "/name".to_owned(),
                "name_invalid",
                format!("A name has 1 to {LONGEST_NAME} characters on one line."),
            ),
            Self::LimitOutOfRange(limit) => {
                let highest = if *limit == "per_minute" { HIGHEST_PER_MINUTE } else { HIGHEST_PER_DAY };
                field(
                    format!("/{limit}"),
                    "limit_out_of_range",
                    format!("A limit is a whole number from 1 to {highest}."),
                )
            }
            Self::ExpiresInPast => field(
                "/expires_at".to_owned(),
                "expires_in_past",
                "The end must lie in the future. To stop a key now, suspend or revoke it.".to_owned(),
            ),
            Self::TooMany => Problem::new(
                409,
                "too_many_api_keys",
                "Too many API keys",
                format!("An organization has at most {MOST_KEYS} keys. Revoke those that nobody uses."),
            ),
            Self::Db(error) => error.explain(),
        }
    }
}

/// Makes a key. Limits that are left out are the installation's defaults.
pub fn create(tx: &Tx, scope: &Scope, defaults: Quota, new: NewApiKey) -> Result<CreatedApiKey, ApiKeyError> {
    if store::count(tx, scope)? >= MOST_KEYS {
        return Err(ApiKeyError::TooMany);
    }
    let key = format!("{KEY_PREFIX}{}", crypto::token(tx.randomness()));
    let api_key = ApiKey {
        id: tx.new_id(),
        name: one_line(&new.name)?,
        hint: key[key.len() - HINT_LENGTH..].to_owned(),
        per_minute: new.per_minute.unwrap_or(defaults.per_minute),
        per_day: new.per_day.unwrap_or(defaults.per_day),
        expires_at: new.expires_at,
        suspended_at: None,
        last_used_at: None,
        created_by: scope.actor().name().to_owned(),
        created_at: tx.now(),
    };
    check_limits(&api_key)?;
    check_end(tx, api_key.expires_at)?;
    let made_by = scope.user().map_or_else(|| scope.actor().name().to_owned(), |user| user.to_string());
    store::insert(tx, scope, &api_key, &key_hash(&key), &made_by)?;
    audit::record(tx, scope, change("api_key.created", None, Some(&api_key), &api_key))?;
    tell(tx, scope, "api_key.created", &api_key);
    Ok(CreatedApiKey { api_key, key })
}

/// Every key that was not revoked, the newest first.
pub fn list(conn: &Conn, tenant: &impl Tenant) -> Result<Vec<ApiKey>, DbError> {
    store::list(conn, tenant)
}

/// The key with this id, if it was not revoked.
pub fn find(conn: &Conn, tenant: &impl Tenant, id: ApiKeyId) -> Result<ApiKey, ApiKeyError> {
    store::by_id(conn, tenant, id)?.ok_or(ApiKeyError::NotFound)
}

/// Changes name, limits, end or suspension; what it changes is in force within a second.
pub fn update(tx: &Tx, scope: &Scope, id: ApiKeyId, wish: ApiKeyChange) -> Result<ApiKey, ApiKeyError> {
    let before = find(tx, scope, id)?;
    let mut after = before.clone();
    if let Some(name) = wish.name {
        after.name = one_line(&name)?;
    }
    after.per_minute = wish.per_minute.unwrap_or(after.per_minute);
    after.per_day = wish.per_day.unwrap_or(after.per_day);
    if let Some(expires_at) = wish.expires_at {
        check_end(tx, expires_at)?;
        after.expires_at = expires_at;
    }
    if let Some(is_suspended) = wish.is_suspended {
        after.suspended_at = if is_suspended { after.suspended_at.or(Some(tx.now())) } else { None };
    }
    check_limits(&after)?;
    if after == before {
        return Ok(before);
    }
    store::update(tx, scope, &after)?;
    let action = match (before.suspended_at, after.suspended_at) {
        (None, Some(_)) => "api_key.suspended",
        (Some(_), None) => "api_key.resumed",
        (None, None) | (Some(_), Some(_)) => "api_key.changed",
    };
    audit::record(tx, scope, change(action, Some(&before), Some(&after), &after))?;
    tell(tx, scope, action, &after);
    Ok(after)
}

/// Ends a key for good.
pub fn revoke(tx: &Tx, scope: &Scope, id: ApiKeyId) -> Result<(), ApiKeyError> {
    let api_key = find(tx, scope, id)?;
    store::revoke(tx, scope, id)?;
    audit::record(tx, scope, change("api_key.revoked", Some(&api_key), None, &api_key))?;
    tell(tx, scope, "api_key.revoked", &api_key);
    Ok(())
}

fn key_hash(key: &str) -> String {
    crypto::sha256_hex(key.as_bytes())
}

fn one_line(text: &str) -> Result<String, ApiKeyError> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(ApiKeyError::NameInvalid);
    }
    Ok(name)
}

fn check_limits(api_key: &ApiKey) -> Result<(), ApiKeyError> {
    if !(1..=HIGHEST_PER_MINUTE).contains(&api_key.per_minute) {
        return Err(ApiKeyError::LimitOutOfRange("per_minute"));
    }
    if !(1..=HIGHEST_PER_DAY).contains(&api_key.per_day) {
        return Err(ApiKeyError::LimitOutOfRange("per_day"));
    }
    Ok(())
}

fn check_end(tx: &Tx, expires_at: Option<Timestamp>) -> Result<(), ApiKeyError> {
    match expires_at {
        Some(expires_at) if expires_at <= tx.now() => Err(ApiKeyError::ExpiresInPast),
        Some(_) | None => Ok(()),
    }
}

fn change(action: &'static str, before: Option<&ApiKey>, after: Option<&ApiKey>, subject: &ApiKey) -> Change {
    let described = |api_key: &ApiKey| {
        json!({
            "name": api_key.name,
            "hint": api_key.hint,
            "per_minute": api_key.per_minute,
            "per_day": api_key.per_day,
            "expires_at": api_key.expires_at,
            "suspended_at": api_key.suspended_at,
        })
    };
    Change {
        action,
        subject_type: SUBJECT,
        subject_id: subject.id.to_string(),
        before: before.map(described),
        after: after.map(described),
    }
}

fn tell(tx: &Tx, scope: &Scope, kind: &'static str, api_key: &ApiKey) {
    events::record(
        tx,
        NewEvent {
            kind,
            organization: Some(scope.organization_id()),
            site: None,
            subject_type: SUBJECT,
            subject_id: api_key.id.to_string(),
            payload: json!({ "name": api_key.name }),
        },
    );
}
