//! Old addresses against the new website: each is answered, could be, or would be lost; nothing leads in circles.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use super::support::{Client, Group, Server, furnish, publish, set_up, wait_until};

fn house(server: &Server) -> Group {
    let lake = furnish(server, set_up(server), "lake-hotels", "seeblick.example");
    let client = &lake.owner.client;
    for (title, german) in [("Rooms and prices", "Zimmer und Preise"), ("Getting here", "Anreise")] {
        publish(client, &lake.site_id, "page", &json!({"title": {"en": title, "de": german}}));
    }
    let redirect = json!({"from": "/arrival", "match": "exact", "to": "/getting-here", "status": "moved_permanently", "source": "manual"});
    publish(client, &lake.site_id, "redirect", &redirect);
    lake
}

fn sitemap(addresses: &[&str]) -> String {
    let urls: String =
        addresses.iter().map(|address| format!("<url><loc>{address}</loc></url>\n")).collect::<Vec<_>>().concat();
    format!(
        "<?xml version=\"1.0\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n{urls}</urlset>\n"
    )
}

fn write(server: &Server, name: &str, bytes: &[u8]) -> PathBuf {
    let file = server.folder().join(name);
    std::fs::write(&file, bytes).unwrap();
    file
}

#[track_caller]
fn cover(server: &Server, source: &[&str], more: &[&str]) -> Value {
    let mut arguments = vec!["import", "sitemap"];
    arguments.extend(source);
    arguments.extend(["--organization", "lake-hotels", "--site", "main", "--json"]);
    arguments.extend(more);
    serde_json::from_str(&server.run_ok(&arguments)).unwrap()
}

fn path(file: &Path) -> &str {
    file.to_str().unwrap()
}

fn row<'r>(coverage: &'r Value, old: &str) -> &'r Value {
    let rows = coverage["rows"].as_array().unwrap();
    rows.iter().find(|row| row["old"] == old).unwrap_or_else(|| panic!("no row {old}: {rows:?}"))
}

fn wait_for(guest: &Client, path: &str, status: u16) {
    wait_until(&format!("{status} at {path}"), || (guest.get(path).status == status).then_some(()));
}

#[test]
fn each_old_address_is_covered_redirected_proposed_or_missing() {
    let server = Server::start_new();
    house(&server);
    let file = write(
        &server,
        "sitemap.xml",
        sitemap(&[
            "https://old.example/rooms-and-prices/",
            "https://old.example/arrival",
            "https://old.example/info/getting-here.html",
            "https://old.example/room-and-prices.php",
            "https://old.example/",
            "https://old.example/jobs",
        ])
        .as_bytes(),
    );
    let coverage = cover(&server, &[path(&file)], &[]);
    for (old, answer, new) in [
        ("/rooms-and-prices", "covered", "/rooms-and-prices"),
        ("/arrival", "redirected", "/getting-here"),
        ("/info/getting-here.html", "proposed", "/getting-here"),
        ("/room-and-prices.php", "proposed", "/rooms-and-prices"),
        ("/", "covered", "/"),
        ("/jobs", "missing", ""),
    ] {
        let row = row(&coverage, old);
        assert_eq!((&row["answer"], &row["new"]), (&json!(answer), &json!(new)), "{row}");
    }
    assert!(
        row(&coverage, "/room-and-prices.php")["reason"].as_str().unwrap().contains('%'),
        "a likeness is explained"
    );
    assert_eq!((&coverage["percent"], &coverage["is_complete"]), (&json!(50), &json!(false)));

    let dry = cover(&server, &[path(&file)], &["--create", "--dry-run"]);
    assert_eq!((&dry["created"], &dry["percent"]), (&json!(2), &json!(83)));
    assert_eq!(cover(&server, &[path(&file)], &[])["proposed"], 2, "a dry run makes nothing");
    let made = cover(&server, &[path(&file)], &["--create"]);
    assert_eq!((&made["created"], &made["missing"]), (&json!(2), &json!(1)));
    let after = cover(&server, &[path(&file)], &["--create"]);
    assert_eq!((&after["created"], &after["redirected"]), (&json!(0), &json!(3)));
}

