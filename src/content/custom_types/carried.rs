//! Declarations as they are carried from one installation to another. They were made by the rules of their day, and content
//! was written by them: what comes is kept as it is, as long as the program can read it.

use ground::db::{Conn, Tx};
use tenants::scope::Scope;

use super::{CustomTypeError, Wish, perform, planning, rules::Origin};
use crate::types::{self, Catalogue, DeclarationProblem, Declarations, Own};

/// The organization's declarations as they would be with these beside its own. One that it declares otherwise is refused, as
/// are those that cannot be read, or do not fit together.
pub fn with(
    conn: &Conn,
    scope: &Scope,
    catalogue: &Catalogue,
    added: &[Wish],
) -> Result<Declarations, CustomTypeError> {
    let told =
        |problems: Vec<DeclarationProblem>| CustomTypeError::InUse(problems.iter().map(ToString::to_string).collect());
    let mut brought = Vec::new();
    for wish in added {
        let Some(written) = wish.declaration.clone() else { continue };
        brought.push((wish, Own::read(wish.kind, &wish.name, written).map_err(told)?));
    }
    let mut own = Vec::new();
    for row in types::own_rows(conn, scope)? {
        let here = Own::read(row.kind, &row.name, row.declaration).ok();
        let same = brought.iter().find(|(wish, _)| wish.kind == row.kind && wish.name == row.name);
        match same {
            // An earlier version may have written the same declaration in another spelling.
            Some((_, one)) if here.as_ref().map(Own::written) != Some(one.written()) => {
                let told = format!("the organization declares the {} {} in another way", row.kind.as_str(), row.name);
                return Err(CustomTypeError::InUse(vec![told]));
            }
            Some(_) => {}
            None => own.extend(here),
        }
    }
    own.extend(brought.into_iter().map(|(_, one)| one));
    let declarations = types::together(catalogue.base(), own.into_iter());
    let problems = declarations.disagreements();
    if problems.is_empty() { Ok(declarations) } else { Err(told(problems)) }
}

/// Declares one that comes; none of the entries here may change by it. Whether it fits together with the others is what
/// [`with`] says of all that come: until the last is there, one may name another that is not.
pub fn put(tx: &Tx, scope: &Scope, catalogue: &Catalogue, wish: &Wish) -> Result<(), CustomTypeError> {
    tx.serialize("declarations")?;
    let before = catalogue.of(tx, scope)?;
    let plan = planning::plan_from(tx, scope, catalogue, &before, wish, Origin::Carried);
    let plan = plan.map_err(|error| match error {
        CustomTypeError::Invalid(problems) => {
            let told = |detail: &str| format!("the {} {}: {detail}", wish.kind.as_str(), wish.name);
            CustomTypeError::InUse(problems.iter().map(|problem| told(&problem.detail)).collect())
        }
        other => other,
    })?;
    if plan.counts.changes_any() {
        return Err(CustomTypeError::CheckNeeded(plan.counts));
    }
    perform(tx, scope, wish, &before, plan)
}
