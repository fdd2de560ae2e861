//! A website as files: every address that answers with a page, the page there as it is at one instant, and where other
//! addresses lead. Made by what makes the pages of the running website; no request is needed.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use content::{
    entries::public::{self, View},
    redirects::{self, MOST_RULES},
    sites::Site,
    types::{Declarations, PageDeclaration},
};
use ground::{
    clock::Timestamp,
    db::{Conn, DbError},
    words::{DomainName, Locale},
};
use jiff::{ToSpan as _, civil::Date};
use machinery::web::Explain as _;
use serde_json::{Value, json};
use tenants::scope::Visitor;

use super::{
    addresses::{Addresses, Read, is_homepage},
    booking::{self, BOOK, Booking},
    described::is_over,
    directory,
    forms::Medium,
    functions::FILES,
    library::{Eyes, Library},
    pages::{Asked, Found, Made, Maker, PageError, SEARCH, Shown, has_form},
    routes::ICON,
    theme::{self, Theme, ThemeError, Themes},
};

/// The status with which a website leads to the one address that a page has.
const MOVED: u16 = 308;
/// The status with which a website leads to its booking engine, which may be another tomorrow.
const FOUND: u16 = 302;
/// The field with the days on which a house is closed.
const CLOSURES: &str = "closures";
/// Characters of a day, as documents write it.
const DAY_LENGTH: usize = 10;
/// Characters of a day of every year, as seasons write it: `12-05`.
const YEARLY_LENGTH: usize = 5;

/// Why a website cannot be made into files.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct FrozenError(String);

impl From<PageError> for FrozenError {
    fn from(error: PageError) -> Self {
        // A failure of a theme names the template and the line, which a page's visitor is not told.
        match error {
            PageError::Theme(error) => Self(format!("the theme failed: {error:#}")),
            other => Self(other.explain().detail),
        }
    }
}

impl From<DbError> for FrozenError {
    fn from(error: DbError) -> Self {
        Self(error.to_string())
    }
}

impl From<ThemeError> for FrozenError {
    fn from(error: ThemeError) -> Self {
        Self(error.to_string())
    }
}

/// One host of a website.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Host {
    /// Its name.
    pub name: DomainName,
    /// Scheme, host and port.
    pub origin: String,
    /// The language whose own host this is.
    pub locale: Option<Locale>,
}

/// The hosts of a website: its own, and those of its languages. `scheme` and `port` are those of its own host.
pub(crate) fn hosts(site: &Site, scheme: &str, port: &str) -> Vec<Host> {
    let host = |name: &DomainName, locale: Option<&Locale>| Host {
        name: name.clone(),
        origin: format!("{scheme}://{name}{port}"),
        locale: locale.cloned(),
    };
    let spoken = site.speaks();
    let own = site.domain.iter().map(|domain| host(domain, None));
    let offered: Vec<&Locale> = spoken.shown().collect();
    let of_languages = spoken.domains().filter(|(locale, _)| offered.contains(locale));
    own.chain(of_languages.map(|(locale, domain)| host(domain, Some(locale)))).collect()
}

/// Where an address without a page of its own leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// The address in its one spelling, with parameters where they name it.
    pub from: String,
    /// Whether it holds for everything below that has no page, and not at the address itself.
    pub is_prefix: bool,
    /// Where it leads; none where nothing is any more.
    pub to: Option<String>,
    /// The HTTP status.
    pub status: u16,
}

/// What all websites of an export are made with.
pub(crate) struct Freezer {
    theme: Theme,
    environment: String,
}

impl Freezer {
    /// Reads the theme.
    pub fn new(environment: &str) -> Result<Self, FrozenError> {
        Ok(Self { theme: Theme::load(theme::DEFAULT)?, environment: environment.to_owned() })
    }

    /// The theme's own files with their paths.
    pub fn files(&self) -> Vec<(String, Cow<'static, [u8]>)> {
        let name = &self.theme.declared.name;
        let folder = format!("{name}/files/");
        let mut paths: Vec<_> = Themes::iter().filter(|path| path.starts_with(&folder)).collect();
        paths.sort_unstable();
        let with_bytes = paths.iter().filter_map(|path| Some((&path[folder.len()..], Themes::get(path)?.data)));
        with_bytes.map(|(path, bytes)| (format!("{FILES}/{name}/{}/{path}", self.theme.hash), bytes)).collect()
    }
}

/// Whose website, read from where and when.
#[derive(Clone, Copy)]
pub(crate) struct Looking<'a, 'c> {
    pub conn: &'a Conn<'c>,
    pub visitor: &'a Visitor,
    pub declarations: &'a Declarations,
    pub site: &'a Site,
    pub now: Timestamp,
}

