//! What entries stand in, put in place before them: the organization's settings, declarations, sites.

use content::{
    brand, checks,
    custom_types::{self, CustomTypeError},
    entries::{Outcome, reviews},
    sites::{self, LanguageMap, NewSite, Site, SiteChange, SiteError, SiteStatus},
    types::Catalogue,
};
use ground::{
    db::{Conn, DbError, Tx},
    words::{DomainName, SiteId},
};
use tenants::{
    organizations::{self, OrganizationChange},
    scope::Scope,
};

use super::{
    BundleReport,
    checking::wishes,
    format::{CarriedSite, FIRST_VERSION, Manifest, OrganizationSettings},
    ids::Ids,
};
use crate::transfer::TransferError;

/// How many numbers are tried behind a site's slug that is taken.
const MOST_NAMESAKES: u32 = 200;

/// The site with this id, if it is the organization's.
pub(super) fn site_here(conn: &Conn, scope: &Scope, id: SiteId) -> Result<Option<Site>, DbError> {
    match sites::find(conn, scope, id) {
        Ok(site) => Ok(Some(site)),
        Err(SiteError::Db(error)) => Err(error),
        Err(_) => Ok(None),
    }
}

fn organization_change(settings: &OrganizationSettings) -> OrganizationChange {
    OrganizationChange {
        name: None,
        time_zone: Some(settings.time_zone.clone()),
        currency: Some(settings.currency.clone()),
        locales: Some(settings.locales.clone()),
        default_locale: Some(settings.default_locale.clone()),
    }
}

/// The organization's settings, declarations and sites, as the archive has them.
pub(super) fn settle(
    tx: &Tx,
    scope: &Scope,
    catalogue: &Catalogue,
    manifest: &Manifest,
    ids: &Ids,
) -> Result<BundleReport, TransferError> {
    let mut report = BundleReport::default();
    if let Some(settings) = &manifest.organization {
        organizations::update(tx, scope, organization_change(settings))?;
    }
    declare(tx, scope, catalogue, manifest, &mut report)?;
    for site in &manifest.sites {
        let id = ids.site(site.id);
        let outcome = put_site(tx, scope, id, site, &mut report.notes)?;
        sites::remember_locales(tx, scope, id, &site.former_locales)?;
        let is_same = has_same_rule(tx, scope, id, manifest, site)?;
        if !is_same {
            reviews::set_required(tx, scope, id, site.requires_review)?;
        }
        let is_changed = outcome == Outcome::Unchanged && !is_same;
        report.sites.add(if is_changed { Outcome::Changed } else { outcome });
    }
    // Before the entries: they are shown with it, and some have values that it has locked.
    for brand in &manifest.brands {
        report.brands.add(brand::carried::put(tx, scope, catalogue, brand)?);
    }
    if manifest.organization.is_some() && manifest.version > FIRST_VERSION {
        let levels = manifest.checks.iter().filter(|(name, _)| checks::is_rule(name));
        checks::put_levels(tx, scope, levels.map(|(name, level)| (name.clone(), *level)).collect())?;
    }
    Ok(report)
}

