//! Which host is which site's: kept in memory, because every request asks, and read anew when the outbox tells of a site.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use content::sites::{self, SiteHost};
use ground::db::{Db, DbError};
use machinery::events::{Event, FollowError, Follower};
use rocket::futures::future::{BoxFuture, FutureExt};

/// The hosts of all sites. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Domains(Arc<RwLock<HashMap<String, SiteHost>>>);

impl Domains {
    /// As the database has them now.
    pub async fn read(db: &Db) -> Result<Self, DbError> {
        let domains = Self::default();
        domains.replace(db.scan(sites::hosts).await?);
        Ok(domains)
    }

    /// Whether a host (lower-case, without port) is a site's.
    pub fn is_site(&self, host: &str) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains_key(host)
    }

    /// The site of a host.
    pub(super) fn find(&self, host: &str) -> Option<SiteHost> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(host).cloned()
    }

    /// Keeps up with the sites: give it to the followers of the outbox.
    pub fn changes(&self, db: Db) -> DomainChanges {
        DomainChanges { domains: self.clone(), db }
    }

    fn replace(&self, hosts: Vec<SiteHost>) {
        let hosts = hosts.into_iter().map(|host| (host.domain.as_str().to_owned(), host)).collect();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = hosts;
    }
}

/// Hears of every change of a site or an organization. In memory only: each process has its own.
pub struct DomainChanges {
    domains: Domains,
    db: Db,
}

impl Follower for DomainChanges {
    fn name(&self) -> &'static str {
        "site-domains"
    }

    fn follow<'a>(&'a self, event: &'a Event) -> BoxFuture<'a, Result<(), FollowError>> {
        async move {
            if event.kind.starts_with("site.") || event.kind.starts_with("organization.") {
                self.domains.replace(self.db.scan(sites::hosts).await?);
            }
            Ok(())
        }
        .boxed()
    }

    fn is_durable(&self) -> bool {
        false
    }
}
