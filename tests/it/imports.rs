//! What a team relies on that moves in over HTTP: nothing changes before they say so, the report is what happens, it is what the
//! command does, and nobody else can see or disturb it.

use std::{io::Write as _, path::Path};

use serde_json::{Value, json};

use super::{
    alpinebits,
    bundle::{counted, elsewhere, export},
    support::{
        Client, PATIENCE, Server, Story, join, join_sites, postgres_is_used, publish, sign_in, wait_for, wait_until,
    },
    wordpress::{self, entries, entry, house, item},
};

const IMPORTS: &str = "/api/v1/imports/";

pub(super) fn path(import: &Value) -> String {
    format!("{IMPORTS}{}/", import["id"].as_str().unwrap())
}

fn put(client: &Client, import: &Value, part: &str, name: &str, bytes: &[u8]) -> super::support::Answer {
    client.send("PUT", &format!("{}files/{part}/?name={name}", path(import)), Some(bytes))
}

/// An import with its file.
#[track_caller]
pub(super) fn brought(client: &Client, wish: &Value, name: &str, bytes: &[u8]) -> Value {
    let import = client.post(IMPORTS, wish).expect(201).json();
    assert_eq!(
        (&import["state"], &import["has_report"], &import["files"]),
        (&json!("open"), &json!(false), &json!([]))
    );
    let import = put(client, &import, "source", name, bytes).expect(200).json();
    assert_eq!(import["files"], json!([{"part": "source", "name": name, "size": bytes.len()}]));
    import
}

/// The import when no job is at work on it any more.
#[track_caller]
pub(super) fn settled(client: &Client, import: &Value) -> Value {
    wait_until("the import", || {
        let now = client.get(&path(import)).expect(200).json();
        (now["state"] != "checking" && now["state"] != "importing").then_some(now)
    })
}

/// Does a step and answers its report.
#[track_caller]
fn step(client: &Client, import: &Value, step: &str) -> Value {
    client.post(&format!("{}{step}/", path(import)), &json!({})).expect(200);
    let now = settled(client, import);
    assert_eq!(now["state"], if step == "check" { "checked" } else { "done" }, "{now}");
    client.get(&format!("{}report/", path(import))).expect(200).json()
}

/// A report as the command writes it: without the source that it is of.
fn plain(mut report: Value) -> Value {
    report.as_object_mut().unwrap().remove("source");
    report
}

fn folders(server: &Server) -> usize {
    std::fs::read_dir(server.data_dir().join("imports")).map_or(0, Iterator::count)
}

pub(super) fn blog() -> String {
    wordpress::export(
        "1.2",
        "",
        &[
            item(1, "page", "publish", "About us", "/about/", "<p>By the lake.</p>", ""),
            item(2, "post", "publish", "Spring", "/2024/spring/", "<p>It is here.</p>", ""),
            item(3, "page", "draft", "Not yet", "/not-yet/", "<p>Soon.</p>", ""),
        ],
    )
}

