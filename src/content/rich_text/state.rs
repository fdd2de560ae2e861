//! The canonical form: the editor state as Lexical itself would serialize it, one spelling per text.

use serde_json::{Map, Value, json};

use super::{Block, Inline, Item, List, RichText};

impl RichText {
    /// The canonical editor state. Reading it again gives the same text.
    pub fn to_state(&self) -> Value {
        let children = self.blocks.iter().map(block).collect();
        json!({ "root": element("root", children, 0, []) })
    }
}

fn block(block: &Block) -> Value {
    match block {
        Block::Paragraph(inlines) => {
            element("paragraph", words(inlines), 0, [("textFormat", json!(0)), ("textStyle", json!(""))])
        }
        Block::Heading(level, inlines) => element("heading", words(inlines), 0, [("tag", json!(level.tag()))]),
        Block::Quote(inlines) => element("quote", words(inlines), 0, []),
        Block::List(list) => list_state(list, 0),
        Block::HorizontalRule => json!({ "type": "horizontalrule", "version": 1 }),
    }
}

fn list_state(list: &List, indent: usize) -> Value {
    let mut value = list.numbered_from.unwrap_or(1);
    let mut items = Vec::with_capacity(list.items.len());
    for item in &list.items {
        let number = ("value", json!(value));
        items.push(match item {
            Item::Text(inlines) => {
                value = value.saturating_add(1);
                element("listitem", words(inlines), indent, [number])
            }
            // Lexical counts only items that have words of their own.
            Item::Nested(nested) => element("listitem", vec![list_state(nested, indent + 1)], indent, [number]),
        });
    }
    let (kind, tag) = if list.numbered_from.is_some() { ("number", "ol") } else { ("bullet", "ul") };
    let start = list.numbered_from.unwrap_or(1);
    element("list", items, 0, [("listType", json!(kind)), ("start", json!(start)), ("tag", json!(tag))])
}

fn words(inlines: &[Inline]) -> Vec<Value> {
    inlines.iter().map(inline).collect()
}

fn inline(inline: &Inline) -> Value {
    match inline {
        Inline::Text(text, format) => json!({
            "detail": 0, "format": format.0, "mode": "normal", "style": "", "text": text, "type": "text", "version": 1,
        }),
        Inline::LineBreak => json!({ "type": "linebreak", "version": 1 }),
        Inline::Link { url, opens_new_tab, words: inside } => {
            let (rel, target) = if *opens_new_tab {
                (json!("noopener noreferrer"), json!("_blank"))
            } else {
                (Value::Null, Value::Null)
            };
            let url = json!(url.as_str());
            element("link", words(inside), 0, [("rel", rel), ("target", target), ("title", Value::Null), ("url", url)])
        }
    }
}

/// An element node. `direction` is never kept: the browser finds it anew, and a stored one would make every loading a
/// change.
fn element<const N: usize>(kind: &str, children: Vec<Value>, indent: usize, own: [(&str, Value); N]) -> Value {
    let mut node = Map::new();
    node.insert("children".to_owned(), Value::Array(children));
    node.insert("direction".to_owned(), Value::Null);
    node.insert("format".to_owned(), json!(""));
    node.insert("indent".to_owned(), json!(indent));
    node.insert("type".to_owned(), json!(kind));
    node.insert("version".to_owned(), json!(1));
    node.extend(own.into_iter().map(|(name, value)| (name.to_owned(), value)));
    Value::Object(node)
}
