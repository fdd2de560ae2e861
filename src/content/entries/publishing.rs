//! Publishing: which revision each language shows, and the views composed from them, in one transaction with the site's
//! next content version.

use std::collections::{BTreeMap, BTreeSet};

use ground::{
    clock::Timestamp,
    db::{Conn, DbError, OnConflict, Tenant as _, Tx},
    words::{EntryId, Locale, SiteId, Slug},
};
use machinery::jobs;
use serde_json::{Map, Value};
use tenants::scope::Scope;

use super::{
    Entry, EntryError, Publication, checking, clocks,
    composing::{self, Composition, Source},
    embedding, moving, overriding,
    pinned::{Stage, take_back},
    preparing::{complete_locales, declared, order_of, without_doubles},
    reading, renewing, reviews, roles, saving,
    states::Action,
    store,
    telling::{Addresses, Told, tell},
    uses, validity, zone_of,
};
use crate::{
    media,
    sites::{self, Languages, RecomposeViews},
    types::{self, BrandState, Declarations, Document, FilterValue, Role, TypeDeclaration},
};

/// Refuses a view whose address another entry's view has.
const ADDRESS_KEY: &str = "views_organization_id_site_id_type_locale_slug_key";

/// What one language shows of an entry.
#[derive(Clone, Debug)]
pub(super) struct Edition {
    pub(super) locale: Locale,
    pub(super) publication: Publication,
    pub(super) slug: Slug,
    pub(super) document: Document,
}

/// A row of the read model.
pub(super) struct Composed<'a> {
    pub(super) site: SiteId,
    pub(super) entry: EntryId,
    pub(super) locale: &'a Locale,
    pub(super) content_type: &'a str,
    pub(super) slug: &'a Slug,
    pub(super) order: i64,
    pub(super) document: String,
    /// What lists are filtered and sorted by.
    pub(super) values: Vec<FilterValue>,
    /// The fields whose texts are of another language.
    pub(super) stand_ins: Vec<String>,
    pub(super) revision: u32,
    pub(super) published_at: Timestamp,
}

/// Lets visitors see the newest revision, which must be `revision`, in these languages. Without languages it is every
/// language of the site in which nothing required is missing; those that show the entry already must be among them.
/// Publishing twice changes nothing that visitors see.
pub fn publish(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    id: EntryId,
    revision: u32,
    locales: Option<&[Locale]>,
) -> Result<Entry, EntryError> {
    publish_on(tx, scope, &Stage::set(tx, scope, declarations, site)?, id, revision, locales)
}

/// [`publish`] on a stage that is set.
pub(super) fn publish_on(
    tx: &Tx,
    scope: &Scope,
    stage: &Stage<'_>,
    id: EntryId,
    revision: u32,
    locales: Option<&[Locale]>,
) -> Result<Entry, EntryError> {
    let entry = reading::stored(tx, scope, stage.site, id)?;
    entry.check(Action::Publish)?;
    if entry.revision != revision {
        return Err(saving::conflict(tx, scope, &entry)?);
    }
    let shown = entry.clone();
    put_live(tx, scope, stage, entry, &shown, locales)
}

/// Lets visitors see the entry as `shown` has it, which is the entry at one of its revisions, in these languages or in
/// every one that is complete.
pub(super) fn put_live(
    tx: &Tx,
    scope: &Scope,
    stage: &Stage<'_>,
    mut entry: Entry,
    shown: &Entry,
    locales: Option<&[Locale]>,
) -> Result<Entry, EntryError> {
    let Stage { declarations, languages, .. } = stage;
    reviews::check(tx, scope, &entry, shown.revision)?;
    let declared = declared(declarations, &entry.content_type)?;
    let mut editions = store::editions(tx, scope, entry.id)?;
    let locales = wanted_locales(declarations, declared, &shown.document, languages, &editions, locales)?;
    let before = Entry { published: published(&editions), ..entry.clone() };
    let slugs_before = slugs(&editions);
    for locale in &locales {
        put_edition(tx, scope, shown, locale, &mut editions)?;
    }
    entry.published = published(&editions);
    if entry.published == before.published {
        return Ok(entry);
    }
    checking::check(tx, scope, stage, &entry, &editions, &locales)?;
    reviews::note_published(tx, scope, &mut entry, shown.revision)?;
    put_views(tx, scope, declarations, declared, &entry, languages, &editions)?;
    let addresses = Addresses { now: slugs(&editions), before: slugs_before };
    tell(tx, scope, Told::Published, Some(&before), Some(&entry), &addresses)?;
    stage.lead_on(tx, scope, declared, &entry, addresses)?;
    Ok(entry)
}

