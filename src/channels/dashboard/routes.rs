//! The dashboard's addresses. Unknown ones below `/dashboard` are the application's own and get its page.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use ground::db::Db;
use machinery::web::Problem;
use rocket::{
    Request, Route, State, get,
    http::{ContentType, Header, Status},
    response::{self, Redirect, Responder, Response},
    routes,
};

use super::{Files, INDEX, POLICY, UNBUILT};
use crate::embedded::{Asset, IMMUTABLE, REVALIDATE, Wanted};

/// All routes, mounted at `/`.
pub fn routes() -> Vec<Route> {
    routes![front, setup, dashboard, admin]
}

/// Remembers that there is an owner: from then on `/` needs no look into the database. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct FrontDoor(Arc<AtomicBool>);

impl FrontDoor {
    /// Whether there is an owner, so that setup is closed.
    pub async fn has_owner(&self, db: &Db) -> Result<bool, Problem> {
        if self.0.load(Ordering::Relaxed) {
            return Ok(true);
        }
        let has_owner = db.read(tenants::accounts::users::owner_exists).await?;
        if has_owner {
            self.0.store(true, Ordering::Relaxed);
        }
        Ok(has_owner)
    }
}

#[get("/")]
async fn front(door: &State<FrontDoor>, db: &State<Db>) -> Result<Redirect, Problem> {
    let place = if door.has_owner(db).await? { "/dashboard/" } else { "/setup" };
    Ok(Redirect::found(place))
}

#[get("/setup/<_..>")]
fn setup(wanted: Wanted<'_>) -> Page {
    index(&wanted)
}

#[get("/dashboard/<path..>")]
fn dashboard(path: PathBuf, wanted: Wanted<'_>) -> Result<Page, Problem> {
    file(&path, &wanted)
}

#[get("/admin/<_..>")]
fn admin(wanted: Wanted<'_>) -> Page {
    index(&wanted)
}

/// A file of the application, or its page for an address inside it. A missing file under `assets/` is 404: a page in its
/// place would be run as a script by an older page that is still open.
fn file(path: &Path, wanted: &Wanted<'_>) -> Result<Page, Problem> {
    let is_hashed = path.starts_with("assets");
    if path == Path::new(INDEX) {
        return Ok(index(wanted));
    }
    match wanted.find::<Files>(path, if is_hashed { IMMUTABLE } else { REVALIDATE }) {
        Some(asset) => Ok(Page::Asset(asset.under(POLICY))),
        None if is_hashed => Err(Problem::not_found()),
        None => Ok(index(wanted)),
    }
}

fn index(wanted: &Wanted<'_>) -> Page {
    match wanted.find::<Files>(Path::new(INDEX), REVALIDATE) {
        Some(asset) => Page::Asset(asset.under(POLICY)),
        None => Page::Unbuilt,
    }
}

/// What the dashboard's addresses answer.
enum Page {
    Asset(Asset),
    Unbuilt,
}

impl<'r> Responder<'r, 'static> for Page {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        match self {
            Self::Asset(asset) => asset.respond_to(request),
            Self::Unbuilt => Response::build()
                .status(Status::Ok)
                .header(ContentType::HTML)
                .header(Header::new("Cache-Control", "no-store"))
                .header(Header::new("Content-Security-Policy", POLICY))
                .sized_body(UNBUILT.len(), std::io::Cursor::new(UNBUILT))
                .ok(),
        }
    }
}
