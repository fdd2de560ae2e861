//! Websites as plain files that any web server serves. For each host a folder with a file for each address, the files that
//! the pages name, and what servers have to be told beside: where old addresses lead.
//!
//! ```text
//! gammacms-static.json                the manifest: every file with its SHA-256, and until when it is true
//! HOST/index.html                     the first page
//! HOST/rooms/lake/index.html          the page at /rooms/lake
//! HOST/404.html, HOST/410.html        for what is not there
//! HOST/sitemap.xml, robots.txt, favicon.svg
//! HOST/_theme/…, HOST/media/…         the theme's files, pictures and documents
//! HOST/_redirects, _headers, .htaccess
//! _servers/HOST/redirects.nginx.conf, redirects.caddy, gone.txt
//! ```
//!
//! All of it is read from one state of the database at one instant. A file is written only where it is another than what
//! stands there, and the manifest last, so that a run that was stopped is made good by the next one.

mod folder;
mod naming;
mod packing;
mod report;
mod servers;

use std::{collections::BTreeSet, path::Path};

use content::sites::{self, Site, SiteStatus};
use ground::{
    db::{Conn, Tenant as _},
    words::{DomainName, Slug},
};
use tenants::scope::Visitor;

pub use packing::pack;
pub use report::{HostReport, PlainFilesReport};

use self::{
    folder::{Manifest, Outlet},
    naming::{Named, links_in, media_in},
    servers::{Rules, file_of},
};
use super::{
    TransferError,
    bundle::{Place, runtime},
};
use crate::{
    demo,
    sites::{Freezer, Frozen, Host, Looking, hosts},
};

/// Links that lead nowhere, of which each is named; beyond it their number says enough.
const MOST_NAMED: usize = 20;

/// What is to be exported.
#[derive(Debug)]
pub struct PlainFilesExport<'a> {
    /// The folder, which is empty, not there yet, or one that an export has made.
    pub folder: &'a Path,
    /// The short name of the organization.
    pub organization: &'a str,
    /// One site only.
    pub site: Option<&'a Slug>,
    /// Where the one site will be reached, if not at its domain with `https`.
    pub base_url: Option<&'a str>,
    /// The installation's environment: pages of a rehearsal say so.
    pub environment: &'a str,
    /// Write nothing.
    pub is_dry_run: bool,
}

/// Writes the files, from a plain thread.
pub fn export(place: &Place<'_>, wish: &PlainFilesExport<'_>) -> Result<PlainFilesReport, TransferError> {
    let base = wish.base_url.map(Base::read).transpose()?;
    if base.is_some() && wish.site.is_none() {
        return Err(refused("--base-url is the address of one site: name it with --site"));
    }
    let freezer = Freezer::new(wish.environment)?;
    let now = place.db.clock().now();
    let mut report = PlainFilesReport { is_dry_run: wish.is_dry_run, made_at: now, ..PlainFilesReport::default() };
    if wish.environment == "staging" {
        report
            .notes
            .push("This installation is a rehearsal (ENVIRONMENT=staging): the pages ask not to be found.".into());
    }
    let outlet = place.db.read_blocking(|conn| {
        let visitor = Visitor::by_domain(place.scope.organization_id()).at(now);
        let declarations = place.catalogue.of(conn, place.scope)?;
        let sites = wanted(conn, place, wish, &mut report)?;
        let mut outlet = Outlet::open(wish, now)?;
        for site in sites {
            let site = base.as_ref().map_or_else(|| site.clone(), |base| base.at(&site));
            let (scheme, port) = base.as_ref().map_or(("https", ""), |base| (base.scheme, base.port.as_str()));
            let hosts = hosts(&site, scheme, port);
            if site.domain.is_none() {
                report.left_out.push(format!("The site {} has no domain: name one with --base-url.", site.slug));
            }
            for host in &hosts {
                let looking = Looking { conn, visitor: &visitor, declarations: &declarations, site: &site, now };
                let frozen = Frozen::read(&freezer, looking, host)?;
                let one = write(&frozen, &freezer, &site, host, &mut outlet, &mut report)?;
                report.until = report.until.into_iter().chain(frozen.until()?).min();
                report.hosts.push(one);
            }
        }
        Ok::<_, TransferError>(outlet)
    })?;
    let unwritable = |reason| TransferError::Unwritable { file: wish.folder.to_owned(), reason };
    let runtime = runtime().map_err(unwritable)?;
    let manifest = Manifest::new(wish, now, report.until);
    outlet.finish(manifest, &mut report, |sha256, ending| runtime.block_on(place.library.blob(sha256, ending)))?;
    Ok(report)
}

/// The published ones of the sites that are meant; the others are named in the report.
fn wanted(
    conn: &Conn,
    place: &Place<'_>,
    wish: &PlainFilesExport<'_>,
    report: &mut PlainFilesReport,
) -> Result<Vec<Site>, TransferError> {
    let all = match wish.site {
        Some(slug) => vec![sites::find_by_slug(conn, place.scope, slug)?],
        None => sites::list(conn, place.scope)?,
    };
    let (published, others): (Vec<Site>, Vec<Site>) =
        all.into_iter().partition(|site| site.status == SiteStatus::Published);
    report.left_out.extend(others.iter().map(|site| format!("The site {} is not published.", site.slug)));
    // It would remove all that an earlier export has written: whoever means that removes the folder.
    if published.is_empty() {
        return Err(refused("No site is published: nothing was written, and nothing removed."));
    }
    if published.iter().all(|site| site.domain.is_none()) && wish.base_url.is_none() {
        return Err(refused("No published site has a domain: say with --base-url where one will be reached."));
    }
    Ok(published)
}

