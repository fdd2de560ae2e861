-- History: who wrote a revision, in words that stay when the account goes; automatic saves of one sitting, of which the newest
-- state is kept; what an undone publication shows again; and the bin, with what visitors saw of an entry.

alter table revisions add column author_name text not null default '';
alter table revisions add column sitting_began_at text;
alter table publications add column replaced_revision integer;
alter table entries add column deleted_by text;
alter table entries add column withdrawn text;
create index entries_bin_index on entries (organization_id, site_id, deleted_at) where deleted_at is not null;
create index entries_deleted_at_index on entries (deleted_at) where deleted_at is not null;
