//! The way of an entry from a draft to what visitors see, and back: reviews of one exact revision, schedules on the site's
//! own clocks, the archive, and the same done to many.

use serde_json::{Value, json};

use super::support::{
    Client, Group, Server, Story, furnish, join, mail_to, publish, room, set_up, sign_in, wait_for, wait_until,
};

/// Within which what is scheduled happens, once its time has come.
const PROMISED: std::time::Duration = std::time::Duration::from_secs(5);

fn told() -> (Server, Group) {
    let server = Server::start_new();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    (server, group)
}

fn site_path(group: &Group) -> String {
    format!("/api/v1/sites/{}/", group.site_id)
}

/// A published room, and the path of its entry.
fn a_room(group: &Group) -> String {
    let id = publish(&group.owner.client, &group.site_id, "room", &room("Lake room", &group.amenity_id));
    format!("{}entries/{id}/", site_path(group))
}

/// Saves the room with this name; answers the new revision's number.
fn named(client: &Client, path: &str, name: &str) -> Value {
    let entry = client.get(path).expect(200).json();
    let mut document = entry["document"].clone();
    document["name"]["en"] = json!(name);
    client.put(path, &json!({"revision": entry["revision"], "document": document})).expect(200).json()["revision"]
        .clone()
}

fn seen_name(group: &Group) -> Option<Value> {
    let answer = group.reader.get("/api/public/v1/sites/seeblick.example/rooms/lake-room/");
    (answer.status == 200).then(|| answer.json()["name"].clone())
}

/// A local time in Zurich this many seconds after now, in the winter of the clock's start or the summer after.
pub fn local_in(seconds: i64) -> String {
    let at = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
    let zone = jiff::tz::TimeZone::get("Europe/Zurich").unwrap();
    zone.to_datetime(at).round(jiff::Unit::Second).unwrap().to_string()
}

/// Seconds from now to this instant.
fn seconds_to(instant: &Value) -> i64 {
    let at: jiff::Timestamp = instant.as_str().unwrap().parse().unwrap();
    at.as_second() - jiff::Timestamp::now().as_second()
}

fn state_of(client: &Client, path: &str) -> Value {
    client.get(path).expect(200).json()["state"].clone()
}

#[test]
fn an_entry_says_where_it_stands_and_lists_are_asked_by_it() {
    let (_server, group) = told();
    let owner = &group.owner.client;
    let path = a_room(&group);
    let listed = |state: &str| {
        let found = owner.get(&format!("{}entries/?type=room&state={state}", site_path(&group))).expect(200).json();
        found["results"].as_array().unwrap().iter().any(|entry| path.contains(entry["id"].as_str().unwrap()))
    };
    let states = ["draft", "in_review", "scheduled", "live", "live_with_draft", "archived"];
    let stands = |expected: &str| {
        assert_eq!(state_of(owner, &path), expected);
        for state in states {
            assert_eq!(listed(state), state == expected, "{state} lists what is {expected}");
        }
    };
    stands("live");
    let revision = named(owner, &path, "Other name");
    stands("live_with_draft");
    let plan = json!({"action": "publish", "revision": revision, "local_time": local_in(86_400)});
    let schedule = owner.post(&format!("{path}schedules/"), &plan).expect(201).json();
    stands("scheduled");
    owner.post(&format!("{path}review/"), &json!({"revision": revision})).expect(201);
    stands("in_review");
    owner.delete(&format!("{path}review/")).expect(200);
    owner.delete(&format!("{}schedules/{}/", site_path(&group), schedule["id"].as_str().unwrap())).expect(200);
    owner.post(&format!("{path}unpublish/"), &json!({})).expect(200);
    stands("draft");
    owner.post(&format!("{path}archive/"), &json!({})).expect(200);
    stands("archived");
    assert!(!owner.get(&format!("{}entries/?page_size=100", site_path(&group))).text().contains("Other name"));
    assert_eq!(owner.get(&format!("{}entries/?state=gone", site_path(&group))).expect(400).code(), "invalid_parameter");
}

