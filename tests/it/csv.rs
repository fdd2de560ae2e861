//! Entries of a type as a table or as JSON: what goes out and comes back changes nothing, what is changed in it is changed
//! here, and a wrong record changes nothing at all.

use serde_json::{Value, json};

use super::support::{Client, Group, Server, Story, furnish, publish, set_up};

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
        (format!("id,name.en,max_guests\n{good}\n,New\n"), "line 3: it has 2 cells"),
        ("name.en,max_guests\r\nA,x\r\n".to_owned(), "line 2, max_guests"),
        ("name.en,max_guests\r\n\r\n\"A\r\nB\",1\r\nC,x\r\n".to_owned(), "line 5, max_guests"),
        (
            format!("id,max_guests,name.en,max_guests\n{},3,Changed,4\n", lake.room_id),
            "\"max_guests\" stands there twice",
        ),
        (String::new(), "The file is empty"),
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

#[test]
fn tables_of_any_program_are_read_or_it_is_said_how_to_save_them() {
    let (server, lake, path) = told();
    let refused = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        let refused = server.run(&[&["import", "csv", &path], &PLACE[..]].concat());
        assert_eq!(refused.status.code(), Some(1));
        String::from_utf8_lossy(&refused.stderr).into_owned()
    };
    let german = refused(b"name.de;max_guests\r\nK\xfcche;2\r\n");
    assert!(german.contains("line 2: this is not UTF-8 text") && german.contains("CSV UTF-8"), "{german}");
    let wide: Vec<u8> = "\u{feff}name.en;max_guests\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(refused(&wide).contains("UTF-16"));
    std::fs::write(&path, format!("id\tname.en\tmax_guests\n{}\tReed, or \"room\"\t4\n", lake.room_id)).unwrap();
    assert_eq!(import(&server, &path, &[]), counts(0, 1, 0));
    let entry = format!("/api/v1/sites/{}/entries/{}/", lake.site_id, lake.room_id);
    let room = lake.owner.client.get(&entry).expect(200).json()["document"].clone();
    assert_eq!((&room["name"]["en"], &room["max_guests"]), (&json!("Reed, or \"room\""), &json!(4)));
}

#[test]
fn a_text_that_reads_like_a_wish_to_clear_stays_a_text() {
    let (server, lake, path) = told();
    let text =
        json!({"name": {"en": "Lounge", "de": "(clear)"}, "short_description": {"en": "'(clear)"}, "max_guests": 1});
    let id = publish(&lake.owner.client, &lake.site_id, "room", &text);
    server.run_ok(&[&["export", "csv", &path], &PLACE[..]].concat());
    assert_eq!(import(&server, &path, &[]), counts(0, 0, 3));
    let entry = format!("/api/v1/sites/{}/entries/{id}/", lake.site_id);
    let room = lake.owner.client.get(&entry).expect(200).json()["document"].clone();
    assert_eq!((&room["name"]["de"], &room["short_description"]["en"]), (&json!("(clear)"), &json!("'(clear)")));
}

/// The file that `export records` writes, and what is in it.
fn records(server: &Server) -> (String, Value) {
    let path = server.folder().join("rooms.json").to_str().unwrap().to_owned();
    server.run_ok(&[&["export", "records", &path], &PLACE[..]].concat());
    let file = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    (path, file)
}

fn import_records(server: &Server, path: &str, file: &Value, more: &[&str]) -> Value {
    std::fs::write(path, file.to_string()).unwrap();
    let out = server.run_ok(&[&["import", "records", path, "--json"], &PLACE[..], more].concat());
    serde_json::from_str(&out).unwrap()
}

#[test]
fn records_go_out_whole_and_come_back_changing_nothing_or_what_was_changed() {
    let (server, lake, _) = told();
    let (path, mut file) = records(&server);
    let room = file["entries"][0].clone();
    assert_eq!(
        (&room["id"], &room["state"], &room["published"]),
        (&json!(lake.room_id), &json!("live"), &json!(["de", "en"]))
    );
    assert_eq!(room["fields"]["short_description"]["de"], "Zwei Fenster zum See");
    assert_eq!(room["fields"]["rates"][0]["double_rate"], "180.50");
    assert_eq!(import_records(&server, &path, &file, &[])["counts"], counts(0, 0, 2));
    assert_eq!(records(&server).1, file);

    file["entries"][0]["fields"] = json!({"max_guests": 3, "is_featured": null});
    file["entries"]
        .as_array_mut()
        .unwrap()
        .push(json!({"slug": "attic", "fields": {"name": {"en": "Attic"}, "max_guests": 1}}));
    let dry = import_records(&server, &path, &file, &["--dry-run"]);
    let report = import_records(&server, &path, &file, &[]);
    assert_eq!((&dry["records"], &dry["counts"]), (&report["records"], &counts(1, 1, 1)));
    let first = json!({"place": "/entries/0", "title": "Canary lake-hotels", "outcome": "changed", "fields": ["is_featured", "max_guests"]});
    assert_eq!(report["records"][0], first);
    assert_eq!(
        (&report["records"][1]["outcome"], &report["records"][2]["title"]),
        (&json!("unchanged"), &json!("Attic"))
    );
    let entry = format!("/api/v1/sites/{}/entries/{}/", lake.site_id, lake.room_id);
    let room = lake.owner.client.get(&entry).expect(200).json()["document"].clone();
    assert_eq!((&room["max_guests"], room.get("is_featured")), (&json!(3), None));
    assert_eq!(room["name"]["en"], "Canary lake-hotels", "what is left out stays");
    // A list of records does as well.
    assert_eq!(import_records(&server, &path, &file["entries"], &[])["counts"], counts(0, 0, 3));
}

