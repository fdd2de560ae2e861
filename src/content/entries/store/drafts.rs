//! Entries as the team works on them, and their revisions.

use std::collections::BTreeMap;

use ground::{
    clock::Timestamp,
    db::{Bound, Conn, DbError, Filter, Json, Row, Tenant, TenantSql, Tx},
    words::{EntryId, Locale, SiteId, Slug},
};

use super::super::{Author, Entry, OpenReview, OpenReviewState, Revision, RevisionSummary, State};

const SELECT: &str = "select id, site_id, type, slug, title, document, revision, sort_order, created_at, updated_at,
        review_revision, review_state, scheduled_at, archived_at
     from entries";

const INSERT: TenantSql = TenantSql::new(
    "insert into entries (organization_id, id, site_id, type, slug, title, document, revision, sort_order, source_key,
        created_at, updated_at)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
     on conflict (organization_id, site_id, type, slug) where deleted_at is null do nothing",
);

/// Adds an entry; false where its slug is taken.
pub fn insert(
    tx: &Tx,
    tenant: &impl Tenant,
    entry: &Entry,
    document: &str,
    source_key: Option<&str>,
) -> Result<bool, DbError> {
    let rows = tx.execute(INSERT.of(
        tenant,
        (
            entry.id,
            entry.site_id,
            &entry.content_type,
            &entry.slug,
            &entry.title,
            document,
            entry.revision,
            entry.order,
            source_key,
            entry.created_at,
            entry.updated_at,
        ),
    ))?;
    Ok(rows == 1)
}

const UPDATE: TenantSql = TenantSql::new(
    "update entries
     set slug = ?4, title = ?5, document = ?6, revision = ?7, sort_order = ?8, updated_at = ?9, deleted_at = null,
         deleted_by = null, review_revision = null, review_state = null, archived_at = ?10,
         withdrawn = case when cast(?10 as text) is null then null else withdrawn end
     where organization_id = ?1 and id = ?2 and revision = ?3",
);

/// Writes a new revision's state over the entry, if `expected` is still its newest; false where it is not. An entry
/// that was deleted is there again, and in the archive only where `entry` says so; a review of the state before is over.
pub fn update(tx: &Tx, tenant: &impl Tenant, entry: &Entry, document: &str, expected: u32) -> Result<bool, DbError> {
    let rows = tx.execute(UPDATE.of(
        tenant,
        (
            entry.id,
            expected,
            &entry.slug,
            &entry.title,
            document,
            entry.revision,
            entry.order,
            entry.updated_at,
            entry.archived_at,
        ),
    ))?;
    Ok(rows == 1)
}

const RENAME: TenantSql =
    TenantSql::new("update entries set title = ?3, sort_order = ?4 where organization_id = ?1 and id = ?2");

/// Writes what lists call an entry and where it stands in them.
pub fn rename(tx: &Tx, tenant: &impl Tenant, entry: EntryId, title: &str, order: i64) -> Result<(), DbError> {
    tx.execute(RENAME.of(tenant, (entry, title, order))).map(|_| ())
}

const OF_TYPE_BEHIND: TenantSql = TenantSql::new(
    "select id, site_id, type, slug, title, document, revision, sort_order, created_at, updated_at,
        review_revision, review_state, scheduled_at, archived_at
     from entries
     where organization_id = ?1 and site_id = ?2 and type = ?3 and deleted_at is null
         and (cast(?4 as text) is null or id > ?4)
     order by id limit ?5",
);

/// The next entries of a type in a site, in the order of their ids.
pub fn of_type_behind(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    content_type: &str,
    after: Option<EntryId>,
    limit: i64,
) -> Result<Vec<Entry>, DbError> {
    conn.list(OF_TYPE_BEHIND.of(tenant, (site, content_type, after, limit)), entry)
}

const COUNT_OF_TYPE: TenantSql =
    TenantSql::new("select count(*) from entries where organization_id = ?1 and type = ?2 and deleted_at is null");

/// How many entries of a type there are in all sites.
pub fn count_of_type(conn: &Conn, tenant: &impl Tenant, content_type: &str) -> Result<u64, DbError> {
    conn.one(COUNT_OF_TYPE.of(tenant, (content_type,)), |row| row.get::<i64>(0)).map(i64::unsigned_abs)
}

const DELETE: TenantSql = TenantSql::new(
    "update entries set deleted_at = ?3, deleted_by = ?4,
         withdrawn = case when archived_at is null then ?5 else withdrawn end
     where organization_id = ?1 and id = ?2 and deleted_at is null",
);

