//! Commands that bring the content of another system: exports of WordPress, lists of old addresses, hotel content of AlpineBits;
//! and that give it to one.

use std::path::PathBuf;

use channels::transfer::{
    alpinebits::{self, AlpinebitsExport, AlpinebitsImport, Message},
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
    /// A copy of wp-content/uploads, a folder or a ZIP file of it, whose files go into the media library
    #[arg(long, value_name = "DIR|ZIP")]
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

/// What `import alpinebits` is asked to do.
#[derive(Debug, clap::Args)]
pub struct AlpinebitsArguments {
    /// The message: what a hotel sends of itself, or what it answers
    file: PathBuf,
    /// Only the hotel of the file with this code
    #[arg(long, value_name = "CODE")]
    hotel_code: Option<String>,
    /// The house of the site that takes the facts [default: the one that an import of this code has made, or a new one]
    #[arg(long, value_name = "SLUG")]
    property: Option<String>,
    /// Publish every entry in the languages in which it is complete; without it they stay drafts
    #[arg(long)]
    publish: bool,
    #[command(flatten)]
    into: Place,
}

/// What `export alpinebits` is asked to do.
#[derive(Debug, clap::Args)]
pub struct AlpinebitsExportArguments {
    /// The file to write [default: standard output]
    file: Option<PathBuf>,
    /// Short name of the hotel group
    #[arg(long, value_name = "SLUG")]
    organization: String,
    /// Short name of the site
    #[arg(long, value_name = "SLUG")]
    site: String,
    /// Only this house
    #[arg(long, value_name = "SLUG")]
    property: Option<String>,
    /// The rooms (Inventory/Basic), the house (Inventory/HotelInfo), or both in one file to move with
    #[arg(long, default_value = "all", value_parser = ["basic", "info", "all"])]
    message: String,
    /// What the team works on instead of what is published
    #[arg(long)]
    drafts: bool,
}

/// `import alpinebits`.
pub fn import_alpinebits(flags: &Flags, arguments: &AlpinebitsArguments) -> Result<(), Failure> {
    let AlpinebitsArguments { file, hotel_code, property, publish, into } = arguments;
    let site = word::<Slug>(&into.site)?;
    let property = property.as_deref().map(word::<Slug>).transpose()?;
    let (installation, _logs) = installation(flags)?;
    let scope = Scope::for_operator(by_slug(&installation, &into.organization)?.id, OPERATOR);
    let wish = AlpinebitsImport {
        file,
        site: &site,
        hotel_code: hotel_code.as_deref(),
        property: property.as_ref(),
        publishes: *publish,
        is_dry_run: into.dry_run,
    };
    let report = alpinebits::import(&installation.db, &catalogue()?, &scope, &wish).map_err(Failure::failed)?;
    show(&report, into.json)?;
    installation.close();
    Ok(())
}

/// `export alpinebits`.
pub fn export_alpinebits(flags: &Flags, arguments: &AlpinebitsExportArguments) -> Result<(), Failure> {
    let AlpinebitsExportArguments { file, organization, site, property, message, drafts } = arguments;
    let site = word::<Slug>(site)?;
    let property = property.as_deref().map(word::<Slug>).transpose()?;
    // Clap lets no other name through.
    let message = Message::named(message).unwrap_or(Message::All);
    let (installation, _logs) = installation(flags)?;
    let scope = Scope::for_operator(by_slug(&installation, organization)?.id, OPERATOR);
    let base = installation.config.public_url.as_str();
    let wish = AlpinebitsExport { site: &site, property: property.as_ref(), message, drafts: *drafts, base };
    let exported = alpinebits::export(&installation.db, &catalogue()?, &scope, &wish).map_err(Failure::failed)?;
    match file {
        Some(file) => std::fs::write(file, &exported.xml)
            .map_err(|reason| Failure::failed(format!("cannot write {}: {reason}", file.display())))?,
        None => say(exported.xml.trim_end()),
    }
    installation.close();
    for remark in &exported.remarks {
        note(remark);
    }
    Ok(())
}

/// `import wordpress`.
pub fn import_wordpress(flags: &Flags, arguments: &WordpressArguments) -> Result<(), Failure> {
    let WordpressArguments { file, attachments, into } = arguments;
    let site = word::<Slug>(&into.site)?;
    if let Some(uploads) = attachments.as_ref().filter(|uploads| !uploads.exists()) {
        return Err(Failure::usage(format!("{} is neither a folder nor a file", uploads.display())));
    }
    let (installation, _logs) = installation(flags)?;
    let scope = Scope::for_operator(by_slug(&installation, &into.organization)?.id, OPERATOR);
    let library = library(&installation.config, &installation.db)?;
    let wish = WordpressImport {
        file,
        site: &site,
        attachments: attachments.clone().map(|uploads| (uploads, &library)),
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
    let wish = SitemapImport {
        file: source,
        is_csv: csv.is_some(),
        site: &site,
        creates: *create,
        is_dry_run: into.dry_run,
        most: sitemap::MOST_ADDRESSES,
    };
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
