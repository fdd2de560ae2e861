-- What guests send by forms. answers is a JSON list of {key, label, value} and consents one of {text, version, given},
-- both as they were shown; emails is a JSON list of addresses in one spelling, by which a guest's words are erased.

create table submissions (
    organization_id text not null,
    id text not null,
    site_id text not null,
    form_id text not null,
    form_name text not null,
    locale text not null,
    page text not null,
    answers text not null,
    consents text not null,
    emails text not null,
    status text not null check (status in ('new', 'open', 'won', 'lost', 'spam')),
    assignee_id text,
    note text not null,
    created_at text not null,
    delete_after text not null,
    primary key (organization_id, id),
    foreign key (organization_id, site_id) references sites (organization_id, id) on delete cascade
) strict;
create index submissions_list_index on submissions (organization_id, site_id, created_at, id);
create index submissions_delete_after_index on submissions (delete_after);
