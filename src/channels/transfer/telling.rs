//! What is told of a file on its way in or out: to the audit log, and to whoever follows events.

use ground::{
    db::{DbError, Tenant as _, Tx},
    words::SiteId,
};
use machinery::events::{self, NewEvent};
use serde_json::Value;
use tenants::{
    audit::{self, Change},
    scope::Scope,
};

/// Records what happened to a subject (its type and its id) and what it is now.
pub(super) fn tell(
    tx: &Tx,
    scope: &Scope,
    action: &'static str,
    (subject_type, subject_id): (&'static str, String),
    site: Option<SiteId>,
    now: Value,
) -> Result<(), DbError> {
    let change =
        Change { action, subject_type, subject_id: subject_id.clone(), before: None, after: Some(now.clone()) };
    audit::record(tx, scope, change)?;
    let organization = Some(scope.organization_id());
    events::record(tx, NewEvent { kind: action, organization, site, subject_type, subject_id, payload: now });
    Ok(())
}
