//! A group with a site, on each database there is: what the tests of this floor begin with.

use ground::{
    clock::{Clock, Randomness},
    db::{Conn, Db, DbError, Location, Tx},
    words::{Locale, SiteId},
};
use serde_json::{Value, json};
use tenants::{
    audit::Platform,
    organizations::{self, NewOrganization},
    scope::Scope,
};

use crate::{
    entries::{self, Entry, EntryError, NewEntry},
    sites::{self, NewSite, Site},
    types::Declarations,
};

/// A database with a hotel group, its site in English and German, and another group.
pub struct World {
    pub db: Db,
    pub scope: Scope,
    pub stranger: Scope,
    pub site: Site,
}

/// Runs a promise on SQLite and, where `TEST_DATABASE_URL` names one, on PostgreSQL.
pub fn on_both(promise: impl Fn(&World)) {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Sqlite(folder.path().join("test.db"));
    let world = World::new(Db::open(&location, Clock::system(), Randomness::system()).unwrap(), folder.path());
    promise(&world);
    world.db.close();
    #[expect(clippy::disallowed_methods, reason = "the test script tells tests where its servers are")]
    let Ok(url) = std::env::var("TEST_DATABASE_URL") else { return };
    let location = Location::Postgres(fresh_postgres(&url));
    let world = World::new(Db::open(&location, Clock::system(), Randomness::system()).unwrap(), folder.path());
    promise(&world);
}

fn fresh_postgres(url: &str) -> String {
    let name = format!("gammacms_content_{}", u64::from_le_bytes(Randomness::system().bytes()));
    let mut client = postgres::Client::connect(url, postgres::NoTls).unwrap();
    client
        .batch_execute(&format!(
            "create database {name} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'"
        ))
        .unwrap();
    let (server, _) = url.rsplit_once('/').unwrap();
    format!("{server}/{name}?sslmode=disable")
}

pub fn locale(text: &str) -> Locale {
    text.parse().unwrap()
}

pub fn declarations() -> Declarations {
    Declarations::load().unwrap_or_else(|problems| panic!("{problems:?}"))
}

impl World {
    fn new(db: Db, folder: &std::path::Path) -> Self {
        db.migrate(folder).unwrap();
        let group = |name: &'static str| {
            db.write_blocking(move |tx| {
                let new = NewOrganization {
                    name: name.to_owned(),
                    slug: None,
                    time_zone: "Europe/Zurich".parse().unwrap(),
                    currency: "CHF".parse().unwrap(),
                    locales: vec![locale("en"), locale("de")],
                    default_locale: None,
                };
                let made = organizations::create(tx, &Platform::operator("test"), new).unwrap();
                Ok::<_, DbError>(Scope::for_operator(made.id, "test"))
            })
            .unwrap()
        };
        let (scope, stranger) = (group("Lake"), group("Alp"));
        let maker = scope.clone();
        let made = db.write_blocking(move |tx| {
            let site = sites::create(tx, &maker, NewSite::named("Seeblick"))?;
            sites::publish(tx, &maker, site.id)
        });
        Self { db, scope, stranger, site: made.unwrap() }
    }

    pub fn write<T: Send + 'static, E: From<DbError> + Send + 'static>(
        &self,
        writes: impl FnOnce(&Tx, &Scope, SiteId, &Declarations) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let (scope, site, declarations) = (self.scope.clone(), self.site.id, declarations());
        self.db.write_blocking(move |tx| writes(tx, &scope, site, &declarations))
    }

    pub fn read<T, E: From<DbError>>(&self, reads: impl FnOnce(&Conn, &Scope) -> Result<T, E>) -> Result<T, E> {
        self.db.read_blocking(|conn| reads(conn, &self.scope))
    }

    pub fn create(&self, content_type: &str, document: Value) -> Result<Entry, EntryError> {
        let new = NewEntry { content_type: content_type.to_owned(), slug: None, document, source_key: None };
        self.write(move |tx, scope, site, declarations| entries::create(tx, scope, declarations, site, new))
    }

    pub fn publish(&self, entry: &Entry, locales: Option<&[&str]>) -> Result<Entry, EntryError> {
        let (id, revision) = (entry.id, entry.revision);
        let locales = locales.map(|locales| locales.iter().map(|text| locale(text)).collect::<Vec<_>>());
        self.write(move |tx, scope, site, declarations| {
            entries::publish(tx, scope, declarations, site, id, revision, locales.as_deref())
        })
    }

    pub fn save(&self, entry: &Entry, document: Value) -> Result<Entry, EntryError> {
        let (id, revision) = (entry.id, entry.revision);
        self.write(move |tx, scope, site, declarations| {
            let change = entries::EntryChange { revision, slug: None, document, autosave: false };
            entries::save(tx, scope, declarations, site, id, &change)
        })
    }

    /// What the site's version is now.
    pub fn version(&self) -> i64 {
        self.read(|conn, scope| sites::find(conn, scope, self.site.id)).unwrap().content_version
    }
}

/// A room with a name in each of these languages.
pub fn room(names: &[(&str, &str)]) -> Value {
    let names: serde_json::Map<_, _> = names.iter().map(|(locale, name)| ((*locale).to_owned(), json!(name))).collect();
    json!({ "name": names })
}
