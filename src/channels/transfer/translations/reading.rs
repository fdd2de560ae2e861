//! A file that comes back: XLIFF of either version, or a table. XML is read event by event; a document type, an entity of
//! one's own and nesting without end are refused before anything is made of them.

use std::collections::{HashMap, HashSet, hash_map::Entry};

use content::rich_text::Token;
use ground::words::{EntryId, Locale};
use quick_xml::{
    Reader, XmlVersion,
    events::{BytesRef, BytesStart, Event},
};

use super::super::text::{ends_of_lines, text_of};
use super::{FileUnit, LARGEST_FILE, MOST_UNITS, TranslationError, TranslationFile, Words, csv, fingerprint};

/// Levels of elements: XLIFF with groups in groups has about ten.
const DEPTH: usize = 40;
/// Elements whose content is another text, or none: what is in them is passed over.
const PASSED_OVER: [&str; 8] =
    ["seg-source", "alt-trans", "note", "notes", "header", "originalData", "metadata", "matches"];

/// What versions of XLIFF that are read begin with: within one of them files keep their form.
const VERSIONS: [&str; 2] = ["1.", "2."];

/// Reads a file of any of the formats.
pub fn read(bytes: &[u8]) -> Result<TranslationFile, TranslationError> {
    if bytes.len() > LARGEST_FILE {
        return Err(TranslationError::TooLarge);
    }
    let text = text_of(bytes).map_err(TranslationError::NoText)?;
    let mut file = if text.trim_start().starts_with('<') { Xliff::default().read(text) } else { csv::read(text) }?;
    mark_said_twice(&mut file.units);
    Ok(file)
}

/// Leaves one of several units that say the same of one text. Where they differ nobody knows which is meant: each gets a fault.
fn mark_said_twice(units: &mut Vec<FileUnit>) {
    let mut said: HashMap<(EntryId, &str), (usize, &Words)> = HashMap::new();
    let (mut repeated, mut doubtful) = (HashSet::new(), HashSet::new());
    for (place, unit) in units.iter().enumerate() {
        let Some(words) = &unit.target else { continue };
        match said.entry((unit.entry, &unit.path)) {
            Entry::Vacant(vacant) => {
                vacant.insert((place, words));
            }
            Entry::Occupied(first) => match *first.get() {
                (_, same) if same == words => {
                    repeated.insert(place);
                }
                (first, _) => doubtful.extend([first, place]),
            },
        }
    }
    for place in doubtful {
        units[place].fault = Some("the file has this text several times, with different words".to_owned());
    }
    let mut place = 0;
    units.retain(|_| {
        place += 1;
        !repeated.contains(&(place - 1))
    });
}

/// What has been read of an XLIFF file so far.
#[derive(Default)]
struct Xliff {
    source: Option<Locale>,
    target: Option<Locale>,
    /// The entry of the `file` that is open.
    original: Option<String>,
    unit: Option<Open>,
    units: Vec<FileUnit>,
    /// Names of the elements that are open.
    open: Vec<String>,
    /// How many levels up the passed over element begins.
    passed_over: Option<usize>,
}

/// The unit that is open.
struct Open {
    path: String,
    source: Vec<Token>,
    target: Option<Vec<Token>>,
    exported: Option<String>,
    side: Option<Side>,
    fault: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Source,
    Target,
}

impl Open {
    fn push(&mut self, token: Token) {
        let Some(side) = self.side else { return };
        let tokens = match side {
            Side::Source => &mut self.source,
            Side::Target => self.target.get_or_insert_default(),
        };
        match (tokens.last_mut(), token) {
            (Some(Token::Text(before)), Token::Text(more)) => before.push_str(&more),
            (_, token) => tokens.push(token),
        }
    }
}

