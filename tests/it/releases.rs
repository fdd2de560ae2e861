//! Entries of several sites that go live together: all of them or none, at a time or by hand, and back in one step.

use serde_json::{Value, json};

use super::support::{
    Client, Group, Server, Story, furnish, join, join_sites, mail_to, publish, room, set_up, sign_in, wait_for,
};

/// Within which what is scheduled happens, once its time has come.
const PROMISED: std::time::Duration = std::time::Duration::from_secs(5);

/// A group with two sites, and one room on each.
struct Told {
    server: Server,
    group: Group,
    second: String,
    here: String,
    there: String,
}

fn told() -> Told {
    let server = Server::start_new();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    let client = &group.owner.client;
    let site = json!({"name": "Second", "slug": "second", "locales": ["en", "de"], "default_locale": "en"});
    let second = client.post("/api/v1/sites/", &site).expect(201).json()["id"].as_str().unwrap().to_owned();
    let amenity = publish(client, &second, "amenity", &json!({"name": {"en": "Pool", "de": "Becken"}}));
    let here = publish(client, &group.site_id, "room", &room("Lake room", &group.amenity_id));
    let there = publish(client, &second, "room", &room("Hill room", &amenity));
    Told { server, group, second, here, there }
}

fn path_of(site: &str, entry: &str) -> String {
    format!("/api/v1/sites/{site}/entries/{entry}/")
}

fn version(client: &Client, site: &str) -> i64 {
    client.get(&format!("/api/v1/sites/{site}/")).expect(200).json()["content_version"].as_i64().unwrap()
}

impl Told {
    fn owner(&self) -> &Client {
        &self.group.owner.client
    }

    fn entry(&self, client: &Client, entry: &str) -> Value {
        let site = if entry == self.there { &self.second } else { &self.group.site_id };
        client.get(&path_of(site, entry)).expect(200).json()
    }

    /// Saves another name; answers the new revision.
    fn named(&self, entry: &str, name: &str) -> u64 {
        let site = if entry == self.there { &self.second } else { &self.group.site_id };
        let before = self.entry(self.owner(), entry);
        let mut document = before["document"].clone();
        document["name"]["en"] = json!(name);
        let body = json!({"revision": before["revision"], "document": document});
        self.owner().put(&path_of(site, entry), &body).expect(200).json()["revision"].as_u64().unwrap()
    }

    /// A release of a new name for both rooms, and the end of the sauna.
    fn release(&self) -> String {
        let release = self.owner().post("/api/v1/releases/", &json!({"name": "Summer"})).expect(201).json();
        assert_eq!((&release["state"], &release["items"]), (&json!("open"), &json!([])));
        let path = format!("/api/v1/releases/{}/", release["id"].as_str().unwrap());
        for (entry, site) in [(&self.here, &self.group.site_id), (&self.there, &self.second)] {
            let revision = self.named(entry, "Summer room");
            let item = json!({"site_id": site, "action": "publish", "revision": revision});
            self.owner().put(&format!("{path}items/{entry}/"), &item).expect(200);
            self.named(entry, "Written on since");
        }
        let item = json!({"site_id": self.group.site_id, "action": "unpublish"});
        self.owner().put(&format!("{path}items/{}/", self.group.amenity_id), &item).expect(200);
        path
    }

    fn shown(&self, client: &Client) -> Vec<Value> {
        let ids = [&self.here, &self.there, &self.group.amenity_id];
        ids.map(|id| self.entry(client, id)["published"].clone()).to_vec()
    }
}

