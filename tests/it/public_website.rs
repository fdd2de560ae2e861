//! What whoever makes a website of their own relies on: the menus, redirects and addresses that the hotel's website has, its
//! languages and what stands in for them, drafts as lists, and that nobody finds out what is not shown.

use serde_json::{Value, json};

use super::support::{Answer, Group, Server, furnish, publish, room, set_up, wait_until};

fn told() -> (Server, Group) {
    let server = Server::options().env("GAMMACMS_RATE_LIMIT_PER_MINUTE", "100000").start();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    (server, group)
}

fn read(group: &Group, path: &str) -> Answer {
    group.reader.get(&format!("/api/public/v1/sites/{}/{path}", group.domain))
}

fn slugs(list: &Value) -> Vec<&str> {
    list["results"].as_array().unwrap().iter().map(|one| one["slug"].as_str().unwrap()).collect()
}

/// What an item says, where it leads, and the same of those below it.
fn told_of(items: &Value) -> Value {
    let items = items.as_array().unwrap().iter();
    items.map(|item| json!([item["label"], item["url"], told_of(&item["children"])])).collect()
}

#[test]
fn menus_are_those_of_the_website() {
    let (server, group) = told();
    let owner = &group.owner.client;
    let spa = json!({"title": {"en": "Spa", "de": "Wellness"}, "show_in_menu": true});
    let spa = publish(owner, &group.site_id, "page", &spa);
    let about = publish(owner, &group.site_id, "page", &json!({"title": {"en": "About us", "de": "Über uns"}}));
    let draft = json!({"type": "page", "document": {"title": {"en": "Secret", "de": "Geheim"}}});
    let draft = owner.post(&format!("/api/v1/sites/{}/entries/", group.site_id), &draft).expect(201).json();
    // Where none is made, what follows from the pages.
    let derived = wait_until("the menus", || {
        Some(read(&group, "menus/").expect(200).json()).filter(|menus| menus["results"][1]["items"][1] != Value::Null)
    });
    let keys: Vec<&str> =
        derived["results"].as_array().unwrap().iter().map(|menu| menu["key"].as_str().unwrap()).collect();
    assert_eq!((keys, &derived["count"]), (vec!["primary", "footer", "legal", "utility"], &json!(4)));
    assert_eq!(told_of(&derived["results"][0]["items"]), json!([["Spa", "/spa", []]]));
    assert_eq!(told_of(&derived["results"][1]["items"]), json!([["Spa", "/spa", []], ["About us", "/about-us", []]]));
    let menu = json!({"name": "Head", "key": "primary", "items": [
        {"page": about, "label": {"en": "The house", "de": "Das Haus"}, "items": [
            {"label": {"en": "Rooms", "de": "Zimmer"}, "url": "/rooms", "items": [{"page": spa}]},
            {"page": draft["id"]},
        ]},
        {"page": draft["id"], "items": [{"page": spa}]},
        {"label": {"en": "Vouchers", "de": "Gutscheine"}, "url": "https://shop.example/"},
    ]});
    publish(owner, &group.site_id, "navigation", &menu);
    for (locale, expected) in [
        (
            "en",
            json!([
                ["The house", "/about-us", [["Rooms", "/rooms", [["Spa", "/spa", []]]]]],
                ["Vouchers", "https://shop.example/", []],
            ]),
        ),
        (
            "de",
            json!([
                ["Das Haus", "/de/about-us", [["Zimmer", "/de/rooms", [["Wellness", "/de/spa", []]]]]],
                ["Gutscheine", "https://shop.example/", []],
            ]),
        ),
    ] {
        let answer = wait_until("the menu", || {
            let answer = read(&group, &format!("menus/primary/?locale={locale}")).expect(200);
            (answer.json()["items"][0]["page"] == json!(about)).then_some(answer)
        });
        assert_eq!(told_of(&answer.json()["items"]), expected, "{locale}");
        assert_eq!(answer.header("content-language"), Some(locale));
        let again = group.reader.with("if-none-match", answer.header("etag").unwrap());
        again.get(&format!("/api/public/v1/sites/seeblick.example/menus/primary/?locale={locale}")).expect(304);
    }
    let page = server.client().with("host", &group.domain).get("/spa").text();
    assert!(page.contains("The house") && page.contains("Vouchers"), "the website shows the same");
    read(&group, "menus/nowhere/").expect(404);
    assert_eq!(read(&group, "menus/?page=1").expect(400).code(), "unknown_parameter");
    // Through a preview link, with the draft in it.
    let link = owner.post(&format!("/api/v1/sites/{}/preview-links/", group.site_id), &json!({})).expect(201).json();
    let holder = group.reader.with("x-preview-token", link["token"].as_str().unwrap());
    let seen = holder.get("/api/public/v1/sites/seeblick.example/menus/primary/").expect(200).json();
    assert_eq!((&seen["items"][1]["label"], &seen["preview"]), (&json!("Secret"), &json!(true)));
}

