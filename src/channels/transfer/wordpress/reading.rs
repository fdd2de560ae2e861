//! From the text of a WordPress export (WXR 1.0 to 1.2, an extension of RSS) to its items. Nothing is written while a file is
//! read: what is wrong in its last line is found before the first change.

use std::cell::Cell;

use quick_xml::{Reader, events::Event};

use super::{
    ExportError,
    export::{Export, Item, Term, TermOf},
};
use crate::transfer::text::line_at;

/// Elements inside each other: an export has four.
const DEPTH: usize = 32;
/// Items of one file: WordPress itself cuts its exports long before.
const MOST_ITEMS: usize = 200_000;
/// The versions that are read; there have been no others.
const VERSIONS: [&str; 3] = ["1.0", "1.1", "1.2"];
const UTF_8_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Reads a whole export.
pub(super) fn read(bytes: &[u8]) -> Result<Export, ExportError> {
    let bytes = bytes.strip_prefix(UTF_8_MARK).unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = line_at(bytes, error.valid_up_to());
        ExportError::new(
            line,
            "This is not UTF-8 text. Save the file as UTF-8, as WordPress writes it, and import it again.",
        )
    })?;
    let mut xml = Xml { text, reader: Reader::from_str(text), depth: 0, counted: Cell::new((0, 1)) };
    let mut export = None;
    loop {
        match xml.next()? {
            Event::Start(start) if start.name().as_ref() == "rss" && export.is_none() => {}
            Event::Start(start) if start.name().as_ref() == "channel" && export.is_none() => {
                export = Some(xml.channel()?);
            }
            Event::Start(_) | Event::Empty(_) => {
                return Err(xml.wrong("This is not an export of WordPress: it has an <rss> with one <channel> in it."));
            }
            Event::Decl(declaration) => {
                let encoding = declaration.encoding().and_then(Result::ok);
                let name = encoding.map(|name| name.to_ascii_lowercase());
                if let Some(name) = name.filter(|name| name != "utf-8" && name != "us-ascii") {
                    return Err(xml.wrong(format!("The file says that it is written in {name}. Save it as UTF-8.")));
                }
            }
            Event::Eof if xml.depth > 0 => return Err(xml.wrong("The file ends in the middle. Export it again.")),
            Event::Eof => break,
            _ => {}
        }
    }
    let export =
        export.ok_or_else(|| ExportError::new(1, "This is not an export of WordPress: it has no <channel>."))?;
    match export.version.as_str() {
        "" => Err(ExportError::new(
            1,
            "There is no <wp:wxr_version> in the file, so it is not an export of WordPress (an RSS feed has none).",
        )),
        version if VERSIONS.contains(&version) => Ok(export),
        other => {
            Err(ExportError::new(1, format!("The file is of version {other:?}. Versions 1.0, 1.1 and 1.2 are read.")))
        }
    }
}

struct Xml<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
    depth: usize,
    /// Up to where lines have been counted, and how many.
    counted: Cell<(usize, usize)>,
}

