//! What a team relies on whatever a section is: links lead to it, it stands on the tone that was chosen, and who reads another
//! language neither sees nor finds what is not meant for them.

use serde_json::{Value, json};

use super::support::{Client, Group, Server, furnish, publish, set_up, wait_until};

fn told() -> (Server, Group) {
    let server = Server::options().env("GAMMACMS_RATE_LIMIT_PER_MINUTE", "100000").start();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    (server, group)
}

fn entries(group: &Group) -> String {
    format!("/api/v1/sites/{}/entries/", group.site_id)
}

fn section(id: &str, words: &str, more: &Value) -> Value {
    let mut section = json!({"id": id, "type": "cta", "title": {"en": words, "de": words}});
    section.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    section
}

fn page(title: &str, sections: &[Value]) -> Value {
    json!({"title": {"en": title, "de": title}, "sections": sections})
}

/// What the public API answers of a page's sections.
fn sections(group: &Group, slug: &str, locale: &str) -> Vec<Value> {
    let path = format!("/api/public/v1/sites/{}/pages/{slug}/?locale={locale}", group.domain);
    group.reader.get(&path).expect(200).json()["sections"].as_array().cloned().unwrap_or_default()
}

fn titles(sections: &[Value]) -> Vec<&str> {
    sections.iter().map(|section| section["title"].as_str().unwrap_or_default()).collect()
}

fn guest(server: &Server, group: &Group) -> Client {
    server.client().with("host", &group.domain)
}

#[test]
fn a_section_is_shown_and_found_in_its_languages_alone() {
    let (server, group) = told();
    let client = &group.owner.client;
    let all = [
        section("a", "Heron for all", &json!({})),
        section("b", "Bittern for some", &json!({"visible": {"languages": ["en"]}})),
        section("c", "Curlew for others", &json!({"visible": {"languages": ["de"]}})),
    ];
    publish(client, &group.site_id, "page", &page("Birds", &all));
    let website = guest(&server, &group);
    for (locale, root, shown, hidden) in
        [("en", "", "Bittern for some", "Curlew for others"), ("de", "/de", "Curlew for others", "Bittern for some")]
    {
        assert_eq!(titles(&sections(&group, "birds", locale)), ["Heron for all", shown], "{locale}");
        let preview = client.get(&format!("/preview/{}{root}/birds", group.site_id)).expect(200).text();
        for html in [website.get(&format!("{root}/birds")).expect(200).text(), preview] {
            assert!(html.contains("Heron for all") && html.contains(shown), "{locale}: {html}");
            assert!(!html.contains(hidden), "{locale}: {html}");
        }
        let found = |words: &str| {
            let path = format!("/api/public/v1/sites/{}/search/?q={words}&locale={locale}", group.domain);
            group.reader.get(&path).expect(200).json()["count"].as_u64().unwrap()
        };
        let word = |title: &str| title.split(' ').next().unwrap().to_lowercase();
        wait_until("the index", || (found("heron") == 1).then_some(()));
        assert_eq!((found(&word(shown)), found(&word(hidden))), (1, 0), "{locale}");
    }
}

#[test]
fn links_lead_to_a_section_by_its_name_and_it_stands_on_its_background() {
    let (server, group) = told();
    let client = &group.owner.client;
    let all = [
        section("first", "One", &json!({"anchor": "lake-view", "background": "deep"})),
        section("second", "Two", &json!({"background": "colour", "visible": {"devices": "phone"}})),
        section("third", "Three", &json!({"visible": {"devices": "all"}})),
    ];
    publish(client, &group.site_id, "page", &page("Views", &all));
    let html = guest(&server, &group).get("/views").expect(200).text();
    for expected in [
        r#"<section class="section section-cta tone-deep" id="lake-view">"#,
        r#"<section class="section section-cta tone-colour only-phone" id="second">"#,
        r#"<section class="section section-cta" id="third">"#,
    ] {
        assert!(html.contains(expected), "{expected} in {html}");
    }
    // Whoever builds the page elsewhere is told, and gets all of them.
    let read = sections(&group, "views", "en");
    assert_eq!((&read[0]["anchor"], &read[0]["background"]), (&json!("lake-view"), &json!("deep")));
    assert_eq!((&read[1]["visible"], read.len()), (&json!({"devices": "phone"}), 3));
}

