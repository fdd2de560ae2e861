//! What a hotel relies on when it sends drafts to people without an account: the link shows what it was made for, to whoever
//! holds it, until it ends; and to nobody else, and nothing else.

use serde_json::{Value, json};

use super::support::{Answer, Client, Group, PATIENCE, Server, Story, publish, room, wait_for, wait_until};

struct Told {
    server: Server,
    story: Story,
}

fn told() -> Told {
    let server = Server::options().env("GAMMACMS_RATE_LIMIT_PER_MINUTE", "100000").start();
    let story = Story::tell(&server);
    let made = Told { server, story };
    made.draft(&room("Unfinished attic", &made.story.lake.amenity_id));
    made
}

impl Told {
    fn lake(&self) -> &Group {
        &self.story.lake
    }

    fn links(&self) -> String {
        format!("/api/v1/sites/{}/preview-links/", self.lake().site_id)
    }

    fn draft(&self, document: &Value) -> Value {
        let path = format!("/api/v1/sites/{}/entries/", self.lake().site_id);
        self.lake().owner.client.post(&path, &json!({"type": "room", "document": document})).expect(201).json()
    }

    fn link(&self, wish: &Value) -> Value {
        self.lake().owner.client.post(&self.links(), wish).expect(201).json()
    }

    /// Opens a link as somebody without an account: the browser's cookie with the address that it is led to.
    fn open(&self, link: &Value) -> Holder {
        let path = path_of(link);
        assert!(link["address"].as_str().unwrap().contains("/preview/l/pv_"), "{link}");
        let answer = self.server.client().get(&path).expect(303);
        let cookie = answer.header("set-cookie").unwrap().to_owned();
        let root = format!("/preview/l/{}", link["id"].as_str().unwrap());
        for part in ["HttpOnly", "SameSite=Lax", &format!("Path={root}")] {
            assert!(cookie.contains(part), "{part} is missing in {cookie}");
        }
        let to = answer.header("location").unwrap().to_owned();
        assert!(to.starts_with(&root) && !to.contains("pv_"), "{to}");
        let client = self.server.client().with("cookie", cookie.split(';').next().unwrap());
        Holder { client, root, to }
    }

    /// Reads the public API as visitors do.
    fn visit(&self, path: &str) -> Answer {
        self.lake().reader.get(&format!("/api/public/v1/sites/seeblick.example/{path}"))
    }

    /// Reads the public API with the lake group's key and a token.
    fn read(&self, token: &Value, path: &str) -> Answer {
        let reader = self.lake().reader.with("x-preview-token", token.as_str().unwrap());
        reader.get(&format!("/api/public/v1/sites/seeblick.example/{path}"))
    }
}

struct Holder {
    client: Client,
    root: String,
    to: String,
}

impl Holder {
    fn get(&self, path: &str) -> Answer {
        self.client.get(&format!("{}{path}", self.root))
    }
}

fn path_of(link: &Value) -> String {
    let address = link["address"].as_str().unwrap();
    address[address.find("/preview/l/").unwrap()..].to_owned()
}

#[test]
fn a_link_shows_the_site_with_its_drafts_and_stays_within_itself() {
    let told = told();
    let link = told.link(&json!({}));
    let holder = told.open(&link);
    assert_eq!(holder.to, holder.root);
    let page = holder.get("/rooms/unfinished-attic").expect(200);
    let html = page.text();
    for part in ["Unfinished attic", "preview-bar", "drafts", "as of now", "this link ends", "noindex"] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
    for (name, value) in
        [("cache-control", "no-store"), ("x-robots-tag", "noindex, nofollow"), ("referrer-policy", "no-referrer")]
    {
        assert_eq!(page.header(name), Some(value), "{name}");
    }
    assert!(holder.get("/de/rooms/unfinished-attic").expect(200).text().contains("Vorschau"));
    let inside = format!("href=\"{}/", holder.root);
    assert!(holder.get("").expect(200).text().contains(&inside), "links lead elsewhere");
    // Without the link nothing of it is anywhere.
    told.server.client().get(&format!("{}/rooms/unfinished-attic", holder.root)).expect(404);
    assert_eq!(told.lake().reader.get("/api/public/v1/sites/seeblick.example/rooms/unfinished-attic/").status, 404);
    told.server.client().with("host", "seeblick.example").get("/rooms/unfinished-attic").expect(404);
    let listed = told.lake().owner.client.get(&told.links()).expect(200).json();
    assert!(listed["results"][0]["use_count"].as_i64().unwrap() >= 1, "{listed}");
    assert!(!listed.to_string().contains("pv_"), "the token is shown once");
}

