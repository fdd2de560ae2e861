//! What guests may open has a page of its own: by what its type declares, in every language, findable and dated.

use serde_json::{Value, json};

use super::support::{Client, Group, Server, furnish, publish, set_up, wait_until};

fn told() -> (Server, Group, Client) {
    let server = Server::start_new();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    let guest = server.client().with("host", &group.domain);
    wait_until("the site's first page", || (guest.get("/").status == 200).then_some(()));
    (server, group, guest)
}

fn both(en: &str, de: &str) -> Value {
    json!({"en": en, "de": de})
}

#[test]
fn every_type_that_guests_may_open_has_pages() {
    let (_server, group, guest) = told();
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
    let (_server, group, guest) = told();
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
    let (_server, group, guest) = told();
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
