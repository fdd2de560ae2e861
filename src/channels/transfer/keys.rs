//! The lasting names of what an import makes: by them a second run finds it again.

use std::fmt::Display;

use content::entries::{self, Entry, LONGEST_SOURCE_KEY};
use ground::{
    crypto::sha256_hex,
    db::{Conn, DbError},
    words::SiteId,
};
use tenants::scope::Scope;

/// What something of an import is kept by, or will be, with the entry that an earlier run has made of it. Earlier runs have
/// kept keys of any length.
pub(super) fn find(
    conn: &Conn,
    scope: &Scope,
    site: SiteId,
    content_type: &str,
    name: impl Display,
) -> Result<(String, Option<Entry>), DbError> {
    let whole = name.to_string();
    let key = shortened(&whole);
    let found = entries::by_source(conn, scope, site, content_type, &key)?;
    if found.is_none()
        && key != whole
        && let Some(entry) = entries::by_source(conn, scope, site, content_type, &whole)?
    {
        return Ok((whole, Some(entry)));
    }
    Ok((key, found))
}

/// The key where it is short enough; otherwise its beginning, and what tells it from all others that begin so.
fn shortened(whole: &str) -> String {
    if whole.chars().count() <= LONGEST_SOURCE_KEY {
        return whole.to_owned();
    }
    let hash = sha256_hex(whole.as_bytes());
    let beginning: String = whole.chars().take(LONGEST_SOURCE_KEY - hash.len() - 1).collect();
    format!("{beginning} {hash}")
}

#[cfg(test)]
mod tests {
    use content::{
        entries::{EntryError, NewEntry},
        sites::{self, NewSite},
        types::Declarations,
    };
    use ground::{
        clock::{Clock, Randomness},
        db::{Db, Location, TenantSql},
    };
    use tenants::{
        audit::Platform,
        organizations::{self, NewOrganization},
    };

    use super::*;
    use crate::transfer::addresses::{REDIRECT, redirect};

    #[test]
    fn a_long_key_is_shortened_the_same_way_each_time_and_differs_from_its_neighbours() {
        let key = |ending: &str| shortened(&format!("wordpress old.example redirect /{}{ending}", "ü".repeat(300)));
        assert_eq!(key("a").chars().count(), LONGEST_SOURCE_KEY);
        assert_eq!(key("a"), key("a"));
        assert_ne!(key("a"), key("b"));
        let short = "wordpress old.example redirect /about";
        assert_eq!(shortened(short), short);
        let full = "x".repeat(LONGEST_SOURCE_KEY);
        assert_eq!(shortened(&full), full);
    }

    const LENGTHEN: TenantSql =
        TenantSql::new("update entries set source_key = ?3 where organization_id = ?1 and id = ?2");

    #[test]
    fn what_an_earlier_run_has_kept_under_a_long_key_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("gammacms.db"));
        let db = Db::open(&location, Clock::system(), Randomness::system()).unwrap();
        db.migrate(&folder.path().join("snapshots")).unwrap();
        let group = NewOrganization {
            name: "Lake Hotels".to_owned(),
            slug: None,
            time_zone: "UTC".parse().unwrap(),
            currency: "EUR".parse().unwrap(),
            locales: vec!["en".parse().unwrap()],
            default_locale: None,
        };
        let group = db.write_blocking(move |tx| organizations::create(tx, &Platform::operator("test"), group)).unwrap();
        let scope = Scope::for_operator(group.id, "test");
        let writer = scope.clone();
        let site = db.write_blocking(move |tx| sites::create(tx, &writer, NewSite::named("Main"))).unwrap();
        let declarations = Declarations::load().unwrap_or_else(|problems| panic!("{problems:?}"));
        let from = format!("/{}", "a".repeat(300));
        let whole = format!("wordpress old.example redirect {from}");
        let new = NewEntry {
            content_type: REDIRECT.to_owned(),
            slug: None,
            document: redirect(&from, "/house"),
            source_key: Some("short".to_owned()),
        };
        let (writer, id, long) = (scope.clone(), site.id, whole.clone());
        let made = db.write_blocking(move |tx| {
            let (made, _) = entries::put(tx, &writer, &declarations, id, new, &[])?;
            tx.execute(LENGTHEN.of(&writer, (made.id, long)))?;
            Ok::<_, EntryError>(made.id)
        });
        let made = made.unwrap();
        let found = |what: String| {
            db.read_blocking(|conn| find(conn, &scope, site.id, REDIRECT, format!("wordpress old.example {what}")))
        };
        let (key, entry) = found(format!("redirect {from}")).unwrap();
        assert_eq!((key, entry.map(|entry| entry.id)), (whole, Some(made)));
        let (key, entry) = found(format!("redirect {from}b")).unwrap();
        assert_eq!((key.chars().count(), entry.is_none()), (LONGEST_SOURCE_KEY, true));
    }
}
