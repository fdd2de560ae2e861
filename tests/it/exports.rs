//! What an owner relies on who takes the content along: the archive is written in the background, is whole, is theirs alone, and
//! is gone after a day.

use std::{collections::BTreeMap, io::Read as _};

use flate2::read::GzDecoder;
use serde_json::{Value, json};

use super::{
    bundle::{counted, elsewhere, export, import},
    media::upload,
    support::{Client, Server, Story, wait_until},
};

const EXPORTS: &str = "/api/v1/exports/";

fn path(export: &Value) -> String {
    format!("{EXPORTS}{}/", export["id"].as_str().unwrap())
}

fn ready(client: &Client, wish: &Value) -> Value {
    let asked = client.post(EXPORTS, wish).expect(201).json();
    assert_eq!(
        (&asked["state"], &asked["size"], &asked["expires_at"]),
        (&json!("waiting"), &Value::Null, &Value::Null)
    );
    wait_until("the archive", || {
        let now = client.get(&path(&asked)).expect(200).json();
        assert_ne!(now["state"], "failed", "{now}");
        (now["state"] == "ready").then_some(now)
    })
}

fn files(server: &Server) -> usize {
    std::fs::read_dir(server.data_dir().join("exports")).map_or(0, Iterator::count)
}

#[test]
fn an_owner_downloads_what_the_command_writes_and_it_comes_in_elsewhere() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let owner = &story.lake.owner.client;
    let export_ = ready(owner, &json!({}));
    let total = export_["total"].as_u64().unwrap();
    assert_eq!((total > 3, &export_["done"]), (true, &export_["total"]));
    assert!(export_["notes"].to_string().contains("API keys"), "{export_}");
    let file = owner.get(&format!("{}file/", path(&export_))).expect(200);
    assert_eq!(file.header("content-type"), Some("application/gzip"));
    assert_eq!(file.header("cache-control"), Some("no-store"));
    let name = file.header("content-disposition").unwrap();
    assert!(name.starts_with("attachment; filename=\"lake-hotels-20") && name.ends_with(".tar.gz\""), "{name}");
    assert_eq!(export_["size"].as_u64(), Some(file.body.len() as u64));
    assert_eq!(export(&server, "lake-hotels", "a.tar.gz", &[]), file.body, "the command writes the same");
    let (other, _) = elsewhere();
    assert!(counted(&import(&other, "lake-hotels", &file.body, &[])).0 > total);

    let site = ready(owner, &json!({"site_id": story.lake.site_id, "history": true}));
    let file = owner.get(&format!("{}file/", path(&site))).expect(200);
    assert_eq!(export(&server, "lake-hotels", "b.tar.gz", &["--site", "main", "--history"]), file.body);

    let list = owner.get(EXPORTS).expect(200).json();
    assert_eq!((list["results"][0]["id"].clone(), list["results"].as_array().unwrap().len()), (site["id"].clone(), 2));
    let log = owner.get("/api/v1/audit/?limit=50").expect(200).text();
    for action in ["export.requested", "export.ready", "export.downloaded"] {
        assert!(log.contains(action), "{action}: {log}");
    }
}

#[test]
fn an_archive_is_for_owners_of_its_organization_alone() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let owner = &story.lake.owner.client;
    let export_ = ready(owner, &json!({}));
    let file = format!("{}file/", path(&export_));
    for member in [&story.admin, &story.editor, &story.viewer] {
        for answer in [member.client.get(EXPORTS), member.client.get(&file), member.client.post(EXPORTS, &json!({}))] {
            assert_eq!(answer.status, 403, "{}: {}", member.email, answer.text());
        }
    }
    let stranger = &story.alp.owner.client;
    for answer in [stranger.get(&path(&export_)), stranger.get(&file), stranger.delete(&path(&export_))] {
        assert_eq!(answer.status, 404);
    }
    assert_eq!(stranger.get(EXPORTS).expect(200).json()["results"], json!([]));
    assert_eq!(stranger.post(EXPORTS, &json!({"site_id": story.lake.site_id})).status, 404);
    assert_eq!(server.client().get(&file).status, 401, "a key or nothing is no session");
    assert_eq!(story.lake.reader.get(&file).status, 401);
}

#[test]
fn one_is_written_at_a_time_and_none_stays_longer_than_a_day() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let owner = &story.lake.owner.client;
    let unknown = owner.get(&format!("{EXPORTS}01890a5d-ac96-774b-bcce-b302099a8057/file/"));
    assert_eq!(unknown.status, 404);
    let mut first = None;
    for _ in 0..4 {
        let export_ = ready(owner, &json!({}));
        first.get_or_insert(export_);
    }
    assert_eq!(owner.get(&path(&first.unwrap())).status, 404, "three lie ready at most");
    let asked: Vec<_> = (0..4).map(|_| owner.post(EXPORTS, &json!({}))).collect();
    assert!(asked.iter().all(|answer| answer.status == 201 || answer.code() == "export_busy"));
    let newest = owner.get(EXPORTS).expect(200).json()["results"][0].clone();
    let settled = wait_until("the last one", || {
        let now = owner.get(&path(&newest)).expect(200).json();
        (now["state"] == "ready").then_some(now)
    });
    let thrown = owner.delete(&path(&settled));
    assert_eq!((thrown.status, owner.get(&format!("{}file/", path(&settled))).status), (204, 404));
    let left = owner.get(EXPORTS).expect(200).json()["results"][0].clone();
    std::fs::remove_file(server.data_dir().join("exports").join(format!("{}.tar.gz", left["id"].as_str().unwrap())))
        .unwrap();
    assert_eq!(owner.get(&format!("{}file/", path(&left))).expect(409).code(), "export_elsewhere");

    std::fs::write(
        server.data_dir().join("exports/01890a5d-ac96-774b-bcce-b302099a8057.tar.gz"),
        b"of a row that is gone",
    )
    .unwrap();
    server.set_clock_offset(25 * 60 * 60);
    let owner = super::support::sign_in(&server, "owner@lake.example", Some(&story.lake.organization_id)).client;
    assert_eq!(owner.get(&format!("{}file/", path(&left))).status, 404, "its day is over");
    server.run_ok(&["cron", "run", "sweep_exports"]);
    wait_until("the sweep", || (files(&server) == 0).then_some(()));
    assert_eq!(owner.get(EXPORTS).expect(200).json()["results"], json!([]));
}

