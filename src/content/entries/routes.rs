//! HTTP of entries.

use ground::{
    db::Db,
    words::{EntryId, Locale, SiteId, Slug},
};
use machinery::web::{Answer, Body, Created, Empty, PAGE_PARAMETERS, Page, PageRequest, Problem, UrlQuery};
use rocket::{Route, State, delete, get, post, put, serde::json::Json};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenants::{
    permissions::{EditContent, PublishContent, ViewContent},
    scope::May,
};
use utoipa::{OpenApi, ToSchema};

use super::{CheckedDraft, Entry, EntryChange, EntryError, NewEntry, Prepared, STATES, TRANSITIONS, Transition};
use crate::{checks::Finding, sites, types::Catalogue};

/// The routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![list, create, find, save, remove, publish, check, unpublish, archive, bring_back, workflow]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(list, create, find, save, remove, publish, check, unpublish, archive, bring_back, workflow))]
pub struct Document;

/// An entry to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EntryToMake {
    /// Its type, e.g. `room`.
    #[serde(rename = "type")]
    content_type: String,
    /// Its name in addresses; made from the document where it is left out.
    #[schema(value_type = Option<String>)]
    slug: Option<Slug>,
    /// Its fields. A localized field is an object from language to value.
    #[schema(value_type = Object)]
    document: Value,
    /// Whether it is published at once, in every language of the site in which nothing required is missing.
    #[serde(default)]
    publish: bool,
}

/// What is to be published.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Publishing {
    /// Number of the newest revision: what is published is what was seen.
    revision: u32,
    /// In which languages; left out, in every one in which nothing required is missing.
    #[schema(value_type = Option<Vec<String>>)]
    locales: Option<Vec<Locale>>,
}

/// An entry that was published.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublishedEntry)]
pub(super) struct Published {
    /// The entry.
    #[serde(flatten)]
    entry: Entry,
    /// What the checks warn of, in what visitors see now.
    warnings: Vec<Finding>,
}

/// What is to be taken back.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Unpublishing {
    /// In which languages; left out, in all.
    #[schema(value_type = Option<Vec<String>>)]
    locales: Option<Vec<Locale>>,
}

/// How an entry comes out of the archive.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct BringingBack {
    /// Whether visitors see again what they saw before it was archived; a draft otherwise.
    publish: bool,
}

/// The one table of states.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Workflow {
    /// Every state.
    states: &'static [super::State],
    /// What leads from where to where.
    transitions: &'static [Transition],
}

/// The entries of a site
#[utoipa::path(
    tag = "Entries",
    params(
        ("site" = String, Path, description = "The site's id"),
        ("type" = Option<String>, Query, description = "Only entries of this type"),
        ("state" = Option<String>, Query, description = "Only entries that stand here: draft, in_review, scheduled, live, live_with_draft, archived; left out, all that are not archived"),
        ("page" = Option<u32>, Query, description = "Page, from 1"),
        ("page_size" = Option<u32>, Query, description = "Entries of a page"),
    ),
    responses((status = 200, body = Page<Entry>))
)]
#[get("/sites/<site>/entries")]
async fn list(
    scope: May<ViewContent>,
    site: &str,
    query: UrlQuery<'_>,
    page: PageRequest,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<Page<Entry>> {
    query.refuse_unknown(&["type", "state", PAGE_PARAMETERS[0], PAGE_PARAMETERS[1]])?;
    let site = site_of(site)?;
    let content_type = catalogue.current(db, &*scope).await?.type_in(&query)?;
    let state = state_in(&query)?;
    let (limit, offset) = (page.limit(), page.offset());
    let (count, entries) = db
        .scan(move |conn| super::list_in_state(conn, &scope, site, (content_type.as_deref(), state), limit, offset))
        .await?;
    Ok(Json(Page::new(&page, count, entries)))
}

/// Make an entry, as a draft or published at once
#[utoipa::path(
    tag = "Entries",
    request_body = EntryToMake, params(("site" = String, Path, description = "The site's id")),
    responses((status = 201, body = Entry))
)]
#[post("/sites/<site>/entries", data = "<new>")]
async fn create(
    scope: May<EditContent>,
    site: &str,
    new: Body<EntryToMake>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Result<Created<Entry>, Problem> {
    let site = site_of(site)?;
    let scope = scope.into_scope();
    let EntryToMake { content_type, slug, document, publish } = new.0;
    let asking = scope.clone();
    let catalogue = catalogue.inner().clone();
    let (declarations, languages) = db
        .read(move |conn| Ok::<_, EntryError>((catalogue.of(conn, &asking)?, sites::languages(conn, &asking, site)?)))
        .await?;
    let new = NewEntry { content_type, slug, document, source_key: None };
    let prepared = Prepared::new(&declarations, languages, new, publish)?;
    Ok(Created(db.write(move |tx| super::create_prepared(tx, &scope, site, prepared)).await?))
}

/// One entry with its newest document
#[utoipa::path(
    tag = "Entries",
    params(("site" = String, Path, description = "The site's id"), ("id" = String, Path, description = "The entry's id")),
    responses((status = 200, body = Entry))
)]
#[get("/sites/<site>/entries/<id>")]
async fn find(scope: May<ViewContent>, site: &str, id: &str, db: &State<Db>) -> Answer<Entry> {
    let (site, id) = both(site, id)?;
    Ok(Json(db.read(move |conn| super::find(conn, &scope, site, id)).await?))
}