#[test]
fn an_admin_looks_at_an_export_of_wordpress_and_then_takes_it_over() {
    let server = Server::start_new();
    let (lake, site) = house(&server);
    let admin = join(&server, &lake, "admin@lake.example", "admin").client;
    let export = blog();
    let import = brought(&admin, &json!({"source": "wordpress", "site_id": site}), "old-house.xml", export.as_bytes());
    let file = wordpress::write(&server, &export);
    let dry = wordpress::import(&server, &file, &["--dry-run"]);
    let looked = step(&admin, &import, "check");
    assert_eq!(looked["source"], "wordpress");
    assert_eq!((&looked["is_dry_run"], plain(looked.clone())), (&json!(true), dry), "the command says the same");
    assert!(entries(&lake, &site, "page").is_empty(), "nothing has changed yet");

    let report = step(&admin, &import, "apply");
    assert_eq!(report["is_dry_run"], false);
    let without = |mut report: Value| {
        report.as_object_mut().unwrap().remove("is_dry_run");
        report
    };
    assert_eq!(without(report), without(looked), "what was said is what has happened");
    assert_eq!(entries(&lake, &site, "page").len(), 2);
    let about = entry(&lake, &site, "page", "about");
    assert_eq!(about["document"]["title"]["en"], "About us");
    let revisions = format!("/api/v1/sites/{site}/entries/{}/revisions/", about["id"].as_str().unwrap());
    let first = admin.get(&revisions).expect(200).json()["results"][0].clone();
    assert_eq!(first["author_kind"], "job");
    let person = admin.get(IMPORTS).expect(200).json()["results"][0]["created_by_name"].clone();
    assert_eq!(first["author_name"], person, "it is said whose wish it was");
    assert_eq!(folders(&server), 0, "what is taken over is not kept twice");

    // The team works on; the same file comes again, by whichever way.
    let document = json!({"revision": about["revision"], "document": {"title": {"en": "About the house"}}});
    admin.put(&format!("/api/v1/sites/{site}/entries/{}/", about["id"].as_str().unwrap()), &document).expect(200);
    let again = brought(&admin, &json!({"source": "wordpress", "site_id": site}), "old-house.xml", export.as_bytes());
    step(&admin, &again, "check");
    let report = step(&admin, &again, "apply");
    assert_eq!(
        (&report["outcomes"]["created"], &report["outcomes"]["updated"]),
        (&Value::Null, &Value::Null),
        "{report}"
    );
    assert_eq!(wordpress::import(&server, &file, &[])["outcomes"]["created"], Value::Null);
    assert_eq!(entry(&lake, &site, "page", "about")["document"]["title"]["en"], "About the house");

    let log = lake.owner.client.get("/api/v1/audit/?limit=50").expect(200).text();
    for action in ["import.requested", "import.check_requested", "import.checked", "import.begun", "import.done"] {
        assert!(log.contains(action), "{action}: {log}");
    }
}

/// A ZIP file of these files.
fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn pictures_of_the_old_website_come_in_a_zip_file() {
    let server = Server::start_new();
    let (lake, site) = house(&server);
    let client = &lake.owner.client;
    let mut picture = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut picture, 80);
    encoder.encode(&[120; 64 * 48 * 3], 64, 48, jpeg_encoder::ColorType::Rgb).unwrap();
    let attachment = |id: u64, file: &str| {
        let more = format!(
            "<wp:attachment_url>https://old.example/wp-content/uploads/{file}</wp:attachment_url>{}",
            wordpress::meta("_wp_attached_file", file)
        );
        item(id, "attachment", "inherit", file, &format!("/{id}/"), "", &more)
    };
    let shown = "<!-- wp:image --><figure><img src=\"https://old.example/wp-content/uploads/2024/05/lake.jpg\" alt=\"The lake\"/></figure><!-- /wp:image -->";
    let page = item(9, "page", "publish", "Welcome", "/welcome/", shown, "");
    let files = ["2024/05/lake.jpg", "2024/05/lost.jpg", "2024/05/logo.svg"];
    let mut items: Vec<_> = files.iter().zip(5..).map(|(file, id)| attachment(id, file)).collect();
    items.push(page);
    let export = wordpress::export("1.2", "", &items);
    let import = brought(client, &json!({"source": "wordpress", "site_id": site}), "old.xml", export.as_bytes());
    let zip = packed(&[
        ("site/wp-content/uploads/2024/05/lake.jpg", &picture),
        ("../../escaped.jpg", &picture),
        ("site/wp-content/uploads/2024/05/logo.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
        ("site/wp-content/uploads/2024/05/lake-300x200.jpg", &picture),
    ]);
    put(client, &import, "attachments", "uploads.zip", &zip).expect(200);
    let looked = step(client, &import, "check");
    assert_eq!(client.get("/api/v1/media/").expect(200).json()["count"], 0);
    assert!(looked.to_string().contains("SVG may carry scripts"), "{looked}");
    let report = step(client, &import, "apply");
    assert_eq!(wordpress::row(&report, 5)["outcome"], "created");
    assert_eq!(looked["outcomes"], report["outcomes"]);
    assert!(report.to_string().contains("The file 2024/05/lost.jpg is not among the uploads."), "{report}");
    let media = client.get("/api/v1/media/").expect(200).json();
    assert_eq!((&media["count"], &media["results"][0]["name"]), (&json!(1), &json!("lake.jpg")));

    // Another house of the group has the same picture.
    let other = json!({"name": "Other", "slug": "other", "locales": ["en"], "default_locale": "en", "time_zone": "Europe/Zurich", "currency": "CHF"});
    let other = client.post("/api/v1/sites/", &other).expect(201).json()["id"].as_str().unwrap().to_owned();
    let import = brought(client, &json!({"source": "wordpress", "site_id": other}), "old.xml", export.as_bytes());
    put(client, &import, "attachments", "uploads.zip", &zip).expect(200);
    step(client, &import, "check");
    let report = step(client, &import, "apply");
    assert_eq!(wordpress::row(&report, 9)["outcome"], "created", "{report}");
    assert_eq!(client.get("/api/v1/media/").expect(200).json()["results"][0]["site"], Value::Null);

    // The same by command.
    let file = wordpress::write(&server, &export);
    let place = server.folder().join("uploads.zip");
    std::fs::write(&place, &zip).unwrap();
    let again = wordpress::import(&server, &file, &["--attachments", place.to_str().unwrap()]);
    assert_eq!(again["outcomes"]["created"], Value::Null, "{again}");

    let broken = brought(client, &json!({"source": "wordpress", "site_id": site}), "old.xml", export.as_bytes());
    put(client, &broken, "attachments", "uploads.zip", b"PK no zip at all").expect(200);
    let files = format!("{}files/attachments/", path(&broken));
    client.post(&format!("{}check/", path(&broken)), &json!({})).expect(200);
    let failed = settled(client, &broken);
    assert_eq!(failed["state"], "failed");
    assert!(failed["problem"].as_str().unwrap().starts_with("The attachments cannot be read:"), "{failed}");
    let without = client.delete(&files).expect(200).json();
    assert_eq!((without["files"].as_array().unwrap().len(), &without["state"]), (1, &json!("open")));
    client.delete(&files).expect(404);
    step(client, &broken, "check");
}

