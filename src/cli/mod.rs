//! The command line: the tree of commands as data, and who answers each. No rules here: every command calls what a route
//! or a job would call.

mod carrying;
mod keys;
mod moving;
pub mod operating;
mod organizations;
mod output;
pub mod people;
mod reference;
mod serving;
mod translations;
mod types;

use std::{path::PathBuf, process::ExitCode};

use channels::transfer::translations::{Format, Import};
use clap::{Args, Parser, Subcommand};
use ground::config::Flags;
use output::Failure;
use types::TypesCommand;

/// Done.
const DONE: u8 = 0;
/// The command was understood and could not be carried out.
const FAILED: u8 = 1;
/// The command or the settings are wrong; nothing was begun.
const WRONG_USAGE: u8 = 2;

/// The content system of small hotel groups, in one binary.
///
/// Start with `gammacms serve` in an empty directory: it prints a link that sets everything up.
#[derive(Debug, Parser)]
#[command(name = "gammacms", version, arg_required_else_help = true, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    settings: SettingFlags,
    #[command(subcommand)]
    command: Command,
}

/// Flags that every command takes; they win over the environment and the file.
#[derive(Debug, Args)]
struct SettingFlags {
    /// File with settings [default: gammacms.toml here or in the data directory, where there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Directory that holds the database, media and mail [default: ./data]
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run everything: websites, content API, dashboard, jobs, schedules
    Serve {
        /// Address and port to listen on [default: 127.0.0.1:8000]
        #[arg(long, value_name = "ADDR:PORT")]
        listen: Option<String>,
        /// Begin empty where neither database nor replica is there: for the very first start with a replica
        #[arg(long)]
        init_empty: bool,
    },
    /// Bring the database to this version's schema (`serve` does it by itself)
    Migrate {
        /// Only say what is missing; exit code 1 if anything is
        #[arg(long)]
        check: bool,
    },
    /// Make an account that may operate the whole installation
    #[command(name = "createsuperuser")]
    CreateSuperuser {
        /// E-mail address to sign in with; an existing account is promoted
        #[arg(long)]
        email: String,
        /// File with the password; without it you are asked on the terminal
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
        /// Name shown to the team [default: the part of the address before the @]
        #[arg(long)]
        name: Option<String>,
    },
    /// Fill the table of permissions (safe to repeat)
    #[command(name = "initialize_permissions")]
    InitializePermissions,
    /// Fill the table of what each role may do (safe to repeat)
    #[command(name = "initialize_role_permissions")]
    InitializeRolePermissions,
    /// Print a new first-run code, for a running or a stopped installation
    SetupCode,
    /// Load the sample hotel group; prints its sign-in and an API key
    Demo {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Hotel groups on this installation
    #[command(subcommand)]
    Organization(OrganizationCommand),
    /// Keys of the public API
    #[command(subcommand, name = "apikey")]
    ApiKey(ApiKeyCommand),
    /// Take content out
    #[command(subcommand)]
    Export(ExportCommand),
    /// Bring content in
    #[command(subcommand)]
    Import(ImportCommand),
    /// Types and sections that a hotel group declares itself
    #[command(subcommand)]
    Types(TypesCommand),
    /// Work in the background
    #[command(subcommand)]
    Jobs(JobsCommand),
    /// Recurring work
    #[command(subcommand)]
    Cron(CronCommand),
    /// The search index
    #[command(subcommand)]
    Search(SearchCommand),
    /// The database's copy, second by second
    #[command(subcommand)]
    Litestream(LitestreamCommand),
    /// Print the settings in force and where each comes from; secrets are hidden
    Config {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the OpenAPI document of both APIs
    Openapi,
    /// Check this machine and installation, and say what to do about each finding
    Doctor {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Ask the running server whether it is alive; exit code 1 if it is not (for containers)
    #[command(name = "healthcheck")]
    HealthCheck,
    /// Print a page of the reference, made from the program itself
    #[command(hide = true)]
    Reference {
        /// Which page
        page: reference::Page,
    },
    /// Do a task on the picture on standard input; the server begins itself so
    #[command(hide = true, name = content::media::PICTURE_COMMAND)]
    Picture {
        /// The task as JSON
        task: String,
    },
    /// Become Litestream; the server begins it so
    #[command(hide = true, name = machinery::backup::COMMAND)]
    Replicate {
        /// Litestream itself
        program: PathBuf,
        /// What it is told
        configuration: PathBuf,
    },
    /// Print the version
    Version {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
enum OrganizationCommand {
    /// Make a hotel group
    Create {
        /// Its name
        #[arg(long)]
        name: String,
        /// Its short name in addresses and commands [default: made from the name]
        #[arg(long)]
        slug: Option<String>,
        /// Time zone, such as Europe/Zurich
        #[arg(long, default_value = "UTC")]
        time_zone: String,
        /// Currency, such as EUR
        #[arg(long, default_value = "EUR")]
        currency: String,
        /// Languages separated by commas; the first is the default
        #[arg(long, default_value = "en", value_delimiter = ',')]
        locales: Vec<String>,
        /// E-mail address of an existing account that becomes its owner
        #[arg(long, value_name = "EMAIL")]
        owner: Option<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// List the hotel groups
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Take a hotel group off line: its members and API keys are locked out at once
    Suspend {
        /// Its short name
        slug: String,
    },
    /// Bring a suspended hotel group back
    Resume {
        /// Its short name
        slug: String,
    },
}

#[derive(Debug, Subcommand)]
enum ApiKeyCommand {
    /// Make a key; it is printed once and kept only as a hash
    Create {
        /// Short name of the hotel group
        #[arg(long, value_name = "SLUG")]
        organization: String,
        /// What the key is for
        #[arg(long)]
        name: String,
        /// Requests in any minute [default: 120]
        #[arg(long, value_name = "N")]
        per_minute: Option<u32>,
        /// Requests in a day [default: 10000]
        #[arg(long, value_name = "N")]
        per_day: Option<u32>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// List the keys of a hotel group
    List {
        /// Short name of the hotel group
        #[arg(long, value_name = "SLUG")]
        organization: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// End a key for good
    Revoke {
        /// Short name of the hotel group
        #[arg(long, value_name = "SLUG")]
        organization: String,
        /// The key's id, as `apikey list` prints it
        id: String,
    },
}

#[derive(Debug, Subcommand)]
enum ExportCommand {
    /// Texts for translators' programs, as XLIFF
    Xliff {
        #[command(flatten)]
        wish: TranslationsArgs,
        /// Which version of it: every program reads 1.2
        #[arg(long, default_value = "1.2", value_parser = ["1.2", "2.1"])]
        xliff_version: String,
    },
    /// A whole hotel group or one site as one archive: content, files, settings
    Bundle(carrying::BundleExportArguments),
    /// All entries of one type as a table for spreadsheets
    Csv(carrying::RowsExportArguments),
    /// All entries of one type as JSON: a record for each, with its fields as they are
    Records(carrying::RowsExportArguments),
    /// Texts for translators, as a table
    TranslationsCsv {
        #[command(flatten)]
        wish: TranslationsArgs,
    },
    /// Hotel content of AlpineBits (OpenTravel): the house, its rooms, its policies
    Alpinebits(moving::AlpinebitsExportArguments),
    /// Websites as plain files that any web server can serve
    Static(carrying::PlainFilesArguments),
}

/// Which texts a translators' file is to have.
#[derive(Debug, Args)]
struct TranslationsArgs {
    /// Short name of the hotel group
    #[arg(long, value_name = "SLUG")]
    organization: String,
    /// Short name of the site
    #[arg(long, value_name = "SLUG")]
    site: String,
    /// Translate from this language [default: the site's]
    #[arg(long, value_name = "LANGUAGE")]
    from: Option<String>,
    /// Translate into this language
    #[arg(long, value_name = "LANGUAGE")]
    to: String,
    /// Only entries of this type
    #[arg(long = "type", value_name = "TYPE")]
    content_type: Option<String>,
    /// Only texts that are missing or whose source has changed
    #[arg(long)]
    open: bool,
    /// Write into this file [default: print]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl From<TranslationsArgs> for translations::TranslationsOut {
    fn from(wish: TranslationsArgs) -> Self {
        let TranslationsArgs { organization, site, from, to, content_type, open, output } = wish;
        Self { organization, site, from, to, content_type, is_open_only: open, output }
    }
}

#[derive(Debug, Subcommand)]
enum ImportCommand {
    /// A translators' file that `export` wrote: XLIFF or CSV; what it changes becomes drafts
    Translations {
        /// The file
        file: PathBuf,
        /// Short name of the hotel group
        #[arg(long, value_name = "SLUG")]
        organization: String,
        /// Short name of the site
        #[arg(long, value_name = "SLUG")]
        site: String,
        /// Only say what would change
        #[arg(long)]
        dry_run: bool,
        /// Take texts whose source has changed since the file was written
        #[arg(long)]
        take_changed: bool,
        /// Take what is right, though some of the file is refused
        #[arg(long)]
        partial: bool,
        /// The report as JSON
        #[arg(long)]
        json: bool,
    },
    /// Records of a JSON file, by a mapping file that says what becomes what
    Json {
        /// The file with the records
        file: PathBuf,
        /// The mapping (docs/examples has one for 50 hotels)
        #[arg(long, value_name = "FILE")]
        mapping: PathBuf,
        /// Short name of the hotel group
        #[arg(long, value_name = "SLUG")]
        organization: String,
        /// Short name of the site that takes the entries, where the mapping makes no sites itself
        #[arg(long, value_name = "SLUG")]
        site: Option<String>,
        /// Check and count everything, change nothing
        #[arg(long)]
        dry_run: bool,
        /// The report as JSON
        #[arg(long)]
        json: bool,
    },
    /// An export of WordPress: pages, posts, menus, with redirects from their old addresses
    Wordpress(moving::WordpressArguments),
    /// An archive that `export bundle` has made
    Bundle(carrying::BundleImportArguments),
    /// A table that `export csv` has made, or one with its columns
    Csv(carrying::RowsImportArguments),
    /// A file that `export records` has made, or a list of such records
    Records(carrying::RowsImportArguments),
    /// Old addresses: which the site answers, and redirects for those that it does not
    Sitemap(moving::SitemapArguments),
    /// Hotel content of AlpineBits (OpenTravel): the house, its rooms, its policies
    Alpinebits(moving::AlpinebitsArguments),
}

#[derive(Debug, Subcommand)]
enum LitestreamCommand {
    /// Print Litestream's configuration for these settings; `serve` uses the one for 0.3 by itself
    Config {
        /// The version of Litestream that is to read it
        #[arg(long, default_value = "v0.3", value_parser = ["v0.3", "v0.5"])]
        format: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum JobsCommand {
    /// List jobs, newest first
    List {
        /// Only jobs in this state
        #[arg(long, value_parser = ["due", "running", "done", "dead"])]
        state: Option<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Give a dead job a new life
    Retry {
        /// The job's id; without it all dead jobs
        id: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum CronCommand {
    /// List the schedules and their next times
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Put a schedule's job into the queue now
    Run {
        /// The schedule's name
        name: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum SearchCommand {
    /// Build the index anew from the database, while the old one goes on answering
    Rebuild,
}

/// Runs what the command line asks for.
pub fn run(cli: Cli) -> ExitCode {
    let Cli { settings, command } = cli;
    let flags = |listen: Option<String>| Flags { config: settings.config, data_dir: settings.data_dir, listen };
    let result = match command {
        Command::Serve { listen, init_empty } => serving::serve(&flags(listen), init_empty),
        Command::Migrate { check } => serving::migrate(&flags(None), check),
        Command::Config { json } => serving::config(&flags(None), json),
        Command::Openapi => serving::openapi(),
        Command::Doctor { json } => serving::doctor(&flags(None), json),
        Command::Version { json } => serving::version(json),
        Command::HealthCheck => serving::health_check(&flags(None)),
        Command::Reference { page } => {
            reference::print(page);
            Ok(())
        }
        Command::Litestream(LitestreamCommand::Config { format }) => serving::litestream_config(&flags(None), &format),
        Command::Replicate { program, configuration } => {
            Err(Failure::failed(machinery::backup::become_litestream(&program, &configuration)))
        }
        Command::Picture { task } => serving::picture(&task),
        Command::CreateSuperuser { email, password_file, name } => {
            people::create_superuser(&flags(None), &email, password_file.as_deref(), name)
        }
        Command::InitializePermissions => people::initialize_permissions(&flags(None)),
        Command::InitializeRolePermissions => people::initialize_role_permissions(&flags(None)),
        Command::SetupCode => people::setup_code(&flags(None)),
        Command::Demo { json } => operating::demo(&flags(None), json),
        Command::Organization(command) => organizations::run(&flags(None), command),
        Command::ApiKey(command) => keys::run(&flags(None), command),
        Command::Import(ImportCommand::Json { file, mapping, organization, site, dry_run, json }) => {
            let import = operating::JsonImport { file, mapping, organization, site, is_dry_run: dry_run };
            operating::import_json(&flags(None), &import, json)
        }
        Command::Import(ImportCommand::Translations {
            file,
            organization,
            site,
            dry_run,
            take_changed,
            partial,
            json,
        }) => {
            let how = Import { takes_changed: take_changed, takes_part: partial };
            let wish = translations::TranslationsIn { file, organization, site, how, is_dry_run: dry_run };
            translations::import(&flags(None), &wish, json)
        }
        Command::Export(ExportCommand::Xliff { wish, xliff_version }) => {
            let format = if xliff_version == "2.1" { Format::Xliff21 } else { Format::Xliff12 };
            translations::export(&flags(None), &wish.into(), format)
        }
        Command::Export(ExportCommand::TranslationsCsv { wish }) => {
            translations::export(&flags(None), &wish.into(), Format::Csv)
        }
        Command::Types(command) => types::run(&flags(None), command),
        Command::Import(ImportCommand::Wordpress(arguments)) => moving::import_wordpress(&flags(None), &arguments),
        Command::Import(ImportCommand::Sitemap(arguments)) => moving::import_sitemap(&flags(None), &arguments),
        Command::Import(ImportCommand::Csv(arguments)) => carrying::import_csv(&flags(None), &arguments),
        Command::Export(ExportCommand::Csv(arguments)) => carrying::export_csv(&flags(None), &arguments),
        Command::Import(ImportCommand::Records(arguments)) => carrying::import_records(&flags(None), &arguments),
        Command::Export(ExportCommand::Records(arguments)) => carrying::export_records(&flags(None), &arguments),
        Command::Import(ImportCommand::Bundle(arguments)) => carrying::import_bundle(&flags(None), &arguments),
        Command::Export(ExportCommand::Bundle(arguments)) => carrying::export_bundle(&flags(None), &arguments),
        Command::Export(ExportCommand::Static(arguments)) => carrying::export_plain_files(&flags(None), &arguments),
        Command::Import(ImportCommand::Alpinebits(arguments)) => moving::import_alpinebits(&flags(None), &arguments),
        Command::Export(ExportCommand::Alpinebits(arguments)) => moving::export_alpinebits(&flags(None), &arguments),
        Command::Jobs(command) => operating::jobs(&flags(None), command),
        Command::Cron(command) => operating::cron(&flags(None), command),
        Command::Search(SearchCommand::Rebuild) => operating::rebuild_search(&flags(None)),
    };
    match result {
        Ok(()) => ExitCode::from(DONE),
        Err(failure) => {
            output::complain(&failure);
            ExitCode::from(if failure.is_wrong_usage() { WRONG_USAGE } else { FAILED })
        }
    }
}