#[test]
fn a_table_says_where_addresses_lead_and_circles_and_chains_are_refused_with_their_way() {
    let server = Server::start_new();
    house(&server);
    let table = "old,new\n/jobs,/getting-here\n/getting-here,/jobs\n/old-arrival,/arrival\n/x,/nowhere\n/y,javascript:alert(1)\n\
        /z,https://elsewhere.example/\n/getting-here,\n";
    let file = write(&server, "old.csv", table.as_bytes());
    let coverage = cover(&server, &["--csv", path(&file)], &["--create"]);
    for (old, answer, told) in [
        ("/jobs", "redirected", ""),
        ("/getting-here", "refused", "a page under this address"),
        ("/old-arrival", "refused", "/old-arrival -> /arrival -> /getting-here"),
        ("/x", "refused", "Nothing is published at /nowhere"),
        ("/y", "refused", "https://"),
        ("/z", "redirected", ""),
    ] {
        let row = row(&coverage, old);
        assert_eq!(row["answer"], answer, "{row}");
        assert!(row["reason"].as_str().unwrap().contains(told), "{row}");
    }
    assert_eq!(coverage["created"], 2);
    let circle = write(&server, "circle.csv", b"old,new\n/a,/jobs\n/p,https://elsewhere.example/\n");
    let coverage = cover(&server, &["--csv", path(&circle)], &[]);
    assert!(row(&coverage, "/a")["reason"].as_str().unwrap().contains("/a -> /jobs -> /getting-here"), "{coverage}");
}

