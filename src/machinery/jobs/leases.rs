//! The rules of a lease: who holds a job, until when, and what becomes of it after.
//!
//! A lease is 60 s long in the database and renewed each 15 s. Its holder judges it by the machine's monotonic clock,
//! others by the database's times. Whoever ends it names its token: a holder that was away too long ends nothing.

use std::{sync::Arc, time::Duration};

use ground::{
    clock::{Randomness, Timestamp},
    db::{DbError, Tx},
    words::{JobId, OrganizationId},
};

use super::{
    history::{History, Reason},
    job::{JobState, Lane, Options, Priority},
    store,
};

/// How long a lease is: a stalled machine loses its jobs after a minute.
pub(super) const LEASE: Duration = Duration::from_mins(1);
/// How often it is renewed: three renewals may fail before it runs out.
pub(super) const RENEWAL: Duration = Duration::from_secs(15);
/// Processes that may end under a job before the job is taken for the cause.
const CRASHES_ALLOWED: u32 = 3;
/// Leases taken back in one transaction.
const TAKEN_BACK_AT_ONCE: u32 = 500;

/// A job under our lease.
#[derive(Clone, Debug)]
pub(super) struct Claimed {
    pub(super) id: JobId,
    pub(super) kind: String,
    pub(super) lane: Lane,
    pub(super) organization: Option<OrganizationId>,
    pub(super) payload: String,
    pub(super) attempt: u32,
    pub(super) max_attempts: u32,
    pub(super) crashes: u32,
    pub(super) history: History,
    pub(super) run_at: Timestamp,
    pub(super) created_at: Timestamp,
    pub(super) token: Arc<str>,
    /// When the lease was taken.
    pub(super) since: Timestamp,
}

/// A job under another's lease.
pub(super) struct Held {
    pub(super) id: JobId,
    pub(super) kind: String,
    pub(super) token: Arc<str>,
    pub(super) attempt: u32,
    pub(super) crashes: u32,
    pub(super) history: History,
    pub(super) run_at: Timestamp,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The work is done.
    Done,
    /// It failed, and is to be tried again after the kind's backoff or after the given rest.
    Failed { reason: Reason, message: String, rest: Option<Duration> },
    /// It cannot be done.
    Refused { message: String },
    /// It was stopped, or never started: as if it had not been claimed.
    GivenBack,
}

/// What a job becomes when its lease ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settlement {
    pub(super) id: JobId,
    pub(super) kind: String,
    pub(super) token: Arc<str>,
    pub(super) state: JobState,
    pub(super) attempt: u32,
    pub(super) crashes: u32,
    pub(super) run_at: Timestamp,
    pub(super) history: History,
    pub(super) finished_at: Option<Timestamp>,
}

impl Settlement {
    /// What becomes of a job whose attempt ended like this, now.
    pub(super) fn of(job: Claimed, ending: Ending, options: &Options, now: Timestamp, randomness: &Randomness) -> Self {
        let mut settlement = Self {
            id: job.id,
            kind: job.kind,
            token: job.token,
            state: JobState::Due,
            attempt: job.attempt,
            crashes: job.crashes,
            run_at: job.run_at,
            history: job.history,
            finished_at: None,
        };
        match ending {
            Ending::Done => {
                settlement.state = JobState::Done;
                settlement.finished_at = Some(now);
            }
            Ending::Failed { reason, message, rest } => {
                settlement.history = settlement.history.with(now, job.attempt, reason, &message);
                if job.attempt < job.max_attempts {
                    let rest = rest.unwrap_or_else(|| options.backoff.jittered(job.attempt, randomness));
                    settlement.run_at = now.checked_add(rest).unwrap_or(Timestamp::MAX);
                } else {
                    settlement.give_up(now);
                }
            }
            Ending::Refused { message } => {
                settlement.history = settlement.history.with(now, job.attempt, Reason::Refused, &message);
                settlement.give_up(now);
            }
            Ending::GivenBack => settlement.attempt = job.attempt.saturating_sub(1),
        }
        settlement
    }

