//! The loops that bring events to their followers: woken by commits, in order, again after failures.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use ground::db::{Db, DbError, Topic};
use metrics::{Unit, counter, describe_counter, describe_gauge, gauge};
use rocket::futures::FutureExt;
use tokio::{
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::{sleep, timeout},
};

use super::{
    Event, NewEvent,
    follower::{FollowError, Follower},
    position::Position,
    store,
};
use crate::jobs::stopped;

/// Safety net under the wake-up call of commits, and how other processes' events are found.
const POLL: Duration = Duration::from_secs(1);
/// Events read at once, about 1 KB each.
const BATCH: u32 = 200;
/// How long one attempt may take before it counts as failed.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// Rest after the first failure of an event; each further one doubles it.
const FIRST_REST: Duration = Duration::from_millis(100);
/// Longest rest: with the time limit, an attempt and a rest are shorter than a follower is held.
const LONGEST_REST: Duration = Duration::from_secs(30);
/// Failures of one event before it is called an error: a restart elsewhere is over by then.
const FAILURES_BEFORE_ALARM: u32 = 8;
/// How long the attempt in flight may take when the process stops.
const LAST_ATTEMPT: Duration = Duration::from_secs(5);

const LAG: &str = "gammacms_follower_lag_events";
const LAG_SECONDS: &str = "gammacms_follower_lag_seconds";
const FOLLOWED: &str = "gammacms_follower_events_total";

/// The followers of one process.
pub struct Followers {
    db: Db,
    followers: Vec<Arc<dyn Follower>>,
}

impl Followers {
    /// No followers yet.
    pub fn new(db: Db) -> Self {
        Self { db, followers: Vec::new() }
    }

    /// Adds a follower. Panics where another has its name: their positions would be one.
    #[must_use]
    pub fn with(mut self, follower: impl Follower) -> Self {
        let name = follower.name();
        assert!(self.followers.iter().all(|other| other.name() != name), "there are two followers named {name}");
        self.followers.push(Arc::new(follower));
        self
    }

    /// Follows until `shutdown` becomes true; the handle ends when the last event in work is noted. Followers in memory
    /// hear of everything that is committed after this call: start them before the first request fills a cache.
    pub fn start(self, shutdown: watch::Receiver<bool>) -> JoinHandle<()> {
        describe();
        let in_memory: Vec<_> = self.followers.iter().filter(|follower| !follower.is_durable()).cloned().collect();
        self.db.hear(move |event: &NewEvent| in_memory.iter().for_each(|follower| follower.hear(event)));
        let newest = newest_now(&self.db);
        let mut loops = JoinSet::new();
        for follower in self.followers {
            let own = (!follower.is_durable()).then(|| follower.begins_at().map_or_else(|| newest.clone(), Ok));
            loops.spawn(Loop { db: self.db.clone(), follower, shutdown: shutdown.clone() }.run(own));
        }
        drop(shutdown);
        tokio::spawn(async move { while loops.join_next().await.is_some() {} })
    }
}

/// Read on a plain thread and waited for: nothing may be committed between the start and the reading.
fn newest_now(db: &Db) -> Result<i64, DbError> {
    std::thread::scope(|scope| scope.spawn(|| db.read_blocking(store::newest)).join())
        .unwrap_or_else(|_| Err(DbError::Failed("the newest event could not be read".to_owned())))
}

fn describe() {
    describe_gauge!(LAG, "Events that a follower has not seen yet");
    describe_gauge!(LAG_SECONDS, Unit::Seconds, "Age of the oldest event that a follower has not seen yet");
    describe_counter!(FOLLOWED, "Attempts to follow an event, by follower and result");
}

struct Loop {
    db: Db,
    follower: Arc<dyn Follower>,
    shutdown: watch::Receiver<bool>,
}

impl Loop {
    async fn run(mut self, own: Option<Result<i64, DbError>>) {
        let mut wake = self.db.listen(Topic::Events);
        let Some(mut position) = self.begin(own).await else { return };
        loop {
            wake.mark_unchanged();
            let is_behind = match self.catch_up(&mut position).await {
                Ok(is_behind) => is_behind,
                Err(error) => {
                    let follower = self.follower.name();
                    tracing::warn!(follower, %error, "events could not be read; tried again in a second");
                    false
                }
            };
            if *self.shutdown.borrow() {
                break;
            }
            if is_behind {
                continue;
            }
            tokio::select! {
                // The sender lives in the database handle, which this loop holds.
                _ = wake.changed() => {}
                () = sleep(POLL) => {}
                () = stopped(&mut self.shutdown) => break,
            }
        }
        if let Err(error) = position.let_go().await {
            tracing::warn!(follower = self.follower.name(), %error, "the position could not be noted; some events are followed again");
        }
    }

