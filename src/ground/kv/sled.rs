//! The embedded store. sled was seen to lose acknowledged writes when a process is killed, which is why only what may
//! be lost is kept in it.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sled::{Db, IVec, Mode};
use tokio::{sync::OnceCell, task::spawn_blocking};

use super::{KvError, milliseconds, pause::Pause};
use crate::clock::Clock;

/// sled's page cache in bytes. Its default of 1 GB is meant for a database; this is a side room of a small server.
const CACHE_BYTES: u64 = 8 * 1024 * 1024;
/// How much may be lost when the process is killed.
const FLUSH_EVERY: Duration = Duration::from_millis(500);
/// Bytes before each value: when it expires, in milliseconds since 1970, big-endian.
const EXPIRY_BYTES: usize = 8;
/// The expiry of what never expires.
const NEVER: u64 = 0;

/// The embedded store. Cheap to clone.
#[derive(Clone)]
pub struct SledStore(Arc<Store>);

struct Store {
    directory: PathBuf,
    clock: Clock,
    db: OnceCell<Db>,
    pause: Pause,
}

impl SledStore {
    pub(super) fn new(directory: &Path, clock: Clock) -> Result<Self, KvError> {
        fs::create_dir_all(directory)
            .map_err(|error| KvError::Unavailable(format!("{} cannot be made: {error}", directory.display())))?;
        let directory = directory.to_owned();
        Ok(Self(Arc::new(Store { directory, clock, db: OnceCell::new(), pause: Pause::default() })))
    }

    pub(super) async fn check(&self) -> Result<(), KvError> {
        self.db().await.map(drop)
    }

    pub(super) async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, KvError> {
        let value = self.db().await?.get(key).map_err(refused)?;
        Ok(value.and_then(|value| live(&value, self.now()).map(<[u8]>::to_vec)))
    }

    pub(super) async fn put(&self, key: &str, value: &[u8], ttl: Option<Duration>) -> Result<(), KvError> {
        let value = with_expiry(self.expiry(ttl), value);
        self.db().await?.insert(key, value).map(drop).map_err(refused)
    }

    pub(super) async fn put_many(&self, entries: Vec<(String, Vec<u8>, Option<Duration>)>) -> Result<(), KvError> {
        let mut batch = sled::Batch::default();
        for (key, value, ttl) in entries {
            batch.insert(key.as_bytes(), with_expiry(self.expiry(ttl), &value));
        }
        self.aside(move |db, _| db.apply_batch(batch).map_err(refused)).await
    }

    pub(super) async fn delete(&self, key: &str) -> Result<(), KvError> {
        self.db().await?.remove(key).map(drop).map_err(refused)
    }

    pub(super) async fn increment(&self, key: &str, by: i64, ttl: Duration) -> Result<i64, KvError> {
        let (now, fresh_expiry) = (self.now(), self.expiry(Some(ttl)));
        let mut sum = Err(KvError::NotANumber);
        let added = self.db().await?.update_and_fetch(key, |old| {
            let kept = old.and_then(|old| Some((expiry_of(old)?, live(old, now)?)));
            let (expiry, number) = kept.map_or((fresh_expiry, Some(0)), |(expiry, text)| (expiry, number(text)));
            match number.and_then(|number| number.checked_add(by)) {
                Some(number) => {
                    sum = Ok(number);
                    Some(with_expiry(expiry, number.to_string().as_bytes()))
                }
                None => {
                    sum = Err(KvError::NotANumber);
                    old.map(<[u8]>::to_vec)
                }
            }
        });
        added.map_err(refused)?;
        sum
    }

