//! What operators rely on: health, metrics, logs, orderly stop.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::support::{Client, PASSWORD, Server, Story, furnish, gammacms, set_up, wait_until};

#[test]
fn health_answers_at_every_promised_path() {
    let server = Server::start_new();
    let client = server.client();
    for path in
        ["/healthz", "/livez", "/readyz", "/api/v1/health/", "/api/v1/monitoring/jobs/", "/api/v1/monitoring/celery/"]
    {
        let answer = client.get(path).expect(200);
        assert!(answer.header("content-type").unwrap().starts_with("application/json"), "{path}");
    }
    let health = client.get("/api/v1/health/").json();
    assert_eq!(health["status"], "ok", "{health}");
    assert!(health["version"].is_string());
    let jobs = client.get("/api/v1/monitoring/jobs/").json();
    assert_eq!(jobs, client.get("/api/v1/monitoring/celery/").json());
    for name in ["due_now", "running", "dead", "oldest_due_age_seconds", "lanes", "schedules"] {
        assert!(jobs.get(name).is_some(), "{name} is missing in {jobs}");
    }
}

#[test]
fn metrics_name_routes_by_template_and_no_organization() {
    let server = Server::start_new();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    group.reader.get(&format!("/api/public/v1/sites/{}/rooms/", group.domain)).expect(200);
    let text = wait_until("the request's metric", || {
        let text = server.client().get("/metrics").expect(200).text();
        text.contains("rooms").then_some(text)
    });
    for name in [
        "gammacms_http_requests_total",
        "gammacms_http_request_duration_seconds",
        "gammacms_build_info",
        "gammacms_job_queue_depth",
    ] {
        assert!(text.contains(name), "{name} is missing");
    }
    assert!(!text.contains(&group.organization_id) && !text.contains(&group.domain), "{text}");
    let described: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("# HELP ")?.split(' ').next()).collect();
    for typed in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()) {
        assert!(described.contains(&typed), "{typed} has no help");
    }
}

#[test]
fn the_doctor_finds_an_installation_well_while_its_server_runs() {
    let server = Server::start_new();
    server.run_ok(&["doctor"]);
}

#[test]
fn what_is_set_and_has_no_effect_yet_is_said_at_the_start() {
    let server = Server::options().env("STRIPE_API_KEY", "sk_test_0123456789").start();
    let log = server.log();
    assert!(log.contains("STRIPE_API_KEY is set, and has no effect"), "{log}");
    assert!(!log.contains("LITESTREAM_REPLICA_URL"), "{log}");
}

#[test]
fn metrics_are_for_loopback_or_the_token() {
    let options = Server::options().env("METRICS_TOKEN", "canary-metrics-token-0123456789");
    let server = options.env("TRUSTED_PROXIES", "127.0.0.1").start();
    server.client().get("/metrics").expect(200);
    // Behind a proxy of this machine a request comes from elsewhere.
    let guest = server.client().with("x-forwarded-for", "203.0.113.7");
    assert_eq!(guest.get("/metrics").status, 401);
    assert_eq!(guest.with("authorization", "Bearer wrong").get("/metrics").status, 401);
    guest.with("authorization", "Bearer canary-metrics-token-0123456789").get("/metrics").expect(200);
}

#[test]
fn a_container_can_ask_whether_its_server_is_alive() {
    let mut server = Server::start_new();
    let listen = ("GAMMACMS_LISTEN".to_owned(), format!("0.0.0.0:{}", server.port()));
    let ask = || gammacms(std::slice::from_ref(&listen), &["healthcheck"]);
    assert!(ask().status.success());
    server.stop();
    let asked = ask();
    assert_eq!(asked.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&asked.stderr).contains("nothing answers"), "{asked:?}");
}

