//! What a hotel's site in production relies on when it changes URL, key and id to ours.

use serde_json::{Value, json};

use super::support::{Server, Story, furnish, publish, room, set_up, wait_until};

const BASE: &str = "/api/public/v1";

fn told() -> (Server, super::support::Group) {
    let server = Server::start_new();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    (server, group)
}

/// The keys of an object, and that no fixed one is missing.
#[track_caller]
fn has(object: &Value, names: &[&str]) {
    for name in names {
        assert!(object.get(name).is_some(), "`{name}` is missing in {object}");
    }
}

#[test]
fn every_call_of_the_existing_site_answers_in_its_fixed_shape() {
    let (_server, group) = told();
    let site = format!("{BASE}/sites/{}", group.domain);
    let read = |path: &str| group.reader.get(path).expect(200).json();

    let sites = read(&format!("{BASE}/sites/?domain={}", group.domain));
    assert_eq!(sites.as_array().unwrap().len(), 1);
    has(&sites[0], &["id", "name", "slug", "domain", "settings"]);

    let one = read(&format!("{site}/"));
    has(&one, &["id", "name", "slug", "domain", "settings"]);
    assert_eq!(one["settings"]["primary_color"], "#14532d");
    for alias in [one["id"].as_str().unwrap(), one["slug"].as_str().unwrap()] {
        assert_eq!(read(&format!("{BASE}/sites/{alias}/"))["id"], one["id"]);
    }

    let pages = read(&format!("{site}/pages/"));
    has(&pages, &["count", "next", "previous", "results"]);
    has(&pages["results"][0], &["id", "title", "slug", "is_homepage"]);
    let slug = pages["results"][0]["slug"].as_str().unwrap().to_owned();
    let page = read(&format!("{site}/pages/{slug}/"));
    has(&page, &["id", "title", "slug", "is_homepage", "sections"]);
    let section = &page["sections"][0];
    has(
        section,
        &[
            "type",
            "title",
            "subtitle",
            "description",
            "content",
            "currency",
            "image",
            "images",
            "cta",
            "items",
            "packages",
        ],
    );
    assert_eq!((section["type"].as_str(), page["is_homepage"].as_bool()), (Some("hero"), Some(true)));

    let rooms = read(&format!("{site}/rooms/"));
    let short = [
        "id",
        "name",
        "slug",
        "short_description",
        "featured_image_url",
        "max_guests",
        "bed_type",
        "is_featured",
        "order",
    ];
    has(&rooms["results"][0], &short);
    let slug = rooms["results"][0]["slug"].as_str().unwrap().to_owned();
    let detail = read(&format!("{site}/rooms/{slug}/"));
    has(&detail, &short);
    has(&detail, &["description", "images", "custom_fields", "rates"]);
    has(
        &detail["rates"][0],
        &["id", "season_name", "start_date", "end_date", "single_rate", "double_rate", "currency"],
    );
    // Money is a decimal string, rich text safe HTML.
    assert_eq!(detail["rates"][0]["single_rate"], "140.00");
    assert_eq!(detail["rates"][0]["double_rate"], "180.50");
    assert_eq!(detail["description"], "<p>Oak floor, a desk by the window.</p>");
    assert_eq!(detail["custom_fields"], json!({"floor": "2"}));

    let amenities = read(&format!("{site}/amenities/"));
    has(&amenities["results"][0], &["id", "name", "slug", "icon", "description"]);
}

#[test]
fn paths_work_with_and_without_the_last_slash() {
    let (_server, group) = told();
    for path in ["sites", "sites/seeblick.example", "sites/seeblick.example/rooms", "sites/seeblick.example/pages"] {
        let with = group.reader.get(&format!("{BASE}/{path}/")).expect(200);
        let without = group.reader.get(&format!("{BASE}/{path}")).expect(200);
        assert_eq!(with.json(), without.json(), "{path}");
    }
}

#[test]
fn a_language_is_answered_or_the_next_one_in_its_chain() {
    let (_server, group) = told();
    let title = |query: &str| {
        let answer = group.reader.get(&format!("{BASE}/sites/{}/pages/home/{query}", group.domain)).expect(200);
        let language = answer.header("content-language").unwrap().to_owned();
        (answer.json()["title"].as_str().unwrap().to_owned(), language)
    };
    assert_eq!(title(""), ("Home".to_owned(), "en".to_owned()));
    assert_eq!(title("?locale=de"), ("Start".to_owned(), "de".to_owned()));
    assert_eq!(title("?locale=de-at"), ("Start".to_owned(), "de".to_owned()));
    assert_eq!(title("?locale=fr"), ("Home".to_owned(), "en".to_owned()));
    let refused = group.reader.get(&format!("{BASE}/sites/{}/pages/home/?locale=klingon!", group.domain));
    assert_eq!(refused.status, 400, "{}", refused.text());
}

