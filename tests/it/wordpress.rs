//! Exports of WordPress become entries: the real files whole, languages in one entry, broken files refused without a trace.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::support::{Group, Server, furnish, set_up};

/// The real files beside the repository; nothing, with a word about it, where they are absent.
fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/wordpress");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: {} is not there", folder.display());
    None
}

/// A group with an empty site in English and German that takes imports.
pub fn house(server: &Server) -> (Group, String) {
    let lake = furnish(server, set_up(server), "lake-hotels", "seeblick.example");
    let wish = json!({"name": "Moved", "slug": "moved", "domain": "moved.example", "locales": ["en", "de"],
        "default_locale": "en", "time_zone": "Europe/Zurich", "currency": "CHF"});
    let site = lake.owner.client.post("/api/v1/sites/", &wish).expect(201).json();
    (lake, site["id"].as_str().unwrap().to_owned())
}

fn arguments<'a>(file: &'a Path, more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec![
        "import",
        "wordpress",
        file.to_str().unwrap(),
        "--organization",
        "lake-hotels",
        "--site",
        "moved",
        "--json",
    ];
    arguments.extend(more);
    arguments
}

#[track_caller]
pub fn import(server: &Server, file: &Path, more: &[&str]) -> Value {
    serde_json::from_str(&server.run_ok(&arguments(file, more))).unwrap()
}

pub fn entries(group: &Group, site: &str, kind: &str) -> Vec<Value> {
    let path = format!("/api/v1/sites/{site}/entries/?type={kind}&page_size=200");
    group.owner.client.get(&path).expect(200).json()["results"].as_array().unwrap().clone()
}

pub fn entry(group: &Group, site: &str, kind: &str, slug: &str) -> Value {
    let all = entries(group, site, kind);
    let found = all.iter().find(|entry| entry["slug"] == slug);
    let id = found.unwrap_or_else(|| panic!("no {kind} {slug}: {all:?}"))["id"].as_str().unwrap();
    group.owner.client.get(&format!("/api/v1/sites/{site}/entries/{id}/")).expect(200).json()
}

pub fn row(report: &Value, id: u64) -> &Value {
    let mut rows = report["rows"].as_array().unwrap().iter().filter(|row| row["id"] == id);
    let row = rows.next().unwrap_or_else(|| panic!("no row {id}"));
    assert!(rows.next().is_none(), "one row for {id}");
    row
}

pub fn notes(row: &Value) -> Vec<&str> {
    row["notes"].as_array().unwrap().iter().map(|note| note["what"].as_str().unwrap()).collect()
}

/// A small export of a version.
pub fn export(version: &str, head: &str, items: &[String]) -> String {
    let items = items.concat();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<rss version=\"2.0\" xmlns:excerpt=\"http://wordpress.org/export/{version}/excerpt/\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:wp=\"http://wordpress.org/export/{version}/\">\n<channel>\n<title>Old house</title><link>https://old.example</link>\n\
         <language>en-US</language>\n<wp:wxr_version>{version}</wp:wxr_version>\n<wp:base_site_url>https://old.example</wp:base_site_url>\n\
         <wp:base_blog_url>https://old.example</wp:base_blog_url>\n{head}\n{items}</channel>\n</rss>\n"
    )
}

/// An item; `more` is put into it as it is.
pub fn item(id: u64, kind: &str, status: &str, title: &str, link: &str, content: &str, more: &str) -> String {
    let slug = link.trim_end_matches('/').rsplit('/').next().unwrap();
    format!(
        "<item><title>{title}</title><link>https://old.example{link}</link><dc:creator>anna</dc:creator>\
         <content:encoded><![CDATA[{content}]]></content:encoded><excerpt:encoded><![CDATA[]]></excerpt:encoded>\
         <wp:post_id>{id}</wp:post_id><wp:post_date>2024-05-06 07:08:09</wp:post_date><wp:post_name>{slug}</wp:post_name>\
         <wp:status>{status}</wp:status><wp:post_parent>0</wp:post_parent><wp:menu_order>0</wp:menu_order>\
         <wp:post_type>{kind}</wp:post_type><wp:post_password></wp:post_password><wp:is_sticky>0</wp:is_sticky>{more}</item>\n"
    )
}

