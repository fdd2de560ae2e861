//! What a group relies on when it declares types of its own: they work like the built-in ones, nobody else sees them, and a
//! change does to each entry what was said before, or nothing.

use serde_json::{Value, json};

use super::support::{Client, Group, Server, Story, publish, wait_until};

pub const CUSTOM: &str = "/api/v1/types/custom";

pub fn text(name: &str, more: &Value) -> Value {
    let mut field = json!({"name": name, "label": {"en": name, "de": name}, "kind": "text"});
    for (rule, value) in more.as_object().unwrap() {
        field[rule] = value.clone();
    }
    field
}

/// A type for the boats that a group lends.
pub fn boats(fields: &[Value]) -> Value {
    let mut all = vec![text("name", &json!({"localized": true, "required": true}))];
    all.extend(fields.iter().cloned());
    json!({
        "name": "boat", "plural": "boats", "icon": "anchor",
        "title": {"en": "Boat", "de": "Boot"}, "title_plural": {"en": "Boats", "de": "Boote"},
        "title_field": "name", "slug_from": "name", "fields": all,
    })
}

pub fn put(client: &Client, kind: &str, name: &str, declaration: &Value) -> Value {
    client.put(&format!("{CUSTOM}/{kind}/{name}/"), &json!({"declaration": declaration})).expect(200).json()
}

pub fn check(client: &Client, kind: &str, name: &str, declaration: &Value) -> Value {
    let body = json!({"kind": kind, "name": name, "declaration": declaration});
    client.post(&format!("{CUSTOM}/check/"), &body).expect(200).json()
}

pub fn entry(group: &Group, id: &str) -> Value {
    group.owner.client.get(&format!("/api/v1/sites/{}/entries/{id}/", group.site_id)).expect(200).json()
}

pub fn public(group: &Group, path: &str) -> Value {
    group.reader.get(&format!("/api/public/v1/sites/{}/{path}", group.domain)).expect(200).json()
}

#[test]
fn a_type_of_ones_own_works_everywhere_at_once_and_for_nobody_else() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let lake = &story.lake;
    let owner = &lake.owner.client;
    let declared = boats(&[
        text("harbour", &json!({})),
        json!({"name": "story", "label": {"en": "Story", "de": "Geschichte"}, "kind": "rich_text", "localized": true}),
        json!({"name": "seats", "label": {"en": "Seats", "de": "Plätze"}, "kind": "integer", "min": 1, "max": 60}),
    ]);
    let made = put(owner, "type", "boat", &declared);
    assert_eq!(made["counts"]["entries"], 0);
    assert_eq!(made["custom"]["declaration"]["plural"], "boats");

    let id = publish(
        owner,
        &lake.site_id,
        "boat",
        &json!({"name": {"en": "Heron", "de": "Reiher"}, "harbour": "North pier", "seats": 8,
            "story": {"en": "Built of oak in 1931.", "de": "Aus Eiche, 1931."}}),
    );
    for (locale, name) in [("en", "Heron"), ("de", "Reiher")] {
        let list = public(lake, &format!("boats/?locale={locale}"));
        assert_eq!((&list["count"], &list["results"][0]["name"]), (&json!(1), &json!(name)), "{locale}");
        let one = public(lake, &format!("boats/heron/?locale={locale}"));
        assert_eq!((&one["seats"], &one["harbour"]), (&json!(8), &json!("North pier")), "{locale}");
    }
    let types = owner.get("/api/v1/types/").expect(200).json();
    assert!(types["types"].as_array().unwrap().iter().any(|one| one["name"] == "boat"));
    wait_until("the boat is found", || {
        let found = owner.get(&format!("/api/v1/sites/{}/search/?q=heron&type=boat", lake.site_id)).json();
        (found["count"] == 1 && found["results"][0]["entry"]["id"] == id.as_str()).then_some(())
    });

    // The other group has none of it, by any way.
    let alp = &story.alp;
    let foreign = alp.owner.client.get("/api/v1/types/").expect(200).json();
    assert!(foreign["types"].as_array().unwrap().iter().all(|one| one["name"] != "boat"));
    assert_eq!(alp.owner.client.get(&format!("{CUSTOM}/")).expect(200).json(), json!([]));
    let body = json!({"type": "boat", "document": {"name": {"en": "Thief"}}});
    alp.owner.client.post(&format!("/api/v1/sites/{}/entries/", alp.site_id), &body).expect(422);
    assert_eq!(alp.reader.get(&format!("/api/public/v1/sites/{}/boats/", alp.domain)).status, 404);
    // And both may have different types of one name.
    let other = boats(&[json!({"name": "sails", "label": {"en": "Sails", "de": "Segel"}, "kind": "boolean"})]);
    put(&alp.owner.client, "type", "boat", &other);
    publish(&alp.owner.client, &alp.site_id, "boat", &json!({"name": {"en": "Ibex"}, "sails": true}));
    assert_eq!(public(alp, "boats/")["results"][0]["sails"], true);
    assert!(public(lake, "boats/")["results"][0].get("sails").is_none());

    // Editors write entries and leave types alone; those restricted to a site too.
    for (client, status) in [(&story.editor.client, 403), (&story.viewer.client, 403), (&story.admin.client, 200)] {
        let answer = client.put(&format!("{CUSTOM}/type/boat/"), &json!({"declaration": declared}));
        assert_eq!(answer.status, status, "{}", answer.text());
    }
}