#[test]
fn the_table_of_states_is_the_one_in_the_documentation() {
    let (_server, group) = told();
    let table = group.owner.client.get("/api/v1/workflow/").expect(200).json();
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/build/workflow.md")).unwrap();
    let names = |list: &Value| {
        let names: Vec<_> = list.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        if names.is_empty() { "gone".to_owned() } else { names.join(", ") }
    };
    let lines = table["transitions"].as_array().unwrap();
    for line in lines {
        let (action, permission) = (line["action"].as_str().unwrap(), line["permission"].as_str().unwrap());
        let row = format!("| `{action}` | {} | {} | `{permission}` |", names(&line["from"]), names(&line["to"]));
        assert!(page.contains(&row), "docs/build/workflow.md lacks\n{row}");
    }
    assert_eq!(page.lines().filter(|line| line.starts_with("| `")).count(), lines.len(), "the page has other lines");
}

#[test]
fn the_archive_keeps_an_entry_from_everyone_and_gives_it_back_as_it_was() {
    let (_server, group) = told();
    let owner = &group.owner.client;
    let path = a_room(&group);
    let before = owner.get(&path).expect(200).json();
    let archived = owner.post(&format!("{path}archive/"), &json!({})).expect(200).json();
    assert_eq!((&archived["state"], &archived["published"]), (&json!("archived"), &json!({})));
    assert_eq!(seen_name(&group), None);
    for (action, body) in [
        ("publish/", json!({"revision": 1})),
        ("archive/", json!({})),
        ("review/", json!({"revision": 1})),
        ("schedules/", json!({"action": "unpublish", "local_time": local_in(60)})),
    ] {
        assert_eq!(owner.post(&format!("{path}{action}"), &body).expect(409).code(), "not_from_here", "{action}");
    }
    let body = json!({"revision": 1, "document": before["document"]});
    assert_eq!(owner.put(&path, &body).expect(409).code(), "not_from_here");
    let back = owner.post(&format!("{path}bring-back/"), &json!({"publish": true})).expect(200).json();
    assert_eq!((&back["state"], &back["published"]), (&json!("live"), &before["published"]));
    assert_eq!(seen_name(&group), Some(json!("Lake room")));
    let audit = owner.get("/api/v1/audit/").expect(200).text();
    assert!(audit.contains("entry.archived") && audit.contains("entry.brought_back"), "{audit}");
}

