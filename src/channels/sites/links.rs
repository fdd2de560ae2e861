//! What a preview link opens on the platform's host: the site as the link shows it, without an account. The first look
//! exchanges the token in the address for a cookie that only this preview's paths are sent, so that the address bar, the
//! history and what is linked from the page know no token.

use content::{
    entries::{self, EntryError, Look},
    preview_links::{self, Opened, Shows},
    rich_text::escape,
    sites::{self, Site},
};
use ground::{clock::Timestamp, crypto::PasswordHasher, words::Locale};
use machinery::web::{Cached, Explain, Origin, Problem, managed};
use rocket::{
    FromForm, Request, Response, Route, State,
    form::Form,
    get,
    http::{Cookie, CookieJar, Header, SameSite, Status},
    post,
    request::{FromRequest, Outcome},
    response::{self, Responder},
    routes,
    time::Duration,
};
use tenants::accounts::limits::{AttemptLimiter, PREVIEW_PASSWORD, PREVIEW_PER_ADDRESS, by_address};

use super::{
    Sites,
    addresses::Addresses,
    directory,
    forms::{FormState, Medium},
    library::Eyes,
    pages::{Asked as Address, Made, Maker, PageError},
    previewing::HereAsked,
    routes::{HTML, ICON, policy},
};

/// How far before the team's own preview these stand, whose address would take the `l` for a site.
const FIRST: isize = 20;
/// Below it each link has its paths.
const ROOT: &str = "/preview/l";
/// Holds the token, for the paths of its link only.
const COOKIE: &str = "gammacms_preview";
/// Shows that the browser knew the link's password.
const PASSWORD_COOKIE: &str = "gammacms_preview_password";
/// Of the bar and of the two pages without a theme.
const STYLE_PATH: &str = "/_theme/preview.css";
const STYLE: &str = include_str!("preview.css");
const GONE: &str = include_str!("preview_gone.html");
const LOCKED: &str = include_str!("preview_locked.html");
/// What the locked page says when the password was not the one.
const WRONG: &str = "<p role=\"alert\">This is not the password. · Das ist nicht das Passwort.</p>";
/// Of the two pages without a theme.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; \
                           frame-ancestors 'none'";

/// All routes, mounted at `/`.
pub(super) fn routes() -> Vec<Route> {
    let mut routes = routes![shown, unlocked, style];
    for route in &mut routes {
        route.rank -= FIRST;
    }
    routes
}

/// An answer that nobody keeps, finds or is told of.
struct Reply {
    status: u16,
    media_type: &'static str,
    body: Vec<u8>,
    policy: String,
    location: Option<String>,
    retry_after: Option<u64>,
}

impl Reply {
    fn page(status: u16, html: String, policy: String) -> Self {
        Self { status, media_type: HTML, body: html.into_bytes(), policy, location: None, retry_after: None }
    }

    /// One page for every link that opens nothing, whatever the reason: it tells nobody which tokens there are.
    fn gone() -> Self {
        Self::page(404, GONE.to_owned(), PAGE_POLICY.to_owned())
    }

    fn too_many(retry_after: u64) -> Self {
        Self { status: 429, retry_after: Some(retry_after), ..Self::gone() }
    }

    fn locked(root: &str, to: &str, is_wrong: bool) -> Self {
        let status = if is_wrong { 403 } else { 401 };
        let mut back = String::new();
        escape(&mut back, to);
        let html = LOCKED.replace("{action}", root).replace("{to}", &back);
        Self::page(status, html.replace("{wrong}", if is_wrong { WRONG } else { "" }), PAGE_POLICY.to_owned())
    }

    fn to(location: String) -> Self {
        Self { location: Some(location), ..Self::page(303, String::new(), PAGE_POLICY.to_owned()) }
    }
}

