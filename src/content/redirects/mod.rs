//! Redirects: what one says, which of them may stand beside each other, and the table that websites look addresses up in.
//! The entries themselves are the engine's, as all others; it tells this room which are published.

mod paths;
mod rules;
mod store;
mod table;
#[cfg(test)]
mod tests;

use ground::{
    db::{Conn, DbError, Tx},
    words::{EntryId, SiteId},
};
use machinery::web::FieldProblem;
use tenants::scope::{Scope, Visitor};

pub use paths::{as_location, normalized};
pub use rules::{GONE, Rule, checked, missing};
pub use table::{Found, Table};

/// Rules of a site that are read at most: twice what the largest move of a hotel group has brought.
pub const MOST_RULES: i64 = 50_000;
/// Steps of a chain that are named.
const LONGEST_CHAIN: usize = 10;

/// Why a redirect cannot be published.
#[derive(Debug, thiserror::Error)]
pub enum RedirectError {
    /// It does not go together with the others.
    #[error("{}", .0.detail)]
    Refused(FieldProblem),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Takes a redirect among those that websites follow. `own_domain` is the site's: a full address there is a path.
pub fn publish(
    tx: &Tx,
    scope: &Scope,
    site: SiteId,
    entry: EntryId,
    rule: &Rule,
    own_domain: Option<&str>,
) -> Result<(), RedirectError> {
    let to_path = rule.path_on_site(own_domain);
    if let Some((other, target)) = store::same(tx, scope, site, entry, rule)? {
        let leads = if target.is_empty() { "says that it is gone".to_owned() } else { format!("leads to {target}") };
        return Err(refused(
            "/from",
            "redirect_taken",
            format!("Another redirect from {other} is published: it {leads}."),
        ));
    }
    // What the program made itself leads to a page that is there, and is kept so.
    if let Some(to) = to_path.as_deref().filter(|_| !rule.is_automatic) {
        check_ahead(tx, scope, site, entry, rule, to)?;
    }
    if let Some(before) = store::leading_to(tx, scope, site, entry, rule)? {
        let chain = format!("{before} → {} → {}", rule.from, rule.named_target());
        return Err(refused(
            "/from",
            "redirect_chain",
            format!("Another redirect leads here: {chain}. Let that one lead to the last address at once."),
        ));
    }
    Ok(store::put(tx, scope, site, entry, rule, to_path.as_deref().unwrap_or_default())?)
}

/// Follows what is published from the new address on: a redirect that leads to another one is refused, with all steps
/// named.
fn check_ahead(
    conn: &Conn,
    scope: &Scope,
    site: SiteId,
    entry: EntryId,
    rule: &Rule,
    to: &str,
) -> Result<(), RedirectError> {
    let mut steps = vec![rule.from.clone(), to.to_owned()];
    let mut here = to.to_owned();
    let mut is_loop = rule.covers(&here);
    while !is_loop && steps.len() <= LONGEST_CHAIN {
        let Some((target, to_path)) = store::rule_for(conn, scope, site, entry, &here)? else { break };
        steps.push(if target.is_empty() { "gone".to_owned() } else { target });
        if to_path.is_empty() {
            break;
        }
        is_loop = rule.covers(&to_path);
        here = to_path;
    }
    let chain = steps.join(" → ");
    if is_loop {
        return Err(refused("/to", "redirect_loop", format!("This would lead in a circle: {chain}.")));
    }
    if steps.len() > 2 {
        let detail = format!("Another redirect goes on from there: {chain}. Lead to the last address at once.");
        return Err(refused("/to", "redirect_chain", detail));
    }
    Ok(())
}

/// Websites follow this redirect no longer.
pub fn withdraw(tx: &Tx, scope: &Scope, site: SiteId, entry: EntryId) -> Result<(), DbError> {
    store::delete(tx, scope, site, entry)
}

/// The published redirect from exactly this address.
pub fn from_exactly(conn: &Conn, scope: &Scope, site: SiteId, address: &str) -> Result<Option<EntryId>, DbError> {
    match normalized(address) {
        Some(path) => store::exact(conn, scope, site, &path),
        None => Ok(None),
    }
}

/// The published redirects that lead to this address.
pub fn that_lead_to(conn: &Conn, scope: &Scope, site: SiteId, address: &str) -> Result<Vec<EntryId>, DbError> {
    match normalized(address) {
        Some(path) => store::to(conn, scope, site, &path),
        None => Ok(Vec::new()),
    }
}

/// Where an address leads in the end, if a published redirect goes on from there: for whoever makes many, and wants no
/// chains.
pub fn end_of(conn: &Conn, scope: &Scope, site: SiteId, address: &str) -> Result<String, DbError> {
    let mut end = address.to_owned();
    for _ in 0..LONGEST_CHAIN {
        let Some(path) = normalized(&end) else { break };
        match store::next(conn, scope, site, &path)? {
            Some((target, _)) if !target.is_empty() => end = target,
            _ => break,
        }
    }
    Ok(end)
}

/// All published redirects of a site, for its website.
pub fn table(conn: &Conn, visitor: &Visitor, site: SiteId) -> Result<Table, DbError> {
    Ok(Table::new(store::shown(conn, visitor, site, visitor.instant(conn), (MOST_RULES, 0))?))
}

/// One page of a site's published redirects by their old address, with how many there are.
pub fn list(
    conn: &Conn,
    visitor: &Visitor,
    site: SiteId,
    limit: i64,
    offset: i64,
) -> Result<(u64, Vec<Rule>), DbError> {
    let at = visitor.instant(conn);
    Ok((store::count(conn, visitor, site, at)?, store::shown(conn, visitor, site, at, (limit, offset))?))
}

fn refused(pointer: &str, code: &'static str, detail: String) -> RedirectError {
    RedirectError::Refused(FieldProblem { pointer: pointer.to_owned(), code: code.into(), detail })
}
