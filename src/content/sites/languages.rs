//! How a site speaks its languages: where each stands, which others stand in for it, who may see it. Saving, composing,
//! reading, search and websites all ask here.

use std::collections::{BTreeMap, BTreeSet};

use ground::words::{DomainName, Locale, Slug};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Site, SiteError};
use crate::types;

/// Languages that stand in for one at most: with itself and its default a chain of eight, which one statement reads.
pub const MOST_FALLBACKS: usize = 7;
/// Longest prefix: the longest tag of a language that we know.
const LONGEST_PREFIX: usize = 20;
/// First parts of paths that every host serves beside the site: the APIs, files, probes.
pub const SERVED_BESIDE: [&str; 7] = ["api", "media", "_theme", "livez", "readyz", "healthz", "metrics"];
/// First parts of paths under which the site has pages of its own.
pub const OWN_PAGES: [&str; 2] = [SEARCH, "book"];
/// Where a site has its search; a page of the hotel's own comes before it.
pub const SEARCH: &str = "search";
/// Languages written from right to left (Unicode CLDR 46, `characterOrder`), by their tag without a region.
const RIGHT_TO_LEFT: [&str; 16] =
    ["ar", "arc", "azb", "ckb", "dv", "fa", "he", "ks", "lrc", "mzn", "nqo", "ps", "sd", "ug", "ur", "yi"];
/// Scripts written from right to left (Unicode, ISO 15924), where a tag names its script.
const RIGHT_TO_LEFT_SCRIPTS: [&str; 6] = ["arab", "hebr", "nkoo", "syrc", "thaa", "rohg"];

/// How a site speaks one language. What is left out is as by default.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LanguageSettings {
    /// The first part of its addresses; its tag where it is left out. The default language has none unless it is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub prefix: Option<Slug>,
    /// A host of its own, under which it has no prefix; unique on the whole platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub domain: Option<DomainName>,
    /// The languages that stand in where it has no text, best first; an empty list for none. Left out, its language
    /// without the region and then the default language.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub fallback: Option<Vec<Locale>>,
    /// Whether visitors are offered it. The team translates it before they are.
    #[serde(rename = "offered")]
    pub is_offered: bool,
}

impl Default for LanguageSettings {
    fn default() -> Self {
        Self { prefix: None, domain: None, fallback: None, is_offered: true }
    }
}

/// The settings of a site's languages; one that is not named has those of the default.
pub type LanguageMap = BTreeMap<Locale, LanguageSettings>;

/// In which languages a site speaks: what every change of its content needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Languages {
    /// The language that stands in where another is missing.
    pub default: Locale,
    /// All of them, also those that visitors are not offered yet.
    pub offered: Vec<Locale>,
    /// Those that differ from the default.
    pub settings: LanguageMap,
    /// Those that the site was offered in once.
    pub former: Vec<Locale>,
}

impl Languages {
    /// The languages of which an entry may have texts: nothing is lost where one is offered no more.
    pub fn held(&self) -> Vec<Locale> {
        self.offered.iter().chain(&self.former).cloned().collect()
    }

    /// A language with those that stand in for it, best first. None of them leads further: a list says all of it, so that
    /// there is no circle. One that visitors are not offered stands in for none.
    pub fn chain(&self, locale: &Locale) -> Vec<Locale> {
        let own = self.settings.get(locale).and_then(|settings| settings.fallback.clone());
        let others = own.unwrap_or_else(|| vec![locale.base(), self.default.clone()]);
        let mut chain = vec![locale.clone()];
        for other in others {
            if self.is_offered(&other) && !chain.contains(&other) {
                chain.push(other);
            }
        }
        chain
    }

    /// The languages to look for where a visitor wishes for this one: of the language itself, if it is offered, else of
    /// the language without its region, else of the default.
    pub fn chain_for_visitors(&self, wanted: Option<&Locale>) -> Vec<Locale> {
        let wishes = wanted.into_iter().flat_map(|locale| [locale.clone(), locale.base()]);
        let found = wishes.into_iter().find(|locale| self.is_offered(locale));
        self.chain(&found.unwrap_or_else(|| self.default.clone()))
    }

    /// The languages to look for where a visitor says which may stand in for the one wished for: that one, if it is offered,
    /// and behind it these, as far as they are. Without a wish it is the default that they stand in for.
    pub fn chain_of_choice(&self, wanted: Option<&Locale>, stand_ins: &[Locale]) -> Vec<Locale> {
        let mut chain = Vec::with_capacity(stand_ins.len() + 1);
        for locale in std::iter::once(wanted.unwrap_or(&self.default)).chain(stand_ins) {
            if self.is_offered(locale) && !chain.contains(locale) {
                chain.push(locale.clone());
            }
        }
        chain
    }

