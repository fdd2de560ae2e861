//! A long page of WordPress has more blocks than a page here has sections: neighbours are brought together as far as that is
//! needed, so that nothing of it is lost.

use content::{
    rich_text::{HtmlRules, RichText, escape},
    types::SECTIONS,
};
use serde_json::{Map, Value, json};

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

/// What else is done to pieces that are so many too many; nothing where there is nothing to do.
type Step = fn(&[Piece], usize) -> Option<Vec<Piece>>;

/// What is done one after the other until they fit, and what is said of it.
const STEPS: [(Step, &str); 3] = [
    (cover_once, "Opening pictures below the first became text and picture."),
    (link_last, "Of the buttons and of what is embedded the last became links."),
    (
        everything_in_words,
        "What else there was (cards, films) became text, pictures and links; lists of news have no words, and were left out.",
    ),
];

/// The pieces as at most so many sections where that can be, each piece one, and what is to be said of that. Words are
/// never left out.
pub(super) fn fitted(pieces: Vec<Piece>, most: usize) -> (Vec<Piece>, Option<Note>) {
    let mut pieces: Vec<Piece> = pieces.into_iter().flat_map(in_section_sizes).collect();
    let count = pieces.len();
    if count <= most {
        return (pieces, None);
    }
    let mut why = format!(
        "They are {count}, and a page has at most {SECTIONS}, its languages together: neighbouring texts and pictures were joined."
    );
    let mut made = joined(&pieces, most);
    for (step, told) in STEPS {
        if made.len() > most
            && let Some(changed) = step(&pieces, made.len() - most)
        {
            made = joined(&changed, most);
            pieces = changed;
            why = format!("{why} {told}");
        }
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
    // Each of them leaves at least one.
    let mut at_once = pieces.len().div_ceil(most.max(1)).next_power_of_two().max(2);
    loop {
        let made: Vec<Piece> = runs.iter().flat_map(|run| run.chunks(at_once)).flat_map(together).collect();
        if made.len() <= most || at_once >= longest {
            return made;
        }
        at_once *= 2;
    }
}

fn kind(piece: &Piece) -> Kind {
    match type_of(piece) {
        None | Some("gallery" | "about") => Kind::Words,
        Some("cards") => Kind::Cards,
        Some(_) => Kind::Alone,
    }
}

/// The type of a section that is no plain text.
fn type_of(piece: &Piece) -> Option<&str> {
    match piece {
        Piece::Section(section) => section.get("type").and_then(Value::as_str),
        Piece::Text(_) => None,
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

/// A page has one opening picture: further ones are a picture beside its words.
fn cover_once(pieces: &[Piece], _: usize) -> Option<Vec<Piece>> {
    let first = pieces.iter().position(is_cover);
    in_words_where(pieces, |place, piece| is_cover(piece) && Some(place) != first)
}

/// Leaves nothing but text and pictures below the opening picture.
fn everything_in_words(pieces: &[Piece], _: usize) -> Option<Vec<Piece>> {
    in_words_where(pieces, |place, piece| kind(piece) != Kind::Words && !(place == 0 && is_cover(piece)))
}

fn in_words_where(pieces: &[Piece], is_meant: impl Fn(usize, &Piece) -> bool) -> Option<Vec<Piece>> {
    let mut is_any = false;
    let mut made = Vec::new();
    for (place, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Section(section) if is_meant(place, piece) => {
                is_any = true;
                made.extend(words_together(&[beside_words(section)]));
            }
            _ => made.push(piece.clone()),
        }
    }
    is_any.then_some(made)
}

fn is_cover(piece: &Piece) -> bool {
    type_of(piece) == Some("hero")
}

/// Makes links of as many buttons and embedded things as are too many, from the last.
fn link_last(pieces: &[Piece], over: usize) -> Option<Vec<Piece>> {
    let mut made = pieces.to_vec();
    // The links stand in a section of their own.
    let last = made.iter_mut().rev().filter(|piece| matches!(type_of(piece), Some("cta" | "embed"))).take(over + 1);
    for piece in last {
        if let Piece::Section(section) = piece
            && let Some(link) = link_of(section)
        {
            *piece = Piece::Text(link);
        }
    }
    (made != pieces).then_some(made)
}

/// What a section says and shows as text and pictures, with a link for what it plays or leads to.
fn beside_words(given: &Map<String, Value>) -> Piece {
    let mut text = RichText::default();
    let mut images: Vec<&Value> = Vec::new();
    let items = given.get("items").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
    for (part, heading) in std::iter::once((given, "h2")).chain(items.map(|item| (item, "h3"))) {
        let words = |name: &str| part.get(name).and_then(words_of).and_then(Value::as_str);
        if let Some(title) = words("title") {
            text.append(element(heading, "", title));
        }
        if let Some(description) = words("description") {
            text.append(RichText::from_text(description));
        }
        if let Some(link) = link_of(part) {
            text.append(link);
        }
        images.extend(["image", "poster"].into_iter().filter_map(|name| part.get(name)));
        images.extend(pictures_of(part));
    }
    let content = (!text.is_empty()).then(|| in_words(text.to_state()));
    Piece::Section(section("about", json!({"content": content, "images": images})))
}

/// The link to what a button leads to, or to what is embedded or played.
fn link_of(section: &Map<String, Value>) -> Option<RichText> {
    let (words, url) = match section.get("cta") {
        Some(cta) => (cta.get("text"), cta.get("url")?.as_str()?),
        None => (section.get("label"), section.get("url")?.as_str()?),
    };
    let words = words.and_then(words_of).and_then(Value::as_str).unwrap_or(url);
    let mut address = String::new();
    escape(&mut address, url);
    Some(element("p", &format!("<a href=\"{address}\">"), words))
}

/// Words as a block of a text, perhaps in a link.
fn element(name: &str, link: &str, words: &str) -> RichText {
    let mut html = format!("<{name}>{link}");
    escape(&mut html, words);
    html.push_str(if link.is_empty() { "</" } else { "</a></" });
    html.push_str(name);
    html.push('>');
    let rules = HtmlRules { address: &str::to_owned, lines_are_kept: false };
    // A few words are never too much HTML.
    RichText::from_html(&html, &rules).map(|(text, _)| text).unwrap_or_default()
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
        let image = json!({"url": format!("https://old.example/cover-{number}.jpg")});
        let title = in_words(json!(format!("House {number}.")));
        Piece::Section(section("hero", json!({"title": title, "image": image})))
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
                told.is_some_and(
                    |note| note.why.contains(&(pairs * 2).to_string()) && note.why.ends_with("were joined.")
                )
            );
            let all = written(&made);
            for number in 0..pairs {
                assert_eq!(all.matches(&format!("/{number}.jpg\"")).count(), 1, "{pairs}: picture {number}");
                assert_eq!(all.matches(&format!("Text {number}.\"")).count(), 1, "{pairs}: text {number}");
            }
        }
    }

    #[test]
    fn films_that_are_too_many_become_links() {
        let (made, told) = fitted((0..130).map(embed).collect(), SECTIONS);
        assert_eq!(made.len(), SECTIONS);
        assert_eq!(kinds(&made).iter().filter(|kind| *kind == "embed").count(), SECTIONS - 1);
        let all = written(&made);
        assert!((0..130).all(|number| all.contains(&format!("watch?v={number}\""))), "{all}");
        assert!(told.is_some_and(|note| note.why.ends_with("the last became links.")));
    }

    #[test]
    fn opening_pictures_below_the_first_keep_their_words_and_pictures() {
        let pieces = (0..60).flat_map(|number| [hero(number), text(number)]).collect();
        let (made, told) = fitted(pieces, SECTIONS);
        assert!(made.len() <= SECTIONS, "{:?}", kinds(&made));
        assert_eq!(kinds(&made).iter().filter(|kind| *kind == "hero").count(), 1);
        assert_eq!(made[0], hero(0));
        let all = written(&made);
        for number in 0..60 {
            for word in ["House", "Text"] {
                assert_eq!(all.matches(&format!("\"{word} {number}.\"")).count(), 1, "{word} {number}");
            }
            assert_eq!(all.matches(&format!("/cover-{number}.jpg\"")).count(), 1, "cover {number}");
        }
        assert!(told.is_some_and(|note| note.why.ends_with("below the first became text and picture.")));
    }

    #[test]
    fn as_a_last_step_everything_becomes_words_and_pictures() {
        let film = |number: usize| {
            let fields = json!({"provider": "self", "url": format!("https://old.example/{number}.mp4"),
                "poster": {"url": format!("https://old.example/{number}.jpg")}, "description": in_words(json!(format!("Film {number}.")))});
            Piece::Section(section("video", fields))
        };
        let cards = |number: usize| {
            let card =
                json!({"title": in_words(json!(format!("Card {number}."))), "description": in_words(json!("a\n\nb"))});
            Piece::Section(section("cards", json!({"items": [card]})))
        };
        let pieces = (0..60).flat_map(|number| [film(number), cards(number)]).collect();
        let (made, told) = fitted(pieces, 4);
        assert!(made.len() <= 4, "{:?}", kinds(&made));
        let all = written(&made);
        for number in 0..60 {
            for written in [format!("\"Film {number}.\""), format!("\"Card {number}.\""), format!("/{number}.jpg\"")] {
                assert_eq!(all.matches(&written).count(), 1, "{written}");
            }
            assert!(all.contains(&format!("\"url\":\"https://old.example/{number}.mp4\"")), "film {number}");
        }
        assert!(told.is_some_and(|note| note.why.contains("What else there was")));
    }
}
