use std::collections::HashMap;

use jiff::civil::date;
use serde_json::{Value, json};

use super::*;

fn read(query: &[(&str, &str)]) -> Result<Stay, Vec<StayProblem>> {
    let values: HashMap<String, String> =
        query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Stay::read(|name| values.get(name).map(String::as_str), date(2027, 5, 1))
}

/// The stay that every engine's file is tried with.
fn stay() -> Stay {
    let query = [
        ("checkin", "2027-06-04"),
        ("nights", "3"),
        ("adults", "2,1"),
        ("ages", "10;1,7"),
        ("promo", "SUMMER 27"),
        ("group", "GRP"),
        ("room", "DLX"),
        ("rate", "BAR"),
    ];
    read(&query).unwrap()
}

#[test]
fn every_engine_gives_the_address_that_its_file_promises() {
    let mut count = 0;
    for engine in engines() {
        let document = json!({
            "engine": engine.name,
            "codes": engine.example.codes,
            "address": engine.example.address,
        });
        let document: serde_json::Map<String, Value> =
            document.as_object().unwrap().clone().into_iter().filter(|(_, value)| !value.is_null()).collect();
        assert!(missing(&document).is_empty(), "{}: {:?}", engine.name, missing(&document));
        let settings = Settings::read(&document).unwrap();
        let address = settings.address(&stay(), &"de-ch".parse().unwrap(), "CHF", None).unwrap();
        assert_eq!(address, engine.example.gives, "{}", engine.name);
        count += 1;
    }
    assert!(count >= 12, "{count} engines");
}

#[test]
fn a_template_of_ones_own_says_it_all() {
    let own = |template: &str| {
        let document =
            json!({"engine": "custom", "template": template, "codes": {"hotel": "H7"}, "further": {"src": "web site"}});
        Settings::read(document.as_object().unwrap()).unwrap().address(&stay(), &"en".parse().unwrap(), "EUR", None)
    };
    for (template, expected) in [
        (
            "https://{hotel}.engine.example/b?in={checkin:%d.%m.%y}",
            "https://H7.engine.example/b?in=04.06.27&src=web%20site",
        ),
        ("https://e.example/?p={promo}&x={unknown}", "https://e.example/?p=SUMMER%2027&src=web%20site"),
        (
            "https://e.example/?{each room: r{n}={adults}-{children}&a{n}={ages}}",
            "https://e.example/?r1=2-1&a1=10&r2=1-2&a2=1,7&src=web%20site",
        ),
        ("https://e.example/#?in={checkin}&n={nights}", "https://e.example/#?in=2027-06-04&n=3&src=web%20site"),
    ] {
        assert_eq!(own(template).unwrap(), expected);
    }
    assert_eq!(own("https://{promo}.example/").unwrap_err(), TemplateProblem::Code("promo".to_owned()));
    for wrong in [
        "http://e.example",
        "https://",
        "//e.example",
        "https://e.example/?a={checkin",
        "https://e.example/?a={checkin:%H}",
    ] {
        let document = json!({"template": wrong});
        assert_eq!(checked(document.as_object().unwrap()).len(), 1, "{wrong}");
    }
}

#[test]
fn a_wish_is_checked_before_anybody_is_sent_anywhere() {
    for (query, field, code) in [
        (vec![("checkin", "2027-04-30"), ("nights", "2")], "checkin", "past"),
        (vec![("checkin", "2027-06-04"), ("checkout", "2027-06-04")], "checkout", "before_arrival"),
        (vec![("checkin", "2027-06-04"), ("checkout", "2027-06-01")], "checkout", "before_arrival"),
        (vec![("checkin", "tomorrow")], "checkin", "invalid"),
        (vec![("checkout", "2027-06-04")], "checkin", "invalid"),
        (vec![("checkin", "2027-06-04"), ("nights", "0")], "nights", "invalid"),
        (vec![("checkin", "2027-06-04"), ("checkout", "2028-06-04")], "checkout", "invalid"),
        (vec![("adults", "many")], "adults", "invalid"),
        (vec![("adults", "0")], "adults", "invalid"),
        (vec![("rooms", "50")], "rooms", "invalid"),
        (vec![("ages", "40")], "ages", "invalid"),
    ] {
        assert_eq!(read(&query).unwrap_err(), [StayProblem { field, code }], "{query:?}");
    }
    assert_eq!(read(&[]).unwrap(), Stay::default());
    let spread = read(&[("adults", "5"), ("rooms", "2")]).unwrap();
    assert_eq!(spread.rooms.iter().map(|room| room.adults).collect::<Vec<_>>(), [3, 2]);
}
