//! The small language in which an engine's address is written: the address itself, with names in braces.
//!
//! `{checkin:%d/%m/%Y}` is a day, `{nights}`, `{adults}`, `{children}`, `{rooms}`, `{promo}`, `{group}`, `{room}`, `{rate}`,
//! `{currency}`, `{locale}` and `{lang}` say what they are called, `{each room: items[{i}][adults]={adults}}` is written once
//! for each room, and every other name is one of the hotel's codes. A parameter whose value is not known is left out:
//! engines take an empty one for a wish. Parameters may stand behind `?` or, for engines that read them there, behind `#`.

use std::fmt::Write as _;

/// Days are written with these parts and plain signs, and nothing else.
const DAY_PARTS: [&str; 4] = ["%Y", "%m", "%d", "%y"];
/// Repeats its parameters for each room.
const EACH_ROOM: &str = "each room:";

/// What is wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateProblem {
    /// It is no address.
    #[error("A template begins with https:// and the engine's host, or with {{address}}.")]
    NoAddress,
    /// A brace is missing.
    #[error("A brace is not closed, or closed twice.")]
    Braces,
    /// A day's form has something that no day has.
    #[error("`{0}` is no form of a day: use %Y, %m, %d and signs between them.")]
    Day(String),
    /// A code that the hotel has not set, or that cannot stand in a host or path.
    #[error("The code `{0}` is missing, or has other signs than letters, digits, dot, hyphen and underscore.")]
    Code(String),
}

/// A template, read.
#[derive(Clone, Debug)]
pub(super) struct Template {
    base: Vec<Piece>,
    query: Vec<Parameter>,
    /// What stands before the first parameter of the fragment: nothing, or a question mark.
    fragment_start: &'static str,
    fragment: Vec<Parameter>,
}

#[derive(Clone, Debug)]
enum Parameter {
    One { name: Vec<Piece>, value: Vec<Piece> },
    EachRoom(Vec<Parameter>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Value { name: String, form: Option<String> },
}

/// Answers a name: nothing where it is not known. The form is what stands behind the colon.
pub(super) trait Values {
    fn value(&self, name: &str, form: Option<&str>) -> Option<String>;
    /// The values of each room.
    fn rooms(&self) -> Vec<Box<dyn Values + '_>>;
}

impl Template {
    pub fn parse(text: &str) -> Result<Self, TemplateProblem> {
        let (rest, fragment) = split_once(text.trim(), '#')?;
        let (base, query) = split_once(rest, '?')?;
        let has_host = base.strip_prefix("https://").is_some_and(|rest| !rest.is_empty());
        if !has_host && !base.starts_with("{address}") {
            return Err(TemplateProblem::NoAddress);
        }
        let fragment = fragment.unwrap_or_default();
        let (fragment_start, fragment) = match fragment.strip_prefix('?') {
            Some(rest) => ("?", rest),
            None => ("", fragment),
        };
        Ok(Self {
            base: pieces(base)?,
            query: parameters(query.unwrap_or_default())?,
            fragment_start,
            fragment: parameters(fragment)?,
        })
    }

    /// The address for these values, with these further parameters. `address` is the hotel's own: it stands for `{address}`, and
    /// its host for the template's.
    pub fn fill(
        &self,
        values: &dyn Values,
        address: Option<&str>,
        further: &[(String, String)],
    ) -> Result<String, TemplateProblem> {
        let mut base = String::new();
        for piece in &self.base {
            match piece {
                Piece::Text(text) => base.push_str(text),
                Piece::Value { name, .. } if name == "address" => {
                    base.push_str(address.ok_or_else(|| TemplateProblem::Code(name.clone()))?);
                }
                Piece::Value { name, form } => {
                    let value = values.value(name, form.as_deref()).filter(|value| is_plain(value));
                    base.push_str(&value.ok_or_else(|| TemplateProblem::Code(name.clone()))?);
                }
            }
        }
        if let Some(own) = address.filter(|_| !self.names_address()) {
            base = with_host_of(&base, own);
        }
        let (start, own_query) = base.split_once('?').map_or((base.as_str(), ""), |(start, query)| (start, query));
        let mut pairs: Vec<String> = own_query.split('&').filter(|pair| !pair.is_empty()).map(str::to_owned).collect();
        written(&self.query, values, &mut pairs);
        let mut in_fragment = Vec::new();
        written(&self.fragment, values, &mut in_fragment);
        let into = if self.fragment.is_empty() { &mut pairs } else { &mut in_fragment };
        into.extend(further.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))));
        let mut address = start.to_owned();
        if !pairs.is_empty() {
            address.push('?');
            address.push_str(&pairs.join("&"));
        }
        if !in_fragment.is_empty() {
            address.push('#');
            address.push_str(self.fragment_start);
            address.push_str(&in_fragment.join("&"));
        }
        Ok(address)
    }

    /// Whether the hotel has to give the engine's address.
    pub fn names_address(&self) -> bool {
        self.base.iter().any(|piece| matches!(piece, Piece::Value { name, .. } if name == "address"))
    }
}