    pub(super) async fn list(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, KvError> {
        let prefix = prefix.to_owned();
        let listed = self.aside(move |db, now| {
            let mut found = Vec::new();
            for entry in db.scan_prefix(prefix) {
                let (key, value) = entry.map_err(refused)?;
                if let Some(value) = live(&value, now) {
                    found.push((String::from_utf8_lossy(&key).into_owned(), value.to_vec()));
                }
            }
            Ok(found)
        });
        listed.await
    }

    pub(super) async fn flush(&self) -> Result<(), KvError> {
        if self.0.db.get().is_none() {
            return Ok(());
        }
        self.aside(|db, _| db.flush().map(drop).map_err(refused)).await
    }

    pub(super) async fn sweep(&self) -> Result<u64, KvError> {
        let swept = self.aside(|db, now| {
            let mut removed = 0;
            for entry in db.iter() {
                let (key, value) = entry.map_err(refused)?;
                // Compared, because the key may have been written anew since it was read.
                if live(&value, now).is_none()
                    && db.compare_and_swap(key, Some(&value), None::<IVec>).map_err(refused)?.is_ok()
                {
                    removed += 1;
                }
            }
            Ok(removed)
        });
        swept.await
    }

    /// The open database; the first caller opens it, on a thread that may wait.
    async fn db(&self) -> Result<&Db, KvError> {
        if let Some(db) = self.0.db.get() {
            return Ok(db);
        }
        self.0.pause.check()?;
        let opened = self.0.db.get_or_try_init(|| async {
            let directory = self.0.directory.clone();
            let opening = spawn_blocking(move || open(&directory)).await;
            opening.unwrap_or_else(|_| Err(KvError::Unavailable("the store ended while it was opened".to_owned())))
        });
        let opened = opened.await;
        self.0.pause.note("sled", &opened);
        opened
    }

    /// Runs what walks the store or waits for the disk on a thread that may do so.
    async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Db, u64) -> Result<T, KvError> + Send + 'static,
    ) -> Result<T, KvError> {
        let (db, now) = (self.db().await?.clone(), self.now());
        let done = spawn_blocking(move || work(&db, now)).await;
        done.unwrap_or_else(|_| Err(KvError::Unavailable("the store failed at its work".to_owned())))
    }

    fn now(&self) -> u64 {
        u64::try_from(self.0.clock.now().as_millisecond()).unwrap_or(0)
    }

    fn expiry(&self, ttl: Option<Duration>) -> u64 {
        ttl.map_or(NEVER, |ttl| self.now().saturating_add(milliseconds(ttl)))
    }
}

impl fmt::Debug for SledStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("SledStore").field(&self.0.directory).finish()
    }
}

/// Opens the store, and begins it anew where what is there cannot be read. A store that another process holds, or that
/// may not be written, is left as it is.
fn open(directory: &Path) -> Result<Db, KvError> {
    let reason = match try_open(directory) {
        Ok(db) => return Ok(db),
        Err(Unopened::Blocked(reason)) => return Err(KvError::Unavailable(reason)),
        Err(Unopened::Damaged(reason)) => reason,
    };
    tracing::warn!(
        directory = %directory.display(),
        reason,
        "the key-value store cannot be read and is begun anew; only counters and caches are lost"
    );
    let removed = remove_files(directory);
    removed.map_err(|error| KvError::Unavailable(format!("{} cannot be emptied: {error}", directory.display())))?;
    try_open(directory).map_err(|(Unopened::Blocked(reason) | Unopened::Damaged(reason))| KvError::Unavailable(reason))
}

/// Why sled did not open.
enum Unopened {
    /// Nothing is wrong with what is stored.
    Blocked(String),
    /// What is stored cannot be read.
    Damaged(String),
}

fn try_open(directory: &Path) -> Result<Db, Unopened> {
    let flush_every = u64::try_from(FLUSH_EVERY.as_millis()).ok();
    let config = sled::Config::new()
        .path(directory)
        .mode(Mode::LowSpace)
        .cache_capacity(CACHE_BYTES)
        .flush_every_ms(flush_every);
    // sled answers some damage with a panic.
    let opened = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| config.open()));
    let error = match opened {
        Ok(Ok(db)) => return Ok(db),
        Ok(Err(error)) => error,
        Err(_) => return Err(Unopened::Damaged("sled panicked".to_owned())),
    };
    let reason = format!("{}: {error}", directory.display());
    match error {
        sled::Error::Io(cause) if is_blocked(&cause) => Err(Unopened::Blocked(reason)),
        _ => Err(Unopened::Damaged(reason)),
    }
}

