//! Websites: their names, addresses, languages and settings, and whether the world may see them.

mod domains;
mod errors;
mod languages;
mod reading;
mod recomposing;
mod routes;
mod settings;
mod store;
#[cfg(test)]
mod tests;

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, OnConflict, Tenant, Tx},
    words::{CurrencyCode, DomainName, Locale, OrganizationId, SiteId, Slug, TimeZoneName},
};
use machinery::{
    events::{self, NewEvent},
    jobs,
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use tenants::{
    audit::{self, Change},
    organizations,
    scope::Scope,
};

pub use domains::can_be_served;
pub use errors::SiteError;
pub use languages::{
    Direction, LanguageMap, LanguageSettings, Languages, MOST_FALLBACKS, SEARCH, SERVED_BESIDE, is_own_address,
    is_programs_address,
};
pub(crate) use reading::time_zone;
pub use reading::{find, find_by_slug, hosts, languages, list, owner_of_domain, owners, published, published_by_name};
pub use recomposing::RecomposeViews;
pub use routes::{Document, routes};
pub use settings::Settings;

/// Longest name in characters: longer ones break every list.
const LONGEST_NAME: usize = 120;
/// Most languages of a site: the European Union's 24 and some more.
const MOST_LOCALES: usize = 40;
/// Most sites of an organization: groups have up to 30 hotels, with a few campaign sites each.
const MOST_SITES: u64 = 200;
/// How many numbers are tried behind a taken slug before giving up.
const MOST_NAMESAKES: u32 = 200;
const SUBJECT: &str = "site";

/// A website.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Site {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    pub id: SiteId,
    /// What people call it.
    pub name: String,
    /// Its name in commands and addresses, within the organization.
    #[schema(value_type = String)]
    pub slug: Slug,
    /// The host under which it is served; unique on the whole platform.
    #[schema(value_type = Option<String>, required = true)]
    pub domain: Option<DomainName>,
    /// Whether the world may see it.
    pub status: SiteStatus,
    /// The language that stands in where another is missing.
    #[schema(value_type = String)]
    pub default_locale: Locale,
    /// The languages it is offered in.
    #[schema(value_type = Vec<String>)]
    pub locales: Vec<Locale>,
    /// Languages that it was offered in once: the texts of them stay in its entries, and are seen again with the language.
    #[schema(value_type = Vec<String>)]
    pub former_locales: Vec<Locale>,
    /// Where its days begin, e.g. `Europe/Zurich`.
    #[schema(value_type = String)]
    pub time_zone: TimeZoneName,
    /// The currency of its prices, e.g. `CHF`.
    #[schema(value_type = String)]
    pub currency: CurrencyCode,
    /// Names and texts of one's own: `primary_color`, `secondary_color`, ...
    pub settings: Settings,
    /// How it speaks those of its languages that are not as by default.
    #[schema(value_type = std::collections::BTreeMap<String, LanguageSettings>)]
    pub languages: LanguageMap,
    /// Counts the changes that visitors can see: answers of one version are the same.
    pub content_version: i64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was changed last.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl Site {
    /// The instant that a text names: itself (RFC 3339), or a time or day as the clocks of the site's zone show it.
    pub fn instant(&self, text: &str) -> Option<Timestamp> {
        let text = text.trim();
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Some(instant);
        }
        let local = text.parse::<jiff::civil::DateTime>().ok()?;
        Some(self.time_zone.instant(local))
    }
}

/// Whether the world may see a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SiteStatus {
    /// The team works on it.
    Draft,
    /// Visitors read it.
    Published,
}

/// A domain and the site that is served under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteHost {
    /// The host that browsers name.
    pub domain: DomainName,
    /// The site.
    pub site: SiteId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// The language that it is the domain of; none for the site's own.
    pub locale: Option<Locale>,
    /// Whether the world may see it.
    pub is_published: bool,
}

