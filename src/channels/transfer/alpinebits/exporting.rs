//! From entries to a message: what is published, in the languages in which it is.

use std::collections::{BTreeMap, BTreeSet};

use content::{
    entries::{self, Entry},
    media,
    sites::{self, Site},
    types::{Catalogue, Field, FieldKind},
};
use ground::{
    db::{Conn, Db},
    words::Locale,
};
use serde::Serialize;
use serde_json::{Map, Value};
use tenants::scope::Scope;
use utoipa::ToSchema;

use super::{
    AlpinebitsExport, CANCELLATION, Message, POLICY, PROPERTY, ROOM,
    importing::{self, BASIC, INFO},
    keeping, rules,
    tree::{Element, NAMESPACE},
    writing::{self, Facts, House},
};
use crate::transfer::TransferError;

/// PIC: a picture of the house from outside, and of a room.
const EXTERIOR: &str = "1";
const GUEST_ROOM: &str = "6";

/// A message.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AlpinebitsFile)]
pub struct Exported {
    /// The file.
    pub xml: String,
    /// What is not in it, a sentence each.
    pub remarks: Vec<String>,
}

/// Writes a message of a site's houses.
pub fn export(
    db: &Db,
    catalogue: &Catalogue,
    scope: &Scope,
    wish: &AlpinebitsExport<'_>,
) -> Result<Exported, TransferError> {
    db.read_blocking(|conn| export_from(conn, catalogue, scope, wish))
}

/// [`export`] from one state of the database.
pub(super) fn export_from(
    conn: &Conn,
    catalogue: &Catalogue,
    scope: &Scope,
    wish: &AlpinebitsExport<'_>,
) -> Result<Exported, TransferError> {
    let site = sites::find_by_slug(conn, scope, wish.site)?;
    let declarations = catalogue.of(conn, scope)?;
    let fields =
        |kind: &str| declarations.content_type(kind).map(|declared| declared.fields.clone()).unwrap_or_default();
    let fields = [PROPERTY, ROOM, POLICY].into_iter().map(|kind| (kind, fields(kind))).collect();
    let base = site.domain.as_ref().map_or_else(|| wish.base.to_owned(), |domain| format!("https://{domain}"));
    let mut writer = Writer { conn, scope, site: &site, wish, base, fields, remarks: Vec::new() };
    let mut root = writer.message()?;
    keeping::order(&mut root);
    // A partner would refuse it, and so would the import.
    let faults = rules::check(&root, wish.message);
    if !faults.is_empty() {
        return Err(TransferError::NotExported { faults });
    }
    root.attributes.insert(0, ("xmlns".to_owned(), NAMESPACE.to_owned()));
    Ok(Exported { xml: root.pretty(), remarks: writer.remarks })
}

struct Writer<'a, 'c> {
    conn: &'a Conn<'c>,
    scope: &'a Scope,
    site: &'a Site,
    wish: &'a AlpinebitsExport<'a>,
    base: String,
    fields: BTreeMap<&'static str, Vec<Field>>,
    remarks: Vec<String>,
}

impl Writer<'_, '_> {
    fn message(&mut self) -> Result<Element, TransferError> {
        let houses = match self.wish.property {
            Some(slug) => vec![importing::property(self.conn, self.scope, self.site, slug)?],
            None => importing::all(self.conn, self.scope, self.site, PROPERTY)?,
        };
        let is_only = self.wish.property.is_none() && houses.len() == 1;
        let mut rooms = self.belonging(ROOM)?;
        let mut policies = self.belonging(POLICY)?;
        let mut contents = Vec::new();
        for house in &houses {
            let Some(facts) = self.shown(PROPERTY, house)? else {
                self.remarks.push(format!("The property {} is not published and was left out.", house.slug));
                continue;
            };
            let id = house.id.to_string();
            let is_own = |(_, facts): &(Entry, Facts)| match facts.get("property") {
                Some(property) => property == id.as_str(),
                None => is_only,
            };
            let (own, others) = std::mem::take(&mut rooms).into_iter().partition(is_own);
            rooms = others;
            let (texts, others): (Vec<_>, Vec<_>) = std::mem::take(&mut policies).into_iter().partition(is_own);
            policies = others;
            let texts: Vec<Value> = texts
                .into_iter()
                .filter(|(_, facts)| facts.get("kind").and_then(Value::as_str) == Some(CANCELLATION))
                .filter_map(|(_, mut facts)| facts.remove("body"))
                .collect();
            if self.wish.message == Message::Basic && own.is_empty() {
                self.remarks.push(format!("The property {} has no rooms to tell of and was left out.", house.slug));
                continue;
            }
            contents.push(self.content(house, &facts, &texts, own)?);
        }
        if self.wish.property.is_none() {
            let homeless =
                rooms.iter().map(|(entry, _)| format!("The room {} has no property and was left out.", entry.slug));
            self.remarks.extend(homeless);
        }
        contents.sort_by(|one, other| one.attribute("HotelCode").cmp(&other.attribute("HotelCode")));
        let contents = Element::new("HotelDescriptiveContents").around(contents).ok_or_else(|| {
            TransferError::HotelUnclear(format!("the site {} has no property that is published", self.site.slug))
        })?;
        Ok(match self.wish.message {
            Message::All => Element::new(rules::RESPONSE)
                .with("Version", "3.000")
                .holding(Element::new("Success"))
                .holding(contents),
            _ => Element::new(rules::REQUEST).with("Version", "8.000").holding(contents),
        })
    }

