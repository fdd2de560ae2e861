//! Showing visitors a revision that was chosen before: what a schedule or a release named, or what they saw earlier.

use std::{cell::RefCell, collections::BTreeMap};

use ground::{
    db::{Conn, DbError, Tx},
    words::{EntryId, Locale, SiteId},
};
use tenants::scope::Scope;

use super::{
    Entry, EntryError,
    moving::{self, Move},
    preparing::{complete_locales, declared, without_doubles},
    publishing::{check_locales, published, put_live, put_views, slugs, withdraw},
    reading, renewing,
    states::Action,
    store,
    telling::{Addresses, Told, tell},
};
use crate::{
    sites::{self, Languages},
    types::{Declarations, TypeDeclaration},
};

/// A site on which something changes for visitors, with what that needs to know. Made once per site and transaction: it
/// starts the site's next content version, and holds the site's row, so that two publications do not read past each other.
pub struct Stage<'d> {
    pub(super) site: SiteId,
    pub(super) languages: Languages,
    pub(super) declarations: &'d Declarations,
    /// Whether what a rule of the checks refuses stays out. An import brings it all the same, and it is noted.
    pub(super) refuses: bool,
    /// Where pages move together: which have, to be led on at the end.
    moves: Option<RefCell<Vec<Move>>>,
}

impl<'d> Stage<'d> {
    /// The same for an import: what the checks refuse is noted, and goes live.
    pub(super) fn noting(self) -> Self {
        Self { refuses: false, ..self }
    }

    /// Begins a change of what this site shows.
    pub fn set(tx: &Tx, scope: &Scope, declarations: &'d Declarations, site: SiteId) -> Result<Self, EntryError> {
        Ok(Self { site, languages: sites::touch(tx, scope, site)?, declarations, refuses: true, moves: None })
    }

    /// [`Stage::set`] for entries that go live together: their pages may take each other's addresses. Ends with
    /// [`Stage::settle`].
    pub fn set_for_many(
        tx: &Tx,
        scope: &Scope,
        declarations: &'d Declarations,
        site: SiteId,
    ) -> Result<Self, EntryError> {
        Ok(Self { moves: Some(RefCell::default()), ..Self::set(tx, scope, declarations, site)? })
    }

    /// The languages that the site is offered in.
    pub fn offered(&self) -> impl Iterator<Item = &Locale> {
        self.languages.offered.iter()
    }

    /// Makes and leads on the redirects of what moved: at once, or all together in the end.
    pub(super) fn lead_on(
        &self,
        tx: &Tx,
        scope: &Scope,
        declared: &TypeDeclaration,
        entry: &Entry,
        addresses: Addresses,
    ) -> Result<(), EntryError> {
        if let Some(moves) = &self.moves {
            moves.borrow_mut().extend(Move::of(declared, entry, addresses));
            return Ok(());
        }
        moving::lead_on(tx, scope, self.declarations, declared, entry, &self.languages, addresses)
    }

    /// Makes and leads on the redirects of all pages that moved together.
    pub fn settle(self, tx: &Tx, scope: &Scope) -> Result<(), EntryError> {
        let moves = self.moves.map(RefCell::into_inner).unwrap_or_default();
        moving::lead_all_on(tx, scope, self.declarations, &self.languages, &moves)
    }
}

/// Clears the addresses that an entry leaves when it shows these revisions, so that another one of the same stage finds
/// them free, before or after. Showing them has to follow.
pub fn clear_addresses(
    tx: &Tx,
    scope: &Scope,
    stage: &Stage<'_>,
    id: EntryId,
    wanted: &BTreeMap<Locale, u32>,
) -> Result<(), EntryError> {
    for edition in store::editions(tx, scope, id)? {
        let Some(revision) = wanted.get(&edition.locale) else { continue };
        if *revision == edition.publication.revision || !stage.languages.offered.contains(&edition.locale) {
            continue;
        }
        let then = store::revision(tx, scope, id, *revision)?;
        if then.is_some_and(|then| then.summary.slug != edition.slug) {
            store::clear_address(tx, scope, stage.site, id, &edition.locale)?;
        }
    }
    Ok(())
}

/// Lets visitors see this revision, whatever was written since, in these languages or in every one that is complete. A
/// language that shows a newer revision already is a refusal: nobody's later publication is undone silently.
pub fn publish_revision(
    tx: &Tx,
    scope: &Scope,
    stage: &Stage<'_>,
    id: EntryId,
    revision: u32,
    locales: Option<&[Locale]>,
) -> Result<Entry, EntryError> {
    let mut entry = reading::find(tx, scope, stage.site, id)?;
    entry.check(Action::Publish)?;
    revision_to_show(tx, scope, &entry, revision)?;
    check_newest(tx, scope, &entry, revision, locales)?;
    let number = renewing::renew(tx, scope, stage.declarations, &stage.languages, &mut entry, revision)?;
    let shown = revision_to_show(tx, scope, &entry, number)?;
    put_live(tx, scope, stage, entry, &shown, locales)
}

