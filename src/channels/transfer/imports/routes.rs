//! HTTP of imports.

use ground::{db::Db, words::ImportId};
use machinery::web::{Answer, Body, Created, Empty, Problem, UrlQuery, arriving};
use rocket::{
    Data, Route, State, data::ToByteUnit as _, delete, get, post, put, response::content::RawJson, serde::json::Json,
};
use serde::Serialize;
use tenants::{
    permissions::ImportContent,
    scope::{May, Scope},
};
use tokio::fs::{self, File};
use utoipa::{OpenApi, ToSchema};

use super::{
    FileBrought, Import, ImportError, ImportReport, Imports, Part, Step, Wish,
    asking::{awaiting, bring, report, take_away},
    folder::is_name,
};

/// The routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![list, ask, find, put_file, remove_file, check, apply, read_report, remove]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(list, ask, find, put_file, remove_file, check, apply, read_report, remove))]
pub struct Document;

/// The imports of an organization.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportList)]
pub(super) struct List {
    /// The newest first.
    results: Vec<Import>,
}

/// What was brought to the organization within the last week
#[utoipa::path(tag = "Imports", responses((status = 200, body = List)))]
#[get("/imports")]
async fn list(scope: May<ImportContent>, query: UrlQuery<'_>, db: &State<Db>) -> Answer<List> {
    query.refuse_unknown(&[])?;
    let results = db.read(move |conn| super::list(conn, &scope)).await?;
    Ok(Json(List { results }))
}

/// Begin an import
///
/// Then bring its file, have it looked at, read the report, and have it taken over. Nothing changes before that last step. An
/// archive brings sites, types and rules: it is for those who may manage the organization.
#[utoipa::path(tag = "Imports", request_body = Wish, responses((status = 201, body = Import)))]
#[post("/imports", data = "<wish>")]
async fn ask(
    scope: May<ImportContent>,
    wish: Body<Wish>,
    imports: &State<Imports>,
    db: &State<Db>,
) -> Result<Created<Import>, Problem> {
    let (import, gone) = db.write(move |tx| super::ask(tx, &scope, wish.0)).await?;
    for id in gone {
        clear(imports, id).await;
    }
    Ok(Created(import))
}

/// How far an import is
#[utoipa::path(
    tag = "Imports",
    params(("id" = String, Path, description = "The import's id")),
    responses((status = 200, body = Import))
)]
#[get("/imports/<id>")]
async fn find(scope: May<ImportContent>, id: &str, db: &State<Db>) -> Answer<Import> {
    let id = id_of(id)?;
    Ok(Json(db.read(move |conn| super::find(conn, &scope, id)).await?))
}

/// Bring a file of an import
///
/// The file is the body. Every source has a part `source`; an export of WordPress may have `attachments`, a ZIP file of
/// `wp-content/uploads`; an index of sitemaps has its sitemaps `beside` it, under their own names. A file that comes again takes
/// the place of the one before, and what was said of that is forgotten.
#[utoipa::path(
    tag = "Imports",
    params(
        ("id" = String, Path, description = "The import's id"),
        ("part" = Part, Path, description = "What the file is"),
        ("name" = String, Query, description = "What the file is called"),
    ),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Import))
)]
#[put("/imports/<id>/files/<part>", data = "<file>")]
async fn put_file(
    scope: May<ImportContent>,
    id: &str,
    part: &str,
    query: UrlQuery<'_>,
    file: Data<'_>,
    imports: &State<Imports>,
    db: &State<Db>,
) -> Answer<Import> {
    let id = id_of(id)?;
    query.refuse_unknown(&["name"])?;
    let import = {
        let scope = scope.clone();
        db.read(move |conn| awaiting(conn, &scope, id)).await?
    };
    let part = Part::named(part).ok_or(ImportError::PartUnknown)?;
    let limit = import.wish.largest(part).ok_or(ImportError::PartUnknown)?;
    let name = query.get("name").unwrap_or_default().to_owned();
    if !is_name(&name) {
        return Err(ImportError::NameInvalid(name).into());
    }
    let landing = imports.landing(id, db.randomness()).map_err(ImportError::Folder)?;
    let landed = landed(file, limit, &landing).await;
    let kept = match landed {
        Ok(size) => {
            let (place, brought) = (imports.place(id, part, &name), FileBrought { part, name, size });
            let (scope, landed) = (scope.into_scope(), landing.clone());
            // In the transaction: of two that come at once the row names the one that lies there.
            let moved = db.write(move |tx| {
                let import = bring(tx, &scope, id, brought)?;
                std::fs::rename(&landed, place).map_err(ImportError::Folder)?;
                Ok(import)
            });
            moved.await
        }
        Err(refusal) => Err(refusal),
    };
    if kept.is_err() {
        // It is rubbish whether or not it can be removed now.
        drop(fs::remove_file(&landing).await);
    }
    Ok(Json(kept?))
}

