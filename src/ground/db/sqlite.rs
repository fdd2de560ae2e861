//! SQLite: one writer thread that commits many callers' transactions together, and read-only connections.
//!
//! Group commit makes `synchronous=FULL` affordable: one `fsync` serves all who wait (measured: 41,000 durable rows/s
//! against 5,300 one by one).

use std::{
    any::Any,
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    thread::JoinHandle,
    time::Duration,
};

use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::{CachedStatement, Connection, OpenFlags};
use tokio::sync::oneshot;

use super::{Announced, Conn, DbError, Signals, Surroundings, Tx, connection::Raw, statement::Bound};

/// First version without the WAL-reset bug, in which two connections that checkpoint and write at the same instant can
/// lose committed pages (sqlite.org/wal.html#walresetbug).
const OLDEST_SAFE_VERSION: i32 = 3_051_003;
/// How long a connection waits for another process's lock (the command line works beside a running server).
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How often the writer looks whether the other process has let go. SQLite's own way looks less and less often, up to each
/// 100 ms, and misses the moments between another's transactions.
const BUSY_LOOK: Duration = Duration::from_millis(5);
/// Writes that may wait for the writer: at 1,500 a second, about the five seconds a caller may wait.
const QUEUE_LENGTH: usize = 8192;
/// Writes in one commit: keeps the commit, and so the wait of those behind it, short.
const GROUP_SIZE: usize = 64;
/// Read-only connections: one a worker and a few for scans; each is made when first needed.
const READERS: u32 = 12;
/// How long a read waits for a connection before it says that the database is busy.
const READER_TIMEOUT: Duration = Duration::from_secs(5);
/// Prepared statements kept by each connection: all of the hot ones.
const STATEMENTS_KEPT: usize = 160;
/// Pages of the log after which it is folded into the file: SQLite's own default.
const PAGES_BEFORE_CHECKPOINT: i64 = 1000;
/// KiB of page cache of each connection: the operating system caches the file anyway, and a 256 MB machine has a dozen.
const READER_CACHE_KIB: i64 = 1024;
/// KiB of page cache of the writer.
const WRITER_CACHE_KIB: i64 = 4096;

