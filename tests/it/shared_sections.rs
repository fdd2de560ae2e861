//! What a team relies on when a section stands on several pages: one edit shows on all of them, nobody has to know where
//! they are, and what others need is not deleted by mistake.

use serde_json::{Value, json};

use super::support::{Client, Group, Server, Story, publish};

fn sections(group: &Group, slug: &str, locale: &str) -> Vec<Value> {
    let path = format!("/api/public/v1/sites/{}/pages/{slug}/?locale={locale}", group.domain);
    group.reader.get(&path).expect(200).json()["sections"].as_array().cloned().unwrap_or_default()
}

fn titles(sections: &[Value]) -> Vec<&str> {
    sections.iter().map(|section| section["title"].as_str().unwrap_or_default()).collect()
}

fn entry_path(group: &Group, id: &str) -> String {
    format!("/api/v1/sites/{}/entries/{id}/", group.site_id)
}

/// Saves another document over an entry and publishes it.
fn republish(client: &Client, path: &str, document: &Value) {
    let revision = client.get(path).expect(200).json()["revision"].clone();
    let saved = client.put(path, &json!({"revision": revision, "document": document})).expect(200).json();
    client.post(&format!("{path}publish/"), &json!({"revision": saved["revision"]})).expect(200);
}

fn banner(words: &str) -> Value {
    json!({"title": {"en": "Banner", "de": "Banner"}, "sections": [
        {"id": "a", "type": "cta", "title": {"en": words, "de": format!("{words} (de)")}},
        {"id": "b", "type": "about", "title": {"en": "Behind", "de": "Dahinter"}},
    ]})
}

fn page(title: &str, shared: &str) -> Value {
    json!({"title": {"en": title, "de": title}, "sections": [
        {"id": "x", "type": "hero", "title": {"en": title, "de": title}},
        {"id": "s", "type": "shared", "entry": shared},
        {"id": "s-a", "type": "about", "title": {"en": "Last", "de": "Letzter"}},
    ]})
}

#[test]
fn one_edit_shows_on_every_page() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let (lake, owner) = (&story.lake, &story.lake.owner.client);
    let shared = publish(owner, &lake.site_id, "shared_section", &banner("Book now"));
    let names = ["One", "Two", "Three"];
    let pages: Vec<_> = names.iter().map(|name| publish(owner, &lake.site_id, "page", &page(name, &shared))).collect();
    for name in names {
        let seen = sections(lake, &name.to_lowercase(), "en");
        assert_eq!(titles(&seen), [name, "Book now", "Behind", "Last"]);
        let mut ids: Vec<_> = seen.iter().map(|section| section["id"].as_str().unwrap()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 4, "every section has an id of its own: {seen:?}");
        assert!(seen.iter().all(|section| section["type"] != "shared"));
    }
    let etag = || {
        let path = format!("/api/public/v1/sites/{}/pages/two/", lake.domain);
        lake.reader.get(&path).expect(200).header("etag").unwrap().to_owned()
    };
    let before = etag();
    republish(owner, &entry_path(lake, &shared), &banner("Stay longer"));
    assert_ne!(etag(), before);
    for name in names {
        assert_eq!(titles(&sections(lake, &name.to_lowercase(), "en")), [name, "Stay longer", "Behind", "Last"]);
        let german = sections(lake, &name.to_lowercase(), "de");
        assert_eq!(titles(&german), [name, "Stay longer (de)", "Dahinter", "Letzter"]);
        let site = server.client().with("host", &lake.domain).get(&format!("/{}/", name.to_lowercase()));
        if site.status == 200 {
            assert!(site.text().contains("Stay longer"), "{}", site.text());
        }
    }
    // The feed of changes names the pages too: whoever builds them elsewhere builds them anew.
    let changes = lake.reader.get(&format!("/api/public/v1/sites/{}/changes/", lake.domain)).expect(200).text();
    assert!(pages.iter().all(|id| changes.contains(id.as_str())), "{changes}");

    // A heading of the page's own stands over the first of its sections; a window narrows all of them.
    let mut own = page("One", &shared);
    own["sections"][1]["title"] = json!({"en": "Only here", "de": "Nur hier"});
    republish(owner, &entry_path(lake, &pages[0]), &own);
    assert_eq!(titles(&sections(lake, "one", "en")), ["One", "Only here", "Behind", "Last"]);
    own["sections"][1]["visible"] = json!({"until": "2020-01-01T00:00"});
    republish(owner, &entry_path(lake, &pages[0]), &own);
    assert_eq!(titles(&sections(lake, "one", "en")), ["One", "Last"]);

    // Taken back, it is gone from all pages; published again, it is there.
    owner.post(&format!("{}unpublish/", entry_path(lake, &shared)), &json!({})).expect(200);
    assert_eq!(titles(&sections(lake, "two", "en")), ["Two", "Last"]);
    republish(owner, &entry_path(lake, &shared), &banner("Back"));
    assert_eq!(titles(&sections(lake, "two", "en")), ["Two", "Back", "Behind", "Last"]);
}

