//! What callers hold inside `read` and `write`: one connection or transaction of either database.

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    ops::Deref,
};

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    Announced, Backend, Said, Surroundings, Topic, Topics,
    error::DbError,
    postgres::Session,
    statement::Bound,
    value::{FromValue, Value},
};
use crate::{clock::Randomness, words::TypedId};

/// A connection to read from. Statements see one present: [`Conn::now`] stands still.
pub struct Conn<'c> {
    raw: Raw<'c>,
    now: Timestamp,
}

/// The connection of one or the other database.
pub(super) enum Raw<'c> {
    Sqlite(&'c rusqlite::Connection),
    Postgres(RefCell<&'c mut Session>),
}

impl<'c> Conn<'c> {
    pub(super) fn new(raw: Raw<'c>, surroundings: &Surroundings) -> Self {
        Self { raw, now: surroundings.clock.now() }
    }

    /// The present of this transaction.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Which database this is; for the few statements that differ.
    pub fn backend(&self) -> Backend {
        match self.raw {
            Raw::Sqlite(_) => Backend::Sqlite,
            Raw::Postgres(_) => Backend::Postgres,
        }
    }

    /// The first row, if there is one.
    pub fn optional<T>(
        &self,
        bound: Bound,
        map: impl FnOnce(&Row) -> Result<T, DbError>,
    ) -> Result<Option<T>, DbError> {
        match &self.raw {
            Raw::Sqlite(connection) => {
                let mut statement = super::sqlite::prepare(connection, &bound)?;
                bind(&mut statement, &bound.values)?;
                match statement.raw_query().next()? {
                    Some(row) => map(&Row(RawRow::Sqlite(row))).map(Some),
                    None => Ok(None),
                }
            }
            Raw::Postgres(session) => {
                let rows = session.borrow_mut().query(&bound)?;
                rows.first().map(|row| map(&Row(RawRow::Postgres(row)))).transpose()
            }
        }
    }

    /// The first row; [`DbError::NoRow`] if there is none.
    pub fn one<T>(&self, bound: Bound, map: impl FnOnce(&Row) -> Result<T, DbError>) -> Result<T, DbError> {
        self.optional(bound, map)?.ok_or(DbError::NoRow)
    }

    /// All rows, in the statement's order.
    pub fn list<T>(&self, bound: Bound, mut map: impl FnMut(&Row) -> Result<T, DbError>) -> Result<Vec<T>, DbError> {
        match &self.raw {
            Raw::Sqlite(connection) => {
                let mut statement = super::sqlite::prepare(connection, &bound)?;
                bind(&mut statement, &bound.values)?;
                let mut rows = statement.raw_query();
                let mut list = Vec::new();
                while let Some(row) = rows.next()? {
                    list.push(map(&Row(RawRow::Sqlite(row)))?);
                }
                Ok(list)
            }
            Raw::Postgres(session) => {
                let rows = session.borrow_mut().query(&bound)?;
                rows.iter().map(|row| map(&Row(RawRow::Postgres(row)))).collect()
            }
        }
    }

    fn execute_raw(&self, bound: &Bound) -> Result<u64, DbError> {
        match &self.raw {
            Raw::Sqlite(connection) => {
                let mut statement = super::sqlite::prepare(connection, bound)?;
                bind(&mut statement, &bound.values)?;
                Ok(statement.raw_execute()? as u64)
            }
            Raw::Postgres(session) => session.borrow_mut().execute(bound),
        }
    }

    /// Runs a script of statements without parameters: migrations and savepoints.
    /// Runs reads between `begin` and the end of that transaction, also where an error or a panic ends them.
    pub(super) fn snapshot<T, E: From<DbError>>(
        &self,
        begin: &str,
        reads: impl FnOnce(&Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.run_script(begin)?;
        let _open = Snapshot(self);
        reads(self)
    }

    pub(super) fn run_script(&self, script: &str) -> Result<(), DbError> {
        match &self.raw {
            Raw::Sqlite(connection) => connection.execute_batch(script).map_err(DbError::from),
            Raw::Postgres(session) => session.borrow_mut().run_script(script),
        }
    }
}

/// Ends a reading transaction when it is left.
struct Snapshot<'s, 'c>(&'s Conn<'c>);

impl Drop for Snapshot<'_, '_> {
    fn drop(&mut self) {
        // Nothing was written; a broken connection has ended it by itself.
        drop(self.0.run_script("rollback"));
    }
}

fn bind(statement: &mut rusqlite::Statement<'_>, values: &[Value]) -> Result<(), DbError> {
    for (index, value) in values.iter().enumerate() {
        statement.raw_bind_parameter(index + 1, Borrowed(value))?;
    }
    Ok(())
}

/// A value lent to SQLite for the time of one statement.
struct Borrowed<'v>(&'v Value);

impl rusqlite::ToSql for Borrowed<'_> {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput, ValueRef};
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Null => ValueRef::Null,
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Integer(number) => ValueRef::Integer(*number),
            Value::Real(number) => ValueRef::Real(*number),
            Value::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// A row of an answer.
pub struct Row<'r>(RawRow<'r>);

enum RawRow<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r postgres::Row),
}

