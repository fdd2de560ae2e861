//! Copies: of a page, of a hotel with all that belongs to it, of a site. Every reference of a copy leads to a copy, and nothing
//! of the original changes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::support::{Client, Group, Server, Story, furnish, publish, set_up, wait_for};

const PROMISED: std::time::Duration = std::time::Duration::from_secs(20);

struct Told {
    _server: Server,
    group: Group,
    property: String,
    /// By its name.
    entries: BTreeMap<&'static str, String>,
}

fn entries_path(site: &str) -> String {
    format!("/api/v1/sites/{site}/entries/")
}

/// A hotel with two rooms that name each other, an offer for one of them, and a restaurant with its menu.
fn told() -> Told {
    let server = Server::start_new();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    let client = group.owner.client.clone();
    let site = group.site_id.clone();
    let found = client.get(&format!("{}?type=property", entries_path(&site))).expect(200).json();
    let property = found["results"][0]["id"].as_str().unwrap().to_owned();
    let named = |name: &str| json!({"en": name, "de": name});
    let north = json!({"name": named("North"), "property": property, "amenities": [group.amenity_id]});
    let north = publish(&client, &site, "room", &north);
    let south = json!({"name": named("South"), "property": property, "connecting_rooms": [north]});
    let south = publish(&client, &site, "room", &south);
    let circle = json!({"name": named("North"), "property": property, "amenities": [group.amenity_id], "connecting_rooms": [south]});
    let path = format!("{}{north}/", entries_path(&site));
    let saved = client.put(&path, &json!({"revision": 1, "document": circle})).expect(200).json();
    client.post(&format!("{path}publish/"), &json!({"revision": saved["revision"]})).expect(200);
    let offer = json!({"title": named("Summer"), "property": property, "rooms": [south], "properties": [property]});
    let offer = publish(&client, &site, "offer", &offer);
    let menu = publish(&client, &site, "food_menu", &json!({"name": named("Dinner")}));
    let venue = publish(
        &client,
        &site,
        "dining_venue",
        &json!({"name": named("Grill"), "property": property, "menus": [menu]}),
    );
    let entries =
        BTreeMap::from([("north", north), ("south", south), ("offer", offer), ("menu", menu), ("venue", venue)]);
    Told { _server: server, group, property, entries }
}

impl Told {
    fn client(&self) -> &Client {
        &self.group.owner.client
    }

    /// All entries of a site, by their ids.
    fn all(&self, site: &str) -> BTreeMap<String, Value> {
        let listed = self.client().get(&format!("{}?page_size=100", entries_path(site))).expect(200).json();
        let entries = listed["results"].as_array().unwrap().iter();
        entries.map(|one| (one["id"].as_str().unwrap().to_owned(), one.clone())).collect()
    }

    fn copy(&self, entry: &str, wish: &Value) -> Value {
        self.client().post(&format!("{}{entry}/copy/", entries_path(&self.group.site_id)), wish).expect(201).json()
    }

    fn second_site(&self, locales: &Value) -> String {
        let site = json!({"name": "Second", "slug": "second", "locales": locales, "default_locale": "en"});
        self.client().post("/api/v1/sites/", &site).expect(201).json()["id"].as_str().unwrap().to_owned()
    }
}

fn copies(copied: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    copied["copies"].as_array().unwrap().iter().map(|one| (text(&one["from"]), text(&one["to"]))).collect()
}

#[test]
fn a_page_is_copied_as_a_draft_of_another_name() {
    let told = told();
    let before = told.all(&told.group.site_id);
    let page = before.values().find(|one| one["type"] == "page").unwrap();
    let id = page["id"].as_str().unwrap();
    let copied = told.copy(id, &json!({}));
    let copy = &copied["entry"];
    assert_eq!(copy["document"]["title"], json!({"en": "Home (copy)", "de": "Start (Kopie)"}));
    assert_eq!(copy["document"]["sections"], page["document"]["sections"], "items keep their ids");
    assert_eq!((&copy["published"], &copy["revision"]), (&json!({}), &json!(1)));
    assert_ne!(copy["slug"], page["slug"]);
    assert_eq!((&copied["left_out"], &copied["locales_left_out"]), (&json!([]), &json!([])));
    let named = told.copy(id, &json!({"slug": "second-home"}));
    assert_eq!(named["entry"]["slug"], "second-home");
    let taken = told
        .client()
        .post(&format!("{}{id}/copy/", entries_path(&told.group.site_id)), &json!({"slug": "second-home"}));
    assert_eq!(taken.expect(409).code(), "slug_taken");
    let after = told.all(&told.group.site_id);
    assert_eq!(after.len(), before.len() + 2);
    assert!(before.iter().all(|(id, entry)| after[id] == *entry), "nothing of the originals changed");
}