/// The item with another time.
pub fn at(time: &str, item: &str) -> String {
    assert!(item.contains("2024-05-06 07:08:09"));
    item.replace("2024-05-06 07:08:09", time)
}

pub fn meta(key: &str, value: &str) -> String {
    format!(
        "<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>"
    )
}

pub fn term(taxonomy: &str, slug: &str) -> String {
    format!("<category domain=\"{taxonomy}\" nicename=\"{slug}\"><![CDATA[{slug}]]></category>")
}

pub fn write(server: &Server, text: &str) -> PathBuf {
    let file = server.folder().join("export.xml");
    std::fs::write(&file, text).unwrap();
    file
}

/// A row of the table in docs/build/import-wordpress.md: a file, and how many of its items became what; nothing where it is refused.
struct Promised {
    file: String,
    told: String,
    counts: Option<[usize; 5]>,
}

/// The table of the real files, which the documentation promises.
fn promised() -> Vec<Promised> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/build/import-wordpress.md");
    let page = std::fs::read_to_string(page).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| `") && line.contains(".xml`"));
    let row = |line: &str| {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let number = |place: usize| cells[place].parse::<usize>().unwrap();
        let counts = (cells[1] == "taken over").then(|| [number(2), number(3), number(4), number(5), number(6)]);
        let told = cells[1].trim_start_matches("refused: ").trim_matches('`').to_owned();
        Promised { file: cells[0].trim_matches('`').to_owned(), told, counts }
    };
    rows.map(row).collect()
}

#[test]
fn every_real_file_has_the_outcome_that_the_documentation_says() {
    let Some(folder) = folder() else { return };
    let promised = promised();
    let mut files: Vec<_> =
        std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    files.sort();
    let mut rows: Vec<_> = promised.iter().map(|row| row.file.clone()).collect();
    rows.sort();
    assert_eq!(rows, files, "every file is in the table");
    let server = Server::start_new();
    let (lake, _) = house(&server);
    for (number, Promised { file: name, told, counts }) in promised.iter().enumerate() {
        let slug = format!("house-{number}");
        let wish = json!({"name": name, "slug": slug, "locales": ["en", "de"], "default_locale": "en"});
        let site =
            lake.owner.client.post("/api/v1/sites/", &wish).expect(201).json()["id"].as_str().unwrap().to_owned();
        let file = folder.join(name);
        let arguments =
            ["import", "wordpress", file.to_str().unwrap(), "--organization", "lake-hotels", "--site", &slug, "--json"];
        let Some(expected) = counts else {
            let refused = server.run(&arguments);
            let error = String::from_utf8_lossy(&refused.stderr).into_owned();
            assert_eq!(refused.status.code(), Some(1), "{name}");
            assert!(error.contains(told) && error.contains("nothing was changed"), "{name}: {error}");
            let found = entries(&lake, &site, "post").len() + entries(&lake, &site, "page").len();
            assert_eq!(found, 0, "{name} changes nothing");
            continue;
        };
        let report: Value = serde_json::from_str(&server.run_ok(&arguments)).unwrap();
        let rows = report["rows"].as_array().unwrap();
        assert_eq!(report["items"], rows.len(), "{name}: every item has a row");
        let count = |outcome: &str| rows.iter().filter(|row| row["outcome"] == outcome).count();
        let found = [rows.len(), count("created"), count("merged"), count("referenced"), count("skipped")];
        assert_eq!(found[1..].iter().sum::<usize>(), rows.len(), "{name}: each exactly once: {}", report["outcomes"]);
        assert_eq!(found, *expected, "{name}");
        for row in rows.iter().filter(|row| row["outcome"] == "skipped") {
            assert!(row["reason"].as_str().unwrap().ends_with('.'), "{row}");
        }
        let again: Value = serde_json::from_str(&server.run_ok(&arguments)).unwrap();
        assert_eq!(again["outcomes"]["created"], Value::Null, "{name}: a second run makes nothing");
        assert_eq!(again["outcomes"]["updated"], Value::Null, "{name}: a second run changes nothing");
        for (kind, counts) in again["entries"].as_object().unwrap() {
            assert_eq!((&counts["created"], &counts["changed"]), (&json!(0), &json!(0)), "{name}, {kind}");
        }
        if name == "crazy-cdata.xml" {
            let body = entry(&lake, &site, "post", "hello-world")["document"]["body"]["en"].to_string();
            // The text speaks of CDATA, which HTML has none of: a browser shows the words around it, and so do we.
            assert!(body.contains("\"Content with nested :)\""), "{body}");
        }
    }
}