/// Marks an entry as deleted: it is found in the bin only, with what visitors saw of it. Of one in the archive that stands
/// there already.
pub fn delete(
    tx: &Tx,
    tenant: &impl Tenant,
    entry: EntryId,
    at: Timestamp,
    by: &str,
    withdrawn: &BTreeMap<Locale, u32>,
) -> Result<bool, DbError> {
    tx.execute(DELETE.of(tenant, (entry, at, by, Json(withdrawn)))).map(|rows| rows == 1)
}

/// The entry with this id in this site.
pub fn by_id(conn: &Conn, tenant: &impl Tenant, site: SiteId, id: EntryId) -> Result<Option<Entry>, DbError> {
    let filter =
        Filter::of(tenant, "entries").and("id = ?", id).and("site_id = ?", site).and_that("deleted_at is null");
    conn.optional(filter.statement(SELECT, "", ()), entry)
}

const BY_SOURCE: TenantSql = TenantSql::new(
    "select id, site_id, type, slug, title, document, revision, sort_order, created_at, updated_at,
        review_revision, review_state, scheduled_at, archived_at, deleted_at
     from entries
     where organization_id = ?1 and site_id = ?2 and type = ?3 and source_key = ?4",
);

/// The entry that an import has made from this source, with whether it was deleted since.
pub fn by_source(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    content_type: &str,
    source_key: &str,
) -> Result<Option<(Entry, bool)>, DbError> {
    conn.optional(BY_SOURCE.of(tenant, (site, content_type, source_key)), |row| {
        Ok((entry(row)?, row.get::<Option<Timestamp>>(14)?.is_some()))
    })
}

const BY_SLUG: TenantSql = TenantSql::new(
    "select id from entries
     where organization_id = ?1 and site_id = ?2 and type = ?3 and slug = ?4 and deleted_at is null",
);

/// The entry of the type that has this slug (`entries_organization_id_site_id_type_slug_key`).
pub fn by_slug(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    content_type: &str,
    slug: &Slug,
) -> Result<Option<EntryId>, DbError> {
    conn.optional(BY_SLUG.of(tenant, (site, content_type, slug)), |row| row.get(0))
}

/// Whether an entry of the type has this slug (`entries_organization_id_site_id_type_slug_key`).
pub fn slug_is_taken(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    content_type: &str,
    slug: &Slug,
) -> Result<bool, DbError> {
    by_slug(conn, tenant, site, content_type, slug).map(|found| found.is_some())
}

/// What the usual lists leave out: the bin and the archive.
const IS_LISTED: &str = "deleted_at is null and archived_at is null";

/// These entries of a site, in no order, without those in the archive.
pub fn by_ids(conn: &Conn, tenant: &impl Tenant, site: SiteId, ids: &[EntryId]) -> Result<Vec<Entry>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let filter = Filter::of(tenant, "entries").and("site_id = ?", site).and_in("id", ids);
    conn.list(filter.and_that(IS_LISTED).statement(SELECT, "", ()), entry)
}

/// [`by_ids`], those in the archive too.
pub fn kept_by_ids(conn: &Conn, tenant: &impl Tenant, site: SiteId, ids: &[EntryId]) -> Result<Vec<Entry>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let filter = Filter::of(tenant, "entries").and("site_id = ?", site).and_in("id", ids);
    conn.list(filter.and_that("deleted_at is null").statement(SELECT, "", ()), entry)
}

const IDS_KEPT_BEHIND: TenantSql = TenantSql::new(
    "select id from entries
     where organization_id = ?1 and site_id = ?2 and deleted_at is null and (cast(?3 as text) is null or id > ?3)
     order by id limit ?4",
);

/// [`ids_behind`], those in the archive too.
pub fn ids_kept_behind(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    after: Option<EntryId>,
    limit: i64,
) -> Result<Vec<EntryId>, DbError> {
    conn.list(IDS_KEPT_BEHIND.of(tenant, (site, after, limit)), |row| row.get(0))
}

const IDS_BEHIND: TenantSql = TenantSql::new(
    "select id from entries
     where organization_id = ?1 and site_id = ?2 and deleted_at is null and archived_at is null
         and (cast(?3 as text) is null or id > ?3)
     order by id limit ?4",
);

/// The next entries of a site in the order of their ids.
pub fn ids_behind(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    after: Option<EntryId>,
    limit: i64,
) -> Result<Vec<EntryId>, DbError> {
    conn.list(IDS_BEHIND.of(tenant, (site, after, limit)), |row| row.get(0))
}

