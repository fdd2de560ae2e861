//! A document for another place: references lead to the copies, texts stand in the languages of the site that it goes to, and
//! what cannot go along is left out and named.

use std::collections::{BTreeMap, BTreeSet};

use ground::words::{EntryId, Locale, MediaId};
use serde_json::{Map, Value};

use super::LeftOut;
use crate::{
    sites::Languages,
    types::{Declarations, Document, Field, FieldKind, LANGUAGES, TypeDeclaration, VISIBLE, shown_languages},
};

/// What a document becomes.
pub(super) struct Rewritten {
    pub document: Value,
    pub left_out: Vec<LeftOut>,
    /// The languages that the place lacks and in which it had texts.
    pub locales: BTreeSet<Locale>,
}

/// What is known of the place that documents go to.
pub(super) struct Place<'a> {
    pub declarations: &'a Declarations,
    pub languages: &'a Languages,
    /// What each entry has become.
    pub copies: &'a BTreeMap<EntryId, EntryId>,
    /// Entries that are copied later: until then they are not named.
    pub to_come: &'a BTreeSet<EntryId>,
    /// Entries that are not copied stay what they are: the place is on the same site.
    pub is_same_site: bool,
    /// Files that the place may not use.
    pub foreign_files: &'a [MediaId],
    /// Entries that are named and no more there; of another site they are left out in any case.
    pub gone: &'a BTreeSet<EntryId>,
}

impl Place<'_> {
    /// The document of an entry for this place.
    pub fn rewrite(&self, declared: &TypeDeclaration, from: EntryId, document: &Document) -> Rewritten {
        let mut writer = Writer { place: self, from, left_out: Vec::new(), locales: BTreeSet::new() };
        let fields = writer.fields(&declared.fields, document.fields(), "", &[]);
        Rewritten { document: Value::Object(fields), left_out: writer.left_out, locales: writer.locales }
    }
}

struct Writer<'a> {
    place: &'a Place<'a>,
    from: EntryId,
    left_out: Vec<LeftOut>,
    locales: BTreeSet<Locale>,
}

