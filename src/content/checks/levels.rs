//! What an organization says of the rules: off, warn or block.

use std::collections::BTreeMap;

use ground::db::{Conn, DbError, Tenant, Tx};
use machinery::web::{Explain, FieldProblem, Problem};
use serde::Serialize;
use serde_json::json;
use tenants::{
    audit::{self, Change},
    scope::Scope,
};
use utoipa::ToSchema;

use super::{Level, Levels, rules::rules, store};
use crate::types::Words;

const SUBJECT: &str = "checks";

/// A rule, as an organization has it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CheckRule {
    /// Its name.
    pub name: String,
    /// What becomes of what it finds.
    pub level: Level,
    /// What would, had the organization said nothing.
    pub default_level: Level,
    /// What people call it.
    pub title: Words,
    /// What it is for.
    #[schema(required = true)]
    pub help: Option<Words>,
}

/// Why levels were refused.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// There is no such rule.
    #[error("there is no rule {0}")]
    RuleUnknown(String),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Explain for CheckError {
    fn explain(&self) -> Problem {
        match self {
            Self::RuleUnknown(name) => Problem::invalid(vec![FieldProblem {
                pointer: format!("/levels/{name}"),
                code: "rule_unknown".into(),
                detail: "There is no rule of this name. `GET /api/v1/checks/` lists them.".to_owned(),
            }]),
            Self::Db(error) => error.explain(),
        }
    }
}

/// All rules, with what the organization says of them.
pub fn rules_of(conn: &Conn, scope: &Scope) -> Result<Vec<CheckRule>, DbError> {
    let levels = store::levels(conn, scope)?;
    let told = rules().all.iter().map(|rule| CheckRule {
        name: rule.name.clone(),
        level: levels.of(&rule.name).unwrap_or(rule.level),
        default_level: rule.level,
        title: rule.title.clone(),
        help: rule.help.clone(),
    });
    Ok(told.collect())
}

/// Says of these rules what becomes of what they find. The others go back to what they come with.
pub fn put_levels(tx: &Tx, scope: &Scope, wished: BTreeMap<String, Level>) -> Result<Vec<CheckRule>, CheckError> {
    if let Some(unknown) = wished.keys().find(|name| rules().named(name).is_none()) {
        return Err(CheckError::RuleUnknown(unknown.clone()));
    }
    let before = store::levels(tx, scope)?;
    let after = Levels(wished);
    if after != before {
        store::put_levels(tx, scope, &after)?;
        let change = Change {
            action: "checks.changed",
            subject_type: SUBJECT,
            subject_id: scope.organization_id().to_string(),
            before: Some(json!(before)),
            after: Some(json!(after)),
        };
        audit::record(tx, scope, change)?;
    }
    Ok(rules_of(tx, scope)?)
}

/// What the organization has said of rules itself, to be carried to another installation.
pub fn said_levels(conn: &Conn, scope: &Scope) -> Result<BTreeMap<String, Level>, DbError> {
    Ok(store::levels(conn, scope)?.0)
}

/// Whether there is a rule of this name.
pub fn is_rule(name: &str) -> bool {
    rules().named(name).is_some()
}
