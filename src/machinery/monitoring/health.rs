//! Is this process well, and should it get requests? Checks are registered by name; their answers are kept for a
//! second, so that asking often costs nothing and cannot be used to tire the database.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use ground::db::{Db, DbError};
use rocket::futures::future::{BoxFuture, join_all};
use serde::Serialize;
use tokio::sync::Mutex;
use utoipa::ToSchema;

use crate::{
    jobs::{self, QueueNumbers},
    web::server::Drain,
};

/// How long a report is good.
const KEPT: Duration = Duration::from_secs(1);
/// A check that has not answered by then has failed: a load balancer asks again every few seconds.
const CHECK_DEADLINE: Duration = Duration::from_secs(2);

const UP: &str = "gammacms_health_check_up";

type Probe = Box<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// The checks of this process.
pub struct HealthChecks {
    environment: String,
    drain: Drain,
    checks: Vec<Check>,
    latest: Mutex<Option<(Instant, Arc<HealthReport>)>>,
    queue: Mutex<Option<(Instant, Arc<QueueNumbers>)>>,
}

struct Check {
    name: &'static str,
    is_needed: bool,
    probe: Probe,
}

/// Whether something works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It works.
    Ok,
    /// It does not; the log says why.
    Failing,
    /// The server is stopping and takes no further work.
    Draining,
}

/// A status alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct HealthStatus {
    /// Whether it works.
    pub status: Status,
}

/// What each check found.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct HealthReport {
    /// `ok` when every check is that the process needs.
    pub status: Status,
    /// The program's version.
    pub version: &'static str,
    /// `dev`, `staging` or `production`.
    pub environment: String,
    /// The checks in their order.
    pub checks: Vec<CheckReport>,
}

/// What one check found. Why it failed stands in the log only: anybody may read this.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CheckReport {
    /// What was checked.
    pub name: &'static str,
    /// Whether it works.
    pub status: Status,
    /// How long the check took.
    pub duration_ms: f64,
}

impl HealthChecks {
    /// No checks yet.
    pub fn new(environment: &str, drain: Drain) -> Self {
        metrics::describe_gauge!(UP, "1 while the check of that name is well, 0 while it fails.");
        Self {
            environment: environment.to_owned(),
            drain,
            checks: Vec::new(),
            latest: Mutex::new(None),
            queue: Mutex::new(None),
        }
    }

