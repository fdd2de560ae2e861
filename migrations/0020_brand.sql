-- What an organization says once for all of its entries of a type, field by field, and which entries say otherwise.

-- fields, published: {"field": {"mode", "kind", "value"}} as JSON: the newest state, and the one that visitors see.
create table brand_documents (
    organization_id text not null references organizations (id),
    type text not null,
    fields text not null,
    revision integer not null,
    published text not null,
    published_revision integer,
    published_at text,
    created_at text not null,
    updated_at text not null,
    primary key (organization_id, type)
) strict;

create table brand_revisions (
    organization_id text not null,
    type text not null,
    number integer not null,
    fields text not null,
    author_kind text not null,
    author_id text,
    author_name text not null,
    created_at text not null,
    primary key (organization_id, type, number),
    foreign key (organization_id, type) references brand_documents (organization_id, type) on delete cascade
) strict;

-- The fields that could be the brand's, and in which an entry has a value of its own: since when, by whom.
create table brand_overrides (
    organization_id text not null,
    type text not null,
    field text not null,
    entry_id text not null,
    site_id text not null,
    since text not null,
    author_kind text not null,
    author_id text,
    author_name text not null,
    primary key (organization_id, type, field, entry_id),
    foreign key (organization_id, entry_id) references entries (organization_id, id) on delete cascade
) strict;
create index brand_overrides_entry_index on brand_overrides (organization_id, entry_id);
create index brand_overrides_since_index on brand_overrides (organization_id, since, entry_id, field);