#[test]
fn hotel_facts_come_in_and_go_out_as_the_command_has_them() {
    let server = Server::start_new();
    let (lake, site) = house(&server);
    let client = &lake.owner.client;
    let wish = json!({"source": "alpinebits", "site_id": site, "hotel_code": "77", "publish": true});
    let import = brought(client, &wish, "sonnhof.xml", alpinebits::HOUSE.as_bytes());
    let looked = step(client, &import, "check");
    assert!(entries(&lake, &site, "property").is_empty());
    let report = step(client, &import, "apply");
    assert_eq!((&looked["entries"], &report["hotels"]), (&report["entries"], &json!(["77"])));
    assert_eq!(entries(&lake, &site, "property").len(), 1);
    for message in ["all", "basic", "info"] {
        let answer = client.get(&format!("/api/v1/sites/{site}/alpinebits/?message={message}")).expect(200).json();
        let command =
            ["export", "alpinebits", "--organization", "lake-hotels", "--site", "moved", "--message", message];
        assert_eq!(answer["xml"].as_str().unwrap().trim_end(), server.run_ok(&command).trim_end(), "{message}");
    }
    for (query, status) in [("message=more", 400), ("property=nowhere", 422), ("drafts=perhaps", 400), ("x=1", 400)] {
        assert_eq!(client.get(&format!("/api/v1/sites/{site}/alpinebits/?{query}")).status, status, "{query}");
    }

    let wrong = alpinebits::HOUSE.replace("Version=\"3.000\"", "").replace("MaxOccupancy=\"1\"", "MaxOccupancy=\"no\"");
    let import = brought(client, &wish, "Überblick.xml".replace('Ü', "U").as_str(), wrong.as_bytes());
    client.post(&format!("{}check/", path(&import)), &json!({})).expect(200);
    let failed = settled(client, &import);
    let problem = failed["problem"].as_str().unwrap();
    assert!(problem.starts_with("Uberblick.xml cannot be imported, and nothing was changed:\nline "), "{problem}");
    assert!(!problem.contains(server.data_dir().to_str().unwrap()), "{problem}");
    // The mended file takes its place.
    put(client, &import, "source", "mended.xml", alpinebits::HOUSE.as_bytes()).expect(200);
    assert_eq!(step(client, &import, "check")["entries"]["property"]["unchanged"], 1);
}

