//! Lists for visitors: filtered by declared fields, sorted by some of them, in pages or walked by a cursor that stays where it
//! is when something is published meanwhile.

use std::collections::BTreeMap;

use ground::{
    db::{Conn, DbError},
    words::{EntryId, Locale, SiteId},
};
use tenants::scope::Visitor;

use super::{public::View, store};

/// Up to here the entries of a list are counted where nobody needs the number to find a page.
pub const COUNTED: u64 = 10_000;

/// A list that is asked for.
#[derive(Clone, Debug)]
pub struct Listing<'q> {
    /// The type.
    pub content_type: &'q str,
    /// The languages, best first.
    pub chain: &'q [Locale],
    /// What must be true of each entry.
    pub conditions: &'q [Condition],
    /// The order; the list's own where there is none.
    pub sort: &'q [SortKey],
}

/// What must be true of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The field.
    pub field: String,
    /// Whether it holds several values, of which one is enough.
    pub holds_many: bool,
    /// What is asked.
    pub test: Test,
}

/// A question about a field's value. Values are bytes as `content::types` makes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// It is this one; without bytes: it is empty.
    Is(Vec<u8>),
    /// It is not this one.
    IsNot(Vec<u8>),
    /// It is one of these.
    Among(Vec<Vec<u8>>),
    /// It is more.
    Above(Vec<u8>),
    /// It is this or more.
    From(Vec<u8>),
    /// It is less.
    Below(Vec<u8>),
    /// It is this or less.
    UpTo(Vec<u8>),
    /// There is one.
    Given,
}

/// A field that a list is sorted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortKey {
    /// The field.
    pub field: String,
    /// The largest first.
    pub is_descending: bool,
}

/// Where an entry stands in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The values that the list is sorted by.
    pub keys: Vec<Vec<u8>>,
    /// Its place in the list's own order.
    pub order: i64,
    /// The entry.
    pub entry: EntryId,
}

/// Which part of a list is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// So many, after leaving out others; with the exact number of all.
    Page {
        /// Entries at most.
        limit: i64,
        /// Entries before it.
        offset: i64,
    },
    /// So many behind a place, or from the beginning.
    After {
        /// Entries at most.
        limit: i64,
        /// The last entry before it.
        place: Option<Place>,
    },
    /// So many before a place.
    Before {
        /// Entries at most.
        limit: i64,
        /// The first entry behind it.
        place: Place,
    },
}

/// A part of a list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// How many entries the list has; none where they are more than are counted.
    pub count: Option<u64>,
    /// The entries.
    pub views: Vec<View>,
    /// Where the first and the last of them stand.
    pub ends: Option<(Place, Place)>,
    /// Whether there is something before them.
    pub has_previous: bool,
    /// Whether there is something behind them.
    pub has_next: bool,
}

/// Reads a part of a list, each entry in the best language that it is published in.
pub fn list(
    conn: &Conn,
    visitor: &Visitor,
    site: SiteId,
    listing: &Listing<'_>,
    part: &Part,
) -> Result<Listed, DbError> {
    let has_windows = store::has_windows(conn, visitor, site, listing.content_type)?;
    let walks: Vec<store::Walk<'_>> = (0..listing.chain.len())
        .map(|place| store::Walk {
            site,
            content_type: listing.content_type,
            locale: &listing.chain[place],
            better: &listing.chain[..place],
            conditions: listing.conditions,
            sort: listing.sort,
            at: has_windows.then(|| visitor.instant(conn)),
        })
        .collect();
    let is_page = matches!(part, Part::Page { .. });
    let most = if is_page { i64::MAX } else { COUNTED.cast_signed() + 1 };
    let mut count = 0;
    for walk in &walks {
        count += walk.count(conn, visitor, most)?;
    }
    let (is_backward, behind, limit, offset) = match part {
        Part::Page { limit, offset } => (false, None, *limit, *offset),
        // One more than wanted says whether there is more.
        Part::After { limit, place } => (false, place.as_ref(), *limit + 1, 0),
        Part::Before { limit, place } => (true, Some(place), *limit + 1, 0),
    };
    let found = merged(conn, visitor, &walks, listing, (is_backward, behind, limit, offset), count <= COUNTED)?;
    let (mut found, is_more) = match part {
        Part::Page { limit, offset } => {
            let end = offset.saturating_add(*limit).unsigned_abs();
            (found, end < count)
        }
        Part::After { limit, .. } | Part::Before { limit, .. } => cut(found, *limit),
    };
    if is_backward {
        found.reverse();
    }
    let ends = found.first().zip(found.last()).map(|(first, last)| (first.place.clone(), last.place.clone()));
    let (has_previous, has_next) = match part {
        Part::Page { offset, .. } => (*offset > 0, is_more),
        Part::After { place, .. } => (place.is_some(), is_more),
        Part::Before { .. } => (is_more, true),
    };
    let views = views_of(conn, visitor, site, found)?;
    let count = (is_page || count <= COUNTED).then_some(count);
    Ok(Listed { count, views, ends, has_previous, has_next })
}

fn cut(mut found: Vec<store::Found>, limit: i64) -> (Vec<store::Found>, bool) {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let is_more = found.len() > limit;
    found.truncate(limit);
    (found, is_more)
}

/// The rows of all languages in one order. Each language's are in order already.
fn merged(
    conn: &Conn,
    visitor: &Visitor,
    walks: &[store::Walk<'_>],
    listing: &Listing<'_>,
    (is_backward, behind, limit, offset): (bool, Option<&Place>, i64, i64),
    is_rare: bool,
) -> Result<Vec<store::Found>, DbError> {
    if let [only] = walks {
        return only.rows(conn, visitor, &store::Stretch { is_backward, behind, limit, offset }, is_rare);
    }
    let reach = limit.saturating_add(offset);
    let stretch = store::Stretch { is_backward, behind, limit: reach, offset: 0 };
    let mut found = Vec::new();
    for walk in walks {
        found.extend(walk.rows(conn, visitor, &stretch, is_rare)?);
    }
    found.sort_by(|left, right| store::compare(listing.sort, &left.place, &right.place, is_backward));
    let number = |count: i64| usize::try_from(count).unwrap_or(usize::MAX);
    Ok(found.into_iter().skip(number(offset)).take(number(limit)).collect())
}

/// The views of a page, in its order.
fn views_of(conn: &Conn, visitor: &Visitor, site: SiteId, found: Vec<store::Found>) -> Result<Vec<View>, DbError> {
    let ids: Vec<EntryId> = found.iter().map(|one| one.place.entry).collect();
    let mut locales: Vec<Locale> = found.iter().map(|one| one.locale.clone()).collect();
    locales.sort_unstable();
    locales.dedup();
    let read = store::shown_by_ids(conn, visitor, site, &ids, &locales, visitor.instant(conn))?;
    let mut by_place: BTreeMap<(EntryId, Locale), View> =
        read.into_iter().map(|view| ((view.entry_id, view.locale.clone()), view)).collect();
    Ok(found.into_iter().filter_map(|one| by_place.remove(&(one.place.entry, one.locale))).collect())
}