/// One host of a site.
fn write(
    frozen: &Frozen<'_, '_>,
    freezer: &Freezer,
    site: &Site,
    host: &Host,
    outlet: &mut Outlet<'_>,
    report: &mut PlainFilesReport,
) -> Result<HostReport, TransferError> {
    let folder = host.name.as_str();
    let mut one = HostReport { host: folder.to_owned(), site: site.slug.to_string(), ..HostReport::default() };
    let steps = frozen.steps()?;
    let (mut named, mut links) = (BTreeSet::new(), BTreeSet::new());
    let mut page = |outlet: &mut Outlet<'_>, file: &str, html: String| {
        let html = naming::at_home(html, &host.origin);
        named.extend(media_in(&html, &host.origin));
        links.extend(links_in(&html, &host.origin));
        outlet.take(format!("{folder}/{file}"), html.as_bytes())
    };
    for path in &frozen.paths {
        let html = frozen.page(path)?;
        page(outlet, &file_of(path), html)?;
        one.pages += 1;
    }
    for status in [404, 410] {
        for (path, html) in frozen.nothing(status)? {
            page(outlet, &format!("{}.html", path.trim_start_matches('/')), html)?;
        }
    }
    for (path, text) in frozen.told()? {
        outlet.take(format!("{folder}{path}"), text.as_bytes())?;
    }
    for (path, bytes) in freezer.files() {
        outlet.take(format!("{folder}{path}"), &bytes)?;
    }
    for Named { address, of } in named {
        match of {
            naming::Of::Blob { sha256, ending } => outlet.take_blob(format!("{folder}{address}"), sha256, ending),
            naming::Of::Drawing(name) => match demo::drawing_named(&name) {
                Some(bytes) => outlet.take(format!("{folder}{address}"), &bytes)?,
                None => report.notes.push(format!("{address} is named and is not there.")),
            },
        }
    }
    let rules = Rules::new(&steps, host);
    for (path, text) in rules.files() {
        outlet.take(path, text.as_bytes())?;
    }
    for (file, html) in rules.pages() {
        // A page that is already there, or a file where a folder would have to be, comes first.
        if outlet.is_free(&format!("{folder}/{file}")) {
            outlet.take(format!("{folder}/{file}"), html.as_bytes())?;
        }
    }
    one.redirects = rules.count();
    one.gone = rules.gone().len();
    one.notes = notes(frozen, &rules, links);
    Ok(one)
}

/// What is another than on a server, a sentence each.
fn notes(frozen: &Frozen<'_, '_>, rules: &Rules<'_>, links: BTreeSet<String>) -> Vec<String> {
    let mut notes = Vec::new();
    let forms = frozen.with_forms();
    if !forms.is_empty() {
        notes.push(format!("Forms need a server: e-mail and telephone stand in their place on {}.", forms.join(", ")));
    }
    if frozen.has_booking() {
        notes.push("Booking leads to the first page of the booking engine, without days and guests.".into());
    }
    notes.push("The search is a list of all pages.".into());
    let is_there = |link: &String| frozen.paths.contains(link) || rules.lead_from(link);
    let lost: Vec<_> = links.into_iter().filter(|link| !is_there(link)).collect();
    if !lost.is_empty() {
        let shown = lost.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join(", ");
        let more = lost.len().saturating_sub(MOST_NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        notes.push(format!("Links lead to nothing, here and on the running website: {shown}{more}."));
    }
    notes.extend(rules.left_out.iter().map(|from| {
        format!("{from} cannot be written for every server: see redirects of this address in the dashboard.")
    }));
    notes
}

/// The address of a site, as `--base-url` says it.
struct Base {
    scheme: &'static str,
    host: DomainName,
    /// With its colon; empty where it is the scheme's own.
    port: String,
}

impl Base {
    fn read(url: &str) -> Result<Self, TransferError> {
        let wrong = || {
            refused(
                "--base-url is scheme and host, such as https://www.hotel-seeblick.ch: files stand at the root of a host",
            )
        };
        let (scheme, rest) = match url.split_once("://") {
            Some(("https", rest)) => ("https", rest),
            Some(("http", rest)) => ("http", rest),
            _ => return Err(wrong()),
        };
        let (host, port) = rest.trim_end_matches('/').split_once(':').unwrap_or((rest.trim_end_matches('/'), ""));
        if !port.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong());
        }
        let port = if port.is_empty() { String::new() } else { format!(":{port}") };
        Ok(Self { scheme, host: host.parse().map_err(|_| wrong())?, port })
    }

    /// The site as if this were its domain.
    fn at(&self, site: &Site) -> Site {
        Site { domain: Some(self.host.clone()), ..site.clone() }
    }
}

fn refused(reason: impl Into<String>) -> TransferError {
    TransferError::Refused(vec![reason.into()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_is_a_host_and_nothing_below_it() {
        for (url, expected) in [
            ("https://www.hotel.example", Some(("https", "www.hotel.example", ""))),
            ("http://hotel.localhost:8080/", Some(("http", "hotel.localhost", ":8080"))),
            ("https://hotel.example/de", None),
            ("hotel.example", None),
            ("ftp://hotel.example", None),
            ("https://anna@hotel.example", None),
        ] {
            let read = Base::read(url).ok().map(|base| (base.scheme, base.host.to_string(), base.port));
            let expected = expected.map(|(scheme, host, port)| (scheme, host.to_owned(), port.to_owned()));
            assert_eq!(read, expected, "{url}");
        }
    }
}
