//! What the team sees of a site on the platform's host: its drafts under `/preview/SITE/`, and under `/live/SITE/` what guests
//! see, for a site whose domain does not lead here yet.

use content::{entries::EntryError, sites};
use ground::{
    clock::Timestamp,
    db::{Db, DbError, Tenant},
    words::SiteId,
};
use machinery::web::{Cached, Explain, Problem, UrlQuery, address_of_request, managed, refuse};
use rocket::{
    Request, Response, Route, State, get,
    http::{Header, Status},
    request::{FromRequest, Outcome as GuardOutcome},
    response::{self, Redirect, Responder},
};
use tenants::{
    permissions::{Permission, ViewContent},
    scope::{Scope, Visitor},
};

use super::{
    Sites,
    addresses::Addresses,
    directory,
    forms::{FormState, Medium},
    library::Eyes,
    pages::{Asked as Address, Made, Maker, PageError},
    routes::{CACHE_CONTROL_DIRECTORY, HTML, ICON, PREVIEW_SCRIPT_PATH, policy},
};

/// Before the second of an instant, as the first part of a preview's paths: no slug begins so.
const AS_OF: &str = "@";
/// Where the team sees its drafts.
const PREVIEW: &str = "/preview";
/// Where the team sees what guests see.
const LIVE: &str = "/live";

/// The routes, mounted at `/`.
pub(super) fn routes() -> Vec<Route> {
    rocket::routes![preview, live]
}

/// Whoever is signed in and may read the site that the address names by its id or slug.
struct Member {
    scope: Scope,
    site: SiteId,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Member {
    type Error = Problem;

    async fn from_request(request: &'r Request<'_>) -> GuardOutcome<Self, Problem> {
        let db = match managed::<Db>(request) {
            Ok(db) => db,
            Err(error) => return GuardOutcome::Error(error),
        };
        let name = request.routed_segment(1).unwrap_or_default().to_owned();
        let owners = match db.read(move |conn| sites::owners(conn, &name)).await {
            Ok(owners) => owners,
            Err(error) => return refuse::<Self>(request, DbError::explain(&error)),
        };
        for (organization, site) in owners {
            match Scope::of_member(request, Some(organization)).await {
                GuardOutcome::Success(scope) if scope.may(ViewContent::NAME) && scope.may_act_on(site) => {
                    return GuardOutcome::Success(Self { scope, site });
                }
                // Not a member of this one: another site may have the same slug.
                GuardOutcome::Success(_) => {}
                GuardOutcome::Error((status, _)) if status == Status::NotFound => {}
                GuardOutcome::Error(error) => return GuardOutcome::Error(error),
                GuardOutcome::Forward(status) => return GuardOutcome::Forward(status),
            }
        }
        refuse(request, Problem::not_found())
    }
}

/// A page that nobody keeps.
pub(super) struct Preview {
    pub html: String,
    pub status: u16,
    pub policy: String,
}

impl<'r> Responder<'r, 'static> for Preview {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        Response::build()
            .status(Status::new(self.status))
            .header(Header::new("Content-Type", HTML))
            .header(Header::new("Cache-Control", "no-store"))
            .header(Header::new("Content-Security-Policy", self.policy))
            .sized_body(self.html.len(), std::io::Cursor::new(self.html))
            .ok()
    }
}

/// A page of a preview, or where to go instead.
#[derive(Responder)]
#[expect(clippy::large_enum_variant, reason = "made once a request and answered at once")]
enum Previewed {
    Page(Preview),
    Icon(Cached),
    Elsewhere(Redirect),
}

#[get("/preview/<site>/<_..>")]
async fn preview(
    site: &str,
    member: Result<Member, Problem>,
    origin: HereAsked<'_>,
    channel: &State<Sites>,
) -> Result<Previewed, Problem> {
    channel.show_to_team(format!("{PREVIEW}/{site}"), member, origin, true).await
}

#[get("/live/<site>/<_..>")]
async fn live(
    site: &str,
    member: Result<Member, Problem>,
    origin: HereAsked<'_>,
    channel: &State<Sites>,
) -> Result<Previewed, Problem> {
    channel.show_to_team(format!("{LIVE}/{site}"), member, origin, false).await
}

