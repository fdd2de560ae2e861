//! A started `gammacms serve`: free port, own data directory, own database; stopped and looked over at the end.

use std::{
    io::Read,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use super::{Client, PATIENCE, wait_until};

/// The binary under test.
pub fn binary() -> &'static str {
    env!("CARGO_BIN_EXE_gammacms")
}

/// Whether this run is the one on PostgreSQL and Redis.
pub fn postgres_is_used() -> bool {
    std::env::var("GAMMACMS_TEST_ON").is_ok_and(|backend| backend == "postgres")
}

/// How a server is to be started.
#[derive(Clone, Debug, Default)]
pub struct ServerOptions {
    environment: Vec<(String, String)>,
}

impl ServerOptions {
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.environment.retain(|(existing, _)| existing != name);
        self.environment.push((name.to_owned(), value.as_ref().to_owned()));
        self
    }

    pub fn start(self) -> Server {
        let folder = TempDir::new().unwrap();
        let mut environment = self.environment;
        if postgres_is_used() && !environment.iter().any(|(name, _)| name == "DATABASE_URL") {
            environment.push(("DATABASE_URL".to_owned(), test_database()));
            if !environment.iter().any(|(name, _)| name == "REDIS_URL") {
                environment.push(("REDIS_URL".to_owned(), test_redis()));
            }
        }
        let clock = folder.path().join("clock-offset");
        std::fs::write(&clock, "0").unwrap();
        environment.push(("GAMMACMS_TEST_CLOCK_OFFSET_FILE".to_owned(), clock.display().to_string()));
        let mut server = Server { folder, environment, port: 0, child: None, starts: 0 };
        server.start();
        server
    }
}

/// A PostgreSQL database of its own on the test server.
pub fn test_database() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let server =
        std::env::var("TEST_DATABASE_URL").expect("TEST_DATABASE_URL names the PostgreSQL server of the tests");
    let name = format!("it_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::SeqCst));
    let mut client = postgres::Client::connect(&server, postgres::NoTls).unwrap();
    client
        .batch_execute(&format!(
            "create database {name} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'"
        ))
        .unwrap();
    let (host, _) = server.rsplit_once('/').unwrap();
    format!("{host}/{name}?sslmode=disable")
}

/// A Redis database of its own on the test server.
pub fn test_redis() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let server = std::env::var("TEST_REDIS_URL").expect("TEST_REDIS_URL names the Redis server of the tests");
    format!("{server}/{}", NUMBER.fetch_add(1, Ordering::SeqCst) % 1000)
}

