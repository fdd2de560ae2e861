//! What is too many, too long or there twice in an export of WordPress: as much as can be is taken over, the rest is told, and
//! a second run changes nothing.

use serde_json::{Value, json};

use super::{
    support::Server,
    wordpress::{entries, entry, export, house, import, item, notes, row, term, write},
};

fn pictures_and_words(pairs: usize) -> String {
    let one = |number: usize| {
        format!(
            "<!-- wp:image --><figure><img src=\"https://old.example/wp-content/uploads/{number}.jpg\" alt=\"\"/></figure><!-- /wp:image -->\
             <!-- wp:paragraph --><p>Words {number}.</p><!-- /wp:paragraph -->"
        )
    };
    (0..pairs).map(one).collect()
}

fn buttons(count: usize) -> String {
    let one = |number: usize| {
        format!(
            "<!-- wp:buttons --><div><!-- wp:button --><div><a href=\"https://a.example/{number}\">Los {number}</a></div>\
             <!-- /wp:button --></div><!-- /wp:buttons -->"
        )
    };
    (0..count).map(one).collect()
}

#[test]
fn a_page_of_more_blocks_than_a_page_has_sections_comes_in_whole() {
    let server = Server::start_new();
    let (lake, site) = house(&server);
    let polylang = |code: &str| term("language", code) + &term("post_translations", "pll_1");
    let items = [
        item(1, "page", "publish", "Long", "/long/", &pictures_and_words(60), ""),
        item(2, "page", "publish", "Longest", "/longest/", &pictures_and_words(450), ""),
        item(3, "page", "publish", "Fits", "/fits/", &pictures_and_words(50), ""),
        // Languages that are built differently have more sections together than either. The first is joined so far that all
        // buttons of the other find room.
        item(4, "page", "publish", "House", "/two/", &pictures_and_words(60), &polylang("en")),
        item(5, "page", "publish", "Haus", "/de/zwei/", &buttons(70), &polylang("de")),
    ];
    let file = write(&server, &export("1.2", "", &items));
    let report = import(&server, &file, &[]);
    assert_eq!(report["outcomes"], json!({"created": 4, "merged": 1}), "{}", report["rows"]);
    for (id, is_joined) in [(1, true), (2, true), (3, false), (4, true), (5, false)] {
        assert_eq!(notes(row(&report, id)).contains(&"sections"), is_joined, "{}", row(&report, id));
    }
    for (slug, pairs, most) in [("long", 60, 60), ("longest", 450, 100), ("fits", 50, 100), ("two", 60, 100)] {
        let page = entry(&lake, &site, "page", slug);
        let sections = page["document"]["sections"].as_array().unwrap();
        assert!(sections.len() <= most, "{slug}: {}", sections.len());
        let all = Value::Array(sections.clone()).to_string();
        for number in 0..pairs {
            assert_eq!(all.matches(&format!("/{number}.jpg\"")).count(), 1, "{slug}: picture {number}");
            assert_eq!(all.matches(&format!("\"Words {number}.\"")).count(), 1, "{slug}: words {number}");
        }
        if slug == "two" {
            assert_eq!(page["published"], json!({"en": 1, "de": 1}));
            assert!((0..70).all(|number| all.contains(&format!("https://a.example/{number}\""))), "{all}");
            assert_eq!(sections.iter().filter(|section| section["type"] == "cta").count(), 70);
        }
    }
    let long = entry(&lake, &site, "page", "long")["document"]["sections"][59].clone();
    assert_eq!(
        (&long["type"], &long["image"]["url"]),
        (&json!("about"), &json!("https://old.example/wp-content/uploads/59.jpg"))
    );
    assert_eq!(import(&server, &file, &[])["outcomes"], json!({"unchanged": 4, "merged": 1}));
}

/// A block of the editor around its HTML.
fn block(name: &str, html: &str) -> String {
    let bare = name.split(' ').next().unwrap();
    format!("<!-- wp:{name} -->{html}<!-- /wp:{bare} -->")
}

fn image(number: usize) -> String {
    let html = format!("<figure><img src=\"https://old.example/wp-content/uploads/{number}.jpg\" alt=\"\"/></figure>");
    block("image", &html)
}

fn paragraph(words: &str, number: usize) -> String {
    block("paragraph", &format!("<p>{words} {number}.</p>"))
}

fn table(words: &str, number: usize) -> String {
    block("table", &format!("<figure><table><tbody><tr><td>{words} {number}.</td></tr></tbody></table></figure>"))
}

fn cover(words: &str, number: usize) -> String {
    let url = format!("https://old.example/wp-content/uploads/cover-{number}.jpg");
    let name = format!("cover {{\"url\":\"{url}\"}}");
    block(&name, &format!("<div><img src=\"{url}\" alt=\"\"/><div>{}</div></div>", paragraph(words, number)))
}

fn film(number: usize) -> String {
    let url = format!("https://www.youtube.com/watch?v=aB3_-xyz{number:03}");
    block(&format!("embed {{\"url\":\"{url}\"}}"), &format!("<figure><div>{url}</div></figure>"))
}

