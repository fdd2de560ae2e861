//! The addresses of a website before an import adds to them: what is published where, and which redirects there are. What
//! would shadow a page, lead in a circle or over a second redirect is told before it is made, as publishing would refuse it.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use content::{
    entries::{self, EntryError, public::View},
    redirects::{self, Rule},
    sites::{self, Site},
    types::{Declarations, TypeDeclaration},
};
use ground::{
    db::Conn,
    words::{DomainName, Locale, Slug},
};
use serde_json::{Value, json};
use tenants::scope::Scope;
use url::Url;

/// Entries read at once.
const PAGE: i64 = 500;
/// Redirects followed one after the other before it counts as a circle.
const LONGEST_WAY: usize = 20;
/// The type of redirects.
pub(super) const REDIRECT: &str = "redirect";
/// Longest old address, as the type declares it.
const LONGEST_ADDRESS: usize = 1_000;

/// What files of the library begin with.
const FILES: &str = "/media/";
/// Why nothing leads on from an address that the program has on every host.
pub(super) const BESIDE: &str = "On every host this address is the program's own: no redirect leads on from it.";

/// A page that guests find.
#[derive(Clone, Debug)]
pub(super) struct Live {
    /// Its last part, which is compared with old addresses.
    pub slug: String,
    pub title: String,
}

/// Where a website's pages and redirects are. Addresses of the site's own host are paths, others are whole.
#[derive(Clone, Debug, Default)]
pub(super) struct Addresses {
    pub live: BTreeMap<String, Live>,
    /// Where each old address leads; nowhere ("") where it says that it is gone.
    pub redirects: BTreeMap<String, String>,
    /// The same of addresses below which it holds as well.
    prefixes: BTreeMap<String, String>,
    /// Pages that the program itself has, such as the search.
    own_pages: BTreeSet<String>,
    /// The site's own host.
    host: Option<DomainName>,
    /// The hosts of single languages.
    hosts: Vec<DomainName>,
    /// Paths that are on a language's host alone, with their whole addresses.
    elsewhere: BTreeMap<String, String>,
}

/// What a website answers at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// A page, which is at this address.
    Page(String),
    /// A redirect that leads to something: there, in the end.
    Leads(String),
    /// A redirect that says that it is gone for good.
    Gone,
    /// A redirect that leads to nothing: there, in the end.
    Astray(String),
    /// Nothing, and no redirect could: the address is the program's on every host.
    Beside,
    /// Nothing.
    Nothing,
}

/// What is to be said of a redirect that might be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It may be made.
    Fine,
    /// Both addresses are the same.
    Same,
    /// It is there.
    Exists,
    /// Guests find a page under the old address.
    Shadows,
    /// The old address leads elsewhere already; nowhere ("") where it says that it is gone.
    Taken(String),
    /// It would close a circle: all addresses on it.
    Loop(Vec<String>),
    /// It would be one of several redirects in a row: all addresses on the way.
    Chain(Vec<String>),
    /// The old address is longer than one may be.
    TooLong,
    /// The old address is none: it climbs out of the website.
    NoPath,
    /// The old address is the program's own on every host: no redirect is looked up there.
    Beside,
}

impl Addresses {
    /// Reads all of a site's.
    pub fn read(conn: &Conn, scope: &Scope, declarations: &Declarations, site: &Site) -> Result<Self, EntryError> {
        let mut addresses = Self::of(site);
        let mut after = None;
        loop {
            let ids = entries::ids_behind(conn, scope, site.id, after, PAGE)?;
            let Some(last) = ids.last() else { return Ok(addresses) };
            after = Some(*last);
            for whole in entries::wholes(conn, scope, declarations, site.id, &ids)? {
                let Some(declared) = declarations.content_type(&whole.entry.content_type) else { continue };
                for (view, _) in &whole.views {
                    if view.content_type == REDIRECT {
                        addresses.take_redirect(view);
                    } else if has_pages(declared) {
                        addresses.take_page(site, declared, view);
                    }
                }
            }
        }
    }

    /// Those of a site without content.
    fn of(site: &Site) -> Self {
        let spoken = site.speaks();
        let hosts = spoken.domains().map(|(_, domain)| domain.clone()).collect();
        let prefixes = spoken.prefixes().map(|prefix| format!("/{prefix}"));
        let own_pages = prefixes.chain([String::new()]).map(|before| format!("{before}/{}", sites::SEARCH)).collect();
        Self { host: site.domain.clone(), hosts, own_pages, ..Self::default() }
    }

    fn take_redirect(&mut self, view: &View) {
        let Some(rule) = Rule::read(&view.document) else { return };
        let to = if rule.target.is_empty() { String::new() } else { self.here(&rule.target) };
        let into = if rule.is_prefix { &mut self.prefixes } else { &mut self.redirects };
        into.insert(rule.from, to);
    }

