//! What guests and hotels rely on with forms: they work without a script, what is wrong is said on the page, spam stays
//! outside, and what was sent is seen, changed, exported and erased by those who may.

use serde_json::{Value, json};

use super::support::{Answer, Client, Group, Server, Story, furnish, publish, set_up, wait_until};

fn enquiry() -> Value {
    json!({
        "name": "Enquiry",
        "fields": [
            {"key": "name", "label": {"en": "Your name", "de": "Ihr Name"}, "type": "text", "required": true, "autocomplete": "name"},
            {"key": "email", "label": {"en": "E-mail", "de": "E-Mail"}, "type": "email", "required": true},
            {"key": "stay", "label": {"en": "Your stay", "de": "Ihr Aufenthalt"}, "type": "daterange"},
            {"key": "words", "label": {"en": "Message", "de": "Nachricht"}, "type": "textarea"},
            {"key": "source", "label": {"en": "Source", "de": "Quelle"}, "type": "hidden", "value": "website"},
        ],
        "consents": [{"text": {"en": "You may write to me.", "de": "Sie dürfen mir schreiben."}, "version": "2026-1", "required": true}],
        "recipients": ["desk@lake.example"],
        "reply": {"subject": {"en": "Your enquiry", "de": "Ihre Anfrage"}, "text": {"en": "We answer tomorrow.", "de": "Wir antworten morgen."}},
        "success": {"en": "We have it.", "de": "Wir haben es."},
        "retention_days": 30,
    })
}

/// Publishes a page with the form; answers the form's id.
fn with_form(group: &Group) -> String {
    let client = &group.owner.client;
    let form = publish(client, &group.site_id, "form", &enquiry());
    let page =
        json!({"title": {"en": "Contact", "de": "Kontakt"}, "sections": [{"id": "f1", "type": "form", "form": form}]});
    publish(client, &group.site_id, "page", &page);
    form
}

fn told() -> (Server, Group, Client, String) {
    let server = Server::start_new();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    let guest = server.client().with("host", &group.domain);
    let form = with_form(&group);
    wait_until("the form's page", || guest.get("/contact").text().contains("name=\"_stamp\"").then_some(()));
    (server, group, guest, form)
}

/// Lets a guest send the form of a group's site. The clock is a minute further then.
pub(super) fn receive(server: &Server, group: &Group) {
    let guest = server.client().with("host", &group.domain);
    let form = with_form(group);
    wait_until("the form's page", || guest.get("/contact").text().contains("name=\"_stamp\"").then_some(()));
    let stamp = stamp(&guest.get("/contact").text());
    server.set_clock_offset(60);
    let filled = [
        ("_form", form.as_str()),
        ("_stamp", &stamp),
        ("name", "Anna"),
        ("email", "Anna@Guest.example"),
        ("consent_1", "yes"),
    ];
    assert_eq!(send(&guest, "/contact", &filled).status, 303);
}

/// The stamp in a page, as a browser would send it back.
fn stamp(html: &str) -> String {
    let start = html.split("name=\"_stamp\" value=\"").nth(1).unwrap();
    start.split('"').next().unwrap().to_owned()
}

fn encoded(pairs: &[(&str, &str)]) -> String {
    let escape = |text: &str| {
        text.bytes().flat_map(|byte| format!("%{byte:02X}").into_bytes()).map(char::from).collect::<String>()
    };
    pairs.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect::<Vec<_>>().join("&")
}

fn send(guest: &Client, path: &str, pairs: &[(&str, &str)]) -> Answer {
    let browser =
        guest.with("content-type", "application/x-www-form-urlencoded").with("origin", "http://seeblick.example");
    browser.send("POST", path, Some(encoded(pairs).as_bytes()))
}

fn submissions(group: &Group) -> Value {
    group.owner.client.get(&format!("/api/v1/sites/{}/submissions/", group.site_id)).expect(200).json()
}

#[test]
fn a_form_is_sent_kept_and_answered_without_a_script() {
    let (server, group, guest, form) = told();
    let shown = guest.get("/contact");
    assert_eq!(shown.header("cache-control"), Some("no-store"), "each reader gets a stamp of their own");
    assert_eq!(shown.header("set-cookie"), None);
    let html = shown.text();
    assert!(html.contains("autocomplete=\"name\"") && !html.contains("desk@lake.example"), "{html}");
    let stamp = stamp(&html);
    let filled = [
        ("_form", form.as_str()),
        ("_stamp", &stamp),
        ("name", "Anna & Co"),
        ("email", "Anna@Guest.example"),
        ("stay_from", "2099-06-04"),
        ("stay_to", "2099-06-07"),
        ("words", "Two\nlines"),
        ("consent_1", "yes"),
    ];
    // Sent back at once it is a program's.
    assert_eq!(send(&guest, "/contact", &filled).status, 422);
    server.set_clock_offset(60);
    let answer = send(&guest, "/contact", &filled);
    let thanks = format!("/contact?sent={form}#form-{form}");
    assert_eq!((answer.status, answer.header("location")), (303, Some(thanks.as_str())));
    assert!(guest.get(&format!("/contact?sent={form}")).text().contains("We have it."));
    let list = submissions(&group);
    let one = &list["results"][0];
    assert_eq!(
        (&list["count"], &one["status"], &one["locale"], &one["page"]),
        (&json!(1), &json!("new"), &json!("en"), &json!("/contact"))
    );
    assert_eq!(one["answers"][2], json!({"key": "stay", "label": "Your stay", "value": "2099-06-04 – 2099-06-07"}));
    assert_eq!(one["answers"][4]["value"], "website");
    assert_eq!(one["consents"], json!([{"text": "You may write to me.", "version": "2026-1", "given": true}]));
    let mails = || {
        let folder = std::fs::read_dir(server.data_dir().join("mail")).ok()?;
        let texts: Vec<String> = folder.filter_map(|file| std::fs::read_to_string(file.ok()?.path()).ok()).collect();
        (texts.iter().any(|text| text.contains("desk@lake.example"))
            && texts.iter().any(|text| text.contains("Subject: Your enquiry")))
        .then_some(())
    };
    wait_until("both mails", mails);
}

