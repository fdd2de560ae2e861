//! The outbox: facts recorded in the transaction that made them true, and followers that hear of each, in order.
//!
//! A capability calls [`record`]; whoever wants to know implements [`Follower`]. Positions are the order of commits, so
//! that a follower which has seen a position never misses one below it.

mod follower;
mod followers;
mod position;
mod store;
#[cfg(test)]
mod tests;
mod upkeep;

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Topic, Tx},
    words::{OrganizationId, SiteId},
};
use serde_json::Value;

pub use follower::{FollowError, Follower};
pub use followers::Followers;
pub use upkeep::{PruneEvents, maintain};

/// Name of the lock under which the last steps of transactions run, so that positions are the order of commits. Others
/// that number their rows in that order take the same one.
pub const COMMIT_ORDER: &str = "commit-order";

/// A fact that the current transaction makes true.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEvent {
    /// What happened: `site.published`.
    pub kind: &'static str,
    /// In which organization; `None` for facts about the platform.
    pub organization: Option<OrganizationId>,
    /// On which site, where it concerns one.
    pub site: Option<SiteId>,
    /// What it happened to: `site`, `entry`, ...
    pub subject_type: &'static str,
    /// The id of what it happened to.
    pub subject_id: String,
    /// What followers need to know beside that. No secrets: rows are kept for a month.
    pub payload: Value,
}

/// A recorded fact.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its place in the order of commits; numbers may be left out.
    pub position: i64,
    /// What happened.
    pub kind: String,
    /// In which organization.
    pub organization: Option<OrganizationId>,
    /// On which site.
    pub site: Option<SiteId>,
    /// What it happened to.
    pub subject_type: String,
    /// The id of what it happened to.
    pub subject_id: String,
    /// The rest.
    pub payload: Value,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// The newest event's position; 0 where none was recorded yet.
pub fn newest(conn: &Conn) -> Result<i64, DbError> {
    store::newest(conn)
}

/// Records a fact. It is written as one of the last steps before the commit, so that on `PostgreSQL` others wait for the
/// shortest time; a transaction that fails has recorded nothing. Followers in the memory of this process hear of it before
/// the write is answered.
pub fn record(tx: &Tx, event: NewEvent) {
    tx.announce(Topic::Events);
    tx.before_commit(move |tx| {
        tx.serialize(COMMIT_ORDER)?;
        store::insert(tx, &event)?;
        tx.say(event);
        Ok(())
    });
}
