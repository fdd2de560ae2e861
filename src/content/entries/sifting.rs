//! Lists of views that stand in memory and in no index, as whoever reads through a preview link has them: filtered and
//! sorted by the same rules as those of the database.

use std::cmp::Ordering;

use super::{
    listing::{Condition, Listed, Part, Place, SortKey, Test},
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
) -> Vec<(Place, &'v View)> {
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
    found
}

/// A part of what [`sifted`] has found in this order.
pub fn part(found: &[(Place, &View)], sort: &[SortKey], part: &Part) -> Listed {
    let behind = |place: &Place, is_in: fn(Ordering) -> bool| {
        found.partition_point(|(other, _)| is_in(store::compare(sort, other, place, false)))
    };
    let most = |limit: &i64| usize::try_from(*limit).unwrap_or_default();
    let (first, last) = match part {
        Part::Page { limit, offset } => (most(offset), most(offset).saturating_add(most(limit))),
        Part::After { limit, place } => {
            let first = place.as_ref().map_or(0, |place| behind(place, Ordering::is_le));
            (first, first.saturating_add(most(limit)))
        }
        Part::Before { limit, place } => {
            let last = behind(place, Ordering::is_lt);
            (last.saturating_sub(most(limit)), last)
        }
    };
    let last = last.min(found.len());
    let some = found.get(first..last).unwrap_or_default();
    Listed {
        count: Some(found.len() as u64),
        views: some.iter().map(|(_, view)| (*view).clone()).collect(),
        ends: some.first().zip(some.last()).map(|((first, _), (last, _))| (first.clone(), last.clone())),
        has_previous: first > 0,
        has_next: last < found.len(),
    }
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
