//! HTTP of the websites: every address on a site's host, the team's preview on the platform's and the published pages beside
//! it, the files of themes.

use std::path::PathBuf;

use content::{
    entries::public,
    redirects::{Found, as_location},
    sites::{self, Site, SiteHost},
};
use ground::{crypto, db::Conn};
use jiff::SignedDuration;
use machinery::web::{
    Cached, Context, Explain, Hosts, Problem, UrlQuery, address_of_request, arriving, host_of, managed,
};
use rocket::{
    Data, Request, Response, Route,
    data::ToByteUnit,
    get,
    http::{Header, Method, Status},
    response::{self, Redirect, Responder},
    route::{Handler, Outcome},
    routes,
};
use tenants::scope::Visitor;

use super::{
    Sites, ThemeError,
    addresses::{Addresses, Place, Read, with_query},
    booking::{self, BOOK, Booking},
    directory, embeds,
    forms::{FormState, LARGEST_FORM, Medium},
    library::Eyes,
    links,
    pages::{Asked as Address, Made, Maker, PageError},
    previewing::{self, Preview},
    theme::{Theme, Themes},
};
use crate::{
    embedded::{Asset, IMMUTABLE, Wanted},
    kept::{Answer, Asked},
    search::{Asked as Wish, Search},
};

/// Behind the public API's routes, which are called most, and before all others: on a site's host they do not exist.
const RANK: isize = -40;
/// What the search page shows at most: beyond it guests use other words.
const MOST_HITS: usize = 30;
pub(super) const HTML: &str = "text/html; charset=utf-8";
/// Caches between us and the guest ask each time, and mostly hear 304.
const CACHE_CONTROL: &str = "public, no-cache";
/// For what changes with the site's settings only.
pub(super) const CACHE_CONTROL_DIRECTORY: &str = "public, max-age=3600";
/// As [`CACHE_CONTROL_DIRECTORY`] says.
const LONGEST_KEPT: SignedDuration = SignedDuration::from_hours(1);
/// The site's icon, at its place below any root.
pub(super) const ICON: &str = "/favicon.svg";
const UNPUBLISHED: &str = include_str!("unpublished.html");
const PREVIEW_SCRIPT: &str = include_str!("preview.js");
pub(super) const PREVIEW_SCRIPT_PATH: &str = "/_theme/preview.js";

/// All routes, mounted at `/`.
pub fn routes() -> Vec<Route> {
    let mut routes = [routes![preview_script, theme_file], previewing::routes(), links::routes()].concat();
    routes.push(Route::ranked(RANK, Method::Get, "/<path..>", OnSiteHost));
    routes.push(Route::ranked(RANK, Method::Post, "/<path..>", OnSiteHost));
    routes
}

/// Every address on a site's host.
#[derive(Clone)]
struct OnSiteHost;

#[rocket::async_trait]
impl Handler for OnSiteHost {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        let Some((sites, host)) = site_of(request) else { return Outcome::forward(data, Status::NotFound) };
        if request.method() == Method::Post {
            return Outcome::from(request, sites.take(request, host, data).await);
        }
        Outcome::from(request, sites.answer(request, host).await)
    }
}

