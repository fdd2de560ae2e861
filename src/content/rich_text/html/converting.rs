//! From a tree of HTML to texts and pictures.

use ground::words::SafeUrl;

use super::{
    super::{Block, Format, Inline, Item, Level, List, RichText},
    HtmlContent, HtmlLoss, HtmlPart, HtmlPicture, HtmlRules, LOSSES,
    lines::{Line, Target},
    tree::Tree,
};

/// Elements inside each other that are looked at one by one; of what is deeper the words are kept.
const DEPTH: usize = 64;
/// Lists inside each other: a text may be sixteen nodes deep, each list takes two of them, and a link one more.
const LIST_DEPTH: usize = 6;
/// Characters of an address in a loss.
const SHOWN: usize = 120;
/// Between the cells of a table's row.
const BETWEEN_CELLS: &str = " · ";

/// Reads all of a tree.
pub(super) fn convert(tree: &Tree, rules: &HtmlRules<'_>) -> HtmlContent {
    let mut reader = Reader {
        tree,
        rules,
        content: HtmlContent::default(),
        blocks: Vec::new(),
        line: Line::default(),
        holders: Vec::new(),
        pictures: Vec::new(),
    };
    reader.inside(tree.content(), &Style::default(), 0);
    reader.end_text();
    reader.content
}

/// What words look like where the reader is.
#[derive(Clone, Debug, Default)]
struct Style {
    format: Format,
    link: Option<Target>,
    is_preformatted: bool,
    /// Levels of lists around it.
    lists: usize,
}

/// A block that gathers words instead of the text itself.
enum Holder {
    /// A heading, a quotation, a cell.
    Words(Vec<Inline>),
    /// A list's item, with the items that it has become so far.
    Item { done: Vec<Item>, words: Vec<Inline> },
}

struct Reader<'a> {
    tree: &'a Tree,
    rules: &'a HtmlRules<'a>,
    content: HtmlContent,
    blocks: Vec<Block>,
    line: Line,
    holders: Vec<Holder>,
    /// Pictures out of a heading, a list or a table: they stand behind it.
    pictures: Vec<HtmlPicture>,
}

