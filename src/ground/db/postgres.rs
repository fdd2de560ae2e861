//! PostgreSQL: a pool of sessions with their prepared statements, and ordinary transactions. Always on blocking threads:
//! the synchronous client has a runtime of its own.

use std::{borrow::Cow, collections::HashMap, error::Error, sync::Arc, time::Duration};

use postgres::{
    Client, NoTls, Statement,
    config::SslMode,
    types::{FromSql, IsNull, ToSql, Type, private::BytesMut, to_sql_checked},
};
use rustls::ClientConfig;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::crypto::trusted_authorities;

use super::{
    Conn, DbError, Signals, Surroundings, Tx, Value,
    connection::Raw,
    statement::{Bound, numbered_for_postgres},
};

/// Sessions in one process: PostgreSQL's default is 100 for all, and several processes share them.
const SESSIONS: u32 = 16;
/// How long a caller waits for a session before it hears that the database is busy.
const SESSION_TIMEOUT: Duration = Duration::from_secs(5);
/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The pool.
#[derive(Debug)]
pub(super) struct Postgres {
    sessions: r2d2::Pool<Manager>,
}

/// One connection with what it has prepared.
pub(super) struct Session {
    client: Client,
    statements: HashMap<Cow<'static, str>, Statement>,
}

impl Postgres {
    pub(super) fn connect(url: &str) -> Result<Self, DbError> {
        let mut config: postgres::Config =
            url.parse().map_err(|error: postgres::Error| DbError::Failed(error.to_string()))?;
        config.connect_timeout(CONNECT_TIMEOUT).application_name("gammacms");
        let manager = Manager { config };
        // Tried at once, so that a start says what is wrong instead of each request.
        drop(r2d2::ManageConnection::connect(&manager)?);
        let sessions = r2d2::Pool::builder()
            .max_size(SESSIONS)
            .min_idle(Some(0))
            .test_on_check_out(true)
            .connection_timeout(SESSION_TIMEOUT)
            .build_unchecked(manager);
        Ok(Self { sessions })
    }

    fn session(&self) -> Result<r2d2::PooledConnection<Manager>, DbError> {
        self.sessions.get().map_err(|error| DbError::Unreachable(error.to_string()))
    }

    pub(super) fn connections_in_use(&self) -> usize {
        let state = self.sessions.state();
        state.connections.saturating_sub(state.idle_connections) as usize
    }

    pub(super) fn read<T, E: From<DbError>>(
        &self,
        surroundings: &Surroundings,
        reads: impl FnOnce(&Conn) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut session = self.session()?;
        let conn = Conn::new(Raw::Postgres((&mut *session).into()), surroundings);
        conn.snapshot("begin isolation level repeatable read read only", reads)
    }

    pub(super) fn write<T, E: From<DbError>>(
        &self,
        surroundings: &Surroundings,
        signals: &Arc<Signals>,
        writes: impl FnOnce(&Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut session = self.session()?;
        session.run_script("begin")?;
        let mut open = OpenTransaction { session: &mut session, is_done: false };
        let (value, announced) = {
            let tx = Tx::new(Raw::Postgres((&mut *open.session).into()), surroundings);
            let value = writes(&tx)?;
            let announced = tx.finish()?;
            (value, announced)
        };
        open.session.run_script("commit")?;
        open.is_done = true;
        signals.send(&announced);
        Ok(value)
    }
}

/// Rolls back when it is left early, by an error or a panic.
struct OpenTransaction<'s> {
    session: &'s mut Session,
    is_done: bool,
}

impl Drop for OpenTransaction<'_> {
    fn drop(&mut self) {
        if !self.is_done {
            // A broken connection has rolled back by itself; the pool drops it at its next check.
            drop(self.session.run_script("rollback"));
        }
    }
}

impl Session {
    fn statement(&mut self, bound: &Bound) -> Result<Statement, DbError> {
        if let Some(statement) = self.statements.get(&bound.text) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(&numbered_for_postgres(&bound.text))?;
        self.statements.insert(bound.text.clone(), statement.clone());
        Ok(statement)
    }