/// A website on one of its hosts at an instant.
pub(crate) struct Frozen<'a, 'c> {
    freezer: &'a Freezer,
    looking: Looking<'a, 'c>,
    host: &'a Host,
    maker: Maker<'a, 'c>,
    addresses: Addresses,
    libraries: BTreeMap<Locale, Library<'a>>,
    /// Where booking begins, by language, as themes get it.
    book: BTreeMap<Locale, Value>,
    /// The addresses with a page.
    pub paths: BTreeSet<String>,
    /// Pages of what is over.
    over: BTreeSet<String>,
}

impl<'a, 'c> Frozen<'a, 'c> {
    /// Reads all of it; no page is made yet.
    pub fn read(freezer: &'a Freezer, looking: Looking<'a, 'c>, host: &'a Host) -> Result<Self, FrozenError> {
        let Looking { conn, visitor, declarations, site, .. } = looking;
        let eyes = Eyes::Guest(visitor);
        let addresses = Addresses::on_host(&host.origin, host.locale.as_ref(), site);
        let mut libraries = BTreeMap::new();
        for locale in addresses.open() {
            let library = Library::read(conn, &eyes, declarations, site, locale).map_err(PageError::from)?;
            libraries.insert(locale.clone(), library);
        }
        let maker = Maker { conn, eyes, declarations, theme: &freezer.theme, site };
        let (book, paths, over) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
        let mut frozen = Self { freezer, looking, host, maker, addresses, libraries, book, paths, over };
        frozen.book = frozen.ways_to_book()?;
        frozen.find_paths();
        Ok(frozen)
    }

    /// The page at one of the addresses.
    pub fn page(&self, path: &str) -> Result<String, FrozenError> {
        self.made(path, |maker, asked| match maker.make(asked)? {
            Made::Search(locale) => self.index(maker, asked, &locale),
            made => Ok(made),
        })
    }

    /// The pages for what is not there, with the languages' paths: 404, or 410 for what is gone for good.
    pub fn nothing(&self, status: u16) -> Result<Vec<(String, String)>, FrozenError> {
        let mut pages = Vec::new();
        for locale in self.addresses.open() {
            let path = self.addresses.own(&status.to_string(), locale);
            if path.starts_with('/') {
                let html = self.made(&path, |maker, asked| maker.nothing(asked, status))?;
                pages.push((path, html));
            }
        }
        Ok(pages)
    }

    /// What the site tells machines about itself, by its address.
    pub fn told(&self) -> Result<Vec<(&'static str, String)>, FrozenError> {
        let Self { freezer, looking, host, .. } = self;
        let origin = &host.origin;
        let map = directory::sitemap(&self.maker, looking.visitor, &self.addresses, origin, &self.today().to_string());
        Ok(vec![
            ("/sitemap.xml", map.map_err(PageError::from)?),
            ("/robots.txt", directory::robots(origin, freezer.environment == "staging")),
            (ICON, directory::icon(looking.site, &freezer.theme)),
        ])
    }

    /// Where other addresses lead: what is published, what is over, and other spellings of addresses with a page.
    pub fn steps(&self) -> Result<Vec<Step>, FrozenError> {
        let Looking { conn, visitor, site, .. } = self.looking;
        let mut steps = Vec::new();
        let (_, rules) = redirects::list(conn, visitor, site.id, MOST_RULES, 0)?;
        for rule in rules {
            let leads_back = rule.target == format!("{}{}", self.host.origin, rule.from);
            if leads_back || (!rule.is_prefix && self.paths.contains(&rule.from)) {
                continue;
            }
            let to = Some(rule.target).filter(|to| !to.is_empty());
            steps.push(Step { from: rule.from, is_prefix: rule.is_prefix, to, status: rule.status });
        }
        // One for all below holds at the address itself as well, where neither a page nor another redirect stands.
        let exact = |step: &Step| Step { is_prefix: false, ..step.clone() };
        let at_prefixes: Vec<Step> = steps.iter().filter(|step| step.is_prefix).map(exact).collect();
        for step in at_prefixes {
            let is_taken = steps.iter().any(|other| !other.is_prefix && other.from == step.from);
            if !is_taken && !self.paths.contains(&step.from) {
                steps.push(step);
            }
        }
        let named: BTreeSet<String> =
            steps.iter().filter(|step| !step.is_prefix).map(|step| step.from.clone()).collect();
        let is_free = |path: &String| !self.paths.contains(path) && !named.contains(path);
        let gone = self.over.iter().filter(|path| is_free(path));
        steps.extend(gone.map(|path| Step { from: path.clone(), is_prefix: false, to: None, status: 410 }));
        for (locale, ways) in &self.book {
            let path = self.addresses.own(BOOK, locale);
            if let Some(to) = ways["all"].as_str().filter(|_| path.starts_with('/') && is_free(&path)) {
                steps.push(Step { from: path, is_prefix: false, to: Some(to.to_owned()), status: FOUND });
            }
        }
        for path in self.other_spellings().iter().filter(|path| is_free(path)) {
            if let Some(to) = self.moved(path)? {
                steps.push(Step { from: path.clone(), is_prefix: false, to: Some(to), status: MOVED });
            }
        }
        Ok(steps)
    }

