//! Addresses of a website: the default language at the root, the others below their prefix or on a host of their own; an
//! entry by its slug, below the path that its type declares.

use content::{
    entries::public::View,
    redirects,
    sites::{Languages, Site},
    types::PageDeclaration,
};
use ground::words::{DomainName, Locale, Slug};

/// What an address asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The first page.
    Home,
    /// A page by its slug.
    Page(Slug),
    /// An entry of another type.
    Entry {
        /// The path of the type's pages, e.g. `rooms`.
        path: String,
        slug: Slug,
    },
    /// Nothing that could be there.
    Nowhere,
}

/// Makes and reads a site's addresses.
#[derive(Clone, Debug)]
pub(super) struct Addresses {
    /// What stands before every path: empty on the site's own host, `/preview/SITE` on the platform's.
    root: String,
    languages: Languages,
    /// The languages that may be read here: those that guests are offered, or all for the team.
    open: Vec<Locale>,
    /// On which host the reader is, where the site's domains count; on the platform's host they do not.
    here: Option<Here>,
}

/// The host that a reader has opened.
#[derive(Clone, Debug)]
struct Here {
    /// Scheme, host and port as the reader used them.
    origin: String,
    /// The site's own host.
    main: Option<DomainName>,
    /// The language whose own host this is.
    locale: Option<Locale>,
}

/// An address as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Read {
    pub locale: Locale,
    pub place: Place,
    /// Where the same is, if not at this very address: below a prefix, or on a language's own host.
    pub moved: Option<String>,
}

impl Addresses {
    /// Addresses below a root of the platform's host, where every language is.
    pub fn below(root: &str, site: &Site, sees_all: bool) -> Self {
        let languages = site.speaks();
        let open = if sees_all { languages.offered.clone() } else { languages.shown().cloned().collect() };
        Self { root: root.to_owned(), languages, open, here: None }
    }

    /// Addresses on a site's own host, or on that of one of its languages.
    pub fn on_host(origin: &str, locale: Option<&Locale>, site: &Site) -> Self {
        let locale = locale.filter(|locale| site.languages.get(locale).is_some_and(|own| own.domain.is_some()));
        let here = Here { origin: origin.to_owned(), main: site.domain.clone(), locale: locale.cloned() };
        Self { here: Some(here), ..Self::below("", site, false) }
    }

    /// The languages that may be read here.
    pub fn open(&self) -> &[Locale] {
        &self.open
    }

    /// Where a path that ends with a slash leads, with its query: to the one spelling of it, in one step.
    pub fn without_slash(&self, path: &str, query: &str) -> String {
        let path = path.trim_end_matches('/');
        with_query(self.read(path).moved.unwrap_or_else(|| path.to_owned()), query)
    }

    /// The language and place of a path behind the root. Capitals and escapes that need not be are another spelling of the
    /// same: where they stand, the path moves to the plain one.
    pub fn read(&self, path: &str) -> Read {
        let plain = redirects::normalized(path).filter(|plain| plain.is_ascii());
        let mut parts: Vec<&str> =
            plain.as_deref().unwrap_or(path).split('/').filter(|part| !part.is_empty()).collect();
        let named =
            parts.first().and_then(|first| self.open.iter().find(|locale| self.own_prefix(locale) == Some(*first)));
        if named.is_some() {
            parts.remove(0);
        }
        let of_host =
            self.here.as_ref().and_then(|here| here.locale.as_ref()).filter(|locale| self.open.contains(locale));
        let locale = named.or(of_host).unwrap_or(&self.languages.default).clone();
        let rest: String = parts.iter().flat_map(|part| ["/", part]).collect();
        let right = format!("{}{rest}", self.base(&locale));
        let right = if right.is_empty() { "/".to_owned() } else { right };
        let asked = match path.trim_end_matches('/') {
            "" if self.root.is_empty() => "/".to_owned(),
            path => format!("{}{path}", self.root),
        };
        let slug = |text: &str| text.parse::<Slug>().ok();
        let place = match parts[..] {
            [] => Place::Home,
            [page] => slug(page).map_or(Place::Nowhere, Place::Page),
            [path, entry] => slug(entry).map_or(Place::Nowhere, |slug| Place::Entry { path: path.to_owned(), slug }),
            _ => Place::Nowhere,
        };
        Read { locale, place, moved: (right != asked).then_some(right) }
    }

    /// The first page in a language.
    pub fn home(&self, locale: &Locale) -> String {
        let base = self.base(locale);
        if base.is_empty() { "/".to_owned() } else { base }
    }

    /// Where a view is shown in a language.
    pub fn of(&self, view: &View, page: &PageDeclaration, locale: &Locale) -> String {
        match page.path.as_str() {
            "" if is_homepage(view) => self.home(locale),
            "" => format!("{}/{}", self.base(locale), view.slug),
            path => format!("{}/{path}/{}", self.base(locale), view.slug),
        }
    }

    /// A page that the program itself has, such as `search`.
    pub fn own(&self, name: &str, locale: &Locale) -> String {
        format!("{}/{name}", self.base(locale))
    }

    /// An address that somebody has written into the content: paths on the site get its root and the language, everything
    /// else stays.
    pub fn written(&self, url: &str, locale: &Locale) -> String {
        let is_path = url.starts_with('/') && !url.starts_with("//") && !url.starts_with("/media/");
        match url {
            "/" => self.home(locale),
            path if is_path => format!("{}{}", self.base(locale), path.trim_end_matches('/')),
            other => other.to_owned(),
        }
    }

