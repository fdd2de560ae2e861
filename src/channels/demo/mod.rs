//! The sample hotel group: three invented houses in two languages, from the files under `assets/demo`. Setup loads them
//! into the organization just made; `gammacms demo` makes a group of its own for them.

mod accounts;
mod errors;
mod pictures;
mod reading;
mod store;
#[cfg(test)]
mod tests;

use content::{
    entries::{self, NewEntry},
    sites::{self, Site, SiteError},
    types::Declarations,
};
use ground::{db::Tx, words::DomainName};
use rust_embed::RustEmbed;
use tenants::scope::Scope;

pub use accounts::{Loaded, NewOwner, load};
pub use errors::DemoError;
pub(crate) use pictures::drawing_named;
pub use pictures::routes;

use reading::SiteFile;
pub(crate) use reading::{Made, Places, with_ids};

/// The houses.
#[derive(RustEmbed)]
#[folder = "../../assets/demo"]
#[include = "*.toml"]
struct Files;

/// Where the sample sites are served: browsers look for names below `localhost` on their own machine (RFC 6761 section
/// 6.3), so that they can be opened without any name server.
const DOMAIN: &str = "localhost";

/// What happened to one of the sample sites.
#[derive(Clone, Debug)]
pub struct LoadedSite {
    /// The site.
    pub site: Site,
    /// False where the organization had a site of this slug: it was left as it is.
    pub is_new: bool,
    /// How many entries were published in it.
    pub entries: usize,
}

/// Loads the sample sites into the organization, published in all of their languages. A site that is there already, by
/// its slug, is left alone.
pub fn load_sites(tx: &Tx, scope: &Scope, declarations: &Declarations) -> Result<Vec<LoadedSite>, DemoError> {
    files()?.into_iter().map(|file| load_site(tx, scope, declarations, file)).collect()
}

/// The files in the order of their names.
fn files() -> Result<Vec<SiteFile>, DemoError> {
    let mut names: Vec<_> = Files::iter().collect();
    names.sort_unstable();
    let found = names.iter().filter_map(|name| Files::get(name).map(|file| (name, file.data)));
    found.map(|(name, data)| SiteFile::parse(name, &String::from_utf8_lossy(&data))).collect()
}

fn load_site(tx: &Tx, scope: &Scope, declarations: &Declarations, file: SiteFile) -> Result<LoadedSite, DemoError> {
    match sites::find_by_slug(tx, scope, &file.site.slug) {
        Ok(site) => return Ok(LoadedSite { site, is_new: false, entries: 0 }),
        Err(SiteError::NotFound) => {}
        Err(error) => return Err(error.into()),
    }
    let file = file.in_order(declarations);
    let mut new = file.site.to_new_site();
    new.domain = free_domain(tx, &file)?;
    let site = sites::create(tx, scope, new)?;
    let site = sites::publish(tx, scope, site.id)?;
    let mut made = Made::new();
    for entry in &file.entries {
        let document = entry.resolved(&made)?;
        let new = NewEntry {
            content_type: entry.content_type.clone(),
            slug: Some(entry.slug.clone()),
            document,
            source_key: None,
        };
        let (written, _) = entries::put(tx, scope, declarations, site.id, new, &site.locales)?;
        made.insert((entry.content_type.clone(), entry.slug.to_string()), written.id);
    }
    Ok(LoadedSite { site, is_new: true, entries: file.entries.len() })
}

/// The site's name below `localhost`, unless another organization of the installation has the sample too.
fn free_domain(tx: &Tx, file: &SiteFile) -> Result<Option<DomainName>, DemoError> {
    let Ok(domain) = format!("{}.{DOMAIN}", file.site.slug).parse::<DomainName>() else { return Ok(None) };
    Ok(store::domain_is_free(tx, &domain)?.then_some(domain))
}
