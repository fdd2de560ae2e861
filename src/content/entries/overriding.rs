//! What is noted of an entry beside its document, so that nobody has to read all documents to know: in which fields it has a value
//! of its own where the brand could have one, and which entries it names.

use ground::db::{DbError, Tx};
use tenants::scope::Scope;

use super::{Author, Entry, store, telling::author};
use crate::types::{Declarations, Reference, TypeDeclaration};

/// States that are looked back at to find out since when a value has been there: older ones count as that one.
const MOST_STATES: u32 = 200;

/// Notes in which fields an entry has values of its own from now on. What was noted before stays as it is.
pub(super) fn note_overrides(tx: &Tx, scope: &Scope, entry: &Entry, fields: &[String]) -> Result<(), DbError> {
    let there = store::overrides(tx, scope, entry.id)?;
    let gone: Vec<_> = there.iter().filter(|field| !fields.contains(field)).collect();
    for field in gone {
        store::delete_override(tx, scope, entry, field)?;
    }
    for field in fields.iter().filter(|field| !there.contains(field)) {
        store::put_override(tx, scope, entry, field, tx.now(), &author(scope))?;
    }
    Ok(())
}

/// Notes what is true of an entry that was written before it was noted, or by other declarations.
pub(super) fn note_standing(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    declared: &TypeDeclaration,
    entry: &Entry,
) -> Result<(), DbError> {
    let references = declarations.references(declared, &entry.document);
    note_references(tx, scope, entry, store::DRAFT, &references)?;
    let fields = declared.overridden(&entry.document);
    let there = store::overrides(tx, scope, entry.id)?;
    for field in fields.iter().filter(|field| !there.contains(field)) {
        let mut since = (entry.updated_at, author(scope));
        for number in (1..=entry.revision).rev().take(MOST_STATES as usize) {
            // An automatic save that was folded into the next one has left a gap.
            let Some(then) = store::revision(tx, scope, entry.id, number)? else { continue };
            if then.document.get(field).is_none() {
                break;
            }
            let kind = match then.summary.author_kind.as_str() {
                "user" => "user",
                "operator" => "operator",
                _ => "job",
            };
            let author = Author { kind, id: then.summary.author_id, name: then.summary.author_name };
            since = (then.summary.created_at, author);
        }
        store::put_override(tx, scope, entry, field, since.0, &since.1)?;
    }
    note_overrides(tx, scope, entry, &fields)
}

/// Notes which entries an entry names, as the team or as visitors have it.
pub(super) fn note_references(
    tx: &Tx,
    scope: &Scope,
    entry: &Entry,
    state: &'static str,
    references: &[Reference],
) -> Result<(), DbError> {
    let mut named: Vec<_> = references.iter().map(|one| (one.pointer.clone(), one.entry)).collect();
    named.sort_unstable();
    named.dedup_by(|one, other| one.0 == other.0);
    if store::references(tx, scope, entry.id, state)? == named {
        return Ok(());
    }
    store::set_references(tx, scope, entry.id, state, &named)
}