impl<'r> Responder<'r, 'static> for Reply {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let mut response = Response::build();
        response
            .status(Status::new(self.status))
            .header(Header::new("Content-Type", self.media_type))
            .header(Header::new("Cache-Control", "no-store"))
            .header(Header::new("X-Robots-Tag", "noindex, nofollow"))
            .header(Header::new("Referrer-Policy", "no-referrer"))
            .header(Header::new("Content-Security-Policy", self.policy));
        if let Some(location) = self.location {
            response.header(Header::new("Location", location));
        }
        if let Some(seconds) = self.retry_after {
            response.header(Header::new("Retry-After", seconds.to_string()));
        }
        response.sized_body(self.body.len(), std::io::Cursor::new(self.body)).ok()
    }
}

/// Who knocks.
struct Visit<'r> {
    jar: &'r CookieJar<'r>,
    client: Origin,
    limiter: &'r AttemptLimiter,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Visit<'r> {
    type Error = Problem;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Problem> {
        match managed::<AttemptLimiter>(request) {
            Ok(limiter) => Outcome::Success(Self { jar: request.cookies(), client: Origin::of(request), limiter }),
            Err(error) => Outcome::Error(error),
        }
    }
}

impl Visit<'_> {
    /// What opens nothing counts: whoever tries many is held up.
    async fn turned_away(&self) -> Reply {
        let admitted = self.limiter.admit(&PREVIEW_PER_ADDRESS, &by_address(self.client.ip)).await;
        admitted.map_or_else(|limit| Reply::too_many(limit.retry_after), |()| Reply::gone())
    }

    fn holds(&self, name: &str) -> &str {
        self.jar.get(name).map(Cookie::value).unwrap_or_default()
    }

    /// Whether the link asks for no password, or the browser has shown that it knew it.
    fn knows_password(&self, opened: &Opened) -> bool {
        let proof = opened.password_proof();
        proof.is_none_or(|proof| ground::crypto::same(proof.as_bytes(), self.holds(PASSWORD_COOKIE).as_bytes()))
    }

    fn keep(&self, name: &'static str, value: String, opened: &Opened, origin: &str, now: Timestamp) {
        let left = opened.link.expires_at.duration_since(now).as_secs();
        let cookie = Cookie::build((name, value))
            .path(root_of(opened))
            .secure(origin.starts_with("https://"))
            .http_only(true)
            .same_site(SameSite::Lax)
            .max_age(Duration::seconds(left));
        self.jar.add(cookie);
    }
}

fn root_of(opened: &Opened) -> String {
    format!("{ROOT}/{}", opened.link.id)
}

#[get("/preview/l/<key>/<_..>")]
async fn shown(key: &str, here: HereAsked<'_>, visit: Visit<'_>, channel: &State<Sites>) -> Result<Reply, Problem> {
    let path = here.path.strip_prefix(ROOT).and_then(|rest| rest.strip_prefix('/')).unwrap_or_default();
    let path = path.strip_prefix(key).unwrap_or_default().trim_end_matches('/').to_owned();
    if preview_links::is_token(key) {
        return channel.exchange(key, &path, &here.origin, &visit).await;
    }
    let Some(opened) = channel.opened(key, &visit).await? else { return Ok(visit.turned_away().await) };
    if !visit.knows_password(&opened) {
        return Ok(Reply::locked(&root_of(&opened), here.path, false));
    }
    channel.show_by_link(opened, here.origin, path).await
}

/// What is sent for a link's password.
#[derive(FromForm)]
struct Unlocking {
    password: String,
    to: String,
}

