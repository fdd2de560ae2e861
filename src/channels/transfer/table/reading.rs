//! Taking a file: every record is checked before the first write, and all are written in one transaction or none is.

use std::{collections::HashSet, fmt, path::Path};

use content::{
    entries::{self, Entry, EntryChange, EntryError, NewEntry, Outcome},
    sites::{self, Site},
    types::{Catalogue, Declarations, TypeDeclaration},
};
use ground::{
    db::{Conn, Db, DbError, Rehearsal, Tx},
    words::{EntryId, SiteId, Slug},
};
use machinery::web::{Explain as _, FieldProblem};
use serde::Serialize;
use serde_json::{Map, Value};
use tenants::scope::Scope;
use utoipa::ToSchema;

use super::{Format, Record, csv, json};
use crate::transfer::{Counts, TransferError, read_limited};

/// Bytes of a file: it is held in memory, with what it becomes.
const FILE_BYTES: u64 = 64 * 1024 * 1024;
/// Problems told at once.
const MOST_PROBLEMS: usize = 100;

/// What is to be imported, and where.
#[derive(Debug)]
pub struct TableImport<'a> {
    /// The file.
    pub file: &'a Path,
    /// How it is written.
    pub format: Format,
    /// The site that takes it.
    pub site: &'a Slug,
    /// The type of all of its records.
    pub content_type: &'a str,
    /// Change nothing.
    pub is_dry_run: bool,
}

/// The outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct TableReport {
    /// Whether nothing was kept.
    pub is_dry_run: bool,
    /// Records by what became of them.
    pub counts: Counts,
    /// Each record in the order of the file.
    pub records: Vec<RecordReport>,
}

/// What became of one record, or would.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RecordReport {
    /// Where it stands in the file: `line 3`, or a JSON pointer.
    pub place: String,
    /// What lists call the entry.
    pub title: String,
    /// What became of it.
    pub outcome: RecordOutcome,
    /// The fields that differ from what was there.
    pub fields: Vec<String>,
}

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordOutcome {
    /// An entry was made.
    Created,
    /// One was changed.
    Changed,
    /// It was so already.
    Unchanged,
}

impl fmt::Display for TableReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { created, changed, unchanged, .. } = self.counts;
        for record in self.records.iter().filter(|_| self.is_dry_run) {
            let RecordReport { place, title, outcome, fields } = record;
            match outcome {
                RecordOutcome::Created => writeln!(formatter, "{place}: {title} is new")?,
                RecordOutcome::Changed => writeln!(formatter, "{place}: {title} changes in {}", fields.join(", "))?,
                RecordOutcome::Unchanged => {}
            }
        }
        write!(formatter, "{created} created, {changed} changed, {unchanged} unchanged")?;
        formatter.write_str(if self.is_dry_run { "; nothing was kept, this was a dry run." } else { "." })
    }
}

/// Entries that may be written.
pub(super) struct Checked {
    site: SiteId,
    content_type: String,
    rows: Vec<Row>,
}

struct Row {
    place: String,
    existing: Option<Box<Entry>>,
    slug: Option<Slug>,
    document: Map<String, Value>,
}

impl Checked {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }
}

/// What is wrong with a file, as far as it is told.
#[derive(Default)]
pub(super) struct Reading {
    problems: Vec<String>,
}

impl Reading {
    pub fn problem(&mut self, told: String) {
        if !self.is_full() {
            self.problems.push(told);
        }
    }

    pub fn is_full(&self) -> bool {
        self.problems.len() >= MOST_PROBLEMS
    }
}

/// Why nothing was written.
pub(super) enum Stop {
    Refused(String),
    DryRun(TableReport),
    Db(DbError),
}

