//! HTTP of entries as files.

use std::io::{BufWriter, Seek as _, Write as _};

use content::{
    sites,
    types::{Catalogue, Declarations},
};
use ground::{
    db::{Conn, Db},
    words::SiteId,
};
use machinery::web::{Answer, Problem, UrlQuery, arriving};
use rocket::{
    Data, Request, Response, Route, State,
    data::ToByteUnit,
    get,
    http::Header,
    post,
    response::{self, Responder},
    serde::json::Json,
};
use tenants::{
    permissions::{EditContent, ViewContent},
    scope::{May, Scope},
};
use utoipa::OpenApi;

use super::{
    Format, TableReport,
    reading::{self, checked, outcome},
    writing,
};
use crate::transfer::TransferError;

/// Bytes of a file that comes over HTTP: it is held in memory. The command takes larger ones.
const LARGEST_UPLOAD: u64 = 8 * 1024 * 1024;
/// Records of such a file: they are written in one transaction, for which others wait some seconds at most.
const MOST_UPLOADED: usize = 1_000;

/// The routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![export, import]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(export, import))]
pub struct Document;

/// A file to keep, from the disk: a type may have more entries than memory has room for.
struct Download {
    name: String,
    media_type: &'static str,
    size: u64,
    file: tokio::fs::File,
}

impl<'r> Responder<'r, 'static> for Download {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        Response::build()
            .header(Header::new("Content-Type", self.media_type))
            .header(Header::new("Content-Disposition", format!("attachment; filename=\"{}\"", self.name)))
            .header(Header::new("Content-Length", self.size.to_string()))
            .header(Header::new("Cache-Control", "no-store"))
            .streamed_body(self.file)
            .ok()
    }
}

/// All entries of a type of a site as a file
///
/// A table for spreadsheets, or JSON for programs. Brought back unchanged it changes nothing.
#[utoipa::path(
    tag = "Entries",
    params(
        ("site" = String, Path, description = "The site's id"),
        ("type" = String, Query, description = "The type, e.g. `room`"),
        ("format" = Option<String>, Query, description = "`csv`, if left out, or `json`"),
    ),
    responses((
        status = 200,
        content((String = "text/csv"), (serde_json::Value = "application/json")),
        description = "The file, of the kind that `format` names"
    ))
)]
#[get("/sites/<site>/entries-file")]
async fn export(
    scope: May<ViewContent>,
    site: &str,
    query: UrlQuery<'_>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Result<Download, Problem> {
    query.refuse_unknown(&["type", "format"])?;
    let (site, format) = (site_of(site)?, format_of(&query)?);
    let declarations = catalogue.current(db, &*scope).await?;
    let content_type = type_of(&declarations, &query)?;
    let name = format!("{content_type}.{}", format.ending());
    let (file, size) = db
        .scan(move |conn| {
            let site = sites::find(conn, &scope, site)?;
            let unwritable = |reason| TransferError::Unwritable { file: "a temporary file".into(), reason };
            let mut to = BufWriter::new(tempfile::tempfile().map_err(unwritable)?);
            writing::write(conn, &scope, &declarations, &site, &content_type, format, &mut to)?.map_err(unwritable)?;
            to.flush().map_err(unwritable)?;
            let mut file = to.into_inner().map_err(|error| unwritable(error.into_error()))?;
            let size = file.stream_position().map_err(unwritable)?;
            file.rewind().map_err(unwritable)?;
            Ok::<_, TransferError>((file, size))
        })
        .await?;
    Ok(Download { name, media_type: format.media_type(), size, file: tokio::fs::File::from_std(file) })
}

/// Take a file of entries back in, as drafts
///
/// The file is the body. All of it is taken, or nothing. With `dry_run` it is said of each record what would become of it.
#[utoipa::path(
    tag = "Entries",
    params(
        ("site" = String, Path, description = "The site's id"),
        ("type" = String, Query, description = "The type, e.g. `room`"),
        ("format" = Option<String>, Query, description = "`csv`, if left out, or `json`"),
        ("dry_run" = Option<bool>, Query, description = "Only say what would change"),
    ),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = TableReport))
)]
#[post("/sites/<site>/entries-file", data = "<file>")]
async fn import(
    scope: May<EditContent>,
    site: &str,
    query: UrlQuery<'_>,
    file: Data<'_>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<TableReport> {
    query.refuse_unknown(&["type", "format", "dry_run"])?;
    let (site, format) = (site_of(site)?, format_of(&query)?);
    let is_dry_run = query.parsed::<bool>("dry_run", "true or false")?.unwrap_or_default();
    let declarations = catalogue.current(db, &*scope).await?;
    let content_type = type_of(&declarations, &query)?;
    let bytes = arriving::bytes_of(file, LARGEST_UPLOAD.bytes()).await.map_err(|_| arriving::cut_short("file"))?;
    let too_large = || TransferError::TooLarge { file: "The file".into(), limit: LARGEST_UPLOAD };
    let bytes = bytes.ok_or_else(too_large)?;
    let look = {
        let (scope, declarations) = (scope.clone(), declarations.clone());
        move |conn: &Conn| looked_at(conn, &scope, &declarations, site, &content_type, format, &bytes)
    };
    let checked = db.scan(look).await?;
    if checked.len() > MOST_UPLOADED {
        let told = format!("A file has at most {MOST_UPLOADED} records here. Send the parts one after the other.");
        return Err(TransferError::Refused(vec![told]).into());
    }
    let written = db.write(move |tx| reading::write(tx, &scope, &declarations, checked, is_dry_run)).await;
    Ok(Json(outcome(written)?))
}

fn looked_at(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    content_type: &str,
    format: Format,
    bytes: &[u8],
) -> Result<reading::Checked, TransferError> {
    let site = sites::find(conn, scope, site)?;
    checked(conn, scope, declarations, &site, content_type, format, bytes)
}

fn site_of(id: &str) -> Result<SiteId, Problem> {
    id.parse().map_err(|_| Problem::not_found())
}

fn format_of(query: &UrlQuery<'_>) -> Result<Format, Problem> {
    match query.get("format").filter(|text| !text.is_empty()) {
        None => Ok(Format::Csv),
        Some(name) => Format::named(name)
            .ok_or_else(|| Problem::parameter_invalid("format", "`format` must be csv or json.".to_owned())),
    }
}

fn type_of(declarations: &Declarations, query: &UrlQuery<'_>) -> Result<String, Problem> {
    let named = declarations.type_in(query)?;
    named.ok_or_else(|| Problem::parameter_invalid("type", "Name the type whose entries the file has.".to_owned()))
}
