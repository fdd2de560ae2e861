//! What a page about an entry of any type can say, from the type's declaration: facts in a list, further texts, lists of
//! what belongs to it. A theme that knows a type better has a template of its own for it.

use std::collections::BTreeMap;

use content::types::{Choice, Field, FieldKind, TypeDeclaration, Words};
use ground::words::Locale;
use serde_json::{Map, Value, json};

/// Fields that every page shows at their own places, or that say nothing to guests.
const ELSEWHERE: [&str; 15] = [
    "short_description",
    "description",
    "body",
    "summary",
    "featured_image",
    "images",
    "is_featured",
    "tags",
    "seo",
    "custom_fields",
    "visible",
    "badge",
    "currency",
    "price_basis",
    "rate_code",
];

/// The facts, texts, lists and links of an entry's shape.
pub(super) fn described(declared: &TypeDeclaration, shape: &Value, locale: &Locale) -> Value {
    let mut parts = Parts { locale, facts: Vec::new(), texts: Vec::new(), lists: Vec::new(), links: Vec::new() };
    let is_said = |name: &str| shape.get(name).is_some_and(|value| !value.is_null());
    // Hours of the week stand instead of single ones.
    let has_week = declared
        .fields
        .iter()
        .any(|field| matches!(field.kind, FieldKind::OpeningHours { .. }) && is_said(&field.name));
    let ends: BTreeMap<&str, &Field> = declared
        .fields
        .iter()
        .filter_map(|field| match &field.kind {
            FieldKind::Date { not_before: Some(first) } if is_said(&field.name) => Some((first.as_str(), field)),
            _ => None,
        })
        .collect();
    for field in &declared.fields {
        let is_end = ends.iter().any(|(first, end)| end.name == field.name && is_said(first));
        let is_elsewhere = ELSEWHERE.contains(&field.name.as_str())
            || field.name == declared.title_field
            || declared.order_from.as_ref() == Some(&field.name)
            || (has_week && are_hours(&field.kind))
            || is_end;
        if let (false, true, Some(end)) = (is_elsewhere, is_said(&field.name), ends.get(field.name.as_str())) {
            parts.days(field, &json!([{"from": shape[&field.name], "to": shape[&end.name]}]));
            continue;
        }
        if let Some(value) = shape.get(&field.name).filter(|value| !is_elsewhere && !value.is_null()) {
            parts.take(field, value);
        }
    }
    json!({"facts": parts.facts, "texts": parts.texts, "lists": parts.lists, "links": parts.links})
}

struct Parts<'a> {
    locale: &'a Locale,
    facts: Vec<Value>,
    texts: Vec<Value>,
    lists: Vec<Value>,
    links: Vec<Value>,
}

