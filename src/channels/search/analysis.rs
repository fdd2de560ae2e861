//! From text to the words that are indexed and searched for: cut as Unicode says, in small letters without accents, and
//! for the languages that have rules for it without their endings.

use ground::words::Locale;
use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, RemoveLongFilter, Stemmer, TextAnalyzer, Token, TokenStream, Tokenizer,
    TokenizerManager,
};
use unicode_segmentation::UnicodeSegmentation;

/// The analyzer without rules of a language.
pub(super) const PLAIN: &str = "plain";
/// Longest word, in bytes: what is longer is a number, a key or an attack on the dictionary.
const WORD_BYTES: usize = 80;

/// The language whose article is written as one word with its noun.
const ARABIC: &str = "ar";
/// The article with what may stand before it: the, and the, with the, like the, so the, to the. Those that light stemming
/// takes off (Larkey, Ballesteros and Connell, "Light Stemming for Arabic Information Retrieval", light10).
const ARTICLES: [&str; 6] = ["وال", "بال", "كال", "فال", "ال", "لل"];
/// Letters that are left of a word at least.
const LETTERS_LEFT: usize = 2;

/// The languages whose endings are taken off (Snowball), by their code. Others are found by the plain words.
const LANGUAGES: [(&str, Language); 18] = [
    (ARABIC, Language::Arabic),
    ("da", Language::Danish),
    ("de", Language::German),
    ("el", Language::Greek),
    ("en", Language::English),
    ("es", Language::Spanish),
    ("fi", Language::Finnish),
    ("fr", Language::French),
    ("hu", Language::Hungarian),
    ("it", Language::Italian),
    ("nl", Language::Dutch),
    ("no", Language::Norwegian),
    ("pt", Language::Portuguese),
    ("ro", Language::Romanian),
    ("ru", Language::Russian),
    ("sv", Language::Swedish),
    ("ta", Language::Tamil),
    ("tr", Language::Turkish),
];

/// The codes of the languages with rules.
pub(super) fn languages() -> impl Iterator<Item = &'static str> {
    LANGUAGES.iter().map(|(code, _)| *code)
}

/// The language whose rules a locale follows: `de-at` those of `de`.
pub(super) fn language_of(locale: &Locale) -> Option<&'static str> {
    let base = locale.base();
    let wanted = match base.as_str() {
        // Both written Norwegians.
        "nb" | "nn" => "no",
        other => other,
    };
    languages().find(|code| *code == wanted)
}

/// The analyzer of a language, or [`PLAIN`].
pub(super) fn analyzer(name: &str) -> TextAnalyzer {
    let plain = TextAnalyzer::builder(Words { is_arabic: name == ARABIC })
        .filter(RemoveLongFilter::limit(WORD_BYTES))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter);
    match LANGUAGES.iter().find(|(code, _)| *code == name) {
        Some((_, language)) => plain.filter(Stemmer::new(*language)).build(),
        None => plain.build(),
    }
}

/// All of them, as an index wants them at each opening.
pub(super) fn analyzers() -> TokenizerManager {
    // With those of fields that are one word, such as an id.
    let manager = TokenizerManager::default();
    for name in languages().chain([PLAIN]) {
        manager.register(name, analyzer(name));
    }
    manager
}

/// The words of a text with their places.
pub(super) fn words(name: &str, text: &str) -> Vec<Token> {
    let mut analyzer = analyzer(name);
    let mut stream = analyzer.token_stream(text);
    let mut words = Vec::new();
    while stream.advance() {
        words.push(stream.token().clone());
    }
    words
}

/// Cuts at the borders of Unicode's UAX 29, and at apostrophes: `l'hôtel` is found as `hotel`.
#[derive(Clone, Debug, Default)]
struct Words {
    /// Whether articles are taken off. The stemmer does so too, but by it a word with an article goes other ways than one
    /// without, and ends as another.
    is_arabic: bool,
}

#[derive(Debug)]
struct WordStream {
    words: std::vec::IntoIter<Token>,
    word: Token,
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream {
        let mut words = Vec::new();
        for (start, word) in text.unicode_word_indices() {
            let mut from = start;
            for part in word.split_inclusive(['\'', '’']) {
                let kept = part.trim_end_matches(['\'', '’']);
                if !kept.is_empty() {
                    words.push(Token {
                        offset_from: from,
                        offset_to: from + kept.len(),
                        position: words.len(),
                        text: if self.is_arabic { without_article(kept) } else { kept }.to_owned(),
                        position_length: 1,
                    });
                }
                from += part.len();
            }
        }
        WordStream { words: words.into_iter(), word: Token::default() }
    }
}

fn without_article(word: &str) -> &str {
    let left = ARTICLES.iter().find_map(|article| word.strip_prefix(article));
    left.filter(|left| left.chars().count() >= LETTERS_LEFT).unwrap_or(word)
}

impl TokenStream for WordStream {
    fn advance(&mut self) -> bool {
        let next = self.words.next();
        let is_there = next.is_some();
        self.word = next.unwrap_or_default();
        is_there
    }

    fn token(&self) -> &Token {
        &self.word
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.word
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_as_people_write_them() {
        for (language, text, expected) in [
            (PLAIN, "Zürich’s Café-Bar", "zurich s cafe bar"),
            (PLAIN, "L'hôtel d'à côté", "l hotel d a cote"),
            ("de", "Zimmer mit Seeblicken", "zimm mit seeblick"),
            ("en", "running bathrobes", "run bathrob"),
            (PLAIN, "温泉ホテル", "温 泉 ホテル"),
            (PLAIN, "Wi-Fi 24/7 — 140.50", "wi fi 24 7 140.50"),
            (PLAIN, "  …  ", ""),
        ] {
            let found: Vec<_> = words(language, text).into_iter().map(|word| word.text).collect();
            assert_eq!(found.join(" "), expected, "{text}");
        }
    }

    #[test]
    fn an_arabic_word_is_the_same_with_its_article_and_without() {
        let stem = |word: &str| words("ar", word).into_iter().map(|word| word.text).collect::<Vec<_>>();
        // Lake, pool, room, city, restaurant.
        for word in ["بحيرة", "مسبح", "غرفة", "مدينة", "مطعم"] {
            for article in ARTICLES {
                assert_eq!(stem(&format!("{article}{word}")), stem(word), "{article}{word}");
            }
        }
        // What would leave a letter is no article.
        assert_eq!(without_article("الم"), "الم");
        assert_eq!(words(PLAIN, "البحيرة")[0].text, "البحيرة");
    }

    #[test]
    fn a_locale_follows_the_rules_of_its_language() {
        for (locale, language) in [("de-at", Some("de")), ("nb", Some("no")), ("cs", None), ("pt-br", Some("pt"))] {
            assert_eq!(language_of(&locale.parse().unwrap()), language, "{locale}");
        }
    }
}
