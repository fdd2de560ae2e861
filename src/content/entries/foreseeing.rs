//! What visitors will see of an entry when what is planned for it has gone as planned: composed from the revisions that will be
//! published, by the same rules as when they are. Nothing is written.

use std::collections::{BTreeMap, btree_map};

use ground::{
    clock::Timestamp,
    db::Conn,
    words::{EntryId, Locale, SiteId},
};
use tenants::scope::Scope;

use super::{
    Entry, EntryError, Publication, embedding,
    preparing::declared,
    public::View,
    publishing::{self, Edition},
    reading, renewing, store, validity, zone_of,
};
use crate::{media, sites::Languages, types::Declarations};

/// Pages that show a planned entry's sections and are composed with it at most, as at one look of a visitor.
const MOST_PAGES: usize = 1_000;

/// Something that is to happen to an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// When.
    pub at: Timestamp,
    /// To which.
    pub entry: EntryId,
    /// The revision that goes live; none where it ends.
    pub revision: Option<u32>,
    /// In which languages; in all that are complete, or in all, where none are named.
    pub locales: Option<Vec<Locale>>,
}

/// The entries whose end in all languages is the last that is planned for them.
pub fn ended(planned: &[Planned]) -> Vec<EntryId> {
    let last: BTreeMap<EntryId, &Planned> = planned.iter().map(|one| (one.entry, one)).collect();
    last.into_values().filter(|one| one.revision.is_none() && one.locales.is_none()).map(|one| one.entry).collect()
}

/// What the best of these languages shows at an instant of each entry for which something is planned before, in the order of
/// time, and of the pages that show its sections. What could not be published then changes nothing.
pub fn foresee(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    (site, languages): (SiteId, &Languages),
    planned: &[Planned],
    chain: &[Locale],
    at: Timestamp,
) -> Result<BTreeMap<EntryId, Option<View>>, EntryError> {
    let mut then: BTreeMap<EntryId, (Entry, Vec<Edition>)> = BTreeMap::new();
    for one in planned {
        let (entry, mut editions) = match then.remove(&one.entry) {
            Some(known) => known,
            None => match reading::stored(conn, scope, site, one.entry) {
                Ok(entry) => (entry, store::editions(conn, scope, one.entry)?),
                // In the bin nothing happens to it.
                Err(EntryError::NotFound) => continue,
                Err(error) => return Err(error),
            },
        };
        // What would be refused then changes nothing.
        if let Err(EntryError::Db(error)) =
            carried_out(conn, scope, declarations, languages, &entry, one, &mut editions)
        {
            return Err(error.into());
        }
        then.insert(one.entry, (entry, editions));
    }
    let mut others = embedding::Published::new(conn, scope, declarations, languages);
    for (id, (entry, editions)) in then.clone() {
        if !declarations.is_embedded(&entry.content_type) {
            continue;
        }
        others.expect(id, declared(declarations, &entry.content_type)?, &editions);
        for (_, page) in store::shown_users(conn, scope, id, MOST_PAGES)?.into_iter().filter(|(own, _)| *own == site) {
            if let btree_map::Entry::Vacant(place) = then.entry(page) {
                place.insert((reading::stored(conn, scope, site, page)?, store::editions(conn, scope, page)?));
            }
        }
    }
    let mut seen = BTreeMap::new();
    for (id, (entry, editions)) in then {
        let declared = declared(declarations, &entry.content_type)?;
        let mut composed = publishing::composed(declarations, declared, languages, &editions);
        let best = chain.iter().find_map(|locale| composed.iter().position(|one| one.0.locale == *locale));
        let Some((edition, order, mut document, stand_ins)) = best.map(|place| composed.swap_remove(place)) else {
            seen.insert(id, None);
            continue;
        };
        let locale = &edition.locale;
        embedding::embed(declarations, declared, &mut document, locale, |to, id| others.find(to, id, locale))?;
        let windows =
            validity::resolve_in(&mut document, |read| zone_of(conn, scope, site, &entry.content_type, read))?;
        validity::keep_shown(&mut document, at);
        let view = View {
            entry_id: id,
            content_type: entry.content_type.clone(),
            locale: edition.locale.clone(),
            slug: edition.slug.clone(),
            order,
            document: media::shown(conn, scope, &edition.locale, document)?,
            fallback_fields: stand_ins,
            revision: edition.publication.revision,
            published_at: edition.publication.published_at,
        };
        seen.insert(id, windows.whole.is_open(at).then_some(view));
    }
    Ok(seen)
}

/// Lets one plan happen to what visitors see of an entry.
fn carried_out(
    conn: &Conn,
    scope: &Scope,
    declarations: &Declarations,
    languages: &Languages,
    entry: &Entry,
    planned: &Planned,
    editions: &mut Vec<Edition>,
) -> Result<(), EntryError> {
    let Some(revision) = planned.revision else {
        editions.retain(|edition| planned.locales.as_ref().is_some_and(|gone| !gone.contains(&edition.locale)));
        return Ok(());
    };
    if entry.archived_at.is_some() {
        return Ok(());
    }
    let shown = renewing::revision_today(conn, scope, declarations, languages, entry, revision)?;
    let declared = declared(declarations, &entry.content_type)?;
    let asked = planned.locales.as_deref();
    let locales = publishing::wanted_locales(declarations, declared, &shown.document, languages, editions, asked)?;
    for locale in locales {
        let known = editions.iter().position(|edition| edition.locale == locale);
        let before = known.map(|place| editions.swap_remove(place).publication);
        editions.push(Edition {
            locale,
            publication: Publication {
                revision,
                published_at: planned.at,
                first_published_at: before.as_ref().map_or(planned.at, |before| before.first_published_at),
                replaced: before.map(|before| before.revision),
            },
            slug: shown.slug.clone(),
            document: shown.document.clone(),
        });
    }
    Ok(())
}