/// The open file.
#[derive(Debug)]
pub(super) struct Sqlite {
    path: PathBuf,
    readers: r2d2::Pool<SqliteConnectionManager>,
    /// `None` once closed.
    queue: Mutex<Option<mpsc::SyncSender<Task>>>,
    waiting: Arc<AtomicUsize>,
    leaves_checkpoints: Arc<AtomicBool>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

/// What is run in the group's transaction, and what is told to its caller after the commit.
type Task = Box<dyn FnOnce(&Tx) -> Outcome + Send>;

struct Outcome {
    is_kept: bool,
    announced: Announced,
    answer: Box<dyn FnOnce(Result<(), DbError>) + Send>,
}

impl Sqlite {
    pub(super) fn open(path: &Path, surroundings: &Surroundings, signals: &Arc<Signals>) -> Result<Self, DbError> {
        if rusqlite::version_number() < OLDEST_SAFE_VERSION {
            return Err(DbError::Failed(format!(
                "SQLite {} is linked; 3.51.3 or later is needed",
                rusqlite::version()
            )));
        }
        let connection = Connection::open(path)?;
        prepare_writer(&connection)?;
        let manager = SqliteConnectionManager::file(path)
            .with_flags(OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .with_init(prepare_reader);
        let readers = r2d2::Pool::builder()
            .max_size(READERS)
            .min_idle(Some(0))
            .test_on_check_out(false)
            .connection_timeout(READER_TIMEOUT)
            .idle_timeout(Some(Duration::from_secs(300)))
            .build_unchecked(manager);
        let (queue, tasks) = mpsc::sync_channel(QUEUE_LENGTH);
        let waiting = Arc::new(AtomicUsize::new(0));
        let leaves_checkpoints = Arc::new(AtomicBool::new(false));
        let writer = Writer {
            connection,
            tasks,
            waiting: Arc::clone(&waiting),
            leaves_checkpoints: Arc::clone(&leaves_checkpoints),
            has_left_them: Cell::new(false),
            surroundings: surroundings.clone(),
            signals: Arc::clone(signals),
        };
        let thread = std::thread::Builder::new()
            .name("db-writer".to_owned())
            .spawn(move || writer.run())
            .map_err(|error| DbError::Failed(format!("the writer thread cannot start: {error}")))?;
        Ok(Self {
            path: path.to_owned(),
            readers,
            queue: Mutex::new(Some(queue)),
            waiting,
            leaves_checkpoints,
            writer: Mutex::new(Some(thread)),
        })
    }

    pub(super) fn read<T, E: From<DbError>>(
        &self,
        surroundings: &Surroundings,
        reads: impl FnOnce(&Conn) -> Result<T, E>,
    ) -> Result<T, E> {
        let connection = self.readers.get().map_err(|_| DbError::Busy)?;
        Conn::new(Raw::Sqlite(&connection), surroundings).snapshot("begin", reads)
    }

    pub(super) async fn write<T, E>(&self, writes: impl FnOnce(&Tx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        self.enqueue(task(writes, move |result| drop(sender.send(result))))?;
        receiver.await.map_or_else(|_| Err(closed().into()), Caught::into_result)
    }

    pub(super) fn write_blocking<T, E>(&self, writes: impl FnOnce(&Tx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (sender, receiver) = mpsc::sync_channel(1);
        self.enqueue(task(writes, move |result| drop(sender.send(result))))?;
        receiver.recv().map_or_else(|_| Err(closed().into()), Caught::into_result)
    }

    fn enqueue(&self, task: Task) -> Result<(), DbError> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or_else(closed)?;
        self.waiting.fetch_add(1, Ordering::Relaxed);
        queue.try_send(task).map_err(|refused| {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            match refused {
                mpsc::TrySendError::Full(_) => DbError::Busy,
                mpsc::TrySendError::Disconnected(_) => closed(),
            }
        })
    }

    pub(super) fn waiting_writes(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn wal_bytes(&self) -> u64 {
        let mut name = self.path.clone().into_os_string();
        name.push("-wal");
        std::fs::metadata(PathBuf::from(name)).map_or(0, |file| file.len())
    }

    pub(super) fn leave_checkpoints(&self, to_another: bool) {
        self.leaves_checkpoints.store(to_another, Ordering::Relaxed);
    }

    pub(super) fn quick_check(&self) -> Result<(), DbError> {
        self.examine("pragma quick_check(1)")
    }

    pub(super) fn integrity_check(&self) -> Result<(), DbError> {
        self.examine("pragma integrity_check(1)")
    }

    fn examine(&self, pragma: &'static str) -> Result<(), DbError> {
        let connection = self.readers.get().map_err(|_| DbError::Busy)?;
        let verdict: String = connection.query_row(pragma, [], |row| row.get(0))?;
        if verdict == "ok" { Ok(()) } else { Err(DbError::Corrupt(verdict)) }
    }

    /// Copies the whole database into a new file.
    pub(super) fn snapshot_into(&self, file: &Path) -> Result<(), DbError> {
        // A connection of its own: the readers refuse everything that writes, and this writes, though elsewhere.
        let connection = Connection::open(&self.path)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.execute("vacuum into ?1", [file.to_string_lossy()])?;
        Ok(())
    }

    /// Reads which tables belong to organizations, for the test builds' authorizer.
    pub(super) fn learn_tenant_tables(&self) -> Result<(), DbError> {
        #[cfg(debug_assertions)]
        {
            let connection = self.readers.get().map_err(|_| DbError::Busy)?;
            tenancy::learn(&connection)?;
        }
        Ok(())
    }

    pub(super) fn close(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        if let Some(thread) = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // A panic of the writer was answered to its callers already.
            drop(thread.join());
        }
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        self.close();
    }
}

fn closed() -> DbError {
    DbError::Unreachable("the database is closed".to_owned())
}

/// A caller's result, or its panic, on its way back.
enum Caught<T, E> {
    Result(Result<T, E>),
    Panic(Box<dyn Any + Send>),
}

impl<T, E> Caught<T, E> {
    fn into_result(self) -> Result<T, E> {
        match self {
            Self::Result(result) => result,
            Self::Panic(panic) => resume_unwind(panic),
        }
    }
}

fn task<T, E>(
    writes: impl FnOnce(&Tx) -> Result<T, E> + Send + 'static,
    answer: impl FnOnce(Caught<T, E>) + Send + 'static,
) -> Task
where
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
{
    Box::new(move |tx| {
        let ran = catch_unwind(AssertUnwindSafe(|| {
            let value = writes(tx)?;
            let announced = tx.finish()?;
            Ok((value, announced))
        }));
        let (caught, announced, is_kept) = match ran {
            Ok(Ok((value, announced))) => (Caught::Result(Ok(value)), announced, true),
            Ok(Err(error)) => (Caught::Result(Err(error)), Announced::default(), false),
            Err(panic) => (Caught::Panic(panic), Announced::default(), false),
        };
        Outcome {
            is_kept,
            announced,
            answer: Box::new(move |committed| match (caught, committed) {
                (Caught::Result(Ok(_)), Err(error)) => answer(Caught::Result(Err(error.into()))),
                (caught, _) => answer(caught),
            }),
        }
    })
}

/// The one thread that writes.
struct Writer {
    connection: Connection,
    tasks: mpsc::Receiver<Task>,
    waiting: Arc<AtomicUsize>,
    leaves_checkpoints: Arc<AtomicBool>,
    /// Whether the connection does so already.
    has_left_them: Cell<bool>,
    surroundings: Surroundings,
    signals: Arc<Signals>,
}

impl Writer {
    fn run(self) {
        while let Ok(first) = self.tasks.recv() {
            self.agree_on_checkpoints();
            self.commit_group(first);
        }
        if self.leaves_checkpoints.load(Ordering::Relaxed) {
            return;
        }
        // Leave a small log behind: the next start reads it whole.
        if let Err(error) = self.connection.execute_batch("pragma wal_checkpoint(truncate)") {
            tracing::debug!(%error, "the last checkpoint did not run; the next start does it");
        }
    }

    /// One program folds the log into the file: this one, or the one that replicates it.
    fn agree_on_checkpoints(&self) {
        let leaves_them = self.leaves_checkpoints.load(Ordering::Relaxed);
        if leaves_them == self.has_left_them.replace(leaves_them) {
            return;
        }
        let pages = if leaves_them { 0 } else { PAGES_BEFORE_CHECKPOINT };
        if let Err(error) = self.connection.pragma_update(None, "wal_autocheckpoint", pages) {
            tracing::warn!(%error, "who folds the database's log could not be set");
        }
    }

    /// Runs the first task and those that wait behind it in one transaction, and answers all after its commit.
    fn commit_group(&self, first: Task) {
        if let Err(error) = self.execute("begin immediate") {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            // The task never ran: run it against nothing is not possible, so its caller hears the error instead.
            refuse(first, &error, &self.connection, &self.surroundings);
            return;
        }
        let mut outcomes = Vec::with_capacity(GROUP_SIZE);
        let mut next = Some(first);
        while let Some(task) = next {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            outcomes.push(self.run_in_savepoint(task));
            next = if outcomes.len() < GROUP_SIZE { self.tasks.try_recv().ok() } else { None };
        }
        let committed = self.execute("commit").inspect_err(|_| {
            // Without this the connection would stay inside the failed transaction.
            drop(self.execute("rollback"));
        });
        if committed.is_ok() {
            // Before the answers: who was told that a write is done can rely on its announcement.
            let mut announced = Announced::default();
            for outcome in &mut outcomes {
                announced.and(std::mem::take(&mut outcome.announced));
            }
            self.signals.send(&announced);
        }
        for outcome in outcomes {
            (outcome.answer)(committed.clone());
        }
    }

    fn run_in_savepoint(&self, task: Task) -> Outcome {
        if let Err(error) = self.execute("savepoint task") {
            tracing::error!(%error, "a savepoint could not be set");
        }
        let tx = Tx::new(Raw::Sqlite(&self.connection), &self.surroundings);
        let outcome = task(&tx);
        if !outcome.is_kept
            && let Err(error) = self.execute("rollback to task")
        {
            // SQLite itself rolled the whole transaction back (disk full, damaged page): the commit fails as well.
            tracing::error!(%error, "a transaction was rolled back by the database");
        }
        if let Err(error) = self.execute("release task") {
            tracing::error!(%error, "a savepoint could not be released");
        }
        outcome
    }

    fn execute(&self, text: &'static str) -> Result<(), DbError> {
        self.connection.prepare_cached(text)?.raw_execute()?;
        Ok(())
    }
}

/// Answers a task that could not begin. It runs against the idle connection inside `query_only`, so that whatever it
/// does is refused and its own typed error path answers the caller.
fn refuse(task: Task, error: &DbError, connection: &Connection, surroundings: &Surroundings) {
    tracing::error!(%error, "a transaction could not begin");
    drop(connection.pragma_update(None, "query_only", true));
    let outcome = task(&Tx::new(Raw::Sqlite(connection), surroundings));
    drop(connection.pragma_update(None, "query_only", false));
    (outcome.answer)(Err(error.clone()));
}

fn prepare_writer(connection: &Connection) -> Result<(), DbError> {
    connection.busy_handler(Some(|looks| {
        std::thread::sleep(BUSY_LOOK);
        BUSY_LOOK * looks.unsigned_abs() < BUSY_TIMEOUT
    }))?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    // Each task's savepoint keeps what it overwrites, some pages: in a file that was a fifth of a write's time.
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    #[cfg(debug_assertions)]
    tenancy::watch(connection)?;
    Ok(())
}

fn prepare_reader(connection: &mut Connection) -> Result<(), rusqlite::Error> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cache_size", -READER_CACHE_KIB)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    #[cfg(debug_assertions)]
    tenancy::watch(connection)?;
    Ok(())
}

/// A prepared statement, from the connection's cache.
pub(super) fn prepare<'c>(connection: &'c Connection, bound: &Bound) -> Result<CachedStatement<'c>, DbError> {
    #[cfg(debug_assertions)]
    if bound.is_tenant {
        return tenancy::prepare(connection, &bound.text);
    }
    Ok(connection.prepare_cached(&bound.text)?)
}

