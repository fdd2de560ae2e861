//! Records of a JSON file become websites: the 50 hotels whole, twice, dry, and with rows that cannot be taken.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::support::{Client, Person, Server, set_up};

const BASE: &str = "/api/public/v1";
/// A debug build on a busy machine; a release build needs two seconds.
const LONGEST_IMPORT: Duration = Duration::from_secs(60);

fn example_mapping() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples/hotels-50.mapping.toml")
}

/// The file of 50 hotels beside the repository; nothing, with a word about it, where it is absent.
fn hotels_file() -> Option<PathBuf> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/hotels/hotels-50.json");
    if file.is_file() {
        return Some(file);
    }
    eprintln!("skipped: {} is not there", file.display());
    None
}

fn hotels(file: &Path) -> Vec<Value> {
    let bytes = std::fs::read(file).unwrap();
    let source: Value = serde_json::from_slice(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes)).unwrap();
    source["value"].as_array().unwrap().clone()
}

/// Runs the import into the group that setup makes; answers its report.
#[track_caller]
fn import(server: &Server, file: &Path, mapping: &Path, more: &[&str]) -> Value {
    let (file, mapping) = (file.to_str().unwrap(), mapping.to_str().unwrap());
    let mut arguments = vec!["import", "json", file, "--mapping", mapping, "--organization", "lake-hotels", "--json"];
    arguments.extend(more);
    serde_json::from_str(&server.run_ok(&arguments)).unwrap()
}

fn counts(created: usize, unchanged: usize) -> Value {
    json!({"created": created, "changed": 0, "unchanged": unchanged, "skipped": 0})
}

/// A reader whose key has room for a whole read-back.
fn reader(server: &Server, owner: &Person) -> Client {
    let wish = json!({"name": "Read back", "per_minute": 100_000, "per_day": 1_000_000});
    let key = owner.client.post("/api/v1/api-keys/", &wish).expect(201).json();
    server.client().with("x-api-key", key["key"].as_str().unwrap())
}

fn list(reader: &Client, path: &str) -> Vec<Value> {
    let answer = reader.get(&format!("{BASE}/{path}")).expect(200).json();
    let results = answer["results"].as_array().unwrap().clone();
    assert_eq!(answer["count"], results.len(), "{path} fits on a page");
    results
}

fn texts(values: &[Value], field: &str) -> Vec<String> {
    let mut texts: Vec<_> = values.iter().map(|value| value[field].as_str().unwrap().trim().to_owned()).collect();
    texts.sort_unstable();
    texts
}

#[test]
fn fifty_hotels_are_served_by_domain_slug_and_language_and_a_second_run_changes_nothing() {
    let Some(file) = hotels_file() else { return };
    let server = Server::start_new();
    let owner = set_up(&server);
    let begun = Instant::now();
    let first = import(&server, &file, &example_mapping(), &[]);
    assert!(begun.elapsed() < LONGEST_IMPORT, "{:?}", begun.elapsed());
    assert_eq!(first["skipped"], json!([]));
    assert_eq!(first["sites"], counts(50, 0));
    assert_eq!(first["entries"]["property"], counts(50, 0));
    assert_eq!(first["entries"]["room"], counts(757, 0));

    let reader = reader(&server, &owner);
    assert_eq!(reader.get(&format!("{BASE}/sites/")).expect(200).json().as_array().unwrap().len(), 50);
    let mut slugs = BTreeMap::new();
    for hotel in hotels(&file) {
        slugs.extend(read_back(&reader, &hotel));
    }
    assert_eq!(slugs.len(), 757, "every room has an address of its own");

    let again = import(&server, &file, &example_mapping(), &[]);
    assert_eq!(again["sites"], counts(0, 50));
    assert_eq!(again["entries"]["property"], counts(0, 50));
    assert_eq!(again["entries"]["room"], counts(0, 757));
    assert_eq!(again["entries"]["amenity"]["unchanged"], first["entries"]["amenity"]["created"]);
    for hotel in hotels(&file).iter().take(5) {
        for (address, id) in read_back(&reader, hotel) {
            assert_eq!(slugs[&address], id, "{address} leads to the same room");
        }
    }
}

