//! A database of its own for each test, of each kind there is, and ways to wait for what happens in the background.

use std::{future::Future, time::Duration};

use ground::{
    clock::{Clock, Randomness},
    db::{Db, Location},
};
use tokio::time::{Instant, sleep};

/// How long a test waits for what happens within milliseconds on an idle machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// A clock that stands still until the test moves it.
pub(crate) fn still_clock() -> Clock {
    Clock::fixed("2026-11-23T09:30:00Z".parse().unwrap())
}

/// Runs a promise on a fresh `SQLite` file and, where `TEST_DATABASE_URL` names a server, on a fresh `PostgreSQL` database.
#[expect(clippy::disallowed_methods, reason = "the tests' own setting")]
pub(crate) fn on_each<F: Future<Output = ()>>(clock: fn() -> Clock, promise: impl Fn(Db) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let mut locations = vec![Location::Sqlite(folder.path().join("test.db"))];
    if let Ok(url) = std::env::var("TEST_DATABASE_URL") {
        locations.push(Location::Postgres(fresh_postgres(&url)));
    }
    for location in locations {
        let db = Db::open(&location, clock(), Randomness::system()).unwrap();
        db.migrate(folder.path()).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(promise(db.clone()));
        drop(runtime);
        db.close();
    }
}

fn fresh_postgres(url: &str) -> String {
    let name = format!("machinery_{}", u64::from_le_bytes(Randomness::system().bytes()));
    let mut client = postgres::Client::connect(url, postgres::NoTls).unwrap();
    let create = format!("create database {name} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'");
    client.batch_execute(&create).unwrap();
    let (server, _) = url.rsplit_once('/').unwrap();
    format!("{server}/{name}?sslmode=disable")
}

/// Waits until something holds.
#[track_caller]
pub(crate) fn eventually(what: &'static str, mut holds: impl FnMut() -> bool) -> impl Future<Output = ()> {
    let deadline = Instant::now() + PATIENCE;
    async move {
        while !holds() {
            assert!(Instant::now() < deadline, "waited in vain for {what}");
            sleep(Duration::from_millis(5)).await;
        }
    }
}
