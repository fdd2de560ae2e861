//! What a translator relies on: what is to be done is known to the field, work is never lost, and a file that goes out comes
//! back whole or not at all.

use serde_json::{Value, json};

use super::support::{Group, Server, furnish, set_up};

fn told() -> (Server, Group) {
    let server = Server::start_new();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    (server, group)
}

fn site(group: &Group, rest: &str) -> String {
    format!("/api/v1/sites/{}/{rest}", group.site_id)
}

fn room(group: &Group) -> Value {
    group.owner.client.get(&site(group, &format!("entries/{}/", group.room_id))).expect(200).json()
}

fn save(group: &Group, change: impl FnOnce(&mut Value)) -> Value {
    let before = room(group);
    let mut document = before["document"].clone();
    change(&mut document);
    let body = json!({ "revision": before["revision"], "document": document });
    group.owner.client.put(&site(group, &format!("entries/{}/", group.room_id)), &body).expect(200).json()
}

/// The room's texts in German that are in this state.
fn texts(group: &Group, state: &str) -> Vec<String> {
    let path = site(group, &format!("entries/{}/translation/?target=de", group.room_id));
    let found = group.owner.client.get(&path).expect(200).json();
    let texts = found["texts"].as_array().unwrap().iter().filter(|text| text["state"] == state);
    texts.map(|text| text["path"].as_str().unwrap().to_owned()).collect()
}

fn file(group: &Group, query: &str) -> String {
    group.owner.client.get(&site(group, &format!("translations/file/?{query}"))).expect(200).text()
}

fn take(group: &Group, file: &str, query: &str) -> Value {
    let path = site(group, &format!("translations/file/?{query}"));
    group.owner.client.send("POST", &path, Some(file.as_bytes())).expect(200).json()
}

const RICH: &str = "description";

/// A description of every kind of block, the same structure in both languages.
fn formatted(group: &Group) {
    let text = |heading: &str, plain: &str, bold: &str, link: &str, item: &str| {
        let word = |text: &str, format: u8| json!({ "type": "text", "text": text, "format": format });
        json!({ "root": { "type": "root", "children": [
            { "type": "heading", "tag": "h3", "children": [word(heading, 0)] },
            { "type": "paragraph", "children": [
                word(plain, 0), word(bold, 1), { "type": "linebreak" },
                { "type": "link", "url": "/lake", "children": [word(link, 2)] },
            ] },
            { "type": "list", "listType": "bullet", "children": [{ "type": "listitem", "children": [word(item, 0)] }] },
        ] } })
    };
    save(group, |document| {
        document[RICH] = json!({
            "en": text("View", "With a <wide> ", "balcony & more", "to the lake", "Two chairs"),
            "de": text("Blick", "Mit {weitem} ", "Balkon", "zum See", "Zwei Stühle"),
        });
    });
}

#[test]
fn a_source_edit_makes_exactly_its_own_translation_stale() {
    let (_server, group) = told();
    assert_eq!(texts(&group, "stale"), [""; 0]);
    save(&group, |document| document["max_guests"] = json!(4));
    assert_eq!(texts(&group, "stale"), [""; 0]);
    let saved = save(&group, |document| document["name"]["en"] = json!("Lake room"));
    assert_eq!(texts(&group, "stale"), ["name"]);
    let listed = |query: &str| {
        let path = site(&group, &format!("translations/entries/?{query}"));
        group.owner.client.get(&path).expect(200).json()
    };
    let stale = listed("locale=de&state=stale&type=room");
    assert_eq!((&stale["count"], &stale["results"][0]["id"]), (&json!(1), &json!(group.room_id)));
    assert_eq!(listed("locale=en&state=stale")["count"], 0);
    let table = group.owner.client.get(&site(&group, "translations/")).expect(200).json();
    let row = |locale: &str| {
        let rows = table["results"].as_array().unwrap();
        rows.iter().find(|row| row["type"] == "room" && row["locale"] == locale).unwrap().clone()
    };
    assert_eq!((row("de")["stale"].clone(), row("de")["published"].clone()), (json!(1), json!(1)));
    assert_eq!(row("en")["stale"], 0);

    let confirm = site(&group, &format!("entries/{}/translation/confirm/", group.room_id));
    let wish = |paths: &[&str]| json!({ "revision": saved["revision"], "target": "de", "paths": paths });
    group.owner.client.post(&confirm, &wish(&["nothing"])).expect(422);
    group.owner.client.post(&confirm, &wish(&["name"])).expect(200);
    assert_eq!(texts(&group, "stale"), [""; 0]);
    assert_eq!(room(&group)["revision"], saved["revision"]);
}

