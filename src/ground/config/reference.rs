//! The page about settings in the documentation, made from their declarations.

use std::fmt::Write;

use super::settings::{Default as Fallback, GROUPS, Hides, Setting};

/// All settings as a page in Markdown.
pub fn reference_markdown() -> String {
    let mut page = String::from(
        "# Settings\n\n\
         Each setting may stand in `gammacms.toml` (by its key), in the environment (by its name) or, for a few, on the \
         command line. A flag wins over the environment, the environment over the file. `gammacms config` prints what is in \
         force and where each value came from.\n",
    );
    for group in GROUPS {
        // Writing to a String cannot fail.
        let _ = write!(page, "\n## {}\n", group.title);
        for setting in group.settings {
            describe(&mut page, setting);
        }
    }
    page
}

fn describe(page: &mut String, setting: &Setting) {
    let _ = write!(page, "\n### `{}`\n\n{}\n\n", setting.name, setting.help);
    let _ = writeln!(page, "- Expected: {}", setting.expected);
    match setting.default {
        Some(Fallback::Value(value)) => {
            let _ = writeln!(page, "- Without it: `{value}`");
        }
        Some(Fallback::Derived(description)) => {
            let _ = writeln!(page, "- Without it: {description}");
        }
        None => {}
    }
    let _ = writeln!(page, "- In `gammacms.toml`: `{}`", setting.key);
    if let Some(flag) = setting.flag {
        let _ = writeln!(page, "- Flag: `{}` ({})", flag.name, flag.commands);
    }
    if !setting.old_names.is_empty() {
        let names: Vec<String> = setting.old_names.iter().map(|name| format!("`{name}`")).collect();
        let _ = writeln!(page, "- Also taken from the environment: {}", names.join(", "));
    }
    if setting.hides != Hides::Nothing {
        let _ = writeln!(page, "- A secret: never printed or logged");
    }
}
