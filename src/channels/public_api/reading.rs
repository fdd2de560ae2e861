//! Making an answer: find the site, read its views and what they refer to, and write the shape.

use std::collections::BTreeMap;

use content::{
    entries::{
        listing::{self, Listed, Listing, Part, Place},
        public::{self, View},
    },
    shapes,
    sites::{self, Site},
    types::{Declarations, TypeDeclaration},
};
use ground::{
    db::{Conn, Tenant},
    words::{DomainName, EntryId, Locale, Slug},
};
use machinery::web::{Cached, Page, PageRequest, Problem, UrlQuery};
use serde::Serialize;
use serde_json::Value;
use tenants::scope::Visitor;

use super::{
    ReadError,
    asking::{Canonical, ListWish, Paging, Wish},
    cursors::Cursor,
    schema::{PublicFound, PublicHit, PublicList},
};
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

    /// A part of a type's list.
    pub fn list(&self, site: &str, declared: &TypeDeclaration, list: &Asked<'_>) -> Result<Answer, ReadError> {
        let sites_state = self.versions.of_sites(self.visitor.organization_id());
        let wish = ListWish::read(list.canonical, list.base, list.bound_to, self.declarations, declared)
            .map_err(ReadError::Refused)?;
        let site = self.find(site)?;
        let content_state = self.versions.of_content(site.id);
        let chain = wish.each.chain(&site).map_err(ReadError::Refused)?;
        let listing =
            Listing { content_type: &declared.name, chain: &chain, conditions: &wish.conditions, sort: &wish.sort };
        let body = match &wish.paging {
            Paging::Pages(page) => {
                let (count, views) = self.page(&site, &listing, page)?;
                let results = self.shapes(&site, &chain, &views, &wish.each, true)?;
                written(&PublicList::of_page(Page::new(page, count, results)))?
            }
            Paging::Cursor { .. } => {
                let found = listing::list(self.conn, self.visitor, site.id, &listing, &wish.paging.part())?;
                let results = self.shapes(&site, &chain, &found.views, &wish.each, true)?;
                written(&list.part(found, results))?
            }
        };
        let answer = Answer::new(body, chain.first().map(ToString::to_string), vec![sites_state, content_state]);
        Ok(answer.kept_until(public::next_change(self.conn, self.visitor, site.id)?))
    }

    fn page(&self, site: &Site, listing: &Listing<'_>, page: &PageRequest) -> Result<(u64, Vec<View>), ReadError> {
        let (limit, offset) = (page.limit(), page.offset());
        if listing.conditions.is_empty() && listing.sort.is_empty() {
            let (kind, chain) = (listing.content_type, listing.chain);
            return Ok(public::views(self.conn, self.visitor, site.id, kind, chain, limit, offset)?);
        }
        let part = Part::Page { limit, offset };
        let found = listing::list(self.conn, self.visitor, site.id, listing, &part)?;
        Ok((found.count.unwrap_or_default(), found.views))
    }

    /// One entry, by its slug in any language of the chain.
    pub fn entry(&self, site: &str, declared: &TypeDeclaration, slug: &Slug, query: &str) -> Result<Answer, ReadError> {
        let sites_state = self.versions.of_sites(self.visitor.organization_id());
        let wish = Wish::read(&UrlQuery::parse(query), self.declarations, declared).map_err(ReadError::Refused)?;
        let site = self.find(site)?;
        let content_state = self.versions.of_content(site.id);
        let chain = wish.chain(&site).map_err(ReadError::Refused)?;
        let view = public::view(self.conn, self.visitor, site.id, &declared.name, slug, &chain)?;
        let views = [view.ok_or(ReadError::NotFound)?];
        let shape = self.shapes(&site, &chain, &views, &wish, false)?.pop().ok_or(ReadError::NotFound)?;
        let language = views[0].locale.to_string();
        let answer = Answer::new(written(&shape)?, Some(language), vec![sites_state, content_state]);
        Ok(answer.kept_until(public::next_change(self.conn, self.visitor, site.id)?))
    }

    /// The one entry of a type, where a site has exactly one.
    pub fn only(&self, site: &str, content_type: &str, query: &str) -> Result<Answer, ReadError> {
        let sites_state = self.versions.of_sites(self.visitor.organization_id());
        let declared = self.declarations.content_type(content_type).ok_or(ReadError::NotFound)?;
        let wish = Wish::read(&UrlQuery::parse(query), self.declarations, declared).map_err(ReadError::Refused)?;
        let site = self.find(site)?;
        let content_state = self.versions.of_content(site.id);
        let chain = wish.chain(&site).map_err(ReadError::Refused)?;
        let (count, views) = public::views(self.conn, self.visitor, site.id, content_type, &chain, 1, 0)?;
        if count > 1 {
            return Err(several(declared, count));
        }
        let shape = self.shapes(&site, &chain, &views, &wish, false)?.pop().ok_or(ReadError::NotFound)?;
        let language = views.first().map(|view| view.locale.to_string());
        let answer = Answer::new(written(&shape)?, language, vec![sites_state, content_state]);
        Ok(answer.kept_until(public::next_change(self.conn, self.visitor, site.id)?))
    }

    pub(super) fn find(&self, name: &str) -> Result<Site, ReadError> {
        sites::published_by_name(self.conn, self.visitor, name)?.ok_or(ReadError::NotFound)
    }
}

/// Why there is no one entry of a type.
pub(super) fn several(declared: &TypeDeclaration, count: u64) -> ReadError {
    let Problem { status, code, title, .. } = Problem::not_found();
    let detail = format!("This site has {count} of them: they are in `{}/`, each under its slug.", declared.plural);
    ReadError::Refused(Problem::new(status, code, title, detail))
}

/// A list as it was asked for.
pub(super) struct Asked<'a> {
    /// The query.
    pub canonical: &'a Canonical,
    /// The list's own address.
    pub base: &'a str,
    /// What its cursors belong to.
    pub bound_to: &'a str,
}

impl Asked<'_> {
    /// A part of the list with the addresses of its neighbours.
    pub fn part(&self, found: Listed, results: Vec<Value>) -> PublicList<Value> {
        let rest = self.canonical.without(&["cursor"]);
        let address = |is_backward: bool, place: &Place| {
            let cursor = Cursor { is_backward, place: place.clone() }.written(self.bound_to);
            format!("{}?{rest}{}cursor={cursor}", self.base, if rest.is_empty() { "" } else { "&" })
        };
        let (first, last) = found.ends.unzip();
        PublicList {
            count: found.count,
            count_capped: Some(found.count.is_none()),
            next: last.filter(|_| found.has_next).map(|place| address(false, &place)),
            previous: first.filter(|_| found.has_previous).map(|place| address(true, &place)),
            results,
        }
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

pub(super) fn written<T: Serialize>(shape: &T) -> Result<Cached, ReadError> {
    Ok(Cached::json(CACHE_CONTROL, serde_json::to_vec(shape)?))
}
