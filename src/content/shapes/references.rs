//! Which entries a view refers to, wherever in it.

use ground::words::EntryId;
use serde_json::{Map, Value};

use crate::{
    entries::public::{View, ids},
    types::{Declarations, Field, FieldKind},
};

/// The ids of all entries that a view refers to; one may stand there twice.
pub fn references_of(declarations: &Declarations, view: &View) -> Vec<EntryId> {
    references_in(declarations, view, |_| true)
}

/// The ids of the entries that some of a view's fields refer to: what is not shown is not read either.
pub fn references_in(declarations: &Declarations, view: &View, is_shown: impl Fn(&str) -> bool) -> Vec<EntryId> {
    let Some(declared) = declarations.content_type(&view.content_type) else { return Vec::new() };
    let shown = declared.outer_fields().filter(|field| is_shown(&field.name));
    let of = shown.filter_map(|field| Some((&field.kind, view.document.get(&field.name)?)));
    of.flat_map(|(kind, value)| in_value(declarations, kind, value)).collect()
}

fn in_fields(declarations: &Declarations, fields: &[Field], object: &Map<String, Value>) -> Vec<EntryId> {
    let of = fields.iter().filter_map(|field| Some((&field.kind, object.get(&field.name)?)));
    of.flat_map(|(kind, value)| in_value(declarations, kind, value)).collect()
}

fn in_value(declarations: &Declarations, kind: &FieldKind, value: &Value) -> Vec<EntryId> {
    if let (Some(fields), Value::Object(object)) = (kind.parts(), value) {
        return in_fields(declarations, fields, object);
    }
    match (kind, value) {
        (FieldKind::Reference { .. }, id) => ids(id),
        (FieldKind::List { item, .. }, Value::Array(items)) => {
            items.iter().flat_map(|value| in_value(declarations, item, value)).collect()
        }
        (FieldKind::Sections { .. }, Value::Array(sections)) => sections
            .iter()
            .filter_map(|section| {
                let section = section.as_object()?;
                let declared = declarations.section(section.get("type")?.as_str()?)?;
                Some(in_fields(declarations, &declared.fields, section))
            })
            .flatten()
            .collect(),
        _ => Vec::new(),
    }
}
