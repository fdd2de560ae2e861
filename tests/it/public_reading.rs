//! What a website, an app or a kiosk asks of lists and entries beyond reading them: filters, order, parts, fields, references.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::support::{Client, Group, Server, furnish, publish, set_up, wait_until};

/// Rooms beside the story's own one, which has neither kind nor size: name, kind, guests, size, tags, whether it is featured.
type Room = (&'static str, Option<&'static str>, u32, Option<f64>, &'static [&'static str], bool);
const ROOMS: [Room; 7] = [
    ("Attic", Some("room"), 1, Some(12.5), &["quiet"], false),
    ("Balcony", Some("room"), 2, Some(20.0), &["lake", "quiet"], true),
    ("Corner", Some("suite"), 3, Some(38.0), &["lake"], true),
    ("Den", Some("dorm"), 8, Some(60.0), &[], false),
    ("Estate", Some("villa"), 6, Some(120.0), &["garden", "lake"], true),
    ("Flat", Some("apartment"), 4, None, &["garden"], false),
    ("Garret", Some("room"), 2, Some(9.0), &["Quiet"], false),
];

struct Told {
    _server: Server,
    group: Group,
    rooms: String,
}

fn told() -> Told {
    let server = Server::options().env("GAMMACMS_RATE_LIMIT_PER_MINUTE", "100000").start();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    let pool = publish(&group.owner.client, &group.site_id, "amenity", &json!({"name": {"en": "Pool"}}));
    for (index, (name, kind, guests, size, tags, is_featured)) in ROOMS.into_iter().enumerate() {
        let mut document = json!({
            "name": {"en": name}, "max_guests": guests, "tags": tags, "is_featured": is_featured, "order": 10 - index,
            "amenities": [group.amenity_id, pool],
        });
        if index % 2 == 0 {
            document["name"]["de"] = json!(format!("{name} de"));
        }
        if let Some(kind) = kind {
            document["kind"] = json!(kind);
        }
        if let Some(size) = size {
            document["size_sqm"] = json!(size);
        }
        publish(&group.owner.client, &group.site_id, "room", &document);
    }
    let rooms = format!("/api/public/v1/sites/{}/rooms/", group.domain);
    wait_until("all rooms", || (group.reader.get(&rooms).expect(200).json()["count"] == 8).then_some(()));
    Told { _server: server, group, rooms }
}

impl Told {
    fn get(&self, query: &str) -> Value {
        self.group.reader.get(&format!("{}?{query}", self.rooms)).expect(200).json()
    }
}

fn slugs(list: &Value) -> Vec<String> {
    list["results"].as_array().unwrap().iter().map(|one| one["slug"].as_str().unwrap().to_owned()).collect()
}

/// A list's parts from one address on, following `next` or `previous`.
fn walked(reader: &Client, first: &str, direction: &str) -> Vec<Value> {
    let mut parts = vec![reader.get(first).expect(200).json()];
    while let Some(address) = parts.last().unwrap()[direction].as_str() {
        let path = address.strip_prefix(reader.base()).expect("an absolute address");
        parts.push(reader.get(path).expect(200).json());
        assert!(parts.len() < 50, "{first} goes round in circles");
    }
    parts
}

