//! Formatted text from HTML as other systems and people's clipboards have it: read by a parser with a browser's rules, kept
//! as far as the allow-list goes, and everything that is not kept is told.

mod converting;
mod lines;
#[cfg(test)]
mod tests;
mod tree;

use ground::words::SafeUrl;

use super::{Block, Inline, Item, List, RichText, TEXT_NODES};

/// Bytes of HTML that are read: a very long article has a tenth of it.
pub const HTML_BYTES: usize = 2 * 1024 * 1024;
/// Losses told of one text.
const LOSSES: usize = 50;

/// How a text is to be read.
pub struct HtmlRules<'a> {
    /// What an address in a link or picture becomes, before it is checked.
    pub address: &'a dyn Fn(&str) -> String,
    /// Whether an empty line ends a paragraph and a single line break stays one, as in texts of WordPress's first editor.
    pub lines_are_kept: bool,
}

/// What was in some HTML, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HtmlContent {
    /// Texts and the pictures between them.
    pub parts: Vec<HtmlPart>,
    /// What could not be kept as it was, the first fifty.
    pub losses: Vec<HtmlLoss>,
}

/// A stretch of HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HtmlPart {
    /// Words.
    Text(RichText),
    /// A picture.
    Picture(HtmlPicture),
}

/// A picture as it stood in HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HtmlPicture {
    /// Its address.
    pub url: SafeUrl,
    /// What it shows.
    pub alt: String,
    /// What stood below it.
    pub caption: String,
}

/// Something that a formatted text cannot hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HtmlLoss {
    /// Which element or address.
    pub what: String,
    /// What became of it, a whole sentence.
    pub why: &'static str,
}

/// The HTML is longer than is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a text of HTML has at most {HTML_BYTES} bytes and 200,000 elements, 2,000 of them inside each other")]
pub struct HtmlTooLarge;

/// Reads HTML.
pub fn read_html(html: &str, rules: &HtmlRules<'_>) -> Result<HtmlContent, HtmlTooLarge> {
    if html.len() > HTML_BYTES {
        return Err(HtmlTooLarge);
    }
    Ok(converting::convert(&tree::parse(html)?, rules))
}

/// The words of some HTML, without any of its form; a line for each block.
pub fn words_of_html(html: &str) -> String {
    let rules = HtmlRules { address: &|_| "/".to_owned(), lines_are_kept: false };
    let Ok(content) = read_html(html, &rules) else { return String::new() };
    let texts = content.parts.iter().filter_map(|part| match part {
        HtmlPart::Text(text) => Some(text.to_text()),
        HtmlPart::Picture(_) => None,
    });
    texts.collect::<Vec<_>>().join("\n")
}

impl RichText {
    /// Formatted text from HTML, with everything that it cannot hold: pictures are among that.
    pub fn from_html(html: &str, rules: &HtmlRules<'_>) -> Result<(Self, Vec<HtmlLoss>), HtmlTooLarge> {
        let HtmlContent { parts, mut losses } = read_html(html, rules)?;
        let mut text = Self::default();
        for part in parts {
            match part {
                HtmlPart::Text(more) => text.append(more),
                HtmlPart::Picture(picture) => losses.push(HtmlLoss {
                    what: format!("picture {}", picture.url.as_str()),
                    why: "A formatted text holds no pictures.",
                }),
            }
        }
        Ok((text, losses))
    }

    /// Puts another text below this one.
    pub fn append(&mut self, other: Self) {
        self.blocks.extend(other.blocks);
    }

    /// The text in parts of at most so many characters, cut between its blocks. A block that is longer stays whole.
    pub fn cut(self, characters: usize) -> Vec<Self> {
        // A part also has to stay below what one text may have of nodes.
        let most_nodes = TEXT_NODES / 2;
        let mut parts: Vec<Self> = Vec::new();
        let (mut length, mut nodes) = (0, 0);
        for block in self.blocks {
            let alone = Self { blocks: vec![block] };
            let (more, more_nodes) = (alone.length() + 2, alone.nodes());
            if parts.is_empty() || length + more > characters || nodes + more_nodes > most_nodes {
                parts.push(Self::default());
                (length, nodes) = (0, 0);
            }
            length += more;
            nodes += more_nodes;
            if let Some(part) = parts.last_mut() {
                part.append(alone);
            }
        }
        parts
    }

    /// The words of the first block where it is a heading, and the text without it.
    pub fn split_heading(mut self) -> (Option<String>, Self) {
        if !matches!(self.blocks.first(), Some(Block::Heading(..))) {
            return (None, self);
        }
        let rest = self.blocks.split_off(1);
        (Some(self.to_text()), Self { blocks: rest })
    }

    /// Whether the words alone say all of it: paragraphs without links and formats.
    pub fn is_plain(&self) -> bool {
        self.blocks.iter().all(|block| match block {
            Block::Paragraph(words) => words.iter().all(|word| {
                matches!(word, Inline::LineBreak) || matches!(word, Inline::Text(_, format) if format.0 == 0)
            }),
            _ => false,
        })
    }

    /// The links with their words, in their order.
    pub fn links(&self) -> Vec<(String, &SafeUrl)> {
        let mut links = Vec::new();
        for block in &self.blocks {
            match block {
                Block::Paragraph(words) | Block::Heading(_, words) | Block::Quote(words) => gather(words, &mut links),
                Block::List(list) => gather_list(list, &mut links),
                Block::HorizontalRule => {}
            }
        }
        links
    }

    fn nodes(&self) -> usize {
        let of_block = |block: &Block| match block {
            Block::Paragraph(words) | Block::Heading(_, words) | Block::Quote(words) => 1 + count(words),
            Block::List(list) => 1 + nodes_of(list),
            Block::HorizontalRule => 1,
        };
        self.blocks.iter().map(of_block).sum()
    }
}

fn gather<'t>(words: &'t [Inline], links: &mut Vec<(String, &'t SafeUrl)>) {
    for word in words {
        if let Inline::Link { url, words, .. } = word {
            let text = RichText { blocks: vec![Block::Paragraph(words.clone())] }.to_text();
            links.push((text, url));
        }
    }
}

fn gather_list<'t>(list: &'t List, links: &mut Vec<(String, &'t SafeUrl)>) {
    for item in &list.items {
        match item {
            Item::Text(words) => gather(words, links),
            Item::Nested(nested) => gather_list(nested, links),
        }
    }
}

fn nodes_of(list: &List) -> usize {
    let of_item = |item: &Item| match item {
        Item::Text(words) => 1 + count(words),
        Item::Nested(nested) => 2 + nodes_of(nested),
    };
    list.items.iter().map(of_item).sum()
}

fn count(words: &[Inline]) -> usize {
    let of_one = |word: &Inline| match word {
        Inline::Link { words, .. } => 1 + words.len(),
        _ => 1,
    };
    words.iter().map(of_one).sum()
}
