//! Time and randomness, handed down so that tests own them.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use jiff::{SignedDuration, Unit};

pub use jiff::Timestamp;

/// Where the present comes from. Cheap to clone; clones share the same time.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Fixed(Arc<AtomicI64>),
    #[cfg(debug_assertions)]
    OffsetFile(Arc<std::path::PathBuf>),
}

impl Clock {
    /// The machine's own wall clock.
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until [`Clock::advance`] moves it.
    pub fn fixed(at: Timestamp) -> Self {
        Self(Source::Fixed(Arc::new(AtomicI64::new(at.as_millisecond()))))
    }

    /// The wall clock shifted by the whole seconds written in a file, read at each call: how a black-box test moves
    /// the time of a started binary. Not part of release builds.
    #[cfg(debug_assertions)]
    pub fn from_offset_file(path: std::path::PathBuf) -> Self {
        Self(Source::OffsetFile(Arc::new(path)))
    }

    /// The present, to the millisecond: what is stored is what was compared.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => wall(),
            Source::Fixed(milliseconds) => {
                Timestamp::from_millisecond(milliseconds.load(Ordering::SeqCst)).unwrap_or_default()
            }
            #[cfg(debug_assertions)]
            Source::OffsetFile(path) => {
                let seconds = std::fs::read_to_string(path.as_path())
                    .ok()
                    .and_then(|text| text.trim().parse::<i64>().ok())
                    .unwrap_or(0);
                wall() + SignedDuration::from_secs(seconds)
            }
        }
    }

    /// Moves a fixed clock; the others go their own way.
    pub fn advance(&self, by: SignedDuration) {
        if let Source::Fixed(milliseconds) = &self.0 {
            let step = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
            milliseconds.fetch_add(step, Ordering::SeqCst);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
fn wall() -> Timestamp {
    let now = Timestamp::now();
    now.round(Unit::Millisecond).unwrap_or(now)
}

/// Where random bytes come from. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Randomness(RandomSource);

#[derive(Clone, Debug)]
enum RandomSource {
    System,
    Seeded(Arc<AtomicU64>, Arc<Mutex<()>>),
}

impl Randomness {
    /// The operating system's generator.
    pub const fn system() -> Self {
        Self(RandomSource::System)
    }

    /// A repeatable sequence for tests. Never for secrets.
    pub fn seeded(seed: u64) -> Self {
        Self(RandomSource::Seeded(Arc::new(AtomicU64::new(seed)), Arc::default()))
    }

    /// Fills the buffer with random bytes.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the system for random bytes")]
    pub fn fill(&self, buffer: &mut [u8]) {
        match &self.0 {
            RandomSource::System => {
                // A machine without random bytes cannot keep a secret: stopping is the only safe answer.
                getrandom::fill(buffer).expect("the operating system gives random bytes");
            }
            RandomSource::Seeded(state, one_at_a_time) => {
                let _guard = one_at_a_time.lock().unwrap_or_else(PoisonError::into_inner);
                for byte in buffer {
                    *byte = split_mix(state).to_le_bytes()[0];
                }
            }
        }
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut buffer = [0; N];
        self.fill(&mut buffer);
        buffer
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): enough for repeatable tests.
fn split_mix(state: &AtomicU64) -> u64 {
    let mut z = state.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_stands_still_until_it_is_moved() {
        let clock = Clock::fixed("2026-03-29T00:59:59Z".parse().unwrap());
        assert_eq!(clock.now(), clock.clone().now());
        clock.advance(SignedDuration::from_secs(1));
        assert_eq!(clock.now().to_string(), "2026-03-29T01:00:00Z");
    }

    #[test]
    fn a_seed_repeats_its_bytes() {
        assert_eq!(Randomness::seeded(7).bytes::<32>(), Randomness::seeded(7).bytes::<32>());
        assert_ne!(Randomness::seeded(7).bytes::<32>(), Randomness::seeded(8).bytes::<32>());
    }
}
