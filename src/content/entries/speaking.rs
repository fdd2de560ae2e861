//! Views in the languages that a reader names, where these are not the ones that the site lets stand in for each other.
//! Such views are composed when they are read, from what the languages show.

use ground::{
    db::{Conn, DbError},
    words::{EntryId, Locale},
};
use serde_json::{Map, Value};
use tenants::scope::Visitor;

use super::{
    composing::{self, Source},
    embedding,
    public::View,
    store, validity,
};
use crate::{
    media,
    sites::Site,
    types::{BrandState, Declarations, TypeDeclaration},
};

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
    let spoken = |declared: &TypeDeclaration, id| spoken(conn, visitor, declarations, declared, id, chain);
    let Some((mut composed, fallback_fields)) = spoken(declared, view.entry_id)? else { return Ok(view) };
    embedding::embed(declarations, declared, &mut composed, &view.locale, |to, id| {
        spoken(to, id).map(|found| found.map(|(document, _)| document))
    })?;
    let mut document = media::shown(conn, visitor, &view.locale, composed)?;
    validity::resolve(&mut document, &site.time_zone);
    validity::keep_shown(&mut document, visitor.instant(conn));
    Ok(View { document, fallback_fields, ..view })
}

/// A composed document, and its fields that are not in the first of the languages asked for.
type Spoken = (Map<String, Value>, Vec<String>);

/// What is published of an entry in these languages alone, with the fields that are not in the first of them.
fn spoken(
    conn: &Conn,
    visitor: &Visitor,
    declarations: &Declarations,
    declared: &TypeDeclaration,
    id: EntryId,
    chain: &[Locale],
) -> Result<Option<Spoken>, DbError> {
    let editions = store::editions(conn, visitor, id)?;
    let newest = editions.iter().max_by_key(|edition| edition.publication.revision);
    let Some(facts) = newest.map(|edition| &edition.document) else { return Ok(None) };
    let sources: Vec<Source<'_>> = chain
        .iter()
        .filter_map(|locale| editions.iter().find(|edition| edition.locale == *locale))
        .map(|edition| Source { locale: &edition.locale, document: &edition.document })
        .collect();
    let brand = BrandState::Published;
    let composed = composing::compose(declarations, declared, brand, facts, &sources);
    let stand_ins = composing::stand_ins(declarations, declared, brand, facts, &sources, &composed);
    Ok(Some((composed, stand_ins)))
}
