//! Where a value stands in a record (`Address.City`), and texts with such places in them (`{HotelName}, {Address.City}`).

use std::{collections::HashMap, fmt::Write as _};

use ground::words::EntryId;
use serde::{Deserialize, de};
use serde_json::Value;

/// The step that stands for every item of a list.
const EVERY_ITEM: &str = "*";

/// The entries that earlier rules have made of a site's records, by type and source key.
pub type Known = HashMap<(String, String), EntryId>;

/// One record of the source, the record around it, and its number in its list.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// The record's JSON.
    pub value: &'a Value,
    /// The record that holds the list this one stands in.
    pub parent: Option<&'a Record<'a>>,
    /// Its number in that list, from 1.
    pub number: usize,
    /// The slug of the site that the record belongs to, once that is known.
    pub site_slug: Option<&'a str>,
    /// What a reference can name.
    pub known: Option<&'a Known>,
}

impl<'a> Record<'a> {
    /// A record of the source's own list.
    pub fn root(value: &'a Value, number: usize) -> Self {
        Self { value, parent: None, number, site_slug: None, known: None }
    }

    /// A record of a list inside this one.
    pub fn child(&'a self, value: &'a Value, number: usize) -> Self {
        Self { value, parent: Some(self), number, site_slug: self.site_slug, known: self.known }
    }
}

/// A place in a record: names separated by dots, numbers for items of a list (from 0), `*` for all of them (lists that
/// are found behind it are joined into one), `$parent` for the record around it, and `$index` for its own number (from
/// 1). `.` or nothing is the record itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path(Vec<String>);

impl Path {
    /// The path that the text spells.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() || text == "." {
            return Ok(Self::default());
        }
        let steps: Vec<String> = text.split('.').map(str::to_owned).collect();
        if steps.iter().any(String::is_empty) {
            return Err(format!(
                "{text:?} is no path: write names with single dots between them, such as Address.City."
            ));
        }
        let misplaced = |(place, step): (usize, &String)| match step.as_str() {
            "$parent" => steps[..place].iter().any(|before| before != "$parent"),
            "$index" => place + 1 != steps.len() || steps[..place].iter().any(|before| before != "$parent"),
            "$slug" => steps.len() != 1,
            other => other.starts_with('$'),
        };
        if steps.iter().enumerate().any(misplaced) {
            return Err(format!(
                "{text:?} is no path: $parent stands first, $index last, $slug alone; there is no other $ name."
            ));
        }
        Ok(Self(steps))
    }

    /// The value at this place; nothing where there is none, or JSON's null.
    pub fn find(&self, record: &Record<'_>) -> Option<Value> {
        let mut record = *record;
        let mut steps = self.0.as_slice();
        while let [first, rest @ ..] = steps {
            match first.as_str() {
                "$parent" => record = *record.parent?,
                "$index" => return Some(Value::from(record.number)),
                "$slug" => return record.site_slug.map(Value::from),
                _ => break,
            }
            steps = rest;
        }
        found_in(record.value, steps)
    }

    /// The list at this place, borrowed: how the records of a source are walked.
    pub fn list<'a>(&self, value: &'a Value) -> Option<&'a Vec<Value>> {
        let found = self.0.iter().try_fold(value, |value, step| match value {
            Value::Object(fields) => fields.get(step),
            Value::Array(items) => items.get(step.parse::<usize>().ok()?),
            _ => None,
        })?;
        found.as_array()
    }

    /// The path as it was written.
    pub fn spelling(&self) -> String {
        self.0.join(".")
    }
}

fn found_in(value: &Value, steps: &[String]) -> Option<Value> {
    let Some((first, rest)) = steps.split_first() else { return (!value.is_null()).then(|| value.clone()) };
    match value {
        Value::Object(fields) => found_in(fields.get(first)?, rest),
        Value::Array(items) if first == EVERY_ITEM => {
            let found = items.iter().filter_map(|item| found_in(item, rest));
            Some(Value::Array(found.flat_map(joined).collect()))
        }
        Value::Array(items) => found_in(items.get(first.parse::<usize>().ok()?)?, rest),
        _ => None,
    }
}

