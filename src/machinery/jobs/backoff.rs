//! How long a failed job rests: longer after each attempt, and never at the same instant as its neighbours.

use std::time::Duration;

use ground::clock::Randomness;

/// Rests of a kind of job: `base * attempt^4`, at most `cap`, 10 % more or less by chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// Rest after the first attempt.
    pub base: Duration,
    /// Longest rest.
    pub cap: Duration,
}

/// The fourth power: 1 s, 16 s, 81 s, 4 min, 10 min, ...: quick while a restart may help, patient after.
const POWER: u32 = 4;
/// Jobs that failed together must not come back together; in per mille of the rest, to either side.
const JITTER_PER_MILLE: u64 = 100;

impl Default for Backoff {
    fn default() -> Self {
        Self { base: Duration::from_secs(1), cap: Duration::from_hours(6) }
    }
}

impl Backoff {
    /// The rest after `attempt` attempts (from 1) without the jitter.
    pub fn rest(&self, attempt: u32) -> Duration {
        let factor = attempt.max(1).checked_pow(POWER).unwrap_or(u32::MAX);
        self.base.checked_mul(factor).unwrap_or(self.cap).min(self.cap)
    }

    /// The rest with the jitter.
    pub fn jittered(&self, attempt: u32, randomness: &Randomness) -> Duration {
        let chance = u64::from(u32::from_le_bytes(randomness.bytes())) % (2 * JITTER_PER_MILLE + 1);
        let per_mille = u32::try_from(1000 - JITTER_PER_MILLE + chance).unwrap_or(1000);
        self.rest(attempt) * per_mille / 1000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_grow_with_the_fourth_power_up_to_six_hours() {
        let backoff = Backoff::default();
        let seconds: Vec<u64> = (1..=15).map(|attempt| backoff.rest(attempt).as_secs()).collect();
        assert_eq!(
            seconds,
            [1, 16, 81, 256, 625, 1296, 2401, 4096, 6561, 10_000, 14_641, 20_736, 21_600, 21_600, 21_600]
        );
        assert_eq!(backoff.rest(u32::MAX), backoff.cap);
        let quick = Backoff { base: Duration::from_millis(100), cap: Duration::from_secs(2) };
        assert_eq!([quick.rest(1), quick.rest(2), quick.rest(3)].map(|rest| rest.as_millis()), [100, 1600, 2000]);
    }

    #[test]
    fn the_jitter_stays_within_a_tenth_and_spreads() {
        let (backoff, randomness) = (Backoff::default(), Randomness::seeded(11));
        let rests: Vec<u128> = (0..500).map(|_| backoff.jittered(5, &randomness).as_millis()).collect();
        assert!(rests.iter().all(|rest| (562_500..=687_500).contains(rest)), "{rests:?}");
        let (least, most) = (rests.iter().min().unwrap(), rests.iter().max().unwrap());
        assert!(most - least > 100_000, "{least} to {most}");
    }
}
