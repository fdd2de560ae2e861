//! The hosts under which a site is served: its own domain, and those of single languages.

use ground::{db::Tx, words::DomainName};
use tenants::scope::Scope;

use super::{Site, SiteError, store};

/// Whether visitors can reach a site by the name: it has several parts, as one alone would be taken for a site's slug, and is
/// no address of numbers, which no browser sends for a site.
pub fn can_be_served(domain: &DomainName) -> bool {
    let last = domain.as_str().rsplit_once('.').map(|(_, last)| last);
    last.is_some_and(|last| !last.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Refuses names that lead no visitor to the site.
fn check(site: &Site) -> Result<(), SiteError> {
    let spoken = site.speaks();
    let of_languages = spoken.domains().map(|(locale, domain)| (format!("/languages/{locale}/domain"), domain));
    let own = site.domain.iter().map(|domain| ("/domain".to_owned(), domain));
    let refused = own.chain(of_languages).find(|(_, domain)| !can_be_served(domain));
    refused.map_or(Ok(()), |(pointer, domain)| Err(SiteError::DomainInvalid { pointer, domain: domain.to_string() }))
}

/// Notes which language each further domain is, and refuses those that lead elsewhere already: a site's own domain and
/// one of a language stand in different tables.
pub(super) fn put(tx: &Tx, scope: &Scope, site: &Site) -> Result<(), SiteError> {
    check(site)?;
    store::delete_domains(tx, scope, site.id)?;
    let taken = |pointer: String, domain: &DomainName| SiteError::DomainTaken { pointer, domain: domain.to_string() };
    for (locale, domain) in site.speaks().domains() {
        let pointer = format!("/languages/{locale}/domain");
        if store::is_domain_of_site(tx, domain)? || !store::insert_domain(tx, scope, site.id, locale, domain)? {
            return Err(taken(pointer, domain));
        }
    }
    match &site.domain {
        Some(domain) if store::is_domain_of_language(tx, domain)? => Err(taken("/domain".to_owned(), domain)),
        _ => Ok(()),
    }
}