    /// The addresses with a form, which files cannot take.
    pub fn with_forms(&self) -> Vec<String> {
        let asks = |view: &&View| view.get("sections").is_some_and(has_form);
        let addresses = self
            .shown()
            .filter(|(_, view, _)| asks(view))
            .map(|(locale, view, page)| self.addresses.of(view, page, locale));
        addresses.filter(|path| self.paths.contains(path)).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Whether guests are led to a booking engine.
    pub fn has_booking(&self) -> bool {
        self.book.values().any(|ways| ways["all"].is_string())
    }

    /// The first instant at which something may be another by itself: shown or hidden, over, or of another year.
    pub fn until(&self) -> Result<Option<Timestamp>, FrozenError> {
        let Looking { conn, visitor, site, now, .. } = self.looking;
        let today = self.today();
        let mut days: BTreeSet<Date> = BTreeSet::new();
        for view in self.libraries.values().flat_map(Library::all) {
            view.document.values().for_each(|value| days_in(value, today.year(), &mut days));
            // Of a closure pages tell some days before.
            let mut closures = BTreeSet::new();
            view.get(CLOSURES).into_iter().for_each(|value| days_in(value, today.year(), &mut closures));
            let notice = i32::from(self.freezer.theme.declared.closure_notice_days).days();
            days.extend(closures.iter().filter_map(|day| day.checked_sub(notice).ok()));
        }
        // A day changes a page when it comes, and once more when it is over.
        let after = days.iter().filter_map(|day| day.checked_add(1.day()).ok());
        let new_year = Date::new(today.year().saturating_add(1), 1, 1).ok();
        let next = days.iter().copied().chain(after).chain(new_year).filter(|day| *day > today).min();
        let next = next.map(|day| site.time_zone.instant(day.at(0, 0, 0, 0))).filter(|at| *at > now);
        let change = public::next_change(conn, visitor, site.id)?;
        Ok(next.into_iter().chain(change).min())
    }

    fn made(
        &self,
        path: &str,
        make: impl FnOnce(&Maker<'a, 'c>, &Asked<'_>) -> Result<Made, PageError>,
    ) -> Result<String, FrozenError> {
        let Read { locale, .. } = self.addresses.read(path);
        let asked = Asked {
            origin: &self.host.origin,
            root: "",
            addresses: &self.addresses,
            path,
            environment: &self.freezer.environment,
            now: self.looking.now,
            medium: Medium::File { book: self.book.get(&locale).unwrap_or(&Value::Null) },
        };
        match make(&self.maker, &asked)? {
            Made::Page { html, .. } => Ok(html),
            Made::Moved(to) => Err(FrozenError(format!("{path} leads to {to} and has no page"))),
            Made::Search(_) => Err(FrozenError(format!("{path} has no page"))),
        }
    }

    /// In place of the page on which guests search: every page there is.
    fn index(&self, maker: &Maker<'a, 'c>, asked: &Asked<'_>, locale: &Locale) -> Result<Made, PageError> {
        let library = Library::read(maker.conn, &maker.eyes, maker.declarations, maker.site, locale)?;
        let today = self.today().to_string();
        let listed =
            self.shown().filter(|(own, view, page)| *own == locale && !is_over(&view.document, &page.ends, &today));
        let results = listed.map(|(_, view, page)| {
            let title = view.get("title").or_else(|| view.get("name"));
            json!({"title": title, "url": self.addresses.of(view, page, locale), "type": view.content_type})
        });
        let shown = json!({"words": "", "results": results.collect::<Vec<_>>()});
        maker.render(&library, &self.addresses, asked, &Shown::Own(SEARCH, shown, 200))
    }

    fn today(&self) -> Date {
        self.looking.now.to_zoned(self.looking.site.time_zone.zone()).date()
    }

    /// Every view with a page, in each language that it is read in.
    fn shown(&self) -> impl Iterator<Item = (&Locale, &View, &'a PageDeclaration)> {
        self.libraries.iter().flat_map(move |(locale, library)| {
            library.all().filter_map(move |view| {
                let page = library.page_of(view)?;
                self.maker.has_template(&page.template).then_some((locale, view, page))
            })
        })
    }

    fn find_paths(&mut self) {
        let today = self.today().to_string();
        let (mut paths, mut over) = (BTreeSet::new(), BTreeSet::new());
        for (locale, view, page) in self.shown() {
            let path = self.addresses.of(view, page, locale);
            let into = if is_over(&view.document, &page.ends, &today) { &mut over } else { &mut paths };
            into.insert(path);
        }
        for locale in self.addresses.open() {
            paths.insert(self.addresses.own(SEARCH, locale));
            // The engine comes before a page of that name.
            if self.book.get(locale).is_some_and(|ways| ways["all"].is_string()) {
                paths.remove(&self.addresses.own(BOOK, locale));
            }
        }
        // The others are on another host.
        paths.retain(|path| path.starts_with('/'));
        over.retain(|path| path.starts_with('/'));
        (self.paths, self.over) = (paths, over);
    }

    /// Where booking begins: for the site, and for each hotel by its slug.
    fn ways_to_book(&self) -> Result<BTreeMap<Locale, Value>, FrozenError> {
        let Looking { conn, visitor, declarations, site, now } = self.looking;
        let mut ways = BTreeMap::new();
        for (locale, library) in &self.libraries {
            let lead = |query: &str| -> Result<Option<String>, FrozenError> {
                let booking = booking::lead(conn, visitor, declarations, site, locale, query, now)?;
                Ok(if let Booking::To(address) = booking { Some(address) } else { None })
            };
            let mut of = serde_json::Map::new();
            for hotel in library.of_type("property") {
                if let Some(address) = lead(&format!("property={}", hotel.slug))? {
                    of.insert(hotel.slug.to_string(), Value::String(address));
                }
            }
            ways.insert(locale.clone(), json!({"all": lead("")?, "of": of}));
        }
        Ok(ways)
    }

    /// Addresses by which a page may be known beside its own: the first page's name, the type's plural, the slugs of other
    /// languages, the prefix of a language with a host of its own.
    fn other_spellings(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for (locale, view, page) in self.shown() {
            let plural = self.looking.declarations.content_type(&view.content_type).map(|one| one.plural.as_str());
            let same = self.libraries.values().filter_map(|library| library.by_id(view.entry_id));
            let slugs: BTreeSet<_> = same.map(|view| &view.slug).chain([&view.slug]).collect();
            let prefix = self.addresses.own_prefix(locale).map(|prefix| format!("/{prefix}"));
            let bases = [self.addresses.base(locale), prefix.unwrap_or_default()];
            for base in bases.iter().filter(|base| base.is_empty() || base.starts_with('/')) {
                if is_homepage(view) && !base.is_empty() {
                    found.insert(base.clone());
                }
                for slug in &slugs {
                    for path in [Some(page.path.as_str()), plural].into_iter().flatten() {
                        let path = if path.is_empty() { String::new() } else { format!("/{path}") };
                        found.insert(format!("{base}{path}/{slug}"));
                    }
                }
            }
        }
        found
    }

    fn moved(&self, path: &str) -> Result<Option<String>, FrozenError> {
        let Read { locale, place, moved } = self.addresses.read(path);
        if moved.is_some() {
            return Ok(moved);
        }
        let Some(library) = self.libraries.get(&locale) else { return Ok(None) };
        Ok(match self.maker.find(library, &self.addresses, &place)? {
            Found::Moved(to) => Some(to),
            Found::View(_) | Found::Nothing => None,
        })
    }
}

/// The days that a value names, wherever in it; of seasons those of this year and the next.
fn days_in(value: &Value, year: i16, days: &mut BTreeSet<Date>) {
    match value {
        Value::String(text) if text.len() == YEARLY_LENGTH => {
            let years = [year, year.saturating_add(1)].into_iter();
            days.extend(years.filter_map(|year| format!("{year}-{text}").parse::<Date>().ok()));
        }
        Value::String(text) if text.len() == DAY_LENGTH => days.extend(text.parse::<Date>()),
        Value::Array(items) => items.iter().for_each(|item| days_in(item, year, days)),
        Value::Object(fields) => fields.values().for_each(|field| days_in(field, year, days)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_a_document_is_found() {
        let mut days = BTreeSet::new();
        let document = json!({"a": "2027-01-02", "b": [{"c": "2026-12-24"}, "2026-12-24T00:00"], "d": "a-b-c-d-ef",
            "season": {"from": "12-05", "to": "01-10"}, "from": "15:00"});
        days_in(&document, 2026, &mut days);
        let expected = ["2026-01-10", "2026-12-05", "2026-12-24", "2027-01-02", "2027-01-10", "2027-12-05"];
        assert_eq!(days.iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
    }
}
