//! The books of one process's workers: what is claimed, what runs, what ended and is not noted yet.

use std::{
    any::Any,
    collections::{HashMap, VecDeque},
    future::Future,
    sync::Arc,
    time::Duration,
};

use ground::db::{Db, DbError, Topic};
use metrics::{counter, gauge, histogram};
use tokio::{
    sync::watch,
    task::{AbortHandle, Id, JoinError, JoinHandle, JoinSet},
    time::{Instant, error::Elapsed, timeout},
};

use super::{
    history::Reason,
    job::{JobError, JobState, Lane, Options},
    leases::{Claimed, Ending, LEASE, Settlement, TakeBack, Turn, Turned, Wanted, take_turn},
    measures,
    queue::{Numbers, numbers},
    registry::{JobContext, Registry},
    slots::Slots,
};

/// Jobs of a lane that may be claimed ahead of a free slot. Only as many as ended during the last transaction are:
/// short jobs are then limited by the disk's bandwidth and not by its latency.
const AHEAD: usize = 64;
/// How long a job claimed ahead may wait for its slot before it is given back for others to take.
const PATIENCE: Duration = Duration::from_secs(1);
/// Label of jobs whose kind nobody here knows: rows may name anything, metrics may not.
const UNKNOWN: &str = "unknown";

type Attempted = Result<Result<(), JobError>, Elapsed>;
type Ended = Result<(Id, Attempted), JoinError>;

/// What the workers of one process know.
#[expect(clippy::struct_excessive_bools, reason = "each says one thing about the next turn, in any combination")]
pub(super) struct Desk {
    db: Db,
    registry: Registry,
    boot: Arc<str>,
    slots: Slots,
    /// Claimed and not started, by lane.
    waiting: [VecDeque<Waiting>; Lane::ALL.len()],
    attempts: JoinSet<Attempted>,
    running: HashMap<Id, Running>,
    /// Ended, and not yet noted in the database.
    results: Vec<Settlement>,
    /// Being noted by the turn in flight.
    noting: Arc<Vec<Settlement>>,
    turn_began: Instant,
    turn_renews: bool,
    turn_takes_back: TakeBack,
    /// Jobs that ended since the last turn began, by lane.
    ended: [usize; Lane::ALL.len()],
    first_lane: usize,
    claims: bool,
    wants_to_look: bool,
    wants_to_renew: bool,
    wants_to_take_back: TakeBack,
    /// The last turn failed: the next one waits for the poll.
    rests: bool,
    cancellation: watch::Sender<bool>,
    gauges: Option<JoinHandle<()>>,
}

struct Waiting {
    job: Claimed,
    since: Instant,
}

struct Running {
    job: Claimed,
    kind: &'static str,
    options: Options,
    started: Instant,
    renewed: Instant,
    abort: AbortHandle,
    /// The lease is another's: the result is of no use.
    is_lost: bool,
}

impl Desk {
    pub(super) fn new(db: Db, registry: Registry, concurrency: usize, take_back: TakeBack) -> Self {
        let boot = fresh_token(&db);
        Self {
            db,
            registry,
            boot,
            slots: Slots::new(concurrency),
            waiting: Default::default(),
            attempts: JoinSet::new(),
            running: HashMap::new(),
            results: Vec::new(),
            noting: Arc::default(),
            turn_began: Instant::now(),
            turn_renews: false,
            turn_takes_back: TakeBack::Nothing,
            ended: Default::default(),
            first_lane: 0,
            claims: true,
            wants_to_look: true,
            wants_to_renew: false,
            wants_to_take_back: take_back,
            rests: false,
            cancellation: watch::Sender::new(false),
            gauges: None,
        }
    }

    pub(super) fn listen(&self, topic: Topic) -> watch::Receiver<u64> {
        self.db.listen(topic)
    }

    // -------------------------------------------------------------- turns

    pub(super) fn wants_turn(&self) -> bool {
        let wants_to_claim = self.wants_to_look && self.claims && self.has_room();
        let wants = !self.results.is_empty()
            || self.wants_to_renew
            || self.wants_to_take_back != TakeBack::Nothing
            || wants_to_claim;
        wants && !self.rests
    }

    fn has_room(&self) -> bool {
        let shared = self.slots.shared_free();
        Lane::ALL.into_iter().any(|lane| self.room(lane) + shared > 0)
    }

    /// Jobs of the lane that may be claimed on top of what is shared.
    fn room(&self, lane: Lane) -> usize {
        let ahead = self.ended[lane.index()].min(AHEAD);
        (self.slots.reserved_free(lane) + ahead).saturating_sub(self.waiting[lane.index()].len())
    }

