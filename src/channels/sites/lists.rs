//! Which entries of a list a section shows, and in which order: filters of templates. Sections say it in fields of the same
//! names, so one rule holds for all of them, and what search engines are told is what guests see.

use std::cmp::Ordering;

use minijinja::{Environment, Value};

/// Fields of a section that narrow what it shows, and the field of an entry that each is compared with.
const NARROWING: [(&str, &str); 3] = [("tags", "tags"), ("kinds", "kind"), ("topics", "topic")];

pub(super) fn add(environment: &mut Environment<'static>) {
    environment.add_filter("chosen", chosen);
    environment.add_filter("among", among);
    environment.add_filter("current", current);
    environment.add_filter("in_season", in_season);
    environment.add_filter("by_amount", by_amount);
    environment.add_filter("by_day", by_day);
}

/// A value as text; nothing for what is not there.
pub(super) fn text(value: &Value) -> String {
    if value.is_undefined() || value.is_none() { String::new() } else { value.to_string() }
}

pub(super) fn field(value: &Value, name: &str) -> Value {
    value.get_attr(name).unwrap_or_default()
}

pub(super) fn items(list: &Value) -> Vec<Value> {
    list.try_iter().map(Iterator::collect).unwrap_or_default()
}

/// The entries that a section shows, as its field `source` says: those chosen in its field `entries`, in that order; the
/// featured ones; or all of them. What was not chosen one by one is narrowed by the section's tags, kinds, topics and hotels.
fn chosen(list: Value, section: Value) -> Vec<Value> {
    let all = items(&list);
    let source = text(&field(&section, "source"));
    if source == "chosen" {
        let wanted = items(&field(&section, "entries"));
        let named = |wanted: &Value| all.iter().find(|one| field(one, "id") == field(wanted, "id")).cloned();
        return wanted.iter().filter_map(named).collect();
    }
    let is_meant = |one: &Value| source != "featured" || field(one, "is_featured").is_true();
    let houses = houses(&section);
    all.into_iter()
        .filter(|one| is_meant(one) && is_of(one, &houses))
        .filter(|one| NARROWING.iter().all(|(wanted, own)| has_one(one, own, &items(&field(&section, wanted)))))
        .collect()
}

/// The hotels that a section or an entry names, one or several of them.
fn houses(value: &Value) -> Vec<Value> {
    let one = Some(field(value, "property")).filter(Value::is_true);
    one.into_iter().chain(items(&field(value, "properties"))).map(|house| field(&house, "id")).collect()
}

/// Whether an entry belongs to one of these hotels. One that names none holds for all of them.
fn is_of(entry: &Value, wanted: &[Value]) -> bool {
    let own = houses(entry);
    wanted.is_empty() || own.is_empty() || own.iter().any(|house| wanted.contains(house))
}

/// Whether a field holds one of these values, or has one of them in its list; nothing wanted means anything.
fn has_one(entry: &Value, name: &str, wanted: &[Value]) -> bool {
    let own = field(entry, name);
    let is_wanted = |one: &Value| wanted.iter().any(|wanted| is_same(wanted, one));
    wanted.is_empty() || is_wanted(&own) || items(&own).iter().any(is_wanted)
}

/// Whether two values are the same; texts are so in capitals and small letters: whoever tags an entry does not look at how
/// the section writes the tag.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one.as_str(), other.as_str()) {
        (Some(one), Some(other)) => one.to_lowercase() == other.to_lowercase(),
        _ => one == other,
    }
}

/// Those of which a field holds one of the wanted values; all of them where nothing is wanted.
fn among(list: Value, name: &str, wanted: Value) -> Vec<Value> {
    let wanted = items(&wanted);
    items(&list).into_iter().filter(|one| has_one(one, name, &wanted)).collect()
}

/// Those that are not over: none of these fields is a day before today.
fn current(list: Value, today: &str, ends: Vec<String>) -> Vec<Value> {
    let is_over = |one: &Value| {
        let days = ends.iter().map(|name| text(&field(one, name)));
        // Days written like 2026-12-24 sort as text.
        days.filter(|day| !day.is_empty()).any(|day| day.as_str() < today)
    };
    items(&list).into_iter().filter(|one| !is_over(one)).collect()
}

/// Those that have no season, or whose season it is on this day. One that begins in autumn goes on in the next year.
fn in_season(list: Value, today: &str) -> Vec<Value> {
    let day = today.get("2026-".len()..).unwrap_or_default();
    let is_now = |one: &Value| {
        let season = field(one, "season");
        let (from, to) = (text(&field(&season, "from")), text(&field(&season, "to")));
        if from.is_empty() || to.is_empty() {
            return true;
        }
        let (begun, not_over) = (day >= from.as_str(), day <= to.as_str());
        if from <= to { begun && not_over } else { begun || not_over }
    };
    items(&list).into_iter().filter(is_now).collect()
}

