//! `expand`: references of an entry replaced by what they lead to, along declared paths. What is needed for it is read with
//! one query for each level, however many entries and references there are.

use std::collections::BTreeMap;

use content::types::{Declarations, Field, FieldKind, TypeDeclaration};
use ground::words::EntryId;
use machinery::web::{Problem, nearest};
use serde_json::{Map, Value};

use super::asking::shown;

/// References behind each other in one path: from a room to its house to the house's amenities, and one further.
const DEEPEST: usize = 3;
/// Paths of one call.
const MOST_PATHS: usize = 10;
/// What an expansion may cost: entries written into one answer in the place of references. A page of 100 rooms with 20
/// amenities each is below it, and some megabytes of JSON.
pub(super) const MOST_EXPANDED: usize = 2_500;

/// A step of the paths: a field, and what is expanded below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Node {
    /// Whether the field is a reference, or a list of them, that is replaced.
    pub is_reference: bool,
    /// What stands below.
    pub children: BTreeMap<String, Node>,
}

impl Node {
    /// Whether nothing is expanded.
    pub fn is_empty(&self) -> bool {
        self.children.is_empty()
    }

    /// The entries that a value's references lead to, each with what is expanded below it.
    pub fn reached<'n>(&'n self, value: &Value, reached: &mut Vec<(EntryId, &'n Self)>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.reached(item, reached)),
            Value::String(text) if self.is_reference => reached.extend(text.parse().ok().map(|id| (id, self))),
            Value::Object(object) if !self.is_reference => self.reached_in(object, reached),
            _ => {}
        }
    }

    /// [`Node::reached`] of a document's fields.
    pub fn reached_in<'n>(&'n self, object: &Map<String, Value>, reached: &mut Vec<(EntryId, &'n Self)>) {
        for (name, child) in &self.children {
            if let Some(value) = object.get(name) {
                child.reached(value, reached);
            }
        }
    }

    /// Puts in the place of each reference of a shape what `entry` makes of its id; where that is nothing, it stays.
    pub fn graft(&self, shape: &mut Map<String, Value>, entry: &mut impl FnMut(EntryId, &Self) -> Option<Value>) {
        for (name, child) in &self.children {
            if let Some(value) = shape.get_mut(name) {
                child.graft_value(value, entry);
            }
        }
    }

    fn graft_value(&self, value: &mut Value, entry: &mut impl FnMut(EntryId, &Self) -> Option<Value>) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.graft_value(item, entry)),
            Value::Object(object) if self.is_reference => {
                let id = object.get("id").and_then(Value::as_str).and_then(|text| text.parse().ok());
                if let Some(whole) = id.and_then(|id| entry(id, self)) {
                    *value = whole;
                }
            }
            Value::Object(object) => self.graft(object, entry),
            _ => {}
        }
    }
}

/// The paths, each checked against the declarations.
pub(super) fn read(declarations: &Declarations, declared: &TypeDeclaration, paths: &[&str]) -> Result<Node, Problem> {
    if paths.len() > MOST_PATHS {
        return Err(refused(format!("`expand` takes at most {MOST_PATHS} paths.")));
    }
    let mut root = Node::default();
    for path in paths {
        let mut fields: Vec<&Field> = declared.outer_fields().collect();
        let mut node = &mut root;
        let mut depth = 0;
        for step in path.split('.') {
            let named: Vec<&Field> = fields.iter().copied().filter(|field| field.name == step).collect();
            let is_reference = named.iter().any(|field| target(&field.kind).is_some());
            fields = named.iter().flat_map(|field| below(declarations, &field.kind)).collect();
            node = node.children.entry(step.to_owned()).or_default();
            node.is_reference = is_reference;
            depth += usize::from(is_reference);
        }
        if depth > DEEPEST {
            return Err(refused(format!("`{}` goes through more than {DEEPEST} references.", shown(path))));
        }
        if !node.is_reference {
            return Err(unknown(declarations, declared, path));
        }
    }
    Ok(root)
}

fn unknown(declarations: &Declarations, declared: &TypeDeclaration, path: &str) -> Problem {
    let mut known = vec!["details".to_owned()];
    let own: Vec<&Field> = declared.outer_fields().collect();
    references(declarations, &own, "", &mut known);
    // Behind a reference that is right the mistake may be in the next step.
    let mut fields = own;
    let mut so_far = String::new();
    for step in path.split('.') {
        let named: Vec<&Field> = fields.iter().copied().filter(|field| field.name == step).collect();
        if named.is_empty() {
            break;
        }
        so_far.push_str(step);
        so_far.push('.');
        fields = named.iter().flat_map(|field| below(declarations, &field.kind)).collect();
        references(declarations, &fields, &so_far, &mut known);
    }
    known.sort_unstable();
    known.dedup();
    let meant = nearest(path, known.iter().map(String::as_str)).map(|near| format!(": is it `{near}`?"));
    let meant = meant.as_deref().unwrap_or(".");
    refused(format!("There is nothing to expand under `{}`{meant} Known: {}.", shown(path), known.join(", ")))
}

fn refused(detail: String) -> Problem {
    Problem::parameter_invalid("expand", detail)
}

/// The paths to references, through groups and sections but not through references.
fn references(declarations: &Declarations, fields: &[&Field], prefix: &str, found: &mut Vec<String>) {
    for field in fields {
        let path = format!("{prefix}{}", field.name);
        if target(&field.kind).is_some() {
            found.push(path);
        } else {
            references(declarations, &below(declarations, &field.kind), &format!("{path}."), found);
        }
    }
}

/// The type that a field refers to.
pub(super) fn target(kind: &FieldKind) -> Option<&str> {
    match kind {
        FieldKind::Reference { to } => Some(to),
        FieldKind::List { item, .. } => target(item),
        _ => None,
    }
}

/// The fields that stand below a field; below a reference those of the entry.
fn below<'d>(declarations: &'d Declarations, kind: &'d FieldKind) -> Vec<&'d Field> {
    if let Some(parts) = kind.parts() {
        return parts.iter().collect();
    }
    match kind {
        FieldKind::List { item, .. } => below(declarations, item),
        FieldKind::Reference { to } => {
            declarations.content_type(to).map(|declared| declared.outer_fields().collect()).unwrap_or_default()
        }
        FieldKind::Sections { allowed } => {
            let sections = declarations.sections().iter();
            let sections = sections.filter(|one| allowed.is_empty() || allowed.contains(&one.name));
            sections.flat_map(|one| &one.fields).collect()
        }
        _ => Vec::new(),
    }
}
