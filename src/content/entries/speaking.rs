//! Views in the languages that a reader names, where these are not the ones that the site lets stand in for each other.
//! Such views are composed when they are read, from what the languages show.

use ground::{
    db::{Conn, DbError},
    words::Locale,
};
use tenants::scope::Visitor;

use super::{
    composing::{self, Source},
    public::View,
    store, validity,
};
use crate::{media, sites::Site, types::Declarations};

/// The same views with the texts of these languages alone, best first. One whose type is no longer declared stays as it is.
pub fn in_languages(
    conn: &Conn,
    visitor: &Visitor,
    declarations: &Declarations,
    site: &Site,
    chain: &[Locale],
    views: Vec<View>,
) -> Result<Vec<View>, DbError> {
    views.into_iter().map(|view| in_those(conn, visitor, declarations, site, chain, view)).collect()
}

fn in_those(
    conn: &Conn,
    visitor: &Visitor,
    declarations: &Declarations,
    site: &Site,
    chain: &[Locale],
    view: View,
) -> Result<View, DbError> {
    let Some(declared) = declarations.content_type(&view.content_type) else { return Ok(view) };
    let editions = store::editions(conn, visitor, view.entry_id)?;
    let newest = editions.iter().max_by_key(|edition| edition.publication.revision);
    let Some(facts) = newest.map(|edition| &edition.document) else { return Ok(view) };
    let sources: Vec<Source<'_>> = chain
        .iter()
        .filter_map(|locale| editions.iter().find(|edition| edition.locale == *locale))
        .map(|edition| Source { locale: &edition.locale, document: &edition.document })
        .collect();
    let composed = composing::compose(declarations, declared, facts, &sources);
    let fallback_fields = composing::stand_ins(declarations, declared, facts, &sources, &composed);
    let mut document = media::shown(conn, visitor, &view.locale, composed)?;
    validity::resolve(&mut document, &site.time_zone);
    validity::keep_shown(&mut document, visitor.instant(conn));
    Ok(View { document, fallback_fields, ..view })
}