/// The files of an archive, by their names.
fn unpacked(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut members = tar::Archive::new(GzDecoder::new(archive));
    let members = members.entries().unwrap().map(|member| {
        let mut member = member.unwrap();
        let name = member.path().unwrap().to_str().unwrap().to_owned();
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).unwrap();
        (name, bytes)
    });
    members.collect()
}

#[test]
fn an_owner_downloads_the_websites_as_the_plain_files_of_the_command() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let owner = &story.lake.owner.client;
    let asked = json!({"format": "static", "site_id": story.lake.site_id});
    let export_ = ready(owner, &asked);
    assert_eq!(export_["format"], "static");
    let file = owner.get(&format!("{}file/", path(&export_))).expect(200);
    let name = file.header("content-disposition").unwrap();
    assert!(name.contains("filename=\"lake-hotels-website-20"), "{name}");
    let mut downloaded = unpacked(&file.body);
    let folder = server.folder().join("plain");
    let place = folder.to_str().unwrap();
    server.run_ok(&["export", "static", place, "--organization", "lake-hotels", "--site", "main"]);
    // The manifest says when it was made.
    assert!(downloaded.remove("gammacms-static.json").is_some());
    assert!(downloaded.keys().any(|name| name.ends_with("/index.html")), "{:?}", downloaded.keys());
    for (name, bytes) in &downloaded {
        assert_eq!(std::fs::read(folder.join(name)).ok().as_ref(), Some(bytes), "{name}");
    }
    let left = files(&server);
    assert_eq!(left, 1, "the folder that was packed is gone");

    let refused = owner.post(EXPORTS, &json!({"format": "static", "submissions": true}));
    assert_eq!((refused.status, refused.json()["errors"][0]["pointer"].clone()), (422, json!("/format")));
    let draft = json!({"name": "Draft", "slug": "draft", "locales": ["en"], "default_locale": "en", "time_zone": "Europe/Zurich", "currency": "CHF"});
    let draft = owner.post("/api/v1/sites/", &draft).expect(201).json();
    let nothing = owner.post(EXPORTS, &json!({"format": "static", "site_id": draft["id"]})).expect(201).json();
    let failed = wait_until("the refusal", || {
        let now = owner.get(&path(&nothing)).expect(200).json();
        (now["state"] == "failed").then_some(now)
    });
    assert!(failed["problem"].as_str().unwrap().contains("No site is published"), "{failed}");
}

#[test]
fn an_export_that_ends_every_process_is_given_up_and_keeps_nobody_from_another_one() {
    // The address stays although each start takes another port, so that whoever is signed in stays so.
    let mut server = Server::options().env("GAMMACMS_PUBLIC_URL", "http://127.0.0.1:8000").start();
    let story = Story::tell(&server);
    let owner = &story.lake.owner.client;
    upload(owner, "menu.pdf", b"%PDF-1.7 what the kitchen cooks", 201);
    let only = |folder: std::path::PathBuf| {
        let mut inside = std::fs::read_dir(folder).unwrap().map(|one| one.unwrap().path());
        inside.next().filter(|_| inside.next().is_none()).unwrap()
    };
    let file = only(only(server.data_dir().join("media")));
    // Whoever reads it waits until somebody writes, which nobody does: the job is at work when its process ends.
    std::fs::remove_file(&file).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&file).status().unwrap().success());
    let export = owner.post(EXPORTS, &json!({})).expect(201).json();
    for ended in 1..=3 {
        wait_until("the job", || {
            let running = server.run_ok(&["jobs", "list", "--state", "running", "--json"]);
            running.contains("write_export").then_some(())
        });
        server.kill();
        // On a shared database nobody knows that a process is gone: its lease has to run out.
        server.set_clock_offset(ended * 61);
        server.start();
    }
    let owner = owner.at(server.client().base());
    let now = wait_until("its end", || {
        let now = owner.get(&path(&export)).expect(200).json();
        (now["state"] == "failed").then_some(now)
    });
    assert!(now["problem"].as_str().unwrap().contains("given it up"), "{now}");
    std::fs::remove_file(&file).unwrap();
    std::fs::write(&file, b"%PDF-1.7 what the kitchen cooks").unwrap();
    let another = ready(&owner, &json!({}));
    let listed = owner.get(EXPORTS).expect(200).json()["results"].clone();
    let ids: Vec<_> = listed.as_array().unwrap().iter().map(|one| (one["id"].clone(), one["state"].clone())).collect();
    assert_eq!(ids, [(another["id"].clone(), json!("ready")), (export["id"].clone(), json!("failed"))]);
    assert_eq!(owner.delete(&path(&export)).status, 204);
    // Its log tells an error, as it should: a job was given up.
    server.kill();
}
