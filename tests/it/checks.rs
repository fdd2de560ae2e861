//! Checks at publish: what is claimed against the facts, what is missing, what has ended; warned of or refused, as the
//! organization says.

use serde_json::{Value, json};

use super::support::{Client, Group, Server, Story, furnish, join, publish, set_up, sign_in, wait_for};

const PROMISED: std::time::Duration = std::time::Duration::from_secs(10);

struct Told {
    server: Server,
    group: Group,
    property: String,
}

/// A group whose only hotel asks for money for parking and has no pool.
fn told() -> Told {
    let server = Server::start_new();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    let client = &group.owner.client;
    let entries = entries_path(&group.site_id);
    let found = client.get(&format!("{entries}?type=property")).expect(200).json();
    let property = found["results"][0]["id"].as_str().unwrap().to_owned();
    let document = json!({
        "name": {"en": "Seeblick", "de": "Seeblick"},
        "parking_included": false,
        "check_in_from": "15:00",
        "amenity_codes": [{"code": "pool", "status": "no"}],
    });
    let path = format!("{entries}{property}/");
    let saved = client.put(&path, &json!({"revision": 1, "document": document})).expect(200).json();
    client.post(&format!("{path}publish/"), &json!({"revision": saved["revision"]})).expect(200);
    Told { server, group, property }
}

fn entries_path(site: &str) -> String {
    format!("/api/v1/sites/{site}/entries/")
}

/// A page whose opening section says this.
fn page(en: &str, de: &str) -> Value {
    json!({"title": {"en": "Stay", "de": "Wohnen"}, "sections": [
        {"id": "s1", "type": "hero", "description": {"en": en, "de": de}},
    ]})
}

/// One paragraph in English.
fn rich(text: &str) -> Value {
    json!({"en": {"root": {"type": "root", "children": [
        {"type": "paragraph", "children": [{"type": "text", "text": text, "format": 0}]},
    ]}}})
}

impl Told {
    fn client(&self) -> &Client {
        &self.group.owner.client
    }

    /// Makes a draft; answers its path.
    fn draft(&self, content_type: &str, document: &Value) -> String {
        let entries = entries_path(&self.group.site_id);
        let made =
            self.client().post(&entries, &json!({"type": content_type, "document": document})).expect(201).json();
        format!("{entries}{}/", made["id"].as_str().unwrap())
    }

    /// Publishes the hotel with these facts.
    fn hotel(&self, facts: Value) {
        let path = format!("{}{}/", entries_path(&self.group.site_id), self.property);
        let revision = self.client().get(&path).expect(200).json()["revision"].clone();
        let mut document = json!({"name": {"en": "Seeblick", "de": "Seeblick"}});
        document.as_object_mut().unwrap().extend(facts.as_object().unwrap().clone());
        let saved = self.client().put(&path, &json!({"revision": revision, "document": document})).expect(200).json();
        self.client().post(&format!("{path}publish/"), &json!({"revision": saved["revision"]})).expect(200);
    }

    /// Publishes this as what the brand says of hotels.
    fn brand(&self, fields: &Value) {
        let path = "/api/v1/brand/types/property/";
        let revision = self.client().get(path).expect(200).json()["revision"].clone();
        let saved = self.client().put(path, &json!({"revision": revision, "fields": fields})).expect(200).json();
        self.client().post(&format!("{path}publish/"), &json!({"revision": saved["revision"]})).expect(200);
    }

    /// The rules that a page with this text breaks.
    fn broken_by(&self, text: &str) -> Vec<String> {
        let findings = self.findings(&self.draft("page", &page(text, "Wohnen am See")));
        let mut broken: Vec<_> =
            findings.as_array().unwrap().iter().map(|one| one["rule"].as_str().unwrap().to_owned()).collect();
        broken.sort();
        broken
    }

    fn findings(&self, path: &str) -> Value {
        self.client().post(&format!("{path}checks/"), &json!({})).expect(200).json()["findings"].clone()
    }

    fn set(&self, levels: &Value) {
        self.client().put("/api/v1/checks/", &json!({ "levels": levels })).expect(200);
    }

