//! HTTP of the audit log: an organization's for those with the right, the platform's for its operator.

use ground::db::{Conn, Db, DbError, Tenant};
use machinery::web::{Answer, UrlQuery};
use rocket::{Route, State, get, serde::json::Json};
use serde::Serialize;
use serde_json::Value;
use utoipa::OpenApi;

use super::{
    Record,
    store::{self, Question},
};
use crate::{accounts::Superuser, permissions::ViewAudit, scope::May};

/// Records of an answer that names no number.
const DEFAULT_LIMIT: u32 = 50;
/// Most records of one answer: a screen shows some dozens.
const LARGEST_LIMIT: u32 = 200;

/// All routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![list, platform]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(list, platform))]
pub struct Document;

/// One change.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(super) struct AuditRecord {
    /// Its place in the log: later ones are greater.
    position: i64,
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    id: String,
    /// Who did it.
    actor: AuditActor,
    /// Noun and verb, e.g. `api_key.suspended`.
    action: String,
    /// What kind of thing was changed.
    subject_type: String,
    /// Its id.
    subject_id: String,
    /// What it was; `null` for a creation.
    #[schema(value_type = Option<Object>)]
    before: Option<Value>,
    /// What it is; `null` for a removal.
    #[schema(value_type = Option<Object>)]
    after: Option<Value>,
    /// From which address, if it was a request.
    ip: Option<String>,
    /// The request's id in the server's log.
    request_id: Option<String>,
    /// When.
    #[schema(format = DateTime)]
    recorded_at: String,
    /// SHA-256 over this record and the hash before it.
    hash: String,
}

/// Who did it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(super) struct AuditActor {
    /// `user`, `api_key`, `job` or `operator`.
    kind: String,
    /// The user's or job's id.
    id: Option<String>,
    /// The name at that time.
    name: String,
}

/// Some records, the newest first.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(super) struct AuditRecords {
    /// The records.
    results: Vec<AuditRecord>,
    /// Give it as `before` to read on; `null` at the end.
    next_before: Option<i64>,
}

impl AuditRecords {
    fn of(mut found: Vec<Record>, limit: u32) -> Self {
        let has_more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let next_before = if has_more { found.last().map(|record| record.position) } else { None };
        Self { results: found.into_iter().map(AuditRecord::of).collect(), next_before }
    }
}

impl AuditRecord {
    fn of(record: Record) -> Self {
        // What cannot be parsed any more was changed behind our back: it is shown as it stands.
        let value = |text: Option<String>| text.map(|text| serde_json::from_str(&text).unwrap_or(Value::String(text)));
        Self {
            position: record.position,
            id: record.id,
            actor: AuditActor { kind: record.actor_kind, id: record.actor_id, name: record.actor_name },
            action: record.action,
            subject_type: record.subject_type,
            subject_id: record.subject_id,
            before: value(record.before),
            after: value(record.after),
            ip: record.ip_address,
            request_id: record.request_id,
            recorded_at: record.recorded_at,
            hash: record.hash,
        }
    }
}

/// Who changed what, the newest first
#[utoipa::path(
    tag = "Audit",
    params(
        ("before" = Option<i64>, Query, description = "Only records before this position"),
        ("limit" = Option<u32>, Query, description = "Most records, up to 200"),
        ("subject_type" = Option<String>, Query, description = "Only changes of this kind of thing"),
        ("subject_id" = Option<String>, Query, description = "Only changes of this thing"),
        ("action" = Option<String>, Query, description = "Only this action"),
    ),
    responses((status = 200, body = AuditRecords))
)]
#[get("/audit")]
async fn list(scope: May<ViewAudit>, query: UrlQuery<'_>, db: &State<Db>) -> Answer<AuditRecords> {
    query.refuse_unknown(&["before", "limit", "subject_type", "subject_id", "action"])?;
    let (before, limit) = (query.parsed("before", "a position")?, limit_of(&query)?);
    let text = |name| query.get(name).filter(|text| !text.is_empty()).map(str::to_owned);
    let question =
        Question { before, subject_type: text("subject_type"), subject_id: text("subject_id"), action: text("action") };
    Ok(Json(db.scan(move |conn| read(conn, &*scope, &question, limit)).await?))
}

fn read(conn: &Conn, tenant: &impl Tenant, question: &Question, limit: u32) -> Result<AuditRecords, DbError> {
    Ok(AuditRecords::of(store::newest(conn, tenant, question, i64::from(limit) + 1)?, limit))
}

/// Who changed what on the platform itself, the newest first
#[utoipa::path(
    tag = "Operator",
    params(
        ("before" = Option<i64>, Query, description = "Only records before this position"),
        ("limit" = Option<u32>, Query, description = "Most records, up to 200"),
    ),
    responses((status = 200, body = AuditRecords))
)]
#[get("/admin/audit")]
async fn platform(_operator: Superuser, query: UrlQuery<'_>, db: &State<Db>) -> Answer<AuditRecords> {
    query.refuse_unknown(&["before", "limit"])?;
    let (before, limit) = (query.parsed("before", "a position")?, limit_of(&query)?);
    let found = db.scan(move |conn| store::platform_newest(conn, before, i64::from(limit) + 1)).await?;
    Ok(Json(AuditRecords::of(found, limit)))
}

fn limit_of(query: &UrlQuery<'_>) -> Result<u32, machinery::web::Problem> {
    let limit: u32 = query.parsed("limit", "a number from 1 to 200")?.unwrap_or(DEFAULT_LIMIT);
    if (1..=LARGEST_LIMIT).contains(&limit) {
        return Ok(limit);
    }
    Err(machinery::web::Problem::parameter_invalid("limit", format!("`limit` must be from 1 to {LARGEST_LIMIT}.")))
}
