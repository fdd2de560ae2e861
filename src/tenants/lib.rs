//! Floor 2: who may. Accounts, organizations and their people, keys of the public API, what they may do and how often,
//! and the record of what they did.
//!
//! The routes expect these states of Rocket: `Db`, [`accounts::Sessions`], [`accounts::AttemptLimiter`],
//! [`accounts::Links`], [`api_keys::Keys`], [`api_keys::DefaultQuota`], `PasswordHasher`, `Sealer`, and the program's
//! `Schedules`; and the fairing [`usage::Metering`].

pub mod accounts;
pub mod api_keys;
pub mod audit;
pub mod organizations;
pub mod permissions;
pub mod platform;
pub mod scope;
pub mod setup_code;
pub mod usage;

use machinery::{
    jobs::{Registry, schedule::Schedule},
    mail::Mailer,
};
use rocket::Route;
use utoipa::OpenApi;

/// The routes of this floor, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    [
        accounts::routes(),
        organizations::routes(),
        organizations::members::routes(),
        organizations::invitations::routes(),
        permissions::routes(),
        api_keys::routes(),
        usage::routes(),
        audit::routes(),
        platform::routes(),
    ]
    .concat()
}

/// The same routes for the OpenAPI document.
pub fn documents() -> Vec<utoipa::openapi::OpenApi> {
    vec![
        accounts::Document::openapi(),
        organizations::Document::openapi(),
        organizations::members::Document::openapi(),
        organizations::invitations::Document::openapi(),
        permissions::Document::openapi(),
        api_keys::Document::openapi(),
        usage::Document::openapi(),
        audit::Document::openapi(),
        platform::Document::openapi(),
    ]
}

/// Declares who does this floor's jobs, and answers what recurs.
pub fn handle_jobs(registry: &mut Registry, mailer: &Mailer, links: &accounts::Links) -> Vec<Schedule> {
    accounts::register(registry, mailer, links);
    accounts::schedules()
}