fn written(parameters: &[Parameter], values: &dyn Values, into: &mut Vec<String>) {
    for parameter in parameters {
        match parameter {
            Parameter::One { name, value } => {
                if let (Some(name), Some(value)) = (filled(name, values), filled(value, values)) {
                    into.push(format!("{name}={value}"));
                }
            }
            Parameter::EachRoom(inside) => {
                for room in values.rooms() {
                    written(inside, room.as_ref(), into);
                }
            }
        }
    }
}

/// The pieces together; nothing where one of the names is not known.
fn filled(pieces: &[Piece], values: &dyn Values) -> Option<String> {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(plain) => text.push_str(plain),
            Piece::Value { name, form } => {
                let value = values.value(name, form.as_deref()).filter(|value| !value.is_empty())?;
                text.push_str(&encoded(&value));
            }
        }
    }
    Some(text)
}

fn parameters(text: &str) -> Result<Vec<Parameter>, TemplateProblem> {
    let parts = split(text, '&')?;
    parts.into_iter().filter(|part| !part.is_empty()).map(parameter).collect()
}

fn parameter(text: &str) -> Result<Parameter, TemplateProblem> {
    let inside = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
    if let Some(rooms) = inside.and_then(|inside| inside.trim().strip_prefix(EACH_ROOM)) {
        return parameters(rooms.trim()).map(Parameter::EachRoom);
    }
    let (name, value) = split_once(text, '=')?;
    Ok(Parameter::One { name: pieces(name)?, value: pieces(value.unwrap_or_default())? })
}

fn pieces(text: &str) -> Result<Vec<Piece>, TemplateProblem> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let (plain, after) = rest.split_at(start);
        let end = after.find('}').ok_or(TemplateProblem::Braces)?;
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain.to_owned()));
        }
        pieces.push(named(&after[1..end])?);
        rest = &after[end + 1..];
    }
    if rest.contains('}') {
        return Err(TemplateProblem::Braces);
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Ok(pieces)
}

fn named(inside: &str) -> Result<Piece, TemplateProblem> {
    let (name, form) = inside.split_once(':').map_or((inside, None), |(name, form)| (name, Some(form)));
    if let Some(form) = form.filter(|_| ["checkin", "checkout"].contains(&name)) {
        let left = DAY_PARTS.iter().fold(form.to_owned(), |left, part| left.replace(part, ""));
        if left.contains('%') || left.chars().any(char::is_alphanumeric) {
            return Err(TemplateProblem::Day(form.to_owned()));
        }
    }
    Ok(Piece::Value { name: name.trim().to_owned(), form: form.map(str::to_owned) })
}

/// Splits at a sign that stands outside braces.
fn split(text: &str, at: char) -> Result<Vec<&str>, TemplateProblem> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0_i32, 0);
    for (place, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            letter if letter == at && depth == 0 => {
                parts.push(&text[start..place]);
                start = place + letter.len_utf8();
            }
            _ => {}
        }
        if depth < 0 {
            return Err(TemplateProblem::Braces);
        }
    }
    if depth != 0 {
        return Err(TemplateProblem::Braces);
    }
    parts.push(&text[start..]);
    Ok(parts)
}

fn split_once(text: &str, at: char) -> Result<(&str, Option<&str>), TemplateProblem> {
    let parts = split(text, at)?;
    let first = parts.first().copied().unwrap_or_default();
    Ok((first, (parts.len() > 1).then(|| &text[first.len() + at.len_utf8()..])))
}

/// What may stand in a host or in a path without being read as something else.
fn is_plain(value: &str) -> bool {
    !value.is_empty() && value.chars().all(|letter| letter.is_ascii_alphanumeric() || "-._".contains(letter))
}

/// The address with another's scheme and host.
fn with_host_of(address: &str, other: &str) -> String {
    let host = |address: &str| {
        let start = address.find("://").map_or(0, |at| at + 3);
        address[start..].find(['/', '?', '#']).map_or(address.len(), |at| start + at)
    };
    format!("{}{}", &other[..host(other)], &address[host(address)..])
}

/// Percent-encoded, but for what engines write plainly: a comma parts rooms, a semicolon children.
pub(super) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~,;".contains(&byte) {
            encoded.push(byte.into());
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
