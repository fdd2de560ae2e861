//! The block editor's texts: HTML with comments that say where a block begins, what it is and how it is set.

use serde_json::{Map, Value};

/// Blocks inside each other; what is deeper counts as HTML of the one around it.
const DEPTH: usize = 40;

/// A stretch of a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Stretch {
    /// HTML between the blocks.
    Html(String),
    /// A block.
    Block(Block),
}

/// A block.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Block {
    /// Its name; those of WordPress itself without `core/`.
    pub name: String,
    /// Its settings.
    pub settings: Map<String, Value>,
    /// What is in it.
    pub inside: Vec<Stretch>,
}

impl Block {
    /// A setting that is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.settings.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// The blocks right inside.
    pub fn blocks(&self) -> impl Iterator<Item = &Self> {
        self.inside.iter().filter_map(|stretch| match stretch {
            Stretch::Block(block) => Some(block),
            Stretch::Html(_) => None,
        })
    }
}

/// Whether a text was written in the block editor.
pub(super) fn has_blocks(text: &str) -> bool {
    text.contains("<!-- wp:")
}

/// Reads a text's blocks. One that never ends, ends where the text does; an end without a beginning is nothing.
pub(super) fn read(text: &str) -> Vec<Stretch> {
    let mut open: Vec<Block> = Vec::new();
    let mut top: Vec<Stretch> = Vec::new();
    let mut rest = text;
    while let Some((before, mark, behind)) = next_mark(rest) {
        add_html(&mut open, &mut top, before);
        rest = behind;
        match mark {
            Mark::Opens(block) if open.len() < DEPTH => open.push(block),
            Mark::Whole(block) => add(&mut open, &mut top, Stretch::Block(block)),
            Mark::Closes(name) => {
                // What was left open inside it ends with it.
                if open.iter().any(|block| block.name == name) {
                    while let Some(block) = open.pop() {
                        let is_it = block.name == name;
                        add(&mut open, &mut top, Stretch::Block(block));
                        if is_it {
                            break;
                        }
                    }
                }
            }
            Mark::Opens(_) => {}
        }
    }
    add_html(&mut open, &mut top, rest);
    while let Some(block) = open.pop() {
        add(&mut open, &mut top, Stretch::Block(block));
    }
    top
}

enum Mark {
    Opens(Block),
    Whole(Block),
    Closes(String),
}

/// The next comment that speaks of a block, with the text before and behind it.
fn next_mark(text: &str) -> Option<(&str, Mark, &str)> {
    let mut from = 0;
    loop {
        let start = from + text[from..].find("<!--")?;
        let end = start + text[start..].find("-->")?;
        if let Some(mark) = mark(text[start + 4..end].trim()) {
            return Some((&text[..start], mark, &text[end + 3..]));
        }
        from = end + 3;
    }
}

fn mark(comment: &str) -> Option<Mark> {
    if let Some(name) = comment.strip_prefix("/wp:") {
        return Some(Mark::Closes(plain(name.trim())));
    }
    let comment = comment.strip_prefix("wp:")?;
    let (comment, is_whole) = match comment.strip_suffix('/') {
        Some(comment) => (comment.trim_end(), true),
        None => (comment, false),
    };
    let (name, settings) = comment.split_once(char::is_whitespace).unwrap_or((comment, ""));
    let settings = serde_json::from_str(settings.trim()).unwrap_or_default();
    let block = Block { name: plain(name), settings, inside: Vec::new() };
    Some(if is_whole { Mark::Whole(block) } else { Mark::Opens(block) })
}

fn plain(name: &str) -> String {
    name.strip_prefix("core/").unwrap_or(name).to_owned()
}

fn add_html(open: &mut [Block], top: &mut Vec<Stretch>, html: &str) {
    if !html.is_empty() {
        add(open, top, Stretch::Html(html.to_owned()));
    }
}

fn add(open: &mut [Block], top: &mut Vec<Stretch>, stretch: Stretch) {
    match open.last_mut() {
        Some(block) => block.inside.push(stretch),
        None => top.push(stretch),
    }
}

/// Blocks whose HTML says all of them.
pub(super) fn is_text(name: &str) -> bool {
    const TEXTS: [&str; 29] = [
        "paragraph",
        "heading",
        "list",
        "list-item",
        "quote",
        "pullquote",
        "code",
        "preformatted",
        "verse",
        "separator",
        "spacer",
        "more",
        "nextpage",
        "table",
        "html",
        "freeform",
        "details",
        "footnotes",
        "group",
        "column",
        "image",
        "shortcode",
        "classic",
        "video",
        "audio",
        "file",
        "social-links",
        "row",
        "stack",
    ];
    TEXTS.contains(&name)
}

/// Blocks that WordPress fills from the website when a page is shown.
pub(super) fn is_of_the_site(name: &str) -> bool {
    const STARTS: [&str; 9] =
        ["post-", "query-", "comment", "site-", "term-", "latest-", "navigation", "template-part", "woocommerce/"];
    const NAMES: [&str; 14] = [
        "search",
        "archives",
        "calendar",
        "categories",
        "rss",
        "tag-cloud",
        "page-list",
        "loginout",
        "avatar",
        "read-more",
        "home-link",
        "page-list-item",
        "pattern",
        "legacy-widget",
    ];
    NAMES.contains(&name) || STARTS.iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(stretches: &[Stretch]) -> String {
        let one = |stretch: &Stretch| match stretch {
            Stretch::Html(html) => html.clone(),
            Stretch::Block(block) => format!("({}{} {})", block.name, block.settings.len(), shown(&block.inside)),
        };
        stretches.iter().map(one).collect()
    }

    #[test]
    fn blocks_are_read_also_where_they_are_broken() {
        for (text, expected) in [
            ("<!-- wp:paragraph --><p>a</p><!-- /wp:paragraph -->", "(paragraph0 <p>a</p>)"),
            ("<!-- wp:core/image {\"id\":1} /-->x", "(image1 )x"),
            ("<!-- wp:group --><!-- wp:list -->a<!-- /wp:group -->b", "(group0 (list0 a))b"),
            ("<!-- wp:group -->a", "(group0 a)"),
            ("a<!-- /wp:group -->b<!-- more -->c", "ab<!-- more -->c"),
            ("<!-- wp:x/y {broken -->a<!-- /wp:x/y -->", "(x/y0 a)"),
            ("<!-- never ends", "<!-- never ends"),
        ] {
            assert_eq!(shown(&read(text)), expected, "{text}");
        }
        let deep = "<!-- wp:group -->".repeat(10_000);
        assert!(shown(&read(&deep)).starts_with("(group0 (group0 "));
    }
}
