//! What a group may declare, beyond what every declaration must be.

use machinery::web::FieldProblem;
use serde_json::Value;

use super::{CustomTypeError, Wish};
use crate::{
    shapes::names,
    sites::{Site, is_own_address},
    types::{DeclarationProblem, Declarations, Field, FieldKind, Own, OwnRow},
};

/// Own types, sections and extended types of one group each: more make the dashboard's menus unusable.
pub const MOST_OF_A_KIND: usize = 60;
/// Fields of one declaration, those inside groups and lists included: a form above it is filled in by nobody.
pub const MOST_FIELDS: usize = 200;
/// Bytes of a declaration as JSON: the longest built-in one has 15 KiB.
pub const DECLARATION_BYTES: usize = 128 * 1024;
/// What stands at the place of a plural already: in addresses of the public API, and of the dashboard.
const RESERVED: [&str; 14] = [
    "search",
    "changes",
    "menus",
    "property",
    "redirects",
    "resolve",
    "sites",
    "preview",
    "previews",
    "feeds",
    "locales",
    "types",
    "settings",
    "bin",
];

/// By which rules a declaration is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// Somebody declares it today: by all of them.
    Declared,
    /// It was declared by the rules of its day, and comes with what was written by it: by the limits alone. Names that have come
    /// to mean something else since are kept, as they are where such a declaration has been all along.
    Carried,
}

/// Reads a declaration and refuses what a group may not declare.
pub(super) fn read(
    base: &Declarations,
    rows: &[OwnRow],
    wish: &Wish,
    written: Value,
    origin: Origin,
) -> Result<Own, CustomTypeError> {
    if written.to_string().len() > DECLARATION_BYTES {
        let detail = format!("A declaration has at most {} KiB.", DECLARATION_BYTES / 1024);
        return Err(CustomTypeError::Invalid(vec![at("/declaration", "declaration_too_large", detail)]));
    }
    let own = Own::read(wish.kind, &wish.name, written)
        .map_err(|problems| CustomTypeError::Invalid(problems.iter().map(placed).collect()))?;
    let mut problems = match origin {
        Origin::Declared => refused(base, &own),
        Origin::Carried => Vec::new(),
    };
    problems.extend(beyond_limits(rows, wish, &own));
    if problems.is_empty() { Ok(own) } else { Err(CustomTypeError::Invalid(problems)) }
}

fn refused(base: &Declarations, own: &Own) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    let mut refuse = |pointer: &str, detail: String| problems.push(at(pointer, "declaration_invalid", detail));
    match own {
        Own::Type(declared) => {
            if base.content_type(&declared.name).is_some() {
                let detail = format!(
                    "`{}` is a built-in type. Add fields to it by `extends`, or choose another name.",
                    declared.name
                );
                refuse("/declaration/name", detail);
            }
            let is_builtin = base.content_type_by_plural(&declared.plural).is_some();
            if is_builtin || RESERVED.contains(&declared.plural.as_str()) {
                refuse(
                    "/declaration/plural",
                    format!("`{}` is taken by the program. Choose another plural.", declared.plural),
                );
            }
            if let Some(page) = declared.page.as_ref().filter(|page| is_own_address(&page.path)) {
                let detail = format!("`{}` is taken by the program. Choose another path.", page.path);
                refuse("/declaration/page/path", detail);
            }
        }
        Own::Section(declared) => {
            if base.section(&declared.name).is_some() {
                refuse("/declaration/name", format!("`{}` is a built-in section. Choose another name.", declared.name));
            }
        }
        Own::Extension { of, fields } => match base.content_type(of) {
            None => refuse(
                "/declaration/extends",
                format!("There is no built-in type `{of}`. A type of your own is changed itself."),
            ),
            Some(builtin) => {
                for field in fields.iter().filter(|field| builtin.field(&field.name).is_some()) {
                    let detail = format!("`{}` is a field of the type already. Choose another name.", field.name);
                    refuse(&format!("/declaration/fields/{}", field.name), detail);
                }
            }
        },
    }
    for field in own.fields() {
        if let Some(detail) = taken(own, field) {
            refuse(&format!("/declaration/fields/{}", field.name), detail);
        }
    }
    if own.fields().is_empty() {
        refuse("/declaration/fields", "Declare at least one field.".to_owned());
    }
    problems
}

