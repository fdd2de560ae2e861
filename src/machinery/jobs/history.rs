//! What went wrong with a job, attempt by attempt.

use ground::clock::Timestamp;
use serde::{Deserialize, Serialize};

/// Failures kept with a job: enough to see a pattern, bounded so that a row stays small.
const FAILURES_KEPT: usize = 10;
/// Characters kept of one failure's text.
const MESSAGE_LENGTH: usize = 1_000;

/// Why an attempt, or the whole job, ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The handler said that it failed.
    Failed,
    /// The handler said that trying again cannot help.
    Refused,
    /// The handler panicked.
    Panicked,
    /// The attempt took longer than its kind allows.
    TimedOut,
    /// The process ended, or stood still until the lease ran out, while the job ran.
    Crashed,
    /// It was running in too many processes that ended: the job itself is suspected.
    CrashLoop,
}

/// One failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// When.
    pub at: Timestamp,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// Of what sort.
    pub reason: Reason,
    /// In words.
    pub message: String,
}

/// The last failures of a job, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct History(Vec<Failure>);

impl History {
    /// The history with one more failure; the oldest makes room for it.
    #[must_use]
    pub fn with(mut self, at: Timestamp, attempt: u32, reason: Reason, message: &str) -> Self {
        if self.0.len() >= FAILURES_KEPT {
            self.0.drain(..=self.0.len() - FAILURES_KEPT);
        }
        self.0.push(Failure { at, attempt, reason, message: message.chars().take(MESSAGE_LENGTH).collect() });
        self
    }

    /// The failures, oldest first.
    pub fn failures(&self) -> &[Failure] {
        &self.0
    }

    /// The newest failure.
    pub fn last(&self) -> Option<&Failure> {
        self.0.last()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_keeps_the_last_ten_failures_and_short_texts() {
        let at: Timestamp = "2026-11-23T06:50:00Z".parse().unwrap();
        let history = (1..=13)
            .fold(History::default(), |history, attempt| history.with(at, attempt, Reason::Failed, &"é".repeat(2_000)));
        let attempts: Vec<u32> = history.failures().iter().map(|failure| failure.attempt).collect();
        assert_eq!(attempts, (4..=13).collect::<Vec<_>>());
        assert_eq!(history.last().unwrap().message.chars().count(), 1_000);
    }

    #[test]
    fn a_failure_reads_as_plain_json() {
        let at: Timestamp = "2026-11-23T06:50:00Z".parse().unwrap();
        let history = History::default().with(at, 3, Reason::CrashLoop, "it ended");
        assert_eq!(
            serde_json::to_string(&history).unwrap(),
            r#"[{"at":"2026-11-23T06:50:00Z","attempt":3,"reason":"crash-loop","message":"it ended"}]"#
        );
    }
}
