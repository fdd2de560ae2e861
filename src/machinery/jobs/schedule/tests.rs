//! The schedules' promises, on both databases.

use ground::{clock::Timestamp, db::Db};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{CatchUp, RunNow, Schedule, ScheduleRecord, Schedules, list};
use crate::jobs::{
    self, Job, JobFilter, Lane,
    testing::{on_each, still_clock},
};

#[derive(Serialize, Deserialize)]
struct Report {}

impl Job for Report {
    const KIND: &'static str = "report";
    const LANE: Lane = Lane::Maintenance;
}

fn hourly(catch_up: CatchUp) -> Schedules {
    Schedules::new([Schedule::of("report", "0 * * * *", catch_up, &Report {})])
}

async fn register(db: &Db, schedules: &Schedules) {
    let schedules = schedules.clone();
    db.write(move |tx| schedules.register(tx)).await.unwrap();
}

async fn tick(db: &Db, schedules: &Schedules) -> Option<Timestamp> {
    let schedules = schedules.clone();
    db.write(move |tx| schedules.tick(tx)).await.unwrap()
}

async fn jobs(db: &Db) -> usize {
    db.scan(|conn| jobs::list(conn, &JobFilter::default(), 1_000)).await.unwrap().len()
}

async fn only(db: &Db) -> ScheduleRecord {
    let mut all = db.read(list).await.unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

#[test]
fn each_time_fires_once_though_several_processes_tick() {
    on_each(still_clock, async |db| {
        let schedules = hourly(CatchUp::Once);
        register(&db, &schedules).await;
        assert_eq!(tick(&db, &schedules).await, Some(at("2026-11-23T10:00:00Z")));
        assert_eq!(jobs(&db).await, 0);
        for hour in 1..=5 {
            db.clock().advance(hours(1));
            let ticks = (0..4).map(|_| {
                let (db, schedules) = (db.clone(), schedules.clone());
                tokio::spawn(async move { tick(&db, &schedules).await })
            });
            for ticked in ticks.collect::<Vec<_>>() {
                ticked.await.unwrap();
            }
            assert_eq!(jobs(&db).await, hour);
        }
        let known = only(&db).await;
        assert_eq!(known.last_fire_at, Some(at("2026-11-23T14:00:00Z")));
        assert_eq!(known.next_fire_at, at("2026-11-23T15:00:00Z"));
    });
}

#[test]
fn times_in_a_downtime_are_caught_up_as_declared() {
    for (catch_up, runs) in
        [(CatchUp::Skip, 0), (CatchUp::Once, 1), (CatchUp::All { max: 2 }, 2), (CatchUp::All { max: 9 }, 5)]
    {
        on_each(still_clock, async |db| {
            let schedules = hourly(catch_up);
            register(&db, &schedules).await;
            db.clock().advance(hours(5));
            register(&db, &schedules).await;
            tick(&db, &schedules).await;
            assert_eq!(jobs(&db).await, runs, "{catch_up}");
            // On time again.
            db.clock().advance(SignedDuration::from_mins(30));
            tick(&db, &schedules).await;
            assert_eq!(jobs(&db).await, runs + 1, "{catch_up}");
        });
    }
}

#[test]
fn a_year_of_missed_minutes_is_caught_up_at_once() {
    on_each(still_clock, async |db| {
        let schedules = Schedules::new([
            Schedule::of("each-minute", "* * * * *", CatchUp::All { max: 3 }, &Report {}),
            Schedule::of("yearly", "0 0 1 1 *", CatchUp::Once, &Report {}),
        ]);
        register(&db, &schedules).await;
        db.clock().advance(hours(24 * 365));
        let started = std::time::Instant::now();
        let next = tick(&db, &schedules).await;
        assert!(started.elapsed().as_secs() < 2);
        assert_eq!(next, Some(at("2027-11-23T09:31:00Z")));
        assert_eq!(jobs(&db).await, 4);
        let fired: Vec<_> = db.read(list).await.unwrap().into_iter().map(|known| known.last_fire_at.unwrap()).collect();
        assert_eq!(fired, [at("2027-11-23T09:30:00Z"), at("2027-01-01T00:00:00Z")]);
    });
}

#[test]
fn a_changed_expression_counts_from_now_and_a_wrong_clock_heals() {
    on_each(still_clock, async |db| {
        register(&db, &hourly(CatchUp::Once)).await;
        db.clock().advance(hours(5));
        let daily = Schedule::new("report", &Report {}, "0 6 * * *", "Europe/Berlin", CatchUp::Skip).unwrap();
        register(&db, &Schedules::new([daily])).await;
        let known = only(&db).await;
        assert_eq!((known.next_fire_at, known.catch_up.as_str()), (at("2026-11-24T05:00:00Z"), "skip"));
        db.clock().advance(hours(24 * 300));
        register(&db, &hourly(CatchUp::Once)).await;
        db.clock().advance(hours(-24 * 300));
        register(&db, &hourly(CatchUp::Once)).await;
        assert_eq!(only(&db).await.next_fire_at, at("2026-11-23T15:00:00Z"));
    });
}

#[test]
fn a_schedule_that_nobody_declares_is_forgotten_after_a_week() {
    on_each(still_clock, async |db| {
        register(&db, &hourly(CatchUp::Once)).await;
        let none = Schedules::new([]);
        for (later, left) in [(24, 1), (8 * 24, 0)] {
            db.clock().advance(hours(later));
            register(&db, &none).await;
            tick(&db, &none).await;
            assert_eq!(db.read(list).await.unwrap().len(), left);
        }
        assert_eq!(jobs(&db).await, 0);
    });
}

#[test]
fn a_run_can_be_asked_for() {
    on_each(still_clock, async |db| {
        let schedules = hourly(CatchUp::Once);
        register(&db, &schedules).await;
        let run = async |name: &'static str| {
            let schedules = schedules.clone();
            db.write(move |tx| schedules.run_now(tx, name)).await.unwrap()
        };
        assert!(matches!(run("report").await, RunNow::Enqueued(_)));
        assert_eq!(run("report").await, RunNow::AlreadyWaiting);
        assert_eq!(run("none").await, RunNow::Unknown);
        assert_eq!(only(&db).await.next_fire_at, at("2026-11-23T10:00:00Z"));
    });
}

#[test]
fn what_is_no_schedule_says_why() {
    let refused = |expression, zone| {
        Schedule::new("report", &Report {}, expression, zone, CatchUp::Skip).unwrap_err().to_string()
    };
    assert_eq!(refused("0 0 30 2 *", "UTC"), "`0 0 30 2 *` never fires: no month has such a day");
    assert_eq!(refused("0 0 * * *", "Europe/Atlantis"), "`Europe/Atlantis` is no time zone");
}
