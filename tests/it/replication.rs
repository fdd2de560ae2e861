//! What a hotel relies on when its machine is gone: what was saved is in the replica, comes back by itself, and is never
//! mixed up with another installation's. Runs the real Litestream, on a replica in a folder.

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::support::{
    Client, Server, ServerOptions, gammacms, postgres_is_used, set_up, sign_in, test_bucket, test_database, wait_until,
};

/// As `scripts/npm.sh tests/tools` puts it there, or the machine's own where that has none for its processor.
fn litestream() -> String {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/node_modules/@flydotio");
    let found = tools.join("litestream-linux-x64/litestream");
    if found.exists() { found.display().to_string() } else { "litestream".to_owned() }
}

fn replicated(replica: &Path) -> ServerOptions {
    Server::options()
        .env("LITESTREAM_BINARY", litestream())
        .env("LITESTREAM_REPLICA_URL", format!("file://{}", replica.display()))
        .env("GAMMACMS_INIT_EMPTY", "true")
}

fn report(server: &Server) -> Value {
    let operator = sign_in(server, "owner@lake.example", None);
    operator.client.get("/api/v1/admin/replication/").expect(200).json()
}

fn is_alive(process: u64) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // A zombie is dead; its parent has not looked yet.
    !stat.is_empty() && !stat.contains(") Z ")
}

/// Everything of the machine's disk but the replica.
fn lose_machine(server: &mut Server) {
    std::fs::remove_dir_all(server.data_dir()).unwrap();
    server.set_environment("GAMMACMS_INIT_EMPTY", "false");
}

/// The owner, at work for the group.
fn owner(server: &Server) -> Client {
    let owner = sign_in(server, "owner@lake.example", None);
    let me = owner.client.get("/api/v1/auth/me/").expect(200).json();
    owner.client.with("x-organization-id", me["memberships"][0]["organization"]["id"].as_str().unwrap())
}

fn make_site(client: &Client, slug: &str) {
    let site = json!({"name": slug, "slug": slug, "locales": ["en"], "default_locale": "en", "time_zone": "UTC", "currency": "CHF"});
    client.post("/api/v1/sites/", &site).expect(201);
}