#[post("/preview/l/<key>", data = "<form>")]
async fn unlocked(
    key: &str,
    form: Form<Unlocking>,
    here: HereAsked<'_>,
    visit: Visit<'_>,
    hasher: &State<PasswordHasher>,
    channel: &State<Sites>,
) -> Result<Reply, Problem> {
    let Some(opened) = channel.opened(key, &visit).await? else { return Ok(visit.turned_away().await) };
    let root = root_of(&opened);
    // Only back into this preview.
    let is_inside = form.to.starts_with(&root) && form.to.bytes().all(|byte| byte.is_ascii_graphic());
    let to = if is_inside { form.to.clone() } else { root.clone() };
    let (Some(hash), Some(proof)) = (opened.password_hash(), opened.password_proof()) else {
        return Ok(Reply::to(to));
    };
    let subject = format!("{} {}", opened.link.id, by_address(visit.client.ip));
    if let Err(limit) = visit.limiter.admit(&PREVIEW_PASSWORD, &subject).await {
        return Ok(Reply::too_many(limit.retry_after));
    }
    let checked = hasher.verify(form.password.clone(), hash.to_owned()).await;
    if !checked.map_err(|error| preview_links::PreviewLinkError::from(error).explain())? {
        return Ok(Reply::locked(&root, if is_inside { &to } else { &root }, true));
    }
    visit.limiter.forget(&PREVIEW_PASSWORD, &subject).await;
    visit.keep(PASSWORD_COOKIE, proof, &opened, &here.origin, channel.db.clock().now());
    Ok(Reply::to(to))
}

#[get("/_theme/preview.css")]
fn style() -> Cached {
    Cached::new("text/css; charset=utf-8", "no-cache", STYLE.as_bytes().to_vec())
}

impl Sites {
    /// The link with this id, if the browser holds its token and it is good now.
    async fn opened(&self, id: &str, visit: &Visit<'_>) -> Result<Option<Opened>, Problem> {
        let token = visit.holds(COOKIE).to_owned();
        let opened = self.db.read(move |conn| preview_links::open(conn, &token)).await?;
        Ok(opened.filter(|opened| opened.link.id.to_string() == id))
    }

    /// The token goes into a cookie, and the browser to an address without it.
    async fn exchange(&self, token: &str, path: &str, origin: &str, visit: &Visit<'_>) -> Result<Reply, Problem> {
        let asked = token.to_owned();
        let Some(opened) = self.db.read(move |conn| preview_links::open(conn, &asked)).await? else {
            return Ok(visit.turned_away().await);
        };
        let used = opened.clone();
        self.db.write(move |tx| preview_links::note_use(tx, &used)).await?;
        visit.keep(COOKIE, token.to_owned(), &opened, origin, self.db.clock().now());
        let root = root_of(&opened);
        if !path.is_empty() || opened.link.entry.is_none() {
            return Ok(Reply::to(format!("{root}{path}")));
        }
        Ok(Reply::to(self.landing(opened).await?.unwrap_or(root)))
    }

    /// Where the one entry of a link is shown, if it has a page.
    async fn landing(&self, opened: Opened) -> Result<Option<String>, Problem> {
        let (sites, theme) = (self.clone(), self.theme()?);
        let found = self.db.scan(move |conn| {
            let (scope, Some(entry)) = (opened.scope(), opened.link.entry) else { return Ok(None) };
            let site = seen(&opened, &sites::find(conn, &scope, opened.link.site_id)?);
            let declarations = sites.catalogue.of(conn, &scope)?;
            let locale = &site.default_locale;
            let wanted = (entry, opened.link.revision);
            let draft = entries::preview(
                conn,
                &scope,
                &declarations,
                site.id,
                wanted,
                Look { locale, at: None, chosen: None },
            )?;
            let addresses = Addresses::below(&root_of(&opened), &site, true);
            Ok(draft.and_then(|view| {
                let page = declarations.content_type(&view.content_type)?.page.as_ref()?;
                let has_page = theme.has_template(&format!("{}.html", page.template));
                has_page.then(|| addresses.of(&view, page, locale))
            }))
        });
        match found.await {
            // Deleted since: the rest of the site is still there.
            Err(EntryError::NotFound) => Ok(None),
            other => Ok(other?),
        }
    }