/// The conditions of a state, as `State::of` decides it.
const fn stands(state: Option<State>) -> &'static str {
    match state {
        None => IS_LISTED,
        Some(State::Archived) => "deleted_at is null and archived_at is not null",
        Some(State::InBin) => "deleted_at is not null",
        Some(State::InReview) => "deleted_at is null and archived_at is null and review_state = 'requested'",
        Some(State::Scheduled) => {
            "deleted_at is null and archived_at is null and review_state is distinct from 'requested'
                and scheduled_at is not null"
        }
        Some(State::Draft) => {
            "deleted_at is null and archived_at is null and review_state is distinct from 'requested'
                and scheduled_at is null
                and not exists (select 1 from publications where publications.organization_id = ?1
                    and publications.entry_id = entries.id)"
        }
        Some(State::Live) => {
            "deleted_at is null and archived_at is null and review_state is distinct from 'requested'
                and scheduled_at is null
                and exists (select 1 from publications where publications.organization_id = ?1
                    and publications.entry_id = entries.id)
                and not exists (select 1 from publications where publications.organization_id = ?1
                    and publications.entry_id = entries.id and publications.revision <> entries.revision)"
        }
        Some(State::LiveWithDraft) => {
            "deleted_at is null and archived_at is null and review_state is distinct from 'requested'
                and scheduled_at is null
                and exists (select 1 from publications where publications.organization_id = ?1
                    and publications.entry_id = entries.id and publications.revision <> entries.revision)"
        }
    }
}

/// One page of a site's entries in their order, of one type and in one state or of all that are not put aside, with how
/// many there are.
pub fn list(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    (content_type, state): (Option<&str>, Option<State>),
    limit: i64,
    offset: i64,
) -> Result<(u64, Vec<Entry>), DbError> {
    let filter = Filter::of(tenant, "entries")
        .and("site_id = ?", site)
        .and_some("type = ?", content_type)
        .and_that(stands(state));
    let count = conn.one(filter.clone().statement("select count(*) from entries", "", ()), |row| row.get::<i64>(0))?;
    let bound: Bound = filter.statement(SELECT, "order by type, sort_order, id limit ? offset ?", (limit, offset));
    Ok((count.unsigned_abs(), conn.list(bound, entry)?))
}

/// The type of each of these entries that the site has. Deleted ones count: a document may go on naming them.
pub fn types_of(
    conn: &Conn,
    tenant: &impl Tenant,
    site: SiteId,
    ids: &[EntryId],
) -> Result<Vec<(EntryId, String)>, DbError> {
    let filter = Filter::of(tenant, "entries").and("site_id = ?", site).and_in("id", ids);
    conn.list(filter.statement("select id, type from entries", "", ()), |row| Ok((row.get(0)?, row.get(1)?)))
}

const INSERT_REVISION: TenantSql = TenantSql::new(
    "insert into revisions (organization_id, entry_id, number, slug, document, author_kind, author_id, author_name,
        sitting_began_at, created_at, declarations_number)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,
        coalesce((select max(number) from past_declarations where organization_id = ?1), 0))",
);

/// Keeps a snapshot of the entry as it is now. `sitting` is when the sitting began of which it is the newest automatic
/// save.
pub fn insert_revision(
    tx: &Tx,
    tenant: &impl Tenant,
    entry: &Entry,
    document: &str,
    author: &Author,
    sitting: Option<Timestamp>,
) -> Result<(), DbError> {
    let Author { kind, id, name } = author;
    let row = (entry.id, entry.revision, &entry.slug, document, kind, id, name, sitting, entry.updated_at);
    tx.execute(INSERT_REVISION.of(tenant, row)).map(|_| ())
}

const SITTING: TenantSql = TenantSql::new(
    "select sitting_began_at from revisions
     where organization_id = ?1 and entry_id = ?2 and number = ?3 and author_kind = ?4
         and author_id is not distinct from ?5
         and sitting_began_at is not null
         and not exists (select 1 from publications where publications.organization_id = ?1
             and publications.entry_id = ?2 and (publications.revision = ?3 or publications.replaced_revision = ?3))
         and not exists (select 1 from revision_pins where revision_pins.organization_id = ?1
             and revision_pins.entry_id = ?2 and revision_pins.revision = ?3)",
);

/// When the sitting began of which this revision is this author's newest automatic save, if it is one, no language shows
/// it and nothing holds it.
pub fn sitting(
    conn: &Conn,
    tenant: &impl Tenant,
    entry: EntryId,
    number: u32,
    author: &Author,
) -> Result<Option<Timestamp>, DbError> {
    conn.optional(SITTING.of(tenant, (entry, number, &author.kind, &author.id)), |row| row.get(0))
}

const DELETE_REVISION: TenantSql =
    TenantSql::new("delete from revisions where organization_id = ?1 and entry_id = ?2 and number = ?3");

/// Forgets a revision: a newer automatic save of the same sitting takes its place.
pub fn delete_revision(tx: &Tx, tenant: &impl Tenant, entry: EntryId, number: u32) -> Result<(), DbError> {
    tx.execute(DELETE_REVISION.of(tenant, (entry, number))).map(|_| ())
}

