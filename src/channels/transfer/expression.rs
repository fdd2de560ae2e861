//! How one field of a document is made from a record: where its value comes from, and what is done to it.

use std::collections::BTreeMap;

use ground::words::{Locale, Money, Slug};
use serde::{Deserialize, de};
use serde_json::{Map, Number, Value};

use super::path::{Path, Record, Template};

/// The entry of a `map` that stands for every value not named in it.
const ANY_OTHER: &str = "*";

/// A field's rule. In TOML a plain text is a path (`name = "HotelName"`); a table names one source and any transforms
/// (`{ path = "Tags", split = ",", map = { "wifi" = "wi-fi" } }`).
#[derive(Clone, Debug)]
pub struct Expression {
    source: Source,
    split: Option<String>,
    map: Option<BTreeMap<String, Value>>,
    form: Option<Form>,
    distinct: bool,
    default: Option<Value>,
}

#[derive(Clone, Debug)]
enum Source {
    Path(Path),
    Template(Template),
    Constant(Value),
    Localized(BTreeMap<Locale, Expression>),
    Object(BTreeMap<String, Expression>),
    List(Vec<Expression>),
    Each { list: Box<Expression>, item: Box<Expression> },
    Reference(Reference),
}

/// An entry that an earlier rule made, named by its type and source key.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reference {
    #[serde(rename = "type")]
    type_name: String,
    key: Template,
}

/// What a value is turned into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Text; numbers and truth values are written out.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// True or false; also from yes and no, 1 and 0.
    Boolean,
    /// A decimal amount such as `120.00`.
    Money,
    /// The day of an RFC 3339 date or time, as written there.
    Date,
    /// A slug made from a title.
    Slug,
}

/// Why a field could not be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The place inside the field, e.g. `/0/double_rate`; empty for the field itself.
    pub place: String,
    /// A whole sentence.
    pub reason: String,
}

impl Wrong {
    fn new(reason: impl Into<String>) -> Self {
        Self { place: String::new(), reason: reason.into() }
    }

    fn inside(mut self, step: impl std::fmt::Display) -> Self {
        self.place = format!("/{step}{}", self.place);
        self
    }
}

impl Expression {
    /// The field's value for this record; nothing where the source has none.
    pub fn evaluate(&self, record: &Record<'_>) -> Result<Option<Value>, Wrong> {
        let found = self.source.find(record)?.and_then(trimmed);
        let found = match (&self.split, found) {
            (Some(separator), Some(value)) => Some(split(&value, separator)?),
            (_, found) => found,
        };
        let found = match found {
            Some(Value::Array(items)) if self.map.is_some() || self.form.is_some() || self.distinct => {
                Some(Value::Array(self.each_item(items)?))
                    .filter(|list| list.as_array().is_some_and(|items| !items.is_empty()))
            }
            Some(value) => self.one(value)?,
            None => None,
        };
        Ok(found.or_else(|| self.default.clone()))
    }

    /// The items of the list that this names; none where it names nothing.
    pub fn items(&self, record: &Record<'_>) -> Result<Vec<Value>, Wrong> {
        match self.evaluate(record)? {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => Ok(items),
            Some(other) => Err(Wrong::new(format!("{} is not a list.", shown(&other)))),
        }
    }

    /// The path that the value comes from, where it comes from one.
    pub fn spelling(&self) -> Option<String> {
        match &self.source {
            Source::Path(path) => Some(path.spelling()),
            _ => None,
        }
    }

    fn each_item(&self, items: Vec<Value>) -> Result<Vec<Value>, Wrong> {
        let mut made = Vec::with_capacity(items.len());
        for (place, item) in items.into_iter().enumerate() {
            let Some(item) = trimmed(item) else { continue };
            if let Some(value) = self.one(item).map_err(|wrong| wrong.inside(place))?
                && !(self.distinct && made.contains(&value))
            {
                made.push(value);
            }
        }
        Ok(made)
    }

    fn one(&self, value: Value) -> Result<Option<Value>, Wrong> {
        let value = match &self.map {
            Some(map) => match replaced(&value, map)? {
                Some(value) => value,
                None => return Ok(None),
            },
            None => value,
        };
        match self.form {
            Some(form) => form.make(value).map(Some),
            None => Ok(Some(value)),
        }
    }
}

