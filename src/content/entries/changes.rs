//! The changes feed of a site, for whoever keeps a copy of what is published: a static builder, a cache, an app.
//!
//! Each view stands in it once, with what happened to it last, at the position of that commit. A reader who has seen a
//! position has seen everything below it, and whoever repeats what stands behind it gets exactly what is published.

use ground::{
    clock::Timestamp,
    db::{Conn, DbError},
    words::{EntryId, Locale, SiteId, Slug},
};
use jiff::SignedDuration;
use machinery::jobs::{
    Job, JobContext, JobError, Lane, Options, Priority, Registry,
    schedule::{CatchUp, Schedule},
};
use serde::{Deserialize, Serialize};
use tenants::scope::Visitor;

use super::store;

/// How long it is remembered that something was taken back: a builder that slept longer reads everything anew.
pub const KEPT_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);

/// What happened to a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Op {
    /// It is there, new or changed.
    Upsert,
    /// It is gone.
    Delete,
}

/// What happened last to an entry in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What happened.
    pub op: Op,
    /// The entry.
    pub entry: EntryId,
    /// The language.
    pub locale: Locale,
    /// The entry's type.
    pub content_type: String,
    /// Its name in addresses, now or before it went; none while nobody may see it yet.
    pub slug: Option<Slug>,
    /// The revision that the language shows or showed.
    pub version: u32,
    /// When.
    pub at: Timestamp,
}

/// How far a reader is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// All changes up to this position; in the middle of reading everything the newest when it began.
    pub position: i64,
    /// What shows and hides itself was told up to this instant.
    pub seen: Timestamp,
    /// In the middle of reading everything: the last entry that was read, with its language; both empty at the beginning.
    /// What changes after that comes behind it.
    pub reading: Option<(String, String)>,
}

/// A page of the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// What happened, in order.
    pub changes: Vec<Change>,
    /// How far a reader of this page is.
    pub reached: Reached,
    /// Whether there is more behind it already.
    pub has_more: bool,
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// Changes behind this position were forgotten.
    #[error("changes from then on are no longer kept")]
    Expired,
    /// The position lies ahead of everything: it is not of this feed.
    #[error("there is no such position")]
    Unknown,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// What happened behind a position, or everything from its beginning where there is none.
pub fn feed(
    conn: &Conn,
    visitor: &Visitor,
    site: SiteId,
    reached: Option<Reached>,
    limit: i64,
) -> Result<Feed, FeedError> {
    let (pruned_to, newest) = store::change_bounds(conn, visitor, site)?.ok_or(FeedError::Unknown)?;
    let (newest, now) = (newest.max(pruned_to), visitor.instant(conn));
    let beginning = || Reached { position: newest, seen: now, reading: Some((String::new(), String::new())) };
    let reached = reached.unwrap_or_else(beginning);
    if reached.position < pruned_to {
        return Err(FeedError::Expired);
    }
    if reached.position > newest {
        return Err(FeedError::Unknown);
    }
    if let Some((entry, locale)) = &reached.reading {
        let mut changes = store::views_behind(conn, visitor, site, (entry, locale), now, limit + 1)?;
        let is_last = changes.len() <= wanted(limit);
        changes.truncate(wanted(limit));
        let last = changes.last().map(|last| (last.entry.to_string(), last.locale.to_string()));
        let reached = Reached { reading: last.filter(|_| !is_last), ..reached };
        let has_more = !is_last || newest > reached.position;
        return Ok(Feed { changes, reached, has_more });
    }
    let mut found = store::changes_after(conn, visitor, site, reached.position, now, limit + 1)?;
    let has_more = found.len() > wanted(limit);
    found.truncate(wanted(limit));
    let position = found.last().map_or(reached.position, |(position, _)| *position);
    let mut changes: Vec<Change> = found.into_iter().map(|(_, change)| change).collect();
    let mut seen = reached.seen;
    if !has_more {
        // Windows that opened or closed since: few, and told behind what was written.
        let by_time = store::changed_by_time(conn, visitor, site, reached.seen, now)?;
        seen = by_time.last().map_or(seen, |change| change.at);
        for change in by_time {
            changes.retain(|other| (other.entry, &other.locale) != (change.entry, &change.locale));
            changes.push(change);
        }
    }
    Ok(Feed { changes, reached: Reached { position, seen, reading: None }, has_more })
}

fn wanted(limit: i64) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

/// The job that forgets what was taken back long ago.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct PruneChanges {}

impl Job for PruneChanges {
    const KIND: &'static str = "prune_changes";
    const LANE: Lane = Lane::Maintenance;

    fn options() -> Options {
        Options { priority: Priority::Low, ..Options::default() }
    }

    fn unique_key(&self) -> Option<String> {
        Some(String::new())
    }
}

/// Registers the job and answers when it is to run.
pub fn maintain(registry: &mut Registry) -> Schedule {
    registry.handle(|_: PruneChanges, context: JobContext| async move {
        let pruned = context.db().write(|tx| store::prune_changes(tx, tx.now() - KEPT_FOR)).await;
        pruned.map(drop).map_err(JobError::again)
    });
    Schedule::of("prune_changes", "41 3 * * *", CatchUp::Once, &PruneChanges {})
}