#[test]
fn a_wrong_record_is_named_with_its_place_and_nothing_is_changed() {
    let (server, lake, _) = told();
    let (path, file) = records(&server);
    let entry = format!("/api/v1/sites/{}/entries/{}/", lake.site_id, lake.room_id);
    let good = json!({"id": lake.room_id, "fields": {"max_guests": 3}});
    let stranger = "01890a5d-ac96-774b-bcce-b302099a8057";
    for (file, says) in [
        (json!([good, {"id": file["entries"][1]["id"], "fields": {"max_guests": "many"}}]), "/1/fields/max_guests"),
        (json!({"type": "room", "entries": [good, {"fields": {"stars": 5}}]}), "/entries/1/fields/stars"),
        (json!([good, {"id": stranger}]), "/1: the site has no room"),
        (json!([good, good]), "/1: another record"),
        (json!([good, {"max_guests": 3}]), "/1/max_guests"),
        (json!([good, {"slug": "A b"}]), "/1/slug"),
        (
            json!([good, {"slug": "x", "fields": {"name": {"en": "X"}, "max_guests": 1, "amenities": [stranger]}}]),
            "/1/amenities/0",
        ),
        (json!({"type": "offer", "entries": [good]}), "/type"),
        (json!({"entries": 1}), "/entries"),
        (json!("rooms"), "no list of records"),
        // A reader that takes the last of two would change the room.
        (json!([good, {"name twice": 1}]), "stands twice"),
    ] {
        std::fs::write(&path, file.to_string().replace("\"name twice\":1", "\"slug\":\"a\",\"slug\":\"b\"")).unwrap();
        let refused = server.run(&[&["import", "records", &path], &PLACE[..]].concat());
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!((refused.status.code(), told.contains(says)), (Some(1), true), "{says}: {told}");
        assert_eq!(lake.owner.client.get(&entry).expect(200).json()["revision"], 1, "{says}");
    }
}

#[test]
fn whoever_reads_takes_files_of_a_type_out_and_whoever_writes_brings_them_back() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let site = &story.lake.site_id;
    let file = |format: &str| format!("/api/v1/sites/{site}/entries-file/?type=room&format={format}");
    for (format, begins) in [("csv", "\u{feff}id,slug,"), ("json", "{\n\"format\": \"gammacms-entries\"")] {
        let out = story.viewer.client.get(&file(format)).expect(200);
        assert_eq!(out.header("content-disposition").unwrap(), format!("attachment; filename=\"room.{format}\""));
        assert!(out.text().starts_with(begins), "{}", out.text());
        let back =
            |client: &Client, more: &str| client.send("POST", &format!("{}{more}", file(format)), Some(&out.body));
        assert_eq!(back(&story.viewer.client, "").status, 403);
        assert_eq!(back(&story.alp.owner.client, "").status, 404);
        assert_eq!(story.alp.owner.client.get(&file(format)).status, 404);
        assert_eq!(back(&story.editor.client, "").expect(200).json()["counts"]["unchanged"], 1);
    }
    let client = &story.editor.client;
    let changed = json!([{"id": story.lake.room_id, "fields": {"max_guests": 5}}]).to_string();
    let guests = || {
        let entry = format!("/api/v1/sites/{site}/entries/{}/", story.lake.room_id);
        client.get(&entry).expect(200).json()["document"]["max_guests"].clone()
    };
    for (more, now) in [("&dry_run=true", 2), ("", 5)] {
        let report =
            client.send("POST", &format!("{}{more}", file("json")), Some(changed.as_bytes())).expect(200).json();
        assert_eq!(
            (&report["records"][0]["fields"], &report["counts"]["changed"]),
            (&json!(["max_guests"]), &json!(1))
        );
        assert_eq!((guests(), &report["is_dry_run"]), (json!(now), &json!(!more.is_empty())));
    }
    let wrong = client.send("POST", &file("json"), Some(b"[{\"id\": 1}]")).expect(422);
    assert!(wrong.code() == "import_refused" && wrong.text().contains("/0/id"), "{}", wrong.text());
    assert_eq!(client.get(&format!("/api/v1/sites/{site}/entries-file/?type=yacht")).status, 400);
    assert_eq!(client.get(&file("xml")).status, 400);
    let large = vec![b' '; 9 << 20];
    assert_eq!(client.send("POST", &file("csv"), Some(&large)).expect(422).code(), "import_too_large");
}
