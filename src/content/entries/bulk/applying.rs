//! Doing it: each entry in a part of the transaction that may fail alone.

use std::collections::BTreeSet;

use ground::{db::Tx, words::SiteId};
use machinery::web::FieldProblem;
use serde_json::Value;
use tenants::{
    permissions::{Permission, PublishContent},
    scope::Scope,
};

use super::{
    super::{
        Entry, EntryChange, EntryError, archive, bin, bring_back, delete, preparing, publish, publishing, reading,
        refusals::Refusal, save, saving, unpublish, uses,
    },
    Bulk, BulkAction, Chosen, Done, ItemResult, MOST_ENTRIES,
};
use crate::{
    sites,
    types::{Declarations, FieldKind},
};

/// The field that tags stand in, where a type has it.
const TAGS: &str = "tags";

/// Does the same to many entries of a site. With `all_or_nothing` one that fails is the refusal of all.
pub fn apply(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    wish: &Bulk,
) -> Result<Done, EntryError> {
    sites::languages(tx, scope, site)?;
    check(scope, wish)?;
    let mut results = Vec::with_capacity(wish.entries.len());
    for chosen in &wish.entries {
        let result = match tx.attempt(|tx| apply_one(tx, scope, declarations, site, wish, *chosen)) {
            Ok(revision) => ItemResult { id: chosen.id, ok: true, revision, problem: None },
            Err(EntryError::Db(error)) => return Err(error.into()),
            Err(refusal) => {
                ItemResult { id: chosen.id, ok: false, revision: None, problem: Some(Refusal::of(&refusal)) }
            }
        };
        results.push(result);
    }
    let failed = results.iter().filter(|result| !result.ok).count();
    if wish.all_or_nothing && failed > 0 {
        return Err(EntryError::NothingDone(refusals(&results)));
    }
    Ok(Done { action: wish.action, done: results.len() - failed, failed, results })
}

fn refusals(results: &[ItemResult]) -> Vec<FieldProblem> {
    let numbered = results.iter().enumerate();
    let failed = numbered.filter_map(|(place, result)| Some((place, result.id, result.problem.as_ref()?)));
    let told = failed.map(|(place, id, problem)| FieldProblem {
        pointer: format!("/entries/{place}"),
        code: problem.code.clone().into(),
        detail: format!("{id}: {}", problem.detail),
    });
    told.collect()
}

fn check(scope: &Scope, wish: &Bulk) -> Result<(), EntryError> {
    let refused = |pointer: &str, code: &'static str, detail: String| {
        Err(EntryError::Request(FieldProblem { pointer: pointer.to_owned(), code: code.into(), detail }))
    };
    if wish.entries.is_empty() || wish.entries.len() > MOST_ENTRIES {
        return refused("/entries", "count_invalid", format!("Name 1 to {MOST_ENTRIES} entries."));
    }
    let mut seen = BTreeSet::new();
    if let Some(place) = wish.entries.iter().position(|chosen| !seen.insert(chosen.id)) {
        return refused(&format!("/entries/{place}/id"), "twice", "Name each entry once.".to_owned());
    }
    let takes_tags = matches!(wish.action, BulkAction::AddTags | BulkAction::RemoveTags);
    if takes_tags == wish.tags.is_empty() {
        let detail = if takes_tags { "Name at least one tag." } else { "This takes no tags: leave them out." };
        return refused("/tags", "count_invalid", detail.to_owned());
    }
    let shows = matches!(wish.action, BulkAction::Publish | BulkAction::UndoPublish | BulkAction::Unpublish);
    if (shows || wish.publish) && !scope.may(PublishContent::NAME) {
        return Err(EntryError::MayNotPublish);
    }
    Ok(())
}

/// Does it to one; answers its newest revision afterwards.
fn apply_one(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    wish: &Bulk,
    Chosen { id, revision }: Chosen,
) -> Result<Option<u32>, EntryError> {
    let named = || {
        revision.ok_or_else(|| {
            EntryError::Request(FieldProblem {
                pointer: "/revision".to_owned(),
                code: "required".into(),
                detail: "Name the revision that was seen.".to_owned(),
            })
        })
    };
    let entry = match wish.action {
        BulkAction::Publish => publish(tx, scope, declarations, site, id, named()?, None)?,
        BulkAction::UndoPublish => publishing::undo(tx, scope, declarations, site, id, named()?)?,
        BulkAction::Unpublish => unpublish(tx, scope, declarations, site, id, None)?,
        BulkAction::Archive => archive(tx, scope, site, id)?,
        BulkAction::BringBack => bring_back(tx, scope, declarations, site, id, wish.publish)?,
        BulkAction::Restore => bin::restore(tx, scope, declarations, site, id, wish.publish)?.entry,
        BulkAction::AddTags | BulkAction::RemoveTags => {
            let entry = reading::find(tx, scope, site, id)?;
            if revision.is_some_and(|seen| seen != entry.revision) {
                return Err(saving::conflict(tx, scope, &entry)?);
            }
            retag(tx, scope, declarations, entry, wish)?
        }
        BulkAction::Delete => {
            reading::stored(tx, scope, site, id)?;
            if !wish.even_if_used {
                uses::check_unused(tx, scope, id)?;
            }
            delete(tx, scope, site, id)?;
            return Ok(None);
        }
    };
    Ok(Some(entry.revision))
}

/// Saves an entry with other tags. Where nothing changes, no revision is made.
fn retag(tx: &Tx, scope: &Scope, declarations: &Declarations, entry: Entry, wish: &Bulk) -> Result<Entry, EntryError> {
    let declared = preparing::declared(declarations, &entry.content_type)?;
    let holds_words = declared.field(TAGS).is_some_and(
        |field| matches!(&field.kind, FieldKind::List { item, .. } if matches!(**item, FieldKind::Text { .. })),
    );
    if !holds_words {
        return Err(EntryError::Request(FieldProblem {
            pointer: "/tags".to_owned(),
            code: "tags_unknown".into(),
            detail: format!("Entries of the type `{}` have no tags.", entry.content_type),
        }));
    }
    let mut document = entry.document.clone().into_fields();
    let standing = document.get(TAGS).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut tags: Vec<String> = standing.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    for tag in wish.tags.iter().map(|tag| tag.trim()) {
        // `Winter` and `winter` are one tag.
        let is_same = |other: &String| other.to_lowercase() == tag.to_lowercase();
        if wish.action == BulkAction::RemoveTags {
            tags.retain(|other| !is_same(other));
        } else if !tags.iter().any(is_same) {
            tags.push(tag.to_owned());
        }
    }
    if tags.is_empty() {
        document.remove(TAGS);
    } else {
        document.insert(TAGS.to_owned(), tags.into());
    }
    let change =
        EntryChange { revision: entry.revision, slug: None, document: Value::Object(document), autosave: false };
    save(tx, scope, declarations, entry.site_id, entry.id, &change)
}
