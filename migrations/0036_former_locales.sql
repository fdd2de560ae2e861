-- Languages that a site was offered in once: the texts of them stay in its entries, and come back with the language.
alter table sites add column former_locales text not null default '[]';