/// Takes a publication back: every language that shows this revision shows again what it replaced, or nothing where it
/// was the first. Undone once more, the publication is there again.
pub fn undo(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    id: EntryId,
    revision: u32,
) -> Result<Entry, EntryError> {
    let languages = sites::touch(tx, scope, site)?;
    let mut entry = reading::stored(tx, scope, site, id)?;
    entry.check(Action::UndoPublish)?;
    let editions = store::editions(tx, scope, id)?;
    let before = Entry { published: published(&editions), ..entry.clone() };
    let addresses_before = slugs(&editions);
    let meant: Vec<_> = editions.into_iter().filter(|one| one.publication.revision == revision).collect();
    if meant.is_empty() {
        return Err(EntryError::NothingToUndo);
    }
    for edition in meant {
        let Publication { published_at, first_published_at, replaced, .. } = edition.publication;
        match replaced {
            Some(number) => {
                let number = renewing::renew(tx, scope, declarations, &languages, &mut entry, number)?;
                store::put_publication(tx, scope, id, &edition.locale, number, tx.now())?;
            }
            None if published_at == first_published_at => withdraw(tx, scope, site, id, &[edition])?,
            // Published again before the program noted what a publication replaces.
            None => return Err(EntryError::NothingToUndo),
        }
    }
    let left = store::editions(tx, scope, id)?;
    entry.published = published(&left);
    let declared = declared(declarations, &entry.content_type)?;
    put_views(tx, scope, declarations, declared, &entry, &languages, &left)?;
    let addresses = Addresses { now: slugs(&left), before: addresses_before };
    let told = if left.is_empty() { Told::Unpublished } else { Told::Published };
    tell(tx, scope, told, Some(&before), Some(&entry), &addresses)?;
    moving::lead_on(tx, scope, declarations, declared, &entry, &languages, addresses)?;
    Ok(entry)
}

/// Shows the visitors again what they saw of an entry before it was deleted. Languages that the site is no longer offered
/// in stay out. Answers where they see it.
pub(super) fn show_again(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    entry: &mut Entry,
    wanted: &BTreeMap<Locale, u32>,
) -> Result<BTreeMap<Locale, Slug>, EntryError> {
    let languages = sites::touch(tx, scope, entry.site_id)?;
    let wanted = renewing::renew_all(tx, scope, declarations, &languages, entry, wanted)?;
    for (locale, revision) in wanted.iter().filter(|(locale, _)| languages.offered.contains(locale)) {
        store::put_publication(tx, scope, entry.id, locale, *revision, tx.now())?;
    }
    let editions = store::editions(tx, scope, entry.id)?;
    let declared = declared(declarations, &entry.content_type)?;
    put_views(tx, scope, declarations, declared, entry, &languages, &editions)?;
    entry.published = published(&editions);
    let now = slugs(&editions);
    if let Some(page) = &declared.page {
        moving::free(tx, scope, entry.site_id, page, &languages, &now)?;
    }
    Ok(now)
}

/// Takes the entry from the visitors of these languages, or of all. Where it is not published nothing changes.
pub fn unpublish(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    site: SiteId,
    id: EntryId,
    locales: Option<&[Locale]>,
) -> Result<Entry, EntryError> {
    let stage = Stage::set(tx, scope, declarations, site)?;
    if let Some(locales) = locales {
        check_locales(&stage.languages, locales)?;
    }
    take_back(tx, scope, &stage, id, locales)
}

/// Takes an entry from the visitors of every language. Answers where they saw it.
pub(super) fn withdraw_all(tx: &Tx, scope: &Scope, entry: &mut Entry) -> Result<BTreeMap<Locale, Slug>, EntryError> {
    let editions = store::editions(tx, scope, entry.id)?;
    withdraw(tx, scope, entry.site_id, entry.id, &editions)?;
    overriding::note_references(tx, scope, entry, store::PUBLISHED, &[])?;
    if uses::is_shown_elsewhere(tx, scope, entry.id)? {
        embedding::follow_later(tx, scope, entry)?;
    }
    entry.published.clear();
    Ok(slugs(&editions))
}

