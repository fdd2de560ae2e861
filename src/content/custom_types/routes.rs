//! HTTP of a group's own declarations.

use ground::db::Db;
use machinery::web::{Answer, Body, PAGE_PARAMETERS, Page, PageRequest, Problem, UrlQuery};
use rocket::{Route, State, delete, get, post, put, serde::json::Json};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenants::{
    permissions::{ManageTypes, ViewContent},
    scope::May,
};
use utoipa::{OpenApi, ToSchema};

use super::{Counts, CustomType, CustomTypeError, Wish};
use crate::{
    entries::retyping::Retyped,
    types::{Catalogue, OwnKind, WrittenExtension, WrittenField, WrittenSection, WrittenType},
};

/// All routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![list, check, put, remove]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(
    paths(list, check, put, remove),
    components(schemas(WrittenType, WrittenSection, WrittenExtension, WrittenField))
)]
pub struct Document;

/// A change that is to be looked at.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeToCheck {
    /// What is declared.
    kind: OwnKind,
    /// Its name; of added fields the name of the built-in type.
    name: String,
    /// How it is to be declared; left out where it is to go.
    #[schema(value_type = Option<Object>)]
    declaration: Option<Value>,
}

/// What a change would do.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Checked {
    /// To be sent along with the change: it is done as it was checked, or not at all.
    fingerprint: String,
    /// What becomes of the entries, counted.
    counts: Counts,
    /// A page of those that do not stay as they are.
    #[serde(flatten)]
    page: Page<Retyped>,
}

/// A declaration that is to be written.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Declaring {
    /// The declaration, with the same names as in a file under `assets/`.
    #[schema(value_type = Object)]
    declaration: Value,
    /// The fingerprint of the check; it may be left out where every entry stays as it is.
    fingerprint: Option<String>,
}

/// What was done.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Declared {
    /// The declaration as it is now.
    custom: CustomType,
    /// What became of the entries, counted.
    counts: Counts,
}

/// What the group declares itself
#[utoipa::path(tag = "Types", responses((status = 200, body = Vec<CustomType>)))]
#[get("/types/custom")]
async fn list(scope: May<ViewContent>, query: UrlQuery<'_>, db: &State<Db>) -> Answer<Vec<CustomType>> {
    query.refuse_unknown(&[])?;
    Ok(Json(db.read(move |conn| super::list(conn, &scope)).await?))
}

/// What a change of a declaration would do to each entry
///
/// Nothing is done. For every entry of the type, or with the section: which values become others, which are dropped, in which
/// languages it lacks something for publishing, in which visitors see something else.
#[utoipa::path(
    tag = "Types",
    request_body = ChangeToCheck,
    params(
        ("page" = Option<u32>, Query, description = "Page, from 1"),
        ("page_size" = Option<u32>, Query, description = "Entries of a page"),
    ),
    responses((status = 200, body = Checked))
)]
#[post("/types/custom/check", data = "<change>")]
async fn check(
    scope: May<ManageTypes>,
    change: Body<ChangeToCheck>,
    query: UrlQuery<'_>,
    page: PageRequest,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<Checked> {
    query.refuse_unknown(&PAGE_PARAMETERS)?;
    let ChangeToCheck { kind, name, declaration } = change.0;
    let (catalogue, wish) = (catalogue.inner().clone(), Wish { kind, name, declaration });
    let checked = db.scan(move |conn| super::check(conn, &scope, &catalogue, &wish)).await?;
    let count = checked.entries.len() as u64;
    let place = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
    let entries = checked.entries.into_iter().skip(place(page.offset())).take(place(page.limit())).collect();
    let page = Page::new(&page, count, entries);
    Ok(Json(Checked { fingerprint: checked.fingerprint, counts: checked.counts, page }))
}

/// Declare a type, a section or added fields, anew or otherwise than before
#[utoipa::path(
    tag = "Types",
    request_body = Declaring,
    params(
        ("kind" = OwnKind, Path, description = "`type`, `section` or `extension`"),
        ("name" = String, Path, description = "Its name; of added fields the name of the built-in type"),
    ),
    responses((status = 200, body = Declared))
)]
#[put("/types/custom/<kind>/<name>", data = "<declaring>")]
async fn put(
    scope: May<ManageTypes>,
    kind: &str,
    name: &str,
    declaring: Body<Declaring>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<Declared> {
    let Declaring { declaration, fingerprint } = declaring.0;
    let wish = Wish { kind: kind_of(kind)?, name: name.to_owned(), declaration: Some(declaration) };
    let catalogue = catalogue.inner().clone();
    let declared = db.write(move |tx| {
        let counts = super::apply(tx, &scope, &catalogue, &wish, fingerprint.as_deref())?;
        let custom = super::find(tx, &scope, wish.kind, &wish.name)?;
        Ok::<_, CustomTypeError>(Declared { custom, counts })
    });
    Ok(Json(declared.await?))
}

/// Take an own declaration back
///
/// Entries of a type go into the bin. A section goes out of every page, an added field out of every entry; their revisions
/// keep them.
#[utoipa::path(
    tag = "Types",
    params(
        ("kind" = OwnKind, Path, description = "`type`, `section` or `extension`"),
        ("name" = String, Path, description = "Its name; of added fields the name of the built-in type"),
        ("fingerprint" = Option<String>, Query, description = "Of the check; it may be left out where every entry stays as it is"),
    ),
    responses((status = 200, body = Counts))
)]
#[delete("/types/custom/<kind>/<name>")]
async fn remove(
    scope: May<ManageTypes>,
    kind: &str,
    name: &str,
    query: UrlQuery<'_>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<Counts> {
    query.refuse_unknown(&["fingerprint"])?;
    let wish = Wish { kind: kind_of(kind)?, name: name.to_owned(), declaration: None };
    let fingerprint = query.get("fingerprint").map(str::to_owned);
    let catalogue = catalogue.inner().clone();
    let done = db.write(move |tx| super::apply(tx, &scope, &catalogue, &wish, fingerprint.as_deref()));
    Ok(Json(done.await?))
}

fn kind_of(name: &str) -> Result<OwnKind, Problem> {
    OwnKind::named(name).ok_or_else(Problem::not_found)
}
