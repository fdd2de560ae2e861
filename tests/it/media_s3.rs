//! What holds when files are kept in a bucket: all that holds on a disk. The server is moto, which speaks S3; Amazon's own was
//! not tried.

use serde_json::{Value, json};

use super::{
    media::{id, photograph, ready, upload},
    support::{Client, Server, ServerOptions, furnish, gammacms, publish, room, set_up, test_bucket, wait_until},
};

const BUCKET: &str = "AWS_STORAGE_BUCKET_NAME";

fn in_bucket(storage: &Client, bucket: &str) -> ServerOptions {
    Server::options()
        .env(BUCKET, bucket)
        .env("AWS_S3_ENDPOINT_URL", storage.base())
        .env("AWS_ACCESS_KEY_ID", "key")
        .env("AWS_SECRET_ACCESS_KEY", "canary-s3-secret")
}

fn check_of(server: &Server, name: &str) -> String {
    let health = server.client().get("/api/v1/health/").json();
    let checks = health["checks"].as_array().unwrap();
    checks.iter().find(|check| check["name"] == name).unwrap()["status"].as_str().unwrap().to_owned()
}

#[test]
fn photographs_live_in_the_bucket_and_are_served_from_it() {
    let (storage, bucket) = test_bucket();
    let server = in_bucket(&storage, &bucket).start();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    let client = &group.owner.client;
    assert_eq!(check_of(&server, "media_storage"), "ok");
    let item = upload(client, "Lake.jpg", &photograph(7), 201);
    let done = ready(client, &id(&item));
    let guest = server.client();
    let url = item["url"].as_str().unwrap();
    let whole = guest.get(url).expect(200);
    assert_eq!(whole.body.len() as u64, item["size"].as_u64().unwrap());
    assert!(!String::from_utf8_lossy(&whole.body).contains("GPS"), "the place is still in the file");
    assert_eq!(whole.header("cache-control"), Some("public, max-age=31536000, immutable"));
    let tag = whole.header("etag").unwrap().to_owned();
    guest.with("if-none-match", &tag).get(url).expect(304);
    let part = guest.with("range", "bytes=100-199").get(url).expect(206);
    assert_eq!(part.body, whole.body[100..200]);
    guest.with("range", "bytes=99999999-").get(url).expect(416);
    for one in done["renditions"].as_array().unwrap() {
        let answer = guest.get(one["url"].as_str().unwrap()).expect(200);
        assert_eq!(answer.body.len() as u64, one["size"].as_u64().unwrap());
    }
    // In the bucket itself, as a CDN in front of it would find it.
    let object = storage.get(&format!("/{bucket}{url}")).expect(200);
    assert_eq!(object.body, whole.body);
    assert_eq!(object.header("content-type"), Some("image/jpeg"));
    assert_eq!(object.header("cache-control"), Some("public, max-age=31536000, immutable"));
    let folder = server.data_dir().join("media");
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0, "something was left on the disk");
    guest.get(&format!("/media/{}.jpg", "0".repeat(64))).expect(404);
    // The same picture again is the same item.
    assert_eq!(upload(client, "Again.jpg", &photograph(7), 200)["id"], item["id"]);
}

#[test]
fn a_domain_in_front_of_the_bucket_stands_in_every_address() {
    let (storage, bucket) = test_bucket();
    let mut server = in_bucket(&storage, &bucket).env("AWS_S3_OBJECT_PARAMETERS", "CacheControl=max-age=60").start();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    let client = &group.owner.client;
    let picture = id(&upload(client, "lake.jpg", &photograph(8), 201));
    ready(client, &picture);
    let mut document = room("Room with a picture", &group.amenity_id);
    document["images"] = json!([{"media": picture}]);
    publish(client, &group.site_id, "room", &document);
    let url = client.get(&format!("/api/v1/media/{picture}/")).expect(200).json()["url"].as_str().unwrap().to_owned();
    assert_eq!(server.client().get(&url).expect(200).header("cache-control"), Some("max-age=60"));
    // What was published before the domain was set follows.
    server.set_environment("AWS_S3_CUSTOM_DOMAIN", "media.hotel.example");
    server.restart();
    let reader = server.client().with("x-api-key", &group.api_key);
    let address = "/api/public/v1/sites/seeblick.example/rooms/room-with-a-picture/";
    let image = wait_until("the address in the API", || {
        let image = reader.get(address).expect(200).json()["images"][0].clone();
        image["url"].as_str().unwrap().starts_with("https://media.hotel.example/media/").then_some(image)
    });
    assert_eq!(image["url"], format!("https://media.hotel.example{url}"));
    let all = |list: &Value| {
        list.as_array()
            .unwrap()
            .iter()
            .all(|one| one["url"].as_str().unwrap().starts_with("https://media.hotel.example/media/"))
    };
    assert!(all(&image["renditions"]), "{image}");
    let html = server.client().with("host", &group.domain).get("/rooms/room-with-a-picture").expect(200).text();
    assert!(html.contains("https://media.hotel.example/media/") && !html.contains("\"/media/"), "{html}");
}

#[test]
fn a_bucket_that_does_not_answer_stops_nothing_but_files() {
    let (storage, bucket) = test_bucket();
    let mut server = in_bucket(&storage, &bucket).env(BUCKET, format!("{bucket}-gone")).start();
    let owner = set_up(&server);
    let refused = owner.client.send("POST", "/api/v1/media/?name=lake.jpg", Some(&photograph(9))).expect(503);
    assert_eq!(refused.code(), "unavailable");
    assert!(
        refused.header("retry-after").is_some() && refused.text().contains("storage of files"),
        "{}",
        refused.text()
    );
    assert_eq!(owner.client.get("/api/v1/media/").expect(200).json()["count"], 0);
    assert!(!server.log().contains("canary-s3-secret"));
    server.client().get("/readyz").expect(200);
    server.kill();
    // Incomplete settings are told before anything starts.
    for (set, missing) in [(BUCKET, "AWS_SECRET_ACCESS_KEY"), ("AWS_S3_CUSTOM_DOMAIN", BUCKET)] {
        let environment = [(set.to_owned(), "media.hotel.example".to_owned())];
        let output = gammacms(&environment, &["config"]);
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(missing) && said.contains(set), "{said}");
    }
}
