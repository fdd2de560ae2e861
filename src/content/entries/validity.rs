//! When something is shown, and in which language. A document says times in the local time of the site; a view keeps the
//! instants, resolved by the site's time zone when the view is composed, so that readers compare and never compute. A view
//! is of one language: what that does not show is not in it.

use std::collections::BTreeSet;

use ground::{
    clock::Timestamp,
    db::DbError,
    words::{Locale, TimeZoneName},
};
use serde_json::{Map, Value};

use super::EntryError;
use crate::types::{FROM, UNTIL, VISIBLE, is_shown_in};

/// From this instant until before that one; open ended where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) from: Option<Timestamp>,
    pub(super) until: Option<Timestamp>,
}

impl Window {
    /// Whether it is open at this instant.
    pub(super) fn is_open(self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }

    fn ends(self) -> impl Iterator<Item = Timestamp> {
        self.from.into_iter().chain(self.until)
    }

    /// The window that a composed object keeps.
    fn kept(object: &Map<String, Value>) -> Self {
        let end = |name: &str| object.get(VISIBLE)?.get(name)?.as_str()?.parse().ok();
        Self { from: end(FROM), until: end(UNTIL) }
    }
}

/// The windows of a composed document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Windows {
    /// The entry's own.
    pub(super) whole: Window,
    /// Every instant at which what visitors see of it changes, its sections included.
    pub(super) boundaries: BTreeSet<Timestamp>,
}

/// Turns the local times of a composed document, its own and its sections', into instants. Answers what they are.
pub(super) fn resolve(document: &mut Map<String, Value>, zone: &TimeZoneName) -> Windows {
    let mut windows = Windows { whole: resolved(document, zone), boundaries: BTreeSet::new() };
    windows.boundaries.extend(windows.whole.ends());
    for section in document.values_mut().filter_map(Value::as_array_mut).flatten() {
        if let Some(section) = section.as_object_mut().filter(|section| is_section(section)) {
            windows.boundaries.extend(resolved(section, zone).ends());
        }
    }
    windows
}

/// [`resolve`] of a document in JSON. One that has no window, as most, is not even read.
pub(super) fn resolve_text(
    document: String,
    zone: impl FnOnce(&Map<String, Value>) -> Result<TimeZoneName, EntryError>,
) -> Result<(String, Windows), EntryError> {
    if !document.contains("\"visible\":{") {
        return Ok((document, Windows::default()));
    }
    let mut read = serde_json::from_str(&document).map_err(|error| DbError::Decode(error.to_string()))?;
    let windows = resolve_in(&mut read, zone)?;
    Ok((Value::Object(read).to_string(), windows))
}

/// [`resolve`] on the clocks that are looked up where there is a window.
pub(super) fn resolve_in(
    document: &mut Map<String, Value>,
    zone: impl FnOnce(&Map<String, Value>) -> Result<TimeZoneName, EntryError>,
) -> Result<Windows, EntryError> {
    let has_window = |object: &Map<String, Value>| object.get(VISIBLE).is_some_and(Value::is_object);
    let sections = || document.values().filter_map(Value::as_array).flatten().filter_map(Value::as_object);
    if !has_window(document) && !sections().any(has_window) {
        return Ok(Windows::default());
    }
    let zone = zone(document)?;
    Ok(resolve(document, &zone))
}

/// Leaves out the sections that are not shown at this instant.
pub(super) fn keep_shown(document: &mut Map<String, Value>, at: Timestamp) {
    for items in document.values_mut().filter_map(Value::as_array_mut) {
        items.retain(|item| {
            let section = item.as_object().filter(|section| is_section(section));
            section.is_none_or(|section| Window::kept(section).is_open(at))
        });
    }
}

/// Leaves out the sections that this language does not show.
pub(super) fn keep_spoken(document: &mut Map<String, Value>, locale: &Locale) {
    for items in document.values_mut().filter_map(Value::as_array_mut) {
        items.retain(|item| is_spoken(item, locale));
    }
}

/// Whether an item stands in this language: a section may be meant for others.
pub(super) fn is_spoken(item: &Value, locale: &Locale) -> bool {
    let section = item.as_object().filter(|section| is_section(section));
    section.is_none_or(|section| is_shown_in(section, locale))
}

