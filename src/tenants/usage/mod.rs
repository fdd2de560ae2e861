//! Usage: how often each key was used, kept by day, and the sliding-window limits that refuse what is too much.
//!
//! A request is counted in memory under the key's own lock. Windows are kept in the key-value store each second, so
//! that a restart forgets nothing, and use is added to the database every two seconds. With Redis all processes count
//! together, at most 100 ms apart.

mod counter;
mod fairing;
mod limits;
mod ring;
mod routes;
mod store;
mod window;

pub use counter::{Counter, Meter, Permit, Refused};
pub use fairing::{Metering, is_admitted, keep, permit};
pub use limits::Limits;
pub use routes::{Document, UsageReport, routes};
pub use window::{Quota, Span, Standing};