#[test]
fn lists_are_filtered_by_what_the_type_declares() {
    let told = told();
    let amenity = &told.group.amenity_id;
    let all_with_amenity = "attic balcony canary-lake-hotels corner den estate flat garret";
    for (filter, expected) in [
        ("filter[kind][eq]=suite", "corner"),
        ("filter[kind][ne]=room", "canary-lake-hotels corner den estate flat"),
        ("filter[kind][in]=suite,villa", "corner estate"),
        ("filter[kind][exists]=false", "canary-lake-hotels"),
        ("filter[kind][exists]=true&filter[max_guests][lte]=2", "attic balcony garret"),
        ("filter[max_guests][gt]=3", "den estate flat"),
        ("filter[max_guests][gte]=3&filter[max_guests][lt]=8", "corner estate flat"),
        ("filter[max_guests][eq]=2", "balcony canary-lake-hotels garret"),
        ("filter[size_sqm][lt]=20", "attic garret"),
        ("filter[size_sqm][exists]=false", "canary-lake-hotels flat"),
        ("filter[is_featured][eq]=true", "balcony canary-lake-hotels corner estate"),
        ("filter[is_featured][eq]=false&filter[kind][eq]=room", "attic garret"),
        ("filter[tags][contains]=quiet", "attic balcony garret"),
        ("filter[tags][in]=garden,lake", "balcony corner estate flat"),
        ("filter[tags][in]=garden,lake&filter[is_featured][eq]=false", "flat"),
        ("filter[tags][exists]=false", "canary-lake-hotels den"),
        ("filter[name][eq]=CORNER", "corner"),
        ("filter[name][gte]=d&filter[name][lt]=f", "den estate"),
        ("filter[slug][in]=den,flat,nowhere", "den flat"),
        ("filter[published_at][gt]=2000-01-01T00:00:00Z&filter[kind][eq]=villa", "estate"),
        ("filter[published_at][lt]=2000-01-01T00:00:00Z", ""),
        (&format!("filter[amenities][contains]={amenity}"), all_with_amenity),
    ] {
        let expected: BTreeSet<String> = expected.split_whitespace().map(str::to_owned).collect();
        for paging in ["", "&limit=100", "&sort=-name", "&sort=name&limit=100"] {
            let list = told.get(&format!("{filter}{paging}"));
            let found = slugs(&list);
            assert_eq!(found.iter().cloned().collect::<BTreeSet<_>>(), expected, "{filter}{paging}");
            assert_eq!(
                (list["count"].as_u64(), found.len()),
                (Some(found.len() as u64), expected.len()),
                "{filter}{paging}"
            );
        }
    }
}

#[test]
fn lists_are_sorted_by_one_or_two_fields() {
    let told = told();
    for (sort, expected) in [
        ("name", "attic balcony canary-lake-hotels corner den estate flat garret"),
        ("-max_guests,name", "den estate flat corner balcony canary-lake-hotels garret attic"),
        ("max_guests,-name", "attic garret canary-lake-hotels balcony corner flat estate den"),
        // What has none comes first, and last the other way.
        ("-size_sqm,name", "estate den corner balcony attic garret canary-lake-hotels flat"),
        ("kind,-size_sqm", "canary-lake-hotels flat den balcony attic garret corner estate"),
    ] {
        let expected: Vec<&str> = expected.split_whitespace().collect();
        assert_eq!(slugs(&told.get(&format!("sort={sort}"))), expected, "{sort}");
        assert_eq!(slugs(&told.get(&format!("sort={sort}&limit=100"))), expected, "{sort}");
        let second = slugs(&told.get(&format!("sort={sort}&page_size=3&page=2")));
        assert_eq!(second, expected[3..6], "{sort}");
    }
    // The list's own order is the hotel's.
    let own: Vec<String> = slugs(&told.get(""));
    assert_eq!(own.first().map(String::as_str), Some("canary-lake-hotels"));
    assert_eq!(own[1..], ["garret", "flat", "estate", "den", "corner", "balcony", "attic"]);
    assert_eq!(slugs(&told.get("limit=100")), own);
}