#[test]
fn unknown_parameters_are_refused_with_the_allowed_ones_named() {
    let (_server, group) = told();
    for path in
        ["sites/", "sites/seeblick.example/", "sites/seeblick.example/rooms/", "sites/seeblick.example/pages/home/"]
    {
        let refused = group.reader.get(&format!("{BASE}/{path}?colour=red")).expect(400);
        assert_eq!(refused.code(), "unknown_parameter", "{path}");
        assert!(refused.text().contains("colour"), "{}", refused.text());
    }
}

#[test]
fn a_site_needs_no_call_per_room() {
    let (_server, group) = told();
    let list = group.reader.get(&format!("{BASE}/sites/{}/rooms/?expand=details", group.domain)).expect(200).json();
    has(&list["results"][0], &["description", "images", "custom_fields", "rates"]);
    let refused = group.reader.get(&format!("{BASE}/sites/{}/rooms/?expand=secrets", group.domain)).expect(400);
    assert!(refused.text().contains("details"), "{}", refused.text());
}

#[test]
fn lists_come_in_pages_that_link_to_each_other() {
    let (server, group) = told();
    for number in 1..=5 {
        publish(
            &group.owner.client,
            &group.site_id,
            "room",
            &json!({"name": {"en": format!("Room {number}")}, "max_guests": 2}),
        );
    }
    let first = wait_until("six rooms", || {
        let page = group.reader.get(&format!("{BASE}/sites/{}/rooms/?page_size=4", group.domain)).expect(200).json();
        (page["count"] == 6).then_some(page)
    });
    assert_eq!(first["results"].as_array().unwrap().len(), 4);
    assert_eq!(first["previous"], Value::Null);
    let next = first["next"].as_str().unwrap();
    assert!(next.starts_with(server.client().base()), "{next}");
    let second = group.reader.get(next.strip_prefix(server.client().base()).unwrap()).expect(200).json();
    assert_eq!(second["results"].as_array().unwrap().len(), 2);
    assert_eq!(second["next"], Value::Null);
    assert!(second["previous"].is_string());
}

#[test]
fn a_key_that_is_missing_wrong_suspended_expired_or_revoked_is_refused() {
    let (server, group) = told();
    let path = format!("{BASE}/sites/");
    let anonymous = server.client();
    assert_eq!(anonymous.get(&path).status, 401);
    for wrong in ["pk_", "pk_0000000000000000000000000000000000000000000", "", "Bearer x", "pk_\u{e4}"] {
        let answer = anonymous.with("x-api-key", wrong).get(&path);
        assert_eq!(answer.status, 401, "{wrong}");
        assert!(answer.header("www-authenticate").is_some());
    }
    for tenant in ["not-an-id", "01890a5d-ac96-774b-bcce-b302099a8057"] {
        assert_eq!(group.reader.with("x-organization-id", tenant).get(&path).status, 401, "{tenant}");
    }
    // The key alone names its organization.
    group.reader.without("x-organization-id").get(&path).expect(200);

    let key = format!("/api/v1/api-keys/{}/", group.api_key_id);
    group.owner.client.patch(&key, &json!({"is_suspended": true})).expect(200);
    wait_until("the suspension", || (group.reader.get(&path).status == 401).then_some(()));
    group.owner.client.patch(&key, &json!({"is_suspended": false})).expect(200);
    wait_until("the key's return", || (group.reader.get(&path).status == 200).then_some(()));

    let expiring = group
        .owner
        .client
        .post("/api/v1/api-keys/", &json!({"name": "Fair", "expires_at": "2036-01-01T00:00:00Z"}))
        .expect(201)
        .json();
    let reader = server.client().with("x-api-key", expiring["key"].as_str().unwrap());
    reader.get(&path).expect(200);
    server.set_clock_offset(20 * 365 * 86_400);
    assert_eq!(reader.get(&path).status, 401);
    server.set_clock_offset(0);

    group.owner.client.delete(&key).expect(204);
    wait_until("the revocation", || (group.reader.get(&path).status == 401).then_some(()));
}

