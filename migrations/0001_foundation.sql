-- The foundation: platform, queue, people, organizations, content, read model.
-- One text for both databases (docs/decisions/0002): STRICT tables, only TEXT INTEGER REAL BLOB,
-- ids UUIDv7 text, times RFC 3339 UTC text, JSON text, booleans 0/1.
-- Unique indexes are named table_columns_key so that one name serves both databases.

-- ---------------------------------------------------------------- platform

create table platform_state (
    name text primary key not null,
    value text not null,
    updated_at text not null
) strict;

-- The outbox. Positions are commit order: see ground::db::Tx::before_commit.
create table events (
    position integer primary key autoincrement,
    organization_id text,
    kind text not null,
    subject_type text not null,
    subject_id text not null,
    site_id text,
    payload text not null,
    recorded_at text not null
) strict;
create index events_recorded_at_index on events (recorded_at);

-- held_by, held_until: which of several processes runs the follower; null where one process is all there is.
create table followers (
    name text primary key not null,
    position integer not null,
    held_by text,
    held_until text,
    updated_at text not null
) strict;

create table jobs (
    id text primary key not null,
    kind text not null,
    lane text not null,
    priority integer not null,
    organization_id text,
    payload text not null,
    state text not null check (state in ('due', 'running', 'done', 'dead')),
    unique_key text,
    attempt integer not null,
    max_attempts integer not null,
    crashes integer not null,
    run_at text not null,
    lease_token text,
    lease_until text,
    boot_id text,
    errors text not null,
    created_at text not null,
    finished_at text
) strict;
create index jobs_claim_index on jobs (lane, priority, run_at, id) where state = 'due';
create index jobs_lease_index on jobs (lease_until) where state = 'running';
create index jobs_finished_index on jobs (state, finished_at) where state in ('done', 'dead');
create unique index jobs_kind_unique_key_key on jobs (kind, unique_key) where unique_key is not null and state in ('due', 'running');

create table cron_schedules (
    name text primary key not null,
    job_kind text not null,
    expression text not null,
    time_zone text not null,
    catch_up text not null,
    last_fire_at text,
    next_fire_at text not null,
    updated_at text not null
) strict;

-- ---------------------------------------------------------------- people

create table users (
    id text primary key not null,
    email text not null,
    email_folded text not null,
    name text not null,
    password_hash text,
    is_superuser integer not null check (is_superuser in (0, 1)),
    is_active integer not null check (is_active in (0, 1)),
    email_verified_at text,
    totp_secret blob,
    totp_confirmed_at text,
    totp_last_step integer,
    created_at text not null,
    updated_at text not null
) strict;
create unique index users_email_folded_key on users (email_folded);

create table recovery_codes (
    id text primary key not null,
    user_id text not null references users (id) on delete cascade,
    code_hash text not null,
    used_at text
) strict;
create index recovery_codes_user_id_index on recovery_codes (user_id);

-- kind: browser (session cookie) or api (refresh token; the access token names the session).
create table sessions (
    id text primary key not null,
    user_id text not null references users (id) on delete cascade,
    kind text not null check (kind in ('browser', 'api')),
    secret_hash text not null,
    previous_secret_hash text,
    csrf_token text not null,
    ip_address text not null,
    user_agent text not null,
    created_at text not null,
    last_seen_at text not null,
    expires_at text not null,
    revoked_at text
) strict;
create unique index sessions_secret_hash_key on sessions (secret_hash);
create index sessions_user_id_index on sessions (user_id, revoked_at);
create index sessions_previous_secret_hash_index on sessions (previous_secret_hash);

-- purpose: verify_email, reset_password. Only the hash of what was mailed is kept.
create table email_tokens (
    id text primary key not null,
    user_id text not null references users (id) on delete cascade,
    purpose text not null,
    token_hash text not null,
    created_at text not null,
    expires_at text not null,
    used_at text
) strict;
create unique index email_tokens_token_hash_key on email_tokens (token_hash);
create index email_tokens_user_id_index on email_tokens (user_id, purpose);

create table permissions (
    name text primary key not null,
    description text not null
) strict;

create table role_permissions (
    role text not null,
    permission text not null references permissions (name) on delete cascade,
    primary key (role, permission)
) strict;

-- ---------------------------------------------------------------- organizations

create table organizations (
    id text primary key not null,
    name text not null,
    slug text not null,
    time_zone text not null,
    currency text not null,
    default_locale text not null,
    locales text not null,
    suspended_at text,
    created_at text not null,
    updated_at text not null
) strict;
create unique index organizations_slug_key on organizations (slug);

create table members (
    organization_id text not null references organizations (id) on delete cascade,
    id text not null,
    user_id text not null references users (id) on delete cascade,
    role text not null check (role in ('owner', 'admin', 'editor', 'viewer')),
    is_restricted integer not null check (is_restricted in (0, 1)),
    suspended_at text,
    created_at text not null,
    updated_at text not null,
    primary key (organization_id, id)
) strict;
create unique index members_organization_id_user_id_key on members (organization_id, user_id);
create index members_user_id_index on members (user_id);

