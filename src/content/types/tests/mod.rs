//! Declarations are read strictly, and documents are held to them.

mod dictionaries;
mod kinds;

use serde_json::{Value, json};

use super::{Declarations, FieldKind, Own, OwnKind, WrittenSection, reading, together};
use crate::testing::{declarations, locale};

fn validated(content_type: &str, document: &Value) -> Result<Value, Vec<(String, String)>> {
    let declarations = declarations();
    let declared = declarations.content_type(content_type).unwrap();
    let answer = declarations.validate(declared, document, &[locale("en"), locale("de")]);
    answer
        .map(|validated| Value::Object(validated.document.into_fields()))
        .map_err(|problems| problems.into_iter().map(|problem| (problem.pointer, problem.code.into_owned())).collect())
}

fn refusals(content_type: &str, document: &Value) -> Vec<(String, String)> {
    validated(content_type, document).unwrap_err()
}

#[test]
fn the_declared_types_are_what_the_product_promises() {
    let declarations = declarations();
    let types: Vec<_> = declarations.types().iter().map(|one| (one.name.as_str(), one.plural.as_str())).collect();
    let promised = [
        ("album", "albums"),
        ("amenity", "amenities"),
        ("brand", "brands"),
        ("dining_venue", "dining_venues"),
        ("event_space", "event_spaces"),
        ("experience", "experiences"),
        ("faq", "faqs"),
        ("food_menu", "food_menus"),
        ("navigation", "menus"),
        ("offer", "offers"),
        ("page", "pages"),
        ("policy", "policies"),
        ("post", "posts"),
        ("property", "properties"),
        ("redirect", "redirects"),
        ("room", "rooms"),
        ("shared_section", "shared_sections"),
        ("testimonial", "testimonials"),
    ];
    for one in promised {
        assert!(types.contains(&one), "{one:?}");
    }
    assert_eq!(declarations.content_type_by_plural("rooms").unwrap().name, "room");
    for section in
        ["hero", "about", "amenities", "rooms_preview", "gallery", "cta", "cards", "pricing_table", "highlights"]
    {
        assert!(declarations.section(section).is_some(), "{section}");
    }
    let currency = declarations.section("pricing_table").unwrap().fields.iter().find(|field| field.name == "currency");
    assert_eq!(currency.unwrap().kind, FieldKind::Currency);
}

