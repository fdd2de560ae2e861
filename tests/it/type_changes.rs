//! What a group relies on when it changes a type while not all of its content is at work: what lies in the bin, the archive,
//! the history or a release becomes what the change made of everything else.

use serde_json::{Value, json};

use super::{
    custom_types::{CUSTOM, check, entry, public, put, text},
    support::{Client, Group, Server, Story, publish, wait_until},
    workflow::local_in,
};

fn told() -> (Server, Group) {
    let server = Server::start_new();
    let story = Story::tell(&server);
    (server, story.lake)
}

/// A type for the boats that guests paddle themselves.
pub(super) fn kayaks(fields: &[Value]) -> Value {
    json!({
        "name": "kayak", "plural": "kayaks", "icon": "anchor",
        "title": {"en": "Kayak", "de": "Kajak"}, "title_plural": {"en": "Kayaks", "de": "Kajaks"},
        "title_field": "name", "slug_from": "name", "fields": fields,
    })
}

pub(super) fn kayaks_before() -> Value {
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
pub(super) fn change(client: &Client, kind: &str, name: &str, declaration: &Value) -> Value {
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

/// A release of this entry at this revision; its path.
fn a_release(group: &Group, id: &str, revision: u64) -> String {
    a_release_in(group, id, revision, &Value::Null)
}

/// [`a_release`] in these languages.
fn a_release_in(group: &Group, id: &str, revision: u64, locales: &Value) -> String {
    let client = &group.owner.client;
    let release = client.post("/api/v1/releases/", &json!({"name": "Spring"})).expect(201).json();
    let path = format!("/api/v1/releases/{}/", release["id"].as_str().unwrap());
    let item = json!({"site_id": group.site_id, "action": "publish", "revision": revision, "locales": locales});
    client.put(&format!("{path}items/{id}/"), &item).expect(200);
    path
}

fn saved(group: &Group, id: &str, document: &Value) -> u64 {
    let body = json!({"revision": entry(group, id)["revision"], "document": document});
    group.owner.client.put(&path_of(group, id), &body).expect(200).json()["revision"].as_u64().unwrap()
}

/// What visitors read of the tides in these languages.
fn high(group: &Group) -> [Value; 2] {
    ["en", "de"].map(|locale| public(group, &format!("pages/shore/?locale={locale}"))["sections"][0]["high"].clone())
}

#[test]
fn a_release_shows_what_a_type_change_made_of_its_revision() {
    let (_server, lake) = told();
    let owner = &lake.owner.client;
    put(owner, "section", "tides", &tides(&json!({"localized": true})));
    let new = json!({"type": "page", "document": a_page("Three")});
    let entries = format!("/api/v1/sites/{}/entries/", lake.site_id);
    let id = owner.post(&entries, &new).expect(201).json()["id"].as_str().unwrap().to_owned();
    let release = a_release(&lake, &id, 1);
    let second = saved(&lake, &id, &a_page("Four"));
    let next = a_release(&lake, &id, second);
    let fifth = saved(&lake, &id, &a_page("Five"));
    change(owner, "section", "tides", &tides(&json!({})));
    let newest = entry(&lake, &id)["document"].clone();

    owner.post(&format!("{release}publish/"), &json!({})).expect(200);
    assert_eq!(high(&lake), ["Three o'clock", "Three o'clock"]);
    // What was written since is still the newest, and what was planned later still goes live after it.
    assert_eq!(entry(&lake, &id)["document"], newest);
    assert!(entry(&lake, &id)["revision"].as_u64().unwrap() > fifth);
    owner.post(&format!("{next}publish/"), &json!({})).expect(200);
    assert_eq!(high(&lake), ["Four o'clock", "Four o'clock"]);
    // Back in one step, in the form of now.
    owner.post(&format!("{next}rollback/"), &json!({})).expect(200);
    assert_eq!(high(&lake), ["Three o'clock", "Three o'clock"]);
    assert_eq!(entry(&lake, &id)["document"], newest);
}

#[test]
fn a_schedule_shows_what_a_type_change_made_of_its_revision() {
    let (_server, lake) = told();
    let owner = &lake.owner.client;
    put(owner, "section", "tides", &tides(&json!({"localized": true})));
    let new = json!({"type": "page", "document": a_page("Three")});
    let entries = format!("/api/v1/sites/{}/entries/", lake.site_id);
    let id = owner.post(&entries, &new).expect(201).json()["id"].as_str().unwrap().to_owned();
    saved(&lake, &id, &a_page("Four"));
    change(owner, "section", "tides", &tides(&json!({})));
    let plan = json!({"action": "publish", "revision": 1, "local_time": local_in(2)});
    owner.post(&format!("{}schedules/", path_of(&lake, &id)), &plan).expect(201);
    wait_until("the page is live", || (!entry(&lake, &id)["published"].as_object().unwrap().is_empty()).then_some(()));
    assert_eq!(high(&lake), ["Three o'clock", "Three o'clock"]);
}

#[test]
fn a_release_over_a_published_page_goes_live_after_a_type_change() {
    let (_server, lake) = told();
    let owner = &lake.owner.client;
    put(owner, "section", "tides", &tides(&json!({"localized": true})));
    let id = publish(owner, &lake.site_id, "page", &a_page("Two"));
    let revision = saved(&lake, &id, &a_page("Three"));
    let release = a_release(&lake, &id, revision);
    let later = saved(&lake, &id, &a_page("Four"));
    change(owner, "section", "tides", &tides(&json!({})));
    assert_eq!(high(&lake), ["Two o'clock", "Two o'clock"]);
    owner.post(&format!("{release}publish/"), &json!({})).expect(200);
    assert_eq!(high(&lake), ["Three o'clock", "Three o'clock"]);
    // What somebody has published later is not undone by a plan from before.
    let again = a_release(&lake, &id, revision);
    let newest = entry(&lake, &id);
    assert!(newest["revision"].as_u64().unwrap() > later);
    owner.post(&format!("{}publish/", path_of(&lake, &id)), &json!({"revision": newest["revision"]})).expect(200);
    let refused = owner.post(&format!("{again}publish/"), &json!({})).expect(409).text();
    assert!(refused.contains("superseded"), "{refused}");
    assert_eq!(high(&lake), ["Four o'clock", "Four o'clock"]);
}

#[test]
fn a_release_that_would_lose_values_to_a_type_change_says_so() {
    let (_server, lake) = told();
    let owner = &lake.owner.client;
    put(owner, "type", "kayak", &kayaks_before());
    let id = publish(owner, &lake.site_id, "kayak", &json!({"name": {"en": "Otter", "de": "Otter"}, "seats": 1}));
    let revision = saved(&lake, &id, &json!({"name": {"en": "Otter", "de": "Otter"}, "seats": 2}));
    let release = a_release(&lake, &id, revision);
    saved(&lake, &id, &json!({"name": {"en": "Otter", "de": "Otter"}}));
    change(owner, "type", "kayak", &kayaks(&[text("name", &json!({}))]));
    let refused = owner.post(&format!("{release}publish/"), &json!({})).expect(409).text();
    assert!(refused.contains("/seats"), "{refused}");
    assert!(public(&lake, "kayaks/otter/").get("seats").is_none());
}

#[test]
fn facts_stay_those_of_what_was_written_last_when_a_release_shows_something_older_anew() {
    let (_server, lake) = told();
    let owner = &lake.owner.client;
    let seats = |rules: Value| {
        let mut field = json!({"name": "seats", "label": {"en": "Seats", "de": "Plätze"}});
        field["kind"] = rules;
        kayaks(&[text("name", &json!({"localized": true})), field, text("colour", &json!({}))])
    };
    put(owner, "type", "kayak", &seats(json!("integer")));
    let name = json!({"en": "Otter", "de": "Otter"});
    let new = json!({"type": "kayak", "document": {"name": name, "seats": 2, "colour": "red"}});
    let entries = format!("/api/v1/sites/{}/entries/", lake.site_id);
    let id = owner.post(&entries, &new).expect(201).json()["id"].as_str().unwrap().to_owned();
    let older = a_release(&lake, &id, 1);
    // The change does not touch what has no seats.
    let second = saved(&lake, &id, &json!({"name": name, "colour": "blue"}));
    let newer = a_release_in(&lake, &id, second, &json!(["de"]));
    saved(&lake, &id, &json!({"name": name, "colour": "green"}));
    change(owner, "type", "kayak", &seats(json!("text")));
    let colours =
        || ["en", "de"].map(|locale| public(&lake, &format!("kayaks/otter/?locale={locale}"))["colour"].clone());
    owner.post(&format!("{older}publish/"), &json!({})).expect(200);
    assert_eq!(colours(), ["red", "red"]);
    owner.post(&format!("{newer}publish/"), &json!({})).expect(200);
    assert_eq!(colours(), ["blue", "blue"]);
}

#[test]
fn what_comes_back_to_visitors_comes_in_the_form_of_now() {
    let (_server, lake) = told();
    let owner = &lake.owner.client;
    put(owner, "type", "kayak", &kayaks_before());
    let document = |name: &str| json!({"name": {"en": name, "de": name}, "seats": 2});
    let [archived, deleted, undone] = ["Otter", "Heron", "Grebe"].map(|name| {
        let id = publish(owner, &lake.site_id, "kayak", &document(name));
        // Each has a newer draft, and visitors see the older state.
        saved(&lake, &id, &json!({"name": {"en": name, "de": name}, "seats": 9}));
        id
    });
    owner.post(&format!("{}archive/", path_of(&lake, &archived)), &json!({})).expect(200);
    owner.delete(&path_of(&lake, &deleted)).expect(204);
    let empty = saved(&lake, &undone, &json!({"name": {"en": "Grebe", "de": "Grebe"}}));
    owner.post(&format!("{}publish/", path_of(&lake, &undone)), &json!({"revision": empty})).expect(200);
    // The seats only, so that what has none stays as it is.
    let after = kayaks(&[text("name", &json!({"localized": true})), text("seats", &json!({}))]);
    change(owner, "type", "kayak", &after);

    owner.post(&format!("{}bring-back/", path_of(&lake, &archived)), &json!({"publish": true})).expect(200);
    out_of_bin(&lake, &deleted, &json!({"publish": true}));
    let wish = json!({"revision": empty});
    owner.post(&format!("{}publish/undo/", path_of(&lake, &undone)), &wish).expect(200);
    for (id, slug) in [(&archived, "otter"), (&deleted, "heron"), (&undone, "grebe")] {
        assert_eq!(public(&lake, &format!("kayaks/{slug}/"))["seats"], "2", "{slug}");
        let newest = entry(&lake, id)["document"].clone();
        assert!(newest.get("seats").is_none_or(|seats| seats == "9"), "{slug}: {newest}");
    }
}

#[test]
fn a_check_names_what_visitors_lose_where_the_draft_has_it_no_more() {
    let (_server, lake) = told();
    let owner = &lake.owner.client;
    put(owner, "type", "kayak", &kayaks_before());
    let id = publish(owner, &lake.site_id, "kayak", &json!({"name": {"en": "Otter", "de": "Otter"}, "seats": 2}));
    saved(&lake, &id, &json!({"name": {"en": "Otter", "de": "Otter"}}));
    let told = check(owner, "type", "kayak", &kayaks(&[text("name", &json!({"localized": true}))]));
    assert_eq!(told["counts"]["dropped"], 1);
    let one = &told["results"][0];
    assert_eq!((&one["values"], &one["shown"]), (&json!([]), &json!(["de", "en"])));
    assert_eq!(one["published_values"], json!([{"pointer": "/seats", "from": 2}]));
}
