//! What a hotel relies on when its domain leads here: its own pages, in its languages, at once after publishing, and never
//! a draft or another hotel's.

use serde_json::json;

use super::support::{Client, Group, Server, Story, furnish, publish, room, set_up, wait_until};

fn told() -> (Server, Group) {
    let server = Server::start_new();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    (server, group)
}

/// A browser that has opened the hotel's domain.
fn guest(server: &Server, domain: &str) -> Client {
    server.client().with("host", domain)
}

#[test]
fn every_page_is_at_its_address_in_each_language() {
    let (server, group) = told();
    let guest = wait_for_site(&server, &group.domain);
    for (path, status, language, text) in [
        ("/", 200, "en", "Canary lake-hotels"),
        ("/de", 200, "de", "Kanarie lake-hotels"),
        ("/rooms/canary-lake-hotels", 200, "en", "Two windows on the lake"),
        ("/de/rooms/canary-lake-hotels", 200, "de", "Zwei Fenster zum See"),
        ("/nothing", 404, "en", "seeblick.example"),
        ("/de/rooms/nothing", 404, "de", "seeblick.example"),
        ("/fr", 404, "en", "seeblick.example"),
        ("/rooms/../../etc/passwd", 404, "en", "seeblick.example"),
    ] {
        let answer = guest.get(path);
        assert_eq!((answer.status, answer.header("content-language")), (status, Some(language)), "{path}");
        assert!(answer.header("content-type").unwrap().starts_with("text/html"), "{path}");
        let html = answer.text();
        assert!(status != 200 || html.contains(text), "{path}: {html}");
        assert!(html.contains(&format!("<html lang=\"{language}\"")), "{path}");
        assert!(status == 200 || html.contains("noindex"), "{path}");
    }
    for (path, to) in [("/de/", "/de"), ("/rooms/canary-lake-hotels/", "/rooms/canary-lake-hotels"), ("/home", "/")] {
        let answer = guest.get(path).expect(308);
        assert_eq!(answer.header("location"), Some(to), "{path}");
    }
}

fn wait_for_site(server: &Server, domain: &str) -> Client {
    let guest = guest(server, domain);
    wait_until("the site's first page", || (guest.get("/").status == 200).then_some(()));
    guest
}