#[test]
fn a_container_without_a_volume_is_told_what_it_would_lose() {
    use std::os::unix::fs::MetadataExt;
    let folder = tempfile::TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let device = |path: &std::path::Path| std::fs::metadata(path).unwrap().dev();
    if device(folder.path()) != device(std::path::Path::new("/")) {
        return println!("skipped: the build's folder is on a volume of its own");
    }
    let environment = [("GAMMACMS_REQUIRE_VOLUME".to_owned(), "true".to_owned())];
    let data = folder.path().join("data");
    let refused = gammacms(&environment, &["serve", "--listen", "127.0.0.1:0", "--data-dir", data.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(1));
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(told.contains(data.to_str().unwrap()) && told.contains("GAMMACMS_REQUIRE_VOLUME=false"), "{told}");
}

/// The log's lines, each a JSON object.
fn lines(server: &Server) -> Vec<Value> {
    server.log().lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

#[test]
fn each_request_leaves_one_line_with_its_id_organization_and_environment() {
    let server = Server::options().env("LOG_FORMAT", "json").start();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    let answer = group.reader.get("/api/public/v1/sites/").expect(200);
    let id = answer.header("x-request-id").expect("every answer carries its id").to_owned();
    let found = wait_until("the request's line", || {
        let found: Vec<_> = lines(&server).into_iter().filter(|line| line["request_id"] == id.as_str()).collect();
        (!found.is_empty()).then_some(found)
    });
    assert_eq!(found.len(), 1, "{found:?}");
    let line = &found[0];
    assert_eq!(line["organization_id"], group.organization_id.as_str());
    assert_eq!(line["environment"], "dev");
    assert_eq!(line["status"], 200);
    assert!(line["route"].as_str().unwrap().starts_with("/api/public/v1/sites"));
    assert!(line["duration_ms"].is_number());
}

#[test]
fn planted_secrets_never_reach_the_log() {
    let server = Server::options().env("LOG_FORMAT", "json").env("LOG_LEVEL", "debug").start();
    let story = Story::tell(&server);
    let canary = "canary-7f3a9c";
    let anonymous = server.client();
    anonymous.post("/api/v1/auth/login/", &json!({"email": "owner@lake.example", "password": canary}));
    anonymous.with("authorization", &format!("Bearer {canary}")).get("/api/v1/auth/me/");
    anonymous.with("cookie", &format!("gammacms_session={canary}")).get("/api/v1/auth/me/");
    anonymous.with("x-api-key", &format!("pk_{canary}")).get("/api/public/v1/sites/");
    anonymous.get(&format!("/api/public/v1/sites/?token={canary}&key={canary}&password={canary}"));
    anonymous.post("/api/v1/auth/password/reset/confirm/", &json!({"token": canary, "password": canary}));
    anonymous.post("/api/v1/auth/refresh/", &json!({"refresh": canary}));
    story.lake.owner.client.post("/api/v1/auth/password/", &json!({"current": canary, "new": canary}));
    let log = server.log();
    assert!(!log.contains(canary), "{}", log.lines().find(|line| line.contains(canary)).unwrap_or_default());
    for secret in [PASSWORD, &story.lake.api_key, &story.lake.owner.refresh] {
        assert!(!log.contains(secret), "a secret is in the log");
    }
}

#[test]
fn every_answer_carries_the_security_headers() {
    let server = Server::start_new();
    for path in ["/setup", "/api/v1/setup/", "/nothing-here", "/api/public/v1/sites/"] {
        let answer = server.client().get(path);
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        let is_page = answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
        assert!(!is_page || answer.header("referrer-policy").is_some(), "{path}");
        assert_eq!(answer.header("server"), None, "{path}");
    }
    let policy = server.client().get("/setup").header("content-security-policy").unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe-inline"), "{policy}");
}

#[test]
fn a_refused_request_is_a_problem_with_code_and_id() {
    let server = Server::start_new();
    let owner = set_up(&server);
    let cases: [(&str, &str, Option<&[u8]>, u16); 6] = [
        ("GET", "/api/v1/nothing/", None, 404),
        ("GET", "/api/v1/auth/me/", None, 401),
        ("POST", "/api/v1/auth/login/", Some(b"{not json"), 400),
        ("POST", "/api/v1/auth/login/", Some(b"{\"email\": 7, \"password\": \"x\"}"), 400),
        ("DELETE", "/api/v1/health/", None, 405),
        ("POST", "/api/public/v1/sites/", Some(b"{}"), 405),
    ];
    for (method, path, body, status) in cases {
        let answer = server.client().send(method, path, body);
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text());
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{method} {path}");
        let problem = answer.json();
        for member in ["type", "title", "status", "detail", "instance", "code"] {
            assert!(problem.get(member).is_some(), "{member} is missing in {problem}");
        }
        assert_eq!(problem["status"], status);
        assert!(problem["instance"].as_str().unwrap().contains(answer.header("x-request-id").unwrap()));
    }
    // However far the sender is beyond the limit when it is noticed, it hears why.
    for megabytes in [2, 2, 2, 12] {
        let huge = format!("{{\"email\": \"{}\", \"password\": \"x\"}}", "a".repeat(megabytes << 20));
        assert_eq!(server.client().send("POST", "/api/v1/auth/login/", Some(huge.as_bytes())).code(), "body_too_large");
    }
    let plain = owner.client.with("content-type", "text/plain").send("POST", "/api/v1/sites/", Some(b"{}"));
    assert_eq!(plain.status, 415);
}

#[test]
fn hosts_that_were_not_named_are_refused() {
    let server = Server::options().env("ALLOWED_HOSTS", "app.hotel.example,127.0.0.1").start();
    server.client().get("/livez").expect(200);
    server.client().with("host", "app.hotel.example").get("/api/v1/setup/").expect(200);
    let refused = server.client().with("host", "evil.example").get("/api/v1/setup/");
    assert_eq!(refused.status, 400, "{}", refused.text());
}

/// Opens a connection and sends what is given; answers the stream.
fn connection(server: &Server, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

#[test]
fn what_is_in_flight_at_the_stop_is_finished() {
    let mut server = Server::start_new();
    let owner = set_up(&server);
    let authorization = "seven herons over the reeds";
    drop(owner);
    // A request whose body is still on its way when the signal comes.
    let body = json!({"email": "owner@lake.example", "password": authorization}).to_string();
    let (first, rest) = body.split_at(10);
    let head = format!(
        "POST /api/v1/auth/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{first}",
        body.len()
    );
    let mut stream = connection(&server, &head);
    let idle = connection(&server, "");
    wait_until("the request's start", || server.client().get("/livez").status.eq(&200).then_some(()));
    server.signal("TERM");
    wait_until("the end of accepting", || match server.client().try_send("GET", "/readyz", None) {
        Ok(answer) => (answer.status == 503).then_some(()),
        Err(_) => Some(()),
    });
    stream.write_all(rest.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let started = Instant::now();
    assert_eq!(server.wait_end(), Some(0), "{}", server.log());
    // An idle connection does not hold the exit.
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    drop(idle);
}

#[test]
fn an_idle_server_stops_at_once() {
    let mut server = Server::start_new();
    let started = Instant::now();
    assert_eq!(server.stop(), Some(0));
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

#[test]
fn no_request_fails_while_one_process_replaces_another() {
    let mut server = Server::start_new();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    // A balancer sends on what was refused at the door; what was accepted must be answered.
    let path = "/livez";
    let (sender, receiver) = std::sync::mpsc::channel();
    let clients: Vec<Client> = (0..4).map(|_| group.reader.clone()).collect();
    let threads: Vec<_> = clients
        .into_iter()
        .map(|client| {
            let sender = sender.clone();
            std::thread::spawn(move || {
                for _ in 0..2_000 {
                    match client.try_send("GET", path, None) {
                        Ok(answer) if answer.status == 200 => {}
                        Ok(answer) => sender.send(format!("answered {}", answer.status)).unwrap(),
                        // Refused at the door, before anything was sent: the balancer's business.
                        Err(_) => break,
                    }
                }
            })
        })
        .collect();
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(server.stop(), Some(0));
    for thread in threads {
        thread.join().unwrap();
    }
    drop(sender);
    assert_eq!(receiver.iter().collect::<Vec<_>>(), Vec::<String>::new());
}
