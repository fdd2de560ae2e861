//! What a kind of work declares about itself: its name, its lane, how it is tried again.

use std::{fmt, time::Duration};

use ground::db::DbError;
use serde::{Serialize, de::DeserializeOwned};

use super::Backoff;

/// Work to be done. The struct is the payload: it carries ids, not content, and is kept as JSON.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Name in the database, in metrics and in the log. Never changed once released: rows carry it.
    const KIND: &'static str;
    /// The workers that do it.
    const LANE: Lane;

    /// How urgent it is and how often it is tried.
    fn options() -> Options {
        Options::default()
    }

    /// While a job of this kind with the same key waits or runs, another one is not enqueued.
    fn unique_key(&self) -> Option<String> {
        None
    }
}

/// Jobs that share workers. Each lane has a slot of its own, so that pictures never keep a mail waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Deliveries to others' servers.
    Webhook,
    /// Pictures and other heavy work.
    Media,
    /// Messages to people.
    Mail,
    /// Money.
    Billing,
    /// Upkeep of the installation.
    Maintenance,
    /// What goes live or ends at a time that was promised: nothing slow runs here.
    Publishing,
}

impl Lane {
    /// All lanes, in the order of their slots.
    pub const ALL: [Self; 6] =
        [Self::Webhook, Self::Media, Self::Mail, Self::Billing, Self::Maintenance, Self::Publishing];

    /// Name in the database and in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Media => "media",
            Self::Mail => "mail",
            Self::Billing => "billing",
            Self::Maintenance => "maintenance",
            Self::Publishing => "publishing",
        }
    }

    /// Place in [`Lane::ALL`].
    pub(super) const fn index(self) -> usize {
        self as usize
    }

    /// The lane of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lane| lane.name() == name)
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Which of the due jobs of a lane goes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Someone is looking at the screen.
    Urgent,
    /// As soon as there is a slot.
    #[default]
    Normal,
    /// Nobody waits for it.
    Low,
    /// Whole backlogs.
    Bulk,
}

impl Priority {
    /// From first to last.
    pub const ALL: [Self; 4] = [Self::Urgent, Self::Normal, Self::Low, Self::Bulk];

    /// As it is stored: 0 goes first.
    pub const fn number(self) -> i64 {
        self as i64
    }
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum JobState {
    /// Waits for its time or for a worker.
    Due,
    /// Held under a lease.
    Running,
    /// Done; kept for a week.
    Done,
    /// Given up; kept for 90 days, can be retried by hand.
    Dead,
}

impl JobState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Due, Self::Running, Self::Done, Self::Dead];

    /// Name in the database and in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }

    /// The state of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// How a kind of job is run.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Which goes first within the lane.
    pub priority: Priority,
    /// Attempts before the job is given up.
    pub max_attempts: u32,
    /// How long it rests after a failed attempt.
    pub backoff: Backoff,
    /// How long one attempt may take before it counts as failed.
    pub time_limit: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            priority: Priority::Normal,
            // With the default backoff the last attempt is a day and a half after the first.
            max_attempts: 15,
            backoff: Backoff::default(),
            // Longer than any healthy job; a hung one gives its slot back within it.
            time_limit: Duration::from_mins(10),
        }
    }
}

/// Why an attempt did not do its work. The text goes to the job's history: no secrets in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// To be tried again after the kind's backoff.
    #[error("{0}")]
    Again(String),
    /// To be tried again after this long: the other side said so.
    #[error("{message}")]
    AgainAfter {
        /// How long to rest.
        delay: Duration,
        /// What went wrong.
        message: String,
    },
    /// Trying again cannot help: the job is dead at once.
    #[error("{0}")]
    Permanent(String),
    /// The process is stopping and the handler stopped with it: given back, the attempt does not count.
    #[error("interrupted because the process is stopping")]
    Interrupted,
}

impl JobError {
    /// An error that another attempt may not meet.
    pub fn again(error: impl fmt::Display) -> Self {
        Self::Again(error.to_string())
    }

    /// As [`JobError::again`], not before `delay` has passed.
    pub fn again_after(delay: Duration, error: impl fmt::Display) -> Self {
        Self::AgainAfter { delay, message: error.to_string() }
    }

    /// An error that every attempt would meet.
    pub fn permanent(error: impl fmt::Display) -> Self {
        Self::Permanent(error.to_string())
    }
}

impl From<DbError> for JobError {
    fn from(error: DbError) -> Self {
        Self::again(error)
    }
}
