//! The drift list: which entries have a value of their own where the brand has one, since when, and whose it is.

use ground::{
    clock::Timestamp,
    db::{Conn, DbError},
    words::{EntryId, SiteId, Slug},
};
use serde::Serialize;
use serde_json::Value;
use tenants::scope::Scope;
use utoipa::ToSchema;

use super::store;
use crate::types::{BrandMode, BrandState, Declarations};

/// A value of an entry's own where the brand has one.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BrandDrift)]
pub struct Drift {
    /// The entry's site.
    #[schema(value_type = String, format = "uuid")]
    pub site_id: SiteId,
    /// The entry.
    #[schema(value_type = String, format = "uuid")]
    pub entry_id: EntryId,
    /// Its type.
    #[serde(rename = "type")]
    pub content_type: String,
    /// Its name in addresses.
    #[schema(value_type = String)]
    pub slug: Slug,
    /// What lists call it.
    pub title: String,
    /// Number of its newest revision.
    pub revision: u32,
    /// The field.
    pub field: String,
    /// How the brand's field stands to the entries. Where it is locked, the own value waits and nobody sees it.
    pub mode: BrandMode,
    /// The entry's own value, as the newest revision has it.
    #[schema(value_type = Value)]
    pub own: Value,
    /// The brand's value that visitors of the others see.
    #[schema(value_type = Value)]
    pub brand: Value,
    /// Whether both say the same.
    pub is_same: bool,
    /// Since when the entry has had a value of its own.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// What whoever gave it one was called then.
    pub author_name: String,
}

/// Which part of the list is asked for.
#[derive(Clone, Debug, Default)]
pub struct DriftFilter {
    /// Entries of this type.
    pub content_type: Option<String>,
    /// This field.
    pub field: Option<String>,
    /// Entries of this site.
    pub site: Option<SiteId>,
}

/// One page of the list, the oldest first, with how many there are. Members of some sites see those of their sites.
pub fn drift(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    filter: &DriftFilter,
    limit: i64,
    offset: i64,
) -> Result<(u64, Vec<Drift>), DbError> {
    let mut fields = Vec::new();
    for declared in declarations.types() {
        let is_asked = |asked: &Option<String>, name: &str| asked.as_deref().is_none_or(|asked| asked == name);
        if !is_asked(&filter.content_type, &declared.name) {
            continue;
        }
        let offered = declared.inheritable().filter(|field| {
            is_asked(&filter.field, &field.name)
                && declarations.brand_field(&declared.name, field, BrandState::Published).is_some()
        });
        fields.extend(offered.map(|field| (declared.name.clone(), field.name.clone())));
    }
    let asked = filter.site.map(|site| if scope.may_act_on(site) { vec![site] } else { Vec::new() });
    let sites = asked.as_deref().or_else(|| scope.sites());
    let (count, rows) = store::overrides(conn, scope, &store::Wanted { fields: &fields, sites }, limit, offset)?;
    let drift = |row: store::OverrideRow| {
        let declared = declarations.content_type(&row.content_type)?;
        let brand = declarations.brand_field(&row.content_type, declared.field(&row.field)?, BrandState::Published)?;
        let own = row.document.get(&row.field)?.clone();
        Some(Drift {
            site_id: row.site,
            entry_id: row.entry,
            slug: row.slug,
            title: row.title,
            revision: row.revision,
            mode: brand.mode,
            is_same: own == brand.value,
            own,
            brand: brand.value.clone(),
            content_type: row.content_type,
            field: row.field,
            since: row.since,
            author_name: row.author_name,
        })
    };
    Ok((count, rows.into_iter().filter_map(drift).collect()))
}
