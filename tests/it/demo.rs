//! The sample hotel group, as `gammacms demo` loads it.

use std::path::Path;

use serde_json::{Value, json};

use super::support::{Server, set_up};

const BASE: &str = "/api/public/v1";

/// The API key that the command has printed.
fn printed_key(text: &str) -> String {
    let from = text.find("pk_").unwrap_or_else(|| panic!("no key in {text}"));
    text[from..].chars().take_while(|letter| letter.is_ascii_alphanumeric() || "_-".contains(*letter)).collect()
}

#[test]
fn three_houses_are_there_in_two_languages_with_a_sign_in_and_a_key() {
    let server = Server::start_new();
    set_up(&server);
    let printed = server.run_ok(&["demo"]);
    let reader = server.client().with("x-api-key", &printed_key(&printed));
    let sites = reader.get(&format!("{BASE}/sites/")).expect(200).json();
    let slugs: Vec<_> = sites.as_array().unwrap().iter().map(|site| site["slug"].as_str().unwrap()).collect();
    assert_eq!(slugs, ["palpuogna", "ankerhof", "stadthaus-lend"]);

    for site in sites.as_array().unwrap() {
        let domain = site["domain"].as_str().unwrap();
        for locale in ["en", "de"] {
            let read = |path: &str| {
                let answer = reader.get(&format!("{BASE}/sites/{domain}/{path}?locale={locale}")).expect(200);
                assert_eq!(answer.header("content-language"), Some(locale), "{domain}/{path}");
                answer.json()
            };
            let pages = read("pages/");
            let slugs: Vec<_> =
                pages["results"].as_array().unwrap().iter().map(|page| page["slug"].as_str().unwrap()).collect();
            assert_eq!(slugs, ["home", "rooms", "dining", "experiences", "contact"], "{domain}");
            for slug in slugs {
                assert!(!read(&format!("pages/{slug}/"))["sections"].as_array().unwrap().is_empty());
            }
            for room in read("rooms/")["results"].as_array().unwrap() {
                let room = read(&format!("rooms/{}/", room["slug"].as_str().unwrap()));
                assert!(room["rates"].as_array().unwrap().len() >= 2, "{room}");
                assert!(room["description"].as_str().unwrap().starts_with("<p>"), "{room}");
            }
        }
    }
}

#[test]
fn the_printed_owner_signs_in() {
    let server = Server::start_new();
    let printed = server.run_ok(&["demo"]);
    let words: Vec<&str> = printed.split_whitespace().collect();
    let email =
        words.iter().find(|word| word.ends_with("@seen-und-berge.example")).unwrap_or_else(|| panic!("{printed}"));
    let signed_in = words.iter().filter(|word| word.len() == 20).any(|word| {
        server.client().post("/api/v1/auth/login/", &json!({"email": email, "password": word})).status == 200
    });
    assert!(signed_in, "none of the words is the password:\n{printed}");
}

#[test]
fn a_second_run_says_what_is_there_and_changes_nothing() {
    let server = Server::start_new();
    let first = server.run_ok(&["demo"]);
    let reader = server.client().with("x-api-key", &printed_key(&first));
    let before = reader.get(&format!("{BASE}/sites/")).expect(200).json();
    let again = server.run_ok(&["demo"]);
    assert!(again.contains("already") && !again.contains("pk_"), "{again}");
    assert_eq!(reader.get(&format!("{BASE}/sites/")).expect(200).json(), before);
}

/// Every picture's address in a document.
fn pictures(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.contains("/media/demo/") && Path::new(text).extension() == Some("svg".as_ref()) => {
            found.extend(text.find("/media/").map(|from| text[from..].to_owned()));
        }
        Value::Array(items) => items.iter().for_each(|item| pictures(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| pictures(field, found)),
        _ => {}
    }
}

#[test]
fn every_picture_is_a_drawing_that_can_run_nothing() {
    let server = Server::start_new();
    let reader = server.client().with("x-api-key", &printed_key(&server.run_ok(&["demo"])));
    let mut found = Vec::new();
    for site in ["ankerhof", "palpuogna", "stadthaus-lend"] {
        for path in ["rooms/?expand=details", "pages/home/", "pages/contact/", "pages/experiences/", "pages/dining/"] {
            pictures(&reader.get(&format!("{BASE}/sites/{site}/{path}")).expect(200).json(), &mut found);
        }
    }
    found.sort_unstable();
    found.dedup();
    assert!(found.len() >= 12, "{found:?}");
    for picture in found {
        let drawing = server.client().get(&picture).expect(200);
        assert_eq!(drawing.header("content-type"), Some("image/svg+xml; charset=utf-8"), "{picture}");
        assert!(drawing.header("content-security-policy").unwrap().contains("sandbox"), "{picture}");
        assert!(drawing.header("cache-control").unwrap().contains("max-age=604800"), "{picture}");
        let etag = drawing.header("etag").unwrap();
        server.client().with("if-none-match", etag).get(&picture).expect(304);
    }
    for wrong in ["/media/demo/nothing.svg", "/media/demo/..%2Fankerhof.toml", "/media/demo/ankerhof.toml"] {
        assert_eq!(server.client().get(wrong).status, 404, "{wrong}");
    }
}