impl<'a> Xml<'a> {
    /// The next event, with everything refused that no export has.
    fn next(&mut self) -> Result<Event<'a>, ExportError> {
        let event = self.reader.read_event().map_err(|error| {
            let position = usize::try_from(self.reader.error_position()).unwrap_or(usize::MAX);
            ExportError::new(line_at(self.text.as_bytes(), position), format!("This is not valid XML: {error}."))
        })?;
        match &event {
            Event::Start(_) => {
                self.depth += 1;
                if self.depth > DEPTH {
                    return Err(self.wrong("Elements lie too deep inside each other for an export of WordPress."));
                }
            }
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            Event::DocType(_) => {
                return Err(
                    self.wrong("The file has a DOCTYPE, which no export of WordPress has and which can do harm.")
                );
            }
            _ => {}
        }
        Ok(event)
    }

    fn line(&self) -> usize {
        let (from, line) = self.counted.get();
        let to = self.position();
        let more = self.text.get(from..to).unwrap_or_default().matches('\n').count();
        self.counted.set((to, line + more));
        line + more
    }

    fn position(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }

    fn wrong(&self, reason: impl Into<String>) -> ExportError {
        ExportError::new(self.line(), reason)
    }

    /// The name of the next element inside this one, and whether it has an inside; nothing at this one's end.
    fn child(&mut self) -> Result<Option<Child>, ExportError> {
        loop {
            let (start, is_empty) = match self.next()? {
                Event::Start(start) => (start, false),
                Event::Empty(start) => (start, true),
                Event::End(_) => return Ok(None),
                Event::Eof => return Err(self.wrong("The file ends in the middle. Export it again.")),
                _ => continue,
            };
            let name = start.name().as_ref().to_owned();
            let mut attributes = Vec::new();
            for attribute in start.attributes() {
                let attribute = attribute.map_err(|error| self.wrong(format!("This is not valid XML: {error}.")))?;
                let key = attribute.key.as_ref().to_owned();
                let value = quick_xml::escape::unescape(&attribute.value)
                    .map_err(|error| self.wrong(format!("This is not valid XML: {error}.")))?;
                attributes.push((key, value.into_owned()));
            }
            return Ok(Some(Child { name, attributes, is_empty }));
        }
    }

    /// All words of the element that has just begun.
    fn words(&mut self, child: &Child) -> Result<String, ExportError> {
        if child.is_empty {
            return Ok(String::new());
        }
        let (start, depth) = (self.position(), self.depth);
        let mut words = String::new();
        let mut has_stray_end = false;
        loop {
            let before = self.position();
            match self.next()? {
                Event::Text(text) => {
                    has_stray_end |= text.contains("]]>");
                    words.push_str(&text);
                }
                Event::CData(text) => words.push_str(&text),
                Event::GeneralRef(reference) => {
                    let written = format!("&{};", &*reference);
                    let text = quick_xml::escape::unescape(&written).map_err(|_| {
                        let shown: String = written.chars().take(40).collect();
                        self.wrong(format!("The file names an entity {shown} which no export of WordPress has."))
                    })?;
                    words.push_str(&text);
                }
                Event::End(_) if self.depth < depth => {
                    if has_stray_end {
                        words = self.unescaped(start, before).unwrap_or(words);
                    }
                    return Ok(words);
                }
                Event::Eof => return Err(self.wrong("The file ends in the middle. Export it again.")),
                _ => {}
            }
        }
    }

    /// The same without blanks at its ends.
    fn trimmed(&mut self, child: &Child) -> Result<String, ExportError> {
        Ok(self.words(child)?.trim().to_owned())
    }

    /// A text that itself speaks of CDATA, by an export that did not escape it: everything between the outermost signs.
    fn unescaped(&self, start: usize, end: usize) -> Option<String> {
        let whole = self.text.get(start..end)?.trim_end_matches('<');
        Some(whole.strip_prefix("<![CDATA[")?.strip_suffix("]]>")?.to_owned())
    }

    fn skip(&mut self, child: &Child) -> Result<(), ExportError> {
        let depth = self.depth;
        while !child.is_empty && self.depth >= depth {
            if matches!(self.next()?, Event::Eof) {
                return Err(self.wrong("The file ends in the middle. Export it again."));
            }
        }
        Ok(())
    }

    fn channel(&mut self) -> Result<Export, ExportError> {
        let mut export = Export::default();
        while let Some(child) = self.child()? {
            match child.name.as_str() {
                "title" => export.title = self.words(&child)?,
                "link" => export.link = self.trimmed(&child)?,
                "language" => export.language = self.trimmed(&child)?,
                "wp:wxr_version" => export.version = self.trimmed(&child)?,
                "wp:base_blog_url" => export.base = self.trimmed(&child)?,
                "wp:author" => {
                    let fields = self.fields(&child)?;
                    let find = |name: &str| field(&fields, name);
                    export.authors.insert(find("wp:author_login"), find("wp:author_display_name"));
                }
                "wp:category" => {
                    export.terms.push(self.term(&child, "category", "wp:category_nicename", "wp:cat_name")?);
                }
                "wp:tag" => export.terms.push(self.term(&child, "post_tag", "wp:tag_slug", "wp:tag_name")?),
                "wp:term" => export.terms.push(self.term(&child, "", "wp:term_slug", "wp:term_name")?),
                "item" => {
                    if export.items.len() >= MOST_ITEMS {
                        return Err(
                            self.wrong(format!("The file has more than {MOST_ITEMS} items. Export it in parts."))
                        );
                    }
                    let item = self.item()?;
                    export.items.push(item);
                }
                _ => self.skip(&child)?,
            }
        }
        if export.base.is_empty() {
            export.base.clone_from(&export.link);
        }
        Ok(export)
    }

    /// The elements inside one, each with its words.
    fn fields(&mut self, child: &Child) -> Result<Vec<(String, String)>, ExportError> {
        let mut fields = Vec::new();
        while !child.is_empty
            && let Some(child) = self.child()?
        {
            let words = self.words(&child)?;
            fields.push((child.name, words));
        }
        Ok(fields)
    }

    fn term(&mut self, child: &Child, taxonomy: &str, slug: &str, name: &str) -> Result<Term, ExportError> {
        let fields = self.fields(child)?;
        let find = |name: &str| field(&fields, name).trim().to_owned();
        Ok(Term {
            taxonomy: if taxonomy.is_empty() { find("wp:term_taxonomy") } else { taxonomy.to_owned() },
            slug: find(slug),
            name: find(name),
        })
    }

    fn item(&mut self) -> Result<Item, ExportError> {
        let mut item = Item { line: self.line(), ..Item::default() };
        while let Some(child) = self.child()? {
            match child.name.as_str() {
                "title" => item.title = self.words(&child)?,
                "link" => item.link = self.trimmed(&child)?,
                "dc:creator" => item.creator = self.trimmed(&child)?,
                "content:encoded" => item.content = self.words(&child)?,
                "excerpt:encoded" => item.excerpt = self.words(&child)?,
                "wp:post_id" => {
                    let written = self.words(&child)?;
                    item.id = written.trim().parse().map_err(|_| self.wrong("The id of an item is no number."))?;
                }
                "wp:post_date" => item.date = self.trimmed(&child)?,
                "wp:post_name" => item.slug = self.trimmed(&child)?,
                "wp:status" => item.status = self.trimmed(&child)?,
                "wp:post_parent" => item.parent = self.words(&child)?.trim().parse().unwrap_or(0),
                "wp:menu_order" => item.order = self.words(&child)?.trim().parse().unwrap_or(0),
                "wp:post_type" => item.kind = self.trimmed(&child)?,
                "wp:post_password" => item.has_password = !self.words(&child)?.trim().is_empty(),
                "wp:is_sticky" => item.is_sticky = self.words(&child)?.trim() == "1",
                "wp:attachment_url" => item.attachment_url = self.trimmed(&child)?,
                "wp:comment" => {
                    self.skip(&child)?;
                    item.comments += 1;
                }
                "wp:postmeta" => {
                    let fields = self.fields(&child)?;
                    item.meta.push((field(&fields, "wp:meta_key"), field(&fields, "wp:meta_value")));
                }
                "category" => {
                    let attribute = |name: &str| {
                        let found = child.attributes.iter().find(|(key, _)| key == name);
                        found.map(|(_, value)| value.clone()).unwrap_or_default()
                    };
                    let (taxonomy, slug) = (attribute("domain"), attribute("nicename"));
                    let name = self.words(&child)?.trim().to_owned();
                    // WXR 1.0 lists each term twice, once without its slug, and says `tag`.
                    if !slug.is_empty() {
                        let taxonomy = if taxonomy == "tag" { "post_tag".to_owned() } else { taxonomy };
                        item.terms.push(TermOf { taxonomy, slug, name });
                    }
                }
                _ => self.skip(&child)?,
            }
        }
        Ok(item)
    }
}

/// An element that has just begun.
struct Child {
    name: String,
    attributes: Vec<(String, String)>,
    is_empty: bool,
}

fn field(fields: &[(String, String)], wanted: &str) -> String {
    fields.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone()).unwrap_or_default()
}
