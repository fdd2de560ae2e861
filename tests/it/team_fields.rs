//! What a group relies on that keeps with its entries what is nobody else's business: the team sees it, and visitors by no way.

use serde_json::json;

use super::{
    custom_types::{CUSTOM, boats, check, entry, public, put, text},
    support::{Group, Server, Story, publish, wait_until},
};

/// Everything that a visitor reads of the boats, through the website, the public API, the search and a preview link.
fn told_of_boats(server: &Server, group: &Group) -> String {
    let path = format!("/api/v1/sites/{}/preview-links/", group.site_id);
    let link = group.owner.client.post(&path, &json!({})).expect(201).json();
    let holder = group.reader.with("x-preview-token", link["token"].as_str().unwrap());
    let changes = group.reader.get(&format!("/api/public/v1/sites/{}/changes/", group.domain));
    let mut told = changes.expect(200).text();
    for reader in [&group.reader, &holder] {
        for path in ["boats/", "boats/heron/", "boats/heron/?locale=de"] {
            let answer = reader.get(&format!("/api/public/v1/sites/{}/{path}", group.domain));
            told.push_str(&answer.expect(200).text());
        }
    }
    let website = server.client().with("host", &group.domain);
    told + &website.get("/boats/heron").expect(200).text() + &website.get("/de/boats/heron").expect(200).text()
}

#[test]
fn what_is_only_the_teams_is_kept_with_the_entry_and_read_by_nobody_outside() {
    let server = Server::options().env("GAMMACMS_RATE_LIMIT_PER_MINUTE", "100000").start();
    let story = Story::tell(&server);
    let lake = &story.lake;
    let owner = &lake.owner.client;
    let declared = |visibility: &str| {
        let mut declared = boats(&[
            text("account", &json!({"visibility": visibility, "max_length": 60})),
            text("remark", &json!({"visibility": visibility, "localized": true})),
            json!({"name": "owners", "label": {"en": "Owners", "de": "Eigentümer"}, "kind": "list", "visibility": visibility,
                "item": {"kind": "group", "fields": [text("name", &json!({}))]}}),
        ]);
        declared["page"] = json!({"path": "boats"});
        declared
    };
    put(owner, "type", "boat", &declared("team"));
    let document = json!({"name": {"en": "Heron", "de": "Reiher"}, "account": "CH93-SECRET", "remark": {"en": "Leaks SECRET"},
        "owners": [{"name": "Mrs SECRET"}]});
    let id = publish(owner, &lake.site_id, "boat", &document);
    let kept = entry(lake, &id);
    assert_eq!(kept["document"]["account"], "CH93-SECRET");
    assert_eq!(kept["published"], json!({"de": 1, "en": 1}));
    let told = told_of_boats(&server, lake);
    assert!(told.contains("Heron") && told.contains("Reiher") && !told.contains("SECRET"), "{told}");
    assert!(!told.contains("account") && !told.contains("remark"), "not even its name is told: {told}");
    let search = |words: &str| public(lake, &format!("search/?q={words}"))["count"].clone();
    wait_until("the boat is found", || (search("heron") == 1).then_some(()));
    assert_eq!(search("secret"), 0);
    for query in ["filter[account][eq]=CH93-SECRET", "sort=account", "fields=account"] {
        let answer = lake.reader.get(&format!("/api/public/v1/sites/{}/boats/?{query}", lake.domain));
        assert_eq!(answer.status, 400, "{query}: {}", answer.text());
    }
    // Nobody has it to translate.
    let texts =
        owner.get(&format!("/api/v1/sites/{}/entries/{id}/translation/?target=de", lake.site_id)).expect(200).json();
    let paths: Vec<_> = texts["texts"].as_array().unwrap().iter().map(|text| text["path"].clone()).collect();
    assert_eq!(paths, [json!("name")]);
    // What goes out and in with the team's own files has all of it.
    let table = server.folder().join("boats.csv");
    let export =
        ["export", "csv", table.to_str().unwrap(), "--type", "boat", "--organization", "lake-hotels", "--site", "main"];
    server.run_ok(&export);
    let table = std::fs::read_to_string(table).unwrap();
    assert!(table.contains("CH93-SECRET") && table.contains("Mrs SECRET"), "{table}");

    // A change of who may read it is one of what visitors see: it is said before, and done at once.
    let seen = check(owner, "type", "boat", &declared("public"));
    assert_eq!((&seen["counts"]["shown"], &seen["counts"]["converted"]), (&json!(1), &json!(0)), "{seen}");
    let change = |visibility: &str| {
        let fingerprint = check(owner, "type", "boat", &declared(visibility))["fingerprint"].clone();
        let body = json!({"declaration": declared(visibility), "fingerprint": fingerprint});
        owner.put(&format!("{CUSTOM}/type/boat/"), &body).expect(200);
    };
    change("public");
    assert!(told_of_boats(&server, lake).contains("CH93-SECRET"));
    assert_eq!(public(lake, "boats/?filter[account][eq]=CH93-SECRET")["count"], 1);
    change("team");
    let told = told_of_boats(&server, lake);
    assert!(!told.contains("SECRET"), "{told}");
    assert_eq!(entry(lake, &id)["document"]["account"], "CH93-SECRET");
}

#[test]
fn what_names_an_entry_or_may_lie_open_elsewhere_is_never_the_teams_alone() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let owner = &story.lake.owner.client;
    let named = {
        let mut declared = boats(&[]);
        declared["fields"][0]["visibility"] = json!("team");
        declared["fields"][0]["required"] = json!(false);
        declared
    };
    let group = json!({"name": "crew", "label": {"en": "Crew", "de": "Crew"}, "kind": "group",
        "fields": [text("captain", &json!({"visibility": "team"}))]});
    let picture = json!({"name": "plan", "label": {"en": "Plan", "de": "Plan"}, "kind": "image", "visibility": "team"});
    for (declared, pointer, told) in [
        (named, "/declaration", "names or orders the entry"),
        (
            boats(&[text("a", &json!({"visibility": "team", "required": true}))]),
            "/declaration/fields/a",
            "nor `required`",
        ),
        (
            boats(&[text("a", &json!({"visibility": "team", "inheritable": true}))]),
            "/declaration/fields/a",
            "`inheritable`",
        ),
        (boats(&[group]), "/declaration/fields/crew/captain", "only a whole field"),
        (boats(&[picture]), "/declaration/fields/plan", "without references, pictures"),
        (boats(&[text("a", &json!({"visibility": "friends"}))]), "/declaration/fields/1/visibility", "friends"),
    ] {
        let answer = owner.put(&format!("{CUSTOM}/type/boat/"), &json!({"declaration": declared}));
        let problem = answer.expect(422).json();
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        assert!(problem["errors"][0]["detail"].as_str().unwrap().contains(told), "{told}: {problem}");
    }
}
