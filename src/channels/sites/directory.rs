//! What a site tells machines about itself: its sitemap, what robots may read, its icon.

use std::fmt::Write as _;

use content::{
    entries::{EntryError, public},
    sites::Site,
};
use ground::words::{EntryId, Locale};
use std::collections::BTreeMap;
use tenants::scope::Visitor;

use super::{
    addresses::{Addresses, absolute},
    colours::Colour,
    described::is_over,
    library::{Eyes, Library},
    pages::Maker,
    theme::Theme,
};

/// Every page of the site with its languages (sitemaps.org 0.9, and Google's annotation of languages).
pub(super) fn sitemap(
    maker: &Maker<'_, '_>,
    visitor: &Visitor,
    addresses: &Addresses,
    origin: &str,
    today: &str,
) -> Result<String, EntryError> {
    let Maker { conn, declarations, theme, site, .. } = maker;
    let mut pages: BTreeMap<EntryId, Vec<(Locale, String, String)>> = BTreeMap::new();
    for locale in addresses.open() {
        let chain = std::slice::from_ref(locale);
        let library = Library::read(conn, &Eyes::Guest(visitor), declarations, site, locale)?;
        let with_pages = declarations.types().iter().filter_map(|one| Some((one, one.page.as_ref()?)));
        for (declared, page) in with_pages.filter(|(_, page)| theme.has_template(&format!("{}.html", page.template))) {
            let views = library.of_type(&declared.name);
            let ids: Vec<EntryId> = views.iter().map(|view| view.entry_id).collect();
            // Only what is published in this very language has an address of its own in it.
            let own = public::referenced(conn, visitor, site.id, &ids, chain)?;
            for view in own.values().filter(|view| !is_hidden(view) && !is_over(&view.document, &page.ends, today)) {
                let address = absolute(&addresses.of(view, page, locale), origin);
                let changed = view.published_at.to_string();
                pages.entry(view.entry_id).or_default().push((locale.clone(), address, changed));
            }
        }
    }
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
         xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n",
    );
    for languages in pages.values() {
        // A map names addresses of its own host only (sitemaps.org, "Sitemap file location").
        let own = languages.iter().filter(|(_, address, _)| {
            address.strip_prefix(origin).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        for (_, address, changed) in own {
            // Writing to a String cannot fail; addresses are made of slugs, and need no escaping.
            let _ = write!(text, "<url><loc>{address}</loc><lastmod>{changed}</lastmod>");
            for (locale, other, _) in languages.iter().filter(|_| languages.len() > 1) {
                let _ = write!(text, "<xhtml:link rel=\"alternate\" hreflang=\"{locale}\" href=\"{other}\"/>");
            }
            text.push_str("</url>\n");
        }
    }
    text.push_str("</urlset>\n");
    Ok(text)
}

fn is_hidden(view: &public::View) -> bool {
    view.get("seo").and_then(|seo| seo.get("noindex")).and_then(serde_json::Value::as_bool).unwrap_or(false)
}

/// What robots may read: everything, unless the installation is a rehearsal.
pub(super) fn robots(origin: &str, is_hidden: bool) -> String {
    if is_hidden {
        return "User-agent: *\nDisallow: /\n".to_owned();
    }
    format!("User-agent: *\nAllow: /\n\nSitemap: {origin}/sitemap.xml\n")
}

/// The site's first letter on its colour.
pub(super) fn icon(site: &Site, theme: &Theme) -> String {
    let colors = &theme.declared.colors;
    let own = site.settings.get("primary_color").and_then(Colour::parse).or_else(|| Colour::parse(&colors.primary));
    let text = match (own, Colour::parse(&colors.paper), Colour::parse(&colors.ink)) {
        (Some(own), Some(paper), Some(ink)) => own.text_upon(paper, ink).hex(),
        _ => colors.paper.clone(),
    };
    let letter = site.name.chars().find(|letter| letter.is_alphanumeric()).unwrap_or('H').to_uppercase();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 64 64\"><rect width=\"64\" height=\"64\" rx=\"8\" \
         fill=\"{}\"/><text x=\"32\" y=\"46\" font-family=\"Georgia,serif\" font-size=\"42\" text-anchor=\"middle\" \
         fill=\"{text}\">{letter}</text></svg>",
        own.map_or_else(|| colors.primary.clone(), Colour::hex)
    )
}
