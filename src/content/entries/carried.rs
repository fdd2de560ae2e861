//! Entries as they are carried from one installation to another: the states that are worth keeping, in their order, and
//! which of them each language shows. Numbers of revisions are of one installation and stay there.

use std::collections::{BTreeMap, BTreeSet};

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Tx},
    words::{EntryId, Locale, OrganizationId, SiteId, Slug},
};
use machinery::web::FieldProblem;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tenants::scope::Scope;

use super::{
    Entry, EntryError, NewEntry, Outcome, Prepared, Stage, bin,
    preparing::{State, declared},
    publishing, reading, saving, store,
};
use crate::{
    sites,
    types::{Declarations, TypeDeclaration, Validated},
};

/// An entry with its states.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Carried {
    /// Its id.
    pub id: EntryId,
    /// Its type, e.g. `room`.
    #[serde(rename = "type")]
    pub content_type: String,
    /// Where an import found it.
    pub source_key: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Whether it is put aside, where nobody sees it.
    pub is_archived: bool,
    /// Its states, the newest last. No two neighbours are the same.
    pub states: Vec<CarriedState>,
    /// What each language shows.
    pub published: BTreeMap<Locale, CarriedPublication>,
}

/// What was saved of an entry at some time.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CarriedState {
    /// Its name in addresses then.
    pub slug: Slug,
    /// What whoever saved it was called.
    pub author: String,
    /// When.
    pub saved_at: Timestamp,
    /// Its fields.
    pub document: Map<String, Value>,
}

/// What one language shows of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CarriedPublication {
    /// Which of its states, from 1.
    pub state: usize,
    /// Since when.
    pub published_at: Timestamp,
    /// When it was shown for the first time.
    pub first_published_at: Timestamp,
}

/// What became of an entry that was put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Put {
    /// It is there.
    Done(Outcome),
    /// Another entry has one of its slugs just now. Nothing was written.
    SlugTaken(Slug),
}

impl Carried {
    /// Without the states that are neither shown nor the newest.
    #[must_use]
    pub fn without_history(mut self) -> Self {
        let last = self.states.len();
        let kept: BTreeSet<usize> = self.published.values().map(|one| one.state).chain([last]).collect();
        let numbered =
            std::mem::take(&mut self.states).into_iter().enumerate().map(|(index, state)| (index + 1, state));
        let states = numbered.filter(|(number, _)| kept.contains(number)).collect();
        self.keep(states);
        self
    }

    /// Takes numbered states instead, leaves out what says the same as the one before, and counts them from 1.
    pub fn keep(&mut self, numbered: Vec<(usize, CarriedState)>) {
        self.states.clear();
        let mut places = BTreeMap::new();
        for (number, state) in numbered {
            let is_repeated =
                self.states.last().is_some_and(|last| last.slug == state.slug && last.document == state.document);
            if !is_repeated {
                self.states.push(state);
            }
            places.insert(number, self.states.len());
        }
        for publication in self.published.values_mut() {
            publication.state = places.get(&publication.state).copied().unwrap_or_default();
        }
    }

    /// Whether the other says the same of what is shown and of the newest state, whenever and by whom it was written.
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        let said = |one: &Self| {
            let one = one.clone().without_history();
            let states: Vec<_> = one.states.into_iter().map(|state| (state.slug, state.document)).collect();
            let shown: Vec<_> = one.published.into_iter().map(|(locale, shown)| (locale, shown.state)).collect();
            (one.id, one.content_type, one.is_archived, states, shown)
        };
        said(self) == said(other)
    }

    /// The languages that show a state, by its place from 0.
    fn shown_in(&self, index: usize) -> Vec<Locale> {
        let shown = self.published.iter().filter(|(_, publication)| publication.state == index + 1);
        shown.map(|(locale, _)| locale.clone()).collect()
    }
}

/// The next entries of a site in the order of their ids.
pub fn carried(
    conn: &Conn,
    scope: &Scope,
    site: SiteId,
    after: Option<EntryId>,
    limit: i64,
    with_history: bool,
) -> Result<Vec<Carried>, EntryError> {
    sites::languages(conn, scope, site)?;
    let ids = store::ids_behind(conn, scope, site, after, limit)?;
    let mut entries = store::by_ids(conn, scope, site, &ids)?;
    entries.sort_by_key(|entry| entry.id);
    entries.iter().map(|entry| Ok(of_entry(conn, scope, entry, with_history)?)).collect()
}

