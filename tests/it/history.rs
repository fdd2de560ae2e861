//! What a hotel relies on when something was changed by mistake: nothing is lost, everything says who it was, and there is
//! a way back.

use serde_json::{Value, json};

use super::support::{Client, Group, Server, furnish, join, publish, room, set_up, sign_in, wait_until};

fn told() -> (Server, Group) {
    let server = Server::start_new();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    (server, group)
}

/// A published room, and the path of its entry.
fn a_room(group: &Group) -> String {
    let id = publish(&group.owner.client, &group.site_id, "room", &room("Lake room", &group.amenity_id));
    format!("/api/v1/sites/{}/entries/{id}/", group.site_id)
}

fn save(client: &Client, path: &str, change: impl FnOnce(&mut Value), autosave: bool) -> Value {
    let entry = client.get(path).expect(200).json();
    let mut document = entry["document"].clone();
    change(&mut document);
    let body = json!({ "revision": entry["revision"], "document": document, "autosave": autosave });
    client.put(path, &body).expect(200).json()
}

fn numbers(client: &Client, path: &str) -> Vec<u64> {
    let list = client.get(&format!("{path}revisions/")).expect(200).json();
    list["results"].as_array().unwrap().iter().map(|one| one["number"].as_u64().unwrap()).collect()
}

fn seen_name(group: &Group) -> Option<Value> {
    let answer = group.reader.get("/api/public/v1/sites/seeblick.example/rooms/lake-room/");
    (answer.status == 200).then(|| answer.json()["name"].clone())
}

#[test]
fn a_stale_save_gets_the_newest_version_and_who_wrote_it() {
    let (server, group) = told();
    let path = a_room(&group);
    let editor = join(&server, &group, "vera@lake-hotels.example", "editor");
    let stale = group.owner.client.get(&path).expect(200).json();
    save(&editor.client, &path, |document| document["max_guests"] = json!(5), false);
    for (method, path, body) in [
        ("PUT", path.clone(), json!({ "revision": stale["revision"], "document": stale["document"] })),
        ("POST", format!("{path}publish/"), json!({ "revision": stale["revision"] })),
        ("POST", format!("{path}restore/"), json!({ "revision": stale["revision"], "from": 1 })),
    ] {
        let client = &group.owner.client;
        let answer = if method == "PUT" { client.put(&path, &body) } else { client.post(&path, &body) };
        let refused = answer.expect(409).json();
        let standing = &refused["standing"];
        assert_eq!(standing["number"], 2, "{method} {path}");
        assert_eq!(standing["document"]["max_guests"], 5, "{method} {path}");
        assert_eq!(standing["author_name"], editor.email, "{method} {path}");
    }
}

#[test]
fn what_is_saved_while_somebody_writes_is_one_version_for_some_minutes() {
    let (server, group) = told();
    let path = a_room(&group);
    let owner = &group.owner.client;
    let type_guests = |guests: u32, autosave: bool| {
        save(owner, &path, |document| document["max_guests"] = json!(guests), autosave);
    };
    type_guests(3, true);
    type_guests(4, true);
    type_guests(5, true);
    assert_eq!(numbers(owner, &path), [4, 1], "one version of the sitting, and the published one");
    type_guests(6, false);
    type_guests(7, true);
    assert_eq!(numbers(owner, &path), [6, 5, 4, 1], "what was saved on purpose stays");
    let editor = join(&server, &group, "vera@lake-hotels.example", "editor");
    save(&editor.client, &path, |document| document["max_guests"] = json!(8), true);
    assert_eq!(numbers(owner, &path), [7, 6, 5, 4, 1], "nobody folds what somebody else wrote");
    let entry = owner.get(&path).expect(200).json();
    editor.client.post(&format!("{path}publish/"), &json!({ "revision": entry["revision"] })).expect(200);
    save(&editor.client, &path, |document| document["max_guests"] = json!(9), true);
    assert_eq!(numbers(owner, &path), [8, 7, 6, 5, 4, 1], "what guests see is kept");
    server.set_clock_offset(11 * 60);
    let editor = sign_in(&server, &editor.email, Some(&group.organization_id));
    save(&editor.client, &path, |document| document["max_guests"] = json!(10), true);
    assert_eq!(numbers(&editor.client, &path)[..2], [9, 8], "after ten minutes begins another version");
    let newest = &editor.client.get(&format!("{path}revisions/")).expect(200).json()["results"][0];
    assert_eq!((&newest["author_name"], &newest["is_autosave"]), (&json!(editor.email), &json!(true)));
}

