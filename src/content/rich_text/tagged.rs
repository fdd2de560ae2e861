//! A formatted text as translators see it: words between numbered tags. What a tag does they neither see nor change; whatever
//! order the words come back in, the tags make the same structure.

use ground::words::SafeUrl;

use super::{Block, Format, Inline, Item, Level, List, RichText};

/// What a tag stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Paragraph,
    Heading(Level),
    Quote,
    List(Option<u32>),
    Item,
    Rule,
    Break,
    Words(Format),
    Link { url: SafeUrl, opens_new_tab: bool },
}

/// A piece of a tagged text. Tags are named by their place in the list of tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// Words.
    Text(String),
    /// A tag begins.
    Open(usize),
    /// The tag ends that began last.
    Close,
    /// A tag with nothing in it.
    Alone(usize),
}

/// Why tagged words make no formatted text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TagError {
    /// A tag that the source does not have.
    #[error("the tag {0} is not one of the source's")]
    Unknown(usize),
    /// A tag that stands twice.
    #[error("the tag {0} stands twice")]
    Twice(usize),
    /// A tag that is not there.
    #[error("the tag {0} is missing")]
    Missing(usize),
    /// A tag in a place where it can do nothing, or that is not closed.
    #[error("the tag {0} is in the wrong place")]
    Misplaced(usize),
    /// Words outside every paragraph.
    #[error("words stand outside every paragraph's tag")]
    Outside,
}

impl TagError {
    /// In words, with the tags numbered as files number them: from 1.
    pub fn told(&self) -> String {
        match self {
            Self::Unknown(tag) => Self::Unknown(tag.saturating_add(1)),
            Self::Twice(tag) => Self::Twice(tag + 1),
            Self::Missing(tag) => Self::Missing(tag + 1),
            Self::Misplaced(tag) => Self::Misplaced(tag + 1),
            Self::Outside => Self::Outside,
        }
        .to_string()
    }
}

impl Tag {
    /// What translators' programs show of it.
    pub fn name(&self) -> &'static str {
        match &self.0 {
            Kind::Paragraph => "paragraph",
            Kind::Heading(level) => level.tag(),
            Kind::Quote => "quote",
            Kind::List(_) => "list",
            Kind::Item => "item",
            Kind::Rule => "rule",
            Kind::Break => "break",
            Kind::Words(format) => format.elements().next().unwrap_or("words"),
            Kind::Link { .. } => "link",
        }
    }

    /// Whether nothing stands in it.
    pub const fn is_alone(&self) -> bool {
        matches!(self.0, Kind::Rule | Kind::Break)
    }
}

impl RichText {
    /// The words between tags. Tags that `known` has already keep their place there; others are added to it.
    pub fn to_tagged(&self, known: &mut Vec<Tag>) -> Vec<Token> {
        let mut writer = Writer { used: vec![false; known.len()], tags: known, tokens: Vec::new() };
        for block in &self.blocks {
            writer.block(block);
        }
        writer.tokens
    }

    /// The formatted text that tagged words make. Each of the tags that `wanted` names must stand in them once.
    pub fn from_tagged(tags: &[Tag], wanted: &[usize], tokens: &[Token]) -> Result<Self, TagError> {
        let mut used = vec![false; tags.len()];
        for token in tokens {
            if let Token::Open(number) | Token::Alone(number) = token {
                let seen = used.get_mut(*number).ok_or(TagError::Unknown(*number))?;
                if std::mem::replace(seen, true) {
                    return Err(TagError::Twice(*number));
                }
                if tags[*number].is_alone() != matches!(token, Token::Alone(_)) {
                    return Err(TagError::Misplaced(*number));
                }
            }
        }
        if let Some(extra) = (0..used.len()).find(|number| used[*number] && !wanted.contains(number)) {
            return Err(TagError::Unknown(extra));
        }
        if let Some(missing) = wanted.iter().find(|number| used.get(**number) != Some(&true)) {
            return Err(TagError::Missing(*missing));
        }
        let mut reader = Reader { tags, tokens, place: 0 };
        let mut blocks = Vec::new();
        while let Some(token) = reader.next() {
            blocks.extend(reader.block(token)?);
        }
        Ok(Self { blocks })
    }
}

/// The tags that stand in tagged words.
pub fn tags_in(tokens: &[Token]) -> Vec<usize> {
    let number = |token: &Token| match token {
        Token::Open(number) | Token::Alone(number) => Some(*number),
        _ => None,
    };
    tokens.iter().filter_map(number).collect()
}

