//! One log line and two metrics for every request. The line names the route, never the raw address: addresses hold
//! tokens, names and search words.

use std::{cell::RefCell, collections::HashMap, fmt::Write as _, sync::OnceLock, time::Duration};

use foldhash::fast::RandomState;
use ground::clock::Clock;
use metrics::{Counter, Histogram};
use rocket::{
    Orbit, Request, Response, Rocket, Route,
    fairing::{Fairing, Info, Kind},
};
use serde_json::Value;
use tracing::Level;

use crate::web::Context;

use super::{
    logging::{LogFormat, Logs},
    panics,
    writer::LogWriter,
};

/// The route's label where no route was reached.
const NO_ROUTE: &str = "none";

thread_local! {
    /// The line in the making: its memory serves all requests of the thread.
    static LINE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Writes the line and counts the request. Attach it last, so that it sees the answer as it leaves.
pub struct AccessLog {
    writer: LogWriter,
    format: LogFormat,
    environment: String,
    clock: Clock,
    is_silent: bool,
    routes: OnceLock<HashMap<usize, RouteNumbers, RandomState>>,
    elsewhere: RouteNumbers,
}

impl AccessLog {
    /// An access log into this log. Where the log is set to `warn` or less, only failures are written.
    pub fn new(logs: &Logs) -> Self {
        let settings = logs.settings();
        Self {
            writer: logs.writer().clone(),
            format: settings.format,
            environment: settings.environment.clone(),
            clock: settings.clock.clone(),
            is_silent: !logs.includes(Level::INFO),
            routes: OnceLock::new(),
            elsewhere: RouteNumbers::new("ANY", NO_ROUTE),
        }
    }

    fn numbers_of(&self, route: Option<&Route>) -> &RouteNumbers {
        let found = route.zip(self.routes.get()).and_then(|(route, known)| known.get(&identity(route)));
        found.unwrap_or(&self.elsewhere)
    }

    fn write(&self, request: &Request<'_>, told: &Told<'_>) {
        let level = match told.status {
            500 => "error",
            501.. => "warn",
            _ if self.is_silent => return,
            _ => "info",
        };
        LINE.with(|line| {
            let mut line = line.borrow_mut();
            line.clear();
            // Writing to a string cannot fail.
            let _ = match self.format {
                LogFormat::Json => self.write_json(&mut line, request, level, told),
                LogFormat::Text => self.write_text(&mut line, request, level, told),
            };
            self.writer.line(&line, level != "info");
        });
    }

    fn write_json(&self, line: &mut String, request: &Request<'_>, level: &str, told: &Told<'_>) -> std::fmt::Result {
        let context = Context::of(request);
        let Told { status, bytes, duration, route, .. } = told;
        let method = request.method().as_str();
        write!(line, r#"{{"ts":"{:.3}","level":"{level}","message":"{method} {route} {status}""#, self.clock.now())?;
        write!(line, r#","request_id":"{}""#, context.request_id())?;
        optional(line, "organization_id", context.organization())?;
        optional(line, "user_id", context.user())?;
        write!(line, r#","environment":"{}","method":"{method}","route":"{route}""#, self.environment)?;
        write!(line, r#","status":{status},"duration_ms":{}"#, Milliseconds(*duration))?;
        match bytes {
            Some(bytes) => write!(line, r#","bytes":{bytes}"#)?,
            None => line.push_str(r#","bytes":null"#),
        }
        if let Some(place) = &told.panic {
            write!(line, r#","panic":{}"#, Value::from(place.as_str()))?;
        }
        line.push('}');
        Ok(())
    }

    fn write_text(&self, line: &mut String, request: &Request<'_>, level: &str, told: &Told<'_>) -> std::fmt::Result {
        let context = Context::of(request);
        let level = level.to_ascii_uppercase();
        write!(line, "{:.3} {level:5} {} {} {}", self.clock.now(), request.method(), told.route, told.status)?;
        write!(line, " {} ms request_id={}", Milliseconds(told.duration), context.request_id())?;
        if let Some(place) = &told.panic {
            write!(line, " panic={place}")?;
        }
        Ok(())
    }
}

/// What one line tells.
struct Told<'a> {
    status: u16,
    bytes: Option<usize>,
    duration: Duration,
    route: &'a str,
    panic: Option<String>,
}

#[rocket::async_trait]
impl Fairing for AccessLog {
    fn info(&self) -> Info {
        Info { name: "access log", kind: Kind::Liftoff | Kind::Response }
    }

    async fn on_liftoff(&self, rocket: &Rocket<Orbit>) {
        let numbers = rocket
            .routes()
            .map(|route| (identity(route), RouteNumbers::new(route.method.as_str(), route.uri.path())))
            .collect();
        // A rocket lifts off once.
        let _ = self.routes.set(numbers);
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let started = Context::of(request).started();
        let duration = started.elapsed();
        let status = response.status().code;
        let numbers = self.numbers_of(request.route());
        numbers.count(status, duration);
        let panic = (status == 500).then(|| panics::take_since(started)).flatten();
        let bytes = response.body().preset_size();
        self.write(request, &Told { status, bytes, duration, route: &numbers.route, panic });
    }
}

/// Routes stand still in memory while Rocket flies: the place of one is its name.
fn identity(route: &Route) -> usize {
    std::ptr::from_ref(route).addr()
}

/// The metrics of one route. Made when they are first needed, so that routes that nobody calls cost no line.
struct RouteNumbers {
    method: &'static str,
    route: String,
    by_class: [OnceLock<Counter>; 5],
    duration: OnceLock<Histogram>,
}

const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

impl RouteNumbers {
    fn new(method: &'static str, route: &str) -> Self {
        // The line quotes it as it is.
        let route = route.replace(['"', '\\'], "");
        Self { method, route, by_class: Default::default(), duration: OnceLock::new() }
    }

    fn count(&self, status: u16, duration: Duration) {
        let class = usize::from(status / 100).clamp(1, 5) - 1;
        let counter = self.by_class[class].get_or_init(|| {
            metrics::counter!(
                "gammacms_http_requests_total",
                "method" => self.method, "route" => self.route.clone(), "status_class" => CLASSES[class]
            )
        });
        counter.increment(1);
        let histogram = self.duration.get_or_init(|| {
            metrics::histogram!(
                "gammacms_http_request_duration_seconds",
                "method" => self.method, "route" => self.route.clone()
            )
        });
        histogram.record(duration);
    }
}

/// Milliseconds with three places, without floating point.
struct Milliseconds(Duration);

impl std::fmt::Display for Milliseconds {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let micros = self.0.as_micros();
        write!(formatter, "{}.{:03}", micros / 1000, micros % 1000)
    }
}

fn optional(line: &mut String, name: &str, value: Option<impl std::fmt::Display>) -> std::fmt::Result {
    match value {
        Some(value) => write!(line, r#","{name}":"{value}""#),
        None => write!(line, r#","{name}":null"#),
    }
}

#[cfg(test)]
mod tests {
    use rocket::{get, local::blocking::Client, routes};

    use super::*;
    use crate::web::catchers;

    #[get("/sites/<site>?<page>")]
    #[expect(clippy::needless_pass_by_value, reason = "Rocket hands guards over by value")]
    fn site(site: &str, page: Option<&str>, acting: Acting) -> String {
        let Acting = acting;
        format!("{site}{}", page.unwrap_or_default())
    }

    #[get("/panics")]
    fn panicking() -> &'static str {
        panic!("on purpose")
    }

    struct Acting;

    #[rocket::async_trait]
    impl<'r> rocket::request::FromRequest<'r> for Acting {
        type Error = ();
        async fn from_request(request: &'r Request<'_>) -> rocket::request::Outcome<Self, ()> {
            let context = Context::of(request);
            context.set_organization("01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap());
            rocket::request::Outcome::Success(Self)
        }
    }

    #[derive(Clone, Default)]
    struct Memory(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

    impl std::io::Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_request_is_one_line_without_its_raw_address() {
        let memory = Memory::default();
        let (writer, thread) = LogWriter::start(memory.clone()).unwrap();
        let access = AccessLog {
            writer,
            format: LogFormat::Json,
            environment: "staging".to_owned(),
            clock: Clock::fixed("2026-03-29T00:59:59Z".parse().unwrap()),
            is_silent: false,
            routes: OnceLock::new(),
            elsewhere: RouteNumbers::new("ANY", NO_ROUTE),
        };
        let rocket = rocket::build().mount("/api", routes![site, panicking]).register("/", catchers()).attach(access);
        let client = Client::untracked(rocket).unwrap();
        client.get("/api/sites/CANARY?page=CANARY&token=CANARY").dispatch();
        client.get("/nowhere/CANARY").dispatch();
        client.get("/api/panics").dispatch();
        drop(client);
        drop(thread);
        let text = String::from_utf8(memory.0.lock().unwrap().clone()).unwrap();
        assert!(!text.contains("CANARY"), "{text}");
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0]["message"], "GET /api/sites/<site> 200");
        assert_eq!(lines[0]["ts"], "2026-03-29T00:59:59.000Z");
        assert_eq!(lines[0]["organization_id"], "01890a5d-ac96-774b-bcce-b302099a8057");
        assert_eq!(lines[0]["user_id"], Value::Null);
        assert_eq!(lines[0]["bytes"], 12);
        assert!(lines[0]["duration_ms"].is_number());
        assert_eq!((&lines[1]["route"], &lines[1]["status"]), (&"none".into(), &404.into()));
        assert_eq!((&lines[2]["level"], &lines[2]["status"]), (&"error".into(), &500.into()));
    }
}
