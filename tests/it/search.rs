//! What whoever looks for something relies on: it is found as people write it, within a second of its change, in their
//! language, and never by anybody else.

use serde_json::{Value, json};

use super::support::{Client, Group, Server, Story, furnish, publish, room, set_up, wait_until};

/// A server that lets a test ask as often as it has to.
fn unhurried() -> Server {
    Server::options().env("GAMMACMS_RATE_LIMIT_PER_MINUTE", "100000").start()
}

fn told() -> (Server, Group) {
    let server = unhurried();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    (server, group)
}

fn encoded(words: &str) -> String {
    words.bytes().fold(String::new(), |text, byte| format!("{text}%{byte:02X}"))
}

fn team(client: &Client, group: &Group, words: &str) -> Value {
    client.get(&format!("/api/v1/sites/{}/search/?q={}", group.site_id, encoded(words))).expect(200).json()
}

fn visitors(group: &Group, words: &str, locale: &str) -> Value {
    let path = format!("/api/public/v1/sites/{}/search/?q={}&locale={locale}", group.domain, encoded(words));
    group.reader.get(&path).expect(200).json()
}

fn titles(found: &Value) -> Vec<String> {
    let results = found["results"].as_array().unwrap();
    results.iter().map(|hit| hit["entry"].get("title").unwrap_or(&hit["title"]).as_str().unwrap().to_owned()).collect()
}

/// What visitors find as soon as the index has heard of everything.
fn until(group: &Group, words: &str, locale: &str, expected: &[&str]) {
    wait_until("the index", || {
        let path = format!("/api/public/v1/sites/{}/search/?q={}&locale={locale}", group.domain, encoded(words));
        let answer = group.reader.get(&path);
        (answer.status == 200 && titles(&answer.json()) == expected).then_some(())
    });
}

#[test]
fn words_are_found_with_other_endings_beginnings_and_a_letter_wrong() {
    let (_server, group) = told();
    let owner = &group.owner.client;
    let mut suite = room("Tower suite", &group.amenity_id);
    suite["name"]["de"] = json!("Turmsuite");
    suite["description"] = json!({
        "en": "Bathrobes & <slippers> wait in the cupboards. The café is next door.",
        "de": "Bademäntel und Pantoffeln liegen in den Schränken. Das Café ist nebenan."
    });
    publish(owner, &group.site_id, "room", &suite);
    until(&group, "bathrobes", "en", &["Tower suite"]);
    for (locale, words, expected) in [
        ("en", "tower", &["Tower suite"][..]),
        ("en", "TOWER Suite", &["Tower suite"]),
        ("en", "bathrobe", &["Tower suite"]),
        ("en", "cupboard", &["Tower suite"]),
        ("en", "bathr", &["Tower suite"]),
        ("en", "bahtrobe", &["Tower suite"]),
        ("en", "bathrobs tower", &["Tower suite"]),
        ("en", "cafe", &["Tower suite"]),
        ("en", "tower helicopter", &[]),
        ("en", "Schrank", &[]),
        ("de", "Schrank", &["Turmsuite"]),
        ("de", "pantoffel", &["Turmsuite"]),
        ("de", "bademantel", &["Turmsuite"]),
        ("de", "Bathrobe", &[]),
        ("de-at", "schränke", &["Turmsuite"]),
    ] {
        if locale != "de-at" {
            assert_eq!(titles(&visitors(&group, words, locale)), expected, "{words} in {locale}");
        }
        let in_team = titles(&team(owner, &group, words));
        assert_eq!(in_team.is_empty(), ["tower helicopter"].contains(&words), "{words} for the team: {in_team:?}");
    }
    let found = visitors(&group, "slippers", "en");
    let hit = &found["results"][0];
    assert_eq!(hit["excerpt"].as_str().unwrap().matches("&lt;<mark>slippers</mark>&gt;").count(), 1, "{hit}");
    assert_eq!((&hit["type"], &hit["slug"], &hit["locale"]), (&json!("room"), &json!("tower-suite"), &json!("en")));
    assert_eq!(found["types"], json!([{ "type": "room", "count": 1 }]));
}

