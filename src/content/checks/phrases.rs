//! Phrases of the rules, and where a text has them. Made once; looking for all of them reads a text once.

use std::collections::BTreeMap;

use super::words::{Gap, Token, is_number, tokens};

/// Words that `..` may stand for.
const LONGEST_GAP: usize = 2;
/// Words before and behind a claim in which a denial is looked for.
const DENIAL_REACH: usize = 3;
const METRES: [&str; 12] =
    ["m", "metre", "metres", "meter", "meters", "metern", "mètre", "mètres", "metro", "metros", "metri", "متر"];
const KILOMETRES: [&str; 10] = [
    "km",
    "kilometre",
    "kilometres",
    "kilometer",
    "kilometers",
    "kilometern",
    "kilomètres",
    "kilómetros",
    "chilometri",
    "كم",
];
const HALF_DAYS: [(&str, bool); 4] = [("am", false), ("pm", true), ("صباحا", false), ("مساء", true)];

/// A number that a text claims.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Claimed {
    /// As it stands there; of a distance in kilometres.
    Number(f64),
    /// Minutes of the day; whether it is told which half of the day is meant.
    Time(u32, bool),
}

/// A phrase found in a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    /// The place of its rule among the rules.
    pub rule: usize,
    /// The words as they were written.
    pub words: String,
    /// The number among them.
    pub claimed: Option<Claimed>,
}

#[derive(Clone, Debug)]
enum Part {
    Words(Vec<Word>),
    Gap,
    Number,
    Distance,
    Time,
}

#[derive(Clone, Debug)]
struct Word {
    text: String,
    is_beginning: bool,
    /// Big letters in a rule are meant as such.
    is_as_written: bool,
}

impl Word {
    fn is(&self, token: &Token) -> bool {
        let found = if self.is_as_written { &token.raw } else { &token.word };
        if self.is_beginning { found.starts_with(&self.text) } else { *found == self.text }
    }
}

#[derive(Clone, Debug)]
struct Phrase {
    rule: usize,
    parts: Vec<Part>,
}

/// What else a rule says of its phrases.
#[derive(Clone, Debug, Default)]
struct Manner {
    unless: Vec<String>,
    ignores_denial: bool,
}

/// The phrases of all rules in one language.
#[derive(Clone, Debug, Default)]
pub(super) struct Phrases {
    all: Vec<Phrase>,
    /// By their first word, as far as that is one.
    by_word: BTreeMap<String, Vec<usize>>,
    /// The others.
    rest: Vec<usize>,
    manners: BTreeMap<usize, Manner>,
    denials: Vec<String>,
    numbers: Vec<String>,
}

impl Phrases {
    /// No phrases, of a language with these denials and small numbers.
    pub fn new(denials: &[String], numbers: &[String]) -> Self {
        Self { denials: denials.to_vec(), numbers: numbers.to_vec(), ..Self::default() }
    }

    /// Says when a rule's phrases are no claim.
    pub fn put_manner(&mut self, rule: usize, unless: &[String], ignores_denial: bool) {
        let manner = self.manners.entry(rule).or_default();
        manner.unless.extend(unless.iter().cloned());
        manner.ignores_denial = ignores_denial;
    }

    /// Adds a phrase, or says what is wrong with it.
    pub fn put(&mut self, rule: usize, written: &str) -> Result<(), String> {
        let parts: Vec<Part> = written.split_whitespace().map(part).collect::<Result<_, _>>()?;
        let place = self.all.len();
        match parts.first() {
            None | Some(Part::Gap) => return Err(format!("`{written}` begins with no word")),
            Some(Part::Words(words)) if words.iter().all(|word| !word.is_beginning) => {
                for word in words {
                    self.by_word.entry(word.text.to_lowercase()).or_default().push(place);
                }
            }
            Some(_) => self.rest.push(place),
        }
        if matches!(parts.last(), Some(Part::Gap)) {
            return Err(format!("`{written}` ends with no word"));
        }
        self.all.push(Phrase { rule, parts });
        Ok(())
    }

