//! What a group relies on when it changes a type while not all of its content is at work: what lies in the bin, the archive,
//! the history or a release becomes what the change made of everything else.

use serde_json::{Value, json};

use super::{
    custom_types::{CUSTOM, check, entry, put, text},
    support::{Client, Group, Server, Story, publish},
};

fn told() -> (Server, Group) {
    let server = Server::start_new();
    let story = Story::tell(&server);
    (server, story.lake)
}

/// A type for the boats that guests paddle themselves.
fn kayaks(fields: &[Value]) -> Value {
    json!({
        "name": "kayak", "plural": "kayaks", "icon": "anchor",
        "title": {"en": "Kayak", "de": "Kajak"}, "title_plural": {"en": "Kayaks", "de": "Kajaks"},
        "title_field": "name", "slug_from": "name", "fields": fields,
    })
}

fn kayaks_before() -> Value {
    let seats = json!({"name": "seats", "label": {"en": "Seats", "de": "Plätze"}, "kind": "integer"});
    kayaks(&[text("name", &json!({"localized": true})), seats])
}

/// The name once for all languages, the seats in words.
fn kayaks_after() -> Value {
    kayaks(&[text("name", &json!({})), text("seats", &json!({}))])
}

/// A section of a page that tells the tides.
fn tides(high: &Value) -> Value {
    json!({"name": "tides", "icon": "waves", "title": {"en": "Tides", "de": "Gezeiten"}, "fields": [text("high", high)]})
}

fn a_page(high: &str) -> Value {
    json!({"title": {"en": "Shore", "de": "Ufer"}, "sections": [
        {"id": "t1", "type": "tides", "high": {"en": format!("{high} o'clock"), "de": format!("{high} Uhr")}}]})
}

/// Changes a declaration as a person does: looks at what that does, and lets it be done. Answers what was said before.
fn change(client: &Client, kind: &str, name: &str, declaration: &Value) -> Value {
    let told = check(client, kind, name, declaration);
    let wish = json!({"declaration": declaration, "fingerprint": told["fingerprint"]});
    client.put(&format!("{CUSTOM}/{kind}/{name}/"), &wish).expect(200);
    told
}

fn path_of(group: &Group, id: &str) -> String {
    format!("/api/v1/sites/{}/entries/{id}/", group.site_id)
}

fn out_of_bin(group: &Group, id: &str, wish: &Value) -> Value {
    group.owner.client.post(&format!("/api/v1/sites/{}/bin/{id}/restore/", group.site_id), wish).expect(200).json()
}

#[test]
fn what_lies_in_the_bin_comes_back_in_the_form_that_a_change_gave_the_others() {
    let (_server, lake) = told();
    let owner = &lake.owner.client;
    put(owner, "type", "kayak", &kayaks_before());
    let document = json!({"name": {"en": "K", "de": "K"}, "seats": 2});
    let [outside, inside] = [(); 2].map(|()| publish(owner, &lake.site_id, "kayak", &document));
    owner.delete(&path_of(&lake, &inside)).expect(204);
    change(owner, "type", "kayak", &kayaks_after());
    let back = out_of_bin(&lake, &inside, &json!({}));
    assert_eq!(back["document"], json!({"name": "K", "seats": "2"}));
    assert_eq!(back["document"], entry(&lake, &outside)["document"]);
    assert_eq!((&back["title"], &back["dropped"]), (&json!("K"), &json!([])));

    // What has no place any more is named, and stays in the revision before.
    owner.delete(&path_of(&lake, &inside)).expect(204);
    change(owner, "type", "kayak", &kayaks(&[text("name", &json!({}))]));
    let back = out_of_bin(&lake, &inside, &json!({}));
    assert_eq!((&back["document"], &back["dropped"]), (&json!({"name": "K"}), &json!(["/seats"])));
    let before = back["revision"].as_u64().unwrap() - 1;
    let before = owner.get(&format!("{}revisions/{before}/", path_of(&lake, &inside))).expect(200).json();
    assert_eq!(before["document"]["seats"], "2");
}