#[test]
fn an_address_leads_where_the_website_leads() {
    let (server, group) = told();
    let owner = &group.owner.client;
    let site = format!("/api/v1/sites/{}/", group.site_id);
    let languages = json!({"locales": ["en", "de", "fr"], "languages": {"de": {"prefix": "deutsch"}, "fr": {"domain": "lac.example"}}});
    owner.patch(&site, &languages).expect(200);
    for document in [
        json!({"from": "/old", "match": "exact", "to": "/rooms/canary-lake-hotels", "status": "moved_permanently"}),
        json!({"from": "/blog", "match": "prefix", "to": "https://blog.example/", "status": "found"}),
        json!({"from": "/?p=12", "match": "exact", "to": "/spa", "status": "temporary_redirect"}),
        json!({"from": "/gone", "match": "exact", "status": "gone"}),
    ] {
        publish(owner, &group.site_id, "redirect", &document);
    }
    publish(owner, &group.site_id, "offer", &json!({"title": {"en": "Last summer"}, "stay_until": "2020-08-31"}));
    wait_until("the redirects", || (read(&group, "redirects/").expect(200).json()["count"] == 4).then_some(()));
    let room = |locale: &str| json!({"kind": "entry", "type": "room", "id": group.room_id, "slug": "canary-lake-hotels", "locale": locale});
    let leads = |to: &str, status: u16| json!({"kind": "redirect", "to": to, "status": status});
    for (path, expected) in [
        ("/rooms/canary-lake-hotels", room("en")),
        ("/deutsch/rooms/canary-lake-hotels", room("de")),
        ("https://seeblick.example/deutsch/rooms/canary-lake-hotels?utm_source=x#top", room("de")),
        ("https://lac.example/rooms/canary-lake-hotels", room("fr")),
        ("/fr/rooms/canary-lake-hotels", leads("https://lac.example/rooms/canary-lake-hotels", 308)),
        ("https://lac.example/deutsch", leads("https://seeblick.example/deutsch", 308)),
        ("/rooms/canary-lake-hotels/", leads("/rooms/canary-lake-hotels", 308)),
        ("/Old/", leads("/rooms/canary-lake-hotels", 301)),
        ("/old?a=1", leads("/rooms/canary-lake-hotels?a=1", 301)),
        ("/blog/2019/opening", leads("https://blog.example/", 302)),
        ("/?p=12", leads("/spa", 307)),
        ("/home", leads("/", 308)),
        ("/gone", json!({"kind": "gone"})),
    ] {
        let query = url_query(path);
        let found = read(&group, &format!("resolve/?path={query}")).expect(200).json();
        assert_eq!(found, expected, "{path}");
        // And the website itself does so.
        if path.starts_with('/') {
            let answer = server.client().with("host", &group.domain).get(&path.replace("#top", ""));
            let status = match expected["kind"].as_str().unwrap() {
                "entry" => 200,
                "gone" => 410,
                _ => u16::try_from(expected["status"].as_u64().unwrap()).unwrap(),
            };
            assert_eq!(answer.status, status, "{path} on the website");
        }
    }
    let home = read(&group, "resolve/?path=/").expect(200);
    assert_eq!((&home.json()["type"], home.header("content-language")), (&json!("page"), Some("en")));
    assert_eq!(read(&group, "resolve/?path=/offers/last-summer").expect(200).json(), json!({"kind": "gone"}));
    for nothing in ["/nowhere", "/rooms/nowhere", "/de/rooms/canary-lake-hotels", "/a/b/c", "/search"] {
        assert_eq!(read(&group, &format!("resolve/?path={nothing}")).expect(404).code(), "not_found", "{nothing}");
    }
    for (query, code) in [
        ("", "invalid_parameter"),
        ("?path=rooms/x", "invalid_parameter"),
        ("?path=https://elsewhere.example/rooms", "invalid_parameter"),
        ("?path=/&locale=de", "unknown_parameter"),
    ] {
        assert_eq!(read(&group, &format!("resolve/{query}")).expect(400).code(), code, "{query}");
    }
}

fn url_query(text: &str) -> String {
    text.bytes().fold(String::new(), |text, byte| format!("{text}%{byte:02X}"))
}