#[test]
fn what_cannot_be_is_said_where_it_stands() {
    let (_server, group) = told();
    let named = |id: &str| section(id, "x", &json!({"anchor": "lake"}));
    for (sections, pointer, code) in [
        (vec![named("a"), named("b")], "/document/sections/1/anchor", "anchor_taken"),
        (vec![section("lake", "x", &json!({})), named("b")], "/document/sections/1/anchor", "anchor_taken"),
        (
            vec![section("a", "x", &json!({"visible": {"languages": ["de", "fr"]}}))],
            "/document/sections/0/visible/languages/1",
            "locale_unknown",
        ),
        (vec![section("a", "x", &json!({"background": "pink"}))], "/document/sections/0/background", "choice_unknown"),
    ] {
        let body = json!({"type": "page", "document": page("Wrong", &sections)});
        let refused = group.owner.client.post(&entries(&group), &body).expect(422).json();
        let error = &refused["errors"][0];
        assert_eq!((&error["pointer"], &error["code"]), (&json!(pointer), &json!(code)), "{refused}");
    }
}

#[test]
fn a_shared_section_is_shown_where_both_are_and_has_one_name_on_a_page() {
    let (_server, group) = told();
    let client = &group.owner.client;
    let kept = json!({"title": {"en": "Kept once"}, "sections": [
        section("i", "Inner", &json!({"anchor": "inner", "visible": {"languages": ["en", "de"]}})),
        section("j", "German", &json!({"background": "paper", "visible": {"languages": ["de"]}})),
    ]});
    let shared = publish(client, &group.site_id, "shared_section", &kept);
    let stands = |id: &str, more: &Value| {
        let mut section = json!({"id": id, "type": "shared", "entry": shared});
        section.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        section
    };
    let all = [
        stands("s", &json!({"background": "deep"})),
        stands("t", &json!({"anchor": "again", "visible": {"languages": ["en"]}})),
    ];
    publish(client, &group.site_id, "page", &page("Both", &all));
    let seen = |locale: &str| {
        let read = sections(&group, "both", locale);
        let text = |section: &Value, name: &str| section[name].as_str().unwrap_or("-").to_owned();
        let told = read.iter().map(|one| ["title", "anchor", "background"].map(|name| text(one, name)));
        told.collect::<Vec<_>>()
    };
    assert_eq!(seen("en"), [["Inner", "inner", "deep"], ["Inner", "again", "-"]]);
    assert_eq!(seen("de"), [["Inner", "inner", "deep"], ["German", "-", "deep"]]);
}

#[test]
fn a_page_is_published_in_a_language_without_what_that_does_not_show() {
    let (_server, group) = told();
    let client = &group.owner.client;
    let question = json!([{"question": {"en": "Where?"}, "answer": {"en": "Here."}}]);
    let faq = json!({"id": "q", "type": "faq", "items": question, "visible": {"languages": ["en"]}});
    let body = json!({"type": "page", "document": page("Questions", &[faq])});
    let made = client.post(&entries(&group), &body).expect(201).json();
    let path = format!("{}{}/", entries(&group), made["id"].as_str().unwrap());
    client.post(&format!("{path}publish/"), &json!({"revision": 1, "locales": ["en", "de"]})).expect(200);
    assert_eq!((sections(&group, "questions", "en").len(), sections(&group, "questions", "de").len()), (1, 0));
}

#[test]
fn a_copy_on_another_site_is_not_shown_to_those_it_was_not_meant_for() {
    let (_server, group) = told();
    let client = &group.owner.client;
    let all = [
        section("a", "All", &json!({"anchor": "all"})),
        section("b", "German", &json!({"visible": {"languages": ["de"]}})),
        section("c", "Both", &json!({"visible": {"languages": ["en", "de"]}})),
    ];
    let original = publish(client, &group.site_id, "page", &page("Copied", &all));
    let site = json!({"name": "Second", "slug": "second", "locales": ["en", "fr"], "default_locale": "en"});
    let second = client.post("/api/v1/sites/", &site).expect(201).json()["id"].clone();
    let copied =
        client.post(&format!("{}{original}/copy/", entries(&group)), &json!({"site": second})).expect(201).json();
    let sections = copied["entry"]["document"]["sections"].as_array().unwrap();
    let ids: Vec<_> = sections.iter().map(|section| section["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["a", "c"]);
    assert_eq!((&sections[0]["anchor"], &sections[1]["visible"]), (&json!("all"), &json!({"languages": ["en"]})));
    let left = &copied["left_out"][0];
    assert_eq!((&left["code"], &left["pointer"]), (&json!("section_left_out"), &json!("/sections/1")));
    assert_eq!(copied["locales_left_out"], json!(["de"]));
}
