//! The values that settings hold, each made by parsing its text and trusted from then on.

use std::{fmt, net::IpAddr, ops::Deref, str::FromStr};

use url::Url;

use crate::{
    db::Location,
    words::{DomainName, EmailAddress},
};

/// What the installation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// Somebody's own machine: everything works without settings.
    Dev,
    /// For trying things: like production, but not to be found by guests.
    Staging,
    /// Guests and money: unsafe settings are refused.
    Production,
}

impl Environment {
    /// `dev`, `staging` or `production`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::Dev, Self::Staging, Self::Production].into_iter().find(|environment| environment.as_str() == text)
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object per line.
    Json,
    /// For people.
    Text,
}

impl LogFormat {
    /// `json` or `text`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Text => "text",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::Json, Self::Text].into_iter().find(|format| format.as_str() == text)
    }
}

/// How much is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    /// What failed.
    Error,
    /// And what should be looked at.
    Warn,
    /// And what happened.
    Info,
    /// And how.
    Debug,
    /// And everything else.
    Trace,
}

impl LogLevel {
    /// `error`, `warn`, `info`, `debug` or `trace`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let levels = [Self::Error, Self::Warn, Self::Info, Self::Debug, Self::Trace];
        levels.into_iter().find(|level| level.as_str() == text)
    }
}

/// A text that is never printed: `{:?}` hides it. Dereferences to the text where it is used.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub(super) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl Deref for Secret {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(hidden)")
    }
}

/// An `http://` or `https://` address that others are made from, without a last slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    text: String,
    origin: String,
    host: String,
}

impl BaseUrl {
    /// The address, without a last slash.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Scheme, host and port, as browsers write them in `Origin`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The host, without port.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether it is reached over TLS.
    pub fn is_https(&self) -> bool {
        self.text.starts_with("https://")
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let url = web_url(text)?;
        let text = url.as_str().trim_end_matches('/').to_owned();
        Some(Self { text, origin: url.origin().ascii_serialization(), host: url.host_str()?.to_owned() })
    }

    /// The same, for an address at which everything is served and which therefore has no path.
    pub(super) fn parse_without_path(text: &str) -> Option<Self> {
        Self::parse(text).filter(|url| url.text == url.origin)
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

fn web_url(text: &str) -> Option<Url> {
    let url = strict_url(text)?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    let is_plain =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    (is_web && is_plain).then_some(url)
}

/// A URL as it is written down. The parser of browsers would also take backslashes, `https:host` and line breaks.
fn strict_url(text: &str) -> Option<Url> {
    let hidden = |letter: char| letter.is_whitespace() || letter.is_control() || letter == '\\';
    let is_written_out = text.split_once("://").is_some_and(|(_, rest)| !rest.is_empty() && !rest.starts_with('/'));
    if !is_written_out || text.contains(hidden) {
        return None;
    }
    Url::parse(text).ok()
}

/// A network in CIDR notation, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// The network's address.
    pub const fn address(&self) -> IpAddr {
        self.address
    }

    /// Leading bits that all of its addresses share.
    pub const fn prefix(&self) -> u8 {
        self.prefix
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(prefix) => prefix.parse().ok().filter(|prefix| *prefix <= longest)?,
            None => longest,
        };
        Some(Self { address, prefix })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.address, self.prefix)
    }
}

/// Whom mails come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// The name beside the address, where there is one.
    pub name: Option<String>,
    /// The address.
    pub address: EmailAddress,
}

impl Mailbox {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let Some((name, rest)) = text.split_once('<') else {
            return Some(Self { name: None, address: text.trim().parse().ok()? });
        };
        let name = name.trim().trim_matches('"').trim();
        let address = rest.trim_end().strip_suffix('>')?.trim();
        let forbidden = |letter: char| letter.is_control() || "<>\"\\".contains(letter);
        if name.contains(forbidden) {
            return None;
        }
        Some(Self { name: (!name.is_empty()).then(|| name.to_owned()), address: address.parse().ok()? })
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(formatter, "{name} <{}>", self.address),
            None => write!(formatter, "{}", self.address),
        }
    }
}

/// `sqlite:` and a path, or the URL of a PostgreSQL database.
pub(super) fn database(text: &str) -> Option<Location> {
    if let Some(path) = text.strip_prefix("sqlite:") {
        let path = path.strip_prefix("//").unwrap_or(path);
        // A database in memory would break the promise that an answered write is on the disk.
        let is_file = !path.is_empty() && !path.contains(['?', '\0']) && path != ":memory:" && !path.ends_with('/');
        return is_file.then(|| Location::Sqlite(path.into()));
    }
    let is_postgres = text.starts_with("postgres://") || text.starts_with("postgresql://");
    (is_postgres && postgres::Config::from_str(text).is_ok()).then(|| Location::Postgres(text.to_owned()))
}

