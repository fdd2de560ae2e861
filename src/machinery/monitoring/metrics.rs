//! Metrics in Prometheus' text form: what the program counts through the `metrics` crate, and the process itself.

use std::{sync::Arc, time::Instant};

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::time::{Duration, interval};

use super::writer::LogWriter;

/// Upper bounds of the histograms of durations, in seconds.
const DURATION_BOUNDS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// How often samples are folded into their histograms: at 60,000 requests a second a megabyte waits meanwhile.
const FOLDING_INTERVAL: Duration = Duration::from_secs(2);

/// Why metrics cannot be kept.
#[derive(Debug, thiserror::Error)]
#[error("the metrics could not be set up: {0}")]
pub struct MetricsError(String);

/// The metrics of this process. Cheap to clone.
#[derive(Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
    started: Instant,
    logs: Option<LogWriter>,
    environment: Arc<str>,
}

impl Metrics {
    /// Begins to keep metrics, once per process.
    pub fn install(environment: &str, logs: Option<LogWriter>) -> Result<Self, MetricsError> {
        let handle = builder()?.install_recorder().map_err(|error| MetricsError(error.to_string()))?;
        describe();
        Ok(Self { handle, started: Instant::now(), logs, environment: environment.into() })
    }

    /// Folds samples into histograms until the server stops; without it they would pile up in memory.
    pub async fn keep_up(self, stop: impl Future<Output = ()>) {
        let fold = async {
            let mut ticks = interval(FOLDING_INTERVAL);
            loop {
                ticks.tick().await;
                self.handle.run_upkeep();
            }
        };
        tokio::select! {
            () = stop => {}
            () = fold => {}
        }
    }

    /// Everything, as Prometheus reads it.
    pub fn render(&self) -> String {
        self.observe_process();
        self.handle.render()
    }

    fn observe_process(&self) {
        gauge!("gammacms_build_info", "version" => env!("CARGO_PKG_VERSION"), "environment" => self.environment.to_string())
            .set(1.0);
        gauge!("gammacms_uptime_seconds").set(self.started.elapsed().as_secs_f64());
        if let Some(logs) = &self.logs {
            counter!("gammacms_log_lines_dropped_total").absolute(logs.dropped());
        }
        if let Some(bytes) = resident_bytes() {
            gauge!("process_resident_memory_bytes").set(bytes);
        }
        if let Some(count) = open_files() {
            gauge!("process_open_fds").set(count);
        }
    }
}

fn builder() -> Result<PrometheusBuilder, MetricsError> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &DURATION_BOUNDS)
        .map_err(|error| MetricsError(error.to_string()))
}

fn describe() {
    describe_counter!("gammacms_http_requests_total", "Requests answered, by route template and class of status.");
    describe_histogram!(
        "gammacms_http_request_duration_seconds",
        "Time from a request's arrival to its answer's start."
    );
    describe_counter!("gammacms_log_lines_dropped_total", "Log lines lost because the log was read too slowly.");
    describe_gauge!("gammacms_build_info", "Always 1; its labels name the version and the environment.");
    describe_gauge!("gammacms_uptime_seconds", "Time since the start of the process.");
    describe_gauge!("process_resident_memory_bytes", "Memory that the process holds.");
    describe_gauge!("process_open_fds", "Files and connections that the process has open.");
}

/// From Linux' `/proc`; none elsewhere.
fn resident_bytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024.0)
}

/// From Linux' `/proc`; none elsewhere.
fn open_files() -> Option<f64> {
    let count = std::fs::read_dir("/proc/self/fd").ok()?.count();
    u32::try_from(count).ok().map(f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_names_process_and_requests() {
        let recorder = builder().unwrap().build_recorder();
        let metrics =
            Metrics { handle: recorder.handle(), started: Instant::now(), logs: None, environment: "dev".into() };
        let text = metrics::with_local_recorder(&recorder, || {
            describe();
            counter!("gammacms_http_requests_total", "method" => "GET", "route" => "/x/<y>", "status_class" => "2xx")
                .increment(3);
            metrics::histogram!("gammacms_http_request_duration_seconds", "method" => "GET", "route" => "/x/<y>")
                .record(0.02);
            metrics.render()
        });
        for line in [
            r#"gammacms_http_requests_total{method="GET",route="/x/<y>",status_class="2xx"} 3"#,
            r#"gammacms_http_request_duration_seconds_bucket{method="GET",route="/x/<y>",le="0.025"} 1"#,
            r#"gammacms_http_request_duration_seconds_bucket{method="GET",route="/x/<y>",le="0.01"} 0"#,
            "# TYPE gammacms_http_request_duration_seconds histogram",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        assert!(text.contains("gammacms_build_info{version="), "{text}");
        if cfg!(target_os = "linux") {
            assert!(text.contains("process_resident_memory_bytes") && text.contains("process_open_fds"), "{text}");
        }
    }
}