#[test]
fn visitors_search_what_they_read_and_the_team_codes_too() {
    let (_server, group) = told();
    let owner = &group.owner.client;
    let field = |name: &str, more: Value| {
        let mut field = json!({ "name": name, "kind": "text", "label": { "en": name, "de": name } });
        field.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        field
    };
    let boat = json!({
        "name": "boat", "plural": "boats", "icon": "star", "title": { "en": "Boat", "de": "Boot" },
        "title_plural": { "en": "Boats", "de": "Boote" }, "title_field": "name", "slug_from": "name",
        "fields": [
            field("name", json!({ "localized": true, "required": true })), field("captain", json!({})),
            field("papers", json!({ "searchable": false, "kind": "group", "fields": [field("number", json!({}))] })),
        ],
    });
    owner.put("/api/v1/types/custom/type/boat/", &json!({ "declaration": boat })).expect(200);
    for (kind, document) in [
        ("offer", json!({ "title": { "en": "Numbat days" }, "rate_code": "RC-INT-77", "promo_code": "PARTNER50" })),
        (
            "amenity",
            json!({ "name": { "en": "Numbat steps" }, "icon": "waves", "code": "RMA 7",
            "description": { "en": "Eleven granite steps." } }),
        ),
        ("dining_venue", json!({ "name": { "en": "Numbat inn" }, "chef": "Ottavia Brun", "cuisines": ["italian"] })),
        ("boat", json!({ "name": { "en": "Numbat boat" }, "captain": "Nemo", "papers": { "number": "XK4711" } })),
    ] {
        publish(owner, &group.site_id, kind, &document);
    }
    wait_until("all of them", || (visitors(&group, "numbat", "en")["count"] == 4).then_some(()));
    for (words, expected) in [
        ("partner50", None),
        ("RC-INT-77", None),
        ("waves", None),
        ("RMA", None),
        ("XK4711", None),
        ("granite", Some("Numbat steps")),
        ("Ottavia", Some("Numbat inn")),
        ("italian", Some("Numbat inn")),
        ("nemo", Some("Numbat boat")),
    ] {
        assert_eq!(titles(&visitors(&group, words, "en")), expected.into_iter().collect::<Vec<_>>(), "{words}");
        assert_eq!(team(owner, &group, words)["count"], 1, "{words} for the team");
    }
    let of_type = |kind: &str| {
        let path = format!("/api/public/v1/sites/{}/search/?q=numbat&type={kind}", group.domain);
        group.reader.get(&path).expect(200).json()["results"][0]["excerpt"].as_str().unwrap().to_owned()
    };
    assert_eq!((of_type("offer").as_str(), of_type("amenity").as_str()), ("", "Eleven granite steps."));
    let for_team = &team(owner, &group, "waves")["results"][0]["excerpt"];
    assert_eq!(for_team, "Eleven granite steps. <mark>waves</mark> RMA 7");
}

#[test]
fn an_excerpt_marks_what_was_found() {
    let (_server, group) = told();
    let owner = &group.owner.client;
    for number in 0..5 {
        let mut heron = room(&format!("Heron {number}"), &group.amenity_id);
        let text =
            format!("Then the lights lie like a line of text. {} The Wi-Fi reaches the lake.", "More. ".repeat(40));
        heron["description"] = json!({ "en": text });
        publish(owner, &group.site_id, "room", &heron);
    }
    wait_until("all of them", || (visitors(&group, "heron", "en")["count"] == 5).then_some(()));
    let marked = |words: &str| {
        let found = visitors(&group, words, "en");
        let excerpt = found["results"][0]["excerpt"].as_str().unwrap().to_owned();
        let marked = excerpt.split("<mark>").skip(1).map(|part| part.split_once("</mark>").unwrap().0.to_owned());
        marked.collect::<Vec<_>>().join(" ")
    };
    for (words, expected) in [
        ("lake", "lake"),
        ("text reach", "text"),
        ("wi fi", "Wi Fi"),
        ("fi lak", "Fi lake"),
        ("Wi-Fi the lake", "The Wi Fi the lake"),
        ("ligths", "lights"),
    ] {
        assert_eq!(marked(words), expected, "{words}");
    }
    let the = marked("the");
    assert!(!the.is_empty() && !the.contains("hen"), "{the}");
}

