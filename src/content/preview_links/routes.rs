//! HTTP of preview links: the team's side. What a link opens is in the room of the websites.

use ground::{
    crypto::PasswordHasher,
    db::Db,
    words::{PreviewLinkId, SiteId},
};
use machinery::web::{Answer, Body, Created, Empty, Problem, UrlQuery};
use rocket::{Route, State, delete, get, post, serde::json::Json};
use serde::Serialize;
use tenants::{permissions::EditContent, scope::May};
use utoipa::{OpenApi, ToSchema};

use super::{MadeLink, NewPreviewLink, PreviewLink, PreviewLinkError, is_password};

/// All routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![list, make, withdraw]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(list, make, withdraw))]
pub struct Document;

/// How links begin. Managed by Rocket.
#[derive(Clone, Debug)]
pub struct PreviewAddresses(String);

impl PreviewAddresses {
    /// Below the installation's public address.
    pub fn under(public_url: &str) -> Self {
        Self(format!("{}/preview/l/", public_url.trim_end_matches('/')))
    }

    fn of(&self, token: &str) -> String {
        format!("{}{token}/", self.0)
    }
}

/// Preview links of a site.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PreviewLinks {
    /// Those that are good or ended within the last month, the newest first.
    results: Vec<PreviewLink>,
}

/// The preview links of a site
#[utoipa::path(
    tag = "Previews",
    params(("site" = String, Path, description = "The site's id")),
    responses((status = 200, body = PreviewLinks))
)]
#[get("/sites/<site>/preview-links")]
async fn list(scope: May<EditContent>, site: &str, query: UrlQuery<'_>, db: &State<Db>) -> Answer<PreviewLinks> {
    query.refuse_unknown(&[])?;
    let site = parsed(site)?;
    Ok(Json(PreviewLinks { results: db.read(move |conn| super::list(conn, &scope, site)).await? }))
}

/// Make a link that shows drafts to whoever has it
///
/// The address and the token in it are answered once; only a hash is kept.
#[utoipa::path(
    tag = "Previews",
    request_body = NewPreviewLink,
    params(("site" = String, Path, description = "The site's id")),
    responses((status = 201, body = MadeLink))
)]
#[post("/sites/<site>/preview-links", data = "<new>")]
async fn make(
    scope: May<EditContent>,
    site: &str,
    new: Body<NewPreviewLink>,
    hasher: &State<PasswordHasher>,
    addresses: &State<PreviewAddresses>,
    db: &State<Db>,
) -> Result<Created<MadeLink>, Problem> {
    let site = parsed(site)?;
    let new = new.0;
    let password_hash = match new.password.as_deref() {
        None => None,
        Some(password) if !is_password(password) => return Err(PreviewLinkError::PasswordInvalid.into()),
        Some(password) => Some(hasher.hash(password.to_owned()).await.map_err(PreviewLinkError::from)?),
    };
    let (link, token) = db.write(move |tx| super::make(tx, &scope, site, new, password_hash)).await?;
    Ok(Created(MadeLink { link, address: addresses.of(&token), token }))
}

/// Withdraw a preview link: it opens nothing from now on
#[utoipa::path(
    tag = "Previews",
    params(
        ("site" = String, Path, description = "The site's id"),
        ("id" = String, Path, description = "The link's id"),
    ),
    responses((status = 204, description = "It opens nothing"))
)]
#[delete("/sites/<site>/preview-links/<id>")]
async fn withdraw(scope: May<EditContent>, site: &str, id: &str, db: &State<Db>) -> Result<Empty, Problem> {
    let site = parsed(site)?;
    let id: PreviewLinkId = id.parse().map_err(|_| PreviewLinkError::NotFound)?;
    db.write(move |tx| super::withdraw(tx, &scope, site, id)).await?;
    Ok(Empty)
}

fn parsed(site: &str) -> Result<SiteId, Problem> {
    site.parse().map_err(|_| PreviewLinkError::NotFound.into())
}
