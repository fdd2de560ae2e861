//! Making an answer: find the site, read its views and what they refer to, and write the shape.

use std::collections::BTreeMap;

use content::{
    entries::public::{self, View},
    shapes::{self, Reading},
    sites::{self, Site},
    types::Declarations,
};
use ground::{
    db::{Conn, Tenant},
    words::{DomainName, EntryId, Locale, Slug},
};
use machinery::web::{Cached, Page, PageRequest};
use serde::Serialize;
use serde_json::Value;
use tenants::scope::Visitor;

use super::ReadError;
use super::schema::{PublicFound, PublicHit};
use crate::{
    kept::{Answer, CACHE_CONTROL, Versions},
    search::Found,
};

/// Reads on one connection for one visitor.
pub(super) struct Reader<'a, 'c> {
    pub conn: &'a Conn<'c>,
    pub visitor: &'a Visitor,
    pub versions: &'a Versions,
    pub declarations: &'a Declarations,
    pub public_url: &'a str,
}

/// Which entries of a site are wanted.
pub(super) struct Wanted<'a> {
    /// The site's domain, id or slug.
    pub site: &'a str,
    /// The declared type.
    pub content_type: &'a str,
    /// The language wished for.
    pub locale: Option<&'a Locale>,
}

impl Reader<'_, '_> {
    /// The published sites; of one domain only, if one is given.
    pub fn sites(&self, domain: Option<&DomainName>) -> Result<Answer, ReadError> {
        let state = self.versions.of_sites(self.visitor.organization_id());
        let found = sites::published(self.conn, self.visitor, domain)?;
        let shapes: Vec<Value> = found.iter().map(shapes::site).collect();
        Ok(Answer::new(written(&shapes)?, None, vec![state]))
    }

    /// One published site.
    pub fn site(&self, name: &str) -> Result<Answer, ReadError> {
        let state = self.versions.of_sites(self.visitor.organization_id());
        let site = self.find(name)?;
        Ok(Answer::new(written(&shapes::site(&site))?, None, vec![state]))
    }

    /// A page of a type's entries.
    pub fn list(&self, wanted: &Wanted<'_>, page: &PageRequest, is_detailed: bool) -> Result<Answer, ReadError> {
        let sites_state = self.versions.of_sites(self.visitor.organization_id());
        let site = self.find(wanted.site)?;
        let content_state = self.versions.of_content(site.id);
        let chain = public::chain(&site, wanted.locale);
        let (count, views) =
            public::views(self.conn, self.visitor, site.id, wanted.content_type, &chain, page.limit(), page.offset())?;
        let references = self.references(&site, &chain, &views)?;
        let reading = self.reading(&site, &references);
        let results: Vec<Value> = views.iter().map(|view| shapes::entry(&reading, view, is_detailed)).collect();
        let body = written(&Page::new(page, count, results))?;
        let answer = Answer::new(body, chain.first().map(ToString::to_string), vec![sites_state, content_state]);
        Ok(answer.kept_until(public::next_change(self.conn, self.visitor, site.id)?))
    }

    /// One entry, by its slug in any language of the chain.
    pub fn entry(&self, wanted: &Wanted<'_>, slug: &Slug) -> Result<Answer, ReadError> {
        let sites_state = self.versions.of_sites(self.visitor.organization_id());
        let site = self.find(wanted.site)?;
        let content_state = self.versions.of_content(site.id);
        let chain = public::chain(&site, wanted.locale);
        let view = public::view(self.conn, self.visitor, site.id, wanted.content_type, slug, &chain)?;
        let views = [view.ok_or(ReadError::NotFound)?];
        let references = self.references(&site, &chain, &views)?;
        let reading = self.reading(&site, &references);
        let body = written(&shapes::entry(&reading, &views[0], true))?;
        let language = views[0].locale.to_string();
        let answer = Answer::new(body, Some(language), vec![sites_state, content_state]);
        Ok(answer.kept_until(public::next_change(self.conn, self.visitor, site.id)?))
    }

    fn find(&self, name: &str) -> Result<Site, ReadError> {
        sites::published_by_name(self.conn, self.visitor, name)?.ok_or(ReadError::NotFound)
    }

    /// Everything that the views refer to, read at once.
    fn references(&self, site: &Site, chain: &[Locale], views: &[View]) -> Result<BTreeMap<EntryId, View>, ReadError> {
        let mut wanted: Vec<EntryId> =
            views.iter().flat_map(|view| shapes::references_of(self.declarations, view)).collect();
        wanted.sort_unstable();
        wanted.dedup();
        if wanted.is_empty() {
            return Ok(BTreeMap::new());
        }
        Ok(public::referenced(self.conn, self.visitor, site.id, &wanted, chain)?)
    }

    fn reading<'s>(&'s self, site: &'s Site, references: &'s BTreeMap<EntryId, View>) -> Reading<'s> {
        Reading { site, declarations: self.declarations, public_url: self.public_url, references }
    }
}

/// A published site, with the languages that it answers in where this one is wished for, best first.
pub(super) fn site_in(
    conn: &Conn,
    visitor: &Visitor,
    name: &str,
    wanted: Option<&Locale>,
) -> Result<(Site, Vec<Locale>), ReadError> {
    let site = sites::published_by_name(conn, visitor, name)?.ok_or(ReadError::NotFound)?;
    let chain = public::chain(&site, wanted);
    Ok((site, chain))
}

/// What a search has found, as a page. What is published no longer stays out, however far behind the index is.
pub(super) fn found(
    found: Found,
    views: &BTreeMap<EntryId, View>,
    page: &PageRequest,
    locale: &Locale,
) -> Result<Answer, ReadError> {
    let results = found.hits.into_iter().filter_map(|hit| {
        let view = views.get(&hit.entry)?;
        Some(PublicHit {
            id: hit.entry.to_string(),
            content_type: hit.content_type,
            slug: view.slug.to_string(),
            title: hit.title,
            excerpt: hit.excerpt,
            locale: view.locale.to_string(),
        })
    });
    let page = Page::new(page, found.count, results.collect());
    let body = written(&PublicFound { page, types: found.types })?;
    Ok(Answer::new(body, Some(locale.to_string()), Vec::new()))
}

fn written<T: Serialize>(shape: &T) -> Result<Cached, ReadError> {
    Ok(Cached::json(CACHE_CONTROL, serde_json::to_vec(shape)?))
}
