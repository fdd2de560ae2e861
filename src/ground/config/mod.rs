//! Settings: read once, typed, and handed down. A file, then the environment, then flags; everything that is wrong is
//! told at once, with its source, before anything starts.

mod problems;
mod reference;
mod safety;
mod secret_key;
mod settings;
mod sources;
#[cfg(test)]
mod tests;
mod values;

use std::{fmt, net::SocketAddr, path::PathBuf};

pub use problems::ConfigProblem;
pub use reference::reference_markdown;
pub use secret_key::{SECRET_KEY_FILE, SecretKeyError};
pub use settings::{GROUPS, Group, Setting, all};
pub use sources::{FILE_NAME, Flags, Source};
pub use values::{BaseUrl, Environment, LogFormat, LogLevel, Mailbox, Network, Secret};

use crate::{db::Location, words::EmailAddress};
use problems::{quoted, shown};
use settings::{Default as Fallback, Hides, named};
use sources::Sources;

/// Name of the SQLite file in the data directory.
pub const DATABASE_FILE: &str = "gammacms.db";

/// What is in force.
#[derive(Clone)]
pub struct Config {
    /// What the installation is for.
    pub environment: Environment,
    /// Directory of everything that must be kept.
    pub data_dir: PathBuf,
    /// Whether the data directory has to be a volume of its own.
    pub requires_volume: bool,
    secret_key: Option<Secret>,
    /// Whether answers may tell more about errors.
    pub is_debug: bool,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// Where people reach the installation.
    pub public_url: BaseUrl,
    /// Where the dashboard is.
    pub frontend_url: BaseUrl,
    /// Hosts of the platform itself: a name, `.name` with everything below it, or `*`.
    pub allowed_hosts: Vec<String>,
    /// Other origins that may send changes with a cookie.
    pub csrf_trusted_origins: Vec<String>,
    /// Origins whose pages may read the APIs.
    pub cors_allowed_origins: Vec<String>,
    /// Proxies whose forwarded addresses are believed.
    pub trusted_proxies: Vec<Network>,
    /// The first account of an unattended start.
    pub owner_email: Option<EmailAddress>,
    /// File with its password.
    pub owner_password_file: Option<PathBuf>,
    /// The database.
    pub database: Location,
    /// Where Litestream copies the SQLite file to.
    pub replica_url: Option<Secret>,
    /// Litestream itself: a path, or a name on `PATH`.
    pub litestream: PathBuf,
    /// The bucket for files; none where they are kept in the data directory.
    pub bucket: Option<Bucket>,
    /// How long browsers and caches keep a file.
    pub media_cache_control: String,
    /// Where an `s3://` replica is, when it is not at Amazon.
    pub s3_endpoint: Option<BaseUrl>,
    /// The region of buckets.
    pub s3_region: String,
    /// Whether to begin empty where neither database nor replica is there.
    pub may_begin_empty: bool,
    /// The key-value store that processes share.
    pub redis_url: Option<Secret>,
    /// The server that sends mail.
    pub smtp_url: Option<Secret>,
    /// Whom mails come from.
    pub default_from_email: Mailbox,
    /// Requests that a key may make in any minute.
    pub rate_limit_per_minute: u32,
    /// Requests that a key may make in a day.
    pub rate_limit_per_day: u32,
    /// Jobs that run at the same time.
    pub worker_concurrency: usize,
    /// How the log is written.
    pub log_format: LogFormat,
    /// How much is logged.
    pub log_level: LogLevel,
    /// The token for `/metrics`.
    pub metrics_token: Option<Secret>,
    /// What was given although this version does nothing with it: said at the start, so that nobody relies on it.
    pub without_effect: Vec<&'static str>,
    lines: Vec<ReportLine>,
}

/// A bucket of an S3-compatible storage.
#[derive(Clone, Debug)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// Its region.
    pub region: String,
    /// Where it is, when it is not at Amazon.
    pub endpoint: Option<BaseUrl>,
    /// Who writes to it.
    pub access_key_id: String,
    /// That key's secret.
    pub secret_access_key: Secret,
    /// The host that serves it to everybody, such as a CDN; without it, this program does.
    pub domain: Option<String>,
    /// What is said of caching on each object.
    pub cache_control: String,
}

/// One setting as `gammacms config` prints it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ReportLine {
    /// The setting's name in the environment.
    pub setting: &'static str,
    /// What is in force, without secrets; none where nothing is.
    pub value: Option<String>,
    /// Where it came from.
    pub source: String,
}

impl fmt::Debug for Config {
    /// The report, because the fields hold passwords.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(&self.lines).finish()
    }
}

