//! What guests may open has a page of its own: by what its type declares, in every language, findable and dated.

use serde_json::{Value, json};

use super::support::{publish, wait_until, website};

fn both(en: &str, de: &str) -> Value {
    json!({"en": en, "de": de})
}

#[test]
fn every_type_that_guests_may_open_has_pages() {
    let (_server, group, guest) = website();
    let client = &group.owner.client;
    let rows = [
        (
            "offer",
            "offers/autumn-days",
            json!({"title": both("Autumn days", "Herbsttage"), "price": "340", "price_basis": "person",
            "description": both("Two nights.", "Zwei Nächte."), "stay_until": "2099-11-30", "min_nights": 2}),
            "\"@type\": \"Offer\"",
        ),
        (
            "dining_venue",
            "dining/stube",
            json!({"name": both("Stube", "Stube"), "seats": 40}),
            "\"@type\": \"Restaurant\"",
        ),
        ("experience", "experiences/sledging", json!({"title": both("Sledging", "Schlitteln")}), "TouristAttraction"),
        ("event_space", "event-spaces/hall", json!({"name": both("Hall", "Saal"), "area_sqm": 120}), "EventVenue"),
        (
            "post",
            "news/open-again",
            json!({"title": both("Open again", "Wieder offen"), "date": "2026-05-01",
            "body": both("Since May.", "Seit Mai.")}),
            "NewsArticle",
        ),
        (
            "policy",
            "policies/dogs",
            json!({"title": both("Dogs", "Hunde"), "kind": "pets", "body": both("Welcome.", "Willkommen.")}),
            "WebPage",
        ),
    ];
    for (kind, _, document, _) in &rows {
        publish(client, &group.site_id, kind, document);
    }
    publish(
        client,
        &group.site_id,
        "page",
        &json!({"title": both("Our offers", "Angebote"), "sections": [
        {"id": "o1", "type": "offers_list", "title": both("Offers", "Angebote"), "source": "all"}]}),
    );
    wait_until("the last page", || (guest.get("/policies/dogs").status == 200).then_some(()));
    wait_until("the list", || (guest.get("/our-offers").status == 200).then_some(()));
    let map = guest.get("/sitemap.xml").expect(200).text();
    for (kind, path, document, schema) in &rows {
        let html = guest.get(&format!("/{path}")).expect(200).text();
        let name = document["title"]["en"].as_str().or(document["name"]["en"].as_str()).unwrap();
        assert!(html.contains(&format!("<h1>{name}</h1>")), "{kind}: {html}");
        assert!(html.contains(schema), "{kind} lacks {schema}: {html}");
        assert!(html.contains("\"@type\": \"BreadcrumbList\""), "{kind}");
        assert!(
            html.contains(&format!("hreflang=\"de\" href=\"http://seeblick.example/de/{path}\"")),
            "{kind}: {html}"
        );
        assert_eq!(guest.get(&format!("/de/{path}")).status, 200, "{kind}");
        assert!(map.contains(&format!("<loc>http://seeblick.example/{path}</loc>")), "{kind}: {map}");
    }
    let list = guest.get("/our-offers").expect(200).text();
    assert!(list.contains("<a href=\"/offers/autumn-days\">Autumn days</a>"), "{list}");
    let offer = guest.get("/offers/autumn-days").text();
    assert!(offer.contains("<a href=\"/our-offers\">Our offers</a>") && offer.contains("340"), "{offer}");
    // What stood below the type's plural before is known still.
    assert_eq!(guest.get("/event_spaces/hall").header("location"), Some("/event-spaces/hall"));
    // Types without pages have none.
    assert_eq!(guest.get("/amenities/sauna").status, 404);
}

#[test]
fn an_ended_offer_says_so_and_is_forgotten_by_search_engines() {
    let (_server, group, guest) = website();
    let ended = json!({"title": both("Past days", "Gewesene Tage"), "stay_until": "2020-01-31", "booking_url": "https://book.example/"});
    publish(&group.owner.client, &group.site_id, "offer", &ended);
    wait_until("the offer to be over", || (guest.get("/offers/past-days").status == 410).then_some(()));
    let html = guest.get("/offers/past-days").text();
    assert!(html.contains("noindex") && !html.contains("book.example"), "{html}");
    assert!(!guest.get("/sitemap.xml").text().contains("past-days"));
    let preview = format!("/preview/{}/offers/past-days", group.site_id);
    group.owner.client.get(&preview).expect(200);
}

