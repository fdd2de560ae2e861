//! What an organization can start with: the sample group's sites, the pages of Hotel Classic, or nothing.

use std::collections::{BTreeMap, BTreeSet};

use content::{
    entries::{self, NewEntry},
    sites::{self, NewSite, Settings, Site},
    types::{Declarations, FieldProblem},
};
use ground::{
    db::Tx,
    words::{Locale, Slug},
};
use rust_embed::RustEmbed;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenants::{organizations::Organization, scope::Scope};

use super::{
    OfferedStart, SetupError,
    facts::WishedFacts,
    wording::{Source, Words},
};
use crate::demo;

/// The files of starts.
#[derive(RustEmbed)]
#[folder = "../../assets/starts"]
#[include = "*.toml"]
struct Files;

const HOTEL_CLASSIC: &str = "hotel_classic.toml";

/// What an organization starts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// The sites of the sample hotel group, to look around.
    Sample,
    /// One site with the pages of Hotel Classic, from the facts that are given, to fill in.
    HotelClassic,
    /// No site yet.
    Empty,
}

/// What the setup screen offers.
pub(super) fn offered() -> Vec<OfferedStart> {
    let start = |name, title, description| OfferedStart { name, title, description, is_available: true, reason: None };
    vec![
        start(
            "sample",
            "Sample hotel group",
            "Three invented hotels with rooms, prices and pages in two languages, to look around.",
        ),
        start(
            "hotel_classic",
            "Hotel Classic",
            "Your own website from five facts and a few photographs, with more pages to fill in.",
        ),
        start("empty", "Empty", "Nothing yet: import your content or begin from a blank page."),
        OfferedStart {
            name: "backup",
            title: "Restore a backup",
            description: "An installation as it was, from a file or a replica.",
            is_available: false,
            reason: Some("Backups arrive with a later version."),
        },
    ]
}

/// The file of a start.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StartFile {
    site: StartSite,
    /// What stands for words where no facts are given: what belongs in their place.
    without_facts: BTreeMap<String, BTreeMap<String, String>>,
    entries: Vec<StartEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StartSite {
    #[serde(default)]
    settings: Settings,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StartEntry {
    #[serde(rename = "type")]
    content_type: String,
    /// Made from the document where it is left out.
    slug: Option<Slug>,
    /// Once for each room that is given.
    #[serde(default)]
    for_each_room: bool,
    #[serde(default = "yes")]
    publish: bool,
    /// Published if this word is given.
    publish_when: Option<String>,
    document: Value,
}

const fn yes() -> bool {
    true
}

/// An entry of the file in the site's languages, with its words.
struct Worded {
    content_type: String,
    slug: Option<Slug>,
    publish: bool,
    document: Value,
    template: Value,
    words: Words,
}

impl StartFile {
    fn read() -> Result<Self, SetupError> {
        let file =
            Files::get(HOTEL_CLASSIC).ok_or_else(|| SetupError::StartInvalid(format!("{HOTEL_CLASSIC} is missing")))?;
        toml::from_str(&String::from_utf8_lossy(&file.data))
            .map_err(|error| SetupError::StartInvalid(error.to_string()))
    }

    /// Every entry, the rooms each as one.
    fn worded(self, facts: Option<&WishedFacts>, name: &str, currency: &str, locales: &[Locale]) -> Vec<Worded> {
        let mut words = facts.map(WishedFacts::words).unwrap_or_default();
        words.set("currency", currency, Source::default());
        if facts.is_none() {
            words.set("name", name, Source::default());
            for (word, texts) in &self.without_facts {
                words.set_written(word, texts, locales);
            }
        }
        let rooms = facts.map_or(0, |facts| facts.rooms.len());
        let mut all = Vec::new();
        for entry in self.entries {
            if !entry.for_each_room {
                all.push(entry.worded(words.clone(), locales));
                continue;
            }
            let of_room = |index| facts.map(|facts| facts.room_words(index, &words));
            all.extend((0..rooms).filter_map(of_room).map(|words| entry.worded(words, locales)));
        }
        all
    }
}

impl StartEntry {
    fn worded(&self, words: Words, locales: &[Locale]) -> Worded {
        let template = words.chosen(self.document.clone());
        Worded {
            content_type: self.content_type.clone(),
            slug: self.slug.clone(),
            publish: self.publish_when.as_deref().map_or(self.publish, |word| words.has(word)),
            document: words.worded(&template, locales),
            template,
            words,
        }
    }
}

/// What the declarations refuse of the facts, said of the facts.
pub(super) fn refusals(
    declarations: &Declarations,
    facts: &WishedFacts,
    locales: &[Locale],
    currency: &str,
) -> Vec<FieldProblem> {
    // A damaged file is told when it is loaded.
    let entries = StartFile::read().map(|file| file.worded(Some(facts), &facts.name, currency, locales));
    let mut refused = Vec::new();
    let mut told = BTreeSet::new();
    for entry in entries.unwrap_or_default() {
        let Some(declared) = declarations.content_type(&entry.content_type) else { continue };
        let Err(problems) = declarations.validate(declared, &entry.document, locales) else { continue };
        for problem in problems {
            // What no fact stands in are names of entries that are not there yet.
            let source = entry.words.source(&entry.template, &problem.pointer);
            if let Some(pointer) = source.filter(|pointer| told.insert(pointer.clone())) {
                refused.push(FieldProblem { pointer, ..problem });
            }
        }
    }
    refused
}

/// Makes what the organization starts with; answers the first site, if there is one.
pub(super) fn load(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    start: Start,
    facts: Option<&WishedFacts>,
    organization: &Organization,
) -> Result<Option<Site>, SetupError> {
    match start {
        Start::Empty => Ok(None),
        Start::Sample => {
            let loaded = demo::load_sites(tx, scope, declarations)?;
            Ok(loaded.into_iter().next().map(|loaded| loaded.site))
        }
        Start::HotelClassic => hotel_classic(tx, scope, declarations, facts, organization).map(Some),
    }
}

fn hotel_classic(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    facts: Option<&WishedFacts>,
    organization: &Organization,
) -> Result<Site, SetupError> {
    let mut file = StartFile::read()?;
    let settings = std::mem::take(&mut file.site.settings);
    let name = facts.map_or(organization.name.as_str(), |facts| facts.name.trim());
    let site = sites::create(tx, scope, NewSite { settings, ..NewSite::named(name) })?;
    let site = sites::publish(tx, scope, site.id)?;
    let mut there = demo::Made::new();
    let mut places = demo::Places::default();
    for entry in file.worded(facts, name, organization.currency.as_str(), &site.locales) {
        let mut document = demo::with_ids(&entry.document, &there)
            .map_err(|name| SetupError::StartInvalid(format!("{name} does not stand before what names it")))?;
        // Made in one instant, menus and lists would have no order.
        places.assign(declarations, &entry.content_type, &mut document);
        let content_type = entry.content_type.clone();
        let new = NewEntry { content_type: entry.content_type, slug: entry.slug, document, source_key: None };
        let made = entries::create(tx, scope, declarations, site.id, new)?;
        there.insert((content_type, made.slug.to_string()), made.id);
        if entry.publish {
            entries::publish(tx, scope, declarations, site.id, made.id, made.revision, None)?;
        }
    }
    Ok(site)
}