    fn belonging(&mut self, kind: &'static str) -> Result<Vec<(Entry, Facts)>, TransferError> {
        let mut all = Vec::new();
        for entry in importing::all(self.conn, self.scope, self.site, kind)? {
            if let Some(facts) = self.shown(kind, &entry)? {
                all.push((entry, facts));
            }
        }
        Ok(all)
    }

    fn content(
        &mut self,
        house: &Entry,
        facts: &Facts,
        cancellations: &[Value],
        rooms: Vec<(Entry, Facts)>,
    ) -> Result<Element, TransferError> {
        let locale = self.site.default_locale.as_str();
        let writing = House { facts, cancellations, locale, currency: self.site.currency.as_str() };
        let kept = |name| keeping::stored(facts, name).map_err(|fault| damaged(house, fault));
        let mut content = if self.wish.message == Message::Basic { writing.head() } else { writing.write() };
        // The newer of the two would not be known; both name the hotel alike.
        let (info, basic) = (kept(INFO)?, kept(BASIC)?);
        if self.wish.message != Message::Basic
            && let Some(info) = &info
        {
            keeping::put_back(&mut content, info);
        }
        for other in [&basic, &info].into_iter().flatten() {
            keeping::put_back(&mut content, &Element { children: Vec::new(), ..other.clone() });
        }
        if content.attribute("HotelCode").is_none() {
            content = content.with("HotelCode", house.slug.as_str());
        }
        in_category(&mut content, EXTERIOR);
        let mut categories = Vec::new();
        for (entry, facts) in &rooms {
            let written =
                if self.wish.message == Message::Info { info_room(entry, facts)? } else { self.room(entry, facts)? };
            categories.extend(written.map(|rooms| (code(&rooms), rooms)));
        }
        categories.sort_by(|one, other| one.0.cmp(&other.0));
        let rooms = categories.into_iter().flat_map(|(_, rooms)| rooms).collect();
        if let Some(rooms) = Element::new("GuestRooms").around(rooms) {
            match content.children.iter_mut().find(|child| child.name == "FacilityInfo") {
                Some(facility) => facility.children.insert(0, rooms),
                None => content.children.push(Element::new("FacilityInfo").holding(rooms)),
            }
        }
        Ok(content)
    }

