//! What differs between two documents, field by field. A formatted text is compared block by block; items of a list are
//! known by their id, wherever they stand.

use serde::Serialize;
use serde_json::{Map, Value};
use similar::{Algorithm, ChangeTag, TextDiff, capture_diff_slices};
use utoipa::ToSchema;

use crate::rich_text::{Piece, RichText};

/// One field that two revisions have differently.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FieldChange {
    /// JSON Pointer (RFC 6901) to it in the newer document, or in the older one where it is gone.
    pub pointer: String,
    /// Its older value; left out where it is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Value, required = false)]
    pub before: Option<Value>,
    /// Its newer value; left out where it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Value, required = false)]
    pub after: Option<Value>,
    /// For a text: its blocks in order, each as it stayed, went or came.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<BlockChange>,
}

/// What became of a paragraph, a heading or a list, or of the words of a plain text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BlockChange {
    /// Whether it stayed, went or came.
    pub kind: BlockChangeKind,
    /// Its words.
    pub text: String,
}

/// Whether a piece of text is in both versions or in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BlockChangeKind {
    /// In both.
    Same,
    /// In the older only.
    Removed,
    /// In the newer only.
    Added,
}

impl From<ChangeTag> for BlockChangeKind {
    fn from(tag: ChangeTag) -> Self {
        match tag {
            ChangeTag::Equal => Self::Same,
            ChangeTag::Delete => Self::Removed,
            ChangeTag::Insert => Self::Added,
        }
    }
}

/// What differs between two documents, in the order of the fields' names.
pub fn changes(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<FieldChange> {
    let mut found = Vec::new();
    compare_objects(before, after, "", &mut found);
    found
}

fn compare(before: Option<&Value>, after: Option<&Value>, pointer: &str, found: &mut Vec<FieldChange>) {
    match (before, after) {
        (before, after) if before == after => {}
        (Some(Value::Object(old)), Some(Value::Object(new))) if !is_text(old) && !is_text(new) => {
            compare_objects(old, new, pointer, found);
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) if order_of(old).is_some() && order_of(new).is_some() => {
            // Items that came, went or moved are the list's own change; what is said in those that stayed is told besides.
            if order_of(old) != order_of(new) {
                found.push(whole(before, after, pointer));
            }
            for (place, item) in new.iter().enumerate() {
                let is_same = |then: &&Value| then.as_object().map(key_of) == item.as_object().map(key_of);
                if let Some(then) = old.iter().find(is_same) {
                    compare(Some(then), Some(item), &format!("{pointer}/{place}"), found);
                }
            }
        }
        (before, after) => found.push(whole(before, after, pointer)),
    }
}

fn whole(before: Option<&Value>, after: Option<&Value>, pointer: &str) -> FieldChange {
    FieldChange {
        pointer: pointer.to_owned(),
        blocks: blocks(before, after),
        before: before.cloned(),
        after: after.cloned(),
    }
}

fn compare_objects(
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    pointer: &str,
    found: &mut Vec<FieldChange>,
) {
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let escaped = name.replace('~', "~0").replace('/', "~1");
        compare(before.get(name), after.get(name), &format!("{pointer}/{escaped}"), found);
    }
}

/// Whether an object is a formatted text: one thing, whose inside is nobody's field.
fn is_text(object: &Map<String, Value>) -> bool {
    object.contains_key("root")
}

/// The ids of a list's items in their order, or their codes of a dictionary; nothing where an item has neither.
fn order_of(items: &[Value]) -> Option<Vec<&str>> {
    items.iter().map(|item| key_of(item.as_object()?)).collect()
}

/// What an item of a list is known by, wherever it stands: its id, or its code of a dictionary.
pub(super) fn key_of(item: &Map<String, Value>) -> Option<&str> {
    item.get("id").or_else(|| item.get("code"))?.as_str()
}

/// The pieces of two texts; none where one of them is something else.
fn blocks(before: Option<&Value>, after: Option<&Value>) -> Vec<BlockChange> {
    let texts = [before, after].map(|value| match value {
        None => Some(Pieces::None),
        Some(Value::String(text)) => Some(Pieces::Words(text.clone())),
        Some(Value::Object(object)) if is_text(object) => {
            let text = RichText::read(&Value::Object(object.clone())).0;
            Some(Pieces::Blocks(text.pieces()))
        }
        Some(_) => None,
    });
    let [Some(before), Some(after)] = texts else { return Vec::new() };
    match (before, after) {
        (Pieces::Words(before), Pieces::Words(after)) => words(&before, &after),
        (before, after) => {
            let (before, after) = (before.into_blocks(), after.into_blocks());
            // By their HTML: a word made bold is a change of its block.
            let [old, new] =
                [&before, &after].map(|blocks| blocks.iter().map(|piece| piece.html.as_str()).collect::<Vec<_>>());
            let operations = capture_diff_slices(Algorithm::Myers, &old, &new);
            let changes = operations.iter().flat_map(|operation| operation.iter_changes(&old, &new));
            let told = |change: similar::Change<&str>| {
                let piece = change
                    .new_index()
                    .map_or_else(|| change.old_index().and_then(|place| before.get(place)), |place| after.get(place));
                BlockChange {
                    kind: change.tag().into(),
                    text: piece.map(|piece| piece.text.clone()).unwrap_or_default(),
                }
            };
            changes.map(told).collect()
        }
    }
}

