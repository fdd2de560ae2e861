//! Lists that are filtered, sorted or walked by a cursor. Ids and their places only: the views themselves are read for
//! the page that is answered.
//!
//! A list is walked in its order along one index, with its conditions looked up beside each row; or, where few rows fulfil a
//! condition, those rows are taken from the index and sorted. Neither reads what the list does not name.

use std::cmp::Ordering;

use ground::{
    clock::Timestamp,
    db::{Backend, Bound, Conn, DbError, Filter, Row, Tenant, TenantSql, ToValue, Value},
    words::{Locale, SiteId},
};

use super::super::listing::{Condition, Place, SortKey, Test};

/// One language's part of a list.
pub struct Walk<'q> {
    /// The site.
    pub site: SiteId,
    /// The type.
    pub content_type: &'q str,
    /// The language, behind those that are preferred to it.
    pub locale: &'q Locale,
    /// An entry that one of these shows does not stand here.
    pub better: &'q [Locale],
    /// What must be true.
    pub conditions: &'q [Condition],
    /// The order.
    pub sort: &'q [SortKey],
    /// What is shown at this instant; nothing where all of it is shown always ([`has_windows`]).
    pub at: Option<Timestamp>,
}

const HAS_WINDOWS: TenantSql = TenantSql::new(
    "select exists (select 1 from view_boundaries
        join views on views.organization_id = view_boundaries.organization_id and views.site_id = view_boundaries.site_id
            and views.entry_id = view_boundaries.entry_id and views.locale = view_boundaries.locale
        where view_boundaries.organization_id = ?1 and view_boundaries.site_id = ?2 and views.type = ?3
            and (views.visible_from is not null or views.visible_until is not null))",
);

/// Whether some of a site's entries of a type are shown for a time only: as much work as there are such times on the site
/// (`view_boundaries_site_index`), which spares a list a look at every one of its rows.
pub fn has_windows(conn: &Conn, tenant: &impl Tenant, site: SiteId, content_type: &str) -> Result<bool, DbError> {
    conn.one(HAS_WINDOWS.of(tenant, (site, content_type)), |row| row.get(0))
}

/// From where, in which direction and how far.
pub struct Stretch<'q> {
    /// Against the order.
    pub is_backward: bool,
    /// Behind this place, as seen in the direction.
    pub behind: Option<&'q Place>,
    /// Rows at most.
    pub limit: i64,
    /// Rows left out before.
    pub offset: i64,
}

/// A row of a list.
#[derive(Clone, Debug)]
pub struct Found {
    /// The language.
    pub locale: Locale,
    /// Its place.
    pub place: Place,
}

