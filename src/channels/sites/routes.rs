//! HTTP of the websites: every address on a site's host, the team's preview on the platform's and the published pages beside
//! it, the files of themes.

use std::path::PathBuf;

use content::{
    entries::{EntryError, public},
    sites::{self, SiteHost},
};
use ground::{
    clock::Timestamp,
    crypto,
    db::{Db, DbError, Tenant},
    words::SiteId,
};
use jiff::SignedDuration;
use machinery::web::{
    Cached, Context, Explain, Hosts, Problem, UrlQuery, address_of_request, host_of, managed, refuse,
};
use rocket::{
    Data, Request, Response, Route, State, get,
    http::{Header, Method, Status},
    request::{FromRequest, Outcome as GuardOutcome},
    response::{self, Redirect, Responder},
    route::{Handler, Outcome},
    routes,
};
use tenants::{
    permissions::{Permission, ViewContent},
    scope::{Scope, Visitor},
};

use super::{
    Sites, ThemeError,
    addresses::Addresses,
    directory, embeds,
    library::Eyes,
    links,
    pages::{Asked as Address, Made, Maker, PageError},
    theme::Themes,
};
use crate::{
    embedded::{Asset, IMMUTABLE, Wanted},
    kept::{Answer, Asked},
};

/// Behind the public API's routes, which are called most, and before all others: on a site's host they do not exist.
const RANK: isize = -40;
/// What a site's host serves beside the site: the APIs, files, probes.
const ELSEWHERE: [&str; 7] = ["/api/", "/media/", "/_theme/", "/livez", "/readyz", "/healthz", "/metrics"];
pub(super) const HTML: &str = "text/html; charset=utf-8";
/// Caches between us and the guest ask each time, and mostly hear 304.
const CACHE_CONTROL: &str = "public, no-cache";
/// For what changes with the site's settings only.
const CACHE_CONTROL_DIRECTORY: &str = "public, max-age=3600";
/// As [`CACHE_CONTROL_DIRECTORY`] says.
const LONGEST_KEPT: SignedDuration = SignedDuration::from_hours(1);
/// The site's icon, at its place below any root.
pub(super) const ICON: &str = "/favicon.svg";
const UNPUBLISHED: &str = include_str!("unpublished.html");
const PREVIEW_SCRIPT: &str = include_str!("preview.js");
const PREVIEW_SCRIPT_PATH: &str = "/_theme/preview.js";
/// Before the second of an instant, as the first part of a preview's paths: no slug begins so.
const AS_OF: &str = "@";
/// Where the team sees its drafts.
const PREVIEW: &str = "/preview";
/// Where the team sees what guests see, for a site whose domain does not lead here yet.
const LIVE: &str = "/live";

/// All routes, mounted at `/`.
pub fn routes() -> Vec<Route> {
    let mut routes = routes![preview_script, theme_file, preview, live];
    routes.extend(links::routes());
    routes.push(Route::ranked(RANK, Method::Get, "/<path..>", OnSiteHost));
    routes
}

/// Every address on a site's host.
#[derive(Clone)]
struct OnSiteHost;

#[rocket::async_trait]
impl Handler for OnSiteHost {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        let Some((sites, host)) = site_of(request) else { return Outcome::forward(data, Status::NotFound) };
        Outcome::from(request, sites.answer(request, host).await)
    }
}

/// The site whose host the request names, unless it asks for what every host serves.
fn site_of<'r>(request: &'r Request<'_>) -> Option<(&'r Sites, SiteHost)> {
    let path = request.uri().path().as_str();
    if ELSEWHERE.iter().any(|elsewhere| path.starts_with(elsewhere)) {
        return None;
    }
    let sites = request.rocket().state::<Sites>()?;
    let host = host_of(request)?;
    let is_platform = request.rocket().state::<std::sync::Arc<Hosts>>().is_some_and(|hosts| hosts.is_platform(&host));
    if is_platform {
        return None;
    }
    Some((sites, sites.domains.find(&host)?))
}

/// What a site's host answers.
enum Reply {
    Answer(Answer),
    Plain(Cached),
    Unpublished,
    Moved(String),
}

impl<'r> Responder<'r, 'static> for Reply {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        match self {
            Self::Answer(answer) => answer.respond_to(request),
            Self::Plain(cached) => cached.respond_to(request),
            Self::Moved(address) => Redirect::permanent(address).respond_to(request),
            Self::Unpublished => Response::build()
                .status(Status::NotFound)
                .header(Header::new("Content-Type", HTML))
                .header(Header::new("Cache-Control", "no-store"))
                .sized_body(UNPUBLISHED.len(), std::io::Cursor::new(UNPUBLISHED))
                .ok(),
        }
    }
}

impl Explain for PageError {
    fn explain(&self) -> Problem {
        match self {
            Self::Entry(error) => error.explain(),
            Self::Organization(error) => error.explain(),
            Self::Db(error) => error.explain(),
            Self::InstantInvalid => Problem::parameter_invalid(
                "as_of",
                "`as_of` must be an instant such as `2026-12-24T17:00:00Z`, or the site's local time.",
            ),
            Self::Theme(error) => theme_failure(&format!("{error:#}")),
        }
    }
}

impl Explain for ThemeError {
    fn explain(&self) -> Problem {
        theme_failure(&self.to_string())
    }
}

fn theme_failure(error: &str) -> Problem {
    tracing::error!(error, "a page could not be rendered");
    Problem::new(500, "internal", "Something went wrong", "The page could not be rendered.")
}

