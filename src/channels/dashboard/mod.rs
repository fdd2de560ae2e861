//! The team's dashboard and the operator's area: one browser application, built from `frontend/` and embedded. Without a
//! build the same addresses say how to make one; the API does not need it.

mod routes;

use rust_embed::RustEmbed;

pub use routes::{FrontDoor, routes};

/// What `frontend/` was built to. Empty in a program that was built without Node.
#[derive(RustEmbed)]
#[folder = "../../frontend/dist"]
#[allow_missing = true]
#[exclude = "schema/*"]
struct Files;

/// The application runs its own files and talks to its own origin; nothing stands inline. Pictures may come from
/// elsewhere, because hotels' documents hold their addresses.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: https:; \
                      font-src 'self'; connect-src 'self'; frame-src 'self'; manifest-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// What stands in the dashboard's place in a program that was built without Node.
const UNBUILT: &str = include_str!("unbuilt.html");

/// The application's page; every address inside it begins there.
const INDEX: &str = "index.html";
