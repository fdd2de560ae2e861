//! What an import did.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;
use utoipa::ToSchema;

use super::Message;
use crate::transfer::Counts;

/// The outcome of an import, or what it would be.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlpinebitsReport {
    /// Whether nothing was kept.
    pub is_dry_run: bool,
    /// Which message the file is.
    pub message: Message,
    /// The codes of the hotels that were taken from it.
    pub hotels: Vec<String>,
    /// Entries by type.
    pub entries: BTreeMap<String, Counts>,
    /// What no field holds and is kept with the entries for the way out: elements and attributes, with how often.
    pub kept: BTreeMap<String, usize>,
    /// What leaves in another form than it came in.
    pub changed: Vec<String>,
    /// What else is to be known, a sentence each.
    pub remarks: Vec<String>,
}

/// The report for people.
impl fmt::Display for AlpinebitsReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{:<20} {:>9} {:>9} {:>9}", "", "created", "changed", "unchanged")?;
        for (name, Counts { created, changed, unchanged, .. }) in &self.entries {
            writeln!(formatter, "{name:<20} {created:>9} {changed:>9} {unchanged:>9}")?;
        }
        if !self.kept.is_empty() {
            let all: Vec<_> = self.kept.iter().map(|(name, count)| format!("{name} ({count})")).collect();
            writeln!(formatter, "no field holds, kept for the export: {}", all.join(", "))?;
        }
        for line in self.changed.iter().chain(&self.remarks) {
            writeln!(formatter, "{line}")?;
        }
        write!(formatter, "hotels: {}.", self.hotels.join(", "))?;
        if self.is_dry_run { write!(formatter, " Nothing was kept, this was a dry run.") } else { Ok(()) }
    }
}