#[test]
fn a_translator_and_an_editor_at_once_lose_nothing() {
    let (_server, group) = told();
    let began = room(&group)["revision"].clone();
    save(&group, |document| document["max_guests"] = json!(7));
    let path = site(&group, &format!("entries/{}/translation/", group.room_id));
    let put = |texts: Value| {
        group.owner.client.put(&path, &json!({ "revision": began, "source": "en", "target": "de", "texts": texts }))
    };
    put(json!({ "name": "Zimmer am See" })).expect(200);
    let now = room(&group)["document"].clone();
    assert_eq!((&now["name"]["de"], &now["max_guests"]), (&json!("Zimmer am See"), &json!(7)));
    let refused = put(json!({ "name": "Etwas anderes" })).expect(409).json();
    assert_eq!(refused["errors"][0]["code"], "revision_conflict");
    assert_eq!(room(&group)["document"], now);
}

#[test]
fn a_translation_of_an_older_source_is_taken_and_is_stale() {
    let (_server, group) = told();
    let began = save(&group, |document| document["name"] = json!({ "en": "Pets are welcome" }))["revision"].clone();
    let now = save(&group, |document| document["name"]["en"] = json!("Pets are NOT allowed"))["revision"].clone();
    let path = site(&group, &format!("entries/{}/translation/", group.room_id));
    let put = |revision: &Value, text: &str| {
        let body = json!({ "revision": revision, "source": "en", "target": "de", "texts": { "name": text } });
        let answer = group.owner.client.put(&path, &body).expect(200).json();
        let texts = answer["texts"].as_array().unwrap().clone();
        (answer["revision"].clone(), texts.into_iter().find(|text| text["path"] == "name").unwrap())
    };
    let (revision, name) = put(&began, "Haustiere sind willkommen");
    assert_ne!(revision, now);
    assert_eq!((&name["target"], &name["state"]), (&json!("Haustiere sind willkommen"), &json!("stale")));
    assert_eq!((&name["source"], &name["was"]), (&json!("Pets are NOT allowed"), &json!("Pets are welcome")));
    assert_eq!(texts(&group, "stale"), ["name"]);
    // Whoever has seen the new source translates that.
    let (_, name) = put(&revision, "Haustiere sind nicht erlaubt");
    assert_eq!((&name["state"], &name["was"]), (&json!("current"), &Value::Null));
}

#[test]
fn a_text_that_is_refused_is_named_as_it_was_sent() {
    let (_server, group) = told();
    let page = json!({ "type": "page", "document": { "title": { "en": "Home" }, "sections": [
        { "id": "s1", "type": "hero", "title": { "en": "By the lake" } },
    ] } });
    let page = group.owner.client.post(&site(&group, "entries/"), &page).expect(201).json();
    let path = site(&group, &format!("entries/{}/translation/", page["id"].as_str().unwrap()));
    let put = |texts: Value| {
        let body = json!({ "revision": page["revision"], "source": "en", "target": "de", "texts": texts });
        group.owner.client.put(&path, &body).expect(422).json()["errors"].clone()
    };
    let refused = put(json!({ "sections/s1/title": "x".repeat(5_000), "title": "Startseite" }));
    assert_eq!((&refused[0]["pointer"], refused.as_array().unwrap().len()), (&json!("/texts/sections~1s1~1title"), 1));
    let unknown = put(json!({ "sections/s2/title": "Am See" }));
    assert_eq!(
        (&unknown[0]["pointer"], &unknown[0]["code"]),
        (&json!("/texts/sections~1s2~1title"), &json!("text_unknown"))
    );
    let wish = json!({ "revision": page["revision"], "target": "de", "paths": ["sections/s1/title"] });
    let confirmed = group.owner.client.post(&format!("{path}confirm/"), &wish).expect(422).json();
    assert_eq!(confirmed["errors"][0]["pointer"], "/paths/0");
}

