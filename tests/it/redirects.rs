//! What a hotel relies on when an address changes: guests, search engines and printed cards keep arriving, in one step; and
//! menus show what guests can open.

use serde_json::{Value, json};

use super::support::{Client, Group, publish, room, wait_until, website};

fn redirect(from: &str, matches: &str, to: &str, status: &str) -> Value {
    json!({"from": from, "match": matches, "to": to, "status": status})
}

/// Tries to publish a redirect; answers the status and the first problem's code and words.
fn refused(group: &Group, document: &Value) -> (u16, String, String) {
    let path = format!("/api/v1/sites/{}/entries/", group.site_id);
    let answer = group.owner.client.post(&path, &json!({"type": "redirect", "document": document, "publish": true}));
    let first = answer.json()["errors"][0].clone();
    (answer.status, first["code"].as_str().unwrap_or_default().to_owned(), first["detail"].to_string())
}

/// Where a guest is sent from an address, with which status.
fn led(guest: &Client, path: &str) -> (u16, Option<String>) {
    let answer = guest.get(path);
    (answer.status, answer.header("location").map(str::to_owned))
}

fn wait_for(guest: &Client, path: &str, status: u16) {
    wait_until(&format!("{status} at {path}"), || (guest.get(path).status == status).then_some(()));
}

fn rename(group: &Group, id: &str, slug: &str) {
    let client = &group.owner.client;
    let path = format!("/api/v1/sites/{}/entries/{id}/", group.site_id);
    let entry = client.get(&path).expect(200).json();
    let change = json!({"revision": entry["revision"], "slug": slug, "document": entry["document"]});
    let saved = client.put(&path, &change).expect(200).json();
    client.post(&format!("{path}publish/"), &json!({"revision": saved["revision"]})).expect(200);
}

#[test]
fn old_addresses_lead_on_in_one_step_where_no_page_answers() {
    let (_server, group, guest) = website();
    for document in [
        redirect("/Old-Rooms/", "exact", "/rooms/canary-lake-hotels", "moved_permanently"),
        redirect("/blog", "prefix", "/news", "found"),
        redirect("/blog/opening", "exact", "https://press.example/opening", "permanent_redirect"),
        redirect("/?p=12", "exact", "/rooms/canary-lake-hotels", "moved_permanently"),
        redirect("/de/rooms/canary-lake-hotels", "exact", "/never", "found"),
        redirect("/süd", "exact", "/rooms/süd-zimmer", "temporary_redirect"),
        json!({"from": "/spa", "match": "exact", "status": "gone"}),
    ] {
        publish(&group.owner.client, &group.site_id, "redirect", &document);
    }
    wait_for(&guest, "/spa", 410);
    for (path, status, to) in [
        ("/old-rooms", 301, Some("/rooms/canary-lake-hotels")),
        ("/OLD-rooms/?utm_source=mail", 301, Some("/rooms/canary-lake-hotels?utm_source=mail")),
        ("/blog/2019/something", 302, Some("/news")),
        ("/blog/opening/", 308, Some("https://press.example/opening")),
        ("/?p=12", 301, Some("/rooms/canary-lake-hotels")),
        ("/?p=13", 200, None),
        ("/?p=12&utm_source=mail", 301, Some("/rooms/canary-lake-hotels?utm_source=mail")),
        ("/s%C3%BCd", 307, Some("/rooms/s%C3%BCd-zimmer")),
        // A page comes first.
        ("/de/rooms/canary-lake-hotels", 200, None),
        ("/blogger", 404, None),
        // However somebody spells it, in one step.
        ("/Rooms/Canary-Lake-Hotels/", 308, Some("/rooms/canary-lake-hotels")),
        ("/DE/rooms/canary%2Dlake-hotels?a=B", 308, Some("/de/rooms/canary-lake-hotels?a=B")),
    ] {
        assert_eq!(led(&guest, path), (status, to.map(str::to_owned)), "{path}");
    }
    assert!(guest.get("/spa").text().contains("<h1>"), "the theme says that it is gone");
}

#[test]
fn a_site_without_a_first_page_leads_its_guests_elsewhere() {
    let (_server, group, guest) = website();
    let client = &group.owner.client;
    publish(client, &group.site_id, "redirect", &redirect("/", "exact", "https://www.other.example/", "found"));
    publish(client, &group.site_id, "redirect", &redirect("/de", "exact", "https://www.other.example/de", "found"));
    assert_eq!((guest.get("/").status, guest.get("/de").status), (200, 200), "a page comes first");
    let pages = client.get(&format!("/api/v1/sites/{}/entries/?type=page", group.site_id)).expect(200).json();
    let home = pages["results"].as_array().unwrap().iter().find(|one| one["document"]["is_homepage"] == true).unwrap();
    let home = home["id"].as_str().unwrap();
    client.post(&format!("/api/v1/sites/{}/entries/{home}/unpublish/", group.site_id), &json!({})).expect(200);
    wait_for(&guest, "/", 302);
    assert_eq!(led(&guest, "/"), (302, Some("https://www.other.example/".to_owned())));
    assert_eq!(led(&guest, "/de"), (302, Some("https://www.other.example/de".to_owned())));
}

