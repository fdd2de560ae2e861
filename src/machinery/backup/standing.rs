//! How replication stands at this moment, for health, metrics and the operator.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use metrics::{Unit, counter, describe_counter, describe_gauge, gauge};
use serde::Serialize;
use utoipa::ToSchema;

/// The replica may be that much behind; more is an alarm.
const MOST_LAG: Duration = Duration::from_secs(30);

const UP: &str = "gammacms_replication_up";
const LAG: &str = "gammacms_replication_lag_seconds";
const RESTARTS: &str = "gammacms_replication_restarts_total";

/// What Litestream does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// No replica is set.
    Off,
    /// It runs.
    Running,
    /// It ended and is begun again.
    Restarting,
}

/// How replication stands. `lag_seconds` is the age of the oldest change that the replica is not known to have.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReplicationReport {
    /// What Litestream does.
    pub state: State,
    /// The replica's URL, without a password; none where replication is off.
    #[schema(required = true)]
    pub replica: Option<String>,
    /// Seconds that the replica is behind.
    pub lag_seconds: f64,
    /// Times that Litestream was begun again since the start.
    pub restarts: u64,
    /// Its process.
    #[schema(required = true)]
    pub process: Option<u32>,
    /// The last thing that it complained of.
    #[schema(required = true)]
    pub complaint: Option<String>,
}

/// Shared between the supervisor, who writes it, and those who tell. Clones are the same.
#[derive(Clone, Debug)]
pub struct Standing(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    state: State,
    replica: Option<String>,
    process: Option<u32>,
    restarts: u64,
    complaint: Option<String>,
    lag: Duration,
    measured: Instant,
}

impl Default for Standing {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Inner {
            state: State::Off,
            replica: None,
            process: None,
            restarts: 0,
            complaint: None,
            lag: Duration::ZERO,
            measured: Instant::now(),
        })))
    }
}

impl Standing {
    /// Of a replica that is about to be written.
    pub(super) fn of(replica: &str) -> Self {
        let standing = Self::default();
        {
            let mut inner = standing.inner();
            inner.replica = Some(replica.to_owned());
            inner.state = State::Restarting;
        }
        standing
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn runs(&self, process: u32) {
        let mut inner = self.inner();
        (inner.state, inner.process) = (State::Running, Some(process));
    }

    pub(super) fn ended(&self, why: &str) {
        let mut inner = self.inner();
        (inner.state, inner.process) = (State::Restarting, None);
        inner.restarts += 1;
        inner.complaint = Some(why.to_owned());
        counter!(RESTARTS).increment(1);
    }

    pub(super) fn complains(&self, of: &str) {
        self.inner().complaint = Some(of.to_owned());
    }

    pub(super) fn measured(&self, lag: Duration) {
        let mut inner = self.inner();
        (inner.lag, inner.measured) = (lag, Instant::now());
        gauge!(UP).set(if inner.state == State::Running { 1.0 } else { 0.0 });
        gauge!(LAG).set(lag.as_secs_f64());
    }

    /// For the operator.
    pub fn report(&self) -> ReplicationReport {
        let inner = self.inner();
        ReplicationReport {
            state: inner.state,
            replica: inner.replica.clone(),
            lag_seconds: inner.lag_now().as_secs_f64(),
            restarts: inner.restarts,
            process: inner.process,
            complaint: inner.complaint.clone(),
        }
    }

    /// For health: a sentence where something is wrong.
    pub fn check(&self) -> Result<(), String> {
        let inner = self.inner();
        let lag = inner.lag_now();
        match inner.state {
            State::Off => Ok(()),
            State::Restarting => {
                let why = inner.complaint.as_deref().unwrap_or("it is about to begin");
                Err(format!("Litestream does not run ({why}); the replica is {} s behind", lag.as_secs()))
            }
            State::Running if lag > MOST_LAG => {
                let why = inner.complaint.as_deref().unwrap_or("Litestream gave no reason");
                Err(format!("the replica is {} s behind ({why})", lag.as_secs()))
            }
            State::Running => Ok(()),
        }
    }

    /// Whether there is anything to tell.
    pub fn is_on(&self) -> bool {
        self.inner().state != State::Off
    }

    /// Names the metrics.
    pub fn describe() {
        describe_gauge!(UP, "1 while Litestream runs, 0 while it is being begun again.");
        describe_gauge!(LAG, Unit::Seconds, "Age of the oldest change that the replica is not known to have");
        describe_counter!(RESTARTS, "Times that Litestream ended by itself and was begun again");
    }
}

impl Inner {
    /// What was behind when it was measured is so much older now.
    fn lag_now(&self) -> Duration {
        if self.lag.is_zero() { self.lag } else { self.lag + self.measured.elapsed() }
    }
}
