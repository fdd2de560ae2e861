//! Putting a carried entry where it is to be.

use ground::{
    db::Tx,
    words::{Locale, SiteId},
};
use serde_json::Value;
use tenants::scope::Scope;

use super::{
    super::{
        Entry, EntryError, NewEntry, Outcome, Prepared, Stage, archive, bin, bring_back, overriding,
        preparing::{State, declared},
        publishing, reading, saving, schedules, store, translations,
    },
    Carried, CarriedState, PlannedItem, Put, check,
    reading::carried_one,
};
use crate::{
    sites,
    types::{Declarations, TypeDeclaration},
};

/// Makes an entry as it was elsewhere, or brings the one that is there to the same states; one in the bin comes out of it.
/// Whoever calls has seen that what it refers to is there, or comes with it. A language in which something required is
/// missing does not show it. `here` is what is to happen to the entry with releases now.
pub fn put(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    carried: &Carried,
    here: &[PlannedItem],
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
    let existing = carried_one(tx, scope, site, carried.id, here)?;
    if !is_in_bin && existing.as_ref().is_some_and(|there| there.says_the_same_as(carried)) {
        return Ok(Put::Done(Outcome::Unchanged, Vec::new()));
    }
    let is_new = existing.is_none();
    if existing.is_some_and(|there| there.is_archived) {
        bring_back(tx, scope, declarations, site, carried.id, false)?;
    }
    let writer = Writer { tx, scope, declarations, declared, site, carried };
    let planned = writer.write(is_new)?;
    Ok(Put::Done(if is_new { Outcome::Created } else { Outcome::Changed }, planned))
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
    fn write(&self, is_new: bool) -> Result<Vec<PlannedItem>, EntryError> {
        let Self { tx, scope, declarations, site, carried, .. } = *self;
        let numbers = match self.standing(is_new)? {
            Some(numbers) => numbers,
            None => self.states(is_new)?,
        };
        if !carried.is_of_first_version {
            self.translations(&numbers)?;
        }
        let entry = reading::find(tx, scope, site, carried.id)?;
        let named = declarations.references(self.declared, &entry.document);
        overriding::note_references(tx, scope, &entry, store::DRAFT, &named)?;
        let gone: Vec<Locale> =
            entry.published.keys().filter(|locale| !carried.published.contains_key(*locale)).cloned().collect();
        if !gone.is_empty() {
            publishing::unpublish(tx, scope, declarations, site, carried.id, Some(&gone))?;
        }
        if is_new {
            self.date(&numbers)?;
        }
        let number = |place: usize| place.checked_sub(1).and_then(|index| numbers.get(index)).copied();
        if carried.is_archived {
            archive(tx, scope, site, carried.id)?;
            if !carried.is_of_first_version {
                let shown = carried.shown_before.iter();
                let shown = shown.filter_map(|(locale, place)| Some((locale.clone(), number(*place)?))).collect();
                store::set_withdrawn(tx, scope, carried.id, &shown)?;
            }
        }
        for one in &carried.schedules {
            let entry = reading::find(tx, scope, site, carried.id)?;
            schedules::carried::put(tx, scope, &entry, one, one.state.and_then(number))?;
        }
        let planned = carried.releases.iter().map(|one| PlannedItem {
            release: one.release,
            position: one.position,
            action: one.action,
            revision: one.state.and_then(number),
            locales: one.locales.clone(),
        });
        Ok(planned.collect())
    }

    /// The numbers of the states, where all of them are here and visitors see those that they are to see.
    fn standing(&self, is_new: bool) -> Result<Option<Vec<u32>>, EntryError> {
        let Self { tx, scope, site, carried, .. } = *self;
        if is_new {
            return Ok(None);
        }
        let here = store::states(tx, scope, carried.id, true)?;
        let same = |wanted: &CarriedState| {
            let is_same = |state: &CarriedState| state.slug == wanted.slug && state.document == wanted.document;
            here.iter().rev().find(|(_, state)| is_same(state)).map(|(number, _)| *number)
        };
        let Some(numbers) = carried.states.iter().map(same).collect::<Option<Vec<_>>>() else { return Ok(None) };
        let entry = reading::find(tx, scope, site, carried.id)?;
        let shown = carried.published.iter();
        let shown = shown.filter_map(|(locale, one)| Some((locale, numbers.get(one.state.checked_sub(1)?)?)));
        let is_shown = shown.eq(entry.published.iter());
        Ok((is_shown && numbers.last() == Some(&entry.revision)).then_some(numbers))
    }

    /// Saves and publishes the states in their order; answers the numbers that they get.
    fn states(&self, is_new: bool) -> Result<Vec<u32>, EntryError> {
        let Self { tx, scope, declarations, site, carried, .. } = *self;
        let mut numbers = Vec::new();
        for (index, state) in carried.states.iter().enumerate() {
            let entry = if is_new && index == 0 { self.created(state)? } else { self.saved(state)? };
            numbers.push(entry.revision);
            let locales = self.showable(state, carried.shown_in(index))?;
            if !locales.is_empty() {
                let stage = Stage::set(tx, scope, declarations, site)?.noting();
                publishing::publish_on(tx, scope, &stage, carried.id, entry.revision, Some(&locales))?;
            }
        }
        Ok(numbers)
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
        let mut prepared = Prepared::carried(self.declarations, sites::languages(tx, scope, site)?, new)?;
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
        let languages = sites::languages(self.tx, self.scope, self.site)?;
        let validated = check(self.declarations, self.declared, state, &languages.held());
        let (validated, offered) = (validated.map_err(EntryError::Invalid)?.document, languages.offered);
        locales.retain(|locale| {
            offered.contains(locale) && self.declarations.missing(self.declared, &validated, locale).is_empty()
        });
        Ok(locales)
    }

    /// Notes what the translations of each state were made from.
    fn translations(&self, numbers: &[u32]) -> Result<(), EntryError> {
        let Self { tx, scope, site, carried, .. } = *self;
        for (number, state) in numbers.iter().zip(&carried.states) {
            translations::store::put_states(tx, scope, carried.id, *number, &state.translations)?;
        }
        let Some(newest) = carried.states.last() else { return Ok(()) };
        let entry = reading::find(tx, scope, site, carried.id)?;
        let languages = sites::languages(tx, scope, site)?;
        let places = translations::Places::of(self.declarations, self.declared, &entry.document);
        Ok(translations::recount(tx, scope, &languages, &places, &entry, &newest.translations)?)
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
        for (field, own) in &carried.own_values {
            store::date_own_value(tx, scope, carried.id, field, own)?;
        }
        let editions = store::editions(tx, scope, carried.id)?;
        let languages = sites::languages(tx, scope, site)?;
        let entry = reading::find(tx, scope, site, carried.id)?;
        publishing::put_views(tx, scope, declarations, declared, &entry, &languages, &editions)
    }
}