#[test]
fn texts_are_ordered_as_people_look_them_up() {
    let told = told();
    let sorted =
        ["Äpfel", "Apfelbaum", "éclair", "Nandu", "Ñandú", "Nandus", "öl", "Straße", "Strassen", "Über", "Zebra"];
    for name in sorted.iter().rev() {
        publish(&told.group.owner.client, &told.group.site_id, "amenity", &json!({"name": {"en": name}}));
    }
    let amenities = format!("/api/public/v1/sites/{}/amenities/", told.group.domain);
    let names = |query: &str| {
        let list = told.group.reader.get(&format!("{amenities}?{query}")).expect(200).json();
        let results = list["results"].as_array().unwrap().iter();
        let names = results.map(|one| one["name"].as_str().unwrap().to_owned());
        names.filter(|name| sorted.contains(&name.as_str())).collect::<Vec<_>>()
    };
    wait_until("all of them", || (names("sort=name&limit=100").len() == sorted.len()).then_some(()));
    assert_eq!(names("sort=name&limit=100"), sorted);
    assert_eq!(names("sort=name&page_size=100"), sorted);
    assert_eq!(names("filter[name][eq]=%C3%84PFEL"), ["Äpfel"]);
    assert_eq!(names("filter[name][eq]=nandu"), ["Nandu"], "every letter with its accent");
    assert_eq!(names("filter[name][gte]=%C3%B6l&filter[name][lt]=strassen&sort=name"), ["öl", "Straße"]);
}

#[test]
fn a_cursor_meets_every_entry_once_there_and_back() {
    let told = told();
    for query in [
        "",
        "sort=name",
        "sort=-size_sqm",
        "sort=max_guests,-name",
        "sort=kind,name",
        "filter[tags][in]=lake,quiet",
        "filter[tags][contains]=quiet",
        "filter[max_guests][gte]=2&sort=-max_guests",
        "locale=de",
        "locale=de&sort=name",
        "locale=de&sort=-max_guests,name&filter[max_guests][gte]=2",
    ] {
        let whole = slugs(&told.get(&format!("{query}&page_size=200")));
        for limit in [1, 3, 100] {
            let parts = walked(&told.group.reader, &format!("{}?{query}&limit={limit}", told.rooms), "next");
            let met: Vec<String> = parts.iter().flat_map(slugs).collect();
            assert_eq!(met, whole, "{query} by {limit}");
            assert_eq!((&parts[0]["previous"], &parts[0]["count_capped"]), (&Value::Null, &json!(false)), "{query}");
            assert!(parts.iter().all(|part| part["count"] == whole.len()), "{query}");
            // And back from the end: every part but the last again, in the same order.
            if let Some(back) = parts.last().unwrap()["previous"].as_str() {
                let back = back.strip_prefix(told.group.reader.base()).unwrap();
                let mut again = walked(&told.group.reader, back, "previous");
                again.reverse();
                let again: Vec<String> = again.iter().flat_map(slugs).collect();
                assert_eq!(again, whole[..again.len()], "{query} by {limit}");
                assert_eq!(again.len(), whole.len() - slugs(parts.last().unwrap()).len(), "{query} by {limit}");
            }
        }
    }
}

#[test]
fn a_cursor_stays_where_it_is_when_something_is_published() {
    let told = told();
    let first = told.get("sort=name&limit=3");
    assert_eq!(slugs(&first), ["attic", "balcony", "canary-lake-hotels"]);
    for name in ["Aardvark", "Bath", "Dormer"] {
        publish(&told.group.owner.client, &told.group.site_id, "room", &json!({"name": {"en": name}}));
    }
    let next = first["next"].as_str().unwrap().strip_prefix(told.group.reader.base()).unwrap();
    let rest = wait_until("the new room behind the cursor", || {
        let rest: Vec<String> = walked(&told.group.reader, next, "next").iter().flat_map(slugs).collect();
        rest.contains(&"dormer".to_owned()).then_some(rest)
    });
    assert_eq!(rest, ["corner", "den", "dormer", "estate", "flat", "garret"]);
}

