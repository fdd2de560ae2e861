//! Commands about the types and sections that a group declares itself.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use content::{
    custom_types::{self, Check, Counts, CustomTypeError, Wish, files},
    types::OwnKind,
};
use ground::config::Flags;
use serde_json::json;
use tenants::scope::Scope;

use super::{
    operating::catalogue,
    organizations::by_slug,
    output::{self, Failure, note, say, table},
    people::OPERATOR,
    serving::installation,
};
use crate::installation::Installation;

/// Entries named in a report for people.
const MOST_NAMED: usize = 20;

/// What can be done with them.
#[derive(Debug, Subcommand)]
pub enum TypesCommand {
    /// What a group declares itself
    List {
        /// Short name of the hotel group
        #[arg(long, value_name = "SLUG")]
        organization: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Say what a declaration would do to each existing entry, and do nothing
    Check {
        /// The declaration, written like a file of assets/types or assets/sections
        file: PathBuf,
        /// Short name of the hotel group
        #[arg(long, value_name = "SLUG")]
        organization: String,
        /// The report as JSON
        #[arg(long)]
        json: bool,
    },
    /// Declare a type, a section or added fields, as the check has said
    Apply {
        /// The declaration, written like a file of assets/types or assets/sections
        file: PathBuf,
        /// Short name of the hotel group
        #[arg(long, value_name = "SLUG")]
        organization: String,
        /// What the check has printed; needed where entries do not stay as they are
        #[arg(long)]
        fingerprint: Option<String>,
        /// Only check
        #[arg(long)]
        dry_run: bool,
        /// The report as JSON
        #[arg(long)]
        json: bool,
    },
    /// Take an own declaration back; entries of a type go into the bin
    Delete {
        /// Its name; of added fields the name of the built-in type
        name: String,
        /// type, section or extension
        #[arg(long, default_value = "type")]
        kind: String,
        /// Short name of the hotel group
        #[arg(long, value_name = "SLUG")]
        organization: String,
        /// What the check has printed; needed where entries do not stay as they are
        #[arg(long)]
        fingerprint: Option<String>,
        /// Only check
        #[arg(long)]
        dry_run: bool,
        /// The report as JSON
        #[arg(long)]
        json: bool,
    },
    /// Print a declaration as a file, also one that came with the program
    Export {
        /// Its name
        name: String,
        /// type, section or extension
        #[arg(long, default_value = "type")]
        kind: String,
        /// Short name of the hotel group
        #[arg(long, value_name = "SLUG")]
        organization: String,
    },
}

/// `types ...`.
pub fn run(flags: &Flags, command: TypesCommand) -> Result<(), Failure> {
    let (installation, _logs) = installation(flags)?;
    match command {
        TypesCommand::List { organization, json } => list(&installation, &scope(&installation, &organization)?, json)?,
        TypesCommand::Check { file, organization, json } => {
            let wish = wish(&file)?;
            show(&check(&installation, &scope(&installation, &organization)?, &wish)?, json)?;
        }
        TypesCommand::Apply { file, organization, fingerprint, dry_run, json } => {
            let (wish, scope) = (wish(&file)?, scope(&installation, &organization)?);
            if dry_run {
                show(&check(&installation, &scope, &wish)?, json)?;
            } else {
                apply(&installation, scope, wish, fingerprint, json)?;
            }
        }
        TypesCommand::Delete { name, kind, organization, fingerprint, dry_run, json } => {
            let (kind, scope) = (kind_of(&kind)?, scope(&installation, &organization)?);
            let wish = Wish { kind, name, declaration: None };
            if dry_run {
                show(&check(&installation, &scope, &wish)?, json)?;
            } else {
                apply(&installation, scope, wish, fingerprint, json)?;
            }
        }
        TypesCommand::Export { name, kind, organization } => {
            export(&installation, &scope(&installation, &organization)?, kind_of(&kind)?, &name)?;
        }
    }
    installation.close();
    Ok(())
}

fn scope(installation: &Installation, slug: &str) -> Result<Scope, Failure> {
    Ok(Scope::for_operator(by_slug(installation, slug)?.id, OPERATOR))
}

fn kind_of(name: &str) -> Result<OwnKind, Failure> {
    OwnKind::named(name).ok_or_else(|| Failure::usage("--kind is type, section or extension"))
}

fn wish(file: &Path) -> Result<Wish, Failure> {
    let text =
        std::fs::read_to_string(file).map_err(|error| Failure::failed(format!("{}: {error}", file.display())))?;
    files::read(&text).map_err(told)
}

fn list(installation: &Installation, scope: &Scope, is_json: bool) -> Result<(), Failure> {
    let own = installation.db.read_blocking(|conn| custom_types::list(conn, scope)).map_err(Failure::failed)?;
    if is_json {
        return output::json(&own);
    }
    let rows = own.iter().map(|one| {
        let (entries, version) = (one.entries.to_string(), one.version.to_string());
        vec![
            one.kind.as_str().to_owned(),
            one.name.clone(),
            entries,
            version,
            one.updated_at.to_string(),
            one.author.clone(),
        ]
    });
    table(&["kind", "name", "entries", "version", "changed", "by"], &rows.collect::<Vec<_>>());
    Ok(())
}

fn check(installation: &Installation, scope: &Scope, wish: &Wish) -> Result<Check, Failure> {
    let catalogue = catalogue()?;
    installation.db.read_blocking(|conn| custom_types::check(conn, scope, &catalogue, wish)).map_err(told)
}

fn show(check: &Check, is_json: bool) -> Result<(), Failure> {
    if is_json {
        let Check { fingerprint, counts, entries } = check;
        return output::json(&json!({"fingerprint": fingerprint, "counts": counts, "entries": entries}));
    }
    say(&summary(&check.counts));
    for entry in check.entries.iter().take(MOST_NAMED) {
        say(&format!("{} {} ({})", entry.content_type, entry.title, entry.entry));
        for value in &entry.values {
            let shown =
                |value: &Option<serde_json::Value>| value.as_ref().map_or("nothing".to_owned(), ToString::to_string);
            say(&format!("  {}: {} becomes {}", value.pointer, shown(&value.from), shown(&value.to)));
        }
        for lacking in &entry.incomplete {
            let missing: Vec<_> = lacking.missing.iter().map(|one| one.pointer.as_str()).collect();
            say(&format!("  not complete in {}: {}", lacking.locale, missing.join(", ")));
        }
        if entry.deleted {
            say("  goes into the bin");
        }
    }
    let left = check.entries.len().saturating_sub(MOST_NAMED);
    if left > 0 {
        note(&format!("and {left} more; --json names all of them"));
    }
    say(&format!("fingerprint {}", check.fingerprint));
    Ok(())
}

fn apply(
    installation: &Installation,
    scope: Scope,
    wish: Wish,
    fingerprint: Option<String>,
    is_json: bool,
) -> Result<(), Failure> {
    let catalogue = catalogue()?;
    let counts = installation
        .db
        .write_blocking(move |tx| custom_types::apply(tx, &scope, &catalogue, &wish, fingerprint.as_deref()))
        .map_err(told)?;
    if is_json {
        return output::json(&counts);
    }
    say(&summary(&counts));
    Ok(())
}

fn export(installation: &Installation, scope: &Scope, kind: OwnKind, name: &str) -> Result<(), Failure> {
    let catalogue = catalogue()?;
    let found = installation.db.read_blocking(|conn| {
        Ok::<_, CustomTypeError>(match custom_types::find(conn, scope, kind, name) {
            Ok(own) => Some(own.declaration),
            Err(CustomTypeError::NotFound) => files::declared(&*catalogue.of(conn, scope)?, kind, name),
            Err(error) => return Err(error),
        })
    });
    let Some(declaration) = found.map_err(told)? else {
        return Err(Failure::failed(format!("there is no {} {name:?}", kind.as_str())));
    };
    say(files::write(&declaration).map_err(told)?.trim_end());
    Ok(())
}

fn summary(counts: &Counts) -> String {
    let Counts { entries, unchanged, converted, dropped, incomplete, shown, deleted } = counts;
    format!(
        "{entries} entries: {unchanged} unchanged, {converted} converted, {dropped} with something dropped, {incomplete} no \
         longer complete, {shown} shown differently, {deleted} into the bin"
    )
}

fn told(error: CustomTypeError) -> Failure {
    match error {
        CustomTypeError::Invalid(problems) => {
            let lines = problems.iter().map(|problem| format!("{}: {}", problem.pointer, problem.detail));
            Failure::failed(lines.collect::<Vec<_>>().join("\n"))
        }
        CustomTypeError::CheckNeeded(_) => Failure::failed(format!(
            "{error}: `gammacms types check` says how and prints a fingerprint; give it with --fingerprint"
        )),
        other => Failure::failed(other),
    }
}
