//! What publishing the newest state of a type's brand would change, field by field: for whoever publishes it.

use ground::db::Conn;
use serde::Serialize;
use tenants::scope::Scope;
use utoipa::ToSchema;

use super::{BrandError, declared, store};
use crate::types::{self, BrandField, BrandMode, Declarations};

/// What a publication would change.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BrandImpact)]
pub struct Impact {
    /// Number of the state that this is about: 0 where there is none yet.
    pub revision: u32,
    /// How many entries of the type there are in all sites, those in the archive aside.
    pub entries: u64,
    /// The fields that become different, in the order of the form.
    pub fields: Vec<FieldImpact>,
}

/// A field of the brand that becomes different.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BrandFieldImpact)]
pub struct FieldImpact {
    /// The field.
    pub field: String,
    /// What becomes of it.
    pub change: ImpactChange,
    /// How many entries show something else afterwards.
    pub entries: u64,
    /// How many have a value of their own. Where the field is locked it waits, otherwise they keep showing it.
    pub own: u64,
}

/// What becomes of a field of the brand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BrandImpactChange)]
pub enum ImpactChange {
    /// The brand has a value for the first time.
    Added,
    /// The brand has another value.
    Changed,
    /// The value stays, and holds for all from now on.
    Locked,
    /// The value stays, and entries may have their own again.
    Unlocked,
    /// The brand has no value any more.
    Removed,
}

/// What publishing the newest state would change.
pub fn impact(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    content_type: &str,
) -> Result<Impact, BrandError> {
    let declared = declared(declarations, content_type)?;
    let row = types::brand_of(conn, scope, content_type)?;
    let entries = store::count_listed(conn, scope, content_type)?;
    let Some(row) = row else { return Ok(Impact { revision: 0, entries, fields: Vec::new() }) };
    let own = store::count_overrides(conn, scope, content_type)?;
    let own_of = |name: &str| own.iter().find(|(field, _)| field == name).map_or(0, |(_, count)| *count);
    let fields = declared.inheritable().filter_map(|field| {
        let own = own_of(&field.name);
        let (before, after) = (row.published.get(&field.name), row.fields.get(&field.name));
        let change = change(before, after)?;
        let entries = if change == ImpactChange::Locked || change == ImpactChange::Unlocked {
            own
        } else if is_locked(before) || is_locked(after) {
            entries
        } else {
            entries.saturating_sub(own)
        };
        Some(FieldImpact { field: field.name.clone(), change, entries, own })
    });
    Ok(Impact { revision: row.revision, entries, fields: fields.collect() })
}

fn change(before: Option<&BrandField>, after: Option<&BrandField>) -> Option<ImpactChange> {
    match (before, after) {
        (None, None) => None,
        (None, Some(_)) => Some(ImpactChange::Added),
        (Some(_), None) => Some(ImpactChange::Removed),
        (Some(before), Some(after)) if before.value != after.value => Some(ImpactChange::Changed),
        (Some(before), Some(after)) if before.mode == after.mode => None,
        (Some(_), Some(after)) if after.mode == BrandMode::Locked => Some(ImpactChange::Locked),
        (Some(_), Some(_)) => Some(ImpactChange::Unlocked),
    }
}

fn is_locked(field: Option<&BrandField>) -> bool {
    field.is_some_and(|field| field.mode == BrandMode::Locked)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_field_becomes_what_its_value_and_its_mode_say() {
        let field = |mode, value: &str| BrandField { mode, kind: "time".to_owned(), value: json!(value) };
        let open = field(BrandMode::Inherit, "15:00");
        let locked = field(BrandMode::Locked, "15:00");
        let later = field(BrandMode::Locked, "16:00");
        for (before, after, expected) in [
            (None, None, None),
            (None, Some(&open), Some(ImpactChange::Added)),
            (Some(&open), None, Some(ImpactChange::Removed)),
            (Some(&open), Some(&open), None),
            (Some(&open), Some(&locked), Some(ImpactChange::Locked)),
            (Some(&locked), Some(&open), Some(ImpactChange::Unlocked)),
            (Some(&open), Some(&later), Some(ImpactChange::Changed)),
        ] {
            assert_eq!(change(before, after), expected, "{before:?} {after:?}");
        }
    }
}
