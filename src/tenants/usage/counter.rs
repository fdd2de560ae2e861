//! One key's counter: its windows, and what is metered of its use until the database has it. One short lock for each
//! key, none for all of them.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use ground::{clock::Timestamp, words::ApiKeyId};
use tokio::sync::OnceCell;

use super::window::{DAY, Place, Quota, Shared, Span, Standing, Verdict, Windows};
use crate::scope::Visitor;

/// How exactly the last use of a key is kept in the database: one write a minute instead of one a request.
const USED_EVERY: i64 = 60_000;

/// What one key did on one UTC day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Meter {
    /// Requests that were let in, those answered with 304 included.
    pub requests: i64,
    /// Requests answered with 304, which the limits do not count.
    pub not_modified: i64,
    /// Requests refused with 429.
    pub limited: i64,
    /// Bytes of bodies sent.
    pub bytes: i64,
}

impl Meter {
    fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.not_modified += other.not_modified;
        self.limited += other.limited;
        self.bytes += other.bytes;
    }
}

/// What the database does not have yet of one key.
#[derive(Clone, Debug)]
pub struct Unwritten {
    /// Whose use it is.
    pub visitor: Visitor,
    /// The key.
    pub key: ApiKeyId,
    /// By UTC day, as its number since 1970.
    pub days: Vec<(i64, Meter)>,
    /// When the key was used last, if that is worth a write.
    pub used_at: Option<Timestamp>,
}

/// One key's counter.
#[derive(Debug)]
pub struct Counter {
    visitor: Visitor,
    key: ApiKeyId,
    state: Mutex<State>,
    /// Set once what outlived the last process has been read.
    pub(super) ready: OnceCell<()>,
    is_exchanging: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    windows: Windows,
    /// Whether the windows changed since they were saved.
    is_unsaved: bool,
    /// When other processes were asked last.
    exchanged_at: i64,
    meters: Vec<(i64, Meter)>,
    used_at: i64,
    used_at_written: i64,
}

impl State {
    fn meter(&mut self, day: i64) -> &mut Meter {
        // One entry but for the seconds around midnight: the newest is the last.
        match self.meters.iter().rposition(|(each, _)| *each == day) {
            Some(index) => &mut self.meters[index].1,
            None => {
                self.meters.push((day, Meter::default()));
                let newest = self.meters.len() - 1;
                &mut self.meters[newest].1
            }
        }
    }
}

/// A request was let in and counted.
#[derive(Debug)]
pub struct Permit {
    counter: Arc<Counter>,
    quota: Quota,
    place: Place,
    day: i64,
    standing: Standing,
    is_refunded: AtomicBool,
}

/// A request was refused: the limit is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Where the key stands.
    pub standing: Standing,
    /// Seconds until another request is let in.
    pub retry_after: u64,
    /// The full window, in words.
    pub window: &'static str,
}

impl Counter {
    pub(super) fn new(visitor: Visitor, key: ApiKeyId) -> Self {
        Self { visitor, key, state: Mutex::default(), ready: OnceCell::new(), is_exchanging: AtomicBool::new(false) }
    }

    /// The key that is counted.
    pub fn key(&self) -> ApiKeyId {
        self.key
    }

    /// Whom the key lets in.
    pub fn visitor(&self) -> Visitor {
        self.visitor
    }

    /// Counts one request, or refuses it. Milliseconds since 1970.
    pub(super) fn admit(self: &Arc<Self>, now: i64, quota: Quota) -> Result<Permit, Refused> {
        let day = now.div_euclid(DAY);
        let mut state = self.lock();
        match state.windows.admit(now, quota) {
            Verdict::Admitted(place, standing) => {
                state.is_unsaved = true;
                state.used_at = now;
                state.meter(day).requests += 1;
                drop(state);
                let counter = Arc::clone(self);
                Ok(Permit { counter, quota, place, day, standing, is_refunded: AtomicBool::new(false) })
            }
            Verdict::Refused(standing, retry_after) => {
                state.meter(day).limited += 1;
                let window = match standing.span {
                    Span::Minute => "60 seconds",
                    Span::Day => "24 hours",
                };
                Err(Refused { standing, retry_after, window })
            }
        }
    }

