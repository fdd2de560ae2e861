//! Writing a file.

use std::{
    io::{self, BufWriter, Write},
    path::Path,
};

use content::{
    entries,
    sites::{self, Site},
    types::{Catalogue, Declarations},
};
use ground::{
    db::{Conn, Db},
    words::Slug,
};
use serde_json::Value;
use tenants::scope::Scope;

use super::{Format, ID, SLUG, cells, columns, json};
use crate::transfer::TransferError;

/// Entries read at a time.
const ENTRIES_AT_ONCE: i64 = 200;
/// Spreadsheets read the letters of a file that begins so as UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Writes all entries of a type of a site, from a plain thread. Answers how many.
pub fn export(
    db: &Db,
    catalogue: &Catalogue,
    scope: &Scope,
    site: &Slug,
    content_type: &str,
    format: Format,
    file: &Path,
) -> Result<u64, TransferError> {
    let unwritable = |reason| TransferError::Unwritable { file: file.to_owned(), reason };
    db.read_blocking(|conn| {
        let site = sites::find_by_slug(conn, scope, site)?;
        let declarations = catalogue.of(conn, scope)?;
        let mut to = BufWriter::new(std::fs::File::create(file).map_err(unwritable)?);
        let count = write(conn, scope, &declarations, &site, content_type, format, &mut to)?;
        let count = count.map_err(unwritable)?;
        to.flush().map_err(unwritable)?;
        Ok(count)
    })
}

/// Writes all entries of a type of a site, some at a time. What the target says is the inner outcome.
pub(super) fn write(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    site: &Site,
    content_type: &str,
    format: Format,
    to: &mut impl Write,
) -> Result<io::Result<u64>, TransferError> {
    let unknown = || TransferError::Refused(vec![format!("There is no type {content_type:?}.")]);
    let declared = declarations.content_type(content_type).ok_or_else(unknown)?;
    let columns = columns::of(declared, &site.locales);
    let mut writer = match format {
        Format::Csv => {
            let headings = [ID, SLUG].into_iter().chain(columns.iter().map(|column| column.name.as_str()));
            let begun = to.write_all(BYTE_ORDER_MARK).and_then(|()| line(to, headings.map(str::to_owned)));
            begun.map(|()| 0)
        }
        Format::Json => json::begin(to, content_type).map(|()| 0),
    };
    while let Ok(count) = writer {
        let offset = i64::try_from(count).unwrap_or(i64::MAX);
        let (_, some) = entries::list(conn, scope, site.id, Some(content_type), ENTRIES_AT_ONCE, offset)?;
        if some.is_empty() {
            break;
        }
        for entry in some {
            let Ok(count) = writer else { break };
            let written = match format {
                Format::Csv => {
                    let values = columns
                        .iter()
                        .map(|column| cells::written(column.value(entry.document.fields()).unwrap_or(&Value::Null)));
                    line(to, [entry.id.to_string(), entry.slug.to_string()].into_iter().chain(values))
                }
                Format::Json => json::write(to, &entry, count == 0),
            };
            writer = written.map(|()| count + 1);
        }
    }
    if format == Format::Json && writer.is_ok() {
        let ended = json::end(to);
        writer = writer.and_then(|count| ended.map(|()| count));
    }
    Ok(writer)
}

fn line(to: &mut impl Write, cells: impl Iterator<Item = String>) -> io::Result<()> {
    let mut table = ::csv::Writer::from_writer(to);
    table.write_record(cells).map_err(io::Error::other)?;
    table.flush()
}