/// Which table a list is walked along.
#[derive(Clone, Copy)]
enum Along<'q> {
    /// `views`, in their own order (`views_list_index`).
    Views,
    /// The values of the first field of the order (the primary key of `view_values`).
    Sort(&'q str),
    /// The values that fulfil this condition, the one with this index (the primary key of `view_values`).
    Condition(usize, &'q Condition),
}

impl Walk<'_> {
    /// How many rows there are, counted up to `most`.
    pub fn count(&self, conn: &Conn, tenant: &impl Tenant, most: i64) -> Result<u64, DbError> {
        let along = self.driving().map_or(Along::Views, |(index, one)| Along::Condition(index, one));
        let (filter, source) = self.conditions(conn.backend(), tenant, along);
        let select = format!("select count(*) from (select walk.entry_id from {source}");
        let rest =
            if is_repeating(along) { "group by walk.entry_id limit ?) as counted" } else { "limit ?) as counted" };
        let bound = filter.statement_composed(&select, rest, (most,));
        conn.one(bound, |row| row.get::<i64>(0)).map(i64::unsigned_abs)
    }

    /// The rows of a stretch, in the direction in which it goes. `is_rare` says that few rows fulfil the conditions.
    pub fn rows(
        &self,
        conn: &Conn,
        tenant: &impl Tenant,
        stretch: &Stretch<'_>,
        is_rare: bool,
    ) -> Result<Vec<Found>, DbError> {
        conn.list(self.statement("select", conn.backend(), tenant, stretch, is_rare), |row| self.found(row))
    }

    /// The statement of [`Walk::rows`], which begins with this verb.
    fn statement(
        &self,
        verb: &str,
        backend: Backend,
        tenant: &impl Tenant,
        stretch: &Stretch<'_>,
        is_rare: bool,
    ) -> Bound {
        let in_order = self.sort.first().map_or(Along::Views, |key| Along::Sort(&key.field));
        let driving = self.driving().map(|(index, one)| Along::Condition(index, one));
        // Rows with one value of a field stand in the list's own order in the index already.
        let is_ordered = |along: &Along<'_>| matches!(along, Along::Condition(_, one) if one.is_equality());
        let along = match driving {
            Some(along) if is_rare || (self.sort.is_empty() && is_ordered(&along)) => along,
            _ => in_order,
        };
        let (mut filter, mut source) = self.conditions(backend, tenant, along);
        let mut columns = String::new();
        let mut order: Vec<(String, bool)> = Vec::new();
        for (number, key) in self.sort.iter().enumerate() {
            let table = if number == 0 && matches!(along, Along::Sort(_)) {
                "walk".to_owned()
            } else {
                let table = format!("key{number}");
                source.extend([" cross join view_values as ", table.as_str()]);
                let joined = format!(
                    "{table}.organization_id = walk.organization_id and {table}.entry_id = walk.entry_id
                        and {table}.locale = walk.locale and {table}.field = ?"
                );
                filter = filter.and_composed(&joined, (key.field.as_str(),));
                table
            };
            columns.extend([", ", table.as_str(), ".value"]);
            order.push((format!("{table}.value"), key.is_descending != stretch.is_backward));
        }
        // What is the same in all else goes the way of the last key, so that one index serves both directions.
        let last = order.last().map_or(stretch.is_backward, |(_, is_descending)| *is_descending);
        order.extend([("walk.sort_order".to_owned(), last), ("walk.entry_id".to_owned(), last)]);
        if let Some(place) = stretch.behind {
            let (condition, values) = behind(&order, place);
            filter = filter.and_composed(&condition, values);
        }
        let select = format!("{verb} walk.entry_id, walk.locale, walk.sort_order{columns} from {source}");
        let grouped = if is_repeating(along) {
            format!("group by walk.entry_id, walk.locale, walk.sort_order{columns} ")
        } else {
            String::new()
        };
        let order: Vec<String> =
            order.iter().map(|(column, is_descending)| format!("{column}{}", direction(*is_descending))).collect();
        let rest = format!("{grouped}order by {} limit ? offset ?", order.join(", "));
        filter.statement_composed(&select, &rest, (stretch.limit, stretch.offset))
    }

    fn found(&self, row: &Row) -> Result<Found, DbError> {
        let keys = (0..self.sort.len()).map(|number| row.get::<Vec<u8>>(number + 3)).collect::<Result<_, _>>()?;
        Ok(Found { locale: row.get(1)?, place: Place { keys, order: row.get(2)?, entry: row.get(0)? } })
    }

    /// The condition that the fewest rows fulfil, as far as its kind says: one value rather than some, some rather than a range.
    fn driving(&self) -> Option<(usize, &Condition)> {
        let rank = |one: &Condition| match one.test {
            Test::Is(_) => 0,
            Test::Among(_) => 1,
            Test::Above(_) | Test::From(_) | Test::Below(_) | Test::UpTo(_) => 2,
            Test::Given => 3,
            // Nearly everything is something else.
            Test::IsNot(_) => 4,
        };
        let by_rank = self.conditions.iter().enumerate().filter(|(_, one)| rank(one) < 4);
        by_rank.min_by_key(|(_, one)| rank(one))
    }

    /// Everything but the order: the walked table's own rows, the better languages, the conditions.
    fn conditions(&self, backend: Backend, tenant: &impl Tenant, along: Along<'_>) -> (Filter, String) {
        let mut filter = Filter::of(tenant, "walk")
            .and("walk.site_id = ?", self.site)
            .and("walk.type = ?", self.content_type)
            .and("walk.locale = ?", self.locale);
        let source = match along {
            Along::Views => "views as walk",
            Along::Sort(field) => {
                filter = filter.and("walk.field = ?", field);
                values_of(backend)
            }
            Along::Condition(_, condition) => {
                let (text, values) = condition.on("walk");
                filter = filter.and_composed(&text, values);
                values_of(backend)
            }
        };
        let shown = "(visible_from is null or visible_from <= ?) and (visible_until is null or visible_until > ?)";
        filter = match (along, self.at) {
            (_, None) => filter,
            (Along::Views, Some(at)) => filter.and_composed(shown, (at, at)),
            (_, Some(at)) => {
                let text = format!(
                    "exists (select 1 from views as shown where shown.organization_id = walk.organization_id
                        and shown.site_id = walk.site_id and shown.entry_id = walk.entry_id and shown.locale = walk.locale
                        and {shown})"
                );
                filter.and_composed(&text, (at, at))
            }
        };
        if !self.better.is_empty() {
            let marks = vec!["?"; self.better.len()].join(", ");
            let text = format!(
                "not exists (select 1 from views as better where better.organization_id = walk.organization_id
                    and better.site_id = walk.site_id and better.entry_id = walk.entry_id and better.locale in ({marks}))"
            );
            filter = filter.and_composed(&text, self.better.iter().map(ToValue::to_value).collect::<Vec<Value>>());
        }
        for (index, condition) in self.conditions.iter().enumerate() {
            if !matches!(along, Along::Condition(driving, _) if driving == index) {
                let (text, values) = condition.beside("walk", index);
                filter = filter.and_composed(&text, values);
            }
        }
        (filter, source.to_owned())
    }
}

