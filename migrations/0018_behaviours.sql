-- Types with behaviour: what of published redirects is looked up by address.
-- from_path and to_path are normalized (content/redirects/paths.rs); to_path is empty where a redirect leads to another
-- website or to nothing, target is what guests are sent to.

create table redirects (
    organization_id text not null,
    site_id text not null,
    entry_id text not null,
    from_path text not null,
    is_prefix integer not null,
    to_path text not null,
    target text not null,
    status integer not null,
    primary key (organization_id, site_id, entry_id),
    foreign key (organization_id, entry_id) references entries (organization_id, id) on delete cascade
) strict;
create unique index redirects_organization_id_site_id_from_path_is_prefix_key on redirects (organization_id, site_id, from_path, is_prefix);
create index redirects_to_path_index on redirects (organization_id, site_id, to_path);
