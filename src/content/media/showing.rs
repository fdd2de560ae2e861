//! From the name of a library's item in a document to what a page needs of it: address, sizes, what it shows.

use std::collections::BTreeMap;

use ground::{
    db::{Conn, DbError, Tenant},
    words::{Locale, MediaId},
};
use serde_json::{Map, Value, json};

use super::{MediaItem, store};

/// The field of a picture's value that names the library's item.
const NAME: &str = "media";

/// The library's items that a document names, wherever in it.
pub fn named_in(document: &Map<String, Value>) -> Vec<MediaId> {
    let mut ids = Vec::new();
    collect(document.values(), &mut ids);
    ids.extend(named(document));
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn collect<'v>(values: impl Iterator<Item = &'v Value>, ids: &mut Vec<MediaId>) {
    for value in values {
        match value {
            Value::Object(object) => match named(object) {
                Some(id) => ids.push(id),
                None => collect(object.values(), ids),
            },
            Value::Array(items) => collect(items.iter(), ids),
            _ => {}
        }
    }
}

/// A picture's or a file's value has the item's id, perhaps an id of its own and texts, and nothing else.
fn named(object: &Map<String, Value>) -> Option<MediaId> {
    let is_picture = object.keys().all(|key| [NAME, "id", "alt", "label"].contains(&key.as_str()));
    if is_picture { object.get(NAME)?.as_str()?.parse().ok() } else { None }
}

/// [`shown`] of a document in JSON. One that names no picture of the library, as most, is not even read.
pub fn shown_text(conn: &Conn, tenant: &impl Tenant, locale: &Locale, document: String) -> Result<String, DbError> {
    if !document.contains("\"media\":\"") {
        return Ok(document);
    }
    let read = serde_json::from_str(&document).map_err(|error| DbError::Decode(error.to_string()))?;
    shown(conn, tenant, locale, read).map(|document| Value::Object(document).to_string())
}

/// A view's document with every picture from the library as pages need it. One that is no longer in the library is left
/// out: a page without it is better than a page with a hole.
pub fn shown(
    conn: &Conn,
    tenant: &impl Tenant,
    locale: &Locale,
    mut document: Map<String, Value>,
) -> Result<Map<String, Value>, DbError> {
    let ids = named_in(&document);
    if ids.is_empty() {
        return Ok(document);
    }
    let items: BTreeMap<_, _> = store::by_ids(conn, tenant, &ids)?.into_iter().map(|item| (item.id, item)).collect();
    fill_object(&mut document, locale, &items);
    Ok(document)
}

fn fill_object(object: &mut Map<String, Value>, locale: &Locale, items: &BTreeMap<MediaId, MediaItem>) {
    object.retain(|_, value| fill(value, locale, items));
}

/// False where there is nothing to show.
fn fill(value: &mut Value, locale: &Locale, items: &BTreeMap<MediaId, MediaItem>) -> bool {
    match value {
        Value::Object(object) => match named(object) {
            Some(id) => match items.get(&id) {
                Some(item) => {
                    object.extend(facts(item, object.get("alt"), locale));
                    true
                }
                None => false,
            },
            None => {
                fill_object(object, locale, items);
                true
            }
        },
        Value::Array(list) => {
            list.retain_mut(|value| fill(value, locale, items));
            true
        }
        _ => true,
    }
}

fn facts(item: &MediaItem, own_alt: Option<&Value>, locale: &Locale) -> Map<String, Value> {
    let librarys = || item.alt.get(locale).or_else(|| item.alt.get(&locale.base())).cloned().map(Value::String);
    let alt = if item.decorative { None } else { own_alt.cloned().or_else(librarys) };
    let renditions: Vec<_> = item
        .renditions
        .iter()
        .map(|one| json!({"url": one.url, "width": one.width, "height": one.height, "format": one.format}))
        .collect();
    let mut facts = Map::new();
    facts.insert("url".to_owned(), json!(item.url));
    facts.insert("alt".to_owned(), alt.unwrap_or_else(|| json!("")));
    facts.insert("width".to_owned(), json!(item.width));
    facts.insert("height".to_owned(), json!(item.height));
    facts.insert("focal".to_owned(), json!(item.focal));
    facts.insert("renditions".to_owned(), Value::Array(renditions));
    facts.extend(item.social().map(|url| ("social_url".to_owned(), Value::String(url))));
    facts
}
