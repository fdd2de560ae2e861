//! Views are composed when something is published. When the program comes with other declarations, a group changes its own,
//! or a site speaks its languages otherwise, what was composed before is composed anew: one job for each site, some entries
//! in each transaction.

use ground::{
    crypto::sha256_hex,
    db::{Db, DbError, Tx},
    words::{EntryId, SiteId},
};
use machinery::jobs::{self, Job, JobContext, JobError, Lane, Registry};
use serde::{Deserialize, Serialize};
use tenants::scope::Scope;

use super::{
    EntryError, overriding, preparing::declared, publishing, reading, store, telling::tell_recomposed, translations,
};
use crate::{
    media::{self, RefreshUses},
    sites::{self, Languages, RecomposeViews},
    types::{Catalogue, Declarations, TypeDeclaration},
};

/// Entries composed in one transaction: a hundredth of a second in which other writers wait.
const ENTRIES_AT_ONCE: i64 = 50;

/// How what is kept beside views and documents is made, the values that lists are filtered by, the fields in another language
/// and the counts of translations: another way of it is another name here.
const VALUES: &str = "values-3, stand-ins-1, translations-1";

/// Declares who does this capability's jobs.
pub fn handle_jobs(registry: &mut Registry, catalogue: &Catalogue) {
    let known = catalogue.clone();
    registry.handle(move |job: RefreshUses, context: JobContext| {
        let catalogue = known.clone();
        async move { refresh(&context, &catalogue, job).await }
    });
    let known = catalogue.clone();
    registry.handle(move |job: RecomposeUsers, context: JobContext| {
        let catalogue = known.clone();
        async move { recompose_users(&context, &catalogue, job.entry).await }
    });
    let known = catalogue.clone();
    registry.handle(move |job: RecomposeViews, context: JobContext| {
        let catalogue = known.clone();
        async move { recompose(&context, &catalogue, job.site).await }
    });
}

async fn refresh(context: &JobContext, catalogue: &Catalogue, job: RefreshUses) -> Result<(), JobError> {
    let Some(scope) = Scope::for_job(context) else {
        return Err(JobError::permanent("this job belongs to an organization"));
    };
    let asked = scope.clone();
    let users = context.db().read(move |conn| media::users(conn, &asked, job.media)).await;
    let users = [users.map_err(JobError::again)?, job.lost].concat();
    for some in users.chunks(ENTRIES_AT_ONCE.unsigned_abs().try_into().unwrap_or(1)) {
        let (scope, catalogue, some) = (scope.clone(), catalogue.clone(), some.to_vec());
        let refreshed =
            context.db().write(move |tx| refresh_some(tx, &scope, &*catalogue.of(tx, &scope)?, &some)).await;
        refreshed.map_err(JobError::again)?;
    }
    Ok(())
}

fn refresh_some(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    entries: &[(SiteId, EntryId)],
) -> Result<(), EntryError> {
    for (site, id) in entries {
        // First, since it holds the site's row: two publications of one site do not read past each other.
        let languages = sites::touch(tx, scope, *site)?;
        recompose_one(tx, scope, declarations, &languages, *site, *id)?;
    }
    Ok(())
}

/// Composes what visitors see of an entry anew. The caller holds the site's row. One that was deleted meanwhile, or whose
/// type is no longer declared, stays as it is: nobody can say what it should be.
pub(super) fn recompose_one(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    languages: &Languages,
    site: SiteId,
    id: EntryId,
) -> Result<(), EntryError> {
    let Ok(entry) = reading::find(tx, scope, site, id) else { return Ok(()) };
    let editions = store::editions(tx, scope, id)?;
    if let Ok(declared) = declared(declarations, &entry.content_type)
        && !editions.is_empty()
    {
        publishing::put_views(tx, scope, declarations, declared, &entry, languages, &editions)?;
        tell_recomposed(tx, scope, &entry);
    }
    Ok(())
}

/// Composes the entries that visitors see and that name this one anew.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct RecomposeUsers {
    pub(super) entry: EntryId,
}

impl Job for RecomposeUsers {
    const KIND: &'static str = "recompose_users";
    const LANE: Lane = Lane::Maintenance;
}

async fn recompose_users(context: &JobContext, catalogue: &Catalogue, entry: EntryId) -> Result<(), JobError> {
    let Some(scope) = Scope::for_job(context) else {
        return Err(JobError::permanent("this job belongs to an organization"));
    };
    let asked = scope.clone();
    let users = context.db().read(move |conn| store::shown_users(conn, &asked, entry, usize::MAX)).await;
    let users = users.map_err(JobError::again)?;
    for some in users.chunks(ENTRIES_AT_ONCE.unsigned_abs().try_into().unwrap_or(1)) {
        let (scope, catalogue, some) = (scope.clone(), catalogue.clone(), some.to_vec());
        let refreshed =
            context.db().write(move |tx| refresh_some(tx, &scope, &*catalogue.of(tx, &scope)?, &some)).await;
        refreshed.map_err(JobError::again)?;
    }
    Ok(())
}

