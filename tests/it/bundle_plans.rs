//! What an archive carries beside what is written and shown: the brand, rules, what is planned, what translations rest on,
//! what was put aside; and what guests have sent, where somebody asks for that.

use serde_json::{Value, json};

use super::{
    bundle::{counted, elsewhere, export, file, import, members, pack, save},
    forms,
    support::{Client, Group, Server, furnish, publish, set_up},
};

const BRAND: &str = "/api/v1/brand/types/property";

/// A group with something of each kind; answers it with the hotel that has a value of its own under the brand's lock.
fn house(server: &Server) -> (Group, String) {
    let lake = furnish(server, set_up(server), "lake-hotels", "seeblick.example");
    forms::receive(server, &lake);
    let (client, site, room) = (&lake.owner.client, &lake.site_id, &lake.room_id);
    let path = format!("/api/v1/sites/{site}/entries/{room}/");
    let hotel = json!({"name": {"en": "Boat house", "de": "Bootshaus"}, "cancellation": {"en": "Never free.", "de": "Nie kostenlos."}});
    let hotel = publish(client, site, "property", &hotel);
    brand(client, "locked", "Free until six.", true);
    brand(client, "inherit", "Free until noon.", false);
    client.put("/api/v1/checks/", &json!({"levels": {"free_parking": "block", "free_wifi": "off"}})).expect(200);
    client.put(&format!("/api/v1/sites/{site}/review-rule/"), &json!({"is_required": true})).expect(200);
    // The German text rests on an English one that is no more; the third state goes live at a time, the fourth with a
    // release, and nobody sees the fifth.
    for (guests, name) in [(3, "Reed room"), (4, "Reed room"), (5, "Heron room"), (6, "Heron room")] {
        let saved = save(client, site, room, |room| {
            room["name"]["en"] = json!(name);
            room["max_guests"] = json!(guests);
        });
        if guests == 4 {
            let plan = json!({"action": "publish", "revision": saved["revision"], "local_time": "2099-06-01T06:00"});
            client.post(&format!("{path}schedules/"), &plan).expect(201);
            let plan = json!({"action": "unpublish", "local_time": "2099-10-25T02:30", "repeated": "later", "locales": ["de"]});
            client.post(&format!("{path}schedules/"), &plan).expect(201);
        }
        if guests == 5 {
            release(client, site, room, saved["revision"].as_u64().unwrap());
        }
    }
    let gone = publish(client, site, "amenity", &json!({"name": {"en": "Pool", "de": "Bad"}}));
    save(client, site, &gone, |pool| pool["name"]["en"] = json!("Indoor pool"));
    client.post(&format!("/api/v1/sites/{site}/entries/{gone}/archive/"), &json!({})).expect(200);
    (lake, hotel)
}

/// Says how free a cancellation is for all hotels of the group.
fn brand(client: &Client, mode: &str, words: &str, is_published: bool) {
    let newest = client.get(&format!("{BRAND}/")).expect(200).json()["revision"].clone();
    let fields = json!({"cancellation": {"mode": mode, "value": {"en": words, "de": words}}});
    let saved = client.put(&format!("{BRAND}/"), &json!({"revision": newest, "fields": fields})).expect(200).json();
    if is_published {
        client.post(&format!("{BRAND}/publish/"), &json!({"revision": saved["revision"]})).expect(200);
    }
}

/// One release at a time, one that nobody has said a time of, one that went live.
fn release(client: &Client, site: &str, entry: &str, revision: u64) {
    for name in ["Summer", "Autumn", "Spring"] {
        let made = client.post("/api/v1/releases/", &json!({"name": name, "note": "All houses"})).expect(201).json();
        let path = format!("/api/v1/releases/{}/", made["id"].as_str().unwrap());
        let item = match name {
            "Spring" => json!({"site_id": site, "action": "unpublish", "locales": ["de"]}),
            _ => json!({"site_id": site, "action": "publish", "revision": revision}),
        };
        client.put(&format!("{path}items/{entry}/"), &item).expect(200);
        match name {
            "Summer" => client.put(&format!("{path}schedule/"), &json!({"local_time": "2099-05-01T08:00"})).expect(200),
            "Spring" => client.post(&format!("{path}publish/"), &json!({})).expect(200),
            _ => continue,
        };
    }
}

