//! Where a document has its texts: one walk along the declarations that names each by a path which stays when items move.

use std::collections::BTreeSet;

use ground::{crypto::sha256_hex, words::Locale};
use serde_json::{Map, Value};

use crate::types::{ALT_LENGTH, Declarations, Document, Field, FieldKind, TypeDeclaration, Words, shown_languages};

/// Characters of the name of a picture that has nothing but an address: enough to tell the pictures of a list apart.
const ADDRESS_NAME: usize = 12;
static ALT: FieldKind = FieldKind::Text { max_length: ALT_LENGTH, multiline: false };

/// A place for one text per language.
pub(in super::super) struct Place<'d> {
    pub path: String,
    pub label: Words,
    pub kind: &'d FieldKind,
    pub is_required: bool,
    /// The only languages that show it; nothing where all do.
    pub languages: Option<Vec<String>>,
}

impl Place<'_> {
    /// Whether the language shows it: otherwise nobody needs it there.
    pub fn is_shown_in(&self, locale: &Locale) -> bool {
        are_among(self.languages.as_deref(), locale)
    }
}

/// The places of a document, as far as saving needs them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Places {
    pub(in super::super) known: Vec<KnownPlace>,
}

/// A place by its path alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct KnownPlace {
    pub(in super::super) path: String,
    pub(in super::super) is_required: bool,
    languages: Option<Vec<String>>,
}

impl KnownPlace {
    /// [`Place::is_shown_in`].
    pub fn is_shown_in(&self, locale: &Locale) -> bool {
        are_among(self.languages.as_deref(), locale)
    }
}

fn are_among(languages: Option<&[String]>, locale: &Locale) -> bool {
    languages.is_none_or(|languages| languages.iter().any(|one| one == locale.as_str()))
}

impl Places {
    /// All places of a document.
    pub fn of(declarations: &Declarations, declared: &TypeDeclaration, document: &Document) -> Self {
        let places = places(declarations, declared, document);
        let known = places.into_iter().map(|place| KnownPlace {
            path: place.path,
            is_required: place.is_required,
            languages: place.languages,
        });
        Self { known: known.collect() }
    }

    /// Whether a text stands at this path.
    pub fn has(&self, path: &str) -> bool {
        self.known.iter().any(|place| place.path == path)
    }
}

/// Every place for a text in a document, in the order of the form.
pub(super) fn places<'d>(
    declarations: &'d Declarations,
    declared: &'d TypeDeclaration,
    document: &Document,
) -> Vec<Place<'d>> {
    let mut walk = Walk { declarations, languages: None, found: Vec::new() };
    walk.fields(&declared.fields, document.fields(), "", None);
    walk.found
}

struct Walk<'d> {
    declarations: &'d Declarations,
    /// Those that show the section where the walk is.
    languages: Option<Vec<String>>,
    found: Vec<Place<'d>>,
}

impl<'d> Walk<'d> {
    fn fields(&mut self, fields: &'d [Field], object: &Map<String, Value>, before: &str, above: Option<&Words>) {
        // What is the team's alone is nobody's to translate: translators are often from outside.
        for field in fields.iter().filter(|field| field.visibility.is_public()) {
            let path = format!("{before}{}", field.name);
            let label = below(above, &field.label);
            if field.is_localized {
                let (kind, is_required, languages) = (&field.kind, field.is_required, self.languages.clone());
                self.found.push(Place { path, label, kind, is_required, languages });
            } else if let Some(value) = object.get(&field.name) {
                self.inside(&field.kind, value, &path, &label);
            }
        }
    }

    fn inside(&mut self, kind: &'d FieldKind, value: &Value, path: &str, label: &Words) {
        match (kind, value) {
            (FieldKind::Group { fields }, Value::Object(object)) => {
                self.fields(fields, object, &format!("{path}/"), Some(label));
            }
            (FieldKind::Image, Value::Object(_)) => self.picture(path, label),
            (FieldKind::List { item, .. }, Value::Array(items)) => {
                for (key, item_value) in keyed(items) {
                    self.inside(item, item_value, &format!("{path}/{key}"), label);
                }
            }
            (FieldKind::Sections { .. }, Value::Array(sections)) => {
                for (key, section) in keyed(sections) {
                    let name = section.get("type").and_then(Value::as_str).unwrap_or_default();
                    if let (Some(declared), Some(object)) = (self.declarations.section(name), section.as_object()) {
                        let label = below(Some(label), &declared.title);
                        let languages = shown_languages(object);
                        self.languages = languages.map(|codes| codes.into_iter().map(str::to_owned).collect());
                        self.fields(&declared.fields, object, &format!("{path}/{key}/"), Some(&label));
                        self.languages = None;
                    }
                }
            }
            _ => {}
        }
    }

