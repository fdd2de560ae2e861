//! SQL of the media library.

use std::collections::HashSet;

use ground::{
    clock::Timestamp,
    db::{Bound, Conn, DbError, Filter, Json, Row, Sql, Tenant, TenantSql, Tx},
    words::{EntryId, MediaId, MemberId, OrganizationId, SiteId},
};

use super::{Made, MediaItem, MediaKind, MediaState, MediaUse, Wish};
use pictures::Focal;

const SELECT: &str =
    "select id, site_id, name, kind, content_type, extension, size, sha256, width, height, alt, decorative,
        caption, credit, focal_x, focal_y, state, problem, renditions, version, created_by, created_at,
        (select count(*) from media_uses
         join entries on entries.organization_id = media_uses.organization_id and entries.id = media_uses.entry_id
         where media_uses.organization_id = media.organization_id and media_uses.media_id = media.id
            and entries.deleted_at is null)
     from media";

const INSERT: TenantSql = TenantSql::new(
    "insert into media (organization_id, id, site_id, name, kind, content_type, extension, size, sha256, width, height,
        alt, decorative, caption, credit, focal_x, focal_y, state, problem, renditions, version, created_by, created_at)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, '{}', 0, '{}', '', 0.5, 0.5, ?12, null, '[]', 1, ?13, ?14)
     on conflict (organization_id, sha256) do nothing",
);

/// Adds a file; false where the organization has these bytes already.
pub fn insert(tx: &Tx, tenant: &impl Tenant, item: &MediaItem) -> Result<bool, DbError> {
    let bound = INSERT.of(
        tenant,
        (
            item.id,
            item.site,
            &item.name,
            item.kind.as_str(),
            &item.content_type,
            &item.extension,
            i64::try_from(item.size).unwrap_or(i64::MAX),
            &item.sha256,
            item.width,
            item.height,
            item.state.as_str(),
            item.created_by,
            item.created_at,
        ),
    );
    tx.execute(bound).map(|added| added > 0)
}

const UPDATE: TenantSql = TenantSql::new(
    "update media
     set site_id = ?4, name = ?5, alt = ?6, decorative = ?7, caption = ?8, credit = ?9, focal_x = ?10, focal_y = ?11,
        version = version + 1
     where organization_id = ?1 and id = ?2 and version = ?3",
);

/// Writes what may change of a file; false where its version is another by now.
pub fn update(tx: &Tx, tenant: &impl Tenant, item: &MediaItem) -> Result<bool, DbError> {
    let bound = UPDATE.of(
        tenant,
        (
            item.id,
            item.version,
            item.site,
            &item.name,
            Json(&item.alt),
            item.decorative,
            Json(&item.caption),
            &item.credit,
            item.focal.x,
            item.focal.y,
        ),
    );
    tx.execute(bound).map(|changed| changed > 0)
}

const SET_RENDITIONS: TenantSql =
    TenantSql::new("update media set renditions = ?3, state = ?4, problem = ?5 where organization_id = ?1 and id = ?2");

/// Writes how far the sizes of a picture are.
pub fn set_renditions(
    tx: &Tx,
    tenant: &impl Tenant,
    id: MediaId,
    made: &[Made],
    state: MediaState,
    problem: Option<&str>,
) -> Result<u64, DbError> {
    tx.execute(SET_RENDITIONS.of(tenant, (id, Json(made), state.as_str(), problem)))
}

const DELETE: TenantSql = TenantSql::new("delete from media where organization_id = ?1 and id = ?2");

/// Removes a file from the library, and with it what is known of its uses.
pub fn delete(tx: &Tx, tenant: &impl Tenant, id: MediaId) -> Result<u64, DbError> {
    tx.execute(DELETE.of(tenant, (id,)))
}

/// What a member may see who is limited to some sites: theirs, and what is for all.
fn visible(filter: Filter, member: Option<MemberId>) -> Filter {
    filter.and_some(
        "(media.site_id is null or exists (select 1 from member_sites
            where member_sites.organization_id = media.organization_id and member_sites.member_id = ?
                and member_sites.site_id = media.site_id))",
        member,
    )
}

/// The file with this id.
pub fn by_id(
    conn: &Conn,
    tenant: &impl Tenant,
    id: MediaId,
    member: Option<MemberId>,
) -> Result<Option<MediaItem>, DbError> {
    let filter = visible(Filter::of(tenant, "media").and("media.id = ?", id), member);
    conn.optional(filter.statement(SELECT, "", ()), item)
}