#[test]
fn a_language_that_lacks_an_entry_is_filtered_and_sorted_by_what_stands_in_for_it() {
    let told = told();
    let list = told.get("locale=de&sort=name");
    let told_in: Vec<(&str, &str)> = list["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["name"].as_str().unwrap(), one["locale"].as_str().unwrap()))
        .collect();
    assert_eq!(
        told_in,
        [
            ("Attic de", "de"),
            ("Balcony", "en"),
            ("Canary lake-hotels (de)", "de"),
            ("Corner de", "de"),
            ("Den", "en"),
            ("Estate de", "de"),
            ("Flat", "en"),
            ("Garret de", "de"),
        ]
    );
    assert_eq!(slugs(&told.get("locale=de&filter[name][eq]=attic%20de")), ["attic"]);
    // Its English name is not what a reader of German sees.
    assert_eq!(told.get("locale=de&filter[name][eq]=attic")["count"], 0);
}

#[test]
fn only_the_named_fields_come_with_id_and_type() {
    let told = told();
    let list = told.get("fields=name,amenities.name&filter[name][eq]=corner");
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let corner = &list["results"][0];
    assert_eq!(
        names(corner).into_iter().collect::<BTreeSet<_>>(),
        ["id", "type", "name", "amenities"].map(str::to_owned).into()
    );
    assert_eq!(
        names(&corner["amenities"][0]).into_iter().collect::<BTreeSet<_>>(),
        ["id", "name"].map(str::to_owned).into()
    );
    let page = format!("/api/public/v1/sites/{}/pages/home/", told.group.domain);
    let page = told.group.reader.get(&format!("{page}?fields=sections.title")).expect(200).json();
    assert_eq!(page["sections"][0], json!({"id": "s1", "type": "hero", "title": "Canary lake-hotels"}));
    assert_eq!(names(&page).len(), 3, "{page}");
}

#[test]
fn references_are_expanded_along_declared_paths() {
    let told = told();
    let client = &told.group.owner.client;
    let house = publish(client, &told.group.site_id, "property", &json!({"name": {"en": "Second house"}, "stars": 4}));
    let document = json!({"name": {"en": "Loft"}, "property": house, "amenities": [told.group.amenity_id]});
    publish(client, &told.group.site_id, "room", &document);
    let find = |query: &str| {
        let list = told.get(&format!("filter[name][eq]=loft&{query}"));
        list["results"][0].clone()
    };
    let short = wait_until("the loft", || Some(find("expand=details")).filter(|found| !found.is_null()));
    assert_eq!(short["property"]["name"], "Second house");
    assert_eq!(short["property"].get("stars"), None);
    let whole = find("expand=property,amenities");
    assert_eq!((&whole["property"]["stars"], &whole["property"]["type"]), (&json!(4), &json!("property")));
    assert_eq!(whole["amenities"][0]["locale"], "en");
    // A list stays short beside what was expanded.
    assert_eq!(whole.get("rates"), None);
    let pruned = find("expand=property&fields=property.stars");
    assert_eq!(pruned["property"], json!({"id": house, "type": "property", "stars": 4}));
}

#[test]
fn what_is_not_known_is_refused_with_what_may_have_been_meant() {
    let told = told();
    for (query, code, word) in [
        ("filter[max_gests][gte]=2", "invalid_parameter", "`max_guests`"),
        ("filter[max_guests][gte]=two", "invalid_parameter", "a number"),
        ("filter[max_guests][gte]=", "invalid_parameter", "a number"),
        ("filter[max_guests][contains]=2", "invalid_parameter", "eq, ne, in"),
        ("filter[kind][eq]=castle", "invalid_parameter", "`suite`"),
        ("filter[kind][gt]=room", "invalid_parameter", "eq, ne, in, exists"),
        ("filter[tags][eq]=lake", "invalid_parameter", "contains"),
        ("filter[name][contains]=lake", "invalid_parameter", "search/"),
        ("filter[description][eq]=x", "invalid_parameter", "Known:"),
        ("filter[kind]=suite", "invalid_parameter", "filter[FIELD][eq]"),
        ("filter[kind][exists]=maybe", "invalid_parameter", "`true` or `false`"),
        ("filter=suite", "unknown_parameter", "filter[FIELD][eq]"),
        ("sort=nmae", "invalid_parameter", "`name`"),
        ("sort=tags", "invalid_parameter", "Known:"),
        ("sort=name,kind,slug", "invalid_parameter", "at most 2"),
        ("sort=name,-name", "invalid_parameter", "twice"),
        ("fields=nmae", "invalid_parameter", "`name`"),
        ("fields=property.stars", "invalid_parameter", "Known there"),
        ("expand=propery", "invalid_parameter", "`property`"),
        ("expand=name", "invalid_parameter", "details"),
        ("limit=101", "invalid_parameter", "1 to 100"),
        ("limit=0", "invalid_parameter", "1 to 100"),
        ("limit=5&page=2", "invalid_parameter", "choose one"),
        ("cursor=a.0.x.123", "invalid_parameter", "`next`"),
        ("page=1&page=2", "invalid_parameter", "twice"),
        ("lmit=5", "unknown_parameter", "`limit`"),
    ] {
        let refused = told.group.reader.get(&format!("{}?{query}", told.rooms)).expect(400);
        assert_eq!(refused.code(), code, "{query}: {}", refused.text());
        let detail = refused.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(word), "{query}: {detail}");
        assert!(!refused.json()["errors"].as_array().unwrap().is_empty(), "{query}");
    }
    // A cursor is of one list alone.
    let cursor = told.get("sort=name&limit=1")["next"].as_str().unwrap().split("cursor=").nth(1).unwrap().to_owned();
    told.group.reader.get(&format!("{}?sort=-name&limit=1&cursor={cursor}", told.rooms)).expect(400);
    told.group.reader.get(&format!("{}?sort=name&limit=2&cursor={cursor}", told.rooms)).expect(200);
    // One entry knows neither filters nor pages.
    let one = format!("{}corner/", told.rooms);
    assert_eq!(told.group.reader.get(&format!("{one}?sort=name")).expect(400).code(), "unknown_parameter");
    told.group.reader.get(&format!("{one}?fields=name&expand=amenities")).expect(200);
}

