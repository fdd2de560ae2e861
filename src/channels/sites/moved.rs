//! Where old addresses lead: each site's published redirects, kept in memory as long as the site's content stands.

use std::sync::Arc;

use content::{
    entries::public,
    redirects::{self, Table},
};
use ground::{
    clock::{Clock, Timestamp},
    db::{Conn, DbError},
    words::SiteId,
};
use moka::sync::Cache;
use tenants::scope::Visitor;

use crate::kept::{State, Versions};

/// Redirects kept for all sites together: each takes some hundred bytes, and a small machine has 256 MB.
const MOST_RULES: u64 = 100_000;

/// The tables of the sites that were asked for. Cheap to clone.
#[derive(Clone)]
pub(super) struct Redirects {
    kept: Cache<SiteId, Arc<Kept>>,
    versions: Versions,
    clock: Clock,
}

struct Kept {
    table: Arc<Table>,
    state: State,
    /// When something is shown or hidden by itself.
    until: Option<Timestamp>,
}

impl Kept {
    fn is_current(&self, clock: &Clock) -> bool {
        self.state.is_current() && self.until.is_none_or(|until| clock.now() < until)
    }
}

impl Redirects {
    pub fn new(versions: Versions, clock: Clock) -> Self {
        let weigh = |_: &SiteId, kept: &Arc<Kept>| u32::try_from(kept.table.len() + 1).unwrap_or(u32::MAX);
        Self { kept: Cache::builder().max_capacity(MOST_RULES).weigher(weigh).build(), versions, clock }
    }

    /// The site's redirects as they are published now.
    pub fn of(&self, conn: &Conn, visitor: &Visitor, site: SiteId) -> Result<Arc<Table>, DbError> {
        if let Some(kept) = self.kept.get(&site).filter(|kept| kept.is_current(&self.clock)) {
            return Ok(Arc::clone(&kept.table));
        }
        let state = self.versions.of_content(site);
        let table = Arc::new(redirects::table(conn, visitor, site)?);
        let until = public::next_change(conn, visitor, site)?;
        self.kept.insert(site, Arc::new(Kept { table: Arc::clone(&table), state, until }));
        Ok(table)
    }
}
