//! Types and sections that a group declares itself, and fields that it adds to the built-in types. What a change does to
//! each entry is said before it is done: [`check`] answers it with a fingerprint, [`apply`] takes that fingerprint back.

pub mod carried;
mod errors;
pub mod files;
mod planning;
mod routes;
mod rules;

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Tenant, Tx},
};
use machinery::{
    events::{self, NewEvent},
    jobs,
};
use serde::Serialize;
use serde_json::{Value, json};
use tenants::{
    audit::{self, Change},
    scope::Scope,
};
use utoipa::ToSchema;

pub use errors::CustomTypeError;
pub use planning::{Counts, Plan, plan};
pub use routes::{Document, routes};

use crate::{
    entries::retyping::{self, Retyped},
    sites::{self, RecomposeViews},
    types::{self, Catalogue, Declarations, Own, OwnKind, OwnRow, Step},
};

const SUBJECT: &str = "declaration";

/// A declaration of a group's own.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CustomType {
    /// What it declares.
    pub kind: OwnKind,
    /// Its name; of added fields the name of the built-in type.
    pub name: String,
    /// The declaration, with the same names as in a file under `assets/`.
    #[schema(value_type = Object)]
    pub declaration: Value,
    /// How often it was changed, from 1.
    pub version: i64,
    /// What whoever changed it last was called then.
    pub author: String,
    /// How many entries of the type there are; of a section none are counted.
    pub entries: u64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was changed last.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// A change that is wished for.
#[derive(Clone, Debug)]
pub struct Wish {
    /// What is declared.
    pub kind: OwnKind,
    /// Its name.
    pub name: String,
    /// How it is to be declared; nothing where it is to go.
    pub declaration: Option<Value>,
}

/// What a change would do.
#[derive(Clone, Debug)]
pub struct Check {
    /// Names what was looked at: the declarations and the state of every entry.
    pub fingerprint: String,
    /// How many entries there are, and what becomes of them.
    pub counts: Counts,
    /// Those that do not stay as they are.
    pub entries: Vec<Retyped>,
}

/// What the organization declares itself, by kind and name.
pub fn list(conn: &Conn, scope: &Scope) -> Result<Vec<CustomType>, DbError> {
    types::own_rows(conn, scope)?.into_iter().map(|row| described(conn, scope, row)).collect()
}

/// One own declaration.
pub fn find(conn: &Conn, scope: &Scope, kind: OwnKind, name: &str) -> Result<CustomType, CustomTypeError> {
    let row = types::own_rows(conn, scope)?.into_iter().find(|row| row.kind == kind && row.name == name);
    Ok(described(conn, scope, row.ok_or(CustomTypeError::NotFound)?)?)
}

fn described(conn: &Conn, scope: &Scope, row: OwnRow) -> Result<CustomType, DbError> {
    let OwnRow { kind, name, declaration, version, author, created_at, updated_at } = row;
    let entries = if kind == OwnKind::Section { 0 } else { retyping::count(conn, scope, &name)? };
    Ok(CustomType { kind, name, declaration, version, author, entries, created_at, updated_at })
}

/// Says what a change would do, and does nothing.
pub fn check(conn: &Conn, scope: &Scope, catalogue: &Catalogue, wish: &Wish) -> Result<Check, CustomTypeError> {
    let plan = plan(conn, scope, catalogue, wish)?;
    let entries = plan.looks.into_iter().map(|look| look.retyped).filter(|one| !one.is_unchanged());
    Ok(Check { fingerprint: plan.fingerprint, counts: plan.counts, entries: entries.collect() })
}

/// Does what [`check`] said: the declaration, the entries and what visitors see change together, or nothing does. Where an
/// entry does not stay as it is, the fingerprint of the check is asked for; where anything has changed since, nothing is
/// done.
pub fn apply(
    tx: &Tx,
    scope: &Scope,
    catalogue: &Catalogue,
    wish: &Wish,
    fingerprint: Option<&str>,
) -> Result<Counts, CustomTypeError> {
    // First: of two changes at once the second begins with what the first has left.
    tx.serialize("declarations")?;
    let before = catalogue.of(tx, scope)?;
    let plan = planning::plan_from(tx, scope, catalogue, &before, wish, rules::Origin::Declared)?;
    match fingerprint {
        Some(fingerprint) if fingerprint != plan.fingerprint => return Err(CustomTypeError::CheckStale),
        None if plan.counts.changes_any() => return Err(CustomTypeError::CheckNeeded(plan.counts)),
        _ => {}
    }
    let counts = plan.counts;
    perform(tx, scope, wish, &before, plan)?;
    Ok(counts)
}

fn perform(tx: &Tx, scope: &Scope, wish: &Wish, before: &Declarations, plan: Plan) -> Result<(), CustomTypeError> {
    let was = types::own_rows(tx, scope)?.into_iter().find(|row| row.kind == wish.kind && row.name == wish.name);
    types::put_past(tx, scope, wish.kind, &wish.name, was.as_ref().map(|row| &row.declaration))?;
    let actor = scope.actor();
    match &plan.own {
        Some(own) => {
            let author = (actor.kind().as_str(), actor.id(), actor.name());
            types::put_own(tx, scope, wish.kind, &wish.name, &own.written(), author)?;
        }
        None => types::delete_own(tx, scope, wish.kind, &wish.name)?,
    }
    types::renew_version(tx, scope)?;
    let step = Step { old: before, new: &plan.declarations };
    for look in plan.looks {
        let (title, id) = (look.retyped.title.clone(), look.retyped.entry);
        retyping::retype(tx, scope, step, look).map_err(|error| CustomTypeError::Entry {
            title,
            id: id.to_string(),
            error: Box::new(error),
        })?;
    }
    Ok(tell(tx, scope, wish, was, plan.own.as_ref())?)
}

fn tell(tx: &Tx, scope: &Scope, wish: &Wish, was: Option<OwnRow>, now: Option<&Own>) -> Result<(), DbError> {
    let subject_id = format!("{}:{}", wish.kind.as_str(), wish.name);
    let action = match (&was, now) {
        (_, None) => "declaration.deleted",
        (None, _) => "declaration.created",
        (Some(_), _) => "declaration.changed",
    };
    let change = Change {
        action,
        subject_type: SUBJECT,
        subject_id: subject_id.clone(),
        before: was.map(|row| row.declaration),
        after: now.map(Own::written),
    };
    audit::record(tx, scope, change)?;
    // Said of each site: kept answers are made by the declarations, and the index reads its drafts by them. What lists are
    // filtered by depends on the kinds of fields, also where nobody sees another value: a job writes it anew.
    for site in sites::list(tx, scope)? {
        jobs::enqueue(tx, Some(scope.organization_id()), &RecomposeViews::of(site.id))?;
        events::record(
            tx,
            NewEvent {
                kind: "site.types_changed",
                organization: Some(scope.organization_id()),
                site: Some(site.id),
                subject_type: SUBJECT,
                subject_id: subject_id.clone(),
                payload: json!({"action": action, "kind": wish.kind, "name": wish.name}),
            },
        );
    }
    Ok(())
}
