//! Releases that are still to come, as they are carried from one installation to another.

use std::collections::{BTreeSet, HashMap};

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Tenant, Tx},
    words::{EntryId, ReleaseId, SiteId, TimeZoneName},
};
use machinery::jobs;
use serde::{Deserialize, Serialize};
use tenants::scope::Scope;

use super::{
    FireRelease, Release, ReleaseError, ReleaseState,
    composing::{add, checked, save},
    store,
};
use crate::entries::{self, Outcome, carried::PlannedItem, schedules::carried::names_instant};

pub use super::{MOST_ITEMS, MOST_RELEASES, NewRelease};

/// A release without what belongs to it: entries say that themselves.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CarriedRelease {
    /// Its id.
    pub id: ReleaseId,
    /// What people call it.
    pub name: String,
    /// What it is about.
    pub note: String,
    /// When it goes live; nothing where nobody has said so, or where it could not.
    pub time: Option<ReleaseTime>,
    /// What whoever made it was called.
    pub author: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// When a release goes live.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseTime {
    /// The time on the clocks of `time_zone`.
    pub local_time: String,
    /// Whose clocks those are.
    pub time_zone: TimeZoneName,
    /// The instant that this is.
    pub fires_at: Timestamp,
}

/// What of an organization's releases is carried.
#[derive(Debug, Default)]
pub struct Planned {
    /// Those that are still to come, by their ids.
    pub releases: Vec<CarriedRelease>,
    /// What belongs to them, by entry.
    pub items: HashMap<EntryId, Vec<PlannedItem>>,
    /// How many went live already, or belong to other sites too.
    pub left_behind: usize,
}

impl CarriedRelease {
    /// Whether a release can be called so, and its two times are one.
    pub fn is_possible(&self) -> bool {
        let wish = NewRelease { name: self.name.clone(), note: self.note.clone() };
        let is_named = checked(&wish).is_ok_and(|(name, note)| name == self.name && note == self.note);
        let is_time = |time: &ReleaseTime| names_instant(&time.local_time, &time.time_zone, time.fires_at);
        is_named && self.time.as_ref().is_none_or(is_time)
    }

    fn of(release: Release) -> Self {
        let time = match (release.state, release.local_time, release.time_zone, release.fires_at) {
            (ReleaseState::Scheduled, Some(local_time), Some(time_zone), Some(fires_at)) => {
                Some(ReleaseTime { local_time, time_zone, fires_at })
            }
            _ => None,
        };
        Self {
            id: release.id,
            name: release.name,
            note: release.note,
            time,
            author: release.created_by_name,
            created_at: release.created_at,
            updated_at: release.updated_at,
        }
    }
}

fn is_planned(release: &Release) -> bool {
    matches!(release.state, ReleaseState::Open | ReleaseState::Scheduled | ReleaseState::Failed)
}

/// The releases that are still to come and touch no other site than these.
pub fn planned(conn: &Conn, scope: &Scope, sites: &[SiteId]) -> Result<Planned, DbError> {
    let (mut planned, mut others) = (Planned::default(), BTreeSet::new());
    let items = store::planned_items(conn, scope, None)?;
    others.extend(items.iter().filter(|(site, ..)| !sites.contains(site)).map(|(.., item)| item.release));
    for release in store::list(conn, scope, None)? {
        if is_planned(&release) && !others.contains(&release.id) {
            planned.releases.push(CarriedRelease::of(release));
        } else {
            planned.left_behind += 1;
        }
    }
    planned.releases.sort_by_key(|release| release.id);
    for (_, entry, item) in items {
        if planned.releases.binary_search_by_key(&item.release, |release| release.id).is_ok() {
            planned.items.entry(entry).or_default().push(item);
        }
    }
    Ok(planned)
}

/// What is to happen to an entry with releases that are still to come.
pub fn planned_for(conn: &Conn, scope: &Scope, entry: EntryId) -> Result<Vec<PlannedItem>, DbError> {
    Ok(store::planned_items(conn, scope, Some(entry))?.into_iter().map(|(.., item)| item).collect())
}

/// The releases that went live here already: what an archive says of those is over.
pub fn settled(conn: &Conn, scope: &Scope) -> Result<BTreeSet<ReleaseId>, DbError> {
    let all = store::list(conn, scope, None)?;
    Ok(all.iter().filter(|release| !is_planned(release)).map(|release| release.id).collect())
}

/// What [`put`] would answer.
pub fn compared(conn: &Conn, scope: &Scope, carried: &CarriedRelease) -> Result<Outcome, DbError> {
    let here = store::by_id(conn, scope, carried.id)?.map(CarriedRelease::of);
    Ok(match here {
        None => Outcome::Created,
        Some(here) if (&here.name, &here.note, &here.time) == (&carried.name, &carried.note, &carried.time) => {
            Outcome::Unchanged
        }
        Some(_) => Outcome::Changed,
    })
}

/// Makes a release that is still to come, or calls the one that is here so. When it goes live is for [`set_time`], after
/// everything that belongs to it.
pub fn put(tx: &Tx, scope: &Scope, carried: &CarriedRelease) -> Result<Outcome, ReleaseError> {
    let outcome = compared(tx, scope, carried)?;
    match outcome {
        Outcome::Created => {
            let CarriedRelease { name, note, author, .. } = carried.clone();
            let release = Release::empty(carried.id, name, note, author, carried.created_at);
            add(tx, scope, &Release { updated_at: carried.updated_at, ..release })?;
        }
        Outcome::Changed => {
            let mut release = store::by_id(tx, scope, carried.id)?.ok_or(ReleaseError::NotFound)?;
            (release.name, release.note) = (carried.name.clone(), carried.note.clone());
            save(tx, scope, release, "release.changed")?;
        }
        Outcome::Unchanged => {}
    }
    Ok(outcome)
}

/// Says what is to happen to an entry with releases that are here and still to come.
pub fn put_items(tx: &Tx, scope: &Scope, site: SiteId, entry: EntryId, items: &[PlannedItem]) -> Result<(), DbError> {
    for item in items {
        store::put_planned(tx, scope, site, entry, item)?;
        let held_by = item.release.to_string();
        match item.revision {
            Some(revision) => entries::hold_revision(tx, scope, &held_by, entry, revision)?,
            None => entries::let_go(tx, scope, &held_by, Some(entry))?,
        }
    }
    Ok(())
}

/// Lets a release go live at its time, or at none. One that went live meanwhile stays as it is.
pub fn set_time(tx: &Tx, scope: &Scope, carried: &CarriedRelease) -> Result<(), ReleaseError> {
    let mut release = store::by_id(tx, scope, carried.id)?.ok_or(ReleaseError::NotFound)?;
    if !is_planned(&release) || CarriedRelease::of(release.clone()).time == carried.time {
        return Ok(());
    }
    release.problems.clear();
    let (state, action) = match &carried.time {
        Some(time) => {
            let job = FireRelease { release: release.id, fires_at: time.fires_at };
            jobs::enqueue_at(tx, Some(scope.organization_id()), &job, time.fires_at)?;
            (release.local_time, release.time_zone) = (Some(time.local_time.clone()), Some(time.time_zone.clone()));
            release.fires_at = Some(time.fires_at);
            (ReleaseState::Scheduled, "release.scheduled")
        }
        None => {
            (release.local_time, release.time_zone, release.fires_at) = (None, None, None);
            (ReleaseState::Open, "release.unscheduled")
        }
    };
    release.stand(state);
    release.items = store::items(tx, scope, release.id)?;
    save(tx, scope, release, action)?;
    Ok(store::date(tx, scope, carried.id, carried.updated_at)?)
}
