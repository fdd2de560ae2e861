-- Which fields of a view have texts of another language of its chain: composed with it, told by the public API. What was
-- composed before is composed anew at the next start.

alter table views add column fallback_fields text not null default '[]';
