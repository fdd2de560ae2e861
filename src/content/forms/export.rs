//! Submissions as a table (RFC 4180): a column for each short name, in the order in which they first stand.

use super::Submission;

/// The columns before those of the questions.
const FIRST: [&str; 7] = ["id", "received", "form", "language", "page", "status", "note"];
/// What a spreadsheet takes for a formula: such a cell gets an apostrophe, and is shown as it was written.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The table, with a mark at its start by which spreadsheets know that it is UTF-8.
pub(super) fn csv(submissions: &[Submission]) -> String {
    let mut keys: Vec<&str> = Vec::new();
    for answer in submissions.iter().flat_map(|one| &one.answers) {
        if !keys.contains(&answer.key.as_str()) {
            keys.push(&answer.key);
        }
    }
    let mut table = String::from("\u{feff}");
    line(&mut table, FIRST.iter().copied().chain(keys.iter().copied()).chain(["consents"]));
    for one in submissions {
        let (id, received) = (one.id.to_string(), one.created_at.to_string());
        let consents: Vec<String> =
            one.consents.iter().filter(|consent| consent.given).map(|consent| consent.version.clone()).collect();
        let consents = consents.join(" ");
        let first = [&id, &received, &one.form_name, one.locale.as_str(), &one.page, one.status.as_str(), &one.note];
        let answer = |key: &&str| {
            one.answers.iter().find(|answer| answer.key == *key).map_or("", |answer| answer.value.as_str())
        };
        line(&mut table, first.into_iter().chain(keys.iter().map(answer)).chain([consents.as_str()]));
    }
    table
}

fn line<'a>(table: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            table.push(',');
        }
        table.push('"');
        if cell.starts_with(FORMULA) {
            table.push('\'');
        }
        table.push_str(&cell.replace('"', "\"\""));
        table.push('"');
    }
    table.push_str("\r\n");
}
