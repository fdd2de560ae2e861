//! What the declarations in `assets/types` and `assets/sections` mean: which fields a piece of content has, what each
//! may hold, and whether a document keeps to it. Nothing here knows what a room is.

mod behaviour;
mod brands;
mod catalogue;
mod completeness;
mod converting;
mod declaration;
pub mod dictionaries;
mod filtering;
mod kinds;
mod own;
mod past;
mod reading;
mod references;
mod routes;
mod store;
#[cfg(test)]
mod tests;
mod together;
mod validation;
mod visible;
mod written;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

pub use behaviour::{PageDeclaration, Role};
pub(crate) use brands::{Brand, brand_kind};
pub use brands::{BrandField, BrandFields, BrandMode, BrandState, fill_facts};
pub use catalogue::Catalogue;
pub use converting::{Step, fit};
pub use declaration::{Choice, Field, FieldKind, SectionDeclaration, TypeDeclaration, Visibility, Words};
pub(crate) use filtering::complete_values;
pub use filtering::{FilterField, FilterKind, FilterValue};
pub use machinery::web::FieldProblem;
pub use own::OwnKind;
pub(crate) use own::{Own, together};
pub(crate) use past::declarations_until;
pub use reading::DeclarationProblem;
pub use routes::{Document as RouteDocument, routes};
pub use store::version;
pub(crate) use store::{BrandRow, OwnRow, brand_of, brands, delete_own, own_rows, put_own, put_past, renew_version};
pub(crate) use validation::ALT_LENGTH;
pub use validation::{MediaReference, Reference, Validated};
pub use visible::{
    ALL_DEVICES, ANCHOR, BACKGROUND, DEVICES, FROM, LANGUAGES, UNTIL, VISIBLE, is_common, is_shown_in,
    languages as shown_languages,
};
pub use written::{WrittenExtension, WrittenField, WrittenSection, WrittenType};

/// Bytes of a document's canonical JSON: a page of 100 long sections is below it, and 100 revisions of it stay small.
pub const DOCUMENT_BYTES: usize = 512 * 1024;
/// Items of a list that declares no lower limit.
pub const LIST_ITEMS: usize = 500;
/// Sections of one page: beyond this nobody scrolls, and composing stays in the low milliseconds.
pub const SECTIONS: usize = 100;
/// Levels of groups, lists and sections inside each other that a declaration may make.
pub const DEPTH: usize = 8;
/// Names in a text map.
pub const TEXT_MAP_ENTRIES: usize = 50;
/// Problems told at once: a client that sends thousands learns enough from the first ones.
pub const PROBLEMS: usize = 100;

/// All content and section types of an organization: those that came with the program, and its own.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Declarations {
    types: Vec<TypeDeclaration>,
    sections: Vec<SectionDeclaration>,
    /// Which state of the organization's own declarations it is; 0 where it has never had any.
    #[serde(skip)]
    version: i64,
    /// What the organization says once for all entries of a type.
    #[serde(skip)]
    brands: BTreeMap<String, Brand>,
    #[serde(skip)]
    types_by_name: BTreeMap<String, usize>,
    #[serde(skip)]
    sections_by_name: BTreeMap<String, usize>,
}

/// What stands before the slugs of the built-in types' pages: `rooms`, `offers`, ...
pub fn paths() -> &'static BTreeSet<String> {
    static PATHS: OnceLock<BTreeSet<String>> = OnceLock::new();
    PATHS.get_or_init(|| {
        // A program whose files have mistakes does not start.
        let types = Declarations::load().map(|declarations| declarations.types).unwrap_or_default();
        types.into_iter().filter_map(|one| Some(one.page?.path).filter(|path| !path.is_empty())).collect()
    })
}

impl Declarations {
    /// Reads the files that came with the program. Every mistake is named with its file and field.
    pub fn load() -> Result<Self, Vec<DeclarationProblem>> {
        reading::load()
    }

    pub(crate) fn new(types: Vec<TypeDeclaration>, sections: Vec<SectionDeclaration>) -> Self {
        let types: Vec<_> = types.into_iter().map(visible::in_type).collect();
        let sections: Vec<_> = sections.into_iter().map(visible::in_section).collect();
        let types_by_name = types.iter().enumerate().map(|(index, one)| (one.name.clone(), index)).collect();
        let sections_by_name = sections.iter().enumerate().map(|(index, one)| (one.name.clone(), index)).collect();
        Self { types, sections, version: 0, brands: BTreeMap::new(), types_by_name, sections_by_name }
    }

    /// What does not fit together: names taken twice, references and sections that do not exist.
    pub fn disagreements(&self) -> Vec<DeclarationProblem> {
        let mut problems = Vec::new();
        together::check(self, &mut problems);
        problems
    }

    /// Which state of the organization's own declarations it is; 0 where it has never had any.
    pub const fn version(&self) -> i64 {
        self.version
    }

    /// The same declarations with these brands, by type.
    pub(crate) fn branded(self, brands: BTreeMap<String, Brand>) -> Self {
        Self { brands, ..self }
    }

    /// The organization's brands, by type.
    pub(crate) const fn brands(&self) -> &BTreeMap<String, Brand> {
        &self.brands
    }

    /// The content types in the order of their names.
    pub fn types(&self) -> &[TypeDeclaration] {
        &self.types
    }

    /// The section types in the order of their names.
    pub fn sections(&self) -> &[SectionDeclaration] {
        &self.sections
    }

    /// The content type of this name, e.g. `room`.
    pub fn content_type(&self, name: &str) -> Option<&TypeDeclaration> {
        self.types_by_name.get(name).and_then(|index| self.types.get(*index))
    }

    /// The content type whose lists stand under this path of the public API, e.g. `rooms`.
    pub fn content_type_by_plural(&self, plural: &str) -> Option<&TypeDeclaration> {
        self.types.iter().find(|one| one.plural == plural)
    }

    /// The content type with this role.
    pub fn with_role(&self, role: Role) -> Option<&TypeDeclaration> {
        self.types.iter().find(|one| one.role == Some(role))
    }

    /// The content type whose pages stand under this path of websites, e.g. `rooms`.
    pub fn content_type_by_path(&self, path: &str) -> Option<&TypeDeclaration> {
        self.types.iter().find(|one| one.page.as_ref().is_some_and(|page| page.path == path))
    }

    /// The section type of this name, e.g. `hero`.
    pub fn section(&self, name: &str) -> Option<&SectionDeclaration> {
        self.sections_by_name.get(name).and_then(|index| self.sections.get(*index))
    }
}

/// An entry's fields, checked and in canonical form: declared order, one spelling per value, nothing empty kept. Two
/// documents say the same if and only if their JSON is the same text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Document(Map<String, Value>);

impl Document {
    /// Takes fields that are already canonical: a row's own column, or the validator's answer.
    pub(crate) const fn trusted(fields: Map<String, Value>) -> Self {
        Self(fields)
    }

    /// The fields by name.
    pub const fn fields(&self) -> &Map<String, Value> {
        &self.0
    }

    /// One field's value.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The fields, given away.
    pub fn into_fields(self) -> Map<String, Value> {
        self.0
    }

    /// The canonical text, as it is stored and compared.
    pub fn to_json(&self) -> String {
        serde_json::to_string(&self.0).expect("a JSON map with text keys has a text")
    }
}

impl ground::db::FromValue for Document {
    fn from_value(value: ground::db::Value) -> Result<Self, ground::db::DbError> {
        let text = String::from_value(value)?;
        serde_json::from_str(&text)
            .map(Self)
            .map_err(|error| ground::db::DbError::Decode(format!("a stored document: {error}")))
    }
}
