-- Releases: entries of one organization, on any of its sites, that go live together.

create table releases (
    organization_id text not null references organizations (id) on delete cascade,
    id text not null,
    name text not null,
    note text not null,
    state text not null check (state in ('open', 'scheduled', 'live', 'rolled_back', 'failed')),
    local_time text,
    time_zone text,
    fires_at text,
    problems text,
    created_by_name text not null,
    created_at text not null,
    updated_at text not null,
    went_live_at text,
    went_live_by text,
    rolled_back_at text,
    rolled_back_by text,
    primary key (organization_id, id)
) strict;
create index releases_list_index on releases (organization_id, created_at, id);

-- shown_before and shown_after: which revision each language showed, as JSON, when the release went live.
create table release_items (
    organization_id text not null,
    release_id text not null,
    entry_id text not null,
    site_id text not null,
    position integer not null,
    action text not null check (action in ('publish', 'unpublish')),
    revision integer,
    locales text,
    shown_before text,
    shown_after text,
    primary key (organization_id, release_id, entry_id),
    foreign key (organization_id, release_id) references releases (organization_id, id) on delete cascade,
    foreign key (organization_id, entry_id) references entries (organization_id, id) on delete cascade
) strict;
create index release_items_entry_index on release_items (organization_id, entry_id);
