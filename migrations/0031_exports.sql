-- Archives of content that an owner has asked for: a job writes each into a file that is named by the row's id, and the
-- nightly sweep removes it. One at a time for each organization.

create table exports (
    organization_id text not null references organizations (id) on delete cascade,
    id text not null,
    site_id text,
    with_history integer not null check (with_history in (0, 1)),
    with_submissions integer not null check (with_submissions in (0, 1)),
    state text not null check (state in ('waiting', 'working', 'ready', 'failed')),
    done integer not null,
    total integer not null,
    size integer,
    notes text not null,
    problem text,
    created_by text,
    created_by_name text not null,
    created_at text not null,
    expires_at text,
    primary key (organization_id, id),
    foreign key (organization_id, site_id) references sites (organization_id, id) on delete cascade
) strict;
create unique index exports_organization_id_key on exports (organization_id) where state in ('waiting', 'working');
create index exports_expires_at_index on exports (expires_at) where expires_at is not null;