impl Sites {
    /// A page below `root` of the platform's host: with drafts, or as guests see it.
    async fn show_to_team(
        &self,
        root: String,
        member: Result<Member, Problem>,
        origin: HereAsked<'_>,
        sees_drafts: bool,
    ) -> Result<Previewed, Problem> {
        let member = match member {
            Ok(member) => member,
            // A link out of a chat: whoever opens it signs in first.
            Err(refusal) if refusal.status == 401 => return Ok(Previewed::Elsewhere(Redirect::found("/dashboard/"))),
            Err(refusal) => return Err(refusal),
        };
        let HereAsked { origin, path, query } = origin;
        let path = path.strip_prefix(root.as_str()).unwrap_or_default().trim_end_matches('/').to_owned();
        let query = UrlQuery::parse(query);
        let wanted = query.get("locale").map(str::to_owned);
        let as_of = query.get("as_of").filter(|text| !text.is_empty() && sees_drafts).map(str::to_owned);
        let (sites, theme, now) = (self.clone(), self.theme()?, self.db.clock().now());
        self.db
            .scan(move |conn| {
                let Member { scope, site } = member;
                let visitor = Visitor::by_domain(scope.organization_id());
                let site = if sees_drafts {
                    sites::find(conn, &scope, site).map_err(EntryError::from)?
                } else {
                    let published = sites::published_by_name(conn, &visitor, &site.to_string())?;
                    published.ok_or(EntryError::NotFound)?
                };
                if path == ICON {
                    let icon = directory::icon(&site, &theme).into_bytes();
                    return Ok(Previewed::Icon(Cached::new("image/svg+xml", CACHE_CONTROL_DIRECTORY, icon)));
                }
                let declarations = sites.catalogue.of(conn, &scope)?;
                if let Some(text) = as_of {
                    let instant = site.instant(&text).ok_or(PageError::InstantInvalid)?;
                    let addresses = Addresses::below(&root, &site, sees_drafts);
                    let path = in_language(&path, wanted.as_deref(), &addresses, &root);
                    // In the path it stays with whoever follows the links of the page.
                    let address = format!("{root}/{AS_OF}{}{path}", instant.as_second());
                    return Ok(Previewed::Elsewhere(Redirect::found(address)));
                }
                let (root, path, at) = as_of_in(root, path);
                let now = at.unwrap_or(now);
                let addresses = &Addresses::below(&root, &site, sees_drafts);
                let path = in_language(&path, wanted.as_deref(), addresses, &root);
                let maker = Maker {
                    conn,
                    eyes: if sees_drafts { Eyes::Member(&scope, at) } else { Eyes::Guest(&visitor) },
                    declarations: &declarations,
                    theme: &theme,
                    site: &site,
                };
                let form = FormState::default();
                let medium = Medium::Server { stamps: &sites.stamps, form: &form };
                let asked = Address {
                    origin: &origin,
                    root: &root,
                    addresses,
                    path: &path,
                    environment: &sites.environment,
                    now,
                    medium,
                };
                Ok(match maker.make(&asked)? {
                    Made::Moved(address) => Previewed::Elsewhere(Redirect::found(address)),
                    // Guests' words are looked for on the site itself.
                    Made::Search(_) => return Err(EntryError::NotFound.into()),
                    Made::Page { html, status, style, .. } => {
                        let script = format!("<script src=\"{PREVIEW_SCRIPT_PATH}\" defer></script></body>");
                        let html = if sees_drafts { html.replacen("</body>", &script, 1) } else { html };
                        Previewed::Page(Preview { html, status, policy: policy(&style, sees_drafts) })
                    }
                })
            })
            .await
            .map_err(|error: PageError| error.explain())
    }
}

/// The instant that the first part of a path names, with the root and the path around it.
fn as_of_in(root: String, path: String) -> (String, String, Option<Timestamp>) {
    let first = path.strip_prefix('/').and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let instant = first.strip_prefix(AS_OF).and_then(|text| Timestamp::from_second(text.parse().ok()?).ok());
    match instant {
        None => (root, path, None),
        Some(instant) => (format!("{root}/{first}"), path[first.len() + 1..].to_owned(), Some(instant)),
    }
}

/// The path of the same page in the language that the query wishes for.
fn in_language(path: &str, wanted: Option<&str>, addresses: &Addresses, root: &str) -> String {
    let found = addresses.open().iter().find(|locale| Some(locale.as_str()) == wanted);
    let home = found.map(|locale| addresses.home(locale));
    let prefix = home.as_deref().and_then(|home| home.strip_prefix(root)).unwrap_or_default();
    format!("{}{path}", prefix.trim_end_matches('/'))
}

/// Scheme and host, path and query of a request.
pub(super) struct HereAsked<'r> {
    pub(super) origin: String,
    pub(super) path: &'r str,
    query: &'r str,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for HereAsked<'r> {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> GuardOutcome<Self, Self::Error> {
        let path = request.uri().path().as_str();
        let mut origin = address_of_request(request);
        origin.truncate(origin.len().saturating_sub(path.len()));
        GuardOutcome::Success(Self { origin, path, query: request.uri().query().map_or("", |query| query.as_str()) })
    }
}
