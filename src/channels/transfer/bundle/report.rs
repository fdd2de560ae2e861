//! What was carried, for people and as JSON.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;
use utoipa::ToSchema;

use crate::transfer::Counts;

/// The outcome of an export or an import of an archive, or what it would be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct BundleReport {
    /// Whether nothing was kept.
    pub is_dry_run: bool,
    /// Whether content got other ids than it has in the archive, because somebody here has those.
    pub has_new_ids: bool,
    /// Sites.
    pub sites: Counts,
    /// Files of the library.
    pub media: Counts,
    /// Own declarations.
    pub declarations: Counts,
    /// Brands.
    pub brands: Counts,
    /// Releases that are still to come.
    pub releases: Counts,
    /// What guests have sent.
    pub submissions: Counts,
    /// Entries by type.
    pub entries: BTreeMap<String, Counts>,
    /// What is not as it was where the archive was made, a sentence each.
    pub notes: Vec<String>,
}

impl fmt::Display for BundleReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{:<20} {:>9} {:>9} {:>9}", "", "created", "changed", "unchanged")?;
        let others = [
            ("site", self.sites),
            ("file", self.media),
            ("declaration", self.declarations),
            ("brand", self.brands),
            ("release", self.releases),
            ("submission", self.submissions),
        ];
        let entries = self.entries.iter().map(|(name, counts)| (name.as_str(), *counts));
        for (name, counts) in others.into_iter().chain(entries) {
            let Counts { created, changed, unchanged, .. } = counts;
            if created + changed + unchanged > 0 {
                writeln!(formatter, "{name:<20} {created:>9} {changed:>9} {unchanged:>9}")?;
            }
        }
        for note in &self.notes {
            writeln!(formatter, "note: {note}")?;
        }
        if self.has_new_ids {
            writeln!(formatter, "Somebody on this installation has the archive's ids: the content got new ones.")?;
        }
        formatter.write_str(if self.is_dry_run { "Nothing was kept, this was a dry run." } else { "Done." })
    }
}
