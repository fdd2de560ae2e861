//! How far the replica is behind. Trusted is only what was seen to arrive: a heartbeat is written as any change is, and is
//! there once the replica has come as far as Litestream had read when it had surely read the heartbeat.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use super::metrics::{Numbers, Place};

/// Heartbeats that are waited for: the oldest tells how far behind the replica is, the rest only how it catches up.
const MOST_WAITED_FOR: usize = 64;
/// Finished looks after which one of them was begun after the heartbeat: the first may have been under way.
const LOOKS: u64 = 2;

/// The heartbeats that were not seen to arrive yet.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    beats: VecDeque<Beat>,
}

#[derive(Debug)]
struct Beat {
    at: Instant,
    looks: u64,
    goal: Option<Place>,
}

impl Waiting {
    /// A heartbeat was committed at that moment; the numbers were asked for after it.
    pub(super) fn beaten(&mut self, at: Instant, numbers: Numbers) {
        if self.beats.len() < MOST_WAITED_FOR {
            self.beats.push_back(Beat { at, looks: numbers.looks, goal: None });
        }
    }

    /// Another Litestream has begun: it counts anew, and all that it reads it reads after these heartbeats.
    pub(super) fn begin_again(&mut self) {
        for beat in &mut self.beats {
            (beat.looks, beat.goal) = (0, None);
        }
    }

    /// Takes note of what has arrived.
    pub(super) fn seen(&mut self, numbers: Numbers) {
        for beat in &mut self.beats {
            // Litestream has begun a new series of logs: the old place never comes.
            if beat.goal.is_some_and(|goal| goal > numbers.seen) {
                (beat.looks, beat.goal) = (numbers.looks, None);
            }
            if beat.goal.is_none() && numbers.looks >= beat.looks + LOOKS {
                beat.goal = Some(numbers.seen);
            }
        }
        while self.beats.front().is_some_and(|beat| beat.goal.is_some_and(|goal| goal <= numbers.sent)) {
            self.beats.pop_front();
        }
    }

    /// How old the oldest change is that the replica is not known to have.
    pub(super) fn lag(&self, now: Instant) -> Duration {
        self.beats.front().map_or(Duration::ZERO, |beat| now.saturating_duration_since(beat.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(looks: u64, seen: Place, sent: Place) -> Numbers {
        Numbers { looks, seen, sent }
    }

    #[test]
    fn a_heartbeat_has_arrived_when_the_replica_is_as_far_as_litestream_had_read() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut waiting = Waiting::default();
        waiting.beaten(start, numbers(10, (0, 100), (0, 100)));
        // A look that was under way says nothing, however far it came.
        waiting.seen(numbers(11, (0, 200), (0, 200)));
        assert_eq!(waiting.lag(after(1)).as_secs(), 1);
        waiting.seen(numbers(12, (0, 300), (0, 200)));
        assert_eq!(waiting.lag(after(2)).as_secs(), 2);
        waiting.seen(numbers(13, (0, 400), (0, 300)));
        assert_eq!(waiting.lag(after(3)), Duration::ZERO);
    }

    #[test]
    fn what_does_not_arrive_gets_older_whatever_comes_after_it() {
        let start = Instant::now();
        let mut waiting = Waiting::default();
        for second in 0..200 {
            waiting.beaten(start + Duration::from_secs(second), numbers(second, (0, second), (0, 0)));
            waiting.seen(numbers(second, (0, second), (0, 0)));
        }
        assert_eq!(waiting.lag(start + Duration::from_secs(200)).as_secs(), 200);
        assert!(waiting.beats.len() <= MOST_WAITED_FOR);
    }

    #[test]
    fn another_litestream_and_another_series_of_logs_are_waited_for_anew() {
        let start = Instant::now();
        let mut waiting = Waiting::default();
        waiting.beaten(start, numbers(10, (7, 100), (7, 0)));
        waiting.seen(numbers(12, (7, 200), (7, 0)));
        waiting.begin_again();
        waiting.seen(numbers(1, (0, 50), (0, 50)));
        assert_eq!(waiting.lag(start + Duration::from_secs(5)).as_secs(), 5);
        waiting.seen(numbers(2, (0, 50), (0, 0)));
        // A new series in the middle.
        waiting.seen(numbers(3, (0, 10), (0, 10)));
        assert_eq!(waiting.lag(start + Duration::from_secs(6)).as_secs(), 6);
        waiting.seen(numbers(5, (0, 10), (0, 10)));
        assert_eq!(waiting.lag(start + Duration::from_secs(7)), Duration::ZERO);
    }
}
