//! All items in one transaction, or none: going live, at a time or now, and rolling back.

use std::collections::BTreeMap;

use ground::{
    db::{Conn, Tenant, Tx},
    words::{ReleaseId, SiteId},
};
use machinery::jobs;
use serde::Deserialize;
use tenants::scope::Scope;
use utoipa::ToSchema;

use super::{
    FireRelease, ItemProblem, Release, ReleaseAction, ReleaseError, ReleaseItem, composing::save, find, store,
};
use crate::{
    checks,
    entries::{
        self, Entry, EntryError, Stage, clear_addresses, publish_revision,
        refusals::Refusal,
        schedules::{Repeated, ScheduledAction, resolve},
        show_exactly, take_back,
    },
    sites,
    types::Declarations,
};

/// Visitors see something else of an item since the release.
const CHANGED: &str = "entry_changed";

/// When a release is to go live.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReleaseTime)]
pub struct Timing {
    /// The site whose clocks are meant; left out, that of the first item.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub site_id: Option<SiteId>,
    /// When, on those clocks: `2027-03-28T06:00`. A time that the clocks skip is refused.
    pub local_time: String,
    /// Which one is meant where the clocks show the time twice: `earlier`, if left out, or `later`.
    #[serde(default)]
    pub repeated: Repeated,
}

/// How a release is rolled back.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RollingBack {
    /// Whether also what somebody has changed since shows again what it showed before the release. What is in the archive or
    /// in the bin since stays there.
    pub force: bool,
}

/// Lets a release go live at a time.
pub fn schedule(tx: &Tx, scope: &Scope, id: ReleaseId, wish: &Timing) -> Result<Release, ReleaseError> {
    let mut release = find(tx, scope, id)?;
    release.stand(release.after(ReleaseAction::Schedule)?);
    let first = release.items.first().ok_or(ReleaseError::Empty)?;
    let site = sites::find(tx, scope, wish.site_id.unwrap_or(first.site_id))?;
    let resolved = resolve(&wish.local_time, wish.repeated, &site.time_zone, tx.now())?;
    let job = FireRelease { release: id, fires_at: resolved.at };
    jobs::enqueue_at(tx, Some(scope.organization_id()), &job, resolved.at)?;
    release.fires_at = Some(resolved.at);
    release.local_time = Some(resolved.local_time);
    release.time_zone = Some(site.time_zone);
    release.problems.clear();
    save(tx, scope, release, "release.scheduled")
}

/// Takes the time back.
pub fn unschedule(tx: &Tx, scope: &Scope, id: ReleaseId) -> Result<Release, ReleaseError> {
    let mut release = find(tx, scope, id)?;
    release.stand(release.after(ReleaseAction::Unschedule)?);
    (release.local_time, release.time_zone, release.fires_at) = (None, None, None);
    save(tx, scope, release, "release.unscheduled")
}

/// Lets all items go live, each at exactly its revision, in this transaction. Where one stands in the way, nothing is
/// changed, and each of them is named.
pub fn go_live(tx: &Tx, scope: &Scope, declarations: &Declarations, id: ReleaseId) -> Result<Release, ReleaseError> {
    let mut release = find(tx, scope, id)?;
    release.stand(release.after(ReleaseAction::GoLive)?);
    if release.items.is_empty() {
        return Err(ReleaseError::Empty);
    }
    let stages = stages(tx, scope, declarations, &release.items)?;
    let mut problems = Vec::new();
    for item in release.items.iter().filter(|item| item.action == ScheduledAction::Publish) {
        if let (Some(stage), Some(revision)) = (stages.get(&item.site_id), item.revision) {
            let languages =
                stage.offered().filter(|locale| item.locales.as_ref().is_none_or(|only| only.contains(locale)));
            let wanted = languages.map(|locale| (locale.clone(), revision)).collect();
            clear_addresses(tx, scope, stage, item.entry_id, &wanted)?;
        }
    }
    for place in order(tx, scope, &release.items)? {
        let item = &mut release.items[place];
        let Some(stage) = stages.get(&item.site_id) else { continue };
        match tx.attempt(|tx| carry_out(tx, scope, stage, item)) {
            Ok((before, after)) => (item.shown_before, item.shown_after) = (Some(before), Some(after)),
            Err(EntryError::Db(error)) => return Err(error.into()),
            Err(refusal) => problems.push(problem(item, Refusal::of(&refusal))),
        }
    }
    if !problems.is_empty() {
        return Err(ReleaseError::Refused(problems));
    }
    settle(tx, scope, stages)?;
    for item in &release.items {
        store::note_shown(tx, scope, id, item)?;
    }
    release.problems.clear();
    release.went_live_at = Some(tx.now());
    release.went_live_by = Some(scope.actor().name().to_owned());
    save(tx, scope, release, "release.live")
}