#[test]
fn old_addresses_are_looked_at_and_their_redirects_made() {
    let server = Server::start_new();
    let (lake, site) = house(&server);
    let client = &lake.owner.client;
    publish(client, &site, "page", &json!({"title": {"en": "Getting here", "de": "Anreise"}}));
    let urls = |paths: &[&str]| {
        let urls = paths.iter().map(|path| format!("<url><loc>https://old.example{path}</loc></url>"));
        let urls = urls.collect::<Vec<_>>().concat();
        format!("<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{urls}</urlset>")
    };
    let index = "<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\
        <sitemap><loc>https://old.example/pages.xml</loc></sitemap>\
        <sitemap><loc>https://old.example/.source</loc></sitemap></sitemapindex>";
    let import = brought(client, &json!({"source": "sitemap", "site_id": site}), "sitemap.xml", index.as_bytes());
    client.post(&format!("{}check/", path(&import)), &json!({})).expect(200);
    let failed = settled(client, &import);
    assert!(failed["problem"].as_str().unwrap().contains("pages.xml"), "{failed}");
    let pages = urls(&["/info/getting-here.html", "/jobs"]);
    put(client, &import, "beside", "pages.xml", pages.as_bytes()).expect(200);
    let looked = step(client, &import, "check");
    assert_eq!((&looked["proposed"], &looked["missing"], &looked["created"]), (&json!(1), &json!(1), &json!(0)));
    assert!(entries(&lake, &site, "redirect").is_empty());
    let report = step(client, &import, "apply");
    assert_eq!((&report["redirected"], &report["created"]), (&json!(1), &json!(1)));
    assert_eq!(entries(&lake, &site, "redirect")[0]["document"]["from"], "/info/getting-here.html");

    let table = "old,new\n/jobs,/getting-here\n/jobs,https://jobs.example/lake\n/jobs,/getting-here\n";
    let import =
        brought(client, &json!({"source": "sitemap", "site_id": site, "table": true}), "old.csv", table.as_bytes());
    let looked = step(client, &import, "check");
    assert_eq!((&looked["refused"], &looked["rows"][1]["new"]), (&json!(1), &json!("https://jobs.example/lake")));
    assert_eq!(step(client, &import, "apply")["created"], 1);
    let many = (0..50_001).map(|number| format!("/{number},\n")).collect::<Vec<_>>().concat();
    let import = brought(
        client,
        &json!({"source": "sitemap", "site_id": site, "table": true}),
        "many.csv",
        format!("old,new\n{many}").as_bytes(),
    );
    client.post(&format!("{}check/", path(&import)), &json!({})).expect(200);
    let failed = settled(client, &import);
    assert!(failed["problem"].as_str().unwrap().contains("At most 50000 addresses are read."), "nothing is cut off");
}

#[test]
fn an_owner_brings_an_archive_and_an_admin_does_not() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let archive = export(&server, "lake-hotels", "a.tar.gz", &[]);
    let refused = story.admin.client.post(IMPORTS, &json!({"source": "bundle"}));
    assert_eq!(refused.status, 403, "{}", refused.text());

    let (other, owner) = elsewhere();
    let import = brought(&owner, &json!({"source": "bundle"}), "lake.tar.gz", &archive);
    let looked = step(&owner, &import, "check");
    assert_eq!(owner.get("/api/v1/sites/").expect(200).json()["count"], 0);
    let report = step(&owner, &import, "apply");
    assert_eq!(counted(&report), counted(&looked));
    assert_eq!(export(&other, "lake-hotels", "b.tar.gz", &[]), archive, "it goes out again as the same bytes");

    let cut = brought(&owner, &json!({"source": "bundle"}), "cut.tar.gz", &archive[..archive.len() / 2]);
    owner.post(&format!("{}check/", path(&cut)), &json!({})).expect(200);
    let failed = settled(&owner, &cut);
    assert!(
        failed["problem"].as_str().unwrap().starts_with("cut.tar.gz is no archive that can be imported"),
        "{failed}"
    );
}

