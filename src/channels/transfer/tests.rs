use std::path::PathBuf;

use content::{
    entries,
    sites::{self, NewSite},
    types::{Catalogue, Declarations},
};
use ground::{
    clock::{Clock, Randomness},
    db::{Db, Location},
    words::Slug,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tenants::{
    audit::Platform,
    organizations::{self, NewOrganization},
    scope::Scope,
};

use super::{Report, TransferError, json::import, mapping::Mapping};

/// A database with one organization.
struct House {
    folder: TempDir,
    db: Db,
    catalogue: Catalogue,
    scope: Scope,
}

impl House {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let location = Location::Sqlite(folder.path().join("gammacms.db"));
        let db = Db::open(&location, Clock::system(), Randomness::system()).unwrap();
        db.migrate(&folder.path().join("snapshots")).unwrap();
        let scope = organization(&db, "Lake Hotels");
        Self { folder, db, catalogue: Catalogue::load().unwrap(), scope }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let file = self.folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        file
    }

    fn import(&self, source: &Value, mapping: &str, site: Option<&str>) -> Result<Report, TransferError> {
        let (source, mapping) = (self.file("source.json", &source.to_string()), self.file("mapping.toml", mapping));
        let site: Option<Slug> = site.map(|slug| slug.parse().unwrap());
        import(&self.db, &self.catalogue, &self.scope, &source, &mapping, site.as_ref(), false)
    }
}

fn organization(db: &Db, name: &str) -> Scope {
    let new = NewOrganization {
        name: name.to_owned(),
        slug: None,
        time_zone: "UTC".parse().unwrap(),
        currency: "EUR".parse().unwrap(),
        locales: vec!["en".parse().unwrap()],
        default_locale: None,
    };
    let made = db.write_blocking(move |tx| organizations::create(tx, &Platform::operator("test"), new)).unwrap();
    Scope::for_operator(made.id, "test")
}

const SITES: &str = r#"
[site]
name = "{Name}"
slug = "{Name}"
domain = "{$slug}.example"
default_locale = "en"
locales = ["en"]
time_zone = "UTC"
currency = "EUR"

[[entries]]
type = "property"
key = "{Name}"
slug = "{Name}"
fields.name = { localized = { en = "Name" } }
"#;

#[test]
fn a_record_that_the_database_refuses_is_left_out_and_the_others_are_taken() {
    let house = House::new();
    let others = organization(&house.db, "Others");
    let taken = NewSite { domain: Some("krone.example".parse().unwrap()), ..NewSite::named("Krone") };
    house.db.write_blocking(move |tx| sites::create(tx, &others, taken)).unwrap();
    let report = house.import(&json!([{"Name": "Adler"}, {"Name": "Krone"}, {"Name": "Post"}]), SITES, None).unwrap();
    assert_eq!((report.sites.created, report.sites.skipped, report.entries["property"].created), (2, 1, 2));
    assert_eq!((report.skipped[0].row, report.skipped[0].field.as_str()), (2, "domain"));
    assert!(report.skipped[0].reason.contains("krone.example"), "{:?}", report.skipped);
}

const ONE_SITE: &str = r#"
[[entries]]
type = "amenity"
each = { path = "Tags", distinct = true }
key = "{.}"
slug = "{.}"
publish = true
fields.name = { localized = { en = "." } }

[[entries]]
type = "room"
key = "{No}"
slug = "Room {No}"
publish = true
fields.name = { localized = { en = { template = "Room {No}" } } }
fields.amenities = { each = "Tags", item = { reference = { type = "amenity", key = "{.}" } } }
"#;

#[test]
fn many_records_go_into_one_site_and_name_what_earlier_ones_have_made() {
    let house = House::new();
    let scope = house.scope.clone();
    house.db.write_blocking(move |tx| sites::create(tx, &scope, NewSite::named("Main"))).unwrap();
    let rooms: Vec<Value> = (1..=300).map(|number| json!({"No": number, "Tags": ["Sauna", "Pool"]})).collect();
    let source = Value::from(rooms);
    let report = house.import(&source, ONE_SITE, Some("main")).unwrap();
    assert_eq!(report.skipped, []);
    assert_eq!((report.entries["amenity"].created, report.entries["room"].created), (2, 300));
    let again = house.import(&source, ONE_SITE, Some("main")).unwrap();
    assert_eq!((again.entries["amenity"].unchanged, again.entries["room"].unchanged), (2, 300));
    let scope = house.scope.clone();
    let (count, rooms) = house
        .db
        .read_blocking(|conn| {
            let site = sites::find_by_slug(conn, &scope, &"main".parse().unwrap())?;
            entries::list(conn, &scope, site.id, Some("room"), 1, 0)
        })
        .unwrap();
    assert_eq!(count, 300);
    assert_eq!(rooms[0].document.get("amenities").unwrap().as_array().unwrap().len(), 2);
}

#[test]
fn a_site_is_named_exactly_where_the_mapping_makes_none() {
    let house = House::new();
    assert!(matches!(house.import(&json!([]), ONE_SITE, None), Err(TransferError::SiteNeeded)));
    assert!(matches!(house.import(&json!([]), SITES, Some("main")), Err(TransferError::SiteUnused)));
    assert!(matches!(house.import(&json!([]), ONE_SITE, Some("main")), Err(TransferError::Site(_))));
}

#[test]
fn the_example_in_the_documentation_names_only_what_is_declared() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/examples/hotels-50.mapping.toml");
    let mapping = Mapping::read(&file, &Declarations::load().unwrap()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(mapping.entries.len(), 4);
}