/// A site to be made. What is left out comes from the organization.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSite {
    /// What people call it.
    pub name: String,
    /// Its name in addresses; made from the name where it is left out.
    #[schema(value_type = Option<String>)]
    pub slug: Option<Slug>,
    /// The host under which it is served.
    #[schema(value_type = Option<String>)]
    pub domain: Option<DomainName>,
    /// The language that stands in for others; the first of `locales` where only those are given.
    #[schema(value_type = Option<String>)]
    pub default_locale: Option<Locale>,
    /// The languages it is offered in.
    #[schema(value_type = Option<Vec<String>>)]
    pub locales: Option<Vec<Locale>>,
    /// Its time zone.
    #[schema(value_type = Option<String>)]
    pub time_zone: Option<TimeZoneName>,
    /// Its currency.
    #[schema(value_type = Option<String>)]
    pub currency: Option<CurrencyCode>,
    /// Names and texts of one's own.
    #[serde(default)]
    pub settings: Settings,
    /// How it speaks its languages; what is left out is as by default.
    #[serde(default)]
    #[schema(value_type = std::collections::BTreeMap<String, LanguageSettings>)]
    pub languages: LanguageMap,
}

impl NewSite {
    /// A site of this name, everything else as the organization has it.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            slug: None,
            domain: None,
            default_locale: None,
            locales: None,
            time_zone: None,
            currency: None,
            settings: Settings::default(),
            languages: LanguageMap::default(),
        }
    }
}

/// What is to be changed; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SiteChange {
    /// Another name.
    pub name: Option<String>,
    /// Another slug.
    #[schema(value_type = Option<String>)]
    pub slug: Option<Slug>,
    /// Another domain; `null` for none.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub domain: Option<Option<DomainName>>,
    /// Another default language; only while nothing is published.
    #[schema(value_type = Option<String>)]
    pub default_locale: Option<Locale>,
    /// Other languages, all of them. One in which something is published cannot go.
    #[schema(value_type = Option<Vec<String>>)]
    pub locales: Option<Vec<Locale>>,
    /// Another time zone.
    #[schema(value_type = Option<String>)]
    pub time_zone: Option<TimeZoneName>,
    /// Another currency.
    #[schema(value_type = Option<String>)]
    pub currency: Option<CurrencyCode>,
    /// Other settings, all of them.
    pub settings: Option<Settings>,
    /// How it speaks its languages, all of them; what is left out is as by default. What visitors see is composed anew.
    #[schema(value_type = Option<std::collections::BTreeMap<String, LanguageSettings>>)]
    pub languages: Option<LanguageMap>,
}

/// `null` is a wish too: it tells "take it away" from "leave it".
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Makes a site; visitors see it once it is published.
pub fn create(tx: &Tx, scope: &Scope, new: NewSite) -> Result<Site, SiteError> {
    create_as(tx, scope, tx.new_id(), new)
}