impl Parts<'_> {
    fn take(&mut self, field: &Field, value: &Value) {
        let label = self.said(&field.label);
        let name = &field.name;
        match &field.kind {
            FieldKind::RichText { .. } => self.texts.push(json!({"name": name, "label": label, "html": value})),
            FieldKind::Text { multiline: true, .. } => {
                self.texts.push(json!({"name": name, "label": label, "text": value}));
            }
            FieldKind::Text { .. } => self.fact(name, &label, "text", value.clone()),
            FieldKind::Integer { .. } | FieldKind::Number { .. } => self.fact(name, &label, "number", value.clone()),
            FieldKind::Money => self.fact(name, &label, "money", value.clone()),
            FieldKind::Boolean if value == true => self.fact(name, &label, "yes", value.clone()),
            FieldKind::Date { .. } => self.fact(name, &label, "date", value.clone()),
            FieldKind::DateRange { .. } => self.days(field, &json!([value])),
            FieldKind::Season => self.fact(name, &label, "season", value.clone()),
            FieldKind::Time => self.fact(name, &label, "time", value.clone()),
            FieldKind::Phone => self.fact(name, &label, "phone", value.clone()),
            FieldKind::Email => self.fact(name, &label, "email", value.clone()),
            FieldKind::Enum { options } | FieldKind::Choices { options } => {
                let chosen = one_or_many(value).into_iter().map(|one| self.choice(options, one)).collect();
                self.fact(name, &label, "text", Value::Array(chosen));
            }
            FieldKind::Code { .. } => self.fact(name, &label, "text", value["label"].clone()),
            FieldKind::Codes { .. } => {
                let there = value.as_array().into_iter().flatten().filter(|one| one["status"] == "yes");
                let labels: Vec<Value> = there.map(|one| one["label"].clone()).collect();
                if !labels.is_empty() {
                    self.fact(name, &label, "text", Value::Array(labels));
                }
            }
            FieldKind::OpeningHours { .. } => {
                self.lists.push(json!({"name": name, "label": label, "week": value}));
            }
            FieldKind::Group { fields } => self.numbers(name, &label, fields, value),
            FieldKind::Url => self.links.push(json!({"name": name, "label": label, "url": value})),
            FieldKind::List { item, .. } if matches!(**item, FieldKind::DateRange { .. }) => self.days(field, value),
            FieldKind::List { item, .. } => self.list(name, &label, item, value),
            _ => {}
        }
    }

    /// From a day to a day, one or several times.
    fn days(&mut self, field: &Field, ranges: &Value) {
        let label = self.said(&field.label);
        self.fact(&format!("range_{}", field.name), &label, "range", ranges.clone());
    }

    /// A group that holds nothing but numbers, such as the seats of a hall: each that is there.
    fn numbers(&mut self, name: &str, label: &str, fields: &[Field], value: &Value) {
        if !fields.iter().all(|field| matches!(field.kind, FieldKind::Integer { .. } | FieldKind::Number { .. })) {
            return;
        }
        let there = fields.iter().filter(|field| value[&field.name].is_number());
        let pairs: Vec<Value> = there
            .map(|field| json!({"name": field.name, "label": self.said(&field.label), "value": value[&field.name]}))
            .collect();
        if !pairs.is_empty() {
            self.lists.push(json!({"name": name, "label": label, "pairs": pairs}));
        }
    }

    fn list(&mut self, name: &str, label: &str, item: &FieldKind, value: &Value) {
        let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
        match item {
            _ if items.is_empty() => {}
            FieldKind::Text { .. } => self.fact(name, label, "text", value.clone()),
            FieldKind::Group { .. } if has_opening(item) => {
                self.lists.push(json!({"name": name, "label": label, "hours": items}));
            }
            FieldKind::Group { fields } => {
                let Some(words) = fields.iter().find(|field| matches!(field.kind, FieldKind::Text { .. })) else {
                    return;
                };
                let texts: Vec<&Value> = items.iter().filter_map(|item| item.get(&words.name)).collect();
                // The words of each for themes that know no more of the list, and all of it for those that do.
                self.lists.push(json!({"name": name, "label": label, "items": texts, "rows": items}));
            }
            _ => {}
        }
    }

    fn fact(&mut self, name: &str, label: &str, kind: &str, value: Value) {
        let values = if value.is_array() { value } else { json!([value]) };
        self.facts.push(json!({"name": name, "label": label, "kind": kind, "values": values}));
    }

    fn choice(&self, options: &[Choice], value: &Value) -> Value {
        let declared = options.iter().find(|choice| value == choice.value.as_str());
        declared.map_or_else(|| value.clone(), |choice| Value::String(self.said(&choice.label)))
    }

    /// Declarations speak English and German; other languages of a site read English.
    fn said(&self, words: &Words) -> String {
        if self.locale.base().as_str() == "de" { words.de.clone() } else { words.en.clone() }
    }
}

/// Whether it is a list of hours, each for some days.
fn are_hours(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::List { item, .. } if has_opening(item))
}

fn has_opening(item: &FieldKind) -> bool {
    matches!(item, FieldKind::Group { fields } if fields.iter().any(|field| field.name == "opens"))
}

fn one_or_many(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |many| many.iter().collect())
}

/// Whether one of these days lies before today: what it tells of is over.
pub(super) fn is_over(document: &Map<String, Value>, ends: &[String], today: &str) -> bool {
    // Days written like 2026-12-24 sort as text.
    ends.iter().filter_map(|name| document.get(name)?.as_str()).any(|day| day < today)
}
