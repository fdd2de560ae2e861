//! What a hotel that moves in from WordPress relies on beyond its pages: what waits there goes live here, menus and films stand where
//! they stood, what the team decides stays decided, and every old address leads on.

use serde_json::{Value, json};

use super::{
    support::{Client, Group, Server, wait_until},
    wordpress::{at, entries, entry, export, house, import, item, meta, notes, row, term, write},
};

/// An item of a menu.
fn menu_item(id: u64, menu: &str, title: &str, parent: u64, url: &str) -> String {
    let fields = [
        meta("_menu_item_type", "custom"),
        meta("_menu_item_menu_item_parent", &parent.to_string()),
        meta("_menu_item_url", url),
    ];
    let item = item(
        id,
        "nav_menu_item",
        "publish",
        title,
        &format!("/?p={id}"),
        "",
        &(term("nav_menu", menu) + &fields.concat()),
    );
    item.replace("<wp:menu_order>0", &format!("<wp:menu_order>{id}"))
}

/// Opens the website to everybody; what a process keeps of hosts hears of it a moment later on PostgreSQL.
fn open(server: &Server, group: &Group, site: &str) -> Client {
    group.owner.client.post(&format!("/api/v1/sites/{site}/publish/"), &json!({})).expect(200);
    let website = server.client().with("host", "moved.example");
    wait_until("the website is open", || {
        (website.get("/robots.txt").status == 200 && website.get("/nowhere").status == 404).then_some(())
    });
    website
}

fn schedules(group: &Group, site: &str) -> Vec<Value> {
    let path = format!("/api/v1/sites/{site}/schedules/?page_size=100");
    group.owner.client.get(&path).expect(200).json()["results"].as_array().unwrap().clone()
}

fn note<'r>(report: &'r Value, id: u64, what: &str) -> &'r str {
    let notes = row(report, id)["notes"].as_array().unwrap();
    let found = notes.iter().find(|note| note["what"] == what);
    found.unwrap_or_else(|| panic!("no note {what}: {notes:?}"))["why"].as_str().unwrap()
}

#[test]
fn what_waits_in_wordpress_goes_live_at_its_time_and_what_is_over_is_published() {
    let server = Server::start_new();
    let (lake, site) = house(&server);
    let waiting = |time: &str, text: &str| {
        let soon = at(time, &item(1, "post", "future", "Soon", "/soon/", text, ""));
        let over = at("2021-03-01 08:00:00", &item(2, "post", "future", "Over", "/2021/03/01/over/", "x", ""));
        let skipped = at("2099-03-29 02:30:00", &item(3, "page", "future", "Never", "/never/", "x", ""));
        let never = at("0000-00-00 00:00:00", &item(4, "page", "future", "Undated", "/undated/", "x", ""));
        write(&server, &export("1.2", "", &[soon, over, skipped, never]))
    };
    let report = import(&server, &waiting("2099-07-01 06:30:00", "one"), &[]);
    assert!(note(&report, 1, "scheduled").contains("2099-07-01T06:30:00 on the clocks of Europe/Zurich"));
    assert!(note(&report, 2, "scheduled").contains("is over: it is published"));
    assert!(note(&report, 3, "scheduled").contains("never show"), "{}", note(&report, 3, "scheduled"));
    assert!(note(&report, 4, "scheduled").starts_with("It is a draft"));
    let soon = entry(&lake, &site, "post", "soon");
    assert_eq!((&soon["published"], &soon["state"]), (&json!({}), &json!("scheduled")));
    assert_eq!(entry(&lake, &site, "post", "over")["published"], json!({"en": 1}));
    assert_eq!(entry(&lake, &site, "page", "never")["published"], json!({}));
    let planned = schedules(&lake, &site);
    assert_eq!(planned.len(), 1, "{planned:?}");
    let expected = json!({"entry_id": soon["id"], "revision": 1, "locales": ["en"], "fires_at": "2099-07-01T04:30:00Z", "state": "waiting"});
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(planned[0][name], *value, "{name}: {}", planned[0]);
    }

    // Again: nothing changes. Another text and time: what was planned is planned anew.
    let again = import(&server, &waiting("2099-07-01 06:30:00", "one"), &[]);
    assert_eq!(again["outcomes"], json!({"unchanged": 4}));
    assert_eq!(schedules(&lake, &site), planned);
    import(&server, &waiting("2099-08-01 06:30:00", "two"), &[]);
    let waits = |all: &[Value]| all.iter().filter(|one| one["state"] == "waiting").cloned().collect::<Vec<_>>();
    let moved = waits(&schedules(&lake, &site));
    assert_eq!((moved.len(), &moved[0]["revision"]), (1, &json!(2)), "{moved:?}");
    assert_eq!(moved[0]["local_time"], "2099-08-01T06:30:00");
    // What the team has cancelled stays cancelled, whatever the file says.
    let path = format!("/api/v1/sites/{site}/schedules/{}/", moved[0]["id"].as_str().unwrap());
    assert!(lake.owner.client.delete(&path).status < 300);
    import(&server, &waiting("2099-09-01 06:30:00", "three"), &[]);
    assert_eq!(waits(&schedules(&lake, &site)), Vec::<Value>::new());
}