impl Reader<'_> {
    fn inside(&mut self, node: usize, style: &Style, depth: usize) {
        if depth > DEPTH {
            let words = self.tree.words(node);
            self.line.words(&words, style.format, style.link.as_ref());
            self.lose("deep nesting", "Only the words were kept of what lies more than 64 elements deep.");
            return;
        }
        for child in self.tree.children(node) {
            match self.tree.text(*child) {
                Some(text) => self.text(text, style),
                None => self.element(*child, style, depth + 1),
            }
        }
    }

    fn text(&mut self, text: &str, style: &Style) {
        if style.is_preformatted {
            self.line.preformatted(text, style.format, style.link.as_ref());
        } else if self.rules.lines_are_kept {
            let text = text.replace("\r\n", "\n");
            let mut lines = text.split('\n').enumerate().peekable();
            while let Some((index, line)) = lines.next() {
                // An empty line between two others ends the paragraph.
                if index > 0 && line.trim().is_empty() && lines.peek().is_some() {
                    self.end_line();
                } else if index > 0 {
                    self.line.line_break(false);
                }
                self.line.words(line, style.format, style.link.as_ref());
            }
        } else {
            self.line.words(text, style.format, style.link.as_ref());
        }
    }

    fn element(&mut self, node: usize, style: &Style, depth: usize) {
        let Some(name) = self.tree.name(node) else { return };
        if let Some(bit) = format_of(name) {
            let style = Style { format: Format(style.format.0 | bit), ..style.clone() };
            return self.inside(node, &style, depth);
        }
        match name {
            "br" => self.line.line_break(true),
            "a" => self.link(node, style, depth),
            "img" => self.picture(node),
            "h1" | "h2" => self.heading(node, Level::Two, style, depth),
            "h3" => self.heading(node, Level::Three, style, depth),
            "h4" | "h5" | "h6" => self.heading(node, Level::Four, style, depth),
            "blockquote" => self.quote(node, style, depth),
            "ul" | "ol" | "menu" | "dir" => self.list(node, name == "ol", style, depth),
            "table" => self.table(node, style, depth),
            "hr" => {
                self.end_line();
                if self.holders.is_empty() {
                    self.blocks.push(Block::HorizontalRule);
                }
            }
            "pre" | "xmp" | "listing" => {
                let code = Format(style.format.0 | Format::CODE);
                self.block(node, &Style { is_preformatted: true, format: code, ..style.clone() }, depth);
            }
            "dt" | "summary" => {
                let bold = Format(style.format.0 | Format::BOLD);
                self.block(node, &Style { format: bold, ..style.clone() }, depth);
            }
            "figure" => self.figure(node, style, depth),
            "iframe" | "video" | "audio" | "embed" | "object" => self.embedded(node, name, style),
            "script" | "style" | "noscript" | "template" | "svg" | "math" | "canvas" | "form" | "input" | "select"
            | "textarea" | "frameset" | "applet" | "map" | "meta" | "link" | "base" | "title" => {
                self.left_out(node, name);
            }
            "q" => {
                self.text("“", style);
                self.inside(node, style, depth);
                self.text("”", style);
            }
            _ if is_inline(name) => self.inside(node, style, depth),
            _ => self.block(node, style, depth),
        }
    }

    /// Anything that begins and ends a line: paragraphs, divisions, what a browser does not know.
    fn block(&mut self, node: usize, style: &Style, depth: usize) {
        self.end_line();
        self.inside(node, style, depth);
        self.end_line();
    }

    fn link(&mut self, node: usize, style: &Style, depth: usize) {
        let Some(written) = self.tree.attribute(node, "href").map(str::trim).filter(|href| !href.is_empty()) else {
            return self.inside(node, style, depth);
        };
        let link = self.safe(written, "link");
        let opens_new_tab = self.tree.attribute(node, "target") == Some("_blank");
        let link = link.map(|url| (url, opens_new_tab));
        self.inside(node, &Style { link, ..style.clone() }, depth);
    }

    /// The address as it will be; nothing, and a loss, where it is none that may be kept.
    fn safe(&mut self, written: &str, what: &str) -> Option<SafeUrl> {
        let address = (self.rules.address)(written);
        let url = address.parse::<SafeUrl>().ok();
        if url.is_none() {
            let shown: String = written.chars().filter(|letter| !letter.is_control()).take(SHOWN).collect();
            self.lose(&format!("{what} to {shown}"), "An address starts with https://, http://, mailto:, tel: or /.");
        }
        url
    }

    fn picture(&mut self, node: usize) {
        let alt = words(self.tree.attribute(node, "alt").unwrap_or_default());
        let class = self.tree.attribute(node, "class").unwrap_or_default();
        if class.split(' ').any(|one| one == "wp-smiley" || one == "emoji") {
            return self.line.words(&alt, Format::default(), None);
        }
        let lazy = ["data-src", "data-lazy-src", "data-orig-file"];
        let given = |name: &&str| self.tree.attribute(node, name).filter(|src| !src.trim().is_empty());
        let src = self.tree.attribute(node, "src").filter(|src| !src.is_empty() && !src.starts_with("data:"));
        let Some(src) = src.or_else(|| lazy.iter().find_map(given)) else {
            return self.lose("picture without an address", "There is nothing to show.");
        };
        let Some(url) = self.safe(src, "picture") else { return };
        if !url.as_str().starts_with('/') && !url.as_str().to_ascii_lowercase().starts_with("http") {
            return self
                .lose(&format!("picture {}", url.as_str()), "A picture's address starts with https:// or with /.");
        }
        self.pictures.push(HtmlPicture { url, alt, caption: String::new() });
        if self.holders.is_empty() {
            self.end_line();
            self.show_pictures();
        }
    }

    fn figure(&mut self, node: usize, style: &Style, depth: usize) {
        self.end_line();
        let before = (self.content.parts.len(), self.pictures.len(), self.blocks.len());
        let caption =
            self.tree.children(node).iter().copied().find(|child| self.tree.name(*child) == Some("figcaption"));
        for child in self.tree.children(node).iter().filter(|child| Some(**child) != caption) {
            match self.tree.text(*child) {
                Some(text) => self.text(text, style),
                None => self.element(*child, style, depth + 1),
            }
        }
        self.end_line();
        let Some(caption) = caption else { return };
        let is_only_picture = self.content.parts.len() == before.0 + 1 + usize::from(before.2 > 0)
            && before.1 == self.pictures.len()
            && self.blocks.is_empty();
        let text = words(&self.tree.words(caption));
        // Inside of a list the picture is still waiting to be shown.
        if self.pictures.len() == before.1 + 1
            && let Some(picture) = self.pictures.last_mut()
        {
            picture.caption = text;
        } else if is_only_picture && let Some(HtmlPart::Picture(picture)) = self.content.parts.last_mut() {
            picture.caption = text;
        } else {
            self.block(caption, style, depth);
        }
    }

    fn heading(&mut self, node: usize, level: Level, style: &Style, depth: usize) {
        if !self.holders.is_empty() {
            let bold = Format(style.format.0 | Format::BOLD);
            return self.block(node, &Style { format: bold, ..style.clone() }, depth);
        }
        if let Some(words) = self.gathered(node, style, depth) {
            self.blocks.push(Block::Heading(level, words));
        }
        self.show_pictures();
    }

    fn quote(&mut self, node: usize, style: &Style, depth: usize) {
        if !self.holders.is_empty() {
            return self.block(node, style, depth);
        }
        if let Some(words) = self.gathered(node, style, depth) {
            self.blocks.push(Block::Quote(words));
        }
        self.show_pictures();
    }

    /// The words of everything below a node, its blocks on lines of their own.
    fn gathered(&mut self, node: usize, style: &Style, depth: usize) -> Option<Vec<Inline>> {
        self.end_line();
        self.holders.push(Holder::Words(Vec::new()));
        self.inside(node, style, depth);
        self.end_line();
        match self.holders.pop() {
            Some(Holder::Words(words)) => Some(words).filter(|words| !words.is_empty()),
            _ => None,
        }
    }

    fn list(&mut self, node: usize, is_numbered: bool, style: &Style, depth: usize) {
        self.end_line();
        if matches!(self.holders.last(), Some(Holder::Words(_))) || style.lists >= LIST_DEPTH {
            if style.lists >= LIST_DEPTH {
                self.lose("list", "Lists inside more than five others stand in the fifth.");
            }
            for item in self.items(node) {
                self.block(item, style, depth);
            }
            return;
        }
        let start = self.tree.attribute(node, "start").and_then(|start| start.trim().parse().ok()).unwrap_or(1);
        let inner = Style { lists: style.lists + 1, ..style.clone() };
        let mut items = Vec::new();
        for item in self.items(node) {
            self.holders.push(Holder::Item { done: Vec::new(), words: Vec::new() });
            if self.tree.name(item) == Some("li") {
                self.inside(item, &inner, depth + 1);
            } else {
                self.element(item, &inner, depth + 1);
            }
            self.end_line();
            if let Some(Holder::Item { mut done, words }) = self.holders.pop() {
                if !words.is_empty() {
                    done.push(Item::Text(words));
                }
                items.extend(done);
            }
        }
        if items.is_empty() {
            return self.show_pictures();
        }
        let list = List { numbered_from: is_numbered.then_some(start), items };
        if let Some(Holder::Item { done, words }) = self.holders.last_mut() {
            if !words.is_empty() {
                done.push(Item::Text(std::mem::take(words)));
            }
            done.push(Item::Nested(list));
        } else {
            self.blocks.push(Block::List(list));
            self.show_pictures();
        }
    }

    fn items(&self, list: usize) -> Vec<usize> {
        let is_kept = |child: &usize| self.tree.name(*child).is_some();
        self.tree.children(list).iter().copied().filter(is_kept).collect()
    }

    /// Rows become lines: a text has no tables.
    fn table(&mut self, node: usize, style: &Style, depth: usize) {
        self.end_line();
        let mut rows = Vec::new();
        for row in self.rows(node) {
            let mut line: Vec<Inline> = Vec::new();
            for cell in self.tree.children(row) {
                let format = match self.tree.name(*cell) {
                    Some("th") => Format(style.format.0 | Format::BOLD),
                    Some("td") => style.format,
                    _ => continue,
                };
                let Some(words) = self.gathered(*cell, &Style { format, ..style.clone() }, depth + 1) else { continue };
                if !line.is_empty() {
                    line.push(Inline::Text(BETWEEN_CELLS.to_owned(), Format::default()));
                }
                line.extend(words);
            }
            if !line.is_empty() {
                rows.push(Item::Text(super::super::reading::merged(line)));
            }
        }
        if let Some(caption) = self.tree.first(node, "caption") {
            self.block(caption, style, depth);
        }
        if rows.is_empty() {
            return self.show_pictures();
        }
        self.lose("table", "Formatted text has no tables: each row became an item of a list.");
        if self.holders.is_empty() {
            self.blocks.push(Block::List(List { numbered_from: None, items: rows }));
            self.show_pictures();
        } else {
            for row in rows {
                if let Item::Text(words) = row {
                    self.hold(words);
                }
            }
        }
    }

    fn rows(&self, table: usize) -> Vec<usize> {
        let mut rows = Vec::new();
        for child in self.tree.children(table) {
            match self.tree.name(*child) {
                Some("tr") => rows.push(*child),
                Some("thead" | "tbody" | "tfoot") => {
                    rows.extend(self.tree.children(*child).iter().filter(|row| self.tree.name(**row) == Some("tr")));
                }
                _ => {}
            }
        }
        rows
    }

    /// A film or another page inside this one becomes a link to it.
    fn embedded(&mut self, node: usize, name: &str, style: &Style) {
        let own = ["src", "data"].iter().find_map(|attribute| self.tree.attribute(node, attribute));
        let source = self.tree.first(node, "source").or_else(|| self.tree.first(node, "embed"));
        let Some(src) = own.or_else(|| source.and_then(|source| self.tree.attribute(source, "src"))) else {
            return self.lose(name, "It names no address, so there is nothing to lead to.");
        };
        let src = if src.starts_with("//") { format!("https:{src}") } else { src.to_owned() };
        let Some(url) = self.safe(&src, name) else { return };
        let title = words(self.tree.attribute(node, "title").unwrap_or_default());
        let shown = if title.is_empty() { url.as_str().to_owned() } else { title };
        self.lose(&format!("{name} {}", url.as_str()), "Formatted text embeds nothing: a link leads to it.");
        self.end_line();
        self.line.words(&shown, style.format, Some(&(url, false)));
        self.end_line();
    }

    fn left_out(&mut self, node: usize, name: &str) {
        if name == "form" && !self.tree.words(node).trim().is_empty() {
            self.end_line();
        }
        self.lose(name, "Formatted text cannot hold it, so it was left out.");
    }

    /// Puts the words read so far where they belong.
    fn end_line(&mut self) {
        if let Some(words) = self.line.take() {
            self.hold(words);
        }
    }

    fn hold(&mut self, line: Vec<Inline>) {
        match self.holders.last_mut() {
            None => self.blocks.push(Block::Paragraph(line)),
            Some(Holder::Words(words) | Holder::Item { words, .. }) => {
                if !words.is_empty() {
                    words.push(Inline::LineBreak);
                }
                words.extend(line);
            }
        }
    }

    /// Pictures end the text before them.
    fn show_pictures(&mut self) {
        if self.pictures.is_empty() || !self.holders.is_empty() {
            return;
        }
        self.end_text();
    }

    fn end_text(&mut self) {
        self.end_line();
        let text = RichText { blocks: std::mem::take(&mut self.blocks) };
        if !text.blocks.is_empty() {
            self.content.parts.push(HtmlPart::Text(text));
        }
        self.content.parts.extend(self.pictures.drain(..).map(HtmlPart::Picture));
    }

    fn lose(&mut self, what: &str, why: &'static str) {
        let loss = HtmlLoss { what: what.to_owned(), why };
        if self.content.losses.len() < LOSSES && !self.content.losses.contains(&loss) {
            self.content.losses.push(loss);
        }
    }
}

/// A text on one line.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn format_of(name: &str) -> Option<u8> {
    Some(match name {
        "b" | "strong" => Format::BOLD,
        "i" | "em" | "cite" | "dfn" | "var" => Format::ITALIC,
        "s" | "strike" | "del" => Format::STRIKETHROUGH,
        "u" | "ins" => Format::UNDERLINE,
        "code" | "tt" | "kbd" | "samp" => Format::CODE,
        "sub" => Format::SUBSCRIPT,
        "sup" => Format::SUPERSCRIPT,
        _ => return None,
    })
}

fn is_inline(name: &str) -> bool {
    const INLINE: [&str; 22] = [
        "span", "abbr", "acronym", "big", "small", "font", "mark", "time", "label", "bdi", "bdo", "data", "output",
        "wbr", "ruby", "rt", "rp", "nobr", "picture", "source", "button", "track",
    ];
    INLINE.contains(&name)
}
