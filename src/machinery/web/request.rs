//! What is known about one request: its id, when it began, from where it came and, once a guard has found out, for
//! whom. Kept once per request and read by guards, problems and the access log.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use ground::{
    clock::{Clock, Randomness},
    words::{OrganizationId, UserId},
};
use rocket::{
    Request,
    http::Status,
    request::{FromRequest, Outcome},
};

use super::{addresses::TrustedProxies, problem::Problem};

/// Shortest request id accepted from a trusted proxy: shorter ones are counters and collide.
const SHORTEST_INBOUND_ID: usize = 8;
/// Longest request id accepted from a trusted proxy, in bytes.
const LONGEST_INBOUND_ID: usize = 64;
/// How much of `User-Agent` is kept, in bytes: real ones are below 300.
const LONGEST_USER_AGENT: usize = 300;
/// Any of them says that the peer speaks for somebody else.
const FORWARDING_HEADERS: [&str; 5] = ["X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "X-Real-IP", "Via"];
/// The id where no door has looked at the request: only in tests of single routes.
const UNASSIGNED: &str = "unassigned";

/// What is known about one request.
#[derive(Debug)]
pub struct Context {
    started: Instant,
    request_id: String,
    peer: Option<IpAddr>,
    client: IpAddr,
    is_https: bool,
    is_forwarded: bool,
    refused_at_door: OnceLock<Problem>,
    organization: OnceLock<OrganizationId>,
    user: OnceLock<UserId>,
    problem: Mutex<Option<Problem>>,
}

impl Context {
    /// The context of this request.
    pub fn of<'r>(request: &'r Request<'_>) -> &'r Self {
        request.local_cache(|| Self::new(request, UNASSIGNED.to_owned()))
    }

    fn new(request: &Request<'_>, request_id: String) -> Self {
        let peer = request.remote().map(|remote| remote.ip().to_canonical());
        Self {
            started: Instant::now(),
            request_id,
            peer,
            client: peer.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            is_https: false,
            is_forwarded: FORWARDING_HEADERS.iter().any(|name| request.headers().contains(*name)),
            refused_at_door: OnceLock::new(),
            organization: OnceLock::new(),
            user: OnceLock::new(),
            problem: Mutex::new(None),
        }
    }

    /// Looks at a request as it comes in; later calls of [`Context::of`] give this.
    pub(super) fn begin<'r>(request: &'r Request<'_>, ids: &RequestIds, proxies: &TrustedProxies) -> &'r Self {
        request.local_cache(|| {
            let peer = request.remote().map(|remote| remote.ip().to_canonical());
            let is_trusted = peer.is_some_and(|peer| proxies.trusts(peer));
            let headers = request.headers();
            let inbound_id = headers.get_one("X-Request-ID").filter(|id| is_trusted && is_request_id(id));
            let request_id = inbound_id.map_or_else(|| ids.next(), str::to_owned);
            let mut context = Self::new(request, request_id);
            if let Some(peer) = peer.filter(|_| is_trusted && context.is_forwarded) {
                let hops: Vec<&str> = headers.get("X-Forwarded-For").collect();
                context.client = proxies.client(peer, hops.into_iter());
                context.is_https = headers
                    .get_one("X-Forwarded-Proto")
                    .and_then(|value| value.split(',').next())
                    .is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("https"));
            }
            context
        })
    }

    /// When the server began with this request.
    pub fn started(&self) -> Instant {
        self.started
    }

    /// The request's id.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The client's address, as far as trusted proxies tell it.
    pub fn client(&self) -> IpAddr {
        self.client
    }

    /// The other end of the connection, whoever it speaks for.
    pub fn peer(&self) -> Option<IpAddr> {
        self.peer
    }

    /// Whether a trusted proxy says that the client came over TLS.
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// Whether any forwarding header is present: then the peer is a proxy, trusted or not.
    pub fn is_forwarded(&self) -> bool {
        self.is_forwarded
    }

    /// Remembers for the access log which organization this request acts in.
    pub fn set_organization(&self, organization: OrganizationId) {
        // A second guard of the same request finds the same organization.
        let _ = self.organization.set(organization);
    }

    /// The organization that a guard found.
    pub fn organization(&self) -> Option<OrganizationId> {
        self.organization.get().copied()
    }

    /// Remembers for the access log who acts.
    pub fn set_user(&self, user: UserId) {
        // A second guard of the same request finds the same user.
        let _ = self.user.set(user);
    }

    /// The user that a guard found.
    pub fn user(&self) -> Option<UserId> {
        self.user.get().copied()
    }

    /// Keeps the problem with which a guard failed, for the catcher that answers it.
    pub(super) fn keep_problem(&self, problem: Problem) {
        *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
    }

    /// The kept problem, if it is the reason for this status: an optional guard may have left another.
    pub(super) fn take_problem(&self, status: u16) -> Option<Problem> {
        let mut kept = self.problem.lock().unwrap_or_else(PoisonError::into_inner);
        kept.take_if(|problem| problem.status == status)
    }

    pub(super) fn refuse_at_door(&self, problem: Problem) {
        // The first door that refuses has the word.
        let _ = self.refused_at_door.set(problem);
    }

    pub(super) fn refused_at_door(&self) -> Option<&Problem> {
        self.refused_at_door.get()
    }
}