    fn take_page(&mut self, site: &Site, declared: &TypeDeclaration, view: &View) {
        let is_home = view.get("is_homepage").and_then(Value::as_bool).unwrap_or(false);
        let path = normal(&path_of(site, declared, &view.slug, &view.locale, is_home));
        let title = view.get(&declared.title_field).and_then(Value::as_str).unwrap_or_default();
        let live = Live { slug: view.slug.to_string(), title: title.to_owned() };
        match site.speaks().domain(&view.locale) {
            Some(domain) => {
                let whole = normal(&format!("https://{domain}{path}"));
                self.elsewhere.insert(path, whole.clone());
                self.live.insert(whole, live);
            }
            None => {
                self.live.insert(path, live);
            }
        }
    }

    /// One spelling of a new address: on the site's own host its path.
    fn here(&self, address: &str) -> String {
        let address = normal(address);
        match split(&address) {
            Some((host, path)) if self.host.as_ref().is_some_and(|own| own.as_str().eq_ignore_ascii_case(host)) => {
                if path.is_empty() {
                    "/".to_owned()
                } else {
                    path.to_owned()
                }
            }
            _ => address,
        }
    }

    /// What the website answers, in the order in which it looks: a redirect from just these parameters, a page whatever its
    /// parameters, a redirect from the path or from one above it.
    pub fn answer(&self, path: &str) -> Answer {
        if is_beside(path) {
            return Answer::Beside;
        }
        let plain = without_query(path);
        let named = self.redirects.get(path).filter(|_| plain != path);
        if let Some(to) = named {
            return self.followed(to);
        }
        if self.live.contains_key(plain) {
            return Answer::Page(plain.to_owned());
        }
        if let Some(whole) = self.elsewhere.get(plain) {
            return Answer::Page(whole.clone());
        }
        match self.next(plain) {
            Some(to) => self.followed(to),
            None if self.own_pages.contains(plain) => Answer::Page(plain.to_owned()),
            None => Answer::Nothing,
        }
    }

    /// Where a redirect leads in the end.
    fn followed(&self, first: &str) -> Answer {
        let mut to = first;
        for _ in 0..LONGEST_WAY {
            if to.is_empty() {
                return Answer::Gone;
            }
            if self.is_answered(to) {
                return Answer::Leads(to.to_owned());
            }
            match self.next(to) {
                Some(next) => to = next,
                None => break,
            }
        }
        Answer::Astray(to.to_owned())
    }

    /// Whether something stands at a new address: a page, a file, or whatever another website has there.
    pub fn is_answered(&self, address: &str) -> bool {
        let address = self.here(address);
        let plain = without_query(&address);
        let (path, is_page) = match split(plain) {
            None => (plain, self.live.contains_key(plain)),
            Some((host, path)) => {
                if !self.hosts.iter().any(|own| own.as_str().eq_ignore_ascii_case(host)) {
                    return true;
                }
                // What is not in the language of the host stands on the site's own, and is led to from here.
                let path = if path.is_empty() { "/" } else { path };
                (path, self.live.contains_key(plain) || self.live.contains_key(path))
            }
        };
        is_page || path.starts_with(FILES) || self.own_pages.contains(path)
    }

    /// Where a redirect leads from an address, as publishing looks it up: the exact one before the longest above it.
    fn next(&self, address: &str) -> Option<&str> {
        if !address.starts_with('/') {
            return None;
        }
        let plain = without_query(address);
        let exact = self.redirects.get(address).or_else(|| self.redirects.get(plain));
        let above = || with_those_above(plain).find_map(|path| self.prefixes.get(path));
        exact.or_else(above).map(String::as_str)
    }

    /// Whether a redirect may be made.
    pub fn judge(&self, from: &str, to: &str) -> Verdict {
        let (from, to) = (normal(from), self.here(to));
        if from == to {
            return Verdict::Same;
        }
        if from.chars().count() > LONGEST_ADDRESS {
            return Verdict::TooLong;
        }
        if redirects::normalized(&from).is_none() {
            return Verdict::NoPath;
        }
        if is_beside(&from) {
            return Verdict::Beside;
        }
        if self.live.contains_key(&from) || self.elsewhere.contains_key(&from) {
            return Verdict::Shadows;
        }
        match self.redirects.get(&from) {
            Some(known) if *known == to => return Verdict::Exists,
            Some(known) => return Verdict::Taken(known.clone()),
            None => {}
        }
        // A redirect from a path holds for it with any parameters.
        let leads_back = |to: &str| to == from || without_query(to) == from;
        let mut way = vec![from.clone(), to.clone()];
        if leads_back(&to) {
            return Verdict::Loop(way);
        }
        while let Some(next) = way.last().and_then(|last| self.next(last)).map(str::to_owned) {
            let is_closed = leads_back(&next) || way.contains(&next);
            way.push(named(&next));
            if is_closed || way.len() > LONGEST_WAY {
                return Verdict::Loop(way);
            }
            if next.is_empty() {
                break;
            }
        }
        if way.len() > 2 {
            return Verdict::Chain(way);
        }
        match self.redirects.iter().chain(&self.prefixes).find(|(_, leads)| **leads == from) {
            Some((before, _)) => Verdict::Chain(vec![before.clone(), from, to]),
            None => Verdict::Fine,
        }
    }

