//! A long page of WordPress has more blocks than a page here has sections: neighbours are brought together as far as that is
//! needed, so that nothing of it is lost.

use content::{
    rich_text::{HtmlRules, RichText, escape},
    types::SECTIONS,
};
use serde_json::{Value, json};

use super::{
    cards::pictures_of,
    languages::{in_words, words_of},
    sections::{Note, PICTURES, Piece, SECTION_TEXT, section},
};

/// Pictures beside a text: themes show no more.
const BESIDE: usize = 3;
/// Cards of one section, as it declares them.
const CARDS: usize = 60;

/// What a piece can be brought together with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Texts and pictures.
    Words,
    Cards,
    Alone,
}

/// The pieces as at most so many sections, each piece one, and what is to be said of that.
pub(super) fn fitted(pieces: Vec<Piece>, most: usize) -> (Vec<Piece>, Option<Note>) {
    let pieces: Vec<Piece> = pieces.into_iter().flat_map(in_section_sizes).collect();
    let count = pieces.len();
    if count <= most {
        return (pieces, None);
    }
    let mut why = format!(
        "They are {count}, and a page has at most {SECTIONS}, its languages together: neighbouring texts and pictures were joined."
    );
    let mut made = joined(&pieces, most);
    if made.len() > most && link_last(&mut made, most) {
        made = joined(&made, most);
        why.push_str(" Of the buttons and of what is embedded the last became links.");
    }
    if made.len() > most {
        why = format!("{why} The last {} were left out.", made.len() - most);
        made.truncate(most);
    }
    (made, Some(Note { what: "sections".to_owned(), why }))
}

fn in_section_sizes(piece: Piece) -> Vec<Piece> {
    match piece {
        Piece::Text(text) => text.cut(SECTION_TEXT).into_iter().map(Piece::Text).collect(),
        section @ Piece::Section(_) => vec![section],
    }
}

/// Two neighbours together, or four, eight, ...: as few as will do.
fn joined(pieces: &[Piece], most: usize) -> Vec<Piece> {
    let runs: Vec<&[Piece]> = pieces.chunk_by(|one, next| kind(one) == kind(next)).collect();
    let longest = runs.iter().map(|run| run.len()).max().unwrap_or(0);
    let mut at_once = 2;
    loop {
        let made: Vec<Piece> = runs.iter().flat_map(|run| run.chunks(at_once)).flat_map(together).collect();
        if made.len() <= most || at_once >= longest {
            return made;
        }
        at_once *= 2;
    }
}

fn kind(piece: &Piece) -> Kind {
    let Piece::Section(section) = piece else { return Kind::Words };
    match section.get("type").and_then(Value::as_str) {
        Some("gallery" | "about") => Kind::Words,
        Some("cards") => Kind::Cards,
        _ => Kind::Alone,
    }
}

/// Neighbours of one kind in fewer sections, where they need fewer.
fn together(some: &[Piece]) -> Vec<Piece> {
    let made = match some.first().map(kind) {
        Some(Kind::Words) => words_together(some),
        Some(Kind::Cards) => cards_together(some),
        Some(Kind::Alone) | None => return some.to_vec(),
    };
    if made.len() < some.len() { made } else { some.to_vec() }
}

/// The texts one after the other with their pictures beside them, or below where these are many.
fn words_together(some: &[Piece]) -> Vec<Piece> {
    let mut text = RichText::default();
    let mut pictures: Vec<Value> = Vec::new();
    let mut side = None;
    for piece in some {
        match piece {
            Piece::Text(more) => text.append(more.clone()),
            Piece::Section(section) => {
                let words = ["description", "content"].map(|name| section.get(name).and_then(words_of));
                for words in words.into_iter().flatten() {
                    text.append(RichText::read(words).0);
                }
                pictures.extend(section.get("image").into_iter().chain(pictures_of(section)).cloned());
                side = side.or_else(|| section.get("image_side").cloned());
            }
        }
    }
    let mut texts = text.cut(SECTION_TEXT).into_iter().filter(|text| !text.is_empty());
    let mut made = Vec::new();
    if let [image, others @ ..] = pictures.as_slice()
        && others.len() < BESIDE
        && let Some(text) = texts.next()
    {
        let others = (!others.is_empty()).then_some(others);
        let fields =
            json!({"content": in_words(text.to_state()), "image": image, "images": others, "image_side": side});
        made.push(Piece::Section(section("about", fields)));
        pictures.clear();
    }
    made.extend(texts.map(Piece::Text));
    let galleries = pictures.chunks(PICTURES).map(|some| section("gallery", json!({"images": some})));
    made.extend(galleries.map(Piece::Section));
    made
}