    /// What stands before every path of a language: nothing, its prefix, or the host where it is.
    pub fn base(&self, locale: &Locale) -> String {
        let prefix = match &self.here {
            Some(_) => self.languages.prefix(locale),
            None => self.own_prefix(locale),
        };
        let host = self.here.as_ref().and_then(|here| here.elsewhere(self.languages.domain(locale)));
        let prefix = prefix.map(|prefix| format!("/{prefix}")).unwrap_or_default();
        format!("{}{}{prefix}", host.unwrap_or_default(), self.root)
    }

    /// The prefix of a language, also where it has a host of its own: addresses of before lead there.
    pub fn own_prefix(&self, locale: &Locale) -> Option<&str> {
        let own = self.languages.settings.get(locale).and_then(|own| own.prefix.as_ref()).map(Slug::as_str);
        own.or_else(|| {
            let named = self.languages.offered.iter().find(|one| *one == locale).map(Locale::as_str);
            named.filter(|_| *locale != self.languages.default)
        })
    }
}

impl Here {
    /// Scheme, host and port of a language with this domain of its own, if the reader is on another host.
    fn elsewhere(&self, domain: Option<&DomainName>) -> Option<String> {
        let wanted = domain.or(self.main.as_ref())?;
        let (scheme, rest) = self.origin.split_once("://")?;
        let (host, port) = rest.split_once(':').map_or((rest, ""), |(host, _)| (host, &rest[host.len()..]));
        (!host.eq_ignore_ascii_case(wanted.as_str())).then(|| format!("{scheme}://{wanted}{port}"))
    }
}

/// An address with its host before it: `origin`, where it is a path of the host that is read.
pub(super) fn absolute(address: &str, origin: &str) -> String {
    if address.starts_with('/') { format!("{origin}{address}") } else { address.to_owned() }
}

/// Whether a page is the first one.
pub(super) fn is_homepage(view: &View) -> bool {
    view.get("is_homepage").and_then(serde_json::Value::as_bool).unwrap_or(false)
}

/// An address that a guest is led on to, with the parameters that came with the old one: those of a campaign are counted there.
pub(super) fn with_query(to: String, query: &str) -> String {
    if query.is_empty() { to } else { format!("{to}?{query}") }
}

#[cfg(test)]
mod tests {
    use content::sites::Languages;

    use super::*;

    /// English at the root, German below `/deutsch`, French on a host of its own, Arabic not offered yet.
    fn addresses(origin: &str, locale: Option<&str>) -> Addresses {
        let settings = serde_json::json!({
            "de": { "prefix": "deutsch" },
            "fr": { "domain": "hotel.example.fr" },
            "ar": { "offered": false },
        });
        let tags = |tags: &[&str]| tags.iter().map(|tag| tag.parse().unwrap()).collect::<Vec<Locale>>();
        let languages = Languages {
            default: "en".parse().unwrap(),
            offered: tags(&["en", "de", "fr", "ar"]),
            settings: serde_json::from_value(settings).unwrap(),
            former: Vec::new(),
        };
        let here = Here {
            origin: origin.to_owned(),
            main: Some("hotel.example".parse().unwrap()),
            locale: locale.map(|tag| tag.parse().unwrap()),
        };
        Addresses { root: String::new(), languages, open: tags(&["en", "de", "fr"]), here: Some(here) }
    }

    #[test]
    fn every_address_is_at_one_place_only() {
        let (main, french) =
            (addresses("http://hotel.example:8000", None), addresses("http://hotel.example.fr:8000", Some("fr")));
        for (addresses, path, locale, moved) in [
            (&main, "/", "en", None),
            (&main, "/rooms/lake", "en", None),
            (&main, "/deutsch", "de", None),
            (&main, "/deutsch/rooms/see", "de", None),
            (&main, "/de/rooms/see", "en", None),
            (&main, "/fr", "fr", Some("http://hotel.example.fr:8000")),
            (&main, "/fr/rooms/lac", "fr", Some("http://hotel.example.fr:8000/rooms/lac")),
            (&main, "/ar", "en", None),
            (&main, "/Rooms/LAKE", "en", Some("/rooms/lake")),
            (&main, "/r%6Foms/lake", "en", Some("/rooms/lake")),
            (&main, "/DEUTSCH/rooms/see", "de", Some("/deutsch/rooms/see")),
            (&main, "/s%C3%BCd", "en", None),
            (&french, "/", "fr", None),
            (&french, "/rooms/lac", "fr", None),
            (&french, "/fr/rooms/lac", "fr", Some("/rooms/lac")),
            (&french, "/deutsch/rooms/see", "de", Some("http://hotel.example:8000/deutsch/rooms/see")),
        ] {
            let read = addresses.read(path);
            assert_eq!((read.locale.as_str(), read.moved.as_deref()), (locale, moved), "{path}");
        }
        assert_eq!(main.without_slash("/Rooms/lake/", "a=B"), "/rooms/lake?a=B");
        assert_eq!(french.home(&"en".parse().unwrap()), "http://hotel.example:8000");
        assert_eq!(main.home(&"fr".parse().unwrap()), "http://hotel.example.fr:8000");
        assert_eq!(main.written("/rooms/lake", &"de".parse().unwrap()), "/deutsch/rooms/lake");
    }
}
