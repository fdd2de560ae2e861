//! What a group relies on when it says something once for all of its hotels: those without a value of their own follow,
//! those with one stay, what is locked holds, and the drift list says who differs since when.

use serde_json::{Value, json};

use super::support::{Client, Group, Server, Story, join_sites, publish, wait_until};

const BRAND: &str = "/api/v1/brand/types/property";
const DRIFT: &str = "/api/v1/brand/drift";

/// A second website of the group; answers its id.
fn second_site(group: &Group, domain: &str) -> String {
    let body = json!({"name": "Shore", "domain": domain, "locales": ["en", "de"], "default_locale": "en"});
    let site = group.owner.client.post("/api/v1/sites/", &body).expect(201).json();
    let id = site["id"].as_str().unwrap().to_owned();
    group.owner.client.post(&format!("/api/v1/sites/{id}/publish/"), &json!({})).expect(200);
    id
}

/// Saves the brand's fields over its newest state; answers that state's number.
fn save(client: &Client, fields: &Value) -> u64 {
    let newest = client.get(&format!("{BRAND}/")).expect(200).json()["revision"].clone();
    let saved = client.put(&format!("{BRAND}/"), &json!({"revision": newest, "fields": fields})).expect(200).json();
    saved["revision"].as_u64().unwrap()
}

fn save_and_publish(client: &Client, fields: &Value) {
    let revision = save(client, fields);
    client.post(&format!("{BRAND}/publish/"), &json!({"revision": revision})).expect(200);
}

fn shown(group: &Group, domain: &str, slug: &str, locale: &str) -> Value {
    group.reader.get(&format!("/api/public/v1/sites/{domain}/properties/{slug}/?locale={locale}")).expect(200).json()
}

/// On PostgreSQL a process hears of a change a moment after its commit, and keeps its answers until then.
fn until_shown(group: &Group, slug: &str, field: &str, value: &Value) {
    wait_until(slug, || (shown(group, &group.domain, slug, "en")[field] == *value).then_some(()));
}

fn has(value: &Value, part: &str) -> bool {
    value.as_str().is_some_and(|text| text.contains(part))
}

fn entry(client: &Client, site: &str, id: &str) -> Value {
    client.get(&format!("/api/v1/sites/{site}/entries/{id}/")).expect(200).json()
}

/// Saves an entry's document after a change of it.
fn change(client: &Client, site: &str, id: &str, edit: impl FnOnce(&mut Value)) -> super::support::Answer {
    let now = entry(client, site, id);
    let mut document = now["document"].clone();
    edit(&mut document);
    let body = json!({"revision": now["revision"], "document": document});
    client.put(&format!("/api/v1/sites/{site}/entries/{id}/"), &body)
}

