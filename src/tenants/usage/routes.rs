//! HTTP of usage.

use std::collections::BTreeMap;

use ground::{
    db::{Conn, Db, DbError, Tenant},
    words::ApiKeyId,
};
use jiff::{ToSpan, civil::Date, tz::TimeZone};
use machinery::web::{Answer, Problem, UrlQuery};
use rocket::{Route, State, get, serde::json::Json};
use serde::Serialize;
use utoipa::OpenApi;

use super::{counter::Meter, store};
use crate::{permissions::ViewUsage, scope::May};

/// Days of a report that names none, today included.
const DEFAULT_DAYS: i32 = 30;
/// Longest report: more than a year, so that this month stands beside the last year's.
const MOST_DAYS: i32 = 400;

/// All routes, relative to the admin API's base.
pub fn routes() -> Vec<Route> {
    rocket::routes![report]
}

/// The routes for the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(report))]
pub struct Document;

/// How much the organization's keys were used. Days are UTC days; the last seconds may be missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct UsageReport {
    /// First day.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// Last day.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    /// Everything together.
    pub total: Numbers,
    /// Each day on which something happened.
    pub days: Vec<DayNumbers>,
    /// Each key that was used.
    pub api_keys: Vec<KeyNumbers>,
}

/// What was used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Numbers {
    /// Requests that were let in, those answered with 304 included.
    pub requests: i64,
    /// Requests answered with 304: free of quota.
    pub not_modified: i64,
    /// Requests refused with 429.
    pub limited: i64,
    /// Bytes of bodies sent.
    pub bytes: i64,
}

/// One day's use of all keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DayNumbers {
    /// The day.
    #[schema(format = Date)]
    pub day: String,
    /// What was used.
    #[serde(flatten)]
    pub numbers: Numbers,
}

/// One key's use on all days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct KeyNumbers {
    /// The key's id.
    #[schema(value_type = String, format = Uuid)]
    pub id: ApiKeyId,
    /// What it is for.
    pub name: Option<String>,
    /// Its last characters.
    pub hint: Option<String>,
    /// What was used.
    #[serde(flatten)]
    pub numbers: Numbers,
}

impl Numbers {
    fn add(&mut self, meter: Meter) {
        self.requests += meter.requests;
        self.not_modified += meter.not_modified;
        self.limited += meter.limited;
        self.bytes += meter.bytes;
    }
}

/// How much the API keys were used, by day and by key
#[utoipa::path(
    tag = "API keys",
    params(
        ("from" = Option<String>, Query, description = "First UTC day, such as 2026-05-01; 30 days before the last by default"),
        ("to" = Option<String>, Query, description = "Last UTC day; today by default"),
    ),
    responses((status = 200, body = UsageReport))
)]
#[get("/usage")]
async fn report(scope: May<ViewUsage>, query: UrlQuery<'_>, db: &State<Db>) -> Answer<UsageReport> {
    query.refuse_unknown(&["from", "to"])?;
    let expected = "a day such as 2026-05-01";
    let today = db.clock().now().to_zoned(TimeZone::UTC).date();
    let to: Date = query.parsed("to", expected)?.unwrap_or(today);
    let from = query.parsed("from", expected)?.unwrap_or_else(|| to.saturating_sub((DEFAULT_DAYS - 1).days()));
    if from > to || from.saturating_add(MOST_DAYS.days()) <= to {
        return Err(Problem::parameter_invalid(
            "from",
            format!("`from` must be at most {MOST_DAYS} days before `to`."),
        ));
    }
    Ok(Json(db.scan(move |conn| between(conn, &*scope, from, to)).await?))
}

fn between(conn: &Conn, tenant: &impl Tenant, from: Date, to: Date) -> Result<UsageReport, DbError> {
    let mut total = Numbers::default();
    let mut days: BTreeMap<String, Numbers> = BTreeMap::new();
    let mut keys: BTreeMap<ApiKeyId, KeyNumbers> = BTreeMap::new();
    for row in store::between(conn, tenant, from, to)? {
        total.add(row.meter);
        days.entry(row.day).or_default().add(row.meter);
        keys.entry(row.key)
            .or_insert(KeyNumbers { id: row.key, name: row.name, hint: row.hint, numbers: Numbers::default() })
            .numbers
            .add(row.meter);
    }
    let days = days.into_iter().map(|(day, numbers)| DayNumbers { day, numbers }).collect();
    Ok(UsageReport { from, to, total, days, api_keys: keys.into_values().collect() })
}
