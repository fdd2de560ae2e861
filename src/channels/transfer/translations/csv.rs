//! Tables (RFC 4180), as spreadsheets write them: a comma or a semicolon between the cells. Tags stand between braces: `{1}`
//! begins one, `{/1}` ends it, `{2/}` has nothing in it; a brace of the text stands twice.

use std::fmt::Write as _;

use content::{entries::translations::TextState, rich_text::Token};
use ground::words::Locale;

use super::super::text::separator_of;
use super::{
    FileUnit, MOST_UNITS, TranslationError, TranslationFile, Words,
    exporting::{Sheet, Unit},
    fingerprint,
};

/// What a cell of a spreadsheet begins with when it is a formula: such a text gets an apostrophe, which is taken off again.
const FORMULA: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\''];
const EXPORTED: &str = "exported";
const COLUMNS: [&str; 8] = ["entry", "path", "type", "title", "label", "state", "max_length", EXPORTED];

/// The table of these texts.
pub(super) fn written(source: &Locale, target: &Locale, sheets: &[Sheet]) -> String {
    let mut text = String::from("\u{feff}");
    let columns = COLUMNS.map(str::to_owned).into_iter();
    row(&mut text, columns.chain([format!("source:{source}"), format!("target:{target}")]));
    for Sheet { translation, units } in sheets {
        for unit in units {
            let state = match unit.state {
                TextState::Current => "current",
                TextState::Stale => "stale",
                TextState::Missing | TextState::Empty => "missing",
            };
            let cells = [
                translation.entry.to_string(),
                unit.path.clone(),
                translation.content_type.clone(),
                translation.title.clone(),
                unit.label.clone(),
                state.to_owned(),
                unit.max_length.map(|most| most.to_string()).unwrap_or_default(),
                fingerprint::of(unit.target.as_deref()),
                braced(unit, &unit.source),
                unit.target.as_ref().map(|target| braced(unit, target)).unwrap_or_default(),
            ];
            row(&mut text, cells);
        }
    }
    text
}

fn row(text: &mut String, cells: impl IntoIterator<Item = String>) {
    for (place, cell) in cells.into_iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        let cell = if cell.starts_with(FORMULA) { format!("'{cell}") } else { cell };
        if cell.contains([',', ';', '"', '\n', '\r']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&cell);
        }
    }
    text.push_str("\r\n");
}

fn braced(unit: &Unit, tokens: &[Token]) -> String {
    let mut text = String::new();
    let mut open = Vec::new();
    for token in tokens {
        // Writing to a String cannot fail.
        let _ = match token {
            Token::Text(words) if unit.is_rich => text.write_str(&words.replace('{', "{{").replace('}', "}}")),
            Token::Text(words) => text.write_str(words),
            Token::Open(number) => {
                open.push(number + 1);
                write!(text, "{{{}}}", number + 1)
            }
            Token::Close => write!(text, "{{/{}}}", open.pop().unwrap_or_default()),
            Token::Alone(number) => write!(text, "{{{}/}}", number + 1),
        };
    }
    text
}

/// The tags and words of a text with braces.
pub(super) fn unbraced(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut words = String::new();
    let mut open: Vec<usize> = Vec::new();
    let mut rest = text;
    while let Some(place) = rest.find(['{', '}']) {
        words.push_str(&rest[..place]);
        rest = &rest[place..];
        if let Some(after) = rest.strip_prefix("{{").or_else(|| rest.strip_prefix("}}")) {
            words.push_str(&rest[..1]);
            rest = after;
            continue;
        }
        let Some((tag, after)) = rest.strip_prefix('{').and_then(|inner| inner.split_once('}')) else {
            return Err("a brace stands alone: a brace of the text stands twice".to_owned());
        };
        rest = after;
        let (name, is_end, is_alone) = match (tag.strip_prefix('/'), tag.strip_suffix('/')) {
            (Some(name), _) => (name, true, false),
            (None, Some(name)) => (name, false, true),
            (None, None) => (tag, false, false),
        };
        let number = name.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let number = number.ok_or_else(|| format!("{{{tag}}} is no tag"))?;
        if !words.is_empty() {
            tokens.push(Token::Text(std::mem::take(&mut words)));
        }
        if is_alone {
            tokens.push(Token::Alone(number));
        } else if !is_end {
            open.push(number);
            tokens.push(Token::Open(number));
        } else if open.pop() == Some(number) {
            tokens.push(Token::Close);
        } else {
            return Err(format!("{{{tag}}} ends a tag that did not begin last"));
        }
    }
    words.push_str(rest);
    if !words.is_empty() {
        tokens.push(Token::Text(words));
    }
    match open.pop() {
        Some(number) => Err(format!("the tag {{{}}} does not end", number + 1)),
        None => Ok(tokens),
    }
}

