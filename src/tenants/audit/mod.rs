//! The audit log: who changed what, from where, before and after; written in the change's own transaction. Every
//! record's hash covers the record before it, so that a later edit shows. One chain for each organization, one for the
//! platform.

mod routes;
mod store;

use ground::{
    clock::Timestamp,
    crypto::sha256_hex,
    db::{Conn, DbError, Tenant, Tx, timestamp_text},
    words::{AuditId, OrganizationId, UserId},
};
use machinery::{events, web::Origin};
use serde_json::Value;

pub use routes::{Document, routes};

use crate::scope::{Actor, ActorKind};

/// What stands for the hash before a chain's first record.
const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// Records read at a time when a chain is verified: a megabyte or so.
const VERIFY_BATCH: i64 = 1_000;
/// A field whose name contains one of these is never written, whoever forgets to leave it out.
const SECRET_NAMES: [&str; 5] = ["password", "secret", "token", "key_hash", "totp"];

/// Someone whose changes are recorded.
pub trait Audited {
    /// The organization in whose chain the record belongs; `None` for the platform's own.
    fn chain(&self) -> Option<OrganizationId>;
    /// Who acts.
    fn audited_actor(&self) -> Actor;
    /// From where, if it was a request.
    fn audited_origin(&self) -> Option<Origin>;
}

/// One who acts on the platform itself: its operator, a person outside any organization, or the program.
#[derive(Clone, Debug)]
pub struct Platform {
    actor: Actor,
    origin: Option<Origin>,
}

impl Platform {
    /// The operator at the command line.
    pub fn operator(name: &str) -> Self {
        Self { actor: Actor::new(ActorKind::Operator, None, name), origin: None }
    }

    /// The program itself, e.g. a schedule.
    pub fn program(name: &str) -> Self {
        Self { actor: Actor::new(ActorKind::Job, None, name), origin: None }
    }

    /// A person, for what concerns the account or the platform and no organization.
    pub fn user(id: UserId, name: &str, origin: Origin) -> Self {
        Self { actor: Actor::new(ActorKind::User, Some(id.to_string()), name), origin: Some(origin) }
    }

    /// A person without an account yet, e.g. one who accepts an invitation.
    pub fn guest(name: &str, origin: Origin) -> Self {
        Self { actor: Actor::new(ActorKind::User, None, name), origin: Some(origin) }
    }
}

impl Audited for Platform {
    fn chain(&self) -> Option<OrganizationId> {
        None
    }

    fn audited_actor(&self) -> Actor {
        self.actor.clone()
    }

    fn audited_origin(&self) -> Option<Origin> {
        self.origin.clone()
    }
}

/// What happened.
#[derive(Clone, Debug)]
pub struct Change {
    /// Noun and verb, e.g. `api_key.suspended`.
    pub action: &'static str,
    /// What kind of thing was changed, e.g. `api_key`.
    pub subject_type: &'static str,
    /// Its id.
    pub subject_id: String,
    /// What it was; nothing for a creation.
    pub before: Option<Value>,
    /// What it is; nothing for a removal.
    pub after: Option<Value>,
}

/// A record before it takes its place in the chain.
#[derive(Debug)]
struct Draft {
    id: AuditId,
    organization: Option<OrganizationId>,
    actor: Actor,
    change: Change,
    ip_address: Option<String>,
    request_id: Option<String>,
    recorded_at: Timestamp,
}

/// A record as it stands in the log.
#[derive(Debug)]
struct Record {
    position: i64,
    id: String,
    organization: Option<String>,
    actor_kind: String,
    actor_id: Option<String>,
    actor_name: String,
    action: String,
    subject_type: String,
    subject_id: String,
    before: Option<String>,
    after: Option<String>,
    ip_address: Option<String>,
    request_id: Option<String>,
    recorded_at: String,
    previous_hash: String,
    hash: String,
}

/// Whether this has ever been done to a subject, whoever did it.
pub fn has_happened(
    conn: &Conn,
    tenant: &impl Tenant,
    (subject_type, subject_id): (&str, &str),
    action: &str,
) -> Result<bool, DbError> {
    let question = store::Question {
        subject_type: Some(subject_type.to_owned()),
        subject_id: Some(subject_id.to_owned()),
        action: Some(action.to_owned()),
        ..store::Question::default()
    };
    Ok(!store::newest(conn, tenant, &question, 1)?.is_empty())
}

