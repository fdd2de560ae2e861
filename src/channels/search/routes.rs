//! HTTP of the team's search. That of visitors belongs to the public API.

use content::{
    entries::{self, Entry},
    sites,
    types::{Catalogue, Declarations},
};
use ground::{db::Db, words::SiteId};
use machinery::web::{Answer, PAGE_PARAMETERS, Page, PageRequest, Problem, UrlQuery};
use rocket::{Route, State, get, serde::json::Json};
use serde::Serialize;
use tenants::{permissions::ViewContent, scope::May};
use utoipa::{OpenApi, ToSchema};

use super::{
    Asked, Search, SearchError,
    querying::{DEEPEST, TypeCount},
};

/// The routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![search]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(search))]
pub struct Document;

/// A page of what was found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EntriesFound {
    /// The page.
    #[serde(flatten)]
    page: Page<EntryFound>,
    /// How many there are of each type, whatever type was asked for; the most first.
    types: Vec<TypeCount>,
}

/// An entry that was found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EntryFound {
    /// As it is now.
    entry: Entry,
    /// The piece of its text in which the words stand, as HTML with `<mark>`.
    excerpt: String,
}

/// Find entries of a site by their words, drafts included
///
/// In every language of the site; with another ending, with the beginning of the last word, and with a letter wrong. What was
/// saved is found within a second.
#[utoipa::path(
    tag = "Entries",
    params(
        ("site" = String, Path, description = "The site's id"),
        ("q" = String, Query, description = "The words"),
        ("type" = Option<String>, Query, description = "Only entries of this type"),
        ("state" = Option<String>, Query, description = "`archived`: what is in the archive, instead of what is at work"),
        ("page" = Option<u32>, Query, description = "Page, from 1"),
        ("page_size" = Option<u32>, Query, description = "Entries of a page"),
    ),
    responses((status = 200, body = EntriesFound))
)]
#[get("/sites/<site>/search")]
async fn search(
    scope: May<ViewContent>,
    site: &str,
    query: UrlQuery<'_>,
    page: PageRequest,
    catalogue: &State<Catalogue>,
    search: &State<Search>,
    db: &State<Db>,
) -> Answer<EntriesFound> {
    query.refuse_unknown(&["q", "type", "state", PAGE_PARAMETERS[0], PAGE_PARAMETERS[1]])?;
    let site: SiteId = site.parse().map_err(|_| SearchError::NotFound)?;
    let asked = asked(&query, &page, &*catalogue.current(db, &*scope).await?)?;
    let is_archived = match query.get("state").filter(|state| !state.is_empty()) {
        None => false,
        Some("archived") => true,
        Some(_) => {
            let detail = "`state` can only be `archived` here; without it everything is found that is at work.";
            return Err(Problem::parameter_invalid("state", detail));
        }
    };
    let scope = scope.into_scope();
    let asking = scope.clone();
    let languages = db.read(move |conn| sites::languages(conn, &asking, site)).await?;
    let found = search.drafts(&scope, site, &languages.offered, is_archived, asked).await?;
    let ids: Vec<_> = found.hits.iter().map(|hit| hit.entry).collect();
    let there = db.read(move |conn| entries::find_many(conn, &scope, site, &ids)).await?;
    // What was deleted within the last second is in the index and nowhere else.
    let results = there.into_iter().map(|entry| {
        let hit = found.hits.iter().find(|hit| hit.entry == entry.id);
        EntryFound { excerpt: hit.map(|hit| hit.excerpt.clone()).unwrap_or_default(), entry }
    });
    let page = Page::new(&page, found.count, results.collect());
    Ok(Json(EntriesFound { page, types: found.types }))
}

/// What a query asks for.
pub(crate) fn asked(query: &UrlQuery<'_>, page: &PageRequest, declarations: &Declarations) -> Result<Asked, Problem> {
    let content_type = declarations.type_in(query)?;
    let place = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
    let (limit, offset) = (place(page.limit()), place(page.offset()));
    if offset.saturating_add(limit) > DEEPEST {
        let detail = format!("Searching ends after {DEEPEST} entries: search for more words instead.");
        return Err(Problem::parameter_invalid("page", detail));
    }
    let words = query.get("q").unwrap_or_default().to_owned();
    if words.trim().is_empty() {
        return Err(Problem::parameter_invalid("q", "Say in `q` what to search for."));
    }
    Ok(Asked { words, content_type, limit, offset })
}
