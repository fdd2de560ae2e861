//! Health, queue numbers and metrics over HTTP. Mount them at `/`.

use std::sync::Arc;

use ground::{crypto, db::Db};
use rocket::{
    Request, Route, State, get,
    http::{Header, Status as HttpStatus},
    request::{FromRequest, Outcome},
    response::{Responder, Result as Responded},
    routes,
    serde::json::Json,
};
use serde::Serialize;

use crate::{
    jobs::QueueNumbers,
    web::{Answer, Context, Problem, managed, refuse},
};

use super::{
    health::{HealthChecks, HealthReport, HealthStatus, Status},
    metrics::Metrics,
};

/// The routes of this room.
pub fn routes() -> Vec<Route> {
    routes![live, ready, well, health, job_numbers, job_numbers_at_old_path, metrics]
}

/// The same routes, documented.
#[derive(utoipa::OpenApi)]
#[openapi(paths(live, ready, well, health, job_numbers, job_numbers_at_old_path, metrics))]
pub struct Document;

/// An answer about this moment: never kept, 503 where something is wrong.
struct Moment<T> {
    is_well: bool,
    body: T,
}

impl<'r, T: Serialize> Responder<'r, 'static> for Moment<T> {
    fn respond_to(self, request: &'r Request<'_>) -> Responded<'static> {
        let mut response = Json(self.body).respond_to(request)?;
        response.set_status(if self.is_well { HttpStatus::Ok } else { HttpStatus::ServiceUnavailable });
        response.set_header(Header::new("Cache-Control", "no-store"));
        Ok(response)
    }
}

fn moment(status: Status) -> Moment<HealthStatus> {
    Moment { is_well: status == Status::Ok, body: HealthStatus { status } }
}

/// Whether the process answers at all. Depends on nothing: a failure means that it should be started anew.
#[utoipa::path(tag = "Monitoring", security(()), responses((status = 200, body = HealthStatus)))]
#[get("/livez")]
fn live() -> Moment<HealthStatus> {
    moment(Status::Ok)
}

/// Whether the process should get requests. 503 while it stops, before it stops listening.
#[utoipa::path(tag = "Monitoring", security(()), responses(
    (status = 200, body = HealthStatus),
    (status = 503, body = HealthStatus, description = "A check fails, or the server is stopping."),
))]
#[get("/readyz")]
async fn ready(checks: &State<HealthChecks>) -> Moment<HealthStatus> {
    moment(checks.readiness().await)
}

/// Whether everything works that this server depends on.
#[utoipa::path(tag = "Monitoring", security(()), responses(
    (status = 200, body = HealthStatus),
    (status = 503, body = HealthStatus, description = "A check fails."),
))]
#[get("/healthz")]
async fn well(checks: &State<HealthChecks>) -> Moment<HealthStatus> {
    moment(checks.report().await.status)
}

/// What each health check found, with its duration, the version and the environment.
#[utoipa::path(tag = "Monitoring", security(()), responses(
    (status = 200, body = HealthReport),
    (status = 503, body = HealthReport, description = "A check fails."),
))]
#[get("/api/v1/health")]
async fn health(checks: &State<HealthChecks>) -> Moment<Arc<HealthReport>> {
    let body = checks.report().await;
    Moment { is_well: body.status == Status::Ok, body }
}

/// The queue in numbers: how many jobs wait in each lane and how old the oldest due one is, and the schedules.
#[utoipa::path(tag = "Monitoring", security(()), responses((status = 200, body = QueueNumbers)))]
#[get("/api/v1/monitoring/jobs")]
async fn job_numbers(db: &State<Db>, checks: &State<HealthChecks>) -> Answer<Arc<QueueNumbers>> {
    Ok(Json(checks.queue(db).await?))
}

/// The same at the address of the product that this one replaces.
#[utoipa::path(tag = "Monitoring", security(()), responses((status = 200, body = QueueNumbers)))]
#[get("/api/v1/monitoring/celery")]
async fn job_numbers_at_old_path(db: &State<Db>, checks: &State<HealthChecks>) -> Answer<Arc<QueueNumbers>> {
    job_numbers(db, checks).await
}

/// Metrics in Prometheus' text form, with the token of `METRICS_TOKEN` or from the machine itself.
#[utoipa::path(tag = "Monitoring", security(("bearer" = []), ()), responses(
    (status = 200, body = String, content_type = "text/plain"),
    (status = 401, description = "The token is missing or wrong."),
))]
#[get("/metrics")]
fn metrics(_may_read: MayReadMetrics, metrics: &State<Metrics>) -> Exposition {
    Exposition(metrics.render())
}

struct Exposition(String);

impl<'r> Responder<'r, 'static> for Exposition {
    fn respond_to(self, request: &'r Request<'_>) -> Responded<'static> {
        let mut response = self.0.respond_to(request)?;
        response.set_header(Header::new("Content-Type", "text/plain; version=0.0.4; charset=utf-8"));
        response.set_header(Header::new("Cache-Control", "no-store"));
        Ok(response)
    }
}

/// Who may read the metrics: whoever knows `METRICS_TOKEN`, and programs on the machine itself.
#[derive(Clone, Debug, Default)]
pub struct MetricsAccess(pub Option<String>);

impl MetricsAccess {
    fn allows(&self, request: &Request<'_>) -> bool {
        let given = request.headers().get_one("Authorization").and_then(|value| value.strip_prefix("Bearer "));
        if let (Some(token), Some(given)) = (&self.0, given)
            && !token.is_empty()
            && crypto::same(token.as_bytes(), given.trim().as_bytes())
        {
            return true;
        }
        let context = Context::of(request);
        // A reverse proxy on the same machine is a loopback peer too, and speaks for the whole world.
        !context.is_forwarded() && context.peer().is_some_and(|peer| peer.is_loopback())
    }
}

