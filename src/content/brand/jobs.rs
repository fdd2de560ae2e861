//! Composing the entries of a type anew after a publication of its brand, where they are many: some in each transaction.

use ground::{
    db::Tx,
    words::{EntryId, SiteId},
};
use machinery::jobs::{Job, JobContext, JobError, Lane, Registry};
use serde::{Deserialize, Serialize};
use tenants::scope::Scope;

use crate::{
    entries::{self, EntryError},
    sites,
    types::{Catalogue, Declarations},
};

/// Composes the entries of a type in all sites of the organization.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct RecomposeBrand {
    pub(super) content_type: String,
    /// The state that was published: a later one has a job of its own, so that none has begun too early.
    pub(super) revision: u32,
}

impl Job for RecomposeBrand {
    const KIND: &'static str = "recompose_brand";
    const LANE: Lane = Lane::Maintenance;

    fn unique_key(&self) -> Option<String> {
        Some(format!("{} {}", self.content_type, self.revision))
    }
}

/// Declares who does this capability's jobs.
pub fn handle_jobs(registry: &mut Registry, catalogue: &Catalogue) {
    let known = catalogue.clone();
    registry.handle(move |job: RecomposeBrand, context: JobContext| {
        let catalogue = known.clone();
        async move { recompose(&context, &catalogue, &job.content_type).await }
    });
}

async fn recompose(context: &JobContext, catalogue: &Catalogue, content_type: &str) -> Result<(), JobError> {
    let Some(scope) = Scope::for_job(context) else {
        return Err(JobError::permanent("this job belongs to an organization"));
    };
    let asked = scope.clone();
    let sites = context.db().read(move |conn| sites::list(conn, &asked)).await.map_err(JobError::again)?;
    for site in sites {
        let mut after = None;
        loop {
            if context.is_cancelled() {
                return Err(JobError::Interrupted);
            }
            let (scope, catalogue, content_type) = (scope.clone(), catalogue.clone(), content_type.to_owned());
            let next = move |tx: &Tx| step(tx, &scope, &*catalogue.of(tx, &scope)?, &content_type, site.id, after);
            match context.db().write(next).await {
                Ok(Some(last)) => after = Some(last),
                // The site was deleted meanwhile: nothing of it is shown.
                Ok(None) | Err(EntryError::NotFound) => break,
                Err(error) => return Err(JobError::again(error)),
            }
        }
    }
    Ok(())
}

/// Composes the next entries of the type in a site; answers the last of them, or nothing at the end.
pub(super) fn step(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    content_type: &str,
    site: SiteId,
    after: Option<EntryId>,
) -> Result<Option<EntryId>, EntryError> {
    match declarations.content_type(content_type) {
        Some(declared) => entries::recompose_type(tx, scope, declarations, site, declared, after),
        // The group has taken its type away meanwhile.
        None => Ok(None),
    }
}
