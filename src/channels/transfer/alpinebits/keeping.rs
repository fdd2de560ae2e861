//! What a message says and no field of ours holds. It is what is left of the message when everything that the entries
//! themselves would write is taken out of it; it is kept with the entry as small XML, in a field that only
//! the team reads, and put back in when the entry is written.
//!
//! Both ways go by which element is the same one: `key`. A kept element that only adds something to one of ours is dropped
//! with it: a service that the team has taken away does not come back.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    Fault, codes,
    tree::{self, Element},
};

/// Marks a kept element that nothing of ours stands for.
const WHOLE: &str = "whole";
/// Names the element of ours that a kept one adds to.
const KEY: &str = "key";
/// Which of several with one key, from 1 on where it is not the first.
const NUMBER: &str = "number";

/// The element of a room category, and of each room.
const ROOM: &str = "GuestRoom";

/// Begins the names of the fields that keep what no other holds. They are the team's alone: a message names bank accounts.
const PREFIX: &str = "alpinebits_";
/// Characters of what one entry keeps, as its field has room for: the longest known message has a tenth of it.
pub(super) const MOST_KEPT: usize = 60_000;

/// What was kept or will be written in another way, for the report.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    /// Elements and attributes without a field, with how often.
    pub kept: BTreeMap<String, usize>,
    /// What leaves otherwise than it came.
    pub changed: Vec<String>,
}

/// What says that two elements of a name are the same one; nothing where their place alone says it.
fn key(element: &Element, is_in_room: bool) -> Option<String> {
    let attribute = |name: &str| element.attribute(name).unwrap_or_default().to_owned();
    let url = |format: &str| element.at(&[format, "URL"]).map(|url| url.text.clone()).unwrap_or_default();
    let first = || element.children.first();
    Some(match element.name.as_str() {
        "MultimediaDescription" => attribute("InfoCode"),
        "Description" | "Text" | "Address" if element.attribute("Language").is_some() => {
            attribute("Language").to_ascii_lowercase()
        }
        // A room has one for all languages, a house one for each.
        "TextItem" if !is_in_room => first()?.attribute("Language")?.to_ascii_lowercase(),
        "ImageItem" => url("ImageFormat"),
        "VideoItem" => url("VideoFormat"),
        "Service" => codes::fact("HAC", &attribute("Code")),
        "Feature" => codes::fact("PHY", &attribute("AccessibleCode")),
        "Amenity" => codes::fact("RMA", &attribute("RoomAmenityCode")),
        "Policy" => first()?.name.clone(),
        "TaxPolicy" => attribute("Code"),
        "GuestRoom" => {
            element.child("TypeRoom").and_then(|kind| kind.attribute("RoomID")).unwrap_or_default().to_owned()
        }
        "Phone" => format!("{} {}", attribute("PhoneTechType"), attribute("PhoneNumber")),
        "Email" => attribute("EmailType"),
        "URL" if element.attribute("ID").is_some() => attribute("ID"),
        "AcceptedPayment" => {
            let first = first()?;
            format!("{} {}", first.name, first.attribute("CardCode").unwrap_or_default())
        }
        "StayRequirement" => attribute("StayContext"),
        "ContactInfo" => attribute("Location"),
        _ => return None,
    })
}

/// Codes that say the same as ours: the one that came leaves again.
fn is_spelling(element: &str, attribute: &str) -> bool {
    [("Service", "Code"), ("Amenity", "RoomAmenityCode"), ("Feature", "AccessibleCode")].contains(&(element, attribute))
}

/// The children with which of their kind they are.
fn numbered(children: &[Element], is_in_room: bool) -> Vec<(&Element, (Option<String>, usize))> {
    let mut counts: BTreeMap<(&str, Option<String>), usize> = BTreeMap::new();
    let mut all = Vec::with_capacity(children.len());
    for child in children {
        let key = key(child, is_in_room);
        let count = counts.entry((&child.name, key.clone())).or_default();
        all.push((child, (key, *count)));
        *count += 1;
    }
    all
}

/// What of `original` is not in `ours`.
pub(super) fn rest(original: &Element, ours: &Element, told: &mut Told) -> Option<Element> {
    rest_in(original, ours, told, false)
}