    /// Where the text has them: of each rule the first.
    pub fn find(&self, text: &str) -> Vec<Found> {
        let tokens = tokens(text);
        let mut found: Vec<Found> = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            let named = self.by_word.get(&token.word).into_iter().flatten();
            for phrase in named.chain(&self.rest).filter_map(|place| self.all.get(*place)) {
                if found.iter().any(|one| one.rule == phrase.rule) {
                    continue;
                }
                let mut state =
                    Matching { numbers: &self.numbers, tokens: &tokens, between: Vec::new(), claimed: None };
                let Some(end) = state.from(&phrase.parts, at, true) else { continue };
                if self.is_meant(phrase.rule, &tokens, at, end, &state.between) {
                    let (from, to) = (token.start, tokens.get(end - 1).map_or(token.end, |last| last.end));
                    let words = text.get(from..to).unwrap_or_default().to_owned();
                    found.push(Found { rule: phrase.rule, words, claimed: state.claimed });
                }
            }
        }
        found
    }

    /// Whether nothing around it says the contrary or speaks of something else.
    fn is_meant(&self, rule: usize, tokens: &[Token], start: usize, end: usize, between: &[usize]) -> bool {
        let Some(manner) = self.manners.get(&rule) else { return true };
        if around(tokens, start, end, usize::MAX, |gap| gap == Gap::Sentence)
            .any(|token| manner.unless.contains(&token.word))
        {
            return false;
        }
        let is_denial = |token: &Token| self.denials.contains(&token.word);
        let ends = |gap| matches!(gap, Gap::Sentence | Gap::Part);
        manner.ignores_denial
            || !(around(tokens, start, end, DENIAL_REACH, ends).any(is_denial)
                || between.iter().filter_map(|place| tokens.get(*place)).any(is_denial))
    }
}

/// The words before and behind, up to where something ends; between them also the phrase's own.
fn around(
    tokens: &[Token],
    start: usize,
    end: usize,
    reach: usize,
    ends: impl Fn(Gap) -> bool + Copy,
) -> impl Iterator<Item = &Token> {
    let first = (0..=start)
        .rev()
        .take(reach.saturating_add(1))
        .find(|place| tokens.get(*place).is_none_or(|token| ends(token.gap)))
        .unwrap_or_else(|| start.saturating_sub(reach));
    let before = tokens.get(first..start).unwrap_or_default();
    let behind = tokens.get(end..).unwrap_or_default().iter().take_while(move |token| !ends(token.gap)).take(reach);
    before.iter().chain(behind)
}

fn part(written: &str) -> Result<Part, String> {
    match written {
        ".." => return Ok(Part::Gap),
        "{number}" => return Ok(Part::Number),
        "{distance}" => return Ok(Part::Distance),
        "{time}" => return Ok(Part::Time),
        _ => {}
    }
    let word = |written: &str| {
        let (text, is_beginning) = written.strip_suffix('*').map_or((written, false), |text| (text, true));
        let is_as_written = text.chars().any(char::is_uppercase);
        match tokens(text).as_slice() {
            [only] => {
                let text = if is_as_written { only.raw.clone() } else { only.word.clone() };
                Ok(Word { text, is_beginning, is_as_written })
            }
            _ => Err(format!("`{written}` is not one word")),
        }
    };
    written.split('|').map(word).collect::<Result<_, _>>().map(Part::Words)
}

/// One phrase on its way through a text.
struct Matching<'t> {
    numbers: &'t [String],
    tokens: &'t [Token],
    /// The places that a gap has taken.
    between: Vec<usize>,
    claimed: Option<Claimed>,
}