#[test]
fn a_review_is_for_exactly_one_revision() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let (group, editor, admin) = (&story.lake, &story.editor.client, &story.admin.client);
    let path = a_room(group);
    let me = admin.get("/api/v1/auth/me/").expect(200).json()["user"]["id"].clone();
    let revision = named(editor, &path, "Asked name");
    let wish = json!({"revision": revision, "of": me, "note": "The new name, please."});
    let review = editor.post(&format!("{path}review/"), &wish).expect(201).json();
    assert_eq!((&review["state"], &review["asked_of"], &review["revision"]), (&json!("requested"), &me, &revision));
    let waiting = |client: &Client, whose: &str| {
        client.get(&format!("/api/v1/reviews/?waiting={whose}")).expect(200).json()["count"].clone()
    };
    assert_eq!(
        [waiting(admin, "for_me"), waiting(editor, "for_me"), waiting(editor, "by_me")],
        [1, 0, 1].map(Value::from)
    );
    let answer = |client: &Client, how: &str, body: &Value| client.post(&format!("{path}review/{how}/"), body);
    assert_eq!(answer(editor, "approve", &json!({"revision": revision})).expect(403).code(), "own_request");
    assert_eq!(answer(admin, "approve", &json!({"revision": 1})).expect(409).code(), "review_missing");
    let asked = mail_to(&server, &story.admin.email, "before it is published");
    let place = path.trim_start_matches("/api/v1").trim_end_matches('/').replace("/entries/", "/rooms/");
    for part in ["Asked name", "The new name, please.", &format!("/dashboard{place}")] {
        assert!(asked.contains(part), "{part}: {asked}");
    }
    answer(admin, "send-back", &json!({"revision": revision, "note": "Too long."})).expect(200);
    let answered = mail_to(&server, &story.editor.email, "back to you");
    assert!(answered.contains("Too long."), "{answered}");
    let kept = editor.get(&format!("{path}reviews/")).expect(200).json();
    assert_eq!(
        (&kept["results"][0]["state"], &kept["results"][0]["answer"]),
        (&json!("sent_back"), &json!("Too long."))
    );

    // An edit withdraws what was asked, and what was approved.
    editor.post(&format!("{path}review/"), &json!({"revision": revision})).expect(201);
    let next = named(editor, &path, "Edited meanwhile");
    assert_eq!(answer(admin, "approve", &json!({"revision": revision})).expect(409).code(), "review_missing");
    editor.post(&format!("{path}review/"), &json!({"revision": revision})).expect(409);
    editor.post(&format!("{path}review/"), &json!({"revision": next})).expect(201);
    let approved = answer(admin, "approve", &json!({"revision": next, "note": "Good."})).expect(200).json();
    assert_eq!(approved["review"], json!({"revision": next, "state": "approved"}));
    named(editor, &path, "Edited again");
    assert_eq!(editor.get(&path).expect(200).json()["review"], Value::Null);
    let states: Vec<_> = editor.get(&format!("{path}reviews/")).expect(200).json()["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|review| review["state"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(states, ["withdrawn", "withdrawn", "sent_back"]);

    // Approved and published in one step: exactly that revision.
    let last = editor.get(&path).expect(200).json()["revision"].clone();
    editor.post(&format!("{path}review/"), &json!({"revision": last})).expect(201);
    let live = answer(admin, "approve", &json!({"revision": last, "publish": true})).expect(200).json();
    assert_eq!((&live["state"], &live["published"]["en"]), (&json!("live"), &last));
    let unknown = json!({"revision": last, "of": "01890a5d-ac96-774b-bcce-b302099a8057"});
    let refused = editor.post(&format!("{path}review/"), &unknown).expect(422).json();
    assert_eq!(refused["errors"][0]["code"], "reviewer_unknown");
}

#[test]
fn a_site_can_want_a_second_pair_of_eyes() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let (group, editor, admin) = (&story.lake, &story.editor.client, &story.admin.client);
    let path = a_room(group);
    let rule = format!("{}review-rule/", site_path(group));
    editor.put(&rule, &json!({"is_required": true})).expect(403);
    admin.put(&rule, &json!({"is_required": true})).expect(200);
    assert_eq!(editor.get(&rule).expect(200).json()["is_required"], true);
    let revision = named(editor, &path, "New name");
    let id = path.trim_end_matches('/').rsplit('/').next().unwrap();
    let made = json!({"type": "amenity", "document": {"name": {"en": "Pool"}}, "publish": true});
    for refused in [
        editor.post(&format!("{path}publish/"), &json!({"revision": revision})),
        editor.post(
            &format!("{path}schedules/"),
            &json!({"action": "publish", "revision": revision, "local_time": local_in(60)}),
        ),
        editor.post(&format!("{}entries/", site_path(group)), &made),
    ] {
        assert_eq!(refused.expect(409).code(), "review_required");
    }
    let bulk = json!({"action": "publish", "entries": [{"id": id, "revision": revision}]});
    let answer = editor.post(&format!("{}bulk/", site_path(group)), &bulk).expect(200).json();
    assert_eq!(answer["results"][0]["problem"]["code"], "review_required");
    editor.post(&format!("{path}review/"), &json!({"revision": revision})).expect(201);
    admin.post(&format!("{path}review/approve/"), &json!({"revision": revision})).expect(200);
    editor.post(&format!("{path}publish/"), &json!({"revision": revision})).expect(200);
    assert_eq!(seen_name(group), Some(json!("New name")));
    let by_hand = named(admin, &path, "By hand");
    admin.post(&format!("{path}publish/"), &json!({"revision": by_hand})).expect(200);
}

