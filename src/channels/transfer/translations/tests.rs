//! Files are read as they were written, and hostile ones not at all.

use content::rich_text::Token;

use super::{FileUnit, Words, csv::unbraced, fingerprint, read};

const ENTRY: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

fn unit(target: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><xliff version=\"1.2\"><file original=\"{ENTRY}\" source-language=\"en\" target-language=\"de\">\
         <body><trans-unit id=\"name\"><source>A &amp; B</source>{target}</trans-unit></body></file></xliff>"
    )
}

fn words(text: &str) -> Token {
    Token::Text(text.to_owned())
}

#[test]
fn a_unit_is_read_with_its_tags_whatever_a_program_has_added() {
    let expected = vec![Token::Open(0), words("Zwei <Wörter>"), Token::Close, Token::Alone(1)];
    for target in [
        "<target><g id=\"1\">Zwei &lt;W&#246;rter></g><x id=\"2\"/></target>",
        "<seg-source><mrk mtype=\"seg\">no</mrk></seg-source><target><mrk mtype=\"seg\" mid=\"0\"><g id=\"1\">Zwei &lt;Wörter&gt;</g></mrk><x id=\"2\"></x></target>\
         <alt-trans><target>Anders</target></alt-trans><note>Nicht übersetzen</note>",
        "<target><g id=\"1\"><![CDATA[Zwei <Wörter>]]></g><x id=\"2\"/></target>",
    ] {
        let file = read(unit(target).as_bytes()).unwrap();
        assert_eq!((file.source.as_str(), file.target.as_str()), ("en", "de"));
        let [FileUnit { path, source, target, fault, .. }] = &file.units[..] else { panic!("one unit") };
        assert_eq!((path.as_str(), source, fault), ("name", &Words::Tagged(vec![words("A & B")]), &None));
        assert_eq!(target, &Some(Words::Tagged(expected.clone())));
    }
}

#[test]
fn a_file_says_what_stood_there_and_programs_may_say_something_else() {
    let (text, tag) = (|word: &str| vec![words(word)], vec![Token::Open(0), words("Zwei"), Token::Close]);
    let all = [fingerprint::of(None), fingerprint::of(Some(&text("Zwei"))), fingerprint::of(Some(&tag))];
    assert!(all[0] != all[1] && all[1] != all[2] && all[0] != all[2], "{all:?}");
    assert_eq!(fingerprint::of(Some(&text(""))), all[0], "an empty text is none");
    let said = |attribute: &str| {
        let file = unit("<target>Zwei</target>").replace("id=\"name\"", &format!("id=\"name\"{attribute}"));
        read(file.as_bytes()).unwrap().units[0].exported.clone()
    };
    assert_eq!(said(&format!(" extradata=\"{}\"", all[1])), Some(all[1].clone()));
    assert_eq!((said(" extradata=\"of another program\""), said("")), (None, None));
    let table =
        format!("entry;path;exported;source:en;target:de\n{ENTRY};name;{};Two;Zwei\n{ENTRY};title;;A;B\n", all[1]);
    let exported: Vec<_> = read(table.as_bytes()).unwrap().units.into_iter().map(|one| one.exported).collect();
    assert_eq!(exported, [Some(all[1].clone()), None]);
}

#[test]
fn hostile_and_broken_files_are_refused() {
    let deep = format!("{}{}", "<group>".repeat(100_000), "</group>".repeat(100_000));
    let entity =
        "<!DOCTYPE xliff [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>".to_owned() + &unit("<target>&b;</target>");
    for (file, reason) in [
        (entity, "document type"),
        (unit("<target>&passwd;</target>"), "entity"),
        (unit(&deep), "too deep"),
        (unit("<target>Zwei").replace("</trans-unit></body></file></xliff>", ""), "in the middle"),
        (unit("<target>Zwei</g></target>"), ""),
        (unit("").replace(ENTRY, "../../etc"), "original"),
        (unit("").replace("\"de\"", "\"no such language\""), "no language"),
        ("<html/>".to_owned(), "no XLIFF"),
        ("entry,path\r\n".to_owned(), "source:"),
        (String::new(), "empty"),
    ] {
        let refused = read(file.as_bytes()).unwrap_err().to_string();
        assert!(refused.contains(reason), "{reason}: {refused}");
    }
    for (file, told) in [
        (unit("<target>Zwei</target>").replace("version=\"1.2\"", "version=\"3.0\"").into_bytes(), "line 1: XLIFF 3.0"),
        (unit("\n<target>\nZwei</g></target>").into_bytes(), "line 3: "),
        (unit("\n<target>&bomb;</target>").into_bytes(), "line 2: the entity"),
        ("entry;path\nK\u{fc}che".encode_utf16().flat_map(u16::to_le_bytes).collect(), "Save the file as UTF-8"),
        (b"entry;path\nK\xfcche".to_vec(), "line 2: this is not UTF-8"),
        (b"entry,path,path,source:en,target:de\n".to_vec(), "line 1: the column `path` stands there twice"),
        (b"entry,path,source:en,target:de,target:fr\n".to_vec(), "line 1: there are several columns `target:`"),
    ] {
        let refused = read(&file).unwrap_err().to_string();
        assert!(refused.contains(told), "{told}: {refused}");
    }
}

#[test]
fn a_text_that_stands_there_twice_is_one_or_in_doubt() {
    let table = |rows: [&str; 4]| {
        let rows = rows.map(|row| format!("{ENTRY},{row}\n")).concat();
        read(format!("entry,path,source:en,target:de\n{rows}").as_bytes()).unwrap().units
    };
    let units = table(["name,A,X", "title,A,", "title,A,Y", "name,A,X"]);
    let said: Vec<_> = units.iter().map(|unit| (unit.path.as_str(), unit.fault.is_some())).collect();
    assert_eq!(said, [("name", false), ("title", false), ("title", false)]);
    let units = table(["name,A,X", "name,A,Y", "name,A,X", "title,A,X"]);
    let said: Vec<_> = units.iter().map(|unit| (unit.path.as_str(), unit.fault.is_some())).collect();
    assert_eq!(said, [("name", true), ("name", true), ("title", false)]);
}

#[test]
fn a_table_is_read_with_either_separator() {
    for text in [
        format!("\u{feff}entry,path,source:en,target:de\r\n{ENTRY},name,\"A, \"\"B\"\"\",'=1\r\n"),
        format!("entry;path;source:en;target:de\n{ENTRY};name;\"A, \"\"B\"\"\";'=1\n;;;\n"),
    ] {
        let file = read(text.as_bytes()).unwrap();
        let [FileUnit { source, target, .. }] = &file.units[..] else { panic!("one unit") };
        assert_eq!(source, &Words::Written("A, \"B\"".to_owned()));
        assert_eq!(target, &Some(Words::Written("=1".to_owned())));
    }
    let tokens = unbraced("{1}a {{b}} {2/}{/1}").unwrap();
    assert_eq!(tokens, [Token::Open(0), words("a {b} "), Token::Alone(1), Token::Close]);
    for broken in ["{1}a", "a{/1}", "{1}{2}a{/1}{/2}", "{a}", "a{", "}"] {
        assert!(unbraced(broken).is_err(), "{broken}");
    }
}
