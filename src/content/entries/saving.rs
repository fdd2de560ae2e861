//! Making, saving and deleting entries. Every save keeps a revision; what visitors see changes by publishing only.

use std::collections::BTreeSet;

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, OnConflict, Tx},
    words::{EntryId, SiteId, Slug},
};
use jiff::SignedDuration;
use serde_json::Value;
use tenants::{
    permissions::{Permission, PublishContent},
    scope::Scope,
};

use super::{
    Author, Entry, EntryChange, EntryError, NewEntry, Prepared, checking, moving, overriding,
    preparing::{State, check_slug, declared},
    publishing, reading, reviews,
    states::Action,
    store,
    telling::{Addresses, Told, author, tell},
    translations::{self, Origin},
};
use crate::{
    media, sites,
    types::{self, Declarations, Document, FieldProblem, MediaReference, Reference},
};

/// Refuses a slug that another entry of the type has.
const SLUG_KEY: &str = "entries_organization_id_site_id_type_slug_key";
/// Automatic saves this close together keep one revision: a history that people read has a line for some minutes of
/// work, and not one for each sentence.
const SITTING: SignedDuration = SignedDuration::from_mins(10);
/// Highest number put behind a slug that is taken: nobody has more entries of one name.
const MOST_NAMESAKES: u32 = 1 << 20;
/// Tries to get a free number: somebody else may take the one just found.
const NUMBER_TRIES: usize = 5;

/// Makes an entry as a draft.
pub fn create(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    new: NewEntry,
) -> Result<Entry, EntryError> {
    let languages = sites::languages(tx, scope, site)?;
    create_prepared(tx, scope, site, Prepared::new(declarations, languages, new, false)?)
}

/// Makes an entry that was checked before the transaction, and publishes it if it was prepared so.
pub fn create_prepared(tx: &Tx, scope: &Scope, site: SiteId, prepared: Prepared) -> Result<Entry, EntryError> {
    let publishes = !prepared.composed.is_empty();
    if publishes {
        if !scope.may(PublishContent::NAME) {
            return Err(EntryError::MayNotPublish);
        }
        reviews::check_without(tx, scope, site)?;
    }
    let languages = if publishes { sites::touch(tx, scope, site)? } else { sites::languages(tx, scope, site)? };
    if languages != prepared.languages {
        return Err(EntryError::LanguagesChanged);
    }
    if types::version(tx, scope)? != prepared.declarations_version {
        return Err(EntryError::DeclarationsChanged);
    }
    check_named(tx, scope, site, &prepared.state, &[])?;
    let mut entry = inserted(tx, scope, site, &prepared)?;
    store::insert_revision(tx, scope, &entry, &prepared.state.json, &author(scope), None)?;
    let State { places, languages, origin, .. } = &prepared.state;
    translations::noted(tx, scope, languages, places, None, &entry, origin)?;
    if !prepared.state.media.is_empty() {
        media::note_uses(tx, scope, entry.id, [entry.document.fields()])?;
    }
    overriding::note_overrides(tx, scope, &entry, &prepared.state.overridden)?;
    if !prepared.state.references.is_empty() {
        overriding::note_references(tx, scope, &entry, store::DRAFT, &prepared.state.references)?;
    }
    if let Some(reading) = prepared.reading {
        let locales: Vec<_> = prepared.composed.iter().map(|one| one.locale.clone()).collect();
        checking::check_new(tx, scope, &entry, &reading, &locales)?;
    }
    let addresses = publishing::publish_new(tx, scope, &mut entry, prepared.role, prepared.composed)?;
    if let Some(declarations) = &prepared.embedding {
        let editions = store::editions(tx, scope, entry.id)?;
        let declared = declared(declarations, &entry.content_type)?;
        publishing::put_views(tx, scope, declarations, declared, &entry, languages, &editions)?;
    } else if publishes && !prepared.state.references.is_empty() {
        overriding::note_references(tx, scope, &entry, store::PUBLISHED, &prepared.state.references)?;
    }
    if let Some(page) = &prepared.page {
        moving::free(tx, scope, site, page, &prepared.languages, &addresses.now)?;
    }
    let told = if publishes { Told::Published } else { Told::Created };
    tell(tx, scope, told, None, Some(&entry), &addresses)?;
    Ok(entry)
}

/// Saves a new revision over `change.revision`, if that is still the newest. The same document and slug again keep no
/// second revision.
pub fn save(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    id: EntryId,
    change: &EntryChange,
) -> Result<Entry, EntryError> {
    save_from(tx, scope, declarations, site, id, change, Origin::default())
}

