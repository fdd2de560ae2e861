//! What becomes of a document when its declaration changes: which values go over, which become something else, and which
//! have no place any more. One walk, used to say it before and to do it afterwards, so that both are the same.
//!
//! | from | to | what becomes of the value |
//! |---|---|---|
//! | any plain value | text, rich text | its words; a line is cut at the longest length, line breaks become spaces |
//! | text, rich text, number, amount | integer, number, amount | the number that it says, if it says one |
//! | a day with a time | date and back | the day; its first minute |
//! | text | date, time, link, e-mail, telephone, colour, currency | itself, where it is one |
//! | text, one choice | one choice, choices | the choice of that name |
//! | choices | one choice | the only one |
//! | yes or no | text and back | `true` and `false` |
//! | one value | list | a list of it |
//! | list | one value | its first item |
//! | picture | link and back | its address |
//! | per language | once | the site's default language, or the first that there is |
//! | once | per language | the site's default language's |
//!
//! Whatever else the new declaration refuses (a choice that went, a number out of range, an entry of another type, a text
//! with formatting that is too long) is dropped. The revision before keeps it.

use ground::words::Locale;
use serde_json::{Map, Value};

use super::{Declarations, Document, Field, FieldKind, TypeDeclaration, validation::Validated};
use crate::rich_text::RichText;

/// Times that what is still refused is taken away: a refused value may be what another one is measured by.
const PASSES: usize = 5;

/// Two states of an organization's declarations.
#[derive(Clone, Copy)]
pub struct Step<'a> {
    /// What its documents were checked by.
    pub old: &'a Declarations,
    /// What they are to be checked by.
    pub new: &'a Declarations,
}

