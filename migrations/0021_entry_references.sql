-- Which entry names which: as the team has it (draft), and as visitors see it (published).
create table entry_references (
    organization_id text not null,
    from_entry text not null,
    state text not null,
    pointer text not null,
    to_entry text not null,
    primary key (organization_id, from_entry, state, pointer),
    foreign key (organization_id, from_entry) references entries (organization_id, id) on delete cascade
) strict;
create index entry_references_to_index on entry_references (organization_id, to_entry, from_entry);