#[test]
fn a_schedule_is_on_the_sites_clocks_across_the_days_on_which_they_change() {
    let (_server, group) = told();
    let owner = &group.owner.client;
    let path = a_room(&group);
    let revision = named(owner, &path, "Later name");
    for (local_time, repeated, expected) in [
        ("2035-03-25T01:59", "earlier", Ok(("2035-03-25T00:59:00Z", "+01", false))),
        ("2035-03-25T02:30", "earlier", Err("time_skipped")),
        ("2035-03-25T03:00", "earlier", Ok(("2035-03-25T01:00:00Z", "+02", false))),
        ("2035-10-28T02:30", "earlier", Ok(("2035-10-28T00:30:00Z", "+02", true))),
        ("2035-10-28T02:30", "later", Ok(("2035-10-28T01:30:00Z", "+01", true))),
        ("2001-01-01T06:00", "earlier", Err("time_past")),
        ("tomorrow", "earlier", Err("time_invalid")),
    ] {
        let plan = json!({"action": "publish", "revision": revision, "local_time": local_time, "repeated": repeated});
        let answer = owner.post(&format!("{path}schedules/"), &plan);
        match expected {
            Ok((fires_at, offset, is_repeated)) => {
                let made = answer.expect(201).json();
                let found = [&made["fires_at"], &made["utc_offset"], &made["is_repeated"], &made["time_zone"]];
                assert_eq!(found, [&json!(fires_at), &json!(offset), &json!(is_repeated), &json!("Europe/Zurich")]);
            }
            Err(code) => assert_eq!(answer.expect(422).json()["errors"][0]["code"], code, "{local_time}"),
        }
    }
    for (plan, code) in [
        (json!({"action": "publish", "local_time": local_in(60)}), "required"),
        (json!({"action": "publish", "revision": 99, "local_time": local_in(60)}), "revision_unknown"),
        (json!({"action": "unpublish", "revision": 1, "local_time": local_in(60)}), "not_allowed"),
        (json!({"action": "publish", "revision": 1, "locales": ["fr"], "local_time": local_in(60)}), "locale_unknown"),
    ] {
        let answer = owner.post(&format!("{path}schedules/"), &plan).expect(422).json();
        assert_eq!(answer["errors"][0]["code"], code);
    }
}