/// The cheapest first; those without an amount stand behind, in the order they had.
fn by_amount(list: Value, name: &str) -> Vec<Value> {
    let amount = |one: &Value| text(&field(one, name)).parse::<f64>().ok();
    sorted(list, amount, f64::total_cmp)
}

/// What ends, or begins, soonest first, whichever of these days is the earlier one; those without a day stand behind.
fn by_day(list: Value, names: Vec<String>) -> Vec<Value> {
    let day = |one: &Value| names.iter().map(|name| text(&field(one, name))).filter(|day| !day.is_empty()).min();
    sorted(list, day, String::cmp)
}

fn sorted<K>(list: Value, key: impl Fn(&Value) -> Option<K>, order: impl Fn(&K, &K) -> Ordering) -> Vec<Value> {
    let mut keyed: Vec<_> = items(&list).into_iter().map(|one| (key(&one), one)).collect();
    keyed.sort_by(|(first, _), (second, _)| match (first, second) {
        (Some(first), Some(second)) => order(first, second),
        (None, None) => Ordering::Equal,
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
    });
    keyed.into_iter().map(|(_, one)| one).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn value(of: serde_json::Value) -> Value {
        Value::from(minijinja::value::Serde(of))
    }

    fn names(list: &[Value]) -> Vec<String> {
        list.iter().map(|one| text(&field(one, "id"))).collect()
    }

    #[test]
    fn a_section_narrows_what_it_does_not_choose() {
        let all = || {
            value(json!([
                {"id": "a", "tags": ["lake", "quiet"], "kind": "tour", "property": {"id": "one"}},
                {"id": "b", "tags": ["lake"], "kind": "sport", "is_featured": true, "properties": [{"id": "one"}, {"id": "two"}]},
                {"id": "c", "tags": null, "kind": "tour", "topic": "pets"},
            ]))
        };
        let shown = |section: serde_json::Value| names(&chosen(all(), value(section)));
        assert_eq!(shown(json!({})), ["a", "b", "c"]);
        assert_eq!(shown(json!({"source": "all", "tags": [], "kinds": null})), ["a", "b", "c"]);
        assert_eq!(shown(json!({"tags": ["quiet", "lake"]})), ["a", "b"]);
        assert_eq!(shown(json!({"tags": ["lake"], "kinds": ["tour", "event"]})), ["a"]);
        assert_eq!(shown(json!({"topics": ["pets"]})), ["c"]);
        // What belongs to no hotel holds for each of them.
        assert_eq!(shown(json!({"property": {"id": "two"}})), ["b", "c"]);
        assert_eq!(shown(json!({"properties": [{"id": "one"}, {"id": "two"}]})), ["a", "b", "c"]);
        assert_eq!(shown(json!({"source": "featured", "tags": ["lake"]})), ["b"]);
        assert_eq!(
            shown(json!({"source": "chosen", "entries": [{"id": "c"}, {"id": "x"}, {"id": "a"}], "tags": ["quiet"]})),
            ["c", "a"]
        );
        assert_eq!(names(&among(all(), "kind", value(json!(["sport"])))), ["b"]);
        assert_eq!(names(&among(all(), "kind", Value::UNDEFINED)), ["a", "b", "c"]);
    }

    #[test]
    fn a_season_goes_on_into_the_next_year() {
        let all = || {
            value(json!([
                {"id": "always"},
                {"id": "winter", "season": {"from": "11-01", "to": "03-15"}},
                {"id": "summer", "season": {"from": "06-01", "to": "08-31"}},
            ]))
        };
        let shown = |today: &str| names(&in_season(all(), today));
        assert_eq!(shown("2026-12-24"), ["always", "winter"]);
        assert_eq!(shown("2027-03-15"), ["always", "winter"]);
        assert_eq!(shown("2027-03-16"), ["always"]);
        assert_eq!(shown("2027-06-01"), ["always", "summer"]);
        assert_eq!(shown("2027-08-31"), ["always", "summer"]);
    }

    #[test]
    fn lists_are_ordered_by_amounts_and_by_days() {
        let all = || {
            value(json!([
                {"id": "none"},
                {"id": "dear", "price": "1000", "ends": "2027-01-01", "booked": "2026-12-01"},
                {"id": "cheap", "price": "99.50", "ends": "2026-12-15"},
            ]))
        };
        assert_eq!(names(&by_amount(all(), "price")), ["cheap", "dear", "none"]);
        assert_eq!(names(&by_day(all(), vec!["ends".into()])), ["cheap", "dear", "none"]);
        assert_eq!(names(&by_day(all(), vec!["ends".into(), "booked".into()])), ["dear", "cheap", "none"]);
    }
}
