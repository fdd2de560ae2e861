//! What was written by older declarations, in the form of today's: whatever comes back from the history or the bin is what
//! a change of its type would have made of it, had it been the newest then.

use ground::db::{Conn, DbError};
use serde::Serialize;
use tenants::scope::Scope;
use utoipa::ToSchema;

use super::{Entry, Revision, history};
use crate::{
    sites::Languages,
    types::{self, Declarations, Step, TypeDeclaration, Validated},
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
