//! Entries as they stand here, in the form in which they are carried.

use std::collections::BTreeMap;

use ground::{
    db::{Conn, DbError},
    words::{EntryId, OrganizationId, SiteId},
};
use tenants::scope::Scope;

use super::{
    super::{Entry, EntryError, reading, schedules, store},
    Carried, CarriedItem, CarriedPublication, PlannedItem,
};
use crate::sites;

/// The next entries of a site in the order of their ids. `planned` says what is to happen to an entry with releases.
pub fn carried(
    conn: &Conn,
    scope: &Scope,
    site: SiteId,
    after: Option<EntryId>,
    limit: i64,
    with_history: bool,
    planned: impl Fn(EntryId) -> Vec<PlannedItem>,
) -> Result<Vec<Carried>, EntryError> {
    sites::languages(conn, scope, site)?;
    let ids = store::ids_kept_behind(conn, scope, site, after, limit)?;
    let mut entries = store::kept_by_ids(conn, scope, site, &ids)?;
    entries.sort_by_key(|entry| entry.id);
    let of_entry = |entry: &Entry| Ok(of_entry(conn, scope, entry, with_history, &planned(entry.id))?);
    entries.iter().map(of_entry).collect()
}

/// The entry with this id in this site, if it is there and not in the bin.
pub fn carried_one(
    conn: &Conn,
    scope: &Scope,
    site: SiteId,
    id: EntryId,
    planned: &[PlannedItem],
) -> Result<Option<Carried>, EntryError> {
    match reading::stored(conn, scope, site, id) {
        Ok(entry) => Ok(Some(of_entry(conn, scope, &entry, false, planned)?)),
        Err(EntryError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

fn of_entry(
    conn: &Conn,
    scope: &Scope,
    entry: &Entry,
    with_history: bool,
    planned: &[PlannedItem],
) -> Result<Carried, DbError> {
    let publications = store::publications(conn, scope, &[entry.id])?;
    let published = publications.into_iter().map(|(_, locale, publication)| {
        let carried = CarriedPublication {
            state: publication.revision as usize,
            published_at: publication.published_at,
            first_published_at: publication.first_published_at,
        };
        (locale, carried)
    });
    let is_archived = entry.archived_at.is_some();
    let shown_before = if is_archived { store::withdrawn(conn, scope, entry.id)? } else { BTreeMap::new() };
    let mut carried = Carried {
        id: entry.id,
        content_type: entry.content_type.clone(),
        source_key: store::source_of(conn, scope, entry.id)?.and_then(|(key, _)| key),
        created_at: entry.created_at,
        is_archived,
        states: Vec::new(),
        published: published.collect(),
        shown_before: shown_before.into_iter().map(|(locale, number)| (locale, number as usize)).collect(),
        schedules: schedules::carried::waiting(conn, scope, entry.id)?,
        releases: planned.iter().map(item).collect(),
        own_values: store::own_values(conn, scope, entry.id)?,
        is_of_first_version: false,
    };
    let names_others =
        !carried.shown_before.is_empty() || !carried.schedules.is_empty() || !carried.releases.is_empty();
    let states = store::states(conn, scope, entry.id, with_history || names_others)?;
    carried.keep(states.into_iter().map(|(number, state)| (number as usize, state)).collect());
    // What a language showed before and nobody has any more.
    carried.shown_before.retain(|_, place| *place > 0);
    Ok(if with_history { carried } else { carried.without_history() })
}

fn item(planned: &PlannedItem) -> CarriedItem {
    CarriedItem {
        release: planned.release,
        position: planned.position,
        action: planned.action,
        state: planned.revision.map(|number| number as usize),
        locales: planned.locales.clone(),
    }
}

/// Looks at each entry of a site and its type, in the order of the ids.
pub fn each_name(
    conn: &Conn,
    scope: &Scope,
    site: SiteId,
    look: impl FnMut(EntryId, String),
) -> Result<(), EntryError> {
    sites::languages(conn, scope, site)?;
    Ok(store::each_name(conn, scope, site, look)?)
}

/// Looks at the id of every entry of the installation, with its site and whose it is.
pub fn each_owner(conn: &Conn, look: impl FnMut(EntryId, SiteId, OrganizationId)) -> Result<(), DbError> {
    store::each_owner(conn, look)
}
