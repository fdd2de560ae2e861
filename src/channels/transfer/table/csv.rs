//! The records of a table.

use content::types::TypeDeclaration;
use ground::words::Locale;
use serde_json::Value;

use super::{CLEAR, ID, Record, SLUG, cells, columns, reading::Reading};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads a table; what is wrong with it is told to `reading`.
pub(super) fn records(
    declared: &TypeDeclaration,
    locales: &[Locale],
    bytes: &[u8],
    reading: &mut Reading,
) -> Result<Vec<Record>, String> {
    let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let first = String::from_utf8_lossy(first);
    let times = |wanted: char| first.matches(wanted).count();
    let delimiter = if times(';') > times(',') { b';' } else { b',' };
    let mut table = ::csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text);
    let headings = table.headers().map_err(|error| error.to_string())?.clone();
    let columns = columns::of(declared, locales);
    let place = |name: &str| headings.iter().position(|heading| heading.trim() == name);
    let is_known = |name: &str| [ID, SLUG].contains(&name) || columns.iter().any(|column| column.name == name);
    for heading in headings.iter().filter(|heading| !is_known(heading.trim())) {
        reading.problem(format!("line 1: the type {} has no column {heading:?}", declared.name));
    }
    let mut records = Vec::new();
    for record in table.records() {
        if reading.is_full() {
            break;
        }
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(0, ::csv::Position::line);
        let cell = |name: &str| {
            place(name).and_then(|index| record.get(index)).map(cells::unguarded).unwrap_or_default().trim()
        };
        let (id, slug) = (cell(ID), cell(SLUG));
        let id = if id.is_empty() { Ok(None) } else { id.parse().map(Some) };
        let Ok(id) = id else {
            reading.problem(format!("line {line}: the site has no {} with the id {:?}", declared.name, cell(ID)));
            continue;
        };
        let slug = if slug.is_empty() { Ok(None) } else { slug.parse().map(Some) };
        let Ok(slug) = slug else {
            reading.problem(format!("line {line}, slug: this is no name in addresses"));
            continue;
        };
        let mut values = Vec::new();
        for column in &columns {
            match place(&column.name).and_then(|index| record.get(index)).unwrap_or_default() {
                "" => {}
                CLEAR => values.push((column.path.clone(), Value::Null)),
                text => values.push((column.path.clone(), cells::read(column.kind, text))),
            }
        }
        let change = move |document: &mut _| {
            for (path, value) in &values {
                columns::put(path, document, value.clone());
            }
        };
        records.push(Record { place: format!("line {line}"), id, slug, change: Box::new(change) });
    }
    Ok(records)
}