#[test]
fn redirects_are_listed_as_they_hold_now() {
    let (_server, group) = told();
    let owner = &group.owner.client;
    for document in [
        json!({"from": "/B/", "match": "prefix", "to": "/b-new", "status": "found"}),
        json!({"from": "/a", "match": "exact", "status": "gone"}),
        json!({"from": "/c", "match": "exact", "to": "/x", "status": "permanent_redirect"}),
    ] {
        publish(owner, &group.site_id, "redirect", &document);
    }
    let draft =
        json!({"type": "redirect", "document": {"from": "/d", "match": "exact", "to": "/x", "status": "found"}});
    owner.post(&format!("/api/v1/sites/{}/entries/", group.site_id), &draft).expect(201);
    let first = wait_until("the redirects", || {
        Some(read(&group, "redirects/?page_size=2").expect(200).json()).filter(|list| list["count"] == 3)
    });
    assert_eq!(
        first["results"],
        json!([
            {"from": "/a", "to": null, "status": 410, "match": "exact"},
            {"from": "/b", "to": "/b-new", "status": 302, "match": "prefix"},
        ])
    );
    let next = first["next"].as_str().unwrap().strip_prefix(group.reader.base()).unwrap().to_owned();
    let second = group.reader.get(&next).expect(200).json();
    assert_eq!(second["results"], json!([{"from": "/c", "to": "/x", "status": 308, "match": "exact"}]));
    assert_eq!(read(&group, "redirects/?sort=from").expect(400).code(), "unknown_parameter");
}

#[test]
fn a_reader_says_which_language_may_stand_in() {
    let (_server, group) = told();
    let owner = &group.owner.client;
    // Published in German with English words in it, and in English alone.
    let half = json!({"name": {"en": "Half", "de": "Halb"}, "short_description": {"en": "A view"}, "max_guests": 2});
    publish(owner, &group.site_id, "room", &half);
    publish(owner, &group.site_id, "room", &json!({"name": {"en": "English"}, "max_guests": 3}));
    let get = |path: &str| read(&group, path).expect(200).json();
    wait_until("the rooms", || (get("rooms/")["count"] == 3).then_some(()));
    let told = |entry: &Value| {
        json!([
            entry["name"],
            entry["short_description"],
            entry["locale"],
            entry["requested_locale"],
            entry["fallback_fields"]
        ])
    };
    for (path, expected) in [
        ("rooms/half/", json!(["Half", "A view", "en", "en", []])),
        ("rooms/half/?locale=de", json!(["Halb", "A view", "de", "de", ["short_description"]])),
        ("rooms/half/?locale=de&fallback=default", json!(["Halb", "A view", "de", "de", ["short_description"]])),
        ("rooms/half/?locale=de&fallback=none", json!(["Halb", "", "de", "de", []])),
        ("rooms/half/?locale=de&fallback=en", json!(["Halb", "A view", "de", "de", ["short_description"]])),
        ("rooms/half/?locale=fr&fallback=de,en", json!(["Halb", "A view", "de", "fr", ["name", "short_description"]])),
        ("rooms/half/?locale=de-ch", json!(["Halb", "A view", "de", "de-ch", ["name", "short_description"]])),
        ("rooms/english/?locale=de", json!(["English", "", "en", "de", ["name"]])),
    ] {
        assert_eq!(told(&get(path)), expected, "{path}");
    }
    assert_eq!(get("rooms/half/?locale=de&fields=requested_locale")["requested_locale"], "de");
    for path in ["rooms/english/?locale=de&fallback=none", "rooms/half/?locale=fr&fallback=none"] {
        read(&group, path).expect(404);
    }
    for (query, expected) in [
        ("locale=de", &["canary-lake-hotels", "half", "english"][..]),
        ("locale=de&fallback=none", &["canary-lake-hotels", "half"]),
        ("locale=de&fallback=none&sort=-name", &["half", "canary-lake-hotels"]),
        ("locale=de&fallback=none&limit=10", &["canary-lake-hotels", "half"]),
        ("locale=fr&fallback=none", &[]),
        ("locale=fr&fallback=none&limit=10", &[]),
        ("fallback=none", &["canary-lake-hotels", "half", "english"]),
    ] {
        let list = get(&format!("rooms/?{query}"));
        assert_eq!((slugs(&list), &list["count"]), (expected.to_vec(), &json!(expected.len())), "{query}");
    }
    for fallback in ["fr", "de,xx", "none,de", "a,b,c,d,e,f,g,h"] {
        let refused = read(&group, &format!("rooms/?fallback={fallback}")).expect(400);
        assert_eq!(refused.code(), "invalid_parameter", "{fallback}");
    }
}