#[test]
fn a_key_is_shown_once_and_kept_as_a_hash() {
    let (server, group) = told();
    assert!(group.api_key.starts_with("pk_") && group.api_key.len() >= 46, "{}", group.api_key);
    let listed = group.owner.client.get("/api/v1/api-keys/").expect(200).text();
    assert!(!listed.contains(&group.api_key));
    assert!(listed.contains(&group.api_key[group.api_key.len() - 4..]));
    assert!(!server.log().contains(&group.api_key));
    if let Ok(bytes) = std::fs::read(server.data_dir().join("gammacms.db")) {
        assert!(!bytes.windows(group.api_key.len()).any(|window| window == group.api_key.as_bytes()));
    }
}

#[test]
fn the_request_after_the_last_of_a_minute_is_refused_and_a_restart_opens_nothing() {
    let (mut server, group) = told();
    let path = format!("{BASE}/sites/");
    for number in 0..120 {
        let answer = group.reader.get(&path).expect(200);
        assert_eq!(answer.header("x-ratelimit-limit"), Some("120"));
        assert_eq!(answer.header("x-ratelimit-remaining"), Some((119 - number).to_string().as_str()));
    }
    let refused = group.reader.get(&path).expect(429);
    assert_eq!(refused.code(), "rate_limited");
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");

    server.restart();
    let reader = server.client().with("x-api-key", &group.api_key);
    reader.get(&path).expect(429);
    server.set_clock_offset(61);
    reader.get(&path).expect(200);
}

#[test]
fn what_has_not_changed_costs_no_quota() {
    let (_server, group) = told();
    let path = format!("{BASE}/sites/{}/rooms/", group.domain);
    let first = group.reader.get(&path).expect(200);
    let tag = first.header("etag").unwrap().to_owned();
    let remaining: u32 = first.header("x-ratelimit-remaining").unwrap().parse().unwrap();
    for condition in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
        let answer = group.reader.with("if-none-match", &condition).get(&path).expect(304);
        assert!(answer.body.is_empty());
        assert_eq!(answer.header("etag"), Some(tag.as_str()));
    }
    let second = group.reader.with("if-none-match", "\"other\"").get(&path).expect(200);
    assert_eq!(second.header("x-ratelimit-remaining").unwrap().parse::<u32>().unwrap(), remaining - 1);
}

#[test]
fn a_publish_is_visible_within_a_second_and_changes_the_tag() {
    let (_server, group) = told();
    let path = format!("{BASE}/sites/{}/rooms/", group.domain);
    let before = group.reader.get(&path).expect(200);
    let started = std::time::Instant::now();
    publish(&group.owner.client, &group.site_id, "room", &room("The new one", &group.amenity_id));
    let after = wait_until("the new room", || {
        let answer = group.reader.get(&path).expect(200);
        (answer.json()["count"] == 2).then_some(answer)
    });
    assert!(started.elapsed().as_millis() < 1000, "{:?}", started.elapsed());
    assert_ne!(before.header("etag"), after.header("etag"));
}

#[test]
fn drafts_are_never_public() {
    let (_server, group) = told();
    let client = &group.owner.client;
    let made = client
        .post(
            &format!("/api/v1/sites/{}/entries/", group.site_id),
            &json!({"type": "room", "slug": "secret-room", "document": {"name": {"en": "Secret"}, "max_guests": 2}}),
        )
        .expect(201)
        .json();
    let path = format!("{BASE}/sites/{}/rooms", group.domain);
    group.reader.get(&format!("{path}/secret-room/")).expect(404);
    let entry = format!("/api/v1/sites/{}/entries/{}", group.site_id, made["id"].as_str().unwrap());
    client.post(&format!("{entry}/publish/"), &json!({"revision": made["revision"]})).expect(200);
    wait_until("the publish", || (group.reader.get(&format!("{path}/secret-room/")).status == 200).then_some(()));
    // An edit of what is published stays a draft until it is published.
    let saved = client
        .put(
            &format!("{entry}/"),
            &json!({"revision": made["revision"], "document": {"name": {"en": "Renamed"}, "max_guests": 2}}),
        )
        .expect(200)
        .json();
    assert_eq!(group.reader.get(&format!("{path}/secret-room/")).expect(200).json()["name"], "Secret");
    client.post(&format!("{entry}/publish/"), &json!({"revision": saved["revision"]})).expect(200);
    wait_until("the new name", || {
        (group.reader.get(&format!("{path}/secret-room/")).json()["name"] == "Renamed").then_some(())
    });
    client.post(&format!("{entry}/unpublish/"), &json!({})).expect(200);
    wait_until("the end of it", || (group.reader.get(&format!("{path}/secret-room/")).status == 404).then_some(()));
}

