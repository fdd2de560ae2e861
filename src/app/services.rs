//! What routes, jobs and followers are handed: made once from the settings, started together, closed last.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use channels::{
    dashboard::FrontDoor,
    docs::ApiDocument,
    kept::Versions,
    public_api::PublicApi,
    search::{self, Search},
    setup::Setup,
    sites::{Domains, Sites},
    transfer::{Exports, Imports},
};
use content::{
    entries::recompose_when_declarations_changed, forms::Stamps, media::Library, preview_links::PreviewAddresses,
    types::Catalogue,
};
use ground::{
    blobs::Blobs,
    config::Config,
    crypto::{PasswordHasher, Sealer},
    db::Db,
    kv::Kv,
};
use machinery::{
    backup::Standing,
    events::{self, Followers},
    jobs::{
        self, Registry, Workers,
        schedule::{Schedule, Schedules},
    },
    mail::Mailer,
    monitoring::{HealthChecks, Logs, Metrics, MetricsAccess},
    web::server::Drain,
};
use rocket::{Build, Rocket};
use tenants::{
    accounts::{AttemptLimiter, Links, Sessions},
    api_keys::{DefaultQuota, Keys},
    usage::{Limits, Metering, Quota},
};
use tokio::{sync::watch, task::JoinHandle};

use super::open_store;
use crate::{cli::operating, installation::Installation};

/// Where the library's files are, in the data directory.
const MEDIA: &str = "media";
/// Where archives lie that somebody has asked for, in the data directory. No address leads there.
const EXPORTS: &str = "exports";
/// Where files lie that somebody brings, until they are taken over, in the data directory. No address leads there.
const IMPORTS: &str = "imports";
/// Where the search index is, in the data directory.
const SEARCH: &str = "search";

/// Everything that is shared between requests and loops.
pub struct Services {
    installation: Shared,
    catalogue: Catalogue,
    kv: Kv,
    limits: Limits,
    keys: Keys,
    attempts: AttemptLimiter,
    mailer: Mailer,
    links: Links,
    library: Library,
    exports: Exports,
    imports: Imports,
    replication: Standing,
    public_api: PublicApi,
    versions: Versions,
    domains: Domains,
    search: search::Opened,
    sites: Sites,
    schedules: Schedules,
    registry: Registry,
    metrics: Metrics,
    drain: Drain,
    concurrency: usize,
}

/// What of the installation the services keep.
struct Shared {
    config: Arc<Config>,
    db: Db,
    secret_key: ground::crypto::SecretKey,
}

/// What is done in the background, and when it recurs.
pub fn work(
    mailer: &Mailer,
    links: &Links,
    catalogue: &Catalogue,
    library: &Library,
    exports: &Exports,
    imports: &Imports,
) -> (Registry, Schedules) {
    let mut registry = Registry::new();
    mailer.register(&mut registry);
    let mut schedules: Vec<Schedule> = vec![jobs::maintain(&mut registry), events::maintain(&mut registry)];
    schedules.extend(tenants::handle_jobs(&mut registry, mailer, links));
    schedules.extend(content::handle_jobs(&mut registry, catalogue, library, links));
    schedules.extend(channels::handle_jobs(&mut registry, exports, imports));
    (registry, Schedules::new(schedules))
}

/// Where archives of content lie until they are downloaded.
pub fn exports(config: &Config, catalogue: &Catalogue, library: &Library) -> Exports {
    let folder = config.data_dir.join(EXPORTS);
    Exports::new(folder, library.clone(), catalogue.clone(), config.environment.as_str())
}

/// Where files lie that somebody brings, until they are taken over.
pub fn imports(config: &Config, catalogue: &Catalogue, library: &Library) -> Imports {
    Imports::new(config.data_dir.join(IMPORTS), library.clone(), catalogue.clone())
}

/// The media library where the settings want it.
pub fn library(config: &Config, db: &Db) -> Result<Library> {
    let blobs = Blobs::new(config.data_dir.join(MEDIA), config.bucket.as_ref(), db.randomness().clone());
    let blobs = blobs.map_err(|error| anyhow!("the storage of files: {error}"))?;
    let domain = config.bucket.as_ref().and_then(|bucket| bucket.domain.clone());
    Ok(Library::new(db.clone(), blobs, config.media_cache_control.clone(), domain))
}

impl Services {
    /// Makes them all; nothing runs yet.
    pub async fn assemble(installation: &Installation, logs: &Logs, drain: Drain) -> Result<Self> {
        let Installation { config, db, secret_key, .. } = installation;
        let catalogue = operating::catalogue().map_err(|failure| anyhow!("the declared types: {failure}"))?;
        let kv = open_store(config).await?;
        let limits = Limits::new(db.clone(), kv.clone());
        let mailer = Mailer::new(config, db)?;
        let links = Links::under(config.frontend_url.as_str());
        let versions = Versions::default();
        let domains = Domains::read(db).await?;
        let library = library(config, db)?;
        let known = Arc::clone(catalogue.base());
        if db.write(move |tx| recompose_when_declarations_changed(tx, &known)).await? {
            tracing::info!("the declared types or the address of files changed: what is published is composed anew");
        }
        let exports = exports(config, &catalogue, &library);
        let imports = imports(config, &catalogue, &library);
        let (registry, schedules) = work(&mailer, &links, &catalogue, &library, &exports, &imports);
        let metrics = Metrics::install(config.environment.as_str(), Some(logs.writer().clone()))?;
        Standing::describe();
        Ok(Self {
            keys: Keys::new(db.clone(), limits.clone()),
            attempts: AttemptLimiter::new(kv.clone(), db.clock().clone()),
            public_api: PublicApi::new(db.clone(), catalogue.clone(), config.public_url.as_str(), versions.clone()),
            sites: Sites::new(
                db.clone(),
                catalogue.clone(),
                domains.clone(),
                config.environment.as_str(),
                versions.clone(),
                Stamps::new(secret_key.derive("form-stamps")),
            )?,
            search: Search::open(config.data_dir.join(SEARCH), db, &catalogue),
            domains,
            versions,
            metrics,
            concurrency: config.worker_concurrency,
            installation: Shared { config: Arc::clone(config), db: db.clone(), secret_key: secret_key.clone() },
            catalogue,
            kv,
            limits,
            mailer,
            links,
            library,
            exports,
            imports,
            replication: installation.replication(),
            schedules,
            registry,
            drain,
        })
    }