/// Save a new revision of an entry
#[utoipa::path(
    tag = "Entries",
    request_body = EntryChange, params(("site" = String, Path, description = "The site's id"), ("id" = String, Path, description = "The entry's id")),
    responses((status = 200, body = Entry))
)]
#[put("/sites/<site>/entries/<id>", data = "<change>")]
async fn save(
    scope: May<EditContent>,
    site: &str,
    id: &str,
    change: Body<EntryChange>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<Entry> {
    let (site, id) = both(site, id)?;
    let catalogue = catalogue.inner().clone();
    let saved = db.write(move |tx| super::save(tx, &scope, &*catalogue.of(tx, &*scope)?, site, id, &change.0));
    Ok(Json(saved.await?))
}

/// Delete an entry
#[utoipa::path(
    tag = "Entries",
    params(("site" = String, Path, description = "The site's id"), ("id" = String, Path, description = "The entry's id")),
    responses((status = 204, description = "It is gone"))
)]
#[delete("/sites/<site>/entries/<id>")]
async fn remove(scope: May<EditContent>, site: &str, id: &str, db: &State<Db>) -> Result<Empty, Problem> {
    let (site, id) = both(site, id)?;
    db.write(move |tx| super::delete(tx, &scope, site, id)).await?;
    Ok(Empty)
}

