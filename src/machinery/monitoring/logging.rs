//! The log: one line per event, as JSON for machines or as text for people, without secrets. The standard output is
//! written by a thread of its own.

use std::fmt::{self, Write as _};

use ground::clock::Clock;
use serde_json::{Map, Value};
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{
    Layer, filter::Targets, layer::Context, layer::SubscriberExt, registry::LookupSpan, util::SubscriberInitExt,
};

use super::{
    panics,
    redaction::{REDACTED, is_secret_name, redact},
    writer::{LogThread, LogWriter},
};

/// How lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object per line.
    #[default]
    Json,
    /// One readable line.
    Text,
}

/// What the log needs to know at the start.
#[derive(Clone, Debug)]
pub struct LogSettings {
    /// How lines are written.
    pub format: LogFormat,
    /// `info`, or levels by module: `info,tenants=debug`.
    pub level: String,
    /// `dev`, `staging` or `production`; stands in every line.
    pub environment: String,
    /// Gives the lines' times.
    pub clock: Clock,
    /// Write to standard error, because standard output carries a command's result.
    pub is_on_standard_error: bool,
}

/// Why the log could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum LoggingError {
    /// The level cannot be read.
    #[error(
        "`{0}` is not a log level: use error, warn, info, debug or trace, or levels by module (info,tenants=debug)"
    )]
    Level(String),
    /// The thread that writes could not be started.
    #[error("the log's thread could not be started: {0}")]
    Thread(#[from] std::io::Error),
    /// Something else has set up a log before.
    #[error("a log is already set up in this process")]
    Twice,
}

/// The log of this process. Dropping it writes what is left: keep it to the end of `main`.
#[derive(Debug)]
pub struct Logs {
    writer: LogWriter,
    settings: LogSettings,
    level: LevelFilter,
    _thread: LogThread,
}

impl Logs {
    /// Where further lines go.
    pub fn writer(&self) -> &LogWriter {
        &self.writer
    }

    /// How this log is set up.
    pub fn settings(&self) -> &LogSettings {
        &self.settings
    }

    /// Whether lines of this level are written by default.
    pub fn includes(&self, level: Level) -> bool {
        level <= self.level
    }
}

/// Sets up the log and the panic hook of this process, once.
pub fn set_up(settings: LogSettings) -> Result<Logs, LoggingError> {
    let targets = targets(&settings.level)?;
    let level = targets.default_level().unwrap_or(LevelFilter::INFO);
    let (writer, thread) = if settings.is_on_standard_error {
        LogWriter::start(std::io::stderr())?
    } else {
        LogWriter::start(std::io::stdout())?
    };
    let lines = Lines { writer: writer.clone(), settings: settings.clone() };
    tracing_subscriber::registry().with(targets).with(lines).try_init().map_err(|_| LoggingError::Twice)?;
    // Rocket tells four things about every request through `log`; asking each time whether anybody listens costs a
    // tenth of its speed.
    log::set_max_level(log::LevelFilter::Warn.min(log::max_level()));
    panics::install_hook();
    Ok(Logs { writer, settings, level, _thread: thread })
}

/// The level of our own modules, and what others may say. Rocket names raw addresses, which may hold tokens, when it
/// answers: those lines are never written, the access log has its own.
fn targets(level: &str) -> Result<Targets, LoggingError> {
    let refused = || LoggingError::Level(level.to_owned());
    let words = level.trim().to_ascii_lowercase();
    // Alone, a word that is no level would name a module; no word at all would switch everything off.
    if words.is_empty() || !words.split(',').all(|part| part.contains('=') || part.parse::<LevelFilter>().is_ok()) {
        return Err(refused());
    }
    let ours: Targets = words.parse().map_err(|_| refused())?;
    let default = ours.default_level().unwrap_or(LevelFilter::INFO);
    let quiet = default.min(LevelFilter::WARN);
    let others = [
        "rocket",
        "hyper",
        "hyper_util",
        "h2",
        "rustls",
        "tokio_postgres",
        "sled",
        "lettre",
        "redis",
        "ureq",
        "tungstenite",
    ];
    let mut targets = Targets::new().with_default(default);
    for name in others {
        targets = targets.with_target(name, quiet);
    }
    for silent in ["rocket::server", "rocket::launch"] {
        targets = targets.with_target(silent, LevelFilter::OFF);
    }
    Ok(targets.with_targets(ours.iter().map(|(target, level)| (target.to_owned(), level))))
}

/// Turns events into lines.
struct Lines {
    writer: LogWriter,
    settings: LogSettings,
}

/// The fields of a span, added to every event inside it.
struct SpanFields(Map<String, Value>);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Lines {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(SpanFields(fields.named));
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        values.record(&mut fields);
        if let Some(span) = context.span(id)
            && let Some(known) = span.extensions_mut().get_mut::<SpanFields>()
        {
            known.0.extend(fields.named);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        if let Some(scope) = context.event_scope(event) {
            for span in scope.from_root() {
                if let Some(known) = span.extensions().get::<SpanFields>() {
                    fields.named.extend(known.0.clone());
                }
            }
        }
        event.record(&mut fields);
        let target = fields.target.as_deref().unwrap_or_else(|| event.metadata().target());
        // Rocket marks the second and further lines of one message so; they quote requests.
        if target.ends_with("::_") {
            return;
        }
        let level = *event.metadata().level();
        let line = match self.settings.format {
            LogFormat::Json => json_line(&self.settings, level, target, &fields),
            LogFormat::Text => text_line(&self.settings, level, target, &fields),
        };
        self.writer.line(&line, level <= Level::WARN);
    }
}

