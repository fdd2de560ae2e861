//! Making a page: find what the address names, put together what the theme is given, render it.

use std::collections::BTreeMap;

use content::{
    entries::{EntryError, public, public::View},
    sites::{Direction, Site},
    types::{self, Declarations, Field, FieldKind, Role, SectionDeclaration, TypeDeclaration, Words},
};
use ground::{
    db::{Conn, DbError},
    words::Locale,
};
use jiff::{Timestamp, civil::Date};
use serde_json::{Map, Value, json};
use tenants::organizations::{self, OrganizationError};

use super::{
    addresses::{Addresses, Place, Read, absolute, is_homepage},
    banners::banners,
    booking::{self, BOOK},
    described::{described, is_over},
    forms::Medium,
    functions::{self, environment, plain},
    languages::Language,
    library::{Eyes, Library},
    menus::menus,
    theme::{Theme, Wanted},
};
use crate::search::Hit;

/// Characters of a description for search engines: they show about as many.
const DESCRIPTION_LENGTH: usize = 160;
/// The page on which guests search, and its name in templates.
pub(super) const SEARCH: &str = "search";
/// The section with a form in it.
const FORM_SECTION: &str = "form";

/// What is asked for.
pub(super) struct Asked<'a> {
    /// Scheme and host that the reader used.
    pub origin: &'a str,
    /// What stands before the site's own paths.
    pub root: &'a str,
    /// The addresses of the site as they are from there.
    pub addresses: &'a Addresses,
    /// The path behind the root.
    pub path: &'a str,
    /// The installation's environment, e.g. `staging`.
    pub environment: &'a str,
    /// The present.
    pub now: Timestamp,
    /// Where the page will stand.
    pub medium: Medium<'a>,
}

/// A page, or the way to it.
pub(super) enum Made {
    Page {
        html: String,
        language: String,
        /// 200, or 404 with the theme's own words.
        status: u16,
        /// The one style element in it, which the page's policy has to allow.
        style: String,
        /// Whether it is made for this one reader: a form says when it was shown.
        is_fresh: bool,
    },
    /// The same page lives at this path.
    Moved(String),
    /// Guests search here, in this language: what they find is looked up first.
    Search(Locale),
}