#[test]
fn a_hotel_is_copied_with_all_that_belongs_to_it() {
    let told = told();
    let site = &told.group.site_id;
    let before = told.all(site);
    let copied = told.copy(&told.property, &json!({"with": "content"}));
    let made = copies(&copied);
    let mut expected = vec![&told.property];
    expected.extend(["north", "south", "offer", "venue"].map(|name| &told.entries[name]));
    expected.sort();
    assert_eq!(made.keys().collect::<Vec<_>>(), expected, "the menu and the sauna are shared");
    let after = told.all(site);
    let document = |name: &str| &after[&made[&told.entries[name]]]["document"];
    let property = json!(made[&told.property]);
    for name in ["north", "south", "offer", "venue"] {
        assert_eq!(document(name)["property"], property, "{name}");
        assert_eq!(after[&made[&told.entries[name]]]["published"], json!({}), "{name}");
    }
    assert_eq!(document("north")["connecting_rooms"], json!([made[&told.entries["south"]]]));
    assert_eq!(document("south")["connecting_rooms"], json!([made[&told.entries["north"]]]));
    assert_eq!(document("offer")["rooms"], json!([made[&told.entries["south"]]]));
    assert_eq!(document("offer")["properties"], json!([property]));
    assert_eq!(document("north")["amenities"], json!([told.group.amenity_id]));
    assert_eq!(document("venue")["menus"], json!([told.entries["menu"]]));
    assert_eq!(document("north")["name"]["en"], "North", "only what was asked for is called a copy");
    assert!(before.iter().all(|(id, entry)| after[id] == *entry), "nothing of the originals changed");
}

#[test]
fn a_copy_on_another_site_says_what_did_not_go_along() {
    let told = told();
    let second = told.second_site(&json!(["en"]));
    let alone = told.copy(&told.entries["venue"], &json!({"site": second}));
    assert_eq!(alone["entry"]["document"], json!({"name": {"en": "Grill"}}));
    assert_eq!(alone["locales_left_out"], json!(["de"]));
    let mut left: Vec<_> = alone["left_out"].as_array().unwrap().iter().map(|one| one["pointer"].clone()).collect();
    left.sort_by_key(ToString::to_string);
    assert_eq!(left, ["/menus/0", "/property"]);

    let whole = told.copy(&told.property, &json!({"site": second, "with": "content"}));
    assert_eq!(whole["left_out"], json!([]), "what it names went along");
    let made = copies(&whole);
    let there = told.all(&second);
    let room = &there[&made[&told.entries["north"]]]["document"];
    assert_eq!(room["amenities"], json!([made[&told.group.amenity_id]]));
    assert_eq!(room["name"], json!({"en": "North"}));
    // A second time what stands there already is named and not made again.
    let again = copies(&told.copy(&told.entries["south"], &json!({"site": second, "with": "content"})));
    assert_eq!(again.keys().collect::<Vec<_>>(), [&told.entries["south"]]);
}