/// [`save`] of what comes from an older revision or from a translator.
pub(super) fn save_from(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    id: EntryId,
    change: &EntryChange,
    origin: Origin,
) -> Result<Entry, EntryError> {
    match savable(tx, scope, declarations, site, id, change, origin)? {
        (before, None) => Ok(before),
        (before, Some((state, slug))) => worked_on(tx, scope, &before, state, slug, change.autosave),
    }
}

/// Everything that [`save_from`] asks before it writes: the entry as it stands, and what would be written; nothing where it
/// stays as it is.
pub(super) fn savable(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    id: EntryId,
    change: &EntryChange,
    origin: Origin,
) -> Result<(Entry, Option<(State, Slug)>), EntryError> {
    let before = reading::find(conn, scope, site, id)?;
    before.check(Action::Save)?;
    if before.revision != change.revision {
        return Err(conflict(conn, scope, &before)?);
    }
    let languages = sites::languages(conn, scope, site)?;
    let declared = declared(declarations, &before.content_type)?;
    let state = State { origin, ..State::new(declarations, declared, &change.document, &languages)? };
    let locked = declarations.locked_changes(declared, Some(&before.document), &state.document);
    if !locked.is_empty() {
        return Err(EntryError::Invalid(locked));
    }
    let slug = change.slug.as_ref().unwrap_or(&before.slug);
    if *slug != before.slug {
        check_slug(declared, &languages, slug)?;
    }
    if state.document == before.document && *slug == before.slug {
        return Ok((before, None));
    }
    check_named(conn, scope, site, &state, &earlier(&before, &state))?;
    let slug = slug.clone();
    Ok((before, Some((state, slug))))
}

/// What is told to whoever made a change on an older revision: the newest one, whole.
pub(super) fn conflict(conn: &Conn, scope: &Scope, entry: &Entry) -> Result<EntryError, DbError> {
    let standing = store::revision(conn, scope, entry.id, entry.revision)?;
    Ok(EntryError::RevisionConflict { newest: entry.revision, standing: standing.map(Box::new) })
}

/// Writes a checked state over an entry. One that was deleted is there again.
pub(super) fn write(tx: &Tx, scope: &Scope, before: &Entry, state: State, slug: Slug) -> Result<Entry, EntryError> {
    check_named(tx, scope, before.site_id, &state, &earlier(before, &state))?;
    worked_on(tx, scope, before, state, slug, false)
}

/// Writes a state that somebody has made: whoever writes an entry works on it, and it is out of the archive.
fn worked_on(
    tx: &Tx,
    scope: &Scope,
    before: &Entry,
    state: State,
    slug: Slug,
    is_autosave: bool,
) -> Result<Entry, EntryError> {
    let at_work = Entry { archived_at: None, ..before.clone() };
    kept(tx, scope, &at_work, state, slug, before.revision + 1, is_autosave)
}

/// Writes a state as the revision of this number, which becomes the newest. What the document names is the caller's care.
/// An entry that was put aside stays there.
pub(super) fn kept(
    tx: &Tx,
    scope: &Scope,
    before: &Entry,
    state: State,
    slug: Slug,
    number: u32,
    is_autosave: bool,
) -> Result<Entry, EntryError> {
    let after = Entry {
        title: state.title(&slug),
        slug,
        revision: number,
        order: state.order,
        updated_at: tx.now(),
        document: state.document.clone(),
        review: None,
        ..before.clone()
    };
    let is_written = store::update(tx, scope, &after, &state.json, before.revision)
        .on_conflict(SLUG_KEY, EntryError::SlugTaken(after.slug.clone()))?;
    if !is_written {
        // Only where another transaction has saved between the look and the write (PostgreSQL).
        return Err(EntryError::RevisionConflict { newest: after.revision, standing: None });
    }
    let rested = translations::store::states(tx, scope, before.id, before.revision)?;
    if before.review.is_some() {
        reviews::withdraw_by_edit(tx, scope, &after)?;
    }
    let author = author(scope);
    let sitting = if is_autosave { Some(folded(tx, scope, before, &author)?) } else { None };
    store::insert_revision(tx, scope, &after, &state.json, &author, sitting)?;
    let known = Some((&before.document, &rested));
    translations::noted(tx, scope, &state.languages, &state.places, known, &after, &state.origin)?;
    note_media(tx, scope, before, &after)?;
    overriding::note_overrides(tx, scope, &after, &state.overridden)?;
    overriding::note_references(tx, scope, &after, store::DRAFT, &state.references)?;
    tell(tx, scope, Told::Saved, Some(before), Some(&after), &Addresses::default())?;
    Ok(after)
}