impl Source {
    fn find(&self, record: &Record<'_>) -> Result<Option<Value>, Wrong> {
        match self {
            Self::Path(path) => Ok(path.find(record)),
            Self::Template(template) => template.fill(record).map(|text| Some(Value::String(text))).map_err(Wrong::new),
            Self::Constant(value) => Ok(Some(value.clone())),
            Self::Localized(texts) => object(texts, record),
            Self::Object(fields) => object(fields, record),
            Self::List(items) => {
                let mut list = Vec::with_capacity(items.len());
                for (place, item) in items.iter().enumerate() {
                    list.extend(item.evaluate(record).map_err(|wrong| wrong.inside(place))?);
                }
                Ok((!list.is_empty()).then_some(Value::Array(list)))
            }
            Self::Each { list, item } => each(list, item, record),
            Self::Reference(reference) => reference.find(record).map(Some),
        }
    }
}

impl Reference {
    fn find(&self, record: &Record<'_>) -> Result<Value, Wrong> {
        let key = self.key.fill(record).map_err(Wrong::new)?;
        let found = record.known.and_then(|known| known.get(&(self.type_name.clone(), key.clone())));
        found.map(|entry| Value::from(entry.to_string())).ok_or_else(|| {
            Wrong::new(format!("No {} with the key {key:?} has been imported before this record.", self.type_name))
        })
    }
}

fn object<K: std::fmt::Display>(fields: &BTreeMap<K, Expression>, record: &Record<'_>) -> Result<Option<Value>, Wrong> {
    let mut made = Map::new();
    for (name, field) in fields {
        if let Some(value) = field.evaluate(record).map_err(|wrong| wrong.inside(name))? {
            made.insert(name.to_string(), value);
        }
    }
    Ok((!made.is_empty()).then_some(Value::Object(made)))
}

fn each(list: &Expression, item: &Expression, record: &Record<'_>) -> Result<Option<Value>, Wrong> {
    let items = list.items(record)?;
    let mut made = Vec::with_capacity(items.len());
    for (place, value) in items.iter().enumerate() {
        made.extend(item.evaluate(&record.child(value, place + 1)).map_err(|wrong| wrong.inside(place))?);
    }
    Ok((!made.is_empty()).then_some(Value::Array(made)))
}

/// Texts lose the spaces around them; a text that is only spaces is no value.
fn trimmed(value: Value) -> Option<Value> {
    match value {
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) if text.trim().len() != text.len() => Some(Value::String(text.trim().to_owned())),
        other => Some(other),
    }
}

fn split(value: &Value, separator: &str) -> Result<Value, Wrong> {
    let text =
        value.as_str().ok_or_else(|| Wrong::new(format!("{} is not a text that could be split.", shown(value))))?;
    Ok(text.split(separator).map(str::trim).filter(|part| !part.is_empty()).map(Value::from).collect())
}

/// What the map says for the value; nothing where it says the empty text, which is how a mapping drops a value.
fn replaced(value: &Value, map: &BTreeMap<String, Value>) -> Result<Option<Value>, Wrong> {
    let name = plain(value).ok_or_else(|| Wrong::new(format!("{} cannot be looked up in a map.", shown(value))))?;
    let found = map.get(&name).or_else(|| map.get(ANY_OTHER)).ok_or_else(|| {
        Wrong::new(format!("{name:?} is not in the rule's map; add it there, or \"*\" for every other value."))
    })?;
    Ok((found.as_str() != Some("")).then(|| found.clone()))
}