fn rest_in(original: &Element, ours: &Element, told: &mut Told, is_in_room: bool) -> Option<Element> {
    let is_in_room = is_in_room || original.name == ROOM;
    let mut kept = Element::new(&original.name);
    for (name, value) in &original.attributes {
        match ours.attribute(name) {
            Some(same) if same == value => {}
            Some(_) if is_spelling(&original.name, name) => kept.attributes.push((name.clone(), value.clone())),
            Some(other) => told.changed.push(format!("{} {name}: {value:?} leaves as {other:?}", original.name)),
            None => {
                *told.kept.entry(format!("{} {name}", original.name)).or_default() += 1;
                kept.attributes.push((name.clone(), value.clone()));
            }
        }
    }
    if original.text != ours.text {
        if ours.text.is_empty() && ours.children.is_empty() {
            kept.text.clone_from(&original.text);
        } else {
            told.changed.push(format!("{} at line {}: its text leaves in another form", original.name, original.line));
        }
    }
    let ours = numbered(&ours.children, is_in_room);
    for (child, place) in numbered(&original.children, is_in_room) {
        match ours.iter().find(|(other, at)| other.name == child.name && *at == place) {
            Some((other, _)) => {
                if let Some(mut more) = rest_in(child, other, told, is_in_room) {
                    let (key, number) = place;
                    more.attributes.extend(key.map(|key| (KEY.to_owned(), key)));
                    if number > 0 {
                        more.attributes.push((NUMBER.to_owned(), number.to_string()));
                    }
                    kept.children.push(more);
                }
            }
            None => {
                *told.kept.entry(child.name.clone()).or_default() += 1;
                let mut whole = child.clone();
                forget_lines(&mut whole);
                kept.children.push(whole.with(WHOLE, ""));
            }
        }
    }
    let is_empty = kept.attributes.is_empty() && kept.children.is_empty() && kept.text.is_empty();
    (!is_empty).then_some(kept)
}

fn forget_lines(element: &mut Element) {
    element.line = 0;
    element.children.iter_mut().for_each(forget_lines);
}

/// Puts what was kept back in.
pub(super) fn put_back(ours: &mut Element, kept: &Element) {
    put_back_in(ours, kept, false);
}

fn put_back_in(ours: &mut Element, kept: &Element, is_in_room: bool) {
    let is_in_room = is_in_room || kept.name == ROOM;
    for (name, value) in kept.attributes.iter().filter(|(name, _)| ![WHOLE, KEY, NUMBER].contains(&name.as_str())) {
        match ours.attributes.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) if is_spelling(&kept.name, name) => known.clone_from(value),
            Some(_) => {}
            None => ours.attributes.push((name.clone(), value.clone())),
        }
    }
    if ours.text.is_empty() && ours.children.is_empty() {
        ours.text.clone_from(&kept.text);
    }
    for child in &kept.children {
        if child.attribute(WHOLE).is_some() {
            let mut whole = child.clone();
            whole.attributes.retain(|(name, _)| name != WHOLE);
            ours.children.push(whole);
            continue;
        }
        let key = child.attribute(KEY).map(str::to_owned);
        let number = child.attribute(NUMBER).and_then(|number| number.parse().ok()).unwrap_or(0);
        let is_keyed = key.is_some();
        let place = (key, number);
        let found =
            numbered(&ours.children, is_in_room).iter().position(|(one, at)| one.name == child.name && *at == place);
        match found.and_then(|index| ours.children.get_mut(index)) {
            Some(element) => put_back_in(element, child, is_in_room),
            None if is_keyed => {}
            None => {
                // A place alone: made anew where something whole goes in.
                let mut element = Element::new(&child.name);
                put_back_in(&mut element, child, is_in_room);
                if !element.children.is_empty() {
                    ours.children.push(element);
                }
            }
        }
    }
}

/// Writes what was kept into the entry's own field for it; `name` says from which message it is.
pub(super) fn store(document: &mut Map<String, Value>, name: &str, kept: Option<&Element>) -> Result<(), usize> {
    let field = format!("{PREFIX}{name}");
    let Some(kept) = kept else {
        document.remove(&field);
        return Ok(());
    };
    let text = kept.compact();
    let length = text.chars().count();
    if length > MOST_KEPT {
        return Err(length);
    }
    document.insert(field, Value::from(text));
    Ok(())
}

/// What an entry has kept of a message.
pub(super) fn stored(document: &Map<String, Value>, name: &str) -> Result<Option<Element>, Fault> {
    document.get(&format!("{PREFIX}{name}")).and_then(Value::as_str).map(tree::parse).transpose()
}