fn beyond_limits(rows: &[OwnRow], wish: &Wish, own: &Own) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    let mut refuse = |pointer: &str, detail: String| problems.push(at(pointer, "declaration_invalid", detail));
    let count = count(own.fields());
    if count > MOST_FIELDS {
        refuse(
            "/declaration/fields",
            format!("At most {MOST_FIELDS} fields fit into one declaration; these are {count}."),
        );
    }
    let others = rows.iter().filter(|row| row.kind == wish.kind && row.name != wish.name).count();
    if others >= MOST_OF_A_KIND {
        refuse("/declaration", format!("At most {MOST_OF_A_KIND} of this kind fit into one group."));
    }
    problems
}

/// Why a field cannot have its name: readers of the public API find something else under it, whatever the type.
fn taken(own: &Own, field: &Field) -> Option<String> {
    let name = field.name.as_str();
    if let Own::Section(_) = own {
        let usual = names::kind_in_sections(name)?;
        return (field.kind.name() != usual).then(|| {
            format!("`{name}` is of the kind {usual} in every section. Use that kind, or choose another name.")
        });
    }
    let of_type = if let Own::Extension { of, .. } = own { names::of_entry(of) } else { &[] };
    let mut taken = names::OF_EVERY.iter().chain(&names::OF_A_PREVIEW).chain(of_type);
    taken.any(|one| *one == name).then(|| {
        format!(
            "`{name}` stands in the answers of the public API already and means something else. Choose another name."
        )
    })
}

/// Whether all declarations of the group fit together after the change.
pub(super) fn fits(declarations: &Declarations, wish: &Wish) -> Result<(), CustomTypeError> {
    let problems = declarations.disagreements();
    if problems.is_empty() {
        return Ok(());
    }
    if wish.declaration.is_none() {
        return Err(CustomTypeError::InUse(problems.iter().map(ToString::to_string).collect()));
    }
    Err(CustomTypeError::Invalid(problems.iter().map(|problem| placed_among(problem, wish)).collect()))
}

/// Refuses a type whose pages would stand where a website has one of its languages: nobody would come to them.
pub(super) fn leaves_languages(own: Option<&Own>, sites: &[Site]) -> Result<(), CustomTypeError> {
    let Some(Own::Type(declared)) = own else { return Ok(()) };
    let Some(page) = &declared.page else { return Ok(()) };
    let speaks = |site: &&Site| site.speaks().prefixes().any(|prefix| prefix == page.path);
    let Some(site) = sites.iter().find(speaks) else { return Ok(()) };
    let detail = format!("`{}` is a language's address on {}. Choose another path.", page.path, site.name);
    Err(CustomTypeError::Invalid(vec![at("/declaration/page/path", "declaration_invalid", detail)]))
}

/// A problem with a pointer into the request: `field beds.count: ` stands at `/declaration/fields/beds/count`.
fn placed(problem: &DeclarationProblem) -> FieldProblem {
    let detail = format!("{}{}", problem.place, problem.message);
    let path = match detail.split_once(": ") {
        Some((place, _)) if place.starts_with("field ") => place.replacen("field ", "fields/", 1),
        Some((place, _)) if !problem.place.is_empty() => place.to_owned(),
        _ => String::new(),
    };
    let pointer = format!("/declaration/{}", path.replace(['.', '['], "/").replace(']', ""));
    at(pointer.trim_end_matches('/'), "declaration_invalid", detail)
}

/// Of a declaration that is not the one to be changed, the file says which it is.
fn placed_among(problem: &DeclarationProblem, wish: &Wish) -> FieldProblem {
    if problem.file.ends_with(&format!("/{}.toml", wish.name)) {
        return placed(problem);
    }
    at("/declaration", "declaration_invalid", problem.to_string())
}

fn at(pointer: &str, code: &'static str, detail: String) -> FieldProblem {
    FieldProblem { pointer: pointer.to_owned(), code: code.into(), detail }
}

fn count(fields: &[Field]) -> usize {
    fields.iter().map(|field| 1 + inside(&field.kind)).sum()
}

fn inside(kind: &FieldKind) -> usize {
    match kind {
        FieldKind::Group { fields } => count(fields),
        FieldKind::List { item, .. } => inside(item),
        _ => 0,
    }
}
