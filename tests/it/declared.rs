//! Every declared type and section, taken from what the program itself says of them: written in two languages, published,
//! read back, and shown on a website. A new file under `assets/` is tested by being there.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    media::upload,
    support::{Client, Group, Server, furnish, set_up},
};

const LANGUAGES: [&str; 2] = ["en", "de"];

fn told() -> (Server, Group) {
    let server = Server::options().env("GAMMACMS_RATE_LIMIT_PER_MINUTE", "100000").start();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    (server, group)
}

/// Makes values that keep to a declaration.
struct Samples {
    /// An entry of each type, to be referred to.
    entries: BTreeMap<String, String>,
    /// A code of each dictionary.
    codes: BTreeMap<String, String>,
    /// A file of the library.
    file: String,
    /// Whether only what publishing asks for is filled in.
    is_least: bool,
}

impl Samples {
    fn fields(&self, fields: &Value, place: &str) -> Value {
        let mut object = Map::new();
        for field in fields.as_array().unwrap() {
            if self.is_least && field["required"] != true {
                continue;
            }
            let name = field["name"].as_str().unwrap();
            let place = format!("{place} {name}");
            let value = if name == "visible" {
                // Every type and section has it; another window would hide what is to be read.
                let mut shown = json!({ "from": "2020-05-04T10:30", "until": "2099-05-04" });
                if field["fields"].as_array().unwrap().iter().any(|part| part["name"] == "languages") {
                    shown["languages"] = json!(LANGUAGES);
                    shown["devices"] = json!("large");
                }
                shown
            } else if field["localized"] == true {
                let texts =
                    LANGUAGES.map(|language| (language.to_owned(), self.value(field, &format!("{place} {language}"))));
                Value::Object(texts.into_iter().collect())
            } else {
                self.value(field, &place)
            };
            if !value.is_null() {
                object.insert(name.to_owned(), value);
            }
        }
        Value::Object(object)
    }

    fn value(&self, kind: &Value, place: &str) -> Value {
        let between = |one: f64| {
            let (min, max) = (kind["min"].as_f64().unwrap_or(one), kind["max"].as_f64().unwrap_or(one));
            one.clamp(min, max)
        };
        match kind["kind"].as_str().unwrap() {
            // A text that has to be a name that others know.
            "text" if place.ends_with("time_zone") => json!("Europe/Vienna"),
            "text" => {
                json!(
                    place
                        .chars()
                        .rev()
                        .take(usize::try_from(kind["max_length"].as_u64().unwrap()).unwrap())
                        .collect::<String>()
                )
            }
            "rich_text" => json!(place),
            "integer" => json!(7.clamp(kind["min"].as_i64().unwrap(), kind["max"].as_i64().unwrap())),
            "number" => json!(between(7.5)),
            "money" => json!("12.50"),
            "boolean" => json!(true),
            "date" => json!("2034-05-04"),
            "time" => json!("10:30"),
            "date_time" => json!("2034-05-04T10:30"),
            "enum" => kind["options"][0]["value"].clone(),
            "choices" => {
                let options = kind["options"].as_array().unwrap().iter().rev();
                options.map(|option| option["value"].clone()).collect()
            }
            "list" => {
                let item = self.value(&kind["item"], place);
                if item.is_null() { Value::Null } else { json!([item]) }
            }
            "group" | "address" | "date_range" | "opening_hours" => self.fields(&kind["fields"], place),
            "season" => json!({ "from": "11-01", "to": "03-15" }),
            "weekdays" => json!(["mon", "sun"]),
            "hours" => json!([{ "from": "18:00", "to": "01:00", "last_orders": "22:30" }]),
            "code" => json!(self.codes[kind["dictionary"].as_str().unwrap()]),
            "codes" => {
                let mut one = self.fields(&kind["fields"], place);
                one["code"] = json!(self.codes[kind["dictionary"].as_str().unwrap()]);
                json!([one])
            }
            "country" => json!("CH"),
            "slug" => json!("lake-room"),
            "file" => json!({ "media": self.file, "label": { "en": place, "de": place } }),
            "reference" => self.entries.get(kind["to"].as_str().unwrap()).map_or(Value::Null, |id| json!(id)),
            "image" => json!({ "url": "/media/demo/ankerhof-harbour.svg", "alt": { "en": place, "de": place } }),
            "url" => json!("https://seeblick.example/there"),
            "email" => json!("house@seeblick.example"),
            "phone" => json!("+41 71 555 01 40"),
            "geo" => json!({ "latitude": 47.5, "longitude": 9.5 }),
            "colour" => json!("#33605f"),
            "currency" => json!("CHF"),
            "text_map" => json!({ "floor": place }),
            "sections" => Value::Null,
            other => panic!("what is a right value of the kind {other}?"),
        }
    }
}

