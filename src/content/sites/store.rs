//! SQL of sites.

use ground::{
    db::{Bound, Conn, DbError, Filter, Json, Row, Sql, Tenant, TenantSql, Tx},
    words::{DomainName, Locale, OrganizationId, SiteId, Slug, TimeZoneName},
};

use super::{Languages, Site, SiteHost, SiteStatus};

const SELECT: &str = "select id, name, slug, domain, status, default_locale, locales, time_zone, currency, settings,
        content_version, created_at, updated_at, languages, former_locales
     from sites";

const INSERT: TenantSql = TenantSql::new(
    "insert into sites (organization_id, id, name, slug, domain, status, default_locale, locales, time_zone, currency,
        settings, content_version, created_at, updated_at, languages, former_locales)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
);

/// Adds a site.
pub fn insert(tx: &Tx, tenant: &impl Tenant, site: &Site) -> Result<u64, DbError> {
    tx.execute(INSERT.of(
        tenant,
        (
            site.id,
            &site.name,
            &site.slug,
            &site.domain,
            site.status.as_str(),
            &site.default_locale,
            Json(&site.locales),
            &site.time_zone,
            &site.currency,
            Json(&site.settings),
            site.content_version,
            site.created_at,
            site.updated_at,
            Json(&site.languages),
            Json(&site.former_locales),
        ),
    ))
}

const UPDATE: TenantSql = TenantSql::new(
    "update sites
     set name = ?3, slug = ?4, domain = ?5, status = ?6, default_locale = ?7, locales = ?8, time_zone = ?9,
        currency = ?10, settings = ?11, updated_at = ?12, languages = ?13, former_locales = ?14,
        content_version = content_version + 1
     where organization_id = ?1 and id = ?2
     returning content_version",
);

/// Writes what may change of a site and starts a new version of what visitors see; answers its number.
pub fn update(tx: &Tx, tenant: &impl Tenant, site: &Site) -> Result<i64, DbError> {
    let bound = UPDATE.of(
        tenant,
        (
            site.id,
            &site.name,
            &site.slug,
            &site.domain,
            site.status.as_str(),
            &site.default_locale,
            Json(&site.locales),
            &site.time_zone,
            &site.currency,
            Json(&site.settings),
            site.updated_at,
            Json(&site.languages),
            Json(&site.former_locales),
        ),
    );
    tx.one(bound, |row| row.get(0))
}

const TOUCH: TenantSql = TenantSql::new(
    "update sites set content_version = content_version + 1 where organization_id = ?1 and id = ?2
     returning default_locale, locales, languages, former_locales",
);

/// Starts a new version of what visitors see: every cached answer of the old one is stale from the commit on. Answers the
/// site's languages, which whoever publishes needs.
pub fn touch(tx: &Tx, tenant: &impl Tenant, site: SiteId) -> Result<Option<Languages>, DbError> {
    tx.optional(TOUCH.of(tenant, (site,)), in_languages)
}

// The views first: their foreign key starts with other columns than their primary key.
const DELETE_VIEWS: TenantSql = TenantSql::new("delete from views where organization_id = ?1 and site_id = ?2");
const DELETE: TenantSql = TenantSql::new("delete from sites where organization_id = ?1 and id = ?2");

/// Removes a site and, by its foreign keys, all of its content.
pub fn delete(tx: &Tx, tenant: &impl Tenant, site: SiteId) -> Result<(), DbError> {
    tx.execute(DELETE_VIEWS.of(tenant, (site,)))?;
    tx.execute(DELETE.of(tenant, (site,))).map(|_| ())
}

const COUNT: TenantSql = TenantSql::new("select count(*) from sites where organization_id = ?1");

/// How many there are.
pub fn count(conn: &Conn, tenant: &impl Tenant) -> Result<u64, DbError> {
    conn.one(COUNT.of(tenant, ()), |row| row.get::<i64>(0)).map(i64::unsigned_abs)
}

/// The site with this id.
pub fn by_id(conn: &Conn, tenant: &impl Tenant, id: SiteId) -> Result<Option<Site>, DbError> {
    conn.optional(asked(Filter::of(tenant, "sites").and("id = ?", id)), site)
}

const IS_BEING_COPIED: TenantSql =
    TenantSql::new("select 1 from site_copies where organization_id = ?1 and site_id = ?2 and state = 'copying'");

/// Whether entries are still on their way to the site from the one that it is a copy of.
pub fn is_being_copied(conn: &Conn, tenant: &impl Tenant, id: SiteId) -> Result<bool, DbError> {
    conn.optional(IS_BEING_COPIED.of(tenant, (id,)), |_| Ok(())).map(|found| found.is_some())
}

