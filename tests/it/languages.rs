//! What a group relies on when it adds a language: where it stands, what stands in for it, who sees it, and that nothing of
//! the others moves.

use serde_json::{Value, json};

use super::support::{Client, Group, Server, furnish, set_up, wait_until};

fn told() -> (Server, Group) {
    let server = Server::start_new();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    let guest = guest(&server, "seeblick.example");
    wait_until("the site's first page", || (guest.get("/").status == 200).then_some(()));
    (server, group)
}

fn guest(server: &Server, domain: &str) -> Client {
    server.client().with("host", domain)
}

fn change(group: &Group, wish: &Value) -> Value {
    group.owner.client.patch(&format!("/api/v1/sites/{}/", group.site_id), wish).expect(200).json()
}

fn save(group: &Group, id: &str, document: &Value) -> u64 {
    let path = format!("/api/v1/sites/{}/entries/{id}/", group.site_id);
    let revision = group.owner.client.get(&path).expect(200).json()["revision"].clone();
    let saved =
        group.owner.client.put(&path, &json!({ "revision": revision, "document": document })).expect(200).json();
    saved["revision"].as_u64().unwrap()
}

fn publish_in(group: &Group, id: &str, revision: u64, locales: &[&str]) {
    let path = format!("/api/v1/sites/{}/entries/{id}/publish/", group.site_id);
    group.owner.client.post(&path, &json!({ "revision": revision, "locales": locales })).expect(200);
}

#[test]
fn a_language_stands_below_its_prefix_or_on_a_domain_of_its_own() {
    let (server, group) = told();
    change(&group, &json!({ "languages": { "de": { "prefix": "deutsch" } } }));
    let main = guest(&server, "seeblick.example");
    wait_until("the new prefix", || (main.get("/deutsch/rooms/canary-lake-hotels").status == 200).then_some(()));
    assert_eq!(main.get("/de/rooms/canary-lake-hotels").status, 404);

    change(&group, &json!({ "languages": { "de": { "prefix": "deutsch", "domain": "seeblick.example.de" } } }));
    let german = guest(&server, "seeblick.example.de");
    wait_until("the language's own host", || (german.get("/").status == 200).then_some(()));
    let (german_room, room) =
        ("http://seeblick.example.de/rooms/canary-lake-hotels", "http://seeblick.example/rooms/canary-lake-hotels");
    for (client, path, to) in [
        (&main, "/deutsch", "http://seeblick.example.de"),
        (&main, "/deutsch/rooms/canary-lake-hotels", german_room),
        (&german, "/deutsch/rooms/canary-lake-hotels", "/rooms/canary-lake-hotels"),
    ] {
        assert_eq!(client.get(path).expect(308).header("location"), Some(to), "{path}");
    }
    // Each names itself and both of them: what one says of the other, the other says too.
    for (client, language, own) in [(&main, "en", room), (&german, "de", german_room)] {
        let html = client.get("/rooms/canary-lake-hotels").expect(200).text();
        for part in [
            format!("<html lang=\"{language}\""),
            format!("<link rel=\"canonical\" href=\"{own}\">"),
            format!("hreflang=\"en\" href=\"{room}\""),
            format!("hreflang=\"de\" href=\"{german_room}\""),
            format!("hreflang=\"x-default\" href=\"{room}\""),
        ] {
            assert!(html.contains(&part), "{part} is missing in {html}");
        }
        let map = client.get("/sitemap.xml").expect(200).text();
        assert!(map.contains(&format!("<loc>{own}</loc>")), "{map}");
        let other = if own == room { german_room } else { room };
        assert!(!map.contains(&format!("<loc>{other}</loc>")), "{map}");
    }
    let api = &group.reader;
    for name in ["seeblick.example", "seeblick.example.de"] {
        let site = api.get(&format!("/api/public/v1/sites/{name}/")).expect(200).json();
        assert_eq!(site["id"], group.site_id.as_str(), "{name}");
        assert_eq!(api.get(&format!("/api/public/v1/sites/?domain={name}")).expect(200).json()[0]["id"], site["id"]);
    }
}