/// What stands in a value once it is stored: choices in their declared order.
fn options_of(kind: &Value) -> Value {
    kind["options"].as_array().unwrap().iter().map(|option| option["value"].clone()).collect()
}

fn make(client: &Client, group: &Group, body: &Value) -> Value {
    let answer = client.post(&format!("/api/v1/sites/{}/entries/", group.site_id), body);
    assert_eq!(answer.status, 201, "{}\n{body:#}", answer.text());
    answer.json()
}

/// What is told to nobody outside: see `content::types::Role::inner_fields`.
const INNER: [&str; 6] = ["recipients", "reply", "retention_days", "codes", "further", "room_codes"];

/// A document as the role of its type wants it: a redirect leads from a path, a menu's item to one place.
fn in_role(declared: &Value, mut document: Value, name: &str) -> Value {
    match declared["role"].as_str() {
        Some("redirect") => {
            document["from"] = json!(format!("/{name}-address"));
            document["to"] = json!("/rooms");
        }
        Some("menu") if document.get("items").is_some() => without_urls(&mut document["items"]),
        Some("form") => {
            for (number, question) in document["fields"].as_array_mut().unwrap().iter_mut().enumerate() {
                question["key"] = json!(format!("question_{number}"));
                question["autocomplete"] = json!("email");
            }
        }
        Some("booking_engine") => {
            document["engine"] = json!("custom");
            document["template"] = json!("https://engine.example/?arrive={checkin}");
        }
        _ => {}
    }
    document
}

fn without_urls(items: &mut Value) {
    for item in items.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        item.remove("url");
        if let Some(below) = item.get_mut("items") {
            without_urls(below);
        }
    }
}

/// Every type's declaration, and an entry of each that others can refer to.
fn declared(group: &Group) -> (Value, Samples) {
    let client = &group.owner.client;
    let declared = client.get("/api/v1/types/").expect(200).json();
    let dictionaries = client.get("/api/v1/dictionaries/").expect(200).json();
    let first = |one: &Value| {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&one["name"]), text(&one["terms"][0]["code"]))
    };
    let codes: BTreeMap<_, _> = dictionaries.as_array().unwrap().iter().map(first).collect();
    let file = upload(client, "wine-list.pdf", b"%PDF-1.7 wine", 201)["id"].as_str().unwrap().to_owned();
    let least = Samples { entries: BTreeMap::new(), codes: codes.clone(), file: file.clone(), is_least: true };
    let mut entries = BTreeMap::new();
    for one in declared["types"].as_array().unwrap() {
        let name = one["name"].as_str().unwrap();
        let document = in_role(one, least.fields(&one["fields"], "least"), "least");
        let made = make(client, group, &json!({ "type": name, "document": document, "publish": true }));
        entries.insert(name.to_owned(), made["id"].as_str().unwrap().to_owned());
    }
    (declared, Samples { entries, codes, file, is_least: false })
}

#[test]
fn every_type_is_written_translated_published_and_read() {
    let (_server, group) = told();
    let (declared, samples) = declared(&group);
    let client = &group.owner.client;
    for one in declared["types"].as_array().unwrap() {
        let (name, plural) = (one["name"].as_str().unwrap(), one["plural"].as_str().unwrap());
        let document = in_role(one, samples.fields(&one["fields"], "full"), "full");
        let made = make(client, &group, &json!({ "type": name, "document": document, "publish": true }));
        assert_eq!(made["published"], json!({ "de": 1, "en": 1 }), "{name}");
        for field in one["fields"].as_array().unwrap().iter().filter(|field| field["kind"] == "choices") {
            let field_name = field["name"].as_str().unwrap();
            assert_eq!(made["document"][field_name], options_of(field), "{name} {field_name}");
        }
        // A menu is found by where it stands, and a redirect leads elsewhere: tests of their own read them.
        if one["role"] == "menu" || one["role"] == "redirect" {
            group.reader.get(&format!("/api/public/v1/sites/{}/{plural}/", group.domain)).expect(200);
            continue;
        }
        let slug = made["slug"].as_str().unwrap();
        for language in LANGUAGES {
            let path = format!("/api/public/v1/sites/{}/{plural}/{slug}/?locale={language}", group.domain);
            let shown = group.reader.get(&path).expect(200).json();
            let is_teams = |name: &str| {
                let mut fields = one["fields"].as_array().unwrap().iter();
                fields.any(|field| field["name"] == name && field["visibility"] == "team")
            };
            for field_name in document.as_object().unwrap().keys().filter(|name| is_teams(name)) {
                assert_eq!(made["document"][field_name], document[field_name], "{name} {field_name}");
                assert!(shown.get(field_name).is_none(), "{name}: {field_name} is the team's, and in {shown:#}");
            }
            let is_shown = |name: &str| !is_teams(name) && (one["role"].is_null() || !INNER.contains(&name));
            for (field_name, value) in document.as_object().unwrap().iter().filter(|(name, _)| is_shown(name)) {
                let read = &shown[field_name];
                assert!(!read.is_null(), "{name}: {field_name} is not in {shown:#}");
                if value[language].is_string() && !read.as_str().unwrap_or_default().starts_with("<p>") {
                    assert_eq!(*read, value[language], "{name} {field_name} in {language}");
                }
            }
        }
        let listed = group.reader.get(&format!("/api/public/v1/sites/{}/{plural}/", group.domain)).expect(200).json();
        assert!(listed["count"].as_u64().unwrap() >= 2, "{name}: {listed}");
    }
}

