//! The first minutes: from an empty directory to an owner, and the failures that happen on real machines.

use std::{net::TcpListener, os::unix::fs::PermissionsExt, process::Stdio};

use serde_json::json;

use super::support::{
    Answer, PASSWORD, Person, Server, binary, gammacms, postgres_is_used, set_up, sign_in, wait_until,
};

fn setup(code: &str, email: &str, start: &str) -> serde_json::Value {
    json!({
        "code": code,
        "owner": {"email": email, "name": "Ottilie Brunner", "password": PASSWORD},
        "organization": {"name": "Lake Hotels", "time_zone": "Europe/Zurich", "currency": "CHF", "locales": ["en", "de"], "default_locale": "en"},
        "start": start,
    })
}

#[test]
fn the_first_page_leads_to_setup_until_an_owner_exists() {
    let server = Server::start_new();
    let first = server.client().get("/");
    assert!((302..=303).contains(&first.status), "{}", first.status);
    assert_eq!(first.header("location"), Some("/setup"));
    assert_eq!(server.client().get("/setup").expect(200).header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(server.client().get("/api/v1/setup/").expect(200).json()["is_open"], true);
    set_up(&server);
    let after = server.client().get("/");
    assert_eq!(after.header("location"), Some("/dashboard/"));
    assert_eq!(server.client().get("/api/v1/setup/").expect(200).json()["is_open"], false);
    let late = server.client().post("/api/v1/setup/", &setup("AAAA-BBBB", "late@lake.example", "empty"));
    assert_eq!(late.status, 409, "{}", late.text());
}

#[test]
fn the_code_is_in_the_log_and_in_a_private_file_and_never_in_a_request_line() {
    let server = Server::start_new();
    let file = server.data_dir().join("setup-code");
    let code = std::fs::read_to_string(&file).unwrap().trim().to_owned();
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let log = server.log();
    // The address that a human opens carries the code behind `#`, which no browser sends.
    assert!(log.contains(&format!("/setup#code={code}")), "{log}");
    set_up(&server);
    assert!(!file.exists());
    assert!(!server.log().contains(&format!("?code={code}")));
}

#[test]
fn a_wrong_code_is_refused_and_guessing_is_throttled() {
    let server = Server::start_new();
    let client = server.client();
    let refused = client.post("/api/v1/setup/", &setup("AAAA-AAAA", "owner@lake.example", "empty")).expect(403);
    assert_eq!(refused.code(), "setup_code_wrong");
    let throttled = wait_until("the throttle", || {
        let answer = client.post("/api/v1/setup/", &setup("AAAA-AAAB", "owner@lake.example", "empty"));
        (answer.status == 429).then_some(answer)
    });
    assert!(throttled.header("retry-after").is_some());
}

#[test]
fn a_new_code_needs_no_restart() {
    let server = Server::start_new();
    let old = std::fs::read_to_string(server.data_dir().join("setup-code")).unwrap();
    let printed = server.run_ok(&["setup-code"]);
    let new = std::fs::read_to_string(server.data_dir().join("setup-code")).unwrap();
    assert_ne!(old, new);
    assert!(printed.contains(new.trim()), "{printed}");
    // The command knows the running server's address, which came by a flag of its own.
    assert!(printed.starts_with(server.client().base()), "{printed}");
    let refused = server.client().post("/api/v1/setup/", &setup(old.trim(), "owner@lake.example", "empty"));
    assert_eq!(refused.status, 403);
    server.client().post("/api/v1/setup/", &setup(new.trim(), "owner@lake.example", "empty")).expect(201);
}

#[test]
fn setup_tells_all_that_is_wrong_at_once_and_leaves_nothing_half_done() {
    let server = Server::start_new();
    let code = std::fs::read_to_string(server.data_dir().join("setup-code")).unwrap();
    let wrong = json!({
        "code": code.trim(),
        "owner": {"email": "not an address", "name": "", "password": "short"},
        "organization": {"name": "", "time_zone": "Europe/Atlantis", "currency": "francs", "locales": [], "default_locale": "en"},
        "start": "empty",
    });
    let refused = server.client().post("/api/v1/setup/", &wrong);
    assert!(refused.status == 400 || refused.status == 422, "{}", refused.status);
    assert!(!refused.json()["errors"].as_array().unwrap().is_empty(), "{}", refused.text());
    assert_eq!(server.client().get("/api/v1/setup/").expect(200).json()["is_open"], true);
    set_up(&server);
}

#[test]
fn every_start_leaves_a_working_site() {
    for (start, domains) in [("sample", 3), ("hotel_classic", 1), ("empty", 0)] {
        let server = Server::start_new();
        let code = std::fs::read_to_string(server.data_dir().join("setup-code")).unwrap();
        server.client().post("/api/v1/setup/", &setup(code.trim(), "owner@lake.example", start)).expect(201);
        let owner = sign_in(&server, "owner@lake.example", None);
        let sites = owner.client.get("/api/v1/sites/").expect(200).json();
        let sites = sites["results"].as_array().or_else(|| sites.as_array()).unwrap();
        assert_eq!(sites.len(), domains, "{start}");
        let key = owner.client.post("/api/v1/api-keys/", &json!({"name": "Test"})).expect(201).json();
        let reader = server.client().with("x-api-key", key["key"].as_str().unwrap());
        for site in sites {
            let path = format!("/api/public/v1/sites/{}/pages/", site["id"].as_str().unwrap());
            let pages = reader.get(&path).expect(200).json();
            assert!(
                pages["results"].as_array().unwrap().iter().any(|page| page["is_homepage"] == true),
                "{start}: {pages}"
            );
        }
    }
}

fn facts() -> serde_json::Value {
    json!({
        "name": "Hotel Alba",
        "sentence": {"en": "Eleven rooms above the harbour", "de": "Elf Zimmer über dem Hafen"},
        "street": "Seestrasse 4", "postal_code": "9403", "city": "Goldach", "country": "CH",
        "phone": "+41 71 555 01 40", "email": "stay@alba.example",
        "rooms": [{"name": "Harbour room", "price": "180"}, {"name": "Attic"}],
    })
}

/// Sets up from facts; answers the owner and the site.
fn set_up_from(server: &Server, facts: &serde_json::Value) -> (Person, serde_json::Value) {
    let code = std::fs::read_to_string(server.data_dir().join("setup-code")).unwrap();
    let mut wish = setup(code.trim(), "owner@lake.example", "hotel_classic");
    wish["facts"] = facts.clone();
    let site = server.client().post("/api/v1/setup/", &wish).expect(201).json()["site"].clone();
    (sign_in(server, "owner@lake.example", None), site)
}

#[test]
fn five_facts_make_a_website_that_says_nothing_else() {
    let server = Server::start_new();
    let (owner, site) = set_up_from(&server, &facts());
    assert_eq!((site["name"].as_str(), site["slug"].as_str()), (Some("Hotel Alba"), Some("hotel-alba")));
    let live = |path: &str| owner.client.get(&format!("/live/hotel-alba{path}"));
    let home = live("/").expect(200).text();
    for said in ["Hotel Alba", "Eleven rooms above the harbour", "Harbour room", "180", "+41 71 555 01 40", "Goldach"] {
        assert!(home.contains(said), "{said} is missing:\n{home}");
    }
    // What belongs in a place that no fact fills is for the team's eyes.
    for hint in ["Two paragraphs are enough", "One line that only", "{", "class=\"ribbon\""] {
        let shown = home.split("</head>").nth(1).unwrap();
        assert!(!shown.contains(hint), "{hint} is public:\n{home}");
    }
    // The menu stands in the order of the start's file.
    let place = |path: &str| home.find(&format!("href=\"/live/hotel-alba/{path}\"")).unwrap();
    assert!(place("rooms") < place("contact"), "{home}");
    let german = live("/de").expect(200).text();
    assert!(german.contains("Elf Zimmer über dem Hafen") && !german.contains("Eleven rooms"), "{german}");
    assert!(live("/contact").expect(200).text().contains("stay@alba.example"));
    assert!(live("/rooms").expect(200).text().contains("Attic"));
    live("/dining").expect(404);
    assert!(home.contains("href=\"/live/hotel-alba/favicon.svg\""), "{home}");
    assert_eq!(live("/favicon.svg").expect(200).header("content-type"), Some("image/svg+xml"));
    assert!(owner.client.get("/preview/hotel-alba/dining").expect(200).text().contains("Who cooks"));
}

#[test]
fn what_is_not_given_stays_empty() {
    let server = Server::start_new();
    let (owner, _) = set_up_from(&server, &json!({"name": "Alba"}));
    let home = owner.client.get("/live/alba/").expect(200).text();
    assert!(home.contains("<h1>Alba</h1>"), "{home}");
    assert!(!home.contains("tel:") && !home.contains("Call us"), "{home}");
    owner.client.get("/live/alba/rooms").expect(404);
}

#[test]
fn the_published_pages_on_the_platform_are_the_teams_alone() {
    let server = Server::start_new();
    let (owner, site) = set_up_from(&server, &facts());
    assert_eq!(server.client().get("/live/hotel-alba/").status, 302);
    owner.client.post(&format!("/api/v1/sites/{}/unpublish/", site["id"].as_str().unwrap()), &json!({})).expect(200);
    owner.client.get("/live/hotel-alba/").expect(404);
}

#[test]
fn every_wrong_fact_is_named_at_once() {
    let server = Server::start_new();
    let code = std::fs::read_to_string(server.data_dir().join("setup-code")).unwrap();
    let mut wish = setup(code.trim(), "owner@lake.example", "hotel_classic");
    let mut wrong = facts();
    wrong["sentence"]["de"] = json!("long ".repeat(60));
    wrong["phone"] = json!("please call");
    wrong["email"] = json!("alba");
    wrong["rooms"][1]["price"] = json!("CHF 90.-");
    wish["facts"] = wrong;
    let told = |answer: &Answer| {
        let errors = answer.json()["errors"].as_array().unwrap().clone();
        errors
            .iter()
            .map(|error| error["pointer"].as_str().unwrap().to_owned())
            .collect::<std::collections::BTreeSet<_>>()
    };
    let refused = server.client().post("/api/v1/setup/", &wish).expect(422);
    let expected = ["/facts/email", "/facts/phone", "/facts/rooms/1/price", "/facts/sentence/de"];
    assert_eq!(told(&refused), expected.map(str::to_owned).into());
    for (facts, start, pointer) in [
        (json!({"name": " "}), "hotel_classic", "/facts/name"),
        (json!({"name": "Alba", "sentence": {"fr": "Au lac"}}), "hotel_classic", "/facts/sentence/fr"),
        (json!({"name": "Alba", "rooms": [{"name": ""}]}), "hotel_classic", "/facts/rooms/0/name"),
        (json!({"name": "Alba"}), "empty", "/facts"),
    ] {
        let mut wish = setup(code.trim(), "owner@lake.example", start);
        wish["facts"] = facts;
        let refused = server.client().post("/api/v1/setup/", &wish).expect(422);
        assert_eq!(told(&refused), [pointer.to_owned()].into());
    }
    assert_eq!(server.client().get("/api/v1/setup/").expect(200).json()["is_open"], true);
}

#[test]
fn an_unattended_start_makes_the_owner_of_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    std::fs::write(&file, format!("{PASSWORD}\n")).unwrap();
    let server = Server::options()
        .env("GAMMACMS_OWNER_EMAIL", "boss@lake.example")
        .env("GAMMACMS_OWNER_PASSWORD_FILE", file.to_str().unwrap())
        .start();
    assert_eq!(server.client().get("/api/v1/setup/").expect(200).json()["is_open"], false);
    assert!(!server.data_dir().join("setup-code").exists());
    let boss = sign_in(&server, "boss@lake.example", None);
    assert_eq!(boss.client.get("/api/v1/auth/me/").expect(200).json()["user"]["is_superuser"], true);
}

