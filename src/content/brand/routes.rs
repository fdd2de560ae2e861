//! HTTP of the brand.

use ground::{
    db::Db,
    words::{EntryId, SiteId},
};
use machinery::web::{Answer, Body, PAGE_PARAMETERS, Page, PageRequest, UrlQuery};
use rocket::{Route, State, get, post, put, serde::json::Json};
use serde::Deserialize;
use tenants::{
    permissions::{ManageBrand, ViewContent},
    scope::May,
};
use utoipa::{OpenApi, ToSchema};

use super::{
    Adopt, BrandChange, BrandDocument, BrandError, BrandRevision, BrandWish, Drift, DriftFilter, Impact, Push, Pushed,
    Standing,
};
use crate::types::Catalogue;

/// All routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![list, find, save, publish, impact, revisions, drift, push, adopt, standing]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(
    paths(list, find, save, publish, impact, revisions, drift, push, adopt, standing),
    components(schemas(BrandWish))
)]
pub struct Document;

/// What is to be published.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BrandPublishing {
    /// Number of the newest state: what is published is what was seen.
    revision: u32,
}

/// What the organization says once for all entries, by type
#[utoipa::path(tag = "Brand", responses((status = 200, body = Vec<BrandDocument>)))]
#[get("/brand/types")]
async fn list(
    scope: May<ViewContent>,
    query: UrlQuery<'_>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<Vec<BrandDocument>> {
    query.refuse_unknown(&[])?;
    let catalogue = catalogue.inner().clone();
    Ok(Json(db.read(move |conn| super::list(conn, &scope, &*catalogue.of(conn, &*scope)?)).await?))
}

/// What the organization says once for all entries of a type
#[utoipa::path(
    tag = "Brand",
    params(("type_name" = String, Path, description = "The type's name")),
    responses((status = 200, body = BrandDocument))
)]
#[get("/brand/types/<type_name>")]
async fn find(
    scope: May<ViewContent>,
    type_name: &str,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<BrandDocument> {
    let (catalogue, name) = (catalogue.inner().clone(), type_name.to_owned());
    Ok(Json(db.read(move |conn| super::find(conn, &scope, &*catalogue.of(conn, &*scope)?, &name)).await?))
}

/// Save a new state of a type's brand
///
/// Visitors see it once it is published; previews show it at once.
#[utoipa::path(
    tag = "Brand",
    request_body = BrandChange, params(("type_name" = String, Path, description = "The type's name")),
    responses((status = 200, body = BrandDocument))
)]
#[put("/brand/types/<type_name>", data = "<change>")]
async fn save(
    scope: May<ManageBrand>,
    type_name: &str,
    change: Body<BrandChange>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<BrandDocument> {
    let (catalogue, name) = (catalogue.inner().clone(), type_name.to_owned());
    Ok(Json(db.write(move |tx| super::save(tx, &scope, &catalogue, &name, &change.0)).await?))
}

/// Let visitors of all sites see the newest state of a type's brand
#[utoipa::path(
    tag = "Brand",
    request_body = BrandPublishing, params(("type_name" = String, Path, description = "The type's name")),
    responses((status = 200, body = BrandDocument))
)]
#[post("/brand/types/<type_name>/publish", data = "<wish>")]
async fn publish(
    scope: May<ManageBrand>,
    type_name: &str,
    wish: Body<BrandPublishing>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<BrandDocument> {
    let (catalogue, name) = (catalogue.inner().clone(), type_name.to_owned());
    Ok(Json(db.write(move |tx| super::publish(tx, &scope, &catalogue, &name, wish.0.revision)).await?))
}

/// What publishing the newest state of a type's brand would change
///
/// Field by field, with how many entries show something else afterwards. Entries are counted by their newest revision.
#[utoipa::path(
    tag = "Brand",
    params(("type_name" = String, Path, description = "The type's name")),
    responses((status = 200, body = Impact))
)]
#[get("/brand/types/<type_name>/impact")]
async fn impact(
    scope: May<ViewContent>,
    type_name: &str,
    query: UrlQuery<'_>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<Impact> {
    query.refuse_unknown(&[])?;
    let (catalogue, name) = (catalogue.inner().clone(), type_name.to_owned());
    Ok(Json(db.scan(move |conn| super::impact(conn, &scope, &*catalogue.of(conn, &*scope)?, &name)).await?))
}

