//! The two sliding windows of one key: a minute and a day. Pure arithmetic on milliseconds since 1970; who counts,
//! keeps and shares is elsewhere.

use super::ring::Ring;

/// The short window, in milliseconds.
pub const MINUTE: i64 = 60 * SECOND;
/// The long window, in milliseconds.
pub const DAY: i64 = 24 * HOUR;
/// The short window's buckets: fine enough that nobody sees them.
pub const SECOND: i64 = 1_000;
/// The long window's buckets: 25 numbers a key are cheap to keep.
pub const HOUR: i64 = 60 * MINUTE;
/// A wall clock that was set back further than this takes the windows with it; less is waited out.
const TOLERATED_STEP_BACK: i64 = 5 * SECOND;
/// First byte of a stored snapshot; another one is not read.
const SNAPSHOT_VERSION: u8 = 1;

/// Both windows of one key.
#[derive(Clone, Debug)]
pub struct Windows {
    minute: Ring<61>,
    day: Ring<25>,
    /// The latest moment seen.
    now: i64,
}

/// Where a hit was counted, to take it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    second: i64,
    hour: i64,
}

/// Which of the two windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// 60 seconds.
    Minute,
    /// 24 hours.
    Day,
}

/// Where a key stands, as its holder is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The window that has less room.
    pub span: Span,
    /// That window's limit.
    pub limit: u32,
    /// Requests left in that window.
    pub remaining: u32,
    /// Seconds until that window's oldest request leaves it.
    pub reset_after: u64,
}

/// The answer to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Counted.
    Admitted(Place, Standing),
    /// Not counted; worth another try after so many seconds.
    Refused(Standing, u64),
}

/// How often a key may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Requests in any 60 seconds.
    pub per_minute: u32,
    /// Requests in any 24 hours.
    pub per_day: u32,
}

/// A bucket shared with other processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shared {
    /// A second's bucket, by its number.
    Second(i64),
    /// An hour's bucket, by its number.
    Hour(i64),
}

impl Default for Windows {
    fn default() -> Self {
        Self { minute: Ring::new(SECOND, MINUTE), day: Ring::new(HOUR, DAY), now: 0 }
    }
}

impl Windows {
    /// Counts one request at `now` if both limits have room for it.
    pub fn admit(&mut self, now: i64, quota: Quota) -> Verdict {
        let now = self.advance(now);
        let over_minute = self.minute.sum() - i64::from(quota.per_minute);
        let over_day = self.day.sum() - i64::from(quota.per_day);
        if over_minute >= 0 || over_day >= 0 {
            // A full day is what counts: the minute is free again long before.
            let (span, wait) = if over_day >= 0 {
                (Span::Day, self.day.wait_for(over_day + 1, now))
            } else {
                (Span::Minute, self.minute.wait_for(over_minute + 1, now))
            };
            return Verdict::Refused(self.standing_in(span, quota), seconds(wait).max(1));
        }
        let place = Place { second: self.minute.tick(now), hour: self.day.tick(now) };
        self.minute.add(place.second, 1, now);
        self.day.add(place.hour, 1, now);
        Verdict::Admitted(place, self.standing(quota))
    }

    /// Takes a counted request back, as far as its buckets still count. Returns where the key stands then.
    pub fn refund(&mut self, place: Place, quota: Quota) -> Standing {
        self.minute.add(place.second, -1, 0);
        self.day.add(place.hour, -1, 0);
        self.standing(quota)
    }

    /// Requests counted in the minute and in the day before `now`.
    pub fn sums(&mut self, now: i64) -> (i64, i64) {
        self.advance(now);
        (self.minute.sum(), self.day.sum())
    }

    /// Where the key stands at the latest moment seen, in the window that has less room.
    pub fn standing(&self, quota: Quota) -> Standing {
        let (minute, day) = (self.standing_in(Span::Minute, quota), self.standing_in(Span::Day, quota));
        if day.remaining < minute.remaining { day } else { minute }
    }

    fn standing_in(&self, span: Span, quota: Quota) -> Standing {
        let (limit, sum, wait) = match span {
            Span::Minute => (quota.per_minute, self.minute.sum(), self.minute.wait_for(1, self.now)),
            Span::Day => (quota.per_day, self.day.sum(), self.day.wait_for(1, self.now)),
        };
        let remaining = u32::try_from((i64::from(limit) - sum).max(0)).unwrap_or(0);
        Standing { span, limit, remaining, reset_after: seconds(wait) }
    }

    /// The windows' own present: never behind what was seen, unless the clock was really set back.
    fn advance(&mut self, now: i64) -> i64 {
        if now < self.now - TOLERATED_STEP_BACK {
            // The counts stay and follow the clock: a corrected clock opens no limit, and closes none for long.
            self.minute.rebase(now);
            self.day.rebase(now);
            self.now = now;
        }
        self.now = self.now.max(now);
        self.minute.advance(self.now);
        self.day.advance(self.now);
        self.now
    }
}

