//! Which entries a document names, and which sections stand for another entry's sections.

use serde_json::{Map, Value};

use super::{
    Declarations, Document, Reference, SectionDeclaration, TypeDeclaration,
    declaration::{Field, FieldKind},
};

impl Declarations {
    /// The entries that a checked document names, each with where.
    pub fn references(&self, declared: &TypeDeclaration, document: &Document) -> Vec<Reference> {
        let mut search = Search { declarations: self, found: Vec::new() };
        search.fields(&declared.fields, document.fields(), "");
        search.found
    }

    /// The type whose sections a section of this kind stands for.
    pub fn embedded_by(&self, section: &SectionDeclaration) -> Option<&TypeDeclaration> {
        let name = section.embeds.as_deref()?;
        let field = section.fields.iter().find(|field| field.name == name)?;
        let FieldKind::Reference { to } = &field.kind else { return None };
        self.content_type(to)
    }

    /// Whether the sections of this type's entries stand on the pages of others.
    pub fn is_embedded(&self, content_type: &str) -> bool {
        let embedded = self.sections.iter().filter_map(|section| self.embedded_by(section));
        embedded.into_iter().any(|declared| declared.name == content_type)
    }
}

struct Search<'a> {
    declarations: &'a Declarations,
    found: Vec<Reference>,
}

impl Search<'_> {
    fn fields(&mut self, fields: &[Field], object: &Map<String, Value>, pointer: &str) {
        for field in fields {
            let Some(value) = object.get(&field.name) else { continue };
            let pointer = format!("{pointer}/{}", field.name);
            match value {
                Value::Object(texts) if field.is_localized => {
                    for (locale, value) in texts {
                        self.value(&field.kind, value, &format!("{pointer}/{locale}"));
                    }
                }
                value => self.value(&field.kind, value, &pointer),
            }
        }
    }

    fn value(&mut self, kind: &FieldKind, value: &Value, pointer: &str) {
        if let (Some(fields), Value::Object(object)) = (kind.parts(), value) {
            return self.fields(fields, object, pointer);
        }
        match (kind, value) {
            (FieldKind::Reference { to }, Value::String(id)) => {
                if let Ok(entry) = id.parse() {
                    self.found.push(Reference { pointer: pointer.to_owned(), to: to.clone(), entry });
                }
            }
            (FieldKind::List { item, .. }, Value::Array(items)) => {
                for (place, value) in items.iter().enumerate() {
                    self.value(item, value, &format!("{pointer}/{place}"));
                }
            }
            (FieldKind::Sections { .. }, Value::Array(sections)) => {
                for (place, value) in sections.iter().enumerate() {
                    let name = value.get("type").and_then(Value::as_str).unwrap_or_default();
                    if let (Some(section), Some(object)) = (self.declarations.section(name), value.as_object()) {
                        self.fields(&section.fields, object, &format!("{pointer}/{place}"));
                    }
                }
            }
            _ => {}
        }
    }
}