fn sites(server: &Server) -> Vec<String> {
    let client = owner(server);
    let list = client.get("/api/v1/sites/").expect(200).json();
    list["results"].as_array().unwrap().iter().map(|site| site["slug"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_orderly_stop_loses_nothing_and_a_new_machine_has_it_all() {
    if postgres_is_used() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut server = replicated(&folder.path().join("replica")).start();
    set_up(&server);
    make_site(&owner(&server), "seeblick");
    // The first stop goes on with the replica that is there, the second machine begins with it.
    server.restart();
    make_site(&owner(&server), "last-words");
    assert_eq!(server.stop(), Some(0), "{}", server.log());
    lose_machine(&mut server);
    server.start();
    assert!(server.log().contains("restored the database from the replica"), "{}", server.log());
    let mut found = sites(&server);
    found.sort();
    assert_eq!(found, ["last-words", "seeblick"]);
    assert!(!server.data_dir().join("gammacms.db.restoring").exists());
    // And what is written now is replicated again, by the same installation.
    let before = report(&server);
    assert_eq!((&before["state"], &before["restarts"]), (&json!("running"), &json!(0)), "{before}");
    wait_until("the heartbeat's arrival", || {
        let lag = report(&server)["lag_seconds"].as_f64().unwrap();
        (lag == 0.0).then_some(())
    });
    let health = server.client().get("/api/v1/health/").expect(200).json();
    let check =
        health["checks"].as_array().unwrap().iter().find(|check| check["name"] == "replication").unwrap().clone();
    assert_eq!(check["status"], "ok", "{health}");
    wait_until("the metrics", || {
        let metrics = server.client().get("/metrics").expect(200).text();
        (metrics.contains("gammacms_replication_up 1") && metrics.contains("gammacms_replication_lag_seconds 0"))
            .then_some(())
    });
}

#[test]
fn a_power_cut_of_the_whole_machine_costs_a_second_or_two() {
    if postgres_is_used() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut server = replicated(&folder.path().join("replica")).start();
    set_up(&server);
    let client = owner(&server);
    wait_until("the first copy", || folder.path().join("replica/db/generations").exists().then_some(()));
    let litestream = report(&server)["process"].as_u64().unwrap();
    let begun = Instant::now();
    make_site(&client, "seeblick");
    let site = client.get("/api/v1/sites/").expect(200).json()["results"][0]["id"].as_str().unwrap().to_owned();
    let mut answered = Vec::new();
    while begun.elapsed() < Duration::from_millis(2500) {
        let note = json!({"type": "amenity", "document": {"name": {"en": format!("Note {}", answered.len())}}});
        client.post(&format!("/api/v1/sites/{site}/entries/"), &note).expect(201);
        answered.push(Instant::now());
    }
    // Litestream first: it would send what it can when it hears that its parent is gone.
    let cut = Instant::now();
    assert!(Command::new("kill").args(["-KILL", &litestream.to_string()]).status().unwrap().success());
    server.kill();
    lose_machine(&mut server);
    server.start();
    // One after the other was written: what is there is the beginning of it.
    let list =
        owner(&server).get(&format!("/api/v1/sites/{site}/entries/?type=amenity&page_size=1")).expect(200).json();
    let found = usize::try_from(list["count"].as_u64().unwrap()).unwrap();
    let seconds = answered.get(found).map_or(0.0, |at| cut.duration_since(*at).as_secs_f64());
    println!(
        "{} of {} answered writes were lost, the oldest {seconds:.2} s before the cut",
        answered.len() - found,
        answered.len()
    );
    // A fifth of a second on a machine that does nothing else.
    assert!(seconds <= 2.0, "{seconds} s were lost");
    assert!(found > 0, "nothing came back");
    let newest = list["results"][0]["title"].as_str().unwrap_or_default().to_owned();
    assert!(newest.starts_with("Note "), "{list}");
}

#[test]
fn litestream_is_begun_again_when_it_ends_and_ends_with_the_server() {
    if postgres_is_used() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut server = replicated(&folder.path().join("replica")).start();
    set_up(&server);
    let first = report(&server)["process"].as_u64().unwrap();
    assert!(Command::new("kill").args(["-KILL", &first.to_string()]).status().unwrap().success());
    let second = wait_until("another Litestream", || {
        let report = report(&server);
        assert!(
            report["state"] == "running" || report["complaint"].as_str().unwrap().contains("signal: 9"),
            "{report}"
        );
        (report["restarts"] == 1).then(|| report["process"].as_u64()).flatten()
    });
    assert!(first != second && is_alive(second));
    server.kill();
    wait_until("Litestream's end with its parent", || (!is_alive(second)).then_some(()));
}

/// What a start says, that is to end by itself.
fn refused(data: &Path, environment: &[(&str, String)]) -> String {
    let environment: Vec<_> = environment.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let output = gammacms(&environment, &["serve", "--data-dir", data.to_str().unwrap(), "--listen", "127.0.0.1:0"]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_start_that_would_destroy_a_copy_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let url = |name: &str| ("LITESTREAM_REPLICA_URL", format!("file://{}", path(name).display()));
    let real = || ("LITESTREAM_BINARY", litestream());
    if postgres_is_used() {
        let postgres = ("DATABASE_URL", test_database());
        let environment: Vec<_> = [url("replica"), postgres].map(|(name, value)| (name.to_owned(), value)).to_vec();
        let output = gammacms(&environment, &["serve", "--data-dir", path("pg").to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(2), "a wrong setting");
        assert!(String::from_utf8_lossy(&output.stderr).contains("Litestream replicates SQLite"));
        return;
    }
    let mut owner = replicated(&path("replica")).start();
    set_up(&owner);
    assert_eq!(owner.stop(), Some(0));
    // One that prints another version: which one is installed is the machine's matter.
    let newer = path("newer");
    std::fs::write(&newer, "#!/bin/sh\necho 0.9.1\n").unwrap();
    std::fs::set_permissions(&newer, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let mut other = Server::start_new();
    set_up(&other);
    assert_eq!(other.stop(), Some(0));
    let empty = ("GAMMACMS_INIT_EMPTY", "true".to_owned());
    let staging = ("GAMMACMS_ENV", "staging".to_owned());
    let missing = ("LITESTREAM_BINARY", path("nothing").display().to_string());
    for (what, data, environment, says) in [
        ("a wrong address and no database", path("a"), vec![real(), url("misspelt")], "--init-empty"),
        (
            "another installation's replica",
            other.data_dir(),
            vec![real(), url("replica")],
            "belongs to the dev installation",
        ),
        (
            "another, asked to begin empty",
            other.data_dir(),
            vec![real(), url("replica"), empty],
            "belongs to the dev installation",
        ),
        (
            "staging on another's replica",
            path("b"),
            vec![real(), url("replica"), staging],
            "belongs to the dev installation",
        ),
        ("no Litestream", path("c"), vec![missing, url("replica")], "LITESTREAM_BINARY"),
        (
            "an unknown Litestream",
            path("d"),
            vec![("LITESTREAM_BINARY", newer.display().to_string()), url("replica")],
            "0.9.1",
        ),
    ] {
        let said = refused(&data, &environment);
        assert!(said.contains(says), "{what}: {said}");
        assert!(data == other.data_dir() || !data.join("gammacms.db").exists(), "{what} left a database");
    }
    // Whoever was refused destroyed nothing.
    lose_machine(&mut owner);
    owner.start();
    sign_in(&owner, "owner@lake.example", None);
}

#[test]
fn storage_that_cannot_be_reached_is_waited_for() {
    if postgres_is_used() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let replica = folder.path().join("replica");
    let mut server = replicated(&replica).start();
    set_up(&server);
    assert_eq!(server.stop(), Some(0));
    lose_machine(&mut server);
    // What a lost mount looks like.
    let away = folder.path().join("away");
    std::fs::rename(&replica, &away).unwrap();
    std::fs::write(&replica, "not a folder").unwrap();
    server.start_unready();
    wait_until("the first try", || server.log().contains("trying again").then_some(()));
    assert!(server.client().try_send("GET", "/readyz", None).is_err(), "it answers without its data");
    assert!(!server.data_dir().join("gammacms.db").exists());
    std::fs::remove_file(&replica).unwrap();
    std::fs::rename(&away, &replica).unwrap();
    wait_until("the start", || {
        server.client().try_send("GET", "/readyz", None).is_ok_and(|answer| answer.status == 200).then_some(())
    });
    sign_in(&server, "owner@lake.example", None);
    server.kill();
}

#[test]
fn a_bucket_is_a_second_place_as_good_as_a_disk() {
    if postgres_is_used() {
        return;
    }
    let (storage, bucket) = test_bucket();
    let folder = tempfile::tempdir().unwrap();
    let mut server = replicated(folder.path())
        .env("LITESTREAM_REPLICA_URL", format!("s3://{bucket}/hotel"))
        .env("AWS_S3_ENDPOINT_URL", storage.base())
        .env("LITESTREAM_ACCESS_KEY_ID", "key")
        .env("LITESTREAM_SECRET_ACCESS_KEY", "secret")
        .start();
    set_up(&server);
    make_site(&owner(&server), "seeblick");
    assert_eq!(server.stop(), Some(0), "{}", server.log());
    lose_machine(&mut server);
    server.start();
    assert_eq!(sites(&server), ["seeblick"]);
    server.kill();
}

#[test]
fn the_file_at_the_top_level_is_what_the_program_makes() {
    let literal = include_str!("../../litestream.yml").replace("${LITESTREAM_REPLICA_URL}", "s3://bucket/hotel");
    let kept: Vec<_> = literal.lines().filter(|line| !line.trim_start().starts_with('#') && !line.is_empty()).collect();
    let made = |format: &str| {
        let environment = [("LITESTREAM_REPLICA_URL", "s3://bucket/hotel"), ("GAMMACMS_DATA_DIR", "/data")];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let output = gammacms(&environment, &["litestream", "config", "--format", format]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert_eq!(kept, made("v0.3").lines().map(str::trim_end).collect::<Vec<_>>());
    assert!(made("v0.5").contains("\n    replica: \n      url: \"s3://bucket/hotel/db\""), "{}", made("v0.5"));
}
