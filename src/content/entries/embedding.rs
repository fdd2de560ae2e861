//! Shared sections: a section that stands for the sections of another entry. They are put in its place when a view is
//! composed, so that whoever reads views sees an ordinary page; when the shared entry changes, the pages that show it
//! are composed anew.

use std::collections::{BTreeMap, BTreeSet};

use ground::{
    db::{Conn, DbError, Tenant, Tx},
    words::{EntryId, Locale},
};
use machinery::jobs;
use serde_json::{Map, Value};
use tenants::scope::Scope;

use super::{
    Entry, EntryError,
    publishing::{self, Edition},
    recomposing, store, validity,
};
use crate::{
    sites::Languages,
    types::{
        ALL_DEVICES, ANCHOR, BACKGROUND, DEVICES, Declarations, FROM, FieldKind, LANGUAGES, SectionDeclaration,
        TypeDeclaration, UNTIL, VISIBLE, is_common,
    },
};

/// Pages composed in the transaction of a change: more follow in a job, so that nobody waits for a menu on every page.
const PAGES_AT_ONCE: usize = 50;

/// Leaves the sections that the language shows, with those of other entries in the place of the ones that stand for them.
/// `find` answers a composed document; where it has none, nothing stands there.
pub(super) fn embed<E>(
    declarations: &Declarations,
    declared: &TypeDeclaration,
    document: &mut Map<String, Value>,
    locale: &Locale,
    mut find: impl FnMut(&TypeDeclaration, EntryId) -> Result<Option<Map<String, Value>>, E>,
) -> Result<(), E> {
    validity::keep_spoken(document, locale);
    for field in declared.fields.iter().filter(|field| matches!(field.kind, FieldKind::Sections { .. })) {
        let Some(Value::Array(sections)) = document.get_mut(&field.name) else { continue };
        if !sections.iter().any(|section| Embedding::of(declarations, section).is_some()) {
            continue;
        }
        let named = |name: &str| sections.iter().filter_map(|section| section.get(name)?.as_str()).collect::<Vec<_>>();
        let mut ids: BTreeSet<String> = [named("id"), named(ANCHOR)].concat().into_iter().map(str::to_owned).collect();
        let mut placed = Vec::with_capacity(sections.len());
        for section in std::mem::take(sections) {
            let Some(embedding) = Embedding::of(declarations, &section) else {
                placed.push(section);
                continue;
            };
            let Some(entry) = embedding.entry else { continue };
            if let Some(shared) = find(embedding.declared, entry)? {
                let shown = embedding.sections(declarations, shared, &mut ids).into_iter();
                placed.extend(shown.filter(|section| validity::is_spoken(section, locale)));
            }
        }
        *sections = placed;
    }
    Ok(())
}

/// A composed section that stands for others.
struct Embedding<'a> {
    section: &'a Map<String, Value>,
    /// The name of the field that names the entry.
    field: &'a str,
    /// The entry's type.
    declared: &'a TypeDeclaration,
    /// None where it names none yet: it stands for nothing.
    entry: Option<EntryId>,
}

impl<'a> Embedding<'a> {
    fn of(declarations: &'a Declarations, section: &'a Value) -> Option<Self> {
        let section = section.as_object()?;
        let kind = kind_of(declarations, section)?;
        let (field, declared) = (kind.embeds.as_deref()?, declarations.embedded_by(kind)?);
        let entry = section.get(field).and_then(Value::as_str).and_then(|id| id.parse().ok());
        Some(Self { section, field, declared, entry })
    }