    fn board(&self) -> Value {
        self.client().get(&format!("/api/v1/sites/{}/checks/", self.group.site_id)).expect(200).json()
    }
}

fn rules(findings: &Value) -> Vec<String> {
    let named = findings.as_array().unwrap().iter();
    named
        .map(|one| format!("{} {} {}", one["rule"].as_str().unwrap(), one["pointer"].as_str().unwrap(), one["locale"]))
        .collect()
}

#[test]
fn what_a_text_claims_against_the_facts_is_told_and_may_be_published() {
    let told = told();
    let path = told.draft("page", &page("Free parking and a heated pool.", "Leider kein kostenloser Parkplatz."));
    let expected =
        ["free_parking /sections/0/description/en \"en\"", "pool /sections/0/description/en \"en\""].map(str::to_owned);
    assert_eq!(rules(&told.findings(&path)), expected);
    let published = told.client().post(&format!("{path}publish/"), &json!({"revision": 1})).expect(200).json();
    assert_eq!(rules(&published["warnings"]), expected);
    assert_eq!((&published["published"], &published["type"]), (&json!({"de": 1, "en": 1}), &json!("page")));
    let detail = published["warnings"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("“Free parking”") && detail.contains("parking is to be paid"), "{detail}");
    // A language that claims nothing has no warning.
    let again =
        told.client().post(&format!("{path}publish/"), &json!({"revision": 1, "locales": ["de"]})).expect(200).json();
    assert_eq!(again["warnings"], json!([]));
}

#[test]
fn what_a_rule_refuses_is_not_published_by_any_way() {
    let told = told();
    let client = told.client();
    told.set(&json!({"free_parking": "block", "pool": "off"}));
    let document = page("Free parking and a heated pool.", "Wohnen am See");
    let path = told.draft("page", &document);
    let id = path.trim_end_matches('/').rsplit('/').next().unwrap().to_owned();
    let refused = client.post(&format!("{path}publish/"), &json!({"revision": 1})).expect(422).json();
    assert_eq!(refused["code"], "checks_failed");
    let errors = refused["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!(
        (&errors[0]["pointer"], &errors[0]["code"]),
        (&json!("/document/sections/0/description/en"), &json!("free_parking"))
    );
    assert_eq!(client.get(&path).expect(200).json()["published"], json!({}), "nothing was published");
    // The language that is right goes live alone.
    client.post(&format!("{path}publish/"), &json!({"revision": 1, "locales": ["de"]})).expect(200);
    // At once with its making.
    let at_once = json!({"type": "page", "document": document, "publish": true});
    assert_eq!(client.post(&entries_path(&told.group.site_id), &at_once).expect(422).code(), "checks_failed");
    // With many.
    let bulk = json!({"action": "publish", "entries": [{"id": id, "revision": 1}]});
    let done = client.post(&format!("/api/v1/sites/{}/bulk/", told.group.site_id), &bulk).expect(200).json();
    assert_eq!(done["results"][0]["problem"]["code"], "checks_failed");
    // In a release.
    let release = client.post("/api/v1/releases/", &json!({"name": "Summer"})).expect(201).json();
    let release = format!("/api/v1/releases/{}/", release["id"].as_str().unwrap());
    let item = json!({"site_id": told.group.site_id, "action": "publish", "locales": ["en"]});
    client.put(&format!("{release}items/{id}/"), &item).expect(200);
    let refused = client.post(&format!("{release}publish/"), &json!({})).expect(409).json();
    assert_eq!(refused["errors"][0]["code"], "checks_failed");
    // What is said of no rule goes back to what it comes with.
    told.set(&json!({}));
    let now = client.post(&format!("{path}publish/"), &json!({"revision": 1})).expect(200).json();
    assert_eq!(now["warnings"].as_array().unwrap().len(), 2);
}

