//! What an organization declares itself, put together with what came with the program.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    DeclarationProblem, Declarations, VISIBLE,
    declaration::{Field, SectionDeclaration, TypeDeclaration},
    reading,
    store::OwnRow,
    written::{WrittenExtension, WrittenSection, WrittenType},
};

/// What a group can declare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OwnKind {
    /// A type of content.
    Type,
    /// A type of section.
    Section,
    /// Fields that are added to a built-in type.
    Extension,
}

impl OwnKind {
    /// The kind's name in tables, addresses and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Section => "section",
            Self::Extension => "extension",
        }
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Type, Self::Section, Self::Extension].into_iter().find(|kind| kind.as_str() == name)
    }
}

/// One own declaration, read.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "read a few at a time, when a group's declarations change")]
pub(crate) enum Own {
    /// A type.
    Type(TypeDeclaration),
    /// A section.
    Section(SectionDeclaration),
    /// Fields of a built-in type.
    Extension {
        /// The type.
        of: String,
        /// The fields.
        fields: Vec<Field>,
    },
}

impl Own {
    /// Reads a declaration as it is written. Every mistake is named with its field.
    pub fn read(kind: OwnKind, name: &str, written: Value) -> Result<Self, Vec<DeclarationProblem>> {
        let folder = if kind == OwnKind::Section { "sections" } else { "types" };
        let file = format!("{folder}/{name}.toml");
        match kind {
            OwnKind::Type => reading::content_type(&file, parsed::<WrittenType>(&file, written)?).map(Self::Type),
            OwnKind::Section => reading::section(&file, parsed::<WrittenSection>(&file, written)?).map(Self::Section),
            OwnKind::Extension => {
                let written: WrittenExtension = parsed(&file, written)?;
                let of = written.extends.clone();
                if of != name {
                    let message = format!("extends `{of}`: the file's name is that name with .toml");
                    return Err(vec![DeclarationProblem { file, place: String::new(), message }]);
                }
                Ok(Self::Extension { of, fields: reading::extension(&file, written)? })
            }
        }
    }

    /// The declaration as it is stored and exported: one spelling, whoever wrote it.
    pub fn written(&self) -> Value {
        let value = match self {
            Self::Type(declared) => serde_json::to_value(WrittenType::from(declared)),
            Self::Section(declared) => serde_json::to_value(WrittenSection::from(declared)),
            Self::Extension { of, fields } => serde_json::to_value(WrittenExtension::of(of, fields)),
        };
        value.expect("names and texts have a JSON")
    }

    /// Its fields at the top.
    pub fn fields(&self) -> &[Field] {
        match self {
            Self::Type(declared) => &declared.fields,
            Self::Section(declared) => &declared.fields,
            Self::Extension { fields, .. } => fields,
        }
    }
}

fn parsed<T: serde::de::DeserializeOwned>(file: &str, written: Value) -> Result<T, Vec<DeclarationProblem>> {
    serde_path_to_error::deserialize(written).map_err(|error| {
        let path = error.path().to_string();
        let place = if path == "." { String::new() } else { format!("{path}: ") };
        vec![DeclarationProblem { file: file.to_owned(), place, message: error.into_inner().to_string() }]
    })
}

/// The built-in declarations with these rows of the database. What cannot be read any more is left out and logged: a
/// group's other content goes on.
pub(super) fn assembled(base: &Declarations, rows: &[OwnRow], version: i64) -> Declarations {
    let read = |row: &OwnRow| match Own::read(row.kind, &row.name, row.declaration.clone()) {
        Ok(own) => Some(own),
        Err(problems) => {
            let problem = problems.first().map(ToString::to_string).unwrap_or_default();
            tracing::error!(name = row.name, problem, "a group's own declaration cannot be read and is left out");
            None
        }
    };
    Declarations { version, ..together(base, rows.iter().filter_map(read)) }
}

/// The built-in declarations with a group's own. Where a later program brings a type, a section or a field of a name that
/// the group had before, the group's own one stands: its content was made by it.
pub(crate) fn together(base: &Declarations, own: impl Iterator<Item = Own>) -> Declarations {
    let mut types = base.types().to_vec();
    let mut sections = base.sections().to_vec();
    for one in own {
        match one {
            Own::Type(declared) => {
                types.retain(|other| other.name != declared.name && other.plural != declared.plural);
                types.push(declared);
            }
            Own::Section(declared) => {
                sections.retain(|other| other.name != declared.name);
                sections.push(declared);
            }
            Own::Extension { of, fields } => {
                if let Some(declared) = types.iter_mut().find(|declared| declared.name == of) {
                    declared.fields.retain(|field| fields.iter().all(|own| own.name != field.name));
                    // Before the one that every type has as its last.
                    let place = declared.fields.iter().position(|field| field.name == VISIBLE);
                    let place = place.unwrap_or(declared.fields.len());
                    declared.fields.splice(place..place, fields);
                }
            }
        }
    }
    types.sort_by(|one, other| one.name.cmp(&other.name));
    sections.sort_by(|one, other| one.name.cmp(&other.name));
    Declarations::new(types, sections)
}