    /// Requests counted in the last minute and the last day.
    pub fn sums(&self, now: Timestamp) -> (i64, i64) {
        self.lock().windows.sums(now.as_millisecond())
    }

    /// Takes over what outlived the last process and what the database knows of today and yesterday.
    pub(super) fn restore(&self, snapshot: Option<&[u8]>, days: Option<(i64, i64)>, now: i64) {
        let mut state = self.lock();
        if let Some(snapshot) = snapshot {
            state.windows.restore(snapshot, now);
        }
        if let Some((today, yesterday)) = days {
            state.windows.raise_to(today, yesterday, now);
        }
    }

    /// The windows as bytes, if they changed since they were saved.
    pub(super) fn take_unsaved(&self) -> Option<Vec<u8>> {
        let mut state = self.lock();
        std::mem::take(&mut state.is_unsaved).then(|| state.windows.snapshot())
    }

    /// The bytes could not be saved: they are due again.
    pub(super) fn save_again(&self) {
        self.lock().is_unsaved = true;
    }

    /// What the database does not have yet, if there is anything. It counts as written from here on.
    pub(super) fn take_unwritten(&self) -> Option<Unwritten> {
        let mut state = self.lock();
        let days = std::mem::take(&mut state.meters);
        let is_use_due = state.used_at >= state.used_at_written + USED_EVERY;
        let used_at = if is_use_due { Timestamp::from_millisecond(state.used_at).ok() } else { None };
        if is_use_due {
            state.used_at_written = state.used_at;
        }
        (!days.is_empty() || used_at.is_some()).then_some(Unwritten {
            visitor: self.visitor,
            key: self.key,
            days,
            used_at,
        })
    }

    /// It could not be written: it is due again.
    pub(super) fn put_back(&self, unwritten: &Unwritten) {
        let mut state = self.lock();
        for (day, meter) in &unwritten.days {
            state.meter(*day).add(*meter);
        }
        if unwritten.used_at.is_some() {
            state.used_at_written = 0;
        }
    }

