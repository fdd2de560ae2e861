//! Declarations as files: the very format of `assets/types` and `assets/sections`.

use machinery::web::FieldProblem;
use serde_json::Value;

use super::{CustomTypeError, Wish};
use crate::types::{Declarations, Own, OwnKind};

/// Reads a file. Its kind is that of what stands in it: `extends` adds fields to a built-in type, a `plural` makes a type,
/// anything else is a section.
pub fn read(text: &str) -> Result<Wish, CustomTypeError> {
    let table: toml::Table = toml::from_str(text).map_err(|error| wrong(&error.to_string()))?;
    let declaration = serde_json::to_value(table).map_err(|error| wrong(&error.to_string()))?;
    let (kind, named_by) = if declaration.get("extends").is_some() {
        (OwnKind::Extension, "extends")
    } else if declaration.get("plural").is_some() {
        (OwnKind::Type, "name")
    } else {
        (OwnKind::Section, "name")
    };
    let name = declaration.get(named_by).and_then(Value::as_str).ok_or_else(|| wrong("the file has no `name`"))?;
    Ok(Wish { kind, name: name.to_owned(), declaration: Some(declaration) })
}

/// A declaration as a file.
pub fn write(declaration: &Value) -> Result<String, CustomTypeError> {
    toml::to_string_pretty(&without_nulls(declaration)).map_err(|error| wrong(&error.to_string()))
}

/// TOML has no null: what is left out says the same.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let said = object.iter().filter(|(_, value)| !value.is_null());
            Value::Object(said.map(|(name, value)| (name.clone(), without_nulls(value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(without_nulls).collect()),
        plain => plain.clone(),
    }
}

/// Any declared type or section as it is written, those that came with the program too: something to begin with.
pub fn declared(declarations: &Declarations, kind: OwnKind, name: &str) -> Option<Value> {
    match kind {
        OwnKind::Type => declarations.content_type(name).cloned().map(Own::Type),
        OwnKind::Section => declarations.section(name).cloned().map(Own::Section),
        OwnKind::Extension => None,
    }
    .map(|own| own.written())
}

fn wrong(message: &str) -> CustomTypeError {
    CustomTypeError::Invalid(vec![FieldProblem {
        pointer: "/declaration".to_owned(),
        code: "declaration_invalid".into(),
        detail: message.trim().to_owned(),
    }])
}