/// What a table says.
pub(super) fn read(text: &str) -> Result<TranslationFile, TranslationError> {
    let mut rows = rows(text)?.into_iter();
    let (_, head) = rows.next().ok_or_else(|| TranslationError::invalid("line 1", "the table is empty"))?;
    let invalid = |reason: String| TranslationError::invalid("line 1", reason);
    let column = |wanted: &str| head.iter().position(|name| name.trim() == wanted);
    if let Some(name) = COLUMNS.iter().find(|name| head.iter().filter(|one| one.trim() == **name).count() > 1) {
        return Err(invalid(format!("the column `{name}` stands there twice")));
    }
    let language = |side: &str| {
        let mut found =
            head.iter().enumerate().filter_map(|(place, name)| Some((place, name.trim().strip_prefix(side)?)));
        let (place, tag) = found
            .next()
            .ok_or_else(|| invalid(format!("there is no column `{side}` with a language, such as `{side}de`")))?;
        if found.next().is_some() {
            return Err(invalid(format!("there are several columns `{side}`: a table has one pair of languages")));
        }
        let locale: Locale = tag.parse().map_err(|_| invalid(format!("`{tag}` is no language")))?;
        Ok::<_, TranslationError>((place, locale))
    };
    let needed = |name: &str| column(name).ok_or_else(|| invalid(format!("there is no column `{name}`")));
    let (entry, path) = (needed("entry")?, needed("path")?);
    let ((source_place, source), (target_place, target)) = (language("source:")?, language("target:")?);
    let exported = column(EXPORTED);
    let mut units = Vec::new();
    for (line, cells) in rows {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if units.len() >= MOST_UNITS {
            return Err(TranslationError::TooMany);
        }
        let cell =
            |place: usize| cells.get(place).map(|cell| cell.strip_prefix('\'').unwrap_or(cell)).unwrap_or_default();
        let id = cell(entry).trim();
        let id =
            id.parse().map_err(|_| TranslationError::invalid(format!("line {line}"), format!("`{id}` is no id")))?;
        units.push(FileUnit {
            entry: id,
            path: cell(path).trim().to_owned(),
            source: Words::Written(cell(source_place).to_owned()),
            target: Some(cell(target_place))
                .filter(|text| !text.is_empty())
                .map(|text| Words::Written(text.to_owned())),
            exported: exported.and_then(|place| fingerprint::read(cell(place))),
            fault: None,
        });
    }
    Ok(TranslationFile { source, target, units })
}

/// The rows with the lines that they begin on.
fn rows(text: &str) -> Result<Vec<(usize, Vec<String>)>, TranslationError> {
    let separator = separator_of(text);
    let (mut rows, mut cells, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut is_quoted, mut line, mut began) = (false, 1, 1);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        line += usize::from(letter == '\n');
        match letter {
            '"' if is_quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' if is_quoted => is_quoted = false,
            '\r' if is_quoted && letters.peek() == Some(&'\n') => {}
            other if is_quoted => cell.push(other),
            '"' if cell.is_empty() => is_quoted = true,
            '\r' if letters.peek() == Some(&'\n') => {}
            '\n' => {
                cells.push(std::mem::take(&mut cell));
                rows.push((began, std::mem::take(&mut cells)));
                began = line;
            }
            other if other == separator => cells.push(std::mem::take(&mut cell)),
            other => cell.push(other),
        }
    }
    if is_quoted {
        return Err(TranslationError::invalid(format!("line {began}"), "a quotation mark is not closed"));
    }
    if !cell.is_empty() || !cells.is_empty() {
        cells.push(cell);
        rows.push((began, cells));
    }
    Ok(rows)
}