    /// A category with its rooms.
    fn room(&self, entry: &Entry, facts: &Facts) -> Result<Option<Vec<Element>>, TransferError> {
        let is_all = self.wish.message == Message::All;
        let mut category = Element::new("GuestRooms").holding(writing::room(facts, is_all));
        let kept = |name| keeping::stored(facts, name).map_err(|fault| damaged(entry, fault));
        if let Some(kept) = kept(BASIC)? {
            keeping::put_back(&mut category, &kept);
        }
        let Some(heading) = category.children.first_mut() else { return Ok(None) };
        if let Some(info) = kept(INFO)? {
            if heading.attribute("Code").is_none() {
                heading.attributes.extend(
                    info.children
                        .first()
                        .and_then(|room| room.attribute("Code"))
                        .map(|code| ("Code".to_owned(), code.to_owned())),
                );
            }
            if is_all {
                add_descriptions(heading, &info);
            }
        }
        by_default(heading, "Code", || entry.slug.to_string());
        by_default(heading, "MinOccupancy", || "1".to_owned());
        let standard =
            heading.child("TypeRoom").and_then(|kind| kind.attribute("StandardOccupancy")).map(str::to_owned);
        let most = heading.attribute("MaxOccupancy").map(str::to_owned);
        by_default(heading, "MaxOccupancy", || standard.clone().unwrap_or_else(|| "2".to_owned()));
        if let Some(kind) = heading.children.iter_mut().find(|child| child.name == "TypeRoom") {
            by_default(kind, "StandardOccupancy", || most.unwrap_or_else(|| "2".to_owned()));
            by_default(kind, "RoomClassificationCode", || "42".to_owned());
        }
        if !is_all {
            // What came in another message and has no place in this one.
            let lists = heading.children.iter_mut().filter(|child| child.name == "MultimediaDescriptions");
            for list in lists {
                list.children.retain(|one| rules::ROOM_TEXTS.contains(&one.attribute("InfoCode").unwrap_or_default()));
            }
        }
        in_category(heading, GUEST_ROOM);
        Ok(Some(category.children))
    }

    /// The facts that are to be told of an entry; nothing where it is not published.
    fn shown(&self, kind: &'static str, entry: &Entry) -> Result<Option<Facts>, TransferError> {
        let mut facts = if self.wish.drafts {
            entry.document.fields().clone()
        } else {
            let mut revisions: BTreeMap<u32, Facts> = BTreeMap::new();
            for number in entry.published.values().collect::<BTreeSet<_>>() {
                let document = if *number == entry.revision {
                    entry.document.clone()
                } else {
                    entries::revision(self.conn, self.scope, self.site.id, entry.id, *number)?.document
                };
                revisions.insert(*number, document.into_fields());
            }
            let Some((_, newest)) = revisions.last_key_value() else { return Ok(None) };
            let sources = entry.published.iter().filter_map(|(locale, number)| Some((locale, revisions.get(number)?)));
            let sources: Vec<_> = sources.collect();
            let fields = self.fields.get(kind).map_or(&[][..], Vec::as_slice);
            told(fields, newest, &sources)
        };
        keeping::out_of_public(&mut facts);
        if let Some(picture) = facts.get_mut("featured_image") {
            self.with_address(picture)?;
        }
        if let Some(Value::Array(pictures)) = facts.get_mut("images") {
            for picture in pictures {
                self.with_address(picture)?;
            }
        }
        Ok(Some(facts))
    }

    /// A picture of the library gets its address, and any address its host.
    fn with_address(&self, picture: &mut Value) -> Result<(), TransferError> {
        let Some(picture) = picture.as_object_mut() else { return Ok(()) };
        if let Some(id) = picture.get("media").and_then(Value::as_str).and_then(|id| id.parse().ok()) {
            let item = media::find(self.conn, self.scope, id)?;
            picture.insert("url".to_owned(), Value::from(item.url));
        }
        if let Some(path) = picture.get("url").and_then(Value::as_str).filter(|url| url.starts_with('/')) {
            let whole = format!("{}{path}", self.base);
            picture.insert("url".to_owned(), Value::from(whole));
        }
        Ok(())
    }
}

fn damaged(entry: &Entry, fault: super::Fault) -> TransferError {
    let reason = format!(
        "What {} {} has kept of an import was changed and is no XML any more: {}",
        entry.content_type, entry.slug, fault.reason
    );
    TransferError::NotExported { faults: vec![super::Fault { reason, ..fault }] }
}

fn code(rooms: &[Element]) -> String {
    rooms.first().and_then(|room| room.attribute("Code")).unwrap_or_default().to_owned()
}

/// What HotelInfo says of a room, if anything.
fn info_room(entry: &Entry, facts: &Facts) -> Result<Option<Vec<Element>>, TransferError> {
    let kept = |name| keeping::stored(facts, name).map_err(|fault| damaged(entry, fault));
    let own = writing::room_in_info(facts);
    let info = kept(INFO)?;
    if own.is_none() && info.is_none() {
        return Ok(None);
    }
    let mut category = Element::new("GuestRooms").holding(own.unwrap_or_else(|| Element::new("GuestRoom")));
    if let Some(info) = info {
        keeping::put_back(&mut category, &info);
    }
    let basic = kept(BASIC)?.and_then(|basic| Some(basic.children.first()?.attribute("Code")?.to_owned()));
    if let Some(room) = category.children.first_mut() {
        by_default(room, "Code", || basic.unwrap_or_else(|| entry.slug.to_string()));
        in_category(room, GUEST_ROOM);
    }
    Ok(Some(category.children))
}

