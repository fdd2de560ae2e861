//! What every answer of the public API carries: the key's limits; and what is metered of it.

use std::sync::OnceLock;

use rocket::{
    Request, Response,
    fairing::{Fairing, Info, Kind},
    http::{Header, Method, Status},
};

use super::{
    counter::{Permit, Refused},
    window::Standing,
};

/// What the public guard decided about a request.
#[derive(Debug, Default)]
struct Decision(OnceLock<Result<Permit, Refused>>);

fn decision<'r>(request: &'r Request<'_>) -> &'r Decision {
    request.local_cache(Decision::default)
}

/// Whether the request was let in already: a second route's guard must not count it again.
pub fn is_admitted(request: &Request<'_>) -> bool {
    matches!(decision(request).0.get(), Some(Ok(_)))
}

/// Keeps what was decided until the answer is there.
pub fn keep(request: &Request<'_>, decided: Result<Permit, Refused>) -> Result<(), Refused> {
    let answer = decided.as_ref().map(drop).map_err(|refused| *refused);
    // A request is decided once: see `is_admitted`.
    let _ = decision(request).0.set(decided);
    answer
}

/// The permit of this request, if a guard has let it in: for routes that want to give it back themselves.
pub fn permit<'r>(request: &'r Request<'_>) -> Option<&'r Permit> {
    decision(request).0.get().and_then(|decided| decided.as_ref().ok())
}

/// Adds the rate limit's headers to answers of the public API and meters them; 304 is free of quota.
#[derive(Clone, Copy, Debug, Default)]
pub struct Metering;

#[rocket::async_trait]
impl Fairing for Metering {
    fn info(&self) -> Info {
        Info { name: "metering", kind: Kind::Response }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let standing = match decision(request).0.get() {
            None => return,
            Some(Err(refused)) => refused.standing,
            Some(Ok(permit)) => {
                let is_not_modified = response.status() == Status::NotModified;
                let is_sent = !is_not_modified && request.method() != Method::Head;
                let bytes = if is_sent { response.body().preset_size().unwrap_or(0) } else { 0 };
                permit.settle(is_not_modified, bytes as u64)
            }
        };
        tell(response, standing);
    }
}

fn tell(response: &mut Response<'_>, standing: Standing) {
    response.set_header(Header::new("X-RateLimit-Limit", standing.limit.to_string()));
    response.set_header(Header::new("X-RateLimit-Remaining", standing.remaining.to_string()));
    response.set_header(Header::new("X-RateLimit-Reset", standing.reset_after.to_string()));
}