/// Declares what is not declared yet. All of it fits together, or nothing is declared.
fn declare(
    tx: &Tx,
    scope: &Scope,
    catalogue: &Catalogue,
    manifest: &Manifest,
    report: &mut BundleReport,
) -> Result<(), TransferError> {
    let wishes = wishes(manifest);
    custom_types::carried::with(tx, scope, catalogue, &wishes)?;
    for wish in wishes {
        match custom_types::find(tx, scope, wish.kind, &wish.name) {
            Ok(_) => report.declarations.add(Outcome::Unchanged),
            Err(CustomTypeError::NotFound) => {
                custom_types::carried::put(tx, scope, catalogue, &wish)?;
                report.declarations.add(Outcome::Created);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn is_published(site: &Site) -> bool {
    site.status == SiteStatus::Published
}

/// Whether the site can have the domain here; it is noted where it cannot.
fn is_free(
    conn: &Conn,
    domain: &DomainName,
    site: &CarriedSite,
    here: Option<SiteId>,
    notes: &mut Vec<String>,
) -> Result<bool, DbError> {
    let owner = sites::owner_of_domain(conn, domain)?.map(|(_, owner)| owner);
    let why = match owner {
        Some(_) if owner == here => return Ok(true),
        Some(_) => format!("Another site has the domain {domain}"),
        None if sites::can_be_served(domain) => return Ok(true),
        // Earlier versions let it in.
        None => format!("The domain {domain} leads nobody to a site"),
    };
    notes.push(format!("{why}: the site {} is without it.", site.slug));
    Ok(false)
}

/// The domain, if the site can have it.
fn free_domain(
    conn: &Conn,
    site: &CarriedSite,
    here: Option<SiteId>,
    notes: &mut Vec<String>,
) -> Result<Option<DomainName>, DbError> {
    match &site.domain {
        Some(domain) if is_free(conn, domain, site, here, notes)? => Ok(Some(domain.clone())),
        _ => Ok(None),
    }
}

/// The settings of its languages, without the domains and prefixes that they cannot have here.
fn free_languages(
    conn: &Conn,
    site: &CarriedSite,
    here: Option<SiteId>,
    notes: &mut Vec<String>,
) -> Result<LanguageMap, DbError> {
    let mut languages = site.languages.clone();
    for (locale, settings) in &mut languages {
        if let Some(prefix) = settings.prefix.take_if(|prefix| sites::is_programs_address(prefix.as_str())) {
            let told = format!(
                "Something else stands at /{prefix}: on the site {} the language {locale} has its usual address.",
                site.slug
            );
            notes.push(told);
        }
        if let Some(domain) = &settings.domain
            && !is_free(conn, domain, site, here, notes)?
        {
            settings.domain = None;
        }
    }
    Ok(languages)
}

/// What has to be changed of the site that is there. It keeps its slug, and its domain where the archive's is taken.
fn site_change(conn: &Conn, site: &CarriedSite, here: &Site, notes: &mut Vec<String>) -> Result<SiteChange, DbError> {
    let domain = free_domain(conn, site, Some(here.id), notes)?;
    let languages = free_languages(conn, site, Some(here.id), notes)?;
    let differs = |is: bool| is.then_some(());
    Ok(SiteChange {
        name: differs(site.name != here.name).map(|()| site.name.clone()),
        slug: None,
        domain: domain.filter(|domain| here.domain.as_ref() != Some(domain)).map(Some),
        default_locale: differs(site.default_locale != here.default_locale).map(|()| site.default_locale.clone()),
        locales: differs(site.locales != here.locales).map(|()| site.locales.clone()),
        time_zone: differs(site.time_zone != here.time_zone).map(|()| site.time_zone.clone()),
        currency: differs(site.currency != here.currency).map(|()| site.currency.clone()),
        settings: differs(site.settings != here.settings).map(|()| site.settings.clone()),
        languages: differs(languages != here.languages).map(|()| languages),
    })
}

/// Whether the site wants approvals as the archive's does; the first version says nothing of it.
fn has_same_rule(
    conn: &Conn,
    scope: &Scope,
    id: SiteId,
    manifest: &Manifest,
    site: &CarriedSite,
) -> Result<bool, TransferError> {
    Ok(manifest.version == FIRST_VERSION || reviews::is_required(conn, scope, id)? == site.requires_review)
}

fn put_site(
    tx: &Tx,
    scope: &Scope,
    id: SiteId,
    site: &CarriedSite,
    notes: &mut Vec<String>,
) -> Result<Outcome, TransferError> {
    if let Some(here) = site_here(tx, scope, id)? {
        let change = site_change(tx, site, &here, notes)?;
        let is_same = change == SiteChange::default();
        sites::update(tx, scope, id, change)?;
        let is_unchanged = is_same && is_published(&here) == site.is_published;
        return Ok(if is_unchanged { Outcome::Unchanged } else { Outcome::Changed });
    }
    let slugs = std::iter::once(site.slug.clone()).chain((2..MOST_NAMESAKES).map(|number| site.slug.numbered(number)));
    let mut slug = None;
    for candidate in slugs {
        match sites::find_by_slug(tx, scope, &candidate) {
            Ok(_) => {}
            Err(SiteError::Db(error)) => return Err(error.into()),
            Err(_) => {
                slug = Some(candidate);
                break;
            }
        }
    }
    let slug = slug.ok_or(SiteError::SlugTaken)?;
    if slug != site.slug {
        notes.push(format!("The organization has a site {}: the archive's is called {slug}.", site.slug));
    }
    let new = NewSite {
        name: site.name.clone(),
        slug: Some(slug),
        domain: free_domain(tx, site, None, notes)?,
        default_locale: Some(site.default_locale.clone()),
        locales: Some(site.locales.clone()),
        time_zone: Some(site.time_zone.clone()),
        currency: Some(site.currency.clone()),
        settings: site.settings.clone(),
        languages: free_languages(tx, site, None, notes)?,
    };
    sites::create_as(tx, scope, id, new)?;
    Ok(Outcome::Created)
}
