//! Names of things: slugs, languages, mail addresses, time zones, domains.

use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;

use super::{WordError, text_word};

/// Longest slug: keeps an address readable and below every proxy's limits.
const SLUG_LENGTH: usize = 100;
/// RFC 5321 section 4.5.3.1.3: a path is at most 256 octets with its angle brackets.
const EMAIL_LENGTH: usize = 254;
/// RFC 1035 section 2.3.4.
const DOMAIN_LENGTH: usize = 253;
/// RFC 1035 section 2.3.4.
const LABEL_LENGTH: usize = 63;

/// The part of an address that names an entry, a site or an organization: `a-z0-9` and single hyphens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

impl Slug {
    /// The slug's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The slug that a title suggests: `Zürich Süd` becomes `zuerich-sued`. A title without any Latin letter or digit
    /// becomes `untitled`.
    pub fn from_title(title: &str) -> Self {
        let mut slug = String::new();
        for part in title.chars().flat_map(spell).flat_map(char::to_lowercase) {
            if part.is_ascii_alphanumeric() {
                slug.push(part);
            } else if !slug.is_empty() && !slug.ends_with('-') && part != '\'' && part != '’' {
                slug.push('-');
            }
            if slug.len() >= SLUG_LENGTH {
                break;
            }
        }
        let slug = slug.trim_end_matches('-');
        Self(if slug.is_empty() { "untitled".to_owned() } else { slug.to_owned() })
    }

    /// The slug with a number behind it, still within the limit: how a taken slug finds a free neighbour.
    #[must_use]
    pub fn numbered(&self, number: u32) -> Self {
        let suffix = format!("-{number}");
        let kept = self.0.get(..SLUG_LENGTH.saturating_sub(suffix.len())).unwrap_or(&self.0);
        Self(format!("{}{suffix}", kept.trim_end_matches('-')))
    }
}

/// German and Nordic letters have spellings of their own; all others lose their marks by NFKD.
fn spell(letter: char) -> Vec<char> {
    let spelled = match letter {
        'ä' | 'Ä' => "ae",
        'ö' | 'Ö' => "oe",
        'ü' | 'Ü' => "ue",
        'ß' | 'ẞ' => "ss",
        'æ' | 'Æ' => "ae",
        'ø' | 'Ø' => "o",
        'å' | 'Å' => "a",
        'œ' | 'Œ' => "oe",
        'ł' | 'Ł' => "l",
        'đ' | 'Đ' => "d",
        'þ' | 'Þ' => "th",
        '&' => " and ",
        _ => {
            return std::iter::once(letter)
                .nfkd()
                .filter(|part| !unicode_normalization::char::is_combining_mark(*part))
                .collect();
        }
    };
    spelled.chars().collect()
}

impl FromStr for Slug {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        let letters = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        let hyphens = text.starts_with('-') || text.ends_with('-') || text.contains("--");
        if text.is_empty() || text.len() > SLUG_LENGTH || !letters || hyphens {
            return Err(WordError::new(
                "slug_invalid",
                format!("A slug has 1 to {SLUG_LENGTH} characters: a to z, 0 to 9 and single hyphens between them."),
            ));
        }
        Ok(Self(text.to_owned()))
    }
}
text_word!(Slug);

/// A language as a site offers it: `en`, `de`, `pt-br` (a subset of BCP 47, in lower case).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Locale(String);

impl Locale {
    /// The tag's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The language without its region: `pt` for `pt-br`.
    #[must_use]
    pub fn base(&self) -> Self {
        Self(self.0.split('-').next().unwrap_or_default().to_owned())
    }
}

impl FromStr for Locale {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        let lower = text.to_ascii_lowercase();
        let mut parts = lower.split('-');
        let language = parts.next().unwrap_or_default();
        let letters = (2..=3).contains(&language.len()) && language.bytes().all(|byte| byte.is_ascii_lowercase());
        let rest: Vec<&str> = parts.collect();
        let subtags = rest.len() <= 2
            && rest
                .iter()
                .all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        if letters && subtags {
            Ok(Self(lower))
        } else {
            Err(WordError::new("locale_invalid", "A language is a tag such as en, de or pt-br."))
        }
    }
}
text_word!(Locale);

/// A mail address that can be delivered to; compared by its folded form.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// The address as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two spellings of one address have in common: lower case, NFKC.
    pub fn folded(&self) -> String {
        self.0.nfkc().collect::<String>().to_lowercase()
    }
}

impl FromStr for EmailAddress {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        let wrong = || WordError::new("email_invalid", "An e-mail address is written like anna@hotel.example.");
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or_else(wrong)?;
        let forbidden =
            |letter: char| letter.is_control() || letter.is_whitespace() || "<>()[]\\,;:\"".contains(letter);
        let plain_domain = domain.contains('.')
            && !domain.starts_with(['.', '-'])
            && !domain.ends_with(['.', '-'])
            && !domain.contains("..");
        if local.is_empty()
            || text.len() > EMAIL_LENGTH
            || !plain_domain
            || text.chars().any(forbidden)
            || local.contains('@')
        {
            return Err(wrong());
        }
        Ok(Self(text.to_owned()))
    }
}
text_word!(EmailAddress);

/// A time zone of the IANA database, e.g. `Europe/Zurich`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TimeZoneName(String);

