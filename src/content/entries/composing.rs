//! Composing: one document per language from an entry's published revisions. Facts come from the newest of them, texts
//! from the language's own; where it has no text, from the revision of the next language of its chain.

use ground::words::Locale;
use serde_json::{Map, Value};

use super::validity;
use crate::{
    rich_text::RichText,
    sites::Languages,
    types::{BrandState, Declarations, Document, Field, FieldKind, FilterValue, TypeDeclaration},
};

/// A language with the revision that it shows: where texts may come from.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) locale: &'a Locale,
    pub(super) document: &'a Document,
}

/// The view's document of a language, with the brand's values in it. `sources` are the languages whose texts may stand in
/// it, best first.
pub(super) fn compose(
    declarations: &Declarations,
    declared: &TypeDeclaration,
    brand: BrandState,
    facts: &Document,
    sources: &[Source<'_>],
) -> Map<String, Value> {
    let filled = |document| declarations.with_brand(declared, document, facts, brand);
    let sources: Vec<_> = sources.iter().map(|source| (source.locale, filled(source.document))).collect();
    let texts: Vec<_> =
        sources.iter().map(|(locale, document)| Texts { locale: locale.as_str(), fields: document.fields() }).collect();
    Composer { declarations }.fields(&declared.fields, filled(facts).fields(), &texts)
}

/// The fields of a composed document whose texts are not, or not all, of the first of its sources.
pub(super) fn stand_ins(
    declarations: &Declarations,
    declared: &TypeDeclaration,
    brand: BrandState,
    facts: &Document,
    sources: &[Source<'_>],
    composed: &Map<String, Value>,
) -> Vec<String> {
    if sources.len() < 2 {
        return Vec::new();
    }
    let own = compose(declarations, declared, brand, facts, &sources[..1]);
    let locale = sources[0].locale;
    let is_own = |name: &String, value: &Value| match (own.get(name), value) {
        // Of sections those count that the language shows.
        (Some(Value::Array(own)), Value::Array(items)) => {
            let is_spoken = |item: &&Value| validity::is_spoken(item, locale);
            own.iter().filter(is_spoken).eq(items.iter().filter(is_spoken))
        }
        (own, value) => own == Some(value),
    };
    composed.iter().filter(|(name, value)| !is_own(name, value)).map(|(name, _)| name.clone()).collect()
}

/// Every language's document of one and the same revision, published in all of these languages at once.
pub(super) fn compose_all(
    declarations: &Declarations,
    declared: &TypeDeclaration,
    document: &Document,
    locales: &[Locale],
    languages: &Languages,
) -> Vec<Composition> {
    let composed = |locale: &Locale| {
        let sources: Vec<_> = languages
            .chain(locale)
            .into_iter()
            .filter_map(|wanted| locales.iter().find(|one| **one == wanted))
            .map(|locale| Source { locale, document })
            .collect();
        let mut text = compose(declarations, declared, BrandState::Published, document, &sources);
        validity::keep_spoken(&mut text, locale);
        let stand_ins = stand_ins(declarations, declared, BrandState::Published, document, &sources, &text);
        Composition::new(declared, locale.clone(), text, stand_ins)
    };
    locales.iter().map(composed).collect()
}

/// A language's document as the read model keeps it.
#[derive(Clone, Debug)]
pub(super) struct Composition {
    pub(super) locale: Locale,
    pub(super) text: String,
    /// What lists are filtered and sorted by.
    pub(super) values: Vec<FilterValue>,
    /// The fields whose texts are of another language.
    pub(super) stand_ins: Vec<String>,
}

impl Composition {
    pub(super) fn new(
        declared: &TypeDeclaration,
        locale: Locale,
        document: Map<String, Value>,
        stand_ins: Vec<String>,
    ) -> Self {
        let values = declared.filter_values(&document);
        Self { locale, values, stand_ins, text: Value::Object(document).to_string() }
    }
}

/// Where a language's texts of one object stand: the object itself in that language's revision.
#[derive(Clone, Copy)]
struct Texts<'a> {
    locale: &'a str,
    fields: &'a Map<String, Value>,
}

struct Composer<'d> {
    declarations: &'d Declarations,
}