#[test]
fn what_opens_nothing_is_one_and_the_same_page() {
    let told = told();
    let (ended, withdrawn, open) =
        (told.link(&json!({"hours": 1})), told.link(&json!({})), told.link(&json!({"hours": 720})));
    let holder = told.open(&withdrawn);
    holder.get("").expect(200);
    let path = format!("{}{}/", told.links(), withdrawn["id"].as_str().unwrap());
    told.lake().owner.client.delete(&path).expect(204);
    told.lake().owner.client.delete(&path).expect(204);
    told.server.set_clock_offset(60 * 60 + 1);
    let unknown = format!("/preview/l/pv_{}/", "x".repeat(43));
    let pages = [
        ("ended", told.server.client().get(&path_of(&ended))),
        ("withdrawn", told.server.client().get(&path_of(&withdrawn))),
        ("withdrawn while it is open", holder.get("")),
        ("unknown", told.server.client().get(&unknown)),
        ("the cookie of another link", {
            let other = told.open(&open);
            other.client.get(&holder.root)
        }),
        ("no cookie", told.server.client().get(&holder.root)),
    ];
    let expected = pages[0].1.text();
    for (what, page) in &pages {
        assert_eq!((page.status, page.text()), (404, expected.clone()), "{what}");
        assert!(page.header("set-cookie").is_none(), "{what}");
    }
    told.open(&open).get("").expect(200);
    let refused = told.read(&withdrawn["token"], "rooms/");
    assert_eq!((refused.status, refused.code()), (401, "preview_token_invalid".to_owned()));
}

#[test]
fn guessing_is_held_up() {
    let told = told();
    let unknown = format!("/preview/l/pv_{}/", "x".repeat(43));
    let tries: Vec<u16> = (0..21).map(|_| told.server.client().get(&unknown).status).collect();
    assert_eq!(tries.iter().filter(|status| **status == 404).count(), 20, "{tries:?}");
    assert_eq!(tries.last(), Some(&429));
    // Whoever holds a link that is good is not held up by others at the same address.
    told.open(&told.link(&json!({}))).get("").expect(200);
}

#[test]
fn a_link_with_a_password_asks_for_it() {
    let told = told();
    let link = told.link(&json!({"password": "herons"}));
    assert_eq!(link["has_password"], true);
    let holder = told.open(&link);
    let locked = holder.get("/rooms/unfinished-attic").expect(401);
    assert!(!locked.text().contains("Unfinished attic"));
    let to = format!("{}/rooms/unfinished-attic", holder.root);
    let form = holder.client.with("content-type", "application/x-www-form-urlencoded");
    let send =
        |password: &str| form.send("POST", &holder.root, Some(format!("password={password}&to={to}").as_bytes()));
    assert_eq!(send("wrong").status, 403);
    let opened = send("herons").expect(303);
    assert_eq!(opened.header("location"), Some(to.as_str()));
    let cookie = opened.header("set-cookie").unwrap();
    let both = format!("gammacms_preview={}; {}", link["token"].as_str().unwrap(), cookie.split(';').next().unwrap());
    let inside = told.server.client().with("cookie", &both);
    assert!(inside.get(&to).expect(200).text().contains("Unfinished attic"));
    // Nobody is led out of the preview, and five wrong ones are enough.
    let elsewhere = form.send("POST", &holder.root, Some(&b"password=herons&to=//evil.example"[..])).expect(303);
    assert_eq!(elsewhere.header("location"), Some(holder.root.as_str()));
    let tries: Vec<u16> = (0..6).map(|_| send("wrong").status).collect();
    assert_eq!(tries.last(), Some(&429), "{tries:?}");
    assert_eq!(told.read(&link["token"], "rooms/").status, 401, "a password is for people");
}

