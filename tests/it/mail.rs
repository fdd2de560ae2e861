//! What people rely on when a mail server is set: that mails arrive there, sealed, and once it is back if it was away.

use serde_json::json;

use super::support::{MailServer, SENDER, Server, Speaks, set_up, wait_until};

/// Longer than the first waits of a job that failed.
const PAST_THE_NEXT_TRIES: i64 = 3600;

#[test]
fn an_invitation_reaches_the_mail_server_however_it_speaks() {
    let folder = tempfile::TempDir::new().unwrap();
    let (user, password) = (SENDER.0, SENDER.1.replace(' ', "%20"));
    for (speaks, scheme, who) in [
        (Speaks::Openly, "smtp", String::new()),
        (Speaks::TlsWhenAsked, "smtp", format!("{user}:{password}@")),
        (Speaks::Tls, "smtps", format!("{user}:{password}@")),
    ] {
        let mails = MailServer::start(speaks, folder.path());
        let server = Server::options()
            .env("SMTP_URL", format!("{scheme}://{who}localhost:{}", mails.port()))
            .env("DEFAULT_FROM_EMAIL", "Lake Hotels <hotels@lake.example>")
            .env("SSL_CERT_FILE", mails.authority())
            .start();
        let owner = set_up(&server);
        owner.client.post("/api/v1/invitations/", &json!({"email": "kim@lake.example", "role": "editor"})).expect(201);
        let mail = mails.mail_with("kim@lake.example");
        for part in ["Lake Hotels", "hotels@lake.example", "/dashboard/invitation#token="] {
            assert!(mail.contains(part), "{speaks:?}: {part} is missing in\n{mail}");
        }
        let as_files = std::fs::read_dir(server.data_dir().join("mail")).map_or(0, Iterator::count);
        assert_eq!(as_files, 0, "{speaks:?}: a mail was written to a file as well");
    }
}

#[test]
fn a_server_that_nobody_vouches_for_gets_no_password_and_its_mail_once_it_is_trusted() {
    let folder = tempfile::TempDir::new().unwrap();
    let mails = MailServer::start(Speaks::Tls, folder.path());
    let (user, password) = (SENDER.0, SENDER.1.replace(' ', "%20"));
    let mut server =
        Server::options().env("SMTP_URL", format!("smtps://{user}:{password}@localhost:{}", mails.port())).start();
    let owner = set_up(&server);
    owner.client.post("/api/v1/invitations/", &json!({"email": "kim@lake.example", "role": "editor"})).expect(201);
    wait_until("the refusal in the log", || server.log().contains("certificate").then_some(()));
    assert!(mails.taken().is_empty());
    assert!(!server.log().contains(SENDER.1), "the password is in the log");
    server.set_environment("SSL_CERT_FILE", mails.authority());
    server.restart();
    server.set_clock_offset(PAST_THE_NEXT_TRIES);
    mails.mail_with("kim@lake.example");
}
