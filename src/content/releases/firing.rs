//! A release whose time has come: claimed and done in one transaction, or kept as failed with what stood in the way.

use ground::{
    clock::Timestamp,
    db::Tx,
    words::{ReleaseId, SiteId},
};
use machinery::jobs::{Job, JobContext, JobError, Lane, Options, Priority, Registry};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tenants::scope::Scope;

use super::{ItemProblem, Release, ReleaseError, ReleaseState, composing::save, find, going_live::go_live, store};
use crate::{
    notices::{self, About, Audience, Place, TellTeam},
    types::{Catalogue, Declarations},
};

/// Lets a scheduled release go live.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct FireRelease {
    /// Which one.
    pub release: ReleaseId,
    /// For which of its times: a release that was moved has a job for each.
    pub fires_at: Timestamp,
}

impl Job for FireRelease {
    const KIND: &'static str = "fire_release";
    const LANE: Lane = Lane::Publishing;

    fn options() -> Options {
        Options { priority: Priority::Urgent, ..Options::default() }
    }

    fn unique_key(&self) -> Option<String> {
        Some(format!("{} {}", self.release, self.fires_at))
    }
}

/// Declares who does this capability's jobs.
pub fn handle_jobs(registry: &mut Registry, catalogue: &Catalogue) {
    let catalogue = catalogue.clone();
    registry.handle(move |job: FireRelease, context: JobContext| {
        let catalogue = catalogue.clone();
        async move {
            let scope = Scope::for_job(&context);
            let scope = scope.ok_or_else(|| JobError::permanent("this job belongs to an organization"))?;
            let fires = move |tx: &Tx| fire(tx, &scope, &*catalogue.of(tx, &scope)?, job.release);
            context.db().write(fires).await.map_err(JobError::again)
        }
    });
}

fn fire(tx: &Tx, scope: &Scope, declarations: &Declarations, id: ReleaseId) -> Result<(), ReleaseError> {
    // Another process that does the same waits here, and finds it done.
    if !store::hold_due(tx, scope, id)? {
        return Ok(());
    }
    let problems = match tx.attempt(|tx| go_live(tx, scope, declarations, id)) {
        Ok(_) => return Ok(()),
        Err(ReleaseError::Refused(problems)) => problems,
        // Every item was taken out or purged since.
        Err(ReleaseError::Empty) => Vec::new(),
        Err(error) => return Err(error),
    };
    let mut release = find(tx, scope, id)?;
    release.stand(ReleaseState::Failed);
    release.problems = problems;
    tracing::warn!(release.id = %id, "a scheduled release could not go live; it says why");
    notices::tell(tx, scope, &notice(&release))?;
    save(tx, scope, release, "release.failed").map(drop)
}

/// What the mail says of a release that failed.
fn notice(release: &Release) -> TellTeam {
    let told = |one: &ItemProblem| json!({"title": one.title, "detail": one.problem.told()});
    let values = json!({
        "name": release.name,
        "local_time": release.local_time,
        "time_zone": release.time_zone,
        "problems": release.problems.iter().map(told).collect::<Vec<_>>(),
    });
    let mut sites: Vec<SiteId> = release.items.iter().map(|item| item.site_id).collect();
    sites.sort_unstable();
    sites.dedup();
    TellTeam {
        about: About::ReleaseFailed,
        to: Audience::Publishers { sites, but: None },
        place: Place::Release(release.id),
        values,
    }
}