#[test]
fn a_link_to_one_entry_shows_its_draft_and_no_other() {
    let told = told();
    let id = &told.lake().room_id;
    let entry = format!("/api/v1/sites/{}/entries/{id}/", told.lake().site_id);
    let mut document = told.lake().owner.client.get(&entry).expect(200).json()["document"].clone();
    document["name"] = json!({"en": "Renamed room", "de": "Umbenannt"});
    told.lake().owner.client.put(&entry, &json!({"revision": 1, "document": document})).expect(200);
    let newest = told.open(&told.link(&json!({"entry": id})));
    assert!(newest.to.starts_with(&format!("{}/rooms/", newest.root)), "{}", newest.to);
    assert!(newest.client.get(&newest.to).expect(200).text().contains("Renamed room"));
    newest.get("/rooms/unfinished-attic").expect(404);
    let first = told.open(&told.link(&json!({"entry": id, "revision": 1})));
    assert!(!first.client.get(&first.to).expect(200).text().contains("Renamed room"));
    let published = told.open(&told.link(&json!({"shows": "published"})));
    published.get("/rooms/unfinished-attic").expect(404);
    let german = told.open(&told.link(&json!({"locale": "de"})));
    let html = german.get("").expect(200).text();
    assert!(html.contains("<html lang=\"de\"") && !html.contains("hreflang=\"en\""), "{html}");
}

#[test]
fn everything_is_seen_as_of_a_date_by_link_by_token_and_by_the_team() {
    let told = told();
    let mut later = room("Next century", &told.lake().amenity_id);
    later["visible"] = json!({"from": "2101-03-01", "until": "2101-04-01"});
    told.draft(&later);
    let (before, within) = ("2101-02-28T22:59:59Z", "2101-03-01T00:00");
    for (as_of, status) in [(before, 404), (within, 200), ("2101-04-01", 404)] {
        let link = told.link(&json!({"as_of": as_of}));
        let holder = told.open(&link);
        assert_eq!(holder.get("/rooms/next-century").status, status, "{as_of}");
        let answer = told.read(&link["token"], "rooms/next-century/");
        assert_eq!(answer.status, status, "{as_of}");
        if status == 200 {
            let seen = answer.json();
            assert_eq!((&seen["preview"], &seen["as_of"]), (&json!(true), &json!("2101-02-28T23:00:00Z")));
            assert_eq!(answer.header("cache-control"), Some("no-store"));
            assert!(holder.get("").expect(200).text().contains("as of 2101-03-01 00:00"));
        }
    }
    // A link without a date lets the reader of the API choose; a key alone never does.
    let link = told.link(&json!({}));
    assert_eq!(told.read(&link["token"], "rooms/next-century/").status, 404);
    assert_eq!(told.read(&link["token"], &format!("rooms/next-century/?as_of={within}")).status, 200);
    let all = told.read(&link["token"], "rooms/?page_size=1").expect(200).json();
    assert_eq!((all["count"].as_u64(), all["results"].as_array().unwrap().len()), (Some(2), 1), "{all}");
    let refused = told.lake().reader.get(&format!("/api/public/v1/sites/seeblick.example/rooms/?as_of={within}"));
    assert_eq!(refused.status, 400);
    // The team, without a link: without a date it sees what it writes; with one it sees that day, and stays in it.
    let team = &told.story.viewer.client;
    let path = format!("/preview/{}/rooms/next-century", told.lake().site_id);
    team.get(&path).expect(200);
    let dated = team.get(&format!("{path}?as_of={within}")).expect(302);
    let there = dated.header("location").unwrap();
    let html = team.get(there).expect(200).text();
    let root = there.strip_suffix("/rooms/next-century").unwrap();
    assert!(html.contains(&format!("href=\"{root}/")), "links lead out of the date: {html}");
    let gone = team.get(&format!("{path}?as_of={before}")).expect(302);
    team.get(gone.header("location").unwrap()).expect(404);
    team.get(&format!("{path}?as_of=soon")).expect(400);
}

