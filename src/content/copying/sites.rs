//! Copying a whole site, some entries in each transaction. Until all of it is there the copy cannot be published.

use std::collections::{BTreeMap, BTreeSet};

use ground::{
    db::{Conn, Tx},
    words::{EntryId, MediaId, SiteId},
};
use machinery::{jobs as queue, web::Explain};
use serde_json::Value;
use tenants::{
    permissions::{Permission, PublishContent},
    scope::Scope,
};

use super::{
    CopiedEntry, CopySite, LeftOut, SiteCopy, SiteCopyState, SiteCopyWish,
    rewriting::{Place, Rewritten},
    store,
};
use crate::{
    entries::{self, Entry, EntryChange, EntryError, NewEntry},
    media,
    sites::{self, Languages, NewSite},
    types::{Declarations, Document},
};

/// Entries dealt with in one transaction: others wait for the writer meanwhile.
const ENTRIES_AT_ONCE: i64 = 25;
/// Entries that are copied at once, in the transaction that makes the site; more are a job's.
const SMALL_SITE: u64 = 50;

/// Makes a site with the languages and settings of another, and copies its entries: at once if they are few, by a job if not.
/// Domains stay with the first.
pub fn copy_site(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    from: SiteId,
    wish: SiteCopyWish,
) -> Result<SiteCopy, EntryError> {
    let original = sites::find(tx, scope, from)?;
    if wish.published && !scope.may(PublishContent::NAME) {
        return Err(EntryError::MayNotPublish);
    }
    let mut languages = original.languages;
    for settings in languages.values_mut() {
        settings.domain = None;
    }
    let new = NewSite {
        name: wish.name,
        slug: wish.slug,
        domain: None,
        default_locale: Some(original.default_locale),
        locales: Some(original.locales),
        time_zone: Some(original.time_zone),
        currency: Some(original.currency),
        settings: original.settings,
        languages,
    };
    let site = sites::create(tx, scope, new)?;
    let (total, _) = entries::list(tx, scope, from, None, 1, 0)?;
    let copy = SiteCopy {
        site: site.id,
        from,
        state: SiteCopyState::Copying,
        published: wish.published,
        total,
        copies: Vec::new(),
        left_out: Vec::new(),
        created_at: tx.now(),
        updated_at: tx.now(),
        is_linking: false,
        after: None,
    };
    store::put(tx, scope, &copy)?;
    if total <= SMALL_SITE {
        while step(tx, scope, declarations, site.id)? {}
    } else {
        let job = CopySite { site: site.id };
        queue::enqueue(tx, Some(ground::db::Tenant::organization_id(scope)), &job)?;
    }
    copy_of(tx, scope, site.id)
}

/// How far the copy is that a site is, with what each entry has become.
pub fn copy_of(conn: &Conn, scope: &Scope, site: SiteId) -> Result<SiteCopy, EntryError> {
    sites::languages(conn, scope, site)?;
    let mut copy = store::of_site(conn, scope, site)?.ok_or(EntryError::NotFound)?;
    copy.copies = store::behind(conn, scope, site, None, i64::MAX)?;
    Ok(copy)
}

/// Deals with the next entries; false when all of it is there.
pub(super) fn step(tx: &Tx, scope: &Scope, declarations: &Declarations, site: SiteId) -> Result<bool, EntryError> {
    let mut copy = store::of_site(tx, scope, site)?.ok_or(EntryError::NotFound)?;
    if copy.state == SiteCopyState::Done {
        return Ok(false);
    }
    let languages = sites::languages(tx, scope, site)?;
    let last = if copy.is_linking {
        let some = store::behind(tx, scope, site, copy.after, ENTRIES_AT_ONCE)?;
        for copied in &some {
            attempted(tx, &mut copy, copied.from, |tx, copy| {
                complete(tx, scope, declarations, &languages, copy, copied)
            })?;
        }
        some.last().map(|copied| copied.from)
    } else {
        let ids = entries::ids_behind(tx, scope, copy.from, copy.after, ENTRIES_AT_ONCE)?;
        for original in entries::find_many(tx, scope, copy.from, &ids)? {
            attempted(tx, &mut copy, original.id, |tx, copy| {
                make(tx, scope, declarations, &languages, copy, &original)
            })?;
        }
        ids.last().copied()
    };
    copy.after = last;
    if last.is_none() {
        if copy.is_linking {
            copy.state = SiteCopyState::Done;
        }
        copy.is_linking = true;
    }
    copy.updated_at = tx.now();
    store::put(tx, scope, &copy)?;
    Ok(copy.state == SiteCopyState::Copying)
}

