//! The queue's metrics: their names once, and what they say.

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

pub(super) const ENQUEUED: &str = "gammacms_jobs_enqueued_total";
pub(super) const FINISHED: &str = "gammacms_jobs_finished_total";
pub(super) const DURATION: &str = "gammacms_jobs_duration_seconds";
pub(super) const WAIT: &str = "gammacms_jobs_wait_seconds";
pub(super) const DEPTH: &str = "gammacms_job_queue_depth";
pub(super) const OLDEST_DUE: &str = "gammacms_job_oldest_due_age_seconds";
pub(super) const LEASES_EXPIRED: &str = "gammacms_job_leases_expired_total";
pub(super) const FENCED: &str = "gammacms_job_fenced_results_total";
pub(super) const DEAD: &str = "gammacms_job_dead_total";
pub(super) const CRON_MISSED: &str = "gammacms_cron_missed_total";
pub(super) const CLOCK_JUMPS: &str = "gammacms_clock_jumps_total";

/// Tells the recorder what the names mean. Harmless to repeat.
pub(super) fn describe() {
    describe_counter!(ENQUEUED, "Jobs enqueued, by kind");
    describe_counter!(FINISHED, "Attempts that ended, by kind and result");
    describe_histogram!(DURATION, Unit::Seconds, "How long attempts took, by kind");
    describe_histogram!(WAIT, Unit::Seconds, "From the time a job was due until it started, by kind");
    describe_gauge!(DEPTH, "Jobs in the queue, by lane and state");
    describe_gauge!(OLDEST_DUE, Unit::Seconds, "Age of the oldest due job that was never tried, by lane");
    describe_counter!(LEASES_EXPIRED, "Leases taken back from processes that ended or stood still");
    describe_counter!(FENCED, "Results discarded because the lease was another's by then");
    describe_counter!(DEAD, "Jobs given up, by kind");
    describe_counter!(CRON_MISSED, "Times of schedules that passed without a run of their own, by name and policy");
    describe_counter!(CLOCK_JUMPS, "Jumps of the wall clock by more than 30 seconds");
}