    /// The next transaction with the queue: takes the results along, asks for as many jobs as there is room for.
    pub(super) fn begin_turn(&mut self) -> impl Future<Output = Result<Turned, DbError>> + Send + use<> {
        self.noting = Arc::new(std::mem::take(&mut self.results));
        self.turn_began = Instant::now();
        self.turn_renews = std::mem::take(&mut self.wants_to_renew);
        self.turn_takes_back = std::mem::replace(&mut self.wants_to_take_back, TakeBack::Nothing);
        let turn = Turn {
            boot: Arc::clone(&self.boot),
            token: fresh_token(&self.db),
            settlements: Arc::clone(&self.noting),
            renewals: if self.turn_renews { self.held() } else { Vec::new() },
            take_back: self.turn_takes_back,
            wanted: self.claims.then(|| self.wanted()),
        };
        self.ended = Default::default();
        self.wants_to_look = false;
        let db = self.db.clone();
        async move { db.write(move |tx| take_turn(tx, &turn)).await }
    }

    fn held(&self) -> Vec<(ground::words::JobId, Arc<str>)> {
        let running = self.running.values().map(|running| &running.job);
        let waiting = self.waiting.iter().flatten().map(|waiting| &waiting.job);
        running.chain(waiting).map(|job| (job.id, Arc::clone(&job.token))).collect()
    }

    /// Each turn begins with another lane: what is shared goes around.
    fn wanted(&mut self) -> Wanted {
        self.first_lane = (self.first_lane + 1) % Lane::ALL.len();
        let mut lanes: Vec<_> = Lane::ALL.into_iter().map(|lane| (lane, self.room(lane))).collect();
        lanes.rotate_left(self.first_lane);
        Wanted { lanes, shared: self.slots.shared_free() }
    }

    pub(super) fn end_turn(&mut self, outcome: Result<Turned, DbError>) {
        let noted = std::mem::take(&mut self.noting);
        match outcome {
            Ok(turned) => self.apply(turned),
            Err(error) => {
                tracing::warn!(%error, "the job queue could not be reached; tried again in a second");
                self.results.splice(0..0, noted.iter().cloned());
                self.wants_to_look = true;
                self.wants_to_renew |= self.turn_renews;
                self.take_back_again();
                self.rests = true;
                self.drop_expired();
            }
        }
    }

    fn apply(&mut self, turned: Turned) {
        for job in &turned.fenced {
            counter!(measures::FENCED).increment(1);
            tracing::warn!(job.id = %job, "the result of a job was discarded: its lease was another's by then");
        }
        for (kind, state) in &turned.taken_back {
            counter!(measures::LEASES_EXPIRED).increment(1);
            if *state == JobState::Dead {
                self.count_dead(kind);
                tracing::error!(job.kind = kind, "a job was given up: too many processes ended while it ran");
            } else {
                tracing::warn!(job.kind = kind, "a job was taken back from a process that ended or stood still");
            }
        }
        if self.turn_renews {
            self.running.values_mut().for_each(|running| running.renewed = self.turn_began);
        }
        for job in &turned.lost {
            self.lose(*job);
        }
        if turned.may_be_more_lost {
            self.take_back_again();
        }
        self.wants_to_look |= turned.may_be_more;
        for job in turned.claimed {
            self.waiting[job.lane.index()].push_back(Waiting { job, since: self.turn_began });
        }
        if !self.claims {
            self.give_waiting_back();
        }
    }

    /// The turn left something to take back. What fell due while it was on its way stands.
    fn take_back_again(&mut self) {
        if self.claims && self.turn_takes_back != TakeBack::Nothing {
            self.wants_to_take_back = self.turn_takes_back;
        }
    }

    /// Forgets a job whose lease is another's.
    fn lose(&mut self, job: ground::words::JobId) {
        self.waiting.iter_mut().for_each(|lane| lane.retain(|waiting| waiting.job.id != job));
        for running in self.running.values_mut().filter(|running| running.job.id == job) {
            running.is_lost = true;
            running.abort.abort();
        }
    }

    /// While the database cannot be reached no lease is renewed: by our own monotonic clock they run out.
    fn drop_expired(&mut self) {
        for running in self.running.values_mut().filter(|running| running.renewed.elapsed() > LEASE) {
            running.is_lost = true;
            running.abort.abort();
        }
    }

    // -------------------------------------------------------------- what wakes the loop

    /// Jobs may have become due.
    pub(super) fn look(&mut self) {
        self.wants_to_look = true;
    }

    /// Once a second: looks whatever was announced, and tries again what failed.
    pub(super) fn look_again(&mut self) {
        self.rests = false;
        self.wants_to_look = true;
        self.give_stale_back();
    }

