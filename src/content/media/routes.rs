//! HTTP of the media library.

use ground::{
    db::Db,
    words::{MediaId, SiteId},
};
use machinery::web::{Answer, Body, Empty, PAGE_PARAMETERS, Page, PageRequest, Problem, UrlQuery, arriving};
use rocket::{
    Data, Request, Response, Route, State,
    data::ToByteUnit,
    delete, get,
    http::Status,
    patch, post,
    response::{self, Responder},
    serde::json::Json,
};
use serde::Serialize;
use tenants::{
    permissions::{ManageMedia, ViewMedia},
    scope::May,
};
use utoipa::{OpenApi, ToSchema};

use super::{LARGEST_FILE, Library, MediaChange, MediaError, MediaItem, MediaKind, MediaUse, Wish};

/// All routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![list, add, find, change, remove, uses]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(list, add, find, change, remove, uses))]
pub struct Document;

/// Where a file is used.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MediaUses {
    /// How many entries use it.
    count: usize,
    /// The entries by title.
    results: Vec<MediaUse>,
}

/// The files of the library, the newest first
#[utoipa::path(
    tag = "Media",
    params(
        ("search" = Option<String>, Query, description = "Part of the name or of an alternative text"),
        ("kind" = Option<String>, Query, description = "`image` or `document`"),
        ("site" = Option<String>, Query, description = "For this site or for all"),
        ("without_alt" = Option<bool>, Query, description = "Pictures of which nobody has said what they show"),
        ("unused" = Option<bool>, Query, description = "Used by nothing"),
        ("page" = Option<u32>, Query, description = "Which page, from 1"),
        ("page_size" = Option<u32>, Query, description = "How many on a page, at most 200"),
    ),
    responses((status = 200, body = Page<MediaItem>))
)]
#[get("/media")]
async fn list(
    scope: May<ViewMedia>,
    query: UrlQuery<'_>,
    page: PageRequest,
    db: &State<Db>,
) -> Answer<Page<MediaItem>> {
    query.refuse_unknown(&[&["search", "kind", "site", "without_alt", "unused"][..], &PAGE_PARAMETERS].concat())?;
    let kind = match query.get("kind").filter(|kind| !kind.is_empty()) {
        None => None,
        Some("image") => Some(MediaKind::Image),
        Some("document") => Some(MediaKind::Document),
        Some(_) => return Err(Problem::parameter_invalid("kind", "`kind` must be image or document.")),
    };
    let flag = |name: &str| query.parsed::<bool>(name, "true or false").map(Option::unwrap_or_default);
    let wish = Wish {
        search: query.get("search").map(str::to_owned),
        kind,
        site: query.parsed::<SiteId>("site", "the id of a site")?,
        without_alt: flag("without_alt")?,
        unused: flag("unused")?,
    };
    let (limit, offset) = (page.limit(), page.offset());
    let (count, results) = db.read(move |conn| super::list(conn, &scope, &wish, limit, offset)).await?;
    Ok(Json(Page::new(&page, count, results)))
}

/// 201 for a new file, 200 for one that was there.
struct Added(MediaItem, bool);

impl<'r> Responder<'r, 'static> for Added {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let status = if self.1 { Status::Created } else { Status::Ok };
        Response::build_from(Json(self.0).respond_to(request)?).status(status).ok()
    }
}

/// Bring a file: its bytes are the body
#[utoipa::path(
    tag = "Media",
    params(
        ("name" = String, Query, description = "The file's name"),
        ("site" = Option<String>, Query, description = "The site that it is for; left out for all"),
    ),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 201, body = MediaItem),
        (status = 200, body = MediaItem, description = "The organization has these bytes already")
    )
)]
#[post("/media", data = "<file>")]
async fn add(
    scope: May<ManageMedia>,
    query: UrlQuery<'_>,
    file: Data<'_>,
    library: &State<Library>,
) -> Result<Added, Problem> {
    query.refuse_unknown(&["name", "site"])?;
    let site = query.parsed::<SiteId>("site", "the id of a site")?;
    let Some(name) = query.get("name").map(str::to_owned) else {
        return Err(Problem::parameter_invalid("name", "`name` must be the file's name."));
    };
    let mut landed = library.landing().await?;
    if !arriving::read_into(file, LARGEST_FILE.bytes(), &mut landed).await.map_err(MediaError::of_arrival)? {
        return Err(MediaError::TooLarge.into());
    }
    let (item, is_new) = library.add(scope.into_scope(), name, site, landed).await?;
    Ok(Added(item, is_new))
}

/// One file
#[utoipa::path(tag = "Media", params(("id" = String, Path, description = "The file's id")), responses((status = 200, body = MediaItem)))]
#[get("/media/<id>")]
async fn find(scope: May<ViewMedia>, id: &str, db: &State<Db>) -> Answer<MediaItem> {
    let id = parsed(id)?;
    Ok(Json(db.read(move |conn| super::find(conn, &scope, id)).await?))
}

/// Say what a file shows, where its middle is, whose it is
#[utoipa::path(tag = "Media", request_body = MediaChange, params(("id" = String, Path, description = "The file's id")), responses((status = 200, body = MediaItem)))]
#[patch("/media/<id>", data = "<wish>")]
async fn change(scope: May<ManageMedia>, id: &str, wish: Body<MediaChange>, db: &State<Db>) -> Answer<MediaItem> {
    let id = parsed(id)?;
    Ok(Json(db.write(move |tx| super::change(tx, &scope, id, wish.0)).await?))
}

/// Take a file out of the library
#[utoipa::path(
    tag = "Media",
    params(
        ("id" = String, Path, description = "The file's id"),
        ("even_if_used" = Option<bool>, Query, description = "Also where entries use it; they lose it"),
    ),
    responses((status = 204, description = "It is gone"))
)]
#[delete("/media/<id>")]
async fn remove(scope: May<ManageMedia>, id: &str, query: UrlQuery<'_>, db: &State<Db>) -> Result<Empty, Problem> {
    query.refuse_unknown(&["even_if_used"])?;
    let even_if_used = query.parsed::<bool>("even_if_used", "true or false")?.unwrap_or_default();
    let id = parsed(id)?;
    db.write(move |tx| super::delete(tx, &scope, id, even_if_used)).await?;
    Ok(Empty)
}

/// The entries that use a file
#[utoipa::path(tag = "Media", params(("id" = String, Path, description = "The file's id")), responses((status = 200, body = MediaUses)))]
#[get("/media/<id>/uses")]
async fn uses(scope: May<ViewMedia>, id: &str, db: &State<Db>) -> Answer<MediaUses> {
    let id = parsed(id)?;
    let results = db.read(move |conn| super::places(conn, &scope, id)).await?;
    Ok(Json(MediaUses { count: results.len(), results }))
}

fn parsed(id: &str) -> Result<MediaId, Problem> {
    id.parse().map_err(|_| MediaError::NotFound.into())
}
