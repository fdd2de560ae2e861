//! What was written by older declarations, in the form of today's: whatever comes back from the history or the bin, or goes
//! live by an older plan, is what a change of its type would have made of it, had it been the newest then.

use std::collections::BTreeMap;

use ground::{
    db::{Conn, DbError, Tx},
    words::{Locale, Slug},
};
use serde::Serialize;
use serde_json::{Map, Value};
use tenants::scope::Scope;
use utoipa::ToSchema;

use super::{
    Entry, EntryError, Revision, RevisionSummary, history,
    preparing::{State, declared},
    publishing::Edition,
    saving, store,
    telling::author,
};
use crate::{
    media,
    sites::Languages,
    types::{self, Declarations, Document, Step, TypeDeclaration, Validated},
};

/// A document in the form of today's declarations.
pub(super) struct Renewed {
    pub(super) validated: Validated,
    /// JSON Pointers to the values that have no place in it.
    pub(super) dropped: Vec<String>,
}

/// An entry that has come back.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReturnedEntry)]
pub struct Returned {
    /// As it is now.
    #[serde(flatten)]
    pub entry: Entry,
    /// JSON Pointers (RFC 6901) to the values that have no place in its type any more: they stay behind in the revision
    /// that it comes from.
    pub dropped: Vec<String>,
}

/// What a revision says, in the form of today's declarations. Where they have not changed since, that is what it is.
pub(super) fn renewed(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    declared: &TypeDeclaration,
    languages: &Languages,
    then: &Revision,
) -> Result<Renewed, DbError> {
    let until = types::declarations_until(conn, scope, declarations, then.declarations_number)?;
    let step = until.as_ref().map(|old| Step { old, new: declarations }).filter(|step| step.touches(declared));
    let validated = match step {
        Some(step) => step.convert(&declared.name, &then.document, &languages.default, &languages.offered),
        // The program's own declarations change with its releases.
        None => types::fit(declarations, declared, then.document.fields().clone(), &languages.offered),
    };
    let changes = history::changes(then.document.fields(), validated.document.fields());
    let dropped = changes.into_iter().filter(|one| one.after.is_none()).map(|one| one.pointer);
    Ok(Renewed { dropped: dropped.collect(), validated })
}

/// The entry as it was at this revision, in the form of today's declarations. Where values of it have no place there any
/// more it is refused: nothing goes from what visitors see that nobody was told of.
pub(super) fn revision_today(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    languages: &Languages,
    entry: &Entry,
    number: u32,
) -> Result<Entry, EntryError> {
    let then = written(conn, scope, entry, number)?;
    let (slug, revision) = (then.summary.slug.clone(), then.summary.number);
    let document = match today(conn, scope, declarations, languages, entry, &then)? {
        Some(document) => document,
        None => then.document,
    };
    Ok(Entry { slug, document, revision, ..entry.clone() })
}

/// The numbers under which the entry has what these revisions say in the form of today's declarations: [`renew`].
pub(super) fn renew_all(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    languages: &Languages,
    entry: &mut Entry,
    wanted: &BTreeMap<Locale, u32>,
) -> Result<BTreeMap<Locale, u32>, EntryError> {
    for (locale, number) in wanted {
        // What visitors see is in today's form.
        if entry.published.get(locale) != Some(number) {
            renew(tx, scope, declarations, languages, entry, *number)?;
        }
    }
    // Only now: one that is written later may move one that was written before.
    let newest =
        |(locale, number): (&Locale, &u32)| Ok((locale.clone(), store::newest_form(tx, scope, entry.id, *number)?));
    wanted.iter().map(newest).collect()
}