impl TimeZoneName {
    /// The zone's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The zone's rules; UTC should the database no longer know it.
    pub fn zone(&self) -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::get(&self.0).unwrap_or(jiff::tz::TimeZone::UTC)
    }

    /// The instant at which the zone's clocks show this time. What they show twice, because they are set back, is the first
    /// of the two; what they never show, because they are set forward, is the moment of the jump. So what comes first on
    /// the wall never comes later in time.
    pub fn instant(&self, local: jiff::civil::DateTime) -> jiff::Timestamp {
        use jiff::tz::AmbiguousOffset;
        let zone = self.zone();
        let (offset, is_skipped) = match zone.to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Unambiguous { offset } => (offset, false),
            AmbiguousOffset::Fold { before, .. } => (before, false),
            AmbiguousOffset::Gap { before, .. } => (before, true),
        };
        // Beyond the end of what can be told is for ever.
        let Ok(instant) = offset.to_timestamp(local) else { return jiff::Timestamp::MAX };
        let jump = |behind| zone.preceding(behind).next().map(|transition| transition.timestamp());
        let just_behind = instant.saturating_add(jiff::SignedDuration::from_nanos(1)).unwrap_or(instant);
        if is_skipped { jump(just_behind).unwrap_or(instant) } else { instant }
    }
}

impl FromStr for TimeZoneName {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        match jiff::tz::TimeZone::get(text) {
            // The database's own spelling, so that one zone has one name.
            Ok(zone) => Ok(Self(zone.iana_name().unwrap_or(text).to_owned())),
            Err(_) => Err(WordError::new("time_zone_invalid", "A time zone is a name such as Europe/Zurich or UTC.")),
        }
    }
}
text_word!(TimeZoneName);

/// A host name without port, in lower case: `www.hotel-seeblick.ch`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainName(String);

impl DomainName {
    /// The host name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DomainName {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, WordError> {
        let lower = text.trim().trim_end_matches('.').to_ascii_lowercase();
        let label = |part: &str| {
            (1..=LABEL_LENGTH).contains(&part.len())
                && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
                && !part.starts_with('-')
                && !part.ends_with('-')
        };
        if lower.len() <= DOMAIN_LENGTH && lower.split('.').all(label) {
            Ok(Self(lower))
        } else {
            Err(WordError::new(
                "domain_invalid",
                "A domain is a host name such as www.hotel-seeblick.ch, without https:// and without a path; write umlauts in their xn-- form.",
            ))
        }
    }
}
text_word!(DomainName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_becomes_a_readable_slug() {
        for (title, slug) in [
            ("Zürich Süd", "zuerich-sued"),
            ("Chambre Économique, 1 grand lit (côté ville)", "chambre-economique-1-grand-lit-cote-ville"),
            ("  --  ", "untitled"),
            ("Rooms & Suites", "rooms-and-suites"),
            ("Owner's Flat", "owners-flat"),
            ("海辺の宿", "untitled"),
        ] {
            assert_eq!(Slug::from_title(title).as_str(), slug);
        }
        assert!(Slug::from_title(&"ä".repeat(300)).as_str().parse::<Slug>().is_ok());
        assert!(Slug::from_title(&"a".repeat(300)).numbered(12).as_str().parse::<Slug>().is_ok());
    }

    #[test]
    fn words_refuse_what_they_are_not() {
        for wrong in ["", "A", "a--b", "-a", "a-", "a b", "ä", "a/b"] {
            assert!(wrong.parse::<Slug>().is_err(), "{wrong}");
        }
        for wrong in ["", "e", "english", "de_AT", "de-", "d1"] {
            assert!(wrong.parse::<Locale>().is_err(), "{wrong}");
        }
        for wrong in ["", "a", "a@b", "@b.ch", "a b@c.ch", "a@b..ch", "a@b.ch\r\nBcc: x@y.z", "a@@b.ch", "a@.ch"] {
            assert!(wrong.parse::<EmailAddress>().is_err(), "{wrong:?}");
        }
        for wrong in ["", "https://a.ch", "a.ch/", "a..ch", "-a.ch", "ä.ch", "a_b.ch"] {
            assert!(wrong.parse::<DomainName>().is_err(), "{wrong}");
        }
        assert!("Europe/Atlantis".parse::<TimeZoneName>().is_err());
        assert_eq!("europe/zurich".parse::<TimeZoneName>().unwrap().as_str(), "Europe/Zurich");
        assert_eq!("PT-BR".parse::<Locale>().unwrap().base().as_str(), "pt");
        assert_eq!("Anna@Hotel.Example".parse::<EmailAddress>().unwrap().folded(), "anna@hotel.example");
    }

    #[test]
    fn a_local_time_is_one_instant_on_days_when_clocks_change() {
        for (zone, local, instant) in [
            ("Europe/Zurich", "2026-03-01T00:00", "2026-02-28T23:00:00Z"),
            ("Europe/Zurich", "2026-04-01T00:00", "2026-03-31T22:00:00Z"),
            // Skipped: clocks jump from 02:00 to 03:00.
            ("Europe/Zurich", "2026-03-29T02:00", "2026-03-29T01:00:00Z"),
            ("Europe/Zurich", "2026-03-29T02:30", "2026-03-29T01:00:00Z"),
            ("Europe/Zurich", "2026-03-29T03:00", "2026-03-29T01:00:00Z"),
            // Twice: clocks go from 03:00 back to 02:00.
            ("Europe/Zurich", "2026-10-25T02:30", "2026-10-25T00:30:00Z"),
            ("Europe/Zurich", "2026-10-25T03:00", "2026-10-25T02:00:00Z"),
            // Midnight itself is skipped where clocks change at midnight.
            ("Africa/Cairo", "2026-04-24T00:00", "2026-04-23T22:00:00Z"),
            ("UTC", "2026-03-29T02:30", "2026-03-29T02:30:00Z"),
        ] {
            let zone: TimeZoneName = zone.parse().unwrap();
            assert_eq!(zone.instant(local.parse().unwrap()).to_string(), instant, "{local} in {zone:?}");
        }
    }
}