impl Writer<'_> {
    fn fields(
        &mut self,
        fields: &[Field],
        object: &Map<String, Value>,
        pointer: &str,
        kept: &[&str],
    ) -> Map<String, Value> {
        let mut written = Map::new();
        for name in kept {
            written.extend(object.get(*name).map(|value| ((*name).to_owned(), value.clone())));
        }
        for field in fields {
            let Some(value) = object.get(&field.name) else { continue };
            let pointer = format!("{pointer}/{}", field.name);
            let value = match value {
                Value::Object(texts) if field.is_localized => Some(Value::Object(self.offered(texts))),
                value if field.is_localized => Some(value.clone()),
                value => self.value(&field.kind, value, &pointer),
            };
            written.extend(value.map(|value| (field.name.clone(), value)));
        }
        written
    }

    /// Of texts by language those that the place has.
    fn offered(&mut self, texts: &Map<String, Value>) -> Map<String, Value> {
        let held = self.place.languages.held();
        let is_offered = |name: &str| held.iter().any(|locale| locale.as_str() == name);
        let (kept, gone): (Vec<_>, Vec<_>) = texts.iter().partition(|(name, _)| is_offered(name));
        self.locales.extend(gone.iter().filter_map(|(name, _)| name.parse::<Locale>().ok()));
        kept.into_iter().map(|(name, text)| (name.clone(), text.clone())).collect()
    }

    /// The value there; nothing where it cannot go along.
    fn value(&mut self, kind: &FieldKind, value: &Value, pointer: &str) -> Option<Value> {
        if let (Some(fields), Value::Object(object)) = (kind.parts(), value) {
            // As an item of a list it has a name.
            return Some(Value::Object(self.fields(fields, object, pointer, &["id"])));
        }
        match (kind, value) {
            (FieldKind::Reference { .. }, Value::String(id)) => self.reference(id, pointer),
            (FieldKind::Image | FieldKind::File, Value::Object(file)) => self.file(file, pointer),
            (FieldKind::Codes { fields, .. }, Value::Array(codes)) => {
                let codes = codes.iter().enumerate().filter_map(|(place, code)| {
                    let code = self.fields(fields, code.as_object()?, &format!("{pointer}/{place}"), &["code"]);
                    Some(Value::Object(code))
                });
                Some(codes.collect())
            }
            (FieldKind::List { item, .. }, Value::Array(items)) => {
                let items = items.iter().enumerate();
                let kept = items.filter_map(|(place, value)| self.value(item, value, &format!("{pointer}/{place}")));
                Some(kept.collect())
            }
            (FieldKind::Sections { .. }, Value::Array(sections)) => {
                let sections = sections.iter().enumerate();
                let kept = sections.filter_map(|(place, section)| self.section(section, &format!("{pointer}/{place}")));
                Some(kept.collect())
            }
            (_, value) => Some(value.clone()),
        }
    }

    /// The section there; nothing where it is meant for languages that the place lacks: it would be shown in all others.
    fn section(&mut self, section: &Value, pointer: &str) -> Option<Value> {
        let name = section.get("type").and_then(Value::as_str).unwrap_or_default();
        let declarations = self.place.declarations;
        match (declarations.section(name), section.as_object()) {
            (Some(declared), Some(object)) => {
                let languages = shown_languages(object).map(|codes| self.languages(&codes));
                if languages.as_ref().is_some_and(Vec::is_empty) {
                    self.leave_out(pointer, "section_left_out", "The other site has none of its languages.");
                    return None;
                }
                let mut written = self.fields(&declared.fields, object, pointer, &["id", "type"]);
                let shown = written.get_mut(VISIBLE).and_then(|group| group.get_mut(LANGUAGES));
                if let (Some(shown), Some(languages)) = (shown, languages) {
                    *shown = languages.into();
                }
                Some(Value::Object(written))
            }
            _ => Some(section.clone()),
        }
    }

    /// Of the languages that a section is shown in those that the place has.
    fn languages(&mut self, codes: &[&str]) -> Vec<String> {
        let held = self.place.languages.held();
        let is_held = |code: &&&str| held.iter().any(|locale| locale.as_str() == **code);
        let (kept, gone): (Vec<&str>, Vec<&str>) = codes.iter().partition(is_held);
        self.locales.extend(gone.iter().filter_map(|code| code.parse::<Locale>().ok()));
        kept.into_iter().map(str::to_owned).collect()
    }

    fn reference(&mut self, id: &str, pointer: &str) -> Option<Value> {
        let named: EntryId = id.parse().ok()?;
        if let Some(copy) = self.place.copies.get(&named) {
            return Some(Value::String(copy.to_string()));
        }
        if self.place.gone.contains(&named) {
            self.leave_out(pointer, "reference_left_out", "What it names was deleted.");
            return None;
        }
        if self.place.is_same_site && !self.place.to_come.contains(&named) {
            return Some(Value::String(id.to_owned()));
        }
        if self.place.to_come.contains(&named) {
            return None;
        }
        self.leave_out(pointer, "reference_left_out", "The other site has no such entry, and it was not copied.");
        None
    }

    fn file(&mut self, file: &Map<String, Value>, pointer: &str) -> Option<Value> {
        let media: Option<MediaId> = file.get("media").and_then(|id| id.as_str()?.parse().ok());
        if media.is_some_and(|id| self.place.foreign_files.contains(&id)) {
            self.leave_out(pointer, "file_left_out", "The library has this file for the first site alone.");
            return None;
        }
        let mut written = Map::new();
        for (name, value) in file {
            let value = match value {
                Value::Object(texts) => Value::Object(self.offered(texts)),
                value => value.clone(),
            };
            written.insert(name.clone(), value);
        }
        Some(Value::Object(written))
    }

    fn leave_out(&mut self, pointer: &str, code: &str, detail: &str) {
        self.left_out.push(LeftOut {
            entry: self.from,
            pointer: pointer.to_owned(),
            code: code.to_owned(),
            detail: detail.to_owned(),
        });
    }
}
