//! A message of AlpineBits as a tree of elements, and the tree as text. A file may be hostile: what no message has (a
//! DOCTYPE, entities, elements deep inside each other) is refused while it is read.

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use super::Fault;
use crate::transfer::text::line_at;

/// The namespace of OpenTravel's messages.
pub(super) const NAMESPACE: &str = "http://www.opentravel.org/OTA/2003/05";

/// Elements inside each other: a message has about fifteen.
const DEPTH: usize = 40;
/// Elements of one file.
const MOST_ELEMENTS: usize = 200_000;
const UTF_8_MARK: &[u8] = b"\xEF\xBB\xBF";

/// An element with what is in it. Elements hold words or other elements, never both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    pub name: String,
    /// Line of the file; 0 where it comes from none.
    pub line: usize,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Element>,
    pub text: String,
}

impl Element {
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// With an attribute.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.attributes.push((name.to_owned(), value.into()));
        self
    }

    /// With an attribute, where there is a value.
    pub fn with_some(self, name: &str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// With words in it.
    pub fn saying(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }

    /// With an element in it.
    pub fn holding(mut self, child: Self) -> Self {
        self.children.push(child);
        self
    }

    /// With elements in it; nothing where there are none.
    pub fn around(mut self, children: Vec<Self>) -> Option<Self> {
        self.children.extend(children);
        (!self.children.is_empty()).then_some(self)
    }

    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The first child of this name.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The children of this name.
    pub fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The first element at the end of a path of names.
    pub fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |element, name| element.child(name))
    }

    /// All elements at the end of a path of names, of every parent.
    pub fn every<'e>(&'e self, path: &[&str]) -> Vec<&'e Self> {
        let mut found = vec![self];
        for name in path {
            let inside = found.into_iter().flat_map(|element| &element.children);
            found = inside.filter(|child| child.name == *name).collect();
        }
        found
    }

    /// As the text of a file, of which each element has a line.
    pub fn pretty(&self) -> String {
        let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        self.write(&mut text, Some(0));
        text
    }

    /// As a text without breaks between elements.
    pub fn compact(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, None);
        text
    }

    fn write(&self, to: &mut String, depth: Option<usize>) {
        let (margin, end) = (" ".repeat(depth.map_or(0, |depth| 2 * depth)), if depth.is_some() { "\n" } else { "" });
        to.push_str(&margin);
        to.push('<');
        to.push_str(&self.name);
        for (name, value) in &self.attributes {
            to.extend([" ", name, "=\"", &escaped(value), "\""]);
        }
        if self.children.is_empty() && self.text.is_empty() {
            to.push_str("/>");
        } else if self.children.is_empty() {
            to.extend([">", &escaped(&self.text), "</", &self.name, ">"]);
        } else {
            to.extend([">", end]);
            for child in &self.children {
                child.write(to, depth.map(|depth| depth + 1));
            }
            to.extend([&margin, "</", &self.name, ">"]);
        }
        to.push_str(end);
    }
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            // Readers make blanks of them in attributes.
            '\n' => safe.push_str("&#10;"),
            '\t' => safe.push_str("&#9;"),
            plain => safe.push(plain),
        }
    }
    safe
}

/// Reads a whole file.
pub(super) fn read(bytes: &[u8]) -> Result<Element, Fault> {
    let bytes = bytes.strip_prefix(UTF_8_MARK).unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = line_at(bytes, error.valid_up_to());
        Fault::new(line, "", "This is not UTF-8 text. Save the file as UTF-8 and import it again.")
    })?;
    let mut tree = parse(text)?;
    let declared = tree.attributes.iter().find(|(_, value)| value == NAMESPACE).map(|(name, _)| name.clone());
    let prefix = match declared.as_deref() {
        Some("xmlns") => String::new(),
        Some(other) => other.strip_prefix("xmlns:").map(|prefix| format!("{prefix}:")).unwrap_or_default(),
        None => {
            let told = format!("The message has to name the namespace {NAMESPACE}.");
            return Err(Fault::new(tree.line, &tree.name, told));
        }
    };
    tree.attributes.retain(|(name, _)| !name.starts_with("xmlns") && !name.starts_with("xsi:"));
    unprefixed(&mut tree, &prefix)?;
    Ok(tree)
}