impl Form {
    fn make(self, value: Value) -> Result<Value, Wrong> {
        let wrong = |what: &str| Wrong::new(format!("{} is not {what}.", shown(&value)));
        let text = plain(&value);
        match self {
            Self::Text => text.map(Value::String).ok_or_else(|| wrong("a text")),
            Self::Slug => text.map(|text| Value::from(Slug::from_title(&text).as_str())).ok_or_else(|| wrong("a text")),
            Self::Integer => {
                text.and_then(|text| text.parse::<i64>().ok()).map(Value::from).ok_or_else(|| wrong("a whole number"))
            }
            Self::Number => match value {
                Value::Number(_) => Ok(value),
                _ => text
                    .and_then(|text| text.parse::<f64>().ok())
                    .and_then(Number::from_f64)
                    .map(Value::Number)
                    .ok_or_else(|| wrong("a number")),
            },
            Self::Boolean => match text.as_deref().map(str::to_ascii_lowercase).as_deref() {
                Some("true" | "yes" | "1") => Ok(Value::Bool(true)),
                Some("false" | "no" | "0") => Ok(Value::Bool(false)),
                _ => Err(wrong("true or false")),
            },
            Self::Money => {
                let text = text.ok_or_else(|| wrong("an amount"))?;
                let money: Money = text.parse().map_err(|error| Wrong::new(format!("{text:?}: {error}")))?;
                Ok(Value::from(money.as_str()))
            }
            Self::Date => {
                text.as_deref().and_then(day).map(Value::String).ok_or_else(|| wrong("a date such as 2026-03-29"))
            }
        }
    }
}

/// The day that an RFC 3339 date or time names, as written: midnight in New York stays that day.
fn day(text: &str) -> Option<String> {
    let (day, rest) = text.split_at_checked(10)?;
    let date: jiff::civil::Date = day.parse().ok()?;
    if !rest.is_empty() {
        text.parse::<jiff::Timestamp>().ok()?;
    }
    Some(date.to_string())
}

/// The value as the text that a person would write for it.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// The value as a report shows it: short, whatever it was.
fn shown(value: &Value) -> String {
    /// Characters of a wrong value that a report quotes.
    const QUOTED: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spelled {
    path: Option<Path>,
    template: Option<Template>,
    constant: Option<Value>,
    localized: Option<BTreeMap<Locale, Expression>>,
    object: Option<BTreeMap<String, Expression>>,
    list: Option<Vec<Expression>>,
    each: Option<Box<Expression>>,
    item: Option<Box<Expression>>,
    reference: Option<Reference>,
    split: Option<String>,
    map: Option<BTreeMap<String, Value>>,
    #[serde(rename = "as")]
    form: Option<Form>,
    #[serde(default)]
    distinct: bool,
    default: Option<Value>,
}

impl Spelled {
    fn expression(self) -> Result<Expression, &'static str> {
        let each = match (self.each, self.item) {
            (Some(list), Some(item)) => Some(Source::Each { list, item }),
            (None, None) => None,
            _ => return Err("each and item go together: the list, and what each of its items becomes"),
        };
        let mut sources = [
            self.path.map(Source::Path),
            self.template.map(Source::Template),
            self.constant.map(Source::Constant),
            self.localized.map(Source::Localized),
            self.object.map(Source::Object),
            self.list.map(Source::List),
            each,
            self.reference.map(Source::Reference),
        ]
        .into_iter()
        .flatten();
        let (Some(source), None) = (sources.next(), sources.next()) else {
            return Err(
                "a field's rule names exactly one of path, template, constant, localized, object, list, each, reference",
            );
        };
        Ok(Expression {
            source,
            split: self.split,
            map: self.map,
            form: self.form,
            distinct: self.distinct,
            default: self.default,
        })
    }
}

