//! A text as words: what phrases are looked for in. Signs between words tell where a part of a sentence ends, so that what is
//! denied in one part is not taken from another.

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// In small letters, without what vowels are marked with in Arabic; digits as Western ones.
    pub word: String,
    /// As it was written.
    pub raw: String,
    /// What stands before it.
    pub gap: Gap,
    /// Where it begins in the text, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// What stands between two words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// Nothing: `200m` is two words.
    Joined,
    /// A point or comma between two digits.
    Decimal,
    /// A colon between two digits.
    Colon,
    /// A space, a hyphen, an apostrophe.
    Space,
    /// A comma, a bracket, a dash.
    Part,
    /// The end of a sentence, or the beginning of the text.
    Sentence,
}

/// The words of a text.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    // Where the signs since the last word begin.
    let mut signs = 0;
    for (start, letter) in text.char_indices() {
        let end = start + letter.len_utf8();
        if is_mark(letter) {
            if let Some(last) = tokens.last_mut().filter(|last| last.end == start) {
                last.end = end;
                signs = end;
            }
            continue;
        }
        if !letter.is_alphanumeric() {
            continue;
        }
        let digit = western(letter);
        let is_joined = tokens.last().is_some_and(|last| last.end == start);
        if let Some(last) = tokens.last_mut().filter(|last| is_joined && is_number(&last.word) == digit.is_some()) {
            push(&mut last.word, letter, digit);
            last.raw.push(letter);
            last.end = end;
        } else {
            let gap = match tokens.last() {
                None => Gap::Sentence,
                Some(_) if is_joined => Gap::Joined,
                Some(last) => gap(text.get(signs..start).unwrap_or_default(), is_number(&last.word) && digit.is_some()),
            };
            let mut word = String::new();
            push(&mut word, letter, digit);
            tokens.push(Token { word, raw: letter.to_string(), gap, start, end });
        }
        signs = end;
    }
    tokens
}

pub(super) fn is_number(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_digit())
}

fn push(word: &mut String, letter: char, digit: Option<char>) {
    match (digit, letter) {
        (Some(digit), _) => word.push(digit),
        // Written with and without in the same texts.
        (None, 'أ' | 'إ' | 'آ') => word.push('ا'),
        (None, letter) => word.extend(letter.to_lowercase()),
    }
}

fn western(letter: char) -> Option<char> {
    let number = match letter {
        '0'..='9' => return Some(letter),
        '\u{660}'..='\u{669}' => u32::from(letter) - 0x660,
        '\u{6f0}'..='\u{6f9}' => u32::from(letter) - 0x6f0,
        _ => return None,
    };
    char::from_digit(number, 10)
}

/// Marks of vowels and the stretching of Arabic, and what invites a line break: nothing of a word.
fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{64b}'..='\u{652}' | '\u{640}' | '\u{ad}' | '\u{200b}'..='\u{200f}')
}

fn gap(signs: &str, is_between_digits: bool) -> Gap {
    match signs {
        "." | "," if is_between_digits => Gap::Decimal,
        ":" if is_between_digits => Gap::Colon,
        // 24/7
        "/" if is_between_digits => Gap::Space,
        _ if signs.contains(['.', '!', '?', ';', '\n', '…', '؟', '؛']) => Gap::Sentence,
        _ if signs.contains([',', ':', '(', ')', '–', '—', '،', '/', '·', '|', '•']) => Gap::Part,
        _ if signs.contains('-') && signs.contains(' ') => Gap::Part,
        _ => Gap::Space,
    }
}
