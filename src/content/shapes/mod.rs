//! The shapes in which content leaves: of the public API, and as themes get them. Names and types of the first four are fixed: sites in production read them. What is
//! declared beyond them is added, so that a new field of a type needs no code.

pub mod names;
mod references;

use std::collections::BTreeMap;

use ground::{
    crypto::sha256_hex,
    words::{EntryId, Locale},
};
use serde_json::{Map, Value, json};

pub use references::{references_in, references_of};

use crate::{
    entries::public::{View, ids},
    sites::{Direction, Site},
    types::{Declarations, Field, FieldKind, VISIBLE, dictionaries},
};

/// Characters of a picture's id where it has none of its own: enough to tell the pictures of a site apart.
const PICTURE_ID_LENGTH: usize = 16;

/// A published site as it is read: what every shape needs to know.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// The site.
    pub site: &'a Site,
    /// What is declared.
    pub declarations: &'a Declarations,
    /// Put before addresses of pictures that stand on this installation; empty where the reader is on it too.
    pub public_url: &'a str,
    /// What the entries refer to (see [`references_of`]).
    pub references: &'a BTreeMap<EntryId, View>,
}

/// The fields of a group or type, by name.
fn kind_of<'f>(fields: &'f [Field], name: &str) -> Option<&'f FieldKind> {
    fields.iter().find(|field| field.name == name).map(|field| &field.kind)
}

/// A site as channels see it.
pub fn site(site: &Site) -> Value {
    let spoken = site.speaks();
    let languages = spoken.shown().map(|locale| {
        json!({
            "locale": locale,
            "direction": Direction::of(locale),
            "prefix": spoken.prefix(locale),
            "domain": spoken.domain(locale),
            "chain": spoken.chain(locale),
        })
    });
    let languages: Vec<Value> = languages.collect();
    json!({
        "id": site.id,
        "name": site.name,
        "slug": site.slug,
        "domain": site.domain,
        "settings": site.settings,
        "default_locale": site.default_locale,
        "locales": spoken.shown().collect::<Vec<_>>(),
        "languages": languages,
        "time_zone": site.time_zone,
        "currency": site.currency,
    })
}

/// A type's entry in a list, and with everything that is declared.
pub fn entry(reading: &Reading<'_>, view: &View, is_detailed: bool) -> Value {
    match view.content_type.as_str() {
        "page" => page(reading, view, is_detailed),
        "room" => room(reading, view, is_detailed),
        "amenity" => {
            let mut shape = amenity(view);
            if let Some(shape) = shape.as_object_mut() {
                add_declared(reading, view, shape, &[]);
            }
            shape
        }
        _ => any(reading, view),
    }
}

fn page(reading: &Reading<'_>, view: &View, is_detailed: bool) -> Value {
    let mut shape = Map::new();
    shape.insert("id".into(), json!(view.entry_id));
    shape.insert("title".into(), text(view.get("title")));
    shape.insert("slug".into(), json!(view.slug));
    shape.insert("is_homepage".into(), flag(view.get("is_homepage")));
    if is_detailed {
        let sections = view.get("sections").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let sections = sections.iter().filter_map(Value::as_object).map(|found| section(reading, &view.locale, found));
        shape.insert("sections".into(), Value::Array(sections.collect()));
    }
    let left_out: &[&str] = if is_detailed { &["sections"] } else { &["sections", "seo"] };
    add_declared(reading, view, &mut shape, left_out);
    Value::Object(shape)
}

/// A section is flat, and has every name of the fixed shape whatever its type declares.
fn section(reading: &Reading<'_>, locale: &Locale, found: &Map<String, Value>) -> Value {
    let name = found.get("type").and_then(Value::as_str).unwrap_or_default();
    let fields = reading.declarations.section(name).map(|declared| declared.fields.as_slice()).unwrap_or_default();
    let mut shape = Map::new();
    shape.insert("id".into(), found.get("id").cloned().unwrap_or(Value::Null));
    shape.insert("type".into(), json!(name));
    for name in ["title", "subtitle", "description", "content"] {
        shape.insert(name.into(), text(found.get(name)));
    }
    let currency = text(found.get("currency"));
    shape.insert("currency".into(), if currency == "" { json!(reading.site.currency) } else { currency });
    shape.insert("image".into(), found.get("image").map_or(Value::Null, |image| picture(reading, image)));
    for name in ["images", "items", "packages"] {
        shape.insert(name.into(), Value::Array(Vec::new()));
    }
    shape.insert("cta".into(), Value::Null);
    for (name, value) in found {
        if let Some(kind) = kind_of(fields, name) {
            shape.insert(name.clone(), shaped(reading, locale, kind, value));
        }
    }
    for package in shape.get_mut("packages").and_then(Value::as_array_mut).into_iter().flatten() {
        complete(
            package,
            &[("name", json!("")), ("guests", Value::Null), ("price", Value::Null), ("features", json!([]))],
        );
    }
    for item in shape.get_mut("items").and_then(Value::as_array_mut).into_iter().flatten() {
        complete(item, &[("title", json!("")), ("description", json!("")), ("image", Value::Null)]);
    }
    if let Some(cta) = shape.get_mut("cta").filter(|cta| cta.is_object()) {
        complete(cta, &[("text", json!("")), ("url", json!(""))]);
    }
    Value::Object(shape)
}

