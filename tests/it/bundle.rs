//! A whole group as one archive: what goes out comes in elsewhere, and goes out again as the same bytes; what is broken
//! changes nothing; what somebody else has is never touched.

use std::io::{Read, Write};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use serde_json::{Value, json};

use super::{
    media::upload,
    support::{Client, Group, Server, furnish, publish, set_up, sign_in, wait_until},
};

const PDF: &[u8] = b"%PDF-1.7 what the kitchen cooks in May";

/// A file name in the test's own folder.
pub(super) fn file(server: &Server, name: &str) -> String {
    server.folder().join(name).to_str().unwrap().to_owned()
}

pub(super) fn save(client: &Client, site: &str, id: &str, change: impl FnOnce(&mut Value)) -> Value {
    let path = format!("/api/v1/sites/{site}/entries/{id}/");
    let mut entry = client.get(&path).expect(200).json();
    change(&mut entry["document"]);
    let body = json!({"revision": entry["revision"], "document": entry["document"]});
    client.put(&path, &body).expect(200).json()
}

/// A group with everything that can be carried: drafts behind what is published, languages at different states, files,
/// a type of its own, a reference to what is in the bin.
fn house(server: &Server) -> Group {
    let lake = furnish(server, set_up(server), "lake-hotels", "seeblick.example");
    let (client, site) = (&lake.owner.client, &lake.site_id);
    let boat = json!({
        "name": "boat", "plural": "boats", "icon": "anchor", "title_field": "name", "slug_from": "name",
        "title": {"en": "Boat", "de": "Boot"}, "title_plural": {"en": "Boats", "de": "Boote"},
        "fields": [{"name": "name", "kind": "text", "localized": true, "required": true, "label": {"en": "Name", "de": "Name"}}],
    });
    client.put("/api/v1/types/custom/type/boat/", &json!({"declaration": boat})).expect(200);
    publish(client, site, "boat", &json!({"name": {"en": "Heron", "de": "Reiher"}}));
    let photo = upload(client, "Lake.png", &png(), 201);
    let path = format!("/api/v1/media/{}/", photo["id"].as_str().unwrap());
    wait_until("the picture's sizes", || (client.get(&path).json()["state"] == "ready").then_some(()));
    let change = json!({"version": photo["version"], "alt": {"en": "The lake", "de": "Der See"}, "credit": "M. Brunner", "focal": {"x": 0.25, "y": 0.75}});
    client.patch(&path, &change).expect(200);
    upload(client, "menu.pdf", PDF, 201);
    let page = publish(client, site, "page", &json!({"title": {"en": "Getting here", "de": "Anreise"}}));
    publish(
        client,
        site,
        "navigation",
        &json!({"name": "Main", "key": "primary", "items": [{"page": page, "label": {"en": "Way", "de": "Weg"}}]}),
    );
    publish(
        client,
        site,
        "redirect",
        &json!({"from": "/arrival", "match": "exact", "to": "/getting-here", "status": "moved_permanently", "source": "manual"}),
    );
    let gone = publish(client, site, "amenity", &json!({"name": {"en": "Pool", "de": "Bad"}}));
    // English shows the second state, German the first, and there is a third that nobody sees.
    let room = &lake.room_id;
    let saved = save(client, site, room, |room| {
        room["max_guests"] = json!(3);
        room["featured_image"] = json!({"media": photo["id"]});
        room["amenities"] = json!([lake.amenity_id, gone]);
    });
    let wish = json!({"revision": saved["revision"], "locales": ["en"]});
    client.post(&format!("/api/v1/sites/{site}/entries/{room}/publish/"), &wish).expect(200);
    save(client, site, room, |room| room["max_guests"] = json!(4));
    client.post(
        &format!("/api/v1/sites/{site}/entries/"),
        &json!({"type": "page", "document": {"title": {"en": "Not yet"}}}),
    );
    client.delete(&format!("/api/v1/sites/{site}/entries/{gone}/?even_if_used=true")).expect(204);
    lake
}

/// A picture of 8 by 8 pixels in one colour.
pub(super) fn png() -> Vec<u8> {
    let chunk = |name: &[u8], data: &[u8]| {
        let body = [name, data].concat();
        let mut sum = flate2::Crc::new();
        sum.update(&body);
        [&u32::try_from(data.len()).unwrap().to_be_bytes()[..], &body, &sum.sum().to_be_bytes()].concat()
    };
    let mut pixels = flate2::write::ZlibEncoder::new(Vec::new(), Compression::default());
    for _ in 0..8 {
        pixels.write_all(&[0]).unwrap();
        pixels.write_all(&[20, 83, 45].repeat(8)).unwrap();
    }
    [
        &b"\x89PNG\r\n\x1a\n"[..],
        &chunk(b"IHDR", &[0, 0, 0, 8, 0, 0, 0, 8, 8, 2, 0, 0, 0]),
        &chunk(b"IDAT", &pixels.finish().unwrap()),
        &chunk(b"IEND", b""),
    ]
    .concat()
}

