//! The document that the items of one group become.

use std::{cell::RefCell, collections::BTreeSet};

use content::{
    rich_text::{RichText, words_of_html},
    types::{FieldKind, SECTIONS, TypeDeclaration},
};
use ground::words::Locale;
use serde_json::{Map, Value, json};

use super::{
    ExportError,
    export::Item,
    joining::fitted,
    languages::{Group, in_words, together},
    report::Row,
    sections::{self, Note, Piece, Surroundings},
    surroundings::{Around, World},
};

/// Characters of a post's text; what is longer goes on in sections.
const BODY: usize = 55_000;
/// Characters of a sentence about a post.
const SUMMARY: usize = 400;
/// Characters of a tag.
const TAG: usize = 60;
/// Tags of a post.
const TAGS: usize = 50;
/// Addresses of the old website named in one note.
const LOST: usize = 5;
/// The category that WordPress gives to what has none.
const NO_CATEGORY: &str = "uncategorized";

/// The fields that an import owns: they follow the file, all others belong to the team.
pub(super) const OWN_FIELDS: [&str; 10] = [
    "title",
    "order",
    "sections",
    "body",
    "date",
    "author",
    "short_description",
    "featured_image",
    "tags",
    "is_featured",
];

/// What one language of a document is made of.
struct Part<'g> {
    locale: &'g Locale,
    /// The item.
    place: usize,
    /// Everything beside the sections.
    fields: Map<String, Value>,
    pieces: Vec<Piece>,
}

/// The languages brought together.
struct Composed {
    document: Value,
    /// What was done to the sections of which item.
    joined: Vec<(usize, Note)>,
    /// Whether the languages have as many sections.
    is_even: bool,
}

impl Composed {
    fn fits(&self) -> bool {
        self.document["sections"].as_array().map_or(0, Vec::len) <= SECTIONS
    }
}

/// The document of a group. What could not be taken over is noted in the rows of its items.
pub(super) fn document(
    world: &World<'_>,
    declared: &TypeDeclaration,
    group: &Group,
    shown: &RefCell<BTreeSet<usize>>,
    rows: &mut [Row],
) -> Result<Map<String, Value>, ExportError> {
    let mut parts = Vec::new();
    for (locale, place) in &group.members {
        let around = Around { world, item: *place, lost: RefCell::default(), shown };
        let item = &world.export.items[*place];
        let made = of_item(declared, item, &around, &mut rows[*place]);
        let (fields, pieces) = made.map_err(|error| ExportError { line: item.line, ..error })?;
        parts.push(Part { locale, place: *place, fields, pieces });
        let lost = around.lost.into_inner();
        if !lost.is_empty() {
            let named: Vec<_> = lost.iter().take(LOST).cloned().collect();
            let more = if lost.len() > LOST { ", ..." } else { "" };
            rows[*place].note(
                format!("links to {}{more}", named.join(", ")),
                "Nothing in the file stands at these addresses of the old website: the links still lead there.",
            );
        }
    }
    let Composed { document, joined, is_even } = arranged(&parts);
    for (place, Note { what, why }) in joined {
        rows[place].note(what, why);
    }
    if !is_even {
        rows[parts[0].place]
            .note("sections", "The languages are built differently: some sections have words in one of them only.");
    }
    match document {
        Value::Object(document) => {
            Ok(document.into_iter().filter(|(name, _)| declared.field(name).is_some()).collect())
        }
        _ => Ok(Map::new()),
    }
}