/// The number under which the entry has what this revision says in the form of today's declarations. Where it does not have it
/// in that form, or has something older that was written again since, it becomes a new revision, and what visitors see of
/// later ones likewise: what was newer stays newer, since facts come from the newest that is published.
pub(super) fn renew(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    languages: &Languages,
    entry: &mut Entry,
    number: u32,
) -> Result<u32, EntryError> {
    let then = written(tx, scope, entry, number)?;
    let RevisionSummary { number: newest, slug, .. } = then.summary.clone();
    let document = today(tx, scope, declarations, languages, entry, &then)?;
    let editions = store::editions(tx, scope, entry.id)?;
    let first = store::first_form(tx, scope, entry.id, number)?;
    let (mut later, mut is_overtaken) = (BTreeMap::new(), false);
    for edition in editions.iter().filter(|one| one.publication.revision != newest) {
        let shown = edition.publication.revision;
        let was_first = store::first_form(tx, scope, entry.id, shown)?;
        is_overtaken |= was_first < first && shown > newest;
        if was_first > first {
            later.insert(shown, (edition.slug.clone(), edition.document.clone()));
        }
    }
    if document.is_none() && !is_overtaken {
        return Ok(newest);
    }
    let mut again = vec![(newest, (slug, document.unwrap_or(then.document)))];
    again.extend(later);
    let declared = declared(declarations, &entry.content_type)?;
    let newest = types::fit(declarations, declared, entry.document.fields().clone(), &languages.offered);
    let state = State::of(declarations, declared, newest, languages);
    *entry = write_again(tx, scope, entry, &editions, &again, state)?;
    Ok(store::newest_form(tx, scope, entry.id, number)?)
}

/// The revision of this number, as it was written last.
fn written(conn: &Conn, scope: &Scope, entry: &Entry, number: u32) -> Result<Revision, EntryError> {
    let newest = store::newest_form(conn, scope, entry.id, number)?;
    store::revision(conn, scope, entry.id, newest)?.ok_or(EntryError::RevisionUnknown(number))
}

/// The revision's document in the form of today's declarations; nothing where it is in it.
fn today(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    languages: &Languages,
    entry: &Entry,
    then: &Revision,
) -> Result<Option<Document>, EntryError> {
    if then.summary.number == entry.revision {
        return Ok(None);
    }
    let declared = declared(declarations, &entry.content_type)?;
    let Renewed { validated, dropped } = renewed(conn, scope, declarations, declared, languages, then)?;
    if !dropped.is_empty() {
        return Err(EntryError::OfOlderType(dropped));
    }
    Ok((validated.document != then.document).then_some(validated.document))
}

/// A revision to be written again: its number, and the slug and the document that it is to have.
pub(super) type Again = (u32, (Slug, Document));

/// Writes these states in their order, and then the newest one, as new revisions. Languages that showed them show the new
/// ones.
pub(super) fn write_again(
    tx: &Tx,
    scope: &Scope,
    entry: &Entry,
    editions: &[Edition],
    again: &[Again],
    state: State,
) -> Result<Entry, EntryError> {
    let mut numbers = BTreeMap::new();
    let mut number = entry.revision;
    for (old, (slug, document)) in again.iter().filter(|(old, _)| *old != entry.revision) {
        number += 1;
        let then = Entry {
            revision: number,
            slug: slug.clone(),
            document: document.clone(),
            updated_at: tx.now(),
            ..entry.clone()
        };
        store::insert_revision(tx, scope, &then, &document.to_json(), &author(scope), None)?;
        numbers.insert(*old, number);
    }
    number += 1;
    numbers.insert(entry.revision, number);
    let mut after = saving::kept(tx, scope, entry, state, entry.slug.clone(), number, false)?;
    for (old, new) in &numbers {
        store::note_renewal(tx, scope, entry.id, *new, *old)?;
    }
    for edition in editions {
        if let Some(number) = numbers.get(&edition.publication.revision) {
            store::point_publication(tx, scope, entry.id, &edition.locale, *number)?;
            after.published.insert(edition.locale.clone(), *number);
        }
    }
    let shown = editions.iter().map(|edition| {
        let written = again.iter().find(|(old, _)| *old == edition.publication.revision);
        written.map_or(&edition.document, |(_, (_, document))| document)
    });
    let seen: Vec<&Map<String, Value>> = shown.chain([&after.document]).map(Document::fields).collect();
    media::note_uses(tx, scope, after.id, seen)?;
    Ok(after)
}
