//! What guests and search engines rely on: pages say what the hotel has said of its hours, halls, offers, taxes and closures, and
//! structured data says the same.

use jiff::ToSpan as _;
use serde_json::{Value, json};

use super::support::{publish, wait_until, website};

fn both(en: &str, de: &str) -> Value {
    json!({"en": en, "de": de})
}

/// The structured data of a page.
fn data(html: &str) -> Vec<Value> {
    let scripts = html.split("<script type=\"application/ld+json\">").skip(1);
    scripts.map(|rest| serde_json::from_str(rest.split("</script>").next().unwrap()).unwrap()).collect()
}

fn of_kind<'d>(data: &'d [Value], kind: &str) -> &'d Value {
    data.iter().find(|one| one["@type"] == kind).unwrap_or_else(|| panic!("no {kind} in {data:?}"))
}

#[track_caller]
fn says(html: &str, parts: &[&str]) {
    let words = html.replace(['\u{a0}', '\u{202f}', '\u{2009}'], " ");
    for part in parts {
        assert!(words.contains(part), "{part} is missing in {words}");
    }
}

#[test]
fn pages_say_hours_seats_and_what_an_offer_is_bound_to() {
    let (_server, group, guest) = website();
    let (client, site) = (&group.owner.client, &group.site_id);
    let weekly = json!({"tue": [{"from": "16:00", "to": "21:00"}], "wed": [{"from": "16:00", "to": "21:00"}], "thu": [{"from": "16:00", "to": "21:00"}]});
    publish(
        client,
        site,
        "experience",
        &json!({
        "title": both("Sauna boat", "Saunaboot"), "hours": {"weekly": weekly, "note": both("In the dark with torches", "Im Dunkeln mit Fackeln")},
        "opening_hours": [{"opens": "03:33", "closes": "04:44"}],
        "prices": [{"name": both("Children", "Kinder"), "amount": "12.50"}], "currency": "CHF"}),
    );
    publish(
        client,
        site,
        "experience",
        &json!({
        "title": both("Night of the lights", "Seenachtsfest"), "kind": "event", "from_date": "2099-07-24", "to_date": "2099-07-25",
        "meeting_point": both("Harbour", "Hafen"), "price": "20"}),
    );
    publish(
        client,
        site,
        "experience",
        &json!({
        "title": both("Ice bath", "Eisbad"), "season": {"from": "11-01", "to": "03-15"}, "hours": {"weekly": {"sat": [{"from": "10:00", "to": "12:00"}]}}}),
    );
    publish(
        client,
        site,
        "event_space",
        &json!({
        "name": both("Boat hall", "Bootshalle"), "area_sqm": 120, "capacity": {"theatre": 90, "banquet": 80},
        "equipment": [{"name": both("Projector", "Beamer"), "is_included": true}]}),
    );
    publish(
        client,
        site,
        "offer",
        &json!({
        "title": both("Four nights", "Vier Nächte"), "price": "698", "currency": "CHF", "stay_from": "2099-03-01", "stay_until": "2099-03-25",
        "book_from": "2026-01-01", "book_until": "2099-02-28", "min_nights": 4, "rate_code": "INTERNAL-7",
        "blackouts": [{"from": "2020-01-01", "to": "2020-01-02"}, {"from": "2099-03-10", "to": "2099-03-12"}],
        "terms": both("Paid at booking.", "Bei Buchung bezahlt.")}),
    );
    wait_until("the last page", || (guest.get("/offers/four-nights").status == 200).then_some(()));

    let boat = guest.get("/experiences/sauna-boat").expect(200).text();
    says(&boat, &["Tuesday – Thursday", "16:00", "21:00", "In the dark with torches", "Children", "CHF 12.50"]);
    assert!(!boat.contains("03:33"), "hours of the week stand instead of single ones: {boat}");
    let structured = data(&boat);
    let hours = &of_kind(&structured, "TouristAttraction")["openingHoursSpecification"];
    assert_eq!(hours.as_array().unwrap().len(), 3, "{hours}");
    assert_eq!(hours[0]["dayOfWeek"], "https://schema.org/Tuesday");

    let bath = guest.get("/experiences/ice-bath").expect(200).text();
    says(&bath, &["1 Nov – 15 Mar", "Saturday", "10:00"]);
    let structured = data(&bath);
    assert!(of_kind(&structured, "TouristAttraction").get("openingHoursSpecification").is_none(), "not in summer");

    let night = guest.get("/experiences/night-of-the-lights").expect(200).text();
    says(&night, &["24", "25 Jul 2099", "Harbour"]);
    let structured = data(&night);
    let event = of_kind(&structured, "Event");
    assert_eq!((&event["startDate"], &event["endDate"]), (&json!("2099-07-24"), &json!("2099-07-25")));
    assert_eq!((&event["location"]["name"], &event["offers"]["priceCurrency"]), (&json!("Harbour"), &json!("CHF")));

    let hall = guest.get("/event-spaces/boat-hall").expect(200).text();
    says(&hall, &["<dt>Theatre</dt><dd>90</dd>", "<dt>Banquet</dt><dd>80</dd>", "Projector"]);
    assert_eq!(of_kind(&data(&hall), "EventVenue")["maximumAttendeeCapacity"], 90);

    let offer = guest.get("/offers/four-nights").expect(200).text();
    says(
        &offer,
        &["For stays", "25 Mar 2099", "To be booked", "28 Feb 2099", "Not on", "12 Mar 2099", "Paid at booking."],
    );
    assert!(!offer.contains("2 Jan 2020") && !offer.contains("INTERNAL-7"), "{offer}");
    let structured = data(&offer);
    let said = of_kind(&structured, "Offer");
    assert_eq!((&said["availabilityStarts"], &said["validThrough"]), (&json!("2099-03-01"), &json!("2099-02-28")));
    assert_eq!((&said["eligibleDuration"]["minValue"], &said["validFrom"]), (&json!(4), &json!("2026-01-01")));
    says(&guest.get("/de/offers/four-nights").expect(200).text(), &["Für Aufenthalte", "Nicht an"]);
}

