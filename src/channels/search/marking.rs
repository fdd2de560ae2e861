//! The piece of a text in which the words were found, with the words marked.

use content::rich_text::escape;
use strsim::osa_distance;

use super::analysis::{self, PLAIN};

/// Words of an excerpt: two lines on a telephone.
const WORDS_SHOWN: usize = 30;
/// Of those, how many stand before the first that was found.
const WORDS_BEFORE: usize = 6;
/// Letters from which on a word may be written wrong in one place.
pub(super) const FUZZY_LENGTH: usize = 4;

/// What marks a word: the plain words that were asked for, and those without their endings in each language.
pub(super) struct Wanted {
    pub plain: Vec<String>,
    pub stems: Vec<(&'static str, Vec<String>)>,
}

/// An excerpt as HTML: its text is escaped, and what was found stands in `<mark>`.
pub(super) fn excerpt(text: &str, wanted: &Wanted) -> String {
    // Lines of a list become one.
    let text = &text.replace(['\n', '\r', '\t'], " ");
    let words = analysis::words(PLAIN, text);
    let mut is_found: Vec<bool> = words.iter().map(|word| is_plainly(&word.text, &wanted.plain)).collect();
    for (language, stems) in &wanted.stems {
        // The same cuts: the analyzers differ in their filters, and a long word is dropped by all of them.
        for (place, word) in analysis::words(language, text).iter().enumerate() {
            if let Some(found) = is_found.get_mut(place) {
                *found = *found || stems.contains(&word.text);
            }
        }
    }
    let first = is_found.iter().position(|found| *found).unwrap_or(0);
    let from = first.saturating_sub(WORDS_BEFORE);
    let to = (from + WORDS_SHOWN).min(words.len());
    let (Some(begin), Some(end)) = (words.get(from), to.checked_sub(1).and_then(|last| words.get(last))) else {
        return String::new();
    };
    let mut html = String::new();
    if from > 0 {
        html.push_str("… ");
    }
    let mut at = begin.offset_from;
    for (word, found) in words[from..to].iter().zip(&is_found[from..to]) {
        escape(&mut html, &text[at..word.offset_from]);
        let shown = &text[word.offset_from..word.offset_to];
        if *found {
            html.push_str("<mark>");
            escape(&mut html, shown);
            html.push_str("</mark>");
        } else {
            escape(&mut html, shown);
        }
        at = word.offset_to;
    }
    if to < words.len() {
        html.push_str(" …");
    } else {
        escape(&mut html, text[end.offset_to..].trim_end());
    }
    html
}

fn is_plainly(word: &str, wanted: &[String]) -> bool {
    wanted.iter().any(|one| {
        word == one
            || word.starts_with(one.as_str())
            || (one.chars().count() >= FUZZY_LENGTH && osa_distance(word, one) <= 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_marked_and_everything_is_escaped() {
        let wanted = |plain: &[&str]| Wanted {
            plain: plain.iter().map(|word| (*word).to_owned()).collect(),
            stems: vec![("en", vec!["window".to_owned()])],
        };
        for (text, words, expected) in [
            (
                "Two windows on the <lake> & more",
                &["lake"][..],
                "Two <mark>windows</mark> on the &lt;<mark>lake</mark>&gt; &amp; more",
            ),
            ("A seeblick", &["seebklik"], "A seeblick"),
            ("A Seeblick", &["sebelick", "seeblik"], "A <mark>Seeblick</mark>"),
            ("Nothing here", &["absent"], "Nothing here"),
            ("", &["absent"], ""),
        ] {
            assert_eq!(excerpt(text, &wanted(words)), expected, "{text}");
        }
        let long = format!("{}lake {}", "word ".repeat(50), "word ".repeat(50));
        let shown = excerpt(&long, &wanted(&["lake"]));
        assert!(shown.starts_with("… word") && shown.contains("<mark>lake</mark>") && shown.ends_with(" …"), "{shown}");
    }
}