/// The languages, with as many sections of each as fit on the page together.
fn arranged(parts: &[Part<'_>]) -> Composed {
    let mut shares = vec![SECTIONS; parts.len()];
    let mut best = composed(parts, &shares);
    if best.fits() {
        return best;
    }
    // Languages that are built differently stand below each other. Nothing but text stands beside each other again.
    for each in [(SECTIONS / parts.len().max(1)).max(1), 1] {
        if !best.fits() {
            shares.fill(each);
            best = composed(parts, &shares);
        }
    }
    // What one of them leaves free another may use.
    for place in 0..parts.len() {
        let (mut fitting, mut most) = (shares[place], SECTIONS);
        while fitting < most {
            shares[place] = (fitting + most).div_ceil(2);
            let made = composed(parts, &shares);
            if made.fits() {
                (fitting, best) = (shares[place], made);
            } else {
                most = shares[place] - 1;
            }
        }
        shares[place] = fitting;
    }
    best
}

/// The languages brought together, with at most so many sections of each.
fn composed(parts: &[Part<'_>], shares: &[usize]) -> Composed {
    let mut joined = Vec::new();
    let mut counts = BTreeSet::new();
    let mut values = Vec::new();
    for (part, most) in parts.iter().zip(shares) {
        let (pieces, note) = fitted(part.pieces.clone(), *most);
        joined.extend(note.map(|note| (part.place, note)));
        counts.insert(pieces.len());
        let mut fields = part.fields.clone();
        if !pieces.is_empty() {
            let sections = pieces.into_iter().map(Piece::into_section).map(Value::Object);
            fields.insert("sections".to_owned(), Value::Array(sections.collect()));
        }
        values.push((part.locale, Value::Object(fields)));
    }
    let values: Vec<(&Locale, &Value)> = values.iter().map(|(locale, value)| (*locale, value)).collect();
    Composed { document: together(&values), joined, is_even: counts.len() < 2 }
}

/// What is beside the sections of an item, and their pieces.
fn of_item(
    declared: &TypeDeclaration,
    item: &Item,
    around: &Around<'_>,
    row: &mut Row,
) -> Result<(Map<String, Value>, Vec<Piece>), ExportError> {
    let (pieces, notes) = sections::pieces(&item.content, around)?;
    row.notes(notes);
    let mut made = Map::new();
    made.insert("title".to_owned(), in_words(json!(title(declared, item, row))));
    let thumbnail = item.meta("_thumbnail_id").and_then(|id| id.trim().parse::<u64>().ok());
    let thumbnail = thumbnail.and_then(|id| around.world.export.items.iter().find(|other| other.id == id));
    let picture = thumbnail.filter(|file| !file.attachment_url.is_empty()).map(|file| {
        let address = around.address(&file.attachment_url);
        around.picture(&address, "")
    });
    let pieces = if declared.name == "post" {
        of_post(item, around, picture, pieces, &mut made, row)
    } else {
        of_page(item, picture, &mut made, row);
        pieces
    };
    Ok((made, pieces))
}

fn of_page(item: &Item, picture: Option<Value>, made: &mut Map<String, Value>, row: &mut Row) {
    made.insert("order".to_owned(), json!(item.order.clamp(0, 100_000)));
    let mut seo = Map::new();
    let own = |names: [&str; 2], most: usize| {
        let text = names.iter().find_map(|name| item.meta(name))?;
        // Plug-ins fill what stands between percent signs when a page is shown.
        let is_kept = !text.contains('%') && text.chars().count() <= most;
        is_kept.then(|| in_words(json!(one_line(text))))
    };
    seo.extend(own(["_yoast_wpseo_title", "rank_math_title"], 70).map(|title| ("title".to_owned(), title)));
    let described = own(["_yoast_wpseo_metadesc", "rank_math_description"], 320);
    seo.extend(described.map(|text| ("description".to_owned(), text)));
    if let Some(picture) = picture {
        row.note("featured image", "Pages show it when they are shared; it stands in no section.");
        seo.insert("image".to_owned(), picture);
    }
    if !seo.is_empty() {
        made.insert("seo".to_owned(), Value::Object(seo));
    }
    if !item.excerpt.trim().is_empty() {
        row.note("excerpt", "A page has no summary: its sections say everything.");
    }
}

/// Fills in what a post has beside its sections; answers the pieces that its text does not hold.
fn of_post(
    item: &Item,
    around: &Around<'_>,
    picture: Option<Value>,
    pieces: Vec<Piece>,
    made: &mut Map<String, Value>,
    row: &mut Row,
) -> Vec<Piece> {
    let mut body = RichText::default();
    let mut pieces = pieces.into_iter().peekable();
    while let Some(Piece::Text(_)) = pieces.peek()
        && let Some(Piece::Text(text)) = pieces.next()
    {
        body.append(text);
    }
    let mut parts = body.cut(BODY).into_iter();
    if let Some(body) = parts.next().filter(|body| !body.is_empty()) {
        made.insert("body".to_owned(), in_words(body.to_state()));
    }
    let below = parts.map(Piece::Text).chain(pieces).collect();
    if let Some(day) = day_of(item) {
        made.insert("date".to_owned(), json!(day));
    }
    let shown = around.world.export.authors.get(&item.creator).filter(|name| !name.is_empty());
    let author = one_line(shown.unwrap_or(&item.creator));
    if !author.is_empty() {
        made.insert("author".to_owned(), json!(author.chars().take(120).collect::<String>()));
    }
    let summary = words_of_html(&item.excerpt);
    if !summary.is_empty() {
        if summary.chars().count() > SUMMARY {
            row.note("excerpt", "It was cut after 400 characters.");
        }
        made.insert("short_description".to_owned(), in_words(json!(cut(&clean(&summary), SUMMARY))));
    }
    made.extend(picture.map(|picture| ("featured_image".to_owned(), picture)));
    let mut tags: Vec<String> = Vec::new();
    for term in item.terms.iter().filter(|term| ["category", "post_tag"].contains(&term.taxonomy.as_str())) {
        let name = cut(&one_line(&words_of_html(&term.name)), TAG);
        if term.slug != NO_CATEGORY && !name.is_empty() && !tags.contains(&name) {
            tags.push(name);
        }
    }
    if tags.len() > TAGS {
        row.note("tags", "A post has at most fifty: the others were left out.");
        tags.truncate(TAGS);
    }
    if !tags.is_empty() {
        made.insert("tags".to_owned(), json!(tags));
    }
    if item.is_sticky {
        made.insert("is_featured".to_owned(), json!(true));
    }
    if let Some(format) = item.term("post_format") {
        row.note(format!("format {}", format.name), "Posts have no formats: it looks like any other.");
    }
    below
}

fn title(declared: &TypeDeclaration, item: &Item, row: &mut Row) -> String {
    let title = one_line(&words_of_html(&item.title));
    if title.is_empty() {
        let made = item.slug.replace('-', " ");
        let made = if made.trim().is_empty() { format!("Untitled {}", item.id) } else { made };
        row.note("title", format!("It has none, so it is called {made:?}."));
        return made;
    }
    let most = match declared.field("title").map(|field| &field.kind) {
        Some(FieldKind::Text { max_length, .. }) => *max_length,
        _ => usize::MAX,
    };
    if title.chars().count() > most {
        row.note("title", format!("It was cut after {most} characters; whole: {title:?}."));
    }
    cut(&title, most)
}

/// The day on which a post appeared; drafts may have none.
fn day_of(item: &Item) -> Option<String> {
    let day = item.date.get(..10)?.parse::<jiff::civil::Date>().ok()?;
    (day.year() > 0).then(|| day.to_string())
}

fn one_line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn clean(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control() || *letter == '\n').collect()
}

/// At most so many characters, ending with a whole word where that is possible.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let short: String = text.chars().take(most.saturating_sub(1)).collect();
    let end = short.rfind(' ').filter(|end| *end > short.len() / 2).unwrap_or(short.len());
    format!("{}…", &short[..end])
}
