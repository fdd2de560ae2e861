//! Which pages of other origins may read the APIs: those that `CORS_ALLOWED_ORIGINS` names.

use rocket::{
    Request, Response,
    http::{Header, Method, Status},
};

use super::catchers::{allow_header, methods_at};

/// Only these paths are ever shared with other origins.
const SHARED_PREFIX: &str = "/api/";
/// The public API is read with a key and never with cookies.
const PUBLIC_PREFIX: &str = "/api/public/";
/// What a page of another origin may read besides the body.
const EXPOSED: &str = "ETag, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-ID";
/// What a page of another origin may send.
const ACCEPTED: &str = "Accept-Language, Authorization, Content-Type, If-Match, If-None-Match, X-API-Key, X-CSRF-Token, X-Organization-ID, X-Preview-Token, \
     X-Session";
const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
/// Seconds for which a browser keeps the permission: Chromium takes no more than two hours.
const MAX_AGE_SECONDS: &str = "7200";

/// The origins that may read the APIs from a browser.
#[derive(Clone, Debug, Default)]
pub struct Cors {
    origins: Vec<String>,
    is_public_open: bool,
}

impl Cors {
    /// Origins as `https://www.hotel.example`; `*` opens the public API to every page.
    pub fn new<'a>(origins: impl IntoIterator<Item = &'a str>) -> Self {
        let mut cors = Self::default();
        for origin in origins {
            match origin.trim().trim_end_matches('/') {
                "*" => cors.is_public_open = true,
                "" => {}
                origin => cors.origins.push(origin.to_ascii_lowercase()),
            }
        }
        cors
    }

    fn allows(&self, origin: &str, is_public: bool) -> bool {
        (is_public && self.is_public_open) || self.origins.iter().any(|allowed| allowed.eq_ignore_ascii_case(origin))
    }

    /// Adds what a browser needs to a response below `/api/`, and answers `OPTIONS` there, for which Rocket has no
    /// route.
    pub(super) fn apply<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let path = request.uri().path().as_str();
        if !path.starts_with(SHARED_PREFIX) {
            return;
        }
        let headers = request.headers();
        let is_options = request.method() == Method::Options;
        if is_options {
            answer_options(request, response);
        }
        if self.origins.is_empty() && !self.is_public_open {
            return;
        }
        if !response.headers().get_one("Vary").is_some_and(|vary| vary.contains("Origin")) {
            response.adjoin_header(Header::new("Vary", "Origin"));
        }
        let is_public = path.starts_with(PUBLIC_PREFIX);
        let Some(origin) = headers.get_one("Origin").filter(|origin| self.allows(origin, is_public)) else {
            return;
        };
        response.set_header(Header::new("Access-Control-Allow-Origin", origin));
        if !is_public {
            response.set_header(Header::new("Access-Control-Allow-Credentials", "true"));
        }
        if is_options {
            response.set_header(Header::new("Access-Control-Allow-Methods", METHODS));
            response.set_header(Header::new("Access-Control-Allow-Headers", ACCEPTED));
            response.set_header(Header::new("Access-Control-Max-Age", MAX_AGE_SECONDS));
        } else {
            response.set_header(Header::new("Access-Control-Expose-Headers", EXPOSED));
        }
    }
}

/// 204 with the methods of an address that exists; the catcher's 404 stands where there is none.
fn answer_options(request: &Request<'_>, response: &mut Response<'_>) {
    if !matches!(response.status(), Status::NotFound | Status::MethodNotAllowed) {
        return;
    }
    let mut methods = methods_at(request.rocket().routes(), request.uri().path().as_str());
    if methods.is_empty() {
        return;
    }
    if methods.contains(&Method::Get) {
        methods.push(Method::Head);
    }
    let mut answer = Response::new();
    answer.set_status(Status::NoContent);
    answer.set_header(Header::new("Allow", allow_header(methods)));
    // A new response: the catcher's problem must leave no header behind.
    *response = answer;
}