/// Why a page cannot be made.
#[derive(Debug, thiserror::Error)]
pub(super) enum PageError {
    #[error("the theme failed: {0:#}")]
    Theme(#[from] minijinja::Error),
    #[error("the instant is not one")]
    InstantInvalid,
    #[error(transparent)]
    Entry(#[from] EntryError),
    #[error(transparent)]
    Organization(#[from] OrganizationError),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Makes pages of one site.
pub(super) struct Maker<'a, 'c> {
    pub conn: &'a Conn<'c>,
    pub eyes: Eyes<'a>,
    pub declarations: &'a Declarations,
    pub theme: &'a Theme,
    pub site: &'a Site,
}

/// What a page shows.
pub(super) enum Shown<'a> {
    /// An entry.
    View(&'a View),
    /// Something of the program's own: its name in templates, what they get, the status.
    Own(&'static str, Value, u16),
    /// Nothing, with this status.
    Error(u16),
}

/// What an address led to.
pub(super) enum Found<'a> {
    View(&'a View),
    Moved(String),
    Nothing,
}

impl Maker<'_, '_> {
    /// The page at an address.
    pub fn make(&self, asked: &Asked<'_>) -> Result<Made, PageError> {
        let addresses = asked.addresses;
        let Read { locale, place, moved } = addresses.read(asked.path);
        if let Some(address) = moved {
            return Ok(Made::Moved(address));
        }
        let library = Library::read(self.conn, &self.eyes, self.declarations, self.site, &locale)?;
        match self.find(&library, addresses, &place)? {
            Found::Moved(address) => Ok(Made::Moved(address)),
            Found::View(view) if self.is_over(&library, view, asked) => {
                self.render(&library, addresses, asked, &Shown::Error(410))
            }
            Found::View(view) => self.render(&library, addresses, asked, &Shown::View(view)),
            Found::Nothing if matches!(&place, Place::Page(slug) if slug.as_str() == SEARCH) => {
                Ok(Made::Search(locale))
            }
            Found::Nothing => self.render(&library, addresses, asked, &Shown::Error(404)),
        }
    }

    /// The page on which guests search, with what was found for their words.
    pub fn search(&self, asked: &Asked<'_>, words: &str, hits: &[Hit]) -> Result<Made, PageError> {
        let addresses = asked.addresses;
        let Read { locale, .. } = addresses.read(asked.path);
        let library = Library::read(self.conn, &self.eyes, self.declarations, self.site, &locale)?;
        let found = hits.iter().filter_map(|hit| {
            let view = library.by_id(hit.entry)?;
            let page = library.page_of(view)?;
            let url = addresses.of(view, page, &locale);
            Some(json!({"title": hit.title, "url": url, "excerpt": hit.excerpt, "type": view.content_type}))
        });
        let shown = json!({"words": words, "results": found.collect::<Vec<_>>()});
        self.render(&library, addresses, asked, &Shown::Own(SEARCH, shown, 200))
    }

    /// The page that says that nothing is at this address: 404, or 410 for what is gone for good.
    pub fn nothing(&self, asked: &Asked<'_>, status: u16) -> Result<Made, PageError> {
        let addresses = asked.addresses;
        let Read { locale, .. } = addresses.read(asked.path);
        let library = Library::read(self.conn, &self.eyes, self.declarations, self.site, &locale)?;
        self.render(&library, addresses, asked, &Shown::Error(status))
    }

    /// The page that asks again for a stay that cannot be passed on.
    pub fn book(&self, asked: &Asked<'_>, wish: Value) -> Result<Made, PageError> {
        let addresses = asked.addresses;
        let Read { locale, .. } = addresses.read(asked.path);
        let library = Library::read(self.conn, &self.eyes, self.declarations, self.site, &locale)?;
        self.render(&library, addresses, asked, &Shown::Own(BOOK, wish, 422))
    }

    /// The type whose pages stand at this path, or once stood below its plural.
    pub(super) fn with_pages_at(&self, path: &str) -> Option<&TypeDeclaration> {
        let declared = self
            .declarations
            .content_type_by_path(path)
            .or_else(|| self.declarations.content_type_by_plural(path).filter(|declared| declared.page.is_some()))?;
        self.has_template(&declared.page.as_ref()?.template).then_some(declared)
    }

    pub(super) fn find<'l>(
        &self,
        library: &'l Library<'_>,
        addresses: &Addresses,
        place: &Place,
    ) -> Result<Found<'l>, PageError> {
        let (path, slug) = match place {
            Place::Nowhere => return Ok(Found::Nothing),
            Place::Home => return Ok(library.homepage().map_or(Found::Nothing, Found::View)),
            Place::Page(slug) => ("", slug),
            Place::Entry { path, slug } => (path.as_str(), slug),
        };
        let Some(declared) = self.with_pages_at(path) else { return Ok(Found::Nothing) };
        let Some(page) = &declared.page else { return Ok(Found::Nothing) };
        if let Some(view) = library.named(&declared.name, slug.as_str()) {
            let is_elsewhere = page.path != path || (page.path.is_empty() && is_homepage(view));
            let address = || Found::Moved(addresses.of(view, page, &library.locale));
            return Ok(if is_elsewhere { address() } else { Found::View(view) });
        }
        // A slug of another language, as an old link or a changed language in the address has it.
        if let Eyes::Guest(visitor) = &self.eyes {
            for locale in addresses.open() {
                let chain = std::slice::from_ref(locale);
                let found = public::view(self.conn, visitor, self.site.id, &declared.name, slug, chain)?;
                let here = found.and_then(|found| {
                    library.of_type(&declared.name).iter().find(|view| view.entry_id == found.entry_id)
                });
                if let Some(view) = here {
                    return Ok(Found::Moved(addresses.of(view, page, &library.locale)));
                }
            }
        }
        Ok(Found::Nothing)
    }

    /// Guests are told that an offer has ended; the team may look at it.
    pub(super) fn is_over(&self, library: &Library<'_>, view: &View, asked: &Asked<'_>) -> bool {
        let ends = library.page_of(view).map(|page| page.ends.as_slice()).unwrap_or_default();
        !self.eyes.see_drafts() && is_over(&view.document, ends, &self.today(asked).to_string())
    }

    fn today(&self, asked: &Asked<'_>) -> Date {
        asked.now.to_zoned(self.site.time_zone.zone()).date()
    }

    pub(super) fn has_template(&self, name: &str) -> bool {
        self.theme.has_template(&format!("{name}.html"))
    }

    pub(super) fn render(
        &self,
        library: &Library<'_>,
        addresses: &Addresses,
        asked: &Asked<'_>,
        shown: &Shown<'_>,
    ) -> Result<Made, PageError> {
        let (view, status) = match shown {
            Shown::View(view) => (Some(*view), 200),
            Shown::Own(_, _, status) => (None, *status),
            Shown::Error(status) => (None, *status),
        };
        let declared = view.and_then(|view| self.declarations.content_type(&view.content_type));
        let kind = match shown {
            Shown::View(view) => view.content_type.as_str(),
            Shown::Own(name, ..) => name,
            Shown::Error(_) => "error",
        };
        let page = declared.and_then(|declared| declared.page.as_ref());
        let template = page.map_or(kind, |page| page.template.as_str());
        let mut context = self.surroundings(library, addresses, asked)?;
        let shape = view.map(|view| library.shape(view, addresses));
        let others = view.map(|view| self.in_languages(view, library, addresses)).transpose()?.unwrap_or_default();
        context.extend(self.about_languages(library, addresses, asked, view, &others));
        context.insert("banners".into(), banners(library, addresses, view));
        context.insert("kind".into(), json!(kind));
        context.insert("status".into(), json!(status));
        let is_noindex = shape.as_ref().is_some_and(|shape| shape["seo"]["noindex"] == true);
        let is_hidden = self.eyes.see_drafts() || asked.environment == "staging" || is_noindex || view.is_none();
        context.insert("robots".into(), if is_hidden { json!("noindex") } else { Value::Null });
        context.insert("seo".into(), self.seo(shape.as_ref(), &context, asked));
        if let (Some(declared), Some(shape)) = (declared, &shape) {
            let list = self.theme.declared.lists.get(&declared.name);
            context.insert("entry".into(), shape.clone());
            context.insert("parts".into(), described(declared, shape, &library.locale));
            context.insert("schema".into(), json!(page.and_then(|page| page.schema.as_deref())));
            context.insert("list".into(), list.map_or(Value::Null, |wanted| listed_on(library, addresses, wanted)));
        }
        if let Shown::Own(name, value, _) = shown {
            context.insert((*name).to_owned(), value.clone());
        } else {
            context.insert(kind.to_owned(), shape.unwrap_or(Value::Null));
        }
        let settings = &self.site.settings;
        let style = self.theme.style(settings.get("primary_color"), settings.get("secondary_color"));
        context.insert("theme_style".into(), json!(style));

        let page = functions::Page {
            addresses: addresses.clone(),
            locale: library.locale.clone(),
            words: self.theme.words(&library.locale),
        };
        let engine = environment(self.theme, page);
        let template = engine.get_template(&format!("sites/{}/{template}.html", self.theme.declared.name))?;
        let context = minijinja::Value::from(minijinja::value::Serde(&Value::Object(context)));
        let html = template.render(context)?;
        let language = view.map_or(&library.locale, |view| &view.locale).to_string();
        let is_fresh = view.is_some_and(|view| view.get("sections").is_some_and(has_form));
        Ok(Made::Page { html, language, status, style, is_fresh })
    }

    /// What every template is given.
    fn surroundings(
        &self,
        library: &Library<'_>,
        addresses: &Addresses,
        asked: &Asked<'_>,
    ) -> Result<Map<String, Value>, PageError> {
        let locale = &library.locale;
        let mut context = Map::new();
        // A form names whom it is sent to: templates ask for one form's public part.
        for declared in self.declarations.types().iter().filter(|one| one.role.is_none()) {
            let shapes = library.of_type(&declared.name).iter().map(|view| library.shape(view, addresses));
            context.insert(declared.plural.clone(), Value::Array(shapes.collect()));
        }
        // A group of one house speaks of "the" property; of several, the first one is the main one.
        let property = context.get("properties").and_then(|list| list.get(0)).cloned().unwrap_or(Value::Null);
        context.insert("property".into(), property);
        let organization = match &self.eyes {
            Eyes::Guest(visitor) => organizations::current(self.conn, *visitor)?,
            Eyes::Member(scope, _) => organizations::current(self.conn, *scope)?,
            Eyes::Link { opened, .. } => organizations::current(self.conn, &opened.scope())?,
        };
        context.insert("organization".into(), json!({"name": organization.name}));
        context.insert("site".into(), content::shapes::site(self.site));
        context.insert("theme".into(), json!(self.theme.declared));
        context.insert(
            "locale".into(),
            json!({"code": locale, "dir": Direction::of(locale), "is_default": *locale == self.site.default_locale}),
        );
        context.insert("today".into(), json!(self.today(asked).to_string()));
        context.insert("origin".into(), json!(asked.origin));
        context.insert("root".into(), json!(asked.root));
        context.insert("environment".into(), json!(asked.environment));
        context.insert("is_preview".into(), json!(self.eyes.see_drafts()));
        context.insert("home_url".into(), json!(addresses.home(locale)));
        let of_role = |role| {
            self.declarations.with_role(role).map(|declared| library.of_type(&declared.name)).unwrap_or_default()
        };
        let forms = of_role(Role::Form)
            .iter()
            .map(|view| (view.entry_id.to_string(), asked.medium.form(view, self.site, asked.now)));
        context.insert("forms".into(), Value::Object(forms.collect()));
        let has_engine = of_role(Role::BookingEngine).iter().any(booking::leads);
        context.insert("book_url".into(), json!(has_engine.then(|| addresses.own(BOOK, locale))));
        context.insert("search_url".into(), json!(addresses.own(SEARCH, locale)));
        context.insert("plain_files".into(), asked.medium.files());
        context.insert("menu".into(), menus(library, addresses, &format!("{}{}", asked.root, asked.path)));
        context.insert("section_fields".into(), self.sections_without_template(locale));
        for (name, wanted) in &self.theme.declared.places {
            context.insert(name.clone(), listed_on(library, addresses, wanted)["url"].clone());
        }
        Ok(context)
    }

    /// The fields of the sections that the theme knows nothing of: those that a group declares itself. The theme shows them
    /// by their kinds.
    fn sections_without_template(&self, locale: &Locale) -> Value {
        let is_unknown = |name: &str| !self.theme.has_template(&format!("sections/{name}.html"));
        let label = |words: &Words| if locale.base().as_str() == "de" { words.de.clone() } else { words.en.clone() };
        let field = |field: &Field| {
            let (kind, item) = match &field.kind {
                FieldKind::List { item, .. } => ("list", item.name()),
                kind => (kind.name(), ""),
            };
            let options: Map<String, Value> = match &field.kind {
                FieldKind::Enum { options } | FieldKind::Choices { options } => {
                    options.iter().map(|one| (one.value.clone(), json!(label(&one.label)))).collect()
                }
                _ => Map::new(),
            };
            json!({"name": field.name, "label": label(&field.label), "kind": kind, "item": item, "options": options})
        };
        let unknown = self.declarations.sections().iter().filter(|section| is_unknown(&section.name));
        let declared = |section: &SectionDeclaration| {
            let fields = section.fields.iter().filter(|field| !types::is_common(field));
            (section.name.clone(), fields.map(field).collect())
        };
        let fields = unknown.map(declared);
        Value::Object(fields.collect())
    }

    /// The same entry in every language of the site that has it.
    fn in_languages(
        &self,
        view: &View,
        library: &Library<'_>,
        addresses: &Addresses,
    ) -> Result<BTreeMap<Locale, String>, PageError> {
        let mut found = BTreeMap::new();
        let Some(page) = library.page_of(view) else { return Ok(found) };
        for locale in addresses.open() {
            let own = match &self.eyes {
                Eyes::Member(..) | Eyes::Link { .. } => Some(view.clone()),
                Eyes::Guest(visitor) => {
                    let chain = std::slice::from_ref(locale);
                    public::referenced(self.conn, visitor, self.site.id, &[view.entry_id], chain)?
                        .remove(&view.entry_id)
                }
            };
            if let Some(own) = own {
                found.insert(locale.clone(), addresses.of(&own, page, locale));
            }
        }
        Ok(found)
    }

    fn about_languages(
        &self,
        library: &Library<'_>,
        addresses: &Addresses,
        asked: &Asked<'_>,
        view: Option<&View>,
        others: &BTreeMap<Locale, String>,
    ) -> Map<String, Value> {
        let absolute = |path: &str| absolute(path, asked.origin);
        let languages = addresses.open().iter().map(|locale| {
            let address = others.get(locale).cloned().unwrap_or_else(|| addresses.home(locale));
            json!({
                "code": locale,
                "name": Language::name_of(locale),
                "url": address,
                "is_current": *locale == library.locale,
            })
        });
        let mut alternates: Vec<Value> =
            others.iter().map(|(locale, path)| json!({"hreflang": locale, "href": absolute(path)})).collect();
        if let Some(path) = others.get(&self.site.default_locale).filter(|_| others.len() > 1) {
            alternates.push(json!({"hreflang": "x-default", "href": absolute(path)}));
        } else {
            alternates.clear();
        }
        // A page that stands in for a missing translation names the one that it repeats.
        let canonical = view.and_then(|view| others.get(&view.locale)).map(|path| absolute(path));
        let mut context = Map::new();
        context.insert("languages".into(), Value::Array(languages.collect()));
        context.insert("alternates".into(), Value::Array(alternates));
        context.insert("canonical".into(), json!(canonical));
        context
    }

    /// Title, description and picture for search engines and messengers: as the editors wrote them, else from the content.
    fn seo(&self, shape: Option<&Value>, context: &Map<String, Value>, asked: &Asked<'_>) -> Value {
        let Some(shape) = shape else {
            return json!({"title": self.site.name, "description": null, "image": null});
        };
        let written = |name: &str| shape["seo"][name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        let is_home = shape["is_homepage"] == true;
        let name = shape["title"].as_str().or_else(|| shape["name"].as_str()).unwrap_or_default();
        let title = written("title")
            .unwrap_or_else(|| if is_home { self.site.name.clone() } else { format!("{name} – {}", self.site.name) });
        let first_section = |name: &str| {
            let sections = shape["sections"].as_array().into_iter().flatten();
            sections.filter_map(|section| section[name].as_str()).find(|text| !text.is_empty())
        };
        let said = shape["short_description"]
            .as_str()
            .filter(|text| !text.is_empty())
            .or_else(|| shape["description"].as_str().filter(|text| !text.is_empty()))
            .or_else(|| first_section("description"))
            .or_else(|| first_section("content"))
            .or_else(|| context["property"]["short_description"].as_str());
        let description = written("description").or_else(|| said.map(|text| plain(text, Some(DESCRIPTION_LENGTH))));
        let sections = shape["sections"].as_array().into_iter().flatten();
        let mut pictures = [&shape["seo"]["image"], &shape["featured_image"], &shape["images"][0]]
            .into_iter()
            .chain(sections.flat_map(|section| [&section["image"], &section["images"][0]]))
            .chain([&context["property"]["featured_image"]]);
        let image = pictures.find_map(|picture| picture["social_url"].as_str().or_else(|| picture["url"].as_str()));
        let image =
            image.map(|url| if url.starts_with('/') { format!("{}{url}", asked.origin) } else { url.to_owned() });
        json!({"title": title, "description": description, "image": image})
    }
}

/// The first page with a section that a theme looks for: its title and address, or nothing.
fn listed_on(library: &Library<'_>, addresses: &Addresses, wanted: &Wanted) -> Value {
    let page = library.of_type("page").iter().find(|page| has_section(page, wanted));
    page.and_then(|page| Some((page, library.page_of(page)?))).map_or(
        Value::Null,
        |(page, declared)| json!({"title": page.get("title"), "url": addresses.of(page, declared, &library.locale)}),
    )
}

/// Whether guests are asked something on a page.
pub(super) fn has_form(sections: &Value) -> bool {
    sections.as_array().into_iter().flatten().any(|section| section["type"] == FORM_SECTION)
}

/// Whether a page has the section that a theme looks for.
fn has_section(page: &View, wanted: &Wanted) -> bool {
    let sections = page.get("sections").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    sections.iter().any(|section| {
        section["type"] == wanted.section.as_str()
            && wanted.fields.iter().all(|(name, value)| section[name.as_str()] == value.as_str())
    })
}
