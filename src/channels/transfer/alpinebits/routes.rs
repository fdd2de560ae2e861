//! HTTP of messages on their way out. On their way in they are imports.

use content::{sites, types::Catalogue};
use ground::{
    db::Db,
    words::{SiteId, Slug},
};
use machinery::web::{Answer, Problem, UrlQuery};
use rocket::{Route, State, get, serde::json::Json};
use tenants::{permissions::ViewContent, scope::May};
use utoipa::OpenApi;

use super::{AlpinebitsExport, Exported, Message};
use crate::{public_api::PublicApi, transfer::TransferError};

/// The routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![message]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(message))]
pub struct Document;

/// The hotel content of a site as a message of AlpineBits
///
/// What an import of the same file brings back unchanged: rooms, the house, or both in one file to move with.
#[utoipa::path(
    tag = "Exports",
    params(
        ("site" = String, Path, description = "The site's id"),
        ("message" = Option<Message>, Query, description = "Which message; `all`, if left out"),
        ("property" = Option<String>, Query, description = "Only the house of this slug"),
        ("drafts" = Option<bool>, Query, description = "What the team works on instead of what is published"),
    ),
    responses((status = 200, body = Exported))
)]
#[get("/sites/<site>/alpinebits")]
async fn message(
    scope: May<ViewContent>,
    site: &str,
    query: UrlQuery<'_>,
    api: &State<PublicApi>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<Exported> {
    query.refuse_unknown(&["message", "property", "drafts"])?;
    let site = site.parse::<SiteId>().map_err(|_| Problem::not_found())?;
    let message = match query.get("message").filter(|name| !name.is_empty()) {
        None => Message::All,
        Some(name) => Message::named(name)
            .ok_or_else(|| Problem::parameter_invalid("message", "`message` must be basic, info or all.".to_owned()))?,
    };
    let property = query.parsed::<Slug>("property", "the slug of a house")?;
    let drafts = query.parsed::<bool>("drafts", "true or false")?.unwrap_or_default();
    let (catalogue, base) = (Catalogue::clone(catalogue), api.public_url().to_owned());
    let exported = db.scan(move |conn| {
        let site = sites::find(conn, &scope, site)?.slug;
        let wish = AlpinebitsExport { site: &site, property: property.as_ref(), message, drafts, base: &base };
        super::exporting::export_from(conn, &catalogue, &scope, &wish)
    });
    let exported: Result<_, TransferError> = exported.await;
    Ok(Json(exported?))
}