struct MayReadMetrics;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for MayReadMetrics {
    type Error = Problem;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Problem> {
        match managed::<MetricsAccess>(request) {
            Ok(access) if access.allows(request) => Outcome::Success(Self),
            Ok(_) => refuse(request, Problem::unauthorized("Send METRICS_TOKEN as `Authorization: Bearer ...`.")),
            Err(error) => Outcome::Error(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use ground::{
        clock::{Clock, Randomness},
        db::Location,
    };
    use rocket::local::blocking::Client;
    use serde_json::Value;

    use super::*;
    use crate::{
        jobs::{self, Registry, schedule::Schedules},
        web::{catchers, server::Drain},
    };

    fn client(drain: Drain) -> Client {
        let checks = HealthChecks::new("dev", drain).with("disk", || async { Err("full of secrets".to_owned()) });
        let rocket = rocket::build()
            .manage(checks)
            .manage(MetricsAccess(Some("the-token".to_owned())))
            .mount("/", routes![live, ready, well, health, metrics_gate])
            .register("/", catchers());
        Client::untracked(rocket).unwrap()
    }

    #[get("/metrics")]
    #[expect(clippy::needless_pass_by_value, reason = "Rocket hands guards over by value")]
    fn metrics_gate(may_read: MayReadMetrics) -> &'static str {
        let MayReadMetrics = may_read;
        "numbers"
    }

    fn status_and_body(client: &Client, path: &'static str) -> (u16, Value) {
        let response = client.get(path).dispatch();
        let status = response.status().code;
        (status, serde_json::from_str(&response.into_string().unwrap()).unwrap())
    }

    #[test]
    fn each_question_has_its_answer() {
        let drain = Drain::new();
        let client = client(drain.clone());
        assert_eq!(status_and_body(&client, "/livez"), (200, serde_json::json!({"status": "ok"})));
        assert_eq!(status_and_body(&client, "/readyz"), (503, serde_json::json!({"status": "failing"})));
        assert_eq!(status_and_body(&client, "/healthz/").0, 503);
        let (status, report) = status_and_body(&client, "/api/v1/health/");
        assert_eq!((status, &report["environment"]), (503, &"dev".into()));
        assert_eq!((&report["checks"][0]["name"], &report["checks"][0]["status"]), (&"disk".into(), &"failing".into()));
        assert!(!report.to_string().contains("secrets"));
        drain.begin();
        assert_eq!(status_and_body(&client, "/readyz"), (503, serde_json::json!({"status": "draining"})));
    }

    #[test]
    fn the_queue_is_told_in_numbers() {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("test.db"));
        let db = Db::open(&location, Clock::system(), Randomness::system()).unwrap();
        db.migrate(folder.path()).unwrap();
        let mut registry = Registry::new();
        let schedules = Schedules::new([jobs::maintain(&mut registry), crate::events::maintain(&mut registry)]);
        let waiting = schedules.clone();
        db.write_blocking(move |tx| {
            waiting.register(tx)?;
            waiting.run_now(tx, "prune_jobs")
        })
        .unwrap();
        let rocket = rocket::build()
            .manage(HealthChecks::new("dev", Drain::new()))
            .manage(db)
            .mount("/", routes![job_numbers, job_numbers_at_old_path])
            .register("/", catchers());
        let client = Client::untracked(rocket).unwrap();
        let (status, numbers) = status_and_body(&client, "/api/v1/monitoring/jobs/");
        assert_eq!(status, 200);
        for (name, count) in [("due_now", 1), ("scheduled", 0), ("running", 0), ("dead", 0), ("done", 0)] {
            assert_eq!(numbers[name], count, "{name} in {numbers}");
        }
        assert_eq!(
            (&numbers["lanes"]["maintenance"]["due_now"], &numbers["lanes"]["mail"]["due_now"]),
            (&1.into(), &0.into())
        );
        assert_eq!(numbers["schedules"][1]["name"], "prune_jobs");
        assert!(numbers["oldest_due_age_seconds"].is_number());
        assert_eq!(status_and_body(&client, "/api/v1/monitoring/celery/"), (200, numbers));
    }

    #[test]
    fn metrics_need_the_token_or_the_machine_itself() {
        let client = client(Drain::new());
        for (peer, token, forwarded, status) in [
            ("127.0.0.1:9", None, None, 200),
            ("[::1]:9", None, None, 200),
            ("127.0.0.1:9", None, Some("203.0.113.9"), 401),
            ("203.0.113.9:9", None, None, 401),
            ("203.0.113.9:9", Some("Bearer the-token"), None, 200),
            ("127.0.0.1:9", Some("Bearer the-token"), Some("203.0.113.9"), 200),
            ("203.0.113.9:9", Some("Bearer wrong"), None, 401),
            ("203.0.113.9:9", Some("the-token"), None, 401),
        ] {
            let mut request = client.get("/metrics").remote(peer.parse().unwrap());
            if let Some(token) = token {
                request.add_header(Header::new("Authorization", token));
            }
            if let Some(forwarded) = forwarded {
                request.add_header(Header::new("X-Forwarded-For", forwarded));
            }
            assert_eq!(request.dispatch().status().code, status, "{peer} {token:?} {forwarded:?}");
        }
    }
}
