//! What a hotel relies on when it prints `/book` on a card: the address leads to its booking engine, with the right days, and
//! to nobody else's.

use serde_json::{Value, json};

use super::support::{Group, publish, wait_until, website};

fn engine(group: &Group, document: &Value) {
    publish(&group.owner.client, &group.site_id, "booking_engine", document);
}

#[test]
fn one_address_of_the_hotels_own_leads_to_its_engine() {
    let (_server, group, guest) = website();
    assert_eq!(guest.get("/book").status, 404, "without an engine there is nothing");
    engine(
        &group,
        &json!({"name": "Mews", "engine": "mews", "codes": {"id": "abc-1"},
            "room_codes": [{"room": group.room_id, "code": "DLX"}]}),
    );
    wait_until("the engine", || (guest.get("/book").status == 302).then_some(()));
    let start = "https://app.mews.com/distributor/abc-1";
    for (query, expected) in [
        ("", "?language=en&currency=CHF"),
        (
            "?checkin=2099-06-04&nights=3&adults=2",
            "?mewsStart=2099-06-04&mewsEnd=2099-06-07&mewsAdultCount=2&language=en&currency=CHF",
        ),
        (
            "?checkin=2099-06-04&checkout=2099-06-05&adults=2&children=1&promo=A%26b%3Dc&room=canary-lake-hotels",
            "?mewsStart=2099-06-04&mewsEnd=2099-06-05&mewsAdultCount=2&mewsChildCount=1&mewsVoucherCode=A%26b%3Dc&mewsRoom=DLX&language=en&currency=CHF",
        ),
        // Nothing of the request reaches the host or the path.
        (
            "?id=evil&host=evil.example&property=https://evil.example&address=https://evil.example/",
            "?language=en&currency=CHF",
        ),
    ] {
        let answer = guest.get(&format!("/book{query}"));
        assert_eq!(
            (answer.status, answer.header("location")),
            (302, Some(format!("{start}{expected}").as_str())),
            "{query}"
        );
        assert_eq!(answer.header("referrer-policy"), Some("strict-origin"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("set-cookie"), None);
    }
    let german = guest.get("/de/book?checkin=2099-06-04&nights=1").header("location").unwrap().to_owned();
    assert!(german.contains("language=de"), "{german}");
}

#[test]
fn a_stay_that_cannot_be_is_asked_for_again() {
    let (_server, group, guest) = website();
    engine(&group, &json!({"name": "HART", "engine": "hart", "codes": {"hotel": "seeblick"}}));
    wait_until("the engine", || (guest.get("/book").status == 302).then_some(()));
    for (query, words) in [
        ("checkin=2020-01-01&nights=2", "The day of arrival is over."),
        ("checkin=2099-06-04&checkout=2099-06-04", "not after the arrival"),
        ("checkin=soon", "once more"),
        ("checkin=2099-06-04&nights=2&adults=900", "once more"),
    ] {
        let answer = guest.get(&format!("/book?{query}"));
        assert_eq!(answer.status, 422, "{query}");
        let html = answer.text();
        assert!(html.contains(words) && html.contains("name=\"checkin\""), "{query}: {html}");
    }
    let day_first = guest.get("/book?checkin=2099-06-04&nights=2").header("location").unwrap().to_owned();
    assert_eq!(day_first, "https://seeblick.cloud-reservations.net/BookHotel?arrival=04%2F06%2F2099&nights=2");
}

#[test]
fn settings_that_lead_nowhere_cannot_be_published() {
    let (_server, group, _guest) = website();
    let entries = format!("/api/v1/sites/{}/entries/", group.site_id);
    for (document, pointer) in [
        (json!({"name": "A", "engine": "synxis"}), "/document/codes"),
        (json!({"name": "A", "engine": "custom"}), "/document/template"),
        (json!({"name": "A", "engine": "custom", "template": "http://plain.example/"}), "/document/template"),
        (
            json!({"name": "A", "engine": "custom", "template": "https://e.example/?a={checkin:%H}"}),
            "/document/template",
        ),
        (json!({"name": "A", "engine": "fuel"}), "/document/address"),
        (json!({"name": "A", "engine": "fuel", "address": "/rooms"}), "/document/address"),
    ] {
        let new = json!({"type": "booking_engine", "document": document, "publish": true});
        let answer = group.owner.client.post(&entries, &new);
        assert_eq!((answer.status, answer.json()["errors"][0]["pointer"].as_str()), (422, Some(pointer)), "{document}");
    }
}

#[test]
fn guests_choose_their_days_without_a_script() {
    let (_server, group, guest) = website();
    publish(
        &group.owner.client,
        &group.site_id,
        "page",
        &json!({"title": {"en": "Stay", "de": "Bleiben"}, "sections": [{"id": "b1", "type": "booking_bar", "title": {"en": "Your stay"}}]}),
    );
    engine(
        &group,
        &json!({"name": "Own", "engine": "custom", "template": "https://e.example/?in={checkin:%d.%m.%Y}&n={nights}"}),
    );
    wait_until("the bar", || guest.get("/stay").text().contains("class=\"book-bar\"").then_some(()));
    let html = guest.get("/stay").text();
    assert!(
        html.contains("action=\"/book\" method=\"get\"") && html.contains("type=\"date\" name=\"checkin\""),
        "{html}"
    );
    // What it is for is nobody else's business.
    let shape = group.reader.get("/api/public/v1/sites/main/booking_engines/").text();
    assert!(!shape.contains("\"codes\""), "{shape}");
}