    /// Whether nothing of it would be lost with it.
    pub(super) fn is_settled(&self, is_shared: bool) -> bool {
        let state = self.lock();
        state.meters.is_empty() && if is_shared { !state.windows.has_unsent() } else { !state.is_unsaved }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The arithmetic inside does not panic half-way; should it, counting goes on with what is there.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Several processes count together.
impl Counter {
    /// Whether others' counts were heard more than `patience` milliseconds ago.
    pub(super) fn is_stale(&self, now: i64, patience: i64) -> bool {
        (now - self.lock().exchanged_at).abs() > patience
    }

    /// Whether hits wait to be told.
    pub(super) fn has_unsent(&self) -> bool {
        self.lock().windows.has_unsent()
    }

    /// Begins an exchange, unless one is under way: the buckets to tell and to hear of since the last one.
    pub(super) fn begin_exchange(&self, now: i64) -> Option<Vec<(Shared, i64)>> {
        if self.is_exchanging.swap(true, Ordering::AcqRel) {
            return None;
        }
        let mut state = self.lock();
        let since = state.exchanged_at;
        Some(state.windows.take_unsent(since, now))
    }

    /// Ends an exchange begun at `began`: learns the totals that were heard, puts back what could not be told.
    pub(super) fn end_exchange(&self, told: &[(Shared, i64)], totals: &[Option<i64>], began: i64) {
        let mut state = self.lock();
        for (index, (bucket, hits)) in told.iter().enumerate() {
            match totals.get(index).copied().flatten() {
                Some(total) => state.windows.learn(*bucket, total),
                None => state.windows.put_back(*bucket, *hits),
            }
        }
        if totals.len() == told.len() && totals.iter().all(Option::is_some) {
            state.exchanged_at = began;
        }
        drop(state);
        self.is_exchanging.store(false, Ordering::Release);
    }
}

impl Permit {
    /// Where the key stood when the request was let in.
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// Gives the request back to the quota, once: an answer that says "not modified" is free.
    pub fn refund(&self) -> Standing {
        let mut state = self.counter.lock();
        self.refund_in(&mut state)
    }

    fn refund_in(&self, state: &mut State) -> Standing {
        if self.is_refunded.swap(true, Ordering::AcqRel) {
            return state.windows.standing(self.quota);
        }
        state.is_unsaved = true;
        state.windows.refund(self.place, self.quota)
    }

    /// Meters the answer; 304 is free of quota. Returns where the key stands.
    pub fn settle(&self, is_not_modified: bool, bytes: u64) -> Standing {
        if !is_not_modified && bytes == 0 {
            return self.standing;
        }
        let mut state = self.counter.lock();
        let meter = state.meter(self.day);
        meter.bytes += i64::try_from(bytes).unwrap_or(0);
        if !is_not_modified {
            return self.standing;
        }
        meter.not_modified += 1;
        self.refund_in(&mut state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_772_445_600_000;
    const QUOTA: Quota = Quota { per_minute: 3, per_day: 100 };

    fn counter() -> Arc<Counter> {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        let key = id.parse().unwrap();
        Arc::new(Counter::new(Visitor::by_key(id.parse().unwrap(), key), key))
    }

    #[test]
    fn an_answer_that_is_not_modified_is_free_and_metered() {
        let counter = counter();
        for _ in 0..10 {
            let permit = counter.admit(NOW, QUOTA).unwrap();
            assert_eq!(permit.settle(true, 0).remaining, 3);
        }
        counter.admit(NOW, QUOTA).unwrap().settle(false, 500);
        let unwritten = counter.take_unwritten().unwrap();
        let expected = Meter { requests: 11, not_modified: 10, limited: 0, bytes: 500 };
        assert_eq!(unwritten.days, [(NOW / DAY, expected)]);
        assert_eq!(counter.sums(Timestamp::from_millisecond(NOW).unwrap()), (1, 1));
    }

    #[test]
    fn what_could_not_be_written_is_due_again() {
        let counter = counter();
        for _ in 0..5 {
            let _ = counter.admit(NOW, QUOTA);
        }
        let unwritten = counter.take_unwritten().unwrap();
        assert_eq!(unwritten.days[0].1, Meter { requests: 3, limited: 2, ..Meter::default() });
        assert!(counter.take_unwritten().is_none());
        counter.put_back(&unwritten);
        let again = counter.take_unwritten().unwrap();
        assert_eq!(again.days, unwritten.days);
        assert_eq!(again.used_at, unwritten.used_at);
    }

    #[test]
    fn the_last_use_is_written_once_a_minute() {
        let counter = counter();
        counter.admit(NOW, QUOTA).unwrap();
        assert!(counter.take_unwritten().unwrap().used_at.is_some());
        counter.admit(NOW + 59_000, QUOTA).unwrap();
        assert!(counter.take_unwritten().unwrap().used_at.is_none());
        counter.admit(NOW + 60_000, QUOTA).unwrap();
        assert!(counter.take_unwritten().unwrap().used_at.is_some());
    }

    #[test]
    fn a_midnight_lies_between_two_days() {
        let counter = counter();
        let midnight = (NOW / DAY + 1) * DAY;
        let before = counter.admit(midnight - 1, QUOTA).unwrap();
        counter.admit(midnight, QUOTA).unwrap();
        before.settle(false, 10);
        let days = counter.take_unwritten().unwrap().days;
        assert_eq!(days.len(), 2);
        assert_eq!((days[0].1.requests, days[0].1.bytes, days[1].1.requests), (1, 10, 1));
    }
}
