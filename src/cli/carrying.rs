//! Commands that take content out, and bring back what they took out.

use std::path::PathBuf;

use channels::transfer::{
    bundle::{self, BundleExport, BundleImport, Place},
    plain_files::{self, PlainFilesExport},
    table::{self, Format, TableImport},
};
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
    /// Also what guests have sent with forms: personal data
    #[arg(long)]
    submissions: bool,
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
    /// Also what guests have sent with forms, where the archive has it
    #[arg(long)]
    submissions: bool,
    /// Check and count everything, change nothing
    #[arg(long)]
    dry_run: bool,
    /// The report as JSON
    #[arg(long)]
    json: bool,
}

/// `export bundle`.
pub fn export_bundle(flags: &Flags, arguments: &BundleExportArguments) -> Result<(), Failure> {
    let BundleExportArguments { file, organization, site, history, submissions, json } = arguments;
    let site = site.as_deref().map(word::<Slug>).transpose()?;
    let (installation, _logs) = installation(flags)?;
    let scope = Scope::for_operator(by_slug(&installation, organization)?.id, OPERATOR);
    let library = library(&installation.config, &installation.db)?;
    let place = Place { db: &installation.db, catalogue: &catalogue()?, scope: &scope, library: &library };
    let wish = BundleExport { file, site: site.as_ref(), with_history: *history, with_submissions: *submissions };
    let report = bundle::export(&place, &wish, &mut |_, _| Ok(())).map_err(Failure::failed)?;
    show(&report, *json)?;
    installation.close();
    note(&format!("{} is written", file.display()));
    Ok(())
}

/// `import bundle`.
pub fn import_bundle(flags: &Flags, arguments: &BundleImportArguments) -> Result<(), Failure> {
    let BundleImportArguments { file, organization, submissions, dry_run, json } = arguments;
    let (installation, _logs) = installation(flags)?;
    let scope = Scope::for_operator(by_slug(&installation, organization)?.id, OPERATOR);
    let library = library(&installation.config, &installation.db)?;
    let place = Place { db: &installation.db, catalogue: &catalogue()?, scope: &scope, library: &library };
    let wish = BundleImport { file, takes_submissions: *submissions, is_dry_run: *dry_run };
    let report = bundle::import(&place, &wish).map_err(Failure::failed)?;
    show(&report, *json)?;
    installation.close();
    Ok(())
}

/// Which entries a file holds.
#[derive(Debug, Args)]
pub struct Rows {
    /// Short name of the hotel group
    #[arg(long, value_name = "SLUG")]
    organization: String,
    /// Short name of the site
    #[arg(long, value_name = "SLUG")]
    site: String,
    /// The type, e.g. room
    #[arg(long = "type", value_name = "NAME")]
    content_type: String,
}

/// What `export csv` and `export records` are asked to do.
#[derive(Debug, Args)]
pub struct RowsExportArguments {
    /// The file to be written
    file: PathBuf,
    #[command(flatten)]
    rows: Rows,
}

/// What `import csv` and `import records` are asked to do.
#[derive(Debug, Args)]
pub struct RowsImportArguments {
    /// The file
    file: PathBuf,
    #[command(flatten)]
    rows: Rows,
    /// Check everything and say what would become of it, change nothing
    #[arg(long)]
    dry_run: bool,
    /// The report as JSON
    #[arg(long)]
    json: bool,
}

/// `export csv`.
pub fn export_csv(flags: &Flags, arguments: &RowsExportArguments) -> Result<(), Failure> {
    export_rows(flags, arguments, Format::Csv)
}

/// `export records`.
pub fn export_records(flags: &Flags, arguments: &RowsExportArguments) -> Result<(), Failure> {
    export_rows(flags, arguments, Format::Json)
}

/// `import csv`.
pub fn import_csv(flags: &Flags, arguments: &RowsImportArguments) -> Result<(), Failure> {
    import_rows(flags, arguments, Format::Csv)
}

/// `import records`.
pub fn import_records(flags: &Flags, arguments: &RowsImportArguments) -> Result<(), Failure> {
    import_rows(flags, arguments, Format::Json)
}

fn export_rows(flags: &Flags, arguments: &RowsExportArguments, format: Format) -> Result<(), Failure> {
    let RowsExportArguments { file, rows } = arguments;
    let site = word::<Slug>(&rows.site)?;
    let (installation, _logs) = installation(flags)?;
    let scope = Scope::for_operator(by_slug(&installation, &rows.organization)?.id, OPERATOR);
    let count = table::export(&installation.db, &catalogue()?, &scope, &site, &rows.content_type, format, file)
        .map_err(Failure::failed)?;
    installation.close();
    say(&format!("{count} entries are in {}", file.display()));
    Ok(())
}

fn import_rows(flags: &Flags, arguments: &RowsImportArguments, format: Format) -> Result<(), Failure> {
    let RowsImportArguments { file, rows, dry_run, json } = arguments;
    let site = word::<Slug>(&rows.site)?;
    let (installation, _logs) = installation(flags)?;
    let scope = Scope::for_operator(by_slug(&installation, &rows.organization)?.id, OPERATOR);
    let wish = TableImport { file, format, site: &site, content_type: &rows.content_type, is_dry_run: *dry_run };
    let report = table::import(&installation.db, &catalogue()?, &scope, &wish).map_err(Failure::failed)?;
    show(&report, *json)?;
    installation.close();
    Ok(())
}

/// What `export static` is asked to do.
#[derive(Debug, Args)]
pub struct PlainFilesArguments {
    /// The folder to be written: empty, or one that an earlier export has made, of which only what changed is written
    folder: PathBuf,
    /// Short name of the hotel group
    #[arg(long, value_name = "SLUG")]
    organization: String,
    /// Short name of one site [default: all that are published]
    #[arg(long, value_name = "SLUG")]
    site: Option<String>,
    /// Where the site will be reached [default: https:// and its domain]
    #[arg(long, value_name = "URL", requires = "site")]
    base_url: Option<String>,
    /// Make and count everything, write nothing
    #[arg(long)]
    dry_run: bool,
    /// The report as JSON
    #[arg(long)]
    json: bool,
}

/// `export static`.
pub fn export_plain_files(flags: &Flags, arguments: &PlainFilesArguments) -> Result<(), Failure> {
    let PlainFilesArguments { folder, organization, site, base_url, dry_run, json } = arguments;
    let site = site.as_deref().map(word::<Slug>).transpose()?;
    let (installation, _logs) = installation(flags)?;
    let organization = by_slug(&installation, organization)?;
    let scope = Scope::for_operator(organization.id, OPERATOR);
    let library = library(&installation.config, &installation.db)?;
    let place = Place { db: &installation.db, catalogue: &catalogue()?, scope: &scope, library: &library };
    let wish = PlainFilesExport {
        folder,
        organization: organization.slug.as_str(),
        site: site.as_ref(),
        base_url: base_url.as_deref(),
        environment: installation.config.environment.as_str(),
        is_dry_run: *dry_run,
    };
    let report = plain_files::export(&place, &wish).map_err(Failure::failed)?;
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