/// The site whose host the request names, unless it asks for what every host serves.
fn site_of<'r>(request: &'r Request<'_>) -> Option<(&'r Sites, SiteHost)> {
    let path = request.uri().path().as_str();
    if path.split('/').nth(1).is_some_and(|first| sites::SERVED_BESIDE.contains(&first)) {
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
pub(super) enum Reply {
    Answer(Answer),
    Plain(Cached),
    Unpublished,
    Moved(String),
    /// Made for this one request.
    Fresh(Preview),
    /// The booking engine.
    Book(String),
    /// A published redirect.
    Led(String, u16),
    /// The search page, whose results are looked up next.
    Search(ground::words::Locale),
}

impl<'r> Responder<'r, 'static> for Reply {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        match self {
            Self::Answer(answer) => answer.respond_to(request),
            Self::Plain(cached) => cached.respond_to(request),
            Self::Moved(address) => Redirect::permanent(address).respond_to(request),
            Self::Led(address, status) => Response::build()
                .status(Status::new(status))
                .header(Header::new("Location", as_location(&address)))
                .header(Header::new("Cache-Control", CACHE_CONTROL))
                .ok(),
            Self::Fresh(page) => page.respond_to(request),
            Self::Book(address) => Response::build()
                .status(Status::Found)
                .header(Header::new("Location", as_location(&address)))
                .header(Header::new("Cache-Control", "no-store"))
                // The engine may know from which hotel's site, and not from which page a guest comes.
                .header(Header::new("Referrer-Policy", "strict-origin"))
                .ok(),
            // Looked up before anything is answered.
            Self::Search(_) => Err(Status::InternalServerError),
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
        let now = self.db.clock().now();
        let here = Here::of(request, host, now);
        // Prices and dates are those of the day, and days begin at a quarter of an hour wherever people live (IANA tzdb).
        let quarter = now.as_second() / (15 * 60);
        let asked =
            Asked { organization: here.host.organization, address: format!("{}{}@{quarter}", here.origin, here.path) };
        // Parameters and slashes may be what an old address is known by.
        let may_be_old = !here.query.is_empty() || (here.path.len() > 1 && here.path.ends_with('/'));
        if let Some(answer) = self.answers.get(&asked).filter(|_| !may_be_old) {
            return Ok(Reply::Answer(answer));
        }
        let (sites, theme, key, place) = (self.clone(), self.theme()?, asked.clone(), here.clone());
        let (reply, is_kept) = self
            .db
            .scan(move |conn| sites.read(conn, &theme, &place, &key))
            .await
            .map_err(|error: PageError| error.explain())?;
        match reply {
            Reply::Search(locale) => self.search(request, here, locale).await,
            Reply::Answer(answer) if is_kept => {
                self.answers.keep(asked, &answer);
                Ok(Reply::Answer(answer))
            }
            reply => Ok(reply),
        }
    }

    /// What the database has for an address, and whether it may be kept.
    fn read(&self, conn: &Conn, theme: &Theme, here: &Here, key: &Asked) -> Result<(Reply, bool), PageError> {
        let Here { host, visitor, origin, path, query, now } = here;
        let versions = self.answers.versions();
        let states = vec![versions.of_sites(host.organization), versions.of_content(host.site)];
        let Some(site) = sites::published_by_name(conn, visitor, &host.site.to_string())? else {
            return Ok((Reply::Unpublished, false));
        };
        let addresses = here.addresses(&site);
        let declarations = self.catalogue.of(conn, visitor)?;
        let until = public::next_change(conn, visitor, site.id)?;
        let text = |media_type, text: String| {
            // Whoever keeps it for an hour keeps it past what changes by itself within that hour.
            let is_steady = until.is_none_or(|until| until.duration_since(*now) > LONGEST_KEPT);
            let control = if is_steady { CACHE_CONTROL_DIRECTORY } else { CACHE_CONTROL };
            (Reply::Plain(Cached::new(media_type, control, text.into_bytes())), false)
        };
        let maker = Maker { conn, eyes: Eyes::Guest(visitor), declarations: &declarations, theme, site: &site };
        match path.as_str() {
            "/robots.txt" => {
                let is_hidden = &*self.environment == "staging";
                return Ok(text("text/plain; charset=utf-8", directory::robots(origin, is_hidden)));
            }
            ICON | "/favicon.ico" => return Ok(text("image/svg+xml", directory::icon(&site, theme))),
            "/sitemap.xml" => {
                let today = now.to_zoned(site.time_zone.zone()).date().to_string();
                let map = directory::sitemap(&maker, visitor, &addresses, origin, &today)?;
                return Ok(text("application/xml; charset=utf-8", map));
            }
            _ => {}
        }
        let form = FormState::of_query(query);
        let address = here.asked(self, &addresses, &form);
        let made = match self.led(&maker, visitor, &address, query)? {
            Some(Found::To { address, status }) => return Ok((Reply::Led(address, status), false)),
            Some(Found::Gone) => maker.nothing(&address, 410)?,
            None if path.len() > 1 && path.ends_with('/') => {
                return Ok((Reply::Moved(addresses.without_slash(path, query)), false));
            }
            None if is_book(&addresses, path) => {
                let Read { locale, .. } = addresses.read(path);
                match booking::lead(conn, visitor, &declarations, &site, &locale, query, *now)? {
                    Booking::To(address) => return Ok((Reply::Book(address), false)),
                    Booking::Again(wish) => maker.book(&address, wish)?,
                    Booking::None => maker.make(&address)?,
                }
            }
            None => match self.answers.get(key) {
                Some(answer) => return Ok((Reply::Answer(answer), false)),
                None => maker.make(&address)?,
            },
        };
        Ok(match made {
            Made::Moved(address) => (Reply::Moved(with_query(address, query)), false),
            Made::Search(locale) => (Reply::Search(locale), false),
            Made::Page { html, status, style, is_fresh: true, .. } => {
                (Reply::Fresh(Preview { html, status, policy: policy(&style, false) }), false)
            }
            Made::Page { html, language, status, style, .. } => {
                let body = Cached::new(HTML, CACHE_CONTROL, html.into_bytes());
                let answer = Answer::page(body, Status::new(status), language, policy(&style, false), states);
                let answer = answer.kept_until(until);
                // What is not there is not kept: anybody can ask for any number of such addresses.
                (Reply::Answer(answer), status == 200)
            }
        })
    }

    /// Where a published redirect leads from here: one that names parameters always, others where no page answers.
    pub(super) fn led(
        &self,
        maker: &Maker<'_, '_>,
        visitor: &Visitor,
        asked: &Address<'_>,
        query: &str,
    ) -> Result<Option<Found>, PageError> {
        let table = self.redirects.of(maker.conn, visitor, maker.site.id)?;
        if let Some(found) = table.find_with_parameters(asked.path, query) {
            return Ok(Some(found));
        }
        let Some(found) = table.find(asked.path, query) else { return Ok(None) };
        if maker.answers(visitor, asked)? {
            return Ok(None);
        }
        // Written with the site's own domain it would lead back here for ever.
        let leads_back =
            matches!(&found, Found::To { address, .. } if *address == format!("{}{}", asked.origin, asked.path));
        Ok(Some(found).filter(|_| !leads_back))
    }

    /// Takes a form that a guest has sent.
    async fn take(&self, request: &Request<'_>, host: SiteHost, data: Data<'_>) -> Result<Reply, Problem> {
        if !host.is_published {
            return Ok(Reply::Unpublished);
        }
        let body = arriving::bytes_of(data, LARGEST_FORM.bytes()).await.map_err(|_| arriving::cut_short("form"))?;
        let Some(body) = body else {
            let detail = "The form is longer than any answer to it.";
            return Err(Problem::new(413, "body_too_large", "The body is too large", detail));
        };
        let body = String::from_utf8(body)
            .map_err(|_| Problem::new(400, "invalid_body", "The body is not valid", "A form is sent as UTF-8 text."))?;
        let here = Here::of(request, host, self.db.clock().now());
        self.receive(request, here, &body).await
    }

    /// The page that a form was sent from, with what was wrong.
    pub(super) async fn page_again(&self, here: Here, state: FormState, status: u16) -> Result<Reply, Problem> {
        let (sites, theme) = (self.clone(), self.theme()?);
        let made = self.db.scan(move |conn| {
            let visitor = &here.visitor;
            let Some(site) = sites::published_by_name(conn, visitor, &here.host.site.to_string())? else {
                return Ok(None);
            };
            let declarations = sites.catalogue.of(conn, visitor)?;
            let eyes = Eyes::Guest(visitor);
            let maker = Maker { conn, eyes, declarations: &declarations, theme: &theme, site: &site };
            maker.make(&here.asked(&sites, &here.addresses(&site), &state)).map(Some)
        });
        match made.await.map_err(|error: PageError| error.explain())? {
            Some(Made::Page { html, status: 200, style, .. }) => {
                Ok(Reply::Fresh(Preview { html, status, policy: policy(&style, false) }))
            }
            _ => Err(Problem::not_found()),
        }
    }

    /// The search page with what is found.
    async fn search(&self, request: &Request<'_>, here: Here, locale: ground::words::Locale) -> Result<Reply, Problem> {
        let words = UrlQuery::parse(&here.query).get("q").unwrap_or_default().trim().to_owned();
        let search = managed::<Search>(request).map_err(|(_, problem)| problem)?;
        let name = here.host.site.to_string();
        let site = self.db.read(move |conn| sites::published_by_name(conn, &here.visitor, &name)).await;
        let Some(site) = site.map_err(|error| error.explain())? else { return Ok(Reply::Unpublished) };
        let hits = if words.is_empty() {
            Vec::new()
        } else {
            let asked = Wish { words: words.clone(), content_type: None, limit: MOST_HITS, offset: 0 };
            search.published(&here.visitor, &site, &locale, asked).await?.hits
        };
        let (sites, theme) = (self.clone(), self.theme()?);
        let made = self.db.scan(move |conn| {
            let eyes = Eyes::Guest(&here.visitor);
            let declarations = sites.catalogue.of(conn, &here.visitor)?;
            let maker = Maker { conn, eyes, declarations: &declarations, theme: &theme, site: &site };
            maker.search(&here.asked(&sites, &here.addresses(&site), &FormState::default()), &words, &hits)
        });
        let made = made.await.map_err(|error: PageError| error.explain())?;
        let Made::Page { html, style, .. } = made else { return Err(Problem::not_found()) };
        Ok(Reply::Fresh(Preview { html, status: 200, policy: policy(&style, false) }))
    }
}

