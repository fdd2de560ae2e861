//! How Rocket is set up, and how it stops without losing a request.

use std::{
    io,
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use rocket::{
    Build, Ignite, Rocket,
    config::{Config, Ident},
    data::{Limits, ToByteUnit},
    error::ErrorKind,
    figment::Figment,
    shield::Shield,
};
use tokio::sync::watch;

use super::body::LARGEST_BODY;

/// Longest time that requests in flight are given to finish once the server stops, in seconds.
pub const FINISH_SECONDS: u32 = 20;
/// Idle connections are kept this long, in seconds. Rocket takes it for HTTP/1 as on or off only.
const KEEP_ALIVE_SECONDS: u32 = 30;

/// Rocket's settings: ours only, not those of a `Rocket.toml` or `ROCKET_` variables that happen to be there.
pub fn figment(listen: SocketAddr) -> Figment {
    let mut config = Config::release_default();
    config.address = listen.ip();
    config.port = listen.port();
    config.keep_alive = KEEP_ALIVE_SECONDS;
    config.ident = Ident::none();
    // Forwarding headers are read by our own guard, which knows whom to believe.
    config.ip_header = None;
    config.cli_colors = false;
    config.limits = Limits::new().limit("json", LARGEST_BODY.bytes()).limit("string", LARGEST_BODY.bytes());
    // Signals are the application's: it stops the job workers too.
    config.shutdown.ctrlc = false;
    config.shutdown.signals.clear();
    config.shutdown.force = false;
    config.shutdown.grace = FINISH_SECONDS;
    config.shutdown.mercy = 1;
    Figment::from(config)
}

/// An empty Rocket with these settings and none of its own headers.
pub fn rocket(listen: SocketAddr) -> Rocket<Build> {
    rocket::custom(figment(listen)).attach(Shield::new())
}

/// Whether the server is stopping, and whether the last connection is gone. Cheap to clone; clones are the same.
#[derive(Clone, Debug)]
pub struct Drain(Arc<Stopping>);

#[derive(Debug)]
struct Stopping {
    is_draining: AtomicBool,
    presence: watch::Sender<()>,
}

/// Lives as long as Rocket does, which lives as long as its last connection.
pub(super) struct Presence {
    _alive: watch::Receiver<()>,
}

impl Default for Drain {
    fn default() -> Self {
        Self::new()
    }
}

impl Drain {
    /// Not stopping yet.
    pub fn new() -> Self {
        Self(Arc::new(Stopping { is_draining: AtomicBool::new(false), presence: watch::Sender::new(()) }))
    }

    /// Begins to stop: `/readyz` answers 503 and every answer closes its connection.
    pub fn begin(&self) {
        self.0.is_draining.store(true, Ordering::Release);
    }

    /// Whether the server is stopping.
    pub fn is_draining(&self) -> bool {
        self.0.is_draining.load(Ordering::Acquire)
    }

    /// Waits until no connection is left; false when some were at the deadline.
    pub async fn wait_idle(&self, deadline: Duration) -> bool {
        tokio::time::timeout(deadline, self.0.presence.closed()).await.is_ok()
    }

    pub(super) fn presence(&self) -> Presence {
        Presence { _alive: self.0.presence.subscribe() }
    }
}

/// Why the server could not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("cannot listen: {0}")]
    Listen(#[source] io::Error),
    /// Anything else that Rocket says.
    #[error("the web server failed: {0}")]
    Failed(String),
}

/// Serves until `stop` resolves, then stops in order: for `notice` it still accepts connections but says that it is
/// leaving, so that load balancers look elsewhere; then it stops listening, lets requests in flight finish for up to
/// [`FINISH_SECONDS`], and returns as soon as the last connection is gone. Idle connections do not hold it up. The
/// rocket must have the [`super::Doors`] with the same drain attached.
///
/// Rocket's own shutdown would wait its whole grace period if any connection was open when it began, and then call
/// that an error; its future is therefore dropped once it has stopped listening, while the connections' tasks go on.
pub async fn run(
    rocket: Rocket<Ignite>,
    drain: &Drain,
    stop: impl Future<Output = ()>,
    notice: Duration,
) -> Result<(), ServeError> {
    let shutdown = rocket.shutdown();
    {
        let mut server = pin!(rocket.launch());
        tokio::select! {
            ended = &mut server => return outcome(ended),
            () = stop => {}
        }
        drain.begin();
        tokio::select! {
            ended = &mut server => return outcome(ended),
            () = tokio::time::sleep(notice) => {}
        }
        shutdown.notify();
        tokio::select! {
            ended = &mut server => return outcome(ended),
            () = tokio::time::sleep(TO_STOP_LISTENING) => {}
        }
    }
    if !drain.wait_idle(Duration::from_secs(u64::from(FINISH_SECONDS))).await {
        tracing::warn!("some requests were still running after {FINISH_SECONDS} seconds and were cut off");
    }
    Ok(())
}

/// Rocket closes the listener at its next turn; this is many turns.
const TO_STOP_LISTENING: Duration = Duration::from_millis(50);

fn outcome(ended: Result<Rocket<Ignite>, rocket::Error>) -> Result<(), ServeError> {
    let Err(error) = ended else { return Ok(()) };
    match error.kind() {
        ErrorKind::Bind(error) | ErrorKind::Io(error) => {
            Err(ServeError::Listen(io::Error::new(error.kind(), error.to_string())))
        }
        ErrorKind::Shutdown(..) => Ok(()),
        other => Err(ServeError::Failed(other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpStream,
        time::Instant,
    };

    use ground::clock::{Clock, Randomness};
    use rocket::{fairing::AdHoc, get, routes};

    use super::*;
    use crate::web::{Cors, Doors, Hosts, RequestIds, SecurityHeaders, TrustedProxies};

    #[get("/slow")]
    async fn slow() -> &'static str {
        tokio::time::sleep(Duration::from_millis(600)).await;
        "slow but whole"
    }

    fn doors(drain: Drain) -> Doors {
        Doors {
            ids: RequestIds::new(Clock::system(), &Randomness::seeded(3)),
            proxies: TrustedProxies::default(),
            hosts: Arc::new(Hosts::new("http://localhost", [])),
            cors: Cors::default(),
            headers: SecurityHeaders::default(),
            drain,
        }
    }

    fn ask(stream: &mut TcpStream) {
        stream.write_all(b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    }

    fn read_to_end(stream: &mut TcpStream) -> String {
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn a_stop_finishes_what_is_in_flight_and_does_not_wait_for_idle_connections() {
        let (address_sender, address) = std::sync::mpsc::channel();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let server = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async {
                let drain = Drain::new();
                let rocket = rocket("127.0.0.1:0".parse().unwrap())
                    .attach(doors(drain.clone()))
                    .mount("/", routes![slow])
                    .attach(AdHoc::on_liftoff("tell", move |rocket| {
                        Box::pin(async move {
                            let port = rocket.config().port;
                            address_sender.send(SocketAddr::from(([127, 0, 0, 1], port))).unwrap();
                        })
                    }));
                let rocket = rocket.ignite().await.unwrap();
                let stop = async move { stopped.await.unwrap() };
                run(rocket, &drain, stop, Duration::from_millis(200)).await
            })
        });
        let address = address.recv().unwrap();
        let mut silent = TcpStream::connect(address).unwrap();
        let mut idle = TcpStream::connect(address).unwrap();
        ask(&mut idle);
        let mut buffer = [0; 1024];
        while !String::from_utf8_lossy(&buffer).contains("whole") {
            assert!(idle.read(&mut buffer).unwrap() > 0);
        }
        let mut busy = TcpStream::connect(address).unwrap();
        ask(&mut busy);
        std::thread::sleep(Duration::from_millis(100));
        let began = Instant::now();
        stop.send(()).unwrap();
        std::thread::sleep(Duration::from_millis(50));
        let mut late = TcpStream::connect(address).unwrap();
        ask(&mut late);
        assert!(read_to_end(&mut busy).ends_with("slow but whole"));
        let told = read_to_end(&mut late);
        assert!(told.ends_with("slow but whole") && told.to_ascii_lowercase().contains("connection: close"), "{told}");
        server.join().unwrap().unwrap();
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
        assert_eq!(read_to_end(&mut silent), "");
        assert!(TcpStream::connect(address).is_err());
    }

    #[test]
    fn a_taken_port_is_told() {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let told = runtime.block_on(async {
            let drain = Drain::new();
            let rocket = rocket(address).attach(doors(drain.clone())).ignite().await.unwrap();
            run(rocket, &drain, std::future::pending(), Duration::ZERO).await
        });
        let Err(ServeError::Listen(error)) = told else { panic!("{told:?}") };
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    }
}
