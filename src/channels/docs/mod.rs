//! The documentation and the API's browser, embedded; and the OpenAPI document that both quote.

mod routes;

use machinery::web::{Cached, Problem};
use rust_embed::RustEmbed;
use utoipa::openapi::OpenApi;

pub use routes::{Document, api_routes, routes};

/// What `docs/` was built to. Empty in a program that was built without Node.
#[derive(RustEmbed)]
#[folder = "../../docs/dist"]
#[allow_missing = true]
struct Pages;

/// The API's browser: a page made by the frontend's build.
#[derive(RustEmbed)]
#[folder = "../../frontend/dist"]
#[allow_missing = true]
#[include = "schema/*"]
struct Browser;

/// The OpenAPI document, made once at start.
#[derive(Clone, Debug)]
pub struct ApiDocument(Cached);

impl ApiDocument {
    /// Writes the document out.
    pub fn new(document: &OpenApi) -> Result<Self, serde_json::Error> {
        let bytes = serde_json::to_vec(document)?;
        Ok(Self(Cached::json(crate::embedded::REVALIDATE, bytes)))
    }

    /// The document's JSON.
    pub fn json(&self) -> &[u8] {
        self.0.bytes()
    }
}

fn unbuilt(what: &str) -> Problem {
    Problem::new(
        404,
        "not_built",
        "Not built in",
        format!("This program was built without {what}. Build it with `make build` (needs Node 20 or newer)."),
    )
}