#[test]
fn createsuperuser_never_takes_the_password_as_an_argument() {
    let server = Server::start_new();
    let refused = server.run(&["createsuperuser", "--email", "a@b.example", "--password", PASSWORD]);
    assert_eq!(refused.status.code(), Some(2));
    let file = server.folder().join("password");
    std::fs::write(&file, "short").unwrap();
    let weak = server.run(&["createsuperuser", "--email", "a@b.example", "--password-file", file.to_str().unwrap()]);
    assert_eq!(weak.status.code(), Some(1), "{}", String::from_utf8_lossy(&weak.stderr));
    std::fs::write(&file, PASSWORD).unwrap();
    for _ in 0..2 {
        server.run_ok(&["createsuperuser", "--email", "a@b.example", "--password-file", file.to_str().unwrap()]);
    }
    sign_in(&server, "a@b.example", None);
}

#[test]
fn permissions_can_be_filled_again_and_again() {
    let server = Server::start_new();
    for command in ["initialize_permissions", "initialize_role_permissions"] {
        assert_eq!(server.run_ok(&[command]), server.run_ok(&[command]));
    }
}

/// Starts a server that must refuse; answers its exit code and what it said.
fn refused(data_dir: &std::path::Path, listen: &str) -> (Option<i32>, String) {
    let child = std::process::Command::new(binary())
        .env_clear()
        .args(["serve", "--data-dir", data_dir.to_str().unwrap(), "--listen", listen])
        .current_dir(data_dir.parent().unwrap())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code(), text)
}