    /// The same languages for a reader who has chosen which of them are shown, best first: behind each of these stand those that
    /// follow it, and no other.
    #[must_use]
    pub fn in_choice(mut self, chain: &[Locale]) -> Self {
        for (place, locale) in chain.iter().enumerate() {
            self.settings.entry(locale.clone()).or_default().fallback = Some(chain[place + 1..].to_vec());
        }
        self
    }

    /// The languages that visitors are offered, in the site's order.
    pub fn shown(&self) -> impl Iterator<Item = &Locale> {
        self.offered.iter().filter(|locale| self.is_offered(locale))
    }

    /// Whether visitors are offered this language.
    pub fn is_offered(&self, locale: &Locale) -> bool {
        self.offered.contains(locale) && self.settings.get(locale).is_none_or(|settings| settings.is_offered)
    }

    /// What stands before the paths of a language; nothing for a default without a prefix, and on a domain of its own.
    pub fn prefix(&self, locale: &Locale) -> Option<&str> {
        let settings = self.settings.get(locale);
        if settings.is_some_and(|settings| settings.domain.is_some()) {
            return None;
        }
        match settings.and_then(|settings| settings.prefix.as_ref()) {
            Some(prefix) => Some(prefix.as_str()),
            None if *locale == self.default => None,
            None => self.offered.iter().find(|one| *one == locale).map(Locale::as_str),
        }
    }

    /// What stands before the paths of its languages.
    pub fn prefixes(&self) -> impl Iterator<Item = &str> {
        self.offered.iter().filter_map(|locale| self.prefix(locale))
    }

    /// The host that is this language's alone.
    pub fn domain(&self, locale: &Locale) -> Option<&DomainName> {
        self.settings.get(locale)?.domain.as_ref()
    }

    /// The domains of single languages.
    pub fn domains(&self) -> impl Iterator<Item = (&Locale, &DomainName)> {
        self.settings.iter().filter_map(|(locale, settings)| Some((locale, settings.domain.as_ref()?)))
    }
}

impl Site {
    /// [`Languages::held`].
    pub fn held_locales(&self) -> Vec<Locale> {
        self.speaks().held()
    }

    /// In which languages it speaks.
    pub fn speaks(&self) -> Languages {
        Languages {
            default: self.default_locale.clone(),
            offered: self.locales.clone(),
            settings: self.languages.clone(),
            former: self.former_locales.clone(),
        }
    }
}

/// Which way a language is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From left to right.
    Ltr,
    /// From right to left.
    Rtl,
}

impl Direction {
    /// The language's direction: that of the script that its tag names, else the one that it is mostly written in.
    pub fn of(locale: &Locale) -> Self {
        let script = locale.as_str().split('-').skip(1).find(|part| part.len() == 4);
        let is_right_to_left = match script {
            Some(script) => RIGHT_TO_LEFT_SCRIPTS.contains(&script),
            None => RIGHT_TO_LEFT.contains(&locale.base().as_str()),
        };
        if is_right_to_left { Self::Rtl } else { Self::Ltr }
    }

    /// As HTML's `dir` has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ltr => "ltr",
            Self::Rtl => "rtl",
        }
    }
}

/// Takes out what says nothing: settings of languages that went, and stand-ins that went. For a change that did not speak
/// of them.
pub(super) fn without_gone(settings: &mut LanguageMap, locales: &[Locale]) {
    settings.retain(|locale, _| locales.contains(locale));
    for own in settings.values_mut() {
        if let Some(fallback) = &mut own.fallback {
            fallback.retain(|locale| locales.contains(locale));
        }
    }
}

/// Whether the first part of a path is the site's own: no language and no type takes it.
pub fn is_own_address(first: &str) -> bool {
    SERVED_BESIDE.contains(&first) || OWN_PAGES.contains(&first)
}

/// Whether the first part of a path is the site's own, or stands before the pages of a built-in type: no language takes it.
pub fn is_programs_address(first: &str) -> bool {
    is_own_address(first) || types::paths().contains(first)
}

/// Adds these languages to those that the site had once, as far as it has them no more.
pub(super) fn remember(site: &mut Site, locales: &[Locale]) {
    let known = site.former_locales.drain(..).chain(locales.iter().cloned()).collect::<Vec<_>>();
    for locale in known {
        if !site.locales.contains(&locale) && !site.former_locales.contains(&locale) {
            site.former_locales.push(locale);
        }
    }
}

