-- Content that somebody brings from elsewhere. The files lie in a folder that is named by the row's id; a job looks at them,
-- and takes them over when that is wished for. One job at a time for each organization.

create table imports (
    organization_id text not null references organizations (id) on delete cascade,
    id text not null,
    site_id text,
    wish text not null,
    state text not null check (state in ('open', 'checking', 'checked', 'importing', 'done', 'failed')),
    files text not null,
    report text,
    problem text,
    created_by text,
    created_by_name text not null,
    created_at text not null,
    expires_at text not null,
    primary key (organization_id, id),
    foreign key (organization_id, site_id) references sites (organization_id, id) on delete cascade
) strict;
create unique index imports_organization_id_key on imports (organization_id) where state in ('checking', 'importing');
create index imports_expires_at_index on imports (expires_at);