/// Reads one hotel through the public API in both languages; answers the ids of its rooms by site and slug.
fn read_back(reader: &Client, hotel: &Value) -> BTreeMap<String, String> {
    let name = hotel["HotelName"].as_str().unwrap().trim();
    let sites = reader.get(&format!("{BASE}/sites/")).expect(200).json();
    let site =
        sites.as_array().unwrap().iter().find(|site| site["name"] == name).unwrap_or_else(|| panic!("no site {name}"));
    let domain = site["domain"].as_str().unwrap();
    assert!(domain.ends_with(".hotels.example"), "{domain}");
    let found = reader.get(&format!("{BASE}/sites/?domain={domain}")).expect(200).json();
    assert_eq!(found[0]["id"], site["id"]);

    let source = hotel["Rooms"].as_array().unwrap();
    let mut addresses = BTreeMap::new();
    for (locale, suffix) in [("en", ""), ("fr", "_fr")] {
        let properties = list(reader, &format!("sites/{domain}/properties/?locale={locale}"));
        assert_eq!(properties.len(), 1, "{domain}");
        let property = properties[0]["slug"].as_str().unwrap();
        let property = reader.get(&format!("{BASE}/sites/{domain}/properties/{property}/?locale={locale}")).expect(200);
        assert_eq!(property.header("content-language"), Some(locale));
        let property = property.json();
        assert_eq!(property["name"], name);
        let plain = |text: &str| {
            text.replace("&amp;", "&").replace("&#39;", "'").replace("&#x27;", "'").replace("&quot;", "\"")
        };
        let description = hotel[format!("Description{suffix}")].as_str().unwrap();
        let begin: String = description.trim().chars().take(40).collect();
        let html = plain(property["description"].as_str().unwrap());
        assert!(html.contains(&begin), "{domain} in {locale}: {html}");

        let rooms = list(reader, &format!("sites/{domain}/rooms/?locale={locale}&page_size=200"));
        assert_eq!(texts(&rooms, "name"), texts(source, &format!("Description{suffix}")), "{domain} in {locale}");
        for (place, room) in rooms.iter().enumerate() {
            assert_eq!(room["order"], place + 1, "{domain} keeps the order of the source");
            let address = format!("{domain}/{}", room["slug"].as_str().unwrap());
            addresses.insert(address, room["id"].as_str().unwrap().to_owned());
        }
        for (room, from) in rooms.iter().zip(source).take(3) {
            let path = format!("{BASE}/sites/{domain}/rooms/{}/?locale={locale}", room["slug"].as_str().unwrap());
            let detail = reader.get(&path).expect(200).json();
            assert_eq!(detail["id"], room["id"]);
            assert_eq!(detail["name"], from[format!("Description{suffix}")].as_str().unwrap().trim());
            assert_eq!(detail["max_guests"], from["SleepsCount"]);
            let rate = detail["rates"][0]["double_rate"].as_str().unwrap();
            assert!((rate.parse::<f64>().unwrap() - from["BaseRate"].as_f64().unwrap()).abs() < 0.001, "{rate}");
        }
    }
    assert_eq!(addresses.len(), source.len(), "{domain}: one slug for all languages, and no two rooms share it");
    addresses
}

