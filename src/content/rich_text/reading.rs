//! From JSON to a formatted text. Everything that is not on the allow-list is named; nothing of it is kept.

use ground::words::SafeUrl;
use serde_json::Value;

use super::{Block, Format, Inline, Item, Level, List, RichText, TEXT_DEPTH, TEXT_NODES};

/// Problems told of one text.
const PROBLEMS: usize = 20;

/// Something in a formatted text that cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextProblem {
    /// RFC 6901 pointer inside the text's state.
    pub pointer: String,
    /// Stable code.
    pub code: &'static str,
    /// A sentence with what would be right.
    pub detail: String,
}

impl RichText {
    /// Reads an editor state, or plain text. What was not on the allow-list is missing from the text and named beside
    /// it: a writer is refused with that, a renderer goes on with what is left.
    pub fn read(value: &Value) -> (Self, Vec<TextProblem>) {
        if let Value::String(text) = value {
            return (Self::from_text(text), Vec::new());
        }
        let mut reader = Reader { pointer: String::new(), nodes: 0, depth: 0, problems: Vec::new() };
        let blocks = reader.state(value);
        (Self { blocks: without_blank_ends(blocks) }, reader.problems)
    }
}

struct Reader {
    pointer: String,
    nodes: usize,
    depth: usize,
    problems: Vec<TextProblem>,
}

impl Reader {
    fn state(&mut self, value: &Value) -> Vec<Block> {
        let Some(object) = value.as_object() else {
            self.refuse("rich_text_invalid", "Formatted text is an editor state {\"root\": ...}, or plain text.");
            return Vec::new();
        };
        for name in object.keys().filter(|name| *name != "root") {
            let depth = self.pointer.len();
            self.pointer.push('/');
            self.pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
            self.refuse("rich_text_invalid", "An editor state has `root` and nothing else.");
            self.pointer.truncate(depth);
        }
        let Some(root) = value.get("root").filter(|root| kind(root) == "root") else {
            self.refuse("rich_text_invalid", "An editor state has a `root` of the type root.");
            return Vec::new();
        };
        self.inside("/root", |reader| reader.children(root, Reader::block))
    }

    /// Each child as something of one kind, those that are refused left out.
    fn children<T>(&mut self, node: &Value, read: impl Fn(&mut Self, &Value) -> Vec<T>) -> Vec<T> {
        let Some(children) = node.get("children").and_then(Value::as_array) else {
            self.refuse("rich_text_invalid", "This node must have `children`.");
            return Vec::new();
        };
        let mut kept = Vec::new();
        for (index, child) in children.iter().enumerate() {
            self.nodes += 1;
            if self.nodes > TEXT_NODES {
                self.refuse("rich_text_too_large", format!("A text has at most {TEXT_NODES} nodes. Split it."));
                break;
            }
            kept.extend(self.inside(&format!("/children/{index}"), |reader| read(reader, child)));
        }
        kept
    }

    fn block(&mut self, node: &Value) -> Vec<Block> {
        match kind(node) {
            "paragraph" => vec![Block::Paragraph(self.inlines(node))],
            "quote" => vec![Block::Quote(self.inlines(node))],
            "heading" => {
                let tag = node.get("tag").and_then(Value::as_str).unwrap_or_default();
                let Some(level) = Level::from_tag(tag) else {
                    self.refuse("rich_text_heading", "A heading inside a text is h2, h3 or h4.");
                    return Vec::new();
                };
                vec![Block::Heading(level, self.inlines(node))]
            }
            "list" => vec![Block::List(self.list(node))],
            "horizontalrule" => vec![Block::HorizontalRule],
            // A text without a block around it comes from simpler editors.
            "text" | "link" | "autolink" | "linebreak" | "tab" => vec![Block::Paragraph(merged(self.inline(node)))],
            _ => self.unknown(node),
        }
    }

    fn list(&mut self, node: &Value) -> List {
        let numbered_from = match node.get("listType").and_then(Value::as_str) {
            Some("bullet") => None,
            Some("number") => {
                let start = node.get("start").and_then(Value::as_u64).unwrap_or(1);
                Some(u32::try_from(start).unwrap_or(1))
            }
            _ => {
                self.refuse("rich_text_list", "A list has the `listType` bullet or number.");
                None
            }
        };
        let items =
            self.children(
                node,
                |reader, item| {
                    if kind(item) == "listitem" { reader.list_item(item) } else { reader.unknown(item) }
                },
            );
        List { numbered_from, items }
    }

    /// Words and a nested list in one item become two, as Lexical itself keeps them.
    fn list_item(&mut self, node: &Value) -> Vec<Item> {
        let parts = self.children(node, |reader, child| match kind(child) {
            "list" => vec![Part::List(reader.list(child))],
            "paragraph" => reader.inlines(child).into_iter().map(Part::Inline).collect(),
            _ => reader.inline(child).into_iter().map(Part::Inline).collect(),
        });
        let mut items = Vec::new();
        let mut words = Vec::new();
        for part in parts {
            match part {
                Part::Inline(inline) => words.push(inline),
                Part::List(list) => {
                    if !words.is_empty() {
                        items.push(Item::Text(merged(std::mem::take(&mut words))));
                    }
                    items.push(Item::Nested(list));
                }
            }
        }
        if !words.is_empty() || items.is_empty() {
            items.push(Item::Text(merged(words)));
        }
        items
    }