#[test]
fn the_same_question_has_the_same_answer_however_it_is_written() {
    let told = told();
    let ask = |query: &str| told.group.reader.get(&format!("{}?{query}", told.rooms)).expect(200);
    let one = ask("sort=-name&filter[kind][eq]=room&page_size=2");
    let other = ask("page_size=2&filter%5Bkind%5D%5Beq%5D=room&sort=%2Dname");
    assert_eq!((one.header("etag"), one.text()), (other.header("etag"), other.text()));
    let tag = one.header("etag").unwrap();
    told.group
        .reader
        .with("if-none-match", tag)
        .get(&format!("{}?sort=-name&filter[kind][eq]=room&page_size=2", told.rooms))
        .expect(304);
    assert!(one.header("vary").unwrap().contains("Accept-Encoding"));
}

#[test]
fn the_facts_of_the_only_hotel_have_an_address_of_their_own() {
    let told = told();
    let path = format!("/api/public/v1/sites/{}/property/", told.group.domain);
    let property = told.group.reader.get(&path).expect(200).json();
    assert_eq!((&property["type"], &property["slug"]), (&json!("property"), &json!("hotel-lake-hotels")));
    let pruned = told.group.reader.get(&format!("{path}?fields=name")).expect(200).json();
    assert_eq!(pruned, json!({"id": property["id"], "type": "property", "name": "Hotel lake-hotels"}));
    assert_eq!(told.group.reader.get(&format!("{path}?page=1")).expect(400).code(), "unknown_parameter");
    let second = json!({"name": {"en": "Second house"}});
    publish(&told.group.owner.client, &told.group.site_id, "property", &second);
    let several = wait_until("the second house", || {
        let answer = told.group.reader.get(&path);
        (answer.status == 404).then_some(answer)
    });
    assert!(several.text().contains("`properties/`"), "{}", several.text());
}
