//! Making an answer: find the site, read its views and what they refer to, and write the shape.

use std::collections::BTreeMap;

use content::{
    entries::public::{self, View, ids},
    sites::{self, Site},
    types::{Declarations, FieldKind},
};
use ground::{
    db::{Conn, Tenant},
    words::{DomainName, EntryId, Locale, Slug},
};
use machinery::web::{Cached, Page, PageRequest};
use serde::Serialize;
use serde_json::Value;
use tenants::scope::Visitor;

use super::{
    ReadError, Reading,
    answers::{Answer, CACHE_CONTROL},
    shapes,
    versions::Versions,
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
        let reading = self.reading(&site, &chain, &views)?;
        let results: Vec<Value> = views.iter().map(|view| shapes::entry(&reading, view, is_detailed)).collect();
        let body = written(&Page::new(page, count, results))?;
        Ok(Answer::new(body, chain.first().map(ToString::to_string), vec![sites_state, content_state]))
    }

    /// One entry, by its slug in any language of the chain.
    pub fn entry(&self, wanted: &Wanted<'_>, slug: &Slug) -> Result<Answer, ReadError> {
        let sites_state = self.versions.of_sites(self.visitor.organization_id());
        let site = self.find(wanted.site)?;
        let content_state = self.versions.of_content(site.id);
        let chain = public::chain(&site, wanted.locale);
        let view = public::view(self.conn, self.visitor, site.id, wanted.content_type, slug, &chain)?;
        let views = [view.ok_or(ReadError::NotFound)?];
        let reading = self.reading(&site, &chain, &views)?;
        let body = written(&shapes::entry(&reading, &views[0], true))?;
        let language = views[0].locale.to_string();
        Ok(Answer::new(body, Some(language), vec![sites_state, content_state]))
    }

    fn find(&self, name: &str) -> Result<Site, ReadError> {
        sites::published_by_name(self.conn, self.visitor, name)?.ok_or(ReadError::NotFound)
    }

    /// What shapes need beside the views: everything that they refer to, read at once.
    fn reading<'s>(&'s self, site: &'s Site, chain: &[Locale], views: &[View]) -> Result<Reading<'s>, ReadError> {
        let mut wanted: Vec<EntryId> = views.iter().flat_map(|view| self.references_of(view)).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let references = if wanted.is_empty() {
            BTreeMap::new()
        } else {
            public::referenced(self.conn, self.visitor, site.id, &wanted, chain)?
        };
        Ok(Reading { site, declarations: self.declarations, public_url: self.public_url, references })
    }

    fn references_of(&self, view: &View) -> Vec<EntryId> {
        let Some(declared) = self.declarations.content_type(&view.content_type) else { return Vec::new() };
        let of = declared.fields.iter().filter_map(|field| Some((&field.kind, view.get(&field.name)?)));
        of.flat_map(|(kind, value)| self.references_in(kind, value)).collect()
    }

    fn references_in(&self, kind: &FieldKind, value: &Value) -> Vec<EntryId> {
        match (kind, value) {
            (FieldKind::Reference { .. }, id) => ids(id),
            (FieldKind::List { item, .. }, Value::Array(items)) => {
                items.iter().flat_map(|value| self.references_in(item, value)).collect()
            }
            (FieldKind::Group { fields }, Value::Object(object)) => {
                let of = fields.iter().filter_map(|field| Some((&field.kind, object.get(&field.name)?)));
                of.flat_map(|(kind, value)| self.references_in(kind, value)).collect()
            }
            (FieldKind::Sections { .. }, Value::Array(sections)) => sections
                .iter()
                .filter_map(|section| {
                    let declared = self.declarations.section(section.get("type")?.as_str()?)?;
                    let of = declared.fields.iter().filter_map(|field| Some((&field.kind, section.get(&field.name)?)));
                    Some(of.flat_map(|(kind, value)| self.references_in(kind, value)).collect::<Vec<_>>())
                })
                .flatten()
                .collect(),
            _ => Vec::new(),
        }
    }
}

fn written<T: Serialize>(shape: &T) -> Result<Cached, ReadError> {
    Ok(Cached::json(CACHE_CONTROL, serde_json::to_vec(shape)?))
}
