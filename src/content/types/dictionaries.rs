//! Dictionaries: lists of what hotels can have, each with a code that means the same in every house, the codes of
//! OpenTravel and schema.org where there are some, and words in many languages. `assets/dictionaries/*.toml`.

use std::{collections::BTreeMap, sync::LazyLock};

use ground::words::Locale;
use rust_embed::RustEmbed;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Words, reading::DeclarationProblem};

/// The languages that every label has.
pub const LANGUAGES: [&str; 6] = ["en", "de", "fr", "es", "it", "ar"];

#[derive(RustEmbed)]
#[folder = "../../assets/dictionaries"]
#[include = "*.toml"]
struct Files;

static DICTIONARIES: LazyLock<(Vec<Dictionary>, Vec<DeclarationProblem>)> = LazyLock::new(read);

/// A list of things with codes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Dictionary {
    /// Its name in declarations: the name of its file.
    pub name: String,
    /// What people call it.
    pub title: Words,
    /// Where its codes come from, or what they are for.
    pub help: Option<Words>,
    /// Its parts, in order.
    pub groups: Vec<DictionaryGroup>,
    /// Its entries, in the order of the groups.
    pub terms: Vec<Term>,
}

/// A part of a dictionary.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DictionaryGroup {
    /// Its code.
    pub code: String,
    /// Its name by language.
    pub label: Labels,
}

/// One entry of a dictionary.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// As it stands in documents.
    pub code: String,
    /// The part in which it stands.
    pub group: String,
    /// The drawing that themes know for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// Whether a house has it, a room, or either; left out where that makes no sense.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<TermScope>,
    /// Codes of OpenTravel's lists, by the list: `HAC`, `RMA`, `PHY`, `PIC`. Several mean the same thing to us.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub opentravel: BTreeMap<String, Vec<u16>>,
    /// Its name in the lodging description of Google Business Profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub google: Option<String>,
    /// Its name by language.
    pub label: Labels,
}

/// What can have a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TermScope {
    /// A house.
    Property,
    /// A room.
    Room,
    /// Either.
    Both,
}

/// A name in the languages of [`LANGUAGES`], and in others where somebody has written them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(transparent)]
pub struct Labels(BTreeMap<String, String>);

impl Labels {
    /// The name in this language, in its base language, or in English.
    pub fn of(&self, locale: &Locale) -> &str {
        let base = locale.base();
        let found = [locale.as_str(), base.as_str(), "en"].into_iter().find_map(|language| self.0.get(language));
        found.map_or("", String::as_str)
    }
}

impl Dictionary {
    /// The entry with this code.
    pub fn term(&self, code: &str) -> Option<&Term> {
        self.terms.iter().find(|term| term.code == code)
    }

    /// The part with this code.
    pub fn group(&self, code: &str) -> Option<&DictionaryGroup> {
        self.groups.iter().find(|group| group.code == code)
    }
}

/// All dictionaries, in the order of their names.
pub fn all() -> &'static [Dictionary] {
    &DICTIONARIES.0
}

/// The dictionary of this name.
pub fn dictionary(name: &str) -> Option<&'static Dictionary> {
    all().iter().find(|one| one.name == name)
}

/// What is wrong with the files: they are read with the declarations, and stop the start like those.
pub(super) fn problems() -> &'static [DeclarationProblem] {
    &DICTIONARIES.1
}

fn read() -> (Vec<Dictionary>, Vec<DeclarationProblem>) {
    let mut names: Vec<_> = Files::iter().collect();
    names.sort_unstable();
    let (mut dictionaries, mut problems) = (Vec::new(), Vec::new());
    for name in names {
        let text = Files::get(&name).map(|file| String::from_utf8_lossy(&file.data).into_owned()).unwrap_or_default();
        let mut refuse = |message: String| {
            let file = format!("dictionaries/{name}");
            problems.push(DeclarationProblem { file, place: String::new(), message });
        };
        match toml::from_str::<Dictionary>(&text) {
            Ok(dictionary) => {
                check(&dictionary, &name, &mut refuse);
                dictionaries.push(dictionary);
            }
            Err(error) => refuse(error.to_string().trim().to_owned()),
        }
    }
    (dictionaries, problems)
}

/// Codes and names that stand twice, parts that are not there, languages that are missing.
fn check(dictionary: &Dictionary, file: &str, refuse: &mut impl FnMut(String)) {
    if file.strip_suffix(".toml") != Some(dictionary.name.as_str()) {
        refuse(format!("is called `{}`: the file's name is that name with .toml", dictionary.name));
    }
    let mut codes = std::collections::BTreeSet::new();
    for (code, label) in dictionary
        .groups
        .iter()
        .map(|group| (&group.code, &group.label))
        .chain(dictionary.terms.iter().map(|term| (&term.code, &term.label)))
    {
        for language in LANGUAGES.iter().filter(|language| label.0.get(**language).is_none_or(String::is_empty)) {
            refuse(format!("`{code}` has no label in `{language}`"));
        }
    }
    let mut place = 0;
    for term in &dictionary.terms {
        if !codes.insert(&term.code) {
            refuse(format!("has the code `{}` twice", term.code));
        }
        match dictionary.groups.iter().position(|group| group.code == term.group) {
            None => refuse(format!("`{}` stands in the group `{}`, which is not there", term.code, term.group)),
            Some(at) if at < place => refuse(format!("`{}` does not stand with its group", term.code)),
            Some(at) => place = at,
        }
    }
}