#[test]
fn a_page_tells_search_engines_where_it_is_in_other_languages() {
    let (server, group) = told();
    let guest = wait_for_site(&server, &group.domain);
    let html = guest.get("/rooms/canary-lake-hotels").expect(200).text();
    for part in [
        "<link rel=\"canonical\" href=\"http://seeblick.example/rooms/canary-lake-hotels\">",
        "hreflang=\"de\" href=\"http://seeblick.example/de/rooms/canary-lake-hotels\"",
        "hreflang=\"x-default\"",
        "application/ld+json",
        "<meta property=\"og:title\"",
    ] {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
    let map = guest.get("/sitemap.xml").expect(200).text();
    assert!(map.contains("<loc>http://seeblick.example/de/rooms/canary-lake-hotels</loc>"), "{map}");
    assert!(guest.get("/robots.txt").expect(200).text().contains("Sitemap: http://seeblick.example/sitemap.xml"));
    assert!(guest.get("/favicon.svg").expect(200).text().contains("#14532d"));
}

#[test]
fn what_is_published_is_on_the_website_within_a_second_and_drafts_never() {
    let (server, group) = told();
    let guest = wait_for_site(&server, &group.domain);
    let before = guest.get("/").expect(200);
    let tag = before.header("etag").unwrap().to_owned();
    guest.with("if-none-match", &tag).get("/").expect(304);
    let entries = format!("/api/v1/sites/{}/entries/", group.site_id);
    let draft =
        json!({"type": "page", "document": {"title": {"en": "Secret plans", "de": "Pläne"}, "show_in_menu": true}});
    let draft = group.owner.client.post(&entries, &draft).expect(201).json();
    assert!(!guest.get("/").text().contains("Secret plans"));
    guest.get("/secret-plans").expect(404);
    let path = format!("{entries}{}/publish/", draft["id"].as_str().unwrap());
    group.owner.client.post(&path, &json!({"revision": 1, "locales": ["en", "de"]})).expect(200);
    let published = std::time::Instant::now();
    wait_until("the new page in the menu", || guest.get("/").text().contains("Secret plans").then_some(()));
    assert!(published.elapsed().as_millis() < 1000, "{:?}", published.elapsed());
    guest.get("/secret-plans").expect(200);
    assert_eq!(guest.with("if-none-match", &tag).get("/").status, 200);
}

#[test]
fn a_site_off_line_and_a_host_of_nobody_show_nothing() {
    let (server, group) = told();
    let open = wait_for_site(&server, &group.domain);
    group.owner.client.post(&format!("/api/v1/sites/{}/unpublish/", group.site_id), &json!({})).expect(200);
    wait_until("the site to close", || (open.get("/").status == 404).then_some(()));
    assert!(!open.get("/").text().contains("Canary"));
    assert_eq!(guest(&server, "stranger.example").get("/").status, 400);
    // On the hotel's own host there is no dashboard and no setup.
    assert_eq!(open.get("/dashboard/").status, 404);
    assert_eq!(open.get("/setup").status, 404);
}

#[test]
fn staging_keeps_search_engines_away_from_websites_too() {
    let server = Server::options()
        .env("GAMMACMS_ENV", "staging")
        .env("GAMMACMS_SECRET_KEY", "k".repeat(64))
        .env("GAMMACMS_PUBLIC_URL", "https://cms.example")
        .env("ALLOWED_HOSTS", "127.0.0.1")
        .start();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    let guest = wait_for_site(&server, &group.domain);
    let page = guest.get("/").expect(200);
    assert!(page.text().contains("noindex"));
    assert_eq!(page.header("x-robots-tag"), Some("noindex, nofollow"));
    assert!(guest.get("/robots.txt").expect(200).text().contains("Disallow: /"));
}

#[test]
fn a_preview_shows_drafts_to_the_team_and_to_nobody_else() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let Story { lake, admin, editor, viewer, alp, operator } = &story;
    let draft = room("Unfinished attic", &lake.amenity_id);
    let entries = format!("/api/v1/sites/{}/entries/", lake.site_id);
    lake.owner.client.post(&entries, &json!({"type": "room", "document": draft})).expect(201);
    let path = format!("/preview/{}/rooms/unfinished-attic", lake.site_id);
    for (who, person, status) in [
        ("owner", &lake.owner, 200),
        ("admin", admin, 200),
        ("editor", editor, 200),
        ("viewer", viewer, 200),
        ("another organization's owner", &alp.owner, 404),
        ("the operator", operator, 404),
    ] {
        let answer = person.client.without("x-organization-id").get(&path);
        assert_eq!(answer.status, status, "{who}");
        assert_eq!(answer.text().contains("Unfinished attic"), status == 200, "{who}");
    }
    let seen = editor.client.get(&path).expect(200);
    assert_eq!(seen.header("cache-control"), Some("no-store"));
    assert!(seen.text().contains("noindex"));
    assert!(seen.header("content-security-policy").unwrap().contains("frame-ancestors 'self'"));
    let german = editor.client.get(&format!("/preview/{}/?locale=de", lake.site_id)).expect(200).text();
    assert!(german.contains("Kanarie lake-hotels") && german.contains("data-section=\"s1\""), "{german}");
    // Two organizations may have sites of the same slug: each member gets their own.
    assert!(alp.owner.client.get("/preview/main/").expect(200).text().contains("Canary alp-hotels"));
    let stranger = server.client().get(&path);
    assert_eq!((stranger.status, stranger.header("location")), (302, Some("/dashboard/")));
    let page = wait_for_site(&server, &lake.domain).get("/rooms/unfinished-attic");
    assert_eq!(page.status, 404);
}

#[test]
fn the_files_of_a_theme_are_kept_by_browsers_for_good() {
    let (server, group) = told();
    let guest = wait_for_site(&server, &group.domain);
    let html = guest.get("/").text();
    let style = html.split('"').find(|part| part.starts_with("/_theme/") && part.ends_with("style.css")).unwrap();
    let answer = guest.get(style).expect(200);
    assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
    for path in ["/_theme/hotel_classic/x/../theme.toml", "/_theme/../x/theme.toml", "/_theme/nothing/x/style.css"] {
        assert_eq!(guest.get(path).status, 404, "{path}");
    }
}

#[test]
fn one_hotels_host_never_shows_another_hotels_page() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let guest = wait_for_site(&server, &story.alp.domain);
    publish(&story.lake.owner.client, &story.lake.site_id, "room", &room("Lake only", &story.lake.amenity_id));
    for path in ["/", "/rooms/canary-lake-hotels", "/rooms/lake-only", "/sitemap.xml"] {
        let text = guest.get(path).text();
        assert!(!text.contains("lake-hotels") && !text.contains("Lake only"), "{path}: {text}");
    }
}