#[test]
fn a_restaurant_says_its_card_to_guests_and_to_search_engines() {
    let (_server, group, guest) = website();
    let (client, site) = (&group.owner.client, &group.site_id);
    let menu = publish(
        client,
        site,
        "food_menu",
        &json!({
        "name": both("From the card", "Von der Karte"), "currency": "CHF", "courses": [{"name": both("Starters", "Vorspeisen"), "dishes": [
            {"name": both("Beetroot", "Randen"), "price": "14.50", "diets": ["vegan"]},
            {"name": both("Sold out", "Ausverkauft"), "price": "1", "is_available": false}]}]}),
    );
    let over = publish(
        client,
        site,
        "food_menu",
        &json!({
        "name": both("Game", "Wild"), "to_date": "2020-11-30", "courses": [{"name": both("Venison", "Reh"), "dishes": []}]}),
    );
    publish(
        client,
        site,
        "dining_venue",
        &json!({
        "name": both("Stube", "Stube"), "menus": [menu, over], "cuisines": ["Swiss"],
        "opening_hours": [{"weekdays": ["friday", "saturday"], "opens": "18:00", "closes": "23:00"}]}),
    );
    wait_until("the page", || (guest.get("/dining/stube").status == 200).then_some(()));
    let html = guest.get("/dining/stube").text();
    says(&html, &["From the card", "Beetroot", "CHF 14.50"]);
    assert!(!html.contains("Sold out") && !html.contains("Venison"), "{html}");
    let structured = data(&html);
    let house = of_kind(&structured, "Restaurant");
    assert_eq!(
        house["openingHoursSpecification"][0]["dayOfWeek"],
        json!(["https://schema.org/Friday", "https://schema.org/Saturday"])
    );
    let card = structured.iter().find(|one| one["hasMenu"].is_object()).unwrap();
    assert_eq!(card["@id"], house["@id"]);
    let dish = &card["hasMenu"]["hasMenuSection"][0]["hasMenuItem"][0];
    assert_eq!((&dish["name"], &dish["offers"]["price"]), (&json!("Beetroot"), &json!("14.50")));
    assert_eq!(dish["suitableForDiet"], json!(["https://schema.org/VeganDiet"]));
}

