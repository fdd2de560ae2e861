//! The loop that does the jobs: wakes, claims, starts, notes results, renews leases, and stops in good order.
//!
//! One task keeps the books ([`Desk`]); each job is a task of its own. One transaction at a time notes the results and
//! claims the next jobs, and while it waits for the disk, jobs go on ending and starting.

use std::{future::Future, pin::Pin, time::Duration};

use ground::db::{Db, DbError, Topic};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};

use super::{
    desk::Desk,
    leases::{RENEWAL, TakeBack, Turned},
    measures,
    registry::Registry,
    stopping::stopped,
};

/// Safety net under the wake-up call of commits, and how exactly retries and later jobs keep their time.
const POLL: Duration = Duration::from_secs(1);
/// How long running jobs may finish when the process stops.
const DRAIN: Duration = Duration::from_secs(20);
/// How long handlers that listen to their cancellation may take to end by themselves.
const CANCEL: Duration = Duration::from_secs(2);
/// How long the last results may take to reach the disk. In all, a stop stays under 25 s.
const LAST_NOTES: Duration = Duration::from_secs(2);

/// The workers of one process.
#[derive(Debug)]
pub struct Workers {
    db: Db,
    registry: Registry,
    concurrency: usize,
}

impl Workers {
    /// Workers that run up to `concurrency` jobs at once, and at least one of each lane.
    pub fn new(db: Db, registry: Registry, concurrency: usize) -> Self {
        Self { db, registry, concurrency }
    }

    /// Works until `shutdown` becomes true. Then claims nothing more, lets running jobs finish for up to 20 s, cancels
    /// what is left and gives it back; the handle ends when all of that is on the disk.
    pub fn start(self, shutdown: watch::Receiver<bool>) -> JoinHandle<()> {
        measures::describe();
        let take_back = match self.db.backend() {
            // One process per data directory: whoever holds a lease now was killed.
            ground::db::Backend::Sqlite => TakeBack::All,
            ground::db::Backend::Postgres => TakeBack::Expired,
        };
        let desk = Desk::new(self.db, self.registry, self.concurrency, take_back);
        tokio::spawn(run(desk, shutdown, Until::Stopped))
    }

    /// Does what is due, and what becomes due by that, and ends. For the command line and for tests; takes no running
    /// server's jobs.
    pub async fn run_until_idle(self) {
        let (_keeps_open, shutdown) = watch::channel(false);
        let desk = Desk::new(self.db, self.registry, self.concurrency, TakeBack::Expired);
        run(desk, shutdown, Until::Idle).await;
    }
}

/// When the loop ends by itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    Stopped,
    Idle,
}

/// How far the stop has come.
enum Stage {
    Working,
    Finishing(Instant),
    Cancelling(Instant),
    Leaving(Instant),
}

impl Stage {
    fn deadline(&self) -> Option<Instant> {
        match self {
            Self::Working => None,
            Self::Finishing(at) | Self::Cancelling(at) | Self::Leaving(at) => Some(*at),
        }
    }
}

type TurnInFlight = Pin<Box<dyn Future<Output = Result<Turned, DbError>> + Send>>;

async fn run(mut desk: Desk, mut shutdown: watch::Receiver<bool>, until: Until) {
    let mut wake = desk.listen(Topic::Jobs);
    let mut poll = interval(POLL);
    let mut renewal = interval(RENEWAL);
    poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
    renewal.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut stage = Stage::Working;
    let mut turn: Option<TurnInFlight> = None;
    loop {
        if turn.is_none() && desk.wants_turn() {
            turn = Some(Box::pin(desk.begin_turn()));
        }
        let may_end = !matches!(stage, Stage::Working) || (until == Until::Idle && desk.has_looked());
        if may_end && turn.is_none() && desk.is_empty() {
            return;
        }
        tokio::select! {
            outcome = in_flight(&mut turn) => {
                turn = None;
                desk.end_turn(outcome);
            }
            Some(ended) = desk.next_ended() => desk.note(ended),
            // The sender lives in the database handle, which the desk holds.
            _ = wake.changed() => desk.look(),
            _ = poll.tick() => desk.look_again(),
            _ = renewal.tick() => desk.renew(),
            () = stopped(&mut shutdown), if matches!(stage, Stage::Working) => {
                desk.stop_claiming();
                stage = Stage::Finishing(Instant::now() + DRAIN);
            }
            () = deadline(&stage) => match stage {
                Stage::Working => {}
                Stage::Finishing(_) => {
                    desk.cancel();
                    stage = Stage::Cancelling(Instant::now() + CANCEL);
                }
                Stage::Cancelling(_) => {
                    desk.abort();
                    stage = Stage::Leaving(Instant::now() + LAST_NOTES);
                }
                Stage::Leaving(_) => {
                    tracing::warn!("stopped before all results of jobs were on the disk; the next start takes those jobs up");
                    return;
                }
            },
        }
        desk.note_all_ended();
        desk.start_waiting();
    }
}

async fn in_flight(turn: &mut Option<TurnInFlight>) -> Result<Turned, DbError> {
    match turn {
        Some(turn) => turn.await,
        None => std::future::pending().await,
    }
}

async fn deadline(stage: &Stage) {
    match stage.deadline() {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}
