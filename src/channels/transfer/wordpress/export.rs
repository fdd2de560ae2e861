//! What an export of WordPress holds, as it was written there.

use std::collections::BTreeMap;

/// A whole export.
#[derive(Debug, Default)]
pub(super) struct Export {
    /// Version of the format.
    pub version: String,
    pub title: String,
    /// The website's address as the feed has it.
    pub link: String,
    /// The website's address.
    pub base: String,
    pub language: String,
    /// Names people are shown, by the name they sign in with.
    pub authors: BTreeMap<String, String>,
    pub terms: Vec<Term>,
    pub items: Vec<Item>,
}

/// A category, a tag, a menu, a language: whatever groups items.
#[derive(Debug, Default)]
pub(super) struct Term {
    pub taxonomy: String,
    pub slug: String,
    pub name: String,
}

/// A page, a post, a file, a menu's item, or what a plug-in keeps.
#[derive(Clone, Debug, Default)]
pub(super) struct Item {
    /// Where it begins in the file.
    pub line: usize,
    pub id: u64,
    pub kind: String,
    pub title: String,
    pub link: String,
    pub creator: String,
    pub content: String,
    pub excerpt: String,
    pub date: String,
    pub slug: String,
    pub status: String,
    pub parent: u64,
    pub order: i64,
    pub has_password: bool,
    pub is_sticky: bool,
    pub attachment_url: String,
    pub comments: usize,
    pub terms: Vec<TermOf>,
    pub meta: Vec<(String, String)>,
}

/// A term that an item has.
#[derive(Clone, Debug)]
pub(super) struct TermOf {
    pub taxonomy: String,
    pub slug: String,
    pub name: String,
}

impl Item {
    /// The first value kept under a name.
    pub fn meta(&self, wanted: &str) -> Option<&str> {
        self.meta
            .iter()
            .find(|(key, _)| key == wanted)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// The first term of a taxonomy.
    pub fn term(&self, taxonomy: &str) -> Option<&TermOf> {
        self.terms.iter().find(|term| term.taxonomy == taxonomy)
    }

    /// What a report calls it.
    pub fn name(&self) -> String {
        let title = content::rich_text::words_of_html(&self.title).replace('\n', " ");
        let title: String = title.chars().filter(|letter| !letter.is_control()).take(80).collect();
        if title.is_empty() { format!("{} {}", self.kind, self.id) } else { title }
    }
}

impl Export {
    /// Host of the website, which tells the items of one installation from those of another.
    pub fn host(&self) -> String {
        let parsed = url::Url::parse(&self.base).ok();
        parsed.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_else(|| "unknown".to_owned())
    }
}
