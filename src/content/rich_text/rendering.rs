//! A formatted text as HTML that is safe by construction, and as plain text.

use super::{Block, Format, Inline, Item, List, RichText};

/// A block of a text on its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its HTML.
    pub html: String,
    /// Its words.
    pub text: String,
}

impl RichText {
    /// The blocks one by one, for whoever compares two texts.
    pub fn pieces(&self) -> Vec<Piece> {
        let alone = |block: &Block| Self { blocks: vec![block.clone()] };
        self.blocks.iter().map(alone).map(|text| Piece { html: text.to_html(), text: text.to_text() }).collect()
    }

    /// HTML of p, h2, h3, h4, blockquote, ul, ol, li, hr, br, a, strong, em, u, s, sub, sup and code, and of nothing else.
    pub fn to_html(&self) -> String {
        let mut html = String::new();
        for block in &self.blocks {
            match block {
                // Empty paragraphs are distances, and distances are the theme's; an empty heading misleads a screen reader.
                Block::Paragraph(inlines) | Block::Heading(_, inlines) | Block::Quote(inlines)
                    if super::is_blank(inlines) => {}
                Block::Paragraph(inlines) => element(&mut html, "p", inlines),
                Block::Heading(level, inlines) => element(&mut html, level.tag(), inlines),
                Block::Quote(inlines) => element(&mut html, "blockquote", inlines),
                Block::List(list) => list_html(&mut html, list),
                Block::HorizontalRule => html.push_str("<hr>"),
            }
        }
        html
    }

    /// The words alone: a line per paragraph and list item, an empty line between blocks.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for block in &self.blocks {
            if !text.is_empty() {
                text.push_str("\n\n");
            }
            match block {
                Block::Paragraph(inlines) | Block::Heading(_, inlines) | Block::Quote(inlines) => {
                    words(&mut text, inlines);
                }
                Block::List(list) => list_text(&mut text, list),
                Block::HorizontalRule => {}
            }
        }
        text.trim().to_owned()
    }
}

fn element(html: &mut String, name: &str, inlines: &[Inline]) {
    open(html, name);
    inlines_html(html, inlines);
    close(html, name);
}

fn open(html: &mut String, name: &str) {
    html.push('<');
    html.push_str(name);
    html.push('>');
}

fn close(html: &mut String, name: &str) {
    html.push_str("</");
    html.push_str(name);
    html.push('>');
}

fn list_html(html: &mut String, list: &List) {
    let name = if list.numbered_from.is_some() { "ol" } else { "ul" };
    match list.numbered_from {
        Some(start) if start != 1 => {
            html.push_str("<ol start=\"");
            html.push_str(&start.to_string());
            html.push_str("\">");
        }
        _ => open(html, name),
    }
    let mut items = list.items.iter().peekable();
    while let Some(item) = items.next() {
        open(html, "li");
        match item {
            Item::Text(inlines) => inlines_html(html, inlines),
            Item::Nested(nested) => list_html(html, nested),
        }
        // HTML nests a list in the item before it.
        while let Some(Item::Nested(nested)) = items.next_if(|next| matches!(next, Item::Nested(_))) {
            list_html(html, nested);
        }
        close(html, "li");
    }
    close(html, name);
}

fn inlines_html(html: &mut String, inlines: &[Inline]) {
    for inline in inlines {
        match inline {
            Inline::Text(text, format) => formatted(html, text, *format),
            Inline::LineBreak => html.push_str("<br>"),
            Inline::Link { url, opens_new_tab, words } => {
                html.push_str("<a href=\"");
                escape(html, url.as_str());
                html.push('"');
                if *opens_new_tab {
                    html.push_str(" target=\"_blank\" rel=\"noopener noreferrer\"");
                }
                html.push('>');
                inlines_html(html, words);
                close(html, "a");
            }
        }
    }
}

fn formatted(html: &mut String, text: &str, format: Format) {
    for name in format.elements() {
        open(html, name);
    }
    escape(html, text);
    for name in format.elements().rev() {
        close(html, name);
    }
}

/// Safe in text and in quoted attributes (HTML Living Standard 13.1.2.3 and 13.1.2.4).
/// Adds a text to HTML, in an element or in an attribute.
pub fn escape(html: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            plain => html.push(plain),
        }
    }
}

fn list_text(text: &mut String, list: &List) {
    for (index, item) in list.items.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        match item {
            Item::Text(inlines) => words(text, inlines),
            Item::Nested(nested) => list_text(text, nested),
        }
    }
}

fn words(text: &mut String, inlines: &[Inline]) {
    for inline in inlines {
        match inline {
            Inline::Text(part, _) => text.push_str(part),
            Inline::LineBreak => text.push('\n'),
            Inline::Link { words: inside, .. } => words(text, inside),
        }
    }
}

/// The words of what [`RichText::to_html`] has made: tags are gone, blocks and lines stand on lines of their own.
pub fn text_of_html(html: &str) -> String {
    const INLINE: [&str; 8] = ["a", "strong", "em", "u", "s", "sub", "sup", "code"];
    const ENTITIES: [(&str, char); 6] =
        [("amp;", '&'), ("lt;", '<'), ("gt;", '>'), ("quot;", '"'), ("#39;", '\''), ("nbsp;", ' ')];
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(place) = rest.find(['<', '&']) {
        text.push_str(&rest[..place]);
        if let Some(behind) = rest[place..].strip_prefix('&') {
            let known = ENTITIES.iter().find_map(|(name, letter)| Some((behind.strip_prefix(name)?, *letter)));
            let (after, letter) = known.unwrap_or((behind, '&'));
            text.push(letter);
            rest = after;
            continue;
        }
        let (tag, behind) = rest[place + 1..].split_once('>').unwrap_or_default();
        rest = behind;
        // Words of neighbouring blocks are not one word.
        let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
        if !INLINE.contains(&name) && !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
    }
    text.push_str(rest);
    text.trim().to_owned()
}
