//! Whose declarations: those that came with the program are everybody's; a group adds its own to them.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use ground::{
    db::{Conn, Db, DbError, Tenant},
    words::OrganizationId,
};

use super::{DeclarationProblem, Declarations, own, store};

/// Organizations whose own declarations are kept in memory: each holds some hundred kilobytes, and who comes back is read
/// anew in a millisecond.
const MOST_KNOWN: usize = 200;

/// Hands out the declarations of an organization. Managed by Rocket; cheap to clone.
///
/// What is kept in memory is found by the version that stands in the database, which every call reads by its primary key:
/// so no process ever checks by declarations that another one has replaced. Inside a write hand it the transaction. A
/// version is a number drawn for one state and never again, so that what a transaction sees and then takes back is not
/// mistaken for anything else.
#[derive(Clone, Debug)]
pub struct Catalogue {
    base: Arc<Declarations>,
    known: Arc<RwLock<HashMap<OrganizationId, Arc<Declarations>>>>,
}

impl Catalogue {
    /// Reads the files that came with the program. Every mistake is named with its file and field.
    pub fn load() -> Result<Self, Vec<DeclarationProblem>> {
        Declarations::load().map(Self::new)
    }

    /// A catalogue over these declarations.
    pub fn new(base: Declarations) -> Self {
        Self { base: Arc::new(base), known: Arc::default() }
    }

    /// What came with the program: what a new organization has.
    pub fn base(&self) -> &Arc<Declarations> {
        &self.base
    }

    /// The organization's declarations as this connection or transaction sees them. Without any of its own they are the
    /// built-in ones.
    pub fn of(&self, conn: &Conn, tenant: &impl Tenant) -> Result<Arc<Declarations>, DbError> {
        let mut version = store::version(conn, tenant)?;
        let organization = tenant.organization_id();
        loop {
            if version == 0 {
                return Ok(Arc::clone(&self.base));
            }
            if let Some(known) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(&organization)
                && known.version() == version
            {
                return Ok(Arc::clone(known));
            }
            let rows = store::own_rows(conn, tenant)?;
            let brands = store::brands(conn, tenant)?;
            // On PostgreSQL each statement sees what was committed before it: the rows may be newer than the version.
            let seen = store::version(conn, tenant)?;
            if seen == version {
                let declarations = Arc::new(own::assembled(&self.base, &rows, version).branded(brands));
                let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
                if known.len() >= MOST_KNOWN {
                    known.clear();
                }
                known.insert(organization, Arc::clone(&declarations));
                return Ok(declarations);
            }
            version = seen;
        }
    }

    /// [`Self::of`], for what needs no connection for anything else.
    pub async fn current<T>(&self, db: &Db, tenant: &T) -> Result<Arc<Declarations>, DbError>
    where
        T: Tenant + Clone + Send + 'static,
    {
        let (catalogue, tenant) = (self.clone(), tenant.clone());
        db.read(move |conn| catalogue.of(conn, &tenant)).await
    }
}
