//! Putting a carried entry where it is to be.

use std::collections::BTreeMap;

use ground::{
    db::Tx,
    words::{Locale, SiteId},
};
use serde_json::{Map, Value};
use tenants::scope::Scope;

use super::{
    super::{
        Entry, EntryError, NewEntry, Outcome, Prepared, Stage, archive, bin, bring_back, checking, overriding,
        preparing::{State, declared},
        publishing::{self, Edition, published, slugs, withdraw},
        reading, reviews, saving, schedules, store,
        telling::{Addresses, Told, tell},
        translations,
    },
    Carried, CarriedState, PlannedItem, Put,
    reading::carried_one,
};
use crate::{
    media, sites,
    types::{Declarations, Document, TypeDeclaration},
};

/// Makes an entry as it was elsewhere, or brings the one that is there to the same states; one in the bin comes out of it.
/// Whoever calls has seen that what it refers to is there, or comes with it. Names that it had once are its history's: only
/// the newest one, and those under which visitors are to see it, have to be free. `here` is what is to happen to the entry
/// with releases now.
pub fn put(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    carried: &Carried,
    here: &[PlannedItem],
) -> Result<Put, EntryError> {
    put_on(tx, scope, declarations, site, carried, here, None)
}

/// [`put`] of entries that have each other's names here, in one transaction. Where one of them finds its name with somebody
/// else still, the transaction has to be taken back.
pub fn put_together(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    entries: &[(SiteId, Carried, Vec<PlannedItem>)],
) -> Result<Vec<Put>, EntryError> {
    let mut stages = BTreeMap::new();
    for (site, carried, _) in entries {
        if !stages.contains_key(site) {
            stages.insert(*site, Stage::set_for_many(tx, scope, declarations, *site)?.noting());
        }
        step_aside(tx, scope, *site, carried)?;
    }
    let put = |(site, carried, here): &(SiteId, Carried, Vec<PlannedItem>)| {
        put_on(tx, scope, declarations, *site, carried, here, stages.get(site))
    };
    let done = entries.iter().map(put).collect::<Result<Vec<_>, EntryError>>()?;
    for stage in stages.into_values() {
        stage.settle(tx, scope)?;
    }
    Ok(done)
}

/// Frees the names of an entry that gets others in the same transaction.
fn step_aside(tx: &Tx, scope: &Scope, site: SiteId, carried: &Carried) -> Result<(), EntryError> {
    store::clear_slug(tx, scope, carried.id)?;
    for edition in store::editions(tx, scope, carried.id)? {
        store::clear_address(tx, scope, site, carried.id, &edition.locale)?;
    }
    Ok(())
}