#[test]
fn visitors_find_what_is_published_and_the_team_finds_its_drafts() {
    let (_server, group) = told();
    let owner = &group.owner.client;
    let entries = format!("/api/v1/sites/{}/entries/", group.site_id);
    let mut document = room("Heron room", &group.amenity_id);
    document["name"] = json!({ "en": "Heron room" });
    let made = owner.post(&entries, &json!({ "type": "room", "document": document })).expect(201).json();
    let path = format!("{entries}{}/", made["id"].as_str().unwrap());
    wait_until("the draft", || (titles(&team(owner, &group, "heron")) == ["Heron room"]).then_some(()));
    assert_eq!(visitors(&group, "heron", "en")["count"], 0);
    owner.post(&format!("{path}publish/"), &json!({ "revision": 1 })).expect(200);
    until(&group, "heron", "en", &["Heron room"]);
    // What has no text in a language is found there in the language that stands in for it.
    let german = visitors(&group, "heron", "de");
    assert_eq!((titles(&german), &german["results"][0]["locale"]), (vec!["Heron room".to_owned()], &json!("en")));
    document["name"] = json!({ "en": "Stork room" });
    owner.put(&path, &json!({ "revision": 1, "document": document })).expect(200);
    wait_until("the new draft", || (titles(&team(owner, &group, "stork")) == ["Stork room"]).then_some(()));
    assert_eq!(visitors(&group, "stork", "en")["count"], 0, "a draft is nobody's but the team's");
    assert_eq!(titles(&visitors(&group, "heron", "en")), ["Heron room"]);
    owner.delete(&path).expect(204);
    until(&group, "heron", "en", &[]);
    wait_until("the index of the team", || (team(owner, &group, "stork")["count"] == 0).then_some(()));
}

#[test]
fn the_archive_is_searched_only_by_who_asks_for_it() {
    let (_server, group) = told();
    let owner = &group.owner.client;
    let heron = publish(owner, &group.site_id, "room", &room("Heron room", &group.amenity_id));
    until(&group, "heron", "en", &["Heron room"]);
    owner.post(&format!("/api/v1/sites/{}/entries/{heron}/archive/", group.site_id), &json!({})).expect(200);
    until(&group, "heron", "en", &[]);
    let archived = |state: &str| {
        let path = format!("/api/v1/sites/{}/search/?q=heron{state}", group.site_id);
        owner.get(&path).expect(200).json()
    };
    let found = wait_until("the archive", || Some(archived("&state=archived")).filter(|found| found["count"] == 1));
    assert_eq!(titles(&found), ["Heron room"]);
    assert_eq!(found["types"], json!([{ "type": "room", "count": 1 }]));
    let at_work = archived("");
    assert_eq!((&at_work["count"], &at_work["types"]), (&json!(0), &json!([])));
    let path = format!("/api/v1/sites/{}/search/?q=heron&state=live", group.site_id);
    assert_eq!(owner.get(&path).expect(400).code(), "invalid_parameter");
}

#[test]
fn visitors_neither_find_nor_count_what_is_not_shown_now_or_plays_a_role() {
    let (_server, group) = told();
    let owner = &group.owner.client;
    let offer = |title: &str, visible: Value| json!({ "title": { "en": title }, "visible": visible });
    for (title, visible) in [
        ("Heron now", json!({ "from": "2020-01-01T00:00", "until": "2100-01-01T00:00" })),
        ("Heron soon", json!({ "from": "2100-01-01T00:00" })),
        ("Heron over", json!({ "until": "2020-01-01T00:00" })),
    ] {
        publish(owner, &group.site_id, "offer", &offer(title, visible));
    }
    let form = json!({ "name": "Heron form", "fields": [{ "key": "a", "label": { "en": "Heron" }, "type": "text" }],
        "recipients": ["heron@lake.example"] });
    publish(owner, &group.site_id, "form", &form);
    let sections = json!([
        { "id": "s1", "type": "hero", "title": { "en": "Every heron" } },
        { "id": "s2", "type": "hero", "title": { "en": "Secret bittern" }, "visible": { "from": "2100-01-01T00:00" } },
    ]);
    publish(owner, &group.site_id, "page", &json!({ "title": { "en": "Birds" }, "sections": sections }));
    wait_until("all of them", || (team(owner, &group, "heron")["count"] == 5).then_some(()));
    let found = visitors(&group, "heron", "en");
    let mut names = titles(&found);
    names.sort();
    assert_eq!((names, &found["count"]), (vec!["Birds".to_owned(), "Heron now".to_owned()], &json!(2)));
    assert_eq!(found["types"], json!([{ "type": "offer", "count": 1 }, { "type": "page", "count": 1 }]));
    assert_eq!(visitors(&group, "bittern", "en")["count"], 0, "a section that is not shown yet");
    let path = format!("/api/public/v1/sites/{}/search/?q=heron&type=form", group.domain);
    assert_eq!(group.reader.get(&path).expect(200).json()["count"], 0);
}