#[test]
fn what_does_not_go_together_is_refused_and_named() {
    let (_server, group) = told();
    let path = format!("/api/v1/sites/{}/", group.site_id);
    for (languages, status, pointer) in [
        (json!({ "fr": {} }), 422, "/languages/fr"),
        (json!({ "en": { "offered": false } }), 422, "/languages/en/offered"),
        (json!({ "de": { "prefix": "media" } }), 422, "/languages/de/prefix"),
        (json!({ "en": { "prefix": "de" } }), 422, "/languages/de/prefix"),
        (json!({ "de": { "fallback": ["de"] } }), 422, "/languages/de/fallback"),
        (json!({ "de": { "fallback": ["en", "en"] } }), 422, "/languages/de/fallback"),
        (json!({ "de": { "domain": "seeblick.example" } }), 422, "/languages/de/domain"),
        // Taken for a site's slug, and asked for by no browser.
        (json!({ "de": { "domain": "seeblick" } }), 422, "/languages/de/domain"),
        (json!({ "de": { "domain": "192.0.2.7" } }), 422, "/languages/de/domain"),
    ] {
        let answer = group.owner.client.patch(&path, &json!({ "languages": languages }));
        assert_eq!(answer.status, status, "{languages}");
        let problem = answer.json();
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    let second = json!({"name": "Second", "slug": "second", "domain": "second.example", "locales": ["en", "de"]});
    let second = group.owner.client.post("/api/v1/sites/", &second).expect(201).json();
    change(&group, &json!({ "languages": { "de": { "domain": "see.example" } } }));
    let second = format!("/api/v1/sites/{}/", second["id"].as_str().unwrap());
    group.owner.client.patch(&second, &json!({ "domain": "see.example" })).expect(409);
    group.owner.client.patch(&second, &json!({ "languages": { "de": { "domain": "see.example" } } })).expect(409);
    group.owner.client.patch(&path, &json!({ "languages": { "de": { "domain": "second.example" } } })).expect(409);
}

#[test]
fn a_chain_of_four_languages_fills_what_is_missing_and_another_chain_composes_anew() {
    let (_server, group) = told();
    change(
        &group,
        &json!({
            "locales": ["en", "de", "fr", "it", "rm"],
            "languages": { "rm": { "fallback": ["it", "fr", "de", "en"] } },
        }),
    );
    let entries = format!("/api/v1/sites/{}/entries/", group.site_id);
    let document = json!({
        "name": { "rm": "Chombra", "de": "Zimmer", "en": "Room" },
        "short_description": { "en": "English", "de": "Deutsch", "fr": "Français" },
    });
    let made = group
        .owner
        .client
        .post(&entries, &json!({"type": "room", "slug": "chombra", "document": document}))
        .expect(201)
        .json();
    let id = made["id"].as_str().unwrap();
    publish_in(&group, id, 1, &["rm", "de", "en"]);
    let api = &group.reader;
    let read = |locale: &str| {
        api.get(&format!("/api/public/v1/sites/seeblick.example/rooms/chombra/?locale={locale}")).expect(200).json()
    };
    // French is not published: its text stands in for nothing.
    wait_until("the first chain", || (read("rm")["short_description"] == "Deutsch").then_some(()));
    assert_eq!(read("rm")["name"], "Chombra");
    // In the list every entry stands once, in the first language of the chain that it is published in.
    let list = api.get("/api/public/v1/sites/seeblick.example/rooms/?locale=rm").expect(200).json();
    let names: Vec<&str> =
        list["results"].as_array().unwrap().iter().map(|room| room["name"].as_str().unwrap()).collect();
    assert_eq!(list["count"], names.len());
    assert!(names.contains(&"Chombra") && names.contains(&"Canary lake-hotels (de)"), "{names:?}");

    change(&group, &json!({ "languages": { "rm": { "fallback": ["en"] } } }));
    wait_until("the other chain", || (read("rm")["short_description"] == "English").then_some(()));
    change(&group, &json!({ "languages": { "rm": { "fallback": [] } } }));
    wait_until("no chain", || (read("rm")["short_description"] == "").then_some(()));
    assert_eq!(read("rm")["name"], "Chombra");
    let others = api.get("/api/public/v1/sites/seeblick.example/rooms/?locale=rm").expect(200).json();
    assert_eq!(others["count"], 1, "{others}");
}

#[test]
fn arabic_reads_from_right_to_left_once_it_is_offered() {
    let (server, group) = told();
    change(&group, &json!({ "locales": ["en", "de", "ar"], "languages": { "ar": { "offered": false } } }));
    let path = format!("/api/v1/sites/{}/entries/{}/", group.site_id, group.room_id);
    let mut document = group.owner.client.get(&path).expect(200).json()["document"].clone();
    document["name"]["ar"] = json!("غرفة البحيرة");
    let revision = save(&group, &group.room_id, &document);
    publish_in(&group, &group.room_id, revision, &["en", "de", "ar"]);
    let guest = guest(&server, "seeblick.example");
    let api = &group.reader;
    let room = "/ar/rooms/canary-lake-hotels";
    assert_eq!(guest.get(room).status, 404);
    let site = api.get("/api/public/v1/sites/seeblick.example/").expect(200).json();
    assert_eq!(site["locales"], json!(["en", "de"]));
    assert!(!guest.get("/rooms/canary-lake-hotels").expect(200).text().contains("hreflang=\"ar\""));

    change(&group, &json!({ "languages": {} }));
    wait_until("the new language", || (guest.get(room).status == 200).then_some(()));
    let html = guest.get(room).text();
    assert!(html.contains("<html lang=\"ar\" dir=\"rtl\""), "{html}");
    assert!(html.contains("غرفة البحيرة"), "{html}");
    // A lake finds the lake: the article is a part of its word.
    let lake = "/api/public/v1/sites/seeblick.example/search/?locale=ar&q=%D8%A8%D8%AD%D9%8A%D8%B1%D8%A9";
    wait_until("the Arabic words", || (api.get(lake).expect(200).json()["count"] == 1).then_some(()));
    for (path, other) in [
        (room, "http://seeblick.example/de/rooms/canary-lake-hotels"),
        ("/de/rooms/canary-lake-hotels", "http://seeblick.example/ar/rooms/canary-lake-hotels"),
    ] {
        assert!(guest.get(path).expect(200).text().contains(&format!("href=\"{other}\"")), "{path}");
    }
    let site = api.get("/api/public/v1/sites/seeblick.example/").expect(200).json();
    assert_eq!(
        site["languages"][2],
        json!({"locale": "ar", "direction": "rtl", "prefix": "ar", "domain": null, "chain": ["ar", "en"]})
    );
}

#[test]
fn a_publication_in_one_language_changes_no_text_of_another() {
    let (_server, group) = told();
    let api = &group.reader;
    let read = |locale: &str| {
        let path = format!("/api/public/v1/sites/seeblick.example/rooms/canary-lake-hotels/?locale={locale}");
        api.get(&path).expect(200).text()
    };
    let (english, german) = (read("en"), read("de"));
    let path = format!("/api/v1/sites/{}/entries/{}/", group.site_id, group.room_id);
    let mut document = group.owner.client.get(&path).expect(200).json()["document"].clone();
    document["name"] = json!({ "en": "Other words", "de": "Andere Worte" });
    let revision = save(&group, &group.room_id, &document);
    publish_in(&group, &group.room_id, revision, &["de"]);
    wait_until("the German publication", || (read("de") != german).then_some(()));
    assert_eq!(read("en"), english);
}
