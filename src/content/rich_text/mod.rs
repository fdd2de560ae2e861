//! Formatted text: what of Lexical's serialized editor state is kept, in which canonical form, and how it is rendered.
//!
//! The state is parsed into a small tree of our own, so that what is not on the allow-list cannot be stored, and what is
//! stored cannot be rendered into anything but the few elements below. Presentation (alignment, indentation, inline
//! styles, direction) is dropped: it is the theme's.

mod html;
mod reading;
mod rendering;
mod state;
mod tagged;
#[cfg(test)]
mod tests;

use ground::words::SafeUrl;

pub use html::{HtmlContent, HtmlLoss, HtmlPart, HtmlPicture, HtmlRules, HtmlTooLarge, read_html, words_of_html};
pub use reading::TextProblem;
pub use rendering::{Piece, escape, text_of_html};
pub use tagged::{Tag, TagError, Token, tags_in};

/// Levels of nodes inside each other: lists in lists in lists, and no more.
pub const TEXT_DEPTH: usize = 16;
/// Nodes of one text: a long article has some hundreds.
pub const TEXT_NODES: usize = 5_000;

/// A formatted text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RichText {
    blocks: Vec<Block>,
}

/// What stands below each other.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Block {
    Paragraph(Vec<Inline>),
    Heading(Level, Vec<Inline>),
    Quote(Vec<Inline>),
    List(List),
    HorizontalRule,
}

/// The headings inside a text: `h1` is the page's own title.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Two,
    Three,
    Four,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct List {
    /// Numbered from here on; `None` for bullets.
    numbered_from: Option<u32>,
    items: Vec<Item>,
}

/// Lexical keeps a nested list as the only child of an item of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Item {
    Text(Vec<Inline>),
    Nested(List),
}

/// What stands beside each other.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Inline {
    Text(String, Format),
    LineBreak,
    Link { url: SafeUrl, opens_new_tab: bool, words: Vec<Inline> },
}

/// Lexical's format bits, as far as they are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Format(u8);

impl Format {
    const BOLD: u8 = 1;
    const ITALIC: u8 = 2;
    const STRIKETHROUGH: u8 = 4;
    const UNDERLINE: u8 = 8;
    const CODE: u8 = 16;
    const SUBSCRIPT: u8 = 32;
    const SUPERSCRIPT: u8 = 64;
    const KEPT: u8 = 127;
    /// The element of each bit, outermost first.
    const ELEMENTS: [(u8, &'static str); 7] = [
        (Self::BOLD, "strong"),
        (Self::ITALIC, "em"),
        (Self::UNDERLINE, "u"),
        (Self::STRIKETHROUGH, "s"),
        (Self::SUBSCRIPT, "sub"),
        (Self::SUPERSCRIPT, "sup"),
        (Self::CODE, "code"),
    ];

    fn elements(self) -> impl DoubleEndedIterator<Item = &'static str> {
        Self::ELEMENTS.into_iter().filter(move |(bit, _)| self.0 & bit != 0).map(|(_, element)| element)
    }
}

impl Level {
    const fn tag(self) -> &'static str {
        match self {
            Self::Two => "h2",
            Self::Three => "h3",
            Self::Four => "h4",
        }
    }

    fn from_tag(tag: &str) -> Option<Self> {
        [Self::Two, Self::Three, Self::Four].into_iter().find(|level| level.tag() == tag)
    }
}

impl RichText {
    /// Plain text as formatted text: an empty line ends a paragraph, a line break stays one.
    pub fn from_text(text: &str) -> Self {
        let text = text.replace("\r\n", "\n");
        let mut blocks = Vec::new();
        let mut lines: Vec<&str> = Vec::new();
        for line in text.split('\n').map(str::trim).chain([""]) {
            if !line.is_empty() {
                lines.push(line);
            } else if !lines.is_empty() {
                blocks.push(Block::Paragraph(reading::inline_text(&lines.join("\n"), Format::default())));
                lines.clear();
            }
        }
        Self { blocks }
    }

    /// Whether nothing is there to be read or seen.
    pub fn is_empty(&self) -> bool {
        self.blocks.iter().all(|block| match block {
            Block::Paragraph(inlines) | Block::Heading(_, inlines) | Block::Quote(inlines) => is_blank(inlines),
            Block::List(list) => list.is_blank(),
            Block::HorizontalRule => false,
        })
    }

    /// Whether a heading has no words: it misleads a screen reader.
    pub fn has_empty_heading(&self) -> bool {
        self.blocks.iter().any(|block| matches!(block, Block::Heading(_, inlines) if is_blank(inlines)))
    }

    /// Where its links lead.
    pub fn addresses(&self) -> Vec<&str> {
        let mut found = Vec::new();
        for block in &self.blocks {
            match block {
                Block::Paragraph(inlines) | Block::Heading(_, inlines) | Block::Quote(inlines) => {
                    found.extend(addresses(inlines));
                }
                Block::List(list) => list.add_addresses(&mut found),
                Block::HorizontalRule => {}
            }
        }
        found
    }

    /// Characters of the plain text.
    pub fn length(&self) -> usize {
        self.to_text().chars().count()
    }
}

impl List {
    fn add_addresses<'l>(&'l self, found: &mut Vec<&'l str>) {
        for item in &self.items {
            match item {
                Item::Text(inlines) => found.extend(addresses(inlines)),
                Item::Nested(list) => list.add_addresses(found),
            }
        }
    }

    fn is_blank(&self) -> bool {
        self.items.iter().all(|item| match item {
            Item::Text(inlines) => is_blank(inlines),
            Item::Nested(list) => list.is_blank(),
        })
    }
}

fn addresses(inlines: &[Inline]) -> impl Iterator<Item = &str> {
    inlines.iter().filter_map(|inline| match inline {
        Inline::Link { url, .. } => Some(url.as_str()),
        _ => None,
    })
}

fn is_blank(inlines: &[Inline]) -> bool {
    inlines.iter().all(|inline| match inline {
        Inline::Text(text, _) => text.trim().is_empty(),
        Inline::LineBreak => true,
        Inline::Link { words, .. } => is_blank(words),
    })
}