#[track_caller]
pub(super) fn export(server: &Server, organization: &str, name: &str, more: &[&str]) -> Vec<u8> {
    let path = file(server, name);
    server.run_ok(&[&["export", "bundle", &path, "--organization", organization], more].concat());
    std::fs::read(path).unwrap()
}

#[track_caller]
pub(super) fn import(server: &Server, organization: &str, bytes: &[u8], more: &[&str]) -> Value {
    let path = file(server, "in.tar.gz");
    std::fs::write(&path, bytes).unwrap();
    let arguments = [&["import", "bundle", &path, "--organization", organization, "--json"], more].concat();
    serde_json::from_str(&server.run_ok(&arguments)).unwrap()
}

/// All that a report counts, added up.
pub(super) fn counted(report: &Value) -> (u64, u64, u64) {
    let kinds = ["sites", "media", "declarations"].map(|kind| report[kind].clone());
    let entries = report["entries"].as_object().unwrap().values().cloned();
    let all: Vec<Value> = kinds.into_iter().chain(entries).collect();
    let sum = |name: &str| all.iter().map(|one| one[name].as_u64().unwrap()).sum();
    (sum("created"), sum("changed"), sum("unchanged"))
}

pub(super) fn members(bundle: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = tar::Archive::new(GzDecoder::new(bundle));
    let read = |entry: std::io::Result<tar::Entry<'_, GzDecoder<&[u8]>>>| {
        let mut entry = entry.unwrap();
        let mut bytes = Vec::new();
        let name = entry.path().unwrap().display().to_string();
        entry.read_to_end(&mut bytes).unwrap();
        (name, bytes)
    };
    archive.entries().unwrap().map(read).collect()
}

pub(super) fn pack(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, bytes) in members {
        let mut header = tar::Header::new_ustar();
        // As bytes: the library refuses to write what the program has to refuse to read.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        archive.append(&header, bytes.as_slice()).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap()
}

/// Another installation with a group of the same short name, and nothing in it.
pub(super) fn elsewhere() -> (Server, Client) {
    let server = Server::start_new();
    let owner = set_up(&server);
    (server, owner.client)
}

#[test]
fn what_goes_out_comes_in_elsewhere_and_goes_out_again_as_the_same_bytes() {
    let server = Server::start_new();
    let lake = house(&server);
    let (short, long) =
        (export(&server, "lake-hotels", "a.tar.gz", &[]), export(&server, "lake-hotels", "b.tar.gz", &["--history"]));
    assert_eq!(export(&server, "lake-hotels", "c.tar.gz", &[]), short, "the same content is the same file");
    for (bundle, more) in [(&short, &[][..]), (&long, &["--history"][..])] {
        let (other, owner) = elsewhere();
        let dry = import(&other, "lake-hotels", bundle, &["--dry-run"]);
        assert_eq!(owner.get("/api/v1/sites/").expect(200).json()["count"], 0, "a dry run keeps nothing");
        let report = import(&other, "lake-hotels", bundle, &[]);
        assert_eq!(counted(&dry), counted(&report));
        assert_eq!((&report["has_new_ids"], &report["notes"]), (&json!(false), &json!([])));
        let again = export(&other, "lake-hotels", "again.tar.gz", more);
        for ((name, bytes), (other_name, other_bytes)) in members(bundle).iter().zip(members(&again)) {
            assert_eq!((name, String::from_utf8_lossy(bytes)), (&other_name, String::from_utf8_lossy(&other_bytes)));
        }
        assert!(*bundle == again, "the archives differ");
        // Importing once more finds everything as it should be.
        let more = import(&other, "lake-hotels", bundle, &[]);
        assert_eq!(counted(&more), (0, 0, counted(&report).0));

        let key = other.run_ok(&["apikey", "create", "--organization", "lake-hotels", "--name", "Site", "--json"]);
        let key: Value = serde_json::from_str(&key).unwrap();
        let me = owner.get("/api/v1/auth/me/").expect(200).json();
        let organization = me["memberships"][0]["organization"]["id"].as_str().unwrap();
        let reader =
            other.client().with("x-api-key", key["key"].as_str().unwrap()).with("x-organization-id", organization);
        for path in ["rooms/?locale=en", "rooms/?locale=de", "pages/", "boats/", "amenities/"] {
            let path = format!("/api/public/v1/sites/{}/{path}", lake.domain);
            let read = |client: &Client| {
                let text = client.get(&path).expect(200).text();
                text.replace(client.base(), "")
            };
            let picture = |text: String| {
                // Sizes of pictures are made anew, in the background.
                let mut value: Value = serde_json::from_str(&text).unwrap();
                for one in value["results"].as_array_mut().unwrap() {
                    one.as_object_mut().unwrap().retain(|name, _| !name.contains("image"));
                }
                value
            };
            assert_eq!(picture(read(&reader)), picture(read(&lake.reader)), "{path}");
        }
        let room = owner.get(&format!("/api/v1/sites/{}/entries/{}/", lake.site_id, lake.room_id)).expect(200).json();
        assert_eq!(room["document"]["max_guests"], 4, "the draft is there");
        assert_eq!(room["document"]["amenities"], json!([lake.amenity_id]), "what lies in the bin is not");
        let media = owner.get("/api/v1/media/").expect(200).json();
        let photo = media["results"].as_array().unwrap().iter().find(|one| one["kind"] == "image").unwrap().clone();
        assert_eq!(
            (&photo["alt"]["de"], &photo["focal"]["x"], &photo["uses"]),
            (&json!("Der See"), &json!(0.25), &json!(1))
        );
    }
}