#[test]
fn a_release_goes_live_as_one_step_and_back_as_one_step() {
    let told = told();
    let owner = told.owner();
    let path = told.release();
    let versions = [&told.group.site_id, &told.second].map(|site| version(owner, site));
    let live = owner.post(&format!("{path}publish/"), &json!({})).expect(200).json();
    assert_eq!((&live["state"], &live["actions"]), (&json!("live"), &json!(["roll_back", "delete"])));
    let both = |revision: u64| json!({"de": revision, "en": revision});
    assert_eq!(told.shown(owner), [both(2), both(2), json!({})], "exactly the revisions that were chosen");
    let after = [&told.group.site_id, &told.second].map(|site| version(owner, site));
    assert_eq!(after, versions.map(|version| version + 1), "one version of each site");
    assert_eq!(owner.post(&format!("{path}publish/"), &json!({})).expect(409).code(), "release_not_from_here");

    let back = owner.post(&format!("{path}rollback/"), &json!({})).expect(200).json();
    assert_eq!((&back["state"], &back["problems"]), (&json!("rolled_back"), &json!([])));
    assert_eq!(told.shown(owner), [both(1), both(1), both(1)], "each shows again what it showed before");
    assert_eq!([&told.group.site_id, &told.second].map(|site| version(owner, site)), after.map(|one| one + 1));
    assert_eq!(told.entry(owner, &told.here)["revision"], 3, "what was written stays written");
    let audit = owner.get("/api/v1/audit/?limit=100").expect(200).text();
    assert!(audit.contains("release.live") && audit.contains("release.rolled_back"), "{audit}");
}

#[test]
fn what_stands_in_the_way_is_named_and_nothing_changes() {
    let told = told();
    let owner = told.owner();
    let path = told.release();
    let before = told.shown(owner);
    owner.post(&format!("{}archive/", path_of(&told.second, &told.there)), &json!({})).expect(200);
    let newest = told.entry(owner, &told.here)["revision"].clone();
    owner
        .post(&format!("{}publish/", path_of(&told.group.site_id, &told.here)), &json!({"revision": newest}))
        .expect(200);
    let refused = owner.post(&format!("{path}publish/"), &json!({})).expect(409).json();
    assert_eq!(refused["code"], "release_refused");
    let named: Vec<_> =
        refused["errors"].as_array().unwrap().iter().map(|one| (one["pointer"].clone(), one["code"].clone())).collect();
    let pointer = |id: &str| json!(format!("/items/{id}"));
    assert_eq!(
        named,
        [(pointer(&told.here), json!("revision_superseded")), (pointer(&told.there), json!("not_from_here"))]
    );
    assert_eq!(told.shown(owner)[2], before[2], "the sauna, which could have ended, is still there");
    assert_eq!(owner.get(&path).expect(200).json()["state"], "open");
    owner.delete(&format!("{path}items/{}/", told.there)).expect(200);
    owner
        .put(
            &format!("{path}items/{}/", told.here),
            &json!({"site_id": told.group.site_id, "action": "publish", "locales": ["en"]}),
        )
        .expect(200);
    owner.post(&format!("{path}publish/"), &json!({})).expect(200);
    let empty = owner.post("/api/v1/releases/", &json!({"name": "Nothing"})).expect(201).json();
    let empty = format!("/api/v1/releases/{}/", empty["id"].as_str().unwrap());
    assert_eq!(owner.post(&format!("{empty}publish/"), &json!({})).expect(409).code(), "release_empty");
    owner.delete(&empty).expect(204);
    owner.get(&empty).expect(404);
}

#[test]
fn a_roll_back_names_what_somebody_changed_since() {
    let told = told();
    let owner = told.owner();
    let path = told.release();
    owner.post(&format!("{path}publish/"), &json!({})).expect(200);
    let newest = told.entry(owner, &told.here)["revision"].clone();
    owner
        .post(&format!("{}publish/", path_of(&told.group.site_id, &told.here)), &json!({"revision": newest}))
        .expect(200);
    owner.delete(&path_of(&told.second, &told.there)).expect(204);
    let refused = owner.post(&format!("{path}rollback/"), &json!({})).expect(409).json();
    assert_eq!(refused["code"], "release_changed_since");
    let codes: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|one| one["code"].clone()).collect();
    assert_eq!(codes, ["entry_changed", "entry_deleted"]);
    assert_eq!(told.entry(owner, &told.here)["published"]["en"], newest, "nothing was changed");
    let back = owner.post(&format!("{path}rollback/"), &json!({"force": true})).expect(200).json();
    assert_eq!(back["state"], "rolled_back");
    let left = back["problems"].as_array().unwrap().iter();
    let left: Vec<_> = left.map(|one| one["problem"]["code"].clone()).collect();
    assert_eq!(left, ["entry_deleted"], "what was overwritten is as it was");
    assert_eq!(told.entry(owner, &told.here)["published"], json!({"de": 1, "en": 1}));
    assert_eq!(told.entry(owner, &told.group.amenity_id)["published"], json!({"de": 1, "en": 1}));
}