#[test]
fn a_mistake_in_a_declaration_is_named_with_its_file_and_field() {
    let read = |fields: &str| {
        let text = format!(
            "name = \"thing\"\nplural = \"things\"\nicon = \"x\"\ntitle = {{ en = \"T\", de = \"T\" }}\n\
             title_plural = {{ en = \"T\", de = \"T\" }}\ntitle_field = \"name\"\nslug_from = \"name\"\n\
             [[fields]]\nname = \"name\"\nkind = \"text\"\nlabel = {{ en = \"N\", de = \"N\" }}\n{fields}"
        );
        let problems = reading::read([("types/thing.toml".to_owned(), text)].into_iter()).map(drop).unwrap_err();
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    for (fields, part) in [
        (
            "[[fields]]\nname = \"a\"\nkind = \"colour\"\nmin = 1\nlabel = { en = \"A\", de = \"A\" }",
            "field a: `min` is not a rule",
        ),
        ("[[fields]]\nname = \"name\"\nkind = \"text\"\nlabel = { en = \"A\", de = \"A\" }", "stands here twice"),
        (
            "[[fields]]\nname = \"a\"\nkind = \"reference\"\nto = \"ghost\"\nlabel = { en = \"A\", de = \"A\" }",
            "`ghost`, which is not declared",
        ),
        ("[[fields]]\nname = \"a\"\nkind = \"magic\"\nlabel = { en = \"A\", de = \"A\" }", "there is no kind `magic`"),
        ("[[fields]]\nname = \"a\"\nkind = \"enum\"\nlabel = { en = \"A\", de = \"A\" }", "an enum without `options`"),
        ("[[fields]]\nname = \"a\"\nkind = \"text\"", "no `label`"),
        ("unknown = 1", "unknown field"),
        ("searchable = false", "`name` names the entry and cannot be without `searchable`"),
        (
            "[[fields]]\nname = \"a\"\nkind = \"list\"\nitem = { kind = \"text\", searchable = false }\nlabel = { en = \"A\", de = \"A\" }",
            "`item` has a kind and its rules",
        ),
    ] {
        let told = read(fields);
        assert!(told.contains("types/thing.toml") && told.contains(part), "{part}: {told}");
    }
}

#[test]
fn a_document_comes_out_in_one_spelling() {
    let document = json!({
        "order": 2.0, "rates": [{ "single_rate": "0120", "start_date": "2026-06-01", "end_date": "2026-06-01" }, { "id": "1" }],
        "name": { "de": " Seezimmer ", "en": "Lake room" },
        "featured_image": "/lake.jpg", "kind": "SUITE", "tags": ["a", null, ""], "bed_type": { "en": "", "de": null }, "size_sqm": 24.0,
        "custom_fields": { "view": "lake", "floor": 2 }, "description": { "en": "Two\n\nparagraphs" },
    });
    let canonical = validated("room", &document).unwrap();
    let expected = json!({
        "name": { "en": "Lake room", "de": "Seezimmer" }, "kind": "suite", "description": canonical["description"],
        "featured_image": { "url": "/lake.jpg" }, "size_sqm": 24, "order": 2, "tags": ["a"],
        "rates": [{ "id": "2", "start_date": "2026-06-01", "end_date": "2026-06-01", "single_rate": "120.00" }, { "id": "1" }],
        "custom_fields": { "floor": "2", "view": "lake" },
    });
    assert_eq!(canonical.to_string(), expected.to_string());
    assert_eq!(validated("room", &canonical).unwrap().to_string(), canonical.to_string(), "canonical is a fixed point");
}

#[test]
fn a_text_of_which_nobody_sees_anything_is_none() {
    for unseen in ["\u{200b}", "\u{202e}", "\u{2800} ", "\u{ad}\u{feff}"] {
        assert_eq!(validated("room", &json!({ "name": { "en": unseen } })).unwrap(), json!({}), "{unseen:?}");
    }
    let persian = json!({ "name": { "en": "می\u{200c}خواهم" } });
    assert_eq!(validated("room", &persian).unwrap(), persian, "it has its use between letters");
}

#[test]
fn every_wrong_field_is_named() {
    let wrong = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
    for (document, expected) in [
        (json!([]), vec![wrong("", "kind_wrong")]),
        (
            json!({ "a/b": 1, "max_guests": 0 }),
            vec![wrong("/a~1b", "field_unknown"), wrong("/max_guests", "number_out_of_range")],
        ),
        (json!({ "name": "Lake" }), vec![wrong("/name", "locale_missing")]),
        (json!({ "name": { "fr": "Lac" } }), vec![wrong("/name/fr", "locale_unknown")]),
        (json!({ "property": "seeblick" }), vec![wrong("/property", "reference_invalid")]),
        (
            json!({ "featured_image": { "url": "javascript:alert(1)" } }),
            vec![wrong("/featured_image/url", "url_invalid")],
        ),
        (
            json!({ "rates": [{ "start_date": "2026-06-02", "end_date": "2026-06-01" }, { "single_rate": "cheap" }] }),
            vec![wrong("/rates/0/end_date", "date_before_start"), wrong("/rates/1/single_rate", "money_invalid")],
        ),
        (json!({ "beds": [{ "id": "a" }, { "id": "a" }] }), vec![wrong("/beds/1/id", "item_id_taken")]),
        (json!({ "kind": "castle" }), vec![wrong("/kind", "choice_unknown")]),
    ] {
        assert_eq!(refusals("room", &document), expected, "{document}");
    }
    let venue = json!({ "meals": ["dinner", "midnight"], "diets": "vegan" });
    let expected = [wrong("/meals", "choice_unknown"), wrong("/diets", "kind_wrong")];
    assert_eq!(refusals("dining_venue", &venue), expected);
    let page =
        json!({ "sections": [{ "type": "hero", "title": { "en": "Hello" }, "id": "top" }, { "type": "ghost" }] });
    assert_eq!(refusals("page", &page), [wrong("/sections/1/type", "section_unknown")]);
}

#[test]
fn a_language_is_complete_when_its_required_fields_are_there() {
    let declarations: Declarations = declarations();
    let declared = declarations.content_type("page").unwrap();
    let document = json!({
        "title": { "en": "Home" },
        "sections": [{ "type": "faq", "items": [{ "question": { "en": "Where?" }, "answer": { "en": "Here." } }] }],
    });
    let validated = declarations.validate(declared, &document, &[locale("en"), locale("de")]).unwrap();
    let missing = |language: &str| {
        let problems = declarations.missing(declared, &validated.document, &locale(language));
        problems.into_iter().map(|problem| problem.pointer).collect::<Vec<_>>()
    };
    assert!(missing("en").is_empty());
    assert_eq!(missing("de"), ["/title/de", "/sections/0/items/0/question/de", "/sections/0/items/0/answer/de"]);
}

#[test]
fn a_language_lacks_nothing_of_a_section_that_it_does_not_show() {
    let declarations: Declarations = declarations();
    let declared = declarations.content_type("page").unwrap();
    let question = json!([{ "question": { "en": "Where?" }, "answer": { "en": "Here." } }]);
    for (languages, lacks) in [(json!(["en"]), false), (json!(["en", "de"]), true), (json!([]), true)] {
        let document = json!({
            "title": { "en": "Home", "de": "Start" },
            "sections": [{ "type": "faq", "items": question, "visible": { "languages": languages } }],
        });
        let validated = declarations.validate(declared, &document, &[locale("en"), locale("de")]).unwrap();
        let missing = declarations.missing(declared, &validated.document, &locale("de"));
        assert_eq!(!missing.is_empty(), lacks, "{languages}");
    }
}

#[test]
fn what_every_section_has_comes_out_in_one_spelling() {
    for (given, kept) in [
        (json!({ "anchor": "lake-view " }), json!({ "anchor": "lake-view" })),
        (json!({ "background": "Deep" }), json!({ "background": "deep" })),
        (
            json!({ "visible": { "languages": ["DE", "en", "de"] } }),
            json!({ "visible": { "languages": ["en", "de"] } }),
        ),
        (json!({ "visible": { "languages": [] } }), json!({})),
        (json!({ "visible": { "devices": "phone" } }), json!({ "visible": { "devices": "phone" } })),
        (json!({ "anchor": "", "background": null, "visible": {} }), json!({})),
    ] {
        let mut section = given.clone();
        section["type"] = json!("cta");
        let read = validated("page", &json!({ "sections": [section] })).unwrap();
        let mut expected = json!({ "id": "1", "type": "cta" });
        expected.as_object_mut().unwrap().extend(kept.as_object().unwrap().clone());
        assert_eq!(read["sections"][0], expected, "{given}");
    }
    let types = refusals("offer", &json!({ "anchor": "here", "visible": { "languages": ["en"] } }));
    let unknown = |pointer: &str| (pointer.to_owned(), "field_unknown".to_owned());
    assert_eq!(types, [unknown("/anchor"), unknown("/visible/languages")], "an entry of a type has none of it");
}

#[test]
fn what_is_wrong_with_it_is_named_where_it_stands() {
    let wrong = |pointer: &str, code: &str| (format!("/sections/{pointer}"), code.to_owned());
    for (sections, expected) in [
        (json!([{ "anchor": "lake" }, { "anchor": "lake" }]), vec![wrong("1/anchor", "anchor_taken")]),
        (json!([{ "id": "lake" }, { "anchor": "lake" }]), vec![wrong("1/anchor", "anchor_taken")]),
        (json!([{ "anchor": "2" }, {}]), vec![wrong("0/anchor", "anchor_taken")]),
        (json!([{ "anchor": "lake view" }]), vec![wrong("0/anchor", "slug_invalid")]),
        (json!([{ "background": "pink" }]), vec![wrong("0/background", "choice_unknown")]),
        (json!([{ "visible": { "devices": "watch" } }]), vec![wrong("0/visible/devices", "choice_unknown")]),
        (
            json!([{ "visible": { "languages": ["fr", "de", "x"] } }]),
            vec![wrong("0/visible/languages/0", "locale_unknown"), wrong("0/visible/languages/2", "locale_unknown")],
        ),
    ] {
        let mut sections = sections;
        sections.as_array_mut().unwrap().iter_mut().for_each(|section| section["type"] = json!("cta"));
        assert_eq!(refusals("page", &json!({ "sections": sections })), expected, "{sections}");
    }
    // The one that has a name of its own as its id keeps it.
    assert!(validated("page", &json!({ "sections": [{ "type": "cta", "id": "lake", "anchor": "lake" }] })).is_ok());
}

#[test]
fn what_a_group_has_declared_under_such_a_name_stays_its_own() {
    let words = json!({ "en": "Background", "de": "Hintergrund" });
    let written = json!({
        "name": "slide", "icon": "x", "title": words,
        "fields": [{ "name": "background", "kind": "image", "label": words }],
    });
    let own = Own::read(OwnKind::Section, "slide", written).unwrap();
    let declarations = together(&declarations(), std::iter::once(own.clone()));
    let slide = declarations.section("slide").unwrap();
    let names: Vec<_> = slide.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["background", "anchor", "visible"]);
    assert_eq!(slide.fields[0].kind, FieldKind::Image);
    let written = serde_json::to_value(WrittenSection::from(slide)).unwrap();
    assert_eq!(written, own.written(), "what every section has is written nowhere");
}

#[test]
fn a_large_document_is_refused() {
    let text = "word ".repeat(4_000);
    let sections: Vec<_> =
        (0..40).map(|_| json!({ "type": "rich_text", "content": { "en": text.trim_end() } })).collect();
    assert_eq!(refusals("page", &json!({ "sections": sections })), [(String::new(), "document_too_large".to_owned())]);
}