/// Forgets the automatic save before this one, if it is of the same sitting. Answers when the sitting began.
fn folded(tx: &Tx, scope: &Scope, before: &Entry, author: &Author) -> Result<Timestamp, DbError> {
    let now = tx.now();
    match store::sitting(tx, scope, before.id, before.revision, author)? {
        Some(began) if now.duration_since(began) < SITTING => {
            store::delete_revision(tx, scope, before.id, before.revision)?;
            Ok(began)
        }
        _ => Ok(now),
    }
}

/// Takes an entry from the visitors and from the team's lists into the bin. Its history stays; its slug is free.
pub fn delete(tx: &Tx, scope: &Scope, site: SiteId, id: EntryId) -> Result<(), EntryError> {
    let mut entry = reading::find(tx, scope, site, id)?;
    let before = entry.clone();
    let mut addresses = Addresses::default();
    if !entry.published.is_empty() {
        if !scope.may(PublishContent::NAME) {
            return Err(EntryError::MayNotPublish);
        }
        sites::touch(tx, scope, site)?;
        addresses.before = publishing::withdraw_all(tx, scope, &mut entry)?;
    }
    if entry.review.take().is_some() {
        reviews::withdraw_by_edit(tx, scope, &entry)?;
    }
    if !store::delete(tx, scope, id, tx.now(), &author(scope).name, &before.published)? {
        return Err(EntryError::NotFound);
    }
    translations::note_deleted(tx, scope, &entry, true, entry.revision)?;
    Ok(tell(tx, scope, Told::Deleted, Some(&before), None, &addresses)?)
}

/// Adds the entry under the slug that was asked for, or under a free one made from the document.
fn inserted(tx: &Tx, scope: &Scope, site: SiteId, prepared: &Prepared) -> Result<Entry, EntryError> {
    let state = &prepared.state;
    let mut slug = prepared.wanted_slug().clone();
    for _ in 0..NUMBER_TRIES {
        let entry = Entry {
            id: prepared.id.unwrap_or_else(|| tx.new_id()),
            site_id: site,
            content_type: prepared.content_type.clone(),
            title: state.title(&slug),
            slug: slug.clone(),
            document: state.document.clone(),
            revision: 1,
            order: state.order,
            published: std::collections::BTreeMap::new(),
            review: None,
            scheduled_at: None,
            archived_at: None,
            created_at: tx.now(),
            updated_at: tx.now(),
        };
        if store::insert(tx, scope, &entry, &state.json, prepared.source_key.as_deref())? {
            return Ok(entry);
        }
        if prepared.slug.is_some() {
            return Err(EntryError::SlugTaken(slug));
        }
        slug = free_slug(tx, scope, site, &prepared.content_type, &state.suggested_slug)?;
    }
    Err(EntryError::SlugTaken(slug))
}

/// The slug, or the slug with a number that nobody has. Doubling and halving finds one in a few looks even among
/// thousands of the same name.
pub(super) fn free_slug(
    conn: &Conn,
    scope: &Scope,
    site: SiteId,
    content_type: &str,
    slug: &Slug,
) -> Result<Slug, EntryError> {
    let is_taken = |candidate: &Slug| store::slug_is_taken(conn, scope, site, content_type, candidate);
    if !is_taken(slug)? {
        return Ok(slug.clone());
    }
    let (mut taken, mut free) = (1, 2);
    while is_taken(&slug.numbered(free))? {
        if free >= MOST_NAMESAKES {
            return Err(EntryError::SlugTaken(slug.clone()));
        }
        (taken, free) = (free, free * 2);
    }
    while free - taken > 1 {
        let middle = taken.midpoint(free);
        if is_taken(&slug.numbered(middle))? {
            taken = middle;
        } else {
            free = middle;
        }
    }
    Ok(slug.numbered(free))
}

/// Everything that the document names is there. What an earlier state of the entry has named may be gone since: visitors do
/// not see it, and whoever changes something else need not know.
fn check_named(
    conn: &Conn,
    scope: &Scope,
    site: SiteId,
    state: &State,
    earlier: &[&Document],
) -> Result<(), EntryError> {
    let problems = unknown_references(conn, scope, site, &state.references)?;
    let problems: Vec<_> = problems.into_iter().chain(unknown_media(conn, scope, site, &state.media)?).collect();
    if problems.is_empty() {
        return Ok(());
    }
    let mut named = BTreeSet::new();
    for value in earlier.iter().flat_map(|document| document.fields().values()) {
        words_in(value, &mut named);
    }
    let is_new = |(id, _): &(String, FieldProblem)| !named.contains(id.as_str());
    let problems: Vec<_> = problems.into_iter().filter(is_new).map(|(_, problem)| problem).collect();
    if problems.is_empty() { Ok(()) } else { Err(EntryError::Invalid(problems)) }
}

