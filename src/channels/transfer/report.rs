//! What an import did: counts per type, and every record that was skipped with its field and the reason.

use std::{collections::BTreeMap, fmt};

use content::entries::Outcome;
use serde::Serialize;
use utoipa::ToSchema;

/// The kind of a record that would have become a site.
pub(super) const SITE: &str = "site";

/// The outcome of an import, or what it would be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether nothing was kept.
    pub is_dry_run: bool,
    /// Records of the source's own list.
    pub records: usize,
    /// What happened to sites.
    pub sites: Counts,
    /// What happened to entries, by type.
    pub entries: BTreeMap<String, Counts>,
    /// Everything that was left out, in the source's order; a line for each reason.
    pub skipped: Vec<Skipped>,
}

/// How many of a kind were what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = TransferCounts)]
pub struct Counts {
    /// Made new.
    pub created: usize,
    /// Found by their key and written again because something differs.
    pub changed: usize,
    /// Found by their key, and equal already.
    pub unchanged: usize,
    /// Left out for a reason.
    pub skipped: usize,
}

/// A record that was left out, with one of the reasons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Number of the record in the source's own list, from 1.
    pub row: usize,
    /// Where the record stands, e.g. `value.4.Rooms.2`: as a path in a mapping, items counted from 0.
    pub record: String,
    /// What it would have become: `site` or a type.
    pub kind: String,
    /// The field at fault with the place inside it, e.g. `rates/0/double_rate`; empty where it is the record as a whole.
    pub field: String,
    /// A whole sentence.
    pub reason: String,
}

impl Counts {
    pub(super) fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Created => self.created += 1,
            Outcome::Changed => self.changed += 1,
            Outcome::Unchanged => self.unchanged += 1,
        }
    }

    fn is_empty(self) -> bool {
        self == Self::default()
    }
}

impl Report {
    /// Counts one record as left out, with everything that is wrong with it.
    pub(super) fn skip(&mut self, reasons: Vec<Skipped>) {
        let Some(first) = reasons.first() else { return };
        match first.kind.as_str() {
            SITE => self.sites.skipped += 1,
            type_name => self.entries.entry(type_name.to_owned()).or_default().skipped += 1,
        }
        self.skipped.extend(reasons);
    }

    /// Adds the outcome of one batch, which is committed by now.
    pub(super) fn absorb(&mut self, batch: Self) {
        self.sites.merge(batch.sites);
        for (type_name, counts) in batch.entries {
            self.entries.entry(type_name).or_default().merge(counts);
        }
        self.skipped.extend(batch.skipped);
    }
}

impl Counts {
    fn merge(&mut self, other: Self) {
        self.created += other.created;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
        self.skipped += other.skipped;
    }
}

/// The report as a table for people.
impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{:<20} {:>9} {:>9} {:>9} {:>9}", "", "created", "changed", "unchanged", "skipped")?;
        let sites = (!self.sites.is_empty()).then_some((SITE, self.sites));
        let entries = self.entries.iter().map(|(name, counts)| (name.as_str(), *counts));
        for (name, counts) in sites.into_iter().chain(entries) {
            let Counts { created, changed, unchanged, skipped } = counts;
            writeln!(formatter, "{name:<20} {created:>9} {changed:>9} {unchanged:>9} {skipped:>9}")?;
        }
        for Skipped { row, record, kind, field, reason } in &self.skipped {
            let field = if field.is_empty() { String::new() } else { format!(", {field}") };
            writeln!(formatter, "skipped row {row} ({kind} at {record}{field}): {reason}")?;
        }
        match (self.is_dry_run, self.records) {
            (true, records) => write!(formatter, "{records} records read; nothing was kept, this was a dry run."),
            (false, records) => write!(formatter, "{records} records read."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_counts_and_then_what_was_skipped() {
        let mut report = Report { records: 2, is_dry_run: true, ..Report::default() };
        report.sites.add(Outcome::Created);
        report.entries.entry("room".to_owned()).or_default().add(Outcome::Unchanged);
        report.skip(vec![Skipped {
            row: 2,
            record: "value.1.Rooms.0".to_owned(),
            kind: "room".to_owned(),
            field: "rates/0/double_rate".to_owned(),
            reason: "\"eighty\" is not an amount.".to_owned(),
        }]);
        assert_eq!(
            report.to_string(),
            "                       created   changed unchanged   skipped\n\
             site                         1         0         0         0\n\
             room                         0         0         1         1\n\
             skipped row 2 (room at value.1.Rooms.0, rates/0/double_rate): \"eighty\" is not an amount.\n\
             2 records read; nothing was kept, this was a dry run."
        );
    }
}
