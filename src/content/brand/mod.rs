//! What an organization says once for all of its entries of a type, field by field: entries without a value of their own
//! have the brand's, and where the brand has locked a field all of them have it. A state of the brand is saved as a
//! draft, which previews show, and published for all sites at once. [`drift`] says which entries have a value of their own.
//!
//! How documents get the brand's values is in `types`; who composes views from them is in `entries`.

pub mod carried;
mod drifting;
mod errors;
mod impact;
mod jobs;
mod routes;
mod saving;
mod settling;
mod standing;
mod store;

use std::collections::BTreeMap;

use ground::{
    clock::Timestamp,
    db::{Conn, DbError},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenants::scope::Scope;
use utoipa::ToSchema;

pub use drifting::{Drift, DriftFilter, drift};
pub use errors::BrandError;
pub use impact::{Impact, impact};
pub use jobs::handle_jobs;
pub use routes::{Document, routes};
pub use saving::{publish, save};
pub use settling::{Adopt, Push, Pushed, adopt, push};
pub use standing::{Standing, standing};

use crate::types::{self, BrandFields, BrandMode, BrandRow, Declarations, TypeDeclaration};

/// A type's brand as it is answered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BrandDocument {
    /// The type.
    #[serde(rename = "type")]
    pub content_type: String,
    /// The fields that it may have: those that the type declares as `inheritable`.
    pub inheritable: Vec<String>,
    /// The newest state.
    #[schema(value_type = BTreeMap<String, BrandWish>)]
    pub fields: BTreeMap<String, BrandWish>,
    /// Number of the newest state; 0 where there is none yet.
    pub revision: u32,
    /// What visitors see.
    #[schema(value_type = BTreeMap<String, BrandWish>)]
    pub published: BTreeMap<String, BrandWish>,
    /// Number of the state that visitors see.
    #[schema(required = true)]
    pub published_revision: Option<u32>,
    /// Since when they see it.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub published_at: Option<Timestamp>,
    /// When it was saved last.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub updated_at: Option<Timestamp>,
}

/// A field of the brand.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BrandWish {
    /// How it stands to the entries.
    pub mode: BrandMode,
    /// Its value, as a document has it; with localized fields an object from language to value.
    pub value: Value,
}

/// What is to be saved as the brand of a type.
#[derive(Clone, Debug, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BrandChange {
    /// Number of the state that the change was made on; 0 for the first. If somebody has saved a newer one, nothing is
    /// changed.
    pub revision: u32,
    /// All of its fields; one that is left out is not the brand's any more.
    #[schema(value_type = BTreeMap<String, BrandWish>)]
    pub fields: BTreeMap<String, BrandWish>,
}

/// A kept state of a brand.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BrandRevision {
    /// Counts from 1 for each type.
    pub number: u32,
    /// All fields.
    #[schema(value_type = BTreeMap<String, BrandWish>)]
    pub fields: BTreeMap<String, BrandWish>,
    /// What whoever saved it was called then.
    pub author_name: String,
    /// When it was saved.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// The brand of every type that declares inheritable fields, by type.
pub fn list(conn: &Conn, scope: &Scope, declarations: &Declarations) -> Result<Vec<BrandDocument>, DbError> {
    let mut documents = Vec::new();
    for declared in declarations.types().iter().filter(|declared| declared.inheritable().next().is_some()) {
        documents.push(shown(declared, types::brand_of(conn, scope, &declared.name)?));
    }
    Ok(documents)
}

/// The brand of a type.
pub fn find(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    content_type: &str,
) -> Result<BrandDocument, BrandError> {
    let declared = declared(declarations, content_type)?;
    Ok(shown(declared, types::brand_of(conn, scope, content_type)?))
}

/// One page of the states of a type's brand, the newest first, with how many there are.
pub fn revisions(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    content_type: &str,
    limit: i64,
    offset: i64,
) -> Result<(u64, Vec<BrandRevision>), BrandError> {
    declared(declarations, content_type)?;
    Ok(store::revisions(conn, scope, content_type, limit, offset)?)
}

/// The type of this name, if it has fields that can be the brand's.
fn declared<'d>(declarations: &'d Declarations, content_type: &str) -> Result<&'d TypeDeclaration, BrandError> {
    let declared = declarations.content_type(content_type);
    declared.filter(|declared| declared.inheritable().next().is_some()).ok_or(BrandError::NotFound)
}

/// The brand belongs to all sites: whoever may act on some only leaves it alone.
fn check_scope(scope: &Scope) -> Result<(), BrandError> {
    if scope.sites().is_some() { Err(BrandError::MembershipRestricted) } else { Ok(()) }
}

fn shown(declared: &TypeDeclaration, row: Option<BrandRow>) -> BrandDocument {
    let (content_type, inheritable) =
        (declared.name.clone(), declared.inheritable().map(|field| field.name.clone()).collect());
    match row {
        Some(row) => BrandDocument {
            content_type,
            inheritable,
            fields: wishes(row.fields),
            revision: row.revision,
            published: wishes(row.published),
            published_revision: row.published_revision,
            published_at: row.published_at,
            updated_at: Some(row.updated_at),
        },
        None => BrandDocument {
            content_type,
            inheritable,
            fields: BTreeMap::new(),
            revision: 0,
            published: BTreeMap::new(),
            published_revision: None,
            published_at: None,
            updated_at: None,
        },
    }
}

fn wishes(fields: BrandFields) -> BTreeMap<String, BrandWish> {
    fields.into_iter().map(|(name, field)| (name, BrandWish { mode: field.mode, value: field.value })).collect()
}