#[test]
fn what_the_brand_says_of_a_hotel_contradicts_claims_as_its_own_facts_do() {
    let told = told();
    let client = told.client();
    told.hotel(json!({"check_out_until": "12:00"}));
    told.brand(&json!({
        "check_in_from": {"mode": "inherit", "value": "16:00"},
        "check_out_until": {"mode": "locked", "value": "10:00"},
        "children": {"mode": "inherit", "value": {"are_welcome": true}},
    }));
    let text = "Check-in from 14:00. Check-out until 12:00. Adults only.";
    let all = ["adults_only", "check_in_time", "check_out_time"];
    assert_eq!(told.broken_by(text), all);
    assert_eq!(told.broken_by("Check-in from 16:00. Check-out until 10:00."), [""; 0]);
    let path = told.draft("page", &page(text, "Check-in ab 14:00 Uhr"));
    let published = client.post(&format!("{path}publish/"), &json!({"revision": 1})).expect(200).json();
    let warned = rules(&published["warnings"]);
    assert_eq!(warned.len(), 4, "{warned:?}");
    let details = published["warnings"].to_string();
    assert!(details.contains("check in from 16:00") && details.contains("until 10:00"), "{details}");

    // So is what is made and published at once.
    told.set(&json!({"check_in_time": "block"}));
    let at_once = json!({"type": "page", "document": page(text, "Wohnen"), "publish": true});
    assert_eq!(client.post(&entries_path(&told.group.site_id), &at_once).expect(422).code(), "checks_failed");

    // Where the hotel says something itself, that counts, unless the brand has locked it.
    told.hotel(json!({"check_in_from": "14:00", "children": {"are_welcome": false}}));
    assert_eq!(told.broken_by(text), ["check_out_time"]);

    // A hotel's own texts are held against both as well.
    let house = told.draft("property", &json!({"name": {"en": "Annex"}, "description": rich("Check-in from 14:00.")}));
    assert_eq!(rules(&told.findings(&house)), ["check_in_time /description/en \"en\""]);
}

#[test]
fn a_draft_of_another_hotel_switches_no_check_off() {
    let told = told();
    let client = told.client();
    told.set(&json!({"free_parking": "block"}));
    let path = told.draft("page", &page("Free parking.", "Wohnen am See"));
    let publishing = || client.post(&format!("{path}publish/"), &json!({"revision": 1}));
    publishing().expect(422);
    let hotel = format!("{}{}/", entries_path(&told.group.site_id), told.property);
    let copy = client.post(&format!("{hotel}copy/"), &json!({})).expect(201).json();
    assert_eq!(told.broken_by("Free parking."), ["free_parking"]);
    assert_eq!(publishing().expect(422).code(), "checks_failed");

    // Where visitors see no hotel yet, the draft of the only one counts.
    client.post(&format!("{hotel}unpublish/"), &json!({})).expect(200);
    client.delete(&format!("{}{}/", entries_path(&told.group.site_id), copy["entry"]["id"].as_str().unwrap()));
    assert_eq!(told.broken_by("Free parking."), ["free_parking"]);
}

#[test]
fn with_several_hotels_a_claim_is_held_against_the_one_that_is_meant_or_against_all() {
    let told = told();
    let site = &told.group.site_id;
    let second = json!({"name": {"en": "Bergblick"}, "parking_included": false, "check_in_from": "16:00",
        "amenity_codes": [{"code": "pool", "status": "yes"}]});
    let second = publish(told.client(), site, "property", &second);
    // None of them has free parking, one of them has a pool.
    assert_eq!(told.broken_by("Free parking and a heated pool."), ["free_parking"]);
    let findings = told.findings(&told.draft("page", &page("Check-in from 14:00.", "Wohnen")));
    let detail = findings[0]["detail"].as_str().unwrap();
    assert!(detail.contains("from 15:00 / 16:00"), "{detail}");
    assert_eq!(told.broken_by("Check-in from 15:00."), [""; 0]);
    // A room says whose it is.
    let pool = |property: &str| {
        let room = json!({"name": {"en": "Room"}, "property": property, "description": rich("Swim in our pool.")});
        rules(&told.findings(&told.draft("room", &room)))
    };
    assert_eq!(pool(&told.property), ["pool /description/en \"en\""]);
    assert_eq!(pool(&second), [""; 0]);
}

