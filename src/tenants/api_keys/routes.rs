//! HTTP of API keys.

use ground::{db::Db, words::ApiKeyId};
use machinery::web::{Answer, Body, Created, Empty, Problem};
use rocket::{Route, State, delete, get, patch, post, serde::json::Json};
use utoipa::OpenApi;

use super::{ApiKey, ApiKeyChange, ApiKeyError, CreatedApiKey, NewApiKey};
use crate::{permissions::ManageApiKeys, scope::May, usage::Quota};

/// The limits of a key that names none, from the settings. Managed by Rocket.
#[derive(Clone, Copy, Debug)]
pub struct DefaultQuota(pub Quota);

/// All routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![list, create, show, update, revoke]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(list, create, show, update, revoke))]
pub struct Document;

/// The organization's keys.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub(super) struct ApiKeys {
    /// The newest first.
    results: Vec<ApiKey>,
}

/// All API keys that were not revoked
#[utoipa::path(tag = "API keys", responses((status = 200, body = ApiKeys)))]
#[get("/api-keys")]
async fn list(scope: May<ManageApiKeys>, db: &State<Db>) -> Answer<ApiKeys> {
    let results = db.read(move |conn| super::list(conn, &*scope)).await?;
    Ok(Json(ApiKeys { results }))
}

/// Make a key; the answer is the only place that shows it
#[utoipa::path(tag = "API keys", request_body = NewApiKey, responses((status = 201, body = CreatedApiKey)))]
#[post("/api-keys", data = "<new>")]
async fn create(
    scope: May<ManageApiKeys>,
    new: Body<NewApiKey>,
    defaults: &State<DefaultQuota>,
    db: &State<Db>,
) -> Result<Created<CreatedApiKey>, Problem> {
    let defaults = defaults.0;
    Ok(Created(db.write(move |tx| super::create(tx, &scope, defaults, new.0)).await?))
}

/// One API key
#[utoipa::path(tag = "API keys", params(("id" = String, Path, description = "The key's id")), responses((status = 200, body = ApiKey)))]
#[get("/api-keys/<id>")]
async fn show(scope: May<ManageApiKeys>, id: &str, db: &State<Db>) -> Answer<ApiKey> {
    let id = parsed(id)?;
    Ok(Json(db.read(move |conn| super::find(conn, &*scope, id)).await?))
}

/// Change a key's name, limits or end, suspend or resume it
#[utoipa::path(tag = "API keys", params(("id" = String, Path, description = "The key's id")), request_body = ApiKeyChange, responses((status = 200, body = ApiKey)))]
#[patch("/api-keys/<id>", data = "<wish>")]
async fn update(scope: May<ManageApiKeys>, id: &str, wish: Body<ApiKeyChange>, db: &State<Db>) -> Answer<ApiKey> {
    let id = parsed(id)?;
    Ok(Json(db.write(move |tx| super::update(tx, &scope, id, wish.0)).await?))
}

/// End a key for good
#[utoipa::path(tag = "API keys", params(("id" = String, Path, description = "The key's id")), responses((status = 204, description = "The key is refused from now on")))]
#[delete("/api-keys/<id>")]
async fn revoke(scope: May<ManageApiKeys>, id: &str, db: &State<Db>) -> Result<Empty, Problem> {
    let id = parsed(id)?;
    db.write(move |tx| super::revoke(tx, &scope, id)).await?;
    Ok(Empty)
}

fn parsed(id: &str) -> Result<ApiKeyId, Problem> {
    id.parse().map_err(|_| ApiKeyError::NotFound.into())
}
