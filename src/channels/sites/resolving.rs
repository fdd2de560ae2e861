//! What a website knows, for whoever shows the site with a program of its own: where an address leads, and the menus. Both are
//! answered by what the website itself reads addresses and menus with.

use content::{
    entries::public::{self, View},
    navigation::Menu,
    preview_links::Opened,
    redirects::Found,
    sites::Site,
    types::Declarations,
};
use ground::{
    db::Conn,
    words::{DomainName, EntryId, Locale, Slug},
};
use machinery::web::{Explain, Problem};
use tenants::scope::Visitor;

use super::{
    Sites,
    addresses::{Addresses, Place, Read, with_query},
    forms::{FormState, Medium},
    library::{Eyes, Library},
    menus,
    pages::{Asked, Found as Shown, Maker, PageError},
};

/// The status with which a website leads to the one address that a page has.
const MOVED: u16 = 308;

/// Where an address leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Resolved {
    /// To an entry's page.
    Entry {
        /// The entry.
        id: EntryId,
        /// Its type.
        content_type: String,
        /// Its name in addresses.
        slug: Slug,
        /// The language of the address.
        locale: Locale,
    },
    /// To another address, by a published redirect or because the page has its address there.
    Redirect {
        /// The address.
        to: String,
        /// The HTTP status.
        status: u16,
    },
    /// What stood there is gone for good.
    Gone,
    /// To nothing.
    Nothing,
}

/// An address as somebody asks about it.
struct Named<'a> {
    /// The site's host, or that of one of its languages; none for the site's own.
    host: Option<&'a str>,
    path: &'a str,
    query: &'a str,
}

impl<'a> Named<'a> {
    /// A path, or a whole address; what stands behind `#` is the browser's own.
    fn read(address: &'a str) -> Option<Self> {
        let address = address.split_once('#').map_or(address, |(address, _)| address);
        let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
        let (host, rest) = match rest {
            Some(rest) => {
                let at = rest.find(['/', '?']).unwrap_or(rest.len());
                let host = rest[..at].split(':').next().unwrap_or_default();
                (Some(host), &rest[at..])
            }
            None if address.starts_with('/') => (None, address),
            None => return None,
        };
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        Some(Self { host, path: if path.is_empty() { "/" } else { path }, query })
    }
}

impl Sites {
    /// Where an address of a site leads: a path on its own host, or a whole address on that or on one of its languages'.
    pub(crate) fn resolve(
        &self,
        conn: &Conn,
        visitor: &Visitor,
        declarations: &Declarations,
        site: &Site,
        address: &str,
    ) -> Result<Resolved, Problem> {
        self.resolve_with((conn, Eyes::Guest(visitor)), visitor, declarations, site, address)
    }

    /// Where it leads for whoever holds a preview link of the site: to what the link shows.
    pub(crate) fn resolve_seen(
        &self,
        conn: &Conn,
        opened: &Opened,
        declarations: &Declarations,
        site: &Site,
        address: &str,
    ) -> Result<Resolved, Problem> {
        // Redirects are kept as they are at present, whatever the link's own date.
        let (visitor, eyes) = (Visitor::by_domain(opened.organization()), Eyes::Link { opened, whole: site });
        let found = self.resolve_with((conn, eyes), &visitor, declarations, site, address)?;
        let only = opened.link.locale.as_ref();
        Ok(match found {
            Resolved::Entry { locale, .. } if only.is_some_and(|only| *only != locale) => Resolved::Nothing,
            found => found,
        })
    }

    fn resolve_with<'a>(
        &self,
        (conn, eyes): (&'a Conn<'_>, Eyes<'a>),
        visitor: &Visitor,
        declarations: &'a Declarations,
        site: &'a Site,
        address: &str,
    ) -> Result<Resolved, Problem> {
        let refused = |detail: &str| Problem::parameter_invalid("path", detail);
        let named = Named::read(address).ok_or_else(|| {
            refused("`path` is a path of the site, such as `/de/zimmer/seeblick`, or a whole address of it.")
        })?;
        let spoken = site.speaks();
        let is_named = |host: &str| named.host.is_some_and(|named| named.eq_ignore_ascii_case(host));
        let own_of_language =
            spoken.domains().find(|(_, domain)| is_named(domain.as_str())).map(|(locale, _)| locale.clone());
        let is_own = named.host.is_none() || site.domain.as_ref().is_some_and(|domain| is_named(domain.as_str()));
        if !is_own && own_of_language.is_none() {
            return Err(refused("This host is not one of the site's."));
        }
        let host = named.host.or(site.domain.as_ref().map(DomainName::as_str)).unwrap_or_default();
        let origin = format!("https://{}", host.to_ascii_lowercase());
        let addresses = Addresses::on_host(&origin, own_of_language.as_ref(), site);
        let theme = self.theme().map_err(|error| error.explain())?;
        let maker = Maker { conn, eyes, declarations, theme: &theme, site };
        let asked = Asked {
            origin: &origin,
            root: "",
            addresses: &addresses,
            path: named.path,
            environment: &self.environment,
            now: visitor.instant(conn),
            medium: Medium::Server { stamps: &self.stamps, form: &FormState::default() },
        };
        self.led_or_shown(&maker, visitor, &asked, named.query).map_err(|error| error.explain())
    }

