//! What survives a power cut: everything that was acknowledged, and every job.

use std::{
    collections::BTreeSet,
    process::{Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::support::{Client, Group, PATIENCE, Server, furnish, postgres_is_used, set_up, wait_for};

/// Kills in the loop. PostgreSQL keeps its own promises; there a few show that ours do not depend on SQLite.
fn kills() -> usize {
    if postgres_is_used() { 20 } else { 200 }
}
/// How long a job is leased, in seconds.
const LEASE_SECONDS: i64 = 60;
/// Writers at the same time.
const WRITERS: usize = 4;

/// What a writer was told is done.
#[derive(Default)]
struct Acknowledged {
    entries: Mutex<BTreeSet<String>>,
    invitations: Mutex<BTreeSet<String>>,
}

#[test]
fn no_acknowledged_write_and_no_job_is_lost_in_a_loop_of_kills() {
    // A lost connection to a killed server is no error of the server; what it logs while it is being killed is. The
    // public address stays although each start takes another port, so that the tokens stay good.
    let mut server = Server::options().env("GAMMACMS_PUBLIC_URL", "http://127.0.0.1:8000").start();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    let acknowledged = Arc::new(Acknowledged::default());
    let mut pauses = Pauses(0x2545_f491);
    let number = Arc::new(AtomicUsize::new(0));

    for _ in 0..kills() {
        let stop = Arc::new(AtomicBool::new(false));
        let threads: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let client = on(&server, &group.owner.client);
                let (acknowledged, stop, number) = (Arc::clone(&acknowledged), Arc::clone(&stop), Arc::clone(&number));
                let site = group.site_id.clone();
                std::thread::spawn(move || {
                    while !stop.load(Ordering::SeqCst) {
                        let number = number.fetch_add(1, Ordering::SeqCst);
                        if !write(&client, &site, writer, number, &acknowledged) {
                            return;
                        }
                    }
                })
            })
            .collect();
        std::thread::sleep(pauses.next());
        server.kill();
        stop.store(true, Ordering::SeqCst);
        for thread in threads {
            thread.join().unwrap();
        }
        server.start();
    }

    let client = on(&server, &group.owner.client);
    assert_everything_is_there(&client, &group, &acknowledged);
    assert_every_job_was_done_once(&server, &acknowledged);
}

/// One write, of a published entry or of an invitation with its mail; false when the server is gone.
fn write(client: &Client, site: &str, writer: usize, number: usize, acknowledged: &Acknowledged) -> bool {
    if writer == 0 {
        let email = format!("guest-{number}@lake.example");
        let body = json!({"email": email, "role": "viewer"}).to_string();
        match client.try_send("POST", "/api/v1/invitations/", Some(body.as_bytes())) {
            Ok(answer) if answer.status == 201 => acknowledged.invitations.lock().unwrap().insert(email),
            // Only so many may wait at once: their mails go out all the same.
            Ok(answer) if answer.status == 409 => return withdraw_invitations(client),
            Ok(answer) => panic!("{}: {}", answer.status, answer.text()),
            Err(_) => return false,
        };
        return true;
    }
    let slug = format!("room-{number}");
    let body = json!({"type": "room", "slug": slug, "document": {"name": {"en": slug, "de": slug}, "max_guests": 2}, "publish": true}).to_string();
    match client.try_send("POST", &format!("/api/v1/sites/{site}/entries/"), Some(body.as_bytes())) {
        Ok(answer) if answer.status == 201 => acknowledged.entries.lock().unwrap().insert(slug),
        Ok(answer) => panic!("{}: {}", answer.status, answer.text()),
        Err(_) => return false,
    };
    true
}

fn withdraw_invitations(client: &Client) -> bool {
    let Ok(list) = client.try_send("GET", "/api/v1/invitations/", None) else { return false };
    for invitation in list.json()["results"].as_array().unwrap() {
        let path = format!("/api/v1/invitations/{}/", invitation["id"].as_str().unwrap());
        if client.try_send("DELETE", &path, None).is_err() {
            return false;
        }
    }
    true
}

/// The same person at the server's new port.
fn on(server: &Server, client: &Client) -> Client {
    client.at(server.client().base())
}

