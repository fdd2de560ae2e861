//! What was expected of a JSON value and is not there, in JSON's own words: serde's sentences name the program's types, which a
//! client neither knows nor can look up.

/// serde's sentence about a value, for whoever sent it. What one of our own types says of a value is told as it is.
pub(super) fn in_words(message: &str) -> String {
    let said = mismatch(message, "invalid type: ")
        .or_else(|| mismatch(message, "invalid value: "))
        .or_else(|| length(message))
        .or_else(|| choice(message))
        .or_else(|| named(message, "missing field ", "is missing"))
        .or_else(|| named(message, "duplicate field ", "stands there twice"));
    if let Some(said) = said {
        return said;
    }
    if message.starts_with("data did not match any variant") {
        return "The value has none of the forms that this place knows.".to_owned();
    }
    message.to_owned()
}

/// `invalid type: string "wide", expected u16`.
fn mismatch(message: &str, start: &str) -> Option<String> {
    let (found, expected) = message.strip_prefix(start)?.rsplit_once(", expected ")?;
    Some(format!("Send {}, not {}", expected_in_words(expected), found_in_words(found)))
}

/// `invalid length 1, expected a tuple of size 2`.
fn length(message: &str) -> Option<String> {
    let (found, expected) = message.strip_prefix("invalid length ")?.split_once(", expected ")?;
    Some(format!("Send {}, not {found} values", expected_in_words(expected)))
}

/// ``unknown variant `x`, expected one of `a`, `b` `` and the same of fields.
fn choice(message: &str) -> Option<String> {
    let rest = message.strip_prefix("unknown ")?;
    let (what, rest) = ["variant ", "field "].into_iter().find_map(|what| Some((what, rest.strip_prefix(what)?)))?;
    let subject = if what == "field " { "The field " } else { "" };
    let Some((name, known)) = rest.rsplit_once(", expected ") else {
        return Some(format!("{subject}{} is unknown", rest.split(", ").next().unwrap_or(rest)));
    };
    let known = known.strip_prefix("one of ").unwrap_or(known).replace("` or `", "`, `");
    Some(format!("{subject}{name} is unknown. Known: {known}"))
}

/// ``missing field `name` ``.
fn named(message: &str, start: &str, end: &str) -> Option<String> {
    Some(format!("The field {} {end}", message.strip_prefix(start)?))
}

fn expected_in_words(expected: &str) -> String {
    let range = match expected {
        "u8" => Some(("0", u8::MAX.to_string())),
        "u16" => Some(("0", u16::MAX.to_string())),
        "u32" => Some(("0", u32::MAX.to_string())),
        _ => None,
    };
    if let Some((lowest, highest)) = range {
        return format!("a whole number from {lowest} to {highest}");
    }
    match expected {
        "u64" | "usize" => "a whole number from 0",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "a boolean" => "`true` or `false`",
        "a string" | "a borrowed string" | "string" | "str" => "a text",
        "a character" => "a text of one character",
        "a sequence" => "a list",
        "a map" => "an object",
        "unit" => "`null`",
        "string or map" | "map or string" => "one of the texts that are known here",
        "variant identifier" | "field identifier" => "a known name",
        _ => return of_a_type(expected).unwrap_or_else(|| expected.to_owned()),
    }
    .to_owned()
}

/// `struct Room`, `struct Room with 4 elements`, `enum Kind`, `a tuple of size 2`: what it is, without its name.
fn of_a_type(expected: &str) -> Option<String> {
    for (start, words) in [
        ("struct variant ", "an object"),
        ("struct ", "an object"),
        ("internally tagged enum ", "an object"),
        ("adjacently tagged enum ", "an object"),
        ("tuple struct ", "a list"),
        ("tuple variant ", "a list"),
        ("unit struct ", "`null`"),
        ("unit variant ", "`null`"),
        ("enum ", "one of the texts that are known here"),
    ] {
        if expected.starts_with(start) {
            return Some(words.to_owned());
        }
    }
    let size = expected.strip_prefix("a tuple of size ").or_else(|| expected.strip_prefix("an array of length "))?;
    Some(format!("a list of {size} values"))
}

fn found_in_words(found: &str) -> String {
    for (start, words) in [("string ", "the text "), ("integer ", "the number "), ("floating point ", "the number ")] {
        if let Some(value) = found.strip_prefix(start) {
            return format!("{words}{value}");
        }
    }
    if let Some(value) = found.strip_prefix("boolean ") {
        return value.to_owned();
    }
    match found {
        "null" | "unit value" | "Option value" => "`null`".to_owned(),
        "sequence" => "a list".to_owned(),
        "map" => "an object".to_owned(),
        _ => found.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_sentence_names_a_type_of_the_program() {
        for (message, expected) in [
            (
                "invalid type: string \"wide\", expected u16",
                "Send a whole number from 0 to 65535, not the text \"wide\"",
            ),
            ("invalid value: integer `-1`, expected u64", "Send a whole number from 0, not the number `-1`"),
            ("invalid type: floating point `1.5`, expected i64", "Send a whole number, not the number `1.5`"),
            ("invalid type: null, expected a string", "Send a text, not `null`"),
            ("invalid type: boolean `true`, expected a sequence", "Send a list, not `true`"),
            ("invalid type: integer `5`, expected struct Room", "Send an object, not the number `5`"),
            ("invalid type: sequence, expected internally tagged enum Rule", "Send an object, not a list"),
            ("invalid type: map, expected a boolean", "Send `true` or `false`, not an object"),
            ("invalid length 1, expected a tuple of size 2", "Send a list of 2 values, not 1 values"),
            ("unknown variant `x`, expected `a` or `b`", "`x` is unknown. Known: `a`, `b`"),
            ("unknown variant `x`, expected one of `a`, `b`, `c`", "`x` is unknown. Known: `a`, `b`, `c`"),
            ("unknown field `nmae`, expected `name`", "The field `nmae` is unknown. Known: `name`"),
            ("unknown field `nmae`, there are no fields", "The field `nmae` is unknown"),
            ("missing field `name`", "The field `name` is missing"),
            ("duplicate field `name`", "The field `name` stands there twice"),
            ("a language is written like `de`", "a language is written like `de`"),
        ] {
            assert_eq!(in_words(message), expected, "{message}");
        }
    }
}