/// The entry with this id in this site, if it is there and not in the bin.
pub fn carried_one(conn: &Conn, scope: &Scope, site: SiteId, id: EntryId) -> Result<Option<Carried>, EntryError> {
    match reading::stored(conn, scope, site, id) {
        Ok(entry) => Ok(Some(of_entry(conn, scope, &entry, false)?)),
        Err(EntryError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

fn of_entry(conn: &Conn, scope: &Scope, entry: &Entry, with_history: bool) -> Result<Carried, DbError> {
    let publications = store::publications(conn, scope, &[entry.id])?;
    let published = publications.into_iter().map(|(_, locale, publication)| {
        let carried = CarriedPublication {
            state: publication.revision as usize,
            published_at: publication.published_at,
            first_published_at: publication.first_published_at,
        };
        (locale, carried)
    });
    let mut carried = Carried {
        id: entry.id,
        content_type: entry.content_type.clone(),
        source_key: store::source_of(conn, scope, entry.id)?.and_then(|(key, _)| key),
        created_at: entry.created_at,
        is_archived: entry.archived_at.is_some(),
        states: Vec::new(),
        published: published.collect(),
    };
    let states = store::states(conn, scope, entry.id, with_history)?;
    carried.keep(states.into_iter().map(|(number, state)| (number as usize, state)).collect());
    Ok(carried)
}

/// The entries of a site with their types.
pub fn names(conn: &Conn, scope: &Scope, site: SiteId) -> Result<Vec<(EntryId, String)>, EntryError> {
    sites::languages(conn, scope, site)?;
    Ok(store::names(conn, scope, site)?)
}

/// Looks at the id of every entry of the installation, with its site and whose it is.
pub fn each_owner(conn: &Conn, look: impl FnMut(EntryId, SiteId, OrganizationId)) -> Result<(), DbError> {
    store::each_owner(conn, look)
}

/// Checks a state against its type, for a site with these languages.
pub fn check(
    declarations: &Declarations,
    declared: &TypeDeclaration,
    state: &CarriedState,
    locales: &[Locale],
) -> Result<Validated, Vec<FieldProblem>> {
    declarations.validate(declared, &Value::Object(state.document.clone()), locales)
}

/// Makes an entry as it was elsewhere, or brings the one that is there to the same states; one in the bin comes out of it.
/// Whoever calls has seen that what it refers to is there, or comes with it. A language in which something required is
/// missing does not show it.
pub fn put(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    carried: &Carried,
) -> Result<Put, EntryError> {
    let declared = declared(declarations, &carried.content_type)?;
    for state in &carried.states {
        let owner = store::slug_owner(tx, scope, site, &carried.content_type, &state.slug)?;
        if owner.is_some_and(|owner| owner != carried.id) {
            return Ok(Put::SlugTaken(state.slug.clone()));
        }
    }
    let is_in_bin = store::source_of(tx, scope, carried.id)?.is_some_and(|(_, is_deleted)| is_deleted);
    if is_in_bin {
        bin::restore(tx, scope, declarations, site, carried.id, false)?;
    }
    let existing = carried_one(tx, scope, site, carried.id)?;
    if !is_in_bin && existing.as_ref().is_some_and(|there| there.says_the_same_as(carried)) {
        return Ok(Put::Done(Outcome::Unchanged));
    }
    let is_new = existing.is_none();
    if existing.is_some_and(|there| there.is_archived) {
        super::bring_back(tx, scope, declarations, site, carried.id, false)?;
    }
    let mut writer = Writer { tx, scope, declarations, declared, site, carried };
    writer.write(is_new)?;
    Ok(Put::Done(if is_new { Outcome::Created } else { Outcome::Changed }))
}

struct Writer<'a, 't> {
    tx: &'a Tx<'t>,
    scope: &'a Scope,
    declarations: &'a Declarations,
    declared: &'a TypeDeclaration,
    site: SiteId,
    carried: &'a Carried,
}

impl Writer<'_, '_> {
    fn write(&mut self, is_new: bool) -> Result<(), EntryError> {
        let Self { tx, scope, declarations, site, carried, .. } = *self;
        let (id, mut numbers) = (carried.id, Vec::new());
        for (index, state) in carried.states.iter().enumerate() {
            let entry = if is_new && index == 0 { self.created(state)? } else { self.saved(state)? };
            numbers.push(entry.revision);
            let locales = self.showable(state, carried.shown_in(index))?;
            if !locales.is_empty() {
                let stage = Stage::set(tx, scope, declarations, site)?.noting();
                publishing::publish_on(tx, scope, &stage, id, entry.revision, Some(&locales))?;
            }
        }
        let entry = reading::find(tx, scope, site, id)?;
        let gone: Vec<Locale> =
            entry.published.keys().filter(|locale| !carried.published.contains_key(*locale)).cloned().collect();
        if !gone.is_empty() {
            publishing::unpublish(tx, scope, declarations, site, id, Some(&gone))?;
        }
        if is_new {
            self.date(&numbers)?;
        }
        if carried.is_archived {
            super::archive(tx, scope, site, id)?;
        }
        Ok(())
    }

    fn created(&self, state: &CarriedState) -> Result<Entry, EntryError> {
        let Self { tx, scope, site, carried, .. } = *self;
        let taken = match &carried.source_key {
            Some(key) => store::by_source(tx, scope, site, &carried.content_type, key)?.is_some(),
            None => false,
        };
        let new = NewEntry {
            content_type: carried.content_type.clone(),
            slug: Some(state.slug.clone()),
            document: Value::Object(state.document.clone()),
            // Another entry of the site came from there: both stay.
            source_key: carried.source_key.clone().filter(|_| !taken),
        };
        let mut prepared = Prepared::new(self.declarations, sites::languages(tx, scope, site)?, new, false)?;
        prepared.id = Some(carried.id);
        prepared.state.references.clear();
        saving::create_prepared(tx, scope, site, prepared)
    }

    fn saved(&self, state: &CarriedState) -> Result<Entry, EntryError> {
        let Self { tx, scope, site, carried, .. } = *self;
        let before = reading::find(tx, scope, site, carried.id)?;
        let languages = sites::languages(tx, scope, site)?;
        let mut next =
            State::new(self.declarations, self.declared, &Value::Object(state.document.clone()), &languages)?;
        if next.document == before.document && state.slug == before.slug {
            return Ok(before);
        }
        next.references.clear();
        saving::write(tx, scope, &before, next, state.slug.clone())
    }

    /// Those of the languages that the site is offered in and that lack nothing.
    fn showable(&self, state: &CarriedState, mut locales: Vec<Locale>) -> Result<Vec<Locale>, EntryError> {
        let offered = sites::languages(self.tx, self.scope, self.site)?.offered;
        let validated = check(self.declarations, self.declared, state, &offered).map_err(EntryError::Invalid)?.document;
        locales.retain(|locale| {
            offered.contains(locale) && self.declarations.missing(self.declared, &validated, locale).is_empty()
        });
        Ok(locales)
    }

    /// Writes when all of it was done, there where it was done.
    fn date(&self, numbers: &[u32]) -> Result<(), EntryError> {
        let Self { tx, scope, declarations, declared, site, carried } = *self;
        for (number, state) in numbers.iter().zip(&carried.states) {
            store::date_revision(tx, scope, carried.id, *number, state)?;
        }
        let changed_at = carried.states.last().map_or(carried.created_at, |state| state.saved_at);
        store::date_entry(tx, scope, carried.id, carried.created_at, changed_at)?;
        for (locale, publication) in &carried.published {
            store::date_publication(tx, scope, carried.id, locale, publication)?;
        }
        let editions = store::editions(tx, scope, carried.id)?;
        let languages = sites::languages(tx, scope, site)?;
        let entry = reading::find(tx, scope, site, carried.id)?;
        publishing::put_views(tx, scope, declarations, declared, &entry, &languages, &editions)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn carried(states: &[&str], shown: &[(&str, usize)]) -> Carried {
        let at: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        let mut carried = Carried {
            id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
            content_type: "page".to_owned(),
            source_key: None,
            created_at: at,
            is_archived: false,
            states: Vec::new(),
            published: BTreeMap::new(),
        };
        for (locale, state) in shown {
            let publication = CarriedPublication { state: *state, published_at: at, first_published_at: at };
            carried.published.insert(locale.parse().unwrap(), publication);
        }
        let state = |title: &&str| CarriedState {
            slug: "home".parse().unwrap(),
            author: String::new(),
            saved_at: at,
            document: json!({ "title": title }).as_object().cloned().unwrap(),
        };
        carried.keep(states.iter().enumerate().map(|(index, title)| (index + 1, state(title))).collect());
        carried
    }

    #[test]
    fn neighbours_that_say_the_same_are_one_state_and_history_is_what_nobody_sees() {
        let whole = carried(&["a", "b", "b", "c", "c", "d"], &[("en", 3), ("de", 5)]);
        let shown: Vec<_> = whole.published.values().map(|one| one.state).collect();
        assert_eq!((whole.states.len(), shown), (4, vec![3, 2]), "de, en");
        let short = whole.clone().without_history();
        let shown: Vec<_> = short.published.values().map(|one| one.state).collect();
        assert_eq!((short.states.len(), shown), (3, vec![2, 1]));
        assert!(whole.says_the_same_as(&short) && short.says_the_same_as(&whole));
        assert!(!whole.says_the_same_as(&carried(&["b", "c", "e"], &[("en", 1), ("de", 2)])));
        assert!(!whole.says_the_same_as(&carried(&["b", "c", "d"], &[("en", 2), ("de", 2)])));
        // What was shown, taken back to, and is the newest again.
        let back = carried(&["a", "b", "a"], &[("en", 1)]).without_history();
        assert_eq!((back.states.len(), back.published.values().next().unwrap().state), (1, 1));
    }
}