#[test]
fn what_changed_is_told_field_by_field_and_comes_back_whole_or_in_part() {
    let (_server, group) = told();
    let path = a_room(&group);
    let owner = &group.owner.client;
    let first = owner.get(&path).expect(200).json()["document"].clone();
    save(
        owner,
        &path,
        |document| {
            document["name"]["en"] = json!("Lake suite");
            document["max_guests"] = json!(6);
        },
        false,
    );
    let told = owner.get(&format!("{path}changes/?from=1&to=2")).expect(200).json();
    let pointers: Vec<_> = told["fields"].as_array().unwrap().iter().map(|one| one["pointer"].clone()).collect();
    assert_eq!(pointers, ["/max_guests", "/name/en"]);
    let words: Vec<_> = told["fields"][1]["blocks"].as_array().unwrap().iter().map(|one| one["kind"].clone()).collect();
    assert_eq!(words, ["same", "removed", "added"], "{told}");
    let restore = |body: Value| owner.post(&format!("{path}restore/"), &body);
    let partly = restore(json!({ "revision": 2, "from": 1, "fields": ["/name/en"] })).expect(200).json();
    assert_eq!((&partly["document"]["name"], &partly["document"]["max_guests"]), (&first["name"], &json!(6)));
    assert_eq!(partly["revision"], 3);
    let wholly = restore(json!({ "revision": 3, "from": 1 })).expect(200).json();
    assert_eq!((&wholly["document"], &wholly["revision"]), (&first, &json!(4)));
    assert_eq!(numbers(owner, &path), [4, 3, 2, 1], "bringing back loses nothing");
    for (body, pointer) in [
        (json!({ "revision": 4, "from": 99 }), "/from"),
        (json!({ "revision": 4, "from": 1, "fields": [] }), "/fields"),
        (json!({ "revision": 4, "from": 1, "fields": ["/name", "/nothing"] }), "/fields/1"),
    ] {
        assert_eq!(restore(body).expect(422).json()["errors"][0]["pointer"], pointer);
    }
    for query in ["", "?from=1", "?from=1&to=x"] {
        assert_eq!(owner.get(&format!("{path}changes/{query}")).expect(400).code(), "invalid_parameter");
    }
    owner.get(&format!("{path}changes/?from=1&to=99")).expect(404);
}

#[test]
fn a_publication_is_taken_back_and_made_again() {
    let (_server, group) = told();
    let path = a_room(&group);
    let owner = &group.owner.client;
    let undo = |revision: u32| owner.post(&format!("{path}publish/undo/"), &json!({ "revision": revision }));
    save(owner, &path, |document| document["name"]["en"] = json!("Wrong name"), false);
    owner.post(&format!("{path}publish/"), &json!({ "revision": 2 })).expect(200);
    assert_eq!(seen_name(&group), Some(json!("Wrong name")));
    assert_eq!(undo(2).expect(200).json()["published"], json!({ "de": 1, "en": 1 }));
    assert_eq!(seen_name(&group), Some(json!("Lake room")));
    assert_eq!(owner.get(&path).expect(200).json()["revision"], 2, "what was written stays written");
    assert_eq!(undo(2).expect(409).code(), "nothing_to_undo");
    assert_eq!(
        undo(1).expect(200).json()["published"],
        json!({ "de": 2, "en": 2 }),
        "undone once more it is there again"
    );
    undo(2).expect(200);
    owner.post(&format!("{path}unpublish/"), &json!({})).expect(200);
    owner.post(&format!("{path}publish/"), &json!({ "revision": 2 })).expect(200);
    assert_eq!(undo(2).expect(200).json()["published"], json!({}), "before its first publication nobody saw it");
    assert_eq!(seen_name(&group), None);
}

#[test]
fn what_was_deleted_waits_thirty_days_in_the_bin() {
    let (server, group) = told();
    let path = a_room(&group);
    let owner = &group.owner.client;
    let bin = format!("/api/v1/sites/{}/bin/", group.site_id);
    let entry = owner.get(&path).expect(200).json();
    let id = entry["id"].as_str().unwrap();
    owner.delete(&path).expect(204);
    assert_eq!(seen_name(&group), None);
    let listed = owner.get(&bin).expect(200).json();
    let deleted = &listed["results"][0];
    assert_eq!((&listed["count"], &deleted["id"], &deleted["was_published"]), (&json!(1), &json!(id), &json!(true)));
    assert_eq!(deleted["deleted_by"], "Ottilie Brunner");
    let back = owner.post(&format!("{bin}{id}/restore/"), &json!({ "publish": true })).expect(200).json();
    assert_eq!((&back["published"], &back["document"]), (&entry["published"], &entry["document"]));
    assert_eq!(seen_name(&group), Some(json!("Lake room")));
    owner.post(&format!("{bin}{id}/restore/"), &json!({})).expect(404);

    owner.delete(&path).expect(204);
    publish(owner, &group.site_id, "room", &room("Lake room", &group.amenity_id));
    let numbered = owner.post(&format!("{bin}{id}/restore/"), &json!({})).expect(200).json();
    assert_eq!((&numbered["slug"], &numbered["published"]), (&json!("lake-room-2"), &json!({})));

    owner.delete(&path).expect(204);
    let reader = join(&server, &group, "paul@lake-hotels.example", "viewer");
    reader.client.get(&bin).expect(403);
    owner.delete(&format!("{bin}{id}/")).expect(204);
    assert_eq!(owner.get(&bin).expect(200).json()["count"], 0);
    owner.post(&format!("{bin}{id}/restore/"), &json!({})).expect(404);
    let audit = owner.get("/api/v1/audit/").expect(200).text();
    assert!(audit.contains("entry.restored") && audit.contains("entry.purged"), "{audit}");
}

#[test]
fn after_thirty_days_the_bin_is_emptied_at_night() {
    let (server, group) = told();
    let path = a_room(&group);
    group.owner.client.delete(&path).expect(204);
    let night = |days: i64| {
        server.set_clock_offset(days * 86_400);
        server.run_ok(&["cron", "run", "purge_bin"]);
        wait_until("the purge", || {
            let queue = server.client().get("/api/v1/monitoring/jobs/").expect(200).json();
            (queue["due_now"] == 0 && queue["running"] == 0).then_some(())
        });
        sign_in(&server, &group.owner.email, Some(&group.organization_id)).client
    };
    let bin = format!("/api/v1/sites/{}/bin/", group.site_id);
    assert_eq!(night(29).get(&bin).expect(200).json()["count"], 1);
    let owner = night(31);
    wait_until("the empty bin", || (owner.get(&bin).expect(200).json()["count"] == 0).then_some(()));
}
