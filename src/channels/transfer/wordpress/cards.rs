//! What the pieces of a column or a cover hold: a card, a single picture.

use content::rich_text::RichText;
use serde_json::{Map, Value, json};

use super::{
    languages::in_words,
    sections::{DESCRIPTION, Piece, TITLE},
};

/// A column as a card: perhaps a picture, a heading, a few plain words.
pub(super) fn card_of(pieces: &[Piece]) -> Option<Value> {
    let mut picture = None;
    let mut text = RichText::default();
    for piece in pieces {
        match piece {
            Piece::Text(more) => text.append(more.clone()),
            Piece::Section(section) if picture.is_none() && pictures_of(section).len() == 1 => {
                picture = pictures_of(section).first().cloned();
            }
            Piece::Section(_) => return None,
        }
    }
    let (title, rest) = text.split_heading();
    let title = title.filter(|title| !title.is_empty() && title.chars().count() <= TITLE && !title.contains('\n'))?;
    if !rest.is_plain() || rest.length() > DESCRIPTION {
        return None;
    }
    let words = rest.to_text();
    let mut card = Map::from_iter([("title".to_owned(), in_words(json!(title)))]);
    if !words.is_empty() {
        card.insert("description".to_owned(), in_words(json!(words)));
    }
    card.extend(picture.map(|picture| ("image".to_owned(), picture)));
    Some(Value::Object(card))
}

pub(super) fn pictures_of(section: &Map<String, Value>) -> &[Value] {
    section.get("images").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

pub(super) fn is_gallery_of(section: &Map<String, Value>, picture: Option<&Value>) -> bool {
    let source = |picture: &Value| (picture.get("url").cloned(), picture.get("media").cloned());
    match (pictures_of(section), picture) {
        ([only], Some(picture)) => source(only) == source(picture),
        _ => false,
    }
}