fn texts(bundle: &[u8]) -> Vec<(String, String)> {
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    members(bundle).into_iter().map(|(name, bytes)| (name, text(bytes))).collect()
}

#[test]
fn what_is_planned_and_said_for_all_comes_in_elsewhere_and_goes_out_again_as_the_same_bytes() {
    let server = Server::start_new();
    let (lake, hotel) = house(&server);
    for more in [&["--submissions"][..], &["--submissions", "--history"][..]] {
        let bundle = export(&server, "lake-hotels", "a.tar.gz", more);
        let (other, owner) = elsewhere();
        let dry = import(&other, "lake-hotels", &bundle, &["--submissions", "--dry-run"]);
        let report = import(&other, "lake-hotels", &bundle, &["--submissions"]);
        assert_eq!(counted(&dry), counted(&report));
        let made = |report: &Value| ["brands", "releases", "submissions"].map(|kind| report[kind]["created"].clone());
        assert_eq!(
            (made(&dry), made(&report)),
            ([1, 2, 1].map(|count| json!(count)), [1, 2, 1].map(|count| json!(count)))
        );
        assert_eq!(report["notes"], json!([]), "nothing is otherwise than it was");
        let again = export(&other, "lake-hotels", "again.tar.gz", more);
        assert_eq!(texts(&bundle), texts(&again));
        assert!(bundle == again, "the archives differ");
        let more = import(&other, "lake-hotels", &bundle, &["--submissions"]);
        assert_eq!(counted(&more), (0, 0, counted(&report).0), "{more}");
        assert_eq!(made(&more), [0, 0, 0].map(|count| json!(count)));

        // It works there as it did here.
        let site = format!("/api/v1/sites/{}", lake.site_id);
        let get = |path: &str| owner.get(path).expect(200).json();
        let room = format!("{site}/entries/{}", lake.room_id);
        let stale = get(&format!("{site}/translations/entries/?locale=de&state=stale&type=room"));
        assert_eq!(stale["results"][0]["id"], json!(lake.room_id), "{stale}");
        assert_eq!(get(&format!("{site}/review-rule/"))["is_required"], true);
        let waiting = get(&format!("{site}/schedules/?state=waiting"));
        assert_eq!(
            (&waiting["count"], &waiting["results"][1]["fires_at"]),
            (&json!(2), &json!("2099-10-25T01:30:00Z"))
        );
        let standing = get(&format!("{site}/entries/{hotel}/brand/"));
        let line = standing.as_array().unwrap().iter().find(|line| line["field"] == "cancellation").unwrap().clone();
        assert_eq!((&line["state"], line["own"].to_string().contains("Never free.")), (&json!("locked"), true));
        let releases = get("/api/v1/releases/");
        let summer =
            releases["results"].as_array().unwrap().iter().find(|one| one["name"] == "Summer").unwrap().clone();
        assert_eq!((&summer["state"], summer["items"].as_array().unwrap().len()), (&json!("scheduled"), 1));
        let pool = get(&format!("{site}/entries/?type=amenity&state=archived"))["results"][0].clone();
        let back = owner
            .post(&format!("{site}/entries/{}/bring-back/", pool["id"].as_str().unwrap()), &json!({"publish": true}));
        let shown = back.expect(200).json()["published"].clone();
        assert_eq!(shown.as_object().unwrap().len(), 2, "what it showed before it was put aside: {shown}");
        assert_eq!(get(&format!("{site}/submissions/"))["count"], 1);
        let release = format!("/api/v1/releases/{}/publish/", summer["id"].as_str().unwrap());
        owner.post(&release, &json!({})).expect(200);
        assert_eq!(
            get(&format!("{room}/"))["published"]["en"].as_u64().unwrap() + 1,
            get(&format!("{room}/"))["revision"].as_u64().unwrap()
        );
    }
}

