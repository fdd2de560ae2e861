//! How every refusal reaches a client: one shape (RFC 9457), one stable code, the field that was wrong, and the
//! request's id. Nothing of the inside is told; what the operator must know is logged here, once.

use std::{borrow::Cow, io::Cursor};

use ground::db::DbError;
use rocket::{
    Request, Response,
    http::{Header, Status},
    request::Outcome,
    response::{Responder, Result as Responded},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::request::Context;

/// The media type of RFC 9457 section 3.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// Where the documentation explains a code; the code follows.
const TYPE_PREFIX: &str = "/docs/problems/";

/// Seconds after which a client may try again when the database was busy: its queue empties in well under one.
const BUSY_RETRY_SECONDS: u64 = 1;

/// The problems that the web floor itself answers: code, status, title. Each capability declares its own beside its
/// error enum; the documentation gathers all of them.
const CODES: &[(&str, u16, &str)] = &[
    ("bad_request", 400, "The request cannot be understood"),
    ("missing_body", 400, "The request has no body"),
    ("invalid_body", 400, "The body is not valid"),
    ("unknown_host", 400, "This host is not served here"),
    ("invalid_parameter", 400, "A query parameter is not valid"),
    ("unknown_parameter", 400, "A query parameter is unknown"),
    ("unauthorized", 401, "Sign in first"),
    ("forbidden", 403, "Not allowed"),
    ("not_found", 404, "Not found"),
    ("method_not_allowed", 405, "Method not allowed"),
    ("conflict", 409, "Changed in the meantime"),
    ("body_too_large", 413, "The body is too large"),
    ("unsupported_media_type", 415, "The body must be JSON"),
    ("invalid", 422, "Some fields are not valid"),
    ("too_many_requests", 429, "Too many requests"),
    ("internal", 500, "Something went wrong"),
    ("unavailable", 503, "Not available at the moment"),
    ("storage_full", 507, "The disk is full"),
];

/// One field that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldProblem {
    /// JSON Pointer (RFC 6901) to the field in the body, or the parameter's name.
    pub pointer: String,
    /// Stable code.
    pub code: Cow<'static, str>,
    /// A sentence with the next step.
    pub detail: String,
}