/// A field of choices.
fn drive(options: &[&str]) -> Value {
    let options: Vec<_> =
        options.iter().map(|value| json!({"value": value, "label": {"en": value, "de": value}})).collect();
    json!({"name": "drive", "label": {"en": "Drive", "de": "Antrieb"}, "kind": "enum", "options": options})
}

fn boats_before() -> Value {
    boats(&[
        text("harbour", &json!({"localized": true})),
        text("note", &json!({})),
        text("length", &json!({})),
        drive(&["sail", "oars"]),
        text("gone", &json!({})),
        text("code", &json!({})),
    ])
}

/// Another kind, another choice, another length, once instead of per language, one field less and a required one more.
fn boats_after() -> Value {
    let label = json!({"en": "x", "de": "x"});
    boats(&[
        text("harbour", &json!({})),
        json!({"name": "note", "label": label, "kind": "rich_text"}),
        json!({"name": "length", "label": label, "kind": "number"}),
        drive(&["sail"]),
        text("code", &json!({"max_length": 4})),
        text("owner", &json!({"required": true})),
    ])
}

#[test]
fn a_change_does_to_each_entry_what_was_said_before() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let lake = &story.lake;
    let owner = &lake.owner.client;
    put(owner, "type", "boat", &boats_before());
    let heron = publish(
        owner,
        &lake.site_id,
        "boat",
        &json!({"name": {"en": "Heron", "de": "Reiher"}, "harbour": {"en": "North", "de": "Nord"}, "note": "Oak\u{a0}hull",
            "length": "7.5", "drive": "oars", "gone": "old", "code": "ABCDEFGH"}),
    );
    let plain = publish(owner, &lake.site_id, "boat", &json!({"name": {"en": "Plain"}}));
    // A draft that differs from what is published: both become what the new type asks for.
    let before = entry(lake, &heron);
    let mut document = before["document"].clone();
    document["note"] = json!("Ash hull");
    let path = format!("/api/v1/sites/{}/entries/{heron}/", lake.site_id);
    owner.put(&path, &json!({"revision": before["revision"], "document": document})).expect(200);

    let changed = boats_after();
    let told = check(owner, "type", "boat", &changed);
    let counts =
        json!({"entries": 2, "unchanged": 0, "converted": 1, "dropped": 1, "incomplete": 2, "shown": 1, "deleted": 0});
    assert_eq!(told["counts"], counts);
    let of_heron = told["results"].as_array().unwrap().iter().find(|one| one["entry"] == heron.as_str()).unwrap();
    let values: std::collections::BTreeMap<&str, (Value, Value)> = of_heron["values"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["pointer"].as_str().unwrap(), (one["from"].clone(), one["to"].clone())))
        .collect();
    assert_eq!(values["/harbour"], (json!({"en": "North", "de": "Nord"}), json!("North")));
    assert_eq!(values["/length"], (json!("7.5"), json!(7.5)));
    assert_eq!(values["/drive"], (json!("oars"), Value::Null));
    assert_eq!(values["/gone"], (json!("old"), Value::Null));
    assert_eq!(values["/code"], (json!("ABCDEFGH"), json!("ABCD")));
    assert!(values["/note"].1.get("root").is_some(), "formatted text");
    assert_eq!(of_heron["changes_older"], true);
    // Nothing has happened yet.
    assert_eq!(entry(lake, &heron)["document"], document);
    assert_eq!(public(lake, "boats/heron/")["code"], "ABCDEFGH");

    // Without the check nothing happens, and neither once something has changed since.
    let put_path = format!("{CUSTOM}/type/boat/");
    let refused = owner.put(&put_path, &json!({"declaration": changed})).expect(409);
    assert_eq!(refused.code(), "check_needed");
    let wish = json!({"declaration": changed, "fingerprint": told["fingerprint"]});
    let third = publish(owner, &lake.site_id, "boat", &json!({"name": {"en": "Third"}}));
    assert_eq!(owner.put(&put_path, &wish).expect(409).code(), "check_stale");
    assert_eq!(entry(lake, &heron)["document"], document);
    owner.delete(&format!("/api/v1/sites/{}/entries/{third}/", lake.site_id)).expect(204);

    // Done as announced: the same counts, the values as said, the published state in the new form with its own words.
    let told = check(owner, "type", "boat", &changed);
    let wish = json!({"declaration": changed, "fingerprint": told["fingerprint"]});
    let done = owner.put(&put_path, &wish).expect(200).json();
    assert_eq!(done["counts"], told["counts"]);
    let after = entry(lake, &heron);
    for (pointer, (_, to)) in &values {
        assert_eq!(after["document"].pointer(pointer).cloned().unwrap_or_default(), *to, "{pointer}");
    }
    assert_eq!(after["document"]["name"], document["name"]);
    let shown = wait_until("guests see the new form", || {
        let shown = public(lake, "boats/heron/");
        (shown["code"] == "ABCD").then_some(shown)
    });
    assert_eq!((&shown["code"], &shown["length"], &shown["harbour"]), (&json!("ABCD"), &json!(7.5), &json!("North")));
    assert!(shown["note"].as_str().unwrap().contains("<p>") && shown["note"].as_str().unwrap().contains("Oak"));
    assert!(shown.get("gone").is_none());
    assert_eq!(entry(lake, &plain)["revision"], 1, "what stays as it is gets no revision");

    // Nothing is lost: the revision before has it, and bringing it back says what does not fit.
    let then = owner.get(&format!("{path}revisions/2/")).expect(200).json();
    assert_eq!(then["document"], document);
    let restored = owner.post(&format!("{path}restore/"), &json!({"revision": after["revision"], "from": 2}));
    let restored = restored.expect(200).json();
    assert_eq!(
        (&restored["document"], &restored["dropped"]),
        (&after["document"], &json!(["/drive", "/gone"])),
        "it says again what the change made of it"
    );
    let audit = owner.get("/api/v1/audit/?action=declaration.changed").expect(200).json();
    assert_eq!(audit["results"][0]["action"], "declaration.changed");
}