#[test]
fn what_was_scheduled_goes_live_once_and_as_it_was_chosen() {
    let (mut server, group) = told();
    let owner = &group.owner.client;
    let path = a_room(&group);
    let chosen = named(owner, &path, "Chosen name");
    let plan = json!({"action": "publish", "revision": chosen, "local_time": local_in(7_200)});
    let made = owner.post(&format!("{path}schedules/"), &plan).expect(201).json();
    let schedule = format!("{}schedules/{}/", site_path(&group), made["id"].as_str().unwrap());
    // Moved to an hour later; written on since, also automatically.
    let moved = owner.put(&schedule, &json!({"local_time": local_in(10_800)})).expect(200).json();
    let entry = owner.get(&path).expect(200).json();
    let mut document = entry["document"].clone();
    for guests in [3, 4, 5] {
        document["max_guests"] = json!(guests);
        let newest = owner.get(&path).expect(200).json()["revision"].clone();
        owner.put(&path, &json!({"revision": newest, "document": document, "autosave": true})).expect(200);
    }
    named(owner, &path, "Still a draft");
    let signed_in = |server: &Server| sign_in(server, &group.owner.email, Some(&group.organization_id)).client;

    server.set_clock_offset(seconds_to(&made["fires_at"]) + 60);
    server.kill();
    server.start();
    let owner = signed_in(&server);
    assert_eq!(owner.get(&path).expect(200).json()["published"]["en"], 1, "its first time was taken back");
    server.set_clock_offset(seconds_to(&moved["fires_at"]) + 1);
    // The clock has run past the end of the session.
    let owner = signed_in(&server);
    let shown = wait_for("the scheduled publication", PROMISED, || {
        // Its parts are read one after the other, on PostgreSQL not as of one instant.
        let entry = owner.get(&path).expect(200).json();
        (entry["published"]["en"] == chosen && entry["state"] != "scheduled").then_some(entry)
    });
    assert_eq!((&shown["published"]["de"], &shown["state"]), (&chosen, &json!("live_with_draft")));
    // What runs when a server is killed is taken up again after a minute: longer than the end of this test waits.
    server.wait_for_quiet_queue();
    server.kill();
    server.start();
    let owner = signed_in(&server);
    let reader = owner.clone().without("authorization").with("x-api-key", &group.api_key);
    let seen = reader.get("/api/public/v1/sites/seeblick.example/rooms/lake-room/").expect(200).json();
    assert_eq!((&seen["name"], &seen["max_guests"]), (&json!("Chosen name"), &json!(2)));
    let list = owner.get(&format!("{}schedules/?state=done", site_path(&group))).expect(200).json();
    assert_eq!((&list["count"], &list["results"][0]["problem"]), (&json!(1), &Value::Null));
    let audit = owner.get("/api/v1/audit/?limit=100").expect(200).text();
    assert_eq!(audit.matches("schedule.done").count(), 1, "once");
    assert_eq!(owner.delete(&schedule).expect(409).code(), "schedule_settled");
}

#[test]
fn what_cannot_happen_any_more_says_why_and_stays_listed() {
    let (server, group) = told();
    let owner = &group.owner.client;
    let schedules = format!("{}schedules/", site_path(&group));
    let planned = |prepare: &dyn Fn(&str, &Value)| {
        let id = publish(owner, &group.site_id, "amenity", &json!({"name": {"en": "Pool", "de": "Becken"}}));
        let path = format!("{}entries/{id}/", site_path(&group));
        let entry = owner.get(&path).expect(200).json();
        let body = json!({"revision": 1, "document": {"name": {"en": "Big pool", "de": "Becken"}}});
        let revision = owner.put(&path, &body).expect(200).json()["revision"].clone();
        let plan = json!({"action": "publish", "revision": revision, "local_time": local_in(3_600)});
        let made = owner.post(&format!("{path}schedules/"), &plan).expect(201).json();
        prepare(&path, &entry);
        made["id"].clone()
    };
    let archived = planned(&|path, _| drop(owner.post(&format!("{path}archive/"), &json!({})).expect(200)));
    let deleted = planned(&|path, _| drop(owner.delete(path).expect(204)));
    let superseded = planned(&|path, entry| {
        let body = json!({"revision": 2, "document": {"name": {"en": "Third", "de": "Drittes"}}});
        owner.put(path, &body).expect(200);
        owner.post(&format!("{path}publish/"), &json!({"revision": 3})).expect(200);
        assert_eq!(entry["revision"], 1);
    });
    let cancelled = planned(&|_, _| ());
    owner.delete(&format!("{schedules}{}/", cancelled.as_str().unwrap())).expect(200);
    server.set_clock_offset(3_700);
    let owner = sign_in(&server, &group.owner.email, Some(&group.organization_id)).client;
    let list = wait_for("the failures", PROMISED, || {
        let list = owner.get(&format!("{schedules}?page_size=50")).expect(200).json();
        let is_settled = list["results"].as_array().unwrap().iter().all(|one| one["state"] != "waiting");
        is_settled.then_some(list)
    });
    let found = |id: &Value| {
        let one = list["results"].as_array().unwrap().iter().find(|one| one["id"] == *id).unwrap();
        (one["state"].as_str().unwrap().to_owned(), one["problem"]["code"].as_str().unwrap_or_default().to_owned())
    };
    for (id, state, code) in [
        (archived, "failed", "not_from_here"),
        (deleted, "failed", "not_found"),
        (superseded, "failed", "revision_superseded"),
        (cancelled, "cancelled", ""),
    ] {
        assert_eq!(found(&id), (state.to_owned(), code.to_owned()));
    }
    assert!(owner.get("/api/v1/audit/?limit=100").expect(200).text().contains("schedule.failed"));
    let told = mail_to(&server, &group.owner.email, "did not go live");
    assert!(told.contains("Guests see what they saw before"), "{told}");
}

