//! What an organization says once for all of its entries of a type. A field that is declared `inheritable` takes the
//! brand's value where an entry has none of its own, and always where the brand has locked it. Everything that reads a
//! document for visitors reads it through here, so that nobody else has to know.

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{Declarations, Document, Field, FieldProblem, TypeDeclaration};

/// How a field of the brand stands to the entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BrandMode {
    /// Entries without a value of their own have the brand's.
    Inherit,
    /// All entries have the brand's. What they had before is kept, and comes back when the field is unlocked.
    Locked,
}

/// A field of the brand as it is stored.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct BrandField {
    /// How it stands to the entries.
    pub mode: BrandMode,
    /// The kind that the field had when the value was checked: of another kind it means nothing.
    pub kind: String,
    /// The value, as a document has it.
    pub value: Value,
}

impl BrandField {
    /// Whether it holds where an entry has this value of its own, or none.
    fn holds_over(&self, own: Option<&Value>) -> bool {
        self.mode == BrandMode::Locked || own.is_none()
    }
}

/// The fields of a brand for one type, by their names.
pub type BrandFields = BTreeMap<String, BrandField>;

/// A type's brand: as the team works on it, and as visitors see it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Brand {
    pub(crate) draft: BrandFields,
    pub(crate) published: BrandFields,
}

/// Which state of the brand is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrandState {
    /// The newest.
    Draft,
    /// The one that visitors see.
    Published,
}

impl Declarations {
    /// The brand's value of a field, if it has one that the field can take.
    pub fn brand_field(&self, content_type: &str, field: &Field, state: BrandState) -> Option<&BrandField> {
        let brand = self.brands.get(content_type)?;
        let fields = if state == BrandState::Draft { &brand.draft } else { &brand.published };
        fields.get(&field.name).filter(|one| field.is_inheritable && one.kind == brand_kind(field))
    }

    /// A document with the brand's values where it has none of its own or must not have one. Whether a fact is the brand's
    /// is said by the document that facts are taken from, so that nobody's texts stand beside another's facts.
    pub fn with_brand<'d>(
        &self,
        declared: &TypeDeclaration,
        document: &'d Document,
        facts: &Document,
        state: BrandState,
    ) -> Cow<'d, Document> {
        if !self.brands.contains_key(&declared.name) {
            return Cow::Borrowed(document);
        }
        let mut filled = Cow::Borrowed(document);
        for field in &declared.fields {
            let Some(one) = self.brand_field(&declared.name, field, state) else { continue };
            let decides = if field.is_localized { document } else { facts };
            if one.holds_over(decides.get(&field.name)) {
                filled.to_mut().0.insert(field.name.clone(), one.value.clone());
            }
        }
        filled
    }

    /// What the brand that visitors see says in all languages alike of a type's entries, for who reads their facts without
    /// the declarations at hand: [`fill_facts`] puts it into them.
    pub fn brand_facts(&self, content_type: &str) -> BrandFields {
        let declared = self.content_type(content_type).map(|declared| declared.fields.as_slice()).unwrap_or_default();
        let said = declared.iter().filter(|field| !field.is_localized).filter_map(|field| {
            let one = self.brand_field(content_type, field, BrandState::Published)?;
            Some((field.name.clone(), one.clone()))
        });
        said.collect()
    }

    /// The fields that a change sets or changes though the brand has locked them. Taking an own value away is no such
    /// change: the brand's was shown before.
    pub fn locked_changes(
        &self,
        declared: &TypeDeclaration,
        before: Option<&Document>,
        after: &Document,
    ) -> Vec<FieldProblem> {
        let is_locked = |field: &&Field| {
            let brand = self.brand_field(&declared.name, field, BrandState::Published);
            brand.is_some_and(|brand| brand.mode == BrandMode::Locked)
        };
        let is_changed = |field: &&Field| {
            let own = after.get(&field.name);
            own.is_some() && own != before.and_then(|before| before.get(&field.name))
        };
        let problem = |field: &Field| FieldProblem {
            pointer: format!("/{}", field.name),
            code: "field_locked".into(),
            detail: format!(
                "The brand has locked `{}`: its value holds for every entry. Leave the field as it is, or ask an admin to unlock it.",
                field.label.en
            ),
        };
        declared.fields.iter().filter(is_locked).filter(is_changed).map(problem).collect()
    }
}

/// Puts the brand's facts into an entry's where it has none of its own or must not have one, as [`Declarations::with_brand`].
pub fn fill_facts(facts: &mut Map<String, Value>, brand: &BrandFields) {
    for (name, one) in brand {
        if one.holds_over(facts.get(name)) {
            facts.insert(name.clone(), one.value.clone());
        }
    }
}

impl TypeDeclaration {
    /// The fields that can be the brand's.
    pub fn inheritable(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.is_inheritable)
    }

    /// The fields that can be the brand's and that a document has a value of its own for.
    pub fn overridden(&self, document: &Document) -> Vec<String> {
        let own = self.inheritable().filter(|field| document.get(&field.name).is_some());
        own.map(|field| field.name.clone()).collect()
    }
}

/// What a value of a field was checked as.
pub(crate) fn brand_kind(field: &Field) -> String {
    let name = field.kind.name();
    if field.is_localized { format!("{name} per language") } else { name.to_owned() }
}