#[test]
fn a_type_that_goes_takes_its_entries_into_the_bin() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let lake = &story.lake;
    let owner = &lake.owner.client;
    let declared = boats(&[text("harbour", &json!({}))]);
    put(owner, "type", "boat", &declared);
    let id = publish(owner, &lake.site_id, "boat", &json!({"name": {"en": "Heron"}, "harbour": "North"}));
    let path = format!("{CUSTOM}/type/boat/");
    assert_eq!(owner.delete(&path).expect(409).code(), "check_needed");
    let told = check(owner, "type", "boat", &Value::Null);
    assert_eq!((&told["counts"]["deleted"], &told["results"][0]["deleted"]), (&json!(1), &json!(true)));
    let fingerprint = told["fingerprint"].as_str().unwrap();
    let done = owner.delete(&format!("{path}?fingerprint={fingerprint}")).expect(200).json();
    assert_eq!(done, told["counts"]);
    let list = format!("/api/public/v1/sites/{}/boats/", lake.domain);
    wait_until("the list is gone", || (lake.reader.get(&list).status == 404).then_some(()));
    let restore = format!("/api/v1/sites/{}/bin/{id}/restore/", lake.site_id);
    owner.post(&restore, &json!({})).expect(422);
    // Declared again, it comes back as far as it fits, as a draft.
    put(owner, "type", "boat", &boats(&[]));
    assert_eq!(owner.post(&restore, &json!({"publish": true})).expect(409).code(), "conflict");
    let back = owner.post(&restore, &json!({})).expect(200).json();
    assert_eq!((&back["document"], &back["published"]), (&json!({"name": {"en": "Heron"}}), &json!({})));
    let before = owner.get(&format!("/api/v1/sites/{}/entries/{id}/revisions/1/", lake.site_id)).expect(200).json();
    assert_eq!(before["document"]["harbour"], "North");
}

