//! Where log lines go: into memory, and from there to standard output by a thread of its own, many lines at once. A
//! request never waits for a slow log; what no longer fits is counted, and nothing is lost at an orderly stop.

use std::{
    io::Write,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
    time::Duration,
};

/// Bytes that may wait to be written: about 12,000 lines, several times what a busy second writes in one pause.
const LARGEST_BACKLOG: usize = 4 * 1024 * 1024;
/// How long ordinary lines are gathered: 50 writes a second at most, however many requests there are.
const PATIENCE: Duration = Duration::from_millis(20);
/// From here on gathering ends early, in bytes.
const ENOUGH: usize = 256 * 1024;
/// A buffer that a burst has made larger than this many bytes is given back.
const LARGEST_KEPT_BUFFER: usize = 512 * 1024;
/// How long a flush waits for a reader of the log that has stalled.
const FLUSH_DEADLINE: Duration = Duration::from_secs(5);

/// Takes log lines. Cheap to clone.
#[derive(Clone, Debug)]
pub struct LogWriter(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    filled: Condvar,
    emptied: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waiting: Vec<u8>,
    is_writing: bool,
    is_urgent: bool,
    is_closed: bool,
    dropped: u64,
    dropped_untold: u64,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LogWriter {
    /// Starts the thread that writes to `output`. It ends when the [`LogThread`] is dropped.
    pub(super) fn start(output: impl Write + Send + 'static) -> std::io::Result<(Self, LogThread)> {
        let shared = Arc::new(Shared::default());
        let writer = Self(Arc::clone(&shared));
        let thread = std::thread::Builder::new().name("log".to_owned()).spawn(move || write_all(&shared, output))?;
        Ok((writer.clone(), LogThread { writer, thread: Some(thread) }))
    }

    /// Adds one line, without its line feed. An urgent one is written at once, with all that came before it.
    pub fn line(&self, line: &str, is_urgent: bool) {
        let mut state = self.0.lock();
        if state.waiting.len() + line.len() > LARGEST_BACKLOG || state.is_closed {
            state.dropped += 1;
            state.dropped_untold += 1;
            return;
        }
        let was_empty = state.waiting.is_empty();
        let is_enough = state.waiting.len() < ENOUGH && state.waiting.len() + line.len() >= ENOUGH;
        state.waiting.extend_from_slice(line.as_bytes());
        state.waiting.push(b'\n');
        let is_newly_urgent = is_urgent && !state.is_urgent;
        state.is_urgent |= is_urgent;
        drop(state);
        if was_empty || is_newly_urgent || is_enough {
            self.0.filled.notify_one();
        }
    }

    /// How many lines did not fit since the start.
    pub fn dropped(&self) -> u64 {
        self.0.lock().dropped
    }

    /// Waits until every line so far is written, for five seconds at most.
    pub fn flush(&self) {
        let mut state = self.0.lock();
        state.is_urgent = true;
        self.0.filled.notify_one();
        let is_busy = |state: &mut State| state.is_writing || !state.waiting.is_empty();
        // A reader that has stalled for five seconds must not keep the server from stopping.
        let _ = self.0.emptied.wait_timeout_while(state, FLUSH_DEADLINE, is_busy);
    }
}

/// The writing thread; dropping it writes what is left.
#[derive(Debug)]
pub(super) struct LogThread {
    writer: LogWriter,
    thread: Option<JoinHandle<()>>,
}

impl Drop for LogThread {
    fn drop(&mut self) {
        self.writer.flush();
        let is_flushed = {
            let mut state = self.writer.0.lock();
            state.is_closed = true;
            state.waiting.is_empty() && !state.is_writing
        };
        self.writer.0.filled.notify_one();
        if let Some(thread) = self.thread.take().filter(|_| is_flushed) {
            // The thread only writes; if that panicked there is nobody left to tell.
            let _ = thread.join();
        }
    }
}

fn write_all(shared: &Shared, mut output: impl Write) {
    let mut lines = Vec::new();
    loop {
        let mut state = shared.lock();
        while state.waiting.is_empty() && !state.is_closed {
            state = shared.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let is_patient = |state: &mut State| !state.is_urgent && !state.is_closed && state.waiting.len() < ENOUGH;
        state = shared.filled.wait_timeout_while(state, PATIENCE, is_patient).unwrap_or_else(PoisonError::into_inner).0;
        if state.waiting.is_empty() && state.is_closed {
            return;
        }
        std::mem::swap(&mut lines, &mut state.waiting);
        state.is_urgent = false;
        state.is_writing = true;
        let dropped = std::mem::take(&mut state.dropped_untold);
        drop(state);
        if dropped > 0 {
            lines.extend_from_slice(
                format!("{{\"level\":\"warn\",\"message\":\"{dropped} log lines were dropped: the log is read too slowly\"}}\n")
                    .as_bytes(),
            );
        }
        // A closed standard output must not stop the server, and there is nowhere else to say so.
        let _ = output.write_all(&lines).and_then(|()| output.flush());
        lines.clear();
        if lines.capacity() > LARGEST_KEPT_BUFFER {
            lines = Vec::new();
        }
        shared.lock().is_writing = false;
        shared.emptied.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// Writes into a shared buffer, and only while its gate is open.
    struct Gated {
        gate: Receiver<()>,
        written: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Gated {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            // A closed channel is an open gate.
            let _ = self.gate.recv();
            self.written.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn gated() -> (LogWriter, LogThread, Sender<()>, Arc<Mutex<Vec<u8>>>) {
        let (open, gate) = channel();
        let written = Arc::new(Mutex::new(Vec::new()));
        let (writer, thread) = LogWriter::start(Gated { gate, written: Arc::clone(&written) }).unwrap();
        (writer, thread, open, written)
    }

    #[test]
    fn every_line_is_written_once_and_in_order_before_the_end() {
        let (writer, thread, open, written) = gated();
        drop(open);
        let threads: Vec<_> = (0..4)
            .map(|number| {
                let writer = writer.clone();
                std::thread::spawn(move || {
                    for line in 0..1000 {
                        writer.line(&format!("{number} {line}"), line % 97 == 0);
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        drop(thread);
        let text = String::from_utf8(written.lock().unwrap().clone()).unwrap();
        for number in 0..4 {
            let own = text.lines().filter(|line| line.starts_with(&format!("{number} ")));
            let expected: Vec<String> = (0..1000).map(|line| format!("{number} {line}")).collect();
            assert_eq!(own.collect::<Vec<_>>(), expected);
        }
        assert_eq!(writer.dropped(), 0);
    }

    #[test]
    fn a_stalled_reader_costs_lines_and_never_a_wait() {
        let (writer, thread, open, written) = gated();
        let line = "x".repeat(1023);
        for _ in 0..(2 * LARGEST_BACKLOG / 1024 + 10) {
            writer.line(&line, false);
        }
        assert!(writer.dropped() > 0);
        let dropped = writer.dropped();
        drop(open);
        drop(thread);
        let text = String::from_utf8(written.lock().unwrap().clone()).unwrap();
        assert!(text.contains(&format!("{dropped} log lines were dropped")), "{dropped}");
    }
}
