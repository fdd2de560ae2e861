//! What a hotel relies on when it moves out: its websites as plain files are those that it had, on any server of files; a
//! second export writes what changed and nothing else; and what is not an export's is never touched.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use super::{
    media::{photograph, ready, upload},
    support::{Client, Group, Server, publish, set_up, wait_until, website},
};

/// A server of files that knows nothing: a file for a path, or the `index.html` of a folder.
fn serve(folder: PathBuf) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = Client::new(&format!("http://{}", listener.local_addr().unwrap()));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            let asked = lines.next().unwrap_or_default();
            for line in lines {
                if line.is_empty() {
                    break;
                }
            }
            let path = asked.split(' ').nth(1).unwrap_or("/").split('?').next().unwrap().trim_matches('/').to_owned();
            let file = folder.join(&path);
            let file = if file.is_dir() { file.join("index.html") } else { file };
            let (status, body) = std::fs::read(&file).map_or((404, Vec::new()), |body| (200, body));
            let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            stream.write_all(&[head.as_bytes(), &body].concat()).unwrap();
        }
    });
    client
}

/// The values of these attributes.
fn attributes(html: &str, names: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for name in names {
        for rest in html.split(&format!(" {name}=\"")).skip(1) {
            let value = rest.split('"').next().unwrap().replace("&amp;", "&");
            if *name == "srcset" {
                found.extend(value.split(',').map(|one| one.split_whitespace().next().unwrap_or_default().to_owned()));
            } else {
                found.push(value);
            }
        }
    }
    found
}

/// Everything that can be reached from the first page: path -> body. What leads to nothing is named.
fn crawl(files: &Client, origin: &str) -> (BTreeMap<String, Vec<u8>>, BTreeSet<String>) {
    let (mut found, mut lost) = (BTreeMap::new(), BTreeSet::new());
    let mut open = vec!["/".to_owned()];
    while let Some(path) = open.pop() {
        if found.contains_key(&path) {
            continue;
        }
        let answer = files.get(&path);
        if answer.status != 200 {
            lost.insert(path);
            continue;
        }
        let text = answer.text();
        let mut named = Vec::new();
        if path.rsplit('.').next() == Some("css") {
            let folder = path.rsplit_once('/').unwrap().0;
            let urls = text.split("url(").skip(1).map(|rest| rest.split(')').next().unwrap().trim_matches(['"', '\'']));
            named.extend(urls.filter(|url| !url.starts_with("data:")).map(|url| format!("{folder}/{url}")));
        } else if text.starts_with("<!doctype html>") {
            named = attributes(&text, &["href", "src", "srcset", "poster", "content"]);
        }
        for one in named {
            let own = one.strip_prefix(origin).unwrap_or(&one);
            let path = own.split(['#', '?']).next().unwrap().to_owned();
            if path.starts_with('/') && !path.starts_with("//") {
                open.push(path);
            }
        }
        found.insert(path, answer.body);
    }
    (found, lost)
}

#[track_caller]
fn export(server: &Server, organization: &str, folder: &Path, more: &[&str]) -> Value {
    let folder = folder.to_str().unwrap();
    let arguments = [&["export", "static", folder, "--organization", organization, "--json"], more].concat();
    serde_json::from_str(&server.run_ok(&arguments)).unwrap()
}

