//! The addresses of a website before an import adds to them: what is published where, and which redirects there are. What
//! would shadow a page, lead in a circle or over a second redirect is told before it is made.

use std::collections::BTreeMap;

use content::{
    entries::{self, EntryError},
    redirects,
    sites::Site,
    types::{Declarations, TypeDeclaration},
};
use ground::{
    db::Conn,
    words::{Locale, Slug},
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

/// A page that guests find.
#[derive(Clone, Debug)]
pub(super) struct Live {
    /// Its last part, which is compared with old addresses.
    pub slug: String,
    pub title: String,
}

/// Where a website's pages and redirects are.
#[derive(Clone, Debug, Default)]
pub(super) struct Addresses {
    pub live: BTreeMap<String, Live>,
    /// Where each old address leads.
    pub redirects: BTreeMap<String, String>,
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
    /// The old address leads elsewhere already.
    Taken(String),
    /// It would close a circle: all addresses on it.
    Loop(Vec<String>),
    /// It would be one of several redirects in a row: all addresses on the way.
    Chain(Vec<String>),
    /// The old address is longer than one may be.
    TooLong,
}

impl Addresses {
    /// Reads all of a site's.
    pub fn read(conn: &Conn, scope: &Scope, declarations: &Declarations, site: &Site) -> Result<Self, EntryError> {
        let mut addresses = Self::default();
        let mut after = None;
        loop {
            let ids = entries::ids_behind(conn, scope, site.id, after, PAGE)?;
            let Some(last) = ids.last() else { return Ok(addresses) };
            after = Some(*last);
            for whole in entries::wholes(conn, scope, declarations, site.id, &ids)? {
                let Some(declared) = declarations.content_type(&whole.entry.content_type) else { continue };
                for (view, _) in &whole.views {
                    if view.content_type == REDIRECT {
                        let text = |name: &str| view.get(name).and_then(Value::as_str).map(normal);
                        if let (Some(from), Some(to)) = (text("from"), text("to")) {
                            addresses.redirects.insert(from, to);
                        }
                    } else if has_pages(declared) {
                        let is_home = view.get("is_homepage").and_then(Value::as_bool).unwrap_or(false);
                        let path = path_of(site, declared, &view.slug, &view.locale, is_home);
                        let title = view.get(&declared.title_field).and_then(Value::as_str).unwrap_or_default();
                        let live = Live { slug: view.slug.to_string(), title: title.to_owned() };
                        addresses.live.insert(normal(&path), live);
                    }
                }
            }
        }
    }

    /// Whether a redirect may be made.
    pub fn judge(&self, from: &str, to: &str) -> Verdict {
        let (from, to) = (normal(from), normal(to));
        if from == to {
            return Verdict::Same;
        }
        if from.chars().count() > LONGEST_ADDRESS {
            return Verdict::TooLong;
        }
        if self.live.contains_key(&from) {
            return Verdict::Shadows;
        }
        match self.redirects.get(&from) {
            Some(known) if *known == to => return Verdict::Exists,
            Some(known) => return Verdict::Taken(known.clone()),
            None => {}
        }
        let mut way = vec![from.clone(), to.clone()];
        while let Some(next) = way.last().and_then(|last| self.redirects.get(last)) {
            let is_closed = way.contains(next);
            way.push(next.clone());
            if is_closed || way.len() > LONGEST_WAY {
                return Verdict::Loop(way);
            }
        }
        if way.len() > 2 {
            return Verdict::Chain(way);
        }
        match self.redirects.iter().find(|(_, leads)| **leads == from) {
            Some((before, _)) => Verdict::Chain(vec![before.clone(), from, to]),
            None => Verdict::Fine,
        }
    }

    /// Remembers a redirect that is made.
    pub fn add(&mut self, from: &str, to: &str) {
        self.redirects.insert(normal(from), normal(to));
    }
}

impl Verdict {
    /// Why a redirect is not made, a whole sentence; nothing where it is, or need not be.
    pub fn refusal(&self) -> Option<String> {
        Some(match self {
            Self::Fine | Self::Same | Self::Exists => return None,
            Self::Shadows => "Guests find a page under this address on the new website.".to_owned(),
            Self::Taken(to) => format!("There is a redirect from here to {to} already."),
            Self::Loop(way) => format!("It would lead in a circle: {}.", way.join(" -> ")),
            Self::Chain(way) => format!("It would be one of several redirects in a row: {}.", way.join(" -> ")),
            Self::TooLong => format!("An old address has at most {LONGEST_ADDRESS} characters."),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_and_chains_are_named_with_their_way() {
        let mut addresses = Addresses::default();
        addresses.live.insert("/rooms".to_owned(), Live { slug: "rooms".to_owned(), title: "Rooms".to_owned() });
        addresses.add("/a", "/b");
        addresses.add("/c", "/rooms");
        let way = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        for (from, to, verdict) in [
            ("/x/", "/rooms", Verdict::Fine),
            ("/rooms/", "/rooms", Verdict::Same),
            ("/rooms", "/x", Verdict::Shadows),
            ("/c", "/rooms/", Verdict::Exists),
            ("/c", "/x", Verdict::Taken("/rooms".to_owned())),
            ("/b", "/a", Verdict::Loop(way(&["/b", "/a", "/b"]))),
            ("/x", "/c", Verdict::Chain(way(&["/x", "/c", "/rooms"]))),
            ("/b", "/rooms", Verdict::Chain(way(&["/a", "/b", "/rooms"]))),
        ] {
            assert_eq!(addresses.judge(from, to), verdict, "{from} to {to}");
        }
    }

    #[test]
    fn an_address_has_one_spelling() {
        for (written, expected) in [
            ("/a/b/", "/a/b"),
            ("", "/"),
            ("/", "/"),
            ("/?p=1", "/?p=1"),
            ("a#x", "/a"),
            ("/a/?x=1#y", "/a?x=1"),
            ("/Zimmer/S%C3%BCd/", "/zimmer/süd"),
            ("https://Old.Example/Zimmer/?b=2&a=1", "https://old.example/zimmer?a=1&b=2"),
            ("https://old.example/", "https://old.example"),
        ] {
            assert_eq!(normal(written), expected, "{written}");
        }
    }
}
