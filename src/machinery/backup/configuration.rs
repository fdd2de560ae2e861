//! What Litestream is told, as its configuration file.

use std::{fmt::Write as _, path::Path};

use serde_json::Value;

use super::Replica;

/// How often the database is looked at, and changes are sent to a disk.
const AT_ONCE: &str = "200ms";
/// How often changes are sent to storage that takes money for each call: what a lost machine costs at most.
const EACH_SECOND: &str = "1s";
/// How far back one can go: a month of accounting.
const KEPT: &str = "720h";
/// How often the whole database is copied, so that a restore reads few changes.
const WHOLE_COPY: &str = "6h";
/// How often the copy is read back and compared.
const VALIDATED: &str = "12h";

/// The form of the file: it changed between versions of Litestream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Litestream 0.3, which `serve` begins by itself.
    V03,
    /// Litestream 0.5, for those who run it themselves.
    V05,
}

/// The file's text. Litestream tells its numbers on this port of this machine alone.
pub fn configuration(replica: &Replica, format: Format, port: u16) -> String {
    // `:9090` would mean all of the machine's addresses, whatever its log says.
    let mut text = format!("addr: \"127.0.0.1:{port}\"\n");
    match format {
        Format::V03 => text.push_str("logging: {type: json, level: info, stderr: true}\n"),
        Format::V05 => {
            text.push_str("logging: {type: json, level: info, stderr: true}\n");
            writeln!(text, "snapshot: {{interval: {WHOLE_COPY}, retention: {KEPT}}}")
                .expect("a string takes everything");
        }
    }
    text.push_str("dbs:\n");
    // The mark first: what others find before anything else.
    database(&mut text, replica, format, &replica.origin_file(), "origin");
    database(&mut text, replica, format, &replica.database, "db");
    text
}

fn database(text: &mut String, replica: &Replica, format: Format, path: &Path, part: &str) {
    let url = format!("{}/{part}", replica.url.trim_end_matches('/'));
    let interval = if url.starts_with("file://") { AT_ONCE } else { EACH_SECOND };
    let mut line = |indent: usize, key: &str, value: &str| {
        writeln!(text, "{:indent$}{key}: {value}", "").expect("a string takes everything");
    };
    line(2, "- path", &quoted(&path.to_string_lossy()));
    line(4, "monitor-interval", AT_ONCE);
    let indent = match format {
        Format::V03 => {
            // A restarting checkpoint beside a long reader blocks writers for five seconds (measured).
            line(4, "max-checkpoint-page-count", "0");
            line(4, "replicas", "");
            line(6, "- url", &quoted(&url));
            8
        }
        Format::V05 => {
            line(4, "truncate-page-n", "0");
            line(4, "replica", "");
            line(6, "url", &quoted(&url));
            6
        }
    };
    line(indent, "sync-interval", interval);
    if format == Format::V03 {
        line(indent, "snapshot-interval", WHOLE_COPY);
        line(indent, "retention", KEPT);
        line(indent, "validation-interval", VALIDATED);
    }
    if url.starts_with("s3://") {
        if let Some(endpoint) = &replica.endpoint {
            line(indent, "endpoint", &quoted(endpoint));
            line(indent, "force-path-style", "true");
        }
        if let Some(region) = &replica.region {
            line(indent, "region", &quoted(region));
        }
    }
}

/// Every JSON string is one of YAML.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_or_url_can_hold_any_sign() {
        let replica = Replica {
            url: "s3://bucket/a \"b\"/".to_owned(),
            shown: String::new(),
            program: "litestream".into(),
            database: "/data/with: colon/gammacms.db".into(),
            data_dir: "/data/with: colon".into(),
            endpoint: Some("http://localhost:9000".to_owned()),
            region: Some("eu-central-1".to_owned()),
            environment: "dev".to_owned(),
            may_begin_empty: false,
        };
        for format in [Format::V03, Format::V05] {
            let text = configuration(&replica, format, 9090);
            assert!(text.contains(r#""s3://bucket/a \"b\"/db""#), "{text}");
            assert!(text.contains(r#"- path: "/data/with: colon/gammacms.db""#), "{text}");
            assert!(text.contains(r#"endpoint: "http://localhost:9000""#) && text.contains("region"), "{text}");
            assert!(text.contains("sync-interval: 1s"), "{text}");
        }
    }
}