/// Whether the settings go together.
pub(super) fn check(site: &Site) -> Result<(), SiteError> {
    let languages = site.speaks();
    let mut prefixes = BTreeSet::new();
    let mut domains = BTreeSet::new();
    for (locale, settings) in &site.languages {
        let refuse = |name: &str, detail: String| {
            let pointer = format!("/languages/{locale}{}{name}", if name.is_empty() { "" } else { "/" });
            Err(SiteError::LanguageInvalid { pointer, detail })
        };
        if !site.locales.contains(locale) {
            return refuse("", "The site has no such language: name it in `locales` first.".to_owned());
        }
        if *locale == site.default_locale && !settings.is_offered {
            return refuse("offered", "The default language stands in for others: it is always offered.".to_owned());
        }
        if let Some(prefix) = &settings.prefix
            && (prefix.as_str().len() > LONGEST_PREFIX || is_programs_address(prefix.as_str()))
        {
            return refuse(
                "prefix",
                format!("A prefix has 1 to {LONGEST_PREFIX} characters, and is no address of ours."),
            );
        }
        if let Some(fallback) = &settings.fallback {
            let mut seen = BTreeSet::from([locale]);
            if fallback.len() > MOST_FALLBACKS
                || !fallback.iter().all(|one| site.locales.contains(one) && seen.insert(one))
            {
                return refuse(
                    "fallback",
                    format!(
                        "Name up to {MOST_FALLBACKS} other languages of the site, each once; an empty list for none."
                    ),
                );
            }
        }
        if let Some(domain) = &settings.domain
            && (!domains.insert(domain) || site.domain.as_ref() == Some(domain))
        {
            let detail = "Another language of the site stands under this domain, or all that have none of their own.";
            return refuse("domain", detail.to_owned());
        }
    }
    for locale in &site.locales {
        // Also of a language with a domain of its own: its old addresses lead there.
        let prefix = site
            .languages
            .get(locale)
            .and_then(|own| own.prefix.as_ref())
            .map_or_else(|| (*locale != languages.default).then(|| locale.as_str()), |prefix| Some(prefix.as_str()));
        if prefix.is_some_and(|prefix| !prefixes.insert(prefix)) {
            return Err(SiteError::LanguageInvalid {
                pointer: format!("/languages/{locale}/prefix"),
                detail: "Another language of the site has this prefix.".to_owned(),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locale(text: &str) -> Locale {
        text.parse().unwrap()
    }

    fn speaking(settings: &[(&str, LanguageSettings)]) -> Languages {
        Languages {
            default: locale("en"),
            offered: ["en", "de", "de-ch", "fr", "ar"].map(locale).to_vec(),
            settings: settings.iter().map(|(name, own)| (locale(name), own.clone())).collect(),
            former: Vec::new(),
        }
    }

    fn falling_back(names: &[&str]) -> LanguageSettings {
        LanguageSettings {
            fallback: Some(names.iter().map(|name| locale(name)).collect()),
            ..LanguageSettings::default()
        }
    }

    #[test]
    fn a_chain_is_what_the_site_says_or_region_language_and_default() {
        let hidden = LanguageSettings { is_offered: false, ..LanguageSettings::default() };
        let languages = speaking(&[
            ("fr", falling_back(&["de-ch", "de"])),
            ("ar", falling_back(&[])),
            ("de", LanguageSettings { is_offered: false, ..falling_back(&["fr"]) }),
        ]);
        let plain = speaking(&[("fr", hidden)]);
        let texts = |chain: Vec<Locale>| chain.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        for (languages, asked, chain, for_visitors) in [
            (&plain, "de-ch", "de-ch de en", "de-ch de en"),
            (&plain, "en", "en", "en"),
            (&plain, "fr", "fr en", "en"),
            (&plain, "de-at", "de-at de en", "de en"),
            (&plain, "ja", "ja en", "en"),
            (&languages, "fr", "fr de-ch", "fr de-ch"),
            (&languages, "ar", "ar", "ar"),
            (&languages, "de", "de fr", "en"),
        ] {
            assert_eq!(texts(languages.chain(&locale(asked))), chain, "{asked}");
            assert_eq!(texts(languages.chain_for_visitors(Some(&locale(asked)))), for_visitors, "{asked}");
        }
        assert_eq!(texts(plain.chain_for_visitors(None)), "en");
    }

    #[test]
    fn a_tag_says_which_way_it_is_written() {
        for (tag, direction) in [
            ("en", "ltr"),
            ("ar", "rtl"),
            ("ar-eg", "rtl"),
            ("fa", "rtl"),
            ("he-il", "rtl"),
            ("ku", "ltr"),
            ("ku-arab", "rtl"),
            ("az-arab-ir", "rtl"),
            ("ur-latn", "ltr"),
        ] {
            assert_eq!(Direction::of(&locale(tag)).as_str(), direction, "{tag}");
        }
    }
}
