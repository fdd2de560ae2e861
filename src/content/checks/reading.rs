//! What the checks see in a document, by its declaration: its claims, pictures and links. This needs no database, so that it
//! can be done before a transaction.

use std::{collections::BTreeMap, rc::Rc};

use ground::words::{EntryId, Locale, MediaId};
use serde_json::{Map, Value};

use super::{
    phrases::Found,
    rules::{Rules, rules},
};
use crate::{
    rich_text::RichText,
    sites::Languages,
    types::{
        BrandFields, BrandState, Declarations, Document, Field, FieldKind, SectionDeclaration, TypeDeclaration,
        is_shown_in,
    },
};

/// What a document says that has to be looked at.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    pub(super) claims: Vec<Place<Found>>,
    pub(super) pictures: Vec<Place<Option<MediaId>>>,
    pub(super) headings: Vec<Place<()>>,
    pub(super) links: Vec<Place<Address>>,
    pub(super) references: Vec<(String, EntryId)>,
    /// The entry of each type that it belongs to.
    pub(super) belongs_to: BTreeMap<String, EntryId>,
    /// What the brand says of each type whose facts the claims are held against: visitors read it as a fact of the entry.
    pub(super) brand: BTreeMap<String, BrandFields>,
}

/// An address of the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// The type that its plural names; nothing for what stands at the root.
    pub content_type: Option<String>,
    pub slug: String,
}

/// Something with where it stands.
#[derive(Clone, Debug)]
pub(super) struct Place<T> {
    pub pointer: String,
    /// In which language; in all where it is nothing.
    pub locale: Option<Locale>,
    pub what: T,
}

impl Reading {
    /// Reads a document in these languages of a site, with what the brand says in it.
    pub fn of(
        declarations: &Declarations,
        declared: &TypeDeclaration,
        languages: &Languages,
        document: &Document,
        locales: &[Locale],
    ) -> Self {
        let locales = locales.into();
        let mut reader = Reader { declarations, languages, locales, rules: rules(), reading: Self::default() };
        for field in &declared.fields {
            if let (FieldKind::Reference { to }, Some(id)) = (&field.kind, document.get(&field.name).and_then(entry_id))
            {
                reader.reading.belongs_to.insert(to.clone(), id);
            }
        }
        let shown = declarations.with_brand(declared, document, document, BrandState::Published);
        reader.fields(&declared.fields, shown.fields(), "");
        let mut reading = reader.reading;
        let claimed = reading.claims.iter().filter_map(|claim| rules().all.get(claim.what.rule));
        for facts in claimed.flat_map(|rule| &rule.contradicted_by) {
            let named = reading.brand.entry(facts.content_type.clone());
            named.or_insert_with(|| declarations.brand_facts(&facts.content_type));
        }
        reading
    }
}

fn entry_id(value: &Value) -> Option<EntryId> {
    value.as_str()?.parse().ok()
}

struct Reader<'a> {
    declarations: &'a Declarations,
    languages: &'a Languages,
    /// Those that are looked at, where the reader is.
    locales: Rc<[Locale]>,
    rules: &'static Rules,
    reading: Reading,
}