#[test]
fn what_is_wrong_is_said_on_the_page_in_its_language() {
    let (server, group, guest, form) = told();
    let stamp = stamp(&guest.get("/de/contact").text());
    server.set_clock_offset(60);
    let pairs = [("_form", form.as_str()), ("_stamp", &stamp), ("name", "<b>Anna</b>"), ("email", "anna")];
    let answer = send(&guest, "/de/contact", &pairs);
    assert_eq!(answer.status, 422);
    let html = answer.text();
    for part in [
        "value=\"&lt;b&gt;Anna&lt;/b&gt;\"",
        "aria-invalid=\"true\"",
        "Das sieht nicht richtig aus.",
        "Bitte füllen Sie dies aus.",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert_eq!(submissions(&group)["count"], 0);
}

#[test]
fn spam_and_other_peoples_pages_stay_outside() {
    let (server, group, guest, form) = told();
    let ours = stamp(&guest.get("/contact").text());
    server.set_clock_offset(60);
    let base = [("_form", form.as_str()), ("name", "A"), ("email", "a@b.example"), ("consent_1", "yes")];
    let with = |more: &[(&'static str, &str)]| {
        let pairs: Vec<(&str, &str)> = base.iter().copied().chain(more.iter().copied()).collect();
        send(&guest, "/contact", &pairs).status
    };
    assert_eq!(with(&[]), 422, "no stamp");
    assert_eq!(with(&[("_stamp", "1.abc")]), 422, "a forged stamp");
    let foreign =
        guest.with("content-type", "application/x-www-form-urlencoded").with("origin", "https://evil.example");
    assert_eq!(foreign.send("POST", "/contact", Some(b"_form=x")).status, 403);
    // The trap: the program believes that it was taken.
    assert_eq!(with(&[("_stamp", &ours), ("_web", "https://spam.example")]), 303);
    let list = submissions(&group);
    assert_eq!((&list["count"], &list["results"][0]["status"]), (&json!(1), &json!("spam")));
    let statuses: Vec<u16> = (0..12).map(|_| with(&[("_stamp", &ours)])).collect();
    assert_eq!(statuses.last(), Some(&429), "{statuses:?}");
    assert_eq!(send(&guest, "/contact", &[("_form", &group.room_id), ("_stamp", &ours)]).status, 429);
}

#[test]
fn those_who_may_note_export_delete_and_erase_and_nobody_else() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let Story { lake, editor, viewer, alp, .. } = &story;
    let form = with_form(lake);
    let guest = server.client().with("host", &lake.domain);
    wait_until("the form's page", || guest.get("/contact").text().contains("name=\"_stamp\"").then_some(()));
    let stamp = stamp(&guest.get("/contact").text());
    server.set_clock_offset(60);
    for email in ["anna@guest.example", "ANNA@guest.example", "ben@guest.example"] {
        let pairs =
            [("_form", form.as_str()), ("_stamp", &stamp), ("name", "=1+1"), ("email", email), ("consent_1", "yes")];
        assert_eq!(send(&guest, "/contact", &pairs).status, 303);
    }
    let list = format!("/api/v1/sites/{}/submissions/", lake.site_id);
    assert_eq!(viewer.client.get(&list).status, 403);
    assert_eq!(alp.owner.client.get(&list).status, 404);
    let all = editor.client.get(&format!("{list}?form={form}&status=new")).expect(200).json();
    assert_eq!(all["count"], 3);
    let one = format!("{list}{}/", all["results"][0]["id"].as_str().unwrap());
    let change = json!({"status": "won", "note": "Tower room, June"});
    assert_eq!(editor.client.patch(&one, &change).expect(200).json()["note"], "Tower room, June");
    assert_eq!(viewer.client.patch(&one, &change).status, 403);
    assert_eq!(alp.owner.client.patch(&one, &change).status, 404);
    assert_eq!(editor.client.patch(&one, &json!({"assignee": lake.room_id})).status, 422);
    let table = editor.client.get(&format!("/api/v1/sites/{}/submissions-export/", lake.site_id)).expect(200);
    assert!(table.header("content-type").unwrap().starts_with("text/csv"));
    assert!(table.text().contains("\"'=1+1\"") && table.text().contains("Tower room, June"), "{}", table.text());
    let erased =
        editor.client.post("/api/v1/submissions/erase/", &json!({"email": "Anna@Guest.example"})).expect(200).json();
    assert_eq!(erased["erased"], 2);
    assert_eq!(
        alp.owner.client.post("/api/v1/submissions/erase/", &json!({"email": "ben@guest.example"})).expect(200).json()
            ["erased"],
        0
    );
    let left = editor.client.get(&list).expect(200).json();
    assert_eq!(left["count"], 1);
    editor.client.delete(&format!("{list}{}/", left["results"][0]["id"].as_str().unwrap())).expect(204);
    assert_eq!(editor.client.get(&list).expect(200).json()["count"], 0);
}