/// Adds the names of a fixed shape that are missing.
fn complete(value: &mut Value, names: &[(&str, Value)]) {
    let Some(object) = value.as_object_mut() else { return };
    for (name, fallback) in names {
        if !object.contains_key(*name) {
            object.insert((*name).to_owned(), fallback.clone());
        }
    }
}

fn room(reading: &Reading<'_>, view: &View, is_detailed: bool) -> Value {
    let pictures: Vec<Value> = list(view.get("images")).iter().map(|image| picture(reading, image)).collect();
    let featured = view.get("featured_image").map(|image| picture(reading, image));
    let featured = featured.as_ref().or(pictures.first());
    let mut shape = Map::new();
    shape.insert("id".into(), json!(view.entry_id));
    shape.insert("name".into(), text(view.get("name")));
    shape.insert("slug".into(), json!(view.slug));
    shape.insert("short_description".into(), text(view.get("short_description")));
    shape.insert(
        "featured_image_url".into(),
        featured.and_then(|image| image.get("url")).cloned().unwrap_or(Value::Null),
    );
    shape.insert("max_guests".into(), view.get("max_guests").cloned().unwrap_or(Value::Null));
    shape.insert("bed_type".into(), text(view.get("bed_type")));
    shape.insert("is_featured".into(), flag(view.get("is_featured")));
    shape.insert("order".into(), json!(view.order));
    if !is_detailed {
        return Value::Object(shape);
    }
    shape.insert("description".into(), text(view.get("description")));
    shape.insert("images".into(), Value::Array(pictures));
    shape.insert("custom_fields".into(), view.get("custom_fields").cloned().unwrap_or_else(|| json!({})));
    shape.insert("rates".into(), Value::Array(rates(reading, view)));
    shape.insert("amenities".into(), Value::Array(referenced(reading, view.get("amenities"))));
    add_declared(reading, view, &mut shape, &[]);
    Value::Object(shape)
}

fn rates(reading: &Reading<'_>, view: &View) -> Vec<Value> {
    let rates = list(view.get("rates")).iter().enumerate();
    rates
        .map(|(index, rate)| {
            let field = |name: &str| rate.get(name).cloned().unwrap_or(Value::Null);
            let id = rate.get("id").cloned().unwrap_or_else(|| json!(format!("{}-{}", view.entry_id, index + 1)));
            let currency = rate.get("currency").cloned().unwrap_or_else(|| json!(reading.site.currency));
            let mut shape = json!({
                "id": id,
                "season_name": text(rate.get("season_name")),
                "start_date": field("start_date"),
                "end_date": field("end_date"),
                "single_rate": field("single_rate"),
                "double_rate": field("double_rate"),
                "currency": currency,
            });
            // Whatever else is declared and said of a price.
            for (name, value) in rate.as_object().into_iter().flatten() {
                if shape.get(name).is_none() {
                    shape[name] = value.clone();
                }
            }
            shape
        })
        .collect()
}

fn amenity(view: &View) -> Value {
    json!({
        "id": view.entry_id,
        "name": text(view.get("name")),
        "slug": view.slug,
        "icon": text(view.get("icon")),
        "description": text(view.get("description")),
        "order": view.order,
    })
}

/// A type without a fixed shape: its declared fields beside id and slug.
fn any(reading: &Reading<'_>, view: &View) -> Value {
    let mut shape = Map::new();
    shape.insert("id".into(), json!(view.entry_id));
    shape.insert("slug".into(), json!(view.slug));
    add_declared(reading, view, &mut shape, &[]);
    Value::Object(shape)
}

/// Adds every declared field that the shape does not have yet.
fn add_declared(reading: &Reading<'_>, view: &View, shape: &mut Map<String, Value>, left_out: &[&str]) {
    let Some(declared) = reading.declarations.content_type(&view.content_type) else { return };
    for Field { name, kind, .. } in declared.outer_fields() {
        // Almost nothing has a window: an entry without one does not mention it.
        let is_silent = name == VISIBLE && view.get(name).is_none();
        if !is_silent && !shape.contains_key(name) && !left_out.contains(&name.as_str()) {
            let value = view.get(name).map_or(Value::Null, |value| shaped(reading, &view.locale, kind, value));
            shape.insert(name.clone(), value);
        }
    }
}