pub(super) fn withdraw(tx: &Tx, scope: &Scope, site: SiteId, id: EntryId, editions: &[Edition]) -> Result<(), DbError> {
    if editions.is_empty() {
        return Ok(());
    }
    for edition in editions {
        store::delete_publication(tx, scope, id, &edition.locale)?;
        store::delete_view(tx, scope, site, id, &edition.locale)?;
    }
    // Where a language is left, its view is put again, and the role with it.
    roles::hide(tx, scope, site, id)
}

/// Publishes an entry that was made in this very transaction, from views composed before it.
pub(super) fn publish_new(
    tx: &Tx,
    scope: &Scope,
    entry: &mut Entry,
    role: Option<Role>,
    composed: Vec<Composition>,
) -> Result<Addresses, EntryError> {
    let mut addresses = Addresses::default();
    if !composed.is_empty() {
        roles::show(tx, scope, role, entry.site_id, entry.id, &entry.document)?;
    }
    for Composition { locale, text, values, stand_ins } in composed {
        store::put_publication(tx, scope, entry.id, &locale, entry.revision, tx.now())?;
        put_view(
            tx,
            scope,
            Composed {
                site: entry.site_id,
                entry: entry.id,
                locale: &locale,
                content_type: &entry.content_type,
                slug: &entry.slug,
                order: entry.order,
                document: text,
                values,
                stand_ins,
                revision: entry.revision,
                published_at: tx.now(),
            },
        )?;
        addresses.now.insert(locale.clone(), entry.slug.clone());
        entry.published.insert(locale, entry.revision);
    }
    Ok(addresses)
}

/// The languages to publish in: those asked for, each complete, or all that are.
pub(super) fn wanted_locales(
    declarations: &Declarations,
    declared: &TypeDeclaration,
    document: &Document,
    languages: &Languages,
    editions: &[Edition],
    asked: Option<&[Locale]>,
) -> Result<Vec<Locale>, EntryError> {
    let Some(asked) = asked else {
        let published: Vec<Locale> = editions.iter().map(|edition| edition.locale.clone()).collect();
        return complete_locales(declarations, declared, document, languages, &published);
    };
    check_locales(languages, asked)?;
    let missing = asked.iter().flat_map(|locale| declarations.missing(declared, document, locale)).collect();
    let missing = without_doubles(missing);
    if missing.is_empty() { Ok(asked.to_vec()) } else { Err(EntryError::Incomplete(missing)) }
}

/// Refuses a choice of languages that names none, or one that the site is not offered in.
pub fn check_locales(languages: &Languages, asked: &[Locale]) -> Result<(), EntryError> {
    if asked.is_empty() {
        return Err(EntryError::LocalesEmpty);
    }
    match asked.iter().find(|locale| !languages.offered.contains(locale)) {
        Some(unknown) => Err(EntryError::LocaleUnknown(unknown.clone())),
        None => Ok(()),
    }
}

fn put_edition(
    tx: &Tx,
    scope: &Scope,
    entry: &Entry,
    locale: &Locale,
    editions: &mut Vec<Edition>,
) -> Result<(), DbError> {
    let known = editions.iter().position(|edition| edition.locale == *locale);
    if known.is_some_and(|index| editions[index].publication.revision == entry.revision) {
        return Ok(());
    }
    let now = tx.now();
    store::put_publication(tx, scope, entry.id, locale, entry.revision, now)?;
    let first_published_at = known.map_or(now, |index| editions[index].publication.first_published_at);
    let replaced = known.map(|index| editions[index].publication.revision);
    let edition = Edition {
        locale: locale.clone(),
        publication: Publication { revision: entry.revision, published_at: now, first_published_at, replaced },
        slug: entry.slug.clone(),
        document: entry.document.clone(),
    };
    match known {
        Some(index) => editions[index] = edition,
        None => editions.push(edition),
    }
    Ok(())
}