#[test]
fn fields_and_sections_of_ones_own_stand_beside_the_built_in_ones() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let lake = &story.lake;
    let owner = &lake.owner.client;
    let mut room_before = public(lake, "rooms/canary-lake-hotels/");
    let added = json!({"extends": "room", "fields": [text("pillow_menu", &json!({"localized": true}))]});
    put(owner, "extension", "room", &added);
    let room = entry(lake, &lake.room_id);
    let mut document = room["document"].clone();
    document["pillow_menu"] = json!({"en": "Spelt or down", "de": "Dinkel oder Daunen"});
    let path = format!("/api/v1/sites/{}/entries/{}/", lake.site_id, lake.room_id);
    let saved = owner.put(&path, &json!({"revision": room["revision"], "document": document})).expect(200).json();
    owner.post(&format!("{path}publish/"), &json!({"revision": saved["revision"]})).expect(200);
    let mut shown = wait_until("the added field is shown", || {
        let shown = public(lake, "rooms/canary-lake-hotels/");
        (shown["pillow_menu"] == "Spelt or down").then_some(shown)
    });
    assert_eq!(public(lake, "rooms/canary-lake-hotels/?locale=de")["pillow_menu"], "Dinkel oder Daunen");
    shown.as_object_mut().unwrap().remove("pillow_menu");
    // It was published once more.
    for name in ["version", "published_at"] {
        assert!(shown.as_object_mut().unwrap().remove(name) != room_before.as_object_mut().unwrap().remove(name));
    }
    assert_eq!(shown, room_before, "nothing else of the room is different");
    let alp = &story.alp;
    assert!(public(alp, "rooms/canary-alp-hotels/").get("pillow_menu").is_none());

    let section = json!({"name": "tide_table", "icon": "waves", "title": {"en": "Tides", "de": "Gezeiten"}, "fields": [
        text("title", &json!({"localized": true})),
        text("remark", &json!({"localized": true})),
        json!({"name": "link", "label": {"en": "All tides", "de": "Alle Gezeiten"}, "kind": "url"}),
    ]});
    put(owner, "section", "tide_table", &section);
    publish(
        owner,
        &lake.site_id,
        "page",
        &json!({"title": {"en": "Tides", "de": "Gezeiten"}, "sections": [{"id": "t1", "type": "tide_table",
            "title": {"en": "High and low", "de": "Hoch und tief"}, "remark": {"en": "Ask <b>Vera</b>", "de": "Vera fragen"},
            "link": "https://tides.example/"}]}),
    );
    assert_eq!(public(lake, "pages/tides/")["sections"][0]["remark"], "Ask <b>Vera</b>");
    let page = server.client().with("host", &lake.domain).get("/tides").expect(200).text();
    assert!(page.contains("High and low") && page.contains("https://tides.example/"), "{page}");
    assert!(
        page.contains("Ask &lt;b&gt;Vera&lt;&#x2f;b&gt;") || page.contains("Ask &lt;b&gt;Vera&lt;/b&gt;"),
        "{page}"
    );

    // The section goes: said of the page that has it, and of no other.
    let told = check(owner, "section", "tide_table", &Value::Null);
    assert_eq!((&told["counts"]["entries"], &told["counts"]["dropped"]), (&json!(1), &json!(1)));
    let fingerprint = told["fingerprint"].as_str().unwrap();
    owner.delete(&format!("{CUSTOM}/section/tide_table/?fingerprint={fingerprint}")).expect(200);
    wait_until("the section is gone", || (public(lake, "pages/tides/")["sections"] == json!([])).then_some(()));
}