/// Descriptions that HotelInfo has brought and Inventory/Basic has not.
fn add_descriptions(heading: &mut Element, info: &Element) {
    let known: BTreeSet<String> = heading
        .every(&["MultimediaDescriptions", "MultimediaDescription"])
        .iter()
        .filter_map(|one| one.attribute("InfoCode").map(str::to_owned))
        .collect();
    let brought = info.every(&["GuestRoom", "MultimediaDescriptions", "MultimediaDescription"]);
    let news = brought.into_iter().filter(|one| one.attribute("InfoCode").is_some_and(|code| !known.contains(code)));
    let news: Vec<Element> = news
        .map(|one| {
            let mut one = one.clone();
            one.attributes.retain(|(name, _)| name == "InfoCode");
            one
        })
        .collect();
    if let Some(list) = heading.children.iter_mut().find(|child| child.name == "MultimediaDescriptions") {
        list.children.extend(news);
    }
}

fn by_default(element: &mut Element, name: &str, value: impl FnOnce() -> String) {
    if element.attribute(name).is_none() {
        element.attributes.push((name.to_owned(), value()));
    }
}

/// Says what a picture shows where nothing is known of it.
fn in_category(element: &mut Element, category: &str) {
    if element.name == "ImageItem" {
        by_default(element, "Category", || category.to_owned());
    }
    element.children.iter_mut().for_each(|child| in_category(child, category));
}

/// What visitors see: the facts of the newest revision that a language shows, and each language's texts from the one that it
/// shows itself.
fn told(fields: &[Field], newest: &Facts, sources: &[(&Locale, &Facts)]) -> Facts {
    let mut facts = Facts::new();
    for field in fields {
        let Some(value) = newest.get(&field.name) else { continue };
        let inside: Vec<(&Locale, &Value)> =
            sources.iter().filter_map(|(locale, facts)| Some((*locale, facts.get(&field.name)?))).collect();
        let value = if field.is_localized { in_languages(&inside) } else { part(&field.kind, value, &inside) };
        facts.insert(field.name.clone(), value);
    }
    facts
}

fn in_languages(sources: &[(&Locale, &Value)]) -> Value {
    let text = |(locale, texts): &(&Locale, &Value)| Some((locale.to_string(), texts.get(locale.as_str())?.clone()));
    Value::Object(sources.iter().filter_map(text).collect())
}

fn part(kind: &FieldKind, value: &Value, sources: &[(&Locale, &Value)]) -> Value {
    match (kind, value) {
        (FieldKind::List { item, .. }, Value::Array(items)) => {
            let one = |item_value: &Value| {
                // An item is the same one by its id; a picture by its address.
                let same = |other: &&Value| {
                    ["id", "media", "url"]
                        .iter()
                        .any(|name| item_value.get(name).is_some() && item_value.get(name) == other.get(name))
                };
                let inside: Vec<(&Locale, &Value)> = sources
                    .iter()
                    .filter_map(|(locale, list)| Some((*locale, list.as_array()?.iter().find(same)?)))
                    .collect();
                part(item, item_value, &inside)
            };
            Value::Array(items.iter().map(one).collect())
        }
        (FieldKind::Image, Value::Object(image)) => {
            let mut image: Map<String, Value> = image.clone();
            let alts: Vec<(&Locale, &Value)> =
                sources.iter().filter_map(|(locale, image)| Some((*locale, image.get("alt")?))).collect();
            if image.remove("alt").is_some() {
                image.insert("alt".to_owned(), in_languages(&alts));
            }
            Value::Object(image)
        }
        (kind, Value::Object(group)) => match (kind, kind.parts()) {
            (FieldKind::Group { .. } | FieldKind::Address { .. }, Some(fields)) => {
                let inside = sources.iter().filter_map(|(locale, group)| Some((*locale, group.as_object()?)));
                let mut told = told(fields, group, &inside.collect::<Vec<_>>());
                told.extend(group.get("id").map(|id| ("id".to_owned(), id.clone())));
                Value::Object(told)
            }
            _ => value.clone(),
        },
        _ => value.clone(),
    }
}
