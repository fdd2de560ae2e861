//! The rules, read from `assets/checks/` once.

use std::{collections::BTreeMap, sync::LazyLock};

use ground::words::Locale;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{facts::Condition, phrases::Phrases};
use crate::types::Words;

const FILES: [(&str, &str); 2] = [
    ("checks/claims.toml", include_str!("../../../assets/checks/claims.toml")),
    ("checks/rules.toml", include_str!("../../../assets/checks/rules.toml")),
];
const LANGUAGES: &str = include_str!("../../../assets/checks/languages.toml");
/// Phrases of this language are looked for in all.
const EVERY_LANGUAGE: &str = "*";

static RULES: LazyLock<(Rules, Vec<String>)> = LazyLock::new(read);

/// What becomes of what a rule finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CheckLevel)]
pub enum Level {
    /// Nothing: it is not looked for.
    Off,
    /// It is told, and may be published.
    Warn,
    /// It is told, and may not be published.
    Block,
}

impl Level {
    /// Its name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Warn => "warn",
            Self::Block => "block",
        }
    }

    /// The level of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Off, Self::Warn, Self::Block].into_iter().find(|level| level.as_str() == name)
    }
}

/// One rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    pub name: String,
    /// What becomes of what it finds where the organization says nothing else.
    pub level: Level,
    pub title: Words,
    pub help: Option<Words>,
    /// What is told: `{words}` of the text, `{fact}`, `{missing}`, `{date}`.
    pub sentence: String,
    #[serde(default)]
    phrases: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    unless: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    ignores_negation: bool,
    /// Without any, the phrases alone are wrong.
    #[serde(default)]
    pub contradicted_by: Vec<Facts>,
    pub built_in: Option<BuiltIn>,
}

/// Facts that contradict a claim: all of the conditions together.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Facts {
    /// Which type has them.
    #[serde(rename = "type")]
    pub content_type: String,
    pub all: Vec<Condition>,
    /// Whether only an entry of this type itself is meant, and not one that speaks of it.
    #[serde(default)]
    pub itself: bool,
    /// Entries of these types have facts of their own that say otherwise.
    #[serde(default)]
    pub not_on: Vec<String>,
}

/// What a list of phrases cannot say.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum BuiltIn {
    /// Every picture says what it shows.
    Pictures,
    /// No heading is empty.
    Headings,
    /// What is linked or named is published. `root` is the type whose entries stand at the root of the addresses.
    Links { root: String },
    /// Where something is so, other fields are filled in.
    Complete {
        #[serde(rename = "type")]
        content_type: String,
        when: Vec<Condition>,
        needs: Vec<Need>,
    },
    /// Of all entries of a type that visitors see, one at most says yes to a field.
    Single {
        #[serde(rename = "type")]
        content_type: String,
        field: String,
    },
    /// Nothing has ended.
    Endings { endings: Vec<EndingField> },
}

/// A field that must be filled in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Need {
    pub path: String,
    pub label: String,
}

/// Days on which something ends.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EndingField {
    #[serde(rename = "type")]
    pub content_type: String,
    pub path: String,
    /// Whether only the last of them counts: seasons end, and the next one goes on.
    #[serde(default)]
    pub all: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rules: Vec<Rule>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LanguageFile {
    negations: BTreeMap<String, Vec<String>>,
    numbers: BTreeMap<String, Vec<String>>,
}

/// All rules, with their phrases by language.
#[derive(Debug, Default)]
pub(super) struct Rules {
    pub all: Vec<Rule>,
    languages: BTreeMap<String, Phrases>,
}

/// The rules.
pub(super) fn rules() -> &'static Rules {
    &RULES.0
}

impl Rules {
    /// The rule of this name.
    pub fn named(&self, name: &str) -> Option<&Rule> {
        self.all.iter().find(|rule| rule.name == name)
    }

    /// The phrases for texts of a language; those of every language where it is not known.
    pub fn phrases(&self, locale: &Locale) -> Option<&Phrases> {
        let own = self.languages.get(locale.base().as_str());
        own.or_else(|| self.languages.get(EVERY_LANGUAGE))
    }
}

/// What is wrong with the files; a test holds them right.
#[cfg(test)]
pub(super) fn problems() -> &'static [String] {
    &RULES.1
}

fn read() -> (Rules, Vec<String>) {
    let mut rules = Rules::default();
    let mut problems = Vec::new();
    for (name, text) in FILES {
        match toml::from_str::<File>(text) {
            Ok(file) => rules.all.extend(file.rules),
            Err(error) => problems.push(format!("{name}: {error}")),
        }
    }
    let languages: LanguageFile = toml::from_str(LANGUAGES).unwrap_or_else(|error| {
        problems.push(format!("checks/languages.toml: {error}"));
        LanguageFile::default()
    });
    let every = EVERY_LANGUAGE.to_owned();
    for language in languages.negations.keys().chain([&every]) {
        let words = |map: &BTreeMap<String, Vec<String>>| map.get(language).cloned().unwrap_or_default();
        let mut phrases = Phrases::new(&words(&languages.negations), &words(&languages.numbers));
        for (place, rule) in rules.all.iter().enumerate() {
            let of = |map: &BTreeMap<String, Vec<String>>| {
                let own = if *language == every { None } else { map.get(language) };
                [own, map.get(EVERY_LANGUAGE)].into_iter().flatten().flatten().cloned().collect::<Vec<_>>()
            };
            phrases.put_manner(place, &of(&rule.unless), rule.ignores_negation);
            for written in of(&rule.phrases) {
                if let Err(problem) = phrases.put(place, &written) {
                    problems.push(format!("{} in {language}: {problem}", rule.name));
                }
            }
        }
        rules.languages.insert(language.clone(), phrases);
    }
    (rules, problems)
}