#[test]
fn what_a_group_may_not_declare_is_refused_with_the_field() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let owner = &story.lake.owner.client;
    let room = boats(&[]);
    let with = |change: &dyn Fn(&mut Value)| {
        let mut declared = room.clone();
        change(&mut declared);
        declared
    };
    for (kind, name, declaration, pointer) in [
        ("type", "room", with(&|one| one["name"] = json!("room")), "/declaration/name"),
        ("type", "boat", with(&|one| one["plural"] = json!("rooms")), "/declaration/plural"),
        ("type", "boat", with(&|one| one["plural"] = json!("search")), "/declaration/plural"),
        ("type", "boat", with(&|one| one["plural"] = json!("property")), "/declaration/plural"),
        ("type", "boat", with(&|one| one["plural"] = json!("resolve")), "/declaration/plural"),
        ("type", "boat", boats(&[text("locale", &json!({}))]), "/declaration/fields/locale"),
        (
            "section",
            "tide_table",
            json!({"name": "tide_table", "icon": "x", "title": room["title"], "fields": [text("content", &json!({}))]}),
            "/declaration/fields/content",
        ),
        (
            "extension",
            "room",
            json!({"extends": "room", "fields": [text("featured_image_url", &json!({}))]}),
            "/declaration/fields/featured_image_url",
        ),
        ("type", "boat", with(&|one| one["page"] = json!({"path": "de"})), "/declaration/page/path"),
        ("type", "boat", with(&|one| one["fields"][0]["kind"] = json!("colours")), "/declaration/fields/name"),
        ("type", "boat", with(&|one| one["title_field"] = json!("nothing")), "/declaration"),
        ("type", "boat", with(&|one| one["unknown"] = json!(1)), "/declaration"),
        ("type", "boat", json!([]), "/declaration"),
        (
            "section",
            "hero",
            json!({"name": "hero", "icon": "x", "title": room["title"], "fields": room["fields"]}),
            "/declaration/name",
        ),
        (
            "extension",
            "room",
            json!({"extends": "room", "fields": [text("name", &json!({}))]}),
            "/declaration/fields/name",
        ),
        ("extension", "yacht", json!({"extends": "yacht", "fields": room["fields"]}), "/declaration/extends"),
        (
            "extension",
            "room",
            json!({"extends": "room", "fields": [{"name": "home", "label": room["title"], "kind": "reference", "to": "yacht"}]}),
            "/declaration/fields/home",
        ),
    ] {
        let answer =
            owner.put(&format!("{CUSTOM}/{kind}/{name}/"), &json!({"declaration": declaration})).expect(422).json();
        let pointers: Vec<_> = answer["errors"].as_array().unwrap().iter().map(|one| one["pointer"].clone()).collect();
        let is_placed = pointers.iter().any(|one| one.as_str().unwrap().starts_with(pointer));
        assert!(is_placed, "{kind} {declaration}: {answer}");
    }
    assert_eq!(owner.get(&format!("{CUSTOM}/")).expect(200).json(), json!([]));
    // A type that another one refers to stays.
    put(owner, "type", "boat", &boats(&[]));
    let refers = json!({"extends": "room", "fields": [{"name": "boat", "label": room["title"], "kind": "reference", "to": "boat"}]});
    put(owner, "extension", "room", &refers);
    assert_eq!(owner.delete(&format!("{CUSTOM}/type/boat/")).expect(409).code(), "declaration_in_use");
}