impl Step<'_> {
    /// Whether it may make documents of this type, which is one of the old or of the new declarations, different.
    pub fn touches(&self, declared: &TypeDeclaration) -> bool {
        let (old, new) = (self.old.content_type(&declared.name), self.new.content_type(&declared.name));
        let has_sections = || declared.fields.iter().any(|field| matches!(field.kind, FieldKind::Sections { .. }));
        old != new || (has_sections() && self.old.sections() != self.new.sections())
    }

    /// The document as the new declarations take it, for a site with these languages. What has no place is left out.
    pub fn convert(&self, content_type: &str, document: &Document, default: &Locale, offered: &[Locale]) -> Validated {
        let converted = match (self.old.content_type(content_type), self.new.content_type(content_type)) {
            (Some(old), Some(new)) => self.fields(&old.fields, &new.fields, document.fields(), &[], default),
            _ => document.fields().clone(),
        };
        match self.new.content_type(content_type) {
            Some(new) => fit(self.new, new, converted, offered),
            None => Validated { document: document.clone(), references: Vec::new(), media: Vec::new() },
        }
    }

    fn fields(
        &self,
        old: &[Field],
        new: &[Field],
        object: &Map<String, Value>,
        kept: &[&str],
        default: &Locale,
    ) -> Map<String, Value> {
        let identity = kept.iter().filter_map(|name| Some(((*name).to_owned(), object.get(*name)?.clone())));
        let mut converted: Map<String, Value> = identity.collect();
        for field in new {
            let Some(value) = object.get(&field.name) else { continue };
            let Some(before) = old.iter().find(|before| before.name == field.name) else { continue };
            let value = self.field(before, field, value, default);
            converted.extend(value.map(|value| (field.name.clone(), value)));
        }
        converted
    }

    fn field(&self, old: &Field, new: &Field, value: &Value, default: &Locale) -> Option<Value> {
        match (old.is_localized, new.is_localized) {
            (false, false) => self.value(&old.kind, &new.kind, value, default),
            (true, true) => {
                let texts = value.as_object()?.iter().filter_map(|(locale, value)| {
                    Some((locale.clone(), self.value(&old.kind, &new.kind, value, default)?))
                });
                let texts: Map<String, Value> = texts.collect();
                (!texts.is_empty()).then_some(Value::Object(texts))
            }
            (true, false) => {
                let texts = value.as_object()?;
                let kept = texts.get(default.as_str()).or_else(|| texts.values().next())?;
                self.value(&old.kind, &new.kind, kept, default)
            }
            (false, true) => {
                let value = self.value(&old.kind, &new.kind, value, default)?;
                Some(Value::Object(Map::from_iter([(default.to_string(), value)])))
            }
        }
    }

    fn value(&self, old: &FieldKind, new: &FieldKind, value: &Value, default: &Locale) -> Option<Value> {
        match (old, new) {
            (FieldKind::Group { fields: old }, FieldKind::Group { fields: new }) => {
                Some(Value::Object(self.fields(old, new, value.as_object()?, &["id"], default)))
            }
            (FieldKind::List { item: old, .. }, FieldKind::List { item: new, max_items }) => {
                let items = value.as_array()?.iter().filter_map(|item| self.value(old, new, item, default));
                Some(Value::Array(items.take(*max_items).collect()))
            }
            (FieldKind::Choices { .. }, FieldKind::List { item, max_items }) => {
                let items = value.as_array()?.iter().filter_map(|value| plain(old, item, value));
                Some(Value::Array(items.take(*max_items).collect()))
            }
            (FieldKind::List { item: old, .. }, FieldKind::Choices { options }) => {
                let values = value.as_array()?.iter().filter_map(|value| words(old, value));
                let known = values.filter(|value| options.iter().any(|option| option.value == *value));
                Some(Value::Array(known.map(Value::String).collect()))
            }
            (FieldKind::List { item: old, .. }, new) => self.value(old, new, value.as_array()?.first()?, default),
            (old, FieldKind::List { item: new, .. }) => {
                let mut item = self.value(old, new, value, default)?;
                if let Some(object) = item.as_object_mut()
                    && matches!(**new, FieldKind::Group { .. })
                {
                    object.remove("id");
                }
                Some(Value::Array(vec![item]))
            }
            (FieldKind::Sections { .. }, FieldKind::Sections { .. }) => {
                let sections = value.as_array()?.iter().filter_map(|section| {
                    let object = section.as_object()?;
                    let name = object.get("type")?.as_str()?;
                    let (old, new) = (self.old.section(name)?, self.new.section(name)?);
                    Some(Value::Object(self.fields(&old.fields, &new.fields, object, &["id", "type"], default)))
                });
                Some(Value::Array(sections.collect()))
            }
            (old, new) => plain(old, new, value),
        }
    }
}

/// One value without parts.
fn plain(old: &FieldKind, new: &FieldKind, value: &Value) -> Option<Value> {
    let says = || words(old, value);
    match (old, new) {
        (FieldKind::Reference { to: old }, FieldKind::Reference { to: new }) => (old == new).then(|| value.clone()),
        (FieldKind::Text { .. }, FieldKind::Text { max_length, multiline }) => {
            Some(Value::String(cut(&says()?, *max_length, *multiline)))
        }
        (FieldKind::Choices { .. }, FieldKind::Choices { options }) => {
            let is_known = |one: &&Value| options.iter().any(|option| one.as_str() == Some(option.value.as_str()));
            Some(Value::Array(value.as_array()?.iter().filter(is_known).cloned().collect()))
        }
        (old, new) if old.name() == new.name() => Some(value.clone()),
        (old, FieldKind::Text { max_length, multiline }) if is_said(old) => {
            Some(Value::String(cut(&says()?, *max_length, *multiline)))
        }
        (old, FieldKind::RichText { .. }) if is_said(old) => says().map(Value::String),
        (old, FieldKind::Integer { .. } | FieldKind::Number { .. }) if is_said(old) => number(&says()?),
        (old, FieldKind::Boolean) if is_said(old) => says()?.trim().parse().ok().map(Value::Bool),
        (FieldKind::Image, FieldKind::Url) => value.get("url").cloned(),
        (FieldKind::Url, FieldKind::Image) => Some(value.clone()),
        (FieldKind::Choices { .. }, FieldKind::Enum { .. }) => match value.as_array()?.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        },
        (old, FieldKind::Choices { .. }) if is_said(old) => Some(Value::Array(vec![Value::String(says()?)])),
        (FieldKind::DateTime, FieldKind::Date { .. }) => says()?.split('T').next().map(Value::from),
        (
            old,
            FieldKind::Money
            | FieldKind::Date { .. }
            | FieldKind::DateTime
            | FieldKind::Time
            | FieldKind::Enum { .. }
            | FieldKind::Url
            | FieldKind::Email
            | FieldKind::Phone
            | FieldKind::Colour
            | FieldKind::Currency,
        ) if is_said(old) => says().map(Value::String),
        _ => None,
    }
}

