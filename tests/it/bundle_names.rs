//! An archive of entries that have had each other's names: what an entry was called once is its history's, and takes nothing
//! from the one that is called so now.

use serde_json::{Value, json};

use super::{
    bundle::{changed, counted, elsewhere, export, file, import, members, pack},
    support::{Client, Group, Server, furnish, publish, room, set_up, wait_until},
};

fn path(group: &Group, id: &str) -> String {
    format!("/api/v1/sites/{}/entries/{id}/", group.site_id)
}

fn entry(group: &Group, id: &str) -> Value {
    group.owner.client.get(&path(group, id)).expect(200).json()
}

/// Gives an entry another slug, and lets visitors see it under that, or not yet.
fn rename(group: &Group, id: &str, slug: &str, publishes: bool) {
    let (client, now) = (&group.owner.client, entry(group, id));
    let wish = json!({"revision": now["revision"], "slug": slug, "document": now["document"]});
    let saved = client.put(&path(group, id), &wish).expect(200).json();
    if publishes {
        client.post(&format!("{}publish/", path(group, id)), &json!({"revision": saved["revision"]})).expect(200);
    }
}

fn swap(group: &Group, one: &str, other: &str) {
    let [first, second] = [one, other].map(|id| entry(group, id)["slug"].as_str().unwrap().to_owned());
    rename(group, one, "aside-for-a-moment", true);
    rename(group, other, &first, true);
    rename(group, one, &second, true);
}

/// The names under which visitors find the rooms.
fn seen(group: &Group) -> Vec<(String, String)> {
    let rooms = group.reader.get(&format!("/api/public/v1/sites/{}/rooms/?locale=en", group.domain)).expect(200).json();
    let text = |room: &Value, name: &str| room[name].as_str().unwrap().to_owned();
    let mut all: Vec<_> =
        rooms["results"].as_array().unwrap().iter().map(|room| (text(room, "slug"), text(room, "name"))).collect();
    all.sort();
    all
}

#[track_caller]
fn same(one: &[u8], other: &[u8]) {
    for ((name, bytes), (other_name, other_bytes)) in members(one).iter().zip(members(other)) {
        assert_eq!((name, String::from_utf8_lossy(bytes)), (&other_name, String::from_utf8_lossy(&other_bytes)));
    }
    assert!(one == other, "the archives differ");
}

fn house(server: &Server) -> Group {
    furnish(server, set_up(server), "lake-hotels", "seeblick.example")
}

#[test]
fn a_name_that_an_entry_had_once_is_another_ones_by_now() {
    let server = Server::start_new();
    let lake = house(&server);
    let made = |name: &str| publish(&lake.owner.client, &lake.site_id, "room", &room(name, &lake.amenity_id));
    let older = [made("Older P"), made("Older Q"), made("Older R")];
    // Put aside, and its visitors saw it under the name that an older one has now.
    let aside = made("Double P");
    rename(&lake, &aside, "classic-p", false);
    lake.owner.client.post(&format!("{}archive/", path(&lake, &aside)), &json!({})).expect(200);
    rename(&lake, &older[0], "double-p", true);
    // Live under another name now; live under its old name still, which is the draft's of an older one.
    let moved = made("Double Q");
    rename(&lake, &moved, "classic-q", true);
    rename(&lake, &older[1], "double-q", true);
    let draft = made("Double R");
    rename(&lake, &draft, "classic-r", false);
    rename(&lake, &older[2], "double-r", false);
    for more in [&[][..], &["--history"][..]] {
        let bundle = export(&server, "lake-hotels", "a.tar.gz", more);
        let (other, owner) = elsewhere();
        let dry = import(&other, "lake-hotels", &bundle, &["--dry-run"]);
        let report = import(&other, "lake-hotels", &bundle, &[]);
        assert_eq!((counted(&dry), &report["notes"]), (counted(&report), &json!([])));
        same(&bundle, &export(&other, "lake-hotels", "again.tar.gz", more));
        let again = import(&other, "lake-hotels", &bundle, &[]);
        assert_eq!(counted(&again), (0, 0, counted(&report).0), "{again}");
        let there = |id: &str| owner.get(&path(&lake, id)).expect(200).json();
        assert_eq!((&there(&draft)["slug"], &there(&older[2])["slug"]), (&json!("classic-r"), &json!("double-r")));
        assert_eq!((&there(&aside)["slug"], &there(&older[0])["slug"]), (&json!("classic-p"), &json!("double-p")));
    }
}