/// The file with these bytes.
pub fn by_sha256(conn: &Conn, tenant: &impl Tenant, sha256: &str) -> Result<Option<MediaItem>, DbError> {
    conn.optional(Filter::of(tenant, "media").and("media.sha256 = ?", sha256).statement(SELECT, "", ()), item)
}

/// The files with these ids.
pub fn by_ids(conn: &Conn, tenant: &impl Tenant, ids: &[MediaId]) -> Result<Vec<MediaItem>, DbError> {
    conn.list(Filter::of(tenant, "media").and_in("media.id", ids).statement(SELECT, "", ()), item)
}

/// All files, in no order.
pub fn all(conn: &Conn, tenant: &impl Tenant) -> Result<Vec<MediaItem>, DbError> {
    conn.list(Filter::of(tenant, "media").statement(SELECT, "", ()), item)
}

const OWNERS: Sql = Sql::platform(
    "select id, organization_id from media",
    "an id from elsewhere is kept only where nobody on the whole installation has it",
);

/// Looks at the id of every file of the installation, with whose it is. Scans.
pub fn each_owner(conn: &Conn, mut look: impl FnMut(MediaId, OrganizationId)) -> Result<(), DbError> {
    let seen = conn.list(OWNERS.with(()), |row| {
        look(row.get(0)?, row.get(1)?);
        Ok(())
    });
    seen.map(drop)
}

fn wished(tenant: &impl Tenant, wish: &Wish, member: Option<MemberId>) -> Filter {
    let mut filter = visible(Filter::of(tenant, "media"), member)
        .and_some("(lower(media.name) like ? escape '\\' or lower(media.alt) like ? escape '\\')", wish.pattern())
        .and_some("media.kind = ?", wish.kind.map(MediaKind::as_str))
        .and_some("(media.site_id is null or media.site_id = ?)", wish.site);
    if wish.without_alt {
        filter = filter.and_that("media.kind = 'image' and media.alt = '{}' and media.decorative = 0");
    }
    if wish.unused {
        filter = filter.and_that(
            "not exists (select 1 from media_uses
                join entries on entries.organization_id = media_uses.organization_id and entries.id = media_uses.entry_id
                where media_uses.organization_id = media.organization_id and media_uses.media_id = media.id
                    and entries.deleted_at is null)",
        );
    }
    filter
}

/// A page of the library, the newest first, with how many there are.
pub fn list(
    conn: &Conn,
    tenant: &impl Tenant,
    wish: &Wish,
    member: Option<MemberId>,
    limit: i64,
    offset: i64,
) -> Result<(u64, Vec<MediaItem>), DbError> {
    let counted = wished(tenant, wish, member).statement("select count(*) from media", "", ());
    let count = conn.one(counted, |row| row.get::<i64>(0))?;
    let asked: Bound = wished(tenant, wish, member).statement(
        SELECT,
        "order by media.created_at desc, media.id desc limit ? offset ?",
        (limit, offset),
    );
    Ok((count.unsigned_abs(), conn.list(asked, item)?))
}

const FORGET_USES: TenantSql = TenantSql::new("delete from media_uses where organization_id = ?1 and entry_id = ?2");
const NOTE_USE: TenantSql = TenantSql::new(
    "insert into media_uses (organization_id, media_id, entry_id)
     select ?1, media.id, ?3 from media where media.organization_id = ?1 and media.id = ?2",
);

/// Writes which files an entry uses: these and no others.
pub fn set_uses(tx: &Tx, tenant: &impl Tenant, entry: EntryId, media: &[MediaId]) -> Result<(), DbError> {
    tx.execute(FORGET_USES.of(tenant, (entry,)))?;
    for one in media {
        tx.execute(NOTE_USE.of(tenant, (*one, entry)))?;
    }
    Ok(())
}

const USES: TenantSql = TenantSql::new(
    "select entries.id, entries.site_id, entries.type, entries.title,
        exists (select 1 from publications where publications.organization_id = entries.organization_id
            and publications.entry_id = entries.id)
     from media_uses
     join entries on entries.organization_id = media_uses.organization_id and entries.id = media_uses.entry_id
     where media_uses.organization_id = ?1 and media_uses.media_id = ?2 and entries.deleted_at is null
     order by entries.title, entries.id",
);

/// The entries that use a file.
pub fn uses(conn: &Conn, tenant: &impl Tenant, id: MediaId) -> Result<Vec<MediaUse>, DbError> {
    conn.list(USES.of(tenant, (id,)), |row| {
        Ok(MediaUse {
            entry: row.get(0)?,
            site: row.get(1)?,
            content_type: row.get(2)?,
            title: row.get(3)?,
            published: row.get(4)?,
        })
    })
}