/// The third net of tenancy, in test builds only: SQLite says while preparing which columns a statement reads, and a
/// tenant statement that touches a tenant table without reading its `organization_id` stops the test.
#[cfg(debug_assertions)]
mod tenancy {
    use std::{
        cell::RefCell,
        collections::{HashMap, HashSet},
        sync::{OnceLock, PoisonError, RwLock},
    };

    use rusqlite::{
        CachedStatement, Connection,
        hooks::{AuthAction, AuthContext, Authorization},
    };

    use super::DbError;

    thread_local! {
        /// Tables that the statement being prepared touches, and whether it reads their organization.
        static TOUCHED: RefCell<HashMap<String, bool>> = RefCell::default();
        /// Statements that were judged on this thread.
        static JUDGED: RefCell<HashSet<String>> = RefCell::default();
    }

    static TENANT_TABLES: OnceLock<RwLock<HashSet<String>>> = OnceLock::new();

    pub(super) fn learn(connection: &Connection) -> Result<(), DbError> {
        let mut statement = connection.prepare(
            "select m.name from sqlite_master m join pragma_table_info(m.name) c
             where m.type = 'table' and c.name = 'organization_id' and c.\"notnull\" = 1",
        )?;
        let tables = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<HashSet<_>, _>>()?;
        TENANT_TABLES.get_or_init(RwLock::default).write().unwrap_or_else(PoisonError::into_inner).extend(tables);
        Ok(())
    }