/// Several processes count together.
impl Windows {
    /// The buckets to tell others about and to hear about, from the last exchange at `since` until now, each with the
    /// hits to add. They count as told from here on; `put_back` what could not be told.
    pub fn take_unsent(&mut self, since: i64, now: i64) -> Vec<(Shared, i64)> {
        let now = self.advance(now);
        let mut taken = Vec::new();
        let ticks = self.minute.ticks();
        for tick in ticks.filter(|tick| *tick >= since.min(now).div_euclid(SECOND)) {
            taken.extend(
                self.minute.bucket(tick).map(|bucket| (Shared::Second(tick), std::mem::take(&mut bucket.unsent))),
            );
        }
        let ticks = self.day.ticks();
        for tick in ticks.filter(|tick| *tick >= since.min(now).div_euclid(HOUR)) {
            taken.extend(self.day.bucket(tick).map(|bucket| (Shared::Hour(tick), std::mem::take(&mut bucket.unsent))));
        }
        taken
    }

    /// Whether hits wait to be told.
    pub fn has_unsent(&self) -> bool {
        self.minute.filled().any(|(_, bucket)| bucket.unsent != 0)
            || self.day.filled().any(|(_, bucket)| bucket.unsent != 0)
    }

    /// Learns what all processes together counted.
    pub fn learn(&mut self, bucket: Shared, total: i64) {
        match bucket {
            Shared::Second(tick) => self.minute.learn(tick, total, self.now),
            Shared::Hour(tick) => self.day.learn(tick, total, self.now),
        }
    }

    /// Hits that could not be told are told next time.
    pub fn put_back(&mut self, bucket: Shared, hits: i64) {
        let bucket = match bucket {
            Shared::Second(tick) => self.minute.bucket(tick),
            Shared::Hour(tick) => self.day.bucket(tick),
        };
        if let Some(bucket) = bucket {
            bucket.unsent += hits;
        }
    }
}

/// What outlives the process.
impl Windows {
    /// Both windows as bytes: a version, then per bucket its window, number, count and newest hit.
    pub fn snapshot(&self) -> Vec<u8> {
        let mut bytes = vec![SNAPSHOT_VERSION];
        let minute = self.minute.filled().map(|entry| (0_u8, entry));
        for (window, (tick, bucket)) in minute.chain(self.day.filled().map(|entry| (1, entry))) {
            bytes.push(window);
            for number in [tick, bucket.count, bucket.last] {
                bytes.extend_from_slice(&number.to_le_bytes());
            }
        }
        bytes
    }

    /// Adds what a snapshot holds and what is not too old for the windows at `now`. Unreadable bytes add nothing.
    pub fn restore(&mut self, bytes: &[u8], now: i64) {
        let now = self.advance(now);
        let Some((&SNAPSHOT_VERSION, entries)) = bytes.split_first() else { return };
        for entry in entries.chunks_exact(25) {
            let number = |start: usize| {
                entry.get(start..start + 8).and_then(|part| part.try_into().ok()).map_or(0, i64::from_le_bytes)
            };
            // A snapshot from a clock that ran ahead counts as now: never lost, never kept for longer than the window.
            let (tick, count, last) = (number(1), number(9).max(0), number(17).min(now));
            if entry.first() == Some(&0) {
                self.minute.add(tick.min(self.minute.tick(now)), count, last);
            } else {
                self.day.add(tick.min(self.day.tick(now)), count, last);
            }
        }
        self.advance(now);
    }

    /// Makes sure that the day's window holds what the database counted today and yesterday (UTC): the difference is
    /// spread evenly over the day's hours, since nobody knows better. For when the key-value store has lost its part.
    pub fn raise_to(&mut self, today: i64, yesterday: i64, now: i64) {
        let now = self.advance(now);
        let this_hour = self.day.tick(now);
        let midnight = this_hour - this_hour.rem_euclid(24);
        self.raise_hours(midnight..=this_hour, today, this_hour - midnight + 1);
        self.raise_hours(midnight - 24..=midnight - 1, yesterday, 24);
        self.advance(now);
    }

    fn raise_hours(&mut self, hours: std::ops::RangeInclusive<i64>, counted: i64, parts: i64) {
        let known: i64 =
            self.day.filled().filter(|(tick, _)| hours.contains(tick)).map(|(_, bucket)| bucket.count).sum();
        let missing = (counted - known).max(0);
        for (index, tick) in (0..).zip(hours) {
            // Shares differ by one at most, and add up.
            let share = missing * (index + 1) / parts - missing * index / parts;
            self.day.add(tick, share, ((tick + 1) * HOUR - 1).min(self.now));
        }
    }
}

