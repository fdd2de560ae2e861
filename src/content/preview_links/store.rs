//! SQL of preview links.

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, Filter, Row, Sql, Tenant, TenantSql, Tx},
    words::{PreviewLinkId, SiteId},
};

use super::{Opened, PreviewLink, Shows};

const INSERT: TenantSql = TenantSql::new(
    "insert into preview_links (organization_id, id, site_id, entry_id, locale, revision, as_of, shows, token_hash,
        password_hash, created_by, created_at, expires_at, use_count)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 0)",
);

/// Adds a link.
pub fn insert(
    tx: &Tx,
    tenant: &impl Tenant,
    link: &PreviewLink,
    token_hash: &str,
    password_hash: Option<&str>,
) -> Result<(), DbError> {
    let row = (
        link.id,
        link.site_id,
        link.entry,
        link.locale.as_ref(),
        link.revision,
        link.as_of,
        link.shows.as_str(),
        token_hash,
        password_hash,
        &link.created_by,
        link.created_at,
        link.expires_at,
    );
    tx.execute(INSERT.of(tenant, row)).map(drop)
}

macro_rules! select {
    ($also:literal) => {
        concat!(
            "select preview_links.id, preview_links.site_id, preview_links.entry_id, preview_links.locale,
                preview_links.revision, preview_links.as_of, preview_links.shows, preview_links.password_hash,
                preview_links.created_by, preview_links.created_at, preview_links.expires_at,
                preview_links.withdrawn_at, preview_links.use_count, preview_links.last_used_at",
            $also,
            " from preview_links"
        )
    };
}

/// The links of a site that did not end before `since`, the newest first (`preview_links_site_index`).
pub fn list(conn: &Conn, tenant: &impl Tenant, site: SiteId, since: Timestamp) -> Result<Vec<PreviewLink>, DbError> {
    let filter = Filter::of(tenant, "preview_links").and("site_id = ?", site).and("expires_at > ?", since);
    conn.list(filter.statement(select!(""), "order by id desc", ()), link)
}

/// The link with this id in this site.
pub fn by_id(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    id: PreviewLinkId,
) -> Result<Option<PreviewLink>, DbError> {
    let filter = Filter::of(tenant, "preview_links").and("id = ?", id).and("site_id = ?", site);
    conn.optional(filter.statement(select!(""), "", ()), link)
}

const BY_TOKEN: Sql = Sql::platform(
    concat!(
        select!(", preview_links.organization_id"),
        " join organizations on organizations.id = preview_links.organization_id
          where preview_links.token_hash = ?1 and organizations.suspended_at is null"
    ),
    "a link names itself by its token, and the token says whose it is",
);

/// The link of this token, with whose it is (`preview_links_token_hash_key`).
pub fn by_token(conn: &Conn, token_hash: &str) -> Result<Option<Opened>, DbError> {
    conn.optional(BY_TOKEN.with((token_hash,)), |row| {
        Ok(Opened { link: link(row)?, organization: row.get(14)?, password_hash: row.get(7)? })
    })
}

const COUNT_GOOD: TenantSql = TenantSql::new(
    "select count(*) from preview_links
     where organization_id = ?1 and site_id = ?2 and withdrawn_at is null and expires_at > ?3",
);

/// How many links of a site are good at this instant.
pub fn count_good(conn: &Conn, tenant: &impl Tenant, site: SiteId, at: Timestamp) -> Result<u64, DbError> {
    conn.one(COUNT_GOOD.of(tenant, (site, at)), |row| row.get::<i64>(0)).map(i64::unsigned_abs)
}

const WITHDRAW: TenantSql = TenantSql::new(
    "update preview_links set withdrawn_at = ?3 where organization_id = ?1 and id = ?2 and withdrawn_at is null",
);

/// Ends a link.
pub fn withdraw(tx: &Tx, tenant: &impl Tenant, id: PreviewLinkId, at: Timestamp) -> Result<(), DbError> {
    tx.execute(WITHDRAW.of(tenant, (id, at))).map(drop)
}

const NOTE_USE: TenantSql = TenantSql::new(
    "update preview_links set use_count = use_count + 1, last_used_at = ?3 where organization_id = ?1 and id = ?2",
);

/// Counts a use.
pub fn note_use(tx: &Tx, tenant: &impl Tenant, id: PreviewLinkId, at: Timestamp) -> Result<(), DbError> {
    tx.execute(NOTE_USE.of(tenant, (id, at))).map(drop)
}

fn link(row: &Row) -> Result<PreviewLink, DbError> {
    Ok(PreviewLink {
        id: row.get(0)?,
        site_id: row.get(1)?,
        entry: row.get(2)?,
        locale: row.get(3)?,
        revision: row.get(4)?,
        as_of: row.get(5)?,
        shows: Shows::from_stored(&row.get::<String>(6)?)?,
        has_password: row.get::<Option<String>>(7)?.is_some(),
        created_by: row.get(8)?,
        created_at: row.get(9)?,
        expires_at: row.get(10)?,
        withdrawn_at: row.get(11)?,
        use_count: row.get(12)?,
        last_used_at: row.get(13)?,
    })
}

impl Shows {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Drafts => "drafts",
            Self::Published => "published",
        }
    }

    fn from_stored(text: &str) -> Result<Self, DbError> {
        match text {
            "drafts" => Ok(Self::Drafts),
            "published" => Ok(Self::Published),
            other => Err(DbError::Decode(format!("`{other}` is nothing that a preview link shows"))),
        }
    }
}