#[test]
fn what_was_cancelled_since_waits_again_and_nothing_else_is_written_for_it() {
    let server = Server::start_new();
    let (lake, _) = house(&server);
    let client = &lake.owner.client;
    let bundle = export(&server, "lake-hotels", "a.tar.gz", &[]);
    let path = format!("/api/v1/sites/{}/", lake.site_id);
    let waiting = client.get(&format!("{path}schedules/?state=waiting")).expect(200).json();
    client.delete(&format!("{path}schedules/{}/", waiting["results"][0]["id"].as_str().unwrap())).expect(200);
    let revision = || client.get(&format!("{path}entries/{}/", lake.room_id)).expect(200).json()["revision"].clone();
    let before = revision();
    let report = import(&server, "lake-hotels", &bundle, &[]);
    assert_eq!((counted(&report).1, &report["brands"]["changed"]), (1, &json!(0)), "{report}");
    assert_eq!(revision(), before, "a schedule needs no new revision");
    let now = client.get(&format!("{path}schedules/?state=waiting")).expect(200).json();
    assert_eq!(now["results"], waiting["results"]);
    assert_eq!(export(&server, "lake-hotels", "b.tar.gz", &[]), bundle);
    brand(client, "inherit", "Never free.", true);
    assert_eq!(import(&server, "lake-hotels", &bundle, &[])["brands"]["changed"], 1);
    let brand = client.get(&format!("{BRAND}/")).expect(200).json();
    assert_eq!((&brand["published"]["cancellation"]["mode"], brand["revision"].as_u64()), (&json!("locked"), Some(5)));
}

#[test]
fn another_group_gets_plans_of_its_own() {
    let server = Server::start_new();
    house(&server);
    let bundle = export(&server, "lake-hotels", "a.tar.gz", &["--submissions"]);
    server.run_ok(&["organization", "create", "--name", "Alp", "--slug", "alp", "--locales", "en,de", "--json"]);
    let report = import(&server, "alp", &bundle, &["--submissions"]);
    assert_eq!(report["has_new_ids"], true);
    let again = import(&server, "alp", &bundle, &["--submissions"]);
    assert_eq!(counted(&again), (0, 0, counted(&report).0), "{again}");
    let ids = |bundle: &[u8]| -> Vec<String> {
        texts(bundle).into_iter().map(|(name, _)| name).filter(|name| !name.starts_with('m')).collect()
    };
    let copy = ids(&export(&server, "alp", "b.tar.gz", &["--submissions"]));
    let first = ids(&bundle);
    assert_eq!(copy.len(), first.len());
    assert!(copy.iter().all(|name| !first.contains(name)), "{copy:?}");
    assert_eq!(export(&server, "lake-hotels", "c.tar.gz", &["--submissions"]), bundle, "the first has what it had");
}

#[test]
fn personal_data_and_secrets_are_carried_only_where_that_is_meant() {
    let server = Server::start_new();
    let (lake, _) = house(&server);
    let path = file(&server, "a.tar.gz");
    let told = server.run_ok(&["export", "bundle", &path, "--organization", "lake-hotels"]);
    assert!(told.contains("API keys") && told.contains("1 submissions of guests are left out"), "{told}");
    assert!(told.contains("1 releases went live already"), "{told}");
    let without = texts(&std::fs::read(&path).unwrap());
    assert!(!without.iter().any(|(_, text)| text.contains("Guest.example")), "no guest's address");
    let with = export(&server, "lake-hotels", "b.tar.gz", &["--submissions"]);
    assert!(texts(&with).iter().any(|(name, text)| name.starts_with("submissions/") && text.contains("guest.example")));
    assert!(!texts(&with).iter().any(|(_, text)| text.contains(&lake.api_key)));
    let (other, owner) = elsewhere();
    let report = import(&other, "lake-hotels", &with, &[]);
    assert!(report["notes"].to_string().contains("1 submissions of guests stay in the archive"), "{report}");
    assert_eq!(owner.get(&format!("/api/v1/sites/{}/submissions/", lake.site_id)).expect(200).json()["count"], 0);
}

/// The archive as the first version of the format had it.
fn of_first_version(bundle: &[u8]) -> Vec<u8> {
    let mut old = members(bundle);
    old.retain(|(name, _)| !name.starts_with("releases/"));
    for (name, bytes) in old.iter_mut().filter(|(name, _)| name == "manifest.json" || name.starts_with("sites/")) {
        let mut value: Value = serde_json::from_slice(bytes).unwrap();
        let forget = |value: &mut Value, names: &[&str]| {
            value.as_object_mut().unwrap().retain(|name, _| !names.contains(&name.as_str()));
        };
        if name == "manifest.json" {
            value["version"] = json!(1);
            forget(&mut value, &["brands", "checks", "releases"]);
            value["sites"]
                .as_array_mut()
                .unwrap()
                .iter_mut()
                .for_each(|site| forget(site, &["requires_review", "submissions"]));
        } else {
            forget(&mut value, &["shown_before", "schedules", "releases", "own_values"]);
            value["states"].as_array_mut().unwrap().iter_mut().for_each(|state| forget(state, &["translations"]));
        }
        *bytes = serde_json::to_vec_pretty(&value).unwrap();
    }
    pack(&old)
}

