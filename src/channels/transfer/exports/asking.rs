//! Asking for an archive, looking how far it is, giving it up.

use content::sites;
use ground::{
    db::{Conn, DbError, Tenant as _, Tx},
    words::ExportId,
};
use machinery::jobs;
use serde_json::json;
use tenants::scope::Scope;

use super::{
    Export, ExportError, ExportFormat, ExportState, LONGEST, MOST_KEPT, SUBJECT, Wish, jobs::WriteExport, store,
};
use crate::transfer::telling;

/// What is said of an archive whose job was given up.
const LOST: &str = "The program ended again and again while it wrote this, and has given it up. Ask for it once more; the operator's log says what happened.";

/// Asks for an archive; a job writes it.
pub fn ask(tx: &Tx, scope: &Scope, wish: Wish) -> Result<Export, ExportError> {
    match wish.site_id {
        Some(site) => drop(sites::find(tx, scope, site)?),
        None if scope.sites().is_some() => return Err(ExportError::MembershipRestricted),
        None => {}
    }
    if wish.format == ExportFormat::Static && (wish.history || wish.submissions) {
        return Err(ExportError::PagesOnly);
    }
    settle_lost(tx, scope)?;
    store::give_up(tx, scope, tx.now() - LONGEST)?;
    // Older ones make room: their files go with the next sweep.
    while store::count_ready(tx, scope)? >= MOST_KEPT {
        store::delete_oldest(tx, scope)?;
    }
    let export = Export {
        id: tx.new_id(),
        site_id: wish.site_id,
        format: wish.format,
        history: wish.history,
        submissions: wish.submissions,
        state: ExportState::Waiting,
        done: 0,
        total: 0,
        size: None,
        notes: Vec::new(),
        problem: None,
        created_by: scope.user(),
        created_by_name: scope.actor().name().to_owned(),
        created_at: tx.now(),
        expires_at: None,
    };
    if !store::insert(tx, scope, &export)? {
        return Err(ExportError::Busy);
    }
    jobs::enqueue(tx, Some(scope.organization_id()), &WriteExport { export: export.id })?;
    tell(tx, scope, "export.requested", &export)?;
    Ok(export)
}

/// An export that whoever asks may have.
pub fn find(conn: &Conn, scope: &Scope, id: ExportId) -> Result<Export, ExportError> {
    let export = store::by_id(conn, scope, id)?.filter(|export| may_have(scope, export));
    Ok(standing(conn, export.ok_or(ExportError::NotFound)?)?)
}

/// All that whoever asks may have, the newest first.
pub fn list(conn: &Conn, scope: &Scope) -> Result<Vec<Export>, DbError> {
    let mut exports = store::list(conn, scope)?;
    exports.retain(|export| may_have(scope, export));
    exports.into_iter().map(|export| standing(conn, export)).collect()
}

/// The export as it stands: one that is on its way and has no job any more has failed. A job that processes end under is
/// given up by the queue, which asks nobody.
fn standing(conn: &Conn, export: Export) -> Result<Export, DbError> {
    if !export.state.is_open() || jobs::is_open(conn, &WriteExport { export: export.id })? {
        return Ok(export);
    }
    Ok(Export { state: ExportState::Failed, problem: Some(LOST.to_owned()), ..export })
}

/// Writes down which exports have lost their job, so that another one may be asked for.
fn settle_lost(tx: &Tx, scope: &Scope) -> Result<(), DbError> {
    for export in store::list(tx, scope)?.into_iter().filter(|export| export.state.is_open()) {
        let export = standing(tx, export)?;
        if !export.state.is_open() {
            store::settle(tx, scope, &export)?;
            tell(tx, scope, "export.failed", &export)?;
        }
    }
    Ok(())
}

/// Forgets an export that is not being written. Its file goes with the row, or with the next sweep.
pub fn delete(tx: &Tx, scope: &Scope, id: ExportId) -> Result<(), ExportError> {
    settle_lost(tx, scope)?;
    let export = find(tx, scope, id)?;
    if export.state.is_open() {
        return Err(ExportError::Busy);
    }
    store::delete(tx, scope, id)?;
    Ok(tell(tx, scope, "export.deleted", &export)?)
}

fn may_have(scope: &Scope, export: &Export) -> bool {
    match export.site_id {
        Some(site) => scope.may_act_on(site),
        None => scope.sites().is_none(),
    }
}

/// Records what happened to an export.
pub(super) fn tell(tx: &Tx, scope: &Scope, action: &'static str, export: &Export) -> Result<(), DbError> {
    let after = json!({
        "site_id": export.site_id,
        "format": export.format,
        "history": export.history,
        "submissions": export.submissions,
        "state": export.state,
        "size": export.size,
    });
    telling::tell(tx, scope, action, (SUBJECT, export.id.to_string()), export.site_id, after)
}
