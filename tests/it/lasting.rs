//! What a team relies on when something else goes away: what named it can still be worked on, what was said in a language comes
//! back with it, and nothing that others have seen is forgotten; and what is published has an address at which it is seen.

use serde_json::{Value, json};

use super::{
    bundle::{elsewhere, export, import, save},
    media::upload,
    support::{Client, Server, Story, publish, website},
};

fn entry(client: &Client, path: &str) -> Value {
    client.get(path).expect(200).json()
}

/// Saves the document as it was read, with this change.
#[track_caller]
fn change(client: &Client, path: &str, edit: impl FnOnce(&mut Value)) -> Value {
    let now = entry(client, path);
    let mut document = now["document"].clone();
    edit(&mut document);
    client.put(path, &json!({"revision": now["revision"], "document": document})).expect(200).json()
}

#[test]
fn what_names_something_that_is_gone_can_still_be_worked_on() {
    let (_server, group, _) = website();
    let (client, site) = (&group.owner.client, &group.site_id);
    let pool = publish(client, site, "amenity", &json!({"name": {"en": "Pool", "de": "Bad"}}));
    let photo = upload(client, "lake.png", &super::bundle::png(), 201)["id"].as_str().unwrap().to_owned();
    let document = json!({"name": {"en": "Pool room", "de": "Badzimmer"}, "max_guests": 2, "amenities": [pool],
        "images": [{"media": photo, "alt": {"en": "The lake"}}]});
    let room = publish(client, site, "room", &document);
    let entries = format!("/api/v1/sites/{site}/entries/");
    let path = format!("{entries}{room}/");
    client.delete(&format!("{entries}{pool}/?even_if_used=true")).expect(204);
    client.delete(&format!("/api/v1/sites/{site}/bin/{pool}/")).expect(204);
    client.delete(&format!("/api/v1/media/{photo}/?even_if_used=true")).expect(204);

    let saved = change(client, &path, |document| document["max_guests"] = json!(3));
    client.post(&format!("{path}publish/"), &json!({"revision": saved["revision"]})).expect(200);
    let back = json!({"revision": saved["revision"], "from": 1});
    let restored = client.post(&format!("{path}restore/"), &back).expect(200).json();
    assert_eq!(restored["document"]["max_guests"], 2);
    let tags = json!({"action": "add_tags", "tags": ["winter"], "entries": [{"id": room}]});
    client.post(&format!("/api/v1/sites/{site}/bulk/"), &tags).expect(200);
    let copied = client.post(&format!("{path}copy/"), &json!({})).expect(201).json();
    assert!(copied["left_out"].to_string().contains("/amenities/0"), "{copied}");
    let unknown = "01890a5d-ac96-774b-bcce-b302099a8057";
    let now = entry(client, &path);
    let mut document = now["document"].clone();
    document["amenities"] = json!([unknown]);
    let refused = client.put(&path, &json!({"revision": now["revision"], "document": document}));
    assert_eq!((refused.status, refused.json()["errors"][0]["code"].clone()), (422, json!("reference_unknown")));
}

#[test]
fn texts_in_a_language_that_a_site_has_no_more_stay_and_come_back_with_it() {
    let (server, group, _) = website();
    let (client, site) = (&group.owner.client, &group.site_id);
    let settings = format!("/api/v1/sites/{site}/");
    client.patch(&settings, &json!({"locales": ["en", "de", "fr"]})).expect(200);
    let page = publish(client, site, "page", &json!({"title": {"en": "Spa", "de": "Bad", "fr": "Bains"}}));
    let path = format!("/api/v1/sites/{site}/entries/{page}/");
    client.post(&format!("{path}unpublish/"), &json!({"locales": ["fr"]})).expect(200);
    let changed = client.patch(&settings, &json!({"locales": ["en", "de"]})).expect(200).json();
    assert_eq!(changed["former_locales"], json!(["fr"]));

    let saved = change(client, &path, |document| document["title"]["de"] = json!("Wellness"));
    assert_eq!(saved["document"]["title"], json!({"en": "Spa", "de": "Wellness", "fr": "Bains"}));
    client.post(&format!("{path}publish/"), &json!({"revision": saved["revision"]})).expect(200);
    client.post(&format!("{path}restore/"), &json!({"revision": saved["revision"], "from": 1})).expect(200);
    let table = client.get(&format!("/api/v1/sites/{site}/entries-file/?type=page")).expect(200);
    let back = client.send("POST", &format!("/api/v1/sites/{site}/entries-file/?type=page"), Some(&table.body));
    assert_eq!(back.expect(200).json()["counts"]["changed"], 0);
    client.post(&format!("{path}copy/"), &json!({})).expect(201);
    let now = entry(client, &path);
    let mut document = now["document"].clone();
    document["title"]["it"] = json!("Terme");
    let refused = client.put(&path, &json!({"revision": now["revision"], "document": document}));
    assert_eq!(refused.json()["errors"][0]["code"], "locale_unknown", "a language that it never had");

    // The archive takes them along.
    let archive = export(&server, "lake-hotels", "a.tar.gz", &[]);
    let (other, _) = elsewhere();
    import(&other, "lake-hotels", &archive, &[]);
    assert_eq!(export(&other, "lake-hotels", "b.tar.gz", &[]), archive);

    let again = client.patch(&settings, &json!({"locales": ["en", "de", "fr"]})).expect(200).json();
    assert_eq!(
        (&again["former_locales"], &entry(client, &path)["document"]["title"]["fr"]),
        (&json!([]), &json!("Bains"))
    );
}