/// A field's value with pictures and references in their public shapes.
fn shaped(reading: &Reading<'_>, locale: &Locale, kind: &FieldKind, value: &Value) -> Value {
    if let (Some(fields), Value::Object(object)) = (kind.parts(), value) {
        return Value::Object(shaped_fields(reading, locale, fields, object));
    }
    match (kind, value) {
        (FieldKind::Image, image) => picture(reading, image),
        (FieldKind::Reference { .. }, id) => referenced(reading, Some(id)).pop().unwrap_or(Value::Null),
        (FieldKind::List { item, .. }, Value::Array(items)) if matches!(**item, FieldKind::Reference { .. }) => {
            Value::Array(items.iter().flat_map(|id| referenced(reading, Some(id))).collect())
        }
        (FieldKind::List { item, .. }, Value::Array(items)) => {
            Value::Array(items.iter().map(|value| shaped(reading, locale, item, value)).collect())
        }
        (FieldKind::Code { dictionary }, Value::String(code)) => named(dictionary, code, locale),
        (FieldKind::Codes { dictionary, fields }, Value::Array(codes)) => {
            let shaped = codes.iter().filter_map(Value::as_object).map(|one| {
                let code = one.get("code").and_then(Value::as_str).unwrap_or_default();
                let mut shape = named(dictionary, code, locale);
                if let Some(shape) = shape.as_object_mut() {
                    shape.extend(
                        shaped_fields(reading, locale, fields, one).into_iter().filter(|(name, _)| name != "code"),
                    );
                }
                shape
            });
            Value::Array(shaped.collect())
        }
        (FieldKind::File, Value::Object(found)) => file(reading, found),
        _ => value.clone(),
    }
}

fn shaped_fields(
    reading: &Reading<'_>,
    locale: &Locale,
    fields: &[Field],
    object: &Map<String, Value>,
) -> Map<String, Value> {
    let shaped = object.iter().map(|(name, value)| {
        let kind = kind_of(fields, name);
        (name.clone(), kind.map_or_else(|| value.clone(), |kind| shaped(reading, locale, kind, value)))
    });
    shaped.collect()
}

/// A code with what the dictionary says of it. One that is no longer there stands alone.
fn named(dictionary: &str, code: &str, locale: &Locale) -> Value {
    let known = dictionaries::dictionary(dictionary);
    let Some((known, term)) = known.and_then(|known| Some((known, known.term(code)?))) else {
        return json!({"code": code, "label": code});
    };
    let group_label = known.group(&term.group).map(|group| group.label.of(locale));
    json!({
        "code": code,
        "label": term.label.of(locale),
        "group": term.group,
        "group_label": group_label,
        "icon": term.icon,
    })
}

/// A file of the library with its address and what it is called.
fn file(reading: &Reading<'_>, found: &Map<String, Value>) -> Value {
    let stored = found.get("url").and_then(Value::as_str).unwrap_or_default();
    json!({"url": absolute(reading, stored), "label": text(found.get("label"))})
}

fn absolute(reading: &Reading<'_>, url: &str) -> String {
    if url.starts_with('/') { format!("{}{url}", reading.public_url) } else { url.to_owned() }
}

/// What references lead to, in short. An entry that is not published is left out.
fn referenced(reading: &Reading<'_>, value: Option<&Value>) -> Vec<Value> {
    let found = value.map(ids).unwrap_or_default().into_iter().filter_map(|id| reading.references.get(&id));
    found
        .map(|view| match view.content_type.as_str() {
            "amenity" => amenity(view),
            "room" => room(reading, view, false),
            _ => {
                let declared = reading.declarations.content_type(&view.content_type);
                let title = declared.and_then(|declared| view.get(&declared.title_field));
                json!({"id": view.entry_id, "type": view.content_type, "slug": view.slug, "name": text(title)})
            }
        })
        .collect()
}

/// Both spellings that customers read, with the same values. An address on this installation is made absolute: the site
/// that shows the picture stands elsewhere.
fn picture(reading: &Reading<'_>, image: &Value) -> Value {
    let stored = image.get("url").and_then(Value::as_str).unwrap_or_default();
    let url = absolute(reading, stored);
    let id = image.get("id").cloned().unwrap_or_else(|| {
        let mut id = sha256_hex(stored.as_bytes());
        id.truncate(PICTURE_ID_LENGTH);
        Value::String(id)
    });
    let alt = text(image.get("alt"));
    let mut picture = json!({"id": id, "url": url, "file_url": url, "alt": alt, "alt_text": alt});
    // What the library knows beyond that.
    for name in ["width", "height", "focal"] {
        if let Some(value) = image.get(name).filter(|value| !value.is_null()) {
            picture[name] = value.clone();
        }
    }
    if let Some(card) = image.get("social_url").and_then(Value::as_str) {
        picture["social_url"] = json!(absolute(reading, card));
    }
    if let Some(Value::Array(renditions)) = image.get("renditions") {
        let mut renditions = renditions.clone();
        for one in &mut renditions {
            one["url"] = json!(absolute(reading, one["url"].as_str().unwrap_or_default()));
        }
        picture["renditions"] = Value::Array(renditions);
    }
    picture
}

fn text(value: Option<&Value>) -> Value {
    value.filter(|value| value.is_string()).cloned().unwrap_or_else(|| json!(""))
}

fn flag(value: Option<&Value>) -> Value {
    json!(value.and_then(Value::as_bool).unwrap_or(false))
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}
