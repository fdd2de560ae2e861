//! Reading a table: every row is checked before the first write, and all are written in one transaction or none is.

use std::{collections::HashMap, fmt, path::Path, sync::Arc};

use content::{
    entries::{self, Entry, EntryChange, EntryError, NewEntry, Outcome},
    sites::{self, Site},
    types::{Catalogue, Declarations},
};
use ground::{
    db::{Conn, Db, DbError, Rehearsal, Tx},
    words::Slug,
};
use machinery::web::Explain as _;
use serde::Serialize;
use serde_json::{Map, Value};
use tenants::scope::Scope;

use super::{CLEAR, ID, SLUG, cells, columns};
use crate::transfer::{Counts, TransferError, read_limited};

/// Bytes of a table: it is held in memory, with what it becomes.
const TABLE_BYTES: u64 = 64 * 1024 * 1024;
/// Entries read at a time.
const ENTRIES_AT_ONCE: i64 = 200;
/// Problems told at once.
const MOST_PROBLEMS: usize = 100;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What is to be imported, and where.
#[derive(Debug)]
pub struct TableImport<'a> {
    /// The table.
    pub file: &'a Path,
    /// The site that takes it.
    pub site: &'a Slug,
    /// The type of all of its rows.
    pub content_type: &'a str,
    /// Change nothing.
    pub is_dry_run: bool,
}

/// The outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TableReport {
    /// Whether nothing was kept.
    pub is_dry_run: bool,
    /// Rows by what became of them.
    pub counts: Counts,
}

impl fmt::Display for TableReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { created, changed, unchanged, .. } = self.counts;
        write!(formatter, "{created} created, {changed} changed, {unchanged} unchanged")?;
        formatter.write_str(if self.is_dry_run { "; nothing was kept, this was a dry run." } else { "." })
    }
}

/// A row that may be written.
struct Row {
    line: u64,
    existing: Option<Box<Entry>>,
    slug: Option<Slug>,
    document: Map<String, Value>,
}

/// Why nothing was written.
enum Stop {
    Refused(String),
    DryRun(Counts),
    Db(DbError),
}