#[test]
fn no_word_is_lost_of_long_pages_with_what_cannot_be_joined() {
    let server = Server::start_new();
    let (lake, site) = house(&server);
    let language = |code: &str, group: &str| term("language", code) + &term("post_translations", group);
    let (one, two) = (|code: &str| language(code, "pll_1"), |code: &str| language(code, "pll_2"));
    let text = |count: usize, part: &dyn Fn(usize) -> String| (0..count).map(part).collect::<String>();
    let covers = text(60, &|number| cover("House", number) + &paragraph("Words", number));
    let pictures = text(70, &|number| image(number) + &paragraph("Words", number) + &film(number));
    let bilder = text(70, &|number| film(number) + &paragraph("Worte", number) + &cover("Haus", number));
    let films = text(60, &|number| cover("House", number) + &film(number));
    let tabellen = text(60, &|number| table("Zeile", number) + &film(number) + &paragraph("Worte", number));
    let items = [
        item(1, "page", "publish", "Covers", "/covers/", &covers, ""),
        item(2, "page", "publish", "Pictures", "/pictures/", &pictures, &one("en")),
        item(3, "page", "publish", "Bilder", "/de/bilder/", &bilder, &one("de")),
        item(4, "page", "publish", "Films", "/films/", &films, &two("en")),
        item(5, "page", "publish", "Filme", "/de/filme/", &tabellen, &two("de")),
    ];
    let file = write(&server, &export("1.2", "", &items));
    let report = import(&server, &file, &[]);
    assert_eq!(report["outcomes"], json!({"created": 3, "merged": 2}), "{}", report["rows"]);
    for (slug, count, least, words) in [
        ("covers", 60, 60, &["House", "Words"][..]),
        ("pictures", 70, 80, &["Words", "Worte", "Haus"]),
        ("films", 60, 80, &["House", "Zeile", "Worte"]),
    ] {
        let page = entry(&lake, &site, "page", slug);
        let sections = page["document"]["sections"].as_array().unwrap();
        // What one language leaves free the other uses.
        assert!((least..=100).contains(&sections.len()), "{slug}: {}", sections.len());
        let all = Value::Array(sections.clone()).to_string();
        for number in 0..count {
            for word in words {
                assert_eq!(all.matches(&format!("\"{word} {number}.\"")).count(), 1, "{slug}: {word} {number}");
            }
            let picture =
                if slug == "pictures" { format!("/{number}.jpg\"") } else { format!("/cover-{number}.jpg\"") };
            assert_eq!(all.matches(&picture).count(), 1, "{slug}: {picture}");
            assert!(slug == "covers" || all.contains(&format!("=aB3_-xyz{number:03}\"")), "{slug}: film {number}");
        }
    }
    for id in 1..=5 {
        let row = row(&report, id);
        assert!(notes(row).contains(&"sections") && !row.to_string().contains("left out"), "{row}");
    }
    assert_eq!(import(&server, &file, &[])["outcomes"], json!({"unchanged": 3, "merged": 2}));
}

#[test]
fn the_first_of_two_items_with_one_number_is_taken_over_and_the_second_told() {
    let server = Server::start_new();
    let (lake, site) = house(&server);
    let items = [
        item(7, "page", "trash", "Thrown away", "/gone/", "x", ""),
        item(7, "page", "publish", "House", "/house/", "Of stone", ""),
        item(7, "page", "publish", "Barn", "/barn/", "Of wood", ""),
        item(7, "post", "publish", "News", "/news-of-it/", "x", ""),
    ];
    let file = write(&server, &export("1.2", "", &items));
    let titled = |report: &Value, title: &str| {
        let found = report["rows"].as_array().unwrap().iter().find(|row| row["title"] == title).unwrap().clone();
        (found["outcome"].as_str().unwrap().to_owned(), found["reason"].as_str().unwrap().to_owned())
    };
    for outcome in ["created", "unchanged"] {
        let report = import(&server, &file, &[]);
        assert_eq!(titled(&report, "House").0, outcome);
        assert_eq!(titled(&report, "News").0, outcome);
        let (barn, reason) = titled(&report, "Barn");
        assert!(barn == "skipped" && reason.contains("has the same wp:post_id 7"), "{barn}: {reason}");
        let pages = entries(&lake, &site, "page");
        assert_eq!(pages.len(), 1);
        assert_eq!(entry(&lake, &site, "page", "house")["document"]["title"], json!({"en": "House"}));
    }
}

#[test]
fn very_long_addresses_and_codes_that_never_end_come_in_and_are_found_again() {
    let server = Server::start_new();
    let (lake, site) = house(&server);
    let long = format!("/{}/house/", "old-".repeat(80));
    let codes = "[caption]".repeat(20_000);
    let items = [
        item(1, "page", "publish", "House", &long, "Of stone", ""),
        item(2, "page", "draft", "Codes", "/codes/", &format!("<p>{}</p>", &codes[..9_000]), ""),
        item(3, "page", "draft", "More codes", "/more-codes/", &codes, ""),
    ];
    let file = write(&server, &export("1.2", "", &items));
    let report = import(&server, &file, &[]);
    // The second is longer than a text may be.
    assert_eq!(report["outcomes"], json!({"created": 2, "skipped": 1}), "{}", report["rows"]);
    let body = entry(&lake, &site, "page", "codes")["document"]["sections"].to_string();
    assert_eq!(body.matches("[caption]").count(), 1_000);
    let redirects = entries(&lake, &site, "redirect");
    assert!(redirects.iter().any(|one| one["document"]["from"] == long.trim_end_matches('/')), "{redirects:?}");
    let again = import(&server, &file, &[]);
    assert_eq!(again["outcomes"], json!({"skipped": 1, "unchanged": 2}));
    assert_eq!(again["entries"]["redirect"]["unchanged"], redirects.len());
}
