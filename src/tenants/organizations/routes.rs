//! HTTP of organizations: the current one for its members, all of them for the platform's operator.

use ground::{db::Db, words::OrganizationId};
use machinery::web::{Answer, Body, PAGE_PARAMETERS, Page, PageRequest, Problem, UrlQuery};
use rocket::{Route, State, get, patch, post, serde::json::Json};
use utoipa::OpenApi;

use super::{Counted, Organization, OrganizationChange, OrganizationError};
use crate::{
    accounts::Superuser,
    permissions::{ManageOrganization, ViewOrganization},
    scope::May,
};

/// All routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![current, update, list, suspend, resume]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(current, update, list, suspend, resume))]
pub struct Document;

/// The organization that you act in
#[utoipa::path(tag = "Organization", responses((status = 200, body = Organization)))]
#[get("/organizations/current")]
async fn current(scope: May<ViewOrganization>, db: &State<Db>) -> Answer<Organization> {
    Ok(Json(db.read(move |conn| super::current(conn, &*scope)).await?))
}

/// Change its name and settings
#[utoipa::path(tag = "Organization", request_body = OrganizationChange, responses((status = 200, body = Organization)))]
#[patch("/organizations/current", data = "<wish>")]
async fn update(
    scope: May<ManageOrganization>,
    wish: Body<OrganizationChange>,
    db: &State<Db>,
) -> Answer<Organization> {
    Ok(Json(db.write(move |tx| super::update(tx, &scope, wish.0)).await?))
}

/// All organizations of the installation
#[utoipa::path(
    tag = "Operator",
    params(
        ("page" = Option<u32>, Query, description = "Page, from 1"),
        ("page_size" = Option<u32>, Query, description = "Entries of a page"),
        ("search" = Option<String>, Query, description = "Part of a name or slug"),
    ),
    responses((status = 200, body = Page<Counted>))
)]
#[get("/admin/organizations")]
async fn list(_operator: Superuser, page: PageRequest, query: UrlQuery<'_>, db: &State<Db>) -> Answer<Page<Counted>> {
    query.refuse_unknown(&[PAGE_PARAMETERS[0], PAGE_PARAMETERS[1], "search"])?;
    let search = query.get("search").filter(|text| !text.is_empty()).map(str::to_owned);
    let (limit, offset) = (page.limit(), page.offset());
    let (count, found) = db.scan(move |conn| super::list(conn, search.as_deref(), limit, offset)).await?;
    Ok(Json(Page::new(&page, count, found)))
}

/// Take an organization off line
#[utoipa::path(tag = "Operator", params(("id" = String, Path, description = "The organization's id")), responses((status = 200, body = Organization)))]
#[post("/admin/organizations/<id>/suspend")]
async fn suspend(operator: Superuser, id: &str, db: &State<Db>) -> Answer<Organization> {
    let id = parsed(id)?;
    Ok(Json(db.write(move |tx| super::suspend(tx, &*operator, id)).await?))
}

/// Bring a suspended organization back
#[utoipa::path(tag = "Operator", params(("id" = String, Path, description = "The organization's id")), responses((status = 200, body = Organization)))]
#[post("/admin/organizations/<id>/resume")]
async fn resume(operator: Superuser, id: &str, db: &State<Db>) -> Answer<Organization> {
    let id = parsed(id)?;
    Ok(Json(db.write(move |tx| super::resume(tx, &*operator, id)).await?))
}

fn parsed(id: &str) -> Result<OrganizationId, Problem> {
    id.parse().map_err(|_| OrganizationError::NotFound.into())
}