    /// Hands them to Rocket.
    pub fn manage(&self, rocket: Rocket<Build>) -> Result<Rocket<Build>> {
        let Shared { config, db, secret_key } = &self.installation;
        let quota = Quota { per_minute: config.rate_limit_per_minute, per_day: config.rate_limit_per_day };
        let sessions = Sessions::new(
            secret_key,
            config.public_url.as_str(),
            config.csrf_trusted_origins.clone(),
            db.clock().clone(),
            db.randomness().clone(),
        );
        let setup = Setup::new(self.catalogue.clone(), config.data_dir.clone(), config.environment.as_str());
        let metrics_token = config.metrics_token.as_ref().map(|token| token.to_string());
        Ok(rocket
            .manage(db.clone())
            .manage(self.catalogue.clone())
            .manage(PasswordHasher::new(db.randomness().clone()))
            .manage(Sealer::new(secret_key))
            .manage(sessions)
            .manage(self.attempts.clone())
            .manage(self.links.clone())
            .manage(self.mailer.clone())
            .manage(self.library.clone())
            .manage(self.exports.clone())
            .manage(self.imports.clone())
            .manage(self.keys.clone())
            .manage(PreviewAddresses::under(config.public_url.as_str()))
            .manage(DefaultQuota(quota))
            .manage(self.schedules.clone())
            .manage(self.public_api.clone())
            .manage(self.search.search.clone())
            .manage(self.sites.clone())
            .manage(FrontDoor::default())
            .manage(ApiDocument::new(&super::openapi())?)
            .manage(setup)
            .manage(self.health())
            .manage(self.replication.clone())
            .manage(self.metrics.clone())
            .manage(MetricsAccess(metrics_token))
            .attach(Metering))
    }

    /// The hosts of the sites.
    pub fn domains(&self) -> &Domains {
        &self.domains
    }

    fn health(&self) -> HealthChecks {
        let db = self.installation.db.clone();
        let kv = self.kv.clone();
        let checks = HealthChecks::new(self.installation.config.environment.as_str(), self.drain.clone())
            .with("database", move || {
                let db = db.clone();
                async move { db.check().await.map_err(|error| error.to_string()) }
            })
            .with_optional("key_value_store", move || {
                let kv = kv.clone();
                async move { kv.check().await.map_err(|error| error.to_string()) }
            });
        let search = self.search.search.clone();
        let checks = checks.with_optional("search", move || {
            let ready = search.check().map_err(|error| error.to_string());
            std::future::ready(ready)
        });
        let checks = if self.installation.config.bucket.is_some() {
            let library = self.library.clone();
            checks.with_optional("media_storage", move || {
                let library = library.clone();
                async move { library.check().await.map_err(|error| error.to_string()) }
            })
        } else {
            checks
        };
        if !self.replication.is_on() {
            return checks;
        }
        let replication = self.replication.clone();
        checks.with_optional("replication", move || std::future::ready(replication.check()))
    }

    /// Starts every background loop; each ends after `stopping` turns true.
    pub fn start(self, stopping: &watch::Receiver<bool>) -> Running {
        let db = &self.installation.db;
        let followers = Followers::new(db.clone())
            .with(self.keys.changes())
            .with(self.versions.changes())
            .with(self.domains.changes(db.clone()))
            .with(self.search.search.follower());
        let keep_up = self.metrics.clone().keep_up(turned(stopping.clone()));
        let loops = vec![
            followers.start(stopping.clone()),
            self.search.start(stopping.clone()),
            Workers::new(db.clone(), self.registry, self.concurrency).start(stopping.clone()),
            self.schedules.start(db.clone(), stopping.clone()),
            self.limits.start(stopping.clone()),
            tokio::spawn(keep_up),
        ];
        Running { loops, kv: self.kv }
    }
}

/// The background loops.
pub struct Running {
    loops: Vec<JoinHandle<()>>,
    kv: Kv,
}

impl Running {
    /// Waits until each has ended, and keeps what may be kept.
    pub async fn end(self) {
        for running in self.loops {
            if let Err(error) = running.await {
                tracing::error!(%error, "a background loop ended badly");
            }
        }
        if let Err(error) = self.kv.flush().await {
            tracing::warn!(%error, "the key-value store was not flushed; limits may count a second less");
        }
    }
}

async fn turned(mut stopping: watch::Receiver<bool>) {
    // Nobody left who could say so means the same.
    drop(stopping.wait_for(|is_stopping| *is_stopping).await);
}