#[test]
fn a_site_is_copied_with_what_is_published_of_it() {
    let told = told();
    let (client, site) = (told.client(), &told.group.site_id);
    // German shows an older text than English.
    let path = format!("{}{}/", entries_path(site), told.entries["south"]);
    let mut document = client.get(&path).expect(200).json()["document"].clone();
    document["name"] = json!({"en": "South two", "de": "Süd zwei"});
    client.put(&path, &json!({"revision": 1, "document": document})).expect(200);
    client.post(&format!("{path}publish/"), &json!({"revision": 2, "locales": ["en"]})).expect(200);
    let before = told.all(site);
    let wish = json!({"name": "Autumn", "slug": "autumn", "published": true});
    let copied = client.post(&format!("/api/v1/sites/{site}/copy/"), &wish).expect(201).json();
    assert_eq!((&copied["state"], &copied["left_out"]), (&json!("done"), &json!([])));
    let second = copied["site"].as_str().unwrap();
    let made = copies(&copied);
    assert_eq!(made.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
    let there = told.all(second);
    for (from, to) in &made {
        let (original, copy) = (&before[from], &there[to]);
        assert_eq!(original["slug"], copy["slug"]);
        let text = copy["document"].to_string();
        assert!(made.keys().all(|id| !text.contains(id.as_str())), "a reference leads back: {text}");
        let mut mapped = original["document"].to_string();
        for (from, to) in &made {
            mapped = mapped.replace(from, to);
        }
        assert_eq!(serde_json::from_str::<Value>(&mapped).unwrap(), copy["document"]);
        let languages = |entry: &Value| entry["published"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(languages(original), languages(copy));
    }
    let info = client.get(&format!("/api/v1/sites/{second}/")).expect(200).json();
    let first = client.get(&format!("/api/v1/sites/{site}/")).expect(200).json();
    assert_eq!((&info["status"], &info["domain"]), (&json!("draft"), &Value::Null));
    assert_eq!((&info["settings"], &info["locales"]), (&first["settings"], &first["locales"]));
    // Each language shows what it shows on the first.
    client.post(&format!("/api/v1/sites/{second}/publish/"), &json!({})).expect(200);
    let shown = |site: &str, locale: &str| {
        told.group.reader.get(&format!("/api/public/v1/sites/{site}/rooms/?locale={locale}")).expect(200).json()
    };
    for (locale, name) in [("en", "South two"), ("de", "South")] {
        let names: Vec<_> =
            shown(second, locale)["results"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
        assert!(names.contains(&json!(name)), "{locale}: {names:?}");
    }
    assert_eq!(told.all(site), before, "nothing of the original changed");
}

#[test]
fn a_large_site_is_copied_by_a_job_and_never_half_visible() {
    let told = told();
    let (client, site) = (told.client(), &told.group.site_id);
    for number in 0..60 {
        let document = json!({"question": {"en": format!("Question {number}?")}, "answer": {"en": "Yes."}, "property": told.property});
        client.post(&entries_path(site), &json!({"type": "faq", "document": document})).expect(201);
    }
    let wish = json!({"name": "Large"});
    let begun = client.post(&format!("/api/v1/sites/{site}/copy/"), &wish).expect(201).json();
    let second = begun["site"].as_str().unwrap();
    assert_eq!((&begun["state"], &begun["copies"]), (&json!("copying"), &json!([])));
    let address = format!("/api/v1/sites/{second}/copy/");
    let refused = client.post(&format!("/api/v1/sites/{second}/publish/"), &json!({}));
    if refused.status == 200 {
        assert_eq!(client.get(&address).expect(200).json()["state"], "done", "it was there already");
    } else {
        assert_eq!(refused.expect(409).code(), "site_copying");
    }
    let done = wait_for("the copy", PROMISED, || {
        Some(client.get(&address).expect(200).json()).filter(|copy| copy["state"] == "done")
    });
    assert_eq!(
        (done["copies"].as_array().unwrap().len() as u64, &done["left_out"]),
        (done["total"].as_u64().unwrap(), &json!([]))
    );
    let made = copies(&done);
    let there = told.all(second);
    assert_eq!(
        there[&made[&told.entries["north"]]]["document"]["connecting_rooms"],
        json!([made[&told.entries["south"]]])
    );
    assert!(there.values().all(|one| one["published"] == json!({})), "drafts, as nothing else was asked for");
    client.post(&format!("/api/v1/sites/{second}/publish/"), &json!({})).expect(200);
}

#[test]
fn nobody_copies_from_or_to_another_organization() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let (lake, alp) = (&story.lake, &story.alp);
    let stranger = &alp.owner.client;
    stranger.post(&format!("{}{}/copy/", entries_path(&lake.site_id), lake.room_id), &json!({})).expect(404);
    stranger.post(&format!("/api/v1/sites/{}/copy/", lake.site_id), &json!({"name": "Taken"})).expect(404);
    stranger.get(&format!("/api/v1/sites/{}/copy/", lake.site_id)).expect(404);
    let there = json!({"site": lake.site_id});
    stranger.post(&format!("{}{}/copy/", entries_path(&alp.site_id), alp.room_id), &there).expect(404);
    let editor = &story.editor.client;
    editor.post(&format!("/api/v1/sites/{}/copy/", lake.site_id), &json!({"name": "Mine"})).expect(403);
    editor.post(&format!("{}{}/copy/", entries_path(&lake.site_id), lake.room_id), &json!({})).expect(201);
    story.viewer.client.post(&format!("{}{}/copy/", entries_path(&lake.site_id), lake.room_id), &json!({})).expect(403);
}
