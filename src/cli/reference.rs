//! Pages of the reference that are made from the program, so that they cannot disagree with it.

use std::fmt::Write;

use clap::{CommandFactory, ValueEnum};
use serde::Deserialize;

use super::{Cli, output::say};

/// A page that can be made.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Page {
    /// Every setting.
    Settings,
    /// Every command.
    Commands,
    /// Every problem that the APIs answer.
    Problems,
}

/// Prints a page as Markdown.
pub fn print(page: Page) {
    let text = match page {
        Page::Settings => ground::config::reference_markdown(),
        Page::Commands => commands(),
        Page::Problems => problems(),
    };
    say(text.trim_end());
}

fn commands() -> String {
    let mut page = String::from(
        "# Commands\n\nWhat each command is for, made from the program's own help. Exit codes: 0 done, 1 failed, 2 wrong usage \
         or settings. Results go to standard output, everything else to standard error; `--json` prints tables as JSON.\n",
    );
    describe(&mut page, &mut Cli::command(), "");
    page
}

fn describe(page: &mut String, command: &mut clap::Command, before: &str) {
    let name = format!("{before}{}", command.get_name());
    if !command.has_subcommands() || before.is_empty() {
        let help = command.clone().bin_name(&name).term_width(100).render_long_help();
        // Writing to a String cannot fail.
        let _ = write!(page, "\n## `{name}`\n\n```text\n{}\n```\n", help.to_string().trim_end());
    }
    for inner in command.get_subcommands_mut().filter(|inner| !inner.is_hide_set() && inner.get_name() != "help") {
        describe(page, inner, &format!("{name} "));
    }
}

/// Every problem, in the order of statuses; `tests/it/architecture.rs` holds it against the source.
const PROBLEMS: &str = include_str!("../../assets/problems.toml");

#[derive(Deserialize)]
struct ListedProblems {
    problems: Vec<ListedProblem>,
}

#[derive(Deserialize)]
struct ListedProblem {
    code: String,
    status: u16,
    title: String,
    next: String,
}

fn problems() -> String {
    let mut page = String::from(
        "# Problems\n\nEvery answer that is not a success is a problem document (RFC 9457, `application/problem+json`) with a \
         stable `code`; its `type` leads here. `errors` names each wrong field, `instance` carries the request's id for the \
         operator's log.\n",
    );
    let listed: ListedProblems = toml::from_str(PROBLEMS).expect("the list is part of the program, and tested");
    for ListedProblem { code, status, title, next } in listed.problems {
        let _ = write!(page, "\n## `{code}` {{#{code}}}\n\n{title} (status {status}). {next}\n");
    }
    page
}