create table invitations (
    organization_id text not null references organizations (id) on delete cascade,
    id text not null,
    email text not null,
    email_folded text not null,
    role text not null check (role in ('owner', 'admin', 'editor', 'viewer')),
    site_ids text,
    token_hash text not null,
    invited_by text not null,
    created_at text not null,
    expires_at text not null,
    accepted_at text,
    revoked_at text,
    primary key (organization_id, id)
) strict;
create unique index invitations_token_hash_key on invitations (token_hash);
create unique index invitations_organization_id_email_folded_key on invitations (organization_id, email_folded)
    where accepted_at is null and revoked_at is null;

create table api_keys (
    organization_id text not null references organizations (id) on delete cascade,
    id text not null,
    name text not null,
    key_hash text not null,
    hint text not null,
    per_minute integer not null,
    per_day integer not null,
    expires_at text,
    suspended_at text,
    revoked_at text,
    last_used_at text,
    created_by text not null,
    created_at text not null,
    primary key (organization_id, id)
) strict;
create unique index api_keys_key_hash_key on api_keys (key_hash);

create table usage_days (
    organization_id text not null references organizations (id) on delete cascade,
    api_key_id text not null,
    day text not null,
    requests integer not null,
    not_modified integer not null,
    limited integer not null,
    bytes integer not null,
    primary key (organization_id, api_key_id, day)
) strict;

-- Hash-chained per organization; organization_id null is the platform's own chain.
create table audit_records (
    position integer primary key autoincrement,
    id text not null,
    organization_id text,
    actor_kind text not null,
    actor_id text,
    actor_name text not null,
    action text not null,
    subject_type text not null,
    subject_id text not null,
    before_json text,
    after_json text,
    ip_address text,
    request_id text,
    recorded_at text not null,
    previous_hash text not null,
    hash text not null
) strict;
create index audit_records_organization_id_index on audit_records (organization_id, position);

-- ---------------------------------------------------------------- content

create table sites (
    organization_id text not null references organizations (id) on delete cascade,
    id text not null,
    name text not null,
    slug text not null,
    domain text,
    status text not null check (status in ('draft', 'published')),
    default_locale text not null,
    locales text not null,
    time_zone text not null,
    currency text not null,
    settings text not null,
    content_version integer not null,
    created_at text not null,
    updated_at text not null,
    primary key (organization_id, id)
) strict;
create unique index sites_id_key on sites (id);
create unique index sites_organization_id_slug_key on sites (organization_id, slug);
create unique index sites_domain_key on sites (domain) where domain is not null;

-- A membership restricted to sites (members.is_restricted = 1) may act on these only.
create table member_sites (
    organization_id text not null,
    member_id text not null,
    site_id text not null,
    primary key (organization_id, member_id, site_id),
    foreign key (organization_id, member_id) references members (organization_id, id) on delete cascade,
    foreign key (organization_id, site_id) references sites (organization_id, id) on delete cascade
) strict;

-- revision is the newest revision's number; document is its copy, so that an editor reads one row.
-- source_key is where an import found the entry: the same source never makes a second one.
create table entries (
    organization_id text not null,
    id text not null,
    site_id text not null,
    type text not null,
    slug text not null,
    title text not null,
    document text not null,
    revision integer not null,
    sort_order integer not null,
    source_key text,
    created_at text not null,
    updated_at text not null,
    deleted_at text,
    primary key (organization_id, id),
    foreign key (organization_id, site_id) references sites (organization_id, id) on delete cascade
) strict;
create unique index entries_organization_id_site_id_type_slug_key on entries (organization_id, site_id, type, slug) where deleted_at is null;
create unique index entries_organization_id_site_id_type_source_key_key on entries (organization_id, site_id, type, source_key) where source_key is not null;
create index entries_list_index on entries (organization_id, site_id, type, sort_order, id) where deleted_at is null;

create table revisions (
    organization_id text not null,
    entry_id text not null,
    number integer not null,
    slug text not null,
    document text not null,
    author_kind text not null,
    author_id text,
    created_at text not null,
    primary key (organization_id, entry_id, number),
    foreign key (organization_id, entry_id) references entries (organization_id, id) on delete cascade
) strict;

-- Which revision each language shows; facts come from the newest of them.
create table publications (
    organization_id text not null,
    entry_id text not null,
    locale text not null,
    revision integer not null,
    published_at text not null,
    first_published_at text not null,
    primary key (organization_id, entry_id, locale),
    foreign key (organization_id, entry_id) references entries (organization_id, id) on delete cascade
) strict;

-- The read model: one composed document per published entry and language. Readers never join.
create table views (
    organization_id text not null,
    site_id text not null,
    entry_id text not null,
    locale text not null,
    type text not null,
    slug text not null,
    sort_order integer not null,
    document text not null,
    revision integer not null,
    published_at text not null,
    primary key (organization_id, site_id, entry_id, locale),
    foreign key (organization_id, entry_id) references entries (organization_id, id) on delete cascade
) strict;
create unique index views_organization_id_site_id_type_locale_slug_key on views (organization_id, site_id, type, locale, slug);
create index views_list_index on views (organization_id, site_id, type, locale, sort_order, entry_id);
