//! Settling a difference between entries and the brand: the entries give their own values up, or the brand takes one of
//! them as its own.

use std::collections::BTreeSet;

use ground::{
    db::Tx,
    words::{EntryId, SiteId},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenants::{
    permissions::{Permission, PublishContent},
    scope::Scope,
};
use utoipa::ToSchema;

use super::{
    BrandChange, BrandDocument, BrandError, BrandWish, check_scope, declared,
    errors::{invalid, problem},
    save, wishes,
};
use crate::{
    entries::{self, EntryChange, EntryError, State, refusals::Refusal},
    types::{self, BrandMode, Catalogue, Declarations},
};

/// Values given up in one call: a transaction in which others wait for a fraction of a second.
const MOST_ITEMS: usize = 200;

/// Which entries give which values of their own up.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BrandPush)]
pub struct Push {
    /// At most 200, each once.
    pub items: Vec<PushItem>,
    /// Whether visitors see it at once. An entry with other changes that wait is left alone then.
    #[serde(default)]
    pub publish: bool,
}

/// One value to be given up.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BrandPushItem)]
pub struct PushItem {
    /// The entry's site.
    #[schema(value_type = String, format = "uuid")]
    pub site_id: SiteId,
    /// The entry.
    #[schema(value_type = String, format = "uuid")]
    pub entry_id: EntryId,
    /// The field.
    pub field: String,
}

/// What came of one of them.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BrandPushed)]
pub struct Pushed {
    /// The entry.
    #[schema(value_type = String, format = "uuid")]
    pub entry_id: EntryId,
    /// The field.
    pub field: String,
    /// Whether it worked.
    pub ok: bool,
    /// The entry's newest revision afterwards.
    #[schema(required = true)]
    pub revision: Option<u32>,
    /// Why it did not.
    #[schema(required = true)]
    pub problem: Option<Refusal>,
}

/// The value that the brand takes over.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BrandAdopt)]
pub struct Adopt {
    /// The entry's site.
    #[schema(value_type = String, format = "uuid")]
    pub site_id: SiteId,
    /// The entry.
    #[schema(value_type = String, format = "uuid")]
    pub entry_id: EntryId,
    /// The field.
    pub field: String,
    /// Number of the brand's newest state; 0 where there is none yet.
    pub revision: u32,
}

/// Lets entries give values of their own up. One that fails does not stop the others.
pub fn push(tx: &Tx, scope: &Scope, declarations: &Declarations, wish: &Push) -> Result<Vec<Pushed>, BrandError> {
    if wish.items.is_empty() || wish.items.len() > MOST_ITEMS {
        return Err(invalid("/items", "count_invalid", format!("Name 1 to {MOST_ITEMS} values.")));
    }
    if wish.publish && !scope.may(PublishContent::NAME) {
        return Err(EntryError::MayNotPublish.into());
    }
    let mut seen = BTreeSet::new();
    if let Some(place) = wish.items.iter().position(|item| !seen.insert((item.entry_id, &item.field))) {
        return Err(invalid(&format!("/items/{place}"), "twice", "Name each value once."));
    }
    let mut results = Vec::with_capacity(wish.items.len());
    for item in &wish.items {
        let (revision, refusal) = match tx.attempt(|tx| give_up(tx, scope, declarations, item, wish.publish)) {
            Ok(revision) => (Some(revision), None),
            Err(EntryError::Db(error)) => return Err(error.into()),
            Err(error) => (None, Some(Refusal::of(&error))),
        };
        results.push(Pushed {
            entry_id: item.entry_id,
            field: item.field.clone(),
            ok: refusal.is_none(),
            revision,
            problem: refusal,
        });
    }
    Ok(results)
}

fn give_up(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    item: &PushItem,
    publishes: bool,
) -> Result<u32, EntryError> {
    let refused = |code, detail: &str| EntryError::Request(problem("/field", code, detail));
    let entry = entries::find(tx, scope, item.site_id, item.entry_id)?;
    let declared = declarations.content_type(&entry.content_type);
    if !declared.is_some_and(|declared| declared.inheritable().any(|field| field.name == item.field)) {
        return Err(refused("field_unknown", "No field of this name can be the brand's."));
    }
    if publishes && entry.state() == State::LiveWithDraft {
        return Err(refused(
            "draft_waiting",
            "The entry has changes that visitors do not see yet. Publish those first.",
        ));
    }
    let mut document = entry.document.clone().into_fields();
    if document.remove(&item.field).is_none() {
        return Err(refused("nothing_own", "The entry has no value of its own here."));
    }
    let change =
        EntryChange { revision: entry.revision, slug: None, document: Value::Object(document), autosave: false };
    let saved = entries::save(tx, scope, declarations, item.site_id, item.entry_id, &change)?;
    if publishes && !entry.published.is_empty() {
        let locales: Vec<_> = entry.published.keys().cloned().collect();
        entries::publish(tx, scope, declarations, item.site_id, item.entry_id, saved.revision, Some(&locales))?;
    }
    Ok(saved.revision)
}

/// Takes an entry's own value as the brand's, as a new state that waits for its publication. A field that is locked stays
/// so.
pub fn adopt(tx: &Tx, scope: &Scope, catalogue: &Catalogue, wish: &Adopt) -> Result<BrandDocument, BrandError> {
    check_scope(scope)?;
    let entry = entries::find(tx, scope, wish.site_id, wish.entry_id)?;
    declared(&*catalogue.of(tx, scope)?, &entry.content_type)?;
    let Some(value) = entry.document.get(&wish.field) else {
        return Err(invalid("/field", "nothing_own", "The entry has no value of its own here."));
    };
    let row = types::brand_of(tx, scope, &entry.content_type)?;
    let mut fields = row.map(|row| wishes(row.fields)).unwrap_or_default();
    let mode = fields.get(&wish.field).map_or(BrandMode::Inherit, |field| field.mode);
    fields.insert(wish.field.clone(), BrandWish { mode, value: value.clone() });
    save(tx, scope, catalogue, &entry.content_type, &BrandChange { revision: wish.revision, fields })
}
