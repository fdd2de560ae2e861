//! What a hotel relies on with its photographs: they come in whole and without their secrets, every page that shows one
//! gets its sizes and its words, and nobody else's library is ever seen.

use jpeg_encoder::{ColorType, Encoder};
use serde_json::{Value, json};

use super::support::{Client, Group, Server, Story, furnish, join_sites, publish, room, set_up, sign_in, wait_until};

/// A photograph as a telephone writes it: lying on its side, with a place in it.
pub fn photograph(seed: u8) -> Vec<u8> {
    let (width, height) = (900_u16, 600_u16);
    let pixels: Vec<u8> = (0..u32::from(height))
        .flat_map(|y| (0..u32::from(width)).map(move |x| (x, y)))
        .flat_map(|(x, y)| [seed, u8::try_from((x / 4 + y / 3) % 200).unwrap(), u8::try_from(x % 256).unwrap()])
        .collect();
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0".to_vec();
    exif.extend_from_slice(&[0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]);
    exif.extend_from_slice(b"GPS 46.62N 8.04E");
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 85);
    encoder.add_app_segment(1, exif).unwrap();
    encoder.encode(&pixels, width, height, ColorType::Rgb).unwrap();
    bytes
}

pub fn upload(client: &Client, name: &str, bytes: &[u8], status: u16) -> Value {
    client.send("POST", &format!("/api/v1/media/?name={name}"), Some(bytes)).expect(status).json()
}

/// The item, once all its sizes are made.
pub fn ready(client: &Client, id: &str) -> Value {
    let path = format!("/api/v1/media/{id}/");
    wait_until("the picture's sizes", || {
        let item = client.get(&path).expect(200).json();
        let has_avif = item["renditions"].as_array().unwrap().iter().any(|one| one["format"] == "avif");
        (item["state"] == "ready" && has_avif).then_some(item)
    })
}

fn told() -> (Server, Group) {
    let server = Server::start_new();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    (server, group)
}

pub fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_photograph_comes_in_upright_without_its_place_and_once() {
    let (server, group) = told();
    let client = &group.owner.client;
    let photo = photograph(1);
    let item = upload(client, "Lake%20at%20six.jpg", &photo, 201);
    assert_eq!(
        (&item["name"], &item["kind"], &item["content_type"]),
        (&json!("Lake at six.jpg"), &json!("image"), &json!("image/jpeg"))
    );
    assert_eq!((&item["width"], &item["height"]), (&json!(600), &json!(900)), "shown lying on its side");
    let again = upload(client, "Other%20name.jpg", &photo, 200);
    assert_eq!(again["id"], item["id"]);
    let file = server.client().get(item["url"].as_str().unwrap()).expect(200);
    assert!(!String::from_utf8_lossy(&file.body).contains("GPS"), "the place is still in the file");
    assert_eq!(file.body.len(), usize::try_from(item["size"].as_u64().unwrap()).unwrap());
    let done = ready(client, &id(&item));
    let formats: Vec<_> =
        done["renditions"].as_array().unwrap().iter().map(|one| one["format"].as_str().unwrap()).collect();
    for format in ["avif", "webp", "jpeg"] {
        assert!(formats.contains(&format), "{formats:?}");
    }
    for one in done["renditions"].as_array().unwrap() {
        let answer = server.client().get(one["url"].as_str().unwrap()).expect(200);
        assert_eq!(answer.header("content-type").unwrap(), format!("image/{}", one["format"].as_str().unwrap()));
        assert_eq!(answer.body.len() as u64, one["size"].as_u64().unwrap());
    }
    server.client().get(done["thumbnail_url"].as_str().unwrap()).expect(200);
    let audit = client.get("/api/v1/audit/").expect(200).text();
    assert!(audit.contains("media.created") && audit.contains("Lake at six.jpg"), "{audit}");
}

