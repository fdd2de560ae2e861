-- Copies of sites: how far each is, and what every entry has become.
-- Entries are made first, without the references to what is not there yet (is_linking 0), then completed; after_entry is the
-- last original that was dealt with.

create table site_copies (
    organization_id text not null,
    site_id text not null,
    from_site_id text not null,
    state text not null check (state in ('copying', 'done')),
    is_published integer not null check (is_published in (0, 1)),
    is_linking integer not null check (is_linking in (0, 1)),
    total integer not null,
    after_entry text,
    left_out text not null,
    created_at text not null,
    updated_at text not null,
    primary key (organization_id, site_id),
    foreign key (organization_id, site_id) references sites (organization_id, id) on delete cascade
) strict;

create table site_copy_entries (
    organization_id text not null,
    site_id text not null,
    from_entry_id text not null,
    to_entry_id text not null,
    primary key (organization_id, site_id, from_entry_id),
    foreign key (organization_id, site_id) references site_copies (organization_id, site_id) on delete cascade
) strict;
