//! HTTP of schedules.

use ground::{
    db::Db,
    words::{EntryId, ScheduleId, SiteId},
};
use machinery::web::{Answer, Body, Created, PAGE_PARAMETERS, Page, PageRequest, Problem, UrlQuery};
use rocket::{Route, State, delete, get, post, put, serde::json::Json};
use tenants::{
    permissions::{PublishContent, ViewContent},
    scope::May,
};
use utoipa::OpenApi;

use super::{
    super::{
        EntryError,
        routes::{both, site_of},
    },
    NewSchedule, Schedule, ScheduleState, Wanted,
};
use crate::types::Catalogue;

/// The routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![list, plan, reschedule, cancel]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(list, plan, reschedule, cancel))]
pub struct Document;

/// What is scheduled on a site, by its time; what fired, failed or was cancelled stays listed
#[utoipa::path(
    tag = "Schedules",
    params(
        ("site" = String, Path, description = "The site's id"),
        ("entry" = Option<String>, Query, description = "Only of the entry with this id"),
        ("state" = Option<String>, Query, description = "Only in this state: waiting, done, failed, cancelled"),
        ("page" = Option<u32>, Query, description = "Page, from 1"),
        ("page_size" = Option<u32>, Query, description = "Schedules of a page"),
    ),
    responses((status = 200, body = Page<Schedule>))
)]
#[get("/sites/<site>/schedules")]
async fn list(
    scope: May<ViewContent>,
    site: &str,
    query: UrlQuery<'_>,
    page: PageRequest,
    db: &State<Db>,
) -> Answer<Page<Schedule>> {
    query.refuse_unknown(&["entry", "state", PAGE_PARAMETERS[0], PAGE_PARAMETERS[1]])?;
    let site = site_of(site)?;
    let entry: Option<EntryId> = query.parsed("entry", "the id of an entry")?;
    let state = match query.get("state").filter(|name| !name.is_empty()) {
        None => None,
        Some(name) => Some(ScheduleState::from_name(name).ok_or_else(|| {
            Problem::parameter_invalid("state", "`state` must be one of waiting, done, failed, cancelled.")
        })?),
    };
    let (limit, offset) = (page.limit(), page.offset());
    let (count, found) = db.read(move |conn| super::list(conn, &scope, site, (entry, state), limit, offset)).await?;
    Ok(Json(Page::new(&page, count, found)))
}

/// Let a revision of an entry go live, or the entry end, at a local time of its site
///
/// What goes live is exactly the revision that is named, whatever is written until then.
#[utoipa::path(
    tag = "Schedules",
    request_body = NewSchedule, params(("site" = String, Path, description = "The site's id"), ("id" = String, Path, description = "The entry's id")),
    responses((status = 201, body = Schedule))
)]
#[post("/sites/<site>/entries/<id>/schedules", data = "<wish>")]
async fn plan(
    scope: May<PublishContent>,
    site: &str,
    id: &str,
    wish: Body<NewSchedule>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Result<Created<Schedule>, Problem> {
    let (site, id) = both(site, id)?;
    let catalogue = catalogue.inner().clone();
    Ok(Created(db.write(move |tx| super::plan(tx, &scope, &*catalogue.of(tx, &*scope)?, site, id, wish.0)).await?))
}

/// Give what waits another time
#[utoipa::path(
    tag = "Schedules",
    request_body = Wanted, params(("site" = String, Path, description = "The site's id"), ("schedule" = String, Path, description = "The schedule's id")),
    responses((status = 200, body = Schedule))
)]
#[put("/sites/<site>/schedules/<schedule>", data = "<wish>")]
async fn reschedule(
    scope: May<PublishContent>,
    site: &str,
    schedule: &str,
    wish: Body<Wanted>,
    db: &State<Db>,
) -> Answer<Schedule> {
    let (site, id) = named(site, schedule)?;
    Ok(Json(db.write(move |tx| super::reschedule(tx, &scope, site, id, &wish.0)).await?))
}

/// Cancel what waits; it stays listed
#[utoipa::path(
    tag = "Schedules",
    params(("site" = String, Path, description = "The site's id"), ("schedule" = String, Path, description = "The schedule's id")),
    responses((status = 200, body = Schedule))
)]
#[delete("/sites/<site>/schedules/<schedule>")]
async fn cancel(scope: May<PublishContent>, site: &str, schedule: &str, db: &State<Db>) -> Answer<Schedule> {
    let (site, id) = named(site, schedule)?;
    Ok(Json(db.write(move |tx| super::cancel(tx, &scope, site, id)).await?))
}

fn named(site: &str, schedule: &str) -> Result<(SiteId, ScheduleId), Problem> {
    let id = schedule.parse().map_err(|_| EntryError::NotFound)?;
    Ok((site_of(site)?, id))
}
