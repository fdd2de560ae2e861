//! What an organization's declarations were before they changed: older revisions were written by them.

use std::collections::BTreeSet;

use ground::db::{Conn, DbError, Tenant};

use super::{Declarations, Own, store, together};

/// The declarations that documents were checked by after this many changes; nothing where none has followed since. A
/// type, section or field that came later may stand among them: no document of that time holds anything of it.
pub fn declarations_until(
    conn: &Conn,
    tenant: &impl Tenant,
    declarations: &Declarations,
    number: u32,
) -> Result<Option<Declarations>, DbError> {
    let rows = store::past_rows(conn, tenant, number)?;
    if rows.is_empty() {
        return Ok(None);
    }
    // The first change after that time says how it was then; the later ones, what came in between.
    let mut seen = BTreeSet::new();
    let first = rows.into_iter().filter(|row| seen.insert((row.kind, row.name.clone())));
    // What this program cannot read any more stays as it is declared now: the rest goes over all the same.
    let then = first.filter_map(|row| Own::read(row.kind, &row.name, row.declaration?).ok());
    Ok(Some(together(declarations, then.collect::<Vec<_>>().into_iter())))
}