fn is_request_id(text: &str) -> bool {
    (SHORTEST_INBOUND_ID..=LONGEST_INBOUND_ID).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Makes request ids: `UUIDv7` whose random part is a scrambled counter with a random start, so that an id costs no
/// system call. They are unique, and not secret.
#[derive(Debug)]
pub struct RequestIds {
    clock: Clock,
    state: AtomicU64,
}

impl RequestIds {
    /// A fresh sequence.
    pub fn new(clock: Clock, randomness: &Randomness) -> Self {
        Self { clock, state: AtomicU64::new(u64::from_le_bytes(randomness.bytes())) }
    }

    /// The next id.
    pub fn next(&self) -> String {
        // SplitMix64 (Steele, Lea, Flood 2014): every counter value gives another 64 bits.
        let counter = self.state.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        let mut mixed = counter;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let mut random = [0; 10];
        random[..8].copy_from_slice(&mixed.to_be_bytes());
        random[8..].copy_from_slice(&counter.to_be_bytes()[..2]);
        random.rotate_right(2);
        let milliseconds = u64::try_from(self.clock.now().as_millisecond()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid().to_string()
    }
}

/// The request's id, as a guard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(pub String);

/// The client's address, as a guard; trusted proxies are respected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// From where somebody acts: what the audit log keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The client's address.
    pub ip: IpAddr,
    /// The request's id.
    pub request_id: String,
    /// What the client calls itself; empty when it does not.
    pub user_agent: String,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for RequestId {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        Outcome::Success(Self(Context::of(request).request_id().to_owned()))
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for ClientAddress {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        Outcome::Success(Self(Context::of(request).client()))
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Origin {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        Outcome::Success(Self::of(request))
    }
}

impl Origin {
    /// From where this request comes.
    pub fn of(request: &Request<'_>) -> Self {
        let context = Context::of(request);
        let agent = request.headers().get_one("User-Agent").unwrap_or_default();
        Self {
            ip: context.client(),
            request_id: context.request_id().to_owned(),
            user_agent: agent[..agent.floor_char_boundary(LONGEST_USER_AGENT)].to_owned(),
        }
    }
}

/// The value of a managed state; a missing one is a mistake in the assembly and answers 500.
pub fn managed<'r, T: Send + Sync + 'static>(request: &'r Request<'_>) -> Result<&'r T, (Status, Problem)> {
    request.rocket().state::<T>().ok_or_else(|| {
        let problem = Problem::internal(format!("{} is not managed", std::any::type_name::<T>()));
        Context::of(request).keep_problem(problem.clone());
        (Status::InternalServerError, problem)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn request_ids_are_unique_and_ordered_by_time() {
        let clock = Clock::fixed("2026-03-29T00:59:59Z".parse().unwrap());
        let ids = RequestIds::new(clock.clone(), &Randomness::seeded(1));
        let some: HashSet<String> = (0..10_000).map(|_| ids.next()).collect();
        assert_eq!(some.len(), 10_000);
        let earlier = ids.next();
        clock.advance(jiff::SignedDuration::from_secs(1));
        let later = ids.next();
        assert!(earlier < later);
        assert_eq!(uuid::Uuid::parse_str(&later).unwrap().get_version_num(), 7);
    }

    #[test]
    fn only_harmless_ids_are_taken_over() {
        for (id, is_fine) in [
            ("0190ab3c-1111-7000-8000-000000000000", true),
            ("abcd1234", true),
            ("short", false),
            ("with space 123", false),
            ("quote\"quote\"", false),
            ("new\nline-12345", false),
        ] {
            assert_eq!(is_request_id(id), is_fine, "{id}");
        }
        assert!(!is_request_id(&"a".repeat(65)));
    }
}
