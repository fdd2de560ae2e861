//! Answers of the public API and pages of websites that are kept in memory: whole bytes with their compressed forms, as long as nothing that they were made from
//! has changed, and until something of it is shown or hidden by itself. A warm answer costs one look into the cache and three
//! comparisons.

mod versions;

use std::sync::Arc;

use foldhash::fast::RandomState;
use ground::{
    clock::{Clock, Timestamp},
    words::OrganizationId,
};
use machinery::web::Cached;
use moka::sync::Cache;
use rocket::{
    Request,
    http::{Header, Status},
    response::{Responder, Result as Responded},
};

pub use versions::{Changes, Versions};

pub(crate) use versions::State;

/// Bytes of answers that are kept: the pages of some dozens of hotels, and little beside the 256 MB of a small machine.
const MOST_BYTES: u64 = 24 * 1024 * 1024;
/// An answer weighs its plain bytes and at most as much again for its compressed forms, which are made later.
const COMPRESSED_SHARE: usize = 2;
/// Longest address that is kept: a longer one is somebody trying what happens.
const LONGEST_ADDRESS: usize = 512;
/// Clients and caches between us ask each time whether it has changed; most answers to that are an empty 304.
pub(crate) const CACHE_CONTROL: &str = "private, no-cache";

/// Whose answer it is, and to what.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Asked {
    pub organization: OrganizationId,
    /// Path and query; for lists with the host, because they link to their neighbours.
    pub address: String,
}

/// A kept answer.
#[derive(Clone)]
pub(crate) struct Answer(Arc<Content>);

struct Content {
    body: Cached,
    status: Status,
    language: Option<String>,
    policy: Option<String>,
    states: Vec<State>,
    until: Option<Timestamp>,
}

impl Answer {
    /// An answer in a language, made from these states.
    pub fn new(body: Cached, language: Option<String>, states: Vec<State>) -> Self {
        Self(Arc::new(Content { body, status: Status::Ok, language, policy: None, states, until: None }))
    }

    /// A page of a website, with its status and the policy under which browsers show it.
    pub fn page(body: Cached, status: Status, language: String, policy: String, states: Vec<State>) -> Self {
        Self(Arc::new(Content { body, status, language: Some(language), policy: Some(policy), states, until: None }))
    }

    /// The answer, which stands until this instant at most: then something is shown or hidden by itself.
    pub fn kept_until(mut self, until: Option<Timestamp>) -> Self {
        if let Some(content) = Arc::get_mut(&mut self.0) {
            content.until = until;
        }
        self
    }

    /// Most answers have no end, and ask for no time.
    fn is_current(&self, clock: &Clock) -> bool {
        self.0.states.iter().all(State::is_current) && self.0.until.is_none_or(|until| clock.now() < until)
    }
}

impl<'r> Responder<'r, 'static> for Answer {
    fn respond_to(self, request: &'r Request<'_>) -> Responded<'static> {
        let mut response = self.0.body.clone().respond_to(request)?;
        if let Some(language) = &self.0.language {
            response.set_header(Header::new("Content-Language", language.clone()));
        }
        if let Some(policy) = &self.0.policy {
            response.set_header(Header::new("Content-Security-Policy", policy.clone()));
        }
        if self.0.status != Status::Ok && response.status() == Status::Ok {
            response.set_status(self.0.status);
        }
        Ok(response)
    }
}

/// The kept answers. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Answers {
    kept: Cache<Asked, Answer, RandomState>,
    versions: Versions,
    clock: Clock,
}

impl Answers {
    pub fn new(versions: Versions, clock: Clock) -> Self {
        let weigh = |asked: &Asked, answer: &Answer| {
            let bytes = asked.address.len() + answer.0.body.weight() * COMPRESSED_SHARE;
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        Self {
            kept: Cache::builder().max_capacity(MOST_BYTES).weigher(weigh).build_with_hasher(RandomState::default()),
            versions,
            clock,
        }
    }

    pub fn versions(&self) -> &Versions {
        &self.versions
    }

    /// The answer, if one is kept and still right.
    pub fn get(&self, asked: &Asked) -> Option<Answer> {
        self.kept.get(asked).filter(|answer| answer.is_current(&self.clock))
    }

    pub fn keep(&self, asked: Asked, answer: &Answer) {
        if asked.address.len() <= LONGEST_ADDRESS {
            self.kept.insert(asked, answer.clone());
        }
    }
}
