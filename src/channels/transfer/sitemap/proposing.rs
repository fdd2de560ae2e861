//! Which page of the new website an old address meant: one of the same name, or of one that is nearly the same.

use content::sites::Site;
use ground::words::Slug;

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
    let language = parts.first().and_then(|first| site.locales.iter().find(|locale| locale.as_str() == *first));
    let last = parts.last()?;
    let name = ENDINGS.iter().find_map(|ending| last.strip_suffix(ending)).unwrap_or(last);
    let name = if name == "index" { parts.get(parts.len().checked_sub(2)?)? } else { name };
    let name = Slug::from_title(&decoded(name));
    let is_of_language = |to: &str| match language {
        Some(locale) if *locale != site.default_locale => to.starts_with(&format!("/{locale}/")),
        _ => !site.locales.iter().any(|locale| to.starts_with(&format!("/{locale}/"))),
    };
    let same: Vec<&String> =
        addresses.live.iter().filter(|(_, live)| live.slug == name.as_str()).map(|(to, _)| to).collect();
    let best = same.iter().find(|to| is_of_language(to)).or_else(|| same.first());
    if let Some(to) = best {
        return Some(Proposal { to: (*to).clone(), reason: format!("The page there is called {name} too.") });
    }
    let alike = |live: &Live| {
        let titled = Slug::from_title(&live.title);
        strsim::jaro_winkler(name.as_str(), &live.slug).max(strsim::jaro_winkler(name.as_str(), titled.as_str()))
    };
    let (to, live, likeness) = addresses
        .live
        .iter()
        .filter(|(to, live)| is_of_language(to) && !live.slug.is_empty())
        .map(|(to, live)| (to, live, alike(live)))
        .filter(|(_, _, likeness)| *likeness >= ALIKE)
        .max_by(|one, other| one.2.total_cmp(&other.2))?;
    let called = if live.title.is_empty() { &live.slug } else { &live.title };
    Some(Proposal {
        to: to.clone(),
        reason: format!("The page there is called {called:?}, which is {:.0} % like {name}.", likeness * 100.0),
    })
}

fn decoded(name: &str) -> String {
    let written = format!("x={}", name.replace('+', "%2B").replace('&', "%26"));
    url::form_urlencoded::parse(written.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}