#[test]
fn a_taken_port_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, text) = refused(&folder.path().join("data"), &address);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains(&address) && text.contains("in use") && text.contains("--listen"), "{text}");
}

#[test]
fn a_second_process_on_the_same_directory_is_told_the_first_ones_pid() {
    let server = Server::start_new();
    let (code, text) = refused(&server.data_dir(), "127.0.0.1:0");
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains(&server.pid().to_string()), "{text}");
}

#[test]
fn a_damaged_database_is_named_with_the_next_step() {
    if postgres_is_used() {
        return println!("skipped: SQLite only");
    }
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir_all(&data).unwrap();
    std::fs::write(data.join("gammacms.db"), "this is not a database, but long enough to look like one".repeat(100))
        .unwrap();
    let (code, text) = refused(&data, "127.0.0.1:0");
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("gammacms.db") && text.contains("damaged"), "{text}");
}

#[test]
fn a_database_from_a_newer_version_is_left_alone() {
    if postgres_is_used() {
        return println!("skipped: the migrator's own test covers PostgreSQL");
    }
    let mut server = Server::start_new();
    server.stop();
    let connection = rusqlite::Connection::open(server.data_dir().join("gammacms.db")).unwrap();
    connection.execute("insert into schema_migrations values (9999, '9999_later.sql', '', '')", []).unwrap();
    drop(connection);
    let (code, text) = refused(&server.data_dir(), "127.0.0.1:0");
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("newer version"), "{text}");
    let output = server.run(&["migrate", "--check"]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_data_directory_that_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    // A file stands where the directory should be: refused for root as well, who may write anywhere.
    let blocked = folder.path().join("data");
    std::fs::write(&blocked, "").unwrap();
    let (code, text) = refused(&blocked, "127.0.0.1:0");
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains(blocked.to_str().unwrap()), "{text}");
    let (code, text) = refused(std::path::Path::new("/proc/gammacms-data"), "127.0.0.1:0");
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("/proc/gammacms-data"), "{text}");
}