fn json_line(settings: &LogSettings, level: Level, target: &str, fields: &Fields) -> String {
    let mut line = Map::new();
    line.insert("ts".to_owned(), format!("{:.3}", settings.clock.now()).into());
    line.insert("level".to_owned(), level.as_str().to_ascii_lowercase().into());
    line.insert("message".to_owned(), fields.message.as_str().into());
    line.insert("target".to_owned(), target.into());
    line.insert("environment".to_owned(), settings.environment.as_str().into());
    for (name, value) in &fields.named {
        line.entry(name).or_insert_with(|| value.clone());
    }
    Value::Object(line).to_string()
}

fn text_line(settings: &LogSettings, level: Level, target: &str, fields: &Fields) -> String {
    // A message of several lines stays one line of the log.
    let message = fields.message.replace('\n', " ");
    let mut line = format!("{:.3} {level:5} {message}", settings.clock.now());
    for (name, value) in &fields.named {
        // Writing to a string cannot fail.
        let _ = match value {
            Value::String(text) if !text.contains([' ', '"', '\n']) => write!(line, " {name}={text}"),
            value => write!(line, " {name}={value}"),
        };
    }
    if level > Level::INFO {
        let _ = write!(line, " ({target})");
    }
    line
}

/// The fields of one event, without secrets.
#[derive(Default)]
struct Fields {
    message: String,
    target: Option<String>,
    named: Map<String, Value>,
}

impl Fields {
    fn put(&mut self, field: &Field, value: Value) {
        let name = field.name();
        if is_secret_name(name) {
            self.named.insert(name.to_owned(), REDACTED.into());
        } else {
            self.named.insert(name.to_owned(), value);
        }
    }

    fn put_text(&mut self, field: &Field, text: &str) {
        match field.name() {
            "message" => redact(text).as_ref().clone_into(&mut self.message),
            "log.target" => self.target = Some(text.to_owned()),
            name if name.starts_with("log.") => {}
            _ => self.put(field, redact(text).into_owned().into()),
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put_text(field, &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put_text(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put_number(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put_number(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value.into());
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.put_text(field, &value.to_string());
    }
}

impl Fields {
    /// `log.line` is where another crate's `log` call stands: nobody asks for it.
    fn put_number(&mut self, field: &Field, value: Value) {
        if !field.name().starts_with("log.") {
            self.put(field, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write,
        sync::{Arc, Mutex},
    };

    use super::*;

    #[derive(Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

    impl Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: LogFormat, level: &str, speak: impl FnOnce()) -> String {
        let memory = Memory::default();
        let (writer, thread) = LogWriter::start(memory.clone()).unwrap();
        let settings = LogSettings {
            format,
            level: level.to_owned(),
            environment: "staging".to_owned(),
            clock: Clock::fixed("2026-03-29T00:59:59Z".parse().unwrap()),
            is_on_standard_error: false,
        };
        let subscriber = tracing_subscriber::registry().with(targets(level).unwrap()).with(Lines { writer, settings });
        tracing::subscriber::with_default(subscriber, speak);
        drop(thread);
        let bytes = memory.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_json_line_holds_message_fields_and_span() {
        let text = logged(LogFormat::Json, "info", || {
            let span = tracing::info_span!("job", job_id = "J1", attempt = 2);
            let _entered = span.enter();
            tracing::warn!(kind = "send_mail", duration_ms = 1.5, "mail \"later\"\nnow");
            tracing::debug!("not this");
        });
        assert_eq!(text.lines().count(), 1);
        let line: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(line["ts"], "2026-03-29T00:59:59.000Z");
        assert_eq!(line["level"], "warn");
        assert_eq!(line["message"], "mail \"later\"\nnow");
        assert_eq!(line["environment"], "staging");
        assert_eq!((&line["job_id"], &line["attempt"]), (&"J1".into(), &2.into()));
        assert_eq!((&line["kind"], &line["duration_ms"]), (&"send_mail".into(), &1.5.into()));
    }

    #[test]
    fn secrets_are_not_written() {
        let text = logged(LogFormat::Json, "info", || {
            let span = tracing::info_span!("call", api_key = "CANARY");
            let _entered = span.enter();
            tracing::error!(password = "CANARY", card = 4242, detail = "token=CANARY", "Bearer CANARYabcdefghijkl");
        });
        assert!(!text.contains("CANARY") && !text.contains("4242"), "{text}");
        assert_eq!(text.matches(REDACTED).count(), 5, "{text}");
    }

    #[test]
    fn a_text_line_is_readable() {
        let text = logged(LogFormat::Text, "info", || tracing::info!(path = "/var/lib/x y", port = 8000, "listening"));
        assert_eq!(text, "2026-03-29T00:59:59.000Z INFO  listening path=\"/var/lib/x y\" port=8000\n");
    }

    #[test]
    fn levels_by_module_are_understood_and_others_kept_quiet() {
        let text = logged(LogFormat::Text, "warn,machinery=debug", || {
            tracing::debug!(target: "machinery::jobs", "ours");
            tracing::info!(target: "ground::db", "too chatty");
            tracing::info!(target: "rocket", "too chatty");
            tracing::error!(target: "rocket::server::_", "No matching routes for GET /?token=x");
            tracing::error!(target: "tenants::routes::_", "Request guard failed");
            tracing::warn!(target: "rocket::config", "others");
        });
        let told: Vec<&str> = text.lines().map(|line| line.split_whitespace().nth(2).unwrap()).collect();
        assert_eq!(told, ["ours", "others"]);
        for wrong in ["loud", "", "info,=x=y"] {
            assert!(targets(wrong).is_err(), "{wrong}");
        }
    }
}
