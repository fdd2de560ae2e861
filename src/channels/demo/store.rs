//! What the sample group asks of the platform as a whole.

use ground::{
    db::{Conn, DbError, Sql},
    words::DomainName,
};

const DOMAIN_TAKEN: Sql =
    Sql::platform("select 1 from sites where domain = ?1", "a domain leads to one site of the whole platform");

/// Whether no organization has a site under this domain (`sites_domain_key`).
pub fn domain_is_free(conn: &Conn, domain: &DomainName) -> Result<bool, DbError> {
    Ok(conn.optional(DOMAIN_TAKEN.with((domain,)), |row| row.get::<i64>(0))?.is_none())
}