impl Reader<'_> {
    fn fields(&mut self, fields: &[Field], object: &Map<String, Value>, pointer: &str) {
        // What visitors never see claims nothing.
        for field in fields.iter().filter(|field| field.visibility.is_public()) {
            let Some(value) = object.get(&field.name) else { continue };
            let pointer = format!("{pointer}/{}", field.name);
            if !field.is_localized {
                self.value(&field.kind, value, &pointer, None);
                continue;
            }
            let locales = Rc::clone(&self.locales);
            for locale in locales.iter() {
                if let Some(value) = value.get(locale.as_str()) {
                    self.value(&field.kind, value, &format!("{pointer}/{locale}"), Some(locale));
                }
            }
        }
    }

    fn value(&mut self, kind: &FieldKind, value: &Value, pointer: &str, locale: Option<&Locale>) {
        if let (Some(fields), Value::Object(object)) = (kind.parts(), value) {
            return self.fields(fields, object, pointer);
        }
        match (kind, value) {
            (FieldKind::Text { .. }, Value::String(text)) => self.text(text, pointer, locale),
            (FieldKind::RichText { .. }, state) => self.rich_text(state, pointer, locale),
            (FieldKind::Url, Value::String(url)) => self.link(url, pointer, locale),
            (FieldKind::Image, Value::Object(picture)) => self.picture(picture, pointer),
            (FieldKind::Reference { .. }, id) => {
                self.reading.references.extend(entry_id(id).map(|id| (pointer.to_owned(), id)));
            }
            (FieldKind::Codes { fields, .. }, Value::Array(codes)) => {
                for (place, code) in codes.iter().enumerate() {
                    if let Some(object) = code.as_object() {
                        self.fields(fields, object, &format!("{pointer}/{place}"));
                    }
                }
            }
            (FieldKind::List { item, .. }, Value::Array(items)) => {
                for (place, value) in items.iter().enumerate() {
                    self.value(item, value, &format!("{pointer}/{place}"), locale);
                }
            }
            (FieldKind::Sections { .. }, Value::Array(sections)) => {
                let declarations = self.declarations;
                for (place, section) in sections.iter().enumerate() {
                    let name = section.get("type").and_then(Value::as_str).unwrap_or_default();
                    if let (Some(declared), Some(object)) = (declarations.section(name), section.as_object()) {
                        self.section(declared, object, &format!("{pointer}/{place}"));
                    }
                }
            }
            _ => {}
        }
    }

    /// In a language that does not show it a section claims nothing.
    fn section(&mut self, declared: &SectionDeclaration, section: &Map<String, Value>, pointer: &str) {
        let shown = self.locales.iter().filter(|locale| is_shown_in(section, locale)).cloned().collect();
        let others = std::mem::replace(&mut self.locales, shown);
        if !self.locales.is_empty() {
            self.fields(&declared.fields, section, pointer);
        }
        self.locales = others;
    }

    /// A text that is the same in all languages is a name or a code, and claims nothing.
    fn text(&mut self, text: &str, pointer: &str, locale: Option<&Locale>) {
        let Some(locale) = locale else { return };
        let found = self.rules.phrases(locale).map(|phrases| phrases.find(text)).unwrap_or_default();
        let placed = found.into_iter().map(|what| place(pointer, Some(locale), what));
        self.reading.claims.extend(placed);
    }

    fn rich_text(&mut self, state: &Value, pointer: &str, locale: Option<&Locale>) {
        let (text, _) = RichText::read(state);
        self.text(&text.to_text(), pointer, locale);
        if text.has_empty_heading() {
            self.reading.headings.push(place(pointer, locale, ()));
        }
        for url in text.addresses() {
            self.link(url, pointer, locale);
        }
    }

    fn link(&mut self, url: &str, pointer: &str, locale: Option<&Locale>) {
        let is_inside = url.starts_with('/') && !url.starts_with("//");
        if let Some(address) = is_inside.then(|| self.address(url)).flatten() {
            self.reading.links.push(place(pointer, locale, address));
        }
    }

    /// What an address of the site names, as websites read it.
    fn address(&self, url: &str) -> Option<Address> {
        let path = url.split(['?', '#']).next()?;
        let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let is_language = |first: &&str| {
            let prefixes = self.languages.offered.iter().map(|locale| (locale, self.languages.prefix(locale)));
            prefixes.into_iter().any(|(locale, prefix)| locale.as_str() == *first || prefix == Some(*first))
        };
        if parts.first().is_some_and(is_language) {
            parts.remove(0);
        }
        let (content_type, slug) = match parts.as_slice() {
            [slug] => (None, slug),
            [plural, slug] => (Some(self.declarations.content_type_by_plural(plural)?.name.clone()), slug),
            _ => return None,
        };
        Some(Address { content_type, slug: (*slug).to_owned() })
    }

    /// The languages in which a picture itself does not say what it shows; the library may.
    fn picture(&mut self, picture: &Map<String, Value>, pointer: &str) {
        let media = picture.get("media").and_then(|id| id.as_str()?.parse().ok());
        let alt = picture.get("alt");
        let says = |locale: &Locale| {
            alt.is_some_and(|alt| alt.get(locale.as_str()).or(alt.get(locale.base().as_str())).is_some())
        };
        let silent = self.locales.iter().filter(|locale| !says(locale));
        let silent: Vec<_> = silent.map(|locale| place(pointer, Some(locale), media)).collect();
        self.reading.pictures.extend(silent);
    }
}

fn place<T>(pointer: &str, locale: Option<&Locale>, what: T) -> Place<T> {
    Place { pointer: pointer.to_owned(), locale: locale.cloned(), what }
}
