//! What each environment refuses: settings that are right by themselves and dangerous where they stand.

use super::{
    Config, Environment,
    problems::ConfigProblem,
    settings::named,
    sources::{Source, Sources},
};
use crate::db::Location;

/// Adds everything that is unsafe in the environment, and pairs of settings of which one is missing.
pub(super) fn check(config: &Config, sources: &Sources, problems: &mut Vec<ConfigProblem>) {
    let mut refuse = |name: &'static str, expected: &str| {
        // One that is wrong by itself has been told already.
        if !problems.iter().any(|problem| problem.setting == name) {
            let source = sources.given(named(name)).map_or(Source::Default, |given| given.source);
            problems.push(ConfigProblem {
                setting: name.to_owned(),
                source: source.to_string(),
                value: None,
                expected: expected.to_owned(),
            });
        }
    };
    let is_given = |name: &'static str| sources.given(named(name)).is_some();
    let begins = |name: &'static str, beginnings: &[&str]| {
        let text = sources.given(named(name)).map(|given| given.text).unwrap_or_default();
        beginnings.iter().any(|beginning| text.starts_with(beginning))
    };
    match config.environment {
        Environment::Production => {
            if !is_given("GAMMACMS_SECRET_KEY") {
                refuse(
                    "GAMMACMS_SECRET_KEY",
                    "a secret key in production, such as the output of `openssl rand -base64 48`",
                );
            }
            if config.is_debug {
                refuse("GAMMACMS_DEBUG", "false in production: debug answers tell strangers too much");
            }
            if !is_given("GAMMACMS_PUBLIC_URL") {
                refuse(
                    "GAMMACMS_PUBLIC_URL",
                    "the address of this installation in production: links in mails are made from it",
                );
            } else if !config.public_url.is_https() && !is_own_machine(config.public_url.host()) {
                refuse("GAMMACMS_PUBLIC_URL", "an https:// address in production: passwords travel to it");
            }
            if config.allowed_hosts.iter().any(|host| host == "*") {
                refuse("ALLOWED_HOSTS", "names in production: `*` answers to every name that points here");
            }
            for name in ["STRIPE_API_KEY", "STRIPE_PUBLISHABLE_KEY"] {
                if begins(name, &["sk_test_", "rk_test_", "pk_test_"]) {
                    refuse(name, "a live key in production: a test key takes no money");
                }
            }
        }
        Environment::Staging => {
            for name in ["STRIPE_API_KEY", "STRIPE_PUBLISHABLE_KEY"] {
                if begins(name, &["sk_live_", "rk_live_", "pk_live_"]) {
                    refuse(name, "a test key in staging: a live key takes real money");
                }
            }
        }
        Environment::Dev => {}
    }
    for (one, other) in [
        ("AWS_STORAGE_BUCKET_NAME", "AWS_ACCESS_KEY_ID"),
        ("AWS_STORAGE_BUCKET_NAME", "AWS_SECRET_ACCESS_KEY"),
        ("AWS_S3_CUSTOM_DOMAIN", "AWS_STORAGE_BUCKET_NAME"),
    ] {
        if is_given(one) && !is_given(other) {
            refuse(other, &format!("a value, because {one} is set and is nothing without it"));
        }
    }
    if config.replica_url.is_some() && !matches!(config.database, Location::Sqlite(_)) {
        refuse("LITESTREAM_REPLICA_URL", "nothing beside a PostgreSQL DATABASE_URL: Litestream replicates SQLite");
    }
    if config.owner_email.is_some() && config.owner_password_file.is_none() {
        refuse("GAMMACMS_OWNER_PASSWORD_FILE", "a file with the password of GAMMACMS_OWNER_EMAIL");
    }
    if config.owner_password_file.is_some() && config.owner_email.is_none() {
        refuse("GAMMACMS_OWNER_EMAIL", "the address that belongs to GAMMACMS_OWNER_PASSWORD_FILE");
    }
}

/// Whether the host is this machine: a production build may be tried on a laptop, where nothing travels.
fn is_own_machine(host: &str) -> bool {
    host == "localhost" || host == "[::1]" || host.starts_with("127.")
}