    async fn show_by_link(&self, opened: Opened, origin: String, path: String) -> Result<Reply, Problem> {
        let (sites, theme) = (self.clone(), self.theme()?);
        let note = preview_links::is_to_be_noted(&opened.link, self.db.clock().now()).then(|| opened.clone());
        if let Some(used) = note {
            self.db.write(move |tx| preview_links::note_use(tx, &used)).await?;
        }
        self.db
            .scan(move |conn| {
                let scope = opened.scope();
                let whole = sites::find(conn, &scope, opened.link.site_id).map_err(EntryError::from)?;
                let site = seen(&opened, &whole);
                if path == ICON {
                    let icon = directory::icon(&site, &theme).into_bytes();
                    return Ok(Reply {
                        media_type: "image/svg+xml",
                        body: icon,
                        ..Reply::page(200, String::new(), PAGE_POLICY.to_owned())
                    });
                }
                let declarations = sites.catalogue.of(conn, &scope)?;
                let now = opened.visitor(conn.now()).instant(conn);
                let root = root_of(&opened);
                let maker = Maker {
                    conn,
                    eyes: Eyes::Link { opened: &opened, whole: &whole },
                    declarations: &declarations,
                    theme: &theme,
                    site: &site,
                };
                let form = FormState::default();
                let addresses = &Addresses::below(&root, &site, true);
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
                    Made::Moved(address) => Reply::to(address),
                    Made::Search(_) => return Err(EntryError::NotFound.into()),
                    Made::Page { html, status, style, language, .. } => {
                        let html = with_bar(&html, &bar(&opened, &whole, now, &language));
                        Reply::page(status, html, policy(&style, false))
                    }
                })
            })
            .await
            .map_err(|error: PageError| error.explain())
    }
}

/// The site as the link shows it: where it has one language, nothing leads to the others.
fn seen(opened: &Opened, site: &Site) -> Site {
    match &opened.link.locale {
        None => site.clone(),
        Some(only) => Site { default_locale: only.clone(), locales: vec![only.clone()], ..site.clone() },
    }
}

/// Says what is seen, as of when, and how long the link lives; in German on German pages, in English elsewhere.
fn bar(opened: &Opened, site: &Site, now: Timestamp, language: &str) -> String {
    let is_german = language.parse::<Locale>().is_ok_and(|locale| locale.base().as_str() == "de");
    let say = |en: &'static str, de: &'static str| if is_german { de } else { en };
    let link = &opened.link;
    let what = match (link.shows, link.entry) {
        (Shows::Published, _) => say("what is published", "was veröffentlicht ist"),
        (Shows::Drafts, None) => say("drafts", "Entwürfe"),
        (Shows::Drafts, Some(_)) => {
            say("one draft, the rest as published", "ein Entwurf, alles andere wie veröffentlicht")
        }
    };
    let local = |at: Timestamp| at.to_zoned(site.time_zone.zone()).strftime("%Y-%m-%d %H:%M").to_string();
    let when = if link.as_of.is_some() {
        format!("{} {}", say("as of", "Stand"), local(now))
    } else {
        say("as of now", "Stand jetzt").to_owned()
    };
    let end = format!("{} {}", say("this link ends", "dieser Link endet"), local(link.expires_at));
    format!(
        "<link rel=\"stylesheet\" href=\"{STYLE_PATH}\"><aside class=\"preview-bar\"><strong>{}</strong> \
         <span>{what}</span> <span>{when}</span> <span>{end}</span></aside>",
        say("Preview", "Vorschau")
    )
}

/// The page with the bar as the first thing in it.
fn with_bar(html: &str, bar: &str) -> String {
    let body = html.find("<body").and_then(|at| html[at..].find('>').map(|end| at + end + 1));
    match body {
        Some(at) => format!("{}{bar}{}", &html[..at], &html[at..]),
        None => format!("{bar}{html}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_stands_first_in_the_body() {
        assert_eq!(with_bar("<html><body class=\"a\"><p>", "BAR"), "<html><body class=\"a\">BAR<p>");
        assert_eq!(with_bar("plain", "BAR"), "BARplain");
    }
}
