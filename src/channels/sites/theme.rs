//! A theme: templates, words, files and a declaration, all in one folder of `templates/sites`. See `templates/README.md`
//! for what templates are given.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    sync::Arc,
};

use ground::{crypto::sha256_hex, words::Locale};
use minijinja::{AutoEscape, Environment, Output, State, escape_formatter};
use rust_embed::RustEmbed;
use serde::{Deserialize, Serialize};

use super::colours::Colour;

/// The theme of every site until there is a choice.
pub(super) const DEFAULT: &str = "hotel_classic";
/// Characters of the hash that names a theme's files.
const HASH_LENGTH: usize = 12;
/// The language that words are taken from where a theme does not speak the visitor's.
const FALLBACK: &str = "en";

/// Everything below `templates/sites`.
#[derive(RustEmbed)]
#[folder = "../../templates/sites"]
pub(super) struct Themes;

/// What `theme.toml` declares.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Declared {
    pub name: String,
    pub title: BTreeMap<String, String>,
    #[serde(default)]
    pub description: BTreeMap<String, String>,
    pub images: Images,
    pub colors: Colors,
    #[serde(default)]
    pub fonts: Fonts,
    /// Days before a house or a part of it is closed from which pages say so.
    #[serde(default)]
    pub closure_notice_days: u16,
    /// Pages that templates link to, found by a section that they have: name of the value in templates -> section.
    #[serde(default)]
    pub places: BTreeMap<String, Wanted>,
    /// The page that lists the entries of a type, found alike: type -> section.
    #[serde(default)]
    pub lists: BTreeMap<String, Wanted>,
}

/// Pictures, as the theme wants them.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Images {
    pub widths: Vec<u32>,
    pub social: Size,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Size {
    pub width: u32,
    pub height: u32,
}

/// What the site's own colours are measured against, and what stands in for them.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Colors {
    pub paper: String,
    pub paper_deep: String,
    pub ink: String,
    pub primary: String,
    pub secondary: String,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fonts {
    #[serde(default)]
    pub preload: Vec<String>,
}

/// A section by its type and, where they matter, its fields.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Wanted {
    pub section: String,
    #[serde(flatten)]
    pub fields: BTreeMap<String, String>,
}

/// Why a theme cannot be used: a mistake in a file that came with the program.
#[derive(Debug, thiserror::Error)]
#[error("the theme {theme}: {reason}")]
pub struct ThemeError {
    theme: String,
    reason: String,
}

/// A theme, read.
#[derive(Clone)]
pub(super) struct Theme {
    pub declared: Declared,
    /// Names its files: another as soon as one of them is another.
    pub hash: String,
    environment: Environment<'static>,
    words: HashMap<String, Arc<BTreeMap<String, String>>>,
}

impl Theme {
    /// Reads a theme that came with the program.
    pub fn load(name: &str) -> Result<Self, ThemeError> {
        let failure = |reason: String| ThemeError { theme: name.to_owned(), reason };
        let folder = format!("{name}/");
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(
            |template| {
                if is_template(template) { AutoEscape::Html } else { AutoEscape::None }
            },
        );
        environment.set_formatter(write_value);
        let mut words = HashMap::new();
        let mut hashes = String::new();
        let mut declared = None;
        let mut paths: Vec<_> = Themes::iter().filter(|path| path.starts_with(&folder)).collect();
        paths.sort_unstable();
        for path in paths {
            let file = Themes::get(&path).ok_or_else(|| failure(format!("{path} is gone")))?;
            let text = || String::from_utf8(file.data.to_vec()).map_err(|_| failure(format!("{path} is not UTF-8")));
            let inside = &path[folder.len()..];
            if inside == "theme.toml" {
                declared = Some(toml::from_str(&text()?).map_err(|error| failure(error.to_string()))?);
            } else if let Some(language) = inside.strip_prefix("words/").and_then(|file| file.strip_suffix(".toml")) {
                let spoken = toml::from_str(&text()?).map_err(|error| failure(format!("{path}: {error}")))?;
                words.insert(language.to_owned(), Arc::new(spoken));
            } else if is_template(inside) {
                environment
                    .add_template_owned(format!("sites/{path}"), text()?)
                    .map_err(|error| failure(format!("{path}: {error:#}")))?;
            } else if inside.starts_with("files/") {
                hashes.push_str(&sha256_hex(&file.data));
            }
        }
        let declared: Declared = declared.ok_or_else(|| failure("theme.toml is missing".to_owned()))?;
        for color in [&declared.colors.paper, &declared.colors.paper_deep, &declared.colors.ink] {
            Colour::parse(color).ok_or_else(|| failure(format!("`{color}` is no colour such as #33605f")))?;
        }
        if !words.contains_key(FALLBACK) {
            return Err(failure(format!("words/{FALLBACK}.toml is missing")));
        }
        let mut hash = sha256_hex(hashes.as_bytes());
        hash.truncate(HASH_LENGTH);
        Ok(Self { declared, hash, environment, words })
    }

