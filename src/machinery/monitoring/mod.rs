//! What tells how the installation is doing: one log line per request, metrics, health. No capability needs to know
//! that it is watched; it uses `tracing` and `metrics` and this room does the rest.

mod access;
mod health;
mod logging;
mod metrics;
mod panics;
mod redaction;
mod routes;
mod writer;

pub use access::AccessLog;
pub use health::{CheckReport, HealthChecks, HealthReport, HealthStatus, Status};
pub use logging::{LogFormat, LogSettings, LoggingError, Logs, set_up};
pub use metrics::{Metrics, MetricsError};
pub use redaction::{REDACTED, is_secret_name, redact};
pub use routes::{Document, MetricsAccess, routes};
pub use writer::LogWriter;
