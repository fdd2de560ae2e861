//! The texts of a start: `{words}` stand for what setup was told. A text whose word was not told is left out, and a part that
//! says `when = "word"` or `unless = "word"` is there only then.

use std::collections::BTreeMap;

use ground::words::Locale;
use serde_json::{Map, Value};

/// The languages that the files of starts are written in; the first stands in for those that are missing.
const WRITTEN_IN: [&str; 2] = ["en", "de"];
const WHEN: &str = "when";
const UNLESS: &str = "unless";

/// Where a word came from, as a JSON Pointer of setup's request.
#[derive(Clone, Debug, Default)]
pub(super) struct Source {
    pointer: String,
    is_by_language: bool,
}

impl Source {
    pub fn new(pointer: String) -> Self {
        Self { pointer, is_by_language: false }
    }

    pub fn by_language(pointer: String) -> Self {
        Self { pointer, is_by_language: true }
    }
}

/// What the words of a text stand for.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    plain: BTreeMap<String, String>,
    localized: BTreeMap<String, BTreeMap<String, String>>,
    sources: BTreeMap<String, Source>,
    flags: Vec<&'static str>,
}

impl Words {
    /// A word that stands in conditions only.
    pub fn flag(&mut self, name: &'static str) {
        self.flags.push(name);
    }

    /// A word that is the same in all languages; an empty one was not told.
    pub fn set(&mut self, name: &str, text: &str, source: Source) {
        if !text.trim().is_empty() {
            self.plain.insert(name.to_owned(), text.trim().to_owned());
            self.sources.insert(name.to_owned(), source);
        }
    }

    /// A word with a text of its own in each language.
    pub fn set_localized(&mut self, name: &str, texts: &BTreeMap<String, String>, source: Source) {
        let told = texts.iter().filter(|(_, text)| !text.trim().is_empty());
        let told: BTreeMap<_, _> = told.map(|(locale, text)| (locale.clone(), text.trim().to_owned())).collect();
        if !told.is_empty() {
            self.localized.insert(name.to_owned(), told);
            self.sources.insert(name.to_owned(), source);
        }
    }

    /// A word that the start's file itself says, in its languages.
    pub fn set_written(&mut self, name: &str, texts: &BTreeMap<String, String>, locales: &[Locale]) {
        let in_locale = |locale: &Locale| Some((locale.to_string(), written(texts, locale)?.clone()));
        self.set_localized(name, &locales.iter().filter_map(in_locale).collect(), Source::default());
    }

    /// Whether a word was told.
    pub fn has(&self, name: &str) -> bool {
        self.flags.contains(&name) || self.plain.contains_key(name) || self.localized.contains_key(name)
    }

    fn get(&self, name: &str, locale: Option<&Locale>) -> Option<&str> {
        let own = || self.localized.get(name)?.get(locale?.as_str());
        self.plain.get(name).or_else(own).map(String::as_str)
    }

    /// The template without the parts whose condition does not hold.
    pub fn chosen(&self, template: Value) -> Value {
        match template {
            Value::Array(items) => {
                let kept = items.into_iter().filter(|item| self.holds(item));
                Value::Array(kept.map(|item| self.chosen(item)).collect())
            }
            Value::Object(fields) => {
                let kept =
                    fields.into_iter().filter(|(name, field)| name != WHEN && name != UNLESS && self.holds(field));
                Value::Object(kept.map(|(name, field)| (name, self.chosen(field))).collect())
            }
            other => other,
        }
    }

    fn holds(&self, item: &Value) -> bool {
        let told = |name: &str| item.get(name).and_then(Value::as_str).map(|word| self.has(word));
        told(WHEN).unwrap_or(true) && !told(UNLESS).unwrap_or(false)
    }

    /// The template in these languages, with its words.
    pub fn worded(&self, template: &Value, locales: &[Locale]) -> Value {
        self.in_locale(template, locales, None).unwrap_or(Value::Null)
    }

    fn in_locale(&self, template: &Value, locales: &[Locale], locale: Option<&Locale>) -> Option<Value> {
        match template {
            Value::String(text) => self.filled(text, locale).map(Value::String),
            Value::Array(items) => {
                Some(Value::Array(items.iter().filter_map(|item| self.in_locale(item, locales, locale)).collect()))
            }
            Value::Object(fields) if is_localized(fields) => {
                let own = |locale: &Locale| {
                    let text = written(fields, locale)?;
                    Some((locale.to_string(), self.in_locale(text, locales, Some(locale))?))
                };
                let texts: Map<String, Value> = locales.iter().filter_map(own).collect();
                (!texts.is_empty()).then_some(Value::Object(texts))
            }
            Value::Object(fields) => {
                let kept = fields.iter().filter_map(|(name, field)| {
                    self.in_locale(field, locales, locale).map(|value| (name.clone(), value))
                });
                Some(Value::Object(kept.collect()))
            }
            other => Some(other.clone()),
        }
    }