    /// What becomes of a job whose process ended, or stood still for longer than its lease. The attempt counts: it may
    /// have had effects.
    fn after_crash(job: Held, now: Timestamp) -> Self {
        let crashes = job.crashes + 1;
        let is_suspect = crashes >= CRASHES_ALLOWED;
        let (reason, message) = if is_suspect {
            (Reason::CrashLoop, format!("{crashes} processes ended while this job ran"))
        } else {
            (Reason::Crashed, "the process ended or stood still while this job ran".to_owned())
        };
        let mut settlement = Self {
            id: job.id,
            kind: job.kind,
            token: job.token,
            state: JobState::Due,
            attempt: job.attempt,
            crashes,
            run_at: job.run_at,
            history: job.history.with(now, job.attempt, reason, &message),
            finished_at: None,
        };
        if is_suspect {
            settlement.give_up(now);
        }
        settlement
    }

    fn give_up(&mut self, now: Timestamp) {
        self.state = JobState::Dead;
        self.finished_at = Some(now);
    }
}

/// What one process wants of the queue in one transaction: results noted, leases prolonged, lost jobs taken back, new
/// ones claimed. Together, because a transaction costs the same for one row as for a hundred.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    /// This run of the process.
    pub(super) boot: Arc<str>,
    /// Token of the leases that this turn takes.
    pub(super) token: Arc<str>,
    pub(super) settlements: Arc<Vec<Settlement>>,
    pub(super) renewals: Vec<(JobId, Arc<str>)>,
    pub(super) take_back: TakeBack,
    /// `None` where nothing is to be claimed.
    pub(super) wanted: Option<Wanted>,
}

/// Which leases of others are taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TakeBack {
    /// None in this turn.
    Nothing,
    /// Those that have run out.
    Expired,
    /// All: this is the only process, so the others are its predecessors.
    All,
}

/// How many jobs may be claimed.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// The lanes in the order of their claims, each with what is its own.
    pub(super) lanes: Vec<(Lane, usize)>,
    /// What the lanes share, first come, first served.
    pub(super) shared: usize,
}

/// What a turn brought.
#[derive(Debug, Default)]
pub(super) struct Turned {
    pub(super) claimed: Vec<Claimed>,
    /// Whether a lane had as many due jobs as were asked for: there may be more due.
    pub(super) may_be_more: bool,
    /// Whether there may be more to take back from others.
    pub(super) may_be_more_lost: bool,
    /// Jobs whose result was discarded: the lease was another's by then.
    pub(super) fenced: Vec<JobId>,
    /// Jobs whose lease could not be prolonged: it is another's.
    pub(super) lost: Vec<JobId>,
    /// Jobs taken back from others: their kind, and what became of them.
    pub(super) taken_back: Vec<(String, JobState)>,
}

/// Takes a turn in the caller's transaction.
pub(super) fn take_turn(tx: &Tx, turn: &Turn) -> Result<Turned, DbError> {
    let mut turned = Turned::default();
    for settlement in turn.settlements.iter() {
        if !store::settle(tx, settlement)? {
            turned.fenced.push(settlement.id);
        }
    }
    let until = tx.now().checked_add(LEASE).unwrap_or(Timestamp::MAX);
    for (job, token) in &turn.renewals {
        if !store::renew(tx, *job, token, until)? {
            turned.lost.push(*job);
        }
    }
    take_back(tx, turn, &mut turned)?;
    if let Some(wanted) = &turn.wanted {
        let lease = store::Lease { token: &turn.token, until, boot: &turn.boot };
        claim(tx, &lease, wanted, &mut turned)?;
    }
    Ok(turned)
}

