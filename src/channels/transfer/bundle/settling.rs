//! What entries stand in, put in place before them: the organization's settings, declarations, sites.

use content::{
    custom_types::{self, CustomTypeError, Wish},
    entries::{Outcome, reviews},
    sites::{self, LanguageMap, NewSite, Site, SiteChange, SiteError, SiteStatus},
    types::Catalogue,
};
use ground::{
    db::{Conn, DbError, Tx},
    words::{DomainName, SiteId},
};
use tenants::{organizations::OrganizationChange, scope::Scope};

use super::{
    BundleReport,
    checking::wishes,
    format::{CarriedSite, FIRST_VERSION, Manifest, OrganizationSettings},
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

pub(super) fn organization_change(settings: &OrganizationSettings) -> OrganizationChange {
    OrganizationChange {
        name: None,
        time_zone: Some(settings.time_zone.clone()),
        currency: Some(settings.currency.clone()),
        locales: Some(settings.locales.clone()),
        default_locale: Some(settings.default_locale.clone()),
    }
}

/// Declares what is not declared yet; one may rest on another, in whatever order they stand.
pub(super) fn declare(
    tx: &Tx,
    scope: &Scope,
    catalogue: &Catalogue,
    manifest: &Manifest,
    report: &mut BundleReport,
) -> Result<(), TransferError> {
    let mut left: Vec<Wish> = Vec::new();
    for wish in wishes(manifest) {
        match custom_types::find(tx, scope, wish.kind, &wish.name) {
            Ok(_) => report.declarations.add(Outcome::Unchanged),
            Err(CustomTypeError::NotFound) => left.push(wish),
            Err(error) => return Err(error.into()),
        }
    }
    while !left.is_empty() {
        let (before, mut refusal) = (left.len(), None);
        let mut again = Vec::new();
        for wish in left {
            match custom_types::apply(tx, scope, catalogue, &wish, None) {
                Ok(_) => report.declarations.add(Outcome::Created),
                Err(CustomTypeError::Db(error)) => return Err(error.into()),
                Err(error) => {
                    refusal = Some(error);
                    again.push(wish);
                }
            }
        }
        left = again;
        if let Some(error) = refusal.filter(|_| left.len() == before) {
            return Err(error.into());
        }
    }
    Ok(())
}

pub(super) fn is_published(site: &Site) -> bool {
    site.status == SiteStatus::Published
}

/// Whether nobody else has the domain; it is noted where somebody has.
fn is_free(
    conn: &Conn,
    domain: &DomainName,
    site: &CarriedSite,
    here: Option<SiteId>,
    notes: &mut Vec<String>,
) -> Result<bool, DbError> {
    let owner = sites::owner_of_domain(conn, domain)?.map(|(_, owner)| owner);
    let is_free = owner.is_none() || owner == here;
    if !is_free {
        notes.push(format!("Another site has the domain {domain}: the site {} is without it.", site.slug));
    }
    Ok(is_free)
}

/// The domain, unless another site has it.
pub(super) fn free_domain(
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

/// The settings of its languages, without the domains that other sites have.
pub(super) fn free_languages(
    conn: &Conn,
    site: &CarriedSite,
    here: Option<SiteId>,
    notes: &mut Vec<String>,
) -> Result<LanguageMap, DbError> {
    let mut languages = site.languages.clone();
    for settings in languages.values_mut() {
        if let Some(domain) = &settings.domain
            && !is_free(conn, domain, site, here, notes)?
        {
            settings.domain = None;
        }
    }
    Ok(languages)
}

/// What has to be changed of the site that is there. It keeps its slug, and its domain where the archive's is taken.
pub(super) fn site_change(
    conn: &Conn,
    site: &CarriedSite,
    here: &Site,
    notes: &mut Vec<String>,
) -> Result<SiteChange, DbError> {
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
pub(super) fn has_same_rule(
    conn: &Conn,
    scope: &Scope,
    id: SiteId,
    manifest: &Manifest,
    site: &CarriedSite,
) -> Result<bool, TransferError> {
    Ok(manifest.version == FIRST_VERSION || reviews::is_required(conn, scope, id)? == site.requires_review)
}

pub(super) fn put_site(
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
