//! What whoever wants to hear of events implements.

use std::fmt;

use ground::db::DbError;
use rocket::futures::future::BoxFuture;

use super::{Event, NewEvent};

/// Hears of every event, one after the other in the order of commits. After a failure or a restart it may hear of an
/// event again, so what it does is idempotent.
pub trait Follower: Send + Sync + 'static {
    /// Name in the database, in metrics and in the log. Never changed once released: its position is kept under it.
    fn name(&self) -> &'static str;

    /// Takes note of an event. While this fails, it is tried again, and later events wait.
    fn follow<'a>(&'a self, event: &'a Event) -> BoxFuture<'a, Result<(), FollowError>>;

    /// For one that lives in memory: hears of what this process has just committed, before the write is answered, so
    /// that whoever was told that it is done is not shown what was before. It only notes, and hears of the event again.
    fn hear(&self, event: &NewEvent) {
        let _ = event;
    }

    /// Whether its position is kept in the database, and one process of several runs it. Otherwise it lives in memory
    /// (a cache): each process has its own, and it starts at the newest event.
    fn is_durable(&self) -> bool {
        true
    }

    /// Where one whose position is not kept in the database begins, if it keeps it itself; at the newest event otherwise.
    fn begins_at(&self) -> Option<i64> {
        None
    }
}

/// Why an event could not be followed now. The text goes to the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FollowError(pub String);

impl FollowError {
    /// An error that another attempt may not meet.
    pub fn again(error: impl fmt::Display) -> Self {
        Self(error.to_string())
    }
}

impl From<DbError> for FollowError {
    fn from(error: DbError) -> Self {
        Self::again(error)
    }
}