/// Whether a value of this kind can be said in words that mean the same to a reader.
const fn is_said(kind: &FieldKind) -> bool {
    !matches!(
        kind,
        FieldKind::Reference { .. }
            | FieldKind::Image
            | FieldKind::Geo
            | FieldKind::TextMap
            | FieldKind::Choices { .. }
            | FieldKind::Group { .. }
            | FieldKind::List { .. }
            | FieldKind::Sections { .. }
    )
}

/// A plain value's words.
fn words(kind: &FieldKind, value: &Value) -> Option<String> {
    match (kind, value) {
        (FieldKind::RichText { .. }, state) => Some(RichText::read(state).0.to_text()),
        (_, Value::String(text)) => Some(text.clone()),
        (_, Value::Number(number)) => Some(number.to_string()),
        (_, Value::Bool(truth)) => Some(truth.to_string()),
        _ => None,
    }
}

fn cut(text: &str, most: usize, multiline: bool) -> String {
    let text = if multiline { text.to_owned() } else { text.split_whitespace().collect::<Vec<_>>().join(" ") };
    text.chars().take(most).collect::<String>().trim_end().to_owned()
}

fn number(text: &str) -> Option<Value> {
    let text = text.trim();
    let whole = text.parse::<i64>().ok().map(Value::from);
    whole.or_else(|| text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::from))
}

/// The document without what the declaration refuses. Texts in languages that the site is not offered in now stay.
pub fn fit(
    declarations: &Declarations,
    declared: &TypeDeclaration,
    document: Map<String, Value>,
    offered: &[Locale],
) -> Validated {
    let mut locales = offered.to_vec();
    add_locales(&document, &mut locales);
    // The values that are wrong in themselves are left out by the walk.
    let document = declarations.validate_loosely(declared, &Value::Object(document), &locales).0.document;
    let mut document = Value::Object(document.into_fields());
    for _ in 0..PASSES {
        let (kept, problems) = declarations.validate_loosely(declared, &document, &locales);
        if problems.is_empty() {
            return kept;
        }
        for problem in problems {
            remove(&mut document, &problem.pointer);
        }
    }
    declarations.validate_loosely(declared, &document, &locales).0
}

/// Every name in the document that may be a language's. A field's name among them does no harm: it only lets a language
/// through that stands there.
fn add_locales(object: &Map<String, Value>, locales: &mut Vec<Locale>) {
    for (name, value) in object {
        if let Ok(locale) = name.parse::<Locale>()
            && !locales.contains(&locale)
        {
            locales.push(locale);
        }
        add_locales_of(value, locales);
    }
}

fn add_locales_of(value: &Value, locales: &mut Vec<Locale>) {
    match value {
        Value::Object(object) => add_locales(object, locales),
        Value::Array(items) => {
            for item in items {
                // The languages that a section is shown in stand in a list.
                if let Some(locale) = item.as_str().and_then(|text| text.parse::<Locale>().ok())
                    && !locales.contains(&locale)
                {
                    locales.push(locale);
                }
                add_locales_of(item, locales);
            }
        }
        _ => {}
    }
}

