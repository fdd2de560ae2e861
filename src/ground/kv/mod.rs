//! The key-value store for what may be lost: counters of limits, caches. sled in the data directory by default, Redis
//! where several processes share. Nothing that a person wrote is ever kept only here.

mod pause;
mod redis;
mod sled;
#[cfg(test)]
mod tests;

use std::{path::Path, time::Duration};

pub use self::{redis::RedisStore, sled::SledStore};

use crate::clock::Clock;

/// Why the store did not answer. A limit that gets this counts by itself; a cache goes to the source.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KvError {
    /// The store cannot be reached or opened, or took too long.
    #[error("the key-value store is unavailable: {0}")]
    Unavailable(String),
    /// The value under the key is no number, or would grow past 64 bits.
    #[error("the stored value cannot be counted with")]
    NotANumber,
    /// The store answered with an error.
    #[error("the key-value store refused the request: {0}")]
    Refused(String),
}

/// The open store. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Kv {
    /// Embedded, in the data directory, for one process.
    Sled(SledStore),
    /// A server that several processes share.
    Redis(RedisStore),
}

impl Kv {
    /// The embedded store in this directory, with the machine's clock. See [`Kv::open_sled_with_clock`].
    pub fn open_sled(directory: impl AsRef<Path>) -> Result<Self, KvError> {
        Self::open_sled_with_clock(directory, Clock::system())
    }

    /// The embedded store in this directory; what expires does so by `clock`. Only the directory is made here: sled
    /// itself is opened at the first use, so that starting costs nothing. A damaged store is thrown away and begun
    /// anew.
    pub fn open_sled_with_clock(directory: impl AsRef<Path>, clock: Clock) -> Result<Self, KvError> {
        SledStore::new(directory.as_ref(), clock).map(Self::Sled)
    }

    /// The Redis server at this URL (`redis://` or `rediss://`). A server that cannot be reached yet is logged, not an
    /// error: requests answer [`KvError::Unavailable`] until it is there.
    pub async fn connect_redis(url: &str) -> Result<Self, KvError> {
        RedisStore::connect(url).await.map(Self::Redis)
    }

    /// Which store it is: `sled` or `redis`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Sled(_) => "sled",
            Self::Redis(_) => "redis",
        }
    }

    /// Whether the store answers at this moment; opens it where it is not open yet.
    pub async fn check(&self) -> Result<(), KvError> {
        match self {
            Self::Sled(store) => store.check().await,
            Self::Redis(store) => store.check().await,
        }
    }

    /// The value of a key that has not expired.
    pub async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, KvError> {
        match self {
            Self::Sled(store) => store.get(key).await,
            Self::Redis(store) => store.get(key).await,
        }
    }

    /// Keeps a value, for `ttl` or for good; replaces the value and the remaining time of an earlier one.
    pub async fn put(&self, key: &str, value: &[u8], ttl: Option<Duration>) -> Result<(), KvError> {
        match self {
            Self::Sled(store) => store.put(key, value, ttl).await,
            Self::Redis(store) => store.put(key, value, ttl).await,
        }
    }

    /// [`Kv::put`] for many keys at once, in one exchange with the store.
    pub async fn put_many(&self, entries: Vec<(String, Vec<u8>, Option<Duration>)>) -> Result<(), KvError> {
        match self {
            Self::Sled(store) => store.put_many(entries).await,
            Self::Redis(store) => store.put_many(entries).await,
        }
    }

    /// Forgets a key.
    pub async fn delete(&self, key: &str) -> Result<(), KvError> {
        match self {
            Self::Sled(store) => store.delete(key).await,
            Self::Redis(store) => store.delete(key).await,
        }
    }

    /// Adds to a number (kept as decimal text) and answers the sum. A missing one starts at zero and lives for `ttl`
    /// from then on: later additions do not prolong it. Atomic, over all processes that share the store.
    pub async fn increment(&self, key: &str, by: i64, ttl: Duration) -> Result<i64, KvError> {
        match self {
            Self::Sled(store) => store.increment(key, by, ttl).await,
            Self::Redis(store) => store.increment(key, by, ttl).await,
        }
    }

    /// All keys with a prefix and their values, sorted by key. Walks the store: for starting up, not for requests.
    pub async fn list(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, KvError> {
        match self {
            Self::Sled(store) => store.list(prefix).await,
            Self::Redis(store) => store.list(prefix).await,
        }
    }

    /// Hands everything kept so far to the operating system: before an orderly stop. Redis keeps its own time.
    pub async fn flush(&self) -> Result<(), KvError> {
        match self {
            Self::Sled(store) => store.flush().await,
            Self::Redis(_) => Ok(()),
        }
    }

    /// Removes what has expired and answers how much that was. Redis does it by itself and answers zero.
    pub async fn sweep(&self) -> Result<u64, KvError> {
        match self {
            Self::Sled(store) => store.sweep().await,
            Self::Redis(_) => Ok(0),
        }
    }
}

/// A lifetime in whole milliseconds, as both stores count it. A part of one counts as a whole one.
fn milliseconds(ttl: Duration) -> u64 {
    /// A hundred years: longer than any store lives, and far from the end of the numbers.
    const LONGEST: u64 = 100 * 365 * 24 * 60 * 60 * 1000;
    u64::try_from(ttl.as_nanos().div_ceil(1_000_000)).unwrap_or(LONGEST).min(LONGEST)
}
