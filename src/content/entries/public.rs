//! What visitors read: views, composed when they were published. Nothing here can name a draft.
//!
//! A view keeps references as ids. What they lead to is read together with it, in one query ([`referenced`]), and never
//! copied into it: so a renamed amenity is renamed in every room at once, and one that was taken back is nowhere.
//!
//! What is not shown at the visitor's instant does not exist here, neither the entry nor the section.

use std::collections::BTreeMap;

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Tenant},
    words::{EntryId, Locale, SiteId, Slug},
};
use serde_json::{Map, Value};
use tenants::scope::Visitor;

use super::store;
use crate::sites::Site;

/// An entry as visitors see it in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The entry's id: the same in every language.
    pub entry_id: EntryId,
    /// Its type, e.g. `room`.
    pub content_type: String,
    /// The language of its texts.
    pub locale: Locale,
    /// Its name in addresses in this language.
    pub slug: Slug,
    /// Its place in lists.
    pub order: i64,
    /// Its fields: localized ones in this language (or, where it has no text, in the next of the chain), formatted text
    /// as safe HTML, references as ids, pictures as `{"id"?, "url", "alt"?: text}`. What is empty is absent.
    pub document: Map<String, Value>,
    /// The fields whose texts are not, or not all, in this language.
    pub fallback_fields: Vec<String>,
    /// The revision that this language shows.
    pub revision: u32,
    /// When this language was published last.
    pub published_at: Timestamp,
}

impl View {
    /// One field's value.
    pub fn get(&self, field: &str) -> Option<&Value> {
        self.document.get(field)
    }
}

/// The languages to look for, best first: the one asked for and those that stand in for it, as far as visitors are offered
/// them (see [`Languages::chain`](crate::sites::Languages::chain)). Without a wish it is the default's.
pub fn chain(site: &Site, wanted: Option<&Locale>) -> Vec<Locale> {
    site.speaks().chain_for_visitors(wanted)
}

/// One page of a type's views in their order, each entry in the first language of the chain that it is published in, with
/// how many there are.
pub fn views(
    conn: &Conn,
    visitor: &Visitor,
    site: SiteId,
    content_type: &str,
    chain: &[Locale],
    limit: i64,
    offset: i64,
) -> Result<(u64, Vec<View>), DbError> {
    store::views(conn, visitor, site, content_type, chain, visitor.instant(conn), limit, offset)
}

/// The view of the entry that one of the chain's languages knows by this slug, in the best language that it is published
/// in: an address of one language leads to the same entry in another.
pub fn view(
    conn: &Conn,
    visitor: &Visitor,
    site: SiteId,
    content_type: &str,
    slug: &Slug,
    chain: &[Locale],
) -> Result<Option<View>, DbError> {
    best_by_slug(conn, visitor, site, content_type, slug, chain, visitor.instant(conn))
}

/// [`view`] for whoever may read.
pub(super) fn best_by_slug(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    content_type: &str,
    slug: &Slug,
    chain: &[Locale],
    at: Timestamp,
) -> Result<Option<View>, DbError> {
    let found = store::views_by_slug(conn, tenant, site, content_type, slug, chain, at)?;
    let named = found.iter().filter(|view| view.slug == *slug).min_by_key(|view| place(chain, &view.locale));
    let Some(entry) = named.map(|view| view.entry_id) else { return Ok(None) };
    let same = found.into_iter().filter(|view| view.entry_id == entry);
    Ok(same.min_by_key(|view| place(chain, &view.locale)))
}

/// The views that references lead to, by id, each in its best language of the chain. What is not published in any of them
/// is missing.
pub fn referenced(
    conn: &Conn,
    visitor: &Visitor,
    site: SiteId,
    ids: &[EntryId],
    chain: &[Locale],
) -> Result<BTreeMap<EntryId, View>, DbError> {
    best_by_ids(conn, visitor, site, ids, chain, visitor.instant(conn))
}

/// [`referenced`] for whoever may read.
pub(super) fn best_by_ids(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    ids: &[EntryId],
    chain: &[Locale],
    at: Timestamp,
) -> Result<BTreeMap<EntryId, View>, DbError> {
    let mut best: BTreeMap<EntryId, View> = BTreeMap::new();
    if ids.is_empty() {
        return Ok(best);
    }
    for view in store::shown_by_ids(conn, tenant, site, ids, chain, at)? {
        let is_better =
            best.get(&view.entry_id).is_none_or(|other| place(chain, &view.locale) < place(chain, &other.locale));
        if is_better {
            best.insert(view.entry_id, view);
        }
    }
    Ok(best)
}

/// When, after the visitor's instant, something of the site is shown or hidden by itself: until then, what was read stands.
pub fn next_change(conn: &Conn, visitor: &Visitor, site: SiteId) -> Result<Option<Timestamp>, DbError> {
    store::next_boundary(conn, visitor, site, visitor.instant(conn))
}

/// Puts views in the order of lists: by type and place.
pub fn arrange(views: &mut [View]) {
    views.sort_by(|one, other| {
        let place = |view: &View| (view.content_type.clone(), view.order, view.entry_id);
        place(one).cmp(&place(other))
    });
}

/// The ids in a field that refers to other entries, be it one or a list.
pub fn ids(value: &Value) -> Vec<EntryId> {
    match value {
        Value::String(text) => text.parse().into_iter().collect(),
        Value::Array(items) => items.iter().flat_map(ids).collect(),
        _ => Vec::new(),
    }
}

fn place(chain: &[Locale], locale: &Locale) -> usize {
    chain.iter().position(|one| one == locale).unwrap_or(chain.len())
}
