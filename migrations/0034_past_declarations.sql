-- What an organization's own declarations said before each of their changes, so that a revision from before can be read as
-- it was meant, and become what the change made of the newer ones.

-- number: counts the organization's changes from 1. declaration: how this kind and name was declared until then; null where
-- it was not.
create table past_declarations (
    organization_id text not null references organizations (id),
    number integer not null,
    kind text not null,
    name text not null,
    declaration text,
    replaced_at text not null,
    primary key (organization_id, number)
) strict;
-- How many changes the declarations had seen when the revision was written: those after it have not touched its document.
alter table revisions add column declarations_number integer not null default 0;
-- The revision of the same entry that this one says again in the form of newer declarations.
alter table revisions add column renews integer;