#[test]
fn ten_hotels_follow_the_brand_but_for_the_one_that_says_otherwise() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let (lake, owner) = (&story.lake, &story.lake.owner.client);
    let shore = second_site(lake, "shore.example");
    let mut hotels = Vec::new();
    for number in 0..10 {
        let (site, domain) = if number < 5 { (&lake.site_id, lake.domain.as_str()) } else { (&shore, "shore.example") };
        let mut document = json!({"name": {"en": format!("House {number}"), "de": format!("Haus {number}")}});
        if number == 7 {
            document["cancellation"] = json!({"en": "Never free.", "de": "Nie kostenlos."});
        }
        let id = publish(owner, site, "property", &document);
        hotels.push((site.clone(), domain.to_owned(), format!("house-{number}"), id));
    }
    let etag = |domain: &str| {
        let path = format!("/api/public/v1/sites/{domain}/properties/house-8/");
        lake.reader.get(&path).expect(200).header("etag").unwrap().to_owned()
    };
    for (words, words_de) in
        [("Free until six.", "Kostenlos bis sechs."), ("Free until noon.", "Kostenlos bis Mittag.")]
    {
        let before = etag("shore.example");
        let fields = json!({"cancellation": {"mode": "inherit", "value": {"en": words, "de": words_de}}});
        let revision = save(owner, &fields);
        // Saved is not published: guests see it later, the team's preview does at once.
        assert!(!has(&shown(lake, &lake.domain, "house-1", "en")["cancellation"], words));
        assert_eq!(etag("shore.example"), before);
        owner.post(&format!("{BRAND}/publish/"), &json!({"revision": revision})).expect(200);
        assert_ne!(etag("shore.example"), before, "a new version of the site");
        for (number, (_, domain, slug, _)) in hotels.iter().enumerate() {
            let own = number == 7;
            let (en, de) = if own { ("Never free.", "Nie kostenlos.") } else { (words, words_de) };
            wait_until(slug, || has(&shown(lake, domain, slug, "en")["cancellation"], en).then_some(()));
            wait_until(slug, || has(&shown(lake, domain, slug, "de")["cancellation"], de).then_some(()));
        }
    }
    let drift = owner.get(&format!("{DRIFT}/?field=cancellation")).expect(200).json();
    assert_eq!(drift["count"], 1);
    let line = &drift["results"][0];
    let (site, _, _, id) = &hotels[7];
    assert_eq!((&line["entry_id"], &line["site_id"]), (&json!(id), &json!(site)));
    assert_eq!(line["since"], entry(owner, site, id)["created_at"]);
    assert_eq!(line["author_name"], "Ottilie Brunner");
    assert!(line["own"].to_string().contains("Never free.") && line["brand"].to_string().contains("Free until noon."));
    for (query, count) in [(format!("site={shore}"), 1), (format!("site={}", lake.site_id), 0), ("type=room".into(), 0)]
    {
        assert_eq!(owner.get(&format!("{DRIFT}/?{query}")).expect(200).json()["count"], count, "{query}");
    }
    let revisions = owner.get(&format!("{BRAND}/revisions/")).expect(200).json();
    assert_eq!((&revisions["count"], &revisions["results"][0]["number"]), (&json!(2), &json!(2)));

    // The other group has none of it.
    let stranger = &story.alp.owner.client;
    assert_eq!(stranger.get(&format!("{DRIFT}/")).expect(200).json()["count"], 0);
    assert_eq!(stranger.get(&format!("{BRAND}/")).expect(200).json()["revision"], 0);
    stranger.get(&format!("/api/v1/sites/{site}/entries/{id}/brand/")).expect(404);
    let item = json!({"items": [{"site_id": site, "entry_id": id, "field": "cancellation"}]});
    assert_eq!(stranger.post(&format!("{DRIFT}/push/"), &item).expect(200).json()[0]["ok"], false);

    // The hotel gives its own value up.
    let push = json!({"publish": true, "items": [
        {"site_id": site, "entry_id": id, "field": "cancellation"},
        {"site_id": hotels[1].0, "entry_id": hotels[1].3, "field": "cancellation"},
    ]});
    let pushed = owner.post(&format!("{DRIFT}/push/"), &push).expect(200).json();
    assert_eq!((&pushed[0]["ok"], &pushed[1]["ok"]), (&json!(true), &json!(false)));
    wait_until("the brand's value", || {
        has(&shown(lake, "shore.example", "house-7", "en")["cancellation"], "Free until noon.").then_some(())
    });
    assert_eq!(owner.get(&format!("{DRIFT}/")).expect(200).json()["count"], 0);
}

