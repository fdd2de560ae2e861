//! Every operation, asked by everyone: who may, who may not, and for whom it does not exist. The whole walk is kept as
//! one table, `tests/golden/permissions.txt`, that a reviewer can read. A route without a row fails the test.
//!
//! Run with `GAMMACMS_WRITE_GOLDEN=1` to write the table anew, and read the difference before you keep it.

use std::{collections::BTreeMap, fmt::Write, path::PathBuf};

use serde_json::{Value, json};

use super::support::{Client, Server, Story};

/// Who asks, in the order of the table's columns.
const ASKERS: [&str; 7] = ["nobody", "viewer", "editor", "admin", "owner", "stranger", "operator"];

/// What the answer's status means for the one who asked. A body of nothing is asked with, so that a permitted change
/// ends in a complaint about the body, after the guard has let it pass.
fn verdict(status: u16) -> &'static str {
    match status {
        401 => "sign in",
        403 => "forbidden",
        404 => "not found",
        405 => panic!("an operation of the document is not mounted"),
        429 => panic!("the walk was throttled"),
        500.. => panic!("the server failed"),
        _ => "yes",
    }
}

/// A path's placeholders, filled with what belongs to the lake group.
fn filled(path: &str, story: &Story, ids: &BTreeMap<&str, String>) -> String {
    let mut path = path.replace("{site}", &story.lake.site_id);
    if path.contains("/api-keys/{id}") {
        path = path.replace("{id}", &ids["api_key"]);
    } else if path.contains("/members/{id}") {
        path = path.replace("{id}", &ids["member"]);
    } else if path.contains("/invitations/{id}") {
        path = path.replace("{id}", &ids["invitation"]);
    } else if path.contains("/admin/organizations/{id}") {
        path = path.replace("{id}", &story.alp.organization_id);
    } else if path.contains("/entries/{id}") {
        path = path.replace("{id}", &story.lake.room_id);
    } else if path.contains("/media/{id}") {
        path = path.replace("{id}", &ids["media"]);
    } else if path.contains("/sites/{id}") {
        path = path.replace("{id}", &story.lake.site_id);
    }
    path = path.replace("{number}", "1");
    // What is left names things that the walk has none of: sessions, jobs, schedules.
    while let (Some(start), Some(end)) = (path.find('{'), path.find('}')) {
        path.replace_range(start..=end, "01890a5d-ac96-774b-bcce-b302099a8057");
    }
    path
}

/// Operations of the admin API, from the server's own document.
fn operations(server: &Server) -> Vec<(String, String)> {
    let document = server.client().get("/api/v1/openapi.json").expect(200).json();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item
            .as_object()
            .unwrap()
            .keys()
            .filter(|name| ["get", "post", "put", "patch", "delete"].contains(&name.as_str()))
        {
            operations.push((path.clone(), method.to_uppercase()));
        }
    }
    operations.sort();
    operations
}

/// Objects that may be spoiled by the walk: made anew for each asker.
fn sacrifices(story: &Story, number: usize) -> BTreeMap<&'static str, String> {
    let owner = &story.lake.owner.client;
    let key = owner.post("/api/v1/api-keys/", &json!({"name": format!("sacrifice {number}")})).expect(201).json();
    let invitation = owner
        .post("/api/v1/invitations/", &json!({"email": format!("sacrifice-{number}@lake.example"), "role": "viewer"}))
        .expect(201)
        .json();
    let team = owner.get("/api/v1/members/").expect(200).json();
    // The owner is the last one, so that removing or changing them is refused by a rule and not by the guard.
    let last = team["results"].as_array().unwrap().iter().find(|member| member["role"] == "owner").unwrap().clone();
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    let body = format!("%PDF-1.7 sacrifice {number}");
    let file = owner.send("POST", "/api/v1/media/?name=Menu.pdf", Some(body.as_bytes())).expect(201).json();
    BTreeMap::from([
        ("media", id(&file)),
        ("api_key", id(&key)),
        ("invitation", id(&invitation)),
        ("member", id(&last)),
    ])
}

/// Ends the asker's own sessions or membership, or sends mail: asked by nobody, and left to tests of their own.
fn spoils_the_asker(path: &str) -> bool {
    let ends = ["/auth/logout/", "/auth/sessions/revoke-others/", "/members/me/", "/auth/email/verification/"];
    ends.iter().any(|end| path.ends_with(end))
}

/// Changes what the walk stands on when it is allowed: asked by those who may not.
fn spoils_the_story(path: &str, method: &str) -> bool {
    let is_deleted = method == "DELETE" && (path.ends_with("/sites/{id}/") || path.ends_with("/entries/{id}/"));
    is_deleted || (path.contains("/admin/") && method == "POST")
}

