//! From the transaction that wants a mail to the file, or to a server that takes or refuses it.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::Path,
    thread::JoinHandle,
};

use ground::{
    clock::Clock,
    config::Mailbox,
    db::{Db, DbError, Sql},
};
use serde_json::json;

use super::{MailError, MailMessage, Mailer, delivery::Way};
use crate::jobs::{
    self, JobFilter, JobState, Registry, Workers,
    testing::{on_each, still_clock},
};

const PAYLOADS: Sql = Sql::platform("select payload from jobs", "looks for what is left of a mail");

fn mailer(db: &Db, way: Way) -> Mailer {
    let from = Mailbox { name: None, address: "noreply@cms.example".parse().unwrap() };
    Mailer { from, way, clock: db.clock().clone(), randomness: db.randomness().clone() }
}

fn message() -> MailMessage {
    MailMessage {
        to: "guest@lake.example".parse().unwrap(),
        template: "reset_password",
        locale: "de".parse().unwrap(),
        values: json!({"name": "Jörg", "email": "guest@lake.example", "link": "https://cms.example/reset#token=CANARY", "hours": 1}),
    }
}

fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).map(|entries| entries.flatten().collect::<Vec<_>>()).unwrap_or_default();
    entries.iter().map(|entry| std::fs::read_to_string(entry.path()).unwrap()).collect()
}

#[test]
fn a_mail_is_sent_after_the_commit_and_its_words_do_not_stay_in_the_queue() {
    on_each(still_clock, async |db| {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("mail");
        let refused = db.write(|tx| {
            Mailer::send_later(tx, None, message())?;
            Err::<(), _>(DbError::Busy)
        });
        assert_eq!(refused.await, Err(DbError::Busy));
        db.write(|tx| Mailer::send_later(tx, None, message())).await.unwrap();
        let mut registry = Registry::new();
        mailer(&db, Way::Files(folder.clone())).register(&mut registry);
        Workers::new(db.clone(), registry, 2).run_until_idle().await;
        let mails = files(&folder);
        assert_eq!(mails.len(), 1);
        for part in
            ["To: guest@lake.example\n", "Subject: Wählen Sie ein neues Passwort\n", "#token=CANARY\n", "1 Stunde "]
        {
            assert!(mails[0].contains(part), "{part} in {}", mails[0]);
        }
        let payloads = db.read(|conn| conn.list(PAYLOADS.with(()), |row| row.get::<String>(0))).await.unwrap();
        assert_eq!(payloads, ["{}"]);
    });
}

/// A mail server that speaks with one client and answers `RCPT TO` as told. Answers what it heard.
fn server(answer_to_recipient: &'static str) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let conversation = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        let (mut heard, mut is_in_text) = (String::new(), false);
        stream.write_all(b"220 mail.example\r\n").unwrap();
        while let Some(Ok(line)) = lines.next() {
            heard = format!("{heard}{line}\n");
            let word = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
            let answer = match word.as_str() {
                "." => {
                    is_in_text = false;
                    "250 taken"
                }
                _ if is_in_text => continue,
                "RCPT" => answer_to_recipient,
                "DATA" => {
                    is_in_text = true;
                    "354 go on"
                }
                "QUIT" => "221 bye",
                _ => "250 mail.example",
            };
            stream.write_all(format!("{answer}\r\n").as_bytes()).unwrap();
        }
        heard
    });
    (url, conversation)
}

#[test]
fn a_server_takes_a_mail_or_says_why_not() {
    on_each(Clock::system, async |db| {
        let (url, conversation) = server("250 known");
        mailer(&db, Way::smtp(&url).unwrap()).send(&message()).await.unwrap();
        let heard = conversation.join().unwrap();
        assert!(
            heard.contains("RCPT TO:<guest@lake.example>") && heard.contains("From: noreply@cms.example"),
            "{heard}"
        );
        let (url, conversation) = server("451 later");
        let error = mailer(&db, Way::smtp(&url).unwrap()).send(&message()).await.unwrap_err();
        assert!(matches!(error, MailError::Smtp(_)), "{error}");
        conversation.join().unwrap();
        let (url, conversation) = server("550 no such mailbox");
        let mut registry = Registry::new();
        mailer(&db, Way::smtp(&url).unwrap()).register(&mut registry);
        db.write(|tx| Mailer::send_later(tx, None, message())).await.unwrap();
        Workers::new(db.clone(), registry, 2).run_until_idle().await;
        conversation.join().unwrap();
        let job = db.scan(|conn| jobs::list(conn, &JobFilter::default(), 1)).await.unwrap().remove(0);
        assert_eq!((job.state, job.attempt), (JobState::Dead, 1));
        assert!(job.history.last().unwrap().message.contains("no such mailbox"));
    });
}