struct Writer<'t> {
    used: Vec<bool>,
    tags: &'t mut Vec<Tag>,
    tokens: Vec<Token>,
}

impl Writer<'_> {
    /// The first tag of this kind that is not used yet, or a new one.
    fn tag(&mut self, kind: Kind) -> usize {
        let found = (0..self.tags.len()).find(|number| !self.used[*number] && self.tags[*number].0 == kind);
        let number = found.unwrap_or_else(|| {
            self.tags.push(Tag(kind));
            self.used.push(false);
            self.tags.len() - 1
        });
        self.used[number] = true;
        number
    }

    fn around(&mut self, kind: Kind, write: impl FnOnce(&mut Self)) {
        let number = self.tag(kind);
        self.tokens.push(Token::Open(number));
        write(self);
        self.tokens.push(Token::Close);
    }

    fn alone(&mut self, kind: Kind) {
        let number = self.tag(kind);
        self.tokens.push(Token::Alone(number));
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Paragraph(inlines) => self.around(Kind::Paragraph, |writer| writer.inlines(inlines)),
            Block::Heading(level, inlines) => self.around(Kind::Heading(*level), |writer| writer.inlines(inlines)),
            Block::Quote(inlines) => self.around(Kind::Quote, |writer| writer.inlines(inlines)),
            Block::List(list) => self.list(list),
            Block::HorizontalRule => self.alone(Kind::Rule),
        }
    }

    fn list(&mut self, list: &List) {
        self.around(Kind::List(list.numbered_from), |writer| {
            for item in &list.items {
                match item {
                    Item::Text(inlines) => writer.around(Kind::Item, |writer| writer.inlines(inlines)),
                    Item::Nested(nested) => writer.list(nested),
                }
            }
        });
    }

    fn inlines(&mut self, inlines: &[Inline]) {
        for inline in inlines {
            match inline {
                Inline::Text(text, Format(0)) => self.tokens.push(Token::Text(text.clone())),
                Inline::Text(text, format) => {
                    self.around(Kind::Words(*format), |writer| writer.tokens.push(Token::Text(text.clone())));
                }
                Inline::LineBreak => self.alone(Kind::Break),
                Inline::Link { url, opens_new_tab, words } => {
                    let link = Kind::Link { url: url.clone(), opens_new_tab: *opens_new_tab };
                    self.around(link, |writer| writer.inlines(words));
                }
            }
        }
    }
}

