//! Floor 3: what an organization says. Declared types, sites, entries with their revisions and published views, formatted
//! text. Nothing here knows what a room is: the declarations in `assets/` do.

pub mod booking;
pub mod brand;
pub mod checks;
pub mod copying;
pub mod custom_types;
pub mod entries;
pub mod forms;
pub mod media;
pub mod navigation;
mod notices;
pub mod plans;
pub mod preview_links;
pub mod redirects;
pub mod releases;
pub mod rich_text;
pub mod shapes;
pub mod sites;
#[cfg(test)]
mod testing;
pub mod types;

use machinery::jobs::{Registry, schedule::Schedule};
use rocket::Route;
use tenants::accounts::Links;
use utoipa::OpenApi;

/// The routes of this floor, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    [
        types::routes(),
        custom_types::routes(),
        brand::routes(),
        sites::routes(),
        media::routes(),
        entries::routes(),
        forms::routes(),
        preview_links::routes(),
        releases::routes(),
        checks::routes(),
        copying::routes(),
    ]
    .concat()
}

/// The files of the library, mounted at `/`.
pub fn file_routes() -> Vec<Route> {
    media::file_routes()
}

/// The same routes for the OpenAPI document.
pub fn documents() -> Vec<utoipa::openapi::OpenApi> {
    let mut documents = vec![types::RouteDocument::openapi(), sites::Document::openapi(), media::Document::openapi()];
    documents.push(custom_types::Document::openapi());
    documents.push(brand::Document::openapi());
    documents.extend(entries::documents());
    documents.push(forms::Document::openapi());
    documents.push(releases::Document::openapi());
    documents.push(checks::Document::openapi());
    documents.push(copying::Document::openapi());
    documents.push(preview_links::Document::openapi());
    documents
}

/// Declares who does this floor's jobs, and answers when some are to run.
pub fn handle_jobs(
    registry: &mut Registry,
    catalogue: &types::Catalogue,
    library: &media::Library,
    links: &Links,
) -> Vec<Schedule> {
    notices::handle_jobs(registry, catalogue, links);
    media::handle_jobs(registry, library);
    entries::handle_jobs(registry, catalogue);
    releases::handle_jobs(registry, catalogue);
    brand::handle_jobs(registry, catalogue);
    copying::handle_jobs(registry, catalogue);
    vec![
        media::maintain(registry, library),
        entries::bin::maintain(registry),
        entries::changes::maintain(registry),
        entries::check_each_night(registry),
        forms::maintain(registry),
    ]
}
