//! The server as Litestream's parent: begins it, reads its log, begins it again when it ends, and lets it finish when the
//! server stops. On a thread of its own, because the kernel ends a child together with the thread that began it.

use std::{
    fs::OpenOptions,
    io::{self, BufRead as _, BufReader, Write as _},
    net::{Ipv4Addr, TcpListener},
    os::unix::{fs::OpenOptionsExt as _, process::CommandExt as _},
    process::{Child, ChildStderr, Command, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use ground::db::Db;
use rustix::process::{Pid, Signal, kill_process};

use super::{
    COMMAND, Format, Replica, Standing, configuration,
    measuring::Waiting,
    metrics::{self, Numbers},
    store,
};

/// How often the child and its numbers are looked at.
const LOOK: Duration = Duration::from_millis(500);
/// How often a heartbeat is written. Each is a change that is sent: more often would cost where calls cost.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// Rests before Litestream is begun again: the first, and the longest.
const REST: Duration = Duration::from_secs(1);
const LONGEST_REST: Duration = Duration::from_secs(60);
/// After running that long it counts as well again.
const WELL: Duration = Duration::from_secs(60);
/// How long its last sending may take.
const LONGEST_STOP: Duration = Duration::from_secs(10);
/// How long the last change may take to the replica before Litestream is asked to stop: it looks each second, and needs two
/// or three looks to be sure.
const LONGEST_ARRIVAL: Duration = Duration::from_secs(5);
/// How often is looked whether it has stopped.
const STOP_LOOK: Duration = Duration::from_millis(10);

/// The running thread.
#[derive(Debug)]
pub struct Supervisor {
    stop: mpsc::Sender<()>,
    thread: JoinHandle<()>,
    standing: Standing,
}

impl Supervisor {
    /// Begins Litestream, and keeps it running. The replica must have been claimed.
    pub fn start(replica: Replica, db: Db) -> io::Result<Self> {
        let standing = Standing::of(&replica.shown);
        let (stop, stopping) = mpsc::channel();
        let watch =
            Watch { replica, db, standing: standing.clone(), stopping, waiting: Waiting::default(), beat: None };
        let thread = std::thread::Builder::new().name("replication".to_owned()).spawn(move || watch.run())?;
        Ok(Self { stop, thread, standing })
    }

    /// How it stands.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Lets Litestream send what is left, and waits for it. The database is closed by then.
    pub fn stop(self) {
        drop(self.stop);
        if self.thread.join().is_err() {
            tracing::error!("the thread that watches Litestream panicked");
        }
    }
}

struct Watch {
    replica: Replica,
    db: Db,
    standing: Standing,
    stopping: mpsc::Receiver<()>,
    waiting: Waiting,
    /// The last heartbeat.
    beat: Option<Instant>,
}

/// Why the watch over one child ended.
enum End {
    Stopped,
    ByItself(String),
}

impl Watch {
    fn run(mut self) {
        let mut rest = REST;
        loop {
            let begun = Instant::now();
            let why = match self.begin() {
                Ok((child, port)) => match self.watch(child, port) {
                    End::Stopped => return,
                    End::ByItself(why) => why,
                },
                Err(error) => format!("it cannot be begun: {error}"),
            };
            // Whoever reads the database may fold its log again while nobody copies it.
            self.db.leave_checkpoints(false);
            self.standing.ended(&why);
            rest = if begun.elapsed() >= WELL { REST } else { rest };
            tracing::error!(
                rest_s = rest.as_secs(),
                "Litestream ended: {why}; the database is not replicated until it runs again"
            );
            let again = Instant::now() + rest;
            while Instant::now() < again {
                if self.is_stopped_within(LOOK.min(again.saturating_duration_since(Instant::now()))) {
                    return;
                }
                self.keep_beating(None);
            }
            rest = (rest * 2).min(LONGEST_REST);
        }
    }

    fn is_stopped_within(&self, time: Duration) -> bool {
        !matches!(self.stopping.recv_timeout(time), Err(RecvTimeoutError::Timeout))
    }

    fn begin(&mut self) -> io::Result<(Child, u16)> {
        // Given back at once: another program may take it in the same instant, and then Litestream ends and is begun anew.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        write_configuration(&self.replica, port)?;
        let mut child = Command::new(this_program()?)
            .arg(COMMAND)
            .arg(&self.replica.program)
            .arg(self.replica.configuration_file())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            // A key press that stops the server goes to a whole group; Litestream is stopped after the last write.
            .process_group(0)
            .spawn()?;
        if let Some(log) = child.stderr.take() {
            let standing = self.standing.clone();
            std::thread::Builder::new().name("replication-log".to_owned()).spawn(move || pass_on(log, &standing))?;
        }
        self.db.leave_checkpoints(true);
        self.waiting.begin_again();
        self.standing.runs(child.id());
        tracing::info!(process = child.id(), replica = self.replica.shown, "replicating the database with Litestream");
        Ok((child, port))
    }

    fn watch(&mut self, mut child: Child, port: u16) -> End {
        loop {
            if self.is_stopped_within(LOOK) {
                self.await_arrival(&mut child, port);
                stop(&mut child);
                return End::Stopped;
            }
            match child.try_wait() {
                Ok(None) => {}
                Ok(Some(status)) => return End::ByItself(status.to_string()),
                Err(error) => return End::ByItself(error.to_string()),
            }
            let numbers = metrics::ask(port, &self.replica.database.to_string_lossy()).ok();
            if let Some(numbers) = numbers {
                self.waiting.seen(numbers);
            }
            self.keep_beating(numbers);
        }
    }

    /// Waits until what was written last has arrived, in looks that begin after it. Litestream is not asked to stop before:
    /// it opens the database a second after its start, and what it does at its end is nothing to be sure of until then.
    fn await_arrival(&self, child: &mut Child, port: u16) {
        let begun = Instant::now();
        let database = self.replica.database.to_string_lossy();
        let mut waiting = Waiting::default();
        waiting.beaten(begun, later(metrics::ask(port, &database).ok()));
        while begun.elapsed() < LONGEST_ARRIVAL && matches!(child.try_wait(), Ok(None)) {
            if let Ok(numbers) = metrics::ask(port, &database) {
                waiting.seen(numbers);
            }
            if waiting.lag(Instant::now()).is_zero() {
                return;
            }
            std::thread::sleep(STOP_LOOK);
        }
    }

    /// Writes a heartbeat when it is time, and measures.
    fn keep_beating(&mut self, numbers: Option<Numbers>) {
        let now = Instant::now();
        if self.beat.is_none_or(|last| now.duration_since(last) >= HEARTBEAT) {
            self.beat = Some(now);
            match self.db.write_blocking(store::beat) {
                // Numbers from before the write make it wait for one look more, which is safe.
                Ok(()) => self.waiting.beaten(now, later(numbers)),
                Err(error) => tracing::debug!(%error, "a heartbeat was not written"),
            }
        }
        self.standing.measured(self.waiting.lag(now));
    }
}

/// The numbers were asked for before the heartbeat, so that one look more may have been finished since.
fn later(numbers: Option<Numbers>) -> Numbers {
    let numbers = numbers.unwrap_or_default();
    Numbers { looks: numbers.looks + 1, ..numbers }
}

/// Asks it to finish, and ends it where it does not.
fn stop(child: &mut Child) {
    let begun = Instant::now();
    let asked =
        i32::try_from(child.id()).ok().and_then(Pid::from_raw).map(|process| kill_process(process, Signal::TERM));
    if !matches!(asked, Some(Ok(()))) {
        tracing::warn!("Litestream could not be asked to finish");
    }
    while begun.elapsed() < LONGEST_STOP {
        match child.try_wait() {
            Ok(None) => std::thread::sleep(STOP_LOOK),
            Ok(Some(_)) => {
                tracing::info!(
                    took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
                    "Litestream has sent everything and stopped"
                );
                return;
            }
            Err(_) => break,
        }
    }
    tracing::error!(
        "Litestream did not stop in {} s and is ended: the last changes may be missing in the replica",
        LONGEST_STOP.as_secs()
    );
    if let Err(error) = child.kill().and_then(|()| child.wait().map(drop)) {
        tracing::error!(%error, "Litestream could not be ended");
    }
}

/// Its lines into ours. What it complains of is kept for whoever asks how it stands.
fn pass_on(log: ChildStderr, standing: &Standing) {
    for line in BufReader::new(log).lines() {
        let Ok(line) = line else { return };
        let parsed: Option<serde_json::Value> = serde_json::from_str(&line).ok();
        let field = |name: &str| parsed.as_ref().and_then(|fields| fields[name].as_str()).map(str::to_owned);
        let message = field("msg").unwrap_or_else(|| line.clone());
        let error = field("error");
        match field("level").as_deref() {
            Some("DEBUG" | "INFO") => tracing::debug!(target: "litestream", "{message}"),
            _ => {
                let complaint = error.map_or_else(|| message.clone(), |error| format!("{message}: {error}"));
                tracing::warn!(target: "litestream", "{complaint}");
                standing.complains(&complaint);
            }
        }
    }
}

/// For its owner alone: a URL may hold a password.
pub(super) fn write_configuration(replica: &Replica, port: u16) -> io::Result<()> {
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(replica.configuration_file())?;
    file.write_all(configuration(replica, Format::V03, port).as_bytes())
}

/// Where it can be begun again, also after an upgrade has put another file in its place.
fn this_program() -> io::Result<std::path::PathBuf> {
    if cfg!(target_os = "linux") { Ok("/proc/self/exe".into()) } else { std::env::current_exe() }
}
