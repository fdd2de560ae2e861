//! What a change of a declaration does to every entry that it touches.

use std::sync::Arc;

use ground::{crypto::sha256_hex, db::Conn};
use serde::Serialize;
use serde_json::Value;
use tenants::scope::Scope;
use utoipa::ToSchema;

use super::{
    CustomTypeError, Wish,
    rules::{self, Origin},
};
use crate::{
    entries::retyping::{self, Look},
    sites,
    types::{self, Catalogue, Declarations, Own, OwnKind, Step, TypeDeclaration},
};

/// A change with everything that follows from it.
pub struct Plan {
    /// Names what was looked at.
    pub fingerprint: String,
    /// What becomes of the entries, counted.
    pub counts: Counts,
    /// The declaration that is wished for, read; nothing where it is to go.
    pub(super) own: Option<Own>,
    /// The organization's declarations with it.
    pub(super) declarations: Declarations,
    /// Each entry that the change touches.
    pub(super) looks: Vec<Look>,
}

/// What becomes of the entries that a change touches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CustomTypeCounts)]
pub struct Counts {
    /// All of them.
    pub entries: u64,
    /// Those that stay as they are.
    pub unchanged: u64,
    /// Those with values that become others.
    pub converted: u64,
    /// Those with values that are dropped; the revision before keeps them.
    pub dropped: u64,
    /// Those that can no longer be published in a language until something is filled in.
    pub incomplete: u64,
    /// Those of which visitors see something else.
    pub shown: u64,
    /// Those that go into the bin.
    pub deleted: u64,
}

impl Counts {
    /// Whether any entry does not stay as it is.
    pub const fn changes_any(&self) -> bool {
        self.unchanged < self.entries
    }

    fn of(looks: &[Look]) -> Self {
        let mut counts = Self::default();
        for Look { retyped, .. } in looks {
            let mut values = retyped.values.iter().chain(&retyped.published_values);
            let is_dropped = values.clone().any(|value| value.to.is_none());
            let is_converted = values.any(|value| value.to.is_some()) || retyped.changes_older;
            counts.entries += 1;
            counts.unchanged += u64::from(retyped.is_unchanged());
            counts.converted += u64::from(is_converted);
            counts.dropped += u64::from(is_dropped);
            counts.incomplete += u64::from(!retyped.incomplete.is_empty());
            counts.shown += u64::from(!retyped.shown.is_empty());
            counts.deleted += u64::from(retyped.deleted);
        }
        counts
    }
}

/// Checks the declaration, and looks at every entry that it touches.
pub fn plan(conn: &Conn, scope: &Scope, catalogue: &Catalogue, wish: &Wish) -> Result<Plan, CustomTypeError> {
    let before = catalogue.of(conn, scope)?;
    plan_from(conn, scope, catalogue, &before, wish, Origin::Declared)
}

/// [`plan`], from these declarations on. Whether they fit together with a carried one is looked at where all are that come.
pub(super) fn plan_from(
    conn: &Conn,
    scope: &Scope,
    catalogue: &Catalogue,
    before: &Arc<Declarations>,
    wish: &Wish,
    origin: Origin,
) -> Result<Plan, CustomTypeError> {
    if scope.sites().is_some() {
        return Err(CustomTypeError::MembershipRestricted);
    }
    let rows = types::own_rows(conn, scope)?;
    let is_meant = |kind: OwnKind, name: &str| kind == wish.kind && name == wish.name;
    let own = match &wish.declaration {
        Some(written) => Some(rules::read(catalogue.base(), &rows, wish, written.clone(), origin)?),
        None if rows.iter().any(|row| is_meant(row.kind, &row.name)) => None,
        None => return Err(CustomTypeError::NotFound),
    };
    let others = rows.iter().filter(|row| !is_meant(row.kind, &row.name));
    let others = others.filter_map(|row| Own::read(row.kind, &row.name, row.declaration.clone()).ok());
    let declarations = types::together(catalogue.base(), others.chain(own.clone())).branded(before.brands().clone());
    if origin == Origin::Declared {
        rules::fits(&declarations, wish)?;
    }
    let step = Step { old: before, new: &declarations };
    let spoken = sites::list(conn, scope)?;
    if origin == Origin::Declared {
        rules::leaves_languages(own.as_ref(), &spoken)?;
    }
    let mut looks = Vec::new();
    let mut seen = format!("{}\n{:?}\n{}\n", before.version(), wish.kind, wish.name);
    seen.push_str(&own.as_ref().map(|own| own.written().to_string()).unwrap_or_default());
    let touched: Vec<String> = touched(step);
    for site in spoken {
        let languages = site.speaks();
        seen.extend(["\n", &site.id.to_string(), &format!("{languages:?}")]);
        for content_type in &touched {
            let found = retyping::look(conn, scope, step, site.id, &languages, content_type)?;
            for look in found.into_iter().filter(|look| wish.kind != OwnKind::Section || has_section(look, &wish.name))
            {
                seen.push('\n');
                seen.push_str(&look.state());
                looks.push(look);
            }
        }
    }
    let (fingerprint, counts) = (sha256_hex(seen.as_bytes()), Counts::of(&looks));
    Ok(Plan { fingerprint, counts, own, declarations, looks })
}

/// The types whose entries may become different.
fn touched(step: Step<'_>) -> Vec<String> {
    let touched = step.old.types().iter().filter(|old| step.touches(old));
    let mut touched: Vec<String> = touched.map(|one| one.name.clone()).collect();
    // A type that is declared again after it went: what is left of it is there again.
    let is_new = |new: &&TypeDeclaration| step.old.content_type(&new.name).is_none();
    touched.extend(step.new.types().iter().filter(is_new).map(|one| one.name.clone()));
    touched
}

/// Whether the entry, or what visitors see of it, has a section of this type.
fn has_section(look: &Look, name: &str) -> bool {
    look.documents().any(|document| {
        let mut items = document.fields().values().filter_map(Value::as_array).flatten();
        items.any(|item| item.get("type").and_then(Value::as_str) == Some(name))
    })
}