#[test]
fn what_others_name_is_deleted_only_where_that_is_meant() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let (lake, owner) = (&story.lake, &story.lake.owner.client);
    let shared = publish(owner, &lake.site_id, "shared_section", &banner("Book now"));
    let first = publish(owner, &lake.site_id, "page", &page("One", &shared));
    publish(owner, &lake.site_id, "page", &page("Two", &shared));
    let path = entry_path(lake, &shared);
    let uses = owner.get(&format!("{path}uses/")).expect(200).json();
    assert_eq!(uses["count"], 2);
    let one = &uses["results"][0];
    assert_eq!((&one["entry_id"], &one["title"], &one["type"]), (&json!(first), &json!("One"), &json!("page")));
    assert_eq!((&one["in_draft"], &one["in_published"]), (&json!(true), &json!(true)));
    assert_eq!(one["pointer"], "/sections/1/entry");
    // Rooms name their amenities: it is so with every reference.
    let amenity = owner.get(&format!("{}uses/", entry_path(lake, &lake.amenity_id))).expect(200).json();
    assert_eq!(amenity["results"][0]["entry_id"], json!(lake.room_id));

    let refused = owner.delete(&path).expect(409);
    assert_eq!(refused.code(), "entry_in_use");
    assert!(refused.text().contains("One") && refused.text().contains("Two"));
    let bulk = json!({"action": "delete", "entries": [{"id": shared}]});
    let done = owner.post(&format!("/api/v1/sites/{}/bulk/", lake.site_id), &bulk).expect(200).json();
    assert_eq!(done["results"][0]["problem"]["code"], "entry_in_use");
    // Others hear nothing of it.
    story.alp.owner.client.get(&format!("{path}uses/")).expect(404);
    story.alp.owner.client.delete(&path).expect(404);

    // A draft that does not name it any more counts until visitors see that.
    let now = owner.get(&entry_path(lake, &first)).expect(200).json();
    let mut document = now["document"].clone();
    document["sections"].as_array_mut().unwrap().remove(1);
    let body = json!({"revision": now["revision"], "document": document});
    let saved = owner.put(&entry_path(lake, &first), &body).expect(200).json();
    let uses = owner.get(&format!("{path}uses/")).expect(200).json();
    assert_eq!((&uses["count"], &uses["results"][0]["in_draft"]), (&json!(2), &json!(false)));
    owner.post(&format!("{}publish/", entry_path(lake, &first)), &json!({"revision": saved["revision"]})).expect(200);
    assert_eq!(owner.get(&format!("{path}uses/")).expect(200).json()["count"], 1);

    owner.delete(&format!("{path}?even_if_used=true")).expect(204);
    super::support::wait_until("the page is without it", || {
        (titles(&sections(lake, "two", "en")) == ["Two", "Last"]).then_some(())
    });
}

#[test]
fn shared_sections_do_not_stand_in_each_other() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let (lake, owner) = (&story.lake, &story.lake.owner.client);
    let shared = publish(owner, &lake.site_id, "shared_section", &banner("Book now"));
    let nested = json!({"title": {"en": "Nested"}, "sections": [{"type": "shared", "entry": shared}]});
    let body = json!({"type": "shared_section", "document": nested});
    let refused = owner.post(&format!("/api/v1/sites/{}/entries/", lake.site_id), &body).expect(422).json();
    assert_eq!(refused["errors"][0]["code"], "section_nested");
    assert_eq!(refused["errors"][0]["pointer"], "/document/sections/0/type");
    // Another group's entry cannot be named.
    let foreign = json!({"type": "page", "document": page("Thief", &shared)});
    let refused = story.alp.owner.client.post(&format!("/api/v1/sites/{}/entries/", story.alp.site_id), &foreign);
    assert_eq!(refused.expect(422).json()["errors"][0]["code"], "reference_unknown");
}
