//! Commands that take content out, and bring back what they took out.

use std::path::PathBuf;

use channels::transfer::bundle::{self, BundleExport, BundleImport, Place};
use clap::Args;
use ground::{config::Flags, words::Slug};
use serde::Serialize;
use tenants::scope::Scope;

use super::{
    operating::catalogue,
    organizations::{by_slug, word},
    output::{self, Failure, note, say},
    people::OPERATOR,
    serving::installation,
};
use crate::app::services::library;

/// What `export bundle` is asked to do.
#[derive(Debug, Args)]
pub struct BundleExportArguments {
    /// The archive to be written (.tar.gz)
    file: PathBuf,
    /// Short name of the hotel group
    #[arg(long, value_name = "SLUG")]
    organization: String,
    /// Short name of one site [default: all of the hotel group]
    #[arg(long, value_name = "SLUG")]
    site: Option<String>,
    /// All kept revisions, not only what is published and the newest draft
    #[arg(long)]
    history: bool,
    /// The report as JSON
    #[arg(long)]
    json: bool,
}

/// What `import bundle` is asked to do.
#[derive(Debug, Args)]
pub struct BundleImportArguments {
    /// The archive
    file: PathBuf,
    /// Short name of the hotel group that takes it
    #[arg(long, value_name = "SLUG")]
    organization: String,
    /// Check and count everything, change nothing
    #[arg(long)]
    dry_run: bool,
    /// The report as JSON
    #[arg(long)]
    json: bool,
}

/// `export bundle`.
pub fn export_bundle(flags: &Flags, arguments: &BundleExportArguments) -> Result<(), Failure> {
    let BundleExportArguments { file, organization, site, history, json } = arguments;
    let site = site.as_deref().map(word::<Slug>).transpose()?;
    let (installation, _logs) = installation(flags)?;
    let scope = Scope::for_operator(by_slug(&installation, organization)?.id, OPERATOR);
    let library = library(&installation.config, &installation.db)?;
    let place = Place { db: &installation.db, catalogue: &catalogue()?, scope: &scope, library: &library };
    let wish = BundleExport { file, site: site.as_ref(), with_history: *history };
    let report = bundle::export(&place, &wish).map_err(Failure::failed)?;
    show(&report, *json)?;
    installation.close();
    note(&format!("{} is written", file.display()));
    Ok(())
}

/// `import bundle`.
pub fn import_bundle(flags: &Flags, arguments: &BundleImportArguments) -> Result<(), Failure> {
    let BundleImportArguments { file, organization, dry_run, json } = arguments;
    let (installation, _logs) = installation(flags)?;
    let scope = Scope::for_operator(by_slug(&installation, organization)?.id, OPERATOR);
    let library = library(&installation.config, &installation.db)?;
    let place = Place { db: &installation.db, catalogue: &catalogue()?, scope: &scope, library: &library };
    let report = bundle::import(&place, &BundleImport { file, is_dry_run: *dry_run }).map_err(Failure::failed)?;
    show(&report, *json)?;
    installation.close();
    Ok(())
}

fn show<R: Serialize + std::fmt::Display>(report: &R, is_json: bool) -> Result<(), Failure> {
    if is_json {
        return output::json(report);
    }
    say(&report.to_string());
    Ok(())
}
