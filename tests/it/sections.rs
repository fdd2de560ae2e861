//! What guests rely on in the sections of a page: what a hotel has collected once is shown where a section asks for it, as far
//! as it may be shown now, and search engines read the same.

use jiff::ToSpan as _;
use serde_json::{Value, json};

use super::support::{Client, Group, publish, wait_until, website};

fn both(en: &str, de: &str) -> Value {
    json!({"en": en, "de": de})
}

/// Publishes a page with these sections, and reads it as a guest does; in German below `/de`.
fn page(group: &Group, guest: &Client, name: &str, sections: &Value) -> [String; 2] {
    publish(&group.owner.client, &group.site_id, "page", &json!({"title": both(name, name), "sections": sections}));
    let path = format!("/{name}");
    wait_until("the page", || (guest.get(&path).status == 200).then_some(()));
    [path.clone(), format!("/de{path}")].map(|path| {
        let html = guest.get(&path).text();
        html.replace(['\u{a0}', '\u{202f}', '\u{2009}'], " ")
    })
}

/// The structured data of a kind on a page.
fn data(html: &str, kind: &str) -> Vec<Value> {
    let scripts = html.split("<script type=\"application/ld+json\">").skip(1);
    let all = scripts.map(|rest| serde_json::from_str::<Value>(rest.split("</script>").next().unwrap()).unwrap());
    let nodes = all.flat_map(|one| one["@graph"].as_array().cloned().unwrap_or_else(|| vec![one]));
    nodes.filter(|one| one["@type"] == kind).collect()
}

/// What stands between two marks, each time.
fn between<'h>(html: &'h str, start: &str, end: &str) -> Vec<&'h str> {
    html.split(start).skip(1).filter_map(|rest| rest.split(end).next()).collect()
}

