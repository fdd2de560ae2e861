//! HTTP of jobs, schedules and replication, for the installation's operator.

use ground::{
    clock::Timestamp,
    db::{Db, DbError},
    words::{JobId, OrganizationId},
};
use machinery::{
    backup::{ReplicationReport, Standing},
    jobs::{
        self, JobFilter, JobRecord, JobState,
        schedule::{self, ScheduleRecord, Schedules},
    },
    web::{Answer, Problem, UrlQuery},
};
use rocket::{Route, State, get, post, serde::json::Json};
use serde::Serialize;
use utoipa::OpenApi;

use super::PlatformError;
use crate::accounts::Superuser;

/// Jobs of one answer.
const PAGE: u32 = 100;

/// All routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![list_jobs, retry_job, list_schedules, run_schedule, replication]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(list_jobs, retry_job, list_schedules, run_schedule, replication))]
pub struct Document;

/// Some jobs, the newest first.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Jobs {
    results: Vec<JobView>,
    /// Give it as `before` to read on; `null` at the end.
    #[schema(value_type = Option<String>, format = Uuid)]
    next_before: Option<JobId>,
}

/// A job as operators see it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct JobView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    id: JobId,
    /// Its kind.
    kind: String,
    /// Its lane.
    lane: &'static str,
    /// `due`, `running`, `done` or `dead`.
    state: &'static str,
    /// Attempts so far.
    attempt: u32,
    /// Attempts before it is given up.
    max_attempts: u32,
    /// For whom; `null` for the platform's own.
    #[schema(value_type = Option<String>, format = Uuid)]
    organization_id: Option<OrganizationId>,
    /// Not before this.
    #[schema(value_type = String, format = DateTime)]
    run_at: Timestamp,
    /// When it was enqueued.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it was done or given up.
    #[schema(value_type = Option<String>, format = DateTime)]
    finished_at: Option<Timestamp>,
    /// What went wrong last.
    last_error: Option<String>,
}

impl JobView {
    fn of(job: JobRecord) -> Self {
        let last_error = job.history.last().map(|failure| failure.message.clone());
        Self {
            id: job.id,
            kind: job.kind,
            lane: job.lane.name(),
            state: job.state.name(),
            attempt: job.attempt,
            max_attempts: job.max_attempts,
            organization_id: job.organization,
            run_at: job.run_at,
            created_at: job.created_at,
            finished_at: job.finished_at,
            last_error,
        }
    }
}

/// Recurring work and its times.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ScheduleList {
    results: Vec<ScheduleView>,
}

/// A schedule as operators see it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ScheduleView {
    /// Its name.
    name: String,
    /// The kind of its job.
    job_kind: String,
    /// Five fields: minute hour day month weekday.
    expression: String,
    /// Where the clocks show those times.
    time_zone: String,
    /// What happens to times that were missed: `skip`, `once` or `all` with a number.
    catch_up: String,
    /// When it fired last.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_fire_at: Option<Timestamp>,
    /// When it fires next.
    #[schema(value_type = String, format = DateTime)]
    next_fire_at: Timestamp,
}

impl ScheduleView {
    fn of(record: ScheduleRecord) -> Self {
        Self {
            name: record.name,
            job_kind: record.job_kind,
            expression: record.expression,
            time_zone: record.time_zone,
            catch_up: record.catch_up,
            last_fire_at: record.last_fire_at,
            next_fire_at: record.next_fire_at,
        }
    }
}

/// A job that was put into the queue.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Enqueued {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    job_id: JobId,
}

/// Jobs of the installation, the newest first
#[utoipa::path(
    tag = "Operator",
    params(
        ("state" = Option<String>, Query, description = "`due`, `running`, `done` or `dead`"),
        ("kind" = Option<String>, Query, description = "Only this kind"),
        ("before" = Option<String>, Query, description = "Only jobs enqueued before this one"),
    ),
    responses((status = 200, body = Jobs))
)]
#[get("/admin/jobs")]
async fn list_jobs(_operator: Superuser, query: UrlQuery<'_>, db: &State<Db>) -> Answer<Jobs> {
    query.refuse_unknown(&["state", "kind", "before"])?;
    let filter = JobFilter {
        state: state_of(&query)?,
        kind: query.get("kind").filter(|kind| !kind.is_empty()).map(str::to_owned),
        before: query.parsed("before", "the id of a job")?,
        ..JobFilter::default()
    };
    let mut found = db.scan(move |conn| jobs::list(conn, &filter, PAGE + 1)).await?;
    let has_more = found.len() > PAGE as usize;
    found.truncate(PAGE as usize);
    let next_before = if has_more { found.last().map(|job| job.id) } else { None };
    Ok(Json(Jobs { results: found.into_iter().map(JobView::of).collect(), next_before }))
}

fn state_of(query: &UrlQuery<'_>) -> Result<Option<JobState>, Problem> {
    let Some(name) = query.get("state").filter(|name| !name.is_empty()) else { return Ok(None) };
    let states = [JobState::Due, JobState::Running, JobState::Done, JobState::Dead];
    let found = states.into_iter().find(|state| state.name() == name);
    found.map(Some).ok_or_else(|| Problem::parameter_invalid("state", "`state` must be due, running, done or dead."))
}

/// Make a job start over
#[utoipa::path(tag = "Operator", params(("id" = String, Path, description = "The job's id")), responses((status = 200, body = Enqueued)))]
#[post("/admin/jobs/<id>/retry")]
async fn retry_job(operator: Superuser, id: &str, db: &State<Db>) -> Answer<Enqueued> {
    let id: JobId = id.parse().map_err(|_| PlatformError::NotFound)?;
    db.write(move |tx| super::retry_job(tx, &*operator, id)).await?;
    Ok(Json(Enqueued { job_id: id }))
}

/// Recurring work and its times
#[utoipa::path(tag = "Operator", responses((status = 200, body = ScheduleList)))]
#[get("/admin/schedules")]
async fn list_schedules(_operator: Superuser, query: UrlQuery<'_>, db: &State<Db>) -> Answer<ScheduleList> {
    query.refuse_unknown(&[])?;
    let found: Result<_, DbError> = db.scan(schedule::list).await;
    Ok(Json(ScheduleList { results: found?.into_iter().map(ScheduleView::of).collect() }))
}

/// Run a schedule's job now
#[utoipa::path(tag = "Operator", params(("name" = String, Path, description = "The schedule's name")), responses((status = 200, body = Enqueued)))]
#[post("/admin/schedules/<name>/run")]
async fn run_schedule(
    operator: Superuser,
    name: &str,
    schedules: &State<Schedules>,
    db: &State<Db>,
) -> Answer<Enqueued> {
    let (schedules, name) = (schedules.inner().clone(), name.to_owned());
    let job_id = db.write(move |tx| super::run_schedule(tx, &*operator, &schedules, &name)).await?;
    Ok(Json(Enqueued { job_id }))
}

/// How the database's copy stands
#[utoipa::path(tag = "Operator", responses((status = 200, body = ReplicationReport)))]
#[get("/admin/replication")]
fn replication(_operator: Superuser, query: UrlQuery<'_>, standing: &State<Standing>) -> Answer<ReplicationReport> {
    query.refuse_unknown(&[])?;
    Ok(Json(standing.report()))
}
