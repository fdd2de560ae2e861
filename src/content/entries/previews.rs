//! What visitors would see if everything were published now: for the team's preview. Composed at each look, because one
//! person reads it, and what is looked at changes with every key.

use ground::{
    clock::Timestamp,
    db::{Conn, DbError},
    words::{EntryId, Locale, SiteId},
};
use serde_json::{Map, Value};
use tenants::scope::Scope;

use super::{
    Entry, EntryError,
    composing::{self, Source},
    embedding,
    public::View,
    reading, store, validity, zone_of,
};
use crate::{
    media, sites,
    types::{BrandState, Declarations, Document, TypeDeclaration},
};

/// Entries of a site that a preview shows at most: more than any hotel's site has, and little enough to compose at once.
const MOST_ENTRIES: i64 = 5_000;

/// How a preview looks at drafts.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// The language.
    pub locale: &'a Locale,
    /// What is shown at this instant; without one windows are left aside, since whoever writes an offer for next spring wants to
    /// see it today.
    pub at: Option<Timestamp>,
    /// The languages whose texts are shown, best first, where the reader has chosen them; those that the site names where not.
    pub chosen: Option<&'a [Locale]>,
}

/// Every entry of the site in its newest state, ordered by type and place.
pub fn previews(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    look: Look<'_>,
) -> Result<Vec<View>, EntryError> {
    let composer = Composer::new(conn, scope, declarations, site, look)?;
    let (count, entries) = store::list(conn, scope, site, (None, None), MOST_ENTRIES, 0)?;
    if count > entries.len() as u64 {
        tracing::warn!(site.id = %site, count, "a preview leaves entries out: there are more than it can show");
    }
    let composed = entries.into_iter().filter_map(|entry| composer.view(entry).transpose());
    composed.collect()
}

/// One entry of the site in its newest state, or as a revision has it; nothing where it is not shown.
pub fn preview(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    (id, revision): (EntryId, Option<u32>),
    look: Look<'_>,
) -> Result<Option<View>, EntryError> {
    let mut entry = reading::stored(conn, scope, site, id)?;
    if let Some(number) = revision {
        let revision = reading::revision(conn, scope, site, id, number)?;
        entry = Entry { document: revision.document, slug: revision.summary.slug, revision: number, ..entry };
    }
    Composer::new(conn, scope, declarations, site, look)?.view(entry)
}

/// Composes drafts of one site in one language.
struct Composer<'a, 'c> {
    conn: &'a Conn<'c>,
    scope: &'a Scope,
    declarations: &'a Declarations,
    /// The languages whose texts are shown, best first.
    sources: Vec<Locale>,
    /// All in which there may be texts.
    held: Vec<Locale>,
    look: Look<'a>,
}

impl<'a, 'c> Composer<'a, 'c> {
    fn new(
        conn: &'a Conn<'c>,
        scope: &'a Scope,
        declarations: &'a Declarations,
        site: SiteId,
        look: Look<'a>,
    ) -> Result<Self, EntryError> {
        let languages = sites::languages(conn, scope, site)?;
        let sources = look.chosen.map_or_else(|| languages.chain(look.locale), <[Locale]>::to_vec);
        Ok(Self { conn, scope, declarations, sources, held: languages.held(), look })
    }

    /// The newest state of an entry that a page shows the sections of.
    fn shared(
        &self,
        declared: &TypeDeclaration,
        site: SiteId,
        id: EntryId,
    ) -> Result<Option<Map<String, Value>>, DbError> {
        let Some(entry) = store::by_id(self.conn, self.scope, site, id)? else { return Ok(None) };
        if entry.content_type != declared.name || entry.archived_at.is_some() {
            return Ok(None);
        }
        let sources: Vec<_> = self.sources.iter().map(|locale| Source { locale, document: &entry.document }).collect();
        Ok(Some(composing::compose(self.declarations, declared, BrandState::Draft, &entry.document, &sources)))
    }

    /// The languages in which an entry is shown, the one that it is found in first. Among languages that the reader has chosen
    /// that is the first in which it has a text, as a publication is one in some languages: one without is not there.
    fn spoken(&self, declared: &TypeDeclaration, document: &Document) -> Option<&[Locale]> {
        if self.look.chosen.is_none() {
            return Some(&self.sources);
        }
        let in_these = |locales: &[Locale]| {
            let sources: Vec<_> = locales.iter().map(|locale| Source { locale, document }).collect();
            composing::compose(self.declarations, declared, BrandState::Draft, document, &sources)
        };
        let facts = in_these(&[]);
        let first = self.sources.iter().position(|locale| in_these(std::slice::from_ref(locale)) != facts);
        match first {
            Some(first) => self.sources.get(first..),
            None => (in_these(&self.held) == facts).then_some(self.sources.as_slice()),
        }
    }

    fn view(&self, entry: Entry) -> Result<Option<View>, EntryError> {
        // A type that is no longer declared has nothing that could be shown.
        let Some(declared) = self.declarations.content_type(&entry.content_type) else { return Ok(None) };
        let Some(spoken) = self.spoken(declared, &entry.document) else { return Ok(None) };
        let Some(locale) = spoken.first() else { return Ok(None) };
        let sources: Vec<_> = spoken.iter().map(|locale| Source { locale, document: &entry.document }).collect();
        let mut document =
            composing::compose(self.declarations, declared, BrandState::Draft, &entry.document, &sources);
        let fallback_fields =
            composing::stand_ins(self.declarations, declared, BrandState::Draft, &entry.document, &sources, &document);
        embedding::embed(self.declarations, declared, &mut document, self.look.locale, |to, id| {
            self.shared(to, entry.site_id, id)
        })?;
        let windows = validity::resolve_in(&mut document, |read| {
            zone_of(self.conn, self.scope, entry.site_id, &entry.content_type, read)
        })?;
        if let Some(at) = self.look.at {
            if !windows.whole.is_open(at) {
                return Ok(None);
            }
            validity::keep_shown(&mut document, at);
        }
        Ok(Some(View {
            entry_id: entry.id,
            content_type: entry.content_type,
            locale: locale.clone(),
            slug: entry.slug,
            order: entry.order,
            document: media::shown(self.conn, self.scope, locale, document)?,
            fallback_fields,
            revision: entry.revision,
            published_at: entry.updated_at,
        }))
    }
}
