-- What a group declares itself: types and sections of its own, and fields added to the built-in types.

-- Which state of its declarations an organization is at: read in every transaction that checks a document, so that no
-- process checks by declarations that are gone. Drawn for each state, never used again. Without a row the built-in ones
-- are all there is.
create table catalogues (
    organization_id text primary key not null references organizations (id),
    version integer not null,
    updated_at text not null
) strict;

-- kind: type, section, extension (fields added to the built-in type of this name).
-- declaration: the file's fields as JSON. version: counts the changes of this one.
create table custom_declarations (
    organization_id text not null references organizations (id),
    kind text not null,
    name text not null,
    declaration text not null,
    version integer not null,
    author_kind text not null,
    author_id text,
    author_name text not null,
    created_at text not null,
    updated_at text not null,
    primary key (organization_id, kind, name)
) strict;