#[test]
fn an_import_is_for_those_who_may_and_their_sites_alone() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let (lake, admin) = (&story.lake, &story.admin.client);
    let wish = json!({"source": "wordpress", "site_id": lake.site_id});
    let import = brought(admin, &wish, "old.xml", blog().as_bytes());
    for person in [&story.editor, &story.viewer] {
        for answer in
            [person.client.get(IMPORTS), person.client.get(&path(&import)), person.client.post(IMPORTS, &wish)]
        {
            assert_eq!(answer.status, 403, "{}: {}", person.email, answer.text());
        }
        assert_eq!(put(&person.client, &import, "source", "a.xml", b"").status, 403);
    }
    let stranger = &story.alp.owner.client;
    let steps = ["check", "apply"].map(|step| stranger.post(&format!("{}{step}/", path(&import)), &json!({})));
    let others = [
        stranger.get(&path(&import)),
        stranger.get(&format!("{}report/", path(&import))),
        stranger.delete(&path(&import)),
        put(stranger, &import, "source", "a.xml", b""),
        stranger.post(IMPORTS, &wish),
        stranger.get(&format!("/api/v1/sites/{}/alpinebits/", lake.site_id)),
    ];
    for answer in steps.into_iter().chain(others) {
        assert_eq!(answer.status, 404, "{}", answer.text());
    }
    assert_eq!(stranger.get(IMPORTS).expect(200).json()["results"], json!([]));

    let other = json!({"name": "Other", "slug": "other", "locales": ["en"], "default_locale": "en", "time_zone": "Europe/Zurich", "currency": "CHF"});
    let other = lake.owner.client.post("/api/v1/sites/", &other).expect(201).json()["id"].as_str().unwrap().to_owned();
    let restricted = join_sites(&server, lake, "one-house@lake.example", "admin", &[&other]).client;
    assert_eq!(restricted.get(IMPORTS).expect(200).json()["results"], json!([]));
    assert_eq!(restricted.get(&path(&import)).status, 404);
    assert_eq!(restricted.post(IMPORTS, &wish).status, 404);
    let own = brought(&restricted, &json!({"source": "wordpress", "site_id": other}), "old.xml", blog().as_bytes());
    step(&restricted, &own, "check");
    assert_eq!(admin.get(IMPORTS).expect(200).json()["results"].as_array().unwrap().len(), 2);
}

#[test]
fn what_cannot_be_done_is_refused_with_a_word_and_leaves_everything_as_it_was() {
    let server = Server::start_new();
    let (lake, site) = house(&server);
    let client = &lake.owner.client;
    for (wish, status) in [
        (json!({}), 400),
        (json!({"source": "wordpress"}), 400),
        (json!({"source": "joomla", "site_id": site}), 400),
        (json!({"source": "wordpress", "site_id": site, "publish": true}), 400),
        (json!({"source": "alpinebits", "site_id": site, "property": "Not a slug"}), 400),
        (json!({"source": "wordpress", "site_id": "01890a5d-ac96-774b-bcce-b302099a8057"}), 404),
    ] {
        let answer = client.post(IMPORTS, &wish);
        assert_eq!(answer.status, status, "{wish}: {}", answer.text());
    }
    let wish = json!({"source": "sitemap", "site_id": site});
    let import = client.post(IMPORTS, &wish).expect(201).json();
    let word = |step: &str| client.post(&format!("{}{step}/", path(&import)), &json!({}));
    assert_eq!(word("check").expect(409).code(), "import_no_file");
    for (part, name, status) in [
        ("attachments", "a.zip", 422),
        ("other", "a.xml", 422),
        ("source", "", 400),
        ("source", "..%2Fa", 400),
        ("beside", ".source", 400),
    ] {
        let answer = put(client, &import, part, name, b"x");
        assert_eq!(answer.status, status, "{part} {name}: {}", answer.text());
    }
    let large = vec![b' '; 16 * 1024 * 1024 + 1];
    assert_eq!(put(client, &import, "source", "a.xml", &large).expect(413).code(), "body_too_large");
    let files = std::fs::read_dir(server.data_dir().join("imports").join(import["id"].as_str().unwrap()).join("files"));
    assert_eq!(files.map_or(0, Iterator::count), 0);
    assert_eq!(client.get(&path(&import)).expect(200).json()["files"], json!([]));

    put(client, &import, "source", "a.xml", b"<urlset><url><loc>/a</loc></url></urlset>").expect(200);
    assert_eq!(word("apply").expect(409).code(), "import_not_now", "not before it was looked at");
    assert_eq!(client.get(&format!("{}report/", path(&import))).status, 404);
    step(client, &import, "check");
    put(client, &import, "source", "b.xml", b"<urlset><url><loc>/b</loc></url></urlset>").expect(200);
    assert_eq!(word("apply").expect(409).code(), "import_not_now", "what was looked at was another file");
    step(client, &import, "check");
    step(client, &import, "apply");
    for again in ["check", "apply"] {
        assert_eq!(word(again).expect(409).code(), "import_not_now", "{again}");
    }
    assert_eq!(put(client, &import, "source", "c.xml", b"x").expect(409).code(), "import_not_now");
    assert_eq!(client.delete(&path(&import)).status, 204);
    assert_eq!(client.get(&path(&import)).status, 404);

    let asked: Vec<_> = (0..12).map(|_| client.post(IMPORTS, &wish).expect(201).json()).collect();
    put(client, &asked[11], "source", "a.xml", b"<urlset><url><loc>/a</loc></url></urlset>").expect(200);
    let kept = client.get(IMPORTS).expect(200).json()["results"].as_array().unwrap().clone();
    assert_eq!((kept.len(), &kept[0]["id"]), (10, &asked[11]["id"]), "the oldest make room");
    assert_eq!(client.get(&path(&asked[0])).status, 404);

    server.set_clock_offset(8 * 24 * 60 * 60);
    let client = sign_in(&server, "owner@lake.example", None).client;
    server.run_ok(&["cron", "run", "sweep_imports"]);
    wait_until("the sweep", || (client.get(IMPORTS).expect(200).json()["results"] == json!([])).then_some(()));
}