fn unprefixed(element: &mut Element, prefix: &str) -> Result<(), Fault> {
    match element.name.strip_prefix(prefix) {
        Some(plain) if !plain.contains(':') => element.name = plain.to_owned(),
        _ => {
            return Err(Fault::new(
                element.line,
                &element.name,
                "A message has elements of OpenTravel's namespace alone.",
            ));
        }
    }
    element.children.iter_mut().try_for_each(|child| unprefixed(child, prefix))
}

/// Reads one element with all that is in it.
pub(super) fn parse(text: &str) -> Result<Element, Fault> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    let (mut counted, mut line, mut elements) = (0, 1, 0_usize);
    loop {
        let event = reader.read_event().map_err(|error| {
            let position = usize::try_from(reader.error_position()).unwrap_or(usize::MAX);
            Fault::new(line_at(text.as_bytes(), position), "", format!("This is not valid XML: {error}."))
        })?;
        let position = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        // Where the event ends; a start tag of several lines is told by its last.
        line += text.get(counted..position).unwrap_or_default().matches('\n').count();
        counted = position;
        match event {
            Event::Start(start) => {
                elements += 1;
                if open.len() >= DEPTH || elements > MOST_ELEMENTS {
                    return Err(Fault::new(line, start.name().as_ref(), "No message has so many elements."));
                }
                open.push(element(&start, line)?);
            }
            Event::Empty(start) => {
                elements += 1;
                let element = element(&start, line)?;
                close(&mut open, &mut root, element)?;
            }
            Event::End(_) => {
                if let Some(element) = open.pop() {
                    close(&mut open, &mut root, element)?;
                }
            }
            Event::Text(words) => say(&mut open, &words),
            Event::CData(words) => say(&mut open, &words),
            Event::GeneralRef(reference) => {
                let written = format!("&{};", &*reference);
                let meant = quick_xml::escape::unescape(&written).map_err(|_| {
                    let shown: String = written.chars().take(40).collect();
                    Fault::new(line, "", format!("The file names an entity {shown} that no message has."))
                })?;
                say(&mut open, &meant);
            }
            Event::DocType(_) => {
                return Err(Fault::new(
                    line,
                    "",
                    "The file has a DOCTYPE, which no message has and which can do harm.",
                ));
            }
            Event::Decl(declaration) => {
                let encoding = declaration.encoding().and_then(Result::ok).map(|name| name.to_ascii_lowercase());
                if let Some(name) = encoding.filter(|name| name != "utf-8" && name != "us-ascii") {
                    return Err(Fault::new(
                        line,
                        "",
                        format!("The file says that it is written in {name}. Save it as UTF-8."),
                    ));
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if !open.is_empty() {
        return Err(Fault::new(line, "", "The file ends in the middle."));
    }
    root.ok_or_else(|| Fault::new(line, "", "There is no element in the file."))
}

fn say(open: &mut [Element], words: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(words);
    }
}

fn close(open: &mut [Element], root: &mut Option<Element>, mut element: Element) -> Result<(), Fault> {
    element.text = String::from(element.text.replace("\r\n", "\n").trim());
    if !element.text.is_empty() && !element.children.is_empty() {
        return Err(Fault::new(element.line, &element.name, "Words stand between elements, which no message has."));
    }
    match open.last_mut() {
        Some(parent) => parent.children.push(element),
        None if root.is_none() => *root = Some(element),
        None => return Err(Fault::new(element.line, &element.name, "A file has one message.")),
    }
    Ok(())
}

fn element(start: &BytesStart<'_>, line: usize) -> Result<Element, Fault> {
    let name = start.name().as_ref().to_owned();
    let invalid = |error: &dyn std::fmt::Display| Fault::new(line, &name, format!("This is not valid XML: {error}."));
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| invalid(&error))?;
        let plain = attribute.value.replace(['\n', '\t', '\r'], " ");
        let value = quick_xml::escape::unescape(&plain).map_err(|error| invalid(&error))?;
        attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    Ok(Element { name: name.clone(), line, attributes, ..Element::default() })
}