#[test]
fn redirects_that_would_lead_in_circles_or_chains_are_refused_by_name() {
    let (_server, group, _guest) = website();
    publish(&group.owner.client, &group.site_id, "redirect", &redirect("/b", "exact", "/c", "found"));
    for (document, status, code, words) in [
        (redirect("/a", "exact", "/A/", "found"), 422, "redirect_loop", "/a → /A/"),
        (redirect("/old", "prefix", "/old/new", "found"), 422, "redirect_loop", "/old"),
        (redirect("/c", "exact", "/b", "found"), 422, "redirect_loop", "/c → /b → /c"),
        (redirect("/a", "exact", "/b", "found"), 422, "redirect_chain", "/a → /b → /c"),
        (redirect("/c", "exact", "/d", "found"), 422, "redirect_chain", "/b → /c → /d"),
        (redirect("/B/", "exact", "/x", "found"), 422, "redirect_taken", "/c"),
        (redirect("/x", "exact", "https://seeblick.example/b", "found"), 422, "redirect_chain", "/b → /c"),
        (redirect("https://seeblick.example/x", "exact", "/y", "found"), 422, "redirect_from_invalid", "domain"),
        (redirect("/x", "exact", "mailto:a@b.example", "found"), 422, "redirect_to_invalid", "https"),
        (json!({"from": "/x", "match": "exact", "status": "found"}), 422, "required", "leads somewhere"),
    ] {
        let (found_status, found_code, detail) = refused(&group, &document);
        assert_eq!((found_status, found_code.as_str()), (status, code), "{document}: {detail}");
        assert!(detail.contains(words), "{document}: {detail}");
    }
}

#[test]
fn a_changed_address_leaves_a_redirect_behind_in_every_language_and_never_a_chain() {
    let (_server, group, guest) = website();
    let old = ["/rooms/canary-lake-hotels", "/de/rooms/canary-lake-hotels"];
    rename(&group, &group.room_id, "tower");
    wait_for(&guest, "/rooms/tower", 200);
    assert_eq!(led(&guest, old[0]), (301, Some("/rooms/tower".to_owned())));
    assert_eq!(led(&guest, old[1]), (301, Some("/de/rooms/tower".to_owned())));
    rename(&group, &group.room_id, "lighthouse");
    wait_for(&guest, "/rooms/lighthouse", 200);
    for (path, to) in [
        (old[0], "/rooms/lighthouse"),
        (old[1], "/de/rooms/lighthouse"),
        ("/rooms/tower", "/rooms/lighthouse"),
        ("/de/rooms/tower", "/de/rooms/lighthouse"),
    ] {
        assert_eq!(led(&guest, path), (301, Some(to.to_owned())), "{path}");
    }
    let list = format!("/api/v1/sites/{}/entries/?type=redirect", group.site_id);
    let made = group.owner.client.get(&list).expect(200).json();
    assert_eq!(made["count"], 4);
    assert!(made["results"].as_array().unwrap().iter().all(|one| one["document"]["source"] == "slug_change"));
    // Back again: the first address is a page, and everything else leads to it.
    rename(&group, &group.room_id, "canary-lake-hotels");
    wait_for(&guest, old[0], 200);
    assert_eq!(led(&guest, "/rooms/tower"), (301, Some(old[0].to_owned())));
    assert_eq!(led(&guest, "/rooms/lighthouse"), (301, Some(old[0].to_owned())));
    assert_eq!(guest.get(old[1]).status, 200);
}