#[test]
fn a_dry_run_reports_everything_and_writes_nothing() {
    let Some(file) = hotels_file() else { return };
    let server = Server::start_new();
    let owner = set_up(&server);
    let key = owner.client.post("/api/v1/api-keys/", &json!({"name": "Kiosk"})).expect(201).json();
    let key = format!("/api/v1/api-keys/{}/", key["id"].as_str().unwrap());
    let report = std::thread::scope(|threads| {
        let run = threads.spawn(|| import(&server, &file, &example_mapping(), &["--dry-run"]));
        // The team goes on working meanwhile: nobody waits for a rehearsal.
        while !run.is_finished() {
            let begun = Instant::now();
            owner.client.patch(&key, &json!({"name": format!("Kiosk {begun:?}")})).expect(200);
            assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        }
        run.join().unwrap()
    });
    let left: Vec<_> = std::fs::read_dir(server.data_dir()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("rehearsal")), "{left:?}");
    assert_eq!(report["is_dry_run"], true);
    assert_eq!(report["sites"], counts(50, 0));
    assert_eq!(report["entries"]["room"], counts(757, 0));
    let sites = owner.client.get("/api/v1/sites/").expect(200).json();
    assert!(sites["results"].as_array().or_else(|| sites.as_array()).unwrap().is_empty(), "{sites}");
    let audit = owner.client.get("/api/v1/audit/").expect(200).text();
    assert!(!audit.contains("site.created"), "{audit}");
}

const SMALL_MAPPING: &str = r#"
unless = "Gone"

[site]
name = "{Name}"
slug = "{Name}"
domain = "{$slug}.small.example"
default_locale = "en"
locales = ["en", "fr"]
time_zone = "Europe/Paris"
currency = "EUR"
publish = true

[[entries]]
type = "room"
each = "Rooms"
key = "room-{No}"
slug = "{Text}"
publish = true

[entries.fields]
name = { localized = { en = "Text", fr = "Text_fr" } }
max_guests = "Sleeps"
rates = { list = [{ object = { double_rate = { path = "Price", as = "money" } } }] }
"#;

fn small_hotels() -> Value {
    json!([
        {"Name": "Krone", "Rooms": [
            {"No": 1, "Text": "Double", "Text_fr": "Chambre double", "Sleeps": 2, "Price": 120},
            {"No": 2, "Text": "Double", "Text_fr": "Chambre double", "Sleeps": 2, "Price": "a lot"},
            {"No": 3, "Text": "Double", "Text_fr": "Chambre double", "Sleeps": 900, "Price": 120},
            {"No": 4, "Text": "Double", "Sleeps": 2, "Price": 120},
            {"No": 1, "Text": "Single", "Sleeps": 1, "Price": 80},
        ]},
        {"Name": "Gone", "Gone": true, "Rooms": []},
        {"Rooms": []},
        {"Name": "Krone", "Rooms": []},
        {"Name": "Post", "Rooms": "none"},
    ])
}