#[test]
fn a_release_may_change_the_home_page_whatever_the_order_of_its_items() {
    let told = told();
    let (owner, site) = (told.owner(), &told.group.site_id);
    let pages = owner.get(&format!("/api/v1/sites/{site}/entries/?type=page")).expect(200).json();
    let home = pages["results"].as_array().unwrap().iter().find(|one| one["document"]["is_homepage"] == true).unwrap();
    let mut document = home["document"].clone();
    document["is_homepage"] = json!(false);
    let home = home["id"].as_str().unwrap();
    let change = json!({"revision": 1, "document": document});
    let revision = owner.put(&path_of(site, home), &change).expect(200).json()["revision"].clone();
    let body = json!({"type": "page", "document": {"title": {"en": "Anew", "de": "Neu"}, "is_homepage": true}});
    let new = owner.post(&format!("/api/v1/sites/{site}/entries/"), &body).expect(201).json();
    let new = new["id"].as_str().unwrap();
    owner.put("/api/v1/checks/", &json!({"levels": {"home_page_second": "block"}})).expect(200);
    let release = owner.post("/api/v1/releases/", &json!({"name": "Home"})).expect(201).json();
    let release = format!("/api/v1/releases/{}/", release["id"].as_str().unwrap());
    for (entry, revision) in [(new, json!(1)), (home, revision)] {
        let item = json!({"site_id": site, "action": "publish", "revision": revision});
        owner.put(&format!("{release}items/{entry}/"), &item).expect(200);
    }
    owner.post(&format!("{release}publish/"), &json!({})).expect(200);
    let board = owner.get(&format!("/api/v1/sites/{site}/checks/")).expect(200).text();
    assert!(!board.contains("home_page_second"), "{board}");
}

#[test]
fn languages_that_a_site_does_not_have_are_refused_when_they_are_named() {
    let told = told();
    let path = told.release();
    for locales in [json!(["fr"]), json!([])] {
        let item = json!({"site_id": told.group.site_id, "action": "publish", "revision": 1, "locales": locales});
        told.owner().put(&format!("{path}items/{}/", told.here), &item).expect(422);
        let end = format!("{}unpublish/", path_of(&told.group.site_id, &told.here));
        told.owner().post(&end, &json!({"locales": locales})).expect(422);
    }
}