/// What an entry was before: its newest state, and the one that comes back.
fn earlier<'d>(before: &'d Entry, state: &'d State) -> Vec<&'d Document> {
    let restored = state.origin.restored.as_ref().map(|restored| &restored.document);
    std::iter::once(&before.document).chain(restored).collect()
}

/// Every text of a value: ids are among them.
fn words_in<'v>(value: &'v Value, found: &mut BTreeSet<&'v str>) {
    match value {
        Value::String(text) => drop(found.insert(text)),
        Value::Array(items) => items.iter().for_each(|item| words_in(item, found)),
        Value::Object(object) => object.values().for_each(|value| words_in(value, found)),
        _ => {}
    }
}

/// The entries that the document names and that are none of the site and of the type that the field asks for, by their ids.
fn unknown_references(
    conn: &Conn,
    scope: &Scope,
    site: SiteId,
    references: &[Reference],
) -> Result<Vec<(String, FieldProblem)>, EntryError> {
    if references.is_empty() {
        return Ok(Vec::new());
    }
    let mut ids: Vec<EntryId> = references.iter().map(|reference| reference.entry).collect();
    ids.sort_unstable();
    ids.dedup();
    let known = types_of(conn, scope, site, &ids)?;
    let is_wrong = |reference: &&Reference| {
        !known.iter().any(|(id, content_type)| *id == reference.entry && *content_type == reference.to)
    };
    let problem = |reference: &Reference| {
        let problem = FieldProblem {
            pointer: reference.pointer.clone(),
            code: "reference_unknown".into(),
            detail: format!("The site has no entry of the type `{}` with this id.", reference.to),
        };
        (reference.entry.to_string(), problem)
    };
    Ok(references.iter().filter(is_wrong).map(problem).collect())
}

/// The pictures that the document takes from the library and that are not there, for this site or for all, by their ids.
fn unknown_media(
    conn: &Conn,
    scope: &Scope,
    site: SiteId,
    named: &[MediaReference],
) -> Result<Vec<(String, FieldProblem)>, EntryError> {
    let ids: Vec<_> = named.iter().map(|reference| reference.media).collect();
    let unknown = if ids.is_empty() { Vec::new() } else { media::unknown(conn, scope, site, &ids)? };
    let wrong = named.iter().filter(|reference| unknown.contains(&reference.media));
    let problem = |reference: &MediaReference| {
        let problem = FieldProblem {
            pointer: reference.pointer.clone(),
            code: "media_unknown".into(),
            detail: "The library has no picture with this id for this site.".to_owned(),
        };
        (reference.media.to_string(), problem)
    };
    Ok(wrong.map(problem).collect())
}

/// Notes the pictures of the new state, and of those that visitors still see.
fn note_media(tx: &Tx, scope: &Scope, before: &Entry, after: &Entry) -> Result<(), EntryError> {
    let names_any = |entry: &Entry| !media::named_in(entry.document.fields()).is_empty();
    if !names_any(before) && !names_any(after) {
        return Ok(());
    }
    let editions = if before.published.is_empty() { Vec::new() } else { store::editions(tx, scope, after.id)? };
    let seen = editions.iter().map(|edition| edition.document.fields());
    Ok(media::note_uses(tx, scope, after.id, seen.chain([after.document.fields()]))?)
}

/// Makes a revision one that stays, and not an automatic save that the next one takes the place of.
pub fn keep(tx: &Tx, scope: &Scope, id: EntryId, revision: u32) -> Result<(), DbError> {
    store::keep_revision(tx, scope, id, revision)
}

/// Of these ids those that no entry of the site has, also none in the bin.
pub fn gone(conn: &Conn, scope: &Scope, site: SiteId, ids: &[EntryId]) -> Result<BTreeSet<EntryId>, DbError> {
    let known: BTreeSet<EntryId> = types_of(conn, scope, site, ids)?.into_iter().map(|(id, _)| id).collect();
    Ok(ids.iter().copied().filter(|id| !known.contains(id)).collect())
}

/// Ids asked for in one statement: PostgreSQL and SQLite take many thousands of parameters, plans stay small below this.
const IDS_AT_ONCE: usize = 500;

fn types_of(conn: &Conn, scope: &Scope, site: SiteId, ids: &[EntryId]) -> Result<Vec<(EntryId, String)>, DbError> {
    let mut known = Vec::with_capacity(ids.len());
    for some in ids.chunks(IDS_AT_ONCE) {
        known.extend(store::types_of(conn, scope, site, some)?);
    }
    Ok(known)
}