#[test]
fn another_group_of_the_installation_gets_ids_of_its_own_and_nothing_of_the_first_changes() {
    let server = Server::start_new();
    let lake = house(&server);
    let bundle = export(&server, "lake-hotels", "a.tar.gz", &["--site", "main"]);
    server.run_ok(&["organization", "create", "--name", "Alp Hotels", "--slug", "alp-hotels", "--json"]);
    let report = import(&server, "alp-hotels", &bundle, &[]);
    assert_eq!(report["has_new_ids"], true);
    assert!(report["notes"].to_string().contains("seeblick.example"), "{report}");
    let again = import(&server, "alp-hotels", &bundle, &[]);
    assert_eq!(counted(&again), (0, 0, counted(&report).0), "{again}");
    assert_eq!(export(&server, "lake-hotels", "b.tar.gz", &["--site", "main"]), bundle);
    let copy = members(&export(&server, "alp-hotels", "c.tar.gz", &[]));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let all: Vec<String> = copy.iter().flat_map(|(name, bytes)| [name.clone(), text(bytes)]).collect();
    let all = all.concat();
    for id in [&lake.site_id, &lake.room_id, &lake.amenity_id] {
        assert!(!all.contains(id.as_str()), "an id of the first group stands in the second: {id}");
    }
    let counts = |members: &[(String, Vec<u8>)]| members.len();
    assert_eq!(counts(&copy), counts(&members(&bundle)));
    let owners = sign_in(&server, "owner@lake.example", None);
    let list = owners.client.get(&format!("/api/v1/sites/{}/search/?q=Canary", lake.site_id)).expect(200).json();
    assert!(list["count"].as_u64().unwrap() > 0, "the first group still finds what it has");
}

#[test]
fn an_import_brings_back_what_was_changed_and_deleted_since() {
    let server = Server::start_new();
    let lake = house(&server);
    let (client, site) = (&lake.owner.client, &lake.site_id);
    let bundle = export(&server, "lake-hotels", "a.tar.gz", &[]);
    client.delete(&format!("/api/v1/sites/{site}/entries/{}/?even_if_used=true", lake.amenity_id)).expect(204);
    save(client, site, &lake.room_id, |room| room["max_guests"] = json!(9));
    let report = import(&server, "lake-hotels", &bundle, &[]);
    assert_eq!(counted(&report).1, 2, "{report}");
    let room = client.get(&format!("/api/v1/sites/{site}/entries/{}/", lake.room_id)).expect(200).json();
    assert_eq!(room["document"]["max_guests"], 4);
    // Another process has written it: the server hears of that a moment later.
    wait_until("visitors see the amenity", || {
        let path = format!("/api/public/v1/sites/{}/amenities/", lake.domain);
        (lake.reader.get(&path).expect(200).json()["count"] == 1).then_some(())
    });
}

pub(super) fn changed(
    members: &[(String, Vec<u8>)],
    which: &str,
    change: impl Fn(&mut Value),
) -> Vec<(String, Vec<u8>)> {
    let mut members = members.to_vec();
    let (_, bytes) = members.iter_mut().find(|(name, _)| name.contains(which)).unwrap();
    let mut value: Value = serde_json::from_slice(bytes).unwrap();
    change(&mut value);
    *bytes = serde_json::to_vec(&value).unwrap();
    members
}