/// The states of a type's brand, the newest first
#[utoipa::path(
    tag = "Brand",
    params(
        ("type_name" = String, Path, description = "The type's name"),
        ("page" = Option<u32>, Query, description = "Page, from 1"),
        ("page_size" = Option<u32>, Query, description = "States of a page"),
    ),
    responses((status = 200, body = Page<BrandRevision>))
)]
#[get("/brand/types/<type_name>/revisions")]
async fn revisions(
    scope: May<ViewContent>,
    type_name: &str,
    query: UrlQuery<'_>,
    page: PageRequest,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<Page<BrandRevision>> {
    query.refuse_unknown(&PAGE_PARAMETERS)?;
    let (catalogue, name) = (catalogue.inner().clone(), type_name.to_owned());
    let (limit, offset) = (page.limit(), page.offset());
    let found = move |conn: &ground::db::Conn| {
        super::revisions(conn, &scope, &*catalogue.of(conn, &*scope)?, &name, limit, offset)
    };
    let (count, revisions) = db.read(found).await?;
    Ok(Json(Page::new(&page, count, revisions)))
}

/// Which entries have a value of their own where the brand has one, since when
#[utoipa::path(
    tag = "Brand",
    params(
        ("type" = Option<String>, Query, description = "Only entries of this type"),
        ("field" = Option<String>, Query, description = "Only this field"),
        ("site" = Option<String>, Query, description = "Only entries of the site with this id"),
        ("page" = Option<u32>, Query, description = "Page, from 1"),
        ("page_size" = Option<u32>, Query, description = "Lines of a page"),
    ),
    responses((status = 200, body = Page<Drift>))
)]
#[get("/brand/drift")]
async fn drift(
    scope: May<ViewContent>,
    query: UrlQuery<'_>,
    page: PageRequest,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<Page<Drift>> {
    query.refuse_unknown(&[&["type", "field", "site"][..], &PAGE_PARAMETERS].concat())?;
    let filter = DriftFilter {
        content_type: query.get("type").map(str::to_owned),
        field: query.get("field").map(str::to_owned),
        site: query.parsed("site", "the id of a site")?,
    };
    let (catalogue, limit, offset) = (catalogue.inner().clone(), page.limit(), page.offset());
    let found = move |conn: &ground::db::Conn| {
        super::drift(conn, &scope, &*catalogue.of(conn, &*scope)?, &filter, limit, offset)
    };
    let (count, drift) = db.scan(found).await?;
    Ok(Json(Page::new(&page, count, drift)))
}

/// Let entries give values of their own up, so that they have the brand's
///
/// In one transaction, with an answer for each; one that fails does not stop the others.
#[utoipa::path(tag = "Brand", request_body = Push, responses((status = 200, body = Vec<Pushed>)))]
#[post("/brand/drift/push", data = "<wish>")]
async fn push(
    scope: May<ManageBrand>,
    wish: Body<Push>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<Vec<Pushed>> {
    let catalogue = catalogue.inner().clone();
    let pushed = db.write(move |tx| super::push(tx, &scope, &*catalogue.of(tx, &*scope)?, &wish.0));
    Ok(Json(pushed.await?))
}

/// Take an entry's own value as the brand's, as a new state that is not published yet
#[utoipa::path(tag = "Brand", request_body = Adopt, responses((status = 200, body = BrandDocument)))]
#[post("/brand/drift/adopt", data = "<wish>")]
async fn adopt(
    scope: May<ManageBrand>,
    wish: Body<Adopt>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<BrandDocument> {
    let catalogue = catalogue.inner().clone();
    Ok(Json(db.write(move |tx| super::adopt(tx, &scope, &catalogue, &wish.0)).await?))
}

/// Whose values an entry shows: its own, or the brand's
#[utoipa::path(
    tag = "Brand",
    params(("site" = String, Path, description = "The site's id"), ("id" = String, Path, description = "The entry's id")),
    responses((status = 200, body = Vec<Standing>))
)]
#[get("/sites/<site>/entries/<id>/brand")]
async fn standing(
    scope: May<ViewContent>,
    site: &str,
    id: &str,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<Vec<Standing>> {
    let site: SiteId = site.parse().map_err(|_| BrandError::NotFound)?;
    let id: EntryId = id.parse().map_err(|_| BrandError::NotFound)?;
    let catalogue = catalogue.inner().clone();
    Ok(Json(db.read(move |conn| super::standing(conn, &scope, &*catalogue.of(conn, &*scope)?, site, id)).await?))
}