#[test]
fn menus_have_three_levels_and_what_lies_deeper_stands_in_the_third() {
    let server = Server::start_new();
    let (lake, site) = house(&server);
    let text = export(
        "1.2",
        "",
        &[
            menu_item(10, "main", "House", 0, "/a"),
            menu_item(11, "main", "Rooms", 10, "/b"),
            menu_item(12, "main", "Lake room", 11, "/c"),
            menu_item(13, "main", "Its bath", 12, "/d"),
            menu_item(14, "main", "Its tub", 13, "/e"),
            menu_item(15, "main", "Bad", 10, "javascript:alert(1)"),
            menu_item(16, "main", "Below bad", 15, "/f"),
            menu_item(17, "main", "Contact", 0, "/g"),
        ],
    );
    let report = import(&server, &write(&server, &text), &[]);
    for (id, is_noted) in [(12, false), (13, true), (14, true), (16, false)] {
        assert_eq!(notes(row(&report, id)).contains(&"level"), is_noted, "{id}");
    }
    fn told(items: &Value) -> Vec<Value> {
        let one = |item: &Value| json!([item["label"]["en"], told(&item["items"])]);
        items.as_array().into_iter().flatten().map(one).collect()
    }
    let menu = &entries(&lake, &site, "navigation")[0];
    let none: [Value; 0] = [];
    let third = json!([["Lake room", none], ["Its bath", none], ["Its tub", none]]);
    assert_eq!(
        told(&menu["document"]["items"]),
        [json!(["House", [["Rooms", third], ["Below bad", none]]]), json!(["Contact", none])]
    );
    assert_eq!(menu["published"], json!({"en": 1, "de": 1}));
    assert_eq!(import(&server, &write(&server, &text), &[])["entries"]["navigation"]["unchanged"], 1);
}