impl From<DbError> for Stop {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

/// Imports a table, from a plain thread. What is written is a draft: visitors see what they saw.
pub fn import(
    db: &Db,
    catalogue: &Catalogue,
    scope: &Scope,
    wish: &TableImport<'_>,
) -> Result<TableReport, TransferError> {
    let bytes = read_limited(wish.file, TABLE_BYTES)?;
    let (site, declarations, rows) = db.snapshot_blocking(|conn| {
        let site = sites::find_by_slug(conn, scope, wish.site)?;
        let declarations = catalogue.of(conn, scope)?;
        let rows = checked(conn, scope, &declarations, &site, wish.content_type, &bytes)?;
        Ok::<_, TransferError>((site, declarations, rows))
    })?;
    let rehearsal = if wish.is_dry_run { Rehearsal::of(db)? } else { None };
    let db = rehearsal.as_ref().map_or(db, Rehearsal::db);
    let (scope, content_type, is_dry_run) = (scope.clone(), wish.content_type.to_owned(), wish.is_dry_run);
    let written = db.write_blocking(move |tx| {
        let counts = write(tx, &scope, &declarations, &site, &content_type, rows)?;
        if is_dry_run { Err(Stop::DryRun(counts)) } else { Ok(counts) }
    });
    match written {
        Ok(counts) | Err(Stop::DryRun(counts)) => Ok(TableReport { is_dry_run, counts }),
        Err(Stop::Refused(told)) => Err(TransferError::Refused(vec![told])),
        Err(Stop::Db(error)) => Err(error.into()),
    }
}

fn checked(
    conn: &Conn,
    scope: &Scope,
    declarations: &Arc<Declarations>,
    site: &Site,
    content_type: &str,
    bytes: &[u8],
) -> Result<Vec<Row>, TransferError> {
    let refused = |told: String| TransferError::Refused(vec![told]);
    let declared = declarations
        .content_type(content_type)
        .ok_or_else(|| refused(format!("There is no type {content_type:?}.")))?;
    let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let first = String::from_utf8_lossy(first);
    let times = |wanted: char| first.matches(wanted).count();
    let delimiter = if times(';') > times(',') { b';' } else { b',' };
    let mut table = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text);
    let headings = table.headers().map_err(|error| refused(error.to_string()))?.clone();
    let columns = columns::of(declared, &site.locales);
    let place = |name: &str| headings.iter().position(|heading| heading.trim() == name);
    let is_known = |name: &str| [ID, SLUG].contains(&name) || columns.iter().any(|column| column.name == name);
    let mut problems: Vec<String> = headings
        .iter()
        .filter(|heading| !is_known(heading.trim()))
        .map(|heading| format!("line 1: the type {content_type} has no column {heading:?}"))
        .collect();
    let known = known(conn, scope, site, content_type)?;
    let mut rows = Vec::new();
    for record in table.records() {
        if problems.len() >= MOST_PROBLEMS {
            break;
        }
        let record = record.map_err(|error| refused(error.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |name: &str| {
            place(name).and_then(|index| record.get(index)).map(cells::unguarded).unwrap_or_default().trim()
        };
        let (id, slug) = (cell(ID), cell(SLUG));
        let existing = if id.is_empty() { known.get(slug) } else { known.get(id) };
        if !id.is_empty() && existing.is_none() {
            problems.push(format!("line {line}: the site has no {content_type} with the id {id:?}"));
            continue;
        }
        let slug = if slug.is_empty() { Ok(None) } else { slug.parse().map(Some) };
        let Ok(slug) = slug else {
            problems.push(format!("line {line}, slug: this is no name in addresses"));
            continue;
        };
        let mut document = existing.map(|entry| entry.document.fields().clone()).unwrap_or_default();
        for column in &columns {
            match place(&column.name).and_then(|index| record.get(index)).unwrap_or_default() {
                "" => {}
                CLEAR => column.put(&mut document, Value::Null),
                text => column.put(&mut document, cells::read(column.kind, text)),
            }
        }
        match declarations.validate(declared, &Value::Object(document), &site.locales) {
            Ok(valid) => rows.push(Row {
                line,
                existing: existing.cloned().map(Box::new),
                slug,
                document: valid.document.into_fields(),
            }),
            Err(wrong) => problems.extend(wrong.into_iter().map(|one| {
                format!("line {line}, {}: {}", one.pointer.trim_start_matches('/').replace('/', "."), one.detail)
            })),
        }
    }
    if problems.is_empty() { Ok(rows) } else { Err(TransferError::Refused(problems)) }
}

/// The site's entries of the type, by their ids and by their slugs.
fn known(conn: &Conn, scope: &Scope, site: &Site, content_type: &str) -> Result<HashMap<String, Entry>, TransferError> {
    let mut known = HashMap::new();
    let mut offset = 0;
    loop {
        let (_, some) = entries::list(conn, scope, site.id, Some(content_type), ENTRIES_AT_ONCE, offset)?;
        if some.is_empty() {
            return Ok(known);
        }
        offset += ENTRIES_AT_ONCE;
        for entry in some {
            known.insert(entry.slug.to_string(), entry.clone());
            known.insert(entry.id.to_string(), entry);
        }
    }
}

fn write(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: &Site,
    content_type: &str,
    rows: Vec<Row>,
) -> Result<Counts, Stop> {
    let mut counts = Counts::default();
    for Row { line, existing, slug, document } in rows {
        let document = Value::Object(document);
        let done = match existing {
            Some(before) => {
                let change = EntryChange { revision: before.revision, slug, document, autosave: false };
                entries::save(tx, scope, declarations, site.id, before.id, &change)
                    .map(|after| if after.revision == before.revision { Outcome::Unchanged } else { Outcome::Changed })
            }
            None => {
                let new = NewEntry { content_type: content_type.to_owned(), slug, document, source_key: None };
                entries::create(tx, scope, declarations, site.id, new).map(|_| Outcome::Created)
            }
        };
        match done {
            Ok(outcome) => counts.add(outcome),
            Err(EntryError::Db(error)) => return Err(Stop::Db(error)),
            Err(refusal) => return Err(Stop::Refused(format!("line {line}: {}", refusal.explain().detail))),
        }
    }
    Ok(counts)
}