fn house_export(text: &str) -> String {
    let menu = |id: u64, title: &str, kind: &str, object: u64, parent: u64, url: &str| {
        let fields = [
            meta("_menu_item_type", kind),
            meta("_menu_item_object_id", &object.to_string()),
            meta("_menu_item_menu_item_parent", &parent.to_string()),
            meta("_menu_item_url", url),
        ];
        item(
            id,
            "nav_menu_item",
            "publish",
            title,
            &format!("/?p={id}"),
            "",
            &(term("nav_menu", "main") + &fields.concat()),
        )
    };
    let picture = "<wp:attachment_url>https://old.example/wp-content/uploads/2024/05/lake.jpg</wp:attachment_url>";
    let blocks = "<!-- wp:paragraph --><p>See <a href=\"https://old.example/about/team/#us\">us</a></p><!-- /wp:paragraph -->\
        <!-- wp:image --><figure><img src=\"https://old.example/wp-content/uploads/2024/05/lake-300x200.jpg\"></figure><!-- /wp:image -->\
        <!-- wp:buttons --><div><!-- wp:button --><div><a href=\"/about/team/\">Meet</a></div><!-- /wp:button --></div><!-- /wp:buttons -->\
        <!-- wp:calendar /--><p>[contact-form-7 id=\"1\"]</p>";
    export(
        "1.2",
        "<wp:author><wp:author_login>anna</wp:author_login><wp:author_display_name>Anna Berg</wp:author_display_name></wp:author>",
        &[
            item(1, "page", "publish", "Welcome", "/", blocks, ""),
            item(2, "page", "publish", "Our team", "/about/team/", text, &meta("_wp_old_slug", "crew")),
            item(
                3,
                "post",
                "publish",
                "Spring",
                "/2024/05/06/spring/",
                "One\n\ntwo",
                &(term("category", "garden") + &meta("_thumbnail_id", "9")),
            ),
            item(4, "post", "draft", "Later", "/?p=4", "x", ""),
            at("2099-01-01 07:08:09", &item(5, "post", "future", "Soon", "/2099/01/01/soon/", "x", "")),
            item(6, "page", "private", "Staff", "/staff/", "x", ""),
            item(7, "mphb_room_type", "publish", "Suite", "/suite/", "x", ""),
            item(8, "revision", "inherit", "Old", "/old/", "x", ""),
            item(
                9,
                "attachment",
                "inherit",
                "Lake",
                "/lake/",
                "",
                &(picture.to_owned()
                    + &meta("_wp_attachment_image_alt", "The lake")
                    + &meta("_wp_attached_file", "2024/05/lake.jpg")),
            ),
            menu(10, "Team", "post_type", 2, 0, ""),
            menu(11, "Outside", "custom", 0, 10, "https://elsewhere.example/"),
            menu(12, "Bad", "custom", 0, 0, "javascript:alert(1)"),
        ],
    )
}

