//! Asking for an import, bringing its files, saying what is to be done with them, giving it up.

use content::sites;
use ground::{
    db::{Conn, DbError, Tenant as _, Tx},
    words::ImportId,
};
use machinery::jobs;
use serde_json::json;
use tenants::{
    permissions::{ManageOrganization, Permission as _},
    scope::Scope,
};

use super::{
    FileBrought, Import, ImportError, ImportState, KEPT, MOST_KEPT, Part, SUBJECT, Step, Wish, jobs::RunImport, store,
};
use crate::transfer::telling;

/// What is said of an import whose job was given up.
const LOST: &str = "The program ended again and again while it was at work on this, and has given it up. Look at it once more; the operator's log says what happened.";
/// Sitemaps beside an index: as many as one may name (sitemaps.org).
const MOST_BESIDE: usize = 1_000;

/// Asks for an import; its files come next. Beside it the ones that make room, whose files are to be removed.
pub fn ask(tx: &Tx, scope: &Scope, wish: Wish) -> Result<(Import, Vec<ImportId>), ImportError> {
    match wish.site_id() {
        Some(site) => drop(sites::find(tx, scope, site)?),
        None if !may_bring_all(scope) => return Err(ImportError::OwnersOnly),
        None => {}
    }
    settle_lost(tx, scope)?;
    let mut idle = store::list(tx, scope)?;
    idle.retain(|import| !import.state.is_busy());
    let gone: Vec<_> = idle.drain((MOST_KEPT - 1).min(idle.len())..).map(|import| import.id).collect();
    for id in &gone {
        store::delete(tx, scope, *id)?;
    }
    let import = Import {
        id: tx.new_id(),
        wish,
        state: ImportState::Open,
        files: Vec::new(),
        has_report: false,
        problem: None,
        created_by: scope.user(),
        created_by_name: scope.actor().name().to_owned(),
        created_at: tx.now(),
        expires_at: tx.now() + KEPT,
    };
    store::insert(tx, scope, &import)?;
    tell(tx, scope, "import.requested", &import)?;
    Ok((import, gone))
}

/// An import that whoever asks may have.
pub fn find(conn: &Conn, scope: &Scope, id: ImportId) -> Result<Import, ImportError> {
    let import = store::by_id(conn, scope, id)?.filter(|import| may_have(scope, import));
    Ok(standing(conn, import.ok_or(ImportError::NotFound)?)?)
}

/// All that whoever asks may have, the newest first.
pub fn list(conn: &Conn, scope: &Scope) -> Result<Vec<Import>, DbError> {
    let mut imports = store::list(conn, scope)?;
    imports.retain(|import| may_have(scope, import));
    imports.into_iter().map(|import| standing(conn, import)).collect()
}

/// The import as it stands: one that is at work and has no job any more has failed. A job that processes end under is given
/// up by the queue, which asks nobody.
fn standing(conn: &Conn, import: Import) -> Result<Import, DbError> {
    if !import.state.is_busy() || jobs::is_open(conn, &RunImport { import: import.id })? {
        return Ok(import);
    }
    Ok(Import { state: ImportState::Failed, problem: Some(LOST.to_owned()), ..import })
}

/// Writes down which imports have lost their job, so that another one may begin.
fn settle_lost(tx: &Tx, scope: &Scope) -> Result<(), DbError> {
    for import in store::list(tx, scope)?.into_iter().filter(|import| import.state.is_busy()) {
        let import = standing(tx, import)?;
        if !import.state.is_busy() {
            store::settle(tx, scope, &import, None)?;
            tell(tx, scope, "import.failed", &import)?;
        }
    }
    Ok(())
}

/// Notes that a file has come. What was said of the files before is forgotten.
pub(super) fn bring(tx: &Tx, scope: &Scope, id: ImportId, brought: FileBrought) -> Result<Import, ImportError> {
    settle_lost(tx, scope)?;
    let mut import = awaiting(tx, scope, id)?;
    import.files.retain(|file| file.part != brought.part || (file.part == Part::Beside && file.name != brought.name));
    import.files.push(brought);
    if import.files.len() > MOST_BESIDE {
        return Err(ImportError::TooManyFiles(MOST_BESIDE));
    }
    if !store::set_files(tx, scope, id, &import.files)? {
        return Err(ImportError::NotNow);
    }
    find(tx, scope, id)
}

