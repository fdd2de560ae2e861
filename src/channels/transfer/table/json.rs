//! The records of a JSON file: out of it, and into it.

use std::io::{self, Write};

use content::{
    entries::{Entry, State},
    types::TypeDeclaration,
};
use ground::words::Locale;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{ID, Record, SLUG, once::Once, reading::Reading};
use crate::transfer::text::text_of;

/// What the file calls itself.
const FORMAT: &str = "gammacms-entries";
const VERSION: u64 = 1;
/// What a record may have.
const NAMES: [&str; 5] = [ID, SLUG, "state", "published", "fields"];

/// An entry as it is written.
#[derive(Serialize)]
struct Written<'e> {
    id: String,
    slug: &'e str,
    state: State,
    published: Vec<&'e Locale>,
    fields: &'e Map<String, Value>,
}

/// Writes the beginning of a file.
pub(super) fn begin(to: &mut impl Write, content_type: &str) -> io::Result<()> {
    let content_type = Value::from(content_type);
    write!(to, "{{\n\"format\": \"{FORMAT}\",\n\"version\": {VERSION},\n\"type\": {content_type},\n\"entries\": [")
}

/// Writes an entry; `is_first` where none stands before it.
pub(super) fn write(to: &mut impl Write, entry: &Entry, is_first: bool) -> io::Result<()> {
    let written = Written {
        id: entry.id.to_string(),
        slug: entry.slug.as_str(),
        state: State::of(entry),
        published: entry.published.keys().collect(),
        fields: entry.document.fields(),
    };
    to.write_all(if is_first { b"\n" } else { b",\n" })?;
    serde_json::to_writer(to, &written).map_err(io::Error::other)
}

/// Writes the end of a file.
pub(super) fn end(to: &mut impl Write) -> io::Result<()> {
    to.write_all(b"\n]\n}\n")
}

/// Reads a file: what [`write`] makes, or a list of such records; what is wrong with it is told to `reading`.
pub(super) fn records(declared: &TypeDeclaration, bytes: &[u8], reading: &mut Reading) -> Result<Vec<Record>, String> {
    let read = serde_json::from_str::<Once>(text_of(bytes)?);
    let Once(file) = read.map_err(|error| format!("the file is not valid JSON: {error}"))?;
    let (before, list) = match file {
        Value::Array(list) => (String::new(), list),
        Value::Object(mut object) => {
            for (name, wanted) in
                [("format", json!(FORMAT)), ("version", json!(VERSION)), ("type", json!(declared.name))]
            {
                if object.get(name).is_some_and(|value| *value != wanted) {
                    return Err(format!("/{name}: it is {}, and {wanted} is taken", object[name]));
                }
            }
            match object.remove("entries") {
                Some(Value::Array(list)) => ("/entries".to_owned(), list),
                _ => return Err("/entries: the file has no list of records there".to_owned()),
            }
        }
        _ => return Err("the file is no list of records".to_owned()),
    };
    let mut records = Vec::with_capacity(list.len());
    for (index, record) in list.into_iter().enumerate() {
        if reading.is_full() {
            break;
        }
        let place = format!("{before}/{index}");
        match one(&place, record) {
            Ok(record) => records.push(record),
            Err(problem) => reading.problem(problem),
        }
    }
    Ok(records)
}

fn one(place: &str, record: Value) -> Result<Record, String> {
    let Value::Object(mut record) = record else { return Err(format!("{place}: a record is an object")) };
    if let Some(unknown) = record.keys().find(|name| !NAMES.contains(&name.as_str())) {
        return Err(format!("{place}/{unknown}: a record has no such name; fields stand in `fields`"));
    }
    let mut text = |name: &str| match record.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("{place}/{name}: this is no text")),
    };
    let (id, slug) = (text(ID)?, text(SLUG)?);
    let id = id.map(|id| id.parse()).transpose().map_err(|_| format!("{place}/{ID}: this is no id"))?;
    let slug = slug.map(|slug| slug.parse()).transpose();
    let slug = slug.map_err(|_| format!("{place}/{SLUG}: this is no name in addresses"))?;
    let fields = match record.remove("fields") {
        None => Map::new(),
        Some(Value::Object(fields)) => fields,
        Some(_) => return Err(format!("{place}/fields: the fields are an object")),
    };
    let change = move |document: &mut Map<String, Value>| {
        for (name, value) in &fields {
            if value.is_null() {
                document.remove(name);
            } else {
                document.insert(name.clone(), value.clone());
            }
        }
    };
    Ok(Record { place: place.to_owned(), id, slug, change: Box::new(change) })
}
