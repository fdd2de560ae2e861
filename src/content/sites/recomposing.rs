//! What visitors see rests on how a site speaks: when that changes, its views are composed anew. The entries do it, which
//! stand above; the job is declared here, where the change is.

use ground::words::SiteId;
use machinery::jobs::{Job, Lane, Options, Priority};
use serde::{Deserialize, Serialize};

/// Composes the views of a site anew.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct RecomposeViews {
    /// The site.
    pub site: SiteId,
    /// The site's version since which it is wanted: a job that runs already has begun before.
    #[serde(default)]
    pub version: i64,
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