/// Many pages, so that taking them over lasts.
pub(super) fn many(pages: u64) -> String {
    let items: Vec<_> = (1..=pages)
        .map(|id| item(id, "page", "publish", &format!("Page {id}"), &format!("/page-{id}/"), "<p>Words.</p>", ""))
        .collect();
    wordpress::export("1.2", "", &items)
}

#[test]
fn one_import_works_at_a_time_and_one_that_was_killed_goes_on_by_itself() {
    const PAGES: u64 = 400;
    // The address stays although each start takes another port, so that whoever is signed in stays so.
    let mut server = Server::options().env("GAMMACMS_PUBLIC_URL", "http://127.0.0.1:8000").start();
    let (lake, site) = house(&server);
    let client = &lake.owner.client;
    let wish = json!({"source": "wordpress", "site_id": site});
    let import = brought(client, &wish, "many.xml", many(PAGES).as_bytes());
    let other = brought(client, &wish, "other.xml", blog().as_bytes());
    client.post(&format!("{}check/", path(&import)), &json!({})).expect(200);
    let meanwhile = client.post(&format!("{}check/", path(&other)), &json!({}));
    let now = client.get(&path(&import)).expect(200).json();
    if now["state"] == "checking" {
        assert_eq!(meanwhile.expect(409).code(), "import_busy");
        assert_eq!(client.delete(&path(&import)).expect(409).code(), "import_busy");
        assert_eq!(put(client, &import, "source", "x.xml", b"x").expect(409).code(), "import_busy");
    }
    let now = settled(client, &import);
    assert_eq!(now["state"], "checked", "{now}");
    settled(client, &other);
    client.post(&format!("{}apply/", path(&import)), &json!({})).expect(200);
    let count = |client: &Client| {
        client.get(&format!("/api/v1/sites/{site}/entries/?type=page")).expect(200).json()["count"].as_u64().unwrap()
    };
    wait_until("the first pages", || (count(client) > 0).then_some(()));
    let copy = server.data_dir().join("gammacms.db.rehearsal-00ff");
    server.kill();
    // As one that is killed while it looks at an import.
    if !postgres_is_used() {
        std::fs::write(&copy, b"everything").unwrap();
    }
    server.start();
    let client = client.at(server.client().base());
    let before = count(&client);
    assert!(before < PAGES, "it was killed half-way, not after {before}");
    // On a shared database nobody knows that a process is gone: its lease has to run out, which is looked for each 15 s.
    server.set_clock_offset(61);
    let done = wait_for("the rest", PATIENCE * 3, || {
        let now = client.get(&path(&import)).expect(200).json();
        assert_ne!(now["state"], "failed", "{now}");
        (now["state"] == "done").then_some(now)
    });
    assert_eq!((count(&client), &done["problem"]), (PAGES, &Value::Null));
    assert!(!Path::new(&server.data_dir().join("imports").join(done["id"].as_str().unwrap())).exists());
    let left = std::fs::read_dir(server.data_dir()).unwrap().flatten();
    let left: Vec<_> =
        left.map(|file| file.file_name()).filter(|name| name.to_string_lossy().contains("rehearsal")).collect();
    assert!(left.is_empty(), "{left:?}");
}
