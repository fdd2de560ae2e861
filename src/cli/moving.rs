//! Commands that bring the content of another system: exports of WordPress, lists of old addresses.

use std::path::PathBuf;

use channels::transfer::{
    sitemap::{self, SitemapImport},
    wordpress::{self, WordpressImport},
};
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

/// Where content goes, and how.
#[derive(Debug, clap::Args)]
pub struct Place {
    /// Short name of the hotel group
    #[arg(long, value_name = "SLUG")]
    organization: String,
    /// Short name of the site
    #[arg(long, value_name = "SLUG")]
    site: String,
    /// Check and count everything, change nothing
    #[arg(long)]
    dry_run: bool,
    /// The report as JSON
    #[arg(long)]
    json: bool,
}

/// What `import wordpress` is asked to do.
#[derive(Debug, clap::Args)]
pub struct WordpressArguments {
    /// The export (Tools: Export: All content)
    file: PathBuf,
    /// A copy of wp-content/uploads, whose files go into the media library
    #[arg(long, value_name = "DIR")]
    attachments: Option<PathBuf>,
    #[command(flatten)]
    into: Place,
}

/// What `import sitemap` is asked to do.
#[derive(Debug, clap::Args)]
pub struct SitemapArguments {
    /// The old website's sitemap.xml, its index, or either packed with gzip
    #[arg(required_unless_present = "csv", conflicts_with = "csv")]
    file: Option<PathBuf>,
    /// A table with the columns `old` and `new` instead
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Make the redirects that are proposed
    #[arg(long)]
    create: bool,
    #[command(flatten)]
    into: Place,
}

/// `import wordpress`.
pub fn import_wordpress(flags: &Flags, arguments: &WordpressArguments) -> Result<(), Failure> {
    let WordpressArguments { file, attachments, into } = arguments;
    let site = word::<Slug>(&into.site)?;
    if let Some(folder) = attachments.as_ref().filter(|folder| !folder.is_dir()) {
        return Err(Failure::usage(format!("{} is not a folder", folder.display())));
    }
    let (installation, _logs) = installation(flags)?;
    let scope = Scope::for_operator(by_slug(&installation, &into.organization)?.id, OPERATOR);
    let library = library(&installation.config, &installation.db)?;
    let wish = WordpressImport {
        file,
        site: &site,
        attachments: attachments.clone().map(|folder| (folder, &library)),
        is_dry_run: into.dry_run,
    };
    let report = wordpress::import(&installation.db, &catalogue()?, &scope, &wish).map_err(Failure::failed)?;
    show(&report, into.json)?;
    installation.close();
    Ok(())
}

/// `import sitemap`.
pub fn import_sitemap(flags: &Flags, arguments: &SitemapArguments) -> Result<(), Failure> {
    let SitemapArguments { file, csv, create, into } = arguments;
    let site = word::<Slug>(&into.site)?;
    let Some(source) = file.as_ref().or(csv.as_ref()) else {
        return Err(Failure::usage("name a sitemap, or a table with --csv"));
    };
    let (installation, _logs) = installation(flags)?;
    let scope = Scope::for_operator(by_slug(&installation, &into.organization)?.id, OPERATOR);
    let wish =
        SitemapImport { file: source, is_csv: csv.is_some(), site: &site, creates: *create, is_dry_run: into.dry_run };
    let coverage = sitemap::import(&installation.db, &catalogue()?, &scope, &wish).map_err(Failure::failed)?;
    show(&coverage, into.json)?;
    installation.close();
    if !coverage.is_complete {
        note(&format!("{} % of the old addresses are answered", coverage.percent));
    }
    Ok(())
}

fn show<R: Serialize + std::fmt::Display>(report: &R, is_json: bool) -> Result<(), Failure> {
    if is_json {
        return output::json(report);
    }
    say(&report.to_string());
    Ok(())
}