/// A refusal on its way to the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    /// Stable code, the one thing a program should look at.
    pub code: &'static str,
    /// The same words for every problem of this code.
    pub title: &'static str,
    /// What happened this time and what to do next.
    pub detail: String,
    /// The fields that were wrong.
    pub errors: Vec<FieldProblem>,
    /// What few problems have: kept apart, because a problem is the error of most functions and travels by value.
    more: Option<Box<More>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct More {
    /// Seconds for `Retry-After`.
    retry_after: Option<u64>,
    /// Further headers of the answer.
    headers: Vec<(&'static str, String)>,
    /// What the operator's log says and the client never sees.
    cause: Option<String>,
    /// What stands there now, where a change was made on something older.
    standing: Option<serde_json::Value>,
}

/// An error that knows how it is told to a client. Every capability's error enum is one.
pub trait Explain {
    /// The problem that a client gets.
    fn explain(&self) -> Problem;
}

impl<E: Explain> From<E> for Problem {
    fn from(error: E) -> Self {
        error.explain()
    }
}

impl Problem {
    /// A problem without fields.
    pub fn new(status: u16, code: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, title, detail: detail.into(), errors: Vec::new(), more: None }
    }

    /// A problem of this floor's own list.
    pub(crate) fn listed(code: &'static str, detail: impl Into<String>) -> Self {
        let (_, status, title) =
            CODES.iter().find(|(listed, ..)| *listed == code).expect("the code stands in the list above");
        Self::new(*status, code, title, detail)
    }

    /// 404: there is nothing here for this caller. What belongs to others answers the same.
    pub fn not_found() -> Self {
        Self::listed("not_found", "There is nothing at this address. Check the id and the path.")
    }

    /// 401: no or wrong credentials.
    pub fn unauthorized(detail: impl Into<String>) -> Self {
        Self::listed("unauthorized", detail)
    }

    /// 403: known, and not allowed.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::listed("forbidden", detail)
    }

    /// 409: somebody else was faster.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::listed("conflict", detail)
    }

    /// 422: the body is well-formed JSON, and these fields break a rule.
    pub fn invalid(errors: Vec<FieldProblem>) -> Self {
        let detail = match errors.as_slice() {
            [only] => only.detail.clone(),
            _ => "Some fields are not valid; `errors` names each of them.".to_owned(),
        };
        Self { errors, ..Self::listed("invalid", detail) }
    }

    /// 400: one query parameter has a value it cannot have.
    pub fn parameter_invalid(name: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self::listed("invalid_parameter", detail.clone()).with_field(name, "invalid_parameter", detail)
    }

    /// 429 with the seconds to wait.
    pub fn too_many_requests(retry_after: u64) -> Self {
        Self::listed("too_many_requests", "Wait for the seconds in `Retry-After`, then try again.")
            .with_retry_after(retry_after)
    }

    /// 500: the client learns the request's id, the log learns the cause.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Self::listed("internal", "The server could not do this. Its log has the reason under this request's id.")
            .with_cause(cause)
    }

    /// 503 with the seconds after which another try may succeed.
    pub fn unavailable(detail: impl Into<String>, retry_after: u64) -> Self {
        Self::listed("unavailable", detail).with_retry_after(retry_after)
    }

    /// Adds a field that was wrong.
    #[must_use]
    pub fn with_field(
        mut self,
        pointer: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        self.errors.push(FieldProblem { pointer: pointer.into(), code: code.into(), detail: detail.into() });
        self
    }

    /// Sets `Retry-After`.
    #[must_use]
    pub fn with_retry_after(mut self, seconds: u64) -> Self {
        self.more().retry_after = Some(seconds);
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.more().headers.push((name, value.into()));
        self
    }

    /// Adds what the log should say when this is answered.
    #[must_use]
    pub fn with_cause(mut self, cause: impl std::fmt::Display) -> Self {
        self.more().cause = Some(cause.to_string());
        self
    }

    /// Adds what stands there now, where a change was made on something older.
    #[must_use]
    pub fn with_standing(mut self, standing: Option<&impl Serialize>) -> Self {
        if let Some(standing) = standing.and_then(|standing| serde_json::to_value(standing).ok()) {
            self.more().standing = Some(standing);
        }
        self
    }

    fn more(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }

    /// The body as the client reads it.
    pub fn document(&self, request_id: &str) -> ProblemDocument {
        ProblemDocument {
            kind: format!("{TYPE_PREFIX}{}", self.code),
            title: self.title.to_owned(),
            status: self.status,
            detail: self.detail.clone(),
            instance: request_id.to_owned(),
            code: self.code.to_owned(),
            errors: self.errors.clone(),
            standing: self.more.as_ref().and_then(|more| more.standing.clone()),
        }
    }
}

/// The body of every answer that is not a success (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument {
    /// Where this code is explained.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same words for every problem of this code.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What happened this time and what to do next.
    pub detail: String,
    /// The request's id, as in the header `X-Request-ID` and in the server's log.
    pub instance: String,
    /// Stable code, the one thing a program should look at.
    pub code: String,
    /// The fields that were wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<FieldProblem>,
    /// What stands there now, where a change was made on something older: an entry's newest revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>, required = false)]
    pub standing: Option<serde_json::Value>,
}

impl<'r> Responder<'r, 'static> for Problem {
    fn respond_to(self, request: &'r Request<'_>) -> Responded<'static> {
        let request_id = Context::of(request).request_id();
        let More { retry_after, headers, cause, .. } = self.more.as_deref().cloned().unwrap_or_default();
        if let Some(cause) = cause {
            tracing::error!(request_id, code = self.code, "{cause}");
        }
        let body = serde_json::to_vec(&self.document(request_id)).map_err(|_| Status::InternalServerError)?;
        let mut response = Response::new();
        response.set_status(Status::new(self.status));
        response.set_header(Header::new("Content-Type", MEDIA_TYPE));
        response.set_header(Header::new("Cache-Control", "no-store"));
        if let Some(seconds) = retry_after {
            response.set_header(Header::new("Retry-After", seconds.to_string()));
        }
        if self.status == 401 {
            // RFC 9110 section 11.6.1 asks for a challenge; this one opens no browser dialog.
            response.set_header(Header::new("WWW-Authenticate", "Bearer"));
        }
        for (name, value) in headers {
            response.set_header(Header::new(name, value));
        }
        response.set_sized_body(body.len(), Cursor::new(body));
        Ok(response)
    }
}

