//! What happens when a schedule's time has come: claimed and done in one transaction, so that it happens once, whichever
//! process gets there and however often it is killed on the way.

use ground::{clock::Timestamp, db::Tx, words::ScheduleId};
use machinery::jobs::{Job, JobContext, JobError, Lane, Options, Priority, Registry};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tenants::scope::Scope;

use super::{
    super::{
        EntryError, Stage, let_go, publish_revision, refusals::Refusal, store as entries, take_back,
        telling::tell_schedule,
    },
    Schedule, ScheduleState, ScheduledAction, store,
};
use crate::{
    notices::{self, About, Audience, Place, TellTeam},
    types::{Catalogue, Declarations},
};

/// Lets a schedule fire.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct FireSchedule {
    /// Which one.
    pub schedule: ScheduleId,
    /// For which of its times: a schedule that was moved has a job for each.
    pub fires_at: Timestamp,
}

impl Job for FireSchedule {
    const KIND: &'static str = "fire_schedule";
    const LANE: Lane = Lane::Publishing;

    fn options() -> Options {
        Options { priority: Priority::Urgent, ..Options::default() }
    }

    fn unique_key(&self) -> Option<String> {
        Some(format!("{} {}", self.schedule, self.fires_at))
    }
}

pub(super) fn handle_jobs(registry: &mut Registry, catalogue: &Catalogue) {
    let catalogue = catalogue.clone();
    registry.handle(move |job: FireSchedule, context: JobContext| {
        let catalogue = catalogue.clone();
        async move {
            let scope = Scope::for_job(&context);
            let scope = scope.ok_or_else(|| JobError::permanent("this job belongs to an organization"))?;
            let fires = move |tx: &Tx| fire(tx, &scope, &*catalogue.of(tx, &scope)?, job.schedule);
            context.db().write(fires).await.map_err(JobError::again)
        }
    });
}

/// Does what the schedule says, if it waits and its time has come. What cannot be done is kept with the schedule; only a
/// database that fails is tried again.
fn fire(tx: &Tx, scope: &Scope, declarations: &Declarations, id: ScheduleId) -> Result<(), EntryError> {
    let Some(mut schedule) = store::claim(tx, scope, id)? else { return Ok(()) };
    let outcome = tx.attempt(|tx| carry_out(tx, scope, declarations, &schedule));
    schedule.settled_at = Some(tx.now());
    (schedule.state, schedule.problem) = match outcome {
        Ok(()) => (ScheduleState::Done, None),
        Err(EntryError::Db(error)) => return Err(error.into()),
        Err(refusal) => (ScheduleState::Failed, Some(Refusal::of(&refusal))),
    };
    if schedule.state == ScheduleState::Failed {
        store::settle_failed(tx, scope, &schedule)?;
        notices::tell(tx, scope, &notice(&schedule))?;
        tracing::warn!(schedule.id = %id, entry.id = %schedule.entry_id, "what was scheduled could not be done; the schedule says why");
    }
    let_go(tx, scope, &id.to_string(), None)?;
    entries::set_scheduled(tx, scope, schedule.entry_id)?;
    let told = if schedule.state == ScheduleState::Done { "schedule.done" } else { "schedule.failed" };
    Ok(tell_schedule(tx, scope, told, &schedule)?)
}

/// What the mail says of a schedule that failed.
fn notice(schedule: &Schedule) -> TellTeam {
    let Schedule { site_id: site, content_type, entry_id: entry, .. } = schedule.clone();
    let values = json!({
        "title": schedule.title,
        "ends": schedule.action == ScheduledAction::Unpublish,
        "local_time": schedule.local_time,
        "time_zone": schedule.time_zone,
        "planned_by": schedule.created_by_name,
        "reason": schedule.problem.as_ref().map(Refusal::told),
    });
    TellTeam {
        about: About::ScheduleFailed,
        to: Audience::Publishers { sites: vec![site], but: None },
        place: Place::Entry { site, content_type, entry },
        values,
    }
}

fn carry_out(tx: &Tx, scope: &Scope, declarations: &Declarations, schedule: &Schedule) -> Result<(), EntryError> {
    let stage = Stage::set(tx, scope, declarations, schedule.site_id)?;
    let locales = schedule.locales.as_deref();
    match (schedule.action, schedule.revision) {
        (ScheduledAction::Publish, Some(revision)) => {
            publish_revision(tx, scope, &stage, schedule.entry_id, revision, locales).map(drop)
        }
        (ScheduledAction::Publish, None) => Err(EntryError::RevisionUnknown(0)),
        (ScheduledAction::Unpublish, _) => match take_back(tx, scope, &stage, schedule.entry_id, locales) {
            // In the bin nobody sees it either: what was wanted is so.
            Ok(_) | Err(EntryError::NotFound) => Ok(()),
            Err(error) => Err(error),
        },
    }
}