/// Whether an error comes from around the store rather than from what is in it.
fn is_blocked(cause: &io::Error) -> bool {
    match cause.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => false,
        // sled wraps the lock of another process, and only its text tells it from damage.
        io::ErrorKind::Other => cause.to_string().contains("acquire lock"),
        _ => true,
    }
}

/// Removes sled's own files and nothing else: a wrong path in the settings must not empty a directory.
fn remove_files(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name == "blobs" {
            fs::remove_dir_all(entry.path())?;
        } else if matches!(name.as_ref(), "conf" | "db") || name.starts_with("snap.") {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn with_expiry(expiry: u64, value: &[u8]) -> Vec<u8> {
    [&expiry.to_be_bytes(), value].concat()
}

fn expiry_of(stored: &[u8]) -> Option<u64> {
    stored.first_chunk::<EXPIRY_BYTES>().map(|bytes| u64::from_be_bytes(*bytes))
}

/// The value behind the expiry, unless that has come.
fn live(stored: &[u8], now: u64) -> Option<&[u8]> {
    let expiry = expiry_of(stored)?;
    (expiry == NEVER || now < expiry).then_some(&stored[EXPIRY_BYTES..])
}

fn number(text: &[u8]) -> Option<i64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

#[expect(clippy::needless_pass_by_value, reason = "used as the function of map_err")]
fn refused(error: sled::Error) -> KvError {
    KvError::Unavailable(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_damaged_store_is_begun_anew() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("kv");
        fs::create_dir_all(&path).unwrap();
        fs::write(path.join("notes.txt"), "not sled's").unwrap();
        fs::write(path.join("conf"), "garbage").unwrap();
        fs::write(path.join("db"), vec![0x5a; 700_000]).unwrap();
        let store = SledStore::new(&path, Clock::system()).unwrap();
        store.put("a", b"1", None).await.unwrap();
        assert_eq!(store.get("a").await.unwrap().as_deref(), Some(b"1".as_slice()));
        assert!(path.join("notes.txt").exists(), "only the store's own files are removed");
    }

    #[tokio::test]
    async fn a_store_that_another_holds_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let holder = SledStore::new(directory.path(), Clock::system()).unwrap();
        holder.put("a", b"1", None).await.unwrap();
        let second = SledStore::new(directory.path(), Clock::system()).unwrap();
        assert!(matches!(second.get("a").await, Err(KvError::Unavailable(_))));
        assert!(matches!(second.get("a").await, Err(KvError::Unavailable(_))), "without asking again at once");
        assert_eq!(holder.get("a").await.unwrap().as_deref(), Some(b"1".as_slice()));
    }

    #[tokio::test]
    async fn opening_costs_nothing_before_the_first_use() {
        let directory = tempfile::tempdir().unwrap();
        let store = SledStore::new(&directory.path().join("kv"), Clock::system()).unwrap();
        store.flush().await.unwrap();
        assert_eq!(fs::read_dir(directory.path().join("kv")).unwrap().count(), 0);
        store.check().await.unwrap();
        assert!(directory.path().join("kv/db").exists());
    }

    #[tokio::test]
    async fn what_is_kept_survives_an_orderly_stop() {
        let directory = tempfile::tempdir().unwrap();
        let store = SledStore::new(directory.path(), Clock::system()).unwrap();
        store.put("a", b"1", None).await.unwrap();
        store.flush().await.unwrap();
        drop(store);
        let again = SledStore::new(directory.path(), Clock::system()).unwrap();
        assert_eq!(again.get("a").await.unwrap().as_deref(), Some(b"1".as_slice()));
    }
}