#[test]
fn a_file_of_each_format_comes_back_as_it_went() {
    let (_server, group) = told();
    formatted(&group);
    let before = room(&group);
    for format in ["xliff-1.2", "xliff-2.1", "csv"] {
        let out = file(&group, &format!("target=de&format={format}"));
        let report = take(&group, &out, "");
        assert_eq!((&report["changed"], &report["refused"]), (&json!(0), &json!(0)), "{format}: {report}\n{out}");
        assert_eq!(room(&group)["document"], before["document"], "{format}");

        // Other words between the same tags: the same structure in German.
        let (old, new) = (format!("{format} Balkon"), format!("{format} Terrasse"));
        save(&group, |document| {
            let text = document[RICH]["de"].to_string().replace("Balkon", &old);
            document[RICH]["de"] = serde_json::from_str(&text).unwrap();
        });
        let out = file(&group, &format!("target=de&format={format}&entry={}", group.room_id));
        let report = take(&group, &out.replace(&old, &new), "dry_run=true");
        assert_eq!((&report["changed"], &report["is_written"]), (&json!(1), &json!(false)), "{format}: {report}");
        let standing = room(&group);
        assert_eq!(take(&group, &out.replace(&old, &new), "")["is_written"], true, "{format}");
        let now = room(&group);
        let expected = standing["document"].to_string().replace(&old, &new);
        assert_eq!(now["document"], serde_json::from_str::<Value>(&expected).unwrap(), "{format}");
        // Nothing is published by a file.
        assert_eq!(now["published"], before["published"], "{format}");
        save(&group, |document| *document = before["document"].clone());
    }
}

#[test]
fn a_file_that_is_not_right_changes_nothing_and_says_where() {
    let (_server, group) = told();
    formatted(&group);
    let out = file(&group, "target=de&format=xliff-1.2");
    let before = room(&group);
    let long = "x".repeat(5_000);
    for (from, to, outcome) in [
        ("<g id=\"1\" ctype=\"x-h3\">Blick</g>", "Blick".to_owned(), "broken"),
        ("Zwei Stühle</g>", "Zwei Stühle</g><x id=\"99\"/>".to_owned(), "broken"),
        ("Canary lake-hotels (de)", long, "too_long"),
        ("id=\"name\"", "id=\"nothing\"".to_owned(), "unknown"),
        (group.room_id.as_str(), "01890a5d-ac96-774b-bcce-b302099a8057".to_owned(), "unknown"),
    ] {
        assert!(out.contains(from), "{from} is missing in {out}");
        let report = take(&group, &out.replace(from, &to), "");
        assert_eq!(report["is_written"], false, "{report}");
        assert_eq!(report["units"][0]["outcome"], outcome, "{from}: {report}");
        assert_eq!(room(&group), before, "{from}");
    }
    let path = site(&group, "translations/file/");
    for broken in ["<!DOCTYPE a [<!ENTITY b SYSTEM \"/etc/passwd\">]><xliff>&b;</xliff>", "<xliff", "entry,path", ""] {
        let answer = group.owner.client.send("POST", &path, Some(broken.as_bytes()));
        assert_eq!((answer.status, answer.code().as_str()), (422, "translation_file_invalid"), "{broken}");
    }
    // The source was edited while the translator worked: only who says so takes it.
    save(&group, |document| document["name"]["en"] = json!("Another room"));
    let translated = out.replace("Canary lake-hotels (de)", "Kanarienzimmer");
    let report = take(&group, &translated, "");
    assert_eq!((&report["units"][0]["outcome"], &report["is_written"]), (&json!("source_changed"), &json!(false)));
    let report = take(&group, &translated, "take_changed=true");
    assert_eq!((&report["units"][0]["outcome"], &report["is_written"]), (&json!("taken"), &json!(true)));
    assert_eq!(room(&group)["document"]["name"]["de"], "Kanarienzimmer");
}

