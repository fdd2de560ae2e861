//! The columns of a type: one for each field, for each language of a localized one, and for each part of what has parts.

use content::types::{Field, FieldKind, TypeDeclaration};
use ground::words::Locale;
use serde_json::{Map, Value};

/// One column.
pub(super) struct Column<'d> {
    /// Its heading: the names on the way to its value, with dots between.
    pub name: String,
    /// The same names.
    pub path: Vec<String>,
    /// What it holds.
    pub kind: &'d FieldKind,
}

/// The columns of a type in the order of its fields.
pub(super) fn of<'d>(declared: &'d TypeDeclaration, locales: &[Locale]) -> Vec<Column<'d>> {
    let mut columns = Vec::new();
    collect(&declared.fields, &[], locales, &mut columns);
    columns
}

fn collect<'d>(fields: &'d [Field], before: &[String], locales: &[Locale], columns: &mut Vec<Column<'d>>) {
    for field in fields {
        let path = [before, std::slice::from_ref(&field.name)].concat();
        if field.is_localized {
            for locale in locales {
                let path = [&path[..], &[locale.to_string()]].concat();
                columns.push(Column { name: path.join("."), path, kind: &field.kind });
            }
        } else if let Some(parts) = field.kind.parts() {
            collect(parts, &path, locales, columns);
        } else {
            columns.push(Column { name: path.join("."), path, kind: &field.kind });
        }
    }
}

impl Column<'_> {
    /// Its value in a document.
    pub fn value<'v>(&self, document: &'v Map<String, Value>) -> Option<&'v Value> {
        let (first, rest) = self.path.split_first()?;
        rest.iter().try_fold(document.get(first)?, |value, name| value.get(name))
    }
}

/// Puts a value at a path of a document; null takes it away.
pub(super) fn put(path: &[String], document: &mut Map<String, Value>, value: Value) {
    let Some((last, way)) = path.split_last() else { return };
    let mut place = document;
    for name in way {
        let inside = place.entry(name.clone()).or_insert_with(|| Value::Object(Map::new()));
        if !inside.is_object() {
            *inside = Value::Object(Map::new());
        }
        let Value::Object(object) = inside else { return };
        place = object;
    }
    if value.is_null() {
        place.remove(last);
    } else {
        place.insert(last.clone(), value);
    }
}
