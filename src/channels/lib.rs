//! Floor 4: what the world reads and receives. The public API, websites, search, the dashboard's files, the documentation,
//! the first run, and content on its way in.
//!
//! The routes expect these states of Rocket beside those of the floors below: [`public_api::PublicApi`], [`search::Search`],
//! [`dashboard::FrontDoor`], [`docs::ApiDocument`], [`setup::Setup`], [`transfer::Exports`],
//! [`transfer::Imports`].

pub mod dashboard;
pub mod demo;
pub mod docs;
mod embedded;
pub mod kept;
pub mod public_api;
pub mod search;
pub mod setup;
pub mod sites;
pub mod transfer;

use machinery::jobs::{Registry, schedule::Schedule};
use rocket::Route;
use utoipa::{OpenApi, openapi};

/// Where the public API stands.
const PUBLIC_API: &str = "/api/public/v1";
/// Where the admin API stands.
const ADMIN_API: &str = "/api/v1";

/// The routes of this floor, each with the address that they are mounted at.
pub fn routes() -> Vec<(&'static str, Vec<Route>)> {
    vec![
        (PUBLIC_API, public_api::routes()),
        (ADMIN_API, search::routes()),
        (ADMIN_API, setup::routes()),
        (ADMIN_API, transfer::translations::routes()),
        (ADMIN_API, transfer::table::routes()),
        (ADMIN_API, transfer::alpinebits::routes()),
        (ADMIN_API, transfer::exports::routes()),
        (ADMIN_API, transfer::imports::routes()),
        (ADMIN_API, docs::api_routes()),
        ("/", docs::routes()),
        ("/", dashboard::routes()),
        ("/", sites::routes()),
        ("/", demo::routes()),
    ]
}

/// The documented ones, for the OpenAPI document.
pub fn documents() -> Vec<(&'static str, openapi::OpenApi)> {
    vec![
        (PUBLIC_API, public_api::Document::openapi()),
        (ADMIN_API, search::Document::openapi()),
        (ADMIN_API, setup::Document::openapi()),
        (ADMIN_API, transfer::translations::Document::openapi()),
        (ADMIN_API, transfer::table::Document::openapi()),
        (ADMIN_API, transfer::alpinebits::Document::openapi()),
        (ADMIN_API, transfer::exports::Document::openapi()),
        (ADMIN_API, transfer::imports::Document::openapi()),
        (ADMIN_API, docs::Document::openapi()),
    ]
}

/// Declares who does this floor's jobs, and answers when some are to run.
pub fn handle_jobs(registry: &mut Registry, exports: &transfer::Exports, imports: &transfer::Imports) -> Vec<Schedule> {
    transfer::exports::handle_jobs(registry, exports);
    transfer::imports::handle_jobs(registry, imports);
    vec![transfer::exports::maintain(registry, exports), transfer::imports::maintain(registry, imports)]
}