/// Composes and writes the views of all languages that show the entry: facts and stand-in texts of each may come from
/// what another has just published.
pub(super) fn put_views(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    declared: &TypeDeclaration,
    entry: &Entry,
    languages: &Languages,
    editions: &[Edition],
) -> Result<(), EntryError> {
    if let Some(newest) = editions.iter().max_by_key(|edition| edition.publication.revision) {
        roles::show(tx, scope, declared.role, entry.site_id, entry.id, &newest.document)?;
    }
    let clocks =
        (entry.content_type == clocks::HOUSE).then(|| clocks_shown(tx, scope, entry, languages)).transpose()?;
    let mut others = embedding::Published::new(tx, scope, declarations, languages);
    for (edition, order, mut document, stand_ins) in composed(declarations, declared, languages, editions) {
        let locale = &edition.locale;
        embedding::embed(declarations, declared, &mut document, locale, |to, id| others.find(to, id, locale))?;
        let Composition { text, values, stand_ins, .. } =
            Composition::new(declared, edition.locale.clone(), document, stand_ins);
        put_view(
            tx,
            scope,
            Composed {
                site: entry.site_id,
                entry: entry.id,
                locale: &edition.locale,
                content_type: &entry.content_type,
                slug: &edition.slug,
                order,
                document: text,
                values,
                stand_ins,
                revision: edition.publication.revision,
                published_at: edition.publication.published_at,
            },
        )?;
    }
    if let Some(before) = clocks
        && before != clocks_shown(tx, scope, entry, languages)?
    {
        // Instants of whatever belongs to the house were those of other clocks.
        let version = sites::find(tx, scope, entry.site_id)?.content_version;
        jobs::enqueue(tx, Some(scope.organization_id()), &RecomposeViews::since(entry.site_id, version))?;
    }
    let named = editions.iter().flat_map(|edition| declarations.references(declared, &edition.document));
    overriding::note_references(tx, scope, entry, store::PUBLISHED, &named.collect::<Vec<_>>())?;
    embedding::follow(tx, scope, declarations, languages, entry)
}

/// On whose clocks visitors see a house.
fn clocks_shown(conn: &Conn, scope: &Scope, house: &Entry, languages: &Languages) -> Result<BTreeSet<String>, DbError> {
    let views = store::views_by_ids(conn, scope, house.site_id, &[house.id], &languages.offered)?;
    Ok(views.iter().filter_map(|view| clocks::said(&view.document)).map(|zone| zone.to_string()).collect())
}

/// What a language shows of an entry: its place in lists, its document, and which fields of it are in another language.
pub(super) type Shown<'e> = (&'e Edition, i64, Map<String, Value>, Vec<String>);

/// What each language shows of an entry.
pub(super) fn composed<'e>(
    declarations: &Declarations,
    declared: &TypeDeclaration,
    languages: &Languages,
    editions: &'e [Edition],
) -> Vec<Shown<'e>> {
    let Some(facts) =
        editions.iter().max_by_key(|edition| edition.publication.revision).map(|edition| &edition.document)
    else {
        return Vec::new();
    };
    let order = order_of(declared, facts);
    let shown = |edition: &'e Edition| {
        let sources: Vec<_> = languages
            .chain(&edition.locale)
            .into_iter()
            .filter_map(|locale| editions.iter().find(|one| one.locale == locale))
            .map(|one| Source { locale: &one.locale, document: &one.document })
            .collect();
        let document = composing::compose(declarations, declared, BrandState::Published, facts, &sources);
        let stand_ins = composing::stand_ins(declarations, declared, BrandState::Published, facts, &sources, &document);
        (edition, order, document, stand_ins)
    };
    editions.iter().map(shown).collect()
}

fn put_view(tx: &Tx, scope: &Scope, mut view: Composed<'_>) -> Result<(), EntryError> {
    let document = media::shown_text(tx, scope, view.locale, view.document)?;
    let (document, windows) =
        validity::resolve_text(document, |read| zone_of(tx, scope, view.site, view.content_type, read))?;
    view.document = document;
    types::complete_values(&mut view.values, view.slug, view.published_at);
    store::put_view(tx, scope, &view, windows.whole)
        .on_conflict(ADDRESS_KEY, EntryError::AddressTaken(view.slug.clone()))?;
    Ok(store::put_boundaries(tx, scope, &view, &windows.boundaries)?)
}

pub(super) fn published(editions: &[Edition]) -> BTreeMap<Locale, u32> {
    editions.iter().map(|edition| (edition.locale.clone(), edition.publication.revision)).collect()
}

pub(super) fn slugs(editions: &[Edition]) -> BTreeMap<Locale, Slug> {
    editions.iter().map(|edition| (edition.locale.clone(), edition.slug.clone())).collect()
}
