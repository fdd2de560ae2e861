//! HTTP of translation files.

use content::{entries::translations::Lack, types::Catalogue};
use ground::{
    db::Db,
    words::{Locale, SiteId},
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
    scope::May,
};
use utoipa::OpenApi;

use super::{Format, Import, LARGEST_FILE, TranslationError, TranslationsReport, Wanted};

/// The routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![export, import]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(export, import))]
pub struct Document;

/// A file to keep.
struct File {
    name: String,
    media_type: &'static str,
    text: String,
}

impl<'r> Responder<'r, 'static> for File {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        Response::build()
            .header(Header::new("Content-Type", self.media_type))
            .header(Header::new("Content-Disposition", format!("attachment; filename=\"{}\"", self.name)))
            .header(Header::new("Cache-Control", "no-store"))
            .sized_body(self.text.len(), std::io::Cursor::new(self.text))
            .ok()
    }
}

/// The texts of a site as a file for translators
#[utoipa::path(
    tag = "Translations",
    params(
        ("site" = String, Path, description = "The site's id"),
        ("target" = String, Query, description = "The language to translate into"),
        ("source" = Option<String>, Query, description = "The language to translate from; the site's default where it is left out"),
        ("format" = Option<String>, Query, description = "`xliff-1.2`, which every translators' program reads, `xliff-2.1` or `csv`"),
        ("type" = Option<String>, Query, description = "Only entries of this type"),
        ("entry" = Option<String>, Query, description = "Only this entry, by its id"),
        ("state" = Option<String>, Query, description = "Only texts that are `missing` or `stale`, or `any` of both"),
    ),
    responses((
        status = 200,
        content((String = "application/xliff+xml"), (String = "text/csv")),
        description = "The file, of the kind that `format` names"
    ))
)]
#[get("/sites/<site>/translations/file")]
async fn export(
    scope: May<ViewContent>,
    site: &str,
    query: UrlQuery<'_>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Result<File, Problem> {
    query.refuse_unknown(&["target", "source", "format", "type", "entry", "state"])?;
    let site = site_of(site)?;
    let what = "a language such as `de` or `pt-br`";
    let target: Option<Locale> = query.parsed("target", what)?;
    let declarations = catalogue.current(db, &*scope).await?;
    let format = match query.get("format").filter(|text| !text.is_empty()) {
        None => Format::Xliff12,
        Some(name) => {
            name.parse().map_err(|known| Problem::parameter_invalid("format", format!("`format` must be {known}.")))?
        }
    };
    let wanted = Wanted {
        source: query.parsed("source", what)?,
        target: target.ok_or_else(|| Problem::parameter_invalid("target", "Name the language to translate into."))?,
        content_type: declarations.type_in(&query)?,
        entry: query.parsed("entry", "the id of an entry")?,
        lack: match query.get("state").filter(|text| !text.is_empty()) {
            None => None,
            Some("missing") => Some(Lack::Missing),
            Some("stale") => Some(Lack::Stale),
            Some("any") => Some(Lack::Any),
            Some(_) => return Err(Problem::parameter_invalid("state", "`state` must be missing, stale or any.")),
        },
    };
    let name = format!("translations-{}.{}", wanted.target, format.ending());
    let text = db.scan(move |conn| super::export(conn, &scope, &declarations, site, &wanted, format)).await?;
    Ok(File { name, media_type: format.media_type(), text })
}

/// Take a translators' file back in, as drafts
///
/// The file is the body: XLIFF 1.2, XLIFF 2.x or CSV. Everything in it is taken, or nothing.
#[utoipa::path(
    tag = "Translations",
    params(
        ("site" = String, Path, description = "The site's id"),
        ("dry_run" = Option<bool>, Query, description = "Only say what would change"),
        ("take_changed" = Option<bool>, Query, description = "Take texts whose source has changed since the file was written"),
        ("partial" = Option<bool>, Query, description = "Take what is right, though some of the file is refused"),
    ),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = TranslationsReport))
)]
#[post("/sites/<site>/translations/file", data = "<file>")]
async fn import(
    scope: May<EditContent>,
    site: &str,
    query: UrlQuery<'_>,
    file: Data<'_>,
    catalogue: &State<Catalogue>,
    db: &State<Db>,
) -> Answer<TranslationsReport> {
    query.refuse_unknown(&["dry_run", "take_changed", "partial"])?;
    let site = site_of(site)?;
    let flag = |name: &str| query.parsed::<bool>(name, "true or false").map(Option::unwrap_or_default);
    let is_dry_run = flag("dry_run")?;
    let how = Import { takes_changed: flag("take_changed")?, takes_part: flag("partial")? };
    let bytes = arriving::bytes_of(file, LARGEST_FILE.bytes()).await.map_err(|_| arriving::cut_short("file"))?;
    let bytes = bytes.ok_or(TranslationError::TooLarge)?;
    let file = tokio::task::spawn_blocking(move || super::read(&bytes)).await;
    let file =
        file.map_err(|_| Problem::new(500, "internal", "Something went wrong", "The file could not be read."))??;
    let catalogue = catalogue.inner().clone();
    let report = if is_dry_run {
        db.scan(move |conn| super::check(conn, &scope, &*catalogue.of(conn, &*scope)?, site, &file, how)).await?
    } else {
        db.write(move |tx| super::import(tx, &scope, &*catalogue.of(tx, &*scope)?, site, &file, how)).await?
    };
    Ok(Json(report))
}

fn site_of(id: &str) -> Result<SiteId, Problem> {
    id.parse().map_err(|_| Problem::not_found())
}
