//! The limits of all keys: counted here, kept in the key-value store for the next process, shared through it with the
//! other processes where there are some. When the store is away this process counts by itself: a limit is never open.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use ground::{
    clock::Timestamp,
    db::{Db, DbError},
    kv::{Kv, KvError},
    words::ApiKeyId,
};
use rocket::futures::future::join_all;
use tokio::{sync::watch, task::JoinHandle, time::MissedTickBehavior};

use super::{
    counter::{Counter, Permit, Refused, Unwritten},
    store,
    window::{DAY, Quota, Shared},
};
use crate::scope::Visitor;

/// Maps of counters: a request touches one of them once in half a minute, so few are enough.
const SHARDS: usize = 16;
/// How often the windows are kept for the next process.
const SAVE_EVERY: Duration = Duration::from_secs(1);
/// How often the use is written to the database.
const WRITE_EVERY: Duration = Duration::from_secs(2);
/// How often counters that nobody uses are forgotten.
const SWEEP_EVERY: Duration = Duration::from_secs(60);
/// How often busy counters are exchanged with other processes: half of what they may be behind.
const EXCHANGE_EVERY: Duration = Duration::from_millis(50);
/// How far behind others' counts a request may be decided, in milliseconds.
const STALENESS: i64 = 100;
/// How long a request waits for others' counts before it goes by what is known here.
const PATIENCE: Duration = Duration::from_millis(100);
/// How long the store is left alone after it failed, in milliseconds.
const REST: i64 = 1_000;
/// Keys written in one transaction: a few milliseconds of the writer's time.
const WRITE_BATCH: usize = 500;
/// How long kept windows are of use: the day and the hour that it is cut by.
const KEPT_FOR: Duration = Duration::from_secs(25 * 60 * 60);
/// How long a shared second is of use.
const SECOND_KEPT_FOR: Duration = Duration::from_secs(2 * 60);
/// How long a shared hour is of use.
const HOUR_KEPT_FOR: Duration = Duration::from_secs(26 * 60 * 60);

/// The limits of all keys. Cheap to clone; clones count together.
#[derive(Clone)]
pub struct Limits(Arc<Inner>);

struct Inner {
    db: Db,
    kv: Kv,
    shards: [Mutex<HashMap<ApiKeyId, Arc<Counter>>>; SHARDS],
    hasher: RandomState,
    /// Until when the store is left alone; 0 while it answers.
    store_rests_until: AtomicI64,
}

impl Limits {
    /// No key counted yet. Counters are read from the store and the database at each key's first use.
    pub fn new(db: Db, kv: Kv) -> Self {
        let shards = std::array::from_fn(|_| Mutex::default());
        Self(Arc::new(Inner { db, kv, shards, hasher: RandomState::new(), store_rests_until: AtomicI64::new(0) }))
    }

    /// The key's counter: the same one for all who ask.
    pub fn counter(&self, visitor: Visitor, key: ApiKeyId) -> Arc<Counter> {
        let mut shard = self.shard(key);
        Arc::clone(shard.entry(key).or_insert_with(|| Arc::new(Counter::new(visitor, key))))
    }

    /// Lets a request in and counts it, or refuses it.
    pub async fn admit(&self, counter: &Arc<Counter>, quota: Quota, now: Timestamp) -> Result<Permit, Refused> {
        let now = now.as_millisecond();
        if !counter.ready.initialized() {
            counter.ready.get_or_init(|| self.read_back(counter, now)).await;
        } else if self.is_shared() && counter.is_stale(now, STALENESS) {
            self.exchange(counter, now).await;
        }
        counter.admit(now, quota)
    }

    /// Saves, writes, exchanges and sweeps until `stop` turns true, and once more then.
    pub fn start(&self, mut stop: watch::Receiver<bool>) -> JoinHandle<()> {
        let limits = self.clone();
        tokio::spawn(async move {
            let [mut save, mut write, mut sweep, mut exchange] = [SAVE_EVERY, WRITE_EVERY, SWEEP_EVERY, EXCHANGE_EVERY]
                .map(|period| {
                    let mut interval = tokio::time::interval(period);
                    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
                    interval
                });
            loop {
                tokio::select! {
                    _ = save.tick(), if !limits.is_shared() => limits.save().await,
                    _ = exchange.tick(), if limits.is_shared() => limits.exchange_busy().await,
                    _ = write.tick() => limits.write().await,
                    _ = sweep.tick() => limits.sweep(),
                    // The guard that it answers may not be held while a branch waits.
                    () = async { drop(stop.wait_for(|stop| *stop).await) } => break,
                }
            }
            limits.settle().await;
        })
    }

    /// Saves and writes everything now: when the last request has been answered.
    pub async fn settle(&self) {
        if self.is_shared() {
            self.exchange_busy().await;
        } else {
            self.save().await;
        }
        self.write().await;
    }

    fn is_shared(&self) -> bool {
        matches!(self.0.kv, Kv::Redis(_))
    }

    fn shard(&self, key: ApiKeyId) -> MutexGuard<'_, HashMap<ApiKeyId, Arc<Counter>>> {
        let index = usize::try_from(self.0.hasher.hash_one(key) % SHARDS as u64).unwrap_or(0);
        self.0.shards[index].lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn counters(&self) -> Vec<Arc<Counter>> {
        let mut counters = Vec::new();
        for shard in &self.0.shards {
            counters.extend(shard.lock().unwrap_or_else(PoisonError::into_inner).values().cloned());
        }
        counters
    }
}