/// Forgets the files of a part, or the one of this name; which they were.
pub(super) fn take_away(
    tx: &Tx,
    scope: &Scope,
    id: ImportId,
    part: Part,
    name: Option<&str>,
) -> Result<(Import, Vec<FileBrought>), ImportError> {
    settle_lost(tx, scope)?;
    let import = awaiting(tx, scope, id)?;
    let is_meant = |file: &FileBrought| file.part == part && name.is_none_or(|name| file.name == name);
    let (gone, left): (Vec<_>, Vec<_>) = import.files.into_iter().partition(is_meant);
    if gone.is_empty() {
        return Err(ImportError::NotFound);
    }
    if !store::set_files(tx, scope, id, &left)? {
        return Err(ImportError::NotNow);
    }
    Ok((find(tx, scope, id)?, gone))
}

/// An import whose files may still change.
pub(super) fn awaiting(conn: &Conn, scope: &Scope, id: ImportId) -> Result<Import, ImportError> {
    let import = find(conn, scope, id)?;
    match import.state {
        ImportState::Open | ImportState::Checked | ImportState::Failed => Ok(import),
        ImportState::Checking | ImportState::Importing => Err(ImportError::Busy),
        ImportState::Done => Err(ImportError::NotNow),
    }
}

/// Lets a job look at the files, or take them over.
pub fn begin(tx: &Tx, scope: &Scope, id: ImportId, step: Step) -> Result<Import, ImportError> {
    settle_lost(tx, scope)?;
    let import = awaiting(tx, scope, id)?;
    if !import.files.iter().any(|file| file.part == Part::Source) {
        return Err(ImportError::NoFile);
    }
    let (state, action) = match step {
        Step::Check => (ImportState::Checking, "import.check_requested"),
        Step::Apply if import.state != ImportState::Checked => return Err(ImportError::NotNow),
        Step::Apply => (ImportState::Importing, "import.begun"),
    };
    if !store::begin(tx, scope, &import, state)? {
        return Err(ImportError::NotNow);
    }
    jobs::enqueue(tx, Some(scope.organization_id()), &RunImport { import: id })?;
    let import = find(tx, scope, id)?;
    tell(tx, scope, action, &import)?;
    Ok(import)
}

/// Forgets an import at which no job is at work.
pub fn delete(tx: &Tx, scope: &Scope, id: ImportId) -> Result<(), ImportError> {
    settle_lost(tx, scope)?;
    let import = find(tx, scope, id)?;
    if import.state.is_busy() {
        return Err(ImportError::Busy);
    }
    store::delete(tx, scope, id)?;
    Ok(tell(tx, scope, "import.deleted", &import)?)
}

/// What was said of an import.
pub(super) fn report(conn: &Conn, scope: &Scope, id: ImportId) -> Result<String, ImportError> {
    find(conn, scope, id)?;
    store::report(conn, scope, id)?.ok_or(ImportError::NotFound)
}

fn may_have(scope: &Scope, import: &Import) -> bool {
    import.wish.site_id().map_or_else(|| may_bring_all(scope), |site| scope.may_act_on(site))
}

/// An archive brings types, rules and sites.
fn may_bring_all(scope: &Scope) -> bool {
    scope.sites().is_none() && scope.may(ManageOrganization::NAME)
}

/// Records what happened to an import.
pub(super) fn tell(tx: &Tx, scope: &Scope, action: &'static str, import: &Import) -> Result<(), DbError> {
    let after = json!({
        "wish": import.wish,
        "state": import.state,
        "files": import.files,
        "problem": import.problem,
    });
    telling::tell(tx, scope, action, (SUBJECT, import.id.to_string()), import.wish.site_id(), after)
}