/// `view_values`, walked along their primary key. SQLite has to be told: where a second key is joined, its planner (3.51)
/// takes the index of entries, by the organization alone, and reads the values of all its sites.
const fn values_of(backend: Backend) -> &'static str {
    match backend {
        Backend::Sqlite => "view_values as walk indexed by sqlite_autoindex_view_values_1",
        Backend::Postgres => "view_values as walk",
    }
}

/// Whether the same entry may be met twice.
fn is_repeating(along: Along<'_>) -> bool {
    matches!(along, Along::Condition(_, one) if one.holds_many && !one.is_equality())
}

const fn direction(is_descending: bool) -> &'static str {
    if is_descending { " desc" } else { "" }
}

impl Condition {
    const fn is_equality(&self) -> bool {
        matches!(self.test, Test::Is(_))
    }

    /// On the rows of `view_values` themselves.
    fn on(&self, table: &str) -> (String, Vec<Value>) {
        let (test, keys): (String, Vec<&Vec<u8>>) = match &self.test {
            Test::Is(key) | Test::IsNot(key) => (format!("{table}.value = ?"), vec![key]),
            Test::Among(keys) => {
                // In few lengths, so that few statements are prepared.
                let length = keys.len().next_power_of_two();
                let marks = vec!["?"; length].join(", ");
                let filled = keys.iter().chain(keys.last().into_iter().cycle()).take(length).collect();
                (format!("{table}.value in ({marks})"), filled)
            }
            // What is empty is neither more nor less than anything.
            Test::Above(key) => (format!("{table}.value > ?"), vec![key]),
            Test::From(key) => (format!("{table}.value >= ?"), vec![key]),
            Test::Below(key) => (format!("{table}.value > ? and {table}.value < ?"), vec![&EMPTY, key]),
            Test::UpTo(key) => (format!("{table}.value > ? and {table}.value <= ?"), vec![&EMPTY, key]),
            Test::Given => (format!("{table}.value > ?"), vec![&EMPTY]),
        };
        let mut values = vec![self.field.to_value()];
        values.extend(keys.into_iter().map(ToValue::to_value));
        (format!("{table}.field = ? and {test}"), values)
    }

    /// Looked up beside a row of another table (`view_values_entry_index`).
    fn beside(&self, walk: &str, index: usize) -> (String, Vec<Value>) {
        let table = format!("also{index}");
        let (test, values) = self.on(&table);
        let not = if matches!(self.test, Test::IsNot(_)) { "not " } else { "" };
        let text = format!(
            "{not}exists (select 1 from view_values as {table} where {table}.organization_id = {walk}.organization_id
                and {table}.entry_id = {walk}.entry_id and {table}.locale = {walk}.locale and {test})"
        );
        (text, values)
    }
}

/// What an empty field is written as.
static EMPTY: Vec<u8> = Vec::new();