/// Records a change, as part of the transaction that makes it. It takes its place in the chain as one of the
/// transaction's last steps, so that on PostgreSQL the chain is held for a moment only.
pub fn record(tx: &Tx, by: &impl Audited, change: Change) -> Result<(), DbError> {
    let origin = by.audited_origin();
    let draft = Draft {
        id: tx.new_id(),
        organization: by.chain(),
        actor: by.audited_actor(),
        change: Change {
            before: change.before.map(without_secrets),
            after: change.after.map(without_secrets),
            ..change
        },
        ip_address: origin.as_ref().map(|origin| origin.ip.to_string()),
        request_id: origin.map(|origin| origin.request_id),
        recorded_at: tx.now(),
    };
    tx.before_commit(move |tx| append(tx, draft));
    Ok(())
}

fn append(tx: &Tx, draft: Draft) -> Result<(), DbError> {
    // The same lock as the outbox's, which is taken at this point too: two locks would wait for each other crosswise.
    tx.serialize(events::COMMIT_ORDER)?;
    let previous_hash = store::newest_hash(tx, draft.organization)?.unwrap_or_else(|| GENESIS.to_owned());
    let mut record = Record {
        position: 0,
        id: draft.id.to_string(),
        organization: draft.organization.map(|id| id.to_string()),
        actor_kind: draft.actor.kind().as_str().to_owned(),
        actor_id: draft.actor.id().map(str::to_owned),
        actor_name: draft.actor.name().to_owned(),
        action: draft.change.action.to_owned(),
        subject_type: draft.change.subject_type.to_owned(),
        subject_id: draft.change.subject_id,
        before: draft.change.before.map(|value| value.to_string()),
        after: draft.change.after.map(|value| value.to_string()),
        ip_address: draft.ip_address,
        request_id: draft.request_id,
        recorded_at: timestamp_text(draft.recorded_at),
        previous_hash,
        hash: String::new(),
    };
    record.hash = record.expected_hash();
    store::insert(tx, &record)
}

impl Record {
    /// SHA-256 over the previous hash and all fields, as one JSON array: no two different records have the same text.
    fn expected_hash(&self) -> String {
        let fields = serde_json::json!([
            self.previous_hash,
            self.id,
            self.organization,
            self.actor_kind,
            self.actor_id,
            self.actor_name,
            self.action,
            self.subject_type,
            self.subject_id,
            self.before,
            self.after,
            self.ip_address,
            self.request_id,
            self.recorded_at,
        ]);
        sha256_hex(fields.to_string().as_bytes())
    }
}

/// What a broken chain looks like.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// The record at this position was changed, or one before it is missing.
    #[error("the audit log was changed at or before position {position}")]
    Broken {
        /// Position of the first record that does not fit.
        position: i64,
    },
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Reads an organization's whole chain and checks every hash. Answers the number of records. May take seconds:
/// run it in `scan`.
pub fn verify_chain(conn: &Conn, tenant: &impl Tenant) -> Result<u64, ChainError> {
    verify(|after| store::batch(conn, tenant, after, VERIFY_BATCH))
}

/// [`verify_chain`] for the platform's own chain.
pub fn verify_platform_chain(conn: &Conn) -> Result<u64, ChainError> {
    verify(|after| store::platform_batch(conn, after, VERIFY_BATCH))
}

fn verify(mut batch_after: impl FnMut(i64) -> Result<Vec<Record>, DbError>) -> Result<u64, ChainError> {
    let mut count = 0;
    let mut position = 0;
    let mut previous = GENESIS.to_owned();
    loop {
        let records = batch_after(position)?;
        if records.is_empty() {
            return Ok(count);
        }
        for record in records {
            position = record.position;
            if record.previous_hash != previous || record.hash != record.expected_hash() {
                return Err(ChainError::Broken { position });
            }
            previous = record.hash;
            count += 1;
        }
    }
}

fn without_secrets(mut value: Value) -> Value {
    redact(&mut value);
    value
}

fn redact(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                if SECRET_NAMES.iter().any(|secret| name.contains(secret)) {
                    *field = Value::String("(not recorded)".to_owned());
                } else {
                    redact(field);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(redact),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests;
