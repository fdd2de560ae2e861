//! Conditions on facts, by their path in a document: `parking/*/price` is the price of each, `distances/kind=beach/km` that of
//! those whose `kind` is `beach`.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::phrases::Claimed;

/// How far a room may be rounded: of two numbers both are the same up to here.
const SAME: f64 = 1e-9;

/// Something that may be so in a document.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Condition {
    /// Which values are meant.
    pub path: String,
    /// Of how many of them it must be true.
    #[serde(default)]
    holds: Holds,
    /// They are this.
    is: Option<Value>,
    /// They are numbers above this.
    above: Option<f64>,
    /// They are there and not empty.
    #[serde(default)]
    filled: bool,
    /// They differ from what the text claims by more than this part of the larger one; of a time, at all.
    differs_by: Option<f64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Holds {
    /// At least one.
    #[default]
    Any,
    /// All, and there are some.
    Every,
    /// Not one, or there are none.
    None,
}

impl Condition {
    /// Whether it is so, of what a text claims where it claims a number.
    pub fn is_met(&self, document: &Map<String, Value>, claimed: Option<Claimed>) -> bool {
        let values = values(document, &self.path);
        let is_so = |(_, value): &(String, &Value)| self.is_so(value, claimed);
        match self.holds {
            Holds::Any => values.iter().any(is_so),
            Holds::Every => !values.is_empty() && values.iter().all(is_so),
            Holds::None => !values.iter().any(is_so),
        }
    }

    fn is_so(&self, value: &Value, claimed: Option<Claimed>) -> bool {
        self.is.as_ref().is_none_or(|wanted| wanted == value)
            && self.above.is_none_or(|least| number(value).is_some_and(|number| number > least))
            && (!self.filled || is_filled(value))
            && self.differs_by.is_none_or(|part| claimed.is_some_and(|claimed| differs(value, claimed, part)))
    }
}

/// The values that a path names, each with its pointer.
pub(super) fn values<'d>(document: &'d Map<String, Value>, path: &str) -> Vec<(String, &'d Value)> {
    let mut names = path.split('/');
    let first = names.next().unwrap_or_default();
    let mut found: Vec<(String, &Value)> =
        document.get(first).map(|value| (format!("/{first}"), value)).into_iter().collect();
    for name in names {
        found = found.into_iter().flat_map(|(pointer, value)| inside(&pointer, value, name)).collect();
    }
    found
}

fn inside<'v>(pointer: &str, value: &'v Value, name: &str) -> Vec<(String, &'v Value)> {
    let below = |step: &dyn std::fmt::Display, value: &'v Value| (format!("{pointer}/{step}"), value);
    match (value, name, name.split_once('=')) {
        (Value::Array(items), "*", _) => items.iter().enumerate().map(|(place, item)| below(&place, item)).collect(),
        (Value::Object(fields), "*", _) => fields.iter().map(|(name, value)| below(name, value)).collect(),
        (Value::Array(items), _, Some((member, wanted))) => {
            let is_wanted = |item: &Value| {
                item.get(member).and_then(Value::as_str).is_some_and(|own| wanted.split('|').any(|one| one == own))
            };
            let named = items.iter().enumerate().filter(|(_, item)| is_wanted(item));
            named.map(|(place, item)| below(&place, item)).collect()
        }
        (Value::Object(fields), name, None) => fields.get(name).map(|value| below(&name, value)).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// A number, or an amount of money.
fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

fn is_filled(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::String(text) => !text.is_empty(),
        _ => true,
    }
}

fn differs(value: &Value, claimed: Claimed, part: f64) -> bool {
    match claimed {
        Claimed::Number(claimed) => number(value).is_some_and(|fact| {
            let (less, more) = if fact < claimed { (fact, claimed) } else { (claimed, fact) };
            more - less > more * part + SAME
        }),
        Claimed::Time(minutes, is_told) => value.as_str().and_then(minutes_of).is_some_and(|fact| {
            // Without a word for the half of the day `3` is also three in the afternoon.
            let day = if is_told { 24 * 60 } else { 12 * 60 };
            fact % day != minutes % day
        }),
    }
}

fn minutes_of(time: &str) -> Option<u32> {
    let (hours, minutes) = time.split_once(':')?;
    Some(hours.parse::<u32>().ok()? * 60 + minutes.get(..2)?.parse::<u32>().ok()?)
}

/// A value as a sentence names it.
pub(super) fn spoken(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