#[test]
fn pages_posts_menus_and_redirects_stand_where_guests_look_for_them() {
    let server = Server::start_new();
    let (lake, site) = house(&server);
    let report = import(&server, &write(&server, &house_export("The three of us")), &[]);
    for (id, outcome) in [
        (1, "created"),
        (2, "created"),
        (3, "created"),
        (4, "created"),
        (5, "created"),
        (6, "created"),
        (7, "skipped"),
        (8, "skipped"),
        (9, "referenced"),
        (10, "merged"),
        (11, "merged"),
        (12, "skipped"),
    ] {
        assert_eq!(row(&report, id)["outcome"], outcome, "{}", row(&report, id));
    }
    let told = notes(row(&report, 1));
    assert!(told.contains(&"block calendar") && told.contains(&"[contact-form-7]"), "{told:?}");
    assert!(notes(row(&report, 5)).contains(&"scheduled"));

    let home = entry(&lake, &site, "page", "welcome");
    assert_eq!(home["document"]["is_homepage"], true);
    assert_eq!(home["published"], json!({"en": 1}));
    let sections = home["document"]["sections"].as_array().unwrap();
    let kinds: Vec<_> = sections.iter().map(|section| section["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["rich_text", "gallery", "cta"]);
    assert!(sections[0].to_string().contains("\"/team#us\""), "{}", sections[0]);
    assert_eq!(sections[1]["images"][0]["alt"], json!({"en": "The lake"}));
    assert_eq!(sections[2]["cta"], json!({"text": {"en": "Meet"}, "url": "/team"}));

    let spring = entry(&lake, &site, "post", "spring");
    let document = &spring["document"];
    assert_eq!((&document["date"], &document["author"]), (&json!("2024-05-06"), &json!("Anna Berg")));
    assert_eq!(document["tags"], json!(["garden"]));
    assert_eq!(document["featured_image"]["url"], "https://old.example/wp-content/uploads/2024/05/lake.jpg");
    assert_eq!(entry(&lake, &site, "post", "soon")["published"], json!({}));
    assert_eq!(entry(&lake, &site, "page", "staff")["published"], json!({}));

    let menu = &entries(&lake, &site, "navigation")[0]["document"];
    let team = entry(&lake, &site, "page", "team");
    assert_eq!((&menu["key"], &menu["items"][0]["page"]), (&json!("primary"), &team["id"]));
    assert_eq!(menu["items"][0]["items"][0]["url"], "https://elsewhere.example/");

    let redirects = entries(&lake, &site, "redirect");
    let leads = |from: &str| {
        let found = redirects.iter().find(|one| one["document"]["from"] == from);
        found.map(|one| one["document"]["to"].as_str().unwrap().to_owned())
    };
    for (from, to) in [
        ("/about/team", Some("/team")),
        ("/about/crew", Some("/team")),
        ("/?page_id=2", Some("/team")),
        ("/2024/05/06/spring", Some("/news/spring")),
        ("/?p=3", Some("/news/spring")),
        ("/?page_id=1", Some("/")),
        ("/", None),
        ("/staff", None),
        ("/?p=4", None),
    ] {
        assert_eq!(leads(from).as_deref(), to, "{from}");
    }
    assert!(redirects.iter().all(|one| one["document"]["source"] == "import" && one["document"]["match"] == "exact"));
    assert!(redirects.iter().all(|one| one["published"].as_object().is_some_and(|shown| !shown.is_empty())));
}

#[test]
fn a_second_run_changes_nothing_and_a_changed_file_updates_what_it_names() {
    let server = Server::start_new();
    let (lake, site) = house(&server);
    let file = write(&server, &house_export("The three of us"));
    let dry = import(&server, &file, &["--dry-run"]);
    assert_eq!((&dry["is_dry_run"], &dry["outcomes"]["created"]), (&json!(true), &json!(6)));
    assert_eq!(entries(&lake, &site, "page").len(), 0, "a dry run keeps nothing");
    let first = import(&server, &file, &[]);
    assert_eq!(first["outcomes"], dry["outcomes"], "a dry run says what will be");

    // What the team changes stays, as long as the file says the same.
    let mut team = entry(&lake, &site, "page", "team");
    team["document"]["menu_label"] = json!({"en": "Us"});
    team["document"]["title"] = json!({"en": "Our people"});
    let address = format!("/api/v1/sites/{site}/entries/{}/", team["id"].as_str().unwrap());
    lake.owner.client.put(&address, &json!({"revision": team["revision"], "document": team["document"]})).expect(200);
    let again = import(&server, &file, &[]);
    assert_eq!(again["outcomes"]["unchanged"], 6, "{}", again["outcomes"]);
    for (kind, counts) in again["entries"].as_object().unwrap() {
        assert_eq!((&counts["created"], &counts["changed"]), (&json!(0), &json!(0)), "{kind}");
    }
    assert_eq!(entry(&lake, &site, "page", "team")["document"]["title"], json!({"en": "Our people"}));

    let changed = import(&server, &write(&server, &house_export("The four of us")), &[]);
    assert_eq!((&changed["outcomes"]["updated"], &changed["outcomes"]["unchanged"]), (&json!(1), &json!(5)));
    let team = entry(&lake, &site, "page", "team");
    assert!(team["document"].to_string().contains("The four of us"));
    assert_eq!(team["document"]["menu_label"], json!({"en": "Us"}), "a field that no export has is the team's");
}

#[test]
fn languages_of_polylang_and_wpml_become_one_entry_with_its_facts_once() {
    let server = Server::start_new();
    let (lake, site) = house(&server);
    let polylang = |code: &str| term("language", code) + &term("post_translations", "pll_1");
    let wpml = |code: &str| meta("_wpml_import_language_code", code) + &meta("_wpml_import_translation_group", "7");
    let text = export(
        "1.2",
        "",
        &[
            item(20, "page", "publish", "Haus", "/de/haus/", "Deutsch", &polylang("de")),
            item(21, "page", "publish", "House", "/house/", "English", &polylang("en")),
            item(22, "page", "publish", "Maison", "/fr/maison/", "French", &polylang("fr")),
            item(30, "post", "publish", "News", "/news/", "English", &wpml("en")),
            item(31, "post", "draft", "Neues", "/de/neues/", "Deutsch", &wpml("de")),
        ],
    );
    let report = import(&server, &write(&server, &text), &[]);
    for (id, outcome) in [(20, "merged"), (21, "created"), (22, "skipped"), (30, "created"), (31, "merged")] {
        assert_eq!(row(&report, id)["outcome"], outcome, "{}", row(&report, id));
    }
    assert!(row(&report, 22)["reason"].as_str().unwrap().contains("fr"));
    let house = entry(&lake, &site, "page", "house");
    assert_eq!(house["document"]["title"], json!({"en": "House", "de": "Haus"}));
    assert_eq!(house["published"], json!({"en": 1, "de": 1}));
    let sections = house["document"]["sections"].as_array().unwrap();
    assert_eq!(sections.len(), 1, "one section in both languages: {sections:?}");
    assert!(sections[0]["content"]["de"].to_string().contains("Deutsch"));
    assert_eq!(entry(&lake, &site, "post", "news")["published"], json!({"en": 1}), "the German one is a draft");
    let redirects = entries(&lake, &site, "redirect");
    let german = redirects.iter().find(|one| one["document"]["from"] == "/de/haus").unwrap();
    assert_eq!(german["document"]["to"], "/de/house");
}

#[test]
fn every_version_of_the_format_is_read() {
    let server = Server::start_new();
    let (lake, site) = house(&server);
    // 1.0 lists each term of a post twice and says `tag`; 1.1 says `post_tag` and names authors; 1.2 has https names.
    let old = "<category><![CDATA[lake]]></category><category domain=\"tag\"><![CDATA[lake]]></category>".to_owned()
        + &term("tag", "lake");
    for (id, version, more) in
        [(41, "1.0", old), (42, "1.1", term("post_tag", "lake")), (43, "1.2", term("post_tag", "lake"))]
    {
        let link = format!("/version-{id}/");
        let report = import(
            &server,
            &write(&server, &export(version, "", &[item(id, "post", "publish", "V", &link, "x", &more)])),
            &[],
        );
        assert_eq!((&report["version"], &report["outcomes"]), (&json!(version), &json!({"created": 1})));
        assert_eq!(entry(&lake, &site, "post", &format!("version-{id}"))["document"]["tags"], json!(["lake"]));
    }
}

#[test]
fn hostile_and_broken_files_are_refused_with_their_line_and_change_nothing() {
    let server = Server::start_new();
    let (lake, site) = house(&server);
    let good = item(1, "page", "publish", "Fine", "/fine/", "x", "");
    let whole = export("1.2", "", std::slice::from_ref(&good));
    let bomb = "<!DOCTYPE rss [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>";
    for (text, told) in [
        (whole.replacen("<rss", &format!("{bomb}<rss"), 1), "line 2"),
        (whole.replace("Fine", "&nbsp;"), "&nbsp;"),
        (whole.replace("</channel>", &format!("{}</channel>", "<x>".repeat(1_000))), "too deep"),
        (whole.replace("</item>", ""), "line"),
        (whole[..whole.len() / 2].to_owned(), "line"),
        (whole.replace("encoding=\"UTF-8\"", "encoding=\"ISO-8859-1\""), "iso-8859-1"),
        (whole.replace("<wp:wxr_version>1.2", "<wp:wxr_version>9.9"), "9.9"),
        (whole.replace("<wp:post_id>1", "<wp:post_id>one"), "no number"),
        (String::new(), "no <channel>"),
        ("hello".to_owned(), "no <channel>"),
        ("<html><body>Not found</body></html>".to_owned(), "not an export"),
    ] {
        let refused = server.run(&arguments(&write(&server, &text), &[]));
        let error = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(1), "{told}: {error}");
        assert!(error.contains(told) && error.contains("nothing was changed"), "{told}: {error}");
    }
    let file = server.folder().join("export.xml");
    std::fs::write(
        &file,
        whole
            .replace("Fine", "F\u{fc}r")
            .into_bytes()
            .iter()
            .map(|byte| if *byte == 0xC3 { 0xFC } else { *byte })
            .collect::<Vec<_>>(),
    )
    .unwrap();
    let refused = server.run(&arguments(&file, &[]));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("UTF-8"));
    assert_eq!(entries(&lake, &site, "page").len(), 0);

    // One text that is too long is left out by itself.
    let huge = item(2, "page", "publish", "Huge", "/huge/", &"word ".repeat(50_000), "");
    let report = import(&server, &write(&server, &export("1.2", "", &[good, huge])), &[]);
    assert_eq!(report["outcomes"], json!({"created": 1, "skipped": 1}));
    assert!(row(&report, 2)["reason"].as_str().unwrap().contains("characters"), "{}", row(&report, 2));
}