#[test]
fn what_is_left_out_is_told_with_row_field_and_reason() {
    let server = Server::start_new();
    let owner = set_up(&server);
    let (file, mapping) = (server.folder().join("hotels.json"), server.folder().join("mapping.toml"));
    std::fs::write(&file, small_hotels().to_string()).unwrap();
    std::fs::write(&mapping, SMALL_MAPPING).unwrap();
    let report = import(&server, &file, &mapping, &[]);
    assert_eq!(report["records"], 5);
    assert_eq!(report["sites"], json!({"created": 2, "changed": 0, "unchanged": 0, "skipped": 3}));
    assert_eq!(report["entries"]["room"], json!({"created": 2, "changed": 0, "unchanged": 0, "skipped": 4}));
    let skipped: Vec<_> = report["skipped"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            assert!(one["reason"].as_str().unwrap().ends_with('.'), "{one}");
            (
                one["row"].as_u64().unwrap(),
                one["record"].as_str().unwrap(),
                one["kind"].as_str().unwrap(),
                one["field"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        skipped,
        [
            (1, "0.Rooms.1", "room", "rates/0/double_rate"),
            (1, "0.Rooms.2", "room", "max_guests"),
            (1, "0.Rooms.4", "room", "key"),
            (2, "1", "site", "Gone"),
            (3, "2", "site", "name"),
            (4, "3", "site", "domain"),
            (5, "4", "room", "Rooms"),
        ]
    );

    let reader = reader(&server, &owner);
    let slugs = texts(&list(&reader, "sites/krone.small.example/rooms/"), "slug");
    assert_eq!(slugs, ["double", "double-2"], "equal texts get slugs of their own");
    let french = texts(&list(&reader, "sites/krone.small.example/rooms/?locale=fr"), "name");
    assert_eq!(french, ["Chambre double", "Double"], "a room without a French name stands in with its English one");
    let table = server.run_ok(&[
        "import",
        "json",
        file.to_str().unwrap(),
        "--mapping",
        mapping.to_str().unwrap(),
        "--organization",
        "lake-hotels",
    ]);
    assert!(table.contains("skipped row 1 (room at 0.Rooms.1, rates/0/double_rate): \"a lot\""), "{table}");
}

#[test]
fn a_later_run_takes_over_what_changed_and_leaves_what_people_added() {
    let server = Server::start_new();
    let owner = set_up(&server);
    let (file, mapping) = (server.folder().join("hotels.json"), server.folder().join("mapping.toml"));
    std::fs::write(&mapping, SMALL_MAPPING).unwrap();
    let write = |price: u32| {
        let room = json!({"No": 1, "Text": "Double", "Text_fr": "Chambre double", "Sleeps": 2, "Price": price});
        std::fs::write(&file, json!([{"Name": "Krone", "Rooms": [room]}]).to_string()).unwrap();
    };
    write(120);
    import(&server, &file, &mapping, &[]);
    let sites = owner.client.get("/api/v1/sites/").expect(200).json();
    let site = sites["results"].as_array().or_else(|| sites.as_array()).unwrap()[0]["id"].as_str().unwrap().to_owned();
    let entries = format!("/api/v1/sites/{site}/entries/");
    let room = owner.client.get(&format!("{entries}?type=room")).expect(200).json()["results"][0].clone();
    let address = format!("{entries}{}/", room["id"].as_str().unwrap());
    let mut room = owner.client.get(&address).expect(200).json();
    room["document"]["short_description"] = json!({"en": "By the brook"});
    owner
        .client
        .put(&address, &json!({"revision": room["revision"], "document": room["document"], "slug": "brook"}))
        .expect(200);

    write(135);
    let report = import(&server, &file, &mapping, &[]);
    assert_eq!(report["entries"]["room"], json!({"created": 0, "changed": 1, "unchanged": 0, "skipped": 0}));
    let room = owner.client.get(&address).expect(200).json();
    assert_eq!(room["document"]["rates"][0]["double_rate"], "135.00");
    assert_eq!(room["document"]["short_description"], json!({"en": "By the brook"}));
    assert_eq!(room["slug"], "brook");
    assert_eq!(import(&server, &file, &mapping, &[])["entries"]["room"], counts(0, 1));
}

#[test]
fn a_mapping_or_a_source_that_is_wrong_is_refused_before_anything_is_written() {
    let server = Server::start_new();
    set_up(&server);
    let (file, mapping) = (server.folder().join("hotels.json"), server.folder().join("mapping.toml"));
    for (source, rules, told) in [
        ("[]", SMALL_MAPPING.replace("max_guests", "most_guests"), "most_guests"),
        ("[]", SMALL_MAPPING.replace("type = \"room\"", "type = \"igloo\""), "igloo"),
        ("[]", SMALL_MAPPING.replace("default_locale = \"en\"", "default_locale = \"de\""), "default_locale"),
        ("{\"a\": ", SMALL_MAPPING.to_owned(), "not valid JSON"),
        ("{\"a\": []}", SMALL_MAPPING.to_owned(), "no list"),
    ] {
        std::fs::write(&file, source).unwrap();
        std::fs::write(&mapping, rules).unwrap();
        let refused = server.run(&[
            "import",
            "json",
            file.to_str().unwrap(),
            "--mapping",
            mapping.to_str().unwrap(),
            "--organization",
            "lake-hotels",
        ]);
        assert_eq!(refused.status.code(), Some(1));
        let complaint = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(complaint.contains(told), "{told}: {complaint}");
    }
}
