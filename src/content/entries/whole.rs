//! Entries with everything that is known of them, for whoever keeps a copy: the search index.

use std::collections::BTreeMap;

use ground::{
    db::{Conn, DbError},
    words::{EntryId, Locale, OrganizationId, SiteId, Slug},
};
use serde_json::{Map, Value};
use tenants::scope::Scope;

use super::{
    Entry, EntryError,
    composing::{self, Source},
    public::View,
    store,
};
use crate::types::Declarations;

/// An entry with what the team and what visitors read of it.
#[derive(Clone, Debug)]
pub struct Whole {
    /// As it is now.
    pub entry: Entry,
    /// Its newest document in each language of the site, with that language's own texts alone.
    pub drafts: Vec<(Locale, Map<String, Value>)>,
    /// What is published of it, each with the languages in which visitors are shown it: its own, and those that have
    /// nothing better.
    pub views: Vec<(View, Vec<Locale>)>,
}

/// These entries of a site, as far as they are there, be it in the archive.
pub fn wholes(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    ids: &[EntryId],
) -> Result<Vec<Whole>, EntryError> {
    let languages = crate::sites::languages(conn, scope, site)?;
    let entries = store::kept_by_ids(conn, scope, site, ids)?;
    let mut views: BTreeMap<EntryId, Vec<View>> = BTreeMap::new();
    for view in store::views_by_ids(conn, scope, site, ids, &languages.offered)? {
        views.entry(view.entry_id).or_default().push(view);
    }
    let whole = |entry: Entry| {
        let drafts = match declarations.content_type(&entry.content_type) {
            // A type that is no longer declared has nothing that could be read.
            None => Vec::new(),
            Some(declared) => {
                let composed = |locale: &Locale| {
                    let own = [Source { locale, document: &entry.document }];
                    (locale.clone(), composing::compose(declarations, declared, &entry.document, &own))
                };
                languages.offered.iter().map(composed).collect()
            }
        };
        let mut views: Vec<(View, Vec<Locale>)> =
            views.remove(&entry.id).unwrap_or_default().into_iter().map(|view| (view, Vec::new())).collect();
        for locale in languages.shown() {
            let chain = languages.chain(locale);
            let best = chain.iter().find_map(|wanted| views.iter().position(|(view, _)| view.locale == *wanted));
            if let Some((_, shown_in)) = best.and_then(|place| views.get_mut(place)) {
                shown_in.push(locale.clone());
            }
        }
        Whole { entry, drafts, views }
    };
    Ok(entries.into_iter().map(whole).collect())
}

/// The next entries of a site in the order of their ids.
pub fn ids_behind(
    conn: &Conn,
    scope: &Scope,
    site: SiteId,
    after: Option<EntryId>,
    limit: i64,
) -> Result<Vec<EntryId>, DbError> {
    store::ids_behind(conn, scope, site, after, limit)
}

/// [`ids_behind`], those in the archive too.
pub fn ids_kept_behind(
    conn: &Conn,
    scope: &Scope,
    site: SiteId,
    after: Option<EntryId>,
    limit: i64,
) -> Result<Vec<EntryId>, DbError> {
    store::ids_kept_behind(conn, scope, site, after, limit)
}

/// The entry of a type that has this slug on a site.
pub fn by_slug(
    conn: &Conn,
    scope: &Scope,
    site: SiteId,
    content_type: &str,
    slug: &Slug,
) -> Result<Option<EntryId>, DbError> {
    store::by_slug(conn, scope, site, content_type, slug)
}

/// Every site of the installation, with whose it is.
pub fn all_sites(conn: &Conn) -> Result<Vec<(OrganizationId, SiteId)>, DbError> {
    store::all_sites(conn)
}

/// These entries of a site with what is published of them, in this order, as far as they are there, be it in
/// the archive.
pub fn find_many(conn: &Conn, scope: &Scope, site: SiteId, ids: &[EntryId]) -> Result<Vec<Entry>, EntryError> {
    if !scope.may_act_on(site) {
        return Err(EntryError::NotFound);
    }
    let mut entries = store::kept_by_ids(conn, scope, site, ids)?;
    super::reading::add_publications(conn, scope, &mut entries)?;
    entries.sort_by_key(|entry| ids.iter().position(|id| *id == entry.id));
    Ok(entries)
}
