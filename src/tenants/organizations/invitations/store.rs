//! SQL of invitations.

use ground::{
    db::{Bound, Conn, DbError, Filter, Json, Row, Sql, Tenant, TenantSql, Tx},
    words::{EmailAddress, InvitationId, SiteId},
};

use super::{Invitation, accepting::Joined};

const INSERT: TenantSql = TenantSql::new(
    "insert into invitations (organization_id, id, email, email_folded, role, site_ids, token_hash, invited_by, created_at, expires_at)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
);

/// Adds an invitation.
pub fn insert(tx: &Tx, tenant: &impl Tenant, invitation: &Invitation, token_hash: &str) -> Result<(), DbError> {
    tx.execute(INSERT.of(
        tenant,
        (
            invitation.id,
            &invitation.email,
            invitation.email.folded(),
            invitation.role,
            invitation.sites.as_ref().map(Json),
            token_hash,
            &invitation.invited_by,
            invitation.created_at,
            invitation.expires_at,
        ),
    ))
    .map(drop)
}

const SELECT: &str = "select id, email, role, site_ids, invited_by, created_at, expires_at from invitations";

/// Neither accepted nor withdrawn; an expired one still holds its place in the unique index.
fn open(tenant: &impl Tenant) -> Filter {
    Filter::of(tenant, "invitations").and_that("accepted_at is null").and_that("revoked_at is null")
}

fn newest_first(filter: Filter) -> Bound {
    filter.statement(SELECT, "order by id desc", ())
}

/// Invitations that wait and are still good, the newest first.
pub fn waiting(conn: &Conn, tenant: &impl Tenant) -> Result<Vec<Invitation>, DbError> {
    conn.list(newest_first(open(tenant).and("expires_at > ?", conn.now())), invitation)
}

/// The open invitation with this id.
pub fn waiting_by_id(conn: &Conn, tenant: &impl Tenant, id: InvitationId) -> Result<Option<Invitation>, DbError> {
    conn.optional(newest_first(open(tenant).and("id = ?", id)), invitation)
}

/// The open invitation of this address (`invitations_organization_id_email_folded_key`).
pub fn waiting_for(conn: &Conn, tenant: &impl Tenant, email: &EmailAddress) -> Result<Option<Invitation>, DbError> {
    conn.optional(newest_first(open(tenant).and("email_folded = ?", email.folded())), invitation)
}

const COUNT: TenantSql = TenantSql::new(
    "select count(*) from invitations
     where organization_id = ?1 and accepted_at is null and revoked_at is null and expires_at > ?2",
);

/// How many wait and are still good.
pub fn count_waiting(conn: &Conn, tenant: &impl Tenant) -> Result<i64, DbError> {
    conn.one(COUNT.of(tenant, (conn.now(),)), |row| row.get(0))
}

const REVOKE: TenantSql = TenantSql::new(
    "update invitations set revoked_at = ?3
     where organization_id = ?1 and id = ?2 and accepted_at is null and revoked_at is null",
);

/// Withdraws an open invitation.
pub fn revoke(tx: &Tx, tenant: &impl Tenant, id: InvitationId) -> Result<(), DbError> {
    tx.execute(REVOKE.of(tenant, (id, tx.now()))).map(drop)
}

const ACCEPT: TenantSql = TenantSql::new(
    "update invitations set accepted_at = ?3
     where organization_id = ?1 and id = ?2 and accepted_at is null and revoked_at is null",
);

/// Uses an open invitation up.
pub fn accept(tx: &Tx, tenant: &impl Tenant, id: InvitationId) -> Result<(), DbError> {
    tx.execute(ACCEPT.of(tenant, (id, tx.now()))).map(drop)
}

const BY_TOKEN: Sql = Sql::platform(
    "select invitations.id, invitations.email, invitations.role, invitations.site_ids, invitations.invited_by,
            invitations.created_at, invitations.expires_at, organizations.id, organizations.name, organizations.slug
     from invitations join organizations on organizations.id = invitations.organization_id
     where invitations.token_hash = ?1 and invitations.accepted_at is null and invitations.revoked_at is null
       and invitations.expires_at > ?2 and organizations.suspended_at is null",
    "whoever opens a link is in no organization yet; the token names it",
);

/// The invitation that a token opens, if it is still good (`invitations_token_hash_key`).
pub fn open_by_token(conn: &Conn, token_hash: &str) -> Result<Option<(Invitation, Joined)>, DbError> {
    conn.optional(BY_TOKEN.with((token_hash, conn.now())), |row| {
        Ok((invitation(row)?, Joined { id: row.get(7)?, name: row.get(8)?, slug: row.get(9)? }))
    })
}

fn invitation(row: &Row) -> Result<Invitation, DbError> {
    let sites: Option<Json<Vec<SiteId>>> = row.get(3)?;
    Ok(Invitation {
        id: row.get(0)?,
        email: row.get(1)?,
        role: row.get(2)?,
        sites: sites.map(|Json(sites)| sites),
        invited_by: row.get(4)?,
        created_at: row.get(5)?,
        expires_at: row.get(6)?,
    })
}
