//! Writing for imports: the same source makes the same entry, and a second time changes nothing.

use ground::{
    db::Tx,
    words::{EntryId, Locale, SiteId, Slug},
};
use tenants::scope::Scope;

use super::{
    Entry, EntryError, NewEntry, Prepared, Stage,
    preparing::{State, declared, open_slug},
    publishing, saving, store,
};
use crate::{sites, types::Declarations};

/// What happened to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was made.
    Created,
    /// Something of it differed, and was saved or published.
    Changed,
    /// It was as it should be.
    Unchanged,
}

/// Makes the entry of `new.source_key`, or saves what differs over the one that this source has made before, and sees to
/// it that its newest revision is published in these languages; in none, if there are none. `new.slug` is a suggestion: a
/// slug that is taken gets a number, and an entry that is there keeps its own. One that was deleted comes back.
pub fn put(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    new: NewEntry,
    locales: &[Locale],
) -> Result<(Entry, Outcome), EntryError> {
    let existing = match &new.source_key {
        Some(key) if scope.may_act_on(site) => store::by_source(tx, scope, site, &new.content_type, key)?,
        _ => None,
    };
    let (entry, outcome) = match existing {
        Some((entry, is_deleted)) => overwritten(tx, scope, declarations, entry, is_deleted, &new)?,
        None => (create_beside(tx, scope, declarations, site, new)?, Outcome::Created),
    };
    let is_shown = |locale: &Locale| entry.published.get(locale) == Some(&entry.revision);
    if locales.iter().all(is_shown) {
        return Ok((entry, outcome));
    }
    let published = publish_noted(tx, scope, declarations, site, entry.id, entry.revision, Some(locales))?;
    Ok((published, if outcome == Outcome::Created { outcome } else { Outcome::Changed }))
}

/// Lets visitors see the newest revision of what was published elsewhere before. Whoever moves in brings what they have: the
/// checks note what is wrong with it, and refuse nothing.
pub fn publish_noted(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    id: EntryId,
    revision: u32,
    locales: Option<&[Locale]>,
) -> Result<Entry, EntryError> {
    let stage = Stage::set(tx, scope, declarations, site)?.noting();
    publishing::publish_on(tx, scope, &stage, id, revision, locales)
}

/// Makes an entry as a draft. `new.slug` is a suggestion: a slug that is taken gets a number.
pub fn create_beside(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    new: NewEntry,
) -> Result<Entry, EntryError> {
    let languages = sites::languages(tx, scope, site)?;
    let suggested = new.slug.clone();
    let prepared = Prepared::new(declarations, languages, NewEntry { slug: None, ..new }, false)?;
    beside(tx, scope, declarations, site, prepared, suggested)
}

/// Makes a copy as a draft, under the slug that was asked for or beside it. Values of fields that the brand has locked go along,
/// and wait as they do in the original.
pub fn create_copy(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    new: NewEntry,
    is_beside: bool,
) -> Result<Entry, EntryError> {
    let mut prepared = Prepared::carried(declarations, sites::languages(tx, scope, site)?, new)?;
    if is_beside {
        let suggested = prepared.slug.take();
        return beside(tx, scope, declarations, site, prepared, suggested);
    }
    saving::create_prepared(tx, scope, site, prepared)
}

fn beside(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    mut prepared: Prepared,
    suggested: Option<Slug>,
) -> Result<Entry, EntryError> {
    if let Some(suggested) = suggested {
        let declared = declared(declarations, &prepared.content_type)?;
        prepared.state.suggested_slug = open_slug(declared, &prepared.languages, suggested);
    }
    saving::create_prepared(tx, scope, site, prepared)
}

fn overwritten(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    mut entry: Entry,
    is_deleted: bool,
    new: &NewEntry,
) -> Result<(Entry, Outcome), EntryError> {
    let site = entry.site_id;
    let languages = sites::languages(tx, scope, site)?;
    let declared = declared(declarations, &entry.content_type)?;
    let state = State::new(declarations, declared, &new.document, &languages)?;
    let locked = declarations.locked_changes(declared, Some(&entry.document), &state.document);
    if !locked.is_empty() {
        return Err(EntryError::Invalid(locked));
    }
    if is_deleted {
        // Its slug was free since: somebody else may have it.
        let slug = saving::free_slug(tx, scope, site, &entry.content_type, &entry.slug)?;
        return Ok((saving::write(tx, scope, &entry, state, slug)?, Outcome::Changed));
    }
    super::reading::add_publications(tx, scope, std::slice::from_mut(&mut entry))?;
    if state.document == entry.document {
        return Ok((entry, Outcome::Unchanged));
    }
    let slug = entry.slug.clone();
    Ok((saving::write(tx, scope, &entry, state, slug)?, Outcome::Changed))
}
