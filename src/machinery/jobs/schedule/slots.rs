//! The times that a schedule had since it last fired, and which of them get a run.

use std::time::Duration;

use ground::clock::Timestamp;

use super::{CatchUp, Schedule};

/// How late a time may be and still count as kept: ticks come each second, and a start takes a while.
const ON_TIME: Duration = Duration::from_mins(1);
/// Times walked through one by one: a year of every minute would keep the one writer for seconds.
const WALKED: usize = 1_000;

/// Times in order, the newest last; never empty.
pub(super) struct Slots {
    times: Vec<Timestamp>,
    /// Further ones before them, at least.
    left_out: u64,
}

impl Slots {
    /// The times from `first` (which is one) to `now`.
    pub(super) fn between(schedule: &Schedule, first: Timestamp, now: Timestamp) -> Self {
        let mut times = vec![first];
        times.extend(walk(schedule, first, now).take(WALKED));
        if times.len() <= WALKED {
            return Self { times, left_out: 0 };
        }
        let left_out = times.len() as u64;
        Self { times: newest(schedule, first, now).unwrap_or(times), left_out }
    }

    pub(super) fn newest(&self) -> Timestamp {
        self.times.last().copied().unwrap_or_default()
    }

    /// How many there were, at least.
    pub(super) fn count(&self) -> u64 {
        self.times.len() as u64 + self.left_out
    }

    /// Those that get a run of their own.
    pub(super) fn to_run(&self, catch_up: CatchUp, now: Timestamp) -> &[Timestamp] {
        let wanted = match catch_up {
            CatchUp::Skip if now.duration_since(self.newest()).unsigned_abs() > ON_TIME => 0,
            CatchUp::Skip | CatchUp::Once => 1,
            CatchUp::All { max } => max as usize,
        };
        &self.times[self.times.len().saturating_sub(wanted)..]
    }
}

fn walk(schedule: &Schedule, after: Timestamp, until: Timestamp) -> impl Iterator<Item = Timestamp> {
    std::iter::successors(Some(after), move |at| schedule.next_after(*at).filter(|next| *next <= until)).skip(1)
}

/// The newest times: looked for in the last minute, the last two, four, ..., until there are some hundred of them.
fn newest(schedule: &Schedule, first: Timestamp, now: Timestamp) -> Option<Vec<Timestamp>> {
    let mut window = Duration::from_mins(1);
    loop {
        let from = now.checked_sub(window).ok().filter(|from| *from > first)?;
        let times: Vec<Timestamp> = walk(schedule, from, now).collect();
        if times.len() > WALKED / 8 {
            return Some(times);
        }
        window *= 2;
    }
}
