//! `fields`: which parts of an answer are kept. Each path is checked against what the shapes can hold before anything is read.

use std::collections::BTreeMap;

use content::{
    shapes::names,
    types::{Declarations, Field, FieldKind, TypeDeclaration},
};
use machinery::web::{Problem, nearest};
use serde_json::Value;

use super::{asking::shown, expanding::Node};

/// Paths of one call.
const MOST_PATHS: usize = 100;
/// Always kept, wherever they stand: without them nobody knows what the rest is about.
const KEPT: [&str; 2] = ["id", "type"];

/// The parts that are kept; everything below a leaf is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tree(BTreeMap<String, Tree>);

impl Tree {
    /// Whether a field of the entry itself is kept, whole or in part.
    pub fn keeps(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Takes everything else out of a shape.
    pub fn prune(&self, value: &mut Value) {
        if self.0.is_empty() {
            return;
        }
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.prune(item)),
            Value::Object(object) => {
                object.retain(|name, _| KEPT.contains(&name.as_str()) || self.0.contains_key(name));
                for (name, below) in &self.0 {
                    if let Some(value) = object.get_mut(name) {
                        below.prune(value);
                    }
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, path: &str) {
        let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
        let is_new = !self.0.contains_key(first);
        let below = self.0.entry(first.to_owned()).or_default();
        match rest {
            // The whole of it is more than a part.
            None => below.0.clear(),
            Some(rest) if is_new || !below.0.is_empty() => below.add(rest),
            Some(_) => {}
        }
    }
}

/// What may stand in a place of a shape.
#[derive(Clone, Copy)]
enum Part<'d> {
    /// A whole entry, with what is expanded in it.
    Entry(&'d TypeDeclaration, Option<&'d Node>),
    /// What stands for an entry.
    Short(&'d str),
    /// Fields that belong together.
    Group(&'d [Field]),
    /// Sections.
    Sections,
    /// These names.
    Names(&'static [&'static str]),
    /// Names of the hotel's own.
    Any,
}

/// The paths, each checked against what an entry of this type can hold.
pub(super) fn read(
    declarations: &Declarations,
    declared: &TypeDeclaration,
    expand: &Node,
    paths: &[&str],
) -> Result<Tree, Problem> {
    if paths.is_empty() || paths.len() > MOST_PATHS {
        let detail = format!("`fields` takes 1 to {MOST_PATHS} names with commas between them.");
        return Err(Problem::parameter_invalid("fields", detail));
    }
    let walker = Walker { declarations };
    let mut tree = Tree::default();
    for path in paths {
        let mut parts = vec![Part::Entry(declared, Some(expand))];
        let mut so_far = String::new();
        for step in path.split('.') {
            let found: Vec<Option<Part<'_>>> = parts.iter().filter_map(|part| walker.below(*part, step)).collect();
            if found.is_empty() {
                let known = walker.names(&parts);
                let meant = nearest(step, known.iter().copied()).map(|near| format!(": is it `{so_far}{near}`?"));
                let meant = meant.as_deref().unwrap_or(".");
                let known =
                    if known.is_empty() { String::new() } else { format!(" Known there: {}.", known.join(", ")) };
                let detail = format!("There is no field `{}`{meant}{known}", shown(path));
                return Err(Problem::parameter_invalid("fields", detail));
            }
            parts = found.into_iter().flatten().collect();
            so_far.push_str(step);
            so_far.push('.');
        }
        tree.add(path);
    }
    Ok(tree)
}

struct Walker<'d> {
    declarations: &'d Declarations,
}

impl<'d> Walker<'d> {
    /// What stands under a name: nothing where there is no such name, `None` inside where it has no parts.
    #[expect(clippy::option_option, reason = "a name that is not there is told from a name without parts")]
    fn below(&self, part: Part<'d>, name: &str) -> Option<Option<Part<'d>>> {
        match part {
            Part::Any => Some(None),
            Part::Names(names) => names.contains(&name).then_some(None),
            Part::Short(to) => names::of_reference(to).contains(&name).then_some(None),
            Part::Group(fields) if name == "id" && !fields.iter().any(|field| field.name == name) => Some(None),
            Part::Group(fields) => self.of_field(fields, name, None),
            // What no channel shows has no name here either.
            Part::Entry(declared, _) if declared.is_inner(name) => None,
            Part::Entry(declared, expand) => {
                let expanded = expand.and_then(|node| node.children.get(name));
                let fixed = names::OF_EVERY.contains(&name) || names::of_entry(&declared.name).contains(&name);
                self.of_field(&declared.fields, name, expanded).or_else(|| fixed.then_some(None))
            }
            Part::Sections => {
                let sections = self.declarations.sections().iter();
                let found: Vec<_> = sections.filter_map(|one| self.of_field(&one.fields, name, None)).collect();
                // Of several sections with a field of this name the first that has parts says which.
                let declared = found.iter().copied().find(Option::is_some).or_else(|| found.first().copied());
                fixed_of_section(name).filter(Option::is_some).or(declared).or_else(|| fixed_of_section(name))
            }
        }
    }

    #[expect(clippy::option_option, reason = "a name that is not there is told from a name without parts")]
    fn of_field(&self, fields: &'d [Field], name: &str, expanded: Option<&'d Node>) -> Option<Option<Part<'d>>> {
        let field = fields.iter().find(|field| field.name == name)?;
        Some(self.of_kind(&field.kind, expanded))
    }

