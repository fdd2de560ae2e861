//! Jobs that come again and again: a table of schedules with their next times, and a ticker that enqueues what is due.
//!
//! A tick moves a schedule's next time and enqueues its job in one transaction, so that a time is never lost and, with
//! several processes, fires once. What fell into a downtime is treated as the schedule's [`CatchUp`] says.

mod slots;
mod store;
#[cfg(test)]
mod tests;
mod ticker;

use std::{fmt, sync::Arc};

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Tx},
    words::{JobId, TimeZoneName},
};
use metrics::counter;

use self::slots::Slots;
use super::{
    expression::{Expression, ExpressionError},
    job::{Job, Lane, Options},
    measures,
    queue::{Errand, insert, payload},
};

/// What becomes of times that passed while no process ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CatchUp {
    /// They are left out.
    Skip,
    /// One run stands for all of them.
    Once,
    /// Each gets its run, the newest `max` of them.
    All {
        /// How many at most.
        max: u32,
    },
}

impl CatchUp {
    /// Name in the database and in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::Once => "once",
            Self::All { .. } => "all",
        }
    }
}

impl fmt::Display for CatchUp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Skip | Self::Once => formatter.write_str(self.name()),
            Self::All { max } => write!(formatter, "all {max}"),
        }
    }
}

/// A schedule that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// The expression.
    #[error(transparent)]
    Expression(#[from] ExpressionError),
    /// The time zone.
    #[error("{0}")]
    TimeZone(String),
    /// The job.
    #[error("the job of the schedule {schedule} cannot be kept: {reason}")]
    Job {
        /// Which schedule.
        schedule: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// A job and when it comes again.
#[derive(Clone, Debug)]
pub struct Schedule {
    name: &'static str,
    kind: &'static str,
    lane: Lane,
    options: Options,
    payload: String,
    unique_key: Option<String>,
    expression: Expression,
    zone: TimeZoneName,
    catch_up: CatchUp,
}

impl Schedule {
    /// A job that comes at the times of a cron expression in a time zone.
    pub fn new<J: Job>(
        name: &'static str,
        job: &J,
        expression: &str,
        time_zone: &str,
        catch_up: CatchUp,
    ) -> Result<Self, ScheduleError> {
        let payload = payload(job)
            .map_err(|error| ScheduleError::Job { schedule: name.to_owned(), reason: error.to_string() })?;
        Ok(Self {
            name,
            kind: J::KIND,
            lane: J::LANE,
            options: J::options(),
            payload,
            unique_key: job.unique_key(),
            expression: expression.parse()?,
            zone: time_zone.parse().map_err(|_| ScheduleError::TimeZone(format!("`{time_zone}` is no time zone")))?,
            catch_up,
        })
    }

    /// A job of the program's own, in UTC. Panics where the expression is none: that is a mistake in the program, and
    /// the start is the place to hear of it.
    pub fn of<J: Job>(name: &'static str, expression: &str, catch_up: CatchUp, job: &J) -> Self {
        Self::new(name, job, expression, "UTC", catch_up).unwrap_or_else(|error| panic!("the schedule {name}: {error}"))
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        self.expression.next_after(after, &self.zone.zone())
    }

    fn enqueue(&self, tx: &Tx, at: Timestamp) -> Result<Option<JobId>, DbError> {
        let errand = Errand { kind: self.kind, lane: self.lane, options: self.options, payload: &self.payload };
        // A job that must not wait twice says so itself; another one may wait once for each of its times.
        let key = self.unique_key.clone().unwrap_or_else(|| format!("{}@{at}", self.name));
        insert(tx, &errand, None, Some(&key), tx.now())
    }
}

/// A schedule as operators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleRecord {
    /// Its name.
    pub name: String,
    /// The kind of its job.
    pub job_kind: String,
    /// Five fields: minute hour day month weekday.
    pub expression: String,
    /// Where the clocks show those times.
    pub time_zone: String,
    /// `skip`, `once` or `all` with a number.
    pub catch_up: String,
    /// When it fired last.
    pub last_fire_at: Option<Timestamp>,
    /// When it fires next.
    pub next_fire_at: Timestamp,
}

/// All schedules, by name, as they were registered last.
pub fn list(conn: &Conn) -> Result<Vec<ScheduleRecord>, DbError> {
    store::list(conn)
}

/// What became of a run that someone asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunNow {
    /// Its job is in the queue.
    Enqueued(JobId),
    /// An equal job waits or runs already.
    AlreadyWaiting,
    /// There is no such schedule.
    Unknown,
}

