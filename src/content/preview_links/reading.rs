//! What a link shows.

use ground::{clock::Timestamp, db::Conn, words::Locale};

use super::{Opened, Shows};
use crate::{
    entries::{self, EntryError, Look, public, public::View},
    plans,
    sites::Site,
    types::Declarations,
};

/// Entries of one type that are read at most, as on a page of the website.
const MOST_OF_A_TYPE: i64 = 1_000;

/// In which language a link is read.
#[derive(Clone, Copy, Debug)]
pub struct Spoken<'a> {
    /// The language.
    pub locale: &'a Locale,
    /// The languages to look for, best first, where the reader has chosen them; those that the site names where not.
    pub chosen: Option<&'a [Locale]>,
}

/// All that the link shows of its site in one language, by type and place. `now` is the present; a link may see another one.
pub fn views(
    conn: &Conn,
    opened: &Opened,
    declarations: &Declarations,
    site: &Site,
    spoken: Spoken<'_>,
    now: Timestamp,
) -> Result<Vec<View>, EntryError> {
    let link = &opened.link;
    if link.site_id != site.id {
        return Err(EntryError::NotFound);
    }
    let (scope, visitor) = (opened.scope(), opened.visitor(now));
    let Spoken { locale, chosen } = spoken;
    let (chain, languages) = match chosen {
        Some(chosen) => (chosen.to_vec(), site.speaks().in_choice(chosen)),
        None => (public::chain(site, Some(locale)), site.speaks()),
    };
    // A language that the site does not have, and none in its place.
    if chain.is_empty() {
        return Ok(Vec::new());
    }
    let look = Look { locale, at: Some(visitor.instant(conn)), chosen };
    if link.shows == Shows::Drafts && link.entry.is_none() {
        let views = entries::previews(conn, &scope, declarations, site.id, look)?;
        return plans::without_ended(conn, &scope, site.id, link.as_of, views);
    }
    let mut views = Vec::new();
    for declared in declarations.types() {
        views.extend(public::views(conn, &visitor, site.id, &declared.name, &chain, MOST_OF_A_TYPE, 0)?.1);
    }
    if chosen.is_some() {
        views = entries::in_languages(conn, &visitor, declarations, site, &chain, views)?;
    }
    views = plans::foreseen(conn, &scope, declarations, (site.id, &languages), &chain, link.as_of, views)?;
    if let Some(entry) = link.entry.filter(|_| link.shows == Shows::Drafts) {
        views.retain(|view| view.entry_id != entry);
        match entries::preview(conn, &scope, declarations, site.id, (entry, link.revision), look) {
            Ok(draft) => views.extend(draft),
            // Deleted since the link was made: nobody sees it.
            Err(EntryError::NotFound) => {}
            Err(error) => return Err(error),
        }
        public::arrange(&mut views);
    }
    Ok(views)
}
