//! What visitors would see if everything were published now: for the team's preview. Composed at each look, because one
//! person reads it, and what is looked at changes with every key.

use ground::{
    db::{Conn, DbError},
    words::{Locale, SiteId},
};
use tenants::scope::Scope;

use super::{
    EntryError,
    composing::{self, Source},
    public::View,
    store,
};
use crate::{media, sites::Languages, types::Declarations};

/// Entries of a site that a preview shows at most: more than any hotel's site has, and little enough to compose at once.
const MOST_ENTRIES: i64 = 5_000;

/// Every entry of the site in its newest state, in this language, ordered by type and place.
pub fn previews(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    locale: &Locale,
) -> Result<Vec<View>, EntryError> {
    let Languages { default, .. } = crate::sites::languages(conn, scope, site)?;
    let (count, entries) = store::list(conn, scope, site, (None, None), MOST_ENTRIES, 0)?;
    if count > entries.len() as u64 {
        tracing::warn!(site.id = %site, count, "a preview leaves entries out: there are more than it can show");
    }
    let sources = composing::source_locales(locale, &default);
    let composed = entries.into_iter().filter_map(|entry| {
        // A type that is no longer declared has nothing that could be shown.
        let declared = declarations.content_type(&entry.content_type)?;
        let sources: Vec<_> = sources.iter().map(|locale| Source { locale, document: &entry.document }).collect();
        let document = composing::compose(declarations, declared, &entry.document, &sources);
        let document = media::shown(conn, scope, locale, document);
        Some(document.map(|document| View {
            entry_id: entry.id,
            content_type: entry.content_type,
            locale: locale.clone(),
            slug: entry.slug,
            order: entry.order,
            document,
            revision: entry.revision,
            published_at: entry.updated_at,
        }))
    });
    Ok(composed.collect::<Result<_, DbError>>()?)
}
