//! What a message says laid over what an entry has. Fields and languages that the message does not speak of stay, and so does
//! what it has no word for.

use content::types::{Field, FieldKind};
use serde_json::{Map, Value};

use super::{
    codes::{self, codes},
    writing::Facts,
};

/// Lays `news` over the fields of an entry.
pub(super) fn lay_over(fields: &[Field], before: &mut Facts, news: Facts) {
    for (name, value) in news {
        let Some(field) = fields.iter().find(|field| field.name == name) else { continue };
        let old = before.remove(&name);
        let value = match (name.as_str(), old, value) {
            ("amenity_codes", Some(Value::Array(old)), Value::Array(new)) => {
                codes_over(old, new, |term| ["HAC", "RMA", "PHY"].iter().any(|list| codes::code(list, term).is_some()))
            }
            ("payment_methods", Some(Value::Array(old)), Value::Array(new)) => codes_over(old, new, |method| {
                ["cash", "bank_transfer"].contains(&method) || codes().cards.iter().any(|card| card.method == method)
            }),
            ("taxes_fees", Some(Value::Array(old)), Value::Array(new)) => items_over(old, new, |fee| {
                let kind = fee.get("kind").and_then(Value::as_str).unwrap_or_default();
                kind == "cleaning" || codes().taxes.iter().any(|tax| tax.kind == kind)
            }),
            ("social", Some(Value::Array(old)), Value::Array(new)) => {
                items_over(old, new, |one| one.get("network").and_then(Value::as_str) != Some("other"))
            }
            // Several kinds leave with one code: the one that the team has chosen stays.
            ("kind", Some(Value::String(old)), Value::String(new)) if leaves_as(&old) == leaves_as(&new) => {
                Value::String(old)
            }
            ("beds", Some(old), _) => old,
            (_, Some(Value::Object(mut old)), Value::Object(new)) if field.is_localized => {
                old.extend(new);
                Value::Object(old)
            }
            (_, Some(Value::Object(mut old)), Value::Object(new)) if is_group(&field.kind) => {
                lay_over(field.kind.parts().unwrap_or_default(), &mut old, new);
                Value::Object(old)
            }
            (_, _, value) => value,
        };
        before.insert(name, value);
    }
}

const fn is_group(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Group { .. } | FieldKind::Address { .. })
}

fn leaves_as(kind: &str) -> Option<&'static str> {
    codes().room_classifications.iter().find(|one| one.kind == kind).map(|one| one.code.as_str())
}

/// Codes that a message could name and does not are gone; what is said beside a code stays as far as the message is silent.
fn codes_over(old: Vec<Value>, new: Vec<Value>, can_be_told: impl Fn(&str) -> bool) -> Value {
    let code = |one: &Value| one.get("code").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut all: Vec<Value> = Vec::with_capacity(old.len() + new.len());
    for one in &new {
        let mut facts = Map::new();
        if let Some(Value::Object(known)) = old.iter().find(|known| code(known) == code(one)) {
            facts.extend(known.clone());
        }
        facts.extend(one.as_object().cloned().unwrap_or_default());
        all.push(Value::Object(facts));
    }
    let is_there = |one: &Value| one.get("status").and_then(Value::as_str) == Some("yes");
    let is_said = |one: &Value| new.iter().any(|new| code(new) == code(one));
    let stays = |one: &Value| !(is_said(one) || is_there(one) && can_be_told(&code(one)));
    all.extend(old.iter().filter(|one| stays(one)).cloned());
    Value::Array(all)
}

/// Items that no message can name stay behind those of the message; an item that is there again keeps what else it says.
fn items_over(old: Vec<Value>, new: Vec<Value>, can_be_told: impl Fn(&Value) -> bool) -> Value {
    let (known, others): (Vec<_>, Vec<_>) = old.into_iter().partition(|one| can_be_told(one));
    let mut known: Vec<Option<Value>> = known.into_iter().map(Some).collect();
    let name = |one: &Value| [one.get("kind").cloned(), one.get("network").cloned()];
    let mut all = Vec::with_capacity(new.len() + others.len());
    for one in new {
        let same = known.iter_mut().find(|old| old.as_ref().is_some_and(|old| name(old) == name(&one)));
        let mut item = same.and_then(Option::take).and_then(|old| old.as_object().cloned()).unwrap_or_default();
        for (field, value) in one.as_object().cloned().unwrap_or_default() {
            match (item.get_mut(&field), value) {
                // Names by language: what the message does not speak stays.
                (Some(Value::Object(old)), Value::Object(new)) => old.extend(new),
                (_, value) => {
                    item.insert(field, value);
                }
            }
        }
        all.push(Value::Object(item));
    }
    all.extend(others);
    Value::Array(all)
}
