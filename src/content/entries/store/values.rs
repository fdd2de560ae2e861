//! What lists are filtered and sorted by, beside each view.

use ground::{
    db::{DbError, Tenant, TenantSql, ToValue, Tx, Value},
    words::{EntryId, Locale},
};

use super::super::publishing::Composed;
use crate::types::FilterValue;

const THERE: TenantSql = TenantSql::new(
    "select field, value, sort_order from view_values where organization_id = ?1 and entry_id = ?2 and locale = ?3
     order by field, value",
);
const DELETE: TenantSql =
    TenantSql::new("delete from view_values where organization_id = ?1 and entry_id = ?2 and locale = ?3");

/// Rows of one statement. The last one is filled up with its own last row, which then stands there already.
const ROWS: usize = 8;
const INSERT: TenantSql = TenantSql::new(
    "insert into view_values (organization_id, site_id, type, locale, entry_id, sort_order, field, value)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8), (?1, ?2, ?3, ?4, ?5, ?6, ?9, ?10), (?1, ?2, ?3, ?4, ?5, ?6, ?11, ?12),
        (?1, ?2, ?3, ?4, ?5, ?6, ?13, ?14), (?1, ?2, ?3, ?4, ?5, ?6, ?15, ?16), (?1, ?2, ?3, ?4, ?5, ?6, ?17, ?18),
        (?1, ?2, ?3, ?4, ?5, ?6, ?19, ?20), (?1, ?2, ?3, ?4, ?5, ?6, ?21, ?22)
     on conflict do nothing",
);

/// Writes a view's values over those that are there; most publications change none (`view_values_entry_index`).
pub fn put(tx: &Tx, tenant: &impl Tenant, view: &Composed<'_>) -> Result<(), DbError> {
    let there = tx.list(THERE.of(tenant, (view.entry, view.locale)), |row| {
        Ok((FilterValue { field: row.get(0)?, key: row.get(1)? }, row.get::<i64>(2)?))
    })?;
    let is_same = there.len() == view.values.len()
        && there.iter().zip(&view.values).all(|((stored, order), value)| stored == value && *order == view.order);
    if is_same {
        return Ok(());
    }
    if !there.is_empty() {
        delete(tx, tenant, view.entry, view.locale)?;
    }
    for some in view.values.chunks(ROWS) {
        let mut row: Vec<Value> = vec![
            view.site.to_value(),
            view.content_type.to_value(),
            view.locale.to_value(),
            view.entry.to_value(),
            view.order.to_value(),
        ];
        let filled = some.iter().chain(some.last().into_iter().cycle()).take(ROWS);
        row.extend(filled.flat_map(|value| [value.field.to_value(), value.key.to_value()]));
        tx.execute(INSERT.of(tenant, row))?;
    }
    Ok(())
}

/// Removes a view's values.
pub fn delete(tx: &Tx, tenant: &impl Tenant, entry: EntryId, locale: &Locale) -> Result<(), DbError> {
    tx.execute(DELETE.of(tenant, (entry, locale))).map(|_| ())
}
