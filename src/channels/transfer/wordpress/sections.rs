//! What a text of WordPress becomes: sections where a block has its like here, formatted text for everything else.

use std::collections::BTreeSet;

use content::rich_text::{HtmlContent, HtmlPart, HtmlPicture, HtmlRules, RichText, escape, read_html};
use serde_json::{Map, Value, json};

use super::{
    ExportError,
    blocks::{self, Block, Stretch},
    cards::{card_of, is_gallery_of, pictures_of},
    embedding::{EMBEDDED, attribute, caption_of, embeddable},
    languages::in_words,
    shortcodes::{self, Shelf},
};

/// Characters of a text in a section of text.
pub(super) const SECTION_TEXT: usize = 18_000;
/// Characters of a plain description.
pub(super) const DESCRIPTION: usize = 2_000;
/// Characters of a heading and of a button.
pub(super) const TITLE: usize = 160;
const BUTTON: usize = 60;
/// Pictures of one gallery.
pub(super) const PICTURES: usize = 60;
/// Around the number of a section that stands in HTML for something that is embedded: letters that no text has.
const MARK: (char, char) = ('\u{F8F0}', '\u{F8F1}');
/// Reusable blocks inside each other.
const REUSED: usize = 5;

/// What the text refers to.
pub(super) trait Surroundings {
    /// What an address becomes.
    fn address(&self, written: &str) -> String;
    /// The HTML of pictures.
    fn pictures(&self, ids: Option<&[u64]>) -> String;
    /// The text of a reusable block.
    fn reusable(&self, id: u64) -> Option<&str>;
    /// A picture's value for a document.
    fn picture(&self, url: &str, alt: &str) -> Value;
}

/// Something that was not taken over as it was.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, utoipa::ToSchema)]
#[schema(as = WordpressNote)]
pub(super) struct Note {
    /// Which part.
    pub what: String,
    /// What became of it, a whole sentence.
    pub why: String,
}

/// A part of a page.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    /// Text.
    Text(RichText),
    /// Any other section, its texts marked by [`in_words`].
    Section(Map<String, Value>),
}

/// Turns one text into pieces.
pub(super) fn pieces(text: &str, around: &dyn Surroundings) -> Result<(Vec<Piece>, Vec<Note>), ExportError> {
    let mut maker = Maker {
        around,
        pieces: Vec::new(),
        html: String::new(),
        notes: BTreeSet::new(),
        embedded: Vec::new(),
        lines: false,
        reused: 0,
    };
    if blocks::has_blocks(text) {
        maker.stretches(&blocks::read(text))?;
    } else {
        maker.lines = true;
        let html = shortcodes::expand(text, &mut maker.shelf());
        maker.html = maker.with_addresses(&html);
    }
    maker.end_html()?;
    Ok((maker.pieces, maker.notes.into_iter().collect()))
}

impl Piece {
    /// The section that it is on a page.
    pub fn into_section(self) -> Map<String, Value> {
        match self {
            Self::Text(text) => section("rich_text", json!({"content": in_words(text.to_state())})),
            Self::Section(section) => section,
        }
    }
}

pub(super) fn section(kind: &str, fields: Value) -> Map<String, Value> {
    let mut section = Map::from_iter([("type".to_owned(), json!(kind))]);
    if let Value::Object(fields) = fields {
        section.extend(fields.into_iter().filter(|(_, value)| !value.is_null()));
    }
    section
}

struct Maker<'a> {
    around: &'a dyn Surroundings,
    pieces: Vec<Piece>,
    /// HTML that is on its way into text.
    html: String,
    notes: BTreeSet<Note>,
    /// Sections that marks in the HTML stand for.
    embedded: Vec<Map<String, Value>>,
    /// Whether the text is of the first editor.
    lines: bool,
    reused: usize,
}

/// Notes and pictures for shortcodes.
struct Borrowed<'m> {
    around: &'m dyn Surroundings,
    notes: &'m mut BTreeSet<Note>,
    embedded: &'m mut Vec<Map<String, Value>>,
}

impl Shelf for Borrowed<'_> {
    fn pictures(&self, ids: Option<&[u64]>) -> String {
        self.around.pictures(ids)
    }

    fn embedded(&mut self, address: &str, poster: Option<&str>) -> Option<String> {
        let section = embeddable(self.around, address, poster, "")?;
        self.notes.insert(Note { what: format!("embed {address}"), why: EMBEDDED.to_owned() });
        self.embedded.push(section);
        Some(format!("{}{}{}", MARK.0, self.embedded.len() - 1, MARK.1))
    }

    fn note(&mut self, what: String, why: &'static str) {
        self.notes.insert(Note { what, why: why.to_owned() });
    }
}

