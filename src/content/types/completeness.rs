//! What a language still lacks before it can be published: drafts may be incomplete, published pages may not.

use ground::words::Locale;
use machinery::web::FieldProblem;
use serde_json::{Map, Value};

use super::{
    BrandState, Declarations, Document, TypeDeclaration,
    declaration::{Field, FieldKind},
    visible::is_shown_in,
};

impl Declarations {
    /// The required fields that are empty in this language, with a pointer to each. Empty means it may be published. What
    /// the brand fills in is not empty.
    pub fn missing(&self, content_type: &TypeDeclaration, document: &Document, locale: &Locale) -> Vec<FieldProblem> {
        let document = self.with_brand(content_type, document, document, BrandState::Published);
        let mut search = Search { declarations: self, locale, problems: Vec::new() };
        search.fields(&content_type.fields, document.fields(), "");
        search.problems
    }
}

struct Search<'a> {
    declarations: &'a Declarations,
    locale: &'a Locale,
    problems: Vec<FieldProblem>,
}

impl Search<'_> {
    fn fields(&mut self, fields: &[Field], object: &Map<String, Value>, pointer: &str) {
        // What visitors never see keeps nothing from being published.
        for field in fields.iter().filter(|field| field.visibility.is_public()) {
            let value = object.get(&field.name);
            let pointer = format!("{pointer}/{}", field.name);
            if field.is_localized {
                if field.is_required && value.and_then(|value| value.get(self.locale.as_str())).is_none() {
                    self.missing(field, format!("{pointer}/{}", self.locale));
                }
            } else if let Some(value) = value {
                self.inside(&field.kind, value, &pointer);
            } else if field.is_required {
                self.missing(field, pointer);
            }
        }
    }

    /// Groups, items and sections that are there must be whole.
    fn inside(&mut self, kind: &FieldKind, value: &Value, pointer: &str) {
        if let (Some(fields), Value::Object(object)) = (kind.parts(), value) {
            return self.fields(fields, object, pointer);
        }
        match (kind, value) {
            (FieldKind::List { item, .. }, Value::Array(items)) => {
                if matches!(**item, FieldKind::Group { .. }) {
                    for (index, value) in items.iter().enumerate() {
                        self.inside(item, value, &format!("{pointer}/{index}"));
                    }
                }
            }
            (FieldKind::Sections { .. }, Value::Array(sections)) => {
                for (index, value) in sections.iter().enumerate() {
                    let name = value.get("type").and_then(Value::as_str).unwrap_or_default();
                    // What a language does not show keeps it from nothing.
                    let shown = value.as_object().filter(|section| is_shown_in(section, self.locale));
                    if let (Some(section), Some(object)) = (self.declarations.section(name), shown) {
                        self.fields(&section.fields, object, &format!("{pointer}/{index}"));
                    }
                }
            }
            _ => {}
        }
    }

    fn missing(&mut self, field: &Field, pointer: String) {
        let detail = if field.is_localized {
            format!("`{}` must be filled in before this can be published in `{}`.", field.label.en, self.locale)
        } else {
            format!("`{}` must be filled in before this can be published.", field.label.en)
        };
        self.problems.push(FieldProblem { pointer, code: "required".into(), detail });
    }
}
