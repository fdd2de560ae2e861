//! When a text is stale. A translation rests on the source text that it was made from; what it rests on is noted only where
//! it is not what stands in the source now, so that most revisions note nothing.

use std::collections::BTreeMap;

use ground::{
    db::{DbError, Tx},
    words::Locale,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenants::scope::Scope;

use super::{
    super::Entry,
    Counts,
    places::{Places, text_at, texts_at},
    store,
};
use crate::{sites::Languages, types::Document};

/// What a revision's translations rest on, by language and path, where that is not the default language's text beside it.
pub type States = BTreeMap<Locale, BTreeMap<String, Basis>>;

/// What one translation rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// The language that it was made from; the default language where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Locale>,
    /// The text that it was made from, where another stands there now: the translation is stale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Value>,
}

/// A state that is brought back.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Restored {
    pub document: Document,
    pub states: States,
}

/// Where what is saved comes from, as far as translations need it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in super::super) struct Origin {
    /// An older revision that is brought back, whole or in part.
    pub restored: Option<Restored>,
    /// A translator's work.
    pub translated: Option<Translated>,
}

/// What a translator had before their eyes.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Translated {
    /// The language that was translated into.
    pub target: Locale,
    /// The one that it was translated from.
    pub source: Locale,
    /// The document that its texts stood in.
    pub read: Document,
}

/// A document with what its translations rest on.
#[derive(Clone, Copy)]
struct Version<'a> {
    document: &'a Document,
    states: &'a States,
}

impl Version<'_> {
    fn text(&self, path: &str, locale: &Locale) -> Option<&Value> {
        text_at(self.document.fields(), path, locale)
    }

    /// The language that a text was made from, and the text there.
    fn basis(&self, path: &str, locale: &Locale, default: &Locale) -> (Locale, Option<Value>) {
        let noted = self.states.get(locale).and_then(|paths| paths.get(path));
        let source = noted.and_then(|basis| basis.source.clone()).unwrap_or_else(|| default.clone());
        let was = noted.and_then(|basis| basis.was.clone());
        let text = was.or_else(|| self.text(path, &source).cloned());
        (source, text)
    }
}

/// What the translations of a new state rest on. A text that stayed rests on what it rested on before; one that comes from
/// an older revision on what it rested on there; a translator's on what the translator has read, though another source may
/// stand there meanwhile; any other is made from what stands beside it.
fn after(
    languages: &Languages,
    places: &Places,
    before: Option<(&Document, &States)>,
    now: &Document,
    origin: &Origin,
) -> States {
    let before = before.map(|(document, states)| Version { document, states });
    let restored = origin.restored.as_ref().map(|one| Version { document: &one.document, states: &one.states });
    let default = &languages.default;
    let mut states = States::new();
    for path in places.known.iter().map(|place| &place.path) {
        for locale in &languages.offered {
            let Some(text) = text_at(now.fields(), path, locale) else { continue };
            let is_same = |version: &Version<'_>| version.text(path, locale) == Some(text);
            let rested = before.filter(is_same).or_else(|| restored.filter(is_same));
            let (source, basis) = match rested {
                Some(version) => version.basis(path, locale, default),
                None => {
                    let named = origin.translated.as_ref().filter(|one| one.target == *locale);
                    let source = named.map(|one| one.source.clone()).or_else(|| {
                        Some(before?.basis(path, locale, default).0).filter(|source| languages.offered.contains(source))
                    });
                    let source = source.unwrap_or_else(|| default.clone());
                    let read = named.map_or(now, |one| &one.read);
                    let text = text_at(read.fields(), path, &source).cloned();
                    (source, text)
                }
            };
            let was = basis.filter(|basis| source != *locale && text_at(now.fields(), path, &source) != Some(basis));
            let basis = Basis { source: (source != *default && source != *locale).then_some(source), was };
            if basis != Basis::default() {
                states.entry(locale.clone()).or_default().insert(path.clone(), basis);
            }
        }
    }
    states
}

/// Notes, for a revision that was just written, what its translations rest on, and counts them.
pub(in super::super) fn noted(
    tx: &Tx,
    scope: &Scope,
    languages: &Languages,
    places: &Places,
    before: Option<(&Document, &States)>,
    entry: &Entry,
    origin: &Origin,
) -> Result<(), DbError> {
    if places.known.is_empty() {
        return Ok(());
    }
    let states = after(languages, places, before, &entry.document, origin);
    if !states.is_empty() {
        store::put_states(tx, scope, entry.id, entry.revision, &states)?;
    }
    recount(tx, scope, languages, places, entry, &states)
}

/// Counts an entry's texts in each language of its site.
pub(in super::super) fn recount(
    tx: &Tx,
    scope: &Scope,
    languages: &Languages,
    places: &Places,
    entry: &Entry,
    states: &States,
) -> Result<(), DbError> {
    for locale in &languages.offered {
        let counts = counted(places, &entry.document, locale, states);
        store::put_counts(tx, scope, entry, locale, counts)?;
    }
    Ok(())
}

fn counted(places: &Places, document: &Document, locale: &Locale, states: &States) -> Counts {
    let mut counts = Counts::default();
    let shown: BTreeMap<&str, bool> = places
        .known
        .iter()
        .filter(|place| place.is_shown_in(locale))
        .map(|place| (place.path.as_str(), place.is_required))
        .collect();
    for (path, is_required) in &shown {
        let texts = texts_at(document.fields(), path);
        if texts.is_some_and(|texts| texts.contains_key(locale.as_str())) {
            counts.filled += 1;
        } else if *is_required {
            counts.missing += 1;
        } else if texts.is_some_and(|texts| !texts.is_empty()) {
            counts.empty += 1;
        }
    }
    let is_stale = |(path, basis): &(&String, &Basis)| basis.was.is_some() && shown.contains_key(path.as_str());
    let stale = states.get(locale).map(|paths| paths.iter().filter(is_stale).count());
    counts.stale = stale.and_then(|number| i64::try_from(number).ok()).unwrap_or_default();
    counts
}
