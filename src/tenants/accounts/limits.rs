//! How often something may be tried: one declared policy per door, counted in this process and in the key-value store.
//!
//! The store makes counters survive a restart and hold over several processes. When it fails, this process still
//! counts by itself: a limit is never open.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use ground::{
    clock::{Clock, Timestamp},
    crypto,
    kv::{Kv, KvError},
    words::EmailAddress,
};

const MINUTE: Duration = Duration::from_secs(60);
const QUARTER: Duration = Duration::from_secs(15 * 60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// How often one thing may be tried by one subject. A success gives its attempt back, so that failures count.
#[derive(Debug)]
pub struct Policy {
    /// Stable name: in the store's keys, in logs and in metrics.
    pub name: &'static str,
    /// Attempts in one window.
    pub attempts: u32,
    /// How long attempts are remembered, from the first one on.
    pub window: Duration,
    /// How long the subject waits once the attempts are used up.
    pub block: Duration,
    /// What happens then.
    pub excess: Excess,
}

/// What happens to attempts above the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    /// Refused until the block ends.
    Refuse,
    /// Answered late, with a line in the log: a stranger must not be able to lock the owner out.
    Slow,
}

const fn refuse(name: &'static str, attempts: u32, window: Duration) -> Policy {
    Policy { name, attempts, window, block: window, excess: Excess::Refuse }
}

/// Guessing one person's password from one place.
pub const LOGIN_PER_ACCOUNT_AND_ADDRESS: Policy = refuse("login_account_address", 5, MINUTE);
/// Guessing many people's passwords from one place.
pub const LOGIN_PER_ADDRESS: Policy = refuse("login_address", 20, MINUTE);
/// Guessing one person's password from many places.
pub const LOGIN_PER_ACCOUNT: Policy =
    Policy { name: "login_account", attempts: 100, window: HOUR, block: HOUR, excess: Excess::Slow };
/// Guessing the second factor, after the right password.
pub const SECOND_FACTOR: Policy = refuse("second_factor", 5, QUARTER);
/// Guessing the password inside a session that was left open.
pub const PASSWORD_CONFIRMATION: Policy = refuse("password_confirmation", 5, QUARTER);
/// Mailing reset links to one address.
pub const RESET_PER_ACCOUNT: Policy = refuse("password_reset_account", 3, HOUR);
/// Asking for reset links from one place.
pub const RESET_PER_ADDRESS: Policy = refuse("password_reset_address", 20, HOUR);
/// Trying links out of mails: reset and verification.
pub const LINK_PER_ADDRESS: Policy = refuse("mail_link_address", 20, QUARTER);
/// Mailing verification links to one person.
pub const VERIFICATION_PER_ACCOUNT: Policy = refuse("verification_account", 3, HOUR);
/// Trying refresh tokens.
pub const REFRESH_PER_ADDRESS: Policy = refuse("refresh_address", 30, MINUTE);
/// Trying invitation links.
pub const INVITATION_PER_ADDRESS: Policy = refuse("invitation_address", 20, QUARTER);
/// Trying preview links.
pub const PREVIEW_PER_ADDRESS: Policy = refuse("preview_address", 20, QUARTER);
/// Guessing the password of one preview link from one place.
pub const PREVIEW_PASSWORD: Policy = refuse("preview_password", 5, QUARTER);
/// Trying the first-run code from one place.
pub const SETUP_CODE_PER_ADDRESS: Policy = refuse("setup_code_address", 5, QUARTER);
/// Trying the first-run code from everywhere.
pub const SETUP_CODE_IN_TOTAL: Policy = refuse("setup_code_total", 20, HOUR);

/// Sending forms on websites from one place: a family planning its holidays sends a few.
pub const FORM_PER_ADDRESS: Policy = refuse("form_address", 10, QUARTER);