/// [`create`] under an id that it has had elsewhere, and that no site of the installation has.
pub fn create_as(tx: &Tx, scope: &Scope, id: SiteId, new: NewSite) -> Result<Site, SiteError> {
    if !scope.may_act_on(id) {
        return Err(SiteError::MembershipRestricted);
    }
    if store::count(tx, scope)? >= MOST_SITES {
        return Err(SiteError::TooMany);
    }
    let organization = organizations::current(tx, scope).map_err(|_| SiteError::NotFound)?;
    let (locales, default_locale) = match (new.locales, new.default_locale) {
        (None, None) => (organization.locales, organization.default_locale),
        (None, Some(only)) => (vec![only.clone()], only),
        (Some(locales), default) => {
            let default = default.or_else(|| locales.first().cloned()).ok_or(SiteError::LocalesInvalid)?;
            (locales, default)
        }
    };
    let name = one_line(&new.name)?;
    let site = Site {
        id,
        slug: free_slug(tx, scope, new.slug, &name)?,
        name,
        domain: new.domain,
        status: SiteStatus::Draft,
        default_locale,
        locales,
        former_locales: Vec::new(),
        time_zone: new.time_zone.unwrap_or(organization.time_zone),
        currency: new.currency.unwrap_or(organization.currency),
        settings: new.settings.checked()?,
        languages: new.languages,
        content_version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    check_locales(&site)?;
    languages::check(&site)?;
    unique(&site, store::insert(tx, scope, &site))?;
    domains::put(tx, scope, &site)?;
    audit::record(tx, scope, change("site.created", &site, None, Some(&site)))?;
    tell(tx, scope, "site.created", &site);
    Ok(site)
}

/// Changes a site. Visitors see it at once if it is published.
pub fn update(tx: &Tx, scope: &Scope, id: SiteId, wish: SiteChange) -> Result<Site, SiteError> {
    let before = find(tx, scope, id)?;
    let mut after = before.clone();
    if let Some(name) = wish.name {
        after.name = one_line(&name)?;
    }
    if let Some(settings) = wish.settings {
        after.settings = settings.checked()?;
    }
    after.slug = wish.slug.unwrap_or(after.slug);
    after.domain = wish.domain.unwrap_or(after.domain);
    after.default_locale = wish.default_locale.unwrap_or(after.default_locale);
    after.locales = wish.locales.unwrap_or(after.locales);
    languages::remember(&mut after, &before.locales);
    after.time_zone = wish.time_zone.unwrap_or(after.time_zone);
    after.currency = wish.currency.unwrap_or(after.currency);
    check_locales(&after)?;
    match wish.languages {
        Some(languages) => after.languages = languages,
        None => languages::without_gone(&mut after.languages, &after.locales),
    }
    languages::check(&after)?;
    if after == before {
        return Ok(before);
    }
    check_published_locales(tx, scope, &before, &after)?;
    check_prefixes(tx, scope, &before, &after)?;
    // Views keep what the languages of their day said, and instants of the zone of their day.
    let is_composed_anew = before.speaks() != after.speaks() || before.time_zone != after.time_zone;
    let site = save(tx, scope, &before, after, "site.updated")?;
    if is_composed_anew {
        let job = RecomposeViews::since(id, site.content_version);
        jobs::enqueue(tx, Some(scope.organization_id()), &job)?;
    }
    Ok(site)
}

/// Notes languages of whose texts entries come that were written elsewhere, where the site was offered in them once.
pub fn remember_locales(tx: &Tx, scope: &Scope, id: SiteId, locales: &[Locale]) -> Result<(), SiteError> {
    let before = find(tx, scope, id)?;
    let mut after = before.clone();
    languages::remember(&mut after, locales);
    if after != before {
        save(tx, scope, &before, after, "site.updated")?;
    }
    Ok(())
}

/// Lets the world see the site. Publishing twice changes nothing.
pub fn publish(tx: &Tx, scope: &Scope, id: SiteId) -> Result<Site, SiteError> {
    if store::is_being_copied(tx, scope, id)? {
        return Err(SiteError::StillCopied);
    }
    set_status(tx, scope, id, SiteStatus::Published, "site.published")
}

/// Takes the site off line; its content stays as it is.
pub fn unpublish(tx: &Tx, scope: &Scope, id: SiteId) -> Result<Site, SiteError> {
    set_status(tx, scope, id, SiteStatus::Draft, "site.unpublished")
}

/// Removes a site that is off line, with all of its content and history.
pub fn delete(tx: &Tx, scope: &Scope, id: SiteId) -> Result<(), SiteError> {
    let site = find(tx, scope, id)?;
    if site.status == SiteStatus::Published {
        return Err(SiteError::StillPublished);
    }
    store::delete(tx, scope, id)?;
    audit::record(tx, scope, change("site.deleted", &site, Some(&site), None))?;
    tell(tx, scope, "site.deleted", &site);
    Ok(())
}

/// Starts a new version of what the site's visitors see, as part of the change that they will see. Answers the languages.
pub(crate) fn touch(tx: &Tx, scope: &Scope, id: SiteId) -> Result<Languages, SiteError> {
    if !scope.may_act_on(id) {
        return Err(SiteError::NotFound);
    }
    store::touch(tx, scope, id)?.ok_or(SiteError::NotFound)
}

fn set_status(tx: &Tx, scope: &Scope, id: SiteId, status: SiteStatus, action: &'static str) -> Result<Site, SiteError> {
    let before = find(tx, scope, id)?;
    if before.status == status {
        return Ok(before);
    }
    let after = Site { status, ..before.clone() };
    save(tx, scope, &before, after, action)
}

fn save(tx: &Tx, scope: &Scope, before: &Site, mut after: Site, action: &'static str) -> Result<Site, SiteError> {
    after.updated_at = tx.now();
    after.content_version = unique(&after, store::update(tx, scope, &after))?;
    if before.domain != after.domain || before.languages != after.languages {
        domains::put(tx, scope, &after)?;
    }
    audit::record(tx, scope, change(action, &after, Some(before), Some(&after)))?;
    tell(tx, scope, action, &after);
    Ok(after)
}

fn unique<T>(site: &Site, result: Result<T, DbError>) -> Result<T, SiteError> {
    match result {
        Err(DbError::Unique { index }) if index == "sites_domain_key" => {
            let domain = site.domain.as_ref().map(ToString::to_string).unwrap_or_default();
            Err(SiteError::DomainTaken { pointer: "/domain".to_owned(), domain })
        }
        other => other.on_conflict("sites_organization_id_slug_key", SiteError::SlugTaken),
    }
}

fn free_slug(conn: &Conn, scope: &Scope, wanted: Option<Slug>, name: &str) -> Result<Slug, SiteError> {
    if let Some(wanted) = wanted {
        return Ok(wanted);
    }
    let slug = Slug::from_title(name);
    for number in 1..MOST_NAMESAKES {
        let candidate = if number == 1 { slug.clone() } else { slug.numbered(number) };
        if store::by_slug(conn, scope, &candidate)?.is_none() {
            return Ok(candidate);
        }
    }
    Err(SiteError::SlugTaken)
}

fn one_line(text: &str) -> Result<String, SiteError> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(SiteError::NameInvalid);
    }
    Ok(name)
}

