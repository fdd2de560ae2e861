//! A file's texts against what stands in the site: what would change, what is refused and why, and the writing of all of it in
//! one transaction.

use std::collections::BTreeMap;

use content::{
    entries::{
        EntryError,
        translations::{self, TranslatedText, Translation, TranslationChange},
    },
    rich_text::{RichText, Token, tags_in},
    types::Declarations,
};
use ground::{
    db::{Conn, Tx},
    words::{EntryId, SiteId},
};
use serde::Serialize;
use serde_json::Value;
use tenants::scope::Scope;
use utoipa::ToSchema;

use super::{FileUnit, TranslationError, TranslationFile, Words, csv, exporting::tokens};

/// How a file is to be taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Import {
    /// Take translations whose source has changed since the file was written: they are right all the same.
    pub takes_changed: bool,
    /// Write what is right, though some of the file is refused.
    pub takes_part: bool,
}

/// What became of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct TranslationsReport {
    /// Whether something was written.
    pub is_written: bool,
    /// Texts that differ and are right.
    pub changed: usize,
    /// Texts that stand there already, or are not translated.
    pub unchanged: usize,
    /// Texts that are not taken. If there are any, nothing is written, unless a part was asked for.
    pub refused: usize,
    /// Every text but the unchanged ones.
    pub units: Vec<ImportedUnit>,
}

/// What became of one text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportedUnit {
    /// The entry.
    #[schema(value_type = String, format = "uuid")]
    pub entry: EntryId,
    /// Where the text is in it.
    pub path: String,
    /// What became of it.
    pub outcome: Outcome,
    /// A sentence for people.
    pub detail: String,
}

/// What became of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It differs, and is taken.
    Changed,
    /// It differs, and is taken though its source has changed since.
    Taken,
    /// Its source has changed since the file was written.
    SourceChanged,
    /// The site has no such entry, or the entry no such text.
    Unknown,
    /// It is longer than its field.
    TooLong,
    /// Its tags are not those of the source, or its words do not fit the field.
    Broken,
}

/// What a file would change, by entry.
struct Plan {
    report: TranslationsReport,
    changes: Vec<TranslationChange>,
    entries: Vec<EntryId>,
}

/// What the file would do; nothing is written.
pub fn check(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    file: &TranslationFile,
    how: Import,
) -> Result<TranslationsReport, TranslationError> {
    Ok(plan(conn, scope, declarations, site, file, how)?.report)
}

/// Writes what the file changes, as drafts: all of it, or nothing where something is refused.
pub fn import(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    file: &TranslationFile,
    how: Import,
) -> Result<TranslationsReport, TranslationError> {
    let Plan { mut report, changes, entries } = plan(tx, scope, declarations, site, file, how)?;
    if report.refused > 0 && !how.takes_part {
        return Ok(report);
    }
    for (id, change) in entries.into_iter().zip(changes) {
        translations::put(tx, scope, declarations, site, id, &change)?;
        report.is_written = true;
    }
    Ok(report)
}

fn plan(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    file: &TranslationFile,
    how: Import,
) -> Result<Plan, TranslationError> {
    // The site itself is looked for, so that a file for a site of others is told from one that changes nothing.
    content::sites::languages(conn, scope, site).map_err(EntryError::from)?;
    let mut by_entry: BTreeMap<EntryId, Vec<&FileUnit>> = BTreeMap::new();
    for unit in &file.units {
        by_entry.entry(unit.entry).or_default().push(unit);
    }
    let mut plan = Plan { report: TranslationsReport::default(), changes: Vec::new(), entries: Vec::new() };
    for (id, units) in by_entry {
        let found = translations::find(conn, scope, declarations, site, id, Some(&file.source), &file.target);
        let found = match found {
            Ok(found) => Some(found),
            Err(EntryError::NotFound) => None,
            Err(error) => return Err(error.into()),
        };
        plan.take(id, found.as_ref(), &units, file, how);
    }
    Ok(plan)
}

