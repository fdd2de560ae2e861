//! The piece of a text in which the words were found, with the words marked.

use std::collections::BTreeMap;

use content::rich_text::escape;
use strsim::osa_distance;
use tantivy::tokenizer::Token;

use super::analysis::{self, PLAIN};

/// Words of an excerpt: two lines on a telephone.
const WORDS_SHOWN: usize = 30;
/// Of those, how many stand before the first that was found.
const WORDS_BEFORE: usize = 6;
/// Letters from which on a word may be written wrong in one place.
pub(super) const FUZZY_LENGTH: usize = 4;

/// What is looked for: the plain words that were asked for, and those without their endings in each language; each list
/// has one word for each that was asked for.
#[derive(Clone)]
pub(super) struct Wanted {
    pub plain: Vec<String>,
    pub stems: Vec<(&'static str, Vec<String>)>,
    /// Which words are taken for misspelt.
    pub is_misspelt: Vec<bool>,
}

impl Wanted {
    /// Whether a word may be the beginning of what is meant: only the last, which somebody may still be writing.
    pub const fn may_begin(&self, place: usize) -> bool {
        place + 1 == self.plain.len()
    }

    /// Whether a word may have one letter wrong.
    pub fn may_be_wrong(&self, place: usize) -> bool {
        self.is_misspelt.get(place) == Some(&true)
            && self.plain.get(place).is_some_and(|word| word.chars().count() >= FUZZY_LENGTH)
    }
}

/// How well a word of a text is one that was asked for. The better ones are more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    /// One letter is wrong.
    Nearly = 1,
    /// It begins with it.
    Begun,
    /// It is the word, perhaps with another ending.
    Same,
}

/// A piece of a text.
pub(super) struct Excerpt {
    /// How much of what was asked for stands in it: 0 for nothing.
    pub worth: usize,
    /// As HTML: its text is escaped, and what was found stands in `<mark>`.
    pub html: String,
}

/// The piece of a text in which most of what was asked for stands, as it was asked for. `language` has the rules of the
/// text, where it is known; `title` stands above it.
pub(super) fn excerpt(title: &str, text: &str, language: Option<&str>, wanted: &Wanted) -> Excerpt {
    // Lines of a list become one.
    let text = &text.replace(['\n', '\r', '\t'], " ");
    let words = analysis::words(PLAIN, text);
    let found = found(title, text, &words, language, wanted);
    let (first, worth) = best_place(&found);
    let from = first.saturating_sub(WORDS_BEFORE);
    let to = (from + WORDS_SHOWN).min(words.len());
    let (Some(begin), Some(end)) = (words.get(from), to.checked_sub(1).and_then(|last| words.get(last))) else {
        return Excerpt { worth, html: String::new() };
    };
    let mut html = String::new();
    if from > 0 {
        html.push_str("… ");
    }
    let mut at = begin.offset_from;
    for (word, found) in words[from..to].iter().zip(&found[from..to]) {
        escape(&mut html, &text[at..word.offset_from]);
        let shown = &text[word.offset_from..word.offset_to];
        if found.is_empty() {
            escape(&mut html, shown);
        } else {
            html.push_str("<mark>");
            escape(&mut html, shown);
            html.push_str("</mark>");
        }
        at = word.offset_to;
    }
    if to < words.len() {
        html.push_str(" …");
    } else {
        escape(&mut html, text[end.offset_to..].trim_end());
    }
    Excerpt { worth, html }
}

/// For each word of the text the places of those that were asked for which it stands for, with how well. Where one stands
/// as it was asked for, in the text or in its title, what only begins with it or is nearly it was not meant.
fn found(
    title: &str,
    text: &str,
    words: &[Token],
    language: Option<&str>,
    wanted: &Wanted,
) -> Vec<Vec<(usize, Likeness)>> {
    let mut found = alike(text, words, language, wanted);
    let above = alike(title, &analysis::words(PLAIN, title), language, wanted);
    let mut best = vec![Likeness::Nearly; wanted.plain.len()];
    for (place, likeness) in found.iter().chain(&above).flatten() {
        best[*place] = best[*place].max(*likeness);
    }
    for places in &mut found {
        places.retain(|(place, likeness)| *likeness == best[*place]);
    }
    found
}

