//! Checks at publish: what is missing, has ended, or contradicts a fact. The rules are data (`assets/checks/`); an organization
//! says of each whether it warns, refuses or is off. This room knows documents and facts; the room of the entries asks it
//! when something is published.

mod facts;
mod judging;
mod levels;
mod phrases;
mod reading;
mod routes;
mod rules;
mod store;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;

use ground::{
    clock::Timestamp,
    db::Conn,
    words::{EntryId, Locale, SiteId},
};
use jiff::ToSpan;
use serde::{Deserialize, Serialize};
use tenants::scope::Scope;
use utoipa::ToSchema;

pub use judging::{Report, Subject, judge, takes_place};
pub use levels::{CheckError, CheckRule, is_rule, put_levels, rules_of, said_levels};
pub use reading::Reading;
pub use routes::{Document, routes};
pub use rules::Level;
pub use store::{findings, put};

use crate::sites::{self, SiteError};

/// How far ahead an end is told.
const DAYS_AHEAD: i64 = 30;

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = CheckFinding)]
pub struct Finding {
    /// JSON Pointer (RFC 6901) into the document.
    pub pointer: String,
    /// The rule that says so.
    pub rule: String,
    /// Whether it may be published all the same.
    pub level: Level,
    /// In which language; `null` for what is the same in all.
    #[schema(value_type = Option<String>, required = true)]
    pub locale: Option<Locale>,
    /// What is wrong, and what to do.
    pub detail: String,
}

/// A day after which something does not hold any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = CheckEnding)]
pub struct Ending {
    /// JSON Pointer (RFC 6901) into the document.
    pub pointer: String,
    /// The last day.
    pub on: String,
}

/// What an organization says of rules; of the others it says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Levels(BTreeMap<String, Level>);

impl Levels {
    fn of(&self, rule: &str) -> Option<Level> {
        self.0.get(rule).copied()
    }
}

/// What is wrong with what is published of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CheckedEntry)]
pub struct Checked {
    /// The entry.
    #[schema(value_type = String, format = "uuid")]
    pub entry: EntryId,
    /// Its type.
    #[serde(rename = "type")]
    pub content_type: String,
    /// What lists call it.
    pub title: String,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// When it was looked at.
    #[schema(value_type = String, format = DateTime)]
    pub checked_at: Timestamp,
}

/// Something published that ends soon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EndingSoon)]
pub struct Soon {
    /// The entry.
    #[schema(value_type = String, format = "uuid")]
    pub entry: EntryId,
    /// Its type.
    #[serde(rename = "type")]
    pub content_type: String,
    /// What lists call it.
    pub title: String,
    /// What of it, and when.
    #[serde(flatten)]
    pub ending: Ending,
}

/// What the checks say of a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SiteChecks)]
pub struct Board {
    /// How many entries have something wrong.
    pub count: usize,
    /// Each of them.
    pub results: Vec<Checked>,
    /// What ends within thirty days, the first first.
    pub ending_soon: Vec<Soon>,
}

/// What is wrong with what visitors see of a site, and what of it ends soon.
pub fn board(conn: &Conn, scope: &Scope, site: SiteId) -> Result<Board, SiteError> {
    sites::languages(conn, scope, site)?;
    let today = judging::today(conn, scope, site)?;
    let last = today.checked_add(DAYS_AHEAD.days()).unwrap_or(today).to_string();
    let today = today.to_string();
    let (mut results, mut ending_soon) = (Vec::new(), Vec::new());
    for (checked, endings) in store::of_site(conn, scope, site)? {
        for ending in endings.into_iter().filter(|ending| ending.on >= today && ending.on <= last) {
            let Checked { entry, content_type, title, .. } = checked.clone();
            ending_soon.push(Soon { entry, content_type, title, ending });
        }
        if !checked.findings.is_empty() {
            results.push(checked);
        }
    }
    ending_soon.sort_by(|one, other| one.ending.on.cmp(&other.ending.on));
    Ok(Board { count: results.len(), results, ending_soon })
}

/// Those for which an entry may not be published in these languages.
pub fn refused(findings: &[Finding], locales: &[Locale]) -> Vec<Finding> {
    let is_refused =
        |one: &&Finding| one.level == Level::Block && one.locale.as_ref().is_none_or(|locale| locales.contains(locale));
    findings.iter().filter(is_refused).cloned().collect()
}