#[test]
fn a_locked_field_holds_everywhere_and_gives_the_own_value_back() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let (lake, owner) = (&story.lake, &story.lake.owner.client);
    let own = json!({"name": {"en": "Villa"}, "check_in_from": "14:00", "check_out_until": "11:00"});
    let id = publish(owner, &lake.site_id, "property", &own);
    let plain = publish(owner, &lake.site_id, "property", &json!({"name": {"en": "Cabin"}}));
    // Before it is published, it is said whom it concerns.
    let impact = |fields: &Value| {
        let revision = save(owner, fields);
        let impact = owner.get(&format!("{BRAND}/impact/")).expect(200).json();
        assert_eq!(impact["revision"], json!(revision));
        (impact["entries"].clone(), impact["fields"].clone())
    };
    let offered = json!({"check_in_from": {"mode": "inherit", "value": "16:00"}});
    let (entries, fields) = impact(&offered);
    let all = entries.as_u64().unwrap();
    assert_eq!(fields, json!([{"field": "check_in_from", "change": "added", "entries": all - 1, "own": 1}]));
    let (_, fields) = impact(&json!({"check_in_from": {"mode": "locked", "value": "16:00"}}));
    assert_eq!(fields, json!([{"field": "check_in_from", "change": "added", "entries": all, "own": 1}]));
    save_and_publish(owner, &json!({"check_in_from": {"mode": "locked", "value": "16:00"}}));
    let (_, fields) = impact(&offered);
    assert_eq!(fields, json!([{"field": "check_in_from", "change": "unlocked", "entries": 1, "own": 1}]));
    for slug in ["villa", "cabin"] {
        until_shown(lake, slug, "check_in_from", &json!("16:00"));
    }
    let standing = owner.get(&format!("/api/v1/sites/{}/entries/{id}/brand/", lake.site_id)).expect(200).json();
    let of = |name: &str| standing.as_array().unwrap().iter().find(|one| one["field"] == name).unwrap().clone();
    let locked = of("check_in_from");
    assert_eq!(
        (&locked["state"], &locked["own"], &locked["brand"]),
        (&json!("locked"), &json!("14:00"), &json!("16:00"))
    );
    assert_eq!(of("check_out_until")["state"], "own");

    // Whoever sets or changes it is told; who changes something else is not.
    for (entry_id, value) in [(&id, "15:00"), (&plain, "15:00")] {
        let refused = change(owner, &lake.site_id, entry_id, |document| document["check_in_from"] = json!(value));
        let refused = refused.expect(422).json();
        assert_eq!(refused["errors"][0]["code"], "field_locked");
        assert_eq!(refused["errors"][0]["pointer"], "/document/check_in_from");
    }
    let body = json!({"type": "property", "document": {"name": {"en": "New"}, "check_in_from": "13:00"}});
    owner.post(&format!("/api/v1/sites/{}/entries/", lake.site_id), &body).expect(422);
    change(owner, &lake.site_id, &id, |document| document["stars"] = json!(4)).expect(200);

    save_and_publish(owner, &json!({"check_in_from": {"mode": "inherit", "value": "16:00"}}));
    until_shown(lake, "villa", "check_in_from", &json!("14:00"));
    until_shown(lake, "cabin", "check_in_from", &json!("16:00"));

    // The brand takes the hotel's value as its own.
    let revision = owner.get(&format!("{BRAND}/")).expect(200).json()["revision"].clone();
    let adopt = json!({"site_id": lake.site_id, "entry_id": id, "field": "check_in_from", "revision": revision});
    let adopted = owner.post(&format!("{DRIFT}/adopt/"), &adopt).expect(200).json();
    assert_eq!(adopted["fields"]["check_in_from"], json!({"mode": "inherit", "value": "14:00"}));
    assert_eq!(shown(lake, &lake.domain, "cabin", "en")["check_in_from"], "16:00", "not before it is published");
    owner.post(&format!("{BRAND}/publish/"), &json!({"revision": adopted["revision"]})).expect(200);
    until_shown(lake, "cabin", "check_in_from", &json!("14:00"));

    // A field that is not the brand's any more is each hotel's own again.
    let (_, fields) = impact(&json!({}));
    assert_eq!(fields[0]["change"], "removed");
    save_and_publish(owner, &json!({}));
    let (_, fields) = impact(&json!({}));
    assert_eq!(fields, json!([]));
    until_shown(lake, "cabin", "check_in_from", &Value::Null);
    until_shown(lake, "villa", "check_in_from", &json!("14:00"));
}