fn check_locales(site: &Site) -> Result<(), SiteError> {
    let mut seen = std::collections::HashSet::new();
    let are_different = site.locales.iter().all(|locale| seen.insert(locale));
    if !(1..=MOST_LOCALES).contains(&site.locales.len()) || !are_different {
        return Err(SiteError::LocalesInvalid);
    }
    if !site.locales.contains(&site.default_locale) {
        return Err(SiteError::DefaultLocaleMissing);
    }
    Ok(())
}

/// Published views were composed with the languages of their day: what they rest on stays until they are taken back.
fn check_published_locales(conn: &Conn, tenant: &impl Tenant, before: &Site, after: &Site) -> Result<(), SiteError> {
    if before.locales == after.locales && before.default_locale == after.default_locale {
        return Ok(());
    }
    let published = store::published_locales(conn, tenant, before.id)?;
    if let Some(gone) = published.iter().find(|locale| !after.locales.contains(locale)) {
        return Err(SiteError::LocaleInUse(gone.clone()));
    }
    if before.default_locale != after.default_locale && !published.is_empty() {
        return Err(SiteError::DefaultLocaleInUse);
    }
    Ok(())
}

/// A language whose prefix is new would stand before what has the address already.
fn check_prefixes(conn: &Conn, tenant: &impl Tenant, before: &Site, after: &Site) -> Result<(), SiteError> {
    let (then, now) = (before.speaks(), after.speaks());
    let known: Vec<&str> = then.prefixes().collect();
    for locale in &now.offered {
        let Some(prefix) = now.prefix(locale).filter(|prefix| !known.contains(prefix)) else { continue };
        if let Some(title) = store::title_at_root(conn, tenant, after.id, prefix)? {
            return Err(SiteError::LanguageInvalid {
                pointer: format!("/languages/{locale}/prefix"),
                detail: format!(
                    "The site has {title:?} at /{prefix}. Give that another address first, or the language another prefix."
                ),
            });
        }
    }
    Ok(())
}

fn change(action: &'static str, site: &Site, before: Option<&Site>, after: Option<&Site>) -> Change {
    let described = |one: &Site| {
        json!({
            "name": one.name,
            "slug": one.slug,
            "domain": one.domain,
            "status": one.status,
            "default_locale": one.default_locale,
            "locales": one.locales,
            "former_locales": one.former_locales,
            "time_zone": one.time_zone,
            "currency": one.currency,
            "settings": one.settings,
            "languages": one.languages,
        })
    };
    Change {
        action,
        subject_type: SUBJECT,
        subject_id: site.id.to_string(),
        before: before.map(described),
        after: after.map(described),
    }
}

fn tell(tx: &Tx, scope: &Scope, kind: &'static str, site: &Site) {
    events::record(
        tx,
        NewEvent {
            kind,
            organization: Some(scope.organization_id()),
            site: Some(site.id),
            subject_type: SUBJECT,
            subject_id: site.id.to_string(),
            payload: json!({ "slug": site.slug, "domain": site.domain, "status": site.status }),
        },
    );
}