/// Does something for one entry. What cannot be done is told, and the others go on.
fn attempted(
    tx: &Tx,
    copy: &mut SiteCopy,
    entry: EntryId,
    part: impl FnOnce(&Tx, &SiteCopy) -> Result<Vec<LeftOut>, EntryError>,
) -> Result<(), EntryError> {
    match tx.attempt(|tx| part(tx, copy)) {
        Ok(left_out) => copy.left_out.extend(left_out),
        Err(EntryError::Db(error)) => return Err(error.into()),
        Err(refusal) => {
            let problem = refusal.explain();
            copy.left_out.push(LeftOut {
                entry,
                pointer: String::new(),
                code: problem.code.to_owned(),
                detail: problem.detail,
            });
        }
    }
    Ok(())
}

/// Makes the copy of one as a draft, with the references to what is there already.
fn make(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    languages: &Languages,
    copy: &SiteCopy,
    original: &Entry,
) -> Result<Vec<LeftOut>, EntryError> {
    let Rewritten { document, .. } = rewritten(tx, scope, declarations, languages, copy, original, &original.document)?;
    let new = NewEntry {
        content_type: original.content_type.clone(),
        slug: Some(original.slug.clone()),
        document,
        source_key: None,
    };
    let made = entries::create_copy(tx, scope, declarations, copy.site, new, false)?;
    store::note(tx, scope, copy.site, &CopiedEntry { from: original.id, to: made.id })?;
    // What is left out is told when all that can come is there.
    Ok(Vec::new())
}

/// Gives a copy its references, and what is published of the original if that is wished: each revision that a language shows,
/// the older ones first, so that every language shows its own text and all the newest facts.
fn complete(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    languages: &Languages,
    copy: &SiteCopy,
    copied: &CopiedEntry,
) -> Result<Vec<LeftOut>, EntryError> {
    let original = match entries::find(tx, scope, copy.from, copied.from) {
        Ok(original) => original,
        // Deleted since: what was there when it was copied stays.
        Err(EntryError::NotFound) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut made = entries::find(tx, scope, copy.site, copied.to)?;
    if copy.published {
        let mut shown: BTreeMap<u32, Vec<_>> = BTreeMap::new();
        for (locale, revision) in original.published.iter().filter(|(locale, _)| languages.offered.contains(locale)) {
            shown.entry(*revision).or_default().push(locale.clone());
        }
        for (revision, locales) in shown {
            let then = entries::revision_to_show(tx, scope, &original, revision)?;
            made = put(tx, scope, declarations, languages, copy, made, &then)?.0;
            made = entries::publish_noted(tx, scope, declarations, copy.site, made.id, made.revision, Some(&locales))?;
        }
    }
    Ok(put(tx, scope, declarations, languages, copy, made, &original)?.1)
}

/// Saves the original's state over its copy.
fn put(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    languages: &Languages,
    copy: &SiteCopy,
    made: Entry,
    original: &Entry,
) -> Result<(Entry, Vec<LeftOut>), EntryError> {
    let Rewritten { document, left_out, .. } =
        rewritten(tx, scope, declarations, languages, copy, original, &original.document)?;
    let slug = Some(original.slug.clone());
    let change = EntryChange { revision: made.revision, slug, document, autosave: false };
    Ok((entries::save(tx, scope, declarations, copy.site, made.id, &change)?, left_out))
}

/// A document for the copy of the site, with the references that can be had now.
fn rewritten(
    tx: &Tx,
    scope: &Scope,
    declarations: &Declarations,
    languages: &Languages,
    copy: &SiteCopy,
    original: &Entry,
    document: &Document,
) -> Result<Rewritten, EntryError> {
    let unknown = || EntryError::TypeUnknown(original.content_type.clone());
    let declared = declarations.content_type(&original.content_type).ok_or_else(unknown)?;
    let value = Value::Object(document.fields().clone());
    let named = declarations.validate(declared, &value, &languages.held()).map_err(EntryError::Invalid)?;
    let ids: BTreeSet<EntryId> = named.references.iter().map(|one| one.entry).collect();
    let ids: Vec<EntryId> = ids.into_iter().collect();
    let copies: BTreeMap<EntryId, EntryId> = if ids.is_empty() {
        BTreeMap::new()
    } else {
        store::of_entries(tx, scope, copy.site, &ids)?.into_iter().collect()
    };
    let files: Vec<MediaId> = named.media.iter().map(|one| one.media).collect();
    let foreign_files = if files.is_empty() { Vec::new() } else { media::unknown(tx, scope, copy.site, &files)? };
    let place = Place {
        declarations,
        languages,
        copies: &copies,
        to_come: &BTreeSet::new(),
        is_same_site: false,
        foreign_files: &foreign_files,
        gone: &BTreeSet::new(),
    };
    Ok(place.rewrite(declared, original.id, document))
}