#[test]
fn what_guests_have_seen_is_not_folded_into_the_next_automatic_save() {
    let (_server, group, _) = website();
    let (client, site) = (&group.owner.client, &group.site_id);
    let path = format!("/api/v1/sites/{site}/entries/{}/", group.room_id);
    let type_guests = |guests: u32| {
        let now = entry(client, &path);
        let mut document = now["document"].clone();
        document["max_guests"] = json!(guests);
        let body = json!({"revision": now["revision"], "document": document, "autosave": true});
        client.put(&path, &body).expect(200).json()["revision"].clone()
    };
    let seen = type_guests(5);
    client.post(&format!("{path}publish/"), &json!({"revision": seen})).expect(200);
    client.post(&format!("{path}unpublish/"), &json!({})).expect(200);
    let shared = type_guests(6);
    let link = json!({"entry": group.room_id, "revision": shared, "shows": "drafts"});
    client.post(&format!("/api/v1/sites/{site}/preview-links/"), &link).expect(201);
    type_guests(7);
    type_guests(8);
    for (revision, guests) in [(&seen, 5), (&shared, 6)] {
        let kept = client.get(&format!("{path}revisions/{revision}/")).expect(200).json();
        assert_eq!(kept["document"]["max_guests"], guests);
    }
}

#[test]
fn a_hotel_is_copied_with_a_value_that_waits_under_the_brands_lock() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let (client, site) = (&story.lake.owner.client, &story.lake.site_id);
    let list = client.get(&format!("/api/v1/sites/{site}/entries/?type=property")).expect(200).json();
    let hotel = list["results"][0]["id"].as_str().unwrap().to_owned();
    save(client, site, &hotel, |document| document["check_in_from"] = json!("14:00"));
    let brand = "/api/v1/brand/types/property/";
    let newest = client.get(brand).expect(200).json()["revision"].clone();
    let fields = json!({"check_in_from": {"mode": "locked", "value": "16:00"}});
    let saved = client.put(brand, &json!({"revision": newest, "fields": fields})).expect(200).json();
    client.post(&format!("{brand}publish/"), &json!({"revision": saved["revision"]})).expect(200);
    let copied = client.post(&format!("/api/v1/sites/{site}/entries/{hotel}/copy/"), &json!({})).expect(201).json();
    let copy = copied["entry"]["id"].as_str().unwrap();
    assert_eq!(entry(client, &format!("/api/v1/sites/{site}/entries/{copy}/"))["document"]["check_in_from"], "14:00");
}

#[test]
fn nothing_is_published_at_an_address_that_stands_for_something_else() {
    let (_server, group, guest) = website();
    let (client, site) = (&group.owner.client, &group.site_id);
    let entries = format!("/api/v1/sites/{site}/entries/");
    let page = |title: &str, slug: Option<&str>| {
        let mut body = json!({"type": "page", "document": {"title": {"en": title, "de": title}}, "publish": true});
        body["slug"] = json!(slug);
        client.post(&entries, &body)
    };
    for slug in ["de", "book", "metrics"] {
        let refused = page("Any", Some(slug)).expect(422).json();
        assert_eq!(refused["errors"][0]["code"], "slug_reserved", "{slug}: {refused}");
        let numbered = page(slug, None).expect(201).json();
        assert_eq!(numbered["slug"], format!("{slug}-2"));
        let seen = guest.get(&format!("/{slug}-2"));
        assert_eq!(seen.status, 200, "{slug}: {}", seen.text());
    }
    assert_eq!(page("Rooms", None).expect(201).json()["slug"], "rooms", "the page that leads to them");
    let settings = format!("/api/v1/sites/{site}/");
    for prefix in ["rooms", "search"] {
        let refused = client.patch(&settings, &json!({"languages": {"de": {"prefix": prefix}}})).expect(422).json();
        assert_eq!(refused["errors"][0]["pointer"], "/languages/de/prefix", "{refused}");
    }
    let terme = page("Terme", Some("it")).expect(201).json();
    let refused = client.patch(&settings, &json!({"locales": ["en", "de", "it"]})).expect(422).json();
    assert!(refused["detail"].as_str().unwrap().contains("\"Terme\" at /it"), "{refused}");
    let path = format!("{entries}{}/", terme["id"].as_str().unwrap());
    let moved = json!({"revision": 1, "slug": "terme", "document": terme["document"]});
    client.put(&path, &moved).expect(200);
    client.patch(&settings, &json!({"locales": ["en", "de", "it"]})).expect(200);
}
