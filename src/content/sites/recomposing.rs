//! Asking for the views of a site to be composed anew. Who does it is in the room of the entries.

use ground::words::{SiteId, TimeZoneName};
use machinery::jobs::{Job, Lane, Options, Priority};
use serde::{Deserialize, Serialize};

/// Composes the views of a site anew.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct RecomposeViews {
    /// The site.
    pub site: SiteId,
    /// The time zone that the site has since, if that is why: a job that runs for another one has begun too early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

impl RecomposeViews {
    /// Because what composes them has changed.
    pub const fn of(site: SiteId) -> Self {
        Self { site, time_zone: None }
    }

    /// Because the site lies in another time zone.
    pub fn in_zone(site: SiteId, zone: &TimeZoneName) -> Self {
        Self { site, time_zone: Some(zone.to_string()) }
    }
}

impl Job for RecomposeViews {
    const KIND: &'static str = "recompose_views";
    const LANE: Lane = Lane::Maintenance;

    fn options() -> Options {
        Options { priority: Priority::Low, ..Options::default() }
    }

    fn unique_key(&self) -> Option<String> {
        let zone = self.time_zone.as_ref().map(|zone| format!(" {zone}")).unwrap_or_default();
        Some(format!("{}{zone}", self.site))
    }
}