#[test]
fn a_file_never_brings_back_a_text_that_others_have_corrected_meanwhile() {
    let (_server, group) = told();
    let original = room(&group)["document"].clone();
    for format in ["xliff-1.2", "xliff-2.1", "csv"] {
        formatted(&group);
        let out = file(&group, &format!("target=de&format={format}&entry={}", group.room_id));
        // Only an editor has changed the name, only the translator the description.
        save(&group, |document| document["name"]["de"] = json!("Kanarienzimmer"));
        let returned = out.replace("Balkon", "Terrasse");
        assert_ne!(returned, out);
        let report = take(&group, &returned, "");
        assert_eq!((&report["changed"], &report["refused"]), (&json!(1), &json!(0)), "{format}: {report}");
        assert_eq!(report["units"][0]["path"], RICH, "{format}: {report}");
        let now = room(&group)["document"].clone();
        assert_eq!(now["name"]["de"], "Kanarienzimmer", "{format}");
        assert!(now[RICH]["de"].to_string().contains("Terrasse"), "{format}");

        // Both have changed the name: it stays, and both texts are told.
        let returned = out.replace("Canary lake-hotels (de)", "Vogelzimmer");
        let report = take(&group, &returned, "partial=true");
        assert_eq!((&report["refused"], &report["is_written"]), (&json!(1), &json!(false)), "{format}: {report}");
        let unit = &report["units"][0];
        assert_eq!((&unit["path"], &unit["outcome"]), (&json!("name"), &json!("target_changed")), "{format}: {report}");
        let detail = unit["detail"].as_str().unwrap();
        assert!(detail.contains("Kanarienzimmer") && detail.contains("Vogelzimmer"), "{detail}");
        assert_eq!(room(&group)["document"], now, "{format}");

        // A translation that was not there when the file was written is kept as well.
        save(&group, |document| document["name"] = json!({ "en": "Canary" }));
        let out = file(&group, &format!("target=de&format={format}&entry={}", group.room_id));
        let returned = match format {
            "xliff-1.2" => out.replace("<target state=\"needs-translation\"></target>", "<target>Vogelzimmer</target>"),
            "xliff-2.1" => {
                out.replace("<source>Canary</source>", "<source>Canary</source><target>Vogelzimmer</target>")
            }
            _ => out.replace(",Canary,\r\n", ",Canary,Vogelzimmer\r\n"),
        };
        assert_ne!(returned, out, "{format}");
        save(&group, |document| document["name"]["de"] = json!("Kanarienzimmer"));
        let report = take(&group, &returned, "");
        assert_eq!(report["units"][0]["outcome"], "target_changed", "{format}: {report}");
        save(&group, |document| *document = original.clone());
    }
}

#[test]
fn a_dry_run_says_what_the_file_would_do_and_names_what_an_entry_does_not_take() {
    let (_server, group) = told();
    let client = &group.owner.client;
    let hotel = json!({ "type": "property", "document": {
        "name": { "en": "Villa", "de": "Villa am See" },
        "cancellation": { "en": "Never free.", "de": "Nie kostenlos." },
    } });
    let hotel = client.post(&site(&group, "entries/"), &hotel).expect(201).json();
    let id = hotel["id"].as_str().unwrap();
    let brand = json!({ "revision": 0, "fields": {
        "cancellation": { "mode": "locked", "value": { "en": "Free until six.", "de": "Kostenlos bis sechs." } },
    } });
    client.put("/api/v1/brand/types/property/", &brand).expect(200);
    client.post("/api/v1/brand/types/property/publish/", &json!({ "revision": 1 })).expect(200);
    let german = |path: &str| {
        let entry = client.get(&site(&group, &format!("entries/{path}/"))).expect(200).json();
        entry["document"].clone()
    };
    let returned = file(&group, "target=de&format=xliff-1.2")
        .replace("Nie kostenlos.", "Niemals kostenlos.")
        .replace("Villa am See", "Seevilla")
        .replace("Canary lake-hotels (de)", "Kanarienzimmer");
    let mut told = Vec::new();
    for query in ["dry_run=true", ""] {
        let report = take(&group, &returned, query);
        assert_eq!((&report["changed"], &report["refused"]), (&json!(2), &json!(1)), "{query}: {report}");
        assert_eq!(report["is_written"], false, "{query}");
        let refused = report["units"].as_array().unwrap().iter().find(|unit| unit["outcome"] == "refused").unwrap();
        assert_eq!((&refused["entry"], &refused["path"]), (&json!(id), &json!("cancellation")), "{query}: {report}");
        assert!(refused["detail"].as_str().unwrap().contains("locked"), "{report}");
        told.push(report);
    }
    assert_eq!(told[0], told[1], "a dry run says the same");
    assert_eq!(german(id), hotel["document"], "nothing was written");
    let report = take(&group, &returned, "partial=true");
    assert_eq!((&report["is_written"], &report["refused"]), (&json!(true), &json!(1)), "{report}");
    assert_eq!(german(id)["name"]["de"], "Seevilla");
    assert_eq!(german(id)["cancellation"], hotel["document"]["cancellation"]);
    assert_eq!(room(&group)["document"]["name"]["de"], "Kanarienzimmer");

    // What is archived is not written, and says so by its name.
    let out = file(&group, &format!("target=de&format=csv&entry={id}"));
    client.post(&site(&group, &format!("entries/{id}/archive/")), &json!({})).expect(200);
    let report = take(&group, &out.replace("Seevilla", "Villa"), "dry_run=true");
    assert_eq!((&report["units"][0]["entry"], &report["units"][0]["outcome"]), (&json!(id), &json!("refused")));
}