impl Config {
    /// Reads all sources. Answers every problem at once.
    pub fn load(
        flags: &Flags,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, Vec<ConfigProblem>> {
        let mut problems = Vec::new();
        let sources = Sources::read(flags, environment, &mut problems);
        let mut reading = Reading { sources: &sources, problems, lines: Vec::new() };
        let config = reading.config();
        let Reading { mut problems, lines, .. } = reading;
        safety::check(&config, &sources, &mut problems);
        if problems.is_empty() { Ok(Self { lines, ..config }) } else { Err(problems) }
    }

    /// A setting that is in force, as it may be shown to people.
    pub fn shown(&self, setting: &str) -> Option<&str> {
        self.lines.iter().find(|line| line.setting == setting).and_then(|line| line.value.as_deref())
    }

    /// Every setting, what is in force and where it came from.
    pub fn report(&self) -> &[ReportLine] {
        &self.lines
    }
}

/// Turns what was given into values, and takes note of what is wrong and what is in force.
struct Reading<'a> {
    sources: &'a Sources,
    problems: Vec<ConfigProblem>,
    lines: Vec<ReportLine>,
}

impl Reading<'_> {
    fn config(&mut self) -> Config {
        let environment = self.value("GAMMACMS_ENV", Environment::parse);
        let data_dir: PathBuf = self.value("GAMMACMS_DATA_DIR", |text| Some(text.into()));
        let secret_key = self.optional("GAMMACMS_SECRET_KEY", |text| {
            (text.len() >= crate::crypto::SHORTEST_SECRET_KEY).then(|| Secret::new(text))
        });
        let is_debug = self.value("GAMMACMS_DEBUG", values::switch);
        let requires_volume = self.value("GAMMACMS_REQUIRE_VOLUME", values::switch);
        let listen: SocketAddr = self.value("GAMMACMS_LISTEN", |text| text.parse().ok());
        let public_url = self.derived("GAMMACMS_PUBLIC_URL", BaseUrl::parse_without_path, || local_url(listen));
        let frontend_url = self.derived("FRONTEND_URL", BaseUrl::parse, || public_url.as_str().to_owned());
        let allowed_hosts = self.hosts(&public_url, listen);
        let csrf_trusted_origins = self.list("CSRF_TRUSTED_ORIGINS", values::origin);
        let cors_allowed_origins = self.list("CORS_ALLOWED_ORIGINS", values::origin_or_any);
        let trusted_proxies = self.list("TRUSTED_PROXIES", Network::parse);
        let owner_email = self.optional("GAMMACMS_OWNER_EMAIL", |text| text.parse().ok());
        let owner_password_file = self.optional("GAMMACMS_OWNER_PASSWORD_FILE", |text| Some(PathBuf::from(text)));
        let database = self
            .derived("DATABASE_URL", values::database, || format!("sqlite:{}", data_dir.join(DATABASE_FILE).display()));
        let redis_url = self.optional("REDIS_URL", values::redis_url);
        let replica_url = self.optional("LITESTREAM_REPLICA_URL", values::replica_url);
        let litestream = self.value("LITESTREAM_BINARY", |text| Some(PathBuf::from(text)));
        let may_begin_empty = self.value("GAMMACMS_INIT_EMPTY", values::switch);
        let (bucket, media_cache_control, s3_endpoint, s3_region) = self.storage();
        let mut without_effect = Vec::new();
        let smtp_url = self.optional("SMTP_URL", values::smtp_url);
        let default_from_email =
            self.derived("DEFAULT_FROM_EMAIL", Mailbox::parse, || format!("noreply@{}", mail_host(&public_url)));
        without_effect.extend(self.billing());
        let rate_limit_per_minute =
            self.value("GAMMACMS_RATE_LIMIT_PER_MINUTE", |text| values::number(text, 1, 1_000_000));
        let rate_limit_per_day =
            self.value("GAMMACMS_RATE_LIMIT_PER_DAY", |text| values::number(text, 1, 1_000_000_000));
        let worker_concurrency =
            self.value("WORKER_CONCURRENCY", |text| values::number(text, 1, 64).map(|number| number as usize));
        let log_format = self.derived("LOG_FORMAT", LogFormat::parse, || {
            if environment == Environment::Dev { LogFormat::Text } else { LogFormat::Json }.as_str().to_owned()
        });
        let log_level = self.value("LOG_LEVEL", LogLevel::parse);
        let metrics_token = self.optional("METRICS_TOKEN", values::secret_word);
        without_effect.extend(self.optional("SENTRY_DSN", values::sentry_dsn).map(|_| "SENTRY_DSN"));
        Config {
            environment,
            data_dir,
            requires_volume,
            secret_key,
            is_debug,
            listen,
            public_url,
            frontend_url,
            allowed_hosts,
            csrf_trusted_origins,
            cors_allowed_origins,
            trusted_proxies,
            owner_email,
            owner_password_file,
            database,
            replica_url,
            litestream,
            may_begin_empty,
            bucket,
            media_cache_control,
            s3_endpoint,
            s3_region,
            redis_url,
            smtp_url,
            default_from_email,
            rate_limit_per_minute,
            rate_limit_per_day,
            worker_concurrency,
            log_format,
            log_level,
            metrics_token,
            without_effect,
            lines: Vec::new(),
        }
    }

    /// The bucket for files, and what else is said of storage.
    fn storage(&mut self) -> (Option<Bucket>, String, Option<BaseUrl>, String) {
        let name = self.optional("AWS_STORAGE_BUCKET_NAME", values::bucket);
        let access_key_id = self.optional("AWS_ACCESS_KEY_ID", values::word);
        let secret_access_key = self.optional("AWS_SECRET_ACCESS_KEY", values::secret_word);
        let region = self.value("AWS_S3_REGION_NAME", values::word);
        let endpoint = self.optional("AWS_S3_ENDPOINT_URL", BaseUrl::parse);
        let domain = self.optional("AWS_S3_CUSTOM_DOMAIN", values::host);
        let cache_control = self.value("AWS_S3_OBJECT_PARAMETERS", values::cache_control);
        let bucket = match (name, access_key_id, secret_access_key) {
            (Some(name), Some(access_key_id), Some(secret_access_key)) => Some(Bucket {
                name,
                region: region.clone(),
                endpoint: endpoint.clone(),
                access_key_id,
                secret_access_key,
                domain,
                cache_control: cache_control.clone(),
            }),
            // What is missing is told with everything that is unsafe.
            _ => None,
        };
        (bucket, cache_control, endpoint, region)
    }

    fn billing(&mut self) -> Option<&'static str> {
        let begins = |beginnings: &'static [&'static str]| {
            move |text: &str| {
                let is_known = beginnings.iter().any(|beginning| text.starts_with(beginning));
                values::word(text).filter(|_| is_known)
            }
        };
        let key = self.optional("STRIPE_API_KEY", begins(&["sk_", "rk_"])).map(|_| "STRIPE_API_KEY");
        self.optional("STRIPE_PUBLISHABLE_KEY", begins(&["pk_"]));
        self.optional("STRIPE_WEBHOOK_SECRET", begins(&["whsec_"]));
        self.value("STRIPE_API_BASE", BaseUrl::parse);
        key
    }

    /// The value that was given, or the declared one.
    fn value<T>(&mut self, name: &'static str, parse: impl Fn(&str) -> Option<T>) -> T {
        let Some(Fallback::Value(fallback)) = named(name).default else {
            unreachable!("{name} is declared with a value that is in force when nothing is given")
        };
        self.derived(name, parse, || fallback.to_owned())
    }

    /// The value that was given, or one made from other settings. A wrong one is noted, and the other stands in for it
    /// so that reading can go on.
    fn derived<T>(
        &mut self,
        name: &'static str,
        parse: impl Fn(&str) -> Option<T>,
        fallback: impl Fn() -> String,
    ) -> T {
        if let Some(value) = self.given(name, &parse) {
            return value;
        }
        let text = fallback();
        self.lines.retain(|line| line.setting != name);
        self.note(name, Some(&text), &Source::Default);
        parse(&text).expect("what stands in for a setting is a right value of it")
    }

    /// The value that was given, if any.
    fn optional<T>(&mut self, name: &'static str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = self.given(name, &parse);
        if value.is_none() {
            self.note(name, None, &Source::Default);
        }
        value
    }

    /// The values between commas.
    fn list<T>(&mut self, name: &'static str, parse: impl Fn(&str) -> Option<T>) -> Vec<T> {
        self.optional(name, |text| items(text).map(&parse).collect()).unwrap_or_default()
    }

    fn hosts(&mut self, public_url: &BaseUrl, listen: SocketAddr) -> Vec<String> {
        let fallback = || {
            let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "[::1]".to_owned()];
            for name in [public_url.host().to_owned(), host_text(listen)] {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            names.join(",")
        };
        self.derived("ALLOWED_HOSTS", |text| items(text).map(values::host).collect(), fallback)
    }

    fn given<T>(&mut self, name: &'static str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let setting = named(name);
        let given = self.sources.given(setting)?;
        let value = parse(&given.text);
        if value.is_some() {
            self.note(name, Some(&given.text), &given.source);
        } else {
            self.problems.push(ConfigProblem {
                setting: name.to_owned(),
                source: given.source.to_string(),
                value: Some(quoted(&given.text, setting.hides)),
                expected: setting.expected.to_owned(),
            });
        }
        value
    }

    fn note(&mut self, name: &'static str, text: Option<&str>, source: &Source) {
        let hides: Hides = named(name).hides;
        let source = match source {
            Source::Default if text.is_some() => "default".to_owned(),
            other => other.to_string(),
        };
        self.lines.push(ReportLine { setting: name, value: text.map(|text| shown(text, hides)), source });
    }
}

fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}

/// The address as a browser on this machine writes it: who listens everywhere is reached as localhost.
fn local_url(listen: SocketAddr) -> String {
    if listen.ip().is_unspecified() {
        format!("http://localhost:{}", listen.port())
    } else {
        format!("http://{listen}")
    }
}

fn host_text(listen: SocketAddr) -> String {
    match listen {
        SocketAddr::V4(address) => address.ip().to_string(),
        SocketAddr::V6(address) => format!("[{}]", address.ip()),
    }
}

/// A mail address needs a name after the @: an installation that is reached by its address is somebody's own machine.
fn mail_host(public_url: &BaseUrl) -> &str {
    let host = public_url.host();
    if host.parse::<crate::words::DomainName>().is_ok()
        && host.contains('.')
        && !host.ends_with(|letter: char| letter.is_ascii_digit())
    {
        host
    } else {
        "gammacms.localhost"
    }
}
