//! Schedules that wait, as they are carried from one installation to another.

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Tx},
    words::{EntryId, Locale, ScheduleId, TimeZoneName},
};
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use tenants::scope::Scope;

use super::{
    super::{Entry, EntryError, hold_revision, let_go, telling::tell_schedule},
    Schedule, ScheduleState, ScheduledAction, planning, standing, store,
};

/// Something that is to happen to an entry at a time.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CarriedSchedule {
    /// Its id.
    pub id: ScheduleId,
    /// What happens.
    pub action: ScheduledAction,
    /// Which of the entry's states goes live, from 1; none for an end.
    pub state: Option<usize>,
    /// In which languages; none for every one that is complete then, or for all where it ends.
    pub locales: Option<Vec<Locale>>,
    /// The time on the clocks of `time_zone`.
    pub local_time: String,
    /// Whose clocks those are.
    pub time_zone: TimeZoneName,
    /// The instant that this is.
    pub fires_at: Timestamp,
    /// What whoever planned it was called.
    pub author: String,
    /// When it was planned.
    pub created_at: Timestamp,
}

impl CarriedSchedule {
    /// The same, whoever has planned it and whenever.
    #[must_use]
    pub fn without_author(self) -> Self {
        Self { author: String::new(), created_at: self.fires_at, ..self }
    }

    /// Whether it says one thing: a publication names a state, an end none, and the two times are one.
    pub fn is_possible(&self) -> bool {
        (self.action == ScheduledAction::Publish) == self.state.is_some()
            && names_instant(&self.local_time, &self.time_zone, self.fires_at)
    }
}

/// Whether these clocks show this time at that instant, written as it is kept.
pub fn names_instant(local_time: &str, zone: &TimeZoneName, at: Timestamp) -> bool {
    let Some(wanted) = local_time.parse::<DateTime>().ok().filter(|wanted| wanted.to_string() == local_time) else {
        return false;
    };
    let ambiguous = zone.zone().to_ambiguous_timestamp(wanted);
    [ambiguous.earlier(), ambiguous.later()].into_iter().flatten().any(|instant| instant == at)
}

/// What is to happen to an entry, by its time. States are the numbers of revisions.
pub fn waiting(conn: &Conn, scope: &Scope, entry: EntryId) -> Result<Vec<CarriedSchedule>, DbError> {
    let carried = |schedule: Schedule| CarriedSchedule {
        id: schedule.id,
        action: schedule.action,
        state: schedule.revision.map(|number| number as usize),
        locales: schedule.locales,
        local_time: schedule.local_time,
        time_zone: schedule.time_zone,
        fires_at: schedule.fires_at,
        author: schedule.created_by_name,
        created_at: schedule.created_at,
    };
    Ok(store::waiting(conn, scope, entry)?.into_iter().map(carried).collect())
}

/// Plans what is to happen to an entry, at this revision of it. One that was cancelled or moved since waits again.
pub fn put(
    tx: &Tx,
    scope: &Scope,
    entry: &Entry,
    carried: &CarriedSchedule,
    revision: Option<u32>,
) -> Result<(), EntryError> {
    let (utc_offset, is_repeated) = standing(&carried.local_time, &carried.time_zone, carried.fires_at);
    let schedule = Schedule {
        id: carried.id,
        site_id: entry.site_id,
        entry_id: entry.id,
        content_type: entry.content_type.clone(),
        title: entry.title.clone(),
        action: carried.action,
        revision,
        locales: carried.locales.clone(),
        local_time: carried.local_time.clone(),
        time_zone: carried.time_zone.clone(),
        utc_offset,
        is_repeated,
        fires_at: carried.fires_at,
        state: ScheduleState::Waiting,
        problem: None,
        created_by_name: carried.author.clone(),
        created_at: carried.created_at,
        settled_at: None,
    };
    if !store::put(tx, scope, &schedule)? {
        return Err(EntryError::NotFound);
    }
    let held_by = schedule.id.to_string();
    match revision {
        Some(revision) => hold_revision(tx, scope, &held_by, entry.id, revision)?,
        None => let_go(tx, scope, &held_by, None)?,
    }
    planning::wait_for(tx, scope, &schedule)?;
    tell_schedule(tx, scope, "schedule.created", &schedule)?;
    Ok(())
}