fn cards_together(some: &[Piece]) -> Vec<Piece> {
    let items = some.iter().filter_map(|piece| match piece {
        Piece::Section(section) => section.get("items").and_then(Value::as_array),
        Piece::Text(_) => None,
    });
    let items: Vec<&Value> = items.flatten().collect();
    items.chunks(CARDS).map(|some| Piece::Section(section("cards", json!({"items": some})))).collect()
}

/// Makes links of as many buttons and embedded things as are too many, from the last; answers whether there were any.
fn link_last(pieces: &mut [Piece], most: usize) -> bool {
    // The links stand in a section of their own.
    let mut wanted = pieces.len().saturating_sub(most) + 1;
    let mut is_any = false;
    for piece in pieces.iter_mut().rev() {
        if wanted > 0
            && let Some(link) = link_of(piece)
        {
            *piece = Piece::Text(link);
            wanted -= 1;
            is_any = true;
        }
    }
    is_any
}

fn link_of(piece: &Piece) -> Option<RichText> {
    let Piece::Section(section) = piece else { return None };
    let (words, url) = match section.get("type")?.as_str()? {
        "cta" => (section.get("cta")?.get("text")?, section.get("cta")?.get("url")?),
        "embed" => (section.get("label")?, section.get("url")?),
        _ => return None,
    };
    let mut html = "<p><a href=\"".to_owned();
    escape(&mut html, url.as_str()?);
    html.push_str("\">");
    escape(&mut html, words_of(words)?.as_str()?);
    html.push_str("</a></p>");
    let rules = HtmlRules { address: &str::to_owned, lines_are_kept: false };
    Some(RichText::from_html(&html, &rules).ok()?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(number: usize) -> Piece {
        Piece::Text(RichText::from_text(&format!("Text {number}.")))
    }

    fn picture(number: usize) -> Piece {
        let image = json!({"url": format!("https://old.example/{number}.jpg")});
        Piece::Section(section("gallery", json!({"images": [image]})))
    }

    fn embed(number: usize) -> Piece {
        let url = format!("https://www.youtube.com/watch?v={number}");
        Piece::Section(section("embed", json!({"provider": "youtube", "url": url, "label": in_words(json!("Film"))})))
    }

    fn hero(number: usize) -> Piece {
        Piece::Section(section("hero", json!({"title": in_words(json!(number.to_string()))})))
    }

    fn kinds(pieces: &[Piece]) -> Vec<String> {
        pieces.iter().map(|piece| piece.clone().into_section()["type"].as_str().unwrap().to_owned()).collect()
    }

    fn written(pieces: &[Piece]) -> String {
        pieces.iter().map(|piece| Value::Object(piece.clone().into_section()).to_string()).collect()
    }

    #[test]
    fn what_fits_stays_as_it_is() {
        let pieces: Vec<Piece> = (0..50).flat_map(|number| [picture(number), text(number)]).collect();
        assert_eq!(fitted(pieces.clone(), SECTIONS), (pieces, None));
    }

    #[test]
    fn pictures_and_texts_are_joined_as_far_as_needed_and_all_of_them_stay() {
        for (pairs, expected) in [(60, 60), (150, 75), (800, 100)] {
            let pieces = (0..pairs).flat_map(|number| [picture(number), text(number)]).collect();
            let (made, told) = fitted(pieces, SECTIONS);
            assert_eq!(made.len(), expected, "{pairs}: {:?}", kinds(&made));
            assert!(
                told.is_some_and(|note| note.why.contains(&(pairs * 2).to_string()) && !note.why.contains("left out"))
            );
            let all = written(&made);
            for number in 0..pairs {
                assert_eq!(all.matches(&format!("/{number}.jpg\"")).count(), 1, "{pairs}: picture {number}");
                assert_eq!(all.matches(&format!("Text {number}.\"")).count(), 1, "{pairs}: text {number}");
            }
        }
    }

    #[test]
    fn films_that_are_too_many_become_links_and_only_what_cannot_be_joined_is_left_out() {
        let (made, told) = fitted((0..130).map(embed).collect(), SECTIONS);
        assert_eq!(made.len(), SECTIONS);
        assert_eq!(kinds(&made).iter().filter(|kind| *kind == "embed").count(), SECTIONS - 1);
        let all = written(&made);
        assert!((0..130).all(|number| all.contains(&format!("watch?v={number}\""))), "{all}");
        assert!(told.is_some_and(|note| note.why.contains("became links") && !note.why.contains("left out")));
        let (made, told) = fitted((0..103).map(hero).collect(), SECTIONS);
        assert_eq!(made, (0..100).map(hero).collect::<Vec<_>>());
        assert!(told.is_some_and(|note| note.why.ends_with("The last 3 were left out.")));
    }
}
