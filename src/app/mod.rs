//! The running server, assembled: settings, services, Rocket, workers, followers, schedules; started and stopped in order.

pub mod services;

use std::{
    net::TcpListener,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow};
use ground::{
    config::{Config, Environment, LogFormat},
    db::{Location, Rehearsal},
    kv::Kv,
};
use machinery::{
    monitoring::{AccessLog, Logs},
    web::{
        Cors, Doors, Hosts, RequestIds, SecurityHeaders, TrustedProxies, catchers,
        server::{self, Drain, ServeError},
    },
};
use rocket::{Build, Rocket, Route};
use tenants::setup_code;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};
use utoipa::openapi::OpenApi;

use self::services::Services;
use crate::{cli::people, installation::Installation};

/// Where the admin API stands.
const ADMIN_API: &str = "/api/v1";
/// How long a stopping server still accepts connections while it says that it is leaving: a load balancer that asks
/// every second hears of it. On somebody's own machine nobody asks.
const NOTICE: Duration = Duration::from_millis(1500);
/// Threads that answer requests at least: one that waits for a disk must not stop the others.
const FEWEST_THREADS: usize = 2;
/// Threads for scans, hashing and compression. Each holds memory, and a small machine has 256 MB.
const BLOCKING_THREADS: usize = 24;
/// How long threads are waited for whose work nobody wants any more.
const STRAGGLERS: Duration = Duration::from_secs(1);

/// The routes of the whole program, each with the address it is mounted at.
fn routes() -> Vec<(&'static str, Vec<Route>)> {
    let mut routes = channels::routes();
    routes.push((ADMIN_API, tenants::routes()));
    routes.push((ADMIN_API, content::routes()));
    routes.push(("/", content::file_routes()));
    routes.push(("/", machinery::monitoring::routes()));
    routes
}

/// The OpenAPI document of the whole program.
pub fn openapi() -> OpenApi {
    let mut parts: Vec<(&str, OpenApi)> = Vec::new();
    parts.extend(tenants::documents().into_iter().map(|document| (ADMIN_API, document)));
    parts.extend(content::documents().into_iter().map(|document| (ADMIN_API, document)));
    parts.push(("/", <machinery::monitoring::Document as utoipa::OpenApi>::openapi()));
    parts.extend(channels::documents());
    machinery::web::openapi::assemble(parts)
}

/// Whether the address can be listened on, told before anything else is touched.
pub fn check_address(config: &Config) -> Result<()> {
    // Dropped at once; the server binds it anew when it is ready to answer.
    TcpListener::bind(config.listen).map(drop).map_err(|error| address_failure(config, &error))
}

fn address_failure(config: &Config, error: &std::io::Error) -> anyhow::Error {
    let listen = config.listen;
    match error.kind() {
        std::io::ErrorKind::AddrInUse => anyhow!(
            "{listen} is in use by another program: stop it, or choose another address with --listen (GAMMACMS_LISTEN)"
        ),
        std::io::ErrorKind::PermissionDenied => anyhow!(
            "this user may not listen on {listen}: ports below 1024 need root or CAP_NET_BIND_SERVICE; choose another \
             with --listen"
        ),
        std::io::ErrorKind::AddrNotAvailable => {
            anyhow!("{listen} is no address of this machine: use 127.0.0.1, 0.0.0.0 or one of its own with --listen")
        }
        _ => anyhow!("cannot listen on {listen}: {error}; choose another address with --listen"),
    }
}

/// The key-value store of the settings.
pub async fn open_store(config: &Config) -> Result<Kv> {
    match &config.redis_url {
        Some(url) => Kv::connect_redis(url).await.context("REDIS_URL"),
        None => Kv::open_sled(config.data_dir.join("kv")).context("the key-value store in the data directory"),
    }
}

/// Whether the key-value store answers; for `doctor`.
pub fn check_store(config: &Config) -> Result<()> {
    runtime(1)?.block_on(async { open_store(config).await?.check().await.map_err(Into::into) })
}

/// A runtime for commands and for the server.
pub fn runtime(threads: usize) -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .max_blocking_threads(BLOCKING_THREADS)
        .thread_name("gammacms")
        .enable_all()
        .build()
        .context("the machine gives no threads")
}

/// Runs the server until it is asked to stop.
pub fn serve(installation: Installation, logs: &Logs, started: Instant) -> Result<()> {
    prepare(&installation, logs)?;
    let threads = std::thread::available_parallelism().map_or(FEWEST_THREADS, |count| count.get().max(FEWEST_THREADS));
    let runtime = runtime(threads)?;
    let served = runtime.block_on(run(&installation, logs, started));
    installation.close();
    // A job that was given back may still be at work on a thread of its own: nothing of it counts any more.
    runtime.shutdown_timeout(STRAGGLERS);
    served
}

