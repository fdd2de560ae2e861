-- Work on content: entries put aside, requests for a review, schedules, and the revisions that any of them names.

alter table entries add column archived_at text;
-- The request for a review that stands open (reviews.state requested or approved), and the next scheduled publication: copies,
-- so that an entry's state stands in its row.
alter table entries add column review_revision integer;
alter table entries add column review_state text;
alter table entries add column scheduled_at text;
create index entries_archived_index on entries (organization_id, site_id, archived_at) where archived_at is not null;

-- Revisions that a review, a schedule or a release names: automatic saves do not fold them away. held_by is its id.
create table revision_pins (
    organization_id text not null,
    held_by text not null,
    entry_id text not null,
    revision integer not null,
    primary key (organization_id, held_by, entry_id),
    foreign key (organization_id, entry_id) references entries (organization_id, id) on delete cascade
) strict;
create index revision_pins_entry_index on revision_pins (organization_id, entry_id, revision);

-- asked_of null is everybody who may publish on the site.
create table reviews (
    organization_id text not null,
    id text not null,
    site_id text not null,
    entry_id text not null,
    revision integer not null,
    state text not null check (state in ('requested', 'approved', 'sent_back', 'withdrawn', 'published')),
    asked_by text,
    asked_by_name text not null,
    asked_of text,
    asked_of_name text,
    note text not null,
    answered_by_name text,
    answer text,
    created_at text not null,
    answered_at text,
    primary key (organization_id, id),
    foreign key (organization_id, entry_id) references entries (organization_id, id) on delete cascade
) strict;
create unique index reviews_organization_id_entry_id_key on reviews (organization_id, entry_id) where state in ('requested', 'approved');
create index reviews_entry_index on reviews (organization_id, entry_id, created_at);
create index reviews_requested_index on reviews (organization_id, created_at) where state = 'requested';

-- Sites on which an approval is needed before an entry goes live.
create table review_rules (
    organization_id text not null,
    site_id text not null,
    is_required integer not null check (is_required in (0, 1)),
    updated_at text not null,
    primary key (organization_id, site_id),
    foreign key (organization_id, site_id) references sites (organization_id, id) on delete cascade
) strict;

-- fires_at is the instant that local_time named in time_zone when the schedule was made or moved: later changes of the site's
-- zone or of the zone's rules do not move it. locales null: every language that is complete then.
create table schedules (
    organization_id text not null,
    id text not null,
    site_id text not null,
    entry_id text not null,
    action text not null check (action in ('publish', 'unpublish')),
    revision integer,
    locales text,
    local_time text not null,
    time_zone text not null,
    fires_at text not null,
    state text not null check (state in ('waiting', 'done', 'failed', 'cancelled')),
    problem text,
    created_by_name text not null,
    created_at text not null,
    settled_at text,
    primary key (organization_id, id),
    foreign key (organization_id, entry_id) references entries (organization_id, id) on delete cascade
) strict;
create index schedules_entry_index on schedules (organization_id, entry_id, state, fires_at);
create index schedules_list_index on schedules (organization_id, site_id, fires_at);
