//! The queue's promises, on both databases.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use ground::{
    clock::Clock,
    db::{Db, DbError},
    words::{JobId, OrganizationId},
};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use tokio::{sync::watch, time::sleep};

use super::{
    Backoff, Job, JobContext, JobError, JobFilter, JobRecord, JobState, Lane, Options, Reason, Registry, Workers,
    desk::Desk,
    enqueue, enqueue_at,
    job::Priority,
    leases::{Ending, Settlement, TakeBack, Turn, Turned, Wanted, take_turn},
    list, overview, retry, retry_dead,
    testing::{eventually, on_each, still_clock},
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Greet {
    name: String,
}

impl Job for Greet {
    const KIND: &'static str = "greet";
    const LANE: Lane = Lane::Mail;

    fn options() -> Options {
        let backoff = Backoff { base: Duration::from_secs(1), cap: Duration::from_mins(1) };
        Options { max_attempts: 3, backoff, time_limit: Duration::from_millis(500), priority: Priority::Normal }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Sweep {
    room: u32,
}

impl Job for Sweep {
    const KIND: &'static str = "sweep";
    const LANE: Lane = Lane::Maintenance;

    fn unique_key(&self) -> Option<String> {
        Some(self.room.to_string())
    }
}

fn greeting(name: &str) -> Greet {
    Greet { name: name.to_owned() }
}

async fn put<J: Job>(db: &Db, job: J) -> Option<JobId> {
    db.write(move |tx| enqueue(tx, None, &job)).await.unwrap()
}

async fn records(db: &Db) -> Vec<JobRecord> {
    db.scan(|conn| list(conn, &JobFilter::default(), 1_000)).await.unwrap()
}

async fn record(db: &Db, id: JobId) -> JobRecord {
    records(db).await.into_iter().find(|job| job.id == id).unwrap()
}

fn greeter<F>(greet: impl Fn(Greet, JobContext) -> F + Send + Sync + 'static) -> Registry
where
    F: Future<Output = Result<(), JobError>> + Send + 'static,
{
    let mut registry = Registry::new();
    registry.handle(greet);
    registry
}

fn workers(db: &Db, registry: Registry) -> Workers {
    Workers::new(db.clone(), registry, 8)
}

#[test]
fn a_job_belongs_to_the_transaction_that_wants_it() {
    on_each(Clock::system, async |db| {
        let refused = db.write(|tx| {
            enqueue(tx, None, &greeting("nobody"))?;
            Err::<(), _>(DbError::Busy)
        });
        assert_eq!(refused.await, Err(DbError::Busy));
        let organization: OrganizationId = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        let id = db.write(move |tx| enqueue(tx, Some(organization), &greeting("Jana"))).await.unwrap().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&seen);
        let registry = greeter(move |job, context| {
            noted.lock().unwrap().push((job.name, context.job_id(), context.organization(), context.attempt()));
            async { Ok(()) }
        });
        workers(&db, registry).run_until_idle().await;
        assert_eq!(*seen.lock().unwrap(), [("Jana".to_owned(), id, Some(organization), 1)]);
        assert_eq!(record(&db, id).await.state, JobState::Done);
    });
}

#[test]
fn two_processes_do_each_job_once() {
    const JOBS: usize = 300;
    on_each(Clock::system, async |db| {
        db.write(|tx| (0..JOBS).try_for_each(|number| enqueue(tx, None, &greeting(&number.to_string())).map(drop)))
            .await
            .unwrap();
        let runs = Arc::new(Mutex::new(HashMap::<JobId, u32>::new()));
        let registry = || {
            let runs = Arc::clone(&runs);
            greeter(move |_, context| {
                *runs.lock().unwrap().entry(context.job_id()).or_default() += 1;
                async {
                    sleep(Duration::from_millis(1)).await;
                    Ok(())
                }
            })
        };
        let first = tokio::spawn(workers(&db, registry()).run_until_idle());
        let second = tokio::spawn(workers(&db, registry()).run_until_idle());
        first.await.unwrap();
        second.await.unwrap();
        let runs = runs.lock().unwrap().clone();
        assert_eq!(runs.len(), JOBS);
        assert!(runs.values().all(|count| *count == 1), "{runs:?}");
        let numbers = db.scan(overview).await.unwrap();
        assert_eq!((numbers.done, numbers.due_now, numbers.running, numbers.dead), (300, 0, 0, 0));
    });
}

fn turn(boot: &str, take_back: TakeBack, settlements: Vec<Settlement>) -> Turn {
    Turn {
        boot: Arc::from(boot),
        token: Arc::from(format!("lease of {boot}")),
        settlements: Arc::new(settlements),
        renewals: Vec::new(),
        take_back,
        wanted: Some(Wanted { lanes: vec![(Lane::Mail, 1)], shared: 0 }),
    }
}

async fn take(db: &Db, turn: Turn) -> Turned {
    db.write(move |tx| take_turn(tx, &turn)).await.unwrap()
}

#[test]
fn a_takeover_that_falls_due_while_another_turn_is_on_its_way_is_not_forgotten() {
    on_each(still_clock, async |db| {
        let id = put(&db, greeting("Jana")).await.unwrap();
        assert_eq!(take(&db, turn("killed", TakeBack::Nothing, Vec::new())).await.claimed.len(), 1);
        db.clock().advance(SignedDuration::from_secs(61));
        let mut desk = Desk::new(db.clone(), greeter(|_, _| async { Ok(()) }), 1, TakeBack::Nothing);
        let on_its_way = desk.begin_turn();
        desk.renew();
        desk.end_turn(on_its_way.await);
        assert!(desk.wants_turn());
        // Nor by a turn that failed.
        drop(desk.begin_turn());
        desk.end_turn(Err(DbError::Unreachable("no route to the database".to_owned())));
        desk.look_again();
        let taken = desk.begin_turn().await;
        desk.end_turn(taken);
        let job = record(&db, id).await;
        assert_eq!((job.crashes, job.attempt), (1, 2));
    });
}

#[test]
fn who_was_away_for_longer_than_the_lease_finishes_nothing() {
    on_each(still_clock, async |db| {
        let id = put(&db, greeting("Jana")).await.unwrap();
        let done = |turned: &Turned| {
            let job = turned.claimed[0].clone();
            Settlement::of(job, Ending::Done, &Options::default(), db.clock().now(), db.randomness())
        };
        let sleeper = take(&db, turn("sleeper", TakeBack::Nothing, Vec::new())).await;
        assert_eq!(sleeper.claimed.len(), 1);
        db.clock().advance(SignedDuration::from_secs(59));
        let other = take(&db, turn("other", TakeBack::Expired, Vec::new())).await;
        assert!(other.claimed.is_empty() && other.taken_back.is_empty(), "a lease lasts a minute");
        db.clock().advance(SignedDuration::from_secs(2));
        let other = take(&db, turn("other", TakeBack::Expired, Vec::new())).await;
        assert_eq!((other.taken_back.len(), other.claimed.len(), other.claimed[0].attempt), (1, 1, 2));
        let late = take(&db, turn("sleeper", TakeBack::Nothing, vec![done(&sleeper)])).await;
        assert_eq!(late.fenced, [id]);
        assert_eq!(record(&db, id).await.state, JobState::Running);
        let renewed =
            Turn { renewals: vec![(id, Arc::from("lease of sleeper"))], ..turn("sleeper", TakeBack::Nothing, vec![]) };
        assert_eq!(take(&db, renewed).await.lost, [id]);
        let finished = take(&db, turn("other", TakeBack::Nothing, vec![done(&other)])).await;
        assert!(finished.fenced.is_empty());
        let again = take(&db, turn("other", TakeBack::Nothing, vec![done(&other)])).await;
        assert_eq!(again.fenced, [id], "a lease ends once");
        let job = record(&db, id).await;
        assert_eq!((job.state, job.crashes), (JobState::Done, 1));
    });
}

#[test]
fn a_start_takes_up_what_its_predecessor_was_doing() {
    on_each(Clock::system, async |db| {
        let id = put(&db, greeting("Jana")).await.unwrap();
        take(&db, turn("predecessor", TakeBack::Nothing, Vec::new())).await;
        if db.backend() == ground::db::Backend::Postgres {
            return;
        }
        let (stop, stopping) = watch::channel(false);
        let running = workers(&db, greeter(|_, _| async { Ok(()) })).start(stopping);
        let watched = db.clone();
        eventually("the job", move || state(&watched, id) == JobState::Done).await;
        stop.send_replace(true);
        running.await.unwrap();
        assert_eq!(record(&db, id).await.history.last().unwrap().reason, Reason::Crashed);
    });
}

fn state(db: &Db, id: JobId) -> JobState {
    let db = db.clone();
    let read = std::thread::spawn(move || db.read_blocking(move |conn| super::state(conn, id)));
    read.join().unwrap().unwrap().unwrap()
}

#[test]
fn what_fails_rests_and_is_given_up_in_the_end() {
    on_each(still_clock, async |db| {
        let id = put(&db, greeting("Jana")).await.unwrap();
        let attempts = Arc::new(AtomicUsize::new(0));
        let registry = || {
            let attempts = Arc::clone(&attempts);
            greeter(move |_, context: JobContext| {
                let number = attempts.fetch_add(1, Ordering::SeqCst);
                async move {
                    match number {
                        0 => Err(JobError::again("no answer")),
                        1 => panic!("attempt {} fell", context.attempt()),
                        2 => {
                            sleep(Duration::from_mins(1)).await;
                            Ok(())
                        }
                        _ => Ok(()),
                    }
                }
            })
        };
        for attempt in 1..=3 {
            workers(&db, registry()).run_until_idle().await;
            assert_eq!(attempts.load(Ordering::SeqCst), attempt, "a rest is kept");
            db.clock().advance(SignedDuration::from_secs(120));
        }
        let job = record(&db, id).await;
        assert_eq!((job.state, job.attempt), (JobState::Dead, 3));
        let reasons: Vec<Reason> = job.history.failures().iter().map(|failure| failure.reason).collect();
        assert_eq!(reasons, [Reason::Failed, Reason::Panicked, Reason::TimedOut]);
        assert_eq!(db.scan(overview).await.unwrap().dead, 1);
        assert!(db.write(move |tx| retry(tx, id)).await.unwrap());
        workers(&db, registry()).run_until_idle().await;
        let job = record(&db, id).await;
        assert_eq!((job.state, job.attempt, job.history.failures().len()), (JobState::Done, 1, 3));
        assert!(!db.write(move |tx| retry(tx, id)).await.unwrap(), "what is done is not done again");
    });
}

#[test]
fn what_cannot_be_done_is_dead_at_once_and_comes_back_in_bulk() {
    on_each(still_clock, async |db| {
        for name in ["Jana", "Ottilie"] {
            put(&db, greeting(name)).await;
        }
        workers(&db, greeter(|_, _| async { Err(JobError::permanent("no such mailbox")) })).run_until_idle().await;
        assert!(records(&db).await.iter().all(|job| job.state == JobState::Dead && job.attempt == 1));
        assert_eq!(db.write(|tx| retry_dead(tx, Some("sweep"))).await.unwrap(), 0);
        assert_eq!(db.write(|tx| retry_dead(tx, Some("greet"))).await.unwrap(), 2);
        workers(&db, greeter(|_, _| async { Ok(()) })).run_until_idle().await;
        assert!(records(&db).await.iter().all(|job| job.state == JobState::Done));
    });
}

#[test]
fn an_equal_job_waits_once() {
    on_each(still_clock, async |db| {
        let first = put(&db, Sweep { room: 101 }).await.unwrap();
        assert!(put(&db, Sweep { room: 102 }).await.is_some());
        assert_eq!(put(&db, Sweep { room: 101 }).await, None);
        let mut registry = Registry::new();
        registry.handle(|_: Sweep, context: JobContext| async move {
            // While it runs, an equal one is not enqueued either.
            let again = context.db().write(|tx| enqueue(tx, None, &Sweep { room: 101 })).await?;
            assert!(again.is_none());
            Ok(())
        });
        db.write(|tx| enqueue_at(tx, None, &Sweep { room: 101 }, tx.now())).await.unwrap();
        workers(&db, registry).run_until_idle().await;
        assert_eq!(record(&db, first).await.state, JobState::Done);
        assert!(put(&db, Sweep { room: 101 }).await.is_some());
    });
}

#[test]
fn a_stop_lets_running_jobs_finish_and_claims_no_more() {
    on_each(Clock::system, async |db| {
        let (stop, stopping) = watch::channel(false);
        let begun = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&begun);
        let registry = greeter(move |_, _| {
            counted.fetch_add(1, Ordering::SeqCst);
            async {
                sleep(Duration::from_millis(200)).await;
                Ok(())
            }
        });
        let running = workers(&db, registry).start(stopping);
        let first = put(&db, greeting("Jana")).await.unwrap();
        let seen = Arc::clone(&begun);
        eventually("the start of the job", move || seen.load(Ordering::SeqCst) == 1).await;
        stop.send_replace(true);
        let second = put(&db, greeting("Ottilie")).await.unwrap();
        running.await.unwrap();
        assert_eq!(record(&db, first).await.state, JobState::Done);
        let second = record(&db, second).await;
        assert_eq!((second.state, second.attempt), (JobState::Due, 0));
    });
}

#[test]
fn a_kind_that_nobody_knows_waits_for_a_program_that_does() {
    on_each(still_clock, async |db| {
        let id = put(&db, greeting("Jana")).await.unwrap();
        let later = db
            .write(|tx| enqueue_at(tx, None, &greeting("tomorrow"), tx.now() + SignedDuration::from_hours(24)))
            .await
            .unwrap();
        workers(&db, Registry::new()).run_until_idle().await;
        let job = record(&db, id).await;
        assert_eq!((job.state, job.attempt), (JobState::Due, 1));
        let numbers = db.scan(overview).await.unwrap();
        assert_eq!((numbers.due_now, numbers.scheduled), (0, 2));
        assert_eq!(record(&db, later.unwrap()).await.attempt, 0);
    });
}
