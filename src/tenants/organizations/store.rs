//! SQL of organizations. Their own rows carry no `organization_id`; the id is bound from a scope or asked by the operator.

use ground::{
    db::{Conn, DbError, Json, Row, Sql, Tx},
    words::{OrganizationId, Slug},
};
use serde::Serialize;

use super::Organization;

const OWN_ROW: &str = "the row is the organization itself; its id comes from a scope or from the operator";

const INSERT: Sql = Sql::platform(
    "insert into organizations (id, name, slug, time_zone, currency, default_locale, locales, suspended_at, created_at, updated_at)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    OWN_ROW,
);

/// Adds an organization. `organizations_slug_key` refuses a second one with its slug.
pub fn insert(tx: &Tx, organization: &Organization) -> Result<(), DbError> {
    tx.execute(INSERT.with((
        organization.id,
        &organization.name,
        &organization.slug,
        &organization.time_zone,
        &organization.currency,
        &organization.default_locale,
        Json(&organization.locales),
        organization.suspended_at,
        organization.created_at,
        organization.updated_at,
    )))
    .map(drop)
}

const UPDATE: Sql = Sql::platform(
    "update organizations
     set name = ?2, time_zone = ?3, currency = ?4, default_locale = ?5, locales = ?6, suspended_at = ?7, updated_at = ?8
     where id = ?1",
    OWN_ROW,
);

/// Writes everything but the slug.
pub fn update(tx: &Tx, organization: &Organization) -> Result<(), DbError> {
    tx.execute(UPDATE.with((
        organization.id,
        &organization.name,
        &organization.time_zone,
        &organization.currency,
        &organization.default_locale,
        Json(&organization.locales),
        organization.suspended_at,
        organization.updated_at,
    )))
    .map(drop)
}

const BY_ID: Sql = Sql::platform(
    "select id, name, slug, time_zone, currency, default_locale, locales, suspended_at, created_at, updated_at
     from organizations where id = ?1",
    OWN_ROW,
);

/// The organization with this id.
pub fn by_id(conn: &Conn, id: OrganizationId) -> Result<Option<Organization>, DbError> {
    conn.optional(BY_ID.with((id,)), organization)
}

const BY_SLUG: Sql = Sql::platform(
    "select id, name, slug, time_zone, currency, default_locale, locales, suspended_at, created_at, updated_at
     from organizations where slug = ?1",
    OWN_ROW,
);

/// The organization with this slug (`organizations_slug_key`).
pub fn by_slug(conn: &Conn, slug: &Slug) -> Result<Option<Organization>, DbError> {
    conn.optional(BY_SLUG.with((slug,)), organization)
}

/// An organization as the operator sees it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Counted {
    /// The organization.
    #[serde(flatten)]
    pub organization: Organization,
    /// How many members it has.
    pub members: i64,
    /// How many sites it has.
    pub sites: i64,
}

const OPERATOR: &str = "the platform's operator lists all organizations";

const COUNT: Sql = Sql::platform(
    "select count(*) from organizations
     where cast(?1 as text) is null or lower(name) like ?1 or slug like ?1",
    OPERATOR,
);

const LIST: Sql = Sql::platform(
    "select id, name, slug, time_zone, currency, default_locale, locales, suspended_at, created_at, updated_at,
            (select count(*) from members where members.organization_id = organizations.id),
            (select count(*) from sites where sites.organization_id = organizations.id)
     from organizations
     where cast(?1 as text) is null or lower(name) like ?1 or slug like ?1
     order by name, id
     limit ?2 offset ?3",
    OPERATOR,
);

/// One page of all organizations, and how many there are.
pub fn list(conn: &Conn, pattern: Option<&str>, limit: i64, offset: i64) -> Result<(u64, Vec<Counted>), DbError> {
    let count: i64 = conn.one(COUNT.with((pattern,)), |row| row.get(0))?;
    let found = conn.list(LIST.with((pattern, limit, offset)), |row| {
        Ok(Counted { organization: organization(row)?, members: row.get(10)?, sites: row.get(11)? })
    })?;
    Ok((count.unsigned_abs(), found))
}

fn organization(row: &Row) -> Result<Organization, DbError> {
    let Json(locales) = row.get(6)?;
    Ok(Organization {
        id: row.get(0)?,
        name: row.get(1)?,
        slug: row.get(2)?,
        time_zone: row.get(3)?,
        currency: row.get(4)?,
        default_locale: row.get(5)?,
        locales,
        suspended_at: row.get(7)?,
        created_at: row.get(8)?,
        updated_at: row.get(9)?,
    })
}