/// What must stand before the first request: permissions, the owner of an unattended start, the first-run code.
fn prepare(installation: &Installation, logs: &Logs) -> Result<()> {
    let Installation { db, config, .. } = installation;
    let copies = Rehearsal::remove_left(db)?;
    if copies > 0 {
        tracing::info!(copies, "removed copies of the database that a look at an import had left when it was killed");
    }
    db.write_blocking(tenants::permissions::initialize_when_newer)?;
    if let (Some(email), Some(file)) = (&config.owner_email, &config.owner_password_file)
        && !db.read_blocking(tenants::accounts::users::owner_exists)?
    {
        let made = people::password_in(file)
            .and_then(|password| people::make_superuser(installation, email.clone(), None, &password));
        made.map_err(|failure| anyhow!("the owner of GAMMACMS_OWNER_EMAIL: {failure}"))?;
        tracing::info!(%email, "made the owner's account of the settings");
    }
    if let Some(code) = setup_code::ensure(db, &config.data_dir)? {
        show_setup_address(logs, config, &format!("{}/setup#code={code}", config.frontend_url));
    }
    Ok(())
}

/// Shown past the log's own filter, which takes secrets out: this one is meant for whoever reads the log.
fn show_setup_address(logs: &Logs, config: &Config, address: &str) {
    let message = format!("open this address to set up the installation: {address}");
    let line = match config.log_format {
        LogFormat::Text => message,
        LogFormat::Json => {
            serde_json::json!({"level": "INFO", "environment": config.environment.as_str(), "message": message})
                .to_string()
        }
    };
    logs.writer().line(&line, true);
}

async fn run(installation: &Installation, logs: &Logs, started: Instant) -> Result<()> {
    let config = &installation.config;
    let mut terminate = signal(SignalKind::terminate()).context("signals")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("signals")?;
    let drain = Drain::new();
    let services = Services::assemble(installation, logs, drain.clone()).await?;
    let rocket =
        build(installation, logs, &services, drain.clone())?.ignite().await.map_err(|error| anyhow!("{error}"))?;
    let (stop, stopping) = watch::channel(false);
    let running = services.start(&stopping);
    for name in &config.without_effect {
        tracing::warn!(setting = name, "{name} is set, and has no effect in this version: do not rely on it");
    }
    tracing::info!(
        address = %format!("http://{}", config.listen),
        environment = %config.environment,
        database = database_kind(config),
        started_in_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        "GammaCMS {} is ready to serve",
        env!("CARGO_PKG_VERSION")
    );
    let asked = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: finishing what is in flight");
    };
    let notice = if config.environment == Environment::Dev { Duration::ZERO } else { NOTICE };
    let served = server::run(rocket, &drain, asked, notice).await;
    // Requests are answered; what they asked for in the background is noted before the database closes.
    stop.send_replace(true);
    running.end().await;
    match served {
        Ok(()) => {
            tracing::info!("stopped");
            Ok(())
        }
        Err(ServeError::Listen(error)) => Err(address_failure(config, &error)),
        Err(other) => Err(other.into()),
    }
}

fn database_kind(config: &Config) -> &'static str {
    match config.database {
        Location::Sqlite(_) => "SQLite",
        Location::Postgres(_) => "PostgreSQL",
    }
}

/// Rocket with its doors, every route and everything that routes are handed.
fn build(installation: &Installation, logs: &Logs, services: &Services, drain: Drain) -> Result<Rocket<Build>> {
    let config = &installation.config;
    let domains = services.domains().clone();
    let doors = Doors {
        ids: RequestIds::new(installation.db.clock().clone(), installation.db.randomness()),
        proxies: TrustedProxies::new(config.trusted_proxies.iter().map(|network| {
            // Both floors read the same notation; what settings accepted is a network.
            network.to_string().parse().expect("a checked network")
        })),
        hosts: Arc::new(
            Hosts::new(config.public_url.as_str(), config.allowed_hosts.iter().map(String::as_str))
                .with_sites(move |host| domains.is_site(host)),
        ),
        cors: Cors::new(config.cors_allowed_origins.iter().map(String::as_str)),
        headers: SecurityHeaders {
            is_https: config.public_url.is_https(),
            is_hidden: config.environment == Environment::Staging,
        },
        drain,
    };
    let mut rocket = services.manage(server::rocket(config.listen).attach(doors))?;
    for (base, routes) in routes() {
        rocket = rocket.mount(base, routes);
    }
    Ok(rocket.register("/", catchers()).attach(AccessLog::new(logs)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_in_the_document_and_the_other_way_round() {
        let mut rocket = rocket::build();
        for (base, routes) in routes() {
            rocket = rocket.mount(base, routes);
        }
        // The API's browser is a page to read and no operation.
        let is_operation = |route: &&Route| !route.uri.path().starts_with("/api/v1/schema");
        let mounted: Vec<Route> = rocket.routes().filter(is_operation).cloned().collect();
        let differences = machinery::web::openapi::mounted_differences(&mounted, &openapi());
        assert!(differences.is_empty(), "{}", differences.join("\n"));
    }
}