#[test]
fn guests_find_pages_by_their_words_without_a_script() {
    let (_server, group, guest) = website();
    let empty = guest.get("/search").expect(200).text();
    assert!(empty.contains("role=\"search\"") && empty.contains("noindex"), "{empty}");
    wait_until("the room to be found", || {
        guest.get("/search?q=window").text().contains("href=\"/rooms/canary-lake-hotels\"").then_some(())
    });
    let german = guest.get("/de/search?q=Fenster").expect(200).text();
    assert!(german.contains("href=\"/de/rooms/canary-lake-hotels\""), "{german}");
    let hostile = guest.get("/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").expect(200).text();
    assert!(!hostile.contains("<script>alert"), "{hostile}");
    let draft = json!({"type": "page", "document": {"title": {"en": "Zanzibar plans"}}});
    group.owner.client.post(&format!("/api/v1/sites/{}/entries/", group.site_id), &draft).expect(201);
    assert!(!guest.get("/search?q=zanzibar").text().contains("plans"));
    // A page of the hotel's own with this name comes first.
    publish(&group.owner.client, &group.site_id, "page", &json!({"title": both("Search", "Suche")}));
    wait_until("the hotel's own page", || (!guest.get("/search").text().contains("role=\"search\"")).then_some(()));
}

/// The declaration of a group's own type with pages at this path.
fn boats(path: &str) -> Value {
    json!({"declaration": {
        "name": "boat", "plural": "boats", "icon": "anchor", "title_field": "name", "slug_from": "name",
        "title": both("Boat", "Boot"), "title_plural": both("Boats", "Boote"),
        "page": {"path": path, "schema": "Product", "ends": ["sold_on"]},
        "fields": [
            {"name": "name", "kind": "text", "localized": true, "required": true, "label": both("Name", "Name")},
            {"name": "seats", "kind": "integer", "min": 1, "max": 60, "label": both("Seats", "Plätze")},
            {"name": "sold_on", "kind": "date", "label": both("Sold", "Verkauft")},
        ],
    }})
}

#[test]
fn a_type_of_a_groups_own_has_pages_where_it_says_so() {
    let (server, group, guest) = website();
    let client = &group.owner.client;
    let declared = "/api/v1/types/custom/type/boat/";
    // What the program or another type has at this place stays theirs.
    for taken in ["media", "api", "book", "rooms", "two/parts"] {
        let refused = client.put(declared, &boats(taken)).expect(422).json();
        assert!(refused.to_string().contains("path"), "{taken}: {refused}");
    }
    client.put(declared, &boats("fleet")).expect(200);
    publish(client, &group.site_id, "boat", &json!({"name": both("Heron", "Reiher"), "seats": 8}));
    publish(client, &group.site_id, "boat", &json!({"name": both("Gull", "Möwe"), "sold_on": "2020-05-01"}));
    wait_until("the boat's page", || (guest.get("/fleet/heron").status == 200).then_some(()));
    let html = guest.get("/fleet/heron").text();
    for part in ["<h1>Heron</h1>", "<dt>Seats</dt><dd>8</dd>", "\"@type\": \"Product\"", "href=\"/de/fleet/heron\""] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
    assert_eq!(guest.get("/fleet/gull").status, 410);
    let map = guest.get("/sitemap.xml").text();
    assert!(map.contains("<loc>http://seeblick.example/fleet/heron</loc>") && !map.contains("gull"), "{map}");
    let resolve = |path: &str| {
        let path = format!("/api/public/v1/sites/{}/resolve/?path={path}", group.domain);
        group.reader.get(&path).expect(200).json()
    };
    assert_eq!(resolve("/de/fleet/heron")["type"], "boat");
    assert_eq!(resolve("/fleet/gull"), json!({"kind": "gone"}));
    let folder = server.folder().join("out");
    server.run_ok(&["export", "static", folder.to_str().unwrap(), "--organization", "lake-hotels"]);
    assert!(folder.join("seeblick.example/fleet/heron/index.html").is_file());
    let gone = std::fs::read_to_string(folder.join("_servers/seeblick.example/gone.txt")).unwrap();
    assert_eq!(gone, "/de/fleet/gull\n/fleet/gull\n");
}