/// Every policy there is: the documentation's table and the tests read it.
pub const POLICIES: &[&Policy] = &[
    &LOGIN_PER_ACCOUNT_AND_ADDRESS,
    &LOGIN_PER_ADDRESS,
    &LOGIN_PER_ACCOUNT,
    &SECOND_FACTOR,
    &PASSWORD_CONFIRMATION,
    &RESET_PER_ACCOUNT,
    &RESET_PER_ADDRESS,
    &LINK_PER_ADDRESS,
    &VERIFICATION_PER_ACCOUNT,
    &REFRESH_PER_ADDRESS,
    &INVITATION_PER_ADDRESS,
    &PREVIEW_PER_ADDRESS,
    &PREVIEW_PASSWORD,
    &SETUP_CODE_PER_ADDRESS,
    &SETUP_CODE_IN_TOTAL,
    &FORM_PER_ADDRESS,
];

/// The subject of policies that count everyone together.
pub const EVERYONE: &str = "everyone";

/// An address as a subject: IPv6 by its /64, which is what one customer gets; IPv4 written as IPv6 is IPv4.
pub fn by_address(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// One account from one address.
pub fn by_account_and_address(email: &EmailAddress, address: IpAddr) -> String {
    format!("{} {}", email.folded(), by_address(address))
}

/// Counters kept in this process; a tenth goes when it is full. About 100 bytes each.
const MOST_COUNTERS: usize = 20_000;
/// How long the store may take before this process goes by its own count.
const STORE_PATIENCE: Duration = Duration::from_millis(500);
/// How late an attempt above a slowing limit is answered.
const SLOWED_BY: Duration = Duration::from_secs(2);

/// The attempts of a policy are used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many attempts ({policy}); the next one is accepted in {retry_after} s")]
pub struct TooManyAttempts {
    /// Name of the policy, for the log.
    pub policy: &'static str,
    /// Seconds until the next attempt is accepted; at least one.
    pub retry_after: u64,
}

/// Counts attempts. Cheap to clone; clones share their counters.
#[derive(Clone)]
pub struct AttemptLimiter {
    kv: Kv,
    clock: Clock,
    counters: Arc<Mutex<HashMap<String, Counter>>>,
}

#[derive(Clone, Copy, Debug)]
struct Counter {
    attempts: u32,
    window_ends: Timestamp,
    blocked_until: Option<Timestamp>,
}

/// What one of the two counts says.
enum Verdict {
    Within,
    BlockedUntil(Timestamp),
}

impl AttemptLimiter {
    /// A limiter over a store that several processes may share.
    pub fn new(kv: Kv, clock: Clock) -> Self {
        Self { kv, clock, counters: Arc::default() }
    }

    /// Counts an attempt before it is made. Above the limit it is refused, or answered late where the policy says so.
    pub async fn admit(&self, policy: &'static Policy, subject: &str) -> Result<(), TooManyAttempts> {
        let key = key(policy, subject);
        let now = self.clock.now();
        let mut verdict = self.count_here(policy, &key, now);
        if matches!(verdict, Verdict::Within) {
            verdict = self.count_everywhere(policy, &key, now).await;
        }
        let Verdict::BlockedUntil(until) = verdict else { return Ok(()) };
        match policy.excess {
            Excess::Refuse => Err(TooManyAttempts { policy: policy.name, retry_after: seconds_between(now, until) }),
            Excess::Slow => {
                tokio::time::sleep(SLOWED_BY).await;
                Ok(())
            }
        }
    }

    /// Gives one attempt back: it succeeded, and successes do not count.
    pub async fn give_back(&self, policy: &'static Policy, subject: &str) {
        let key = key(policy, subject);
        if let Some(counter) = self.lock().get_mut(&key) {
            counter.attempts = counter.attempts.saturating_sub(1);
        }
        self.ask_store(self.kv.increment(&key, -1, policy.window)).await;
    }

    /// Forgets all attempts of a subject that has proved itself.
    pub async fn forget(&self, policy: &'static Policy, subject: &str) {
        let key = key(policy, subject);
        self.lock().remove(&key);
        self.ask_store(self.kv.delete(&key)).await;
        self.ask_store(self.kv.delete(&block_key(&key))).await;
    }

    fn count_here(&self, policy: &Policy, key: &str, now: Timestamp) -> Verdict {
        let mut counters = self.lock();
        if !counters.contains_key(key) && counters.len() >= MOST_COUNTERS {
            make_room(&mut counters, now);
        }
        let fresh = Counter { attempts: 0, window_ends: now + policy.window, blocked_until: None };
        let counter = counters.entry(key.to_owned()).or_insert(fresh);
        if counter.has_ended(now) {
            *counter = fresh;
        }
        if let Some(until) = counter.blocked_until {
            return Verdict::BlockedUntil(until);
        }
        counter.attempts += 1;
        if counter.attempts > policy.attempts {
            let until = now + policy.block;
            counter.blocked_until = Some(until);
            alert(policy, key);
            return Verdict::BlockedUntil(until);
        }
        Verdict::Within
    }

    /// The same count over all processes and restarts; `Within` when the store cannot say.
    async fn count_everywhere(&self, policy: &Policy, key: &str, now: Timestamp) -> Verdict {
        let block_key = block_key(key);
        let stored = self.ask_store(self.kv.get(&block_key)).await.flatten().and_then(|bytes| moment(&bytes));
        if let Some(until) = stored.filter(|until| *until > now) {
            self.block_here(key, until);
            return Verdict::BlockedUntil(until);
        }
        let Some(attempts) = self.ask_store(self.kv.increment(key, 1, policy.window)).await else {
            return Verdict::Within;
        };
        if attempts <= i64::from(policy.attempts) {
            return Verdict::Within;
        }
        let until = now + policy.block;
        self.block_here(key, until);
        alert(policy, key);
        let text = until.as_millisecond().to_string();
        self.ask_store(self.kv.put(&block_key, text.as_bytes(), Some(policy.block))).await;
        Verdict::BlockedUntil(until)
    }

    fn block_here(&self, key: &str, until: Timestamp) {
        if let Some(counter) = self.lock().get_mut(key) {
            counter.blocked_until = Some(until);
        }
    }

    /// The store's answer, or `None` when it failed or took too long: the local count goes on.
    async fn ask_store<T>(&self, question: impl Future<Output = Result<T, KvError>>) -> Option<T> {
        match tokio::time::timeout(STORE_PATIENCE, question).await {
            Ok(Ok(answer)) => Some(answer),
            Ok(Err(error)) => {
                tracing::warn!(%error, "attempts are counted by this process alone: the key-value store failed");
                None
            }
            Err(_) => {
                tracing::warn!("attempts are counted by this process alone: the key-value store did not answer");
                None
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Counter>> {
        // Counters are whole at every step: a panic elsewhere leaves nothing half done.
        self.counters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counter {
    fn has_ended(&self, now: Timestamp) -> bool {
        match self.blocked_until {
            Some(until) => until <= now,
            None => self.window_ends <= now,
        }
    }

    fn ends(&self) -> Timestamp {
        self.blocked_until.unwrap_or(self.window_ends)
    }
}

/// Drops what has ended, and if that is not enough the tenth that would end first: a flood of addresses must not
/// take the memory. What is dropped here still counts in the store.
fn make_room(counters: &mut HashMap<String, Counter>, now: Timestamp) {
    counters.retain(|_, counter| !counter.has_ended(now));
    if counters.len() < MOST_COUNTERS {
        return;
    }
    let mut ends: Vec<Timestamp> = counters.values().map(Counter::ends).collect();
    ends.sort_unstable();
    let limit = ends[MOST_COUNTERS / 10];
    counters.retain(|_, counter| counter.ends() > limit);
}

/// Subjects are hashed: the store then holds no addresses of people, and no key is longer than another.
fn key(policy: &Policy, subject: &str) -> String {
    let hash = crypto::sha256_hex(subject.as_bytes());
    format!("attempts:{}:{}", policy.name, hash.get(..32).unwrap_or(&hash))
}

fn block_key(key: &str) -> String {
    format!("{key}:blocked")
}

/// One line when a subject's attempts are used up; the key tells subjects apart without naming anyone.
fn alert(policy: &Policy, key: &str) {
    tracing::warn!(
        alert = "attempts",
        policy = policy.name,
        key,
        "{} attempts in {:?} are used up",
        policy.attempts,
        policy.window
    );
}

fn moment(bytes: &[u8]) -> Option<Timestamp> {
    let milliseconds = std::str::from_utf8(bytes).ok()?.parse().ok()?;
    Timestamp::from_millisecond(milliseconds).ok()
}

fn seconds_between(now: Timestamp, until: Timestamp) -> u64 {
    let milliseconds = until.duration_since(now).as_millis();
    u64::try_from(milliseconds).unwrap_or(0).div_ceil(1000).max(1)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    struct Setting {
        _directory: tempfile::TempDir,
        kv: Kv,
        clock: Clock,
    }

    fn setting() -> Setting {
        let directory = tempfile::tempdir().unwrap();
        let clock = Clock::fixed("2026-05-01T12:00:00Z".parse().unwrap());
        let kv = Kv::open_sled_with_clock(directory.path(), clock.clone()).unwrap();
        Setting { kv, clock, _directory: directory }
    }

    async fn tries(limiter: &AttemptLimiter, policy: &'static Policy, subject: &str, count: usize) -> usize {
        let mut admitted = 0;
        for _ in 0..count {
            admitted += usize::from(limiter.admit(policy, subject).await.is_ok());
        }
        admitted
    }

    #[tokio::test]
    async fn attempts_are_used_up_and_come_back_after_the_block() {
        let setting = setting();
        let limiter = AttemptLimiter::new(setting.kv, setting.clock.clone());
        assert_eq!(tries(&limiter, &SECOND_FACTOR, "anna", 9).await, 5);
        assert_eq!(tries(&limiter, &SECOND_FACTOR, "ben", 1).await, 1, "others are not concerned");
        setting.clock.advance(SignedDuration::from_secs(10));
        let refusal = limiter.admit(&SECOND_FACTOR, "anna").await.unwrap_err();
        assert_eq!(refusal.retry_after, 15 * 60 - 10);
    }

    #[tokio::test]
    async fn a_restart_opens_nothing() {
        let setting = setting();
        let before = AttemptLimiter::new(setting.kv.clone(), setting.clock.clone());
        assert_eq!(tries(&before, &SETUP_CODE_PER_ADDRESS, "::1", 4).await, 4);
        let after = AttemptLimiter::new(setting.kv, setting.clock);
        assert_eq!(tries(&after, &SETUP_CODE_PER_ADDRESS, "::1", 4).await, 1);
    }

    #[tokio::test]
    async fn what_succeeded_does_not_count() {
        let setting = setting();
        let limiter = AttemptLimiter::new(setting.kv, setting.clock);
        for _ in 0..50 {
            limiter.admit(&LOGIN_PER_ADDRESS, "::1").await.unwrap();
            limiter.give_back(&LOGIN_PER_ADDRESS, "::1").await;
        }
        assert_eq!(tries(&limiter, &LOGIN_PER_ACCOUNT_AND_ADDRESS, "anna", 5).await, 5);
        limiter.forget(&LOGIN_PER_ACCOUNT_AND_ADDRESS, "anna").await;
        assert_eq!(tries(&limiter, &LOGIN_PER_ACCOUNT_AND_ADDRESS, "anna", 6).await, 5);
    }

    #[test]
    fn one_customer_is_one_address() {
        let subject = |text: &str| by_address(text.parse().unwrap());
        assert_eq!(subject("2001:db8:1:2:aaaa::1"), subject("2001:db8:1:2:bbbb::9"));
        assert_ne!(subject("2001:db8:1:2::1"), subject("2001:db8:1:3::1"));
        assert_eq!(subject("::ffff:192.0.2.7"), subject("192.0.2.7"));
    }

    #[test]
    fn a_flood_of_subjects_is_bounded() {
        let now: Timestamp = "2026-05-01T12:00:00Z".parse().unwrap();
        let mut counters: HashMap<String, Counter> = (0..MOST_COUNTERS)
            .map(|number| {
                let ends = now + Duration::from_secs(1 + number as u64);
                (number.to_string(), Counter { attempts: 1, window_ends: ends, blocked_until: None })
            })
            .collect();
        make_room(&mut counters, now);
        assert!(counters.len() < MOST_COUNTERS);
        assert!(counters.contains_key(&(MOST_COUNTERS - 1).to_string()), "the longest-lasting stay");
    }

    #[test]
    fn policies_have_names_of_their_own() {
        let names: std::collections::HashSet<&str> = POLICIES.iter().map(|policy| policy.name).collect();
        assert_eq!(names.len(), POLICIES.len());
        assert!(POLICIES.iter().all(|policy| policy.block >= policy.window));
    }
}
