//! Commands about translators' files.

use std::{fs, io::Write as _, path::PathBuf};

use channels::transfer::translations::{self, Format, Import, TranslationError, Wanted};
use content::{entries::translations::Lack, sites};
use ground::{
    config::Flags,
    words::{Locale, SiteId, Slug},
};
use tenants::scope::Scope;

use super::{
    operating::catalogue,
    organizations::{by_slug, word},
    output::{self, Failure, note, say},
    people::OPERATOR,
    serving::installation,
};
use crate::installation::Installation;

/// What to write.
pub struct TranslationsOut {
    /// Whose content.
    pub organization: String,
    /// Of which site.
    pub site: String,
    /// Translate from this language.
    pub from: Option<String>,
    /// Translate into this one.
    pub to: String,
    /// Only entries of this type.
    pub content_type: Option<String>,
    /// Only texts that are missing or stale.
    pub is_open_only: bool,
    /// Into this file; on the standard output without one.
    pub output: Option<PathBuf>,
}

/// What to take in.
pub struct TranslationsIn {
    /// The translators' file.
    pub file: PathBuf,
    /// Into whose content.
    pub organization: String,
    /// Into which site.
    pub site: String,
    /// How.
    pub how: Import,
    /// Change nothing.
    pub is_dry_run: bool,
}

/// `export xliff` and `export translations-csv`.
pub fn export(flags: &Flags, wish: &TranslationsOut, format: Format) -> Result<(), Failure> {
    let target: Locale = word(&wish.to)?;
    let source = wish.from.as_deref().map(word).transpose()?;
    let (installation, _logs) = installation(flags)?;
    let (scope, site) = site_of(&installation, &wish.organization, &wish.site)?;
    let wanted = Wanted {
        source,
        target,
        content_type: wish.content_type.clone(),
        entry: None,
        lack: wish.is_open_only.then_some(Lack::Any),
    };
    let catalogue = catalogue()?;
    let text = installation.db.read_blocking(|conn| {
        let declarations = catalogue.of(conn, &scope)?;
        translations::export(conn, &scope, &declarations, site, &wanted, format)
    });
    let text = text.map_err(|error: TranslationError| Failure::failed(error))?;
    installation.close();
    match &wish.output {
        Some(file) => fs::write(file, text).map_err(Failure::failed),
        None => std::io::stdout().write_all(text.as_bytes()).map_err(Failure::failed),
    }
}

/// `import translations`.
pub fn import(flags: &Flags, wish: &TranslationsIn, is_json: bool) -> Result<(), Failure> {
    let size = fs::metadata(&wish.file).map_err(Failure::failed)?.len();
    if size > translations::LARGEST_FILE as u64 {
        return Err(Failure::failed(TranslationError::TooLarge));
    }
    let bytes = fs::read(&wish.file).map_err(Failure::failed)?;
    let file = translations::read(&bytes).map_err(Failure::failed)?;
    let (installation, _logs) = installation(flags)?;
    let (scope, site) = site_of(&installation, &wish.organization, &wish.site)?;
    let (catalogue, how, is_dry_run) = (catalogue()?, wish.how, wish.is_dry_run);
    let report = installation.db.write_blocking(move |tx| {
        let declarations = catalogue.of(tx, &scope)?;
        if is_dry_run {
            translations::check(tx, &scope, &declarations, site, &file, how)
        } else {
            translations::import(tx, &scope, &declarations, site, &file, how)
        }
    });
    let report = report.map_err(|error: TranslationError| Failure::failed(error))?;
    installation.close();
    if is_json {
        output::json(&report)?;
    } else {
        for unit in &report.units {
            say(&format!("{} {}: {}", unit.entry, unit.path, unit.detail));
        }
        let written = if report.is_written { "written as drafts" } else { "nothing was written" };
        say(&format!(
            "{} changed, {} unchanged, {} refused; {written}",
            report.changed, report.unchanged, report.refused
        ));
    }
    if report.refused > 0 && !how.takes_part {
        note("Nothing is written while a text is refused; --partial takes the others");
        let refused = match report.refused {
            1 => "1 text was refused".to_owned(),
            number => format!("{number} texts were refused"),
        };
        return Err(Failure::failed(refused));
    }
    Ok(())
}

fn site_of(installation: &Installation, organization: &str, site: &str) -> Result<(Scope, SiteId), Failure> {
    let scope = Scope::for_operator(by_slug(installation, organization)?.id, OPERATOR);
    let slug: Slug = word(site)?;
    let site = installation.db.read_blocking(|conn| sites::find_by_slug(conn, &scope, &slug));
    let site = site.map_err(Failure::failed)?.id;
    Ok((scope, site))
}
