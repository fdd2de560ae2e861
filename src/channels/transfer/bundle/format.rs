//! What stands in an archive: its manifest, and the names of its members.

use std::collections::BTreeMap;

use content::{
    brand::carried::CarriedBrand,
    checks::Level,
    sites::{LanguageMap, Settings, Site, SiteStatus},
    types::OwnKind,
};
use ground::words::{CurrencyCode, DomainName, EntryId, Locale, ReleaseId, SiteId, Slug, SubmissionId, TimeZoneName};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenants::organizations::Organization;

/// What an archive calls itself.
pub(super) const FORMAT: &str = "gammacms-bundle";
/// The version that is written. All from the first on are read.
pub(super) const VERSION: u32 = 2;
/// The version that knew nothing of brands, checks, reviews, translations, schedules, releases and submissions.
pub(super) const FIRST_VERSION: u32 = 1;

pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const MEDIA_LIST: &str = "media.json";
const MEDIA: &str = "media/";
const RELEASES: &str = "releases/";
const SITES: &str = "sites/";
const SUBMISSIONS: &str = "submissions/";

/// The first member: what the archive holds.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub format: String,
    pub version: u32,
    /// The organization's own settings; not there where the archive holds one site.
    pub organization: Option<OrganizationSettings>,
    /// Whether all kept states of entries are there, or those that somebody sees.
    pub with_history: bool,
    pub declarations: Vec<OwnDeclaration>,
    /// By their ids.
    pub sites: Vec<CarriedSite>,
    /// Files of the library.
    pub media: usize,
    /// What the organization says once for all of its entries; not there where the archive holds one site.
    #[serde(default)]
    pub brands: Vec<CarriedBrand>,
    /// What it says of the rules that content is checked by; not there where the archive holds one site.
    #[serde(default)]
    pub checks: BTreeMap<String, Level>,
    /// Releases that are still to come.
    #[serde(default)]
    pub releases: usize,
}

/// What the organization has beside its name, which stays where it is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrganizationSettings {
    pub time_zone: TimeZoneName,
    pub currency: CurrencyCode,
    pub default_locale: Locale,
    pub locales: Vec<Locale>,
}

/// A type, a section or added fields of the organization's own.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OwnDeclaration {
    pub kind: OwnKind,
    pub name: String,
    pub declaration: Value,
}

/// A website without its content.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CarriedSite {
    pub id: SiteId,
    pub name: String,
    pub slug: Slug,
    /// Where it was served; elsewhere a suggestion.
    pub domain: Option<DomainName>,
    pub is_published: bool,
    pub default_locale: Locale,
    pub locales: Vec<Locale>,
    /// Languages that it was offered in once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former_locales: Vec<Locale>,
    pub time_zone: TimeZoneName,
    pub currency: CurrencyCode,
    pub settings: Settings,
    /// How it speaks its languages. Domains are suggestions here, too.
    pub languages: LanguageMap,
    pub entries: usize,
    /// Whether something goes live only after somebody else has approved it.
    #[serde(default)]
    pub requires_review: bool,
    /// What guests have sent; none where it is not carried.
    #[serde(default)]
    pub submissions: Option<usize>,
}

impl OrganizationSettings {
    pub fn of(organization: &Organization) -> Self {
        Self {
            time_zone: organization.time_zone.clone(),
            currency: organization.currency.clone(),
            default_locale: organization.default_locale.clone(),
            locales: organization.locales.clone(),
        }
    }
}

impl CarriedSite {
    /// The languages of which its entries may have texts.
    pub fn held_locales(&self) -> Vec<Locale> {
        self.locales.iter().chain(&self.former_locales).cloned().collect()
    }

