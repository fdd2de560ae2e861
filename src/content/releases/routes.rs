//! HTTP of releases.

use ground::{
    db::Db,
    words::{EntryId, ReleaseId},
};
use machinery::web::{Answer, Body, Created, Empty, Problem, UrlQuery};
use rocket::{Route, State, delete, get, post, put, serde::json::Json};
use serde::Serialize;
use tenants::{
    permissions::{EditContent, PublishContent, ViewContent},
    scope::May,
};
use utoipa::{OpenApi, ToSchema};

use super::{ItemWish, NewRelease, Release, ReleaseError, ReleaseState, RollingBack, Timing};
use crate::types::Catalogue;

/// All routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![list, create, find, rename, remove, put_item, remove_item, schedule, unschedule, go_live, roll_back]
}

/// The same routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(list, create, find, rename, remove, put_item, remove_item, schedule, unschedule, go_live, roll_back))]
pub struct Document;

/// The releases of an organization.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Releases {
    /// How many.
    count: usize,
    /// The releases, the newest first.
    results: Vec<Release>,
}

/// The releases on whose sites you may act, the newest first
#[utoipa::path(
    tag = "Releases",
    params(("state" = Option<String>, Query, description = "Only in this state: open, scheduled, live, rolled_back, failed")),
    responses((status = 200, body = Releases))
)]
#[get("/releases")]
async fn list(scope: May<ViewContent>, query: UrlQuery<'_>, db: &State<Db>) -> Answer<Releases> {
    query.refuse_unknown(&["state"])?;
    let state = match query.get("state").filter(|name| !name.is_empty()) {
        None => None,
        Some(name) => Some(ReleaseState::from_name(name).ok_or_else(|| {
            Problem::parameter_invalid("state", "`state` must be one of open, scheduled, live, rolled_back, failed.")
        })?),
    };
    let results = db.scan(move |conn| super::list(conn, &scope, state)).await?;
    Ok(Json(Releases { count: results.len(), results }))
}

/// Make a release
#[utoipa::path(tag = "Releases", request_body = NewRelease, responses((status = 201, body = Release)))]
#[post("/releases", data = "<new>")]
async fn create(scope: May<EditContent>, new: Body<NewRelease>, db: &State<Db>) -> Result<Created<Release>, Problem> {
    Ok(Created(db.write(move |tx| super::create(tx, &scope, &new.0)).await?))
}

/// One release with its items
#[utoipa::path(tag = "Releases", params(("release" = String, Path, description = "The release's id")), responses((status = 200, body = Release)))]
#[get("/releases/<release>")]
async fn find(scope: May<ViewContent>, release: &str, db: &State<Db>) -> Answer<Release> {
    let id = parsed(release)?;
    Ok(Json(db.read(move |conn| super::find(conn, &scope, id)).await?))
}

/// Give a release another name and note
#[utoipa::path(
    tag = "Releases",
    request_body = NewRelease, params(("release" = String, Path, description = "The release's id")),
    responses((status = 200, body = Release))
)]
#[put("/releases/<release>", data = "<wish>")]
async fn rename(scope: May<EditContent>, release: &str, wish: Body<NewRelease>, db: &State<Db>) -> Answer<Release> {
    let id = parsed(release)?;
    Ok(Json(db.write(move |tx| super::rename(tx, &scope, id, &wish.0)).await?))
}

/// Forget a release; what visitors see stays
#[utoipa::path(tag = "Releases", params(("release" = String, Path, description = "The release's id")), responses((status = 204, description = "It is gone")))]
#[delete("/releases/<release>")]
async fn remove(scope: May<EditContent>, release: &str, db: &State<Db>) -> Result<Empty, Problem> {
    let id = parsed(release)?;
    db.write(move |tx| super::delete(tx, &scope, id)).await?;
    Ok(Empty)
}