#[test]
fn nobody_finds_what_belongs_to_others() {
    let server = unhurried();
    let story = Story::tell(&server);
    until(&story.lake, "canary", "en", &["Canary lake-hotels", "Home"]);
    until(&story.alp, "canary", "en", &["Canary alp-hotels", "Home"]);
    for client in [&story.lake.owner.client, &story.viewer.client] {
        let shown = team(client, &story.lake, "canary").to_string();
        assert!(shown.contains("Canary lake-hotels") && !shown.contains("alp"), "{shown}");
        client.get(&format!("/api/v1/sites/{}/search/?q=canary", story.alp.site_id)).expect(404);
    }
    story.lake.reader.get(&format!("/api/public/v1/sites/{}/search/?q=canary", story.alp.domain)).expect(404);
}

#[test]
fn what_cannot_be_searched_for_is_said() {
    let (_server, group) = told();
    until(&group, "canary", "en", &["Canary lake-hotels", "Home"]);
    let owner = &group.owner.client;
    let long = "a".repeat(201);
    let many = "a%20".repeat(13);
    for (query, code) in [
        ("", "invalid_parameter"),
        ("?q=", "invalid_parameter"),
        (&format!("?q={long}"), "invalid_parameter"),
        (&format!("?q={many}"), "invalid_parameter"),
        ("?q=a&type=spaceship", "invalid_parameter"),
        ("?q=a&page=5000", "invalid_parameter"),
        ("?q=a&sort=price", "unknown_parameter"),
    ] {
        let path = format!("/api/v1/sites/{}/search/{query}", group.site_id);
        assert_eq!(owner.get(&path).expect(400).code(), code, "{query}");
        let path = format!("/api/public/v1/sites/{}/search/{query}", group.domain);
        assert_eq!(group.reader.get(&path).expect(400).code(), code, "{query}");
    }
    for words in ["…", "\"quoted\" AND (", "title:canary", "*", "\u{202e}canary\u{0}", "😀"] {
        team(owner, &group, words);
        visitors(&group, words, "en");
    }
    let found = owner.get(&format!("/api/v1/sites/{}/search/?q=canary&type=page", group.site_id)).expect(200).json();
    assert_eq!(found["count"], 1, "{found}");
    assert_eq!(found["types"].as_array().unwrap().len(), 2, "counted for all types: {found}");
}

/// Starts the server again, on whatever port, and waits until everything is found there.
fn again(server: &mut Server, group: &Group, builds: usize) {
    server.start();
    let group = Group { reader: group.reader.at(server.client().base()), ..group.clone() };
    until(&group, "heron", "en", &["Heron room"]);
    wait_until("the word that it is built", || (builds_of(server) == builds).then_some(()));
}

/// How often the index was built since the last start.
fn builds_of(server: &Server) -> usize {
    server.log().matches("the search index is built").count()
}

#[test]
fn the_index_survives_a_power_cut_and_is_built_anew_where_it_is_lost() {
    let (mut server, group) = told();
    until(&group, "canary", "en", &["Canary lake-hotels", "Home"]);
    publish(&group.owner.client, &group.site_id, "room", &room("Heron room", &group.amenity_id));
    // At any moment: what the index does not have yet, the outbox has.
    server.kill();
    again(&mut server, &group, 0);
    let folder = server.data_dir().join("search");
    server.stop();
    for entry in std::fs::read_dir(&folder).unwrap().flatten().filter(|entry| entry.path().is_dir()) {
        for file in std::fs::read_dir(entry.path()).unwrap().flatten() {
            std::fs::write(file.path(), b"broken").unwrap();
        }
    }
    again(&mut server, &group, 1);
    server.stop();
    std::fs::remove_dir_all(&folder).unwrap();
    again(&mut server, &group, 1);
    server.run_ok(&["search", "rebuild"]);
    wait_until("another building", || (builds_of(&server) == 2).then_some(()));
    let group = Group { reader: group.reader.at(server.client().base()), ..group.clone() };
    until(&group, "heron", "en", &["Heron room"]);
    let left = std::fs::read_dir(&folder).unwrap().flatten().filter(|entry| entry.path().is_dir()).count();
    assert_eq!(left, 1, "old indexes are removed");
}

