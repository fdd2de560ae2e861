use std::collections::BTreeSet;

use content::types::Declarations;
use ground::words::EntryId;
use serde_json::Value;

use super::{
    files,
    pictures::Drawings,
    reading::{Made, SiteFile},
};

#[test]
fn every_sample_entry_keeps_to_its_declaration_and_is_whole_in_every_language() {
    let declarations = Declarations::load().unwrap();
    let files = files().unwrap();
    assert_eq!(files.len(), 3);
    for file in files {
        let site = file.site.slug.clone();
        let file = file.in_order(&declarations);
        let mut made = Made::new();
        for entry in &file.entries {
            let name = format!("{site}: {}/{}", entry.content_type, entry.slug);
            let declared =
                declarations.content_type(&entry.content_type).unwrap_or_else(|| panic!("{name}: no such type"));
            let document = entry.resolved(&made).unwrap_or_else(|error| panic!("{name}: {error}"));
            let validated = declarations.validate(declared, &document, &file.site.locales);
            let validated = validated.unwrap_or_else(|problems| panic!("{name}: {problems:#?}"));
            for locale in &file.site.locales {
                let missing = declarations.missing(declared, &validated.document, locale);
                assert!(missing.is_empty(), "{name} in {locale}: {missing:#?}");
            }
            let id: EntryId = format!("01890a5d-ac96-774b-bcce-{:012}", made.len()).parse().unwrap();
            let is_new = made.insert((entry.content_type.clone(), entry.slug.to_string()), id).is_none();
            assert!(is_new, "{name} stands there twice");
        }
    }
}

#[test]
fn every_text_is_there_in_every_language() {
    for file in files().unwrap() {
        for entry in &file.entries {
            let name = format!("{}: {}/{}", file.site.slug, entry.content_type, entry.slug);
            same_languages(&name, &entry.document);
        }
    }
}

/// An object with one of the languages has both.
fn same_languages(name: &str, value: &Value) {
    match value {
        Value::Object(fields) => {
            assert_eq!(fields.contains_key("en"), fields.contains_key("de"), "{name}: {value}");
            fields.values().for_each(|field| same_languages(name, field));
        }
        Value::Array(items) => items.iter().for_each(|item| same_languages(name, item)),
        _ => {}
    }
}

#[test]
fn every_picture_is_a_drawing_and_every_drawing_is_shown() {
    let mut shown = BTreeSet::new();
    for file in files().unwrap() {
        file.entries.iter().for_each(|entry| pictures(&entry.document, &mut shown));
    }
    let drawn: BTreeSet<String> = Drawings::iter().map(|name| format!("/media/demo/{name}")).collect();
    assert_eq!(shown, drawn);
}

fn pictures(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if text.starts_with("/media/") => {
            found.insert(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| pictures(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| pictures(field, found)),
        _ => {}
    }
}

#[test]
fn drawings_run_nothing_and_ask_for_nothing() {
    for name in Drawings::iter() {
        let text = String::from_utf8(Drawings::get(&name).unwrap().data.into_owned()).unwrap().to_lowercase();
        for wrong in ["<script", "<foreignobject", "<image", "<use", "href", "url(", "@import", "onload", "<!entity"] {
            assert!(!text.contains(wrong), "{name} has {wrong}");
        }
        assert!(text.contains("aria-label=\""), "{name} says what it shows");
    }
}

#[test]
fn a_name_that_does_not_stand_before_is_refused() {
    let text = r#"
        [site]
        name = "A"
        slug = "a"
        time_zone = "UTC"
        currency = "EUR"
        default_locale = "en"
        locales = ["en"]
        [[entries]]
        type = "room"
        slug = "b"
        document.property = "entry:property/c"
    "#;
    let file = SiteFile::parse("a.toml", text).unwrap();
    let error = file.entries[0].resolved(&Made::new()).unwrap_err();
    assert_eq!(error.to_string(), "the sample entry room/b names property/c, which does not stand before it");
    assert!(SiteFile::parse("a.toml", "[site]").unwrap_err().to_string().contains("a.toml"));
}