/// Shows again what visitors saw of every item before the release, in this transaction. What was changed since is refused
/// by name, unless `force`.
pub fn roll_back(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    id: ReleaseId,
    wish: RollingBack,
) -> Result<Release, ReleaseError> {
    let mut release = find(tx, scope, id)?;
    release.stand(release.after(ReleaseAction::RollBack)?);
    let stages = stages(tx, scope, declarations, &release.items)?;
    let mut changed = Vec::new();
    let mut shown_again = Vec::new();
    for item in &release.items {
        match entries::find(tx, scope, item.site_id, item.entry_id) {
            Ok(entry) if entry.archived_at.is_some() => {
                changed.push(since(item, "entry_archived", "It is in the archive since."));
            }
            Ok(entry) => {
                if Some(&entry.published) != item.shown_after.as_ref() {
                    changed.push(since(item, CHANGED, "Visitors see something else of it since."));
                }
                shown_again.push(item);
            }
            Err(EntryError::NotFound) => changed.push(since(item, "entry_deleted", "It is in the bin since.")),
            Err(error) => return Err(error.into()),
        }
    }
    if !changed.is_empty() && !wish.force {
        return Err(ReleaseError::ChangedSince(changed));
    }
    // What showed nothing first: its address is free for what had it before.
    shown_again.sort_by_key(|item| item.shown_before.as_ref().is_some_and(|shown| !shown.is_empty()));
    let mut problems = Vec::new();
    for item in &shown_again {
        if let (Some(stage), Some(before)) = (stages.get(&item.site_id), &item.shown_before) {
            clear_addresses(tx, scope, stage, item.entry_id, before)?;
        }
    }
    for item in shown_again {
        let Some(stage) = stages.get(&item.site_id) else { continue };
        let before = item.shown_before.clone().unwrap_or_default();
        match tx.attempt(|tx| show_exactly(tx, scope, stage, item.entry_id, &before)) {
            Ok(_) => {}
            Err(EntryError::Db(error)) => return Err(error.into()),
            Err(refusal) => problems.push(problem(item, Refusal::of(&refusal))),
        }
    }
    if !problems.is_empty() {
        return Err(ReleaseError::Refused(problems));
    }
    settle(tx, scope, stages)?;
    // What force could not show again is told; what it has overwritten is as it was.
    changed.retain(|one| one.problem.code != CHANGED);
    release.problems = changed;
    release.rolled_back_at = Some(tx.now());
    release.rolled_back_by = Some(scope.actor().name().to_owned());
    save(tx, scope, release, "release.rolled_back")
}

/// The items as they go live: what ends first, since its address is free then, and last what takes the place of another, such
/// as the home page.
fn order(conn: &Conn, scope: &Scope, items: &[ReleaseItem]) -> Result<Vec<usize>, EntryError> {
    let mut order = Vec::with_capacity(items.len());
    for (place, item) in items.iter().enumerate() {
        let takes_place = match (item.action, item.revision) {
            (ScheduledAction::Publish, Some(number)) => {
                match entries::revision(conn, scope, item.site_id, item.entry_id, number) {
                    Ok(revision) => checks::takes_place(&item.content_type, &revision.document),
                    // Told when it is its turn.
                    Err(EntryError::NotFound) => false,
                    Err(error) => return Err(error),
                }
            }
            _ => false,
        };
        order.push((item.action == ScheduledAction::Publish, takes_place, place));
    }
    order.sort_unstable();
    Ok(order.into_iter().map(|(.., place)| place).collect())
}

/// One stage for each site, in the order of their ids, so that two releases do not wait for each other crosswise.
fn stages<'d>(
    tx: &Tx,
    scope: &Scope,
    declarations: &'d Declarations,
    items: &[ReleaseItem],
) -> Result<BTreeMap<SiteId, Stage<'d>>, ReleaseError> {
    let sites: std::collections::BTreeSet<SiteId> = items.iter().map(|item| item.site_id).collect();
    let stage = |site: SiteId| Ok((site, Stage::set_for_many(tx, scope, declarations, site)?));
    sites.into_iter().map(stage).collect()
}

/// Leads on from the addresses that were left, once all are where they belong.
fn settle(tx: &Tx, scope: &Scope, stages: BTreeMap<SiteId, Stage<'_>>) -> Result<(), EntryError> {
    stages.into_values().try_for_each(|stage| stage.settle(tx, scope))
}

/// Does what the item says; answers what was shown of the entry before and after.
fn carry_out(
    tx: &Tx,
    scope: &Scope,
    stage: &Stage<'_>,
    item: &ReleaseItem,
) -> Result<(super::Shown, super::Shown), EntryError> {
    let Entry { published: before, .. } = entries::find(tx, scope, item.site_id, item.entry_id)?;
    let locales = item.locales.as_deref();
    let after = match (item.action, item.revision) {
        (ScheduledAction::Publish, Some(revision)) => {
            publish_revision(tx, scope, stage, item.entry_id, revision, locales)?
        }
        (ScheduledAction::Publish, None) => return Err(EntryError::RevisionUnknown(0)),
        (ScheduledAction::Unpublish, _) => take_back(tx, scope, stage, item.entry_id, locales)?,
    };
    Ok((before, after.published))
}

fn since(item: &ReleaseItem, code: &str, detail: &str) -> ItemProblem {
    problem(item, Refusal { code: code.to_owned(), detail: detail.to_owned(), errors: Vec::new() })
}

fn problem(item: &ReleaseItem, problem: Refusal) -> ItemProblem {
    ItemProblem { entry_id: item.entry_id, site_id: item.site_id, title: item.title.clone(), problem }
}