    fn picture(&mut self, path: &str, label: &Words) {
        let alternative = Words { en: "Alternative text".to_owned(), de: "Alternativtext".to_owned() };
        self.found.push(Place {
            path: format!("{path}/alt"),
            label: below(Some(label), &alternative),
            kind: &ALT,
            is_required: false,
            languages: self.languages.clone(),
        });
    }
}

fn below(above: Option<&Words>, words: &Words) -> Words {
    match above {
        None => words.clone(),
        Some(above) => {
            Words { en: format!("{} – {}", above.en, words.en), de: format!("{} – {}", above.de, words.de) }
        }
    }
}

/// The items of a list that can be named, each by what it is known by; of two with one name the first counts, as when
/// views are composed.
fn keyed(items: &[Value]) -> impl Iterator<Item = (String, &Value)> {
    let mut seen = BTreeSet::new();
    items.iter().filter_map(move |item| {
        let key = key(item)?;
        seen.insert(key.clone()).then_some((key, item))
    })
}

/// What an item is known by: its id, or the picture that it is.
fn key(item: &Value) -> Option<String> {
    let named = |name: &str| item.get(name).and_then(Value::as_str);
    match named("id").or_else(|| named("media")) {
        Some(id) => Some(id.to_owned()),
        None => named("url").map(|url| sha256_hex(url.as_bytes()).chars().take(ADDRESS_NAME).collect()),
    }
}

/// The texts of all languages at a place.
pub(super) fn texts_at<'v>(document: &'v Map<String, Value>, path: &str) -> Option<&'v Map<String, Value>> {
    let mut parts = path.split('/');
    let mut value = document.get(parts.next()?)?;
    for part in parts {
        value = match value {
            Value::Object(object) => object.get(part)?,
            Value::Array(items) => items.iter().find(|item| key(item).as_deref() == Some(part))?,
            _ => return None,
        };
    }
    value.as_object()
}

/// The pointer (RFC 6901) to one language's text in a document, where its path leads somewhere.
pub(super) fn pointer_to(document: &Map<String, Value>, path: &str, locale: &Locale) -> Option<String> {
    let mut parts = path.split('/');
    let first = parts.next()?;
    let mut pointer = vec![String::new(), first.to_owned()];
    let mut value = document.get(first);
    for part in parts {
        let (step, inside) = match value? {
            Value::Object(object) => (part.to_owned(), object.get(part)),
            Value::Array(items) => {
                let index = items.iter().position(|item| key(item).as_deref() == Some(part))?;
                (index.to_string(), items.get(index))
            }
            _ => return None,
        };
        pointer.push(step);
        value = inside;
    }
    pointer.push(locale.to_string());
    Some(pointer.join("/"))
}

/// One language's text at a place.
pub(in super::super) fn text_at<'v>(
    document: &'v Map<String, Value>,
    path: &str,
    locale: &Locale,
) -> Option<&'v Value> {
    texts_at(document, path)?.get(locale.as_str())
}

/// Writes one language's text at a place that is there, or takes it away.
pub(in super::super) fn set_text(document: &mut Map<String, Value>, path: &str, locale: &Locale, text: Option<Value>) {
    let parts: Vec<&str> = path.split('/').collect();
    set_in(document, &parts, locale, text);
}

fn set_in(object: &mut Map<String, Value>, parts: &[&str], locale: &Locale, text: Option<Value>) {
    match parts {
        [] => {}
        [name] => {
            let texts = object.entry(*name).or_insert_with(|| Value::Object(Map::new()));
            if let Some(texts) = texts.as_object_mut() {
                match text {
                    Some(text) => texts.insert(locale.as_str().to_owned(), text),
                    None => texts.remove(locale.as_str()),
                };
            }
        }
        [name, key_or_name, rest @ ..] => match object.get_mut(*name) {
            Some(Value::Object(inner)) => set_in(inner, &parts[1..], locale, text),
            Some(Value::Array(items)) => {
                let item = items.iter_mut().find(|item| key(item).as_deref() == Some(*key_or_name));
                if let Some(item) = item.and_then(Value::as_object_mut) {
                    set_in(item, rest, locale, text);
                }
            }
            _ => {}
        },
    }
}
