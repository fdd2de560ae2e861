-- The changes feed: what happened last to each view, in the order of commits (position: see ground::db::Tx::before_commit).
-- A view that changes again moves to the end. What was taken back stays as `delete` for some months; changes_pruned_to says
-- up to which position such rows are gone, so that a reader from before is told.

create table view_changes (
    position integer primary key autoincrement,
    organization_id text not null,
    site_id text not null,
    entry_id text not null,
    locale text not null,
    type text not null,
    slug text not null,
    op text not null check (op in ('upsert', 'delete')),
    revision integer not null,
    changed_at text not null,
    foreign key (organization_id, site_id) references sites (organization_id, id) on delete cascade
) strict;
create unique index view_changes_organization_id_site_id_entry_id_locale_key on view_changes (organization_id, site_id, entry_id, locale);
create index view_changes_feed_index on view_changes (organization_id, site_id, position);
create index view_changes_deleted_index on view_changes (changed_at) where op = 'delete';

alter table sites add column changes_pruned_to integer not null default 0;
