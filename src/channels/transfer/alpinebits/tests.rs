use super::{
    codes::{self, codes},
    keeping::{self, Told},
    tree::{self, Element},
};

#[test]
fn the_mapping_is_read_and_names_what_there_is() {
    assert!(codes().room_classifications.iter().any(|one| one.code == "42" && one.kind == "room"));
    assert_eq!(codes::term("HAC", "118"), codes::term("HAC", "9"));
    assert_eq!(codes::code("HAC", codes::term("HAC", "118").unwrap()), Some("9".to_owned()));
    assert_eq!(codes::term("HAC", "no number"), None);
}

#[test]
fn hostile_files_are_refused_with_their_line() {
    let deep = "<a>".repeat(50) + &"</a>".repeat(50);
    for (text, told) in [
        ("<!DOCTYPE a [<!ENTITY b \"c\">]>\n<a/>", "line 1: The file has a DOCTYPE"),
        ("<a>\n&b;</a>", "line 2: The file names an entity &b;"),
        ("<a>\n<b>", "The file ends in the middle."),
        ("<a>x<b/></a>", "Words stand between elements"),
        ("<a/>\n<b/>", "line 2: <b>: A file has one message."),
        ("<?xml version=\"1.0\" encoding=\"latin1\"?><a/>", "written in latin1"),
        ("<a b='1' b='2'/>", "not valid XML"),
        ("", "no element"),
        (&deep, "so many elements"),
    ] {
        let fault = tree::parse(text).unwrap_err().to_string();
        assert!(fault.contains(told), "{text}: {fault}");
    }
    let foreign = tree::read(b"<a xmlns=\"urn:x\"/>").unwrap_err().to_string();
    assert!(foreign.contains("has to name the namespace"), "{foreign}");
    let prefixed = format!("<o:a xmlns:o=\"{}\"><o:b/></o:a>", tree::NAMESPACE);
    assert_eq!(tree::read(prefixed.as_bytes()).unwrap().children[0].name, "b");
}

#[test]
fn what_is_kept_goes_back_in_and_nothing_that_was_taken_away() {
    let original = "<H A=\"1\"><Services><Service Code=\"118\" X=\"1\"/><Service Code=\"9999\"/><Service Code=\"76\" Y=\"2\"/></Services>\
        <Odd B=\"&quot;&#10;&lt;\"><C>words</C></Odd></H>";
    let original = tree::parse(original).unwrap();
    let service = |code: &str| Element::new("Service").with("Code", code);
    let ours = |codes: &[&str]| {
        let services = codes.iter().map(|code| service(code)).collect();
        let mut all = Element::new("H");
        all.children.extend(Element::new("Services").around(services));
        all
    };
    let mut told = Told::default();
    let kept = keeping::rest(&original, &ours(&["9", "76"]), &mut told).unwrap();
    assert_eq!(told.kept["Odd"], 1);
    // As it stands in a document.
    let mut document = serde_json::Map::new();
    keeping::store(&mut document, "info", Some(&kept)).unwrap();
    let kept = keeping::stored(&document, "info").unwrap().unwrap();
    let mut whole = ours(&["9", "76"]);
    keeping::put_back(&mut whole, &kept);
    let text = whole.compact();
    for part in ["A=\"1\"", "Code=\"118\" X=\"1\"", "Code=\"9999\"", "Y=\"2\"", "B=\"&quot;&#10;&lt;\"><C>words</C>"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let mut fewer = ours(&["9"]);
    keeping::put_back(&mut fewer, &kept);
    assert!(!fewer.compact().contains("Y="), "{}", fewer.compact());
}

#[test]
fn what_is_too_long_is_not_cut_and_what_stood_in_public_is_taken_out_of_it() {
    let huge = Element::new("A").saying("x".repeat(keeping::MOST_KEPT));
    let mut document = serde_json::Map::new();
    assert_eq!(keeping::store(&mut document, "info", Some(&huge)), Err(keeping::MOST_KEPT + 7));
    assert!(document.is_empty());
    let before = serde_json::json!({ "custom_fields": {
        "floor": "2", "alpinebits_info_01": "<A><B>one ", "alpinebits_info_02": "two</B></A>", "alpinebits_category": "X",
    } });
    let mut document = before.as_object().unwrap().clone();
    keeping::out_of_public(&mut document);
    let after = serde_json::json!({
        "custom_fields": { "floor": "2" }, "alpinebits_category": "X", "alpinebits_info": "<A><B>one two</B></A>",
    });
    assert_eq!(serde_json::Value::Object(document.clone()), after);
    assert_eq!(keeping::stored(&document, "info").unwrap().unwrap().children[0].text, "one two");
    // What is in its own field already is newer.
    document.insert("custom_fields".to_owned(), before["custom_fields"].clone());
    document.insert("alpinebits_category".to_owned(), "Y".into());
    keeping::out_of_public(&mut document);
    assert_eq!(document["alpinebits_category"], "Y");
}
