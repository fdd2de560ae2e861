//! What guests have sent, as it is carried from one installation to another where somebody asks for that by name.

use ground::{
    clock::Timestamp,
    db::{Conn, Tx},
    words::{EntryId, Locale, SiteId, SubmissionId},
};
use serde::{Deserialize, Serialize};
use tenants::{
    audit::{self, Change},
    scope::Scope,
};

use super::{
    Answered, Consented, FormError, Status, Submission, store,
    submissions::{SUBJECT, check_site, state},
};
use crate::entries::Outcome;

/// A submission. Who takes care of it stays where it is: members are not carried.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CarriedSubmission {
    /// Its id.
    pub id: SubmissionId,
    /// The form.
    pub form: EntryId,
    /// What the form was called then.
    pub form_name: String,
    /// The language in which it was filled in.
    pub locale: Locale,
    /// The page that it was filled in on.
    pub page: String,
    /// The answers.
    pub answers: Vec<Answered>,
    /// The consents as they were shown.
    pub consents: Vec<Consented>,
    /// The addresses by which it is erased.
    pub emails: Vec<String>,
    /// What has become of it.
    pub status: Status,
    /// The team's note.
    pub note: String,
    /// When it came.
    pub created_at: Timestamp,
    /// From when on it is deleted.
    pub deleted_after: Timestamp,
}

/// The next submissions of a site in the order of their ids.
pub fn carried(
    conn: &Conn,
    scope: &Scope,
    site: SiteId,
    after: Option<SubmissionId>,
    limit: i64,
) -> Result<Vec<CarriedSubmission>, FormError> {
    check_site(conn, scope, site)?;
    let found = store::behind(conn, scope, site, after, limit)?;
    Ok(found.into_iter().map(|(one, emails)| CarriedSubmission::of(one, emails)).collect())
}

/// How many a site has.
pub fn count(conn: &Conn, scope: &Scope, site: SiteId) -> Result<u64, FormError> {
    check_site(conn, scope, site)?;
    Ok(store::list(conn, scope, site, None, None, 0, 0)?.0)
}

/// What [`put`] would answer.
pub fn compared(conn: &Conn, scope: &Scope, site: SiteId, wanted: &CarriedSubmission) -> Result<Outcome, FormError> {
    Ok(match store::find(conn, scope, site, wanted.id)? {
        None => Outcome::Created,
        Some(here) if (here.status, &here.note) == (wanted.status, &wanted.note) => Outcome::Unchanged,
        Some(_) => Outcome::Changed,
    })
}

/// Brings a submission, or what the team has said of one that is here. Nobody is told of it as of a new one.
pub fn put(tx: &Tx, scope: &Scope, site: SiteId, wanted: &CarriedSubmission) -> Result<Outcome, FormError> {
    check_site(tx, scope, site)?;
    let outcome = compared(tx, scope, site, wanted)?;
    let before = store::find(tx, scope, site, wanted.id)?;
    let after = Submission {
        id: wanted.id,
        site_id: site,
        form: wanted.form,
        form_name: wanted.form_name.clone(),
        locale: wanted.locale.clone(),
        page: wanted.page.clone(),
        answers: wanted.answers.clone(),
        consents: wanted.consents.clone(),
        status: wanted.status,
        assignee: before.as_ref().and_then(|one| one.assignee),
        note: wanted.note.clone(),
        created_at: wanted.created_at,
        deleted_after: wanted.deleted_after,
    };
    match outcome {
        Outcome::Created => store::insert(tx, scope, &after, &wanted.emails)?,
        Outcome::Changed => store::update(tx, scope, &after)?,
        Outcome::Unchanged => return Ok(outcome),
    }
    let change = Change {
        action: "submission.imported",
        subject_type: SUBJECT,
        subject_id: wanted.id.to_string(),
        before: before.as_ref().map(state),
        after: Some(state(&after)),
    };
    audit::record(tx, scope, change)?;
    Ok(outcome)
}

impl CarriedSubmission {
    fn of(one: Submission, emails: Vec<String>) -> Self {
        Self {
            id: one.id,
            form: one.form,
            form_name: one.form_name,
            locale: one.locale,
            page: one.page,
            answers: one.answers,
            consents: one.consents,
            emails,
            status: one.status,
            note: one.note,
            created_at: one.created_at,
            deleted_after: one.deleted_after,
        }
    }
}