    fn filled(&self, text: &str, locale: Option<&Locale>) -> Option<String> {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) = after.split_once('}')?;
            filled.push_str(before);
            filled.push_str(self.get(name, locale)?);
            rest = behind;
        }
        filled.push_str(rest);
        Some(filled)
    }

    /// Where the text at a place of the document came from: the place in setup's request, where a word of it was told there.
    pub fn source(&self, template: &Value, pointer: &str) -> Option<String> {
        let mut at = template;
        let mut locale = None;
        for part in pointer.split('/').skip(1) {
            at = match at {
                Value::Array(items) => items.get(part.parse::<usize>().ok()?)?,
                Value::Object(fields) if is_localized(fields) => {
                    locale = part.parse::<Locale>().ok();
                    written(fields, locale.as_ref()?)?
                }
                Value::Object(fields) => fields.get(part)?,
                _ => return None,
            };
        }
        let names = at.as_str()?.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0));
        let source = names.filter_map(|name| self.sources.get(name)).find(|source| !source.pointer.is_empty())?;
        let language = locale.filter(|_| source.is_by_language).map(|locale| format!("/{locale}"));
        Some(format!("{}{}", source.pointer, language.unwrap_or_default()))
    }
}

fn is_localized(fields: &Map<String, Value>) -> bool {
    !fields.is_empty() && fields.keys().all(|key| WRITTEN_IN.contains(&key.as_str()))
}

/// What is written for a language: its own, that of the language without its region, or the first.
fn written<'t, T>(texts: &'t impl Texts<T>, locale: &Locale) -> Option<&'t T> {
    [locale.as_str(), locale.base().as_str(), WRITTEN_IN[0]].into_iter().find_map(|name| texts.text(name))
}

/// Texts by language, as a file or as JSON has them.
trait Texts<T> {
    fn text(&self, locale: &str) -> Option<&T>;
}

impl Texts<Value> for Map<String, Value> {
    fn text(&self, locale: &str) -> Option<&Value> {
        self.get(locale)
    }
}

impl Texts<String> for BTreeMap<String, String> {
    fn text(&self, locale: &str) -> Option<&String> {
        self.get(locale)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn locales() -> Vec<Locale> {
        ["en", "de-ch", "fr"].map(|tag| tag.parse().unwrap()).to_vec()
    }

    fn words() -> Words {
        let mut words = Words::default();
        words.flag("facts");
        words.set("name", " Hotel Alba ", Source::new("/facts/name".into()));
        words.set("phone", " ", Source::new("/facts/phone".into()));
        let sentence = BTreeMap::from([("de-ch".to_owned(), "Am See".to_owned())]);
        words.set_localized("sentence", &sentence, Source::by_language("/facts/sentence".into()));
        words
    }

    #[test]
    fn a_text_without_its_word_is_left_out_and_a_language_without_words_takes_the_first() {
        let template = json!({
            "title": {"en": "Welcome to {name}", "de": "Willkommen bei {name}"},
            "subtitle": {"en": "{sentence}", "de": "{sentence}"},
            "call": {"en": "Call {phone}", "de": "Rufen Sie {phone} an"},
            "phone": "{phone}",
            "count": 3,
        });
        let title =
            json!({"en": "Welcome to Hotel Alba", "de-ch": "Willkommen bei Hotel Alba", "fr": "Welcome to Hotel Alba"});
        let expected = json!({"title": title, "subtitle": {"de-ch": "Am See"}, "count": 3});
        assert_eq!(words().worded(&template, &locales()), expected);
    }

    #[test]
    fn parts_are_there_by_their_condition() {
        let template = json!([{"id": "a", "when": "facts"}, {"id": "b", "unless": "facts"}, {"id": "c", "when": "phone"}, {"id": "d"}]);
        assert_eq!(words().chosen(template), json!([{"id": "a"}, {"id": "d"}]));
    }

    #[test]
    fn what_is_refused_is_led_back_to_the_fact() {
        let template =
            json!({"parts": [{"subtitle": {"en": "{sentence}"}}], "name": {"en": "{name}"}, "plain": "text"});
        let source = |pointer| words().source(&template, pointer);
        assert_eq!(source("/parts/0/subtitle/de-ch").as_deref(), Some("/facts/sentence/de-ch"));
        assert_eq!(source("/name/fr").as_deref(), Some("/facts/name"));
        assert_eq!(source("/plain"), None);
        assert_eq!(source("/parts/1"), None);
    }
}
