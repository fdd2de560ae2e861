//! The changes feed: whoever repeats it has what is published, wherever they begin.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::support::{Group, Server, furnish, publish, set_up, wait_until};

/// What a reader knows: by entry and language its slug and version.
type Known = BTreeMap<(String, String), (String, u64)>;

/// A copy of a site that is kept up to date.
#[derive(Clone)]
struct Replica {
    known: Known,
    token: Option<String>,
}

impl Replica {
    fn new() -> Self {
        Self { known: Known::new(), token: None }
    }

    /// Follows the feed to its end, so many changes at once.
    fn follow(&mut self, group: &Group, limit: usize) {
        loop {
            let since = self.token.as_ref().map_or_else(|| "initial=true".to_owned(), |token| format!("since={token}"));
            let answer = group.reader.get(&format!("{}?{since}&limit={limit}", address(group))).expect(200).json();
            for item in answer["items"].as_array().unwrap() {
                let text = |name: &str| item[name].as_str().unwrap().to_owned();
                let key = (text("id"), text("locale"));
                match item["op"].as_str().unwrap() {
                    "upsert" => self.known.insert(key, (text("slug"), item["version"].as_u64().unwrap())),
                    "delete" => self.known.remove(&key),
                    other => panic!("{other} is no op"),
                };
            }
            self.token = Some(answer["next_token"].as_str().unwrap().to_owned());
            if answer["has_more"] == false {
                return;
            }
        }
    }
}

fn address(group: &Group) -> String {
    format!("/api/public/v1/sites/{}/changes/", group.domain)
}

/// What visitors see now, by the lists of all types in all languages.
fn published(group: &Group) -> Known {
    let mut known = Known::new();
    for plural in ["amenities", "rooms", "pages", "properties"] {
        for locale in ["en", "de"] {
            let path = format!("/api/public/v1/sites/{}/{plural}/?locale={locale}&page_size=200", group.domain);
            for one in group.reader.get(&path).expect(200).json()["results"].as_array().unwrap() {
                if one["locale"] == locale {
                    let key = (one["id"].as_str().unwrap().to_owned(), locale.to_owned());
                    known.insert(key, (one["slug"].as_str().unwrap().to_owned(), one["version"].as_u64().unwrap()));
                }
            }
        }
    }
    known
}

/// Numbers that are the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

/// One random act on the site's content.
fn act(dice: &mut Dice, group: &Group, ids: &mut Vec<String>, number: usize) {
    let client = &group.owner.client;
    let entries = format!("/api/v1/sites/{}/entries/", group.site_id);
    let choice = dice.below(10);
    if choice < 3 || ids.is_empty() {
        let mut document = json!({"name": {"en": format!("Thing {number}")}});
        if dice.below(2) == 0 {
            document["name"]["de"] = json!(format!("Ding {number}"));
        }
        ids.push(publish(client, &group.site_id, "amenity", &document));
        return;
    }
    let place = dice.below(ids.len());
    let one = format!("{entries}{}/", ids[place]);
    let entry = client.get(&one).expect(200).json();
    match choice {
        3..=5 => {
            let mut change = json!({"revision": entry["revision"], "document": entry["document"]});
            change["document"]["description"] = json!({"en": format!("Said {number}")});
            if dice.below(3) == 0 {
                change["slug"] = json!(format!("moved-{number}"));
            }
            let saved = client.put(&one, &change).expect(200).json();
            client.post(&format!("{one}publish/"), &json!({"revision": saved["revision"]})).expect(200);
        }
        6 => {
            client.post(&format!("{one}unpublish/"), &json!({})).expect(200);
        }
        7 => {
            client.post(&format!("{one}unpublish/"), &json!({"locales": ["de"]})).expect(200);
        }
        8 => {
            client.post(&format!("{one}publish/"), &json!({"revision": entry["revision"]})).expect(200);
        }
        _ => {
            client.delete(&one).expect(204);
            ids.remove(place);
        }
    }
}

fn told() -> (Server, Group) {
    let server = Server::options().env("GAMMACMS_RATE_LIMIT_PER_MINUTE", "100000").start();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    (server, group)
}

#[test]
fn replaying_from_any_token_gives_exactly_what_is_published() {
    let (_server, group) = told();
    let mut dice = Dice(20_261_129);
    let mut ids = Vec::new();
    let mut live = Replica::new();
    let mut sleepers = vec![Replica::new()];
    for number in 0..90 {
        act(&mut dice, &group, &mut ids, number);
        match dice.below(8) {
            // Reads along, in parts of any size.
            0 => {
                live.follow(&group, 1 + dice.below(5));
                sleepers.push(live.clone());
            }
            // Begins in the middle of reading everything, and goes on much later.
            1 => {
                let answer = group.reader.get(&format!("{}?initial=true&limit=2", address(&group))).expect(200).json();
                let mut begun = Replica::new();
                for item in answer["items"].as_array().unwrap() {
                    let text = |name: &str| item[name].as_str().unwrap().to_owned();
                    let state = (text("slug"), item["version"].as_u64().unwrap());
                    begun.known.insert((text("id"), text("locale")), state);
                }
                begun.token = Some(answer["next_token"].as_str().unwrap().to_owned());
                sleepers.push(begun);
            }
            _ => {}
        }
    }
    sleepers.extend([live, Replica::new()]);
    assert!(sleepers.len() > 12, "{} readers", sleepers.len());
    let truth = published(&group);
    assert!(truth.len() > 10, "{truth:?}");
    for (number, mut reader) in sleepers.into_iter().enumerate() {
        // The answers of a process follow its commits by a moment.
        wait_until(&format!("reader {number}"), || {
            reader.follow(&group, 3 + number);
            (reader.known == truth).then_some(())
        });
    }
}