/// Add an entry to a release, or say otherwise what happens to it
#[utoipa::path(
    tag = "Releases",
    request_body = ItemWish,
    params(("release" = String, Path, description = "The release's id"), ("entry" = String, Path, description = "The entry's id")),
    responses((status = 200, body = Release))
)]
#[put("/releases/<release>/items/<entry>", data = "<wish>")]
async fn put_item(
    scope: May<EditContent>,
    release: &str,
    entry: &str,
    wish: Body<ItemWish>,
    db: &State<Db>,
) -> Answer<Release> {
    let (id, entry) = with_entry(release, entry)?;
    Ok(Json(db.write(move |tx| super::put_item(tx, &scope, id, entry, wish.0)).await?))
}

/// Take an entry out of a release
#[utoipa::path(
    tag = "Releases",
    params(("release" = String, Path, description = "The release's id"), ("entry" = String, Path, description = "The entry's id")),
    responses((status = 200, body = Release))
)]
#[delete("/releases/<release>/items/<entry>")]
async fn remove_item(scope: May<EditContent>, release: &str, entry: &str, db: &State<Db>) -> Answer<Release> {
    let (id, entry) = with_entry(release, entry)?;
    Ok(Json(db.write(move |tx| super::remove_item(tx, &scope, id, entry)).await?))
}

/// Let a release go live at a local time
#[utoipa::path(
    tag = "Releases",
    request_body = Timing, params(("release" = String, Path, description = "The release's id")),
    responses((status = 200, body = Release))
)]
#[put("/releases/<release>/schedule", data = "<wish>")]
async fn schedule(scope: May<PublishContent>, release: &str, wish: Body<Timing>, db: &State<Db>) -> Answer<Release> {
    let id = parsed(release)?;
    Ok(Json(db.write(move |tx| super::schedule(tx, &scope, id, &wish.0)).await?))
}

/// Take a release's time back
#[utoipa::path(tag = "Releases", params(("release" = String, Path, description = "The release's id")), responses((status = 200, body = Release)))]
#[delete("/releases/<release>/schedule")]
async fn unschedule(scope: May<PublishContent>, release: &str, db: &State<Db>) -> Answer<Release> {
    let id = parsed(release)?;
    Ok(Json(db.write(move |tx| super::unschedule(tx, &scope, id)).await?))
}

/// Let a release go live now, all of it or nothing
///
/// Where an entry stands in the way nothing is changed; `errors` of the refusal names each of them and why.
#[utoipa::path(tag = "Releases", params(("release" = String, Path, description = "The release's id")), responses((status = 200, body = Release)))]
#[post("/releases/<release>/publish")]
async fn go_live(
    scope: May<PublishContent>,
    release: &str,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<Release> {
    let id = parsed(release)?;
    let catalogue = catalogue.inner().clone();
    Ok(Json(db.write(move |tx| super::go_live(tx, &scope, &*catalogue.of(tx, &*scope)?, id)).await?))
}

/// Show again what visitors saw before a release, all of it or nothing
///
/// What was changed since is refused by name, unless `force` is sent.
#[utoipa::path(
    tag = "Releases",
    request_body = RollingBack, params(("release" = String, Path, description = "The release's id")),
    responses((status = 200, body = Release))
)]
#[post("/releases/<release>/rollback", data = "<wish>")]
async fn roll_back(
    scope: May<PublishContent>,
    release: &str,
    wish: Body<RollingBack>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<Release> {
    let id = parsed(release)?;
    let catalogue = catalogue.inner().clone();
    Ok(Json(db.write(move |tx| super::roll_back(tx, &scope, &*catalogue.of(tx, &*scope)?, id, wish.0)).await?))
}

fn parsed(id: &str) -> Result<ReleaseId, Problem> {
    id.parse().map_err(|_| ReleaseError::NotFound.into())
}

fn with_entry(release: &str, entry: &str) -> Result<(ReleaseId, EntryId), Problem> {
    Ok((parsed(release)?, entry.parse().map_err(|_| ReleaseError::NotFound)?))
}
