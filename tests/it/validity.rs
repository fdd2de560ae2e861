//! What a hotel relies on when it dates its content: an offer for March is there in March, by the clock of its own town, and
//! nobody has to get up at midnight for it.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::support::{Client, Group, Server, furnish, set_up, wait_until};

struct Told {
    server: Server,
    group: Group,
}

fn told() -> Told {
    let server = Server::options().env("GAMMACMS_RATE_LIMIT_PER_MINUTE", "100000").start();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    Told { server, group }
}

impl Told {
    /// Lets the server's clock show this instant. Sessions and keys do not outlive years: whoever acts signs in again.
    fn be(&self, instant: &str) {
        let wanted: ground::clock::Timestamp = instant.parse().unwrap();
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        self.server.set_clock_offset(wanted.as_second() - i64::try_from(now).unwrap());
    }

    fn owner(&self) -> Client {
        super::support::sign_in(&self.server, "owner@lake.example", Some(&self.group.organization_id)).client
    }

    fn publish(&self, document: &Value, content_type: &str) -> Value {
        let path = format!("/api/v1/sites/{}/entries/", self.group.site_id);
        self.owner()
            .post(&path, &json!({"type": content_type, "document": document, "publish": true}))
            .expect(201)
            .json()
    }

    fn public(&self, path: &str) -> super::support::Answer {
        self.group.reader.get(&format!("/api/public/v1/sites/seeblick.example/{path}"))
    }

    fn titles(&self, path: &str) -> (u64, Vec<String>) {
        let list = self.public(path).expect(200).json();
        let titles = list["results"].as_array().unwrap().iter().map(|one| one["title"].as_str().unwrap().to_owned());
        (list["count"].as_u64().unwrap(), titles.collect())
    }

    fn guest(&self) -> Client {
        self.server.client().with("host", "seeblick.example")
    }
}

fn offer(title: &str, visible: &Value) -> Value {
    json!({"title": {"en": title, "de": title}, "visible": visible})
}

#[test]
fn an_offer_for_march_is_there_in_march_by_the_clock_of_its_town() {
    let told = told();
    told.be("2026-02-10T12:00:00Z");
    told.publish(&offer("Always", &json!({})), "offer");
    told.publish(&offer("March", &json!({"from": "2026-03-01", "until": "2026-04-01"})), "offer");
    told.publish(&offer("Until the clocks change", &json!({"until": "2026-03-29T02:30"})), "offer");
    let page = json!({
        "title": {"en": "Spring", "de": "Frühling"},
        "show_in_menu": true,
        "visible": {"from": "2026-03-01T00:00"},
        "sections": [
            {"type": "hero", "title": {"en": "Now in spring", "de": "Jetzt im Frühling"}},
            {"type": "hero", "title": {"en": "Only in March", "de": "Nur im März"}, "visible": {"until": "2026-04-01T00:00"}},
        ],
    });
    told.publish(&page, "page");
    // Every second of the way nobody publishes: the clock alone moves. 2026-03-29 is the night in which clocks jump.
    for (instant, offers, is_page_there, sections) in [
        ("2026-02-28T22:58:30Z", vec!["Always", "Until the clocks change"], false, 0),
        ("2026-02-28T23:00:01Z", vec!["Always", "March", "Until the clocks change"], true, 2),
        ("2026-03-29T00:58:30Z", vec!["Always", "March", "Until the clocks change"], true, 2),
        ("2026-03-29T01:00:01Z", vec!["Always", "March"], true, 2),
        ("2026-03-31T21:58:30Z", vec!["Always", "March"], true, 2),
        ("2026-03-31T22:00:01Z", vec!["Always"], true, 1),
    ] {
        told.be(instant);
        let (count, titles) = told.titles("offers/");
        assert_eq!(
            (count, titles),
            (offers.len() as u64, offers.iter().map(|one| (*one).to_owned()).collect()),
            "{instant}"
        );
        // The count is right on a page that does not hold all, in the chain of two languages too.
        let (count, titles) = told.titles("offers/?page_size=1&locale=de");
        assert_eq!((count, titles), (offers.len() as u64, vec!["Always".to_owned()]), "{instant}");
        let is_march = offers.contains(&"March");
        assert_eq!(told.public("offers/march/").status, if is_march { 200 } else { 404 }, "{instant}");
        assert_eq!(told.public("pages/spring/").status, if is_page_there { 200 } else { 404 }, "{instant}");
        let website = told.guest();
        assert_eq!(website.get("/spring").status, if is_page_there { 200 } else { 404 }, "{instant}");
        assert_eq!(website.get("/").expect(200).text().contains("Spring"), is_page_there, "the menu at {instant}");
        assert_eq!(website.get("/sitemap.xml").expect(200).text().contains("/spring<"), is_page_there, "{instant}");
        if is_page_there {
            let page = told.public("pages/spring/").expect(200).json();
            assert_eq!(page["sections"].as_array().unwrap().len(), sections, "{instant}");
            assert_eq!(page["visible"], json!({"from": "2026-02-28T23:00:00Z"}));
            assert_eq!(website.get("/spring").text().contains("Only in March"), sections == 2, "{instant}");
        }
    }
}

