//! A site with its content as a TOML file under `assets/demo`: facts of the site, then its entries, each naming others
//! of the file as `entry:type/slug`.

use std::collections::HashMap;

use content::{
    sites::{NewSite, Settings},
    types::Declarations,
};
use ground::words::{CurrencyCode, EntryId, Locale, Slug, TimeZoneName};
use serde::Deserialize;
use serde_json::Value;

use super::DemoError;

/// What a text begins with that stands for another entry of the file.
const REFERENCE: &str = "entry:";

/// A whole file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SiteFile {
    pub site: SiteFacts,
    pub entries: Vec<SampleEntry>,
}

/// What the site itself is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SiteFacts {
    pub name: String,
    pub slug: Slug,
    pub time_zone: TimeZoneName,
    pub currency: CurrencyCode,
    pub default_locale: Locale,
    pub locales: Vec<Locale>,
    #[serde(default)]
    pub settings: Settings,
}

/// One entry with its fields.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SampleEntry {
    #[serde(rename = "type")]
    pub content_type: String,
    pub slug: Slug,
    pub document: Value,
}

/// The ids of entries that are there already, by type and slug.
pub type Made = HashMap<(String, String), EntryId>;

impl SiteFile {
    /// The site that the text describes. `file` names it where it is wrong.
    pub fn parse(file: &str, text: &str) -> Result<Self, DemoError> {
        toml::from_str(text)
            .map_err(|error| DemoError::FileInvalid { file: file.to_owned(), reason: error.to_string() })
    }

    /// Gives every entry its place among those of its type, where the type has an order and the file names none: lists
    /// and menus then stand as they are written.
    pub fn in_order(mut self, declarations: &Declarations) -> Self {
        let mut places = Places::default();
        for entry in &mut self.entries {
            places.assign(declarations, &entry.content_type, &mut entry.document);
        }
        self
    }
}

/// The places of entries among those of their type, in the order in which they are asked for.
#[derive(Clone, Debug, Default)]
pub struct Places(HashMap<String, u32>);

impl Places {
    /// Gives a document the next place of its type, where the type has an order and the document names none.
    pub fn assign(&mut self, declarations: &Declarations, content_type: &str, document: &mut Value) {
        let place = self.0.entry(content_type.to_owned()).or_default();
        *place += 1;
        let field = declarations.content_type(content_type).and_then(|declared| declared.order_from.clone());
        if let (Some(field), Some(document)) = (field, document.as_object_mut()) {
            document.entry(field).or_insert(Value::from(*place));
        }
    }
}

impl SiteFacts {
    pub fn to_new_site(&self) -> NewSite {
        NewSite {
            slug: Some(self.slug.clone()),
            default_locale: Some(self.default_locale.clone()),
            locales: Some(self.locales.clone()),
            time_zone: Some(self.time_zone.clone()),
            currency: Some(self.currency.clone()),
            settings: self.settings.clone(),
            ..NewSite::named(&self.name)
        }
    }
}

impl SampleEntry {
    /// The document with the ids of the entries that it names. Those must stand before it in the file.
    pub fn resolved(&self, made: &Made) -> Result<Value, DemoError> {
        with_ids(&self.document, made)
            .map_err(|name| DemoError::EntryUnknown { entry: format!("{}/{}", self.content_type, self.slug), name })
    }
}

/// A document with the ids of the entries that its texts name as `entry:type/slug`; the name of one that is not there.
pub fn with_ids(value: &Value, made: &Made) -> Result<Value, String> {
    match value {
        Value::String(text) => match text.strip_prefix(REFERENCE) {
            Some(name) => {
                let (content_type, slug) = name.split_once('/').unwrap_or((name, ""));
                let found = made.get(&(content_type.to_owned(), slug.to_owned()));
                found.map(|id| Value::from(id.to_string())).ok_or_else(|| name.to_owned())
            }
            None => Ok(value.clone()),
        },
        Value::Array(items) => items.iter().map(|item| with_ids(item, made)).collect(),
        Value::Object(fields) => {
            let resolved = fields.iter().map(|(name, field)| Ok((name.clone(), with_ids(field, made)?)));
            resolved.collect::<Result<_, String>>().map(Value::Object)
        }
        other => Ok(other.clone()),
    }
}
