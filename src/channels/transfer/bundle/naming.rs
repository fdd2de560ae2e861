//! Names that two entries of a site cannot both have: within an archive, and between it and what is here.

use std::collections::HashSet;

use content::entries::carried::{self, Carried};
use ground::{crypto::sha256, db::Conn, words::EntryId};
use tenants::scope::Scope;

use super::{MOST_PROBLEMS, checking::Plan, ids::Ids, settling::site_here};
use crate::transfer::TransferError;

/// A name in a few bytes: archives have more entries than memory has room for names.
type Print = [u8; 16];

/// The names of an archive's entries.
#[derive(Default)]
pub(super) struct Names {
    slugs: HashSet<Print>,
    addresses: HashSet<Print>,
    keys: HashSet<Print>,
}

impl Names {
    /// Notes the names of an entry of a site, which goes by its place; what another one has already is answered. What an
    /// entry was called once may be another's name by now.
    pub fn add(&mut self, site: usize, entry: &Carried) -> Vec<String> {
        let content_type = &entry.content_type;
        let mut taken = Vec::new();
        if let Some(last) = entry.states.last()
            && !self.slugs.insert(print(site, content_type, last.slug.as_str()))
        {
            taken.push(format!("Two entries of the type {content_type} have the slug {}.", last.slug));
        }
        for (locale, slug) in entry.addresses() {
            if !self.addresses.insert(print(site, content_type, &format!("{locale} {slug}"))) {
                taken.push(format!("Two entries of the type {content_type} are published as {slug} in {locale}."));
            }
        }
        if let Some(key) = &entry.source_key
            && !self.keys.insert(print(site, content_type, key))
        {
            taken.push(format!("Two entries of the type {content_type} have the source key {key:?}."));
        }
        taken
    }
}

/// What entries that are here, and not in the archive, have of its names.
pub(super) fn taken_here(conn: &Conn, scope: &Scope, plan: &Plan, ids: &Ids) -> Result<Vec<String>, TransferError> {
    let own: HashSet<EntryId> = plan.entries.keys().map(|id| ids.entry(*id)).collect();
    let mut taken = Vec::new();
    let mut tell = |told: String| {
        if taken.len() < MOST_PROBLEMS {
            taken.push(told);
        }
    };
    for (index, site) in plan.manifest.sites.iter().enumerate() {
        let Some(here) = site_here(conn, scope, ids.site(site.id))? else { continue };
        carried::each_slug(conn, scope, here.id, |entry, content_type, slug| {
            if !own.contains(&entry) && plan.names.slugs.contains(&print(index, content_type, slug.as_str())) {
                tell(format!(
                    "The {content_type} {entry} is here and has the slug {slug}, which one of the archive has. Give it another one."
                ));
            }
        })?;
        carried::each_address(conn, scope, here.id, |entry, content_type, locale, slug| {
            let name = print(index, content_type, &format!("{locale} {slug}"));
            if !own.contains(&entry) && plan.names.addresses.contains(&name) {
                tell(format!(
                    "The {content_type} {entry} is here and is published in {locale} as {slug}, as one of the archive is. Publish it under another slug."
                ));
            }
        })?;
    }
    Ok(taken)
}

fn print(site: usize, content_type: &str, name: &str) -> Print {
    let mut print = Print::default();
    let sum = sha256(format!("{site} {content_type} {name}").as_bytes());
    let length = print.len();
    print.copy_from_slice(&sum[..length]);
    print
}
