//! Planning what happens to an entry at a time, moving it, cancelling it.

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Tx},
    words::{EntryId, Locale, ScheduleId, SiteId},
};
use machinery::{jobs, web::FieldProblem};
use serde::Deserialize;
use tenants::scope::Scope;
use utoipa::ToSchema;

use super::{
    super::{
        Action, EntryError, Planned, hold_revision, let_go, pinned, reading, renewing, reviews, store as entries,
        telling::tell_schedule, zone_of,
    },
    FireSchedule, MOST_WAITING, Repeated, Schedule, ScheduleState, ScheduledAction, resolve, standing, store,
};
use crate::{sites, types::Declarations};

/// Something that is to happen to an entry.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSchedule {
    /// What is to happen.
    pub action: ScheduledAction,
    /// The revision that goes live: exactly this one, whatever is written until then. Not for an end.
    pub revision: Option<u32>,
    /// In which languages; left out, in every one that is complete then, or for all where it ends.
    #[schema(value_type = Option<Vec<String>>)]
    pub locales: Option<Vec<Locale>>,
    /// When, on the clocks of the hotel that the entry belongs to, else of the site: `2027-03-28T06:00`. A time that the clocks skip is refused.
    pub local_time: String,
    /// Which one is meant where the clocks show the time twice: `earlier`, if left out, or `later`.
    #[serde(default)]
    pub repeated: Repeated,
}

/// Another time for a schedule that waits.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ScheduleTime)]
pub struct Wanted {
    /// When, on the same clocks.
    pub local_time: String,
    /// Which one is meant where the clocks show the time twice.
    #[serde(default)]
    pub repeated: Repeated,
}

/// Plans a publication or its end. What publishing now would refuse is refused now.
pub fn plan(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    id: EntryId,
    wish: NewSchedule,
) -> Result<Schedule, EntryError> {
    let entry = reading::find(tx, scope, site, id)?;
    entry.check(Action::Schedule)?;
    let found = sites::find(tx, scope, site)?;
    let time_zone = zone_of(tx, scope, site, &entry.content_type, entry.document.fields())?;
    match (wish.action, wish.revision) {
        (ScheduledAction::Publish, Some(revision)) => {
            let languages = found.speaks();
            let shown = renewing::revision_today(tx, scope, declarations, &languages, &entry, revision)?;
            pinned::check_complete(declarations, &languages, &shown, wish.locales.as_deref())?;
            reviews::check(tx, scope, &entry, revision)?;
        }
        (ScheduledAction::Publish, None) => {
            return Err(request("/revision", "required", "Name the revision that goes live."));
        }
        (ScheduledAction::Unpublish, Some(_)) => {
            return Err(request("/revision", "not_allowed", "An end has no revision: leave it out."));
        }
        (ScheduledAction::Unpublish, None) => {}
    }
    if store::count_waiting(tx, scope, id)? >= MOST_WAITING {
        return Err(EntryError::TooManySchedules);
    }
    let resolved = resolve(&wish.local_time, wish.repeated, &time_zone, tx.now())?;
    let (utc_offset, is_repeated) = standing(&resolved.local_time, &time_zone, resolved.at);
    let schedule = Schedule {
        id: tx.new_id(),
        site_id: site,
        entry_id: id,
        content_type: entry.content_type,
        title: entry.title,
        action: wish.action,
        revision: wish.revision,
        locales: wish.locales,
        local_time: resolved.local_time,
        time_zone,
        utc_offset,
        is_repeated,
        fires_at: resolved.at,
        state: ScheduleState::Waiting,
        problem: None,
        created_by_name: scope.actor().name().to_owned(),
        created_at: tx.now(),
        settled_at: None,
    };
    store::insert(tx, scope, &schedule)?;
    if let Some(revision) = schedule.revision {
        hold_revision(tx, scope, &schedule.id.to_string(), id, revision)?;
    }
    wait_for(tx, scope, &schedule)?;
    tell_schedule(tx, scope, "schedule.created", &schedule)?;
    Ok(schedule)
}