#[test]
fn by_file_and_by_screen_it_is_the_same() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let (lake, alp) = (&story.lake, &story.alp);
    let declared = boats(&[
        json!({"name": "seats", "label": {"en": "Seats", "de": "Plätze"}, "kind": "integer", "min": 1}),
        json!({"name": "stops", "label": {"en": "Stops", "de": "Halte"}, "kind": "list", "max_items": 9, "item": {"kind": "group",
            "fields": [text("name", &json!({"localized": true, "max_length": 80}))]}}),
    ]);
    put(&lake.owner.client, "type", "boat", &declared);
    let exported = server.run_ok(&["types", "export", "boat", "--organization", "lake-hotels"]);
    let file = server.folder().join("boat.toml");
    std::fs::write(&file, &exported).unwrap();
    let file = file.to_str().unwrap();
    let checked: Value =
        serde_json::from_str(&server.run_ok(&["types", "check", file, "--organization", "alp-hotels", "--json"]))
            .unwrap();
    assert_eq!(checked["counts"]["entries"], 0);
    server.run_ok(&["types", "apply", file, "--organization", "alp-hotels"]);
    let of = |group: &Group| group.owner.client.get(&format!("{CUSTOM}/")).expect(200).json()[0]["declaration"].clone();
    assert_eq!(of(lake), of(alp));
    assert_eq!(server.run_ok(&["types", "export", "boat", "--organization", "alp-hotels"]), exported);
    // The running server goes by it at once.
    publish(&alp.owner.client, &alp.site_id, "boat", &json!({"name": {"en": "Ibex"}, "seats": 4}));
    assert_eq!(public(alp, "boats/")["results"][0]["seats"], 4);
    // A change that touches entries asks for the check here too, and both ways look at the same.
    let changed = exported.replace("kind = \"integer\"\n", "kind = \"text\"\n").replace("min = 1.0\n", "");
    assert_ne!(changed, exported);
    std::fs::write(file, &changed).unwrap();
    assert_eq!(server.run(&["types", "apply", file, "--organization", "alp-hotels"]).status.code(), Some(1));
    let told: Value =
        serde_json::from_str(&server.run_ok(&["types", "check", file, "--organization", "alp-hotels", "--json"]))
            .unwrap();
    assert_eq!(told["entries"][0]["values"], json!([{"pointer": "/seats", "from": 4, "to": "4"}]));
    let fingerprint = told["fingerprint"].as_str().unwrap();
    server.run_ok(&["types", "apply", file, "--organization", "alp-hotels", "--fingerprint", fingerprint]);
    wait_until("guests see the text", || (public(alp, "boats/")["results"][0]["seats"] == "4").then_some(()));
    // A built-in type is something to begin with.
    let room = server.run_ok(&["types", "export", "room", "--organization", "lake-hotels"]);
    assert!(room.starts_with("name = \"room\"\nplural = \"rooms\""), "{room}");
}
