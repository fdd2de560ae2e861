//! Panics end one request or one job, never the process. Each is one log line and one count; the request that it
//! ended says where in its own line.

use std::{cell::RefCell, panic::PanicHookInfo, time::Instant};

thread_local! {
    /// The newest panic of this thread, until the request that it ended takes it.
    static LATEST: RefCell<Option<(Instant, String)>> = const { RefCell::new(None) };
}

/// From now on panics are logged and counted instead of printed.
pub(super) fn install_hook() {
    metrics::describe_counter!("gammacms_panics_total", "Panics since the start; each is a mistake in the program.");
    std::panic::set_hook(Box::new(report));
}

fn report(panic: &PanicHookInfo<'_>) {
    let place = panic
        .location()
        .map_or_else(|| "unknown place".to_owned(), |place| format!("{}:{}", place.file(), place.line()));
    let message = panic.payload_as_str().unwrap_or("no message");
    let thread = std::thread::current();
    metrics::counter!("gammacms_panics_total").increment(1);
    tracing::error!(location = %place, thread = thread.name().unwrap_or("unnamed"), "panic: {message}");
    LATEST.with(|latest| *latest.borrow_mut() = Some((Instant::now(), place)));
}

/// Where this thread has panicked since `started`. Rocket answers a panic on the thread that it happened on, before
/// that thread turns to anything else.
pub(super) fn take_since(started: Instant) -> Option<String> {
    let (at, place) = LATEST.with(|latest| latest.borrow_mut().take())?;
    (at >= started).then_some(place)
}
