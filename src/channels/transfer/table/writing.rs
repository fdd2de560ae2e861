//! Writing a table.

use std::{io::Write, path::Path};

use content::{entries, sites, types::Catalogue};
use ground::{db::Db, words::Slug};
use serde_json::Value;
use tenants::scope::Scope;

use super::{ID, SLUG, cells, columns};
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
    file: &Path,
) -> Result<u64, TransferError> {
    let unwritable = |reason| TransferError::Unwritable { file: file.to_owned(), reason };
    db.snapshot_blocking(|conn| {
        let site = sites::find_by_slug(conn, scope, site)?;
        let declarations = catalogue.of(conn, scope)?;
        let unknown = || TransferError::Refused(vec![format!("There is no type {content_type:?}.")]);
        let declared = declarations.content_type(content_type).ok_or_else(unknown)?;
        let columns = columns::of(declared, &site.locales);
        let mut to = std::fs::File::create(file).map_err(unwritable)?;
        to.write_all(BYTE_ORDER_MARK).map_err(unwritable)?;
        let mut table = csv::Writer::from_writer(to);
        let failed = |error: csv::Error| unwritable(std::io::Error::other(error));
        let headings = [ID, SLUG].into_iter().chain(columns.iter().map(|column| column.name.as_str()));
        table.write_record(headings).map_err(failed)?;
        let mut count = 0;
        loop {
            let offset = i64::try_from(count).unwrap_or(i64::MAX);
            let (_, some) = entries::list(conn, scope, site.id, Some(content_type), ENTRIES_AT_ONCE, offset)?;
            if some.is_empty() {
                break;
            }
            for entry in some {
                let values = columns
                    .iter()
                    .map(|column| cells::written(column.value(entry.document.fields()).unwrap_or(&Value::Null)));
                let row = [entry.id.to_string(), entry.slug.to_string()].into_iter().chain(values);
                table.write_record(row).map_err(failed)?;
                count += 1;
            }
        }
        table.flush().map_err(unwritable)?;
        Ok(count)
    })
}