    pub fn of(site: &Site, entries: usize, requires_review: bool, submissions: Option<usize>) -> Self {
        Self {
            id: site.id,
            name: site.name.clone(),
            slug: site.slug.clone(),
            domain: site.domain.clone(),
            is_published: site.status == SiteStatus::Published,
            default_locale: site.default_locale.clone(),
            locales: site.locales.clone(),
            former_locales: site.former_locales.clone(),
            time_zone: site.time_zone.clone(),
            currency: site.currency.clone(),
            settings: site.settings.clone(),
            languages: site.languages.clone(),
            entries,
            requires_review,
            submissions,
        }
    }
}

/// What a member's name says that it is. Names are read, and never become paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Manifest,
    MediaList,
    File { sha256: String, extension: String },
    Release(ReleaseId),
    Entry { site: SiteId, entry: EntryId },
    Submission { site: SiteId, submission: SubmissionId },
}

impl Name {
    /// The member of this name; nothing where an archive has none of such a name.
    pub fn read(text: &str) -> Option<Self> {
        match text {
            MANIFEST => return Some(Self::Manifest),
            MEDIA_LIST => return Some(Self::MediaList),
            _ => {}
        }
        if let Some(file) = text.strip_prefix(MEDIA) {
            let (sha256, extension) = file.split_once('.')?;
            let is_ending =
                (1..=5).contains(&extension.len()) && extension.bytes().all(|byte| byte.is_ascii_lowercase());
            let is_name = ground::blobs::is_name(sha256) && is_ending;
            return is_name.then(|| Self::File { sha256: sha256.to_owned(), extension: extension.to_owned() });
        }
        let inside = text.strip_suffix(".json")?;
        let name = if let Some(release) = inside.strip_prefix(RELEASES) {
            Self::Release(release.parse().ok()?)
        } else if let Some(sent) = inside.strip_prefix(SUBMISSIONS) {
            let (site, submission) = sent.split_once('/')?;
            Self::Submission { site: site.parse().ok()?, submission: submission.parse().ok()? }
        } else {
            let (site, entry) = inside.strip_prefix(SITES)?.split_once('/')?;
            Self::Entry { site: site.parse().ok()?, entry: entry.parse().ok()? }
        };
        // One spelling for each.
        (name.to_string() == text).then_some(name)
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Manifest => formatter.write_str(MANIFEST),
            Self::MediaList => formatter.write_str(MEDIA_LIST),
            Self::File { sha256, extension } => write!(formatter, "{MEDIA}{sha256}.{extension}"),
            Self::Release(release) => write!(formatter, "{RELEASES}{release}.json"),
            Self::Entry { site, entry } => write!(formatter, "{SITES}{site}/{entry}.json"),
            Self::Submission { site, submission } => write!(formatter, "{SUBMISSIONS}{site}/{submission}.json"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_spelling_and_leads_nowhere() {
        let (site, entry) = ("01890a5d-ac96-774b-bcce-b302099a8057", "01890a5d-ac96-774b-bcce-b302099a8058");
        let sha256 = "a".repeat(64);
        for name in [
            MANIFEST.to_owned(),
            MEDIA_LIST.to_owned(),
            format!("media/{sha256}.jpg"),
            format!("releases/{entry}.json"),
            format!("sites/{site}/{entry}.json"),
            format!("submissions/{site}/{entry}.json"),
        ] {
            assert_eq!(Name::read(&name).map(|read| read.to_string()), Some(name));
        }
        for wrong in [
            String::new(),
            "/manifest.json".to_owned(),
            "./manifest.json".to_owned(),
            "../../etc/passwd".to_owned(),
            format!("media/../{sha256}.jpg"),
            format!("media/{sha256}"),
            format!("media/{sha256}.j/g"),
            format!("media/{sha256}.jpg/x"),
            format!("sites/{site}/../{entry}.json"),
            format!("sites/{}/{entry}.json", site.to_uppercase()),
            format!("sites/{site}/{entry}.JSON"),
            format!("releases/../{entry}.json"),
            format!("submissions/{entry}.json"),
        ] {
            assert_eq!(Name::read(&wrong), None, "{wrong}");
        }
    }
}