#[test]
fn drafts_are_walked_by_cursor_there_and_back() {
    let told = told();
    for name in ["Attic", "Birch", "Cedar", "Dune"] {
        told.draft(&room(name, &told.lake().amenity_id));
    }
    let link = told.link(&json!({}));
    let read = |query: &str| told.read(&link["token"], &format!("rooms/?{query}")).expect(200).json();
    let names = |list: &Value| -> Vec<String> {
        let results = list["results"].as_array().unwrap();
        results.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    let query_of = |address: &Value| address.as_str().unwrap().split_once('?').unwrap().1.to_owned();
    let all = names(&read("sort=-name&page_size=100"));
    assert!(all.len() >= 5 && all.contains(&"Cedar".to_owned()), "{all:?}");
    let (mut walked, mut list) = (Vec::new(), read("sort=-name&limit=2"));
    assert_eq!((&list["count"], &list["previous"]), (&json!(all.len()), &Value::Null));
    loop {
        walked.extend(names(&list));
        if list["next"].is_null() {
            break;
        }
        list = read(&query_of(&list["next"]));
    }
    assert_eq!(walked, all);
    let back = read(&query_of(&list["previous"]));
    let before = all.len() - names(&list).len();
    assert_eq!(names(&back), all[before - 2..before], "the part before the last one");
    // A cursor belongs to its list, and to what it was given for.
    let next = query_of(&back["next"]).replace("sort=-name", "sort=name");
    assert_eq!(told.read(&link["token"], &format!("rooms/?{next}")).expect(400).code(), "invalid_parameter");
    let public = query_of(&back["next"]);
    told.lake().reader.get(&format!("/api/public/v1/sites/seeblick.example/rooms/?{public}")).expect(400);
}

#[test]
fn a_link_of_one_site_opens_no_other_and_only_writers_make_them() {
    let told = told();
    let link = told.link(&json!({}));
    let alp = &told.story.alp;
    let reader = alp.reader.with("x-preview-token", link["token"].as_str().unwrap());
    assert_eq!(reader.get(&format!("/api/public/v1/sites/{}/rooms/", alp.domain)).status, 401);
    let second =
        told.lake().owner.client.post("/api/v1/sites/", &json!({"name": "Second", "domain": "second.example"}));
    let second = second.expect(201).json();
    let reader = told.lake().reader.with("x-preview-token", link["token"].as_str().unwrap());
    assert_eq!(reader.get(&format!("/api/public/v1/sites/{}/rooms/", second["id"].as_str().unwrap())).status, 401);
    for (who, person, status) in [
        ("viewer", &told.story.viewer, 403),
        ("editor", &told.story.editor, 201),
        ("admin", &told.story.admin, 201),
        ("another group's owner", &alp.owner, 404),
    ] {
        assert_eq!(person.client.post(&told.links(), &json!({})).status, status, "{who}");
    }
    for (wish, pointer) in [
        (json!({"hours": 721}), "/hours"),
        (json!({"hours": 0}), "/hours"),
        (json!({"locale": "fr"}), "/locale"),
        (json!({"revision": 1}), "/entry"),
        (json!({"as_of": "soon"}), "/as_of"),
        (json!({"password": "abc"}), "/password"),
        (json!({"password": ""}), "/password"),
        (json!({"password": "    "}), "/password"),
        (json!({"password": " abc "}), "/password"),
    ] {
        let problem = told.lake().owner.client.post(&told.links(), &wish).expect(422).json();
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    told.lake().owner.client.post(&told.links(), &json!({"entry": alp.room_id})).expect(404);
}

#[test]
fn a_token_is_heard_at_every_address_or_refused() {
    let told = told();
    let client = &told.lake().owner.client;
    let entries = format!("/api/v1/sites/{}/entries/", told.lake().site_id);
    let page = json!({"type": "page", "document": {"title": {"en": "Only draft", "de": "Nur Entwurf"}}});
    let page = client.post(&entries, &page).expect(201).json();
    let properties = client.get(&format!("{entries}?type=property")).expect(200).json();
    let property = format!("{entries}{}/", properties["results"][0]["id"].as_str().unwrap());
    let mut fact = client.get(&property).expect(200).json();
    fact["document"]["name"] = json!({"en": "New name", "de": "Neuer Name"});
    client.put(&property, &json!({"revision": fact["revision"], "document": fact["document"]})).expect(200);
    let token = &told.link(&json!({}))["token"];

    let seen = told.read(token, "property/").expect(200);
    assert_eq!(seen.header("cache-control"), Some("no-store"));
    let seen = seen.json();
    assert_eq!((&seen["name"], &seen["preview"]), (&json!("New name"), &json!(true)));
    let by_slug = told.read(token, &format!("properties/{}/", seen["slug"].as_str().unwrap())).expect(200).json();
    assert_eq!(timeless_of(seen), timeless_of(by_slug));
    told.read(token, "property/?as_of=2101-01-01").expect(200);
    assert_ne!(told.visit("property/").expect(200).json()["name"], "New name");

    let led = told.read(token, "resolve/?path=/de/only-draft").expect(200);
    assert_eq!(led.header("cache-control"), Some("no-store"));
    let led = led.json();
    assert_eq!((&led["kind"], &led["id"], &led["preview"]), (&json!("entry"), &page["id"], &json!(true)));
    told.visit("resolve/?path=/only-draft").expect(404);
    told.read(token, "resolve/?path=/nowhere").expect(404);
    let german = told.link(&json!({"locale": "de"}));
    told.read(&german["token"], "resolve/?path=/de/only-draft").expect(200);
    told.read(&german["token"], "resolve/?path=/only-draft").expect(404);

    let site = told.read(token, "").expect(200).json();
    assert_eq!((&site["domain"], &site["preview"]), (&json!("seeblick.example"), &json!(true)));
    let reader = told.lake().reader.with("x-preview-token", token.as_str().unwrap());
    let sites = reader.get("/api/public/v1/sites/?domain=seeblick.example").expect(200).json();
    assert_eq!((sites.as_array().unwrap().len(), &sites[0]["id"]), (1, &json!(told.lake().site_id)));
    for path in ["search/?q=draft", "redirects/", "changes/"] {
        assert_eq!(told.read(token, path).expect(400).code(), "preview_unsupported", "{path}");
    }
    let nonsense = json!("nonsense");
    for path in ["", "property/", "resolve/?path=/", "search/?q=a", "redirects/", "changes/", "rooms/", "menus/"] {
        assert_eq!(told.read(&nonsense, path).expect(401).code(), "preview_token_invalid", "{path}");
    }
}

#[test]
fn whoever_reads_a_draft_says_which_language_may_stand_in() {
    let told = told();
    told.draft(&json!({"name": {"en": "Half", "de": "Halb"}, "short_description": {"en": "A view"}, "max_guests": 2}));
    told.draft(&json!({"name": {"en": "English"}, "max_guests": 3}));
    for shows in ["drafts", "published"] {
        let token = &told.link(&json!({"shows": shows}))["token"];
        let published = told.read(token, "rooms/canary-lake-hotels/?locale=de&fallback=none").expect(200).json();
        assert_eq!(published["locale"], "de", "{shows}");
        told.read(token, "rooms/canary-lake-hotels/?locale=fr&fallback=none").expect(404);
        assert_eq!(told.read(token, "rooms/?fallback=fr").expect(400).code(), "invalid_parameter");
    }
    let token = &told.link(&json!({}))["token"];
    let of = |path: &str| {
        let entry = told.read(token, path).expect(200).json();
        json!([entry["name"], entry["short_description"], entry["locale"], entry["fallback_fields"]])
    };
    for (path, expected) in [
        ("rooms/half/?locale=de", json!(["Halb", "A view", "de", ["short_description"]])),
        ("rooms/half/?locale=de&fallback=default", json!(["Halb", "A view", "de", ["short_description"]])),
        ("rooms/half/?locale=de&fallback=none", json!(["Halb", "", "de", []])),
        ("rooms/half/?locale=de&fallback=en", json!(["Halb", "A view", "de", ["short_description"]])),
        ("rooms/half/?locale=fr&fallback=de,en", json!(["Halb", "A view", "de", ["name", "short_description"]])),
        ("rooms/english/?locale=de&fallback=en", json!(["English", "", "en", ["name"]])),
    ] {
        assert_eq!(of(path), expected, "{path}");
    }
    told.read(token, "rooms/english/?locale=de&fallback=none").expect(404);
    for (query, count) in [("locale=de", 4), ("locale=de&fallback=none", 3), ("locale=fr&fallback=none", 0)] {
        assert_eq!(told.read(token, &format!("rooms/?{query}")).expect(200).json()["count"], count, "{query}");
    }
}

/// What an answer says, but for the present.
fn timeless_of(mut seen: Value) -> Value {
    seen.as_object_mut().unwrap().remove("as_of");
    seen
}

/// An answer's status, and what it says of a thing or a list but for when that was published and what only a preview says.
fn timeless(answer: &Answer) -> (u16, Value) {
    if answer.status != 200 {
        return (answer.status, Value::Null);
    }
    let mut seen = answer.json();
    for name in ["preview", "as_of", "published_at", "next", "previous"] {
        seen.as_object_mut().unwrap().remove(name);
    }
    for item in seen.get_mut("results").and_then(Value::as_array_mut).into_iter().flatten() {
        item.as_object_mut().unwrap().remove("published_at");
    }
    (200, seen)
}

#[test]
fn of_a_day_to_come_everything_is_seen_that_is_planned_until_then() {
    let told = told();
    let lake = told.lake();
    let (client, site) = (&lake.owner.client, &lake.site_id);
    let entries = format!("/api/v1/sites/{site}/entries/");
    let name = |name: &str| json!({"name": {"en": name, "de": name}, "max_guests": 2});
    let made = |kind: &str, document: &Value| publish(client, site, kind, document);
    let write = |id: &str, document: &Value| {
        let path = format!("{entries}{id}/");
        let revision = client.get(&path).expect(200).json()["revision"].clone();
        client.put(&path, &json!({"revision": revision, "document": document})).expect(200).json()["revision"].clone()
    };
    let zone = jiff::tz::TimeZone::get("Europe/Zurich").unwrap();
    let today = jiff::Timestamp::now().to_zoned(zone).date();
    let day = |days: i64| (today + jiff::Span::new().days(days)).to_string();
    let plan = |id: &str, wish: &Value| {
        client.post(&format!("{entries}{id}/schedules/"), wish).expect(201);
    };
    let room = made("room", &name("Heron"));
    let next = write(&room, &name("Grey heron"));
    plan(&room, &json!({"action": "publish", "revision": next, "local_time": format!("{}T09:00", day(2))}));
    write(&room, &name("Half a thought"));
    let ends = made("room", &name("Attic"));
    plan(&ends, &json!({"action": "unpublish", "local_time": format!("{}T08:00", day(2))}));
    let hero = |title: &str| json!({"title": {"en": "Offer"}, "sections": [{"id": "h", "type": "hero", "title": {"en": title, "de": title}}]});
    let shared = made("shared_section", &hero("Book now"));
    made(
        "page",
        &json!({"title": {"en": "Stay", "de": "Bleiben"}, "sections": [{"id": "s", "type": "shared", "entry": shared}]}),
    );
    let stay = write(&shared, &hero("Stay longer"));
    let new = client.post(&entries, &json!({"type": "room", "document": name("Beaver")})).expect(201).json();
    let release = client.post("/api/v1/releases/", &json!({"name": "Summer"})).expect(201).json();
    let release = format!("/api/v1/releases/{}/", release["id"].as_str().unwrap());
    for (entry, revision) in [(new["id"].as_str().unwrap(), &json!(1)), (&shared, &stay)] {
        let item = json!({"action": "publish", "revision": revision, "site_id": site});
        client.put(&format!("{release}items/{entry}/"), &item).expect(200);
    }
    client.put(&format!("{release}schedule/"), &json!({"local_time": format!("{}T10:00", day(3))})).expect(200);

    let paths = ["rooms/heron/", "rooms/attic/", "rooms/beaver/", "pages/stay/", "rooms/"];
    let seen = |shows: &str, as_of: &str| {
        let link = told.link(&json!({"as_of": as_of, "shows": shows}));
        paths.map(|path| timeless(&told.read(&link["token"], path)))
    };
    let states = |seen: &[(u16, Value)]| seen.iter().map(|(status, _)| *status).collect::<Vec<_>>();
    let today_seen = seen("published", &format!("{}T07:00", day(2)));
    assert_eq!((states(&today_seen), &today_seen[0].1["name"]), (vec![200, 200, 404, 200, 200], &json!("Heron")));
    let between = seen("published", &format!("{}T09:00", day(2)));
    assert_eq!((states(&between), &between[0].1["name"]), (vec![200, 404, 404, 200, 200], &json!("Grey heron")));
    let drafts = seen("drafts", &format!("{}T12:00", day(4)));
    assert_eq!((states(&drafts), &drafts[0].1["name"]), (vec![200, 404, 200, 200, 200], &json!("Half a thought")));
    let then = seen("published", &format!("{}T12:00", day(4)));
    assert_eq!(states(&then), [200, 404, 200, 200, 200]);
    assert!(then[3].1.to_string().contains("Stay longer"), "{}", then[3].1);
    // The team without a link.
    let address = format!("/preview/{site}/rooms/attic?as_of={}T12:00", day(4));
    let dated = told.story.viewer.client.get(&address).expect(302);
    told.story.viewer.client.get(dated.header("location").unwrap()).expect(404);

    // And so it comes.
    told.server.set_clock_offset(5 * 24 * 60 * 60);
    wait_for("what was planned", PATIENCE * 2, || (told.visit("rooms/beaver/").status == 200).then_some(()));
    for (path, (status, expected)) in paths.iter().zip(then) {
        let public = wait_until(path, || Some(timeless(&told.visit(path))).filter(|public| public.0 == status));
        assert_eq!(public.1, expected, "{path}");
    }
}
