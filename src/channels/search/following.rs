//! What the outbox tells the index.

use ground::db::Tx;
use machinery::events::{self, Event, FollowError, Follower, NewEvent};
use rocket::futures::future::{BoxFuture, FutureExt};
use serde_json::json;

use super::{Search, indexing::Task};

/// Asks every process of the installation to build its index anew.
const REBUILD: &str = "search.rebuild";

/// Builds the index of every process anew, as soon as it hears of it: at once where it runs, at its next start otherwise.
pub fn request_rebuild(tx: &Tx) {
    events::record(
        tx,
        NewEvent {
            kind: REBUILD,
            organization: None,
            site: None,
            subject_type: "search",
            subject_id: String::new(),
            payload: json!({}),
        },
    );
}

/// Hears of every change of content. In memory: each process has its own index, and the index knows how far it came.
pub struct Indexing(Search);

impl Search {
    /// Keeps the index up with what the outbox tells.
    pub fn follower(&self) -> Indexing {
        Indexing(self.clone())
    }
}

impl Follower for Indexing {
    fn name(&self) -> &'static str {
        "search-index"
    }

    fn follow<'a>(&'a self, event: &'a Event) -> BoxFuture<'a, Result<(), FollowError>> {
        let sent = match task(event) {
            Some(task) => self.0.tasks.send(task).map_err(|_| FollowError::again("the search index has ended")),
            None => Ok(()),
        };
        async { sent }.boxed()
    }

    fn is_durable(&self) -> bool {
        false
    }

    fn begins_at(&self) -> Option<i64> {
        Some(self.0.begins_at)
    }
}

fn task(event: &Event) -> Option<Task> {
    let position = event.position;
    if event.kind == REBUILD {
        return Some(Task::Rebuild { position });
    }
    let (organization, site) = (event.organization?, event.site?);
    if event.kind.starts_with("entry.") {
        let entry = event.subject_id.parse().ok()?;
        return Some(Task::Entry { organization, site, entry, position });
    }
    event.kind.starts_with("site.").then_some(Task::Site { organization, site, position })
}