/// Refuses a revision where one of these languages shows a newer one. One that a change of the type has written again is as
/// old as what it says.
fn check_newest(
    conn: &Conn,
    scope: &Scope,
    entry: &Entry,
    revision: u32,
    locales: Option<&[Locale]>,
) -> Result<(), EntryError> {
    let is_meant = |locale: &Locale| locales.is_none_or(|locales| locales.contains(locale));
    for (locale, shown) in entry.published.iter().filter(|(locale, shown)| **shown > revision && is_meant(locale)) {
        let first = |number: u32| store::first_form(conn, scope, entry.id, number);
        if first(*shown)? > first(revision)? {
            return Err(EntryError::Superseded { locale: locale.clone(), shown: *shown });
        }
    }
    Ok(())
}

/// Takes the entry from the visitors of these languages, or of all. Where it is not published nothing changes.
pub fn take_back(
    tx: &Tx,
    scope: &Scope,
    stage: &Stage<'_>,
    id: EntryId,
    locales: Option<&[Locale]>,
) -> Result<Entry, EntryError> {
    let entry = reading::find(tx, scope, stage.site, id)?;
    let is_left = |locale: &Locale| locales.is_some_and(|locales| !locales.contains(locale));
    let left = entry.published.iter().filter(|(locale, _)| is_left(locale));
    let left = left.map(|(locale, revision)| (locale.clone(), *revision)).collect();
    show(tx, scope, stage, entry, &left)
}

/// Shows visitors exactly these revisions, and in no other language anything. A language that the site is no longer
/// offered in stays out.
pub fn show_exactly(
    tx: &Tx,
    scope: &Scope,
    stage: &Stage<'_>,
    id: EntryId,
    wanted: &BTreeMap<Locale, u32>,
) -> Result<Entry, EntryError> {
    let entry = reading::find(tx, scope, stage.site, id)?;
    entry.check(Action::UndoPublish)?;
    show(tx, scope, stage, entry, wanted)
}

fn show(
    tx: &Tx,
    scope: &Scope,
    stage: &Stage<'_>,
    mut entry: Entry,
    wanted: &BTreeMap<Locale, u32>,
) -> Result<Entry, EntryError> {
    let Stage { site, languages, declarations, .. } = stage;
    let before = entry.clone();
    let slugs_before = slugs(&store::editions(tx, scope, entry.id)?);
    let wanted = &renewing::renew_all(tx, scope, declarations, languages, &mut entry, wanted)?;
    let editions = store::editions(tx, scope, entry.id)?;
    let shown = published(&editions);
    let (_, gone): (Vec<_>, Vec<_>) = editions.into_iter().partition(|one| wanted.contains_key(&one.locale));
    withdraw(tx, scope, *site, entry.id, &gone)?;
    for (locale, revision) in wanted.iter().filter(|(locale, _)| languages.offered.contains(locale)) {
        if shown.get(locale) != Some(revision) {
            store::put_publication(tx, scope, entry.id, locale, *revision, tx.now())?;
        }
    }
    let left = store::editions(tx, scope, entry.id)?;
    entry.published = published(&left);
    if entry.published == before.published {
        return Ok(entry);
    }
    match declared(declarations, &entry.content_type) {
        // What is left may have shown facts or texts of what went.
        Ok(declared) => put_views(tx, scope, declarations, declared, &entry, languages, &left)?,
        Err(error) if !left.is_empty() => return Err(error),
        Err(_) => {}
    }
    let addresses = Addresses { now: slugs(&left), before: slugs_before };
    let told = if gone.is_empty() { Told::Published } else { Told::Unpublished };
    tell(tx, scope, told, Some(&before), Some(&entry), &addresses)?;
    if !left.is_empty() {
        let declared = declared(declarations, &entry.content_type)?;
        stage.lead_on(tx, scope, declared, &entry, addresses)?;
    }
    Ok(entry)
}

/// The entry as it was at this revision.
pub fn revision_to_show(conn: &Conn, scope: &Scope, entry: &Entry, number: u32) -> Result<Entry, EntryError> {
    if number == entry.revision {
        return Ok(entry.clone());
    }
    let then = store::revision(conn, scope, entry.id, number)?.ok_or(EntryError::RevisionUnknown(number))?;
    Ok(Entry { revision: number, slug: then.summary.slug, document: then.document, ..entry.clone() })
}

/// Refuses what publishing this state would refuse for what it lacks: whoever plans it hears so at once.
pub(super) fn check_complete(
    declarations: &Declarations,
    languages: &Languages,
    shown: &Entry,
    locales: Option<&[Locale]>,
) -> Result<(), EntryError> {
    let declared = declared(declarations, &shown.content_type)?;
    let Some(locales) = locales else {
        let published: Vec<_> = shown.published.keys().cloned().collect();
        return complete_locales(declarations, declared, &shown.document, languages, &published).map(drop);
    };
    check_locales(languages, locales)?;
    let missing = locales.iter().flat_map(|locale| declarations.missing(declared, &shown.document, locale)).collect();
    let missing = without_doubles(missing);
    if missing.is_empty() { Ok(()) } else { Err(EntryError::Incomplete(missing)) }
}

/// Keeps a revision from being folded into a later automatic save, for as long as `held_by` (an id) names it.
pub fn hold_revision(tx: &Tx, scope: &Scope, held_by: &str, id: EntryId, revision: u32) -> Result<(), DbError> {
    store::put_pin(tx, scope, held_by, id, revision)
}

/// Ends what `held_by` holds: of one entry, or all of it.
pub fn let_go(tx: &Tx, scope: &Scope, held_by: &str, id: Option<EntryId>) -> Result<(), DbError> {
    store::delete_pins(tx, scope, held_by, id)
}
