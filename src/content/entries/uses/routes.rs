//! HTTP of where an entry is used.

use ground::db::Db;
use machinery::web::{Answer, PAGE_PARAMETERS, Page, PageRequest, UrlQuery};
use rocket::{Route, State, get, serde::json::Json};
use tenants::{permissions::ViewContent, scope::May};
use utoipa::OpenApi;

use super::{super::routes::both, Use};

/// The routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![list]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(list))]
pub struct Document;

/// The entries that name an entry: the pages that a shared section stands on, the rooms of a hotel
#[utoipa::path(
    tag = "Entries",
    params(
        ("site" = String, Path, description = "The site's id"),
        ("id" = String, Path, description = "The entry's id"),
        ("page" = Option<u32>, Query, description = "Page, from 1"),
        ("page_size" = Option<u32>, Query, description = "Entries of a page"),
    ),
    responses((status = 200, body = Page<Use>))
)]
#[get("/sites/<site>/entries/<id>/uses")]
async fn list(
    scope: May<ViewContent>,
    site: &str,
    id: &str,
    query: UrlQuery<'_>,
    page: PageRequest,
    db: &State<Db>,
) -> Answer<Page<Use>> {
    query.refuse_unknown(&PAGE_PARAMETERS)?;
    let (site, id) = both(site, id)?;
    let (limit, offset) = (page.limit(), page.offset());
    let (count, uses) = db.read(move |conn| super::uses(conn, &scope, site, id, limit, offset)).await?;
    Ok(Json(Page::new(&page, count, uses)))
}
