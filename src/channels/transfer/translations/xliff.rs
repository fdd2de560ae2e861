//! XLIFF as it is written: one `file` for each entry, one unit for each text, the text's path as its name.

use std::fmt::Write as _;

use content::{
    entries::translations::TextState,
    rich_text::{self, Tag, Token},
};
use ground::words::Locale;

use super::{
    exporting::{Sheet, Unit},
    fingerprint,
};

/// The namespace of what XLIFF 2.1 has no attribute for (§2.5): programs keep what they do not know.
const EXTENSION: &str = "urn:gammacms:translations";

/// XLIFF 1.2. Writing to a String cannot fail, here and below.
pub(super) fn written_12(source: &Locale, target: &Locale, sheets: &[Sheet]) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xliff version=\"1.2\" xmlns=\"urn:oasis:names:tc:xliff:document:1.2\">\n",
    );
    for Sheet { translation, units } in sheets {
        let _ = writeln!(
            text,
            "<file original=\"{}\" source-language=\"{source}\" target-language=\"{target}\" datatype=\"html\">\
             <header><note>{}</note></header><body>",
            translation.entry,
            escaped(&format!("{}: {}", translation.content_type, translation.title)),
        );
        for unit in units {
            let width =
                unit.max_length.map(|most| format!(" maxwidth=\"{most}\" size-unit=\"char\"")).unwrap_or_default();
            let state = match unit.state {
                TextState::Current => "translated",
                TextState::Stale => "needs-adaptation",
                TextState::Missing | TextState::Empty => "needs-translation",
            };
            let _ = writeln!(
                text,
                "<trans-unit id=\"{}\" resname=\"{}\"{width} extradata=\"{}\" xml:space=\"preserve\"><source>{}</source>\
                 <target state=\"{state}\">{}</target>{}</trans-unit>",
                escaped(&unit.path),
                escaped(&unit.label),
                fingerprint::of(unit.target.as_deref()),
                inline(&unit.source, &unit.tags, &ELEMENTS_12),
                unit.target.as_ref().map(|target| inline(target, &unit.tags, &ELEMENTS_12)).unwrap_or_default(),
                was(unit),
            );
        }
        text.push_str("</body></file>\n");
    }
    text.push_str("</xliff>\n");
    text
}

/// XLIFF 2.1.
pub(super) fn written_21(source: &Locale, target: &Locale, sheets: &[Sheet]) -> String {
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xliff version=\"2.1\" xmlns=\"urn:oasis:names:tc:xliff:document:2.0\" \
         xmlns:gammacms=\"{EXTENSION}\" srcLang=\"{source}\" trgLang=\"{target}\">\n",
    );
    for (place, Sheet { translation, units }) in sheets.iter().enumerate() {
        let _ = writeln!(
            text,
            "<file id=\"f{place}\" original=\"{}\"><notes><note>{}</note></notes>",
            translation.entry,
            escaped(&format!("{}: {}", translation.content_type, translation.title)),
        );
        for (number, unit) in units.iter().enumerate() {
            let state = if unit.state == TextState::Current { "translated" } else { "initial" };
            let most = unit.max_length.map(|most| format!(" (at most {most} characters)")).unwrap_or_default();
            let target = unit.target.as_ref();
            let target = target.map(|target| format!("<target>{}</target>", inline(target, &unit.tags, &ELEMENTS_21)));
            let _ = writeln!(
                text,
                "<unit id=\"u{number}\" name=\"{}\" gammacms:exported=\"{}\" xml:space=\"preserve\"><notes><note>{}</note>{}</notes>\
                 <segment state=\"{state}\"><source>{}</source>{}</segment></unit>",
                escaped(&unit.path),
                fingerprint::of(unit.target.as_deref()),
                escaped(&format!("{}{most}", unit.label)),
                was(unit),
                inline(&unit.source, &unit.tags, &ELEMENTS_21),
                target.unwrap_or_default(),
            );
        }
        text.push_str("</file>\n");
    }
    text.push_str("</xliff>\n");
    text
}

/// What the source was when it was translated, for whoever brings the translation up to date.
fn was(unit: &Unit) -> String {
    let note = |was: &String| format!("<note>{}</note>", escaped(&format!("Translated from: {was}")));
    unit.was.as_ref().map(note).unwrap_or_default()
}

/// How a version writes tags: around words, and alone.
struct Elements {
    around: &'static str,
    alone: &'static str,
    shown_around: &'static str,
    shown_alone: &'static str,
    prefix: &'static str,
}

const ELEMENTS_12: Elements =
    Elements { around: "g", alone: "x", shown_around: "ctype", shown_alone: "ctype", prefix: "x-" };
const ELEMENTS_21: Elements =
    Elements { around: "pc", alone: "ph", shown_around: "dispStart", shown_alone: "disp", prefix: "" };

fn inline(tokens: &[Token], tags: &[Tag], elements: &Elements) -> String {
    let Elements { around, alone, shown_around, shown_alone, prefix } = elements;
    let name = |number: usize| tags.get(number).map_or("", Tag::name);
    let mut text = String::new();
    for token in tokens {
        let _ = match token {
            Token::Text(words) => write!(text, "{}", escaped(words)),
            Token::Open(number) => {
                write!(text, "<{around} id=\"{}\" {shown_around}=\"{prefix}{}\">", number + 1, name(*number))
            }
            Token::Close => write!(text, "</{around}>"),
            Token::Alone(number) => {
                write!(text, "<{alone} id=\"{}\" {shown_alone}=\"{prefix}{}\"/>", number + 1, name(*number))
            }
        };
    }
    text
}

/// A text as XML has it.
fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    rich_text::escape(&mut written, text);
    written
}