/// The schedules of this program. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Schedules(Arc<Vec<Schedule>>);

impl Schedules {
    /// The schedules that the capabilities declare. Panics where two have one name: they would share their times.
    pub fn new(schedules: impl IntoIterator<Item = Schedule>) -> Self {
        let mut schedules: Vec<Schedule> = schedules.into_iter().collect();
        schedules.sort_by_key(|schedule| schedule.name);
        for pair in schedules.windows(2) {
            assert!(pair[0].name != pair[1].name, "there are two schedules named {}", pair[0].name);
        }
        Self(Arc::new(schedules))
    }

    /// The schedule of a name.
    pub fn find(&self, name: &str) -> Option<&Schedule> {
        self.0.iter().find(|schedule| schedule.name == name)
    }

    /// Brings the table in line with the declared schedules. Times that are due stay due; a changed expression counts
    /// from now.
    pub fn register(&self, tx: &Tx) -> Result<(), DbError> {
        for schedule in self.0.iter() {
            let Some(next) = schedule.next_after(tx.now()) else { continue };
            let Some(known) = store::find(tx, schedule.name)? else {
                store::insert(tx, &schedule.record(next))?;
                continue;
            };
            let is_changed =
                known.expression != schedule.expression.to_string() || known.time_zone != schedule.zone.as_str();
            // A time beyond the next one was computed while the clock was wrong.
            let next = if is_changed || known.next_fire_at > next { next } else { known.next_fire_at };
            let wanted = ScheduleRecord { last_fire_at: known.last_fire_at, ..schedule.record(next) };
            if wanted != known {
                store::update(tx, &wanted)?;
            }
        }
        store::forget(tx, |name| self.find(name).is_none())
    }

    /// Enqueues what is due. Answers when the next time is.
    pub fn tick(&self, tx: &Tx) -> Result<Option<Timestamp>, DbError> {
        for (name, due) in store::due(tx)? {
            if let Some(schedule) = self.find(&name) {
                schedule.fire(tx, due)?;
            }
        }
        store::next(tx)
    }

    /// Enqueues the job of a schedule now; its times stay as they are.
    pub fn run_now(&self, tx: &Tx, name: &str) -> Result<RunNow, DbError> {
        let Some(schedule) = self.find(name) else { return Ok(RunNow::Unknown) };
        let enqueued = schedule.enqueue(tx, tx.now())?;
        Ok(enqueued.map_or(RunNow::AlreadyWaiting, RunNow::Enqueued))
    }
}

impl Schedule {
    fn record(&self, next_fire_at: Timestamp) -> ScheduleRecord {
        ScheduleRecord {
            name: self.name.to_owned(),
            job_kind: self.kind.to_owned(),
            expression: self.expression.to_string(),
            time_zone: self.zone.as_str().to_owned(),
            catch_up: self.catch_up.to_string(),
            last_fire_at: None,
            next_fire_at,
        }
    }

    /// Enqueues the times from `due` until now, as far as they are caught up, and moves on.
    fn fire(&self, tx: &Tx, due: Timestamp) -> Result<(), DbError> {
        let now = tx.now();
        let slots = Slots::between(self, due, now);
        let Some(next) = self.next_after(now) else { return Ok(()) };
        // Whoever moves it from the time that both have read is the one that fires it.
        if !store::advance(tx, self.name, due, slots.newest(), next)? {
            return Ok(());
        }
        let runs = slots.to_run(self.catch_up, now);
        for at in runs {
            if self.enqueue(tx, *at)?.is_none() {
                tracing::info!(schedule = self.name, %at, "not enqueued again: an equal job waits or runs");
            }
        }
        let missed = slots.count().saturating_sub(runs.len() as u64);
        if missed > 0 {
            counter!(measures::CRON_MISSED, "name" => self.name, "policy" => self.catch_up.name()).increment(missed);
            tracing::warn!(
                schedule = self.name,
                missed,
                policy = self.catch_up.name(),
                "times of a schedule passed without a run of their own"
            );
        }
        Ok(())
    }
}