    /// The shared entry's sections with ids of their own. What else the section says (a title) is said by the first of
    /// them, where it has such a field; they all stand on its background.
    fn sections(
        &self,
        declarations: &Declarations,
        mut shared: Map<String, Value>,
        ids: &mut BTreeSet<String>,
    ) -> Vec<Value> {
        let mut fields = self.declared.fields.iter().filter(|field| matches!(field.kind, FieldKind::Sections { .. }));
        let sections = fields.next().and_then(|field| shared.remove(&field.name));
        let Some(Value::Array(sections)) = sections else { return Vec::new() };
        let outer = self.section.get("id").and_then(Value::as_str).unwrap_or_default();
        let mut placed: Vec<Value> = Vec::with_capacity(sections.len());
        for section in sections {
            let Value::Object(mut section) = section else { continue };
            let Some(kind) = kind_of(declarations, &section).filter(|kind| kind.embeds.is_none()) else { continue };
            let Some(window) = narrowest(&[self.section, &shared, &section]) else { continue };
            let inner = section.get("id").and_then(Value::as_str).unwrap_or_default();
            section.insert("id".to_owned(), Value::String(free_id(format!("{outer}-{inner}"), ids)));
            if window.is_empty() {
                section.remove(VISIBLE);
            } else {
                section.insert(VISIBLE.to_owned(), Value::Object(window));
            }
            if section.get(ANCHOR).and_then(Value::as_str).is_some_and(|anchor| !ids.insert(anchor.to_owned())) {
                // Links to that name lead to what has it on the page already.
                section.remove(ANCHOR);
            }
            let is_first = placed.is_empty();
            let own = self.section.iter().filter(|(name, _)| self.is_said(kind, name, is_first));
            section.extend(own.map(|(name, value)| (name.clone(), value.clone())));
            placed.push(Value::Object(section));
        }
        placed
    }

    /// Whether a section of this kind, the first of those shown or one behind it, says what the field has here.
    fn is_said(&self, kind: &SectionDeclaration, name: &str, is_first: bool) -> bool {
        let Some(field) = kind.fields.iter().find(|field| field.name == name) else { return false };
        match name {
            VISIBLE => false,
            BACKGROUND => is_common(field),
            ANCHOR => is_first && is_common(field),
            _ => is_first && name != self.field,
        }
    }
}

fn kind_of<'d>(declarations: &'d Declarations, section: &Map<String, Value>) -> Option<&'d SectionDeclaration> {
    declarations.section(section.get("type")?.as_str()?)
}

/// The id, or the id with a number that no section of the page has.
fn free_id(wanted: String, ids: &mut BTreeSet<String>) -> String {
    let mut id = wanted.clone();
    let mut number = 1_u32;
    while !ids.insert(id.clone()) {
        number += 1;
        id = format!("{wanted}-{number}");
    }
    id
}

/// When and where all of them are shown, in local time; nothing where that is never or nowhere. Times of one form sort as
/// text.
fn narrowest(objects: &[&Map<String, Value>]) -> Option<Map<String, Value>> {
    let said = |name: &str| objects.iter().filter_map(|object| object.get(VISIBLE)?.get(name)).collect::<Vec<_>>();
    let texts = |name: &str| said(name).into_iter().filter_map(Value::as_str).collect::<Vec<_>>();
    let (from, until) = (texts(FROM).into_iter().max(), texts(UNTIL).into_iter().min());
    if from.zip(until).is_some_and(|(from, until)| until <= from) {
        return None;
    }
    let mut languages: Option<Vec<&Value>> = None;
    for codes in said(LANGUAGES).into_iter().filter_map(Value::as_array) {
        let both = match languages {
            Some(before) => before.into_iter().filter(|code| codes.contains(code)).collect(),
            None => codes.iter().collect(),
        };
        languages = Some(both);
    }
    let devices: BTreeSet<_> = texts(DEVICES).into_iter().filter(|devices| *devices != ALL_DEVICES).collect();
    if languages.as_ref().is_some_and(Vec::is_empty) || devices.len() > 1 {
        return None;
    }
    let narrowest = [
        (FROM, from.map(Value::from)),
        (UNTIL, until.map(Value::from)),
        (LANGUAGES, languages.map(|codes| codes.into_iter().cloned().collect())),
        (DEVICES, devices.into_iter().next().map(Value::from)),
    ];
    Some(narrowest.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect())
}

/// A composed document with its language.
type InLocale = (Locale, Map<String, Value>);