/// Composes the next entries of a type in a site behind `after` anew, because its brand has changed; notes in which fields
/// each has a value of its own. Answers the last of them, or nothing at the end.
pub fn recompose_type(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    declared: &TypeDeclaration,
    after: Option<EntryId>,
) -> Result<Option<EntryId>, EntryError> {
    let entries = store::of_type_behind(tx, scope, site, &declared.name, after, ENTRIES_AT_ONCE)?;
    let Some(last) = entries.last().map(|entry| entry.id) else { return Ok(None) };
    let languages = sites::touch(tx, scope, site)?;
    for entry in entries {
        overriding::note_standing(tx, scope, declarations, declared, &entry)?;
        recompose_one(tx, scope, declarations, &languages, site, entry.id)?;
    }
    Ok(Some(last))
}

/// At start: if this program has other declarations than the one that composed the views, enqueues the composing of every
/// site. True if it did. On an empty database it only notes which declarations these are.
pub fn recompose_when_declarations_changed(tx: &Tx, declarations: &Declarations) -> Result<bool, DbError> {
    let text = serde_json::to_string(declarations).map_err(|error| DbError::Failed(error.to_string()))?;
    // Views hold the addresses of pictures.
    let text = format!("{text}{}{VALUES}", media::domain().unwrap_or_default());
    let fingerprint = sha256_hex(text.as_bytes());
    if store::composed_by(tx)?.as_deref() == Some(fingerprint.as_str()) {
        return Ok(false);
    }
    for (organization, site) in store::all_sites(tx)? {
        jobs::enqueue(tx, Some(organization), &RecomposeViews::of(site))?;
    }
    store::remember_composed_by(tx, &fingerprint)?;
    Ok(true)
}

async fn recompose(context: &JobContext, catalogue: &Catalogue, site: SiteId) -> Result<(), JobError> {
    let Some(scope) = Scope::for_job(context) else {
        return Err(JobError::permanent("this job belongs to an organization"));
    };
    let mut after = None;
    loop {
        if context.is_cancelled() {
            return Err(JobError::Interrupted);
        }
        match step(context.db(), &scope, catalogue, site, after).await {
            Ok(Some(last)) => after = Some(last),
            Ok(None) => break,
            // The site was deleted meanwhile: nothing of it is shown.
            Err(EntryError::NotFound) => return Ok(()),
            Err(error) => return Err(JobError::again(error)),
        }
    }
    after = None;
    while !context.is_cancelled() {
        match count_step(context.db(), &scope, catalogue, site, after).await {
            Ok(Some(last)) => after = Some(last),
            Ok(None) | Err(EntryError::NotFound) => return Ok(()),
            Err(error) => return Err(JobError::again(error)),
        }
    }
    Err(JobError::Interrupted)
}

/// Counts the translations of the next entries behind `after`, drafts too; answers the last of them, or nothing at the end.
async fn count_step(
    db: &Db,
    scope: &Scope,
    catalogue: &Catalogue,
    site: SiteId,
    after: Option<EntryId>,
) -> Result<Option<EntryId>, EntryError> {
    let (scope, catalogue) = (scope.clone(), catalogue.clone());
    db.write(move |tx| {
        let ids = store::ids_behind(tx, &scope, site, after, ENTRIES_AT_ONCE)?;
        translations::recount_some(tx, &scope, &*catalogue.of(tx, &scope)?, site, &ids)?;
        Ok(ids.last().copied())
    })
    .await
}

/// Composes the next entries behind `after`; answers the last of them, or nothing at the end.
async fn step(
    db: &Db,
    scope: &Scope,
    catalogue: &Catalogue,
    site: SiteId,
    after: Option<EntryId>,
) -> Result<Option<EntryId>, EntryError> {
    let (scope, catalogue) = (scope.clone(), catalogue.clone());
    db.write(move |tx| recompose_some(tx, &scope, &*catalogue.of(tx, &scope)?, site, after)).await
}

pub(super) fn recompose_some(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    after: Option<EntryId>,
) -> Result<Option<EntryId>, EntryError> {
    let ids = store::ids_behind(tx, scope, site, after, ENTRIES_AT_ONCE)?;
    let Some(last) = ids.last().copied() else { return Ok(None) };
    let languages = sites::touch(tx, scope, site)?;
    for id in ids {
        let entry = reading::stored(tx, scope, site, id)?;
        if let Ok(declared) = declared(declarations, &entry.content_type) {
            overriding::note_standing(tx, scope, declarations, declared, &entry)?;
        }
        recompose_one(tx, scope, declarations, &languages, site, id)?;
    }
    Ok(Some(last))
}