#[test]
fn an_old_version_comes_back_but_for_what_the_brand_has_locked_since() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let (lake, owner) = (&story.lake, &story.lake.owner.client);
    let own = json!({"name": {"en": "Villa"}, "check_in_from": "12:00", "stars": 3});
    let id = publish(owner, &lake.site_id, "property", &own);
    let later = change(owner, &lake.site_id, &id, |document| {
        document["check_in_from"] = json!("13:00");
        document["stars"] = json!(4);
    });
    let revision = later.expect(200).json()["revision"].clone();
    save_and_publish(owner, &json!({"check_in_from": {"mode": "locked", "value": "16:00"}}));
    let path = format!("/api/v1/sites/{}/entries/{id}/restore/", lake.site_id);
    let back = owner.post(&path, &json!({"revision": revision, "from": 1})).expect(200).json();
    assert_eq!(back["dropped"], json!(["/check_in_from"]));
    assert_eq!((&back["document"]["stars"], &back["document"]["check_in_from"]), (&json!(3), &json!("13:00")));
}

#[test]
fn the_brand_is_checked_and_kept_by_those_who_answer_for_all_sites() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let (lake, owner) = (&story.lake, &story.lake.owner.client);
    let of_one = join_sites(&server, lake, "one@lake.example", "admin", &[&lake.site_id]);
    let good = json!({"revision": 0, "fields": {"check_in_from": {"mode": "inherit", "value": "15:00"}}});
    let path = format!("{BRAND}/");
    for (client, status) in
        [(&story.viewer.client, 403), (&story.editor.client, 403), (&of_one.client, 403), (&story.admin.client, 200)]
    {
        assert_eq!(client.put(&path, &good).status, status);
    }
    // Two at once: the second hears of the first.
    assert_eq!(owner.put(&path, &good).expect(409).code(), "version_conflict");
    owner.post(&format!("{BRAND}/publish/"), &json!({"revision": 9})).expect(409);
    for (fields, pointer, code) in [
        (json!({"check_in_from": {"mode": "inherit", "value": "late"}}), "/fields/check_in_from/value", "time_invalid"),
        (json!({"name": {"mode": "inherit", "value": {"en": "All"}}}), "/fields/name/value", "field_unknown"),
        (json!({"late_arrival": {"mode": "locked", "value": {"en": " "}}}), "/fields/late_arrival/value", "required"),
        (
            json!({"late_arrival": {"mode": "inherit", "value": {"xx": "?"}}}),
            "/fields/late_arrival/value/xx",
            "locale_unknown",
        ),
    ] {
        let refused = owner.put(&path, &json!({"revision": 1, "fields": fields})).expect(422).json();
        assert_eq!((&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]), (&json!(pointer), &json!(code)));
    }
    owner.get("/api/v1/brand/types/room_that_is_none/").expect(404);
    let listed = owner.get("/api/v1/brand/types/").expect(200).json();
    assert!(listed.as_array().unwrap().iter().any(|one| one["type"] == "property" && one["revision"] == 1));
    let audit = owner.get("/api/v1/audit/").expect(200).text();
    assert!(audit.contains("brand.saved"), "{audit}");
}

#[test]
fn a_brand_of_many_entries_reaches_all_of_them_by_and_by() {
    let server = Server::options().env("GAMMACMS_RATE_LIMIT_PER_MINUTE", "100000").start();
    let story = Story::tell(&server);
    let (lake, owner) = (&story.lake, &story.lake.owner.client);
    for number in 0..201 {
        publish(owner, &lake.site_id, "property", &json!({"name": {"en": format!("Hut {number}")}}));
    }
    save_and_publish(owner, &json!({"check_in_from": {"mode": "inherit", "value": "17:00"}}));
    for slug in ["hut-0", "hut-100", "hut-200"] {
        wait_until("the job has come by", || {
            (shown(lake, &lake.domain, slug, "en")["check_in_from"] == "17:00").then_some(())
        });
    }
}
