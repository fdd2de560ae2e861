//! A store that has just failed is left alone for a moment, so that requests do not queue up in front of it, one
//! timeout after another. Its loss and its return are each told once.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::KvError;

/// How long a failed store is left alone: short enough that its return is noticed at once.
const PAUSE: Duration = Duration::from_secs(1);

/// Remembers when a store failed last.
#[derive(Debug, Default)]
pub struct Pause(Mutex<Option<Failure>>);

#[derive(Debug)]
struct Failure {
    ask_again_at: Instant,
    reason: String,
}

impl Pause {
    /// Answers at once with the last reason while the store is left alone.
    pub fn check(&self) -> Result<(), KvError> {
        match &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(failure) if Instant::now() < failure.ask_again_at => Err(KvError::Unavailable(failure.reason.clone())),
            _ => Ok(()),
        }
    }

    /// Takes note of what the store answered.
    pub fn note<T>(&self, store: &'static str, answer: &Result<T, KvError>) {
        let mut failure = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(KvError::Unavailable(reason)) = answer {
            if failure.is_none() {
                tracing::warn!(
                    store,
                    reason,
                    "the key-value store is unavailable; each process counts and caches by itself"
                );
            }
            *failure = Some(Failure { ask_again_at: Instant::now() + PAUSE, reason: reason.clone() });
        } else if failure.take().is_some() {
            tracing::info!(store, "the key-value store is back");
        }
    }
}
