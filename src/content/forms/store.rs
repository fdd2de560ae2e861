//! SQL of submissions.

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Filter, Json, Row, Sql, Tenant, TenantSql, Tx},
    words::{EntryId, SiteId, SubmissionId},
};

use super::{Status, Submission};

const SELECT: &str =
    "select id, site_id, form_id, form_name, locale, page, answers, consents, status, assignee_id, note,
        created_at, delete_after
     from submissions";

const INSERT: TenantSql = TenantSql::new(
    "insert into submissions (organization_id, id, site_id, form_id, form_name, locale, page, answers, consents, emails,
        status, note, created_at, delete_after)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
);

/// Adds a submission. `emails` are what erasing looks for.
pub fn insert(tx: &Tx, tenant: &impl Tenant, one: &Submission, emails: &[String]) -> Result<(), DbError> {
    let row = (
        one.id,
        one.site_id,
        one.form,
        &one.form_name,
        &one.locale,
        &one.page,
        Json(&one.answers),
        Json(&one.consents),
        Json(emails),
        one.status.as_str(),
        &one.note,
        one.created_at,
        one.deleted_after,
    );
    tx.execute(INSERT.of(tenant, row)).map(|_| ())
}

const UPDATE: TenantSql = TenantSql::new(
    "update submissions set status = ?3, note = ?4, assignee_id = ?5 where organization_id = ?1 and id = ?2",
);

/// Writes what the team may change.
pub fn update(tx: &Tx, tenant: &impl Tenant, one: &Submission) -> Result<(), DbError> {
    tx.execute(UPDATE.of(tenant, (one.id, one.status.as_str(), &one.note, one.assignee))).map(|_| ())
}

const DELETE: TenantSql = TenantSql::new("delete from submissions where organization_id = ?1 and id = ?2");

/// Removes a submission.
pub fn delete(tx: &Tx, tenant: &impl Tenant, id: SubmissionId) -> Result<(), DbError> {
    tx.execute(DELETE.of(tenant, (id,))).map(|_| ())
}

/// One submission of a site.
pub fn find(conn: &Conn, tenant: &impl Tenant, site: SiteId, id: SubmissionId) -> Result<Option<Submission>, DbError> {
    let filter = Filter::of(tenant, "submissions").and("site_id = ?", site).and("id = ?", id);
    conn.optional(filter.statement(SELECT, "", ()), submission)
}

/// One page of a site's submissions, the newest first (`submissions_list_index`), with how many there are.
pub fn list(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    form: Option<EntryId>,
    status: Option<Status>,
    limit: i64,
    offset: i64,
) -> Result<(u64, Vec<Submission>), DbError> {
    let filter = Filter::of(tenant, "submissions")
        .and("site_id = ?", site)
        .and_some("form_id = ?", form)
        .and_some("status = ?", status.map(Status::as_str));
    let count = filter.clone().statement("select count(*) from submissions", "", ());
    let count = conn.one(count, |row| row.get::<i64>(0))?;
    let rows = filter.statement(SELECT, "order by created_at desc, id desc limit ? offset ?", (limit, offset));
    Ok((count.unsigned_abs(), conn.list(rows, submission)?))
}

const BEHIND: &str =
    "select id, site_id, form_id, form_name, locale, page, answers, consents, status, assignee_id, note,
        created_at, delete_after, emails
     from submissions";

/// The next submissions of a site in the order of their ids, each with the addresses in it.
pub fn behind(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    after: Option<SubmissionId>,
    limit: i64,
) -> Result<Vec<(Submission, Vec<String>)>, DbError> {
    let filter = Filter::of(tenant, "submissions").and("site_id = ?", site).and_some("id > ?", after);
    conn.list(filter.statement(BEHIND, "order by id limit ?", (limit,)), |row| {
        Ok((submission(row)?, row.get::<Json<Vec<String>>>(13)?.0))
    })
}

const EMAILS: TenantSql =
    TenantSql::new("select id, site_id, emails from submissions where organization_id = ?1 and emails <> '[]'");

/// The addresses in each submission of the organization.
pub fn emails(conn: &Conn, tenant: &impl Tenant) -> Result<Vec<(SubmissionId, SiteId, Vec<String>)>, DbError> {
    conn.list(EMAILS.of(tenant, ()), |row| Ok((row.get(0)?, row.get(1)?, row.get::<Json<Vec<String>>>(2)?.0)))
}

const PURGE: Sql = Sql::platform(
    "delete from submissions where (organization_id, id) in (
        select organization_id, id from submissions where delete_after < ?1 order by delete_after limit ?2)",
    "each submission says itself how long it is kept, whosever it is",
);

/// Removes some of those whose time is over; answers how many.
pub fn purge(tx: &Tx, now: Timestamp, limit: i64) -> Result<u64, DbError> {
    tx.execute(PURGE.with((now, limit)))
}

fn submission(row: &Row) -> Result<Submission, DbError> {
    let status: String = row.get(8)?;
    Ok(Submission {
        id: row.get(0)?,
        site_id: row.get(1)?,
        form: row.get(2)?,
        form_name: row.get(3)?,
        locale: row.get(4)?,
        page: row.get(5)?,
        answers: row.get::<Json<_>>(6)?.0,
        consents: row.get::<Json<_>>(7)?.0,
        status: Status::named(&status).ok_or_else(|| DbError::Decode(format!("a submission's status `{status}`")))?,
        assignee: row.get(9)?,
        note: row.get(10)?,
        created_at: row.get(11)?,
        deleted_after: row.get(12)?,
    })
}