const REVISIONS: TenantSql = TenantSql::new(
    "select number, slug, author_kind, author_id, author_name, sitting_began_at, created_at from revisions
     where organization_id = ?1 and entry_id = ?2
     order by number desc limit ?3 offset ?4",
);
const COUNT_REVISIONS: TenantSql =
    TenantSql::new("select count(*) from revisions where organization_id = ?1 and entry_id = ?2");

/// One page of an entry's revisions, the newest first, with how many there are.
pub fn revisions(
    conn: &Conn,
    tenant: &impl Tenant,
    entry: EntryId,
    limit: i64,
    offset: i64,
) -> Result<(u64, Vec<RevisionSummary>), DbError> {
    let count = conn.one(COUNT_REVISIONS.of(tenant, (entry,)), |row| row.get::<i64>(0))?;
    let found = conn.list(REVISIONS.of(tenant, (entry, limit, offset)), summary)?;
    Ok((count.unsigned_abs(), found))
}

const REVISION: TenantSql = TenantSql::new(
    "select number, slug, author_kind, author_id, author_name, sitting_began_at, created_at, document,
        declarations_number
     from revisions
     where organization_id = ?1 and entry_id = ?2 and number = ?3",
);

/// One revision with its document.
pub fn revision(conn: &Conn, tenant: &impl Tenant, entry: EntryId, number: u32) -> Result<Option<Revision>, DbError> {
    conn.optional(REVISION.of(tenant, (entry, number)), |row| {
        Ok(Revision { summary: summary(row)?, document: row.get(7)?, declarations_number: row.get(8)? })
    })
}

const NOTE_RENEWAL: TenantSql =
    TenantSql::new("update revisions set renews = ?4 where organization_id = ?1 and entry_id = ?2 and number = ?3");

/// Notes that a revision says again what another one of the entry says, in the form of newer declarations.
pub fn note_renewal(tx: &Tx, tenant: &impl Tenant, entry: EntryId, number: u32, renews: u32) -> Result<(), DbError> {
    tx.execute(NOTE_RENEWAL.of(tenant, (entry, number, renews))).map(|_| ())
}

const RENEWED_BY: TenantSql =
    TenantSql::new("select max(number) from revisions where organization_id = ?1 and entry_id = ?2 and renews = ?3");

/// The revision that says the same in the newest form that it was written in; itself, if there is none.
pub fn newest_form(conn: &Conn, tenant: &impl Tenant, entry: EntryId, number: u32) -> Result<u32, DbError> {
    let mut newest = number;
    while let Some(next) = conn.one(RENEWED_BY.of(tenant, (entry, newest)), |row| row.get(0))? {
        newest = next;
    }
    Ok(newest)
}

const RENEWS: TenantSql = TenantSql::new(
    "select renews from revisions
     where organization_id = ?1 and entry_id = ?2 and number = ?3 and renews is not null",
);

/// The revision that was written first of those that say the same as this one; itself, if it is that.
pub fn first_form(conn: &Conn, tenant: &impl Tenant, entry: EntryId, number: u32) -> Result<u32, DbError> {
    let mut first = number;
    while let Some(before) = conn.optional(RENEWS.of(tenant, (entry, first)), |row| row.get(0))? {
        first = before;
    }
    Ok(first)
}

pub(in super::super) fn entry(row: &Row) -> Result<Entry, DbError> {
    Ok(Entry {
        id: row.get(0)?,
        site_id: row.get(1)?,
        content_type: row.get(2)?,
        slug: row.get(3)?,
        title: row.get(4)?,
        document: row.get(5)?,
        revision: row.get(6)?,
        order: row.get(7)?,
        review: open_review(row)?,
        scheduled_at: row.get(12)?,
        archived_at: row.get(13)?,
        created_at: row.get(8)?,
        updated_at: row.get(9)?,
        published: BTreeMap::default(),
    })
}

fn open_review(row: &Row) -> Result<Option<OpenReview>, DbError> {
    let Some(revision) = row.get(10)? else { return Ok(None) };
    let state = match row.get::<Option<String>>(11)?.as_deref() {
        Some("approved") => OpenReviewState::Approved,
        _ => OpenReviewState::Requested,
    };
    Ok(Some(OpenReview { revision, state }))
}

fn summary(row: &Row) -> Result<RevisionSummary, DbError> {
    Ok(RevisionSummary {
        number: row.get(0)?,
        slug: row.get(1)?,
        author_kind: row.get(2)?,
        author_id: row.get(3)?,
        author_name: row.get(4)?,
        is_autosave: row.get::<Option<Timestamp>>(5)?.is_some(),
        created_at: row.get(6)?,
    })
}