    /// Adds a check. It has two seconds; its error is a sentence for the log.
    #[must_use]
    pub fn with<F, Answer>(mut self, name: &'static str, probe: F) -> Self
    where
        F: Fn() -> Answer + Send + Sync + 'static,
        Answer: Future<Output = Result<(), String>> + Send + 'static,
    {
        self.checks.push(Check { name, is_needed: true, probe: Box::new(move || Box::pin(probe())) });
        self
    }

    /// Adds a check of something whose loss the process survives: it is told, and the process stays ready.
    #[must_use]
    pub fn with_optional<F, Answer>(self, name: &'static str, probe: F) -> Self
    where
        F: Fn() -> Answer + Send + Sync + 'static,
        Answer: Future<Output = Result<(), String>> + Send + 'static,
    {
        let mut checks = self.with(name, probe);
        if let Some(check) = checks.checks.last_mut() {
            check.is_needed = false;
        }
        checks
    }

    /// The latest report, at most a second old. Many who ask at once share one run of the checks.
    pub async fn report(&self) -> Arc<HealthReport> {
        let mut latest = self.latest.lock().await;
        if let Some((at, report)) = latest.as_ref()
            && at.elapsed() < KEPT
        {
            return Arc::clone(report);
        }
        let before = latest.as_ref().map(|(_, report)| Arc::clone(report));
        let report = Arc::new(self.check_all(before.as_deref()).await);
        *latest = Some((Instant::now(), Arc::clone(&report)));
        report
    }

    /// Whether this process should get requests.
    pub async fn readiness(&self) -> Status {
        if self.drain.is_draining() {
            return Status::Draining;
        }
        self.report().await.status
    }

    /// The queue's numbers, at most a second old: anybody may ask for them, and they are counted row by row.
    pub(super) async fn queue(&self, db: &Db) -> Result<Arc<QueueNumbers>, DbError> {
        let mut latest = self.queue.lock().await;
        if let Some((at, numbers)) = latest.as_ref()
            && at.elapsed() < KEPT
        {
            return Ok(Arc::clone(numbers));
        }
        let numbers = Arc::new(db.scan(jobs::overview).await?);
        *latest = Some((Instant::now(), Arc::clone(&numbers)));
        Ok(numbers)
    }

    async fn check_all(&self, before: Option<&HealthReport>) -> HealthReport {
        let runs = self.checks.iter().map(|Check { name, probe, .. }| async move {
            let started = Instant::now();
            let answer = tokio::time::timeout(CHECK_DEADLINE, probe()).await;
            let answer =
                answer.unwrap_or_else(|_| Err(format!("no answer within {} seconds", CHECK_DEADLINE.as_secs())));
            let status = if answer.is_ok() { Status::Ok } else { Status::Failing };
            let report = CheckReport { name, status, duration_ms: started.elapsed().as_secs_f64() * 1000.0 };
            (report, answer)
        });
        let mut checks = Vec::with_capacity(self.checks.len());
        for (report, answer) in join_all(runs).await {
            let was = before.and_then(|before| before.checks.iter().find(|check| check.name == report.name));
            tell_change(&report, was.map_or(Status::Ok, |check| check.status), answer.err());
            checks.push(report);
        }
        let is_ok =
            self.checks.iter().zip(&checks).all(|(check, found)| !check.is_needed || found.status == Status::Ok);
        HealthReport {
            status: if is_ok { Status::Ok } else { Status::Failing },
            version: env!("CARGO_PKG_VERSION"),
            environment: self.environment.clone(),
            checks,
        }
    }
}

/// One line when a check begins to fail and one when it is well again, not one each second.
fn tell_change(report: &CheckReport, before: Status, error: Option<String>) {
    let up = if report.status == Status::Ok { 1.0 } else { 0.0 };
    metrics::gauge!(UP, "check" => report.name).set(up);
    match error {
        Some(error) if before == Status::Ok => {
            tracing::warn!(check = report.name, "health check {} fails: {error}", report.name);
        }
        None if before != Status::Ok => {
            tracing::info!(check = report.name, "health check {} is well again", report.name);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
    }

    #[test]
    fn many_who_ask_at_once_cause_one_check() {
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&asked);
        let checks = HealthChecks::new("dev", Drain::new()).with("database", move || {
            counted.fetch_add(1, Ordering::SeqCst);
            async { Ok(()) }
        });
        let reports = run(join_all((0..100).map(|_| checks.report())));
        assert!(reports.iter().all(|report| report.status == Status::Ok));
        assert_eq!(asked.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn one_failing_check_fails_the_whole() {
        let checks = HealthChecks::new("dev", Drain::new())
            .with("database", || async { Ok(()) })
            .with("disk", || async { Err("97 % full".to_owned()) });
        let report = run(checks.report());
        assert_eq!(report.status, Status::Failing);
        let states: Vec<_> = report.checks.iter().map(|check| (check.name, check.status)).collect();
        assert_eq!(states, [("database", Status::Ok), ("disk", Status::Failing)]);
    }

    #[test]
    fn a_draining_server_is_not_ready_though_it_is_well() {
        let drain = Drain::new();
        let checks = HealthChecks::new("dev", drain.clone());
        assert_eq!(run(checks.readiness()), Status::Ok);
        drain.begin();
        assert_eq!(run(checks.readiness()), Status::Draining);
        assert_eq!(run(checks.report()).status, Status::Ok);
    }
}