#[test]
fn a_kept_answer_ends_with_the_window_and_says_so_to_caches() {
    let told = told();
    told.be("2026-05-01T12:00:00Z");
    told.publish(&offer("May", &json!({"until": "2026-06-01"})), "offer");
    let path = "/api/public/v1/sites/seeblick.example/offers/";
    told.be("2026-05-31T21:58:30Z");
    let before = wait_until("the offer", || {
        let answer = told.group.reader.get(path).expect(200);
        (answer.json()["count"] == 1).then_some(answer)
    });
    let tag = before.header("etag").unwrap().to_owned();
    let asking = told.group.reader.with("if-none-match", &tag);
    asking.get(path).expect(304);
    // A cache in between that believed in an hour would go on showing the page.
    let map = told.guest().get("/sitemap.xml").expect(200);
    assert_eq!(map.header("cache-control"), Some("public, no-cache"));
    told.be("2026-05-31T22:00:01Z");
    let after = asking.get(path).expect(200);
    assert_ne!(after.header("etag"), Some(tag.as_str()));
    assert_eq!(after.json()["count"], 0);
}

#[test]
fn what_refers_to_something_hidden_does_not_show_it() {
    let told = told();
    told.be("2026-05-01T12:00:00Z");
    let hidden = told
        .publish(&json!({"name": {"en": "Ice rink", "de": "Eisbahn"}, "visible": {"from": "2026-12-01"}}), "amenity");
    let room = json!({"name": {"en": "Rink room", "de": "Zimmer"}, "amenities": [hidden["id"]]});
    told.publish(&room, "room");
    let amenities = |instant: &str| {
        told.be(instant);
        told.public("rooms/rink-room/").expect(200).json()["amenities"].as_array().unwrap().len()
    };
    assert_eq!(amenities("2026-11-30T22:58:30Z"), 0);
    assert_eq!(amenities("2026-11-30T23:00:01Z"), 1);
}

#[test]
fn another_time_zone_of_the_site_moves_its_windows() {
    let told = told();
    told.be("2026-05-01T12:00:00Z");
    told.publish(&offer("June", &json!({"from": "2026-06-01"})), "offer");
    told.be("2026-05-31T22:00:01Z");
    assert_eq!(told.public("offers/june/").status, 200);
    let path = format!("/api/v1/sites/{}/", told.group.site_id);
    told.owner().patch(&path, &json!({"time_zone": "America/New_York"})).expect(200);
    wait_until("the views of the new zone", || (told.public("offers/june/").status == 404).then_some(()));
    told.be("2026-06-01T04:00:01Z");
    assert_eq!(told.public("offers/june/").status, 200);
}