/// Takes away what a pointer names, if it is still there.
fn remove(document: &mut Value, pointer: &str) {
    let Some((parent, name)) = pointer.rsplit_once('/') else { return };
    if let Some(Value::Object(object)) = document.pointer_mut(parent) {
        object.remove(&name.replace("~1", "/").replace("~0", "~"));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::types::{Own, OwnKind, together};

    /// Declarations with a type of one text `name` and this field.
    fn with(field: &Value) -> Declarations {
        let words = json!({"en": "x", "de": "x"});
        let declared = json!({
            "name": "boat", "plural": "boats", "icon": "x", "title": words, "title_plural": words, "title_field": "name",
            "slug_from": "name", "fields": [{"name": "name", "label": words, "kind": "text"}, field],
        });
        let own = Own::read(OwnKind::Type, "boat", declared).unwrap_or_else(|problems| panic!("{problems:?}"));
        together(&Declarations::load().unwrap(), std::iter::once(own))
    }

    fn field(rules: &Value) -> Value {
        let mut field = json!({"name": "it", "label": {"en": "It", "de": "Es"}});
        for (name, value) in rules.as_object().unwrap() {
            field[name] = value.clone();
        }
        field
    }

    fn options(names: &[&str]) -> Value {
        names.iter().map(|name| json!({"value": name, "label": {"en": name, "de": name}})).collect()
    }

    #[test]
    fn each_value_becomes_what_the_table_says() {
        let entry = "01890a5d-ac96-774b-bcce-b302099a8057";
        for (old, value, new, expected) in [
            (json!({"kind": "text"}), json!("12"), json!({"kind": "integer"}), json!(12)),
            (json!({"kind": "text"}), json!("twelve"), json!({"kind": "integer"}), Value::Null),
            (json!({"kind": "number"}), json!(2.5), json!({"kind": "integer"}), Value::Null),
            (json!({"kind": "integer"}), json!(9), json!({"kind": "integer", "max": 5}), Value::Null),
            (json!({"kind": "integer"}), json!(9), json!({"kind": "number"}), json!(9)),
            (json!({"kind": "integer"}), json!(9), json!({"kind": "money"}), json!("9.00")),
            (json!({"kind": "number"}), json!(2.5), json!({"kind": "text"}), json!("2.5")),
            (json!({"kind": "money"}), json!("9.50"), json!({"kind": "number"}), json!(9.5)),
            (json!({"kind": "text", "multiline": true}), json!("a\nb"), json!({"kind": "text"}), json!("a b")),
            (json!({"kind": "text"}), json!("abcdef"), json!({"kind": "text", "max_length": 3}), json!("abc")),
            (json!({"kind": "boolean"}), json!(true), json!({"kind": "text"}), json!("true")),
            (json!({"kind": "text"}), json!("false"), json!({"kind": "boolean"}), json!(false)),
            (json!({"kind": "text"}), json!("2026-12-24"), json!({"kind": "date"}), json!("2026-12-24")),
            (json!({"kind": "text"}), json!("soon"), json!({"kind": "date"}), Value::Null),
            (json!({"kind": "text"}), json!("javascript:alert(1)"), json!({"kind": "url"}), Value::Null),
            (
                json!({"kind": "enum", "options": options(&["a", "b"])}),
                json!("b"),
                json!({"kind": "enum", "options": options(&["a"])}),
                Value::Null,
            ),
            (
                json!({"kind": "enum", "options": options(&["a", "b"])}),
                json!("b"),
                json!({"kind": "choices", "options": options(&["a", "b"])}),
                json!(["b"]),
            ),
            (
                json!({"kind": "choices", "options": options(&["a", "b"])}),
                json!(["a", "b"]),
                json!({"kind": "choices", "options": options(&["a"])}),
                json!(["a"]),
            ),
            (json!({"kind": "text"}), json!("a"), json!({"kind": "list", "item": {"kind": "text"}}), json!(["a"])),
            (json!({"kind": "list", "item": {"kind": "text"}}), json!(["a", "b"]), json!({"kind": "text"}), json!("a")),
            (
                json!({"kind": "list", "item": {"kind": "text"}}),
                json!(["1", "x", "3"]),
                json!({"kind": "list", "item": {"kind": "integer"}, "max_items": 1}),
                json!([1]),
            ),
            (
                json!({"kind": "text", "localized": true}),
                json!({"de": "Nord", "en": "North"}),
                json!({"kind": "text"}),
                json!("North"),
            ),
            (json!({"kind": "text", "localized": true}), json!({"de": "Nord"}), json!({"kind": "text"}), json!("Nord")),
            (
                json!({"kind": "text"}),
                json!("North"),
                json!({"kind": "text", "localized": true}),
                json!({"en": "North"}),
            ),
            (
                json!({"kind": "text", "localized": true}),
                json!({"en": "North", "it": "Settentrione"}),
                json!({"kind": "text", "localized": true, "max_length": 200}),
                json!({"en": "North", "it": "Settentrione"}),
            ),
            (
                json!({"kind": "reference", "to": "room"}),
                json!(entry),
                json!({"kind": "reference", "to": "amenity"}),
                Value::Null,
            ),
            (json!({"kind": "image"}), json!({"url": "/a.webp"}), json!({"kind": "url"}), json!("/a.webp")),
            (json!({"kind": "geo"}), json!({"latitude": 1, "longitude": 2}), json!({"kind": "text"}), Value::Null),
        ] {
            let (before, after) = (with(&field(&old)), with(&field(&new)));
            let step = Step { old: &before, new: &after };
            let document = json!({"name": "Heron", "it": value});
            let locales = ["en".parse().unwrap(), "de".parse().unwrap()];
            let document = Document::trusted(document.as_object().unwrap().clone());
            let converted = step.convert("boat", &document, &locales[0], &locales).document;
            assert_eq!(converted.get("name"), Some(&json!("Heron")));
            assert_eq!(converted.get("it").cloned().unwrap_or_default(), expected, "{old} -> {new}");
        }
    }

    #[test]
    fn parts_go_one_by_one_and_keep_their_ids() {
        let part = |kind: &str| json!({"name": "count", "label": {"en": "x", "de": "x"}, "kind": kind});
        let list = |fields: Value| field(&json!({"kind": "list", "item": {"kind": "group", "fields": fields}}));
        let gone = json!({"name": "gone", "label": {"en": "x", "de": "x"}, "kind": "text"});
        let (before, after) = (with(&list(json!([part("text"), gone]))), with(&list(json!([part("integer")]))));
        let document = json!({"it": [{"id": "a", "count": "1", "gone": "x"}, {"id": "b", "count": "many"}]});
        let document = Document::trusted(document.as_object().unwrap().clone());
        let locales = ["en".parse().unwrap()];
        let converted = Step { old: &before, new: &after }.convert("boat", &document, &locales[0], &locales);
        assert_eq!(converted.document.get("it"), Some(&json!([{"id": "a", "count": 1}, {"id": "b"}])));
    }

    #[test]
    fn what_is_measured_by_another_value_goes_and_nothing_beside_it() {
        let date = |rules: &Value| {
            let mut date = json!({"name": "until", "label": {"en": "x", "de": "x"}, "kind": "date"});
            for (name, value) in rules.as_object().unwrap() {
                date[name] = value.clone();
            }
            let from = json!({"name": "from", "label": {"en": "x", "de": "x"}, "kind": "date"});
            with(&field(&json!({"kind": "group", "fields": [from, date]})))
        };
        let (before, after) = (date(&json!({})), date(&json!({"not_before": "from"})));
        let document = json!({"it": {"from": "2026-05-02", "until": "2026-05-01"}});
        let document = Document::trusted(document.as_object().unwrap().clone());
        let locales = ["en".parse().unwrap()];
        let converted = Step { old: &before, new: &after }.convert("boat", &document, &locales[0], &locales);
        assert_eq!(converted.document.get("it"), Some(&json!({"from": "2026-05-02"})));
    }
}