fn item(row: &Row) -> Result<MediaItem, DbError> {
    let item = MediaItem {
        id: row.get(0)?,
        site: row.get(1)?,
        name: row.get(2)?,
        kind: MediaKind::from_stored(&row.get::<String>(3)?)?,
        content_type: row.get(4)?,
        extension: row.get(5)?,
        size: row.get::<i64>(6)?.unsigned_abs(),
        sha256: row.get(7)?,
        width: row.get(8)?,
        height: row.get(9)?,
        alt: row.get::<Json<_>>(10)?.0,
        decorative: row.get(11)?,
        caption: row.get::<Json<_>>(12)?.0,
        credit: row.get(13)?,
        focal: Focal { x: row.get(14)?, y: row.get(15)? },
        state: MediaState::from_stored(&row.get::<String>(16)?)?,
        problem: row.get(17)?,
        made: row.get::<Json<Vec<Made>>>(18)?.0,
        version: row.get(19)?,
        created_by: row.get(20)?,
        created_at: row.get(21)?,
        uses: row.get::<i64>(22)?.unsigned_abs(),
        renditions: Vec::new(),
        url: String::new(),
        thumbnail_url: None,
    };
    Ok(item.addressed())
}

impl MediaKind {
    /// As it is stored and asked for.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Document => "document",
        }
    }

    fn from_stored(text: &str) -> Result<Self, DbError> {
        match text {
            "image" => Ok(Self::Image),
            "document" => Ok(Self::Document),
            other => Err(DbError::Decode(format!("`{other}` is no kind of file"))),
        }
    }
}

impl MediaState {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Ready => "ready",
            Self::Failed => "failed",
        }
    }

    fn from_stored(text: &str) -> Result<Self, DbError> {
        match text {
            "pending" => Ok(Self::Pending),
            "ready" => Ok(Self::Ready),
            "failed" => Ok(Self::Failed),
            other => Err(DbError::Decode(format!("`{other}` is no state of a picture"))),
        }
    }
}

/// The site, if the organization has it.
pub fn site_exists(conn: &Conn, tenant: &impl Tenant, site: SiteId) -> Result<bool, DbError> {
    const FIND: TenantSql = TenantSql::new("select 1 from sites where organization_id = ?1 and id = ?2");
    conn.optional(FIND.of(tenant, (site,)), |row| row.get::<i64>(0)).map(|found| found.is_some())
}

const OF_ALL: &str = "a blob is kept once for all organizations";

const NAMED_BLOBS: Sql = Sql::platform("select sha256, renditions from media", OF_ALL);

/// Every blob that a row names, of all organizations.
pub fn named_blobs(conn: &Conn) -> Result<HashSet<String>, DbError> {
    let mut named = HashSet::new();
    let rows = conn.list(NAMED_BLOBS.with(()), |row| {
        let made = row.get::<Json<Vec<Made>>>(1)?.0;
        named.insert(row.get(0)?);
        named.extend(made.into_iter().map(|made| made.sha256));
        Ok(())
    });
    rows.map(|_| named)
}

const NOTED: Sql = Sql::platform("select name from unnamed_blobs", OF_ALL);

/// The blobs that are noted as named by no row.
pub fn noted_blobs(conn: &Conn) -> Result<Vec<String>, DbError> {
    conn.list(NOTED.with(()), |row| row.get(0))
}

const RIPE: Sql =
    Sql::platform("select name from unnamed_blobs where since <= ?1 order by since, name limit ?2", OF_ALL);

/// Some of those that are noted since this time or longer.
pub fn ripe_blobs(conn: &Conn, before: Timestamp, limit: usize) -> Result<Vec<String>, DbError> {
    conn.list(RIPE.with((before, i64::try_from(limit).unwrap_or(i64::MAX))), |row| row.get(0))
}

const NOTE: Sql =
    Sql::platform("insert into unnamed_blobs (name, since) values (?1, ?2) on conflict do nothing", OF_ALL);

/// Notes that no row names a blob.
pub fn note_blob(tx: &Tx, name: &str) -> Result<(), DbError> {
    tx.execute(NOTE.with((name, tx.now()))).map(drop)
}

const FORGET: Sql = Sql::platform("delete from unnamed_blobs where name = ?1", OF_ALL);

/// Forgets it: it is gone, or a row names it again.
pub fn forget_blob(tx: &Tx, name: &str) -> Result<(), DbError> {
    tx.execute(FORGET.with((name,))).map(drop)
}
