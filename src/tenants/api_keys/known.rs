//! The keys that the public guard knows without asking the database. A change is heard through the outbox within
//! milliseconds; what is not heard is forgotten by time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use foldhash::fast::RandomState;
use ground::db::{Db, DbError};
use machinery::events::{Event, FollowError, Follower, NewEvent};
use moka::sync::Cache;
use rocket::futures::future::{BoxFuture, FutureExt};
use sha2::{Digest, Sha256};

use super::store::{self, KeyRecord};
use crate::{
    scope::Visitor,
    usage::{Counter, Limits, Quota},
};

/// How long a key is known without looking again, should an event be missed.
const KNOWN_FOR: Duration = Duration::from_secs(30);
/// Keys known at once, about 300 bytes each.
const MOST_KNOWN: u64 = 10_000;
/// How long a key is known not to exist: enough to take the force out of a client that repeats itself.
const UNKNOWN_FOR: Duration = Duration::from_secs(1);
/// Wrong keys remembered at once, about 100 bytes each: guessing cannot fill the memory.
const MOST_UNKNOWN: u64 = 10_000;

/// SHA-256 of a key: the key itself is kept nowhere.
type Fingerprint = [u8; 32];

/// A key that exists.
#[derive(Debug)]
pub struct KnownKey {
    /// What the database says of it.
    pub record: KeyRecord,
    /// Whom it lets in.
    pub visitor: Visitor,
    /// How often it may be used.
    pub quota: Quota,
    /// How often it was.
    pub counter: Arc<Counter>,
    /// Which state of the keys it was read in.
    as_of: u64,
}

/// The known keys. Cheap to clone; clones share what they know.
#[derive(Clone)]
pub struct Keys {
    db: Db,
    limits: Limits,
    known: Cache<Fingerprint, Arc<KnownKey>, RandomState>,
    unknown: Cache<Fingerprint, u64, RandomState>,
    changes: Arc<AtomicU64>,
}

impl Keys {
    /// Knows no key yet.
    pub fn new(db: Db, limits: Limits) -> Self {
        Self {
            db,
            limits,
            known: Cache::builder()
                .max_capacity(MOST_KNOWN)
                .time_to_live(KNOWN_FOR)
                .build_with_hasher(RandomState::default()),
            unknown: Cache::builder()
                .max_capacity(MOST_UNKNOWN)
                .time_to_live(UNKNOWN_FOR)
                .build_with_hasher(RandomState::default()),
            changes: Arc::default(),
        }
    }

    /// Listens for changes of keys and organizations: give it to the followers of the outbox.
    pub fn changes(&self) -> KeyChanges {
        KeyChanges(Arc::clone(&self.changes))
    }

    /// The database these keys stand in.
    pub(super) fn db(&self) -> &Db {
        &self.db
    }

    /// The limits that count their use.
    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The key that was shown, if it exists and was not revoked. Whether it may be used now is for the caller to see.
    pub(super) async fn find(&self, key: &str) -> Result<Option<Arc<KnownKey>>, DbError> {
        let fingerprint: Fingerprint = Sha256::digest(key.as_bytes()).into();
        let as_of = self.changes.load(Ordering::Acquire);
        if let Some(known) = self.known.get(&fingerprint)
            && known.as_of == as_of
        {
            return Ok(Some(known));
        }
        if self.unknown.get(&fingerprint) == Some(as_of) {
            return Ok(None);
        }
        self.look_up(key, fingerprint, as_of).await
    }

    async fn look_up(&self, key: &str, fingerprint: Fingerprint, as_of: u64) -> Result<Option<Arc<KnownKey>>, DbError> {
        let hash = super::key_hash(key);
        let Some(record) = self.db.read(move |conn| store::by_hash(conn, &hash)).await? else {
            self.unknown.insert(fingerprint, as_of);
            return Ok(None);
        };
        let visitor = Visitor::by_key(record.organization, record.id);
        let known = Arc::new(KnownKey {
            visitor,
            quota: Quota { per_minute: record.per_minute, per_day: record.per_day },
            counter: self.limits.counter(visitor, record.id),
            record,
            // Should something have changed while we read, `as_of` is behind already and the next use looks again.
            as_of,
        });
        self.known.insert(fingerprint, Arc::clone(&known));
        Ok(Some(known))
    }
}

/// Hears of every change of a key or an organization. In memory only: each process has its own and starts at the
/// newest event.
#[derive(Clone, Debug)]
pub struct KeyChanges(Arc<AtomicU64>);

impl KeyChanges {
    fn note(&self, kind: &str) {
        if kind.starts_with("api_key.") || kind.starts_with("organization.") {
            // Changes are rare and a look-up is cheap, so every known key is looked up again after any of them.
            self.0.fetch_add(1, Ordering::AcqRel);
        }
    }
}

impl Follower for KeyChanges {
    fn name(&self) -> &'static str {
        "api-keys"
    }

    fn follow<'a>(&'a self, event: &'a Event) -> BoxFuture<'a, Result<(), FollowError>> {
        self.note(&event.kind);
        async { Ok(()) }.boxed()
    }

    fn hear(&self, event: &NewEvent) {
        self.note(event.kind);
    }

    fn is_durable(&self) -> bool {
        false
    }
}