impl From<DbError> for Stop {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

/// The outcome, where it is one.
pub(super) fn outcome(written: Result<TableReport, Stop>) -> Result<TableReport, TransferError> {
    match written {
        Ok(report) | Err(Stop::DryRun(report)) => Ok(report),
        Err(Stop::Refused(told)) => Err(TransferError::Refused(vec![told])),
        Err(Stop::Db(error)) => Err(error.into()),
    }
}

/// Imports a file, from a plain thread. What is written is a draft: visitors see what they saw.
pub fn import(
    db: &Db,
    catalogue: &Catalogue,
    scope: &Scope,
    wish: &TableImport<'_>,
) -> Result<TableReport, TransferError> {
    let bytes = read_limited(wish.file, FILE_BYTES)?;
    let (declarations, checked) = db.read_blocking(|conn| {
        let site = sites::find_by_slug(conn, scope, wish.site)?;
        let declarations = catalogue.of(conn, scope)?;
        let checked = checked(conn, scope, &declarations, &site, wish.content_type, wish.format, &bytes)?;
        Ok::<_, TransferError>((declarations, checked))
    })?;
    let rehearsal = if wish.is_dry_run { Rehearsal::of(db)? } else { None };
    let db = rehearsal.as_ref().map_or(db, Rehearsal::db);
    let (scope, is_dry_run) = (scope.clone(), wish.is_dry_run);
    outcome(db.write_blocking(move |tx| write(tx, &scope, &declarations, checked, is_dry_run)))
}

/// Reads a file and looks at every record of it. Nothing is written.
pub(super) fn checked(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    site: &Site,
    content_type: &str,
    format: Format,
    bytes: &[u8],
) -> Result<Checked, TransferError> {
    let refused = |told: String| TransferError::Refused(vec![told]);
    let declared = declarations
        .content_type(content_type)
        .ok_or_else(|| refused(format!("There is no type {content_type:?}.")))?;
    let mut reading = Reading::default();
    let records = match format {
        Format::Csv => csv::records(declared, &site.locales, bytes, &mut reading),
        Format::Json => json::records(declared, bytes, &mut reading),
    };
    let (mut rows, mut seen) = (Vec::new(), HashSet::new());
    for record in records.map_err(refused)? {
        if reading.is_full() {
            break;
        }
        match row(conn, scope, declarations, declared, site, format, record)? {
            Ok(row) => {
                let id = row.existing.as_ref().map(|entry| entry.id);
                if id.is_some_and(|id| !seen.insert(id)) {
                    reading.problem(format!("{}: another record of the file is for the same entry", row.place));
                }
                rows.push(row);
            }
            Err(problems) => problems.into_iter().for_each(|problem| reading.problem(problem)),
        }
    }
    let Reading { problems } = reading;
    if !problems.is_empty() {
        return Err(TransferError::Refused(problems));
    }
    Ok(Checked { site: site.id, content_type: content_type.to_owned(), rows })
}

fn row(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    declared: &TypeDeclaration,
    site: &Site,
    format: Format,
    record: Record,
) -> Result<Result<Row, Vec<String>>, TransferError> {
    let Record { place, id, slug, change } = record;
    let name = &declared.name;
    let existing = match (id, &slug) {
        (Some(id), _) => match known(conn, scope, site, name, id)? {
            None => return Ok(Err(vec![format!("{place}: the site has no {name} with the id \"{id}\"")])),
            found => found,
        },
        (None, Some(slug)) => match entries::by_slug(conn, scope, site.id, name, slug)? {
            Some(id) => known(conn, scope, site, name, id)?,
            None => None,
        },
        (None, None) => None,
    };
    let mut document = existing.as_ref().map(|entry| entry.document.fields().clone()).unwrap_or_default();
    change(&mut document);
    let told = |problem: FieldProblem| match format {
        Format::Csv => {
            format!("{place}, {}: {}", problem.pointer.trim_start_matches('/').replace('/', "."), problem.detail)
        }
        Format::Json => format!("{place}/fields{}: {}", problem.pointer, problem.detail),
    };
    Ok(match declarations.validate(declared, &Value::Object(document), &site.held_locales()) {
        Ok(valid) => {
            let existing = existing.map(Box::new);
            Ok(Row { place, existing, slug, document: valid.document.into_fields() })
        }
        Err(problems) => Err(problems.into_iter().map(told).collect()),
    })
}

/// The site's entry of the type with this id, unless it is put aside.
fn known(
    conn: &Conn,
    scope: &Scope,
    site: &Site,
    content_type: &str,
    id: EntryId,
) -> Result<Option<Entry>, TransferError> {
    match entries::find(conn, scope, site.id, id) {
        Ok(entry) => Ok((entry.content_type == content_type && entry.archived_at.is_none()).then_some(entry)),
        Err(EntryError::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Writes what was checked, or says what would become of it.
pub(super) fn write(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    checked: Checked,
    is_dry_run: bool,
) -> Result<TableReport, Stop> {
    let Checked { site, content_type, rows } = checked;
    let mut report = TableReport { is_dry_run, ..TableReport::default() };
    for Row { place, existing, slug, document } in rows {
        let before = existing.as_ref().map(|entry| entry.document.fields().clone()).unwrap_or_default();
        let document = Value::Object(document);
        let done = match existing {
            Some(before) => {
                let change = EntryChange { revision: before.revision, slug, document, autosave: false };
                entries::save(tx, scope, declarations, site, before.id, &change).map(|after| {
                    let is_same = after.revision == before.revision;
                    (after, if is_same { Outcome::Unchanged } else { Outcome::Changed })
                })
            }
            None => {
                let new = NewEntry { content_type: content_type.clone(), slug, document, source_key: None };
                entries::create(tx, scope, declarations, site, new).map(|after| (after, Outcome::Created))
            }
        };
        match done {
            Ok((after, outcome)) => {
                report.counts.add(outcome);
                report.records.push(told(place, &before, &after, outcome));
            }
            Err(EntryError::Db(error)) => return Err(Stop::Db(error)),
            Err(EntryError::Invalid(problems)) => {
                let told = problems.into_iter().map(|one| format!("{place}{}: {}", one.pointer, one.detail));
                return Err(Stop::Refused(told.collect::<Vec<_>>().join("\n")));
            }
            Err(refusal) => return Err(Stop::Refused(format!("{place}: {}", refusal.explain().detail))),
        }
    }
    if is_dry_run { Err(Stop::DryRun(report)) } else { Ok(report) }
}

fn told(place: String, before: &Map<String, Value>, after: &Entry, outcome: Outcome) -> RecordReport {
    let now = after.document.fields();
    let mut fields: Vec<String> = now.keys().chain(before.keys()).cloned().collect();
    fields.retain(|name| before.get(name) != now.get(name));
    fields.sort_unstable();
    fields.dedup();
    let outcome = match outcome {
        Outcome::Created => RecordOutcome::Created,
        Outcome::Changed => RecordOutcome::Changed,
        Outcome::Unchanged => RecordOutcome::Unchanged,
    };
    RecordReport { place, title: after.title.clone(), outcome, fields }
}