#[test]
fn what_is_no_picture_is_refused_with_what_to_do_and_leaves_nothing() {
    let (server, group) = told();
    let client = &group.owner.client;
    let long = "a".repeat(201);
    let cut = &photograph(2)[..400];
    for (name, body, status, code, says) in [
        ("logo.svg", &b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"[..], 422, "media_refused", "PNG"),
        ("really.jpg", b"MZ\x90\0 a program", 422, "media_refused", "JPEG"),
        ("page.html", b"<!doctype html><script>alert(1)</script>", 422, "media_refused", "JPEG"),
        ("empty.jpg", b"", 422, "media_refused", "empty"),
        ("cut.jpg", cut, 422, "media_refused", ""),
        (&long, b"%PDF-1.7", 422, "invalid", "200 characters"),
    ] {
        let answer = client.send("POST", &format!("/api/v1/media/?name={name}"), Some(body)).expect(status);
        assert_eq!(answer.code(), code, "{name}");
        assert!(answer.text().contains(says), "{name}: {}", answer.text());
    }
    let huge = vec![0_u8; 40 * 1024 * 1024 + 1];
    let answer = client.send("POST", "/api/v1/media/?name=huge.jpg", Some(&huge)).expect(413);
    assert_eq!(answer.code(), "media_too_large");
    assert_eq!(client.send("POST", "/api/v1/media/", Some(b"%PDF-1.7")).expect(400).code(), "invalid_parameter");
    assert_eq!(client.get("/api/v1/media/").expect(200).json()["count"], 0);
    let folder = server.data_dir().join("media");
    let left = std::fs::read_dir(folder).map_or(0, Iterator::count);
    assert_eq!(left, 0, "something was left on the disk");
}

#[test]
fn browsers_keep_a_file_for_good_and_may_ask_for_a_part() {
    let (server, group) = told();
    let item = upload(&group.owner.client, "menu.pdf", b"%PDF-1.7 0123456789", 201);
    let url = item["url"].as_str().unwrap();
    let guest = server.client();
    let whole = guest.get(url).expect(200);
    assert_eq!(whole.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(whole.header("content-disposition"), Some("attachment"));
    assert_eq!(whole.header("x-content-type-options"), Some("nosniff"));
    let tag = whole.header("etag").unwrap().to_owned();
    assert!(guest.with("if-none-match", &tag).get(url).expect(304).body.is_empty());
    let part = guest.with("range", "bytes=9-13").get(url).expect(206);
    assert_eq!((part.text().as_str(), part.header("content-range")), ("01234", Some("bytes 9-13/19")));
    let outside = guest.with("range", "bytes=19-").get(url).expect(416);
    assert_eq!(outside.header("content-range"), Some("bytes */19"));
    // A hotel's own host serves them as well.
    let domain = guest.with("host", &group.domain);
    wait_until("the site", || (domain.get(url).status == 200).then_some(()));
    for path in ["/media/x.pdf", "/media/..%2f..%2fgammacms.db", "/media/", &url.replace(".pdf", ".exe")] {
        assert_eq!(guest.get(path).status, 404, "{path}");
    }
}

#[test]
fn pages_that_show_a_picture_follow_what_the_library_says_of_it() {
    let (server, group) = told();
    let client = &group.owner.client;
    let picture = id(&upload(client, "lake.jpg", &photograph(3), 201));
    let mut document = room("Room with a picture", &group.amenity_id);
    document["featured_image"] = json!({"media": picture});
    document["images"] = json!([{"media": picture}]);
    let entry = publish(client, &group.site_id, "room", &document);
    ready(client, &picture);
    let address = "/api/public/v1/sites/seeblick.example/rooms/room-with-a-picture/";
    let image = || group.reader.get(address).expect(200).json()["images"][0].clone();
    let guest = server.client().with("host", &group.domain);
    let page = "/rooms/room-with-a-picture";
    wait_until("the sizes on the website", || guest.get(page).text().contains(".avif").then_some(()));
    let shown = image();
    let sizes = shown["renditions"].as_array().unwrap_or_else(|| panic!("{shown}"));
    assert!(sizes.iter().any(|one| one["format"] == "avif"), "{shown}");
    assert_eq!((&shown["width"], &shown["height"], &shown["alt"]), (&json!(600), &json!(900), &json!("")));
    let html = guest.get(page).expect(200).text();
    assert!(html.contains(".avif") && html.contains("srcset"), "{html}");
    let card =
        html.split('"').skip_while(|part| !part.contains("og:image")).find(|part| part.contains("/media/")).unwrap();
    let path = &card[card.find("/media/").unwrap()..];
    guest.get(path).expect(200);

    let change =
        json!({"version": 1, "alt": {"en": "A lake at six", "de": "Ein See um sechs"}, "focal": {"x": 0.2, "y": 0.9}});
    let changed = client.patch(&format!("/api/v1/media/{picture}/"), &change).expect(200).json();
    assert_eq!((&changed["version"], &changed["uses"]), (&json!(2), &json!(1)));
    for (path, words) in [(page.to_owned(), "A lake at six"), (format!("/de{page}"), "Ein See um sechs")] {
        wait_until(words, || guest.get(&path).text().contains(words).then_some(()));
    }
    let shown = image();
    assert_eq!((&shown["alt"], &shown["focal"]), (&json!("A lake at six"), &json!({"x": 0.2, "y": 0.9})));
    assert_eq!(client.patch(&format!("/api/v1/media/{picture}/"), &change).expect(409).code(), "version_conflict");

    let uses = client.get(&format!("/api/v1/media/{picture}/uses/")).expect(200).json();
    assert_eq!((&uses["count"], &uses["results"][0]["entry"]), (&json!(1), &json!(entry)));
    let refused = client.delete(&format!("/api/v1/media/{picture}/")).expect(409);
    assert_eq!(refused.code(), "media_in_use");
    assert!(refused.text().contains("Room with a picture"));
    client.delete(&format!("/api/v1/media/{picture}/?even_if_used=true")).expect(204);
    client.get(&format!("/api/v1/media/{picture}/")).expect(404);
    wait_until("the page without the picture", || (!guest.get(page).text().contains(".avif")).then_some(()));
}

#[test]
fn a_picture_is_named_by_those_whose_library_has_it() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let item = upload(&story.lake.owner.client, "lake.pdf", b"%PDF-1.7 lake", 201);
    let path = format!("/api/v1/media/{}/", id(&item));
    let alp = &story.alp.owner.client;
    alp.get(&path).expect(404);
    alp.patch(&path, &json!({"version": 1, "name": "mine"})).expect(404);
    alp.delete(&path).expect(404);
    alp.get(&format!("{path}uses/")).expect(404);
    assert_eq!(alp.get("/api/v1/media/").expect(200).json()["count"], 0);
    // The same bytes in another organization's library are a thing of their own.
    let own = upload(alp, "lake.pdf", b"%PDF-1.7 lake", 201);
    assert_ne!(own["id"], item["id"]);
    let mut document = room("Borrowed", &story.alp.amenity_id);
    document["featured_image"] = json!({"media": item["id"]});
    let wish = json!({"type": "room", "document": document});
    let refused = alp.post(&format!("/api/v1/sites/{}/entries/", story.alp.site_id), &wish).expect(422);
    assert!(
        refused.text().contains("/document/featured_image/media") || refused.text().contains("/featured_image/media"),
        "{}",
        refused.text()
    );
    assert_eq!(story.viewer.client.send("POST", "/api/v1/media/?name=a.pdf", Some(b"%PDF-1.7")).status, 403);
    assert_eq!(story.viewer.client.get(&path).status, 200);
}

#[test]
fn who_works_on_one_site_learns_nothing_of_another_from_a_shared_picture() {
    let (server, group) = told();
    let client = &group.owner.client;
    let shared = id(&upload(client, "shared.pdf", b"%PDF-1.7 shared", 201));
    let mut document = room("Secret suite", &group.amenity_id);
    document["images"] = json!([{"media": shared}]);
    let wish = json!({"type": "room", "document": document});
    client.post(&format!("/api/v1/sites/{}/entries/", group.site_id), &wish).expect(201);
    let second = json!({"name": "Second", "slug": "second", "locales": ["en"], "default_locale": "en", "time_zone": "UTC", "currency": "CHF"});
    let second = id(&client.post("/api/v1/sites/", &second).expect(201).json());
    let path = format!("/api/v1/media/{shared}/");
    for (sites, is_told) in [(&[second.as_str()], false), (&[group.site_id.as_str()], true)] {
        let email = format!("local-{is_told}@lake.example");
        let local = join_sites(&server, &group, &email, "editor", sites);
        let refused = local.client.delete(&path).expect(409);
        assert_eq!(
            (refused.code().as_str(), refused.text().contains("Secret suite")),
            ("media_in_use", is_told),
            "{}",
            refused.text()
        );
        let uses = local.client.get(&format!("{path}uses/")).expect(200);
        assert_eq!(uses.text().contains("Secret suite"), is_told, "{}", uses.text());
    }
}

#[test]
fn what_is_taken_out_of_the_library_is_gone_from_the_disk_two_days_later() {
    let (server, group) = told();
    let gone = upload(&group.owner.client, "old.pdf", b"%PDF-1.7 old", 201);
    let kept = id(&upload(&group.owner.client, "lake.jpg", &photograph(5), 201));
    let kept = ready(&group.owner.client, &kept);
    group.owner.client.delete(&format!("/api/v1/media/{}/", id(&gone))).expect(204);
    let guest = server.client();
    let address = gone["url"].as_str().unwrap();
    let night = |days: i64| {
        server.set_clock_offset(days * 86_400);
        server.run_ok(&["cron", "run", "sweep_media"]);
        wait_until("the sweep", || {
            let queue = server.client().get("/api/v1/monitoring/jobs/").expect(200).json();
            (queue["due_now"] == 0 && queue["running"] == 0).then_some(())
        });
    };
    night(1);
    guest.get(address).expect(200);
    night(3);
    wait_until("the end of the file", || (guest.get(address).status == 404).then_some(()));
    guest.get(kept["url"].as_str().unwrap()).expect(200);
    for one in kept["renditions"].as_array().unwrap() {
        guest.get(one["url"].as_str().unwrap()).expect(200);
    }
    // The same bytes come again as something new.
    let owner = sign_in(&server, "owner@lake.example", Some(&group.organization_id));
    let again = upload(&owner.client, "old.pdf", b"%PDF-1.7 old", 201);
    guest.get(again["url"].as_str().unwrap()).expect(200);
}

#[test]
fn the_library_is_searched_filtered_and_paged() {
    let (_server, group) = told();
    let client = &group.owner.client;
    for number in 0..3 {
        upload(client, &format!("Menu%20{number}.pdf"), format!("%PDF-1.7 {number}").as_bytes(), 201);
    }
    let picture = id(&upload(client, "100%25_lake.jpg", &photograph(4), 201));
    client.patch(&format!("/api/v1/media/{picture}/"), &json!({"version": 1, "alt": {"en": "Herons"}})).expect(200);
    for (query, count) in [
        ("", 4),
        ("?kind=image", 1),
        ("?kind=document&page_size=2", 3),
        ("?search=MENU", 3),
        ("?search=herons", 1),
        ("?search=0%25_", 1),
        ("?search=%25", 1),
        ("?without_alt=true", 0),
        ("?unused=true", 4),
        (&format!("?site={}", group.site_id), 4),
    ] {
        let answer = client.get(&format!("/api/v1/media/{query}")).expect(200).json();
        assert_eq!(answer["count"], count, "{query}");
    }
    assert_eq!(client.get("/api/v1/media/?kind=film").expect(400).code(), "invalid_parameter");
    assert_eq!(client.get("/api/v1/media/?colour=red").expect(400).code(), "unknown_parameter");
}
