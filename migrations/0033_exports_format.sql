-- An owner takes along an archive that comes in elsewhere, or the websites as plain files.
alter table exports add column format text not null default 'bundle' check (format in ('bundle', 'static'));