impl Plan {
    fn take(
        &mut self,
        id: EntryId,
        found: Option<&Translation>,
        units: &[&FileUnit],
        file: &TranslationFile,
        how: Import,
    ) {
        let mut texts = BTreeMap::new();
        for unit in units {
            let text = found.and_then(|found| found.texts.iter().find(|text| text.path == unit.path));
            match judged(unit, text, how) {
                Ok(None) => self.report.unchanged += 1,
                Ok(Some((value, outcome))) => {
                    let detail = match outcome {
                        Outcome::Taken => "Taken, though its source has changed since the file was written.",
                        _ => "Taken.",
                    };
                    self.note(unit, outcome, detail.to_owned());
                    texts.insert(unit.path.clone(), Some(value));
                }
                Err((outcome, detail)) => self.note(unit, outcome, detail),
            }
        }
        if let Some(found) = found.filter(|_| !texts.is_empty()) {
            self.entries.push(id);
            self.changes.push(TranslationChange {
                revision: found.revision,
                source: file.source.clone(),
                target: file.target.clone(),
                texts,
                autosave: false,
            });
        }
    }

    fn note(&mut self, unit: &FileUnit, outcome: Outcome, detail: String) {
        match outcome {
            Outcome::Changed | Outcome::Taken => self.report.changed += 1,
            _ => self.report.refused += 1,
        }
        self.report.units.push(ImportedUnit { entry: unit.entry, path: unit.path.clone(), outcome, detail });
    }
}

/// The value that a text gets, or why it gets none; nothing where it stays as it is.
fn judged(
    unit: &FileUnit,
    text: Option<&TranslatedText>,
    how: Import,
) -> Result<Option<(Value, Outcome)>, (Outcome, String)> {
    let Some(text) = text else {
        return Err((Outcome::Unknown, "The site has no such text.".to_owned()));
    };
    let is_rich = text.kind == "rich_text";
    if !is_rich && text.kind != "text" {
        return Err((Outcome::Unknown, "This is no text that can be translated in a file.".to_owned()));
    }
    if let Some(fault) = &unit.fault {
        return Err((Outcome::Broken, format!("{fault}.")));
    }
    let broken = |detail: String| (Outcome::Broken, format!("{detail}."));
    let Some(target) = &unit.target else { return Ok(None) };
    let words = spoken(target, is_rich).map_err(broken)?;
    let mut tags = Vec::new();
    let source = text.source.as_ref().and_then(|value| tokens(value, is_rich, &mut tags)).unwrap_or_default();
    let standing = text.target.as_ref().and_then(|value| tokens(value, is_rich, &mut tags));
    if standing.as_ref() == Some(&words) {
        return Ok(None);
    }
    let is_same_source = spoken(&unit.source, is_rich).is_ok_and(|said| said == source);
    if !is_same_source && !how.takes_changed {
        let detail = "The source has changed since the file was written: write the file anew, or take it as it is.";
        return Err((Outcome::SourceChanged, detail.to_owned()));
    }
    let (value, length) = if is_rich {
        let formatted = RichText::from_tagged(&tags, &tags_in(&source), &words).or_else(|error| {
            // What stands there may be put together otherwise than its source.
            let own = standing.as_ref().ok_or_else(|| error.clone())?;
            RichText::from_tagged(&tags, &tags_in(own), &words).map_err(|_| error)
        });
        let formatted = formatted.map_err(|error| broken(error.told()))?;
        (formatted.to_state(), formatted.length())
    } else {
        let plain = plain(&words).map_err(broken)?;
        if plain.contains('\n') && !text.is_multiline {
            return Err(broken("line breaks cannot stand here".to_owned()));
        }
        let length = plain.chars().count();
        (Value::String(plain), length)
    };
    if let Some(most) = text.max_length.filter(|most| length > *most) {
        return Err((Outcome::TooLong, format!("At most {most} characters fit here; these are {length}.")));
    }
    if text.target.as_ref() == Some(&value) {
        return Ok(None);
    }
    Ok(Some((value, if is_same_source { Outcome::Changed } else { Outcome::Taken })))
}

/// The words and tags of a text, neighbouring words joined.
fn spoken(words: &Words, is_rich: bool) -> Result<Vec<Token>, String> {
    match words {
        Words::Tagged(tokens) => Ok(tokens.clone()),
        Words::Written(text) if is_rich => csv::unbraced(text),
        Words::Written(text) => Ok(vec![Token::Text(text.clone())]),
    }
}

fn plain(tokens: &[Token]) -> Result<String, String> {
    let text = |token: &Token| match token {
        Token::Text(text) => Ok(text.clone()),
        _ => Err("this text has no tags".to_owned()),
    };
    tokens.iter().map(text).collect()
}