/// Gives a schedule that waits another time.
pub fn reschedule(tx: &Tx, scope: &Scope, site: SiteId, id: ScheduleId, wish: &Wanted) -> Result<Schedule, EntryError> {
    let mut schedule = waiting(tx, scope, site, id)?;
    let entry = reading::stored(tx, scope, site, schedule.entry_id)?;
    schedule.time_zone = zone_of(tx, scope, site, &entry.content_type, entry.document.fields())?;
    let resolved = resolve(&wish.local_time, wish.repeated, &schedule.time_zone, tx.now())?;
    (schedule.utc_offset, schedule.is_repeated) = standing(&resolved.local_time, &schedule.time_zone, resolved.at);
    schedule.local_time = resolved.local_time;
    schedule.fires_at = resolved.at;
    if !store::reschedule(tx, scope, &schedule)? {
        return Err(EntryError::ScheduleSettled);
    }
    wait_for(tx, scope, &schedule)?;
    tell_schedule(tx, scope, "schedule.moved", &schedule)?;
    Ok(schedule)
}

/// Cancels a schedule that waits. It stays listed.
pub fn cancel(tx: &Tx, scope: &Scope, site: SiteId, id: ScheduleId) -> Result<Schedule, EntryError> {
    let mut schedule = waiting(tx, scope, site, id)?;
    schedule.state = ScheduleState::Cancelled;
    schedule.settled_at = Some(tx.now());
    if !store::settle(tx, scope, &schedule)? {
        return Err(EntryError::ScheduleSettled);
    }
    let_go(tx, scope, &id.to_string(), None)?;
    entries::set_scheduled(tx, scope, schedule.entry_id)?;
    tell_schedule(tx, scope, "schedule.cancelled", &schedule)?;
    Ok(schedule)
}

/// One page of a site's schedules by their time, of one entry or in one state or all, with how many there are.
pub fn list(
    conn: &Conn,
    scope: &Scope,
    site: SiteId,
    wanted: (Option<EntryId>, Option<ScheduleState>),
    limit: i64,
    offset: i64,
) -> Result<(u64, Vec<Schedule>), EntryError> {
    sites::languages(conn, scope, site)?;
    Ok(store::list(conn, scope, site, wanted, limit, offset)?)
}

/// What waits on a site until an instant, by its time.
pub fn planned(conn: &Conn, scope: &Scope, site: SiteId, until: Timestamp) -> Result<Vec<Planned>, DbError> {
    let waiting = store::waiting_until(conn, scope, site, until)?;
    let planned = waiting.into_iter().map(|one| Planned {
        at: one.fires_at,
        entry: one.entry_id,
        revision: one.revision.filter(|_| one.action == ScheduledAction::Publish),
        locales: one.locales,
    });
    Ok(planned.collect())
}

/// Enqueues the job that fires it, and notes in the entry's row that it waits. A job of a time that was moved finds the
/// schedule not due and does nothing.
pub(super) fn wait_for(tx: &Tx, scope: &Scope, schedule: &Schedule) -> Result<(), EntryError> {
    use ground::db::Tenant;
    let job = FireSchedule { schedule: schedule.id, fires_at: schedule.fires_at };
    jobs::enqueue_at(tx, Some(scope.organization_id()), &job, schedule.fires_at)?;
    Ok(entries::set_scheduled(tx, scope, schedule.entry_id)?)
}

fn waiting(conn: &Conn, scope: &Scope, site: SiteId, id: ScheduleId) -> Result<Schedule, EntryError> {
    sites::languages(conn, scope, site)?;
    let schedule = store::by_id(conn, scope, site, id)?.ok_or(EntryError::NotFound)?;
    if schedule.state == ScheduleState::Waiting { Ok(schedule) } else { Err(EntryError::ScheduleSettled) }
}

fn request(pointer: &str, code: &'static str, detail: &str) -> EntryError {
    EntryError::Request(FieldProblem { pointer: pointer.to_owned(), code: code.into(), detail: detail.to_owned() })
}