type Broken = Vec<(&'static str, Vec<u8>, &'static str)>;

const STRANGER: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// Archives whose shape is wrong.
fn misshapen(bundle: &[u8], room: &str) -> Broken {
    let whole = members(bundle);
    let without = |which: &str| -> Vec<_> { whole.iter().filter(|(name, _)| !name.contains(which)).cloned().collect() };
    let with = |name: &str| [whole.clone(), vec![(name.to_owned(), b"x".to_vec())]].concat();
    let mut swapped = whole.clone();
    swapped.iter_mut().find(|(name, _)| name.contains(".pdf")).unwrap().1 = PDF.to_ascii_uppercase();
    let manifest = |change: fn(&mut Value)| pack(&changed(&whole, "manifest", change));
    vec![
        ("no archive", b"PK\x03\x04 a zip".to_vec(), "not made by"),
        ("cut off", bundle[..bundle.len() / 2].to_vec(), "cut off"),
        ("another sum", [&bundle[..bundle.len() - 6], b"aaaaaa"].concat(), "damaged"),
        ("nothing in it", pack(&[]), "empty"),
        ("no manifest", pack(&without("manifest.json")), "does not begin with manifest.json"),
        ("a later version", manifest(|one| one["version"] = json!(3)), "version 3"),
        ("another format", manifest(|one| one["format"] = json!("zoo")), "zoo"),
        ("an unknown field", manifest(|one| one["evil"] = json!(1)), "evil"),
        ("a way out", pack(&with("../../../etc/cron.d/evil")), "no name of a member"),
        ("an absolute way", pack(&with("/etc/passwd")), "no name of a member"),
        ("a member twice", pack(&[&whole[..], &whole[whole.len() - 1..]].concat()), "in the order of their names"),
        ("an entry missing", pack(&without(room)), "entries are missing"),
        ("a file missing", pack(&without(".pdf")), "files of the library are missing"),
        ("other bytes", pack(&swapped), "not what their name says"),
        ("a bomb", bomb(), "at most"),
    ]
}

/// What claims to unpack to more than a member may have.
fn bomb() -> Vec<u8> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    let mut header = tar::Header::new_ustar();
    header.set_path("manifest.json").unwrap();
    header.set_size(1 << 33);
    header.set_cksum();
    archive.append(&header, std::io::repeat(b' ').take(1 << 20)).unwrap();
    archive.into_inner().unwrap().finish().unwrap()
}

/// Archives in which something cannot be.
fn impossible(bundle: &[u8], room: &str) -> Broken {
    let whole = members(bundle);
    let entry = |change: fn(&mut Value)| pack(&changed(&whole, room, change));
    let names = pack(&changed(&whole, "media.json", |list| list[0]["name"] = json!("a\nb")));
    let field = |name: &str, value: &Value| {
        pack(&changed(&whole, room, |one| one["states"][0]["document"][name] = value.clone()))
    };
    let in_french = |one: &mut Value| one["published"]["fr"] = one["published"]["en"].clone();
    vec![
        ("a name of two lines", names, "not within the limits"),
        ("a wrong field", field("max_guests", &json!("two")), "/max_guests"),
        ("a stranger's entry", field("amenities", &json!([STRANGER])), STRANGER),
        ("a stranger's file", field("featured_image", &json!({ "media": STRANGER })), STRANGER),
        ("no such type", entry(|one| one["type"] = json!("yacht")), "yacht"),
        ("no such state", entry(|one| one["published"]["en"]["state"] = json!(9)), "does not have"),
        ("no such language", entry(in_french), "fr"),
        ("another's name", entry(|one| one["id"] = json!(STRANGER)), "under the name of another"),
    ]
}

#[test]
fn a_broken_or_hostile_archive_is_refused_with_its_reason_and_changes_nothing() {
    let server = Server::start_new();
    let lake = house(&server);
    let bundle = export(&server, "lake-hotels", "a.tar.gz", &[]);
    let (other, owner) = elsewhere();
    let room = format!("{}.json", lake.room_id);
    for (name, bytes, says) in [misshapen(&bundle, &room), impossible(&bundle, &room)].concat() {
        let path = file(&other, "broken.tar.gz");
        std::fs::write(&path, &bytes).unwrap();
        let refused = other.run(&["import", "bundle", &path, "--organization", "lake-hotels"]);
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(1), "{name}: {told}");
        assert!(told.contains(says), "{name}: {told}");
        for list in ["sites", "media"] {
            assert_eq!(owner.get(&format!("/api/v1/{list}/")).expect(200).json()["count"], 0, "{name}: {list}");
        }
    }
}