/// Takes what an import has kept among the custom fields, which visitors read, into the fields that it has had since.
pub(super) fn out_of_public(document: &mut Map<String, Value>) {
    let Some(fields) = document.get_mut("custom_fields").and_then(Value::as_object_mut) else { return };
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    // In the order of their names, since what was long stood in numbered pieces.
    let pieces: BTreeMap<String, Value> = fields
        .iter()
        .filter(|(name, _)| name.starts_with(PREFIX))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    fields.retain(|name, _| !name.starts_with(PREFIX));
    for (name, piece) in pieces {
        let field = name.trim_end_matches(|end: char| end.is_ascii_digit() || end == '_').to_owned();
        found.entry(field).or_default().push_str(piece.as_str().unwrap_or_default());
    }
    for (field, text) in found {
        document.entry(field).or_insert(Value::String(text));
    }
}

/// The order in which OpenTravel's schema has what stands in one element. What is named nowhere stays behind it in its own.
const ORDER: [&str; 24] = [
    "CategoryCodes",
    "Descriptions",
    "HotelInfo",
    "FacilityInfo",
    "Policies",
    "AreaInfo",
    "AffiliationInfo",
    "ContactInfos",
    "TypeRoom",
    "Amenities",
    "MultimediaDescriptions",
    "Position",
    "Services",
    "AcceptedPayments",
    "AmountPercent",
    "Deadline",
    "Addresses",
    "Phones",
    "Emails",
    "URLs",
    "CompanyName",
    "ImageFormat",
    "VideoFormat",
    "URL",
];

/// Policies in the order in which AlpineBits shows them.
const POLICIES: [&str; 6] =
    ["CancelPolicy", "CheckoutCharges", "PetsPolicies", "TaxPolicies", "GuaranteePaymentPolicy", "StayRequirements"];

/// Brings everything into the order of the schema; texts into the order of their languages, attributes into that of their names.
pub(super) fn order(element: &mut Element) {
    element.attributes.sort();
    let element_name = element.name.clone();
    let place = |child: &Element| match child.name.as_str() {
        "Policy" => {
            let kind = child.children.first().map_or("", |first| first.name.as_str());
            POLICIES.iter().position(|known| *known == kind).unwrap_or(POLICIES.len())
        }
        // Their order says something, or nothing.
        "URL" if element_name == "URLs" => 0,
        name => ORDER.iter().position(|known| *known == name).unwrap_or(ORDER.len()),
    };
    let language = |child: &Element| match child.name.as_str() {
        "Description" | "Text" | "TextItem" | "Address" => key(child, false).unwrap_or_default(),
        _ => String::new(),
    };
    element.children.sort_by_key(|child| (place(child), language(child)));
    element.children.iter_mut().for_each(order);
}

/// The form in which the same thing always stands: a text item for each language of a house and one for all of a room, and one
/// list for all fees of a kind.
pub(super) fn normal(element: &mut Element) {
    let is_room = element.name == ROOM;
    for description in descriptions(element) {
        for items in description.children.iter_mut().filter(|child| child.name == "TextItems") {
            if is_room { join(items) } else { split(items) }
        }
    }
    if element.name == "Policies" {
        gather(element);
    }
    element.children.iter_mut().for_each(normal);
}

fn descriptions(parent: &mut Element) -> Vec<&mut Element> {
    let lists = parent.children.iter_mut().filter(|child| child.name == "MultimediaDescriptions");
    lists.flat_map(|list| &mut list.children).collect()
}

fn split(items: &mut Element) {
    let whole = std::mem::take(&mut items.children);
    for item in whole {
        let (attributes, line) = (item.attributes, item.line);
        let alone = |text| Element { attributes: attributes.clone(), line, ..Element::new("TextItem") }.holding(text);
        items.children.extend(item.children.into_iter().map(alone));
    }
}

fn join(items: &mut Element) {
    let mut all = std::mem::take(&mut items.children).into_iter();
    if let Some(mut first) = all.next() {
        for other in all {
            let news = other.attributes.into_iter().filter(|(name, _)| first.attribute(name).is_none());
            let news: Vec<_> = news.collect();
            first.attributes.extend(news);
            first.children.extend(other.children);
        }
        items.children.push(first);
    }
}

fn gather(policies: &mut Element) {
    let mut all: Vec<Element> = Vec::new();
    for policy in std::mem::take(&mut policies.children) {
        let kind = policy.children.first().map(|first| first.name.clone()).unwrap_or_default();
        let is_list = ["CheckoutCharges", "PetsPolicies", "TaxPolicies"].contains(&kind.as_str());
        let known = all.iter_mut().filter(|_| is_list).filter_map(|policy| policy.children.first_mut());
        match known.into_iter().find(|list| list.name == kind) {
            Some(list) => list.children.extend(policy.children.into_iter().flat_map(|more| more.children)),
            None => all.push(policy),
        }
    }
    policies.children = all;
}
