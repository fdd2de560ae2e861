//! HTTP of reviews.

use ground::db::Db;
use machinery::web::{Answer, Body, Created, Problem, UrlQuery};
use rocket::{Route, State, delete, get, post, put, serde::json::Json};
use serde::{Deserialize, Serialize};
use tenants::{
    permissions::{EditContent, ManageSites, PublishContent, ViewContent},
    scope::May,
};
use utoipa::{OpenApi, ToSchema};

use super::{
    super::{
        Entry,
        routes::{both, site_of},
    },
    Answering, Request, Review,
};
use crate::types::Catalogue;

/// The routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![waiting, of_entry, ask, withdraw, approve, send_back, rule, set_rule]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(waiting, of_entry, ask, withdraw, approve, send_back, rule, set_rule))]
pub struct Document;

/// Some reviews.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Reviews {
    /// How many.
    count: usize,
    /// The reviews.
    results: Vec<Review>,
}

/// Whether a site wants approvals.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviewRule {
    /// Whether an entry goes live only after somebody else has approved exactly that revision. Members who may manage
    /// sites publish without.
    is_required: bool,
}

/// What waits for an answer, on all sites
#[utoipa::path(
    tag = "Reviews",
    params(("waiting" = Option<String>, Query, description = "`for_me` (what I can answer; if left out) or `by_me` (what I asked)")),
    responses((status = 200, body = Reviews))
)]
#[get("/reviews")]
async fn waiting(scope: May<ViewContent>, query: UrlQuery<'_>, db: &State<Db>) -> Answer<Reviews> {
    query.refuse_unknown(&["waiting"])?;
    let for_me = match query.get("waiting").unwrap_or("for_me") {
        "for_me" => true,
        "by_me" => false,
        _ => return Err(Problem::parameter_invalid("waiting", "`waiting` is `for_me` or `by_me`.")),
    };
    let results = db.read(move |conn| super::waiting(conn, &scope, for_me)).await?;
    Ok(Json(Reviews { count: results.len(), results }))
}

/// The reviews of an entry, the newest first
#[utoipa::path(
    tag = "Reviews",
    params(("site" = String, Path, description = "The site's id"), ("id" = String, Path, description = "The entry's id")),
    responses((status = 200, body = Reviews))
)]
#[get("/sites/<site>/entries/<id>/reviews")]
async fn of_entry(scope: May<ViewContent>, site: &str, id: &str, db: &State<Db>) -> Answer<Reviews> {
    let (site, id) = both(site, id)?;
    let results = db.read(move |conn| super::of_entry(conn, &scope, site, id)).await?;
    Ok(Json(Reviews { count: results.len(), results }))
}

/// Ask somebody to look at an entry's newest revision
///
/// Any later edit withdraws the request, and an approval too: both are for exactly this revision.
#[utoipa::path(
    tag = "Reviews",
    request_body = Request, params(("site" = String, Path, description = "The site's id"), ("id" = String, Path, description = "The entry's id")),
    responses((status = 201, body = Review))
)]
#[post("/sites/<site>/entries/<id>/review", data = "<wish>")]
async fn ask(
    scope: May<EditContent>,
    site: &str,
    id: &str,
    wish: Body<Request>,
    db: &State<Db>,
) -> Result<Created<Review>, Problem> {
    let (site, id) = both(site, id)?;
    Ok(Created(db.write(move |tx| super::ask(tx, &scope, site, id, &wish.0)).await?))
}

/// Take the open request, or the approval, back
#[utoipa::path(
    tag = "Reviews",
    params(("site" = String, Path, description = "The site's id"), ("id" = String, Path, description = "The entry's id")),
    responses((status = 200, body = Review))
)]
#[delete("/sites/<site>/entries/<id>/review")]
async fn withdraw(scope: May<EditContent>, site: &str, id: &str, db: &State<Db>) -> Answer<Review> {
    let (site, id) = both(site, id)?;
    Ok(Json(db.write(move |tx| super::withdraw(tx, &scope, site, id)).await?))
}

/// Say that the revision may go live, and publish it at once if wanted
#[utoipa::path(
    tag = "Reviews",
    request_body = Answering, params(("site" = String, Path, description = "The site's id"), ("id" = String, Path, description = "The entry's id")),
    responses((status = 200, body = Entry))
)]
#[post("/sites/<site>/entries/<id>/review/approve", data = "<wish>")]
async fn approve(
    scope: May<PublishContent>,
    site: &str,
    id: &str,
    wish: Body<Answering>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<Entry> {
    let (site, id) = both(site, id)?;
    let catalogue = catalogue.inner().clone();
    Ok(Json(db.write(move |tx| super::approve(tx, &scope, &*catalogue.of(tx, &*scope)?, site, id, &wish.0)).await?))
}

/// Send the revision back with a note
#[utoipa::path(
    tag = "Reviews",
    request_body = Answering, params(("site" = String, Path, description = "The site's id"), ("id" = String, Path, description = "The entry's id")),
    responses((status = 200, body = Entry))
)]
#[post("/sites/<site>/entries/<id>/review/send-back", data = "<wish>")]
async fn send_back(
    scope: May<PublishContent>,
    site: &str,
    id: &str,
    wish: Body<Answering>,
    db: &State<Db>,
) -> Answer<Entry> {
    let (site, id) = both(site, id)?;
    Ok(Json(db.write(move |tx| super::send_back(tx, &scope, site, id, &wish.0)).await?))
}

/// Whether a site wants approvals
#[utoipa::path(
    tag = "Reviews",
    params(("site" = String, Path, description = "The site's id")),
    responses((status = 200, body = ReviewRule))
)]
#[get("/sites/<site>/review-rule")]
async fn rule(scope: May<ViewContent>, site: &str, db: &State<Db>) -> Answer<ReviewRule> {
    let site = site_of(site)?;
    let is_required = db.read(move |conn| super::is_required(conn, &scope, site)).await?;
    Ok(Json(ReviewRule { is_required }))
}

/// Let a site want approvals, or no longer
#[utoipa::path(
    tag = "Reviews",
    request_body = ReviewRule, params(("site" = String, Path, description = "The site's id")),
    responses((status = 200, body = ReviewRule))
)]
#[put("/sites/<site>/review-rule", data = "<wish>")]
async fn set_rule(scope: May<ManageSites>, site: &str, wish: Body<ReviewRule>, db: &State<Db>) -> Answer<ReviewRule> {
    let site = site_of(site)?;
    let is_wanted = wish.0.is_required;
    let is_required = db.write(move |tx| super::set_required(tx, &scope, site, is_wanted)).await?;
    Ok(Json(ReviewRule { is_required }))
}