#[test]
fn films_and_what_is_embedded_become_sections_where_one_takes_the_address() {
    let server = Server::start_new();
    let (lake, site) = house(&server);
    let film = "<!-- wp:video {\"id\":7} --><figure class=\"wp-block-video\"><video controls poster=\"https://old.example/wp-content/uploads/lake.jpg\" \
        src=\"https://old.example/wp-content/uploads/lake.mp4\"></video><figcaption>The lake</figcaption></figure><!-- /wp:video -->";
    let bare = "<!-- wp:video --><figure><video controls src=\"https://old.example/wp-content/uploads/bare.mp4\"></video></figure><!-- /wp:video -->";
    let embed = |url: &str, words: &str| {
        format!(
            "<!-- wp:embed {{\"url\":\"{url}\"}} --><figure><div>{url}</div><figcaption>{words}</figcaption></figure><!-- /wp:embed -->"
        )
    };
    let blocks = [
        "<!-- wp:paragraph --><p>Before</p><!-- /wp:paragraph -->",
        film,
        bare,
        &embed("https://www.youtube.com/watch?v=aB3_-xyz123", "A <em>walk</em>"),
        &embed("https://twitter.com/hotel/status/1", "News"),
        "<!-- wp:shortcode -->[vimeo 76979871]<!-- /wp:shortcode -->",
    ];
    let first = "One\n\n[embed]https://youtu.be/aB3_-xyz123[/embed]\n\nTwo\n\nhttps://vimeo.com/76979871\n\nThree \
        [video mp4=\"https://old.example/a.mp4\" poster=\"https://old.example/a.jpg\"][/video] [youtube qrstuvwxyz1] [video src=\"https://old.example/b.mp4\"]";
    let text = export(
        "1.2",
        "",
        &[
            item(1, "page", "publish", "Blocks", "/blocks/", &blocks.concat(), ""),
            item(2, "page", "publish", "First", "/first/", first, ""),
        ],
    );
    let report = import(&server, &write(&server, &text), &[]);
    let sections = |slug: &str| entry(&lake, &site, "page", slug)["document"]["sections"].as_array().unwrap().clone();
    let shown = |slug: &str| -> Vec<String> {
        let one = |section: &Value| {
            format!("{} {}", section["type"].as_str().unwrap(), section["url"].as_str().unwrap_or_default())
        };
        sections(slug).iter().map(|section| one(section).trim().to_owned()).collect()
    };
    assert_eq!(
        shown("blocks"),
        [
            "rich_text",
            "video https://old.example/wp-content/uploads/lake.mp4",
            "rich_text",
            "embed https://www.youtube.com/watch?v=aB3_-xyz123",
            "rich_text",
            "embed https://vimeo.com/76979871",
        ]
    );
    let blocks = sections("blocks");
    assert_eq!((&blocks[1]["provider"], &blocks[1]["description"]["en"]), (&json!("self"), &json!("The lake")));
    assert_eq!(blocks[1]["poster"]["url"], "https://old.example/wp-content/uploads/lake.jpg");
    assert_eq!((&blocks[3]["provider"], &blocks[3]["label"]["en"]), (&json!("youtube"), &json!("A walk")));
    assert!(blocks[2].to_string().contains("bare.mp4"), "a film without a picture is a link: {}", blocks[2]);
    assert!(blocks[4].to_string().contains("https://twitter.com/hotel/status/1"), "{}", blocks[4]);
    assert_eq!(
        shown("first"),
        [
            "rich_text",
            "embed https://youtu.be/aB3_-xyz123",
            "rich_text",
            "embed https://vimeo.com/76979871",
            "rich_text",
            "video https://old.example/a.mp4",
            "embed https://www.youtube.com/watch?v=qrstuvwxyz1",
            "rich_text",
        ]
    );
    assert!(sections("first")[7].to_string().contains("b.mp4"));
    for slug in ["blocks", "first"] {
        assert_eq!(entry(&lake, &site, "page", slug)["published"], json!({"en": 1}), "{slug}: nothing is missing");
    }
    let told = notes(row(&report, 1));
    assert!(told.contains(&"embed https://www.youtube.com/watch?v=aB3_-xyz123"), "{told:?}");
    let page = open(&server, &lake, &site).get("/blocks").expect(200).text();
    assert!(page.contains("youtube-nocookie.com/embed/aB3_-xyz123") && page.contains("lake.mp4"), "{page}");
}

#[test]
fn what_the_team_took_off_line_or_changed_stays_so_at_a_second_run() {
    let server = Server::start_new();
    let (lake, site) = house(&server);
    let client = &lake.owner.client;
    let file = |text: &str| {
        let pages = ["Off", "Away", "Binned", "Kept"].iter().zip(1..).map(|(title, id)| {
            let link = format!("/old/{}/", title.to_lowercase());
            item(id, "page", "publish", title, &link, &format!("{text} {title}"), "")
        });
        let menu = [menu_item(10, "main", "House", 0, "/a"), menu_item(11, "main", text, 0, "/b")];
        write(&server, &export("1.2", "", &pages.chain(menu).collect::<Vec<_>>()))
    };
    import(&server, &file("one"), &[]);
    let address = |entry: &Value| format!("/api/v1/sites/{site}/entries/{}/", entry["id"].as_str().unwrap());
    client.post(&format!("{}unpublish/", address(&entry(&lake, &site, "page", "off"))), &json!({})).expect(200);
    client.post(&format!("{}archive/", address(&entry(&lake, &site, "page", "away"))), &json!({})).expect(200);
    let binned = address(&entry(&lake, &site, "page", "binned"));
    assert!(client.delete(&binned).status < 300);
    let redirects = entries(&lake, &site, "redirect");
    let from = |from: &str| {
        let found = redirects.iter().find(|one| one["document"]["from"] == from).unwrap_or_else(|| panic!("{from}"));
        client.get(&address(found)).expect(200).json()
    };
    let change = |before: &Value, document: &Value| {
        let saved = client
            .put(&address(before), &json!({"revision": before["revision"], "document": document}))
            .expect(200)
            .json();
        client.post(&format!("{}publish/", address(before)), &json!({"revision": saved["revision"]})).expect(200);
    };
    let mut redirect = from("/old/kept");
    redirect["document"]["to"] = json!("https://elsewhere.example/kept");
    change(&redirect, &redirect["document"]);
    let off = from("/?page_id=4");
    client.post(&format!("{}unpublish/", address(&off)), &json!({})).expect(200);
    let mut menu = client.get(&address(&entries(&lake, &site, "navigation")[0])).expect(200).json();
    menu["document"]["items"][0]["label"]["en"] = json!("Our house");
    change(&menu, &menu["document"]);

    for (text, updated) in [("one", 0), ("two", 2)] {
        let again = import(&server, &file(text), &[]);
        let kept: Vec<_> = again["kept"].as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap()).collect();
        for expected in
            ["page /off", "page /away", "page /binned", "menu main", "redirect /old/kept", "redirect /?page_id=4"]
        {
            assert!(kept.contains(&expected), "{expected}: {kept:?}");
        }
        assert_eq!(again["outcomes"]["updated"].as_u64().unwrap_or(0), updated, "{}", again["outcomes"]);
        assert_eq!(entry(&lake, &site, "page", "off")["published"], json!({}), "{text}");
        assert!(entries(&lake, &site, "page").iter().all(|page| page["slug"] != "away" && page["slug"] != "binned"));
        assert_eq!(client.get(&address(&menu)).expect(200).json()["document"]["items"][0]["label"]["en"], "Our house");
        assert_eq!(
            client.get(&address(&redirect)).expect(200).json()["document"]["to"],
            "https://elsewhere.example/kept"
        );
        assert_eq!(client.get(&address(&off)).expect(200).json()["published"], json!({}));
    }
    // A page that is shown follows the file; one that is off line takes the words, as a draft.
    let kept = entry(&lake, &site, "page", "kept");
    assert_eq!(kept["published"], json!({"en": 2}));
    assert!(kept["document"].to_string().contains("two Kept"));
    assert!(entry(&lake, &site, "page", "off")["document"].to_string().contains("two Off"));
}

