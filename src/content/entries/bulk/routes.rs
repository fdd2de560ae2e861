//! HTTP of what is done to many entries at once.

use ground::db::Db;
use machinery::web::{Answer, Body};
use rocket::{Route, State, post, serde::json::Json};
use tenants::{permissions::EditContent, scope::May};
use utoipa::OpenApi;

use super::{super::routes::site_of, Bulk, Done};
use crate::types::Catalogue;

/// The routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![apply]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(apply))]
pub struct Document;

/// Do the same to many entries, in one transaction, with an answer for each
///
/// One that fails does not stop the others. With `all_or_nothing` nothing is done then, and the refusal names each.
#[utoipa::path(
    tag = "Entries",
    request_body = Bulk, params(("site" = String, Path, description = "The site's id")),
    responses((status = 200, body = Done))
)]
#[post("/sites/<site>/bulk", data = "<wish>")]
async fn apply(
    scope: May<EditContent>,
    site: &str,
    wish: Body<Bulk>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<Done> {
    let site = site_of(site)?;
    let catalogue = catalogue.inner().clone();
    Ok(Json(db.write(move |tx| super::apply(tx, &scope, &*catalogue.of(tx, &*scope)?, site, &wish.0)).await?))
}
