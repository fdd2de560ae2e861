//! The field that every type and every section has without declaring it: when it is shown.

use serde_json::{Map, Value};

use super::{
    declaration::{Field, FieldKind, SectionDeclaration, TypeDeclaration, Visibility, Words},
    kinds::Refusal,
};

/// Name of the group in documents.
pub const VISIBLE: &str = "visible";
/// Its first moment in the site's time zone.
pub const FROM: &str = "from";
/// The moment in the site's time zone from which on it is no longer shown.
pub const UNTIL: &str = "until";

/// The field as forms, imports and the validator know it.
pub(super) fn field() -> Field {
    Field {
        name: VISIBLE.to_owned(),
        label: Words { en: "When it is shown".to_owned(), de: "Wann es zu sehen ist".to_owned() },
        help: Some(Words {
            en: "In the time zone of the website. Leave both empty to show it always.".to_owned(),
            de: "In der Zeitzone der Website. Bleibt beides leer, ist es immer zu sehen.".to_owned(),
        }),
        is_localized: false,
        is_required: false,
        is_inheritable: false,
        visibility: Visibility::Public,
        is_searchable: true,
        kind: FieldKind::Group {
            fields: vec![
                moment(FROM, "Shown from", "Zu sehen ab"),
                moment(UNTIL, "No longer shown from", "Nicht mehr zu sehen ab"),
            ],
        },
    }
}

fn moment(name: &str, en: &str, de: &str) -> Field {
    Field {
        name: name.to_owned(),
        label: Words { en: en.to_owned(), de: de.to_owned() },
        help: None,
        is_localized: false,
        is_required: false,
        is_inheritable: false,
        visibility: Visibility::Public,
        is_searchable: true,
        kind: FieldKind::DateTime,
    }
}

/// A type with the field, as its last one.
pub(super) fn in_type(mut declared: TypeDeclaration) -> TypeDeclaration {
    add(&mut declared.fields);
    declared
}

/// A section with the field, as its last one.
pub(super) fn in_section(mut declared: SectionDeclaration) -> SectionDeclaration {
    add(&mut declared.fields);
    declared
}

fn add(fields: &mut Vec<Field>) {
    if !fields.iter().any(|field| field.name == VISIBLE) {
        fields.push(field());
    }
}

/// What is wrong with the window of checked fields: one that never opens is a slip. Times of one form sort as text.
pub(super) fn problem(fields: &Map<String, Value>) -> Option<Refusal> {
    let window = fields.get(VISIBLE)?;
    let (from, until) = (window.get(FROM)?.as_str()?, window.get(UNTIL)?.as_str()?);
    (until <= from).then(|| Refusal::new("window_empty", format!("This must lie after {from}.")))
}
