-- The media library. A file's bytes stand in the blob store under their SHA-256; here is what is known of them.
-- renditions is a JSON list of {name, sha256, width, height, format, size}; alt and caption are maps by language.

create table media (
    organization_id text not null references organizations (id) on delete cascade,
    id text not null,
    site_id text,
    name text not null,
    kind text not null check (kind in ('image', 'document')),
    content_type text not null,
    extension text not null,
    size integer not null,
    sha256 text not null,
    width integer,
    height integer,
    alt text not null,
    decorative integer not null,
    caption text not null,
    credit text not null,
    focal_x real not null,
    focal_y real not null,
    state text not null check (state in ('pending', 'ready', 'failed')),
    problem text,
    renditions text not null,
    version integer not null,
    created_by text,
    created_at text not null,
    primary key (organization_id, id),
    foreign key (organization_id, site_id) references sites (organization_id, id) on delete cascade
) strict;
create unique index media_organization_id_sha256_key on media (organization_id, sha256);
create index media_list_index on media (organization_id, created_at, id);

-- Which entries name a file, in their newest revision or in one that visitors see.
create table media_uses (
    organization_id text not null,
    media_id text not null,
    entry_id text not null,
    primary key (organization_id, media_id, entry_id),
    foreign key (organization_id, media_id) references media (organization_id, id) on delete cascade,
    foreign key (organization_id, entry_id) references entries (organization_id, id) on delete cascade
) strict;
create index media_uses_entry_index on media_uses (organization_id, entry_id);