/// `redis://` or `rediss://`.
pub(super) fn redis_url(text: &str) -> Option<Secret> {
    let url = strict_url(text)?;
    let is_redis = matches!(url.scheme(), "redis" | "rediss") && redis::Client::open(text).is_ok();
    is_redis.then(|| Secret::new(text))
}

/// `smtp://` or `smtps://` with a host.
pub(super) fn smtp_url(text: &str) -> Option<Secret> {
    let url = strict_url(text)?;
    (matches!(url.scheme(), "smtp" | "smtps") && url.has_host()).then(|| Secret::new(text))
}

/// The URL of a replica, by the schemes of Litestream 0.3 and 0.5.
pub(super) fn replica_url(text: &str) -> Option<Secret> {
    const SCHEMES: [&str; 10] = ["s3", "gs", "abs", "sftp", "file", "nats", "webdav", "webdavs", "oss", "gcs"];
    let (scheme, place) = text.split_once("://")?;
    let is_known = SCHEMES.contains(&scheme) && !place.is_empty() && !text.contains(char::is_whitespace);
    is_known.then(|| Secret::new(text))
}

/// `https://publickey@host/project`.
pub(super) fn sentry_dsn(text: &str) -> Option<Secret> {
    let url = strict_url(text)?;
    let project = url.path_segments()?.next_back()?;
    let is_dsn = matches!(url.scheme(), "http" | "https") && !url.username().is_empty() && !project.is_empty();
    is_dsn.then(|| Secret::new(text))
}

/// A host of the platform, in lower case: a name, an address, `.name` for everything below it, or `*`.
pub(super) fn host(text: &str) -> Option<String> {
    if text == "*" {
        return Some(text.to_owned());
    }
    if let Some(address) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let address: std::net::Ipv6Addr = address.parse().ok()?;
        return Some(format!("[{address}]"));
    }
    let (dot, name) = match text.strip_prefix("*.").or_else(|| text.strip_prefix('.')) {
        Some(name) => (".", name),
        None => ("", text),
    };
    let name: DomainName = name.parse().ok()?;
    Some(format!("{dot}{name}"))
}

/// `https://host[:port]`, as browsers write it; `https://*.domain` for everything below a domain.
pub(super) fn origin(text: &str) -> Option<String> {
    let url = web_url(text)?;
    let is_bare = matches!(url.path(), "" | "/");
    let host = url.host_str()?;
    let name = host.strip_prefix("*.").unwrap_or(host);
    (is_bare && !name.contains('*')).then(|| url.origin().ascii_serialization())
}

/// An origin, or `*`.
pub(super) fn origin_or_any(text: &str) -> Option<String> {
    if text == "*" { Some(text.to_owned()) } else { origin(text) }
}

/// What the deployment guide calls parameters of objects, of which there is one: `CacheControl=max-age=86400`.
pub(super) fn cache_control(text: &str) -> Option<String> {
    let (name, value) = text.trim().trim_end_matches(';').split_once(['=', ':'])?;
    let value = value.trim();
    let is_value = !value.is_empty()
        && value.chars().all(|letter| letter.is_ascii_graphic() || letter == ' ')
        && !value.contains(';');
    (name.trim() == "CacheControl" && is_value).then(|| value.to_owned())
}

/// The name of a bucket (Amazon's rules, which the others follow).
pub(super) fn bucket(text: &str) -> Option<String> {
    let letters = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte));
    ((3..=63).contains(&text.len()) && letters).then(|| text.to_owned())
}

/// A word without spaces or control characters.
pub(super) fn word(text: &str) -> Option<String> {
    let is_word = !text.is_empty() && text.chars().all(|letter| letter.is_ascii_graphic());
    is_word.then(|| text.to_owned())
}

/// A word that is a secret.
pub(super) fn secret_word(text: &str) -> Option<Secret> {
    word(text).map(|word| Secret::new(&word))
}

/// `true` and `false`, and the other spellings that people use.
pub(super) fn switch(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// A number within bounds.
pub(super) fn number(text: &str, least: u32, most: u32) -> Option<u32> {
    text.parse().ok().filter(|number| (least..=most).contains(number))
}