#[test]
fn taxes_stand_with_the_prices_and_closures_on_every_page_in_time() {
    let (server, group, guest) = website();
    let (client, site) = (&group.owner.client, &group.site_id);
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::get("Europe/Zurich").unwrap()).date();
    let day = |days: i32| (today + days.days()).to_string();
    let properties = client.get(&format!("/api/v1/sites/{site}/entries/?type=property")).expect(200).json();
    let path = format!("/api/v1/sites/{site}/entries/{}/", properties["results"][0]["id"].as_str().unwrap());
    let revision = client.get(&path).json()["revision"].clone();
    let house = json!({"name": both("Seeblick", "Seeblick"),
    "taxes_fees": [{"name": both("Visitor's tax", "Kurtaxe"), "amount": "3.50", "currency": "CHF", "basis": "person_and_night", "from_age": 16, "is_in_price": false}],
    "closures": [
        {"facility": both("Pool", "Bad"), "days": {"from": day(20), "to": day(25)}, "message": both("New tiles.", "Neue Platten.")},
        {"is_whole_house": true, "days": {"from": "2020-01-01", "to": "2020-02-01"}},
    ]});
    let saved = client.put(&path, &json!({"revision": revision, "document": house})).expect(200).json();
    client.post(&format!("{path}publish/"), &json!({"revision": saved["revision"]})).expect(200);
    let rooms = "/rooms/canary-lake-hotels";
    wait_until("the taxes", || guest.get(rooms).text().contains("Visitor").then_some(()));
    says(&guest.get(rooms).text(), &["CHF 3.50 per person and night", "from 16 years", "not included in the price"]);
    says(&guest.get(&format!("/de{rooms}")).text(), &["Kurtaxe", "nicht im Preis enthalten"]);
    let own = guest.get("/hotels/hotel-lake-hotels").expect(200).text();
    says(&own, &["Taxes and fees", "Pool: closed", "New tiles."]);
    assert!(!own.contains("2020"), "what is over is not said: {own}");
    let notice = || guest.get("/").text().split("<aside class=\"notice\"").nth(1).map(str::to_owned);
    assert_eq!(notice(), None, "twenty days before it is too early");
    let days = |days: i64| days * 24 * 60 * 60;
    server.set_clock_offset(days(8));
    let said = wait_until("the notice", notice);
    says(&said, &["Pool: closed", "New tiles."]);
    for path in [rooms, "/search", "/nothing-here"] {
        assert!(guest.get(path).text().contains("<aside class=\"notice\""), "{path}");
    }
    server.set_clock_offset(days(26));
    wait_until("the end of the notice", || notice().is_none().then_some(()));
    server.set_clock_offset(0);
}

#[test]
fn a_day_is_over_at_its_end_also_where_it_ends_within_an_hour() {
    let (server, group, guest) = website();
    let (client, site) = (&group.owner.client, &group.site_id);
    client.patch(&format!("/api/v1/sites/{site}/"), &json!({"time_zone": "Asia/Kathmandu"})).expect(200);
    let nepal = jiff::tz::TimeZone::get("Asia/Kathmandu").unwrap();
    let today = jiff::Timestamp::now().to_zoned(nepal.clone()).date();
    let last = today + 3.days();
    let properties = client.get(&format!("/api/v1/sites/{site}/entries/?type=property")).expect(200).json();
    let path = format!("/api/v1/sites/{site}/entries/{}/", properties["results"][0]["id"].as_str().unwrap());
    let house = json!({"name": both("Seeblick", "Seeblick"), "closures": [{"is_whole_house": true, "days": {"from": today.to_string(), "to": last.to_string()}}]});
    let revision = client.get(&path).json()["revision"].clone();
    let saved = client.put(&path, &json!({"revision": revision, "document": house})).expect(200).json();
    client.post(&format!("{path}publish/"), &json!({"revision": saved["revision"]})).expect(200);
    // A quarter past six in the evening in UTC.
    let end = (last + 1.days()).to_zoned(nepal).unwrap().timestamp();
    let offset = |minutes: i64| end.as_second() + minutes * 60 - jiff::Timestamp::now().as_second();
    let has_notice = || guest.get("/").text().contains("<aside class=\"notice\"");
    server.set_clock_offset(offset(-5));
    wait_until("the notice", || has_notice().then_some(()));
    server.set_clock_offset(offset(5));
    assert!(!has_notice());
}