    /// Each quarter of a lease.
    pub(super) fn renew(&mut self) {
        self.wants_to_renew = !self.running.is_empty() || self.waiting.iter().any(|lane| !lane.is_empty());
        if self.claims && self.wants_to_take_back == TakeBack::Nothing {
            self.wants_to_take_back = TakeBack::Expired;
        }
        if self.gauges.as_ref().is_none_or(JoinHandle::is_finished) {
            let db = self.db.clone();
            self.gauges = Some(tokio::spawn(async move {
                match db.scan(numbers).await {
                    Ok(numbers) => show(&numbers),
                    Err(error) => tracing::warn!(%error, "the jobs could not be counted"),
                }
            }));
        }
    }

    /// Whether a turn has looked for due jobs since the last reason to.
    pub(super) fn has_looked(&self) -> bool {
        !self.wants_to_look
    }

    /// Whether nothing is held and nothing is left to note.
    pub(super) fn is_empty(&self) -> bool {
        self.running.is_empty() && self.results.is_empty() && self.waiting.iter().all(VecDeque::is_empty)
    }

    // -------------------------------------------------------------- attempts

    /// Starts claimed jobs while there are slots for them.
    pub(super) fn start_waiting(&mut self) {
        for offset in 0..Lane::ALL.len() {
            let lane = Lane::ALL[(self.first_lane + offset) % Lane::ALL.len()];
            while !self.waiting[lane.index()].is_empty() && self.slots.take(lane) {
                if let Some(waiting) = self.waiting[lane.index()].pop_front() {
                    self.start(waiting);
                }
            }
        }
    }

    fn start(&mut self, Waiting { job, since }: Waiting) {
        let Some((kind, declared)) = self.registry.kind(&job.kind) else {
            self.slots.give_back(job.lane);
            // Another version of the program may know it: it rests as any other failure does.
            let ending = Ending::Failed {
                reason: Reason::Failed,
                message: format!("this program knows no job of the kind {}", job.kind),
                rest: None,
            };
            self.settle(job, ending, &Options::default(), UNKNOWN);
            return;
        };
        let (options, handler) = (declared.options, Arc::clone(&declared.handler));
        let waited = job.since.duration_since(job.run_at).as_secs_f64() + since.elapsed().as_secs_f64();
        histogram!(measures::WAIT, "kind" => kind).record(waited.max(0.0));
        let context = JobContext::new(&job, &self.db, self.cancellation.subscribe());
        let payload = job.payload.clone();
        // Called inside the task, so that a panic anywhere in it ends the task and nothing else.
        let abort = self.attempts.spawn(async move { timeout(options.time_limit, handler(&payload, context)).await });
        let running = Running {
            job,
            kind,
            options,
            started: Instant::now(),
            renewed: since,
            abort: abort.clone(),
            is_lost: false,
        };
        self.running.insert(abort.id(), running);
    }

    /// The next attempt that ends; never, while none runs.
    pub(super) async fn next_ended(&mut self) -> Option<Ended> {
        if self.attempts.is_empty() {
            return std::future::pending().await;
        }
        self.attempts.join_next_with_id().await
    }

    /// Takes along the others that ended meanwhile.
    pub(super) fn note_all_ended(&mut self) {
        while let Some(ended) = self.attempts.try_join_next_with_id() {
            self.note(ended);
        }
    }

    pub(super) fn note(&mut self, ended: Ended) {
        let id = match &ended {
            Ok((id, _)) => *id,
            Err(failure) => failure.id(),
        };
        let Some(running) = self.running.remove(&id) else { return };
        self.slots.give_back(running.job.lane);
        self.ended[running.job.lane.index()] += 1;
        histogram!(measures::DURATION, "kind" => running.kind).record(running.started.elapsed().as_secs_f64());
        if running.is_lost {
            counter!(measures::FENCED).increment(1);
            tracing::warn!(job.id = %running.job.id, job.kind = running.kind, "a job was stopped: its lease ran out");
            return;
        }
        let ending = self.ending(ended, &running.options);
        self.settle(running.job, ending, &running.options, running.kind);
    }

