//! HTTP of submissions.

use std::str::FromStr;

use ground::{
    db::Db,
    words::{EmailAddress, EntryId},
};
use machinery::web::{Answer, Body, Empty, PAGE_PARAMETERS, Page, PageRequest, Problem, UrlQuery};
use rocket::{
    Request, Response, Route, State, delete, get,
    http::Header,
    patch, post,
    response::{self, Responder},
    serde::json::Json,
};
use serde::{Deserialize, Serialize};
use tenants::{
    permissions::{ManageSubmissions, ViewSubmissions},
    scope::May,
};
use utoipa::{OpenApi, ToSchema};

use super::{FormError, Status, Submission, export, submissions::SubmissionChange};

/// Submissions in one table: a spreadsheet of more opens badly.
const MOST_EXPORTED: i64 = 10_000;

/// The routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![list, table, find, change, remove, erase]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(list, table, find, change, remove, erase))]
pub struct Document;

/// Whose submissions are erased.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Erasing {
    /// The guest's e-mail address.
    #[schema(value_type = String)]
    email: EmailAddress,
}

/// What was erased.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(super) struct Erased {
    /// How many submissions.
    erased: u64,
}

/// A table to be saved.
struct Table(String);

impl<'r> Responder<'r, 'static> for Table {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        Response::build()
            .header(Header::new("Content-Type", "text/csv; charset=utf-8"))
            .header(Header::new("Content-Disposition", "attachment; filename=\"submissions.csv\""))
            .header(Header::new("Cache-Control", "no-store"))
            .sized_body(self.0.len(), std::io::Cursor::new(self.0))
            .ok()
    }
}

/// What guests have sent, the newest first
#[utoipa::path(
    tag = "Submissions",
    params(
        ("site" = String, Path, description = "The site's id"),
        ("form" = Option<String>, Query, description = "Only those of this form"),
        ("status" = Option<String>, Query, description = "`new`, `open`, `won`, `lost` or `spam`"),
        ("page" = Option<u32>, Query, description = "Page, from 1"),
        ("page_size" = Option<u32>, Query, description = "Submissions of a page"),
    ),
    responses((status = 200, body = Page<Submission>))
)]
#[get("/sites/<site>/submissions")]
async fn list(
    scope: May<ViewSubmissions>,
    site: &str,
    query: UrlQuery<'_>,
    page: PageRequest,
    db: &State<Db>,
) -> Answer<Page<Submission>> {
    query.refuse_unknown(&["form", "status", PAGE_PARAMETERS[0], PAGE_PARAMETERS[1]])?;
    let (site, (form, status)) = (id_of(site)?, filters(&query)?);
    let (limit, offset) = (page.limit(), page.offset());
    let (count, found) = db.read(move |conn| super::list(conn, &scope, site, form, status, limit, offset)).await?;
    Ok(Json(Page::new(&page, count, found)))
}

/// What guests have sent, as a table for spreadsheets
#[utoipa::path(
    tag = "Submissions",
    params(
        ("site" = String, Path, description = "The site's id"),
        ("form" = Option<String>, Query, description = "Only those of this form"),
        ("status" = Option<String>, Query, description = "`new`, `open`, `won`, `lost` or `spam`"),
    ),
    responses((status = 200, body = String, content_type = "text/csv"))
)]
#[get("/sites/<site>/submissions-export")]
async fn table(scope: May<ViewSubmissions>, site: &str, query: UrlQuery<'_>, db: &State<Db>) -> Result<Table, Problem> {
    query.refuse_unknown(&["form", "status"])?;
    let (site, (form, status)) = (id_of(site)?, filters(&query)?);
    let found = db.scan(move |conn| super::list(conn, &scope, site, form, status, MOST_EXPORTED, 0)).await?;
    Ok(Table(export::csv(&found.1)))
}

/// One submission
#[utoipa::path(
    tag = "Submissions",
    params(("site" = String, Path, description = "The site's id"), ("id" = String, Path, description = "The submission's id")),
    responses((status = 200, body = Submission))
)]
#[get("/sites/<site>/submissions/<id>")]
async fn find(scope: May<ViewSubmissions>, site: &str, id: &str, db: &State<Db>) -> Answer<Submission> {
    let (site, id) = (id_of(site)?, id_of(id)?);
    Ok(Json(db.read(move |conn| super::find(conn, &scope, site, id)).await?))
}

/// Note what has become of a submission
#[utoipa::path(
    tag = "Submissions",
    request_body = SubmissionChange,
    params(("site" = String, Path, description = "The site's id"), ("id" = String, Path, description = "The submission's id")),
    responses((status = 200, body = Submission))
)]
#[patch("/sites/<site>/submissions/<id>", data = "<wish>")]
async fn change(
    scope: May<ManageSubmissions>,
    site: &str,
    id: &str,
    wish: Body<SubmissionChange>,
    db: &State<Db>,
) -> Answer<Submission> {
    let (site, id) = (id_of(site)?, id_of(id)?);
    Ok(Json(db.write(move |tx| super::change(tx, &scope, site, id, wish.0)).await?))
}

/// Delete a submission
#[utoipa::path(
    tag = "Submissions",
    params(("site" = String, Path, description = "The site's id"), ("id" = String, Path, description = "The submission's id")),
    responses((status = 204, description = "It is gone"))
)]
#[delete("/sites/<site>/submissions/<id>")]
async fn remove(scope: May<ManageSubmissions>, site: &str, id: &str, db: &State<Db>) -> Result<Empty, Problem> {
    let (site, id) = (id_of(site)?, id_of(id)?);
    db.write(move |tx| super::delete(tx, &scope, site, id)).await?;
    Ok(Empty)
}

/// Erase everything that was sent with an e-mail address
///
/// On all sites that whoever asks may act on.
#[utoipa::path(tag = "Submissions", request_body = Erasing, responses((status = 200, body = Erased)))]
#[post("/submissions/erase", data = "<wish>")]
async fn erase(scope: May<ManageSubmissions>, wish: Body<Erasing>, db: &State<Db>) -> Answer<Erased> {
    let erased = db.write(move |tx| super::erase(tx, &scope, &wish.0.email)).await?;
    Ok(Json(Erased { erased }))
}

fn filters(query: &UrlQuery<'_>) -> Result<(Option<EntryId>, Option<Status>), Problem> {
    Ok((query.parsed("form", "a form's id")?, query.parsed("status", "one of new, open, won, lost and spam")?))
}

/// An address with something else than an id leads nowhere.
fn id_of<I: FromStr>(text: &str) -> Result<I, FormError> {
    text.parse().map_err(|_| FormError::NotFound)
}
