//! Addresses of the documentation (`/docs`), of the API's browser (`/api/v1/schema/`) and of the OpenAPI document.

use std::path::{Path, PathBuf};

use machinery::web::{Cached, Problem};
use rocket::{Route, State, get, response::Redirect, routes};

use super::{ApiDocument, Browser, Pages, unbuilt};
use crate::embedded::{Asset, REVALIDATE, Wanted};

/// The documentation searches in its own page and shows pictures of its own; its samples of code are coloured in place.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' \
                           data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// The API's browser sets styles on its elements.
const BROWSER_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                              font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
                              frame-ancestors 'none'";

/// The documentation, mounted at `/`.
pub fn routes() -> Vec<Route> {
    routes![problem, page]
}

/// The API's description, mounted at `/api/v1`.
pub fn api_routes() -> Vec<Route> {
    routes![openapi, browser]
}

/// What these routes add to the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(paths(openapi))]
pub struct Document;

/// The OpenAPI 3.1 document of this installation.
#[utoipa::path(tag = "API description", responses((status = 200, description = "The document.", content_type = "application/json")), security())]
#[get("/openapi.json")]
fn openapi(document: &State<ApiDocument>) -> Cached {
    document.0.clone()
}

#[get("/schema/<path..>")]
fn browser(path: PathBuf, wanted: Wanted<'_>) -> Result<Asset, Problem> {
    let name = if path.as_os_str().is_empty() { PathBuf::from("index.html") } else { path };
    let found = wanted.find::<Browser>(&Path::new("schema").join(name), REVALIDATE);
    found.map(|asset| asset.under(BROWSER_POLICY)).ok_or_else(|| unbuilt("the API's browser"))
}

/// What the `type` of a problem document leads to.
#[get("/docs/problems/<code>")]
fn problem(code: &str) -> Result<Redirect, Problem> {
    let is_code = code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if is_code { Ok(Redirect::found(format!("/docs/reference/problems#{code}"))) } else { Err(Problem::not_found()) }
}

#[get("/docs/<path..>", rank = 2)]
fn page(path: PathBuf, wanted: Wanted<'_>) -> Result<Asset, Problem> {
    let candidates = [path.clone(), path.join("index.html"), path.with_extension("html")];
    match candidates.iter().find_map(|path| wanted.find::<Pages>(path, REVALIDATE)) {
        Some(asset) => Ok(asset.under(DOCS_POLICY)),
        None if Pages::iter().next().is_none() => Err(unbuilt("its documentation")),
        None => Err(Problem::not_found()),
    }
}