#[test]
fn files_at_hand_go_into_the_library_with_what_is_said_of_them() {
    let server = Server::start_new();
    let (lake, site) = house(&server);
    let uploads = server.folder().join("uploads");
    std::fs::create_dir_all(uploads.join("2024/05")).unwrap();
    let mut bytes = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut bytes, 80);
    encoder.encode(&[120; 64 * 48 * 3], 64, 48, jpeg_encoder::ColorType::Rgb).unwrap();
    std::fs::write(uploads.join("2024/05/lake.jpg"), bytes).unwrap();
    let file = write(&server, &house_export("The three of us"));
    let folder = uploads.to_str().unwrap();
    let report = import(&server, &file, &["--attachments", folder]);
    assert_eq!(row(&report, 9)["outcome"], "created", "{}", row(&report, 9));
    let items = lake.owner.client.get("/api/v1/media/").expect(200).json();
    let item = &items["results"][0];
    assert_eq!((&item["name"], &item["alt"]), (&json!("lake.jpg"), &json!({"en": "The lake"})));
    let home = entry(&lake, &site, "page", "welcome");
    assert_eq!(home["document"]["sections"][1]["images"][0]["media"], item["id"]);
    let redirects = entries(&lake, &site, "redirect");
    let moved = redirects.iter().find(|one| one["document"]["from"] == "/wp-content/uploads/2024/05/lake.jpg").unwrap();
    assert_eq!(moved["document"]["to"], item["url"]);
    let again = import(&server, &file, &["--attachments", folder]);
    assert_eq!(again["outcomes"]["created"], Value::Null, "{}", again["outcomes"]);
    assert_eq!(again["outcomes"]["updated"], Value::Null, "{}", again["outcomes"]);
}
