//! Users: found by id or by folded address, listed for the operator, changed one fact at a time.

use ground::{
    db::{Conn, DbError, Row, Sql, Tx},
    words::{EmailAddress, OrganizationId, SiteId, Slug, UserId},
};

use super::WHY;
use crate::{
    accounts::{
        memberships::{MemberOrganization, Membership},
        passwords::PasswordHash,
        users::{Credentials, User},
    },
    permissions::Role,
};

const BY_ID: Sql = Sql::platform(
    "select id, email, name, is_superuser, is_active, email_verified_at, totp_confirmed_at, created_at
     from users
     where id = ?1",
    WHY,
);

/// The user with this id.
pub fn by_id(conn: &Conn, id: UserId) -> Result<Option<User>, DbError> {
    conn.optional(BY_ID.with((id,)), user)
}

const BY_EMAIL: Sql = Sql::platform(
    "select id, email, name, is_superuser, is_active, email_verified_at, totp_confirmed_at, created_at
     from users
     where email_folded = ?1",
    WHY,
);

/// The user with this address, however it is spelled (`users_email_folded_key`).
pub fn by_email(conn: &Conn, email: &EmailAddress) -> Result<Option<User>, DbError> {
    conn.optional(BY_EMAIL.with((email.folded(),)), user)
}

const CREDENTIALS_BY_EMAIL: Sql = Sql::platform(
    "select id, email, name, is_superuser, is_active, email_verified_at, totp_confirmed_at, created_at,
            password_hash, totp_secret, totp_last_step
     from users
     where email_folded = ?1",
    WHY,
);

/// What proves the user with this address (`users_email_folded_key`).
pub fn credentials_by_email(conn: &Conn, email: &EmailAddress) -> Result<Option<Credentials>, DbError> {
    conn.optional(CREDENTIALS_BY_EMAIL.with((email.folded(),)), credentials_in)
}

const CREDENTIALS: Sql = Sql::platform(
    "select id, email, name, is_superuser, is_active, email_verified_at, totp_confirmed_at, created_at,
            password_hash, totp_secret, totp_last_step
     from users
     where id = ?1",
    WHY,
);

/// What proves the user with this id.
pub fn credentials(conn: &Conn, id: UserId) -> Result<Credentials, DbError> {
    conn.one(CREDENTIALS.with((id,)), credentials_in)
}

const INSERT: Sql = Sql::platform(
    "insert into users (id, email, email_folded, name, password_hash, is_superuser, is_active, email_verified_at, created_at, updated_at)
     values (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?8, ?8)",
    WHY,
);

/// Adds the user. `users_email_folded_key` refuses a second account with the same address.
pub fn insert(tx: &Tx, user: &User, password: &PasswordHash) -> Result<(), DbError> {
    let folded = user.email.folded();
    tx.execute(INSERT.with((
        user.id,
        &user.email,
        folded,
        &user.name,
        password.as_str(),
        user.is_superuser,
        user.email_verified_at,
        user.created_at,
    )))
    .map(drop)
}

const SET_PASSWORD: Sql = Sql::platform("update users set password_hash = ?2, updated_at = ?3 where id = ?1", WHY);

/// Stores another password.
pub fn set_password(tx: &Tx, id: UserId, password: &PasswordHash) -> Result<(), DbError> {
    tx.execute(SET_PASSWORD.with((id, password.as_str(), tx.now()))).map(drop)
}

const RENEW_HASH: Sql = Sql::platform("update users set password_hash = ?3 where id = ?1 and password_hash = ?2", WHY);

/// Stores the same password with today's cost, unless another was set meanwhile.
pub fn renew_hash(tx: &Tx, id: UserId, old: &str, new: &PasswordHash) -> Result<(), DbError> {
    tx.execute(RENEW_HASH.with((id, old, new.as_str()))).map(drop)
}

const MAKE_SUPERUSER: Sql =
    Sql::platform("update users set is_superuser = 1, is_active = 1, updated_at = ?2 where id = ?1", WHY);

/// Makes the user an operator of the platform, active again if suspended.
pub fn make_superuser(tx: &Tx, id: UserId) -> Result<(), DbError> {
    tx.execute(MAKE_SUPERUSER.with((id, tx.now()))).map(drop)
}

const SET_ACTIVE: Sql =
    Sql::platform("update users set is_active = ?2, updated_at = ?3 where id = ?1 and is_active <> ?2", WHY);

/// Suspends or resumes; false if it was so already.
pub fn set_active(tx: &Tx, id: UserId, is_active: bool) -> Result<bool, DbError> {
    tx.execute(SET_ACTIVE.with((id, is_active, tx.now()))).map(|rows| rows > 0)
}

