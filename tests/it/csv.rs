//! Entries of a type as a table: what goes out and comes back changes nothing, what is changed in it is changed here, and a
//! wrong line changes nothing at all.

use serde_json::{Value, json};

use super::support::{Group, Server, furnish, publish, set_up};

const PLACE: [&str; 6] = ["--organization", "lake-hotels", "--site", "main", "--type", "room"];

fn told() -> (Server, Group, String) {
    let server = Server::start_new();
    let lake = furnish(&server, set_up(&server), "lake-hotels", "seeblick.example");
    let dangerous = json!({"name": {"en": "=1+1", "de": "'quoted'"}, "max_guests": 2});
    publish(&lake.owner.client, &lake.site_id, "room", &dangerous);
    let path = server.folder().join("rooms.csv").to_str().unwrap().to_owned();
    server.run_ok(&[&["export", "csv", &path], &PLACE[..]].concat());
    (server, lake, path)
}

fn import(server: &Server, path: &str, more: &[&str]) -> Value {
    let out = server.run_ok(&[&["import", "csv", path, "--json"], &PLACE[..], more].concat());
    serde_json::from_str::<Value>(&out).unwrap()["counts"].clone()
}

fn counts(created: u64, changed: u64, unchanged: u64) -> Value {
    json!({"created": created, "changed": changed, "unchanged": unchanged, "skipped": 0})
}

#[test]
fn what_goes_out_and_comes_back_changes_nothing_and_no_spreadsheet_runs_it() {
    let (server, _, path) = told();
    let table = std::fs::read_to_string(&path).unwrap();
    assert!(table.starts_with("\u{feff}id,slug,name.en,name.de,"), "{table}");
    assert!(table.contains("'=1+1") && !table.contains(",=1+1"), "{table}");
    assert_eq!(import(&server, &path, &[]), counts(0, 0, 2));
}

#[test]
fn cells_change_clear_or_leave_their_field_and_a_row_without_a_name_is_new() {
    let (server, lake, path) = told();
    let table = format!(
        "id;slug;name.en;max_guests;short_description.de;is_featured\n{};;Reed room;3;(clear);\n;attic;Attic;1;;no\n",
        lake.room_id
    );
    std::fs::write(&path, table).unwrap();
    assert_eq!(import(&server, &path, &["--dry-run"]), counts(1, 1, 0));
    assert_eq!(import(&server, &path, &[]), counts(1, 1, 0));
    let entry = format!("/api/v1/sites/{}/entries/{}/", lake.site_id, lake.room_id);
    let room = lake.owner.client.get(&entry).expect(200).json()["document"].clone();
    assert_eq!((&room["name"]["en"], &room["max_guests"]), (&json!("Reed room"), &json!(3)));
    assert_eq!(room["short_description"], json!({"en": "Two windows on the lake"}));
    assert_eq!(room["is_featured"], true, "an empty cell leaves what is there");
    assert_eq!(import(&server, &path, &[]), counts(0, 0, 2), "the new one is found by its slug");
}

#[test]
fn a_wrong_line_is_named_and_nothing_is_changed() {
    let (server, lake, path) = told();
    let good = format!("{},Changed,3", lake.room_id);
    for (table, says) in [
        (format!("id,name.en,max_guests\n{good}\n,New,many\n"), "line 3, max_guests"),
        (format!("id,name.en,max_guests,stars\n{good},5\n"), "stars"),
        (format!("id,name.en,max_guests\n{good}\n01890a5d-ac96-774b-bcce-b302099a8057,X,1\n"), "line 3"),
        (format!("id,name.en,max_guests\n{good}\n,New\n"), "record 2"),
    ] {
        std::fs::write(&path, &table).unwrap();
        let refused = server.run(&[&["import", "csv", &path], &PLACE[..]].concat());
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(1), "{told}");
        assert!(told.contains(says), "{table}: {told}");
        let entry = format!("/api/v1/sites/{}/entries/{}/", lake.site_id, lake.room_id);
        assert_eq!(lake.owner.client.get(&entry).expect(200).json()["revision"], 1);
    }
}