#[test]
fn every_section_is_stored_published_and_shown_on_the_website() {
    let (server, group) = told();
    let (declared, mut samples) = declared(&group);
    let client = &group.owner.client;
    // Sections that show facts, or entries of some kind, have nothing to show of those that have only a name. The hotel comes
    // first: others belong to it.
    let (hotels, others): (Vec<&Value>, Vec<&Value>) =
        declared["types"].as_array().unwrap().iter().partition(|one| one["name"] == "property");
    for one in hotels.into_iter().chain(others).filter(|one| one["role"].is_null() && one["name"] != "page") {
        let name = one["name"].as_str().unwrap();
        let document = samples.fields(&one["fields"], "full");
        let made = make(client, &group, &json!({ "type": name, "document": document, "publish": true }));
        samples.entries.insert(name.to_owned(), made["id"].as_str().unwrap().to_owned());
    }
    let website = server.client().with("host", &group.domain);
    for one in declared["sections"].as_array().unwrap() {
        let name = one["name"].as_str().unwrap();
        let mut section = samples.fields(&one["fields"], "full");
        section["type"] = json!(name);
        section["id"] = json!("only");
        // One that stands for the sections of another entry shows those, under its own heading.
        let embeds = one["embeds"].as_str();
        if let Some(field) = embeds {
            let shared =
                json!({ "title": { "en": "Kept once" }, "sections": [{ "type": "cta", "title": { "en": "First" } }] });
            let kind = one["fields"].as_array().unwrap().iter().find(|one| one["name"] == field).unwrap()["to"].clone();
            section[field] =
                make(client, &group, &json!({ "type": kind, "document": shared, "publish": true }))["id"].clone();
        }
        let document = json!({ "title": { "en": format!("Page of {name}"), "de": format!("Seite von {name}") }, "sections": [section] });
        let made = make(client, &group, &json!({ "type": "page", "document": document, "publish": true }));
        let slug = made["slug"].as_str().unwrap();
        for (language, root) in [("en", ""), ("de", "/de")] {
            let path = format!("/api/public/v1/sites/{}/pages/{slug}/?locale={language}", group.domain);
            let shown = group.reader.get(&path).expect(200).json();
            let read = &shown["sections"][0];
            for field_name in section.as_object().unwrap().keys().filter(|name| embeds != Some(name.as_str())) {
                assert!(!read[field_name].is_null(), "{name}: {field_name} is not in {read:#}");
            }
            let page = website.get(&format!("{root}/{slug}"));
            assert_eq!(page.status, 200, "{name}: {}", page.text());
            if let Some(title) = section["title"][language].as_str() {
                assert!(page.text().contains(title), "{name} does not show its heading in {language}: {}", page.text());
            }
        }
    }
}

#[test]
fn what_is_over_is_shown_no_longer_and_what_was_chosen_stands_in_its_order() {
    let (server, group) = told();
    let client = &group.owner.client;
    let offer = |title: &str, last_day: &str| {
        let document = json!({ "title": { "en": title, "de": title }, "stay_until": last_day });
        let made = make(client, &group, &json!({ "type": "offer", "document": document, "publish": true }));
        made["id"].clone()
    };
    let (over, first, second) =
        (offer("Long gone", "2020-01-31"), offer("Spring", "2099-05-31"), offer("Autumn", "2099-10-31"));
    let page = |name: &str, section: Value| {
        let document = json!({ "title": { "en": name, "de": name }, "sections": [section] });
        make(client, &group, &json!({ "type": "page", "document": document, "publish": true }));
        server.client().with("host", &group.domain).get(&format!("/{name}")).expect(200).text()
    };
    let all = page("all", json!({ "type": "offers_list", "source": "all" }));
    assert!(all.contains("Spring") && all.contains("Autumn") && !all.contains("Long gone"), "{all}");
    let chosen = page("chosen", json!({ "type": "offers_list", "source": "chosen", "entries": [second, over, first] }));
    assert!(chosen.find("Autumn") < chosen.find("Spring") && !chosen.contains("Long gone"), "{chosen}");
    let one = page("one", json!({ "type": "offers_list", "source": "chosen", "entries": [first], "limit": 1 }));
    assert!(one.contains("Spring") && !one.contains("Autumn"), "{one}");
}