#[test]
fn a_scheduled_release_goes_live_at_its_time_or_says_why_not() {
    let told = told();
    let path = told.release();
    let owner = told.owner();
    let skipped = json!({"local_time": "2035-03-25T02:30"});
    assert_eq!(
        owner.put(&format!("{path}schedule/"), &skipped).expect(422).json()["errors"][0]["code"],
        "time_skipped"
    );
    let at = |seconds: i64| {
        let at = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
        let zone = jiff::tz::TimeZone::get("Europe/Zurich").unwrap();
        json!({"local_time": zone.to_datetime(at).round(jiff::Unit::Second).unwrap().to_string()})
    };
    owner.put(&format!("{path}schedule/"), &at(7_200)).expect(200);
    owner.delete(&format!("{path}schedule/")).expect(200);
    let planned = owner.put(&format!("{path}schedule/"), &at(10_800)).expect(200).json();
    assert_eq!((&planned["state"], &planned["time_zone"]), (&json!("scheduled"), &json!("Europe/Zurich")));
    let failing = owner.post("/api/v1/releases/", &json!({"name": "Too late"})).expect(201).json();
    let failing = format!("/api/v1/releases/{}/", failing["id"].as_str().unwrap());
    let page = publish(owner, &told.group.site_id, "amenity", &json!({"name": {"en": "Bar", "de": "Bar"}}));
    let item = json!({"site_id": told.group.site_id, "action": "publish"});
    owner.put(&format!("{failing}items/{page}/"), &item).expect(200);
    owner.put(&format!("{failing}schedule/"), &at(10_800)).expect(200);
    owner.delete(&path_of(&told.group.site_id, &page)).expect(204);

    told.server.set_clock_offset(7_300);
    let signed_in = || sign_in(&told.server, &told.group.owner.email, Some(&told.group.organization_id)).client;
    let owner = signed_in();
    assert_eq!(owner.get(&path).expect(200).json()["state"], "scheduled", "its first time was taken back");
    told.server.set_clock_offset(10_802);
    let owner = signed_in();
    let state = |path: &str| owner.get(path).expect(200).json();
    let live = wait_for("the release", PROMISED, || Some(state(&path)).filter(|one| one["state"] != "scheduled"));
    assert_eq!((&live["state"], &live["went_live_by"]), (&json!("live"), &json!("fire_release")));
    assert_eq!(told.entry(&owner, &told.there)["published"], json!({"de": 2, "en": 2}));
    let failed = wait_for("the failure", PROMISED, || Some(state(&failing)).filter(|one| one["state"] != "scheduled"));
    assert_eq!(failed["state"], "failed");
    assert_eq!(failed["problems"][0]["problem"]["code"], "not_found");
    assert_eq!(failed["problems"][0]["title"], "Bar");
    let mail = mail_to(&told.server, &told.group.owner.email, "Too late");
    assert!(mail.contains("Bar: There is no such entry") && mail.contains("/dashboard/releases/"), "{mail}");
}

#[test]
fn a_release_is_nobodys_but_the_organizations_and_of_those_who_may_act_on_its_sites() {
    let told = told();
    let path = told.release();
    let viewer = join(&told.server, &told.group, "viewer@lake.example", "viewer").client;
    viewer.get(&path).expect(200);
    let limited =
        join_sites(&told.server, &told.group, "limited@lake.example", "editor", &[&told.group.site_id]).client;
    limited.get(&path).expect(404);
    assert_eq!(limited.get("/api/v1/releases/").expect(200).json()["count"], 0);
    let item = json!({"site_id": told.group.site_id, "action": "unpublish"});
    for (method, end, body) in [
        ("PUT", "", json!({"name": "Taken"})),
        ("DELETE", "", json!({})),
        ("PUT", &*format!("items/{}/", told.here), item),
        ("DELETE", &*format!("items/{}/", told.here), json!({})),
        ("PUT", "schedule/", json!({"local_time": "2035-01-01T06:00"})),
        ("DELETE", "schedule/", json!({})),
        ("POST", "publish/", json!({})),
        ("POST", "rollback/", json!({})),
    ] {
        let text = body.to_string();
        let body = (method != "DELETE").then_some(text.as_bytes());
        assert_eq!(viewer.send(method, &format!("{path}{end}"), body).status, 403, "{method} {end} by a viewer");
        assert_eq!(limited.send(method, &format!("{path}{end}"), body).status, 404, "{method} {end} with one site");
    }
    viewer.post("/api/v1/releases/", &json!({"name": "Mine"})).expect(403);
    told.owner().post("/api/v1/releases/", &json!({"name": ""})).expect(422);

    let server = Server::start_new();
    let story = Story::tell(&server);
    let release = story.lake.owner.client.post("/api/v1/releases/", &json!({"name": "Lake"})).expect(201).json();
    let release = format!("/api/v1/releases/{}/", release["id"].as_str().unwrap());
    story.alp.owner.client.get(&release).expect(404);
    story.alp.owner.client.post(&format!("{release}publish/"), &json!({})).expect(404);
    let foreign = json!({"site_id": story.lake.site_id, "action": "unpublish"});
    let own = story.alp.owner.client.post("/api/v1/releases/", &json!({"name": "Alp"})).expect(201).json();
    let own = format!("/api/v1/releases/{}/items/{}/", own["id"].as_str().unwrap(), story.lake.room_id);
    story.alp.owner.client.put(&own, &foreign).expect(404);
}
