//! HTTP of sites.

use ground::{db::Db, words::SiteId};
use machinery::web::{Answer, Body, Created, Empty, Problem, UrlQuery};
use rocket::{Route, State, delete, get, patch, post, serde::json::Json};
use serde::Serialize;
use tenants::{
    permissions::{ManageSites, ViewContent},
    scope::May,
};
use utoipa::{OpenApi, ToSchema};

use super::{NewSite, Site, SiteChange, SiteError};

/// All routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![list, create, find, update, remove, publish, unpublish]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(list, create, find, update, remove, publish, unpublish))]
pub struct Document;

/// The sites of an organization.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Sites {
    /// How many there are.
    count: usize,
    /// The sites by name.
    results: Vec<Site>,
}

/// The sites that you may work on
#[utoipa::path(tag = "Sites", responses((status = 200, body = Sites)))]
#[get("/sites")]
async fn list(scope: May<ViewContent>, query: UrlQuery<'_>, db: &State<Db>) -> Answer<Sites> {
    query.refuse_unknown(&[])?;
    let results = db.read(move |conn| super::list(conn, &scope)).await?;
    Ok(Json(Sites { count: results.len(), results }))
}

/// Make a site
#[utoipa::path(tag = "Sites", request_body = NewSite, responses((status = 201, body = Site)))]
#[post("/sites", data = "<new>")]
async fn create(scope: May<ManageSites>, new: Body<NewSite>, db: &State<Db>) -> Result<Created<Site>, Problem> {
    Ok(Created(db.write(move |tx| super::create(tx, &scope, new.0)).await?))
}

/// One site
#[utoipa::path(tag = "Sites", params(("id" = String, Path, description = "The site's id")), responses((status = 200, body = Site)))]
#[get("/sites/<id>")]
async fn find(scope: May<ViewContent>, id: &str, db: &State<Db>) -> Answer<Site> {
    let id = parsed(id)?;
    Ok(Json(db.read(move |conn| super::find(conn, &scope, id)).await?))
}

/// Change a site's name, address, languages or settings
#[utoipa::path(tag = "Sites", request_body = SiteChange, params(("id" = String, Path, description = "The site's id")), responses((status = 200, body = Site)))]
#[patch("/sites/<id>", data = "<wish>")]
async fn update(scope: May<ManageSites>, id: &str, wish: Body<SiteChange>, db: &State<Db>) -> Answer<Site> {
    let id = parsed(id)?;
    Ok(Json(db.write(move |tx| super::update(tx, &scope, id, wish.0)).await?))
}

/// Delete a site that is off line, with all of its content
#[utoipa::path(tag = "Sites", params(("id" = String, Path, description = "The site's id")), responses((status = 204, description = "It is gone")))]
#[delete("/sites/<id>")]
async fn remove(scope: May<ManageSites>, id: &str, db: &State<Db>) -> Result<Empty, Problem> {
    let id = parsed(id)?;
    db.write(move |tx| super::delete(tx, &scope, id)).await?;
    Ok(Empty)
}

/// Let the world see a site
#[utoipa::path(tag = "Sites", params(("id" = String, Path, description = "The site's id")), responses((status = 200, body = Site)))]
#[post("/sites/<id>/publish")]
async fn publish(scope: May<ManageSites>, id: &str, db: &State<Db>) -> Answer<Site> {
    let id = parsed(id)?;
    Ok(Json(db.write(move |tx| super::publish(tx, &scope, id)).await?))
}

/// Take a site off line
#[utoipa::path(tag = "Sites", params(("id" = String, Path, description = "The site's id")), responses((status = 200, body = Site)))]
#[post("/sites/<id>/unpublish")]
async fn unpublish(scope: May<ManageSites>, id: &str, db: &State<Db>) -> Answer<Site> {
    let id = parsed(id)?;
    Ok(Json(db.write(move |tx| super::unpublish(tx, &scope, id)).await?))
}

fn parsed(id: &str) -> Result<SiteId, Problem> {
    id.parse().map_err(|_| SiteError::NotFound.into())
}
