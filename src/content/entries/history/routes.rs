//! HTTP of an entry's history.

use ground::db::Db;
use machinery::web::{Answer, Body, PAGE_PARAMETERS, Page, PageRequest, Problem, UrlQuery};
use rocket::{Route, State, get, post, serde::json::Json};
use serde::{Deserialize, Serialize};
use tenants::{
    permissions::{EditContent, PublishContent, ViewContent},
    scope::May,
};
use utoipa::{OpenApi, ToSchema};

use super::{
    super::{Entry, EntryError, Returned, Revision, RevisionSummary, publishing, reading, routes::both},
    FieldChange, Restoring,
};
use crate::types::Catalogue;

/// The routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![revisions, revision, changes, restore, undo_publish]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(revisions, revision, changes, restore, undo_publish))]
pub struct Document;

/// What differs between two revisions.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Changes {
    /// The older revision.
    from: RevisionSummary,
    /// The newer revision.
    to: RevisionSummary,
    /// The fields that differ.
    fields: Vec<FieldChange>,
}

/// Whose publication is taken back.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Undoing {
    /// Number of the published revision that visitors are to see no longer.
    revision: u32,
}

/// The revisions of an entry, the newest first
#[utoipa::path(
    tag = "History",
    params(
        ("site" = String, Path, description = "The site's id"),
        ("id" = String, Path, description = "The entry's id"),
        ("page" = Option<u32>, Query, description = "Page, from 1"),
        ("page_size" = Option<u32>, Query, description = "Entries of a page"),
    ),
    responses((status = 200, body = Page<RevisionSummary>))
)]
#[get("/sites/<site>/entries/<id>/revisions")]
async fn revisions(
    scope: May<ViewContent>,
    site: &str,
    id: &str,
    query: UrlQuery<'_>,
    page: PageRequest,
    db: &State<Db>,
) -> Answer<Page<RevisionSummary>> {
    query.refuse_unknown(&PAGE_PARAMETERS)?;
    let (site, id) = both(site, id)?;
    let (limit, offset) = (page.limit(), page.offset());
    let (count, found) = db.read(move |conn| reading::revisions(conn, &scope, site, id, limit, offset)).await?;
    Ok(Json(Page::new(&page, count, found)))
}

/// One revision of an entry with its document
#[utoipa::path(
    tag = "History",
    params(
        ("site" = String, Path, description = "The site's id"),
        ("id" = String, Path, description = "The entry's id"),
        ("number" = u32, Path, description = "The revision's number"),
    ),
    responses((status = 200, body = Revision))
)]
#[get("/sites/<site>/entries/<id>/revisions/<number>")]
async fn revision(scope: May<ViewContent>, site: &str, id: &str, number: &str, db: &State<Db>) -> Answer<Revision> {
    let (site, id) = both(site, id)?;
    let number = number.parse::<u32>().map_err(|_| EntryError::NotFound)?;
    Ok(Json(db.read(move |conn| reading::revision(conn, &scope, site, id, number)).await?))
}

/// What differs between two revisions, field by field, and block by block in formatted texts
#[utoipa::path(
    tag = "History",
    params(
        ("site" = String, Path, description = "The site's id"),
        ("id" = String, Path, description = "The entry's id"),
        ("from" = u32, Query, description = "Number of the older revision"),
        ("to" = u32, Query, description = "Number of the newer revision"),
    ),
    responses((status = 200, body = Changes))
)]
#[get("/sites/<site>/entries/<id>/changes")]
async fn changes(
    scope: May<ViewContent>,
    site: &str,
    id: &str,
    query: UrlQuery<'_>,
    db: &State<Db>,
) -> Answer<Changes> {
    query.refuse_unknown(&["from", "to"])?;
    let (site, id) = both(site, id)?;
    let number = |name: &str| -> Result<u32, Problem> {
        let number = query.get(name).and_then(|text| text.parse().ok());
        number.ok_or_else(|| Problem::parameter_invalid(name, format!("Give `{name}` as the number of a revision.")))
    };
    let (from, to) = (number("from")?, number("to")?);
    let (from, to) = db
        .read(move |conn| {
            let from = reading::revision(conn, &scope, site, id, from)?;
            Ok::<_, EntryError>((from, reading::revision(conn, &scope, site, id, to)?))
        })
        .await?;
    let fields = super::changes(from.document.fields(), to.document.fields());
    Ok(Json(Changes { from: from.summary, to: to.summary, fields }))
}

/// Bring an older revision back, whole or in single fields, as the newest one
///
/// Where the type has changed since, it comes in the form that the change gave the newer ones; what has no place any more is
/// named.
#[utoipa::path(
    tag = "History",
    request_body = Restoring, params(("site" = String, Path, description = "The site's id"), ("id" = String, Path, description = "The entry's id")),
    responses((status = 200, body = Returned))
)]
#[post("/sites/<site>/entries/<id>/restore", data = "<wish>")]
async fn restore(
    scope: May<EditContent>,
    site: &str,
    id: &str,
    wish: Body<Restoring>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<Returned> {
    let (site, id) = both(site, id)?;
    let catalogue = catalogue.inner().clone();
    let restored = db.write(move |tx| super::restore(tx, &scope, &*catalogue.of(tx, &*scope)?, site, id, &wish.0));
    Ok(Json(restored.await?))
}

/// Take the last publication back: visitors see what they saw before it
///
/// Every language that shows this revision shows again what it replaced, or nothing where it was the first. Undone once
/// more, the publication is there again.
#[utoipa::path(
    tag = "History",
    request_body = Undoing, params(("site" = String, Path, description = "The site's id"), ("id" = String, Path, description = "The entry's id")),
    responses((status = 200, body = Entry))
)]
#[post("/sites/<site>/entries/<id>/publish/undo", data = "<wish>")]
async fn undo_publish(
    scope: May<PublishContent>,
    site: &str,
    id: &str,
    wish: Body<Undoing>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<Entry> {
    let (site, id) = both(site, id)?;
    let catalogue = catalogue.inner().clone();
    let revision = wish.0.revision;
    let undone = db.write(move |tx| publishing::undo(tx, &scope, &*catalogue.of(tx, &*scope)?, site, id, revision));
    Ok(Json(undone.await?))
}
