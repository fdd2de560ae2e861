//! Values with an inside that is no declared field: a season's two days, a day's hours, codes with what is said of them.

use serde_json::{Map, Value};

use super::{
    super::{
        declaration::{Field, FieldKind},
        dictionaries, kinds,
        kinds::Refusal,
    },
    ALT_LENGTH, Walk,
};

/// Times at which a house opens in one day: breakfast, lunch, coffee, dinner, and two more.
const HOURS_OF_A_DAY: usize = 6;
/// Minutes of a day.
const DAY: u32 = 24 * 60;

impl Walk<'_> {
    /// `{"from": "11-01", "to": "03-15"}`. The last day may come before the first: the season passes the new year.
    pub(super) fn season(&mut self, value: &Value) -> Option<Value> {
        let object = self.object(value, &["from", "to"])?;
        if object.is_empty() {
            return None;
        }
        let mut season = Map::new();
        for name in ["from", "to"] {
            let day =
                self.needed(object, name, "season_invalid", "A season has a first and a last day: `from` and `to`.");
            let day = day.and_then(|day| self.at(name, |walk| walk.keep(kinds::day_of_year(day))));
            season.extend(day.map(|day| (name.to_owned(), day)));
        }
        (season.len() == 2).then_some(Value::Object(season))
    }

    /// The hours of one day in their order. What ends before it begins ends after midnight; `00:00` to `00:00` is the
    /// whole day.
    pub(super) fn hours(&mut self, value: &Value) -> Option<Value> {
        let items = self.array(value, HOURS_OF_A_DAY, "list_too_long")?;
        let mut kept: Vec<(u32, u32, Value)> = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate().filter(|(_, item)| !item.is_null()) {
            kept.extend(self.at(&index.to_string(), |walk| {
                let (from, to, hours) = walk.opening(item)?;
                if kept.iter().any(|(begins, ends, _)| from < *ends && *begins < to) {
                    walk.refuse(Refusal::new("hours_overlap", "These hours lie inside others of the same day."));
                    return None;
                }
                Some((from, to, hours))
            }));
        }
        kept.sort_by_key(|(from, ..)| *from);
        let kept: Vec<_> = kept.into_iter().map(|(_, _, hours)| hours).collect();
        (!kept.is_empty()).then_some(Value::Array(kept))
    }

    /// One opening, with its first and last minute counted from midnight.
    fn opening(&mut self, value: &Value) -> Option<(u32, u32, Value)> {
        let object = self.object(value, &["from", "to", "last_orders"])?;
        let mut opening = Map::new();
        for name in ["from", "to"] {
            let time = self.needed(object, name, "time_invalid", "Hours have a beginning and an end: `from` and `to`.");
            let time = time.and_then(|time| self.at(name, |walk| walk.time(time)));
            opening.extend(time.map(|time| (name.to_owned(), time)));
        }
        let (from, mut to) = (minutes(opening.get("from")?)?, minutes(opening.get("to")?)?);
        if from == to && from != 0 {
            self.at("to", |walk| walk.refuse(Refusal::new("hours_empty", "These hours end when they begin.")));
            return None;
        }
        if to <= from {
            to += DAY;
        }
        if let Some(last) = object.get("last_orders").filter(|last| !last.is_null()) {
            let last = self.at("last_orders", |walk| walk.time(last));
            if let Some(minute) = last.as_ref().and_then(minutes) {
                let minute = if minute < from { minute + DAY } else { minute };
                if minute > to {
                    let refusal = Refusal::new("hours_empty", "The last orders are taken while it is open.");
                    self.at("last_orders", |walk| walk.refuse(refusal));
                }
            }
            opening.extend(last.map(|last| ("last_orders".to_owned(), last)));
        }
        Some((from, to, Value::Object(opening)))
    }

    /// A time of day, or `24:00` for the midnight at its end.
    fn time(&mut self, value: &Value) -> Option<Value> {
        let midnight = Value::from("00:00");
        let value = if value.as_str().is_some_and(|text| text.trim() == "24:00") { &midnight } else { value };
        self.keep(kinds::time(value))
    }

    /// Codes of a dictionary in its order, each once. A code alone is short for one that is there.
    pub(super) fn codes(&mut self, dictionary: &str, fields: &[Field], value: &Value) -> Option<Value> {
        let known = dictionaries::dictionary(dictionary)?;
        let items = self.array(value, known.terms.len(), "list_too_long")?;
        let mut kept: Vec<(usize, Value)> = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate().filter(|(_, item)| !item.is_null()) {
            kept.extend(self.at(&index.to_string(), |walk| {
                let (code, facts) = walk.code(dictionary, fields, item)?;
                let place = known.terms.iter().position(|term| term.code == code)?;
                if kept.iter().any(|(other, _)| *other == place) {
                    walk.refuse(Refusal::new("code_twice", format!("`{code}` stands here twice.")));
                    return None;
                }
                Some((place, Value::Object(facts)))
            }));
        }
        kept.sort_by_key(|(place, _)| *place);
        let kept: Vec<_> = kept.into_iter().map(|(_, one)| one).collect();
        (!kept.is_empty()).then_some(Value::Array(kept))
    }

    fn code(&mut self, dictionary: &str, fields: &[Field], item: &Value) -> Option<(String, Map<String, Value>)> {
        let no_facts = Map::new();
        let (code, facts) = match item {
            Value::Object(object) => {
                let needed = "This needs the `code` of an entry of the dictionary.";
                let code = self.needed(object, "code", "code_unknown", needed)?;
                (self.at("code", |walk| walk.keep(kinds::code(code, dictionary)))?, object)
            }
            plain => (self.keep(kinds::code(plain, dictionary))?, &no_facts),
        };
        let mut found = Map::from_iter([("code".to_owned(), code.clone())]);
        let mut facts = self.fields(fields, facts, &["code"]);
        // Said, so that no reader needs to know what silence means.
        found.insert("status".to_owned(), facts.remove("status").unwrap_or_else(|| Value::from("yes")));
        found.extend(facts);
        Some((code.as_str()?.to_owned(), found))
    }

    /// `{"media", "label"?: {language: text}}`, perhaps with an `id` as an item of a list.
    pub(super) fn file(&mut self, value: &Value) -> Option<Value> {
        let object = self.object(value, &["media", "label"])?;
        let needed = "A file is one of the library: `media` is its id.";
        let media = self.needed(object, "media", "media_invalid", needed)?;
        let media = self.library_item(media, "a file")?;
        let mut file = Map::from_iter([("media".to_owned(), media)]);
        if let Some(label) = object.get("label").filter(|label| !label.is_null()) {
            let text = FieldKind::Text { max_length: ALT_LENGTH, multiline: false };
            file.extend(self.at("label", |walk| walk.localized(&text, label)).map(|label| ("label".to_owned(), label)));
        }
        Some(Value::Object(file))
    }

    fn object<'v>(&mut self, value: &'v Value, known: &[&str]) -> Option<&'v Map<String, Value>> {
        let Some(object) = value.as_object() else {
            let detail = format!("This must be an object with {}.", known.join(", "));
            self.refuse(Refusal::new("kind_wrong", detail));
            return None;
        };
        for name in object.keys().filter(|name| !known.contains(&name.as_str())) {
            let detail = format!("There is no field of this name here. Known: {}.", known.join(", "));
            self.at(name, |walk| walk.refuse(Refusal::new("field_unknown", detail)));
        }
        Some(object)
    }

    /// A part without which the value says nothing.
    fn needed<'v>(
        &mut self,
        object: &'v Map<String, Value>,
        name: &str,
        code: &'static str,
        detail: &str,
    ) -> Option<&'v Value> {
        let found = object.get(name).filter(|value| !value.is_null() && value.as_str() != Some(""));
        if found.is_none() {
            self.at(name, |walk| walk.refuse(Refusal::new(code, detail)));
        }
        found
    }
}

/// Minutes since midnight of a checked time of day.
fn minutes(time: &Value) -> Option<u32> {
    let (hours, minutes) = time.as_str()?.split_once(':')?;
    Some(hours.parse::<u32>().ok()? * 60 + minutes.parse::<u32>().ok()?)
}