/// Let visitors see an entry's newest revision
///
/// What the rules of the organization refuse is answered with `checks_failed`, and `errors` names each place; what they warn of
/// stands in `warnings`.
#[utoipa::path(
    tag = "Entries",
    request_body = Publishing, params(("site" = String, Path, description = "The site's id"), ("id" = String, Path, description = "The entry's id")),
    responses((status = 200, body = Published))
)]
#[post("/sites/<site>/entries/<id>/publish", data = "<wish>")]
async fn publish(
    scope: May<PublishContent>,
    site: &str,
    id: &str,
    wish: Body<Publishing>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<Published> {
    let (site, id) = both(site, id)?;
    let catalogue = catalogue.inner().clone();
    let Publishing { revision, locales } = wish.0;
    let published = db.write(move |tx| {
        let declarations = catalogue.of(tx, &*scope)?;
        let entry = super::publish(tx, &scope, &declarations, site, id, revision, locales.as_deref())?;
        let warnings = super::warnings(tx, &scope, &entry, locales.as_deref())?;
        Ok::<_, EntryError>(Published { entry, warnings })
    });
    Ok(Json(published.await?))
}

/// Check an entry's newest revision as publishing it would
///
/// In every language in which nothing required is missing. Nothing is changed.
#[utoipa::path(
    tag = "Checks",
    params(("site" = String, Path, description = "The site's id"), ("id" = String, Path, description = "The entry's id")),
    responses((status = 200, body = CheckedDraft))
)]
#[post("/sites/<site>/entries/<id>/checks")]
async fn check(
    scope: May<EditContent>,
    site: &str,
    id: &str,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<CheckedDraft> {
    let (site, id) = both(site, id)?;
    let catalogue = catalogue.inner().clone();
    let checked = db.read(move |conn| super::check_draft(conn, &scope, &*catalogue.of(conn, &*scope)?, site, id));
    Ok(Json(checked.await?))
}

/// Take an entry from the visitors
#[utoipa::path(
    tag = "Entries",
    request_body = Unpublishing, params(("site" = String, Path, description = "The site's id"), ("id" = String, Path, description = "The entry's id")),
    responses((status = 200, body = Entry))
)]
#[post("/sites/<site>/entries/<id>/unpublish", data = "<wish>")]
async fn unpublish(
    scope: May<PublishContent>,
    site: &str,
    id: &str,
    wish: Body<Unpublishing>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<Entry> {
    let (site, id) = both(site, id)?;
    let catalogue = catalogue.inner().clone();
    let locales = wish.0.locales;
    let left =
        db.write(move |tx| super::unpublish(tx, &scope, &*catalogue.of(tx, &*scope)?, site, id, locales.as_deref()));
    Ok(Json(left.await?))
}

/// Put an entry aside: visitors and the usual lists have it no longer, and nothing of it is lost
#[utoipa::path(
    tag = "Entries",
    params(("site" = String, Path, description = "The site's id"), ("id" = String, Path, description = "The entry's id")),
    responses((status = 200, body = Entry))
)]
#[post("/sites/<site>/entries/<id>/archive")]
async fn archive(scope: May<EditContent>, site: &str, id: &str, db: &State<Db>) -> Answer<Entry> {
    let (site, id) = both(site, id)?;
    Ok(Json(db.write(move |tx| super::archive(tx, &scope, site, id)).await?))
}

/// Take an entry out of the archive
#[utoipa::path(
    tag = "Entries",
    request_body = BringingBack, params(("site" = String, Path, description = "The site's id"), ("id" = String, Path, description = "The entry's id")),
    responses((status = 200, body = Entry))
)]
#[post("/sites/<site>/entries/<id>/bring-back", data = "<wish>")]
async fn bring_back(
    scope: May<EditContent>,
    site: &str,
    id: &str,
    wish: Body<BringingBack>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<Entry> {
    let (site, id) = both(site, id)?;
    let catalogue = catalogue.inner().clone();
    let publishes = wish.0.publish;
    let back = db.write(move |tx| super::bring_back(tx, &scope, &*catalogue.of(tx, &*scope)?, site, id, publishes));
    Ok(Json(back.await?))
}

/// Where entries stand, and what can be done with them there
#[utoipa::path(tag = "Entries", responses((status = 200, body = Workflow)))]
#[get("/workflow")]
fn workflow(_scope: May<ViewContent>, query: UrlQuery<'_>) -> Answer<Workflow> {
    query.refuse_unknown(&[])?;
    Ok(Json(Workflow { states: STATES, transitions: TRANSITIONS }))
}

fn state_in(query: &UrlQuery<'_>) -> Result<Option<super::State>, Problem> {
    let Some(name) = query.get("state").filter(|name| !name.is_empty()) else { return Ok(None) };
    // The bin has a list of its own, with who deleted what.
    let state = super::State::from_name(name).filter(|state| *state != super::State::InBin);
    let known = || {
        let names: Vec<_> =
            STATES.iter().filter(|state| **state != super::State::InBin).map(|state| state.as_str()).collect();
        Problem::parameter_invalid("state", format!("`state` must be one of {}.", names.join(", ")))
    };
    state.map(Some).ok_or_else(known)
}

pub(super) fn both(site: &str, id: &str) -> Result<(SiteId, EntryId), Problem> {
    let id = id.parse().map_err(|_| EntryError::NotFound)?;
    Ok((site_of(site)?, id))
}

pub(super) fn site_of(id: &str) -> Result<SiteId, Problem> {
    id.parse().map_err(|_| EntryError::NotFound.into())
}
