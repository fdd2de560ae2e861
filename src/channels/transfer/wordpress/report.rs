//! What an import of WordPress did: a row for every item of the file, and what was said about it.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;
use utoipa::ToSchema;

use super::sections::Note;
use crate::transfer::Counts;

/// The outcome of an import, or what it would be.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct WordpressReport {
    /// Whether nothing was kept.
    pub is_dry_run: bool,
    /// Version of the export's format.
    pub version: String,
    /// Items of the file; each has a row.
    pub items: usize,
    /// How many items became what.
    pub outcomes: BTreeMap<String, usize>,
    /// Entries by type: several items may be one entry in several languages.
    pub entries: BTreeMap<String, Counts>,
    /// Categories, tags and other terms of the file; those of posts became their tags.
    pub terms: usize,
    /// Comments, none of which is taken over.
    pub comments: usize,
    /// What concerns the file as a whole, a sentence each.
    pub remarks: Vec<String>,
    /// Old addresses that lead nowhere, and why.
    pub addresses: Vec<AddressRow>,
    /// What is kept as the team has left it since an earlier run, and why.
    pub(super) kept: Vec<Note>,
    /// The items in their order.
    pub rows: Vec<Row>,
}

/// An item of the file.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(as = WordpressRow)]
pub struct Row {
    /// Line of the file at which it begins.
    pub line: usize,
    /// Its id in WordPress.
    pub id: u64,
    /// Its type in WordPress.
    pub kind: String,
    /// Its title, or its type and id.
    pub title: String,
    /// What became of it.
    pub outcome: Outcome,
    /// What it is now, such as `page /about` or `menu Main`.
    pub became: String,
    /// Why it was skipped; a whole sentence.
    pub reason: String,
    /// Everything of it that was not taken over as it was.
    pub(super) notes: Vec<Note>,
}

/// An old address without a redirect.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = WordpressAddress)]
pub struct AddressRow {
    /// The address.
    pub address: String,
    /// A whole sentence.
    pub reason: String,
}

/// What became of an item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WordpressOutcome)]
pub enum Outcome {
    /// Made new.
    Created,
    /// Found again and written over.
    Updated,
    /// Found again, and equal.
    Unchanged,
    /// Part of an entry that another item began: its language, or its place in a menu.
    Merged,
    /// A file whose address is kept where it is shown.
    Referenced,
    /// Left out.
    #[default]
    Skipped,
}

impl Outcome {
    const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Merged => "merged",
            Self::Referenced => "referenced",
            Self::Skipped => "skipped",
        }
    }
}

impl From<content::entries::Outcome> for Outcome {
    fn from(outcome: content::entries::Outcome) -> Self {
        match outcome {
            content::entries::Outcome::Created => Self::Created,
            content::entries::Outcome::Changed => Self::Updated,
            content::entries::Outcome::Unchanged => Self::Unchanged,
        }
    }
}

impl Row {
    pub(super) fn skip(&mut self, reason: impl Into<String>) {
        self.outcome = Outcome::Skipped;
        self.reason = reason.into();
    }

    pub(super) fn note(&mut self, what: impl Into<String>, why: impl Into<String>) {
        let note = Note { what: what.into(), why: why.into() };
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    pub(super) fn notes(&mut self, notes: Vec<Note>) {
        for note in notes {
            self.note(note.what, note.why);
        }
    }
}

impl WordpressReport {
    /// Counts the rows, when all of them are as they stay.
    pub(super) fn count(&mut self) {
        self.outcomes.clear();
        for row in &self.rows {
            *self.outcomes.entry(row.outcome.name().to_owned()).or_default() += 1;
        }
    }

    pub(super) fn entry(&mut self, content_type: &str) -> &mut Counts {
        self.entries.entry(content_type.to_owned()).or_default()
    }
}

/// The report for people.
impl fmt::Display for WordpressReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{:<20} {:>9} {:>9} {:>9} {:>9}", "", "created", "changed", "unchanged", "skipped")?;
        for (name, Counts { created, changed, unchanged, skipped }) in &self.entries {
            writeln!(formatter, "{name:<20} {created:>9} {changed:>9} {unchanged:>9} {skipped:>9}")?;
        }
        for row in &self.rows {
            let Row { line, id, kind, title, outcome, became, reason, notes } = row;
            if *outcome == Outcome::Skipped {
                writeln!(formatter, "line {line}: {kind} {id} {title:?} skipped: {reason}")?;
            }
            for Note { what, why } in notes {
                writeln!(formatter, "line {line}: {kind} {id} {title:?} ({became}), {what}: {why}")?;
            }
        }
        for AddressRow { address, reason } in &self.addresses {
            writeln!(formatter, "no redirect from {address}: {reason}")?;
        }
        for Note { what, why } in &self.kept {
            writeln!(formatter, "{what}: kept as the team has left it. {why}")?;
        }
        for remark in &self.remarks {
            writeln!(formatter, "{remark}")?;
        }
        let outcomes: Vec<_> = self.outcomes.iter().map(|(name, count)| format!("{count} {name}")).collect();
        write!(formatter, "{} items: {}.", self.items, outcomes.join(", "))?;
        if self.is_dry_run { write!(formatter, " Nothing was kept, this was a dry run.") } else { Ok(()) }
    }
}