impl Composer<'_> {
    fn fields(&self, fields: &[Field], facts: &Map<String, Value>, texts: &[Texts<'_>]) -> Map<String, Value> {
        let mut composed = Map::new();
        // The one place at which the team's own stays behind: everything that visitors read is composed here.
        for field in fields.iter().filter(|field| field.visibility.is_public()) {
            let value = if field.is_localized {
                let found = texts.iter().find_map(|one| one.fields.get(&field.name)?.get(one.locale));
                found.map(|value| rendered(&field.kind, value))
            } else {
                facts.get(&field.name).and_then(|value| self.value(&field.kind, value, &inside(texts, &field.name)))
            };
            composed.extend(value.map(|value| (field.name.clone(), value)));
        }
        composed
    }

    /// A value with its parts. `texts` are the same field in the languages' revisions.
    fn value(&self, kind: &FieldKind, value: &Value, texts: &[(&str, &Value)]) -> Option<Value> {
        if let (Some(fields), Value::Object(object)) = (kind.parts(), value) {
            let composed = self.fields(fields, object, &objects(texts));
            return (!composed.is_empty()).then_some(Value::Object(composed));
        }
        match (kind, value) {
            (FieldKind::Image, Value::Object(image)) => Some(Value::Object(picture(image, texts))),
            (FieldKind::File, Value::Object(file)) => Some(Value::Object(named_file(file, texts))),
            (FieldKind::Codes { fields, .. }, Value::Array(codes)) => {
                let composed = codes.iter().filter_map(Value::as_object);
                let composed = composed.map(|one| self.identified(fields, one, texts, "code"));
                Some(Value::Array(composed.collect()))
            }
            (FieldKind::List { item, .. }, Value::Array(items)) => {
                let composed = items.iter().map(|value| self.item(item, value, texts));
                Some(Value::Array(composed.collect()))
            }
            (FieldKind::Sections { .. }, Value::Array(sections)) => {
                let composed = sections.iter().filter_map(|section| self.section(section, texts));
                Some(Value::Array(composed.collect()))
            }
            _ => Some(rendered(kind, value)),
        }
    }

    /// An item of a list. Its texts are those of the item with the same id, wherever it stands in the languages' lists.
    fn item(&self, kind: &FieldKind, value: &Value, texts: &[(&str, &Value)]) -> Value {
        match (kind, value) {
            (FieldKind::Group { fields }, Value::Object(object)) => self.identified(fields, object, texts, "id"),
            (FieldKind::File, Value::Object(file)) => {
                Value::Object(named_file(file, &matching(texts, file, &["media"])))
            }
            (FieldKind::Image, Value::Object(image)) => {
                Value::Object(picture(image, &matching(texts, image, &["url", "media"])))
            }
            _ => rendered(kind, value),
        }
    }

    /// An object of a list with the texts of the one that has the same name in the languages' lists.
    fn identified(&self, fields: &[Field], object: &Map<String, Value>, texts: &[(&str, &Value)], name: &str) -> Value {
        let mut composed = identity(object, &[name]);
        composed.extend(self.fields(fields, object, &objects(&matching(texts, object, &[name]))));
        Value::Object(composed)
    }

    fn section(&self, value: &Value, texts: &[(&str, &Value)]) -> Option<Value> {
        let object = value.as_object()?;
        // A type that is no longer declared has nothing that could be shown.
        let declared = self.declarations.section(object.get("type")?.as_str()?)?;
        let mut composed = identity(object, &["id", "type"]);
        composed.extend(self.fields(&declared.fields, object, &objects(&matching(texts, object, &["id", "type"]))));
        Some(Value::Object(composed))
    }
}

/// The field of this name in each language's revision.
fn inside<'a>(texts: &[Texts<'a>], name: &str) -> Vec<(&'a str, &'a Value)> {
    texts.iter().filter_map(|one| Some((one.locale, one.fields.get(name)?))).collect()
}

fn objects<'a>(texts: &[(&'a str, &'a Value)]) -> Vec<Texts<'a>> {
    texts.iter().filter_map(|(locale, value)| Some(Texts { locale, fields: value.as_object()? })).collect()
}

/// Of each language's list the item that is the same as this one.
fn matching<'a>(
    texts: &[(&'a str, &'a Value)],
    object: &Map<String, Value>,
    names: &[&str],
) -> Vec<(&'a str, &'a Value)> {
    let is_same = |item: &&Value| names.iter().all(|name| item.get(*name) == object.get(*name));
    texts.iter().filter_map(|(locale, list)| Some((*locale, list.as_array()?.iter().find(is_same)?))).collect()
}

fn identity(object: &Map<String, Value>, names: &[&str]) -> Map<String, Value> {
    let kept = names.iter().filter_map(|name| Some(((*name).to_owned(), object.get(*name)?.clone())));
    kept.collect()
}

/// A picture's own facts with the alternative text of the first language that has one for this very picture.
fn picture(image: &Map<String, Value>, texts: &[(&str, &Value)]) -> Map<String, Value> {
    let mut composed = identity(image, &["id", "url", "media"]);
    let is_same = |other: &Value| ["url", "media"].iter().all(|name| other.get(*name) == image.get(*name));
    let mut same = texts.iter().filter(|(_, other)| is_same(other));
    let alt = same.find_map(|(locale, other)| other.get("alt")?.get(*locale));
    composed.extend(alt.map(|alt| ("alt".to_owned(), alt.clone())));
    composed
}

/// A file with its name in the first language that has one for this very file.
fn named_file(file: &Map<String, Value>, texts: &[(&str, &Value)]) -> Map<String, Value> {
    let mut composed = identity(file, &["media"]);
    let mut same = texts.iter().filter(|(_, other)| other.get("media") == file.get("media"));
    let label = same.find_map(|(locale, other)| other.get("label")?.get(*locale));
    composed.extend(label.map(|label| ("label".to_owned(), label.clone())));
    composed
}

/// A value as visitors get it: formatted text as HTML, everything else as it is.
fn rendered(kind: &FieldKind, value: &Value) -> Value {
    match (kind, value) {
        (FieldKind::RichText { .. }, state) => Value::String(RichText::read(state).0.to_html()),
        (FieldKind::List { item, .. }, Value::Array(items)) => {
            Value::Array(items.iter().map(|value| rendered(item, value)).collect())
        }
        _ => value.clone(),
    }
}
