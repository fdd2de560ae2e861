//! HTTP of declarations.

use std::sync::Arc;

use ground::db::Db;
use machinery::web::{Answer, Problem, UrlQuery};
use rocket::{Route, State, get, serde::json::Json};
use tenants::{permissions::ViewContent, scope::May};
use utoipa::OpenApi;

use super::{
    Catalogue, Declarations, FieldKind,
    dictionaries::{self as shipped, Dictionary},
};

/// All routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![list, dictionaries, dictionary]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
// The kinds hold each other, so that their schemas are not found by following the answer's.
#[openapi(paths(list, dictionaries, dictionary), components(schemas(FieldKind)))]
pub struct Document;

/// The types of content and of sections with their fields, as forms need them
#[utoipa::path(tag = "Types", responses((status = 200, body = Declarations)))]
#[get("/types")]
async fn list(
    scope: May<ViewContent>,
    query: UrlQuery<'_>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<Arc<Declarations>> {
    query.refuse_unknown(&[])?;
    Ok(Json(catalogue.current(db, &*scope).await?))
}

/// The dictionaries of codes, whole: amenities, views, cuisines, allergens and more
#[utoipa::path(tag = "Types", responses((status = 200, body = Vec<Dictionary>)))]
#[get("/dictionaries")]
fn dictionaries(_scope: May<ViewContent>, query: UrlQuery<'_>) -> Result<Json<&'static [Dictionary]>, Problem> {
    query.refuse_unknown(&[])?;
    Ok(Json(shipped::all()))
}

/// One dictionary by its name
#[utoipa::path(tag = "Types", params(("name" = String, Path,)), responses((status = 200, body = Dictionary)))]
#[get("/dictionaries/<name>")]
fn dictionary(_scope: May<ViewContent>, query: UrlQuery<'_>, name: &str) -> Result<Json<&'static Dictionary>, Problem> {
    query.refuse_unknown(&[])?;
    shipped::dictionary(name).map(Json).ok_or_else(Problem::not_found)
}

impl Declarations {
    /// The type that the parameter `type` of a query names, if it names one.
    pub fn type_in(&self, query: &UrlQuery<'_>) -> Result<Option<String>, Problem> {
        match query.get("type").filter(|name| !name.is_empty()) {
            None => Ok(None),
            Some(name) if self.content_type(name).is_some() => Ok(Some(name.to_owned())),
            Some(unknown) => Err(Problem::parameter_invalid("type", format!("There is no type `{unknown}`."))),
        }
    }
}
