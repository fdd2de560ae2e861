//! Languages: which one an item is in, which items say the same in several, and how their texts become one document with the
//! facts once.

use std::collections::{BTreeMap, BTreeSet};

use content::sites::Site;
use ground::words::Locale;
use serde_json::{Map, Value, json};

use super::export::{Export, Item};

/// What marks a value that each language has its own of, until the languages are brought together.
const WORDS: &str = "$words";

/// Where WPML notes of which item another is the copy in a further language.
const DUPLICATE: &str = "_icl_lang_duplicate_of";

/// A value that each language has its own of.
pub(super) fn in_words(value: Value) -> Value {
    json!({ WORDS: value })
}

/// What [`in_words`] has marked.
pub(super) fn words_of(value: &Value) -> Option<&Value> {
    value.get(WORDS)
}

/// Items that become one entry.
#[derive(Debug)]
pub(super) struct Group {
    /// The smallest id among them: the entry's lasting name.
    pub key: u64,
    /// Each language with the place of its item; the one that facts are taken from is first.
    pub members: Vec<(Locale, usize)>,
}

/// An item in a language that the site is not offered in.
#[derive(Debug)]
pub(super) struct Stranger {
    pub item: usize,
    pub language: String,
}

/// The pages and posts of an export as entries.
pub(super) fn group(
    export: &Export,
    site: &Site,
    is_taken: impl Fn(usize, &Item) -> bool,
) -> (Vec<Group>, Vec<Stranger>) {
    let own = matching(site, &export.language).unwrap_or_else(|| site.default_locale.clone());
    let by_id: BTreeMap<u64, usize> = export.items.iter().enumerate().map(|(place, item)| (item.id, place)).collect();
    let mut groups: Vec<Group> = Vec::new();
    let originals: BTreeSet<&str> =
        export.items.iter().filter_map(|item| item.meta(DUPLICATE)).map(str::trim).collect();
    let mut named: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut strangers = Vec::new();
    for (place, item) in export.items.iter().enumerate().filter(|(place, item)| is_taken(*place, item)) {
        let locale = match language_of(item) {
            None => own.clone(),
            Some(code) => match matching(site, &code) {
                Some(locale) => locale,
                None => {
                    strangers.push(Stranger { item: place, language: code });
                    continue;
                }
            },
        };
        let name = link_of(item, &by_id, &originals).map(|link| (item.kind.clone(), link));
        let known = name.as_ref().and_then(|name| named.get(name)).copied();
        // Two of one language cannot be one entry.
        let known = known.filter(|group| groups[*group].members.iter().all(|(other, _)| *other != locale));
        match known {
            Some(group) => {
                groups[group].key = groups[group].key.min(item.id);
                groups[group].members.push((locale, place));
            }
            None => {
                if let Some(name) = name {
                    named.insert(name, groups.len());
                }
                groups.push(Group { key: item.id, members: vec![(locale, place)] });
            }
        }
    }
    for group in &mut groups {
        group.members.sort_by_key(|(locale, place)| (*locale != site.default_locale, *place));
    }
    (groups, strangers)
}

/// The language that a plug-in has noted: Polylang as a term, WPML as fields.
fn language_of(item: &Item) -> Option<String> {
    let polylang = item.term("language").map(|term| term.slug.clone());
    let wpml = ["_wpml_import_language_code", "wpml_language", "_wpml_language", "_wpml_post_language"];
    polylang.or_else(|| wpml.iter().find_map(|name| item.meta(name)).map(str::to_owned))
}

/// What the items that say the same have in common.
fn link_of(item: &Item, by_id: &BTreeMap<u64, usize>, originals: &BTreeSet<&str>) -> Option<String> {
    if let Some(term) = item.term("post_translations") {
        return Some(format!("polylang {}", term.slug));
    }
    if let Some(group) = item.meta("_wpml_import_translation_group").or_else(|| item.meta("_wpml_trid")) {
        return Some(format!("wpml {group}"));
    }
    let original = item.meta(DUPLICATE).and_then(|id| id.trim().parse::<u64>().ok());
    if let Some(original) = original.filter(|id| by_id.contains_key(id)) {
        return Some(format!("duplicate {original}"));
    }
    originals.contains(item.id.to_string().as_str()).then(|| format!("duplicate {}", item.id))
}

/// The site's language for a code such as `de`, `de_DE` or `pt-br`.
pub(super) fn matching(site: &Site, code: &str) -> Option<Locale> {
    let locale: Locale = code.trim().replace('_', "-").parse().ok()?;
    let offered = |wanted: &Locale| site.locales.iter().find(|offered| *offered == wanted).cloned();
    offered(&locale).or_else(|| offered(&locale.base()))
}