    /// In the order in which the website looks: redirects, the one spelling of an address, pages.
    fn led_or_shown(
        &self,
        maker: &Maker<'_, '_>,
        visitor: &Visitor,
        asked: &Asked<'_>,
        query: &str,
    ) -> Result<Resolved, PageError> {
        match self.led(maker, visitor, asked, query)? {
            Some(Found::To { address, status }) => return Ok(Resolved::Redirect { to: address, status }),
            Some(Found::Gone) => return Ok(Resolved::Gone),
            None => {}
        }
        if asked.path.len() > 1 && asked.path.ends_with('/') {
            let to = asked.addresses.without_slash(asked.path, query);
            return Ok(Resolved::Redirect { to, status: MOVED });
        }
        let Read { locale, place, moved } = asked.addresses.read(asked.path);
        if let Some(to) = moved {
            return Ok(Resolved::Redirect { to: with_query(to, query), status: MOVED });
        }
        let library = Library::read(maker.conn, &maker.eyes, maker.declarations, maker.site, &locale)?;
        Ok(match maker.find(&library, asked.addresses, &place)? {
            Shown::Moved(to) => Resolved::Redirect { to: with_query(to, query), status: MOVED },
            Shown::View(view) if maker.is_over(&library, view, asked) => Resolved::Gone,
            Shown::View(View { entry_id, content_type, slug, .. }) => {
                Resolved::Entry { id: *entry_id, content_type: content_type.clone(), slug: slug.clone(), locale }
            }
            Shown::Nothing => Resolved::Nothing,
        })
    }
}

impl Maker<'_, '_> {
    /// Whether a page answers at this address, for guests by looks at indexes alone; for a site's first page, at all
    /// there is.
    pub fn answers(&self, visitor: &Visitor, asked: &Asked<'_>) -> Result<bool, PageError> {
        let Read { locale, place, .. } = asked.addresses.read(asked.path);
        if self.eyes.see_drafts() {
            let library = Library::read(self.conn, &self.eyes, self.declarations, self.site, &locale)?;
            return Ok(!matches!(self.find(&library, asked.addresses, &place)?, Shown::Nothing));
        }
        let (path, slug) = match &place {
            Place::Home => {
                let library = Library::read(self.conn, &self.eyes, self.declarations, self.site, &locale)?;
                return Ok(library.homepage().is_some());
            }
            Place::Nowhere => return Ok(false),
            Place::Page(slug) => ("", slug),
            Place::Entry { path, slug } => (path.as_str(), slug),
        };
        let Some(declared) = self.with_pages_at(path) else { return Ok(false) };
        for locale in asked.addresses.open() {
            let chain = std::slice::from_ref(locale);
            if public::view(self.conn, visitor, self.site.id, &declared.name, slug, chain)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The menus of a site in a language as its website shows them: what the hotel has made, or what follows from its pages. The
/// views are its menus and what these can lead to. Addresses begin with their path, in a language with a host of its own with
/// that host.
pub(crate) fn menus_of(declarations: &Declarations, site: &Site, locale: &Locale, views: Vec<View>) -> Vec<Menu> {
    let host = site.domain.as_ref().map(DomainName::as_str).unwrap_or_default();
    let addresses = Addresses::on_host(&format!("https://{host}"), None, site);
    let library = Library::of(declarations, site, locale, views);
    menus::resolved(&library, &addresses).into_iter().map(|(menu, _)| menu).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_path_or_a_whole_one() {
        for (address, expected) in [
            ("/de/zimmer?a=1#x", Some((None, "/de/zimmer", "a=1"))),
            ("https://hotel.example:8443/rooms/", Some((Some("hotel.example"), "/rooms/", ""))),
            ("http://hotel.example", Some((Some("hotel.example"), "/", ""))),
            ("https://hotel.example?a=1", Some((Some("hotel.example"), "/", "a=1"))),
            ("/", Some((None, "/", ""))),
            ("rooms/lake", None),
            ("", None),
            ("ftp://hotel.example/", None),
        ] {
            let read = Named::read(address).map(|named| (named.host, named.path, named.query));
            assert_eq!(read, expected, "{address}");
        }
    }
}
