//! SQL of members and of the sites they are restricted to.

use ground::{
    db::{Bound, Conn, DbError, Filter, Row, Sql, Tenant, TenantSql, Tx},
    words::{MemberId, OrganizationId, SiteId, UserId},
};

use super::{Member, MemberUser, Membership};

const ACTIVE: Sql = Sql::platform(
    "select members.organization_id, members.id, members.role, members.is_restricted, member_sites.site_id
     from members
     join organizations on organizations.id = members.organization_id
     left join member_sites
       on member_sites.organization_id = members.organization_id and member_sites.member_id = members.id
     where members.user_id = ?1 and (cast(?2 as text) is null or members.organization_id = ?2)
       and members.suspended_at is null and organizations.suspended_at is null
     order by members.organization_id",
    "finds out in which organization a signed-in person acts; the proof does not exist yet",
);

/// The user's memberships that count now, in the wanted organization or in all (`members_user_id_index`). Neither the
/// membership nor the organization is suspended.
pub fn active_memberships(
    conn: &Conn,
    user: UserId,
    wanted: Option<OrganizationId>,
) -> Result<Vec<Membership>, DbError> {
    let rows = conn.list(ACTIVE.with((user, wanted)), |row| {
        let is_restricted: bool = row.get(3)?;
        let membership = Membership {
            organization: row.get(0)?,
            member: row.get(1)?,
            role: row.get(2)?,
            sites: is_restricted.then(Vec::new),
        };
        Ok((membership, row.get::<Option<SiteId>>(4)?))
    })?;
    let mut memberships: Vec<Membership> = Vec::new();
    for (membership, site) in rows {
        if memberships.last().is_none_or(|last| last.member != membership.member) {
            memberships.push(membership);
        }
        if let Some(sites) = memberships.last_mut().and_then(|last| last.sites.as_mut()) {
            sites.extend(site);
        }
    }
    Ok(memberships)
}

const SELECT: &str = "select members.id, users.id, users.email, users.name, members.role, members.is_restricted,
        members.suspended_at, members.created_at
     from members join users on users.id = members.user_id";

fn asked(filter: Filter) -> Bound {
    filter.statement(SELECT, "order by members.id", ())
}

/// All members with their sites.
pub fn list(conn: &Conn, tenant: &impl Tenant) -> Result<Vec<Member>, DbError> {
    found(conn, tenant, Filter::of(tenant, "members"))
}

/// The member with this id.
pub fn by_id(conn: &Conn, tenant: &impl Tenant, id: MemberId) -> Result<Option<Member>, DbError> {
    found(conn, tenant, Filter::of(tenant, "members").and("members.id = ?", id))
        .map(|members| members.into_iter().next())
}

/// The user's membership (`members_organization_id_user_id_key`).
pub fn by_user(conn: &Conn, tenant: &impl Tenant, user: UserId) -> Result<Option<Member>, DbError> {
    found(conn, tenant, Filter::of(tenant, "members").and("members.user_id = ?", user))
        .map(|members| members.into_iter().next())
}

fn found(conn: &Conn, tenant: &impl Tenant, filter: Filter) -> Result<Vec<Member>, DbError> {
    let mut members = conn.list(asked(filter), member)?;
    for member in members.iter_mut().filter(|member| member.sites.is_some()) {
        member.sites = Some(sites_of(conn, tenant, member.id)?);
    }
    Ok(members)
}

const SITES: TenantSql =
    TenantSql::new("select site_id from member_sites where organization_id = ?1 and member_id = ?2 order by site_id");

fn sites_of(conn: &Conn, tenant: &impl Tenant, id: MemberId) -> Result<Vec<SiteId>, DbError> {
    conn.list(SITES.of(tenant, (id,)), |row| row.get(0))
}

const INSERT: TenantSql = TenantSql::new(
    "insert into members (organization_id, id, user_id, role, is_restricted, suspended_at, created_at, updated_at)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)",
);

/// Adds a member. `members_organization_id_user_id_key` refuses a second membership of the same person.
pub fn insert(tx: &Tx, tenant: &impl Tenant, member: &Member) -> Result<(), DbError> {
    let is_restricted = member.sites.is_some();
    tx.execute(
        INSERT.of(
            tenant,
            (member.id, member.user.id, member.role, is_restricted, member.suspended_at, member.created_at),
        ),
    )
    .map(drop)
}

const UPDATE: TenantSql = TenantSql::new(
    "update members set role = ?3, is_restricted = ?4, suspended_at = ?5, updated_at = ?6
     where organization_id = ?1 and id = ?2",
);

/// Writes role, restriction and suspension.
pub fn update(tx: &Tx, tenant: &impl Tenant, member: &Member) -> Result<(), DbError> {
    let is_restricted = member.sites.is_some();
    tx.execute(UPDATE.of(tenant, (member.id, member.role, is_restricted, member.suspended_at, tx.now()))).map(drop)
}

const CLEAR_SITES: TenantSql = TenantSql::new("delete from member_sites where organization_id = ?1 and member_id = ?2");
const ADD_SITE: TenantSql =
    TenantSql::new("insert into member_sites (organization_id, member_id, site_id) values (?1, ?2, ?3)");

/// Replaces the sites that a member is restricted to.
pub fn set_sites(tx: &Tx, tenant: &impl Tenant, id: MemberId, sites: &[SiteId]) -> Result<(), DbError> {
    tx.execute(CLEAR_SITES.of(tenant, (id,)))?;
    for site in sites {
        tx.execute(ADD_SITE.of(tenant, (id, *site)))?;
    }
    Ok(())
}

const REMOVE: TenantSql = TenantSql::new("delete from members where organization_id = ?1 and id = ?2");

/// Removes a member with their restriction.
pub fn remove(tx: &Tx, tenant: &impl Tenant, id: MemberId) -> Result<(), DbError> {
    tx.execute(REMOVE.of(tenant, (id,))).map(drop)
}

const OTHER_OWNERS: TenantSql = TenantSql::new(
    "select count(*) from members join users on users.id = members.user_id
     where members.organization_id = ?1 and members.id <> ?2 and members.role = 'owner'
       and members.suspended_at is null and users.is_active = 1",
);

/// How many owners can sign in besides this one.
pub fn other_owners(conn: &Conn, tenant: &impl Tenant, id: MemberId) -> Result<i64, DbError> {
    conn.one(OTHER_OWNERS.of(tenant, (id,)), |row| row.get(0))
}

/// Those of the sites that are this organization's.
pub fn known_sites(conn: &Conn, tenant: &impl Tenant, sites: &[SiteId]) -> Result<Vec<SiteId>, DbError> {
    let asked = Filter::of(tenant, "sites").and_in("id", sites).statement("select id from sites", "", ());
    conn.list(asked, |row| row.get(0))
}

fn member(row: &Row) -> Result<Member, DbError> {
    let is_restricted: bool = row.get(5)?;
    Ok(Member {
        id: row.get(0)?,
        user: MemberUser { id: row.get(1)?, email: row.get(2)?, name: row.get(3)? },
        role: row.get(4)?,
        sites: is_restricted.then(Vec::new),
        suspended_at: row.get(6)?,
        created_at: row.get(7)?,
    })
}