    fn inlines(&mut self, node: &Value) -> Vec<Inline> {
        merged(self.children(node, Reader::inline))
    }

    fn inline(&mut self, node: &Value) -> Vec<Inline> {
        match kind(node) {
            "text" => self.text(node),
            "tab" => inline_text("\t", Format::default()),
            "linebreak" => vec![Inline::LineBreak],
            "link" | "autolink" => self.link(node),
            _ => self.unknown(node),
        }
    }

    fn text(&mut self, node: &Value) -> Vec<Inline> {
        let Some(text) = node.get("text").and_then(Value::as_str) else {
            self.refuse("rich_text_invalid", "A text node must have `text`.");
            return Vec::new();
        };
        let bits = node.get("format").map_or(Some(0), Value::as_u64);
        let Some(bits) = bits.and_then(|bits| u8::try_from(bits).ok()).filter(|bits| bits & !Format::KEPT == 0) else {
            self.refuse(
                "rich_text_format",
                "Words can be bold, italic, struck through, underlined, code, subscript or superscript, and nothing else.",
            );
            return Vec::new();
        };
        inline_text(text, Format(bits))
    }

    fn link(&mut self, node: &Value) -> Vec<Inline> {
        let words = self.inlines(node);
        if words.iter().any(|word| matches!(word, Inline::Link { .. })) {
            self.refuse("rich_text_link", "A link cannot stand inside a link.");
            return Vec::new();
        }
        let url = node.get("url").and_then(Value::as_str).unwrap_or_default();
        match url.parse::<SafeUrl>() {
            Ok(url) => {
                let opens_new_tab = node.get("target").and_then(Value::as_str) == Some("_blank");
                vec![Inline::Link { url, opens_new_tab, words }]
            }
            Err(error) => {
                let depth = self.pointer.len();
                self.pointer.push_str("/url");
                self.refuse(error.code, error.message);
                self.pointer.truncate(depth);
                // The words of a link that leads nowhere are still words.
                words
            }
        }
    }

    fn unknown<T>(&mut self, node: &Value) -> Vec<T> {
        let shown: String = kind(node).chars().filter(|letter| !letter.is_control()).take(40).collect();
        self.refuse("rich_text_node", format!("A node of the type `{shown}` cannot stand here."));
        Vec::new()
    }

    fn inside<T>(&mut self, place: &str, read: impl FnOnce(&mut Self) -> Vec<T>) -> Vec<T> {
        let length = self.pointer.len();
        self.pointer.push_str(place);
        self.depth += 1;
        let answer = if self.depth > TEXT_DEPTH {
            self.refuse("rich_text_too_deep", format!("Nodes lie at most {TEXT_DEPTH} levels inside each other."));
            Vec::new()
        } else {
            read(self)
        };
        self.depth -= 1;
        self.pointer.truncate(length);
        answer
    }

    fn refuse(&mut self, code: &'static str, detail: impl Into<String>) {
        if self.problems.len() < PROBLEMS {
            self.problems.push(TextProblem { pointer: self.pointer.clone(), code, detail: detail.into() });
        }
    }
}

enum Part {
    Inline(Inline),
    List(List),
}

fn kind(node: &Value) -> &str {
    node.get("type").and_then(Value::as_str).unwrap_or_default()
}

/// Words with their line breaks; tabs become spaces, other control characters disappear.
pub(super) fn inline_text(text: &str, format: Format) -> Vec<Inline> {
    let mut inlines = Vec::new();
    for (index, line) in text.replace("\r\n", "\n").split('\n').enumerate() {
        if index > 0 {
            inlines.push(Inline::LineBreak);
        }
        let line: String = line
            .chars()
            .map(|letter| if letter == '\t' { ' ' } else { letter })
            .filter(|letter| !letter.is_control())
            .collect();
        if !line.is_empty() {
            inlines.push(Inline::Text(line, format));
        }
    }
    inlines
}

/// Neighbours of one format are one text: so Lexical joins them on loading, and so the form stays canonical.
pub(super) fn merged(inlines: Vec<Inline>) -> Vec<Inline> {
    let mut joined: Vec<Inline> = Vec::with_capacity(inlines.len());
    for inline in inlines {
        match (joined.last_mut(), inline) {
            (Some(Inline::Text(before, format)), Inline::Text(text, same)) if *format == same => before.push_str(&text),
            (_, inline) => joined.push(inline),
        }
    }
    joined
}

/// Editors leave empty paragraphs at the end of nearly every text.
fn without_blank_ends(mut blocks: Vec<Block>) -> Vec<Block> {
    let is_blank = |block: &Block| matches!(block, Block::Paragraph(inlines) if super::is_blank(inlines));
    while blocks.last().is_some_and(is_blank) {
        blocks.pop();
    }
    let first = blocks.iter().position(|block| !is_blank(block)).unwrap_or(0);
    blocks.drain(..first);
    blocks
}