    /// The engine with all templates in it, for the functions of one page.
    pub fn environment(&self) -> Environment<'static> {
        self.environment.clone()
    }

    /// Whether the theme has a template of this name.
    pub fn has_template(&self, name: &str) -> bool {
        self.environment.get_template(&format!("sites/{}/{name}", self.declared.name)).is_ok()
    }

    /// The words of a language; what it lacks is English.
    pub fn words(&self, locale: &Locale) -> Words {
        let of = |name: &str| self.words.get(name).cloned();
        let own = of(locale.as_str()).or_else(|| of(locale.base().as_str()));
        Words { own, fallback: of(FALLBACK).unwrap_or_default() }
    }

    /// The site's colours as the theme's style sheet reads them.
    pub fn style(&self, primary: Option<&str>, secondary: Option<&str>) -> String {
        let colors = &self.declared.colors;
        let or = |wish: Option<&str>, fallback: &str| {
            wish.and_then(Colour::parse).or_else(|| Colour::parse(fallback)).map_or_else(String::new, Colour::hex)
        };
        let (primary, secondary) = (or(primary, &colors.primary), or(secondary, &colors.secondary));
        let all = [&colors.paper, &colors.paper_deep, &colors.ink, &primary].map(|text| Colour::parse(text));
        let [Some(paper), Some(deep), Some(ink), Some(colour)] = all else { return String::new() };
        let readable = colour.readable_on(deep, ink);
        let text_on = |text: &str| Colour::parse(text).map_or_else(String::new, |on| on.text_upon(paper, ink).hex());
        format!(
            ":root{{--primary:{primary};--secondary:{secondary};--primary-ink:{};--on-primary:{};--on-secondary:{}}}",
            readable.hex(),
            text_on(&primary),
            text_on(&secondary)
        )
    }
}

fn is_template(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|ending| ending == "html")
}

/// Writes a value into a page. The engine's own way writes each slash as five letters; it is only needed inside scripts,
/// which no theme has.
fn write_value(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &minijinja::Value,
) -> Result<(), minijinja::Error> {
    let text = value.as_str().filter(|_| matches!(state.auto_escape(), AutoEscape::Html) && !value.is_safe());
    let Some(text) = text else { return escape_formatter(out, state, value) };
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        let entity = match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&#39;",
        };
        out.write_str(&rest[..at])?;
        out.write_str(entity)?;
        rest = &rest[at + 1..];
    }
    Ok(out.write_str(rest)?)
}

/// What a theme says by itself, in one language.
#[derive(Clone)]
pub(super) struct Words {
    own: Option<Arc<BTreeMap<String, String>>>,
    fallback: Arc<BTreeMap<String, String>>,
}

impl Words {
    /// The words of this name.
    pub fn get(&self, key: &str) -> Option<&str> {
        let own = self.own.as_ref().and_then(|words| words.get(key));
        own.or_else(|| self.fallback.get(key)).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_theme_reads_and_says_everything_in_all_of_its_languages() {
        let mut names: Vec<_> = Themes::iter().filter_map(|path| path.split('/').next().map(str::to_owned)).collect();
        names.dedup();
        assert!(names.contains(&DEFAULT.to_owned()));
        for name in names {
            let theme = Theme::load(&name).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(theme.declared.name, name);
            for (language, words) in &theme.words {
                for key in theme.words[FALLBACK].keys() {
                    assert!(words.contains_key(key), "{name} has no `{key}` in {language}");
                }
            }
            for size in [theme.declared.images.social.width, theme.declared.images.social.height] {
                assert!(size > 0);
            }
            assert!(!theme.declared.images.widths.is_empty());
        }
    }

    #[test]
    fn colours_of_the_site_reach_the_style_and_nothing_else_does() {
        let theme = Theme::load(DEFAULT).unwrap();
        let style = theme.style(Some("#7a1f1f"), Some("red}body{display:none"));
        assert!(style.contains("--primary:#7a1f1f") && !style.contains("display"), "{style}");
    }
}
