//! The fields that every type and every section has without declaring them: when it is shown, and of a section also where,
//! on what background and by which name links reach it. `assets/parts` declares them.

use std::sync::OnceLock;

use ground::words::Locale;
use serde_json::{Map, Value};

use super::{
    declaration::{Field, FieldKind, SectionDeclaration, TypeDeclaration},
    kinds::Refusal,
    reading::{self, DeclarationProblem},
};

/// Name of the group in documents.
pub const VISIBLE: &str = "visible";
/// Its first moment in the site's time zone.
pub const FROM: &str = "from";
/// The moment in the site's time zone from which on it is no longer shown.
pub const UNTIL: &str = "until";
/// The only languages that a section is shown in; without one it is all of them.
pub const LANGUAGES: &str = "languages";
/// The only screens that a section is shown on.
pub const DEVICES: &str = "devices";
/// [`DEVICES`] where it leaves nothing out.
pub const ALL_DEVICES: &str = "all";
/// The name by which links reach a section.
pub const ANCHOR: &str = "anchor";
/// The tone that a section stands on.
pub const BACKGROUND: &str = "background";

const OF_TYPES: (&str, &str) = ("parts/every_type.toml", include_str!("../../../assets/parts/every_type.toml"));
const OF_SECTIONS: (&str, &str) =
    ("parts/every_section.toml", include_str!("../../../assets/parts/every_section.toml"));

/// The fields as forms, imports and the validator know them.
struct Common {
    of_types: Vec<Field>,
    of_sections: Vec<Field>,
    problems: Vec<DeclarationProblem>,
}

fn common() -> &'static Common {
    static COMMON: OnceLock<Common> = OnceLock::new();
    COMMON.get_or_init(|| {
        let mut problems = Vec::new();
        let mut read = |(file, text), is_section| {
            reading::common(file, text, is_section).unwrap_or_else(|found| {
                problems.extend(found);
                Vec::new()
            })
        };
        let (of_types, of_sections) = (read(OF_TYPES, false), read(OF_SECTIONS, true));
        Common { of_types, of_sections, problems }
    })
}

/// Mistakes in their files.
pub(super) fn problems() -> &'static [DeclarationProblem] {
    &common().problems
}

/// A type with its fields, as its last ones.
pub(super) fn in_type(mut declared: TypeDeclaration) -> TypeDeclaration {
    add(&mut declared.fields, &common().of_types);
    declared
}

/// A section with its fields, as its last ones.
pub(super) fn in_section(mut declared: SectionDeclaration) -> SectionDeclaration {
    add(&mut declared.fields, &common().of_sections);
    declared
}

/// A group may have declared a field of such a name before every section got one: its own stands, for its content was made
/// by it. When something is shown was never anybody's to declare.
fn add(fields: &mut Vec<Field>, common: &[Field]) {
    for field in common {
        match fields.iter_mut().find(|own| own.name == field.name) {
            Some(own) if own.name == VISIBLE => *own = field.clone(),
            Some(_) => {}
            None => fields.push(field.clone()),
        }
    }
}

/// Whether it is one of these fields, and not one that a group has declared under the name.
pub fn is_common(field: &Field) -> bool {
    let Common { of_types, of_sections, .. } = common();
    of_types.contains(field) || of_sections.contains(field)
}

/// Whether it is declared under the name of a group that nobody declares.
pub(super) fn is_taken(field: &Field) -> bool {
    let Common { of_types, of_sections, .. } = common();
    let ours = of_types.iter().chain(of_sections).filter(|one| one.name == VISIBLE);
    field.name == VISIBLE && !ours.into_iter().any(|ours| ours.kind == field.kind)
}

/// What is wrong with the window of checked fields: one that never opens is a slip. Times of one form sort as text.
pub(super) fn problem(fields: &Map<String, Value>) -> Option<Refusal> {
    let window = fields.get(VISIBLE)?;
    let (from, until) = (window.get(FROM)?.as_str()?, window.get(UNTIL)?.as_str()?);
    (until <= from).then(|| Refusal::new("window_empty", format!("This must lie after {from}.")))
}

/// The checked languages of a section as a site with these languages has them: each once, in its order and its spelling.
/// Those that it has not are named with their places in what was given.
pub(super) fn settle_languages(
    given: &Map<String, Value>,
    checked: &mut Map<String, Value>,
    locales: &[Locale],
) -> Vec<(usize, Refusal)> {
    let Some(kept) = checked.get_mut(VISIBLE).and_then(|group| group.get_mut(LANGUAGES)) else { return Vec::new() };
    let named = |locale: &Locale, code: &Value| {
        code.as_str().is_some_and(|code| code.trim().eq_ignore_ascii_case(locale.as_str()))
    };
    let known = |codes: &Value| -> Vec<Value> {
        let codes = codes.as_array().map(Vec::as_slice).unwrap_or_default();
        let known = locales.iter().filter(|locale| codes.iter().any(|code| named(locale, code)));
        known.map(|locale| Value::String(locale.to_string())).collect()
    };
    *kept = Value::Array(known(kept));
    if kept.as_array().is_some_and(Vec::is_empty) {
        remove_languages(checked);
    }
    let given = given.get(VISIBLE).and_then(|group| group.get(LANGUAGES)).and_then(Value::as_array);
    let is_unknown = |code: &Value| {
        let is_said = code.as_str().is_some_and(|code| !code.trim().is_empty());
        is_said && !locales.iter().any(|locale| named(locale, code))
    };
    let unknown = given.into_iter().flatten().enumerate().filter(|(_, code)| is_unknown(code));
    let offered: Vec<_> = locales.iter().map(Locale::as_str).collect();
    let refusal = || {
        let detail = format!("The site is not offered in this language. Its languages: {}.", offered.join(", "));
        Refusal::new("locale_unknown", detail)
    };
    unknown.map(|(index, _)| (index, refusal())).collect()
}

/// Nothing empty is kept.
fn remove_languages(checked: &mut Map<String, Value>) {
    if let Some(group) = checked.get_mut(VISIBLE).and_then(Value::as_object_mut) {
        group.remove(LANGUAGES);
        if group.is_empty() {
            checked.remove(VISIBLE);
        }
    }
}

/// The only languages that a section is shown in; nothing where it is all of them.
pub fn languages(section: &Map<String, Value>) -> Option<Vec<&str>> {
    let codes = section.get(VISIBLE)?.get(LANGUAGES)?.as_array()?;
    let codes: Vec<&str> = codes.iter().filter_map(Value::as_str).collect();
    (!codes.is_empty()).then_some(codes)
}

/// Whether a section is shown in this language at all.
pub fn is_shown_in(section: &Map<String, Value>, locale: &Locale) -> bool {
    languages(section).is_none_or(|codes| codes.contains(&locale.as_str()))
}

/// Whether this section's name for links is one that only one section of a page may have.
pub(super) fn has_anchor(declared: &SectionDeclaration) -> bool {
    declared.fields.iter().any(|field| field.name == ANCHOR && field.kind == FieldKind::Slug)
}