#[test]
fn answers_are_compressed_as_the_reader_asks() {
    let (_server, group) = told();
    for number in 0..12 {
        publish(&group.owner.client, &group.site_id, "room", &room(&format!("Room {number}"), &group.amenity_id));
    }
    let path = format!("{BASE}/sites/{}/rooms/?expand=details", group.domain);
    let plain = wait_until("thirteen rooms", || {
        let answer = group.reader.get(&path).expect(200);
        (answer.json()["count"] == 13).then_some(answer)
    });
    assert_eq!(plain.header("content-encoding"), None);
    assert!(plain.header("vary").unwrap().to_lowercase().contains("accept-encoding"));
    let gzip = group.reader.with("accept-encoding", "gzip").get(&path).expect(200);
    assert_eq!(gzip.header("content-encoding"), Some("gzip"));
    let mut text = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(gzip.body.as_slice()), &mut text).unwrap();
    assert_eq!(text, plain.body);
    let brotli = group.reader.with("accept-encoding", "gzip, br").get(&path).expect(200);
    assert_eq!(brotli.header("content-encoding"), Some("br"));
    let mut text = Vec::new();
    std::io::Read::read_to_end(&mut brotli::Decompressor::new(brotli.body.as_slice(), 4096), &mut text).unwrap();
    assert_eq!(text, plain.body);
    assert_ne!(plain.header("etag"), None);
}

#[test]
fn other_origins_may_read_only_where_the_setting_names_them() {
    let server = Server::options().env("CORS_ALLOWED_ORIGINS", "https://hotel1.example").start();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    let path = format!("{BASE}/sites/");
    let named = group.reader.with("origin", "https://hotel1.example");
    let answer = named.get(&path).expect(200);
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://hotel1.example"));
    let asked = server
        .client()
        .with("origin", "https://hotel1.example")
        .with("access-control-request-method", "GET")
        .with("access-control-request-headers", "x-api-key")
        .send("OPTIONS", &path, None)
        .expect(204);
    assert!(asked.header("access-control-allow-headers").unwrap().to_lowercase().contains("x-api-key"));
    let other = group.reader.with("origin", "https://evil.example").get(&path).expect(200);
    assert_eq!(other.header("access-control-allow-origin"), None);
}

#[test]
fn usage_is_counted_per_key_and_day() {
    let (_server, group) = told();
    let path = format!("{BASE}/sites/");
    let tag = group.reader.get(&path).expect(200).header("etag").unwrap().to_owned();
    for _ in 0..4 {
        group.reader.get(&path).expect(200);
    }
    for _ in 0..3 {
        group.reader.with("if-none-match", &tag).get(&path).expect(304);
    }
    let row = wait_until("the day's count", || {
        let usage = group.owner.client.get("/api/v1/usage/").expect(200).json();
        let rows = usage["api_keys"].as_array().unwrap().clone();
        rows.into_iter().find(|row| row["id"] == group.api_key_id.as_str() && row["not_modified"] == 3)
    });
    assert_eq!(row["requests"], 8, "{row}");
}

#[test]
fn a_key_of_one_organization_never_reads_another() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let lake = &story.lake;
    for target in [story.alp.domain.as_str(), story.alp.site_id.as_str()] {
        for path in ["", "pages/", "pages/home/", "rooms/", "rooms/canary-alp-hotels/", "amenities/"] {
            let answer = lake.reader.get(&format!("{BASE}/sites/{target}/{path}"));
            assert_eq!(answer.status, 404, "{target}/{path}");
            assert!(!answer.text().contains("Canary"), "{}", answer.text());
        }
    }
    let found = lake.reader.get(&format!("{BASE}/sites/?domain={}", story.alp.domain)).expect(200).json();
    assert_eq!(found, json!([]));
    // Both groups have a site with the slug `main`: each key finds its own.
    let own = lake.reader.get(&format!("{BASE}/sites/main/")).expect(200).json();
    assert_eq!(own["id"], lake.site_id.as_str());
    let own = story.alp.reader.get(&format!("{BASE}/sites/main/")).expect(200).json();
    assert_eq!(own["id"], story.alp.site_id.as_str());
}