#[test]
fn a_spa_and_a_lift_are_found_however_a_text_says_them() {
    let told = told();
    told.hotel(json!({"amenity_codes": [{"code": "spa", "status": "no"}, {"code": "lift", "status": "no"}]}));
    for text in ["Relax in our spa.", "The hotel spa is open daily.", "An award-winning spa awaits you."] {
        assert_eq!(told.broken_by(text), ["spa"], "{text}");
    }
    for text in ["There is an elevator.", "Take our lift.", "The house has a lift."] {
        assert_eq!(told.broken_by(text), ["lift"], "{text}");
    }
    for text in ["There is no elevator.", "The ski lift is near.", "A public spa nearby."] {
        assert_eq!(told.broken_by(text), [""; 0], "{text}");
    }
}

#[test]
fn pictures_links_and_unfinished_texts_are_named_in_their_language() {
    let told = told();
    let hidden = told.draft("room", &json!({"name": {"en": "Hidden room"}, "property": told.property}));
    let document = json!({
        "title": {"en": "Stay TK", "de": "Wohnen"},
        "seo": {"image": {"url": "/media/a.jpg", "alt": {"en": "The lake"}}},
        "sections": [
            {"id": "s1", "type": "hero", "image": {"url": "https://pictures.example/b.jpg"},
             "cta": {"text": {"en": "Go"}, "url": "/rooms/hidden-room"}},
        ],
    });
    let path = told.draft("page", &document);
    let mut found = rules(&told.findings(&path));
    found.sort();
    assert_eq!(
        found,
        [
            "alt_missing /sections/0/image \"de\"",
            "alt_missing /sections/0/image \"en\"",
            "alt_missing /seo/image \"de\"",
            "link_broken /sections/0/cta/url null",
            "placeholder_text /title/en \"en\"",
        ]
    );
    told.client().post(&format!("{hidden}publish/"), &json!({"revision": 1})).expect(200);
    assert!(!rules(&told.findings(&path)).iter().any(|one| one.starts_with("link_broken")), "the room is there now");
}

#[test]
fn a_second_home_page_is_told_before_it_vanishes() {
    let told = told();
    let pages = told.client().get(&format!("{}?type=page", entries_path(&told.group.site_id))).expect(200).json();
    let first = pages["results"].as_array().unwrap().iter().find(|one| one["document"]["is_homepage"] == true).unwrap();
    let first = format!("{}{}/", entries_path(&told.group.site_id), first["id"].as_str().unwrap());
    assert_eq!(rules(&told.findings(&first)), Vec::<String>::new());
    let second = told.draft("page", &json!({"title": {"en": "Anew", "de": "Neu"}, "is_homepage": true}));
    let published = told.client().post(&format!("{second}publish/"), &json!({"revision": 1})).expect(200).json();
    assert_eq!(rules(&published["warnings"]), ["home_page_second /is_homepage null"]);
    assert!(published["warnings"][0]["detail"].as_str().unwrap().contains("“Home”"), "{published}");
    told.client().post(&format!("{first}unpublish/"), &json!({})).expect(200);
    assert_eq!(rules(&told.findings(&second)), Vec::<String>::new());
}

#[test]
fn an_accessible_room_says_what_a_guest_must_know() {
    let told = told();
    let room = json!({"name": {"en": "Garden room", "de": "Gartenzimmer"}, "accessible": {"is_accessible": true, "doorway_cm": 90,
        "bathing": "roll_in_shower", "has_visual_alarm": false}});
    let path = told.draft("room", &room);
    let mut found = rules(&told.findings(&path));
    found.sort();
    assert_eq!(
        found,
        [
            "accessible_room_facts /accessible/bed_height_cm null",
            "accessible_room_facts /accessible/has_hearing_kit null",
            "accessible_room_facts /accessible/has_toilet_bars null",
            "accessible_room_facts /accessible/is_step_free null",
            "accessible_room_facts /accessible/turning_circle_cm null",
        ]
    );
    let plain = told.draft("room", &json!({"name": {"en": "Hill room", "de": "Bergzimmer"}}));
    assert_eq!(told.findings(&plain), json!([]));
}