#[test]
fn every_wrong_setting_is_named_with_its_source_before_anything_starts() {
    let folder = tempfile::tempdir().unwrap();
    let environment = [
        ("GAMMACMS_ENV", "prod"),
        ("GAMMACMS_LISTEN", "everywhere"),
        ("DATABASE_URL", "mysql://x"),
        ("WORKER_CONCURRENCY", "many"),
        ("GAMMACMS_DATA_DIR", folder.path().to_str().unwrap()),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let output = gammacms(&environment, &["serve"]);
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8_lossy(&output.stderr);
    for name in ["GAMMACMS_ENV", "GAMMACMS_LISTEN", "DATABASE_URL", "WORKER_CONCURRENCY"] {
        assert!(text.contains(name), "{name} is not named:\n{text}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn production_refuses_unsafe_settings_and_says_which() {
    let folder = tempfile::tempdir().unwrap();
    let environment = [
        ("GAMMACMS_ENV", "production"),
        ("GAMMACMS_DEBUG", "true"),
        ("STRIPE_API_KEY", "sk_test_123456789012345678901234"),
        ("GAMMACMS_DATA_DIR", folder.path().to_str().unwrap()),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let output = gammacms(&environment, &["serve"]);
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8_lossy(&output.stderr);
    for name in ["GAMMACMS_SECRET_KEY", "GAMMACMS_DEBUG", "STRIPE_API_KEY", "GAMMACMS_PUBLIC_URL"] {
        assert!(text.contains(name), "{name} is not named:\n{text}");
    }
    assert!(!text.contains("sk_test_1234567890"), "a secret was printed:\n{text}");
}

#[test]
fn config_prints_what_is_in_force_and_where_it_came_from_but_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("gammacms.toml"), "default_from_email = \"front@lake.example\"\n").unwrap();
    let environment = [
        ("GAMMACMS_DATA_DIR", folder.path().to_str().unwrap()),
        ("GAMMACMS_SECRET_KEY", "canary-secret-key-that-is-long-enough-0123456789"),
        ("SMTP_URL", "smtp://anna:canary-password@mail.example:587"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let output = gammacms(&environment, &["config"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(!text.contains("canary"), "{text}");
    assert!(text.contains("front@lake.example") && text.contains("gammacms.toml"), "{text}");
    assert!(text.contains("mail.example"), "{text}");
}

#[test]
fn staging_asks_search_engines_to_stay_away() {
    let server = Server::options().env("GAMMACMS_ENV", "staging").env("GAMMACMS_SECRET_KEY", "k".repeat(48)).start();
    let answer = server.client().get("/api/v1/setup/").expect(200);
    assert!(answer.header("x-robots-tag").unwrap_or_default().contains("noindex"));
    assert_eq!(answer.json()["environment"], "staging");
    let dev = Server::start_new();
    assert_eq!(dev.client().get("/api/v1/setup/").header("x-robots-tag"), None);
}