#[test]
fn names_that_were_swapped_since_are_swapped_back() {
    let server = Server::start_new();
    let lake = house(&server);
    let made = |name: &str| publish(&lake.owner.client, &lake.site_id, "room", &room(name, &lake.amenity_id));
    let rooms = ["Reed", "Heron", "Alder", "Birch", "Willow"].map(made);
    let bundle = export(&server, "lake-hotels", "a.tar.gz", &[]);
    let before = seen(&lake);
    swap(&lake, &rooms[0], &rooms[1]);
    // Three in a circle, of which the last one says so in its draft only.
    rename(&lake, &rooms[2], "on-its-way", true);
    rename(&lake, &rooms[3], "alder", true);
    rename(&lake, &rooms[4], "birch", false);
    rename(&lake, &rooms[2], "willow-2", true);
    assert_ne!(seen(&lake), before);
    let report = import(&server, "lake-hotels", &bundle, &[]);
    assert_eq!((counted(&report).0, counted(&report).1), (0, 5), "{report}");
    // Another process has written it: the server hears of that a moment later.
    wait_until("the names that visitors saw", || (seen(&lake) == before).then_some(()));
    let slugs = rooms.map(|id| entry(&lake, &id)["slug"].clone());
    assert_eq!(slugs, ["reed", "heron", "alder", "birch", "willow"].map(|slug| json!(slug)));
    let again = import(&server, "lake-hotels", &bundle, &[]);
    assert_eq!((counted(&again).0, counted(&again).1), (0, 0), "{again}");
}

#[test]
fn a_name_that_somebody_else_has_here_is_told_before_anything_is_written() {
    let server = Server::start_new();
    let lake = house(&server);
    let made = |name: &str| publish(&lake.owner.client, &lake.site_id, "room", &room(name, &lake.amenity_id));
    let reed = made("Reed");
    let bundle = export(&server, "lake-hotels", "a.tar.gz", &[]);
    rename(&lake, &reed, "sedge", true);
    let newer = made("Reed");
    assert_eq!(entry(&lake, &newer)["slug"], "reed");
    let archive = file(&server, "in.tar.gz");
    std::fs::write(&archive, &bundle).unwrap();
    let before = lake.owner.client.get("/api/v1/audit/?limit=1").expect(200).json();
    for more in [&["--dry-run"][..], &[][..]] {
        let refused = server.run(&[&["import", "bundle", &archive, "--organization", "lake-hotels"], more].concat());
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(1), "{told}");
        assert!(told.contains(&newer) && told.contains("slug reed") && told.contains("published in en"), "{told}");
    }
    assert_eq!(lake.owner.client.get("/api/v1/audit/?limit=1").expect(200).json(), before, "nothing has happened");
    rename(&lake, &newer, "reed-of-today", true);
    import(&server, "lake-hotels", &bundle, &[]);
    assert_eq!(entry(&lake, &reed)["slug"], "reed");
}

#[test]
fn two_entries_of_an_archive_under_one_address_are_refused() {
    let server = Server::start_new();
    let lake = house(&server);
    let made = |name: &str| publish(&lake.owner.client, &lake.site_id, "room", &room(name, &lake.amenity_id));
    let [reed, heron] = ["Reed", "Heron"].map(made);
    rename(&lake, &reed, "sedge", false);
    let whole = members(&export(&server, "lake-hotels", "a.tar.gz", &[]));
    let (other, owner): (Server, Client) = elsewhere();
    let refused = |which: &str, change: &dyn Fn(&mut Value), says: &str| {
        let path = file(&other, "broken.tar.gz");
        std::fs::write(&path, pack(&changed(&whole, which, change))).unwrap();
        let refused = other.run(&["import", "bundle", &path, "--organization", "lake-hotels", "--dry-run"]);
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!((refused.status.code(), told.contains(says)), (Some(1), true), "{says}: {told}");
        assert_eq!(owner.get("/api/v1/sites/").expect(200).json()["count"], 0);
    };
    refused(&reed, &|one| one["states"][0]["slug"] = json!("heron"), "are published as heron in de");
    refused(&heron, &|one| one["states"][0]["slug"] = json!("sedge"), "have the slug sedge");
}

#[test]
fn a_source_key_of_any_length_comes_back_in() {
    let server = Server::start_new();
    let lake = house(&server);
    let key = format!("wordpress redirect /{}", "a".repeat(1_500));
    let whole = members(&export(&server, "lake-hotels", "a.tar.gz", &[]));
    let room = format!("{}.json", lake.room_id);
    let (other, _) = elsewhere();
    import(&other, "lake-hotels", &pack(&changed(&whole, &room, |one| one["source_key"] = json!(key))), &[]);
    let again = members(&export(&other, "lake-hotels", "b.tar.gz", &[]));
    let (_, bytes) = again.iter().find(|(name, _)| name.contains(&room)).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(bytes).unwrap()["source_key"], json!(key));
}
