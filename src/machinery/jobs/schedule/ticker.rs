//! The loop that fires the schedules. It looks at the clock each second, so that a moved clock is noticed, and at the
//! database only when a time has come.

use std::time::Duration;

use ground::{
    clock::Timestamp,
    db::{Db, DbError},
};
use metrics::counter;
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant, sleep},
};

use super::Schedules;
use crate::jobs::{measures, stopped};

/// How often the clock is looked at.
const TICK: Duration = Duration::from_secs(1);
/// How often the table is looked at whatever the clock says: another process may have changed it.
const LOOK: Duration = Duration::from_mins(1);
/// A wall clock that moves by that much more or less than the monotonic one was set by someone.
const JUMP: Duration = Duration::from_secs(30);

impl Schedules {
    /// Registers the schedules and fires them until `shutdown` becomes true.
    pub fn start(self, db: Db, shutdown: watch::Receiver<bool>) -> JoinHandle<()> {
        measures::describe();
        tokio::spawn(Ticker { schedules: self, shutdown, watched: Watched::new(&db), db }.run())
    }
}

struct Ticker {
    schedules: Schedules,
    db: Db,
    shutdown: watch::Receiver<bool>,
    watched: Watched,
}

impl Ticker {
    async fn run(mut self) {
        let mut is_registered = false;
        let mut looked = Instant::now();
        let mut next: Option<Timestamp> = None;
        loop {
            if self.watched.has_jumped(&self.db) {
                // Times that were computed from a wrong clock are computed anew.
                is_registered = false;
            }
            let is_time = next.is_some_and(|next| next <= self.db.clock().now());
            if !is_registered || is_time || looked.elapsed() >= LOOK {
                looked = Instant::now();
                match self.fire(is_registered).await {
                    Ok(at) => (is_registered, next) = (true, at),
                    Err(error) => tracing::warn!(%error, "the schedules could not be read; tried again in a second"),
                }
            }
            tokio::select! {
                () = sleep(TICK) => {}
                () = stopped(&mut self.shutdown) => return,
            }
        }
    }

    async fn fire(&self, is_registered: bool) -> Result<Option<Timestamp>, DbError> {
        let schedules = self.schedules.clone();
        self.db
            .write(move |tx| {
                if !is_registered {
                    schedules.register(tx)?;
                }
                schedules.tick(tx)
            })
            .await
    }
}

/// The two clocks as they were a moment ago.
struct Watched {
    wall: Timestamp,
    monotonic: Instant,
}

impl Watched {
    fn new(db: &Db) -> Self {
        Self { wall: db.clock().now(), monotonic: Instant::now() }
    }

    fn has_jumped(&mut self, db: &Db) -> bool {
        let before = std::mem::replace(self, Self::new(db));
        let passed = self.monotonic.duration_since(before.monotonic);
        let shown = self.wall.duration_since(before.wall);
        let jump = shown.as_secs_f64() - passed.as_secs_f64();
        if jump.abs() <= JUMP.as_secs_f64() {
            return false;
        }
        counter!(measures::CLOCK_JUMPS).increment(1);
        tracing::warn!(
            seconds = jump.round(),
            "the clock of this machine was moved; the schedules' next times are looked at again"
        );
        true
    }
}
