//! A line of words while it is read: white space as a browser collapses it, links around the words that they hold.

use ground::words::SafeUrl;

use super::super::{Format, Inline};

/// Where a link leads and whether in a new tab.
pub(super) type Target = (SafeUrl, bool);

/// Words on their way into a paragraph.
#[derive(Debug, Default)]
pub(super) struct Line {
    inlines: Vec<Inline>,
}

impl Line {
    /// Adds words. Runs of white space become one space, none at the start of a line.
    pub fn words(&mut self, text: &str, format: Format, link: Option<&Target>) {
        let mut kept = String::with_capacity(text.len());
        let mut ends_open = !self.ends_in_space();
        for letter in text.chars() {
            // The space that does not break is a letter: people put it between a number and its unit.
            if letter.is_ascii_whitespace() {
                if ends_open {
                    kept.push(' ');
                }
                ends_open = false;
            } else if !letter.is_control() {
                kept.push(letter);
                ends_open = true;
            }
        }
        self.exactly(kept, format, link);
    }

    /// Adds words as they are; line breaks in them stay.
    pub fn preformatted(&mut self, text: &str, format: Format, link: Option<&Target>) {
        for (index, line) in text.replace("\r\n", "\n").split('\n').enumerate() {
            if index > 0 {
                self.line_break(true);
            }
            let line = line.replace('\t', "    ");
            self.exactly(line.chars().filter(|letter| !letter.is_control()).collect(), format, link);
        }
    }

    /// Begins a new line; only one where `repeats` is false.
    pub fn line_break(&mut self, repeats: bool) {
        if repeats || !matches!(self.inlines.last(), None | Some(Inline::LineBreak)) {
            self.inlines.push(Inline::LineBreak);
        }
    }

    /// What was read, without blanks at its ends; nothing where there are only blanks.
    pub fn take(&mut self) -> Option<Vec<Inline>> {
        let mut inlines = std::mem::take(&mut self.inlines);
        trim(&mut inlines);
        (!super::super::is_blank(&inlines)).then_some(inlines)
    }

    fn exactly(&mut self, text: String, format: Format, link: Option<&Target>) {
        if text.is_empty() {
            return;
        }
        let Some((target, new_tab)) = link else { return join(&mut self.inlines, text, format) };
        if let Some(Inline::Link { url, opens_new_tab, words }) = self.inlines.last_mut()
            && url == target
            && opens_new_tab == new_tab
        {
            return join(words, text, format);
        }
        let words = vec![Inline::Text(text, format)];
        self.inlines.push(Inline::Link { url: target.clone(), opens_new_tab: *new_tab, words });
    }

    fn ends_in_space(&self) -> bool {
        match self.inlines.last() {
            None | Some(Inline::LineBreak) => true,
            Some(Inline::Text(text, _)) => text.ends_with(' '),
            Some(Inline::Link { words, .. }) => {
                matches!(words.last(), Some(Inline::Text(text, _)) if text.ends_with(' '))
            }
        }
    }
}

/// Adds a text to words; neighbours of one format are one text.
fn join(words: &mut Vec<Inline>, text: String, format: Format) {
    match words.last_mut() {
        Some(Inline::Text(before, same)) if *same == format => before.push_str(&text),
        _ => words.push(Inline::Text(text, format)),
    }
}

/// Takes line breaks and spaces from the ends, and spaces from before line breaks.
fn trim(inlines: &mut Vec<Inline>) {
    while matches!(inlines.last(), Some(Inline::LineBreak))
        || matches!(inlines.last(), Some(Inline::Text(text, _)) if text.trim_matches(' ').is_empty())
    {
        inlines.pop();
    }
    let blanks = inlines.iter().take_while(|one| {
        matches!(one, Inline::LineBreak) || matches!(one, Inline::Text(text, _) if text.trim_matches(' ').is_empty())
    });
    let blanks = blanks.count();
    inlines.drain(..blanks);
    let ends: Vec<usize> = (0..inlines.len())
        .filter(|place| inlines.get(place + 1).is_none_or(|next| *next == Inline::LineBreak))
        .collect();
    for place in ends {
        if let Inline::Text(text, _) = &mut inlines[place] {
            text.truncate(text.trim_end_matches(' ').len());
        }
    }
    inlines.retain(|one| !matches!(one, Inline::Text(text, _) if text.is_empty()));
}
