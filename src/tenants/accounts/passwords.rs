//! What a password must be, and the two types that prove it: a [`NewPassword`] passed the rules, a [`PasswordHash`]
//! was made from one.

use ground::{
    clock::Randomness,
    crypto::{CryptoError, PasswordHasher, hash_password},
    words::WordError,
};
use zxcvbn::{
    Score,
    feedback::{Suggestion, Warning},
};

use super::AccountError;

/// Fewest characters (ASVS 5.0, 6.2.1 asks for 8 and recommends 15; 12 with a strength check stands between).
pub const SHORTEST_PASSWORD: usize = 12;
/// Most characters: nothing is cut off, so there must be an end before hashing (ASVS 5.0, 6.2.9 asks for at least 64).
pub const LONGEST_PASSWORD: usize = 128;
/// zxcvbn's "safely unguessable": more than 10^8 guesses.
const WEAKEST_SCORE: Score = Score::Three;
/// Words that everyone around a hotel would try first.
const TRADE_WORDS: &[&str] = &[
    "gammacms",
    "hotel",
    "hotels",
    "resort",
    "welcome",
    "willkommen",
    "reception",
    "rezeption",
    "booking",
    "frontdesk",
    "guest",
    "zimmer",
    "suite",
    "password",
    "passwort",
    "kennwort",
];

/// Letters and digits that nobody else knows of: fewer are tried through in a moment.
const SHORTEST_OWN_PART: usize = 6;

/// A password that passed the rules and may be set. Never printed, never stored.
pub struct NewPassword(String);

impl NewPassword {
    /// Checks length and strength. `words` are what others know of the person: name, e-mail address, organization,
    /// hotels. No letters, digits or signs are demanded (ASVS 5.0, 6.2.5). Takes milliseconds: see [`NewPassword::accept`].
    pub fn parse(password: &str, words: &[&str]) -> Result<Self, WordError> {
        let length = password.chars().count();
        if length < SHORTEST_PASSWORD {
            return Err(refused(
                "password_short",
                format!("A password has at least {SHORTEST_PASSWORD} characters; this one has {length}."),
            ));
        }
        if length > LONGEST_PASSWORD {
            return Err(refused(
                "password_long",
                format!("A password has at most {LONGEST_PASSWORD} characters; this one has {length}."),
            ));
        }
        let known = known_words(words);
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let strength = zxcvbn::zxcvbn(password, &known);
        if strength.score() < WEAKEST_SCORE || own_part(password, &known) < SHORTEST_OWN_PART {
            return Err(refused("password_weak", advice(strength.feedback())));
        }
        Ok(Self(password.to_owned()))
    }

    /// [`NewPassword::parse`] for a request: the strength check runs on a thread that may wait. `pointer` is the JSON
    /// pointer to the field that holds the password.
    pub async fn accept(pointer: &'static str, password: String, words: Vec<String>) -> Result<Self, AccountError> {
        let checked = tokio::task::spawn_blocking(move || {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            Self::parse(&password, &words)
        });
        match checked.await {
            Ok(password) => password.map_err(|problem| AccountError::FieldRefused { pointer, problem }),
            Err(_) => Err(AccountError::Hashing(CryptoError::Busy)),
        }
    }

    /// Hashes behind the gate that keeps memory in bounds. Never inside a transaction.
    pub async fn hash(self, hasher: &PasswordHasher) -> Result<PasswordHash, AccountError> {
        Ok(PasswordHash(hasher.hash(self.0).await?))
    }

    /// Hashes on this thread: for the command line.
    pub fn hash_here(self, randomness: &Randomness) -> Result<PasswordHash, CryptoError> {
        hash_password(&self.0, randomness).map(PasswordHash)
    }
}

/// An argon2id hash (PHC text) of a password that passed the rules.
#[derive(Clone)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// The PHC text, as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same password hashed again at sign-in, with today's cost: it passed the rules of its day.
    pub(super) fn renewed(phc: String) -> Self {
        Self(phc)
    }
}

/// The words themselves, their parts and the trade's: `anna.meier@seeblick.example` gives `anna`, `meier`, `seeblick`.
fn known_words(words: &[&str]) -> Vec<String> {
    /// Parts shorter than this are in every password by chance.
    const SHORTEST_WORD: usize = 3;
    let mut known: Vec<String> = TRADE_WORDS.iter().map(|word| (*word).to_owned()).collect();
    for word in words {
        let lower = word.to_lowercase();
        known.extend(
            lower
                .split(|letter: char| !letter.is_alphanumeric())
                .filter(|part| part.chars().count() >= SHORTEST_WORD)
                .map(str::to_owned),
        );
        known.push(lower);
    }
    known
}

