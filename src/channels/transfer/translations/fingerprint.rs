//! What a file says of the translation that stood there when it was written. A file comes back after weeks: only so is a text
//! that the translator has left alone told from one that is to be written, and two people's work on one text from one's.

use content::rich_text::Token;
use ground::crypto::sha256_hex;

/// What every fingerprint begins with: programs have data of their own in the same place, and a spreadsheet takes digits alone
/// for a number.
const PREFIX: &str = "target:";
/// Of a text that was not there.
const NONE: &str = "none";
/// Letters of the hash: enough to tell the few states of one text apart.
const LENGTH: usize = 16;

/// The fingerprint of a translation, or of none.
pub(super) fn of(target: Option<&[Token]>) -> String {
    let words = |token: &Token| !matches!(token, Token::Text(text) if text.is_empty());
    let tokens: Vec<&Token> = target.unwrap_or_default().iter().filter(|token| words(token)).collect();
    if tokens.is_empty() {
        return format!("{PREFIX}{NONE}");
    }
    // With its length before it no text can look like a tag.
    let written = tokens.into_iter().map(|token| match token {
        Token::Text(text) => format!("{}:{text}", text.len()),
        Token::Open(number) => format!("<{number}>"),
        Token::Close => "</>".to_owned(),
        Token::Alone(number) => format!("<{number}/>"),
    });
    let hash = sha256_hex(written.collect::<String>().as_bytes());
    format!("{PREFIX}{}", hash.get(..LENGTH).unwrap_or(&hash))
}

/// What a file has where fingerprints stand, if it is one.
pub(super) fn read(written: &str) -> Option<String> {
    let written = written.trim();
    written.starts_with(PREFIX).then(|| written.to_owned())
}