#[test]
fn an_index_names_files_beside_it_and_they_may_be_packed() {
    let server = Server::start_new();
    house(&server);
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(sitemap(&["https://old.example/getting-here"]).as_bytes()).unwrap();
    write(&server, "pages.xml.gz", &packed.finish().unwrap());
    let index = "<sitemapindex><sitemap><loc>https://old.example/maps/pages.xml.gz</loc></sitemap></sitemapindex>";
    let file = write(&server, "index.xml", index.as_bytes());
    let coverage = cover(&server, &[path(&file)], &[]);
    assert_eq!(
        (&coverage["covered"], &coverage["percent"], &coverage["is_complete"]),
        (&json!(1), &json!(100), &json!(true))
    );
    let absent = write(&server, "absent.xml", index.replace("pages", "gone").as_bytes());
    let refused = server.run(&["import", "sitemap", path(&absent), "--organization", "lake-hotels", "--site", "main"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("gone.xml.gz"));
}

#[test]
fn a_page_covers_its_address_with_any_parameters_and_a_proposal_keeps_the_language() {
    let server = Server::start_new();
    let lake = house(&server);
    let site = format!("/api/v1/sites/{}/", lake.site_id);
    lake.owner.client.patch(&site, &json!({"languages": {"de": {"prefix": "deutsch"}}})).expect(200);
    publish(&lake.owner.client, &lake.site_id, "page", &json!({"title": {"en": "Spa", "de": "Spa"}}));
    let guest = server.client().with("host", &lake.domain);
    wait_for(&guest, "/deutsch/spa", 200);
    let file = write(
        &server,
        "sitemap.xml",
        sitemap(&[
            "https://old.example/spa?x=1",
            "https://old.example/spa?utm_source=a",
            "https://old.example/?p=12",
            "https://old.example/spa.html",
            "https://old.example/de/spa.html",
            "https://old.example/deutsch/wellness/spa.php",
        ])
        .as_bytes(),
    );
    let coverage = cover(&server, &[path(&file)], &["--create"]);
    for (old, answer, new) in [
        ("/spa?x=1", "covered", "/spa"),
        ("/spa?utm_source=a", "covered", "/spa"),
        ("/?p=12", "covered", "/"),
        ("/spa.html", "redirected", "/spa"),
        ("/de/spa.html", "redirected", "/deutsch/spa"),
        ("/deutsch/wellness/spa.php", "redirected", "/deutsch/spa"),
    ] {
        let row = row(&coverage, old);
        assert_eq!((&row["answer"], &row["new"]), (&json!(answer), &json!(new)), "{row}");
    }
    assert!(row(&coverage, "/?p=12")["reason"].as_str().unwrap().contains("first page"), "{coverage}");
    assert_eq!(coverage["created"], 3);
    wait_for(&guest, "/spa.html", 301);
    assert_eq!(guest.get("/spa.html").header("location"), Some("/spa"));
    assert_eq!(guest.get("/spa?x=1").status, 200);
}

#[test]
fn rows_that_cannot_be_are_refused_with_their_reason_and_the_others_are_made() {
    let server = Server::start_new();
    let lake = house(&server);
    let many: String = (0..101).map(|number| format!("/blk{number},/getting-here\n")).collect::<Vec<_>>().concat();
    let table = format!(
        "old,new\n{many}/j5,mailto:a@b.c\n/g2,https://{domain}/g3\n/g3,https://{domain}/g2\n/g4,https://{domain}/arrival\n\
         /g5,https://{domain}/nothing-here\n/g6,https://{domain}/getting-here\n/api/v1/x,/getting-here\n/../x,/getting-here\n\
         /j11,/getting-here?q=1#map\n/j12,/search\n/g7,https://{domain}/g7\n",
        domain = lake.domain
    );
    let file = write(&server, "old.csv", table.as_bytes());
    let dry = cover(&server, &["--csv", path(&file)], &["--create", "--dry-run"]);
    let made = cover(&server, &["--csv", path(&file)], &["--create"]);
    assert_eq!(dry["rows"], made["rows"], "the look says what is made");
    for (old, answer, told) in [
        ("/blk100", "redirected", ""),
        ("/j5", "refused", "https://"),
        ("/g2", "refused", "Nothing is published at https://seeblick.example/g3."),
        ("/g3", "refused", "Nothing is published"),
        ("/g4", "refused", "/g4 -> /arrival -> /getting-here"),
        ("/g5", "refused", "Nothing is published"),
        ("/g6", "redirected", ""),
        ("/api/v1/x", "refused", "the program's own"),
        ("/j11", "redirected", ""),
        ("/j12", "redirected", ""),
        ("/g7", "missing", "the same"),
    ] {
        let row = row(&made, old);
        assert_eq!(row["answer"], answer, "{row}");
        assert!(row["reason"].as_str().unwrap().contains(told), "{row}");
    }
    assert_eq!((&dry["created"], &made["created"], &made["is_complete"]), (&json!(104), &json!(104), &json!(false)));
    let guest = server.client().with("host", &lake.domain);
    wait_for(&guest, "/blk3", 301);
    assert_eq!((guest.get("/j11").status, guest.get("/g2").status), (301, 404));
    let again = cover(&server, &["--csv", path(&file)], &["--create"]);
    assert_eq!((&again["created"], &again["redirected"]), (&json!(0), &made["redirected"]));
}

#[test]
fn an_address_counts_as_answered_where_the_website_answers_it_and_nowhere_else() {
    let server = Server::start_new();
    let lake = house(&server);
    for redirect in [
        json!({"from": "/old-dir", "match": "prefix", "to": "/getting-here", "status": "found"}),
        json!({"from": "/weg", "match": "exact", "status": "gone"}),
        json!({"from": "/lost", "match": "exact", "to": "https://seeblick.example/nothing-here", "status": "found"}),
    ] {
        publish(&lake.owner.client, &lake.site_id, "redirect", &redirect);
    }
    let guest = server.client().with("host", &lake.domain);
    wait_for(&guest, "/weg", 410);
    let olds = [
        ("/old-dir/x/y", "redirected", 302),
        ("/weg", "redirected", 410),
        ("/lost", "missing", 302),
        ("/api/v1/x", "missing", 404),
        ("/search", "covered", 200),
        ("/getting-here?x=1", "covered", 200),
        ("/nothing", "missing", 404),
    ];
    let urls = olds.map(|(old, ..)| format!("https://old.example{old}"));
    let file = write(&server, "sitemap.xml", sitemap(&urls.each_ref().map(String::as_str)).as_bytes());
    let coverage = cover(&server, &[path(&file)], &[]);
    for (old, answer, status) in olds {
        assert_eq!(row(&coverage, old)["answer"], answer, "{coverage}");
        assert_eq!(guest.get(old).status, status, "{old}");
    }
}

#[test]
fn a_list_without_addresses_is_refused() {
    let server = Server::start_new();
    house(&server);
    let itself = "<sitemapindex><sitemap><loc>https://old.example/index.xml</loc></sitemap></sitemapindex>";
    let (index, table) = (write(&server, "index.xml", itself.as_bytes()), write(&server, "old.csv", b"old,new\n"));
    for source in [vec![path(&index)], vec!["--csv", path(&table)]] {
        let place = ["--organization", "lake-hotels", "--site", "main"];
        let refused = server.run(&[&["import", "sitemap"], &source[..], &place].concat());
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!((refused.status.code(), told.contains("no address in it")), (Some(1), true), "{told}");
    }
}

#[test]
fn the_redirect_of_a_long_address_is_found_again() {
    let server = Server::start_new();
    let lake = house(&server);
    let table = format!("old,new\n/{},/getting-here\n", "long-".repeat(100));
    let file = write(&server, "old.csv", table.as_bytes());
    let found = || {
        let list = format!("/api/v1/sites/{}/entries/?type=redirect", lake.site_id);
        let list = lake.owner.client.get(&list).expect(200).json()["results"].as_array().unwrap().clone();
        let long = list.iter().find(|one| one["document"]["from"].as_str().unwrap().starts_with("/long-"));
        long.map(|one| one["id"].as_str().unwrap().to_owned())
    };
    assert_eq!(cover(&server, &["--csv", path(&file)], &["--create"])["created"], 1);
    let id = found().unwrap();
    lake.owner.client.delete(&format!("/api/v1/sites/{}/entries/{id}/", lake.site_id)).expect(204);
    assert_eq!(found(), None);
    assert_eq!(cover(&server, &["--csv", path(&file)], &["--create"])["created"], 1);
    assert_eq!(found(), Some(id), "it comes back out of the bin");
}