/// What visitors see of the entries that a page names, composed once for all languages of the page.
pub(super) struct Published<'a, 'c> {
    conn: &'a Conn<'c>,
    scope: &'a Scope,
    declarations: &'a Declarations,
    languages: &'a Languages,
    known: BTreeMap<EntryId, Vec<InLocale>>,
}

impl<'a, 'c> Published<'a, 'c> {
    pub(super) const fn new(
        conn: &'a Conn<'c>,
        scope: &'a Scope,
        declarations: &'a Declarations,
        languages: &'a Languages,
    ) -> Self {
        Self { conn, scope, declarations, languages, known: BTreeMap::new() }
    }

    /// Takes what an entry will show for what it shows.
    pub(super) fn expect(&mut self, id: EntryId, declared: &TypeDeclaration, editions: &[Edition]) {
        let composed = publishing::composed(self.declarations, declared, self.languages, editions);
        let documents = composed.into_iter().map(|(edition, _, document, _)| (edition.locale.clone(), document));
        self.known.insert(id, documents.collect());
    }

    /// The entry's document in this language, or in the first that stands in for it.
    pub(super) fn find(
        &mut self,
        declared: &TypeDeclaration,
        id: EntryId,
        locale: &Locale,
    ) -> Result<Option<Map<String, Value>>, DbError> {
        if !self.known.contains_key(&id) {
            let editions = store::editions(self.conn, self.scope, id)?;
            self.expect(id, declared, &editions);
        }
        let known = self.known.get(&id).map(Vec::as_slice).unwrap_or_default();
        let chain = self.languages.chain(locale);
        let best = chain.iter().find_map(|wanted| known.iter().find(|(locale, _)| locale == wanted));
        Ok(best.map(|(_, document)| document.clone()))
    }
}

/// Composes the pages anew that show an entry's sections; many of them in a job.
pub(super) fn follow(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    languages: &Languages,
    entry: &Entry,
) -> Result<(), EntryError> {
    if !declarations.is_embedded(&entry.content_type) {
        return Ok(());
    }
    let pages = store::shown_users(tx, scope, entry.id, PAGES_AT_ONCE + 1)?;
    if pages.len() > PAGES_AT_ONCE {
        return Ok(follow_later(tx, scope, entry)?);
    }
    for (site, page) in pages {
        recomposing::recompose_one(tx, scope, declarations, languages, site, page)?;
    }
    Ok(())
}

/// Lets a job compose the entries anew that visitors see and that name this one.
pub(super) fn follow_later(tx: &Tx, scope: &Scope, entry: &Entry) -> Result<(), DbError> {
    let job = recomposing::RecomposeUsers { entry: entry.id };
    jobs::enqueue(tx, Some(scope.organization_id()), &job).map(drop)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_stands_in_another_is_shown_where_both_are() {
        for (outer, inner, both) in [
            (json!({}), json!({}), Some(json!({}))),
            (
                json!({ "from": "2026-01-01T00:00" }),
                json!({ "from": "2026-02-01T00:00" }),
                Some(json!({ "from": "2026-02-01T00:00" })),
            ),
            (json!({ "until": "2026-01-01T00:00" }), json!({ "from": "2026-02-01T00:00" }), None),
            (json!({ "languages": ["en", "de"] }), json!({}), Some(json!({ "languages": ["en", "de"] }))),
            (
                json!({ "languages": ["en", "de"] }),
                json!({ "languages": ["de", "fr"] }),
                Some(json!({ "languages": ["de"] })),
            ),
            (json!({ "languages": ["en"] }), json!({ "languages": ["fr"] }), None),
            (json!({ "devices": "all" }), json!({ "devices": "phone" }), Some(json!({ "devices": "phone" }))),
            (json!({ "devices": "large" }), json!({ "devices": "phone" }), None),
        ] {
            let objects = [&outer, &inner].map(|window| Map::from_iter([(VISIBLE.to_owned(), window.clone())]));
            let found = narrowest(&objects.each_ref());
            assert_eq!(found.map(Value::Object), both, "{outer} {inner}");
        }
    }
}
