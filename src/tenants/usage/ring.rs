//! Hits in buckets around a ring: the arithmetic of one sliding window.

/// A sliding window of `BUCKETS` buckets, one more than the span has, since the newest and the oldest are both partly
/// in it. A bucket counts until its newest hit has left the window: the window never holds more than its limit, and
/// nobody waits longer than the span.
#[derive(Clone, Debug)]
pub struct Ring<const BUCKETS: usize> {
    buckets: [Bucket; BUCKETS],
    /// Number of the newest bucket: time divided by the width.
    newest: i64,
    /// Hits in all buckets that count.
    sum: i64,
    /// Width of a bucket in milliseconds.
    width: i64,
    /// Length of the window in milliseconds.
    span: i64,
}

/// One bucket's content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bucket {
    /// Hits.
    pub count: i64,
    /// Milliseconds of the newest hit.
    pub last: i64,
    /// Hits that other processes were not told of.
    pub unsent: i64,
}

impl<const BUCKETS: usize> Ring<BUCKETS> {
    /// An empty window; width and span in milliseconds.
    pub const fn new(width: i64, span: i64) -> Self {
        Self { buckets: [Bucket { count: 0, last: 0, unsent: 0 }; BUCKETS], newest: 0, sum: 0, width, span }
    }

    /// Number of the bucket that a moment belongs to.
    pub const fn tick(&self, now: i64) -> i64 {
        now.div_euclid(self.width)
    }

    /// Hits in the window.
    pub const fn sum(&self) -> i64 {
        self.sum
    }

    /// Numbers of the buckets in the ring, the oldest first.
    pub fn ticks(&self) -> std::ops::RangeInclusive<i64> {
        self.oldest()..=self.newest
    }

    /// The bucket with this number, if it is still in the ring.
    pub fn bucket(&mut self, tick: i64) -> Option<&mut Bucket> {
        (self.oldest()..=self.newest).contains(&tick).then(|| &mut self.buckets[Self::slot(tick)])
    }

    /// Moves the window's end to `now` and forgets what has left it.
    pub fn advance(&mut self, now: i64) {
        let tick = self.tick(now);
        if tick - self.newest >= Self::LENGTH {
            self.buckets = [Bucket::default(); BUCKETS];
            self.sum = 0;
            self.newest = tick;
            return;
        }
        while self.newest < tick {
            self.newest += 1;
            self.clear(self.newest);
        }
        let oldest = self.buckets[Self::slot(self.oldest())];
        if oldest.count != 0 && oldest.last + self.span <= now {
            self.clear(self.oldest());
        }
    }

    /// Adds hits (or takes some back) where the bucket is still in the ring; a bucket never goes below nothing.
    pub fn add(&mut self, tick: i64, hits: i64, last: i64) {
        if let Some(bucket) = self.bucket(tick) {
            let change = hits.max(-bucket.count);
            bucket.count += change;
            bucket.unsent += change;
            bucket.last = bucket.last.max(last);
            self.sum += change;
        }
    }

    /// Learns a bucket's true count, of which the unsent hits are not part.
    pub fn learn(&mut self, tick: i64, total: i64, now: i64) {
        let end = (tick + 1) * self.width - 1;
        if let Some(bucket) = self.bucket(tick) {
            let count = (total + bucket.unsent).max(0);
            if count > bucket.count {
                // Somebody else's hits came at some time in this bucket: the end is the careful guess.
                bucket.last = bucket.last.max(end.min(now));
            }
            let change = count - bucket.count;
            bucket.count = count;
            self.sum += change;
        }
    }

    /// Milliseconds from `now` until so many hits have left the window; 0 when it does not hold that many.
    pub fn wait_for(&self, mut hits: i64, now: i64) -> i64 {
        for tick in self.ticks() {
            let bucket = &self.buckets[Self::slot(tick)];
            hits -= bucket.count;
            if bucket.count > 0 && hits <= 0 {
                return (bucket.last + self.span - now).max(0);
            }
        }
        0
    }

    /// Every bucket that holds hits, with its number.
    pub fn filled(&self) -> impl Iterator<Item = (i64, Bucket)> {
        self.ticks().map(|tick| (tick, self.buckets[Self::slot(tick)])).filter(|(_, bucket)| bucket.count != 0)
    }

    /// Moves the whole window so that its newest bucket is the one of `now`: for a clock that was set back.
    pub fn rebase(&mut self, now: i64) {
        let steps = self.tick(now) - self.newest;
        let kept: Vec<_> = self.filled().collect();
        self.buckets = [Bucket::default(); BUCKETS];
        self.newest += steps;
        for (tick, mut bucket) in kept {
            bucket.last = (bucket.last + steps * self.width).min(now);
            self.buckets[Self::slot(tick + steps)] = bucket;
        }
    }

    #[expect(clippy::cast_possible_wrap, reason = "a ring has tens of buckets")]
    const LENGTH: i64 = BUCKETS as i64;

    const fn oldest(&self) -> i64 {
        self.newest - Self::LENGTH + 1
    }

    #[expect(clippy::cast_possible_truncation, reason = "the remainder is a ring's position")]
    const fn slot(tick: i64) -> usize {
        tick.rem_euclid(Self::LENGTH).unsigned_abs() as usize
    }

    fn clear(&mut self, tick: i64) {
        let bucket = &mut self.buckets[Self::slot(tick)];
        self.sum -= bucket.count;
        *bucket = Bucket::default();
    }
}