/// Flips bits of an index's files with this ending, as a disk does that goes bad: what is read when it is opened stays whole.
fn damage(server: &Server, ending: &str) {
    let folders = std::fs::read_dir(server.data_dir().join("search")).unwrap().flatten();
    let files = folders.filter_map(|folder| std::fs::read_dir(folder.path()).ok()).flatten().flatten();
    let files: Vec<_> =
        files.map(|file| file.path()).filter(|file| file.extension().is_some_and(|e| e == ending)).collect();
    assert!(!files.is_empty(), "no file ends in {ending}");
    for file in files {
        let mut bytes = std::fs::read(&file).unwrap();
        let half = bytes.len() / 2;
        for byte in &mut bytes[half / 5..half] {
            *byte ^= 0xff;
        }
        std::fs::write(file, bytes).unwrap();
    }
}

#[test]
fn an_index_that_queries_find_damaged_is_built_anew_by_itself() {
    let (mut server, group) = told();
    publish(&group.owner.client, &group.site_id, "room", &room("Heron room", &group.amenity_id));
    until(&group, "heron", "en", &["Heron room"]);
    for ending in ["store", "idx", "term", "fast"] {
        server.stop();
        damage(&server, ending);
        server.start();
        let path = format!("/api/public/v1/sites/{}/search/?q=heron&locale=en", group.domain);
        let reader = group.reader.at(server.client().base());
        let found = wait_until("the new index", || {
            let answer = reader.get(&path);
            if answer.status == 200 {
                return Some(answer.json());
            }
            assert_eq!((answer.status, answer.header("retry-after")), (503, Some("5")), "{}", answer.text());
            None
        });
        assert_eq!(titles(&found), ["Heron room"], "{ending}");
        // The log is written a moment after what it tells of.
        wait_until("the word that it is built", || (builds_of(&server) == 1).then_some(()));
        let said = server.log().matches("a query found the search index damaged").count();
        assert_eq!(said, 1, "{ending}");
        wait_until("a sound check", || {
            let health = server.client().get("/api/v1/health/").expect(200).json();
            let search = health["checks"].as_array().unwrap().iter().find(|check| check["name"] == "search")?.clone();
            (search["status"] == "ok").then_some(())
        });
    }
    // Some of the queries panicked, which is logged as the error that it is.
    server.stop();
}

/// The folders of indexes: the one that answers, and the one that is being filled.
fn folders_of(server: &Server) -> usize {
    let found = std::fs::read_dir(server.data_dir().join("search")).unwrap().flatten();
    found.filter(|entry| entry.path().is_dir()).count()
}

#[test]
fn while_the_index_is_built_anew_the_old_one_hears_of_everything() {
    let (server, group) = told();
    let owner = &group.owner.client;
    let heron = publish(owner, &group.site_id, "room", &room("Heron room", &group.amenity_id));
    // So much text that filling an index takes seconds, on sites of their own, of which each is one step.
    let long = "Reeds bend over the quiet water of the lake. ".repeat(220);
    for number in 0..12 {
        let question = json!({ "question": { "en": format!("Bittern {number}") }, "answer": { "en": long } });
        owner
            .post(&format!("/api/v1/sites/{}/entries/", group.site_id), &json!({ "type": "faq", "document": question }))
            .expect(201);
    }
    let mut sites = vec![group.site_id.clone()];
    for number in 0..10 {
        let wish = json!({ "name": format!("Lake {number}"), "slug": format!("lake-{number}") });
        let copied = owner.post(&format!("/api/v1/sites/{}/copy/", group.site_id), &wish).expect(201).json();
        sites.push(copied["site"].as_str().unwrap().to_owned());
    }
    for site in sites {
        wait_until("the texts of a site", || {
            let found = owner.get(&format!("/api/v1/sites/{site}/search/?q=bittern")).expect(200).json();
            (found["count"] == 12).then_some(())
        });
    }
    let before = builds_of(&server);
    server.run_ok(&["search", "rebuild"]);
    wait_until("the new index's folder", || (folders_of(&server) == 2).then_some(()));
    owner.post(&format!("/api/v1/sites/{}/entries/{heron}/unpublish/", group.site_id), &json!({})).expect(200);
    publish(owner, &group.site_id, "room", &room("Stork room", &group.amenity_id));
    until(&group, "stork", "en", &["Stork room"]);
    until(&group, "heron", "en", &[]);
    assert_eq!(builds_of(&server), before, "the new index answered before the old one had heard");
    wait_until("the new index", || (builds_of(&server) == before + 1).then_some(()));
    until(&group, "stork", "en", &["Stork room"]);
    until(&group, "heron", "en", &[]);
}
