//! HTTP of exports.

use ground::{
    db::Db,
    words::{ExportId, Slug},
};
use machinery::web::{Answer, Body, Created, Empty, Problem, UrlQuery};
use rocket::{
    Request, Response, Route, State, delete, get,
    http::Header,
    post,
    response::{self, Responder},
    serde::json::Json,
};
use serde::Serialize;
use tenants::{organizations, permissions::ExportOrganization, scope::May};
use utoipa::{OpenApi, ToSchema};

use super::{ENDING, Export, ExportError, ExportFormat, ExportState, Exports, Wish, asking::tell};

/// The routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![list, ask, find, download, remove]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(list, ask, find, download, remove))]
pub struct Document;

/// The exports of an organization.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExportList)]
pub(super) struct List {
    /// The newest first.
    results: Vec<Export>,
}

/// An archive on its way out. It is private: nothing on the way keeps it.
struct Download {
    name: String,
    size: u64,
    file: tokio::fs::File,
}

impl<'r> Responder<'r, 'static> for Download {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        Response::build()
            .header(Header::new("Content-Type", "application/gzip"))
            .header(Header::new("Content-Disposition", format!("attachment; filename=\"{}\"", self.name)))
            .header(Header::new("Content-Length", self.size.to_string()))
            .header(Header::new("Cache-Control", "no-store"))
            .streamed_body(self.file)
            .ok()
    }
}

/// Archives of the organization's content or websites that were asked for
#[utoipa::path(tag = "Exports", responses((status = 200, body = List)))]
#[get("/exports")]
async fn list(scope: May<ExportOrganization>, query: UrlQuery<'_>, db: &State<Db>) -> Answer<List> {
    query.refuse_unknown(&[])?;
    let results = db.read(move |conn| super::list(conn, &scope)).await?;
    Ok(Json(List { results }))
}

/// Ask for an archive of the organization's content or websites, or of one site's
///
/// It is written in the background; one at a time. For 24 hours it can be downloaded.
#[utoipa::path(tag = "Exports", request_body = Wish, responses((status = 201, body = Export)))]
#[post("/exports", data = "<wish>")]
async fn ask(scope: May<ExportOrganization>, wish: Body<Wish>, db: &State<Db>) -> Result<Created<Export>, Problem> {
    Ok(Created(db.write(move |tx| super::ask(tx, &scope, wish.0)).await?))
}

/// How far an archive is
#[utoipa::path(
    tag = "Exports",
    params(("id" = String, Path, description = "The export's id")),
    responses((status = 200, body = Export))
)]
#[get("/exports/<id>")]
async fn find(scope: May<ExportOrganization>, id: &str, db: &State<Db>) -> Answer<Export> {
    let id = id_of(id)?;
    Ok(Json(db.read(move |conn| super::find(conn, &scope, id)).await?))
}

/// Download an archive that is ready
#[utoipa::path(
    tag = "Exports",
    params(("id" = String, Path, description = "The export's id")),
    responses((status = 200, body = Vec<u8>, content_type = "application/gzip", description = "The archive"))
)]
#[get("/exports/<id>/file")]
async fn download(
    scope: May<ExportOrganization>,
    id: &str,
    exports: &State<Exports>,
    db: &State<Db>,
) -> Result<Download, Problem> {
    let id = id_of(id)?;
    let found = {
        let scope = scope.clone();
        db.read(move |conn| {
            let export = super::find(conn, &scope, id)?;
            let slug = organizations::current(conn, &*scope).map_err(|_| ExportError::NotFound)?.slug;
            Ok::<_, ExportError>((export, slug))
        })
    };
    let (export, slug): (Export, Slug) = found.await?;
    if export.state != ExportState::Ready {
        return Err(ExportError::NotReady.into());
    }
    if export.expires_at.is_none_or(|until| until <= db.clock().now()) {
        return Err(ExportError::NotFound.into());
    }
    let opened = tokio::fs::File::open(exports.file(id)).await;
    let (file, size) = match opened {
        Ok(file) => {
            let size = file.metadata().await.map_err(|_| ExportError::Elsewhere)?.len();
            (file, size)
        }
        Err(_) => return Err(ExportError::Elsewhere.into()),
    };
    let day = export.created_at.to_string();
    let what = if export.format == ExportFormat::Static { "-website" } else { "" };
    let name = format!("{slug}{what}-{}{ENDING}", day.get(..10).unwrap_or_default());
    db.write(move |tx| tell(tx, &scope, "export.downloaded", &export)).await?;
    Ok(Download { name, size, file })
}

/// Throw an archive away
#[utoipa::path(
    tag = "Exports",
    params(("id" = String, Path, description = "The export's id")),
    responses((status = 204, description = "It is gone"))
)]
#[delete("/exports/<id>")]
async fn remove(
    scope: May<ExportOrganization>,
    id: &str,
    exports: &State<Exports>,
    db: &State<Db>,
) -> Result<Empty, Problem> {
    let id = id_of(id)?;
    db.write(move |tx| super::delete(tx, &scope, id)).await?;
    // What cannot be removed now goes with the next sweep.
    if let Err(error) = tokio::fs::remove_file(exports.file(id)).await
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(%error, export.id = %id, "an archive could not be removed; the sweep tries again");
    }
    Ok(Empty)
}

fn id_of(id: &str) -> Result<ExportId, ExportError> {
    id.parse().map_err(|_| ExportError::NotFound)
}