#[test]
fn every_operation_answers_each_role_as_the_table_says() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let askers: Vec<Client> = vec![
        server.client(),
        story.viewer.client.clone(),
        story.editor.client.clone(),
        story.admin.client.clone(),
        story.lake.owner.client.clone(),
        // Somebody else's owner, with the lake group's ids in the path and their own organization in the header.
        story.alp.owner.client.clone(),
        story.operator.client.clone(),
    ];
    let mut table = String::from(
        "# Who may do what, made by tests/it/tenancy.rs from the running server: every operation of the admin API, asked by\n\
         # everyone. `stranger` is an owner of another organization; `operator` has no membership at all.\n#\n",
    );
    writeln!(table, "# {:<64}{}", "operation", ASKERS.map(|asker| format!("{asker:<11}")).concat().trim_end()).unwrap();
    let mut sacrifice = sacrifices(&story, 0);
    let mut number = 0;
    for (path, method) in operations(&server) {
        if !path.starts_with("/api/v1/") {
            continue;
        }
        let mut cells = String::new();
        for (index, asker) in askers.iter().enumerate() {
            let asker_name = ASKERS[index];
            let is_left_out = (spoils_the_asker(&path) && asker_name != "nobody")
                || (spoils_the_story(&path, &method) && !["nobody", "viewer", "stranger"].contains(&asker_name));
            if is_left_out {
                write!(cells, "{:<11}", "-").unwrap();
                continue;
            }
            if method == "DELETE" {
                number += 1;
                sacrifice = sacrifices(&story, number);
            }
            let body = (method != "GET").then_some(&b"{}"[..]);
            let answer = asker.send(&method, &filled(&path, &story, &sacrifice), body);
            let verdict = verdict(answer.status);
            assert!(
                !answer.text().contains("Canary lake") || !["nobody", "stranger"].contains(&ASKERS[index]),
                "{method} {path} leaked to {}",
                ASKERS[index]
            );
            write!(cells, "{verdict:<11}").unwrap();
        }
        writeln!(table, "{:<66}{}", format!("{method} {path}"), cells.trim_end()).unwrap();
    }
    let golden = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/permissions.txt");
    if std::env::var_os("GAMMACMS_WRITE_GOLDEN").is_some() {
        std::fs::create_dir_all(golden.parent().unwrap()).unwrap();
        std::fs::write(&golden, &table).unwrap();
    }
    let kept = std::fs::read_to_string(&golden).unwrap_or_default();
    for (ours, theirs) in table.lines().zip(kept.lines()) {
        assert_eq!(ours, theirs, "the answer differs from tests/golden/permissions.txt");
    }
    assert_eq!(table.lines().count(), kept.lines().count(), "the table has rows for other routes than the server has");
}

#[test]
fn nothing_of_another_organization_can_be_named() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let (alp, lake) = (&story.alp, &story.lake);
    let member =
        lake.owner.client.get("/api/v1/members/").expect(200).json()["results"][0]["id"].as_str().unwrap().to_owned();
    let site = format!("/api/v1/sites/{}", lake.site_id);
    let entry = format!("{site}/entries/{}", lake.room_id);
    // An entry of the other group below one's own site does not exist either.
    let mixed = format!("/api/v1/sites/{}/entries/{}", alp.site_id, lake.room_id);
    let document = json!({"revision": 1, "document": {"name": {"en": "Taken"}}});
    let requests: Vec<(&str, String, Option<Value>)> = vec![
        ("GET", format!("{site}/"), None),
        ("PATCH", format!("{site}/"), Some(json!({"name": "Taken"}))),
        ("DELETE", format!("{site}/"), None),
        ("POST", format!("{site}/publish/"), Some(json!({}))),
        ("POST", format!("{site}/unpublish/"), Some(json!({}))),
        ("GET", format!("{site}/entries/"), None),
        ("POST", format!("{site}/entries/"), Some(json!({"type": "amenity", "document": {"name": {"en": "Taken"}}}))),
        ("GET", format!("{entry}/"), None),
        ("PUT", format!("{entry}/"), Some(document.clone())),
        ("POST", format!("{entry}/publish/"), Some(json!({"revision": 1}))),
        ("POST", format!("{entry}/unpublish/"), Some(json!({}))),
        ("DELETE", format!("{entry}/"), None),
        ("GET", format!("{entry}/revisions/"), None),
        ("GET", format!("{site}/submissions/"), None),
        ("GET", format!("{site}/submissions-export/"), None),
        ("GET", format!("{site}/submissions/{}/", lake.room_id), None),
        ("GET", format!("{site}/preview-links/"), None),
        ("POST", format!("{site}/preview-links/"), Some(json!({}))),
        ("POST", format!("/api/v1/sites/{}/preview-links/", alp.site_id), Some(json!({"entry": lake.room_id}))),
        ("GET", format!("{mixed}/"), None),
        ("PUT", format!("{mixed}/"), Some(document)),
        ("DELETE", format!("{mixed}/"), None),
        ("PATCH", format!("/api/v1/members/{member}/"), Some(json!({"role": "viewer"}))),
        ("DELETE", format!("/api/v1/members/{member}/"), None),
        ("GET", format!("/api/v1/api-keys/{}/", lake.api_key_id), None),
        ("PATCH", format!("/api/v1/api-keys/{}/", lake.api_key_id), Some(json!({"name": "Taken"}))),
        ("DELETE", format!("/api/v1/api-keys/{}/", lake.api_key_id), None),
    ];
    let named = alp.owner.client.with("x-organization-id", &lake.organization_id);
    for (method, path, body) in requests {
        let body = body.map(|body| body.to_string());
        for client in [&alp.owner.client, &named, &story.operator.client] {
            let answer = client.send(method, &path, body.as_ref().map(String::as_bytes));
            assert_eq!(answer.status, 404, "{method} {path}: {}", answer.text());
        }
    }
    // Nothing has changed for the lake group.
    assert_eq!(lake.owner.client.get(&format!("{site}/")).expect(200).json()["name"], "Site of lake-hotels");
    let room = lake.owner.client.get(&format!("{entry}/")).expect(200).json();
    assert_eq!((&room["revision"], &room["document"]["name"]["en"]), (&json!(1), &json!("Canary lake-hotels")));
    lake.reader.get("/api/public/v1/sites/").expect(200);
}

#[test]
fn a_reference_to_another_organizations_entry_is_refused() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let foreign = json!({"type": "room", "document": {"name": {"en": "Thief"}, "max_guests": 2, "amenities": [story.lake.room_id]}});
    let answer = story.alp.owner.client.post(&format!("/api/v1/sites/{}/entries/", story.alp.site_id), &foreign);
    assert!(answer.status == 422 || answer.status == 400, "{}: {}", answer.status, answer.text());
}