#[track_caller]
fn says(html: &str, there: &[&str], not_there: &[&str]) {
    for part in there {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
    for part in not_there {
        assert!(!html.contains(part), "{part} stands in {html}");
    }
}

#[test]
fn collected_questions_are_shown_and_told_to_search_engines() {
    let (_server, group, guest) = website();
    let (client, site) = (&group.owner.client, &group.site_id);
    let house = publish(client, site, "property", &json!({"name": both("Alpenhof", "Alpenhof")}));
    let other = publish(client, site, "property", &json!({"name": both("Talhof", "Talhof")}));
    let ask = |question: &str, more: Value| {
        let mut document =
            json!({"question": both(question, &format!("{question} (de)")), "answer": both("Yes.", "Ja.")});
        document.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        publish(client, site, "faq", &document)
    };
    ask("Dogs?", json!({"topic": "pets", "order": 3, "tags": ["stay"]}));
    let bus = ask("Bus?", json!({"topic": "arrival", "order": 1, "property": house}));
    ask("Valley?", json!({"topic": "arrival", "order": 2, "property": other}));
    ask("Wedding?", json!({"order": 4}));
    let written = json!([{"question": both("Here?", "Hier?"), "answer": both("Here.", "Hier.")}]);
    let asked = |html: &str| {
        between(html.split("<main").nth(1).unwrap(), "<summary>", "</summary>")
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    for (name, section, expected) in [
        ("written", json!({}), vec!["Here?"]),
        ("all", json!({"source": "all"}), vec!["Here?", "Bus?", "Valley?", "Dogs?", "Wedding?"]),
        ("chosen", json!({"source": "chosen", "entries": [bus], "topics": ["pets"]}), vec!["Here?", "Bus?"]),
        (
            "topics",
            json!({"source": "all", "topics": ["pets", "arrival"], "property": house}),
            vec!["Here?", "Bus?", "Dogs?"],
        ),
        ("tags", json!({"source": "all", "tags": ["stay"]}), vec!["Here?", "Dogs?"]),
    ] {
        let mut section = section;
        (section["type"], section["items"]) = (json!("faq"), written.clone());
        let [english, german] = page(&group, &guest, name, &json!([section]));
        assert_eq!(asked(&english), expected, "{name}");
        for html in [&english, &german] {
            let told = data(html, "FAQPage");
            assert_eq!(told.len(), 1, "{name}");
            let told: Vec<_> =
                told[0]["mainEntity"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
            assert_eq!(told, asked(html), "{name}: search engines read what guests read");
        }
    }
    let [_, german] = page(&group, &guest, "grouped", &json!([{"type": "faq", "source": "all", "is_grouped": true}]));
    assert_eq!(
        between(&german, "class=\"small-heading\">", "<"),
        ["Anreise und Abreise", "Haustiere", "Andere Fragen"]
    );
}

#[test]
fn a_guests_word_is_shown_only_with_permission() {
    let (_server, group, guest) = website();
    let (client, site) = (&group.owner.client, &group.site_id);
    let word = |author: &str, more: Value| {
        let mut document =
            json!({"author": author, "quote": both(&format!("Words of {author}"), &format!("Worte von {author}"))});
        document.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        publish(client, site, "testimonial", &document)
    };
    word(
        "Anna",
        json!({"has_permission": true, "rating": 9, "rating_best": 10, "order": 1, "reply": both("Come again.", "Bis bald."), "stay_kind": "family"}),
    );
    word(
        "Bernd",
        json!({"has_permission": true, "is_featured": true, "order": 2, "source_name": "Portal", "source_url": "https://portal.example/b"}),
    );
    let secret = word("Cora", json!({"has_permission": false, "is_featured": true, "order": 3}));
    word("Dora", json!({"order": 4}));
    let [english, german] =
        page(&group, &guest, "all", &json!([{"type": "testimonials", "source": "all", "layout": "row"}]));
    says(
        &english,
        &["Words of Anna", "9 of 10", "Come again.", "with the family", "https://portal.example/b", "Portal"],
        &["Cora", "Dora"],
    );
    says(&german, &["Worte von Anna", "9 von 10", "Antwort des Hauses", "Bis bald."], &["Cora", "Dora"]);
    // What was said elsewhere is not repeated as a review of our own.
    let reviews = data(&english, "Review");
    assert_eq!(reviews.len(), 1, "{reviews:?}");
    assert_eq!(
        (&reviews[0]["author"]["name"], &reviews[0]["reviewRating"]["bestRating"]),
        (&json!("Anna"), &json!(10))
    );
    let [english, _] = page(
        &group,
        &guest,
        "chosen",
        &json!([
            {"type": "testimonials", "source": "chosen", "entries": [secret]},
            {"type": "testimonials", "source": "featured", "parts": ["origin"]},
        ]),
    );
    says(&english, &["Words of Bernd"], &["Cora", "Anna", "Portal"]);
    assert_eq!(
        english.matches("section-testimonials").count(),
        1,
        "a section that may say nothing leaves nothing behind"
    );
    let [english, _] = page(&group, &guest, "some", &json!([{"type": "testimonials", "source": "all", "limit": 1}]));
    says(&english, &["Words of Anna"], &["Bernd"]);
}

#[test]
fn pictures_of_albums_are_shown_in_their_season() {
    let (_server, group, guest) = website();
    let (client, site) = (&group.owner.client, &group.site_id);
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::get("Europe/Zurich").unwrap()).date();
    let season = |from: i32, to: i32| {
        let day = |days: i32| (today + days.days()).strftime("%m-%d").to_string();
        json!({"from": day(from), "to": day(to)})
    };
    let picture =
        |name: &str| json!({"url": "/media/demo/ankerhof-harbour.svg", "alt": both(name, &format!("{name} (de)"))});
    let album = publish(
        client,
        site,
        "album",
        &json!({"title": both("The year", "Das Jahr"), "items": [
            {"image": picture("House"), "category": "exterior", "caption": both("From the quay", "Vom Quai")},
            {"image": picture("Now"), "category": "spa", "season": season(-20, 20)},
            {"image": picture("Later"), "category": "spa", "season": season(60, 90)},
        ]}),
    );
    publish(
        client,
        site,
        "album",
        &json!({"title": both("Kitchen", "Küche"), "items": [{"image": picture("Stove"), "category": "restaurant"}]}),
    );
    let [english, german] = page(
        &group,
        &guest,
        "album",
        &json!([
            {"type": "gallery", "images": [picture("Own")], "albums": [album], "show_captions": true},
        ]),
    );
    says(&english, &["alt=\"Own\"", "alt=\"House\"", "alt=\"Now\"", ">From the quay<"], &["Later", "Stove"]);
    says(&german, &["alt=\"Now (de)\"", ">Vom Quai<"], &["Later"]);
    let told = data(&english, "ImageGallery");
    assert_eq!((told.len(), &told[0]["name"], told[0]["image"].as_array().unwrap().len()), (1, &json!("The year"), 2));
    let [english, _] =
        page(&group, &guest, "category", &json!([{"type": "gallery", "albums": [album], "categories": ["exterior"]}]));
    says(&english, &["alt=\"House\""], &["alt=\"Now\"", "<p class=\"caption\">"]);
    let [english, _] =
        page(&group, &guest, "every", &json!([{"type": "gallery", "categories": ["restaurant", "spa"]}]));
    says(&english, &["alt=\"Stove\"", "alt=\"Now\""], &["alt=\"House\"", "Later"]);
}

#[test]
fn amenities_of_the_fact_sheets_have_their_names_in_the_guests_language() {
    let (_server, group, guest) = website();
    let (client, site) = (&group.owner.client, &group.site_id);
    let codes = json!([
        {"code": "lift", "status": "no"}, "parking",
        {"code": "sauna", "included": "extra", "note": both("from 4 pm", "ab 16 Uhr"), "season": {"from": "11-01", "to": "03-31"}},
    ]);
    let house =
        publish(client, site, "property", &json!({"name": both("Alpenhof", "Alpenhof"), "amenity_codes": codes}));
    let room = publish(
        client,
        site,
        "room",
        &json!({"name": both("Garden room", "Gartenzimmer"), "amenity_codes": ["balcony"]}),
    );
    let of = |more: Value| {
        let mut section = json!({"type": "amenities", "source": "property", "property": house});
        section.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!([section])
    };
    let [english, german] = page(&group, &guest, "house", &of(json!({})));
    says(&english, &["Parking", "Sauna", "for a charge, 1 Nov – 31 Mar, from 4 pm"], &["Lift"]);
    says(&german, &["Parkplatz", "gegen Gebühr", "ab 16 Uhr"], &["Aufzug"]);
    let [_, german] = page(&group, &guest, "missing", &of(json!({"show_unavailable": true, "is_grouped": true})));
    says(&german, &["Nicht vorhanden: Aufzug", "Wellness und Sport"], &[]);
    let [_, german] = page(&group, &guest, "wellness", &of(json!({"groups": ["wellness"]})));
    says(&german, &["ab 16 Uhr"], &["Parkplatz"]);
    let [_, german] = page(&group, &guest, "room", &json!([{"type": "amenities", "source": "room", "room": room}]));
    says(&german, &["Balkon"], &["ab 16 Uhr"]);
}

#[test]
fn lists_are_narrowed_and_ordered_as_their_sections_say() {
    let (_server, group, guest) = website();
    let (client, site) = (&group.owner.client, &group.site_id);
    let house = publish(
        client,
        site,
        "property",
        &json!({"name": both("Alpenhof", "Alpenhof"), "geo": {"latitude": 47.5, "longitude": 9.5}, "tags": ["lake"]}),
    );
    for (name, price, until, kind) in
        [("Dear", "1000", "2099-01-31", "package"), ("Cheap", "99.50", "2099-12-31", "discount")]
    {
        publish(
            client,
            site,
            "offer",
            &json!({"title": both(name, name), "price": price, "stay_until": until, "kind": kind, "properties": [house]}),
        );
    }
    for (name, days, amount) in [("Loft", 0, "310"), ("Attic", 1, "190")] {
        publish(
            client,
            site,
            "room",
            &json!({"name": both(name, name), "property": house, "order": days, "tags": [name], "size_sqm": 24, "max_guests": 2,
            "rates": [{"double_rate": amount, "currency": "CHF"}]}),
        );
    }
    let event = |name: &str, first: &str| {
        publish(
            client,
            site,
            "post",
            &json!({"title": both(name, name), "date": "2026-01-01", "event": {"starts_on": first, "venue": both("Boat hall", "Bootshalle")}}),
        )
    };
    for (name, first_day) in [("Concert", "2099-07-01"), ("Market", "2099-05-01"), ("Past", "2020-05-01")] {
        event(name, first_day);
    }
    publish(client, site, "post", &json!({"title": both("Paint", "Farbe"), "date": "2026-02-01"}));
    let shown = |html: &str, names: &[&str]| {
        let places: Vec<_> = names
            .iter()
            .map(|name| html.find(&format!(">{name}<")).unwrap_or_else(|| panic!("{name}: {html}")))
            .collect();
        assert!(places.is_sorted(), "{names:?} are in another order in {html}");
    };
    let [html, _] = page(&group, &guest, "price", &json!([{"type": "offers_list", "sort": "price"}]));
    shown(&html, &["Cheap", "Dear"]);
    let [html, _] = page(&group, &guest, "ending", &json!([{"type": "offers_list", "sort": "ending"}]));
    shown(&html, &["Dear", "Cheap"]);
    let [html, _] =
        page(&group, &guest, "kinds", &json!([{"type": "offers_list", "kinds": ["package"], "properties": [house]}]));
    says(&html, &[">Dear<"], &[">Cheap<"]);
    let [html, _] = page(
        &group,
        &guest,
        "loft",
        &json!([{"type": "rooms_preview", "source": "all", "tags": ["Loft"], "columns": 4, "facts": ["guests"]}]),
    );
    says(&html, &[">Loft<", "room-grid--of-4", "2 guests"], &[">Attic<", "24 m²"]);
    let [html, _] = page(&group, &guest, "events", &json!([{"type": "news_list", "show_events_only": true}]));
    shown(&html, &["Market", "Concert"]);
    says(&html, &["1 May 2099", "Boat hall"], &[">Past<", ">Paint<"]);
    let [html, german] = page(
        &group,
        &guest,
        "hotels",
        &json!([{"type": "properties_grid", "tags": ["lake"], "show_price": true, "show_map": true}]),
    );
    says(&html, &[">Alpenhof<", "from CHF 190 per night", "openstreetmap.org"], &[">Hotel lake-hotels</a>"]);
    says(&german, &["CHF 190"], &[]);
}

#[test]
fn the_booking_bar_asks_what_its_section_says() {
    let (_server, group, guest) = website();
    let (client, site) = (&group.owner.client, &group.site_id);
    publish(client, site, "booking_engine", &json!({"name": "Mews", "engine": "mews", "codes": {"id": "abc-1"}}));
    publish(client, site, "property", &json!({"name": both("Alpenhof", "Alpenhof")}));
    let [plain, _] = page(&group, &guest, "plain", &json!([{"type": "booking_bar"}]));
    says(
        &plain,
        &["name=\"checkin\"", "name=\"checkout\"", "max=\"20\""],
        &["name=\"nights\"", "name=\"promo\"", "name=\"rooms\"", "<select"],
    );
    let [full, german] = page(
        &group,
        &guest,
        "full",
        &json!([
            {"type": "booking_bar", "nights": 3, "max_guests": 6, "show_rooms": true, "show_promo": true, "show_properties": true, "layout": "sticky"},
        ]),
    );
    says(
        &full,
        &[
            "name=\"nights\"",
            "value=\"3\"",
            "max=\"6\"",
            "name=\"promo\"",
            "name=\"rooms\"",
            "<option value=\"alpenhof\">",
            "book-bar--sticky",
        ],
        &["name=\"checkout\"", "max=\"20\""],
    );
    says(&german, &["Nächte", "Aktionscode"], &[]);
    let hero = json!([{"type": "hero", "title": both("Welcome", "Willkommen"), "show_booking_bar": true, "overlay": "dark",
        "image": {"url": "/media/demo/ankerhof-harbour.svg", "alt": both("Harbour", "Hafen")}}]);
    let [html, _] = page(&group, &guest, "hero", &hero);
    says(&html, &["name=\"checkin\"", "hero--over-dark"], &["<video"]);
    let film = json!([{"type": "hero", "title": both("Welcome", "Willkommen"), "video": "https://seeblick.example/film.mp4", "overlay": "dark",
        "image": {"url": "/media/demo/ankerhof-harbour.svg", "alt": both("Harbour", "Hafen")}}]);
    let [html, _] = page(&group, &guest, "film", &film);
    says(
        &html,
        &["<video class=\"film\" controls muted playsinline preload=\"none\"", "film.mp4"],
        &["autoplay", "hero--over"],
    );
    // A stay that cannot be is asked for again with all that was wished.
    let again = guest.get("/book?checkin=2020-01-01&nights=4&rooms=2&promo=SPRING");
    assert_eq!(again.status, 422);
    says(
        &again.text(),
        &["name=\"nights\"", "value=\"4\"", "value=\"SPRING\"", "name=\"rooms\""],
        &["name=\"checkout\""],
    );
}

#[test]
fn numbers_are_written_as_the_language_of_the_page_writes_them() {
    let (_server, group, guest) = website();
    let (client, site) = (&group.owner.client, &group.site_id);
    client.patch(&format!("/api/v1/sites/{site}/"), &json!({"locales": ["en", "de", "ar"]})).expect(200);
    let said = |en: &str, de: &str, ar: &str| json!({"en": en, "de": de, "ar": ar});
    publish(
        client,
        site,
        "testimonial",
        &json!({"author": "Anna", "quote": said("Good.", "Gut.", "جيد."), "has_permission": true, "rating": 4.5, "date": "2027-01-15"}),
    );
    for (name, minutes) in [("Boat", 150), ("Walk", 180), ("Tasting", 60)] {
        publish(client, site, "experience", &json!({"title": said(name, name, name), "duration_minutes": minutes}));
    }
    publish(client, site, "event_space", &json!({"name": said("Hall", "Saal", "القاعة"), "area_sqm": 100.5}));
    let codes = json!([{"code": "lift", "status": "no"}]);
    let name = said("Alpenhof", "Alpenhof", "ألبنهوف");
    let house = publish(client, site, "property", &json!({"name": name, "amenity_codes": codes}));
    let sections = json!([
        {"type": "testimonials", "source": "all"}, {"type": "experiences_list", "source": "all"},
        {"type": "event_spaces", "source": "all"}, {"type": "amenities", "source": "property", "property": house, "show_unavailable": true},
    ]);
    let title = said("numbers", "numbers", "numbers");
    publish(client, site, "page", &json!({"title": title, "sections": sections}));
    let read = |path: &str| {
        wait_until("the page", || (guest.get(path).status == 200).then_some(()));
        guest.get(path).text()
    };
    says(&read("/numbers"), &["4.5 of 5", "2.5 hours", "3 hours", "60 minutes", "100.5 m²"], &[]);
    says(
        &read("/de/numbers"),
        &["4,5 von 5", "2,5 Stunden", "3 Stunden", "60 Minuten", "100,5 m²", "Januar 2027"],
        &["4.5 von", "2.5 Stunden", "100.5 m²"],
    );
    says(
        &read("/ar/numbers"),
        &["dir=\"rtl\"", "4.5 من 5", "2.5 ساعة", "3 ساعات", "60 دقيقة", "100.5 م²", "غير متوفر: مصعد", "يناير 2027"],
        &["4.5 of", "hours", "Not there"],
    );
}
