//! HTTP of copies.

use ground::{
    db::Db,
    words::{EntryId, SiteId},
};
use machinery::web::{Answer, Body, Created, Problem, UrlQuery};
use rocket::{Route, State, get, post, serde::json::Json};
use tenants::{
    permissions::{EditContent, ManageSites, ViewContent},
    scope::May,
};
use utoipa::OpenApi;

use super::{Copied, CopyWish, SiteCopy, SiteCopyWish};
use crate::{entries::EntryError, types::Catalogue};

/// All routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![copy, copy_site, find_copy]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(copy, copy_site, find_copy))]
pub struct Document;

/// Copy an entry as a draft, alone or with everything that belongs to it
///
/// On its site or to another one of the organization. References among what is copied lead to the copies.
#[utoipa::path(
    tag = "Entries",
    request_body = CopyWish,
    params(("site" = String, Path, description = "The site's id"), ("id" = String, Path, description = "The entry's id")),
    responses((status = 201, body = Copied))
)]
#[post("/sites/<site>/entries/<id>/copy", data = "<wish>")]
async fn copy(
    scope: May<EditContent>,
    site: &str,
    id: &str,
    wish: Body<CopyWish>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Result<Created<Copied>, Problem> {
    let (site, id) = (parsed(site)?, id.parse::<EntryId>().map_err(|_| EntryError::NotFound)?);
    let catalogue = catalogue.inner().clone();
    let copied = db.write(move |tx| super::copy(tx, &scope, &*catalogue.of(tx, &*scope)?, site, id, &wish.0));
    Ok(Created(copied.await?))
}

/// Make a site from another, with its languages, settings and entries
///
/// Small sites are there with the answer; of large ones it says `copying`, and `GET` of the same address below the new site
/// says how far it is. Until it is `done` the site cannot be published.
#[utoipa::path(
    tag = "Sites",
    request_body = SiteCopyWish, params(("site" = String, Path, description = "The id of the site to be copied")),
    responses((status = 201, body = SiteCopy))
)]
#[post("/sites/<site>/copy", data = "<wish>")]
async fn copy_site(
    scope: May<ManageSites>,
    site: &str,
    wish: Body<SiteCopyWish>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Result<Created<SiteCopy>, Problem> {
    let site = parsed(site)?;
    let catalogue = catalogue.inner().clone();
    let copied = db.write(move |tx| super::copy_site(tx, &scope, &*catalogue.of(tx, &*scope)?, site, wish.0));
    Ok(Created(copied.await?))
}

/// How far a site is that was made from another, and what each entry has become
#[utoipa::path(
    tag = "Sites",
    params(("site" = String, Path, description = "The id of the site that was made")),
    responses((status = 200, body = SiteCopy))
)]
#[get("/sites/<site>/copy")]
async fn find_copy(scope: May<ViewContent>, site: &str, query: UrlQuery<'_>, db: &State<Db>) -> Answer<SiteCopy> {
    query.refuse_unknown(&[])?;
    let site = parsed(site)?;
    Ok(Json(db.scan(move |conn| super::copy_of(conn, &scope, site)).await?))
}

fn parsed(id: &str) -> Result<SiteId, Problem> {
    id.parse().map_err(|_| EntryError::NotFound.into())
}
