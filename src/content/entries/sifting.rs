//! Lists of views that stand in memory and in no index, as whoever reads through a preview link has them: filtered and
//! sorted by the same rules as those of the database.

use super::{
    listing::{Condition, Place, SortKey, Test},
    public::View,
    store,
};
use crate::types::{FilterValue, TypeDeclaration, complete_values};

/// The views of which all conditions are true, in this order; in the list's own where there is none.
pub fn sifted<'v>(
    views: impl Iterator<Item = &'v View>,
    declared: &TypeDeclaration,
    conditions: &[Condition],
    sort: &[SortKey],
) -> Vec<&'v View> {
    let mut found: Vec<(Place, &View)> = views
        .filter_map(|view| {
            let mut values = declared.filter_values(&view.document);
            complete_values(&mut values, &view.slug, view.published_at);
            let is_wanted = conditions.iter().all(|condition| is_true(condition, &values));
            let keys = sort.iter().map(|key| keys(&values, &key.field).next().cloned().unwrap_or_default()).collect();
            is_wanted.then_some((Place { keys, order: view.order, entry: view.entry_id }, view))
        })
        .collect();
    found.sort_by(|(left, _), (right, _)| store::compare(sort, left, right, false));
    found.into_iter().map(|(_, view)| view).collect()
}

fn keys<'a>(values: &'a [FilterValue], field: &str) -> impl Iterator<Item = &'a Vec<u8>> {
    values.iter().filter(move |value| value.field == field).map(|value| &value.key)
}

/// What is empty is less than everything, and still not below or above anything.
fn is_true(Condition { field, test, .. }: &Condition, values: &[FilterValue]) -> bool {
    let mut keys = keys(values, field);
    match test {
        Test::Is(wanted) => keys.any(|key| key == wanted),
        Test::IsNot(other) => keys.all(|key| key != other),
        Test::Among(wanted) => keys.any(|key| wanted.contains(key)),
        Test::Above(least) => keys.any(|key| key > least),
        Test::From(least) => keys.any(|key| key >= least),
        Test::Below(most) => keys.any(|key| !key.is_empty() && key < most),
        Test::UpTo(most) => keys.any(|key| !key.is_empty() && key <= most),
        Test::Given => keys.any(|key| !key.is_empty()),
    }
}