#[test]
fn an_entry_ends_at_its_time() {
    let (server, group) = told();
    let path = a_room(&group);
    let plan = json!({"action": "unpublish", "locales": ["en"], "local_time": local_in(3_600)});
    group.owner.client.post(&format!("{path}schedules/"), &plan).expect(201);
    server.set_clock_offset(3_601);
    let owner = sign_in(&server, &group.owner.email, Some(&group.organization_id)).client;
    let left = wait_until("the end", || {
        let entry = owner.get(&path).expect(200).json();
        entry["published"]["en"].is_null().then_some(entry)
    });
    assert_eq!(left["published"], json!({"de": 1}));
}

#[test]
fn many_are_done_in_one_transaction_with_an_answer_for_each() {
    let (server, group) = told();
    let owner = &group.owner.client;
    let bulk = |body: &Value| owner.post(&format!("{}bulk/", site_path(&group)), body);
    let ids: Vec<String> = (0..3)
        .map(|number| {
            let body = json!({"type": "room", "document": room(&format!("Room {number}"), &group.amenity_id)});
            owner.post(&format!("{}entries/", site_path(&group)), &body).expect(201).json()["id"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    let unknown = "01890a5d-ac96-774b-bcce-b302099a8057";
    let chosen = |ids: &[&str], revision: u32| -> Vec<Value> {
        ids.iter().map(|id| json!({"id": id, "revision": revision})).collect()
    };
    let [a, b, c] = [ids[0].as_str(), ids[1].as_str(), ids[2].as_str()];
    let entry = |id: &str| owner.get(&format!("{}entries/{id}/", site_path(&group)));

    let mut entries = chosen(&[a, b, unknown], 1);
    entries.push(json!({"id": c, "revision": 7}));
    let answer =
        bulk(&json!({"action": "publish", "entries": entries.clone(), "all_or_nothing": true})).expect(409).json();
    assert_eq!(answer["code"], "nothing_done");
    let codes: Vec<_> =
        answer["errors"].as_array().unwrap().iter().map(|one| [&one["pointer"], &one["code"]]).collect();
    assert_eq!(codes, [["/entries/2", "not_found"], ["/entries/3", "conflict"]]);
    assert_eq!(entry(a).expect(200).json()["state"], "draft", "nothing was done");

    let answer = bulk(&json!({"action": "publish", "entries": entries})).expect(200).json();
    assert_eq!((&answer["done"], &answer["failed"]), (&json!(2), &json!(2)));
    let oks: Vec<_> = answer["results"].as_array().unwrap().iter().map(|one| one["ok"].as_bool().unwrap()).collect();
    assert_eq!(oks, [true, true, false, false]);
    assert_eq!(
        (&entry(a).expect(200).json()["state"], &entry(c).expect(200).json()["state"]),
        (&json!("live"), &json!("draft"))
    );
    bulk(&json!({"action": "undo_publish", "entries": chosen(&[a, b], 1)})).expect(200);
    assert_eq!(entry(a).expect(200).json()["state"], "draft", "one undo for all");

    let tags = json!({"action": "add_tags", "tags": ["Winter", "lake"], "entries": [{"id": a}, {"id": b}, {"id": group.amenity_id}]});
    let answer = bulk(&tags).expect(200).json();
    assert_eq!(answer["results"][2]["problem"]["errors"][0]["code"], "tags_unknown");
    assert_eq!(entry(a).expect(200).json()["document"]["tags"], json!(["Winter", "lake"]));
    bulk(&json!({"action": "remove_tags", "tags": ["winter"], "entries": [{"id": a}]})).expect(200);
    assert_eq!(entry(a).expect(200).json()["document"]["tags"], json!(["lake"]));

    for (action, back, state) in [("delete", "restore", "draft"), ("archive", "bring_back", "draft")] {
        let all = json!([{"id": a}, {"id": b}, {"id": c}]);
        assert_eq!(bulk(&json!({"action": action, "entries": all})).expect(200).json()["done"], 3, "{action}");
        assert_eq!(bulk(&json!({"action": back, "entries": all})).expect(200).json()["done"], 3, "{back}");
        assert_eq!(entry(b).expect(200).json()["state"], state);
    }
    let many: Vec<_> = (0..201).map(|_| json!({"id": unknown})).collect();
    for wrong in [json!([]), json!(many), json!([{"id": a}, {"id": a}])] {
        bulk(&json!({"action": "archive", "entries": wrong})).expect(422);
    }
    let viewer = join(&server, &group, "viewer@lake.example", "viewer").client;
    viewer
        .post(&format!("{}bulk/", site_path(&group)), &json!({"action": "archive", "entries": [{"id": a}]}))
        .expect(403);
}

#[test]
fn work_on_another_organizations_entries_does_not_exist() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let entry = format!("{}entries/{}/", site_path(&story.lake), story.lake.room_id);
    let plan = json!({"action": "unpublish", "local_time": local_in(3_600)});
    let made = story.lake.owner.client.post(&format!("{entry}schedules/"), &plan).expect(201).json();
    let schedule = format!("{}schedules/{}/", site_path(&story.lake), made["id"].as_str().unwrap());
    let requests: Vec<(&str, String, Value)> = vec![
        ("POST", format!("{entry}archive/"), json!({})),
        ("POST", format!("{entry}bring-back/"), json!({})),
        ("POST", format!("{entry}review/"), json!({"revision": 1})),
        ("DELETE", format!("{entry}review/"), json!({})),
        ("POST", format!("{entry}review/approve/"), json!({"revision": 1})),
        ("POST", format!("{entry}review/send-back/"), json!({"revision": 1})),
        ("GET", format!("{entry}reviews/"), json!({})),
        ("POST", format!("{entry}schedules/"), plan),
        ("PUT", schedule.clone(), json!({"local_time": local_in(60)})),
        ("DELETE", schedule, json!({})),
        ("GET", format!("{}schedules/", site_path(&story.lake)), json!({})),
        ("GET", format!("{}review-rule/", site_path(&story.lake)), json!({})),
        ("PUT", format!("{}review-rule/", site_path(&story.lake)), json!({"is_required": true})),
        (
            "POST",
            format!("{}bulk/", site_path(&story.lake)),
            json!({"action": "archive", "entries": [{"id": story.lake.room_id}]}),
        ),
    ];
    for (method, path, body) in &requests {
        let text = body.to_string();
        let body = (*method != "GET" && *method != "DELETE").then_some(text.as_bytes());
        assert_eq!(story.alp.owner.client.send(method, path, body).status, 404, "{method} {path}");
        let viewer = story.viewer.client.send(method, path, body).status;
        assert_eq!(viewer, if *method == "GET" { 200 } else { 403 }, "{method} {path} by a viewer");
    }
    // Another group's entry below one's own site is none of its entries either.
    let bulk = json!({"action": "delete", "entries": [{"id": story.lake.room_id}]});
    let answer = story.alp.owner.client.post(&format!("{}bulk/", site_path(&story.alp)), &bulk).expect(200).json();
    assert_eq!(answer["results"][0]["problem"]["code"], "not_found");
    assert_eq!(state_of(&story.lake.owner.client, &entry), "live");
}