    pub(super) fn query(&mut self, bound: &Bound) -> Result<Vec<postgres::Row>, DbError> {
        let statement = self.statement(bound)?;
        Ok(self.client.query(&statement, &parameters(&bound.values))?)
    }

    pub(super) fn execute(&mut self, bound: &Bound) -> Result<u64, DbError> {
        let statement = self.statement(bound)?;
        Ok(self.client.execute(&statement, &parameters(&bound.values))?)
    }

    pub(super) fn run_script(&mut self, script: &str) -> Result<(), DbError> {
        Ok(self.client.batch_execute(script)?)
    }
}

fn parameters(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

impl ToSql for Value {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self, kind) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::Text(text), _) => text.to_sql(kind, out),
            (Self::Integer(number), &Type::INT4) => i32::try_from(*number)?.to_sql(kind, out),
            (Self::Integer(number), &Type::INT2) => i16::try_from(*number)?.to_sql(kind, out),
            #[expect(clippy::cast_precision_loss, reason = "a whole number stands for itself in a fraction's column")]
            (Self::Integer(number), &Type::FLOAT8) => (*number as f64).to_sql(kind, out),
            (Self::Integer(number), _) => number.to_sql(kind, out),
            (Self::Real(number), _) => number.to_sql(kind, out),
            (Self::Blob(bytes), _) => bytes.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        matches!(
            *kind,
            Type::TEXT
                | Type::VARCHAR
                | Type::INT2
                | Type::INT4
                | Type::INT8
                | Type::FLOAT8
                | Type::BYTEA
                | Type::UNKNOWN
        )
    }

    to_sql_checked!();
}

/// The value of a column, whichever of the shared types it has.
pub(super) fn value(row: &postgres::Row, index: usize) -> Result<Value, DbError> {
    fn get<'r, T: FromSql<'r>>(row: &'r postgres::Row, index: usize, make: fn(T) -> Value) -> Result<Value, DbError> {
        let value: Option<T> = row.try_get(index).map_err(|error| DbError::Decode(error.to_string()))?;
        Ok(value.map_or(Value::Null, make))
    }
    let column = row.columns().get(index).ok_or_else(|| DbError::Decode(format!("there is no column {index}")))?;
    match *column.type_() {
        Type::INT8 => get::<i64>(row, index, Value::Integer),
        Type::INT4 => get::<i32>(row, index, |number| Value::Integer(i64::from(number))),
        Type::INT2 => get::<i16>(row, index, |number| Value::Integer(i64::from(number))),
        Type::BOOL => get::<bool>(row, index, |truth| Value::Integer(i64::from(truth))),
        Type::FLOAT8 => get::<f64>(row, index, Value::Real),
        Type::BYTEA => get::<Vec<u8>>(row, index, Value::Blob),
        _ => get::<String>(row, index, Value::Text),
    }
}

/// Makes sessions for the pool.
#[derive(Debug)]
pub(super) struct Manager {
    config: postgres::Config,
}

impl r2d2::ManageConnection for Manager {
    type Connection = Session;
    type Error = DbError;

    fn connect(&self) -> Result<Session, DbError> {
        let client = if self.config.get_ssl_mode() == SslMode::Disable {
            self.config.connect(NoTls)
        } else {
            let tls = ClientConfig::builder().with_root_certificates(trusted_authorities()).with_no_client_auth();
            self.config.connect(MakeRustlsConnect::new(tls))
        };
        Ok(Session { client: client?, statements: HashMap::new() })
    }

    fn is_valid(&self, session: &mut Session) -> Result<(), DbError> {
        if session.client.is_closed() {
            Err(DbError::Unreachable("the connection was closed".to_owned()))
        } else {
            Ok(())
        }
    }

    fn has_broken(&self, session: &mut Session) -> bool {
        session.client.is_closed()
    }
}