fn take_back(tx: &Tx, turn: &Turn, turned: &mut Turned) -> Result<(), DbError> {
    let before = match turn.take_back {
        TakeBack::Nothing => return Ok(()),
        TakeBack::Expired => tx.now(),
        TakeBack::All => Timestamp::MAX,
    };
    let held = store::held_by_others(tx, before, &turn.boot, TAKEN_BACK_AT_ONCE)?;
    turned.may_be_more_lost = held.len() >= TAKEN_BACK_AT_ONCE as usize;
    for job in held {
        let settlement = Settlement::after_crash(job, tx.now());
        // Another process may have been quicker, or the holder is alive after all: then the token is not the one read.
        if store::settle(tx, &settlement)? {
            turned.taken_back.push((settlement.kind, settlement.state));
        }
    }
    Ok(())
}

fn claim(tx: &Tx, lease: &store::Lease, wanted: &Wanted, turned: &mut Turned) -> Result<(), DbError> {
    let mut shared = wanted.shared;
    for (lane, own) in &wanted.lanes {
        let limit = own + shared;
        let mut found = 0;
        for priority in Priority::ALL {
            if found >= limit {
                break;
            }
            let claimed = store::claim(tx, lease, *lane, priority, limit - found)?;
            found += claimed.len();
            turned.claimed.extend(claimed);
        }
        shared -= found.saturating_sub(*own);
        turned.may_be_more |= limit > 0 && found >= limit;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-23T06:50:00Z".parse().unwrap()
    }

    fn claimed(attempt: u32) -> Claimed {
        Claimed {
            id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
            kind: "sweep".to_owned(),
            lane: Lane::Maintenance,
            organization: None,
            payload: "{}".to_owned(),
            attempt,
            max_attempts: 3,
            crashes: 0,
            history: History::default(),
            run_at: now(),
            created_at: now(),
            token: Arc::from("token"),
            since: now(),
        }
    }

    fn settled(attempt: u32, ending: Ending) -> Settlement {
        Settlement::of(claimed(attempt), ending, &Options::default(), now(), &Randomness::seeded(3))
    }

    fn failed(rest: Option<Duration>) -> Ending {
        Ending::Failed { reason: Reason::Failed, message: "no answer".to_owned(), rest }
    }

    #[test]
    fn a_failure_rests_and_the_last_one_is_the_end() {
        let second = settled(2, failed(None));
        assert_eq!(second.state, JobState::Due);
        let rest = second.run_at.duration_since(now()).as_millis();
        assert!((14_400..=17_600).contains(&rest), "{rest}");
        assert_eq!(settled(1, failed(Some(Duration::from_secs(90)))).run_at, now() + Duration::from_secs(90));
        let last = settled(3, failed(None));
        assert_eq!((last.state, last.finished_at), (JobState::Dead, Some(now())));
        assert_eq!(last.history.last().unwrap().attempt, 3);
    }

    #[test]
    fn what_cannot_be_done_is_dead_at_once_and_what_was_stopped_is_as_before() {
        let refused = settled(1, Ending::Refused { message: "no such mailbox".to_owned() });
        assert_eq!(refused.state, JobState::Dead);
        assert_eq!(refused.history.last().unwrap().reason, Reason::Refused);
        let given_back = settled(2, Ending::GivenBack);
        assert_eq!((given_back.state, given_back.attempt, given_back.run_at), (JobState::Due, 1, now()));
        assert!(given_back.history.failures().is_empty());
    }

    #[test]
    fn the_third_process_that_ends_under_a_job_makes_it_suspect() {
        for (crashes, state, reason) in [
            (0, JobState::Due, Reason::Crashed),
            (1, JobState::Due, Reason::Crashed),
            (2, JobState::Dead, Reason::CrashLoop),
        ] {
            let job = claimed(1);
            let held = Held {
                id: job.id,
                kind: job.kind,
                token: job.token,
                attempt: 1,
                crashes,
                history: job.history,
                run_at: job.run_at,
            };
            let settlement = Settlement::after_crash(held, now());
            assert_eq!((settlement.state, settlement.crashes), (state, crashes + 1));
            assert_eq!(settlement.history.last().unwrap().reason, reason);
        }
    }
}