/// What outlives the process.
impl Limits {
    /// Reads what the last process kept and what the database counted; what cannot be read counts as nothing.
    async fn read_back(&self, counter: &Arc<Counter>, now: i64) {
        let snapshot = if self.is_shared() {
            self.exchange(counter, now).await;
            None
        } else {
            self.answered(self.0.kv.get(&kept_key(counter.key())).await, now).flatten()
        };
        let (visitor, key) = (counter.visitor(), counter.key());
        let days = self.0.db.read(move |conn| store::counted(conn, &visitor, key, now.div_euclid(DAY))).await;
        let days = days.inspect_err(|error: &DbError| {
            tracing::warn!(%error, "a key's use of the last day was not read; its daily limit counts from now");
        });
        counter.restore(snapshot.as_deref(), days.ok(), now);
    }

    async fn save(&self) {
        let unsaved: Vec<_> = self
            .counters()
            .into_iter()
            .filter_map(|counter| counter.take_unsaved().map(|bytes| (counter, bytes)))
            .collect();
        if unsaved.is_empty() {
            return;
        }
        let entries =
            unsaved.iter().map(|(counter, bytes)| (kept_key(counter.key()), bytes.clone(), Some(KEPT_FOR))).collect();
        let now = self.now();
        let saved = match self.0.kv.put_many(entries).await {
            Ok(()) => self.0.kv.flush().await,
            Err(error) => Err(error),
        };
        if self.answered(saved, now).is_none() {
            for (counter, _) in &unsaved {
                counter.save_again();
            }
        }
    }

    async fn write(&self) {
        let counters = self.counters();
        let unwritten: Vec<_> =
            counters.into_iter().filter_map(|counter| counter.take_unwritten().map(|rows| (counter, rows))).collect();
        for batch in unwritten.chunks(WRITE_BATCH) {
            let rows: Vec<Unwritten> = batch.iter().map(|(_, rows)| rows.clone()).collect();
            let written: Result<(), DbError> = self.0.db.write(move |tx| store::write(tx, &rows)).await;
            if let Err(error) = written {
                tracing::warn!(%error, keys = batch.len(), "the use of keys was not written; it is kept for the next time");
                for (counter, rows) in batch {
                    counter.put_back(rows);
                }
            }
        }
    }

    fn sweep(&self) {
        let is_shared = self.is_shared();
        for shard in &self.0.shards {
            let mut counters = shard.lock().unwrap_or_else(PoisonError::into_inner);
            // Nobody else holds it, and nobody can take hold of it while the shard is locked.
            counters.retain(|_, counter| Arc::strong_count(counter) > 1 || !counter.is_settled(is_shared));
        }
    }
}

/// Several processes count together.
impl Limits {
    async fn exchange_busy(&self) {
        let now = self.now();
        if now < self.0.store_rests_until.load(Ordering::Acquire) {
            return;
        }
        let counters = self.counters();
        join_all(counters.iter().filter(|counter| counter.has_unsent()).map(|counter| self.exchange(counter, now)))
            .await;
    }

    /// Tells this process's hits since the last exchange, and hears what all processes counted.
    async fn exchange(&self, counter: &Arc<Counter>, now: i64) {
        if now < self.0.store_rests_until.load(Ordering::Acquire) {
            return;
        }
        let Some(told) = counter.begin_exchange(now) else { return };
        let key = counter.key();
        let questions = join_all(told.iter().map(|(bucket, hits)| self.tell(key, *bucket, *hits)));
        let totals: Vec<Option<i64>> = match tokio::time::timeout(PATIENCE, questions).await {
            Ok(answers) => answers.into_iter().map(|answer| self.answered(answer, now)).collect(),
            Err(_) => {
                self.rest(now, &"no answer in time");
                Vec::new()
            }
        };
        counter.end_exchange(&told, &totals, now);
    }

    async fn tell(&self, key: ApiKeyId, bucket: Shared, hits: i64) -> Result<i64, KvError> {
        let (name, kept_for) = match bucket {
            Shared::Second(tick) => (format!("limits/{key}/second/{tick}"), SECOND_KEPT_FOR),
            Shared::Hour(tick) => (format!("limits/{key}/hour/{tick}"), HOUR_KEPT_FOR),
        };
        if hits != 0 {
            return self.0.kv.increment(&name, hits, kept_for).await;
        }
        let text = self.0.kv.get(&name).await?;
        Ok(text.and_then(|bytes| std::str::from_utf8(&bytes).ok()?.parse().ok()).unwrap_or(0))
    }

    /// The store's answer, or nothing and a rest for the store.
    fn answered<T>(&self, answer: Result<T, KvError>, now: i64) -> Option<T> {
        match answer {
            Ok(value) => {
                if self.0.store_rests_until.swap(0, Ordering::AcqRel) != 0 {
                    tracing::info!("the key-value store answers again; limits are kept and shared");
                }
                Some(value)
            }
            Err(error) => {
                self.rest(now, &error);
                None
            }
        }
    }

    fn rest(&self, now: i64, cause: &dyn std::fmt::Display) {
        if self.0.store_rests_until.swap(now + REST, Ordering::AcqRel) == 0 {
            tracing::warn!(%cause, "the key-value store failed; this process counts limits by itself");
        }
    }

    fn now(&self) -> i64 {
        self.0.db.clock().now().as_millisecond()
    }
}

fn kept_key(key: ApiKeyId) -> String {
    format!("limits/{key}")
}

#[cfg(test)]
#[path = "limits_tests.rs"]
mod tests;
