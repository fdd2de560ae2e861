//! The sample group's drawings, built in and served at `/media/demo/NAME.svg`.

use std::{borrow::Cow, path::Path};

use machinery::web::Problem;
use rocket::{
    Request, Route, get,
    http::Header,
    response::{Responder, Result as Responded},
    routes,
};
use rust_embed::RustEmbed;

use crate::embedded::{Asset, Wanted};

/// The drawings.
#[derive(RustEmbed)]
#[folder = "../../assets/demo/drawings"]
#[include = "*.svg"]
pub(super) struct Drawings;

/// A drawing opened by itself may set styles and nothing else: no script, no request, no form.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'";
/// A week: a drawing keeps its name when it changes, which it does with a new version of the program at most.
const CACHE_CONTROL: &str = "public, max-age=604800";

/// The drawings' addresses, mounted at `/`.
pub fn routes() -> Vec<Route> {
    routes![drawing]
}

/// The bytes of the drawing with this name.
pub(crate) fn drawing_named(name: &str) -> Option<Cow<'static, [u8]>> {
    Drawings::get(name).map(|file| file.data)
}

/// A drawing, for pages of any origin: hotels' own front ends show what the public API names.
struct Drawing(Asset);

#[get("/media/demo/<name>")]
fn drawing(name: &str, wanted: Wanted<'_>) -> Result<Drawing, Problem> {
    let found = wanted.find::<Drawings>(Path::new(name), CACHE_CONTROL);
    found.map(|asset| Drawing(asset.under(POLICY))).ok_or_else(Problem::not_found)
}

impl<'r> Responder<'r, 'static> for Drawing {
    fn respond_to(self, request: &'r Request<'_>) -> Responded<'static> {
        let mut response = self.0.respond_to(request)?;
        response.set_header(Header::new("Cross-Origin-Resource-Policy", "cross-origin"));
        Ok(response)
    }
}