/// Everything behind a place, by columns with their directions (true: descending).
fn behind(order: &[(String, bool)], place: &Place) -> (String, Vec<Value>) {
    let mut values: Vec<Value> = place.keys.iter().map(ToValue::to_value).collect();
    values.extend([place.order.to_value(), place.entry.to_value()]);
    let sign = |is_descending: bool| if is_descending { "<" } else { ">" };
    let is_one_way = order.iter().all(|(_, is_descending)| *is_descending == order[0].1);
    if is_one_way {
        let columns: Vec<&str> = order.iter().map(|(column, _)| column.as_str()).collect();
        let marks = vec!["?"; columns.len()].join(", ");
        return (format!("({}) {} ({marks})", columns.join(", "), sign(order[0].1)), values);
    }
    // The first column once more by itself: that is what an index can be entered by.
    let mut text = format!("{} {}= ?", order[0].0, sign(order[0].1));
    let mut bound = vec![values[0].clone()];
    text.push_str(" and (");
    for (number, (column, is_descending)) in order.iter().enumerate() {
        if number > 0 {
            text.push_str(" or ");
        }
        text.push('(');
        for (same, value) in order[..number].iter().zip(&values) {
            text.extend([same.0.as_str(), " = ? and "]);
            bound.push(value.clone());
        }
        text.extend([column.as_str(), " ", sign(*is_descending), " ?)"]);
        bound.push(values[number].clone());
    }
    text.push(')');
    (text, bound)
}

/// Which of two places of different languages comes first, by the same rules as the database's.
pub fn compare(sort: &[SortKey], left: &Place, right: &Place, is_backward: bool) -> Ordering {
    let turned = |ordering: Ordering, is_descending: bool| if is_descending { ordering.reverse() } else { ordering };
    let mut last = is_backward;
    for (number, key) in sort.iter().enumerate() {
        last = key.is_descending != is_backward;
        let ordering = left.keys.get(number).cmp(&right.keys.get(number));
        if ordering != Ordering::Equal {
            return turned(ordering, last);
        }
    }
    turned((left.order, left.entry).cmp(&(right.order, right.entry)), last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{locale, on_both, room};

    /// How SQLite goes about a list: it is to read the values of the site, the type and the field that are asked for, whatever
    /// else the organization has.
    #[test]
    fn a_list_reads_the_values_of_its_own_site_alone() {
        on_both(|world| {
            if world.db.backend() != Backend::Sqlite {
                return;
            }
            world.publish(&world.create("room", room(&[("en", "Lake room")])).unwrap(), None).unwrap();
            let key = |field: &str, is_descending| SortKey { field: field.to_owned(), is_descending };
            let is = |field: &str| Condition { field: field.to_owned(), holds_many: false, test: Test::Is(vec![1]) };
            let above =
                |field: &str| Condition { field: field.to_owned(), holds_many: true, test: Test::Above(vec![1]) };
            let lists: [(&[Condition], &[SortKey]); 6] = [
                (&[], &[key("max_guests", true)]),
                (&[], &[key("max_guests", true), key("name", false)]),
                (&[], &[key("name", false), key("max_guests", false), key("size", true)]),
                (&[is("max_guests")], &[]),
                (&[is("max_guests"), above("size")], &[key("name", false)]),
                (&[above("size")], &[key("name", false), key("max_guests", true)]),
            ];
            for (conditions, sort) in lists {
                for (is_rare, is_backward) in [(false, false), (true, false), (false, true)] {
                    let (locale, better) = (locale("en"), [locale("de")]);
                    let walk = Walk {
                        site: world.site.id,
                        content_type: "room",
                        locale: &locale,
                        better: &better,
                        conditions,
                        sort,
                        at: Some(world.db.clock().now()),
                    };
                    let stretch = Stretch { is_backward, behind: None, limit: 20, offset: 0 };
                    let plan = world.read(|conn, scope| {
                        let explain = "explain query plan select";
                        let statement = walk.statement(explain, Backend::Sqlite, scope, &stretch, is_rare);
                        conn.list(statement, |row| row.get::<String>(3))
                    });
                    let plan: Vec<String> = plan.unwrap_or_else(|error: DbError| panic!("{error}"));
                    let own = "(organization_id=? AND site_id=? AND type=? AND locale=? AND field=?";
                    let walked = plan.iter().filter(|step| step.contains("walk") && step.contains(own)).count();
                    assert_eq!(walked, 1, "{conditions:?} {sort:?}: {plan:#?}");
                    let is_scanned = plan.iter().any(|step| step.starts_with("SCAN"));
                    assert!(!is_scanned, "{conditions:?} {sort:?}: {plan:#?}");
                }
            }
        });
    }
}
