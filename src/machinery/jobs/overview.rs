//! The queue and the schedules on one page, for whoever watches the installation.

use std::collections::BTreeMap;

use ground::db::{Conn, DbError};
use serde::Serialize;
use utoipa::ToSchema;

use super::{queue, schedule, store};

/// How the queue is doing, in all and by lane.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct QueueNumbers {
    /// Jobs that wait for a worker.
    pub due_now: i64,
    /// Jobs that wait for their time: later ones, and those that rest after a failure.
    pub scheduled: i64,
    /// Jobs that are being done.
    pub running: i64,
    /// Jobs given up; kept for 90 days.
    pub dead: i64,
    /// Jobs done; kept for 7 days.
    pub done: i64,
    /// How long the oldest due job that was never tried waits; 0 where none does.
    pub oldest_due_age_seconds: f64,
    /// The same by lane.
    #[schema(value_type = std::collections::HashMap<String, LaneOverview>)]
    pub lanes: BTreeMap<&'static str, LaneOverview>,
    /// The schedules and their next times.
    pub schedules: Vec<ScheduleOverview>,
}

/// How a lane is doing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct LaneOverview {
    /// Jobs that wait for a worker.
    pub due_now: i64,
    /// Jobs that wait for their time.
    pub scheduled: i64,
    /// Jobs that are being done.
    pub running: i64,
    /// Jobs given up.
    pub dead: i64,
    /// How long the oldest due job that was never tried waits; 0 where none does.
    pub oldest_due_age_seconds: f64,
}

/// A schedule and its times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ScheduleOverview {
    /// Its name.
    pub name: String,
    /// The kind of its job.
    pub job_kind: String,
    /// Five fields: minute hour day month weekday.
    pub expression: String,
    /// Where the clocks show those times.
    pub time_zone: String,
    /// When it fired last.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_fire_at: Option<ground::clock::Timestamp>,
    /// When it fires next.
    #[schema(value_type = String, format = DateTime)]
    pub next_fire_at: ground::clock::Timestamp,
}

/// How the queue and the schedules are doing. Counts the rows: call it inside `db.scan`.
pub fn overview(conn: &Conn) -> Result<QueueNumbers, DbError> {
    let lanes: BTreeMap<&'static str, LaneOverview> = queue::numbers(conn)?
        .lanes
        .iter()
        .map(|lane| {
            let overview = LaneOverview {
                due_now: lane.due_now,
                scheduled: lane.scheduled,
                running: lane.running,
                dead: lane.dead,
                oldest_due_age_seconds: lane.oldest_due_age.map_or(0.0, |age| age.as_secs_f64()),
            };
            (lane.lane.name(), overview)
        })
        .collect();
    let sum = |number: fn(&LaneOverview) -> i64| lanes.values().map(number).sum();
    Ok(QueueNumbers {
        due_now: sum(|lane| lane.due_now),
        scheduled: sum(|lane| lane.scheduled),
        running: sum(|lane| lane.running),
        dead: sum(|lane| lane.dead),
        done: store::count_done(conn)?,
        oldest_due_age_seconds: lanes.values().map(|lane| lane.oldest_due_age_seconds).fold(0.0, f64::max),
        schedules: schedule::list(conn)?.into_iter().map(ScheduleOverview::from).collect(),
        lanes,
    })
}

impl From<schedule::ScheduleRecord> for ScheduleOverview {
    fn from(record: schedule::ScheduleRecord) -> Self {
        let schedule::ScheduleRecord { name, job_kind, expression, time_zone, last_fire_at, next_fire_at, .. } = record;
        Self { name, job_kind, expression, time_zone, last_fire_at, next_fire_at }
    }
}
