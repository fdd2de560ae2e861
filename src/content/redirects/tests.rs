use serde_json::{Value, json};

use super::*;

fn rule(from: &str, matches: &str, to: &str, status: &str) -> Rule {
    let document = json!({"from": from, "match": matches, "to": to, "status": status});
    Rule::read(document.as_object().unwrap()).unwrap()
}

#[test]
fn the_exact_address_comes_before_the_longest_above_it() {
    let table = Table::new(vec![
        rule("/blog", "prefix", "/news", "moved_permanently"),
        rule("/blog/2019", "prefix", "/archive", "found"),
        rule("/blog/2019/opening", "exact", "/news/opening", "permanent_redirect"),
        rule("/?p=12", "exact", "/rooms/tower", "moved_permanently"),
        rule("/spa", "exact", "", "gone"),
        rule("/süd", "exact", "https://other.example/south", "temporary_redirect"),
    ]);
    let to = |address: &str, status| Some(Found::To { address: address.to_owned(), status });
    for (path, query, expected) in [
        ("/blog/2019/opening", "", to("/news/opening", 308)),
        ("/Blog/2019/Opening/", "utm_source=mail", to("/news/opening?utm_source=mail", 308)),
        ("/blog/2019/other", "", to("/archive", 302)),
        ("/blog", "", to("/news", 301)),
        ("/blogger", "", None),
        ("/", "p=12", to("/rooms/tower", 301)),
        ("/", "p=13", None),
        ("/", "utm_source=mail&p=12&fbclid=x", to("/rooms/tower?utm_source=mail&fbclid=x", 301)),
        ("/", "p=12&lang=de", None),
        ("/", "utm_source=mail", None),
        ("/spa", "", Some(Found::Gone)),
        ("/s%C3%BCd", "", to("https://other.example/south", 307)),
        ("/nothing", "", None),
    ] {
        assert_eq!(table.find(path, query), expected, "{path}?{query}");
    }
}

#[test]
fn a_document_is_wrong_by_itself_or_gets_its_spelling() {
    for (document, wrong) in [
        (json!({"from": "/Old/", "match": "exact", "to": "/new", "status": "moved_permanently"}), vec![]),
        (json!({"from": "https://hotel.example/old"}), vec!["/from"]),
        (json!({"from": "/old", "to": "mailto:a@b.ch"}), vec!["/to"]),
        (json!({"from": "/old", "to": "/new", "status": "gone"}), vec!["/to"]),
        (json!({"from": "/old", "match": "exact", "to": "/OLD/", "status": "found"}), vec!["/to"]),
        (json!({"from": "/old", "match": "prefix", "to": "/old/new", "status": "found"}), vec!["/to"]),
        (json!({"from": "/old"}), vec![]),
    ] {
        let mut fields = document.as_object().unwrap().clone();
        let found: Vec<_> = checked(&mut fields).into_iter().map(|problem| problem.pointer).collect();
        assert_eq!(found, wrong, "{document}");
        assert_ne!(fields.get("from"), Some(&Value::from("/Old/")), "the spelling stayed");
    }
}
