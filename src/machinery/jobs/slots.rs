//! How many jobs may run at once, and how the lanes share that.

use super::job::Lane;

/// Slots that belong to each lane alone: one is enough that no lane ever stands still because of another.
const RESERVED: usize = 1;

/// The slots of one process: a reserved one for each lane, the rest for whoever comes.
#[derive(Debug)]
pub(super) struct Slots {
    shared: usize,
    used: [usize; Lane::ALL.len()],
}

impl Slots {
    /// `concurrency` slots in all, but never less than one a lane.
    pub(super) fn new(concurrency: usize) -> Self {
        Self { shared: concurrency.saturating_sub(RESERVED * Lane::ALL.len()), used: [0; Lane::ALL.len()] }
    }

    /// Slots of the lane's own that are free.
    pub(super) fn reserved_free(&self, lane: Lane) -> usize {
        RESERVED.saturating_sub(self.used[lane.index()])
    }

    /// Shared slots that are free.
    pub(super) fn shared_free(&self) -> usize {
        let taken: usize = self.used.iter().map(|used| used.saturating_sub(RESERVED)).sum();
        self.shared.saturating_sub(taken)
    }

    /// Takes a slot for a job of the lane, if there is one.
    pub(super) fn take(&mut self, lane: Lane) -> bool {
        let is_free = self.reserved_free(lane) > 0 || self.shared_free() > 0;
        if is_free {
            self.used[lane.index()] += 1;
        }
        is_free
    }

    /// Gives a lane's slot back.
    pub(super) fn give_back(&mut self, lane: Lane) {
        self.used[lane.index()] = self.used[lane.index()].saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_in_one_lane_leaves_each_other_lane_its_slot() {
        let mut slots = Slots::new(8);
        let media = (0..20).filter(|_| slots.take(Lane::Media)).count();
        assert_eq!(media, 3, "its own slot and the two shared ones");
        for lane in [Lane::Webhook, Lane::Mail, Lane::Billing, Lane::Maintenance, Lane::Publishing] {
            assert!(slots.take(lane), "{lane}");
            assert!(!slots.take(lane), "{lane}");
        }
        slots.give_back(Lane::Media);
        assert!(slots.take(Lane::Mail), "a shared slot serves whoever comes");
        assert!(!slots.take(Lane::Media));
    }

    #[test]
    fn even_one_worker_serves_every_lane() {
        let mut slots = Slots::new(1);
        assert!(Lane::ALL.into_iter().all(|lane| slots.take(lane)));
        assert!(!slots.take(Lane::Mail));
    }
}
