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

use super::{FileUnit, TranslationError, TranslationFile, Words, csv, exporting::tokens, fingerprint};

/// Letters of a text that a reason quotes: enough to know which of two it is.
const MOST_QUOTED: usize = 200;

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
    /// Somebody has changed it here since the file was written, and the translator in the file.
    TargetChanged,
    /// The site has no such entry, or the entry no such text.
    Unknown,
    /// It is longer than its field.
    TooLong,
    /// Its tags are not those of the source, or its words do not fit the field.
    Broken,
    /// The entry does not take it: it is archived, or the brand has locked the field.
    Refused,
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
        let judged = judged_all(found.as_ref(), &units, how);
        let change = found.and_then(|found| change(&found, &judged, file));
        // Asked before anything is written, so that a dry run knows it too and one entry does not stop the others.
        let refused = match &change {
            Some(change) => translations::refused(conn, scope, declarations, site, id, change)?,
            None => BTreeMap::new(),
        };
        plan.take(id, judged, change, &refused);
    }
    Ok(plan)
}

/// A text of the file with what becomes of it: the value that it gets, nothing where it stays, or why it gets none.
type Judged<'f> = (&'f FileUnit, Result<Option<(Value, Outcome)>, (Outcome, String)>);

fn judged_all<'f>(found: Option<&Translation>, units: &[&'f FileUnit], how: Import) -> Vec<Judged<'f>> {
    let text = |unit: &FileUnit| found?.texts.iter().find(|text| text.path == unit.path);
    units.iter().map(|unit| (*unit, judged(unit, text(unit), how))).collect()
}

/// What is to be written of an entry; nothing where all of it stays.
fn change(found: &Translation, judged: &[Judged<'_>], file: &TranslationFile) -> Option<TranslationChange> {
    let value = |(unit, judged): &Judged<'_>| match judged {
        Ok(Some((value, _))) => Some((unit.path.clone(), Some(value.clone()))),
        _ => None,
    };
    let texts: BTreeMap<_, _> = judged.iter().filter_map(value).collect();
    (!texts.is_empty()).then(|| TranslationChange {
        revision: found.revision,
        source: file.source.clone(),
        target: file.target.clone(),
        texts,
        autosave: false,
    })
}

impl Plan {
    fn take(
        &mut self,
        id: EntryId,
        judged: Vec<Judged<'_>>,
        change: Option<TranslationChange>,
        refused: &BTreeMap<String, String>,
    ) {
        for (unit, judged) in judged {
            match judged {
                Ok(None) => self.report.unchanged += 1,
                Ok(Some((_, outcome))) => match refused.get(&unit.path) {
                    Some(why) => self.note(unit, Outcome::Refused, why.clone()),
                    None if outcome == Outcome::Taken => {
                        self.note(
                            unit,
                            outcome,
                            "Taken, though its source has changed since the file was written.".to_owned(),
                        );
                    }
                    None => self.note(unit, outcome, "Taken.".to_owned()),
                },
                Err((outcome, detail)) => self.note(unit, outcome, detail),
            }
        }
        if let Some(mut change) = change {
            change.texts.retain(|path, _| !refused.contains_key(path));
            if !change.texts.is_empty() {
                self.entries.push(id);
                self.changes.push(change);
            }
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
    if let Some(exported) = &unit.exported {
        if *exported == fingerprint::of(Some(&words)) {
            // The translator has left it as it was: whoever has changed it here since is right.
            return Ok(None);
        }
        if *exported != fingerprint::of(standing.as_deref()) {
            let here = standing.as_deref().map(quoted).unwrap_or_default();
            let detail = format!(
                "It was changed here as well since the file was written: “{here}” stands here, “{}” in the file. Write the \
                 one that is right here, or write the file anew.",
                quoted(&words)
            );
            return Err((Outcome::TargetChanged, detail));
        }
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

/// The beginning of a text without its tags, for a reason.
fn quoted(tokens: &[Token]) -> String {
    let words = tokens.iter().filter_map(|token| match token {
        Token::Text(text) => Some(text.trim()),
        _ => None,
    });
    let text = words.collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(MOST_QUOTED) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

fn plain(tokens: &[Token]) -> Result<String, String> {
    let text = |token: &Token| match token {
        Token::Text(text) => Ok(text.clone()),
        _ => Err("this text has no tags".to_owned()),
    };
    tokens.iter().map(text).collect()
}