const VERIFY_EMAIL: Sql = Sql::platform(
    "update users set email_verified_at = ?2, updated_at = ?2 where id = ?1 and email_verified_at is null",
    WHY,
);

/// Notes that the person reads mail at the address; false if that was known.
pub fn verify_email(tx: &Tx, id: UserId) -> Result<bool, DbError> {
    tx.execute(VERIFY_EMAIL.with((id, tx.now()))).map(|rows| rows > 0)
}

const COUNT: Sql =
    Sql::platform("select count(*) from users where cast(?1 as text) is null or email_folded like ?1", WHY);

/// How many users there are; `pattern` matches folded addresses.
pub fn count(conn: &Conn, pattern: Option<&str>) -> Result<u64, DbError> {
    let count: i64 = conn.one(COUNT.with((pattern,)), |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

const LIST: Sql = Sql::platform(
    "select id, email, name, is_superuser, is_active, email_verified_at, totp_confirmed_at, created_at
     from users
     where cast(?1 as text) is null or email_folded like ?1
     order by id
     limit ?2 offset ?3",
    WHY,
);

/// One page of all users, oldest first; `pattern` matches folded addresses.
pub fn list(conn: &Conn, pattern: Option<&str>, limit: i64, offset: i64) -> Result<Vec<User>, DbError> {
    conn.list(LIST.with((pattern, limit, offset)), user)
}

const MEMBERSHIPS: Sql = Sql::platform(
    "select members.organization_id, organizations.name, organizations.slug, members.role, members.is_restricted, member_sites.site_id
     from members
     join organizations on organizations.id = members.organization_id
     left join member_sites
       on member_sites.organization_id = members.organization_id and member_sites.member_id = members.id
     where members.user_id = ?1 and members.suspended_at is null and organizations.suspended_at is null
     order by organizations.name, organizations.id, member_sites.site_id",
    "a person's own memberships are found by the person, over all organizations",
);

/// Where the user may work now (`members_user_id_index`).
pub fn memberships(conn: &Conn, id: UserId) -> Result<Vec<Membership>, DbError> {
    let rows = conn.list(MEMBERSHIPS.with((id,)), |row| {
        let is_restricted: bool = row.get(4)?;
        let membership = Membership {
            organization: MemberOrganization {
                id: row.get::<OrganizationId>(0)?,
                name: row.get(1)?,
                slug: row.get::<Slug>(2)?,
            },
            role: row.get::<Role>(3)?,
            sites: is_restricted.then(Vec::new),
        };
        Ok((membership, row.get::<Option<SiteId>>(5)?))
    })?;
    let mut memberships: Vec<Membership> = Vec::new();
    for (membership, site) in rows {
        if memberships.last().is_none_or(|last| last.organization.id != membership.organization.id) {
            memberships.push(membership);
        }
        if let (Some(last), Some(site)) = (memberships.last_mut(), site)
            && let Some(sites) = &mut last.sites
        {
            sites.push(site);
        }
    }
    Ok(memberships)
}

const OWNER_EXISTS: Sql = Sql::platform(
    "select users.id
     from users
     where users.is_active = 1
       and (users.is_superuser = 1
            or exists (select 1 from members
                       where members.user_id = users.id and members.role = 'owner' and members.organization_id is not null))
     limit 1",
    "whether the installation has an owner at all is asked before there is an organization",
);

/// Whether someone active may set things up: an operator, or an owner of any organization.
pub fn owner_exists(conn: &Conn) -> Result<bool, DbError> {
    conn.optional(OWNER_EXISTS.with(()), |row| row.get::<UserId>(0)).map(|found| found.is_some())
}

/// The first eight columns of each statement above.
pub fn user(row: &Row) -> Result<User, DbError> {
    user_from(row, 0)
}

/// A user whose columns begin at `first`.
pub fn user_from(row: &Row, first: usize) -> Result<User, DbError> {
    Ok(User {
        id: row.get(first)?,
        email: row.get(first + 1)?,
        name: row.get(first + 2)?,
        is_superuser: row.get(first + 3)?,
        is_active: row.get(first + 4)?,
        email_verified_at: row.get(first + 5)?,
        two_factor_since: row.get(first + 6)?,
        created_at: row.get(first + 7)?,
    })
}

fn credentials_in(row: &Row) -> Result<Credentials, DbError> {
    Ok(Credentials {
        user: user(row)?,
        password_hash: row.get(8)?,
        sealed_totp_secret: row.get(9)?,
        totp_last_step: row.get(10)?,
    })
}
