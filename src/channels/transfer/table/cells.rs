//! A value in a cell, and a cell's value. A spreadsheet runs what begins like a formula: such a cell begins with an
//! apostrophe, which is taken away when it comes back. So does one that would be taken for [`CLEAR`].

use content::types::FieldKind;
use serde_json::Value;

use super::CLEAR;

/// What spreadsheets read as the beginning of a formula (OWASP, CSV injection).
const DANGEROUS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Whether it would be read as something else than a text, behind any apostrophes.
fn is_dangerous(text: &str) -> bool {
    let text = text.trim_start_matches('\'');
    text.starts_with(DANGEROUS) || text == CLEAR
}

/// A value as it stands in a cell: text and numbers as they are, everything with an inside as JSON.
pub(super) fn written(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    guarded(text)
}

/// A text that no spreadsheet runs, and that empties no field.
pub(super) fn guarded(text: String) -> String {
    if is_dangerous(&text) { format!("'{text}") } else { text }
}

/// The text that was [`guarded`].
pub(super) fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|_| is_dangerous(cell)).unwrap_or(cell)
}

/// The value of a cell for a field of this kind. What it is no value of, the field's own rules say.
pub(super) fn read(kind: &FieldKind, cell: &str) -> Value {
    let text = unguarded(cell);
    let plain = || Value::String(text.to_owned());
    match kind {
        FieldKind::Boolean => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Value::Bool(true),
            "false" | "no" | "0" => Value::Bool(false),
            _ => plain(),
        },
        FieldKind::Integer { .. } | FieldKind::Number { .. } => {
            let number = serde_json::from_str(text.trim()).ok().filter(Value::is_number);
            number.unwrap_or_else(plain)
        }
        kind if is_text(kind) => plain(),
        // Formatted text may be given as plain text: then it is no JSON.
        _ => serde_json::from_str(text)
            .ok()
            .filter(|value: &Value| value.is_object() || value.is_array())
            .unwrap_or_else(plain),
    }
}

/// Whether values of this kind are text.
fn is_text(kind: &FieldKind) -> bool {
    matches!(
        kind,
        FieldKind::Text { .. }
            | FieldKind::Money
            | FieldKind::Date { .. }
            | FieldKind::DateTime
            | FieldKind::Time
            | FieldKind::Enum { .. }
            | FieldKind::Code { .. }
            | FieldKind::Reference { .. }
            | FieldKind::Url
            | FieldKind::Email
            | FieldKind::Phone
            | FieldKind::Country
            | FieldKind::Slug
            | FieldKind::Colour
            | FieldKind::Currency
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_guarded_and_comes_back_as_it_was() {
        for text in [
            "",
            "Lake room",
            "=1+1",
            "+41 71 555 01 40",
            "-5",
            "@x",
            "'=1",
            "''=1",
            "'quoted'",
            "\tx",
            "a=b",
            CLEAR,
            "'(clear)",
        ] {
            let cell = guarded(text.to_owned());
            assert!(!cell.starts_with(DANGEROUS) && cell != CLEAR, "{cell:?}");
            assert_eq!(unguarded(&cell), text);
        }
    }

    #[test]
    fn a_cell_is_read_by_its_fields_kind() {
        let text = FieldKind::Text { max_length: 9, multiline: false };
        let list = FieldKind::List { item: Box::new(FieldKind::Url), max_items: 9 };
        for (kind, cell, value) in [
            (&text, "2", json!("2")),
            (&text, "[1]", json!("[1]")),
            (&FieldKind::Integer { min: -9, max: 9 }, "'-5", json!(-5)),
            (&FieldKind::Integer { min: 0, max: 9 }, "two", json!("two")),
            (&FieldKind::Boolean, "Yes", json!(true)),
            (&FieldKind::Money, "120.00", json!("120.00")),
            (&list, "[\"/a\"]", json!(["/a"])),
            (&FieldKind::RichText { max_length: 9 }, "Plain words", json!("Plain words")),
        ] {
            assert_eq!(read(kind, cell), value, "{cell}");
            assert_eq!(read(kind, &written(&value)), value, "{cell}");
        }
    }
}
