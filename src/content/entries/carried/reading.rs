//! Entries as they stand here, in the form in which they are carried.

use std::collections::BTreeMap;

use ground::{
    db::{Conn, DbError},
    words::{EntryId, Locale, OrganizationId, SiteId, Slug},
};
use tenants::scope::Scope;

use super::{
    super::{Entry, EntryError, preparing::declared, reading, renewing, schedules, store},
    Carried, CarriedItem, CarriedPublication, CarriedState, PlannedItem, check,
};
use crate::{
    sites::{self, Languages},
    types::Declarations,
};

/// The next entries of a site in the order of their ids. `planned` says what is to happen to an entry with releases.
#[expect(clippy::too_many_arguments, reason = "which entries, by which declarations, and how much of them")]
pub fn carried(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    after: Option<EntryId>,
    limit: i64,
    with_history: bool,
    planned: impl Fn(EntryId) -> Vec<PlannedItem>,
) -> Result<Vec<Carried>, EntryError> {
    let languages = sites::languages(conn, scope, site)?;
    let ids = store::ids_kept_behind(conn, scope, site, after, limit)?;
    let mut entries = store::kept_by_ids(conn, scope, site, &ids)?;
    entries.sort_by_key(|entry| entry.id);
    let reader = Reader { conn, scope, declarations, languages: &languages };
    let of_entry = |entry: &Entry| Ok(reader.of_entry(entry, with_history, &planned(entry.id))?);
    entries.iter().map(of_entry).collect()
}

/// The entry with this id in this site, if it is there and not in the bin.
pub fn carried_one(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    id: EntryId,
    planned: &[PlannedItem],
) -> Result<Option<Carried>, EntryError> {
    match reading::stored(conn, scope, site, id) {
        Ok(entry) => {
            let languages = sites::languages(conn, scope, site)?;
            let reader = Reader { conn, scope, declarations, languages: &languages };
            Ok(Some(reader.of_entry(&entry, false, planned)?))
        }
        Err(EntryError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Looks at entries by these declarations.
struct Reader<'a, 'c> {
    conn: &'a Conn<'c>,
    scope: &'a Scope,
    declarations: &'a Declarations,
    languages: &'a Languages,
}

impl Reader<'_, '_> {
    fn of_entry(&self, entry: &Entry, with_history: bool, planned: &[PlannedItem]) -> Result<Carried, DbError> {
        let Self { conn, scope, .. } = *self;
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
        let states = states.into_iter().map(|(number, state)| Ok((number as usize, self.today(entry, number, state)?)));
        carried.keep(states.collect::<Result<_, DbError>>()?);
        // What a language showed before and nobody has any more.
        carried.shown_before.retain(|_, place| *place > 0);
        Ok(if with_history { carried } else { carried.without_history() })
    }

    /// A state in the form of today's declarations: one that was written by older ones goes as it would come back here. The
    /// declarations of then stay behind.
    fn today(&self, entry: &Entry, number: u32, mut state: CarriedState) -> Result<CarriedState, DbError> {
        let Self { conn, scope, declarations, languages } = *self;
        if let Ok(declared) = declared(declarations, &entry.content_type)
            && check(declarations, declared, &state, &languages.held()).is_err()
            && let Some(then) = store::revision(conn, scope, entry.id, number)?
        {
            let renewed = renewing::renewed(conn, scope, declarations, declared, languages, &then)?;
            state.document = renewed.validated.document.into_fields();
        }
        Ok(state)
    }
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

/// Looks at what each entry of a site is called, with its type.
pub fn each_slug(
    conn: &Conn,
    scope: &Scope,
    site: SiteId,
    look: impl FnMut(EntryId, &str, &Slug),
) -> Result<(), EntryError> {
    sites::languages(conn, scope, site)?;
    Ok(store::each_slug(conn, scope, site, look)?)
}

/// Looks at the name under which visitors see each entry of a site in each language, with its type.
pub fn each_address(
    conn: &Conn,
    scope: &Scope,
    site: SiteId,
    look: impl FnMut(EntryId, &str, &Locale, &Slug),
) -> Result<(), EntryError> {
    sites::languages(conn, scope, site)?;
    Ok(store::each_address(conn, scope, site, look)?)
}