#[test]
fn an_archive_of_the_first_version_still_comes_in_and_takes_nothing_away() {
    let server = Server::start_new();
    let (lake, _) = house(&server);
    let bundle = export(&server, "lake-hotels", "a.tar.gz", &[]);
    let old = of_first_version(&export(&server, "lake-hotels", "b.tar.gz", &["--history"]));
    let here = import(&server, "lake-hotels", &old, &[]);
    assert_eq!((counted(&here).0, counted(&here).1), (0, 0), "{here}");
    assert_eq!(export(&server, "lake-hotels", "c.tar.gz", &[]), bundle, "what it does not speak of stays");
    let (other, owner) = elsewhere();
    import(&other, "lake-hotels", &old, &[]);
    let room = owner.get(&format!("/api/v1/sites/{}/entries/{}/", lake.site_id, lake.room_id)).expect(200).json();
    assert_eq!(room["document"]["max_guests"], 6);
}

/// What is done to a member of an archive.
type Edit<'a> = &'a dyn Fn(&mut Value);

#[test]
fn plans_that_cannot_be_are_refused_and_what_is_over_is_told() {
    let server = Server::start_new();
    let (lake, _) = house(&server);
    let whole = members(&export(&server, "lake-hotels", "a.tar.gz", &[]));
    let changed = |which: &str, change: &dyn Fn(&mut Value)| {
        let mut members = whole.clone();
        let (_, bytes) = members.iter_mut().find(|(name, _)| name.contains(which)).unwrap();
        let mut value: Value = serde_json::from_slice(bytes).unwrap();
        change(&mut value);
        *bytes = serde_json::to_vec(&value).unwrap();
        pack(&members)
    };
    let room = lake.room_id.as_str();
    let (other, owner) = elsewhere();
    let stranger = json!("01890a5d-ac96-774b-bcce-b302099a8057");
    let cases: [(&str, Edit<'_>, &str); 9] = [
        (room, &|one| one["schedules"][0]["state"] = json!(9), "state that it does not have"),
        (room, &|one| one["schedules"][0]["state"] = Value::Null, "schedules that cannot be"),
        (room, &|one| one["schedules"][0]["local_time"] = json!("2099-06-01T07:00:00"), "schedules that cannot be"),
        (room, &|one| one["schedules"][1] = one["schedules"][0].clone(), "schedules that cannot be"),
        (room, &|one| one["releases"][0]["release"] = stranger.clone(), "not in the archive"),
        (room, &|one| one["states"][0]["translations"] = json!({"de": {"max_guests": {"was": 1}}}), "what cannot be"),
        ("releases/", &|one| one["name"] = json!(""), "cannot be"),
        (
            "manifest",
            &|one| one["brands"][0]["states"][0]["fields"]["cancellation"]["value"] = json!(3),
            "The brand of property",
        ),
        ("manifest", &|one| one["releases"] = json!(7), "releases or submissions are missing"),
    ];
    for (which, change, says) in cases {
        let path = file(&other, "broken.tar.gz");
        std::fs::write(&path, changed(which, change)).unwrap();
        let refused = other.run(&["import", "bundle", &path, "--organization", "lake-hotels"]);
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!((refused.status.code(), told.contains(says)), (Some(1), true), "{says}: {told}");
        assert_eq!(owner.get("/api/v1/sites/").expect(200).json()["count"], 0, "{says}");
    }
    let over = changed(room, &|one| {
        one["schedules"][0]["local_time"] = json!("2020-06-01T06:00:00");
        one["schedules"][0]["fires_at"] = json!("2020-06-01T04:00:00Z");
    });
    let report = import(&other, "lake-hotels", &over, &[]);
    assert!(report["notes"].to_string().contains("The time of 1 schedules is over"), "{report}");
    let waiting = owner.get(&format!("/api/v1/sites/{}/schedules/?state=waiting", lake.site_id)).expect(200).json();
    assert_eq!(waiting["count"], 1);
}
