//! The facts of a hotel: said once, with codes that mean the same everywhere, and read by guests in their language.

use serde_json::{Value, json};

use super::{
    media::upload,
    support::{Group, Server, furnish, publish, set_up, wait_until},
};

fn told() -> (Server, Group) {
    let server = Server::start_new();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    (server, group)
}

/// An entry as the public API answers it in a language.
fn read(group: &Group, path: &str, locale: &str) -> Value {
    group.reader.get(&format!("/api/public/v1/sites/{}/{path}/?locale={locale}", group.domain)).expect(200).json()
}

fn house(file: &str) -> Value {
    json!({
        "name": { "en": "Sea View", "de": "Seeblick" },
        "amenity_codes": [
            "parking",
            { "code": "lift", "status": "no" },
            { "code": "sauna", "note": { "en": "from 4 pm", "de": "ab 16 Uhr" }, "season": { "from": "11-01", "to": "03-31" } },
            "step_free_entrance",
        ],
        "accessibility": { "is_step_free": true, "entrance_cm": 110, "checked_on": "2026-05-04" },
        "geo": { "latitude": 47.5, "longitude": 9.5 },
        "distances": [{ "name": { "en": "Harbour station", "de": "Hafenbahnhof" }, "km": 0.4, "minutes": 5, "by": "walk" }],
        "directions": [{ "by": "train", "text": { "en": "Get out at the harbour.", "de": "Am Hafen aussteigen." } }],
        "documents": [{ "media": file, "label": { "en": "Brochure", "de": "Prospekt" } }],
        "closures": [{ "facility": { "en": "Pool", "de": "Pool" }, "days": { "from": "2026-11-01", "to": "2026-11-14" } }],
    })
}

#[test]
fn codes_are_answered_with_their_names_in_the_guests_language() {
    let (_server, group) = told();
    let client = &group.owner.client;
    let file = upload(client, "brochure.pdf", b"%PDF-1.7 brochure", 201)["id"].as_str().unwrap().to_owned();
    publish(client, &group.site_id, "property", &house(&file));
    let shown = read(&group, "properties/sea-view", "de");
    let codes = shown["amenity_codes"].as_array().unwrap();
    let told: Vec<_> =
        codes.iter().map(|one| (one["label"].as_str().unwrap(), one["status"].as_str().unwrap())).collect();
    // In the dictionary's order, whatever order they were written in.
    let expected = [("Aufzug", "no"), ("Sauna", "yes"), ("Parkplatz", "yes"), ("Stufenloser Eingang", "yes")];
    assert_eq!(told, expected);
    assert_eq!(codes[1]["note"], "ab 16 Uhr");
    assert_eq!(codes[1]["season"], json!({ "from": "11-01", "to": "03-31" }));
    assert_eq!(codes[1]["group"], "wellness");
    assert_eq!(read(&group, "properties/sea-view", "en")["amenity_codes"][0]["label"], "Lift");
    let document = &shown["documents"][0];
    assert_eq!(document["label"], "Prospekt");
    let address = document["url"].as_str().unwrap();
    let path = &address[address.find("/media/").unwrap()..];
    assert!(client.get(path).expect(200).text().starts_with("%PDF"), "{address}");
    // What is there is found by its name; what is not there is no reason to find the house.
    let found = |words: &str| {
        let path = format!("/api/public/v1/sites/{}/search/?q={words}&locale=de", group.domain);
        group.reader.get(&path).expect(200).json()["count"].as_u64().unwrap()
    };
    wait_until("the index", || (found("Parkplatz") == 1).then_some(()));
    assert_eq!((found("Aufzug"), found("Prospekt")), (0, 1));
}

