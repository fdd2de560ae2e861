//! What an organization can start with: the sample group's sites, the pages of Hotel Classic, or nothing.

use content::{
    entries::{self, NewEntry},
    sites::{self, NewSite, Settings, Site},
    types::Declarations,
};
use ground::{
    db::Tx,
    words::{Locale, Slug},
};
use rust_embed::RustEmbed;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tenants::{organizations::Organization, scope::Scope};

use super::{OfferedStart, SetupError};
use crate::demo;

/// The files of starts.
#[derive(RustEmbed)]
#[folder = "../../assets/starts"]
#[include = "*.toml"]
struct Files;

const HOTEL_CLASSIC: &str = "hotel_classic.toml";
/// The languages that the files of starts are written in; the first stands in for those that are missing.
const WRITTEN_IN: [&str; 2] = ["en", "de"];
/// What stands for the organization's name.
const NAME: &str = "{name}";

/// What an organization starts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// The sites of the sample hotel group, to look around.
    Sample,
    /// One site with the pages of Hotel Classic, to fill in.
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
            "One website with five pages to fill in: home, rooms, dining, experiences, contact.",
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StartFile {
    site: StartSite,
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
    slug: Slug,
    #[serde(default = "yes")]
    publish: bool,
    document: Value,
}

const fn yes() -> bool {
    true
}

/// Makes what the organization starts with; answers the first site, if there is one.
pub(super) fn load(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    start: Start,
    organization: &Organization,
) -> Result<Option<Site>, SetupError> {
    match start {
        Start::Empty => Ok(None),
        Start::Sample => {
            let loaded = demo::load_sites(tx, scope, declarations)?;
            Ok(loaded.into_iter().next().map(|loaded| loaded.site))
        }
        Start::HotelClassic => hotel_classic(tx, scope, declarations, organization).map(Some),
    }
}

fn hotel_classic(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    organization: &Organization,
) -> Result<Site, SetupError> {
    let file =
        Files::get(HOTEL_CLASSIC).ok_or_else(|| SetupError::StartInvalid(format!("{HOTEL_CLASSIC} is missing")))?;
    let file: StartFile = toml::from_str(&String::from_utf8_lossy(&file.data))
        .map_err(|error| SetupError::StartInvalid(error.to_string()))?;
    let site =
        sites::create(tx, scope, NewSite { settings: file.site.settings, ..NewSite::named(&organization.name) })?;
    let site = sites::publish(tx, scope, site.id)?;
    let mut there = demo::Made::new();
    for entry in file.entries {
        let document = demo::with_ids(&worded(entry.document, organization), &there)
            .map_err(|name| SetupError::StartInvalid(format!("{name} does not stand before {}", entry.slug)))?;
        let name = (entry.content_type.clone(), entry.slug.to_string());
        let new = NewEntry { content_type: entry.content_type, slug: Some(entry.slug), document, source_key: None };
        let made = entries::create(tx, scope, declarations, site.id, new)?;
        there.insert(name, made.id);
        if entry.publish {
            entries::publish(tx, scope, declarations, site.id, made.id, made.revision, None)?;
        }
    }
    Ok(site)
}

/// The document in the organization's languages, with its name.
fn worded(value: Value, organization: &Organization) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace(NAME, &organization.name)),
        Value::Array(items) => items.into_iter().map(|item| worded(item, organization)).collect(),
        Value::Object(fields) => {
            let is_localized = !fields.is_empty() && fields.keys().all(|key| WRITTEN_IN.contains(&key.as_str()));
            let fields: Map<String, Value> =
                fields.into_iter().map(|(name, field)| (name, worded(field, organization))).collect();
            Value::Object(if is_localized { in_languages(&fields, &organization.locales) } else { fields })
        }
        other => other,
    }
}

fn in_languages(texts: &Map<String, Value>, locales: &[Locale]) -> Map<String, Value> {
    let text = |locale: &Locale| {
        let own = texts.get(locale.as_str()).or_else(|| texts.get(locale.base().as_str()));
        own.or_else(|| texts.get(WRITTEN_IN[0])).cloned()
    };
    locales.iter().filter_map(|locale| Some((locale.to_string(), text(locale)?))).collect()
}
