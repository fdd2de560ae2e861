//! The mapping file: which records of a source become which sites and entries, and how each field is made.
//! Parsed into [`Mapping`] and checked against the declared types before anything is read from the source.

use std::collections::BTreeMap;

use content::types::Declarations;
use ground::words::{CurrencyCode, Locale, TimeZoneName};
use serde::Deserialize;

use super::{
    TransferError,
    expression::Expression,
    path::{Path, Template},
};

/// Bytes of a mapping file: pages of rules, not data.
const MAPPING_SIZE_LIMIT: u64 = 256 * 1024;

/// A whole mapping file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Where the list of records stands in the source, e.g. `value`; empty when the source itself is the list.
    #[serde(default)]
    pub records: Path,
    /// A record in which this is true is left out, e.g. `IsDeleted`.
    pub unless: Option<Path>,
    /// Present when every record makes a site of its own; otherwise all entries go into one given site.
    pub site: Option<SiteRule>,
    /// What each record becomes. Rules are followed in this order.
    pub entries: Vec<EntryRule>,
}

/// How a record makes a site. An existing site is found again by its domain, or by its slug when no domain is given.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteRule {
    /// The site's name.
    pub name: Template,
    /// What the slug is made from.
    pub slug: Template,
    /// The site's domain; `{$slug}` is the slug just made.
    pub domain: Option<Template>,
    /// The language that readers get who ask for none.
    pub default_locale: Locale,
    /// All languages of the site.
    pub locales: Vec<Locale>,
    /// The hotel's time zone.
    pub time_zone: TimeZoneName,
    /// The currency of prices.
    pub currency: CurrencyCode,
    /// Whether the site is published, so that the public API shows it.
    #[serde(default)]
    pub publish: bool,
}

/// How a record, or each of the records in a list inside it, makes an entry.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryRule {
    /// The declared type, e.g. `room`.
    #[serde(rename = "type")]
    pub type_name: String,
    /// A list inside the record, e.g. `Rooms`: one entry for each of its items. Without it, one entry for the record.
    pub each: Option<Expression>,
    /// What names the record in the source for good: a second run finds its entry by it.
    pub key: Template,
    /// What the slug is made from. A slug that is taken gets a number.
    pub slug: Template,
    /// Whether the entry is published in every language that it has a text for.
    #[serde(default)]
    pub publish: bool,
    /// The document's fields.
    pub fields: BTreeMap<String, Expression>,
}

impl Mapping {
    /// Reads a mapping file and checks it against the declared types. All that is wrong is told at once.
    pub fn read(file: &std::path::Path, declarations: &Declarations) -> Result<Self, TransferError> {
        let bytes = super::read_limited(file, MAPPING_SIZE_LIMIT)?;
        let text = String::from_utf8(bytes)
            .map_err(|_| TransferError::MappingInvalid { problems: vec!["The file is not UTF-8 text.".to_owned()] })?;
        let mapping = Self::parse(&text)?;
        let problems = mapping.problems(declarations);
        if problems.is_empty() { Ok(mapping) } else { Err(TransferError::MappingInvalid { problems }) }
    }

    /// The mapping that the text describes, not yet checked against the types.
    pub fn parse(text: &str) -> Result<Self, TransferError> {
        toml::from_str(text).map_err(|error| TransferError::MappingInvalid { problems: vec![error.to_string()] })
    }

    fn problems(&self, declarations: &Declarations) -> Vec<String> {
        let mut problems = Vec::new();
        if let Some(site) = &self.site
            && !site.locales.contains(&site.default_locale)
        {
            problems.push(format!("[site]: default_locale {} is not among locales.", site.default_locale));
        }
        if self.entries.is_empty() {
            problems.push("At least one [[entries]] rule is needed.".to_owned());
        }
        for rule in &self.entries {
            let Some(declared) = declarations.content_type(&rule.type_name) else {
                let known: Vec<&str> = declarations.types().iter().map(|declared| declared.name.as_str()).collect();
                problems.push(format!("type {:?} is not declared; there is {}.", rule.type_name, known.join(", ")));
                continue;
            };
            let unknown = rule.fields.keys().filter(|name| declared.field(name).is_none());
            problems.extend(unknown.map(|name| format!("type {:?} has no field {name:?}.", rule.type_name)));
        }
        problems
    }
}
