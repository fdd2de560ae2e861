//! Types with a role: what the room of each asks of a document, and what it is told when visitors see an entry or see it no
//! longer. The engine knows the roles' names and nothing of what they mean.

use ground::{
    db::{DbError, Tx},
    words::{EntryId, SiteId},
};
use machinery::web::FieldProblem;
use tenants::scope::Scope;

use super::EntryError;
use crate::{
    booking, forms, navigation,
    redirects::{self, RedirectError, Rule},
    sites,
    types::{Document, Role},
};

/// A document as its role wants it, or what is wrong with it.
pub(super) fn checked(role: Option<Role>, document: Document) -> Result<Document, Vec<FieldProblem>> {
    let mut fields = document.into_fields();
    let problems = match role {
        Some(Role::Redirect) => redirects::checked(&mut fields),
        Some(Role::Menu) => navigation::checked(&fields),
        Some(Role::Form) => forms::checked(&fields),
        Some(Role::BookingEngine) => booking::checked(&fields),
        _ => Vec::new(),
    };
    if problems.is_empty() { Ok(Document::trusted(fields)) } else { Err(problems) }
}

/// Visitors see these facts of an entry from now on.
pub(super) fn show(
    tx: &Tx,
    scope: &Scope,
    role: Option<Role>,
    site: SiteId,
    entry: EntryId,
    facts: &Document,
) -> Result<(), EntryError> {
    match role {
        Some(Role::Redirect) => {
            let rule = Rule::read(facts.fields()).ok_or_else(|| EntryError::Incomplete(vec![redirects::missing()]))?;
            let own = if rule.target.contains("://") { sites::find(tx, scope, site)?.domain } else { None };
            let own = own.as_ref().map(ground::words::DomainName::as_str);
            redirects::publish(tx, scope, site, entry, &rule, own).map_err(|error| match error {
                RedirectError::Refused(problem) => EntryError::Invalid(vec![problem]),
                RedirectError::Db(error) => EntryError::Db(error),
            })
        }
        Some(Role::Menu) => complete(navigation::missing(facts.fields())),
        Some(Role::BookingEngine) => complete(booking::missing(facts.fields())),
        _ => Ok(()),
    }
}

fn complete(missing: Vec<FieldProblem>) -> Result<(), EntryError> {
    if missing.is_empty() { Ok(()) } else { Err(EntryError::Incomplete(missing)) }
}

/// Visitors see nothing of an entry any more. Asked of every type, since what is withdrawn may have lost its declaration.
pub(super) fn hide(tx: &Tx, scope: &Scope, site: SiteId, entry: EntryId) -> Result<(), DbError> {
    redirects::withdraw(tx, scope, site, entry)
}