/// How many letters and digits are left of a password without what others know. The estimate counts three known words in
/// a row as hard to guess; whoever aims at this hotel tries just those.
fn own_part(password: &str, known: &[&str]) -> usize {
    let mut rest = password.to_lowercase();
    let mut longest_first: Vec<&str> = known.iter().copied().filter(|word| !word.is_empty()).collect();
    longest_first.sort_by_key(|word| std::cmp::Reverse(word.len()));
    for word in longest_first {
        // A sign in the gap: what stood before and after must not grow together into another word.
        rest = rest.replace(word, " ");
    }
    rest.chars().filter(|letter| letter.is_alphanumeric()).count()
}

/// One or two sentences that lead to a better password.
fn advice(feedback: Option<&zxcvbn::feedback::Feedback>) -> String {
    let mut sentences = vec!["This password is easy to guess.".to_owned()];
    if let Some(warning) = feedback.and_then(zxcvbn::feedback::Feedback::warning) {
        sentences = vec![complaint(warning).to_owned()];
    }
    let suggestion =
        feedback.and_then(|feedback| feedback.suggestions().iter().find_map(|suggestion| remedy(*suggestion)));
    sentences.push(
        suggestion
            .unwrap_or("Four or more unrelated words make a password that is strong and easy to remember.")
            .to_owned(),
    );
    sentences.join(" ")
}

fn complaint(warning: Warning) -> &'static str {
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess => {
            "Patterns on the keyboard are easy to guess."
        }
        Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => {
            "Repeated letters and words are easy to guess."
        }
        Warning::ThisIsATop10Password | Warning::ThisIsATop100Password | Warning::ThisIsACommonPassword => {
            "This is a password that many people use."
        }
        Warning::ThisIsSimilarToACommonlyUsedPassword => {
            "This is too close to a common word, or to your name, your e-mail address or your hotel's name."
        }
        Warning::SequencesLikeAbcAreEasyToGuess => "Sequences such as abc or 6543 are easy to guess.",
        Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess => "Years and dates are easy to guess.",
        Warning::AWordByItselfIsEasyToGuess => "A single word is easy to guess.",
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess | Warning::CommonNamesAndSurnamesAreEasyToGuess => {
            "Names of people are easy to guess."
        }
    }
}

/// The suggestions that say what to do; those that only say what does not help give way to the general one.
fn remedy(suggestion: Suggestion) -> Option<&'static str> {
    match suggestion {
        Suggestion::AddAnotherWordOrTwo | Suggestion::UseAFewWordsAvoidCommonPhrases => {
            Some("Add another unrelated word or two; uncommon words are better.")
        }
        Suggestion::AvoidRepeatedWordsAndCharacters => Some("Use different words instead of repeating one."),
        Suggestion::AvoidSequences
        | Suggestion::AvoidRecentYears
        | Suggestion::AvoidYearsThatAreAssociatedWithYou
        | Suggestion::AvoidDatesAndYearsThatAreAssociatedWithYou
        | Suggestion::UseALongerKeyboardPatternWithMoreTurns
        | Suggestion::NoNeedForSymbolsDigitsOrUppercaseLetters
        | Suggestion::CapitalizationDoesntHelpVeryMuch
        | Suggestion::AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase
        | Suggestion::ReversedWordsArentMuchHarderToGuess
        | Suggestion::PredictableSubstitutionsDontHelpVeryMuch => None,
    }
}

fn refused(code: &'static str, message: String) -> WordError {
    WordError { code, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(password: &str, words: &[&str]) -> &'static str {
        NewPassword::parse(password, words).err().map_or("accepted", |error| error.code)
    }

    #[test]
    fn a_password_is_long_enough_and_hard_to_guess() {
        for (password, expected) in [
            ("short", "password_short"),
            ("elevenchars", "password_short"),
            ("aaaaaaaaaaaaaaaa", "password_weak"),
            ("password12345", "password_weak"),
            ("qwertzuiopqwertz", "password_weak"),
            ("Passwort2026!", "password_weak"),
            ("lantern orchid gravel", "accepted"),
            ("kühle Ofenbank am Fenster", "accepted"),
            ("7kPz-vR2m-Xq9T", "accepted"),
        ] {
            assert_eq!(refusal(password, &[]), expected, "{password}");
        }
        assert_eq!(refusal(&"k7#".repeat(43), &[]), "password_long");
    }

    #[test]
    fn a_password_is_not_made_of_what_everyone_knows_of_its_owner() {
        let words = ["Anna Meierhofer", "anna.meierhofer@seeblick.example", "Hotel Seeblick"];
        assert_eq!(refusal("annameierhoferseeblick", &words), "password_weak");
        assert_eq!(refusal("hotelseeblick1", &words), "password_weak");
        assert_eq!(refusal("lantern orchid gravel", &words), "accepted");
    }

    #[test]
    fn length_counts_characters_not_bytes() {
        assert_eq!(refusal("öäüöäüöäüöä", &[]), "password_short");
        assert_ne!(refusal(&"ü".repeat(LONGEST_PASSWORD), &[]), "password_long");
    }
}
