//! What queries notice of the index and its writer does not: files that went bad on the disk.

use std::sync::{Mutex, MutexGuard, PoisonError};

use ground::clock::Timestamp;
use jiff::SignedDuration;

/// How long no query has the index built anew after one did. A query that fails because of a mistake of ours fails on a new
/// index as well, and must not have it built for ever.
const BETWEEN_BUILDINGS: SignedDuration = SignedDuration::from_hours(1);

/// Whether the index is damaged, and since when something is done about it.
#[derive(Debug, Default)]
pub(super) struct Damage(Mutex<Noticed>);

#[derive(Debug, Default)]
struct Noticed {
    /// When a query last had the index built anew.
    asked_at: Option<Timestamp>,
    is_unmended: bool,
}

/// What follows from a query that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Remedy {
    /// The index is to be built anew.
    Build,
    /// That it is built anew is asked for already.
    Wait,
    /// It was built anew just now and did not help.
    Nothing,
}

impl Damage {
    /// A query failed.
    pub fn notice(&self, now: Timestamp) -> Remedy {
        let mut noticed = self.noticed();
        if noticed.is_unmended {
            return Remedy::Wait;
        }
        // A clock that was put back must not keep the index broken until it has caught up.
        if noticed.asked_at.is_some_and(|at| now.duration_since(at).abs() < BETWEEN_BUILDINGS) {
            return Remedy::Nothing;
        }
        *noticed = Noticed { asked_at: Some(now), is_unmended: true };
        Remedy::Build
    }

    /// A new index answers.
    pub fn mended(&self) {
        self.noticed().is_unmended = false;
    }

    /// Whether the index that answers is damaged.
    pub fn is_unmended(&self) -> bool {
        self.noticed().is_unmended
    }

    fn noticed(&self) -> MutexGuard<'_, Noticed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_have_the_index_built_anew_at_most_once_an_hour() {
        let (damage, began) = (Damage::default(), Timestamp::UNIX_EPOCH);
        let after = |minutes: i64| began + SignedDuration::from_mins(minutes);
        assert_eq!(damage.notice(began), Remedy::Build);
        assert_eq!(damage.notice(after(90)), Remedy::Wait, "not built yet");
        assert!(damage.is_unmended());
        damage.mended();
        assert!(!damage.is_unmended());
        assert_eq!(damage.notice(after(59)), Remedy::Nothing);
        assert!(!damage.is_unmended(), "nothing would ever mend it");
        assert_eq!(damage.notice(after(60)), Remedy::Build);
        damage.mended();
        assert_eq!(damage.notice(after(-60)), Remedy::Build, "the clock was put back");
    }
}