fn seconds(milliseconds: i64) -> u64 {
    u64::try_from(milliseconds).unwrap_or(0).div_ceil(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-03-02T10:00:00.400Z.
    const START: i64 = 1_772_445_600_400;
    const QUOTA: Quota = Quota { per_minute: 120, per_day: 10_000 };

    fn admitted(windows: &mut Windows, now: i64, quota: Quota) -> bool {
        matches!(windows.admit(now, quota), Verdict::Admitted(..))
    }

    #[test]
    fn the_121st_request_of_a_minute_waits() {
        let mut windows = Windows::default();
        for step in 0..120 {
            assert!(admitted(&mut windows, START + step * 10, QUOTA));
        }
        let Verdict::Refused(standing, retry_after) = windows.admit(START + 1_200, QUOTA) else { panic!("admitted") };
        assert_eq!((standing.limit, standing.remaining), (120, 0));
        assert!((59..=60).contains(&retry_after), "{retry_after}");
        let later = START + 1_200 + i64::try_from(retry_after).unwrap() * 1_000;
        assert!(admitted(&mut windows, later, QUOTA), "the wait that was named is enough");
    }

    #[test]
    fn no_sixty_seconds_ever_hold_more_than_the_limit() {
        let mut windows = Windows::default();
        let mut hits = Vec::new();
        for step in 0..4_000_i64 {
            // Irregular steps, so that hits fall all over the buckets.
            let now = START + step * 97 + (step * step) % 61;
            if admitted(&mut windows, now, QUOTA) {
                hits.push(now);
            }
        }
        for (index, first) in hits.iter().enumerate() {
            let within = hits[index..].iter().take_while(|hit| **hit < first + MINUTE).count();
            assert!(within <= 120, "{within} hits in the minute from {first}");
        }
        assert!(hits.len() > 600, "only {} of about 750 possible", hits.len());
    }

    #[test]
    fn a_day_slides_by_the_hour() {
        let quota = Quota { per_minute: 1_000, per_day: 50 };
        let mut windows = Windows::default();
        for _ in 0..50 {
            assert!(admitted(&mut windows, START, quota));
        }
        let Verdict::Refused(standing, retry_after) = windows.admit(START + MINUTE, quota) else { panic!("admitted") };
        assert_eq!((standing.limit, retry_after), (50, 24 * 3_600 - 60));
        assert!(!admitted(&mut windows, START + DAY - 1, quota));
        assert!(admitted(&mut windows, START + DAY, quota));
    }

    #[test]
    fn a_refund_gives_the_place_back() {
        let quota = Quota { per_minute: 1, per_day: 10 };
        let mut windows = Windows::default();
        let Verdict::Admitted(place, standing) = windows.admit(START, quota) else { panic!("refused") };
        assert_eq!(standing.remaining, 0);
        assert_eq!(windows.refund(place, quota).remaining, 1);
        windows.refund(place, quota);
        assert_eq!(windows.sums(START), (0, 0), "a second refund takes nothing");
    }

    #[test]
    fn counts_outlive_the_process() {
        let mut before = Windows::default();
        for step in 0..100 {
            before.admit(START + step, QUOTA);
        }
        let mut after = Windows::default();
        after.restore(&before.snapshot(), START + 30_000);
        assert_eq!(after.sums(START + 30_000), (100, 100));
        assert_eq!(after.sums(START + 90_000), (0, 100));
        after.restore(b"garbage", START + 90_000);
        assert_eq!(after.sums(START + 90_000), (0, 100));
        let mut long_after = Windows::default();
        long_after.restore(&before.snapshot(), START + 2 * DAY);
        assert_eq!(long_after.sums(START + 2 * DAY), (0, 0));
    }

    #[test]
    fn a_lost_day_is_seeded_from_the_database() {
        let mut windows = Windows::default();
        windows.admit(START, QUOTA);
        windows.raise_to(1_000, 2_400, START);
        let (minute, day) = windows.sums(START);
        assert_eq!(minute, 1);
        // Ten o'clock: today's thousand and thirteen or fourteen of yesterday's 24 hours.
        assert!((2_300..=2_400).contains(&day), "{day}");
        windows.raise_to(900, 0, START);
        assert_eq!(windows.sums(START).1, day, "what is known already is not added again");
    }

    #[test]
    fn a_clock_set_back_neither_opens_nor_locks() {
        let mut windows = Windows::default();
        for _ in 0..120 {
            windows.admit(START, QUOTA);
        }
        let back = START - 10 * DAY;
        assert!(!admitted(&mut windows, back, QUOTA));
        assert!(admitted(&mut windows, back + MINUTE + SECOND, QUOTA));
    }

    #[test]
    fn two_processes_count_together() {
        let mut here = Windows::default();
        let mut there = Windows::default();
        for _ in 0..3 {
            here.admit(START, QUOTA);
            there.admit(START, QUOTA);
        }
        let sent = here.take_unsent(START, START);
        assert_eq!(sent.iter().map(|(_, hits)| hits).sum::<i64>(), 6, "three in the second, three in the hour");
        here.admit(START, QUOTA);
        for (bucket, hits) in sent {
            here.learn(bucket, hits + 3);
        }
        assert_eq!(here.sums(START), (7, 7), "both processes' three and one that is not sent yet");
        let failed = there.take_unsent(START, START);
        for (bucket, hits) in failed {
            there.put_back(bucket, hits);
        }
        assert_eq!(there.sums(START), (3, 3));
        assert_eq!(there.take_unsent(START, START).iter().map(|(_, hits)| hits).sum::<i64>(), 6);
    }
}