impl<'de> Deserialize<'de> for Expression {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> de::Visitor<'de> for Either {
            type Value = Expression;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a path in quotes, or a table such as { path = \"BaseRate\", as = \"money\" }")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Expression, E> {
                let source = Source::Path(Path::parse(text).map_err(E::custom)?);
                Ok(Expression { source, split: None, map: None, form: None, distinct: false, default: None })
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Expression, A::Error> {
                let spelled = Spelled::deserialize(de::value::MapAccessDeserializer::new(map))?;
                spelled.expression().map_err(de::Error::custom)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn made(rule: &str, value: &Value) -> Result<Option<Value>, Wrong> {
        let rule: BTreeMap<String, Expression> = toml::from_str(&format!("field = {rule}")).unwrap();
        rule["field"].evaluate(&Record::root(value, 4))
    }

    #[test]
    fn every_source_and_transform_makes_its_value() {
        let hotel = json!({
            "Name": " Krone ", "Name_fr": "Couronne", "Blank": "  ", "Rate": 96.9, "Sleeps": "4", "Smoking": true,
            "Renovated": "2022-01-18T00:00:00Z", "Tags": ["wifi", "Room Tags", "wifi", "bar"], "Words": "a, b,,c ",
            "Rates": [{"From": "2027-01-01", "Price": 80}, {"From": "2027-06-01", "Price": 120.5}],
            "At": {"lat": 47.5}
        });
        for (rule, value) in [
            (r#""Name""#, json!("Krone")),
            (
                r#"{ localized = { en = "Name", fr = "Name_fr", de = "Name_de" } }"#,
                json!({"en": "Krone", "fr": "Couronne"}),
            ),
            (r#"{ template = "{Name} no. {$index}", as = "slug" }"#, json!("krone-no-4")),
            (r"{ constant = true }", json!(true)),
            (r#"{ path = "Rate", as = "money" }"#, json!("96.90")),
            (r#"{ path = "Sleeps", as = "integer" }"#, json!(4)),
            (r#"{ path = "Smoking", as = "text" }"#, json!("true")),
            (r#"{ path = "Smoking", map = { true = "yes", false = "no" } }"#, json!("yes")),
            (r#"{ path = "Renovated", as = "date" }"#, json!("2022-01-18")),
            (r#"{ path = "Words", split = "," }"#, json!(["a", "b", "c"])),
            (
                r#"{ path = "Tags", distinct = true, map = { wifi = "wi-fi", "Room Tags" = "", "*" = "other" } }"#,
                json!(["wi-fi", "other"]),
            ),
            (r#"{ path = "Missing", default = "USD" }"#, json!("USD")),
            (r#"{ path = "Blank", default = 1 }"#, json!(1)),
            (
                r#"{ each = "Rates", item = { object = { start_date = "From", double_rate = { path = "Price", as = "money" } } } }"#,
                json!([{"double_rate": "80.00", "start_date": "2027-01-01"}, {"double_rate": "120.50", "start_date": "2027-06-01"}]),
            ),
            (
                r#"{ each = { path = "Tags", distinct = true, map = { bar = "", "*" = "kept" } }, item = { template = "{$index} {.}" } }"#,
                json!(["1 kept"]),
            ),
            (r#"{ list = ["Name", "Missing", "Name_fr"] }"#, json!(["Krone", "Couronne"])),
            (r#"{ path = "At.lat", as = "number" }"#, json!(47.5)),
        ] {
            assert_eq!(made(rule, &hotel), Ok(Some(value)), "{rule}");
        }
        for nothing in
            [r#""Missing""#, r#""Blank""#, r#"{ localized = { en = "Missing" } }"#, r#"{ list = ["Missing"] }"#]
        {
            assert_eq!(made(nothing, &hotel), Ok(None), "{nothing}");
        }
    }

    #[test]
    fn what_cannot_be_made_names_its_place_and_reason() {
        let hotel = json!({"Rates": [{"Price": "eighty"}], "Kind": "Igloo", "Day": "18.1.2022", "Half": 2.5});
        let wrong =
            made(r#"{ each = "Rates", item = { object = { rate = { path = "Price", as = "money" } } } }"#, &hotel)
                .unwrap_err();
        assert_eq!(wrong.place, "/0/rate");
        assert!(wrong.reason.starts_with("\"eighty\": An amount is written like"), "{}", wrong.reason);
        for rule in [
            r#"{ path = "Kind", map = { Hotel = "hotel" } }"#,
            r#"{ path = "Day", as = "date" }"#,
            r#"{ path = "Half", as = "integer" }"#,
            r#"{ path = "Kind", as = "boolean" }"#,
            r#"{ path = "Rates", as = "text" }"#,
            r#"{ template = "{Missing}" }"#,
        ] {
            assert!(made(rule, &hotel).is_err(), "{rule}");
        }
    }

    #[test]
    fn a_rule_with_two_sources_or_none_is_refused() {
        for rule in
            [r#"{ path = "a", constant = 1 }"#, "{ split = \",\" }", "{ each = \"a\" }", "{ paths = \"a\" }", "3"]
        {
            assert!(toml::from_str::<BTreeMap<String, Expression>>(&format!("field = {rule}")).is_err(), "{rule}");
        }
    }
}
