-- How a site speaks each of its languages: prefix, own domain, fallback, whether visitors are offered it. As JSON on the
-- site, because every save and every reading of a site needs all of it at once.

alter table sites add column languages text not null default '{}';

-- The domains of single languages beside `sites.domain`: a host is looked up here, and is one site's on the whole platform.
create table site_domains (
    organization_id text not null,
    domain text not null,
    site_id text not null,
    locale text not null,
    primary key (organization_id, domain),
    foreign key (organization_id, site_id) references sites (organization_id, id) on delete cascade
) strict;
create unique index site_domains_domain_key on site_domains (domain);
create index site_domains_site_id_index on site_domains (organization_id, site_id);
