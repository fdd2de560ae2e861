//! Which state of the content an answer was made from. Two counters say whether it still stands: one for the sites of an
//! organization, one for the content of a site. The outbox moves them: in the process that wrote before the write is
//! answered, in the others within a second.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use ground::words::{OrganizationId, SiteId};
use machinery::events::{Event, FollowError, Follower, NewEvent};
use rocket::futures::future::{BoxFuture, FutureExt};

/// A counter that answers hold on to, so that a warm one looks nothing up.
type Counter = Arc<AtomicU64>;

/// The counters of all that was asked for. Cheap to clone.
#[derive(Clone, Default)]
pub struct Versions(Arc<Counters>);

#[derive(Default)]
struct Counters {
    organizations: RwLock<HashMap<OrganizationId, Counter>>,
    sites: RwLock<HashMap<SiteId, Counter>>,
}

/// A state of the content.
#[derive(Clone)]
pub(crate) struct State {
    counter: Counter,
    seen: u64,
}

impl State {
    /// The state that the counter shows now. Taken before reading, so that what changes meanwhile makes it stale.
    fn now(counter: Counter) -> Self {
        let seen = counter.load(Ordering::Acquire);
        Self { counter, seen }
    }

    /// Whether nothing has changed since.
    pub fn is_current(&self) -> bool {
        self.counter.load(Ordering::Acquire) == self.seen
    }
}

impl Versions {
    /// The state of the organization's list of sites.
    pub(crate) fn of_sites(&self, organization: OrganizationId) -> State {
        State::now(counter(&self.0.organizations, organization))
    }

    /// The state of a site's content.
    pub(crate) fn of_content(&self, site: SiteId) -> State {
        State::now(counter(&self.0.sites, site))
    }

    /// Moves the counters by what the outbox tells.
    pub fn changes(&self) -> Changes {
        Changes(self.clone())
    }

    fn note(&self, kind: &str, organization: Option<OrganizationId>, site: Option<SiteId>) {
        if (kind.starts_with("site.") || kind.starts_with("organization."))
            && let Some(organization) = organization
        {
            advance(&self.0.organizations, &organization);
        }
        if let Some(site) = site {
            advance(&self.0.sites, &site);
        }
    }
}

fn counter<I: Copy + Eq + Hash>(counters: &RwLock<HashMap<I, Counter>>, id: I) -> Counter {
    if let Some(counter) = counters.read().unwrap_or_else(PoisonError::into_inner).get(&id) {
        return Arc::clone(counter);
    }
    Arc::clone(counters.write().unwrap_or_else(PoisonError::into_inner).entry(id).or_default())
}

fn advance<I: Eq + Hash>(counters: &RwLock<HashMap<I, Counter>>, id: &I) {
    // Of what nobody has asked for no answer is kept.
    if let Some(counter) = counters.read().unwrap_or_else(PoisonError::into_inner).get(id) {
        counter.fetch_add(1, Ordering::AcqRel);
    }
}

/// Hears of every change that visitors can see. In memory only: each process has its own.
pub struct Changes(Versions);

impl Follower for Changes {
    fn name(&self) -> &'static str {
        "public-answers"
    }

    fn follow<'a>(&'a self, event: &'a Event) -> BoxFuture<'a, Result<(), FollowError>> {
        self.0.note(&event.kind, event.organization, event.site);
        async { Ok(()) }.boxed()
    }

    fn hear(&self, event: &NewEvent) {
        self.0.note(event.kind, event.organization, event.site);
    }

    fn is_durable(&self) -> bool {
        false
    }
}