const LANGUAGES: TenantSql = TenantSql::new(
    "select default_locale, locales, languages, former_locales from sites where organization_id = ?1 and id = ?2",
);

/// The languages of the site with this id.
pub fn languages(conn: &Conn, tenant: &impl Tenant, id: SiteId) -> Result<Option<Languages>, DbError> {
    conn.optional(LANGUAGES.of(tenant, (id,)), in_languages)
}

const TIME_ZONE: TenantSql = TenantSql::new("select time_zone from sites where organization_id = ?1 and id = ?2");

/// The time zone of the site with this id.
pub fn time_zone(conn: &Conn, tenant: &impl Tenant, id: SiteId) -> Result<Option<TimeZoneName>, DbError> {
    conn.optional(TIME_ZONE.of(tenant, (id,)), |row| row.get(0))
}

fn in_languages(row: &Row) -> Result<Languages, DbError> {
    Ok(Languages {
        default: row.get(0)?,
        offered: row.get::<Json<Vec<Locale>>>(1)?.0,
        settings: row.get::<Json<_>>(2)?.0,
        former: row.get::<Json<_>>(3)?.0,
    })
}

const TITLE_AT_ROOT: TenantSql = TenantSql::new(
    "select title from entries
     where organization_id = ?1 and site_id = ?2 and type = 'page' and slug = ?3 and deleted_at is null",
);

/// What the page is called that has this address at the root of a site.
pub fn title_at_root(conn: &Conn, tenant: &impl Tenant, site: SiteId, slug: &str) -> Result<Option<String>, DbError> {
    conn.optional(TITLE_AT_ROOT.of(tenant, (site, slug)), |row| row.get(0))
}

/// The site with this slug (`sites_organization_id_slug_key`).
pub fn by_slug(conn: &Conn, tenant: &impl Tenant, slug: &Slug) -> Result<Option<Site>, DbError> {
    conn.optional(asked(Filter::of(tenant, "sites").and("slug = ?", slug)), site)
}

/// All sites by name.
pub fn list(conn: &Conn, tenant: &impl Tenant) -> Result<Vec<Site>, DbError> {
    conn.list(asked(Filter::of(tenant, "sites")), site)
}

/// The published sites by name; of one domain only, if it is given.
pub fn published(conn: &Conn, tenant: &impl Tenant, domain: Option<&DomainName>) -> Result<Vec<Site>, DbError> {
    let filter = Filter::of(tenant, "sites").and_that("status = 'published'").and_some(
        "(domain = ? or id in (select site_id from site_domains where site_domains.organization_id = sites.organization_id
            and site_domains.domain = ?))",
        domain,
    );
    conn.list(asked(filter), site)
}

const PUBLISHED_BY_NAME: TenantSql = TenantSql::new(
    "select id, name, slug, domain, status, default_locale, locales, time_zone, currency, settings,
        content_version, created_at, updated_at, languages, former_locales
     from sites
     where organization_id = ?1 and status = 'published' and (domain = ?2 or id = ?2 or slug = ?2
        or id in (select site_id from site_domains where site_domains.organization_id = ?1 and site_domains.domain = ?2))
     order by case when domain = ?2 then 0 when id = ?2 then 1 when slug = ?2 then 2 else 0 end
     limit 1",
);

/// The published site whose domain, id or slug this is, in this order; a domain may be that of one language.
pub fn published_by_name(conn: &Conn, tenant: &impl Tenant, name: &str) -> Result<Option<Site>, DbError> {
    conn.optional(PUBLISHED_BY_NAME.of(tenant, (name,)), site)
}

const HOSTS: Sql = Sql::platform(
    "select sites.domain, sites.id, sites.organization_id, sites.status, null from sites
     join organizations on organizations.id = sites.organization_id
     where sites.domain is not null and organizations.suspended_at is null
     union all
     select site_domains.domain, sites.id, sites.organization_id, sites.status, site_domains.locale from site_domains
     join sites on sites.organization_id = site_domains.organization_id and sites.id = site_domains.site_id
     join organizations on organizations.id = sites.organization_id
     where organizations.suspended_at is null",
    "a request names a host, and the host says whose site it is",
);

/// Every domain under which a site can be asked for.
pub fn hosts(conn: &Conn) -> Result<Vec<SiteHost>, DbError> {
    conn.list(HOSTS.with(()), |row| {
        let status = SiteStatus::from_stored(&row.get::<String>(3)?)?;
        Ok(SiteHost {
            domain: row.get(0)?,
            site: row.get(1)?,
            organization: row.get(2)?,
            is_published: status == SiteStatus::Published,
            locale: row.get(4)?,
        })
    })
}

const DELETE_DOMAINS: TenantSql =
    TenantSql::new("delete from site_domains where organization_id = ?1 and site_id = ?2");

