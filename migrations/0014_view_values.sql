-- What lists of the public API are filtered and sorted by: one row for each value of a filterable field of a view. Written
-- with the view, in its transaction. value is bytes that sort as the values do, empty where the field is (see
-- content::types::filtering); sort_order repeats the view's, so that an equality is read in the list's own order.

create table view_values (
    organization_id text not null,
    site_id text not null,
    type text not null,
    locale text not null,
    field text not null,
    value blob not null,
    sort_order integer not null,
    entry_id text not null,
    primary key (organization_id, site_id, type, locale, field, value, sort_order, entry_id),
    foreign key (organization_id, entry_id) references entries (organization_id, id) on delete cascade
) strict;
create index view_values_entry_index on view_values (organization_id, entry_id, locale, field, value);
