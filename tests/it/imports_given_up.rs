//! What a team relies on when the program ends again and again while it is at work on what they brought.

use serde_json::{Value, json};

use super::{
    imports::{blog, brought, many, path, settled},
    support::{Server, wait_until},
    wordpress::house,
};

/// Pages that take longer than a process here is let to live.
const PAGES: u64 = 600;

#[test]
fn an_import_that_ends_every_process_is_given_up_and_keeps_nobody_from_another_one() {
    // The address stays although each start takes another port, so that whoever is signed in stays so.
    let mut server = Server::options().env("GAMMACMS_PUBLIC_URL", "http://127.0.0.1:8000").start();
    let (lake, site) = house(&server);
    let client = lake.owner.client.clone();
    let wish = json!({"source": "wordpress", "site_id": site});
    let import = brought(&client, &wish, "many.xml", many(PAGES).as_bytes());
    let other = brought(&client, &wish, "other.xml", blog().as_bytes());
    client.post(&format!("{}check/", path(&import)), &json!({})).expect(200);
    for ended in 1..=3 {
        wait_until("the job", || {
            let running = server.run_ok(&["jobs", "list", "--state", "running", "--json"]);
            running.contains("run_import").then_some(())
        });
        server.kill();
        // On a shared database nobody knows that a process is gone: its lease has to run out.
        server.set_clock_offset(ended * 61);
        server.start();
    }
    let client = client.at(server.client().base());
    let now = settled(&client, &import);
    assert_eq!(now["state"], "failed", "{now}");
    assert!(now["problem"].as_str().unwrap().contains("given it up"), "{now}");
    let listed = client.get("/api/v1/imports/").expect(200).json()["results"].clone();
    let states: Vec<Value> = listed.as_array().unwrap().iter().map(|one| one["state"].clone()).collect();
    assert_eq!(states, ["open", "failed"].map(|state| json!(state)));

    client.post(&format!("{}check/", path(&other)), &json!({})).expect(200);
    assert_eq!(settled(&client, &other)["state"], "checked");
    assert_eq!(client.delete(&path(&import)).status, 204);
    let log = client.get("/api/v1/audit/?limit=50").expect(200).text();
    assert!(log.contains("import.failed"), "{log}");
    // Its log tells an error, as it should: a job was given up.
    server.kill();
}
