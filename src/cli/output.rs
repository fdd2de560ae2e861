//! How commands speak: results on standard output, complaints on standard error, tables also as JSON.

use std::io::{Write, stderr, stdout};

use ground::config::ConfigProblem;
use serde::Serialize;

/// Why a command could not be carried out.
#[derive(Debug)]
pub enum Failure {
    /// Settings or arguments are wrong: all of them, a line each.
    Settings(Vec<String>),
    /// Everything else, in one sentence.
    Failed(String),
}

impl Failure {
    /// One sentence.
    pub fn failed(text: impl ToString) -> Self {
        Self::Failed(text.to_string())
    }

    /// An argument that cannot be right.
    pub fn usage(text: impl ToString) -> Self {
        Self::Settings(vec![text.to_string()])
    }

    /// Whether nothing was begun.
    pub const fn is_wrong_usage(&self) -> bool {
        matches!(self, Self::Settings(_))
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Settings(lines) => formatter.write_str(&lines.join("; ")),
            Self::Failed(line) => formatter.write_str(line),
        }
    }
}

impl From<Vec<ConfigProblem>> for Failure {
    fn from(problems: Vec<ConfigProblem>) -> Self {
        Self::Settings(problems.iter().map(ToString::to_string).collect())
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(format!("{error:#}"))
    }
}

/// Says on standard error what is wrong.
pub fn complain(failure: &Failure) {
    let lines = match failure {
        Failure::Settings(lines) => lines.as_slice(),
        Failure::Failed(line) => std::slice::from_ref(line),
    };
    let mut to = stderr().lock();
    for line in lines {
        // Nobody is left to tell when standard error is closed.
        drop(writeln!(to, "error: {line}"));
    }
}

/// Prints a result. A closed pipe (`| head`) ends quietly.
pub fn say(text: &str) {
    drop(writeln!(stdout().lock(), "{text}"));
}

/// Says what is going on, on standard error, so that results can be piped.
pub fn note(text: &str) {
    drop(writeln!(stderr().lock(), "{text}"));
}

/// Prints a value as JSON.
pub fn json<T: Serialize>(value: &T) -> Result<(), Failure> {
    say(&serde_json::to_string_pretty(value).map_err(Failure::failed)?);
    Ok(())
}

/// Prints rows under their headings, aligned by the longest of each column.
pub fn table(headings: &[&str], rows: &[Vec<String>]) {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([headings[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let line = |cells: &[String]| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    say(&line(&headings.iter().map(|heading| heading.to_uppercase()).collect::<Vec<_>>()));
    for row in rows {
        say(&line(row));
    }
}
