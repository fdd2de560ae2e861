//! What the team does with submissions: reads them, notes what became of them, deletes and erases.

use ground::{
    db::{Conn, DbError, Tx},
    words::{EmailAddress, EntryId, MemberId, SiteId, SubmissionId},
};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use tenants::{
    audit::{self, Change},
    organizations::members,
    scope::Scope,
};
use utoipa::ToSchema;

use super::{FormError, Status, Submission, store};

/// Longest note, in characters.
const NOTE_LENGTH: usize = 5_000;
pub(super) const SUBJECT: &str = "submission";

/// What is to be changed; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SubmissionChange {
    /// What has become of it.
    pub status: Option<Status>,
    /// The team's note.
    pub note: Option<String>,
    /// The member who takes care of it; `null` for nobody.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub assignee: Option<Option<MemberId>>,
}

/// `null` is a wish too: it tells "nobody" from "leave it".
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// One page of a site's submissions, the newest first, with how many there are.
pub fn list(
    conn: &Conn,
    scope: &Scope,
    site: SiteId,
    form: Option<EntryId>,
    status: Option<Status>,
    limit: i64,
    offset: i64,
) -> Result<(u64, Vec<Submission>), FormError> {
    check_site(conn, scope, site)?;
    Ok(store::list(conn, scope, site, form, status, limit, offset)?)
}

/// One submission.
pub fn find(conn: &Conn, scope: &Scope, site: SiteId, id: SubmissionId) -> Result<Submission, FormError> {
    if !scope.may_act_on(site) {
        return Err(FormError::NotFound);
    }
    store::find(conn, scope, site, id)?.ok_or(FormError::NotFound)
}

/// Notes what has become of a submission.
pub fn change(
    tx: &Tx,
    scope: &Scope,
    site: SiteId,
    id: SubmissionId,
    wish: SubmissionChange,
) -> Result<Submission, FormError> {
    let before = find(tx, scope, site, id)?;
    let after = Submission {
        status: wish.status.unwrap_or(before.status),
        note: wish.note.unwrap_or_else(|| before.note.clone()),
        assignee: wish.assignee.unwrap_or(before.assignee),
        ..before.clone()
    };
    if after.note.chars().count() > NOTE_LENGTH {
        return Err(FormError::NoteTooLong);
    }
    if let Some(member) = after.assignee.filter(|_| after.assignee != before.assignee)
        && !members::list(tx, scope)?.iter().any(|one| one.id == member)
    {
        return Err(FormError::AssigneeUnknown);
    }
    if after == before {
        return Ok(before);
    }
    store::update(tx, scope, &after)?;
    record(tx, scope, "submission.changed", id.to_string(), Some(state(&before)), Some(state(&after)))?;
    Ok(after)
}

/// Deletes a submission for good.
pub fn delete(tx: &Tx, scope: &Scope, site: SiteId, id: SubmissionId) -> Result<(), FormError> {
    let before = find(tx, scope, site, id)?;
    store::delete(tx, scope, id)?;
    record(tx, scope, "submission.deleted", id.to_string(), Some(state(&before)), None)?;
    Ok(())
}

/// Erases everything that was sent with an e-mail address, on the sites that whoever asks may act on. Answers how many
/// submissions that were. The log keeps the number and not the address.
pub fn erase(tx: &Tx, scope: &Scope, email: &EmailAddress) -> Result<u64, FormError> {
    let wanted = email.folded();
    let mut erased = 0;
    for (id, site, emails) in store::emails(tx, scope)? {
        if scope.may_act_on(site) && emails.contains(&wanted) {
            store::delete(tx, scope, id)?;
            erased += 1;
        }
    }
    record(tx, scope, "submission.erased", scope_subject(scope), None, Some(json!({"count": erased})))?;
    Ok(erased)
}

fn scope_subject(scope: &Scope) -> String {
    use ground::db::Tenant as _;
    scope.organization_id().to_string()
}

pub(super) fn check_site(conn: &Conn, scope: &Scope, site: SiteId) -> Result<(), FormError> {
    crate::sites::languages(conn, scope, site).map(drop).map_err(|_| FormError::NotFound)
}

/// What the log may know: nothing that a guest wrote.
pub(super) fn state(submission: &Submission) -> Value {
    json!({"form": submission.form_name, "status": submission.status, "assignee": submission.assignee})
}

fn record(
    tx: &Tx,
    scope: &Scope,
    action: &'static str,
    subject_id: String,
    before: Option<Value>,
    after: Option<Value>,
) -> Result<(), DbError> {
    audit::record(tx, scope, Change { action, subject_type: SUBJECT, subject_id, before, after })
}