#[test]
fn a_page_in_the_bin_keeps_its_sections_when_their_type_changes() {
    let (_server, lake) = told();
    let owner = &lake.owner.client;
    put(owner, "section", "tides", &tides(&json!({"localized": true})));
    let id = publish(owner, &lake.site_id, "page", &a_page("Three"));
    owner.delete(&path_of(&lake, &id)).expect(204);
    change(owner, "section", "tides", &tides(&json!({})));
    let back = out_of_bin(&lake, &id, &json!({}));
    assert_eq!(back["document"]["sections"], json!([{"id": "t1", "type": "tides", "high": "Three o'clock"}]));
    assert_eq!(back["dropped"], json!([]));
}

#[test]
fn an_older_revision_is_brought_back_in_the_form_that_a_change_gave_the_newest() {
    let (_server, lake) = told();
    let owner = &lake.owner.client;
    put(owner, "type", "kayak", &kayaks_before());
    let id = publish(owner, &lake.site_id, "kayak", &json!({"name": {"en": "First", "de": "Erstes"}, "seats": 1}));
    let path = path_of(&lake, &id);
    let document = json!({"name": {"en": "Second", "de": "Zweites"}, "seats": 2});
    owner.put(&path, &json!({"revision": 1, "document": document})).expect(200);
    change(owner, "type", "kayak", &kayaks_after());
    let newest = entry(&lake, &id);
    assert_eq!(newest["document"], json!({"name": "Second", "seats": "2"}));
    let wish = json!({"revision": newest["revision"], "from": 1});
    let back = owner.post(&format!("{path}restore/"), &wish).expect(200).json();
    assert_eq!((&back["document"], &back["dropped"]), (&json!({"name": "First", "seats": "1"}), &json!([])));
    // One field of it likewise, and by a later change too.
    change(owner, "type", "kayak", &kayaks(&[text("name", &json!({"localized": true}))]));
    let newest = entry(&lake, &id);
    let wish = json!({"revision": newest["revision"], "from": 2, "fields": ["/name"]});
    let back = owner.post(&format!("{path}restore/"), &wish).expect(200).json();
    assert_eq!((&back["document"], &back["dropped"]), (&json!({"name": document["name"]}), &json!([])));
}

#[test]
fn a_type_change_leaves_in_the_archive_what_is_there() {
    let (_server, lake) = told();
    let owner = &lake.owner.client;
    put(owner, "type", "kayak", &kayaks_before());
    let id = publish(owner, &lake.site_id, "kayak", &json!({"name": {"en": "Otter", "de": "Otter"}, "seats": 2}));
    let path = path_of(&lake, &id);
    let archived = owner.post(&format!("{path}archive/"), &json!({})).expect(200).json();
    change(owner, "type", "kayak", &kayaks_after());
    let after = entry(&lake, &id);
    assert_eq!((&after["state"], &after["archived_at"]), (&json!("archived"), &archived["archived_at"]));
    assert_eq!(after["document"], json!({"name": "Otter", "seats": "2"}));
    let back = owner.post(&format!("{path}bring-back/"), &json!({"publish": true})).expect(200).json();
    assert!(back["published"].get("en").is_some() && back["published"].get("de").is_some(), "{back}");
    lake.reader.get(&format!("/api/public/v1/sites/{}/kayaks/otter/", lake.domain)).expect(200);
}

#[test]
fn what_was_deleted_in_the_archive_comes_back_into_it_or_to_visitors() {
    let (_server, lake) = told();
    let owner = &lake.owner.client;
    let path = path_of(&lake, &lake.room_id);
    let shown = entry(&lake, &lake.room_id)["published"].clone();
    let archived = owner.post(&format!("{path}archive/"), &json!({})).expect(200).json();
    owner.delete(&path).expect(204);
    let bin = owner.get(&format!("/api/v1/sites/{}/bin/", lake.site_id)).expect(200).json();
    assert_eq!(bin["results"][0]["was_published"], true);
    let back = out_of_bin(&lake, &lake.room_id, &json!({}));
    assert_eq!((&back["state"], &back["archived_at"]), (&json!("archived"), &archived["archived_at"]));
    let back = owner.post(&format!("{path}bring-back/"), &json!({"publish": true})).expect(200).json();
    assert_eq!((&back["state"], &back["published"]), (&json!("live"), &shown));

    owner.post(&format!("{path}archive/"), &json!({})).expect(200);
    owner.delete(&path).expect(204);
    let back = out_of_bin(&lake, &lake.room_id, &json!({"publish": true}));
    assert_eq!((&back["state"], &back["published"], &back["archived_at"]), (&json!("live"), &shown, &Value::Null));
}
