//! SQL of the audit log.

use ground::{
    db::{Bound, Conn, DbError, Filter, Row, Sql, Tenant, TenantSql, Tx},
    words::OrganizationId,
};

use super::Record;

macro_rules! columns {
    () => {
        "position, id, organization_id, actor_kind, actor_id, actor_name, action, subject_type, subject_id, before_json, after_json, ip_address, request_id, recorded_at, previous_hash, hash"
    };
}

fn record(row: &Row) -> Result<Record, DbError> {
    Ok(Record {
        position: row.get(0)?,
        id: row.get(1)?,
        organization: row.get(2)?,
        actor_kind: row.get(3)?,
        actor_id: row.get(4)?,
        actor_name: row.get(5)?,
        action: row.get(6)?,
        subject_type: row.get(7)?,
        subject_id: row.get(8)?,
        before: row.get(9)?,
        after: row.get(10)?,
        ip_address: row.get(11)?,
        request_id: row.get(12)?,
        recorded_at: row.get(13)?,
        previous_hash: row.get(14)?,
        hash: row.get(15)?,
    })
}

const INSERT: Sql = Sql::platform(
    "insert into audit_records (id, organization_id, actor_kind, actor_id, actor_name, action, subject_type, subject_id,
        before_json, after_json, ip_address, request_id, recorded_at, previous_hash, hash)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    "the record itself says whose chain it is in, the platform's included",
);

/// Adds a record behind the newest.
pub fn insert(tx: &Tx, record: &Record) -> Result<(), DbError> {
    tx.execute(INSERT.with((
        &record.id,
        &record.organization,
        &record.actor_kind,
        &record.actor_id,
        &record.actor_name,
        &record.action,
        &record.subject_type,
        &record.subject_id,
        &record.before,
        &record.after,
        &record.ip_address,
        &record.request_id,
        &record.recorded_at,
        &record.previous_hash,
        &record.hash,
    )))
    .map(drop)
}

// audit_records_organization_id_index
const NEWEST: Sql = Sql::platform(
    "select hash from audit_records where organization_id = ?1 order by position desc limit 1",
    "the organization is the one of the record that is being appended",
);
const NEWEST_OF_PLATFORM: Sql = Sql::platform(
    "select hash from audit_records where organization_id is null order by position desc limit 1",
    "the platform's own chain has no organization",
);

/// The hash that the next record of this chain builds on.
pub fn newest_hash(conn: &Conn, organization: Option<OrganizationId>) -> Result<Option<String>, DbError> {
    let newest = match organization {
        Some(organization) => NEWEST.with((organization,)),
        None => NEWEST_OF_PLATFORM.with(()),
    };
    conn.optional(newest, |row| row.get(0))
}

const BATCH: TenantSql = TenantSql::new(concat!(
    "select ",
    columns!(),
    " from audit_records where organization_id = ?1 and position > ?2 order by position limit ?3"
));

/// An organization's records behind a position, the oldest first.
pub fn batch(conn: &Conn, tenant: &impl Tenant, after: i64, limit: i64) -> Result<Vec<Record>, DbError> {
    conn.list(BATCH.of(tenant, (after, limit)), record)
}

const PLATFORM_BATCH: Sql = Sql::platform(
    concat!(
        "select ",
        columns!(),
        " from audit_records where organization_id is null and position > ?1 order by position limit ?2"
    ),
    "the platform's own chain has no organization",
);

/// The platform's records behind a position, the oldest first.
pub fn platform_batch(conn: &Conn, after: i64, limit: i64) -> Result<Vec<Record>, DbError> {
    conn.list(PLATFORM_BATCH.with((after, limit)), record)
}

/// What a reader of the log asks for.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// Only records before this position.
    pub before: Option<i64>,
    /// Only this kind of subject.
    pub subject_type: Option<String>,
    /// Only this subject.
    pub subject_id: Option<String>,
    /// Only this action.
    pub action: Option<String>,
}

/// An organization's records, the newest first.
pub fn newest(conn: &Conn, tenant: &impl Tenant, question: &Question, limit: i64) -> Result<Vec<Record>, DbError> {
    conn.list(asked(tenant, question, limit), record)
}

fn asked(tenant: &impl Tenant, question: &Question, limit: i64) -> Bound {
    Filter::of(tenant, "audit_records")
        .and_some("position < ?", question.before)
        .and_some("subject_type = ?", question.subject_type.as_deref())
        .and_some("subject_id = ?", question.subject_id.as_deref())
        .and_some("action = ?", question.action.as_deref())
        .statement(concat!("select ", columns!(), " from audit_records"), "order by position desc limit ?", (limit,))
}

const PLATFORM_NEWEST: Sql = Sql::platform(
    concat!(
        "select ",
        columns!(),
        " from audit_records where organization_id is null and (cast(?1 as bigint) is null or position < ?1)
          order by position desc limit ?2"
    ),
    "the platform's own chain has no organization",
);

/// The platform's records, the newest first.
pub fn platform_newest(conn: &Conn, before: Option<i64>, limit: i64) -> Result<Vec<Record>, DbError> {
    conn.list(PLATFORM_NEWEST.with((before, limit)), record)
}