enum Pieces {
    None,
    Words(String),
    Blocks(Vec<Piece>),
}

impl Pieces {
    fn into_blocks(self) -> Vec<Piece> {
        match self {
            Self::None => Vec::new(),
            Self::Words(text) => RichText::from_text(&text).pieces(),
            Self::Blocks(blocks) => blocks,
        }
    }
}

/// A plain text word by word, with neighbours of one kind joined.
fn words(before: &str, after: &str) -> Vec<BlockChange> {
    let mut joined: Vec<BlockChange> = Vec::new();
    for change in TextDiff::from_words(before, after).iter_all_changes() {
        let kind = change.tag().into();
        match joined.last_mut().filter(|last| last.kind == kind) {
            Some(last) => last.text.push_str(change.value()),
            None => joined.push(BlockChange { kind, text: change.value().to_owned() }),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(paragraphs: &[&str]) -> Value {
        RichText::from_text(&paragraphs.join("\n\n")).to_state()
    }

    fn pointers(before: &Value, after: &Value) -> Vec<String> {
        let (Value::Object(before), Value::Object(after)) = (before, after) else { panic!("documents are objects") };
        changes(before, after).into_iter().map(|change| change.pointer).collect()
    }

    #[test]
    fn a_change_names_its_field_language_and_item() {
        let before = json!({ "name": { "en": "A", "de": "A" }, "rates": [{ "id": "1", "price": "1" }], "wifi": true });
        let after = json!({ "name": { "en": "B", "de": "A" }, "rates": [{ "id": "1", "price": "2" }], "pets": true });
        assert_eq!(pointers(&before, &after), ["/name/en", "/pets", "/rates/0/price", "/wifi"]);
        assert_eq!(pointers(&before, &before), [""; 0]);
    }

    #[test]
    fn items_that_came_went_or_moved_are_a_change_of_their_list() {
        let before = json!({ "beds": [{ "id": "1" }, { "id": "2" }], "a/b": ["x"] });
        let after = json!({ "beds": [{ "id": "2" }, { "id": "1" }], "a/b": ["y"] });
        assert_eq!(pointers(&before, &after), ["/a~1b", "/beds"]);
        // What is said in an item that moved or stayed is a change of its own.
        let before = json!({ "sections": [{ "id": "a", "title": "Old" }, { "id": "b" }] });
        let after = json!({ "sections": [{ "id": "new" }, { "id": "a", "title": "New" }] });
        assert_eq!(pointers(&before, &after), ["/sections", "/sections/1/title"]);
        let before = json!({ "codes": [{ "code": "lift", "status": "yes" }, { "code": "sauna", "status": "yes" }] });
        let after = json!({ "codes": [{ "code": "lift", "status": "no" }, { "code": "sauna", "status": "yes" }] });
        assert_eq!(pointers(&before, &after), ["/codes/0/status"]);
    }

    #[test]
    fn a_formatted_text_is_told_block_by_block_and_a_plain_one_by_words() {
        let before = json!({ "body": { "en": text(&["One", "Two", "Three"]) }, "name": "Room by the lake" });
        let after = json!({ "body": { "en": text(&["One", "2", "Three"]) }, "name": "Room by the old lake" });
        let (Value::Object(before), Value::Object(after)) = (&before, &after) else { unreachable!() };
        let [body, name] = changes(before, after).try_into().expect("two fields differ");
        let told = |change: FieldChange| -> Vec<(BlockChangeKind, String)> {
            change.blocks.into_iter().map(|block| (block.kind, block.text)).collect()
        };
        use BlockChangeKind::{Added, Removed, Same};
        assert_eq!(
            told(body),
            [(Same, "One"), (Removed, "Two"), (Added, "2"), (Same, "Three")]
                .map(|(kind, text)| (kind, text.to_owned()))
        );
        assert_eq!(
            told(name),
            [(Same, "Room by the "), (Added, "old "), (Same, "lake")].map(|(kind, text)| (kind, text.to_owned()))
        );
    }
}
