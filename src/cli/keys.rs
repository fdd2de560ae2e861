//! Commands about the keys of the public API.

use ground::{
    config::Flags,
    words::{ApiKeyId, WordError},
};
use serde_json::json;
use tenants::{
    api_keys::{self, NewApiKey},
    scope::Scope,
    usage::Quota,
};

use super::{
    ApiKeyCommand,
    organizations::by_slug,
    output::{self, Failure, note, say, table},
    people::OPERATOR,
    serving::installation,
};
use crate::installation::Installation;

/// `apikey ...`.
pub fn run(flags: &Flags, command: ApiKeyCommand) -> Result<(), Failure> {
    let (installation, _logs) = installation(flags)?;
    match command {
        ApiKeyCommand::Create { organization, name, per_minute, per_day, json } => {
            let new = NewApiKey { name, per_minute, per_day, expires_at: None };
            create(&installation, &organization, new, json)?;
        }
        ApiKeyCommand::List { organization, json } => list(&installation, &organization, json)?,
        ApiKeyCommand::Revoke { organization, id } => revoke(&installation, &organization, &id)?,
    }
    installation.close();
    Ok(())
}

fn scope(installation: &Installation, slug: &str) -> Result<Scope, Failure> {
    Ok(Scope::for_operator(by_slug(installation, slug)?.id, OPERATOR))
}

fn create(installation: &Installation, slug: &str, new: NewApiKey, is_json: bool) -> Result<(), Failure> {
    let scope = scope(installation, slug)?;
    let config = &installation.config;
    let quota = Quota { per_minute: config.rate_limit_per_minute, per_day: config.rate_limit_per_day };
    let made =
        installation.db.write_blocking(move |tx| api_keys::create(tx, &scope, quota, new)).map_err(Failure::failed)?;
    if is_json {
        return output::json(&json!({"id": made.api_key.id, "key": made.key}));
    }
    say(&made.key);
    note("Keep it now: it is stored as a hash only and cannot be shown again.");
    Ok(())
}

fn list(installation: &Installation, slug: &str, is_json: bool) -> Result<(), Failure> {
    let scope = scope(installation, slug)?;
    let keys = installation.db.read_blocking(|conn| api_keys::list(conn, &scope)).map_err(Failure::failed)?;
    if is_json {
        return output::json(&keys);
    }
    let rows = keys.iter().map(|key| {
        let state = if key.suspended_at.is_some() { "suspended" } else { "active" };
        let used = key.last_used_at.map_or_else(|| "never".to_owned(), |at| at.to_string());
        let limits = format!("{}/minute {}/day", key.per_minute, key.per_day);
        vec![key.id.to_string(), key.name.clone(), format!("...{}", key.hint), limits, state.to_owned(), used]
    });
    table(&["id", "name", "key", "limits", "state", "last used"], &rows.collect::<Vec<_>>());
    Ok(())
}

fn revoke(installation: &Installation, slug: &str, id: &str) -> Result<(), Failure> {
    let id: ApiKeyId = id.parse().map_err(|error: WordError| Failure::usage(error.message))?;
    let scope = scope(installation, slug)?;
    installation.db.write_blocking(move |tx| api_keys::revoke(tx, &scope, id)).map_err(Failure::failed)?;
    say("the key is refused from now on");
    Ok(())
}