impl Xliff {
    fn read(mut self, text: &str) -> Result<TranslationFile, TranslationError> {
        let mut reader = Reader::from_str(text);
        let (mut counted, mut line) = (0, 1);
        loop {
            let place = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).min(text.len());
            line += ends_of_lines(&text.as_bytes()[counted..place]);
            counted = place;
            let at = || format!("line {line}");
            match reader.read_event().map_err(|error| TranslationError::invalid(at(), error))? {
                Event::Start(start) => {
                    self.begin(&start, &at())?;
                    self.open.push(start.local_name().as_ref().to_owned());
                    if self.open.len() > DEPTH {
                        return Err(TranslationError::invalid(at(), "elements lie too deep inside each other"));
                    }
                }
                Event::Empty(start) => {
                    self.begin(&start, &at())?;
                    self.end(start.local_name().as_ref(), true, &at())?;
                }
                Event::End(end) => {
                    self.open.pop();
                    self.end(end.local_name().as_ref(), false, &at())?;
                }
                Event::Text(words) => self.words(&words.xml10_content()),
                Event::CData(words) => self.words(&words.xml10_content()),
                Event::GeneralRef(reference) => self.words(&resolved(&reference, &at())?),
                Event::DocType(_) => {
                    return Err(TranslationError::invalid(
                        at(),
                        "a document type is not taken: it can name other files",
                    ));
                }
                Event::Eof => break,
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            }
        }
        if !self.open.is_empty() {
            return Err(TranslationError::invalid("the end", "the file ends in the middle of an element"));
        }
        let missing = || TranslationError::invalid("the file", "it does not say its languages: it is no XLIFF file");
        Ok(TranslationFile {
            source: self.source.ok_or_else(missing)?,
            target: self.target.ok_or_else(missing)?,
            units: self.units,
        })
    }

    fn begin(&mut self, start: &BytesStart<'_>, at: &str) -> Result<(), TranslationError> {
        if self.passed_over.is_some() {
            return Ok(());
        }
        let name = start.local_name();
        let name = name.as_ref();
        if PASSED_OVER.contains(&name) {
            self.passed_over = Some(self.open.len());
            return Ok(());
        }
        match name {
            "xliff" => {
                if let Some(version) = attribute(start, "version", at)?
                    && !VERSIONS.iter().any(|known| version.trim().starts_with(known))
                {
                    let reason = format!("XLIFF {version} is not read: write the file as XLIFF 1.2 or 2.1");
                    return Err(TranslationError::invalid(at, reason));
                }
                self.languages(start, ["srcLang", "trgLang"], at)?;
            }
            "file" => {
                self.languages(start, ["source-language", "target-language"], at)?;
                self.original = attribute(start, "original", at)?;
            }
            "trans-unit" | "unit" => {
                let (named, exported) =
                    if name == "unit" { ("name", "gammacms:exported") } else { ("id", "extradata") };
                let path = attribute(start, named, at)?
                    .ok_or_else(|| TranslationError::invalid(at, format!("a {name} has no `{named}`")))?;
                let exported = attribute(start, exported, at)?.and_then(|written| fingerprint::read(&written));
                self.unit = Some(Open { path, source: Vec::new(), target: None, exported, side: None, fault: None });
            }
            "source" | "target" => {
                if let Some(unit) = &mut self.unit {
                    unit.side = Some(if name == "source" { Side::Source } else { Side::Target });
                }
            }
            "g" | "pc" | "x" | "ph" => self.tag(start, matches!(name, "x" | "ph"), at)?,
            "bx" | "ex" | "sc" | "ec" | "bpt" | "ept" | "it" => {
                if let Some(unit) = &mut self.unit {
                    unit.fault = Some(format!("the tag <{name}> is of a kind that was not in the file"));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Notes the languages that an element names. All must name the same.
    fn languages(&mut self, start: &BytesStart<'_>, names: [&str; 2], at: &str) -> Result<(), TranslationError> {
        for (name, known) in names.into_iter().zip([&mut self.source, &mut self.target]) {
            let Some(tag) = attribute(start, name, at)? else { continue };
            let locale: Locale =
                tag.parse().map_err(|_| TranslationError::invalid(at, format!("`{tag}` is no language")))?;
            if known.as_ref().is_some_and(|known| *known != locale) {
                return Err(TranslationError::invalid(at, "a file has one pair of languages"));
            }
            *known = Some(locale);
        }
        Ok(())
    }

    fn tag(&mut self, start: &BytesStart<'_>, is_alone: bool, at: &str) -> Result<(), TranslationError> {
        let id = attribute(start, "id", at)?.unwrap_or_default();
        let Some(unit) = &mut self.unit else { return Ok(()) };
        match id.parse::<usize>().ok().and_then(|number| number.checked_sub(1)) {
            Some(number) => unit.push(if is_alone { Token::Alone(number) } else { Token::Open(number) }),
            None => unit.fault = Some(format!("the tag `{id}` was not in the file")),
        }
        Ok(())
    }

    fn end(&mut self, name: &str, is_empty: bool, at: &str) -> Result<(), TranslationError> {
        if let Some(level) = self.passed_over {
            if self.open.len() == level {
                self.passed_over = None;
            }
            return Ok(());
        }
        match name {
            "source" | "target" => {
                if let Some(unit) = &mut self.unit {
                    unit.side = None;
                }
            }
            "g" | "pc" => {
                if let Some(unit) = &mut self.unit {
                    unit.push(Token::Close);
                }
            }
            "x" | "ph" if !is_empty => {}
            "trans-unit" | "unit" => {
                let Some(Open { path, source, target, exported, fault, .. }) = self.unit.take() else { return Ok(()) };
                let entry = self.original.as_deref().unwrap_or_default();
                let entry = entry.parse().map_err(|_| {
                    TranslationError::invalid(at, format!("`original` must be the id of an entry, not `{entry}`"))
                })?;
                if self.units.len() >= MOST_UNITS {
                    return Err(TranslationError::TooMany);
                }
                let target = target.filter(|tokens| !tokens.is_empty()).map(Words::Tagged);
                self.units.push(FileUnit { entry, path, source: Words::Tagged(source), target, exported, fault });
            }
            _ => {}
        }
        Ok(())
    }

    fn words(&mut self, words: &str) {
        if self.passed_over.is_none()
            && let Some(unit) = &mut self.unit
            && !words.is_empty()
        {
            unit.push(Token::Text(words.to_owned()));
        }
    }
}

fn attribute(start: &BytesStart<'_>, name: &str, at: &str) -> Result<Option<String>, TranslationError> {
    let refused = |error: &dyn std::fmt::Display| TranslationError::invalid(at, error);
    let found = start.try_get_attribute(name).map_err(|error| refused(&error))?;
    let value = found.map(|found| found.normalized_value(XmlVersion::Implicit1_0).map(std::borrow::Cow::into_owned));
    value.transpose().map_err(|error| refused(&error))
}

/// The letter of one of XML's own five entities, or of a number.
fn resolved(reference: &BytesRef<'_>, at: &str) -> Result<String, TranslationError> {
    if let Some(letter) = reference.resolve_char_ref().map_err(|error| TranslationError::invalid(at, error))? {
        return Ok(letter.to_string());
    }
    let name = reference.xml10_content();
    let letter = match name.as_ref() {
        "lt" => "<",
        "gt" => ">",
        "amp" => "&",
        "apos" => "'",
        "quot" => "\"",
        other => return Err(TranslationError::invalid(at, format!("the entity `{other}` is not taken"))),
    };
    Ok(letter.to_owned())
}