fn joined(found: Value) -> Vec<Value> {
    match found {
        Value::Array(items) => items,
        other => vec![other],
    }
}

impl<'de> Deserialize<'de> for Path {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// A text with paths in braces. `{{` and `}}` stand for the braces themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Place(Path),
}

impl Template {
    /// The template that the text spells.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '{' | '}' if letters.peek() == Some(&letter) => {
                    letters.next();
                    plain.push(letter);
                }
                '{' => {
                    let rest: String = letters.clone().collect();
                    let Some((place, _)) = rest.split_once('}') else {
                        return Err(format!("{text:?} has a {{ without its }}; write {{{{ for the sign itself."));
                    };
                    letters.by_ref().take(place.chars().count() + 1).for_each(drop);
                    pieces.push(Piece::Text(std::mem::take(&mut plain)));
                    pieces.push(Piece::Place(Path::parse(place)?));
                }
                '}' => return Err(format!("{text:?} has a }} without its {{; write }}}} for the sign itself.")),
                _ => plain.push(letter),
            }
        }
        pieces.push(Piece::Text(plain));
        pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
        Ok(Self(pieces))
    }

    /// The text with every place filled in. A place without a value, or with a list or an object, is an error that
    /// names the place.
    pub fn fill(&self, record: &Record<'_>) -> Result<String, String> {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(plain) => text.push_str(plain),
                Piece::Place(path) => match path.find(record) {
                    Some(Value::String(value)) => text.push_str(value.trim()),
                    Some(value @ (Value::Number(_) | Value::Bool(_))) => {
                        // Writing to a String cannot fail.
                        let _ = write!(text, "{value}");
                    }
                    Some(_) => return Err(format!("{} is a list or an object, not a text.", path.spelling())),
                    None => return Err(format!("{} is missing in the record.", path.spelling())),
                },
            }
        }
        Ok(text)
    }
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_finds_its_value_or_nothing() {
        let hotel = json!({
            "Name": "A", "Address": {"City": "Rorschach"}, "At": [9.5, 47.4], "Gone": null,
            "Rooms": [{"Beds": 2, "Tags": ["tv", "bath"]}, {"Tags": ["tv"]}],
        });
        let room = json!({"Type": "Suite"});
        let parent = Record { site_slug: Some("a"), ..Record::root(&hotel, 3) };
        let record = parent.child(&room, 7);
        for (path, found) in [
            ("Type", Some(json!("Suite"))),
            ("$index", Some(json!(7))),
            ("$parent.$index", Some(json!(3))),
            ("$parent.Address.City", Some(json!("Rorschach"))),
            ("$parent.At.1", Some(json!(47.4))),
            ("$parent.Gone", None),
            ("$parent.$parent.Name", None),
            ("Type.City", None),
            ("$parent.Rooms.*.Tags", Some(json!(["tv", "bath", "tv"]))),
            ("$parent.Rooms.*.Beds", Some(json!([2]))),
            ("$parent.Name.*", None),
            ("$slug", Some(json!("a"))),
            (".", Some(room.clone())),
        ] {
            assert_eq!(Path::parse(path).unwrap().find(&record), found, "{path}");
        }
        for wrong in ["a..b", ".a", "a.$parent", "$index.a", "$nothing", "a.$slug"] {
            assert!(Path::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_template_fills_its_places_and_names_what_is_missing() {
        let value = json!({"Name": " Krone ", "Beds": 2, "Tags": []});
        let record = Record::root(&value, 1);
        let fill = |text: &str| Template::parse(text).unwrap().fill(&record);
        assert_eq!(fill("{Name}, {Beds} beds {{x}}"), Ok("Krone, 2 beds {x}".to_owned()));
        assert_eq!(fill("{Name}-{$index}"), Ok("Krone-1".to_owned()));
        assert_eq!(fill("{Price}"), Err("Price is missing in the record.".to_owned()));
        assert!(fill("{Tags}").is_err());
        assert!(Template::parse("a } b").is_err());
        assert!(Template::parse("a { b").is_err());
    }
}
