//! What visitors see rests on how a site speaks and on where its days begin: when that changes, its views are composed
//! anew. Who does it is in the room of the entries; the job is declared here, where the change is.

use ground::words::SiteId;
use machinery::jobs::{Job, Lane, Options, Priority};
use serde::{Deserialize, Serialize};

/// Composes the views of a site anew.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct RecomposeViews {
    /// The site.
    pub site: SiteId,
    /// The site's version since which it is wanted: a job that runs already for another one has begun too early.
    #[serde(default)]
    pub version: i64,
}

impl RecomposeViews {
    /// Because what composes them has changed.
    pub const fn of(site: SiteId) -> Self {
        Self { site, version: 0 }
    }

    /// Because the site is another since this version of it.
    pub const fn since(site: SiteId, version: i64) -> Self {
        Self { site, version }
    }
}

impl Job for RecomposeViews {
    const KIND: &'static str = "recompose_views";
    const LANE: Lane = Lane::Maintenance;

    fn options() -> Options {
        Options { priority: Priority::Low, ..Options::default() }
    }

    fn unique_key(&self) -> Option<String> {
        Some(format!("{}@{}", self.site, self.version))
    }
}