#[test]
fn two_pages_swap_their_addresses_in_one_release_and_back() {
    let (_server, group, guest) = website();
    let client = &group.owner.client;
    let path = |id: &str| format!("/api/v1/sites/{}/entries/{id}/", group.site_id);
    let save = |id: &str, slug: &str| {
        let mut now = client.get(&path(id)).expect(200).json();
        let body = json!({"revision": now["revision"], "slug": slug, "document": now["document"].take()});
        client.put(&path(id), &body).expect(200).json()["revision"].clone()
    };
    let garden = publish(client, &group.site_id, "room", &room("Garden room", &group.amenity_id));
    // Both have been elsewhere before.
    for (id, slug) in [(group.room_id.as_str(), "tower"), (garden.as_str(), "shed")] {
        rename(&group, id, slug);
        wait_for(&guest, &format!("/rooms/{slug}"), 200);
    }
    let leads = |shed: &str, tower: &str| {
        assert_eq!(led(&guest, "/rooms/garden-room"), (301, Some(format!("/rooms/{shed}"))));
        assert_eq!(led(&guest, "/rooms/canary-lake-hotels"), (301, Some(format!("/rooms/{tower}"))));
        for (slug, name) in [(shed, "Garden room"), (tower, "Canary")] {
            let page = guest.get(&format!("/rooms/{slug}"));
            assert!(page.status == 200 && page.text().contains(name), "{slug} {} {}", page.status, page.text());
        }
    };
    leads("shed", "tower");
    save(&garden, "between");
    let tower = save(&group.room_id, "shed");
    let shed = save(&garden, "tower");
    let release = client.post("/api/v1/releases/", &json!({"name": "Swap"})).expect(201).json();
    let release = format!("/api/v1/releases/{}/", release["id"].as_str().unwrap());
    for (id, revision) in [(&group.room_id, tower), (&garden, shed)] {
        let item = json!({"site_id": group.site_id, "action": "publish", "revision": revision});
        client.put(&format!("{release}items/{id}/"), &item).expect(200);
    }
    client.post(&format!("{release}publish/"), &json!({})).expect(200);
    leads("tower", "shed");
    client.post(&format!("{release}rollback/"), &json!({})).expect(200);
    leads("shed", "tower");
    let redirects = client.get(&format!("/api/v1/sites/{}/entries/?type=redirect", group.site_id)).expect(200).json();
    assert_eq!(redirects["count"], 4, "one of each page and language: nothing leads away from a page that is there");
}

#[test]
fn an_entry_that_is_taken_back_or_deleted_leaves_no_redirect() {
    let (_server, group, guest) = website();
    let client = &group.owner.client;
    let id = publish(client, &group.site_id, "redirect", &redirect("/x", "exact", "/rooms", "found"));
    wait_for(&guest, "/x", 302);
    client.post(&format!("/api/v1/sites/{}/entries/{id}/unpublish/", group.site_id), &json!({})).expect(200);
    wait_for(&guest, "/x", 404);
    // Its address is free again.
    publish(client, &group.site_id, "redirect", &redirect("/x", "exact", "/other", "found"));
    wait_for(&guest, "/x", 302);
    client.delete(&format!("/api/v1/sites/{}/entries/{}/", group.site_id, group.room_id)).expect(204);
    wait_for(&guest, "/rooms/canary-lake-hotels", 404);
}

#[test]
fn menus_show_what_guests_can_open_and_mark_where_they_are() {
    let (_server, group, guest) = website();
    let client = &group.owner.client;
    let page = |title: &str| {
        publish(client, &group.site_id, "page", &json!({"title": {"en": title, "de": format!("{title} (de)")}}))
    };
    let (rooms, spa) = (page("Rooms"), page("Spa"));
    let entries = format!("/api/v1/sites/{}/entries/", group.site_id);
    let draft =
        client.post(&entries, &json!({"type": "page", "document": {"title": {"en": "Secret"}}})).expect(201).json();
    let twofold = json!({"name": "Head", "key": "primary", "items": [{"page": rooms, "url": "/rooms"}]});
    let answer = client.post(&entries, &json!({"type": "navigation", "document": twofold}));
    assert_eq!((answer.status, answer.json()["errors"][0]["pointer"].as_str()), (422, Some("/document/items/0/url")));
    publish(
        client,
        &group.site_id,
        "navigation",
        &json!({"name": "Head", "key": "primary", "items": [
            {"page": rooms, "items": [{"page": spa, "label": {"en": "Bath house"}}, {"page": draft["id"]}]},
            {"label": {"en": "Gift vouchers", "de": "Gutscheine"}, "url": "https://vouchers.example/"},
            {"page": draft["id"]},
        ]}),
    );
    publish(
        client,
        &group.site_id,
        "navigation",
        &json!({"name": "Law", "key": "legal", "items": [{"label": {"en": "Imprint", "de": "Impressum"}, "url": "/imprint"}]}),
    );
    wait_until("the menu", || guest.get("/").text().contains("Gift vouchers").then_some(()));
    let html = guest.get("/spa").expect(200).text();
    for part in [
        "<a href=\"/rooms\">Rooms</a>",
        "<a href=\"/spa\" aria-current=\"page\">Bath house</a>",
        "has-more is-open",
        "<a href=\"https://vouchers.example/\">Gift vouchers</a>",
        "<a href=\"/imprint\">Imprint</a>",
    ] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
    assert!(!html.contains("Secret"));
    let german = guest.get("/de/spa").expect(200).text();
    assert!(german.contains("<a href=\"/de/rooms\">Rooms (de)</a>") && german.contains("Gutscheine"), "{german}");
    assert!(german.contains("<a href=\"/de/imprint\">Impressum</a>"), "{german}");
}