impl Sites {
    async fn answer(&self, request: &Request<'_>, host: SiteHost) -> Result<Reply, Problem> {
        if !host.is_published {
            return Ok(Reply::Unpublished);
        }
        let path = request.uri().path().as_str().to_owned();
        if path.len() > 1 && path.ends_with('/') {
            return Ok(Reply::Moved(path.trim_end_matches('/').to_owned()));
        }
        let mut origin = address_of_request(request);
        origin.truncate(origin.len().saturating_sub(path.len()));
        let now = self.db.clock().now();
        let visitor = Visitor::by_domain(host.organization).at(now);
        Context::of(request).set_organization(host.organization);
        // Prices and dates are those of the day, and the longest day is over after 14 hours east of UTC.
        let hour = now.as_second() / 3600;
        let asked = Asked { organization: host.organization, address: format!("{origin}{path}@{hour}") };
        if let Some(answer) = self.answers.get(&asked) {
            return Ok(Reply::Answer(answer));
        }
        let sites = self.clone();
        let theme = self.theme()?;
        let (reply, is_kept) = self
            .db
            .scan(move |conn| {
                let versions = sites.answers.versions();
                let states = vec![versions.of_sites(host.organization), versions.of_content(host.site)];
                let Some(site) = sites::published_by_name(conn, &visitor, &host.site.to_string())? else {
                    return Ok((Reply::Unpublished, false));
                };
                let addresses = Addresses::on_host(&origin, host.locale.as_ref(), &site);
                let declarations = sites.catalogue.of(conn, &visitor)?;
                let is_hidden = &*sites.environment == "staging";
                let until = public::next_change(conn, &visitor, site.id)?;
                let text = |media_type, text: String| {
                    // Whoever keeps it for an hour keeps it past what changes by itself within that hour.
                    let is_steady = until.is_none_or(|until| until.duration_since(now) > LONGEST_KEPT);
                    let control = if is_steady { CACHE_CONTROL_DIRECTORY } else { CACHE_CONTROL };
                    Ok((Reply::Plain(Cached::new(media_type, control, text.into_bytes())), false))
                };
                match path.as_str() {
                    "/robots.txt" => return text("text/plain; charset=utf-8", directory::robots(&origin, is_hidden)),
                    ICON | "/favicon.ico" => return text("image/svg+xml", directory::icon(&site, &theme)),
                    "/sitemap.xml" => {
                        let map =
                            directory::sitemap(conn, &visitor, &declarations, &theme, &site, &addresses, &origin)?;
                        return text("application/xml; charset=utf-8", map);
                    }
                    _ => {}
                }
                let maker = Maker {
                    conn,
                    eyes: Eyes::Guest(&visitor),
                    declarations: &declarations,
                    theme: &theme,
                    site: &site,
                };
                let environment = &sites.environment;
                let address =
                    Address { origin: &origin, root: "", addresses: &addresses, path: &path, environment, now };
                Ok(match maker.make(&address)? {
                    Made::Moved(address) => (Reply::Moved(address), false),
                    Made::Page { html, language, status, style } => {
                        let body = Cached::new(HTML, CACHE_CONTROL, html.into_bytes());
                        let answer = Answer::page(body, Status::new(status), language, policy(&style, false), states);
                        let answer = answer.kept_until(until);
                        // What is not there is not kept: anybody can ask for any number of such addresses.
                        (Reply::Answer(answer), status == 200)
                    }
                })
            })
            .await
            .map_err(|error: PageError| error.explain())?;
        if let Reply::Answer(answer) = &reply
            && is_kept
        {
            self.answers.keep(asked, answer);
        }
        Ok(reply)
    }
}

/// The one inline style is named by its hash; there is no script but the preview's own.
pub(super) fn policy(style: &str, is_preview: bool) -> String {
    let hash = crypto::sha256_base64(style.as_bytes());
    let scripts = if is_preview { "'self'" } else { "'none'" };
    format!(
        "default-src 'none'; script-src {scripts}; style-src 'self' 'sha256-{hash}'; img-src 'self' data: https:; \
         font-src 'self'; media-src 'self' https:; frame-src {frames}; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'self'",
        frames = embeds::frame_sources(),
    )
}

// ------------------------------------------------------------------ preview

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
struct Preview {
    html: String,
    status: u16,
    policy: String,
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
                let addresses = Addresses::below(&root, &site, sees_drafts);
                let path = in_language(&path, wanted.as_deref(), &addresses, &root);
                let maker = Maker {
                    conn,
                    eyes: if sees_drafts { Eyes::Member(&scope, at) } else { Eyes::Guest(&visitor) },
                    declarations: &declarations,
                    theme: &theme,
                    site: &site,
                };
                let environment = &sites.environment;
                let asked =
                    Address { origin: &origin, root: &root, addresses: &addresses, path: &path, environment, now };
                Ok(match maker.make(&asked)? {
                    Made::Moved(address) => Previewed::Elsewhere(Redirect::found(address)),
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

#[get("/_theme/preview.js")]
fn preview_script() -> Cached {
    Cached::new("text/javascript; charset=utf-8", "no-cache", PREVIEW_SCRIPT.as_bytes().to_vec())
}

/// A theme's file. The hash in the address is there to make it another with each version; what is served is the present.
#[get("/_theme/<theme>/<_hash>/<path..>")]
fn theme_file(theme: &str, _hash: &str, path: PathBuf, wanted: Wanted<'_>) -> Result<Asset, Problem> {
    let is_name = theme.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let found = is_name.then(|| wanted.find::<Themes>(&PathBuf::from(theme).join("files").join(path), IMMUTABLE));
    found.flatten().ok_or_else(Problem::not_found)
}
