//! What was written, for people and as JSON.

use std::fmt;

use ground::clock::Timestamp;
use serde::Serialize;

/// The outcome of an export to plain files, or what it would be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PlainFilesReport {
    /// Whether nothing was written.
    pub is_dry_run: bool,
    /// The instant as of which the files are.
    pub made_at: Timestamp,
    /// When something of the websites becomes another by itself for the first time: until then the files are what the
    /// running website would show.
    pub until: Option<Timestamp>,
    /// The hosts, each a folder.
    pub hosts: Vec<HostReport>,
    /// Files that are new or another than before.
    pub written: usize,
    /// Files that stood there already.
    pub unchanged: usize,
    /// Files of an earlier export that are no longer needed.
    pub removed: usize,
    /// All files together.
    pub bytes: u64,
    /// What is not there, and why, a sentence each.
    pub left_out: Vec<String>,
    /// What else is to be known, a sentence each.
    pub notes: Vec<String>,
}

/// One host of a website.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct HostReport {
    /// The host, which names the folder.
    pub host: String,
    /// The short name of the site.
    pub site: String,
    /// Addresses with a page.
    pub pages: usize,
    /// Addresses that lead to another one.
    pub redirects: usize,
    /// Addresses of what is gone for good.
    pub gone: usize,
    /// What is another than on a server, a sentence each.
    pub notes: Vec<String>,
}

impl fmt::Display for PlainFilesReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{:<40} {:>7} {:>10} {:>7}", "", "pages", "redirects", "gone")?;
        for one in &self.hosts {
            writeln!(formatter, "{:<40} {:>7} {:>10} {:>7}", one.host, one.pages, one.redirects, one.gone)?;
        }
        for one in &self.hosts {
            for note in &one.notes {
                writeln!(formatter, "{}: {note}", one.host)?;
            }
        }
        for left_out in &self.left_out {
            writeln!(formatter, "left out: {left_out}")?;
        }
        for note in &self.notes {
            writeln!(formatter, "note: {note}")?;
        }
        let Self { written, unchanged, removed, bytes, .. } = self;
        writeln!(
            formatter,
            "files: {written} written, {unchanged} unchanged, {removed} removed; {bytes} bytes in all"
        )?;
        match self.until {
            Some(until) => writeln!(formatter, "The websites are so until {until}: then something changes by itself.")?,
            None => writeln!(formatter, "Nothing of the websites changes by itself.")?,
        }
        formatter.write_str(if self.is_dry_run { "Nothing was written, this was a dry run." } else { "Done." })
    }
}
