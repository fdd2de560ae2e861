//! HTTP of the bin.

use ground::db::Db;
use machinery::web::{Answer, Body, Empty, PAGE_PARAMETERS, Page, PageRequest, Problem, UrlQuery};
use rocket::{Route, State, delete, get, post, serde::json::Json};
use serde::Deserialize;
use tenants::{
    permissions::{EditContent, PublishContent},
    scope::May,
};
use utoipa::{OpenApi, ToSchema};

use super::{
    super::{
        Returned,
        routes::{both, site_of},
    },
    Deleted,
};
use crate::types::Catalogue;

/// The routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![list, restore, purge]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(list, restore, purge))]
pub struct Document;

/// How an entry comes out of the bin.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TakingOut {
    /// Whether visitors see again what they saw before it was deleted or put aside; otherwise it is a draft, or in the archive
    /// where it was.
    publish: bool,
}

/// What was deleted from a site, the latest first
#[utoipa::path(
    tag = "Bin",
    params(
        ("site" = String, Path, description = "The site's id"),
        ("page" = Option<u32>, Query, description = "Page, from 1"),
        ("page_size" = Option<u32>, Query, description = "Entries of a page"),
    ),
    responses((status = 200, body = Page<Deleted>))
)]
#[get("/sites/<site>/bin")]
async fn list(
    scope: May<EditContent>,
    site: &str,
    query: UrlQuery<'_>,
    page: PageRequest,
    db: &State<Db>,
) -> Answer<Page<Deleted>> {
    query.refuse_unknown(&PAGE_PARAMETERS)?;
    let site = site_of(site)?;
    let (limit, offset) = (page.limit(), page.offset());
    let (count, found) = db.read(move |conn| super::list(conn, &scope, site, limit, offset)).await?;
    Ok(Json(Page::new(&page, count, found)))
}

/// Take an entry out of the bin
#[utoipa::path(
    tag = "Bin",
    request_body = TakingOut, params(("site" = String, Path, description = "The site's id"), ("id" = String, Path, description = "The entry's id")),
    responses((status = 200, body = Returned))
)]
#[post("/sites/<site>/bin/<id>/restore", data = "<wish>")]
async fn restore(
    scope: May<EditContent>,
    site: &str,
    id: &str,
    wish: Body<TakingOut>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<Returned> {
    let (site, id) = both(site, id)?;
    let catalogue = catalogue.inner().clone();
    let publishes = wish.0.publish;
    let restored = db.write(move |tx| super::restore(tx, &scope, &*catalogue.of(tx, &*scope)?, site, id, publishes));
    Ok(Json(restored.await?))
}

/// Delete an entry of the bin for good, with its history
#[utoipa::path(
    tag = "Bin",
    params(("site" = String, Path, description = "The site's id"), ("id" = String, Path, description = "The entry's id")),
    responses((status = 204, description = "It is gone"))
)]
#[delete("/sites/<site>/bin/<id>")]
async fn purge(scope: May<PublishContent>, site: &str, id: &str, db: &State<Db>) -> Result<Empty, Problem> {
    let (site, id) = both(site, id)?;
    db.write(move |tx| super::purge(tx, &scope, site, id)).await?;
    Ok(Empty)
}