/// A bucket of its own on the test server, with a client that reads there.
pub fn test_bucket() -> (Client, String) {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let server =
        std::env::var("TEST_S3_URL").expect("TEST_S3_URL names the S3 server of the tests: run scripts/test.sh");
    let bucket = format!("it-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::SeqCst));
    // It looks whether a request is signed, and not by whom.
    let signed = "AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
    let storage = Client::new(&server).with("authorization", signed);
    storage.send("PUT", &format!("/{bucket}"), None).expect(200);
    (storage, bucket)
}

/// Runs a command of the binary with nothing of this process's environment.
pub fn gammacms(environment: &[(String, String)], arguments: &[&str]) -> Output {
    command(environment).args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn command(environment: &[(String, String)]) -> Command {
    let mut command = Command::new(binary());
    command.env_clear().env("PATH", std::env::var("PATH").unwrap_or_default()).env("RUST_BACKTRACE", "0");
    command.envs(environment.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    command
}

/// A running server.
pub struct Server {
    folder: TempDir,
    environment: Vec<(String, String)>,
    port: u16,
    child: Option<Child>,
    starts: u32,
}

impl Server {
    /// A server as a new user starts it.
    pub fn start_new() -> Self {
        ServerOptions::default().start()
    }

    pub fn options() -> ServerOptions {
        ServerOptions::default()
    }

    /// Starts the server (again, after [`Server::stop`] or [`Server::kill`]) and waits until it is ready.
    pub fn start(&mut self) {
        for _ in 0..5 {
            self.spawn();
            if self.wait_ready() {
                return;
            }
        }
        panic!("the server did not start:\n{}", self.log());
    }

    /// Starts the server and does not wait.
    pub fn start_unready(&mut self) {
        self.spawn();
    }

    fn spawn(&mut self) {
        assert!(self.child.is_none(), "the server runs already");
        self.port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        self.starts += 1;
        let log = std::fs::File::create(self.log_file(self.starts)).unwrap();
        let child = command(&self.environment)
            .args(["serve", "--data-dir"])
            .arg(self.data_dir())
            .args(["--listen", &format!("127.0.0.1:{}", self.port)])
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        self.child = Some(child);
    }

    /// False where the port was taken meanwhile: the caller tries another.
    fn wait_ready(&mut self) -> bool {
        let client = self.client();
        let deadline = Instant::now() + PATIENCE * 2;
        loop {
            if client.try_send("GET", "/readyz", None).is_ok_and(|answer| answer.status == 200) {
                return true;
            }
            if let Some(status) = self.child.as_mut().and_then(|child| child.try_wait().unwrap()) {
                self.child = None;
                assert!(self.log().contains("in use"), "the server ended with {status}:\n{}", self.log());
                return false;
            }
            assert!(Instant::now() < deadline, "the server is not ready:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A folder for the test's own files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn pid(&self) -> u32 {
        self.child.as_ref().expect("the server runs").id()
    }

    /// A client that is nobody yet.
    pub fn client(&self) -> Client {
        Client::new(&format!("http://127.0.0.1:{}", self.port))
    }

    /// What the next start finds in its environment.
    pub fn set_environment(&mut self, name: &str, value: &str) {
        self.environment.retain(|(existing, _)| existing != name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Moves the server's clock by that many seconds from the real time.
    pub fn set_clock_offset(&self, seconds: i64) {
        let file = self.folder.path().join("clock-offset");
        let fresh = self.folder.path().join("clock-offset.new");
        std::fs::write(&fresh, seconds.to_string()).unwrap();
        std::fs::rename(fresh, file).unwrap();
    }

    /// Runs another command on this server's data directory, beside it.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let mut command = command(&self.environment);
        command.env("GAMMACMS_DATA_DIR", self.data_dir());
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null()).output().unwrap()
    }

    /// [`Server::run`], which must succeed; answers what it printed.
    #[track_caller]
    pub fn run_ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(
            output.status.success(),
            "{arguments:?} ended with {}:\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn log_file(&self, start: u32) -> PathBuf {
        self.folder.path().join(format!("server-{start}.log"))
    }

    /// Everything that the server has logged since its latest start.
    pub fn log(&self) -> String {
        let mut text = String::new();
        if let Ok(mut file) = std::fs::File::open(self.log_file(self.starts)) {
            file.read_to_string(&mut text).unwrap();
        }
        text
    }

    /// Sends a signal to the server.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.pid().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Stops the server in order; answers its exit code.
    pub fn stop(&mut self) -> Option<i32> {
        self.signal("TERM");
        let mut child = self.child.take().expect("the server runs");
        let deadline = Instant::now() + Duration::from_secs(40);
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                return status.code();
            }
            if Instant::now() > deadline {
                child.kill().unwrap();
                panic!("the server did not stop:\n{}", self.log());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for the server to end by itself.
    pub fn wait_end(&mut self) -> Option<i32> {
        let mut child = self.child.take().expect("the server runs");
        wait_until("the server's end", || child.try_wait().unwrap()).code()
    }

    /// Ends the server as a power cut would.
    pub fn kill(&mut self) {
        let mut child = self.child.take().expect("the server runs");
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Stops and starts again, on the same data.
    pub fn restart(&mut self) {
        assert_eq!(self.stop(), Some(0), "{}", self.log());
        self.start();
    }

    /// Waits until nothing waits or runs in the queue; nothing lies dead in it.
    pub fn wait_for_quiet_queue(&self) {
        let client = self.client();
        wait_until("a quiet job queue", || {
            let numbers = client.get("/api/v1/monitoring/jobs/").expect(200).json();
            let busy = numbers["due_now"].as_i64().unwrap_or(0) + numbers["running"].as_i64().unwrap_or(0);
            let dead = numbers["dead"].as_i64().unwrap_or(0);
            assert!(dead == 0, "dead jobs were left behind: {numbers}");
            (busy == 0).then_some(())
        });
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.child.is_none() {
            return;
        }
        if std::thread::panicking() {
            let mut child = self.child.take().expect("checked above");
            drop(child.kill());
            drop(child.wait());
            eprintln!("--- the server's log ---\n{}", self.log());
            return;
        }
        self.wait_for_quiet_queue();
        assert_eq!(self.stop(), Some(0), "{}", self.log());
        for start in 1..=self.starts {
            let log = std::fs::read_to_string(self.log_file(start)).unwrap_or_default();
            let errors: Vec<_> =
                log.lines().filter(|line| line.contains("\"ERROR\"") || line.contains(" ERROR ")).collect();
            assert!(errors.is_empty(), "the server logged errors:\n{}", errors.join("\n"));
        }
    }
}
