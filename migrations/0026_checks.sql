-- Checks of what is published: what an organization says of their rules, and what they found.

create table check_levels (
    organization_id text not null references organizations (id) on delete cascade,
    rule text not null,
    level text not null check (level in ('off', 'warn', 'block')),
    updated_at text not null,
    primary key (organization_id, rule)
) strict;

-- One row for each published entry of which there is something to be said: findings and the days on which something of it
-- ends, as JSON. Written by publishing and, each night, anew.
create table entry_checks (
    organization_id text not null,
    entry_id text not null,
    site_id text not null,
    findings text not null,
    endings text not null,
    checked_at text not null,
    primary key (organization_id, entry_id),
    foreign key (organization_id, entry_id) references entries (organization_id, id) on delete cascade
) strict;
create index entry_checks_site_index on entry_checks (organization_id, site_id);