fn assert_everything_is_there(client: &Client, group: &Group, acknowledged: &Acknowledged) {
    let wanted = acknowledged.entries.lock().unwrap();
    assert!(wanted.len() > kills(), "the writers wrote too little to mean anything: {}", wanted.len());
    let slugs: BTreeSet<String> = pages(client, &format!("/api/v1/sites/{}/entries/?type=room", group.site_id), "slug");
    let lost: Vec<_> = wanted.difference(&slugs).collect();
    assert!(lost.is_empty(), "{} of {} acknowledged entries are lost: {lost:?}", lost.len(), wanted.len());
    // The read model is written in the same transaction: what is an entry is public.
    let reader = group.reader.at(client.base());
    let published = reader.get(&format!("/api/public/v1/sites/{}/rooms/?page_size=1", group.domain)).expect(200).json();
    assert_eq!(published["count"], json!(slugs.len()));
}

/// One field of all results of a list, page by page.
fn pages(client: &Client, path: &str, field: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut page = 1;
    loop {
        let list = client.get(&format!("{path}&page={page}&page_size=200")).expect(200).json();
        found.extend(list["results"].as_array().unwrap().iter().map(|row| row[field].as_str().unwrap().to_owned()));
        if list["next"] == Value::Null {
            return found;
        }
        page += 1;
    }
}

fn assert_every_job_was_done_once(server: &Server, acknowledged: &Acknowledged) {
    let mut patience = PATIENCE;
    if postgres_is_used() {
        // On a shared database nobody knows that a process is gone: its jobs are taken over when their leases end, which
        // is looked for each quarter of a lease.
        server.set_clock_offset(LEASE_SECONDS + 1);
        patience += Duration::from_secs(LEASE_SECONDS.unsigned_abs() / 4);
    }
    wait_for("the queue's end", patience, || {
        let numbers = server.client().get("/api/v1/monitoring/jobs/").expect(200).json();
        (numbers["due_now"] == 0 && numbers["running"] == 0 && numbers["scheduled"] == 0).then_some(())
    });
    let mails: Vec<String> = std::fs::read_dir(server.data_dir().join("mail"))
        .unwrap()
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    let numbers = server.client().get("/api/v1/monitoring/jobs/").expect(200).json();
    let dead = numbers["dead"].as_u64().unwrap();
    for email in acknowledged.invitations.lock().unwrap().iter() {
        // A mail is written under its job's id: done again after a crash it is the same file.
        let count = mails.iter().filter(|mail| mail.contains(&format!("To: {email}"))).count();
        assert!(count == 1 || (count == 0 && dead > 0), "{email} has {count} mails");
    }
}

/// Repeatable pauses between 50 and 400 ms.
struct Pauses(u32);

impl Pauses {
    fn next(&mut self) -> Duration {
        // xorshift32 (Marsaglia 2003).
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        Duration::from_millis(u64::from(50 + self.0 % 350))
    }
}

#[test]
fn no_write_is_acknowledged_before_it_is_on_the_disk() {
    if postgres_is_used() {
        return println!("skipped: on PostgreSQL the server there syncs");
    }
    let server = Server::start_new();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    let trace = server.folder().join("trace");
    let mut strace = Command::new("strace")
        .args(["-f", "-qq", "-s", "24", "-e", "trace=fdatasync,fsync,write,writev,sendto,sendmsg", "-o"])
        .arg(&trace)
        .args(["-p", &server.pid().to_string()])
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("strace is installed by the test script");
    // Attached, once a request's answer shows up in the trace.
    let deadline = Instant::now() + Duration::from_secs(20);
    while !std::fs::read_to_string(&trace).unwrap_or_default().contains("HTTP/1.1 200") {
        assert!(Instant::now() < deadline, "strace did not attach");
        server.client().get("/livez").expect(200);
    }
    const WRITES: usize = 50;
    for number in 0..WRITES {
        let body = json!({"type": "amenity", "slug": format!("a-{number}"), "document": {"name": {"en": "A"}}, "publish": true});
        group.owner.client.post(&format!("/api/v1/sites/{}/entries/", group.site_id), &body).expect(201);
    }
    Command::new("kill").args(["-INT", &strace.id().to_string()]).status().unwrap();
    strace.wait().unwrap();
    let text = std::fs::read_to_string(&trace).unwrap();
    let mut syncs = 0;
    let mut acknowledged = 0;
    for line in text.lines() {
        let is_sync = (line.contains("fdatasync(")
            || line.contains("fsync(")
            || line.contains("fdatasync resumed")
            || line.contains("fsync resumed"))
            && line.trim_end().ends_with("= 0");
        if is_sync {
            syncs += 1;
        } else if line.contains("HTTP/1.1 201") {
            assert!(syncs > 0, "a write was acknowledged before its fdatasync:\n{text}");
            acknowledged += 1;
            syncs = 0;
        }
    }
    assert_eq!(acknowledged, WRITES);
}