impl Maker<'_> {
    fn shelf(&mut self) -> Borrowed<'_> {
        Borrowed { around: self.around, notes: &mut self.notes, embedded: &mut self.embedded }
    }

    fn note(&mut self, what: impl Into<String>, why: &str) {
        self.notes.insert(Note { what: what.into(), why: why.to_owned() });
    }

    fn stretches(&mut self, stretches: &[Stretch]) -> Result<(), ExportError> {
        for stretch in stretches {
            match stretch {
                Stretch::Html(html) => {
                    let html =
                        if html.contains('[') { shortcodes::expand(html, &mut self.shelf()) } else { html.clone() };
                    self.html.push_str(&html);
                }
                Stretch::Block(block) => self.block(block)?,
            }
        }
        Ok(())
    }

    fn block(&mut self, block: &Block) -> Result<(), ExportError> {
        match block.name.as_str() {
            "cover" => self.cover(block),
            "media-text" => self.beside(block),
            "columns" => self.columns(block),
            "buttons" | "button" => self.buttons(block),
            "gallery" => {
                self.end_html()?;
                self.stretches(&block.inside)?;
                self.end_html()
            }
            "latest-posts" | "query" => {
                self.end_html()?;
                let limit = block.settings.get("postsToShow").and_then(Value::as_u64);
                let limit = limit.or_else(|| block.settings.get("query")?.get("perPage")?.as_u64());
                let limit = limit.map(|limit| limit.clamp(1, 30));
                self.pieces.push(Piece::Section(section("news_list", json!({"limit": limit}))));
                Ok(())
            }
            "block" => self.reusable(block),
            "social-link" => {
                if let Some(url) = block.text("url") {
                    let mut shown = String::new();
                    escape(&mut shown, block.text("service").unwrap_or(url));
                    let mut address = String::new();
                    escape(&mut address, url);
                    self.html.push_str(&["<p><a href=\"", &address, "\">", &shown, "</a></p>"].concat());
                }
                Ok(())
            }
            name if name == "embed" || name.starts_with("core-embed/") => self.embedded(block),
            "video" => self.video(block),
            name if blocks::is_of_the_site(name) => {
                self.note(format!("block {name}"), "It shows what the website itself knows, and so it was left out.");
                Ok(())
            }
            name => {
                if !blocks::is_text(name) {
                    self.note(format!("block {name}"), "It has no like here: its text and pictures were kept.");
                }
                self.stretches(&block.inside)
            }
        }
    }

    fn reusable(&mut self, block: &Block) -> Result<(), ExportError> {
        let around = self.around;
        let text = block.settings.get("ref").and_then(Value::as_u64).and_then(|id| around.reusable(id));
        match text {
            Some(text) if self.reused < REUSED => {
                self.reused += 1;
                let stretches = blocks::read(text);
                self.stretches(&stretches)?;
                self.reused -= 1;
            }
            _ => self.note("block block", "The reusable block is not in the file, or lies in itself."),
        }
        Ok(())
    }

    fn embedded(&mut self, block: &Block) -> Result<(), ExportError> {
        let Some(url) = block.text("url") else { return self.stretches(&block.inside) };
        if let Some(section) = embeddable(self.around, url, None, &caption_of(&html_of(&block.inside))) {
            self.note(format!("embed {url}"), EMBEDDED);
            self.end_html()?;
            self.pieces.push(Piece::Section(section));
            return Ok(());
        }
        self.note(format!("embed {url}"), "Nothing is embedded: a link leads to it.");
        let mut address = String::new();
        escape(&mut address, url);
        self.html.push_str(&["<p><a href=\"", &address, "\">", &address, "</a></p>"].concat());
        let inside = html_of(&block.inside);
        if let Some(caption) = inside.split("<figcaption").nth(1).and_then(|rest| rest.split_once('>')) {
            let words = caption.1.split("</figcaption>").next().unwrap_or_default();
            self.html.push_str(&["<p>", words, "</p>"].concat());
        }
        Ok(())
    }

    /// A film from a file: a section where it has a picture, otherwise what its HTML becomes.
    fn video(&mut self, block: &Block) -> Result<(), ExportError> {
        let html = html_of(&block.inside);
        let unescaped = |value: &str| value.replace("&amp;", "&");
        let source = attribute(&html, "src").map(unescaped);
        let poster = attribute(&html, "poster").map(unescaped);
        let made = source.and_then(|source| {
            let section = embeddable(self.around, &source, poster.as_deref(), &caption_of(&html))?;
            Some((source, section))
        });
        let Some((source, section)) = made else { return self.stretches(&block.inside) };
        self.note(format!("video {source}"), EMBEDDED);
        self.end_html()?;
        self.pieces.push(Piece::Section(section));
        Ok(())
    }

    /// An address alone on its line, which WordPress embeds by itself.
    fn with_addresses(&mut self, text: &str) -> String {
        let mut shelf = self.shelf();
        let lines = text.split('\n').map(|line| {
            let alone = line.trim();
            let is_address = alone.starts_with("http") && !alone.contains(['<', ' ']);
            let mark = if is_address { shelf.embedded(alone, None) } else { None };
            mark.unwrap_or_else(|| line.to_owned())
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// A large picture with a few words on it: an opening picture where plain words say all of it.
    fn cover(&mut self, block: &Block) -> Result<(), ExportError> {
        self.end_html()?;
        let inside = html_of(&block.inside);
        let url = block.text("url").map(str::to_owned).or_else(|| background(&inside));
        let from = self.pieces.len();
        self.stretches(&block.inside)?;
        self.end_html()?;
        let mut made = self.pieces.split_off(from);
        let shown = url.as_deref().map(|url| self.around.address(url)).filter(|url| is_picture(url));
        let picture = shown.as_deref().map(|url| self.around.picture(url, block.text("alt").unwrap_or_default()));
        // It stands in the block's own HTML too.
        made.retain(|piece| !matches!(piece, Piece::Section(section) if is_gallery_of(section, picture.as_ref())));
        let mut text = RichText::default();
        let mut others = Vec::new();
        for piece in made {
            match piece {
                Piece::Text(more) if others.is_empty() => text.append(more),
                other => others.push(other),
            }
        }
        let (mut title, mut rest) = text.clone().split_heading();
        if title.is_none() && text.is_plain() {
            // A cover that was left as it begins has one large paragraph.
            (title, rest) = (Some(text.to_text()), RichText::default());
        }
        let fits = |words: &str, most: usize| words.chars().count() <= most && !words.is_empty();
        let title = title.filter(|title| fits(title, TITLE) && !title.contains('\n'));
        let is_hero = picture.is_some() && title.is_some() && rest.is_plain() && rest.length() <= DESCRIPTION;
        if let (true, Some(title)) = (is_hero, title) {
            let words = rest.to_text();
            let description = (!words.is_empty()).then(|| in_words(json!(words)));
            let fields = json!({"title": in_words(json!(title)), "description": description, "image": picture});
            self.pieces.push(Piece::Section(section("hero", fields)));
        } else {
            self.about(text, picture, None);
        }
        self.pieces.extend(others);
        Ok(())
    }

    /// Text and picture beside each other.
    fn beside(&mut self, block: &Block) -> Result<(), ExportError> {
        self.end_html()?;
        let from = self.pieces.len();
        self.stretches(&block.inside)?;
        self.end_html()?;
        let mut text = RichText::default();
        let mut picture = None;
        let mut others = Vec::new();
        for piece in self.pieces.split_off(from) {
            match piece {
                Piece::Text(more) => text.append(more),
                Piece::Section(section) if picture.is_none() && pictures_of(&section).len() == 1 => {
                    picture = pictures_of(&section).first().cloned();
                }
                other @ Piece::Section(_) => others.push(other),
            }
        }
        let side = if block.text("mediaPosition") == Some("right") { "end" } else { "start" };
        self.about(text, picture, Some(side));
        self.pieces.extend(others);
        Ok(())
    }

    /// A picture with text; text alone stays text, and what is too long for it stands below.
    fn about(&mut self, text: RichText, picture: Option<Value>, side: Option<&str>) {
        let Some(picture) = picture else {
            if !text.is_empty() {
                self.pieces.push(Piece::Text(text));
            }
            return;
        };
        let mut parts = text.cut(SECTION_TEXT).into_iter();
        let content = parts.next().filter(|text| !text.is_empty()).map(|text| in_words(text.to_state()));
        if content.is_none() {
            self.pieces.push(Piece::Section(section("gallery", json!({"images": [picture]}))));
            return;
        }
        let fields = json!({"content": content, "image": picture, "image_side": side});
        self.pieces.push(Piece::Section(section("about", fields)));
        self.pieces.extend(parts.map(Piece::Text));
    }

    /// Columns that are alike and short are cards; all others stand below each other.
    fn columns(&mut self, block: &Block) -> Result<(), ExportError> {
        self.end_html()?;
        let from = self.pieces.len();
        let mut cards = Vec::new();
        let mut is_cards = true;
        for column in block.blocks() {
            let begin = self.pieces.len();
            self.stretches(&column.inside)?;
            self.end_html()?;
            let card = card_of(&self.pieces[begin..]);
            is_cards &= card.is_some();
            cards.extend(card);
        }
        if is_cards && cards.len() > 1 {
            self.pieces.truncate(from);
            self.pieces.push(Piece::Section(section("cards", json!({"items": cards}))));
        } else if cards.len() > 1 || block.blocks().count() > 1 {
            self.note("block columns", "The columns stand below each other.");
        }
        Ok(())
    }

    fn buttons(&mut self, block: &Block) -> Result<(), ExportError> {
        self.end_html()?;
        let html = html_of(&block.inside);
        let around = self.around;
        let address = |written: &str| around.address(written);
        let content = read_html(&html, &HtmlRules { address: &address, lines_are_kept: false });
        let content = content.map_err(|error| ExportError::new(0, error.to_string()))?;
        let mut is_left = false;
        for part in &content.parts {
            let HtmlPart::Text(text) = part else { continue };
            for (words, url) in text.links() {
                let words: String = words.split_whitespace().collect::<Vec<_>>().join(" ");
                if words.is_empty() || words.chars().count() > BUTTON {
                    is_left = true;
                    continue;
                }
                let cta = json!({"text": in_words(json!(words)), "url": url.as_str()});
                self.pieces.push(Piece::Section(section("cta", json!({"cta": cta}))));
            }
        }
        if is_left {
            self.html.push_str(&html);
            self.note("block buttons", "Its words are too long for a button: it was kept as a link.");
        }
        self.tell(&content);
        Ok(())
    }

    /// Makes text, galleries and what is embedded of the HTML gathered so far.
    fn end_html(&mut self) -> Result<(), ExportError> {
        let html = std::mem::take(&mut self.html);
        let mut rest = html.as_str();
        while let Some((before, behind)) = rest.split_once(MARK.0) {
            let Some((number, after)) = behind.split_once(MARK.1) else { break };
            self.html_part(before)?;
            let section = number.parse().ok().and_then(|number: usize| self.embedded.get(number)).cloned();
            self.pieces.extend(section.map(Piece::Section));
            rest = after;
        }
        self.html_part(rest)
    }

    fn html_part(&mut self, html: &str) -> Result<(), ExportError> {
        if html.trim().is_empty() {
            return Ok(());
        }
        let around = self.around;
        let address = |written: &str| around.address(written);
        let content = read_html(html, &HtmlRules { address: &address, lines_are_kept: self.lines });
        let mut content = content.map_err(|error| ExportError::new(0, error.to_string()))?;
        self.tell(&content);
        let mut pictures = Vec::new();
        for part in content.parts.drain(..) {
            match part {
                HtmlPart::Picture(picture) => pictures.push(picture),
                HtmlPart::Text(text) => {
                    self.gallery(std::mem::take(&mut pictures));
                    self.pieces.push(Piece::Text(text));
                }
            }
        }
        self.gallery(pictures);
        Ok(())
    }

    fn tell(&mut self, content: &HtmlContent) {
        for loss in &content.losses {
            self.note(loss.what.clone(), loss.why);
        }
    }

    fn gallery(&mut self, pictures: Vec<HtmlPicture>) {
        for some in pictures.chunks(PICTURES) {
            let mut captions = BTreeSet::new();
            let mut images = Vec::new();
            for HtmlPicture { url, alt, caption } in some {
                let alt = if alt.is_empty() { caption } else { alt };
                if !caption.is_empty() && caption != alt {
                    captions.insert(caption.clone());
                }
                images.push(self.around.picture(url.as_str(), alt));
            }
            // What stood below the pictures stands above all of them.
            let description = captions.into_iter().collect::<Vec<_>>().join("\n");
            let description: String = description.chars().take(DESCRIPTION).collect();
            let description = (!description.is_empty()).then(|| in_words(json!(description)));
            self.pieces.push(Piece::Section(section("gallery", json!({"images": images, "description": description}))));
        }
    }
}

pub(super) fn is_picture(url: &str) -> bool {
    url.parse::<ground::words::SafeUrl>().is_ok()
        && (url.starts_with('/') || url.to_ascii_lowercase().starts_with("http"))
}

/// The address in `background-image:url(...)`, as older covers have it.
fn background(html: &str) -> Option<String> {
    let behind = html.split("background-image:url(").nth(1)?;
    let url = behind.split(')').next()?.trim_matches(['\'', '"', ' ']);
    Some(url.to_owned())
}

/// The HTML of blocks without their marks.
fn html_of(stretches: &[Stretch]) -> String {
    let one = |stretch: &Stretch| match stretch {
        Stretch::Html(html) => html.clone(),
        Stretch::Block(block) => html_of(&block.inside),
    };
    stretches.iter().map(one).collect()
}
