//! The shared store: one multiplexed connection that heals itself, and a deadline on everything.

use std::{collections::BTreeMap, fmt, future::Future, sync::Arc, time::Duration};

use redis::{
    Client, Cmd, ErrorKind, RedisError, RedisResult, ServerErrorKind,
    aio::{ConnectionManager, ConnectionManagerConfig},
    cmd, pipe,
};

use super::{KvError, milliseconds, pause::Pause};

/// How long an exchange with the server may take before the caller goes on without it.
const TIMEOUT: Duration = Duration::from_millis(500);
/// Between attempts to connect again.
const RECONNECT_AFTER: Duration = Duration::from_millis(100);
/// Before every key, so that a server shared with others stays tidy.
const NAMESPACE: &str = "gammacms:";
/// Keys looked at in one step of a walk.
const KEYS_PER_STEP: usize = 500;

/// The shared store. Cheap to clone.
#[derive(Clone)]
pub struct RedisStore {
    connection: ConnectionManager,
    pause: Arc<Pause>,
}

impl RedisStore {
    pub(super) async fn connect(url: &str) -> Result<Self, KvError> {
        let client = Client::open(url).map_err(|error| refused(&error))?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(TIMEOUT))
            .set_response_timeout(Some(TIMEOUT))
            .set_number_of_retries(1)
            .set_min_delay(RECONNECT_AFTER)
            .set_max_delay(RECONNECT_AFTER);
        let connection = ConnectionManager::new_lazy_with_config(client, config).map_err(|error| refused(&error))?;
        let store = Self { connection, pause: Arc::default() };
        // The answer is already in the log, and the store may come later than we do.
        drop(store.check().await);
        Ok(store)
    }

    pub(super) async fn check(&self) -> Result<(), KvError> {
        self.ask::<String>(cmd("PING")).await.map(drop)
    }

    pub(super) async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, KvError> {
        let mut get = cmd("GET");
        get.arg(name(key));
        self.ask(get).await
    }

    pub(super) async fn put(&self, key: &str, value: &[u8], ttl: Option<Duration>) -> Result<(), KvError> {
        self.ask(put(key, value, ttl)).await
    }

    pub(super) async fn put_many(&self, entries: Vec<(String, Vec<u8>, Option<Duration>)>) -> Result<(), KvError> {
        if entries.is_empty() {
            return Ok(());
        }
        let mut commands = pipe();
        for (key, value, ttl) in entries {
            commands.add_command(put(&key, &value, ttl)).ignore();
        }
        let mut connection = self.connection.clone();
        self.within_deadline(async move { commands.query_async(&mut connection).await }).await
    }

    pub(super) async fn delete(&self, key: &str) -> Result<(), KvError> {
        self.ask(delete(key)).await
    }

    pub(super) async fn increment(&self, key: &str, by: i64, ttl: Duration) -> Result<i64, KvError> {
        let mut commands = pipe();
        // The first command gives a missing counter its lifetime, and leaves an existing one as it is.
        let milliseconds = milliseconds(ttl).max(1);
        commands.atomic();
        commands.cmd("SET").arg(name(key)).arg(0).arg("PX").arg(milliseconds).arg("NX").ignore();
        commands.cmd("INCRBY").arg(name(key)).arg(by);
        let mut connection = self.connection.clone();
        let answers: (i64,) = self.within_deadline(async move { commands.query_async(&mut connection).await }).await?;
        Ok(answers.0)
    }

    pub(super) async fn list(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, KvError> {
        let pattern = format!("{}*", escape_pattern(&name(prefix)));
        let mut found = BTreeMap::new();
        let mut cursor = 0_u64;
        loop {
            let mut scan = cmd("SCAN");
            scan.arg(cursor).arg("MATCH").arg(&pattern).arg("COUNT").arg(KEYS_PER_STEP);
            let (next, keys): (u64, Vec<String>) = self.ask(scan).await?;
            if !keys.is_empty() {
                let mut get = cmd("MGET");
                get.arg(&keys);
                let values: Vec<Option<Vec<u8>>> = self.ask(get).await?;
                // A key without a value expired between the two questions.
                found.extend(keys.into_iter().zip(values).filter_map(|(key, value)| Some((key, value?))));
            }
            cursor = next;
            if cursor == 0 {
                break;
            }
        }
        let shown = |key: String| key.strip_prefix(NAMESPACE).map(str::to_owned).unwrap_or(key);
        Ok(found.into_iter().map(|(key, value)| (shown(key), value)).collect())
    }

    async fn ask<T: redis::FromRedisValue + Send>(&self, command: Cmd) -> Result<T, KvError> {
        let mut connection = self.connection.clone();
        self.within_deadline(async move { command.query_async(&mut connection).await }).await
    }

    async fn within_deadline<T>(&self, exchange: impl Future<Output = RedisResult<T>>) -> Result<T, KvError> {
        self.pause.check()?;
        let answer = match tokio::time::timeout(TIMEOUT, exchange).await {
            Ok(answer) => answer.map_err(|error| refused(&error)),
            Err(_) => Err(KvError::Unavailable(format!("Redis did not answer within {} ms", TIMEOUT.as_millis()))),
        };
        self.pause.note("redis", &answer);
        answer
    }
}

impl fmt::Debug for RedisStore {
    /// Without the URL, which may hold a password.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RedisStore")
    }
}

fn name(key: &str) -> String {
    format!("{NAMESPACE}{key}")
}

fn put(key: &str, value: &[u8], ttl: Option<Duration>) -> Cmd {
    let mut set = cmd("SET");
    set.arg(name(key)).arg(value);
    match ttl.map(milliseconds) {
        // Redis refuses a lifetime of nothing: what has expired already is not there.
        Some(0) => delete(key),
        Some(milliseconds) => {
            set.arg("PX").arg(milliseconds);
            set
        }
        None => set,
    }
}

fn delete(key: &str) -> Cmd {
    let mut delete = cmd("DEL");
    delete.arg(name(key));
    delete
}

/// A prefix as a pattern that matches exactly itself.
fn escape_pattern(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '*' | '?' | '[' | ']' | '\\' | '^' | '-') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// An answer of the server is a refusal; everything else means that it could not be asked.
fn refused(error: &RedisError) -> KvError {
    let reason = error.to_string();
    if reason.contains("not an integer") || reason.contains("would overflow") {
        return KvError::NotANumber;
    }
    match error.kind() {
        ErrorKind::InvalidClientConfig => KvError::Refused("the URL of the Redis server is not valid".to_owned()),
        ErrorKind::Server(ServerErrorKind::ResponseError | ServerErrorKind::NoPerm) | ErrorKind::Extension => {
            KvError::Refused(reason)
        }
        ErrorKind::Parse | ErrorKind::UnexpectedReturnType => KvError::Refused(reason),
        _ => KvError::Unavailable(reason),
    }
}
