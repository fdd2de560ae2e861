-- Translations: which texts of a revision were made from another source text than there is now, and how far each language of
-- an entry is, counted when it is saved, so that a table of 100,000 entries reads no document.

-- {language: {path: {"source"?: language, "was"?: text}}}; null where every text is made from what stands there now.
alter table revisions add column translations text;

create table translations (
    organization_id text not null,
    site_id text not null,
    entry_id text not null,
    locale text not null,
    type text not null,
    filled integer not null,
    missing integer not null,
    empty integer not null,
    stale integer not null,
    is_deleted integer not null,
    primary key (organization_id, entry_id, locale),
    foreign key (organization_id, entry_id) references entries (organization_id, id) on delete cascade
) strict;
create index translations_table_index on translations (organization_id, site_id, is_deleted, type, locale, filled, missing, empty, stale);
create index translations_stale_index on translations (organization_id, site_id, locale, entry_id) where stale > 0 and is_deleted = 0;
