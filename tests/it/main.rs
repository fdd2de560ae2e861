//! Black-box tests over the started binary: one module per area of promises, one binary for all (linking costs seconds).
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests stand outside the program: they own its environment and its time, and a panic is how they fail"
)]

mod accounts;
mod alpinebits;
mod architecture;
mod booking;
mod brand;
mod bundle;
mod bundle_names;
mod bundle_plans;
mod bundle_types;
mod changes;
mod checks;
mod copying;
mod crash;
mod csv;
mod custom_types;
mod declared;
mod demo;
mod entry_pages;
mod every_section;
mod exports;
mod facts;
mod first_run;
mod forms;
mod history;
mod house_pages;
mod import;
mod imports;
mod imports_given_up;
mod languages;
mod lasting;
mod mail;
mod media;
mod media_s3;
mod model;
mod moving_in;
mod openapi;
mod plain_files;
mod preview_links;
mod public_api;
mod public_reading;
mod public_website;
mod redirects;
mod redis;
mod releases;
mod replication;
mod running;
mod search;
mod sections;
mod shared_sections;
mod sitemap;
mod sites;
mod support;
mod team_fields;
mod tenancy;
mod translations;
mod type_changes;
mod validity;
mod wordpress;
mod wordpress_files;
mod wordpress_limits;
mod workflow;