/// Every file below a folder with its bytes.
fn all_files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(below) = folders.pop() {
        for entry in std::fs::read_dir(&below).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn locations(map: &str) -> Vec<String> {
    map.split("<loc>").skip(1).map(|rest| rest.split("</loc>").next().unwrap().to_owned()).collect()
}

#[test]
fn the_sample_sites_are_the_same_as_files() {
    let server = Server::start_new();
    set_up(&server);
    let demo: Value = serde_json::from_str(&server.run_ok(&["demo", "--json"])).unwrap();
    let organization = demo["organization"]["slug"].as_str().unwrap();
    for slug in ["ankerhof", "palpuogna", "stadthaus-lend"] {
        let (host, folder) = (format!("{slug}.localhost"), server.folder().join(slug));
        let origin = format!("http://{host}");
        let live = server.client().with("host", &host);
        wait_until("the site", || (live.get("/").status == 200).then_some(()));
        let report = export(&server, organization, &folder, &["--site", slug, "--base-url", &origin]);
        assert_eq!(report["hosts"][0]["host"], host.as_str(), "{report}");
        let files = serve(folder.join(&host));

        let (found, lost) = crawl(&files, &origin);
        // What leads nowhere on the running site does so in files; everything else is there.
        let lost: Vec<_> = lost.into_iter().filter(|path| live.get(path).status < 400).collect();
        assert!(lost.is_empty(), "{slug}: {lost:?}");
        let mut same = 0;
        for (path, body) in &found {
            let there = live.get(path);
            let html = there.text();
            let is_another = html.contains("class=\"book-bar\"")
                || html.contains("<form class=\"form\"")
                || path.ends_with("/search")
                || (300..400).contains(&there.status);
            if !is_another {
                assert!(there.body == *body, "{slug}{path} is not the page that the server shows");
                same += 1;
            }
        }
        assert!(same > 30, "{slug}: {same} of {} files were compared", found.len());
        assert!(
            found.keys().any(|path| path.starts_with("/media/")) && found.keys().any(|path| path.contains("/fonts/"))
        );
        for name in ["robots.txt", "sitemap.xml"] {
            assert_eq!(files.get(&format!("/{name}")).expect(200).body, live.get(&format!("/{name}")).expect(200).body);
        }
        let mapped = locations(&files.get("/sitemap.xml").text());
        assert!(mapped.len() >= 20, "{mapped:?}");
        for address in mapped {
            let path = address.strip_prefix(&origin).unwrap();
            let html = files.get(path).expect(200).text();
            assert!(html.contains(&format!("<link rel=\"canonical\" href=\"{address}\">")), "{address}");
        }
        assert_eq!(files.get("/404.html").expect(200).text(), {
            let lost = live.get("/404").expect(404).text();
            lost.replace(">Search the website</a>", ">All pages</a>")
        });
        let index = files.get("/search").expect(200).text();
        for path in found.keys().filter(|path| path.starts_with("/rooms/")) {
            assert!(index.contains(&format!("href=\"{path}\"")), "{path} is not among all pages");
        }
    }
}

#[test]
fn pictures_come_in_every_size_and_documents_with_them() {
    let (server, group, guest) = website();
    let client = &group.owner.client;
    let photo = upload(client, "Lake.jpg", &photograph(7), 201);
    ready(client, photo["id"].as_str().unwrap());
    let file = upload(client, "menu.pdf", b"%PDF-1.7 what the kitchen cooks in May", 201);
    let sections = json!([
        {"id": "h1", "type": "hero", "title": {"en": "Lake", "de": "See"}, "image": {"media": photo["id"]}},
        {"id": "c1", "type": "cta", "title": {"en": "Menu", "de": "Karte"}, "cta": {"text": {"en": "Read", "de": "Lesen"}, "url": file["url"]}},
    ]);
    publish(client, &group.site_id, "page", &json!({"title": {"en": "Lake", "de": "See"}, "sections": sections}));
    wait_until("the page", || (guest.get("/lake").status == 200).then_some(()));
    let folder = server.folder().join("out");
    export(&server, "lake-hotels", &folder, &[]);
    let html = text(&folder, "seeblick.example/lake/index.html");
    let named = attributes(&html, &["href", "src", "srcset", "content"]);
    let named: BTreeSet<&str> = named
        .iter()
        .filter_map(|one| one.split("seeblick.example").last())
        .filter(|one| one.starts_with("/media/"))
        .collect();
    assert!(named.len() >= 5, "{named:?}");
    for one in named {
        let there = guest.get(one).expect(200).body;
        assert!(std::fs::read(folder.join(format!("seeblick.example{one}"))).unwrap() == there, "{one}");
    }
    let again = export(&server, "lake-hotels", &folder, &[]);
    assert_eq!(again["written"], 0, "{again}");
}

fn redirect(group: &Group, from: &str, kind: &str, to: &str, status: &str) {
    let document = json!({"from": from, "match": kind, "to": to, "status": status, "source": "manual"});
    publish(&group.owner.client, &group.site_id, "redirect", &document);
}

fn text(folder: &Path, file: &str) -> String {
    std::fs::read_to_string(folder.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

#[test]
fn what_needs_a_server_is_said_and_has_something_in_its_place() {
    let (server, group, guest) = website();
    let client = &group.owner.client;
    let form = json!({"name": "Enquiry", "fields": [
        {"key": "email", "label": {"en": "E-mail", "de": "E-Mail"}, "type": "email", "required": true}],
        "recipients": ["secret@lake.example"], "retention_days": 30});
    let form = publish(client, &group.site_id, "form", &form);
    let house =
        json!({"name": {"en": "Seeblick", "de": "Seeblick"}, "email": "desk@lake.example", "phone": "+41 81 123"});
    let properties = client.get(&format!("/api/v1/sites/{}/entries/?type=property", group.site_id)).expect(200).json();
    let first = properties["results"][0]["id"].as_str().unwrap();
    let path = format!("/api/v1/sites/{}/entries/{first}/", group.site_id);
    let revision = client.get(&path).json()["revision"].clone();
    let saved = client.put(&path, &json!({"revision": revision, "document": house})).expect(200).json();
    client.post(&format!("{path}publish/"), &json!({"revision": saved["revision"]})).expect(200);
    publish(
        client,
        &group.site_id,
        "booking_engine",
        &json!({"name": "Mews", "engine": "mews", "codes": {"id": "abc-1"}}),
    );
    let sections = json!([{"id": "b1", "type": "booking_bar"}, {"id": "f1", "type": "form", "form": form}]);
    publish(
        client,
        &group.site_id,
        "page",
        &json!({"title": {"en": "Contact", "de": "Kontakt"}, "sections": sections}),
    );
    let banner = json!({"name": "Winter", "kind": "bar", "text": {"en": "Closed in winter", "de": "Im Winter zu"},
        "visible": {"until": "2099-01-01T00:00"}});
    publish(client, &group.site_id, "banner", &banner);
    let draft = json!({"name": "Not yet", "slug": "not-yet", "domain": "not-yet.example"});
    client.post("/api/v1/sites/", &draft).expect(201);
    wait_until("the form", || guest.get("/contact").text().contains("_stamp").then_some(()));

    let folder = server.folder().join("out");
    let report = export(&server, "lake-hotels", &folder, &[]);
    let html = text(&folder, "seeblick.example/contact/index.html");
    assert!(!html.contains("<form") && !html.contains("secret@lake.example"), "{html}");
    for part in [
        "href=\"mailto:desk@lake.example\"",
        "href=\"tel:+4181123\"",
        "class=\"button\" href=\"https://app.mews.com/distributor/abc-1?language=en&amp;currency=CHF\"",
        "Closed in winter",
    ] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
    assert!(text(&folder, "seeblick.example/book/index.html").contains("url=https://app.mews.com/distributor/abc-1?"));
    assert!(
        text(&folder, "seeblick.example/_redirects")
            .contains("/de/book https://app.mews.com/distributor/abc-1?language=de")
    );
    let notes = report["hosts"][0]["notes"].to_string();
    assert!(notes.contains("on /contact, /de/contact.") && notes.contains("The search is a list"), "{notes}");
    assert_eq!(report["left_out"], json!(["The site not-yet is not published."]));
    assert!(report["until"].as_str().unwrap() <= "2098-12-31T23:00:00Z", "{report}");
    let manifest: Value = serde_json::from_str(&text(&folder, "gammacms-static.json")).unwrap();
    assert_eq!(manifest["until"], report["until"]);
    assert!(!all_files(&folder).keys().any(|path| path.starts_with("not-yet")));
}

#[test]
fn old_addresses_lead_on_by_every_server_and_by_pages() {
    let (server, group, guest) = website();
    redirect(&group, "/alt/seezimmer", "exact", "/rooms/canary-lake-hotels", "moved_permanently");
    redirect(&group, "/blog", "prefix", "https://blog.example/", "found");
    redirect(&group, "/index.php?p=7", "exact", "/rooms/canary-lake-hotels", "moved_permanently");
    redirect(&group, "/pool", "exact", "", "gone");
    wait_until("the redirects", || (guest.get("/pool").status == 410).then_some(()));
    let folder = server.folder().join("out");
    let report = export(&server, "lake-hotels", &folder, &[]);
    assert_eq!(report["hosts"][0]["gone"], 1);
    let page = text(&folder, "seeblick.example/alt/seezimmer/index.html");
    assert!(
        page.contains("<link rel=\"canonical\" href=\"https://seeblick.example/rooms/canary-lake-hotels\">"),
        "{page}"
    );
    assert!(page.contains("<meta http-equiv=\"refresh\" content=\"0; url=/rooms/canary-lake-hotels\">"), "{page}");
    let netlify = text(&folder, "seeblick.example/_redirects");
    for line in [
        "/index.php p=7 /rooms/canary-lake-hotels 301\n",
        "/alt/seezimmer /rooms/canary-lake-hotels 301\n",
        "/blog/* https://blog.example/ 302\n",
    ] {
        assert!(netlify.contains(line), "{line} is missing in {netlify}");
    }
    // Other spellings of what is there: as the running site leads them on.
    for path in ["/home", "/de/home"] {
        let to = guest.get(path).expect(308).header("location").unwrap().to_owned();
        assert!(netlify.contains(&format!("{path} {to} 308\n")), "{path} {to} is missing in {netlify}");
    }
    assert_eq!(text(&folder, "_servers/seeblick.example/gone.txt"), "/pool\n");
    assert!(!folder.join("seeblick.example/pool").exists());
    assert!(text(&folder, "seeblick.example/410.html").contains("410"));
    assert!(text(&folder, "seeblick.example/.htaccess").contains("RewriteRule \"^pool/?$\" - [G,NC]"));
}

#[test]
fn languages_are_below_their_prefix_or_in_a_folder_of_their_host() {
    let (server, group, _) = website();
    let path = format!("/api/v1/sites/{}/", group.site_id);
    let folder = server.folder().join("prefix");
    export(&server, "lake-hotels", &folder, &[]);
    let german = text(&folder, "seeblick.example/de/rooms/canary-lake-hotels/index.html");
    assert!(german.contains("<html lang=\"de\"") && german.contains("href=\"/rooms/canary-lake-hotels\""), "{german}");
    assert!(text(&folder, "seeblick.example/de/404.html").contains("<html lang=\"de\""));

    let wish = json!({"languages": {"de": {"domain": "seeblick.example.de"}}});
    group.owner.client.patch(&path, &wish).expect(200);
    let live = server.client().with("host", "seeblick.example.de");
    wait_until("the language's own host", || (live.get("/").status == 200).then_some(()));
    let folder = server.folder().join("hosts");
    let report = export(&server, "lake-hotels", &folder, &[]);
    let hosts: Vec<_> = report["hosts"].as_array().unwrap().iter().map(|one| one["host"].as_str().unwrap()).collect();
    assert_eq!(hosts, ["seeblick.example", "seeblick.example.de"]);
    let german = text(&folder, "seeblick.example.de/rooms/canary-lake-hotels/index.html");
    for part in [
        "<html lang=\"de\"",
        "<link rel=\"canonical\" href=\"https://seeblick.example.de/rooms/canary-lake-hotels\">",
        "hreflang=\"en\" href=\"https://seeblick.example/rooms/canary-lake-hotels\"",
    ] {
        assert!(german.contains(part), "{part} is missing in {german}");
    }
    let map = locations(&text(&folder, "seeblick.example.de/sitemap.xml"));
    assert!(map.iter().all(|address| address.starts_with("https://seeblick.example.de")) && map.len() > 1, "{map:?}");
    assert!(!text(&folder, "seeblick.example/index.html").contains("<html lang=\"de\""));
    // The old prefix leads to the new host.
    let moved = text(&folder, "seeblick.example/de/rooms/canary-lake-hotels/index.html");
    assert!(moved.contains("url=https://seeblick.example.de/rooms/canary-lake-hotels\""), "{moved}");
}

#[test]
fn a_second_export_writes_what_changed_and_nothing_else() {
    let (server, group, guest) = website();
    let folder = server.folder().join("out");
    let client = &group.owner.client;
    let dry = export(&server, "lake-hotels", &folder, &["--dry-run"]);
    assert!(dry["written"].as_u64().unwrap() > 20 && !folder.exists(), "{dry}");
    let first = export(&server, "lake-hotels", &folder, &[]);
    assert_eq!(first["written"], dry["written"]);
    let before = all_files(&folder);
    let again = export(&server, "lake-hotels", &folder, &[]);
    assert_eq!((&again["written"], &again["removed"]), (&json!(0), &json!(0)), "{again}");
    assert_eq!(all_files(&folder), before);
    // Elsewhere the same files come out.
    let other = server.folder().join("other");
    export(&server, "lake-hotels", &other, &[]);
    let without_manifest = |mut files: BTreeMap<String, Vec<u8>>| files.remove("gammacms-static.json").map(|_| files);
    assert!(without_manifest(all_files(&other)) == without_manifest(before.clone()), "two exports differ");

    let page = publish(client, &group.site_id, "page", &json!({"title": {"en": "Boats", "de": "Boote"}}));
    wait_until("the page", || (guest.get("/boats").status == 200).then_some(()));
    std::fs::write(folder.join("seeblick.example/google123.html"), "ours").unwrap();
    let third = export(&server, "lake-hotels", &folder, &[]);
    assert!(third["written"].as_u64().unwrap() > 1 && third["unchanged"].as_u64().unwrap() > 5, "{third}");
    assert!(text(&folder, "seeblick.example/sitemap.xml").contains("/boats"));
    let style =
        |files: &BTreeMap<String, Vec<u8>>| files.keys().find(|path| path.ends_with("/style.css")).unwrap().clone();
    assert_eq!(style(&before), style(&all_files(&folder)));

    client.delete(&format!("/api/v1/sites/{}/entries/{page}/", group.site_id)).expect(204);
    wait_until("no page", || (guest.get("/boats").status == 404).then_some(()));
    let fourth = export(&server, "lake-hotels", &folder, &[]);
    assert!(fourth["removed"].as_u64().unwrap() >= 2, "{fourth}");
    assert!(!folder.join("seeblick.example/boats").exists() && !folder.join("seeblick.example/de/boats").exists());
    assert_eq!(text(&folder, "seeblick.example/google123.html"), "ours");
    assert!(!folder.join(".gammacms-static").exists());
}

#[test]
fn a_folder_that_is_somebody_elses_is_not_touched() {
    let (server, group, _) = website();
    let folder = server.folder().join("photos");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("wedding.txt"), "dear").unwrap();
    let named = folder.to_str().unwrap();
    let refused = |more: &[&str]| {
        let output = server.run(&[&["export", "static", named, "--organization", "lake-hotels"], more].concat());
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(refused(&[]).contains("is not empty, and no export has made it"));
    assert_eq!(all_files(&folder), BTreeMap::from([("wedding.txt".to_owned(), b"dear".to_vec())]));
    std::fs::remove_file(folder.join("wedding.txt")).unwrap();
    let lock = std::fs::File::open(&folder).unwrap();
    lock.lock().unwrap();
    assert!(refused(&[]).contains("another export writes to"));
    drop(lock);
    export(&server, "lake-hotels", &folder, &[]);
    // Another choice of sites would remove what the first one has written.
    assert!(refused(&["--site", "main"]).contains("holds all sites of lake-hotels"));
    assert!(refused(&["--base-url", "https://a.example"]).contains("--site"));
    let unpublish = format!("/api/v1/sites/{}/unpublish/", group.site_id);
    group.owner.client.post(&unpublish, &json!({})).expect(200);
    assert!(refused(&[]).contains("No site is published"));
    assert!(folder.join("seeblick.example/index.html").is_file(), "what was written stays");
    group.owner.client.post(&unpublish.replace("unpublish", "publish"), &json!({})).expect(200);
    // A file of somebody's where a new one would stand.
    let manifest = folder.join("gammacms-static.json");
    let told = std::fs::read_to_string(&manifest).unwrap();
    let mut known: Value = serde_json::from_str(&told).unwrap();
    known["files"].as_array_mut().unwrap().retain(|file| file["path"] != "seeblick.example/robots.txt");
    std::fs::write(&manifest, known.to_string()).unwrap();
    std::fs::write(folder.join("seeblick.example/robots.txt"), "mine").unwrap();
    assert!(refused(&[]).contains("seeblick.example/robots.txt"));
    assert_eq!(text(&folder, "seeblick.example/robots.txt"), "mine");
}

#[test]
fn a_run_that_was_stopped_is_made_good_by_the_next() {
    let (server, _group, _) = website();
    let folder = server.folder().join("out");
    export(&server, "lake-hotels", &folder, &[]);
    let whole = all_files(&folder);
    // As a first run leaves it that ended between two files: some are there, one is of before, no manifest yet.
    let paths: Vec<&String> = whole.keys().filter(|path| *path != "gammacms-static.json").collect();
    std::fs::create_dir(folder.join(".gammacms-static")).unwrap();
    std::fs::write(folder.join(".gammacms-static/plan.json"), serde_json::to_vec(&paths).unwrap()).unwrap();
    std::fs::write(folder.join(".gammacms-static/7"), "half a pa").unwrap();
    std::fs::remove_file(folder.join("gammacms-static.json")).unwrap();
    std::fs::remove_file(folder.join("seeblick.example/index.html")).unwrap();
    std::fs::write(folder.join("seeblick.example/de/index.html"), "of before").unwrap();
    let report = export(&server, "lake-hotels", &folder, &[]);
    assert_eq!(report["written"], 2, "{report}");
    let without_manifest = |mut files: BTreeMap<String, Vec<u8>>| files.remove("gammacms-static.json").map(|_| files);
    assert!(without_manifest(all_files(&folder)) == without_manifest(whole), "the second run has not made it good");
}
