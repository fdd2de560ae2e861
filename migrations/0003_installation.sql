-- Which installation this is, and when it last wrote for the sake of its replica: a copy of the database tells whose it is and how old.

create table installation (
    singleton integer not null primary key check (singleton = 1),
    id text not null,
    created_at text not null,
    heartbeat_at text not null
) strict;