#[test]
fn the_command_line_writes_and_takes_the_same_files() {
    let (server, group) = told();
    let file = server.folder().join("german.xlf");
    let file = file.to_str().unwrap();
    let of_site = ["--organization", "lake-hotels", "--site", "main"];
    for format in [&["xliff", "--xliff-version", "2.1"][..], &["translations-csv"]] {
        server.run_ok(&[&["export"][..], format, &["--to", "de", "--output", file], &of_site].concat());
        let out = std::fs::read_to_string(file).unwrap();
        let new = format!("Vogel {}", format[0]);
        std::fs::write(file, out.replace("Canary lake-hotels (de)", &new)).unwrap();
        let taken = server.run_ok(&[&["import", "translations", file, "--json"][..], &of_site].concat());
        let report: Value = serde_json::from_str(&taken).unwrap();
        assert_eq!((&report["is_written"], &report["refused"]), (&json!(true), &json!(0)), "{report}");
        assert_eq!(room(&group)["document"]["name"]["de"], new);
        save(&group, |document| document["name"]["de"] = json!("Canary lake-hotels (de)"));
    }
}

#[test]
fn a_text_that_a_file_has_twice_is_taken_where_both_say_the_same() {
    let (server, group) = told();
    let out = file(&group, &format!("target=de&format=csv&entry={}", group.room_id));
    let row = out.lines().find(|line| line.contains(",name,")).unwrap();
    let new = |name: &str| row.replace("Canary lake-hotels (de)", name);
    assert_ne!(new("x"), row);
    let twice = |one: &str, other: &str| out.replace(row, &format!("{}\r\n{}", new(one), new(other)));
    let report = take(&group, &twice("Vogelzimmer", "Kanarienzimmer"), "");
    assert_eq!((&report["refused"], &report["changed"]), (&json!(2), &json!(0)), "{report}");
    for unit in report["units"].as_array().unwrap() {
        assert_eq!((&unit["path"], &unit["outcome"]), (&json!("name"), &json!("broken")), "{report}");
        assert!(unit["detail"].as_str().unwrap().contains("several times"), "{report}");
    }
    let report = take(&group, &twice("Vogelzimmer", "Vogelzimmer"), "");
    assert_eq!((&report["refused"], &report["changed"]), (&json!(0), &json!(1)), "{report}");
    assert_eq!(room(&group)["document"]["name"]["de"], "Vogelzimmer");

    let other = server.folder().join("german.csv");
    std::fs::write(&other, out.replace(",name,", ",nothing,")).unwrap();
    let place = ["--organization", "lake-hotels", "--site", "main"];
    let refused = server.run(&[&["import", "translations", other.to_str().unwrap()], &place[..]].concat());
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(told.contains("1 text was refused"), "{told}");
}