    fn ending(&self, ended: Ended, options: &Options) -> Ending {
        let failed = |reason, message, rest| Ending::Failed { reason, message, rest };
        match ended {
            Ok((_, Ok(Ok(())))) => Ending::Done,
            Ok((_, Ok(Err(error)))) => match error {
                JobError::Again(message) => failed(Reason::Failed, message, None),
                JobError::AgainAfter { delay, message } => failed(Reason::Failed, message, Some(delay)),
                JobError::Permanent(message) => Ending::Refused { message },
                JobError::Interrupted if *self.cancellation.borrow() => Ending::GivenBack,
                JobError::Interrupted => failed(Reason::Failed, "it stopped without being asked to".to_owned(), None),
            },
            Ok((_, Err(_))) => {
                failed(Reason::TimedOut, format!("it took longer than {} s", options.time_limit.as_secs()), None)
            }
            Err(failure) => match failure.try_into_panic() {
                Ok(panic) => failed(Reason::Panicked, panic_text(&*panic), None),
                // Only a stop aborts an attempt whose lease is ours.
                Err(_) => Ending::GivenBack,
            },
        }
    }

    fn settle(&mut self, job: Claimed, ending: Ending, options: &Options, kind: &'static str) {
        let result = match &ending {
            Ending::Done => "done",
            Ending::GivenBack => "given_back",
            Ending::Failed { .. } | Ending::Refused { .. } => "failed",
        };
        let settlement = Settlement::of(job, ending, options, self.db.clock().now(), self.db.randomness());
        let is_dead = settlement.state == JobState::Dead;
        counter!(measures::FINISHED, "kind" => kind, "result" => if is_dead { "dead" } else { result }).increment(1);
        if result == "failed" {
            let reason = settlement.history.last().map(|failure| failure.message.as_str()).unwrap_or_default();
            let (id, attempt) = (settlement.id, settlement.attempt);
            if is_dead {
                tracing::error!(job.id = %id, job.kind = settlement.kind, job.attempt = attempt, reason, "a job was given up");
                counter!(measures::DEAD, "kind" => kind).increment(1);
            } else {
                tracing::warn!(job.id = %id, job.kind = settlement.kind, job.attempt = attempt, reason, "a job failed and is tried again");
            }
        }
        self.results.push(settlement);
    }

    fn count_dead(&self, kind: &str) {
        let kind = self.registry.kind(kind).map_or(UNKNOWN, |(kind, _)| kind);
        counter!(measures::DEAD, "kind" => kind).increment(1);
    }

    // -------------------------------------------------------------- giving back, stopping

    fn give_back(&mut self, job: Claimed) {
        let kind = self.registry.kind(&job.kind).map_or(UNKNOWN, |(kind, _)| kind);
        self.settle(job, Ending::GivenBack, &Options::default(), kind);
    }

    /// What was claimed ahead of a slot that does not come free is for others.
    fn give_stale_back(&mut self) {
        for lane in 0..Lane::ALL.len() {
            while self.waiting[lane].front().is_some_and(|waiting| waiting.since.elapsed() > PATIENCE) {
                if let Some(waiting) = self.waiting[lane].pop_front() {
                    self.give_back(waiting.job);
                }
            }
        }
    }

    fn give_waiting_back(&mut self) {
        let waiting: Vec<_> = self.waiting.iter_mut().flat_map(|lane| lane.drain(..)).collect();
        for waiting in waiting {
            self.give_back(waiting.job);
        }
    }

    /// From here on only what runs is finished.
    pub(super) fn stop_claiming(&mut self) {
        self.claims = false;
        self.wants_to_take_back = TakeBack::Nothing;
        self.give_waiting_back();
        if !self.running.is_empty() {
            tracing::info!(jobs.running = self.running.len(), "stopping: running jobs may finish");
        }
    }

    /// Asks the handlers that listen to end.
    pub(super) fn cancel(&mut self) {
        self.cancellation.send_replace(true);
    }

    /// Ends the others where they wait; their jobs are given back.
    pub(super) fn abort(&mut self) {
        tracing::warn!(jobs.running = self.running.len(), "stopping: jobs are interrupted and given back");
        self.attempts.abort_all();
    }
}

/// A name that was never used before: of a boot, or of the leases of one turn.
fn fresh_token(db: &Db) -> Arc<str> {
    Arc::from(format!("{:032x}", u128::from_le_bytes(db.randomness().bytes())))
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("it panicked: {}", text.unwrap_or("without words"))
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a fraction; a queue is shorter than 2^52")]
fn show(numbers: &Numbers) {
    for lane in &numbers.lanes {
        let name = lane.lane.name();
        let states =
            [("due", lane.due_now), ("scheduled", lane.scheduled), ("running", lane.running), ("dead", lane.dead)];
        for (state, count) in states {
            gauge!(measures::DEPTH, "lane" => name, "state" => state).set(count as f64);
        }
        let age = lane.oldest_due_age.map_or(0.0, |age| age.as_secs_f64());
        gauge!(measures::OLDEST_DUE, "lane" => name).set(age);
    }
}