async fn landed(file: Data<'_>, limit: u64, to: &std::path::Path) -> Result<u64, ImportError> {
    let mut landing = File::create_new(to).await.map_err(ImportError::Folder)?;
    if !arriving::read_into(file, limit.bytes(), &mut landing).await.map_err(ImportError::of_arrival)? {
        return Err(ImportError::TooLarge(limit));
    }
    landing.sync_all().await.map_err(ImportError::Folder)?;
    Ok(landing.metadata().await.map_err(ImportError::Folder)?.len())
}

/// Take a file of an import away again
///
/// What was said of the files before is forgotten.
#[utoipa::path(
    tag = "Imports",
    params(
        ("id" = String, Path, description = "The import's id"),
        ("part" = Part, Path, description = "What the file is"),
        ("name" = Option<String>, Query, description = "Of the sitemaps beside an index, the one of this name; left out, all of the part"),
    ),
    responses((status = 200, body = Import))
)]
#[delete("/imports/<id>/files/<part>")]
async fn remove_file(
    scope: May<ImportContent>,
    id: &str,
    part: &str,
    query: UrlQuery<'_>,
    imports: &State<Imports>,
    db: &State<Db>,
) -> Answer<Import> {
    let id = id_of(id)?;
    query.refuse_unknown(&["name"])?;
    {
        let scope = scope.clone();
        db.read(move |conn| awaiting(conn, &scope, id)).await?;
    }
    let part = Part::named(part).ok_or(ImportError::PartUnknown)?;
    let name = query.get("name").map(str::to_owned);
    let (import, gone) = db.write(move |tx| take_away(tx, &scope, id, part, name.as_deref())).await?;
    for file in gone {
        // The name was one when the file was brought.
        if let Err(error) = fs::remove_file(imports.place(id, file.part, &file.name)).await {
            tracing::warn!(%error, import.id = %id, "a file of an import could not be removed; it goes with the import");
        }
    }
    Ok(Json(import))
}

/// Have an import looked at
///
/// In the background; nothing changes. When it is `checked`, the report says what would become of everything.
#[utoipa::path(
    tag = "Imports",
    params(("id" = String, Path, description = "The import's id")),
    responses((status = 200, body = Import))
)]
#[post("/imports/<id>/check")]
async fn check(scope: May<ImportContent>, id: &str, db: &State<Db>) -> Answer<Import> {
    begun(scope.into_scope(), id, Step::Check, db).await
}

/// Have an import taken over that was looked at
///
/// In the background, some things at a time, so that everybody else goes on working. When it is `done`, the report says what
/// became of everything. One that was broken off is begun again by itself and goes on where it stopped.
#[utoipa::path(
    tag = "Imports",
    params(("id" = String, Path, description = "The import's id")),
    responses((status = 200, body = Import))
)]
#[post("/imports/<id>/apply")]
async fn apply(scope: May<ImportContent>, id: &str, db: &State<Db>) -> Answer<Import> {
    begun(scope.into_scope(), id, Step::Apply, db).await
}

async fn begun(scope: Scope, id: &str, step: Step, db: &Db) -> Answer<Import> {
    let id = id_of(id)?;
    Ok(Json(db.write(move |tx| super::begin(tx, &scope, id, step)).await?))
}

/// What would become of everything, or what became of it
#[utoipa::path(
    tag = "Imports",
    params(("id" = String, Path, description = "The import's id")),
    responses((status = 200, body = ImportReport))
)]
#[get("/imports/<id>/report")]
async fn read_report(scope: May<ImportContent>, id: &str, db: &State<Db>) -> Result<RawJson<String>, Problem> {
    let id = id_of(id)?;
    Ok(RawJson(db.read(move |conn| report(conn, &scope, id)).await?))
}

/// Throw an import away
///
/// What was taken over stays. One at which a job is at work cannot be thrown away.
#[utoipa::path(
    tag = "Imports",
    params(("id" = String, Path, description = "The import's id")),
    responses((status = 204, description = "It is gone"))
)]
#[delete("/imports/<id>")]
async fn remove(
    scope: May<ImportContent>,
    id: &str,
    imports: &State<Imports>,
    db: &State<Db>,
) -> Result<Empty, Problem> {
    let id = id_of(id)?;
    db.write(move |tx| super::delete(tx, &scope, id)).await?;
    clear(imports, id).await;
    Ok(Empty)
}

async fn clear(imports: &Imports, id: ImportId) {
    let imports = imports.clone();
    // A failure is told in the log, where it happens.
    drop(tokio::task::spawn_blocking(move || imports.clear(id)).await);
}

fn id_of(id: &str) -> Result<ImportId, ImportError> {
    id.parse().map_err(|_| ImportError::NotFound)
}