/// Fails a request guard with a problem: the catcher answers exactly this one.
pub fn refuse<S>(request: &Request<'_>, problem: impl Into<Problem>) -> Outcome<S, Problem> {
    let problem = problem.into();
    Context::of(request).keep_problem(problem.clone());
    Outcome::Error((Status::new(problem.status), problem))
}

impl Explain for DbError {
    fn explain(&self) -> Problem {
        match self {
            Self::Busy => Problem::unavailable("The database is busy. Try again in a moment.", BUSY_RETRY_SECONDS),
            Self::Unreachable(_) => {
                Problem::unavailable("The database cannot be reached. Try again in a moment.", BUSY_RETRY_SECONDS)
                    .with_cause(self)
            }
            Self::DiskFull => Problem::listed(
                "storage_full",
                "The server's disk is full: nothing can be saved until its operator makes room.",
            )
            .with_cause(self),
            Self::Unique { .. }
            | Self::ForeignKey
            | Self::NoRow
            | Self::Corrupt(_)
            | Self::ReadOnly
            | Self::Decode(_)
            | Self::Failed(_) => Problem::internal(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use rocket::local::blocking::Client;
    use serde_json::{Value, json};

    use super::*;

    #[rocket::get("/<which>")]
    fn refused(which: &str) -> Problem {
        match which {
            "database" => DbError::Failed("no such column: secret_column".to_owned()).into(),
            "disk" => DbError::DiskFull.into(),
            "busy" => DbError::Busy.into(),
            "fields" => Problem::invalid(vec![FieldProblem {
                pointer: "/name".to_owned(),
                code: "too_long".into(),
                detail: "At most 100 characters.".to_owned(),
            }]),
            _ => Problem::unauthorized("Send an access token."),
        }
    }

    fn answer(which: &str) -> (Status, Option<String>, Value) {
        let client = Client::untracked(rocket::build().mount("/", rocket::routes![refused])).unwrap();
        let response = client.get(format!("/{which}")).dispatch();
        let retry = response.headers().get_one("Retry-After").map(str::to_owned);
        assert_eq!(response.headers().get_one("Content-Type"), Some(MEDIA_TYPE));
        (response.status(), retry, serde_json::from_slice(&response.into_bytes().unwrap()).unwrap())
    }

    #[test]
    fn a_problem_has_the_shape_of_rfc_9457() {
        let (status, _, body) = answer("fields");
        assert_eq!(status, Status::UnprocessableEntity);
        assert_eq!(body["type"], "/docs/problems/invalid");
        assert_eq!(body["status"], 422);
        assert_eq!(body["code"], "invalid");
        assert!(body["instance"].is_string());
        assert_eq!(
            body["errors"],
            json!([{"pointer": "/name", "code": "too_long", "detail": "At most 100 characters."}])
        );
    }

    #[test]
    fn the_database_s_words_never_reach_a_client() {
        let (status, _, body) = answer("database");
        assert_eq!(status, Status::InternalServerError);
        assert!(!body.to_string().contains("secret_column"));
    }

    #[test]
    fn a_full_disk_and_a_busy_database_are_told_apart() {
        assert_eq!(answer("disk").0.code, 507);
        let (status, retry, _) = answer("busy");
        assert_eq!((status.code, retry.as_deref()), (503, Some("1")));
    }

    #[test]
    fn every_listed_code_is_unique() {
        let mut codes: Vec<_> = CODES.iter().map(|(code, ..)| code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), CODES.len());
    }
}