#[test]
fn what_no_channel_shows_is_not_found_out_either() {
    let (_server, group) = told();
    let owner = &group.owner.client;
    let form = json!({"name": "Enquiry", "fields": [{"key": "a", "label": {"en": "Name", "de": "Name"}, "type": "text"}],
        "recipients": ["desk@lake.example"], "retention_days": 30, "reply": {"subject": {"en": "Thanks"}}});
    publish(owner, &group.site_id, "form", &form);
    let list =
        wait_until("the form", || Some(read(&group, "forms/").expect(200).json()).filter(|list| list["count"] == 1));
    let link = owner.post(&format!("/api/v1/sites/{}/preview-links/", group.site_id), &json!({})).expect(201).json();
    let holder = group.reader.with("x-preview-token", link["token"].as_str().unwrap());
    for reader in [&group.reader, &holder] {
        for path in ["forms/", "forms/?expand=details", "forms/enquiry/", "forms/?fields=name"] {
            let shown = reader.get(&format!("/api/public/v1/sites/main/{path}")).expect(200).text();
            for inner in ["recipients", "desk@", "retention", "reply", "Thanks"] {
                assert!(!shown.contains(inner), "{path}: {inner} in {shown}");
            }
        }
        for query in [
            "forms/?filter[retention_days][gte]=1",
            "forms/?filter[recipients][contains]=desk@lake.example",
            "forms/?filter[recipients][exists]=true",
            "forms/?sort=retention_days",
            "forms/?fields=recipients",
            "forms/?fields=reply.subject",
            "forms/enquiry/?fields=retention_days",
            "forms/?expand=reply",
            "booking_engines/?filter[codes][exists]=true",
            "booking_engines/?fields=codes",
            "booking_engines/?fields=room_codes.room",
            "booking_engines/?expand=room_codes.room",
        ] {
            let refused = reader.get(&format!("/api/public/v1/sites/main/{query}")).expect(400);
            let words = refused.json()["detail"].as_str().unwrap().to_owned();
            let known = words.split("Known").nth(1).unwrap_or_default();
            for inner in ["recipients", "retention_days", "reply", "codes", "room_codes"] {
                assert!(!known.contains(inner), "{query}: {words}");
            }
        }
    }
    assert_eq!(list["results"][0]["name"], "Enquiry");
}

#[test]
fn drafts_are_listed_with_the_same_wishes_as_what_is_published() {
    let (_server, group) = told();
    let owner = &group.owner.client;
    let entries = format!("/api/v1/sites/{}/entries/", group.site_id);
    for (name, guests, tags) in
        [("Attic", 4, json!(["quiet"])), ("Barn", 2, json!(["garden", "quiet"])), ("Cabin", 6, json!([]))]
    {
        let mut document = room(name, &group.amenity_id);
        document["name"] = json!({"en": name});
        document["max_guests"] = json!(guests);
        document["tags"] = tags;
        owner.post(&entries, &json!({"type": "room", "document": document})).expect(201);
    }
    let link = |wish: &Value| {
        let link = owner.post(&format!("/api/v1/sites/{}/preview-links/", group.site_id), wish).expect(201).json();
        group.reader.with("x-preview-token", link["token"].as_str().unwrap())
    };
    let all = link(&json!({}));
    let get = |query: &str| all.get(&format!("/api/public/v1/sites/main/rooms/?{query}")).expect(200).json();
    for (query, expected) in [
        ("sort=-max_guests", &["cabin", "attic", "barn", "canary-lake-hotels"][..]),
        ("sort=max_guests,-name", &["canary-lake-hotels", "barn", "attic", "cabin"]),
        ("sort=name&filter[max_guests][gt]=2", &["attic", "cabin"]),
        ("sort=name&filter[max_guests][in]=2,6", &["barn", "cabin", "canary-lake-hotels"]),
        ("sort=name&filter[tags][contains]=quiet", &["attic", "barn"]),
        ("sort=name&filter[tags][exists]=false", &["cabin", "canary-lake-hotels"]),
        ("sort=name&filter[name][ne]=BARN", &["attic", "cabin", "canary-lake-hotels"]),
        ("sort=name&page_size=2&page=2", &["cabin", "canary-lake-hotels"]),
    ] {
        assert_eq!(slugs(&get(query)), expected, "{query}");
    }
    let cabin = get("filter[slug][eq]=cabin&fields=name,amenities.name&expand=amenities");
    assert_eq!((&cabin["count"], &cabin["preview"]), (&json!(1), &json!(true)));
    let cabin = &cabin["results"][0];
    assert_eq!((&cabin["name"], &cabin["amenities"][0]["name"]), (&json!("Cabin"), &json!("Sauna")));
    assert_eq!(cabin.get("max_guests"), None);
    for query in ["limit=0", "cursor=x", "fallback=none,de", "filter[nmae][eq]=x", "sort=tags", "colour=red"] {
        all.get(&format!("/api/public/v1/sites/main/rooms/?{query}")).expect(400);
    }
    // A link to one draft leads to no other, by no wish.
    let one = link(&json!({"entry": group.room_id}));
    let seen =
        one.get("/api/public/v1/sites/main/rooms/?filter[max_guests][gte]=1&expand=property,amenities").expect(200);
    assert_eq!(slugs(&seen.json()), ["canary-lake-hotels"]);
}