/// Brings the languages' values together: words by language, everything else as the first has it.
pub(super) fn together(values: &[(&Locale, &Value)]) -> Value {
    let Some((_, first)) = values.first() else { return Value::Null };
    match first {
        Value::Object(object) if object.contains_key(WORDS) => {
            let words =
                values.iter().filter_map(|(locale, value)| Some((locale.to_string(), value.get(WORDS)?.clone())));
            Value::Object(words.collect())
        }
        Value::Object(_) => {
            let mut made = Map::new();
            for name in values.iter().filter_map(|(_, value)| value.as_object()).flat_map(Map::keys) {
                if !made.contains_key(name) {
                    let of_name: Vec<_> =
                        values.iter().filter_map(|(locale, value)| Some((*locale, value.get(name)?))).collect();
                    made.insert(name.clone(), together(&of_name));
                }
            }
            Value::Object(made)
        }
        Value::Array(_) => {
            let lists: Vec<_> =
                values.iter().filter_map(|(locale, value)| Some((*locale, value.as_array()?.as_slice()))).collect();
            Value::Array(aligned(&lists).iter().map(|row| together(row)).collect())
        }
        plain => (*plain).clone(),
    }
}

/// The items of the languages' lists, those beside each other that are of one kind.
fn aligned<'v>(lists: &[(&'v Locale, &'v [Value])]) -> Vec<Vec<(&'v Locale, &'v Value)>> {
    let Some(((locale, first), others)) = lists.split_first() else { return Vec::new() };
    let mut rows: Vec<Vec<(&Locale, &Value)>> = first.iter().map(|value| vec![(*locale, value)]).collect();
    for (locale, list) in others {
        let kinds: Vec<&Value> = rows.iter().filter_map(|row| row.first().map(|(_, value)| kind(value))).collect();
        let mut place = 0;
        let mut inserted = 0;
        for (own, partner) in list.iter().zip(partners(&kinds, list)) {
            match partner {
                Some(partner) => {
                    place = partner + inserted + 1;
                    rows[partner + inserted].push((*locale, own));
                }
                None => {
                    rows.insert(place, vec![(*locale, own)]);
                    inserted += 1;
                    place += 1;
                }
            }
        }
    }
    rows
}

fn kind(value: &Value) -> &Value {
    value.get("type").unwrap_or(&Value::Null)
}

/// For each item of the list its partner among the kinds, by their longest common sequence.
fn partners(kinds: &[&Value], list: &[Value]) -> Vec<Option<usize>> {
    let (rows, columns) = (kinds.len(), list.len());
    let mut longest = vec![vec![0_usize; columns + 1]; rows + 1];
    for row in (0..rows).rev() {
        for column in (0..columns).rev() {
            longest[row][column] = if kinds[row] == kind(&list[column]) {
                longest[row + 1][column + 1] + 1
            } else {
                longest[row + 1][column].max(longest[row][column + 1])
            };
        }
    }
    let mut found = vec![None; columns];
    let (mut row, mut column) = (0, 0);
    while row < rows && column < columns {
        if kinds[row] == kind(&list[column]) {
            found[column] = Some(row);
            row += 1;
            column += 1;
        } else if longest[row + 1][column] >= longest[row][column + 1] {
            row += 1;
        } else {
            column += 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_brought_together_by_language_and_facts_stand_once() {
        let (en, de): (Locale, Locale) = ("en".parse().unwrap(), "de".parse().unwrap());
        let english = json!({"order": 1, "title": in_words(json!("House")), "sections": [
            {"type": "rich_text", "content": in_words(json!("one"))},
            {"type": "gallery", "images": [{"url": "/a.jpg", "alt": in_words(json!("lake"))}]},
        ]});
        let german = json!({"order": 7, "title": in_words(json!("Haus")), "sections": [
            {"type": "cta", "cta": {"url": "/x", "text": in_words(json!("los"))}},
            {"type": "rich_text", "content": in_words(json!("eins"))},
            {"type": "gallery", "images": [{"url": "/a.jpg", "alt": in_words(json!("See"))}]},
        ]});
        assert_eq!(
            together(&[(&en, &english), (&de, &german)]),
            json!({"order": 1, "title": {"en": "House", "de": "Haus"}, "sections": [
                {"type": "cta", "cta": {"url": "/x", "text": {"de": "los"}}},
                {"type": "rich_text", "content": {"en": "one", "de": "eins"}},
                {"type": "gallery", "images": [{"url": "/a.jpg", "alt": {"en": "lake", "de": "See"}}]},
            ]})
        );
    }
}