impl Row<'_> {
    /// The column at `index` (from 0) as a type.
    pub fn get<T: FromValue>(&self, index: usize) -> Result<T, DbError> {
        T::from_value(self.value(index)?)
    }

    fn value(&self, index: usize) -> Result<Value, DbError> {
        match &self.0 {
            RawRow::Sqlite(row) => {
                use rusqlite::types::ValueRef;
                Ok(match row.get_ref(index)? {
                    ValueRef::Null => Value::Null,
                    ValueRef::Integer(number) => Value::Integer(number),
                    ValueRef::Real(number) => Value::Real(number),
                    ValueRef::Text(text) => Value::Text(
                        std::str::from_utf8(text).map_err(|error| DbError::Decode(error.to_string()))?.to_owned(),
                    ),
                    ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
                })
            }
            RawRow::Postgres(row) => super::postgres::value(row, index),
        }
    }
}

type BeforeCommit = Box<dyn FnOnce(&Tx) -> Result<(), DbError> + Send>;

/// A transaction. Everything that happens in it happens together, or not at all.
pub struct Tx<'c> {
    conn: Conn<'c>,
    randomness: Randomness,
    topics: Cell<Topics>,
    said: RefCell<Vec<Said>>,
    before_commit: RefCell<Vec<BeforeCommit>>,
}

impl<'c> Deref for Tx<'c> {
    type Target = Conn<'c>;

    fn deref(&self) -> &Conn<'c> {
        &self.conn
    }
}

impl<'c> Tx<'c> {
    pub(super) fn new(raw: Raw<'c>, surroundings: &Surroundings) -> Self {
        Self {
            conn: Conn::new(raw, surroundings),
            randomness: surroundings.randomness.clone(),
            topics: Cell::default(),
            said: RefCell::default(),
            before_commit: RefCell::default(),
        }
    }

    /// Runs a statement that changes rows; answers how many. Statements with `returning` go to `list` and its siblings.
    pub fn execute(&self, bound: Bound) -> Result<u64, DbError> {
        self.execute_raw(&bound)
    }

    /// A fresh id: `UUIDv7` from this transaction's time.
    pub fn new_id<I: TypedId>(&self) -> I {
        let milliseconds = u64::try_from(self.now().as_millisecond()).unwrap_or_default();
        let random: [u8; 10] = self.randomness.bytes();
        I::from_uuid(uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid())
    }

    /// The randomness to draw tokens from.
    pub fn randomness(&self) -> &Randomness {
        &self.randomness
    }

    /// Wakes those who wait for the topic, once this transaction is on the disk.
    pub fn announce(&self, topic: Topic) {
        let mut topics = self.topics.get();
        match topic {
            Topic::Events => topics.events = true,
            Topic::Jobs => topics.jobs = true,
        }
        self.topics.set(topics);
    }

    /// Says something to those in this process who [hear](super::Db::hear) of it, once this transaction is on the disk.
    pub fn say<T: Send + 'static>(&self, said: T) {
        self.said.borrow_mut().push(Box::new(said));
    }

    /// Runs a step as the last of this transaction, behind everything else it does, in the order given.
    pub fn before_commit(&self, step: impl FnOnce(&Tx) -> Result<(), DbError> + Send + 'static) {
        self.before_commit.borrow_mut().push(Box::new(step));
    }

    /// Runs a part that may fail alone: on `Err` everything that it did is taken back, its last steps and announcements
    /// too, and the transaction goes on as if it had not begun.
    pub fn attempt<T, E: From<DbError>>(&self, part: impl FnOnce(&Self) -> Result<T, E>) -> Result<T, E> {
        let (topics, said, steps) = (self.topics.get(), self.said.borrow().len(), self.before_commit.borrow().len());
        self.run_script("savepoint part")?;
        let outcome = part(self);
        if outcome.is_err() {
            self.run_script("rollback to savepoint part")?;
            self.topics.set(topics);
            self.said.borrow_mut().truncate(said);
            self.before_commit.borrow_mut().truncate(steps);
        }
        self.run_script("release savepoint part")?;
        outcome
    }

    /// From here to the commit no other transaction is past the same call. SQLite has one writer and needs nothing;
    /// on PostgreSQL it is a transaction-level advisory lock. What takes it as its last step has positions in commit order.
    pub fn serialize(&self, name: &'static str) -> Result<(), DbError> {
        if self.backend() == Backend::Postgres {
            self.execute_raw(&Bound {
                text: Cow::Borrowed("select pg_advisory_xact_lock(hashtext(?1))"),
                values: vec![Value::Text(name.to_owned())],
                is_tenant: false,
            })?;
        }
        Ok(())
    }

    /// Runs the steps kept for the end; answers what the commit announces.
    pub(super) fn finish(&self) -> Result<Announced, DbError> {
        loop {
            let steps = std::mem::take(&mut *self.before_commit.borrow_mut());
            if steps.is_empty() {
                return Ok(Announced { topics: self.topics.get(), said: self.said.take() });
            }
            for step in steps {
                step(self)?;
            }
        }
    }
}

/// A fresh id outside a transaction, e.g. a request's.
pub fn fresh_uuid(now: Timestamp, randomness: &Randomness) -> Uuid {
    let random: [u8; 10] = randomness.bytes();
    uuid::Builder::from_unix_timestamp_millis(u64::try_from(now.as_millisecond()).unwrap_or_default(), &random)
        .into_uuid()
}
