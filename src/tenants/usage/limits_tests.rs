use std::path::Path;

use ground::{
    clock::{Clock, Randomness},
    db::Location,
};

use super::*;

const QUOTA: Quota = Quota { per_minute: 3, per_day: 5 };

/// One process after the other on the same data directory.
fn process(folder: &Path, clock: &Clock) -> Limits {
    let location = Location::Sqlite(folder.join("test.db"));
    let db = Db::open(&location, clock.clone(), Randomness::system()).unwrap();
    db.migrate(folder).unwrap();
    Limits::new(db, Kv::open_sled_with_clock(folder.join("kv"), clock.clone()).unwrap())
}

fn counter(limits: &Limits) -> Arc<Counter> {
    let id = "01890a5d-ac96-774b-bcce-b302099a8057";
    limits.counter(Visitor::by_key(id.parse().unwrap(), id.parse().unwrap()), id.parse().unwrap())
}

async fn admitted(limits: &Limits, clock: &Clock, times: usize) -> usize {
    let counter = counter(limits);
    let mut count = 0;
    for _ in 0..times {
        count += usize::from(limits.admit(&counter, QUOTA, clock.now()).await.is_ok());
    }
    count
}

fn clock() -> Clock {
    Clock::fixed("2026-11-23T12:00:00Z".parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_forgets_no_request() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), clock());
    let first = process(folder.path(), &clock);
    assert_eq!(admitted(&first, &clock, 2).await, 2);
    first.save().await;
    first.0.db.close();
    drop(first);
    let second = process(folder.path(), &clock);
    assert_eq!(admitted(&second, &clock, 5).await, 1, "two of three were used before the restart");
    clock.advance(jiff::SignedDuration::from_secs(61));
    assert_eq!(admitted(&second, &clock, 5).await, 2, "three of the day's five were used");
    clock.advance(jiff::SignedDuration::from_hours(25));
    assert_eq!(admitted(&second, &clock, 5).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_slides_and_tells_when_to_come_back() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), clock());
    let limits = process(folder.path(), &clock);
    let counter = counter(&limits);
    for _ in 0..3 {
        limits.admit(&counter, QUOTA, clock.now()).await.unwrap();
        clock.advance(jiff::SignedDuration::from_secs(10));
    }
    let refused = limits.admit(&counter, QUOTA, clock.now()).await.unwrap_err();
    assert!((30..=31).contains(&refused.retry_after), "{}", refused.retry_after);
    clock.advance(jiff::SignedDuration::from_secs(i64::try_from(refused.retry_after).unwrap()));
    limits.admit(&counter, QUOTA, clock.now()).await.unwrap();
    assert!(limits.admit(&counter, QUOTA, clock.now()).await.is_err(), "one has left the window, and one has come");
}
