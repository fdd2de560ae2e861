//! Guests' websites: which host is whose, which address is which page, and the theme that a page is made with. Pages are
//! made of the same published views as the public API's answers, kept as long as those stand, and complete without a
//! script. The team sees its drafts under
//! `/preview/SITE/`, and what guests see under `/live/SITE/`.

mod addresses;
mod banners;
mod booking;
mod colours;
mod described;
mod directory;
mod domains;
mod embeds;
mod forms;
mod frozen;
mod functions;
mod languages;
mod library;
mod links;
mod lists;
mod menus;
mod moved;
mod pages;
mod previewing;
mod resolving;
mod routes;
mod theme;

use std::sync::Arc;

use content::{forms::Stamps, types::Catalogue};
use ground::db::Db;

pub use domains::{DomainChanges, Domains};
pub(crate) use embeds::provider_of;
pub use frozen::FrozenError;
pub(crate) use frozen::{Freezer, Frozen, Host, Looking, Step, hosts};
pub(crate) use resolving::{Resolved, menus_of};
pub use routes::routes;
pub use theme::ThemeError;

use crate::kept::{Answers, Versions};
use moved::Redirects;
use theme::Theme;

/// What the routes work with. Managed by Rocket; cheap to clone.
#[derive(Clone)]
pub struct Sites {
    db: Db,
    catalogue: Catalogue,
    domains: Domains,
    answers: Answers,
    redirects: Redirects,
    theme: Arc<Theme>,
    environment: Arc<str>,
    stamps: Stamps,
}

impl Sites {
    /// Reads the themes; nothing is rendered yet.
    pub fn new(
        db: Db,
        catalogue: Catalogue,
        domains: Domains,
        environment: &str,
        versions: Versions,
        stamps: Stamps,
    ) -> Result<Self, ThemeError> {
        Ok(Self {
            redirects: Redirects::new(versions.clone(), db.clock().clone()),
            answers: Answers::new(versions, db.clock().clone()),
            db,
            catalogue,
            domains,
            theme: Arc::new(Theme::load(theme::DEFAULT)?),
            environment: environment.into(),
            stamps,
        })
    }

    /// The theme; in debug builds as its files are now, so that whoever writes one sees what they do.
    fn theme(&self) -> Result<Arc<Theme>, ThemeError> {
        if cfg!(debug_assertions) {
            return Theme::load(theme::DEFAULT).map(Arc::new);
        }
        Ok(Arc::clone(&self.theme))
    }
}
