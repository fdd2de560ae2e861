-- Files of the data directory that no row named when it was last walked, and since when. They go a day later, if still none does.

create table unnamed_blobs (
    name text not null primary key,
    since text not null
) strict;