/// Forgets the domains of a site's languages.
pub fn delete_domains(tx: &Tx, tenant: &impl Tenant, site: SiteId) -> Result<(), DbError> {
    tx.execute(DELETE_DOMAINS.of(tenant, (site,))).map(|_| ())
}

const INSERT_DOMAIN: TenantSql = TenantSql::new(
    "insert into site_domains (organization_id, domain, site_id, locale) values (?1, ?2, ?3, ?4)
     on conflict do nothing",
);

/// Notes the domain of a language; false where another has it.
pub fn insert_domain(
    tx: &Tx,
    tenant: &impl Tenant,
    site: SiteId,
    locale: &Locale,
    domain: &DomainName,
) -> Result<bool, DbError> {
    tx.execute(INSERT_DOMAIN.of(tenant, (domain, site, locale))).map(|rows| rows == 1)
}

const IS_DOMAIN_OF_SITE: Sql =
    Sql::platform("select 1 from sites where domain = ?1", "a domain is one site's on the whole platform");
const IS_DOMAIN_OF_LANGUAGE: Sql =
    Sql::platform("select 1 from site_domains where domain = ?1", "a domain is one site's on the whole platform");

/// Whether a site of anybody has this domain for all of its languages (`sites_domain_key`).
pub fn is_domain_of_site(conn: &Conn, domain: &DomainName) -> Result<bool, DbError> {
    conn.optional(IS_DOMAIN_OF_SITE.with((domain,)), |_| Ok(())).map(|found| found.is_some())
}

/// Whether a site of anybody has this domain for one language (`site_domains_domain_key`).
pub fn is_domain_of_language(conn: &Conn, domain: &DomainName) -> Result<bool, DbError> {
    conn.optional(IS_DOMAIN_OF_LANGUAGE.with((domain,)), |_| Ok(())).map(|found| found.is_some())
}

const OWNERS: Sql = Sql::platform(
    "select organization_id, id from sites where id = ?1 or slug = ?1 order by organization_id limit ?2",
    "an address names a site; whether the reader is a member of its organization is asked next",
);

/// The sites of all organizations that go by this id or slug, with whose they are.
pub fn owners(conn: &Conn, name: &str, limit: u32) -> Result<Vec<(OrganizationId, SiteId)>, DbError> {
    conn.list(OWNERS.with((name, limit)), |row| Ok((row.get(0)?, row.get(1)?)))
}

const OWNER_OF_DOMAIN: Sql = Sql::platform(
    "select organization_id, id from sites where domain = ?1
     union all
     select organization_id, site_id from site_domains where domain = ?1",
    "a domain is one site's on the whole platform: whoever wants it learns whether it is free",
);

/// Whose site has this domain, as a whole or in one language (`sites_domain_key`, `site_domains_domain_key`).
pub fn owner_of_domain(conn: &Conn, domain: &DomainName) -> Result<Option<(OrganizationId, SiteId)>, DbError> {
    conn.optional(OWNER_OF_DOMAIN.with((domain,)), |row| Ok((row.get(0)?, row.get(1)?)))
}

const PUBLISHED_LOCALES: TenantSql =
    TenantSql::new("select distinct locale from views where organization_id = ?1 and site_id = ?2");

/// The languages in which something of the site is published.
pub fn published_locales(conn: &Conn, tenant: &impl Tenant, site: SiteId) -> Result<Vec<Locale>, DbError> {
    conn.list(PUBLISHED_LOCALES.of(tenant, (site,)), |row| row.get(0))
}

fn asked(filter: Filter) -> Bound {
    filter.statement(SELECT, "order by name, id", ())
}

fn site(row: &Row) -> Result<Site, DbError> {
    Ok(Site {
        id: row.get(0)?,
        name: row.get(1)?,
        slug: row.get(2)?,
        domain: row.get(3)?,
        status: SiteStatus::from_stored(&row.get::<String>(4)?)?,
        default_locale: row.get(5)?,
        locales: row.get::<Json<Vec<Locale>>>(6)?.0,
        time_zone: row.get(7)?,
        currency: row.get(8)?,
        settings: row.get::<Json<_>>(9)?.0,
        content_version: row.get(10)?,
        created_at: row.get(11)?,
        updated_at: row.get(12)?,
        languages: row.get::<Json<_>>(13)?.0,
        former_locales: row.get::<Json<_>>(14)?.0,
    })
}

impl SiteStatus {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
        }
    }

    fn from_stored(text: &str) -> Result<Self, DbError> {
        match text {
            "draft" => Ok(Self::Draft),
            "published" => Ok(Self::Published),
            other => Err(DbError::Decode(format!("`{other}` is no status of a site"))),
        }
    }
}