fn put_on(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    carried: &Carried,
    here: &[PlannedItem],
    stage: Option<&Stage<'_>>,
) -> Result<Put, EntryError> {
    let declared = declared(declarations, &carried.content_type)?;
    let newest = carried.states.last().ok_or(EntryError::NotFound)?;
    let owner = store::slug_owner(tx, scope, site, &carried.content_type, &newest.slug)?;
    if owner.is_some_and(|owner| owner != carried.id) {
        return Ok(Put::SlugTaken(newest.slug.clone()));
    }
    for (locale, slug) in carried.addresses() {
        let owner = store::address_owner(tx, scope, site, &carried.content_type, locale, slug)?;
        if owner.is_some_and(|owner| owner != carried.id) {
            return Ok(Put::SlugTaken(slug.clone()));
        }
    }
    let is_in_bin = store::source_of(tx, scope, carried.id)?.is_some_and(|(_, is_deleted)| is_deleted);
    if is_in_bin {
        bin::restore(tx, scope, declarations, site, carried.id, false)?;
    }
    let existing = carried_one(tx, scope, declarations, site, carried.id, here)?;
    let is_named = owner.is_some() && !is_in_bin;
    if is_named && existing.as_ref().is_some_and(|there| there.says_the_same_as(carried)) {
        return Ok(Put::Done(Outcome::Unchanged, Vec::new()));
    }
    let is_new = existing.is_none();
    if existing.is_some_and(|there| there.is_archived) {
        bring_back(tx, scope, declarations, site, carried.id, false)?;
    }
    let writer = Writer { tx, scope, declarations, declared, site, carried, newest, stage };
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
    newest: &'a CarriedState,
    /// Where entries change their names together.
    stage: Option<&'a Stage<'a>>,
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
        let is_newest = numbers.last() == Some(&entry.revision) && entry.slug == self.newest.slug;
        Ok((is_shown && is_newest).then_some(numbers))
    }

    /// Saves the states in their order, and lets visitors see those that they are to see; answers the numbers that they get.
    fn states(&self, is_new: bool) -> Result<Vec<u32>, EntryError> {
        let mut numbers = Vec::new();
        let mut before = None;
        for state in &self.carried.states {
            let entry = if is_new && before.is_none() { self.created(state)? } else { self.saved(state, before)? };
            numbers.push(entry.revision);
            before = Some(state);
        }
        self.show(&numbers)?;
        Ok(numbers)
    }

    fn created(&self, state: &CarriedState) -> Result<Entry, EntryError> {
        let Self { tx, scope, site, carried, newest, .. } = *self;
        let taken = match &carried.source_key {
            Some(key) => store::by_source(tx, scope, site, &carried.content_type, key)?.is_some(),
            None => false,
        };
        let new = NewEntry {
            content_type: carried.content_type.clone(),
            slug: Some(newest.slug.clone()),
            document: Value::Object(state.document.clone()),
            // Another entry of the site came from there: both stay.
            source_key: carried.source_key.clone().filter(|_| !taken),
        };
        let mut prepared = Prepared::carried(self.declarations, sites::languages(tx, scope, site)?, new)?;
        prepared.id = Some(carried.id);
        prepared.state.references.clear();
        let created = saving::create_prepared(tx, scope, site, prepared)?;
        self.name(&created, state)?;
        Ok(created)
    }

    /// `before` is the state that was written last.
    fn saved(&self, state: &CarriedState, before: Option<&CarriedState>) -> Result<Entry, EntryError> {
        let Self { tx, scope, site, carried, newest, .. } = *self;
        let entry = reading::find(tx, scope, site, carried.id)?;
        let languages = sites::languages(tx, scope, site)?;
        let mut next =
            State::new(self.declarations, self.declared, &Value::Object(state.document.clone()), &languages)?;
        if next.document == entry.document && state.slug == *before.map_or(&entry.slug, |before| &before.slug) {
            return Ok(entry);
        }
        next.references.clear();
        let saved = saving::write(tx, scope, &entry, next, newest.slug.clone())?;
        self.name(&saved, state)?;
        Ok(saved)
    }

    /// Notes what the entry was called when it said this. It goes by its newest name meanwhile: the one of then may be
    /// another entry's by now.
    fn name(&self, entry: &Entry, state: &CarriedState) -> Result<(), EntryError> {
        if entry.slug == state.slug {
            return Ok(());
        }
        Ok(store::name_revision(self.tx, self.scope, entry.id, entry.revision, &state.slug)?)
    }

    /// Lets each language show what it is to show, and no other anything. Something required may be missing there: a type
    /// that has changed leaves what is live as it is, and so does the way from one installation to another.
    fn show(&self, numbers: &[u32]) -> Result<(), EntryError> {
        let Self { tx, scope, declarations, declared, site, carried, .. } = *self;
        let before = reading::find(tx, scope, site, carried.id)?;
        if carried.published.is_empty() && before.published.is_empty() {
            return Ok(());
        }
        let own;
        let stage = if let Some(stage) = self.stage {
            stage
        } else {
            own = Stage::set(tx, scope, declarations, site)?.noting();
            &own
        };
        let number = |place: usize| place.checked_sub(1).and_then(|index| numbers.get(index)).copied();
        let wanted = carried.published.iter().filter(|(locale, _)| stage.languages.offered.contains(locale));
        let wanted: BTreeMap<&Locale, u32> =
            wanted.filter_map(|(locale, one)| Some((locale, number(one.state)?))).collect();
        let editions = store::editions(tx, scope, before.id)?;
        let slugs_before = slugs(&editions);
        let gone: Vec<Edition> = editions.into_iter().filter(|one| !wanted.contains_key(&one.locale)).collect();
        withdraw(tx, scope, site, before.id, &gone)?;
        for (locale, number) in wanted.iter().filter(|(locale, number)| before.published.get(locale) != Some(number)) {
            reviews::check(tx, scope, &before, *number)?;
            store::put_publication(tx, scope, before.id, locale, *number, tx.now())?;
        }
        let editions = store::editions(tx, scope, before.id)?;
        let mut entry = Entry { published: published(&editions), ..before.clone() };
        if let Some(newest) = wanted.values().max() {
            let locales: Vec<Locale> = wanted.keys().map(|locale| (*locale).clone()).collect();
            checking::check(tx, scope, stage, &entry, &editions, &locales)?;
            reviews::note_published(tx, scope, &mut entry, *newest)?;
        }
        publishing::put_views(tx, scope, declarations, declared, &entry, &stage.languages, &editions)?;
        let seen: Vec<&Map<String, Value>> =
            editions.iter().map(|one| &one.document).chain([&entry.document]).map(Document::fields).collect();
        media::note_uses(tx, scope, entry.id, seen)?;
        if entry.published == before.published {
            return Ok(());
        }
        let addresses = Addresses { now: slugs(&editions), before: slugs_before };
        let told = if editions.is_empty() { Told::Unpublished } else { Told::Published };
        tell(tx, scope, told, Some(&before), Some(&entry), &addresses)?;
        if editions.is_empty() { Ok(()) } else { stage.lead_on(tx, scope, declared, &entry, addresses) }
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
        let Self { tx, scope, declarations, declared, site, carried, .. } = *self;
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