struct Reader<'t> {
    tags: &'t [Tag],
    tokens: &'t [Token],
    place: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Option<&'t Token> {
        let token = self.tokens.get(self.place);
        self.place += 1;
        token
    }

    /// Each token up to the end of the tag that has just begun.
    fn inside<T>(
        &mut self,
        tag: usize,
        mut read: impl FnMut(&mut Self, &'t Token) -> Result<Vec<T>, TagError>,
    ) -> Result<Vec<T>, TagError> {
        let mut found = Vec::new();
        loop {
            match self.next() {
                None => return Err(TagError::Misplaced(tag)),
                Some(Token::Close) => return Ok(found),
                Some(token) => found.extend(read(self, token)?),
            }
        }
    }

    fn block(&mut self, token: &'t Token) -> Result<Vec<Block>, TagError> {
        let (Token::Open(number) | Token::Alone(number)) = token else {
            // White space between blocks comes from programs that lay files out.
            return if matches!(token, Token::Text(text) if text.trim().is_empty()) {
                Ok(Vec::new())
            } else {
                Err(TagError::Outside)
            };
        };
        Ok(vec![match &self.tags[*number].0 {
            Kind::Paragraph => Block::Paragraph(self.words(*number)?),
            Kind::Heading(level) => Block::Heading(*level, self.words(*number)?),
            Kind::Quote => Block::Quote(self.words(*number)?),
            Kind::List(numbered_from) => Block::List(self.list(*number, *numbered_from)?),
            Kind::Rule => Block::HorizontalRule,
            _ => return Err(TagError::Misplaced(*number)),
        }])
    }

    fn list(&mut self, tag: usize, numbered_from: Option<u32>) -> Result<List, TagError> {
        let items = self.inside(tag, |reader, token| match token {
            Token::Text(text) if text.trim().is_empty() => Ok(Vec::new()),
            Token::Open(number) => match &reader.tags[*number].0 {
                Kind::Item => Ok(vec![Item::Text(reader.words(*number)?)]),
                Kind::List(from) => Ok(vec![Item::Nested(reader.list(*number, *from)?)]),
                _ => Err(TagError::Misplaced(*number)),
            },
            Token::Alone(number) => Err(TagError::Misplaced(*number)),
            Token::Text(_) | Token::Close => Err(TagError::Outside),
        })?;
        Ok(List { numbered_from, items })
    }

    fn words(&mut self, tag: usize) -> Result<Vec<Inline>, TagError> {
        self.inside(tag, |reader, token| match token {
            Token::Open(number) => match &reader.tags[*number].0 {
                Kind::Words(format) => reader.formatted(*number, *format),
                Kind::Link { url, opens_new_tab } => {
                    let words = reader.inside(*number, |reader, token| match token {
                        Token::Open(inner) => match &reader.tags[*inner].0 {
                            Kind::Words(format) => reader.formatted(*inner, *format),
                            _ => Err(TagError::Misplaced(*inner)),
                        },
                        other => reader.plain(other, Format::default()),
                    })?;
                    Ok(vec![Inline::Link { url: url.clone(), opens_new_tab: *opens_new_tab, words }])
                }
                _ => Err(TagError::Misplaced(*number)),
            },
            other => reader.plain(other, Format::default()),
        })
    }

    fn formatted(&mut self, tag: usize, format: Format) -> Result<Vec<Inline>, TagError> {
        self.inside(tag, |reader, token| reader.plain(token, format))
    }

    fn plain(&mut self, token: &Token, format: Format) -> Result<Vec<Inline>, TagError> {
        match token {
            Token::Text(text) => Ok(super::reading::inline_text(text, format)),
            Token::Alone(number) if self.tags[*number].0 == Kind::Break => Ok(vec![Inline::LineBreak]),
            Token::Open(number) | Token::Alone(number) => Err(TagError::Misplaced(*number)),
            Token::Close => Err(TagError::Outside),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text() -> RichText {
        let word = |text: &str, format: u8| json!({ "type": "text", "text": text, "format": format });
        let state = json!({ "root": { "type": "root", "children": [
            { "type": "heading", "tag": "h2", "children": [word("Rooms", 0)] },
            { "type": "paragraph", "children": [
                word("With a ", 0), word("view", 3), { "type": "linebreak" },
                { "type": "link", "url": "/lake", "target": "_blank", "children": [word("of the ", 0), word("lake", 1)] },
                word(".", 0),
            ] },
            { "type": "horizontalrule" },
            { "type": "list", "listType": "number", "start": 3, "children": [
                { "type": "listitem", "children": [word("One", 0)] },
                { "type": "listitem", "children": [
                    { "type": "list", "listType": "bullet", "children": [
                        { "type": "listitem", "children": [word("Inner", 0)] },
                    ] },
                ] },
            ] },
            { "type": "quote", "children": [word("Quiet", 2)] },
        ] } });
        let (text, problems) = RichText::read(&state);
        assert_eq!(problems, []);
        text
    }

    #[test]
    fn every_structure_comes_back_from_its_tags() {
        let text = text();
        let mut tags = Vec::new();
        let tokens = text.to_tagged(&mut tags);
        let wanted = tags_in(&tokens);
        assert_eq!(wanted.len(), tags.len());
        assert_eq!(RichText::from_tagged(&tags, &wanted, &tokens), Ok(text.clone()));
        // A translation of the same structure names the same tags.
        let known = tags.len();
        assert_eq!(tags_in(&text.to_tagged(&mut tags)), wanted);
        assert_eq!(tags.len(), known);
    }

    #[test]
    fn a_broken_tag_is_named() {
        let (plain, _) = RichText::read(&json!("One\n\nTwo"));
        let mut tags = Vec::new();
        let tokens = plain.to_tagged(&mut tags);
        let wanted = tags_in(&tokens);
        let word = |text: &str| Token::Text(text.to_owned());
        for (tokens, error) in [
            (vec![Token::Open(0), word("One"), Token::Close], TagError::Missing(1)),
            (vec![Token::Open(0), Token::Close, Token::Open(0), Token::Close], TagError::Twice(0)),
            (vec![Token::Open(7), Token::Close], TagError::Unknown(7)),
            (vec![Token::Open(0), Token::Open(1), Token::Close, Token::Close], TagError::Misplaced(1)),
            (vec![Token::Open(0), Token::Close, Token::Open(1), word("Two")], TagError::Misplaced(1)),
            (vec![word("One"), Token::Open(0), Token::Close, Token::Open(1), Token::Close], TagError::Outside),
            (vec![Token::Alone(0), Token::Open(1), Token::Close], TagError::Misplaced(0)),
        ] {
            assert_eq!(RichText::from_tagged(&tags, &wanted, &tokens), Err(error), "{tokens:?}");
        }
    }
}
