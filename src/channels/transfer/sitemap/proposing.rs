//! Which page of the new website an old address meant: one of the same name, or of one that is nearly the same.

use content::sites::{Languages, Site};
use ground::words::{Locale, Slug};

use super::super::addresses::{Addresses, Live};

/// How alike two names must be, from 0 to 1: "zimmer-und-preise" and "zimmer-preise" are, "rooms" and "offers" are not.
const ALIKE: f64 = 0.88;
/// Endings that pages had.
const ENDINGS: [&str; 7] = [".html", ".htm", ".php", ".aspx", ".asp", ".jsp", ".cfm"];

/// Where an old address could lead.
pub(super) struct Proposal {
    pub to: String,
    /// A whole sentence.
    pub reason: String,
}

/// The best proposal for an old address.
pub(super) fn propose(addresses: &Addresses, site: &Site, path: &str) -> Option<Proposal> {
    let plain = path.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = plain.split('/').filter(|part| !part.is_empty()).collect();
    let last = parts.last()?;
    let name = ENDINGS.iter().find_map(|ending| last.strip_suffix(ending)).unwrap_or(last);
    let name = if name == "index" { parts.get(parts.len().checked_sub(2)?)? } else { name };
    let name = Slug::from_title(&decoded(name));
    let spoken = site.speaks();
    let wanted = language_of_old(&spoken, &parts);
    let is_in = |to: &str, language: &Locale| language_of(&spoken, to) == language;
    let same: Vec<&String> =
        addresses.live.iter().filter(|(_, live)| live.slug == name.as_str()).map(|(to, _)| to).collect();
    let in_language = |language: &Locale| same.iter().find(|to| is_in(to, language));
    if let Some(to) = in_language(wanted).or_else(|| in_language(&spoken.default)).or_else(|| same.first()) {
        return Some(Proposal { to: (*to).clone(), reason: format!("The page there is called {name} too.") });
    }
    let alike = |live: &Live| {
        let titled = Slug::from_title(&live.title);
        strsim::jaro_winkler(name.as_str(), &live.slug).max(strsim::jaro_winkler(name.as_str(), titled.as_str()))
    };
    let (to, live, likeness) = addresses
        .live
        .iter()
        .filter(|(to, live)| is_in(to, wanted) && !live.slug.is_empty())
        .map(|(to, live)| (to, live, alike(live)))
        .filter(|(_, _, likeness)| *likeness >= ALIKE)
        .max_by(|one, other| one.2.total_cmp(&other.2))?;
    let called = if live.title.is_empty() { &live.slug } else { &live.title };
    Some(Proposal {
        to: to.clone(),
        reason: format!("The page there is called {called:?}, which is {:.0} % like {name}.", likeness * 100.0),
    })
}

/// The language of a page's address: that of its host, or of the prefix of its path.
fn language_of<'s>(spoken: &'s Languages, address: &str) -> &'s Locale {
    let after = |start: &str| address.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let of_host = spoken.domains().find(|(_, domain)| after(&format!("https://{domain}"))).map(|(locale, _)| locale);
    let is_below = |locale: &&Locale| spoken.prefix(locale).is_some_and(|prefix| after(&format!("/{prefix}")));
    of_host.or_else(|| spoken.offered.iter().find(is_below)).unwrap_or(&spoken.default)
}

/// The language that an old address names, by the prefix that it has here or by its tag.
fn language_of_old<'s>(spoken: &'s Languages, parts: &[&str]) -> &'s Locale {
    let named = |locale: &&Locale| {
        parts.first().is_some_and(|first| spoken.prefix(locale) == Some(*first) || locale.as_str() == *first)
    };
    spoken.offered.iter().find(named).unwrap_or(&spoken.default)
}

fn decoded(name: &str) -> String {
    let written = format!("x={}", name.replace('+', "%2B").replace('&', "%26"));
    url::form_urlencoded::parse(written.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}
