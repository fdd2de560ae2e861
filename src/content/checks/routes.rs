//! HTTP of the checks' rules, and of what they found on a site.

use std::collections::BTreeMap;

use ground::{db::Db, words::SiteId};
use machinery::web::{Answer, Body, UrlQuery};
use rocket::{Route, State, get, put, serde::json::Json};
use serde::{Deserialize, Serialize};
use tenants::{
    permissions::{ManageTypes, ViewContent},
    scope::May,
};
use utoipa::{OpenApi, ToSchema};

use super::{Board, CheckRule, Level};
use crate::sites::SiteError;

/// All routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![list, put_levels, board]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(list, put_levels, board))]
pub struct Document;

/// The rules of the checks.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CheckRules {
    /// How many there are.
    count: usize,
    /// The rules.
    results: Vec<CheckRule>,
}

/// What is said of rules.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LevelsToSet {
    /// By the name of the rule. One that is left out goes back to what it comes with.
    levels: BTreeMap<String, Level>,
}

/// The rules that content is checked by when it is published
#[utoipa::path(tag = "Checks", responses((status = 200, body = CheckRules)))]
#[get("/checks")]
async fn list(scope: May<ViewContent>, query: UrlQuery<'_>, db: &State<Db>) -> Answer<CheckRules> {
    query.refuse_unknown(&[])?;
    let results = db.read(move |conn| super::rules_of(conn, &scope)).await?;
    Ok(Json(CheckRules { count: results.len(), results }))
}

/// Say which rules warn, which refuse and which are off
#[utoipa::path(tag = "Checks", request_body = LevelsToSet, responses((status = 200, body = CheckRules)))]
#[put("/checks", data = "<wish>")]
async fn put_levels(scope: May<ManageTypes>, wish: Body<LevelsToSet>, db: &State<Db>) -> Answer<CheckRules> {
    let results = db.write(move |tx| super::put_levels(tx, &scope, wish.0.levels)).await?;
    Ok(Json(CheckRules { count: results.len(), results }))
}

/// What is published on a site and fails a check, and what of it ends within thirty days
///
/// As it was found when each entry was published, or in the last night.
#[utoipa::path(
    tag = "Checks",
    params(("site" = String, Path, description = "The site's id")),
    responses((status = 200, body = Board))
)]
#[get("/sites/<site>/checks")]
async fn board(scope: May<ViewContent>, site: &str, query: UrlQuery<'_>, db: &State<Db>) -> Answer<Board> {
    query.refuse_unknown(&[])?;
    let site: SiteId = site.parse().map_err(|_| SiteError::NotFound)?;
    Ok(Json(db.scan(move |conn| super::board(conn, &scope, site)).await?))
}
