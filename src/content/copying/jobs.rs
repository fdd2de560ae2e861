//! The job that copies a large site.

use ground::{db::Tx, words::SiteId};
use machinery::jobs::{Job, JobContext, JobError, Lane, Options, Registry};
use serde::{Deserialize, Serialize};
use tenants::scope::Scope;

use super::sites;
use crate::{entries::EntryError, types::Catalogue};

/// Copies what is still to be copied of a site.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct CopySite {
    /// The site that is made.
    pub site: SiteId,
}

impl Job for CopySite {
    const KIND: &'static str = "copy_site";
    const LANE: Lane = Lane::Maintenance;

    fn options() -> Options {
        Options::default()
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.site.to_string())
    }
}

pub(super) fn handle(registry: &mut Registry, catalogue: &Catalogue) {
    let catalogue = catalogue.clone();
    registry.handle(move |job: CopySite, context: JobContext| {
        let catalogue = catalogue.clone();
        async move { copy(&context, &catalogue, job.site).await }
    });
}

async fn copy(context: &JobContext, catalogue: &Catalogue, site: SiteId) -> Result<(), JobError> {
    let scope = Scope::for_job(context).ok_or_else(|| JobError::permanent("this job belongs to an organization"))?;
    loop {
        if context.is_cancelled() {
            return Err(JobError::Interrupted);
        }
        let (scope, catalogue) = (scope.clone(), catalogue.clone());
        let steps = move |tx: &Tx| sites::step(tx, &scope, &*catalogue.of(tx, &scope)?, site);
        match context.db().write(steps).await {
            Ok(true) => {}
            // Deleted meanwhile: nobody waits for it.
            Ok(false) | Err(EntryError::NotFound) => return Ok(()),
            Err(error) => return Err(JobError::again(error)),
        }
    }
}
