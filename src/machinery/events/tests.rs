//! The outbox's promises, on both databases.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use ground::{
    clock::Clock,
    db::{Backend, Db, DbError, Tx},
};
use jiff::SignedDuration;
use rocket::futures::future::BoxFuture;
use serde_json::json;
use tokio::{sync::watch, task::JoinHandle};

use super::{Event, FollowError, Follower, Followers, NewEvent, record, store, upkeep};
use crate::jobs::testing::{eventually, on_each, still_clock};

fn event(number: u32) -> NewEvent {
    NewEvent {
        kind: "room.swept",
        organization: Some("01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap()),
        site: None,
        subject_type: "room",
        subject_id: number.to_string(),
        payload: json!({ "number": number }),
    }
}

async fn happen(db: &Db, numbers: impl IntoIterator<Item = u32> + Send + 'static) {
    db.write(move |tx| {
        numbers.into_iter().for_each(|number| record(tx, event(number)));
        Ok::<_, DbError>(())
    })
    .await
    .unwrap();
}

/// Writes down what it hears; fails as often as it is told to, at the event it is told.
#[derive(Clone, Default)]
struct Diary {
    is_durable: bool,
    heard: Arc<Mutex<Vec<String>>>,
    heard_at_once: Arc<Mutex<Vec<String>>>,
    failures: Arc<Mutex<Vec<(&'static str, bool)>>>,
}

impl Diary {
    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    async fn has_heard(&self, count: usize) {
        let heard = Arc::clone(&self.heard);
        eventually("the events", move || heard.lock().unwrap().len() >= count).await;
    }
}

impl Follower for Diary {
    fn name(&self) -> &'static str {
        "diary"
    }

    fn follow<'a>(&'a self, event: &'a Event) -> BoxFuture<'a, Result<(), FollowError>> {
        Box::pin(async move {
            let failure = self.failures.lock().unwrap().pop_if(|(subject, _)| *subject == event.subject_id);
            match failure {
                Some((_, true)) => panic!("the pen broke"),
                Some((_, false)) => return Err(FollowError::again("no ink")),
                None => self.heard.lock().unwrap().push(event.subject_id.clone()),
            }
            Ok(())
        })
    }

    fn hear(&self, event: &NewEvent) {
        self.heard_at_once.lock().unwrap().push(event.subject_id.clone());
    }

    fn is_durable(&self) -> bool {
        self.is_durable
    }
}

fn follow(db: &Db, diary: &Diary) -> (watch::Sender<bool>, JoinHandle<()>) {
    let (stop, stopping) = watch::channel(false);
    (stop, Followers::new(db.clone()).with(diary.clone()).start(stopping))
}

async fn end((stop, running): (watch::Sender<bool>, JoinHandle<()>)) {
    stop.send_replace(true);
    running.await.unwrap();
}

fn numbers(range: std::ops::RangeInclusive<u32>) -> Vec<String> {
    range.map(|number| number.to_string()).collect()
}

#[test]
fn a_durable_follower_hears_everything_once_and_in_order() {
    on_each(Clock::system, async |db| {
        let diary = Diary { is_durable: true, ..Diary::default() };
        happen(&db, 1..=3).await;
        let refused = db.write(|tx| {
            record(tx, event(0));
            Err::<(), _>(DbError::Busy)
        });
        assert_eq!(refused.await, Err(DbError::Busy));
        let running = follow(&db, &diary);
        happen(&db, 4..=450).await;
        diary.has_heard(450).await;
        end(running).await;
        happen(&db, 451..=460).await;
        let running = follow(&db, &diary);
        diary.has_heard(460).await;
        end(running).await;
        assert_eq!(diary.heard(), numbers(1..=460));
    });
}

#[test]
fn a_follower_in_memory_knows_of_a_commit_before_its_write_is_answered() {
    on_each(Clock::system, async |db| {
        let diary = Diary::default();
        let running = follow(&db, &diary);
        let refused = db.write(|tx| {
            record(tx, event(0));
            Err::<(), _>(DbError::Busy)
        });
        assert_eq!(refused.await, Err(DbError::Busy));
        let partly = |tx: &Tx| {
            record(tx, event(1));
            drop(tx.attempt(|tx| {
                record(tx, event(2));
                Err::<(), _>(DbError::Busy)
            }));
            Ok::<_, DbError>(())
        };
        db.write(partly).await.unwrap();
        assert_eq!(*diary.heard_at_once.lock().unwrap(), numbers(1..=1));
        end(running).await;
    });
}

#[test]
fn a_follower_in_memory_begins_with_what_happens_after_its_start() {
    on_each(Clock::system, async |db| {
        let diary = Diary::default();
        happen(&db, 1..=3).await;
        let running = follow(&db, &diary);
        happen(&db, 4..=6).await;
        diary.has_heard(3).await;
        end(running).await;
        assert_eq!(diary.heard(), numbers(4..=6));
    });
}

#[test]
fn later_events_wait_for_one_that_fails() {
    on_each(Clock::system, async |db| {
        let diary = Diary { is_durable: true, ..Diary::default() };
        diary.failures.lock().unwrap().extend([("2", false), ("2", true)]);
        let running = follow(&db, &diary);
        happen(&db, 1..=3).await;
        diary.has_heard(3).await;
        end(running).await;
        assert_eq!(diary.heard(), numbers(1..=3));
        assert!(diary.failures.lock().unwrap().is_empty());
    });
}

#[test]
fn commits_of_many_at_once_are_heard_in_the_order_of_their_positions() {
    on_each(Clock::system, async |db| {
        let diary = Diary { is_durable: true, ..Diary::default() };
        let running = follow(&db, &diary);
        let writers: Vec<_> = (0..8_u32)
            .map(|writer| {
                let db = db.clone();
                tokio::spawn(async move {
                    for number in 0..25 {
                        happen(&db, [writer * 100 + number]).await;
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        diary.has_heard(200).await;
        end(running).await;
        let recorded = db.scan(|conn| store::after(conn, 0, 1_000)).await.unwrap();
        let subjects: Vec<String> = recorded.into_iter().map(|event| event.subject_id).collect();
        assert_eq!(diary.heard(), subjects);
    });
}

#[test]
fn of_several_processes_one_runs_a_durable_follower() {
    on_each(Clock::system, async |db| {
        if db.backend() == Backend::Sqlite {
            return;
        }
        let (first, second) =
            (Diary { is_durable: true, ..Diary::default() }, Diary { is_durable: true, ..Diary::default() });
        let (one, two) = (follow(&db, &first), follow(&db, &second));
        happen(&db, 1..=10).await;
        let (in_first, in_second) = (Arc::clone(&first.heard), Arc::clone(&second.heard));
        let count = move || in_first.lock().unwrap().len() + in_second.lock().unwrap().len();
        eventually("ten events", move || count() == 10).await;
        let (runs, waits, heir) = if first.heard().is_empty() { (two, one, first) } else { (one, two, second) };
        assert!(heir.heard().is_empty());
        end(runs).await;
        happen(&db, 11..=12).await;
        heir.has_heard(2).await;
        end(waits).await;
        assert_eq!(heir.heard(), numbers(11..=12));
    });
}

#[test]
fn old_events_go_when_every_follower_has_seen_them() {
    on_each(still_clock, async |db| {
        let days = |count: i64| db.clock().advance(SignedDuration::from_hours(24 * count));
        let left = async || db.scan(|conn| store::after(conn, 0, 10)).await.unwrap().len();
        happen(&db, 1..=3).await;
        db.write(|tx| store::ensure_follower(tx, "diary")).await.unwrap();
        days(31);
        happen(&db, 4..=4).await;
        assert_eq!(upkeep::prune_batch(&db).await.unwrap(), 0, "the diary has not seen them");
        let running = follow(&db, &Diary { is_durable: true, ..Diary::default() });
        for _ in 0..1_000 {
            if upkeep::prune_batch(&db).await.unwrap() == 3 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        end(running).await;
        assert_eq!(left().await, 1);
        days(91);
        assert_eq!(upkeep::prune_batch(&db).await.unwrap(), 1);
    });
}
