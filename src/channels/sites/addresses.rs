//! Addresses of a website: the default language at the root, the others below their code; an entry by its slug, below the
//! path that its type declares.

use content::{entries::public::View, sites::Site, types::PageDeclaration};
use ground::words::{Locale, Slug};

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
    default_locale: Locale,
    locales: Vec<Locale>,
}

impl Addresses {
    pub fn new(root: &str, site: &Site) -> Self {
        Self { root: root.to_owned(), default_locale: site.default_locale.clone(), locales: site.locales.clone() }
    }

    /// The language and place of a path behind the root.
    pub fn read(&self, path: &str) -> (Locale, Place) {
        let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let named = parts.first().and_then(|first| self.locales.iter().find(|locale| locale.as_str() == *first));
        let locale = named.filter(|locale| **locale != self.default_locale).cloned();
        if locale.is_some() {
            parts.remove(0);
        }
        let slug = |text: &str| text.parse::<Slug>().ok();
        let place = match parts[..] {
            [] => Place::Home,
            [page] => slug(page).map_or(Place::Nowhere, Place::Page),
            [path, entry] => slug(entry).map_or(Place::Nowhere, |slug| Place::Entry { path: path.to_owned(), slug }),
            _ => Place::Nowhere,
        };
        (locale.unwrap_or_else(|| self.default_locale.clone()), place)
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

    fn base(&self, locale: &Locale) -> String {
        if *locale == self.default_locale { self.root.clone() } else { format!("{}/{locale}", self.root) }
    }
}

/// Whether a page is the first one.
pub(super) fn is_homepage(view: &View) -> bool {
    view.get("is_homepage").and_then(serde_json::Value::as_bool).unwrap_or(false)
}