    /// Where to begin, as soon as the database says so; `None` where the process stops before.
    async fn begin(&mut self, own: Option<Result<i64, DbError>>) -> Option<Position> {
        let mut known = own.clone();
        loop {
            let begun = match known.take() {
                Some(Ok(newest)) => Ok(Position::Own(newest)),
                Some(Err(error)) => Err(error),
                None if own.is_some() => self.db.read(store::newest).await.map(Position::Own),
                None => Position::shared(self.db.clone(), self.follower.name()).await,
            };
            match begun {
                Ok(position) => return Some(position),
                Err(error) => {
                    tracing::warn!(follower = self.follower.name(), %error, "a follower could not begin; tried again in a second");
                }
            }
            tokio::select! {
                () = sleep(POLL) => {}
                () = stopped(&mut self.shutdown) => return None,
            }
        }
    }

    /// Follows one batch; whether there may be more.
    async fn catch_up(&mut self, position: &mut Position) -> Result<bool, DbError> {
        let Some(current) = position.current().await? else { return Ok(false) };
        let (events, newest) = self
            .db
            .read(move |conn| Ok::<_, DbError>((store::after(conn, current, BATCH)?, store::newest(conn)?)))
            .await?;
        for event in &events {
            self.show_lag(newest - event.position + 1, Some(event));
            if !self.follow(event, position).await {
                break;
            }
            position.passed(event.position);
            // Where another process took over meanwhile, it goes on from what was noted.
            if *self.shutdown.borrow() || position.current().await?.is_none() {
                break;
            }
        }
        position.note().await?;
        let is_full = events.len() >= BATCH as usize;
        if !is_full {
            self.show_lag(0, None);
        }
        Ok(is_full)
    }

    /// Tries until the event is followed. `false` where the process stops, or another one took over, before.
    async fn follow(&mut self, event: &Event, position: &mut Position) -> bool {
        let mut failures = 0;
        loop {
            let follower = Arc::clone(&self.follower);
            let attempt = timeout(TIME_LIMIT, AssertUnwindSafe(async { follower.follow(event).await }).catch_unwind());
            let outcome = tokio::select! {
                outcome = attempt => match outcome {
                    Ok(Ok(result)) => result,
                    Ok(Err(_)) => Err(FollowError::again("it panicked")),
                    Err(_) => Err(FollowError::again(format!("it took longer than {} s", TIME_LIMIT.as_secs()))),
                },
                () = too_late(&mut self.shutdown) => return false,
            };
            let result = if outcome.is_ok() { "followed" } else { "failed" };
            counter!(FOLLOWED, "follower" => follower.name(), "result" => result).increment(1);
            let Err(error) = outcome else { return true };
            failures += 1;
            tell(follower.name(), event, &error, failures);
            self.show_lag(1, Some(event));
            tokio::select! {
                () = sleep(rest(failures)) => {}
                () = stopped(&mut self.shutdown) => return false,
            }
            // Also keeps others from taking over while we try. An unreachable database does not end the trying.
            if let Ok(None) = position.current().await {
                return false;
            }
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a gauge is a fraction; positions are below 2^52")]
    fn show_lag(&self, events: i64, oldest: Option<&Event>) {
        let age = oldest.map_or(0.0, |event| self.db.clock().now().duration_since(event.recorded_at).as_secs_f64());
        gauge!(LAG, "follower" => self.follower.name()).set(events.max(0) as f64);
        gauge!(LAG_SECONDS, "follower" => self.follower.name()).set(age.max(0.0));
    }
}

fn tell(follower: &str, event: &Event, error: &FollowError, failures: u32) {
    if failures == FAILURES_BEFORE_ALARM {
        tracing::error!(follower, event = event.position, event.kind, %error, failures, "an event keeps failing; later events wait for it");
    } else {
        tracing::warn!(follower, event = event.position, event.kind, %error, failures, "an event could not be followed and is tried again");
    }
}

fn rest(failures: u32) -> Duration {
    FIRST_REST.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1))).min(LONGEST_REST)
}

async fn too_late(shutdown: &mut watch::Receiver<bool>) {
    stopped(shutdown).await;
    sleep(LAST_ATTEMPT).await;
}
