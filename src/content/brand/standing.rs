//! How the fields of one entry stand to the brand: for its form.

use ground::{
    clock::Timestamp,
    db::Conn,
    words::{EntryId, SiteId},
};
use serde::Serialize;
use serde_json::Value;
use tenants::scope::Scope;
use utoipa::ToSchema;

use super::{BrandError, store};
use crate::{
    entries,
    types::{BrandMode, BrandState, Declarations},
};

/// How one field of an entry stands to the brand.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BrandStanding)]
pub struct Standing {
    /// The field.
    pub field: String,
    /// Whose value visitors see.
    pub state: StandingState,
    /// The brand's value that visitors see.
    #[schema(value_type = Value, required = true)]
    pub brand: Option<Value>,
    /// The entry's own value; where the field is locked it waits, and comes back when it is unlocked.
    #[schema(value_type = Value, required = true)]
    pub own: Option<Value>,
    /// Since when it has had one.
    #[schema(value_type = Option<String>, format = DateTime, required = true)]
    pub since: Option<Timestamp>,
    /// What whoever gave it one was called then.
    #[schema(required = true)]
    pub author_name: Option<String>,
}

/// Whose value of a field is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StandingState {
    /// The brand's, since the entry has none.
    Inherited,
    /// The entry's, though the brand has one.
    Overridden,
    /// The brand's, whatever the entry has.
    Locked,
    /// The entry's, if any: the brand has none.
    Own,
}

/// How each field that can be the brand's stands, in the order of the form.
pub fn standing(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    id: EntryId,
) -> Result<Vec<Standing>, BrandError> {
    let entry = entries::find(conn, scope, site, id)?;
    let Some(declared) = declarations.content_type(&entry.content_type) else { return Ok(Vec::new()) };
    let noted = store::of_entry(conn, scope, id)?;
    let standing = declared.inheritable().map(|field| {
        let brand = declarations.brand_field(&entry.content_type, field, BrandState::Published);
        let own = entry.document.get(&field.name);
        let state = match (brand, own) {
            (Some(brand), _) if brand.mode == BrandMode::Locked => StandingState::Locked,
            (Some(_), Some(_)) => StandingState::Overridden,
            (Some(_), None) => StandingState::Inherited,
            (None, _) => StandingState::Own,
        };
        let noted = noted.iter().find(|(name, ..)| *name == field.name);
        Standing {
            field: field.name.clone(),
            state,
            brand: brand.map(|brand| brand.value.clone()),
            own: own.cloned(),
            since: noted.map(|(_, since, _)| *since),
            author_name: noted.map(|(.., author)| author.clone()),
        }
    });
    Ok(standing.collect())
}
