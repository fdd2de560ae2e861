//! The booking engines that the program knows: a file each.

use std::{collections::BTreeMap, sync::LazyLock};

use rust_embed::RustEmbed;
use serde::Deserialize;

use super::template::Template;

#[derive(RustEmbed)]
#[folder = "../../assets/booking_engines"]
#[include = "*.toml"]
struct Files;

/// A booking engine.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Engine {
    /// Its name in settings: the file's.
    pub name: String,
    /// What its maker calls it.
    pub title: String,
    /// Its address in the language of [`super::template`].
    pub template: String,
    /// The codes that a hotel has to know.
    pub codes: Vec<String>,
    /// Codes that only some hotels have.
    #[serde(default)]
    pub further_codes: Vec<String>,
    /// Where its parameters were read, or whose links show them.
    pub evidence: String,
    /// An address that the template must give for the stay of the tests.
    pub example: Example,
}

/// What the test of an engine's file asks for, and must get.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// A hotel's codes.
    #[serde(default)]
    pub codes: BTreeMap<String, String>,
    /// The hotel's own address of the engine, where it has one.
    pub address: Option<String>,
    /// The address that follows.
    pub gives: String,
}

static ENGINES: LazyLock<BTreeMap<String, (Engine, Template)>> = LazyLock::new(|| {
    let read = |path: std::borrow::Cow<'static, str>| {
        let file = Files::get(&path)?;
        let text = String::from_utf8_lossy(&file.data).into_owned();
        // The files came with the program; a test reads each.
        let engine: Engine = toml::from_str(&text).expect("a booking engine's file reads");
        let template = Template::parse(&engine.template).expect("a booking engine's template reads");
        Some((engine.name.clone(), (engine, template)))
    };
    Files::iter().filter_map(read).collect()
});

/// All of them, by name.
pub fn engines() -> impl Iterator<Item = &'static Engine> {
    ENGINES.values().map(|(engine, _)| engine)
}

/// One of them with its template.
pub(super) fn known(name: &str) -> Option<&'static (Engine, Template)> {
    ENGINES.get(name)
}