#[test]
fn every_old_address_is_answered_by_the_website_with_and_without_a_slash() {
    let server = Server::options().env("GAMMACMS_RATE_LIMIT_PER_MINUTE", "100000").start();
    let (lake, site) = house(&server);
    let text = export(
        "1.2",
        "",
        &[
            item(1, "page", "publish", "Welcome", "/", "x", ""),
            item(2, "page", "publish", "Our team", "/About/Team/", "x", ""),
            item(3, "post", "publish", "Spring", "/2024/05/06/spring/", "x", ""),
            item(4, "page", "publish", "S\u{fc}d", "/zimmer/s%c3%bcd/", "x", &meta("_wp_old_slug", "s%c3%bcden")),
        ],
    );
    import(&server, &write(&server, &text), &[]);
    let website = open(&server, &lake, &site);
    let sitemap = server.folder().join("old.csv");
    std::fs::write(&sitemap, "old,new\nhttps://OLD.example/Anreise.html,/team\n/Kontakt/,/team\n").unwrap();
    let arguments = [
        "import",
        "sitemap",
        "--csv",
        sitemap.to_str().unwrap(),
        "--organization",
        "lake-hotels",
        "--site",
        "moved",
        "--create",
        "--json",
    ];
    let coverage: Value = serde_json::from_str(&server.run_ok(&arguments)).unwrap();
    assert_eq!((&coverage["created"], &coverage["percent"]), (&json!(2), &json!(100)), "{coverage}");
    // The command is another process: the server hears of what it has written within a second.
    wait_until("the redirects", || (website.get("/Kontakt/").status == 301).then_some(()));
    for (old, new) in [
        ("/About/Team/", "/team"),
        ("/about/team", "/team"),
        ("/?page_id=2", "/team"),
        ("/?p=2", "/team"),
        ("/2024/05/06/spring/", "/news/spring"),
        ("/2024/05/06/spring", "/news/spring"),
        ("/?p=3", "/news/spring"),
        ("/zimmer/s%C3%BCd/", "/sued"),
        ("/zimmer/s%c3%bcd", "/sued"),
        ("/zimmer/s%C3%BCden/", "/sued"),
        ("/Anreise.html", "/team"),
        ("/anreise.html/", "/team"),
        ("/Kontakt/", "/team"),
        ("/kontakt", "/team"),
    ] {
        let led = website.get(old);
        assert_eq!((led.status, led.header("location")), (301, Some(new)), "{old}");
        website.get(new).expect(200);
    }
    assert_eq!(website.get("/?page_id=1").header("location"), Some("/"));
    // The imports' own report finds all of them answered, in whatever spelling.
    std::fs::write(&sitemap, "old\nhttps://old.example/about/TEAM/\nhttps://old.example/zimmer/S%C3%9CD\n/?p=3\n")
        .unwrap();
    let coverage: Value = serde_json::from_str(&server.run_ok(&arguments)).unwrap();
    assert_eq!((&coverage["redirected"], &coverage["is_complete"]), (&json!(3), &json!(true)), "{coverage}");
}
