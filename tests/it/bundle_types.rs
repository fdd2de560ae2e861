//! An archive of a group that has changed a type since: what visitors see stays what they see, and older states go in the form
//! in which they would come back. And an archive of an earlier version, with what is refused where it is declared today.

use serde_json::{Value, json};

use super::{
    bundle::{changed, counted, elsewhere, export, file, import, members, pack, save},
    custom_types::{CUSTOM, boats, put, text},
    support::{Server, furnish, publish, set_up},
    type_changes::{change, kayaks, kayaks_before},
};

#[test]
fn what_is_live_stays_so_although_its_type_asks_for_more_since() {
    let server = Server::start_new();
    let lake = furnish(&server, set_up(&server), "lake-hotels", "seeblick.example");
    let (client, site) = (&lake.owner.client, &lake.site_id);
    let path = |id: &str| format!("/api/v1/sites/{site}/entries/{id}/");
    put(client, "type", "kayak", &kayaks_before());
    let made = |name: &str| publish(client, site, "kayak", &json!({"name": {"en": name, "de": name}, "seats": 2}));
    let [live, planned, aside] = ["Live", "Planned", "Aside"].map(made);
    let plan = json!({"action": "publish", "revision": 1, "local_time": "2099-06-01T06:00"});
    client.post(&format!("{}schedules/", path(&planned)), &plan).expect(201);
    for id in [&planned, &aside] {
        save(client, site, id, |kayak| kayak["seats"] = json!(3));
    }
    client.post(&format!("{}archive/", path(&aside)), &json!({})).expect(200);
    let depth = text("depth", &json!({"required": true}));
    change(client, "type", "kayak", &kayaks(&[text("name", &json!({"localized": true})), depth]));
    let shown = client.get(&path(&live)).expect(200).json()["published"].clone();
    assert!(shown.as_object().unwrap().contains_key("en"), "it is live still: {shown}");

    for more in [&[][..], &["--history"][..]] {
        let bundle = export(&server, "lake-hotels", "a.tar.gz", more);
        let (other, owner) = elsewhere();
        let report = import(&other, "lake-hotels", &bundle, &[]);
        let told = report["notes"].to_string();
        assert!(told.contains("lacks something required in en: it is shown there as it was"), "{told}");
        assert!(!told.contains("left out"), "{told}");
        let there = owner.get(&path(&live)).expect(200).json();
        assert_eq!(keys(&there["published"]), keys(&shown));
        let again = export(&other, "lake-hotels", "again.tar.gz", more);
        for ((name, bytes), (other_name, other_bytes)) in members(&bundle).iter().zip(members(&again)) {
            assert_eq!((name, String::from_utf8_lossy(bytes)), (&other_name, String::from_utf8_lossy(&other_bytes)));
        }
        assert!(bundle == again, "the archives differ");
        let once_more = import(&other, "lake-hotels", &bundle, &[]);
        assert_eq!(counted(&once_more), (0, 0, counted(&report).0), "{once_more}");
    }
    let here = import(&server, "lake-hotels", &export(&server, "lake-hotels", "b.tar.gz", &[]), &[]);
    assert_eq!((counted(&here).0, counted(&here).1), (0, 0), "{here}");
}

fn keys(published: &Value) -> Vec<String> {
    published.as_object().unwrap().keys().cloned().collect()
}

type Members = Vec<(String, Vec<u8>)>;

/// A group with a boat, and its archive.
fn with_a_boat() -> (Server, String, Members) {
    let server = Server::start_new();
    let lake = furnish(&server, set_up(&server), "lake-hotels", "seeblick.example");
    put(&lake.owner.client, "type", "boat", &boats(&[]));
    let boat = publish(&lake.owner.client, &lake.site_id, "boat", &json!({"name": {"en": "Heron", "de": "Reiher"}}));
    let whole = members(&export(&server, "lake-hotels", "a.tar.gz", &[]));
    (server, boat, whole)
}

