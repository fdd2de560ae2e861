//! Finding sites: those that whoever asks may act on, and those that are published.

use ground::{
    db::{Conn, DbError},
    words::{DomainName, OrganizationId, SiteId, Slug, TimeZoneName},
};
use tenants::scope::{Scope, Visitor};

use super::{Languages, MOST_NAMESAKES, Site, SiteError, SiteHost, store};

/// The site with this id, if whoever asks may act on it.
pub fn find(conn: &Conn, scope: &Scope, id: SiteId) -> Result<Site, SiteError> {
    if !scope.may_act_on(id) {
        return Err(SiteError::NotFound);
    }
    store::by_id(conn, scope, id)?.ok_or(SiteError::NotFound)
}

/// The languages of the site with this id, if whoever asks may act on it.
pub fn languages(conn: &Conn, scope: &Scope, id: SiteId) -> Result<Languages, SiteError> {
    if !scope.may_act_on(id) {
        return Err(SiteError::NotFound);
    }
    store::languages(conn, scope, id)?.ok_or(SiteError::NotFound)
}

/// Where the days of the site with this id begin, if whoever asks may act on it.
pub(crate) fn time_zone(conn: &Conn, scope: &Scope, id: SiteId) -> Result<TimeZoneName, SiteError> {
    if !scope.may_act_on(id) {
        return Err(SiteError::NotFound);
    }
    store::time_zone(conn, scope, id)?.ok_or(SiteError::NotFound)
}

/// The site with this slug: for the command line.
pub fn find_by_slug(conn: &Conn, scope: &Scope, slug: &Slug) -> Result<Site, SiteError> {
    let site = store::by_slug(conn, scope, slug)?.ok_or(SiteError::NotFound)?;
    if scope.may_act_on(site.id) { Ok(site) } else { Err(SiteError::NotFound) }
}

/// The sites that whoever asks may act on, by name.
pub fn list(conn: &Conn, scope: &Scope) -> Result<Vec<Site>, DbError> {
    let mut sites = store::list(conn, scope)?;
    sites.retain(|site| scope.may_act_on(site.id));
    Ok(sites)
}

/// The published sites of the visitor's organization, by name; of this domain only, if one is given.
pub fn published(conn: &Conn, visitor: &Visitor, domain: Option<&DomainName>) -> Result<Vec<Site>, DbError> {
    store::published(conn, visitor, domain)
}

/// Every domain under which a site of any organization can be asked for; those of suspended organizations are left out.
pub fn hosts(conn: &Conn) -> Result<Vec<SiteHost>, DbError> {
    store::hosts(conn)
}

/// Whose site has this domain, if any site of the installation has it.
pub fn owner_of_domain(conn: &Conn, domain: &DomainName) -> Result<Option<(OrganizationId, SiteId)>, DbError> {
    store::owner_of_domain(conn, domain)
}

/// Whose sites go by this id or slug: for addresses that name a site and no organization. Knowing an organization's id
/// opens nothing; its members are asked for next.
pub fn owners(conn: &Conn, name: &str) -> Result<Vec<(OrganizationId, SiteId)>, DbError> {
    store::owners(conn, &name.to_ascii_lowercase(), MOST_NAMESAKES)
}

/// The published site that goes by this domain, id or slug, in this order.
pub fn published_by_name(conn: &Conn, visitor: &Visitor, name: &str) -> Result<Option<Site>, DbError> {
    store::published_by_name(conn, visitor, &name.to_ascii_lowercase())
}