    /// Remembers a redirect that is made.
    pub fn add(&mut self, from: &str, to: &str) {
        let to = self.here(to);
        self.redirects.insert(normal(from), to);
    }
}

/// Where a redirect leads, for people.
fn named(to: &str) -> String {
    if to.is_empty() { "gone".to_owned() } else { to.to_owned() }
}

/// Host and path of a whole address.
fn split(address: &str) -> Option<(&str, &str)> {
    let (_, rest) = address.split_once("://").filter(|_| !address.starts_with('/'))?;
    Some(rest.split_at(rest.find('/').unwrap_or(rest.len())))
}

fn without_query(address: &str) -> &str {
    address.split('?').next().unwrap_or_default()
}

/// The path and each one above it, the longest first.
fn with_those_above(path: &str) -> impl Iterator<Item = &str> {
    let above = path.rmatch_indices('/').map(|(at, _)| if at == 0 { "/" } else { &path[..at] });
    std::iter::once(path).chain(above)
}

/// Whether an address is the program's on every host.
fn is_beside(path: &str) -> bool {
    without_query(path).split('/').nth(1).is_some_and(|first| sites::SERVED_BESIDE.contains(&first))
}

impl Verdict {
    /// Why a redirect is not made, a whole sentence; nothing where it is, or need not be.
    pub fn refusal(&self) -> Option<String> {
        Some(match self {
            Self::Fine | Self::Same | Self::Exists => return None,
            Self::Shadows => "Guests find a page under this address on the new website.".to_owned(),
            Self::Taken(to) if to.is_empty() => "A redirect says of this address that it is gone for good.".to_owned(),
            Self::Taken(to) => format!("There is a redirect from here to {to} already."),
            Self::Loop(way) => format!("It would lead in a circle: {}.", way.join(" -> ")),
            Self::Chain(way) => format!("It would be one of several redirects in a row: {}.", way.join(" -> ")),
            Self::TooLong => format!("An old address has at most {LONGEST_ADDRESS} characters."),
            Self::NoPath => "This is no address on a website: it climbs out of it.".to_owned(),
            Self::Beside => BESIDE.to_owned(),
        })
    }
}

/// Whether the entries of a type have pages of their own.
pub(super) fn has_pages(declared: &TypeDeclaration) -> bool {
    declared.page.is_some()
}

/// Where an entry stands, without its language: as addresses are written inside of texts.
pub(super) fn plain_path(declared: &TypeDeclaration, slug: &Slug, is_home: bool) -> String {
    match declared.page.as_ref().map_or(declared.plural.as_str(), |page| page.path.as_str()) {
        "" if is_home => "/".to_owned(),
        "" => format!("/{slug}"),
        path => format!("/{path}/{slug}"),
    }
}

/// Where an entry stands in a language.
pub(super) fn path_of(site: &Site, declared: &TypeDeclaration, slug: &Slug, locale: &Locale, is_home: bool) -> String {
    let path = plain_path(declared, slug, is_home);
    match site.speaks().prefix(locale) {
        None => path,
        Some(prefix) => format!("/{prefix}{}", if path == "/" { "" } else { &path }),
    }
}

/// One spelling of an old or new address: of a path on the site the one that redirects are looked up by
/// ([`redirects::normalized`]), of a whole address with its host in lower case.
pub(super) fn normal(address: &str) -> String {
    let address = address.trim();
    if let Ok(url) = Url::parse(address)
        && url.has_host()
    {
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let path = normal(&format!("{}{query}", url.path()));
        return format!("{}{}", url.origin().ascii_serialization(), if path == "/" { "" } else { &path });
    }
    let path = if address.starts_with('/') { address.to_owned() } else { format!("/{address}") };
    redirects::normalized(&path).unwrap_or(path)
}

/// The document of a redirect that an import makes.
pub(super) fn redirect(from: &str, to: &str) -> Value {
    json!({"from": normal(from), "match": "exact", "to": to, "status": "moved_permanently", "source": "import"})
}