/// An item that has a type and says when or where it is shown is a section: items of lists have no type.
fn is_section(object: &Map<String, Value>) -> bool {
    object.get("type").is_some_and(Value::is_string) && object.get(VISIBLE).is_some_and(Value::is_object)
}

fn resolved(object: &mut Map<String, Value>, zone: &TimeZoneName) -> Window {
    let Some(group) = object.get_mut(VISIBLE).and_then(Value::as_object_mut) else { return Window::default() };
    let mut end = |name: &str| {
        let local: jiff::civil::DateTime = group.get(name)?.as_str()?.parse().ok()?;
        let instant = zone.instant(local);
        group.insert(name.to_owned(), Value::String(instant.to_string()));
        Some(instant)
    };
    Window { from: end(FROM), until: end(UNTIL) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn local_times_become_instants_and_every_one_is_a_boundary() {
        let mut document = object(json!({
            "title": "Spring",
            "visible": { "from": "2026-03-01T00:00", "until": "2026-04-01T00:00" },
            "sections": [
                { "id": "1", "type": "hero", "visible": { "until": "2026-03-29T02:30" } },
                { "id": "2", "type": "about" },
            ],
            "items": [{ "id": "1", "visible": { "from": "2020-01-01" } }],
        }));
        let windows = resolve(&mut document, &"Europe/Zurich".parse().unwrap());
        let instants: Vec<_> = windows.boundaries.iter().map(ToString::to_string).collect();
        assert_eq!(instants, ["2026-02-28T23:00:00Z", "2026-03-29T01:00:00Z", "2026-03-31T22:00:00Z"]);
        assert_eq!(document["visible"], json!({ "from": "2026-02-28T23:00:00Z", "until": "2026-03-31T22:00:00Z" }));
        assert_eq!(Window::kept(&document), windows.whole);
        for (at, whole, sections) in [
            ("2026-02-28T22:59:59Z", false, 2),
            ("2026-02-28T23:00:00Z", true, 2),
            ("2026-03-29T00:59:59Z", true, 2),
            ("2026-03-29T01:00:00Z", true, 1),
            ("2026-03-31T22:00:00Z", false, 1),
        ] {
            let at: Timestamp = at.parse().unwrap();
            let mut seen = document.clone();
            keep_shown(&mut seen, at);
            assert_eq!(windows.whole.is_open(at), whole, "{at}");
            assert_eq!(seen["sections"].as_array().unwrap().len(), sections, "{at}");
            assert_eq!(seen["items"], document["items"], "an item that is no section stays as it is");
        }
    }

    #[test]
    fn a_language_keeps_the_sections_that_are_meant_for_it() {
        let document = object(json!({
            "sections": [
                { "id": "1", "type": "hero" },
                { "id": "2", "type": "hero", "visible": { "languages": ["en"] } },
                { "id": "3", "type": "hero", "visible": { "languages": ["fr", "en-gb"], "devices": "phone" } },
                { "id": "4", "type": "hero", "visible": { "devices": "phone" } },
            ],
            "items": [{ "id": "1", "visible": { "languages": ["fr"] } }],
        }));
        for (locale, expected) in [("en", vec!["1", "2", "4"]), ("en-gb", vec!["1", "3", "4"]), ("de", vec!["1", "4"])]
        {
            let mut seen = document.clone();
            keep_spoken(&mut seen, &locale.parse().unwrap());
            let ids = seen["sections"].as_array().unwrap().iter().map(|section| section["id"].as_str().unwrap());
            assert_eq!(ids.collect::<Vec<_>>(), expected, "{locale}");
            assert_eq!(seen["items"], document["items"], "an item that is no section stays as it is");
        }
    }

    #[test]
    fn a_document_without_windows_is_left_alone() {
        let text = json!({ "title": "visible", "sections": [{ "type": "hero" }] }).to_string();
        let (kept, windows) = resolve_text(text.clone(), |_| panic!("nobody needs the zone")).unwrap();
        assert_eq!((kept, windows), (text, Windows::default()));
    }
}
