//! When what waits in WordPress is to be seen.

use content::entries::{EntryError, schedules};
use ground::{
    clock::Timestamp,
    words::{Locale, TimeZoneName},
};

use super::export::Item;

/// When a language of an entry is to be seen.
#[derive(Clone)]
pub(super) struct Appearance {
    pub locale: Locale,
    /// On the clocks of the site, as WordPress has it on those of the old website.
    pub local_time: String,
    /// The row of its item.
    pub row: usize,
}

/// When an item that waits in WordPress is to be seen; nothing where that is over by now, as WordPress itself would have
/// published it.
pub(super) fn appearing(zone: &TimeZoneName, now: Timestamp, item: &Item) -> Result<Option<String>, String> {
    let local_time = item.date.replace(' ', "T");
    match schedules::resolve(&local_time, schedules::Repeated::Earlier, zone, now) {
        Ok(resolved) => Ok(Some(resolved.local_time)),
        Err(EntryError::Request(problem)) if problem.code == "time_past" => Ok(None),
        Err(EntryError::Request(problem)) => Err(problem.detail),
        Err(error) => Err(error.to_string()),
    }
}