impl Matching<'_> {
    /// Where the parts end if they stand from `at` on.
    fn from(&mut self, parts: &[Part], at: usize, is_first: bool) -> Option<usize> {
        let Some((part, rest)) = parts.split_first() else { return Some(at) };
        if matches!(part, Part::Gap) {
            for skipped in 0..=LONGEST_GAP {
                let places = at..at + skipped;
                if places.clone().any(|place| self.tokens.get(place).is_none_or(|token| is_end(token.gap))) {
                    return None;
                }
                let kept = self.between.len();
                self.between.extend(places);
                if let Some(end) = self.from(rest, at + skipped, false) {
                    return Some(end);
                }
                self.between.truncate(kept);
            }
            return None;
        }
        let token = self.tokens.get(at)?;
        let crosses = token.gap == Gap::Sentence || (token.gap == Gap::Part && matches!(part, Part::Words(_)));
        if !is_first && crosses {
            return None;
        }
        let behind = match part {
            Part::Words(words) => words.iter().any(|word| word.is(token)).then_some(at + 1),
            Part::Number => self.number(at).map(|(number, behind)| self.claims(Claimed::Number(number), behind)),
            Part::Distance => self.distance(at),
            Part::Time => self.time(at),
            Part::Gap => None,
        }?;
        self.from(rest, behind, false)
    }

    fn claims(&mut self, claimed: Claimed, behind: usize) -> usize {
        self.claimed = Some(claimed);
        behind
    }

    fn number(&self, at: usize) -> Option<(f64, usize)> {
        let token = self.tokens.get(at)?;
        if !is_number(&token.word) {
            let place = self.numbers.iter().position(|word| *word == token.word)?;
            return Some((f64::from(u32::try_from(place).ok()? + 1), at + 1));
        }
        match self.tokens.get(at + 1) {
            Some(next) if next.gap == Gap::Decimal => {
                // 1,200 m are more than a thousand metres; 1.5 km less than two.
                let sign = if next.word.len() == 3 { "" } else { "." };
                Some((format!("{}{sign}{}", token.word, next.word).parse().ok()?, at + 2))
            }
            _ => Some((token.word.parse().ok()?, at + 1)),
        }
    }

    fn distance(&mut self, at: usize) -> Option<usize> {
        let (number, unit) = self.number(at)?;
        let word = self.tokens.get(unit).filter(|token| !is_end(token.gap))?.word.as_str();
        let kilometres = if METRES.contains(&word) {
            number / 1000.0
        } else if KILOMETRES.contains(&word) {
            number
        } else {
            return None;
        };
        Some(self.claims(Claimed::Number(kilometres), unit + 1))
    }

    fn time(&mut self, at: usize) -> Option<usize> {
        let two_digits = |token: &&Token| token.word.len() == 2 && is_number(&token.word);
        let mut hour: u32 = self.tokens.get(at).filter(|token| is_number(&token.word))?.word.parse().ok()?;
        let mut behind = at + 1;
        let mut minutes = 0;
        let next = self.tokens.get(behind);
        if let Some(next) = next.filter(|next| matches!(next.gap, Gap::Colon | Gap::Decimal)).filter(two_digits) {
            minutes = next.word.parse().ok()?;
            behind += 1;
        } else if next.is_some_and(|next| next.word == "h" && !is_end(next.gap)) {
            behind += 1;
            // 15h30
            let joined = self.tokens.get(behind).filter(|next| next.gap == Gap::Joined).filter(two_digits);
            if let Some(next) = joined {
                minutes = next.word.parse().ok()?;
                behind += 1;
            }
        }
        // `p.m.` is two words.
        let half = |place: usize| {
            let word = &self.tokens.get(place)?.word;
            let known = HALF_DAYS.iter().find(|(name, _)| name == word).map(|(_, is_second)| (*is_second, place + 1));
            let dotted = ["a", "p"].iter().position(|letter| letter == word);
            let is_dotted = self.tokens.get(place + 1).is_some_and(|next| next.word == "m");
            known.or_else(|| dotted.filter(|_| is_dotted).map(|second| (second == 1, place + 2)))
        };
        let mut is_told = hour > 12 || minutes_are_told(self.tokens, at, behind);
        if let Some((is_second, after)) = half(behind) {
            hour = hour % 12 + if is_second { 12 } else { 0 };
            behind = after;
            is_told = true;
        }
        if hour > 24 || minutes > 59 {
            return None;
        }
        Some(self.claims(Claimed::Time(hour * 60 + minutes, is_told), behind))
    }
}

/// `15:00` and `09:00` are told by a clock of 24 hours, `3` and `3:00` may mean the afternoon.
fn minutes_are_told(tokens: &[Token], at: usize, behind: usize) -> bool {
    behind > at + 1 && tokens.get(at).is_some_and(|token| token.word.starts_with('0'))
}

fn is_end(gap: Gap) -> bool {
    matches!(gap, Gap::Sentence | Gap::Part)
}
