-- When something is shown: an entry's window as instants beside its view, and every instant at which what visitors see of a view
-- changes by itself (its own window's and those of its sections), so that the next one of a site is one look into an index.

alter table views add column visible_from text;
alter table views add column visible_until text;
-- As views_list_index, with what decides whether a row counts: a count reads no row.
create index views_shown_index on views (organization_id, site_id, type, locale, sort_order, entry_id, visible_from, visible_until);

create table view_boundaries (
    organization_id text not null,
    entry_id text not null,
    locale text not null,
    at text not null,
    site_id text not null,
    primary key (organization_id, entry_id, locale, at),
    foreign key (organization_id, entry_id) references entries (organization_id, id) on delete cascade
) strict;
create index view_boundaries_site_index on view_boundaries (organization_id, site_id, at);
