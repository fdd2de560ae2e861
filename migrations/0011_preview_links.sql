-- Links that show what is not published to whoever holds them: of one site, perhaps of one entry, in one language or all, at one
-- instant or the present. Only the token's hash is kept. shows: drafts (newest revisions) or published.

create table preview_links (
    organization_id text not null,
    id text not null,
    site_id text not null,
    entry_id text,
    locale text,
    revision integer,
    as_of text,
    shows text not null check (shows in ('drafts', 'published')),
    token_hash text not null,
    password_hash text,
    created_by text not null,
    created_at text not null,
    expires_at text not null,
    withdrawn_at text,
    use_count integer not null,
    last_used_at text,
    primary key (organization_id, id),
    foreign key (organization_id, site_id) references sites (organization_id, id) on delete cascade,
    foreign key (organization_id, entry_id) references entries (organization_id, id) on delete cascade
) strict;
create unique index preview_links_token_hash_key on preview_links (token_hash);
create index preview_links_site_index on preview_links (organization_id, site_id, id);
create index preview_links_entry_index on preview_links (organization_id, entry_id) where entry_id is not null;