#[test]
fn nothing_new_is_said_with_the_same_token_and_tag() {
    let (_server, group) = told();
    let mut reader = Replica::new();
    wait_until("the story", || {
        reader.follow(&group, 100);
        (reader.known == published(&group)).then_some(())
    });
    let path = format!("{}?since={}", address(&group), reader.token.as_ref().unwrap());
    let answer = group.reader.get(&path).expect(200);
    assert_eq!(answer.json(), json!({"items": [], "next_token": reader.token, "has_more": false}));
    group.reader.with("if-none-match", answer.header("etag").unwrap()).get(&path).expect(304);
    let id = publish(&group.owner.client, &group.site_id, "amenity", &json!({"name": {"en": "Boats"}}));
    let news = wait_until("the news", || {
        let answer = group.reader.get(&path).expect(200).json();
        (answer["items"] != json!([])).then_some(answer)
    });
    let item = &news["items"][0];
    let told: Vec<&Value> = ["op", "type", "id", "locale", "slug", "version"].iter().map(|name| &item[*name]).collect();
    assert_eq!(told, [&json!("upsert"), &json!("amenity"), &json!(id), &json!("en"), &json!("boats"), &json!(1)]);
    assert!(item["at"].as_str().unwrap().ends_with('Z'), "{item}");
}

#[test]
fn a_token_of_another_site_or_of_nobody_is_refused() {
    let (_server, group) = told();
    let client = &group.owner.client;
    let other = client.post("/api/v1/sites/", &json!({"name": "Other", "slug": "other"})).expect(201).json();
    client.post(&format!("/api/v1/sites/{}/publish/", other["id"].as_str().unwrap()), &json!({})).expect(200);
    let theirs = wait_until("the other site", || {
        let answer = group.reader.get("/api/public/v1/sites/other/changes/");
        (answer.status == 200).then(|| answer.json()["next_token"].as_str().unwrap().to_owned())
    });
    for (query, word) in [
        (format!("since={theirs}"), "next_token"),
        ("since=nonsense".to_owned(), "next_token"),
        (format!("since={theirs}&initial=true"), "choose one"),
        ("initial=false".to_owned(), "since"),
        ("limit=1001".to_owned(), "1 to 1000"),
        ("sinse=x".to_owned(), "`since`"),
    ] {
        let refused = group.reader.get(&format!("{}?{query}", address(&group))).expect(400);
        assert!(refused.text().contains(word), "{query}: {}", refused.text());
    }
}

#[test]
fn a_token_from_before_what_was_forgotten_is_gone() {
    let (server, group) = told();
    let id = publish(&group.owner.client, &group.site_id, "amenity", &json!({"name": {"en": "Boats"}}));
    let mut early = Replica::new();
    wait_until("the boats", || {
        early.follow(&group, 100);
        early.known.keys().any(|(known, _)| *known == id).then_some(())
    });
    group.owner.client.delete(&format!("/api/v1/sites/{}/entries/{id}/", group.site_id)).expect(204);
    let mut late = early.clone();
    wait_until("their end", || {
        late.follow(&group, 100);
        (!late.known.keys().any(|(known, _)| *known == id)).then_some(())
    });
    server.set_clock_offset(100 * 86_400);
    server.run_ok(&["cron", "run", "prune_changes"]);
    wait_until("the forgetting", || {
        let queue = server.client().get("/api/v1/monitoring/jobs/").expect(200).json();
        (queue["due_now"] == 0 && queue["running"] == 0).then_some(())
    });
    let gone = group.reader.get(&format!("{}?since={}", address(&group), early.token.as_ref().unwrap())).expect(410);
    assert_eq!(gone.code(), "sync_token_expired");
    // Who knew of it already misses nothing.
    late.follow(&group, 9);
    let mut fresh = Replica::new();
    fresh.follow(&group, 100);
    assert_eq!((&late.known, &fresh.known), (&published(&group), &published(&group)));
}

#[test]
fn what_shows_and_hides_itself_is_told_when_it_does() {
    let (server, group) = told();
    let mut live = Replica::new();
    let document = json!({
        "name": {"en": "Ice rink"},
        "visible": {"from": "2031-12-01T00:00", "until": "2032-02-01T00:00"},
    });
    let id = publish(&group.owner.client, &group.site_id, "amenity", &document);
    publish(&group.owner.client, &group.site_id, "amenity", &json!({"name": {"en": "Last"}}));
    let knows = |replica: &Replica| replica.known.keys().any(|(known, _)| *known == id);
    wait_until("all but the rink", || {
        live.follow(&group, 2);
        (live.known == published(&group) && live.known.values().any(|(slug, _)| slug == "last")).then_some(())
    });
    assert!(!knows(&live));
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let day = |unix: u64| i64::try_from(unix - now).unwrap();
    // The middle of January 2032, and of March.
    for (unix, is_shown) in [(1_957_737_600, true), (1_962_921_600, false)] {
        server.set_clock_offset(day(unix));
        wait_until("the other day", || {
            live.follow(&group, 2);
            (knows(&live) == is_shown && live.known == published(&group)).then_some(())
        });
        let mut fresh = Replica::new();
        fresh.follow(&group, 3);
        assert_eq!(fresh.known, live.known);
    }
}