    fn of_kind(&self, kind: &'d FieldKind, expanded: Option<&'d Node>) -> Option<Part<'d>> {
        match kind {
            FieldKind::List { item, .. } => self.of_kind(item, expanded),
            FieldKind::Group { fields }
            | FieldKind::DateRange { fields }
            | FieldKind::OpeningHours { fields }
            | FieldKind::Address { fields } => Some(Part::Group(fields)),
            FieldKind::Season => Some(Part::Names(&["from", "to"])),
            FieldKind::Hours => Some(Part::Names(&["from", "to", "last_orders"])),
            FieldKind::Code { .. } | FieldKind::Codes { .. } => Some(Part::Names(&names::OF_A_CODE)),
            FieldKind::File => Some(Part::Names(&["url", "label"])),
            FieldKind::Image => Some(Part::Names(&names::OF_A_PICTURE)),
            FieldKind::Geo => Some(Part::Names(&["latitude", "longitude"])),
            FieldKind::Sections { .. } => Some(Part::Sections),
            FieldKind::Reference { to } => {
                let whole = expanded.filter(|node| node.is_reference);
                match (whole, self.declarations.content_type(to)) {
                    (Some(node), Some(declared)) => Some(Part::Entry(declared, Some(node))),
                    _ => Some(Part::Short(to)),
                }
            }
            FieldKind::Text { .. }
            | FieldKind::RichText { .. }
            | FieldKind::Integer { .. }
            | FieldKind::Number { .. }
            | FieldKind::Money
            | FieldKind::Boolean
            | FieldKind::Date { .. }
            | FieldKind::DateTime
            | FieldKind::Time
            | FieldKind::Weekdays
            | FieldKind::Country
            | FieldKind::Slug
            | FieldKind::Enum { .. }
            | FieldKind::Choices { .. }
            | FieldKind::Url
            | FieldKind::Email
            | FieldKind::Phone
            | FieldKind::Colour
            | FieldKind::Currency => None,
            FieldKind::TextMap => Some(Part::Any),
        }
    }

    /// The names that there are in these places.
    fn names(&self, parts: &[Part<'d>]) -> Vec<&'d str> {
        let mut known: Vec<&str> = parts.iter().flat_map(|part| self.names_of(*part)).collect();
        known.sort_unstable();
        known.dedup();
        known
    }

    fn names_of(&self, part: Part<'d>) -> Vec<&'d str> {
        let declared = |fields: &'d [Field]| fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>();
        match part {
            Part::Any => Vec::new(),
            Part::Names(names) => names.to_vec(),
            Part::Short(to) => names::of_reference(to).to_vec(),
            Part::Group(fields) => declared(fields),
            Part::Entry(one, _) => {
                let fixed = names::OF_EVERY.iter().chain(names::of_entry(&one.name)).copied();
                fixed.chain(one.outer_fields().map(|field| field.name.as_str())).collect()
            }
            Part::Sections => {
                let sections = self.declarations.sections().iter();
                names::OF_A_SECTION.into_iter().chain(sections.flat_map(|one| declared(&one.fields))).collect()
            }
        }
    }
}

#[expect(clippy::option_option, reason = "a name that is not there is told from a name without parts")]
fn fixed_of_section(name: &str) -> Option<Option<Part<'static>>> {
    let parts: Option<&'static [&'static str]> = match name {
        "image" | "images" => Some(&names::OF_A_PICTURE),
        "cta" => Some(&["text", "url"]),
        "items" => Some(&["id", "title", "description", "image"]),
        "packages" => Some(&["id", "name", "guests", "price", "features"]),
        _ => None,
    };
    names::OF_A_SECTION.contains(&name).then_some(parts.map(Part::Names))
}

#[cfg(test)]
mod tests {
    use content::types::Declarations;
    use serde_json::json;

    use super::*;

    fn told(paths: &[&str]) -> Result<Tree, String> {
        let declarations = Declarations::load().unwrap();
        let room = declarations.content_type("room").unwrap();
        read(&declarations, room, &Node::default(), paths).map_err(|problem| problem.detail)
    }

    #[test]
    fn the_named_parts_are_kept_with_ids_and_types() {
        let tree = told(&["name", "rates.single_rate", "images.url", "property"]).unwrap();
        let mut shape = json!({
            "id": 1, "type": "room", "name": "Lake", "bed_type": "double", "property": {"id": 2, "slug": "haus"},
            "rates": [{"id": "a", "single_rate": "1.00", "currency": "CHF"}],
            "images": [{"id": "x", "url": "/x", "alt": ""}],
        });
        tree.prune(&mut shape);
        assert_eq!(
            shape,
            json!({
                "id": 1, "type": "room", "name": "Lake", "property": {"id": 2, "slug": "haus"},
                "rates": [{"id": "a", "single_rate": "1.00"}], "images": [{"id": "x", "url": "/x"}],
            })
        );
    }

    #[test]
    fn the_whole_is_more_than_a_part_in_either_order() {
        assert_eq!(told(&["rates", "rates.currency"]), told(&["rates"]));
        assert_eq!(told(&["rates.currency", "rates"]), told(&["rates"]));
    }

    #[test]
    fn an_unknown_field_is_refused_with_the_nearest_one() {
        for (path, word) in [
            ("nmae", "`name`"),
            ("rates.singl_rate", "`rates.single_rate`"),
            ("name.first", "There is no field `name.first`."),
            ("property.stars", "Known there: id"),
            ("images.ulr", "`images.url`"),
        ] {
            let detail = told(&[path]).unwrap_err();
            assert!(detail.contains(word), "{path}: {detail}");
        }
        assert!(told(&["custom_fields.floor", "amenities.icon", "featured_image_url", "version"]).is_ok());
    }
}