#[test]
fn what_an_earlier_version_let_in_comes_in() {
    let (_server, boat, whole) = with_a_boat();
    let names_the_other =
        |name: &str, to: &str| json!({"name": name, "label": {"en": name, "de": name}, "kind": "reference", "to": to});
    let old = changed(&whole, "manifest", |one| {
        let site = &mut one["sites"][0];
        site["domain"] = json!("hotel");
        site["languages"] = json!({"de": {"domain": "hotel-de", "prefix": "book", "offered": true}});
        let mut declared =
            boats(&[text("preview", &json!({})), text("locale", &json!({})), names_the_other("at", "pier")]);
        declared["plural"] = json!("resolve");
        let mut pier = boats(&[names_the_other("boat", "boat")]);
        (pier["name"], pier["plural"]) = (json!("pier"), json!("property"));
        let room = json!({"extends": "room", "fields": [text("as_of", &json!({}))]});
        let all = [("type", "boat", declared), ("type", "pier", pier), ("extension", "room", room)];
        one["declarations"] =
            all.map(|(kind, name, own)| json!({"kind": kind, "name": name, "declaration": own})).into();
    });
    let old = pack(&changed(&old, &boat, |one| {
        one["states"][0]["document"]["preview"] = json!("From the pier");
        one["states"][0]["document"]["locale"] = json!("By the lake");
    }));

    let (other, owner) = elsewhere();
    let dry = import(&other, "lake-hotels", &old, &["--dry-run"]);
    let declared = || owner.get(&format!("{CUSTOM}/")).expect(200).json();
    let (before, sites) = (declared(), owner.get("/api/v1/sites/").expect(200).json());
    assert_eq!((before.as_array().unwrap().len(), &sites["count"]), (0, &json!(0)), "nothing was kept");
    let report = import(&other, "lake-hotels", &old, &[]);
    assert_eq!((counted(&dry), &dry["notes"]), (counted(&report), &report["notes"]));
    let notes = json!([
        "The domain hotel leads nobody to a site: the site main is without it.",
        "Something else stands at /book: on the site main the language de has its usual address.",
        "The domain hotel-de leads nobody to a site: the site main is without it.",
    ]);
    assert_eq!(report["notes"], notes);

    let site = owner.get("/api/v1/sites/").expect(200).json()["results"][0].clone();
    assert_eq!((&site["domain"], &site["languages"]["de"]["domain"]), (&json!(null), &json!(null)));
    let now = declared();
    let declared = now.as_array().unwrap().iter().find(|one| one["name"] == "boat").unwrap();
    assert_eq!((&declared["declaration"]["plural"], &declared["entries"]), (&json!("resolve"), &json!(1)));
    let path = format!("/api/v1/sites/{}/entries/{boat}/", site["id"].as_str().unwrap());
    let there = owner.get(&path).expect(200).json();
    assert_eq!(
        (&there["document"]["preview"], &there["document"]["locale"]),
        (&json!("From the pier"), &json!("By the lake"))
    );
    assert_eq!(keys(&there["published"]), ["de", "en"]);

    let again = import(&other, "lake-hotels", &old, &[]);
    assert_eq!((counted(&again), &again["notes"]), ((0, 0, counted(&report).0), &notes));
}

#[test]
fn a_dry_run_refuses_whatever_the_import_would_refuse() {
    let (server, _, whole) = with_a_boat();
    let declaring = |kind: &str, name: &str, declaration: &Value| {
        let own = json!({"kind": kind, "name": name, "declaration": declaration});
        pack(&changed(&whole, "manifest", |one| one["declarations"].as_array_mut().unwrap().push(own.clone())))
    };
    let mut piers = boats(&(0..200).map(|number| text(&format!("f{number}"), &json!({}))).collect::<Vec<_>>());
    (piers["name"], piers["plural"]) = (json!("pier"), json!("piers"));
    let mut unknown = boats(&[json!({"name": "hull", "label": {"en": "Hull", "de": "Rumpf"}, "kind": "hologram"})]);
    (unknown["name"], unknown["plural"]) = (json!("pier"), json!("piers"));
    let quay = text("quay", &json!({"required": true}));
    for (archive, says) in [
        (declaring("type", "pier", &piers), "the type pier: At most 200 fields"),
        (declaring("type", "pier", &unknown), "hologram"),
        // The room that is here would lack it.
        (declaring("extension", "room", &json!({"extends": "room", "fields": [quay]})), "would not stay as they are"),
    ] {
        let path = file(&server, "in.tar.gz");
        std::fs::write(&path, archive).unwrap();
        for more in [&["--dry-run"][..], &[][..]] {
            let refused = server.run(&[&["import", "bundle", &path, "--organization", "lake-hotels"], more].concat());
            let told = String::from_utf8_lossy(&refused.stderr).into_owned();
            assert_eq!((refused.status.code(), told.contains(says)), (Some(1), true), "{says}, {more:?}: {told}");
        }
    }
}
