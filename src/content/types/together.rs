//! What one file cannot know of the others: names taken twice, references and sections that do not exist.

use std::collections::BTreeSet;

use super::{
    Declarations, behaviour,
    declaration::{Field, FieldKind},
    reading::DeclarationProblem,
};

pub(super) fn check(declarations: &Declarations, problems: &mut Vec<DeclarationProblem>) {
    let mut plurals = BTreeSet::new();
    for (name, message) in behaviour::problems_together(declarations.types()) {
        problems.push(DeclarationProblem { file: format!("types/{name}.toml"), place: String::new(), message });
    }
    for one in declarations.types() {
        let mut refuse = |message: String| {
            problems.push(DeclarationProblem {
                file: format!("types/{}.toml", one.name),
                place: String::new(),
                message,
            });
        };
        if !plurals.insert(&one.plural) {
            refuse(format!("`plural` {} is another type's already", one.plural));
        }
        check_targets(declarations, &one.fields, &mut refuse);
    }
    for one in declarations.sections() {
        let mut refuse = |message: String| {
            let file = format!("sections/{}.toml", one.name);
            problems.push(DeclarationProblem { file, place: String::new(), message });
        };
        check_targets(declarations, &one.fields, &mut refuse);
        if let Some(embedded) = declarations.embedded_by(one)
            && !embedded.fields.iter().any(|field| matches!(field.kind, FieldKind::Sections { .. }))
        {
            refuse(format!("`embeds` leads to the type `{}`, which has no sections", embedded.name));
        }
    }
}

fn check_targets(declarations: &Declarations, fields: &[Field], refuse: &mut impl FnMut(String)) {
    for field in fields {
        check_target(declarations, &field.name, &field.kind, refuse);
    }
}

fn check_target(declarations: &Declarations, name: &str, kind: &FieldKind, refuse: &mut impl FnMut(String)) {
    match kind {
        FieldKind::Reference { to } if declarations.content_type(to).is_none() => {
            refuse(format!("field {name}: refers to the type `{to}`, which is not declared"));
        }
        FieldKind::Sections { allowed } => {
            for section in allowed.iter().filter(|section| declarations.section(section).is_none()) {
                refuse(format!("field {name}: allows the section `{section}`, which is not declared"));
            }
        }
        FieldKind::List { item, .. } => check_target(declarations, name, item, refuse),
        FieldKind::Group { fields } => check_targets(declarations, fields, refuse),
        _ => {}
    }
}