/// What a guest asks for, and where.
#[derive(Clone)]
pub(super) struct Here {
    pub host: SiteHost,
    pub visitor: Visitor,
    pub origin: String,
    pub path: String,
    pub query: String,
    pub now: jiff::Timestamp,
}

impl Here {
    fn of(request: &Request<'_>, host: SiteHost, now: jiff::Timestamp) -> Self {
        let path = request.uri().path().as_str().to_owned();
        let query = request.uri().query().map_or_else(String::new, |query| query.as_str().to_owned());
        let mut origin = address_of_request(request);
        origin.truncate(origin.len().saturating_sub(path.len()));
        Context::of(request).set_organization(host.organization);
        let visitor = Visitor::by_domain(host.organization).at(now);
        Self { host, visitor, origin, path, query, now }
    }

    /// The addresses of the site as they are from this host.
    pub fn addresses(&self, site: &Site) -> Addresses {
        Addresses::on_host(&self.origin, self.host.locale.as_ref(), site)
    }

    fn asked<'a>(&'a self, sites: &'a Sites, addresses: &'a Addresses, form: &'a FormState) -> Address<'a> {
        let Self { origin, path, now, .. } = self;
        let medium = Medium::Server { stamps: &sites.stamps, form };
        Address { origin, root: "", addresses, path, environment: &sites.environment, now: *now, medium }
    }
}

/// Whether this is the address that leads to the booking engine, in any language.
fn is_book(addresses: &Addresses, path: &str) -> bool {
    matches!(addresses.read(path).place, Place::Page(slug) if slug.as_str() == BOOK)
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
