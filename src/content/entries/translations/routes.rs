//! HTTP of translations.

use ground::{db::Db, words::Locale};
use machinery::web::{Answer, Body, PAGE_PARAMETERS, Page, PageRequest, Problem, UrlQuery};
use rocket::{Route, State, get, post, put, serde::json::Json};
use serde::Serialize;
use tenants::{
    permissions::{EditContent, ViewContent},
    scope::May,
};
use utoipa::{OpenApi, ToSchema};

use super::{
    super::routes::{both, site_of},
    Completeness, Confirming, Lack, TranslatedEntry, Translation, TranslationChange, Wish,
};
use crate::types::Catalogue;

/// The routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![table, list, find, save, confirm]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(table, list, find, save, confirm))]
pub struct Document;

/// How far a site is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Table {
    /// A row for each type and language.
    results: Vec<Completeness>,
}

/// How far each type of a site is in each language
#[utoipa::path(
    tag = "Translations",
    params(("site" = String, Path, description = "The site's id")),
    responses((status = 200, body = Table))
)]
#[get("/sites/<site>/translations")]
async fn table(scope: May<ViewContent>, site: &str, query: UrlQuery<'_>, db: &State<Db>) -> Answer<Table> {
    query.refuse_unknown(&[])?;
    let site = site_of(site)?;
    Ok(Json(Table { results: db.scan(move |conn| super::table(conn, &scope, site)).await? }))
}

/// The entries of a site with how far they are, such as all that are stale in German
#[utoipa::path(
    tag = "Translations",
    params(
        ("site" = String, Path, description = "The site's id"),
        ("locale" = Option<String>, Query, description = "Only in this language"),
        ("type" = Option<String>, Query, description = "Only entries of this type"),
        ("state" = Option<String>, Query, description = "Only with a text that is `missing`, `empty` or `stale`, or `any` of these"),
        ("page" = Option<u32>, Query, description = "Page, from 1"),
        ("page_size" = Option<u32>, Query, description = "Entries of a page"),
    ),
    responses((status = 200, body = Page<TranslatedEntry>))
)]
#[get("/sites/<site>/translations/entries")]
async fn list(
    scope: May<ViewContent>,
    site: &str,
    query: UrlQuery<'_>,
    page: PageRequest,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<Page<TranslatedEntry>> {
    query.refuse_unknown(&["locale", "type", "state", PAGE_PARAMETERS[0], PAGE_PARAMETERS[1]])?;
    let site = site_of(site)?;
    let wish = Wish {
        locale: query.parsed("locale", "a language such as `de` or `pt-br`")?,
        content_type: catalogue.current(db, &*scope).await?.type_in(&query)?,
        state: lack(&query, "state")?,
    };
    let (limit, offset) = (page.limit(), page.offset());
    let (count, found) = db.scan(move |conn| super::list(conn, &scope, site, &wish, limit, offset)).await?;
    Ok(Json(Page::new(&page, count, found)))
}

/// One entry in one language beside another
#[utoipa::path(
    tag = "Translations",
    params(
        ("site" = String, Path, description = "The site's id"),
        ("id" = String, Path, description = "The entry's id"),
        ("source" = Option<String>, Query, description = "The language to translate from; the site's default where it is left out"),
        ("target" = String, Query, description = "The language to translate into"),
    ),
    responses((status = 200, body = Translation))
)]
#[get("/sites/<site>/entries/<id>/translation")]
async fn find(
    scope: May<ViewContent>,
    site: &str,
    id: &str,
    query: UrlQuery<'_>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<Translation> {
    query.refuse_unknown(&["source", "target"])?;
    let (site, id) = both(site, id)?;
    let what = "a language such as `de` or `pt-br`";
    let source: Option<Locale> = query.parsed("source", what)?;
    let target: Option<Locale> = query.parsed("target", what)?;
    let target = target.ok_or_else(|| Problem::parameter_invalid("target", "Name the language to translate into."))?;
    let declarations = catalogue.current(db, &*scope).await?;
    let found =
        db.read(move |conn| super::find(conn, &scope, &declarations, site, id, source.as_ref(), &target)).await?;
    Ok(Json(found))
}

/// Write texts of one language, beside whatever others change meanwhile
#[utoipa::path(
    tag = "Translations",
    request_body = TranslationChange,
    params(("site" = String, Path, description = "The site's id"), ("id" = String, Path, description = "The entry's id")),
    responses((status = 200, body = Translation))
)]
#[put("/sites/<site>/entries/<id>/translation", data = "<change>")]
async fn save(
    scope: May<EditContent>,
    site: &str,
    id: &str,
    change: Body<TranslationChange>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<Translation> {
    let (site, id) = both(site, id)?;
    let catalogue = catalogue.inner().clone();
    let saved = db.write(move |tx| {
        let declarations = catalogue.of(tx, &*scope)?;
        super::put(tx, &scope, &declarations, site, id, &change.0)
    });
    Ok(Json(saved.await?))
}

/// Say of stale translations that they are still right
#[utoipa::path(
    tag = "Translations",
    request_body = Confirming,
    params(("site" = String, Path, description = "The site's id"), ("id" = String, Path, description = "The entry's id")),
    responses((status = 200, body = Translation))
)]
#[post("/sites/<site>/entries/<id>/translation/confirm", data = "<wish>")]
async fn confirm(
    scope: May<EditContent>,
    site: &str,
    id: &str,
    wish: Body<Confirming>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<Translation> {
    let (site, id) = both(site, id)?;
    let catalogue = catalogue.inner().clone();
    let confirmed = db.write(move |tx| {
        let declarations = catalogue.of(tx, &*scope)?;
        super::confirm(tx, &scope, &declarations, site, id, &wish.0)
    });
    Ok(Json(confirmed.await?))
}

/// What is to be lacking.
fn lack(query: &UrlQuery<'_>, name: &str) -> Result<Option<Lack>, Problem> {
    Ok(match query.get(name).filter(|text| !text.is_empty()) {
        None => None,
        Some("missing") => Some(Lack::Missing),
        Some("empty") => Some(Lack::Empty),
        Some("stale") => Some(Lack::Stale),
        Some("any") => Some(Lack::Any),
        Some(_) => return Err(Problem::parameter_invalid("state", "`state` must be missing, empty, stale or any.")),
    })
}
