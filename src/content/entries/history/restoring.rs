//! Bringing back what an entry was. It is a change as every other: a new revision, which can be undone in turn.

use ground::{
    db::Tx,
    words::{EntryId, SiteId},
};
use serde::Deserialize;
use serde_json::{Map, Value};
use tenants::scope::Scope;
use utoipa::ToSchema;

use super::super::{
    EntryChange, EntryError,
    preparing::declared,
    reading,
    renewing::{Renewed, Returned, renewed},
    saving, store,
    translations::{self, Origin, Restored},
};
use super::comparing::key_of;
use crate::{
    sites,
    types::{Declarations, FieldProblem},
};

/// What is to be brought back.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Restoring {
    /// Number of the newest revision: what is overwritten is what was seen.
    pub revision: u32,
    /// Number of the revision to take from.
    pub from: u32,
    /// JSON Pointers (RFC 6901) to the fields to take, e.g. `/description/de`; left out, the whole document. The slug is
    /// taken only where `/slug` is named: an address is more than a text.
    pub fields: Option<Vec<String>>,
}

/// The pointer that stands for the entry's slug.
const SLUG: &str = "/slug";

/// Saves an older revision's document, or some fields of it, as the newest revision. Where the type has changed since, it
/// comes in the form that the change gave the newer ones.
pub fn restore(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    id: EntryId,
    wish: &Restoring,
) -> Result<Returned, EntryError> {
    let now = reading::stored(tx, scope, site, id)?;
    let then = store::revision(tx, scope, id, wish.from)?
        .ok_or_else(|| invalid("/from", format!("There is no revision {}.", wish.from)))?;
    let (declared, languages) = (declared(declarations, &now.content_type)?, sites::languages(tx, scope, site)?);
    let Renewed { validated, mut dropped } = renewed(tx, scope, declarations, declared, &languages, &then)?;
    let states = translations::store::states(tx, scope, id, wish.from)?;
    let restored = Restored { document: validated.document.clone(), states };
    let mut slug = None;
    let document = match &wish.fields {
        None => {
            // What the brand has locked since stays as it is: visitors see the brand's value anyway.
            let locked = declarations.locked_changes(declared, Some(&now.document), &validated.document);
            let mut document = validated.document.into_fields();
            for FieldProblem { pointer, .. } in locked {
                let name = pointer.trim_start_matches('/');
                match now.document.get(name) {
                    Some(value) => document.insert(name.to_owned(), value.clone()),
                    None => document.remove(name),
                };
                dropped.push(pointer);
            }
            document
        }
        Some(pointers) if pointers.is_empty() => {
            return Err(invalid("/fields", "Name at least one field, or leave `fields` out.".to_owned()));
        }
        Some(pointers) => {
            dropped.retain(|gone| pointers.iter().any(|pointer| is_within(gone, pointer)));
            let mut document = now.document.into_fields();
            for (place, pointer) in pointers.iter().enumerate() {
                if pointer == SLUG {
                    slug = Some(then.summary.slug.clone());
                } else if !take(&mut document, validated.document.fields(), pointer) {
                    return Err(invalid(
                        &format!("/fields/{place}"),
                        format!(
                            "`{pointer}` is in neither revision, or stands in a list that has changed; take the whole list instead."
                        ),
                    ));
                }
            }
            document
        }
    };
    let change = EntryChange { revision: wish.revision, slug, document: Value::Object(document), autosave: false };
    let origin = Origin { restored: Some(restored), translated: None };
    let entry = saving::save_from(tx, scope, declarations, site, id, &change, origin)?;
    Ok(Returned { entry, dropped })
}

/// Whether a pointer leads to what another one names, or to a part of it.
fn is_within(pointer: &str, of: &str) -> bool {
    pointer.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn invalid(pointer: &str, detail: String) -> EntryError {
    EntryError::Request(FieldProblem { pointer: pointer.to_owned(), code: "invalid".into(), detail })
}

/// Puts the value at a pointer of one document into another, or takes it away where the first has none. False where the
/// place is in neither of them. Items of lists are not looked into where the lists' items differ.
fn take(into: &mut Map<String, Value>, from: &Map<String, Value>, pointer: &str) -> bool {
    let Some(path) = pointer.strip_prefix('/') else { return false };
    let parts: Vec<String> = path.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect();
    let Some((name, rest)) = parts.split_first() else { return false };
    take_in_object(into, from, name, rest)
}

fn take_in_object(into: &mut Map<String, Value>, from: &Map<String, Value>, name: &str, rest: &[String]) -> bool {
    let Some((next, rest)) = rest.split_first() else {
        return match from.get(name) {
            Some(value) => {
                into.insert(name.to_owned(), value.clone());
                true
            }
            None => into.remove(name).is_some(),
        };
    };
    let empty = Value::Object(Map::new());
    match (into.get_mut(name), from.get(name).unwrap_or(&empty)) {
        (Some(Value::Object(into)), Value::Object(from)) => take_in_object(into, from, next, rest),
        (Some(Value::Array(into)), Value::Array(from)) => {
            let Ok(place) = next.parse::<usize>() else { return false };
            let (Some(Value::Object(item)), Some(wanted)) = (into.get_mut(place), rest.first()) else { return false };
            let key = key_of(item);
            let is_same = |other: &&Value| other.as_object().is_some_and(|other| key_of(other) == key);
            let Some(Value::Object(source)) = from.iter().find(is_same).filter(|_| key.is_some()) else { return false };
            take_in_object(item, source, wanted, &rest[1..])
        }
        (None, Value::Object(from)) if !from.is_empty() => {
            let mut made = Map::new();
            let is_taken = take_in_object(&mut made, from, next, rest);
            into.insert(name.to_owned(), Value::Object(made));
            is_taken
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_single_field_language_or_item_comes_back_and_nothing_else() {
        let then = json!({ "name": { "en": "Old", "de": "Alt" }, "beds": [{ "id": "a", "count": 1 }, { "id": "b", "count": 2 }], "wifi": true,
            "codes": [{ "code": "lift", "status": "no" }, { "code": "wifi", "status": "yes" }] });
        let now = json!({ "name": { "en": "New", "de": "Neu" }, "beds": [{ "id": "b", "count": 9 }], "pets": true,
            "codes": [{ "code": "wifi", "status": "no" }] });
        for (pointer, place, expected) in [
            ("/name/de", "/name", json!({ "en": "New", "de": "Alt" })),
            ("/name", "/name", json!({ "en": "Old", "de": "Alt" })),
            ("/beds/0/count", "/beds", json!([{ "id": "b", "count": 2 }])),
            ("/codes/0/status", "/codes", json!([{ "code": "wifi", "status": "yes" }])),
            ("/wifi", "/wifi", json!(true)),
            ("/pets", "/pets", Value::Null),
        ] {
            let mut document = now.as_object().unwrap().clone();
            assert!(take(&mut document, then.as_object().unwrap(), pointer), "{pointer}");
            let document = Value::Object(document);
            assert_eq!(document.pointer(place).cloned().unwrap_or_default(), expected, "{pointer}");
        }
        for pointer in ["", "name", "/nothing", "/beds/7/count", "/beds/x/count", "/wifi/deep/er"] {
            let mut document = now.as_object().unwrap().clone();
            assert!(!take(&mut document, then.as_object().unwrap(), pointer), "{pointer}");
        }
    }
}
