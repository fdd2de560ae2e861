//! The records of a table.

use content::types::TypeDeclaration;
use ground::words::Locale;
use serde_json::Value;

use super::{CLEAR, ID, Record, SLUG, cells, columns, reading::Reading};
use crate::transfer::text::{ends_of_lines, separator_of, text_of};

/// Reads a table; what is wrong with it is told to `reading`.
pub(super) fn records(
    declared: &TypeDeclaration,
    locales: &[Locale],
    bytes: &[u8],
    reading: &mut Reading,
) -> Result<Vec<Record>, String> {
    let text = text_of(bytes).map_err(|told| format!("{told} Spreadsheets call it “CSV UTF-8”."))?;
    if text.trim().is_empty() {
        return Err("The file is empty: its first line names the columns.".to_owned());
    }
    let mut lines = Lines { text, at: 0, line: 1 };
    // Every separator that is looked for is one byte.
    let delimiter = u8::try_from(separator_of(text)).unwrap_or(b',');
    let mut table = ::csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let headings = table.headers().map_err(|error| error.to_string())?.clone();
    let columns = columns::of(declared, locales);
    let place = |name: &str| headings.iter().position(|heading| heading.trim() == name);
    let is_known = |name: &str| [ID, SLUG].contains(&name) || columns.iter().any(|column| column.name == name);
    for (index, heading) in headings.iter().enumerate() {
        let heading = heading.trim();
        if !is_known(heading) {
            reading.problem(format!("line 1: the type {} has no column {heading:?}", declared.name));
        } else if place(heading) != Some(index) {
            reading.problem(format!("line 1: the column {heading:?} stands there twice"));
        }
    }
    let mut records = Vec::new();
    for record in table.records() {
        if reading.is_full() {
            break;
        }
        let record = record.map_err(|error| error.to_string())?;
        let line = lines.of(record.position().map_or(0, ::csv::Position::byte));
        if record.len() != headings.len() {
            let (has, named) = (record.len(), headings.len());
            reading.problem(format!("line {line}: it has {has} cells, and the first line names {named} columns"));
            continue;
        }
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

/// On which line of the text something stands. Asked for one place after the other, all of the text is counted once.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line of the record that begins at this byte: between records stand the ends of lines, in either spelling, and empty
    /// lines.
    fn of(&mut self, byte: u64) -> usize {
        let bytes = self.text.as_bytes();
        let from = usize::try_from(byte).unwrap_or(usize::MAX).min(bytes.len());
        let between = bytes[from..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let begins = (from + between).max(self.at);
        self.line += ends_of_lines(&bytes[self.at..begins]);
        self.at = begins;
        self.line
    }
}