#[test]
fn sections_show_the_facts_of_the_house_and_its_rooms() {
    let (server, group) = told();
    let client = &group.owner.client;
    let file = upload(client, "brochure.pdf", b"%PDF-1.7 brochure", 201)["id"].as_str().unwrap().to_owned();
    let property = publish(client, &group.site_id, "property", &house(&file));
    let room = json!({
        "name": { "en": "Garden room", "de": "Gartenzimmer" }, "property": property,
        "accessible": { "is_accessible": true, "doorway_cm": 91, "bathing": "roll_in_shower", "has_visual_alarm": true },
    });
    publish(client, &group.site_id, "room", &room);
    let page = json!({
        "title": { "en": "For all", "de": "Für alle" },
        "sections": [
            { "type": "accessibility", "title": { "en": "Access", "de": "Zugang" }, "property": property, "show_rooms": true },
            { "type": "location", "title": { "en": "Where we are", "de": "Wo wir sind" }, "property": property },
            {
                "type": "video", "title": { "en": "A film", "de": "Ein Film" }, "provider": "youtube",
                "url": "https://youtu.be/aB3_-xyz123", "poster": { "url": "/media/demo/ankerhof-harbour.svg" },
            },
            {
                "type": "embed", "title": { "en": "A map", "de": "Eine Karte" }, "provider": "google_maps",
                "label": { "en": "Map", "de": "Karte" }, "url": "https://maps.evil.example/embed",
            },
        ],
    });
    publish(client, &group.site_id, "page", &page);
    let answer = server.client().with("host", &group.domain).get("/de/for-all").expect(200);
    let html = answer.text();
    for said in
        ["110 cm", "Stufenloser Eingang", "Nicht vorhanden: Aufzug", "Gartenzimmer", "91 cm", "bodengleiche Dusche"]
    {
        assert!(html.contains(said), "{said}: {html}");
    }
    for said in ["Hafenbahnhof", "0,4 km", "5 Minuten", "zu Fuß", "mit der Bahn", "Am Hafen aussteigen."] {
        assert!(html.contains(said), "{said}: {html}");
    }
    // The film waits inside of our own page: the frame has no address of somebody else, and what it holds is text.
    assert!(!html.contains("<iframe src") && !html.contains("\"https://www.youtube-nocookie.com"), "{html}");
    assert!(html.contains("youtube-nocookie.com"), "{html}");
    assert!(html.contains("href=\"https://maps.evil.example/embed\"") || html.contains("maps.evil.example"), "{html}");
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.contains("frame-src https://www.youtube-nocookie.com ") && !policy.contains("evil"), "{policy}");
}

#[test]
fn opening_hours_are_shown_by_days_with_the_same_hours() {
    let (server, group) = told();
    let client = &group.owner.client;
    let evening = json!([{ "from": "18:00", "to": "01:00", "last_orders": "22:00" }]);
    let venue = json!({
        "name": { "en": "Boat shed", "de": "Bootshaus" },
        "cuisine_codes": ["regional", { "code": "sushi", "status": "no" }],
        "hours": {
            "weekly": { "tue": evening, "wed": evening, "thu": evening, "fri": evening },
            "seasons": [{ "season": { "from": "11-01", "to": "03-15" } }],
            "exceptions": [{ "from": "2020-12-24" }, { "from": "2099-12-24", "note": { "en": "Christmas", "de": "Weihnachten" } }],
        },
    });
    publish(client, &group.site_id, "dining_venue", &venue);
    let page = json!({
        "title": { "en": "Dining", "de": "Essen" },
        "sections": [{ "type": "dining_list", "source": "all", "show_hours": true }],
    });
    publish(client, &group.site_id, "page", &page);
    let html = server.client().with("host", &group.domain).get("/dining").expect(200).text();
    for said in [
        "Tuesday – Friday",
        "18:00 to 01:00 (last orders 22:00)",
        "Saturday, Sunday",
        "closed",
        "1 Nov – 15 Mar",
        "24 Dec 2099",
        "Christmas",
        "Regional",
    ] {
        assert!(html.contains(said), "{said}: {html}");
    }
    assert!(!html.contains("2020") && !html.contains("Sushi"), "{html}");
}

#[test]
fn dictionaries_are_read_by_the_team() {
    let (server, group) = told();
    let client = &group.owner.client;
    let all = client.get("/api/v1/dictionaries/").expect(200).json();
    let one = client.get("/api/v1/dictionaries/allergens/").expect(200).json();
    assert_eq!(all[0], one);
    assert_eq!(one["terms"].as_array().unwrap().len(), 14);
    assert_eq!(one["terms"][0]["label"]["ar"], "حبوب تحتوي على الغلوتين");
    client.get("/api/v1/dictionaries/nothing/").expect(404);
    client.get("/api/v1/dictionaries/?x=1").expect(400);
    assert_eq!(server.client().get("/api/v1/dictionaries/").status, 401);
}
