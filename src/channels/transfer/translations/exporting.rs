//! Which texts go into a file, and how they are written there.

use content::{
    entries::translations::{self, Lack, TextState, TranslatedText, Translation, Wish},
    rich_text::{RichText, Tag, Token},
    types::Declarations,
};
use ground::{db::Conn, words::SiteId};
use serde_json::Value;
use tenants::scope::Scope;

use super::{Format, MOST_ENTRIES, MOST_UNITS, TranslationError, Wanted, csv, xliff};

/// The texts of one entry that go into a file.
pub(super) struct Sheet {
    pub translation: Translation,
    pub units: Vec<Unit>,
}

/// One text as a file has it.
pub(super) struct Unit {
    pub path: String,
    pub label: String,
    pub max_length: Option<usize>,
    pub state: TextState,
    /// What the source was when it was translated, as plain text.
    pub was: Option<String>,
    pub tags: Vec<Tag>,
    pub source: Vec<Token>,
    pub target: Option<Vec<Token>>,
    pub is_rich: bool,
}

/// A file of the texts that are wanted.
pub fn export(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    wanted: &Wanted,
    format: Format,
) -> Result<String, TranslationError> {
    let wish =
        Wish { locale: Some(wanted.target.clone()), content_type: wanted.content_type.clone(), state: wanted.lack };
    let ids = match wanted.entry {
        Some(id) => vec![id],
        None => translations::entries_of(conn, scope, site, &wish, MOST_ENTRIES)?.ok_or(TranslationError::TooMany)?,
    };
    let mut sheets = Vec::new();
    let mut number = 0;
    for id in ids {
        let found = translations::find(conn, scope, declarations, site, id, wanted.source.as_ref(), &wanted.target)?;
        let is_wanted = |text: &&TranslatedText| match wanted.lack {
            None => true,
            Some(Lack::Stale) => text.state == TextState::Stale,
            Some(Lack::Missing | Lack::Empty) => text.state == TextState::Missing,
            Some(Lack::Any) => text.state != TextState::Current,
        };
        let units: Vec<Unit> = found.texts.iter().filter(is_wanted).filter_map(unit).collect();
        number += units.len();
        if number > MOST_UNITS {
            return Err(TranslationError::TooMany);
        }
        if !units.is_empty() {
            sheets.push(Sheet { translation: found, units });
        }
    }
    let source = match &wanted.source {
        Some(source) => source.clone(),
        None => content::sites::languages(conn, scope, site).map_err(content::entries::EntryError::from)?.default,
    };
    Ok(match format {
        Format::Xliff12 => xliff::written_12(&source, &wanted.target, &sheets),
        Format::Xliff21 => xliff::written_21(&source, &wanted.target, &sheets),
        Format::Csv => csv::written(&source, &wanted.target, &sheets),
    })
}

/// A text that translators can work on; what is no text, or has no source, stays out.
fn unit(text: &TranslatedText) -> Option<Unit> {
    let source = text.source.as_ref()?;
    let is_rich = text.kind == "rich_text";
    if !is_rich && text.kind != "text" {
        return None;
    }
    let mut tags = Vec::new();
    let source = tokens(source, is_rich, &mut tags)?;
    let target = text.target.as_ref().and_then(|target| tokens(target, is_rich, &mut tags));
    let was = text.was.as_ref().map(|was| match was {
        Value::String(text) => text.clone(),
        state => RichText::read(state).0.to_text(),
    });
    Some(Unit {
        path: text.path.clone(),
        label: text.label.en.clone(),
        max_length: text.max_length,
        state: text.state,
        was,
        tags,
        source,
        target,
        is_rich,
    })
}

/// A value between tags. Nothing where it is no text.
pub(super) fn tokens(value: &Value, is_rich: bool, tags: &mut Vec<Tag>) -> Option<Vec<Token>> {
    if is_rich {
        return Some(RichText::read(value).0.to_tagged(tags));
    }
    Some(vec![Token::Text(value.as_str()?.to_owned())])
}