fn alike(text: &str, words: &[Token], language: Option<&str>, wanted: &Wanted) -> Vec<Vec<(usize, Likeness)>> {
    let of_text = |(name, _): &&(&'static str, Vec<String>)| language.is_none_or(|language| language == *name);
    // The same cuts: the analyzers differ in their filters, and a long word is dropped by all of them.
    let stems: Vec<_> =
        wanted.stems.iter().filter(of_text).map(|(name, stems)| (analysis::words(name, text), stems)).collect();
    let likeness = |at: usize, word: &str, place: usize| {
        let asked = wanted.plain[place].as_str();
        let has_stem = |(words, stems): &(Vec<Token>, &Vec<String>)| {
            words.get(at).zip(stems.get(place)).is_some_and(|(word, stem)| word.text == *stem)
        };
        if word == asked || stems.iter().any(has_stem) {
            return Some(Likeness::Same);
        }
        let may_begin = wanted.may_begin(place);
        if may_begin && asked.chars().nth(1).is_some() && word.starts_with(asked) {
            return Some(Likeness::Begun);
        }
        (wanted.may_be_wrong(place) && is_nearly(word, asked, may_begin)).then_some(Likeness::Nearly)
    };
    let places = |(at, word): (usize, &Token)| {
        (0..wanted.plain.len()).filter_map(|place| Some((place, likeness(at, &word.text, place)?))).collect()
    };
    words.iter().enumerate().map(places).collect()
}

/// Whether a word is another but for one letter, or begins so.
fn is_nearly(word: &str, asked: &str, may_begin: bool) -> bool {
    if osa_distance(word, asked) <= 1 {
        return true;
    }
    let letters = asked.chars().count();
    let ends = word.char_indices().map(|(end, _)| end).skip(letters - 1).take(3);
    may_begin && ends.into_iter().any(|end| osa_distance(&word[..end], asked) <= 1)
}

/// The word with which the piece begins that is worth most, the first of several, and what it is worth.
fn best_place(found: &[Vec<(usize, Likeness)>]) -> (usize, usize) {
    let mut best = (0, 0);
    for first in (0..found.len()).filter(|first| !found[*first].is_empty()) {
        let mut worth = BTreeMap::new();
        for (place, likeness) in found[first..].iter().take(WORDS_SHOWN - WORDS_BEFORE).flatten() {
            worth.insert(place, *likeness as usize);
        }
        let worth = worth.values().sum();
        if worth > best.1 {
            best = (first, worth);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(plain: &[&str], stems: &[&str], is_misspelt: bool) -> Wanted {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Wanted { plain: owned(plain), stems: vec![("en", owned(stems))], is_misspelt: vec![is_misspelt; plain.len()] }
    }

    #[test]
    fn what_was_found_is_marked_and_everything_is_escaped() {
        let misspelt = true;
        for (text, words, stems, is_misspelt, expected) in [
            (
                "Two windows on the <lake> & more",
                &["window", "lake"][..],
                &["window", "lake"][..],
                !misspelt,
                "Two <mark>windows</mark> on the &lt;<mark>lake</mark>&gt; &amp; more",
            ),
            ("A seeblick", &["seebklik"], &["seebklik"], misspelt, "A seeblick"),
            ("A Seeblick", &["sebelick"], &["sebelick"], misspelt, "A <mark>Seeblick</mark>"),
            ("A Seeblick", &["seeblik"], &["seeblik"], !misspelt, "A Seeblick"),
            ("Seeblicke da", &["seeblik"], &["seeblik"], misspelt, "<mark>Seeblicke</mark> da"),
            ("Seeblicke da", &["seeblik", "da"], &["seeblik", "da"], misspelt, "Seeblicke <mark>da</mark>"),
            ("Nothing here", &["absent"], &["absent"], misspelt, "Nothing here"),
            ("", &["absent"], &["absent"], !misspelt, ""),
            // The beginning of a word only where it is the last, and no other one has the word itself.
            (
                "Wi-Fi without end",
                &["wi", "fi"],
                &["wi", "fi"],
                !misspelt,
                "<mark>Wi</mark>-<mark>Fi</mark> without end",
            ),
            ("Then the lake", &["the"], &["the"], !misspelt, "Then <mark>the</mark> lake"),
            ("Then lakes", &["the"], &["the"], !misspelt, "<mark>Then</mark> lakes"),
            ("Like a lake", &["lake"], &["lake"], misspelt, "Like a <mark>lake</mark>"),
        ] {
            assert_eq!(excerpt("", text, Some("en"), &wanted(words, stems, is_misspelt)).html, expected, "{text}");
        }
        // Of a text in another language nobody asks for the English ending.
        let shown = excerpt("", "Zwei windows", Some("de"), &wanted(&["windowed", "x"], &["window", "x"], false));
        assert_eq!((shown.html.as_str(), shown.worth), ("Zwei windows", 0));
        // What the title has as it stands is not taken for something else below it.
        let shown = excerpt("Lake room", "Lights like a line", Some("en"), &wanted(&["lake"], &["lake"], true));
        assert_eq!(shown.html, "Lights like a line");
    }

    #[test]
    fn the_piece_is_shown_that_has_the_words_as_they_stand() {
        let many = "word ".repeat(50);
        let shown = excerpt("", &format!("{many}lake {many}"), None, &wanted(&["lake"], &["lake"], false)).html;
        assert!(shown.starts_with("… word") && shown.contains("<mark>lake</mark>") && shown.ends_with(" …"), "{shown}");
        let text = format!("The lights like a line {many} lakeside {many} the quiet lake {many}");
        let shown = |words: &[&str]| excerpt("", &text, None, &wanted(words, words, true)).html;
        assert!(shown(&["lake"]).contains("quiet <mark>lake</mark>"), "{}", shown(&["lake"]));
        let both = shown(&["the", "lake"]);
        assert!(both.contains("<mark>the</mark> quiet <mark>lake</mark>"), "{both}");
    }
}
