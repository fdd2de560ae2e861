//! What texts refer to: other pages by their old addresses, files, reusable blocks.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use content::rich_text::escape;
use serde_json::Value;
use url::Url;

use super::{export::Export, media::Files, sections::Surroundings};
use crate::transfer::addresses::normal;

/// Everything that the texts of an export refer to.
pub(super) struct World<'e> {
    pub export: &'e Export,
    pub files: &'e Files,
    /// The website's old address.
    pub base: Option<Url>,
    /// Old addresses with what stands there now.
    pub moved: &'e BTreeMap<String, String>,
}

/// What the texts of one item refer to.
pub(super) struct Around<'e> {
    pub world: &'e World<'e>,
    /// The item.
    pub item: usize,
    /// Addresses of the old website that nothing here answers.
    pub lost: RefCell<BTreeSet<String>>,
    /// The files it shows or leads to.
    pub shown: &'e RefCell<BTreeSet<usize>>,
}

impl World<'_> {
    /// The path and query of an address of the old website; nothing for others.
    pub fn own_path(&self, address: &str) -> Option<String> {
        own_path(self.base.as_ref()?, address)
    }
}

/// The path and query of an address of the website with this base; nothing for others.
pub(super) fn own_path(base: &Url, address: &str) -> Option<String> {
    let url = base.join(address).ok()?;
    let host = |url: &Url| url.host_str().map(|host| host.trim_start_matches("www.").to_owned());
    if host(&url) != host(base) || !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    Some(normal(&format!("{}{query}", url.path())))
}

impl Surroundings for Around<'_> {
    fn address(&self, written: &str) -> String {
        let written = written.trim();
        if written.starts_with('#') || written.starts_with("mailto:") || written.starts_with("tel:") {
            return written.to_owned();
        }
        if let Some(place) = self.world.files.item(written) {
            self.shown.borrow_mut().insert(place);
        }
        if let Some(address) = self.world.files.address(written) {
            return address.to_owned();
        }
        let whole = |address: &str| {
            let joined = self.world.base.as_ref().and_then(|base| base.join(address).ok());
            joined.map_or_else(|| address.to_owned(), String::from)
        };
        let Some(path) = self.world.own_path(written) else {
            // What runs a script stays what it is, to be refused.
            return if written.starts_with("//") { format!("https:{written}") } else { written.replace(' ', "%20") };
        };
        let fragment = written.split_once('#').map(|(_, fragment)| format!("#{fragment}")).unwrap_or_default();
        match self.world.moved.get(&path) {
            Some(to) => format!("{to}{fragment}"),
            None if path == "/" => format!("/{fragment}"),
            None => {
                let is_file = path.contains("/wp-content/") || path.contains("/files/");
                if !is_file {
                    self.lost.borrow_mut().insert(path);
                }
                whole(written)
            }
        }
    }

    fn pictures(&self, ids: Option<&[u64]>) -> String {
        let items = &self.world.export.items;
        let own = items[self.item].id;
        let is_picture = |url: &str| {
            let ending = url.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
            ["jpg", "jpeg", "png", "gif", "webp", "avif", "svg"].contains(&ending.as_str())
        };
        let chosen: Vec<_> = match ids {
            Some(ids) => ids.iter().filter_map(|id| items.iter().find(|item| item.id == *id)).collect(),
            None => items.iter().filter(|item| item.kind == "attachment" && item.parent == own).collect(),
        };
        let mut html = String::new();
        for item in chosen.into_iter().filter(|item| is_picture(&item.attachment_url)) {
            html.push_str("<figure><img src=\"");
            escape(&mut html, &item.attachment_url);
            html.push_str("\" alt=\"");
            escape(&mut html, item.meta("_wp_attachment_image_alt").unwrap_or_default());
            html.push_str("\"><figcaption>");
            html.push_str(item.excerpt.trim());
            html.push_str("</figcaption></figure>");
        }
        html
    }

    fn reusable(&self, id: u64) -> Option<&str> {
        let block = self.world.export.items.iter().find(|item| item.id == id && item.kind == "wp_block");
        block.map(|item| item.content.as_str())
    }

    fn picture(&self, url: &str, alt: &str) -> Value {
        self.world.files.picture(self.world.export, url, alt)
    }
}