#[test]
fn a_window_is_checked_like_every_other_field() {
    let told = told();
    let path = format!("/api/v1/sites/{}/entries/", told.group.site_id);
    for (visible, expected) in [
        (json!({"from": "soon"}), Err(("/document/visible/from", "date_time_invalid"))),
        (json!({"from": "2026-02-30"}), Err(("/document/visible/from", "date_time_invalid"))),
        (json!({"from": "2026-03-01", "until": "2026-03-01T00:00"}), Err(("/document/visible/until", "window_empty"))),
        (json!({"to": "2026-03-01"}), Err(("/document/visible/to", "field_unknown"))),
        (
            json!({"from": "2026-03-01", "until": "2026-03-01 00:01"}),
            Ok(json!({"from": "2026-03-01T00:00", "until": "2026-03-01T00:01"})),
        ),
        (json!({"from": "2026-03-01T08:15:00"}), Ok(json!({"from": "2026-03-01T08:15"}))),
    ] {
        let answer = told.group.owner.client.post(&path, &json!({"type": "offer", "document": offer("One", &visible)}));
        match expected {
            Ok(kept) => assert_eq!(answer.expect(201).json()["document"]["visible"], kept),
            Err((pointer, code)) => {
                let problem = answer.expect(422).json();
                assert_eq!(
                    (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
                    (&json!(pointer), &json!(code)),
                    "{problem}"
                );
            }
        }
    }
}

#[test]
fn what_belongs_to_a_house_goes_by_the_clocks_of_the_house() {
    let told = told();
    let site = &told.group.site_id;
    let house =
        told.publish(&json!({"name": {"en": "Harbour", "de": "Hafen"}, "time_zone": "America/New_York"}), "property");
    let id = house["id"].as_str().unwrap();
    let mut spring = offer("Spring", &json!({"from": "2031-03-01", "until": "2031-04-01"}));
    spring["property"] = json!(id);
    let made = told.publish(&spring, "offer");
    told.publish(&offer("Lake spring", &json!({"from": "2031-03-01"})), "offer");
    let offers = |told: &Told| told.titles("offers/").1;
    for (instant, expected) in [
        ("2031-02-28T23:30:00Z", &["Lake spring"][..]),
        ("2031-03-01T04:59:00Z", &["Lake spring"]),
        ("2031-03-01T05:00:01Z", &["Lake spring", "Spring"]),
        ("2031-04-01T03:59:00Z", &["Lake spring", "Spring"]),
        ("2031-04-01T04:00:01Z", &["Lake spring"]),
    ] {
        told.be(instant);
        wait_until(instant, || {
            let mut titles = offers(&told);
            titles.sort();
            (titles == expected).then_some(())
        });
    }
    // What is planned goes by them too, and says so.
    told.be("2031-04-02T00:00:00Z");
    let owner = told.owner();
    let entry = format!("/api/v1/sites/{site}/entries/{}/", made["id"].as_str().unwrap());
    let plan = json!({"action": "unpublish", "local_time": "2031-05-01T09:00"});
    let planned = owner.post(&format!("{entry}schedules/"), &plan).expect(201).json();
    assert_eq!(
        (&planned["time_zone"], &planned["fires_at"]),
        (&json!("America/New_York"), &json!("2031-05-01T13:00:00Z"))
    );
    // The house moves, and what belongs to it with it.
    let path = format!("/api/v1/sites/{site}/entries/{id}/");
    let mut document = house["document"].clone();
    document["time_zone"] = json!("Mars/Phobos");
    let refused = owner.put(&path, &json!({"revision": 1, "document": document})).expect(422).json();
    assert_eq!(refused["errors"][0]["code"], "time_zone_unknown");
    document["time_zone"] = json!("Pacific/Auckland");
    let saved = owner.put(&path, &json!({"revision": 1, "document": document})).expect(200).json();
    owner.post(&format!("{path}publish/"), &json!({"revision": saved["revision"]})).expect(200);
    told.server.wait_for_quiet_queue();
    told.be("2031-02-28T12:00:00Z");
    wait_until("the new clocks", || (offers(&told) == ["Spring"]).then_some(()));
}
