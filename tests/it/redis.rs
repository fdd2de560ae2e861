//! What holds when Redis goes away in the middle: all content, and every limit.

use std::{
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
};

use serde_json::json;

use super::support::{Server, furnish, publish, room, set_up, wait_until};

/// Requests a minute of the key in this test.
const LIMIT: usize = 20;

/// A Redis of the test's own, that it may kill.
struct Redis {
    port: u16,
    process: Child,
}

impl Redis {
    fn start(port: u16) -> Self {
        let process = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", "", "--appendonly", "no"])
            .current_dir(std::env::temp_dir())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is installed by the test script");
        wait_until("Redis", || TcpStream::connect(("127.0.0.1", port)).ok());
        Self { port, process }
    }

    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

#[test]
fn redis_going_away_loses_no_content_and_opens_no_limit() {
    let mut redis = Redis::start(TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port());
    let server = Server::options().env("REDIS_URL", format!("redis://127.0.0.1:{}/0", redis.port)).start();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    let wish = json!({"name": "Kiosk", "per_minute": LIMIT});
    let key = group.owner.client.post("/api/v1/api-keys/", &wish).expect(201).json();
    let reader = server.client().with("x-api-key", key["key"].as_str().unwrap());
    let rooms = format!("/api/public/v1/sites/{}/rooms/", group.domain);
    let before = reader.get(&rooms).expect(200).json();
    for _ in 1..LIMIT / 2 {
        reader.get(&rooms).expect(200);
    }

    redis.kill();
    // Written and published while it is away, and read at once.
    publish(&group.owner.client, &group.site_id, "room", &room("Boat house", &group.amenity_id));
    let statuses: Vec<u16> = (0..LIMIT).map(|_| reader.get(&rooms).status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), LIMIT - LIMIT / 2, "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 429].contains(status)), "{statuses:?}");
    let other = group.reader.get(&rooms).expect(200).json();
    assert_eq!(other["count"].as_u64().unwrap(), before["count"].as_u64().unwrap() + 1);
    // It only makes us slower: the server stays in the balancer's round, and says what is not well.
    server.client().get("/readyz").expect(200);

    let _again = Redis::start(redis.port);
    wait_until("the store's return", || {
        let health = server.client().get("/api/v1/health/").json();
        (health["status"] == "ok").then_some(())
    });
    assert_eq!(reader.get(&rooms).status, 429, "what was counted while it was away is still counted");
}