#[test]
fn what_ends_is_told_before_and_after_without_anybody_publishing() {
    let told = told();
    let client = told.client();
    let day = |days: i64| {
        let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::get("Europe/Zurich").unwrap());
        now.date().checked_add(jiff::Span::new().days(days)).unwrap().to_string()
    };
    let site = &told.group.site_id;
    publish(client, site, "offer", &json!({"title": {"en": "Over", "de": "Vorbei"}, "stay_until": day(-2)}));
    let soon = publish(client, site, "offer", &json!({"title": {"en": "Soon", "de": "Bald"}, "stay_until": day(10)}));
    publish(client, site, "offer", &json!({"title": {"en": "Later", "de": "Später"}, "stay_until": day(90)}));
    let rates = json!({"name": {"en": "Lake room", "de": "Seezimmer"}, "rates": [
        {"id": "r1", "start_date": day(-60), "end_date": day(-30)}, {"id": "r2", "start_date": day(-29), "end_date": day(60)},
    ]});
    publish(client, site, "room", &rates);
    let board = told.board();
    assert_eq!((&board["count"], &board["results"][0]["title"]), (&json!(1), &json!("Over")));
    assert_eq!(rules(&board["results"][0]["findings"]), ["price_expired /stay_until null"]);
    let endings = board["ending_soon"].as_array().unwrap();
    assert_eq!(endings.len(), 1, "{endings:?}");
    assert_eq!((&endings[0]["entry"], &endings[0]["on"]), (&json!(soon), &json!(day(10))));

    // Two weeks later the nightly job has found what nobody has touched.
    told.server.set_clock_offset(14 * 24 * 3600);
    let client = sign_in(&told.server, &told.group.owner.email, Some(&told.group.organization_id)).client;
    let board = wait_for("the nightly checks", PROMISED, || {
        let board = client.get(&format!("/api/v1/sites/{site}/checks/")).expect(200).json();
        (board["count"] == 2).then_some(board)
    });
    let titles: Vec<_> = board["results"].as_array().unwrap().iter().map(|one| one["title"].clone()).collect();
    assert_eq!(titles, ["Over", "Soon"]);
    // What is taken from the visitors is no longer told.
    client.post(&format!("{}{soon}/unpublish/", entries_path(site)), &json!({})).expect(200);
    assert_eq!(client.get(&format!("/api/v1/sites/{site}/checks/")).expect(200).json()["count"], 1);
}

#[test]
fn owners_and_admins_say_what_rules_do() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let listed = story.viewer.client.get("/api/v1/checks/").expect(200).json();
    let free = |listed: &Value| {
        let rules = listed["results"].as_array().unwrap();
        rules.iter().find(|rule| rule["name"] == "free_parking").unwrap()["level"].clone()
    };
    assert_eq!(free(&listed), "warn");
    let wish = json!({"levels": {"free_parking": "block"}});
    for client in [&story.viewer.client, &story.editor.client] {
        client.put("/api/v1/checks/", &wish).expect(403);
    }
    assert_eq!(free(&story.admin.client.put("/api/v1/checks/", &wish).expect(200).json()), "block");
    assert_eq!(free(&story.alp.owner.client.get("/api/v1/checks/").expect(200).json()), "warn", "of the other group");
    let unknown = json!({"levels": {"no_such_rule": "block"}});
    let refused = story.lake.owner.client.put("/api/v1/checks/", &unknown).expect(422).json();
    assert_eq!(refused["errors"][0]["code"], "rule_unknown");
    let audit = story.lake.owner.client.get("/api/v1/audit/?limit=100").expect(200).text();
    assert!(audit.contains("checks.changed"), "{audit}");
    let foreign = format!("/api/v1/sites/{}/", story.lake.site_id);
    let stranger = &story.alp.owner.client;
    stranger.get(&format!("{foreign}checks/")).expect(404);
    stranger.post(&format!("{foreign}entries/{}/checks/", story.lake.room_id), &json!({})).expect(404);
    // Who leaves a hotel out of the team sees nothing of it either.
    let editor = join(&server, &story.lake, "second@lake.example", "editor");
    editor.client.post(&format!("{foreign}entries/{}/checks/", story.lake.room_id), &json!({})).expect(200);
}
