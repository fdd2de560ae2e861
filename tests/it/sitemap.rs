//! Old addresses against the new website: each is answered, could be, or would be lost; nothing leads in circles.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use super::support::{Group, Server, furnish, publish, set_up};

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