    pub(super) fn watch(connection: &Connection) -> Result<(), rusqlite::Error> {
        connection.authorizer(Some(|context: AuthContext<'_>| {
            TOUCHED.with_borrow_mut(|touched| match context.action {
                AuthAction::Read { table_name, column_name } => {
                    *touched.entry(table_name.to_owned()).or_default() |= column_name == "organization_id";
                }
                AuthAction::Update { table_name, .. } | AuthAction::Delete { table_name } => {
                    touched.entry(table_name.to_owned()).or_default();
                }
                _ => {}
            });
            Authorization::Allow
        }))
    }

    pub(super) fn prepare<'c>(connection: &'c Connection, text: &str) -> Result<CachedStatement<'c>, DbError> {
        if JUDGED.with_borrow(|judged| judged.contains(text)) {
            return Ok(connection.prepare_cached(text)?);
        }
        TOUCHED.with_borrow_mut(HashMap::clear);
        // Prepared afresh: a statement from the cache would not be shown to the authorizer again.
        drop(connection.prepare(text)?);
        let tables = TENANT_TABLES.get_or_init(RwLock::default).read().unwrap_or_else(PoisonError::into_inner);
        let unscoped = TOUCHED.with_borrow(|touched| {
            touched.iter().find(|(table, reads)| !**reads && tables.contains(*table)).map(|(table, _)| table.clone())
        });
        // An insert is covered by NOT NULL; what it updates on conflict is the row of its own organization's key.
        let inserts = text.trim_start().starts_with("insert");
        assert!(
            unscoped.is_none() || inserts,
            "tenant SQL touches `{}` without its organization: {text}",
            unscoped.unwrap_or_default()
        );
        JUDGED.with_borrow_mut(|judged| judged.insert(text.to_owned()));
        Ok(connection.prepare_cached(text)?)
    }
}
